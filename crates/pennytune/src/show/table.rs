//! Several companies at once, the gravest first.

use escape::terminal::line;
use layout::style::{self, paint};
use layout::table::{Cell, Column, Table};

use super::json::ScanPayload;
use super::words;
use crate::disclaimer;

/// Flags named in a row.
const NAMED: usize = 4;

/// The ranked table in a terminal.
pub(crate) fn table(scan: &ScanPayload, columns: usize) -> String {
    let mut out = format!("{}\n\n", paint(style::QUIET, disclaimer::LINE));
    let assessed = || scan.results.iter().filter(|one| one.examination.score.value.is_some());
    let mut head = vec![Column::number("#"), Column::text("ticker"), Column::text("company"), Column::number("score")];
    head.extend(forensics::factors::NAMES.iter().map(|name| Column::number(name.get(..5).unwrap_or(name))));
    head.push(Column::wrapped("gravest flags"));
    let mut table = Table::new(head).stacking();
    for (rank, payload) in assessed().enumerate() {
        let examination = &payload.examination;
        let mut cells = vec![
            Cell::new((rank + 1).to_string()),
            Cell::new(name_of(payload)),
            Cell::new(&examination.company.name),
            Cell::new(examination.score.value.map_or_else(String::new, |value| format!("{value:.0}"))),
        ];
        cells.extend(
            examination
                .factors
                .iter()
                .map(|one| Cell::new(one.score.map_or("–".to_owned(), |score| format!("{score:.0}")))),
        );
        let flags = words::flags(examination);
        let mut named: Vec<String> = flags.iter().take(NAMED).map(|signal| signal.id.clone()).collect();
        if flags.len() > NAMED {
            named.push(format!("+{}", flags.len() - NAMED));
        }
        cells.push(Cell::new(named.join(", ")));
        table.push_cells(cells);
    }
    if !table.is_empty() {
        out.push_str(&table.render(columns));
    }
    let open: Vec<String> = scan
        .results
        .iter()
        .filter(|one| one.examination.score.value.is_none())
        .map(|one| format!("{} ({:.0} % complete)", line(&name_of(one)), 100.0 * one.examination.score.completeness))
        .collect();
    if !open.is_empty() {
        out.push_str(&format!("\nNot assessed, too little could be computed: {}.\n", open.join(", ")));
    }
    if !scan.undecided.is_empty() {
        let names: Vec<String> = scan.undecided.iter().map(|name| line(name)).collect();
        out.push_str(&format!(
            "\n--where could not be decided for {}: something it asks for was not computed.\n",
            names.join(", ")
        ));
    }
    if scan.left_out > 0 {
        out.push_str(&format!("\n{} left out by --where.\n", scan.left_out));
    }
    for failed in &scan.failed {
        out.push_str(&format!(
            "{} {}\n",
            paint(style::FAILURE, format!("{}:", line(&failed.ticker))),
            line(&failed.why)
        ));
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
    for (rank, payload) in scan.results.iter().enumerate() {
        let examination = &payload.examination;
        let score = examination.score.value.map_or("not assessed".to_owned(), |value| format!("{value:.0}"));
        out.push_str(&format!(
            "| {} | {} | {} | {score} |",
            rank + 1,
            cell(&name_of(payload)),
            cell(&examination.company.name)
        ));
        for factor in &examination.factors {
            out.push_str(&format!(" {} |", factor.score.map_or("–".to_owned(), |score| format!("{score:.0}"))));
        }
        let flags: Vec<String> = words::flags(examination).iter().take(NAMED).map(|one| one.id.clone()).collect();
        out.push_str(&format!(" {} |\n", cell(&flags.join(", "))));
    }
    for failed in &scan.failed {
        out.push_str(&format!("\n- {}: {}\n", inline(&failed.ticker), inline(&failed.why)));
    }
    out
}
