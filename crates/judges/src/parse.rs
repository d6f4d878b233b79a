//! What a judge said.

use serde::{Deserialize, Serialize};

use crate::fault::ParseError;
use crate::risk::Risk;
use crate::rubric::Rubric;

/// One judge's verdict on one answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// In the unit of the scale: 1 to 10; 0 or 1; the place of the label, from 1.
    pub value: f64,
    /// From 0 (worst) to 1 (best), whatever the scale.
    pub normalised: f64,
    /// The word of the scale, where it has words.
    pub label: Option<String>,
    /// The risk of fabrication, when the rubric asked for it and the reply gave it.
    pub risk: Option<Risk>,
    /// Why, in the judge's words. Untrusted text.
    pub reasoning: String,
}

impl Rubric {
    /// Reads a judge's reply. `cut` says that the reply ended at its output limit.
    pub fn parse(&self, text: &str, cut: bool) -> Result<Score, ParseError> {
        self.parse_quoting(text, cut, &[])
    }

    /// [`Rubric::parse`], passing over verdicts that the judge only quotes from `judged` (the answer,
    /// the question): an answer may contain what looks like a verdict.
    pub fn parse_quoting(&self, _text: &str, _cut: bool, _judged: &[&str]) -> Result<Score, ParseError> {
        Err(ParseError::with_reasoning("not built yet", None))
    }
}
