//! The page of one company in a terminal: who it is, how fresh the data are, the factors, and the flags in the order of
//! their weight, each with its figure, reason, date and link.

use anstyle::{AnsiColor, Style};
use escape::terminal::line;
use forensics::signal::{Evidence, Severity, Signal, Status};
use layout::style::{self, paint};
use layout::text::{pad_right, truncate, wrap};

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

const INDENT: &str = "           ";

/// The page.
pub(crate) fn page(payload: &Payload, depth: &Depth) -> String {
    let mut out = String::new();
    for row in wrap(disclaimer::SHORT, depth.columns) {
        out.push_str(&paint(style::QUIET, row));
        out.push('\n');
    }
    out.push('\n');
    out.push_str(&head(payload, depth));
    out.push('\n');
    out.push_str(&factors(payload, depth));
    out.push('\n');
    let signals = &payload.examination.signals;
    let flags = words::flags(&payload.examination);
    if flags.is_empty() {
        out.push_str("No flag among the signals that ran. That is not a clean bill of health.\n");
    } else {
        out.push_str(&format!("{}\n", paint(style::HEADING, "Flags, the gravest first")));
        for signal in &flags {
            out.push_str(&flag(signal, depth));
        }
    }
    out.push('\n');
    out.push_str(&rest(signals, depth));
    if !payload.reading.missing.is_empty() {
        out.push_str(&missing(&payload.reading.missing, depth));
    }
    let asked = payload.examination.company.tickers.first().cloned();
    let asked = line(&asked.unwrap_or_else(|| payload.examination.company.cik.to_string()));
    if !depth.evidence {
        let more = flags.first().map_or("going_concern", |signal| signal.id.as_str());
        let text = format!(
            "More: pennytune inspect {asked} --signal {more} · --evidence · --timeline · --json · pennytune explain {more}"
        );
        for row in wrap(&text, depth.columns) {
            out.push_str(&format!("{}\n", paint(style::QUIET, row)));
        }
    }
    out
}

fn head(payload: &Payload, depth: &Depth) -> String {
    let company = &payload.examination.company;
    let mut first = paint(style::HEADING, line(&company.name));
    if !company.tickers.is_empty() {
        first.push_str(&format!("  {}", line(&company.tickers.join(", "))));
    }
    let sic = company
        .sic
        .map_or_else(|| "no industry code".to_owned(), |sic| format!("SIC {sic} {}", line(&company.sic_description)));
    let day = |day: Option<jiff::civil::Date>| day.map_or("none".to_owned(), |day| day.to_string());
    let fresh = format!(
        "As of {} · newest filing {} · newest balance sheet in XBRL {} · index of {} filings checked {}{}",
        company.as_of,
        day(company.latest_filing),
        day(company.latest_period),
        payload.reading.filings,
        payload.reading.checked.get(..16).map_or("", |text| text).replace('T', " "),
        if payload.reading.offline { " · offline, from the cache" } else { "" }
    );
    let mut out = format!("{first}  CIK {} · {sic}\n", company.cik);
    for row in wrap(&fresh, depth.columns) {
        out.push_str(&format!("{row}\n"));
    }
    for note in &payload.reading.notes {
        for row in wrap(&line(note), depth.columns) {
            out.push_str(&format!("{}\n", paint(AnsiColor::Yellow.on_default(), row)));
        }
    }
    out
}

