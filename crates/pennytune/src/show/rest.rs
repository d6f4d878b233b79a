//! What a page says below its flags: signals without one, what the reader must know of the figures, and what could not
//! be had.

use escape::terminal::line;
use forensics::signal::{Severity, Signal, Status};
use layout::style::{self, paint};
use layout::text::{truncate, wrap};

use super::json::Payload;
use super::page::Depth;
use super::words;

/// Everything below the flags.
pub(crate) fn rest(payload: &Payload, depth: &Depth) -> String {
    let mut out = signals(&payload.examination.signals, depth);
    let notes = &payload.examination.notes;
    if !notes.is_empty() {
        let title = format!("Mind about the figures: {}", words::count(notes.len(), "note", "notes"));
        out.push_str(&list(&title, notes.iter().map(|note| line(note)), notes.len(), 1, depth));
    }
    let missing = &payload.reading.missing;
    if !missing.is_empty() {
        let title = format!("Could not be had or read: {}", words::count(missing.len(), "part", "parts"));
        let short = |one: &String| {
            let text = if depth.all { one.as_str() } else { one.split(": the server has").next().unwrap_or(one) };
            line(text)
        };
        out.push_str(&list(&title, missing.iter().map(short), missing.len(), usize::from(missing.len() == 1), depth));
    }
    out
}

/// A title and so many of its rows at most; all of them where all is to be shown.
fn list(title: &str, rows: impl Iterator<Item = String>, many: usize, most: usize, depth: &Depth) -> String {
    let hint = if many > most && !depth.all { " (which: --all)" } else { "" };
    let mut out = format!("{}\n", paint(style::WARNING, format!("{title}{hint}")));
    for row in rows.take(if depth.all { many } else { most }) {
        if depth.all {
            for row in wrap(&row, depth.columns.saturating_sub(2)) {
                out.push_str(&format!("  {row}\n"));
            }
        } else {
            out.push_str(&format!("  {}\n", truncate(&row, depth.columns.saturating_sub(2))));
        }
    }
    out
}

/// Signals without a flag: "ran, found nothing" and "not run" are different things.
fn signals(signals: &[Signal], depth: &Depth) -> String {
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
        if !depth.all {
            let names: Vec<String> = list.iter().map(|signal| line(&signal.id)).collect();
            for row in wrap(&format!("{title} ({}): {}.", list.len(), names.join(", ")), depth.columns) {
                out.push_str(&format!("{}\n", paint(style::QUIET, row)));
            }
            continue;
        }
        out.push_str(&format!("{}\n", paint(style::HEADING, title)));
        for signal in list {
            let standing = words::standing(signal).map_or_else(String::new, |text| format!(" {}", line(&text)));
            for row in wrap(&format!("{}{standing}: {}", line(&signal.id), line(&signal.why)), depth.columns) {
                out.push_str(&format!("{row}\n"));
            }
        }
    }
    out
}
