//! The closed sets of words in the schema, taken from the types that own them.

use checks::CheckErrorKind;
use evals::decision::Measure;
use evals::record::{CorrectionKind, IntervalMethod, Metric, TestKind};
use llm::outcome::Outcome;
use serde_json::Value;

/// How a run ended.
pub(super) const RUN_ENDS: &[&str] = &["finished", "decided", "budget_reached", "interrupted", "open"];
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

/// Whether a run passes.
pub(super) const GATE_STATUSES: &[&str] = &["not_asked", "passed", "failed"];
/// What both orders of a pair say together.
pub(super) const PAIR_OUTCOMES: &[&str] = &["a", "b", "tie", "inconsistent", "missing"];
/// Why a check could not be evaluated.
const CHECK_ERROR_KINDS: &[CheckErrorKind] = &[
    CheckErrorKind::Refused,
    CheckErrorKind::Truncated,
    CheckErrorKind::Filtered,
    CheckErrorKind::Environment,
    CheckErrorKind::Configuration,
    CheckErrorKind::UnknownValue,
    CheckErrorKind::Script,
    CheckErrorKind::Judge,
    CheckErrorKind::Reference,
];

/// Why a figure has no interval, or that it has one.
pub(super) const FIGURE_STATUSES: &[&str] = &["estimated", "no_data", "too_few", "constant", "unbounded"];
/// What came of a comparison over items.
pub(super) const PAIR_STATUSES: &[&str] =
    &["tested", "trivial", "insufficient_samples", "zero_variance", "not_measured"];
/// What the data say to a condition.
pub(super) const ANSWERS: &[&str] = &["passes", "fails", "inconclusive"];
/// Corrections of decisions: those of tests and one more.
pub(super) const DECISION_CORRECTIONS: &[&str] = &["none", "bonferroni", "holm", "bh", "by"];
/// Which way a measure moved.
pub(super) const DIRECTIONS: &[&str] = &["better", "worse", "moved", "not_shown", "too_few"];
/// What a sentence on the decision is about.
pub(super) const SAID_KINDS: &[&str] = &["best", "bar", "gate", "stopping", "migration", "missing"];

pub(super) fn measures() -> Vec<&'static str> {
    Measure::ALL.iter().map(|measure| measure.as_str()).collect()
}

pub(super) fn measures_or_null() -> Vec<Value> {
    or_null(measures())
}

pub(super) fn directions_or_null() -> Vec<Value> {
    or_null(DIRECTIONS.to_vec())
}

pub(super) fn figure_statuses_or_null() -> Vec<Value> {
    or_null(FIGURE_STATUSES.iter().copied())
}

pub(super) fn stop_reasons_or_null() -> Vec<Value> {
    or_null(["superiority", "equivalence", "futility", "budget"])
}

pub(super) fn pair_verdicts_or_null() -> Vec<Value> {
    or_null(["a_better", "b_better", "equivalent"])
}

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
    or_null(ERROR_KINDS.iter().copied())
}

pub(super) fn check_error_kinds_or_null() -> Vec<Value> {
    or_null(CHECK_ERROR_KINDS.iter().map(|kind| kind.as_str()))
}

pub(super) fn risks_or_null() -> Vec<Value> {
    or_null(["Low", "Medium", "High"])
}

pub(super) fn choices_or_null() -> Vec<Value> {
    or_null(["first", "second", "tie"])
}

pub(super) fn stop_kinds_or_null() -> Vec<Value> {
    or_null(["end", "stop_sequence", "length", "tool_use", "refusal", "filtered", "paused", "other"])
}

fn or_null<'w>(words: impl IntoIterator<Item = &'w str>) -> Vec<Value> {
    words.into_iter().map(Value::from).chain([Value::Null]).collect()
}
