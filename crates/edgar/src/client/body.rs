//! Reading bodies within their limits, and telling what they are.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

use crate::source::Expected;

/// What is read at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes as they are sent.
    pub sent: u64,
    /// Bytes after decompression.
    pub plain: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { sent: 50 << 20, plain: 400 << 20 }
    }
}

/// A body that was read whole.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) plain: Vec<u8>,
    /// The gzip stream that it came in.
    pub(super) gzip: Option<Vec<u8>>,
    pub(super) sent: u64,
}

/// Why a body was not read whole.
#[derive(Debug)]
pub(super) enum Unread {
    /// The connection failed while it was read.
    Broken(io::Error),
    /// There is more of it than is read.
    TooLarge(u64, &'static str),
    /// It does not decompress.
    Damaged(String),
}

/// Reads a body; never more than the limits, whatever its headers say.
pub(super) fn read(stream: impl Read, length: Option<u64>, limits: Limits) -> Result<Body, Unread> {
    if length.is_some_and(|length| length > limits.sent) {
        return Err(Unread::TooLarge(limits.sent, "as sent"));
    }
    // A length is believed as far as a megabyte; beyond that the bytes have to come.
    let mut bytes = Vec::with_capacity(length.map_or(16 << 10, |length| length.min(1 << 20) as usize + 1));
    stream.take(limits.sent + 1).read_to_end(&mut bytes).map_err(Unread::Broken)?;
    let sent = bytes.len() as u64;
    if sent > limits.sent {
        return Err(Unread::TooLarge(limits.sent, "as sent"));
    }
    // By what it is, not by what the headers say: proxies and mirrors get these wrong in both directions.
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Body { plain: bytes, gzip: None, sent });
    }
    let mut plain = Vec::with_capacity((sent as usize).saturating_mul(8).min(32 << 20));
    MultiGzDecoder::new(&bytes[..])
        .take(limits.plain + 1)
        .read_to_end(&mut plain)
        .map_err(|problem| Unread::Damaged(format!("its gzip stream does not decompress ({problem})")))?;
    if plain.len() as u64 > limits.plain {
        return Err(Unread::TooLarge(limits.plain, "decompressed"));
    }
    Ok(Body { plain, gzip: Some(bytes), sent })
}

/// What came instead of what was expected; none where it may be right.
pub(super) fn unexpected(expected: Expected, bytes: &[u8]) -> Option<&'static str> {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let found = match start {
        [] => "nothing",
        [b'{' | b'[', ..] => "JSON",
        [b'P', b'K', ..] => "a zip archive",
        [b'<', ..] if starts(start, b"<?xml") => "XML",
        [b'<', ..] => "a page of HTML",
        _ => "something else",
    };
    let right = match expected {
        Expected::Json => found == "JSON",
        Expected::Zip => found == "a zip archive",
        // Pages are tolerated in any shape: their readers find what they know or say that they did not.
        Expected::Html => matches!(found, "a page of HTML" | "XML" | "something else"),
        Expected::Any => found != "nothing",
    };
    (!right).then_some(found)
}

/// Whether a body that should be JSON stops before its end. Answers without a length end where the connection does, and
/// a cut one would be kept as whole.
pub(super) fn cut_off(expected: Expected, bytes: &[u8]) -> bool {
    expected == Expected::Json && !matches!(bytes.trim_ascii_end().last(), Some(b'}' | b']'))
}

/// What a page that refuses says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Too many requests.
    TooMany,
    /// Nobody said who asks.
    Undeclared,
    /// The storage has no such file, or will not say that it has none: EDGAR answers 403 for that, too.
    Missing,
    /// It cannot be told.
    Unknown,
}

