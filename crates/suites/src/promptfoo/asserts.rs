//! Assertions: the ones with the same meaning here become checks, the others are named.

use serde_json::{Map, Value, json};

use crate::diagnostics::{Diagnostics, quote};
use crate::format::json as json_text;
use crate::node::{At, Kind, Node};
use crate::shape::Criterion;

/// Deepest nesting of `assert-set`.
const MAX_SETS: usize = 8;

/// `assert`: a list of assertions.
pub(super) fn read(node: &Node, root: &Node, diagnostics: &mut Diagnostics) -> Vec<Criterion> {
    let Kind::List(nodes) = &node.kind else { return read_nested(node, 0, diagnostics) };
    nodes
        .iter()
        .filter_map(|node| {
            let Some(reference) = node.get("$ref") else { return one(node, 0, diagnostics) };
            // A template's own mistakes are where it stands, which is where they can be mended.
            let written = match &reference.kind {
                Kind::Text(written) => written.as_str(),
                _ => "",
            };
            let mut parts = written.strip_prefix("#/").unwrap_or("").split('/');
            let found = parts.try_fold(root, |node, part| node.get(part)).filter(|found| found.get("type").is_some());
            match found {
                Some(found) => one(found, 0, diagnostics),
                None => {
                    diagnostics.dropped(node.at, &format!("the assertion {}, which is not there", quote(written)));
                    None
                }
            }
        })
        .collect()
}

fn read_nested(node: &Node, depth: usize, diagnostics: &mut Diagnostics) -> Vec<Criterion> {
    let Kind::List(nodes) = &node.kind else {
        diagnostics.dropped(node.at, &format!("an `assert` that is {}", node.what()));
        return Vec::new();
    };
    nodes.iter().filter_map(|node| one(node, depth, diagnostics)).collect()
}

/// The assertion in a field of a table: `type: value`, or a text that the answer must equal.
pub(super) fn from_text(field: &str, at: At, diagnostics: &mut Diagnostics) -> Option<Criterion> {
    let field = field.trim();
    if field.is_empty() {
        return None;
    }
    let head = field.split(':').next().unwrap_or("");
    let is_type = !head.is_empty() && head.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
    let (kind, value) = match field.split_once(':') {
        Some((kind, value)) if is_type => (kind, value.trim()),
        None if matches!(field, "is-json" | "is-refusal" | "not-is-refusal") => (field, ""),
        _ => ("equals", field),
    };
    let value = (!value.is_empty()).then(|| Node::text(at, value));
    let found = translate(kind, value.as_ref(), None, at, 0, &Node::new(at, Kind::Null), diagnostics);
    found.map(|spec| Criterion { at, spec })
}

