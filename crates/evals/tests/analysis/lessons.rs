//! Lessons of the predecessor that concern the analysis, by their number in its fact sheet.

use evals::analysis::model::{IntervalResult, TestStatus};
use evals::analysis::paired_test_refusal;
use evals::record::{CallCost, CorrectionKind, Metric, TestKind};
use llm::money::Usd;
use llm::outcome::Outcome;

use crate::fixtures::{FAST, LIKE_FAST, Run, SLOW, cell, note, only};

const ANY: [Option<f64>; 1] = [None];

#[test]
fn lesson_30_a_refusal_is_neither_error_nor_success_and_its_cost_stays() {
    let analysis = Run::new(&["a"], &ANY, 10).ending(0, 3, Outcome::Refused).analyse();
    let cell = cell(&analysis, 0);
    assert_eq!(cell.outcomes, [7, 0, 3, 0, 0, 0, 0]);
    assert_eq!(cell.cost_total, Usd::from_pico(12_000_000));
    assert_eq!(analysis.totals.outcomes, [7, 0, 3, 0, 0, 0, 0]);
    assert_eq!(analysis.totals.cost, Usd::from_pico(12_000_000));
}

#[test]
fn lesson_31_an_empty_text_is_not_a_refusal() {
    let analysis = Run::new(&["a"], &ANY, 4).ending(0, 1, Outcome::Empty).analyse();
    assert_eq!(cell(&analysis, 0).count(Outcome::Refused), 0);
    assert_eq!(cell(&analysis, 0).count(Outcome::Empty), 1);
    assert!(note(&analysis, "refused").is_none());
}

#[test]
fn lesson_32_refusals_never_read_as_perfect_consistency() {
    let refused = Run::new(&["a"], &ANY, 10).ending(0, 10, Outcome::Refused).analyse();
    let consistency = &cell(&refused, 0).consistency;
    assert_eq!((consistency.answered, consistency.unique, consistency.mode_count), (0, 0, 0));
    assert_eq!((consistency.agreement, consistency.mode.as_deref()), (None, None));

    let mostly = Run::new(&["a"], &ANY, 10).ending(0, 8, Outcome::Refused).analyse();
    let consistency = &cell(&mostly, 0).consistency;
    assert_eq!((consistency.agreement, consistency.mode_count), (Some(0.2), 2));
}

#[test]
fn lesson_33_refused_runs_stay_in_timings_and_cost_and_leave_the_answers() {
    let analysis = Run::new(&["a", "b"], &ANY, 10)
        .latencies(0, &FAST)
        .latencies(1, &SLOW)
        .ending(1, 3, Outcome::Refused)
        .analyse();
    let cell = cell(&analysis, 1);
    let n = |metric| cell.metric(metric).map(|summary| summary.n);
    assert_eq!((n(Metric::LatencyMs), n(Metric::TtftMs), n(Metric::CostUsd)), (Some(10), Some(10), Some(10)));
    assert_eq!(n(Metric::OutputTokens), Some(7));
    assert_eq!(cell.consistency.answered, 7);
    assert_eq!(only(&analysis.comparisons).n_refused_b, 3);
    let caveat = note(&analysis, "refused").expect("a caveat");
    assert!(caveat.starts_with("b refused 3 of 10 runs."), "{caveat}");
}

#[test]
fn lesson_35_temperatures_are_never_pooled() {
    let analysis = Run::new(&["a", "b"], &[Some(0.0), Some(1.0)], 5).latencies(0, &FAST).latencies(1, &SLOW).analyse();
    assert_eq!(analysis.cells.len(), 4);
    assert!(analysis.cells.iter().all(|cell| cell.n_runs == 5));
    assert_eq!(analysis.comparisons.len(), 2);
    for comparison in &analysis.comparisons {
        assert_eq!((comparison.n_a, comparison.n_b), (5, 5));
        let temperature = |at: u32| analysis.cells[at as usize].temperature;
        assert_eq!(temperature(comparison.a), temperature(comparison.b));
    }
}

#[test]
fn lesson_36_observations_of_two_temperatures_and_systems_do_not_overwrite_each_other() {
    let temperatures = [Some(0.0), Some(1.0)];
    let analysis = Run::with_systems(&["a", "b"], &temperatures, &[None, Some("Be brief.")], 5).analyse();
    assert_eq!(analysis.cells.len(), 8);
    assert_eq!(analysis.cells.iter().map(|cell| cell.n_runs).sum::<u32>(), 40);
    assert_eq!(analysis.comparisons.len(), 4);
    for comparison in &analysis.comparisons {
        let (a, b) = (&analysis.cells[comparison.a as usize], &analysis.cells[comparison.b as usize]);
        assert_eq!((a.system, a.temperature), (b.system, b.temperature));
    }
}

