//! Server-Sent Events framing: bytes in, events out, whatever the network did to their boundaries.
//!
//! Follows the event stream interpretation of the WHATWG HTML standard (section 9.2.6) with two
//! deliberate differences: comments are reported, because they prove that a server is alive, and
//! [`Parser::finish`] delivers an event that lacks its blank line, because many servers omit the
//! last one.

use std::borrow::Cow;

use memchr::memchr2;

/// Most bytes one line or one event's data may have before the stream is declared malformed.
pub const DEFAULT_LIMIT: usize = 16 * 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One thing found in an event stream. Borrows from the parser; copy what must outlive the callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame<'a> {
    /// An event was completed by the bytes just given.
    Event {
        /// The `event` field; empty when the server sent none.
        name: &'a str,
        /// The `data` lines joined with line feeds; bytes that are not UTF-8 are replaced.
        data: &'a str,
    },
    /// A comment line.
    KeepAlive,
    /// A line or an event passed the limit. Nothing more will come out of this parser.
    TooLong,
}

/// An incremental parser. The frames do not depend on how the bytes were cut into pushes.
#[derive(Debug)]
pub struct Parser {
    /// The line whose end has not arrived.
    line: Vec<u8>,
    name: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    first_line: bool,
    /// The last byte was a CR that ended a line: an LF right after it belongs to it.
    after_carriage_return: bool,
    overflowed: bool,
    limit: usize,
}

impl Default for Parser {
    fn default() -> Self {
        Self::with_limit(DEFAULT_LIMIT)
    }
}

impl Parser {
    /// A parser with the default limit.
    pub fn new() -> Self {
        Self::default()
    }

    /// A parser that refuses lines and events longer than `limit` bytes.
    pub fn with_limit(limit: usize) -> Self {
        Self {
            line: Vec::new(),
            name: Vec::new(),
            data: Vec::new(),
            has_data: false,
            first_line: true,
            after_carriage_return: false,
            overflowed: false,
            limit,
        }
    }

