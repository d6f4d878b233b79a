//! What makes two runs the same experiment, and two calls the same call.

use std::fmt::{self, Write};

use llm::request::{ChatRequest, Params};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Plan;
use crate::record::{PlannedCall, RunHeader};

/// First 16 hex digits of a SHA-256 over what was asked: prompts, system prompts, temperatures,
/// contestants with their parameters, repetitions. Where it ran, when, with which key, seed, cap
/// or tool version makes no other experiment.
pub fn experiment_key(header: &RunHeader) -> String {
    #[derive(Serialize)]
    struct Experiment<'a> {
        version: u32,
        command: &'a str,
        prompts: Vec<(&'a str, &'a str)>,
        systems: &'a [Option<String>],
        temperatures: &'a [Option<f64>],
        runs: u32,
        contestants: Vec<(&'a str, &'a str, &'a str, &'a Params)>,
    }
    let mut key = hex_digest(&Experiment {
        version: 1,
        command: &header.command,
        prompts: header.prompts.iter().map(|prompt| (prompt.id.as_str(), prompt.text.as_str())).collect(),
        systems: &header.systems,
        temperatures: &header.temperatures,
        runs: header.runs,
        contestants: header
            .contestants
            .iter()
            .map(|entrant| (entrant.name.as_str(), entrant.provider.as_str(), entrant.model.as_str(), &entrant.params))
            .collect(),
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
            request: &plan.question(call),
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
