//! Replays every recording of the shared material: a real provider's bytes against facts written
//! down apart, whole, byte by byte and cut at random places.
//!
//! The recordings are not part of this repository; where they are absent each test says so and passes.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests are tests")]

mod expectations;
mod recorded_requests;
mod row;

use std::path::{Path, PathBuf};

use expectations::ROWS;
use llm::dialect::{Dialect, decode_error};
use llm::error::ErrorKind;
use llm::event::{Event, Stop, TimedEvent, Usage};
use llm::outcome::Answer;
use row::Row;

/// The cassette folder, or a word about its absence.
fn cassettes(test: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("MODELARIUM_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let folder = shared.join("data/cassettes");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {test}: shared material absent");
    None
}

/// The body as the provider sent it; some recordings were stripped of their framing, which is put back.
fn body(folder: &Path, file: &str) -> Vec<u8> {
    let bytes = std::fs::read(folder.join(file)).unwrap();
    if !file.ends_with(".chunks.txt") {
        return bytes;
    }
    let lines = String::from_utf8(bytes).unwrap();
    let mut framed = Vec::new();
    for line in lines.lines().filter(|line| !line.is_empty()) {
        framed.extend_from_slice(b"data: ");
        framed.extend_from_slice(line.as_bytes());
        framed.extend_from_slice(b"\n\n");
    }
    framed
}

fn decode<'a>(dialect: Dialect, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Event> {
    let mut decoder = dialect.decoder();
    let mut events: Vec<TimedEvent> = Vec::new();
    for (read, piece) in pieces.into_iter().enumerate() {
        decoder.push(piece, read as u64, &mut events);
    }
    decoder.finish(u64::MAX, &mut events);
    assert!(events.is_sorted_by_key(|timed| timed.at), "times never go back");
    events.into_iter().map(|timed| timed.event).collect()
}

fn answer(events: &[Event]) -> Answer {
    let mut answer = Answer::default();
    for event in events {
        answer.push(&TimedEvent { at: 0, event: event.clone() });
    }
    answer
}

/// What was reported, in the words of the table.
fn usage_text(usage: &Usage) -> String {
    let counts = [
        ("inp", usage.input),
        ("read", usage.cached_read),
        ("w5", usage.cached_write_5m),
        ("w1", usage.cached_write_1h),
        ("out", usage.output),
        ("reasoning", usage.reasoning),
    ];
    let mut words: Vec<String> =
        counts.iter().filter_map(|(name, count)| count.map(|count| format!("{name}={count}"))).collect();
    words.extend(usage.provider_cost_usd.map(|cost| format!("cost={cost:.10}")));
    words.join(" ")
}

fn check(row: &Row, events: &[Event]) {
    let file = row.file;
    let answer = answer(events);
    assert_eq!(answer.outcome(), row.outcome, "{file}: outcome; error {:?}", answer.error);
    let stop: Option<&Stop> = answer.stop.as_ref();
    assert_eq!(stop.and_then(|stop| stop.raw.as_deref()).unwrap_or_default(), row.stop, "{file}: stop");
    assert_eq!(answer.served_model.as_deref().unwrap_or_default(), row.served_model, "{file}: model");
    assert_eq!(answer.text.chars().count(), row.text.0, "{file}: text {:?}", answer.text);
    assert!(answer.text.starts_with(row.text.1), "{file}: text {:?}", answer.text);
    assert_eq!(answer.reasoning.chars().count(), row.reasoning.0, "{file}: reasoning {:?}", answer.reasoning);
    assert!(answer.reasoning.starts_with(row.reasoning.1), "{file}: reasoning {:?}", answer.reasoning);
    assert_eq!(answer.refusal, row.refusal, "{file}: refusal");
    assert_eq!(usage_text(&answer.usage), row.usage, "{file}: usage");
    let calls: Vec<_> = answer.tool_calls.iter().map(|call| (call.name.as_str(), json(&call.arguments))).collect();
    let expected: Vec<_> = row.tool_calls.iter().map(|(name, arguments)| (*name, json(arguments))).collect();
    assert_eq!(calls, expected, "{file}: tool calls");
    let keep_alives = events.iter().filter(|event| **event == Event::KeepAlive).count();
    assert_eq!(keep_alives, row.keep_alives, "{file}: keep-alives");
    let message = answer.error.map(|error| error.message).unwrap_or_default();
    assert!(message.starts_with(row.error) && message.is_empty() == row.error.is_empty(), "{file}: {message}");
    let hands_over = file.contains("fallback_response") || file.contains("anthropic-fallback");
    let starts = events.iter().filter(|event| matches!(event, Event::Started { .. })).count();
    assert_eq!(starts, if hands_over { 2 } else { 1 }, "{file}: one start, and one more for a model that takes over");
}

