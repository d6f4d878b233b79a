//! `diff`: what is new about a company since the last look, or since a day.

use std::collections::HashSet;

use forensics::event::Event;
use forensics::signal::{Severity, Status};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::{Diff, Format};
use crate::exit::{Exit, Failure, Outcome};
use crate::gather::Gatherer;
use crate::show::json::{self, Payload};
use crate::show::{page, table, words};
use crate::watchlist::{Look, Watchlist};

use super::{Session, deliver, pasted, present};

/// A factor's score must move by this much to be named.
const MOVED: f64 = 5.0;

/// What is new about a company.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(super) struct Changes {
    /// Its first ticker, or its key.
    ticker: String,
    /// Its name.
    name: String,
    /// Central index key.
    cik: u64,
    /// The day of the earlier look; null for the first.
    #[schemars(with = "Option<String>")]
    before: Option<Date>,
    /// The day of this look.
    #[schemars(with = "String")]
    after: Date,
    /// What its standing was and is, where that changed: it stopped reporting, went into bankruptcy, is late.
    standing: Option<Stood>,
    /// Signals whose severity changed, or that found something for the first time.
    signals: Vec<Change>,
    /// Events that the earlier look did not have.
    events: Vec<Event>,
    /// Factors whose score moved by five points or more.
    factors: Vec<Moved>,
}

/// A standing that changed.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
struct Stood {
    /// The state that weighed most then.
    before: String,
    /// The state that weighs most now.
    after: String,
    /// What shows it, in a sentence.
    why: String,
    /// Link to the filing that shows it.
    url: Option<String>,
}

/// A signal that changed.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
struct Change {
    /// Id of the signal.
    id: String,
    /// Its severity then, or its status where it had not run.
    before: String,
    /// Its severity now.
    after: String,
    /// Graver than before.
    worse: bool,
    /// What it found, in a sentence.
    why: String,
    /// Link to the newest filing it rests on.
    url: Option<String>,
}

/// A factor whose score moved.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
struct Moved {
    /// Name of the factor.
    name: String,
    /// Its score then.
    before: Option<f64>,
    /// Its score now.
    after: Option<f64>,
}

pub(super) fn run(session: &Session<'_>, arguments: &Diff) -> Outcome {
    let as_of = session.as_of()?;
    if arguments.since.is_some_and(|since| since >= as_of) {
        return Err(Failure::usage("--since must be before the day of the reading"));
    }
    let client = session.client()?;
    let gatherer = Gatherer::new(&client, as_of);
    let found = gatherer.find(pasted(&arguments.ticker))?;
    let read = |gatherer: &Gatherer<'_>| -> Result<Payload, Failure> {
        let gathered = gatherer.gather(found.cik)?;
        let examination = forensics::examine::examine(&gathered.case, &session.settings());
        Ok(json::payload(&gathered, examination))
    };
    let before = match arguments.since {
        // What was public on that day, read today by the same rules.
        Some(since) => {
            let payload = read(&Gatherer::new(&client, since))?;
            let text = serde_json::to_string(&payload).unwrap_or_default();
            Some(Look { as_of: since, payload: text })
        }
        None => Watchlist::open(&session.places.data)?.last(found.cik, Some(as_of))?,
    };
    let after = read(&gatherer)?;
    session.tell(&client);
    super::inspect::keep(session, &after);
    show(session, &[changes(before.as_ref(), &after)])?;
    Ok(if after.reading.missing.is_empty() { Exit::Produced } else { Exit::Partial })
}

