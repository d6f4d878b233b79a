//! What is decided over the items: the verdict in sentences, a row an arm, the pairs about zero, the charts.

use anstyle::Style;
use evals::decision::migration::Change;
use evals::decision::{ContestantDecision, Decision, GateAnswer, Measure, PairDecision, PairStatus};

use crate::document::Document;
use crate::figures;
use crate::markdown::decision::capital;
use crate::style::{self, Charset, paint};
use crate::table::{Cell, Column, Table};
use crate::terminal::prose::{self, bullet, heading};
use crate::text::truncate;
use crate::wording::decision::{self as wording, Tone};
use layout::chart::{Mark, Measured, Point, Row, Series, Span};
use layout::plot::{self, Plane};

/// Most pairs of the deciding measure.
const PAIRS: usize = 12;
/// Most pairs of the other measures.
const OTHER_PAIRS: usize = 6;
/// Most rows of the table of arms.
const ARMS: usize = 30;
/// Most distributions.
const CURVES: usize = 6;
/// Lines of the plane of quality and cost.
const PLANE_ROWS: usize = 12;

/// The verdict: sentences, what matters most first, then what the reader must know of it.
pub(super) fn verdict(document: &Document<'_>, columns: usize) -> String {
    let said = wording::sentences(document);
    let notes = wording::notes(document);
    if said.is_empty() && notes.is_empty() {
        return String::new();
    }
    let mut out = heading("Decision");
    for one in &said {
        out.push_str(&bullet(tone(one.tone), &one.sentence, columns));
    }
    for note in notes {
        out.push_str(&bullet(Style::new(), note, columns));
    }
    out
}

fn tone(tone: Tone) -> Style {
    match tone {
        Tone::Shown => style::FOUND,
        Tone::Fails => style::FAILURE,
        Tone::Open => style::WARNING,
        Tone::Plain => Style::new(),
    }
}

/// One row an arm: quality with its interval, cost, tail of latency, chance to be the best, front and tie.
pub(super) fn table(document: &Document<'_>, columns: usize) -> String {
    let Some(decision) = &document.analysis.decision else { return String::new() };
    let Some(primary) = decision.primary.filter(|_| !decision.contestants.is_empty()) else { return String::new() };
    let level = figures::percent(decision.ci_level).replace(' ', "");
    let any = |of: &dyn Fn(&ContestantDecision) -> bool| decision.contestants.iter().any(of);
    let repeats = decision.contestants.iter().map(|arm| arm.pass_hat_k.len()).max().unwrap_or(0);
    let (cost, latency) =
        (any(&|arm| arm.cost_per_item.value.is_some()), any(&|arm| arm.latency_p95_ms.value.is_some()));
    // One contestant is beside nobody.
    let best = decision.contestants.len() > 1;
    let front = best && !decision.pareto.is_empty();
    let mut headings = vec![Column::text("contestant"), Column::number(&format!("{} [{level}]", primary.noun()))];
    if repeats > 1 {
        headings.push(Column::number(&format!("pass^{repeats}")));
    }
    for (shown, name) in
        [(cost && primary != Measure::CostUsd, "cost/item"), (latency, "p95 latency"), (best, "P(best)")]
    {
        if shown {
            headings.push(Column::number(name));
        }
    }
    if front || best {
        headings.push(Column::wrapped("place"));
    }
    let mut table = Table::new(headings).stacking();
    for arm in decision.contestants.iter().take(ARMS) {
        let mut row = vec![Cell::new(&arm.name), Cell::new(wording::estimate(primary, arm))];
        if repeats > 1 {
            let all = arm.pass_hat_k.get(repeats - 1).copied().flatten();
            row.push(Cell::new(wording::value(Measure::Pass, all)));
        }
        if cost && primary != Measure::CostUsd {
            row.push(Cell::new(wording::value(Measure::CostUsd, arm.cost_per_item.value)));
        }
        if latency {
            row.push(Cell::new(wording::value(Measure::LatencyMs, arm.latency_p95_ms.value)));
        }
        if best {
            row.push(Cell::new(arm.p_best.map_or_else(|| figures::NONE.to_owned(), figures::rate)));
        }
        if front || best {
            let place = wording::place(decision, &arm.name);
            let style = if decision.tied_best.contains(&arm.name) { style::FOUND } else { Style::new() };
            row.push(Cell::styled(place, style));
        }
        table.push_cells(row);
    }
    let mut out = heading(&truncate(&format!("Over {}", wording::items(decision)), columns));
    out.push_str(&table.render(columns));
    if decision.contestants.len() > ARMS {
        let rest = format!("And {} more; JSON and Markdown have them.", decision.contestants.len() - ARMS);
        out.push_str(&prose::block(style::QUIET, &rest, columns));
    }
    if front {
        out.push_str(&prose::block(style::QUIET, wording::FRONT, columns));
    }
    out
}

