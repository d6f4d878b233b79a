//! The answers: folded, each distinct one, or every run. A bar at the left marks what a model
//! wrote, so that no answer can pass for a line of the report.

use anstyle::Style;
use evals::analysis::model::Cell;
use evals::record::CallRecord;
use llm::outcome::Outcome;

use crate::document::{Document, Said, distinct, said, short_outcome};
use crate::escape::terminal;
use crate::figures;
use crate::json::cost_usd;
use crate::style::{self, Charset, paint};
use crate::terminal::prose::heading;
use crate::terminal::{Show, Terminal};
use crate::text::{truncate, wrap};

/// Lines of a folded answer.
const FOLDED_LINES: usize = 2;

/// The answers, as much as `--show` asks for.
pub(super) fn section(document: &Document<'_>, terminal: &Terminal) -> String {
    let cells = &document.analysis.cells;
    if terminal.show == Show::None || cells.is_empty() || document.is_imported() {
        return String::new();
    }
    if (document.by_contestant() || document.by_items()) && terminal.show == Show::Folded {
        return super::prose::block(
            style::QUIET,
            "--show unique lists each distinct answer, --show all every run.",
            terminal.width,
        );
    }
    let mut out = heading("Answers");
    let mut folded_away = false;
    for cell in cells {
        let label = terminal::line(&document.label(cell));
        out.push_str(&paint(style::HEADING, truncate(&label, terminal.width)));
        out.push('\n');
        match terminal.show {
            Show::All => {
                for row in document.rows_of(cell) {
                    run(row, terminal, &mut out);
                }
            }
            Show::Unique => {
                for (said, count) in distinct(document, cell) {
                    caption(&format!("{count}× {}", said.outcome.as_str()), said.outcome, terminal.width, &mut out);
                    full(&said.text, Style::new(), terminal, &mut out);
                }
            }
            Show::Folded | Show::None => folded_away |= folded(document, cell, terminal, &mut out),
        }
    }
    if folded_away {
        out.push_str(&super::prose::block(
            style::QUIET,
            "--show unique lists each distinct answer in full, --show all every run.",
            terminal.width,
        ));
    }
    out
}

fn run(row: &CallRecord, terminal: &Terminal, out: &mut String) {
    let mut parts = vec![format!("run {}", row.call.run_index + 1), row.outcome.as_str().to_owned()];
    if let Some(ms) = row.timing.latency_ms {
        parts.push(figures::milliseconds(ms));
    }
    if let Some(tokens) = row.answer.usage.output {
        parts.push(figures::plural(tokens, "token", "tokens"));
    }
    if let Some(usd) = cost_usd(row).filter(|usd| *usd > 0.0) {
        parts.push(figures::dollars_f64(usd));
    }
    caption(&parts.join(", "), row.outcome, terminal.width, out);
    if terminal.include_reasoning && !row.answer.reasoning.is_empty() {
        full(&row.answer.reasoning, style::QUIET, terminal, out);
    }
    full(&said(row).text, Style::new(), terminal, out);
}

fn caption(text: &str, outcome: Outcome, columns: usize, out: &mut String) {
    let style = match outcome {
        Outcome::Complete => style::QUIET,
        Outcome::Error => style::FAILURE,
        _ => style::WARNING,
    };
    out.push_str(&paint(style, truncate(&format!("  {text}"), columns)));
    out.push('\n');
}

/// Returns whether something was left out.
fn folded(document: &Document<'_>, cell: &Cell, terminal: &Terminal, out: &mut String) -> bool {
    let distinct = distinct(document, cell);
    let Some((first, count)) = distinct.first() else { return false };
    let lead = lead(first, *count, cell.n_runs);
    let indent = " ".repeat(2);
    let columns = terminal.width.saturating_sub(4);
    let text = terminal::block(&format!("{lead}{}", first.text.trim()));
    let lines: Vec<String> = wrap(&text, columns).into_iter().filter(|line| !line.is_empty()).collect();
    let cut = lines.len() > FOLDED_LINES;
    for (at, line) in lines.iter().take(FOLDED_LINES).enumerate() {
        let last = cut && at + 1 == FOLDED_LINES;
        let line = if last { truncate(&format!("{line} …"), columns).into_owned() } else { line.clone() };
        out.push_str(&format!("{indent}{} {line}\n", mark(terminal.charset)));
    }
    if distinct.len() > 1 {
        let others = figures::plural(distinct.len() as u64 - 1, "other", "others");
        out.push_str(&paint(style::QUIET, truncate(&format!("{indent}and {others}"), terminal.width)));
        out.push('\n');
    }
    cut || distinct.len() > 1
}

fn lead(said: &Said, count: u32, runs: u32) -> String {
    let times = if runs > 1 { format!("{count}× ") } else { String::new() };
    match said.outcome {
        Outcome::Complete => times,
        outcome if said.text.is_empty() => format!("{times}[{}]", short_outcome(outcome)),
        outcome => format!("{times}[{}] ", short_outcome(outcome)),
    }
}

fn full(text: &str, style: Style, terminal: &Terminal, out: &mut String) {
    if text.is_empty() {
        return;
    }
    let mark = mark(terminal.charset);
    for line in wrap(&terminal::block(text.trim_end()), terminal.width.saturating_sub(4)) {
        let line = if line.is_empty() { format!("  {mark}") } else { format!("  {mark} {}", paint(style, line)) };
        out.push_str(&line);
        out.push('\n');
    }
}

fn mark(charset: Charset) -> &'static str {
    match charset {
        Charset::Unicode => "│",
        Charset::Ascii => "|",
    }
}
