//! Stopping when it is decided: what stops a run, and how often it errs.

use evals::decision::sequential::{Monitor, PairVerdict, StopReason, StoppingRule, replay};
use evals::decision::{Measure, Scores};
use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use stats::sequential::{Mixture, straight_wins_needed};

use crate::fixtures::{close, scores, single, source};

fn rule(items: u32) -> StoppingRule {
    StoppingRule {
        alpha: 0.05,
        margin: None,
        range: (0.0, 1.0),
        higher_is_better: true,
        single_passes: true,
        planned_items: items,
        budget_items: None,
        futility: false,
    }
}

#[test]
fn eight_straight_wins_decide_and_an_item_counts_once() {
    let needed = straight_wins_needed(Mixture::Uniform, 0.05).unwrap() as u32;
    let mut monitor = Monitor::new(2, rule(100)).unwrap();
    let win = [Some(1.0), Some(0.0)];
    for item in 0..needed {
        assert_eq!(monitor.stopped(), None);
        // Pushed again, and with another value, an item is what it was.
        monitor.push(item, &win);
        monitor.push(item, &[Some(0.0), Some(1.0)]);
    }
    assert_eq!((needed, monitor.items(), monitor.stopped()), (8, 8, Some(StopReason::Superiority)));
    let report = monitor.report(16, 200);
    assert_eq!((report.leader, report.items_used, report.items_planned), (Some(0), 8, 100));
    assert_eq!(report.evidence[0].verdict, Some((PairVerdict::ABetter, 8)));
    close(report.evidence[0].ln_e_value, 28.444_444_4_f64.ln(), 1e-6);
    // Items on their way add evidence and do not take the stop back.
    for item in 8..40 {
        assert_eq!(monitor.push(item, &[Some(0.0), Some(1.0)]), Some(StopReason::Superiority));
    }
    assert_eq!(monitor.evidence()[0].n_items, 40);
}

#[test]
fn less_is_better_for_costs_and_missing_items_are_counted() {
    let mut monitor =
        Monitor::new(2, StoppingRule { higher_is_better: false, single_passes: false, ..rule(500) }).unwrap();
    for item in 0..500 {
        let value = if item % 10 == 0 { None } else { Some(0.2) };
        // Outside the range nothing is known to be valid.
        let other = if item % 10 == 1 { Some(7.0) } else { Some(0.6) };
        monitor.push(item, &[value, other]);
    }
    let evidence = &monitor.evidence()[0];
    assert_eq!((evidence.n_items, evidence.n_missing), (400, 100));
    assert_eq!(evidence.verdict.unwrap().0, PairVerdict::ABetter);
    close(evidence.difference, -0.4, 1e-9);
    assert!(evidence.low < -0.4 && -0.4 < evidence.high && evidence.high < 0.0);
    assert_eq!(monitor.report(0, 0).leader, Some(0));
}

#[test]
fn budget_and_rules_that_are_none() {
    let mut monitor = Monitor::new(2, StoppingRule { budget_items: Some(5), ..rule(100) }).unwrap();
    let reasons: Vec<Option<StopReason>> = (0..6).map(|item| monitor.push(item, &[Some(1.0), Some(1.0)])).collect();
    assert_eq!(reasons[3..], [None, Some(StopReason::Budget), Some(StopReason::Budget)]);
    assert!(Monitor::new(1, rule(10)).is_err());
    assert!(Monitor::new(2, StoppingRule { margin: Some(0.0), ..rule(10) }).is_err());
    assert!(Monitor::new(2, StoppingRule { alpha: 0.0, ..rule(10) }).is_err());
    assert!(Monitor::new(2, StoppingRule { range: (1.0, 0.0), ..rule(10) }).is_err());
}

#[test]
fn equal_arms_stop_for_equivalence_and_hopeless_ones_for_futility() {
    let equal = StoppingRule { margin: Some(0.1), ..rule(2_000) };
    let mut monitor = Monitor::new(2, equal).unwrap();
    let stop = (0..2_000).find(|item| {
        // One item in ten differs, evenly.
        let values = match item % 20 {
            0 => [Some(1.0), Some(0.0)],
            10 => [Some(0.0), Some(1.0)],
            _ => [Some(1.0), Some(1.0)],
        };
        monitor.push(*item, &values).is_some()
    });
    assert_eq!(monitor.stopped(), Some(StopReason::Equivalence));
    assert!(stop.unwrap() < 1_000, "{stop:?}");
    let mut monitor = Monitor::new(2, StoppingRule { futility: true, ..rule(200) }).unwrap();
    let stop = (0..200).find(|item| {
        let values = if item % 2 == 0 { [Some(1.0), Some(0.0)] } else { [Some(0.0), Some(1.0)] };
        monitor.push(*item, &values).is_some()
    });
    assert_eq!(monitor.stopped(), Some(StopReason::Futility));
    assert!(stop.unwrap() < 180, "{stop:?}");
}

#[test]
fn three_arms_are_decided_when_one_leads_all() {
    let mut monitor = Monitor::new(3, rule(200)).unwrap();
    let stop = (0..200).find(|item| {
        let third = f64::from(u8::from(item % 2 == 0));
        monitor.push(*item, &[Some(1.0), Some(0.0), Some(third)]).is_some()
    });
    assert_eq!(monitor.report(0, 0).leader, Some(0));
    // Ten straight wins at .05/3, met by the pair that differs on every other item alone.
    assert_eq!(stop, Some(19));
}

