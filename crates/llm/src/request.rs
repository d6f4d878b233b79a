//! What a caller asks of a model, in no provider's words.

use serde::{Deserialize, Serialize};

/// One call: a model, a conversation and the parameters that shape the answer.
///
/// A dialect turns this into HTTP; the same value can be sent to any provider. Parameters that a
/// model refuses must be removed (and reported) before encoding: dialects encode what they get.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChatRequest {
    /// The id on the wire, without any route prefix: `claude-opus-4-8`, not `anthropic:claude-opus-4-8`.
    pub model: String,
    /// The system prompt, placed where the dialect wants it. `None` and the empty string are the same: no system message.
    pub system: Option<String>,
    /// The conversation so far, oldest first; ends with a user message.
    pub messages: Vec<Message>,
    /// Sampling, length and reasoning parameters.
    pub params: Params,
}

impl ChatRequest {
    /// A request with one user message and default parameters.
    pub fn prompt(model: impl Into<String>, prompt: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            system: None,
            messages: vec![Message { role: Role::User, text: prompt.into() }],
            params: Params::default(),
        }
    }

    /// The system prompt, if there is one that is not empty.
    pub fn system_text(&self) -> Option<&str> {
        self.system.as_deref().filter(|text| !text.is_empty())
    }
}

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub text: String,
}

/// Who speaks in a [`Message`]. System prompts are not messages; see [`ChatRequest::system`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The person asking.
    User,
    /// The model's own earlier turn.
    Assistant,
}

/// The parameters of a call. `None` means "not sent: the provider's default".
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Params {
    /// Sampling temperature. No range is enforced here; the provider is the judge of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Nucleus sampling mass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// Sampling seed, where the provider has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// Most tokens the model may produce, reasoning included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<u32>,
    /// How hard a reasoning model should work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort: Option<Effort>,
    /// Whether and how a model thinks before it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinking: Option<Thinking>,
    /// Strings that end the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
    /// The JSON Schema the answer must follow, where the provider has such an option. A provider
    /// without one is sent nothing, so the prompt must ask for the form in words (and name JSON) as
    /// well. Keys are sent in alphabetical order, which is the order in which models fill them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_schema: Option<serde_json::Value>,
    /// Anthropic's advisor tool: a second model the first may consult in mid-answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advisor: Option<Advisor>,
}

/// How hard a reasoning model should work, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effort {
    /// No reasoning at all, where a provider can be told so.
    None,
    /// The least reasoning.
    Minimal,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Between high and max.
    Xhigh,
    /// As much as the model can.
    Max,
}

impl Effort {
    /// The word used on the wire and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Xhigh => "xhigh",
            Self::Max => "max",
        }
    }
}

/// Whether and how a model thinks before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Thinking {
    /// Asked not to think.
    Off,
    /// Asked to think, with no further instruction.
    On,
    /// The model decides how much (Anthropic's adaptive thinking, Gemini's dynamic thinking).
    Adaptive,
    /// At most this many tokens of thought.
    Budget(u32),
}

/// Anthropic's advisor tool: the executor may consult a stronger model within one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advisor {
    /// Wire id of the advising model.
    pub model: String,
    /// Most consultations in one call; `None` leaves it to the provider.
    pub max_uses: Option<u32>,
}
