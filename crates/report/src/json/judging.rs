//! What checks, judges and the search for fabrication came to over the whole run.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::run::Outcomes;
use super::words;

/// Whether the run passes in CI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GateRow {
    /// `not_asked` where there is nothing that decides.
    #[schemars(extend("enum" = words::GATE_STATUSES))]
    pub status: &'static str,
    /// Why it fails, a sentence each.
    pub reasons: Vec<String>,
}

/// The judges' calls.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct JudgeCallsRow {
    /// Planned.
    pub planned: u32,
    /// Made.
    pub made: u32,
    /// That gave a verdict that can be read.
    pub succeeded: u32,
    /// True when calls were made and not one gave a verdict.
    pub all_failed: bool,
    /// Calls without a known cost.
    pub cost_unknown: u32,
    /// What those may have cost at most, where that is known.
    pub held_usd: f64,
}

/// One judge's call, as it was answered.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct JudgeResultRow {
    /// Which call of the plan: the judges' follow the contestants'.
    pub call_index: u32,
    /// The judge's model id.
    pub model: String,
    /// The judge.
    pub name: String,
    /// How the call ended.
    #[schemars(extend("enum" = words::outcomes()))]
    pub outcome: &'static str,
    /// The reply, unread.
    pub output: String,
    /// What went wrong, for people.
    pub error: Option<String>,
    /// What went wrong, by what can be done about it.
    #[schemars(extend("enum" = words::error_kinds_or_null()))]
    pub error_kind: Option<&'static str>,
    /// Milliseconds to the end of the reply.
    pub latency_ms: Option<f64>,
    /// Input tokens.
    pub input_tokens: Option<u64>,
    /// Output tokens, reasoning included.
    pub output_tokens: Option<u64>,
    /// Output tokens spent on reasoning.
    pub reasoning_tokens: Option<u64>,
    /// Input tokens read from a cache.
    pub cached_tokens: Option<u64>,
    /// What it cost; null where unknown or unpriced.
    pub cost_usd: Option<f64>,
    /// Which case `cost_usd` is.
    #[schemars(extend("enum" = words::COST_KINDS))]
    pub cost_kind: &'static str,
    /// Most that a call of unknown cost can have cost.
    pub cost_at_most_usd: Option<f64>,
    /// Requests sent beyond the first.
    pub retries: u32,
    /// True when the reply came from earlier calls and nothing was sent.
    pub from_cache: bool,
}

/// How one contestant was scored over all its answers.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ContestantScoresRow {
    /// Items it was asked.
    pub items: u32,
    /// Answers planned.
    pub planned: u32,
    /// How they ended.
    pub outcomes: Outcomes,
    /// Checks with a verdict; null in a run without checks.
    pub total_assertions: Option<u32>,
    /// Checks that passed.
    pub total_assertions_passed: Option<u32>,
    /// Checks without a verdict on answers that are there.
    pub total_assertions_errored: Option<u32>,
    /// Checks of all planned answers.
    pub total_assertions_configured: Option<u32>,
    /// Checks without a verdict because the model declined.
    pub total_assertions_refused: Option<u32>,
    /// Checks without a verdict because the answer was cut or withheld.
    pub total_assertions_withheld: Option<u32>,
    /// Answers that have checks.
    pub answers_checked: Option<u32>,
    /// Answers whose every check passed.
    pub answers_passed: Option<u32>,
    /// Share of passed among definite checks; null when nothing was verified.
    pub pass_rate: Option<f64>,
    /// Weighted mean over items of the share of definite checks passed, runs of an item averaged first.
    pub pass_rate_over_items: Option<f64>,
    /// Interval of `pass_rate_over_items`.
    pub pass_rate_ci_low: Option<f64>,
    /// Interval of `pass_rate_over_items`.
    pub pass_rate_ci_high: Option<f64>,
    /// How it was formed: `wilson`, `clustered_t` or `wilson_of_clusters` (docs/statistics.md).
    pub pass_rate_ci_method: Option<String>,
    /// Mean of the judges' scores over items.
    pub judge_score_mean: Option<f64>,
    /// Its interval.
    pub judge_score_ci_low: Option<f64>,
    /// Its interval.
    pub judge_score_ci_high: Option<f64>,
    /// Answers with a judge's score.
    pub judged: u32,
    /// Answers with a risk of fabrication.
    pub classified: u32,
    /// Answers of high risk.
    pub high_risk: u32,
    /// Share of high risk among the classified; null where nothing was.
    pub high_risk_rate: Option<f64>,
    /// What its calls cost where known, judges apart.
    pub cost_usd: f64,
    /// Mean latency of its billed calls.
    pub latency_mean_ms: Option<f64>,
}

