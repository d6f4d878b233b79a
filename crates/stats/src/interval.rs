//! Intervals, estimates of a mean, and the word of caution that goes with few observations.

use serde::{Deserialize, Serialize};

use crate::degenerate::{Degenerate, Parameter, check_probability, check_spread};
use crate::describe;
use crate::distribution::t_quantile;

/// Below this many observations an interval carries a [`SmallSample`].
pub const SMALL_SAMPLE: usize = 10;

/// A two-sided confidence (or credible) interval in the unit of the data.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// Nominal level, for example 0.95.
    pub level: f64,
}

impl Interval {
    /// Upper minus lower bound.
    pub fn width(&self) -> f64 {
        self.high - self.low
    }

    /// Whether the value lies within the closed interval.
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// How little an interval from fewer than [`SMALL_SAMPLE`] observations carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmallSample {
    /// Observations behind the interval.
    pub n: usize,
    /// Different resamples that exist at all, C(2n - 1, n): 3 for n = 2, 126 for n = 5. A
    /// bootstrap interval can only choose among these, and never leaves the observed range.
    pub distinct_resamples: u64,
}

impl SmallSample {
    /// The caution for `n` observations, none from [`SMALL_SAMPLE`] on.
    pub fn of(n: usize) -> Option<Self> {
        if n >= SMALL_SAMPLE {
            return None;
        }
        // C(2n-1, n) by the multiplicative formula; each step divides exactly.
        let distinct_resamples = (1..=n as u64).fold(1, |count, i| count * (n as u64 - 1 + i) / i);
        Some(Self { n, distinct_resamples })
    }
}

/// A mean (or a difference of means) with its standard error and t interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeanEstimate {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Degrees of freedom of the t interval.
    pub df: f64,
    /// estimate ± t(df) · standard error.
    pub interval: Interval,
    /// Set below [`SMALL_SAMPLE`] units.
    pub small_sample: Option<SmallSample>,
}

impl MeanEstimate {
    pub(crate) fn new(
        estimate: f64,
        standard_error: f64,
        df: f64,
        level: f64,
        units: usize,
    ) -> Result<Self, Degenerate> {
        check_probability(Parameter::Level, level)?;
        let half = t_quantile(0.5 + level / 2.0, df) * standard_error;
        if !estimate.is_finite() || !half.is_finite() {
            return Err(Degenerate::Unbounded);
        }
        Ok(Self {
            estimate,
            standard_error,
            df,
            interval: Interval { low: estimate - half, high: estimate + half, level },
            small_sample: SmallSample::of(units),
        })
    }
}

/// Student's t interval of a mean: mean ± t(n-1) · s/√n. Needs two observations that differ.
pub fn mean(data: &[f64], level: f64) -> Result<MeanEstimate, Degenerate> {
    check_spread(data, 2)?;
    let (mean, variance) = describe::moments(data);
    let n = data.len();
    MeanEstimate::new(mean, (variance / n as f64).sqrt(), n as f64 - 1.0, level, n)
}
