//! What a decision says: plain numbers and words that renderers format.

use serde::{Deserialize, Serialize};
use stats::correction::Correction;

use super::bar::BarResult;
use super::gate::GateResult;
use super::measure::Measure;
use crate::record::Note;

/// Why a figure has no interval, or that it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureStatus {
    /// There is an interval.
    Estimated,
    /// No answer has a value.
    NoData,
    /// Too few independent items, or too few for this quantile.
    TooFew,
    /// All items have the same value: there is no spread to estimate from.
    Constant,
    /// The data give no finite bound.
    Unbounded,
}

/// A number with its interval, or the reason why it has none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The number; `None` without data, never 0 for "nothing".
    pub value: Option<f64>,
    /// Lower bound.
    pub ci_low: Option<f64>,
    /// Upper bound.
    pub ci_high: Option<f64>,
    /// Whether there is an interval.
    pub status: FigureStatus,
}

impl Figure {
    /// A number without an interval.
    pub(super) fn bare(value: Option<f64>, status: FigureStatus) -> Self {
        Self { value, ci_low: None, ci_high: None, status }
    }

    /// A number with its interval.
    pub(super) fn with(value: f64, low: f64, high: f64) -> Self {
        Self { value: Some(value), ci_low: Some(low), ci_high: Some(high), status: FigureStatus::Estimated }
    }

    /// The figure of an estimate that may have failed.
    pub(super) fn of(value: Option<f64>, interval: Result<stats::Interval, stats::Degenerate>) -> Self {
        match (value, interval) {
            (None, _) => Self::bare(None, FigureStatus::NoData),
            (Some(value), Ok(interval)) => Self::with(value, interval.low, interval.high),
            (value, Err(reason)) => Self::bare(value, FigureStatus::of(reason)),
        }
    }
}

impl FigureStatus {
    /// The status for a reason of `stats`.
    pub(super) fn of(reason: stats::Degenerate) -> Self {
        use stats::Degenerate as Reason;
        match reason {
            Reason::TooFew { n: 0, .. } => Self::NoData,
            Reason::TooFew { .. } | Reason::TooFewForQuantile { .. } => Self::TooFew,
            Reason::Constant { .. } => Self::Constant,
            _ => Self::Unbounded,
        }
    }
}

/// What an estimate would be if all missing answers had been as bad, and as good, as can be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// The estimate with missing answers at the low end of the scale.
    pub low: f64,
    /// The estimate with missing answers at the high end.
    pub high: f64,
    /// Lower bound of the interval at `low`; `None` where it has none.
    pub ci_low: Option<f64>,
    /// Upper bound of the interval at `high`; `None` where it has none.
    pub ci_high: Option<f64>,
}

/// The mean of one measure over an arm's items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Which measure.
    pub metric: Measure,
    /// Items with a value.
    pub n_items: u32,
    /// Answers that were asked for and have no value.
    pub n_missing: u32,
    /// Mean over items, runs of an item averaged first, items weighted.
    pub mean: Option<f64>,
    /// Its standard error, clustered where items are.
    pub standard_error: Option<f64>,
    /// Lower bound.
    pub ci_low: Option<f64>,
    /// Upper bound.
    pub ci_high: Option<f64>,
    /// `wilson` (each item passes or fails as a whole), `wilson_effective` (a rate over repeats, clusters or
    /// weights), `t` or `clustered_t`; empty without an interval.
    pub method: String,
    /// Why there is no interval, or that there is one.
    pub status: FigureStatus,
    /// What missing answers could change; `None` where none is missing or nothing bounds the measure.
    pub bounds: Option<Bounds>,
}

/// How one arm does over all items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContestantDecision {
    /// The arm's name.
    pub name: String,
    /// The contestant's own name, without what tells its arms apart.
    pub contestant: String,
    /// The primary measure.
    #[serde(flatten)]
    pub primary: Estimate,
    /// Runs per item.
    pub n_runs: u32,
    /// Chance that at least one of k answers passes, k = 1, 2, …, over the items with k evaluated answers;
    /// empty where nothing is checked.
    pub pass_at_k: Vec<Option<f64>>,
    /// Chance that all of k answers pass.
    pub pass_hat_k: Vec<Option<f64>>,
    /// Mean cost of an answer in dollars.
    pub cost_per_item: Figure,
    /// Cost per passed answer: mean cost over pass rate, with Fieller's interval.
    pub cost_per_passed_item: Figure,
    /// Mean latency in milliseconds.
    pub latency_mean_ms: Figure,
    /// Median latency over all answers.
    pub latency_p50_ms: Figure,
    /// 95th percentile of latency over all answers.
    pub latency_p95_ms: Figure,
    /// Every measure that has a value.
    pub metrics: Vec<Estimate>,
    /// Share of resamples of items in which it is the best on the primary measure; `None` where that
    /// cannot be said.
    pub p_best: Option<f64>,
    /// Lowest and highest rank in the middle `level` of resamples.
    pub rank_interval: Option<(f64, f64)>,
}

