//! The difference of two pass rates over the same items: Tango's score interval and two Bayesian
//! answers. McNemar's test is in [`hypothesis`](crate::hypothesis).

use serde::{Deserialize, Serialize};

use crate::degenerate::{Degenerate, Parameter, check_probability};
use crate::distribution::{beta_cdf, normal_quantile};
use crate::interval::{Interval, SmallSample};
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
        let n = total as f64;
        let (b, c) = (self.only_a as f64, self.only_b as f64);
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
        Ok(PairedRateEstimate {
            difference,
            // The score at an extreme difference has no error left; the bound is the extreme.
            interval: Interval {
                low: if self.only_b == total { -1.0 } else { low },
                high: if self.only_a == total { 1.0 } else { high },
                level,
            },
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
