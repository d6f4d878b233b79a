//! What only the results could tell: everything a reader must know before trusting a number.

use llm::outcome::Outcome;

use super::model::{Cell, Comparison, IntervalResult, Machine, TestStatus, Totals};
use super::pairs::Pair;
use super::rows;
use super::served::same_model;
use super::wording::{count, label, listed, name, noun, significant};
use crate::imported::IMPORTED;
use crate::record::{CallRecord, Metric, Note, RunEnd, RunHeader};

/// Below this many values an interval carries little.
pub(super) const FEW: u32 = 10;

/// A lag of this machine beyond which its own share in the timings is worth a word, in milliseconds.
const LAG_MS: f64 = 5.0;
/// The same as a share of the median time to first token.
const LAG_SHARE: f64 = 0.02;

/// The results that notes are drawn from.
pub(super) struct Results<'a> {
    pub(super) header: &'a RunHeader,
    pub(super) rows: &'a [CallRecord],
    pub(super) cells: &'a [Cell],
    pub(super) pairs: &'a [Pair],
    pub(super) comparisons: &'a [Comparison],
    pub(super) totals: &'a Totals,
    pub(super) end: RunEnd,
    pub(super) machine: &'a Machine,
}

/// The header's notes, then what the results add. A code that the plan already explained is not repeated.
pub(super) fn notes(results: &Results<'_>) -> Vec<Note> {
    let mut notes = results.header.notes.clone();
    let found = [
        results.incomplete(),
        results.unequal_runs(),
        results.errors(),
        results.refused(),
        results.cut_short(Outcome::Truncated, "truncated"),
        results.cut_short(Outcome::Filtered, "filtered"),
        results.cut_short(Outcome::Empty, "empty"),
        results.temperature_omitted(),
        results.equal_requests(),
        results.mixed_temperature(),
        results.untestable_pairs(),
        results.not_compared(),
        results.served_model(),
        results.machine_limited(),
        results.retries(),
        results.cached(),
        results.cost_unknown(),
        results.few_runs(),
        results.one_run(),
        results.one_prompt(),
    ];
    for (code, text) in found.into_iter().flatten() {
        if results.header.notes.iter().all(|note| note.code != code) {
            notes.push(Note { code: code.to_owned(), text });
        }
    }
    notes
}

