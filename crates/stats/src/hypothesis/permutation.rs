//! Permutation tests of a mean difference: every rearrangement when there are few, a seeded random
//! sample of them otherwise.
//!
//! Two-sided by the size of the difference. The random p-value is (b + 1) / (m + 1), which never is
//! 0 and keeps the level exactly (Phipson and Smyth 2010, doi 10.2202/1544-6115.1585).

use super::{OBSERVATIONS_NEEDED, PValueSource, Status, TestResult, differences, refuse};
use crate::describe::mean_of;
use crate::resample::{Draws, signed_sum};

/// Settings of a permutation test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PermutationOptions {
    /// Up to this many rearrangements all of them are visited.
    pub exact_up_to: u64,
    /// Random rearrangements beyond that.
    pub rearrangements: usize,
    /// Seed of the random rearrangements.
    pub seed: u64,
}

impl Default for PermutationOptions {
    /// All of up to 20,000 rearrangements, otherwise 9,999 random ones of seed 0.
    fn default() -> Self {
        Self { exact_up_to: 20_000, rearrangements: 9_999, seed: 0 }
    }
}

/// Permutation test of two independent samples; the statistic is mean a - mean b.
pub fn permutation(a: &[f64], b: &[f64], options: &PermutationOptions) -> TestResult {
    if let Some(refusal) = refuse(a, b) {
        return refusal;
    }
    let statistic = mean_of(a) - mean_of(b);
    let mut pooled: Vec<f64> = a.iter().chain(b).copied().collect();
    // About the pooled mean the difference of means is a multiple of the sum over the first arm.
    let centre = mean_of(&pooled);
    for value in &mut pooled {
        *value -= centre;
    }
    let extreme = Extreme::of(pooled[..a.len()].iter().sum(), &pooled);
    match binomial_up_to(pooled.len(), a.len(), options.exact_up_to) {
        Some(total) => {
            let mut hits = 0u64;
            visit_subset_sums(&pooled, a.len(), 0.0, &mut |sum| {
                hits += u64::from(extreme.reached_by(sum));
            });
            let p_value = hits as f64 / total as f64;
            TestResult::tested(statistic, None, p_value, PValueSource::Exact)
        }
        None => {
            let mut draws = Draws::new(options.seed, 0, 0);
            let size = a.len().min(b.len());
            monte_carlo(statistic, &extreme, options.rearrangements, || {
                // The smaller arm is drawn; the sum over the other one is its negative.
                for place in 0..size {
                    let rest = (pooled.len() - place) as u32;
                    pooled.swap(place, place + draws.index(rest) as usize);
                }
                pooled[..size].iter().sum()
            })
        }
    }
}

/// Sign-flip permutation test of the mean of paired differences; the statistic is their mean.
pub fn sign_flip(a: &[f64], b: &[f64], options: &PermutationOptions) -> TestResult {
    match differences(a, b) {
        Ok(differences) => flip(mean_of(&differences), &differences, options),
        Err(refusal) => refusal,
    }
}

/// [`sign_flip`] of pairs that come in clusters (runs of one item, items about one passage):
/// `clusters[i]` names the cluster of pair i, and the differences of a cluster change their sign
/// together. The statistic is the mean over all pairs; needs three clusters.
pub fn sign_flip_clustered<K: Ord>(a: &[f64], b: &[f64], clusters: &[K], options: &PermutationOptions) -> TestResult {
    let differences = match differences(a, b) {
        Ok(differences) => differences,
        Err(refusal) => return refusal,
    };
    if clusters.len() != differences.len() {
        return TestResult::untestable(Status::UnequalLengths);
    }
    let mut sums = std::collections::BTreeMap::<&K, f64>::new();
    for (difference, cluster) in differences.iter().zip(clusters) {
        *sums.entry(cluster).or_default() += difference;
    }
    if sums.len() < OBSERVATIONS_NEEDED {
        return TestResult::untestable(Status::InsufficientSamples);
    }
    let sums: Vec<f64> = sums.into_values().collect();
    flip(mean_of(&differences), &sums, options)
}

/// The test of a sum of terms of arbitrary sign.
fn flip(statistic: f64, terms: &[f64], options: &PermutationOptions) -> TestResult {
    let extreme = Extreme::of(terms.iter().sum(), terms);
    let n = terms.len();
    let total = (n < 63).then(|| 1u64 << n).filter(|&total| total <= options.exact_up_to);
    if let Some(total) = total {
        let hits = (0..total).filter(|flips| extreme.reached_by(signed_sum(terms, &[*flips]))).count();
        let p_value = hits as f64 / total as f64;
        return TestResult::tested(statistic, None, p_value, PValueSource::Exact);
    }
    let mut draws = Draws::new(options.seed, 0, 0);
    let mut words = vec![0; n.div_ceil(64)];
    monte_carlo(statistic, &extreme, options.rearrangements, || {
        words.fill_with(|| draws.flips());
        signed_sum(terms, &words)
    })
}

/// The observed absolute sum, less what summation in another order could lose.
struct Extreme(f64);

impl Extreme {
    fn of(sum: f64, terms: &[f64]) -> Self {
        let magnitude: f64 = terms.iter().map(|term| term.abs()).sum();
        Self(sum.abs() - 1e-13 * magnitude)
    }

    fn reached_by(&self, sum: f64) -> bool {
        sum.abs() >= self.0
    }
}

fn monte_carlo(statistic: f64, extreme: &Extreme, rearrangements: usize, mut draw: impl FnMut() -> f64) -> TestResult {
    let hits = (0..rearrangements).filter(|_| extreme.reached_by(draw())).count();
    let p_value = (hits as f64 + 1.0) / (rearrangements as f64 + 1.0);
    TestResult::tested(statistic, None, p_value, PValueSource::MonteCarlo { rearrangements })
}

/// Visits the sum of every subset of `size` terms.
fn visit_subset_sums(terms: &[f64], size: usize, sum: f64, visit: &mut impl FnMut(f64)) {
    if size == 0 {
        visit(sum);
    } else if let Some((first, rest)) = terms.split_first() {
        visit_subset_sums(rest, size - 1, sum + first, visit);
        if rest.len() >= size {
            visit_subset_sums(rest, size, sum, visit);
        }
    }
}

/// C(n, k) if it does not exceed the limit.
fn binomial_up_to(n: usize, k: usize, limit: u64) -> Option<u64> {
    let k = k.min(n - k) as u128;
    let mut count = 1u128;
    for i in 1..=k {
        count = count * (n as u128 - k + i) / i;
        if count > u128::from(limit) {
            return None;
        }
    }
    u64::try_from(count).ok()
}