fn factors(payload: &Payload, depth: &Depth) -> String {
    let width = depth.columns.saturating_sub(52).clamp(10, 40);
    let mut out = String::new();
    for factor in &payload.examination.factors {
        let (bar, figure) = match factor.score {
            Some(score) => {
                let filled = (score / 100.0 * width as f64).round() as usize;
                let bar = format!("{}{}", "█".repeat(filled), "░".repeat(width - filled.min(width)));
                (paint(shade(score), bar), format!("{score:>3.0}"))
            }
            None => (paint(style::QUIET, "·".repeat(width)), "  –".to_owned()),
        };
        let known = format!("{:.0} % of its signals computed", 100.0 * factor.completeness);
        out.push_str(&format!("{} {bar} {figure}  {}\n", pad_right(&factor.name, 10), paint(style::QUIET, known)));
    }
    let score = &payload.examination.score;
    let whole = match score.value {
        Some(value) => format!(
            "Score {value:.0} of 100, more being graver ({:.0} to {:.0} with what could not be computed); {:.0} % complete.",
            score.low,
            score.high,
            100.0 * score.completeness
        ),
        None => format!("Not assessed: only {:.0} % of the signals could be computed.", 100.0 * score.completeness),
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
    paint(style, pad_right(&words::severity(severity).to_uppercase(), 10))
}

/// One signal with a finding.
fn flag(signal: &Signal, depth: &Depth) -> String {
    let mut head = paint(style::HEADING, line(&signal.id));
    if let Some(figure) = words::figure(signal) {
        head.push_str(&format!("  {}", line(&figure)));
    }
    let mut out = format!("{} {head}\n", mark(signal.severity));
    let inner = depth.columns.saturating_sub(INDENT.len()).max(30);
    for row in wrap(&line(&signal.why), inner) {
        out.push_str(&format!("{INDENT}{row}\n"));
    }
    let shown = if depth.evidence { signal.evidence.len() } else { 1 };
    for evidence in signal.evidence.iter().take(shown) {
        out.push_str(&passage(evidence, inner, depth));
    }
    if depth.evidence {
        out.push_str(&trail(signal, inner));
    } else if signal.evidence.len() > shown {
        let more = format!("and {} more: --signal {}", signal.evidence.len() - shown, line(&signal.id));
        out.push_str(&format!("{INDENT}{}\n", paint(style::QUIET, more)));
    }
    out
}

fn passage(evidence: &Evidence, inner: usize, depth: &Depth) -> String {
    let mut out = String::new();
    if !evidence.quote.is_empty() {
        let quote = line(&evidence.quote);
        let most = if depth.evidence { usize::MAX } else { inner * 3 };
        let quote = if quote.len() > most { truncate(&quote, most).into_owned() } else { quote };
        for row in wrap(&format!("“{quote}”"), inner) {
            out.push_str(&format!("{INDENT}{row}\n"));
        }
    }
    let item = evidence.item.as_ref().map_or_else(String::new, |item| format!(" item {}", line(item)));
    let text = format!("{}{item}, filed {}", line(&evidence.form), evidence.filed);
    out.push_str(&format!("{INDENT}{}\n", link(&text, &evidence.url, depth.links)));
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
        let figure = words::figure(part).map_or_else(String::new, |figure| format!(" {}", line(&figure)));
        for row in wrap(&format!("· {}{figure}: {}", line(&part.id), line(&part.why)), inner) {
            out.push_str(&format!("{INDENT}{row}\n"));
        }
    }
    out
}

/// Signals without a flag.
fn rest(signals: &[Signal], depth: &Depth) -> String {
    let quiet =
        |wanted: &dyn Fn(&Signal) -> bool| -> Vec<&Signal> { signals.iter().filter(|signal| wanted(signal)).collect() };
    let clear = quiet(&|signal| signal.status == Status::Ran && signal.severity == Severity::None);
    let open = quiet(&|signal| signal.status == Status::NotRun);
    let apart = quiet(&|signal| signal.status == Status::NotApplicable);
    let mut out = String::new();
    for (title, list) in [("Ran, found nothing", clear), ("Not run", open), ("Not applicable", apart)] {
        if list.is_empty() {
            continue;
        }
        if depth.all {
            out.push_str(&format!("{}\n", paint(style::HEADING, title)));
            for signal in list {
                let figure = words::figure(signal).map_or_else(String::new, |figure| format!(" {}", line(&figure)));
                for row in wrap(&format!("{}{figure}: {}", line(&signal.id), line(&signal.why)), depth.columns) {
                    out.push_str(&format!("{row}\n"));
                }
            }
        } else {
            let names: Vec<String> = list
                .iter()
                .map(|signal| match words::figure(signal) {
                    Some(figure) => format!("{} {}", line(&signal.id), line(&figure)),
                    None => line(&signal.id),
                })
                .collect();
            for row in wrap(&format!("{title}: {}.", names.join(", ")), depth.columns) {
                out.push_str(&format!("{}\n", paint(style::QUIET, row)));
            }
        }
    }
    if !depth.all {
        out.push_str(&format!("{}\n", paint(style::QUIET, "Why: --all")));
    }
    out
}

fn missing(missing: &[String], depth: &Depth) -> String {
    const SHOWN: usize = 5;
    let mut out = format!("{}\n", paint(style::WARNING, "Could not be had or read"));
    let shown = if depth.all { missing.len() } else { SHOWN };
    for one in missing.iter().take(shown) {
        for row in wrap(&line(one), depth.columns) {
            out.push_str(&format!("{row}\n"));
        }
    }
    if missing.len() > shown {
        out.push_str(&format!("and {} more: --all\n", missing.len() - shown));
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
            out.push_str(&flag(signal, &depth));
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
