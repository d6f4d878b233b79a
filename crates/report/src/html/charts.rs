//! The charts: decision, differences, latency, scores, and the map of items.

use evals::decision::{Decision, Measure};
use evals::record::Metric;
use layout::chart::{Mark, Measured, Point, Row, Series, Span};
use layout::html::figure;
use layout::svg::{self, Frame, Heat, HeatRow, Plane, Tile};

use crate::document::{interval, metric_value};
use crate::escape::html::text;
use crate::figures;
use crate::wording;
use crate::wording::decision as words;

use super::tables;
use super::view::{View, axis_name, is_share, shown, tick, tick_of_difference};

/// Widths of the two drawings of each chart, pixels.
const WIDE: f64 = 900.0;
const NARROW: f64 = 308.0;
/// Most columns of the map of items.
const COLUMNS: usize = 160;

/// Draws a chart twice, each with identifiers of its own, and puts it into a figure.
fn drawn(
    id: &str,
    title: &str,
    description: &str,
    caption: &str,
    table: Option<&str>,
    draw: &dyn Fn(&Frame<'_>) -> Option<String>,
) -> String {
    let (wide, narrow) = (format!("{id}-w"), format!("{id}-n"));
    let frame = |id, width| Frame { id, title, description, width };
    match (draw(&frame(&wide, WIDE)), draw(&frame(&narrow, NARROW))) {
        (Some(wide), Some(narrow)) => figure(&wide, &narrow, caption, table),
        _ => String::new(),
    }
}

/// Quality against cost, or against time, or by itself.
pub(super) fn decision(view: &View<'_>) -> String {
    let mut out = match view.decision() {
        Some(decision) => of_decision(decision),
        None => of_cells(view),
    };
    let table = tables::contestants(view);
    if !table.is_empty() {
        out.push_str(&table);
    }
    out
}

fn of_decision(decision: &Decision) -> String {
    let Some(up) = decision.primary else { return String::new() };
    let across = [Measure::CostUsd, Measure::LatencyMs].into_iter().find(|measure| {
        let known = decision.contestants.iter().filter_map(|arm| position(arm, *measure));
        *measure != up && known.filter(|span| span.point > 0.0).count() > 1
    });
    let is_tied = |name: &str| decision.tied_best.iter().any(|tied| tied == name);
    let level = figures::percent(decision.ci_level);
    let Some(across) = across else {
        let rows: Vec<Row> = ordered(decision, up)
            .into_iter()
            .map(|arm| Row {
                label: arm.name.clone(),
                span: Span::new(arm.primary.mean.unwrap_or(f64::NAN), arm.primary.ci_low, arm.primary.ci_high),
                text: words::estimate(up, arm),
                mark: if is_tied(&arm.name) { Mark::Filled } else { Mark::Ring },
            })
            .collect();
        let format = |value| tick(up, value);
        let description = format!(
            "{} of each contestant with its {level} interval, the best first. {}",
            up.noun(),
            summary(decision, up)
        );
        let title = capital_title(up);
        return drawn(
            "decision-c",
            &title,
            &description,
            &legend(
                &[(Mark::Filled, "not shown to be worse than the best"), (Mark::Ring, "shown to be worse")],
                &format!("Bars are {level} intervals over items."),
            ),
            None,
            &|frame| svg::forest(frame, &rows, None, Measured { title: axis_name(up), format: &format }),
        );
    };
    let mut points: Vec<Point> = decision
        .contestants
        .iter()
        .filter_map(|arm| {
            let y = Span::new(arm.primary.mean?, arm.primary.ci_low, arm.primary.ci_high);
            Some(Point { label: arm.name.clone(), x: position(arm, across)?, y, mark: Mark::Ring, on_front: false })
        })
        .collect();
    front(&mut points, up);
    for point in &mut points {
        let on_front = match decision.pareto.iter().find(|one| one.name == point.label) {
            Some(one) => one.on_front,
            None => point.on_front,
        };
        point.mark = match (is_tied(&point.label), on_front) {
            (true, _) => Mark::Filled,
            (false, true) => Mark::Diamond,
            (false, false) => Mark::Ring,
        };
    }
    let bar = decision.bar.as_ref().and_then(|bar| words::bar_level(bar, up).map(|value| (value, bar.bar.as_str())));
    let (x_format, y_format) = (|value| tick(across, value), |value| tick(up, value));
    let title = format!("{} against {}", tables::capital(up.noun()), axis_name(across));
    let description = format!(
        "Each contestant by its {} (upwards) and its {} (to the right), with {level} intervals both ways. {}",
        up.noun(),
        axis_name(across),
        summary(decision, up)
    );
    let unplaced = decision.contestants.len() - points.len();
    let mut caption = format!(
        "Whiskers are {level} intervals over items, each by itself. The dotted line joins those that nobody beats on both axes."
    );
    if unplaced > 0 {
        caption.push_str(&format!(
            " {} without a {} not in the picture.",
            figures::plural(unplaced as u64, "contestant is", "contestants are"),
            axis_name(across)
        ));
    }
    let entries = [
        (Mark::Filled, "not shown to be worse than the best"),
        (
            Mark::Diamond,
            if decision.pareto.is_empty() {
                "worse, but on the front"
            } else {
                "worse, but on the front of quality, cost and p95 latency"
            },
        ),
        (Mark::Ring, "neither"),
    ];
    drawn("decision-c", &title, &description, &legend(&entries, &caption), None, &|frame| {
        let plane = Plane {
            x: Measured { title: axis_name(across), format: &x_format },
            y: Measured { title: axis_name(up), format: &y_format },
            bar,
            share: is_share(up),
            front: true,
        };
        svg::scatter(frame, &points, &plane)
    })
}

/// What the eye would see first, in words.
fn summary(decision: &Decision, up: Measure) -> String {
    words::best(decision).map_or_else(String::new, |said| said.sentence)
        + &format!(" ({} contestants on {}.)", decision.contestants.len(), up.noun())
}

fn capital_title(measure: Measure) -> String {
    format!("{} of each contestant", tables::capital(measure.noun()))
}

/// Arms from the best estimate to the worst.
fn ordered(decision: &Decision, measure: Measure) -> Vec<&evals::decision::ContestantDecision> {
    let mut arms: Vec<_> = decision.contestants.iter().filter(|arm| arm.primary.mean.is_some()).collect();
    let of = |arm: &evals::decision::ContestantDecision| {
        arm.primary.mean.map_or(f64::NEG_INFINITY, |mean| measure.sign() * mean)
    };
    arms.sort_by(|a, b| of(b).total_cmp(&of(a)));
    arms
}

fn position(arm: &evals::decision::ContestantDecision, measure: Measure) -> Option<Span> {
    let figure = match measure {
        Measure::CostUsd => &arm.cost_per_item,
        _ => &arm.latency_mean_ms,
    };
    Some(Span::new(figure.value?, figure.ci_low, figure.ci_high))
}

/// Marks the points that no other beats both ways: at least as good in both and better in one.
fn front(points: &mut [Point], up: Measure) {
    let sign = up.sign();
    let places: Vec<(f64, f64)> = points.iter().map(|point| (point.x.point, sign * point.y.point)).collect();
    for (at, point) in points.iter_mut().enumerate() {
        let (x, y) = places[at];
        point.on_front =
            !places.iter().any(|(other_x, other_y)| *other_x <= x && *other_y >= y && (*other_x < x || *other_y > y));
    }
}

/// Of a single prompt: its cells.
fn of_cells(view: &View<'_>) -> String {
    let document = view.document;
    let analysis = document.analysis;
    let span = |cell: &evals::analysis::model::Cell, metric: Metric| {
        let summary = cell.metric(metric)?;
        let ends = interval(&summary.mean_ci);
        Some(Span::new(summary.mean?, ends.map(|ends| ends.0), ends.map(|ends| ends.1)))
    };
    let known = |metric: Metric| {
        analysis.cells.iter().filter_map(|cell| span(cell, metric)).filter(|span| span.point > 0.0).count()
    };
    let quality =
        [Metric::Score, Metric::CheckScore].into_iter().find(|metric| document.shows(*metric) && known(*metric) > 0);
    let up = quality.unwrap_or(Metric::LatencyMs);
    let across = [Metric::CostUsd, Metric::LatencyMs].into_iter().find(|metric| *metric != up && known(*metric) > 1);
    let measure = |metric: Metric| match metric {
        Metric::Score => Measure::Score,
        Metric::CheckScore => Measure::CheckShare,
        Metric::CostUsd => Measure::CostUsd,
        _ => Measure::LatencyMs,
    };
    let level = figures::percent(analysis.header.analysis.ci_level);
    let caption = if document.has_intervals(up) {
        format!("Whiskers are {level} intervals of the mean over repeats of this prompt.")
    } else {
        String::new()
    };
    let up_of = measure(up);
    let y_format = |value| tick(up_of, value);
    let Some(across) = across else {
        let rows: Vec<Row> = analysis
            .cells
            .iter()
            .take(60)
            .filter_map(|cell| {
                let span = span(cell, up)?;
                let text = metric_value(up, span.point);
                Some(Row { label: document.label(cell), span, text, mark: Mark::Filled })
            })
            .collect();
        let title = capital_title(up_of);
        return drawn("decision-c", &title, &title, &text(&caption), None, &|frame| {
            svg::forest(frame, &rows, None, Measured { title: axis_name(up_of), format: &y_format })
        });
    };
    let points: Vec<Point> = analysis
        .cells
        .iter()
        .filter_map(|cell| {
            Some(Point {
                label: document.label(cell),
                x: span(cell, across)?,
                y: span(cell, up)?,
                mark: Mark::Filled,
                on_front: false,
            })
        })
        .collect();
    let across_of = measure(across);
    let x_format = |value| tick(across_of, value);
    let title = format!("{} against {}", tables::capital(axis_name(up_of)), axis_name(across_of));
    drawn("decision-c", &title, &title, &text(&caption), None, &|frame| {
        let plane = Plane {
            x: Measured { title: axis_name(across_of), format: &x_format },
            y: Measured { title: axis_name(up_of), format: &y_format },
            bar: None,
            share: is_share(up_of),
            front: false,
        };
        svg::scatter(frame, &points, &plane)
    })
}

/// Forest plots of all pairs, the deciding measure first.
pub(super) fn differences(view: &View<'_>) -> String {
    let Some(decision) = view.decision().filter(|decision| !decision.comparisons.is_empty()) else {
        return cell_differences(view);
    };
    let mut measures: Vec<Measure> = vec![];
    for pair in &decision.comparisons {
        if !measures.contains(&pair.metric) {
            measures.push(pair.metric);
        }
    }
    let mut out = String::new();
    for (at, measure) in measures.into_iter().enumerate() {
        let pairs: Vec<_> = decision.comparisons.iter().filter(|pair| pair.metric == measure).collect();
        let rows: Vec<Row> = pairs
            .iter()
            .map(|pair| Row {
                label: format!("{} − {}", pair.a, pair.b),
                span: Span::new(pair.difference.unwrap_or(f64::NAN), pair.ci_low, pair.ci_high),
                text: words::difference(measure, pair.difference, None),
                mark: if pair.significant { Mark::Filled } else { Mark::Ring },
            })
            .collect();
        let level = figures::percent(decision.ci_level);
        let found = pairs.iter().filter(|pair| pair.significant).count();
        let unit = if is_share(measure) { ", percentage points" } else { "" };
        let axis = format!("difference in {}{unit}", axis_name(measure));
        let title = format!("Differences in {} of all pairs", axis_name(measure));
        let description = format!(
            "{found} of {} pairs {} after correction. Each row is the first contestant minus the second with its {level} interval.",
            pairs.len(),
            if found == 1 { "differs" } else { "differ" }
        );
        let beyond = if rows.len() > 60 { " The picture shows the first 60; the table has them all." } else { "" };
        let caption = format!(
            "Right of the line the first of the pair has more. {found} of {} {} (correction over pairs: {}). Intervals ({level}) are each pair's own, uncorrected: trust the mark, not the overlap with zero.{beyond}",
            figures::count(pairs.len() as u64),
            if found == 1 { "pairs differs" } else { "pairs differ" },
            words::correction(decision.correction)
        );
        let format = |value| tick_of_difference(measure, value);
        let table = tables::pairs(view, measure);
        let entries = [(Mark::Filled, "a difference, after correction"), (Mark::Ring, "none can be claimed")];
        let chart = drawn(
            &format!("pairs-{at}"),
            &title,
            &description,
            &legend(&entries, &text(&caption)),
            Some(&table),
            &|frame| svg::forest(frame, &rows, Some(0.0), Measured { title: &axis, format: &format }),
        );
        let chart = if chart.is_empty() { table } else { chart };
        if at == 0 {
            out.push_str(&chart);
        } else {
            out.push_str(&format!(
                "<details><summary>The same for {} ({found} of {} differ)</summary>{chart}</details>\n",
                axis_name(measure),
                pairs.len()
            ));
        }
    }
    out
}

fn cell_differences(view: &View<'_>) -> String {
    let document = view.document;
    let comparisons = &document.analysis.comparisons;
    let Some(first) = comparisons.first() else { return String::new() };
    let label = |index| document.cell(index).map_or_else(String::new, |cell| document.label(cell));
    let rows: Vec<Row> = comparisons
        .iter()
        .map(|pair| {
            let ends = interval(&pair.difference_ci);
            let point = pair.difference.unwrap_or(f64::NAN);
            Row {
                label: format!("{} − {}", label(pair.a), label(pair.b)),
                span: Span::new(point, ends.map(|ends| ends.0), ends.map(|ends| ends.1)),
                text: pair.difference.map_or_else(
                    || figures::NONE.to_owned(),
                    |value| metric_value(pair.metric, value).replace('-', "−"),
                ),
                mark: if pair.significant { Mark::Filled } else { Mark::Ring },
            }
        })
        .collect();
    let name = crate::document::metric_name(first.metric);
    let title = format!("Differences in {name} of all tested pairs");
    let axis = format!("difference in mean {name}");
    let metric = first.metric;
    let format = |value: f64| {
        let shown = metric_value(metric, value).replace('-', "−");
        if value > 0.0 { format!("+{shown}") } else { shown }
    };
    let table = tables::cell_pairs(view);
    let entries = [(Mark::Filled, "a difference, after correction"), (Mark::Ring, "none can be claimed")];
    let chart = drawn("pairs-0", &title, &title, &legend(&entries, ""), Some(&table), &|frame| {
        svg::forest(frame, &rows, Some(0.0), Measured { title: &axis, format: &format })
    });
    if chart.is_empty() { table } else { chart }
}

/// How latency is distributed, an arm a panel.
pub(super) fn latency(view: &View<'_>) -> String {
    let series = series(view, Measure::LatencyMs);
    let format = |value| tick(Measure::LatencyMs, value);
    let title = "Distribution of latency";
    let description = "One panel for each contestant: the share of its answers that took at most so long, against the curves of all others.";
    let caption = format!(
        "{}Height: the share of answers, in percent, that were there by then. The grey curves are the other contestants. Answers from a cache are left out.{}",
        legend_list(&[(Mark::Filled, "median"), (Mark::Diamond, "95 of 100")]),
        left_out(series.len())
    );
    drawn("latency-c", title, description, &caption, None, &|frame| {
        svg::ecdf(frame, &series, Measured { title: "latency", format: &format })
    })
}

fn left_out(samples: usize) -> String {
    if samples > 24 { " The first 24 contestants are shown.".to_owned() } else { String::new() }
}

fn series(view: &View<'_>, measure: Measure) -> Vec<Series> {
    (0..view.arms())
        .map(|arm| Series {
            label: view.arm_name(arm).to_owned(),
            values: view.scores.answers_of(arm).filter_map(|(_, answer)| answer.get(measure)).collect(),
        })
        .filter(|series| !series.values.is_empty())
        .collect()
}

/// How scores of items are distributed, where they are more than pass and fail.
pub(super) fn scores(view: &View<'_>) -> String {
    let Some(measure) = view.measure.filter(|measure| measure.is_quality()) else { return String::new() };
    if view.values.len() < 12 {
        return String::new();
    }
    let series: Vec<Series> = (0..view.arms())
        .map(|arm| Series {
            label: view.arm_name(arm).to_owned(),
            values: view.values.iter().filter_map(|item| item[arm]).collect(),
        })
        .filter(|series| !series.values.is_empty())
        .collect();
    let mut distinct: Vec<f64> = series.iter().flat_map(|series| series.values.iter().copied()).collect();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    if distinct.len() < 4 {
        return String::new();
    }
    let bins = svg::bins(&series, 20);
    let format = |value| tick(measure, value);
    let title = format!("Items by their {}", measure.noun());
    let description = format!("One panel for each contestant: how many items have which {}.", measure.noun());
    let caption = format!(
        "Each column is the share of items with this {}; all panels have one scale.{}",
        measure.noun(),
        left_out(series.len())
    );
    drawn("scores-c", &title, &description, &caption, None, &|frame| {
        svg::histograms(frame, &bins, Measured { title: axis_name(measure), format: &format })
    })
}

/// The map of items: a row an arm, a column an item or several neighbours in rank.
pub(super) fn map(view: &View<'_>) -> String {
    let (Some(measure), Some((low, high))) = (view.measure, view.shading()) else { return String::new() };
    let (items, arms) = (view.ranked.len(), view.arms());
    if items < 2 || arms == 0 {
        return String::new();
    }
    let columns = COLUMNS.min((svg::MOST_TILES / arms).max(2));
    let group = items.div_ceil(columns);
    let rows: Vec<HeatRow> = (0..arms)
        .map(|arm| HeatRow {
            label: view.arm_name(arm).to_owned(),
            tiles: view
                .ranked
                .chunks(group)
                .enumerate()
                .map(|(at, group_of)| tile(view, measure, arm, at * group, group_of, (low, high)))
                .collect(),
        })
        .collect();
    let across = if group == 1 {
        "items, from the highest to the lowest over all contestants".to_owned()
    } else {
        format!("items from the highest to the lowest over all contestants, {} to a tile", figures::count(group as u64))
    };
    let title = format!("{} of every contestant on every item", tables::capital(measure.noun()));
    let description = format!(
        "{arms} rows, a contestant each; darker tiles mean more {}. The table below has the same figures.",
        measure.noun()
    );
    let (low, high) = (shown(measure, Some(low)), shown(measure, Some(high)));
    let caption = "A tile opens its items. With the keyboard: tab to the map, then the arrow keys.";
    drawn("map", &title, &description, caption, None, &|frame| {
        svg::heat(frame, &Heat { rows: &rows, across: &across, low: &low, high: &high })
    })
}

fn tile(view: &View<'_>, measure: Measure, arm: usize, from: usize, items: &[usize], (low, high): (f64, f64)) -> Tile {
    let known: Vec<f64> = items.iter().filter_map(|item| view.values[*item][arm]).collect();
    let mean = (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64);
    let name = match items {
        [only] => wording::item_name(view.document, *only as u32),
        _ => format!(
            "items ranked {} to {}",
            figures::count(from as u64 + 1),
            figures::count((from + items.len()) as u64)
        ),
    };
    let link = match items {
        [only] => format!("#item-{only}"),
        _ => format!("#items-{from}-{}", from + items.len()),
    };
    Tile {
        value: mean.map(|mean| (mean - low) / (high - low)),
        text: format!("{}, {name}: {}", wording::shortened(view.arm_name(arm)), shown(measure, mean)),
        link: Some(link),
    }
}

/// Which mark means what, then a caption.
fn legend(entries: &[(Mark, &str)], caption: &str) -> String {
    format!("{}{caption}", legend_list(entries))
}

fn legend_list(entries: &[(Mark, &str)]) -> String {
    let sign = |mark: Mark| match mark {
        Mark::Filled => "<circle class=\"m-full\" cx=\"8\" cy=\"8\" r=\"6\"/>",
        Mark::Diamond => "<path class=\"m-diamond\" d=\"M8 .5L15.5 8L8 15.5L.5 8Z\"/>",
        Mark::Ring => "<circle class=\"m-ring\" cx=\"8\" cy=\"8\" r=\"5.5\"/>",
    };
    let items = entries
        .iter()
        .map(|(mark, words)| {
            format!(
                "<li><svg width=\"16\" height=\"16\" aria-hidden=\"true\">{}</svg>{}</li>",
                sign(*mark),
                text(words)
            )
        })
        .collect::<Vec<_>>()
        .concat();
    format!("<ul class=\"legend\">{items}</ul>")
}
