//! `prompts`: inline, as files, and as conversations in JSON.

use std::path::Path;

use crate::diagnostics::{Diagnostics, quote};
use crate::format::json;
use crate::load;
use crate::node::{At, Kind, Node};
use crate::promptfoo::Place;
use crate::shape::{Template, Text, Turn};

/// Every prompt there is.
pub(super) fn read(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Vec<Template> {
    match &node.kind {
        Kind::List(nodes) => nodes.iter().flat_map(|node| one(node, place, diagnostics)).collect(),
        _ => one(node, place, diagnostics),
    }
}

fn one(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Vec<Template> {
    let (text, id) = match &node.kind {
        Kind::Text(text) => (text.as_str(), None),
        Kind::Map(entries) => {
            let (mut text, mut id) = (None, None);
            for entry in entries {
                match (entry.key.as_str(), &entry.value.kind) {
                    ("raw" | "id", Kind::Text(raw)) if text.is_none() || entry.key == "raw" => {
                        text = Some(raw.as_str())
                    }
                    ("label", _) => id = diagnostics.id(&entry.value),
                    (key, _) => diagnostics.dropped(entry.at, &format!("the key {} of a prompt", quote(key))),
                }
            }
            let Some(text) = text else {
                diagnostics.dropped(node.at, "a prompt without text");
                return Vec::new();
            };
            (text, id)
        }
        _ => {
            diagnostics.dropped(node.at, &format!("a prompt that is {}", node.what()));
            return Vec::new();
        }
    };
    let texts = match file(text) {
        Some(path) => from_file(path, node.at, place, diagnostics),
        None => vec![text.to_owned()],
    };
    let many = texts.len() > 1;
    texts
        .into_iter()
        .enumerate()
        .filter_map(|(index, text)| {
            let mut template = template(&text, node.at, diagnostics)?;
            template.id = id.clone().map(|mut id| {
                if many {
                    id.text = format!("{}-{}", id.text, index + 1);
                }
                id
            });
            Some(template)
        })
        .collect()
}

/// The path, when a text is a reference to a file.
fn file(text: &str) -> Option<&str> {
    let text = text.trim();
    if let Some(path) = text.strip_prefix("file://") {
        return Some(path);
    }
    let extensions = ["txt", "json", "md", "js", "mjs", "cjs", "ts", "py", "yaml", "yml", "csv", "jsonl"];
    let looks_like = !text.contains(char::is_whitespace) && has_extension(text, &extensions);
    looks_like.then_some(text)
}

/// Whether a path ends in one of the extensions.
pub(super) fn has_extension(path: &str, extensions: &[&str]) -> bool {
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| extensions.iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

fn from_file(path: &str, at: At, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Vec<String> {
    if !has_extension(path, &["txt", "md", "json", "j2"]) || path.contains(['*', '?', '[']) {
        diagnostics.dropped(
            at,
            &format!("the prompt in {}: only single .txt, .md, .j2 and .json files are read", quote(path)),
        );
        return Vec::new();
    }
    let Some(text) = text_of(path, at, place, diagnostics) else { return Vec::new() };
    if has_extension(path, &["txt"]) {
        // promptfoo keeps several prompts in one text file, with dashes between them.
        let mut prompts = vec![String::new()];
        for line in text.lines() {
            match (line.trim() == "---", prompts.last_mut()) {
                (true, _) => prompts.push(String::new()),
                (false, Some(prompt)) => {
                    prompt.push_str(line);
                    prompt.push('\n');
                }
                (false, None) => {}
            }
        }
        return prompts.into_iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect();
    }
    vec![text.trim().to_owned()]
}

/// A text file beside the configuration; a problem when it cannot be read.
pub(super) fn text_of(path: &str, at: At, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let found = load::beside(path, place.base)
        .map_err(|message| (message, "copy it into the configuration's folder".to_owned()))
        .and_then(|file| load::read(&file, place.options.max_bytes));
    match found {
        Ok(text) => Some(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned)),
        Err((message, hint)) => {
            diagnostics.hinted(at, format!("the file {} cannot be read: {message}", quote(path)), hint);
            None
        }
    }
}

/// A conversation when the text is a JSON list of messages, a prompt otherwise.
fn template(text: &str, at: At, diagnostics: &mut Diagnostics) -> Option<Template> {
    let mut template = Template { at, ..Template::default() };
    if text.trim_start().starts_with('[')
        && let Ok(mut node) = json::parse(text, 1)
        && matches!(&node.kind, Kind::List(nodes) if nodes.iter().all(|node| node.get("role").is_some()))
    {
        place_at(&mut node, at);
        let before = diagnostics.count();
        let (system, turns) = diagnostics.messages(&node);
        template.system = system;
        template.turns = turns;
        return (diagnostics.count() == before).then_some(template);
    }
    template.turns = vec![Turn { role: llm::request::Role::User, text: Text { at, text: text.to_owned() } }];
    Some(template)
}

/// Gives every value the place of the text it stands in.
fn place_at(node: &mut Node, at: At) {
    node.at = at;
    match &mut node.kind {
        Kind::List(nodes) => nodes.iter_mut().for_each(|node| place_at(node, at)),
        Kind::Map(entries) => entries.iter_mut().for_each(|entry| {
            entry.at = at;
            place_at(&mut entry.value, at);
        }),
        _ => {}
    }
}
