//! YAML 1.2 (core schema), with the place of every value. Aliases and merge keys are expanded within
//! bounds, so that a file of a kilobyte cannot become a gigabyte.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Number;
use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, Span, Tag};

use super::{Malformed, first_duplicate};
use crate::node::{At, Entry, Kind, MAX_DEPTH, MAX_NODES, Node};

/// Most values and most bytes of text that aliases may add.
const MAX_ALIASED_NODES: usize = 1_000_000;
const MAX_ALIASED_BYTES: usize = 64 << 20;

/// Reads one YAML document. An empty text is a null.
pub(crate) fn parse(text: &str) -> Result<Node, Malformed> {
    let mut options = Options::default();
    options.emit_comments = false;
    options.flow_nesting_limit = MAX_DEPTH + 1;
    options.block_nesting_limit = MAX_DEPTH + 1;
    let parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder::default();
    for event in parser {
        let (event, span) = event.map_err(|error| malformed(&error))?;
        builder.event(event, span)?;
    }
    Ok(builder.root.unwrap_or_else(|| Node::new(At::NOWHERE, Kind::Null)))
}

fn malformed(error: &ScanError) -> Malformed {
    let marker = error.marker();
    let at = At::new(marker.line(), marker.col() + 1);
    let info = error.info();
    if info.contains("nesting") || info.contains("recursion") {
        return Malformed::too_deep(at);
    }
    let malformed = Malformed::new(at, format!("this is not valid YAML: {info}"));
    if info.contains("tab") {
        malformed.hint("indent with spaces")
    } else if info.contains("mapping values are not allowed") || info.contains("':'") {
        malformed.hint("put a text that holds a colon in quotes")
    } else {
        malformed.hint("look at the indentation, and put texts with special characters in quotes")
    }
}

/// A list or map that is still open.
struct Open {
    at: At,
    anchor: usize,
    kind: OpenKind,
    /// Height of the tallest finished child.
    height: usize,
    /// Values in it so far, itself included.
    nodes: usize,
    /// Bytes of text in it so far.
    bytes: usize,
}

enum OpenKind {
    List(Vec<Node>),
    /// The entries, the key that waits for its value, and the values of `<<`.
    Map {
        entries: Vec<Entry>,
        key: Option<(String, At)>,
        merges: Vec<Node>,
        merging: bool,
    },
}

/// A finished value with its size.
struct Sized {
    node: Node,
    height: usize,
    nodes: usize,
    bytes: usize,
}