    /// Takes bytes in and reports every frame that they complete, in order.
    pub fn push(&mut self, mut bytes: &[u8], mut on_frame: impl FnMut(Frame<'_>)) {
        if self.after_carriage_return && !bytes.is_empty() {
            self.after_carriage_return = false;
            if bytes[0] == b'\n' {
                bytes = &bytes[1..];
            }
        }
        while !self.overflowed
            && let Some(end) = memchr2(b'\n', b'\r', bytes)
        {
            if self.line.is_empty() {
                self.take_line(&bytes[..end], &mut on_frame);
            } else {
                self.line.extend_from_slice(&bytes[..end]);
                let line = std::mem::take(&mut self.line);
                self.take_line(&line, &mut on_frame);
                self.line = line;
                self.line.clear();
            }
            let mut next = end + 1;
            if bytes[end] == b'\r' {
                match bytes.get(next) {
                    Some(b'\n') => next += 1,
                    Some(_) => {}
                    None => self.after_carriage_return = true,
                }
            }
            bytes = &bytes[next..];
        }
        if !self.overflowed && !bytes.is_empty() {
            if self.line.len() + bytes.len() > self.limit {
                self.overflow(&mut on_frame);
            } else {
                self.line.extend_from_slice(bytes);
            }
        }
    }

    /// The stream ended: delivers what an unterminated last line or event holds.
    pub fn finish(&mut self, mut on_frame: impl FnMut(Frame<'_>)) {
        if self.overflowed {
            return;
        }
        if !self.line.is_empty() {
            let line = std::mem::take(&mut self.line);
            self.take_line(&line, &mut on_frame);
        }
        if !self.overflowed {
            self.dispatch(&mut on_frame);
        }
    }

    fn take_line(&mut self, mut line: &[u8], on_frame: &mut impl FnMut(Frame<'_>)) {
        if line.len() > self.limit {
            self.overflow(on_frame);
            return;
        }
        if std::mem::take(&mut self.first_line) {
            line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        }
        if line.is_empty() {
            self.dispatch(on_frame);
            return;
        }
        let (field, value) = match memchr::memchr(b':', line) {
            Some(0) => {
                on_frame(Frame::KeepAlive);
                return;
            }
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &[][..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => {
                if self.data.len() + value.len() >= self.limit {
                    self.overflow(on_frame);
                    return;
                }
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.data.extend_from_slice(value);
                self.has_data = true;
            }
            b"event" => {
                self.name.clear();
                self.name.extend_from_slice(value);
            }
            // `id` and `retry` serve reconnection, which no provider offers.
            _ => {}
        }
    }

    fn dispatch(&mut self, on_frame: &mut impl FnMut(Frame<'_>)) {
        if std::mem::take(&mut self.has_data) {
            let name: Cow<'_, str> = String::from_utf8_lossy(&self.name);
            let data: Cow<'_, str> = String::from_utf8_lossy(&self.data);
            on_frame(Frame::Event { name: &name, data: &data });
        }
        self.name.clear();
        self.data.clear();
    }

    fn overflow(&mut self, on_frame: &mut impl FnMut(Frame<'_>)) {
        self.overflowed = true;
        self.line = Vec::new();
        self.data = Vec::new();
        on_frame(Frame::TooLong);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(pieces: &[&[u8]], limit: usize) -> Vec<String> {
        let mut parser = Parser::with_limit(limit);
        let mut frames = Vec::new();
        let mut take = |frame: Frame<'_>| {
            frames.push(match frame {
                Frame::Event { name, data } => format!("{name}|{data}"),
                Frame::KeepAlive => "keep-alive".to_owned(),
                Frame::TooLong => "too long".to_owned(),
            });
        };
        for piece in pieces {
            parser.push(piece, &mut take);
        }
        parser.finish(&mut take);
        frames
    }

    fn check(bytes: &[u8], expected: &[&str]) {
        assert_eq!(parse(&[bytes], DEFAULT_LIMIT), expected, "whole");
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(parse(&single, DEFAULT_LIMIT), expected, "byte by byte");
    }

    #[test]
    fn line_ends_of_every_kind() {
        check(b"data: a\n\ndata: b\n\n", &["|a", "|b"]);
        check(b"data: a\r\n\r\ndata: b\r\n\r\n", &["|a", "|b"]);
        check(b"data: a\r\rdata: b\r\r", &["|a", "|b"]);
        check(b"data: a\r\n\rdata: b\n\r\n", &["|a", "|b"]);
    }

    #[test]
    fn fields_names_and_joined_data() {
        check(b"event: x\ndata: 1\ndata: 2\ndata\n\n", &["x|1\n2\n"]);
        check(b"event: x\n\ndata: 1\n\n", &["|1"]);
        check(b"data:no space\n\ndata:  two spaces\n\n", &["|no space", "| two spaces"]);
        check(b"id: 7\nretry: 9\n# not a comment: x\nunknown\ndata: 1\n\n", &["|1"]);
    }

    #[test]
    fn comments_are_signs_of_life() {
        check(b": OPENROUTER PROCESSING\n\n:\n\ndata: 1\n\n", &["keep-alive", "keep-alive", "|1"]);
        check(b"data: 1\n: between\ndata: 2\n\n", &["keep-alive", "|1\n2"]);
    }

    #[test]
    fn a_byte_order_mark_is_skipped_once() {
        check(b"\xef\xbb\xbfdata: 1\n\n\xef\xbb\xbfdata: 2\n\n", &["|1"]);
    }

    #[test]
    fn text_is_whole_however_it_is_cut_and_bad_bytes_are_replaced() {
        check("data: grüße 🦀\n\n".as_bytes(), &["|grüße 🦀"]);
        check(b"data: a\xffb\n\n", &["|a\u{fffd}b"]);
    }

    #[test]
    fn the_last_event_may_lack_its_blank_line() {
        check(b"data: 1\n\ndata: [DONE]", &["|1", "|[DONE]"]);
        check(b"event: x\ndata: 1\n", &["x|1"]);
        check(b"event: only a name\n", &[]);
    }

    #[test]
    fn too_long_ends_the_stream_at_the_same_place_for_every_cut() {
        let stream = b"data: 1\n\ndata: 123456789012345\n\ndata: 2\n\n";
        let expected = ["|1", "too long"];
        assert_eq!(parse(&[stream], 12), expected);
        for size in 1..stream.len() {
            let pieces: Vec<&[u8]> = stream.chunks(size).collect();
            assert_eq!(parse(&pieces, 12), expected, "pieces of {size}");
        }
        let many = b"data: 1234\ndata: 1234\ndata: 1234\n\n";
        assert_eq!(parse(&[many], 12), ["too long"]);
    }

    proptest! {
        #[test]
        fn frames_do_not_depend_on_the_cuts(
            bytes in proptest::collection::vec(prop_oneof![
                Just(b'\n'), Just(b'\r'), Just(b':'), Just(b' '), Just(b'd'), Just(b'a'), Just(b't'), Just(0xef), any::<u8>()
            ], 0..200),
            cut in 1usize..20,
        ) {
            let pieces: Vec<&[u8]> = bytes.chunks(cut).collect();
            prop_assert_eq!(parse(&pieces, 64), parse(&[&bytes], 64));
        }
    }
}
