//! Which cells are compared, in which order, and what does not change the numbers.

use evals::analysis::model::{Analysis, TestStatus};
use evals::record::{CallCost, Metric, TestKind};
use llm::outcome::Outcome;
use proptest::prelude::*;

use crate::fixtures::{FAST, LIKE_FAST, Run, SLOW, cell, note, only};

/// `contestant@temperature/system` of both arms of every comparison.
fn arms(analysis: &Analysis) -> Vec<String> {
    let name = |at: u32| {
        let cell = &analysis.cells[at as usize];
        let contestant = &analysis.header.contestants[cell.contestant as usize].name;
        let temperature = cell.temperature.map_or_else(|| "-".to_owned(), |temperature| temperature.to_string());
        format!("{contestant}@{temperature}/{}", cell.system)
    };
    analysis.comparisons.iter().map(|pair| format!("{} {}", name(pair.a), name(pair.b))).collect()
}

#[test]
fn contestants_are_compared_in_their_order() {
    let analysis = Run::new(&["c", "a", "b"], &[None], 3).analyse();
    assert_eq!(arms(&analysis), ["c@-/0 a@-/0", "c@-/0 b@-/0", "a@-/0 b@-/0"]);
}

#[test]
fn contestants_meet_under_equal_conditions() {
    let analysis = Run::with_systems(&["a", "b"], &[Some(0.0), Some(0.7)], &[None, Some("Be brief.")], 3).analyse();
    assert_eq!(arms(&analysis), ["a@0/0 b@0/0", "a@0.7/0 b@0.7/0", "a@0/1 b@0/1", "a@0.7/1 b@0.7/1"]);
}

#[test]
fn one_contestant_is_compared_with_itself_in_one_factor_at_a_time() {
    let analysis = Run::with_systems(&["a"], &[Some(0.0), Some(0.7)], &[None, Some("Be brief.")], 3).analyse();
    assert_eq!(arms(&analysis), ["a@0/0 a@0.7/0", "a@0/0 a@0/1", "a@0.7/0 a@0.7/1", "a@0/1 a@0.7/1"]);
}

fn with_own_temperature(swept: &[Option<f64>]) -> Analysis {
    let mut run = Run::new(&["a", "b"], swept, 3);
    run.header.contestants[1].params.temperature = Some(0.7);
    run.plan();
    run.analyse()
}

#[test]
fn a_contestant_with_its_own_temperature_meets_the_others_at_that_one() {
    let analysis = with_own_temperature(&[Some(0.0), Some(0.7)]);
    assert_eq!(arms(&analysis), ["a@0.7/0 b@0.7/0"]);
    assert!(note(&analysis, "not_compared").is_some_and(|text| text.contains("a at temperature 0:")));
    assert!(note(&analysis, "mixed_temperature").is_none());
}

#[test]
fn temperatures_that_differ_by_request_are_compared_and_said() {
    let analysis = with_own_temperature(&[Some(0.0)]);
    assert_eq!(arms(&analysis), ["a@0/0 b@0.7/0"]);
    assert!(note(&analysis, "mixed_temperature").is_some_and(|text| text.contains("a at 0 against b at 0.7")));
}

#[test]
fn without_an_equal_temperature_in_a_sweep_there_is_no_comparison() {
    assert_eq!(with_own_temperature(&[Some(0.0), Some(1.0)]).comparisons, []);
}

#[test]
fn one_run_of_each_tests_nothing() {
    let analysis = Run::new(&["a", "b"], &[None], 1).analyse();
    assert_eq!(analysis.comparisons, []);
    assert!(note(&analysis, "one_run").is_some());
    let asked = Run::new(&["a", "b"], &[None], 1).options(|options| options.significance = Some(true)).analyse();
    assert_eq!(only(&asked.comparisons).status, TestStatus::InsufficientSamples);
    let off = Run::new(&["a", "b"], &[None], 9).options(|options| options.significance = Some(false)).analyse();
    assert_eq!(off.comparisons, []);
}

#[test]
fn answers_from_the_cache_have_texts_and_no_times() {
    let mut run = Run::new(&["a", "b"], &[None], 10).latencies(0, &FAST).latencies(1, &SLOW);
    for record in run.of(0).take(4) {
        record.from_cache = true;
        record.cost = CallCost::Nothing;
        record.attempts.clear();
    }
    let analysis = run.analyse();
    let cell = cell(&analysis, 0);
    for metric in Metric::ALL.iter().filter(|metric| metric.is_measured()) {
        let expected = if *metric == Metric::OutputTokens { 10 } else { 6 };
        assert_eq!(cell.metric(*metric).map(|summary| summary.n), Some(expected), "{metric:?}");
    }
    assert_eq!(cell.consistency.answered, 10);
    assert_eq!((analysis.totals.from_cache, analysis.totals.output_tokens), (4, 16 * 8));
    assert!(note(&analysis, "from_cache").is_some());
}

#[test]
fn a_cut_answer_has_a_time_and_a_rate_and_no_length_of_its_own() {
    let analysis = Run::new(&["a"], &[None], 10).ending(0, 4, Outcome::Truncated).analyse();
    let n = |metric| cell(&analysis, 0).metric(metric).map(|summary| summary.n);
    assert_eq!((n(Metric::LatencyMs), n(Metric::TokensPerSecond), n(Metric::CostUsd)), (Some(10), Some(10), Some(10)));
    assert_eq!(n(Metric::OutputTokens), Some(6));
    assert_eq!(cell(&analysis, 0).consistency.agreement, Some(0.6));
}

