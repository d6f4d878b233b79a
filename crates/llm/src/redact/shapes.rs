//! What keys look like, and the words that announce one.

use std::ops::Range;

use super::REDACTED;

/// A key shape: a prefix, then at least so many characters.
struct Shape {
    prefix: &'static [u8],
    /// Least number of characters after the prefix.
    least: usize,
    /// True when dots belong to the key.
    dots: bool,
}

/// Every prefix that a provider's key pattern accepts, most specific first. A test holds this table
/// against the patterns of `providers.toml`, so that none can be widened without the other.
const SHAPES: &[Shape] = &[
    Shape { prefix: b"sk-proj-", least: 20, dots: false },
    Shape { prefix: b"sk-ant-api03-", least: 20, dots: false },
    Shape { prefix: b"sk-ant-", least: 20, dots: false },
    Shape { prefix: b"sk-or-", least: 20, dots: false },
    Shape { prefix: b"sk-", least: 20, dots: false },
    Shape { prefix: b"nvapi-", least: 20, dots: false },
    Shape { prefix: b"xai-", least: 20, dots: false },
    Shape { prefix: b"gsk_", least: 20, dots: false },
    Shape { prefix: b"AQ.Ab", least: 15, dots: true },
    Shape { prefix: b"AIza", least: 20, dots: true },
];

/// The span of the key that begins at `at`, if one does.
pub(super) fn token(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = bytes.get(at..)?;
    SHAPES.iter().find_map(|shape| {
        let tail = rest.strip_prefix(shape.prefix)?;
        let length = tail.iter().take_while(|&&byte| in_key(byte, shape.dots)).count();
        (length >= shape.least).then_some(at..at + shape.prefix.len() + length)
    })
}

fn in_key(byte: u8, dots: bool) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || (dots && byte == b'.')
}

/// Whether any rule but a known key's can begin with these two bytes: a look that settles nearly
/// every position of a long body.
pub(super) fn may_start(byte: u8, next: Option<u8>) -> bool {
    let Some(next) = next else { return false };
    match byte {
        b's' => next == b'k',
        b'n' => next == b'v',
        b'g' => next == b's',
        b'x' | b'X' => matches!(next, b'a' | b'-'),
        b'a' | b'A' => matches!(next, b'u' | b'U' | b'p' | b'P' | b'c' | b'C' | b'I' | b'Q'),
        b'p' | b'P' => matches!(next, b'r' | b'R'),
        b'u' | b'U' => next == b'0',
        b'?' | b'&' | b';' => matches!(next, b'k' | b'K'),
        b':' => next == b'/',
        _ => false,
    }
}

/// True when no word goes on into `at`: a key inside a longer word is no key ("risk-adjusted").
/// JSON escapes (`\n`, `\u0026`) and percent escapes (`%3D`) end in letters and digits, but are
/// not part of a word.
pub(super) fn word_begins(bytes: &[u8], at: usize) -> bool {
    let before = |distance: usize| at.checked_sub(distance).and_then(|index| bytes.get(index)).copied();
    let Some(previous) = before(1) else { return true };
    if !previous.is_ascii_alphanumeric() {
        return true;
    }
    let hex = |distance: usize| before(distance).is_some_and(|byte| byte.is_ascii_hexdigit());
    let simple_escape = before(2) == Some(b'\\') && matches!(previous, b'n' | b't' | b'r' | b'b' | b'f');
    let percent_escape = before(3) == Some(b'%') && hex(2) && hex(1);
    let unicode_escape = before(6) == Some(b'\\') && before(5) == Some(b'u') && (1..=4).all(hex);
    simple_escape || percent_escape || unicode_escape
}

/// A word that announces a key.
struct Label {
    name: &'static [u8],
    /// What follows the name.
    kind: Kind,
}

enum Kind {
    /// A header or a field: `name: value`, `name=value`, `"name":"value"`.
    Field,
    /// A URL parameter whose name is too ordinary a word elsewhere: `?key=value`.
    Parameter,
}

const LABELS: &[Label] = &[
    Label { name: b"proxy-authorization", kind: Kind::Field },
    Label { name: b"authorization", kind: Kind::Field },
    Label { name: b"x-goog-api-key", kind: Kind::Field },
    Label { name: b"x-api-key", kind: Kind::Field },
    Label { name: b"api-key", kind: Kind::Field },
    Label { name: b"api_key", kind: Kind::Field },
    Label { name: b"apikey", kind: Kind::Field },
    Label { name: b"access_token", kind: Kind::Field },
    Label { name: b"?key", kind: Kind::Parameter },
    Label { name: b"&key", kind: Kind::Parameter },
    Label { name: b";key", kind: Kind::Parameter },
    Label { name: b"u0026key", kind: Kind::Parameter },
];

/// Values shorter than this after a label are taken for prose.
const SHORTEST_LABELLED: usize = 8;

/// The span of the value that a label at `at` announces, if there is one to hide.
pub(super) fn labelled_value(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = bytes.get(at..)?;
    let label = LABELS.iter().find(|label| starts_with_ignoring_case(rest, label.name))?;
    let after_name = at + label.name.len();
    let start = match label.kind {
        Kind::Parameter => (bytes.get(after_name) == Some(&b'=')).then_some(after_name + 1)?,
        Kind::Field => {
            let punctuation = |byte| matches!(byte, b'"' | b'\'' | b'\\' | b' ' | b'\t' | b':' | b'=');
            let gap = after_name..after_name + skip(bytes, after_name, punctuation);
            if !bytes.get(gap.clone())?.iter().any(|byte| matches!(byte, b':' | b'=')) {
                return None;
            }
            gap.end + scheme_length(bytes.get(gap.end..)?)
        }
    };
    let length = skip(bytes, start, in_value);
    (length >= SHORTEST_LABELLED).then_some(start..start + length)
}

/// Length of an authorization scheme and the space after it.
fn scheme_length(rest: &[u8]) -> usize {
    [&b"bearer"[..], b"basic", b"token"].into_iter().find(|scheme| starts_with_ignoring_case(rest, scheme)).map_or(
        0,
        |scheme| match skip(rest, scheme.len(), |byte| byte == b' ') {
            0 => 0,
            spaces => scheme.len() + spaces,
        },
    )
}

fn in_value(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(byte, b'"' | b'\'' | b'`' | b'&' | b'#' | b'<' | b'>' | b',' | b';' | b'(' | b')' | b'{' | b'}')
        && !matches!(byte, b'[' | b']' | b'\\')
        || byte >= 0x80
}

/// The span of `user:password` in `://user:password@host`, if `at` is where `://` stands.
pub(super) fn userinfo(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    const OPENING: &[u8] = b"://";
    let authority = bytes.get(at..)?.strip_prefix(OPENING)?;
    let in_authority = |byte: u8| {
        (byte.is_ascii_graphic() || byte >= 0x80)
            && !matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b'<' | b'>' | b'\\' | b'`' | b'{' | b'}')
    };
    let authority = authority.get(..skip(authority, 0, in_authority))?;
    let hidden = authority.iter().rposition(|&byte| byte == b'@').and_then(|end| authority.get(..end))?;
    let start = at + OPENING.len();
    (!hidden.is_empty() && hidden != REDACTED.as_bytes()).then_some(start..start + hidden.len())
}

fn skip(bytes: &[u8], from: usize, wanted: impl Fn(u8) -> bool) -> usize {
    bytes.get(from..).unwrap_or_default().iter().take_while(|&&byte| wanted(byte)).count()
}

fn starts_with_ignoring_case(bytes: &[u8], prefix: &[u8]) -> bool {
    bytes.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
