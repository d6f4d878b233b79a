//! Checks by the user's programs: each is started once for an answer, and what it said is stored.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use checks::{Check, ExternalResult, ExternalTask, ScriptSpec, script};
use llm::outcome::Outcome;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::shared::{Halt, Progress, Shared};
use super::stop::StopLevel;
use crate::plan::Plan;
use crate::record::{CallRecord, Externals, RunHeader};

/// The users' programs that check answers, by prompt.
pub(super) struct Scripts {
    by_prompt: HashMap<u32, Vec<(String, ScriptSpec)>>,
    /// Programs that run at a time: they share this machine with the clocks of the run.
    slots: Semaphore,
}

impl Scripts {
    /// `secret` names environment variables that hold keys: no program of a suite gets them.
    pub(super) fn new(plan: &Plan, secret: &[String]) -> Self {
        let suite = plan.header.scoring.suite.as_ref();
        let folder: Option<PathBuf> = suite.and_then(|suite| suite.folder.as_ref()).map(PathBuf::from);
        let mut by_prompt = HashMap::new();
        for (index, prompt) in plan.header.prompts.iter().enumerate() {
            let mut found = Vec::new();
            for (top, spec) in prompt.checks.iter().enumerate() {
                // A check that does not compile was refused before the run, or fails by itself when it is evaluated.
                let Ok(check) = Check::compile(spec) else { continue };
                for external in check.externals(top) {
                    if let ExternalTask::Script(mut spec) = external.task {
                        spec.base.clone_from(&folder);
                        spec.without_env = secret.to_vec();
                        found.push((external.path, spec));
                    }
                }
            }
            if !found.is_empty() {
                by_prompt.insert(index as u32, found);
            }
        }
        let slots = std::thread::available_parallelism().map_or(1, usize::from);
        Self { by_prompt, slots: Semaphore::new(slots) }
    }
}

/// Runs the programs that check one answer, if there are any and it is complete.
pub(super) async fn check_answer(shared: &Arc<Shared>, index: u32) {
    let (prompt, row) = {
        let progress = shared.progress();
        let Some(record) = progress.records.get(&index) else { return };
        if record.outcome != Outcome::Complete || !shared.scripts.by_prompt.contains_key(&record.call.prompt) {
            return;
        }
        (record.call.prompt, script_row(&shared.plan.header, record))
    };
    for (path, spec) in shared.scripts.by_prompt.get(&prompt).into_iter().flatten() {
        let key = (index, path.clone());
        if shared.progress().externals.contains_key(&key) || shared.stop.level() == StopLevel::Quit {
            continue;
        }
        let Ok(_slot) = shared.scripts.slots.acquire().await else { return };
        let (spec, row) = (spec.clone(), row.to_string());
        let result = tokio::task::spawn_blocking(move || script::run(&spec, row.as_bytes())).await;
        let result = result.unwrap_or_else(|_| ExternalResult::failed("the check ended by a fault of this tool"));
        if let Some(storing) = &shared.storing
            && let Err(error) = storing.writer.external(index, path, &result).await
        {
            shared.halt(Halt::StoreFailed(error));
        }
        shared.progress().externals.insert(key, result);
    }
}

/// True while a program has still to say something of an answer.
pub(super) fn waits_for(shared: &Shared, progress: &Progress, row: &CallRecord) -> bool {
    row.outcome == Outcome::Complete
        && shared
            .scripts
            .by_prompt
            .get(&row.call.prompt)
            .into_iter()
            .flatten()
            .any(|(path, _)| !progress.externals.contains_key(&(row.call.index, path.clone())))
}

/// What programs said of answers to one prompt.
pub(super) fn results_of(shared: &Shared, progress: &Progress, rows: &[CallRecord]) -> Externals {
    let mut results = Externals::new();
    for row in rows {
        for (path, _) in shared.scripts.by_prompt.get(&row.call.prompt).into_iter().flatten() {
            let key = (row.call.index, path.clone());
            if let Some(result) = progress.externals.get(&key) {
                results.insert(key, result.clone());
            }
        }
    }
    results
}

/// Runs the programs on answers that an earlier part of the run got and did not come to check.
pub(super) async fn check_stored(shared: Arc<Shared>) {
    if shared.scripts.by_prompt.is_empty() {
        return;
    }
    let answers = shared.plan.calls.len() as u32;
    let mut stored: Vec<u32> = shared.progress().records.keys().copied().filter(|index| *index < answers).collect();
    stored.sort_unstable();
    for index in stored {
        check_answer(&shared, index).await;
    }
}

/// The row as a program gets it on its standard input.
fn script_row(header: &RunHeader, record: &CallRecord) -> Value {
    let prompt = &header.prompts[record.call.prompt as usize];
    let contestant = header.entrant(record.call.contestant);
    let usage = &record.answer.usage;
    json!({
        "item_id": prompt.id,
        "prompt": prompt.text,
        "messages": prompt.conversation(),
        "system": header.systems.get(record.call.system as usize),
        "vars": prompt.vars,
        "tags": prompt.tags,
        "reference": prompt.reference,
        "expected_facts": prompt.expected_facts,
        "model": contestant.map(|contestant| &contestant.model),
        "name": contestant.map(|contestant| &contestant.name),
        "provider": contestant.map(|contestant| &contestant.provider),
        "temperature": record.call.temperature,
        "run_index": record.call.run_index,
        "outcome": record.outcome.as_str(),
        "output": record.answer.text,
        "reasoning": record.answer.reasoning,
        "tool_calls": record.answer.tool_calls,
        "latency_ms": record.timing.latency_ms,
        "ttft_ms": record.timing.ttft_ms,
        "output_tokens_per_second": record.timing.output_tokens_per_second,
        "input_tokens": usage.input,
        "output_tokens": usage.output,
        "cost_usd": record.cost.known_usd().map(llm::money::Usd::as_f64),
    })
}
