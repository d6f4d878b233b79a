//! What a run is made of: its header, its planned calls and the record of each call made.
//!
//! Everything a report shows derives from these values and nothing else, so a stored run renders
//! to the same bytes for ever.

mod scoring;

use std::time::Duration;

use checks::CheckSpec;
use llm::call::{Attempt, Timeouts};
use llm::error::ApiError;
use llm::money::Usd;
use llm::outcome::{Answer, Outcome};
use llm::request::{Message, Params, Role};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use scoring::{Externals, GateRule, Gates, JudgeMode, JudgeTask, Judgement, Judging, Scoring, SuiteInfo};

/// Version of the stored form; raised when a field changes its meaning or an older tool would misread a run.
/// 2: runs may have suites, judges and conversations.
pub const RECORD_VERSION: u32 = 2;

/// What a run was asked to do, fixed before the first call and stored with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunHeader {
    /// [`RECORD_VERSION`] at the time.
    pub record_version: u32,
    /// Version of the tool.
    pub tool_version: String,
    /// UUID of the run.
    pub run_id: String,
    /// First 16 hex digits of a SHA-256 over what makes two runs the same experiment (an allow-list: never URLs, paths or keys).
    pub experiment_key: String,
    /// The command that made it: `compare` or `batch`.
    pub command: String,
    /// Start in UTC, whole seconds, RFC 3339 with `Z`.
    pub started_at: String,
    /// Seed of the call order, the back-off jitter and, unless given apart, the resampling.
    pub seed: u64,
    /// The prompts; `compare` has one.
    pub prompts: Vec<Prompt>,
    /// System prompts to cross with everything else; `[None]` when there is none.
    pub systems: Vec<Option<String>>,
    /// Temperatures to cross with every contestant that does not fix its own; `[None]` means "not sent".
    pub temperatures: Vec<Option<f64>>,
    /// Repetitions of every cell.
    pub runs: u32,
    /// Who is compared.
    pub contestants: Vec<Contestant>,
    /// The cap the user set.
    pub max_cost: Option<Usd>,
    /// Most calls in flight per provider at the start.
    pub concurrency: u32,
    /// Time limits of every attempt.
    pub timeouts: Timeouts,
    /// Most retries of one call.
    pub max_retries: u32,
    /// How the results are to be analysed.
    pub analysis: AnalysisOptions,
    /// Date of the newest price in the price table used, `YYYY-MM-DD`.
    pub pricing_as_of: String,
    /// What the user must know about this plan before reading its numbers.
    pub notes: Vec<Note>,
    /// What the answers are scored by.
    #[serde(default)]
    pub scoring: Scoring,
}

impl RunHeader {
    /// Who is asked in a call: a contestant, or a judge, whose indices follow the contestants'.
    pub fn entrant(&self, index: u32) -> Option<&Contestant> {
        let index = index as usize;
        let judges = self.scoring.judging.as_ref().map_or(&[][..], |judging| &judging.judges);
        self.contestants.get(index).or_else(|| judges.get(index.checked_sub(self.contestants.len())?))
    }

    /// The judges; none where nothing is judged.
    pub fn judges(&self) -> &[Contestant] {
        self.scoring.judging.as_ref().map_or(&[], |judging| &judging.judges)
    }

    /// True when some prompt has a check.
    pub fn has_checks(&self) -> bool {
        self.prompts.iter().any(|prompt| !prompt.checks.is_empty())
    }
}

/// One prompt of a run: an item of a suite, or the one prompt of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prompt {
    /// Unique within the run.
    pub id: String,
    /// What is sent; of a conversation, its last turn.
    pub text: String,
    /// The whole conversation, where there is more than one turn; ends with `text`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Message>,
    /// Indices of the system prompts that this prompt is crossed with; all where `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub systems: Option<Vec<u32>>,
    /// Checks of every answer to it, as the user wrote them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CheckSpec>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How much it counts among the items.
    #[serde(default = "one")]
    pub weight: f64,
    /// Items of one cluster are not independent of each other (questions about one text).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// A good answer, for checks and judges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Facts that a truthful answer does not contradict.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expected_facts: Vec<String>,
    /// The variables it was made from.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub vars: Map<String, Value>,
}

impl Prompt {
    /// A prompt with nothing but its text.
    pub fn new(id: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            text: text.into(),
            messages: Vec::new(),
            systems: None,
            checks: Vec::new(),
            tags: Vec::new(),
            weight: 1.0,
            cluster: None,
            reference: None,
            expected_facts: Vec::new(),
            vars: Map::new(),
        }
    }

    /// What is sent, as turns of a conversation.
    pub fn conversation(&self) -> Vec<Message> {
        if self.messages.is_empty() {
            vec![Message { role: Role::User, text: self.text.clone() }]
        } else {
            self.messages.clone()
        }
    }
}

fn one() -> f64 {
    1.0
}

