//! How many shares may still be issued under the charter.

use edgar::facts::{Basis, Figure};

use super::sheet::{Frame, ratio};
use super::splits::{Split, cover};
use crate::figures::{ANNUAL_STALE_DAYS, Figures, days_between, inputs};
use crate::signal::{Severity, Signal};

const FRAME: Frame<'static> = Frame {
    id: "authorised_headroom",
    formula: "(authorised - outstanding)/authorised common shares, as a fraction, both of the newest balance sheet that gives the \
              authorised number (outstanding: us-gaap:CommonStockSharesOutstanding, else issued less treasury shares, else the cover \
              count next after, else us-gaap:CommonStockSharesIssued, where treasury shares count as outstanding). Shares reserved for options, warrants and convertibles are not taken off",
    source: "The charter's limit as the balance sheet states it. Little room forces a vote before the next issue; no cut-off is \
             published, 10 % is used.",
};

/// The signal.
pub(super) fn run(figures: &Figures<'_>, splits: &[Split]) -> Signal {
    let view = figures.view();
    let tag = "us-gaap:CommonStockSharesAuthorized";
    let newest = view
        .of(tag)
        .filter(|fact| fact.value > 0.0 && view.facts().unit(fact) == "shares")
        .max_by_key(|fact| (fact.end, fact.filed));
    let Some(fact) = newest else {
        return FRAME.not_run(
            "no authorised number of common shares in the facts (filers with several classes give it by class, which the API \
             leaves out; some have no limit)",
        );
    };
    let authorised = view.figure(tag, fact);
    let age = days_between(authorised.end, figures.as_of());
    if age > ANNUAL_STALE_DAYS {
        return FRAME.not_run(format!(
            "stale: the newest authorised number is of {}, {age} days before {}; refused after {ANNUAL_STALE_DAYS} days",
            authorised.end,
            figures.as_of()
        ));
    }
    let Some(outstanding) = outstanding(figures, &authorised) else {
        return FRAME.not_run(format!(
            "no count of outstanding shares beside the authorised number of {} (several classes, or not tagged)",
            authorised.end
        ));
    };
    let mut both = Vec::new();
    inputs("authorised common shares", &authorised, &mut both);
    inputs("outstanding common shares", &outstanding, &mut both);
    let mut signal = judge(&authorised, &outstanding, splits);
    signal.inputs = both;
    signal
}

fn judge(authorised: &Figure, outstanding: &Figure, splits: &[Split]) -> Signal {
    if outstanding.value > authorised.value {
        return FRAME.not_run(format!(
            "{:.0} outstanding exceed {:.0} authorised at {}: the authorised number is of one class or out of date",
            outstanding.value, authorised.value, authorised.end
        ));
    }
    let between = splits.iter().any(|split| {
        split.confirmed
            && (split.date > authorised.end) != (split.date > outstanding.end)
            && authorised.accession != outstanding.accession
    });
    if between {
        return FRAME.not_run(format!(
            "a split lies between the authorised number of {} and the count of {}",
            authorised.end, outstanding.end
        ));
    }
    let Some(used) = ratio(outstanding.value, authorised.value) else {
        return FRAME.not_run("the authorised number is zero");
    };
    let value = 1.0 - used;
    let (zone, severity) = if value < 0.10 {
        ("tight", Severity::Caution)
    } else if value < 0.5 {
        ("ordinary", Severity::None)
    } else {
        ("wide", Severity::None)
    };
    FRAME.ran(
        value,
        zone,
        severity,
        format!(
            "{:.1} % of {:.0} authorised shares are not outstanding at {}",
            100.0 * value,
            authorised.value,
            authorised.end
        ),
    )
}

/// The count that belongs to an authorised number: of its day and filing, else of its day, else of the next cover.
fn outstanding(figures: &Figures<'_>, authorised: &Figure) -> Option<Figure> {
    let view = figures.view();
    let day = authorised.end;
    let beside = |tag: &str| {
        view.versions(tag, "shares", None, day)
            .into_iter()
            .rev()
            .find(|figure| figure.accession == authorised.accession)
            .or_else(|| view.instant(tag, "shares", day, Basis::Restated))
            .filter(|figure| figure.value > 0.0)
    };
    let issued = beside("us-gaap:CommonStockSharesIssued");
    let less_treasury = || {
        let held = beside("us-gaap:TreasuryStockCommonShares").or_else(|| beside("us-gaap:TreasuryStockShares"))?;
        Figure::sum(vec![(1.0, issued.clone()?), (-1.0, held)], None, day).filter(|figure| figure.value > 0.0)
    };
    let next_cover = || cover(view).into_iter().find(|point| (0..=150).contains(&days_between(day, point.end)));
    beside("us-gaap:CommonStockSharesOutstanding").or_else(less_treasury).or_else(next_cover).or_else(|| issued.clone())
}