/// `all` of several checks, of which a weighted share must hold.
pub(super) fn all(checks: &[Criterion], threshold: f64) -> Map<String, Value> {
    let checks: Vec<Value> = checks.iter().map(|check| Value::Object(check.spec.clone())).collect();
    let mut spec = object(json!({"type": "all", "checks": checks}));
    if threshold < 1.0 {
        spec.insert("threshold".to_owned(), threshold.into());
    }
    spec
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn one(node: &Node, depth: usize, diagnostics: &mut Diagnostics) -> Option<Criterion> {
    let Kind::Map(entries) = &node.kind else {
        diagnostics.dropped(node.at, &format!("an assertion that is {}", node.what()));
        return None;
    };
    let kind = match node.get("type").map(|kind| &kind.kind) {
        Some(Kind::Text(kind)) => kind.clone(),
        _ => {
            diagnostics.dropped(node.at, "an assertion without a `type`");
            return None;
        }
    };
    if node.get("transform").is_some() {
        diagnostics.dropped(node.at, &format!("assertions {} with a `transform` of the answer", quote(&kind)));
        return None;
    }
    let threshold = node.get("threshold").and_then(|threshold| diagnostics.number(threshold, "threshold"));
    let mut spec = translate(&kind, node.get("value"), threshold, node.at, depth, node, diagnostics)?;
    for entry in entries {
        match entry.key.as_str() {
            "type" | "value" | "threshold" | "assert" | "$ref" => {}
            "metric" => {
                if let Some(name) = diagnostics.text(&entry.value, "metric") {
                    spec.insert("name".to_owned(), name.text.into());
                }
            }
            "weight" => {
                if let Some(weight) = diagnostics.number(&entry.value, "weight") {
                    spec.insert("weight".to_owned(), weight.into());
                }
            }
            key => diagnostics.dropped(entry.at, &format!("the key {} of an assertion", quote(key))),
        }
    }
    Some(Criterion { at: node.at, spec })
}

/// The check of the same meaning, or `None` and a remark.
fn translate(
    kind: &str,
    value: Option<&Node>,
    threshold: Option<f64>,
    at: At,
    depth: usize,
    whole: &Node,
    diagnostics: &mut Diagnostics,
) -> Option<Map<String, Value>> {
    if let Some(Node { kind: Kind::Text(text), .. }) = value
        && text.starts_with("file://")
    {
        diagnostics.dropped(at, &format!("assertions {} whose value is a file", quote(kind)));
        return None;
    }
    if let Some(inner) = kind.strip_prefix("not-") {
        let spec = translate(inner, value, threshold, at, depth, whole, diagnostics)?;
        return Some(match spec.get("type").and_then(Value::as_str) {
            Some("contains") => object(json!({"type": "not_contains", "value": spec.get("value")})),
            _ => object(json!({"type": "not", "check": spec})),
        });
    }
    let text = |ours: &str| value.map(|value| object(json!({"type": ours, "value": value.to_value()})));
    let found = match kind {
        "equals" => text("equals"),
        "contains" => text("contains"),
        "icontains" => text("icontains"),
        "starts-with" => text("starts_with"),
        "ends-with" => text("ends_with"),
        "regex" => text("regex"),
        "contains-any" | "contains-all" | "icontains-any" | "icontains-all" => value.map(|value| {
            let ours = if kind.ends_with("any") { "contains_any" } else { "contains_all" };
            let mut spec = object(json!({"type": ours, "value": listed(value)}));
            if kind.starts_with('i') {
                spec.insert("case_sensitive".to_owned(), false.into());
            }
            spec
        }),
        "is-json" => match value.map(|value| &value.kind) {
            None | Some(Kind::Null) => Some(object(json!({"type": "json_valid"}))),
            Some(Kind::Map(_)) => text("json_schema"),
            Some(Kind::Text(schema)) => json_text::parse(schema, 1)
                .ok()
                .filter(|schema| matches!(schema.kind, Kind::Map(_)))
                .map(|schema| object(json!({"type": "json_schema", "value": schema.to_value()}))),
            Some(_) => None,
        },
        "is-refusal" => Some(object(json!({"type": "is_refusal"}))),
        "cost" => threshold.map(|most| object(json!({"type": "cost_under", "value": most}))),
        "latency" => threshold.map(|most| object(json!({"type": "latency_under", "value": most}))),
        "word-count" => match value.map(|value| &value.kind) {
            Some(Kind::Number(..) | Kind::Text(_)) => text("word_count"),
            Some(Kind::Map(_)) => {
                let mut spec = object(json!({"type": "word_count"}));
                for key in ["min", "max"] {
                    if let Some(bound) = value.and_then(|value| value.get(key)) {
                        spec.insert(key.to_owned(), bound.to_value());
                    }
                }
                (spec.len() > 1).then_some(spec)
            }
            _ => None,
        },
        "llm-rubric" => {
            if threshold.is_some() {
                diagnostics.dropped(at, "the `threshold` of `llm-rubric`, whose scale is another one");
            }
            match value.map(|value| &value.kind) {
                Some(Kind::Text(rubric)) => Some(object(json!({"type": "judge", "criteria": rubric}))),
                _ => None,
            }
        }
        "assert-set" if depth < MAX_SETS => whole
            .get("assert")
            .map(|checks| read_nested(checks, depth + 1, diagnostics))
            .filter(|checks| !checks.is_empty())
            .map(|checks| all(&checks, threshold.unwrap_or(1.0))),
        _ => None,
    };
    if found.is_none() {
        diagnostics.dropped(at, &format!("assertions of type {}", quote(kind)));
    }
    found
}

/// A list, or a text with commas between its parts.
fn listed(node: &Node) -> Value {
    match &node.kind {
        Kind::Text(text) if !text.contains("{{") => {
            text.split(',').map(|part| Value::from(part.trim())).collect::<Vec<_>>().into()
        }
        _ => node.to_value(),
    }
}
