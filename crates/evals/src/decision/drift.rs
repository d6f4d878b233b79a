//! One experiment over time: does a contestant still do what it did in the first run?

use serde::{Deserialize, Serialize};
use stats::correction::Correction;

use super::contestants::estimate;
use super::measure::Measure;
use super::model::{Estimate, Figure};
use super::movement::{self, Direction};
use super::options::DecisionOptions;
use super::scores::Scores;
use crate::record::Note;

/// One run of the history.
#[derive(Debug, Clone, PartialEq)]
pub struct PastRun {
    /// Its id.
    pub run_id: String,
    /// When it began, UTC, RFC 3339.
    pub started_at: String,
    /// Its answers.
    pub scores: Scores,
}

/// A contestant in one run, held against the first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftPoint {
    /// The run.
    pub run_id: String,
    /// When it began.
    pub started_at: String,
    /// How the contestant did in this run, over all its items.
    pub estimate: Estimate,
    /// This run minus the first, over the items that both have; `None` for the first run itself, and where they have
    /// none in common.
    pub difference: Option<Figure>,
    /// Two-sided p of the difference, paired by item.
    pub p_value: Option<f64>,
    /// After correction over all runs, contestants and measures.
    pub p_value_corrected: Option<f64>,
    /// Which way it moved; `None` for the first run.
    pub direction: Option<Direction>,
}

/// One contestant on one measure, run by run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftLine {
    /// The contestant.
    pub name: String,
    /// What is looked at.
    pub metric: Measure,
    /// Oldest first.
    pub points: Vec<DriftPoint>,
}

/// What moved over the history of an experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// Level of the intervals; 1 - level is the threshold of corrected p.
    pub level: f64,
    /// The correction over all tests.
    pub correction: Correction,
    /// Runs looked at.
    pub runs: u32,
    /// One entry for each contestant of the first run and each measure.
    pub lines: Vec<DriftLine>,
    /// What the reader must know.
    pub notes: Vec<Note>,
}

impl Drift {
    /// Whether anything moved beyond chance.
    pub fn moved(&self) -> bool {
        let mut points = self.lines.iter().flat_map(|line| &line.points);
        points.any(|point| matches!(point.direction, Some(Direction::Better | Direction::Worse | Direction::Moved)))
    }

    /// Whether any two runs could be compared at all.
    pub fn tested(&self) -> bool {
        self.lines.iter().flat_map(|line| &line.points).any(|point| point.p_value.is_some())
    }
}

/// Holds every later run against the first, oldest first, on quality, latency and cost. The family-wise error over
/// all runs, contestants and measures is held by the options' correction.
pub fn over_time(runs: &[PastRun], options: &DecisionOptions) -> Drift {
    let mut notes = Vec::new();
    let Some((first, later)) = runs.split_first() else {
        return Drift { level: options.level, correction: options.correction, runs: 0, lines: Vec::new(), notes };
    };
    let measures = measures(&first.scores, options);
    let mut lines: Vec<DriftLine> = Vec::new();
    for (arm, who) in first.scores.arms().iter().enumerate() {
        for &metric in &measures {
            let point = DriftPoint {
                run_id: first.run_id.clone(),
                started_at: first.started_at.clone(),
                estimate: estimate(&first.scores, arm, metric, options.level),
                difference: None,
                p_value: None,
                p_value_corrected: None,
                direction: None,
            };
            lines.push(DriftLine { name: who.name.clone(), metric, points: vec![point] });
        }
    }
    for run in later {
        for one in movement::all(&first.scores, &run.scores, &measures, options) {
            let line = lines.iter_mut().find(|line| line.name == one.before && line.metric == one.metric);
            let (Some(line), Some(arm)) = (line, run.scores.arms().iter().position(|arm| arm.name == one.after)) else {
                continue;
            };
            line.points.push(DriftPoint {
                run_id: run.run_id.clone(),
                started_at: run.started_at.clone(),
                estimate: estimate(&run.scores, arm, one.metric, options.level),
                difference: Some(one.difference),
                p_value: one.p_value,
                p_value_corrected: None,
                direction: Some(one.direction),
            });
        }
        if run.scores.items().len() != first.scores.items().len() {
            notes.push(Note {
                code: "items_differ".to_owned(),
                text: format!(
                    "Run {} has {} items and the first has {}; they are compared on those they share.",
                    run.run_id.chars().take(8).collect::<String>(),
                    run.scores.items().len(),
                    first.scores.items().len()
                ),
            });
        }
    }
    let mut tested: Vec<&mut DriftPoint> =
        lines.iter_mut().flat_map(|line| &mut line.points).filter(|point| point.direction.is_some()).collect();
    let p_values: Vec<Option<f64>> = tested.iter().map(|point| point.p_value).collect();
    for (point, p) in tested.iter_mut().zip(options.correction.adjust(&p_values).p_values) {
        point.p_value_corrected = p;
        let value = point.difference.and_then(|figure| figure.value);
        point.direction = Some(movement::direction(point.estimate.metric, value, p, options.level));
    }
    Drift { level: options.level, correction: options.correction, runs: runs.len() as u32, lines, notes }
}

/// The deciding measure of quality, then latency and cost.
fn measures(first: &Scores, options: &DecisionOptions) -> Vec<Measure> {
    let quality = options.metrics.iter().copied().chain([Measure::Pass, Measure::Score, Measure::CheckShare]);
    let mut all: Vec<Measure> = quality.filter(|measure| first.has(*measure)).take(1).collect();
    all.extend([Measure::LatencyMs, Measure::CostUsd].into_iter().filter(|measure| first.has(*measure)));
    all.dedup();
    all
}
