//! The page of one company in a terminal: who it is, how fresh the data are, the factors, and the flags in the order of
//! their weight, each with its figure, reason, date and link.

use anstyle::{AnsiColor, Style};
use escape::terminal::line;
use forensics::reading::standing::{Standing, State};
use forensics::signal::{Evidence, Severity, Signal, Status};
use jiff::civil::Date;
use layout::style::{self, paint};
use layout::text::{pad_right, truncate, width, wrap};

use super::json::Payload;
use super::words;
use crate::disclaimer;

/// How much of a page is shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Depth {
    /// Every input and quote of every flag.
    pub(crate) evidence: bool,
    /// Signals without a finding and those that did not run.
    pub(crate) all: bool,
    /// Columns.
    pub(crate) columns: usize,
    /// Hide addresses behind texts.
    pub(crate) links: bool,
}

const INDENT: &str = "          ";
/// Lines of a quote, and of a reason, on a page that does not show all evidence.
const QUOTE_ROWS: usize = 2;
const REASON_ROWS: usize = 2;
/// A reason as short as this stands behind the figure.
const SHORT_REASON: usize = 24;
/// A balance sheet older than this many days is told in a warning's colour.
const STALE_DAYS: i32 = 460;

/// The page.
pub(crate) fn page(payload: &Payload, depth: &Depth) -> String {
    let mut out = String::new();
    for row in wrap(disclaimer::SHORT, depth.columns) {
        out.push_str(&format!("{}\n", paint(style::QUIET, row)));
    }
    // No empty row here: the name stands out by itself, and rows are few.
    out.push_str(&head(payload, depth));
    out.push('\n');
    out.push_str(&factors(payload, depth));
    out.push('\n');
    let flags = words::flags(&payload.examination);
    if flags.is_empty() {
        for row in wrap("No flag among the signals that ran. That is not a clean bill of health.", depth.columns) {
            out.push_str(&format!("{row}\n"));
        }
    } else {
        out.push_str(&format!("{}\n", paint(style::HEADING, "Flags, the weightiest first")));
        for signal in &flags {
            out.push_str(&flag(signal, payload.examination.company.cik, depth));
        }
    }
    out.push_str(&super::rest::rest(payload, depth));
    if !depth.evidence {
        let more = flags.first().map_or("going_concern", |signal| signal.id.as_str());
        let text = format!("More: --signal {more}, --evidence, --timeline, --all; pennytune explain");
        for row in wrap(&text, depth.columns) {
            out.push_str(&format!("{}\n", paint(style::QUIET, row)));
        }
    }
    out
}

fn head(payload: &Payload, depth: &Depth) -> String {
    let company = &payload.examination.company;
    let mut who = vec![line(&company.name)];
    if !company.tickers.is_empty() {
        who.push(line(&company.tickers.join(", ")));
    }
    who.push(format!("CIK {}", company.cik));
    who.push(match company.sic {
        Some(sic) if company.sic_description.is_empty() => format!("SIC {sic}"),
        Some(sic) => format!("SIC {sic} {}", line(&company.sic_description)),
        None => "no industry code".to_owned(),
    });
    let row = truncate(&who.join(" · "), depth.columns).into_owned();
    // The name alone is bold where it stands whole.
    let painted = match row.strip_prefix(who[0].as_str()) {
        Some(others) => format!("{}{others}", paint(style::HEADING, &who[0])),
        None => row,
    };
    let mut out = format!("{painted}\n");
    out.push_str(&standing(&company.standing, depth));
    let day = |day: Option<Date>| day.map_or("none".to_owned(), |day| day.to_string());
    let checked = payload.reading.checked.get(..16).unwrap_or_default().replace('T', " ");
    // Without an index nobody knows what was filed: none is no count of it.
    let (newest, index) = if payload.reading.filings == 0 && company.standing.is(State::Unknown) {
        ("not known".to_owned(), format!("no index of filings; facts checked {checked}"))
    } else {
        let filings = words::count(payload.reading.filings, "filing", "filings");
        (day(company.latest_filing), format!("{filings} in the index, checked {checked}"))
    };
    let fresh = format!(
        "As of {} · newest filing {newest} · newest balance sheet {}{} · {index} UTC{}",
        company.as_of,
        day(company.latest_period),
        company.latest_period.map_or(String::new(), |day| words::age((company.as_of - day).get_days())),
        if payload.reading.offline { " · offline, from the cache" } else { "" }
    );
    for row in wrap(&fresh, depth.columns) {
        out.push_str(&format!("{row}\n"));
    }
    if let Some(period) = company.latest_period.filter(|day| (company.as_of - *day).get_days() > STALE_DAYS) {
        let text = format!("The newest figures are of {period}: they say nothing about the company today.");
        out.push_str(&format!("{}\n", paint(style::WARNING, text)));
    }
    out
}

