//! One request and its response on one connection, under time limits and until cancelled.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Incoming};
use hyper::{Request, Response};
use tokio::time::Sleep;

use super::connection::Connection;
use crate::call::Timeouts;
use crate::error::{ApiError, ErrorKind};
use crate::event::Nanos;

/// Resolves when the caller wants the attempt to end.
pub(super) type Cancel<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// A request under way. The clock starts with it.
pub(super) struct Exchange<'e, 'c> {
    connection: Connection,
    /// The clock's start.
    pub(super) origin: Instant,
    timeouts: &'e Timeouts,
    cancel: &'e mut Cancel<'c>,
    timer: Pin<Box<Sleep>>,
    head_seen: bool,
}

/// Why an exchange ended early.
#[derive(Debug)]
pub(super) enum Broken {
    /// The caller cancelled.
    Cancelled,
    /// A limit passed.
    Timeout(Limit),
    /// The connection turned out closed and nothing of the request was written to it.
    Unsent,
    /// The connection failed, with these words for a person.
    Failed(ErrorKind, String),
}

/// Which limit passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    Connect,
    FirstByte,
    Idle,
    Total,
}

impl<'e, 'c> Exchange<'e, 'c> {
    /// Starts the clock.
    pub(super) fn start(connection: Connection, timeouts: &'e Timeouts, cancel: &'e mut Cancel<'c>) -> Self {
        let origin = Instant::now();
        let deadline = after(origin, timeouts.first_byte.min(timeouts.total));
        let timer = Box::pin(tokio::time::sleep_until(deadline.into()));
        Self { connection, origin, timeouts, cancel, timer, head_seen: false }
    }

    /// Sends the request and waits for the response's head.
    pub(super) async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Broken> {
        let mut response = pin!(self.connection.sender.try_send_request(request));
        let sent = poll_fn(|context| {
            self.connection.drive(context);
            match response.as_mut().poll(context) {
                Poll::Ready(response) => Poll::Ready(Ok(response)),
                Poll::Pending => self.poll_broken(context).map(Err),
            }
        });
        match sent.await? {
            Ok(response) => {
                self.head_seen = true;
                let (deadline, _) = self.deadline();
                self.timer.as_mut().reset(deadline.into());
                Ok(response)
            }
            Err(error) if error.message().is_some() => Err(Broken::Unsent),
            Err(error) => Err(describe(&error.into_error(), false)),
        }
    }

    /// The next piece of the body with the time at which its last byte was read; `None` at the end.
    pub(super) async fn next(&mut self, body: &mut Incoming) -> Result<Option<(Bytes, Nanos)>, Broken> {
        loop {
            let frame = poll_fn(|context| {
                if let Poll::Ready(frame) = Pin::new(&mut *body).poll_frame(context) {
                    return Poll::Ready(Ok(frame));
                }
                self.connection.drive(context);
                match Pin::new(&mut *body).poll_frame(context) {
                    Poll::Ready(frame) => Poll::Ready(Ok(frame)),
                    Poll::Pending => self.poll_broken(context).map(Err),
                }
            });
            match frame.await? {
                // The connection hands over one frame at a time and is driven only here, so no
                // later read can have moved the stamp.
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(bytes) => return Ok(Some((bytes, self.latest_read()))),
                    Err(_trailers) => {}
                },
                Some(Err(error)) => return Err(describe(&error, true)),
                None => return Ok(None),
            }
        }
    }

    /// From the clock's start to the latest read.
    pub(super) fn latest_read(&self) -> Nanos {
        self.connection.clock.latest_since(self.origin)
    }

    /// From the clock's start until now.
    pub(super) fn elapsed(&self) -> Nanos {
        self.origin.elapsed().as_nanos() as u64
    }

    /// Gives the connection back once the response was read to its end.
    pub(super) fn into_connection(self) -> Connection {
        self.connection
    }

    fn poll_broken(&mut self, context: &mut Context<'_>) -> Poll<Broken> {
        if self.cancel.as_mut().poll(context).is_ready() {
            return Poll::Ready(Broken::Cancelled);
        }
        // The timer is not moved at every read; it is looked at anew when it rings.
        while self.timer.as_mut().poll(context).is_ready() {
            let (deadline, limit) = self.deadline();
            if Instant::now() >= deadline {
                return Poll::Ready(Broken::Timeout(limit));
            }
            self.timer.as_mut().reset(deadline.into());
        }
        Poll::Pending
    }

    fn deadline(&self) -> (Instant, Limit) {
        let total = after(self.origin, self.timeouts.total);
        let (silence, limit) = if self.head_seen {
            let latest = self.origin + Duration::from_nanos(self.latest_read());
            (after(latest, self.timeouts.idle), Limit::Idle)
        } else {
            (after(self.origin, self.timeouts.first_byte), Limit::FirstByte)
        };
        if total <= silence { (total, Limit::Total) } else { (silence, limit) }
    }
}

