//! Simulates how often decisions are wrong and what stopping early saves, and prints the tables of docs/decisions.md.
//! Fixed seeds: every run prints the same.
//!
//! `cargo run --release -p evals --example simulate`

#![allow(clippy::print_stdout, reason = "the output of the example")]

use evals::decision::sequential::{Monitor, StopReason, StoppingRule};
use evals::decision::{Answer, Arm, DecisionOptions, Gate, GateAnswer, Item, Measure, Scores, decide_scores, put_gate};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use stats::hypothesis::{McNemarMethod, mcnemar};

/// Simulated runs per row; the standard error of 5 % is then 0.5 points.
const RUNS: u32 = 2_000;
const ITEMS: u32 = 200;

fn main() {
    stopping();
    means();
    gates();
    sets();
}

fn source(seed: u64) -> ChaCha12Rng {
    ChaCha12Rng::seed_from_u64(seed)
}

fn percent(part: u32, whole: u32) -> String {
    format!("{:.1}", 100.0 * f64::from(part) / f64::from(whole))
}

fn rule() -> StoppingRule {
    StoppingRule {
        alpha: 0.05,
        margin: None,
        range: (0.0, 1.0),
        higher_is_better: true,
        single_passes: true,
        planned_items: ITEMS,
        budget_items: None,
        futility: false,
    }
}

#[derive(Default)]
struct Tally {
    better: [u32; 2],
    equal: u32,
    futile: u32,
    items: u64,
}

fn watch(rule: &StoppingRule, mut item: impl FnMut(&mut ChaCha12Rng) -> [f64; 2]) -> Tally {
    let mut tally = Tally::default();
    for run in 0..RUNS {
        let mut source = source(u64::from(run));
        let Ok(mut monitor) = Monitor::new(2, rule.clone()) else { return tally };
        for at in 0..rule.planned_items {
            if monitor.push(at, &item(&mut source).map(Some)).is_some() {
                break;
            }
        }
        tally.items += u64::from(monitor.items());
        let found = monitor.report(0, 0);
        match (found.decision, found.leader) {
            (Some(StopReason::Superiority), Some(leader)) => tally.better[leader as usize] += 1,
            (Some(StopReason::Equivalence), _) => tally.equal += 1,
            (Some(StopReason::Futility), _) => tally.futile += 1,
            _ => {}
        }
    }
    tally
}

/// One run of an item under each arm: only a passes, only b, or both.
fn pair(source: &mut ChaCha12Rng, only_a: f64, only_b: f64) -> [f64; 2] {
    let draw: f64 = source.random();
    if draw < only_a {
        [1.0, 0.0]
    } else if draw < only_a + only_b {
        [0.0, 1.0]
    } else {
        [1.0, 1.0]
    }
}

fn row(truth: &str, rules: &str, tally: &Tally, fixed: &str) {
    let saved = 100.0 * (1.0 - tally.items as f64 / f64::from(RUNS) / f64::from(ITEMS));
    println!(
        "| {truth} | {rules} | {} | {} | {} | {} | {saved:.0} | {fixed} |",
        percent(tally.better[0], RUNS),
        percent(tally.better[1], RUNS),
        percent(tally.equal, RUNS),
        percent(tally.futile, RUNS),
    );
}

fn stopping() {
    println!("### Stopping when it is decided: 200 items planned, one run each, alpha 5 %, per cent\n");
    println!(
        "| truth | may stop for | a better | b better | within margin | futile | items saved | all 200 items, exact McNemar |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|---:|");
    let rules = [
        ("superiority", None, false),
        ("… or futility", None, true),
        ("… or a margin of 0.1", Some(0.1), false),
        ("… or all of these", Some(0.1), true),
    ];
    let truths = [
        ("equal, 30 % of items differ", 0.15, 0.15),
        ("equal, 10 % differ", 0.05, 0.05),
        ("a better by 0.1, the margin", 0.15, 0.05),
        ("a better by 0.2", 0.25, 0.05),
        ("a better by 0.3", 0.35, 0.05),
    ];
    for (truth, only_a, only_b) in truths {
        let fixed = (0..RUNS)
            .filter(|run| {
                let mut source = source(u64::from(*run));
                let (mut a, mut b) = (0, 0);
                for _ in 0..ITEMS {
                    match pair(&mut source, only_a, only_b) {
                        [first, second] if first > second => a += 1,
                        [first, second] if first < second => b += 1,
                        _ => {}
                    }
                }
                mcnemar(a, b, McNemarMethod::Exact).p_value.is_some_and(|p| p < 0.05)
            })
            .count() as u32;
        for (name, margin, futility) in rules {
            let rule = StoppingRule { margin, futility, ..rule() };
            let tally = watch(&rule, |source| pair(source, only_a, only_b));
            row(truth, name, &tally, &percent(fixed, RUNS));
        }
    }
}

