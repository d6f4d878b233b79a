//! Words and figures that all formats share.

use forensics::examine::Examination;
use forensics::signal::{Severity, Signal, Status};

/// A severity in one word.
pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::None => "none",
        Severity::Info => "info",
        Severity::Caution => "caution",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

/// A status in words.
pub(crate) fn status(status: Status) -> &'static str {
    match status {
        Status::Ran => "ran",
        Status::NotRun => "not run",
        Status::NotApplicable => "not applicable",
    }
}

/// A number as a person reads it: thousands grouped, as many decimals as it needs.
pub(crate) fn number(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 1_000.0 || size == size.trunc() => 0,
        size if size >= 10.0 => 1,
        size if size >= 0.1 => 2,
        _ => 4,
    };
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, rest) =
        plain.split_once('.').map_or((plain.as_str(), String::new()), |(whole, part)| (whole, format!(".{part}")));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let zero = plain.chars().all(|character| matches!(character, '0' | '.'));
    format!("{}{grouped}{rest}", if value < 0.0 && !zero { "−" } else { "" })
}

/// An input's value with its unit.
pub(crate) fn amount(value: f64, unit: &str) -> String {
    match unit {
        "" | "pure" | "ratio" => number(value),
        "USD" => format!("{}${}", if value < 0.0 { "−" } else { "" }, number(value.abs())),
        unit => format!("{} {unit}", number(value)),
    }
}

/// A signal's figure, where it has one.
pub(crate) fn figure(signal: &Signal) -> Option<String> {
    let value = number(signal.value?);
    Some(match &signal.zone {
        Some(zone) => format!("{value} ({})", zone.replace('_', " ")),
        None => value,
    })
}

/// Signals with a finding, in the order of what they weigh on the day: the gravest first, old events behind fresh ones,
/// and among equals in the order of the contract.
pub(crate) fn flags(examination: &Examination) -> Vec<&Signal> {
    let mut found: Vec<&Signal> = examination
        .signals
        .iter()
        .filter(|signal| signal.status == Status::Ran && signal.severity > Severity::None)
        .collect();
    let weight = |signal: &Signal| forensics::factors::finding(signal, examination.company.as_of);
    found.sort_by(|one, other| weight(other).total_cmp(&weight(one)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_keep_what_matters() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1_234_567.0, "1,234,567"),
            (-2_500_000.4, "−2,500,000"),
            (12.345, "12.3"),
            (1.814, "1.81"),
            (0.00371, "0.0037"),
            (-0.000_001, "0.0000"),
            (999.0, "999"),
        ] {
            assert_eq!(number(value), expected);
        }
        assert_eq!(
            (amount(-12_000.0, "USD"), amount(5.5, "months")),
            ("−$12,000".to_owned(), "5.50 months".to_owned())
        );
    }
}
