//! `scan`: several companies, ranked. One that cannot be read is reported and stops nobody.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use forensics::examine::Examination;
use forensics::signal::{Severity, Status};

use crate::cli::{Format, Scan};
use crate::disclaimer;
use crate::exit::{Exit, Failure, Outcome};
use crate::filter::{Expression, Meaning};
use crate::gather::{Failed, Gatherer};
use crate::show::json::{self, FailedRow, Payload, ScanPayload};
use crate::show::{csv, table};
use crate::watchlist::Watchlist;

use super::{Session, deliver};

/// Companies at a time. The limiter sees to fair access; more would only wait there.
const AT_A_TIME: usize = 4;

pub(super) fn run(session: &Session<'_>, arguments: &Scan) -> Outcome {
    // What is cheap to refuse is refused before anything is fetched.
    let filter = arguments
        .filter
        .as_deref()
        .map(|text| Expression::read(text, &is_known))
        .transpose()
        .map_err(|error| Failure::usage(error.to_string()))?;
    if arguments.sort != "score" && !is_known(&arguments.sort) {
        return Err(Failure::usage(format!("`{}` is nothing to sort by", arguments.sort))
            .hint("sort by score, a factor, or a signal; `pennytune explain` lists them"));
    }
    if arguments.top == Some(0) {
        return Err(Failure::usage("--top 0 would show nothing"));
    }
    let asked = asked(session, arguments)?;
    let (mut results, failed) = read(session, &asked)?;
    let everything_failed = results.is_empty() && !failed.is_empty();
    let (mut left_out, mut undecided) = (0, Vec::new());
    if let Some(filter) = &filter {
        results.retain(|payload| match filter.holds(&|name| meaning(&payload.examination, name)) {
            Some(true) => true,
            Some(false) => {
                left_out += 1;
                false
            }
            None => {
                undecided.push(table::name_of(payload));
                false
            }
        });
    }
    results.sort_by(|one, other| {
        let key = |payload: &Payload| rank(&payload.examination, &arguments.sort);
        key(other).total_cmp(&key(one)).then_with(|| table::name_of(one).cmp(&table::name_of(other)))
    });
    results.truncate(arguments.top.unwrap_or(usize::MAX));
    let worst = failed.iter().map(|(_, failed)| failed.exit).find(|exit| *exit == Exit::Network);
    let partial = !failed.is_empty() || results.iter().any(|payload| !payload.reading.missing.is_empty());
    let scan = ScanPayload {
        disclaimer: disclaimer::LINE.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        results,
        failed: failed.into_iter().map(|(ticker, failed)| FailedRow { ticker, why: failed.message }).collect(),
        left_out,
        undecided,
    };
    show(session, &scan)?;
    Ok(match worst {
        Some(network) if everything_failed => network,
        _ if everything_failed && !asked.is_empty() => Exit::Partial,
        _ if partial => Exit::Partial,
        _ => Exit::Produced,
    })
}

fn asked(session: &Session<'_>, arguments: &Scan) -> Result<Vec<String>, Failure> {
    let mut asked: Vec<String> = Vec::new();
    for ticker in arguments.tickers.iter().flat_map(|given| given.split(',')).map(str::trim) {
        if !ticker.is_empty() && !asked.iter().any(|known| known.eq_ignore_ascii_case(ticker)) {
            asked.push(ticker.to_owned());
        }
    }
    if asked.is_empty() || arguments.watchlist {
        let watched = Watchlist::open(&session.places.data)?.all()?;
        if watched.is_empty() && asked.is_empty() {
            return Err(Failure::usage("there is nothing to scan: no ticker was given and the watchlist is empty")
                .hint("pennytune scan TICKER1 TICKER2, or pennytune watch add TICKER1 TICKER2"));
        }
        asked.extend(watched.into_iter().map(|one| one.cik.padded()));
    }
    Ok(asked)
}