/// The pairs of the deciding measure about zero, then those of others that are told apart.
pub(super) fn pairs(document: &Document<'_>, columns: usize, charset: Charset) -> String {
    let Some(decision) = &document.analysis.decision else { return String::new() };
    let Some(primary) = decision.primary else { return String::new() };
    let own = wording::pairs_of(decision, primary);
    if own.is_empty() {
        return String::new();
    }
    let shown: Vec<&PairDecision> = own.iter().copied().take(PAIRS).collect();
    let rows: Vec<Row> = shown.iter().map(|pair| forest_row(pair, primary)).collect();
    let number = |value: f64| wording::axis(primary, value);
    let title = format!("Differences in {}", primary.noun());
    let measured = Measured { title: &title, format: &number };
    let lines = plot::forest(&rows, 0.0, measured, columns, charset);
    let level = figures::percent(decision.ci_level);
    let mut out = heading(&truncate(&format!("{title}, {level} intervals"), columns));
    if lines.is_empty() {
        for pair in &shown {
            out.push_str(&bullet(Style::new(), &wording::pair(pair), columns));
        }
    }
    for line in &lines {
        out.push_str(line);
        out.push('\n');
    }
    if !lines.is_empty() {
        out.push_str(&prose::block(style::QUIET, &legend(decision, charset), columns));
    }
    if own.len() > shown.len() {
        let rest = format!("And {} more pairs; JSON and Markdown have them.", own.len() - shown.len());
        out.push_str(&prose::block(style::QUIET, &rest, columns));
    }
    let others: Vec<&PairDecision> =
        decision.comparisons.iter().filter(|pair| pair.metric != primary && pair.significant).collect();
    for pair in others.iter().take(OTHER_PAIRS) {
        out.push_str(&bullet(style::FOUND, &wording::pair(pair), columns));
    }
    if others.len() > OTHER_PAIRS {
        let rest = format!("And {} more differences in other measures.", others.len() - OTHER_PAIRS);
        out.push_str(&bullet(Style::new(), &rest, columns));
    }
    out
}

fn forest_row(pair: &PairDecision, measure: Measure) -> Row {
    let p = pair.p_value_corrected.map_or_else(String::new, |p| format!("  p {}", figures::p_value(p)));
    let text = match pair.status {
        PairStatus::NotMeasured | PairStatus::InsufficientSamples => wording::status(pair.status).to_owned(),
        _ => format!("{}{p}", wording::difference(measure, pair.difference, None)),
    };
    Row {
        label: format!("{} − {}", pair.a, pair.b),
        span: Span::new(pair.difference.unwrap_or(f64::NAN), pair.ci_low, pair.ci_high),
        text,
        mark: if pair.significant { Mark::Filled } else { Mark::Ring },
    }
}

fn legend(decision: &Decision, charset: Charset) -> String {
    format!(
        "{} shown to differ, {} not shown to. p is corrected ({}) over all pairs.",
        plot::sign(Mark::Filled, charset),
        plot::sign(Mark::Ring, charset),
        wording::correction(decision.correction)
    )
}

/// Quality against cost, and the distributions of latency. True where the first is drawn.
pub(super) fn charts(document: &Document<'_>, columns: usize, charset: Charset) -> (String, bool) {
    let Some(decision) = &document.analysis.decision else { return (String::new(), false) };
    let plane = plane(decision, columns, charset);
    let drawn = !plane.is_empty();
    let curves = curves(document, decision, columns, charset);
    let sections: Vec<String> = [plane, curves].into_iter().filter(|section| !section.is_empty()).collect();
    (sections.join("\n"), drawn)
}

