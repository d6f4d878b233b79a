//! Bootstrap intervals of one sample: BCa, percentile, basic and studentised.
//!
//! BCa follows Efron and Tibshirani (1993), section 14.3, in the details of scipy's `bootstrap`:
//! ties count half in the bias correction, the acceleration comes from the jackknife, and adjusted
//! quantiles are interpolated linearly. The studentised (bootstrap-t) interval follows their
//! section 12.5. All of them cover less than they claim in small samples, BCa and percentile most
//! of all; the table in docs/statistics.md has the figures.

use serde::{Deserialize, Serialize};

use crate::degenerate::{Degenerate, Parameter, check_probability, check_spread};
use crate::describe::{self, quantile_of_sorted};
use crate::distribution::{normal_cdf, normal_quantile};
use crate::interval::{Interval, SmallSample};
use crate::resample::{Plan, ResampledMoments};

/// How a bootstrap distribution becomes an interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Bias-corrected and accelerated percentiles.
    #[default]
    Bca,
    /// Percentiles of the bootstrap distribution.
    Percentile,
    /// Percentiles reflected about the estimate.
    Basic,
    /// Percentiles of the bootstrap t statistic.
    Studentised,
}

/// Settings of a bootstrap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BootstrapOptions {
    /// How the interval is formed.
    pub method: Method,
    /// Nominal level in (0, 1).
    pub level: f64,
    /// Number of resamples.
    pub resamples: usize,
    /// Seed of the resampling.
    pub seed: u64,
}

impl Default for BootstrapOptions {
    /// BCa at 95 % from 5,000 resamples of seed 0.
    fn default() -> Self {
        Self { method: Method::Bca, level: 0.95, resamples: 5_000, seed: 0 }
    }
}

impl BootstrapOptions {
    /// The resampling part of the settings.
    pub fn plan(&self) -> Plan {
        Plan { resamples: self.resamples, seed: self.seed }
    }
}

/// A bootstrap interval with what is needed to repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BootstrapInterval {
    /// The statistic on the sample itself.
    pub estimate: f64,
    /// Standard deviation of the bootstrap distribution; none when a resample left it undefined.
    pub standard_error: Option<f64>,
    /// The interval.
    pub interval: Interval,
    /// How it was formed.
    pub method: Method,
    /// Resamples drawn.
    pub resamples: usize,
    /// Set for few observations.
    pub small_sample: Option<SmallSample>,
}

/// Bootstrap interval of the mean. Needs two observations that differ (four if studentised).
pub fn mean(data: &[f64], options: &BootstrapOptions) -> Result<BootstrapInterval, Degenerate> {
    check_spread(data, 2)?;
    let moments = options.plan().moments(0, &[data])?;
    mean_from_moments(data, &moments[0], options.method, options.level)
}

/// [`mean`] from resamples drawn before, so that several metrics and intervals share one pass of
/// [`Plan::moments`]. `moments` must come from `data`.
pub fn mean_from_moments(
    data: &[f64],
    moments: &ResampledMoments,
    method: Method,
    level: f64,
) -> Result<BootstrapInterval, Degenerate> {
    check_spread(data, if method == Method::Studentised { 4 } else { 2 })?;
    let n = data.len() as f64;
    let (estimate, variance) = describe::moments(data);
    if method == Method::Studentised {
        let errors = moments.variances.iter().map(|variance| (variance / n).sqrt());
        let pivots = pivots(estimate, &moments.means, errors);
        return studentised(estimate, (variance / n).sqrt(), pivots, &moments.means, level, data.len());
    }
    // Leaving out x_i moves the mean by (mean - x_i) / (n - 1).
    let influence: Vec<f64> = data.iter().map(|value| value - estimate).collect();
    from_replicates(estimate, &moments.means, &[influence], method, level, data.len())
}

/// Bootstrap interval of any statistic. The studentised form takes the standard error of each
/// resample from its jackknife, which costs n evaluations a resample.
pub fn statistic(
    data: &[f64],
    options: &BootstrapOptions,
    statistic: impl Fn(&[f64]) -> f64 + Sync,
) -> Result<BootstrapInterval, Degenerate> {
    check_spread(data, if options.method == Method::Studentised { 4 } else { 2 })?;
    let plan = options.plan();
    let estimate = statistic(data);
    let replicates = plan.statistic(0, data, &statistic)?;
    if options.method == Method::Studentised {
        let jackknife_error = |sample: &[f64]| {
            let n = sample.len() as f64;
            let influence = jackknife_influence(sample, &statistic);
            (influence.iter().map(|u| u * u).sum::<f64>() / (n * (n - 1.0))).sqrt()
        };
        let errors = plan.statistic(0, data, &jackknife_error)?;
        let pivots = pivots(estimate, &replicates, errors.into_iter());
        return studentised(estimate, jackknife_error(data), pivots, &replicates, options.level, data.len());
    }
    let influence = jackknife_influence(data, &statistic);
    from_replicates(estimate, &replicates, &[influence], options.method, options.level, data.len())
}

