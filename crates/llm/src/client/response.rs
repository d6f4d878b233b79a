//! A response: its head, its body to the end of the answer, and the connection freed for the next call.

use std::time::Duration;

use hyper::Response;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::backend::{HttpBackend, unix_ms};
use super::exchange::{Broken, Exchange};
use super::reading::{self, Reading};
use crate::call::{RawResponse, Timeouts};
use crate::dialect::decode_error;
use crate::error::{ApiError, ErrorKind};
use crate::event::Nanos;

/// Most of an error's body that is read.
const MAX_ERROR_BODY: usize = 1 << 20;
/// Most of an answer's body that is read.
const MAX_BODY: usize = 64 << 20;
/// How long the rest of a body may take after the answer's end, for the connection's sake.
const DRAIN: Duration = Duration::from_millis(100);

impl HttpBackend {
    /// Reads a response to the end of its answer, and then the connection free for the next call.
    pub(super) async fn receive(
        &self,
        mut exchange: Exchange<'_, '_>,
        response: Response<Incoming>,
        timeouts: &Timeouts,
        reading: &mut Reading<'_, '_>,
        raw: &mut RawResponse,
    ) -> Ended {
        let (head, mut body) = response.into_parts();
        raw.status = Some(head.status.as_u16());
        raw.headers = kept_headers(&head.headers);
        let server_limit = keep_alive_limit(&head.headers);
        let ended = if head.status.is_success() && is_encoded(&head.headers) {
            let message = "the server compressed its answer although it was asked not to";
            let error = Some(ApiError::local(ErrorKind::MalformedStream, message));
            Ended { at: exchange.elapsed(), error, cancelled: false, sent: true, body_read: false, reusable: false }
        } else if head.status.is_success() {
            read_answer(&mut exchange, &mut body, timeouts, reading, raw).await
        } else {
            read_error(&mut exchange, &mut body, head.status.as_u16(), &head.headers, raw).await
        };
        if ended.reusable && (ended.body_read || drain(&mut exchange, &mut body, raw).await) {
            self.client.keep(&self.base_url.origin, exchange.into_connection(), server_limit);
        }
        ended
    }
}

/// How an attempt ended, and what that means for the connection.
pub(super) struct Ended {
    pub(super) at: Nanos,
    pub(super) error: Option<ApiError>,
    pub(super) cancelled: bool,
    pub(super) sent: bool,
    /// The whole body was read.
    body_read: bool,
    /// The connection is worth reading the rest of the body for.
    reusable: bool,
}

impl Ended {
    /// Nothing of the request was sent.
    pub(super) fn before_sending(broken: Broken, timeouts: &Timeouts) -> Self {
        let cancelled = matches!(broken, Broken::Cancelled);
        Self { at: 0, error: broken.into_error(timeouts), cancelled, sent: false, body_read: false, reusable: false }
    }

    /// The request was handed to a connection and no head of a response came.
    pub(super) fn without_response(broken: Broken, timeouts: &Timeouts, at: Nanos) -> Self {
        Self { at, sent: true, ..Self::before_sending(broken, timeouts) }
    }
}

async fn read_answer(
    exchange: &mut Exchange<'_, '_>,
    body: &mut Incoming,
    timeouts: &Timeouts,
    reading: &mut Reading<'_, '_>,
    raw: &mut RawResponse,
) -> Ended {
    let mut ended = Ended { at: 0, error: None, cancelled: false, sent: true, body_read: false, reusable: true };
    while !reading.is_over() {
        match exchange.next(body).await {
            Ok(Some((bytes, at))) => {
                if raw.body.len() + bytes.len() > MAX_BODY {
                    let message = format!("the response is longer than {} MiB", MAX_BODY >> 20);
                    ended.error = Some(ApiError::local(ErrorKind::MalformedStream, message));
                    ended.reusable = false;
                    break;
                }
                raw.body.extend_from_slice(&bytes);
                reading::note_read(raw, at);
                reading.push(&bytes, at);
            }
            Ok(None) => {
                ended.body_read = true;
                reading.finish(exchange.latest_read());
                break;
            }
            Err(broken) => {
                ended.reusable = false;
                ended.cancelled = matches!(broken, Broken::Cancelled);
                ended.error = broken.into_error(timeouts);
                break;
            }
        }
    }
    // The answer was whole when its stop reason arrived; a server that then forgets its last
    // event, or to end its body, has not failed the call.
    if reading.answer.stop.is_some() && reading.answer.error.is_none() {
        ended.error = None;
        ended.cancelled = false;
    }
    let is_whole = ended.error.is_none() && !ended.cancelled && reading.answer.error.is_none();
    ended.at = match reading.stopped_at {
        Some(at) if is_whole => at,
        _ => exchange.elapsed(),
    };
    ended
}

