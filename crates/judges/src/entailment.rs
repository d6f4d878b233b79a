//! Whether two answers say the same.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fault::ParseError;
use crate::parse::verdict;
use crate::prompt::{JudgePrompt, Question};
use crate::scale::shorten;

/// What follows from what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entailment {
    /// All that B says follows from A.
    pub a_entails_b: bool,
    /// All that A says follows from B.
    pub b_entails_a: bool,
}

impl Entailment {
    /// Both ways: the answers mean the same (Farquhar et al. 2024).
    pub fn equivalent(self) -> bool {
        self.a_entails_b && self.b_entails_a
    }
}

/// Asks whether each of two answers follows from the other. The question's reference is not shown.
pub fn entailment_prompt(question: &Question<'_>, a: &str, b: &str) -> JudgePrompt {
    crate::prompt::entailment(question, a, b)
}

/// Reads a judge's reply to an [`entailment_prompt`]. `cut` says that it ended at its output limit.
pub fn parse_entailment(text: &str, cut: bool) -> Result<Entailment, ParseError> {
    let map = verdict(text, cut, "a_entails_b", &[])?;
    let read = |name: &str| match map.get(name) {
        Some(Value::Bool(entails)) => Ok(*entails),
        Some(Value::String(word)) if word.trim().eq_ignore_ascii_case("true") => Ok(true),
        Some(Value::String(word)) if word.trim().eq_ignore_ascii_case("false") => Ok(false),
        Some(other) => {
            Err(ParseError::new(format!("the judge's `{name}` {} is not true or false", shorten(&other.to_string()))))
        }
        None => Err(ParseError::new(format!("the judge's reply has no `{name}`"))),
    };
    Ok(Entailment { a_entails_b: read("a_entails_b")?, b_entails_a: read("b_entails_a")? })
}
