//! What a reader is told before he trusts a number.

use evals::analysis::model::Machine;
use evals::record::{CallCost, Note, RunEnd};
use llm::money::Usd;
use llm::outcome::Outcome;

use crate::fixtures::{Run, attempt, note};

fn codes(run: &Run) -> Vec<String> {
    run.analyse().notes.into_iter().map(|note| note.code).collect()
}

#[test]
fn a_clean_run_says_only_what_repeats_are_a_sample_of() {
    assert_eq!(codes(&Run::new(&["a", "b"], &[None], 10)), ["one_prompt"]);
    assert_eq!(codes(&Run::new(&["a"], &[None], 1)), [""; 0]);
}

#[test]
fn few_runs_carry_little() {
    let few = Run::new(&["a", "b"], &[None], 9).latencies(0, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
    assert_eq!(codes(&few), ["few_runs", "one_prompt"]);
}

#[test]
fn notes_of_the_plan_come_first_and_are_not_said_twice() {
    let mut run = Run::new(&["a"], &[Some(0.0)], 10);
    run.header.contestants[0].sends_temperature = false;
    let planned = Note { code: "temperature_omitted".to_owned(), text: "The plan said so.".to_owned() };
    run.header.notes.push(planned.clone());
    let analysis = run.analyse();
    assert_eq!(analysis.notes.first(), Some(&planned));
    assert_eq!(analysis.notes.iter().filter(|note| note.code == planned.code).count(), 1);
}

#[test]
fn other_endings_name_the_contestant_and_the_count() {
    let run = Run::new(&["a", "b"], &[None], 10).ending(0, 2, Outcome::Truncated).ending(1, 1, Outcome::Filtered);
    let analysis = run.analyse();
    assert!(
        note(&analysis, "truncated")
            .is_some_and(|text| text.starts_with("a was cut by the output limit in 2 of 10 runs."))
    );
    assert!(note(&analysis, "filtered").is_some_and(|text| text.starts_with("b was filtered in 1 of 10 runs.")));
    let failed = Run::new(&["a"], &[None], 10).ending(0, 1, Outcome::Error).analyse();
    assert!(note(&failed, "errors").is_some_and(|text| text.starts_with("a failed in 1 of 10 runs.")));
}

#[test]
fn a_budget_stop_says_how_far_it_came() {
    let mut run = Run::new(&["a", "b"], &[None], 10);
    run.records.truncate(13);
    run.end = RunEnd::BudgetReached;
    let analysis = run.analyse();
    assert!(note(&analysis, "incomplete").is_some_and(|text| text.contains("13 of 20 calls were made")));
    assert!(note(&analysis, "unequal_runs").is_some_and(|text| text.contains("between 3 and 10 runs")));
}

#[test]
fn another_model_than_the_one_asked_for_is_said_and_a_snapshot_is_not() {
    let mut run = Run::new(&["gpt-4o"], &[None], 3);
    run.of(0).for_each(|record| record.answer.served_model = Some("gpt-4o-2024-08-06".to_owned()));
    assert!(note(&run.analyse(), "served_model").is_none());
    run.of(0).take(1).for_each(|record| record.answer.served_model = Some("gpt-4o-2024-11-20".to_owned()));
    assert!(
        note(&run.analyse(), "served_model")
            .is_some_and(|text| text.contains("2024-08-06") && text.contains("2024-11-20"))
    );
    run.of(0).for_each(|record| record.answer.served_model = Some("gpt-4o-mini".to_owned()));
    assert!(note(&run.analyse(), "served_model").is_some());
}

#[test]
fn a_late_machine_is_said() {
    let mut run = Run::new(&["a"], &[None], 10);
    let lag = |lag_p99_ms| Machine { samples: 100, lag_p50_ms: 0.1, lag_p99_ms, lag_max_ms: 9.0 };
    // The median time to first token is 50 ms; two in a hundred of it are 1 ms.
    for (lag_p99_ms, said) in [(0.9, false), (1.1, true), (6.0, true)] {
        run.machine = lag(lag_p99_ms);
        assert_eq!(note(&run.analyse(), "machine_limited").is_some(), said, "{lag_p99_ms}");
    }
    run.machine = Machine { samples: 0, ..lag(50.0) };
    assert!(note(&run.analyse(), "machine_limited").is_none());
}

#[test]
fn retries_and_unknown_costs_are_counted() {
    let mut run = Run::new(&["a"], &[None], 10);
    for record in run.of(0).take(2) {
        let again = attempt(record.answer.clone());
        record.attempts.push(again);
        record.cost = CallCost::Unknown(Some(Usd::from_pico(9)));
    }
    let analysis = run.analyse();
    assert_eq!((analysis.totals.retries, analysis.totals.cost_unknown), (2, 2));
    assert_eq!(analysis.totals.cost_held, Usd::from_pico(18));
    assert_eq!(analysis.cells[0].cost_unknown, 2);
    assert!(note(&analysis, "retries").is_some_and(|text| text.starts_with("2 retries were needed")));
    assert!(note(&analysis, "cost_unknown").is_some_and(|text| text.starts_with("The cost of 2 calls is unknown")));
}
