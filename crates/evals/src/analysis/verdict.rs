//! What the tests came to, in plain words.
//!
//! A sentence claims a difference only where the corrected p is below the threshold. Where it is
//! not, the sentence says what cannot be claimed and what it would take; it never says "equal".

use llm::outcome::Outcome;
use serde::{Deserialize, Serialize};

use super::model::{Analysis, Cell, Comparison, IntervalResult, TestStatus};
use super::rows;
use super::wording::{Scale, advantage, cell_label, count, listed, name, noun, p_clause, percent, tendency};
use crate::record::{CallCost, Metric, TestKind};

/// One sentence of the verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Index into [`Analysis::comparisons`]; `None` for a sentence about outcomes.
    pub comparison: Option<u32>,
    /// What the sentence says.
    pub kind: VerdictKind,
    /// The sentence. Names stand in it as they are; renderers escape it.
    pub sentence: String,
}

/// What a sentence says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// A difference can be claimed.
    Difference,
    /// A test was made and no difference can be claimed.
    NoDifference,
    /// No test could be made.
    Untestable,
    /// Runs of a contestant ended in other ways than a complete answer.
    Outcomes,
}

/// A sentence for each comparison, in their order, then one for each contestant with other outcomes than complete answers.
pub fn verdicts(analysis: &Analysis) -> Vec<Verdict> {
    let compared = analysis.comparisons.iter().enumerate().map(|(index, comparison)| {
        let words = Words::new(analysis, comparison);
        let (kind, sentence) = words.verdict();
        Verdict { comparison: Some(index as u32), kind, sentence }
    });
    let contestants = 0..analysis.header.contestants.len() as u32;
    let ended = contestants.filter_map(|contestant| {
        let sentence = outcomes(analysis, contestant)?;
        Some(Verdict { comparison: None, kind: VerdictKind::Outcomes, sentence })
    });
    compared.chain(ended).collect()
}

struct Words<'a> {
    analysis: &'a Analysis,
    comparison: &'a Comparison,
    a: String,
    b: String,
}

impl<'a> Words<'a> {
    fn new(analysis: &'a Analysis, comparison: &'a Comparison) -> Self {
        Self { analysis, comparison, a: cell_label(analysis, comparison.a), b: cell_label(analysis, comparison.b) }
    }

    fn verdict(&self) -> (VerdictKind, String) {
        match self.comparison.status {
            TestStatus::Tested if self.comparison.significant => (VerdictKind::Difference, self.difference()),
            TestStatus::Tested => (VerdictKind::NoDifference, self.no_difference()),
            TestStatus::Trivial => (VerdictKind::NoDifference, self.trivial()),
            TestStatus::InsufficientSamples => (VerdictKind::Untestable, self.insufficient()),
            TestStatus::ZeroVariance => (VerdictKind::Untestable, self.zero_variance()),
            TestStatus::NotMeasured => (VerdictKind::Untestable, self.not_measured()),
            TestStatus::NotPaired => (VerdictKind::Untestable, self.not_paired()),
        }
    }

    fn difference(&self) -> String {
        if self.comparison.test == TestKind::MannWhitney { self.tendency() } else { self.difference_of_means() }
    }

    fn difference_of_means(&self) -> String {
        let comparison = self.comparison;
        let (claim, lower_wins) = advantage(comparison.metric);
        let difference = comparison.difference.unwrap_or_default();
        let a_wins = (difference < 0.0) == lower_wins;
        let (mean_a, mean_b) = (comparison.mean_a.unwrap_or_default(), comparison.mean_b.unwrap_or_default());
        let (winner, loser, mean_winner, mean_loser, turn) =
            if a_wins { (&self.a, &self.b, mean_a, mean_b, 1.0) } else { (&self.b, &self.a, mean_b, mean_a, -1.0) };
        let scale = self.scale();
        let interval = match self.interval() {
            Some((low, high)) => {
                let (low, high) = if turn > 0.0 { (low, high) } else { (-high, -low) };
                format!(" ({} interval {} to {})", self.level(), scale.signed(low), scale.signed(high))
            }
            None => String::new(),
        };
        format!(
            "{winner} {claim} {loser}: mean {} {} against {}, difference {}{interval}, {}.{}",
            noun(comparison.metric),
            scale.with_unit(mean_winner),
            scale.with_unit(mean_loser),
            scale.signed_with_unit(turn * difference),
            self.p_clause(),
            self.refused(),
        )
    }