#[test]
fn lesson_37_repeats_are_never_paired_by_position() {
    let mut run = Run::new(&["a", "b"], &ANY, 10).options(|options| options.test = TestKind::PairedT);
    assert!(paired_test_refusal(&run.header).is_some_and(|why| why.contains("share nothing but an index")));
    run.header.analysis.test = TestKind::Welch;
    assert_eq!(paired_test_refusal(&run.header), None);
    run.header.analysis.test = TestKind::WilcoxonSigned;
    let comparison = only(&run.analyse().comparisons).clone();
    assert_eq!((comparison.status, comparison.p_value, comparison.significant), (TestStatus::NotPaired, None, false));

    // Failures of one arm only take that arm's values.
    let failed = Run::new(&["a", "b"], &ANY, 10).latencies(0, &FAST).latencies(1, &SLOW).ending(0, 4, Outcome::Error);
    let comparison = only(&failed.analyse().comparisons).clone();
    assert_eq!((comparison.n_a, comparison.n_b), (6, 10));
}

#[test]
fn lesson_39_untestable_pairs_do_not_spend_the_correction_and_trivial_ones_do() {
    // a and b vary; c and d are constant and equal; e has too few values.
    let analysis = Run::new(&["a", "b", "c", "d", "e"], &ANY, 10)
        .latencies(0, &FAST)
        .latencies(1, &LIKE_FAST)
        .ending(4, 8, Outcome::Error)
        .analyse();
    let of = |status: TestStatus| analysis.comparisons.iter().filter(|pair| pair.status == status).count();
    assert_eq!(analysis.comparisons.len(), 10);
    assert_eq!((of(TestStatus::Tested), of(TestStatus::Trivial), of(TestStatus::InsufficientSamples)), (5, 1, 4));
    for comparison in &analysis.comparisons {
        assert_eq!((comparison.n_comparisons, comparison.n_pairs_untestable), (6, 4));
        match comparison.status {
            TestStatus::Tested => {
                let p = comparison.p_value.expect("a p");
                assert_eq!(comparison.p_value_corrected, Some((p * 6.0).min(1.0)));
            }
            TestStatus::Trivial => assert_eq!(comparison.p_value_corrected, Some(1.0)),
            _ => assert_eq!((comparison.p_value, comparison.p_value_corrected), (None, None)),
        }
    }
}

#[test]
fn lesson_40_nothing_untestable_enters_holm_or_becomes_significant() {
    for correction in CorrectionKind::ALL {
        let analysis = Run::new(&["a", "b", "c", "d"], &ANY, 10)
            .latencies(0, &FAST)
            .latencies(1, &SLOW)
            .latencies(2, &[f64::NAN; 10])
            .latencies(3, &[f64::INFINITY; 10])
            .options(|options| options.correction = *correction)
            .analyse();
        for comparison in &analysis.comparisons {
            let tested = comparison.status == TestStatus::Tested;
            assert_eq!(comparison.p_value_corrected.is_some(), tested);
            assert!(comparison.p_value_corrected.is_none_or(f64::is_finite));
            assert_eq!(comparison.significant, tested, "{correction:?}");
            assert_eq!((comparison.n_comparisons, comparison.n_pairs_untestable), (1, 5));
        }
    }
}

#[test]
fn lesson_41_constants_have_no_interval_and_no_data_has_no_mean() {
    let analysis = Run::new(&["a", "b"], &ANY, 5).latencies(1, &[120.0; 5]).analyse();
    let summary = cell(&analysis, 0).metric(Metric::LatencyMs).expect("latency");
    assert_eq!((summary.mean, summary.stdev), (Some(100.0), Some(0.0)));
    assert_eq!(summary.mean_ci, IntervalResult::Constant);
    assert!(summary.quantiles.iter().all(|quantile| quantile.ci == IntervalResult::Constant));
    let comparison = only(&analysis.comparisons);
    assert_eq!((comparison.status, comparison.p_value), (TestStatus::ZeroVariance, None));
    assert_eq!((comparison.difference, &comparison.difference_ci), (Some(-20.0), &IntervalResult::Constant));
    assert_eq!(comparison.effect_size, None);

    let equal = Run::new(&["a", "b"], &ANY, 5).analyse();
    let comparison = only(&equal.comparisons);
    assert_eq!(
        (comparison.status, comparison.p_value, comparison.significant),
        (TestStatus::Trivial, Some(1.0), false)
    );
    assert_eq!(comparison.effect_size, Some(0.0));

    let nothing = Run::new(&["a"], &ANY, 5).ending(0, 5, Outcome::Error).analyse();
    for summary in &cell(&nothing, 0).metrics {
        assert_eq!((summary.n, summary.mean, summary.stdev), (0, None, None));
        assert_eq!(summary.mean_ci, IntervalResult::NoData);
        assert!(summary.quantiles.iter().all(|quantile| quantile.value.is_none()));
    }
}

