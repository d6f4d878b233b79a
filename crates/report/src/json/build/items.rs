//! What was asked for, as the output carries it: enough to read the run back.

use evals::analysis::model::Analysis;
use evals::record::{Contestant, Prompt, RunHeader};
use llm::request::Role;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{decision, finite, milliseconds, model_id, omitted, params, scores};
use crate::document::Document;
use crate::json::run::{ContestantRow, Invocation, MessageRow, NoteRow, PromptRow, TimeoutsRow};
use crate::json::sorted;

pub(super) fn invocation(header: &RunHeader) -> Invocation {
    let limit = |duration| milliseconds(duration);
    Invocation {
        command: header.command.clone(),
        models: header.contestants.iter().map(|contestant| contestant.name.clone()).collect(),
        judges: header.judges().iter().map(|judge| judge.name.clone()).collect(),
        temperatures: header.temperatures.iter().map(|temperature| temperature.and_then(finite)).collect(),
        system_prompts: header.systems.clone(),
        runs: header.runs,
        seed: header.seed,
        concurrency: header.concurrency,
        max_retries: header.max_retries,
        timeouts: TimeoutsRow {
            connect_ms: limit(header.timeouts.connect),
            first_byte_ms: limit(header.timeouts.first_byte),
            idle_ms: limit(header.timeouts.idle),
            total_ms: limit(header.timeouts.total),
        },
        analysis: stored(&header.analysis),
    }
}

pub(super) fn notes(analysis: &Analysis) -> Vec<NoteRow> {
    let planned = analysis.header.notes.len();
    let rows = analysis.notes.iter().enumerate();
    rows.map(|(at, note)| NoteRow { code: note.code.clone(), text: note.text.clone(), planned: at < planned }).collect()
}

pub(super) fn prompt(prompt: &Prompt) -> PromptRow {
    PromptRow {
        id: prompt.id.clone(),
        text: prompt.text.clone(),
        messages: prompt
            .messages
            .iter()
            .map(|message| MessageRow {
                role: match message.role {
                    Role::User => "user",
                    Role::Assistant => "assistant",
                },
                text: message.text.clone(),
            })
            .collect(),
        systems: prompt.systems.clone(),
        checks: prompt.checks.iter().map(|check| sorted_map(&check.0)).collect(),
        tags: prompt.tags.clone(),
        weight: finite(prompt.weight).unwrap_or(1.0),
        cluster: prompt.cluster.clone(),
        reference: prompt.reference.clone(),
        expected_facts: prompt.expected_facts.clone(),
        vars: sorted_map(&prompt.vars),
    }
}

pub(super) fn contestant(document: &Document<'_>, at: usize, contestant: &Contestant) -> ContestantRow {
    ContestantRow {
        name: contestant.name.clone(),
        spec: contestant.spec.clone(),
        model: model_id(contestant),
        wire_model: contestant.model.clone(),
        provider: contestant.provider.clone(),
        family: contestant.family.clone(),
        params: params(&contestant.params),
        sends_temperature: contestant.sends_temperature,
        omitted_parameters: omitted(contestant),
        price_sheet: stored(&contestant.price),
        decision: decision::of_contestant(document.analysis.decision.as_ref(), &contestant.name),
        scores: document.contestant_scores(at).map(|found| scores::contestant(document, found)),
    }
}

/// What answers are scored by, as it is stored, without the folder of this machine.
pub(super) fn scoring(header: &RunHeader) -> Value {
    let mut scoring = header.scoring.clone();
    if let Some(suite) = &mut scoring.suite {
        suite.folder = None;
    }
    stored(&scoring)
}

/// A value in its stored form. Numbers that JSON does not know become null.
pub(super) fn stored(value: &impl Serialize) -> Value {
    serde_json::to_value(value).map(sorted).unwrap_or_default()
}

fn sorted_map(map: &Map<String, Value>) -> Map<String, Value> {
    match sorted(Value::Object(map.clone())) {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
