//! Sentences and words.

use unicode_segmentation::UnicodeSegmentation;

use crate::Span;

/// Words that end in a full stop without ending a sentence, in lower case and without the stop.
const ABBREVIATIONS: &[&str] = &[
    "adm", "al", "approx", "art", "aug", "ave", "bros", "brig", "ca", "capt", "cf", "ch", "cir", "co", "col", "corp",
    "ct", "dec", "dept", "dr", "ed", "eds", "e.g", "eq", "esp", "est", "etc", "feb", "fed", "fig", "figs", "gen",
    "gov", "hon", "inc", "i.e", "jan", "jr", "jul", "jun", "lt", "ltd", "maj", "mar", "max", "messrs", "min", "mr",
    "mrs", "ms", "mt", "no", "nos", "nov", "oct", "op", "p", "pp", "ph.d", "pres", "prof", "pt", "ref", "rep", "rev",
    "sec", "sen", "sep", "sept", "sgt", "sr", "st", "supp", "vol", "vols", "viz", "vs", "v", "z.b", "bzw", "nr",
    "bspw", "usw", "d.h", "u.a", "av", "env", "sra", "srta", "art", "núm",
];

/// The sentences of a text, in order, without the white space between them. A line break between blocks
/// (an empty line, a list item, a heading, a table row) ends a sentence too. Full stops after initials,
/// known abbreviations, section numbers and before a small letter do not.
pub fn sentences(text: &str) -> Vec<Span> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        let boundary = match c {
            '\n' => starts_block(&text[end..]) || ends_block(&text[start..at]),
            '.' | '!' | '?' | '…' => {
                let closing = closers(&text[end..]);
                let after = &text[end + closing..];
                let breaks = after.is_empty() || after.starts_with(char::is_whitespace);
                // "Why?" she asked: a small letter goes on with the sentence.
                let goes_on = closing > 0 && after.trim_start().starts_with(char::is_lowercase);
                if breaks && !goes_on && (c != '.' || !is_abbreviation(&text[start..at], after)) {
                    let stop = end + closing;
                    push(text, start, stop, &mut out);
                    start = stop;
                    while chars.peek().is_some_and(|(next, _)| *next < stop) {
                        chars.next();
                    }
                }
                false
            }
            '。' | '！' | '？' | '।' | '؟' | '۔' => true,
            _ => false,
        };
        if boundary {
            push(text, start, end, &mut out);
            start = end;
        }
    }
    push(text, start, text.len(), &mut out);
    out
}

fn push(text: &str, start: usize, end: usize, out: &mut Vec<Span>) {
    let part = &text[start..end];
    let trimmed = part.trim_start();
    let start = end - trimmed.len();
    let end = start + trimmed.trim_end().len();
    if start < end {
        out.push(Span::new(start, end));
    }
}

/// Bytes of quotes and brackets that close right after a full stop.
fn closers(rest: &str) -> usize {
    rest.chars()
        .take(4)
        .take_while(|c| matches!(c, '"' | '\'' | '”' | '’' | ')' | ']' | '»' | '*' | '_' | '.' | '!' | '?'))
        .map(char::len_utf8)
        .sum()
}

/// Whether what follows a line break opens a new block: an empty line, a list item, a heading, a table row, a quote, a fence.
fn starts_block(rest: &str) -> bool {
    let line = rest.split('\n').next().unwrap_or("").trim();
    if line.is_empty() || line.starts_with(['#', '|', '>', '-', '*', '•', '–', '`', '+']) {
        return true;
    }
    let digits = line.chars().take(4).take_while(char::is_ascii_digit).count();
    digits > 0 && line[digits..].starts_with(['.', ')']) && line[digits + 1..].starts_with(' ')
}

/// Whether the line that ends here was a heading or a table row, which no full stop closes.
fn ends_block(sentence: &str) -> bool {
    let line = sentence.rsplit('\n').next().unwrap_or("").trim();
    line.starts_with('#') || line.starts_with('|') || line.ends_with(':') || line.ends_with("  ")
}

