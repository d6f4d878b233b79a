//! HTML 5 text and attributes, also good for SVG inside it.

use crate::hazard::disarm;

/// Escapes text for a place between tags or within double quotes: one escaper for both, so that no value
/// depends on where it is put. Not for scripts, styles or addresses: see [`json_in_script`] and [`address`].
pub fn text(value: &str) -> String {
    let value = disarm(value);
    let mut out = String::with_capacity(value.len() + 16);
    for character in value.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\0' => {}
            _ => out.push(character),
        }
    }
    out
}

/// An address for `href`, or nothing if it is not plain HTTPS or HTTP: no `javascript:`, no `data:`.
pub fn address(value: &str) -> Option<String> {
    let allowed = value.starts_with("https://") || value.starts_with("http://");
    (allowed && !value.chars().any(|character| character.is_control() || character == ' ')).then(|| text(value))
}

/// JSON for a `<script type="application/json">` block: `<`, `>`, `&` and the two separators that end a
/// JavaScript line become `\u` escapes, so no value can end the block. `json` must be JSON already, where
/// these characters occur within strings alone.
pub fn json_in_script(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 16);
    for character in json.chars() {
        match character {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_plain_addresses_are_links() {
        assert_eq!(address("https://www.sec.gov/a?b=1&c=2").as_deref(), Some("https://www.sec.gov/a?b=1&amp;c=2"));
        for refused in ["javascript:alert(1)", "data:text/html,x", "HTTPS//x", " https://x", "https://x\n", ""] {
            assert_eq!(address(refused), None, "{refused:?}");
        }
    }

    #[test]
    fn no_value_ends_a_script_block() {
        let json = serde_json::to_string("</script><!-- & \u{2028}").unwrap();
        let safe = json_in_script(&json);
        assert!(!safe.contains(['<', '>', '&', '\u{2028}']), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), "</script><!-- & \u{2028}");
    }

    proptest! {
        #[test]
        fn nothing_opens_a_tag_or_ends_a_value(value in any::<String>()) {
            let shown = text(&value);
            prop_assert!(!shown.contains(['<', '>', '"', '\'']));
            let entities = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
            let whole = |at: usize| entities.iter().any(|entity| shown[at..].starts_with(entity));
            prop_assert!(shown.match_indices('&').all(|(at, _)| whole(at)), "{}", shown);
        }
    }
}
