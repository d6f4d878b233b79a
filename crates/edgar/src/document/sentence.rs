//! Where sentences end in the prose of filings.

use std::ops::Range;

use super::builder::Line;

/// Words before a full stop that does not end a sentence.
const ABBREVIATIONS: &[&str] = &[
    "a.m", "al", "approx", "apr", "art", "assn", "aug", "ave", "blvd", "bros", "capt", "cf", "cir", "col", "dec",
    "dept", "dr", "e.g", "ed", "eq", "esq", "est", "et", "ex", "feb", "fig", "gen", "gov", "hon", "i.e", "incl", "jan",
    "jul", "jun", "lt", "mar", "max", "messrs", "min", "mo", "mr", "mrs", "ms", "mt", "no", "nos", "nov", "oct", "op",
    "p", "p.m", "para", "pp", "prof", "rd", "rep", "rev", "sec", "sen", "sep", "sept", "st", "ste", "supp", "tel",
    "univ", "v", "viz", "vol", "vs",
];

/// Words before a full stop that may end a sentence or not; what follows decides.
const EITHER: &[&str] = &[
    "assoc", "co", "corp", "cos", "d.c", "etc", "inc", "intl", "jr", "l.l.c", "l.l.p", "l.p", "llc", "lp", "ltd",
    "n.a", "n.v", "n.y", "p.c", "p.l.c", "plc", "s.a", "s.p.a", "sr", "u.k", "u.s", "u.s.a", "u.s.c",
];

/// Words that begin sentences and seldom follow a name or an abbreviation.
const STARTERS: &[&str] = &[
    "A",
    "Accordingly",
    "Additionally",
    "After",
    "All",
    "Also",
    "Although",
    "An",
    "Any",
    "As",
    "At",
    "Based",
    "Because",
    "Before",
    "Both",
    "But",
    "By",
    "Certain",
    "Consequently",
    "Despite",
    "Due",
    "During",
    "Each",
    "Effective",
    "Following",
    "For",
    "From",
    "Further",
    "Furthermore",
    "Given",
    "Had",
    "He",
    "Her",
    "His",
    "However",
    "If",
    "In",
    "It",
    "Its",
    "Management",
    "Moreover",
    "Mr",
    "Mrs",
    "Ms",
    "Neither",
    "No",
    "None",
    "Nor",
    "Notwithstanding",
    "On",
    "Our",
    "Prior",
    "Pursuant",
    "She",
    "Should",
    "Since",
    "Subject",
    "Subsequent",
    "Such",
    "That",
    "The",
    "Their",
    "Then",
    "There",
    "Therefore",
    "These",
    "They",
    "This",
    "Those",
    "Through",
    "To",
    "Under",
    "Unless",
    "Until",
    "Upon",
    "We",
    "When",
    "Where",
    "Whether",
    "While",
    "With",
    "Without",
];

/// Words before a number whose full stop belongs to the number: `Item 5. Other Events`.
const NUMBERED: &[&str] = &[
    "article",
    "clause",
    "exhibit",
    "item",
    "items",
    "no",
    "note",
    "paragraph",
    "part",
    "proposal",
    "rule",
    "section",
];

/// The sentences of a text, line by line.
pub(super) fn split(text: &str, lines: &[Line]) -> Vec<Range<usize>> {
    let mut sentences = Vec::with_capacity(text.len() / 140);
    for line in lines {
        in_line(text, line.start..line.end, &mut sentences);
    }
    sentences
}

fn in_line(text: &str, line: Range<usize>, sentences: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut start = line.start;
    let mut at = line.start;
    while let Some(found) = memchr::memchr3(b'.', b'?', b'!', &bytes[at..line.end]) {
        let mark = at + found;
        let end = after_closers(text, mark + 1, line.end);
        at = mark + 1;
        let Some(next) = next_word(text, end, line.end) else {
            continue;
        };
        if bytes[mark] == b'.' && !ends_sentence(text, start, mark, next, line.end) {
            continue;
        }
        if bytes[mark] != b'.' && bytes.get(next).is_some_and(u8::is_ascii_lowercase) {
            continue;
        }
        sentences.push(start..end);
        start = next;
        at = next.max(mark + 1);
    }
    if start < line.end {
        sentences.push(start..line.end);
    }
}

/// Past the quotes and brackets that close with the sentence.
fn after_closers(text: &str, mut at: usize, end: usize) -> usize {
    while let Some(character) = text.get(at..end).and_then(|rest| rest.chars().next()) {
        if !matches!(character, '"' | '\'' | '\u{201d}' | '\u{2019}' | ')' | ']' | '.' | '?' | '!') {
            break;
        }
        at += character.len_utf8();
    }
    at
}

