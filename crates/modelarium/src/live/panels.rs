//! Streaming answers side by side in a terminal, redrawn in place on standard error.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossterm::{cursor, queue, terminal};
use evals::ledger::Balance;
use evals::plan::Plan;
use evals::record::{CallRecord, Note, PlannedCall};
use evals::runner::RunObserver;
use llm::error::ApiError;
use llm::event::{Event, TimedEvent};
use llm::outcome::Outcome;
use report::{escape, figures};

use super::pace::Pace;
use super::screen::{Panel, layout};

/// Between two pictures.
const FRAME: Duration = Duration::from_millis(80);
/// Longest text kept of a call for its panel.
const MAX_TEXT: usize = 4096;

/// The live view. It clears itself away when it is closed or dropped, so that what follows starts on a clean line.
#[derive(Debug)]
pub(crate) struct Panels {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    wake: std::sync::Condvar,
}

#[derive(Debug, Default)]
struct State {
    panels: Vec<Panel>,
    /// For each panel, the call whose text it shows.
    shown: Vec<Option<u32>>,
    texts: HashMap<u32, String>,
    /// For each judge's call, its panel.
    judge_panels: Vec<usize>,
    /// Calls that are answers; those of judges follow them.
    answers: u32,
    done: u32,
    planned: u32,
    pace: Pace,
    failed: u32,
    balance: Balance,
    notes: Vec<String>,
    drawn_lines: u16,
    closed: bool,
}

impl Panels {
    /// Opens the view over a plan of which some calls may be done already.
    pub(crate) fn open(plan: &Plan, already_done: &[u32]) -> io::Result<Self> {
        let planned = plan.total_calls() as u32;
        let answers = plan.calls.len() as u32;
        let mut state = State { planned, answers, done: already_done.len() as u32, ..State::default() };
        let contestants = plan.header.contestants.iter().map(|one| escape::terminal::line(&one.name));
        let judges = plan.header.judges().iter().map(|one| format!("judge {}", escape::terminal::line(&one.name)));
        for title in contestants.chain(judges) {
            state.panels.push(Panel { title, ..Panel::default() });
            state.shown.push(None);
        }
        let first_judge = plan.header.contestants.len();
        state.judge_panels = plan.judgements.iter().map(|one| first_judge + one.judge as usize).collect();
        let already_done: HashSet<u32> = already_done.iter().copied().collect();
        let answering = plan.calls.iter().map(|call| (call.index, call.contestant as usize));
        let judging = state.judge_panels.clone();
        for (index, panel) in answering.chain((answers..).zip(judging)) {
            if let Some(panel) = state.panels.get_mut(panel) {
                panel.planned += 1;
                panel.done += u32::from(already_done.contains(&index));
            }
        }
        let shared = Arc::new(Shared { state: Mutex::new(state), wake: std::sync::Condvar::new() });
        let drawer = Arc::clone(&shared);
        let thread =
            std::thread::Builder::new().name("live-view".to_owned()).spawn(move || drawer.draw_until_closed())?;
        Ok(Self { shared, thread: Mutex::new(Some(thread)) })
    }

    /// Clears the view away and gives back what was noted meanwhile.
    pub(crate) fn close(&self) -> Vec<String> {
        self.shared.lock().closed = true;
        self.shared.wake.notify_all();
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // A panic in the drawing thread has been reported by its hook; the run's result matters more.
            let _ = thread.join();
        }
        std::mem::take(&mut self.shared.lock().notes)
    }
}

impl Drop for Panels {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw_until_closed(&self) {
        let mut state = self.lock();
        while !state.closed {
            // A terminal that cannot be drawn to is no reason to stop paying attention to the run.
            let _ = state.draw();
            state = self.wake.wait_timeout(state, FRAME).unwrap_or_else(PoisonError::into_inner).0;
        }
        let _ = state.clear();
    }
}

impl State {
    fn draw(&mut self) -> io::Result<()> {
        let (columns, rows) = terminal::size()?;
        // One column is left free: some terminals wrap on a full line.
        let lines = layout(&self.panels, &self.footer(), usize::from(columns).saturating_sub(1), usize::from(rows));
        let mut frame = Vec::new();
        self.rewind(&mut frame)?;
        for line in &lines {
            frame.extend_from_slice(line.as_bytes());
            frame.extend_from_slice(b"\r\n");
        }
        self.drawn_lines = lines.len() as u16;
        let mut stderr = io::stderr().lock();
        stderr.write_all(&frame)?;
        stderr.flush()
    }

    fn clear(&mut self) -> io::Result<()> {
        let mut frame = Vec::new();
        self.rewind(&mut frame)?;
        self.drawn_lines = 0;
        let mut stderr = io::stderr().lock();
        stderr.write_all(&frame)?;
        stderr.flush()
    }

    fn rewind(&self, frame: &mut Vec<u8>) -> io::Result<()> {
        if self.drawn_lines > 0 {
            queue!(frame, cursor::MoveUp(self.drawn_lines), cursor::MoveToColumn(0))?;
        }
        queue!(frame, terminal::Clear(terminal::ClearType::FromCursorDown))
    }

