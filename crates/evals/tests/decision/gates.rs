//! What gates and bars answer.

use evals::decision::{DecisionOptions, GateAnswer, Item, Measure, Scores, decide, decide_scores, put_gate};
use llm::outcome::Outcome;

use crate::fixtures::{change, close, of_items, passes, run, scores, single};

fn ask(scores: &Scores, gate: &str) -> (GateAnswer, Option<u64>) {
    let result = put_gate(scores, &gate.parse().unwrap(), &DecisionOptions::default());
    (result.answer, result.needed_runs)
}

#[test]
fn fifty_nine_of_fifty_nine_is_the_least_that_shows_ninety_five_at_ninety_five() {
    let gate = "pass_rate >= 0.95 @ 95%";
    let of = |n: usize| ask(&scores(Measure::Pass, &[("m", passes(n, n))]), gate);
    assert_eq!(of(59), (GateAnswer::Passes, None));
    assert_eq!(of(58), (GateAnswer::Inconclusive, Some(1)));
    assert_eq!(of(20), (GateAnswer::Inconclusive, Some(39)));
    // 22 of 22 shows 87 % and not 88 %: .05^(1/22) = .8727.
    let all = scores(Measure::Pass, &[("m", passes(22, 22))]);
    assert_eq!(ask(&all, "pass_rate >= 0.872").0, GateAnswer::Passes);
    assert_eq!(ask(&all, "pass_rate >= 0.873").0, GateAnswer::Inconclusive);
    // Refuted: the upper bound of 30 of 50 is .716.
    assert_eq!(ask(&scores(Measure::Pass, &[("m", passes(30, 50))]), gate).0, GateAnswer::Fails);
    assert_eq!(ask(&scores(Measure::Refused, &[("m", passes(0, 59))]), "refusal_rate <= 5%").0, GateAnswer::Passes);
}

#[test]
fn runs_of_one_item_are_not_independent_trials() {
    // 20 items of 4 runs, all passed: 80 passes do not show what 80 items would.
    let repeated = scores(Measure::Pass, &[("m", vec![vec![Some(1.0); 4]; 20])]);
    let gate = "pass_rate >= 0.95";
    assert_eq!(ask(&repeated, gate), (GateAnswer::Inconclusive, Some(39 * 4)));
    // Nor do 80 items of 20 clusters.
    let items = (0..80).map(|at| Item { id: at.to_string(), cluster: at / 4, weight: 1.0 }).collect();
    let clustered = of_items(Measure::Pass, items, &[("m", passes(80, 80))]);
    assert_eq!(ask(&clustered, gate).0, GateAnswer::Inconclusive);
    assert_eq!(ask(&scores(Measure::Pass, &[("m", passes(80, 80))]), gate).0, GateAnswer::Passes);
    // Items that always differ by one run in four are nearly as good as single trials.
    let mixed = scores(Measure::Pass, &[("m", vec![vec![Some(1.0), Some(1.0), Some(1.0), Some(0.0)]; 60])]);
    assert_eq!(ask(&mixed, "pass_rate >= 0.68").0, GateAnswer::Passes);
}

#[test]
fn the_number_of_runs_that_is_asked_for_decides_when_it_comes() {
    for passed in [42, 46, 48] {
        let gate = "pass_rate >= 0.9";
        let (answer, needed) = ask(&scores(Measure::Pass, &[("m", passes(passed, 50))]), gate);
        assert_eq!(answer, GateAnswer::Inconclusive, "{passed}");
        if let Some(needed) = needed {
            // The next multiple of 50, where the rate is the same to the last digit.
            let n = (50 + needed as usize).next_multiple_of(50);
            let same_rate = passed * n / 50;
            let then = ask(&scores(Measure::Pass, &[("m", passes(same_rate, n))]), gate).0;
            assert_ne!(then, GateAnswer::Inconclusive, "{passed} of 50 and {needed} more");
        }
    }
    // At the limit itself nothing decides.
    assert_eq!(
        ask(&scores(Measure::Pass, &[("m", passes(45, 50))]), "pass_rate >= 0.9"),
        (GateAnswer::Inconclusive, None)
    );
}

