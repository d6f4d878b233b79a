//! One row for every planned call, in plan order, whatever order the calls came back in.

use std::collections::BTreeMap;
use std::time::Duration;

use llm::outcome::{Answer, Outcome};

use super::model::Totals;
use crate::record::{CallCost, CallRecord, PlannedCall, Timing};

/// The record of every planned call by its position; a call never made is cancelled, with no attempts and certainly no cost.
///
/// The store keeps one record a call; should there be two (a call resumed after it was cancelled), the
/// one that got further stands. Records of calls that were not planned are left out.
pub(super) fn complete(planned: &[PlannedCall], records: Vec<CallRecord>) -> Vec<CallRecord> {
    let mut made: BTreeMap<u32, CallRecord> = BTreeMap::new();
    for record in records {
        match made.get(&record.call.index) {
            Some(earlier) if rank(earlier) >= rank(&record) => {}
            _ => {
                made.insert(record.call.index, record);
            }
        }
    }
    let mut rows: Vec<CallRecord> = planned
        .iter()
        .map(|call| match made.remove(&call.index) {
            Some(record) => CallRecord { call: *call, ..record },
            None => never_made(*call),
        })
        .collect();
    rows.sort_by_key(|row| row.call.index);
    rows
}

/// Whether anything was sent or read from the cache for this call.
pub(super) fn was_made(row: &CallRecord) -> bool {
    row.from_cache || !row.attempts.is_empty() || row.outcome != Outcome::Cancelled
}

/// Whether the call ended in an answer of some kind, which the provider bills: neither error nor cancelled.
pub(super) fn is_billed(row: &CallRecord) -> bool {
    !matches!(row.outcome, Outcome::Error | Outcome::Cancelled)
}

/// Requests sent beyond the first.
pub(super) fn retries(row: &CallRecord) -> u32 {
    row.attempts.len().saturating_sub(1) as u32
}

/// Position of an outcome in [`Outcome::ALL`].
pub(super) fn outcome_position(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Complete => 0,
        Outcome::Truncated => 1,
        Outcome::Refused => 2,
        Outcome::Filtered => 3,
        Outcome::Empty => 4,
        Outcome::Error => 5,
        Outcome::Cancelled => 6,
    }
}

/// Sums over all rows. Tokens are those of every attempt that was sent, as cost is; cached answers sent none.
pub(super) fn totals(rows: &[CallRecord]) -> Totals {
    let mut totals = Totals { planned: rows.len() as u32, ..Totals::default() };
    for row in rows {
        totals.outcomes[outcome_position(row.outcome)] += 1;
        match row.cost {
            CallCost::Known(usd) => totals.cost += usd,
            CallCost::Free | CallCost::Nothing => {}
            CallCost::Unpriced => totals.unpriced += 1,
            CallCost::Unknown(held) => {
                totals.cost_unknown += 1;
                totals.cost_held += held.unwrap_or_default();
            }
        }
        totals.retries += retries(row);
        totals.from_cache += u32::from(row.from_cache);
        if !row.from_cache {
            for sent in &row.attempts {
                let usage = &sent.attempt.answer.usage;
                totals.input_tokens = totals.input_tokens.saturating_add(usage.input.unwrap_or(0));
                totals.output_tokens = totals.output_tokens.saturating_add(usage.output.unwrap_or(0));
            }
        }
    }
    totals
}

fn rank(record: &CallRecord) -> (bool, usize) {
    (record.outcome != Outcome::Cancelled, record.attempts.len())
}

fn never_made(call: PlannedCall) -> CallRecord {
    CallRecord {
        call,
        outcome: Outcome::Cancelled,
        error: None,
        answer: Answer::default(),
        queued: Duration::ZERO,
        attempts: Vec::new(),
        timing: Timing::default(),
        cost: CallCost::Nothing,
        from_cache: false,
    }
}
