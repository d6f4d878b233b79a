//! The simulations of docs/statistics.md in small, with bands wide enough for the fewer samples.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests are tests too")]

mod simulation;

use simulation::judging::{calibration_coverage, ranking_coverage, repeated_coverage, simultaneous_coverage};
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

#[test]
fn intervals_of_repeated_pairs_cover() {
    for (items, runs, ease) in [(20, 1, 0.3), (20, 5, 0.3), (50, 3, 1.5)] {
        let [tango, _] = repeated_coverage(items, runs, ease, 1_000);
        assert!((0.925..=0.98).contains(&tango), "{items} {runs}: {tango}");
    }
}

#[test]
fn corrected_judges_cover() {
    let [labels, tuned, rates] = calibration_coverage(100, 0.7, 1_000);
    for share in [labels, tuned, rates] {
        assert!((0.92..=0.98).contains(&share), "{share}");
    }
}

#[test]
fn many_intervals_cover_at_once() {
    for columns in [1, 6] {
        let [together, _] = simultaneous_coverage(columns, 20, false, 600);
        assert!((0.92..=0.975).contains(&together), "{columns}: {together}");
    }
}

#[test]
fn rankings_cover_when_clustered_by_item() {
    let [likelihood, clustered, bootstrap] = ranking_coverage(60, 1.5, 300);
    assert!(likelihood < 0.9, "games over one item are not independent: {likelihood}");
    assert!((0.91..=0.98).contains(&clustered), "{clustered}");
    assert!((0.91..=0.98).contains(&bootstrap), "{bootstrap}");
}
