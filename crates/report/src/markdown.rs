//! Markdown: a report to read, verdicts first, answers grouped by cell.

pub(crate) mod decision;
pub(crate) mod judged;
pub(crate) mod suite;

use std::io;

use evals::analysis::model::{Comparison, IntervalResult};
use evals::analysis::verdict::Verdict;
use evals::record::{CallCost, Metric, RunEnd};
use llm::outcome::Outcome;

use crate::document::{
    Document, cell_cost, distinct, interval, interval_status, metric_name, metric_value, outcome_counts,
};
use crate::escape::markdown::{cell, fence, inline};
use crate::figures;
use crate::findings;
use crate::format::Format;
use crate::methods;
use crate::wording;

/// The Markdown format.
#[derive(Debug, Clone, Copy, Default)]
pub struct Markdown;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn render(&self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let found = findings::collect(document);
        let marked = findings::marked(document);
        if document.is_suite() {
            writeln!(out, "# {}\n", inline(&wording::suite(document)))?;
        } else {
            writeln!(out, "# Model comparison\n")?;
        }
        suite::gate(document, out)?;
        decision::verdict(document, out)?;
        decision::arms(document, CONTESTANTS, out)?;
        decision::gates(document, ROWS, out)?;
        decision::changes(document, out)?;
        decision::stopping(document, ROWS, out)?;
        decision::pairs(document, ROWS, out)?;
        identity(document, out)?;
        if !document.analysis.scores.contestants.is_empty() && !document.is_imported() {
            writeln!(out, "## Contestants\n")?;
            suite::contestants(document, CONTESTANTS, out)?;
        }
        suite::failures(document, &found, FAILURES, out)?;
        judged::fabrication(document, &marked, SIGNS, out)?;
        judged::ranking(document, CONTESTANTS, out)?;
        judged::trust(document, out)?;
        if document.is_imported() {
            return notes(document, out).and_then(|()| methods_section(document, out));
        }
        verdicts(document.verdicts, out)?;
        if document.by_contestant() {
            folded("Cells", document.analysis.cells.len(), out, &mut |out| summary(document, out))?;
            folded("Intervals of cells", document.analysis.cells.len(), out, &mut |out| intervals(document, out))?;
            folded("Tests", document.analysis.comparisons.len(), out, &mut |out| tests(document, out))?;
            notes(document, out)?;
            systems(document, out)?;
            suite::items(document, &found, out)?;
        } else {
            summary(document, out)?;
            intervals(document, out)?;
            tests(document, out)?;
            notes(document, out)?;
            prompts(document, out)?;
            systems(document, out)?;
            answers(document, out)?;
        }
        methods_section(document, out)
    }
}

/// Most contestants in a table of them.
const CONTESTANTS: usize = 200;
/// Most failed checks in bullets.
const FAILURES: usize = 200;
/// Most signs of fabrication in bullets.
const SIGNS: usize = 200;
/// From so many rows a table is folded away.
const FOLDED_FROM: usize = 20;
/// Most rows of a table.
const ROWS: usize = 500;

/// A section that is folded away where it is long.
fn folded(
    title: &str,
    rows: usize,
    out: &mut dyn io::Write,
    section: &mut dyn FnMut(&mut dyn io::Write) -> io::Result<()>,
) -> io::Result<()> {
    if rows < FOLDED_FROM {
        return section(out);
    }
    writeln!(out, "<details><summary>{title} ({})</summary>\n", figures::count(rows as u64))?;
    section(out)?;
    writeln!(out, "</details>\n")
}

fn identity(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let analysis = document.analysis;
    let (header, totals) = (&analysis.header, &analysis.totals);
    writeln!(out, "- Run: {}", inline(&header.run_id))?;
    writeln!(out, "- Experiment: {}", inline(&header.experiment_key))?;
    writeln!(out, "- Started: {}", inline(&header.started_at))?;
    writeln!(
        out,
        "- Tool: modelarium {}; prices as of {}",
        inline(&header.tool_version),
        inline(&header.pricing_as_of)
    )?;
    let counts: Vec<String> = Outcome::ALL
        .iter()
        .zip(totals.outcomes)
        .filter(|(_, count)| *count > 0)
        .map(|(outcome, count)| format!("{count} {}", outcome.as_str()))
        .collect();
    writeln!(out, "- Calls: {} planned; {}", figures::count(u64::from(totals.planned)), counts.join(", "))?;
    writeln!(out, "- Cost: {}", inline(&cost_sentence(document)))?;
    if let Some(cap) = header.max_cost {
        writeln!(out, "- Cap: {}", figures::dollars(cap))?;
    }
    if let Some(ending) = ending(analysis.end) {
        writeln!(out, "- **{ending}**")?;
    }
    writeln!(out)
}

