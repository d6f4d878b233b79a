//! `tests`, `defaultTest` and `scenarios`: variables and assertions.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{Place, asserts, prompts};
use crate::diagnostics::{Diagnostics, quote};
use crate::format::csv::Table;
use crate::node::{At, Entry, Kind, Node};
use crate::shape::{Case, Criterion, Shape, Text};

/// Most cases one test may become through lists of values.
const MOST_COMBINATIONS: usize = 100_000;

/// `tests`: a list, or a table in a file.
pub(super) fn read(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Vec<Case> {
    match &node.kind {
        Kind::List(nodes) => nodes.iter().flat_map(|node| test(node, place, diagnostics)).collect(),
        Kind::Text(path) => file(path, node.at, place, diagnostics),
        Kind::Null => Vec::new(),
        _ => {
            diagnostics.dropped(node.at, &format!("`tests` that are {}", node.what()));
            Vec::new()
        }
    }
}

/// `defaultTest`: what every test has.
pub(super) fn default_test(node: &Node, shape: &mut Shape, place: &Place<'_>, diagnostics: &mut Diagnostics) {
    let Kind::Map(entries) = &node.kind else {
        diagnostics.dropped(node.at, &format!("a `defaultTest` that is {}", node.what()));
        return;
    };
    let mut threshold = None;
    for entry in entries {
        match entry.key.as_str() {
            "vars" => {
                let mut sets = combinations(&entry.value, place, diagnostics).into_iter();
                shape.shared.vars = sets.next().unwrap_or_default();
                if sets.next().is_some() {
                    diagnostics.dropped(entry.at, "the other values of a list among the variables of `defaultTest`");
                }
            }
            "assert" => shape.shared.checks = asserts::read(&entry.value, place.root, diagnostics),
            "threshold" => threshold = diagnostics.number(&entry.value, "threshold"),
            key => diagnostics.dropped(entry.at, &format!("the key {} of `defaultTest`", quote(key))),
        }
    }
    shape.shared.checks = with_threshold(std::mem::take(&mut shape.shared.checks), threshold, node.at);
}

/// `scenarios`: every set of variables with every test.
pub(super) fn scenarios(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Vec<Case> {
    let mut cases = Vec::new();
    for scenario in diagnostics.list(node, "scenarios") {
        let sets: Vec<Map<String, Value>> = match scenario.get("config") {
            Some(Node { kind: Kind::List(configs), .. }) => configs
                .iter()
                .filter_map(|config| config.get("vars"))
                .flat_map(|vars| combinations(vars, place, diagnostics))
                .collect(),
            _ => vec![Map::new()],
        };
        let tests = scenario.get("tests").map(|tests| read(tests, place, diagnostics)).unwrap_or_default();
        if tests.is_empty() {
            diagnostics.dropped(scenario.at, "a scenario without tests");
        }
        for set in &sets {
            for test in &tests {
                let mut case = test.clone();
                case.vars = set.clone().into_iter().chain(std::mem::take(&mut case.vars)).collect();
                cases.push(case);
                if cases.len() > place.options.max_items {
                    return cases;
                }
            }
        }
    }
    cases
}

/// Ids from descriptions: what stands twice gets a number.
pub(super) fn name(cases: &mut [Case]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for case in cases {
        if let Some(id) = &mut case.id {
            let times = seen.entry(id.text.clone()).or_insert(0);
            *times += 1;
            if *times > 1 {
                id.text = format!("{} ({times})", id.text);
            }
        }
    }
}

fn test(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Vec<Case> {
    let entries: &[Entry] = match &node.kind {
        Kind::Map(entries) => entries,
        Kind::Text(path) => return file(path, node.at, place, diagnostics),
        _ => {
            diagnostics.dropped(node.at, &format!("a test that is {}", node.what()));
            return Vec::new();
        }
    };
    let mut case = Case { at: node.at, ..Case::default() };
    let (mut sets, mut threshold) = (vec![Map::new()], None);
    for entry in entries {
        match entry.key.as_str() {
            "description" => {
                case.id = diagnostics.text(&entry.value, "description").map(|mut text| {
                    text.text = text.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(150).collect();
                    text
                });
                case.id = case.id.take().filter(|id| !id.text.is_empty());
            }
            "vars" => sets = combinations(&entry.value, place, diagnostics),
            "assert" => case.checks = asserts::read(&entry.value, place.root, diagnostics),
            "threshold" => threshold = diagnostics.number(&entry.value, "threshold"),
            key => diagnostics.dropped(entry.at, &format!("the key {} of a test", quote(key))),
        }
    }
    case.checks = with_threshold(std::mem::take(&mut case.checks), threshold, node.at);
    sets.into_iter().map(|vars| Case { vars, ..case.clone() }).collect()
}

/// A test's `threshold` is the share of its weighted assertions that must hold.
fn with_threshold(checks: Vec<Criterion>, threshold: Option<f64>, at: At) -> Vec<Criterion> {
    match threshold {
        Some(threshold) if !checks.is_empty() && threshold > 0.0 => {
            vec![Criterion { at, spec: asserts::all(&checks, threshold) }]
        }
        _ => checks,
    }
}

/// Variables; one whose value is a list stands for a test with each of its values.
fn combinations(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Vec<Map<String, Value>> {
    let mut sets = vec![Map::new()];
    let Kind::Map(entries) = &node.kind else {
        diagnostics.dropped(node.at, &format!("`vars` that are {}", node.what()));
        return sets;
    };
    for entry in entries {
        let mut values = match &entry.value.kind {
            Kind::List(nodes) if multiplies(nodes) => {
                nodes.iter().map(|node| value(node, place, diagnostics)).collect()
            }
            _ => vec![value(&entry.value, place, diagnostics)],
        };
        if sets.len().saturating_mul(values.len()) > MOST_COMBINATIONS {
            let message = format!("the lists among these variables make more than {MOST_COMBINATIONS} tests");
            diagnostics.hinted(entry.at, message, "use shorter lists");
            return sets;
        }
        if let [_] = values.as_slice() {
            let value = values.remove(0);
            for set in &mut sets {
                set.insert(entry.key.clone(), value.clone());
            }
            continue;
        }
        sets = sets
            .iter()
            .flat_map(|set| {
                values.iter().map(move |value| {
                    let mut set = set.clone();
                    set.insert(entry.key.clone(), value.clone());
                    set
                })
            })
            .collect();
    }
    sets
}

/// Lists of texts and numbers multiply; lists of objects or lists are values, such as a conversation so far.
fn multiplies(nodes: &[Node]) -> bool {
    !nodes.is_empty() && nodes.iter().all(|node| !matches!(node.kind, Kind::List(_) | Kind::Map(_)))
}

fn value(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Value {
    if let Kind::Text(text) = &node.kind
        && let Some(path) = text.strip_prefix("file://")
    {
        if prompts::has_extension(path, &["txt", "md"]) {
            return prompts::text_of(path, node.at, place, diagnostics)
                .map_or(Value::Null, |text| json!(text.trim_end()));
        }
        diagnostics.dropped(node.at, "the file a variable is read from (its path stands in its place)");
    }
    node.to_value()
}

/// A table of tests: `__expected` and `__expected1`, `__expected2`, … are assertions, `__description`
/// is one, other names with two underscores are not taken over, and the rest are variables.
fn file(path: &str, at: At, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Vec<Case> {
    let path = path.strip_prefix("file://").unwrap_or(path);
    if !prompts::has_extension(path, &["csv"]) {
        diagnostics.dropped(at, &format!("the tests in {}: only .csv files are read", quote(path)));
        return Vec::new();
    }
    let Some(text) = prompts::text_of(path, at, place, diagnostics) else { return Vec::new() };
    let mut cases = Vec::new();
    let file = place.base.join(path);
    diagnostics.within(Some(&file), |diagnostics| {
        let mut table = match Table::open(&text, b',') {
            Ok(table) => table,
            Err(malformed) => return diagnostics.malformed(malformed),
        };
        while let Some(row) = table.next() {
            let row = match row {
                Ok(row) => row,
                Err(malformed) => {
                    diagnostics.malformed(malformed);
                    continue;
                }
            };
            // Places of cases are in the configuration; the table's own mistakes name the table.
            let mut case = Case { at, ..Case::default() };
            for (name, field) in table.columns.iter().zip(&row.fields) {
                if let Some(rest) = name.strip_prefix("__") {
                    if rest.starts_with("expected") {
                        case.checks.extend(asserts::from_text(field, at, diagnostics));
                    } else if rest == "description" {
                        case.id = Some(Text { at, text: field.trim().to_owned() }).filter(|id| !id.text.is_empty());
                    } else {
                        diagnostics.dropped(row.at, &format!("the column {}", quote(name)));
                    }
                } else {
                    case.vars.insert(name.clone(), field.into());
                }
            }
            cases.push(case);
            if cases.len() > place.options.max_items {
                break;
            }
        }
    });
    cases
}