type Found = Option<(&'static str, String)>;

impl Results<'_> {
    fn incomplete(&self) -> Found {
        let made = self.rows.iter().filter(|row| rows::was_made(row)).count();
        let planned = self.rows.len();
        // What is missing then is judging, which the notes of the scores say.
        if made == planned {
            return None;
        }
        let why = match self.end {
            RunEnd::BudgetReached => "The next call did not fit the cost cap",
            RunEnd::Interrupted => "The run was interrupted",
            RunEnd::Open => "The run has not ended",
            RunEnd::Finished | RunEnd::Decided => return None,
        };
        Some(("incomplete", format!("{why}: {made} of {planned} calls were made.")))
    }

    fn unequal_runs(&self) -> Found {
        let made: Vec<u32> = self.made_by_cell();
        let (least, most) = (*made.iter().min()?, *made.iter().max()?);
        (least != most).then(|| {
            let text = format!(
                "The run stopped before all were equally far: cells hold between {least} and {most} runs. Each figure says its own number of runs."
            );
            ("unequal_runs", text)
        })
    }

    fn errors(&self) -> Found {
        let who = self.tally(Outcome::Error, "failed in");
        (!who.is_empty())
            .then(|| ("errors", format!("{}. Failed calls are in no mean, no interval and no test.", listed(&who))))
    }

    fn refused(&self) -> Found {
        let who = self.tally(Outcome::Refused, "refused");
        (!who.is_empty()).then(|| {
            let text = format!(
                "{}. Refusals took time and money, so timings and cost include them; token counts and texts do not. A refusal is often short, so it can make or hide a difference.",
                listed(&who)
            );
            ("refused", text)
        })
    }

    fn cut_short(&self, outcome: Outcome, code: &'static str) -> Found {
        if self.header.command == IMPORTED {
            // A cell without a score, of which the decision says what it could change.
            return None;
        }
        let (verb, meaning) = match outcome {
            Outcome::Truncated => ("was cut by the output limit in", "A cut answer's length is the limit's"),
            Outcome::Filtered => ("was filtered in", "The provider's filter withheld or cut these answers"),
            _ => ("said nothing in", "These runs ended normally without any text"),
        };
        let who = self.tally(outcome, verb);
        (!who.is_empty()).then(|| {
            let text = format!(
                "{}. {meaning}: they stay in timings and cost and are left out of token counts and texts.",
                listed(&who)
            );
            (code, text)
        })
    }

    fn temperature_omitted(&self) -> Found {
        let asked = self.header.temperatures.iter().any(Option::is_some);
        let who = self.takes_no_temperature();
        (asked && !who.is_empty()).then(|| {
            let takes = if who.len() == 1 { "takes" } else { "take" };
            let text = format!("The temperature was not sent to {}, which {takes} none.", listed(&who));
            ("temperature_omitted", text)
        })
    }

    fn equal_requests(&self) -> Found {
        let settings = self.header.temperatures.len();
        let who = self.takes_no_temperature();
        (settings > 1 && !who.is_empty()).then(|| {
            let text = format!(
                "The {settings} temperatures of this run were {settings} times the same request for {}: differences between them are chance.",
                listed(&who)
            );
            ("equal_requests", text)
        })
    }

    fn mixed_temperature(&self) -> Found {
        let mut mixed: Vec<String> = Vec::new();
        for pair in self.pairs.iter().take(if self.comparisons.is_empty() { 0 } else { usize::MAX }) {
            let (Some(a), Some(b)) = (self.cells.get(pair.a), self.cells.get(pair.b)) else { continue };
            let sent = |cell: &Cell| self.sent_temperature(cell);
            if sent(a) != sent(b) && a.contestant != b.contestant {
                let shown = |cell: &Cell| match sent(cell) {
                    Some(temperature) => format!("{} at {temperature}", name(self.header, cell.contestant)),
                    None => format!("{} at its provider's default", name(self.header, cell.contestant)),
                };
                let line = format!("{} against {}", shown(a), shown(b));
                if !mixed.contains(&line) {
                    mixed.push(line);
                }
            }
        }
        (!mixed.is_empty()).then(|| {
            let text = format!(
                "The temperatures sent differ between what is compared ({}): a difference may be the temperature's and not the model's.",
                listed(&mixed)
            );
            ("mixed_temperature", text)
        })
    }

    fn untestable_pairs(&self) -> Found {
        let untestable = self
            .comparisons
            .iter()
            .filter(|comparison| !matches!(comparison.status, TestStatus::Tested | TestStatus::Trivial))
            .count();
        (untestable > 0).then(|| {
            let text = format!(
                "{untestable} of {} could not be tested on {}; they do not count in the correction.",
                count(self.comparisons.len() as u32, "pair", "pairs"),
                noun(self.header.analysis.metric),
            );
            ("untestable_pairs", text)
        })
    }

    fn not_compared(&self) -> Found {
        if self.comparisons.is_empty() || self.header.contestants.len() < 2 {
            return None;
        }
        let alone: Vec<String> = (0..self.cells.len())
            .filter(|&at| self.pairs.iter().all(|pair| pair.a != at && pair.b != at))
            .map(|at| self.label(&self.cells[at]))
            .collect();
        (!alone.is_empty()).then(|| {
            let text = format!("No other contestant ran at the same temperature as {}: not compared.", listed(&alone));
            ("not_compared", text)
        })
    }

    fn served_model(&self) -> Found {
        let mut findings: Vec<String> = Vec::new();
        for (index, contestant) in self.header.contestants.iter().enumerate() {
            let mut served: Vec<&str> = self
                .rows
                .iter()
                .filter(|row| row.call.contestant as usize == index)
                .filter_map(|row| row.answer.served_model.as_deref())
                .collect();
            served.sort_unstable();
            served.dedup();
            let different = served.iter().any(|model| !same_model(&contestant.model, model));
            if different || served.len() > 1 {
                let served: Vec<String> = served.iter().map(|model| format!("\"{model}\"")).collect();
                findings.push(format!("{} was answered by {}", contestant.name, listed(&served)));
            }
        }
        (!findings.is_empty()).then(|| {
            let text =
                format!("The provider says that another model answered, or more than one: {}.", listed(&findings));
            ("served_model", text)
        })
    }

    fn machine_limited(&self) -> Found {
        let lag = self.machine.lag_p99_ms;
        if self.machine.samples == 0 || !lag.is_finite() {
            return None;
        }
        let shortest = self
            .cells
            .iter()
            .filter_map(|cell| cell.metric(Metric::TtftMs)?.quantiles.first()?.value)
            .fold(f64::INFINITY, f64::min);
        let large_share = lag > LAG_SHARE * shortest;
        (lag > LAG_MS || large_share).then(|| {
            let beside = if shortest.is_finite() {
                format!(", beside a shortest median time to first token of {} ms", significant(shortest, 3))
            } else {
                String::new()
            };
            let text = format!(
                "This machine itself was late: one wake-up in a hundred came {} ms or more after its time{beside}. Differences of that size may be the machine's and not the model's.",
                significant(lag, 2)
            );
            ("machine_limited", text)
        })
    }

    fn retries(&self) -> Found {
        (self.totals.retries > 0).then(|| {
            let text = format!(
                "{} needed: timings are those of the last attempt of a call, without failed attempts and pauses.",
                count(self.totals.retries, "retry was", "retries were")
            );
            ("retries", text)
        })
    }

    fn cached(&self) -> Found {
        let measured_here = self.header.command != IMPORTED;
        (measured_here && self.totals.from_cache > 0).then(|| {
            let text = format!(
                "{} from the cache of earlier calls: nothing was sent, so timings and cost leave them out; token counts and texts keep them.",
                count(self.totals.from_cache, "answer came", "answers came")
            );
            ("from_cache", text)
        })
    }

    fn cost_unknown(&self) -> Found {
        (self.totals.cost_unknown > 0).then(|| {
            let text = format!(
                "The cost of {} is unknown: {} may have been billed and nobody reported how much. The totals leave it out.",
                count(self.totals.cost_unknown, "call", "calls"),
                if self.totals.cost_unknown == 1 { "it" } else { "they" },
            );
            ("cost_unknown", text)
        })
    }

    fn few_runs(&self) -> Found {
        let intervals = self.cells.iter().any(|cell| {
            cell.metrics.iter().any(|summary| matches!(summary.mean_ci, IntervalResult::Interval { few: true, .. }))
        });
        let tests = self.comparisons.iter().any(|comparison| comparison.n_a.min(comparison.n_b) < FEW);
        (intervals || tests).then(|| {
            let text = format!(
                "Some figures rest on fewer than {FEW} runs: their intervals carry little, and those made by resampling are too narrow."
            );
            ("few_runs", text)
        })
    }

    fn one_run(&self) -> Found {
        // Over several items the item is the unit, and one run of each is a sample of items.
        (self.header.runs == 1 && self.cells.len() > 1 && self.header.prompts.len() == 1).then(|| {
            (
                "one_run",
                "One run of each says nothing about differences: the next run may read the other way round.".to_owned(),
            )
        })
    }

    fn one_prompt(&self) -> Found {
        (self.header.runs > 1).then(|| {
            let what = if self.header.prompts.len() == 1 { "this one prompt" } else { "their prompt" };
            let text = format!(
                "Repeats are a sample of {what} only: intervals and tests say what more repeats of it would show, not how the models do on other prompts."
            );
            ("one_prompt", text)
        })
    }

    /// `name verb k of n runs` for every contestant with that outcome.
    fn tally(&self, outcome: Outcome, verb: &str) -> Vec<String> {
        (0..self.header.contestants.len() as u32)
            .filter_map(|contestant| {
                let cells = self.cells.iter().filter(|cell| cell.contestant == contestant);
                let (hits, runs) = cells.fold((0, 0), |(hits, runs), cell| {
                    (hits + cell.count(outcome), runs + cell.n_runs - cell.count(Outcome::Cancelled))
                });
                (hits > 0).then(|| {
                    format!("{} {verb} {hits} of {}", name(self.header, contestant), count(runs, "run", "runs"))
                })
            })
            .collect()
    }

    fn made_by_cell(&self) -> Vec<u32> {
        super::cells::group(self.rows, &[])
            .iter()
            .map(|cell| cell.rows.iter().filter(|row| rows::was_made(row)).count() as u32)
            .collect()
    }

    fn takes_no_temperature(&self) -> Vec<String> {
        let silent = self.header.contestants.iter().filter(|contestant| !contestant.sends_temperature);
        silent.map(|contestant| contestant.name.clone()).collect()
    }

    fn sent_temperature(&self, cell: &Cell) -> Option<f64> {
        let contestant = self.header.contestants.get(cell.contestant as usize)?;
        cell.temperature.filter(|_| contestant.sends_temperature)
    }

    fn label(&self, cell: &Cell) -> String {
        label(self.header, cell.contestant, cell.prompt, cell.system, cell.temperature)
    }
}