/// The start of the next word, when there is white space before it.
fn next_word(text: &str, at: usize, end: usize) -> Option<usize> {
    let rest = text.as_bytes().get(at..end)?;
    let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    (blank > 0 && blank < rest.len()).then_some(at + blank)
}

fn ends_sentence(text: &str, start: usize, mark: usize, next: usize, end: usize) -> bool {
    let following = text.get(next..end).unwrap_or("");
    let Some(first) = following.chars().next() else { return true };
    if first.is_lowercase() || matches!(first, ',' | ';' | ':' | ')') {
        return false;
    }
    let before = text.get(start..mark).unwrap_or("");
    let word_start = before
        .rfind([' ', '\t', '(', '\u{201c}', '"', '/'])
        .map_or(0, |place| place + before[place..].chars().next().map_or(1, char::len_utf8));
    let word = &before[word_start..];
    let lead = before[..word_start].trim_end();
    if word.is_empty() {
        return !lead.is_empty();
    }
    // "Item 5. Other Events", "1. Organization": numbers of headings.
    if is_number(word) {
        let previous = lead.rsplit([' ', '\t']).next().unwrap_or("");
        if lead.is_empty() || NUMBERED.iter().any(|known| previous.eq_ignore_ascii_case(known)) {
            return false;
        }
        return true;
    }
    if word.len() > 8 {
        return true;
    }
    let lower = word.to_ascii_lowercase();
    // One capital letter: an initial.
    let initial = word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    if initial && lead.is_empty() {
        return false;
    }
    if initial || EITHER.binary_search(&lower.as_str()).is_ok() {
        return starts_sentence(following);
    }
    ABBREVIATIONS.binary_search(&lower.as_str()).is_err()
        // "No." ends a sentence only as an answer.
        || lower == "no" && lead.is_empty()
        // Words that are abbreviations only with a capital or before a number: "may", "mar", "col".
        || matches!(lower.as_str(), "min" | "max" | "ex" | "ed" | "rep" | "sec") && word == lower && starts_sentence(following)
}

fn is_number(word: &str) -> bool {
    let digits = word.trim_start_matches("F-");
    let digits = digits.strip_suffix(|last: char| last.is_ascii_uppercase()).unwrap_or(digits);
    !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Whether the words are how a sentence begins.
fn starts_sentence(following: &str) -> bool {
    let word: &str = following.split(|character: char| !character.is_ascii_alphabetic()).next().unwrap_or("");
    STARTERS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(text: &str) -> Vec<&str> {
        let line = Line { start: 0, end: text.len(), row: false, linked: false };
        split(text, &[line]).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn the_lists_are_sorted() {
        for list in [ABBREVIATIONS, EITHER, STARTERS] {
            assert!(list.windows(2).all(|pair| pair[0] < pair[1]), "{list:?}");
        }
    }

    #[test]
    fn full_stops_of_names_numbers_and_headings_end_nothing() {
        for whole in [
            "Item 3.01. Notice of Delisting or Failure to Satisfy a Continued Listing Rule.",
            "On May 3, 2024, Sample Corp. Chief Executive J. Q. Public resigned.",
            "The U.S. District Court in Case No. 24-1234 ruled against Example Inc. and its directors.",
            "The bid price was below $1.00 per share for 30 days, as Rule 5550(a)(2) requires.",
            "See Note 2. Going Concern for more.",
            "1. Organization and Nature of Business",
            "Messrs. Able and Baker v. Charlie et al. was dismissed.",
        ] {
            assert_eq!(sentences(whole), [whole]);
        }
    }

    #[test]
    fn sentences_end_where_they_end() {
        assert_eq!(
            sentences("We merged with Example Inc. The Company then failed. \"It is over.\" We stop."),
            ["We merged with Example Inc.", "The Company then failed.", "\"It is over.\"", "We stop."]
        );
        assert_eq!(
            sentences("Net loss was $1.5 million in 2023. Cash was $2."),
            ["Net loss was $1.5 million in 2023.", "Cash was $2."]
        );
        assert_eq!(sentences("Is it over? Yes! It is."), ["Is it over?", "Yes!", "It is."]);
        assert_eq!(sentences("(See above.) Then this."), ["(See above.)", "Then this."]);
    }

    #[test]
    fn no_text_is_lost_or_doubled() {
        let text = "A. B. c. “Quoted.” (x) ... . . . end.";
        let joined: String = sentences(text).concat();
        assert_eq!(joined.replace(' ', ""), text.replace(' ', ""));
    }
}
