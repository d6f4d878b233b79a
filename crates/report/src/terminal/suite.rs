//! The run of a suite: one row a contestant, then what failed, grouped by check and item.

use evals::analysis::scored::ContestantScores;
use llm::outcome::Outcome;

use crate::bars::{Bar, draw};
use crate::document::{Document, contestant_cost, counted_outcomes};
use crate::figures;
use crate::findings::{Finding, Findings};
use crate::style::{self, Charset, paint};
use crate::table::{Cell, Column, NO_BREAK_SPACE, Table};
use crate::terminal::prose::{self, bullet, heading};
use crate::text::truncate;
use crate::wording;

/// Most checks that are listed one by one.
const LISTED: usize = 20;

/// One row a contestant: items, answers, passed checks with their share, score, risk, cost, latency.
pub(super) fn table(document: &Document<'_>, columns: usize) -> String {
    let scores = &document.analysis.scores;
    let (checked, judged) = (scores.checks.is_some(), scores.contestants.iter().any(|one| one.judged > 0));
    let searched = scores.hallucination.is_some();
    let has_intervals = scores.contestants.iter().any(|one| one.pass_rate_ci.is_some() || one.judge_ci.is_some());
    let level = figures::percent(document.analysis.header.analysis.ci_level).replace(' ', "");
    let ends = if has_intervals { format!(" [{level}]") } else { String::new() };
    let mut headings = vec![Column::text("contestant"), Column::number("items"), Column::wrapped("answers")];
    if checked {
        headings.extend([Column::number("checks"), Column::number(&format!("passed{ends}"))]);
    }
    if judged {
        headings.push(Column::number(&format!("score{ends}")));
    }
    if searched {
        headings.push(Column::number("high risk"));
    }
    headings.extend([Column::number("cost"), Column::number("latency")]);
    let mut table = Table::new(headings).stacking();
    for (at, one) in scores.contestants.iter().enumerate() {
        let all_complete = outcome(one, Outcome::Complete) == one.planned;
        let outcomes = counted_outcomes(&one.outcomes);
        let outcomes = outcomes.iter().map(|item| item.replace(' ', NO_BREAK_SPACE)).collect::<Vec<_>>().join(" ");
        let warned = |text: String, fine: bool| if fine { Cell::new(text) } else { Cell::styled(text, style::WARNING) };
        let mut row = vec![
            Cell::new(document.contestant_name(at as u32)),
            Cell::new(figures::count(u64::from(one.items))),
            warned(outcomes, all_complete),
        ];
        if checked {
            row.push(warned(wording::passed(&one.checks), one.checks.passed == one.checks.definitive));
            row.push(Cell::new(wording::rate(one.checks.pass_rate, one.pass_rate_ci)));
        }
        if judged {
            row.push(Cell::new(wording::score(one.judge_mean, one.judge_ci)));
        }
        if searched {
            row.push(warned(high_risk(one), one.high_risk == 0));
        }
        row.push(Cell::new(contestant_cost(document, at as u32, one.cost)));
        row.push(Cell::new(one.latency_mean_ms.map_or_else(|| figures::NONE.to_owned(), figures::milliseconds)));
        table.push_cells(row);
    }
    let mut out = table.render(columns);
    for sentence in [wording::checks(document), wording::judges(document)].into_iter().flatten() {
        out.push_str(&prose::block(style::QUIET, &sentence, columns));
    }
    out
}

/// Answers of high risk among those with a risk.
pub(super) fn high_risk(scores: &ContestantScores) -> String {
    if scores.classified == 0 {
        figures::NONE.to_owned()
    } else {
        format!("{}/{}", scores.high_risk, scores.classified)
    }
}

/// Contestants on one axis: the share of passed checks, or the judges' score in a run without checks.
pub(super) fn bars(document: &Document<'_>, columns: usize, charset: Charset) -> String {
    let scores = &document.analysis.scores;
    let by_checks = scores.contestants.iter().any(|one| one.pass_rate_ci.is_some());
    let bars: Vec<Bar> = scores
        .contestants
        .iter()
        .enumerate()
        .filter_map(|(at, one)| {
            let (point, interval) =
                if by_checks { (one.checks.pass_rate?, one.pass_rate_ci) } else { (one.judge_mean?, one.judge_ci) };
            Some(Bar { label: document.contestant_name(at as u32).to_owned(), point, interval })
        })
        .collect();
    if bars.len() < 2 || bars.iter().all(|bar| bar.interval.is_none()) {
        return String::new();
    }
    let drawn =
        draw(&bars, columns, charset, |value| if by_checks { figures::rate(value) } else { figures::score(value) });
    if drawn.is_empty() {
        return drawn;
    }
    let what = if by_checks { "Share of checks passed" } else { "Judges' score" };
    let level = figures::percent(document.analysis.header.analysis.ci_level);
    let title = format!("{what} with {level} interval over items");
    format!("{}\n{drawn}", paint(style::HEADING, truncate(&title, columns)))
}

/// The checks that failed and those without a verdict, at most [`LISTED`] of them.
pub(super) fn failures(document: &Document<'_>, findings: &Findings<'_>, columns: usize) -> String {
    let mut out = String::new();
    let mut room = LISTED;
    for (title, found, style) in [
        ("Failed checks", &findings.failed, style::FAILURE),
        ("Checks without a verdict", &findings.open, style::WARNING),
    ] {
        if found.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&heading(title));
        for finding in found.iter().take(room) {
            out.push_str(&bullet(style, &sentence(document, finding), columns));
        }
        if found.len() > room {
            let rest = figures::count((found.len() - room) as u64);
            let words = if room == 0 { format!("{rest} of them.") } else { format!("And {rest} more.") };
            let words = format!("{words} JSON, JUnit and Markdown have them.");
            out.push_str(&bullet(anstyle::Style::new(), &words, columns));
        }
        room = room.saturating_sub(found.len());
    }
    out
}

/// `item, contestant: contains failed in 2 of 3 runs: why`.
fn sentence(document: &Document<'_>, finding: &Finding<'_>) -> String {
    let mut place = vec![];
    if document.is_suite() {
        place.push(document.item(finding.cell.prompt).map_or("", |item| item.id.as_str()).to_owned());
    }
    place.push(place_of(document, finding));
    let what = if finding.result.passed.is_none() { "not evaluated" } else { "failed" };
    format!("{}: {} {what}{}: {}", place.join(", "), finding.check_name(), finding.in_runs(), finding.why())
}

/// The contestant, and what else tells the cell from others of the same item.
pub(crate) fn place_of(document: &Document<'_>, finding: &Finding<'_>) -> String {
    let varies = document.varies();
    let mut name = document.contestant_name(finding.cell.contestant).to_owned();
    if let (true, Some(temperature)) = (varies.temperatures, finding.cell.temperature) {
        name.push_str(&format!(" t={}", figures::exact(temperature)));
    }
    if varies.systems {
        name.push_str(&format!(" SP{}", finding.cell.system + 1));
    }
    name
}

fn outcome(scores: &ContestantScores, outcome: Outcome) -> u32 {
    Outcome::ALL.iter().position(|one| *one == outcome).map_or(0, |at| scores.outcomes[at])
}
