//! CSV: one row a call. Column names are the contract; new ones are appended, never inserted.

use std::io;

use evals::analysis::model::Cell;
use evals::record::{CallRecord, Metric};
use llm::outcome::Outcome;

use crate::document::{Document, interval};
use crate::escape::csv::text;
use crate::format::Format;
use crate::json::{cost_kind, cost_usd, finite, milliseconds, model_id, retries, stop_reason};

/// The CSV format.
#[derive(Debug, Clone, Copy, Default)]
pub struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn render(&self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
        writeln!(out, "{}", names.join(","))?;
        let cells = cells_of_rows(document);
        for (record, cell) in document.analysis.rows.iter().zip(cells) {
            let line = Line { document, record, cell };
            let values: Vec<String> = COLUMNS.iter().map(|(_, value)| value(&line)).collect();
            writeln!(out, "{}", values.join(","))?;
        }
        Ok(())
    }
}

/// Names of all columns, in order.
pub fn column_names() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|(name, _)| *name)
}

struct Line<'d> {
    document: &'d Document<'d>,
    record: &'d CallRecord,
    cell: Option<&'d Cell>,
}

type Column = (&'static str, fn(&Line<'_>) -> String);

/// The predecessor's 27, then its run columns, then ours. Columns on judges and checks stay empty: a comparison makes none.
const COLUMNS: &[Column] = &[
    ("prompt_id", |line| format!("p{}", u64::from(line.record.call.index) + 1)),
    ("prompt", |line| text(line.document.prompt(line.record.call.prompt))),
    ("system", |line| line.document.system(line.record.call.system).map(text).unwrap_or_default()),
    ("model", |line| {
        line.document
            .contestant(line.record.call.contestant)
            .map(|contestant| text(&model_id(contestant)))
            .unwrap_or_default()
    }),
    ("temperature", |line| number(line.record.call.temperature)),
    ("latency_ms", |line| number(line.record.timing.latency_ms)),
    ("ttft_ms", |line| number(line.record.timing.ttft_ms)),
    ("input_tokens", |line| count(line.record.answer.usage.input)),
    ("output_tokens", |line| count(line.record.answer.usage.output)),
    ("cached_tokens", |line| count(line.record.answer.usage.cached_read)),
    ("cost_usd", |line| number(cost_usd(line.record))),
    ("output", |line| text(&line.record.answer.text)),
    ("error", |line| line.record.error.as_ref().map(|error| text(&error.message)).unwrap_or_default()),
    ("retries", |line| retries(line.record).to_string()),
    ("judge_score_avg", |_| String::new()),
    ("judge_score_std", |_| String::new()),
    ("judge_count", |_| "0".to_owned()),
    ("hallucination_risk", |_| String::new()),
    ("assertions_passed", |_| "0".to_owned()),
    ("assertions_total", |_| "0".to_owned()),
    ("assertions_failed_types", |_| String::new()),
    ("stop_reason", |line| stop_reason(line.record).map(|reason| text(&reason)).unwrap_or_default()),
    ("stop_category", |line| {
        line.record.answer.stop.as_ref().and_then(|stop| stop.category.as_deref()).map(text).unwrap_or_default()
    }),
    ("provider", |line| {
        line.document
            .contestant(line.record.call.contestant)
            .map(|contestant| text(&contestant.provider))
            .unwrap_or_default()
    }),
    ("status", |line| status(line.record.outcome).to_owned()),
    ("assertions_configured", |_| "0".to_owned()),
    ("assertions_errored", |_| "0".to_owned()),
    ("run_index", |line| line.record.call.run_index.to_string()),
    ("latency_ms_ci_low", |line| low(line, Metric::LatencyMs)),
    ("latency_ms_ci_high", |line| high(line, Metric::LatencyMs)),
    ("output_tokens_ci_low", |line| low(line, Metric::OutputTokens)),
    ("output_tokens_ci_high", |line| high(line, Metric::OutputTokens)),
    ("cost_usd_ci_low", |line| low(line, Metric::CostUsd)),
    ("cost_usd_ci_high", |line| high(line, Metric::CostUsd)),
    ("latency_ms_ci_n", |line| values(line, Metric::LatencyMs)),
    ("output_tokens_ci_n", |line| values(line, Metric::OutputTokens)),
    ("cost_usd_ci_n", |line| values(line, Metric::CostUsd)),
    ("ci_method", |line| line.document.analysis.header.analysis.ci_method.as_str().to_owned()),
    ("ci_level", |line| number(Some(line.document.analysis.header.analysis.ci_level))),
    ("ci_resamples", |line| line.document.analysis.header.analysis.resamples.to_string()),
    ("ci_seed", |line| {
        let header = &line.document.analysis.header;
        header.analysis.bootstrap_seed.unwrap_or(header.seed).to_string()
    }),
    ("outcome", |line| line.record.outcome.as_str().to_owned()),
    ("error_kind", |line| line.record.error.as_ref().map(|error| error.kind.as_str().to_owned()).unwrap_or_default()),
    ("ttfo_ms", |line| number(line.record.timing.ttfo_ms)),
    ("reasoning_tokens", |line| count(line.record.answer.usage.reasoning)),
    ("output_tokens_per_second", |line| number(line.record.timing.output_tokens_per_second)),
    ("name", |line| {
        line.document
            .contestant(line.record.call.contestant)
            .map(|contestant| text(&contestant.name))
            .unwrap_or_default()
    }),
    ("cost_kind", |line| cost_kind(line.record.cost).to_owned()),
    ("queued_ms", |line| number(Some(milliseconds(line.record.queued)))),
    ("served_model", |line| line.record.answer.served_model.as_deref().map(text).unwrap_or_default()),
    ("from_cache", |line| line.record.from_cache.to_string()),
    ("omitted_parameters", |line| {
        let contestant = line.document.contestant(line.record.call.contestant);
        let names =
            contestant.iter().flat_map(|contestant| &contestant.omitted).map(|omitted| omitted.parameter.as_str());
        text(&names.collect::<Vec<_>>().join(";"))
    }),
];

/// The predecessor's closed set. It has no words for cut, empty and filtered answers: the first two
/// were answered, the last was withheld; the column `outcome` tells them apart.
fn status(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Complete | Outcome::Truncated | Outcome::Empty => "ok",
        Outcome::Refused | Outcome::Filtered => "refused",
        Outcome::Error => "error",
        Outcome::Cancelled => "cancelled",
    }
}

fn cells_of_rows<'d>(document: &'d Document<'d>) -> Vec<Option<&'d Cell>> {
    let mut cells = vec![None; document.analysis.rows.len()];
    for cell in &document.analysis.cells {
        for at in document.row_positions(cell) {
            cells[*at] = Some(cell);
        }
    }
    cells
}

fn number(value: Option<f64>) -> String {
    value.and_then(finite).map(|value| value.to_string()).unwrap_or_default()
}

fn count(value: Option<u64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn ends(line: &Line<'_>, metric: Metric) -> Option<(f64, f64)> {
    interval(&line.cell?.metric(metric)?.mean_ci)
}

fn low(line: &Line<'_>, metric: Metric) -> String {
    number(ends(line, metric).map(|ends| ends.0))
}

fn high(line: &Line<'_>, metric: Metric) -> String {
    number(ends(line, metric).map(|ends| ends.1))
}

fn values(line: &Line<'_>, metric: Metric) -> String {
    line.cell.and_then(|cell| cell.metric(metric)).map(|summary| summary.n.to_string()).unwrap_or_default()
}
