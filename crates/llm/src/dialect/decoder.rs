//! One response body, decoded as it arrives: finds out how it is framed and hands its pieces to
//! the dialect.

use super::json_stream::{Piece, Splitter};
use super::sink::{Progress, Sink};
use super::{Dialect, anthropic, errors, gemini, openai_chat, openai_responses};
use crate::event::{Nanos, StopReason, TimedEvent};
use crate::sse::{self, Frame};

/// Decodes one response body. Does not care how the bytes were cut; times aside, the events are the same.
///
/// Takes event streams and whole JSON bodies alike: a server that answers a streaming request
/// with one JSON object is understood.
#[derive(Debug)]
pub struct Decoder {
    framing: Framing,
    machine: Machine,
    progress: Progress,
    /// The beginning of the body, for the message about a body that is nothing we know.
    beginning: Vec<u8>,
    anything_framed: bool,
}

#[derive(Debug)]
enum Framing {
    /// Nothing but whitespace, and at most a part of a byte order mark, has arrived.
    Undecided(Vec<u8>),
    EventStream(sse::Parser),
    Json(Splitter),
}

/// The state of each dialect's reading.
#[derive(Debug)]
enum Machine {
    OpenAiChat(openai_chat::Reader),
    OpenAiResponses(openai_responses::Reader),
    Anthropic(anthropic::Reader),
    Gemini(gemini::Reader),
}

/// Why a piece could not be read.
pub(super) type Unreadable = serde_json::Error;

const BEGINNING_LENGTH: usize = 120;

impl Decoder {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            framing: Framing::Undecided(Vec::new()),
            machine: match dialect {
                Dialect::OpenAiChat => Machine::OpenAiChat(openai_chat::Reader::default()),
                Dialect::OpenAiResponses => Machine::OpenAiResponses(openai_responses::Reader::default()),
                Dialect::AnthropicMessages => Machine::Anthropic(anthropic::Reader::default()),
                Dialect::GeminiGenerate => Machine::Gemini(gemini::Reader::default()),
            },
            progress: Progress::default(),
            beginning: Vec::new(),
            anything_framed: false,
        }
    }

    /// Takes bytes that arrived at `at` and appends the events that they complete to `out`.
    pub fn push(&mut self, bytes: &[u8], at: Nanos, out: &mut Vec<TimedEvent>) {
        let missing = BEGINNING_LENGTH.saturating_sub(self.beginning.len());
        self.beginning.extend_from_slice(&bytes[..bytes.len().min(missing)]);
        if let Framing::Undecided(head) = &mut self.framing {
            head.extend_from_slice(bytes);
            let Some(decided) = decide(head) else { return };
            let head = std::mem::take(head);
            self.framing = decided;
            self.feed(&head, at, out);
        } else {
            self.feed(bytes, at, out);
        }
    }

    /// The body ended at `at`: appends what was pending, and an error if the answer was not complete.
    pub fn finish(&mut self, at: Nanos, out: &mut Vec<TimedEvent>) {
        let Self { framing, machine, progress, beginning, anything_framed } = self;
        let mut sink = Sink { progress, at, out };
        // A piece cut short by the end of the body is not malformed, only missing; what that means
        // for the answer is decided below.
        match framing {
            Framing::Undecided(_) => {}
            Framing::EventStream(parser) => parser.finish(|frame| {
                if let Frame::Event { name, data } = frame {
                    *anything_framed = true;
                    let _cut_short = machine.read(name, data, &mut sink);
                }
            }),
            Framing::Json(splitter) => splitter.finish(|piece| {
                if let Piece::Value(json) = piece {
                    *anything_framed = true;
                    let _cut_short = machine.read("", json, &mut sink);
                }
            }),
        }
        if sink.progress.stop.is_some() || sink.progress.failed {
            return;
        }
        if *anything_framed {
            sink.malformed("the stream ended before its end: no stop reason arrived");
        } else if beginning.iter().all(u8::is_ascii_whitespace) {
            sink.malformed("the stream ended before its end: the response body is empty");
        } else {
            let beginning = String::from_utf8_lossy(beginning);
            sink.malformed(format!(
                "the response body is neither an event stream nor JSON; it begins `{}`",
                excerpt(&beginning)
            ));
        }
    }

    /// True once the provider has said that nothing more comes. Dialects without such a word (Gemini) never do.
    pub fn is_done(&self) -> bool {
        self.progress.done
    }

    fn feed(&mut self, bytes: &[u8], at: Nanos, out: &mut Vec<TimedEvent>) {
        let Self { framing, machine, progress, anything_framed, .. } = self;
        let mut sink = Sink { progress, at, out };
        match framing {
            Framing::Undecided(_) => {}
            Framing::EventStream(parser) => parser.push(bytes, |frame| match frame {
                Frame::Event { name, data } => {
                    *anything_framed = true;
                    machine.take(name, data, &mut sink);
                }
                Frame::KeepAlive => {
                    *anything_framed = true;
                    sink.keep_alive();
                }
                Frame::TooLong => sink.malformed(too_long()),
            }),
            Framing::Json(splitter) => splitter.push(bytes, |piece| match piece {
                Piece::Value(json) => {
                    *anything_framed = true;
                    machine.take("", json, &mut sink);
                }
                Piece::TooLong => sink.malformed(too_long()),
            }),
        }
    }
}

