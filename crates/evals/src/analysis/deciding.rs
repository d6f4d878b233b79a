//! What a run decides over its items: asked in the header, answered by [`crate::decision`].

use super::compare;
use super::model::Analysis;
use crate::decision::migration;
use crate::decision::sequential::{self, StopReason, Stopping, StoppingRule};
use crate::decision::{Bar, DecisionOptions, Gate, Measure, Scores, decide_scores};
use crate::plan::Plan;
use crate::record::{Note, PlannedCall, RunEnd, RunHeader};

/// What the header asks, as options. Expressions were checked when the run was planned; one that no longer reads
/// is left out and returned as a note.
pub fn options(header: &RunHeader) -> (DecisionOptions, Vec<Note>) {
    let asked = &header.analysis.decision;
    let mut notes = Vec::new();
    let mut unread = |error: &dyn std::fmt::Display| {
        notes.push(Note { code: "unread_expression".to_owned(), text: format!("{error}") });
    };
    let bar = asked.bar.as_deref().and_then(|text| text.parse::<Bar>().map_err(|error| unread(&error)).ok());
    let gates = asked.gates.iter().filter_map(|text| text.parse::<Gate>().map_err(|error| unread(&error)).ok());
    let gates: Vec<Gate> = gates.collect();
    let defaults = DecisionOptions::default();
    let mut metrics = Vec::new();
    if let Some(first) = asked.metric.as_deref().and_then(Measure::parse) {
        metrics.extend([first, Measure::Pass, Measure::Score, Measure::LatencyMs, Measure::CostUsd]);
    }
    let options = DecisionOptions {
        metrics,
        level: header.analysis.ci_level,
        correction: asked.correction.map_or(defaults.correction, compare::correction),
        resamples: header.analysis.resamples as usize,
        seed: Some(header.analysis.bootstrap_seed.unwrap_or(header.seed)),
        bar,
        gates,
        baseline: asked.baseline.clone(),
        ..defaults
    };
    (options, notes)
}

/// Decides what the header asks, and what every run of several items is asked anyway.
pub(super) fn decide(analysis: &mut Analysis, order: &[u32], calls: &[PlannedCall]) {
    let asked = analysis.header.analysis.decision.clone();
    let wanted = analysis.header.prompts.len() > 1
        || analysis.header.scoring.suite.is_some()
        || asked != crate::record::DecisionAsked::default();
    if !wanted {
        return;
    }
    let (options, notes) = options(&analysis.header);
    analysis.notes.extend(notes);
    let scores = Scores::of(analysis);
    let decision = decide_scores(&scores, &options);
    if let Some(stop) = &asked.stop
        && let Some((measure, rule)) = rule(&scores, &analysis.header, decision.primary)
    {
        analysis.stopping = stopping(analysis, &scores, measure, rule, order, calls);
        if analysis.stopping.is_none() {
            analysis.notes.push(Note {
                code: "not_watched".to_owned(),
                text: format!(
                    "The run could not be watched for a decision at alpha {}: it has a single arm.",
                    stop.alpha
                ),
            });
        }
    }
    if let Some(asked) = &asked.migration {
        match migration::migration(analysis, &asked.from, &asked.to, asked.margin, &options) {
            Ok(found) => analysis.migration = Some(found),
            Err(error) => {
                analysis.notes.push(Note { code: "no_migration_check".to_owned(), text: error.to_string() });
            }
        }
    }
    analysis.decision = Some(decision);
}

/// By what a run that stops when it is decided decides; `None` where nothing bounded is measured, or nothing was asked.
pub(crate) fn rule(scores: &Scores, header: &RunHeader, primary: Option<Measure>) -> Option<(Measure, StoppingRule)> {
    let stop = header.analysis.decision.stop.as_ref()?;
    let measure = primary.filter(|measure| measure.is_quality())?;
    let rule = StoppingRule::of(scores, measure, header.runs, stop.alpha, stop.margin)?;
    Some((measure, StoppingRule { futility: stop.futility, ..rule }))
}

/// The prompts in the order in which a run that stops when it is decided asks them.
pub(crate) fn item_order(order: &[u32], calls: &[PlannedCall]) -> Vec<usize> {
    let mut items: Vec<usize> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for call in order.iter().filter_map(|&index| calls.get(index as usize)) {
        if seen.insert(call.prompt) {
            items.push(call.prompt as usize);
        }
    }
    items
}

/// What a run that stops when it is decided is decided by, before anything was sent: the measure of quality that its
/// suite gives. `None` where there is neither a check nor a judge that scores.
pub fn measure_of_plan(plan: &Plan) -> Option<Measure> {
    let header = &plan.header;
    let judged = header.scoring.judging.as_ref().is_some_and(|judging| judging.mode == crate::record::JudgeMode::Score);
    let asked = header.analysis.decision.metric.as_deref().and_then(Measure::parse);
    let there = |measure: &Measure| match measure {
        Measure::Pass | Measure::CheckShare => header.has_checks(),
        Measure::Score => judged,
        _ => false,
    };
    [asked, Some(Measure::Pass), Some(Measure::Score)].into_iter().flatten().find(there)
}

fn stopping(
    analysis: &Analysis,
    scores: &Scores,
    measure: Measure,
    rule: StoppingRule,
    order: &[u32],
    calls: &[PlannedCall],
) -> Option<Stopping> {
    // Items beyond the stop that were on their way when it came still count in every other figure.
    let monitor = sequential::replay(scores, measure, &item_order(order, calls), rule).ok()?;
    let made = analysis.rows.iter().filter(|row| super::rows::was_made(row)).count();
    let mut found = monitor.report(made as u32, calls.len() as u32);
    if found.decision.is_none() && analysis.end == RunEnd::BudgetReached {
        found.decision = Some(StopReason::Budget);
    }
    Some(found)
}
