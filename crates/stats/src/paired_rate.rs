//! The difference of two pass rates over the same items: Tango's score interval, also for items
//! that ran several times, and a Bayesian answer. McNemar's test is in [`hypothesis`](crate::hypothesis).

use serde::{Deserialize, Serialize};

use crate::degenerate::{Degenerate, Parameter, check_probability};
use crate::distribution::{beta_cdf, normal_quantile, t_quantile};
use crate::interval::{Interval, SmallSample};
use crate::rate::check_count;
use crate::root::bisect;

/// Paired passes and fails, counted over items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairedCounts {
    /// Items that both pass.
    pub both: u64,
    /// Items that only the first passes.
    pub only_a: u64,
    /// Items that only the second passes.
    pub only_b: u64,
    /// Items that neither passes.
    pub neither: u64,
}

/// The difference of two paired rates, a - b.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairedRateEstimate {
    /// (only_a - only_b) / n.
    pub difference: f64,
    /// Tango's interval, within [-1, 1].
    pub interval: Interval,
    /// Number of pairs.
    pub n: u64,
    /// Set for few pairs.
    pub small_sample: Option<SmallSample>,
}

impl PairedCounts {
    /// Counts outcomes of the same items in the same order.
    pub fn of(a: &[bool], b: &[bool]) -> Result<Self, Degenerate> {
        if a.len() != b.len() {
            return Err(Degenerate::UnequalLengths { a: a.len(), b: b.len() });
        }
        let count = |wanted: (bool, bool)| a.iter().zip(b).filter(|(a, b)| (**a, **b) == wanted).count() as u64;
        Ok(Self {
            both: count((true, true)),
            only_a: count((true, false)),
            only_b: count((false, true)),
            neither: count((false, false)),
        })
    }

    /// Number of pairs.
    pub fn total(&self) -> u64 {
        self.both + self.only_a + self.only_b + self.neither
    }

    /// Tango's score interval (1998, Statistics in Medicine 17) of the difference of the rates.
    pub fn difference(&self, level: f64) -> Result<PairedRateEstimate, Degenerate> {
        check_probability(Parameter::Level, level)?;
        let total = self.total();
        if total == 0 {
            return Err(Degenerate::TooFew { n: 0, need: 1 });
        }
        let (b, c) = (self.only_a as f64, self.only_b as f64);
        Ok(PairedRateEstimate {
            difference: (b - c) / total as f64,
            interval: tango(b, c, total as f64, level),
            n: total,
            small_sample: SmallSample::of(usize::try_from(total).unwrap_or(usize::MAX)),
        })
    }

    /// P(rate a > rate b | data) under a uniform Dirichlet prior on the four cells:
    /// 1 - I_{1/2}(only_a + 1, only_b + 1).
    pub fn probability_greater(&self) -> f64 {
        // By symmetry of the distribution about 1/2, without a difference from 1.
        beta_cdf(0.5, self.only_b as f64 + 1.0, self.only_a as f64 + 1.0)
    }
}

/// The bounds of Tango's score interval from b and c discordant pairs of n, which need not be
/// whole: the D at which (b - c - nD)² = z² n (2q + D(1 - D)), q being the nuisance rate under D.
fn tango(b: f64, c: f64, n: f64, level: f64) -> Interval {
    let difference = (b - c) / n;
    let z = normal_quantile(0.5 + level / 2.0);
    // Squared standard error of b - c - nD with the nuisance rate q estimated under D.
    let squared_error = |d: f64| {
        let linear = -b - c + (2.0 * n - b + c) * d;
        let constant = -c * d * (1.0 - d);
        let root = (linear * linear - 8.0 * n * constant).max(0.0).sqrt();
        let q = (root - linear) / (4.0 * n);
        n * (2.0 * q + d * (1.0 - d)).max(0.0)
    };
    let excess = |d: f64| b - c - n * d;
    let low = bisect(-1.0, difference, false, |d| excess(d) - z * squared_error(d).sqrt());
    let high = bisect(difference, 1.0, false, |d| excess(d) + z * squared_error(d).sqrt());
    Interval {
        // The score at an extreme difference has no error left; the bound is the extreme.
        low: if difference == -1.0 { -1.0 } else { low },
        high: if difference == 1.0 { 1.0 } else { high },
        level,
    }
}

