//! The simulations of docs/statistics.md in small, with bands wide enough for the fewer samples.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests are tests too")]

mod simulation;

use simulation::{Distribution, coverage, error_rates, mcnemar_errors, rate_coverage};
use stats::rate::RateMethod;

#[test]
fn intervals_of_normal_means_cover() {
    let [t, bca, percentile, basic, studentised] = coverage(Distribution::Normal, 30, 600, 400).map(Option::unwrap);
    for share in [t, bca, percentile, basic, studentised] {
        assert!((0.91..=0.98).contains(&share), "{share}");
    }
}

#[test]
fn bootstrap_percentiles_of_few_skewed_values_do_not_cover() {
    // The known weakness that the caution about few observations is there for.
    let [_, bca, percentile, ..] = coverage(Distribution::HeavyLatency, 5, 600, 400).map(Option::unwrap);
    assert!(bca < 0.9 && percentile < 0.9, "{bca} {percentile}");
}

#[test]
fn tests_keep_their_level() {
    for distribution in Distribution::ALL {
        for share in error_rates(distribution, 12, 600) {
            assert!(share <= 0.08, "{} {share}", distribution.name());
        }
    }
}

#[test]
fn exact_paired_tests_keep_their_level_exactly() {
    let [exact, mid_p, _, _, tango] = mcnemar_errors(40, 0.3);
    assert!(exact <= 0.05, "{exact}");
    assert!((0.03..=0.055).contains(&mid_p), "{mid_p}");
    assert!((0.03..=0.06).contains(&tango), "{tango}");
    assert!(rate_coverage(20, 0.9, RateMethod::Wilson) > 0.93);
    assert!(simulation::wald_coverage(20, 0.9) < 0.9);
}

#[test]
fn looking_after_every_item_is_safe_with_e_values_only() {
    let errors = simulation::sequential_errors(300);
    assert!(errors.uniform <= 0.06, "{}", errors.uniform);
    assert!(errors.krichevsky_trofimov <= 0.07, "{}", errors.krichevsky_trofimov);
    assert!(errors.confidence_sequence <= 0.06, "{}", errors.confidence_sequence);
    assert!(errors.repeated_mcnemar > 0.1, "{}", errors.repeated_mcnemar);
}
