//! What moved between two runs, in machine output.

use evals::decision::movement::Movement;
use schemars::JsonSchema;
use serde::Serialize;

use super::build::{decision as build, finite};
use super::decision::{BoundsRow, CodedNote};
use super::words;
use crate::diff::Diff;

/// Two runs of the same items, compared item by item.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DiffPayload {
    /// Version of the tool.
    pub version: String,
    /// What the earlier run is called.
    pub before: String,
    /// What the later run is called.
    pub after: String,
    /// Whether anything is shown to have moved.
    pub moved: bool,
    /// Whether quality is shown to have become worse.
    pub worse: bool,
    /// Whether there was anything to compare.
    pub comparable: bool,
    /// Items that both have.
    pub n_items: u32,
    /// Items that only the earlier run has.
    pub n_only_before: u32,
    /// Items that only the later run has.
    pub n_only_after: u32,
    /// Level of the intervals; 1 − level is the threshold of corrected p.
    pub ci_level: f64,
    /// The correction over all movements.
    #[schemars(extend("enum" = words::DECISION_CORRECTIONS))]
    pub correction: &'static str,
    /// One entry for each contestant of both runs and each measure that both have.
    pub movements: Vec<MovementRow>,
    /// Contestants that only one of the runs has.
    pub unmatched: Vec<String>,
    /// What the reader must know.
    pub notes: Vec<CodedNote>,
}

/// One measure of one contestant, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct MovementRow {
    /// The contestant before.
    pub name_before: String,
    /// The contestant after.
    pub name_after: String,
    /// What is compared.
    #[schemars(extend("enum" = words::measures()))]
    pub metric: &'static str,
    /// Items with values on both sides.
    pub n_items: u32,
    /// Mean before, over these items.
    pub mean_before: Option<f64>,
    /// Mean after, over these items.
    pub mean_after: Option<f64>,
    /// after − before.
    pub difference: Option<f64>,
    /// Lower bound of the difference.
    pub ci_low: Option<f64>,
    /// Upper bound of the difference.
    pub ci_high: Option<f64>,
    /// Two-sided p, paired by item.
    pub p_value: Option<f64>,
    /// Corrected over all movements.
    pub p_value_corrected: Option<f64>,
    /// What missing answers could change about the difference; null where none is missing.
    pub bounds: Option<BoundsRow>,
    /// Which way it moved: `moved` where neither way is better.
    #[schemars(extend("enum" = words::DIRECTIONS))]
    pub direction: &'static str,
}

/// The typed output of [`Diff`].
pub fn diff(diff: &Diff<'_>) -> DiffPayload {
    let comparison = diff.comparison;
    DiffPayload {
        version: diff.tool_version.to_owned(),
        before: diff.before.to_owned(),
        after: diff.after.to_owned(),
        moved: comparison.moved(),
        worse: comparison.worse(),
        comparable: diff.comparable(),
        n_items: comparison.n_items,
        n_only_before: comparison.only_before,
        n_only_after: comparison.only_after,
        ci_level: comparison.level,
        correction: build::correction(comparison.correction),
        movements: comparison.movements.iter().map(movement).collect(),
        unmatched: comparison.unmatched.clone(),
        notes: comparison.notes.iter().map(build::note).collect(),
    }
}

fn movement(one: &Movement) -> MovementRow {
    MovementRow {
        name_before: one.before.clone(),
        name_after: one.after.clone(),
        metric: one.metric.as_str(),
        n_items: one.n_items,
        mean_before: one.mean_before.and_then(finite),
        mean_after: one.mean_after.and_then(finite),
        difference: one.difference.value.and_then(finite),
        ci_low: one.difference.ci_low.and_then(finite),
        ci_high: one.difference.ci_high.and_then(finite),
        p_value: one.p_value.and_then(finite),
        p_value_corrected: one.p_value_corrected.and_then(finite),
        bounds: one.bounds.as_ref().map(build::bounds),
        direction: build::direction(one.direction),
    }
}
