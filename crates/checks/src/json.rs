//! JSON in answers: one code fence taken off, nesting and size bounded.

use serde::de::IgnoredAny;
use serde_json::Value;

use crate::result::CheckErrorKind;
use crate::rule::Finding;

/// Longest answer in bytes that is taken apart (as a JSON tree, as words, numbers or identifiers); a longer one
/// leaves such a check unevaluated. It is several times what any model can say in one answer.
pub(crate) const LONGEST_READ: usize = 4 << 20;

/// Deepest nesting of a JSON tree, and of a check.
pub(crate) const DEEPEST: usize = 120;

/// The text without white space around it and without one code fence that encloses all of it.
pub(crate) fn unfence(text: &str) -> &str {
    let text = text.trim();
    let Some(inner) = text.strip_prefix("```").and_then(|rest| rest.strip_suffix("```")) else { return text };
    let body = match inner.split_once('\n') {
        Some((info, body)) if !info.contains('`') && !info.contains(['{', '[', '"']) => body,
        _ => inner.trim_start_matches(|char: char| char.is_ascii_alphanumeric()),
    };
    body.trim()
}

/// Whether the text is one JSON value, whatever its size and nesting; the error says where it is not.
pub(crate) fn valid(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("the answer is empty".to_owned());
    }
    // Skipping needs no stack and no memory, however deep the text is nested.
    serde_json::from_str::<IgnoredAny>(text).map(|_| ()).map_err(|error| error.to_string())
}

/// Why there is no tree.
#[derive(Debug)]
pub(crate) enum Unread {
    /// The text is not JSON.
    Invalid(String),
    /// It may be JSON and cannot be held.
    Beyond(String),
}

impl Unread {
    /// What a check finds that needed the tree.
    pub(crate) fn finding(self, output: &str) -> Finding {
        match self {
            Self::Invalid(why) => Finding::verdict(false, output, format!("the answer is not valid JSON: {why}")),
            Self::Beyond(why) => Finding::unknown(CheckErrorKind::UnknownValue, why),
        }
    }
}

/// The JSON value of an answer, its fence taken off.
pub(crate) fn tree(text: &str) -> Result<Value, Unread> {
    let text = unfence(text);
    if text.len() > LONGEST_READ {
        return Err(Unread::Beyond(too_long(text.len())));
    }
    valid(text).map_err(Unread::Invalid)?;
    // Valid and still refused: nested too deep, or a number beyond what a double holds.
    serde_json::from_str(text)
        .map_err(|error| Unread::Beyond(format!("the JSON of the answer cannot be held: {error}")))
}

/// Why an answer is not taken apart.
pub(crate) fn too_long(bytes: usize) -> String {
    format!("the answer is {bytes} bytes long; this check reads at most {LONGEST_READ}")
}

/// The finding that an answer is too long to be taken apart, if it is.
pub(crate) fn refuse_long(output: &str) -> Option<Finding> {
    (output.len() > LONGEST_READ).then(|| Finding::unknown(CheckErrorKind::UnknownValue, too_long(output.len())))
}

/// Whether a value is nested deeper than [`DEEPEST`]; needs no stack.
pub(crate) fn too_deep<'a>(roots: impl Iterator<Item = &'a Value>) -> bool {
    let mut open: Vec<(&Value, usize)> = roots.map(|value| (value, 1)).collect();
    while let Some((value, depth)) = open.pop() {
        if depth > DEEPEST {
            return true;
        }
        match value {
            Value::Array(values) => open.extend(values.iter().map(|value| (value, depth + 1))),
            Value::Object(map) => open.extend(map.values().map(|value| (value, depth + 1))),
            _ => {}
        }
    }
    false
}

/// Whether two values are equal, numbers by their value: `1` equals `1.0`.
pub(crate) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => x == y || x.as_f64() == y.as_f64(),
        (Value::Array(x), Value::Array(y)) => x.len() == y.len() && x.iter().zip(y).all(|(x, y)| equal(x, y)),
        (Value::Object(x), Value::Object(y)) => {
            x.len() == y.len() && x.iter().all(|(key, x)| y.get(key).is_some_and(|y| equal(x, y)))
        }
        _ => a == b,
    }
}

/// Whether `whole` has everything that `part` has: objects may have more keys, all else is equal.
pub(crate) fn covers(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| covers(whole, part)))
        }
        _ => equal(whole, part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_outer_fence_is_taken_off() {
        for fenced in [
            "```json\n{\"a\": 1}\n```",
            "```\n{\"a\": 1}\n```",
            " ```JSON\r\n{\"a\": 1}\r\n```\n",
            "```{\"a\": 1}```",
            "```json {\"a\": 1}```",
        ] {
            assert_eq!(unfence(fenced), "{\"a\": 1}", "{fenced}");
        }
        assert_eq!(unfence("Here: ```json\n{}\n```"), "Here: ```json\n{}\n```");
        assert_eq!(unfence("```json\n```json\n{}\n```\n```"), "```json\n{}\n```", "one only");
        assert_eq!(unfence("```"), "```");
        assert_eq!(unfence("``````"), "");
    }

    #[test]
    fn deep_nesting_needs_no_stack() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert!(valid(&deep).is_ok());
        assert!(valid(&"[".repeat(100_000)).is_err());
        assert!(matches!(tree(&deep), Err(Unread::Beyond(_))));
        assert!(matches!(tree("1e999"), Err(Unread::Beyond(_))));
        assert!(matches!(tree("NaN"), Err(Unread::Invalid(_))));
        let mut value = Value::Null;
        for _ in 0..DEEPEST {
            value = Value::Array(vec![value]);
        }
        assert!(too_deep(std::iter::once(&value)));
    }

    #[test]
    fn numbers_are_equal_by_value() {
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert!(equal(&value("[1, {\"a\": 2.0}]"), &value("[1.0, {\"a\": 2}]")));
        assert!(!equal(&value("9007199254740993"), &value("9007199254740995")));
        assert!(covers(&value("{\"a\": 1, \"b\": {\"c\": 2, \"d\": 3}}"), &value("{\"b\": {\"c\": 2}}")));
        assert!(!covers(&value("{\"a\": [1, 2]}"), &value("{\"a\": [1]}")));
    }
}
