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
    if !header.has_checks() && scoring.judging.is_none() && !scoring.hallucination && scoring.suite.is_none() {
        return Scores::default();
    }
    let replies = replies::read(material);
    let mut rows: Vec<RowScores> = material.rows.iter().map(|_| RowScores::default()).collect();
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
