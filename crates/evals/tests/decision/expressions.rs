//! The grammar of bars and gates.

use evals::decision::{Bar, Comparison, Gate, Margin, Measure, Quantity, Requirement};
use proptest::prelude::*;

fn gate(text: &str) -> Gate {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn limit(text: &str) -> (Quantity, Comparison, f64, Option<f64>) {
    let gate = gate(text);
    let condition = gate.condition();
    match condition.requirement {
        Requirement::Limit { comparison, value } => (condition.quantity, comparison, value, condition.level),
        Requirement::NotWorse { .. } => panic!("no limit: {text}"),
    }
}

#[test]
fn limits_are_read_in_the_unit_of_their_measure() {
    let mean = |measure| Quantity::Mean { measure };
    assert_eq!(limit("pass_rate >= 0.95 @ 95%"), (mean(Measure::Pass), Comparison::AtLeast, 0.95, Some(0.95)));
    assert_eq!(limit("pass >= 95% @ 0.9"), (mean(Measure::Pass), Comparison::AtLeast, 0.95, Some(0.9)));
    let p95 = Quantity::Quantile { measure: Measure::LatencyMs, probability: 0.95 };
    assert_eq!(limit("p95(latency) < 2s"), (p95, Comparison::Below, 2000.0, None));
    assert_eq!(limit(" P95 ( latency_ms )<800ms "), (p95, Comparison::Below, 800.0, None));
    assert_eq!(limit("mean(score) >= 7"), (mean(Measure::Score), Comparison::AtLeast, 7.0, None));
    assert_eq!(limit("cost per item < $0.002"), (mean(Measure::CostUsd), Comparison::Below, 0.002, None));
    assert_eq!(limit("cost per item <= 2e-3 usd"), (mean(Measure::CostUsd), Comparison::AtMost, 0.002, None));
    assert_eq!(limit("pass^3 > .8"), (Quantity::PassHat { k: 3 }, Comparison::Above, 0.8, None));
    assert_eq!(limit("pass@2 ≥ 80%"), (Quantity::PassAt { k: 2 }, Comparison::AtLeast, 0.8, None));
    assert_eq!(limit("refusal_rate ≤ 1%"), (mean(Measure::Refused), Comparison::AtMost, 0.01, None));
    let median = Quantity::Quantile { measure: Measure::TtftMs, probability: 0.5 };
    assert_eq!(limit("median(ttft) < 0.5 s").0, median);
    let p999 = Quantity::Quantile { measure: Measure::LatencyMs, probability: 0.999 };
    assert_eq!(limit("p999(latency) < 1 min"), (p999, Comparison::Below, 60_000.0, None));
}

#[test]
fn margins_are_absolute_for_rates_and_may_be_shares_of_costs() {
    let not_worse = |text: &str| match gate(text).condition().requirement.clone() {
        Requirement::NotWorse { than, margin } => (than, margin),
        Requirement::Limit { .. } => panic!("a limit: {text}"),
    };
    assert_eq!(not_worse("pass_rate not worse than baseline by 0.02"), ("baseline".to_owned(), Margin::Absolute(0.02)));
    assert_eq!(not_worse("pass_rate not worse than x by 2%").1, Margin::Absolute(0.02));
    assert_eq!(not_worse("cost not worse than x by 10% @ 90%").1, Margin::Relative(0.1));
    assert_eq!(
        not_worse("latency not worse than 'my model' by 200ms"),
        ("my model".to_owned(), Margin::Absolute(200.0))
    );
    assert_eq!(not_worse("score not worse than openai/gpt-5.5@effort=high by 0.5").0, "openai/gpt-5.5@effort=high");
    assert_eq!(gate("cost not worse than x by 10% @ 90%").condition().level, Some(0.9));
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (text, column, part) in [
        ("", 1, "starts with what is measured"),
        ("speed > 3", 1, "`speed` is nothing that is measured"),
        ("pass_rate", 10, "expected `>=`"),
        ("pass_rate = 0.9", 11, "equality is never decided"),
        ("pass_rate >= high", 14, "expected a number, found `high`"),
        ("pass_rate >= 95", 14, "lies between 0 and 1"),
        ("pass_rate >= 0.9 @ 100%", 23, "between 50% and 100%"),
        ("pass_rate >= 0.9 @", 19, "after `@`"),
        ("pass_rate >= 0.9 now", 18, "one thing too many"),
        ("p95(latency) < 2", 16, "a time needs its unit"),
        ("p95(latency) < 2%", 17, "not a percentage"),
        ("p95 latency < 2s", 5, "expected `(`, found `latency`"),
        ("p95(pass_rate) > 0.5", 14, "has no quantiles"),
        ("p0(latency) < 2s", 1, "no quantile"),
        ("cost < 2s", 9, "`s` is no unit of a cost"),
        ("score > $3", 10, "`$` is no unit of a score"),
        ("pass^0 > 0.5", 6, "whole number"),
        ("pass_rate not better than x by 1", 15, "expected `worse`"),
        ("pass_rate not worse than 'x by 0.1", 26, "does not end"),
        ("pass_rate not worse than x by 1.5", 31, "allows everything"),
        ("p95(latency) not worse than x by 2s", 14, "compares means"),
        ("pass_rate >= 1e999", 14, "cannot be read"),
    ] {
        let error = text.parse::<Gate>().unwrap_err();
        let said = error.to_string();
        assert!(said.contains(part), "{text}: {said}");
        assert!(said.contains(&format!("column {column}:")), "{text}: {said}");
        assert!(!error.hint.is_empty());
    }
    assert!("pass_rate not worse than x by 0.1".parse::<Bar>().unwrap_err().to_string().contains("a bar is a limit"));
    let long = "x".repeat(10_000);
    assert!(long.parse::<Gate>().unwrap_err().to_string().len() < 600);
}

proptest! {
    #[test]
    fn nothing_that_is_written_panics(text in ".{0,80}") {
        let _ = text.parse::<Gate>();
    }

    #[test]
    fn nothing_near_a_gate_panics(text in "(pass_rate|p95\\(latency\\)|cost per item|pass\\^)?[ ]?(>=|<|not worse than)?[ ]?[$]?[0-9a-z'@%.é ]{0,20}") {
        if let Ok(gate) = text.parse::<Gate>() {
            // What was read reads the same again.
            prop_assert_eq!(&gate.condition().text.parse::<Gate>().unwrap(), &gate);
        }
    }
}
