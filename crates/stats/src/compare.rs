//! One comparison of two samples with everything a report says about it: difference and interval,
//! test, effect size and interval, and the case when there is nothing to say.

use serde::{Deserialize, Serialize};

use crate::bootstrap::{BootstrapInterval, BootstrapOptions};
use crate::degenerate::Degenerate;
use crate::describe;
use crate::effect::{EffectSize, Magnitude};
use crate::hierarchy::{independent_difference, paired_difference};
use crate::hypothesis::{self, PValueSource, PermutationOptions, RankMethod, Status, Test, TestResult};
use crate::interval::{Interval, SmallSample};

/// What to run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ComparisonOptions {
    /// The test.
    pub test: Test,
    /// The effect size; by default Cohen's d, or d_z for paired tests, or Cliff's delta for
    /// Mann-Whitney.
    pub effect_size: Option<EffectSize>,
    /// Level of the difference's interval, and all settings of the effect size's interval.
    pub bootstrap: BootstrapOptions,
    /// Settings of the permutation tests.
    pub permutation: PermutationOptions,
}

impl Default for ComparisonOptions {
    /// Welch's test, Cohen's d, 95 %.
    fn default() -> Self {
        Self {
            test: Test::Welch,
            effect_size: None,
            bootstrap: BootstrapOptions::default(),
            permutation: PermutationOptions::default(),
        }
    }
}

/// A comparison of sample a with sample b. Absent values do not exist for these data.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The test that was asked for.
    pub test: Test,
    /// Observations of the first sample.
    pub n_a: usize,
    /// Observations of the second sample.
    pub n_b: usize,
    /// Mean of the first sample; none without data.
    pub mean_a: Option<f64>,
    /// Mean of the second sample; none without data.
    pub mean_b: Option<f64>,
    /// mean_a - mean_b.
    pub difference: Option<f64>,
    /// t interval of the difference: Welch's for independent samples, paired for paired tests.
    pub difference_interval: Option<Interval>,
    /// Hodges-Lehmann shift, for the rank tests.
    pub shift: Option<f64>,
    /// Whether there was something to test.
    pub status: Status,
    /// The test statistic.
    pub statistic: Option<f64>,
    /// Degrees of freedom.
    pub df: Option<f64>,
    /// Two-sided p-value before any correction.
    pub p_value: Option<f64>,
    /// Where the p-value comes from.
    pub p_value_source: Option<PValueSource>,
    /// Which effect size `effect` is.
    pub effect_size: EffectSize,
    /// The effect size.
    pub effect: Option<f64>,
    /// The conventional word for it.
    pub magnitude: Option<Magnitude>,
    /// Its bootstrap interval, labelled with the method that formed it.
    pub effect_interval: Option<BootstrapInterval>,
    /// Set when the smaller sample is small.
    pub small_sample: Option<SmallSample>,
}

/// Runs the test and everything beside it. Paired tests need samples aligned by the caller.
pub fn compare(a: &[f64], b: &[f64], options: &ComparisonOptions) -> Comparison {
    compare_with(a, b, options, |effect_size| effect_size.interval(a, b, &options.bootstrap))
}

/// [`compare`] with the effect size's interval from elsewhere, such as
/// [`EffectSize::standardised_interval`] on resamples shared between pairs.
pub fn compare_with(
    a: &[f64],
    b: &[f64],
    options: &ComparisonOptions,
    effect_interval: impl FnOnce(EffectSize) -> Result<BootstrapInterval, Degenerate>,
) -> Comparison {
    let result = run_test(a, b, options);
    let (mean_a, mean_b) = (describe::mean(a).ok(), describe::mean(b).ok());
    let effect_size = options.effect_size.unwrap_or(default_effect_size(options.test));
    let tested = result.status == Status::Tested;
    let counted = tested || result.status == Status::Trivial;
    let effect = if counted { effect_size.of(a, b).ok() } else { None };
    let difference_interval = if tested {
        let level = options.bootstrap.level;
        let estimate =
            if options.test.is_paired() { paired_difference(a, b, level) } else { independent_difference(a, b, level) };
        estimate.ok().map(|estimate| estimate.interval)
    } else {
        None
    };
    let shift = match options.test {
        Test::MannWhitney if counted => hypothesis::hodges_lehmann_shift(a, b).ok(),
        Test::Wilcoxon if counted => hypothesis::hodges_lehmann_paired(a, b).ok(),
        _ => None,
    };
    Comparison {
        test: options.test,
        n_a: a.len(),
        n_b: b.len(),
        mean_a,
        mean_b,
        difference: mean_a.zip(mean_b).map(|(a, b)| a - b),
        difference_interval,
        shift,
        status: result.status,
        statistic: result.statistic,
        df: result.df,
        p_value: result.p_value,
        p_value_source: result.p_value_source,
        effect_size,
        effect,
        magnitude: effect.map(|effect| effect_size.magnitude(effect)),
        effect_interval: if tested { effect_interval(effect_size).ok() } else { None },
        small_sample: SmallSample::of(a.len().min(b.len())),
    }
}

fn run_test(a: &[f64], b: &[f64], options: &ComparisonOptions) -> TestResult {
    match options.test {
        Test::Welch => hypothesis::welch(a, b),
        Test::Student => hypothesis::student_t(a, b),
        Test::MannWhitney => hypothesis::mann_whitney(a, b, RankMethod::Auto),
        Test::Permutation => hypothesis::permutation(a, b, &options.permutation),
        Test::PairedT => hypothesis::paired_t(a, b),
        Test::Wilcoxon => hypothesis::wilcoxon_signed_rank(a, b, RankMethod::Auto),
        Test::SignFlip => hypothesis::sign_flip(a, b, &options.permutation),
    }
}

fn default_effect_size(test: Test) -> EffectSize {
    match test {
        Test::Welch | Test::Student | Test::Permutation => EffectSize::CohensD,
        Test::MannWhitney => EffectSize::CliffsDelta,
        Test::PairedT | Test::Wilcoxon | Test::SignFlip => EffectSize::CohensDz,
    }
}
