//! What a sample looks like: location, spread and quantiles, computed so that a large offset
//! (nanosecond clocks, token totals) does not eat the spread.

use serde::{Deserialize, Serialize};

use crate::degenerate::{Degenerate, Parameter, check_probability, check_sample};

/// A sample in numbers. All in the unit of the data, except `cv`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Number of observations.
    pub n: usize,
    /// Arithmetic mean.
    pub mean: f64,
    /// Sample standard deviation (n - 1); none below two observations.
    pub sd: Option<f64>,
    /// Coefficient of variation, sd / |mean|; none below two observations or at mean 0.
    pub cv: Option<f64>,
    /// Smallest observation.
    pub min: f64,
    /// Median.
    pub median: f64,
    /// 90th percentile (type 7).
    pub p90: f64,
    /// 95th percentile (type 7).
    pub p95: f64,
    /// 99th percentile (type 7); below 100 observations it lies within one rank of the maximum.
    pub p99: f64,
    /// Largest observation.
    pub max: f64,
}

/// Summarises at least one finite observation.
pub fn summarize(data: &[f64]) -> Result<Summary, Degenerate> {
    check_sample(data, 1)?;
    let sorted = sorted(data);
    let mean = mean_of(data);
    let sd = variance(data).ok().map(f64::sqrt);
    Ok(Summary {
        n: data.len(),
        mean,
        sd,
        cv: sd.filter(|_| mean != 0.0).map(|sd| sd / mean.abs()),
        min: sorted[0],
        median: quantile_of_sorted(&sorted, 0.5),
        p90: quantile_of_sorted(&sorted, 0.9),
        p95: quantile_of_sorted(&sorted, 0.95),
        p99: quantile_of_sorted(&sorted, 0.99),
        max: sorted[sorted.len() - 1],
    })
}

/// The arithmetic mean of at least one finite observation.
pub fn mean(data: &[f64]) -> Result<f64, Degenerate> {
    check_sample(data, 1)?;
    Ok(mean_of(data))
}

/// The sample variance (n - 1) of at least two finite observations, unless it exceeds the range of
/// doubles.
pub fn variance(data: &[f64]) -> Result<f64, Degenerate> {
    check_sample(data, 2)?;
    let variance = moments(data).1;
    if variance.is_finite() { Ok(variance) } else { Err(Degenerate::Unbounded) }
}

/// The median of at least one finite observation.
pub fn median(data: &[f64]) -> Result<f64, Degenerate> {
    quantile(data, 0.5)
}

/// The quantile by linear interpolation between order statistics, Hyndman and Fan's type 7, which
/// is the default of numpy, scipy and R.
pub fn quantile(data: &[f64], probability: f64) -> Result<f64, Degenerate> {
    check_sample(data, 1)?;
    if !(0.0..=1.0).contains(&probability) {
        check_probability(Parameter::Quantile, probability)?;
    }
    Ok(quantile_of_sorted(&sorted(data), probability))
}

/// The mean, of a slice that is not empty. The residual pass takes back the rounding of the sum.
pub(crate) fn mean_of(data: &[f64]) -> f64 {
    let n = data.len() as f64;
    let first = data.iter().sum::<f64>() / n;
    if !first.is_finite() {
        // The sum overflowed although every observation is finite.
        return data.iter().map(|value| value / n).sum();
    }
    let mean = first + data.iter().map(|value| value - first).sum::<f64>() / n;
    let (low, high) = range(data);
    mean.clamp(low, high)
}

/// Mean and sample variance of at least two observations; two passes (Chan, Golub and LeVeque
/// 1983, the corrected two-pass algorithm).
pub(crate) fn moments(data: &[f64]) -> (f64, f64) {
    let n = data.len() as f64;
    let mean = mean_of(data);
    let (mut squares, mut residual) = (0.0, 0.0);
    for value in data {
        let deviation = value - mean;
        squares += deviation * deviation;
        residual += deviation;
    }
    (mean, ((squares - residual * residual / n) / (n - 1.0)).max(0.0))
}

/// Type 7 quantile of ascending values; interpolates without producing NaN next to infinities.
pub(crate) fn quantile_of_sorted(sorted: &[f64], probability: f64) -> f64 {
    let position = (sorted.len() - 1) as f64 * probability;
    let below = position.floor() as usize;
    let fraction = position - below as f64;
    let low = sorted[below];
    if fraction == 0.0 || below + 1 >= sorted.len() {
        return low;
    }
    let high = sorted[below + 1];
    if low == high { low } else { low + (high - low) * fraction }
}

/// A sorted copy.
pub(crate) fn sorted(data: &[f64]) -> Vec<f64> {
    let mut sorted = data.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

fn range(data: &[f64]) -> (f64, f64) {
    data.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| (low.min(value), high.max(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_offset_keeps_the_spread() {
        let data = [1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0];
        assert_eq!(variance(&data), Ok(30.0));
        assert_eq!(mean(&data), Ok(1e9 + 10.0));
    }

    #[test]
    fn a_sum_that_overflows_still_has_a_mean() {
        assert_eq!(mean(&[1e308, 1e308, 1e308]).map(f64::is_finite), Ok(true));
    }

    #[test]
    fn one_observation_has_no_spread_and_none_has_nothing() {
        let one = summarize(&[2.0]).unwrap();
        assert_eq!((one.n, one.median, one.sd, one.cv), (1, 2.0, None, None));
        assert_eq!(summarize(&[]), Err(Degenerate::TooFew { n: 0, need: 1 }));
        assert_eq!(summarize(&[1.0, f64::NAN]), Err(Degenerate::NotFinite { index: 1 }));
        assert_eq!(summarize(&[-1.0, 1.0]).unwrap().cv, None);
    }
}
