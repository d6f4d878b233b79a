//! The words by which providers tell one kind of error from another. Status codes alone do not:
//! a used-up account is a 400 at Anthropic, a 402 at DeepSeek, a 403 at xAI and a 429 at OpenAI.

use crate::error::ErrorKind;

/// What is known of an error.
#[derive(Debug)]
pub(super) struct Evidence<'e> {
    /// HTTP status, or a number in the error object that looks like one.
    pub(super) status: Option<u16>,
    /// Code, type and status words, any of them.
    pub(super) words: [Option<&'e str>; 3],
    /// A numeric code (Z.AI's business codes, or a repeated status).
    pub(super) number: Option<u64>,
    /// The message.
    pub(super) message: &'e str,
    /// A quota with a day's window is used up.
    pub(super) daily_quota: bool,
}

/// Codes and types that decide by themselves. Matched whole, without regard to case.
const WORDS: &[(&str, ErrorKind)] = &[
    ("context_length_exceeded", ErrorKind::ContextTooLong),
    ("context_window_exceeded", ErrorKind::ContextTooLong),
    ("exceed_context_size_error", ErrorKind::ContextTooLong),
    ("string_above_max_length", ErrorKind::ContextTooLong),
    ("request_too_large", ErrorKind::ContextTooLong),
    ("insufficient_quota", ErrorKind::QuotaExhausted),
    ("insufficient_balance", ErrorKind::QuotaExhausted),
    ("insufficient_credits", ErrorKind::QuotaExhausted),
    ("exceeded_current_quota", ErrorKind::QuotaExhausted),
    ("exceeded_current_quota_error", ErrorKind::QuotaExhausted),
    ("billing_error", ErrorKind::QuotaExhausted),
    ("billing_not_active", ErrorKind::QuotaExhausted),
    ("billing_hard_limit_reached", ErrorKind::QuotaExhausted),
    ("payment_required", ErrorKind::QuotaExhausted),
    ("arrearage", ErrorKind::QuotaExhausted),
    ("content_policy_violation", ErrorKind::ContentBlocked),
    ("content_filter", ErrorKind::ContentBlocked),
    ("content_filtered", ErrorKind::ContentBlocked),
    ("content_policy", ErrorKind::ContentBlocked),
    ("content_blocked", ErrorKind::ContentBlocked),
    ("data_inspection_failed", ErrorKind::ContentBlocked),
    ("datainspectionfailed", ErrorKind::ContentBlocked),
    ("responsibleaipolicyviolation", ErrorKind::ContentBlocked),
    ("invalid_prompt", ErrorKind::ContentBlocked),
    ("cyber_policy_violation", ErrorKind::ContentBlocked),
    ("moderation_blocked", ErrorKind::ContentBlocked),
    ("prohibited_content", ErrorKind::ContentBlocked),
    ("overloaded_error", ErrorKind::Overloaded),
    ("engine_overloaded_error", ErrorKind::Overloaded),
    ("engine_overloaded", ErrorKind::Overloaded),
    ("overloaded", ErrorKind::Overloaded),
    ("service_unavailable", ErrorKind::Overloaded),
    ("capacity_exceeded", ErrorKind::Overloaded),
    ("unavailable", ErrorKind::Overloaded),
];

/// Codes of a wrong key or a missing right. Looked at after the messages: a policy or an empty
/// account may hide behind `permission_denied`.
const KEY_WORDS: &[(&str, ErrorKind)] = &[
    ("authentication_error", ErrorKind::Authentication),
    ("permission_error", ErrorKind::Authentication),
    ("invalid_api_key", ErrorKind::Authentication),
    ("api_key_invalid", ErrorKind::Authentication),
    ("unauthenticated", ErrorKind::Authentication),
    ("permission_denied", ErrorKind::Authentication),
];

/// Words that decide only where no status does: inside bodies and streams of status 200.
const WORDS_WITHOUT_STATUS: &[(&str, ErrorKind)] = &[
    ("rate_limit_error", ErrorKind::RateLimit),
    ("rate_limit_exceeded", ErrorKind::RateLimit),
    ("rate_limit_reached_error", ErrorKind::RateLimit),
    ("too_many_requests", ErrorKind::RateLimit),
    ("resource_exhausted", ErrorKind::RateLimit),
    ("slow_down", ErrorKind::RateLimit),
    ("timeout_error", ErrorKind::Timeout),
    ("request_timeout", ErrorKind::Timeout),
    ("deadline_exceeded", ErrorKind::Timeout),
    ("invalid_request_error", ErrorKind::InvalidRequest),
    ("invalid_request", ErrorKind::InvalidRequest),
    ("invalid_argument", ErrorKind::InvalidRequest),
    ("failed_precondition", ErrorKind::InvalidRequest),
    ("not_found_error", ErrorKind::InvalidRequest),
    ("not_found", ErrorKind::InvalidRequest),
    ("model_not_found", ErrorKind::InvalidRequest),
    ("tool_use_failed", ErrorKind::InvalidRequest),
    ("bad_request", ErrorKind::InvalidRequest),
];

