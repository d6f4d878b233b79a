//! Distribution-free intervals of a quantile from order statistics.
//!
//! The number of observations at or below the quantile is binomial whatever the distribution, so
//! two order statistics bound it with a coverage known exactly (Conover 1999, section 3.2; Hahn
//! and Meeker 1991, section 5.2). Latency tails need many runs for this, and the functions say how
//! many.

use serde::{Deserialize, Serialize};

use crate::degenerate::{Degenerate, Parameter, check_probability, check_sample};
use crate::describe::{quantile_of_sorted, sorted};
use crate::distribution::binomial_cdf;
use crate::interval::{Interval, SmallSample};

/// A quantile with its order-statistic interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuantileInterval {
    /// Type 7 point estimate.
    pub estimate: f64,
    /// Two observed values around the quantile.
    pub interval: Interval,
    /// Coverage guaranteed for continuous data; at least the nominal level.
    pub coverage: f64,
    /// Rank (from 1) of the observation that is the lower bound.
    pub lower_rank: usize,
    /// Rank (from 1) of the observation that is the upper bound.
    pub upper_rank: usize,
    /// Set for few observations.
    pub small_sample: Option<SmallSample>,
}

/// The smallest sample size whose minimum and maximum bound the quantile with at most
/// (1 - level)/2 missed on each side: 6 for the median, 36 for p90, 72 for p95 and 368 for p99 at
/// 95 %.
pub fn observations_needed(quantile: f64, level: f64) -> Result<usize, Degenerate> {
    check_probability(Parameter::Quantile, quantile)?;
    check_probability(Parameter::Level, level)?;
    let nearer = quantile.max(1.0 - quantile);
    Ok((((1.0 - level) / 2.0).ln() / nearer.ln()).ceil().max(2.0) as usize)
}

/// The equal-tailed order-statistic interval of a quantile in (0, 1).
///
/// Fails with [`Degenerate::TooFewForQuantile`] when even the extremes would not bound it, rather
/// than offering the maximum as an upper bound.
pub fn interval(data: &[f64], quantile: f64, level: f64) -> Result<QuantileInterval, Degenerate> {
    let need = observations_needed(quantile, level)?;
    check_sample(data, 1)?;
    let n = data.len();
    let too_few = Degenerate::TooFewForQuantile { n, need, quantile };
    if n < need {
        return Err(too_few);
    }
    let miss = (1.0 - level) / 2.0;
    let at_most = |count: usize| binomial_cdf(count as u64, n as u64, quantile);
    // The quantile lies below the observation of rank r exactly when fewer than r are below it.
    let lower_rank = first_rank(n, |rank| at_most(rank) > miss);
    let upper_rank = first_rank(n, |rank| at_most(rank) >= 1.0 - miss) + 1;
    if lower_rank == 0 || upper_rank > n {
        return Err(too_few);
    }
    let sorted = sorted(data);
    Ok(QuantileInterval {
        estimate: quantile_of_sorted(&sorted, quantile),
        interval: Interval { low: sorted[lower_rank - 1], high: sorted[upper_rank - 1], level },
        coverage: at_most(upper_rank - 1) - at_most(lower_rank - 1),
        lower_rank,
        upper_rank,
        small_sample: SmallSample::of(n),
    })
}

/// The first count in 0..=n for which the monotone predicate holds.
fn first_rank(n: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = usize::midpoint(low, high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}
