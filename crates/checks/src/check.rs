//! A compiled check, and how outcomes other than a complete answer are dealt with.

use std::fmt;
use std::sync::Arc;

use llm::outcome::Outcome;
use serde_json::Value;

use crate::external::External;
use crate::fault::{Fault, nearest};
use crate::fold::quote;
use crate::keys::Keys;
use crate::kinds;
use crate::result::{ACTUAL_CHARS, CheckErrorKind, CheckResult, cut};
use crate::rule::{At, Finding, Rule};
use crate::spec::CheckSpec;
use crate::subject::Subject;

/// Deepest nesting of `not`, `any` and `all`.
const DEEPEST: usize = 16;

/// A check that is known to be usable. Cheap to clone.
#[derive(Clone)]
pub struct Check {
    kind: &'static str,
    name: Option<String>,
    weight: f64,
    rule: Arc<dyn Rule>,
}

impl Check {
    /// Reads a check.
    ///
    /// # Errors
    /// A fault for an unknown type or key (with the nearest name), a missing or wrong value, a pattern or
    /// schema that cannot be used.
    pub fn compile(spec: &CheckSpec) -> Result<Self, Fault> {
        if crate::json::too_deep(spec.0.values()) {
            return Err(Fault::new(format!("the check is nested deeper than {} levels", crate::json::DEEPEST)));
        }
        Self::compile_at(&spec.0, 0)
    }

    /// Reads all checks of an item.
    ///
    /// # Errors
    /// Every fault with the index of its check.
    pub fn compile_all(specs: &[CheckSpec]) -> Result<Vec<Self>, Vec<(usize, Fault)>> {
        let mut checks = Vec::with_capacity(specs.len());
        let mut faults = Vec::new();
        for (index, spec) in specs.iter().enumerate() {
            match Self::compile(spec) {
                Ok(check) => checks.push(check),
                Err(fault) => faults.push((index, fault)),
            }
        }
        if faults.is_empty() { Ok(checks) } else { Err(faults) }
    }

    pub(crate) fn compile_at(map: &serde_json::Map<String, Value>, depth: usize) -> Result<Self, Fault> {
        if depth > DEEPEST {
            return Err(Fault::new(format!("checks are nested deeper than {DEEPEST} levels")));
        }
        let kind = match map.get("type") {
            None | Some(Value::Null) => {
                return Err(Fault::new("the check has no `type`").hint("add one, such as \"type\": \"contains\""));
            }
            Some(Value::String(kind)) => kind.trim(),
            Some(other) => {
                return Err(Fault::new(format!(
                    "the `type` of a check must be a text, not {}",
                    quote(&other.to_string())
                )));
            }
        };
        let Some(kind) = kinds::find(kind) else {
            let fault = Fault::new(format!("there is no check of type {}", quote(kind)));
            return Err(match nearest(kind, kinds::type_names()) {
                Some(name) => fault.hint(format!("did you mean `{name}`?")),
                None => fault.hint(format!("the types are {}", kinds::type_names().collect::<Vec<_>>().join(", "))),
            });
        };
        let mut keys = Keys::new(map, kind.name);
        keys.refuse_unknown(kind.keys)?;
        let name = keys.text("name")?;
        let weight = keys.positive("weight")?.map_or(1.0, |weight| weight.value);
        let rule = (kind.build)(&mut keys, depth)?;
        Ok(Self { kind: kind.name, name, weight, rule })
    }

    /// The type, such as `contains`.
    pub fn kind(&self) -> &str {
        self.kind
    }

    /// How much it counts: the `weight` key, 1 when left out.
    pub fn weight(&self) -> f64 {
        self.weight
    }

    /// The `name` key.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether it compares with the item's reference because its own `value` was left out.
    pub fn needs_reference(&self) -> bool {
        self.rule.needs_reference()
    }

    /// The script and judge checks in it. `top_index` is the check's place among the item's checks.
    pub fn externals(&self, top_index: usize) -> Vec<External> {
        let mut found = Vec::new();
        self.rule.externals(&top_index.to_string(), &mut found);
        found
    }

    /// The verdict on one answer. Pure: the same subject gives the same result.
    pub fn evaluate(&self, top_index: usize, subject: &Subject<'_>) -> CheckResult {
        let Finding { passed, score, actual, message, error, error_kind } = self.look(&top_index.to_string(), subject);
        CheckResult {
            kind: self.kind.to_owned(),
            name: self.name.clone(),
            passed,
            score,
            weight: self.weight,
            expected: cut(&self.rule.expected(subject), ACTUAL_CHARS),
            actual,
            message,
            error,
            error_kind,
        }
    }

    pub(crate) fn rule(&self) -> &dyn Rule {
        self.rule.as_ref()
    }

    /// The name if there is one, else the type.
    pub(crate) fn label(&self) -> &str {
        self.name().unwrap_or(self.kind)
    }

    pub(crate) fn look(&self, path: &str, subject: &Subject<'_>) -> Finding {
        let at = At { subject, path };
        if subject.outcome == Outcome::Complete || self.rule.takes_every_outcome() {
            self.rule.look(&at)
        } else {
            without_answer(subject.outcome)
        }
    }
}

/// What a check makes of a call that did not end in a complete answer.
pub(crate) fn without_answer(outcome: Outcome) -> Finding {
    let (kind, why) = match outcome {
        Outcome::Empty | Outcome::Complete => return Finding::verdict(false, "", "the answer is empty"),
        Outcome::Refused => (CheckErrorKind::Refused, "not evaluated: the model declined to answer"),
        Outcome::Truncated => (CheckErrorKind::Truncated, "not evaluated: the output limit cut the answer"),
        Outcome::Filtered => {
            (CheckErrorKind::Filtered, "not evaluated: the provider's filter withheld or cut the answer")
        }
        Outcome::Error => (CheckErrorKind::Environment, "not evaluated: the call failed"),
        Outcome::Cancelled => (CheckErrorKind::Environment, "not evaluated: the call was cancelled"),
    };
    Finding::unknown(kind, why)
}

impl fmt::Debug for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Check")
            .field("kind", &self.kind)
            .field("name", &self.name)
            .field("weight", &self.weight)
            .field("rule", &self.rule)
            .finish()
    }
}
