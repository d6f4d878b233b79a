//! Errors as providers word them, sorted by what the caller can do: HTTP error bodies and the
//! error objects that arrive inside bodies and streams of status 200.

mod retry_after;
mod words;

use std::borrow::Cow;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::{ApiError, ErrorKind};

const MESSAGE_LENGTH: usize = 600;

/// Normalises an HTTP response that is not a success.
///
/// `headers` are matched without regard to case; `now_unix` (seconds since the Unix epoch) turns a
/// `Retry-After` date into a wait. The message is one printable line; it is not redacted here.
pub fn decode_error(status: u16, headers: &[(String, String)], body: &[u8], now_unix: i64) -> ApiError {
    let text = String::from_utf8_lossy(body);
    let payload = serde_json::from_str::<Value>(text.trim()).ok();
    let mut error = match &payload {
        Some(value) => from_value(Some(status), value),
        None => from_text(status, &text),
    };
    if error.message.is_empty() {
        error.message = format!("the provider answered with HTTP status {status} and no message");
    }
    if let Some(wait) = retry_after::from_headers(headers, now_unix) {
        error.retry_after_ms = Some(wait);
    }
    error
}

/// An error object found inside a body or stream; `payload` is the value of its `error` field.
pub(super) fn in_stream(payload: &RawValue) -> ApiError {
    in_stream_value(&serde_json::from_str(payload.get()).unwrap_or(Value::Null))
}

/// As [`in_stream`], for a value that is parsed already.
pub(super) fn in_stream_value(payload: &Value) -> ApiError {
    let mut error = from_value(None, payload);
    if error.message.is_empty() {
        error.message = "the provider reported an error in the stream and no message".to_owned();
    }
    error
}

/// The error in JSON that does not have the shape of its dialect, if it says that it is one.
pub(super) fn of_foreign_shape(data: &str) -> Option<ApiError> {
    let payload: Value = serde_json::from_str(data).ok()?;
    let says_error = |key: &str| payload.get(key).and_then(Value::as_str) == Some("error");
    let is_error =
        says_error("object") || says_error("type") || payload.get("error").is_some_and(|error| !error.is_null());
    is_error.then(|| in_stream_value(&payload))
}

/// What providers put into their error objects, under whatever names.
#[derive(Debug, Default)]
struct Details<'v> {
    message: Cow<'v, str>,
    /// `code`, when it is a word.
    code: Option<&'v str>,
    /// `type`.
    kind: Option<&'v str>,
    /// `status`, when it is a word (Gemini).
    status: Option<&'v str>,
    /// `code` or `status_code`, when it is a number.
    number: Option<u64>,
    /// The provider asks for a wait in the body (Gemini's `RetryInfo`).
    retry_after_ms: Option<u64>,
    /// A quota with a day's window is used up (Gemini).
    daily_quota: bool,
}

fn from_value(status: Option<u16>, payload: &Value) -> ApiError {
    let details = details(payload);
    let number = details.number.and_then(|number| u16::try_from(number).ok()).filter(|n| (400..600).contains(n));
    let kind = words::kind(&words::Evidence {
        status: status.or(number),
        words: [details.code, details.kind, details.status],
        number: details.number,
        message: &details.message,
        daily_quota: details.daily_quota,
    });
    let code = details.code.or(details.status).or(details.kind).map(str::to_owned);
    ApiError {
        kind,
        message: one_line(&details.message),
        status,
        code: code.or_else(|| details.number.map(|number| number.to_string())),
        retry_after_ms: details.retry_after_ms,
    }
}

fn from_text(status: u16, text: &str) -> ApiError {
    let message = if text.trim_start().starts_with('<') { html_text(text) } else { text.to_owned() };
    let evidence =
        words::Evidence { status: Some(status), words: [None; 3], number: None, message: &message, daily_quota: false };
    ApiError {
        kind: words::kind(&evidence),
        message: one_line(&message),
        status: Some(status),
        code: None,
        retry_after_ms: None,
    }
}

