//! The one stream of events that every dialect decodes to.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// Nanoseconds since the origin of a call's clock. The clock starts when the first byte of the
/// request is handed to an already open connection.
pub type Nanos = u64;

/// An event with the socket arrival time of the bytes that completed it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimedEvent {
    /// When the last byte that this event needed was read from the socket.
    pub at: Nanos,
    /// What happened.
    pub event: Event,
}

/// One thing that happened in a response stream, in the same words for every provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The provider accepted the request and named the response.
    Started {
        /// The provider's id of the response.
        id: Option<String>,
        /// The model that answers, in the provider's words; may be a dated snapshot of the one asked for.
        served_model: Option<String>,
    },
    /// A piece of the model's visible reasoning (or of its summary). May be empty: a hidden thought still began.
    Reasoning {
        /// The text added.
        text: String,
    },
    /// A piece of the answer.
    Text {
        /// The text added.
        text: String,
    },
    /// A piece of a refusal that the provider sends in its own channel.
    Refusal {
        /// The text added.
        text: String,
    },
    /// The model asks for a tool; arguments arrive in pieces that share an index.
    ToolCall {
        /// Position of the call in the answer.
        index: u32,
        /// The provider's id of the call, on its first piece.
        id: Option<String>,
        /// The tool's name, on its first piece.
        name: Option<String>,
        /// The piece of the JSON arguments.
        arguments: String,
    },
    /// The advisor answered, or failed to, within a call (Anthropic).
    Advisor {
        /// The advice, where it is readable.
        text: Option<String>,
        /// The error code when the consultation failed; the call itself goes on.
        error_code: Option<String>,
    },
    /// What the provider says was used so far; later reports replace earlier ones field by field.
    Usage(Usage),
    /// The answer ended, and why.
    Stop(Stop),
    /// The provider reported an error inside the body or stream.
    Error(ApiError),
    /// A comment, ping or other sign of life that carries nothing.
    KeepAlive,
}

/// What a call used, as the provider reported it. `None` is "not reported"; `Some(0)` is "reported 0".
///
/// Normalised so that parts are disjoint where providers disagree about inclusion:
/// `input` counts all input tokens **including** cached ones (Anthropic reports them apart: they
/// are added), `cached_read`, `cached_write_5m` and `cached_write_1h` are subsets of `input`,
/// `output` includes reasoning (Gemini reports thoughts apart: they are added), `reasoning` is a subset of `output`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// All input tokens, cached ones included.
    pub input: Option<u64>,
    /// Input tokens read from a prompt cache.
    pub cached_read: Option<u64>,
    /// Input tokens written to a cache that lives five minutes (or a provider's only lifetime).
    pub cached_write_5m: Option<u64>,
    /// Input tokens written to a cache that lives an hour.
    pub cached_write_1h: Option<u64>,
    /// All output tokens, reasoning included.
    pub output: Option<u64>,
    /// Output tokens spent on reasoning.
    pub reasoning: Option<u64>,
    /// What advisors used within this call, one entry a consultation; never part of the fields above.
    pub advisor: Vec<AdvisorUsage>,
    /// Cost in USD as the provider itself states it (OpenRouter), kept as evidence beside ours.
    pub provider_cost_usd: Option<f64>,
}

impl Usage {
    /// Takes every field that `later` reports; keeps the rest.
    pub fn merge(&mut self, later: Self) {
        fn take<T>(into: &mut Option<T>, from: Option<T>) {
            if from.is_some() {
                *into = from;
            }
        }
        take(&mut self.input, later.input);
        take(&mut self.cached_read, later.cached_read);
        take(&mut self.cached_write_5m, later.cached_write_5m);
        take(&mut self.cached_write_1h, later.cached_write_1h);
        take(&mut self.output, later.output);
        take(&mut self.reasoning, later.reasoning);
        take(&mut self.provider_cost_usd, later.provider_cost_usd);
        if !later.advisor.is_empty() {
            self.advisor = later.advisor;
        }
    }

    /// True when the provider reported nothing that a price can be put on.
    pub fn is_unreported(&self) -> bool {
        self.input.is_none() && self.output.is_none()
    }
}

/// Tokens of one consultation of an advisor, billed at the advisor's own rate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AdvisorUsage {
    /// The advising model.
    pub model: String,
    /// All its input tokens, cached ones included.
    pub input: u64,
    /// Input tokens it read from a cache.
    pub cached_read: u64,
    /// Input tokens it wrote to a five-minute cache.
    pub cached_write_5m: u64,
    /// Input tokens it wrote to a one-hour cache.
    pub cached_write_1h: u64,
    /// Its output tokens, reasoning included.
    pub output: u64,
}

/// Why an answer ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// The reason in our words.
    pub reason: StopReason,
    /// The reason in the provider's words.
    pub raw: Option<String>,
    /// A category of a refusal or filter in the provider's words; an open set, for display only.
    pub category: Option<String>,
}

/// Why an answer ended, the same for every provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// The model was done.
    End,
    /// A stop sequence was met.
    StopSequence,
    /// The output limit or the context was reached.
    Length,
    /// The model wants a tool's result.
    ToolUse,
    /// The model declined.
    Refusal,
    /// The provider's filter cut the answer or the prompt.
    Filtered,
    /// The provider paused a long turn and would go on if asked.
    Paused,
    /// A word we do not know; see [`Stop::raw`].
    Other,
}
