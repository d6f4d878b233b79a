//! `docs/checks.md`: every type has a section, every key is named in it, every example says what the page says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use checks::{Check, CheckResult, CheckSpec, ExternalTask, SubjectCost, script};
use serde_json::{Value, json};
use support::Answer;

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/checks.md");
    std::fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

/// A fenced block: the words after the fence, and its text.
struct Block {
    line: usize,
    info: String,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, Block)> = None;
    for (number, line) in page.lines().enumerate() {
        match &mut open {
            None => {
                let fence: String = line.chars().take_while(|&char| char == '`').collect();
                if fence.len() >= 3 {
                    let info = line[fence.len()..].trim().to_owned();
                    open = Some((fence, Block { line: number + 1, info, text: String::new() }));
                }
            }
            Some((fence, _)) if line.trim() == fence => blocks.extend(open.take().map(|(_, block)| block)),
            Some((_, block)) => {
                if !block.text.is_empty() {
                    block.text.push('\n');
                }
                block.text.push_str(line);
            }
        }
    }
    assert!(open.is_none(), "a fence does not end");
    blocks
}

fn shown(result: &CheckResult) -> String {
    match (result.passed, result.error_kind) {
        (Some(true), None) => format!("pass: {}", result.message),
        (Some(false), None) => format!("fail: {}", result.message),
        (None, Some(kind)) => {
            format!("not evaluated ({}): {}", kind.as_str(), result.error.as_deref().unwrap_or_default())
        }
        other => panic!("{other:?}"),
    }
}

fn subject(output: &str, item: &Value) -> Answer {
    let mut answer = Answer::new(output);
    for (key, value) in item.as_object().unwrap() {
        match key.as_str() {
            "outcome" => answer.outcome = serde_json::from_value(value.clone()).unwrap(),
            "reference" => answer.reference = value.as_str().map(str::to_owned),
            "latency_ms" => answer.latency_ms = value.as_f64(),
            "ttft_ms" => answer.ttft_ms = value.as_f64(),
            "tokens_per_second" => answer.tokens_per_second = value.as_f64(),
            "cost" => answer.cost = SubjectCost::Known(value.as_f64().unwrap()),
            "tool_calls" => {
                answer.tool_calls = value
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|call| llm::outcome::ToolCall {
                        id: None,
                        name: call["name"].as_str().unwrap().to_owned(),
                        arguments: call["arguments"].as_str().unwrap().to_owned(),
                    })
                    .collect();
            }
            "external" => answer.external = serde_json::from_value(value.clone()).unwrap(),
            other => panic!("the page has an item with {other}"),
        }
    }
    answer
}

#[test]
fn every_example_says_what_the_page_says() {
    let folder = tempfile::tempdir().unwrap();
    let (mut check, mut spec, mut item, mut answer) = (None, Value::Null, json!({}), None);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for block in blocks(&page()) {
        let line = block.line;
        let words: Vec<&str> = block.info.split(' ').collect();
        match words.as_slice() {
            ["json", "check"] => {
                spec = serde_json::from_str(&block.text).unwrap_or_else(|error| panic!("line {line}: {error}"));
                let compiled = CheckSpec::from_value(spec.clone()).and_then(|spec| Check::compile(&spec));
                check = Some(compiled.unwrap_or_else(|fault| panic!("line {line}: {fault:?}")));
                item = json!({});
            }
            ["json", "item"] => item = serde_json::from_str(&block.text).unwrap(),
            ["sh", "script", name] => std::fs::write(folder.path().join(name), &block.text).unwrap(),
            ["text", "answer"] => answer = Some(block.text),
            ["text", "result"] => {
                let check = check.as_ref().unwrap();
                let mut answer = subject(&answer.take().unwrap(), &item);
                for external in check.externals(0) {
                    if let ExternalTask::Script(mut script) = external.task {
                        if cfg!(not(unix)) {
                            continue;
                        }
                        script.base = Some(folder.path().to_path_buf());
                        let row = json!({"output": answer.output}).to_string();
                        answer.external.insert(external.path, script::run(&script, row.as_bytes()));
                    }
                }
                if cfg!(unix) || check.kind() != "script" {
                    assert_eq!(shown(&check.evaluate(0, &answer.subject())), block.text, "line {line}: {spec}");
                }
                *seen.entry(check.kind().to_owned()).or_default() += 1;
            }
            ["sh"] => {}
            other => panic!("line {line}: what is {other:?}?"),
        }
    }
    for name in checks::type_names() {
        assert!(seen.contains_key(name), "`{name}` has no example");
    }
}

#[test]
fn every_type_and_every_key_is_described() {
    let page = page();
    for name in checks::type_names() {
        let heading = format!("\n### `{name}`\n");
        let section = page.split_once(&heading).unwrap_or_else(|| panic!("`{name}` has no section")).1;
        let section = section.split("\n## ").next().unwrap().split("\n### ").next().unwrap();
        let keys = section.split_once("Keys: ").unwrap_or_else(|| panic!("`{name}` lists no keys")).1;
        let keys = keys.split("\n\n").next().unwrap();
        for key in checks::type_keys(name).unwrap() {
            // Taken for the predecessor's sake and without meaning: see `kinds`.
            let idle =
                ["json_valid", "json_schema", "min_length_chars", "max_length_chars", "latency_under", "cost_under"];
            if idle.contains(&name) && (*key == "case_sensitive" || name == "json_valid") {
                continue;
            }
            assert!(
                keys.contains(&format!("`{key}`")),
                "`{name}` has the key `{key}` and its section does not list it"
            );
        }
    }
}
