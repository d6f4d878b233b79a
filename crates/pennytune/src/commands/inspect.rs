//! `inspect`: one company.

use std::borrow::Cow;

use crate::cli::{Format, Inspect};
use crate::exit::{Exit, Failure, Outcome};
use crate::gather::Gatherer;
use crate::show::json::{self, Payload};
use crate::show::page::{self, Depth};
use crate::show::{csv, markdown, timeline};
use crate::watchlist::{Look, Watchlist};

use super::{Session, deliver, pasted, present};

pub(super) fn run(session: &Session<'_>, arguments: &Inspect) -> Outcome {
    let chosen = chosen(&arguments.signal)?;
    let as_of = session.as_of()?;
    let client = session.client()?;
    let gatherer = Gatherer::new(&client, as_of);
    let found = gatherer.find(pasted(&arguments.ticker))?;
    let gathered = gatherer.gather(found.cik)?;
    let examination = forensics::examine::examine(&gathered.case, &session.settings());
    let payload = json::payload(&gathered, examination);
    session.tell(&client);
    if session.global.verbose {
        for one in &payload.reading.missing {
            session.printer.warning(&escape::terminal::line(one));
        }
    }
    keep(session, &payload);
    show(session, arguments, &chosen, &payload)?;
    Ok(if payload.reading.missing.is_empty() { Exit::Produced } else { Exit::Partial })
}

/// Remembers what was seen, so that `diff` and `watch` can say what is new. A look at another day than today, or one
/// that cannot be kept, changes no result.
pub(super) fn keep(session: &Session<'_>, payload: &Payload) {
    if session.global.as_of.is_some() || session.global.offline {
        return;
    }
    let kept = Watchlist::open(&session.places.data).and_then(|list| {
        let text = serde_json::to_string(payload)
            .map_err(|error| Failure::new(Exit::Partial, format!("the look could not be kept: {error}")))?;
        let cik = edgar::ids::Cik(payload.examination.company.cik);
        list.keep(cik, &Look { as_of: payload.examination.company.as_of, payload: text })
    });
    if let Err(failure) = kept {
        session.printer.warning(&failure.message);
    }
}

/// Signals by id, or groups of them by factor.
fn chosen(asked: &[String]) -> Result<Vec<String>, Failure> {
    let mut chosen = Vec::new();
    for one in asked.iter().flat_map(|one| one.split(',')).map(str::trim).filter(|one| !one.is_empty()) {
        let wanted = one.to_ascii_lowercase().replace('-', "_");
        let of_factor =
            || forensics::examine::IDS.iter().filter(|id| forensics::factors::of(id) == Some(wanted.as_str()));
        if forensics::examine::IDS.contains(&wanted.as_str()) {
            chosen.push(wanted);
        } else if of_factor().next().is_some() {
            chosen.extend(of_factor().map(|id| (*id).to_owned()));
        } else {
            let near = crate::names::near(&wanted).map_or_else(String::new, |near| format!("did you mean {near}? "));
            return Err(Failure::usage(format!("there is no signal `{one}`")).hint(format!(
                "{near}There are: {}; and the groups {}",
                forensics::examine::IDS.join(", "),
                forensics::factors::NAMES.join(", ")
            )));
        }
    }
    Ok(chosen)
}

fn show(session: &Session<'_>, arguments: &Inspect, chosen: &[String], payload: &Payload) -> Result<(), Failure> {
    let (global, printer) = (session.global, session.printer);
    let depth =
        Depth { evidence: arguments.evidence, all: arguments.all, columns: printer.width(), links: session.links() };
    let whole = arguments.timeline;
    match session.format() {
        Format::Json => deliver(global, printer, &json::bytes(&only(payload, chosen))),
        Format::Csv if whole => deliver(global, printer, csv::events(payload).as_bytes()),
        Format::Csv => deliver(global, printer, csv::signals([only(payload, chosen).as_ref()]).as_bytes()),
        #[cfg(feature = "parquet")]
        Format::Parquet => {
            use crate::show::parquet;
            let bytes =
                if whole { parquet::events(payload) } else { parquet::signals([only(payload, chosen).as_ref()]) };
            deliver(global, printer, &super::tabled(bytes)?)
        }
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => Ok(()),
        Format::Markdown if whole => deliver(global, printer, markdown::timeline(payload).as_bytes()),
        Format::Markdown => {
            let page = markdown::page(&only(payload, chosen), arguments.evidence);
            deliver(global, printer, page.as_bytes())
        }
        Format::Terminal if whole => present(global, printer, &timeline::timeline(payload, depth.columns, depth.links)),
        Format::Terminal if !chosen.is_empty() => present(global, printer, &page::signals(payload, chosen, &depth)),
        Format::Terminal => present(global, printer, &page::page(payload, &depth)),
    }
}

/// The payload with the chosen signals alone; all of them where none was chosen.
fn only<'a>(payload: &'a Payload, chosen: &[String]) -> Cow<'a, Payload> {
    if chosen.is_empty() {
        return Cow::Borrowed(payload);
    }
    let mut payload = payload.clone();
    payload.examination.signals.retain(|signal| chosen.contains(&signal.id));
    Cow::Owned(payload)
}