#[test]
fn a_table_replays_to_the_same_stop() {
    let a = single(&[1.0; 60]);
    let b = single(&(0..60).map(|at| f64::from(u8::from(at % 3 == 0))).collect::<Vec<_>>());
    let results: Scores = scores(Measure::Pass, &[("a", a), ("b", b)]);
    let order: Vec<usize> = (0..60).rev().collect();
    let rule = StoppingRule::of(&results, Measure::Pass, 1, 0.05, None).unwrap();
    let monitor = replay(&results, Measure::Pass, &order, rule).unwrap();
    // Two of three items are discordant, the first two among them: the eighth is item eleven.
    assert_eq!((monitor.stopped(), monitor.items()), (Some(StopReason::Superiority), 11));
    assert!(StoppingRule::of(&results, Measure::LatencyMs, 1, 0.05, None).is_none());
}

/// What came of simulated runs.
#[derive(Default)]
struct Tally {
    superior: [u32; 2],
    equivalent: u32,
    futile: u32,
    items: u64,
}

const ITEMS: u32 = 200;

fn simulate(trials: u32, rule: &StoppingRule, mut item: impl FnMut(&mut ChaCha12Rng) -> [f64; 2]) -> Tally {
    let mut tally = Tally::default();
    for trial in 0..trials {
        // A stream for each run, so that rules are compared on the same data.
        let mut source = source(u64::from(trial));
        let mut monitor = Monitor::new(2, rule.clone()).unwrap();
        for at in 0..rule.planned_items {
            let [a, b] = item(&mut source);
            if monitor.push(at, &[Some(a), Some(b)]).is_some() {
                break;
            }
        }
        tally.items += u64::from(monitor.items());
        let stopping = monitor.report(0, 0);
        match stopping.decision {
            Some(StopReason::Superiority) => tally.superior[stopping.leader.unwrap() as usize] += 1,
            Some(StopReason::Equivalence) => tally.equivalent += 1,
            Some(StopReason::Futility) => tally.futile += 1,
            _ => {}
        }
    }
    tally
}

/// Passes of two arms: (only a, only b, both) as shares.
fn paired(only_a: f64, only_b: f64) -> impl FnMut(&mut ChaCha12Rng) -> [f64; 2] {
    move |source| {
        let draw: f64 = source.random();
        if draw < only_a {
            [1.0, 0.0]
        } else if draw < only_a + only_b {
            [0.0, 1.0]
        } else {
            [1.0, 1.0]
        }
    }
}

/// Under a true rate of 5 % more than 31 of 400 come once in a hundred times.
const TRIALS: u32 = 400;
const MOST_FALSE: u32 = 31;

#[test]
fn equal_arms_are_called_different_at_most_as_often_as_allowed_under_every_rule() {
    for (futility, margin) in [(false, None), (true, None), (true, Some(0.1)), (false, Some(0.1))] {
        let rule = StoppingRule { futility, margin, ..rule(ITEMS) };
        let tally = simulate(TRIALS, &rule, paired(0.15, 0.15));
        let wrong = tally.superior[0] + tally.superior[1];
        println!("futility {futility}, margin {margin:?}: {wrong} false of {TRIALS}");
        assert!(wrong <= MOST_FALSE, "{futility} {margin:?}: {wrong} of {TRIALS}");
    }
    // Means of several runs: bets on the mean.
    let rule = StoppingRule { single_passes: false, futility: true, ..rule(100) };
    let tally = simulate(TRIALS, &rule, |source| {
        let mut share = || f64::from((0..4).map(|_| u32::from(source.random::<f64>() < 0.7)).sum::<u32>()) / 4.0;
        [share(), share()]
    });
    assert!(tally.superior[0] + tally.superior[1] <= MOST_FALSE);
}

#[test]
fn arms_a_margin_apart_are_called_equal_or_turned_round_at_most_as_often_as_allowed() {
    // The truth lies on the margin itself, the hardest place.
    let rule = StoppingRule { margin: Some(0.1), futility: true, ..rule(ITEMS) };
    let tally = simulate(TRIALS, &rule, paired(0.15, 0.05));
    println!("on the margin: {} equal, {} turned round", tally.equivalent, tally.superior[1]);
    assert!(tally.equivalent + tally.superior[1] <= MOST_FALSE, "{} {}", tally.equivalent, tally.superior[1]);
}

#[test]
fn clear_differences_stop_early_and_hopeless_runs_too() {
    let rule = StoppingRule { futility: true, ..rule(ITEMS) };
    let clear = simulate(TRIALS, &rule, paired(0.3, 0.05));
    assert!(clear.superior[0] > TRIALS * 95 / 100 && clear.superior[1] == 0, "{:?}", clear.superior);
    println!("clear: {:?} of {TRIALS}, {} items on average", clear.superior, clear.items / u64::from(TRIALS));
    // More than half of the fixed design's items are saved.
    let mean = clear.items as f64 / f64::from(TRIALS);
    assert!(mean < f64::from(ITEMS) / 2.0, "{mean}");
    let hopeless = simulate(TRIALS, &rule, paired(0.1, 0.1));
    println!("hopeless: {} futile, {} items on average", hopeless.futile, hopeless.items / u64::from(TRIALS));
    assert!(hopeless.futile > TRIALS * 80 / 100, "{}", hopeless.futile);
    let mean = hopeless.items as f64 / f64::from(TRIALS);
    assert!(mean < 0.75 * f64::from(ITEMS), "{mean}");
}
