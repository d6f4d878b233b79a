//! Rank tests and their exact null distributions. The shift that belongs to them is in
//! `hodges_lehmann`.

use serde::{Deserialize, Serialize};

use super::{PValueSource, TestResult, differences, refuse};
use crate::distribution::normal_sf;

/// How a rank test gets its p-value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RankMethod {
    /// As scipy chooses: exact for small samples (see each test), otherwise asymptotic.
    #[default]
    Auto,
    /// The exact null distribution.
    Exact,
    /// The normal limit with its correction for ties.
    Asymptotic,
}

/// Largest number of observations for which the counts of U are sure to fit 127 bits.
const EXACT_MANN_WHITNEY_LIMIT: usize = 120;
/// The same for a smaller arm of at most [`SMALL_ARM`].
const EXACT_SMALL_ARM_LIMIT: usize = 50_000;
const SMALL_ARM: usize = 8;

/// Mann-Whitney U test; the statistic is U of the first sample (Mann and Whitney 1947).
///
/// [`RankMethod::Auto`] is exact without ties when the smaller arm has at most 8 observations.
/// Otherwise the normal limit, with tie and continuity correction. Ties rule the exact
/// distribution out; asked for it, the test falls back to the limit and says so.
pub fn mann_whitney(a: &[f64], b: &[f64], method: RankMethod) -> TestResult {
    if let Some(refusal) = refuse(a, b) {
        return refusal;
    }
    let pooled: Vec<f64> = a.iter().chain(b).copied().collect();
    let (ranks, tie_term) = midranks(&pooled);
    let (n_a, n_b) = (a.len() as f64, b.len() as f64);
    let rank_sum: f64 = ranks[..a.len()].iter().sum();
    let u = rank_sum - n_a * (n_a + 1.0) / 2.0;
    let farther = u.max(n_a * n_b - u);

    let smaller = a.len().min(b.len());
    let countable = mann_whitney_is_countable(a.len(), b.len());
    let wanted = match method {
        RankMethod::Auto => smaller <= SMALL_ARM,
        RankMethod::Exact => true,
        RankMethod::Asymptotic => false,
    };
    if wanted && countable && tie_term == 0.0 {
        let upper = mann_whitney_upper_tail(a.len(), b.len(), farther as usize);
        return TestResult::tested(u, None, 2.0 * upper, PValueSource::Exact);
    }
    let n = n_a + n_b;
    let variance = n_a * n_b / 12.0 * ((n + 1.0) - tie_term / (n * (n - 1.0)));
    let z = (farther - n_a * n_b / 2.0 - 0.5) / variance.sqrt();
    TestResult::tested(u, None, 2.0 * normal_sf(z), PValueSource::Asymptotic)
}

/// Wilcoxon's signed-rank test of a_i - b_i; the statistic is the smaller rank sum.
///
/// Zero differences are dropped. [`RankMethod::Auto`] is exact for up to 50 pairs without ties or
/// zeros and for up to 13 pairs with them, otherwise the normal limit with tie correction and
/// without continuity correction, as scipy. [`RankMethod::Exact`] handles ties at any size up to
/// 1,000 pairs, since doubled midranks are whole numbers.
pub fn wilcoxon_signed_rank(a: &[f64], b: &[f64], method: RankMethod) -> TestResult {
    let differences = match differences(a, b) {
        Ok(differences) => differences,
        Err(refusal) => return refusal,
    };
    let nonzero: Vec<f64> = differences.iter().copied().filter(|d| *d != 0.0).collect();
    let sizes: Vec<f64> = nonzero.iter().map(|difference| difference.abs()).collect();
    let (ranks, tie_term) = midranks(&sizes);
    let n = nonzero.len() as f64;
    let positive: f64 = ranks.iter().zip(&nonzero).filter(|(_, d)| **d > 0.0).map(|(rank, _)| rank).sum();
    let smaller = positive.min(n * (n + 1.0) / 2.0 - positive);

    let simple = tie_term == 0.0 && nonzero.len() == differences.len();
    let exact = match method {
        RankMethod::Auto => differences.len() <= if simple { 50 } else { 13 },
        RankMethod::Exact => nonzero.len() <= 1_000,
        RankMethod::Asymptotic => false,
    };
    if exact {
        let lower = signed_rank_lower_tail(&ranks, smaller);
        return TestResult::tested(smaller, None, 2.0 * lower, PValueSource::Exact);
    }
    let variance = n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - tie_term / 48.0;
    let z = (n * (n + 1.0) / 4.0 - smaller) / variance.sqrt();
    TestResult::tested(smaller, None, 2.0 * normal_sf(z), PValueSource::Asymptotic)
}

