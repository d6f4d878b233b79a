//! Pairs of arms: the method fits the data, and missing answers are bounded.

use evals::decision::{
    Answer, Arm, DecisionOptions, IntervalKind, Item, Measure, PairDecision, PairStatus, Scores, decide_scores,
};
use proptest::prelude::*;

use crate::fixtures::{close, of_items, passes, scores, single};

/// Ten paired scores with reference values from scipy.
const A: [f64; 10] = [0.9, 0.7, 0.8, 1.0, 0.4, 0.6, 0.75, 0.85, 0.5, 0.95];
const B: [f64; 10] = [0.8, 0.75, 0.6, 0.9, 0.5, 0.4, 0.7, 0.8, 0.45, 0.7];

fn first(scores: &Scores) -> PairDecision {
    decide_scores(scores, &DecisionOptions::default()).comparisons[0].clone()
}

#[test]
fn scores_are_paired_by_item() {
    let pair = first(&scores(Measure::Score, &[("a", single(&A)), ("b", single(&B))]));
    close(pair.difference, 0.085, 1e-12);
    // t(9) = 2.262157 times the paired error .035; the unpaired one is .0814.
    close(pair.ci_low, 0.085 - 2.262_157_162_7 * 0.035, 1e-9);
    close(pair.p_value, 0.058_593_75, 1e-12);
    close(pair.effect_size, 0.767_981_7, 1e-6);
    assert_eq!((pair.method.as_str(), pair.test.as_str()), ("t", "sign_flip_exact"));
    assert_eq!((pair.n_items, pair.n_runs, pair.status), (10, 1, PairStatus::Tested));
}

#[test]
fn runs_are_averaged_before_anything_else() {
    // Two runs around each value, the same distance apart.
    let doubled = |values: &[f64]| -> Vec<Vec<Option<f64>>> {
        values.iter().map(|v| vec![Some(v - 0.05), Some(v + 0.05)]).collect()
    };
    let once = first(&scores(Measure::Score, &[("a", single(&A)), ("b", single(&B))]));
    let twice = first(&scores(Measure::Score, &[("a", doubled(&A)), ("b", doubled(&B))]));
    close(twice.difference, once.difference.unwrap(), 1e-12);
    close(twice.ci_low, once.ci_low.unwrap(), 1e-12);
    close(twice.p_value, once.p_value.unwrap(), 1e-12);
    assert_eq!((twice.n_items, twice.n_runs), (10, 2));
}

#[test]
fn clusters_count_once_and_weights_weigh() {
    // The clustered reference: 12 answers in 4 clusters of 3, error .0833333 instead of .1486.
    let y = [1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0];
    let items: Vec<Item> = (0..12).map(|at| Item { id: at.to_string(), cluster: at / 3, weight: 1.0 }).collect();
    let clustered = of_items(Measure::Score, items, &[("a", single(&y)), ("zero", single(&[0.0; 12]))]);
    let decision = decide_scores(&clustered, &DecisionOptions::default());
    close(decision.contestants[0].primary.standard_error, 0.083_333_333_3, 1e-9);
    assert_eq!(decision.contestants[0].primary.method, "clustered_t");
    let pair = &decision.comparisons[0];
    close(pair.difference, 0.583_333_333_3, 1e-9);
    // t(3) = 3.182446.
    close(pair.ci_low, 0.583_333_333_3 - 3.182_446_305 * 0.083_333_333_3, 1e-8);
    // Four clusters of one sign: 2 of 16 arrangements reach the sum.
    close(pair.p_value, 0.125, 1e-12);
    let weighted: Vec<Item> =
        (0..10).map(|at| Item { id: at.to_string(), cluster: at, weight: if at == 0 { 3.0 } else { 1.0 } }).collect();
    let pair = first(&of_items(Measure::Score, weighted, &[("a", single(&A)), ("b", single(&B))]));
    close(pair.difference, (0.85 + 2.0 * 0.1) / 12.0, 1e-12);
    assert_eq!(pair.method, "clustered_t");
}

