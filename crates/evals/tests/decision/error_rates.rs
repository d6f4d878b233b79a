//! How often intervals cover, tests err and gates claim what is not so.

use evals::decision::{DecisionOptions, GateAnswer, Item, Measure, Scores, decide_scores, estimate, put_gate};
use rand::RngExt;
use rand_chacha::ChaCha12Rng;

use crate::fixtures::{of_items, scores, source};

const TRIALS: u32 = 400;

/// Passes of `runs` runs on items whose own rates are spread over [from, to].
fn repeated(source: &mut ChaCha12Rng, items: usize, runs: usize, from: f64, to: f64) -> Vec<Vec<Option<f64>>> {
    (0..items)
        .map(|_| {
            let rate = from + (to - from) * source.random::<f64>();
            (0..runs).map(|_| Some(f64::from(u8::from(source.random::<f64>() < rate)))).collect()
        })
        .collect()
}

/// Of 400 with true rate .95, fewer than 367 come about one time in a thousand; the upper side is free:
/// intervals of rates are conservative.
const LEAST_COVERED: u32 = 367;

#[test]
fn intervals_of_repeated_rates_cover_whatever_the_items_are_like() {
    let mut source = source(1);
    for (items, runs, from, to) in [(20, 1, 0.8, 0.8), (20, 4, 0.0, 1.0), (40, 4, 0.9, 1.0), (30, 5, 0.5, 0.5)] {
        let truth = f64::midpoint(from, to);
        let covered = (0..TRIALS)
            .filter(|_| {
                let results = scores(Measure::Pass, &[("m", repeated(&mut source, items, runs, from, to))]);
                let found = estimate(&results, 0, Measure::Pass, 0.95);
                found.ci_low.unwrap() <= truth && truth <= found.ci_high.unwrap()
            })
            .count() as u32;
        println!("{items} items, {runs} runs, {from}..{to}: {covered} of {TRIALS} covered");
        assert!(covered >= LEAST_COVERED, "{items} items, {runs} runs, {from}..{to}: {covered} of {TRIALS}");
    }
}

#[test]
fn differences_of_clustered_scores_cover() {
    let mut source = source(2);
    let covered = (0..TRIALS)
        .filter(|_| {
            let items: Vec<Item> =
                (0..60).map(|at| Item { id: at.to_string(), cluster: at / 3, weight: 1.0 }).collect();
            let shared: Vec<f64> = (0..20).map(|_| source.random::<f64>()).collect();
            let mut arm = |shift: f64| -> Vec<Vec<Option<f64>>> {
                (0..60).map(|at| vec![Some(shared[at / 3] * (1.0 + shift) + source.random::<f64>())]).collect()
            };
            // The shift works through what the cluster shares: its expectation is .5 · .4.
            let (a, b) = (arm(0.4), arm(0.0));
            let decision = pair_only(&of_items(Measure::Score, items, &[("a", a), ("b", b)]));
            decision.0 <= 0.2 && 0.2 <= decision.1
        })
        .count() as u32;
    println!("clustered difference: {covered} of {TRIALS} covered");
    assert!((LEAST_COVERED..=395).contains(&covered), "{covered} of {TRIALS}");
}

fn pair_only(scores: &Scores) -> (f64, f64) {
    let options = DecisionOptions { resamples: 1, rearrangements: 999, ..DecisionOptions::default() };
    let decision = decide_scores(scores, &options);
    (decision.comparisons[0].ci_low.unwrap(), decision.comparisons[0].ci_high.unwrap())
}

#[test]
fn four_equal_arms_are_rarely_told_apart_and_the_best_is_rarely_left_out() {
    let mut source = source(3);
    let options = DecisionOptions { resamples: 999, rearrangements: 999, ..DecisionOptions::default() };
    let (mut claimed, mut left_out) = (0, 0);
    for _ in 0..200 {
        let mut arm = || repeated(&mut source, 25, 2, 0.3, 1.0);
        let arms = [("a", arm()), ("b", arm()), ("c", arm()), ("d", arm())];
        let decision = decide_scores(&scores(Measure::Pass, &arms), &options);
        claimed += u32::from(decision.comparisons.iter().any(|pair| pair.significant));
        left_out += u32::from(decision.tied_best.len() < 4);
    }
    println!("equal arms: {claimed} claims, {left_out} left out of 200");
    // At 5 % more than 18 of 200 come once in a hundred times and a half.
    assert!(claimed <= 18, "{claimed}");
    assert!(left_out <= 18, "{left_out}");
}

#[test]
fn gates_claim_what_is_not_so_at_most_as_often_as_allowed() {
    let mut source = source(4);
    let gate = "pass_rate >= 0.8 @ 95%".parse().unwrap();
    // The truth lies on the limit: passing and failing are both wrong, each at most 5 % of the time.
    for (items, runs, from, to) in [(40, 1, 0.8, 0.8), (30, 4, 0.6, 1.0), (30, 4, 0.8, 0.8)] {
        let (mut passed, mut failed) = (0, 0);
        for _ in 0..TRIALS {
            let results = scores(Measure::Pass, &[("m", repeated(&mut source, items, runs, from, to))]);
            match put_gate(&results, &gate, &DecisionOptions::default()).answer {
                GateAnswer::Passes => passed += 1,
                GateAnswer::Fails => failed += 1,
                GateAnswer::Inconclusive => {}
            }
        }
        println!("gate on the limit, {items} items, {runs} runs: {passed} pass, {failed} fail of {TRIALS}");
        assert!(passed <= 31 && failed <= 31, "{items} items, {runs} runs: {passed} {failed} of {TRIALS}");
    }
}
