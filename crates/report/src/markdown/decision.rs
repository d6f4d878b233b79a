//! What is decided over the items: the verdict first, then the tables behind it.

use std::io;

use evals::decision::{Decision, GateAnswer, GateResult, Measure, PairDecision};

use crate::document::Document;
use crate::escape::markdown::{cell, inline};
use crate::figures;
use crate::markdown::suite::left_out;
use crate::wording::decision::{self as wording, Tone};
use crate::wording::shortened;

/// The verdict in sentences, gates with their sign.
pub(crate) fn verdict(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let said = wording::sentences(document);
    let notes = wording::notes(document);
    if said.is_empty() && notes.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Decision\n")?;
    for one in said {
        let sign = match (one.kind, one.tone) {
            (wording::Kind::Gate | wording::Kind::Migration, Tone::Shown) => "✅ ",
            (wording::Kind::Gate | wording::Kind::Migration, Tone::Fails) => "❌ ",
            (wording::Kind::Gate | wording::Kind::Migration, Tone::Open) => "❔ ",
            _ => "",
        };
        writeln!(out, "- {sign}{}", inline(&one.sentence))?;
    }
    for note in notes {
        writeln!(out, "- {}", inline(note))?;
    }
    writeln!(out)
}

/// One row an arm.
pub(crate) fn arms(document: &Document<'_>, at_most: usize, out: &mut dyn io::Write) -> io::Result<()> {
    let Some(decision) = &document.analysis.decision else { return Ok(()) };
    let Some(primary) = decision.primary.filter(|_| !decision.contestants.is_empty()) else { return Ok(()) };
    let level = figures::percent(decision.ci_level);
    writeln!(out, "## Over {}\n", wording::items(decision))?;
    let repeats = decision.contestants.iter().map(|arm| arm.pass_hat_k.len()).max().unwrap_or(0);
    let mut headings = vec!["Contestant".to_owned(), format!("{} \\[{level}\\]", capital(primary.noun()))];
    if repeats > 1 {
        headings.extend([format!("pass@{repeats}"), format!("pass^{repeats}")]);
    }
    for name in ["Missing", "Cost of an answer", "Cost of a pass", "Latency, median", "Latency, p95", "P(best)", "Rank"]
    {
        headings.push(name.to_owned());
    }
    headings.push("Place".to_owned());
    writeln!(out, "| {} |", headings.join(" | "))?;
    let last = headings.len() - 1;
    let rule: Vec<&str> = (0..=last).map(|at| if at == 0 || at == last { "---" } else { "--:" }).collect();
    writeln!(out, "|{}|", rule.join("|"))?;
    for arm in decision.contestants.iter().take(at_most) {
        let mut row = vec![cell(&shortened(&arm.name)), cell(&wording::estimate(primary, arm))];
        if repeats > 1 {
            for list in [&arm.pass_at_k, &arm.pass_hat_k] {
                row.push(cell(&wording::value(Measure::Pass, list.get(repeats - 1).copied().flatten())));
            }
        }
        row.push(arm.primary.n_missing.to_string());
        for (measure, figure) in [
            (Measure::CostUsd, &arm.cost_per_item),
            (Measure::CostUsd, &arm.cost_per_passed_item),
            (Measure::LatencyMs, &arm.latency_p50_ms),
            (Measure::LatencyMs, &arm.latency_p95_ms),
        ] {
            row.push(cell(&wording::with_interval(measure, figure.value, figure.ci_low.zip(figure.ci_high), None)));
        }
        row.push(cell(&arm.p_best.map_or_else(|| figures::NONE.to_owned(), figures::rate)));
        row.push(arm.rank_interval.map_or_else(
            || figures::NONE.to_owned(),
            |(low, high)| if low == high { figures::exact(low) } else { format!("{low}–{high}") },
        ));
        row.push(wording::place(decision, &arm.name));
        writeln!(out, "| {} |", row.join(" | "))?;
    }
    writeln!(out)?;
    left_out(decision.contestants.len(), at_most, "contestants", out)?;
    if !decision.pareto.is_empty() {
        writeln!(out, "{}\n", inline(wording::FRONT))?;
    }
    Ok(())
}