/// Passes of two contestants on one item that each ran several times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemPasses {
    /// Runs that the first contestant passed.
    pub passes_a: u64,
    /// Runs of the first contestant.
    pub runs_a: u64,
    /// Runs that the second contestant passed.
    pub passes_b: u64,
    /// Runs of the second contestant.
    pub runs_b: u64,
}

/// The difference of two pass rates over items that were run several times.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RepeatedRateEstimate {
    /// Mean over items of the difference of the items' pass rates, a - b.
    pub difference: f64,
    /// Tango's interval for the effective number of items, within [-1, 1].
    pub interval: Interval,
    /// Number of items.
    pub items: usize,
    /// How many items of one run each tell as much: the items, more for the repeats.
    pub effective_items: f64,
    /// Set for few items.
    pub small_sample: Option<SmallSample>,
}

/// Tango's interval of the difference of pass rates when items were run several times.
///
/// A pair of single runs on an item differs with probabilities p10 and p01, whose estimates are
/// the items' mean products a(1 - b) and b(1 - a) of pass shares. Its variance is
/// p10 + p01 - D²; that of an item's mean difference is smaller by a factor ρ, which is estimated by
/// the ratio of the two, so n items of many runs carry n/ρ pairs of single runs. The variance of
/// the item means is not taken below what the spread of runs within items alone makes it, ρ is
/// raised towards what a t interval would ask of so few items by as much as it lies below 1, and not
/// above 1. With one run each this is [`PairedCounts::difference`] exactly.
pub fn difference_of_repeated(items: &[ItemPasses], level: f64) -> Result<RepeatedRateEstimate, Degenerate> {
    check_probability(Parameter::Level, level)?;
    if items.is_empty() {
        return Err(Degenerate::TooFew { n: 0, need: 1 });
    }
    let n = items.len() as f64;
    let (mut only_a, mut only_b, mut squares, mut within) = (0.0, 0.0, 0.0, 0.0);
    for item in items {
        check_count(item.passes_a, item.runs_a)?;
        check_count(item.passes_b, item.runs_b)?;
        let a = item.passes_a as f64 / item.runs_a as f64;
        let b = item.passes_b as f64 / item.runs_b as f64;
        only_a += a * (1.0 - b);
        only_b += b * (1.0 - a);
        squares += (a - b) * (a - b);
        // Unbiased variance of a share; one run cannot show any.
        let spread = |share: f64, runs: u64| if runs > 1 { share * (1.0 - share) / (runs - 1) as f64 } else { 0.0 };
        within += spread(a, item.runs_a) + spread(b, item.runs_b);
    }
    let difference = (only_a - only_b) / n;
    let of_single_runs = (only_a + only_b) / n - difference * difference;
    let of_items = (squares / n - difference * difference).max(within / n);
    // Items without any difference leave the ratio open; then they count once.
    let ratio = if of_single_runs > 1e-12 && items.len() > 1 {
        let ratio = (of_items / of_single_runs).clamp(1e-6, 1.0);
        // As far as the variance is estimated from few items, it is uncertain as in a t interval.
        let z = normal_quantile(0.5 + level / 2.0);
        let t = t_quantile(0.5 + level / 2.0, n - 1.0);
        let few_items = n / (n - 1.0) * (t / z).powi(2);
        (ratio * (1.0 + (1.0 - ratio) * (few_items - 1.0))).min(1.0)
    } else {
        1.0
    };
    let effective_items = n / ratio;
    Ok(RepeatedRateEstimate {
        difference,
        interval: tango(only_a / ratio, only_b / ratio, effective_items, level),
        items: items.len(),
        effective_items,
        small_sample: SmallSample::of(items.len()),
    })
}