/// A contestant's place by the judges.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RankingRow {
    /// The contestant.
    pub name: String,
    /// Its model id.
    pub model: String,
    /// Place from 1; null where there are no strengths to order by.
    pub rank: Option<u32>,
    /// Strength on the Elo scale, 1000 the average contestant; null where there is none.
    pub rating: Option<f64>,
    /// The same as `rating`.
    pub elo: Option<f64>,
    /// Interval of the rating.
    pub ci_low: Option<f64>,
    /// Interval of the rating.
    pub ci_high: Option<f64>,
    /// Strength as the logarithm of odds; those of all contestants add up to 0.
    pub theta: Option<f64>,
    /// Share of the resamples in which it is the strongest.
    pub best_probability: Option<f64>,
    /// Pairs won in both orders.
    pub wins: u64,
    /// Pairs lost in both orders.
    pub losses: u64,
    /// Pairs that count half: tied in both orders, or with orders that disagree.
    pub ties: u64,
    /// Of these: with orders that disagree.
    pub inconsistent: u64,
    /// (wins + ties / 2) / pairs.
    pub win_rate: Option<f64>,
    /// Group of contestants that can be ordered among each other, from 1; strengths across groups cannot be had.
    pub component: u32,
}

/// How far the judges can be trusted: the figures that a script wants first, and the whole report.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct JudgeTrustRow {
    /// Share of the pairs judged in both orders on which the orders agree.
    pub consistency: Option<f64>,
    /// Its interval.
    pub consistency_ci_low: Option<f64>,
    /// Its interval.
    pub consistency_ci_high: Option<f64>,
    /// P(the answer shown first wins) − 1/2: 0 without bias.
    pub position_bias: Option<f64>,
    /// Its interval.
    pub position_bias_ci_low: Option<f64>,
    /// Its interval.
    pub position_bias_ci_high: Option<f64>,
    /// Share of the verdicts on pairs that are ties.
    pub ties: Option<f64>,
    /// Its interval.
    pub ties_ci_low: Option<f64>,
    /// Its interval.
    pub ties_ci_high: Option<f64>,
    /// Change of the score per standard deviation of log length among answers to one item.
    pub verbosity: Option<f64>,
    /// Its interval.
    pub verbosity_ci_low: Option<f64>,
    /// Its interval.
    pub verbosity_ci_high: Option<f64>,
    /// Krippendorff's alpha between the judges.
    pub agreement: Option<f64>,
    /// Its interval.
    pub agreement_ci_low: Option<f64>,
    /// Its interval.
    pub agreement_ci_high: Option<f64>,
    /// The whole report with every figure's number of observations, and the reason where one is missing (docs/judges.md).
    #[schemars(extend("type" = "object"))]
    pub report: Value,
}

/// What the ranking rests on.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RankingSummary {
    /// Judged pairs with a verdict in both orders.
    pub comparisons: u64,
    /// Different items among them.
    pub items: u64,
    /// How the intervals were formed.
    #[schemars(extend("enum" = ["item_bootstrap", "normal", null]))]
    pub intervals: Option<&'static str>,
    /// Groups of contestants between which strengths are missing; empty where there are strengths.
    pub groups: Vec<Vec<String>>,
    /// Why there are no strengths.
    pub reason: Option<String>,
}

/// Two answers as one judge compared them, in both orders.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PairRow {
    /// The judge.
    pub judge: String,
    /// The judge's model id.
    pub judge_model: String,
    /// `prompt_id` of the row of the one answer.
    pub a: String,
    /// `prompt_id` of the row of the other.
    pub b: String,
    /// The item.
    pub item_id: String,
    /// Contestant of the one.
    pub name_a: String,
    /// Contestant of the other.
    pub name_b: String,
    /// Repetition.
    pub run_index: u32,
    /// Both orders together; `inconsistent` counts as a tie.
    #[schemars(extend("enum" = words::PAIR_OUTCOMES))]
    pub outcome: &'static str,
    /// True when the answers were byte-identical: a tie that nobody was asked about.
    pub identical: bool,
    /// What was said with `a` shown first.
    pub forward: Option<PairSaidRow>,
    /// What was said with `b` shown first.
    pub backward: Option<PairSaidRow>,
}