fn is_abbreviation(before: &str, after: &str) -> bool {
    let next = after.trim_start().chars().next();
    if next.is_some_and(|c| c.is_lowercase() || matches!(c, ',' | ';' | ':')) {
        return true;
    }
    let word = last_word(before);
    if word.is_empty() {
        return false;
    }
    let mut letters = word.chars();
    let single = letters.next().filter(|_| letters.next().is_none());
    if let Some(letter) = single {
        // An initial: "J. Smith"; the pronoun I and a lone digit at the end of a list item are not.
        if letter.is_uppercase() && letter != 'I' && next.is_some_and(char::is_uppercase) {
            return true;
        }
    }
    // A number at the start of a line is a list marker: "1. Mix".
    if word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit()) && before.trim_start().len() == word.len() {
        return true;
    }
    let lower = word.to_lowercase();
    if lower.split('.').count() > 1 && lower.split('.').all(|part| part.chars().count() <= 2) && lower.len() <= 8 {
        // "U.S. Court" goes on; "in the U.S. The court" is told by the capital of a common opener.
        return !opens_sentence(after);
    }
    match lower.as_str() {
        // Months, "no", "art" and the like are words as well: only a number makes them short forms.
        "jan" | "feb" | "mar" | "aug" | "sep" | "sept" | "oct" | "nov" | "dec" | "no" | "nos" | "fig" | "figs"
        | "art" | "ch" | "vol" | "p" | "pp" | "ed" | "min" | "max" | "nr" | "sec" | "eq" | "ref" => {
            next.is_some_and(|c| c.is_ascii_digit()) || (lower == "ed" && next == Some('('))
        }
        "etc" | "inc" | "ltd" | "co" | "corp" | "usw" | "jr" | "sr" | "al" => !opens_sentence(after),
        other => ABBREVIATIONS.contains(&other),
    }
}

fn last_word(before: &str) -> &str {
    let from = before
        .char_indices()
        .rev()
        .take(24)
        .take_while(|(_, c)| !c.is_whitespace() && !matches!(c, '(' | '[' | '"' | '“' | '/'))
        .last()
        .map_or(before.len(), |(at, _)| at);
    &before[from..]
}

/// Whether what follows begins with a word that commonly opens a sentence.
fn opens_sentence(after: &str) -> bool {
    let word = after.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    crate::names::opens_sentence(word)
}

/// The words of a text by the Unicode rules (UAX 29): letters, digits and what joins them.
pub fn words(text: &str) -> Vec<Span> {
    text.unicode_word_indices().map(|(at, word)| Span::new(at, at + word.len())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{sentences, words};

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|s| s.of(text)).collect()
    }

    #[test]
    fn abbreviations_do_not_end_a_sentence() {
        assert_eq!(
            split(
                "Dr. Smith, e.g. in the U.S. Court, paid $3.50. He left at 5 p.m. on Jan. 3. \"Why?\" she asked. Done!"
            ),
            [
                "Dr. Smith, e.g. in the U.S. Court, paid $3.50.",
                "He left at 5 p.m. on Jan. 3.",
                "\"Why?\" she asked.",
                "Done!"
            ]
        );
        assert_eq!(
            split("J. K. Rowling wrote it (see Fig. 3). No. It is so."),
            ["J. K. Rowling wrote it (see Fig. 3).", "No.", "It is so."]
        );
        assert_eq!(
            split("Smith et al. (2019) say so. The end etc. The next."),
            ["Smith et al. (2019) say so.", "The end etc.", "The next."]
        );
    }

    #[test]
    fn blocks_end_sentences() {
        assert_eq!(
            split("# Title\nBody text\nruns on.\n\n- one\n- two\n1. Mix well.\n2. Bake."),
            ["# Title", "Body text\nruns on.", "- one", "- two", "1. Mix well.", "2. Bake."]
        );
        assert_eq!(split("日本は島国です。首都は東京です。"), ["日本は島国です。", "首都は東京です。"]);
    }

    #[test]
    fn words_by_unicode_rules() {
        let text = "Don't stop—3.5 km, naïve!";
        let found: Vec<&str> = words(text).into_iter().map(|w| w.of(text)).collect();
        assert_eq!(found, ["Don't", "stop", "3.5", "km", "naïve"]);
    }

    proptest! {
        #[test]
        fn nothing_but_white_space_is_lost(text in "([A-Za-z.!? \n#|-]|e\\.g\\. |Dr\\. |。){0,60}|.{0,80}") {
            let mut at = 0;
            for s in sentences(&text) {
                prop_assert!(text[at..s.start].trim().is_empty());
                prop_assert!(!s.is_empty());
                at = s.end;
            }
            prop_assert!(text[at..].trim().is_empty());
        }
    }
}
