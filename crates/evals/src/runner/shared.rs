//! What the calls of a run share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use llm::call::Backend;
use llm::client::RetryPolicy;
use llm::error::{ApiError, ErrorKind};
use llm::money::Usd;
use llm::request::ChatRequest;
use tokio::sync::watch;

use super::budget::Budget;
use super::deciding::Deciding;
use super::judging::Pending;
use super::observe::RunObserver;
use super::scripts::Scripts;
use super::stop::{StopLevel, StopSignal};
use crate::plan::{CacheKey, Plan, printable_up};
use crate::record::{AttemptRecord, CallRecord, Externals, Note, PlannedCall};
use crate::store::{FinishedCall, Label, RunWriter, Store, StoreError, StoredCall};

/// Why a run begins nothing more, although nobody asked it to stop.
#[derive(Debug, Clone)]
pub(super) enum Halt {
    /// A provider billed more than the worst case: nothing that is held can be trusted any more.
    Overrun,
    /// Results can no longer be stored.
    StoreFailed(StoreError),
    /// What was asked is decided.
    Decided,
}

/// Where a run is stored.
pub(super) struct Storing {
    pub(super) store: Arc<Store>,
    pub(super) writer: RunWriter,
}

/// What the calls of a run share.
pub(super) struct Shared {
    pub(super) plan: Plan,
    pub(super) backends: Vec<Arc<dyn Backend>>,
    pub(super) budget: Arc<Budget>,
    pub(super) observer: Arc<dyn RunObserver>,
    pub(super) stop: StopSignal,
    pub(super) retry: RetryPolicy,
    pub(super) storing: Option<Storing>,
    pub(super) use_cache: bool,
    /// Records of an earlier part of the run whose calls are made again.
    pub(super) reopened: HashMap<u32, Vec<AttemptRecord>>,
    pub(super) progress: Mutex<Progress>,
    pub(super) halted: watch::Sender<Option<Halt>>,
    /// Judgements that are paid for and wait for their answers.
    pub(super) judging: Pending,
    /// What stops the run when it is decided.
    pub(super) deciding: Deciding,
    /// The users' programs that check answers.
    pub(super) scripts: Scripts,
    /// For each contestant and judge, the error after which none of its calls can succeed.
    pub(super) barred: Vec<OnceLock<ApiError>>,
}

/// What a run has so far.
#[derive(Default)]
pub(super) struct Progress {
    pub(super) records: HashMap<u32, CallRecord>,
    pub(super) externals: Externals,
    pub(super) labels: Vec<Label>,
    pub(super) learned: Vec<Note>,
}

impl Shared {
    pub(super) fn progress(&self) -> MutexGuard<'_, Progress> {
        // Every change is a single insertion: a panic elsewhere leaves no half of one.
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True while new attempts may begin.
    pub(super) fn may_begin(&self) -> bool {
        self.stop.level() == StopLevel::Run && self.halted.borrow().is_none()
    }

    /// Resolves once no new attempt may begin.
    pub(super) async fn may_not_begin(&self) {
        let mut halted = self.halted.subscribe();
        tokio::select! {
            () = self.stop.reached(StopLevel::Drain) => {}
            _ = halted.wait_for(Option::is_some) => {}
        }
    }

    /// Begins nothing more. The first reason stays.
    pub(super) fn halt(&self, reason: Halt) {
        let text = match &reason {
            Halt::StoreFailed(error) => {
                Some(format!("The run was stopped because results can no longer be stored: {error}."))
            }
            Halt::Overrun | Halt::Decided => None,
        };
        let first = self.halted.send_if_modified(|halted| {
            let first = halted.is_none();
            halted.get_or_insert(reason);
            first
        });
        if let Some(text) = text.filter(|_| first) {
            self.note("store_failed", text);
        }
    }

    pub(super) fn overrun(&self, contestant: &str, past: Usd) {
        let past = printable_up(past).1;
        self.note("overrun", format!(
            "{contestant} was billed {past} USD more than the most that its call could cost by the recorded prices. The run was stopped; check the price table."
        ));
        self.halt(Halt::Overrun);
    }

