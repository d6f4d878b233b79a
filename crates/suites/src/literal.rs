//! The forms that hold items one after the other: the predecessor's JSON array, JSONL, CSV and TXT.

use std::path::Path;

use serde_json::Map;

use crate::builder::Builder;
use crate::diagnostics::{Diagnostics, nearest, quote};
use crate::format::csv::{Row, Table};
use crate::format::{Malformed, json};
use crate::node::{At, Kind, Node};
use crate::own;
use crate::shape::{Case, Single, Template, Text, Turn};

/// Columns that are not variables.
const COLUMNS: [&str; 10] =
    ["id", "prompt", "system", "reference", "tags", "weight", "cluster", "expected_facts", "checks", "assertions"];

impl Diagnostics {
    pub(crate) fn malformed(&mut self, malformed: Malformed) {
        self.push(malformed.at, malformed.message, malformed.hint);
    }
}

/// An array of items with literal prompts.
pub(crate) fn array(nodes: &[Node], builder: &mut Builder<'_>) {
    builder.criteria.lenient = true;
    for node in nodes {
        if builder.is_full() {
            return;
        }
        if let Some(single) = own::item(node, false, &mut builder.diagnostics) {
            builder.add_single(&single);
        }
    }
}

/// One JSON object a line. A line that is no JSON is a problem of its own and the next is read as usual.
pub(crate) fn lines(text: &str, builder: &mut Builder<'_>) {
    builder.criteria.lenient = true;
    each_line(text, |number, line| {
        match json::parse(line, number) {
            Ok(node) => {
                if let Some(single) = own::item(&node, false, &mut builder.diagnostics) {
                    builder.add_single(&single);
                }
            }
            Err(malformed) => builder.diagnostics.malformed(malformed),
        }
        !builder.is_full()
    });
}

/// A prompt a line; blank lines and whole-line `#` comments are skipped.
pub(crate) fn text(text: &str, builder: &mut Builder<'_>) {
    each_line(text, |number, line| {
        let line = line.trim();
        if !line.starts_with('#') {
            builder.add_single(&literal(Text { at: At::new(number, 1), text: line.to_owned() }));
        }
        !builder.is_full()
    });
}

fn literal(text: Text) -> Single {
    let at = text.at;
    let turns = vec![Turn { role: llm::request::Role::User, text }];
    Single {
        template: Template { at, turns, ..Template::default() },
        case: Case { at, ..Case::default() },
        templated: false,
    }
}

/// Calls with every line that is not blank and its number, until told to stop.
fn each_line(text: &str, mut take: impl FnMut(usize, &str) -> bool) {
    for (index, line) in text.lines().enumerate() {
        if !line.trim().is_empty() && !take(index + 1, line) {
            return;
        }
    }
}

/// A table of items. Columns with other names are variables; where there are any, prompts are templates.
pub(crate) fn table(text: &str, separator: u8, builder: &mut Builder<'_>) {
    let mut table = match Table::open(text, separator) {
        Ok(table) => table,
        Err(malformed) => return builder.diagnostics.malformed(malformed),
    };
    let Some(prompt) = table.columns.iter().position(|name| name == "prompt") else {
        let hint = match nearest("prompt", table.columns.iter().map(String::as_str)) {
            Some(near) => format!("rename {}", quote(near)),
            None if table.columns.len() == 1 => "columns are separated by commas (tabs in .tsv)".to_owned(),
            None => {
                "name the column of prompts `prompt`; a table of cases belongs into `cases_file` of a suite".to_owned()
            }
        };
        return builder.diagnostics.hinted(At::new(1, 0), "the header names no column `prompt`", hint);
    };
    remark_on_columns(&table.columns, &mut builder.diagnostics);
    let templated = table.columns.iter().any(|name| !COLUMNS.contains(&name.as_str()));
    while let Some(row) = table.next() {
        match row {
            Ok(row) => {
                let case = case_of(&table.columns, &row, &mut builder.diagnostics);
                let text = Text { at: row.at, text: row.fields.get(prompt).unwrap_or_default().to_owned() };
                let mut single = literal(text);
                single.case = case;
                single.templated = templated;
                builder.add_single(&single);
            }
            Err(malformed) => builder.diagnostics.malformed(malformed),
        }
        if builder.is_full() {
            return;
        }
    }
}

