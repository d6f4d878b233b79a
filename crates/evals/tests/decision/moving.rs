//! What moved between two runs: tested, corrected over everything that is looked at, and jitter stays jitter.

use evals::decision::movement::{Direction, compare};
use evals::decision::table;
use evals::decision::{Answer, Arm, DecisionOptions, Item, Measure, Scores};
use rand::RngExt;

use crate::fixtures::source;

fn items(n: usize) -> Vec<Item> {
    (0..n).map(|at| Item { id: format!("q{at}"), cluster: at as u32, weight: 1.0 }).collect()
}

fn run(n: usize, seed: u64, rate: f64, latency: f64) -> Scores {
    let mut random = source(seed);
    let mut scores = Scores::new(items(n), vec![Arm::named("m")]);
    for item in 0..n {
        for _ in 0..2 {
            let pass = if random.random::<f64>() < rate { 1.0 } else { 0.0 };
            let took = latency * (0.8 + 0.4 * random.random::<f64>());
            scores.push(
                0,
                item,
                Answer::default().with(Measure::Pass, Some(pass)).with(Measure::LatencyMs, Some(took)),
            );
        }
    }
    scores
}

#[test]
fn a_run_held_against_itself_moves_nothing() {
    let scores = run(100, 1, 0.8, 400.0);
    let found = compare(&scores, &scores, &DecisionOptions::default());
    assert!(!found.moved() && !found.worse());
    assert_eq!((found.n_items, found.only_before, found.only_after), (100, 0, 0));
    for one in &found.movements {
        assert_eq!((one.difference.value, one.direction), (Some(0.0), Direction::NotShown));
    }
}

#[test]
fn equal_runs_jitter_and_seldom_move() {
    let runs = 400;
    let moved = (0..runs)
        .filter(|seed| {
            let (before, after) = (run(60, 2 * seed, 0.7, 400.0), run(60, 2 * seed + 1, 0.7, 400.0));
            compare(&before, &after, &DecisionOptions::default()).moved()
        })
        .count();
    // At most alpha over all that is looked at: 20 of 400, and two standard errors more.
    assert!(moved <= 29, "{moved} of {runs} runs of the same model moved");
}

#[test]
fn what_got_worse_and_what_got_faster_is_told_apart() {
    let (before, after) = (run(200, 1, 0.9, 800.0), run(200, 2, 0.6, 400.0));
    let found = compare(&before, &after, &DecisionOptions::default());
    let of = |measure: Measure| found.movements.iter().find(|one| one.metric == measure).unwrap();
    assert_eq!(of(Measure::Pass).direction, Direction::Worse);
    assert!(of(Measure::Pass).difference.value.unwrap() < -0.2);
    assert_eq!(of(Measure::LatencyMs).direction, Direction::Better);
    assert!(found.moved() && found.worse());
}

#[test]
fn items_and_contestants_of_one_side_are_named_and_left_out() {
    let before = table::read(b"item,a,b\nq1,1,0\nq2,1,1\nq3,0,1\nq4,1,1\n").unwrap().scores();
    let after = table::read(b"item,a,c\nq2,0,1\nq3,0,1\nq4,0,1\nq5,0,1\n").unwrap().scores();
    let found = compare(&before, &after, &DecisionOptions::default());
    assert_eq!((found.n_items, found.only_before, found.only_after), (3, 1, 1));
    assert_eq!(found.unmatched, ["b", "c"]);
    assert_eq!(found.movements.len(), 1);
    assert_eq!((found.movements[0].before.as_str(), found.movements[0].n_items), ("a", 3));
    assert!(found.notes.iter().any(|note| note.code == "items_differ"));
}

#[test]
fn single_contestants_are_matched_whatever_they_are_called() {
    let before = table::read(b"item,old\nq1,1\nq2,1\nq3,0\n").unwrap().scores();
    let after = table::read(b"item,new\nq1,1\nq2,1\nq3,0\n").unwrap().scores();
    let found = compare(&before, &after, &DecisionOptions::default());
    assert_eq!((found.movements[0].before.as_str(), found.movements[0].after.as_str()), ("old", "new"));
    assert!(found.unmatched.is_empty());
}

#[test]
fn a_run_held_to_a_baseline_passes_fails_or_stays_open() {
    use evals::decision::GateAnswer;
    use evals::decision::movement::not_worse;
    let before = run(400, 1, 0.9, 400.0);
    let answer = |after: &Scores, margin: f64| {
        not_worse(&before, after, margin, &DecisionOptions::default()).unwrap().unwrap().answer
    };
    // Equal answers by chance are no proof of equal chances: .05 is shown by 800 of them, .02 is not.
    assert_eq!((answer(&before, 0.05), answer(&before, 0.02)), (GateAnswer::Passes, GateAnswer::Inconclusive));
    let sure = run(400, 1, 1.1, 400.0);
    let of_sure = not_worse(&sure, &sure, 0.02, &DecisionOptions::default()).unwrap().unwrap();
    assert_eq!(of_sure.answer, GateAnswer::Passes, "all pass, twice");
    assert_eq!(answer(&run(400, 2, 0.6, 400.0), 0.02), GateAnswer::Fails);
    let close = run(400, 3, 0.9, 400.0);
    assert_eq!(answer(&close, 0.2), GateAnswer::Passes);
    // A margin at the estimate itself is inside every interval.
    let held = |margin: f64| not_worse(&before, &close, margin, &DecisionOptions::default()).unwrap().unwrap();
    let open = held(held(0.2).contestants[0].estimate.unwrap().abs());
    assert_eq!((open.answer, open.contestants[0].name.as_str()), (GateAnswer::Inconclusive, "m"));
    assert!(not_worse(&before, &close, -0.1, &DecisionOptions::default()).is_err());
    // Nothing of quality on both sides: no answer is made up.
    let mut bare = Scores::new(items(3), vec![Arm::named("m")]);
    bare.push(0, 0, Answer::default().with(Measure::LatencyMs, Some(1.0)));
    assert_eq!(not_worse(&before, &bare, 0.02, &DecisionOptions::default()).unwrap(), None);
}

#[test]
fn drift_is_tested_against_the_first_run_and_corrected_over_all() {
    use evals::decision::drift::{PastRun, over_time};
    let past = |id: &str, scores: Scores| PastRun {
        run_id: id.to_owned(),
        started_at: format!("2026-01-0{id}T00:00:00Z"),
        scores,
    };
    let runs =
        [past("1", run(200, 1, 0.9, 400.0)), past("2", run(200, 2, 0.9, 400.0)), past("3", run(200, 3, 0.6, 400.0))];
    let found = over_time(&runs, &DecisionOptions::default());
    assert!(found.moved() && found.tested());
    let line = found.lines.iter().find(|line| line.metric == Measure::Pass).unwrap();
    let directions: Vec<_> = line.points.iter().map(|point| point.direction).collect();
    assert_eq!(directions, [None, Some(Direction::NotShown), Some(Direction::Worse)]);
    for point in &line.points[1..] {
        assert!(point.p_value_corrected >= point.p_value);
        assert!(point.difference.unwrap().ci_low.is_some());
    }
    assert!(line.points[0].estimate.ci_low.is_some());
    assert_eq!(found.lines.len(), 2, "passes and latency");
    let same = over_time(&[runs[0].clone(), runs[0].clone()], &DecisionOptions::default());
    assert!(!same.moved());
    assert!(!over_time(&runs[..1], &DecisionOptions::default()).tested());
    assert_eq!(over_time(&[], &DecisionOptions::default()).runs, 0);
}
