//! One provider with one key, as a [`Backend`].

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response, Uri};

use super::billing;
use super::connection::Connection;
use super::exchange::{Broken, Cancel, Exchange, Limit};
use super::http_client::HttpClient;
use super::reading::{self, Reading};
use super::url::{BaseUrl, InvalidUrl};
use crate::call::{Attempt, Backend, Billing, Observer, RawResponse, Timeouts};
use crate::dialect::{Dialect, HttpParts, Quirks, decode_error};
use crate::error::{ApiError, ErrorKind};
use crate::event::Nanos;
use crate::outcome::Answer;
use crate::redact::Redactor;
use crate::registry::Provider;
use crate::request::ChatRequest;
use crate::secret::ApiKey;

/// Most of an error's body that is read.
const MAX_ERROR_BODY: usize = 1 << 20;
/// Most of an answer's body that is read.
const MAX_BODY: usize = 64 << 20;
/// How long the rest of a body may take after the answer's end, for the connection's sake.
const DRAIN: Duration = Duration::from_millis(100);

/// What an [`HttpBackend`] is made of.
#[derive(Debug, Clone)]
pub struct HttpBackendConfig {
    /// The provider: how it is asked and what it wants in each request.
    pub provider: Provider,
    /// The base URL in force, version path included.
    pub base_url: String,
    /// The dialect in force, the provider's own unless a model or the user says otherwise.
    pub dialect: Dialect,
    /// The quirks in force.
    pub quirks: Quirks,
    /// The key, for providers that want one.
    pub key: Option<ApiKey>,
    /// Knows every key that must not appear anywhere.
    pub redactor: Redactor,
    /// Lets plain HTTP reach other machines (a local server on another host, by the user's word).
    pub allow_plain_http: bool,
}

impl HttpBackendConfig {
    /// The provider as the registry has it. The redactor knows the key.
    pub fn new(provider: &Provider, key: Option<ApiKey>) -> Self {
        Self {
            base_url: provider.base_url.clone(),
            dialect: provider.dialect,
            quirks: provider.quirks.clone(),
            redactor: Redactor::new(key.iter()),
            provider: provider.clone(),
            key,
            allow_plain_http: false,
        }
    }
}

/// Speaks HTTP to one provider with one key.
#[derive(Debug, Clone)]
pub struct HttpBackend {
    pub(super) client: HttpClient,
    pub(super) base_url: BaseUrl,
    pub(super) dialect: Dialect,
    quirks: Quirks,
    provider: Provider,
    pub(super) redactor: Redactor,
    /// Headers of every request, the key's among them (marked as sensitive).
    pub(super) headers: HeaderMap,
    /// The header that carries the key, when there is one.
    pub(super) key_header: Option<HeaderName>,
}

impl HttpBackend {
    /// A backend that shares the client's connections. Does no input or output.
    ///
    /// # Errors
    /// When the base URL is unusable, or plain HTTP to another machine without leave.
    pub fn new(client: HttpClient, config: HttpBackendConfig) -> Result<Self, InvalidUrl> {
        let parse = if config.allow_plain_http { BaseUrl::parse } else { BaseUrl::parse_private };
        let base_url = parse(&config.base_url)?;
        let mut headers = HeaderMap::new();
        let mut insert = |name: HeaderName, text: &str| {
            // A value that no header can carry (a line break in a user's file) is left out.
            if let Ok(value) = HeaderValue::from_str(text) {
                headers.insert(name, value);
            }
        };
        insert(header::HOST, &base_url.origin.authority());
        insert(header::USER_AGENT, client.user_agent());
        insert(header::ACCEPT, "text/event-stream, application/json");
        // Compression would put the provider's buffers between a token and its time.
        insert(header::ACCEPT_ENCODING, "identity");
        insert(header::CONTENT_TYPE, "application/json");
        for (name, value) in &config.provider.headers {
            if let Ok(name) = name.parse::<HeaderName>() {
                insert(name, value);
            }
        }
        let mut key_header = None;
        if let Some(key) = &config.key
            && let Some((name, value)) = config.provider.auth.header(key.expose_for_header())
            && let (Ok(name), Ok(mut value)) = (name.parse::<HeaderName>(), HeaderValue::try_from(value))
        {
            value.set_sensitive(true);
            headers.insert(name.clone(), value);
            key_header = Some(name);
        }
        Ok(Self {
            client,
            base_url,
            dialect: config.dialect,
            quirks: config.quirks,
            provider: config.provider,
            redactor: config.redactor,
            headers,
            key_header,
        })
    }

    /// The base URL in force.
    pub fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// The provider.
    pub fn provider(&self) -> &Provider {
        &self.provider
    }

    fn http_request(&self, parts: HttpParts) -> Result<(Request<Full<Bytes>>, Bytes), ApiError> {
        let unusable =
            |what: &str| ApiError::local(ErrorKind::InvalidRequest, format!("the request cannot be sent: {what}"));
        let target = self.base_url.target(&parts.path);
        let uri = target.parse::<Uri>().map_err(|_| unusable("the model's name does not fit into a URL"))?;
        let body = Bytes::from(parts.body);
        let mut request = Request::new(Full::new(body.clone()));
        *request.uri_mut() = uri;
        *request.method_mut() = parts.method.parse().map_err(|_| unusable("unknown method"))?;
        *request.headers_mut() = self.headers.clone();
        for (name, value) in parts.headers {
            let value = HeaderValue::try_from(value)
                .map_err(|_| unusable("a header holds a character that it cannot carry"))?;
            request.headers_mut().insert(HeaderName::from_static(name), value);
        }
        Ok((request, body))
    }

