//! `scan`: several companies, ranked. One that cannot be read is reported and stops nobody.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};

use edgar::client::Client;

use crate::cli::{Format, Scan};
use crate::disclaimer;
use crate::exit::{Exit, Failure, Outcome};
use crate::filter::Expression;
use crate::gather::{Failed, Gatherer};
use crate::interrupt;
use crate::names::{self, is_known, meaning, rank};
use crate::show::json::{self, FailedRow, Payload, ScanPayload};
use crate::show::{csv, table, words};
use crate::watchlist::Watchlist;

use super::{Session, deliver, pasted_all, present};

/// Companies at a time. The limiter sees to fair access; more would only wait there.
const AT_A_TIME: usize = 4;

pub(super) fn run(session: &Session<'_>, arguments: &Scan) -> Outcome {
    // What is cheap to refuse is refused before anything is fetched.
    let filter = arguments
        .filter
        .as_deref()
        .map(|text| Expression::read(text, &is_known))
        .transpose()
        .map_err(|error| Failure::usage(error.to_string()).hint("`pennytune explain --fields` lists all names"))?;
    if arguments.sort != "score" && !is_known(&arguments.sort) {
        return Err(Failure::usage(format!("`{}` is nothing to sort by", arguments.sort)).hint(format!(
            "{}`pennytune explain --fields` lists all names",
            names::near(&arguments.sort).map_or_else(String::new, |near| format!("did you mean {near}? "))
        )));
    }
    if arguments.top == Some(0) {
        return Err(Failure::usage("--top 0 would show nothing"));
    }
    let asked = asked(session, arguments)?;
    let Read { payloads: mut results, failed, not_read } = read(session, &asked)?;
    let read_companies = results.len();
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
        let open = |payload: &Payload| payload.examination.score.value.is_none();
        // Who is not assessed stands behind those who are, whatever the order.
        open(one)
            .cmp(&open(other))
            .then_with(|| key(other).total_cmp(&key(one)))
            .then_with(|| table::name_of(one).cmp(&table::name_of(other)))
    });
    results.truncate(arguments.top.unwrap_or(usize::MAX));
    let only_unknown = failed.iter().all(|(_, failed)| failed.exit == Exit::Usage);
    let worst = failed.iter().map(|(_, failed)| failed.exit).find(|exit| *exit == Exit::Network);
    let partial = !failed.is_empty() || results.iter().any(|payload| !payload.reading.missing.is_empty());
    let scan = ScanPayload {
        disclaimer: disclaimer::LINE.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        results,
        failed: failed.into_iter().map(|(ticker, failed)| FailedRow { ticker, why: failed.message }).collect(),
        left_out,
        undecided,
        not_read,
    };
    show(session, &scan)?;
    if !scan.not_read.is_empty() {
        return Ok(interrupted(session, read_companies, scan.not_read.len()));
    }
    Ok(match worst {
        Some(network) if everything_failed => network,
        _ if everything_failed && only_unknown => Exit::Usage,
        _ if partial => Exit::Partial,
        _ => Exit::Produced,
    })
}

