//! How often identical contestants are told apart.

use evals::analysis::model::TestStatus;
use evals::record::{CorrectionKind, TestKind};
use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;

use crate::fixtures::Run;

const TRIALS: u32 = 200;

/// Latencies as they come: lognormal, median about 800 ms, a long right tail.
fn latencies(source: &mut ChaCha12Rng, count: usize) -> Vec<f64> {
    (0..count)
        .map(|_| {
            let (u, v): (f64, f64) = (source.random(), source.random());
            let normal = (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos();
            800.0 * (0.35 * normal).exp()
        })
        .collect()
}

/// Runs in which at least one pair of identical contestants came out significant.
fn false_claims(contestants: &[&str], runs: u32, test: TestKind, correction: CorrectionKind) -> u32 {
    let mut source = ChaCha12Rng::seed_from_u64(20_260_101);
    let mut claims = 0;
    for _ in 0..TRIALS {
        let mut run = Run::new(contestants, &[None], runs).options(|options| {
            options.test = test;
            options.correction = correction;
            options.intervals = Some(false);
            options.resamples = 99;
        });
        for contestant in 0..contestants.len() as u32 {
            run = run.latencies(contestant, &latencies(&mut source, runs as usize));
        }
        let analysis = run.analyse();
        assert!(analysis.comparisons.iter().all(|comparison| comparison.status == TestStatus::Tested));
        claims += u32::from(analysis.comparisons.iter().any(|comparison| comparison.significant));
    }
    claims
}

/// At a true rate of 5 % more than 18 claims in 200 come about once in a hundred times: P(X > 18) = 0.0059.
const MOST_CLAIMS: u32 = 18;

#[test]
fn identical_contestants_are_rarely_told_apart() {
    for test in [TestKind::Welch, TestKind::MannWhitney, TestKind::Permutation] {
        let claims = false_claims(&["a", "b"], 10, test, CorrectionKind::Bonferroni);
        assert!(claims <= MOST_CLAIMS, "{test:?}: {claims} of {TRIALS}");
    }
}

#[test]
fn three_pairs_are_rarely_told_apart_once_corrected() {
    for correction in [CorrectionKind::Bonferroni, CorrectionKind::Holm, CorrectionKind::BenjaminiHochberg] {
        let claims = false_claims(&["a", "b", "c"], 10, TestKind::Welch, correction);
        assert!(claims <= MOST_CLAIMS, "{correction:?}: {claims} of {TRIALS}");
    }
    // Six pairs without a correction are told apart far more often than once in twenty runs.
    let uncorrected = false_claims(&["a", "b", "c", "d"], 10, TestKind::Welch, CorrectionKind::None);
    assert!(uncorrected > MOST_CLAIMS, "{uncorrected} of {TRIALS}");
}