async fn read_error(
    exchange: &mut Exchange<'_, '_>,
    body: &mut Incoming,
    status: u16,
    headers: &HeaderMap,
    raw: &mut RawResponse,
) -> Ended {
    let mut ended = Ended { at: 0, error: None, cancelled: false, sent: true, body_read: false, reusable: true };
    while raw.body.len() < MAX_ERROR_BODY {
        match exchange.next(body).await {
            Ok(Some((bytes, at))) => {
                let room = MAX_ERROR_BODY - raw.body.len();
                raw.body.extend_from_slice(bytes.get(..room).unwrap_or(&bytes));
                reading::note_read(raw, at);
            }
            Ok(None) => {
                ended.body_read = true;
                break;
            }
            // The status has said what matters already.
            Err(broken) => {
                ended.cancelled = matches!(broken, Broken::Cancelled);
                ended.reusable = false;
                break;
            }
        }
    }
    ended.at = exchange.elapsed();
    ended.reusable &= ended.body_read;
    ended.error = Some(if (300..400).contains(&status) {
        redirect_error(status, headers)
    } else {
        decode_error(status, &all_headers(headers), &raw.body, unix_ms() / 1000)
    });
    ended
}

/// Redirects are not followed: the key would go wherever a server says.
pub(super) fn redirect_error(status: u16, headers: &HeaderMap) -> ApiError {
    let target = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
    let target =
        target.map(|target| format!(" to {}", target.chars().take(200).collect::<String>())).unwrap_or_default();
    let message = format!("the server redirects{target}, which is not followed; set the base URL to where the API is");
    ApiError { status: Some(status), ..ApiError::local(ErrorKind::InvalidRequest, message) }
}

/// Reads the rest of a body whose answer has ended; true when its end came soon.
async fn drain(exchange: &mut Exchange<'_, '_>, body: &mut Incoming, raw: &mut RawResponse) -> bool {
    let rest = async {
        loop {
            match exchange.next(body).await {
                Ok(Some((bytes, at))) if raw.body.len() + bytes.len() <= MAX_BODY => {
                    raw.body.extend_from_slice(&bytes);
                    reading::note_read(raw, at);
                }
                Ok(None) => return true,
                Ok(Some(_)) | Err(_) => return false,
            }
        }
    };
    tokio::time::timeout(DRAIN, rest).await.unwrap_or(false)
}

/// The headers that are evidence: what was answered, by whom, and what limits apply.
fn kept_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    const NAMES: [&str; 8] = [
        "cf-ray",
        "content-type",
        "openai-processing-ms",
        "openai-version",
        "retry-after",
        "retry-after-ms",
        "server-timing",
        "x-trace-id",
    ];
    let is_kept = |name: &str| NAMES.contains(&name) || name.ends_with("request-id") || name.contains("ratelimit-");
    headers.iter().filter(|(name, _)| is_kept(name.as_str())).map(to_text).collect()
}

pub(super) fn all_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    headers.iter().map(to_text).collect()
}

fn to_text((name, value): (&HeaderName, &HeaderValue)) -> (String, String) {
    (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Whether the body is compressed, which no request of ours allows.
fn is_encoded(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_ENCODING).is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// How long the server says it keeps an idle connection.
fn keep_alive_limit(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get("keep-alive")?.to_str().ok()?;
    let seconds = value.split(',').find_map(|part| part.trim().strip_prefix("timeout="))?;
    seconds.parse().ok().map(Duration::from_secs)
}
