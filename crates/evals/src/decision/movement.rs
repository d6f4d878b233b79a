//! What moved between two runs of the same items: tested movement, not jitter.

use serde::{Deserialize, Serialize};
use stats::correction::Correction;

use super::compare::Pair;
use super::expression::{Condition, Margin, Quantity, Requirement};
use super::gate::{self, ArmAnswer, GateResult};
use super::measure::Measure;
use super::migration::MigrationError;
use super::model::{Bounds, Figure, FigureStatus};
use super::options::DecisionOptions;
use super::scores::{Arm, Scores};
use crate::record::Note;

/// What is looked at, quality first.
const LOOKED_AT: [Measure; 10] = [
    Measure::Pass,
    Measure::Score,
    Measure::CheckShare,
    Measure::Refused,
    Measure::FormatFailed,
    Measure::LatencyMs,
    Measure::TtftMs,
    Measure::CostUsd,
    Measure::OutputTokens,
    Measure::LengthChars,
];

/// Which way a measure moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To the better.
    Better,
    /// To the worse.
    Worse,
    /// It moved, and neither way is better.
    Moved,
    /// No movement is shown.
    NotShown,
    /// Too few items have values on both sides to say.
    TooFew,
}

/// One measure of one contestant, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Movement {
    /// The contestant before.
    pub before: String,
    /// The contestant after; the same name unless there was a single one on each side.
    pub after: String,
    /// What is compared.
    pub metric: Measure,
    /// Items with values on both sides.
    pub n_items: u32,
    /// Mean before, over these items.
    pub mean_before: Option<f64>,
    /// Mean after, over these items.
    pub mean_after: Option<f64>,
    /// after - before, with its interval.
    pub difference: Figure,
    /// Two-sided p, paired by item.
    pub p_value: Option<f64>,
    /// Corrected over all contestants and measures of the comparison.
    pub p_value_corrected: Option<f64>,
    /// What missing answers could change about the difference; `None` where none is missing.
    pub bounds: Option<Bounds>,
    /// Which way it moved.
    pub direction: Direction,
}

/// What moved between two runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Items that both have.
    pub n_items: u32,
    /// Items that only the earlier run has.
    pub only_before: u32,
    /// Items that only the later run has.
    pub only_after: u32,
    /// Level of the intervals; 1 - level is the threshold of corrected p.
    pub level: f64,
    /// The correction over all movements.
    pub correction: Correction,
    /// One entry for each contestant of both runs and each measure that both have.
    pub movements: Vec<Movement>,
    /// Contestants that only one of the runs has.
    pub unmatched: Vec<String>,
    /// What the reader must know.
    pub notes: Vec<Note>,
}

impl Comparison {
    /// Whether anything moved beyond chance.
    pub fn moved(&self) -> bool {
        self.movements
            .iter()
            .any(|one| matches!(one.direction, Direction::Better | Direction::Worse | Direction::Moved))
    }

    /// Whether quality got worse beyond chance.
    pub fn worse(&self) -> bool {
        self.movements.iter().any(|one| one.direction == Direction::Worse && one.metric.is_quality())
    }
}

/// Compares two runs item by item. Contestants are matched by name; where each side has a single one, those two.
/// The family-wise error over all contestants and measures is held by the options' correction.
pub fn compare(before: &Scores, after: &Scores, options: &DecisionOptions) -> Comparison {
    let only_after = items_only_in(after, before);
    let only_before = items_only_in(before, after);
    let shared = before.items().len() as u32 - only_before;
    let (_, unmatched) = matches(before.arms(), after.arms());
    let mut movements = all(before, after, &LOOKED_AT, options);
    let p_values: Vec<Option<f64>> = movements.iter().map(|one| one.p_value).collect();
    for (one, p) in movements.iter_mut().zip(options.correction.adjust(&p_values).p_values) {
        one.p_value_corrected = p;
        one.direction = direction(one.metric, one.difference.value, p, options.level);
    }
    let mut notes = Vec::new();
    if only_before + only_after > 0 {
        notes.push(Note {
            code: "items_differ".to_owned(),
            text: format!(
                "{only_before} items are only in the earlier run and {only_after} only in the later one: they are left out."
            ),
        });
    }
    if movements.is_empty() {
        notes.push(Note {
            code: "nothing_in_common".to_owned(),
            text: "The two have no contestant, item and measure in common, so nothing can be compared.".to_owned(),
        });
    }
    Comparison {
        n_items: shared,
        only_before,
        only_after,
        level: options.level,
        correction: options.correction,
        movements,
        unmatched,
        notes,
    }
}

/// Items that one side has and the other has not.
fn items_only_in(one: &Scores, other: &Scores) -> u32 {
    let known: std::collections::HashSet<&str> = other.items().iter().map(|item| item.id.as_str()).collect();
    one.items().iter().filter(|item| !known.contains(item.id.as_str())).count() as u32
}