/// What was spent, and which calls this figure does not cover.
pub(crate) fn cost_sentence(document: &Document<'_>) -> String {
    let totals = &document.analysis.totals;
    let mut sentence = format!("{} known", figures::dollars(totals.cost));
    if totals.cost_unknown > 0 {
        let calls = figures::plural(u64::from(totals.cost_unknown), "call", "calls");
        let unbounded = document.analysis.rows.iter().any(|row| row.cost == CallCost::Unknown(None));
        let at_most = if unbounded {
            "with nothing to bound it".to_owned()
        } else {
            format!("at most {}", figures::dollars(totals.cost_held))
        };
        sentence.push_str(&format!("; {calls} unknown ({at_most})"));
    }
    if totals.unpriced > 0 {
        sentence.push_str(&format!("; {} unpriced", figures::plural(u64::from(totals.unpriced), "call", "calls")));
    }
    if let Some(judging) = &document.analysis.scores.judging {
        let together = figures::dollars(totals.cost + judging.cost);
        sentence.push_str(&format!("; judges {} ({together} together)", figures::dollars(judging.cost)));
    }
    sentence
}

/// What to say about a run that did not finish.
pub(crate) fn ending(end: RunEnd) -> Option<&'static str> {
    match end {
        RunEnd::Finished => None,
        RunEnd::Decided => Some("The run stopped when it was decided; the calls that were left were not made."),
        RunEnd::BudgetReached => {
            Some("The cap was reached: the next call did not fit, and the run stopped with what it had.")
        }
        RunEnd::Interrupted => Some("The run was interrupted."),
        RunEnd::Open => Some("The run has not ended."),
    }
}

fn verdicts(verdicts: &[Verdict], out: &mut dyn io::Write) -> io::Result<()> {
    if verdicts.is_empty() {
        return Ok(());
    }
    writeln!(out, "## What can be said\n")?;
    for verdict in verdicts.iter().take(ROWS) {
        writeln!(out, "- {}", inline(&verdict.sentence))?;
    }
    writeln!(out)?;
    suite::left_out(verdicts.len(), ROWS, "sentences", out)
}

fn summary(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "## Summary\n")?;
    writeln!(
        out,
        "| Contestant | Runs | Latency, mean | TTFT, mean | Output tokens, mean | Cost of a call | Cost | Most frequent answer |"
    )?;
    writeln!(out, "|---|---|--:|--:|--:|--:|--:|--:|")?;
    for each in document.analysis.cells.iter().take(ROWS) {
        let mean = |metric| {
            let mean = each.metric(metric).and_then(|summary| summary.mean);
            mean.map_or_else(|| figures::NONE.to_owned(), |mean| metric_value(metric, mean))
        };
        let cost = cell_cost(document, each);
        let alike = each
            .consistency
            .agreement
            .map_or_else(|| figures::NONE.to_owned(), |share| figures::percent((share * 1000.0).round() / 1000.0));
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {alike} |",
            cell(&document.label(each)),
            outcome_counts(each),
            mean(Metric::LatencyMs),
            mean(Metric::TtftMs),
            mean(Metric::OutputTokens),
            cost.per_call,
            cost.total,
        )?;
    }
    writeln!(out)?;
    suite::left_out(document.analysis.cells.len(), ROWS, "cells", out)
}

fn intervals(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    if !Metric::ALL.iter().any(|metric| document.has_intervals(*metric)) {
        return Ok(());
    }
    writeln!(out, "## Intervals of means ({})\n", figures::percent(document.analysis.header.analysis.ci_level))?;
    writeln!(out, "| Contestant | Metric | n | Mean | Low | High | Median | p95 |")?;
    writeln!(out, "|---|---|--:|--:|--:|--:|--:|--:|")?;
    for each in document.analysis.cells.iter().take(ROWS) {
        for summary in each.metrics.iter().filter(|summary| summary.n > 0) {
            let value = |value: Option<f64>| {
                value.map_or_else(|| figures::NONE.to_owned(), |value| metric_value(summary.metric, value))
            };
            let quantile = |probability: f64| {
                summary
                    .quantiles
                    .iter()
                    .find(|quantile| quantile.probability == probability)
                    .and_then(|quantile| quantile.value)
            };
            let (low, high) = match interval(&summary.mean_ci) {
                Some((low, high)) => (value(Some(low)), value(Some(high))),
                None => (reason(&summary.mean_ci).to_owned(), String::new()),
            };
            let few = if matches!(summary.mean_ci, IntervalResult::Interval { few: true, .. }) { " (few)" } else { "" };
            writeln!(
                out,
                "| {} | {} | {}{few} | {} | {low} | {high} | {} | {} |",
                cell(&document.label(each)),
                metric_name(summary.metric),
                summary.n,
                value(summary.mean),
                value(quantile(0.5)),
                value(quantile(0.95)),
            )?;
        }
    }
    writeln!(out)
}