/// Where the company stands, a sentence for each state that holds, with the link to the filing that shows it. Where no
/// links are shown, that it reports has no line for the address: it is that of the newest figures.
fn standing(standing: &Standing, depth: &Depth) -> String {
    let mut out = String::new();
    for mark in standing.marks().filter(|mark| !mark.why.is_empty()) {
        let shade = match mark.state {
            State::Stopped | State::Bankruptcy => style::FAILURE,
            State::Late | State::Successor | State::Unknown => style::WARNING,
            State::Reporting | State::NoReports => style::QUIET,
        };
        for row in wrap(&line(&mark.why), depth.columns) {
            let shown = paint(shade, row);
            match mark.url.as_deref().filter(|_| depth.links) {
                Some(url) => out.push_str(&format!("{}\n", link(&shown, url, true))),
                None => out.push_str(&format!("{shown}\n")),
            }
        }
        let address = !depth.links && (mark.state != State::Reporting || depth.evidence || depth.all);
        if let Some(url) = mark.url.as_ref().filter(|_| address) {
            out.push_str(&format!("{}\n", paint(style::QUIET, line(url))));
        }
    }
    out
}

fn factors(payload: &Payload, depth: &Depth) -> String {
    let examination = &payload.examination;
    let room = depth.columns.saturating_sub(42).clamp(10, 40);
    let mut out = String::new();
    for factor in &examination.factors {
        let (bar, figure) = match factor.score {
            Some(score) => {
                let filled = (score / 100.0 * room as f64).round() as usize;
                let bar = format!("{}{}", "█".repeat(filled), "░".repeat(room - filled.min(room)));
                (paint(shade(score), bar), format!("{score:>3.0}"))
            }
            None => (paint(style::QUIET, "·".repeat(room)), "  –".to_owned()),
        };
        let mine = |status: Status| {
            let of = |signal: &&Signal| forensics::factors::of(&signal.id) == Some(factor.name.as_str());
            examination.signals.iter().filter(of).filter(|signal| signal.status == status).count()
        };
        let (ran, open) = (mine(Status::Ran), mine(Status::NotRun));
        let known = match (ran, open) {
            (0, 0) => "not applicable".to_owned(),
            (ran, open) => format!("{ran} of {} computed", words::count(ran + open, "signal", "signals")),
        };
        out.push_str(&format!("{} {bar} {figure}  {}\n", pad_right(&factor.name, 10), paint(style::QUIET, known)));
    }
    let score = &examination.score;
    let whole = match score.value {
        Some(value) if score.completeness >= 0.995 => format!("Score {value:.0} of 100, more is graver."),
        Some(value) => format!(
            "Score {value:.0} of 100, more is graver; {:.0} to {:.0} with the {:.0} % not computed.",
            score.low,
            score.high,
            100.0 * (1.0 - score.completeness)
        ),
        None if examination.company.standing.stopped() => {
            format!(
                "Not assessed: {}; what stands here is what its last filings said.",
                words::stopped(&examination.company.standing)
            )
        }
        None => format!("No score: only {:.0} % of the signals could be computed.", 100.0 * score.completeness),
    };
    for row in wrap(&whole, depth.columns) {
        out.push_str(&format!("{row}\n"));
    }
    out
}

fn shade(score: f64) -> Style {
    match score {
        score if score >= 60.0 => AnsiColor::Red.on_default(),
        score if score >= 30.0 => AnsiColor::Yellow.on_default(),
        _ => AnsiColor::Cyan.on_default(),
    }
}