/// One order of a pair.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PairSaidRow {
    /// The judge's call: `call_index` in `judge_results`.
    pub call_index: u32,
    /// The choice, by the place where the answer was shown; null where none can be read.
    #[schemars(extend("enum" = words::choices_or_null()))]
    pub choice: Option<&'static str>,
    /// The judge's own sentence.
    pub reasoning: String,
    /// What the call cost; null where unknown or unpriced.
    pub cost_usd: Option<f64>,
    /// Why there is no choice.
    pub parse_error: Option<String>,
}

/// One judge held against a person's labels.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CalibrationRow {
    /// The judge.
    pub name: String,
    /// Its model id.
    pub model: String,
    /// Agreement, kappa, confusion, and the score as corrected by the labels (docs/judges.md); null where there is none.
    #[schemars(extend("type" = ["object", "null"]))]
    pub result: Option<Value>,
    /// Why there is none.
    pub error: Option<String>,
}

/// Two contestants compared on pass and fail of paired answers; to pass is to be of no high risk.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct McNemarRow {
    /// The first model's id.
    pub model_a: String,
    /// The second model's id.
    pub model_b: String,
    /// The first contestant.
    pub name_a: String,
    /// The second contestant.
    pub name_b: String,
    /// What passing means.
    pub metric: &'static str,
    /// Pairs in which both pass.
    pub both_pass: u32,
    /// Pairs in which only the first passes.
    pub a_pass_b_fail: u32,
    /// Pairs in which only the second passes.
    pub a_fail_b_pass: u32,
    /// Pairs in which both fail.
    pub both_fail: u32,
    /// Pairs in which one passes and the other fails.
    pub n_discordant: u32,
    /// Pairs.
    pub n_paired: u32,
    /// Share of the first's paired answers that pass.
    pub a_pass_rate: Option<f64>,
    /// Share of the second's paired answers that pass.
    pub b_pass_rate: Option<f64>,
    /// The statistic, where chi-squared is the method.
    pub chi2_statistic: Option<f64>,
    /// Two-sided; null where there is no test.
    pub p_value: Option<f64>,
    /// After correction.
    pub p_value_corrected: Option<f64>,
    /// The correction.
    #[schemars(extend("enum" = words::corrections()))]
    pub correction_method: &'static str,
    /// Pairs of contestants that spent the correction's budget.
    pub n_comparisons: u32,
    /// Pairs of contestants that could not be tested.
    pub n_pairs_untestable: u32,
    /// Alpha.
    pub threshold: f64,
    /// Whether the corrected p is below alpha; false where there is none.
    pub significant_at_threshold: bool,
    /// `exact`, `chi2_corrected`, `no_discordant` or `no_paired_runs`.
    pub method: String,
}

/// Signs of fabrication over the run: evidence for reviewers, never proof.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct HallucinationSummary {
    /// Answers that were searched.
    pub searched: u32,
    /// Answers with a risk.
    pub classified: u32,
    /// Answers of low risk.
    pub low_risk: u32,
    /// Answers of medium risk.
    pub medium_risk: u32,
    /// Answers of high risk.
    pub high_risk: u32,
    /// Share of high risk among the classified; null where nothing was.
    pub high_risk_rate: Option<f64>,
    /// Answers with at least one marker.
    pub marked: u32,
    /// How well each kind of evidence tells a person's bad labels from good ones; empty without labels.
    pub auroc: Vec<AurocRow>,
}

/// How well one kind of evidence tells bad answers from good ones.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AurocRow {
    /// Which evidence.
    pub evidence: String,
    /// Labelled answers that have it.
    pub n: u32,
    /// Area under the ROC curve; 0.5 is chance.
    pub auroc: Option<f64>,
    /// What became of its interval.
    #[schemars(extend("enum" = words::INTERVAL_STATUSES))]
    pub ci_status: &'static str,
    /// Its interval.
    pub ci_low: Option<f64>,
    /// Its interval.
    pub ci_high: Option<f64>,
}
