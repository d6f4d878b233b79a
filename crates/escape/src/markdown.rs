//! Markdown (CommonMark and the GitHub tables and autolinks): values come out literally.

use std::borrow::Cow;

use crate::hazard::disarm;

/// Escapes one line of text for a place inside a paragraph, list item or heading. Line breaks become spaces.
///
/// E-mail addresses are the one thing GitHub links whatever is escaped; the text stays the same.
pub fn inline(text: &str) -> String {
    let text = disarm(text);
    let text = text.trim();
    let mut out = String::with_capacity(text.len() + 8);
    let mut at_start = true;
    for (at, character) in text.char_indices() {
        let rest = &text[at..];
        match character {
            '\n' | '\t' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' | '^' => {
                out.push('\\');
                out.push(character);
            }
            // Block markup exists at the start of a line only; elsewhere `gpt-4o` stays readable.
            '#' | '-' | '+' | '=' | ':' if at_start => {
                out.push('\\');
                out.push(character);
            }
            '.' | ')' if starts_a_list(&text[..at], &rest[1..]) => {
                out.push('\\');
                out.push(character);
            }
            // GitHub links these without any markup.
            ':' if rest.starts_with("://") => out.push_str("\\:"),
            '.' if text[..at].to_ascii_lowercase().ends_with("www") => out.push_str("\\."),
            _ => out.push(character),
        }
        at_start = false;
    }
    out
}

/// Escapes one line of text for a table cell; an empty value shows as a dash.
pub fn cell(text: &str) -> String {
    let escaped = inline(text);
    if escaped.is_empty() { "–".to_owned() } else { escaped }
}

/// Escapes one line of text for a place inside an HTML element, such as a `<summary>`, where Markdown is not read.
pub fn html(text: &str) -> String {
    let text = disarm(text);
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.trim().chars() {
        match character {
            '\n' | '\t' => out.push(' '),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(character),
        }
    }
    out
}

/// A block that shows `text` as it is, in a fence longer than any run of backticks within.
pub fn fence(text: &str) -> String {
    let text: Cow<'_, str> = disarm(text);
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let body = text.strip_suffix('\n').unwrap_or(&text);
    format!("{fence}text\n{body}\n{fence}\n")
}

/// A dot or parenthesis after digits alone and before a space would start a numbered list.
fn starts_a_list(before: &str, after: &str) -> bool {
    let is_number = !before.is_empty() && before.len() <= 9 && before.bytes().all(|byte| byte.is_ascii_digit());
    is_number && (after.is_empty() || after.starts_with(char::is_whitespace))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser};

    /// What a reader sees of a paragraph, or `None` when there is any markup in it.
    fn shown(markdown: &str) -> Option<String> {
        let mut shown = String::new();
        for event in Parser::new_ext(
            markdown,
            Options::all() - Options::ENABLE_SMART_PUNCTUATION - Options::ENABLE_OLD_FOOTNOTES,
        ) {
            match event {
                Event::Text(text) => shown.push_str(&text),
                Event::Start(pulldown_cmark::Tag::Paragraph) | Event::End(pulldown_cmark::TagEnd::Paragraph) => {}
                _ => return None,
            }
        }
        Some(shown)
    }

    #[test]
    fn lesson_26_markup_comes_out_literally() {
        for text in [
            "a_b_c and *not bold*",
            "| pipe | in | name",
            "<script>alert(1)</script>",
            "[click](http://evil.example)",
            "![i](x)",
            "# heading",
            "- item",
            "1. one",
            "1) one",
            "+ x",
            "> quote",
            "```",
            "~~~",
            "---",
            "===",
            "&amp; &lt;",
            "a\\b",
            "`code`",
            "~~struck~~",
            "$x$",
            "[^1]: note",
            ":::",
            "<!-- c -->",
            "www.example.com",
            "a | b\n--|--\n1 | 2",
            "http://evil.example",
        ] {
            assert_eq!(
                shown(&inline(text)).as_deref(),
                Some(text.replace('\n', " ").as_str()),
                "{text:?} became {:?}",
                inline(text)
            );
        }
        assert_eq!(inline("gpt-5.5@effort=high"), "gpt-5.5@effort=high");
        assert_eq!(inline("http://evil.example"), "http\\://evil.example");
        assert_eq!(cell(" "), "–");
    }

    #[test]
    fn html_text_is_never_a_tag_and_stays_one_line() {
        assert_eq!(html(" <b>\n\n&\"' \u{1b}[31mx\u{202e} "), "&lt;b&gt;  &amp;&quot;&#39; x\\u{202e}");
        let block = format!("<details><summary>{}</summary>\n\ninside\n\n</details>\n", html("a\n\n# b </summary>"));
        let tags =
            Parser::new(&block).filter(|event| matches!(event, Event::Start(pulldown_cmark::Tag::Heading { .. })));
        assert_eq!(tags.count(), 0);
    }

    #[test]
    fn lesson_26_fences_outlast_the_longest_inner_run() {
        assert_eq!(fence("x"), "```text\nx\n```\n");
        assert_eq!(fence("a ```` b\n"), "`````text\na ```` b\n`````\n");
        assert_eq!(fence("esc \u{1b}[31mred"), "```text\nesc red\n```\n");
    }

    proptest! {
        #[test]
        fn inline_text_is_never_markup(text in "[ -~\n\té語]{0,40}|[-#*_`~<>|\\[\\]()!&;:.1-9a ]{0,24}") {
            let expected = text.trim().replace(['\n', '\t'], " ");
            let escaped = inline(&text);
            prop_assert_eq!(shown(&escaped), Some(expected), "{:?}", escaped);
        }

        #[test]
        fn a_fence_holds_anything(text in "(?s).{0,40}|[`~\na ]{0,30}") {
            let markdown = fence(&text);
            let events: Vec<_> = Parser::new(&markdown).collect();
            let inner: String = events.iter().filter_map(|event| match event { Event::Text(text) => Some(text.as_ref()), _ => None }).collect();
            prop_assert!(matches!(events.first(), Some(Event::Start(pulldown_cmark::Tag::CodeBlock(_)))));
            prop_assert!(matches!(events.last(), Some(Event::End(pulldown_cmark::TagEnd::CodeBlock))));
            prop_assert_eq!(events.iter().filter(|event| matches!(event, Event::Start(_))).count(), 1);
            let disarmed = disarm(&text).into_owned();
            prop_assert_eq!(inner.trim_end_matches('\n'), disarmed.trim_end_matches('\n'));
        }
    }
}
