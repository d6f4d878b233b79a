//! When a server refuses everything, nothing more is asked for a while: each further request would prolong the block.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Resources in a row that a server refused to the last attempt, before it is left alone.
const IN_A_ROW: u32 = 3;

/// How long it is left alone. The SEC lifts a block after ten minutes; a single run of the tool is over by then.
const ALONE: Duration = Duration::from_mins(10);

/// Whether the server refuses everything.
#[derive(Debug, Default)]
pub(super) struct Block(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    in_a_row: u32,
    undeclared: bool,
    last: Option<Instant>,
}

impl Block {
    /// Whether nothing should be asked now; if so, whether the reason is that the server does not know who asks.
    pub(super) fn stands(&self) -> Option<bool> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = state.last.is_some_and(|last| last.elapsed() < ALONE);
        (state.in_a_row >= IN_A_ROW && recent).then_some(state.undeclared)
    }

    /// A resource was refused to its last attempt.
    pub(super) fn refused(&self, undeclared: bool) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.in_a_row += 1;
        state.undeclared = undeclared;
        state.last = Some(Instant::now());
    }

    /// The server answered.
    pub(super) fn answered(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }
}
