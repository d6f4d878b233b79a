//! JSON Schemas of users: nothing is fetched, and the work of validating is counted before it is done.

use std::collections::HashMap;

use jsonschema::{PatternOptions, Validator};
use serde_json::{Map, Value};

use crate::fault::Fault;

/// Most subschemas that may be looked at for one answer. Alternatives that refer to themselves multiply at every
/// level of the answer, so a schema of one line can ask for more steps than there are atoms.
const MOST_STEPS: usize = 1_000_000;

/// Most subschemas that may apply to one place of an answer, whatever stands there.
const MOST_IN_PLACE: usize = 50_000;

/// Longest chain of subschemas that apply to the same place or to places within it.
const LONGEST_CHAIN: usize = 600;

/// Longest answer in bytes that a schema with patterns is applied to; see `pattern` for the time a slow one takes.
const LONGEST_WITH_PATTERNS: usize = 512 << 10;

/// Memory bound of each `pattern` of a schema.
const LARGEST_PATTERN: usize = 256 << 10;

/// A compiled schema.
#[derive(Debug)]
pub(crate) struct Schema {
    validator: Validator,
    root: Value,
    /// Where `$anchor`, `$dynamicAnchor` and `$id` point: JSON Pointers by name.
    names: HashMap<String, String>,
    shown: String,
    has_patterns: bool,
}

/// What came of validating.
pub(crate) enum Validity {
    Valid,
    /// Where the first violation is (a JSON Pointer, empty for the whole), and what it is.
    Invalid(String, String),
    /// More work than one check may do.
    TooMuch,
}

impl Schema {
    /// Reads a schema; draft 2020-12 unless `$schema` says otherwise.
    pub(crate) fn compile(schema: &Map<String, Value>) -> Result<Self, Fault> {
        let root = Value::Object(schema.clone());
        let mut names = HashMap::new();
        collect_names(&root, &mut String::new(), &mut names);
        // A chain of references that comes back without going into the answer would never end, whatever the answer is.
        let mut walk = Walk { root: &root, names: &names, steps: MOST_IN_PLACE };
        if walk.visit(&root, &Value::Null, 0).is_err() {
            return Err(Fault::new("the JSON Schema refers to itself without an end, or multiplies its alternatives")
                .hint("a `$ref` back to where it stands must pass through `properties`, `items` or the like"));
        }
        let validator = jsonschema::options()
            .offline()
            .with_pattern_options(PatternOptions::regex().size_limit(LARGEST_PATTERN).dfa_size_limit(LARGEST_PATTERN))
            .build(&root)
            .map_err(|error| {
                let text = crate::result::cut(&error.to_string(), 300);
                if matches!(error.kind(), jsonschema::error::ValidationErrorKind::Referencing(_)) {
                    return Fault::new(format!("the JSON Schema refers to something that is not in it: {text}")).hint(
                        "schemas are never fetched; put the part under `$defs` and refer to it as \"#/$defs/name\"",
                    );
                }
                let place = error.instance_path().to_string();
                let place = if place.is_empty() { String::new() } else { format!(" at {place}") };
                let fault = Fault::new(format!("the JSON Schema is not valid{place}: {text}"));
                if text.contains("\"regex\"") || place.ends_with("pattern") {
                    return fault.hint(
                        "patterns in a schema are matched in linear time: no look-ahead, look-behind or backreference",
                    );
                }
                fault
            })?;
        let shown = crate::result::cut(&root.to_string(), crate::result::ACTUAL_CHARS);
        let has_patterns = has_patterns(&root);
        Ok(Self { validator, root, names, shown, has_patterns })
    }

    /// The schema in compact JSON, cut short.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// Whether the instance, read from that many bytes, follows the schema.
    pub(crate) fn validate(&self, instance: &Value, bytes: usize) -> Validity {
        if self.has_patterns && bytes > LONGEST_WITH_PATTERNS {
            return Validity::TooMuch;
        }
        let mut walk = Walk { root: &self.root, names: &self.names, steps: MOST_STEPS };
        if walk.visit(&self.root, instance, 0).is_err() {
            return Validity::TooMuch;
        }
        match self.validator.validate(instance) {
            Ok(()) => Validity::Valid,
            Err(error) => Validity::Invalid(error.instance_path().to_string(), error.to_string()),
        }
    }
}

fn has_patterns(schema: &Value) -> bool {
    match schema {
        Value::Object(map) => {
            map.contains_key("pattern") || map.contains_key("patternProperties") || map.values().any(has_patterns)
        }
        Value::Array(values) => values.iter().any(has_patterns),
        _ => false,
    }
}

/// Keywords whose value is data, not schemas.
const DATA: [&str; 5] = ["const", "enum", "default", "examples", "required"];

