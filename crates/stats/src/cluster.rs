//! Standard errors of a mean when observations come in clusters: questions about one passage,
//! repeats of one prompt, turns of one conversation.

use serde::{Deserialize, Serialize};

use crate::degenerate::{Degenerate, check_sample};
use crate::describe::moments;
use crate::interval::MeanEstimate;

/// A mean with its clustered standard error.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusteredMean {
    /// Estimate, corrected clustered standard error, df = clusters - 1, t interval.
    pub mean: MeanEstimate,
    /// Number of clusters G.
    pub clusters: usize,
    /// Number of observations.
    pub observations: usize,
    /// Clustered standard error without the factor sqrt(G/(G-1)).
    pub uncorrected_error: f64,
    /// Standard error as if all observations were independent. May be larger or smaller.
    pub naive_error: f64,
}

/// Mean and clustered standard error sqrt(G/(G-1) Σ_c (Σ_{i in c} (s_i - m))²) / n, with t(G - 1):
/// the sandwich estimator CR1 of an intercept (Liang and Zeger 1986; Miller 2024, arXiv
/// 2411.00640, for evaluations). `clusters[i]` names the cluster of `values[i]`.
pub fn mean<K: Ord>(values: &[f64], clusters: &[K], level: f64) -> Result<ClusteredMean, Degenerate> {
    if values.len() != clusters.len() {
        return Err(Degenerate::UnequalLengths { a: values.len(), b: clusters.len() });
    }
    check_sample(values, 2)?;
    let (mean, variance) = moments(values);
    let n = values.len() as f64;
    let mut sums = std::collections::BTreeMap::<&K, f64>::new();
    for (value, cluster) in values.iter().zip(clusters) {
        *sums.entry(cluster).or_default() += value - mean;
    }
    let groups = sums.len();
    if groups < 2 {
        return Err(Degenerate::TooFew { n: groups, need: 2 });
    }
    if let Some(value) = crate::degenerate::constant(values) {
        return Err(Degenerate::Constant { value });
    }
    let g = groups as f64;
    let uncorrected = sums.values().map(|sum| sum * sum).sum::<f64>().sqrt() / n;
    let corrected = uncorrected * (g / (g - 1.0)).sqrt();
    Ok(ClusteredMean {
        mean: MeanEstimate::new(mean, corrected, g - 1.0, level, groups)?,
        clusters: groups,
        observations: values.len(),
        uncorrected_error: uncorrected,
        naive_error: (variance / n).sqrt(),
    })
}

/// Weighted mean Σ w x / Σ w with its clustered standard error sqrt(G/(G-1) Σ_c (Σ_{i in c} w_i (x_i - m))²) / Σ w
/// (Taylor linearisation of the ratio; Cochran 1977, section 6.4), with t(G - 1). Equal weights give [`mean`].
///
/// Weights must be finite, not negative, and not all 0.
pub fn weighted_mean<K: Ord>(
    values: &[f64],
    weights: &[f64],
    clusters: &[K],
    level: f64,
) -> Result<MeanEstimate, Degenerate> {
    if values.len() != clusters.len() || values.len() != weights.len() {
        return Err(Degenerate::UnequalLengths { a: values.len(), b: clusters.len().min(weights.len()) });
    }
    check_sample(values, 2)?;
    check_sample(weights, 2)?;
    let total: f64 = weights.iter().sum();
    if total <= 0.0 || weights.iter().any(|weight| *weight < 0.0) {
        return Err(Degenerate::TooFew { n: 0, need: 2 });
    }
    if let Some(value) = crate::degenerate::constant(values) {
        return Err(Degenerate::Constant { value });
    }
    let mean = values.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f64>() / total;
    let mut sums = std::collections::BTreeMap::<&K, f64>::new();
    for ((value, weight), cluster) in values.iter().zip(weights).zip(clusters) {
        *sums.entry(cluster).or_default() += weight * (value - mean);
    }
    let groups = sums.len();
    if groups < 2 {
        return Err(Degenerate::TooFew { n: groups, need: 2 });
    }
    let g = groups as f64;
    let error = (sums.values().map(|sum| sum * sum).sum::<f64>() * g / (g - 1.0)).sqrt() / total;
    MeanEstimate::new(mean, error, g - 1.0, level, groups)
}

/// Kish's design effect 1 + (m - 1) ICC for clusters of size `m`.
pub fn design_effect(cluster_size: f64, intraclass_correlation: f64) -> f64 {
    1.0 + (cluster_size - 1.0) * intraclass_correlation
}

/// The number of independent observations that `n` clustered ones are worth, n / design effect.
pub fn effective_sample_size(n: f64, cluster_size: f64, intraclass_correlation: f64) -> f64 {
    n / design_effect(cluster_size, intraclass_correlation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_are_no_weights_and_a_double_weight_is_the_item_twice_in_its_cluster() {
        let values = [1.0, 1.0, 0.0, 1.0, 0.0, 0.0];
        let clusters = [0, 0, 0, 1, 1, 2];
        let plain = mean(&values, &clusters, 0.95).unwrap().mean;
        let weighted = weighted_mean(&values, &[3.0; 6], &clusters, 0.95).unwrap();
        assert!((plain.standard_error - weighted.standard_error).abs() < 1e-14);
        assert!((plain.interval.low - weighted.interval.low).abs() < 1e-13);

        let twice = mean(&[1.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0], &[0, 0, 0, 0, 1, 1, 2], 0.95).unwrap().mean;
        let double = weighted_mean(&values, &[2.0, 1.0, 1.0, 1.0, 1.0, 1.0], &clusters, 0.95).unwrap();
        assert!((twice.estimate - double.estimate).abs() < 1e-14);
        assert!((twice.standard_error - double.standard_error).abs() < 1e-14);
    }

    #[test]
    fn weights_that_say_nothing_give_no_mean() {
        assert!(weighted_mean(&[0.0, 1.0], &[0.0, 0.0], &[0, 1], 0.95).is_err());
        assert!(weighted_mean(&[0.0, 1.0], &[-1.0, 2.0], &[0, 1], 0.95).is_err());
        assert!(weighted_mean(&[0.0, 1.0], &[1.0], &[0, 1], 0.95).is_err());
    }
}
