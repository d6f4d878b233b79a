//! A call's record as it lies in the store: the answer once.
//!
//! In memory a record carries the answer of its last attempt beside the attempts, because everyone
//! asks for that one. Stored twice it would be half of every record.

use std::borrow::Cow;
use std::time::Duration;

use llm::error::ApiError;
use llm::outcome::{Answer, Outcome};
use serde::{Deserialize, Serialize};

use crate::record::{AttemptRecord, CallCost, CallRecord, PlannedCall, Timing};

/// [`CallRecord`] with the answer left out where it is the last attempt's.
#[derive(Serialize, Deserialize)]
pub(super) struct LeanRecord<'a> {
    call: PlannedCall,
    outcome: Outcome,
    error: Cow<'a, Option<ApiError>>,
    answer: Option<Cow<'a, Answer>>,
    queued: Duration,
    attempts: Cow<'a, [AttemptRecord]>,
    timing: Timing,
    cost: CallCost,
    from_cache: bool,
}

impl<'a> LeanRecord<'a> {
    pub(super) fn of(record: &'a CallRecord) -> Self {
        let repeated = record.attempts.last().is_some_and(|last| last.attempt.answer == record.answer);
        Self {
            call: record.call,
            outcome: record.outcome,
            error: Cow::Borrowed(&record.error),
            answer: (!repeated).then_some(Cow::Borrowed(&record.answer)),
            queued: record.queued,
            attempts: Cow::Borrowed(&record.attempts),
            timing: record.timing,
            cost: record.cost,
            from_cache: record.from_cache,
        }
    }

    pub(super) fn into_record(self) -> CallRecord {
        let repeated = || self.attempts.last().map(|last| last.attempt.answer.clone());
        CallRecord {
            answer: self.answer.map(Cow::into_owned).or_else(repeated).unwrap_or_default(),
            call: self.call,
            outcome: self.outcome,
            error: self.error.into_owned(),
            queued: self.queued,
            attempts: self.attempts.into_owned(),
            timing: self.timing,
            cost: self.cost,
            from_cache: self.from_cache,
        }
    }
}
