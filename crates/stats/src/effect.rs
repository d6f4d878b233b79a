//! Effect sizes: how large a difference is, on a scale without units.

use serde::{Deserialize, Serialize};
use statrs::function::gamma::ln_gamma;

use crate::bootstrap::{self, BootstrapInterval, BootstrapOptions, Method, from_replicates};
use crate::degenerate::{Degenerate, check_paired, check_sample, constant};
use crate::describe::{moments, sorted};
use crate::hypothesis::OBSERVATIONS_NEEDED;
use crate::resample::ResampledMoments;

/// The effect sizes on offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectSize {
    /// Difference of means over the pooled standard deviation.
    CohensD,
    /// Cohen's d with Hedges' exact correction for small samples.
    HedgesG,
    /// Mean of paired differences over their standard deviation.
    CohensDz,
    /// P(a > b) - P(a < b).
    CliffsDelta,
    /// Vargha and Delaney's A: P(a > b) + P(a = b)/2.
    A12,
}

impl EffectSize {
    /// Whether observation i of one sample belongs to observation i of the other.
    pub fn is_paired(self) -> bool {
        self == Self::CohensDz
    }

    /// The conventional word for a value: Cohen (1988) .2, .5, .8 for the standardised
    /// differences; Romano et al. (2006) .147, .33, .474 for Cliff's delta, and for A through it.
    pub fn magnitude(self, value: f64) -> Magnitude {
        let (size, bounds) = match self {
            Self::CohensD | Self::HedgesG | Self::CohensDz => (value.abs(), [0.2, 0.5, 0.8]),
            Self::CliffsDelta => (value.abs(), [0.147, 0.33, 0.474]),
            Self::A12 => ((2.0 * value - 1.0).abs(), [0.147, 0.33, 0.474]),
        };
        match bounds.iter().filter(|bound| size >= **bound).count() {
            0 => Magnitude::Negligible,
            1 => Magnitude::Small,
            2 => Magnitude::Medium,
            _ => Magnitude::Large,
        }
    }

    /// The value for two samples (paired ones for [`EffectSize::CohensDz`]).
    pub fn of(self, a: &[f64], b: &[f64]) -> Result<f64, Degenerate> {
        match self {
            Self::CohensD => cohens_d(a, b),
            Self::HedgesG => hedges_g(a, b),
            Self::CohensDz => cohens_dz(a, b),
            Self::CliffsDelta => cliffs_delta(a, b),
            Self::A12 => a12(a, b),
        }
    }

    /// The value with a bootstrap interval of the method that the options name. The arms are
    /// resampled apart, or pair by pair for [`EffectSize::CohensDz`].
    pub fn interval(self, a: &[f64], b: &[f64], options: &BootstrapOptions) -> Result<BootstrapInterval, Degenerate> {
        match self {
            Self::CohensD | Self::HedgesG => {
                self.of(a, b)?;
                let plan = options.plan();
                let (of_a, of_b) = (plan.moments(0, &[a])?, plan.moments(1, &[b])?);
                let method = options.method;
                self.standardised_interval((a, &of_a[0]), (b, &of_b[0]), method, options.level)
            }
            Self::CohensDz => cohens_dz_interval(a, b, options),
            Self::CliffsDelta => dominance_interval(a, b, options, |delta| delta),
            Self::A12 => dominance_interval(a, b, options, |delta| f64::midpoint(delta, 1.0)),
        }
    }

    /// The interval of Cohen's d or Hedges' g from resamples drawn before; the two samples must
    /// have been resampled on different streams. Other effect sizes are [`Degenerate::Unbounded`].
    ///
    /// The studentised form does not exist for effect sizes; it is given as BCa, and says so in
    /// [`BootstrapInterval::method`].
    pub fn standardised_interval(
        self,
        (a, of_a): (&[f64], &ResampledMoments),
        (b, of_b): (&[f64], &ResampledMoments),
        method: Method,
        level: f64,
    ) -> Result<BootstrapInterval, Degenerate> {
        let factor = match self {
            Self::CohensD => 1.0,
            Self::HedgesG => hedges_correction((a.len() + b.len()) as f64 - 2.0),
            _ => return Err(Degenerate::Unbounded),
        };
        let estimate = factor * cohens_d(a, b)?;
        let (n_a, n_b) = (a.len() as f64, b.len() as f64);
        let replicates: Vec<f64> = (of_a.means.iter().zip(&of_a.variances))
            .zip(of_b.means.iter().zip(&of_b.variances))
            .map(|((mean_a, variance_a), (mean_b, variance_b))| {
                let pooled = pooled_variance(*variance_a, n_a, *variance_b, n_b);
                factor * standardise(mean_a - mean_b, pooled)
            })
            .collect();
        let method = available(method);
        let influence = if method == Method::Bca { cohens_d_influence(a, b, factor) } else { Vec::new() };
        from_replicates(estimate, &replicates, &influence, method, level, a.len().min(b.len()))
    }
}

