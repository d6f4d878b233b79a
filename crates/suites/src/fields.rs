//! Reading typed values out of a tree: every function reports what is wrong and goes on.

use checks::CheckSpec;
use llm::request::Role;

use crate::diagnostics::{Diagnostics, listed, nearest, quote};
use crate::node::{At, Entry, Kind, Node, to_map};
use crate::shape::{Criterion, Text, Turn};

/// Longest id, in characters: it is printed in tables and file names are made of it.
const MAX_ID: usize = 200;

impl Diagnostics {
    fn must_be(&mut self, node: &Node, key: &str, wanted: &str) {
        self.problem(node.at, format!("{} must be {wanted}; this is {}", quote(key), node.what()));
    }

    /// The entries of an object.
    pub(crate) fn entries<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Entry]> {
        if let Kind::Map(entries) = &node.kind {
            return Some(entries);
        }
        self.problem(node.at, format!("{what} must be an object with keys; this is {}", node.what()));
        None
    }

    /// The values of a list.
    pub(crate) fn list<'n>(&mut self, node: &'n Node, key: &str) -> &'n [Node] {
        match &node.kind {
            Kind::List(values) => values,
            Kind::Null => &[],
            _ => {
                self.must_be(node, key, "a list");
                &[]
            }
        }
    }

    /// A text; a number or truth value is taken as it is spelled, nothing as absent.
    pub(crate) fn text(&mut self, node: &Node, key: &str) -> Option<Text> {
        let text = match &node.kind {
            Kind::Text(text) => text.clone(),
            Kind::Number(_, raw) => raw.to_string(),
            Kind::Bool(value) => value.to_string(),
            Kind::Null => return None,
            _ => {
                self.must_be(node, key, "a text");
                return None;
            }
        };
        Some(Text { at: node.at, text })
    }

    /// A list of texts, or one text alone.
    pub(crate) fn texts(&mut self, node: &Node, key: &str) -> Vec<Text> {
        match &node.kind {
            Kind::List(values) => values.iter().filter_map(|value| self.text(value, key)).collect(),
            _ => self.text(node, key).into_iter().collect(),
        }
    }

    /// A comma-separated list: a text as it is, or a list joined.
    pub(crate) fn joined(&mut self, node: &Node, key: &str) -> Option<String> {
        let texts: Vec<String> = self.texts(node, key).into_iter().map(|text| text.text.trim().to_owned()).collect();
        let joined = texts.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(",");
        if joined.is_empty() && !matches!(node.kind, Kind::Null) {
            self.problem(node.at, format!("{} names nothing", quote(key)));
        }
        (!joined.is_empty()).then_some(joined)
    }

    /// An id: one short line.
    pub(crate) fn id(&mut self, node: &Node) -> Option<Text> {
        let mut id = self.text(node, "id")?;
        id.text = id.text.trim().to_owned();
        self.check_id(id)
    }

    pub(crate) fn check_id(&mut self, id: Text) -> Option<Text> {
        if id.text.is_empty() {
            self.hinted(id.at, "the id is empty", "leave it out, and items are named p1, p2, …");
            return None;
        }
        if id.text.chars().any(char::is_control) || id.text.chars().count() > MAX_ID {
            self.problem(id.at, format!("the id {} must be one line of at most {MAX_ID} characters", quote(&id.text)));
            return None;
        }
        Some(id)
    }

    /// A finite number, possibly spelled as a text (CSV has nothing else).
    pub(crate) fn number(&mut self, node: &Node, key: &str) -> Option<f64> {
        let number = match &node.kind {
            Kind::Number(number, _) => number.as_f64(),
            Kind::Text(text) => text.trim().parse().ok(),
            Kind::Null => return None,
            _ => None,
        };
        let number = number.filter(|number: &f64| number.is_finite());
        if number.is_none() {
            match &node.kind {
                Kind::Text(text) => {
                    self.problem(node.at, format!("{} must be a number; this is {}", quote(key), quote(text)));
                }
                _ => self.must_be(node, key, "a number"),
            }
        }
        number
    }

    /// True or false.
    pub(crate) fn truth(&mut self, node: &Node, key: &str) -> Option<bool> {
        match node.kind {
            Kind::Bool(value) => Some(value),
            Kind::Null => None,
            _ => {
                self.must_be(node, key, "true or false");
                None
            }
        }
    }

    /// A positive number.
    pub(crate) fn weight(&mut self, node: &Node) -> Option<f64> {
        let weight = self.number(node, "weight")?;
        if weight <= 0.0 {
            self.hinted(
                node.at,
                format!("the weight {weight} is not positive"),
                "write a number above 0; leave an item out with --filter or a tag",
            );
            return None;
        }
        Some(weight)
    }

    /// A whole number from `least` to `most`.
    pub(crate) fn whole(&mut self, node: &Node, key: &str, least: u64, most: u64) -> Option<u64> {
        if matches!(node.kind, Kind::Null) {
            return None;
        }
        let whole = match &node.kind {
            Kind::Number(number, _) => number.as_u64(),
            _ => None,
        };
        let whole = whole.filter(|whole| (least..=most).contains(whole));
        if whole.is_none() {
            self.problem(node.at, format!("{} must be a whole number from {least} to {most}", quote(key)));
        }
        whole
    }

    /// Tags: a list, or one text with commas.
    pub(crate) fn tags(&mut self, node: &Node) -> Vec<String> {
        let mut tags = Vec::new();
        match &node.kind {
            Kind::List(values) => {
                for value in values {
                    if let Some(tag) = self.text(value, "tags") {
                        self.tag(&tag.text, tag.at, &mut tags);
                    }
                }
            }
            _ => {
                if let Some(text) = self.text(node, "tags") {
                    for tag in text.text.split([',', ';', '|']).filter(|tag| !tag.trim().is_empty()) {
                        self.tag(tag, text.at, &mut tags);
                    }
                }
            }
        }
        tags
    }

    fn tag(&mut self, tag: &str, at: At, tags: &mut Vec<String>) {
        let tag = tag.trim();
        if tag.is_empty() || tag.starts_with('!') || tag.contains([',', '\n']) || tag.chars().count() > MAX_ID {
            self.hinted(
                at,
                format!("{} cannot be a tag", quote(tag)),
                "a tag is a short text without commas that does not begin with `!`, so that --tags can name it",
            );
        } else if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }

    /// Checks: a list of objects. An object of one key that is a check's type is short for that type
    /// and its value, and a text is read like `--check`.
    pub(crate) fn criteria(&mut self, node: &Node, key: &str) -> Vec<Criterion> {
        if let Kind::Map(_) = &node.kind {
            self.hinted(
                node.at,
                format!("{} must be a list of checks; this is one object", quote(key)),
                "begin it with `- `, or put it in brackets",
            );
            return Vec::new();
        }
        let nodes = self.list(node, key);
        nodes.iter().filter_map(|node| self.criterion(node)).collect()
    }

    fn criterion(&mut self, node: &Node) -> Option<Criterion> {
        let spec = match &node.kind {
            Kind::Map(entries) => match entries.as_slice() {
                [entry] if entry.key != "type" && checks::type_names().any(|name| name == entry.key) => short(entry),
                entries => to_map(entries),
            },
            Kind::Text(text) => match CheckSpec::from_flag(text) {
                Ok(spec) => spec.0,
                Err(fault) => {
                    self.push(node.at, fault.message, fault.hint);
                    return None;
                }
            },
            _ => match CheckSpec::from_value(node.to_value()) {
                Ok(spec) => spec.0,
                Err(fault) => {
                    self.push(node.at, fault.message, fault.hint);
                    return None;
                }
            },
        };
        Some(Criterion { at: node.at, spec })
    }

    /// `messages`: the turns of a conversation and its system prompt.
    pub(crate) fn messages(&mut self, node: &Node) -> (Option<Text>, Vec<Turn>) {
        let (mut system, mut turns): (Option<Text>, Vec<Turn>) = (None, Vec::new());
        let nodes = self.list(node, "messages");
        let before = self.count();
        for (index, message) in nodes.iter().enumerate() {
            let Some(entries) = self.entries(message, "a message") else { continue };
            let (mut role, mut text) = (None, None);
            for entry in entries {
                match entry.key.as_str() {
                    "role" => role = self.text(&entry.value, "role"),
                    "content" | "text" => text = self.text(&entry.value, &entry.key),
                    _ => self.unknown(entry, "a message", &["role", "content", "text"]),
                }
            }
            let (Some(role), Some(text)) = (role, text) else {
                if self.count() == before {
                    self.hinted(message.at, "a message needs `role` and `content`", "write {role: user, content: …}");
                }
                continue;
            };
            let speaker = match role.text.as_str() {
                "user" => Role::User,
                "assistant" => Role::Assistant,
                "system" | "developer" if index == 0 => {
                    system = Some(text);
                    continue;
                }
                "system" | "developer" => {
                    self.hinted(role.at, "a system message must come first", "move it to the top of `messages`");
                    continue;
                }
                other => {
                    let hint = nearest(other, ["user", "assistant", "system"]).map_or_else(
                        || "the roles are system, user and assistant".to_owned(),
                        |near| format!("did you mean {}?", quote(near)),
                    );
                    self.hinted(role.at, format!("there is no role {}", quote(other)), hint);
                    continue;
                }
            };
            turns.push(Turn { role: speaker, text });
        }
        if self.count() == before {
            match turns.last() {
                None => self.hinted(node.at, "`messages` holds no message", "end it with a message of the user"),
                Some(turn) if turn.role != Role::User => self.hinted(
                    turn.text.at,
                    "the last message must be the user's, since the model answers next",
                    "add a user message after it, or remove it",
                ),
                Some(_) => {}
            }
        }
        (system, turns)
    }

    /// A key that means nothing here.
    pub(crate) fn unknown(&mut self, entry: &Entry, place: &str, known: &[&str]) {
        let hint = match nearest(&entry.key, known.iter().copied()) {
            Some(near) => format!("did you mean {}?", quote(near)),
            None => format!("its keys are {}", listed(known.iter().copied())),
        };
        self.hinted(entry.at, format!("{place} has no key {}", quote(&entry.key)), hint);
    }

    /// A key that means nothing here, in a format whose readers ignore such keys.
    pub(crate) fn ignored(&mut self, entry: &Entry, known: &[&'static str]) {
        let near =
            self.near(&entry.key, known).map_or_else(String::new, |near| format!("; did you mean {}?", quote(near)));
        self.remark(entry.at, format!("the key {} means nothing here and is ignored{near}", quote(&entry.key)));
    }
}

fn short(entry: &Entry) -> serde_json::Map<String, serde_json::Value> {
    let mut spec = serde_json::Map::new();
    spec.insert("type".to_owned(), entry.key.clone().into());
    let value = entry.value.to_value();
    let key = match entry.key.as_str() {
        "not" => "check",
        "any" | "all" => "checks",
        "json_path" => "path",
        _ => "value",
    };
    if !value.is_null() {
        spec.insert(key.to_owned(), value);
    }
    spec
}
