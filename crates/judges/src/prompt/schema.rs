//! JSON Schemas of the replies, for providers with structured output.
//!
//! Property names are in alphabetical order on purpose: some providers generate in the order in
//! which a schema lists them, JSON maps here are sorted, and the reasoning must come before the
//! verdict it leads to.

use serde_json::{Value, json};

use crate::rubric::Rubric;
use crate::scale::Scale;

/// Of a score, with `risk_level` where asked for.
pub(crate) fn score(rubric: &Rubric, with_risk: bool) -> Value {
    let score = match &rubric.scale {
        Scale::OneToTen => json!({"type": "integer", "minimum": 1, "maximum": 10}),
        Scale::Binary => json!({"type": "string", "enum": ["pass", "fail"]}),
        Scale::Ordinal(labels) => json!({"type": "string", "enum": labels}),
    };
    if with_risk {
        object(&json!({
            "reasoning": {"type": "string"},
            "risk_level": {"type": "string", "enum": ["Low", "Medium", "High"]},
            "score": score,
        }))
    } else {
        object(&json!({"reasoning": {"type": "string"}, "score": score}))
    }
}

/// Of a choice between two answers.
pub(crate) fn pair() -> Value {
    object(&json!({
        "reasoning": {"type": "string"},
        "winner": {"type": "string", "enum": ["first", "second", "tie"]},
    }))
}

/// Of an entailment in both directions.
pub(crate) fn entailment() -> Value {
    object(&json!({"a_entails_b": {"type": "boolean"}, "b_entails_a": {"type": "boolean"}}))
}

fn object(properties: &Value) -> Value {
    let required: Vec<&String> = properties.as_object().into_iter().flat_map(|map| map.keys()).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}