#[test]
fn consistency_takes_the_most_frequent_text_and_the_first_of_equals() {
    let mut run = Run::new(&["a"], &[None], 6);
    for (record, text) in run.of(0).zip(["x", "y", "y", "x", "z", "x "]) {
        record.answer.text = text.to_owned();
    }
    let consistency = cell(&run.analyse(), 0).consistency.clone();
    assert_eq!((consistency.unique, consistency.mode.as_deref(), consistency.mode_count), (4, Some("x"), 2));
    assert_eq!(consistency.agreement, Some(2.0 / 6.0));

    for (index, record) in run.of(0).enumerate() {
        record.answer.text = index.to_string();
    }
    let consistency = cell(&run.analyse(), 0).consistency.clone();
    assert_eq!((consistency.unique, consistency.mode, consistency.mode_count), (6, None, 0));
}

#[test]
fn equal_empty_texts_with_different_tool_calls_are_different_answers() {
    let mut run = Run::new(&["a"], &[None], 3);
    for (record, city) in run.of(0).zip(["Paris", "Paris", "Rome"]) {
        record.answer.text.clear();
        let arguments = format!("{{\"city\":\"{city}\"}}");
        record.answer.tool_calls = vec![llm::outcome::ToolCall { id: None, name: "weather".to_owned(), arguments }];
    }
    let consistency = cell(&run.analyse(), 0).consistency.clone();
    assert_eq!((consistency.answered, consistency.unique), (3, 2));
    assert_eq!(consistency.mode.as_deref(), Some("weather({\"city\":\"Paris\"})"));
}

#[test]
fn the_bootstrap_of_an_effect_size_is_named_for_what_it_is() {
    use evals::record::IntervalMethod::{Basic, Bca, Percentile, Studentised};
    for (asked, made) in [(Bca, Bca), (Percentile, Percentile), (Basic, Basic), (Studentised, Bca)] {
        for test in [TestKind::Welch, TestKind::MannWhitney, TestKind::Permutation] {
            let analysis = Run::new(&["a", "b"], &[None], 10)
                .latencies(0, &FAST)
                .latencies(1, &LIKE_FAST)
                .options(|options| (options.ci_method, options.test) = (asked, test))
                .analyse();
            assert_eq!(only(&analysis.comparisons).bootstrap_method, made, "{test:?}");
        }
    }
}

#[test]
fn analyses_on_many_threads_are_one_analysis() {
    // 900 values and 999 resamples are enough work for `stats` to use threads of its own.
    let many: Vec<f64> = (0..900).map(|at| FAST[at % 10] + (at / 10) as f64).collect();
    let run = Run::new(&["a", "b"], &[None], 900).latencies(0, &many).latencies(1, &many[..450]);
    let expected = run.analyse();
    std::thread::scope(|scope| {
        let others: Vec<_> = (0..3).map(|_| scope.spawn(|| run.analyse())).collect();
        for other in others {
            assert_eq!(other.join().expect("no panic"), expected);
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_order_of_the_records_does_not_matter(order in Just((0..30_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let mut run = Run::new(&["a", "b", "c"], &[None], 10).latencies(0, &FAST).latencies(1, &SLOW).latencies(2, &LIKE_FAST);
        let expected = run.analyse();
        let records = order.iter().map(|&at| run.records[at].clone()).collect();
        run.records = records;
        prop_assert_eq!(expected, run.analyse());
    }

    #[test]
    fn no_number_is_ever_infinite_or_missing_its_place(
        latencies in proptest::collection::vec(prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(0.0), Just(1e300), 0.0..1e6], 12),
        outcomes in proptest::collection::vec(0..7_usize, 12),
        test in 0..TestKind::ALL.len(),
        metric in 0..Metric::ALL.len(),
    ) {
        let mut run = Run::new(&["a", "b"], &[None], 6).options(|options| {
            options.test = TestKind::ALL[test];
            options.metric = Metric::ALL[metric];
            options.resamples = 99;
        });
        for ((record, latency), outcome) in run.records.iter_mut().zip(&latencies).zip(&outcomes) {
            record.timing.latency_ms = Some(*latency);
            crate::fixtures::end(record, Outcome::ALL[*outcome]);
        }
        let analysis = run.analyse();
        let json = serde_json::to_value(&analysis).expect("json");
        let back: Analysis = serde_json::from_value(json.clone()).expect("no number became null");
        prop_assert_eq!(&back.comparisons, &analysis.comparisons);
        for cell in &analysis.cells {
            prop_assert_eq!(cell.outcomes.iter().sum::<u32>(), cell.n_runs);
            for summary in &cell.metrics {
                prop_assert!(summary.mean.is_none_or(f64::is_finite));
                prop_assert_eq!(summary.mean.is_some(), summary.n > 0);
            }
        }
        for verdict in evals::analysis::verdict::verdicts(&analysis) {
            prop_assert!(!verdict.sentence.contains("NaN") && !verdict.sentence.contains("inf "));
            prop_assert!(!verdict.sentence.contains("equal"));
        }
    }
}