/// One contestant as it was resolved when the run was planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contestant {
    /// The name shown everywhere: the specification as typed, canonical form (`gpt-5.5@effort=high`).
    pub name: String,
    /// The canonical specification it was resolved from, without a label: what `resume` resolves again.
    pub spec: String,
    /// The provider (route): `openai`, `local`, `embedded`, …
    pub provider: String,
    /// The id on the wire.
    pub model: String,
    /// Model family, for telling relatives apart.
    pub family: Option<String>,
    /// Parameters that will be sent, the swept temperature apart.
    pub params: Params,
    /// False when the model takes no temperature: the swept one is left out and said so.
    pub sends_temperature: bool,
    /// Parameters that were asked for in general and are left out for this model.
    pub omitted: Vec<Omission>,
    /// The prices in force when the run was planned.
    pub price: llm::cost::PriceSheet,
}

/// A parameter that a model refuses and that was therefore not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Omission {
    /// The parameter's name on the command line.
    pub parameter: String,
    /// The value that was asked for.
    pub requested: String,
    /// Why it is left out, one clause.
    pub reason: String,
}

/// Something the user must know, shown in every output. Plain text; renderers escape it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// A stable word for scripts: `temperature_omitted`, `unpriced`, `output_cap`, `not_yet`, …
    pub code: String,
    /// A sentence for people.
    pub text: String,
}

/// One call of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PlannedCall {
    /// Position in the output: prompts, systems, contestants, temperatures, runs, inner last. Row ids are `p1`, `p2`, … of this plus one.
    pub index: u32,
    /// Index into [`RunHeader::prompts`].
    pub prompt: u32,
    /// Index into [`RunHeader::systems`].
    pub system: u32,
    /// Index into [`RunHeader::contestants`]; a judge's where it is past them (see [`RunHeader::entrant`]).
    pub contestant: u32,
    /// The temperature asked for in this cell.
    pub temperature: Option<f64>,
    /// Repetition, from 0.
    pub run_index: u32,
}

/// Everything known about one call: the attempts it took and how it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Which call of the plan this is.
    pub call: PlannedCall,
    /// How it ended.
    pub outcome: Outcome,
    /// The error it ended with; also kept beside partial text.
    pub error: Option<ApiError>,
    /// What the last attempt said; empty when no attempt was made.
    pub answer: Answer,
    /// Time waiting for a slot and for the budget, outside every other figure.
    pub queued: Duration,
    /// Attempts in order; `retries` is their number minus one. Raw bytes are stored beside, not in here.
    pub attempts: Vec<AttemptRecord>,
    /// TTFT, TTFO and latency of the last attempt; `None` where the event did not happen.
    pub timing: Timing,
    /// What it cost.
    pub cost: CallCost,
    /// True when the answer came from the cache of earlier calls and nothing was sent.
    pub from_cache: bool,
}

/// An attempt, with the pause before it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttemptRecord {
    /// Back-off before this attempt.
    pub waited: Duration,
    /// The attempt.
    pub attempt: Attempt,
}

/// Times of a call, all from the start of its last attempt's clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// To the end of the answer.
    pub latency_ms: Option<f64>,
    /// To the first token of any channel (TTFT).
    pub ttft_ms: Option<f64>,
    /// To the first visible token (TTFO).
    pub ttfo_ms: Option<f64>,
    /// Output tokens per second after the first token: (output − 1) / (last token − first token).
    pub output_tokens_per_second: Option<f64>,
    /// Mean gap between token-bearing events.
    pub inter_token_mean_ms: Option<f64>,
    /// 99th percentile of the gaps between token-bearing events.
    pub inter_token_p99_ms: Option<f64>,
}

/// What a call cost. The three ways of having no figure are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "usd", rename_all = "snake_case")]
pub enum CallCost {
    /// Priced from reported usage; all attempts and advisors included.
    Known(Usd),
    /// The model is free or runs on this machine.
    Free,
    /// The model has no published price.
    Unpriced,
    /// It may have been billed and nobody said how much. At most this, and a budget goes on holding
    /// it; `None` where no output maximum was sent and so nothing bounds it.
    Unknown(Option<Usd>),
    /// Certainly nothing: never sent, or refused without being billed.
    Nothing,
}

