//! Places in a JSON value: JSON Pointer (RFC 6901) and a part of JSONPath (RFC 9535).
//!
//! Of JSONPath: `$`, `.name`, `['name']`, `[0]`, `[-1]`, `[1:3]` and `[::2]`, `*`, `..`, and several selectors
//! in one bracket. Filters (`?`) and functions are not read.

use serde_json::Value;

use crate::fault::Fault;
use crate::fold::quote;

/// Longest path in bytes.
const LONGEST: usize = 4096;

/// Most values that may be looked at for one path.
const MOST_VISITS: usize = 2_000_000;

/// A compiled path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Path {
    segments: Vec<Segment>,
    pub(crate) written: String,
}

#[derive(Debug, Clone, PartialEq)]
struct Segment {
    /// `..`: at every depth.
    descend: bool,
    selectors: Vec<Selector>,
}

#[derive(Debug, Clone, PartialEq)]
enum Selector {
    /// A name; of a JSON Pointer also an index where there is an array.
    Name {
        name: String,
        pointer: bool,
    },
    Index(i64),
    Slice(Option<i64>, Option<i64>, i64),
    All,
}

impl Path {
    /// Reads a path; `$…` is JSONPath, `/…` and the empty text are JSON Pointer, and a bare `a.b[0]` is read as `$.a.b[0]`.
    pub(crate) fn compile(written: &str) -> Result<Self, Fault> {
        let text = written.trim();
        if text.len() > LONGEST {
            return Err(Fault::new(format!("the path is {} bytes long; at most {LONGEST} are taken", text.len())));
        }
        let segments = if text.is_empty() || text.starts_with('/') {
            pointer(text)
        } else {
            let rest = match text.strip_prefix('$') {
                Some(rest) => rest.to_owned(),
                None if text.starts_with(['.', '[']) => text.to_owned(),
                None => format!(".{text}"),
            };
            Parser { rest: &rest }.segments().map_err(|why| {
                Fault::new(format!("{} is not a path that can be used: {why}", quote(written)))
                    .hint("write it as $.items[0].name, or as the JSON Pointer /items/0/name")
            })?
        };
        Ok(Self { segments, written: text.to_owned() })
    }

    /// The values at the path, in order; `None` when there is more to look at than may be.
    pub(crate) fn find<'a>(&self, root: &'a Value) -> Option<Vec<&'a Value>> {
        let mut visits = 0_usize;
        let mut here = vec![root];
        for segment in &self.segments {
            let mut next = Vec::new();
            for value in here {
                let mut open = vec![value];
                while let Some(value) = open.pop() {
                    visits += 1;
                    for selector in &segment.selectors {
                        selector.select(value, &mut next);
                    }
                    if segment.descend {
                        match value {
                            Value::Array(values) => open.extend(values.iter().rev()),
                            Value::Object(map) => open.extend(map.values().rev()),
                            _ => {}
                        }
                    }
                    if visits + next.len() > MOST_VISITS {
                        return None;
                    }
                }
            }
            here = next;
        }
        Some(here)
    }
}

impl Selector {
    fn select<'a>(&self, value: &'a Value, into: &mut Vec<&'a Value>) {
        match (self, value) {
            (Self::Name { name, .. }, Value::Object(map)) => into.extend(map.get(name)),
            (Self::Name { name, pointer: true }, Value::Array(values)) => {
                let plain = name == "0" || !name.starts_with(['0', '+']);
                into.extend(name.parse::<usize>().ok().filter(|_| plain).and_then(|index| values.get(index)));
            }
            (Self::Index(index), Value::Array(values)) => {
                let index = if *index < 0 { index + values.len() as i64 } else { *index };
                into.extend(usize::try_from(index).ok().and_then(|index| values.get(index)));
            }
            (Self::Slice(start, end, step), Value::Array(values)) => slice(*start, *end, *step, values, into),
            (Self::All, Value::Array(values)) => into.extend(values),
            (Self::All, Value::Object(map)) => into.extend(map.values()),
            _ => {}
        }
    }
}

