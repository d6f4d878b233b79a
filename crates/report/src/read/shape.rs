//! The fields of the JSON output that a run is read back from. Everything else in it is derived.

use std::collections::BTreeMap;

use evals::analysis::model::Machine;
use evals::record::{RECORD_VERSION, RunEnd};
use llm::call::Billing;
use llm::error::ErrorKind;
use llm::event::StopReason;
use llm::outcome::{Outcome, ToolCall};
use llm::request::{Effort, Message};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::ReadError;

/// What tells our own output from any other JSON, and one version of it from another.
#[derive(Deserialize)]
pub(super) struct FormShape {
    version: Option<String>,
    record_version: Option<u32>,
    run_id: Option<IgnoredAny>,
    invocation: Option<IgnoredAny>,
    results: Option<IgnoredAny>,
}

impl FormShape {
    /// Refuses what this version cannot read.
    pub(super) fn check(&self) -> Result<(), ReadError> {
        // The first tool of this name wrote results and a version too, but no run ids.
        if self.results.is_none() || self.run_id.is_none() || self.invocation.is_none() {
            return Err(ReadError::Foreign);
        }
        match (self.record_version, &self.version) {
            (_, None) => Err(ReadError::Foreign),
            (None, Some(version)) => Err(ReadError::Older { version: version.chars().take(40).collect() }),
            (Some(found), _) if found > RECORD_VERSION => Err(ReadError::Newer { found, supported: RECORD_VERSION }),
            _ => Ok(()),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct RunShape {
    pub(super) version: String,
    pub(super) record_version: u32,
    pub(super) pricing_as_of: String,
    pub(super) started_at: String,
    pub(super) run_id: String,
    pub(super) experiment_key: String,
    pub(super) run_end: RunEnd,
    pub(super) invocation: InvocationShape,
    pub(super) budget: BudgetShape,
    pub(super) notes: Vec<NoteShape>,
    pub(super) prompts: Vec<PromptShape>,
    pub(super) contestants: Vec<ContestantShape>,
    pub(super) machine: MachineShape,
    pub(super) scoring: Value,
    pub(super) results: Vec<RowShape>,
    pub(super) judge_results: Vec<JudgeResultShape>,
}

#[derive(Deserialize)]
pub(super) struct InvocationShape {
    pub(super) command: String,
    pub(super) temperatures: Vec<Option<f64>>,
    pub(super) system_prompts: Vec<Option<String>>,
    pub(super) runs: u32,
    pub(super) seed: u64,
    pub(super) concurrency: u32,
    pub(super) max_retries: u32,
    pub(super) timeouts: TimeoutsShape,
    pub(super) analysis: Value,
}

#[derive(Deserialize)]
pub(super) struct TimeoutsShape {
    pub(super) connect_ms: f64,
    pub(super) first_byte_ms: f64,
    pub(super) idle_ms: f64,
    pub(super) total_ms: f64,
}

#[derive(Deserialize)]
pub(super) struct BudgetShape {
    pub(super) max_cost_usd: Option<f64>,
}

#[derive(Deserialize)]
pub(super) struct NoteShape {
    pub(super) code: String,
    pub(super) text: String,
    pub(super) planned: bool,
}

#[derive(Deserialize)]
pub(super) struct PromptShape {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) messages: Vec<Message>,
    pub(super) systems: Option<Vec<u32>>,
    pub(super) checks: Vec<Map<String, Value>>,
    pub(super) tags: Vec<String>,
    pub(super) weight: f64,
    pub(super) cluster: Option<String>,
    pub(super) reference: Option<String>,
    pub(super) expected_facts: Vec<String>,
    pub(super) vars: Map<String, Value>,
}

#[derive(Deserialize)]
pub(super) struct ContestantShape {
    pub(super) name: String,
    pub(super) spec: String,
    pub(super) wire_model: String,
    pub(super) provider: String,
    pub(super) family: Option<String>,
    pub(super) params: ParamsShape,
    pub(super) sends_temperature: bool,
    pub(super) omitted_parameters: Vec<OmittedShape>,
    pub(super) price_sheet: Value,
}

#[derive(Deserialize)]
pub(super) struct OmittedShape {
    pub(super) parameter: String,
    pub(super) requested: String,
    pub(super) reason: String,
}

#[derive(Deserialize)]
pub(super) struct ParamsShape {
    pub(super) temperature: Option<f64>,
    pub(super) top_p: Option<f64>,
    pub(super) seed: Option<i64>,
    pub(super) max_output_tokens: Option<u32>,
    pub(super) effort: Option<Effort>,
    pub(super) thinking: Option<String>,
    pub(super) stop: Vec<String>,
    pub(super) advisor: Option<String>,
    pub(super) advisor_max_uses: Option<u32>,
}

#[derive(Deserialize)]
pub(super) struct MachineShape {
    lag_samples: u64,
    lag_p50_ms: Option<f64>,
    lag_p99_ms: Option<f64>,
    lag_max_ms: Option<f64>,
}

impl MachineShape {
    pub(super) fn machine(&self) -> Machine {
        Machine {
            samples: self.lag_samples,
            lag_p50_ms: self.lag_p50_ms.unwrap_or_default(),
            lag_p99_ms: self.lag_p99_ms.unwrap_or_default(),
            lag_max_ms: self.lag_max_ms.unwrap_or_default(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct RowShape {
    pub(super) prompt_index: u32,
    pub(super) system_index: u32,
    pub(super) contestant_index: u32,
    pub(super) temperature: Option<f64>,
    pub(super) run_index: u32,
    pub(super) outcome: Outcome,
    pub(super) latency_ms: Option<f64>,
    pub(super) ttft_ms: Option<f64>,
    pub(super) ttfo_ms: Option<f64>,
    pub(super) queued_ms: f64,
    pub(super) output_tokens_per_second: Option<f64>,
    pub(super) inter_token_mean_ms: Option<f64>,
    pub(super) inter_token_p99_ms: Option<f64>,
    pub(super) input_tokens: Option<u64>,
    pub(super) output_tokens: Option<u64>,
    pub(super) cached_tokens: Option<u64>,
    pub(super) cached_write_5m_tokens: Option<u64>,
    pub(super) cached_write_1h_tokens: Option<u64>,
    pub(super) reasoning_tokens: Option<u64>,
    pub(super) cost_usd: Option<f64>,
    pub(super) cost_kind: CostKind,
    pub(super) cost_at_most_usd: Option<f64>,
    pub(super) provider_cost_usd: Option<f64>,
    pub(super) output: String,
    pub(super) refusal: String,
    pub(super) reasoning: String,
    pub(super) tool_calls: Vec<ToolCall>,
    pub(super) error: Option<String>,
    pub(super) error_kind: Option<ErrorKind>,
    pub(super) error_code: Option<String>,
    pub(super) attempts: Vec<AttemptShape>,
    pub(super) stop_reason: Option<String>,
    pub(super) stop_kind: Option<StopReason>,
    pub(super) stop_category: Option<String>,
    pub(super) served_model: Option<String>,
    pub(super) response_id: Option<String>,
    pub(super) advisor: Option<AdvisorShape>,
    pub(super) from_cache: bool,
    pub(super) assertions: Option<Vec<AssertionShape>>,
    /// Absent in outputs from before tables could be imported.
    #[serde(default)]
    pub(super) imported: BTreeMap<String, f64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CostKind {
    Known,
    Free,
    Unpriced,
    Unknown,
    Nothing,
}

#[derive(Deserialize)]
pub(super) struct AttemptShape {
    pub(super) started_at: Option<String>,
    pub(super) waited_ms: f64,
    pub(super) connect_ms: f64,
    pub(super) latency_ms: f64,
    pub(super) status: Option<u16>,
    pub(super) outcome: Outcome,
    pub(super) error_kind: Option<ErrorKind>,
    pub(super) error: Option<String>,
    pub(super) billing: Billing,
}

#[derive(Deserialize)]
pub(super) struct AdvisorShape {
    pub(super) models: Vec<String>,
    pub(super) replies: u32,
    pub(super) errors: Vec<String>,
    pub(super) input_tokens: u64,
    pub(super) output_tokens: u64,
}

#[derive(Deserialize)]
pub(super) struct AssertionShape {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) passed: Option<bool>,
    pub(super) score: Option<f64>,
    pub(super) actual: String,
    pub(super) message: String,
    pub(super) error: Option<String>,
    pub(super) error_kind: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct JudgeResultShape {
    pub(super) call_index: u32,
    pub(super) outcome: Outcome,
    pub(super) output: String,
    pub(super) error: Option<String>,
    pub(super) error_kind: Option<ErrorKind>,
    pub(super) latency_ms: Option<f64>,
    pub(super) input_tokens: Option<u64>,
    pub(super) output_tokens: Option<u64>,
    pub(super) reasoning_tokens: Option<u64>,
    pub(super) cached_tokens: Option<u64>,
    pub(super) cost_usd: Option<f64>,
    pub(super) cost_kind: CostKind,
    pub(super) cost_at_most_usd: Option<f64>,
    pub(super) retries: u32,
    pub(super) from_cache: bool,
}
