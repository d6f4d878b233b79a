//! How a call ended, and what it said, gathered from its events.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::event::{Event, Nanos, Stop, StopReason, TimedEvent, Usage};

/// How a call ended. Told apart everywhere and never inferred from emptiness of the text alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The model finished its answer.
    Complete,
    /// The output limit cut the answer.
    Truncated,
    /// The model declined.
    Refused,
    /// The provider's filter withheld or cut the answer.
    Filtered,
    /// The model ended normally and said nothing.
    Empty,
    /// The call failed; see its error kind.
    Error,
    /// The call was stopped by the user or by the budget before it ended.
    Cancelled,
}

impl Outcome {
    /// The word used in machine output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Truncated => "truncated",
            Self::Refused => "refused",
            Self::Filtered => "filtered",
            Self::Empty => "empty",
            Self::Error => "error",
            Self::Cancelled => "cancelled",
        }
    }

    /// All outcomes, in display order.
    pub const ALL: [Self; 7] =
        [Self::Complete, Self::Truncated, Self::Refused, Self::Filtered, Self::Empty, Self::Error, Self::Cancelled];
}

/// A tool call with its arguments put together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The provider's id.
    pub id: Option<String>,
    /// The tool's name.
    pub name: String,
    /// The JSON arguments as the model wrote them.
    pub arguments: String,
}

/// A consultation of an advisor within a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvisorReply {
    /// The advice, where it is readable.
    pub text: Option<String>,
    /// The error code when the consultation failed.
    pub error_code: Option<String>,
}

/// What a stream said, gathered event by event. Pure; the same code serves live calls and replays.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// The provider's id of the response.
    pub response_id: Option<String>,
    /// The model that answered, in the provider's words.
    pub served_model: Option<String>,
    /// The visible answer.
    pub text: String,
    /// Visible reasoning or its summary.
    pub reasoning: String,
    /// Refusal text sent in its own channel.
    pub refusal: String,
    /// Tool calls, in order.
    pub tool_calls: Vec<ToolCall>,
    /// Advisor consultations, in order.
    pub advisor: Vec<AdvisorReply>,
    /// What was used, as reported.
    pub usage: Usage,
    /// Why the answer ended, if the provider said so.
    pub stop: Option<Stop>,
    /// The first error inside the body or stream.
    pub error: Option<ApiError>,
    /// When the first token of any channel arrived (reasoning, text, refusal or tool call): TTFT.
    pub first_token_at: Option<Nanos>,
    /// When the first visible (text or refusal) token arrived: TTFO, time to first output.
    pub first_text_at: Option<Nanos>,
    /// When the last token of any channel arrived.
    pub last_token_at: Option<Nanos>,
    /// Arrival times of every token-bearing event, for inter-token gaps.
    pub token_arrivals: Vec<Nanos>,
}

impl Answer {
    /// Takes one event in.
    pub fn push(&mut self, timed: &TimedEvent) {
        let at = timed.at;
        match &timed.event {
            Event::Started { id, served_model } => {
                if id.is_some() {
                    self.response_id.clone_from(id);
                }
                if served_model.is_some() {
                    self.served_model.clone_from(served_model);
                }
            }
            Event::Reasoning { text } => {
                self.reasoning.push_str(text);
                self.token(at);
            }
            Event::Text { text } => {
                self.text.push_str(text);
                if !text.is_empty() {
                    self.first_text_at.get_or_insert(at);
                    self.token(at);
                }
            }
            Event::Refusal { text } => {
                self.refusal.push_str(text);
                if !text.is_empty() {
                    self.first_text_at.get_or_insert(at);
                    self.token(at);
                }
            }
            Event::ToolCall { index, id, name, arguments } => {
                let index = *index as usize;
                // A hostile index must not allocate: pieces of unknown calls join the list in order.
                let slot = if index < self.tool_calls.len() {
                    index
                } else {
                    self.tool_calls.push(ToolCall::default());
                    self.tool_calls.len() - 1
                };
                if let Some(call) = self.tool_calls.get_mut(slot) {
                    if id.is_some() {
                        call.id.clone_from(id);
                    }
                    if let Some(name) = name {
                        call.name.push_str(name);
                    }
                    call.arguments.push_str(arguments);
                }
                self.token(at);
            }
            Event::Advisor { text, error_code } => {
                self.advisor.push(AdvisorReply { text: text.clone(), error_code: error_code.clone() });
            }
            Event::Usage(usage) => self.usage.merge(usage.clone()),
            Event::Stop(stop) => self.stop = Some(stop.clone()),
            Event::Error(error) => {
                self.error.get_or_insert_with(|| error.clone());
            }
            Event::KeepAlive => {}
        }
    }

    /// How the call ended, from what the provider said.
    ///
    /// An error wins; then the stop reason; a refusal channel counts as refused even where the
    /// stop reason says the turn ended normally (OpenAI). `Empty` needs a normal end *and*
    /// nothing said in any channel but reasoning.
    pub fn outcome(&self) -> Outcome {
        if self.error.is_some() {
            return Outcome::Error;
        }
        let Some(stop) = &self.stop else {
            return Outcome::Error;
        };
        match stop.reason {
            StopReason::Refusal => Outcome::Refused,
            StopReason::Filtered => Outcome::Filtered,
            StopReason::Length => Outcome::Truncated,
            _ if !self.refusal.is_empty() => Outcome::Refused,
            StopReason::Paused => Outcome::Truncated,
            StopReason::End | StopReason::StopSequence | StopReason::ToolUse | StopReason::Other => {
                if self.text.is_empty() && self.tool_calls.is_empty() { Outcome::Empty } else { Outcome::Complete }
            }
        }
    }

    fn token(&mut self, at: Nanos) {
        self.first_token_at.get_or_insert(at);
        self.last_token_at = Some(at);
        self.token_arrivals.push(at);
    }
}
