//! JSON by RFC 8259, with the place of every value: strict, bounded in depth and in number of values.

use serde_json::Number;

use super::{Malformed, first_duplicate};
use crate::node::{At, Entry, Kind, Locator, MAX_DEPTH, MAX_NODES, Node};

/// Reads one JSON text. `first_line` is the line its first character is on.
pub(crate) fn parse(text: &str, first_line: usize) -> Result<Node, Malformed> {
    let mut parser =
        Parser { text, bytes: text.as_bytes(), position: 0, locator: Locator::new(text), first_line, nodes: 0 };
    parser.space();
    let node = parser.value(0)?;
    parser.space();
    if parser.position < parser.bytes.len() {
        return Err(parser.wrong("there is more text after the end of the JSON value"));
    }
    Ok(node)
}

struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    position: usize,
    locator: Locator<'t>,
    first_line: usize,
    nodes: usize,
}

impl Parser<'_> {
    fn at(&mut self, offset: usize) -> At {
        let at = self.locator.at(offset);
        let line = at.line().unwrap_or(1) as usize + self.first_line - 1;
        At::new(line, at.column().unwrap_or(1) as usize)
    }

    fn here(&mut self) -> At {
        self.at(self.position)
    }

    fn wrong(&mut self, message: impl Into<String>) -> Malformed {
        Malformed::new(self.here(), format!("this is not valid JSON: {}", message.into()))
    }

    fn space(&mut self) {
        while matches!(self.bytes.get(self.position), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.position += 1;
        }
    }

    fn unexpected(&mut self, wanted: &str) -> Malformed {
        match self.text.get(self.position..).and_then(|rest| rest.chars().next()) {
            None => self.wrong(format!("the text ends where {wanted} is expected")),
            Some('\'') => {
                self.wrong(format!("a single quote where {wanted} is expected")).hint("JSON uses double quotes")
            }
            Some('/' | '#') => {
                self.wrong(format!("a comment where {wanted} is expected")).hint("JSON has no comments; YAML has")
            }
            Some(character) => {
                self.wrong(format!("{} where {wanted} is expected", crate::diagnostics::quote(&character.to_string())))
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Malformed> {
        let at = self.here();
        if depth > MAX_DEPTH {
            return Err(Malformed::too_deep(at));
        }
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(Malformed::too_many(at));
        }
        let kind = match self.bytes.get(self.position) {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Kind::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') if self.word("true") => Kind::Bool(true),
            Some(b'f') if self.word("false") => Kind::Bool(false),
            Some(b'n') if self.word("null") => Kind::Null,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Node::new(at, kind))
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.bytes[self.position..].starts_with(word.as_bytes());
        if found {
            self.position += word.len();
        }
        found
    }

    fn object(&mut self, depth: usize) -> Result<Kind, Malformed> {
        self.position += 1;
        let mut entries = Vec::new();
        self.space();
        if self.take(b'}') {
            return Ok(Kind::Map(entries));
        }
        loop {
            self.space();
            let at = self.here();
            if self.bytes.get(self.position) != Some(&b'"') {
                let trailing = !entries.is_empty() && self.bytes.get(self.position) == Some(&b'}');
                let error = self.unexpected("a key in double quotes");
                return Err(if trailing { error.hint("remove the comma before the bracket") } else { error });
            }
            let key = self.string()?;
            self.space();
            if !self.take(b':') {
                return Err(self.unexpected("a colon"));
            }
            self.space();
            let value = self.value(depth + 1)?;
            entries.push(Entry { key, at, value });
            self.space();
            if self.take(b'}') {
                break;
            }
            if !self.take(b',') {
                return Err(self.unexpected("a comma or `}`"));
            }
        }
        match first_duplicate(&entries) {
            Some(error) => Err(error),
            None => Ok(Kind::Map(entries)),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Kind, Malformed> {
        self.position += 1;
        let mut values = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(Kind::List(values));
        }
        loop {
            self.space();
            if !values.is_empty() && self.bytes.get(self.position) == Some(&b']') {
                return Err(self.unexpected("a value").hint("remove the comma before the bracket"));
            }
            values.push(self.value(depth + 1)?);
            self.space();
            if self.take(b']') {
                return Ok(Kind::List(values));
            }
            if !self.take(b',') {
                return Err(self.unexpected("a comma or `]`"));
            }
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.bytes.get(self.position) == Some(&byte);
        self.position += usize::from(found);
        found
    }

    /// A string: its end is found here, its escapes are decoded by `serde_json` where there are any.
    fn string(&mut self) -> Result<String, Malformed> {
        let start = self.position;
        let mut escaped = false;
        self.position += 1;
        loop {
            match self.bytes.get(self.position) {
                None => {
                    self.position = start;
                    return Err(self.wrong("this text is never closed").hint("add the closing double quote"));
                }
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.position += 2;
                }
                Some(0..=0x1F) => {
                    return Err(self
                        .wrong("a line break or control character inside a text")
                        .hint("write a line break as \\n"));
                }
                Some(_) => self.position += 1,
            }
        }
        self.position += 1;
        if !escaped {
            return Ok(self.text[start + 1..self.position - 1].to_owned());
        }
        serde_json::from_str(&self.text[start..self.position]).map_err(|_| {
            self.position = start;
            self.wrong("this text holds an escape that JSON does not know").hint("write a backslash as \\\\")
        })
    }

    fn number(&mut self) -> Result<Kind, Malformed> {
        let start = self.position;
        while matches!(self.bytes.get(self.position), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.position += 1;
        }
        let raw = &self.text[start..self.position];
        serde_json::from_str::<Number>(raw).map(|number| Kind::Number(number, raw.into())).map_err(|_| {
            self.position = start;
            self.wrong(format!("{} is no number", crate::diagnostics::quote(raw)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn error(text: &str) -> Malformed {
        parse(text, 1).unwrap_err()
    }

    #[test]
    fn places_are_where_values_begin() {
        let node = parse("{\n  \"é\": [1,\n   \"x\"]}", 1).unwrap();
        let list = node.get("é").unwrap();
        assert_eq!(list.at, At::new(2, 8));
        let Kind::List(values) = &list.kind else { panic!("a list") };
        assert_eq!((values[0].at, values[1].at), (At::new(2, 9), At::new(3, 4)));
        assert_eq!(parse(" 1", 7).unwrap().at, At::new(7, 2));
    }

    #[test]
    fn mistakes_are_named_where_they_are() {
        assert_eq!(error("[1,]").at, At::new(1, 4));
        assert_eq!(error("[1,]").hint.as_deref(), Some("remove the comma before the bracket"));
        assert!(error("{'a': 1}").hint.unwrap().contains("double quotes"));
        assert!(error("{\"a\": 1, \"a\": 2}").message.contains("stands twice"));
        assert!(error("[1] 2").message.contains("more text"));
        assert!(error("\"abc").message.contains("never closed"));
        assert!(error("\"\\x\"").message.contains("escape"));
        assert!(error("01").message.contains("no number"));
        assert!(error("").message.contains("ends"));
        assert!(error("// x").hint.unwrap().contains("YAML"));
        assert!(error("NaN").message.contains("`N`"));
        assert!(error("\"\\").message.contains("never closed"));
        assert!(error("\"\\\u{e9}").message.contains("never closed"));
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_overflow() {
        assert!(error(&"[".repeat(1_000_000)).message.contains("nested"));
        assert!(error(&"{\"a\":".repeat(1_000_000)).message.contains("nested"));
    }

    proptest! {
        #[test]
        fn it_reads_what_serde_json_reads(text in "[\\[\\]{}:,\" a-c0-9.eE+\\-\\\\untrfsl\n]{0,24}") {
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            let duplicate = |ours: &Malformed| ours.message.contains("stands twice");
            match (parse(&text, 1), theirs) {
                (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours.to_value(), theirs),
                (Err(ours), Ok(_)) => prop_assert!(duplicate(&ours), "{}", ours.message),
                (Ok(_), Err(theirs)) => prop_assert!(false, "{}", theirs),
                (Err(_), Err(_)) => {}
            }
        }

        #[test]
        fn values_survive(items in proptest::collection::vec(("\\PC{0,12}", any::<f64>(), any::<i64>()), 0..6)) {
            let value = serde_json::json!(items);
            let text = serde_json::to_string_pretty(&value).unwrap();
            prop_assert_eq!(parse(&text, 1).unwrap().to_value(), serde_json::from_str::<serde_json::Value>(&text).unwrap());
        }
    }
}
