//! The numbers of a report, computed once from stored records. Renderers only format them.

use llm::money::Usd;
use llm::outcome::Outcome;
use serde::{Deserialize, Serialize};

use super::scored::Scores;
use crate::decision::Decision;
use crate::decision::migration::Migration;
use crate::decision::sequential::Stopping;
use crate::record::{CallRecord, CorrectionKind, IntervalMethod, Metric, Note, RunEnd, RunHeader, TestKind};

/// A whole run, analysed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// What the run was asked to do.
    pub header: RunHeader,
    /// How it ended.
    pub end: RunEnd,
    /// Every planned call in row order; calls never made are [`Outcome::Cancelled`] with no attempts.
    pub rows: Vec<CallRecord>,
    /// One entry for each (prompt, system, contestant, temperature), in row order.
    pub cells: Vec<Cell>,
    /// One entry for each pair of cells that may fairly be compared.
    pub comparisons: Vec<Comparison>,
    /// Sums over the run.
    pub totals: Totals,
    /// The machine's own share in the timings.
    pub machine: Machine,
    /// The header's notes followed by what only the results could tell.
    pub notes: Vec<Note>,
    /// How the answers were scored; empty where nothing scored them.
    #[serde(default)]
    pub scores: Scores,
    /// Records of the judges' calls, in the order of their call indices.
    #[serde(default)]
    pub judge_calls: Vec<CallRecord>,
    /// What is decided over the items; `None` for a single prompt of which nothing was asked.
    #[serde(default)]
    pub decision: Option<Decision>,
    /// Whether the run stopped when it was decided, where that was asked.
    #[serde(default)]
    pub stopping: Option<Stopping>,
    /// Whether one contestant may take the place of another, where that was asked.
    #[serde(default)]
    pub migration: Option<Migration>,
}

impl Analysis {
    /// The row of a call.
    pub fn row(&self, index: u32) -> Option<&CallRecord> {
        let at = self.rows.binary_search_by_key(&index, |row| row.call.index).ok()?;
        self.rows.get(at)
    }
}

/// Repetitions of one prompt by one contestant at one temperature under one system prompt.
///
/// They are a sample of that prompt only: intervals say where the mean over more repeats *of this
/// prompt* lies, never how the contestant does on other prompts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Index into the header's prompts.
    pub prompt: u32,
    /// Index into the header's systems.
    pub system: u32,
    /// Index into the header's contestants.
    pub contestant: u32,
    /// The temperature asked for.
    pub temperature: Option<f64>,
    /// Planned runs.
    pub n_runs: u32,
    /// How many runs ended in each way, in the order of [`Outcome::ALL`].
    pub outcomes: [u32; 7],
    /// One summary for each metric, in the order of [`Metric::ALL`]; scores only in runs that were scored. Timings and cost cover billed runs (neither error nor cancelled) that did not come from the cache; output tokens cover complete answers only, because a cut answer's count is the limit's. A free model's cost is 0, an unpriced one's has no value.
    pub metrics: Vec<MetricSummary>,
    /// Money spent where it is known.
    pub cost_total: Usd,
    /// Runs whose cost is unknown or unpriced.
    pub cost_unknown: u32,
    /// How alike the answers are.
    pub consistency: Consistency,
}

impl Cell {
    /// Runs that ended this way.
    pub fn count(&self, outcome: Outcome) -> u32 {
        Outcome::ALL.iter().position(|candidate| *candidate == outcome).map_or(0, |position| self.outcomes[position])
    }

    /// The summary of a metric.
    pub fn metric(&self, metric: Metric) -> Option<&MetricSummary> {
        self.metrics.iter().find(|summary| summary.metric == metric)
    }
}

/// One metric of one cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricSummary {
    /// Which metric.
    pub metric: Metric,
    /// Runs that have a value.
    pub n: u32,
    /// Mean; `None` without a value. Never 0 for "no data".
    pub mean: Option<f64>,
    /// Sample standard deviation (n − 1); `None` below two values.
    pub stdev: Option<f64>,
    /// Median and tail quantiles with their intervals.
    pub quantiles: Vec<QuantileSummary>,
    /// Interval of the mean.
    pub mean_ci: IntervalResult,
}

/// A quantile with its interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuantileSummary {
    /// 0.5, 0.9, 0.95 or 0.99.
    pub probability: f64,
    /// The sample quantile (type 7); `None` without a value.
    pub value: Option<f64>,
    /// Its distribution-free interval from order statistics.
    pub ci: IntervalResult,
}

/// An interval, or the named reason why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum IntervalResult {
    /// An interval.
    Interval {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
        /// True when it rests on fewer than ten values and carries little.
        few: bool,
    },
    /// Intervals were switched off, or there is one run only.
    NotAsked,
    /// No values.
    NoData,
    /// Too few values for this interval.
    TooFew {
        /// How many it takes.
        need: u32,
    },
    /// All values are equal: there is no spread to estimate from.
    Constant,
    /// The method gives no finite bound from these values.
    Unbounded,
}

