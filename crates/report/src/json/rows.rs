//! One object for each planned call.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::run::{OmittedParameter, ParamsRow};
use super::scores::{AssertionRow, HallucinationRow, JudgeRow};
use super::words;

/// A planned call and everything known about it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Row {
    /// `p1`, `p2`, …: the position of the call in the plan.
    pub prompt_id: String,
    /// The item's id: `id` in `prompts`.
    pub item_id: String,
    /// The prompt as sent; of a conversation, its last turn.
    pub prompt: String,
    /// Position in `prompts`.
    pub prompt_index: u32,
    /// Position in `invocation.system_prompts`.
    pub system_index: u32,
    /// Position in `contestants`.
    pub contestant_index: u32,
    /// The system prompt, if there was one.
    pub system: Option<String>,
    /// The model's id.
    pub model: String,
    /// The contestant: the model with its parameters, as typed.
    pub name: String,
    /// The route to the model.
    pub provider: String,
    /// The temperature that was asked for, whether or not the model takes one.
    pub temperature: Option<f64>,
    /// Repetition, from 0.
    pub run_index: u32,
    /// How the call ended.
    #[schemars(extend("enum" = words::outcomes()))]
    pub outcome: &'static str,
    /// Milliseconds to the end of the answer, connection, queue and failed attempts excluded.
    pub latency_ms: Option<f64>,
    /// Milliseconds to the first token of any channel.
    pub ttft_ms: Option<f64>,
    /// Milliseconds to the first visible token.
    pub ttfo_ms: Option<f64>,
    /// Milliseconds spent waiting for a slot and for the budget, part of no other figure.
    pub queued_ms: f64,
    /// Output tokens a second after the first token.
    pub output_tokens_per_second: Option<f64>,
    /// Mean gap between token-bearing events, milliseconds.
    pub inter_token_mean_ms: Option<f64>,
    /// 99th percentile of these gaps.
    pub inter_token_p99_ms: Option<f64>,
    /// Input tokens, cached ones included; null where not reported.
    pub input_tokens: Option<u64>,
    /// Output tokens, reasoning included; null where not reported.
    pub output_tokens: Option<u64>,
    /// Input tokens read from a cache; null where not reported.
    pub cached_tokens: Option<u64>,
    /// Input tokens written to a five-minute cache; null where not reported.
    pub cached_write_5m_tokens: Option<u64>,
    /// Input tokens written to a one-hour cache; null where not reported.
    pub cached_write_1h_tokens: Option<u64>,
    /// Output tokens spent on reasoning; null where not reported.
    pub reasoning_tokens: Option<u64>,
    /// Dollars; null where unknown, unpriced or never started.
    pub cost_usd: Option<f64>,
    /// Which case `cost_usd` is.
    #[schemars(extend("enum" = words::COST_KINDS))]
    pub cost_kind: &'static str,
    /// Most that a call of unknown cost can have cost; null for other calls and where nothing bounds it.
    pub cost_at_most_usd: Option<f64>,
    /// Cost as the provider itself states it.
    pub provider_cost_usd: Option<f64>,
    /// True when the call was stopped or never started.
    pub cancelled: bool,
    /// True when the model declined.
    pub refused: bool,
    /// The visible answer; partial where the call failed in the middle.
    pub output: String,
    /// Refusal text that came in its own channel.
    pub refusal: String,
    /// Visible reasoning or its summary.
    pub reasoning: String,
    /// Tools that the model asked for.
    pub tool_calls: Vec<ToolCallRow>,
    /// What went wrong, for people.
    pub error: Option<String>,
    /// What went wrong, by what can be done about it.
    #[schemars(extend("enum" = words::error_kinds_or_null()))]
    pub error_kind: Option<&'static str>,
    /// The provider's own error code.
    pub error_code: Option<String>,
    /// Requests sent beyond the first.
    pub retries: u32,
    /// Every request that was sent, in order.
    pub attempts: Vec<AttemptRow>,
    /// Why the answer ended, in the provider's words where it gave any.
    pub stop_reason: Option<String>,
    /// Why the answer ended, in our words; null where the provider did not say.
    #[schemars(extend("enum" = words::stop_kinds_or_null()))]
    pub stop_kind: Option<&'static str>,
    /// A refusal's or filter's category, in the provider's words.
    pub stop_category: Option<String>,
    /// The model that answered, in the provider's words.
    pub served_model: Option<String>,
    /// The provider's id of the response.
    pub response_id: Option<String>,
    /// What was asked of the model beside the prompt; only what was sent.
    pub params: ParamsRow,
    /// Parameters that were asked for in general and that this model does not take.
    pub omitted_parameters: Vec<OmittedParameter>,
    /// What an advisor within the call used, apart from the figures above.
    pub advisor: Option<AdvisorFigures>,
    /// True when the answer came from earlier calls and nothing was sent.
    pub from_cache: bool,
    /// Checks of this answer in the item's order: empty where the item has none, null where it has some and the call failed or was never made.
    pub assertions: Option<Vec<AssertionRow>>,
    /// Checks that passed; null where `assertions` is null or empty.
    pub assertions_passed: Option<u32>,
    /// Checks with a verdict, passed or failed; null where `assertions` is null or empty.
    pub assertions_total: Option<u32>,
    /// Checks of the item; null where it has none.
    pub assertions_configured: Option<u32>,
    /// Checks without a verdict; null where `assertions` is null or empty.
    pub assertions_errored: Option<u32>,
    /// Weighted share of the definite checks that passed; null without a definite one.
    pub check_score: Option<f64>,
    /// What each judge said; those that were not asked are absent.
    pub judges: Vec<JudgeRow>,
    /// The panel's value on the judges' scale: the mean, or the vote on the binary scale.
    pub judge_score_avg: Option<f64>,
    /// Sample standard deviation of the judges' values; null below two.
    pub judge_score_std: Option<f64>,
    /// Judges that were left out because they are relatives of the contestant.
    pub judge_skipped: Vec<String>,
    /// Judges of this answer that take no temperature and ran at their default one.
    pub judge_degraded: Vec<String>,
    /// All evidence of fabrication together; null where there is nothing to go by.
    #[schemars(extend("enum" = words::risks_or_null()))]
    pub hallucination_risk: Option<&'static str>,
    /// Signs of fabrication; null where they were not searched for or there is no answer to search.
    pub hallucination: Option<HallucinationRow>,
    /// Figures of an imported answer, by measure; nothing here measured them. Empty in a run of this tool.
    pub imported: BTreeMap<String, f64>,
}

