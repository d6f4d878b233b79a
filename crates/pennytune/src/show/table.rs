//! Several companies at once, the gravest first.

use escape::terminal::line;
use forensics::examine::Examination;
use forensics::reading::standing::State;
use layout::style::{self, paint};
use layout::table::{Cell, Column, Table};
use layout::text::{truncate, wrap};

use super::json::ScanPayload;
use super::words;
use crate::disclaimer;

/// From this width on the company's name has a column.
const NAMES_FROM: usize = 100;
/// From this width on the factors' headings are whole words.
const HEADINGS_FROM: usize = 140;

/// The ranked table in a terminal.
pub(crate) fn table(scan: &ScanPayload, columns: usize) -> String {
    let mut out = String::new();
    for row in wrap(disclaimer::LINE, columns) {
        out.push_str(&format!("{}\n", paint(style::QUIET, row)));
    }
    let assessed = || scan.results.iter().filter(|one| one.examination.score.value.is_some());
    let whole = columns >= HEADINGS_FROM;
    let heading = |name: &'static str| if whole { name } else { name.get(..3).unwrap_or(name) };
    let name_columns = if columns >= 120 { 26 } else { 20 };
    let mut head = vec![Column::number("#"), Column::text("ticker"), Column::number("score")];
    if columns >= NAMES_FROM {
        head.insert(2, Column::text("company"));
    }
    head.extend(forensics::factors::NAMES.iter().map(|name| Column::number(heading(name))));
    head.push(Column::wrapped("weightiest flags"));
    let mut table = Table::new(head);
    for (rank, payload) in assessed().enumerate() {
        let examination = &payload.examination;
        let mut cells = vec![Cell::new((rank + 1).to_string()), Cell::new(name_of(payload))];
        if columns >= NAMES_FROM {
            cells.push(Cell::new(truncate(&line(&examination.company.name), name_columns)));
        }
        cells.push(Cell::new(examination.score.value.map_or_else(String::new, |value| format!("{value:.0}"))));
        cells.extend(
            examination
                .factors
                .iter()
                .map(|one| Cell::new(one.score.map_or("–".to_owned(), |score| format!("{score:.0}")))),
        );
        cells.push(Cell::new(named(examination, if columns >= NAMES_FROM { 4 } else { 3 })));
        table.push_cells(cells);
    }
    if !table.is_empty() {
        out.push('\n');
        out.push_str(&table.render(columns));
        let pairs: Vec<String> =
            forensics::factors::NAMES.iter().map(|name| format!("{}={name}", heading(name))).collect();
        let pairs = if whole { String::new() } else { format!(" {}.", pairs.join(", ")) };
        let legend = format!("Scores 0 to 100, more is graver; – not computed.{pairs}");
        for row in wrap(&legend, columns) {
            out.push_str(&format!("{}\n", paint(style::QUIET, row)));
        }
    }
    out.push_str(&below(scan, columns));
    out
}

/// The weightiest flags of a company by name, and how many more there are.
fn named(examination: &Examination, most: usize) -> String {
    let flags = words::flags(examination);
    let mut named: Vec<String> = flags.iter().take(most).map(|signal| signal.id.clone()).collect();
    if let Some(standing) = words::unusual(&examination.company.standing) {
        named.insert(0, format!("[{standing}]"));
    }
    if flags.len() > most {
        named.push(format!("+{}", flags.len() - most));
    }
    named.join(", ")
}

