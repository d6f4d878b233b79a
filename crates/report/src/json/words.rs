//! The closed sets of words in the schema, taken from the types that own them.

use evals::record::{CorrectionKind, IntervalMethod, Metric, TestKind};
use llm::outcome::Outcome;
use serde_json::Value;

/// How a run ended.
pub(super) const RUN_ENDS: &[&str] = &["finished", "budget_reached", "interrupted", "open"];
/// What became of an interval.
pub(super) const INTERVAL_STATUSES: &[&str] = &["interval", "not_asked", "no_data", "too_few", "constant", "unbounded"];
/// What became of a test.
pub(super) const TEST_STATUSES: &[&str] =
    &["tested", "trivial", "insufficient_samples", "zero_variance", "not_measured", "not_paired"];
/// What a sentence says.
pub(super) const VERDICT_KINDS: &[&str] = &["difference", "no_difference", "untestable", "outcomes"];
/// Whether there is a cost.
pub(super) const COST_KINDS: &[&str] = &["known", "free", "unpriced", "unknown", "nothing"];
/// Whether an attempt may have been billed.
pub(super) const BILLINGS: &[&str] = &["not_billed", "reported", "unknown"];
/// What can go wrong.
pub(super) const ERROR_KINDS: &[&str] = &[
    "authentication",
    "rate_limit",
    "quota_exhausted",
    "overloaded",
    "invalid_request",
    "context_too_long",
    "content_blocked",
    "provider_fault",
    "network",
    "timeout",
    "malformed_stream",
];

pub(super) fn outcomes() -> Vec<&'static str> {
    Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect()
}

pub(super) fn metrics() -> Vec<&'static str> {
    Metric::ALL.iter().map(|metric| metric.as_str()).collect()
}

pub(super) fn tests() -> Vec<&'static str> {
    TestKind::ALL.iter().map(|test| test.as_str()).collect()
}

pub(super) fn corrections() -> Vec<&'static str> {
    CorrectionKind::ALL.iter().map(|correction| correction.as_str()).collect()
}

pub(super) fn interval_methods() -> Vec<&'static str> {
    IntervalMethod::ALL.iter().map(|method| method.as_str()).collect()
}

pub(super) fn error_kinds_or_null() -> Vec<Value> {
    ERROR_KINDS.iter().map(|word| Value::from(*word)).chain([Value::Null]).collect()
}
