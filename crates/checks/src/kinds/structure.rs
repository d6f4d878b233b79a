//! The answer as a pattern or as JSON: `regex`, `json_valid`, `json_schema`.

use std::sync::Arc;

use serde_json::Value;

use crate::fault::Fault;
use crate::fold::quote;
use crate::json;
use crate::keys::Keys;
use crate::pattern::Pattern;
use crate::result::CheckErrorKind;
use crate::rule::{At, Finding, Rule};
use crate::schema::{Schema, Validity};
use crate::subject::Subject;

type Built = Result<Arc<dyn Rule>, Fault>;

pub(super) fn regex(keys: &mut Keys<'_>, _: usize) -> Built {
    let pattern = Pattern::compile(&keys.needed_text("value")?, keys.flag("case_sensitive", true)?)?;
    Ok(Arc::new(Matches { pattern }))
}

pub(super) fn json_valid(_: &mut Keys<'_>, _: usize) -> Built {
    Ok(Arc::new(JsonValid))
}

pub(super) fn json_schema(keys: &mut Keys<'_>, _: usize) -> Built {
    match keys.raw("value") {
        Some(Value::Object(schema)) => Ok(Arc::new(JsonSchema { schema: Schema::compile(schema)? })),
        None | Some(Value::Null) => Err(keys.missing("value", "{\"type\": \"object\", \"required\": [\"name\"]}")),
        Some(other) => Err(keys.wrong("value", "a JSON Schema (an object)", other)),
    }
}

#[derive(Debug)]
struct Matches {
    pattern: Pattern,
}

impl Rule for Matches {
    fn expected(&self, _: &Subject<'_>) -> String {
        self.pattern.written.clone()
    }

    fn look(&self, at: &At<'_>) -> Finding {
        let output = at.subject.output;
        if let Some(finding) = self.pattern.refuse_long(output) {
            return finding;
        }
        match self.pattern.find(output) {
            Some(found) => Finding::verdict(true, found, format!("the pattern matches {}", quote(found))),
            None => Finding::verdict(false, output, "the pattern matches nowhere in the answer"),
        }
    }
}

#[derive(Debug)]
struct JsonValid;

impl Rule for JsonValid {
    fn expected(&self, _: &Subject<'_>) -> String {
        "valid JSON".to_owned()
    }

    fn look(&self, at: &At<'_>) -> Finding {
        let output = at.subject.output;
        match json::valid(json::unfence(output)) {
            Ok(()) => Finding::verdict(true, output, "the answer is valid JSON"),
            Err(why) => Finding::verdict(false, output, format!("the answer is not valid JSON: {why}")),
        }
    }
}

#[derive(Debug)]
struct JsonSchema {
    schema: Schema,
}

impl Rule for JsonSchema {
    fn expected(&self, _: &Subject<'_>) -> String {
        format!("JSON that follows the schema {}", self.schema.shown())
    }

    fn look(&self, at: &At<'_>) -> Finding {
        let output = at.subject.output;
        let value = match json::tree(output) {
            Ok(value) => value,
            Err(unread) => return unread.finding(output),
        };
        match self.schema.validate(&value, output.len()) {
            Validity::Valid => Finding::verdict(true, output, "the answer follows the schema"),
            Validity::Invalid(place, why) => {
                let place = if place.is_empty() { "the top".to_owned() } else { place };
                Finding::verdict(false, output, format!("at {place}: {}", crate::result::cut(&why, 300)))
            }
            Validity::TooMuch => Finding::unknown(
                CheckErrorKind::UnknownValue,
                "validating this answer against this schema takes more steps than a check may take",
            ),
        }
    }
}
