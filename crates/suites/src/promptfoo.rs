//! Import of promptfoo configurations: what has an equivalent becomes a suite, and everything else
//! is named in the suite's notes, with how often it occurs and where first.

mod asserts;
mod prompts;
mod tests;

use std::path::Path;

use crate::diagnostics::{Diagnostics, quote};
use crate::node::{At, Entry, Kind, Node};
use crate::shape::Shape;
use crate::suite::LoadOptions;

/// Whether an object is a promptfoo configuration: it has keys that only those have.
pub(crate) fn is_one(entries: &[Entry]) -> bool {
    let has = |key: &str| entries.iter().any(|entry| entry.key == key);
    let theirs = ["providers", "targets", "tests", "defaultTest", "scenarios"];
    theirs.iter().any(|key| has(key)) && !["defaults", "cases", "cases_file", "items"].iter().any(|key| has(key))
}

/// Where a configuration stands and what may be read beside it.
pub(crate) struct Place<'p> {
    pub(crate) base: &'p Path,
    pub(crate) options: &'p LoadOptions,
    /// The whole configuration, for `$ref`.
    pub(crate) root: &'p Node,
}

impl Diagnostics {
    /// A part of the configuration that was not taken over.
    pub(crate) fn dropped(&mut self, at: At, what: &str) {
        self.remark(at, format!("not imported: {what}"));
    }
}

/// Reads a configuration.
pub(crate) fn read(entries: &[Entry], place: &Place<'_>, diagnostics: &mut Diagnostics) -> Shape {
    let mut shape = Shape::default();
    let mut cases = Vec::new();
    let mut has_tests = false;
    for entry in entries {
        let (key, value) = (entry.key.as_str(), &entry.value);
        match key {
            // Templates of assertions are taken where a `$ref` names them.
            "$schema" | "assertionTemplates" => {}
            "description" => shape.description = diagnostics.text(value, key).map(|text| text.text),
            "prompts" => shape.templates = prompts::read(value, place, diagnostics),
            "providers" | "targets" => providers(value, &mut shape, diagnostics),
            "defaultTest" => tests::default_test(value, &mut shape, place, diagnostics),
            "tests" => {
                has_tests = true;
                cases.extend(tests::read(value, place, diagnostics));
            }
            "scenarios" => {
                has_tests = true;
                cases.extend(tests::scenarios(value, place, diagnostics));
            }
            _ => diagnostics.dropped(entry.at, &format!("the key {}", quote(key))),
        }
    }
    if has_tests {
        tests::name(&mut cases);
        shape.cases = Some(cases);
    }
    shape
}

/// `providers`: the ones with an equivalent become `models`, their common settings the suite's.
fn providers(node: &Node, shape: &mut Shape, diagnostics: &mut Diagnostics) {
    let alone = std::slice::from_ref(node);
    let nodes = match &node.kind {
        Kind::List(nodes) => nodes.as_slice(),
        _ => alone,
    };
    let mut models: Vec<String> = Vec::new();
    let (mut temperatures, mut maxima) = (Vec::new(), Vec::new());
    for node in nodes {
        let (id, config) = match &node.kind {
            Kind::Text(id) => (Some(id.clone()), None),
            Kind::Map(entries) => match (node.get("id"), entries.as_slice()) {
                (Some(id), _) => (diagnostics.text(id, "id").map(|id| id.text), node.get("config")),
                // The short form: the id is the key, and its value what else there is.
                (None, [entry]) => (Some(entry.key.clone()), entry.value.get("config")),
                (None, _) => (None, None),
            },
            _ => (None, None),
        };
        let Some(id) = id else {
            diagnostics.dropped(node.at, "a provider without an `id`");
            continue;
        };
        let Some(model) = model(&id) else {
            diagnostics.dropped(node.at, &format!("the provider {}, which has no equivalent here", quote(&id)));
            continue;
        };
        if !models.contains(&model) {
            models.push(model);
        }
        let (mut temperature, mut maximum) = (None, None);
        if let Some(Node { kind: Kind::Map(entries), .. }) = config {
            for entry in entries {
                match entry.key.as_str() {
                    "temperature" => temperature = diagnostics.number(&entry.value, "temperature"),
                    "max_tokens" | "max_output_tokens" | "max_completion_tokens" => {
                        maximum = diagnostics.whole(&entry.value, &entry.key, 1, u64::from(u32::MAX));
                    }
                    key => diagnostics.dropped(entry.at, &format!("the setting {} of a provider", quote(key))),
                }
            }
        }
        temperatures.push(temperature);
        maxima.push(maximum);
    }
    shape.defaults.models = (!models.is_empty()).then(|| models.join(","));
    match common(&temperatures) {
        Ok(temperature) => shape.defaults.temperatures = temperature.map(|temperature| vec![temperature]),
        Err(()) => diagnostics.dropped(node.at, "temperatures that differ between providers"),
    }
    match common(&maxima) {
        Ok(maximum) => shape.defaults.max_output_tokens = maximum.and_then(|maximum| u32::try_from(maximum).ok()),
        Err(()) => diagnostics.dropped(node.at, "output limits that differ between providers"),
    }
}

/// The value that all have, if they all have the same.
fn common<T: PartialEq + Copy>(values: &[Option<T>]) -> Result<Option<T>, ()> {
    match values {
        [] => Ok(None),
        [first, rest @ ..] if rest.iter().all(|value| value == first) => Ok(*first),
        _ => Err(()),
    }
}

/// A provider's id in our words.
fn model(id: &str) -> Option<String> {
    let (provider, rest) = id.split_once(':')?;
    let (kind, name) = rest.split_once(':').unwrap_or(("", rest));
    let plain = |ours: &str| (!rest.is_empty()).then(|| format!("{ours}:{rest}"));
    let chat = |ours: &str, kinds: &[&str]| {
        if kind.is_empty() {
            plain(ours)
        } else {
            (kinds.contains(&kind) && !name.is_empty()).then(|| format!("{ours}:{name}"))
        }
    };
    match provider {
        "openai" => chat("openai", &["chat", "responses"]),
        "anthropic" => chat("anthropic", &["messages"]),
        // Ollama writes sizes after a colon: `ollama:llama3:8b` names one model.
        "ollama" if matches!(kind, "chat" | "completion") => Some(format!("local/{name}")),
        "ollama" if kind == "embeddings" => None,
        "ollama" => Some(format!("local/{rest}")),
        "google" => chat("google", &["gemini"]),
        "openrouter" => plain("openrouter"),
        "mistral" | "deepseek" | "groq" | "xai" => chat(provider, &["chat"]),
        _ => None,
    }
}
