//! The one value that every format renders: an analysed run with its sentences, and the look-ups
//! that all formats share. Nothing here is computed from data; figures are only found and named.

use std::collections::HashMap;

use evals::analysis::model::{Analysis, Cell, IntervalResult};
use evals::analysis::scored::{ContestantScores, RowScores};
use evals::analysis::verdict::Verdict;
use evals::decision::Measure;
use evals::imported::IMPORTED;
use evals::record::{CallCost, CallRecord, Contestant, Metric, Prompt};
use llm::money::Usd;
use llm::outcome::Outcome;

use crate::figures;
use crate::wording;

/// An analysed run and what can be said about it.
#[derive(Debug, Clone)]
pub struct Document<'a> {
    /// The numbers.
    pub analysis: &'a Analysis,
    /// The sentences, in the order of the comparisons.
    pub verdicts: &'a [Verdict],
    rows_by_cell: HashMap<CellKey, Vec<usize>>,
    varies: Varies,
}

type CellKey = (u32, u32, u32, Option<u64>);

impl<'a> Document<'a> {
    /// Puts an analysis and its sentences together.
    pub fn new(analysis: &'a Analysis, verdicts: &'a [Verdict]) -> Self {
        let mut rows_by_cell: HashMap<CellKey, Vec<usize>> = HashMap::new();
        for (at, row) in analysis.rows.iter().enumerate() {
            let key = (row.call.prompt, row.call.system, row.call.contestant, row.call.temperature.map(f64::to_bits));
            rows_by_cell.entry(key).or_default().push(at);
        }
        Self { analysis, verdicts, rows_by_cell, varies: Varies::between(&analysis.cells) }
    }

    /// The rows of a cell, in row order.
    pub fn rows_of<'d>(&'d self, cell: &Cell) -> impl Iterator<Item = &'a CallRecord> + use<'a, 'd> {
        let rows = &self.analysis.rows;
        self.row_positions(cell).iter().filter_map(move |at| rows.get(*at))
    }

    /// Positions of a cell's rows, in row order.
    pub fn row_positions(&self, cell: &Cell) -> &[usize] {
        let key = (cell.prompt, cell.system, cell.contestant, cell.temperature.map(f64::to_bits));
        self.rows_by_cell.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The contestant at an index of a cell or call.
    pub fn contestant(&self, index: u32) -> Option<&'a Contestant> {
        self.analysis.header.contestants.get(index as usize)
    }

    /// The text of the prompt at an index of a cell or call.
    pub fn prompt(&self, index: u32) -> &'a str {
        self.analysis.header.prompts.get(index as usize).map_or("", |prompt| prompt.text.as_str())
    }

    /// The system prompt at an index of a cell or call; the empty one is none.
    pub fn system(&self, index: u32) -> Option<&'a str> {
        self.analysis.header.systems.get(index as usize)?.as_deref().filter(|text| !text.is_empty())
    }

    /// The cell at an index of a comparison.
    pub fn cell(&self, index: u32) -> Option<&'a Cell> {
        self.analysis.cells.get(index as usize)
    }

    /// What varies between the cells, so that a contestant's name alone does not name one.
    pub fn varies(&self) -> Varies {
        self.varies
    }

    /// True for the run of a suite: items are what matters, not single cells.
    pub fn is_suite(&self) -> bool {
        let header = &self.analysis.header;
        header.scoring.suite.is_some() || header.prompts.len() > 1
    }

    /// True when contestants are shown as a whole: a suite whose answers were scored.
    pub fn by_contestant(&self) -> bool {
        self.is_suite() && !self.analysis.scores.contestants.is_empty()
    }

    /// True when a run that nothing scored has more cells than a person reads, and its decision says what there is
    /// to say: a large suite, or an imported table.
    pub fn by_items(&self) -> bool {
        const CELLS: usize = 60;
        let many = self.is_suite() && self.analysis.cells.len() > CELLS;
        !self.by_contestant() && self.analysis.decision.is_some() && (many || self.is_imported())
    }

    /// True for results that another tool measured: nothing was sent from here and there is no answer to read.
    pub fn is_imported(&self) -> bool {
        self.analysis.header.command == IMPORTED
    }

    /// The latencies of every arm's answers that were sent in this run, in milliseconds and plan order: what the
    /// decision's quantiles are made of.
    pub fn latencies(&self) -> Vec<(String, Vec<f64>)> {
        let Some(decision) = &self.analysis.decision else { return Vec::new() };
        let scores = evals::decision::Scores::of(self.analysis);
        let arms = decision.contestants.iter().enumerate();
        arms.map(|(at, arm)| {
            let values = scores.answers_of(at).filter_map(|(_, answer)| answer.get(Measure::LatencyMs));
            (arm.name.clone(), values.collect())
        })
        .collect()
    }

    /// The item at an index of a cell or call.
    pub fn item(&self, index: u32) -> Option<&'a Prompt> {
        self.analysis.header.prompts.get(index as usize)
    }

    /// How the answer at a row position was scored; `None` where nothing scored it.
    pub fn scores(&self, row: usize) -> Option<&'a RowScores> {
        self.analysis.scores.rows.get(row)
    }

    /// How a contestant was scored; `None` where nothing scored it.
    pub fn contestant_scores(&self, index: usize) -> Option<&'a ContestantScores> {
        self.analysis.scores.contestants.get(index)
    }

    /// The judge at an index of a score.
    pub fn judge(&self, index: u32) -> Option<&'a Contestant> {
        self.analysis.header.judges().get(index as usize)
    }

    /// A judge's name, as raw text.
    pub fn judge_name(&self, index: u32) -> &'a str {
        self.judge(index).map_or("", |judge| judge.name.as_str())
    }

    /// A contestant's name, as raw text.
    pub fn contestant_name(&self, index: u32) -> &'a str {
        self.contestant(index).map_or("", |contestant| contestant.name.as_str())
    }

    /// True when a metric is shown: scores only in a run that has some.
    pub fn shows(&self, metric: Metric) -> bool {
        !matches!(metric, Metric::Score | Metric::CheckScore)
            || self.analysis.cells.iter().filter_map(|cell| cell.metric(metric)).any(|summary| summary.n > 0)
    }

    /// What a cell is called, as raw text: the contestant, and what else tells it from other cells.
    pub fn label(&self, cell: &Cell) -> String {
        let varies = self.varies;
        let contestant = self.contestant(cell.contestant);
        let mut label = contestant.map_or_else(String::new, |contestant| contestant.name.clone());
        if varies.temperatures {
            match cell.temperature {
                Some(temperature) => label.push_str(&format!(" t={}", figures::exact(temperature))),
                None => label.push_str(" t=default"),
            }
            if contestant.is_some_and(|contestant| !contestant.sends_temperature) {
                label.push_str(" (not sent)");
            }
        }
        if varies.systems {
            label.push_str(&format!(" SP{}", cell.system + 1));
        }
        if varies.prompts {
            match self.item(cell.prompt).filter(|_| self.by_contestant()) {
                Some(item) => label.push_str(&format!(", {}", wording::shortened(&item.id))),
                None => label.push_str(&format!(" P{}", cell.prompt + 1)),
            }
        }
        label
    }

    /// True when some cell has an interval of this metric's mean.
    pub fn has_intervals(&self, metric: Metric) -> bool {
        self.analysis
            .cells
            .iter()
            .filter_map(|cell| cell.metric(metric))
            .any(|summary| interval(&summary.mean_ci).is_some())
    }
}