fn asked(session: &Session<'_>, arguments: &Scan) -> Result<Vec<String>, Failure> {
    let mut asked: Vec<String> = Vec::new();
    for ticker in pasted_all(&arguments.tickers) {
        if !asked.iter().any(|known| known.eq_ignore_ascii_case(ticker)) {
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

/// What came of reading several companies.
pub(super) struct Read {
    /// Those that were read, in the order of their keys.
    pub(super) payloads: Vec<Payload>,
    /// Those that could not be, with why.
    pub(super) failed: Vec<(String, Failed)>,
    /// Those that were not reached before Ctrl-C.
    pub(super) not_read: Vec<String>,
}

/// Reads all of them, a few at a time. After Ctrl-C it gives what is finished by then.
pub(super) fn read(session: &Session<'_>, asked: &[String]) -> Result<Read, Failure> {
    let as_of = session.as_of()?;
    let client = Arc::new(session.client()?);
    interrupt::see_to_it();
    let (send, receive) = mpsc::channel();
    let (its_client, its_asked, settings) = (Arc::clone(&client), asked.to_vec(), session.settings());
    // Its own thread, which nobody waits for after an interruption: a request in flight may take half a minute.
    std::thread::spawn(move || read_each(&its_client, as_of, &its_asked, &settings, &send));
    let mut outcomes: Vec<Option<Result<Payload, Failed>>> = Vec::new();
    outcomes.resize_with(asked.len(), || None);
    let mut done = 0;
    session.printer.progress(&format!("0 of {}", asked.len()));
    while done < asked.len() && !interrupt::pressed() {
        match receive.recv_timeout(interrupt::LOOK) {
            Ok((at, outcome)) => {
                done += 1;
                let ticker = asked.get(at).map_or("", String::as_str);
                let text = format!("{done} of {}: {}", asked.len(), escape::terminal::line(ticker));
                if session.global.verbose {
                    session.printer.status(&text);
                } else {
                    session.printer.progress(&text);
                }
                if let Some(slot) = outcomes.get_mut(at) {
                    *slot = Some(outcome);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    session.printer.progress("");
    session.tell(&client);
    let (mut payloads, mut failed, mut not_read) = (Vec::new(), Vec::new(), Vec::new());
    for (outcome, ticker) in outcomes.into_iter().zip(asked) {
        match outcome {
            Some(Ok(payload)) => payloads.push(payload),
            Some(Err(why)) => failed.push((ticker.clone(), why)),
            None => not_read.push(ticker.clone()),
        }
    }
    // A company with two tickers is one company.
    payloads.sort_by_key(|payload: &Payload| payload.examination.company.cik);
    payloads.dedup_by_key(|payload| payload.examination.company.cik);
    for payload in &payloads {
        super::inspect::keep(session, payload);
    }
    Ok(Read { payloads, failed, not_read })
}

/// Says what became of an interrupted reading of several companies.
pub(super) fn interrupted(session: &Session<'_>, read: usize, not_read: usize) -> Exit {
    session.printer.warning(&format!(
        "interrupted: {} read and shown, {not_read} not read",
        words::count(read, "company was", "companies were")
    ));
    session.printer.hint(interrupt::SAFE);
    Exit::Interrupted
}

fn read_each(
    client: &Client,
    as_of: jiff::civil::Date,
    asked: &[String],
    settings: &forensics::examine::Settings,
    send: &mpsc::Sender<(usize, Result<Payload, Failed>)>,
) {
    let gatherer = Gatherer::new(client, as_of);
    let next = AtomicUsize::new(0);
    let one = |ticker: &str| {
        gatherer.find(ticker).and_then(|found| gatherer.gather(found.cik)).map(|gathered| {
            let examination = forensics::examine::examine(&gathered.case, settings);
            json::payload(&gathered, examination)
        })
    };
    let fault =
        || Failed { exit: Exit::Partial, message: "it could not be read: a fault of this tool".to_owned(), hint: None };
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME.min(asked.len()) {
            scope.spawn(|| {
                while !interrupt::pressed() {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(ticker) = asked.get(at) else { break };
                    let outcome = catch_unwind(AssertUnwindSafe(|| one(ticker))).unwrap_or_else(|_| Err(fault()));
                    // Nobody listens any more after an interruption.
                    let _ = send.send((at, outcome));
                }
            });
        }
    });
}

fn show(session: &Session<'_>, scan: &ScanPayload) -> Result<(), Failure> {
    let printer = session.printer;
    match session.format() {
        Format::Json => deliver(session.global, printer, &json::bytes(scan)),
        Format::Csv => deliver(session.global, printer, csv::signals(&scan.results).as_bytes()),
        #[cfg(feature = "parquet")]
        Format::Parquet => {
            let bytes = super::tabled(crate::show::parquet::signals(&scan.results))?;
            deliver(session.global, printer, &bytes)
        }
        Format::Markdown => deliver(session.global, printer, table::markdown(scan).as_bytes()),
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => Ok(()),
        Format::Terminal => present(session.global, printer, &table::table(scan, printer.width())),
    }
}
