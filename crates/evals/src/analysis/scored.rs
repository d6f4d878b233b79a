//! What checks, judges and the search for fabrication came to: the types that a report formats.

use checks::CheckResult;
use hallucination::{Marker, Risk};
use judges::PairOutcome;
use llm::money::Usd;
use llm::outcome::Outcome;
use serde::{Deserialize, Serialize};

use super::model::IntervalResult;
use crate::decision::Measure;
use crate::record::{CallCost, CorrectionKind};

/// How all answers of a run were scored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// One entry for each of [`super::model::Analysis::rows`].
    pub rows: Vec<RowScores>,
    /// Sums over all checks; `None` in a run without checks.
    pub checks: Option<CheckTotals>,
    /// What the judges said; `None` in a run without judges.
    pub judging: Option<JudgingResults>,
    /// Signs of fabrication; `None` where they were not searched for.
    pub hallucination: Option<HallucinationResults>,
    /// One entry for each contestant.
    pub contestants: Vec<ContestantScores>,
    /// Whether the run passes in CI.
    pub gate: GateVerdict,
}

/// How one answer was scored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RowScores {
    /// Figures of an imported row, which nothing here measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imported: Vec<(Measure, f64)>,
    /// One result for each check of the item, in its order; `None` for a call that failed or was never made.
    pub checks: Option<Vec<CheckResult>>,
    /// Checks that passed.
    pub passed: u32,
    /// Checks with a verdict: passed or failed.
    pub definitive: u32,
    /// Checks of the item.
    pub configured: u32,
    /// Weighted share of the definite checks that passed; `None` without a definite one.
    pub check_score: Option<f64>,
    /// What each judge said, in the order of the judges; those that were not asked are absent.
    pub judges: Vec<JudgeScore>,
    /// The panel's value on the judges' scale: the mean, or the vote on the binary scale; `None` without a score.
    pub judge_score: Option<f64>,
    /// Sample standard deviation of the judges' values; needs two.
    pub judge_sd: Option<f64>,
    /// Judges that were left out because they are relatives of the contestant; indices of judges.
    pub judges_skipped: Vec<u32>,
    /// Signs of fabrication; `None` where they were not searched for or there is no answer to search.
    pub hallucination: Option<RowHallucination>,
}

/// What one judge said of one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgeScore {
    /// Index of the judge.
    pub judge: u32,
    /// Index of its call; its record is in [`super::model::Analysis::judge_calls`].
    pub call_index: u32,
    /// How the call ended.
    pub outcome: Outcome,
    /// The value on the rubric's scale; `None` where the judge gave none that can be read.
    pub value: Option<f64>,
    /// The same from 0 (worst) to 1 (best).
    pub normalised: Option<f64>,
    /// The word for it, on a scale with words.
    pub label: Option<String>,
    /// The judge's own sentence. Untrusted text.
    pub reasoning: String,
    /// The risk it stated, where it was asked for one.
    pub risk: Option<Risk>,
    /// What the call cost.
    pub cost: CallCost,
    /// How long it took.
    pub latency_ms: Option<f64>,
    /// Why there is no score.
    pub parse_error: Option<String>,
}

/// Signs of fabrication in one answer. Evidence for a reviewer, never proof.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RowHallucination {
    /// Markers in the text, in order; spans are byte ranges of the answer's text.
    pub markers: Vec<Marker>,
    /// Group of this answer among the answers of its cell that mean the same, from 0; `None` with one answer alone.
    pub cluster: Option<u32>,
    /// Discrete semantic entropy of the cell in nats; `None` below two answers.
    pub semantic_entropy: Option<f64>,
    /// Share of what this answer says that the other runs do not support, 0 to 1; `None` without other runs.
    pub selfcheck: Option<f64>,
    /// The worst risk that a judge stated.
    pub judge_risk: Option<Risk>,
    /// All evidence together; `None` where there is nothing to go by.
    pub risk: Option<Risk>,
}

/// Sums over all checks of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct CheckTotals {
    /// Checks of all planned answers.
    pub configured: u32,
    /// Checks with a verdict.
    pub definitive: u32,
    /// Checks that passed.
    pub passed: u32,
    /// Checks without a verdict on answers that are there, refusals and cut answers included.
    pub errored: u32,
    /// Of these: the model declined.
    pub refused: u32,
    /// Of these: the answer was cut, or withheld by a filter.
    pub withheld: u32,
    /// Answers whose every check passed.
    pub answers_passed: u32,
    /// Answers that have checks.
    pub answers: u32,
    /// passed ÷ definitive; `None` when nothing was verified, never 1.
    pub pass_rate: Option<f64>,
}

/// Whether a run passes in CI.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum GateVerdict {
    /// Nothing decides: there are no checks, or they were said to decide nothing.
    #[default]
    NotAsked,
    /// It passes.
    Passed,
    /// It fails, for these reasons; a sentence each.
    Failed {
        /// The reasons.
        reasons: Vec<String>,
    },
}

