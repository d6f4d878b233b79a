//! A check as the user wrote it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::fault::Fault;
use crate::kinds;

/// A check exactly as the user wrote it: a JSON object with a `type`. Stored with a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CheckSpec(pub Map<String, Value>);

impl CheckSpec {
    /// A check from a value of a suite. Only its shape is looked at here; see [`Check::compile`](crate::Check::compile).
    ///
    /// # Errors
    /// A fault when the value is not an object.
    pub fn from_value(value: Value) -> Result<Self, Fault> {
        match value {
            Value::Object(map) => Ok(Self(map)),
            other => {
                let shape = match other {
                    Value::Null => "nothing",
                    Value::Bool(_) => "true or false",
                    Value::Number(_) => "a number",
                    Value::String(_) => "a text",
                    _ => "a list",
                };
                Err(Fault::new(format!("a check must be an object with a `type`; this is {shape}"))
                    .hint("write it as {\"type\": \"contains\", \"value\": \"Paris\"}"))
            }
        }
    }

    /// A check from a command line: `contains: Paris`, `json_valid`, `not is_refusal`, or a JSON object.
    ///
    /// Text after the colon becomes `value`. The types that take a list read it as a JSON list, or as a list
    /// with commas between; `json_schema` reads it as JSON; of `json_path` it is the `path`.
    ///
    /// # Errors
    /// A fault when the text is empty, or begins like a JSON object and is none.
    pub fn from_flag(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Fault::new("the check is empty").hint("write it as 'contains: Paris'"));
        }
        if text.starts_with('{') {
            let value = serde_json::from_str(text).map_err(|error| {
                Fault::new(format!("the check begins like a JSON object and is not valid JSON: {error}"))
                    .hint("quote the whole object for the shell: '{\"type\": \"contains\", \"value\": \"Paris\"}'")
            })?;
            return Self::from_value(value);
        }
        let mut map = Map::new();
        if let Some(inner) = text.strip_prefix("not ") {
            map.insert("type".into(), "not".into());
            map.insert("check".into(), Value::Object(Self::from_flag(inner)?.0));
            return Ok(Self(map));
        }
        let (kind, value) = match text.split_once(':') {
            Some((kind, value)) => (kind.trim(), Some(value.trim())),
            None => (text, None),
        };
        map.insert("type".into(), kind.into());
        if let Some(value) = value {
            let (key, value) = kinds::flag_value(kind, value);
            map.insert(key.into(), value);
        }
        Ok(Self(map))
    }

    /// The type as written, where there is one.
    pub fn kind(&self) -> Option<&str> {
        self.0.get("type").and_then(Value::as_str)
    }
}
