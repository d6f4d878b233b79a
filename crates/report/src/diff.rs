//! What moved between two runs of the same items: what is shown to have moved, then what is not.

use std::io;

use anstyle::Style;
use evals::decision::Measure;
use evals::decision::movement::{Comparison, Direction, Movement};

use crate::escape;
use crate::escape::markdown::{cell, inline};
use crate::figures;
use crate::json;
use crate::markdown::suite::left_out;
use crate::style;
use crate::table::{Cell, Column, Table};
use crate::terminal::prose::{self, bullet, heading};
use crate::text::truncate;
use crate::wording::{decision as wording, shortened};

/// Most rows on a screen.
const SHOWN: usize = 40;
/// Most rows of a table in Markdown.
const ROWS: usize = 500;
/// What the figures are.
const LEGEND: &str = "Differences are after − before, paired by item; p is corrected over all rows of both tables. A movement that is not shown may be there and be smaller than its interval.";

/// Two runs and what moved between them.
#[derive(Debug, Clone, Copy)]
pub struct Diff<'a> {
    /// Version of the tool.
    pub tool_version: &'a str,
    /// What the user called the earlier run. Raw text.
    pub before: &'a str,
    /// What the user called the later run. Raw text.
    pub after: &'a str,
    /// What moved.
    pub comparison: &'a Comparison,
}

impl<'a> Diff<'a> {
    /// Whether there was anything to compare: some measure with enough items on both sides.
    pub fn comparable(&self) -> bool {
        self.comparison.movements.iter().any(|one| one.direction != Direction::TooFew)
    }

    /// What came of it, in a sentence. Raw text.
    pub fn sentence(&self) -> String {
        let (before, after) = (shortened(self.before), shortened(self.after));
        let items = figures::plural(u64::from(self.comparison.n_items), "item", "items");
        if !self.comparable() {
            return format!(
                "{after} cannot be compared with {before}: too few items have values of the same contestants on both sides."
            );
        }
        let level = figures::percent(self.comparison.level);
        let over = format!("over {items} that both have, {level} confidence over everything compared");
        let (worse, better) = (self.named(Direction::Worse), self.named(Direction::Better));
        let moved = self.named(Direction::Moved);
        let mut parts = Vec::new();
        for (names, words) in [(worse, "worse"), (better, "better"), (moved, "changed")] {
            if !names.is_empty() {
                parts.push(format!("{words}: {}", wording::listed(&names)));
            }
        }
        if parts.is_empty() {
            format!("Nothing is shown to have moved from {before} to {after} ({over}).")
        } else {
            format!("From {before} to {after}, {} ({over}).", parts.join("; "))
        }
    }

    fn named(&self, wanted: Direction) -> Vec<String> {
        let movements = &self.comparison.movements;
        // Quality first: it is what a reader comes for.
        let (quality, rest): (Vec<&Movement>, Vec<&Movement>) =
            movements.iter().filter(|one| one.direction == wanted).partition(|one| one.metric.is_quality());
        let found = quality.into_iter().chain(rest);
        found.map(|one| format!("{} of {}", one.metric.noun(), shortened(&one.after))).collect()
    }

    fn moved(&self) -> impl Iterator<Item = &'a Movement> + use<'a> {
        self.comparison.movements.iter().filter(|one| moved(one.direction))
    }

    fn rest(&self) -> impl Iterator<Item = &'a Movement> + use<'a> {
        self.comparison.movements.iter().filter(|one| !moved(one.direction))
    }

    fn aside(&self) -> Vec<String> {
        let comparison = self.comparison;
        let mut said: Vec<String> = comparison.movements.iter().filter_map(missing).collect();
        if !comparison.unmatched.is_empty() {
            said.push(format!("Only in one of the two, and left out: {}.", wording::listed(&comparison.unmatched)));
        }
        said.extend(comparison.notes.iter().map(|note| note.text.clone()));
        said
    }

    /// For a terminal, no line wider than `columns`.
    pub fn terminal(&self, columns: usize) -> String {
        let tone = if self.comparison.worse() {
            style::FAILURE
        } else if self.comparison.moved() {
            style::FOUND
        } else {
            Style::new()
        };
        let mut sections = vec![prose::block(tone, &self.sentence(), columns)];
        for (title, rows) in [
            ("What moved", self.moved().collect::<Vec<_>>()),
            ("Not shown to have moved", self.rest().collect::<Vec<_>>()),
        ] {
            if rows.is_empty() {
                continue;
            }
            let mut out = heading(&truncate(title, columns));
            out.push_str(&self.table(&rows, columns));
            if rows.len() > SHOWN {
                let left = format!("And {} more; JSON and Markdown have them.", rows.len() - SHOWN);
                out.push_str(&prose::block(style::QUIET, &left, columns));
            }
            sections.push(out);
        }
        if !self.comparison.movements.is_empty() {
            sections.push(prose::block(style::QUIET, LEGEND, columns));
        }
        let aside: String = self.aside().iter().map(|said| bullet(Style::new(), said, columns)).collect();
        if !aside.is_empty() {
            sections.push(aside);
        }
        sections.join("\n")
    }

