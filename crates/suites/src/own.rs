//! Our own form of a suite, the same in YAML, TOML and JSON: settings, then prompts with cases, or items.

use llm::request::{Effort, Role};

use crate::diagnostics::{Diagnostics, nearest, quote};
use crate::node::{At, Entry, Kind, Node, to_map};
use crate::shape::{Case, Shape, Single, Template, Text, Turn};
use crate::template::has_markup;

const SUITE_KEYS: [&str; 8] = ["name", "description", "defaults", "prompt", "prompts", "cases", "cases_file", "items"];
const DEFAULT_KEYS: [&str; 17] = [
    "system",
    "models",
    "runs",
    "temperatures",
    "temperature",
    "max_output_tokens",
    "top_p",
    "stop",
    "effort",
    "seed",
    "judges",
    "judge_criteria",
    "max_cost",
    "checks",
    "tags",
    "weight",
    "cluster",
];
const TEMPLATE_KEYS: [&str; 6] = ["id", "template", "prompt", "messages", "system", "checks"];
const CASE_KEYS: [&str; 9] =
    ["id", "vars", "reference", "expected_facts", "tags", "weight", "cluster", "checks", "system"];
const ITEM_KEYS: [&str; 13] = [
    "id",
    "prompt",
    "messages",
    "system",
    "reference",
    "expected_facts",
    "tags",
    "weight",
    "cluster",
    "checks",
    "assertions",
    "vars",
    "literal",
];

/// What stands in a key that names a file of cases.
pub(crate) struct CasesFile {
    pub(crate) path: Text,
}

/// Reads the object form. Cases that stand in another file are named, not read.
pub(crate) fn read(entries: &[Entry], top: At, diagnostics: &mut Diagnostics) -> (Shape, Option<CasesFile>) {
    let mut shape = Shape::default();
    let (mut file, mut prompts, mut items, mut cases) = (None, None, None, None);
    for entry in entries {
        let (key, value) = (entry.key.as_str(), &entry.value);
        match key {
            "name" => shape.name = diagnostics.text(value, key).map(|text| text.text),
            "description" => shape.description = diagnostics.text(value, key).map(|text| text.text),
            "defaults" => defaults(value, &mut shape, diagnostics),
            "prompt" | "prompts" if prompts.is_some() => {
                diagnostics.hinted(entry.at, "`prompt` and `prompts` are the same key", "keep one of them");
            }
            "prompt" | "prompts" => {
                prompts = Some(entry);
                shape.templates = templates(value, key, diagnostics);
            }
            "cases" => {
                cases = Some(entry);
                let nodes = diagnostics.list(value, key);
                shape.cases = Some(nodes.iter().filter_map(|node| case(node, diagnostics)).collect());
                if nodes.is_empty() {
                    diagnostics.hinted(entry.at, "`cases` is empty", "add a case, or remove the key");
                }
            }
            "cases_file" => file = diagnostics.text(value, key).map(|path| CasesFile { path }),
            "items" => {
                items = Some(entry);
                for node in diagnostics.list(value, key) {
                    if let Some(single) = item(node, true, diagnostics) {
                        shape.singles.push(single);
                    }
                }
            }
            _ => diagnostics.unknown(entry, "a suite", &SUITE_KEYS),
        }
    }
    if let (Some(entry), Some(_)) = (cases, &file) {
        diagnostics.hinted(entry.at, "a suite has `cases` or `cases_file`, not both", "move them into one place");
    }
    if let (None, Some(entry)) = (prompts, cases) {
        diagnostics.hinted(
            entry.at,
            "there are cases and no `prompts` to fill with them",
            "add `prompts`, or write `items`",
        );
    } else if let (None, Some(file)) = (prompts, &file) {
        diagnostics.hinted(
            file.path.at,
            "there are cases and no `prompts` to fill with them",
            "add `prompts`, or write `items`",
        );
    } else if prompts.is_none() && items.is_none() {
        diagnostics.hinted(
            top,
            "the suite has neither `prompts` nor `items`: there is nothing to run",
            "add at least one prompt",
        );
    }
    (shape, file)
}

