//! What the fuzz targets ask. Of a decoder: no panic, and the same events however the bytes are cut. Of a reader of
//! filings: no panic, and places that lie in the text.

use edgar::document::Document;
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

/// Reads a document and asks for everything that it can be asked for.
pub fn check_document(name: &str, content_type: Option<&str>, bytes: &[u8]) {
    let Ok(document) = Document::read(name, content_type, bytes) else { return };
    let text = document.text();
    for sentence in document.sentences() {
        assert!(text.get(sentence.clone()).is_some());
    }
    for section in document.sections() {
        assert!(text.get(section.start..section.end).is_some());
    }
    for report in document.auditor_reports() {
        assert!(text.get(report.range).is_some());
    }
    for part in document.parts() {
        assert!(text.get(part.text.clone()).is_some());
    }
    for position in (0..=text.len()).step_by(31) {
        assert!(document.source_offset(position) <= bytes.len() + text.len());
        let _ = (document.sentence_at(position), document.line_at(position), document.section_at(position));
        assert!(text.get(document.paragraph_at(position)).is_some());
        let _ = document.quote(position..position + 50);
    }
    // Each search reads the whole text.
    for position in (0..=text.len()).step_by(text.len() / 2 + 1) {
        let _ = document.find_quote(&document.quote(position..position + 50));
    }
}
