//! What earlier runs in the store know about a contestant.

use evals::store::Store;
use llm::outcome::Outcome;

/// Runs looked at, newest first.
const MOST_RUNS: usize = 20;

/// Mean output tokens of a contestant's complete answers in the newest run that has any.
pub(crate) fn output_tokens(store: &Store, contestant: &str) -> Option<f64> {
    let runs = store.list().ok()?;
    let with = runs.iter().take(MOST_RUNS).filter(|run| run.contestants.iter().any(|name| name == contestant));
    with.into_iter().find_map(|run| {
        let run = store.load(&run.run_id).ok()?;
        let tokens: Vec<f64> = run
            .records
            .iter()
            .filter(|record| {
                record.outcome == Outcome::Complete && run.plan.contestant(&record.call).name == contestant
            })
            .filter_map(|record| record.answer.usage.output.map(|tokens| tokens as f64))
            .collect();
        (!tokens.is_empty()).then(|| tokens.iter().sum::<f64>() / tokens.len() as f64)
    })
}
