//! One object for each cell: repetitions of one prompt by one contestant at one temperature under one system prompt.

use schemars::JsonSchema;
use serde::Serialize;

use super::words;

/// A cell's figures. They describe repeats of this prompt, not other prompts.
///
/// Timings and cost cover runs that were answered in any way (neither failed nor cancelled) and did
/// not come from the cache; output tokens cover complete answers only. `*_ci_*` are intervals of the mean.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CellStats {
    /// The model's id.
    pub model: String,
    /// The contestant.
    pub name: String,
    /// The temperature that was asked for.
    pub temperature: Option<f64>,
    /// The system prompt, if there was one.
    pub system: Option<String>,
    /// Which of the run's prompts.
    pub prompt_index: u32,
    /// Planned runs: the sum of the seven counts that follow.
    pub n_runs: u32,
    /// Complete answers.
    pub n_succeeded: u32,
    /// Answers cut by the output limit.
    pub n_truncated: u32,
    /// Declined runs.
    pub n_refused: u32,
    /// Runs that the provider's filter withheld or cut.
    pub n_filtered: u32,
    /// Runs that ended normally and said nothing.
    pub n_empty: u32,
    /// Failed runs.
    pub n_failed: u32,
    /// Runs stopped or never started.
    pub n_cancelled: u32,
    /// Mean latency.
    pub latency_mean_ms: Option<f64>,
    /// Sample standard deviation of the latency (n − 1).
    pub latency_stdev_ms: Option<f64>,
    /// Standard deviation over mean.
    pub latency_cv: Option<f64>,
    /// Median latency.
    pub latency_median_ms: Option<f64>,
    /// Mean time to first token.
    pub ttft_mean_ms: Option<f64>,
    /// Mean time to first visible token.
    pub ttfo_mean_ms: Option<f64>,
    /// Mean output tokens.
    pub output_tokens_mean: Option<f64>,
    /// Mean cost of a call.
    pub cost_mean_usd: Option<f64>,
    /// Money spent where it is known.
    pub cost_total_usd: f64,
    /// Runs of unknown cost or without a price.
    pub cost_unknown_runs: u32,
    /// Interval of the mean.
    pub latency_ms_ci_low: Option<f64>,
    /// Interval of the mean.
    pub latency_ms_ci_high: Option<f64>,
    /// Its level.
    pub latency_ms_ci_level: f64,
    /// Values it rests on.
    pub latency_ms_ci_n: u32,
    /// Interval of the mean.
    pub ttft_ms_ci_low: Option<f64>,
    /// Interval of the mean.
    pub ttft_ms_ci_high: Option<f64>,
    /// Its level.
    pub ttft_ms_ci_level: f64,
    /// Values it rests on.
    pub ttft_ms_ci_n: u32,
    /// Interval of the mean.
    pub output_tokens_ci_low: Option<f64>,
    /// Interval of the mean.
    pub output_tokens_ci_high: Option<f64>,
    /// Its level.
    pub output_tokens_ci_level: f64,
    /// Values it rests on.
    pub output_tokens_ci_n: u32,
    /// Interval of the mean.
    pub cost_usd_ci_low: Option<f64>,
    /// Interval of the mean.
    pub cost_usd_ci_high: Option<f64>,
    /// Its level.
    pub cost_usd_ci_level: f64,
    /// Values it rests on.
    pub cost_usd_ci_n: u32,
    /// Distinct texts among the complete answers, byte for byte.
    pub unique_outputs: u32,
    /// The most frequent text, when some text repeats.
    pub mode_output: Option<String>,
    /// How often it came.
    pub mode_count: u32,
    /// Distinct texts over complete answers; null when there are none.
    pub output_diversity: Option<f64>,
    /// The most frequent text's share of all runs that were made; null when nothing was answered.
    pub agreement: Option<f64>,
    /// Every metric in full.
    pub metrics: Vec<CellMetric>,
}

/// One metric of a cell.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CellMetric {
    /// Which metric.
    #[schemars(extend("enum" = words::metrics()))]
    pub metric: &'static str,
    /// Runs that have a value.
    pub n: u32,
    /// Mean.
    pub mean: Option<f64>,
    /// Sample standard deviation (n − 1).
    pub stdev: Option<f64>,
    /// What became of the interval of the mean.
    #[schemars(extend("enum" = words::INTERVAL_STATUSES))]
    pub mean_ci_status: &'static str,
    /// Interval of the mean.
    pub mean_ci_low: Option<f64>,
    /// Interval of the mean.
    pub mean_ci_high: Option<f64>,
    /// True when the interval rests on fewer than ten values and carries little.
    pub mean_ci_few: bool,
    /// Median and tails.
    pub quantiles: Vec<CellQuantile>,
}

/// A quantile of a metric.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CellQuantile {
    /// Between 0 and 1.
    pub probability: f64,
    /// The sample quantile.
    pub value: Option<f64>,
    /// What became of its interval.
    #[schemars(extend("enum" = words::INTERVAL_STATUSES))]
    pub ci_status: &'static str,
    /// Distribution-free interval.
    pub ci_low: Option<f64>,
    /// Distribution-free interval.
    pub ci_high: Option<f64>,
    /// How many values this interval would take, where there are too few.
    pub ci_needs: Option<u32>,
}
