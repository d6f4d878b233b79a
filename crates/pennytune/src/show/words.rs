//! Words and figures that all formats share.

use forensics::examine::Examination;
use forensics::reading::standing::{Standing, State};
use forensics::signal::{Severity, Signal, Status};
pub(crate) use forensics::wording::{amount, count, large, number};

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

/// An age as a person says it, in brackets; nothing where there is none.
pub(crate) fn age(days: i32) -> String {
    match days {
        ..=0 => String::new(),
        1 => " (1 day old)".to_owned(),
        2..=120 => format!(" ({days} days old)"),
        121..=729 => format!(" ({} months old)", days / 30),
        _ => format!(" ({} years old)", days / 365),
    }
}

/// A signal's figure in its own unit, where it has one that says something by itself: a count of filings is told by
/// the sentence that follows.
pub(crate) fn figure(signal: &Signal) -> Option<String> {
    let value = signal.value?;
    let share = |value: f64| format!("{} %", number((1_000.0 * value).round() / 10.0));
    Some(match signal.id.as_str() {
        "cash_runway" => format!("{} months", number((10.0 * value).round() / 10.0)),
        "negative_equity" => large(value, signal.inputs.first().map_or("", |input| input.unit.as_str())),
        "share_growth" => format!("{}{}", if value > 0.0 { "+" } else { "" }, share(value)),
        "authorised_headroom" | "sloan_accruals" => share(value),
        "piotroski_f" => format!("{} of 9", number(value)),
        "montier_c" => format!("{} of 6", number(value)),
        "delisting" | "suspension" | "fails_to_deliver" | "going_concern" | "non_reliance" | "auditor_change"
        | "material_weakness" | "comment_letters" | "splits" | "shelf" | "atm" | "toxic_financing" | "events_8k"
        | "insiders" | "form_144" | "ownership_13" => return None,
        _ => number(value),
    })
}

/// The zone in words, unless it only says the name again.
pub(crate) fn zone(signal: &Signal) -> Option<String> {
    signal.zone.as_ref().filter(|zone| **zone != signal.id).map(|zone| zone.replace('_', " "))
}

/// Figure and zone, as far as there are: `1.90 (grey)`, `(removed)`.
pub(crate) fn standing(signal: &Signal) -> Option<String> {
    match (figure(signal), zone(signal)) {
        (Some(figure), Some(zone)) => Some(format!("{figure} ({zone})")),
        (Some(figure), None) => Some(figure),
        (None, Some(zone)) => Some(format!("({zone})")),
        (None, None) => None,
    }
}

/// What kept a company that stopped reporting from being assessed: the day, and the form that shows it.
pub(crate) fn stopped(standing: &Standing) -> String {
    let day = standing.mark.since.map_or_else(String::new, |day| day.to_string());
    match standing.mark.form.as_deref() {
        Some(form) if form.starts_with("15") || form == "REVOKED" => {
            format!("stopped reporting on {day} (Form {form})")
        }
        Some(form) => format!("stopped reporting after its {form} of {day}"),
        None => "stopped reporting".to_owned(),
    }
}

/// What a row of a scan says of a company that does not simply report: `bankruptcy, late`.
pub(crate) fn unusual(standing: &Standing) -> Option<String> {
    let states: Vec<&str> = standing
        .marks()
        .filter(|mark| matches!(mark.state, State::Late | State::Bankruptcy | State::Stopped))
        .map(|mark| mark.state.name())
        .collect();
    (!states.is_empty()).then(|| states.join(", "))
}

/// Signals with a finding, in the order of what they weigh on the day: the gravest first, old events behind fresh ones,
/// and among equals in the order of the contract.
pub(crate) fn flags(examination: &Examination) -> Vec<&Signal> {
    let mut found: Vec<&Signal> = examination
        .signals
        .iter()
        .filter(|signal| signal.status == Status::Ran && signal.severity > Severity::None)
        .collect();
    let weight =
        |signal: &Signal| forensics::factors::finding(signal, examination.company.as_of, &examination.company.standing);
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
        assert_eq!(
            [large(-786e6, "USD"), large(88_190_000_000.0, "USD"), large(1_500.0, "EUR")],
            ["−$786 million", "$88.2 billion", "1,500 EUR"]
        );
    }

    #[test]
    fn figures_come_in_their_own_unit() {
        let of = |id: &str, value: f64, zone: &str| {
            let mut signal = Signal::ran(id, Severity::Info, "");
            signal.value = Some(value);
            signal.zone = Some(zone.to_owned());
            standing(&signal).unwrap_or_default()
        };
        assert_eq!(of("share_growth", 0.015_23, "low"), "+1.50 % (low)");
        assert_eq!(of("cash_runway", 4.47, "short"), "4.50 months (short)");
        assert_eq!(of("piotroski_f", 8.0, "strong"), "8 of 9 (strong)");
        assert_eq!(of("delisting", 1.0, "removed"), "(removed)");
        assert_eq!(of("altman_z2", 1.897, "grey"), "1.90 (grey)");
    }
}