fn plane(decision: &Decision, columns: usize, charset: Charset) -> String {
    let Some(primary) = decision.primary.filter(|_| decision.pareto.len() > 1) else { return String::new() };
    let points: Vec<Point> = decision
        .pareto
        .iter()
        .filter_map(|point| {
            let span = |figure: &evals::decision::Figure| Some(Span::new(figure.value?, figure.ci_low, figure.ci_high));
            let tied = decision.tied_best.contains(&point.name);
            Some(Point {
                label: point.name.clone(),
                x: span(&point.cost)?,
                y: span(&point.quality)?,
                mark: match (tied, point.on_front) {
                    (true, _) => Mark::Filled,
                    (false, true) => Mark::Diamond,
                    (false, false) => Mark::Ring,
                },
                on_front: point.on_front,
            })
        })
        .collect();
    let dollars = |value: f64| wording::value(Measure::CostUsd, Some(value));
    let quality = |value: f64| wording::value(primary, Some(value));
    let share = primary.is_rate() || primary == Measure::CheckShare;
    let bar = decision.bar.as_ref().and_then(|bar| wording::bar_level(bar, primary));
    let plane = Plane {
        x: Measured { title: "cost of an answer", format: &dollars },
        y: Measured { title: primary.noun(), format: &quality },
        bar,
        rows: PLANE_ROWS,
        share,
    };
    let lines = plot::scatter(&points, &plane, columns, charset);
    if lines.is_empty() {
        return String::new();
    }
    let title = format!(
        "{} against cost, simultaneous {} intervals",
        capital(primary.noun()),
        figures::percent(decision.ci_level)
    );
    let mut out = format!("{}\n", paint(style::HEADING, truncate(&title, columns)));
    for line in lines {
        out.push_str(&line);
        out.push('\n');
    }
    let [tied, front, behind] =
        [Mark::Filled, Mark::Diamond, Mark::Ring].map(|mark| plot::sign(mark, charset).to_string());
    let words = format!("{tied} tied for best, {front} on the front of quality, cost and latency, {behind} behind it.");
    out.push_str(&prose::block(style::QUIET, &words, columns));
    out
}

fn curves(document: &Document<'_>, decision: &Decision, columns: usize, charset: Charset) -> String {
    if decision.contestants.len() < 2 || decision.contestants.len() > CURVES {
        return String::new();
    }
    let series: Vec<Series> = document
        .latencies()
        .into_iter()
        .map(|(label, values)| Series { label, values })
        .filter(|series| series.values.len() > 1)
        .collect();
    if series.len() < 2 {
        return String::new();
    }
    let number = |value: f64| figures::milliseconds(value);
    let lines = plot::ecdf(&series, Measured { title: "latency", format: &number }, columns, charset);
    if lines.is_empty() {
        return String::new();
    }
    let mut out = heading(&truncate("Latency: share of answers by then", columns));
    for line in lines {
        out.push_str(&line);
        out.push('\n');
    }
    out
}

/// What a change of models changes, a row a measure.
pub(super) fn changes(document: &Document<'_>, columns: usize) -> String {
    let Some(migration) = document.analysis.migration.as_ref().filter(|found| !found.changes.is_empty()) else {
        return String::new();
    };
    let level = figures::percent(migration.level);
    let mut out = heading(&truncate("What changes", columns));
    let mut table = Table::new(vec![
        Column::wrapped("measure"),
        Column::number("from"),
        Column::number("to"),
        Column::number(&format!("change [{}]", level.replace(' ', ""))),
        Column::number("p"),
        Column::text(""),
    ]);
    for change in &migration.changes {
        table.push_cells(change_row(change));
    }
    out.push_str(&table.render(columns));
    out.push_str(&prose::block(style::QUIET, wording::CHANGES, columns));
    out
}

fn change_row(change: &Change) -> Vec<Cell> {
    let accent = if change.changed { style::FOUND } else { Style::new() };
    vec![
        Cell::new(change.metric.noun()),
        Cell::new(wording::value(change.metric, change.mean_from)),
        Cell::new(wording::value(change.metric, change.mean_to)),
        Cell::styled(wording::changed_by(change), accent),
        Cell::new(change.p_value_corrected.map_or_else(|| figures::NONE.to_owned(), figures::p_value)),
        Cell::new(if change.changed { "changed" } else { "not shown" }),
    ]
}

/// The gates in a line, last, where the eye is when a run ends.
pub(super) fn gates(document: &Document<'_>, columns: usize) -> String {
    let Some(sentence) = wording::gates_in_short(document) else { return String::new() };
    let answers = document.analysis.decision.iter().flat_map(|decision| &decision.gates).map(|gate| gate.answer);
    let worst = answers.max_by_key(|answer| match answer {
        GateAnswer::Passes => 0,
        GateAnswer::Inconclusive => 1,
        GateAnswer::Fails => 2,
    });
    let style = match worst {
        Some(GateAnswer::Fails) => style::FAILURE,
        Some(GateAnswer::Inconclusive) => style::WARNING,
        _ => style::FOUND,
    };
    prose::block(style, &sentence, columns)
}
