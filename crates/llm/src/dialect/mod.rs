//! Every provider's wire dialect as pure functions both ways: a [`ChatRequest`] becomes
//! [`HttpParts`], response bytes become [`TimedEvent`](crate::event::TimedEvent)s, an error body becomes an
//! [`ApiError`](crate::error::ApiError). No I/O, no clock, no environment.
//!
//! A dialect is a grammar; [`Quirks`] are the words in which providers of one grammar differ.

mod anthropic;
mod body;
mod decoder;
mod errors;
mod gemini;
mod json_stream;
mod lenient;
mod openai_chat;
mod openai_responses;
mod quirks;
mod sink;
mod structured;

use serde::{Deserialize, Serialize};

pub use self::decoder::Decoder;
pub use self::errors::decode_error;
pub use self::quirks::{EffortStyle, MaxTokensField, Quirks, SeedField, StructuredOutput, ThinkingStyle};
use crate::request::{ChatRequest, Params};

/// A wire grammar. The names in serialized form are those used in provider tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Dialect {
    /// OpenAI chat completions, and everybody who imitates them.
    #[serde(rename = "openai-chat", alias = "openai_chat")]
    OpenAiChat,
    /// OpenAI Responses.
    #[serde(rename = "openai-responses", alias = "openai_responses")]
    OpenAiResponses,
    /// Anthropic Messages.
    #[serde(rename = "anthropic-messages", alias = "anthropic_messages")]
    AnthropicMessages,
    /// Gemini `streamGenerateContent`.
    #[serde(rename = "gemini-generate", alias = "gemini_generate")]
    GeminiGenerate,
}

/// A request as HTTP, still without a base URL and without credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpParts {
    /// The method; every dialect posts.
    pub method: &'static str,
    /// Path and query relative to the provider's base URL, without a leading slash.
    pub path: String,
    /// Headers in lower case, `content-type` and `accept` among them, credentials not.
    pub headers: Vec<(&'static str, String)>,
    /// Compact JSON whose key order is fixed.
    pub body: Vec<u8>,
}

impl Dialect {
    /// All dialects.
    pub const ALL: [Self; 4] = [Self::OpenAiChat, Self::OpenAiResponses, Self::AnthropicMessages, Self::GeminiGenerate];

    /// The name used in provider tables and configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenAiChat => "openai-chat",
            Self::OpenAiResponses => "openai-responses",
            Self::AnthropicMessages => "anthropic-messages",
            Self::GeminiGenerate => "gemini-generate",
        }
    }

    /// The request as this dialect says it, always asking for a stream.
    ///
    /// Encodes what it gets: a parameter that the model refuses is sent, and only what the grammar
    /// has no word for is left out. [`Dialect::unsupported`] names that.
    pub fn encode(&self, request: &ChatRequest, quirks: &Quirks) -> HttpParts {
        match self {
            Self::OpenAiChat => openai_chat::encode(request, quirks),
            Self::OpenAiResponses => openai_responses::encode(request, quirks),
            Self::AnthropicMessages => anthropic::encode(request, quirks),
            Self::GeminiGenerate => gemini::encode(request, quirks),
        }
    }

    /// The parameters, by their command-line names, that this grammar has no word for and that
    /// [`Dialect::encode`] therefore leaves out. Callers must say so wherever they show results.
    pub fn unsupported(&self, params: &Params, quirks: &Quirks) -> Vec<&'static str> {
        match self {
            Self::OpenAiChat => openai_chat::unsupported(params, quirks),
            Self::OpenAiResponses => openai_responses::unsupported(params),
            Self::AnthropicMessages => anthropic::unsupported(params),
            Self::GeminiGenerate => gemini::unsupported(params),
        }
    }

    /// A fresh decoder for one response body.
    pub fn decoder(&self) -> Decoder {
        Decoder::new(*self)
    }
}

/// The headers that every dialect sends.
fn json_headers() -> Vec<(&'static str, String)> {
    vec![("content-type", "application/json".to_owned()), ("accept", "text/event-stream".to_owned())]
}