/// What varies between the cells of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Varies {
    /// There is more than one prompt.
    pub prompts: bool,
    /// There is more than one system prompt.
    pub systems: bool,
    /// There is more than one temperature.
    pub temperatures: bool,
}

impl Varies {
    fn between(cells: &[Cell]) -> Self {
        let differs = |of: fn(&Cell) -> Option<u64>| cells.windows(2).any(|pair| of(&pair[0]) != of(&pair[1]));
        Self {
            prompts: differs(|cell| Some(u64::from(cell.prompt))),
            systems: differs(|cell| Some(u64::from(cell.system))),
            temperatures: differs(|cell| cell.temperature.map(f64::to_bits)),
        }
    }
}

/// The bounds of an interval, where there is one and both are numbers.
pub fn interval(result: &IntervalResult) -> Option<(f64, f64)> {
    match result {
        IntervalResult::Interval { low, high, .. } if low.is_finite() && high.is_finite() => Some((*low, *high)),
        _ => None,
    }
}

/// The word for what became of an interval, used in machine output.
pub fn interval_status(result: &IntervalResult) -> &'static str {
    match result {
        IntervalResult::Interval { .. } => "interval",
        IntervalResult::NotAsked => "not_asked",
        IntervalResult::NoData => "no_data",
        IntervalResult::TooFew { .. } => "too_few",
        IntervalResult::Constant => "constant",
        IntervalResult::Unbounded => "unbounded",
    }
}

/// What the calls of a cell cost, in words where there is no figure.
pub struct CellCost {
    /// A call's mean cost.
    pub per_call: String,
    /// All of it.
    pub total: String,
}

/// Finds the right word or figure for a cell's cost. `≥` stands before a total that lacks the calls of unknown cost.
pub fn cell_cost(document: &Document<'_>, cell: &Cell) -> CellCost {
    let mean = cell.metric(Metric::CostUsd).and_then(|summary| summary.mean);
    cost_words(document.rows_of(cell), mean, cell.cost_total)
}

/// What all calls of a contestant cost, in words where there is no figure.
pub fn contestant_cost(document: &Document<'_>, index: u32, total: Usd) -> String {
    let rows = document.analysis.rows.iter().filter(|row| row.call.contestant == index);
    cost_words(rows, None, total).total
}

