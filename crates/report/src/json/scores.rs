//! How one answer was scored: its checks, its judges and the signs of fabrication in it.

use schemars::JsonSchema;
use serde::Serialize;

use super::words;

/// One check of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AssertionRow {
    /// The type of the check.
    #[serde(rename = "type")]
    pub kind: String,
    /// The name the user gave it.
    pub name: Option<String>,
    /// The verdict; null where it could not be evaluated, which is neither pass nor fail.
    pub passed: Option<bool>,
    /// How well the answer did, for the types that grade.
    pub score: Option<f64>,
    /// How much it counts.
    pub weight: f64,
    /// What was asked for, shortened.
    pub expected: String,
    /// What was found, shortened.
    pub actual: String,
    /// The verdict in a sentence.
    pub message: String,
    /// Why there is no verdict.
    pub error: Option<String>,
    /// What kind of reason that is.
    #[schemars(extend("enum" = words::check_error_kinds_or_null()))]
    pub error_kind: Option<&'static str>,
}

/// What one judge said of one answer.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct JudgeRow {
    /// The judge's model id.
    pub model: String,
    /// The judge: the model with its parameters, as typed.
    pub name: String,
    /// The value on the rubric's scale; null where the judge gave none that can be read.
    pub score: Option<f64>,
    /// The same from 0 (worst) to 1 (best).
    pub normalised: Option<f64>,
    /// The word for it, on a scale with words.
    pub label: Option<String>,
    /// The judge's own sentence.
    pub reasoning: String,
    /// What the call cost; null where unknown or unpriced.
    pub cost_usd: Option<f64>,
    /// Which case `cost_usd` is.
    #[schemars(extend("enum" = words::COST_KINDS))]
    pub cost_kind: &'static str,
    /// How long it took.
    pub latency_ms: Option<f64>,
    /// Why there is no score.
    pub parse_error: Option<String>,
    /// The risk of fabrication it stated.
    #[schemars(extend("enum" = words::risks_or_null()))]
    pub risk_level: Option<&'static str>,
    /// How its call ended.
    #[schemars(extend("enum" = words::outcomes()))]
    pub outcome: &'static str,
    /// Its call: `call_index` in `judge_results`.
    pub call_index: u32,
}

/// Signs of fabrication in one answer: evidence for a reviewer, never proof.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct HallucinationRow {
    /// Signs in the text itself, in order.
    pub markers: Vec<MarkerRow>,
    /// Discrete semantic entropy of this prompt's answers by this contestant, in nats; null below two answers.
    pub semantic_entropy: Option<f64>,
    /// Share of what this answer says that the other runs do not support; null without other runs.
    pub selfcheck: Option<f64>,
    /// Group of this answer among those that mean the same, from 0.
    pub cluster: Option<u32>,
    /// The worst risk that a judge stated.
    #[schemars(extend("enum" = words::risks_or_null()))]
    pub judge_risk: Option<&'static str>,
    /// All evidence together; null where there is nothing to go by.
    #[schemars(extend("enum" = words::risks_or_null()))]
    pub risk: Option<&'static str>,
}

/// A sign of fabrication in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MarkerRow {
    /// What kind of sign.
    pub kind: String,
    /// Where it begins in `output`: Unicode code points before it.
    pub start: u64,
    /// Where it ends in `output`, exclusive, in Unicode code points.
    pub end: u64,
    /// The words themselves.
    pub quote: String,
    /// Why they are a sign.
    pub why: String,
}
