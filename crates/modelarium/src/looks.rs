//! How results that are no runs look: what moved, what a baseline held, and what is planned.

use std::io;

use evals::decision::{GateAnswer, GateResult};
use evals::record::Note;
use report::diff::Diff;
use report::planning::PlanAhead;
use report::text::wrap;
use report::{escape, figures};
use serde_json::{Map, Value, json};

use crate::texts::Text;

/// What moved, and how the later run was held to the earlier one.
pub(crate) struct Moved<'a> {
    /// What moved.
    pub diff: Diff<'a>,
    /// The later run held to the earlier one, within a margin; `None` where nobody asked, or nothing could be held.
    pub held: Option<&'a GateResult>,
}

/// A plan with what the reader must know about it.
pub(crate) struct Planned<'a> {
    /// The plan.
    pub ahead: PlanAhead<'a>,
    /// What the reader must know.
    pub notes: &'a [Note],
}

impl Moved<'_> {
    /// What the baseline decided, a sentence an arm. Raw text.
    fn verdicts(&self) -> Vec<String> {
        let Some(held) = self.held else { return Vec::new() };
        let level = figures::percent(held.level);
        let mut said: Vec<String> = held
            .contestants
            .iter()
            .map(|arm| {
                let answer = match arm.answer {
                    GateAnswer::Passes => "passes: shown",
                    GateAnswer::Fails => "FAILS: refuted",
                    GateAnswer::Inconclusive => "inconclusive: neither shown nor refuted",
                };
                let figures = match (arm.estimate, arm.low, arm.high) {
                    (Some(estimate), Some(low), Some(high)) => format!(
                        " (difference {}, one-sided bounds {} and {})",
                        signed(estimate),
                        signed(low),
                        signed(high)
                    ),
                    (Some(estimate), ..) => format!(" (difference {})", signed(estimate)),
                    _ => String::new(),
                };
                let more = arm.needed_items.map_or_else(String::new, |items| {
                    format!("; about {} more items like these would decide", figures::count(items))
                });
                let why = if arm.reason.is_empty() || arm.needed_items.is_some() {
                    String::new()
                } else {
                    format!("; {}", arm.reason)
                };
                format!("{}, {}: {answer} at {level}{figures}{more}{why}.", arm.name, held.gate)
            })
            .collect();
        if !held.reason.is_empty() {
            said.push(format!("{}: {}.", held.gate, held.reason));
        }
        said
    }
}

/// A sentence on lines no wider than `columns`.
fn paragraph(sentence: &str, columns: usize) -> String {
    wrap(&escape::terminal::line(sentence), columns).join("\n") + "\n"
}

fn signed(value: f64) -> String {
    format!("{value:+.4}")
}

impl Text for Moved<'_> {
    fn terminal(&self, columns: usize) -> String {
        let mut text = String::new();
        for sentence in self.verdicts() {
            text.push_str(&paragraph(&sentence, columns));
        }
        text.push_str(&self.diff.terminal(columns));
        text
    }

    fn markdown(&self, out: &mut dyn io::Write) -> io::Result<()> {
        for sentence in self.verdicts() {
            writeln!(out, "{}\n", escape::markdown::inline(&sentence))?;
        }
        self.diff.markdown(out)
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let Some(held) = self.held else { return self.diff.json(out) };
        escape::json::write_pretty(&with(&|out| self.diff.json(out), "gates", json!([gate(held)]))?, out)
    }
}

impl Text for Planned<'_> {
    fn terminal(&self, columns: usize) -> String {
        let mut text = self.ahead.terminal(columns);
        for note in self.notes {
            text.push_str(&paragraph(&note.text, columns));
        }
        text
    }

    fn markdown(&self, out: &mut dyn io::Write) -> io::Result<()> {
        self.ahead.markdown(out)?;
        self.notes.iter().try_for_each(|note| writeln!(out, "\n{}", escape::markdown::inline(&note.text)))
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let notes = serde_json::to_value(self.notes).map_err(io::Error::other)?;
        escape::json::write_pretty(&with(&|out| self.ahead.json(out), "notes", notes)?, out)
    }
}

/// A gate with the names that gates have in the output of a run.
fn gate(held: &GateResult) -> Value {
    let arms: Vec<Value> = held
        .contestants
        .iter()
        .map(|arm| {
            json!({
                "name": arm.name,
                "answer": arm.answer,
                "estimate": arm.estimate,
                "ci_low": arm.low,
                "ci_high": arm.high,
                "needed_items": arm.needed_items,
                "needed_runs": arm.needed_runs,
                "reason": arm.reason,
            })
        })
        .collect();
    json!({
        "gate": held.gate,
        "answer": held.answer,
        "needed_runs": held.needed_runs,
        "level": held.level,
        "reason": held.reason,
        "contestants": arms,
    })
}

/// What a writer wrote, with one member more.
fn with(
    write: &dyn Fn(&mut dyn io::Write) -> io::Result<()>,
    name: &str,
    member: Value,
) -> io::Result<Map<String, Value>> {
    let mut bytes = Vec::new();
    write(&mut bytes)?;
    let mut object: Map<String, Value> = serde_json::from_slice(&bytes).map_err(io::Error::other)?;
    object.insert(name.to_owned(), member);
    Ok(object)
}
