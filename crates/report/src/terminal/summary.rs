//! The table to decide from and the bars under it.

use evals::analysis::model::Cell as RunCell;
use evals::record::Metric;
use hallucination::Risk;
use llm::outcome::Outcome;

use crate::bars::{Bar, draw};
use crate::document::{Document, cell_cost, interval, metric_name, metric_value, outcome_items};
use crate::figures;
use crate::style::{self, Charset, paint};
use crate::table::{Cell, Column, NO_BREAK_SPACE, Table};
use crate::terminal::{prose, suite};
use crate::text::truncate;
use crate::wording;

/// Latencies from here on read better in seconds.
const SECONDS_FROM_MS: f64 = 10_000.0;
/// Below this a figure in seconds loses too many digits.
const SHORTEST_IN_SECONDS_MS: f64 = 1_000.0;

/// One row a cell: outcomes, latency with its interval, TTFT, tokens, cost, consistency.
pub(super) fn table(document: &Document<'_>, columns: usize) -> String {
    let cells = &document.analysis.cells;
    let unit = Unit::of(document, Metric::LatencyMs);
    let ttft_unit = Unit::of(document, Metric::TtftMs);
    let costs: Vec<_> = cells.iter().map(|cell| cell_cost(document, cell)).collect();
    let one_cost_column = costs.iter().all(|cost| cost.per_call == cost.total);
    let repeats = cells.iter().any(|cell| cell.n_runs > 1);
    let has_intervals = document.has_intervals(Metric::LatencyMs);

    let level = figures::percent(document.analysis.header.analysis.ci_level).replace(' ', "");
    let latency =
        if has_intervals { format!("latency {} [{level}]", unit.name) } else { format!("latency {}", unit.name) };
    let mut headings = vec![
        Column::text("contestant"),
        Column::wrapped("runs"),
        Column::number(&latency),
        Column::number(&format!("TTFT {}", ttft_unit.name)),
        Column::number("tokens"),
    ];
    if one_cost_column {
        headings.push(Column::number("cost"));
    } else {
        headings.extend([Column::number("$/call"), Column::number("total")]);
    }
    if repeats {
        headings.push(Column::number("alike"));
    }
    let mut table = Table::new(headings).stacking();
    for (cell, cost) in cells.iter().zip(costs) {
        let all_complete = cell.count(Outcome::Complete) == cell.n_runs;
        // A count stays on the line of its word.
        let outcomes =
            outcome_items(cell).iter().map(|item| item.replace(' ', NO_BREAK_SPACE)).collect::<Vec<_>>().join(" ");
        let mean = |metric| cell.metric(metric).and_then(|summary| summary.mean);
        let tokens = mean(Metric::OutputTokens).map_or_else(|| figures::NONE.to_owned(), figures::number);
        let mut row = vec![
            Cell::new(document.label(cell)),
            if all_complete { Cell::new(outcomes) } else { Cell::styled(outcomes, style::WARNING) },
            Cell::new(latency_cell(cell, &unit)),
            Cell::new(mean(Metric::TtftMs).map_or_else(|| figures::NONE.to_owned(), |ms| ttft_unit.number(ms))),
            Cell::new(tokens),
            Cell::new(cost.per_call),
        ];
        if !one_cost_column {
            row.push(Cell::new(cost.total));
        }
        row.push(Cell::new(alike(cell)));
        table.push_cells(row);
    }
    let mut out = table.render(columns);
    out.push_str(&legend(has_intervals, repeats, columns));
    out
}

/// How each cell was scored: checks, judges, risk. Empty in a run that scores nothing.
pub(super) fn scores(document: &Document<'_>, columns: usize) -> String {
    let scores = &document.analysis.scores;
    let (checked, judged) = (scores.checks.is_some(), document.shows(Metric::Score));
    let searched = scores.hallucination.is_some();
    if !(checked || judged || searched) {
        return suite::sums(document, columns);
    }
    let level = figures::percent(document.analysis.header.analysis.ci_level).replace(' ', "");
    let score_heading =
        if document.has_intervals(Metric::Score) { format!("score [{level}]") } else { "score".to_owned() };
    let mut headings = vec![Column::text("contestant")];
    for (shown, heading) in [(checked, "checks passed"), (judged, score_heading.as_str()), (searched, "risky")] {
        if shown {
            headings.push(Column::number(heading));
        }
    }
    let mut table = Table::new(headings).stacking();
    for cell in &document.analysis.cells {
        let mut row = vec![Cell::new(document.label(cell))];
        if checked {
            row.push(checks(document, cell));
        }
        if judged {
            row.push(Cell::new(score(cell)));
        }
        if searched {
            row.push(high_risk(document, cell));
        }
        table.push_cells(row);
    }
    let mut out = table.render(columns);
    out.push_str(&suite::sums(document, columns));
    out
}