/// Every movement, its p not yet corrected.
pub(super) fn all(before: &Scores, after: &Scores, measures: &[Measure], options: &DecisionOptions) -> Vec<Movement> {
    let mut both = before.clone();
    let arms_before = both.arms().len();
    both.join(after, "after ·");
    let (matched, _) = matches(before.arms(), after.arms());
    matched
        .iter()
        .flat_map(|&(old, new)| measures.iter().map(move |measure| (old, new, *measure)))
        .filter_map(|(old, new, measure)| {
            let names = (before.arms()[old].name.clone(), after.arms()[new].name.clone());
            movement(&both, (old, arms_before + new), names, measure, options)
        })
        .collect()
}

/// Holds every contestant of the later run to its own quality in the earlier one: not worse by more than a margin, in
/// the unit of the measure. The measure is the first of those that the options name, of passes, scores and shares of
/// checks that both runs have; `None` where they have none in common.
///
/// A margin that is negative or no number is refused.
pub fn not_worse(
    before: &Scores,
    after: &Scores,
    margin: f64,
    options: &DecisionOptions,
) -> Result<Option<GateResult>, MigrationError> {
    if !margin.is_finite() || margin < 0.0 {
        return Err(MigrationError::Margin { margin: margin.to_string() });
    }
    let asked = options.metrics.iter().copied().filter(|measure| measure.is_quality());
    let measure = asked
        .chain([Measure::Pass, Measure::Score, Measure::CheckShare])
        .find(|measure| before.has(*measure) && after.has(*measure));
    let Some(measure) = measure else { return Ok(None) };
    let mut both = before.clone();
    let arms_before = both.arms().len();
    both.join(after, "after ·");
    let (matched, _) = matches(before.arms(), after.arms());
    let condition = Condition {
        text: format!("{} not worse than before by {margin}", measure.as_str()),
        quantity: Quantity::Mean { measure },
        requirement: Requirement::NotWorse { than: "before".to_owned(), margin: Margin::Absolute(margin) },
        level: Some(options.level),
    };
    let contestants = matched
        .iter()
        .map(|&(old, new)| {
            let found = gate::answer(&both, arms_before + new, Some(old), &condition, options);
            ArmAnswer { name: after.arms()[new].name.clone(), ..found }
        })
        .collect();
    Ok(Some(gate::summed_up(&condition, contestants)))
}

fn matches(before: &[Arm], after: &[Arm]) -> (Vec<(usize, usize)>, Vec<String>) {
    if let ([_], [_]) = (before, after) {
        return (vec![(0, 0)], Vec::new());
    }
    let mut matched = Vec::new();
    let mut unmatched = Vec::new();
    for (old, arm) in before.iter().enumerate() {
        match after.iter().position(|other| other.name == arm.name) {
            Some(new) => matched.push((old, new)),
            None => unmatched.push(arm.name.clone()),
        }
    }
    let new = after.iter().filter(|arm| before.iter().all(|old| old.name != arm.name));
    unmatched.extend(new.map(|arm| arm.name.clone()));
    (matched, unmatched)
}

fn movement(
    both: &Scores,
    (old, new): (usize, usize),
    (before, after): (String, String),
    measure: Measure,
    options: &DecisionOptions,
) -> Option<Movement> {
    let (from, to) = (both.column(old, measure), both.column(new, measure));
    let pair = Pair { scores: both, measure, a: &to, b: &from };
    let runs = both.runs(old).max(both.runs(new));
    let found = pair.decide(&after, &before, runs, options);
    let value = found.difference?;
    let difference = match found.ci_low.zip(found.ci_high) {
        Some((low, high)) => Figure::with(value, low, high),
        None => Figure::bare(Some(value), FigureStatus::TooFew),
    };
    Some(Movement {
        before,
        after,
        metric: measure,
        n_items: found.n_items,
        mean_before: found.mean_b,
        mean_after: found.mean_a,
        difference,
        p_value: found.p_value,
        p_value_corrected: None,
        bounds: found.bounds,
        direction: Direction::NotShown,
    })
}

/// Which way a difference after - before points, by its corrected p.
pub(super) fn direction(measure: Measure, difference: Option<f64>, p: Option<f64>, level: f64) -> Direction {
    let Some(p) = p else { return Direction::TooFew };
    let value = difference.unwrap_or(0.0);
    if p >= 1.0 - level || value == 0.0 {
        return Direction::NotShown;
    }
    if matches!(measure, Measure::LengthChars | Measure::OutputTokens) {
        return Direction::Moved;
    }
    if value * measure.sign() > 0.0 { Direction::Better } else { Direction::Worse }
}
