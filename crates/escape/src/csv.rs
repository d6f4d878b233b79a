//! Cells of RFC 4180 CSV, safe to open in a spreadsheet.

use std::fmt::Write as _;

use crate::hazard;

/// Characters that make a spreadsheet read a cell as a formula, full-width forms included (OWASP, "CSV Injection").
const FORMULA_STARTERS: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Characters that some spreadsheet takes for a separator or a quote, so that a cell with one needs quotes.
const NEEDS_QUOTES: &[char] = &['"', ',', ';', '\t', '\''];

/// A text cell, quoted where needed. A formula starter gets an apostrophe before it, line breaks
/// become a literal `\n`, other control characters and bidi controls are spelled out as `\u{..}`.
pub fn text(value: &str) -> String {
    let mut cell = String::with_capacity(value.len() + 2);
    if value.starts_with(FORMULA_STARTERS) {
        cell.push('\'');
    }
    let mut chars = value.chars().peekable();
    while let Some(character) = chars.next() {
        match character {
            '\r' => {
                chars.next_if_eq(&'\n');
                cell.push_str("\\n");
            }
            '\n' => cell.push_str("\\n"),
            '\t' => cell.push('\t'),
            _ if character.is_control() || is_bidi_or_separator(character) => {
                let _ = write!(cell, "{}", hazard::visible(character));
            }
            _ => cell.push(character),
        }
    }
    if cell.contains(NEEDS_QUOTES) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

/// Only what misleads a reader of the sheet; joiners and selectors are spelling there.
fn is_bidi_or_separator(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A strict RFC 4180 reader, for tests that read back what was written.
    fn parse(document: &str) -> Vec<Vec<String>> {
        let mut records = vec![];
        let mut record = vec![];
        let mut field = String::new();
        let mut quoted = false;
        let mut chars = document.chars().peekable();
        while let Some(character) = chars.next() {
            match character {
                '"' if quoted && chars.next_if_eq(&'"').is_some() => field.push('"'),
                '"' if quoted || field.is_empty() => quoted = !quoted,
                ',' if !quoted => record.push(std::mem::take(&mut field)),
                '\n' if !quoted => {
                    record.push(std::mem::take(&mut field));
                    records.push(std::mem::take(&mut record));
                }
                _ => field.push(character),
            }
        }
        assert!(!quoted && field.is_empty() && record.is_empty(), "the last record ends with a line feed");
        records
    }

    #[test]
    fn lesson_24_formula_starters_get_an_apostrophe() {
        for starter in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "＝1"] {
            assert!(parse(&format!("{}\n", text(starter)))[0][0].starts_with('\''), "{starter:?}");
        }
        assert_eq!(text("\r=1"), "\"'\\n=1\"");
        assert_eq!(text("\n=1"), "\"'\\n=1\"");
        assert_eq!(text("a=1"), "a=1");
    }

    #[test]
    fn lesson_25_a_record_is_one_line() {
        assert_eq!(text("a\nb\r\nc\rd"), "a\\nb\\nc\\nd");
        assert_eq!(text("say \"hi\", twice"), "\"say \"\"hi\"\", twice\"");
        assert_eq!(text("nul\0 esc\u{1b}[31m"), "nul\\u{0} esc\\u{1b}[31m");
        assert_eq!(text(""), "");
    }

    proptest! {
        #[test]
        fn every_value_comes_back_as_one_cell(values in prop::collection::vec("(?s).{0,30}|[=+@\",;\r\n\t'-]{0,8}", 1..6)) {
            let line = format!("{}\n", values.iter().map(|value| text(value)).collect::<Vec<_>>().join(","));
            let records = parse(&line);
            prop_assert_eq!(records.len(), 1);
            prop_assert_eq!(records[0].len(), values.len());
            for (cell, value) in records[0].iter().zip(&values) {
                prop_assert!(!cell.starts_with(FORMULA_STARTERS));
                prop_assert!(cell.chars().all(|c| c == '\t' || !c.is_control()));
                let spelled: String = value.replace("\r\n", "\n").chars().map(|c| match c {
                    '\r' | '\n' => "\\n".to_owned(),
                    c if c != '\t' && (c.is_control() || is_bidi_or_separator(c)) => hazard::visible(c),
                    c => c.to_string(),
                }).collect();
                prop_assert_eq!(cell.strip_prefix('\'').filter(|_| value.starts_with(FORMULA_STARTERS)).unwrap_or(cell), &spelled);
            }
        }
    }
}