    fn table(&self, rows: &[&Movement], columns: usize) -> String {
        let level = figures::percent(self.comparison.level).replace(' ', "");
        let mut table = Table::new(vec![
            Column::text("what"),
            Column::number("before"),
            Column::number("after"),
            Column::number(&format!("change [{level}]")),
            Column::number("p"),
        ])
        .stacking();
        for one in rows.iter().take(SHOWN) {
            let accent = match one.direction {
                Direction::Worse => style::FAILURE,
                Direction::Better | Direction::Moved => style::FOUND,
                Direction::NotShown | Direction::TooFew => Style::new(),
            };
            table.push_cells(vec![
                Cell::new(format!("{}: {}", who(one), one.metric.noun())),
                Cell::new(wording::value(one.metric, one.mean_before)),
                Cell::new(wording::value(one.metric, one.mean_after)),
                Cell::styled(change(one), accent),
                Cell::new(one.p_value_corrected.map_or_else(|| figures::NONE.to_owned(), figures::p_value)),
            ]);
        }
        table.render(columns)
    }

    /// As Markdown.
    pub fn markdown(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "# What moved\n")?;
        writeln!(out, "{}\n", inline(&self.sentence()))?;
        let level = figures::percent(self.comparison.level);
        for (title, rows) in [
            ("What moved", self.moved().collect::<Vec<_>>()),
            ("Not shown to have moved", self.rest().collect::<Vec<_>>()),
        ] {
            if rows.is_empty() {
                continue;
            }
            writeln!(out, "## {title}\n")?;
            writeln!(out, "| Contestant | Measure | Items | Before | After | Change \\[{level}\\] | p corrected | |")?;
            writeln!(out, "|---|---|--:|--:|--:|--:|--:|---|")?;
            for one in rows.iter().take(ROWS) {
                let p = one.p_value_corrected.map_or_else(|| figures::NONE.to_owned(), figures::p_value);
                writeln!(
                    out,
                    "| {} | {} | {} | {} | {} | {} | {} | {} |",
                    cell(&who(one)),
                    one.metric.noun(),
                    one.n_items,
                    cell(&wording::value(one.metric, one.mean_before)),
                    cell(&wording::value(one.metric, one.mean_after)),
                    cell(&change(one)),
                    p.replace('<', "\\<"),
                    word(one.direction)
                )?;
            }
            writeln!(out)?;
            left_out(rows.len(), ROWS, "rows", out)?;
        }
        if !self.comparison.movements.is_empty() {
            writeln!(out, "{}\n", inline(LEGEND))?;
        }
        for said in self.aside() {
            writeln!(out, "- {}", inline(&said))?;
        }
        Ok(())
    }

    /// As JSON; its schema is published beside that of runs.
    pub fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        escape::json::write_pretty(&json::diff(self), out)
    }
}

fn moved(direction: Direction) -> bool {
    matches!(direction, Direction::Better | Direction::Worse | Direction::Moved)
}

fn who(one: &Movement) -> String {
    let (before, after) = (shortened(&one.before), shortened(&one.after));
    if before == after { after } else { format!("{before} → {after}") }
}

fn change(one: &Movement) -> String {
    wording::difference(one.metric, one.difference.value, one.difference.ci_low.zip(one.difference.ci_high))
}

fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Better => "better",
        Direction::Worse => "worse",
        Direction::Moved => "moved",
        Direction::NotShown => "not shown",
        Direction::TooFew => "too few items",
    }
}

/// What missing answers could change about a movement of quality.
fn missing(one: &Movement) -> Option<String> {
    let bounds = one.bounds.as_ref().filter(|_| one.metric.is_quality())?;
    let by = |value: f64| wording::difference(one.metric, Some(value), None);
    Some(format!(
        "{} of {}: with missing answers as bad or as good as can be, the change would be {} or {}.",
        capital(one.metric),
        who(one),
        by(bounds.low),
        by(bounds.high)
    ))
}

fn capital(measure: Measure) -> String {
    crate::markdown::decision::capital(measure.noun())
}
