//! One experiment over time, for a terminal and for scripts.

use std::io;

use evals::decision::Measure;
use evals::decision::drift::{Drift, DriftPoint};
use evals::decision::movement::Direction;

use crate::escape;
use crate::figures;
use crate::style;
use crate::table::{Column, Table};
use crate::terminal::prose;

/// Characters of a run id that name it among a person's own runs.
const SHORT_ID: usize = 8;

/// The figures as JSON, as the published schema says.
pub fn json(drift: &Drift, out: &mut dyn io::Write) -> io::Result<()> {
    escape::json::write_pretty(&crate::json::drift(drift), out)
}

/// One table a contestant and measure, no line wider than `columns`.
pub fn terminal(drift: &Drift, columns: usize) -> String {
    let level = figures::percent(drift.level);
    let mut out = prose::block(anstyle::Style::new(), &verdict(drift), columns);
    for line in &drift.lines {
        let title = format!("{}: {}", line.name, line.metric.noun());
        out.push('\n');
        out.push_str(&prose::block(style::HEADING, &title, columns));
        let mut table = Table::new(vec![
            Column::number("run"),
            Column::number("started (UTC)"),
            Column::number("items"),
            Column::number(&format!("mean [{level}]")),
            Column::number(&format!("to the first [{level}]")),
            Column::number("p corrected"),
            Column::text(""),
        ])
        .stacking();
        for point in &line.points {
            table.push(row(line.metric, point));
        }
        out.push_str(&table.render(columns));
    }
    for note in &drift.notes {
        out.push_str(&prose::bullet(style::WARNING, &note.text, columns));
    }
    out
}

fn verdict(drift: &Drift) -> String {
    let moved: Vec<String> = drift
        .lines
        .iter()
        .filter_map(|line| {
            let point = line.points.iter().find(|point| {
                matches!(point.direction, Some(Direction::Better | Direction::Worse | Direction::Moved))
            })?;
            let way = match point.direction {
                Some(Direction::Better) => "better",
                Some(Direction::Worse) => "worse",
                _ => "elsewhere",
            };
            let since: String = point.started_at.chars().take("2026-01-01".len()).collect();
            Some(format!("{} moved to the {way} in {} ({since})", line.name, line.metric.noun()))
        })
        .collect();
    let runs = figures::plural(u64::from(drift.runs), "run", "runs");
    let level = figures::percent(drift.level);
    if !moved.is_empty() {
        format!(
            "Over {runs}: {}. Every later run is held against the first, corrected over all tests at {level}.",
            moved.join("; ")
        )
    } else if drift.tested() {
        format!("Over {runs} nothing is shown to have moved from the first, corrected over all tests at {level}.")
    } else {
        format!("{runs} have too few items in common to say whether anything moved.")
    }
}

fn row(metric: Measure, point: &DriftPoint) -> [String; 7] {
    let estimate = &point.estimate;
    let difference = point
        .difference
        .map_or_else(|| "the first".to_owned(), |figure| interval(metric, figure.value, figure.ci_low, figure.ci_high));
    let word = match point.direction {
        None => "",
        Some(Direction::Better) => "better",
        Some(Direction::Worse) => "worse",
        Some(Direction::Moved) => "moved",
        Some(Direction::NotShown) => "not shown to move",
        Some(Direction::TooFew) => "too few items",
    };
    [
        point.run_id.chars().take(SHORT_ID).collect(),
        point.started_at.chars().take("2026-01-01T00:00".len()).collect::<String>().replace('T', " "),
        estimate.n_items.to_string(),
        interval(metric, estimate.mean, estimate.ci_low, estimate.ci_high),
        difference,
        point.p_value_corrected.map(figures::p_value).unwrap_or_default(),
        word.to_owned(),
    ]
}

fn interval(metric: Measure, value: Option<f64>, low: Option<f64>, high: Option<f64>) -> String {
    let Some(value) = value else { return "no answer has one".to_owned() };
    let shown = |value: f64| amount(metric, value);
    match low.zip(high) {
        Some((low, high)) => format!("{} [{}, {}]", shown(value), shown(low), shown(high)),
        None => shown(value),
    }
}

/// A number in the unit of its measure; a minus is kept where the unit's own form has none.
fn amount(metric: Measure, value: f64) -> String {
    let size = value.abs();
    let text = match metric {
        _ if metric.is_time() => figures::milliseconds(size),
        Measure::CostUsd => figures::dollars_f64(size),
        _ if metric.is_rate() => figures::rate(size),
        _ => figures::number(size),
    };
    if value < 0.0 { format!("-{text}") } else { text }
}