fn mark(severity: Severity) -> String {
    let style = match severity {
        Severity::Critical => AnsiColor::Red.on_default().bold(),
        Severity::High => AnsiColor::Red.on_default(),
        Severity::Caution => AnsiColor::Yellow.on_default(),
        Severity::Info | Severity::None => style::QUIET,
    };
    paint(style, pad_right(&words::severity(severity).to_uppercase(), 9))
}

/// One signal with a finding: what it is, where it stands and since when, why, and where to read it.
fn flag(signal: &Signal, cik: u64, depth: &Depth) -> String {
    let standing = words::standing(signal).map_or_else(String::new, |standing| format!(" {}", line(&standing)));
    let head = format!("{}{standing}", paint(style::HEADING, line(&signal.id)));
    let inner = depth.columns.saturating_sub(INDENT.len()).max(30);
    let indented = |out: &mut String, text: &str, most: usize| {
        for row in rows(text, inner, most) {
            out.push_str(&format!("{INDENT}{row}\n"));
        }
    };
    let mut out = format!("{} {head}", mark(signal.severity));
    if depth.evidence {
        out.push('\n');
        indented(&mut out, &line(&signal.why), usize::MAX);
        for evidence in &signal.evidence {
            out.push_str(&passage(evidence, inner, depth));
        }
        out.push_str(&trail(signal, inner));
        return out;
    }
    let mut rests_on = rests_on(signal, cik);
    let short = short_reason(signal);
    if let (Some(short), Some((text, _))) = (&short, &mut rests_on) {
        *text = line(short);
    } else if let Some(short) = &short {
        out.push_str(&format!(" {}", line(short)));
    }
    if let Some((text, url)) = &rests_on {
        let more = match signal.evidence.len() {
            0 | 1 => String::new(),
            many => format!(" and {} more", many - 1),
        };
        // On a line of its own where the first has no room for it.
        let taken = INDENT.len() + width(&line(&signal.id)) + width(&standing) + width(text) + width(&more);
        let gap =
            if taken + " · ".chars().count() > depth.columns { format!("\n{INDENT}") } else { " · ".to_owned() };
        let text = if depth.links { link(text, url, true) } else { text.clone() };
        out.push_str(&format!("{gap}{text}"));
        if !more.is_empty() {
            out.push_str(&paint(style::QUIET, more));
        }
    }
    out.push('\n');
    if short.is_none() {
        let most = if signal.severity > Severity::Caution { REASON_ROWS } else { 1 };
        indented(&mut out, &line(&signal.why), most);
    }
    let quote = signal.evidence.first().map(|one| one.quote.trim()).filter(|quote| !quote.is_empty());
    if let Some(quote) = quote.filter(|_| signal.severity >= Severity::High) {
        indented(&mut out, &format!("“{}”", line(quote)), QUOTE_ROWS);
    }
    if let Some((_, url)) = rests_on.filter(|_| !depth.links) {
        // On a line of its own from its beginning, so that as many as can be are whole in 80 columns.
        out.push_str(&format!("{}\n", paint(style::QUIET, line(&url))));
    }
    out
}

/// What a reason adds to the figure that stands before it, where that is only a few words: `at 2016-12-31`.
fn short_reason(signal: &Signal) -> Option<String> {
    let figure = words::figure(signal)?.replace('−', "-");
    let rest = signal.why.strip_prefix(&figure)?.trim_start();
    (signal.evidence.is_empty() && rest.len() <= SHORT_REASON).then(|| rest.to_owned())
}

/// The newest filing that a signal rests on: what it is called and where it is. A figure rests on the filing that
/// reported its newest input.
fn rests_on(signal: &Signal, cik: u64) -> Option<(String, String)> {
    // The filing that the sentence names, where it names one.
    let named = signal.evidence.iter().find(|one| signal.why.contains(&one.filed.to_string()));
    if let Some(evidence) = named.or_else(|| signal.evidence.first()) {
        let item = evidence.item.as_ref().map_or_else(String::new, |item| format!(" item {}", line(item)));
        return Some((format!("{}{item}, filed {}", line(&evidence.form), evidence.filed), evidence.url.clone()));
    }
    let newest = signal.inputs.iter().filter(|input| input.accession.is_some()).max_by_key(|input| input.end)?;
    let accession = newest.accession.as_ref()?.to_string();
    let of = newest.end.map_or_else(String::new, |end| format!(" of {end}"));
    // The shorter of the two addresses that EDGAR gives a filing's index.
    let url = format!("https://www.sec.gov/Archives/edgar/data/{cik}/{accession}-index.htm");
    Some((format!("figures{of}"), url))
}

