//! Asking a server: one request, its redirects, and when to ask again.

use std::sync::atomic::Ordering;
use std::time::Duration;

use ureq::http::{HeaderMap, Response};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body as Stream, Proxy};

use super::Client;
use super::body::{self, Body, Refusal, Unread};
use super::config::{BadConfig, Config};
use super::error::FetchError;
use super::retry::retry_after;
use crate::cache::Entry;
use crate::source::{Base, Resource, plain};

/// Redirects that are followed.
const REDIRECTS: u32 = 5;

/// How much of a page that refuses is read.
const REFUSAL: body::Limits = body::Limits { sent: 64 << 10, plain: 256 << 10 };

/// What a server gave.
pub(super) enum Answer {
    /// What is kept is still right.
    Unchanged,
    /// A body.
    Body { body: Body, etag: Option<String>, modified: Option<String> },
}

/// Why one request failed.
struct Failure {
    why: Why,
    /// The attempts that this kind of failure is worth; 1 asks once only.
    worth: u32,
    /// The wait that the server asked for.
    after: Option<Duration>,
}

enum Why {
    Network { host: String, why: String },
    Status { host: String, status: u16 },
    Blocked { host: String, undeclared: bool },
    Final(FetchError),
}

impl Failure {
    fn last(error: FetchError) -> Self {
        Self { why: Why::Final(error), worth: 1, after: None }
    }
}

/// The agent of all requests: exact identity, no redirects of its own, no environment.
pub(super) fn agent(config: &Config) -> Result<Agent, BadConfig> {
    let proxy = config
        .proxy
        .as_deref()
        .map(|address| Proxy::new(address).map_err(|_| BadConfig::Proxy(plain(address))))
        .transpose()?;
    let config = Agent::config_builder()
        .user_agent(config.identity.header())
        .accept_encoding("gzip")
        .accept("*/*")
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(proxy)
        .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_recv_response(Some(Duration::from_secs(30)))
        .timeout_recv_body(Some(Duration::from_mins(2)))
        .timeout_global(Some(Duration::from_mins(3)))
        .max_idle_connections(32)
        .max_idle_connections_per_host(16)
        .build();
    Ok(Agent::new_with_config(config))
}

