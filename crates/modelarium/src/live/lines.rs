//! Progress where nobody watches a terminal: a line at each tenth of the run, and nothing that scrolls away.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use evals::ledger::Balance;
use evals::record::{CallRecord, Note, PlannedCall};
use evals::runner::RunObserver;
use llm::error::ApiError;
use llm::outcome::Outcome;

use super::pace::Pace;
use crate::printer::Printer;

/// Prints at most ten progress lines a run.
#[derive(Debug)]
pub(crate) struct CalmLines {
    printer: Printer,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    planned: u32,
    done: u32,
    failed: u32,
    retries: u32,
    balance: Balance,
    shown_tenths: u32,
    pace: Pace,
}

impl CalmLines {
    /// For a run of this many calls, some of which may be done already.
    pub(crate) fn new(printer: Printer, planned: u32, done: u32) -> Self {
        let shown_tenths = (done * 10).checked_div(planned).unwrap_or(0);
        Self { printer, state: Mutex::new(State { planned, done, shown_tenths, ..State::default() }) }
    }
}

impl State {
    fn line(&self) -> String {
        let state = self;
        let mut line = format!("{}/{} calls done", state.done, state.planned);
        if state.failed > 0 {
            line.push_str(&format!(", {} failed", state.failed));
        }
        if state.retries > 0 {
            line.push_str(&format!(", {}", report::figures::plural(u64::from(state.retries), "retry", "retries")));
        }
        match state.balance.cap {
            Some(cap) => line.push_str(&format!(
                ", {} of {} spent",
                report::figures::dollars(state.balance.settled),
                report::figures::dollars(cap)
            )),
            None if state.balance.settled.pico() > 0 => {
                line.push_str(&format!(", {} spent", report::figures::dollars(state.balance.settled)));
            }
            None => {}
        }
        if let Some(left) = state.pace.left(state.planned.saturating_sub(state.done)) {
            line.push_str(&format!(", about {} left", super::pace::words(left)));
        }
        line
    }
}

impl RunObserver for CalmLines {
    fn retrying(&self, _: &PlannedCall, delay: Duration, error: &ApiError) {
        let first = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.retries += 1;
            state.retries == 1
        };
        if first {
            self.printer.status(&format!(
                "retrying after {} ({}); further retries are counted",
                error.kind.as_str().replace('_', " "),
                report::figures::milliseconds(delay.as_secs_f64() * 1e3)
            ));
        }
    }

    fn finished(&self, record: &CallRecord) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.done += 1;
        state.failed += u32::from(record.outcome == Outcome::Error);
        state.pace.ended(Instant::now());
        let tenths = (state.done * 10).checked_div(state.planned).unwrap_or(0);
        if state.planned > 1 && tenths > state.shown_tenths {
            state.shown_tenths = tenths;
            self.printer.status(&state.line());
        }
    }

    fn not_asked(&self, _: u32) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.planned = state.planned.saturating_sub(1);
    }

    fn budget(&self, balance: &Balance) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).balance = *balance;
    }

    fn note(&self, note: &Note) {
        self.printer.warning(&report::escape::terminal::line(&note.text));
    }
}
