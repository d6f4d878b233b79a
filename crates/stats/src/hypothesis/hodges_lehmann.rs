//! The shift that belongs to the rank tests, with the interval of all shifts that the exact test
//! does not reject (Hodges and Lehmann 1963; Hollander, Wolfe and Chicken 2014, sections 3.3, 4.3).

use serde::{Deserialize, Serialize};

use super::rank::{coin_sums, mann_whitney_counts, mann_whitney_is_countable};
use crate::degenerate::{Degenerate, Parameter, check_paired, check_probability, check_sample};
use crate::describe::sorted;
use crate::distribution::normal_quantile;
use crate::interval::{Interval, SmallSample};
use crate::root::first_true;

/// Up to this many pairs the interval comes from the exact distribution, as R does.
const EXACT_PAIRS: usize = 50;

/// A shift with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    /// The median of all differences (independent) or of all Walsh averages (paired).
    pub estimate: f64,
    /// Two of these differences or averages; the level is at least kept without ties.
    pub interval: Interval,
    /// The coverage that the exact distribution gives to continuous data; none from the normal
    /// limit.
    pub coverage: Option<f64>,
    /// Set when the smaller sample is small.
    pub small_sample: Option<SmallSample>,
}

/// The Hodges-Lehmann shift: the median of all a_i - b_j.
pub fn hodges_lehmann_shift(a: &[f64], b: &[f64]) -> Result<f64, Degenerate> {
    Ok(Differences::new(a, b)?.median())
}

/// The Hodges-Lehmann pseudo-median of paired differences: the median of all (d_i + d_j)/2, i <= j.
pub fn hodges_lehmann_paired(a: &[f64], b: &[f64]) -> Result<f64, Degenerate> {
    Ok(WalshAverages::new(a, b)?.median())
}

/// [`hodges_lehmann_shift`] with the interval that belongs to the Mann-Whitney test: exact for up
/// to 120 observations, otherwise from the normal limit. Ties make it wider than it need be.
///
/// Fails where even the extreme differences do not bound the shift at this level.
pub fn hodges_lehmann_shift_interval(a: &[f64], b: &[f64], level: f64) -> Result<Shift, Degenerate> {
    check_probability(Parameter::Level, level)?;
    let differences = Differences::new(a, b)?;
    let tail = (1.0 - level) / 2.0;
    let (n_a, n_b) = (a.len() as f64, b.len() as f64);
    let (below, coverage) = if mann_whitney_is_countable(a.len(), b.len()) {
        let counts = mann_whitney_counts(a.len(), b.len());
        let total: f64 = counts.iter().sum();
        exact_rank(counts.iter().map(|count| count / total), tail)
    } else {
        let sd = (n_a * n_b * (n_a + n_b + 1.0) / 12.0).sqrt();
        (limit_rank(n_a * n_b / 2.0, sd, tail), None)
    };
    let n = a.len().min(b.len());
    if below == 0 {
        return Err(Degenerate::TooFew { n, need: n + 1 });
    }
    Ok(differences.shift(below, coverage, n, level))
}

/// [`hodges_lehmann_paired`] with the interval that belongs to Wilcoxon's signed-rank test: exact
/// for up to 50 pairs, otherwise from the normal limit. Ties make it wider than it need be.
///
/// Fails with fewer pairs than bound the shift at this level: 6 at 95 %.
pub fn hodges_lehmann_paired_interval(a: &[f64], b: &[f64], level: f64) -> Result<Shift, Degenerate> {
    check_probability(Parameter::Level, level)?;
    let averages = WalshAverages::new(a, b)?;
    let tail = (1.0 - level) / 2.0;
    let n = a.len();
    let (below, coverage) = if n <= EXACT_PAIRS {
        let ranks: Vec<usize> = (1..=n).collect();
        exact_rank(coin_sums(&ranks, n * (n + 1) / 2).into_iter(), tail)
    } else {
        let n = n as f64;
        let sd = (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0).sqrt();
        (limit_rank(n * (n + 1.0) / 4.0, sd, tail), None)
    };
    if below == 0 {
        let need = (-tail.log2()).ceil().max(2.0) as usize;
        return Err(Degenerate::TooFew { n, need });
    }
    Ok(averages.shift(below, coverage, n, level))
}

