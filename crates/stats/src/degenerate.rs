//! The named reasons why data cannot carry a result, and the checks that find them.

use serde::{Deserialize, Serialize};

/// Why there is no estimate. Each case is a fact about the data that a report can print.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Degenerate {
    /// Fewer observations than the method needs at all.
    #[error("{n} observations, at least {need} needed")]
    TooFew {
        /// Observations given.
        n: usize,
        /// Smallest number the method accepts.
        need: usize,
    },
    /// Too few observations for an interval around this quantile at this level.
    #[error("{n} observations, at least {need} needed for an interval of quantile {quantile}")]
    TooFewForQuantile {
        /// Observations given.
        n: usize,
        /// Smallest sample size that bounds the quantile on both sides.
        need: usize,
        /// The quantile asked for, in (0, 1).
        quantile: f64,
    },
    /// All observations are the same, so their spread cannot be estimated.
    #[error("all observations equal {value}")]
    Constant {
        /// The one value observed.
        value: f64,
    },
    /// An observation is NaN or infinite.
    #[error("observation {index} is not a finite number")]
    NotFinite {
        /// Position of the first such observation.
        index: usize,
    },
    /// Paired data of different lengths.
    #[error("paired samples of {a} and {b} observations")]
    UnequalLengths {
        /// Length of the first sample.
        a: usize,
        /// Length of the second sample.
        b: usize,
    },
    /// The resampling distribution leaves a bound undefined: too many resamples lost all their
    /// spread, or all of them fall on one side of the estimate.
    #[error("the resampling distribution does not bound the estimate")]
    Unbounded,
    /// More successes than trials, or counts that exceed their total.
    #[error("{count} counted out of {total}")]
    ImpossibleCount {
        /// The count given.
        count: u64,
        /// The total it should not exceed.
        total: u64,
    },
    /// A parameter of the method lies outside its range.
    #[error("{parameter} cannot be {value}")]
    OutOfRange {
        /// Which parameter.
        parameter: Parameter,
        /// The value given.
        value: f64,
    },
    /// All ratings fall into one category, so there is nothing to agree or disagree about.
    #[error("all ratings are the same, so agreement beyond chance is undefined")]
    OneCategory,
    /// A judge whose sensitivity and specificity add up to no more than 1: it says nothing about
    /// what it judges, and cannot be corrected.
    #[error("sensitivity and specificity add up to {sum}; a judge no better than chance cannot be corrected")]
    Uninformative {
        /// Sensitivity plus specificity.
        sum: f64,
    },
    /// A judged rate that the judge's own error rates make impossible.
    #[error("the judged rate is impossible for a judge of this sensitivity and specificity: corrected rate {estimate}")]
    Contradiction {
        /// The corrected rate, outside [0, 1] together with its whole interval.
        estimate: f64,
    },
    /// No sample size reaches the goal, or the one that does is beyond counting.
    #[error("no attainable sample size reaches the goal")]
    Unattainable,
}

/// A parameter that [`Degenerate::OutOfRange`] can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parameter {
    /// Confidence level, in (0, 1).
    Level,
    /// Significance level, in (0, 1).
    Alpha,
    /// Power, in (alpha, 1).
    Power,
    /// Quantile, in (0, 1).
    Quantile,
    /// Number of resamples, at least 1.
    Resamples,
    /// Difference to detect: finite and not zero.
    Difference,
    /// Variance or standard deviation: finite and not negative.
    Spread,
    /// Runs per item, at least 1.
    Runs,
    /// An observation outside the bounded range that the method assumes.
    Observation,
    /// The weight of the judge in a corrected mean, in [0, 1].
    Lambda,
    /// The number of attempts k of pass@k, at least 1.
    Attempts,
}

impl std::fmt::Display for Parameter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Level => "the confidence level",
            Self::Alpha => "the significance level",
            Self::Power => "the power",
            Self::Quantile => "the quantile",
            Self::Resamples => "the number of resamples",
            Self::Difference => "the difference to detect",
            Self::Spread => "the spread",
            Self::Runs => "the number of runs",
            Self::Observation => "an observation",
            Self::Lambda => "the weight of the judge",
            Self::Attempts => "the number of attempts",
        })
    }
}

/// Fails on the first NaN or infinity, and on fewer than `need` observations.
pub(crate) fn check_sample(data: &[f64], need: usize) -> Result<(), Degenerate> {
    if let Some(index) = data.iter().position(|value| !value.is_finite()) {
        return Err(Degenerate::NotFinite { index });
    }
    if data.len() < need {
        return Err(Degenerate::TooFew { n: data.len(), need });
    }
    Ok(())
}

/// [`check_sample`], and fails when all observations are equal.
pub(crate) fn check_spread(data: &[f64], need: usize) -> Result<(), Degenerate> {
    check_sample(data, need)?;
    match constant(data) {
        Some(value) => Err(Degenerate::Constant { value }),
        None => Ok(()),
    }
}

/// The common value of a sample whose observations are all equal.
pub(crate) fn constant(data: &[f64]) -> Option<f64> {
    let first = *data.first()?;
    data.iter().all(|&value| value == first).then_some(first)
}

/// Fails unless `value` lies strictly between 0 and 1.
pub(crate) fn check_probability(parameter: Parameter, value: f64) -> Result<(), Degenerate> {
    if value > 0.0 && value < 1.0 { Ok(()) } else { Err(Degenerate::OutOfRange { parameter, value }) }
}

/// Fails unless the paired samples have the same length.
pub(crate) fn check_paired(a: &[f64], b: &[f64]) -> Result<(), Degenerate> {
    if a.len() == b.len() { Ok(()) } else { Err(Degenerate::UnequalLengths { a: a.len(), b: b.len() }) }
}