#[test]
fn passes_get_tangos_interval_and_mcnemars_test() {
    // 12 items that only a passes, 3 that only b does, of 100: the published interval.
    let a: Vec<f64> = (0..100).map(|at| f64::from(u8::from(!(12..50).contains(&at)))).collect();
    let b: Vec<f64> = (0..100).map(|at| f64::from(u8::from((12..15).contains(&at) || at >= 50))).collect();
    let pair = first(&scores(Measure::Pass, &[("a", single(&a)), ("b", single(&b))]));
    close(pair.ci_low, 0.015_977_141_7, 1e-9);
    close(pair.ci_high, 0.173_742_844_7, 1e-9);
    close(pair.p_value, 0.035_156_25, 1e-12);
    // All against none has no spread, and is the clearest case there is.
    let all = first(&scores(Measure::Pass, &[("a", passes(20, 20)), ("b", passes(0, 20))]));
    assert_eq!(all.status, PairStatus::Tested);
    close(all.p_value, 2.0 / f64::from(1 << 20), 1e-18);
    // Tango's bound in closed form, (n - z²)/(n + z²).
    close(all.ci_low, 0.677_749_7, 1e-6);
    assert!(all.effect_size.is_none());
}

#[test]
fn repeated_passes_are_tested_by_item_not_by_run() {
    // Eight items, five runs each; pooling runs would make 40 pairs of them.
    let runs =
        |passed: usize| -> Vec<Option<f64>> { (0..5).map(|at| Some(f64::from(u8::from(at < passed)))).collect() };
    let a = vec![runs(5), runs(5), runs(4), runs(5), runs(3), runs(5), runs(2), runs(5)];
    let b = vec![runs(0), runs(1), runs(4), runs(2), runs(3), runs(1), runs(3), runs(0)];
    let pair = first(&scores(Measure::Pass, &[("a", a), ("b", b)]));
    assert_eq!((pair.method.as_str(), pair.test.as_str()), ("tango_repeated", "sign_flip_exact"));
    close(pair.difference, 0.5, 1e-12);
    // Differences 1 .8 0 .6 0 .8 -.2 1: by hand, |sum| >= 4 in 2 · 4 · 2 = 16 of 256 (the two zeros are free, and -.2 may
    // turn to make the sum larger).
    close(pair.p_value, 16.0 / 256.0, 1e-12);
    assert!(pair.ci_low.unwrap() > 0.0 && pair.ci_high.unwrap() < 1.0);
}

#[test]
fn what_cannot_be_tested_is_named() {
    let status = |a: &[f64], b: &[f64]| {
        let pair = first(&scores(Measure::Score, &[("a", single(a)), ("b", single(b))]));
        (pair.status, pair.p_value.is_some(), pair.ci_low.is_some())
    };
    assert_eq!(status(&[1.0, 2.0], &[2.0, 3.0]), (PairStatus::InsufficientSamples, false, false));
    assert_eq!(status(&A, &A), (PairStatus::Trivial, true, false));
    let shifted: Vec<f64> = A.iter().map(|value| value + 1.0).collect();
    assert_eq!(status(&A, &shifted), (PairStatus::ZeroVariance, true, false));
    let nothing = vec![vec![None]; 10];
    let pair = first(&scores(Measure::Score, &[("a", single(&A)), ("b", nothing)]));
    assert_eq!((pair.status, pair.n_items, pair.difference), (PairStatus::NotMeasured, 0, None));
    // Untestable pairs spend nothing of the correction.
    let three = scores(Measure::Score, &[("a", single(&A)), ("b", single(&B)), ("c", vec![vec![None]; 10])]);
    let decision = decide_scores(&three, &DecisionOptions::default());
    assert_eq!(decision.comparisons.len(), 3);
    assert_eq!(decision.comparisons[0].p_value, decision.comparisons[0].p_value_corrected);
}

#[test]
fn missing_answers_are_bounded_as_the_worst_and_the_best_case() {
    let mut a = passes(8, 10);
    a[0] = vec![None];
    let pair = first(&scores(Measure::Pass, &[("a", a), ("b", passes(5, 10))]));
    // Nine common items: 7 of 9 against 4 of 9; with the tenth, .7 or .8 against .5.
    close(pair.difference, 3.0 / 9.0, 1e-12);
    let bounds = pair.bounds.unwrap();
    close(bounds.low, 0.2, 1e-12);
    close(bounds.high, 0.3, 1e-12);
    assert_eq!(pair.n_items, 9);
    // The bounds of a mean are those of `stats::missing` where items are single runs.
    let values: Vec<Option<f64>> = A.iter().enumerate().map(|(at, v)| (at > 1).then_some(*v)).collect();
    let mut results = scores(Measure::Score, &[("a", values.iter().map(|v| vec![*v]).collect())]);
    results.set_range(Measure::Score, 0.0, 1.0);
    let found = decide_scores(&results, &DecisionOptions::default()).contestants[0].primary.bounds.unwrap();
    let expected = stats::missing::mean(&values, (0.0, 1.0), 0.95).unwrap();
    close(found.low, expected.low, 1e-12);
    close(found.ci_low, expected.interval.unwrap().low, 1e-12);
    close(found.ci_high, expected.interval.unwrap().high, 1e-12);
}