#[derive(Default)]
struct Builder {
    root: Option<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, Sized>,
    documents: usize,
    nodes: usize,
    aliased_nodes: usize,
    aliased_bytes: usize,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Malformed> {
        let at = At::new(span.start.line(), span.start.col() + 1);
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(Malformed::new(at, "the file holds more than one YAML document")
                        .hint("a suite is one document; remove the `---` or split the file"));
                }
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.count(at)?;
                let plain = style == ScalarStyle::Plain;
                if self.wants_key() {
                    return self.key(text.into_owned(), at, plain && tag.is_none());
                }
                let bytes = text.len();
                let node = Node::new(at, scalar(text, plain, tag.as_deref(), at)?);
                self.finish(Sized { node, height: 0, nodes: 1, bytes }, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => self.start(at, anchor, tag.as_deref(), OpenKind::List(Vec::new())),
            Event::MappingStart(_, anchor, tag) => self.start(
                at,
                anchor,
                tag.as_deref(),
                OpenKind::Map { entries: Vec::new(), key: None, merges: Vec::new(), merging: false },
            ),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(id) => self.alias(id, at),
            _ => Ok(()),
        }
    }

    fn count(&mut self, at: At) -> Result<(), Malformed> {
        self.nodes += 1;
        if self.nodes > MAX_NODES { Err(Malformed::too_many(at)) } else { Ok(()) }
    }

    fn wants_key(&self) -> bool {
        matches!(self.open.last().map(|open| &open.kind), Some(OpenKind::Map { key: None, merging: false, .. }))
    }

    fn key(&mut self, text: String, at: At, plain: bool) -> Result<(), Malformed> {
        if let Some(Open { kind: OpenKind::Map { key, merging, .. }, .. }) = self.open.last_mut() {
            if plain && text == "<<" {
                *merging = true;
            } else {
                *key = Some((text, at));
            }
        }
        Ok(())
    }

    fn start(&mut self, at: At, anchor: usize, tag: Option<&Tag>, kind: OpenKind) -> Result<(), Malformed> {
        self.count(at)?;
        if self.wants_key() {
            return Err(Malformed::new(at, "a key must be a text; this is a list or an object")
                .hint("put braces and brackets in quotes: a text that begins with `{{` needs quotes"));
        }
        if let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema()) {
            return Err(unknown_tag(tag, at));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(Malformed::too_deep(at));
        }
        self.open.push(Open { at, anchor, kind, height: 0, nodes: 1, bytes: 0 });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Malformed> {
        let Some(Open { at, anchor, kind, height, nodes, bytes }) = self.open.pop() else { return Ok(()) };
        let kind = match kind {
            OpenKind::List(values) => Kind::List(values),
            OpenKind::Map { mut entries, merges, .. } => {
                if let Some(error) = first_duplicate(&entries) {
                    return Err(error);
                }
                merge(&mut entries, merges)?;
                Kind::Map(entries)
            }
        };
        self.finish(Sized { node: Node::new(at, kind), height: height + 1, nodes, bytes }, anchor)
    }

    fn alias(&mut self, id: usize, at: At) -> Result<(), Malformed> {
        let Some(target) = self.anchors.get(&id) else {
            return Err(Malformed::new(at, "this alias stands inside the value it names").hint("write the value out"));
        };
        self.aliased_nodes += target.nodes;
        self.aliased_bytes += target.bytes;
        if self.aliased_nodes > MAX_ALIASED_NODES || self.aliased_bytes > MAX_ALIASED_BYTES {
            return Err(Malformed::new(at, "the aliases of this file expand to more than a suite can hold")
                .hint("write the values out, or use fewer aliases of aliases"));
        }
        if self.open.len() + target.height > MAX_DEPTH {
            return Err(Malformed::too_deep(at));
        }
        let node = Node::new(at, target.node.kind.clone());
        let (height, nodes, bytes) = (target.height, target.nodes, target.bytes);
        if self.wants_key() {
            return match node.kind {
                Kind::Text(text) => self.key(text, at, false),
                _ => Err(Malformed::new(at, "a key must be a text")),
            };
        }
        self.finish(Sized { node, height, nodes, bytes }, 0)
    }

    /// Puts a finished value where it belongs.
    fn finish(&mut self, value: Sized, anchor: usize) -> Result<(), Malformed> {
        let Sized { node, height, nodes, bytes } = value;
        if anchor > 0 {
            // The copy is as large as the file's own text at most, once for each level of nesting.
            self.aliased_nodes += nodes;
            self.aliased_bytes += bytes;
            if self.aliased_nodes > MAX_ALIASED_NODES || self.aliased_bytes > MAX_ALIASED_BYTES {
                return Err(Malformed::new(node.at, "the anchors of this file hold more than a suite can")
                    .hint("write the values out"));
            }
            self.anchors.insert(anchor, Sized { node: node.clone(), height, nodes, bytes });
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        parent.height = parent.height.max(height);
        parent.nodes += nodes;
        parent.bytes += bytes;
        match &mut parent.kind {
            OpenKind::List(values) => values.push(node),
            OpenKind::Map { merges, merging: merging @ true, .. } => {
                *merging = false;
                merges.push(node);
            }
            OpenKind::Map { entries, key, .. } => {
                if let Some((key, at)) = key.take() {
                    parent.bytes += key.len();
                    entries.push(Entry { key, at, value: node });
                }
            }
        }
        Ok(())
    }
}

/// Merge keys: `<<: *base` and `<<: [*one, *two]`; what is written here wins, then the earlier one.
fn merge(entries: &mut Vec<Entry>, merges: Vec<Node>) -> Result<(), Malformed> {
    for node in merges {
        let at = node.at;
        let maps = match node.kind {
            Kind::Map(map) => vec![map],
            Kind::List(values) => values
                .into_iter()
                .map(|value| match value.kind {
                    Kind::Map(map) => Ok(map),
                    _ => Err(not_mergeable(at)),
                })
                .collect::<Result<_, _>>()?,
            _ => return Err(not_mergeable(at)),
        };
        let mut present: std::collections::HashSet<String> = entries.iter().map(|entry| entry.key.clone()).collect();
        for entry in maps.into_iter().flatten() {
            if present.insert(entry.key.clone()) {
                entries.push(entry);
            }
        }
    }
    Ok(())
}

fn not_mergeable(at: At) -> Malformed {
    Malformed::new(at, "`<<` takes an object or a list of objects").hint("write `<<: *name` where `&name` is an object")
}

fn unknown_tag(tag: &Tag, at: At) -> Malformed {
    Malformed::new(at, format!("the YAML tag {} has no meaning in a suite", crate::diagnostics::quote(tag.suffix())))
        .hint("remove it, or put the text in quotes if it begins with `!`")
}

fn scalar(text: Cow<'_, str>, plain: bool, tag: Option<&Tag>, at: At) -> Result<Kind, Malformed> {
    match tag {
        None if plain => Ok(resolve(text)),
        None => Ok(Kind::Text(text.into_owned())),
        Some(tag) if !tag.is_yaml_core_schema() && tag.suffix().is_empty() => Ok(Kind::Text(text.into_owned())),
        Some(tag) if !tag.is_yaml_core_schema() => Err(unknown_tag(tag, at)),
        Some(tag) if tag.suffix() == "str" => Ok(Kind::Text(text.into_owned())),
        Some(_) => Ok(resolve(text)),
    }
}

