//! Bytes above ASCII: UTF-8 where they are, otherwise Windows-1252, which is what old filings mean.

/// Windows-1252 between 0x80 and 0x9f; the five unassigned places read as U+FFFD.
const HIGH: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}', '\u{fffd}',
    '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '•', '–', '—', '\u{02dc}', '™', 'š', '›', 'œ', '\u{fffd}', 'ž',
    'Ÿ',
];

/// What one byte means in Windows-1252.
pub(super) fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        other => char::from(other),
    }
}

/// The first character of bytes that begin above ASCII, and how many bytes it takes. A sequence that is no
/// UTF-8 is one Windows-1252 character, so a file of mixed origin reads as its author saw it.
pub(super) fn next(bytes: &[u8]) -> (char, usize) {
    let Some(&first) = bytes.first() else { return ('\u{fffd}', 1) };
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    if length > 1
        && let Some(sequence) = bytes.get(..length)
        && let Ok(text) = std::str::from_utf8(sequence)
        && let Some(character) = text.chars().next()
    {
        return (character, length);
    }
    (windows_1252(first), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_encodings_of_a_closing_quote_read_alike() {
        assert_eq!(next(b"\x92s"), ('\u{2019}', 1));
        assert_eq!(next("\u{2019}s".as_bytes()), ('\u{2019}', 3));
        assert_eq!(next(b"\xe2\x80"), ('â', 1), "a sequence that the file ends in");
        assert_eq!(next(b"\xe9t\xe9"), ('é', 1));
    }
}
