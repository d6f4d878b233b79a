//! What to answer, byte for byte and moment for moment.

use std::sync::Arc;
use std::time::Duration;

/// A scripted response. Cheap to clone: the pieces are shared.
#[derive(Debug, Clone)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers besides those of the framing.
    pub headers: Vec<(String, String)>,
    /// How long after the request was read the head is written; pieces wait for it.
    pub head_after: Duration,
    /// How the body is framed.
    pub framing: Framing,
    /// The body in the pieces in which it is written, one write each.
    pub pieces: Arc<Vec<Piece>>,
    /// What happens after the last piece.
    pub ending: Ending,
}

/// Bytes that are written at once.
#[derive(Debug, Clone)]
pub struct Piece {
    /// When.
    pub when: When,
    /// What.
    pub bytes: Vec<u8>,
    /// Whether the piece completes an event that carries a token of any channel; its time of
    /// writing is then recorded in [`crate::Record::token_writes`].
    pub token: bool,
}

/// When a piece is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// This long after the piece before it (after the head for the first one).
    After(Duration),
    /// This long after the request had been read in full, or at once when that has passed.
    At(Duration),
}

/// How a body is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Transfer-encoding chunked, one chunk a piece.
    Chunked,
    /// With a content-length.
    Length,
    /// By the end of the connection.
    UntilClose,
}

/// What happens after the last piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The response ends as the framing wants it; the connection lives on.
    Complete,
    /// As `Complete`, but then the connection is closed without a `connection: close` having been
    /// announced: the next request on it meets a closed connection.
    CompleteThenClose,
    /// The connection is closed in the middle of the response.
    CloseMidway,
    /// The connection is closed before any byte of a response; pieces are not written.
    CloseBeforeHead,
    /// Nothing more is ever sent; the connection stays open until the client leaves.
    Stall,
    /// Nothing is ever sent, not even a head; the connection stays open until the client leaves.
    StallBeforeHead,
    /// The connection is reset (RST) in the middle of the response.
    Reset,
}

/// At what times the token-bearing pieces of a stream are written, from the request's last byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The first token.
    pub first: Duration,
    /// From each token to the next.
    pub gap: Duration,
}

impl Pace {
    /// Everything at once.
    pub const fn immediate() -> Self {
        Self { first: Duration::ZERO, gap: Duration::ZERO }
    }

    /// The first token after `first` milliseconds, then one every `gap` milliseconds.
    pub const fn millis(first: u64, gap: u64) -> Self {
        Self { first: Duration::from_millis(first), gap: Duration::from_millis(gap) }
    }
}

impl Response {
    /// A complete response of this status without a body yet.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            head_after: Duration::ZERO,
            framing: Framing::Chunked,
            pieces: Arc::default(),
            ending: Ending::Complete,
        }
    }

    /// A whole JSON body with its length.
    pub fn json(status: u16, value: &serde_json::Value) -> Self {
        Self::body(status, "application/json", value.to_string())
    }

    /// A whole body with its length.
    pub fn body(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut response = Self::new(status).header("content-type", content_type).piece(Duration::ZERO, body);
        response.framing = Framing::Length;
        response
    }

    /// An event stream (status 200) of these pieces, each after its gap.
    pub fn stream(pieces: impl IntoIterator<Item = (Duration, Vec<u8>)>) -> Self {
        let pieces = pieces.into_iter().map(|(gap, bytes)| Piece { when: When::After(gap), bytes, token: false });
        Self::new(200).header("content-type", "text/event-stream; charset=utf-8").pieces(pieces.collect())
    }

    /// An event stream (status 200) of events as [`crate::Wire::events`] makes them, at this pace.
    /// Events without a token follow the one before them at once.
    pub fn paced(events: Vec<Piece>, pace: Pace) -> Self {
        let mut tokens = 0;
        let pieces = events.into_iter().map(|mut piece| {
            piece.when = When::After(Duration::ZERO);
            if piece.token {
                piece.when = When::At(pace.first + pace.gap * tokens);
                tokens += 1;
            }
            piece
        });
        Self::new(200).header("content-type", "text/event-stream; charset=utf-8").pieces(pieces.collect())
    }

    /// With one more header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With one more piece, this long after the one before it.
    pub fn piece(mut self, gap: Duration, bytes: impl Into<Vec<u8>>) -> Self {
        let piece = Piece { when: When::After(gap), bytes: bytes.into(), token: false };
        Arc::make_mut(&mut self.pieces).push(piece);
        self
    }

    /// With these pieces instead.
    pub fn pieces(mut self, pieces: Vec<Piece>) -> Self {
        self.pieces = Arc::new(pieces);
        self
    }

    /// With only the first `count` pieces.
    pub fn first_pieces(mut self, count: usize) -> Self {
        Arc::make_mut(&mut self.pieces).truncate(count);
        self
    }

    /// With the whole body split anew into pieces of at most `length` bytes, one right after the other.
    pub fn split_into(mut self, length: usize) -> Self {
        let body: Vec<u8> = self.pieces.iter().flat_map(|piece| piece.bytes.iter().copied()).collect();
        self.pieces = Arc::new(
            body.chunks(length.max(1))
                .map(|bytes| Piece { when: When::After(Duration::ZERO), bytes: bytes.to_vec(), token: false })
                .collect(),
        );
        self
    }

    /// With this ending.
    pub fn ending(mut self, ending: Ending) -> Self {
        self.ending = ending;
        self
    }

    /// With this framing.
    pub fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// With the head written this long after the request was read.
    pub fn head_after(mut self, delay: Duration) -> Self {
        self.head_after = delay;
        self
    }
}