/// What the judges of a run said and cost, and how far they can be trusted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct JudgingResults {
    /// Calls planned.
    pub planned: u32,
    /// Planned calls that were not made although there were answers to judge.
    #[serde(default)]
    pub missing: u32,
    /// Calls made.
    pub made: u32,
    /// Calls that gave a verdict that can be read.
    pub succeeded: u32,
    /// What the calls cost, where it is known.
    pub cost: Usd,
    /// What calls of unknown cost may have cost at most.
    pub cost_held: Usd,
    /// Calls without a known cost.
    pub cost_unknown: u32,
    /// True when calls were made and not one gave a verdict: the run is a failure.
    pub all_failed: bool,
    /// Indices of judges that do not take a temperature and ran at their default one.
    pub degraded: Vec<u32>,
    /// Judges that were left out for a contestant of their own family: (judge, contestant).
    pub skipped: Vec<(u32, u32)>,
    /// The pairs of a pairwise run.
    pub pairs: Vec<PairResult>,
    /// The order of the contestants by the pairs (Bradley-Terry); `None` in a run without pairs.
    pub ranking: Option<judges::Ranking>,
    /// How far the judges can be trusted; `None` before anything was judged.
    pub trust: Option<judges::trust::TrustReport>,
    /// How each judge compares with a person's labels; empty without labels.
    pub calibrations: Vec<JudgeCalibration>,
}

/// One judge held against a person's labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgeCalibration {
    /// Index of the judge.
    pub judge: u32,
    /// The comparison, or why there is none.
    pub result: Result<judges::Calibration, String>,
}

/// Two answers as one judge compared them, in both orders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairResult {
    /// Index of the judge.
    pub judge: u32,
    /// Call index of the one answer.
    pub a: u32,
    /// Call index of the other.
    pub b: u32,
    /// Both orders together. Byte-identical answers are a tie that nobody was asked about.
    pub outcome: PairOutcome,
    /// Whether the answers were byte-identical.
    pub identical: bool,
    /// What was said with (a, b) shown in this order.
    pub forward: Option<PairSaid>,
    /// What was said with (b, a) shown in this order.
    pub backward: Option<PairSaid>,
}

/// One order of a pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairSaid {
    /// Index of the judge's call.
    pub call_index: u32,
    /// The choice, by the place where the answer was shown; `None` where none can be read.
    pub choice: Option<judges::Choice>,
    /// The judge's own sentence. Untrusted text.
    pub reasoning: String,
    /// What the call cost.
    pub cost: CallCost,
    /// Why there is no choice.
    pub parse_error: Option<String>,
}

/// Signs of fabrication over a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HallucinationResults {
    /// Answers that were searched.
    pub searched: u32,
    /// Answers with a risk.
    pub classified: u32,
    /// Answers by risk: low, medium, high.
    pub by_risk: [u32; 3],
    /// Answers with at least one marker.
    pub marked: u32,
    /// Contestants compared on the share of answers whose risk is not high.
    pub mcnemar: Vec<McNemarResult>,
    /// How well each kind of evidence tells a person's bad labels from good ones; empty without labels.
    pub auroc: Vec<EvidenceAuroc>,
}

/// Two contestants compared on pass and fail of paired answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct McNemarResult {
    /// Index of a contestant.
    pub a: u32,
    /// Index of a contestant.
    pub b: u32,
    /// Both pass.
    pub both_pass: u32,
    /// Only a passes.
    pub a_only: u32,
    /// Only b passes.
    pub b_only: u32,
    /// Both fail.
    pub both_fail: u32,
    /// `exact`, `chi2_corrected`, `no_discordant` or `no_paired_runs`.
    pub method: String,
    /// The chi-squared statistic, where that is the method.
    pub statistic: Option<f64>,
    /// Two-sided p.
    pub p_value: Option<f64>,
    /// After correction over the tested pairs.
    pub p_value_corrected: Option<f64>,
    /// The correction.
    pub correction: CorrectionKind,
    /// Pairs that spent the correction's budget.
    pub n_comparisons: u32,
    /// Pairs that could not be tested.
    pub n_untestable: u32,
    /// Whether the corrected p is below the threshold.
    pub significant: bool,
}

/// How well one kind of evidence tells bad answers from good ones, by a person's labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvidenceAuroc {
    /// `markers`, `semantic_entropy`, `selfcheck` or `judge`.
    pub evidence: String,
    /// Labelled answers with this evidence.
    pub n: u32,
    /// Area under the ROC curve; 0.5 is chance.
    pub auroc: Option<f64>,
    /// Its interval.
    pub ci: IntervalResult,
}

/// How one contestant was scored over all its answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ContestantScores {
    /// Items it was asked.
    pub items: u32,
    /// Answers planned.
    pub planned: u32,
    /// Answers by how they ended, in the order of [`Outcome::ALL`].
    pub outcomes: [u32; 7],
    /// Sums over its checks.
    pub checks: CheckTotals,
    /// Weighted mean over items of the share of definite checks passed, runs of an item averaged first.
    pub pass_rate: Option<f64>,
    /// Its interval, over items.
    pub pass_rate_ci: Option<(f64, f64)>,
    /// How the interval was made: `wilson`, `clustered_t` or `wilson_of_clusters`.
    pub pass_rate_method: Option<String>,
    /// Mean of the panel's values over items, runs of an item averaged first.
    pub judge_mean: Option<f64>,
    /// Its interval.
    pub judge_ci: Option<(f64, f64)>,
    /// Answers with a judge's score.
    pub judged: u32,
    /// Answers with a risk.
    pub classified: u32,
    /// Answers of high risk.
    pub high_risk: u32,
    /// What its calls cost, where known; judges apart.
    pub cost: Usd,
    /// Mean latency over billed calls, milliseconds.
    pub latency_mean_ms: Option<f64>,
}
