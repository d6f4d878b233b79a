//! What a person can give an answer.

use evals::record::JudgeMode;
use evals::store::StoredRun;
use judges::Scale;

use crate::exit::Failure;

/// What else can be typed, in a sentence.
pub(super) const LEGEND: &str =
    "Beside the label: s skips, u goes back, r TEXT adds a remark, q ends; each label is stored at once.";

/// What a person can give an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Marks {
    /// Good or bad.
    GoodOrBad,
    /// A value of the scale that the judges used.
    Scale(Scale),
}

impl Marks {
    /// Those of a run: its judges' scale, or good and bad where no judge scored answers, where the judges said pass or
    /// fail, or where the user wants it so. Labels of one run are of one kind.
    pub(super) fn of(run: &StoredRun, scale_free: bool) -> Result<Self, Failure> {
        let judging = run.plan.header.scoring.judging.as_ref().filter(|judging| judging.mode == JudgeMode::Score);
        let marks = match judging.map(|judging| &judging.rubric.scale) {
            Some(scale) if !scale_free && *scale != Scale::Binary => Self::Scale(scale.clone()),
            _ => Self::GoodOrBad,
        };
        let mixed = run.labels.iter().any(|label| label.binary != marks.binary());
        if !mixed {
            return Ok(marks);
        }
        Err(match marks {
            Self::Scale(scale) => Failure::usage(format!(
                "this run has labels that say good or bad, and these would be on the judges' scale {scale}"
            ))
            .hint("go on with good and bad: --judge-scale-free"),
            Self::GoodOrBad => {
                Failure::usage("this run has labels on the judges' scale, and these would say good or bad")
                    .hint("leave --judge-scale-free out")
            }
        })
    }

    /// Whether labels are good (1) and bad (0).
    pub(super) fn binary(&self) -> bool {
        *self == Self::GoodOrBad
    }

    /// The value that a word stands for.
    pub(super) fn parse(&self, word: &str) -> Option<f64> {
        let word = word.trim().to_lowercase();
        match self {
            Self::GoodOrBad => match word.as_str() {
                "g" | "good" | "1" | "pass" | "true" | "yes" => Some(1.0),
                "b" | "bad" | "0" | "fail" | "false" | "no" => Some(0.0),
                _ => None,
            },
            Self::Scale(scale) => {
                if let Scale::Ordinal(labels) = scale
                    && let Some(place) = labels.iter().position(|label| label.to_lowercase() == word)
                {
                    return Some(place as f64 + 1.0);
                }
                let (low, high) = scale.range();
                let value: f64 = word.parse().ok()?;
                (value.fract() == 0.0 && (low..=high).contains(&value)).then_some(value)
            }
        }
    }

    /// The question.
    pub(super) fn question(&self) -> String {
        match self {
            Self::GoodOrBad => "good or bad? [g b]".to_owned(),
            Self::Scale(Scale::Ordinal(labels)) => {
                let words = labels.iter().enumerate().map(|(at, label)| format!("{} {label}", at + 1));
                format!("which? [{}]", words.collect::<Vec<_>>().join(", "))
            }
            Self::Scale(scale) => {
                let (low, high) = scale.range();
                format!("how good? [{low} worst to {high} best]")
            }
        }
    }

    /// A value for an example.
    pub(super) fn example(&self) -> String {
        match self {
            Self::GoodOrBad => "good".to_owned(),
            Self::Scale(scale) => {
                let (_, high) = scale.range();
                scale.label(high).map_or_else(|| high.to_string(), str::to_owned)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_are_read_and_others_are_not() {
        let ordinal = Marks::Scale(Scale::Ordinal(vec!["bad".into(), "ok".into(), "Good".into()]));
        let ten = Marks::Scale(Scale::OneToTen);
        let cases = [
            (&Marks::GoodOrBad, "g", Some(1.0)),
            (&Marks::GoodOrBad, " BAD ", Some(0.0)),
            (&Marks::GoodOrBad, "7", None),
            (&ten, "7", Some(7.0)),
            (&ten, "0", None),
            (&ten, "11", None),
            (&ten, "7.5", None),
            (&ten, "nan", None),
            (&ten, "g", None),
            (&ordinal, "good", Some(3.0)),
            (&ordinal, "2", Some(2.0)),
            (&ordinal, "4", None),
            (&ordinal, "", None),
        ];
        for (marks, word, value) in cases {
            assert_eq!(marks.parse(word), value, "{marks:?} {word:?}");
            assert!(marks.parse(&marks.example()).is_some());
        }
    }
}
