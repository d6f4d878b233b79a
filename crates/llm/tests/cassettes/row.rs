//! The shape of what is expected of a recording.

use llm::dialect::Dialect;
use llm::outcome::Outcome;

/// The facts of one recording.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// Path under the cassette folder.
    pub(crate) file: &'static str,
    /// The dialect it is in.
    pub(crate) dialect: Dialect,
    /// How the call ended.
    pub(crate) outcome: Outcome,
    /// The provider's word for why; empty when it gave none.
    pub(crate) stop: &'static str,
    /// The model that answered.
    pub(crate) served_model: &'static str,
    /// Characters of the answer, and how it begins.
    pub(crate) text: (usize, &'static str),
    /// Characters of visible reasoning, and how it begins.
    pub(crate) reasoning: (usize, &'static str),
    /// The refusal channel.
    pub(crate) refusal: &'static str,
    /// Names and JSON arguments.
    pub(crate) tool_calls: &'static [(&'static str, &'static str)],
    /// Everything that was reported; what is missing here was not.
    pub(crate) usage: &'static str,
    /// Comments, pings and server-side tools.
    pub(crate) keep_alives: usize,
    /// How the error's message begins.
    pub(crate) error: &'static str,
}
