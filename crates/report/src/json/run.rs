//! The whole: identity, sums, contestants, sentences and notes around the rows.

use schemars::JsonSchema;
use serde::Serialize;

use super::cells::CellStats;
use super::methods::{Methodology, SignificanceTest};
use super::rows::Row;
use super::words;

/// One comparison.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Payload {
    /// Version of the tool.
    pub version: String,
    /// Date of the newest price used, `YYYY-MM-DD`.
    pub pricing_as_of: String,
    /// Start, UTC.
    pub started_at: String,
    /// UUID of the run.
    pub run_id: String,
    /// Equal for runs of the same experiment.
    pub experiment_key: String,
    /// How the run ended.
    #[schemars(extend("enum" = words::RUN_ENDS))]
    pub run_end: &'static str,
    /// What was asked for.
    pub invocation: Invocation,
    /// Money spent where it is known.
    pub total_cost_usd: f64,
    /// Rows.
    pub total_results: u32,
    /// Rows that failed.
    pub failed_results: u32,
    /// Rows that were refused.
    pub refused_results: u32,
    /// Rows stopped or never started.
    pub cancelled_results: u32,
    /// Rows by outcome.
    pub outcomes: Outcomes,
    /// Repetitions of every cell.
    pub total_runs: u32,
    /// Requests sent beyond the first of each call.
    pub total_retries: u32,
    /// Answers taken from earlier calls.
    pub total_from_cache: u32,
    /// Input tokens reported.
    pub total_input_tokens: u64,
    /// Output tokens reported.
    pub total_output_tokens: u64,
    /// Ids of models that take no temperature.
    pub models_without_temperature: Vec<String>,
    /// True when some contestants take the temperature and others do not.
    pub significance_temperature_mixed: bool,
    /// The cap and what became of it.
    pub budget: Budget,
    /// What the reader must know.
    pub notes: Vec<NoteRow>,
    /// What can be said, in plain sentences.
    pub verdicts: Vec<VerdictRow>,
    /// The prompts.
    pub prompts: Vec<PromptRow>,
    /// Who was compared.
    pub contestants: Vec<ContestantRow>,
    /// Figures of each cell.
    pub stats_by_cell: Vec<CellStats>,
    /// Tests between cells.
    pub significance_tests: Vec<SignificanceTest>,
    /// How the figures were made.
    pub methodology: Methodology,
    /// This machine's own share in the timings.
    pub machine: MachineRow,
    /// Every planned call in plan order.
    pub results: Vec<Row>,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Invocation {
    /// The command.
    pub command: String,
    /// Contestants as typed.
    pub models: Vec<String>,
    /// Swept temperatures; null is "not sent".
    pub temperatures: Vec<Option<f64>>,
    /// Swept system prompts; null is none.
    pub system_prompts: Vec<Option<String>>,
    /// Repetitions.
    pub runs: u32,
    /// Seed of the call order.
    pub seed: u64,
    /// Calls in flight per provider.
    pub concurrency: u32,
    /// Most retries of a call.
    pub max_retries: u32,
}

/// Rows by outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Outcomes {
    /// Answered.
    pub complete: u32,
    /// Cut by the output limit.
    pub truncated: u32,
    /// Declined.
    pub refused: u32,
    /// Withheld or cut by a filter.
    pub filtered: u32,
    /// Ended normally and said nothing.
    pub empty: u32,
    /// Failed.
    pub error: u32,
    /// Stopped or never started.
    pub cancelled: u32,
}

/// The cap and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Budget {
    /// The cap; null where none was set.
    pub max_cost_usd: Option<f64>,
    /// Spent where it is known.
    pub spent_usd: f64,
    /// May have been spent by calls of unknown cost.
    pub held_usd: f64,
    /// Calls of unknown cost.
    pub unknown_calls: u32,
    /// Calls of models without a published price.
    pub unpriced_calls: u32,
    /// True when the cap ended the run.
    pub reached: bool,
}

/// What the reader must know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NoteRow {
    /// A stable word.
    pub code: String,
    /// A sentence.
    pub text: String,
}

/// A plain sentence on a comparison or on the outcomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VerdictRow {
    /// What the sentence says.
    #[schemars(extend("enum" = words::VERDICT_KINDS))]
    pub kind: &'static str,
    /// Position in `significance_tests`, where it is about one.
    pub comparison: Option<u32>,
    /// The sentence.
    pub sentence: String,
}

/// A prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PromptRow {
    /// Its name within the run.
    pub id: String,
    /// What was sent.
    pub text: String,
}

/// A contestant.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ContestantRow {
    /// Its name: the model with its parameters, as typed.
    pub name: String,
    /// The model's id.
    pub model: String,
    /// The route to it.
    pub provider: String,
    /// Model family.
    pub family: Option<String>,
    /// Parameters sent with every call.
    pub params: ParamsRow,
    /// Whether the swept temperature is sent.
    pub sends_temperature: bool,
    /// Parameters that were asked for in general and that this model does not take.
    pub omitted_parameters: Vec<OmittedParameter>,
}

/// What is asked of a model beside the prompt. Null is "not sent": the provider's default.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ParamsRow {
    /// Sampling temperature.
    pub temperature: Option<f64>,
    /// Nucleus sampling mass.
    pub top_p: Option<f64>,
    /// Sampling seed.
    pub seed: Option<i64>,
    /// Most tokens of an answer, reasoning included.
    pub max_output_tokens: Option<u32>,
    /// How hard to reason.
    pub effort: Option<&'static str>,
    /// `off`, `on`, `adaptive` or a number of tokens.
    pub thinking: Option<String>,
    /// Strings that end an answer.
    pub stop: Vec<String>,
    /// Model that may be consulted within a call.
    pub advisor: Option<String>,
    /// Most consultations in a call.
    pub advisor_max_uses: Option<u32>,
}

/// A parameter that was not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OmittedParameter {
    /// Its name.
    pub parameter: String,
    /// What was asked for.
    pub requested: String,
    /// Why it was left out.
    pub reason: String,
}

/// How late this machine's own scheduler woke during the run: the floor under every timing.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct MachineRow {
    /// Wake-ups sampled; the lags mean nothing at 0.
    pub lag_samples: u64,
    /// Median lag.
    pub lag_p50_ms: Option<f64>,
    /// 99th percentile.
    pub lag_p99_ms: Option<f64>,
    /// Worst.
    pub lag_max_ms: Option<f64>,
}
