//! Figures of a decision with the units of their measure. Raw text.

use evals::decision::{ContestantDecision, Measure};

use crate::figures;

/// An arm's mean with its interval.
pub(crate) fn estimate(measure: Measure, arm: &ContestantDecision) -> String {
    let own = if arm.primary.metric == measure {
        Some(&arm.primary)
    } else {
        arm.metrics.iter().find(|one| one.metric == measure)
    };
    own.map_or_else(
        || figures::NONE.to_owned(),
        |own| with_interval(measure, own.mean, own.ci_low.zip(own.ci_high), None),
    )
}

/// `91.2 % [86.3–94.8]`, with the level in words where it is given.
pub(crate) fn with_interval(
    measure: Measure,
    mean: Option<f64>,
    ends: Option<(f64, f64)>,
    level: Option<f64>,
) -> String {
    let shown = value(measure, mean);
    let Some((low, high)) = ends.filter(|ends| mean.is_some() && ends.0.is_finite() && ends.1.is_finite()) else {
        return shown;
    };
    let level = level.map_or_else(String::new, |level| format!(", {} interval", figures::percent(level)));
    format!("{shown} [{}{level}]", range(measure, low, high))
}

/// Both ends of an interval; the unit once where it is the same.
fn range(measure: Measure, low: f64, high: f64) -> String {
    let dash = if low < 0.0 || high < 0.0 { " to " } else { "–" };
    if measure.is_rate() || measure == Measure::CheckShare {
        return format!("{}{dash}{}", share_end(low), share_end(high));
    }
    format!("{}{dash}{}", value(measure, Some(low)), value(measure, Some(high)))
}

/// An end of an interval of a share; nobody needs the decimals of 0 and 100.
fn share_end(value: f64) -> String {
    match format!("{:.1}", value * 100.0).as_str() {
        "0.0" | "-0.0" => "0".to_owned(),
        "100.0" => "100".to_owned(),
        text => text.replace('-', "−"),
    }
}

/// A value of a difference's axis: its sign, and no unit where the rows have it.
pub(crate) fn axis(measure: Measure, value: f64) -> String {
    if measure.is_rate() || measure == Measure::CheckShare {
        return signed(&figures::number((value * 1e4).round() / 1e2));
    }
    difference(measure, Some(value), None)
}

/// A value in the unit of its measure; a dash where there is none.
pub(crate) fn value(measure: Measure, value: Option<f64>) -> String {
    let Some(value) = value.filter(|value| value.is_finite()) else { return figures::NONE.to_owned() };
    let text = match measure {
        Measure::Pass | Measure::CheckShare | Measure::Refused | Measure::FormatFailed => figures::rate(value),
        Measure::LatencyMs | Measure::TtftMs => figures::milliseconds(value),
        Measure::CostUsd => figures::dollars_f64(value),
        Measure::Score | Measure::InputTokens | Measure::OutputTokens | Measure::LengthChars => figures::number(value),
    };
    text.replace('-', "−")
}

/// An amount of a measure that is no level of it, such as a margin: `2 points`, `120 ms`.
pub(crate) fn amount(measure: Measure, amount: f64) -> String {
    if measure.is_rate() || measure == Measure::CheckShare {
        let points = figures::number((amount * 1e8).round() / 1e6);
        return format!("{points} {}", if points == "1" { "point" } else { "points" });
    }
    value(measure, Some(amount))
}

/// A difference with its sign and interval: `+4.2 points [−0.3 to +8.7]`.
pub(crate) fn difference(measure: Measure, value: Option<f64>, ends: Option<(f64, f64)>) -> String {
    let Some(value) = value.filter(|value| value.is_finite()) else { return figures::NONE.to_owned() };
    let rate = measure.is_rate() || measure == Measure::CheckShare;
    let shown = |value: f64| {
        if rate {
            signed(&format!("{:.1}", value * 100.0))
        } else {
            plus(value, &self::value(measure, Some(value.abs())))
        }
    };
    let unit = if rate { " points" } else { "" };
    let ends = ends.filter(|ends| ends.0.is_finite() && ends.1.is_finite());
    let ends = ends.map_or_else(String::new, |(low, high)| format!(" [{} to {}]", shown(low), shown(high)));
    format!("{}{unit}{ends}", shown(value))
}

fn plus(value: f64, magnitude: &str) -> String {
    match value.partial_cmp(&0.0) {
        Some(std::cmp::Ordering::Greater) => format!("+{magnitude}"),
        Some(std::cmp::Ordering::Less) => format!("−{magnitude}"),
        _ => magnitude.to_owned(),
    }
}

/// The typographic sign before digits; none before zero.
fn signed(digits: &str) -> String {
    let zero = digits.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    match digits.strip_prefix('-') {
        Some(rest) if zero => rest.to_owned(),
        Some(rest) => format!("−{rest}"),
        None if zero => digits.to_owned(),
        None => format!("+{digits}"),
    }
}

/// `p = 0.0123` or `p < 0.0001`, after correction.
pub(crate) fn p_corrected(p: f64) -> String {
    let text = figures::p_value(p);
    match text.strip_prefix('<') {
        Some(rest) => format!("corrected p < {rest}"),
        None => format!("corrected p = {text}"),
    }
}

/// A ratio as what it adds: `+31 %`, `−4.2 %`.
pub(crate) fn percent_more(ratio: f64) -> String {
    let more = (ratio - 1.0) * 100.0;
    if !more.is_finite() {
        return figures::NONE.to_owned();
    }
    let digits = usize::from(more.abs() < 9.95);
    format!("{} %", signed(&format!("{more:.digits$}")))
}
