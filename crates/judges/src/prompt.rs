//! What a judge is sent.

use llm::request::Message;

use crate::fault::Fault;
use crate::rubric::Rubric;

/// What the judged model was asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The conversation, oldest first; ends with the user message that was answered.
    pub messages: &'a [Message],
    /// The system prompt that the model had.
    pub system: Option<&'a str>,
    /// A right answer, where the user has one.
    pub reference: Option<&'a str>,
}

/// What a judge is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgePrompt {
    /// Standing rules: the part that no answer may change.
    pub system: Option<String>,
    /// The question, the answer and what to do.
    pub user: String,
    /// JSON Schema of the reply, for providers with structured output.
    pub schema: serde_json::Value,
}

impl Rubric {
    /// Fails when the rubric cannot be used.
    pub fn check(&self) -> Result<(), Fault> {
        self.scale.check()
    }

    /// Asks for a score of one answer. The same rubric, question and answer give the same bytes.
    pub fn score_prompt(&self, _question: &Question<'_>, _answer: &str) -> Result<JudgePrompt, Fault> {
        Err(Fault::new("not built yet", ""))
    }
}
