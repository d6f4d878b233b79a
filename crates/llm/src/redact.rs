//! Takes keys out of text and bytes before they are shown or stored: loaded keys by their exact
//! value, other keys by their shape or by the words in front of them.

mod shapes;

use std::borrow::Cow;
use std::ops::Range;

use crate::secret::ApiKey;

/// What stands where a key was.
pub const REDACTED: &str = "[redacted]";

/// Known keys shorter than this are not searched for: they would be found in ordinary words.
const SHORTEST_KNOWN_KEY: usize = 6;

/// Replaces keys by [`REDACTED`]. Applying it twice changes nothing more; text without keys comes
/// back as it was, borrowed.
#[derive(Clone, Default)]
pub struct Redactor {
    /// Every spelling of every known key, longest first.
    known: Vec<Vec<u8>>,
    /// For each byte, whether a known key can start with it; empty while none is known.
    starts: Vec<bool>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Redactor([redacted])")
    }
}

impl Redactor {
    /// A redactor that knows these keys. Without any it still finds keys by shape and label.
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a ApiKey>) -> Self {
        let mut redactor = Self::default();
        for key in keys {
            redactor.learn(key);
        }
        redactor
    }

    /// Learns one more key.
    pub fn learn(&mut self, key: &ApiKey) {
        let key = key.expose_for_header();
        if key.len() < SHORTEST_KNOWN_KEY {
            return;
        }
        self.starts.resize(256, false);
        for spelling in spellings(key) {
            let first = spelling.first().map(|&byte| usize::from(byte));
            if let Some(start) = first.and_then(|first| self.starts.get_mut(first)) {
                *start = true;
            }
            self.known.push(spelling);
        }
        self.known.sort_by(|left, right| right.len().cmp(&left.len()).then_with(|| left.cmp(right)));
        self.known.dedup();
    }

    /// Redacts text.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            // Replaced spans start and end at ASCII bytes or at the ends of a whole key, so this is UTF-8 still.
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    /// Redacts bytes as they came from the network, whatever they hold.
    ///
    /// Known keys go first and whole, so that no rule about shapes can cut one and leave its rest.
    pub fn bytes<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let known = |bytes: &[u8], at: usize, byte: u8| self.known_at(bytes, at, byte);
        // A search for whole keys is many times quicker than a look at every position, and nearly always in vain.
        let present = self.known.iter().any(|key| memchr::memmem::find(bytes, key).is_some());
        let without_known = if present { replace(bytes, known) } else { None };
        match without_known {
            None => replace(bytes, shape_at).map_or(Cow::Borrowed(bytes), Cow::Owned),
            Some(without_known) => {
                let all = replace(&without_known, shape_at);
                Cow::Owned(all.unwrap_or(without_known))
            }
        }
    }

    fn known_at(&self, bytes: &[u8], at: usize, byte: u8) -> Option<Range<usize>> {
        self.starts.get(usize::from(byte)).filter(|&&starts| starts)?;
        let rest = bytes.get(at..)?;
        self.known.iter().find(|known| rest.starts_with(known)).map(|known| at..at + known.len())
    }
}

/// Replaces every span that `secret_at` finds; `None` when it finds none.
fn replace(bytes: &[u8], secret_at: impl Fn(&[u8], usize, u8) -> Option<Range<usize>>) -> Option<Vec<u8>> {
    let mut out: Vec<u8> = Vec::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let Some(span) = secret_at(bytes, at, byte) else {
            at += 1;
            continue;
        };
        out.extend_from_slice(bytes.get(copied..span.start).unwrap_or_default());
        out.extend_from_slice(REDACTED.as_bytes());
        copied = span.end;
        at = span.end.max(at + 1);
    }
    if copied == 0 {
        return None;
    }
    out.extend_from_slice(bytes.get(copied..).unwrap_or_default());
    Some(out)
}

/// The secret that is announced or begins at `at`, if any: after a label its span starts later than `at`.
fn shape_at(bytes: &[u8], at: usize, byte: u8) -> Option<Range<usize>> {
    if !shapes::may_start(byte, bytes.get(at + 1).copied()) {
        return None;
    }
    if byte == b':' {
        return shapes::userinfo(bytes, at);
    }
    if let Some(value) = shapes::labelled_value(bytes, at) {
        return Some(value);
    }
    if shapes::word_begins(bytes, at) { shapes::token(bytes, at) } else { None }
}

/// How a key may be written: plainly, inside a JSON string (with or without escaped slashes), in a URL.
fn spellings(key: &str) -> Vec<Vec<u8>> {
    let json = key.replace('\\', "\\\\").replace('"', "\\\"");
    let slashes = json.replace('/', "\\/");
    let html_safe = json.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e");
    let percent = |hex: fn(u8) -> String| -> String {
        key.bytes().map(|b| if unreserved(b) { char::from(b).to_string() } else { hex(b) }).collect()
    };
    let mut spellings: Vec<Vec<u8>> =
        [key.to_owned(), json, slashes, html_safe, percent(|b| format!("%{b:02X}")), percent(|b| format!("%{b:02x}"))]
            .into_iter()
            .map(String::into_bytes)
            .collect();
    spellings.sort();
    spellings.dedup();
    spellings
}

/// Characters that a URL carries as they are (RFC 3986, 2.3).
fn unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}
