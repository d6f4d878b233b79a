//! What a design could find and cost before anything is sent.

use std::io;

use anstyle::Style;
use evals::decision::Measure;
use evals::decision::planning::{Plan, PlanQuestion, Split, SpreadSource};

use crate::escape;
use crate::escape::markdown::{cell, inline};
use crate::figures;
use crate::json;
use crate::style;
use crate::table::{Cell, Column, Table};
use crate::terminal::prose::{self, bullet, heading};
use crate::text::truncate;
use crate::wording::{decision as wording, shortened};

/// Most alternatives that are listed; the recommended one is always among them.
const LISTED: usize = 12;

/// A plan and what it was made for.
#[derive(Debug, Clone, Copy)]
pub struct PlanAhead<'a> {
    /// Version of the tool.
    pub tool_version: &'a str,
    /// What is planned: the suite's name, or its file's. Raw text.
    pub subject: &'a str,
    /// The measure that differences are in.
    pub measure: Measure,
    /// What was asked.
    pub question: &'a PlanQuestion,
    /// The answer.
    pub plan: &'a Plan,
}

impl PlanAhead<'_> {
    /// The recommendation and what it rests on, in sentences. Raw text.
    pub fn sentences(&self) -> Vec<String> {
        let (question, plan) = (self.question, self.plan);
        let best = &plan.best;
        let power = figures::percent(question.power);
        let mut said = vec![format!(
            "Best: {} with {} of each contestant. It finds a difference in {} of {} between any two of {} with {power} power, expected cost {}, at most {}.",
            figures::plural(u64::from(best.items), "item", "items"),
            figures::plural(u64::from(best.runs), "run", "runs"),
            self.measure.noun(),
            wording::amount(self.measure, best.detectable),
            figures::plural(u64::from(question.contestants), "contestant", "contestants"),
            figures::dollars_f64(best.expected_cost),
            figures::dollars_f64(best.worst_cost),
        )];
        if let Some(needed) = &plan.needed {
            let reach = if needed.within_reach {
                "The items at hand and the budget are enough for it."
            } else {
                "That is more than the items at hand or the budget allow."
            };
            said.push(format!(
                "To find a difference of {} it takes {} with {} of each contestant, expected cost {}, at most {}. {reach}",
                wording::amount(self.measure, needed.difference),
                figures::plural(u64::from(needed.split.items), "item", "items"),
                figures::plural(u64::from(needed.split.runs), "run", "runs"),
                figures::dollars_f64(needed.split.expected_cost),
                figures::dollars_f64(needed.split.worst_cost),
            ));
        }
        if best.items >= question.items {
            said.push(format!(
                "All {} at hand are used: only more items, not more runs of them, take this much further.",
                figures::plural(u64::from(question.items), "item", "items")
            ));
        }
        said.push(match plan.spread.source {
            SpreadSource::Pilot => format!(
                "The spread is that of an earlier run of {}: variance over items {}, of one run {}.",
                figures::plural(u64::from(plan.spread.items), "item", "items"),
                figures::number(plan.spread.item_variance),
                figures::number(plan.spread.run_variance),
            ),
            SpreadSource::Assumed => format!(
                "The spread is assumed (variance over items {}, of one run {}): an earlier run would make this an estimate.",
                figures::number(plan.spread.item_variance),
                figures::number(plan.spread.run_variance),
            ),
        });
        let pairs = question.pairs();
        said.push(if pairs > 1 {
            format!(
                "Alpha {} is divided by {pairs} pairs: {} each.",
                figures::exact(question.alpha),
                figures::number(plan.alpha_per_pair)
            )
        } else {
            format!("Alpha {}, two-sided.", figures::exact(question.alpha))
        });
        said
    }

    /// For a terminal, no line wider than `columns`.
    pub fn terminal(&self, columns: usize) -> String {
        let mut out = heading(&truncate(&crate::escape::terminal::line(&self.title()), columns));
        let said = self.sentences();
        for (at, sentence) in said.iter().enumerate() {
            out.push_str(&bullet(if at == 0 { style::FOUND } else { Style::new() }, sentence, columns));
        }
        out.push('\n');
        let mut table =
            Table::new(["items", "runs", "detectable", "expected cost", "worst cost", ""].map(Column::number).to_vec());
        for split in self.listed() {
            let best = *split == self.plan.best;
            let accent = if best { style::FOUND } else { Style::new() };
            let mut row: Vec<Cell> = self.row(split).into_iter().map(|text| Cell::styled(text, accent)).collect();
            row.push(Cell::styled(if best { "best" } else { "" }, accent));
            table.push_cells(row);
        }
        out.push_str(&table.render(columns));
        if self.plan.splits.len() > LISTED {
            let rest = format!("And {} more; JSON has them.", self.plan.splits.len() - self.listed().len());
            out.push_str(&prose::block(style::QUIET, &rest, columns));
        }
        out
    }

    fn title(&self) -> String {
        format!("Plan for {}", shortened(self.subject))
    }

    fn row(&self, split: &Split) -> [String; 5] {
        [
            figures::count(u64::from(split.items)),
            figures::count(u64::from(split.runs)),
            wording::amount(self.measure, split.detectable),
            figures::dollars_f64(split.expected_cost),
            figures::dollars_f64(split.worst_cost),
        ]
    }

    /// The first alternatives, and the recommended one wherever it stands.
    fn listed(&self) -> Vec<&Split> {
        let splits = &self.plan.splits;
        splits
            .iter()
            .enumerate()
            .filter(|(at, split)| *at < LISTED || **split == self.plan.best)
            .map(|one| one.1)
            .collect()
    }

    /// As Markdown.
    pub fn markdown(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "# {}\n", inline(&self.title()))?;
        for sentence in self.sentences() {
            writeln!(out, "- {}", inline(&sentence))?;
        }
        writeln!(out, "\n| Items | Runs | Detectable | Expected cost | Worst cost | |")?;
        writeln!(out, "|--:|--:|--:|--:|--:|---|")?;
        for split in self.listed() {
            let row: Vec<String> = self.row(split).iter().map(|text| cell(text)).collect();
            writeln!(out, "| {} | {} |", row.join(" | "), if *split == self.plan.best { "best" } else { "" })?;
        }
        let rest = self.plan.splits.len() - self.listed().len();
        if rest > 0 { writeln!(out, "\nAnd {rest} more; JSON has them.") } else { Ok(()) }
    }

    /// As JSON; its schema is published beside that of runs.
    pub fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        escape::json::write_pretty(&json::plan(self), out)
    }
}