#[test]
fn quantiles_are_decided_by_the_share_of_answers_on_their_side() {
    let latency = |slow: usize, n: usize| {
        let values: Vec<f64> = (0..n).map(|at| if at < slow { 3000.0 } else { 900.0 + at as f64 }).collect();
        scores(Measure::LatencyMs, &[("m", single(&values))])
    };
    let gate = "p95(latency) < 2s";
    assert_eq!(ask(&latency(0, 59), gate).0, GateAnswer::Passes);
    assert_eq!(ask(&latency(0, 58), gate), (GateAnswer::Inconclusive, Some(1)));
    // One slow one in 93 still shows it, in 92 not (Clopper and Pearson: .9501, .9495).
    assert_eq!(ask(&latency(1, 93), gate).0, GateAnswer::Passes);
    assert_eq!(ask(&latency(1, 92), gate).0, GateAnswer::Inconclusive);
    assert_eq!(ask(&latency(20, 100), gate).0, GateAnswer::Fails);
    assert_eq!(ask(&latency(0, 59), "p05(latency) > 800ms").0, GateAnswer::Passes);
}

#[test]
fn means_are_decided_by_one_sided_bounds() {
    let values: Vec<f64> = (0..30).map(|at| 7.0 + f64::from(at % 5) * 0.5).collect();
    let judged = scores(Measure::Score, &[("m", single(&values))]);
    // Mean 8, standard error .1313, t(29) at .95 = 1.6991: the lower bound is 7.7769.
    assert_eq!(ask(&judged, "mean(score) >= 7.77").0, GateAnswer::Passes);
    assert_eq!(ask(&judged, "mean(score) >= 7.78").0, GateAnswer::Inconclusive);
    assert_eq!(ask(&judged, "mean(score) >= 8.24").0, GateAnswer::Fails);
    let constant = scores(Measure::Score, &[("m", single(&[8.0; 20]))]);
    let result = put_gate(&constant, &"mean(score) >= 7".parse().unwrap(), &DecisionOptions::default());
    assert_eq!(result.answer, GateAnswer::Inconclusive);
    assert!(result.contestants[0].reason.contains("no spread"), "{:?}", result.contestants);
    // A price is a fact.
    let free = scores(Measure::CostUsd, &[("m", single(&[0.0; 20]))]);
    assert_eq!(ask(&free, "cost per item < $0.002").0, GateAnswer::Passes);
}

#[test]
fn not_worse_than_holds_the_difference_to_its_margin() {
    let base: Vec<f64> = (0..100).map(|at| f64::from(u8::from(at % 10 != 0))).collect();
    let equal = scores(Measure::Pass, &[("old", single(&base)), ("new", single(&base))]);
    assert_eq!(ask(&equal, "pass_rate not worse than old by 0.05").0, GateAnswer::Passes);
    let (answer, needed) = ask(&equal, "pass_rate not worse than old by 0.001");
    assert!(answer == GateAnswer::Inconclusive && needed.is_some());
    let worse: Vec<f64> = base.iter().enumerate().map(|(at, v)| if at < 30 { 0.0 } else { *v }).collect();
    let worse = scores(Measure::Pass, &[("old", single(&base)), ("new", single(&worse))]);
    assert_eq!(ask(&worse, "pass_rate not worse than old by 0.05").0, GateAnswer::Fails);
    assert_eq!(ask(&worse, "pass_rate not worse than new by 0.05").0, GateAnswer::Passes);
    // For costs less is better, and a margin may be a share.
    let cost = |factor: f64| single(&(0..40).map(|at| factor * (1.0 + f64::from(at % 7) / 10.0)).collect::<Vec<_>>());
    let costs = scores(Measure::CostUsd, &[("old", cost(0.001)), ("new", cost(0.0012))]);
    assert_eq!(ask(&costs, "cost not worse than old by 25%").0, GateAnswer::Passes);
    assert_eq!(ask(&costs, "cost not worse than old by 15%").0, GateAnswer::Fails);
    assert_eq!(ask(&costs, "cost not worse than new by 1%").0, GateAnswer::Passes);
    let unknown = put_gate(&costs, &"cost not worse than baseline by 1%".parse().unwrap(), &DecisionOptions::default());
    assert!(unknown.answer == GateAnswer::Inconclusive && unknown.reason.contains("`baseline`"));
    let named = DecisionOptions { baseline: Some("old".to_owned()), ..DecisionOptions::default() };
    let known = put_gate(&costs, &"cost not worse than baseline by 25%".parse().unwrap(), &named);
    assert_eq!((known.answer, known.contestants.len()), (GateAnswer::Passes, 1));
}

