//! CSV: one row a call. Column names are the contract; new ones are appended, never inserted.

use std::io;

use evals::analysis::model::Cell;
use evals::analysis::scored::{RowHallucination, RowScores};
use evals::record::{CallRecord, Metric};
use llm::outcome::Outcome;

use crate::document::{Document, interval};
use crate::escape::csv::text;
use crate::format::Format;
use crate::json::{cost_kind, cost_usd, finite, milliseconds, model_id, retries, risk_word, stop_reason};

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
        for (at, (record, cell)) in document.analysis.rows.iter().zip(cells).enumerate() {
            let item = document.item(record.call.prompt);
            let checks = item.map_or(0, |item| item.checks.len());
            let line = Line { document, record, cell, checks, scores: document.scores(at) };
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
    /// Checks of the item.
    checks: usize,
    scores: Option<&'d RowScores>,
}

type Column = (&'static str, fn(&Line<'_>) -> String);

/// The predecessor's 27, then its run columns, then ours. Counts of checks are of the definite ones, so that nothing verified reads 0 of 0.
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
    ("cost_usd", |line| number(cost_usd(line.record).filter(|_| !line.document.is_imported()))),
    ("output", |line| text(&line.record.answer.text)),
    ("error", |line| line.record.error.as_ref().map(|error| text(&error.message)).unwrap_or_default()),
    ("retries", |line| retries(line.record).to_string()),
    ("judge_score_avg", |line| number(line.scores.and_then(|scores| scores.judge_score))),
    ("judge_score_std", |line| number(line.scores.and_then(|scores| scores.judge_sd))),
    ("judge_count", |line| {
        let judges = line.scores.map_or(&[][..], |scores| &scores.judges);
        judges.iter().filter(|judge| judge.value.is_some()).count().to_string()
    }),
    ("hallucination_risk", |line| {
        found(line).and_then(|found| found.risk).map(risk_word).unwrap_or_default().to_owned()
    }),
    ("assertions_passed", |line| line.scores.map_or(0, |scores| scores.passed).to_string()),
    ("assertions_total", |line| line.scores.map_or(0, |scores| scores.definitive).to_string()),
    ("assertions_failed_types", |line| text(&failed_types(line).join(";"))),
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
    ("assertions_configured", |line| line.checks.to_string()),
    ("assertions_errored", |line| {
        let results = line.scores.and_then(|scores| scores.checks.as_deref()).unwrap_or_default();
        results.iter().filter(|result| result.passed.is_none()).count().to_string()
    }),
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
    ("item_id", |line| line.document.item(line.record.call.prompt).map(|item| text(&item.id)).unwrap_or_default()),
    ("tags", |line| {
        line.document.item(line.record.call.prompt).map(|item| text(&item.tags.join(";"))).unwrap_or_default()
    }),
    ("cluster", |line| {
        let item = line.document.item(line.record.call.prompt);
        item.and_then(|item| item.cluster.as_deref()).map(text).unwrap_or_default()
    }),
    ("weight", |line| number(line.document.item(line.record.call.prompt).map(|item| item.weight))),
    ("check_score", |line| number(line.scores.and_then(|scores| scores.check_score))),
    ("judge_skipped", |line| {
        let skipped = line.scores.map_or(&[][..], |scores| &scores.judges_skipped);
        text(&skipped.iter().map(|judge| line.document.judge_name(*judge)).collect::<Vec<_>>().join(";"))
    }),
    ("markers", |line| found(line).map(|found| found.markers.len().to_string()).unwrap_or_default()),
    ("semantic_entropy", |line| number(found(line).and_then(|found| found.semantic_entropy))),
    ("selfcheck", |line| number(found(line).and_then(|found| found.selfcheck))),
    ("meaning_cluster", |line| {
        found(line).and_then(|found| found.cluster).map(|cluster| cluster.to_string()).unwrap_or_default()
    }),
];

fn found<'d>(line: &Line<'d>) -> Option<&'d RowHallucination> {
    line.scores?.hallucination.as_ref()
}

/// Types of the checks that failed, each once, in their order.
fn failed_types<'d>(line: &Line<'d>) -> Vec<&'d str> {
    let results = line.scores.and_then(|scores| scores.checks.as_deref()).unwrap_or_default();
    let mut types: Vec<&str> = vec![];
    for result in results.iter().filter(|result| result.passed == Some(false)) {
        if !types.contains(&result.kind.as_str()) {
            types.push(&result.kind);
        }
    }
    types
}

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
