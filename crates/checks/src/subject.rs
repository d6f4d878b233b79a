//! What a check looks at.

use std::collections::BTreeMap;

use llm::outcome::{Outcome, ToolCall};
use serde_json::{Map, Value};

use crate::external::ExternalResult;

/// One answer and what is known about it.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// How the call ended.
    pub outcome: Outcome,
    /// The visible answer.
    pub output: &'a str,
    /// The tools the model called, in order.
    pub tool_calls: &'a [ToolCall],
    /// Milliseconds from start to end of the call.
    pub latency_ms: Option<f64>,
    /// Milliseconds to the first token.
    pub ttft_ms: Option<f64>,
    /// Output tokens per second.
    pub tokens_per_second: Option<f64>,
    /// What the call cost.
    pub cost: SubjectCost,
    /// The right answer, where the item has one: stands in for an omitted `value`.
    pub reference: Option<&'a str>,
    /// The item's variables.
    pub vars: &'a Map<String, Value>,
    /// What scripts and judges said, by the path of [`External`](crate::External).
    pub external: &'a BTreeMap<String, ExternalResult>,
}

/// What a call cost.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum SubjectCost {
    /// US dollars.
    Known(f64),
    /// A model that costs nothing: local, or in process.
    Free,
    /// Not known: no price, or no usage reported.
    #[default]
    Unknown,
}
