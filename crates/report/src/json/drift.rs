//! One experiment over time, in machine output.

use evals::decision::drift::{Drift, DriftLine, DriftPoint};
use schemars::JsonSchema;
use serde::Serialize;

use super::build::{decision as build, finite};
use super::decision::{CodedNote, EstimateRow, FigureRow};
use super::words;

/// The runs of one experiment, every later one held against the first, item by item.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DriftPayload {
    /// Whether anything is shown to have moved.
    pub moved: bool,
    /// Runs looked at.
    pub runs: u32,
    /// Level of the intervals; 1 − level is the threshold of corrected p.
    pub ci_level: f64,
    /// The correction over all runs, contestants and measures.
    #[schemars(extend("enum" = words::DECISION_CORRECTIONS))]
    pub correction: &'static str,
    /// One entry for each contestant of the first run and each measure.
    pub lines: Vec<DriftLineRow>,
    /// What the reader must know.
    pub notes: Vec<CodedNote>,
}

/// One contestant on one measure, run by run.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DriftLineRow {
    /// The contestant.
    pub name: String,
    /// What is looked at.
    #[schemars(extend("enum" = words::measures()))]
    pub metric: &'static str,
    /// Oldest first.
    pub points: Vec<DriftPointRow>,
}

/// A contestant in one run, held against the first.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DriftPointRow {
    /// The run.
    pub run_id: String,
    /// When it began, UTC.
    pub started_at: String,
    /// How the contestant did in this run, over all its items.
    pub estimate: EstimateRow,
    /// This run minus the first, over the items that both have; null for the first run, and without common items.
    pub difference: Option<FigureRow>,
    /// Two-sided p of the difference, paired by item.
    pub p_value: Option<f64>,
    /// Corrected over all runs, contestants and measures.
    pub p_value_corrected: Option<f64>,
    /// Which way it moved: `moved` where neither way is better; null for the first run.
    #[schemars(extend("enum" = words::directions_or_null()))]
    pub direction: Option<&'static str>,
}

/// The typed output of a [`Drift`].
pub fn drift(drift: &Drift) -> DriftPayload {
    DriftPayload {
        moved: drift.moved(),
        runs: drift.runs,
        ci_level: drift.level,
        correction: build::correction(drift.correction),
        lines: drift.lines.iter().map(line).collect(),
        notes: drift.notes.iter().map(build::note).collect(),
    }
}

fn line(line: &DriftLine) -> DriftLineRow {
    DriftLineRow {
        name: line.name.clone(),
        metric: line.metric.as_str(),
        points: line.points.iter().map(point).collect(),
    }
}

fn point(point: &DriftPoint) -> DriftPointRow {
    DriftPointRow {
        run_id: point.run_id.clone(),
        started_at: point.started_at.clone(),
        estimate: build::estimate(&point.estimate),
        difference: point.difference.as_ref().map(build::figure),
        p_value: point.p_value.and_then(finite),
        p_value_corrected: point.p_value_corrected.and_then(finite),
        direction: point.direction.map(build::direction),
    }
}