    /// Says something that became known, once.
    pub(super) fn note(&self, code: &str, text: String) {
        let note = Note { code: code.to_owned(), text };
        {
            let mut progress = self.progress();
            if progress.learned.contains(&note) {
                return;
            }
            progress.learned.push(note.clone());
        }
        self.observer.note(&note);
    }

    /// True for a call that the user let run under a cap although nothing bounds its cost: the
    /// ledger neither holds nor counts it, and a note of the plan says so.
    pub(super) fn outside_the_cap(&self, call: &PlannedCall) -> bool {
        outside_the_cap(&self.plan, call)
    }

    pub(super) fn earlier_attempts(&self, call: &PlannedCall) -> Vec<AttemptRecord> {
        self.reopened.get(&call.index).cloned().unwrap_or_default()
    }

    /// The error after which no call of this contestant can succeed, worded for a call that is not made.
    pub(super) fn barred(&self, call: &PlannedCall) -> Option<ApiError> {
        let first = self.barred[call.contestant as usize].get()?;
        let message = format!("not sent, because an earlier call of this contestant failed with: {}", first.message);
        Some(ApiError { message, ..first.clone() })
    }

    /// An earlier answer to the same call, if the cache is in use and has one.
    pub(super) fn cached(&self, call: &PlannedCall, question: Option<&ChatRequest>) -> Option<StoredCall> {
        let storing = self.storing.as_ref().filter(|_| self.use_cache)?;
        let found = storing.store.cached(&self.cache_key(call, question), storing.writer.run_id());
        found.unwrap_or_else(|error| {
            self.halt(Halt::StoreFailed(error));
            None
        })
    }

    fn cache_key(&self, call: &PlannedCall, question: Option<&ChatRequest>) -> CacheKey {
        match question {
            None => CacheKey::of(&self.plan, call),
            Some(question) => CacheKey::of_judgement(&self.plan, call, question),
        }
    }

    /// Writes down that an attempt is about to be made.
    pub(super) async fn dispatching(&self, call: &PlannedCall, held: Option<Usd>) -> Result<(), StoreError> {
        match &self.storing {
            Some(storing) => storing.writer.dispatching(call.index, held).await,
            None => Ok(()),
        }
    }

    /// Stores a record, keeps it, and only then shows it.
    pub(super) async fn hand_in(
        &self,
        record: CallRecord,
        cached_from: Option<(String, u32)>,
        question: Option<&ChatRequest>,
    ) {
        self.bar_after(&record);
        let mut record = match &self.storing {
            None => record,
            Some(storing) => {
                let model = self.plan.contestant(&record.call).model.clone();
                let cache_key = self.cache_key(&record.call, question);
                let call = FinishedCall { record, model, cache_key, cached_from };
                let (call, stored) = storing.writer.append(call).await;
                if let Err(error) = stored {
                    self.halt(Halt::StoreFailed(error));
                }
                call.record
            }
        };
        // The bytes are in the store, or nobody wanted them; in memory they would add up.
        if !matches!(&*self.halted.borrow(), Some(Halt::StoreFailed(_))) {
            for attempt in &mut record.attempts {
                attempt.attempt.request_body = Vec::new();
                attempt.attempt.raw.body = Vec::new();
            }
        }
        self.observer.finished(&record);
        self.progress().records.insert(record.call.index, record);
    }

    /// A wrong key or an empty account fails every further call of its contestant: they are not sent.
    fn bar_after(&self, record: &CallRecord) {
        let Some(error) = record.error.as_ref().filter(|_| !record.attempts.is_empty()) else { return };
        if !matches!(error.kind, ErrorKind::Authentication | ErrorKind::QuotaExhausted) {
            return;
        }
        if self.barred[record.call.contestant as usize].set(error.clone()).is_ok() {
            let name = &self.plan.contestant(&record.call).name;
            self.note(
                "contestant_stopped",
                format!("No more calls of {name} were sent after one failed with: {}", error.message),
            );
        }
    }
}

pub(super) fn outside_the_cap(plan: &Plan, call: &PlannedCall) -> bool {
    plan.header.max_cost.is_some() && plan.worst_cases[call.index as usize].is_none()
}
