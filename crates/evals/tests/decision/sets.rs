//! Sets of arms: who is tied for best, who is on the front.

use evals::decision::{Answer, Arm, DecisionOptions, FigureStatus, Item, Measure, Scores, decide, decide_scores};
use rand::RngExt;

use crate::fixtures::{change, close, run, scores, single, source};

#[test]
fn the_tied_set_holds_whoever_is_not_shown_worse() {
    let mut source = source(5);
    let base: Vec<f64> = (0..120).map(|_| source.random::<f64>()).collect();
    let mut noisy =
        |shift: f64| -> Vec<f64> { base.iter().map(|v| v + shift + 0.2 * (source.random::<f64>() - 0.5)).collect() };
    let (best, close_by, worse) = (noisy(0.0), noisy(-0.004), noisy(-0.2));
    let decision = decide_scores(
        &scores(Measure::Score, &[("worse", single(&worse)), ("best", single(&best)), ("close", single(&close_by))]),
        &DecisionOptions::default(),
    );
    assert_eq!(decision.tied_best.len(), 2);
    assert!(!decision.tied_best.contains(&"worse".to_owned()));
    let p: Vec<f64> = decision.contestants.iter().map(|arm| arm.p_best.unwrap()).collect();
    close(p.iter().sum::<f64>(), 1.0, 1e-9);
    close(p[0], 0.0, 0.0);
    assert_eq!(decision.contestants[0].rank_interval, Some((3.0, 3.0)));
    // For latency less is better.
    let slow: Vec<f64> = base.iter().map(|v| 900.0 + 50.0 * v).collect();
    let fast: Vec<f64> = base.iter().map(|v| 500.0 + 50.0 * v * v).collect();
    let decision = decide_scores(
        &scores(Measure::LatencyMs, &[("slow", single(&slow)), ("fast", single(&fast))]),
        &DecisionOptions::default(),
    );
    assert_eq!(decision.tied_best, ["fast"]);
    close(decision.contestants[1].p_best, 1.0, 0.0);
}

#[test]
fn two_items_tell_nobody_from_the_best() {
    let decision = decide_scores(
        &scores(Measure::Score, &[("a", single(&[1.0, 1.0])), ("b", single(&[0.0, 0.1]))]),
        &DecisionOptions::default(),
    );
    assert_eq!(decision.tied_best, ["a", "b"]);
    assert!(decision.notes.iter().any(|note| note.code == "too_few_items"));
}

#[test]
fn items_that_some_have_not_answered_are_left_out_of_the_ranking_and_said_so() {
    let mut values = single(&[0.9; 12]);
    values[3] = vec![None];
    let other: Vec<f64> = (0..12).map(|at| 0.3 + f64::from(at) / 100.0).collect();
    let decision =
        decide_scores(&scores(Measure::Score, &[("a", values), ("b", single(&other))]), &DecisionOptions::default());
    let note = decision.notes.iter().find(|note| note.code == "common_items").unwrap();
    assert!(note.text.contains("11 of 12"), "{}", note.text);
    assert_eq!(decision.tied_best, ["a"]);
}

fn three_ways(runs: usize) -> Scores {
    let items: Vec<Item> = (0..60).map(|at| Item { id: at.to_string(), cluster: at, weight: 1.0 }).collect();
    let arms = ["good", "dominated", "cheap"];
    let mut scores = Scores::new(items, arms.iter().map(|name| Arm::named(*name)).collect());
    let mut source = source(9);
    for item in 0..60 {
        for (arm, (rate, cost, latency)) in
            [(0.95, 0.010, 900.0), (0.5, 0.020, 2500.0), (0.6, 0.001, 400.0)].iter().enumerate()
        {
            for _ in 0..runs {
                let spread = 0.8 + 0.4 * source.random::<f64>();
                let passed = f64::from(u8::from(source.random::<f64>() < *rate));
                let answer = Answer::default()
                    .with(Measure::Pass, Some(passed))
                    .with(Measure::CostUsd, Some(cost * spread))
                    .with(Measure::LatencyMs, Some(latency * spread));
                scores.push(arm, item, answer);
            }
        }
    }
    scores
}