    fn footer(&self) -> String {
        let mut footer = format!("{}/{} calls", self.done, self.planned);
        if self.failed > 0 {
            footer.push_str(&format!(" · {} failed", self.failed));
        }
        if let Some(cap) = self.balance.cap {
            footer.push_str(&format!(
                " · {} spent + {} held of {}",
                figures::dollars(self.balance.settled),
                figures::dollars(self.balance.held),
                figures::dollars(cap)
            ));
        } else if self.balance.settled.pico() > 0 {
            footer.push_str(&format!(" · {} spent", figures::dollars(self.balance.settled)));
        }
        if let Some(left) = self.pace.left(self.planned.saturating_sub(self.done)) {
            footer.push_str(&format!(" · about {} left", super::pace::words(left)));
        }
        footer.push_str(" · Ctrl-C finishes what runs and reports");
        footer
    }

    /// Changes the panel of whoever a call asks.
    fn panel(&mut self, call: &PlannedCall, change: impl FnOnce(&mut Panel)) {
        if let Some(panel) = self.panels.get_mut(call.contestant as usize) {
            change(panel);
        }
    }

    fn show(&mut self, call: &PlannedCall) {
        let panel = call.contestant as usize;
        if panel >= self.panels.len() {
            return;
        }
        // The newest call takes the panel over once the one shown has ended.
        let current = self.shown[panel];
        if current.is_none_or(|current| !self.texts.contains_key(&current)) {
            self.shown[panel] = Some(call.index);
        }
        if self.shown[panel] == Some(call.index) {
            self.panels[panel].text = self.texts.get(&call.index).cloned().unwrap_or_default();
        }
    }
}

impl RunObserver for Panels {
    fn started(&self, call: &PlannedCall, _attempt: u32) {
        let mut state = self.shared.lock();
        if state.texts.insert(call.index, String::new()).is_none() {
            state.panel(call, |panel| panel.running += 1);
        }
        state.show(call);
    }

    fn event(&self, call: &PlannedCall, event: &TimedEvent) {
        let (text, thinking) = match &event.event {
            Event::Text { text } | Event::Refusal { text } => (text.as_str(), false),
            Event::Reasoning { .. } => ("", true),
            _ => return,
        };
        let mut state = self.shared.lock();
        let mut first = false;
        if let Some(sofar) = state.texts.get_mut(&call.index) {
            first = sofar.is_empty() && !text.is_empty();
            sofar.push_str(&escape::terminal::block(text));
            if sofar.len() > MAX_TEXT {
                let cut = (sofar.len() - MAX_TEXT / 2..sofar.len()).find(|at| sofar.is_char_boundary(*at)).unwrap_or(0);
                sofar.drain(..cut);
            }
        }
        if first {
            let status = format!("first text {}", figures::milliseconds(event.at as f64 / 1e6));
            state.panel(call, |panel| panel.status = status);
        } else if thinking {
            state.panel(call, |panel| "thinking".clone_into(&mut panel.status));
        }
        state.show(call);
    }

    fn retrying(&self, call: &PlannedCall, delay: Duration, error: &ApiError) {
        let mut state = self.shared.lock();
        if let Some(sofar) = state.texts.get_mut(&call.index) {
            sofar.clear();
        }
        let status = format!(
            "waiting {} after {}",
            figures::milliseconds(delay.as_secs_f64() * 1e3),
            error.kind.as_str().replace('_', " ")
        );
        state.panel(call, |panel| panel.status = status);
        state.show(call);
    }

    fn finished(&self, record: &CallRecord) {
        let mut state = self.shared.lock();
        let was_running = state.texts.remove(&record.call.index).is_some();
        state.done += 1;
        state.failed += u32::from(record.outcome == Outcome::Error);
        state.pace.ended(Instant::now());
        state.panel(&record.call, |panel| {
            panel.done += 1;
            panel.running -= u32::from(was_running && panel.running > 0);
            panel.status = match (record.outcome, record.timing.latency_ms) {
                (Outcome::Complete, Some(latency)) => figures::milliseconds(latency),
                (outcome, _) => outcome.as_str().to_owned(),
            };
        });
    }

    fn not_asked(&self, call_index: u32) {
        let mut state = self.shared.lock();
        state.planned = state.planned.saturating_sub(1);
        let judgement = call_index.checked_sub(state.answers).map(|at| at as usize);
        let panel = judgement.and_then(|at| state.judge_panels.get(at).copied());
        if let Some(panel) = panel.and_then(|at| state.panels.get_mut(at)) {
            panel.planned = panel.planned.saturating_sub(1);
        }
    }

    fn budget(&self, balance: &Balance) {
        self.shared.lock().balance = *balance;
    }

    fn note(&self, note: &Note) {
        self.shared.lock().notes.push(escape::terminal::line(&note.text));
    }
}