/// How alike the answers of a cell are. Only complete answers count; a tool call is part of the text as `name(arguments)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Consistency {
    /// Complete answers.
    pub answered: u32,
    /// Distinct texts among them, byte for byte.
    pub unique: u32,
    /// The most frequent text's share of *all runs that were made* (cancelled ones apart), so that refusals, cuts and failures never read as perfect consistency; `None` when nothing was answered or one run alone was made.
    pub agreement: Option<f64>,
    /// The most frequent text, when some text repeats.
    pub mode: Option<String>,
    /// How often it came.
    pub mode_count: u32,
}

/// Two cells compared on one metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Index into [`Analysis::cells`].
    pub a: u32,
    /// Index into [`Analysis::cells`].
    pub b: u32,
    /// What is compared.
    pub metric: Metric,
    /// Values in each arm.
    pub n_a: u32,
    /// Values in each arm.
    pub n_b: u32,
    /// Means.
    pub mean_a: Option<f64>,
    /// Means.
    pub mean_b: Option<f64>,
    /// Sample standard deviations.
    pub stdev_a: Option<f64>,
    /// Sample standard deviations.
    pub stdev_b: Option<f64>,
    /// mean_a − mean_b with its interval at the header's level.
    pub difference: Option<f64>,
    /// Interval of the difference (Welch).
    pub difference_ci: IntervalResult,
    /// The test made.
    pub test: TestKind,
    /// What came of it.
    pub status: TestStatus,
    /// Welch's t, the U of `a`, or the observed difference of means of a permutation test.
    pub statistic: Option<f64>,
    /// Degrees of freedom, where the test has them.
    pub degrees_of_freedom: Option<f64>,
    /// Two-sided p.
    pub p_value: Option<f64>,
    /// After correction over all tested pairs.
    pub p_value_corrected: Option<f64>,
    /// The correction.
    pub correction: CorrectionKind,
    /// Pairs that spent the correction's budget: the tested and the trivial ones of the whole run.
    pub n_comparisons: u32,
    /// Pairs that could not be tested.
    pub n_pairs_untestable: u32,
    /// Whether the corrected p is below the threshold; false where there is no p.
    pub significant: bool,
    /// Effect size.
    pub effect_size: Option<f64>,
    /// Which one: `cohen_d`, `cliffs_delta`.
    pub effect_size_metric: String,
    /// negligible, small, medium or large; empty where there is none.
    pub effect_size_interpretation: String,
    /// Interval of the effect size (bootstrap).
    pub effect_size_ci: IntervalResult,
    /// The bootstrap that made it: the one asked for, or BCa for the studentised one, which does not exist for effect sizes.
    pub bootstrap_method: IntervalMethod,
    /// Smallest difference of means that this many runs would have found with 80 % power, given the spread seen, at the threshold divided by the tested pairs where a correction is made.
    pub detectable_difference: Option<f64>,
    /// Runs in each arm that would find the observed difference with 80 % power; `None` past a million.
    pub runs_to_detect_observed: Option<u32>,
    /// Runs in each arm that would find a difference of a tenth of the smaller mean with 80 % power, and that difference.
    pub runs_to_detect_tenth: Option<(u32, f64)>,
    /// Refused runs that this arm's timings include.
    pub n_refused_a: u32,
    /// Refused runs that this arm's timings include.
    pub n_refused_b: u32,
}

/// What came of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestStatus {
    /// It was made.
    Tested,
    /// Both arms are constant and equal: p is 1 and it counts as tested.
    Trivial,
    /// An arm has fewer than three values.
    InsufficientSamples,
    /// Both arms are constant and differ: there is no spread to test against.
    ZeroVariance,
    /// An arm has no measured values of this metric (a free model in a cost test).
    NotMeasured,
    /// A paired test was asked for and these runs are not pairs.
    NotPaired,
}

/// Sums over a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// Calls planned.
    pub planned: u32,
    /// How many ended in each way, in the order of [`Outcome::ALL`].
    pub outcomes: [u32; 7],
    /// Money spent where it is known.
    pub cost: Usd,
    /// Money that may have been spent on calls that failed after they were sent.
    pub cost_held: Usd,
    /// Calls without a known cost because the model has no price.
    pub unpriced: u32,
    /// Calls with an unknown cost.
    pub cost_unknown: u32,
    /// Requests sent beyond the first of each call.
    pub retries: u32,
    /// Answers taken from the cache.
    pub from_cache: u32,
    /// Input tokens reported.
    pub input_tokens: u64,
    /// Output tokens reported.
    pub output_tokens: u64,
}

/// How late this machine's own scheduler woke during the run: the floor under every timing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Wake-ups sampled.
    pub samples: u64,
    /// Median lag.
    pub lag_p50_ms: f64,
    /// 99th percentile of the lag.
    pub lag_p99_ms: f64,
    /// Worst lag.
    pub lag_max_ms: f64,
}