#[test]
fn missing_answers_never_decide_by_their_absence() {
    let mut some = passes(100, 100);
    let gate = "pass_rate >= 0.95";
    assert_eq!(ask(&scores(Measure::Pass, &[("m", some.clone())]), gate).0, GateAnswer::Passes);
    some.extend(vec![vec![None]; 10]);
    let result = put_gate(&scores(Measure::Pass, &[("m", some)]), &gate.parse().unwrap(), &DecisionOptions::default());
    assert_eq!((result.answer, result.needed_runs), (GateAnswer::Inconclusive, None));
    assert!(result.contestants[0].reason.contains("10 answers have no value"), "{:?}", result.contestants[0]);
    // Few missing ones that could not change it leave the answer standing.
    let mut few = passes(500, 500);
    few.push(vec![None]);
    assert_eq!(ask(&scores(Measure::Pass, &[("m", few)]), gate).0, GateAnswer::Passes);
    // A call that never ended is not a fast one.
    let mut slow = single(&[100.0; 60]);
    slow.extend(vec![vec![None]; 5]);
    assert_eq!(ask(&scores(Measure::LatencyMs, &[("m", slow)]), "p95(latency) < 2s").0, GateAnswer::Inconclusive);
}

#[test]
fn refusals_leave_a_run_undecided_and_the_cheapest_that_clears_the_bar_is_named() {
    let mut analysis = run(&["dear", "cheap", "bad"], 40, 1);
    change(&mut analysis, 1, |_, row, _| row.cost = evals::record::CallCost::Known(llm::money::Usd::from_pico(1_000)));
    change(&mut analysis, 2, |at, row, scored| {
        row.cost = evals::record::CallCost::Known(llm::money::Usd::from_pico(10));
        scored.passed = if at % 2 == 0 { 2 } else { 1 };
    });
    let options = DecisionOptions {
        bar: Some("pass_rate >= 0.9".parse().unwrap()),
        gates: vec!["pass_rate >= 0.9".parse().unwrap()],
        ..DecisionOptions::default()
    };
    let decision = decide(&analysis, &options);
    assert_eq!(decision.cheapest_clearing_bar.as_deref(), Some("cheap"));
    assert_eq!(decision.bar.as_ref().unwrap().cheapest_shown.as_deref(), Some("cheap"));
    assert_eq!(decision.gates[0].answer, GateAnswer::Fails);
    let answers: Vec<GateAnswer> = decision.gates[0].contestants.iter().map(|arm| arm.answer).collect();
    assert_eq!(answers, [GateAnswer::Passes, GateAnswer::Passes, GateAnswer::Fails]);
    // 36 of 40 clear it by the estimate alone; asked with a confidence they do not.
    change(&mut analysis, 1, |at, _, scored| scored.passed = if at < 4 { 0 } else { 2 });
    assert_eq!(decide(&analysis, &options).cheapest_clearing_bar.as_deref(), Some("cheap"));
    let sure = DecisionOptions { bar: Some("pass_rate >= 0.9 @ 95%".parse().unwrap()), ..options.clone() };
    assert_eq!(decide(&analysis, &sure).cheapest_clearing_bar.as_deref(), Some("dear"));
    // Refusals are missing passes: counted, bounded, and noted.
    change(&mut analysis, 0, |at, row, _| {
        if at < 8 {
            row.outcome = Outcome::Refused;
        }
    });
    let refused = decide(&analysis, &options);
    let dear = &refused.contestants[0].primary;
    assert_eq!((dear.n_items, dear.n_missing), (32, 8));
    close(dear.bounds.unwrap().low, 0.8, 1e-12);
    close(dear.bounds.unwrap().high, 1.0, 0.0);
    assert_eq!(refused.gates[0].contestants[0].answer, GateAnswer::Inconclusive);
    assert!(refused.notes.iter().any(|note| note.code == "missing_answers"));
    let rate = refused.contestants[0].metrics.iter().find(|found| found.metric == Measure::Refused).unwrap();
    close(rate.mean, 0.2, 1e-12);
}

#[test]
fn a_bar_without_any_cost_has_no_cheapest() {
    let options = DecisionOptions { bar: Some("pass_rate >= 0.5".parse().unwrap()), ..DecisionOptions::default() };
    let decision = decide_scores(&scores(Measure::Pass, &[("m", passes(9, 10))]), &options);
    assert_eq!(decision.cheapest_clearing_bar, None);
    assert!(decision.bar.unwrap().contestants[0].clears);
}
