//! Progress where nobody watches a terminal: a line at each tenth of the run, and nothing that scrolls away.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use evals::ledger::Balance;
use evals::record::{CallRecord, Note, PlannedCall};
use evals::runner::RunObserver;
use llm::error::ApiError;
use llm::outcome::Outcome;

use crate::printer::Printer;

/// Prints at most ten progress lines a run.
#[derive(Debug)]
pub(crate) struct CalmLines {
    printer: Printer,
    planned: u32,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    done: u32,
    failed: u32,
    retries: u32,
    balance: Balance,
    shown_tenths: u32,
}

impl CalmLines {
    /// For a run of this many calls, some of which may be done already.
    pub(crate) fn new(printer: Printer, planned: u32, done: u32) -> Self {
        let shown_tenths = (done * 10).checked_div(planned).unwrap_or(0);
        Self { printer, planned, state: Mutex::new(State { done, shown_tenths, ..State::default() }) }
    }

    fn line(&self, state: &State) -> String {
        let mut line = format!("{}/{} calls done", state.done, self.planned);
        if state.failed > 0 {
            line.push_str(&format!(", {} failed", state.failed));
        }
        if state.retries > 0 {
            line.push_str(&format!(", {}", report::figures::plural(u64::from(state.retries), "retry", "retries")));
        }
        if state.balance.settled.pico() > 0 {
            line.push_str(&format!(", {} spent", report::figures::dollars(state.balance.settled)));
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
        let tenths = (state.done * 10).checked_div(self.planned).unwrap_or(0);
        if self.planned > 1 && tenths > state.shown_tenths {
            state.shown_tenths = tenths;
            self.printer.status(&self.line(&state));
        }
    }

    fn budget(&self, balance: &Balance) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).balance = *balance;
    }

    fn note(&self, note: &Note) {
        self.printer.warning(&report::escape::terminal::line(&note.text));
    }
}