/// Reads all of them, a few at a time.
pub(super) fn read(session: &Session<'_>, asked: &[String]) -> Result<(Vec<Payload>, Vec<(String, Failed)>), Failure> {
    let as_of = session.as_of()?;
    let client = session.client()?;
    let gatherer = Gatherer::new(&client, as_of);
    let settings = session.settings();
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let failures = Mutex::new(Vec::new());
    let done = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME.min(asked.len()) {
            scope.spawn(|| {
                while let Some(ticker) = asked.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = gatherer.find(ticker).and_then(|found| gatherer.gather(found.cik)).map(|gathered| {
                        let examination = forensics::examine::examine(&gathered.case, &settings);
                        json::payload(&gathered, examination)
                    });
                    match result {
                        Ok(payload) => results.lock().unwrap_or_else(PoisonError::into_inner).push(payload),
                        Err(failed) => {
                            failures.lock().unwrap_or_else(PoisonError::into_inner).push((ticker.clone(), failed));
                        }
                    }
                    let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                    if session.global.verbose {
                        session.printer.status(&format!(
                            "{done} of {}: {}",
                            asked.len(),
                            escape::terminal::line(ticker)
                        ));
                    }
                }
            });
        }
    });
    session.tell(&client);
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    // A company with two tickers is one company.
    results.sort_by_key(|payload: &Payload| payload.examination.company.cik);
    results.dedup_by_key(|payload| payload.examination.company.cik);
    for payload in &results {
        super::inspect::keep(session, payload);
    }
    let mut failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
    failures.sort_by(|one: &(String, Failed), other| one.0.cmp(&other.0));
    Ok((results, failures))
}

/// Names that conditions and orders may use: factors, `score`, signals, their `.severity`, `.zone` and `.value`, parts,
/// and the everyday name of the runway.
fn is_known(name: &str) -> bool {
    let (first, rest) = name.split_once('.').unwrap_or((name, ""));
    let is_signal = forensics::examine::IDS.contains(&first);
    name == "score"
        || name == "runway_months"
        || name == "completeness"
        || forensics::factors::NAMES.contains(&name)
        || (is_signal
            && rest.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '.')))
}

/// What a name stands for in one company.
fn meaning(examination: &Examination, name: &str) -> Meaning {
    let number = |value: Option<f64>| value.map_or(Meaning::Unknown, Meaning::Number);
    match name {
        "score" => return number(examination.score.value),
        "completeness" => return Meaning::Number(examination.score.completeness),
        "runway_months" => return runway(examination),
        _ => {}
    }
    if let Some(factor) = examination.factors.iter().find(|factor| factor.name == name) {
        return number(factor.score);
    }
    let (id, field) = name.split_once('.').unwrap_or((name, ""));
    let Some(signal) = examination.signals.iter().find(|signal| signal.id == id) else { return Meaning::Unknown };
    let part = signal.parts.iter().find(|part| part.id == name);
    if let Some(part) = part {
        return part.value.map_or(Meaning::Truth(part.severity >= Severity::Caution), Meaning::Number);
    }
    if signal.status == Status::NotRun {
        return Meaning::Unknown;
    }
    match field {
        "severity" => Meaning::Word(crate::show::words::severity(signal.severity).to_owned()),
        "zone" => signal.zone.clone().map_or(Meaning::Unknown, Meaning::Word),
        "value" => number(signal.value),
        "status" => Meaning::Word(crate::show::words::status(signal.status).replace(' ', "_")),
        "" => Meaning::Truth(signal.severity >= Severity::Caution),
        _ => Meaning::Unknown,
    }
}

/// Months of runway; without end where the company burns nothing, so that `runway_months < 6` is false, not unknown.
fn runway(examination: &Examination) -> Meaning {
    let Some(signal) = examination.signals.iter().find(|signal| signal.id == "cash_runway") else {
        return Meaning::Unknown;
    };
    match (signal.status, signal.value) {
        (Status::Ran, Some(months)) => Meaning::Number(months),
        (Status::NotApplicable, _) => Meaning::Number(f64::INFINITY),
        _ => Meaning::Unknown,
    }
}

/// The gravest first; who has no figure comes last, apart from those that are measured.
fn rank(examination: &Examination, sort: &str) -> f64 {
    if let Some(signal) = examination.signals.iter().find(|signal| signal.id == sort) {
        return if signal.status == Status::Ran { signal.severity as u8 as f64 } else { -1.0 };
    }
    match meaning(examination, sort) {
        // Fewer months are graver.
        Meaning::Number(months) if sort == "runway_months" => -months,
        Meaning::Number(number) => number,
        Meaning::Truth(found) => f64::from(u8::from(found)),
        Meaning::Word(_) | Meaning::Unknown => f64::NEG_INFINITY,
    }
}

fn show(session: &Session<'_>, scan: &ScanPayload) -> Result<(), Failure> {
    let printer = session.printer;
    match session.format() {
        Format::Json => deliver(session.global, printer, &json::bytes(scan)),
        Format::Csv => deliver(session.global, printer, csv::signals(&scan.results).as_bytes()),
        Format::Markdown => deliver(session.global, printer, table::markdown(scan).as_bytes()),
        Format::Terminal => {
            let text = table::table(scan, printer.width());
            if session.global.output.is_some() {
                return deliver(session.global, printer, layout::style::strip(&text).as_bytes());
            }
            printer.result(&text);
            Ok(())
        }
    }
}
