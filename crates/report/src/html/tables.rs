//! The tables beside the charts.

use evals::analysis::model::IntervalResult;
use evals::decision::{Figure, Measure};
use evals::record::Metric;
use layout::html::table;

use crate::document::{cell_cost, interval, metric_value, outcome_counts};
use crate::escape::html::text;
use crate::figures;
use crate::wording::decision as words;

use super::view::{View, axis_name, p, shown};

/// Most rows of a table.
const ROWS: usize = 500;

/// A figure with its interval on a line of its own. Escapes.
fn stacked(figure: &str) -> String {
    match figure.split_once(" [") {
        Some((value, ends)) => format!("{}<br><small>[{}</small>", text(value), text(ends)),
        None => text(figure),
    }
}

/// One row an arm: quality, cost, latency, standing.
pub(super) fn contestants(view: &View<'_>) -> String {
    let Some(decision) = view.decision().filter(|decision| !decision.contestants.is_empty()) else {
        return cells(view);
    };
    let measure = decision.primary.unwrap_or(Measure::Score);
    let level = figures::percent(decision.ci_level);
    let any = |of: &dyn Fn(&evals::decision::ContestantDecision) -> bool| decision.contestants.iter().any(of);
    let cost = any(&|arm| arm.cost_per_item.value.is_some()) && measure != Measure::CostUsd;
    let latency = any(&|arm| arm.latency_p95_ms.value.is_some());
    let passes = any(&|arm| arm.pass_hat_k.iter().flatten().count() > 1);
    let missing = any(&|arm| arm.primary.n_missing > 0);
    let best = any(&|arm| arm.p_best.is_some());
    let quality = format!("{} [{level}]", capital(measure.noun()));
    let mut headings = vec!["Contestant", quality.as_str(), "Items"];
    let mut numbers = vec![1, 2];
    let mut add = |heading, wanted: bool| {
        if wanted {
            numbers.push(headings.len());
            headings.push(heading);
        }
    };
    add("Missing", missing);
    add("Cost of an answer", cost);
    add("Cost of a passed one", cost && measure.is_rate());
    add("Latency, p50", latency);
    add("Latency, p95", latency);
    add("All k runs pass", passes);
    add("P(best)", best);
    headings.push("Standing");
    let figure = |measure, figure: &Figure| {
        stacked(&words::with_interval(measure, figure.value, figure.ci_low.zip(figure.ci_high), None))
    };
    let mut arms: Vec<_> = decision.contestants.iter().collect();
    let sign = measure.sign();
    arms.sort_by(|a, b| {
        let of =
            |arm: &evals::decision::ContestantDecision| arm.primary.mean.map_or(f64::NEG_INFINITY, |mean| sign * mean);
        of(b).total_cmp(&of(a))
    });
    let rows: Vec<Vec<String>> = arms
        .into_iter()
        .take(ROWS)
        .map(|arm| {
            let mut row = vec![
                text(&arm.name),
                stacked(&words::estimate(measure, arm)),
                figures::count(u64::from(arm.primary.n_items)),
            ];
            let mut add = |wanted: bool, cell: &dyn Fn() -> String| {
                if wanted {
                    row.push(cell());
                }
            };
            add(missing, &|| figures::count(u64::from(arm.primary.n_missing)));
            add(cost, &|| figure(Measure::CostUsd, &arm.cost_per_item));
            add(cost && measure.is_rate(), &|| figure(Measure::CostUsd, &arm.cost_per_passed_item));
            add(latency, &|| figure(Measure::LatencyMs, &arm.latency_p50_ms));
            add(latency, &|| figure(Measure::LatencyMs, &arm.latency_p95_ms));
            add(passes, &|| all_pass(&arm.pass_hat_k));
            add(best, &|| arm.p_best.map_or_else(|| figures::NONE.to_owned(), figures::rate));
            row.push(standing(view, &arm.name));
            row
        })
        .collect();
    table("Every contestant, the best estimate first; in brackets the interval over items", &headings, &numbers, &rows)
}

/// `82 % of k = 3`: the largest k that was run.
fn all_pass(pass_hat_k: &[Option<f64>]) -> String {
    let last = pass_hat_k.iter().enumerate().rev().find_map(|(at, value)| Some((at + 1, (*value)?)));
    last.map_or_else(|| figures::NONE.to_owned(), |(k, value)| format!("{} (k = {k})", figures::rate(value)))
}

fn standing(view: &View<'_>, name: &str) -> String {
    let Some(decision) = view.decision() else { return String::new() };
    let mut tags = vec![];
    let alone = decision.contestants.len() < 2;
    let is_tied = !alone && decision.tied_best.iter().any(|tied| tied == name);
    if is_tied {
        let word = if decision.tied_best.len() > 1 { "● tied for best" } else { "● best" };
        tags.push(format!("<span class=\"tag info\">{word}</span>"));
    }
    if !alone && decision.pareto.iter().any(|point| point.name == name && point.on_front) {
        tags.push("<span class=\"tag\">on the front</span>".to_owned());
    }
    if let Some(bar) = &decision.bar
        && let Some(one) = bar.contestants.iter().find(|one| one.name == name)
    {
        if bar.cheapest.as_deref() == Some(name) {
            tags.push("<span class=\"tag good\">✓ cheapest over the bar</span>".to_owned());
        } else if one.clears {
            tags.push("<span class=\"tag good\">✓ clears the bar</span>".to_owned());
        } else {
            tags.push("<span class=\"tag warn\">below the bar</span>".to_owned());
        }
    }
    tags.join(" ")
}

