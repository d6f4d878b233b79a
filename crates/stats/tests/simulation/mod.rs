//! The simulations behind docs/statistics.md, run in full by the `simulate` example and in small by
//! a test.

pub(crate) mod judging;

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use stats::bootstrap::{Method, mean_from_moments};
use stats::distribution::{binomial_mass, normal_quantile};
use stats::hypothesis::{self, McNemarMethod, PermutationOptions, RankMethod, TestResult, mcnemar};
use stats::interval;
use stats::paired_rate::PairedCounts;
use stats::rate::{self, RateMethod};
use stats::resample::Plan;
use stats::sequential::{ConfidenceSequence, Mixture, rejects};

const LEVEL: f64 = 0.95;
const ALPHA: f64 = 0.05;

/// What measurements of models look like.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Distribution {
    /// Symmetric, as averages are.
    Normal,
    /// Latency: log-normal with σ = 0.5.
    Latency,
    /// Latency with a heavy tail: log-normal with σ = 1.
    HeavyLatency,
    /// Passes and fails at 80 %.
    Passes,
}

impl Distribution {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Normal, Self::Latency, Self::HeavyLatency, Self::Passes];

    /// The name in the tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Latency => "log-normal, sigma 0.5",
            Self::HeavyLatency => "log-normal, sigma 1",
            Self::Passes => "pass or fail, 0.8",
        }
    }

    fn mean(self) -> f64 {
        match self {
            Self::Normal => 0.0,
            Self::Latency => 0.125_f64.exp(),
            Self::HeavyLatency => 0.5_f64.exp(),
            Self::Passes => 0.8,
        }
    }

    fn draw(self, generator: &mut ChaCha12Rng) -> f64 {
        let uniform = uniform(generator);
        match self {
            Self::Normal => normal_quantile(uniform),
            Self::Latency => (0.5 * normal_quantile(uniform)).exp(),
            Self::HeavyLatency => normal_quantile(uniform).exp(),
            Self::Passes => f64::from(uniform < 0.8),
        }
    }

    fn sample(self, generator: &mut ChaCha12Rng, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.draw(generator)).collect()
    }
}

