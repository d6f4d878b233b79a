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

/// One row a contestant: answers, passed checks with their share, score, risk, cost, latency.
pub(super) fn table(document: &Document<'_>, columns: usize) -> String {
    let with_intervals = contestants(document, true);
    // Better no interval than a number that is cut; the bars below show them all the same.
    let table = if with_intervals.keeps_numbers(columns) { with_intervals } else { contestants(document, false) };
    let mut out = table.render(columns);
    if document.analysis.scores.checks.is_some() {
        out.push_str(&prose::block(style::QUIET, wording::RATES, columns));
    }
    out.push_str(&sums(document, columns));
    out
}

/// Where the cells are that are too many for a screen.
pub(super) fn cells_elsewhere(document: &Document<'_>, columns: usize) -> String {
    let cells = figures::count(document.analysis.cells.len() as u64);
    prose::block(style::QUIET, &format!("JSON, CSV and Markdown have the {cells} cells one by one."), columns)
}

/// What all checks came to, and who judged.
pub(super) fn sums(document: &Document<'_>, columns: usize) -> String {
    let sentences = [wording::checks(document), wording::judges(document)];
    sentences.into_iter().flatten().map(|sentence| prose::block(style::QUIET, &sentence, columns)).collect()
}

fn contestants(document: &Document<'_>, intervals: bool) -> Table {
    let scores = &document.analysis.scores;
    let (checked, judged) = (scores.checks.is_some(), scores.contestants.iter().any(|one| one.judged > 0));
    let searched = scores.hallucination.is_some();
    let ends = |ends: Option<(f64, f64)>| ends.filter(|_| intervals);
    let has_intervals = scores.contestants.iter().any(|one| ends(one.pass_rate_ci.or(one.judge_ci)).is_some());
    let level = figures::percent(document.analysis.header.analysis.ci_level).replace(' ', "");
    let suffix = if has_intervals { format!(" [{level}]") } else { String::new() };
    let mut headings = vec![Column::text("contestant"), Column::wrapped("answers")];
    if checked {
        headings.extend([Column::number("checks"), Column::number(&format!("rate{suffix}"))]);
    }
    if judged {
        headings.push(Column::number(&format!("score{suffix}")));
    }
    if searched {
        headings.push(Column::number("risky"));
    }
    headings.extend([Column::number("cost"), Column::number("latency")]);
    let mut table = Table::new(headings).stacking();
    for (at, one) in scores.contestants.iter().enumerate() {
        let all_complete = outcome(one, Outcome::Complete) == one.planned;
        let outcomes = counted_outcomes(&one.outcomes);
        let outcomes = outcomes.iter().map(|item| item.replace(' ', NO_BREAK_SPACE)).collect::<Vec<_>>().join(" ");
        let warned = |text: String, fine: bool| if fine { Cell::new(text) } else { Cell::styled(text, style::WARNING) };
        let mut row = vec![Cell::new(document.contestant_name(at as u32)), warned(outcomes, all_complete)];
        if checked {
            row.push(warned(wording::passed(&one.checks), one.checks.passed == one.checks.configured));
            row.push(Cell::new(wording::rate(one.pass_rate, ends(one.pass_rate_ci))));
        }
        if judged {
            row.push(Cell::new(wording::score(one.judge_mean, ends(one.judge_ci))));
        }
        if searched {
            row.push(warned(wording::high_risk(one), one.high_risk == 0));
        }
        row.push(Cell::new(contestant_cost(document, at as u32, one.cost)));
        row.push(Cell::new(one.latency_mean_ms.map_or_else(|| figures::NONE.to_owned(), figures::milliseconds)));
        table.push_cells(row);
    }
    table
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
                if by_checks { (one.pass_rate?, one.pass_rate_ci) } else { (one.judge_mean?, one.judge_ci) };
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
        out.push_str(&heading(&truncate(title, columns)));
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
        place.push(wording::item_name(document, finding.cell.prompt));
    }
    place.push(wording::cell_place(document, finding.cell));
    let what = if finding.result.passed.is_none() { "not evaluated" } else { "failed" };
    format!("{}: {} {what}{}: {}", place.join(", "), finding.check_name(), finding.in_runs(), finding.why())
}

fn outcome(scores: &ContestantScores, outcome: Outcome) -> u32 {
    Outcome::ALL.iter().position(|one| *one == outcome).map_or(0, |at| scores.outcomes[at])
}
