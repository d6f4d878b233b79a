//! Width, truncation and wrapping of text that has already passed its escaper. Widths are terminal
//! columns; a grapheme cluster is never split.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Columns that a line of text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Shortens a line to at most `columns`, ending in `…` where something was left out.
pub fn truncate(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let (head, _) = split_at_width(text, columns - 1);
    Cow::Owned(format!("{}…", head.trim_end()))
}

/// Fills a line with spaces on the right.
pub fn pad_right(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Fills a line with spaces on the left.
pub fn pad_left(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Breaks text into lines of at most `columns`, at spaces where it can, keeping its own line
/// breaks and indentation. Never returns an empty list.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = vec![];
    for paragraph in text.split('\n') {
        wrap_line(paragraph.trim_end(), columns, &mut lines);
    }
    lines
}

fn wrap_line(paragraph: &str, columns: usize, lines: &mut Vec<String>) {
    let mut rest = paragraph;
    loop {
        let (head, tail) = split_at_width(rest, columns);
        if tail.is_empty() {
            break;
        }
        if head.is_empty() {
            // One cluster is wider than the whole line.
            let cluster = rest.graphemes(true).next().unwrap_or(rest);
            lines.push("…".to_owned());
            rest = &rest[cluster.len()..];
            continue;
        }
        // A break just before a space loses nothing; otherwise the last space within the line is the place.
        let last_space = || head.rfind(' ').filter(|at| !head[..*at].trim().is_empty());
        let end = if tail.starts_with(' ') { head.len() } else { last_space().unwrap_or(head.len()) };
        lines.push(rest[..end].trim_end().to_owned());
        rest = rest[end..].trim_start_matches(' ');
    }
    lines.push(rest.to_owned());
}

/// The longest head of whole clusters that fits, and what follows.
fn split_at_width(text: &str, columns: usize) -> (&str, &str) {
    let mut taken = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        taken += width(cluster);
        if taken > columns {
            return text.split_at(at);
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn truncation_counts_columns_not_characters() {
        assert_eq!(truncate("hello", 5), "hello");
        assert_eq!(truncate("hello world", 6), "hello…");
        assert_eq!(truncate("日本語", 4), "日…");
        assert_eq!(truncate("👩\u{200d}💻👩\u{200d}💻", 3), "👩\u{200d}💻…");
        assert_eq!(truncate("abc", 0), "");
    }

    #[test]
    fn wrapping_prefers_spaces_and_keeps_indentation() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("    indented code line", 14), ["    indented", "code line"]);
        assert_eq!(wrap("unbreakable", 4), ["unbr", "eaka", "ble"]);
        assert_eq!(wrap("a\n\nb", 10), ["a", "", "b"]);
        assert_eq!(wrap("日本", 1), ["…", "…", ""]);
    }

    proptest! {
        #[test]
        fn nothing_is_ever_too_wide(text in "[a-z 日本👍é\u{301}שa\n]{0,60}", columns in 1..30usize) {
            prop_assert!(width(&truncate(&text.replace('\n', " "), columns)) <= columns);
            for line in wrap(&text, columns) {
                prop_assert!(width(&line) <= columns, "{line:?}");
            }
        }

        #[test]
        fn wrapping_loses_no_word(text in "[a-zé ]{0,80}", columns in 2..30usize) {
            let squeeze = |text: &str| text.replace(' ', "");
            prop_assert_eq!(squeeze(&wrap(&text, columns).concat()), squeeze(&text));
        }
    }
}
