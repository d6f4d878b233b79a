//! Characters that steer a terminal, reorder text or cannot be seen, and how they are disarmed.
//!
//! Control sequences (ECMA-48: CSI, OSC with its hyperlinks, DCS, SOS, PM, APC and the short
//! escapes) are removed whole. A string sequence without its terminator loses its introducer only,
//! so that nobody can make the rest of an answer disappear. Everything invisible, bidirectional
//! controls above all, is shown as `\u{..}`.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::CharIndices;

/// Longest control sequence that is removed whole; a longer one is taken for text.
const LONGEST_SEQUENCE: usize = 4096;

/// Disarms `text`: no control character is left but line feeds and tabs, and no invisible one but
/// the joiners and selectors that emoji and some scripts are spelled with. CR LF and CR become LF.
pub fn disarm(text: &str) -> Cow<'_, str> {
    if is_harmless(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.char_indices().peekable();
    while let Some((at, character)) = chars.next() {
        match character {
            '\n' | '\t' => out.push(character),
            '\r' => {
                if chars.peek().is_none_or(|(_, next)| *next != '\n') {
                    out.push('\n');
                }
            }
            '\u{1b}' => skip(&mut chars, at + 1 + escape_sequence_length(&text[at + 1..])),
            '\u{9b}' => skip(&mut chars, at + 2 + control_sequence_length(&text[at + 2..])),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => {
                skip(&mut chars, at + 2 + control_string_length(&text[at + 2..]));
            }
            _ if character.is_control() => {}
            _ if is_joiner(character) && joins(out.chars().next_back(), chars.peek().map(|(_, next)| *next)) => {
                out.push(character);
            }
            _ if is_selector(character) && out.chars().next_back().is_some_and(takes_selector) => out.push(character),
            _ if is_invisible(character) => out.push_str(&visible(character)),
            _ => out.push(character),
        }
    }
    Cow::Owned(out)
}

/// How an invisible character is shown: `\u{202e}`.
pub fn visible(character: char) -> String {
    character.escape_unicode().to_string()
}

/// True for characters that reorder, hide or leave no trace on the screen, controls excluded.
pub fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' // zero-width space and joiners, direction marks
        | '\u{2028}'..='\u{202e}' // line and paragraph separators, bidi embeddings and overrides
        | '\u{2060}'..='\u{206f}' // word joiner, invisible operators, bidi isolates, deprecated shapes
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fe00}'..='\u{fe0f}' // variation selectors
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}') // tags: text that nobody sees
}

fn is_harmless(text: &str) -> bool {
    text.chars()
        .all(|character| matches!(character, '\n' | '\t') || !(character.is_control() || is_invisible(character)))
}

fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

/// Joiners are spelling only between two visible characters beyond Latin (emoji, Persian, Devanagari).
fn joins(before: Option<char>, after: Option<char>) -> bool {
    let is_neighbour = |character: char| (character as u32) >= 0x250 && !is_invisible(character);
    let is_emoji_selector = |character: char| character == '\u{fe0f}';
    before.is_some_and(|character| is_neighbour(character) || is_emoji_selector(character))
        && after.is_some_and(is_neighbour)
}

fn is_selector(character: char) -> bool {
    matches!(character, '\u{fe0e}' | '\u{fe0f}')
}

/// Symbols that come in a text and an emoji form, keycap bases included.
fn takes_selector(character: char) -> bool {
    matches!(character, '#' | '*' | '0'..='9' | '\u{a9}' | '\u{ae}')
        || (('\u{2030}'..='\u{33ff}').contains(&character) || ('\u{1f000}'..='\u{1faff}').contains(&character))
            && !is_invisible(character)
}

fn skip(chars: &mut Peekable<CharIndices<'_>>, end: usize) {
    while chars.next_if(|(at, _)| *at < end).is_some() {}
}

/// Bytes after ESC that belong to its sequence.
fn escape_sequence_length(rest: &str) -> usize {
    match rest.as_bytes().first() {
        Some(b'[') => 1 + control_sequence_length(&rest[1..]),
        Some(b']' | b'P' | b'X' | b'^' | b'_') => 1 + control_string_length(&rest[1..]),
        Some(0x20..=0x2f) => {
            let intermediates = rest.bytes().take_while(|byte| (0x20..=0x2f).contains(byte)).count();
            // Without a final byte the spaces and signs are text.
            if rest.as_bytes().get(intermediates).is_some_and(|byte| (0x30..=0x7e).contains(byte)) {
                intermediates + 1
            } else {
                0
            }
        }
        Some(0x30..=0x7e) => 1,
        _ => 0,
    }
}

