//! Whether two answers say the same.

use serde::{Deserialize, Serialize};

use crate::fault::{Fault, ParseError};
use crate::prompt::{JudgePrompt, Question};

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

/// Asks whether each of two answers follows from the other.
pub fn entailment_prompt(_question: &Question<'_>, _a: &str, _b: &str) -> Result<JudgePrompt, Fault> {
    Err(Fault::new("not built yet", ""))
}

/// Reads a judge's reply to an [`entailment_prompt`]. `cut` says that it ended at its output limit.
pub fn parse_entailment(_text: &str, _cut: bool) -> Result<Entailment, ParseError> {
    Err(ParseError::new("not built yet"))
}