fn cost_words<'r>(rows: impl Iterator<Item = &'r CallRecord>, mean: Option<f64>, total: Usd) -> CellCost {
    let (mut known, mut free, mut unpriced, mut unknown) = (false, false, false, false);
    for row in rows {
        match row.cost {
            CallCost::Known(_) => known = true,
            CallCost::Free => free = true,
            CallCost::Unpriced => unpriced = true,
            CallCost::Unknown(_) => unknown = true,
            CallCost::Nothing => {}
        }
    }
    let word = |word: &str| CellCost { per_call: word.to_owned(), total: word.to_owned() };
    if known {
        let at_least = if unknown || unpriced { "≥" } else { "" };
        CellCost {
            per_call: mean.map_or_else(|| figures::NONE.to_owned(), figures::dollars_f64),
            total: format!("{at_least}{}", figures::dollars(total)),
        }
    } else if unknown {
        word(figures::UNKNOWN)
    } else if unpriced {
        word(figures::UNPRICED)
    } else if free {
        word(figures::FREE)
    } else {
        word(figures::NONE)
    }
}

/// One run's words for a person: what was said, or what happened instead.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Said {
    /// How the run ended.
    pub outcome: Outcome,
    /// The words; raw text.
    pub text: String,
}

/// What to show for a run: the answer, the refusal, the tool calls or the error.
pub fn said(row: &CallRecord) -> Said {
    let answer = &row.answer;
    let mut parts: Vec<String> = vec![];
    if !answer.text.is_empty() {
        parts.push(answer.text.clone());
    }
    if !answer.refusal.is_empty() {
        parts.push(answer.refusal.clone());
    }
    parts.extend(answer.tool_calls.iter().map(|call| format!("[tool call] {}({})", call.name, call.arguments)));
    if let Some(error) = &row.error {
        parts.push(format!("[error] {}", error.message));
    }
    Said { outcome: row.outcome, text: parts.join("\n") }
}

/// Distinct things said in a cell with how often each came, most frequent first, then complete answers, then in the order of their first appearance.
pub fn distinct(document: &Document<'_>, cell: &Cell) -> Vec<(Said, u32)> {
    let mut order: Vec<(Said, u32)> = vec![];
    let mut position: HashMap<Said, usize> = HashMap::new();
    for row in document.rows_of(cell) {
        let said = said(row);
        match position.get(&said) {
            Some(&at) => order[at].1 += 1,
            None => {
                position.insert(said.clone(), order.len());
                order.push((said, 1));
            }
        }
    }
    order.sort_by_key(|(said, count)| {
        let outcome = Outcome::ALL.iter().position(|outcome| *outcome == said.outcome);
        (!is_answer(said.outcome), std::cmp::Reverse(*count), outcome)
    });
    order
}

fn is_answer(outcome: Outcome) -> bool {
    !matches!(outcome, Outcome::Error | Outcome::Cancelled)
}

/// Outcome counts short enough for a table: `10/10`, or `8 ok 1 cut 1 refused`.
pub fn outcome_counts(cell: &Cell) -> String {
    outcome_items(cell).join(" ")
}

/// [`outcome_counts`], each count with its word apart.
pub fn outcome_items(cell: &Cell) -> Vec<String> {
    counted_outcomes(&cell.outcomes)
}

/// Counts in the order of [`Outcome::ALL`], as in [`outcome_items`].
pub fn counted_outcomes(outcomes: &[u32; 7]) -> Vec<String> {
    let all: u32 = outcomes.iter().sum();
    let [complete, ..] = *outcomes;
    if complete == all {
        return vec![format!("{complete}/{complete}")];
    }
    let counted = Outcome::ALL.iter().zip(outcomes).filter(|(_, count)| **count > 0);
    counted.map(|(outcome, count)| format!("{count} {}", short_outcome(*outcome))).collect()
}

/// An outcome in one short word.
pub fn short_outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Complete => "ok",
        Outcome::Truncated => "cut",
        Outcome::Refused => "refused",
        Outcome::Filtered => "filtered",
        Outcome::Empty => "empty",
        Outcome::Error => "failed",
        Outcome::Cancelled => "not run",
    }
}

/// Names a metric for people.
pub fn metric_name(metric: Metric) -> &'static str {
    match metric {
        Metric::LatencyMs => "latency",
        Metric::TtftMs => "time to first token",
        Metric::TtfoMs => "time to first output",
        Metric::OutputTokens => "output tokens",
        Metric::TokensPerSecond => "tokens per second",
        Metric::CostUsd => "cost of a call",
        Metric::Score => "judges' score",
        Metric::CheckScore => "share of checks passed",
    }
}

/// A value of a metric with its unit.
pub fn metric_value(metric: Metric, value: f64) -> String {
    match metric {
        Metric::LatencyMs | Metric::TtftMs | Metric::TtfoMs => figures::milliseconds(value),
        Metric::OutputTokens | Metric::TokensPerSecond => figures::number(value),
        Metric::CostUsd => figures::dollars_f64(value),
        Metric::Score => figures::score(value),
        Metric::CheckScore => figures::rate(value),
    }
}