/// Conventional words for the size of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Magnitude {
    /// Below the first bound.
    Negligible,
    /// From the first bound.
    Small,
    /// From the second bound.
    Medium,
    /// From the third bound.
    Large,
}

/// Cohen's d of independent samples: (mean a - mean b) / pooled sd with n_a + n_b - 2 (Cohen
/// 1988). 0 for two constants that are equal, no value for two that differ.
pub fn cohens_d(a: &[f64], b: &[f64]) -> Result<f64, Degenerate> {
    check_sample(a, 2)?;
    check_sample(b, 2)?;
    if let (Some(in_a), Some(in_b)) = (constant(a), constant(b)) {
        return if in_a == in_b { Ok(0.0) } else { Err(Degenerate::Constant { value: in_a }) };
    }
    let ((mean_a, variance_a), (mean_b, variance_b)) = (moments(a), moments(b));
    let pooled = pooled_variance(variance_a, a.len() as f64, variance_b, b.len() as f64);
    finite(standardise(mean_a - mean_b, pooled))
}

/// Hedges' g: Cohen's d times the exact correction Γ(m/2) / (√(m/2) Γ((m-1)/2)), m = n_a + n_b - 2
/// (Hedges 1981).
pub fn hedges_g(a: &[f64], b: &[f64]) -> Result<f64, Degenerate> {
    Ok(cohens_d(a, b)? * hedges_correction((a.len() + b.len()) as f64 - 2.0))
}

/// Cohen's d_z of pairs: mean difference over the standard deviation of the differences. 0 when no
/// pair differs, no value when all differ by the same amount.
pub fn cohens_dz(a: &[f64], b: &[f64]) -> Result<f64, Degenerate> {
    let differences = paired_differences(a, b)?;
    match constant(&differences) {
        Some(0.0) => Ok(0.0),
        Some(value) => Err(Degenerate::Constant { value }),
        None => {
            let (mean, variance) = moments(&differences);
            finite(standardise(mean, variance))
        }
    }
}

/// Cliff's delta: P(a > b) - P(a < b) over all pairs of observations (Cliff 1993).
pub fn cliffs_delta(a: &[f64], b: &[f64]) -> Result<f64, Degenerate> {
    check_sample(a, 1)?;
    check_sample(b, 1)?;
    let sum: f64 = dominance(a, &sorted(b)).iter().sum();
    Ok(sum / (a.len() as f64 * b.len() as f64))
}

/// Vargha and Delaney's A (2000): P(a > b) + P(a = b)/2 = (Cliff's delta + 1)/2.
pub fn a12(a: &[f64], b: &[f64]) -> Result<f64, Degenerate> {
    Ok(f64::midpoint(cliffs_delta(a, b)?, 1.0))
}

fn hedges_correction(m: f64) -> f64 {
    (ln_gamma(m / 2.0) - ln_gamma((m - 1.0) / 2.0)).exp() / (m / 2.0).sqrt()
}

fn pooled_variance(variance_a: f64, n_a: f64, variance_b: f64, n_b: f64) -> f64 {
    ((n_a - 1.0) * variance_a + (n_b - 1.0) * variance_b) / (n_a + n_b - 2.0)
}

/// Difference over spread; infinite where a resample lost its spread, NaN where the spread exceeds
/// the range of doubles.
fn standardise(difference: f64, variance: f64) -> f64 {
    if !variance.is_finite() {
        f64::NAN
    } else if difference == 0.0 {
        0.0
    } else {
        difference / variance.sqrt()
    }
}

fn finite(value: f64) -> Result<f64, Degenerate> {
    if value.is_finite() { Ok(value) } else { Err(Degenerate::Unbounded) }
}

fn paired_differences(a: &[f64], b: &[f64]) -> Result<Vec<f64>, Degenerate> {
    check_paired(a, b)?;
    check_sample(a, 2)?;
    check_sample(b, 2)?;
    Ok(a.iter().zip(b).map(|(a, b)| a - b).collect())
}

fn available(method: Method) -> Method {
    if method == Method::Studentised { Method::Bca } else { method }
}

/// Jackknife influence of each observation on d, from moments with that observation left out.
fn cohens_d_influence(a: &[f64], b: &[f64], factor: f64) -> Vec<Vec<f64>> {
    let one_side = |left: &[f64], other: &[f64], sign: f64| {
        let ((mean, variance), (other_mean, other_variance)) = (moments(left), moments(other));
        let (n, m) = (left.len() as f64, other.len() as f64);
        let values: Vec<f64> = left
            .iter()
            .map(|value| {
                let (rest_mean, rest_squares) = without(*value, mean, variance, n);
                let pooled = (rest_squares + (m - 1.0) * other_variance) / (n + m - 3.0);
                sign * factor * standardise(rest_mean - other_mean, pooled)
            })
            .collect();
        bootstrap::influence_of(&values)
    };
    vec![one_side(a, b, 1.0), one_side(b, a, -1.0)]
}