    /// A connection and how long it took to get: nothing for one that was open.
    pub(super) async fn connect(
        &self,
        timeouts: &Timeouts,
        cancel: &mut Cancel<'_>,
    ) -> Result<(Connection, Duration), Broken> {
        let started = Instant::now();
        tokio::select! {
            biased;
            () = cancel.as_mut() => Err(Broken::Cancelled),
            connected = tokio::time::timeout(timeouts.connect, self.client.connect(&self.base_url.origin)) => {
                let connection = connected
                    .map_err(|_| Broken::Timeout(Limit::Connect))?
                    .map_err(|error| Broken::Failed(ErrorKind::Network, error.to_string()))?;
                let took = if connection.reused { Duration::ZERO } else { started.elapsed() };
                Ok((connection, took))
            }
        }
    }

    async fn run(
        &self,
        request: &ChatRequest,
        timeouts: &Timeouts,
        mut cancel: Cancel<'_>,
        observer: &mut Observer<'_>,
    ) -> Attempt {
        let mut attempt = blank_attempt();
        let (request, body) = match self.http_request(self.dialect.encode(request, &self.quirks)) {
            Ok(request) => request,
            Err(error) => return Attempt { error: Some(error), ..attempt },
        };
        attempt.request_body = body.to_vec();
        let mut reading = Reading::new(self.dialect.decoder(), &self.redactor, observer);
        let ended = loop {
            let connection = match self.connect(timeouts, &mut cancel).await {
                Ok((connection, took)) => {
                    attempt.connect += took;
                    connection
                }
                Err(broken) => break Ended::before_sending(broken, timeouts),
            };
            attempt.started_unix_ms = unix_ms();
            let reused = connection.reused;
            let mut exchange = Exchange::start(connection, timeouts, &mut cancel);
            match exchange.send(request.clone()).await {
                // The server closed an idle connection just before we used it. Nothing was written
                // to it, so this is still the same attempt; the clock starts anew with the next one.
                Err(Broken::Unsent) if reused => {}
                Err(Broken::Unsent) => break Ended::before_sending(Broken::Unsent, timeouts),
                Err(broken) => {
                    break Ended { at: exchange.elapsed(), sent: true, ..Ended::before_sending(broken, timeouts) };
                }
                Ok(response) => break self.receive(exchange, response, timeouts, &mut reading, &mut attempt.raw).await,
            }
        };
        attempt.answer = reading.answer;
        attempt.cancelled = ended.cancelled;
        attempt.total = Duration::from_nanos(ended.at);
        attempt.error = ended.error.or_else(|| attempt.answer.error.clone());
        attempt.billing =
            if ended.sent { billing::after_sending(attempt.raw.status, &attempt.answer) } else { Billing::NotBilled };
        if let Some(error) = &mut attempt.error {
            reading::redact_error(&self.redactor, error);
        }
        reading::redact_answer(&self.redactor, &mut attempt.answer);
        reading::redact_raw(&self.redactor, &mut attempt.raw);
        attempt
    }

    /// Reads a response to the end of its answer, and then the connection free for the next call.
    async fn receive(
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

impl Backend for HttpBackend {
    fn attempt<'a>(
        &'a self,
        request: &'a ChatRequest,
        timeouts: &'a Timeouts,
        cancel: Pin<Box<dyn Future<Output = ()> + Send + 'a>>,
        observer: &'a mut Observer<'a>,
    ) -> Pin<Box<dyn Future<Output = Attempt> + Send + 'a>> {
        Box::pin(self.run(request, timeouts, cancel, observer))
    }

    fn input_tokens_upper_bound(&self, request: &ChatRequest) -> u64 {
        self.provider.input_tokens_upper_bound(request)
    }
}

/// How an attempt ended, and what that means for the connection.
struct Ended {
    at: Nanos,
    error: Option<ApiError>,
    cancelled: bool,
    sent: bool,
    /// The whole body was read.
    body_read: bool,
    /// The connection is worth reading the rest of the body for.
    reusable: bool,
}

impl Ended {
    fn before_sending(broken: Broken, timeouts: &Timeouts) -> Self {
        let cancelled = matches!(broken, Broken::Cancelled);
        Self { at: 0, error: broken.into_error(timeouts), cancelled, sent: false, body_read: false, reusable: false }
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

fn blank_attempt() -> Attempt {
    Attempt {
        started_unix_ms: unix_ms(),
        connect: Duration::ZERO,
        total: Duration::ZERO,
        answer: Answer::default(),
        error: None,
        billing: Billing::NotBilled,
        cancelled: false,
        raw: RawResponse::default(),
        request_body: Vec::new(),
    }
}

pub(super) fn unix_ms() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}