/// What changed between a look and now. A look of an older version that cannot be read any more counts as none.
pub(super) fn changes(before: Option<&Look>, after: &Payload) -> Changes {
    let earlier: Option<(Date, Payload)> =
        before.and_then(|look| Some((look.as_of, serde_json::from_str(&look.payload).ok()?)));
    let company = &after.examination.company;
    let mut changes = Changes {
        ticker: table::name_of(after),
        name: company.name.clone(),
        cik: company.cik,
        before: earlier.as_ref().map(|(day, _)| *day),
        after: company.as_of,
        standing: None,
        signals: Vec::new(),
        events: Vec::new(),
        factors: Vec::new(),
    };
    let Some((_, earlier)) = earlier else { return changes };
    let earlier = &earlier.examination;
    let (stood, stands) = (&earlier.company.standing.mark, &company.standing.mark);
    // A look of a version that did not know the standing says nothing about it.
    if stood.state != stands.state && !stood.why.is_empty() {
        changes.standing = Some(Stood {
            before: stood.state.name().to_owned(),
            after: stands.state.name().to_owned(),
            why: stands.why.clone(),
            url: stands.url.clone(),
        });
    }
    for signal in &after.examination.signals {
        let Some(was) = earlier.signals.iter().find(|one| one.id == signal.id) else { continue };
        let both_ran = was.status == Status::Ran && signal.status == Status::Ran;
        let found = signal.status == Status::Ran && signal.severity > Severity::None && was.status != Status::Ran;
        if (both_ran && was.severity != signal.severity) || found {
            changes.signals.push(Change {
                id: signal.id.clone(),
                before: if was.status == Status::Ran {
                    words::severity(was.severity)
                } else {
                    words::status(was.status)
                }
                .to_owned(),
                after: words::severity(signal.severity).to_owned(),
                worse: signal.severity > was.severity || found,
                why: signal.why.clone(),
                url: signal.evidence.first().map(|one| one.url.clone()),
            });
        }
    }
    let known: HashSet<(&str, Option<&str>)> =
        earlier.events.iter().map(|event| (event.accession.as_str(), event.item.as_deref())).collect();
    changes.events = after
        .examination
        .events
        .iter()
        .filter(|event| !known.contains(&(event.accession.as_str(), event.item.as_deref())))
        .cloned()
        .collect();
    for factor in &after.examination.factors {
        let was = earlier.factors.iter().find(|one| one.name == factor.name).and_then(|one| one.score);
        let moved = match (was, factor.score) {
            (Some(was), Some(is)) => (is - was).abs() >= MOVED,
            (was, is) => was.is_some() != is.is_some(),
        };
        if moved {
            changes.factors.push(Moved { name: factor.name.clone(), before: was, after: factor.score });
        }
    }
    changes
}

/// Shows what is new about companies.
pub(super) fn show(session: &Session<'_>, changes: &[Changes]) -> Result<(), Failure> {
    if session.format() == Format::Json {
        return deliver(session.global, session.printer, &json::bytes(&changes));
    }
    let links = session.links();
    let out: String = changes.iter().map(|one| text(one, session.printer.width(), links)).collect();
    present(session.global, session.printer, &out)
}

fn text(changes: &Changes, columns: usize, links: bool) -> String {
    use escape::terminal::line;
    use layout::style::{self, paint};
    use layout::text::wrap;
    let head = paint(style::HEADING, format!("{} · {}", line(&changes.name), line(&changes.ticker)));
    let Some(before) = changes.before else {
        return format!("{head}: the first look, {}. From now on changes are shown.\n", changes.after);
    };
    let nothing = changes.standing.is_none()
        && changes.signals.is_empty()
        && changes.events.is_empty()
        && changes.factors.is_empty();
    if nothing {
        return format!("{head}: nothing new between {before} and {}.\n", changes.after);
    }
    let mut out = format!("{head}: {before} to {}\n", changes.after);
    let inner = columns.saturating_sub(4).max(30);
    if let Some(stood) = &changes.standing {
        let head = format!("  standing {} → {}", stood.before, stood.after);
        out.push_str(&format!("{}\n", paint(style::WARNING, head)));
        for row in wrap(&line(&stood.why), inner) {
            out.push_str(&format!("    {row}\n"));
        }
        if let Some(url) = &stood.url {
            let shown = if links { page::link("the filing", url, true) } else { line(url) };
            out.push_str(&format!("    {}\n", paint(style::QUIET, shown)));
        }
    }
    if !changes.factors.is_empty() {
        let shown = |score: Option<f64>| score.map_or("–".to_owned(), |score| format!("{score:.0}"));
        let moved: Vec<String> = changes
            .factors
            .iter()
            .map(|moved| format!("{} {} → {}", moved.name, shown(moved.before), shown(moved.after)))
            .collect();
        for row in wrap(&format!("Factors of 100, more is graver: {}", moved.join(", ")), inner) {
            out.push_str(&format!("  {row}\n"));
        }
    }
    for change in &changes.signals {
        let style = if change.worse { style::WARNING } else { style::QUIET };
        let head = format!("  {} {} → {}", line(&change.id), change.before, change.after);
        out.push_str(&format!("{}\n", paint(style, head)));
        for row in wrap(&line(&change.why), inner) {
            out.push_str(&format!("    {row}\n"));
        }
        if let Some(url) = &change.url {
            let shown = if links { page::link("the filing", url, true) } else { line(url) };
            out.push_str(&format!("    {}\n", paint(style::QUIET, shown)));
        }
    }
    for event in &changes.events {
        let item = event.item.as_ref().map_or_else(String::new, |item| format!(" {}", line(item)));
        let text = format!("{} {}{item}  {}", event.filed, line(&event.form), line(&event.title));
        if links {
            out.push_str(&format!("  new {}\n", page::link(&text, &event.url, true)));
        } else {
            out.push_str(&format!("  new {text}\n    {}\n", paint(style::QUIET, line(&event.url))));
        }
    }
    out
}