/// Bytes after CSI that belong to its sequence: parameters, intermediates and one final byte.
fn control_sequence_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let parameters = bytes.iter().take(LONGEST_SEQUENCE).take_while(|byte| (0x30..=0x3f).contains(*byte)).count();
    let intermediates =
        bytes[parameters..].iter().take(LONGEST_SEQUENCE).take_while(|byte| (0x20..=0x2f).contains(*byte)).count();
    let end = parameters + intermediates;
    match bytes.get(end) {
        Some(0x40..=0x7e) => end + 1,
        _ => end,
    }
}

/// Bytes after an OSC, DCS, SOS, PM or APC introducer that belong to it, terminator included; 0 where none ends it.
fn control_string_length(rest: &str) -> usize {
    let mut before = '\0';
    for (at, character) in rest.char_indices() {
        if at > LONGEST_SEQUENCE {
            break;
        }
        match character {
            '\u{7}' | '\u{9c}' => return at + character.len_utf8(),
            '\\' if before == '\u{1b}' => return at + 1,
            // No terminal carries a control string over a line break; neither may a text.
            '\n' | '\r' => break,
            _ => before = character,
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(disarm(text), expected, "of {text:?}");
    }

    #[test]
    fn ordinary_text_is_untouched_and_not_copied() {
        for text in ["", "plain\n\ttext", "naïve façade", "日本語", "👍🏽 ok 🇩🇪", "a_b*c[d](e) :free: [/]", "שלום", "ﷺ"]
        {
            assert!(matches!(disarm(text), Cow::Borrowed(same) if same == text), "{text:?}");
        }
    }

    #[test]
    fn control_sequences_vanish_whole() {
        check("\u{1b}[31mred\u{1b}[0m", "red");
        check("\u{9b}2Jcleared", "cleared");
        check("\u{1b}]8;;http://evil.example\u{1b}\\link\u{1b}]8;;\u{7}", "link");
        check("\u{1b}]0;title\u{7}body", "body");
        check("\u{1b}P1$r0m\u{1b}\\after", "after");
        check("\u{9d}0;t\u{9c}after", "after");
        check("\u{1b}(Bcharset \u{1b}c reset \u{1b}7", "charset  reset ");
        check("\u{1b}[38;5;196;1;4mmany", "many");
        check("bell\u{7} back\u{8}space nul\0 del\u{7f}", "bell backspace nul del");
    }

    #[test]
    fn an_unterminated_sequence_cannot_swallow_the_answer() {
        check("\u{1b}]8;;http://evil the answer is 4", "8;;http://evil the answer is 4");
        check("\u{1b}Pfirst\nsecond", "first\nsecond");
        check("ends in escape\u{1b}", "ends in escape");
        check("\u{1b}é", "é");
        check("\u{1b}[é", "é");
    }

    #[test]
    fn carriage_returns_become_line_feeds() {
        check("a\r\nb\rc", "a\nb\nc");
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        check("abc\u{202e}fed", "abc\\u{202e}fed");
        check("\u{2066}x\u{2069}\u{200e}\u{200f}\u{61c}", "\\u{2066}x\\u{2069}\\u{200e}\\u{200f}\\u{61c}");
        check("pay\u{200b}load\u{feff}", "pay\\u{200b}load\\u{feff}");
        check("a\u{e0041}", "a\\u{e0041}");
        check("a\u{200d}b", "a\\u{200d}b");
        check("x\u{fe0f}", "x\\u{fe0f}");
    }

    #[test]
    fn joiners_and_selectors_stay_where_they_spell() {
        for text in ["👩\u{200d}💻", "❤\u{fe0f}\u{200d}🔥", "می\u{200c}خواهم", "क\u{94d}\u{200d}ष", "1\u{fe0f}\u{20e3}"]
        {
            check(text, text);
        }
    }

    proptest! {
        #[test]
        fn nothing_dangerous_survives(text in "(?s).{0,60}|[\u{1b}\u{9b}\\[\\]8;m\u{7}\\\\ a\u{202e}\r\n]{0,40}") {
            let disarmed = disarm(&text).into_owned();
            let is_control = |c: char| c.is_control() && c != '\n' && c != '\t';
            prop_assert!(!disarmed.chars().any(is_control));
            let is_bidi = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}');
            prop_assert!(!disarmed.chars().any(is_bidi));
            prop_assert_eq!(disarm(&disarmed).into_owned(), disarmed.clone());
        }
    }
}
