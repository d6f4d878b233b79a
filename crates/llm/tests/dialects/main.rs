//! The dialects at the library's border, with fixtures of our own making: what a request becomes,
//! what bytes mean, how errors are sorted, and that no bytes whatever break anything.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod decoding;
mod encoding;
mod errors;
mod hostile;

use llm::dialect::Dialect;
use llm::event::{Event, TimedEvent};
use llm::outcome::Answer;

/// Decodes a body given in pieces; the times are the numbers of the pieces.
fn decode_pieces<'a>(dialect: Dialect, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<TimedEvent> {
    let mut decoder = dialect.decoder();
    let mut events = Vec::new();
    for (at, piece) in pieces.into_iter().enumerate() {
        decoder.push(piece, at as u64, &mut events);
    }
    decoder.finish(u64::MAX, &mut events);
    events
}

/// Decodes a body whole and byte by byte; both must say the same.
fn decode(dialect: Dialect, body: &[u8]) -> Vec<Event> {
    let whole: Vec<Event> = decode_pieces(dialect, [body]).into_iter().map(|timed| timed.event).collect();
    let single: Vec<Event> = decode_pieces(dialect, body.chunks(1)).into_iter().map(|timed| timed.event).collect();
    assert_eq!(single, whole, "byte by byte");
    whole
}

fn answer(dialect: Dialect, body: impl AsRef<[u8]>) -> Answer {
    let mut answer = Answer::default();
    for event in decode(dialect, body.as_ref()) {
        answer.push(&TimedEvent { at: 0, event });
    }
    answer
}