/// Every gate with its arms.
pub(crate) fn gates(document: &Document<'_>, at_most: usize, out: &mut dyn io::Write) -> io::Result<()> {
    let Some(decision) = document.analysis.decision.as_ref().filter(|decision| !decision.gates.is_empty()) else {
        return Ok(());
    };
    writeln!(out, "## Gates\n")?;
    writeln!(out, "| Gate | Contestant | Answer | Figure | More answers needed |")?;
    writeln!(out, "|---|---|---|--:|--:|")?;
    let mut rows = 0;
    let mut shown = 0;
    for gate in &decision.gates {
        rows += gate.contestants.len().max(1);
        for line in gate_rows(gate) {
            if shown < at_most {
                writeln!(out, "{line}")?;
                shown += 1;
            }
        }
    }
    writeln!(out)?;
    left_out(rows, shown, "rows", out)
}

fn gate_rows(gate: &GateResult) -> Vec<String> {
    let text = cell(&shortened(&gate.gate));
    if gate.contestants.is_empty() {
        return vec![format!("| {text} | – | {} | {} | – |", answer(gate.answer), cell(&gate.reason))];
    }
    let rows = gate.contestants.iter().map(|arm| {
        let needed = arm.needed_runs.map_or_else(|| figures::NONE.to_owned(), figures::count);
        let name = shortened(&arm.name);
        let held = wording::held(gate, arm);
        let figure = held.strip_prefix(&name).unwrap_or(&held).trim_start_matches([':', ' ']);
        format!("| {text} | {} | {} | {} | {needed} |", cell(&name), answer(arm.answer), cell(figure))
    });
    rows.collect()
}

fn answer(answer: GateAnswer) -> &'static str {
    match answer {
        GateAnswer::Passes => "✅ passes",
        GateAnswer::Fails => "❌ fails",
        GateAnswer::Inconclusive => "❔ inconclusive",
    }
}

/// What a change of models changes.
pub(crate) fn changes(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let Some(migration) = document.analysis.migration.as_ref().filter(|found| !found.changes.is_empty()) else {
        return Ok(());
    };
    let (from, to) = (shortened(&migration.from), shortened(&migration.to));
    writeln!(out, "## What changes from {} to {}\n", inline(&from), inline(&to))?;
    writeln!(
        out,
        "| Measure | Items | From | To | Change \\[{}\\] | p corrected | |",
        figures::percent(migration.level)
    )?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|---|")?;
    for one in &migration.changes {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            one.metric.noun(),
            one.n_items,
            cell(&wording::value(one.metric, one.mean_from)),
            cell(&wording::value(one.metric, one.mean_to)),
            cell(&wording::changed_by(one)),
            p(one.p_value_corrected),
            if one.changed { "changed" } else { "not shown" },
        )?;
    }
    writeln!(out, "\n{}\n", inline(wording::CHANGES))
}

/// All pairs of the deciding measure, and those of others that are told apart.
pub(crate) fn pairs(document: &Document<'_>, at_most: usize, out: &mut dyn io::Write) -> io::Result<()> {
    let Some(decision) = &document.analysis.decision else { return Ok(()) };
    let Some(primary) = decision.primary else { return Ok(()) };
    let own = wording::pairs_of(decision, primary);
    if !own.is_empty() {
        writeln!(out, "## Pairs on {}\n", primary.noun())?;
        pair_table(decision, &own, false, at_most, out)?;
    }
    let others: Vec<&PairDecision> =
        decision.comparisons.iter().filter(|pair| pair.metric != primary && pair.significant).collect();
    if others.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Differences in other measures\n")?;
    pair_table(decision, &others, true, at_most, out)
}