impl Machine {
    /// Reads one piece; one that cannot be read becomes an error event.
    fn take(&mut self, name: &str, data: &str, sink: &mut Sink<'_>) {
        if let Err(unreadable) = self.read(name, data, sink) {
            sink.malformed(format!("an event of the stream cannot be read ({unreadable}): `{}`", excerpt(data)));
        }
    }

    fn read(&mut self, name: &str, data: &str, sink: &mut Sink<'_>) -> Result<(), Unreadable> {
        if sink.progress.done {
            return Ok(());
        }
        let data = data.trim_ascii();
        if data.is_empty() {
            sink.keep_alive();
            return Ok(());
        }
        if data == "[DONE]" {
            // Some servers end an answer so without ever giving a reason (Novita through OpenRouter).
            if matches!(self, Self::OpenAiChat(_)) && sink.progress.stop.is_none() && !sink.progress.failed {
                sink.stop(StopReason::Other, None, None);
            }
            sink.done();
            return Ok(());
        }
        let outcome = match self {
            Self::OpenAiChat(reader) => reader.read(data, sink),
            Self::OpenAiResponses(reader) => reader.read(data, sink),
            Self::Anthropic(reader) => reader.read(name, data, sink),
            Self::Gemini(reader) => reader.read(data, sink),
        };
        // What does not have the dialect's shape may still be the provider's error in some other one.
        match outcome.err().map(|unreadable| (unreadable, errors::of_foreign_shape(data))) {
            None => Ok(()),
            Some((_, Some(error))) => {
                sink.error(error);
                Ok(())
            }
            Some((unreadable, None)) => Err(unreadable),
        }
    }
}

/// How the body is framed, as soon as its first telling byte is there; drops what stands before it.
fn decide(head: &mut Vec<u8>) -> Option<Framing> {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    const MOST_WHITESPACE: usize = 64 * 1024;
    let start = if head.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len()
    } else if BYTE_ORDER_MARK.starts_with(head) {
        return None;
    } else {
        0
    };
    let telling =
        start + head[start..].iter().take(MOST_WHITESPACE).take_while(|byte| byte.is_ascii_whitespace()).count();
    let framing = match head.get(telling) {
        Some(b'{' | b'[') => Framing::Json(Splitter::new(sse::DEFAULT_LIMIT)),
        Some(_) => Framing::EventStream(sse::Parser::new()),
        None => return None,
    };
    head.drain(..telling);
    Some(framing)
}

fn too_long() -> String {
    format!("an event of the stream is longer than {} MiB", sse::DEFAULT_LIMIT / (1024 * 1024))
}

/// A short, printable beginning of foreign text.
fn excerpt(text: &str) -> String {
    const LENGTH: usize = 80;
    let mut excerpt: String = text.chars().take(LENGTH).flat_map(char::escape_debug).collect();
    if text.chars().nth(LENGTH).is_some() {
        excerpt.push('…');
    }
    excerpt
}
