//! Errors, named by what the caller can do about them.

use serde::{Deserialize, Serialize};

/// What went wrong with a call, sorted by what the caller can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The key is missing, wrong or lacks the right (401, 403): fix the key.
    Authentication,
    /// Too many requests (429): wait.
    RateLimit,
    /// The account has no credit or quota left (402, a 429 subtype): waiting does not help.
    QuotaExhausted,
    /// The provider is busy (502, 503, 504, 529): wait longer.
    Overloaded,
    /// The provider rejects the request (400, 404, 422): change it.
    InvalidRequest,
    /// The prompt does not fit the model's context: shorten it.
    ContextTooLong,
    /// The provider's policy blocked the request before a model saw it.
    ContentBlocked,
    /// The provider failed (500 and other 5xx).
    ProviderFault,
    /// The connection could not be made or broke.
    Network,
    /// A time limit passed: connect, first byte, idle or total; the message says which.
    Timeout,
    /// The bytes are not what the protocol promises, or the stream ended before its end.
    MalformedStream,
}

impl ErrorKind {
    /// The word used in machine output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::RateLimit => "rate_limit",
            Self::QuotaExhausted => "quota_exhausted",
            Self::Overloaded => "overloaded",
            Self::InvalidRequest => "invalid_request",
            Self::ContextTooLong => "context_too_long",
            Self::ContentBlocked => "content_blocked",
            Self::ProviderFault => "provider_fault",
            Self::Network => "network",
            Self::Timeout => "timeout",
            Self::MalformedStream => "malformed_stream",
        }
    }
}

/// An error of a call, normalised. The message is the provider's or ours, already redacted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// What the caller can do.
    pub kind: ErrorKind,
    /// One line for a person.
    pub message: String,
    /// HTTP status, when there was a response.
    pub status: Option<u16>,
    /// The provider's own code or type (`rate_limit_error`, `insufficient_quota`).
    pub code: Option<String>,
    /// How long the provider asks us to wait, in milliseconds.
    pub retry_after_ms: Option<u64>,
}

impl ApiError {
    /// An error that did not come from a provider's response.
    pub fn local(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), status: None, code: None, retry_after_ms: None }
    }
}
