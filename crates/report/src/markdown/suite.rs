//! The scored part of a report: the gate, the contestants, what failed, the items folded away.

use std::io;

use evals::analysis::model::Cell;

use crate::document::{Document, contestant_cost, counted_outcomes, distinct};
use crate::escape::markdown::{cell, fence, html, inline};
use crate::figures;
use crate::findings::{Finding, Findings};
use crate::wording;

/// Most items that get a section of their own, failing ones first.
const ITEMS: usize = 100;
/// Most bytes of an answer within a folded item.
const ANSWER_BYTES: usize = 4_000;
/// Most distinct answers of a cell.
const ANSWERS: usize = 5;

/// The gate in one line; nothing where nothing decides.
pub(crate) fn gate(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    match wording::gate(document) {
        Some((true, sentence)) => writeln!(out, "**✅ {}**\n", inline(&sentence)),
        Some((false, sentence)) => writeln!(out, "**❌ {}**\n", inline(&sentence)),
        None => Ok(()),
    }
}

/// One row a contestant, and a sentence on the checks and the judges.
pub(crate) fn contestants(document: &Document<'_>, at_most: usize, out: &mut dyn io::Write) -> io::Result<()> {
    let scores = &document.analysis.scores;
    if scores.contestants.is_empty() {
        return Ok(());
    }
    let (checked, searched) = (scores.checks.is_some(), scores.hallucination.is_some());
    let judged = scores.contestants.iter().any(|one| one.judged > 0);
    let level = figures::percent(document.analysis.header.analysis.ci_level);
    let mut headings = vec!["Contestant".to_owned(), "Items".to_owned(), "Answers".to_owned()];
    if checked {
        headings.extend(["Checks passed".to_owned(), format!("Rate \\[{level}\\]")]);
    }
    if judged {
        headings.push(format!("Judges' score \\[{level}\\]"));
    }
    if searched {
        headings.push("High risk".to_owned());
    }
    headings.extend(["Cost".to_owned(), "Latency, mean".to_owned()]);
    writeln!(out, "| {} |", headings.join(" | "))?;
    let rule: Vec<&str> = (0..headings.len()).map(|at| if matches!(at, 0 | 2) { "---" } else { "--:" }).collect();
    writeln!(out, "|{}|", rule.join("|"))?;
    for (at, one) in scores.contestants.iter().enumerate().take(at_most) {
        let mut row = vec![
            cell(&wording::shortened(document.contestant_name(at as u32))),
            figures::count(u64::from(one.items)),
            counted_outcomes(&one.outcomes).join(", "),
        ];
        if checked {
            row.push(wording::passed(&one.checks));
            row.push(cell(&wording::rate(one.pass_rate, one.pass_rate_ci)));
        }
        if judged {
            row.push(cell(&wording::score(one.judge_mean, one.judge_ci)));
        }
        if searched {
            row.push(wording::high_risk(one));
        }
        row.push(contestant_cost(document, at as u32, one.cost));
        row.push(one.latency_mean_ms.map_or_else(|| figures::NONE.to_owned(), figures::milliseconds));
        writeln!(out, "| {} |", row.join(" | "))?;
    }
    writeln!(out)?;
    left_out(scores.contestants.len(), at_most, "contestants", out)?;
    let rates = checked.then(|| wording::RATES.to_owned());
    for sentence in [rates, wording::checks(document), wording::judges(document)].into_iter().flatten() {
        writeln!(out, "{}\n", inline(&sentence))?;
    }
    Ok(())
}

/// The checks that failed, then those without a verdict; a bullet each.
pub(crate) fn failures(
    document: &Document<'_>,
    findings: &Findings<'_>,
    at_most: usize,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut room = at_most;
    for (title, found) in [("Failed checks", &findings.failed), ("Checks without a verdict", &findings.open)] {
        if found.is_empty() {
            continue;
        }
        writeln!(out, "## {title}\n")?;
        for finding in found.iter().take(room) {
            writeln!(out, "- {}", failure(document, finding))?;
        }
        if room > 0 {
            writeln!(out)?;
        }
        left_out(found.len(), room, "checks", out)?;
        room = room.saturating_sub(found.len());
    }
    Ok(())
}

fn failure(document: &Document<'_>, finding: &Finding<'_>) -> String {
    let item = if document.is_suite() {
        format!("**{}**, ", inline(&wording::item_name(document, finding.cell.prompt)))
    } else {
        String::new()
    };
    let what = if finding.result.passed.is_none() { "not evaluated" } else { "failed" };
    format!(
        "{item}{}: {} {what}{}: {}",
        inline(&wording::cell_place(document, finding.cell)),
        inline(&finding.check_name()),
        finding.in_runs(),
        inline(finding.why())
    )
}

/// Each item with its prompt, its checks and the distinct answers, folded; failing items first.
pub(super) fn items(document: &Document<'_>, findings: &Findings<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let prompts = &document.analysis.header.prompts;
    let mut failing = vec![0_u32; prompts.len()];
    let mut open = vec![0_u32; prompts.len()];
    for (counts, found) in [(&mut failing, &findings.failed), (&mut open, &findings.open)] {
        for finding in found {
            if let Some(count) = counts.get_mut(finding.cell.prompt as usize) {
                *count += 1;
            }
        }
    }
    let mut cells: Vec<Vec<&Cell>> = vec![vec![]; prompts.len()];
    for each in &document.analysis.cells {
        if let Some(mine) = cells.get_mut(each.prompt as usize) {
            mine.push(each);
        }
    }
    let mut order: Vec<usize> = (0..prompts.len()).collect();
    order.sort_by_key(|at| (failing[*at] == 0, open[*at] == 0));
    writeln!(out, "## Items\n")?;
    for at in order.iter().take(ITEMS).copied() {
        let verdict = match (failing[at], open[at]) {
            (0, 0) if prompts[at].checks.is_empty() => "no checks".to_owned(),
            (0, 0) => "passed".to_owned(),
            (0, open) => figures::plural(u64::from(open), "check without a verdict", "checks without a verdict"),
            (failed, _) => figures::plural(u64::from(failed), "failed check", "failed checks"),
        };
        writeln!(out, "<details><summary>{}: {verdict}</summary>\n", html(&prompts[at].id))?;
        writeln!(out, "{}", fence(cut(&prompts[at].text)))?;
        for each in &cells[at] {
            answers(document, each, out)?;
        }
        writeln!(out, "</details>\n")?;
    }
    left_out(prompts.len(), ITEMS, "items", out)
}

fn answers(document: &Document<'_>, each: &Cell, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "{}:\n", inline(&wording::cell_place(document, each)))?;
    let distinct = distinct(document, each);
    for (said, count) in distinct.iter().take(ANSWERS) {
        let times = figures::plural(u64::from(*count), "run", "runs");
        if said.text.is_empty() {
            writeln!(out, "{times}, {}: nothing was said.\n", said.outcome.as_str())?;
        } else {
            writeln!(out, "{times}, {}:\n\n{}", said.outcome.as_str(), fence(cut(&said.text)))?;
        }
    }
    left_out(distinct.len(), ANSWERS, "distinct answers", out)
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(ANSWER_BYTES)]
}

/// Says how much is not shown.
pub(crate) fn left_out(all: usize, shown: usize, what: &str, out: &mut dyn io::Write) -> io::Result<()> {
    if all <= shown {
        return Ok(());
    }
    let rest = figures::count((all - shown) as u64);
    writeln!(out, "And {rest} more {what}, not shown here; the JSON output has them all.\n")
}
