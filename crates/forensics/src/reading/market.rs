//! The signals `suspension` and `fails_to_deliver`: lists of the SEC that concern every company.

use edgar::fails::{self, Fail, Period, Security};

use edgar::index::Company;
use edgar::suspensions::Suspension;

use crate::signal::{Input, Severity, Signal};
use crate::wording::count;

use super::reader::{Reader, days};

/// A suspension is looked for this far back.
const WINDOW: i32 = 180;
/// A name may stand in an order this many days after it was given up, or before it was taken.
const NAME_KEPT: i32 = 3 * 365;
/// It ends after ten business days: two weeks.
const IN_FORCE: i32 = 14;
/// Fails on so many settlement days, of so many shares, are persistent.
const PERSISTENT_DAYS: usize = 5;
const PERSISTENT_SHARES: u64 = 10_000;

pub(super) fn suspension(reader: Reader<'_>) -> Signal {
    const ID: &str = "suspension";
    let case = reader.case;
    let list = match &case.lists.suspensions {
        None => return Signal::not_run(ID, "the SEC's list of trading suspensions was not part of this reading"),
        Some(Err(why)) => {
            return Signal::not_run(ID, format!("the SEC's list of trading suspensions could not be had: {why}"));
        }
        Some(Ok(list)) => list,
    };
    // A list that is read from its newest page may end before it comes to the day of the reading.
    let oldest = list.orders.iter().map(|order| order.date).min();
    if let Some(oldest) = oldest.filter(|oldest| *oldest > case.as_of) {
        let why =
            format!("the part of the SEC's list of trading suspensions that was had begins on {oldest}, after the day");
        return Signal::not_run(ID, why);
    }
    let found: Vec<_> = list
        .orders
        .iter()
        .filter(|order| order.date <= case.as_of && days(order.date, case.as_of) <= WINDOW)
        .filter(|order| is_named(&case.company, order))
        .collect();
    let looked = list.orders.iter().filter(|order| order.date <= case.as_of).count();
    let newest = found.iter().map(|order| order.date).max();
    let (zone, severity, why) = match newest {
        None => ("none", Severity::None, format!("not named in the {looked} orders of the list up to the day")),
        Some(date) if days(date, case.as_of) <= IN_FORCE => (
            "suspended",
            Severity::Critical,
            format!("trading was suspended by an order of {date}; an order lasts ten business days at most"),
        ),
        Some(date) => {
            ("was_suspended", Severity::High, format!("trading was suspended by an order of {date}, which has run out"))
        }
    };
    let mut why = why;
    if let Some(missing) = case.index.why_missing() {
        why.push_str(&format!("; former names are not known: {missing}"));
    }
    if let Some(gap) = &list.gap {
        why.push_str(&format!("; the list was not read to its end: {gap}"));
    }
    let mut signal = Signal::ran(ID, severity, why);
    signal.value = Some(found.len() as f64);
    signal.zone = Some(zone.to_owned());
    signal.formula = format!(
        "orders of the last {WINDOW} days on the list whose respondent has the company's name, or one that it had within \
         three years of the order, legal forms and punctuation apart; the list has no tickers and no CIK"
    );
    signal.source = "SEC, Trading Suspensions; Exchange Act section 12(k)".to_owned();
    for order in found {
        // An order has a release number, not an accession; the part says where it lies.
        let mut part =
            Signal::ran("suspension.order", Severity::High, format!("{} of {}", order.respondents, order.date));
        part.source = order.url.clone().unwrap_or_default();
        part.zone = order.release.clone();
        signal.parts.push(part);
    }
    signal
}

/// Whether an order names the company: by its name of today, or by one that it had within three years of the order.
/// A name given up long ago may be another company's by now.
fn is_named(company: &Company, order: &Suspension) -> bool {
    // The name of today is as old as the last one that was given up.
    let since = company.former_names.iter().filter_map(|former| former.to).max();
    since.is_none_or(|since| days(order.date, since) <= NAME_KEPT) && order.names(&company.name)
        || company.former_names.iter().any(|former| {
            former.to.is_none_or(|to| days(to, order.date) <= NAME_KEPT)
                && former.from.is_none_or(|from| days(order.date, from) <= NAME_KEPT)
                && order.names(&former.name)
        })
}