/// Ranks from 1 with ties sharing their mean, and the tie term Σ(t³ - t).
pub(crate) fn midranks(values: &[f64]) -> (Vec<f64>, f64) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&i, &j| values[i].total_cmp(&values[j]));
    let mut ranks = vec![0.0; values.len()];
    let mut tie_term = 0.0;
    let mut before = 0.0;
    for tied in order.chunk_by(|&i, &j| values[i] == values[j]) {
        let t = tied.len() as f64;
        for &index in tied {
            ranks[index] = before + f64::midpoint(t, 1.0);
        }
        tie_term += t * t * t - t;
        before += t;
    }
    (ranks, tie_term)
}

/// P(U >= u) under the null without ties.
fn mann_whitney_upper_tail(n_a: usize, n_b: usize, u: usize) -> f64 {
    let counts = mann_whitney_counts(n_a, n_b);
    let total: f64 = counts.iter().sum();
    counts[u.min(counts.len() - 1)..].iter().sum::<f64>() / total
}

/// Whether the counts of U are sure to fit their integers.
pub(super) fn mann_whitney_is_countable(n_a: usize, n_b: usize) -> bool {
    let pooled = n_a + n_b;
    pooled <= EXACT_MANN_WHITNEY_LIMIT || (n_a.min(n_b) <= SMALL_ARM && pooled <= EXACT_SMALL_ARM_LIMIT)
}

/// In how many orders of the two samples U takes each of its values.
///
/// The counts of U are the coefficients of the Gaussian binomial [n_a + n_b choose n_a] in q,
/// built by exact integer products and quotients (Andrews 1976, chapter 3).
pub(super) fn mann_whitney_counts(n_a: usize, n_b: usize) -> Vec<f64> {
    let (small, large) = (n_a.min(n_b), n_a.max(n_b));
    let top = small * large;
    let mut counts = vec![0i128; top + 1];
    counts[0] = 1;
    for i in 1..=small {
        // Times (1 - q^(large + i)), then divided by (1 - q^i). Intermediate coefficients may
        // wrap; the arithmetic is modular and the final ones fit.
        let step = large + i;
        for k in (step..=top).rev() {
            counts[k] = counts[k].wrapping_sub(counts[k - step]);
        }
        for k in i..=top {
            counts[k] = counts[k].wrapping_add(counts[k - i]);
        }
    }
    counts.into_iter().map(|count| count as f64).collect()
}

/// P(W+ <= w) when every rank is positive or negative by a fair coin. Works on doubled ranks, so
/// midranks are whole.
fn signed_rank_lower_tail(ranks: &[f64], w: f64) -> f64 {
    let doubled: Vec<usize> = ranks.iter().map(|rank| (2.0 * rank).round() as usize).collect();
    // Only sums up to 2w matter.
    coin_sums(&doubled, (2.0 * w).round() as usize).iter().sum()
}

/// The probabilities of the sums 0..=top of terms that each count by a fair coin; each count is
/// scaled by 2^-n as it grows.
pub(super) fn coin_sums(terms: &[usize], top: usize) -> Vec<f64> {
    let mut probability = vec![0.0; top + 1];
    probability[0] = 1.0;
    for &term in terms {
        for sum in (0..=top).rev() {
            let without = probability[sum];
            let with = if sum >= term { probability[sum - term] } else { 0.0 };
            probability[sum] = f64::midpoint(without, with);
        }
    }
    probability
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midranks_share_ties() {
        let (ranks, tie_term) = midranks(&[3.0, 1.0, 3.0, 2.0, 3.0]);
        assert_eq!(ranks, [4.0, 1.0, 4.0, 2.0, 4.0]);
        assert_eq!(tie_term, 24.0);
    }

    #[test]
    fn exact_tails_are_distributions() {
        assert!((mann_whitney_upper_tail(5, 7, 0) - 1.0).abs() < 1e-15);
        assert!((mann_whitney_upper_tail(60, 60, 0) - 1.0).abs() < 1e-12);
        assert!((mann_whitney_upper_tail(60, 60, 1801) - 0.5).abs() < 0.01);
        assert!((mann_whitney_upper_tail(3, 3, 9) - 1.0 / 20.0).abs() < 1e-15);
        assert!((signed_rank_lower_tail(&[1.0, 2.0, 3.0], 6.0) - 1.0).abs() < 1e-15);
    }
}
