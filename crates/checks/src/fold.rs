//! Caseless text, and texts quoted in messages.

use std::borrow::Cow;

use crate::result::cut;

/// The text without case: each character's upper case in lower case, which joins `ß` with `SS` and `ς` with `Σ`.
///
/// That is Unicode full case folding but for a few letters; the dotless `ı` is kept apart from `i`.
pub(crate) fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Cow::Owned(text.to_ascii_lowercase());
        }
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    for char in text.chars() {
        if char == 'ı' {
            folded.push(char);
        } else if char.is_ascii() {
            folded.push(char.to_ascii_lowercase());
        } else {
            folded.extend(char.to_uppercase().flat_map(char::to_lowercase));
        }
    }
    Cow::Owned(folded)
}

/// The text as it is, or without case.
pub(crate) fn cased(text: &str, case_sensitive: bool) -> Cow<'_, str> {
    if case_sensitive { Cow::Borrowed(text) } else { fold(text) }
}

/// Line ends of Windows made plain, white space at both ends dropped.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.contains("\r\n") { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

/// A short quotation for a message.
pub(crate) fn quote(text: &str) -> String {
    format!("\"{}\"", cut(text, 80))
}

/// Several short quotations for a message.
pub(crate) fn quotes(texts: &[String]) -> String {
    let shown: Vec<String> = texts.iter().take(8).map(|text| quote(text)).collect();
    let rest = texts.len().saturating_sub(8);
    if rest > 0 { format!("{} and {rest} more", shown.join(", ")) } else { shown.join(", ") }
}

/// `1 word`, `2 words`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
