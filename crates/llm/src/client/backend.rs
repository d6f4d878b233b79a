//! One provider with one key, as a [`Backend`].

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Uri};

use super::billing;
use super::connection::Connection;
use super::exchange::{Broken, Cancel, Exchange, Limit};
use super::http_client::HttpClient;
use super::reading::{self, Reading};
use super::response::Ended;
use super::url::{BaseUrl, InvalidUrl};
use crate::call::{Attempt, Backend, Billing, Observer, Timeouts};
use crate::dialect::{Dialect, HttpParts, Quirks};
use crate::error::{ApiError, ErrorKind};
use crate::redact::Redactor;
use crate::registry::Provider;
use crate::request::ChatRequest;
use crate::secret::ApiKey;

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
        let mut attempt = Attempt::begun(unix_ms());
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
            self.client.turn().await;
            attempt.started_unix_ms = unix_ms();
            let reused = connection.reused;
            let mut exchange = Exchange::start(connection, timeouts, &mut cancel);
            match exchange.send(request.clone()).await {
                // The server closed an idle connection just before we used it. Nothing was written
                // to it, so this is still the same attempt; the clock starts anew with the next one.
                Err(Broken::Unsent) if reused => {}
                Err(Broken::Unsent) => break Ended::before_sending(Broken::Unsent, timeouts),
                Err(broken) => {
                    break Ended::without_response(broken, timeouts, exchange.elapsed());
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

pub(super) fn unix_ms() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}