#[test]
fn the_front_names_who_dominates_and_whether_that_is_certain() {
    let options = DecisionOptions { resamples: 1_499, ..DecisionOptions::default() };
    let decision = decide_scores(&three_ways(3), &options);
    let names: Vec<(&str, bool)> = decision.pareto.iter().map(|point| (point.name.as_str(), point.on_front)).collect();
    assert_eq!(names, [("good", true), ("dominated", false), ("cheap", true)]);
    let by = &decision.pareto[1].dominated_by;
    assert!(by.iter().any(|one| one.name == "good" && one.certain), "{by:?}");
    let point = &decision.pareto[0];
    for figure in [point.quality, point.cost, point.latency_p95_ms] {
        assert_eq!(figure.status, FigureStatus::Estimated);
        assert!(figure.ci_low < figure.value && figure.value < figure.ci_high);
    }
    // Simultaneous intervals are wider than the single one.
    let single = &decision.contestants[0].cost_per_item;
    assert!(point.cost.ci_low < single.ci_low && point.cost.ci_high > single.ci_high);
    // With 60 answers the tail of latency has no interval, and nothing about it is certain.
    let few = decide_scores(&three_ways(1), &options);
    assert_eq!(few.pareto[1].latency_p95_ms.status, FigureStatus::TooFew);
    assert!(few.pareto[1].dominated_by.iter().all(|one| !one.certain));
}

#[test]
fn a_run_gives_cost_per_pass_and_latency_with_intervals() {
    let mut analysis = run(&["a", "b"], 100, 1);
    change(&mut analysis, 0, |at, row, scored| {
        row.timing.latency_ms = Some(100.0 + at as f64);
        row.cost = evals::record::CallCost::Known(llm::money::Usd::from_pico(1_000_000_000 + 1_000_000 * at as u64));
        scored.passed = if at % 4 == 0 { 1 } else { 2 };
    });
    let decision = decide(&analysis, &DecisionOptions::default());
    let arm = &decision.contestants[0];
    close(arm.primary.mean, 0.75, 1e-12);
    close(arm.cost_per_item.value, 0.001_049_5, 1e-12);
    close(arm.cost_per_passed_item.value, 0.001_049_5 / 0.75, 1e-12);
    let (low, high) = (arm.cost_per_passed_item.ci_low.unwrap(), arm.cost_per_passed_item.ci_high.unwrap());
    assert!(low < 0.0014 && 0.0014 < high && high < 0.0017, "{low} {high}");
    close(arm.latency_p50_ms.value, 149.5, 1e-9);
    close(arm.latency_p95_ms.value, 194.05, 1e-9);
    // Order statistics 90 and 99 of 100: ranks that scipy's binom.ppf gives for p95 at 95 %.
    close(arm.latency_p95_ms.ci_low, 189.0, 1.0);
    close(arm.latency_p95_ms.ci_high, 198.0, 1.0);
    assert_eq!(arm.pass_at_k.len(), 1);
    // One whose every latency is alike has a median and no spread around it to speak of.
    close(decision.contestants[1].latency_p50_ms.value, 100.0, 0.0);
    let json = serde_json::to_string(&decision).unwrap();
    assert_eq!(serde_json::from_str::<evals::decision::Decision>(&json).unwrap(), decision);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    for key in
        ["name", "n_items", "n_missing", "mean", "standard_error", "ci_low", "ci_high", "pass_at_k", "pass_hat_k"]
    {
        assert!(value["contestants"][0].get(key).is_some(), "{key}");
    }
    for key in [
        "a",
        "b",
        "metric",
        "n_items",
        "n_runs",
        "mean_a",
        "mean_b",
        "difference",
        "ci_low",
        "ci_high",
        "ci_level",
        "method",
        "p_value",
        "p_value_corrected",
        "correction",
        "effect_size",
        "effect_size_metric",
        "status",
    ] {
        assert!(value["comparisons"][0].get(key).is_some(), "{key}");
    }
}

#[test]
fn nothing_measured_decides_nothing() {
    let decision = decide_scores(&scores(Measure::Score, &[("a", vec![vec![None]; 4])]), &DecisionOptions::default());
    assert_eq!((decision.primary, decision.tied_best.len()), (None, 0));
    assert_eq!(decision.notes[0].code, "nothing_measured");
}