fn collect_names(schema: &Value, pointer: &mut String, names: &mut HashMap<String, String>) {
    let length = pointer.len();
    match schema {
        Value::Object(map) => {
            for key in ["$anchor", "$dynamicAnchor"] {
                if let Some(Value::String(name)) = map.get(key) {
                    names.entry(format!("#{name}")).or_insert_with(|| pointer.clone());
                }
            }
            for key in ["$id", "id"] {
                if let Some(Value::String(name)) = map.get(key) {
                    names.entry(name.trim_end_matches('#').to_owned()).or_insert_with(|| pointer.clone());
                }
            }
            for (key, value) in map.iter().filter(|(key, _)| !DATA.contains(&key.as_str())) {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                collect_names(value, pointer, names);
                pointer.truncate(length);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                pointer.push_str(&format!("/{index}"));
                collect_names(value, pointer, names);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

/// An over-estimate of a validator's work: every applicable subschema at every place, without stopping early.
struct Walk<'a> {
    root: &'a Value,
    names: &'a HashMap<String, String>,
    steps: usize,
}

/// More than may be done.
struct TooMuch;

impl<'a> Walk<'a> {
    fn visit(&mut self, schema: &'a Value, instance: &Value, chain: usize) -> Result<(), TooMuch> {
        self.steps = self.steps.checked_sub(1).ok_or(TooMuch)?;
        if chain > LONGEST_CHAIN {
            return Err(TooMuch);
        }
        let Value::Object(map) = schema else { return Ok(()) };
        // `unevaluated…` asks the neighbours again what they looked at.
        let again = map.contains_key("unevaluatedProperties") || map.contains_key("unevaluatedItems");
        for _ in 0..=usize::from(again) {
            self.in_place(map, instance, chain + 1)?;
        }
        match instance {
            Value::Object(fields) => self.fields(map, fields, chain + 1),
            Value::Array(elements) => self.elements(map, elements, chain + 1),
            _ => Ok(()),
        }
    }

    fn in_place(&mut self, map: &'a Map<String, Value>, instance: &Value, chain: usize) -> Result<(), TooMuch> {
        for (key, value) in map {
            match (key.as_str(), value) {
                ("$ref" | "$dynamicRef" | "$recursiveRef", Value::String(target)) => {
                    if let Some(target) = self.resolve(target) {
                        self.visit(target, instance, chain)?;
                    }
                }
                ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => {
                    for schema in schemas {
                        self.visit(schema, instance, chain)?;
                    }
                }
                ("not" | "if" | "then" | "else", schema) => self.visit(schema, instance, chain)?,
                ("dependentSchemas" | "dependencies", Value::Object(schemas)) if instance.is_object() => {
                    for schema in schemas.values() {
                        self.visit(schema, instance, chain)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn fields(
        &mut self,
        map: &'a Map<String, Value>,
        fields: &Map<String, Value>,
        chain: usize,
    ) -> Result<(), TooMuch> {
        for (key, value) in map {
            match (key.as_str(), value) {
                ("properties", Value::Object(schemas)) => {
                    for (name, schema) in schemas {
                        if let Some(field) = fields.get(name) {
                            self.visit(schema, field, chain)?;
                        }
                    }
                }
                ("patternProperties", Value::Object(schemas)) => {
                    for schema in schemas.values() {
                        for field in fields.values() {
                            self.visit(schema, field, chain)?;
                        }
                    }
                }
                ("additionalProperties" | "unevaluatedProperties", schema) => {
                    for field in fields.values() {
                        self.visit(schema, field, chain)?;
                    }
                }
                ("propertyNames", schema) => {
                    for _ in fields {
                        self.visit(schema, &Value::Null, chain)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn elements(&mut self, map: &'a Map<String, Value>, elements: &[Value], chain: usize) -> Result<(), TooMuch> {
        for (key, value) in map {
            match (key.as_str(), value) {
                ("items" | "prefixItems", Value::Array(schemas)) => {
                    for (schema, element) in schemas.iter().zip(elements) {
                        self.visit(schema, element, chain)?;
                    }
                }
                ("items" | "additionalItems" | "contains" | "unevaluatedItems", schema) => {
                    for element in elements {
                        self.visit(schema, element, chain)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The subschema a reference names; none for the published meta-schemas, which are small and finite.
    fn resolve(&self, target: &str) -> Option<&'a Value> {
        if target == "#" {
            return Some(self.root);
        }
        if let Some(pointer) = target.strip_prefix("#/") {
            return self.root.pointer(&format!("/{}", percent_decoded(pointer)));
        }
        let found = self.names.get(target.trim_end_matches('#')).or_else(|| {
            // Relative to the schema's own `$id`: the last part of the name decides.
            let (name, _) = target.split_once('#').unwrap_or((target, ""));
            self.names.iter().find(|(id, _)| !name.is_empty() && id.ends_with(name)).map(|(_, pointer)| pointer)
        });
        found.and_then(|pointer| self.root.pointer(pointer))
    }
}

/// `%25` and the like in a URI fragment.
fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match hex.and_then(|pair| u8::from_str_radix(pair, 16).ok()).filter(|_| byte == b'%') {
            Some(value) => {
                decoded.push(value);
                at += 3;
            }
            None => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