/// The core schema of YAML 1.2.2, section 10.3.2, with two differences: a decimal with a leading
/// zero stays a text (`007` is a code, not seven), and so do infinities and NaN, which JSON lacks.
fn resolve(text: Cow<'_, str>) -> Kind {
    match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => return Kind::Null,
        "true" | "True" | "TRUE" => return Kind::Bool(true),
        "false" | "False" | "FALSE" => return Kind::Bool(false),
        _ => {}
    }
    match number(&text) {
        Some(number) => Kind::Number(number, text.into()),
        None => Kind::Text(text.into_owned()),
    }
}

fn number(text: &str) -> Option<Number> {
    // Most scalars are prose; one look at the first character tells.
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+' | '.')) {
        return None;
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return i64::from_str_radix(octal, 8).ok().map(Number::from);
    }
    if let Some(hexadecimal) = text.strip_prefix("0x") {
        return i64::from_str_radix(hexadecimal, 16).ok().map(Number::from);
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let leading_zero = digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit();
    let numeric = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'-' | b'+'));
    if leading_zero || !numeric || !digits.bytes().any(|byte| byte.is_ascii_digit()) || digits.starts_with(['-', '+']) {
        return None;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let text = text.strip_prefix('+').unwrap_or(text);
        if let Ok(integer) = text.parse::<i64>() {
            return Some(integer.into());
        }
        if let Ok(integer) = text.parse::<u64>() {
            return Some(integer.into());
        }
    }
    text.parse::<f64>().ok().and_then(Number::from_f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value(text: &str) -> serde_json::Value {
        parse(text).unwrap().to_value()
    }

    fn error(text: &str) -> Malformed {
        parse(text).unwrap_err()
    }

    #[test]
    fn the_core_schema_is_read() {
        assert_eq!(
            value("[1, -2, +3, 0o17, 0xFF, 1.5, 1e3, .5, 007, 1.2.3, yes, true, ~, '1', 12-05, 1_000, .inf, -a, 2.]"),
            json!([
                1, -2, 3, 15, 255, 1.5, 1000.0, 0.5, "007", "1.2.3", "yes", true, null, "1", "12-05", "1_000", ".inf",
                "-a", 2.0
            ])
        );
        assert_eq!(
            value("a: !!str 1\nb: |\n  x\n  y\nc: >-\n  x\n  y\n"),
            json!({"a": "1", "b": "x\ny\n", "c": "x y"})
        );
        assert_eq!(value(""), json!(null));
        assert_eq!(value("99999999999999999999"), json!(1e20));
        let Kind::List(list) = parse("[1.50]").unwrap().kind else { panic!("a list") };
        assert!(matches!(&list[0].kind, Kind::Number(_, raw) if &**raw == "1.50"));
    }

    #[test]
    fn places_are_kept() {
        let node = parse("a:\n  - b: 1\n    c: x\n").unwrap();
        let Kind::List(list) = &node.get("a").unwrap().kind else { panic!("a list") };
        assert_eq!(list[0].at, At::new(2, 5));
        assert_eq!(list[0].get("c").unwrap().at, At::new(3, 8));
    }

    #[test]
    fn aliases_and_merge_keys_are_expanded() {
        assert_eq!(
            value("base: &b {x: 1, y: 2}\none: {<<: *b, y: 3}\ntwo: {<<: [*b, {z: 4}]}\nlist: [*b]\n"),
            json!({"base": {"x": 1, "y": 2}, "one": {"x": 1, "y": 3}, "two": {"x": 1, "y": 2, "z": 4}, "list": [{"x": 1, "y": 2}]})
        );
        assert!(error("a: {<<: 1}").message.contains("`<<`"));
    }

    #[test]
    fn bombs_end_in_errors() {
        let mut laughs = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for level in 1..20 {
            laughs.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", ")));
        }
        assert!(error(&laughs).message.contains("more than a suite can"));
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1_000_000), vec!["*a"; 1000].join(", "));
        assert!(error(&long).message.contains("more than a suite can"));
        assert!(error("a: &a [*a]").message.contains("inside the value"));
        assert!(error(&"[".repeat(100_000)).message.contains("nested"));
        assert!(error(&"- ".repeat(100_000)).message.contains("nested"));
        assert!(error(&"{a: ".repeat(100_000)).message.contains("nested"));
        let mut tower = String::from("a0: &a0 [x]\n");
        for level in 1..100 {
            tower.push_str(&format!("a{level}: &a{level} [[*a{}]]\n", level - 1));
        }
        assert!(error(&tower).message.contains("nested"));
    }

    #[test]
    fn mistakes_have_a_place_and_a_hint() {
        let tab = error("a:\n\t- b\n");
        assert_eq!(tab.at.line(), Some(2), "{tab:?}");
        let colon = error("prompt: Answer: yes\n");
        assert_eq!(colon.at.line(), Some(1));
        assert!(colon.hint.unwrap().contains("quotes"));
        assert!(error("a: 1\na: 2\n").message.contains("first at line 1"));
        assert!(error("a: {{ x }}\n").hint.unwrap().contains("quotes"));
        assert!(error("--- a\n--- b\n").message.contains("more than one"));
        assert!(error("a: !secret x\n").message.contains("secret"));
        assert!(error("a: [1\n").at.line().is_some());
    }
}
