//! The whole: identity, sums, contestants, sentences and notes around the rows.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::cells::CellStats;
use super::decision::{
    ArmRow, BarRow, CodedNote, ComparisonRow, DecisionFigures, MigrationRow, ParetoRow, SaidRow, StatisticalGateRow,
    StoppingRow,
};
use super::judging::{
    CalibrationRow, ContestantScoresRow, GateRow, HallucinationSummary, JudgeCallsRow, JudgeResultRow, JudgeTrustRow,
    McNemarRow, PairRow, RankingRow, RankingSummary,
};
use super::methods::{Methodology, SignificanceTest};
use super::rows::Row;
use super::words;

/// One run of `compare` or `batch`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Payload {
    /// Version of the tool.
    pub version: String,
    /// Version of the stored form that this is the image of.
    pub record_version: u32,
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
    /// Checks with a verdict, passed or failed; null in a run without checks, as are all totals of checks.
    pub total_assertions: Option<u32>,
    /// Checks that passed.
    pub total_assertions_passed: Option<u32>,
    /// Checks without a verdict on answers that are there.
    pub total_assertions_errored: Option<u32>,
    /// Checks of all planned answers.
    pub total_assertions_configured: Option<u32>,
    /// Checks without a verdict because the model declined.
    pub total_assertions_refused: Option<u32>,
    /// Checks without a verdict because the answer was cut, or withheld by a filter.
    pub total_assertions_withheld: Option<u32>,
    /// Passed over definite checks; null when nothing was verified, never 1.
    pub pass_rate: Option<f64>,
    /// Answers that have checks.
    pub answers_checked: Option<u32>,
    /// Answers whose every check passed.
    pub answers_passed: Option<u32>,
    /// Whether the run passes in CI.
    pub gate: GateRow,
    /// What the judges cost, where it is known; null in a run without judges.
    pub judge_cost_usd: Option<f64>,
    /// `total_cost_usd` and `judge_cost_usd` together; null in a run without judges.
    pub total_cost_usd_with_judges: Option<f64>,
    /// The judges' calls; null in a run without judges.
    pub judge_calls: Option<JudgeCallsRow>,
    /// How far the judges can be trusted (docs/judges.md); null in a run without judges.
    pub judge_trust: Option<JudgeTrustRow>,
    /// The contestants by the judges, best first; empty where there is no ranking.
    pub ranking: Vec<RankingRow>,
    /// What the ranking rests on; null where there is none.
    pub ranking_summary: Option<RankingSummary>,
    /// Pairs as each judge compared them; empty unless judged in pairs.
    pub pairwise: Vec<PairRow>,
    /// How each judge compares with a person's labels; empty without labels.
    pub calibration: Vec<CalibrationRow>,
    /// Contestants compared on pass and fail of paired answers.
    pub mcnemar_tests: Vec<McNemarRow>,
    /// Signs of fabrication; null where they were not searched for.
    pub hallucination: Option<HallucinationSummary>,
    /// The cap and what became of it.
    pub budget: Budget,
    /// What the reader must know.
    pub notes: Vec<NoteRow>,
    /// What can be said, in plain sentences.
    pub verdicts: Vec<VerdictRow>,
    /// What is decided over the items, in plain sentences; empty in a comparison on one prompt of which nothing was
    /// asked, as are all lists of the decision.
    pub decision_verdicts: Vec<SaidRow>,
    /// What the reader must know of the decision.
    pub decision_notes: Vec<CodedNote>,
    /// The measure that decides who is best.
    #[schemars(extend("enum" = words::measures_or_null()))]
    pub primary_metric: Option<&'static str>,
    /// Items of the decision.
    pub n_items: Option<u32>,
    /// Independent groups of items.
    pub n_clusters: Option<u32>,
    /// Names of the arms not shown to be worse than the best, the best first; empty where that cannot be said.
    pub tied_best: Vec<String>,
    /// Arms on the front of quality, cost and latency; empty where one of them is not measured.
    pub pareto: Vec<ParetoRow>,
    /// Arms behind the front, each with those before it.
    pub pareto_dominated: Vec<ParetoRow>,
    /// What came of the bar; null where none was set.
    pub bar: Option<BarRow>,
    /// The cheapest arm that clears the bar; null where none does, no cost is known, or no bar was set.
    pub cheapest_clearing_bar: Option<String>,
    /// The statistical gates in the order asked.
    pub gates: Vec<StatisticalGateRow>,
    /// How the run was stopped; null where it was not to stop by itself.
    pub stopping: Option<StoppingRow>,
    /// Whether one contestant may take the place of another; null where that was not asked.
    pub migration: Option<MigrationRow>,
    /// Every pair of arms that may fairly be compared, on every measure, over the items that both answered.
    pub comparisons: Vec<ComparisonRow>,
    /// Every arm: a contestant under one system prompt at one temperature.
    pub arms: Vec<ArmRow>,
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
    /// What answers are scored by, as it is stored: suite, gates, judges with their rubric.
    #[schemars(extend("type" = "object"))]
    pub scoring: Value,
    /// Every planned call in plan order.
    pub results: Vec<Row>,
    /// Every call of a judge in plan order.
    pub judge_results: Vec<JudgeResultRow>,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Invocation {
    /// The command.
    pub command: String,
    /// Contestants as typed.
    pub models: Vec<String>,
    /// Judges as typed.
    pub judges: Vec<String>,
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
    /// Time limits of an attempt, milliseconds.
    pub timeouts: TimeoutsRow,
    /// How the results are to be analysed, as it was asked for.
    #[schemars(extend("type" = "object"))]
    pub analysis: Value,
}

