//! Cuts a body of JSON values apart: one whole response, one value a line, or the elements of an
//! array (what Gemini sends without `alt=sse`), as soon as each is complete.

use memchr::memchr2;

/// One thing found in a JSON body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// A complete object, or whatever stands where one was expected.
    Value(&'a str),
    /// A value passed the limit. Nothing more will come.
    TooLong,
}

/// An incremental splitter. Only objects are looked for: commas, whitespace and the brackets of an
/// enclosing array are passed over.
#[derive(Debug)]
pub(super) struct Splitter {
    value: Vec<u8>,
    depth: u32,
    in_string: bool,
    escaped: bool,
    overflowed: bool,
    limit: usize,
}

impl Splitter {
    /// A splitter that refuses values longer than `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { value: Vec::new(), depth: 0, in_string: false, escaped: false, overflowed: false, limit }
    }

    /// Takes bytes in and reports every value that they complete.
    pub(super) fn push(&mut self, mut bytes: &[u8], mut on_piece: impl FnMut(Piece<'_>)) {
        while !bytes.is_empty() && !self.overflowed {
            if self.depth == 0 && self.value.is_empty() {
                let Some(start) = bytes.iter().position(|byte| !is_between(*byte)) else {
                    return;
                };
                bytes = &bytes[start..];
            }
            let (taken, complete) = self.scan(bytes);
            if self.value.len() + taken > self.limit {
                self.overflowed = true;
                self.value = Vec::new();
                on_piece(Piece::TooLong);
                return;
            }
            self.value.extend_from_slice(&bytes[..taken]);
            bytes = &bytes[taken..];
            if complete {
                on_piece(Piece::Value(&String::from_utf8_lossy(&self.value)));
                self.value.clear();
            }
        }
    }

    /// The body ended: reports what is left of an incomplete value.
    pub(super) fn finish(&mut self, mut on_piece: impl FnMut(Piece<'_>)) {
        if !self.overflowed && !self.value.is_empty() {
            on_piece(Piece::Value(&String::from_utf8_lossy(&self.value)));
            self.value.clear();
        }
    }

    /// How many bytes belong to the current value, and whether they end it.
    fn scan(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while at < bytes.len() {
            if self.in_string {
                if std::mem::take(&mut self.escaped) {
                    at += 1;
                    continue;
                }
                let Some(found) = memchr2(b'"', b'\\', &bytes[at..]) else {
                    return (bytes.len(), false);
                };
                at += found;
                if bytes[at] == b'"' {
                    self.in_string = false;
                } else {
                    self.escaped = true;
                }
                at += 1;
                continue;
            }
            let byte = bytes[at];
            at += 1;
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth = self.depth.saturating_add(1),
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return (at, true);
                    }
                }
                // Outside any object a line end closes whatever junk stands there.
                b'\n' if self.depth == 0 => return (at, true),
                _ => {}
            }
        }
        (at, false)
    }
}

/// Bytes that may stand between values, the brackets of an enclosing array among them.
fn is_between(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | b'[' | b']')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(pieces: &[&[u8]], limit: usize) -> Vec<String> {
        let mut splitter = Splitter::new(limit);
        let mut values = Vec::new();
        let mut take = |piece: Piece<'_>| {
            values.push(match piece {
                Piece::Value(text) => text.to_owned(),
                Piece::TooLong => "too long".to_owned(),
            });
        };
        for piece in pieces {
            splitter.push(piece, &mut take);
        }
        splitter.finish(&mut take);
        values
    }

    fn check(bytes: &[u8], expected: &[&str]) {
        assert_eq!(split(&[bytes], 1000), expected, "whole");
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(split(&single, 1000), expected, "byte by byte");
    }

    #[test]
    fn whole_lines_and_arrays() {
        check(br#"{"a":{"b":[1,2]}}"#, &[r#"{"a":{"b":[1,2]}}"#]);
        check(b"{\"a\":1}\n{\"b\":2}\n", &[r#"{"a":1}"#, r#"{"b":2}"#]);
        check(b"[{\"a\":1},\r\n{\"b\":2}]", &[r#"{"a":1}"#, r#"{"b":2}"#]);
    }

    #[test]
    fn brackets_and_quotes_in_strings_do_not_count() {
        check(br#"{"a":"}]\"\\"} {"b":"{"}"#, &[r#"{"a":"}]\"\\"}"#, r#"{"b":"{"}"#]);
    }

    #[test]
    fn an_incomplete_value_is_reported_at_the_end() {
        check(br#"{"a":1}{"b":"#, &[r#"{"a":1}"#, r#"{"b":"#]);
    }

    #[test]
    fn a_value_past_the_limit_ends_it() {
        assert_eq!(split(&[br#"{"a":1}{"a":"12345678901234567890"}{}"#], 12), [r#"{"a":1}"#, "too long"]);
    }

    proptest! {
        #[test]
        fn values_do_not_depend_on_the_cuts(
            bytes in proptest::collection::vec(prop_oneof![
                Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b'"'), Just(b'\\'), Just(b'\n'), any::<u8>()
            ], 0..200),
            cut in 1usize..20,
        ) {
            let pieces: Vec<&[u8]> = bytes.chunks(cut).collect();
            prop_assert_eq!(split(&pieces, 48), split(&[&bytes], 48));
        }
    }
}
