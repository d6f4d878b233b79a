//! How evidence becomes one of three words.

use serde::{Deserialize, Serialize};

use crate::marker::Marker;

/// How much an answer deserves a person's look. Ordered: `Low < Medium < High`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Risk {
    /// Nothing that was looked at speaks for fabrication.
    Low,
    /// One sign, or several weak ones.
    Medium,
    /// A judge says so, or several signs agree.
    High,
}

impl Risk {
    /// The risk of a judge's score on the scale 1 (bad) to 10 (good): 1-3 High, 4-6 Medium, 7-10 Low.
    /// `None` outside the scale.
    pub fn of_score(score: i64) -> Option<Self> {
        match score {
            1..=3 => Some(Self::High),
            4..=6 => Some(Self::Medium),
            7..=10 => Some(Self::Low),
            _ => None,
        }
    }

    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
        }
    }
}

impl std::fmt::Display for Risk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is known about one answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Evidence<'a> {
    /// Markers found in its text.
    pub markers: &'a [Marker],
    /// Discrete semantic entropy of all answers to its prompt, in nats.
    pub semantic_entropy: Option<f64>,
    /// How many answers were read: the entropy is over so many; 0 means that there was none to read.
    pub answers: usize,
    /// SelfCheck score of this answer against the others, 0 to 1.
    pub selfcheck: Option<f64>,
    /// What judges said.
    pub judges: &'a [Risk],
}

/// Fewest answers over which an entropy says anything.
pub(crate) const LEAST_ANSWERS: usize = 3;
/// Share of the greatest possible entropy (`ln answers`) from which answers are called scattered.
pub(crate) const SCATTERED: f64 = 0.6;
/// SelfCheck score from which an answer counts as not supported by the others.
pub(crate) const UNSUPPORTED: f64 = 0.6;
/// Weak markers that together weigh as much as a strong one.
const WEAK_TOGETHER: usize = 3;

/// Joins the evidence about one answer, the worst of what each kind says:
///
/// - **judges**: the worst judge wins;
/// - **markers**: one strong marker, or three weak ones, is Medium; two strong ones are High;
/// - **consistency**: scattered answers (entropy of at least 0.6 of `ln answers`, from three answers on)
///   or a SelfCheck score of at least 0.6 is Medium, never more by itself: free text may differ for good reasons;
/// - scattered or unsupported **and** at least one strong marker is High.
///
/// `None` where there is nothing to go by: no answer was read (refused, failed) and no judge spoke.
pub fn risk(evidence: &Evidence<'_>) -> Option<Risk> {
    let judged = evidence.judges.iter().max().copied();
    if evidence.answers == 0 {
        return judged;
    }
    let strong = evidence.markers.iter().filter(|m| m.kind.is_strong()).count();
    let weak = evidence.markers.len() - strong;
    let scattered = evidence.answers >= LEAST_ANSWERS
        && evidence.semantic_entropy.is_some_and(|h| h >= SCATTERED * (evidence.answers as f64).ln());
    let unstable = scattered || evidence.selfcheck.is_some_and(|s| s >= UNSUPPORTED);
    let offline = if strong >= 2 || (strong == 1 && unstable) {
        Risk::High
    } else if strong == 1 || weak >= WEAK_TOGETHER || unstable {
        Risk::Medium
    } else {
        Risk::Low
    };
    Some(judged.map_or(offline, |judged| judged.max(offline)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use text::Span;

    use super::{Evidence, Risk, risk};
    use crate::marker::{Marker, MarkerKind};

    fn marker(kind: MarkerKind) -> Marker {
        Marker { kind, span: Span::new(0, 1), quote: "x".to_owned(), why: String::new() }
    }

    #[test]
    fn the_rule_as_documented() {
        let strong = marker(MarkerKind::ImpossibleDate);
        let weak = marker(MarkerKind::UnsharedName);
        let of = |markers: &[Marker], entropy, answers, selfcheck, judges: &[Risk]| {
            risk(&Evidence { markers, semantic_entropy: entropy, answers, selfcheck, judges })
        };
        assert_eq!(of(&[], None, 0, None, &[]), None);
        assert_eq!(of(&[], None, 0, None, &[Risk::Medium]), Some(Risk::Medium));
        assert_eq!(of(&[], None, 1, None, &[]), Some(Risk::Low));
        assert_eq!(of(std::slice::from_ref(&strong), None, 1, None, &[]), Some(Risk::Medium));
        assert_eq!(of(&[strong.clone(), strong.clone()], None, 1, None, &[]), Some(Risk::High));
        assert_eq!(of(&[weak.clone(), weak.clone()], None, 1, None, &[]), Some(Risk::Low));
        assert_eq!(of(&[weak.clone(), weak.clone(), weak], None, 1, None, &[]), Some(Risk::Medium));
        // ln 10 = 2.3026: scattered from 1.3816 on.
        assert_eq!(of(&[], Some(1.3816), 10, None, &[]), Some(Risk::Medium));
        assert_eq!(of(&[], Some(1.3814), 10, None, &[]), Some(Risk::Low));
        assert_eq!(of(&[], Some(0.7), 2, None, &[]), Some(Risk::Low));
        assert_eq!(of(&[strong], Some(2.0), 10, None, &[]), Some(Risk::High));
        assert_eq!(of(&[], None, 3, Some(0.6), &[Risk::Low]), Some(Risk::Medium));
        assert_eq!(of(&[], None, 3, Some(0.1), &[Risk::Low, Risk::High, Risk::Medium]), Some(Risk::High));
    }

    #[test]
    fn scores_and_words() {
        let words: Vec<Option<&str>> = (0..=11).map(|s| Risk::of_score(s).map(Risk::as_str)).collect();
        let (h, m, l) = (Some("High"), Some("Medium"), Some("Low"));
        assert_eq!(words, [None, h, h, h, m, m, m, l, l, l, l, None]);
        assert_eq!(serde_json::to_string(&Risk::Medium).unwrap(), "\"Medium\"");
    }

    proptest! {
        #[test]
        fn more_evidence_never_lowers_the_risk(n in 0_usize..4, h in 0.0_f64..2.5, s in 0.0_f64..1.0, j in 0_i64..4) {
            let markers = vec![marker(MarkerKind::Contradiction); n];
            let judges: Vec<Risk> = Risk::of_score(j * 3).into_iter().collect();
            let some = Evidence { markers: &markers, semantic_entropy: None, answers: 5, selfcheck: None, judges: &[] };
            let more = Evidence { semantic_entropy: Some(h), selfcheck: Some(s), judges: &judges, ..some };
            prop_assert!(risk(&more) >= risk(&some));
        }
    }
}
