//! The list of stored runs, for a terminal and for scripts.

use std::io;

use evals::record::RunEnd;
use evals::store::RunSummary;
use schemars::JsonSchema;
use serde::Serialize;

use crate::escape;
use crate::figures;
use crate::table::{Column, Table};

/// Characters of a run id that name it among a person's own runs.
const SHORT_ID: usize = 8;

/// One stored run in machine output.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct HistoryRow {
    /// UUID of the run.
    pub run_id: String,
    /// Start, UTC.
    pub started_at: String,
    /// The command.
    pub command: String,
    /// Equal for runs of the same experiment.
    pub experiment_key: String,
    /// How it ended.
    pub run_end: &'static str,
    /// Calls planned.
    pub planned_calls: u64,
    /// Calls with a result.
    pub recorded_calls: u64,
    /// Spent where it is known.
    pub cost_usd: f64,
    /// Calls whose cost is unknown or unpriced.
    pub calls_without_cost: u64,
    /// Who was compared.
    pub contestants: Vec<String>,
    /// The first prompt.
    pub prompt: String,
}

/// The runs as a table of at most `columns`.
pub fn table(runs: &[RunSummary], columns: usize) -> String {
    let mut table = Table::new(vec![
        Column::number("run"),
        Column::number("started (UTC)"),
        Column::text("state"),
        Column::number("calls"),
        Column::number("cost"),
        Column::text("contestants"),
        Column::text("prompt"),
    ]);
    for run in runs {
        let short: String = run.run_id.chars().take(SHORT_ID).collect();
        let started: String = run.started_at.chars().take("2026-01-01T00:00".len()).collect();
        let at_least = if run.without_cost > 0 { "≥" } else { "" };
        table.push([
            short,
            started.replace('T', " "),
            state(run.end).to_owned(),
            if run.recorded == run.planned {
                run.planned.to_string()
            } else {
                format!("{}/{}", run.recorded, run.planned)
            },
            format!("{at_least}{}", figures::dollars(run.cost)),
            run.contestants.join(", "),
            run.prompt.trim().to_owned(),
        ]);
    }
    table.render(columns)
}

/// The runs as a JSON array with full `run_id`s.
pub fn json(runs: &[RunSummary], out: &mut dyn io::Write) -> io::Result<()> {
    let rows: Vec<HistoryRow> = runs
        .iter()
        .map(|run| HistoryRow {
            run_id: run.run_id.clone(),
            started_at: run.started_at.clone(),
            command: run.command.clone(),
            experiment_key: run.experiment_key.clone(),
            run_end: crate::json::run_end(run.end),
            planned_calls: run.planned,
            recorded_calls: run.recorded,
            cost_usd: run.cost.as_f64(),
            calls_without_cost: run.without_cost,
            contestants: run.contestants.clone(),
            prompt: run.prompt.clone(),
        })
        .collect();
    escape::json::write_pretty(&rows, out)
}

fn state(end: RunEnd) -> &'static str {
    match end {
        RunEnd::Finished => "done",
        RunEnd::Decided => "decided",
        RunEnd::BudgetReached => "budget",
        RunEnd::Interrupted => "stopped",
        RunEnd::Open => "open",
    }
}
