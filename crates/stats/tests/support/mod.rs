//! Reading the golden values.

#![allow(dead_code, reason = "each test binary uses its part")]

use serde_json::Value;
use stats::Interval;

pub(crate) fn golden(name: &str) -> Value {
    let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

pub(crate) fn sample(name: &Value) -> Vec<f64> {
    numbers(&golden("samples")["samples"][name.as_str().unwrap()])
}

pub(crate) fn rows(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

pub(crate) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

pub(crate) fn count(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    rows(value).iter().map(number).collect()
}

#[track_caller]
pub(crate) fn close_within(actual: f64, expected: &Value, relative: f64) {
    let expected = number(expected);
    let error = (actual - expected).abs();
    assert!(error <= relative * expected.abs().max(1e-12), "{actual} is not {expected}");
}

#[track_caller]
pub(crate) fn close(actual: f64, expected: &Value) {
    close_within(actual, expected, 1e-9);
}

/// Bounds agree to 1e-9 of the interval's width, since a bound near zero has no digits of its own,
/// and to the last place of the bound.
#[track_caller]
pub(crate) fn interval_close(actual: Interval, expected: &Value) {
    let expected = numbers(expected);
    let tolerance = 1e-9 * (expected[1] - expected[0]) + 4.0 * f64::EPSILON * expected[1].abs();
    assert!(
        (actual.low - expected[0]).abs() <= tolerance && (actual.high - expected[1]).abs() <= tolerance,
        "{actual:?} is not {expected:?}"
    );
}

/// Agreement to the digits that a reference prints.
#[track_caller]
pub(crate) fn near(actual: f64, expected: f64, tolerance: f64) {
    assert!((actual - expected).abs() <= tolerance, "{actual} is not {expected}");
}

#[track_caller]
pub(crate) fn bounds(actual: Interval, low: f64, high: f64, tolerance: f64) {
    near(actual.low, low, tolerance);
    near(actual.high, high, tolerance);
}
