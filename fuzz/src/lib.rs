//! What every fuzz target asks of a decoder: no panic, and the same events however the bytes are cut.

use llm::dialect::Dialect;
use llm::event::{Event, TimedEvent};

/// Decodes `input` whole and in pieces (the first byte says how long) and compares.
pub fn check_dialect(dialect: Dialect, input: &[u8]) {
    let Some((&cut, body)) = input.split_first() else { return };
    let whole = decode(dialect, [body]);
    assert_eq!(decode(dialect, body.chunks(usize::from(cut % 64) + 1)), whole);
    let ended = whole.iter().any(|event| matches!(event, Event::Stop(_) | Event::Error(_)));
    assert!(ended, "a body that ended neither stopped nor failed");
}

fn decode<'a>(dialect: Dialect, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Event> {
    let mut decoder = dialect.decoder();
    let mut events: Vec<TimedEvent> = Vec::new();
    for piece in pieces {
        decoder.push(piece, 0, &mut events);
    }
    decoder.finish(0, &mut events);
    events.into_iter().map(|timed| timed.event).collect()
}