/// Arguments as a value; text that is no JSON (cut off by a limit) as itself.
fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

#[test]
fn every_recording_says_what_it_says() {
    let Some(folder) = cassettes("every_recording_says_what_it_says") else { return };
    for row in ROWS {
        let body = body(&folder, row.file);
        check(row, &decode(row.dialect, [body.as_slice()]));
    }
}

#[test]
fn cuts_change_nothing() {
    let Some(folder) = cassettes("cuts_change_nothing") else { return };
    for row in ROWS {
        let body = body(&folder, row.file);
        let whole = decode(row.dialect, [body.as_slice()]);
        assert_eq!(decode(row.dialect, body.chunks(1)), whole, "{}: byte by byte", row.file);
        for seed in 1..=5 {
            assert_eq!(decode(row.dialect, random_cuts(&body, seed)), whole, "{}: seed {seed}", row.file);
        }
    }
}

/// Pieces of 1 to 64 bytes from a linear congruential sequence, the same on every machine.
fn random_cuts(mut body: &[u8], seed: u64) -> Vec<&[u8]> {
    let mut state = seed;
    let mut pieces = Vec::new();
    while !body.is_empty() {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let (piece, rest) = body.split_at(body.len().min((state >> 58) as usize + 1));
        pieces.push(piece);
        body = rest;
    }
    pieces
}

#[test]
fn a_body_cut_short_never_counts_as_an_answer() {
    let Some(folder) = cassettes("a_body_cut_short_never_counts_as_an_answer") else { return };
    for row in ROWS {
        let body = body(&folder, row.file);
        for tenth in 0..10 {
            let cut = &body[..body.len() * tenth / 10];
            let answer = answer(&decode(row.dialect, [cut]));
            assert!(answer.stop.is_some() || answer.error.is_some(), "{}: {tenth}/10", row.file);
            if answer.stop.is_none() && row.error.is_empty() {
                assert_eq!(answer.error.unwrap().kind, ErrorKind::MalformedStream, "{}: {tenth}/10", row.file);
            }
        }
    }
}

#[test]
fn lines_of_json_without_framing_are_understood_too() {
    let Some(folder) = cassettes("lines_of_json_without_framing_are_understood_too") else { return };
    for row in ROWS.iter().filter(|row| row.file.ends_with(".chunks.txt")) {
        let lines = std::fs::read(folder.join(row.file)).unwrap();
        check(row, &decode(row.dialect, [lines.as_slice()]));
    }
}

#[test]
fn recorded_errors_are_sorted() {
    let Some(folder) = cassettes("recorded_errors_are_sorted") else { return };
    let expected = [
        ("anthropic__rig__anthropic__error_envelope", 404, ErrorKind::InvalidRequest, Some("not_found_error")),
        ("anthropic__rig__anthropic__error_identity", 401, ErrorKind::Authentication, Some("authentication_error")),
        ("deepseek__rig__deepseek__wire_shape", 400, ErrorKind::InvalidRequest, Some("invalid_request_error")),
        ("mistral__rig__mistral__list_models", 401, ErrorKind::Authentication, None),
        ("openai-responses__pyd", 400, ErrorKind::InvalidRequest, Some("decimal_below_min_value")),
        ("openai__rig__openai__error_envelope", 400, ErrorKind::InvalidRequest, Some("model_not_found")),
        ("openrouter__rig__openrouter__response_identity", 400, ErrorKind::InvalidRequest, Some("400")),
    ];
    for file in files(&folder.join("raw")).iter().filter(|file| is_error(file)) {
        let name = file.file_name().unwrap().to_str().unwrap();
        let (_, status, kind, code) =
            expected.iter().find(|(start, ..)| name.starts_with(start)).unwrap_or_else(|| {
                panic!("no expectation for {name}");
            });
        let error = decode_error(*status, &[], &std::fs::read(file).unwrap(), 0);
        assert_eq!((error.kind, error.code.as_deref()), (*kind, *code), "{name}");
        assert!(!error.message.is_empty() && !error.message.contains('{'), "{name}: {}", error.message);
    }
}

#[test]
fn no_recording_is_passed_over() {
    let Some(folder) = cassettes("no_recording_is_passed_over") else { return };
    for file in files(&folder) {
        let relative = file.strip_prefix(&folder).unwrap().to_str().unwrap().replace('\\', "/");
        // The YAML files hold the same responses, extracted under `raw`, beside the requests.
        let is_listed = file.extension().is_some_and(|extension| extension == "yaml")
            || relative == "manifest.csv"
            || is_error(&file);
        assert!(is_listed || ROWS.iter().any(|row| row.file == relative), "no row for {relative}");
    }
}

fn is_error(file: &Path) -> bool {
    let name = file.to_str().unwrap();
    file.extension().is_some_and(|extension| extension == "json") && !name.contains(".200.")
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
