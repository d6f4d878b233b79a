//! What is asked of a decision.

use serde::{Deserialize, Serialize};
use stats::correction::Correction;

use super::expression::{Bar, Gate};
use super::measure::Measure;

/// How the interval of a difference is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntervalKind {
    /// By the data: Tango's for pass and fail (also of repeated items), else t over items or clusters.
    #[default]
    ByData,
    /// Studentised bootstrap over items (or clusters).
    ItemBootstrap,
}

/// What to decide, and how strictly. The defaults are right for most users.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionOptions {
    /// The measures to compare on, the deciding one first; empty: pass rate and scores where there are
    /// any, latency and cost.
    pub metrics: Vec<Measure>,
    /// Level of every interval; 1 - level is the threshold of corrected p-values.
    pub level: f64,
    /// Correction over all pairs of a measure.
    pub correction: Correction,
    /// How intervals of differences are made.
    pub interval: IntervalKind,
    /// Bootstrap resamples.
    pub resamples: usize,
    /// Up to this many sign flips all of them are visited.
    pub exact_up_to: u64,
    /// Random sign flips beyond that; fewer above 1,000 items, but not below 999.
    pub rearrangements: usize,
    /// Seed of all resampling; the run's own, or 0 of a table, where `None`.
    pub seed: Option<u64>,
    /// The bar that a contestant must clear.
    pub bar: Option<Bar>,
    /// Gates for CI.
    pub gates: Vec<Gate>,
    /// The arm that `baseline` means in expressions.
    pub baseline: Option<String>,
}

impl Default for DecisionOptions {
    fn default() -> Self {
        Self {
            metrics: Vec::new(),
            level: 0.95,
            correction: Correction::Holm,
            interval: IntervalKind::ByData,
            resamples: 4_999,
            exact_up_to: 20_000,
            rearrangements: 9_999,
            seed: None,
            bar: None,
            gates: Vec::new(),
            baseline: None,
        }
    }
}
