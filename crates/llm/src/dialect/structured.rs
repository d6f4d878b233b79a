//! An answer's JSON Schema in the words of each dialect.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::body::Body;
use super::quirks::{Quirks, StructuredOutput, ThinkingStyle};
use crate::request::{ChatRequest, Thinking};

/// OpenAI's grammars want a name for the schema; models are shown it.
const SCHEMA_NAME: &str = "answer";

/// Deeper schemas are not promised to be followed to the letter.
const DEEPEST_STRICT: usize = 10;

/// What OpenAI's strict mode knows. A schema with any other word is asked for without the promise,
/// since the API refuses it with it.
const STRICT_WORDS: [&str; 19] = [
    "$defs",
    "$ref",
    "additionalProperties",
    "anyOf",
    "const",
    "description",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maximum",
    "minItems",
    "minimum",
    "pattern",
    "properties",
    "required",
    "type",
];

/// `response_format` of chat completions.
pub(super) fn response_format(request: &ChatRequest, quirks: &Quirks) -> Option<Body> {
    let schema = request.params.response_schema.as_ref()?;
    let mut format = Body::default();
    match quirks.structured_output {
        StructuredOutput::None => return None,
        StructuredOutput::JsonObject => {
            if !may_ask_for_json(request, quirks) {
                return None;
            }
            format.set("type", "json_object");
        }
        StructuredOutput::JsonSchema => {
            format.set("type", "json_schema");
            format.set("json_schema", &named(schema, Body::default()));
        }
    }
    Some(format)
}

/// `text` of Responses: the same as in chat completions, one level flatter.
pub(super) fn text_format(request: &ChatRequest, quirks: &Quirks) -> Option<Body> {
    let schema = request.params.response_schema.as_ref()?;
    let mut format = Body::default();
    match quirks.structured_output {
        StructuredOutput::None => return None,
        StructuredOutput::JsonObject => {
            if !may_ask_for_json(request, quirks) {
                return None;
            }
            format.set("type", "json_object");
        }
        StructuredOutput::JsonSchema => {
            format.set("type", "json_schema");
            format = named(schema, format);
        }
    }
    let mut text = Body::default();
    text.set("format", &format);
    Some(text)
}

/// Adds Gemini's fields to a generation config. `responseJsonSchema` takes JSON Schema as it is;
/// the older `responseSchema` refuses some of its words.
pub(super) fn add_to_generation_config(request: &ChatRequest, quirks: &Quirks, config: &mut Body) {
    let Some(schema) = &request.params.response_schema else { return };
    if quirks.structured_output == StructuredOutput::None {
        return;
    }
    config.set("responseMimeType", "application/json");
    if quirks.structured_output == StructuredOutput::JsonSchema {
        config.set("responseJsonSchema", &Sorted(schema));
    }
}

fn named(schema: &Value, mut body: Body) -> Body {
    body.set("name", SCHEMA_NAME);
    body.set("schema", &Sorted(schema));
    body.set("strict", &is_strict(schema));
    body
}

/// JSON mode is refused by some servers unless the conversation speaks of JSON, and others answer
/// with white space until the limit. DashScope has it only while the model does not think.
fn may_ask_for_json(request: &ChatRequest, quirks: &Quirks) -> bool {
    let thinks = request.params.thinking.is_some_and(|thinking| thinking != Thinking::Off);
    if thinks && quirks.thinking_style == ThinkingStyle::EnableThinking {
        return false;
    }
    let speaks_of_json = |text: &str| text.as_bytes().windows(4).any(|word| word.eq_ignore_ascii_case(b"json"));
    request.system_text().is_some_and(speaks_of_json)
        || request.messages.iter().any(|message| speaks_of_json(&message.text))
}

/// Whether a schema keeps the rules of strict mode: an object at the root, every object closed and
/// all its properties required, and no word outside [`STRICT_WORDS`].
fn is_strict(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("object") && keeps_strict_rules(schema, 0)
}

fn keeps_strict_rules(schema: &Value, depth: usize) -> bool {
    let Some(words) = schema.as_object() else { return false };
    if depth > DEEPEST_STRICT || words.keys().any(|word| !STRICT_WORDS.contains(&word.as_str())) {
        return false;
    }
    let below = |schema: &Value| keeps_strict_rules(schema, depth + 1);
    let all_of = |word: &str| words.get(word).and_then(Value::as_object).is_none_or(|map| map.values().all(below));
    let closed = !speaks_of_object(words)
        || (words.get("additionalProperties") == Some(&Value::Bool(false)) && requires_all(words));
    closed
        && all_of("properties")
        && all_of("$defs")
        && words.get("items").is_none_or(below)
        && words.get("anyOf").is_none_or(|any| any.as_array().is_some_and(|any| any.iter().all(below)))
}

fn speaks_of_object(words: &Map<String, Value>) -> bool {
    let is_object = match words.get("type") {
        Some(Value::Array(types)) => types.iter().any(|name| name == "object"),
        Some(name) => name == "object",
        None => false,
    };
    is_object || words.contains_key("properties")
}

fn requires_all(words: &Map<String, Value>) -> bool {
    let required: Vec<&str> =
        words.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = words.get("properties").and_then(Value::as_object);
    properties.is_none_or(|properties| properties.keys().all(|name| required.contains(&name.as_str())))
}

/// JSON with sorted keys, whatever order the build's `serde_json` keeps.
struct Sorted<'a>(&'a Value);

impl Serialize for Sorted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(map) => {
                let sorted: BTreeMap<&String, Sorted<'_>> =
                    map.iter().map(|(key, value)| (key, Sorted(value))).collect();
                serializer.collect_map(sorted)
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(Sorted)),
            plain => plain.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn strict_mode_is_promised_only_where_the_schema_keeps_its_rules() {
        let score = json!({"type": "object", "additionalProperties": false, "required": ["reason", "score"],
            "properties": {"reason": {"type": "string"}, "score": {"type": "integer", "minimum": 1, "maximum": 10}}});
        assert!(is_strict(&score));
        let changed = |pointer: &str, value: Value| {
            let mut schema = score.clone();
            *schema.pointer_mut(pointer).unwrap() = value;
            is_strict(&schema)
        };
        assert!(!changed("/additionalProperties", json!(true)));
        assert!(!changed("/required", json!(["score"])));
        assert!(!changed("/properties/score", json!({"type": "integer", "not": {"const": 3}})));
        assert!(!changed("/properties/score", json!({"type": ["object", "null"], "properties": {}})));
        assert!(!changed("/properties/score", json!(true)));
        assert!(!changed("/type", json!("array")));
        assert!(changed("/properties/score", json!({"anyOf": [{"type": "integer"}, {"type": "null"}]})));
        assert!(!changed("/properties/score", json!({"anyOf": [{"type": "object"}]})));
        let mut deep = json!({"type": "string"});
        for _ in 0..200 {
            deep = json!({"type": "array", "items": deep});
        }
        assert!(!changed("/properties/score", deep));
    }
}