/// One row a cell, for runs of a single prompt.
fn cells(view: &View<'_>) -> String {
    let document = view.document;
    let cells = &document.analysis.cells;
    let value = |cell: &evals::analysis::model::Cell, metric: Metric| {
        let summary = cell.metric(metric)?;
        let mean = metric_value(metric, summary.mean?);
        Some(match interval(&summary.mean_ci) {
            Some((low, high)) => format!("{mean} [{}–{}]", metric_value(metric, low), metric_value(metric, high)),
            None => mean,
        })
    };
    let metrics: Vec<Metric> = [
        Metric::Score,
        Metric::CheckScore,
        Metric::LatencyMs,
        Metric::TtftMs,
        Metric::OutputTokens,
        Metric::TokensPerSecond,
    ]
    .into_iter()
    .filter(|metric| document.shows(*metric) && cells.iter().any(|cell| value(cell, *metric).is_some()))
    .collect();
    let names: Vec<String> = metrics.iter().map(|metric| capital(crate::document::metric_name(*metric))).collect();
    let mut headings = vec!["Contestant", "Runs"];
    headings.extend(names.iter().map(String::as_str));
    headings.extend(["Cost of a call", "Alike"]);
    let numbers: Vec<usize> = (2..headings.len()).collect();
    let rows: Vec<Vec<String>> = cells
        .iter()
        .take(ROWS)
        .map(|cell| {
            let mut row = vec![text(&document.label(cell)), text(&outcome_counts(cell))];
            row.extend(
                metrics.iter().map(|metric| stacked(&value(cell, *metric).unwrap_or_else(|| figures::NONE.to_owned()))),
            );
            row.push(text(&cell_cost(document, cell).per_call));
            row.push(cell.consistency.agreement.map_or_else(|| figures::NONE.to_owned(), figures::rate));
            row
        })
        .collect();
    let level = figures::percent(document.analysis.header.analysis.ci_level);
    let brackets = if document.has_intervals(Metric::LatencyMs) {
        format!("; in brackets the {level} interval of the mean over repeats of this prompt")
    } else {
        String::new()
    };
    table(
        &format!("Means over runs{brackets}. Alike: the share of runs with the most frequent answer"),
        &headings,
        &numbers,
        &rows,
    )
}

/// All pairs of one measure.
pub(super) fn pairs(view: &View<'_>, measure: Measure) -> String {
    let Some(decision) = view.decision() else { return String::new() };
    let of = || decision.comparisons.iter().filter(|pair| pair.metric == measure);
    let rows: Vec<Vec<String>> = of()
        .take(ROWS)
        .map(|pair| {
            vec![
                format!("{} − {}", text(&pair.a), text(&pair.b)),
                figures::count(u64::from(pair.n_items)),
                shown(measure, pair.mean_a),
                shown(measure, pair.mean_b),
                stacked(&words::difference(measure, pair.difference, pair.ci_low.zip(pair.ci_high))),
                text(&p(pair.p_value)),
                text(&p(pair.p_value_corrected)),
                pair.effect_size
                    .map_or_else(|| figures::NONE.to_owned(), |size| figures::number(size).replace('-', "−")),
                found(pair.significant, pair.p_value.is_some()),
            ]
        })
        .collect();
    let left = of().count().saturating_sub(ROWS);
    let more = if left > 0 { format!("; {left} more pairs are in the JSON output") } else { String::new() };
    let caption = format!("Pairs on {}, paired by item{more}", axis_name(measure));
    table(
        &caption,
        &["Pair", "Items", "First", "Second", "Difference [interval]", "p", "p, corrected", "d of pairs", "Found"],
        &[1, 2, 3, 4, 5, 6, 7],
        &rows,
    )
}

/// All tested pairs of cells.
pub(super) fn cell_pairs(view: &View<'_>) -> String {
    let document = view.document;
    let label = |index| document.cell(index).map_or_else(String::new, |cell| text(&document.label(cell)));
    let rows: Vec<Vec<String>> = document
        .analysis
        .comparisons
        .iter()
        .take(ROWS)
        .map(|pair| {
            let value = |value: Option<f64>| {
                value.map_or_else(
                    || figures::NONE.to_owned(),
                    |value| metric_value(pair.metric, value).replace('-', "−"),
                )
            };
            let ends = match &pair.difference_ci {
                IntervalResult::Interval { low, high, .. } => {
                    format!(" [{} to {}]", value(Some(*low)), value(Some(*high)))
                }
                _ => String::new(),
            };
            vec![
                format!("{} − {}", label(pair.a), label(pair.b)),
                format!("{}, {}", pair.n_a, pair.n_b),
                value(pair.mean_a),
                value(pair.mean_b),
                stacked(&format!("{}{ends}", value(pair.difference))),
                text(&p(pair.p_value)),
                text(&p(pair.p_value_corrected)),
                found(pair.significant, pair.p_value.is_some()),
            ]
        })
        .collect();
    table(
        "Tested pairs",
        &["Pair", "Runs", "First", "Second", "Difference [interval]", "p", "p, corrected", "Found"],
        &[1, 2, 3, 4, 5, 6],
        &rows,
    )
}

fn found(significant: bool, tested: bool) -> String {
    if significant {
        "<span class=\"tag info\">● a difference</span>".to_owned()
    } else if tested {
        "○ none claimed".to_owned()
    } else {
        "not testable".to_owned()
    }
}

/// The first letter in capitals.
pub(super) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