impl Client {
    /// Asks until there is an answer or no attempt is left.
    pub(super) fn attempt(&self, resource: &Resource, url: &str, known: Option<&Entry>) -> Result<Answer, FetchError> {
        if let Some(undeclared) = self.block.stands() {
            return Err(FetchError::Blocked { what: resource.to_string(), host: host(url), wait: None, undeclared });
        }
        let retry = self.config.retry;
        let mut waited = Duration::ZERO;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let failure = match self.once(resource, url, known) {
                Ok(answer) => {
                    self.block.answered();
                    return Ok(answer);
                }
                Err(failure) => failure,
            };
            let wait = failure.after.unwrap_or_else(|| retry.wait(attempts, self.chance()));
            let again = attempts < retry.attempts.max(1).min(failure.worth) && waited + wait <= retry.patience;
            if !again {
                match &failure.why {
                    Why::Blocked { undeclared, .. } => self.block.refused(*undeclared),
                    Why::Final(FetchError::NotAvailable { .. }) => self.block.answered(),
                    _ => {}
                }
                return Err(failure.error(resource, attempts));
            }
            self.counts.repeated.fetch_add(1, Ordering::Relaxed);
            waited += wait;
            // Whoever is told to wait waits with all others of this machine: they share the server's patience.
            if let (Some(limiter), Why::Blocked { .. }) = (&self.limiter, &failure.why) {
                limiter.pause(wait);
            } else {
                std::thread::sleep(wait);
            }
        }
    }

    /// One request, redirects followed.
    fn once(&self, resource: &Resource, url: &str, known: Option<&Entry>) -> Result<Answer, Failure> {
        let mut url = url.to_owned();
        for _ in 0..=REDIRECTS {
            self.config.base.allows(&url).map_err(|rule| {
                Failure::last(FetchError::Refused {
                    what: resource.to_string(),
                    url: plain(&url),
                    why: rule.to_string(),
                })
            })?;
            let response = self.send(resource, &url, known)?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return self.judge(resource, &url, known, response);
            }
            let Some(location) = header(response.headers(), "location") else {
                return Err(Failure::last(FetchError::Refused {
                    what: resource.to_string(),
                    url: plain(&url),
                    why: "it leads on, but not where to".into(),
                }));
            };
            url = Base::follow(&url, &location).map_err(|rule| {
                Failure::last(FetchError::Refused {
                    what: resource.to_string(),
                    url: plain(&location),
                    why: rule.to_string(),
                })
            })?;
        }
        Err(Failure::last(FetchError::Refused {
            what: resource.to_string(),
            url: plain(&url),
            why: format!("it leads on more than {REDIRECTS} times"),
        }))
    }

    fn send(&self, resource: &Resource, url: &str, known: Option<&Entry>) -> Result<Response<Stream>, Failure> {
        if let Some(limiter) = &self.limiter {
            limiter.wait(self.config.retry.patience).map_err(|wait| {
                Failure::last(FetchError::Blocked {
                    what: resource.to_string(),
                    host: host(url),
                    wait: Some(wait),
                    undeclared: false,
                })
            })?;
        }
        let mut request = self.agent.get(url);
        if let Some(known) = known {
            if let Some(etag) = &known.etag {
                request = request.header("If-None-Match", etag);
            }
            if let Some(modified) = &known.modified {
                request = request.header("If-Modified-Since", modified);
            }
        }
        self.counts.requests.fetch_add(1, Ordering::Relaxed);
        request.call().map_err(|problem| {
            let worth = match &problem {
                // Nobody listens, or nobody of that name: a second look is enough.
                ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => 2,
                ureq::Error::Io(io) if io.kind() == std::io::ErrorKind::ConnectionRefused => 2,
                ureq::Error::Tls(_)
                | ureq::Error::Rustls(_)
                | ureq::Error::TlsRequired
                | ureq::Error::BadUri(_)
                | ureq::Error::Http(_)
                | ureq::Error::LargeResponseHeader(..) => 1,
                _ => u32::MAX,
            };
            Failure { why: Why::Network { host: host(url), why: problem.to_string() }, worth, after: None }
        })
    }

    /// Reads what a server answered.
    fn judge(
        &self,
        resource: &Resource,
        url: &str,
        known: Option<&Entry>,
        response: Response<Stream>,
    ) -> Result<Answer, Failure> {
        let status = response.status().as_u16();
        let (parts, stream) = response.into_parts();
        let after = header(&parts.headers, "retry-after").and_then(|value| retry_after(&value, (self.config.now)()));
        match status {
            304 if known.is_some() => Ok(Answer::Unchanged),
            200 => {
                let body = self.read(resource, url, stream, self.config.limits)?;
                if let Some(refusal) = body::refuses(&body.plain) {
                    return Err(refused(resource, url, refusal, status, after));
                }
                if let Some(found) = body::unexpected(resource.expected(), &body.plain) {
                    return Err(Failure::last(FetchError::WrongType {
                        what: resource.to_string(),
                        url: url.to_owned(),
                        expected: resource.expected(),
                        found,
                    }));
                }
                if body::cut_off(resource.expected(), &body.plain) {
                    return Err(Failure {
                        why: Why::Final(FetchError::Damaged {
                            what: resource.to_string(),
                            why: "it stops in the middle".into(),
                        }),
                        worth: 3,
                        after: None,
                    });
                }
                let value = |name| header(&parts.headers, name);
                Ok(Answer::Body { body, etag: value("etag"), modified: value("last-modified") })
            }
            404 | 410 => {
                // Read to its end, so that the connection can be used again.
                let _ = self.read(resource, url, stream, REFUSAL);
                Err(Failure::last(missing(resource, url)))
            }
            403 => {
                let refusal = match self.read(resource, url, stream, REFUSAL) {
                    Ok(body) => body::refusal(&body.plain),
                    Err(_) => Refusal::Unknown,
                };
                Err(refused(resource, url, refusal, status, after))
            }
            429 => {
                let _ = self.read(resource, url, stream, REFUSAL);
                Err(refused(resource, url, Refusal::TooMany, status, after))
            }
            _ => {
                let _ = self.read(resource, url, stream, REFUSAL);
                let worth = if matches!(status, 408 | 425) || status >= 500 { u32::MAX } else { 1 };
                Err(Failure { why: Why::Status { host: host(url), status }, worth, after })
            }
        }
    }

    fn read(&self, resource: &Resource, url: &str, stream: Stream, limits: body::Limits) -> Result<Body, Failure> {
        let length = stream.content_length();
        let body = body::read(stream.into_reader(), length, limits).map_err(|unread| match unread {
            Unread::Broken(problem) => Failure {
                why: Why::Network { host: host(url), why: format!("the connection broke: {problem}") },
                worth: u32::MAX,
                after: None,
            },
            // A stream that was cut on its way looks like this; one that is wrong stays wrong.
            Unread::Damaged(why) => Failure {
                why: Why::Final(FetchError::Damaged { what: resource.to_string(), why }),
                worth: 3,
                after: None,
            },
            Unread::TooLarge(limit, unit) => {
                Failure::last(FetchError::TooLarge { what: resource.to_string(), url: url.to_owned(), limit, unit })
            }
        })?;
        self.counts.bytes.fetch_add(body.sent, Ordering::Relaxed);
        Ok(body)
    }

    /// A number between 0 and 1 that differs between processes and calls. It spreads waits, nothing depends on it.
    fn chance(&self) -> f64 {
        let mut bits = self.chance.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl Failure {
    fn error(self, resource: &Resource, attempts: u32) -> FetchError {
        let what = resource.to_string();
        match self.why {
            Why::Final(error) => error,
            Why::Network { host, why } => FetchError::Network { what, host, why, attempts },
            Why::Status { host, status } => FetchError::Status { what, host, status, attempts },
            Why::Blocked { host, undeclared } => FetchError::Blocked { what, host, wait: self.after, undeclared },
        }
    }
}

/// A 403 or 429, by what its page says.
fn refused(resource: &Resource, url: &str, refusal: Refusal, status: u16, after: Option<Duration>) -> Failure {
    let host = host(url);
    match refusal {
        Refusal::Missing => Failure::last(missing(resource, url)),
        Refusal::TooMany => Failure { why: Why::Blocked { host, undeclared: false }, worth: u32::MAX, after },
        // Seen now and then by those who did say who they are; who did not is told so soon enough.
        Refusal::Undeclared => Failure { why: Why::Blocked { host, undeclared: true }, worth: 3, after },
        // Neither a block nor an absence that we know: it is not taken for an absence, that would hide a failure.
        Refusal::Unknown => Failure { why: Why::Status { host, status }, worth: 2, after },
    }
}

fn missing(resource: &Resource, url: &str) -> FetchError {
    FetchError::NotAvailable { what: resource.to_string(), url: url.to_owned() }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// The host of an address, for a sentence.
fn host(url: &str) -> String {
    plain(url.split("://").nth(1).unwrap_or(url).split('/').next().unwrap_or_default())
}