fn details(payload: &Value) -> Details<'_> {
    let object = match payload {
        // Gemini without `alt=sse` wraps the error in an array.
        Value::Array(items) => return items.first().map(details).unwrap_or_default(),
        Value::Object(object) => object,
        other => {
            return Details { message: text_of(other), ..Details::default() };
        }
    };
    if let Some(inner @ (Value::Object(_) | Value::Array(_))) = object.get("error") {
        return details(inner);
    }
    let word = |key: &str| object.get(key).and_then(Value::as_str).filter(|word| !word.is_empty());
    let mut message = ["message", "msg", "error_message", "detail", "error", "errors"]
        .iter()
        .filter_map(|key| object.get(*key))
        .map(text_of)
        .find(|text| !text.trim().is_empty())
        .unwrap_or_default();
    // OpenRouter's own message says nothing; the upstream provider's words stand in the metadata.
    if let Some(upstream) = object.get("metadata").and_then(|metadata| metadata.get("raw")).map(text_of)
        && message == "Provider returned error"
    {
        message = Cow::Owned(format!("{message}: {upstream}"));
    }
    let number = ["code", "status_code", "status"].iter().find_map(|key| {
        let value = object.get(*key)?;
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    });
    let mut details = Details {
        message,
        code: word("code").filter(|code| code.parse::<u64>().is_err()),
        kind: word("type"),
        status: word("status").filter(|status| status.parse::<u64>().is_err()),
        number,
        ..Details::default()
    };
    for detail in object.get("details").and_then(Value::as_array).into_iter().flatten() {
        if let Some(delay) = detail.get("retryDelay").and_then(Value::as_str) {
            details.retry_after_ms = retry_after::from_duration(delay);
        }
        if let Some(reason) = detail.get("reason").and_then(Value::as_str) {
            details.code = details.code.or(Some(reason));
        }
        let violations = detail.get("violations").and_then(Value::as_array).into_iter().flatten();
        details.daily_quota |= violations
            .filter_map(|violation| violation.get("quotaId").and_then(Value::as_str))
            .any(|quota| quota.contains("PerDay"));
    }
    details
}

/// The words in a value that stands where a message should be.
fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        Value::Array(items) => Cow::Owned(items.iter().map(text_of).collect::<Vec<_>>().join("; ")),
        Value::Object(object) => {
            let inner = ["message", "msg", "detail"].iter().find_map(|key| object.get(*key));
            let text = inner.map_or_else(|| Cow::Owned(value.to_string()), text_of);
            // A validation error names the field apart from the complaint.
            match object.get("loc").and_then(Value::as_array) {
                Some(path) => {
                    let path: Vec<_> = path.iter().map(text_of).collect();
                    Cow::Owned(format!("{}: {text}", path.join(".")))
                }
                None => text,
            }
        }
        other => Cow::Owned(other.to_string()),
    }
}

/// One printable line of bounded length.
fn one_line(text: &str) -> String {
    let printable: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut line = String::new();
    for word in printable.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > MESSAGE_LENGTH {
            break;
        }
    }
    if let Some((end, _)) = line.char_indices().nth(MESSAGE_LENGTH) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// The title of an HTML page, or its text without markup.
fn html_text(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    if let Some(start) = lower.find("<title>").map(|at| at + "<title>".len())
        && let Some(length) = lower[start..].find("</title>")
        && !html[start..start + length].trim().is_empty()
    {
        return html[start..start + length].to_owned();
    }
    let mut text = String::new();
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                text.push(' ');
            }
            _ if !in_tag => text.push(c),
            _ => {}
        }
    }
    text
}

/// The error that stands for a stop reason of "error" without an error object.
pub(super) fn unexplained(what: &str) -> ApiError {
    ApiError::local(ErrorKind::ProviderFault, format!("the provider ended the answer with {what} and no explanation"))
}