/// A table of cases for the prompts of a suite.
pub(crate) fn table_of_cases(text: &str, separator: u8, most: usize, diagnostics: &mut Diagnostics) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut table = match Table::open(text, separator) {
        Ok(table) => table,
        Err(malformed) => {
            diagnostics.malformed(malformed);
            return cases;
        }
    };
    remark_on_columns(&table.columns, diagnostics);
    while let Some(row) = table.next() {
        match row {
            Ok(row) => {
                let mut case = case_of(&table.columns, &row, diagnostics);
                // Beside a suite's own prompts a column of this name is a variable like any other.
                if let Some(index) = table.columns.iter().position(|name| name == "prompt") {
                    case.vars.insert("prompt".to_owned(), row.fields.get(index).unwrap_or_default().into());
                }
                cases.push(case);
            }
            Err(malformed) => diagnostics.malformed(malformed),
        }
        if cases.len() > most {
            break;
        }
    }
    cases
}

/// Cases as JSON objects, one a line.
pub(crate) fn lines_of_cases(text: &str, most: usize, diagnostics: &mut Diagnostics) -> Vec<Case> {
    let mut cases = Vec::new();
    each_line(text, |number, line| {
        match json::parse(line, number) {
            Ok(node) => cases.extend(own::case(&node, diagnostics)),
            Err(malformed) => diagnostics.malformed(malformed),
        }
        cases.len() <= most
    });
    cases
}

fn remark_on_columns(columns: &[String], diagnostics: &mut Diagnostics) {
    for name in columns.iter().filter(|name| !COLUMNS.contains(&name.as_str())) {
        if let Some(near) = nearest(name, COLUMNS) {
            let (name, near) = (quote(name), quote(near));
            diagnostics.remark(
                At::new(1, 0),
                format!("the column {name} is taken as a variable; if {near} is meant, name it so"),
            );
        }
    }
}

/// A row as a case: empty fields of known columns are absent, fields of other columns are variables.
fn case_of(columns: &[String], row: &Row, diagnostics: &mut Diagnostics) -> Case {
    let mut case = Case { at: row.at, ..Case::default() };
    let mut vars = Map::new();
    for (name, field) in columns.iter().zip(&row.fields) {
        let node = || Node::text(row.at, field);
        if !COLUMNS.contains(&name.as_str()) {
            vars.insert(name.clone(), field.into());
        } else if !field.trim().is_empty() {
            let split = |marks: &[char]| {
                let parts = field.split(marks).map(str::trim).filter(|part| !part.is_empty());
                parts.map(|part| Text { at: row.at, text: part.to_owned() }).collect::<Vec<_>>()
            };
            match name.as_str() {
                "id" => case.id = diagnostics.id(&node()),
                "system" => case.system = diagnostics.text(&node(), name),
                "reference" => case.reference = diagnostics.text(&node(), name),
                "tags" => case.tags = diagnostics.tags(&node()),
                "weight" => case.weight = diagnostics.weight(&node()),
                "cluster" => case.cluster = diagnostics.text(&node(), name),
                "expected_facts" => case.expected_facts = split(&[';']),
                "checks" | "assertions" => match json::parse(field, 1) {
                    Ok(mut node) => {
                        // Places within a field mean nothing to the reader of the table.
                        move_to(&mut node, row.at);
                        if let Kind::Map(_) = node.kind {
                            node = Node::new(row.at, Kind::List(vec![node]));
                        }
                        case.checks.extend(diagnostics.criteria(&node, name));
                    }
                    Err(malformed) => diagnostics.hinted(
                        row.at,
                        format!("the column {}: {}", quote(name), malformed.message),
                        "write a JSON list of checks and double every double quote in it",
                    ),
                },
                _ => {}
            }
        }
    }
    case.vars = vars;
    case
}

fn move_to(node: &mut Node, at: At) {
    node.at = at;
    if let Kind::List(values) = &mut node.kind {
        for value in values {
            value.at = at;
        }
    }
}

/// The separator of a table by its file's extension.
pub(crate) fn separator(path: &Path) -> u8 {
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tsv")) { b'\t' } else { b',' }
}
