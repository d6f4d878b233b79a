//! The ledger, shared by the calls of a run, with a bell that rings whenever money comes back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use llm::money::Usd;
use tokio::sync::Notify;

use crate::ledger::{Balance, Hold, Ledger};

/// A ledger for many tasks, and the number of calls that still may move money.
pub(super) struct Budget {
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    ledger: Ledger,
    outstanding: usize,
}

/// One call that may still move money. Dropping it says that it will not.
pub(super) struct Outstanding {
    budget: Arc<Budget>,
}

/// What became of the wish to hold a block.
pub(super) enum Wish {
    /// Everything is held.
    Held(Vec<(Hold, Outstanding)>),
    /// It does not fit now, and calls in flight may still free some.
    Later,
    /// It does not fit, and nothing will change that.
    Never,
}

impl Budget {
    pub(super) fn new(ledger: Ledger) -> Self {
        Self { state: Mutex::new(State { ledger, outstanding: 0 }), changed: Notify::new() }
    }

    /// Holds all of a block or nothing.
    pub(super) fn wish(self: &Arc<Self>, amounts: &[Usd]) -> Wish {
        let mut state = self.lock();
        match state.ledger.try_hold_all(amounts.iter().copied()) {
            Some(holds) => {
                state.outstanding += holds.len();
                let outstanding = || Outstanding { budget: Arc::clone(self) };
                Wish::Held(holds.into_iter().map(|hold| (hold, outstanding())).collect())
            }
            None if state.outstanding > 0 => Wish::Later,
            None => Wish::Never,
        }
    }

    /// Resolves at the next movement after it is first polled.
    pub(super) fn moved(&self) -> tokio::sync::futures::Notified<'_> {
        self.changed.notified()
    }

    pub(super) fn try_hold(&self, amount: Usd) -> Option<Hold> {
        self.lock().ledger.try_hold(amount)
    }

    /// Returns how far the use passed the hold.
    pub(super) fn settle(&self, hold: Hold, used: Usd) -> Usd {
        let past = self.lock().ledger.settle(hold, used);
        self.changed.notify_waiters();
        past
    }

    pub(super) fn release(&self, hold: Hold) {
        self.lock().ledger.release(hold);
        self.changed.notify_waiters();
    }

    pub(super) fn keep(&self, hold: Hold) {
        self.lock().ledger.keep(hold);
    }

    pub(super) fn balance(&self) -> Balance {
        self.lock().ledger.balance()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The ledger's operations cannot stop half-way, so a panic elsewhere leaves it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Outstanding {
    fn drop(&mut self) {
        self.budget.lock().outstanding -= 1;
        self.budget.changed.notify_waiters();
    }
}
