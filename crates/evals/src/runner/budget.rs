//! The ledger, shared by the calls of a run, with a bell that rings whenever money comes back.

use std::collections::BTreeMap;
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
    /// Judgements that wait for money that others may give back; among the outstanding ones. True for
    /// one that gave back what was held for it, so that another could go first.
    waiting: BTreeMap<usize, bool>,
}

/// One call that may still move money. Dropping it says that it will not.
pub(super) struct Outstanding {
    budget: Arc<Budget>,
}

/// What a judgement that waits for money can do.
pub(super) enum Turn {
    /// It is paid for.
    Affordable(Hold),
    /// Wait for the bell.
    Wait(Hold),
    /// Nothing will ever make room for it.
    InVain(Hold),
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
        let state = State { ledger, outstanding: 0, waiting: BTreeMap::new() };
        Self { state: Mutex::new(state), changed: Notify::new() }
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

    /// Exchanges a hold for one of another amount, or gives it back as it was.
    pub(super) fn exchange(&self, hold: Hold, amount: Usd) -> Result<Hold, Hold> {
        let before = hold.amount();
        let exchanged = self.lock().ledger.resize(hold, amount);
        if exchanged.as_ref().is_ok_and(|hold| hold.amount() < before) {
            self.changed.notify_waiters();
        }
        exchanged
    }

    /// From here on a judgement waits for money.
    pub(super) fn wait(&self, judgement: usize) {
        self.lock().waiting.insert(judgement, false);
        // Whoever waits for this one's money must look whether any can still come.
        self.changed.notify_waiters();
    }

    /// Ends a wait.
    pub(super) fn stop_waiting(&self, judgement: usize) {
        self.lock().waiting.remove(&judgement);
        self.changed.notify_waiters();
    }

    /// What a judgement that waits can do now. While something is in flight, money may come back. When
    /// nothing is, those that wait give way to the first of them, the last one first; and when that is
    /// not enough, the first one ends its wait in vain.
    pub(super) fn try_again(&self, judgement: usize, hold: Hold, amount: Usd) -> Turn {
        let mut state = self.lock();
        let hold = match state.ledger.resize(hold, amount) {
            Ok(hold) => return Turn::Affordable(hold),
            Err(hold) => hold,
        };
        if state.outstanding > state.waiting.len() {
            return Turn::Wait(hold);
        }
        let first = state.waiting.first_key_value().map(|(first, _)| *first);
        let last_with_money = state.waiting.iter().rev().find(|(_, gave_way)| !**gave_way).map(|(last, _)| *last);
        if first == Some(judgement) {
            let alone = last_with_money.is_none_or(|last| last == judgement);
            return if alone { Turn::InVain(hold) } else { Turn::Wait(hold) };
        }
        if last_with_money != Some(judgement) {
            return Turn::Wait(hold);
        }
        state.waiting.insert(judgement, true);
        let hold = match state.ledger.resize(hold, Usd::ZERO) {
            Ok(hold) | Err(hold) => hold,
        };
        drop(state);
        self.changed.notify_waiters();
        Turn::Wait(hold)
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