fn means() {
    println!("\n### The same with four runs an item: bets on the mean, 200 items planned, per cent\n");
    println!("| truth | may stop for | a better | b better | within margin | futile | items saved |");
    println!("|---|---|---:|---:|---:|---:|---:|");
    for (truth, a, b) in [("equal, 0.7", 0.7, 0.7), ("0.8 against 0.7", 0.8, 0.7), ("0.9 against 0.7", 0.9, 0.7)] {
        for (name, margin, futility) in [("superiority", None, false), ("… or all of these", Some(0.1), true)] {
            let rule = StoppingRule { single_passes: false, margin, futility, ..rule() };
            let tally = watch(&rule, |source| {
                let mut share =
                    |rate: f64| f64::from((0..4).map(|_| u32::from(source.random::<f64>() < rate)).sum::<u32>()) / 4.0;
                [share(a), share(b)]
            });
            let saved = 100.0 * (1.0 - tally.items as f64 / f64::from(RUNS) / f64::from(ITEMS));
            println!(
                "| {truth} | {name} | {} | {} | {} | {} | {saved:.0} |",
                percent(tally.better[0], RUNS),
                percent(tally.better[1], RUNS),
                percent(tally.equal, RUNS),
                percent(tally.futile, RUNS)
            );
        }
    }
}

/// Passes on items whose own rates are spread evenly over a range about `rate`.
fn scores(source: &mut ChaCha12Rng, items: usize, runs: usize, rates: &[f64], spread: f64) -> Scores {
    let list = (0..items).map(|at| Item { id: at.to_string(), cluster: at as u32, weight: 1.0 }).collect();
    let arms = (0..rates.len()).map(|arm| Arm::named(((b'a' + arm as u8) as char).to_string())).collect();
    let mut scores = Scores::new(list, arms);
    for item in 0..items {
        let ease = spread * (2.0 * source.random::<f64>() - 1.0);
        for (arm, rate) in rates.iter().enumerate() {
            for _ in 0..runs {
                let passed = source.random::<f64>() < rate + ease;
                scores.push(arm, item, Answer::default().with(Measure::Pass, Some(f64::from(u8::from(passed)))));
            }
        }
    }
    scores
}

fn gates() {
    println!("\n### Gates at 95 %, per cent of runs\n");
    println!("| gate | items | runs | truth | passes | fails | inconclusive |");
    println!("|---|---:|---:|---|---:|---:|---:|");
    let limit = "pass_rate >= 0.8 @ 95%";
    let other = "pass_rate not worse than a by 0.05";
    let rows: [(&str, usize, usize, &[f64]); 9] = [
        (limit, 50, 1, &[0.8]),
        (limit, 50, 4, &[0.8]),
        (limit, 200, 1, &[0.8]),
        (limit, 200, 1, &[0.9]),
        (limit, 200, 1, &[0.7]),
        (other, 200, 1, &[0.85, 0.80]),
        (other, 200, 4, &[0.85, 0.80]),
        (other, 200, 4, &[0.85, 0.85]),
        (other, 200, 4, &[0.85, 0.70]),
    ];
    for (text, items, runs, rates) in rows {
        let Ok(gate) = text.parse::<Gate>() else { continue };
        let mut source = source(5);
        let mut counts = [0_u32; 3];
        for _ in 0..RUNS {
            let scores = scores(&mut source, items, runs, rates, 0.1);
            match put_gate(&scores, &gate, &DecisionOptions::default()).answer {
                GateAnswer::Passes => counts[0] += 1,
                GateAnswer::Fails => counts[1] += 1,
                GateAnswer::Inconclusive => counts[2] += 1,
            }
        }
        let truth: Vec<String> = rates.iter().map(|rate| format!("{rate}")).collect();
        let [passes, fails, open] = counts.map(|count| percent(count, RUNS));
        println!("| `{text}` | {items} | {runs} | {} | {passes} | {fails} | {open} |", truth.join(" and "));
    }
}

fn sets() {
    println!("\n### All pairs and the tied set, Holm at 5 %, per cent of 500 runs\n");
    println!(
        "| contestants | items | runs | truth | any false claim | the best left out of the tied set | tied set size |"
    );
    println!("|---:|---:|---:|---|---:|---:|---:|");
    let options = DecisionOptions { resamples: 999, rearrangements: 999, ..DecisionOptions::default() };
    let rows: [(usize, usize, &[f64], &str); 4] = [
        (50, 1, &[0.8, 0.8, 0.8, 0.8], "all 0.8"),
        (50, 4, &[0.8, 0.8, 0.8, 0.8], "all 0.8"),
        (100, 4, &[0.85, 0.8, 0.8, 0.6], "0.85, 0.8, 0.8, 0.6"),
        (400, 2, &[0.85, 0.8, 0.8, 0.6], "0.85, 0.8, 0.8, 0.6"),
    ];
    for (items, runs, rates, truth) in rows {
        let mut source = source(6);
        let (mut claims, mut left_out, mut size) = (0, 0, 0);
        for _ in 0..500 {
            let decision = decide_scores(&scores(&mut source, items, runs, rates, 0.1), &options);
            let rate = |name: &str| rates[(name.as_bytes()[0] - b'a') as usize];
            claims += u32::from(decision.comparisons.iter().any(|pair| {
                let (a, b) = (rate(&pair.a), rate(&pair.b));
                pair.significant && (a == b || (a > b) != (pair.difference > Some(0.0)))
            }));
            left_out += u32::from(!decision.tied_best.iter().any(|name| name == "a"));
            size += decision.tied_best.len();
        }
        println!(
            "| {} | {items} | {runs} | {truth} | {} | {} | {:.1} |",
            rates.len(),
            percent(claims, 500),
            percent(left_out, 500),
            size as f64 / 500.0
        );
    }
}