/// Phrases of messages, in lower case, by which providers without a telling code say that a prompt is too long.
const TOO_LONG: &[&str] = &[
    "maximum context length",
    "context length exceeded",
    "context_length_exceeded",
    "exceeds the context window",
    "exceed context window",
    "exceed context limit",
    "exceeds the available context size",
    "exceeds the maximum number of tokens",
    "maximum prompt length",
    "prompt is too long",
    "prompt too long",
    "prompt exceeds max length",
    "input is too long",
    "input token count",
    "range of input length should be",
    "reduce the length of the messages",
    "reduce the length of your prompt",
    "too large for model with",
];

/// Phrases that say that an account is used up.
const USED_UP: &[&str] = &[
    "credit balance is too low",
    "insufficient balance",
    "insufficient credit",
    "insufficient funds",
    "out of credits",
    "used all available credits",
    "requires more credits",
    "monthly spending limit",
    "account is not active, please check your billing",
    "your account is suspended due to",
];

/// Phrases that say that a policy, not a right, is in the way.
const BLOCKED: &[&str] = &[
    "content policy",
    "content management policy",
    "usage policy",
    "usage policies",
    "usage guidelines",
    "content filter",
    "content_filter",
    "flagged by moderation",
    "input was flagged",
    "request was flagged",
    "prompt was flagged",
    "output blocked by",
    "inappropriate content",
    "sensitive content",
];

/// Phrases of a wrong key behind a status that says otherwise (Gemini answers 400).
const WRONG_KEY: &[&str] = &["api key not valid", "invalid api key", "incorrect api key"];

/// Sorts an error by what the caller can do about it.
pub(super) fn kind(evidence: &Evidence<'_>) -> ErrorKind {
    let status = evidence.status;
    if status == Some(402) || evidence.daily_quota {
        return ErrorKind::QuotaExhausted;
    }
    if let Some(kind) = by_words(WORDS, evidence) {
        return kind;
    }
    // Z.AI answers with business codes of its own.
    match evidence.number {
        Some(1113) => return ErrorKind::QuotaExhausted,
        Some(1261) => return ErrorKind::ContextTooLong,
        Some(1301) => return ErrorKind::ContentBlocked,
        Some(1302 | 1303 | 1305) => return ErrorKind::RateLimit,
        _ => {}
    }
    let message = evidence.message.to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| message.contains(phrase));
    if says(USED_UP) {
        return ErrorKind::QuotaExhausted;
    }
    // A rate limit may be worded as a length ("Request too large … tokens per minute").
    if status == Some(413) || (status != Some(429) && says(TOO_LONG)) {
        return ErrorKind::ContextTooLong;
    }
    if status.is_none_or(|status| (400..500).contains(&status) && status != 429) {
        if says(BLOCKED) {
            return ErrorKind::ContentBlocked;
        }
        if says(WRONG_KEY) {
            return ErrorKind::Authentication;
        }
    }
    if let Some(kind) = by_words(KEY_WORDS, evidence) {
        return kind;
    }
    match status {
        Some(status) => by_status(status),
        None => by_words(WORDS_WITHOUT_STATUS, evidence).unwrap_or(ErrorKind::ProviderFault),
    }
}

fn by_words(table: &[(&str, ErrorKind)], evidence: &Evidence<'_>) -> Option<ErrorKind> {
    let known = |word: &str| table.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, kind)| *kind);
    evidence.words.iter().flatten().find_map(|word| known(word))
}

fn by_status(status: u16) -> ErrorKind {
    match status {
        401 | 403 => ErrorKind::Authentication,
        402 => ErrorKind::QuotaExhausted,
        408 => ErrorKind::Timeout,
        429 => ErrorKind::RateLimit,
        // 498 is Groq's word for a full flexible tier.
        498 | 502 | 503 | 504 | 529 => ErrorKind::Overloaded,
        500.. => ErrorKind::ProviderFault,
        _ => ErrorKind::InvalidRequest,
    }
}
