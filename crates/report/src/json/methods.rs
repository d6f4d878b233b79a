//! Tests between cells and how all figures were made.

use schemars::JsonSchema;
use serde::Serialize;

use super::words;

/// Two cells compared on one metric. A difference is `a` minus `b`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SignificanceTest {
    /// The first model's id.
    pub model_a: String,
    /// The second model's id.
    pub model_b: String,
    /// The first contestant.
    pub name_a: String,
    /// The second contestant.
    pub name_b: String,
    /// The temperature asked of both; null where they differ or none was.
    pub temperature: Option<f64>,
    /// The system prompt of both; null where they differ or there was none.
    pub system: Option<String>,
    /// Position of the first cell in `stats_by_cell`.
    pub cell_a: u32,
    /// Position of the second cell in `stats_by_cell`.
    pub cell_b: u32,
    /// What is compared.
    #[schemars(extend("enum" = words::metrics()))]
    pub metric: &'static str,
    /// What came of the test.
    #[schemars(extend("enum" = words::TEST_STATUSES))]
    pub status: &'static str,
    /// Values of the first.
    pub n_a: u32,
    /// Values of the second.
    pub n_b: u32,
    /// Mean of the first.
    pub mean_a: Option<f64>,
    /// Mean of the second.
    pub mean_b: Option<f64>,
    /// Sample standard deviation of the first.
    pub stdev_a: Option<f64>,
    /// Sample standard deviation of the second.
    pub stdev_b: Option<f64>,
    /// Difference of the means.
    pub difference: Option<f64>,
    /// Welch interval of the difference.
    pub difference_ci_low: Option<f64>,
    /// Welch interval of the difference.
    pub difference_ci_high: Option<f64>,
    /// What became of that interval.
    #[schemars(extend("enum" = words::INTERVAL_STATUSES))]
    pub difference_ci_status: &'static str,
    /// The test.
    #[schemars(extend("enum" = words::tests()))]
    pub test_used: &'static str,
    /// t, U or the observed difference.
    pub test_statistic: Option<f64>,
    /// Degrees of freedom, where the test has them.
    pub degrees_of_freedom: Option<f64>,
    /// Two-sided; null where there is no test.
    pub p_value: Option<f64>,
    /// After correction.
    pub p_value_corrected: Option<f64>,
    /// The correction.
    #[schemars(extend("enum" = words::corrections()))]
    pub correction_method: &'static str,
    /// Pairs that spent the correction's budget.
    pub n_comparisons: u32,
    /// Pairs that could not be tested.
    pub n_pairs_untestable: u32,
    /// Effect size.
    pub effect_size: Option<f64>,
    /// Which one.
    pub effect_size_metric: String,
    /// How large by convention; empty where there is none.
    pub effect_size_interpretation: String,
    /// Bootstrap interval of the effect size.
    pub effect_size_ci_low: Option<f64>,
    /// Bootstrap interval of the effect size.
    pub effect_size_ci_high: Option<f64>,
    /// What became of that interval.
    #[schemars(extend("enum" = words::INTERVAL_STATUSES))]
    pub effect_size_ci_status: &'static str,
    /// Alpha.
    pub threshold: f64,
    /// Whether the corrected p is below alpha; false where there is none.
    pub significant_at_threshold: bool,
    /// Smallest difference that this many runs find with 80 % power.
    pub detectable_difference: Option<f64>,
    /// Runs of each that find the observed difference with 80 % power.
    pub runs_to_detect_observed: Option<u32>,
    /// Runs of each that find a difference of a tenth of the smaller mean with 80 % power.
    pub runs_to_detect_tenth: Option<u32>,
    /// That difference.
    pub tenth_of_smaller_mean: Option<f64>,
    /// Refused runs among the first's timings.
    pub n_refused_a: u32,
    /// Refused runs among the second's timings.
    pub n_refused_b: u32,
    /// The bootstrap of the effect size.
    #[schemars(extend("enum" = words::interval_methods()))]
    pub bootstrap_method: &'static str,
    /// Its resamples.
    pub bootstrap_resamples: u32,
    /// Its seed.
    pub bootstrap_seed: u64,
}

/// How the figures were made.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Methodology {
    /// Version of the tool.
    pub tool_version: String,
    /// Who computed: our own statistics library, and its version.
    pub implementation: String,
    /// Repetitions of every cell.
    pub n_runs: u32,
    /// Seed of the call order.
    pub seed: u64,
    /// Intervals of means.
    pub bootstrap: Bootstrap,
    /// Tests.
    pub significance: Significance,
}

/// How intervals of means were made.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Bootstrap {
    /// Whether intervals were attempted.
    pub enabled: bool,
    /// Whether any came of it.
    pub produced_intervals: bool,
    /// Which bootstrap.
    #[schemars(extend("enum" = words::interval_methods()))]
    pub method: &'static str,
    /// Resamples.
    pub n_resamples: u32,
    /// Confidence level of all intervals.
    pub ci_level: f64,
    /// Seed of the resampling.
    pub seed: u64,
}

/// How differences were tested.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Significance {
    /// Whether pairs were compared.
    pub enabled: bool,
    /// The test.
    #[schemars(extend("enum" = words::tests()))]
    pub test: &'static str,
    /// What was compared.
    #[schemars(extend("enum" = words::metrics()))]
    pub metric: &'static str,
    /// The correction.
    #[schemars(extend("enum" = words::corrections()))]
    pub correction: &'static str,
    /// Alpha.
    pub threshold: f64,
}
