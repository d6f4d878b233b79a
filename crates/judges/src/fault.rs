//! Why a rubric cannot be used, and why a reply cannot be read.

use serde::{Deserialize, Serialize};

/// Why a rubric, a scale or a template cannot be used. Found before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What is wrong, a sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Fault {
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: Some(hint.into()) }
    }
}

/// Why a judge's reply gives no verdict. A failure is never turned into a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// What is wrong with the reply, a sentence.
    pub message: String,
    /// The reasoning that the reply gave all the same.
    pub reasoning: Option<String>,
}

impl ParseError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), reasoning: None }
    }

    pub(crate) fn with_reasoning(message: impl Into<String>, reasoning: Option<String>) -> Self {
        Self { message: message.into(), reasoning }
    }
}
