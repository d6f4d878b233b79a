//! Items that are each run several times: the item is the unit, its runs are averaged, and the
//! variance is split between items and runs (Miller 2024, arXiv 2411.00640, sections 3 and 4).

use serde::{Deserialize, Serialize};

use crate::cluster::{self, ClusteredMean};
use crate::degenerate::{Degenerate, check_paired, check_sample, check_spread};
use crate::describe::{mean_of, moments};
use crate::interval::{self, MeanEstimate};

/// Variance between and within items, by one-way analysis of variance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct VarianceSplit {
    /// Number of items.
    pub items: usize,
    /// Runs per item; the effective number K₀ when items have different numbers of runs.
    pub runs_per_item: f64,
    /// Mean square between items (MSB).
    pub between_mean_square: f64,
    /// Mean square within items (MSW), the estimate of the mean run variance σ².
    pub within_mean_square: f64,
    /// Variance of the items' true means, (MSB - MSW)/K; negative estimates are kept, since
    /// cutting them at 0 would bias sums of them.
    pub item_variance: f64,
    /// ICC(1) = (MSB - MSW)/(MSB + (K - 1) MSW): the share of the variance that is due to items.
    pub intraclass_correlation: f64,
}

/// The mean over items of the items' means, with the standard error sqrt(var(item means)/n). With
/// the same number of runs for all items it equals the error clustered by item.
pub fn mean_over_items(items: &[&[f64]], level: f64) -> Result<MeanEstimate, Degenerate> {
    interval::mean(&item_means(items)?, level)
}

/// The mean of each item's runs. Every item needs one.
pub fn item_means(items: &[&[f64]]) -> Result<Vec<f64>, Degenerate> {
    items
        .iter()
        .map(|runs| {
            check_sample(runs, 1)?;
            Ok(mean_of(runs))
        })
        .collect()
}

/// Splits the variance. Needs two items and an item with two runs.
pub fn variance_split(items: &[&[f64]]) -> Result<VarianceSplit, Degenerate> {
    let means = item_means(items)?;
    let n = items.len();
    if n < 2 {
        return Err(Degenerate::TooFew { n, need: 2 });
    }
    let total: usize = items.iter().map(|runs| runs.len()).sum();
    if total == n {
        return Err(Degenerate::TooFew { n: 1, need: 2 });
    }
    let count = |runs: &[f64]| runs.len() as f64;
    let grand = items.iter().zip(&means).map(|(runs, mean)| count(runs) * mean).sum::<f64>() / total as f64;
    let between =
        items.iter().zip(&means).map(|(runs, mean)| count(runs) * (mean - grand).powi(2)).sum::<f64>() / (n - 1) as f64;
    let within =
        items.iter().filter(|runs| runs.len() > 1).map(|runs| (count(runs) - 1.0) * moments(runs).1).sum::<f64>()
            / (total - n) as f64;
    if between == 0.0 && within == 0.0 {
        return Err(Degenerate::Constant { value: grand });
    }
    let squares: f64 = items.iter().map(|runs| count(runs).powi(2)).sum();
    let runs_per_item = (total as f64 - squares / total as f64) / (n - 1) as f64;
    Ok(VarianceSplit {
        items: n,
        runs_per_item,
        between_mean_square: between,
        within_mean_square: within,
        item_variance: (between - within) / runs_per_item,
        intraclass_correlation: (between - within) / (between + (runs_per_item - 1.0) * within),
    })
}

/// The difference of two contestants over the same items from their item means: mean of
/// d_i = a_i - b_i, sqrt(var(d)/n), t(n - 1).
pub fn paired_difference(a: &[f64], b: &[f64], level: f64) -> Result<MeanEstimate, Degenerate> {
    interval::mean(&differences(a, b)?, level)
}

/// [`paired_difference`] with items in clusters, t(G - 1).
pub fn clustered_paired_difference<K: Ord>(
    a: &[f64],
    b: &[f64],
    clusters: &[K],
    level: f64,
) -> Result<ClusteredMean, Degenerate> {
    cluster::mean(&differences(a, b)?, clusters, level)
}

/// The difference of two independent means with Welch's standard error and degrees of freedom.
pub fn independent_difference(a: &[f64], b: &[f64], level: f64) -> Result<MeanEstimate, Degenerate> {
    check_sample(a, 2)?;
    check_sample(b, 2)?;
    if crate::degenerate::constant(a).is_some() {
        check_spread(b, 2)?;
    }
    let ((mean_a, variance_a), (mean_b, variance_b)) = (moments(a), moments(b));
    let error = (variance_a / a.len() as f64 + variance_b / b.len() as f64).sqrt();
    let df = crate::hypothesis::welch_df(variance_a, a.len(), variance_b, b.len());
    MeanEstimate::new(mean_a - mean_b, error, df, level, a.len().min(b.len()))
}

fn differences(a: &[f64], b: &[f64]) -> Result<Vec<f64>, Degenerate> {
    check_paired(a, b)?;
    check_sample(a, 1)?;
    check_sample(b, 1)?;
    Ok(a.iter().zip(b).map(|(a, b)| a - b).collect())
}
