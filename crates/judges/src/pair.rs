//! Two answers side by side, in both orders.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fault::{Fault, ParseError};
use crate::parse::{reasoning, verdict};
use crate::prompt::{JudgePrompt, Question};
use crate::rubric::Rubric;
use crate::scale::shorten;

/// Which of two answers a judge prefers, by the place where it stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The answer shown first.
    First,
    /// The answer shown second.
    Second,
    /// Neither.
    Tie,
}

/// What a judge said of a pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairAnswer {
    /// Its choice.
    pub choice: Choice,
    /// Why, in the judge's words. Untrusted text.
    pub reasoning: String,
}

/// A contestant of a pair, whatever the order in which the answers were shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The one shown first in the forward order.
    A,
    /// The one shown second in the forward order.
    B,
}

/// What both orders of a pair say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairOutcome {
    /// The same contestant in both orders.
    Wins(Side),
    /// A tie in both orders.
    Tie,
    /// The orders disagree. Counts as a tie, and against the judge's consistency.
    Inconsistent,
    /// An order has no verdict, so there is none.
    Missing,
}

/// Joins the verdict on (A, B) with the verdict on (B, A).
pub fn combine(forward: Option<Choice>, backward: Option<Choice>) -> PairOutcome {
    let (Some(forward), Some(backward)) = (forward, backward) else { return PairOutcome::Missing };
    match (forward, backward) {
        (Choice::First, Choice::Second) => PairOutcome::Wins(Side::A),
        (Choice::Second, Choice::First) => PairOutcome::Wins(Side::B),
        (Choice::Tie, Choice::Tie) => PairOutcome::Tie,
        _ => PairOutcome::Inconsistent,
    }
}

/// Asks which of two answers is better by the rubric's criteria; the scale plays no part. Ask in both
/// orders and join the replies with [`combine`].
pub fn pair_prompt(rubric: &Rubric, question: &Question<'_>, first: &str, second: &str) -> Result<JudgePrompt, Fault> {
    crate::prompt::pair(rubric, question, first, second)
}

/// Reads a judge's reply to a [`pair_prompt`]. `cut` says that the reply ended at its output limit.
pub fn parse_pair(text: &str, cut: bool) -> Result<PairAnswer, ParseError> {
    parse_pair_quoting(text, cut, &[])
}

/// [`parse_pair`], passing over verdicts that the judge only quotes from the texts in `judged`.
pub fn parse_pair_quoting(text: &str, cut: bool, judged: &[&str]) -> Result<PairAnswer, ParseError> {
    let map = verdict(text, cut, "winner", judged)?;
    let given = map.get("winner").unwrap_or(&Value::Null);
    let word = given.as_str().map(|word| word.trim().to_ascii_lowercase()).unwrap_or_default();
    let choice = match word.as_str() {
        "first" => Choice::First,
        "second" => Choice::Second,
        "tie" => Choice::Tie,
        _ => {
            let message = format!("the judge's winner {} is not first, second or tie", shorten(&given.to_string()));
            return Err(ParseError::with_reasoning(message, reasoning(&map)));
        }
    };
    Ok(PairAnswer { choice, reasoning: reasoning(&map).unwrap_or_default() })
}