fn defaults(node: &Node, shape: &mut Shape, diagnostics: &mut Diagnostics) {
    let Some(entries) = diagnostics.entries(node, "`defaults`") else { return };
    let Shape { defaults, shared, .. } = shape;
    for entry in entries {
        let (key, value) = (entry.key.as_str(), &entry.value);
        match key {
            "system" => defaults.system = diagnostics.text(value, key).map(|text| text.text),
            "models" => defaults.models = diagnostics.joined(value, key),
            "judges" => defaults.judges = diagnostics.joined(value, key),
            "judge_criteria" => {
                defaults.judge_criteria = diagnostics.texts(value, key).into_iter().map(|text| text.text).collect();
            }
            "runs" => defaults.runs = narrow(diagnostics.whole(value, key, 1, 100_000)),
            "max_output_tokens" => {
                defaults.max_output_tokens = narrow(diagnostics.whole(value, key, 1, u64::from(u32::MAX)));
            }
            "seed" => defaults.seed = diagnostics.whole(value, key, 0, u64::MAX),
            "temperature" | "temperatures" if defaults.temperatures.is_some() => {
                diagnostics.hinted(entry.at, "`temperature` and `temperatures` are the same key", "keep one of them");
            }
            "temperature" | "temperatures" => defaults.temperatures = temperatures(value, key, diagnostics),
            "top_p" => {
                defaults.top_p = diagnostics.number(value, key);
                if defaults.top_p.is_some_and(|mass| mass <= 0.0 || mass > 1.0) {
                    diagnostics.problem(value.at, "`top_p` must be above 0 and at most 1");
                }
            }
            "max_cost" => {
                defaults.max_cost = diagnostics.number(value, key);
                if defaults.max_cost.is_some_and(|cost| cost < 0.0) {
                    diagnostics.problem(value.at, "`max_cost` must not be negative");
                }
            }
            "stop" => defaults.stop = diagnostics.texts(value, key).into_iter().map(|text| text.text).collect(),
            "effort" => defaults.effort = effort(value, diagnostics),
            "checks" | "assertions" => shared.checks.extend(diagnostics.criteria(value, key)),
            "tags" => shared.tags = diagnostics.tags(value),
            "weight" => shared.weight = diagnostics.weight(value),
            "cluster" => shared.cluster = diagnostics.text(value, key),
            "vars" => {
                if let Some(entries) = diagnostics.entries(value, "`vars`") {
                    shared.vars = to_map(entries);
                }
            }
            _ => diagnostics.unknown(entry, "`defaults`", &DEFAULT_KEYS),
        }
    }
}

fn narrow(whole: Option<u64>) -> Option<u32> {
    whole.and_then(|whole| u32::try_from(whole).ok())
}

fn temperatures(node: &Node, key: &str, diagnostics: &mut Diagnostics) -> Option<Vec<f64>> {
    let values: Vec<f64> = match &node.kind {
        Kind::List(values) => values.iter().filter_map(|value| diagnostics.number(value, key)).collect(),
        _ => diagnostics.number(node, key).into_iter().collect(),
    };
    (!values.is_empty()).then_some(values)
}

fn effort(node: &Node, diagnostics: &mut Diagnostics) -> Option<Effort> {
    use Effort::{High, Low, Max, Medium, Minimal, None as Never, Xhigh};
    let text = diagnostics.text(node, "effort")?;
    let all = [Never, Minimal, Low, Medium, High, Xhigh, Max];
    let found = all.into_iter().find(|effort| effort.as_str() == text.text);
    if found.is_none() {
        let hint = nearest(&text.text, all.iter().map(|effort| effort.as_str())).map_or_else(
            || "the efforts are none, minimal, low, medium, high, xhigh and max".to_owned(),
            |near| format!("did you mean {}?", quote(near)),
        );
        diagnostics.hinted(text.at, format!("there is no effort {}", quote(&text.text)), hint);
    }
    found
}

/// `prompts`: one template or a list of them, each a text or an object.
fn templates(node: &Node, key: &str, diagnostics: &mut Diagnostics) -> Vec<Template> {
    match &node.kind {
        Kind::List(values) => {
            if values.is_empty() {
                diagnostics.hinted(
                    node.at,
                    format!("{} is empty: there is nothing to run", quote(key)),
                    "add at least one prompt",
                );
            }
            values.iter().filter_map(|value| template(value, key, diagnostics)).collect()
        }
        Kind::Null => {
            diagnostics.hinted(
                node.at,
                format!("{} is empty: there is nothing to run", quote(key)),
                "add at least one prompt",
            );
            Vec::new()
        }
        _ => template(node, key, diagnostics).into_iter().collect(),
    }
}

fn template(node: &Node, key: &str, diagnostics: &mut Diagnostics) -> Option<Template> {
    let mut template = Template { at: node.at, ..Template::default() };
    let Kind::Map(entries) = &node.kind else {
        template.turns = vec![user(diagnostics.text(node, key).or_else(|| {
            if matches!(node.kind, Kind::Null) {
                diagnostics.hinted(node.at, "the prompt is empty", "write what the model is asked, or remove it");
            }
            None
        })?)];
        return Some(template);
    };
    let before = diagnostics.count();
    for entry in entries {
        let (key, value) = (entry.key.as_str(), &entry.value);
        match key {
            "id" => template.id = diagnostics.id(value),
            "template" | "prompt" => template.turns.extend(diagnostics.text(value, key).map(user)),
            "messages" => messages(value, &mut template, diagnostics),
            "system" => template.system = diagnostics.text(value, key),
            "checks" | "assertions" => template.checks = diagnostics.criteria(value, key),
            _ => diagnostics.unknown(entry, "a prompt", &TEMPLATE_KEYS),
        }
    }
    has_turns(template, &["template", "prompt", "messages"], node, before, diagnostics)
}

