//! Intervals of many differences at once that all hold together, by the largest of their
//! t statistics.
//!
//! Differences over the same items are correlated, and Bonferroni pays for it as if they were not.
//! The distribution of the largest |t| is that of the residuals with random signs (wild bootstrap
//! with Rademacher weights: Wu 1986; for maxima Chernozhukov, Chetverikov and Kato 2013), each
//! studentised by its own spread, so that one difference alone gets about a t interval.

use serde::{Deserialize, Serialize};

use crate::degenerate::{Degenerate, Parameter, check_probability, check_sample};
use crate::describe::{moments, quantile_of_sorted, sorted};
use crate::interval::{Interval, SmallSample};
use crate::resample::{Draws, Plan, signed_sum};

/// One difference among many.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contrast {
    /// Mean difference.
    pub estimate: f64,
    /// Its standard error; none for differences that are all the same.
    pub standard_error: Option<f64>,
    /// estimate ± critical value · standard error; none without an error.
    pub interval: Option<Interval>,
    /// p-value adjusted for all contrasts, (b + 1)/(m + 1); none without an error.
    pub p_value: Option<f64>,
}

/// Simultaneous intervals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Simultaneous {
    /// One for each column, in the order given.
    pub contrasts: Vec<Contrast>,
    /// How many standard errors each interval reaches to either side.
    pub critical: f64,
    /// Random signs drawn.
    pub resamples: usize,
    /// Set for few clusters.
    pub small_sample: Option<SmallSample>,
}

/// Simultaneous intervals of the means of `columns`, each a difference item by item, at a family-wise
/// level. `clusters[i]` names the cluster of item i; name each item differently if they are
/// independent. The clusters change their sign together and the errors are clustered (with the
/// factor sqrt(G/(G-1))).
///
/// Needs three clusters and a column whose cluster sums have spread. An interval excludes 0 exactly
/// when its adjusted p-value is at most 1 - level, up to the resolution of the draws.
pub fn intervals<K: Ord>(
    columns: &[&[f64]],
    clusters: &[K],
    level: f64,
    plan: &Plan,
) -> Result<Simultaneous, Degenerate> {
    check_probability(Parameter::Level, level)?;
    if plan.resamples == 0 {
        return Err(Degenerate::OutOfRange { parameter: Parameter::Resamples, value: 0.0 });
    }
    let groups = group(clusters);
    let g = groups.len();
    if g < 3 {
        return Err(Degenerate::TooFew { n: g, need: 3 });
    }
    let mut tested = Vec::new();
    let mut estimates = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        check_sample(column, 2)?;
        if column.len() != clusters.len() {
            return Err(Degenerate::UnequalLengths { a: column.len(), b: clusters.len() });
        }
        let (mean, _) = moments(column);
        estimates.push(mean);
        let sums: Vec<f64> = groups.iter().map(|rows| rows.iter().map(|&row| column[row] - mean).sum()).collect();
        let scale = column.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let squares: f64 = sums.iter().map(|sum| sum * sum).sum();
        if squares.sqrt() > 1e-12 * scale * column.len() as f64 {
            let factor = (g as f64 / (g as f64 - 1.0)).sqrt();
            tested.push(Column { index, error: factor * squares.sqrt() / column.len() as f64, sums, squares });
        }
    }
    if tested.is_empty() {
        return Err(Degenerate::Constant { value: estimates.first().copied().unwrap_or(0.0) });
    }
    let largest = largest_statistics(&tested, g, plan);
    let critical = quantile_of_sorted(&largest, level);
    if !critical.is_finite() {
        return Err(Degenerate::Unbounded);
    }
    let mut contrasts: Vec<Contrast> = estimates
        .iter()
        .map(|&estimate| Contrast { estimate, standard_error: None, interval: None, p_value: None })
        .collect();
    for column in &tested {
        let contrast = &mut contrasts[column.index];
        let half = critical * column.error;
        let t = (contrast.estimate / column.error).abs();
        let reached = largest.len() - largest.partition_point(|&other| other < t * (1.0 - 1e-12));
        contrast.standard_error = Some(column.error);
        contrast.interval = Some(Interval { low: contrast.estimate - half, high: contrast.estimate + half, level });
        contrast.p_value = Some((reached as f64 + 1.0) / (largest.len() as f64 + 1.0));
    }
    Ok(Simultaneous { contrasts, critical, resamples: plan.resamples, small_sample: SmallSample::of(g) })
}

struct Column {
    index: usize,
    error: f64,
    /// Residuals summed over each cluster.
    sums: Vec<f64>,
    squares: f64,
}

/// The largest |t| of all columns under each draw of signs, ascending.
fn largest_statistics(columns: &[Column], clusters: usize, plan: &Plan) -> Vec<f64> {
    let g = clusters as f64;
    let mut draws = Draws::new(plan.seed, 0, 0);
    let mut words = vec![0_u64; clusters.div_ceil(64)];
    let mut largest = Vec::with_capacity(plan.resamples);
    for _ in 0..plan.resamples {
        words.fill_with(|| draws.flips());
        let mut most = 0.0_f64;
        for column in columns {
            let sum = signed_sum(&column.sums, &words);
            // Signs leave the squares alone; the spread about the new mean is what they lose to it.
            let spread = (column.squares - sum * sum / g).max(0.0) * g / (g - 1.0);
            let t = if spread > 1e-12 * column.squares { sum.abs() / spread.sqrt() } else { f64::INFINITY };
            most = most.max(t);
        }
        largest.push(most);
    }
    sorted(&largest)
}

/// The rows of each cluster.
fn group<K: Ord>(clusters: &[K]) -> Vec<Vec<usize>> {
    let mut groups = std::collections::BTreeMap::<&K, Vec<usize>>::new();
    for (row, cluster) in clusters.iter().enumerate() {
        groups.entry(cluster).or_default().push(row);
    }
    groups.into_values().collect()
}