#[test]
fn lesson_42_a_pair_without_values_has_no_p_and_its_own_status() {
    let analysis = Run::new(&["a", "b"], &ANY, 5).ending(0, 5, Outcome::Error).ending(1, 5, Outcome::Error).analyse();
    let comparison = only(&analysis.comparisons);
    assert_eq!(comparison.status, TestStatus::InsufficientSamples);
    assert_eq!((comparison.difference, comparison.p_value), (None, None));
    assert_eq!(comparison.difference_ci, IntervalResult::NoData);
}

#[test]
fn lesson_43_one_population_serves_the_summary_and_the_test() {
    for metric in Metric::ALL.iter().filter(|metric| metric.is_measured()) {
        let analysis = Run::new(&["a", "b"], &ANY, 10)
            .ending(0, 2, Outcome::Refused)
            .ending(1, 4, Outcome::Truncated)
            .options(|options| options.metric = *metric)
            .analyse();
        let comparison = only(&analysis.comparisons);
        let n = |at: u32| analysis.cells[at as usize].metric(*metric).map(|summary| summary.n);
        assert_eq!((Some(comparison.n_a), Some(comparison.n_b)), (n(comparison.a), n(comparison.b)), "{metric:?}");
    }
}

#[test]
fn lesson_44_mixed_temperature_handling_is_said() {
    let mut run = Run::new(&["a", "b"], &[Some(0.2)], 5);
    assert!(note(&run.analyse(), "mixed_temperature").is_none());
    run.header.contestants[1].sends_temperature = false;
    let analysis = run.analyse();
    let text = note(&analysis, "mixed_temperature").expect("a warning");
    assert!(text.contains("a at 0.2 against b at its provider's default"), "{text}");
}

#[test]
fn lesson_45_an_interval_asked_for_and_not_made_says_why() {
    let off = Run::new(&["a"], &ANY, 5).options(|options| options.intervals = Some(false)).analyse();
    assert!(cell(&off, 0).metrics.iter().all(|summary| summary.mean_ci == IntervalResult::NotAsked));
    let single = Run::new(&["a"], &ANY, 1).options(|options| options.intervals = Some(true)).analyse();
    assert!(cell(&single, 0).metrics.iter().all(|summary| summary.mean_ci == IntervalResult::TooFew { need: 2 }));
    let tails = Run::new(&["a"], &ANY, 10).latencies(0, &FAST).analyse();
    let p99 = cell(&tails, 0).metric(Metric::LatencyMs).and_then(|summary| summary.quantiles.last());
    assert_eq!(p99.map(|quantile| &quantile.ci), Some(&IntervalResult::TooFew { need: 368 }));
}

#[test]
fn lesson_46_the_run_seeds_its_own_resampling() {
    let mut run = Run::new(&["a", "b"], &ANY, 10).latencies(0, &FAST).latencies(1, &SLOW);
    let first = run.analyse();
    assert_eq!(first, run.analyse());
    run.header.seed = 8;
    assert_ne!(first.cells, run.analyse().cells);
    run.header.analysis.bootstrap_seed = Some(7);
    assert_eq!(first.cells, run.analyse().cells);
}

#[test]
fn lesson_47_a_free_model_has_no_measured_cost() {
    for cost in [CallCost::Free, CallCost::Unpriced] {
        let mut run = Run::new(&["a", "b"], &ANY, 5).options(|options| options.metric = Metric::CostUsd);
        run.of(1).for_each(|record| record.cost = cost);
        let analysis = run.analyse();
        let comparison = only(&analysis.comparisons);
        assert_eq!((comparison.status, comparison.p_value), (TestStatus::NotMeasured, None));
        assert_eq!(comparison.n_comparisons, 0);
        assert!(note(&analysis, "untestable_pairs").is_some());
    }
}

#[test]
fn lesson_54_calls_never_made_are_cancelled_and_in_no_figure() {
    let mut run = Run::new(&["a"], &ANY, 10).latencies(0, &FAST);
    run.records.truncate(6);
    let analysis = run.analyse();
    assert_eq!(analysis.rows.len(), 10);
    assert_eq!(analysis.totals.outcomes, [6, 0, 0, 0, 0, 0, 4]);
    assert!(analysis.rows[6..].iter().all(|row| row.outcome == Outcome::Cancelled && row.attempts.is_empty()));
    assert_eq!(cell(&analysis, 0).metric(Metric::LatencyMs).map(|summary| summary.n), Some(6));
}

#[test]
fn lesson_69_and_71_a_sweep_over_a_model_without_temperature_is_equal_requests() {
    let mut run = Run::new(&["a"], &[Some(0.0), Some(1.0)], 5).latencies(0, &FAST);
    assert_eq!(run.analyse().comparisons.len(), 1);
    run.header.contestants[0].sends_temperature = false;
    let analysis = run.analyse();
    assert!(note(&analysis, "temperature_omitted").is_some());
    assert!(note(&analysis, "equal_requests").is_some());
    assert_eq!(analysis.comparisons, []);
}
