//! `watch`: companies to keep an eye on.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::{Format, Watch};
use crate::exit::{Exit, Outcome};
use crate::gather::{Failed, Gatherer};
use crate::show::json;
use crate::watchlist::Watchlist;

use super::{Session, deliver, diff, pasted_all, present, scan};

const NOBODY: &str = "Nobody is watched. pennytune watch add TICKER\n";

/// A company on the watchlist.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(super) struct WatchedRow {
    /// Central index key.
    cik: u64,
    /// The ticker it was added by.
    ticker: String,
    /// Its name then.
    name: String,
    /// The day of the last look; null before the first.
    #[schemars(with = "Option<String>")]
    seen: Option<Date>,
}

pub(super) fn run(session: &Session<'_>, asked: &Watch) -> Outcome {
    match asked {
        Watch::Add { tickers } => change(session, tickers, true),
        Watch::Rm { tickers } => change(session, tickers, false),
        Watch::List => list(session),
        Watch::Check => check(session),
    }
}

fn change(session: &Session<'_>, tickers: &[String], add: bool) -> Outcome {
    let list = Watchlist::open(&session.places.data)?;
    let as_of = session.as_of()?;
    let client = session.client()?;
    let gatherer = Gatherer::new(&client, as_of);
    let mut failed = 0;
    for ticker in pasted_all(tickers) {
        let found = match gatherer.find(ticker) {
            Ok(found) => found,
            Err(Failed { exit: Exit::Usage, message, .. }) => {
                session.printer.error(&escape::terminal::line(&message));
                failed += 1;
                continue;
            }
            Err(other) => return Err(other.into()),
        };
        let shown = escape::terminal::line(found.listed.as_ref().map_or(ticker, |listed| &listed.ticker));
        let text = if add {
            let (symbol, name) = found.listed.as_ref().map_or_else(
                || (found.cik.padded(), String::new()),
                |listed| (listed.ticker.clone(), listed.name.clone()),
            );
            if list.add(found.cik, &symbol, &name)? { "is watched now" } else { "is watched already" }
        } else if list.remove(found.cik)? {
            "is watched no more"
        } else {
            "was not watched"
        };
        session.printer.status(&format!("{shown} {text}."));
    }
    Ok(if failed > 0 { Exit::Usage } else { Exit::Produced })
}

fn list(session: &Session<'_>) -> Outcome {
    let watched = Watchlist::open(&session.places.data)?.all()?;
    if session.format() == Format::Json {
        let rows: Vec<_> = watched
            .iter()
            .map(|one| WatchedRow {
                cik: one.cik.0,
                ticker: one.ticker.clone(),
                name: one.name.clone(),
                seen: one.seen,
            })
            .collect();
        deliver(session.global, session.printer, &json::bytes(&rows))?;
        return Ok(Exit::Produced);
    }
    let mut out = String::new();
    for one in &watched {
        let seen = one.seen.map_or("never looked at".to_owned(), |day| format!("last look {day}"));
        out.push_str(&format!(
            "{}  {}  {seen}\n",
            layout::text::pad_right(&escape::terminal::line(&one.ticker), 12),
            escape::terminal::line(&one.name)
        ));
    }
    if watched.is_empty() {
        out.push_str(NOBODY);
    }
    present(session.global, session.printer, &out)?;
    Ok(Exit::Produced)
}

fn check(session: &Session<'_>) -> Outcome {
    let list = Watchlist::open(&session.places.data)?;
    let watched = list.all()?;
    if watched.is_empty() {
        if session.format() == Format::Json {
            diff::show(session, &[])?;
        } else {
            present(session.global, session.printer, NOBODY)?;
        }
        return Ok(Exit::Produced);
    }
    let before: Vec<_> = watched.iter().map(|one| list.last(one.cik, None)).collect::<Result<_, _>>()?;
    let asked: Vec<String> = watched.iter().map(|one| one.cik.padded()).collect();
    let scan::Read { payloads, failed, not_read } = scan::read(session, &asked)?;
    let mut changes = Vec::new();
    for (one, before) in watched.iter().zip(before) {
        let Some(after) = payloads.iter().find(|payload| payload.examination.company.cik == one.cik.0) else {
            continue;
        };
        changes.push(diff::changes(before.as_ref(), after));
    }
    diff::show(session, &changes)?;
    for (ticker, failure) in &failed {
        session.printer.error(&escape::terminal::line(&format!("{ticker}: {}", failure.message)));
    }
    if !not_read.is_empty() {
        return Ok(scan::interrupted(session, payloads.len(), not_read.len()));
    }
    let unreachable = failed.iter().any(|(_, failure)| failure.exit == Exit::Network);
    Ok(match (failed.is_empty(), payloads.is_empty() && unreachable) {
        (true, _) => Exit::Produced,
        (false, true) => Exit::Network,
        (false, false) => Exit::Partial,
    })
}