impl CallCost {
    /// The cost in dollars where it is known; zero where it is certainly nothing.
    pub fn known_usd(self) -> Option<Usd> {
        match self {
            Self::Known(usd) => Some(usd),
            Self::Free | Self::Nothing => Some(Usd::ZERO),
            Self::Unpriced | Self::Unknown(_) => None,
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunEnd {
    /// Every planned call has a record.
    Finished,
    /// The next call did not fit the cap.
    BudgetReached,
    /// It was decided before every planned call was made.
    Decided,
    /// The user interrupted it.
    Interrupted,
    /// It has not ended (running, or killed).
    Open,
}

/// How the results are to be analysed; the defaults are the right ones for most users.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnalysisOptions {
    /// Whether to test differences: `None` decides by itself (more than one run and something to compare).
    pub significance: Option<bool>,
    /// Which test.
    pub test: TestKind,
    /// Which correction over all pairs.
    pub correction: CorrectionKind,
    /// Which metric the tests look at.
    pub metric: Metric,
    /// Alpha.
    pub threshold: f64,
    /// Whether to give intervals: `None` decides by itself (more than one run).
    pub intervals: Option<bool>,
    /// Confidence level of intervals.
    pub ci_level: f64,
    /// How intervals of a mean are made.
    pub ci_method: IntervalMethod,
    /// Bootstrap resamples.
    pub resamples: u32,
    /// Seed of the resampling; the run's seed when `None`.
    pub bootstrap_seed: Option<u64>,
    /// What is to be decided over the items.
    #[serde(default)]
    pub decision: DecisionAsked,
}

/// What is to be decided over the items of a run, in the words of the user.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DecisionAsked {
    /// The bar that a contestant must clear: `pass_rate >= 0.9`.
    pub bar: Option<String>,
    /// Gates for CI, in their order.
    pub gates: Vec<String>,
    /// The contestant that `baseline` means.
    pub baseline: Option<String>,
    /// The measure that decides, by its word; the first that there is where `None`.
    pub metric: Option<String>,
    /// Correction over all pairs of a measure; Holm's where `None`.
    pub correction: Option<CorrectionKind>,
    /// Stop when it is decided.
    pub stop: Option<StopAsked>,
    /// Check whether one contestant may take the place of another.
    pub migration: Option<MigrationAsked>,
}

/// When a run stops by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StopAsked {
    /// Chance of any false verdict, over all pairs, all looks and all reasons to stop.
    pub alpha: f64,
    /// Differences up to this do not matter, in the unit of the measure; never stopped for equivalence where `None`.
    pub margin: Option<f64>,
    /// Whether to stop when the rest would most likely not decide.
    pub futility: bool,
}

/// One model in the place of another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MigrationAsked {
    /// Name of the contestant in use.
    pub from: String,
    /// Name of the contestant to come.
    pub to: String,
    /// How much worse the new one may be, in the unit of the measure of quality.
    pub margin: f64,
}

impl Default for AnalysisOptions {
    fn default() -> Self {
        Self {
            significance: None,
            test: TestKind::Welch,
            correction: CorrectionKind::Bonferroni,
            metric: Metric::LatencyMs,
            threshold: 0.05,
            intervals: None,
            ci_level: 0.95,
            ci_method: IntervalMethod::Bca,
            resamples: 5000,
            bootstrap_seed: None,
            decision: DecisionAsked::default(),
        }
    }
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident => $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_meta])* #[serde(rename = $word)] $variant),+ }
        impl $name {
            /// Every value, in the order of the help text.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word used on the command line and in machine output.
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
            /// The value a word stands for.
            pub fn parse(word: &str) -> Option<Self> { Self::ALL.iter().copied().find(|value| value.as_str() == word) }
        }
    };
}

words! {
    /// A test of the difference between two cells.
    TestKind {
        /// Welch's unequal-variances t-test of means.
        Welch => "welch",
        /// Mann-Whitney U of stochastic order.
        MannWhitney => "mann-whitney",
        /// Permutation test of the difference of means.
        Permutation => "permutation",
        /// Paired t-test: needs many prompts.
        PairedT => "paired-t",
        /// Wilcoxon signed-rank test: needs many prompts.
        WilcoxonSigned => "wilcoxon-signed",
    }
}
words! {
    /// A correction for testing many pairs.
    CorrectionKind {
        /// No correction.
        None => "none",
        /// Bonferroni.
        Bonferroni => "bonferroni",
        /// Holm's step-down.
        Holm => "holm",
        /// Benjamini-Hochberg false discovery rate.
        BenjaminiHochberg => "bh",
    }
}
words! {
    /// A number that calls have: measured, or given by judges and checks.
    Metric {
        /// Time to the end of the answer.
        LatencyMs => "latency_ms",
        /// Time to the first token of any channel.
        TtftMs => "ttft_ms",
        /// Time to the first visible token.
        TtfoMs => "ttfo_ms",
        /// Output tokens.
        OutputTokens => "output_tokens",
        /// Output tokens per second.
        TokensPerSecond => "tokens_per_second",
        /// Cost of the call.
        CostUsd => "cost_usd",
        /// Mean of the judges' scores, on their scale.
        Score => "score",
        /// Weighted share of the answer's definite checks that it passed.
        CheckScore => "check_score",
    }
}
impl Metric {
    /// True for what every call has; false for what only checks or judges give.
    pub fn is_measured(self) -> bool {
        !matches!(self, Self::Score | Self::CheckScore)
    }
}
words! {
    /// How an interval of a mean is made.
    IntervalMethod {
        /// Bias-corrected and accelerated bootstrap.
        Bca => "bca",
        /// Percentile bootstrap.
        Percentile => "percentile",
        /// Basic (reverse percentile) bootstrap.
        Basic => "basic",
        /// Studentised bootstrap.
        Studentised => "studentised",
    }
}