fn user(text: Text) -> Turn {
    Turn { role: Role::User, text }
}

fn messages(node: &Node, template: &mut Template, diagnostics: &mut Diagnostics) {
    let (system, turns) = diagnostics.messages(node);
    template.turns.extend(turns);
    if system.is_some() {
        template.system = system;
    }
}

/// A template with exactly one of the keys that say what is sent.
fn has_turns(
    template: Template,
    keys: &[&str],
    node: &Node,
    before: usize,
    diagnostics: &mut Diagnostics,
) -> Option<Template> {
    let present: Vec<&str> = keys.iter().copied().filter(|key| node.get(key).is_some()).collect();
    if let [one, two, ..] = present.as_slice() {
        diagnostics.hinted(
            node.at,
            format!("{} and {} both say what is sent", quote(one), quote(two)),
            "keep one of them",
        );
        return None;
    }
    if template.turns.is_empty() {
        if diagnostics.count() == before {
            let (message, hint) = if present.is_empty() {
                ("there is no prompt here", "add `prompt` or `messages`")
            } else {
                ("the prompt is empty", "write what the model is asked, or remove it")
            };
            diagnostics.hinted(node.at, message, hint);
        }
        return None;
    }
    Some(template)
}

/// One case: known keys, and every other key is a variable.
pub(crate) fn case(node: &Node, diagnostics: &mut Diagnostics) -> Option<Case> {
    let entries = diagnostics.entries(node, "a case")?;
    let mut case = Case { at: node.at, ..Case::default() };
    for entry in entries {
        if !case_key(entry, &mut case, diagnostics) {
            if let Some(near) = diagnostics.near(&entry.key, &CASE_KEYS) {
                let (key, near) = (quote(&entry.key), quote(near));
                diagnostics.remark(entry.at, format!("{key} is taken as a variable; if {near} is meant, write that"));
            }
            case.vars.insert(entry.key.clone(), entry.value.to_value());
        }
    }
    Some(case)
}

/// Takes a key that cases and items have in common.
fn case_key(entry: &Entry, case: &mut Case, diagnostics: &mut Diagnostics) -> bool {
    let (key, value) = (entry.key.as_str(), &entry.value);
    match key {
        "id" => case.id = diagnostics.id(value),
        "vars" => {
            if let Some(entries) = diagnostics.entries(value, "`vars`") {
                case.vars.extend(to_map(entries));
            }
        }
        "reference" => case.reference = diagnostics.text(value, key),
        "expected_facts" => case.expected_facts = diagnostics.texts(value, key),
        "tags" => case.tags = diagnostics.tags(value),
        "weight" => case.weight = diagnostics.weight(value),
        "cluster" => case.cluster = diagnostics.text(value, key),
        "system" => case.system = diagnostics.text(value, key),
        "checks" | "assertions" => case.checks.extend(diagnostics.criteria(value, key)),
        _ => return false,
    }
    true
}

/// One item. In our own form (`strict`) an unknown key is a mistake, and `vars` make its texts templates;
/// in the predecessor's array and in JSONL unknown keys are remarked on and texts are literal.
pub(crate) fn item(node: &Node, strict: bool, diagnostics: &mut Diagnostics) -> Option<Single> {
    let before = diagnostics.count();
    if strict && let Kind::Text(_) = node.kind {
        let template = template(node, "items", diagnostics)?;
        return Some(Single { template, case: Case { at: node.at, ..Case::default() }, templated: false });
    }
    let entries = diagnostics.entries(node, "an item")?;
    let mut template = Template { at: node.at, ..Template::default() };
    let mut case = Case { at: node.at, ..Case::default() };
    let mut literal = None;
    for entry in entries {
        let (key, value) = (entry.key.as_str(), &entry.value);
        match key {
            "prompt" => match &value.kind {
                Kind::Text(_) | Kind::Null => template.turns.extend(diagnostics.text(value, key).map(user)),
                _ => diagnostics.problem(value.at, format!("`prompt` must be a text; this is {}", value.what())),
            },
            "messages" => messages(value, &mut template, diagnostics),
            "literal" if strict => literal = diagnostics.truth(value, key),
            _ if case_key(entry, &mut case, diagnostics) => {}
            _ if strict => diagnostics.unknown(entry, "an item", &ITEM_KEYS),
            _ => diagnostics.ignored(entry, &ITEM_KEYS),
        }
    }
    let template = has_turns(template, &["prompt", "messages"], node, before, diagnostics)?;
    let templated = strict && node.get("vars").is_some() && literal != Some(true);
    if strict && !templated && literal.is_none() && template.turns.iter().any(|turn| has_markup(&turn.text.text)) {
        diagnostics.remark(
            node.at,
            "a prompt under `items` without `vars` is sent as written, double braces included; add `vars` to make it a template",
        );
    }
    Some(Single { template, case, templated })
}
