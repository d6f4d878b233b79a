//! `json_path`: the value at a place of a JSON answer.

use std::sync::Arc;

use serde_json::Value;

use crate::fault::Fault;
use crate::fold::quote;
use crate::json;
use crate::keys::{Keys, Num, text_of};
use crate::path::Path;
use crate::pattern::Pattern;
use crate::result::CheckErrorKind;
use crate::rule::{At, Finding, Rule};
use crate::subject::Subject;

/// The keys that compare, of which one check has at most one.
const COMPARISONS: [&str; 9] =
    ["equals", "value", "contains", "exists", "regex", "less_than", "at_most", "greater_than", "at_least"];

pub(super) fn json_path(keys: &mut Keys<'_>, _: usize) -> Result<Arc<dyn Rule>, Fault> {
    let path = Path::compile(&keys.needed_text("path")?)?;
    let given: Vec<&str> = COMPARISONS.into_iter().filter(|key| keys.raw(key).is_some()).collect();
    if given.len() > 1 {
        return Err(Fault::new(format!("`json_path` compares in {} ways: {}", given.len(), given.join(", ")))
            .hint("keep one, and write several checks for the others"));
    }
    let case_sensitive = keys.flag("case_sensitive", true)?;
    let number = |key: &str| keys.needed_number(key);
    let test = match given.first().copied() {
        None => Test::Exists(true),
        Some("exists") => Test::Exists(keys.flag("exists", true)?),
        Some(key @ ("equals" | "value")) => Test::Equals(keys.raw(key).cloned().unwrap_or_default()),
        Some("contains") => Test::Contains(keys.needed_text("contains")?),
        Some("regex") => Test::Matches(Pattern::compile(&keys.needed_text("regex")?, case_sensitive)?),
        Some("less_than") => Test::Number(Order::Less, number("less_than")?),
        Some("at_most") => Test::Number(Order::AtMost, number("at_most")?),
        Some("greater_than") => Test::Number(Order::Greater, number("greater_than")?),
        Some(_) => Test::Number(Order::AtLeast, number("at_least")?),
    };
    let every = keys.word("match", &[("any", false), ("all", true)], false)?;
    Ok(Arc::new(JsonPath { path, test, every, case_sensitive }))
}

#[derive(Debug, Clone, Copy)]
enum Order {
    Less,
    AtMost,
    Greater,
    AtLeast,
}

#[derive(Debug)]
enum Test {
    Exists(bool),
    Equals(Value),
    Contains(String),
    Matches(Pattern),
    Number(Order, Num),
}

#[derive(Debug)]
struct JsonPath {
    path: Path,
    test: Test,
    /// Whether every value at the path must pass, not only one.
    every: bool,
    case_sensitive: bool,
}

impl JsonPath {
    fn passes(&self, value: &Value) -> bool {
        let cased = |text: &str| crate::fold::cased(text, self.case_sensitive).into_owned();
        match &self.test {
            Test::Exists(_) => true,
            Test::Equals(Value::String(wanted)) => value.as_str().is_some_and(|text| cased(text) == cased(wanted)),
            Test::Equals(wanted) => json::equal(value, wanted),
            Test::Contains(part) => match value {
                Value::Array(values) => values.iter().any(|value| cased(&text_of(value)) == cased(part)),
                Value::Object(map) => map.contains_key(part),
                other => cased(&text_of(other)).contains(&cased(part)),
            },
            Test::Matches(pattern) => pattern.find(&text_of(value)).is_some(),
            Test::Number(order, bound) => value.as_f64().is_some_and(|value| match order {
                Order::Less => value < bound.value,
                Order::AtMost => value <= bound.value,
                Order::Greater => value > bound.value,
                Order::AtLeast => value >= bound.value,
            }),
        }
    }

    fn asks(&self) -> String {
        match &self.test {
            Test::Exists(true) => "exists".to_owned(),
            Test::Exists(false) => "does not exist".to_owned(),
            Test::Equals(wanted) => format!("equals {}", short(wanted)),
            Test::Contains(part) => format!("contains {}", quote(part)),
            Test::Matches(pattern) => format!("matches {}", quote(&pattern.written)),
            Test::Number(order, bound) => {
                let words = match order {
                    Order::Less => "less than",
                    Order::AtMost => "at most",
                    Order::Greater => "greater than",
                    Order::AtLeast => "at least",
                };
                format!("is {words} {}", bound.written)
            }
        }
    }
}

impl Rule for JsonPath {
    fn expected(&self, _: &Subject<'_>) -> String {
        format!("{} {}", self.path.written, self.asks())
    }

    fn look(&self, at: &At<'_>) -> Finding {
        let output = at.subject.output;
        let root = match json::tree(output) {
            Ok(root) => root,
            Err(unread) => return unread.finding(output),
        };
        if let Test::Matches(pattern) = &self.test
            && let Some(finding) = pattern.refuse_long(output)
        {
            return finding;
        }
        let path = &self.path.written;
        let Some(values) = self.path.find(&root) else {
            return Finding::unknown(
                CheckErrorKind::UnknownValue,
                format!("{path} stands for too many values of this answer"),
            );
        };
        if let Test::Exists(wanted) = self.test {
            let message = match values.first() {
                Some(value) => format!("at {path} stands {}", short(value)),
                None => format!("nothing stands at {path}"),
            };
            return Finding::verdict(
                values.is_empty() != wanted,
                &values.first().map_or(String::new(), |value| short(value)),
                message,
            );
        }
        if values.is_empty() {
            return Finding::verdict(false, "", format!("nothing stands at {path}"));
        }
        let first = |wanted: bool| values.iter().find(|value| self.passes(value) == wanted);
        // One value decides: any that passes, or, where all must, any that does not.
        let decisive = first(!self.every);
        let passed = decisive.is_some() != self.every;
        let shown = short(decisive.or(values.first()).copied().unwrap_or(&Value::Null));
        let more = if values.len() > 1 { format!(" (of {} values)", values.len()) } else { String::new() };
        let verdict = if passed { "as asked" } else { "not as asked" };
        Finding::verdict(passed, &shown, format!("at {path} stands {shown}{more}, {verdict}: {}", self.asks()))
    }
}

/// A value in compact JSON, cut short.
fn short(value: &Value) -> String {
    crate::result::cut(&value.to_string(), 100)
}
