//! Numbers of an independent implementation: numpy 2 and scipy 1.17 on the arms of `fixtures`.

use evals::analysis::model::{Comparison, IntervalResult, TestStatus};
use evals::record::{IntervalMethod, Metric, TestKind};

use crate::fixtures::{FAST, LIKE_FAST, Run, SLOW, assert_close, cell, only};

const EXACT: f64 = 1e-9;

fn compare(a: &[f64], b: &[f64], test: TestKind) -> Comparison {
    let analysis = Run::new(&["a", "b"], &[None], a.len() as u32)
        .latencies(0, a)
        .latencies(1, b)
        .options(|options| {
            options.test = test;
            options.resamples = 5_000;
        })
        .analyse();
    only(&analysis.comparisons).clone()
}

#[expect(clippy::panic, reason = "a missing interval is the failure under test")]
fn bounds(interval: &IntervalResult) -> (f64, f64) {
    match interval {
        IntervalResult::Interval { low, high, .. } => (*low, *high),
        other => panic!("no interval: {other:?}"),
    }
}

#[test]
fn a_cell_in_numbers() {
    let analysis =
        Run::new(&["a"], &[None], 10).latencies(0, &FAST).options(|options| options.resamples = 5_000).analyse();
    let summary = cell(&analysis, 0).metric(Metric::LatencyMs).expect("latency");
    assert_eq!(summary.n, 10);
    assert_close(summary.mean, 813.36, EXACT);
    assert_close(summary.stdev, 24.602854396277774, EXACT);
    for (quantile, expected) in summary.quantiles.iter().zip([810.6, 847.33, 853.765, 858.913]) {
        assert_close(quantile.value, expected, EXACT);
    }
    // binom(10, 1/2): the second and the ninth of ten bound the median at 95 %.
    assert_eq!(summary.quantiles[0].ci, IntervalResult::Interval { low: 790.1, high: 845.9, few: false });
    // scipy.stats.bootstrap, BCa, 200,000 resamples: 800.84 to 830.05; ours draws 5,000.
    let (low, high) = bounds(&summary.mean_ci);
    assert!((low - 800.84).abs() < 1.5 && (high - 830.05).abs() < 1.5, "{low} {high}");
}

#[test]
fn every_interval_method_is_near_the_t_interval_of_well_behaved_values() {
    // 813.36 ± 2.2622 · 24.60 / √10: a bootstrap of ten values is somewhat narrower or, studentised, about as wide.
    for method in IntervalMethod::ALL {
        let analysis = Run::new(&["a"], &[None], 10)
            .latencies(0, &FAST)
            .options(|options| {
                options.ci_method = *method;
                options.resamples = 5_000;
            })
            .analyse();
        let (low, high) = bounds(&cell(&analysis, 0).metric(Metric::LatencyMs).expect("latency").mean_ci);
        assert!((low - 795.76).abs() < 8.0 && (high - 830.96).abs() < 8.0, "{method:?}: {low} {high}");
    }
}

#[test]
fn welch_of_a_plain_difference() {
    let found = compare(&FAST, &SLOW, TestKind::Welch);
    assert_eq!(found.status, TestStatus::Tested);
    assert_close(found.difference, -435.82, EXACT);
    assert_close(found.statistic, -31.07715738261308, EXACT);
    assert_close(found.degrees_of_freedom, 15.682238032331904, EXACT);
    assert_close(found.p_value, 1.6371297445572184e-15, 1e-6);
    assert_close(found.effect_size, -13.898127290996458, EXACT);
    assert_eq!((found.effect_size_metric.as_str(), found.effect_size_interpretation.as_str()), ("cohen_d", "large"));
    let (low, high) = bounds(&found.difference_ci);
    assert_close(Some(low), -465.5981717809884, EXACT);
    assert_close(Some(high), -406.0418282190117, EXACT);
    assert!(found.significant);
}

#[test]
fn welch_of_what_ten_runs_cannot_tell() {
    let found = compare(&FAST, &LIKE_FAST, TestKind::Welch);
    assert_close(found.statistic, -0.6302025286161399, EXACT);
    assert_close(found.degrees_of_freedom, 17.39203756394026, EXACT);
    assert_close(found.p_value, 0.5367550526529443, EXACT);
    assert_close(found.effect_size, -0.281835138715589, EXACT);
    assert_eq!(found.effect_size_interpretation, "small");
    let (low, high) = bounds(&found.difference_ci);
    assert_close(Some(low), -33.39073366889099, EXACT);
    assert_close(Some(high), 18.010733668891106, EXACT);
    assert!(!found.significant);
    // By the noncentral t distribution, with the pooled spread of 27.2855 ms.
    assert_close(found.detectable_difference, 36.15179248183228, 0.02);
    let runs = found.runs_to_detect_observed.expect("a number of runs");
    assert!((197..=201).contains(&runs), "{runs}");
    let (runs, tenth) = found.runs_to_detect_tenth.expect("a number of runs");
    assert_close(Some(tenth), 81.336, EXACT);
    assert!((3..=5).contains(&runs), "{runs}");
}

#[test]
fn mann_whitney_counts_pairs() {
    let found = compare(&FAST, &LIKE_FAST, TestKind::MannWhitney);
    assert_eq!(found.statistic, Some(41.0));
    assert_close(found.p_value, 0.5205228832757727, EXACT);
    assert_close(found.effect_size, -0.18, EXACT);
    assert_eq!(found.effect_size_metric, "cliffs_delta");
    assert_eq!(compare(&FAST, &SLOW, TestKind::MannWhitney).effect_size, Some(-1.0));
}

#[test]
fn a_small_permutation_test_is_exact() {
    let found = compare(&FAST[..6], &LIKE_FAST[..6], TestKind::Permutation);
    assert_close(found.statistic, -11.13333333333344, EXACT);
    // 474 of the 924 rearrangements.
    assert_close(found.p_value, 0.512987012987013, EXACT);
    assert_eq!(found.effect_size_metric, "cohen_d");
}
