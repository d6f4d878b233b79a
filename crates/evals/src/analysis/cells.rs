//! Cells: which rows belong together, which of their values a metric may use, how alike their texts are.
//!
//! # Populations
//!
//! - *billed*: neither error nor cancelled. Refused, filtered, truncated and empty answers took time
//!   and money, so they stay in timings and cost. A timing is taken only from what was sent in this
//!   run: an answer out of the cache has no time and no price of its own.
//! - *answered*: complete, tool calls included. Token counts and texts are taken from these alone; a
//!   truncated answer's count is the limit's and not the model's, a refusal's says nothing about answers.
//!   (The token *rate* is a timing and keeps truncated answers.)
//! - Errors and cancelled calls are in neither.
//!
//! Temperatures, system prompts and prompts are never pooled.

use std::collections::HashMap;

use llm::money::Usd;
use llm::outcome::Outcome;

use super::model::{Cell, Consistency};
use super::rows;
use super::scored::RowScores;
use crate::record::{CallCost, CallRecord, Metric, PlannedCall};

/// What makes two calls repetitions of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct CellKey {
    pub(super) prompt: u32,
    pub(super) system: u32,
    pub(super) contestant: u32,
    temperature_bits: Option<u64>,
}

impl CellKey {
    pub(super) fn of(call: &PlannedCall) -> Self {
        // Adding zero makes -0.0 and 0.0 one temperature.
        let temperature_bits = call.temperature.map(|temperature| (temperature + 0.0).to_bits());
        Self { prompt: call.prompt, system: call.system, contestant: call.contestant, temperature_bits }
    }

    pub(super) fn temperature(&self) -> Option<f64> {
        self.temperature_bits.map(f64::from_bits)
    }

    pub(super) fn same_temperature(&self, other: &Self) -> bool {
        self.temperature_bits == other.temperature_bits
    }
}

/// A cell with the rows it is made of.
pub(super) struct CellRows<'a> {
    pub(super) key: CellKey,
    pub(super) rows: Vec<&'a CallRecord>,
    /// The scores of the rows; empty where nothing scored them.
    scores: Vec<&'a RowScores>,
}

/// The distinct cells of a plan in row order.
pub(super) fn keys(planned: &[PlannedCall]) -> Vec<CellKey> {
    let mut seen = std::collections::HashSet::new();
    planned.iter().map(CellKey::of).filter(|key| seen.insert(*key)).collect()
}

/// Groups rows, which are in plan order, into cells in order of first appearance.
pub(super) fn group<'a>(rows: &'a [CallRecord], scores: &'a [RowScores]) -> Vec<CellRows<'a>> {
    let mut cells: Vec<CellRows<'_>> = Vec::new();
    let mut position: HashMap<CellKey, usize> = HashMap::new();
    for (place, row) in rows.iter().enumerate() {
        let key = CellKey::of(&row.call);
        let at = *position.entry(key).or_insert_with(|| {
            cells.push(CellRows { key, rows: Vec::new(), scores: Vec::new() });
            cells.len() - 1
        });
        if let Some(cell) = cells.get_mut(at) {
            cell.rows.push(row);
            cell.scores.extend(scores.get(place));
        }
    }
    cells
}

impl CellRows<'_> {
    /// The values of a metric over its population, in row order. Only finite numbers.
    pub(super) fn values(&self, metric: Metric) -> Vec<f64> {
        let scored: fn(&RowScores) -> Option<f64> = match metric {
            Metric::Score => |score| score.judge_score,
            Metric::CheckScore => |score| score.check_score,
            _ => return self.measured(metric),
        };
        self.scores.iter().filter_map(|score| scored(score)).filter(|value| value.is_finite()).collect()
    }

    /// True in a run whose answers were checked or judged.
    pub(super) fn is_scored(&self) -> bool {
        !self.scores.is_empty()
    }

    fn measured(&self, metric: Metric) -> Vec<f64> {
        self.rows.iter().filter_map(|row| value(row, metric)).filter(|value| value.is_finite()).collect()
    }

    /// Whether any run has a cost that was worked out from usage. A free or unpriced model's cost is a constant and no measurement.
    pub(super) fn cost_is_measured(&self) -> bool {
        self.rows.iter().any(|row| rows::is_billed(row) && matches!(row.cost, CallCost::Known(_)))
    }

    /// The cell without its metrics, which `summary` fills in.
    pub(super) fn describe(&self) -> Cell {
        let mut outcomes = [0; 7];
        let mut cost_total = Usd::ZERO;
        let mut cost_unknown = 0;
        for row in &self.rows {
            outcomes[rows::outcome_position(row.outcome)] += 1;
            match row.cost.known_usd() {
                Some(usd) => cost_total += usd,
                None => cost_unknown += 1,
            }
        }
        Cell {
            prompt: self.key.prompt,
            system: self.key.system,
            contestant: self.key.contestant,
            temperature: self.key.temperature(),
            n_runs: self.rows.len() as u32,
            outcomes,
            metrics: Vec::new(),
            cost_total,
            cost_unknown,
            consistency: self.consistency(),
        }
    }

    fn consistency(&self) -> Consistency {
        // Counts beside the place of first appearance: the first seen wins a tie.
        let mut counts: HashMap<String, (u32, usize)> = HashMap::new();
        let mut answered = 0;
        for (place, row) in self.rows.iter().enumerate() {
            if row.outcome == Outcome::Complete {
                answered += 1;
                counts.entry(said(row)).or_insert((0, place)).0 += 1;
            }
        }
        let made = self.rows.iter().filter(|row| row.outcome != Outcome::Cancelled).count();
        let unique = counts.len() as u32;
        let (mode, mode_count) = counts
            .into_iter()
            .max_by_key(|(_, (count, place))| (*count, std::cmp::Reverse(*place)))
            .map_or((None, 0), |(text, (count, _))| (Some(text), count));
        let agreement = (answered > 0 && made >= 2).then(|| f64::from(mode_count) / made as f64);
        let repeats = mode_count > 1;
        Consistency {
            answered,
            unique,
            agreement,
            mode: mode.filter(|_| repeats),
            mode_count: if repeats { mode_count } else { 0 },
        }
    }
}

fn value(row: &CallRecord, metric: Metric) -> Option<f64> {
    if metric == Metric::OutputTokens {
        return (row.outcome == Outcome::Complete).then_some(row.answer.usage.output)?.map(|tokens| tokens as f64);
    }
    if !rows::is_billed(row) || row.from_cache {
        return None;
    }
    match metric {
        Metric::LatencyMs => row.timing.latency_ms,
        Metric::TtftMs => row.timing.ttft_ms,
        Metric::TtfoMs => row.timing.ttfo_ms,
        Metric::TokensPerSecond => row.timing.output_tokens_per_second,
        Metric::CostUsd => row.cost.known_usd().map(Usd::as_f64),
        Metric::OutputTokens | Metric::Score | Metric::CheckScore => None,
    }
}

/// What an answer said: its text, and after it every tool call as `name(arguments)`.
fn said(row: &CallRecord) -> String {
    let mut said = row.answer.text.clone();
    for call in &row.answer.tool_calls {
        if !said.is_empty() {
            said.push('\n');
        }
        said.push_str(&format!("{}({})", call.name, call.arguments));
    }
    said
}
