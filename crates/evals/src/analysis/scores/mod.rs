//! How answers were scored: checks, judges, signs of fabrication. A pure function of what is stored.
//!
//! Judges' replies are read here, not when they arrive, and checks are evaluated here, so a replay with
//! other checks or a better parser costs nothing. Only what programs said is stored as they said it.

mod check;
mod contestant;
mod fabrication;
mod gate;
mod judge;
mod notes;
mod pairwise;
mod replies;
mod trust;

use std::collections::HashMap;

use super::scored::{RowScores, Scores};
use crate::imported::{self, IMPORTED};
use crate::plan::Plan;
use crate::record::{CallRecord, Externals, RunHeader};
use crate::store::Label;

use gate::verdict;
pub(super) use notes::notes;

/// What scores are made from.
pub(super) struct Material<'a> {
    pub(super) plan: &'a Plan,
    pub(super) rows: &'a [CallRecord],
    pub(super) judge_calls: &'a [CallRecord],
    pub(super) externals: &'a Externals,
    pub(super) labels: &'a [Label],
}

impl<'a> Material<'a> {
    fn header(&self) -> &'a RunHeader {
        &self.plan.header
    }

    /// Where the row of a call is: rows are in the order of their calls, without those that were not needed.
    fn place(&self, index: u32) -> Option<usize> {
        let at = index as usize;
        if self.rows.get(at).is_some_and(|row| row.call.index == index) {
            return Some(at);
        }
        self.rows.binary_search_by_key(&index, |row| row.call.index).ok()
    }

    /// The row of a call.
    fn row(&self, index: u32) -> Option<&'a CallRecord> {
        self.rows.get(self.place(index)?)
    }

    /// The judges' calls by position of their judgement.
    fn by_judgement(&self) -> HashMap<usize, &'a CallRecord> {
        let answers = self.plan.calls.len();
        let position = |record: &CallRecord| (record.call.index as usize).checked_sub(answers);
        self.judge_calls.iter().filter_map(|record| Some((position(record)?, record))).collect()
    }
}

/// Scores a run.
pub(super) fn score(material: &Material<'_>) -> Scores {
    let header = material.header();
    let scoring = &header.scoring;
    if header.command != IMPORTED
        && !header.has_checks()
        && scoring.judging.is_none()
        && !scoring.hallucination
        && scoring.suite.is_none()
    {
        return Scores::default();
    }
    let replies = replies::read(material);
    let mut rows: Vec<RowScores> = material.rows.iter().map(|_| RowScores::default()).collect();
    if header.command == IMPORTED {
        for (index, measure, value) in imported::figures(material.externals) {
            if let Some(place) = material.place(index) {
                rows[place].imported.push((measure, value));
            }
        }
        for row in &mut rows {
            row.imported.sort_by_key(|(measure, _)| *measure);
        }
    }
    judge::fill(material, &replies, &mut rows);
    check::fill(material, &replies, &mut rows);
    if scoring.hallucination {
        fabrication::fill(material, &replies, &mut rows);
    }
    let checks = header.has_checks().then(|| check::totals(material.rows, &rows, |_| true));
    let judging = scoring.judging.as_ref().map(|judging| trust::results(material, judging, &replies, &rows));
    let hallucination = scoring.hallucination.then(|| fabrication::results(material, &rows));
    let contestants = contestant::all(material, &rows);
    Scores { rows, checks, judging, hallucination, contestants, gate: verdict(header, checks.as_ref()) }
}

/// How the answers to one item of a plan are scored, as [`score`] scores them, from the records of its calls and of its
/// judges' calls: for deciding while a run goes on. `header` is the plan's without its prompts.
pub(crate) fn score_item(
    plan: &Plan,
    header: &RunHeader,
    prompt: u32,
    rows: &[CallRecord],
    judge_calls: &[CallRecord],
    externals: &Externals,
) -> Vec<RowScores> {
    let Some(item) = plan.header.prompts.get(prompt as usize) else { return Vec::new() };
    let place = |index: u32| rows.binary_search_by_key(&index, |row| row.call.index).ok().map(|at| at as u32);
    let renumbered = |row: &CallRecord, at: usize| CallRecord {
        call: crate::record::PlannedCall { index: at as u32, prompt: 0, ..row.call },
        ..row.clone()
    };
    let own: Vec<CallRecord> = rows.iter().enumerate().map(|(at, row)| renumbered(row, at)).collect();
    let (mut judgements, mut said) = (Vec::new(), Vec::new());
    for record in judge_calls {
        let Some(judgement) = (record.call.index as usize)
            .checked_sub(plan.calls.len())
            .and_then(|position| plan.judgements.get(position))
        else {
            continue;
        };
        let Some(task) = judgement.task.renumbered(&place) else { continue };
        said.push(renumbered(record, own.len() + judgements.len()));
        judgements.push(crate::record::Judgement { task, ..judgement.clone() });
    }
    let externals = externals
        .iter()
        .filter_map(|((index, path), result)| Some(((place(*index)?, path.clone()), result.clone())))
        .collect();
    let small = Plan {
        header: RunHeader { prompts: vec![item.clone()], ..header.clone() },
        calls: own.iter().map(|row| row.call).collect(),
        dispatch_order: Vec::new(),
        worst_cases: Vec::new(),
        prompt_overheads: Vec::new(),
        judgements,
    };
    let material = Material { plan: &small, rows: &own, judge_calls: &said, externals: &externals, labels: &[] };
    let replies = replies::read(&material);
    let mut scored: Vec<RowScores> = own.iter().map(|_| RowScores::default()).collect();
    judge::fill(&material, &replies, &mut scored);
    check::fill(&material, &replies, &mut scored);
    scored
}