pub(super) fn fails_to_deliver(reader: Reader<'_>) -> Signal {
    const ID: &str = "fails_to_deliver";
    let case = reader.case;
    if case.lists.fails.is_empty() {
        return match case.lists.fails_missing.as_slice() {
            [] if case.lists.suspensions.is_some() => {
                Signal::not_run(ID, "the SEC's files of fails to deliver are not available")
            }
            [] => Signal::not_run(ID, "the SEC's files of fails to deliver were not part of this reading"),
            missing => Signal::not_run(ID, missing.join("; ")),
        };
    }
    if let Some(why) = case.index.why_missing().filter(|_| case.company.tickers.is_empty()) {
        return Signal::not_run(ID, format!("the files are by ticker symbol, and the company's are not known: {why}"));
    }
    if case.company.tickers.is_empty() {
        return Signal::not_applicable(ID, "has no ticker symbol, and the files are by symbol");
    }
    let mut rows: Vec<Fail> = Vec::new();
    let mut read = Vec::new();
    let mut problems = case.lists.fails_missing.clone();
    for file in case.lists.fails.iter() {
        // A file that was published after the day of the reading was not there to be read.
        if !Period::published(case.as_of, 24).contains(&file.period) {
            continue;
        }
        let mut whole = true;
        for ticker in &case.company.tickers {
            match fails::rows(&file.text, Security::Symbol(ticker)) {
                Ok(found) => rows.extend(found.rows),
                Err(problem) => {
                    problems.push(format!("{}: {problem}", file.period));
                    whole = false;
                    break;
                }
            }
        }
        if whole {
            read.push(file.period.to_string());
        }
    }
    if read.is_empty() {
        let why = if problems.is_empty() {
            "no file of the two years before was there".to_owned()
        } else {
            problems.join("; ")
        };
        return Signal::not_run(ID, why);
    }
    rows.retain(|row| row.day <= case.as_of);
    rows.sort_by_key(|row| row.day);
    let most = rows.iter().map(|row| row.shares).max().unwrap_or(0);
    let heavy = rows.iter().filter(|row| row.shares >= PERSISTENT_SHARES).count();
    let (zone, severity) = match (rows.len(), heavy) {
        (0, _) => ("none", Severity::None),
        (_, PERSISTENT_DAYS..) => ("persistent", Severity::Caution),
        _ => ("some", Severity::Info),
    };
    let files = read.join(", ");
    let mut why = match rows.last() {
        None => format!("not listed in the files read ({files})"),
        Some(last) => {
            format!(
                "fails on {} in {files}, at most {most} shares, last on {}",
                count(rows.len(), "settlement day", "settlement days"),
                last.day
            )
        }
    };
    for problem in problems {
        why.push_str("; not read: ");
        why.push_str(&problem);
    }
    let mut signal = Signal::ran(ID, severity, why);
    signal.value = Some(rows.len() as f64);
    signal.zone = Some(zone.to_owned());
    signal.formula = format!(
        "settlement days with fails of the company's symbols; persistent: {PERSISTENT_DAYS} days or more with at least \
         {PERSISTENT_SHARES} shares. Each figure is the balance of all fails outstanding on that day, not new ones; a fail may be \
         of a long or a short sale"
    );
    signal.source = "SEC, Fails-to-Deliver Data".to_owned();
    signal.inputs = rows
        .iter()
        .rev()
        .take(40)
        .map(|row| Input {
            name: format!("fails of {}", row.symbol),
            value: row.shares as f64,
            unit: "shares".to_owned(),
            tag: format!("cnsfails: CUSIP {}", row.cusip),
            start: None,
            end: Some(row.day),
            accession: None,
        })
        .collect();
    signal
}
