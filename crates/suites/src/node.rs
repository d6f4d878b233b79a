//! One tree for every format: values with the place they were written at.

use serde_json::{Map, Number, Value};

/// Deepest nesting of any format.
pub(crate) const MAX_DEPTH: usize = 64;
/// Most values in one file that is read as a tree, which bounds memory at a few hundred megabytes.
pub(crate) const MAX_NODES: usize = 8_000_000;

/// A place in a file. Line 0 is "nowhere in particular".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct At {
    line: u32,
    column: u32,
}

impl At {
    /// The file as a whole.
    pub(crate) const NOWHERE: Self = Self { line: 0, column: 0 };

    /// A place, both counted from 1; a column of 0 is unknown.
    pub(crate) fn new(line: usize, column: usize) -> Self {
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self { line: narrow(line), column: narrow(column) }
    }

    pub(crate) fn line(self) -> Option<u32> {
        (self.line > 0).then_some(self.line)
    }

    pub(crate) fn column(self) -> Option<u32> {
        (self.line > 0 && self.column > 0).then_some(self.column)
    }
}

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: At,
    pub(crate) kind: Kind,
}

/// What a [`Node`] holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    /// A number and its spelling: `1.50` stays `1.50` where a text is wanted.
    Number(Number, Box<str>),
    Text(String),
    List(Vec<Node>),
    /// In the order of the file, keys distinct.
    Map(Vec<Entry>),
}

/// A key of a map with its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) at: At,
    pub(crate) value: Node,
}

impl Node {
    pub(crate) fn new(at: At, kind: Kind) -> Self {
        Self { at, kind }
    }

    pub(crate) fn text(at: At, text: impl Into<String>) -> Self {
        Self::new(at, Kind::Text(text.into()))
    }

    /// What it is, for "must be a text; this is …".
    pub(crate) fn what(&self) -> &'static str {
        match self.kind {
            Kind::Null => "nothing",
            Kind::Bool(_) => "true or false",
            Kind::Number(..) => "a number",
            Kind::Text(_) => "a text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "an object",
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value),
            _ => None,
        }
    }

    /// The same value as JSON, without places.
    pub(crate) fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(value, _) => Value::Number(value.clone()),
            Kind::Text(value) => Value::String(value.clone()),
            Kind::List(values) => Value::Array(values.iter().map(Node::to_value).collect()),
            Kind::Map(entries) => Value::Object(to_map(entries)),
        }
    }
}

/// Entries as a JSON object.
pub(crate) fn to_map(entries: &[Entry]) -> Map<String, Value> {
    entries.iter().map(|entry| (entry.key.clone(), entry.value.to_value())).collect()
}

/// From byte offsets to lines and columns, in linear time while offsets grow.
#[derive(Debug)]
pub(crate) struct Locator<'t> {
    text: &'t str,
    /// Byte offset of the place counted last.
    offset: usize,
    line: usize,
    column: usize,
}

impl<'t> Locator<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, offset: 0, line: 1, column: 1 }
    }

    /// The place of a byte offset.
    pub(crate) fn at(&mut self, offset: usize) -> At {
        let bytes = self.text.as_bytes();
        let offset = offset.min(bytes.len());
        if offset < self.offset {
            self.back_to(offset);
        }
        for &byte in &bytes[self.offset..offset] {
            if byte == b'\n' {
                self.line += 1;
                self.column = 1;
            } else if byte & 0xC0 != 0x80 {
                self.column += 1;
            }
        }
        self.offset = offset;
        At::new(self.line, self.column)
    }

    /// Goes back to the start of the line of an earlier offset.
    fn back_to(&mut self, offset: usize) {
        let bytes = self.text.as_bytes();
        self.line -= memchr::memchr_iter(b'\n', &bytes[offset..self.offset]).count();
        self.offset = memchr::memrchr(b'\n', &bytes[..offset]).map_or(0, |newline| newline + 1);
        self.column = 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_characters_in_any_order() {
        let text = "ab\nçdé f\n\nx";
        let mut locator = Locator::new(text);
        let f = text.find('f').unwrap();
        assert_eq!(locator.at(f), At::new(2, 5));
        assert_eq!(locator.at(text.len()), At::new(4, 2));
        assert_eq!(locator.at(1), At::new(1, 2));
        assert_eq!(locator.at(f), At::new(2, 5));
        assert_eq!(locator.at(3), At::new(2, 1));
        assert_eq!(locator.at(1000), At::new(4, 2));
    }
}