/// Means of the metric under test with their intervals on one axis; empty without intervals.
pub(super) fn bars(document: &Document<'_>, columns: usize, charset: Charset) -> String {
    let metric = document.analysis.header.analysis.metric;
    if !document.has_intervals(metric) {
        return String::new();
    }
    let bars: Vec<Bar> = document
        .analysis
        .cells
        .iter()
        .filter_map(|cell| {
            let summary = cell.metric(metric)?;
            Some(Bar { label: document.label(cell), point: summary.mean?, interval: interval(&summary.mean_ci) })
        })
        .collect();
    let drawn = draw(&bars, columns, charset, |value| metric_value(metric, value));
    if drawn.is_empty() {
        return drawn;
    }
    let level = figures::percent(document.analysis.header.analysis.ci_level);
    let heading = format!("Mean {} with {level} interval", metric_name(metric));
    format!("{}\n{drawn}", paint(style::HEADING, truncate(&heading, columns)))
}

struct Unit {
    name: &'static str,
    divisor: f64,
}

impl Unit {
    /// One unit for all values of a column, so that they can be compared at a glance: seconds only
    /// where the shortest of them keeps its digits.
    fn of(document: &Document<'_>, metric: Metric) -> Self {
        let summaries = document.analysis.cells.iter().filter_map(|cell| cell.metric(metric));
        let means: Vec<f64> = summaries.filter_map(|summary| summary.mean).collect();
        let longest = means.iter().copied().fold(0.0, f64::max);
        let shortest = means.iter().copied().fold(f64::INFINITY, f64::min);
        if longest >= SECONDS_FROM_MS && shortest >= SHORTEST_IN_SECONDS_MS {
            Self { name: "s", divisor: 1000.0 }
        } else {
            Self { name: "ms", divisor: 1.0 }
        }
    }

    fn number(&self, ms: f64) -> String {
        let value = ms / self.divisor;
        if !value.is_finite() {
            figures::NONE.to_owned()
        } else if self.divisor > 1.0 || value.abs() < 9.95 {
            format!("{value:.1}")
        } else {
            format!("{value:.0}")
        }
    }
}

fn latency_cell(cell: &RunCell, unit: &Unit) -> String {
    let Some(summary) = cell.metric(Metric::LatencyMs) else { return figures::NONE.to_owned() };
    let Some(mean) = summary.mean else { return figures::NONE.to_owned() };
    match interval(&summary.mean_ci) {
        Some((low, high)) => format!("{} [{}–{}]", unit.number(mean), unit.number(low), unit.number(high)),
        None => unit.number(mean),
    }
}

/// Passed over definite checks of a cell's runs.
fn checks(document: &Document<'_>, cell: &RunCell) -> Cell {
    let runs = || document.row_positions(cell).iter().filter_map(|at| document.scores(*at));
    let passed: u32 = runs().map(|run| run.passed).sum();
    let definitive: u32 = runs().map(|run| run.definitive).sum();
    let configured: u32 = runs().map(|run| run.configured).sum();
    if configured == 0 {
        return Cell::new(figures::NONE);
    }
    let style = if passed == configured { anstyle::Style::new() } else { style::WARNING };
    Cell::styled(format!("{passed}/{definitive}"), style)
}

fn score(cell: &RunCell) -> String {
    cell.metric(Metric::Score)
        .map_or_else(|| figures::NONE.to_owned(), |summary| wording::score(summary.mean, interval(&summary.mean_ci)))
}

/// Runs of high risk among those with a risk.
fn high_risk(document: &Document<'_>, cell: &RunCell) -> Cell {
    let risks = || {
        let runs = document.row_positions(cell).iter().filter_map(|at| document.scores(*at));
        runs.filter_map(|run| run.hallucination.as_ref()?.risk)
    };
    let (high, all) = (risks().filter(|risk| *risk == Risk::High).count(), risks().count());
    if all == 0 {
        return Cell::new(figures::NONE);
    }
    Cell::styled(format!("{high}/{all}"), if high == 0 { anstyle::Style::new() } else { style::WARNING })
}

/// How often the most frequent answer came, of the runs that were made.
fn alike(cell: &RunCell) -> String {
    let made = cell.n_runs.saturating_sub(cell.count(Outcome::Cancelled));
    if cell.consistency.agreement.is_none() {
        return figures::NONE.to_owned();
    }
    format!("{}/{made}", cell.consistency.mode_count.max(1))
}

fn legend(has_intervals: bool, repeats: bool, columns: usize) -> String {
    let mut legend = String::from("Latency, TTFT and tokens are means");
    if has_intervals {
        legend.push_str(", in brackets the interval of the mean");
    }
    legend.push('.');
    if repeats {
        legend.push_str(" Alike: runs with the most frequent answer.");
    }
    prose::block(style::QUIET, &legend, columns)
}
