//! Which models a server offers, and whether it accepts a key.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::HeaderValue;
use hyper::{Request, Uri};
use serde::Deserialize;

use super::backend::{self, HttpBackend};
use super::exchange::{Broken, Cancel, Exchange};
use super::response;
use crate::call::Timeouts;
use crate::dialect::{Dialect, decode_error};
use crate::error::{ApiError, ErrorKind};

/// Most of a listing that is read.
const MAX_LISTING: usize = 16 << 20;

/// What a server says about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyCheck {
    /// The server lists its models with the key and not without it.
    Accepted {
        /// How many models the key can see.
        models: usize,
    },
    /// The server lists its models to anybody, so nothing was learnt about the key.
    ListsToAnybody,
}

impl HttpBackend {
    /// The ids of the models that the server lists, in its order. Costs nothing. `limit` bounds
    /// the whole exchange, connection included; five seconds is what discovery of local servers is given.
    ///
    /// # Errors
    /// Anything but a list with at least one model, in words for a person.
    pub async fn list_models(&self, limit: Duration) -> Result<Vec<String>, ApiError> {
        self.list(limit, true).await
    }

    /// Asks the server whether it accepts the key, by listing models with it and without it. Costs nothing.
    ///
    /// # Errors
    /// The server's refusal (kind [`ErrorKind::Authentication`] for a bad key), or why it could not be asked.
    pub async fn check_key(&self, limit: Duration) -> Result<KeyCheck, ApiError> {
        let models = self.list(limit, true).await?.len();
        match self.list(limit, false).await {
            Ok(_) => Ok(KeyCheck::ListsToAnybody),
            Err(_) => Ok(KeyCheck::Accepted { models }),
        }
    }

    async fn list(&self, limit: Duration, with_key: bool) -> Result<Vec<String>, ApiError> {
        // One limit over all of it, which names what took too long.
        let none = Duration::MAX;
        let timeouts = Timeouts { connect: none, first_byte: none, idle: none, total: none };
        let listed = tokio::time::timeout(limit, self.fetch_list(&timeouts, with_key)).await;
        let mut listed = listed.unwrap_or_else(|_| {
            let message = format!("{} did not list its models within {} s", self.base_url, limit.as_secs_f64());
            Err(ApiError::local(ErrorKind::Timeout, message))
        });
        if let Err(error) = &mut listed {
            super::reading::redact_error(&self.redactor, error);
        }
        listed
    }

    async fn fetch_list(&self, timeouts: &Timeouts, with_key: bool) -> Result<Vec<String>, ApiError> {
        let never: Cancel<'_> = Box::pin(std::future::pending());
        let mut cancel = never;
        let broken = |broken: Broken| {
            broken.into_error(timeouts).unwrap_or_else(|| ApiError::local(ErrorKind::Network, "cancelled"))
        };
        let (status, headers, body) = loop {
            let (connection, _) = self.connect(timeouts, &mut cancel).await.map_err(broken)?;
            let reused = connection.reused;
            let mut exchange = Exchange::start(connection, timeouts, &mut cancel);
            let response = match exchange.send(self.list_request(with_key)?).await {
                Err(Broken::Unsent) if reused => continue,
                response => response.map_err(broken)?,
            };
            let (head, mut incoming) = response.into_parts();
            let mut body = Vec::new();
            while let Some((bytes, _)) = exchange.next(&mut incoming).await.map_err(broken)? {
                if body.len() + bytes.len() > MAX_LISTING {
                    return Err(malformed("the list of models is too long"));
                }
                body.extend_from_slice(&bytes);
            }
            self.client.keep(&self.base_url.origin, exchange.into_connection(), None);
            break (head.status.as_u16(), head.headers, body);
        };
        match status {
            200..=299 => parse(&body),
            300..=399 => Err(response::redirect_error(status, &headers)),
            _ => Err(decode_error(status, &response::all_headers(&headers), &body, backend::unix_ms() / 1000)),
        }
    }

    fn list_request(&self, with_key: bool) -> Result<Request<Full<Bytes>>, ApiError> {
        // One page holds all: these are the largest that the references allow.
        let path = match self.dialect {
            Dialect::AnthropicMessages => "models?limit=1000",
            Dialect::GeminiGenerate => "models?pageSize=1000",
            Dialect::OpenAiChat | Dialect::OpenAiResponses => "models",
        };
        let mut request = Request::new(Full::new(Bytes::new()));
        let uri = self.base_url.target(path).parse::<Uri>();
        *request.uri_mut() =
            uri.map_err(|_| ApiError::local(ErrorKind::InvalidRequest, "the base URL's path is unusable"))?;
        *request.headers_mut() = self.headers.clone();
        request.headers_mut().remove(hyper::header::CONTENT_TYPE);
        if self.dialect == Dialect::AnthropicMessages {
            request.headers_mut().insert("anthropic-version", HeaderValue::from_static("2023-06-01"));
        }
        if let (false, Some(name)) = (with_key, &self.key_header) {
            request.headers_mut().remove(name);
        }
        Ok(request)
    }
}

/// `{"data": [{"id"}]}` of OpenAI and Anthropic, `{"models": [{"name"}]}` of Gemini; a bare list
/// of either, which some servers send.
#[derive(Deserialize)]
#[serde(untagged)]
enum Listing {
    Bare(Vec<Entry>),
    Wrapped {
        #[serde(alias = "models")]
        data: Option<Vec<Entry>>,
    },
}

#[derive(Deserialize)]
struct Entry {
    id: Option<String>,
    name: Option<String>,
}

fn parse(body: &[u8]) -> Result<Vec<String>, ApiError> {
    let listing =
        serde_json::from_slice(body).map_err(|_| malformed("the list of models is not what the API promises"))?;
    let entries = match listing {
        Listing::Bare(entries) => entries,
        Listing::Wrapped { data } => {
            data.ok_or_else(|| malformed("the list of models is not what the API promises"))?
        }
    };
    let ids: Vec<String> = entries
        .into_iter()
        .filter_map(|entry| entry.id.or_else(|| entry.name.map(|name| name.trim_start_matches("models/").to_owned())))
        .collect();
    if ids.is_empty() {
        return Err(ApiError::local(ErrorKind::InvalidRequest, "the server lists no models"));
    }
    Ok(ids)
}

fn malformed(message: &str) -> ApiError {
    ApiError::local(ErrorKind::MalformedStream, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form() {
        for body in [
            r#"{"object":"list","data":[{"id":"a","owned_by":"x"},{"id":"b/c:d"}]}"#,
            r#"{"data":[{"type":"model","id":"a"},{"id":"b/c:d"}],"has_more":false}"#,
            r#"{"models":[{"name":"models/a"},{"name":"models/b/c:d","displayName":"x"}]}"#,
            r#"[{"id":"a"},{"id":"b/c:d"},{}]"#,
        ] {
            assert_eq!(parse(body.as_bytes()).unwrap(), ["a", "b/c:d"], "{body}");
        }
    }

    #[test]
    fn lesson_74_bad_json_and_empty_lists_are_said() {
        for body in ["", "<html>", "{}", "3", r#"{"data":{"id":3}}"#] {
            assert_eq!(parse(body.as_bytes()).unwrap_err().kind, ErrorKind::MalformedStream, "{body}");
        }
        assert_eq!(parse(br#"{"data":[]}"#).unwrap_err().message, "the server lists no models");
    }
}