/// RFC 9535, 2.3.4.2.
fn slice<'a>(start: Option<i64>, end: Option<i64>, step: i64, values: &'a [Value], into: &mut Vec<&'a Value>) {
    let length = values.len() as i64;
    let whole = |index: i64| if index >= 0 { index } else { length + index };
    let mut push = |index: i64| into.extend(usize::try_from(index).ok().and_then(|index| values.get(index)));
    if step > 0 {
        let mut index = whole(start.unwrap_or(0)).clamp(0, length);
        let upper = whole(end.unwrap_or(length)).clamp(0, length);
        while index < upper {
            push(index);
            index = index.saturating_add(step);
        }
    } else if step < 0 {
        let mut index = whole(start.unwrap_or(length - 1)).clamp(-1, length - 1);
        let lower = end.map_or(-1, |end| whole(end).clamp(-1, length - 1));
        while index > lower {
            push(index);
            index = index.saturating_add(step);
        }
    }
}

fn pointer(text: &str) -> Vec<Segment> {
    text.split('/')
        .skip(1)
        .map(|token| {
            let name = token.replace("~1", "/").replace("~0", "~");
            Segment { descend: false, selectors: vec![Selector::Name { name, pointer: true }] }
        })
        .collect()
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn segments(&mut self) -> Result<Vec<Segment>, String> {
        let mut segments = Vec::new();
        while !self.rest.is_empty() {
            let descend = self.eat("..");
            let selectors = if self.eat("[") {
                self.bracket()?
            } else if descend || self.eat(".") {
                vec![self.dotted()?]
            } else {
                return Err(format!("after a part comes `.` or `[`, not {}", quote(self.rest)));
            };
            segments.push(Segment { descend, selectors });
        }
        Ok(segments)
    }

    fn dotted(&mut self) -> Result<Selector, String> {
        if self.eat("*") {
            return Ok(Selector::All);
        }
        let end = self
            .rest
            .find(|char: char| !(char.is_alphanumeric() || char == '_' || char == '-' || !char.is_ascii()))
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        if name.is_empty() {
            return Err("a name is missing after `.`".to_owned());
        }
        self.rest = rest;
        Ok(Selector::Name { name: name.to_owned(), pointer: false })
    }

    fn bracket(&mut self) -> Result<Vec<Selector>, String> {
        let mut selectors = Vec::new();
        loop {
            self.space();
            selectors.push(self.selector()?);
            self.space();
            if self.eat("]") {
                return Ok(selectors);
            }
            if !self.eat(",") {
                return Err("a `]` is missing".to_owned());
            }
        }
    }

    fn selector(&mut self) -> Result<Selector, String> {
        match self.rest.chars().next() {
            Some('*') => {
                self.eat("*");
                Ok(Selector::All)
            }
            Some(mark @ ('\'' | '"')) => self.quoted(mark).map(|name| Selector::Name { name, pointer: false }),
            Some('?') => Err("filters are not supported".to_owned()),
            Some('-' | '0'..='9' | ':') => self.index(),
            _ => Err("in brackets stands a quoted name, an index, a slice or `*`".to_owned()),
        }
    }

    fn index(&mut self) -> Result<Selector, String> {
        let start = self.integer()?;
        self.space();
        if !self.eat(":") {
            return start.map(Selector::Index).ok_or_else(|| "an index is missing".to_owned());
        }
        self.space();
        let end = self.integer()?;
        self.space();
        let step = if self.eat(":") {
            self.space();
            self.integer()?.unwrap_or(1)
        } else {
            1
        };
        Ok(Selector::Slice(start, end, step))
    }

    fn integer(&mut self) -> Result<Option<i64>, String> {
        let digits = self.rest.strip_prefix('-').unwrap_or(self.rest);
        let length = digits.bytes().take_while(u8::is_ascii_digit).count() + (self.rest.len() - digits.len());
        if length == 0 {
            return Ok(None);
        }
        let (number, rest) = self.rest.split_at(length);
        self.rest = rest;
        // RFC 9535 keeps indices within what a double holds exactly.
        match number.parse::<i64>() {
            Ok(number) if number.abs() < 1 << 53 => Ok(Some(number)),
            _ => Err(format!("{} is not an index", quote(number))),
        }
    }

    fn quoted(&mut self, mark: char) -> Result<String, String> {
        let mut name = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, char)) = chars.next() {
            match char {
                '\\' => match chars.next() {
                    Some((_, 'n')) => name.push('\n'),
                    Some((_, 't')) => name.push('\t'),
                    Some((_, escaped @ ('\\' | '/' | '\'' | '"'))) => name.push(escaped),
                    _ => return Err("an escape in a quoted name is not known".to_owned()),
                },
                _ if char == mark => {
                    self.rest = &self.rest[at + 1..];
                    return Ok(name);
                }
                _ => name.push(char),
            }
        }
        Err("a quoted name does not end".to_owned())
    }

    fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(path: &str, value: &Value) -> Vec<Value> {
        Path::compile(path).unwrap().find(value).unwrap().into_iter().cloned().collect()
    }

    /// The examples of RFC 9535, 1.5 (table 2), as far as they use no filter, and 2.3.4.3 (slices).
    #[test]
    fn the_examples_of_the_standard() {
        let store = json!({"store": {
            "book": [
                {"category": "reference", "author": "Rees", "title": "Sayings", "price": 8.95},
                {"category": "fiction", "author": "Waugh", "title": "Sword", "price": 12.99},
                {"category": "fiction", "author": "Melville", "title": "Moby", "isbn": "0-553-21311-3", "price": 8.99},
                {"category": "fiction", "author": "Tolkien", "title": "Lord", "isbn": "0-395-19395-8", "price": 22.99}],
            "bicycle": {"color": "red", "price": 399}}});
        let authors = json!(["Rees", "Waugh", "Melville", "Tolkien"]);
        assert_eq!(json!(at("$.store.book[*].author", &store)), authors);
        assert_eq!(json!(at("$..author", &store)), authors);
        assert_eq!(at("$.store.*", &store).len(), 2);
        assert_eq!(at("$.store..price", &store).len(), 5);
        assert_eq!(at("$..book[2].author", &store), [json!("Melville")]);
        assert_eq!(at("$..book[2].publisher", &store), [] as [Value; 0]);
        assert_eq!(at("$..book[-1].title", &store), [json!("Lord")]);
        assert_eq!(at("$..book[0,1].title", &store), [json!("Sayings"), json!("Sword")]);
        assert_eq!(at("$..book[:2].title", &store), [json!("Sayings"), json!("Sword")]);
        assert_eq!(at("$..*", &store).len(), 27);

        let letters = json!(["a", "b", "c", "d", "e", "f", "g"]);
        assert_eq!(json!(at("$[1:3]", &letters)), json!(["b", "c"]));
        assert_eq!(json!(at("$[5:]", &letters)), json!(["f", "g"]));
        assert_eq!(json!(at("$[1:5:2]", &letters)), json!(["b", "d"]));
        assert_eq!(json!(at("$[5:1:-2]", &letters)), json!(["f", "d"]));
        assert_eq!(json!(at("$[::-1]", &letters)), json!(["g", "f", "e", "d", "c", "b", "a"]));
        assert_eq!(json!(at("$[0:3:0]", &letters)), json!([]));
        assert_eq!(json!(at("$['a\\'b', \"c\"]", &json!({"a'b": 1, "c": 2}))), json!([1, 2]));
    }

    /// The examples of RFC 6901, 5.
    #[test]
    fn the_examples_of_json_pointer() {
        let value = json!({"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "k\"l": 6, " ": 7, "m~n": 8});
        assert_eq!(at("", &value), std::slice::from_ref(&value));
        assert_eq!(at("/foo", &value), [json!(["bar", "baz"])]);
        assert_eq!(at("/foo/0", &value), [json!("bar")]);
        assert_eq!(at("/foo/00", &value), [] as [Value; 0]);
        assert_eq!(at("/", &value), [json!(0)]);
        assert_eq!(at("/a~1b", &value), [json!(1)]);
        assert_eq!(at("/c%d", &value), [json!(2)]);
        assert_eq!(at("/m~0n", &value), [json!(8)]);
    }

    #[test]
    fn wrong_paths_say_what_is_wrong() {
        let why = |path: &str| Path::compile(path).unwrap_err().message;
        assert!(why("$.a[?@.b]").contains("filters"));
        assert!(why("$.a[0").contains("`]` is missing"));
        assert!(why("$.").contains("a name is missing"));
        assert!(why("$['a").contains("does not end"));
        assert!(why("$[99999999999999999999]").contains("not an index"));
        assert!(why("$a").contains("after a part"));
        assert!(Path::compile("a.b[0]").is_ok());
    }

    #[test]
    fn repeated_descents_are_bounded() {
        let mut value = json!(0);
        for _ in 0..100 {
            value = json!([value, 1, 2]);
        }
        assert!(Path::compile(&format!("${}", "..*".repeat(8))).unwrap().find(&value).is_none());
    }
}