/// The interval from replicates that were drawn elsewhere (BCa, percentile or basic).
///
/// `influence` holds for each sample the jackknife influence values (n - 1)(mean of leave-one-out
/// values - leave-one-out value); only BCa reads them. `n` is the smallest sample size.
pub fn from_replicates(
    estimate: f64,
    replicates: &[f64],
    influence: &[Vec<f64>],
    method: Method,
    level: f64,
    n: usize,
) -> Result<BootstrapInterval, Degenerate> {
    check_probability(Parameter::Level, level)?;
    if !estimate.is_finite() || replicates.is_empty() || replicates.iter().any(|r| r.is_nan()) {
        return Err(Degenerate::Unbounded);
    }
    let sorted = describe::sorted(replicates);
    let tail = (1.0 - level) / 2.0;
    let (lower, upper) = match method {
        Method::Bca => {
            let bias = bias_correction(&sorted, estimate);
            let acceleration = acceleration(influence);
            (adjusted_level(bias, acceleration, tail)?, adjusted_level(bias, acceleration, 1.0 - tail)?)
        }
        _ => (tail, 1.0 - tail),
    };
    let mut low = quantile_of_sorted(&sorted, lower);
    let mut high = quantile_of_sorted(&sorted, upper);
    if method == Method::Basic {
        (low, high) = (2.0 * estimate - high, 2.0 * estimate - low);
    }
    finish(estimate, (low, high), replicates, method, level, n)
}

/// The acceleration of BCa from jackknife influence values of each sample, as scipy combines
/// several samples: Σ_j ΣU³/n_j³ / (6 (Σ_j ΣU²/n_j²)^1.5).
pub fn acceleration(influence: &[Vec<f64>]) -> f64 {
    let (mut cubes, mut squares) = (0.0, 0.0);
    for sample in influence {
        let n = sample.len() as f64;
        cubes += sample.iter().map(|u| u.powi(3)).sum::<f64>() / n.powi(3);
        squares += sample.iter().map(|u| u * u).sum::<f64>() / (n * n);
    }
    if squares == 0.0 { 0.0 } else { cubes / (6.0 * squares.powf(1.5)) }
}

/// z0: the normal quantile of the share of replicates below the estimate, ties counting half.
///
/// Replicates within rounding of the estimate are ties; which side they fall on would otherwise
/// depend on the order of summation.
fn bias_correction(sorted: &[f64], estimate: f64) -> f64 {
    let scale = [sorted[0], sorted[sorted.len() - 1], estimate]
        .iter()
        .filter(|value| value.is_finite())
        .fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let rounding = 1e-13 * scale;
    let below = sorted.partition_point(|&value| value < estimate - rounding);
    let up_to = sorted.partition_point(|&value| value <= estimate + rounding);
    normal_quantile((below + up_to) as f64 / (2 * sorted.len()) as f64)
}

/// Φ(z0 + (z0 + z) / (1 - a (z0 + z))), Efron and Tibshirani (14.10).
fn adjusted_level(bias: f64, acceleration: f64, level: f64) -> Result<f64, Degenerate> {
    let shifted = bias + normal_quantile(level);
    let adjusted = normal_cdf(bias + shifted / (1.0 - acceleration * shifted));
    if adjusted.is_finite() && bias.is_finite() { Ok(adjusted) } else { Err(Degenerate::Unbounded) }
}

/// (replicate - estimate) / error, with infinite pivots where a resample lost its spread: leaving
/// those out would narrow the interval.
fn pivots(estimate: f64, replicates: &[f64], errors: impl Iterator<Item = f64>) -> Vec<f64> {
    replicates
        .iter()
        .zip(errors)
        .map(|(replicate, error)| {
            let difference = replicate - estimate;
            if difference == 0.0 { 0.0 } else { difference / error }
        })
        .collect()
}

fn studentised(
    estimate: f64,
    error: f64,
    pivots: Vec<f64>,
    replicates: &[f64],
    level: f64,
    n: usize,
) -> Result<BootstrapInterval, Degenerate> {
    check_probability(Parameter::Level, level)?;
    if pivots.iter().any(|pivot| pivot.is_nan()) {
        return Err(Degenerate::Unbounded);
    }
    let sorted = describe::sorted(&pivots);
    let tail = (1.0 - level) / 2.0;
    let low = estimate - quantile_of_sorted(&sorted, 1.0 - tail) * error;
    let high = estimate - quantile_of_sorted(&sorted, tail) * error;
    finish(estimate, (low, high), replicates, Method::Studentised, level, n)
}

fn finish(
    estimate: f64,
    (low, high): (f64, f64),
    replicates: &[f64],
    method: Method,
    level: f64,
    n: usize,
) -> Result<BootstrapInterval, Degenerate> {
    if !low.is_finite() || !high.is_finite() {
        return Err(Degenerate::Unbounded);
    }
    let spread = (replicates.len() > 1 && replicates.iter().all(|value| value.is_finite()))
        .then(|| describe::moments(replicates).1.sqrt())
        .filter(|spread| spread.is_finite());
    Ok(BootstrapInterval {
        estimate,
        standard_error: spread,
        interval: Interval { low, high, level },
        method,
        resamples: replicates.len(),
        small_sample: SmallSample::of(n),
    })
}

fn jackknife_influence(data: &[f64], statistic: &impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let mut rest = data[1..].to_vec();
    let mut values = Vec::with_capacity(data.len());
    for (left_out, value) in data.iter().enumerate() {
        values.push(statistic(&rest));
        // Put the observation back in the place of the next one to leave out.
        if let Some(place) = rest.get_mut(left_out) {
            *place = *value;
        }
    }
    influence_of(&values)
}

/// Influence values from leave-one-out values.
pub(crate) fn influence_of(leave_one_out: &[f64]) -> Vec<f64> {
    let n = leave_one_out.len() as f64;
    let mean = leave_one_out.iter().sum::<f64>() / n;
    leave_one_out.iter().map(|value| (n - 1.0) * (mean - value)).collect()
}