/// What came of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairStatus {
    /// It was made.
    Tested,
    /// No item tells the two apart: p is 1.
    Trivial,
    /// Fewer than three independent items have values of both.
    InsufficientSamples,
    /// Every item differs by the same: p stands, an interval of the mean does not exist.
    ZeroVariance,
    /// An arm has no value of this measure.
    NotMeasured,
}

/// Two arms on one measure, over the items that both have values for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairDecision {
    /// Name of an arm.
    pub a: String,
    /// Name of the other.
    pub b: String,
    /// What is compared.
    pub metric: Measure,
    /// Items with values of both.
    pub n_items: u32,
    /// Runs of an item, of the arm that has more.
    pub n_runs: u32,
    /// Mean of a over these items.
    pub mean_a: Option<f64>,
    /// Mean of b over these items.
    pub mean_b: Option<f64>,
    /// mean_a - mean_b.
    pub difference: Option<f64>,
    /// Lower bound of the difference.
    pub ci_low: Option<f64>,
    /// Upper bound of the difference.
    pub ci_high: Option<f64>,
    /// Level of the interval.
    pub ci_level: f64,
    /// How the interval was made: `tango`, `tango_repeated`, `t`, `clustered_t` or `item_bootstrap`; empty without one.
    pub method: String,
    /// How p was made: `mcnemar_exact`, `sign_flip_exact` or `sign_flip_monte_carlo`, items or clusters changing sign
    /// as a whole (for repeated passes that is McNemar's test with the item as its unit); empty without one.
    pub test: String,
    /// Two-sided p.
    pub p_value: Option<f64>,
    /// After correction over all pairs of this measure.
    pub p_value_corrected: Option<f64>,
    /// The correction.
    pub correction: Correction,
    /// Mean difference over the standard deviation of the items' differences; `None` without spread.
    pub effect_size: Option<f64>,
    /// `cohen_dz`.
    pub effect_size_metric: String,
    /// What came of it.
    pub status: PairStatus,
    /// What missing answers could change about the difference.
    pub bounds: Option<Bounds>,
    /// Whether the corrected p is below 1 - level.
    pub significant: bool,
}

/// One arm among the three objectives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParetoPoint {
    /// The arm.
    pub name: String,
    /// The primary measure with its simultaneous interval.
    pub quality: Figure,
    /// Mean cost of an answer, simultaneous.
    pub cost: Figure,
    /// 95th percentile of latency in milliseconds, simultaneous.
    pub latency_p95_ms: Figure,
    /// Whether no other arm is at least as good in everything and better in something.
    pub on_front: bool,
    /// Arms that are, with whether that is beyond doubt.
    pub dominated_by: Vec<Dominator>,
}

/// An arm that dominates another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dominator {
    /// Its name.
    pub name: String,
    /// True where the simultaneous intervals of all three differences lie on its side.
    pub certain: bool,
}

/// Everything that is decided over the items of a run or a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The measure that decides who is best.
    pub primary: Option<Measure>,
    /// Level of all intervals.
    pub ci_level: f64,
    /// The correction over pairs.
    pub correction: Correction,
    /// Items that were asked.
    pub n_items: u32,
    /// Independent groups of them.
    pub n_clusters: u32,
    /// One entry for each arm.
    pub contestants: Vec<ContestantDecision>,
    /// One entry for each measure and pair of arms that may fairly be compared.
    pub comparisons: Vec<PairDecision>,
    /// Names of the arms not shown to be worse than the best, the best first; empty where that cannot be said.
    pub tied_best: Vec<String>,
    /// The arms in the plane of quality, cost and latency; empty where an objective is not measured.
    pub pareto: Vec<ParetoPoint>,
    /// Who clears the bar; `None` where no bar was set.
    pub bar: Option<BarResult>,
    /// Name of the cheapest arm that clears it.
    pub cheapest_clearing_bar: Option<String>,
    /// The gates, in the order asked.
    pub gates: Vec<GateResult>,
    /// What the reader must know.
    pub notes: Vec<Note>,
}