impl Broken {
    /// The error for the record; `None` when the caller cancelled.
    pub(super) fn into_error(self, timeouts: &Timeouts) -> Option<ApiError> {
        match self {
            Self::Cancelled => None,
            Self::Timeout(limit) => Some(limit.error(timeouts)),
            Self::Unsent => {
                Some(ApiError::local(ErrorKind::Network, "the connection closed before the request could be sent"))
            }
            Self::Failed(kind, message) => Some(ApiError::local(kind, message)),
        }
    }
}

impl Limit {
    /// Says which limit passed and what it was.
    pub(super) fn error(self, timeouts: &Timeouts) -> ApiError {
        let message = match self {
            Self::Connect => format!("no connection within {} (connect limit)", in_words(timeouts.connect)),
            Self::FirstByte => format!("no response within {} (first-byte limit)", in_words(timeouts.first_byte)),
            Self::Idle => format!("the stream was silent for {} (idle limit)", in_words(timeouts.idle)),
            Self::Total => format!("the call took longer than {} (total limit)", in_words(timeouts.total)),
        };
        ApiError::local(ErrorKind::Timeout, message)
    }
}

/// A moment this long after another; a limit too long for the clock is no limit.
fn after(moment: Instant, delay: Duration) -> Instant {
    const NEVER: Duration = Duration::from_hours(24 * 365 * 100);
    moment.checked_add(delay.min(NEVER)).unwrap_or(moment)
}

fn in_words(limit: Duration) -> String {
    if limit.subsec_nanos() == 0 { format!("{} s", limit.as_secs()) } else { format!("{} ms", limit.as_millis()) }
}

/// Sorts a failure of the HTTP layer by what the caller can do.
fn describe(error: &hyper::Error, in_body: bool) -> Broken {
    let early_end = if in_body {
        (ErrorKind::MalformedStream, "the connection closed before the answer ended")
    } else {
        (ErrorKind::Network, "the server closed the connection without an answer")
    };
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = source {
        if let Some(cause) = cause.downcast_ref::<io::Error>() {
            let (kind, message) = match cause.kind() {
                io::ErrorKind::UnexpectedEof => early_end,
                io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
                    (ErrorKind::Network, "the connection was reset")
                }
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                    (ErrorKind::MalformedStream, "the response body is not framed as HTTP/1.1 wants it")
                }
                _ => return Broken::Failed(ErrorKind::Network, format!("the connection failed: {cause}")),
            };
            return Broken::Failed(kind, message.to_owned());
        }
        source = cause.source();
    }
    if error.is_incomplete_message() {
        Broken::Failed(early_end.0, early_end.1.to_owned())
    } else if error.is_parse() {
        Broken::Failed(ErrorKind::MalformedStream, format!("the response is not HTTP/1.1: {error}"))
    } else {
        Broken::Failed(ErrorKind::Network, format!("the connection failed: {error}"))
    }
}
