//! Two-sample and paired tests, all two-sided.
//!
//! A test always answers with a [`TestResult`]; its [`Status`] tells evidence from the cases in
//! which the data cannot give any. A p-value is present exactly when the comparison counts as
//! tested (`tested` or `trivial`), and only then does it enter a correction for multiple testing.

mod hodges_lehmann;
mod mcnemar;
mod permutation;
mod rank;
mod t;

use serde::{Deserialize, Serialize};

pub use hodges_lehmann::{
    Shift, hodges_lehmann_paired, hodges_lehmann_paired_interval, hodges_lehmann_shift, hodges_lehmann_shift_interval,
};
pub use mcnemar::{McNemarMethod, mcnemar};
pub use permutation::{PermutationOptions, permutation, sign_flip, sign_flip_clustered};
pub use rank::{RankMethod, mann_whitney, wilcoxon_signed_rank};
pub use t::{paired_t, student_t, welch, welch_df};

use crate::degenerate::constant;

/// Observations that each arm needs before a test is run on it.
pub const OBSERVATIONS_NEEDED: usize = 3;

/// The tests on measurements that [`compare`](mod@crate::compare) offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Welch's t test of two independent samples.
    #[default]
    Welch,
    /// Student's t test of two independent samples with equal variances.
    Student,
    /// Mann-Whitney U test of two independent samples.
    MannWhitney,
    /// Permutation test of the difference of two independent means.
    Permutation,
    /// Paired t test.
    PairedT,
    /// Wilcoxon signed-rank test of paired samples.
    Wilcoxon,
    /// Sign-flip permutation test of the mean of paired differences.
    SignFlip,
}

impl Test {
    /// Whether the test pairs observation i of one sample with observation i of the other.
    pub fn is_paired(self) -> bool {
        matches!(self, Self::PairedT | Self::Wilcoxon | Self::SignFlip)
    }
}

/// Whether there was something to test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The test was run.
    Tested,
    /// The samples are identical constants, or no pair differs: p = 1, and it counts as tested.
    Trivial,
    /// Fewer than [`OBSERVATIONS_NEEDED`] observations or pairs: no p.
    InsufficientSamples,
    /// The samples differ but have no spread to judge the difference by: no p.
    ZeroVariance,
    /// An observation, or the sum of squares that the test needs, is NaN or infinite: no p.
    NotFinite,
    /// Paired samples of different lengths: no p.
    UnequalLengths,
}

/// Where a p-value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PValueSource {
    /// The null distribution of the statistic, enumerated or known in closed form.
    Exact,
    /// A limiting distribution.
    Asymptotic,
    /// Random rearrangements, counted as (b + 1) / (m + 1).
    MonteCarlo {
        /// Number m of rearrangements drawn.
        rearrangements: usize,
    },
}

/// What a test found. Values that do not exist are absent, never NaN.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestResult {
    /// Whether there was something to test.
    pub status: Status,
    /// The test statistic: t, U of the first sample, W (the smaller rank sum), a mean difference,
    /// chi-squared, or the smaller discordant count.
    pub statistic: Option<f64>,
    /// Degrees of freedom, for tests that have them.
    pub df: Option<f64>,
    /// Two-sided p-value.
    pub p_value: Option<f64>,
    /// Where the p-value comes from.
    pub p_value_source: Option<PValueSource>,
}

impl TestResult {
    fn tested(statistic: f64, df: Option<f64>, p_value: f64, source: PValueSource) -> Self {
        Self {
            status: Status::Tested,
            statistic: Some(statistic),
            df,
            p_value: Some(p_value.clamp(0.0, 1.0)),
            p_value_source: Some(source),
        }
    }

    fn trivial() -> Self {
        Self {
            status: Status::Trivial,
            statistic: None,
            df: None,
            p_value: Some(1.0),
            p_value_source: Some(PValueSource::Exact),
        }
    }

    fn untestable(status: Status) -> Self {
        Self { status, statistic: None, df: None, p_value: None, p_value_source: None }
    }
}

/// The cases that no test of two samples goes beyond: bad numbers, too few, constants.
fn refuse(a: &[f64], b: &[f64]) -> Option<TestResult> {
    if a.iter().chain(b).any(|value| !value.is_finite()) {
        return Some(TestResult::untestable(Status::NotFinite));
    }
    if a.len().min(b.len()) < OBSERVATIONS_NEEDED {
        return Some(TestResult::untestable(Status::InsufficientSamples));
    }
    match (constant(a), constant(b)) {
        (Some(a), Some(b)) if a == b => Some(TestResult::trivial()),
        (Some(_), Some(_)) => Some(TestResult::untestable(Status::ZeroVariance)),
        _ => None,
    }
}

/// [`refuse`] for pairs, and otherwise their differences. Pairs that never differ are trivial.
fn differences(a: &[f64], b: &[f64]) -> Result<Vec<f64>, TestResult> {
    if a.len() != b.len() {
        return Err(TestResult::untestable(Status::UnequalLengths));
    }
    if let Some(refusal) = refuse(a, b) {
        return Err(refusal);
    }
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    if differences.iter().any(|difference| !difference.is_finite()) {
        return Err(TestResult::untestable(Status::NotFinite));
    }
    if differences.iter().all(|&difference| difference == 0.0) {
        return Err(TestResult::trivial());
    }
    Ok(differences)
}

/// Whether differences are one value up to the rounding of the subtraction: 0.3 - 0.2 and
/// 0.2 - 0.1 differ by a unit in the last place, which is no spread.
fn constant_up_to_rounding(differences: &[f64], a: &[f64], b: &[f64]) -> bool {
    let scale = a.iter().chain(b).fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let first = differences[0];
    differences.iter().all(|difference| (difference - first).abs() <= 4.0 * f64::EPSILON * scale)
}