/// Mean and sum of squared deviations of a sample with one observation left out.
fn without(value: f64, mean: f64, variance: f64, n: f64) -> (f64, f64) {
    let deviation = value - mean;
    let squares = (n - 1.0) * variance - deviation * deviation * n / (n - 1.0);
    // A rest without spread leaves rounding here.
    let floor = (n - 1.0) * variance * 4.0 * f64::EPSILON * n;
    (mean - deviation / (n - 1.0), if squares <= floor { 0.0 } else { squares })
}

fn cohens_dz_interval(a: &[f64], b: &[f64], options: &BootstrapOptions) -> Result<BootstrapInterval, Degenerate> {
    let differences = paired_differences(a, b)?;
    if let Some(value) = constant(&differences) {
        return Err(Degenerate::Constant { value });
    }
    let estimate = cohens_dz(a, b)?;
    let of_differences = options.plan().moments(0, &[&differences])?;
    let replicates: Vec<f64> = (of_differences[0].means.iter())
        .zip(&of_differences[0].variances)
        .map(|(mean, variance)| standardise(*mean, *variance))
        .collect();
    let (mean, variance) = moments(&differences);
    let n = differences.len() as f64;
    let leave_one_out: Vec<f64> = differences
        .iter()
        .map(|value| {
            let (rest_mean, squares) = without(*value, mean, variance, n);
            standardise(rest_mean, squares / (n - 2.0).max(1.0))
        })
        .collect();
    let influence = [bootstrap::influence_of(&leave_one_out)];
    let method = available(options.method);
    from_replicates(estimate, &replicates, &influence, method, options.level, differences.len())
}

/// For each value the number of observations of the other sample below it less those above it.
fn dominance(values: &[f64], other_sorted: &[f64]) -> Vec<f64> {
    values
        .iter()
        .map(|value| {
            let below = other_sorted.partition_point(|other| other < value);
            let up_to = other_sorted.partition_point(|other| other <= value);
            below as f64 - (other_sorted.len() - up_to) as f64
        })
        .collect()
}

/// Bootstrap of Cliff's delta, or of a linear function of it. Values become ranks among the
/// distinct ones once, so that a resample costs counting and no sorting.
fn dominance_interval(
    a: &[f64],
    b: &[f64],
    options: &BootstrapOptions,
    scale: impl Fn(f64) -> f64 + Sync,
) -> Result<BootstrapInterval, Degenerate> {
    check_sample(a, OBSERVATIONS_NEEDED)?;
    check_sample(b, OBSERVATIONS_NEEDED)?;
    let mut distinct = sorted(&[a, b].concat());
    distinct.dedup();
    if distinct.len() == 1 {
        return Err(Degenerate::Constant { value: distinct[0] });
    }
    let pairs = a.len() as f64 * b.len() as f64;
    let plan = options.plan();
    let places = |sample: &[f64]| -> Vec<usize> {
        sample.iter().map(|value| distinct.partition_point(|other| other < value)).collect()
    };
    let (places_a, places_b) = (places(a), places(b));
    let samples = [(0, a.len()), (1, b.len())];
    let replicates = plan.map(&samples, |_, drawn, out: &mut Vec<f64>| {
        let mut counts = vec![(0u32, 0u32); distinct.len()];
        for &index in &drawn[0] {
            counts[places_a[index as usize]].0 += 1;
        }
        for &index in &drawn[1] {
            counts[places_b[index as usize]].1 += 1;
        }
        let (mut below, mut sum) = (0u32, 0.0);
        for (in_a, in_b) in counts {
            let above = b.len() as f64 - f64::from(below + in_b);
            sum += f64::from(in_a) * (f64::from(below) - above);
            below += in_b;
        }
        out.push(scale(sum / pairs));
    })?;
    let influence = |sample: &[f64], other: &[f64], sign: f64| -> Vec<f64> {
        let sums = dominance(sample, &sorted(other));
        let total: f64 = sums.iter().sum();
        let rest = (sample.len() as f64 - 1.0) * other.len() as f64;
        let values: Vec<f64> = sums.iter().map(|sum| scale(sign * (total - sum) / rest)).collect();
        bootstrap::influence_of(&values)
    };
    let influence = [influence(a, b, 1.0), influence(b, a, -1.0)];
    let method = available(options.method);
    let estimate = scale(cliffs_delta(a, b)?);
    from_replicates(estimate, &replicates, &influence, method, options.level, a.len().min(b.len()))
}