#[test]
fn arms_of_one_contestant_differ_in_one_factor_and_others_share_both() {
    let arm = |contestant: &str, system: u32, temperature: Option<f64>| Arm {
        contestant: contestant.to_owned(),
        system,
        temperature,
        ..Arm::named(format!("{contestant} {system} {temperature:?}"))
    };
    let pairs = |arms: Vec<Arm>| {
        let items = (0..5).map(|at| Item { id: at.to_string(), cluster: at, weight: 1.0 }).collect();
        let mut scores = Scores::new(items, arms.clone());
        for place in 0..arms.len() {
            for item in 0..5 {
                scores.push(place, item, Answer::default().with(Measure::Score, Some((item + place) as f64)));
            }
        }
        decide_scores(&scores, &DecisionOptions::default()).comparisons.len()
    };
    let (cold, hot) = (Some(0.0), Some(1.0));
    assert_eq!(pairs(vec![arm("a", 0, cold), arm("a", 0, hot), arm("a", 1, cold), arm("a", 1, hot)]), 4);
    assert_eq!(pairs(vec![arm("a", 0, cold), arm("a", 0, hot), arm("b", 0, cold), arm("b", 0, hot)]), 2);
    // A contestant with a temperature of its own is compared at the only one it has.
    assert_eq!(pairs(vec![arm("a", 0, cold), arm("b", 0, Some(0.7))]), 1);
    assert_eq!(pairs(vec![arm("a", 0, cold), arm("b", 1, cold)]), 0);
}

#[test]
fn corrections_and_bootstraps_are_as_asked() {
    let three = scores(Measure::Score, &[("a", single(&A)), ("b", single(&B)), ("c", single(&[0.3; 10]))]);
    let decision = decide_scores(&three, &DecisionOptions::default());
    let p: Vec<Option<f64>> = decision.comparisons.iter().map(|pair| pair.p_value).collect();
    let corrected: Vec<Option<f64>> = decision.comparisons.iter().map(|pair| pair.p_value_corrected).collect();
    assert_eq!(corrected, stats::correction::Correction::Holm.adjust(&p).p_values);
    let options =
        DecisionOptions { interval: IntervalKind::ItemBootstrap, seed: Some(3), ..DecisionOptions::default() };
    let boot = decide_scores(&three, &options);
    assert_eq!(boot, decide_scores(&three, &options));
    let pair = &boot.comparisons[0];
    assert_eq!(pair.method, "item_bootstrap");
    let t = &decision.comparisons[0];
    close(pair.ci_low, t.ci_low.unwrap(), 0.03);
    close(pair.ci_high, t.ci_high.unwrap(), 0.03);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn turning_a_pair_round_turns_its_signs(
        rows in prop::collection::vec((prop::option::of(0.0..1.0_f64), prop::option::of(0.0..1.0_f64)), 4..14)
    ) {
        let (a, b): (Vec<_>, Vec<_>) = rows.iter().map(|row| (vec![row.0], vec![row.1])).unzip();
        let mut one = scores(Measure::Score, &[("a", a.clone()), ("b", b.clone())]);
        let mut other = scores(Measure::Score, &[("b", b), ("a", a)]);
        one.set_range(Measure::Score, 0.0, 1.0);
        other.set_range(Measure::Score, 0.0, 1.0);
        if !one.has(Measure::Score) {
            return Ok(());
        }
        let (one, other) = (first(&one), first(&other));
        prop_assert_eq!(one.p_value, other.p_value);
        prop_assert_eq!(one.status, other.status);
        let turned = |value: Option<f64>| value.map(|value| -value);
        for (x, y) in [
            (one.difference, turned(other.difference)),
            (one.ci_low, turned(other.ci_high)),
            (one.bounds.map(|b| b.low), turned(other.bounds.map(|b| b.high))),
        ] {
            prop_assert_eq!(x.is_some(), y.is_some());
            if let (Some(x), Some(y)) = (x, y) {
                prop_assert!((x - y).abs() < 1e-9);
            }
        }
        if let (Some(bounds), Some(difference)) = (one.bounds, one.difference) {
            prop_assert!(bounds.low <= bounds.high);
            let _ = difference;
        }
    }
}