/// Uniform on (0, 1), never an end.
fn uniform(generator: &mut ChaCha12Rng) -> f64 {
    ((generator.next_u64() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
}

/// Share of samples whose interval covers the mean, for t, BCa, percentile, basic and studentised
/// in turn; a sample without an interval counts as not covering. None where no sample had one.
pub(crate) fn coverage(distribution: Distribution, n: usize, runs: usize, resamples: usize) -> [Option<f64>; 5] {
    let mut generator = ChaCha12Rng::seed_from_u64(n as u64);
    let mut covered = [0usize; 5];
    let mut offered = [0usize; 5];
    for run in 0..runs {
        let data = distribution.sample(&mut generator, n);
        let plan = Plan { resamples, seed: run as u64 };
        let moments = plan.moments(0, &[&data]).unwrap_or_default();
        let bootstrap = |method| {
            let moments = moments.first()?;
            Some(mean_from_moments(&data, moments, method, LEVEL).ok()?.interval)
        };
        let intervals = [
            interval::mean(&data, LEVEL).ok().map(|mean| mean.interval),
            bootstrap(Method::Bca),
            bootstrap(Method::Percentile),
            bootstrap(Method::Basic),
            bootstrap(Method::Studentised),
        ];
        for (method, interval) in intervals.iter().enumerate() {
            if let Some(interval) = interval {
                offered[method] += 1;
                covered[method] += usize::from(interval.contains(distribution.mean()));
            }
        }
    }
    std::array::from_fn(|method| (offered[method] > 0).then(|| covered[method] as f64 / runs as f64))
}

/// Exact coverage of a rate's interval.
pub(crate) fn rate_coverage(n: u64, rate: f64, method: RateMethod) -> f64 {
    (0..=n)
        .filter(|k| rate::estimate(*k, n, LEVEL, method).is_ok_and(|estimate| estimate.interval.contains(rate)))
        .map(|k| binomial_mass(k, n, rate))
        .sum()
}

/// Exact coverage of Wald's interval, which the crate does not offer, to show why.
pub(crate) fn wald_coverage(n: u64, rate: f64) -> f64 {
    let z = normal_quantile(0.5 + LEVEL / 2.0);
    (0..=n)
        .filter(|k| {
            let estimate = *k as f64 / n as f64;
            let half = z * (estimate * (1.0 - estimate) / n as f64).sqrt();
            (estimate - rate).abs() <= half
        })
        .map(|k| binomial_mass(k, n, rate))
        .sum()
}

/// Share of true null hypotheses that each test rejects at 5 %, for Welch, Mann-Whitney,
/// permutation, paired t, Wilcoxon and sign flip in turn. Both arms have `n` observations of the
/// same distribution; the paired tests pair them as they come.
pub(crate) fn error_rates(distribution: Distribution, n: usize, runs: usize) -> [f64; 6] {
    let mut generator = ChaCha12Rng::seed_from_u64(1_000 + n as u64);
    let mut rejected = [0usize; 6];
    for run in 0..runs {
        let a = distribution.sample(&mut generator, n);
        let b = distribution.sample(&mut generator, n);
        let options = PermutationOptions { exact_up_to: 2_000, rearrangements: 499, seed: run as u64 };
        let results: [TestResult; 6] = [
            hypothesis::welch(&a, &b),
            hypothesis::mann_whitney(&a, &b, RankMethod::Auto),
            hypothesis::permutation(&a, &b, &options),
            hypothesis::paired_t(&a, &b),
            hypothesis::wilcoxon_signed_rank(&a, &b, RankMethod::Auto),
            hypothesis::sign_flip(&a, &b, &options),
        ];
        for (test, result) in results.iter().enumerate() {
            rejected[test] += usize::from(result.p_value.is_some_and(|p| p <= ALPHA));
        }
    }
    rejected.map(|count| count as f64 / runs as f64)
}

/// Exact share of true null hypotheses rejected at 5 % by the four forms of McNemar's test and by
/// Tango's interval, over all outcomes of `n` pairs with a share `discordant` that differ.
pub(crate) fn mcnemar_errors(n: u64, discordant: f64) -> [f64; 5] {
    let mut rejected = [0.0; 5];
    for differing in 0..=n {
        let weight = binomial_mass(differing, n, discordant);
        if weight < 1e-12 {
            continue;
        }
        for only_a in 0..=differing {
            let only_b = differing - only_a;
            let probability = weight * binomial_mass(only_a, differing, 0.5);
            let p = |method| mcnemar(only_a, only_b, method).p_value.unwrap_or(1.0) <= ALPHA;
            let counts = PairedCounts { both: n - differing, only_a, only_b, neither: 0 };
            let excludes = counts.difference(LEVEL).is_ok_and(|estimate| !estimate.interval.contains(0.0));
            let rejections = [
                p(McNemarMethod::Exact),
                p(McNemarMethod::MidP),
                p(McNemarMethod::Corrected),
                p(McNemarMethod::Uncorrected),
                excludes,
            ];
            for (share, rejects) in rejected.iter_mut().zip(rejections) {
                *share += if rejects { probability } else { 0.0 };
            }
        }
    }
    rejected
}

/// Share of runs that ever reject a true null within 200 items.
pub(crate) struct SequentialErrors {
    /// E-process with the uniform mixture.
    pub(crate) uniform: f64,
    /// E-process with the mixture of Krichevsky and Trofimov.
    pub(crate) krichevsky_trofimov: f64,
    /// Confidence sequence of the difference.
    pub(crate) confidence_sequence: f64,
    /// The exact test repeated after every discordant item.
    pub(crate) repeated_mcnemar: f64,
}

/// 200 items of which 30 % are discordant, with a look after every discordant item (after every
/// tenth item for the confidence sequence).
pub(crate) fn sequential_errors(runs: usize) -> SequentialErrors {
    let mut generator = ChaCha12Rng::seed_from_u64(77);
    let mut ever = [0usize; 4];
    for _ in 0..runs {
        let (mut wins, mut losses) = (0, 0);
        let mut rejected = [false; 4];
        let Ok(mut sequence) = ConfidenceSequence::new(-1.0, 1.0, ALPHA) else { continue };
        for item in 1..=200 {
            let draw = uniform(&mut generator);
            let difference = if draw < 0.15 {
                1.0
            } else if draw < 0.3 {
                -1.0
            } else {
                0.0
            };
            rejected[2] |= sequence.observe(difference).is_err();
            if item % 10 == 0 {
                rejected[2] |= sequence.excludes(0.0);
            }
            if difference == 0.0 {
                continue;
            }
            if difference > 0.0 {
                wins += 1;
            } else {
                losses += 1;
            }
            rejected[0] |= rejects(wins, losses, Mixture::Uniform, ALPHA) == Ok(true);
            rejected[1] |= rejects(wins, losses, Mixture::KrichevskyTrofimov, ALPHA) == Ok(true);
            rejected[3] |= mcnemar(wins, losses, McNemarMethod::Exact).p_value.is_some_and(|p| p <= ALPHA);
        }
        for (count, rejected) in ever.iter_mut().zip(rejected) {
            *count += usize::from(rejected);
        }
    }
    let [uniform, krichevsky_trofimov, confidence_sequence, repeated_mcnemar] =
        ever.map(|count| count as f64 / runs as f64);
    SequentialErrors { uniform, krichevsky_trofimov, confidence_sequence, repeated_mcnemar }
}
