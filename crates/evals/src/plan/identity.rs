//! What makes two runs the same experiment, and two calls the same call.

use std::borrow::Cow;
use std::fmt::{self, Write};

use llm::request::{ChatRequest, Params};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Plan;
use crate::record::{PlannedCall, Prompt, RunHeader};

/// First 16 hex digits of a SHA-256 over what was asked: prompts, system prompts, temperatures,
/// contestants with their parameters, repetitions. Where it ran, when, with which key, seed, cap
/// or tool version makes no other experiment.
pub fn experiment_key(header: &RunHeader) -> String {
    #[derive(Serialize)]
    struct Experiment<'a> {
        version: u32,
        command: &'a str,
        prompts: Vec<(&'a str, Cow<'a, str>)>,
        systems: &'a [Option<String>],
        temperatures: &'a [Option<f64>],
        runs: u32,
        contestants: Vec<(&'a str, &'a str, &'a str, &'a Params)>,
        // Left out where there are none, so that keys of runs without them stay what they were.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        own_systems: Vec<(&'a str, &'a [u32])>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        judges: Vec<(&'a str, &'a str)>,
    }
    // A conversation is more than its last turn.
    let asked = |prompt: &'_ Prompt| match prompt.messages.len() {
        0 | 1 => None,
        _ => serde_json::to_string(&prompt.messages).ok(),
    };
    let mut key = hex_digest(&Experiment {
        version: 1,
        command: &header.command,
        prompts: header
            .prompts
            .iter()
            .map(|prompt| (prompt.id.as_str(), asked(prompt).map_or(Cow::Borrowed(prompt.text.as_str()), Cow::Owned)))
            .collect(),
        systems: &header.systems,
        temperatures: &header.temperatures,
        runs: header.runs,
        contestants: header
            .contestants
            .iter()
            .map(|entrant| (entrant.name.as_str(), entrant.provider.as_str(), entrant.model.as_str(), &entrant.params))
            .collect(),
        own_systems: header
            .prompts
            .iter()
            .filter_map(|prompt| Some((prompt.id.as_str(), prompt.systems.as_deref()?)))
            .collect(),
        judges: header.judges().iter().map(|judge| (judge.provider.as_str(), judge.model.as_str())).collect(),
    });
    key.truncate(16);
    key
}

/// What makes a call of another run reusable for one of this run: the same request to the same
/// provider in the same repetition, so that repetitions stay independent draws.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CacheKey(String);

impl CacheKey {
    /// The key of a call of a plan.
    pub fn of(plan: &Plan, call: &PlannedCall) -> Self {
        Self::of_question(plan, call, &plan.question(call))
    }

    /// The key of a judge's call, whose question depends on the answers it shows.
    pub fn of_judgement(plan: &Plan, call: &PlannedCall, request: &ChatRequest) -> Self {
        // Not the seed that this run gave a judge in process: the next run would never find it.
        let seed = plan.contestant(call).params.seed;
        let params = Params { seed, ..request.params.clone() };
        Self::of_question(plan, call, &ChatRequest { params, ..request.clone() })
    }

    fn of_question(plan: &Plan, call: &PlannedCall, question: &ChatRequest) -> Self {
        #[derive(Serialize)]
        struct Call<'a> {
            version: u32,
            provider: &'a str,
            request: &'a ChatRequest,
            // Cells that differ only in a temperature that is not sent are still separate draws.
            temperature: Option<f64>,
            run_index: u32,
        }
        Self(hex_digest(&Call {
            version: 1,
            provider: &plan.contestant(call).provider,
            request: question,
            temperature: call.temperature,
            run_index: call.run_index,
        }))
    }

    /// As lower-case hex.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CacheKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn hex_digest(value: &impl Serialize) -> String {
    // These values hold no maps with non-string keys and no failing serialisers: JSON cannot fail.
    let bytes = serde_json::to_vec(value).unwrap_or_default();
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(&bytes) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
