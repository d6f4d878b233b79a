//! What a front end sees of a run while it goes on.

use std::time::Duration;

use llm::error::ApiError;
use llm::event::TimedEvent;

use crate::ledger::Balance;
use crate::record::{CallRecord, Note, PlannedCall};

/// Sees a run while it goes on. Called from the tasks that make the calls: be quick, never block.
pub trait RunObserver: Send + Sync {
    /// An attempt begins, counted from 0.
    fn started(&self, call: &PlannedCall, attempt: u32) {
        let _ = (call, attempt);
    }

    /// Something arrived.
    fn event(&self, call: &PlannedCall, event: &TimedEvent) {
        let _ = (call, event);
    }

    /// An attempt failed and another one follows after a pause.
    fn retrying(&self, call: &PlannedCall, delay: Duration, error: &ApiError) {
        let _ = (call, delay, error);
    }

    /// A call ended. With a store it is stored by now.
    fn finished(&self, record: &CallRecord) {
        let _ = record;
    }

    /// A planned judgement is not made, because there is nothing to judge. Its call index.
    fn not_asked(&self, call_index: u32) {
        let _ = call_index;
    }

    /// Money moved.
    fn budget(&self, balance: &Balance) {
        let _ = balance;
    }

    /// Something became known that the user must know.
    fn note(&self, note: &Note) {
        let _ = note;
    }
}

/// Looks away.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;

impl RunObserver for NoObserver {}