/// What stands below the table: who was not assessed, left out, not decided, not read.
fn below(scan: &ScanPayload, columns: usize) -> String {
    let mut out = String::new();
    let mut say = |text: String| {
        out.push('\n');
        for row in wrap(&text, columns) {
            out.push_str(&format!("{row}\n"));
        }
    };
    for one in scan.results.iter().filter(|one| one.examination.company.standing.stopped()) {
        let standing = &one.examination.company.standing;
        let bankrupt = if standing.is(State::Bankruptcy) { ", in bankruptcy" } else { "" };
        say(format!("Not assessed: {}, {}{bankrupt}.", line(&name_of(one)), line(&words::stopped(standing))));
    }
    let open: Vec<String> = scan
        .results
        .iter()
        .filter(|one| one.examination.score.value.is_none() && !one.examination.company.standing.stopped())
        .map(|one| {
            let share = 100.0 * one.examination.score.completeness;
            let standing = words::unusual(&one.examination.company.standing);
            let standing = standing.map_or(String::new(), |standing| format!(", {standing}"));
            format!("{} ({share:.0} % computed{standing})", line(&name_of(one)))
        })
        .collect();
    if !open.is_empty() {
        say(format!("No score, too little could be computed: {}.", open.join(", ")));
    }
    if !scan.undecided.is_empty() {
        let names: Vec<String> = scan.undecided.iter().map(|name| line(name)).collect();
        say(format!("--where could not be decided for {}: something it asks for was not computed.", names.join(", ")));
    }
    if scan.left_out > 0 {
        say(format!("{} left out by --where.", words::count(scan.left_out, "company", "companies")));
    }
    let partial: Vec<String> = scan
        .results
        .iter()
        .filter(|one| !one.reading.missing.is_empty())
        .map(|one| format!("{} ({})", line(&name_of(one)), one.reading.missing.len()))
        .collect();
    if !partial.is_empty() {
        say(format!(
            "Parts that could not be had or read: {}. Which: pennytune inspect TICKER --all",
            partial.join(", ")
        ));
    }
    if !scan.not_read.is_empty() {
        let names: Vec<String> = scan.not_read.iter().map(|name| line(name)).collect();
        say(format!("Not read, because of Ctrl-C: {}.", names.join(", ")));
    }
    if !scan.failed.is_empty() {
        out.push('\n');
    }
    for failed in &scan.failed {
        for row in wrap(&format!("{}: {}", line(&failed.ticker), line(&failed.why)), columns) {
            out.push_str(&format!("{}\n", paint(style::FAILURE, row)));
        }
    }
    out
}

/// What a company is called in a row.
pub(crate) fn name_of(payload: &super::json::Payload) -> String {
    let company = &payload.examination.company;
    company.tickers.first().cloned().unwrap_or_else(|| format!("CIK {}", company.cik))
}

/// The table in Markdown.
pub(crate) fn markdown(scan: &ScanPayload) -> String {
    use escape::markdown::{cell, inline};
    let mut out = format!("_{}_\n\n| rank | ticker | company | score |", disclaimer::LINE);
    for name in forensics::factors::NAMES {
        out.push_str(&format!(" {name} |"));
    }
    out.push_str(" gravest flags |\n|---:|---|---|---:|");
    out.push_str(&"---:|".repeat(forensics::factors::NAMES.len()));
    out.push_str("---|\n");
    let assessed = scan.results.iter().filter(|one| one.examination.score.value.is_some());
    for (rank, payload) in assessed.enumerate() {
        let examination = &payload.examination;
        let score = examination.score.value.map_or_else(String::new, |value| format!("{value:.0}"));
        out.push_str(&format!(
            "| {} | {} | {} | {score} |",
            rank + 1,
            cell(&name_of(payload)),
            cell(&examination.company.name)
        ));
        for factor in &examination.factors {
            out.push_str(&format!(" {} |", factor.score.map_or("–".to_owned(), |score| format!("{score:.0}"))));
        }
        out.push_str(&format!(" {} |\n", cell(&named(examination, 4))));
    }
    for payload in scan.results.iter().filter(|one| one.examination.score.value.is_none()) {
        let standing = &payload.examination.company.standing;
        let why = if standing.stopped() {
            words::stopped(standing)
        } else {
            format!("{:.0} % computed", 100.0 * payload.examination.score.completeness)
        };
        out.push_str(&format!("\n- {}: not assessed, {}\n", inline(&name_of(payload)), inline(&why)));
    }
    for failed in &scan.failed {
        out.push_str(&format!("\n- {}: {}\n", inline(&failed.ticker), inline(&failed.why)));
    }
    out
}