/// Time limits of an attempt, milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct TimeoutsRow {
    /// To open a connection.
    pub connect_ms: f64,
    /// To the first byte of the response.
    pub first_byte_ms: f64,
    /// Between two reads.
    pub idle_ms: f64,
    /// For the whole attempt.
    pub total_ms: f64,
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
    /// True when it was known before the first call.
    pub planned: bool,
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

/// A prompt: an item of a suite, or the one prompt of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PromptRow {
    /// Its name within the run.
    pub id: String,
    /// What was sent; of a conversation, its last turn.
    pub text: String,
    /// The whole conversation, where there is more than one turn.
    pub messages: Vec<MessageRow>,
    /// Positions in `invocation.system_prompts` that it is crossed with; null is all.
    pub systems: Option<Vec<u32>>,
    /// Checks of every answer to it, as the user wrote them.
    pub checks: Vec<Map<String, Value>>,
    /// Tags.
    pub tags: Vec<String>,
    /// How much it counts among the items.
    pub weight: f64,
    /// Items of one cluster are not independent of each other.
    pub cluster: Option<String>,
    /// A good answer.
    pub reference: Option<String>,
    /// Facts that a truthful answer does not contradict.
    pub expected_facts: Vec<String>,
    /// The variables it was made from.
    pub vars: Map<String, Value>,
}

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MessageRow {
    /// Who speaks.
    #[schemars(extend("enum" = ["user", "assistant"]))]
    pub role: &'static str,
    /// What is said.
    pub text: String,
}

/// A contestant.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ContestantRow {
    /// Its name: the model with its parameters, as typed.
    pub name: String,
    /// The specification it was resolved from.
    pub spec: String,
    /// The model's id.
    pub model: String,
    /// The model's id on the wire.
    pub wire_model: String,
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
    /// The prices in force when the run was planned, as they are stored.
    #[schemars(extend("type" = "object"))]
    pub price_sheet: Value,
    /// How its answers were scored; null in a run that scores none.
    pub scores: Option<ContestantScoresRow>,
    /// How it does over all items: the figures of its only arm. All null where it has several, which are in `arms`.
    #[serde(flatten)]
    pub decision: DecisionFigures,
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
