//! Answers to look at.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;

use checks::{Check, CheckResult, CheckSpec, ExternalResult, Fault, Subject, SubjectCost};
use llm::outcome::{Outcome, ToolCall};
use serde_json::{Map, Value};

/// A subject that owns what it lends.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) outcome: Outcome,
    pub(crate) output: String,
    pub(crate) tool_calls: Vec<ToolCall>,
    pub(crate) latency_ms: Option<f64>,
    pub(crate) ttft_ms: Option<f64>,
    pub(crate) tokens_per_second: Option<f64>,
    pub(crate) cost: SubjectCost,
    pub(crate) reference: Option<String>,
    pub(crate) vars: Map<String, Value>,
    pub(crate) external: BTreeMap<String, ExternalResult>,
}

impl Answer {
    pub(crate) fn new(output: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Complete,
            output: output.into(),
            tool_calls: Vec::new(),
            latency_ms: None,
            ttft_ms: None,
            tokens_per_second: None,
            cost: SubjectCost::Unknown,
            reference: None,
            vars: Map::new(),
            external: BTreeMap::new(),
        }
    }

    pub(crate) fn ended(outcome: Outcome, output: &str) -> Self {
        Self { outcome, ..Self::new(output) }
    }

    pub(crate) fn reference(self, reference: &str) -> Self {
        Self { reference: Some(reference.to_owned()), ..self }
    }

    pub(crate) fn external(mut self, path: &str, result: ExternalResult) -> Self {
        self.external.insert(path.to_owned(), result);
        self
    }

    pub(crate) fn subject(&self) -> Subject<'_> {
        Subject {
            outcome: self.outcome,
            output: &self.output,
            tool_calls: &self.tool_calls,
            latency_ms: self.latency_ms,
            ttft_ms: self.ttft_ms,
            tokens_per_second: self.tokens_per_second,
            cost: self.cost,
            reference: self.reference.as_deref(),
            vars: &self.vars,
            external: &self.external,
        }
    }

    pub(crate) fn check(&self, spec: Value) -> CheckResult {
        compile(spec.clone()).unwrap_or_else(|fault| panic!("{spec}: {fault}")).evaluate(0, &self.subject())
    }
}

pub(crate) fn compile(spec: Value) -> Result<Check, Fault> {
    Check::compile(&CheckSpec::from_value(spec)?)
}

/// The verdict on a complete answer.
pub(crate) fn verdict(output: &str, spec: Value) -> Option<bool> {
    Answer::new(output).check(spec).passed
}

/// The message and hint of a check that cannot be used.
pub(crate) fn fault(spec: Value) -> String {
    let fault = compile(spec.clone()).err().unwrap_or_else(|| panic!("{spec} was taken"));
    format!("{} ({})", fault.message, fault.hint.unwrap_or_default())
}