/// Reads a page that came with 403, or one that came with 200 and may be such a page.
pub(super) fn refusal(bytes: &[u8]) -> Refusal {
    // The pages have about 2 kB; what they say is at their start.
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(8 << 10)]).to_ascii_lowercase();
    // The undeclared are told in a heading below a title that speaks of the request rate.
    if head.contains("undeclared automated tool</") || head.contains("originates from an undeclared automated tool") {
        return Refusal::Undeclared;
    }
    let many = ["request rate threshold exceeded", "maximum allowable requests", "rate limit", "too many requests"];
    if many.iter().any(|words| head.contains(words)) {
        return Refusal::TooMany;
    }
    if head.contains("undeclared automated tool") {
        return Refusal::Undeclared;
    }
    let codes = ["<code>accessdenied</code>", "<code>nosuchkey</code>", "<code>nosuchbucket</code>"];
    if codes.iter().any(|code| head.contains(code)) {
        return Refusal::Missing;
    }
    Refusal::Unknown
}

/// Whether a page that came with 200 is in truth a refusal: the SEC has been seen to send them so. Filings may quote
/// anything, so only a short page with such a title or heading is one.
pub(super) fn refuses(bytes: &[u8]) -> Option<Refusal> {
    if bytes.len() > 16 << 10 || bytes.trim_ascii_start().first() != Some(&b'<') {
        return None;
    }
    let head = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let titled = head.contains("<title>sec.gov | request rate threshold exceeded</title>")
        || head.contains("<h1>your request originates from an undeclared automated tool</h1>");
    titled.then(|| refusal(bytes))
}

fn starts(bytes: &[u8], with: &[u8]) -> bool {
    bytes.len() >= with.len() && bytes[..with.len()].eq_ignore_ascii_case(with)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_told_by_their_start() {
        for (expected, bytes, found) in [
            (Expected::Json, &b" \n{}"[..], None),
            (Expected::Json, b"\xef\xbb\xbf[]", None),
            (Expected::Json, b"<!DOCTYPE html>", Some("a page of HTML")),
            (Expected::Json, b"<?xml version='1.0'?>", Some("XML")),
            (Expected::Json, b"", Some("nothing")),
            (Expected::Json, b"Not here", Some("something else")),
            (Expected::Zip, b"PK\x03\x04", None),
            (Expected::Zip, b"<html>", Some("a page of HTML")),
            (Expected::Any, b"<html>", None),
            (Expected::Any, b"  ", Some("nothing")),
            (Expected::Html, b"{}", Some("JSON")),
        ] {
            assert_eq!(unexpected(expected, bytes), found, "{expected} {bytes:?}");
        }
    }

    /// Lesson 55: 403 is both; the body tells.
    #[test]
    fn refusals_are_told_by_their_words() {
        assert_eq!(refusal(&loopback_edgar::block_page()), Refusal::TooMany);
        assert_eq!(refusal(&loopback_edgar::undeclared_page()), Refusal::Undeclared);
        assert_eq!(refusal(&loopback_edgar::missing_page("AccessDenied", "Access Denied")), Refusal::Missing);
        assert_eq!(refusal(&loopback_edgar::missing_page("NoSuchKey", "x")), Refusal::Missing);
        assert_eq!(refusal(b"<HTML><TITLE>Access Denied</TITLE>You don't have permission"), Refusal::Unknown);
        assert_eq!(refusal(b""), Refusal::Unknown);
    }

    #[test]
    fn a_filing_that_speaks_of_refusals_is_no_refusal() {
        assert_eq!(refuses(&loopback_edgar::undeclared_page()), Some(Refusal::Undeclared));
        assert_eq!(refuses(b"<html><title>10-K</title><p>an Undeclared Automated Tool, rate limit</p></html>"), None);
        let mut long = loopback_edgar::block_page();
        long.resize(20 << 10, b' ');
        assert_eq!(refuses(&long), None);
    }

    #[test]
    fn lengths_are_not_believed() {
        let limits = Limits { sent: 100, plain: 1_000 };
        assert!(matches!(read(&[b'x'; 101][..], None, limits), Err(Unread::TooLarge(100, _))));
        assert!(matches!(read(&b"x"[..], Some(101), limits), Err(Unread::TooLarge(100, _))));
        assert_eq!(read(&b"x"[..], Some(3), limits).unwrap().plain, b"x");
        assert!(matches!(read(&b"\x1f\x8b\x08\x00"[..], None, limits), Err(Unread::Damaged(_))));
    }
}