/// How many of the ordered values may lie below the interval's first: the largest r with
/// P(W <= r - 1) <= tail; and the coverage 1 - 2 P(W <= r - 1) that this gives.
fn exact_rank(probabilities: impl Iterator<Item = f64>, tail: f64) -> (u64, Option<f64>) {
    let mut missed = 0.0;
    let mut rank = 0;
    for probability in probabilities {
        // Within rounding of the tail still keeps the level.
        if missed + probability > tail * (1.0 + 1e-12) {
            break;
        }
        missed += probability;
        rank += 1;
    }
    (rank, Some(1.0 - 2.0 * missed))
}

fn limit_rank(mean: f64, sd: f64, tail: f64) -> u64 {
    (mean + normal_quantile(tail) * sd).round().max(0.0) as u64
}

/// A multiset known only through how many of its members are at most a value, so that n² members
/// need no memory.
trait Multiset {
    fn size(&self) -> u64;
    fn range(&self) -> (f64, f64);
    fn at_most(&self, value: f64) -> u64;

    /// The member of this rank, from 1.
    fn member(&self, rank: u64) -> f64 {
        let (low, high) = self.range();
        first_true(low, high, |value| self.at_most(value) >= rank)
    }

    fn median(&self) -> f64 {
        let size = self.size();
        let lower = self.member(size.div_ceil(2));
        if size % 2 == 1 || self.at_most(lower) > size / 2 {
            return lower;
        }
        f64::midpoint(lower, self.member(size / 2 + 1))
    }

    /// The interval from the member of rank `rank` to that of the same rank from the top.
    fn shift(&self, rank: u64, coverage: Option<f64>, n: usize, level: f64) -> Shift {
        let interval = Interval { low: self.member(rank), high: self.member(self.size() + 1 - rank), level };
        Shift { estimate: self.median(), interval, coverage, small_sample: SmallSample::of(n) }
    }
}

/// All a_i - b_j.
struct Differences {
    a: Vec<f64>,
    b: Vec<f64>,
}

impl Differences {
    fn new(a: &[f64], b: &[f64]) -> Result<Self, Degenerate> {
        check_sample(a, 1)?;
        check_sample(b, 1)?;
        Ok(Self { a: sorted(a), b: sorted(b) })
    }
}

impl Multiset for Differences {
    fn size(&self) -> u64 {
        self.a.len() as u64 * self.b.len() as u64
    }

    fn range(&self) -> (f64, f64) {
        let (a, b) = (&self.a, &self.b);
        (a[0] - b[b.len() - 1], a[a.len() - 1] - b[0])
    }

    fn at_most(&self, value: f64) -> u64 {
        // For ascending a the number of b_j with a_i - b_j <= v falls, so one pointer walks down b.
        let mut from = 0;
        let mut count = 0;
        for a in &self.a {
            while from < self.b.len() && a - self.b[from] > value {
                from += 1;
            }
            count += (self.b.len() - from) as u64;
        }
        count
    }
}

/// All (d_i + d_j)/2 with i <= j.
struct WalshAverages(Vec<f64>);

impl WalshAverages {
    fn new(a: &[f64], b: &[f64]) -> Result<Self, Degenerate> {
        check_paired(a, b)?;
        check_sample(a, 1)?;
        check_sample(b, 1)?;
        Ok(Self(sorted(&a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>())))
    }
}

impl Multiset for WalshAverages {
    fn size(&self) -> u64 {
        let n = self.0.len() as u64;
        n * (n + 1) / 2
    }

    fn range(&self) -> (f64, f64) {
        (self.0[0], self.0[self.0.len() - 1])
    }

    fn at_most(&self, value: f64) -> u64 {
        let d = &self.0;
        let mut end = d.len();
        let mut count = 0;
        for (i, first) in d.iter().enumerate() {
            while end > i && first / 2.0 + d[end - 1] / 2.0 > value {
                end -= 1;
            }
            if end <= i {
                break;
            }
            count += (end - i) as u64;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_agree_with_all_pairs() {
        let a = [1.0, 4.5, 2.25, 9.0, -3.0, 2.25];
        let b = [0.5, 7.0, 2.0, 2.0, -1.0];
        let all: Vec<f64> = a.iter().flat_map(|a| b.iter().map(move |b| a - b)).collect();
        assert_eq!(hodges_lehmann_shift(&a, &b), crate::describe::median(&all));
        let d: Vec<f64> = a[..5].iter().zip(&b).map(|(a, b)| a - b).collect();
        let walsh: Vec<f64> =
            (0..5).flat_map(|i| (i..5).map(move |j| (i, j))).map(|(i, j)| d[i] / 2.0 + d[j] / 2.0).collect();
        assert_eq!(hodges_lehmann_paired(&a[..5], &b), crate::describe::median(&walsh));
    }
}
