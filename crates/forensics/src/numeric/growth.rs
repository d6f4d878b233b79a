//! Growth of the share count: the bridge of dilution.

use super::ledger::{Ledger, LedgerPoint};
use super::sheet::{Frame, part, ratio};
use crate::figures::{ANNUAL_STALE_DAYS, Figures, days_between, inputs};
use crate::signal::{Severity, Signal};

const FRAME: Frame<'static> = Frame {
    id: "share_growth",
    formula: "newest count of shares/count a year before (ten to fourteen months) - 1, as a fraction; counts from one source (the \
              covers; else the balance sheets; else the weighted averages, for filers with several classes), each as first \
              stated and multiplied by the splits since; acceleration = this growth - the growth of the year before",
    source: "Ledger of the filings. One fifth is the bound above which Nasdaq rule 5635(d) and section 713 of the NYSE American \
             guide ask the shareholders before shares are sold below the market.",
};

/// Says where the count became a whole number of times what it was at once: a split that is neither tagged nor restated in
/// any count looks so, and cannot be told from an issue.
fn like_a_split(ledger: &Ledger, from: &LedgerPoint, to: &LedgerPoint) -> String {
    let within = |point: &LedgerPoint| (from.date..=to.date).contains(&point.date);
    ledger
        .points
        .windows(2)
        .find_map(|pair| {
            let [one, other] = pair else { return None };
            let times = ratio(other.adjusted, one.adjusted)?;
            let whole = times.round();
            (within(one) && within(other) && whole >= 2.0 && (times / whole - 1.0).abs() < 0.005).then(|| {
                format!(
                    "; it became {whole} times as many between {} and {}, as after a split, of which the facts tell nothing",
                    one.date, other.date
                )
            })
        })
        .unwrap_or_default()
}

/// The signal.
pub(super) fn run(figures: &Figures<'_>, ledger: &Option<Ledger>) -> Signal {
    let Some(ledger) = ledger else {
        return FRAME.not_run("no count of shares is in the facts");
    };
    let Some(last) = ledger.last() else { return FRAME.not_run("no count of shares is in the facts") };
    let age = days_between(last.date, figures.as_of());
    if age > ANNUAL_STALE_DAYS {
        return FRAME.not_run(format!(
            "stale: the newest count of shares is of {}, {age} days before {}; refused after {ANNUAL_STALE_DAYS} days",
            last.date,
            figures.as_of()
        ));
    }
    let parts = bridge(ledger);
    let Some(before) = ledger.year_before(last.date) else {
        let mut signal = FRAME.not_run(format!(
            "the newest count of shares is of {}, and none is ten to fourteen months older ({})",
            last.date,
            ledger.source.name()
        ));
        signal.parts = parts;
        return signal;
    };
    let growth =
        |now: &LedgerPoint, before: &LedgerPoint| ratio(now.adjusted, before.adjusted).map(|ratio| ratio - 1.0);
    let Some(value) = growth(last, before) else { return FRAME.not_run("the count a year before is zero") };
    let earlier = ledger.year_before(before.date);
    let acceleration = earlier.and_then(|earlier| growth(before, earlier)).map(|previous| value - previous);
    let (zone, severity) = if value >= 0.5 {
        ("heavy", Severity::High)
    } else if value >= 0.2 {
        ("high", Severity::Caution)
    } else if value >= 0.05 {
        ("moderate", Severity::Info)
    } else {
        ("low", Severity::None)
    };
    let pace = acceleration
        .map_or(String::new(), |acceleration| format!("; the year before {:+.1} %", 100.0 * (value - acceleration)));
    let mut signal = FRAME.ran(
        value,
        zone,
        severity,
        format!(
            "{:+.1} % from {} to {} ({}){pace}{}",
            100.0 * value,
            before.date,
            last.date,
            ledger.source.name(),
            like_a_split(ledger, before, last)
        ),
    );
    inputs("newest count, as stated", &last.stated, &mut signal.inputs);
    inputs("count a year before, as stated", &before.stated, &mut signal.inputs);
    signal.parts = vec![part(
        "share_growth.acceleration",
        "growth of this year - growth of the year before",
        acceleration,
        match acceleration {
            Some(acceleration) => format!("{:+.1} points", 100.0 * acceleration),
            None => "no count two years before".to_owned(),
        },
    )];
    signal.parts.extend(parts);
    signal
}

/// The counts of the last five years, each on the newest basis of splits, with what was stated.
fn bridge(ledger: &Ledger) -> Vec<Signal> {
    let Some(last) = ledger.last() else { return Vec::new() };
    ledger
        .points
        .iter()
        .rev()
        .filter(|point| days_between(point.date, last.date) <= 1830)
        .map(|point| {
            let mut line = part(
                &format!("share_growth.count.{}", point.date),
                "count as first stated, times the splits since",
                Some(point.adjusted),
                if (point.adjusted / point.stated.value - 1.0).abs() < 1e-9 {
                    format!("{:.0} shares", point.adjusted)
                } else {
                    format!("{:.0} shares, stated as {:.0} before splits", point.adjusted, point.stated.value)
                },
            );
            inputs("count as stated", &point.stated, &mut line.inputs);
            line
        })
        .collect()
}
