//! Function call arguments that Gemini streams as values at JSON paths, put together again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::lenient::Text;

/// One value, or a piece of a string, at a path such as `$.place.city` or `$.days[0]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PartialArg<'a> {
    #[serde(rename = "jsonPath", borrow)]
    path: Text<'a>,
    #[serde(rename = "stringValue", borrow)]
    string: Option<Text<'a>>,
    #[serde(rename = "numberValue")]
    number: Option<f64>,
    #[serde(rename = "boolValue")]
    boolean: Option<bool>,
}

/// A JSON value under construction; sorted keys, so that its text does not depend on build features.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
enum Node {
    Object(BTreeMap<String, Node>),
    Array(Vec<Node>),
    Leaf(Value),
}

/// The arguments of one call under construction.
#[derive(Debug)]
pub(super) struct Arguments {
    root: Node,
}

/// More elements than any honest argument list has; a hostile index must not allocate.
const MOST_ELEMENTS: usize = 10_000;

impl Default for Arguments {
    fn default() -> Self {
        Self { root: Node::Object(BTreeMap::new()) }
    }
}

impl Arguments {
    /// Puts a value at its path; a string continues the string that is there.
    pub(super) fn add(&mut self, arg: &PartialArg<'_>) {
        let mut node = &mut self.root;
        for step in steps(arg.path.str()) {
            match step {
                Step::Key(key) => {
                    if !matches!(node, Node::Object(_)) {
                        *node = Node::Object(BTreeMap::new());
                    }
                    let Node::Object(object) = node else { return };
                    node = object.entry(key.to_owned()).or_insert(Node::Leaf(Value::Null));
                }
                Step::Index(index) => {
                    if index >= MOST_ELEMENTS {
                        return;
                    }
                    if !matches!(node, Node::Array(_)) {
                        *node = Node::Array(Vec::new());
                    }
                    let Node::Array(items) = node else { return };
                    if items.len() <= index {
                        items.resize(index + 1, Node::Leaf(Value::Null));
                    }
                    node = &mut items[index];
                }
            }
        }
        if let Some(text) = &arg.string {
            if let Node::Leaf(Value::String(present)) = node {
                present.push_str(text.str());
            } else {
                *node = Node::Leaf(Value::from(text.str()));
            }
        } else if let Some(number) = arg.number {
            let whole = number.fract() == 0.0 && number.abs() < 9e15;
            *node = Node::Leaf(if whole { Value::from(number as i64) } else { Value::from(number) });
        } else if let Some(boolean) = arg.boolean {
            *node = Node::Leaf(Value::from(boolean));
        }
    }

    /// The arguments as JSON.
    pub(super) fn into_json(self) -> String {
        serde_json::to_string(&self.root).unwrap_or_default()
    }
}

enum Step<'p> {
    Key(&'p str),
    Index(usize),
}

/// The steps of a path; what is not understood is passed over.
fn steps(path: &str) -> impl Iterator<Item = Step<'_>> {
    const DEEPEST: usize = 64;
    path.trim_start_matches('$').split(['.', '[']).filter(|step| !step.is_empty()).take(DEEPEST).map(|step| {
        let inner = step.trim_end_matches(']');
        match inner.parse() {
            Ok(index) if inner.len() < step.len() => Step::Index(index),
            _ => Step::Key(inner.trim_matches(['\'', '"'])),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_find_their_places() {
        let mut arguments = Arguments::default();
        for json in [
            r#"{"jsonPath":"$.place.city","stringValue":"Bos","willContinue":true}"#,
            r#"{"jsonPath":"$.place.city","stringValue":"ton"}"#,
            r#"{"jsonPath":"$.days[1]","numberValue":7}"#,
            r#"{"jsonPath":"$['odd key']","boolValue":true}"#,
            r#"{"jsonPath":"$.days[99999999999]","numberValue":7}"#,
            r#"{"jsonPath":"$.ratio","numberValue":0.5}"#,
        ] {
            arguments.add(&serde_json::from_str(json).unwrap());
        }
        assert_eq!(arguments.into_json(), r#"{"days":[null,7],"odd key":true,"place":{"city":"Boston"},"ratio":0.5}"#);
    }
}
