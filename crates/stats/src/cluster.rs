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

/// Kish's design effect 1 + (m - 1) ICC for clusters of size `m`.
pub fn design_effect(cluster_size: f64, intraclass_correlation: f64) -> f64 {
    1.0 + (cluster_size - 1.0) * intraclass_correlation
}

/// The number of independent observations that `n` clustered ones are worth, n / design effect.
pub fn effective_sample_size(n: f64, cluster_size: f64, intraclass_correlation: f64) -> f64 {
    n / design_effect(cluster_size, intraclass_correlation)
}
