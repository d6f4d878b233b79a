//! Two answers side by side, in both orders.

use serde::{Deserialize, Serialize};

use crate::fault::{Fault, ParseError};
use crate::prompt::{JudgePrompt, Question};
use crate::rubric::Rubric;

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

/// Asks which of two answers is better by the rubric's criteria.
pub fn pair_prompt(
    _rubric: &Rubric,
    _question: &Question<'_>,
    _first: &str,
    _second: &str,
) -> Result<JudgePrompt, Fault> {
    Err(Fault::new("not built yet", ""))
}

/// Reads a judge's reply to a [`pair_prompt`]. `cut` says that the reply ended at its output limit.
pub fn parse_pair(_text: &str, _cut: bool) -> Result<PairAnswer, ParseError> {
    Err(ParseError::new("not built yet"))
}