fn reason(result: &IntervalResult) -> &'static str {
    match result {
        IntervalResult::Interval { .. } => "",
        IntervalResult::NotAsked => "not asked",
        IntervalResult::NoData => "no data",
        IntervalResult::TooFew { .. } => "too few",
        IntervalResult::Constant => "constant",
        IntervalResult::Unbounded => "unbounded",
    }
}

fn tests(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let comparisons = &document.analysis.comparisons;
    let Some(first) = comparisons.first() else { return Ok(()) };
    writeln!(
        out,
        "## Tests of {} ({}, correction {})\n",
        metric_name(first.metric),
        first.test.as_str(),
        first.correction.as_str()
    )?;
    writeln!(out, "| A | B | n | Mean A | Mean B | Difference | Interval | p | p corrected | Effect | Found |")?;
    writeln!(out, "|---|---|--:|--:|--:|--:|---|--:|--:|---|---|")?;
    for comparison in comparisons.iter().take(ROWS) {
        test_row(document, comparison, out)?;
    }
    writeln!(out)?;
    suite::left_out(comparisons.len(), ROWS, "pairs", out)
}

fn test_row(document: &Document<'_>, comparison: &Comparison, out: &mut dyn io::Write) -> io::Result<()> {
    let value = |value: Option<f64>| {
        value.map_or_else(|| figures::NONE.to_owned(), |value| metric_value(comparison.metric, value))
    };
    let label =
        |index| document.cell(index).map_or_else(|| figures::NONE.to_owned(), |each| cell(&document.label(each)));
    let p = |p: Option<f64>| p.map_or_else(|| figures::NONE.to_owned(), |p| figures::p_value(p).replace('<', "\\<"));
    let ends = interval(&comparison.difference_ci).map_or_else(
        || interval_status(&comparison.difference_ci).replace('_', " "),
        |(low, high)| format!("{} to {}", value(Some(low)), value(Some(high))),
    );
    let effect = comparison.effect_size.map_or_else(
        || figures::NONE.to_owned(),
        |size| {
            format!(
                "{} {} {}",
                cell(&comparison.effect_size_metric),
                figures::number(size),
                cell(&comparison.effect_size_interpretation)
            )
        },
    );
    writeln!(
        out,
        "| {} | {} | {}, {} | {} | {} | {} | {ends} | {} | {} | {effect} | {} |",
        label(comparison.a),
        label(comparison.b),
        comparison.n_a,
        comparison.n_b,
        value(comparison.mean_a),
        value(comparison.mean_b),
        value(comparison.difference),
        p(comparison.p_value),
        p(comparison.p_value_corrected),
        if comparison.significant {
            "a difference"
        } else if comparison.p_value.is_some() {
            "none claimed"
        } else {
            "not testable"
        },
    )
}

fn notes(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    if document.analysis.notes.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Notes\n")?;
    for note in &document.analysis.notes {
        writeln!(out, "- {}", inline(&note.text))?;
    }
    writeln!(out)
}

fn prompts(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let header = &document.analysis.header;
    let several = header.prompts.len() > 1;
    for (at, prompt) in header.prompts.iter().enumerate() {
        if several {
            writeln!(out, "## Prompt P{}: {}\n", at + 1, inline(&prompt.id))?;
        } else {
            writeln!(out, "## Prompt\n")?;
        }
        writeln!(out, "{}", fence(&prompt.text))?;
    }
    Ok(())
}

fn systems(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let header = &document.analysis.header;
    if header.systems.iter().any(|system| system.as_deref().is_some_and(|text| !text.is_empty())) {
        writeln!(out, "## System prompts\n")?;
        for at in 0..header.systems.len() {
            match document.system(at as u32) {
                Some(text) => writeln!(out, "SP{}:\n\n{}", at + 1, fence(text))?,
                None => writeln!(out, "SP{}: none\n", at + 1)?,
            }
        }
    }
    Ok(())
}

fn answers(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "## Answers\n")?;
    for each in &document.analysis.cells {
        writeln!(out, "### {}\n", inline(&document.label(each)))?;
        for (said, count) in distinct(document, each) {
            let times = figures::plural(u64::from(count), "run", "runs");
            if said.text.is_empty() {
                writeln!(out, "{times}, {}: nothing was said.\n", said.outcome.as_str())?;
            } else {
                writeln!(out, "{times}, {}:\n\n{}", said.outcome.as_str(), fence(&said.text))?;
            }
        }
    }
    Ok(())
}

fn methods_section(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "## Methods\n")?;
    let has_intervals = Metric::ALL.iter().any(|metric| document.has_intervals(*metric));
    for sentence in
        methods::sentences(&document.analysis.header, has_intervals, !document.analysis.comparisons.is_empty())
    {
        writeln!(out, "- {sentence}")?;
    }
    Ok(())
}