/// A tool that a model asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ToolCallRow {
    /// The provider's id of it.
    pub id: Option<String>,
    /// The tool.
    pub name: String,
    /// JSON arguments as the model wrote them; not necessarily valid.
    pub arguments: String,
}

/// One request of a call.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AttemptRow {
    /// When its clock started, UTC.
    pub started_at: Option<String>,
    /// Milliseconds of back-off before it.
    pub waited_ms: f64,
    /// Milliseconds to get a connection, outside every other figure; 0 for a reused one.
    pub connect_ms: f64,
    /// Milliseconds to the end of the answer or to the failure.
    pub latency_ms: f64,
    /// HTTP status.
    pub status: Option<u16>,
    /// How it ended.
    #[schemars(extend("enum" = words::outcomes()))]
    pub outcome: &'static str,
    /// What went wrong, by what can be done about it.
    #[schemars(extend("enum" = words::error_kinds_or_null()))]
    pub error_kind: Option<&'static str>,
    /// What went wrong, for people.
    pub error: Option<String>,
    /// Whether it may have cost money.
    #[schemars(extend("enum" = words::BILLINGS))]
    pub billing: &'static str,
}

/// What advisors used within a call; part of `cost_usd` and of no token figure of the row.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AdvisorFigures {
    /// The advising models.
    pub models: Vec<String>,
    /// Consultations that answered.
    pub replies: u32,
    /// Error codes of consultations that failed; the call itself went on.
    pub errors: Vec<String>,
    /// Their input tokens.
    pub input_tokens: u64,
    /// Their output tokens.
    pub output_tokens: u64,
    /// Their share of the cost, at the advisor's own rate.
    pub cost_usd: Option<f64>,
}