fn pair_table(
    decision: &Decision,
    pairs: &[&PairDecision],
    measures: bool,
    at_most: usize,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let level = figures::percent(decision.ci_level);
    let measure = if measures { " Measure |" } else { "" };
    let rule = if measures { "---|" } else { "" };
    writeln!(
        out,
        "| A | B |{measure} Items | Mean A | Mean B | A − B \\[{level}\\] | p | p corrected | Effect | Method | |"
    )?;
    writeln!(out, "|---|---|{rule}--:|--:|--:|--:|--:|--:|--:|---|---|")?;
    for pair in pairs.iter().take(at_most) {
        let measure = if measures { format!(" {} |", pair.metric.noun()) } else { String::new() };
        let effect =
            pair.effect_size.map_or_else(|| figures::NONE.to_owned(), |size| figures::number(size).replace('-', "−"));
        let method = [pair.method.as_str(), pair.test.as_str()];
        let method: Vec<String> =
            method.iter().filter(|word| !word.is_empty()).map(|word| word.replace('_', " ")).collect();
        let verdict = match pair.p_value_corrected {
            Some(_) if pair.significant => "shown to differ",
            Some(_) => "not shown to differ",
            None => wording::status(pair.status),
        };
        writeln!(
            out,
            "| {} | {} |{measure} {} | {} | {} | {} | {} | {} | {effect} | {} | {verdict} |",
            cell(&shortened(&pair.a)),
            cell(&shortened(&pair.b)),
            pair.n_items,
            cell(&wording::value(pair.metric, pair.mean_a)),
            cell(&wording::value(pair.metric, pair.mean_b)),
            cell(&wording::difference(pair.metric, pair.difference, pair.ci_low.zip(pair.ci_high))),
            p(pair.p_value),
            p(pair.p_value_corrected),
            method.join(", "),
        )?;
    }
    writeln!(out)?;
    left_out(pairs.len(), at_most, "pairs", out)?;
    writeln!(
        out,
        "Pairs are paired by item; p is corrected ({}) over all pairs of a measure; the effect is Cohen's d of the items' differences.\n",
        wording::correction(decision.correction)
    )
}

/// The evidence that a run was stopped by.
pub(crate) fn stopping(document: &Document<'_>, at_most: usize, out: &mut dyn io::Write) -> io::Result<()> {
    let analysis = document.analysis;
    let Some(stopping) = &analysis.stopping else { return Ok(()) };
    let arms = analysis.decision.as_ref().map_or(&[][..], |decision| &decision.contestants);
    let name = |at: u32| arms.get(at as usize).map_or_else(String::new, |arm| cell(&shortened(&arm.name)));
    writeln!(out, "## Evidence for stopping\n")?;
    writeln!(out, "| A | B | Items | Left out | A − B | Holds at every look | e-value | Verdict |")?;
    writeln!(out, "|---|---|--:|--:|--:|--:|--:|---|")?;
    for pair in stopping.evidence.iter().take(at_most) {
        let number = |value: f64| figures::number(value).replace('-', "−");
        let verdict = pair.verdict.map_or_else(
            || "open".to_owned(),
            |(verdict, items)| {
                use evals::decision::sequential::PairVerdict;
                let words = match verdict {
                    PairVerdict::ABetter => "A is better",
                    PairVerdict::BBetter => "B is better",
                    PairVerdict::Equivalent => "within the margin",
                };
                format!("{words}, after {items} items")
            },
        );
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} to {} | {} | {verdict} |",
            name(pair.a),
            name(pair.b),
            pair.n_items,
            pair.n_missing,
            pair.difference.map_or_else(|| figures::NONE.to_owned(), number),
            number(pair.low),
            number(pair.high),
            e_value(pair.ln_e_value),
        )?;
    }
    writeln!(out)?;
    left_out(stopping.evidence.len(), at_most, "pairs", out)
}

/// An e-value from its logarithm; past a million its size says nothing more.
fn e_value(ln: f64) -> String {
    const MILLION: f64 = 1e6;
    if !ln.is_finite() {
        figures::NONE.to_owned()
    } else if ln >= MILLION.ln() {
        "over 1,000,000".to_owned()
    } else {
        figures::number(ln.exp())
    }
}

fn p(p: Option<f64>) -> String {
    p.map_or_else(|| figures::NONE.to_owned(), |p| figures::p_value(p).replace('<', "\\<"))
}

pub(crate) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
