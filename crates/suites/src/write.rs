//! Writing a suite in our own format.

use llm::request::Message;
use serde::Serialize;
use serde_json::{Map, Value};

use checks::CheckSpec;

use crate::suite::{Defaults, Item, Suite};

/// A suite as YAML in our own format, its notes as comments at the top. Loading it gives the same
/// settings and items; only lines and notes differ.
///
/// # Errors
/// When a value cannot be written as YAML, which no suite that [`load`](crate::load()) returned has.
pub fn to_yaml(suite: &Suite) -> Result<String, String> {
    let document = Document {
        name: &suite.name,
        description: suite.description.as_deref(),
        defaults: Settings::of(&suite.defaults),
        items: suite.items.iter().map(Entry::of).collect(),
    };
    let body = serde_saphyr::to_string(&document).map_err(|error| error.to_string())?;
    let mut text = String::new();
    for note in &suite.notes {
        let line: String = note.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        text.push_str(&format!("# {line}\n"));
    }
    text.push_str(&body);
    Ok(text)
}

#[derive(Serialize)]
struct Document<'s> {
    name: &'s str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'s str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    defaults: Option<Settings<'s>>,
    items: Vec<Entry<'s>>,
}

#[derive(Serialize)]
struct Settings<'s> {
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<&'s str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    models: Option<&'s str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    runs: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperatures: Option<&'s [f64]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop: &'s [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    effort: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    judges: Option<&'s str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    judge_criteria: &'s [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    max_cost: Option<f64>,
}

impl<'s> Settings<'s> {
    fn of(defaults: &'s Defaults) -> Option<Self> {
        (*defaults != Defaults::default()).then(|| Self {
            system: defaults.system.as_deref(),
            models: defaults.models.as_deref(),
            runs: defaults.runs,
            temperatures: defaults.temperatures.as_deref(),
            max_output_tokens: defaults.max_output_tokens,
            top_p: defaults.top_p,
            stop: &defaults.stop,
            effort: defaults.effort.map(llm::request::Effort::as_str),
            seed: defaults.seed,
            judges: defaults.judges.as_deref(),
            judge_criteria: &defaults.judge_criteria,
            max_cost: defaults.max_cost,
        })
    }
}

#[derive(Serialize)]
struct Entry<'s> {
    id: &'s str,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<&'s str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<Vec<Turn<'s>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<&'s str>,
    /// Texts are written as rendered, so that braces in them must not be read as templates again.
    literal: bool,
    #[serde(skip_serializing_if = "Map::is_empty")]
    vars: &'s Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'s str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    expected_facts: &'s [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'s [String],
    #[serde(skip_serializing_if = "is_one")]
    weight: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<&'s str>,
    #[serde(skip_serializing_if = "<[CheckSpec]>::is_empty")]
    checks: &'s [CheckSpec],
}

#[derive(Serialize)]
struct Turn<'s> {
    role: llm::request::Role,
    content: &'s str,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_one(weight: &f64) -> bool {
    *weight == 1.0
}

impl<'s> Entry<'s> {
    fn of(item: &'s Item) -> Self {
        let (prompt, messages) = match item.messages.as_slice() {
            [Message { text, .. }] => (Some(text.as_str()), None),
            several => {
                (None, Some(several.iter().map(|Message { role, text }| Turn { role: *role, content: text }).collect()))
            }
        };
        Self {
            id: &item.id,
            prompt,
            messages,
            system: item.system.as_deref(),
            literal: true,
            vars: &item.vars,
            reference: item.reference.as_deref(),
            expected_facts: &item.expected_facts,
            tags: &item.tags,
            weight: item.weight,
            cluster: item.cluster.as_deref(),
            checks: &item.checks,
        }
    }
}