    fn tendency(&self) -> String {
        let comparison = self.comparison;
        let (_, lower_wins) = advantage(comparison.metric);
        let delta = comparison.effect_size.unwrap_or_default();
        let a_wins = (delta < 0.0) == lower_wins;
        let (winner, loser, first, second) = if a_wins {
            (&self.a, &self.b, comparison.a, comparison.b)
        } else {
            (&self.b, &self.a, comparison.b, comparison.a)
        };
        let medians = match (self.median(first), self.median(second)) {
            (Some(first), Some(second)) => {
                let scale = Scale::new(comparison.metric, first.max(second), first - second);
                format!(
                    "median {} {} against {}, ",
                    noun(comparison.metric),
                    scale.with_unit(first),
                    scale.with_unit(second)
                )
            }
            _ => String::new(),
        };
        format!("{winner} {} {loser}: {medians}{}.{}", tendency(comparison.metric), self.p_clause(), self.refused())
    }

    fn no_difference(&self) -> String {
        let comparison = self.comparison;
        let what =
            format!("No difference in {} can be claimed between {} and {}", noun(comparison.metric), self.a, self.b);
        let scale = self.scale();
        let evidence = match self.interval() {
            Some((low, high)) => {
                let range = format!("{} to {}", scale.signed(low), scale.signed_with_unit(high));
                let straddles = low <= 0.0 && high >= 0.0;
                match (comparison.test, straddles) {
                    (TestKind::Welch, true) => format!("{} interval {range}", self.level()),
                    (TestKind::Welch | TestKind::Permutation, false) => {
                        format!(
                            "{}, though the {} interval of this pair alone is {range}",
                            self.p_clause(),
                            self.level()
                        )
                    }
                    (TestKind::Permutation, true) => format!("{} interval {range}, {}", self.level(), self.p_clause()),
                    _ => format!("{}, {} interval of the difference in means {range}", self.p_clause(), self.level()),
                }
            }
            None => self.p_clause(),
        };
        format!("{what}: {evidence}{}.{}", self.needed(), self.refused())
    }

    /// What more runs would find, or what these would have found.
    fn needed(&self) -> String {
        let comparison = self.comparison;
        let least = comparison.n_a.min(comparison.n_b);
        match (comparison.runs_to_detect_tenth, comparison.detectable_difference) {
            (Some((runs, tenth)), _) if runs > least => format!(
                "; to detect {} you would need about {} of each",
                Scale::of(comparison.metric, tenth).with_unit(tenth),
                count(rounded_up(runs), "run", "runs"),
            ),
            (_, Some(detectable)) => format!(
                "; these runs had an 80 % chance to detect {}",
                Scale::of(comparison.metric, detectable).with_unit(detectable)
            ),
            _ => String::new(),
        }
    }

    fn trivial(&self) -> String {
        let comparison = self.comparison;
        let value = comparison.mean_a.unwrap_or_default();
        format!(
            "No difference in {} can be claimed between {} and {}: every run of both gave {}.",
            noun(comparison.metric),
            self.a,
            self.b,
            Scale::of(comparison.metric, value).with_unit(value),
        )
    }

    fn zero_variance(&self) -> String {
        let comparison = self.comparison;
        let (a, b) = (comparison.mean_a.unwrap_or_default(), comparison.mean_b.unwrap_or_default());
        let scale = Scale::new(comparison.metric, a.max(b), a - b);
        format!(
            "{}: every run of {} gave {} and every run of {} {}, which leaves no spread to test against.",
            self.untestable(),
            self.a,
            scale.with_unit(a),
            self.b,
            scale.with_unit(b),
        )
    }

    fn insufficient(&self) -> String {
        let arm = |label: &str, n: u32| match n {
            0 => format!("{label} has no usable run"),
            n => format!("{label} has only {}", count(n, "usable run", "usable runs")),
        };
        let short: Vec<String> = [(&self.a, self.comparison.n_a), (&self.b, self.comparison.n_b)]
            .into_iter()
            .filter(|(_, n)| *n < super::compare::LEAST_TESTABLE)
            .map(|(label, n)| arm(label, n))
            .collect();
        format!(
            "{}: {}; {} are the least that can be tested.",
            self.untestable(),
            listed(&short),
            super::compare::LEAST_TESTABLE
        )
    }

    fn not_measured(&self) -> String {
        let arms = [(&self.a, self.comparison.a), (&self.b, self.comparison.b)];
        let reasons: Vec<String> = arms
            .into_iter()
            .filter_map(|(label, cell)| Some(format!("{label} {}", why_no_cost(self.analysis, cell)?)))
            .collect();
        format!("{}: {}.", self.untestable(), listed(&reasons))
    }

    fn not_paired(&self) -> String {
        format!("{}: {}.", self.untestable(), super::compare::NO_PAIRS)
    }