/// A text in so many lines at most, the last one ending in `…` where something was left out.
fn rows(text: &str, columns: usize, most: usize) -> Vec<String> {
    let mut rows = wrap(text, columns);
    if rows.len() > most {
        rows.truncate(most);
        if let Some(last) = rows.last_mut() {
            // Whole words, as long as there is one.
            while width(last) + 2 > columns {
                match last.rfind(' ') {
                    Some(at) => last.truncate(at),
                    None => *last = truncate(last, columns.saturating_sub(2)).into_owned(),
                }
            }
            last.push_str(" …");
        }
    }
    rows
}

fn passage(evidence: &Evidence, inner: usize, depth: &Depth) -> String {
    let mut out = String::new();
    if !evidence.quote.is_empty() {
        for row in wrap(&format!("“{}”", line(&evidence.quote)), inner) {
            out.push_str(&format!("{INDENT}{row}\n"));
        }
    }
    let item = evidence.item.as_ref().map_or_else(String::new, |item| format!(" item {}", line(item)));
    let text = format!("{}{item}, filed {}", line(&evidence.form), evidence.filed);
    if depth.links {
        out.push_str(&format!("{INDENT}{}\n", link(&text, &evidence.url, true)));
    } else {
        out.push_str(&format!("{INDENT}{text}\n{}\n", paint(style::QUIET, line(&evidence.url))));
    }
    out
}

/// A text with its address behind it, or beside it where the terminal shows no links.
pub(crate) fn link(text: &str, url: &str, links: bool) -> String {
    let address = line(url);
    if links && url.starts_with("https://") {
        format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")
    } else {
        format!("{text}  {address}")
    }
}

fn trail(signal: &Signal, inner: usize) -> String {
    let mut out = String::new();
    if !signal.formula.is_empty() {
        for row in wrap(&format!("Formula: {}", line(&signal.formula)), inner) {
            out.push_str(&format!("{INDENT}{row}\n"));
        }
        for row in wrap(&format!("Source: {}", line(&signal.source)), inner) {
            out.push_str(&format!("{INDENT}{}\n", paint(style::QUIET, row)));
        }
    }
    for input in &signal.inputs {
        let period = match (input.start, input.end) {
            (Some(start), Some(end)) => format!("{start} to {end}"),
            (None, Some(end)) => format!("at {end}"),
            _ => String::new(),
        };
        let from = input.accession.as_ref().map_or_else(String::new, |accession| format!(", {accession}"));
        let text = format!(
            "{} = {}  [{}; {period}{from}]",
            line(&input.name),
            words::amount(input.value, &line(&input.unit)),
            line(&input.tag)
        );
        for row in wrap(&text, inner) {
            out.push_str(&format!("{INDENT}{}\n", paint(style::QUIET, row)));
        }
    }
    for part in &signal.parts {
        let figure = words::standing(part).map_or_else(String::new, |figure| format!(" {}", line(&figure)));
        for row in wrap(&format!("· {}{figure}: {}", line(&part.id), line(&part.why)), inner) {
            out.push_str(&format!("{INDENT}{row}\n"));
        }
    }
    out
}

/// Chosen signals, whole.
pub(crate) fn signals(payload: &Payload, chosen: &[String], depth: &Depth) -> String {
    let mut out = head(payload, depth);
    out.push('\n');
    let depth = Depth { evidence: true, ..depth.clone() };
    for signal in payload.examination.signals.iter().filter(|signal| chosen.contains(&signal.id)) {
        if signal.status == Status::Ran {
            out.push_str(&flag(signal, payload.examination.company.cik, &depth));
        } else {
            let text = format!("{} {}: {}", line(&signal.id), words::status(signal.status), line(&signal.why));
            for row in wrap(&text, depth.columns) {
                out.push_str(&format!("{row}\n"));
            }
        }
        out.push('\n');
    }
    out
}
