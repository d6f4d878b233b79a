//! One attempt at one call, and the seam between whoever plans calls and whoever makes them.
//!
//! HTTP providers (feature `client`) and models in process implement the same [`Backend`].

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::event::{Nanos, TimedEvent};
use crate::outcome::{Answer, Outcome};
use crate::request::ChatRequest;

/// Time limits of one attempt. Each says in its error which limit passed and what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeouts {
    /// To open a connection (TCP and TLS).
    pub connect: Duration,
    /// From sending the request to the first byte of the response.
    pub first_byte: Duration,
    /// Between two reads of response bytes; comments and pings count as life.
    pub idle: Duration,
    /// For the whole attempt, connection excluded.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_mins(2),
            idle: Duration::from_mins(2),
            total: Duration::from_mins(15),
        }
    }
}

/// Whether an attempt may have cost money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Billing {
    /// It was certainly not billed: nothing was sent, or the provider refused it with a status that is not billed (4xx, 429).
    NotBilled,
    /// The provider reported what was used.
    Reported,
    /// The request was sent and no complete usage came back: it may have been billed. Its worst case stays held.
    Unknown,
}

/// Response bytes as they arrived, the evidence behind every number of an attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RawResponse {
    /// HTTP status, if a response head arrived.
    pub status: Option<u16>,
    /// Response headers worth keeping, redacted, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, transfer decoding removed.
    #[serde(skip)]
    pub body: Vec<u8>,
    /// For each read: when it arrived and how long the body was after it.
    pub reads: Vec<(Nanos, u64)>,
}

/// Everything known about one attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// When the clock started, milliseconds since the Unix epoch; for the log only, never for durations.
    pub started_unix_ms: i64,
    /// Time to get a connection, outside the clock; zero for a reused one.
    pub connect: Duration,
    /// From the clock's start to the end of the answer (its stop event, or the failure).
    pub total: Duration,
    /// What the stream said.
    pub answer: Answer,
    /// The error that ended the attempt, if any; also when partial text was kept.
    pub error: Option<ApiError>,
    /// Whether it may have cost money.
    pub billing: Billing,
    /// True when the caller cancelled it.
    pub cancelled: bool,
    /// The bytes.
    pub raw: RawResponse,
    /// The body that was sent, for the record; keys are never in bodies.
    #[serde(skip)]
    pub request_body: Vec<u8>,
}

impl Attempt {
    /// An attempt that begins at this time and of which nothing is known yet: nothing sent, nothing billed.
    pub fn begun(started_unix_ms: i64) -> Self {
        Self {
            started_unix_ms,
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

    /// How the attempt ended.
    pub fn outcome(&self) -> Outcome {
        if self.cancelled {
            Outcome::Cancelled
        } else if self.error.is_some() {
            Outcome::Error
        } else {
            self.answer.outcome()
        }
    }
}

/// Sees every event as it arrives, for live display. Called on the reading task: be quick.
pub type Observer<'a> = dyn FnMut(&TimedEvent) + Send + 'a;

/// Whatever can make an attempt at a call.
pub trait Backend: Send + Sync {
    /// Makes one attempt. Opens the connection first, then starts the clock. Never retries.
    ///
    /// Dropping the future cancels the attempt; `cancel` resolving ends it too but keeps what arrived.
    fn attempt<'a>(
        &'a self,
        request: &'a ChatRequest,
        timeouts: &'a Timeouts,
        cancel: Pin<Box<dyn Future<Output = ()> + Send + 'a>>,
        observer: &'a mut Observer<'a>,
    ) -> Pin<Box<dyn Future<Output = Attempt> + Send + 'a>>;

    /// Upper bound of the input tokens of a request, for the worst case of a budget. Never less than the provider will bill.
    fn input_tokens_upper_bound(&self, request: &ChatRequest) -> u64;
}