    fn untestable(&self) -> String {
        let metric = noun(self.comparison.metric);
        let mut letters = metric.chars();
        let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        format!("{capital} cannot be tested between {} and {}", self.a, self.b)
    }

    fn p_clause(&self) -> String {
        let comparison = self.comparison;
        let p = comparison.p_value_corrected.or(comparison.p_value).unwrap_or(1.0);
        p_clause(comparison.test, p, comparison.correction, comparison.n_comparisons)
    }

    /// Refusals can make or hide a verdict, so the sentence carries them itself.
    fn refused(&self) -> String {
        let comparison = self.comparison;
        if comparison.metric == Metric::OutputTokens {
            return String::new();
        }
        let arms: Vec<String> = [(&self.a, comparison.n_refused_a), (&self.b, comparison.n_refused_b)]
            .into_iter()
            .filter(|(_, refused)| *refused > 0)
            .map(|(label, refused)| format!("{} of {label}", count(refused, "refused run", "refused runs")))
            .collect();
        if arms.is_empty() { String::new() } else { format!(" This includes {}.", listed(&arms)) }
    }

    fn interval(&self) -> Option<(f64, f64)> {
        match self.comparison.difference_ci {
            IntervalResult::Interval { low, high, .. } => Some((low, high)),
            _ => None,
        }
    }

    fn scale(&self) -> Scale {
        let comparison = self.comparison;
        let sizes = [comparison.mean_a, comparison.mean_b, comparison.difference];
        let largest = sizes.into_iter().flatten().map(f64::abs).fold(0.0, f64::max);
        let resolution = match self.interval() {
            // A bound close to zero takes a digit or two more, so that it does not read as zero.
            Some((low, high)) => {
                let (width, nearest) = (high - low, low.abs().min(high.abs()));
                width.min((10.0 * nearest).max(width / 100.0))
            }
            None => comparison.difference.unwrap_or(largest),
        };
        Scale::new(comparison.metric, largest, resolution)
    }

    fn median(&self, cell: u32) -> Option<f64> {
        self.analysis.cells.get(cell as usize)?.metric(self.comparison.metric)?.quantiles.first()?.value
    }

    fn level(&self) -> String {
        percent(self.analysis.header.analysis.ci_level)
    }
}

/// Why an arm has no measured cost; `None` when it has one.
fn why_no_cost(analysis: &Analysis, cell: u32) -> Option<&'static str> {
    let cell = analysis.cells.get(cell as usize)?;
    let mut costs =
        analysis.rows.iter().filter(|row| belongs(row.call, cell) && rows::is_billed(row)).map(|row| row.cost);
    if costs.clone().any(|cost| matches!(cost, CallCost::Known(_))) {
        return None;
    }
    Some(if costs.clone().any(|cost| cost == CallCost::Unpriced) {
        "has no published price"
    } else if costs.any(|cost| cost == CallCost::Free) {
        "is free, and a constant is no measurement"
    } else {
        "has no run of known cost"
    })
}

fn belongs(call: crate::record::PlannedCall, cell: &Cell) -> bool {
    (call.prompt, call.system, call.contestant, call.temperature)
        == (cell.prompt, cell.system, cell.contestant, cell.temperature)
}

/// `A refused 3 of 10 runs and was cut by the output limit in 1.`
fn outcomes(analysis: &Analysis, contestant: u32) -> Option<String> {
    let mine = analysis.rows.iter().filter(|row| row.call.contestant == contestant);
    let made = mine.clone().filter(|row| row.outcome != Outcome::Cancelled).count() as u32;
    let ways = [
        (Outcome::Refused, "refused", ""),
        (Outcome::Truncated, "was cut by the output limit", "in "),
        (Outcome::Filtered, "was filtered", "in "),
        (Outcome::Empty, "said nothing", "in "),
        (Outcome::Error, "failed", "in "),
    ];
    let mut parts: Vec<String> = Vec::new();
    for (outcome, verb, preposition) in ways {
        let hits = mine.clone().filter(|row| row.outcome == outcome).count();
        if hits > 0 {
            let of = if parts.is_empty() { format!(" of {}", count(made, "run", "runs")) } else { String::new() };
            parts.push(format!("{verb} {preposition}{hits}{of}"));
        }
    }
    (!parts.is_empty()).then(|| format!("{} {}.", name(&analysis.header, contestant), listed(&parts)))
}

/// Two significant digits are all that "about" can carry.
fn rounded_up(runs: u32) -> u32 {
    if runs < 100 {
        return runs;
    }
    let step = 10_u32.pow(runs.ilog10() - 1);
    runs.div_ceil(step).saturating_mul(step)
}
