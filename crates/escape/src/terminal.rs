//! Text for a terminal.

use crate::hazard::disarm;

/// What a tab becomes: terminals put tab stops where our column arithmetic cannot see them.
const TAB: &str = "    ";

/// What a line break becomes where only one line fits.
const LINE_BREAK: &str = "↵";

/// Escapes text that may have several lines; the only control character left is the line feed.
pub fn block(text: &str) -> String {
    disarm(text).replace('\t', TAB)
}

/// Escapes text for a place that holds one line: line breaks are shown as `↵`.
pub fn line(text: &str) -> String {
    disarm(text).replace('\t', " ").replace('\n', LINE_BREAK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lesson_14_markup_and_lesson_17_shortcodes_stay_as_they_are() {
        for text in ["[/]", "[bold]x[/bold]", "[fe80::1%25eth0]", ":free:", "openai/gpt-oss-120b:free"] {
            assert_eq!(line(text), text);
        }
    }

    #[test]
    fn lesson_19_raw_escapes_links_and_bidi_controls_are_neutralised() {
        let hostile = "\u{1b}]8;;http://evil.example\u{7}click\u{1b}]8;;\u{7} \u{1b}[2J\u{202e}txt.exe\u{9b}31m";
        assert_eq!(line(hostile), "click \\u{202e}txt.exe");
    }

    #[test]
    fn tabs_have_a_known_width() {
        assert_eq!(block("a\tb\n"), "a    b\n");
        assert_eq!(line("a\tb\nc"), "a b↵c");
    }

    proptest! {
        #[test]
        fn no_control_remains_but_line_feeds(text in "(?s).{0,80}") {
            let block = block(&text);
            prop_assert!(block.chars().all(|c| c == '\n' || !c.is_control()));
            prop_assert!(line(&text).chars().all(|c| !c.is_control()));
        }
    }
}
