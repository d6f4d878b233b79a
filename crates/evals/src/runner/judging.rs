//! Judges' calls: paid for with the block of their answers, made as soon as the answers are there.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use llm::money::Usd;
use llm::outcome::Outcome;
use llm::request::ChatRequest;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::budget::{Outstanding, Turn};
use super::call::Dispatch;
use super::shared::{Progress, Shared};
use crate::ledger::Hold;
use crate::plan::{NotAsked, Plan, judgeable};
use crate::record::CallRecord;

/// The ways to the providers. They close when the last call that might send another one has ended.
#[derive(Default)]
pub(super) struct Lanes(HashMap<String, mpsc::UnboundedSender<Dispatch>>);

impl Lanes {
    pub(super) fn open(&mut self, provider: String, sender: mpsc::UnboundedSender<Dispatch>) {
        self.0.insert(provider, sender);
    }

    pub(super) fn send(&self, shared: &Shared, dispatch: Dispatch) {
        // A lane ends only when nobody holds its sender any more.
        let _ = self.0.get(&shared.plan.contestant(&dispatch.call).provider).map(|lane| lane.send(dispatch));
    }
}

/// Judgements that are paid for and wait for their answers.
pub(super) struct Pending {
    by_block: HashMap<(u32, u32), Vec<usize>>,
    by_answer: HashMap<u32, Vec<usize>>,
    state: Mutex<State>,
    short: AtomicBool,
}

#[derive(Default)]
struct State {
    reserved: HashMap<usize, (Hold, Outstanding)>,
    /// Judgements for which there is nothing to ask.
    not_asked: HashSet<usize>,
}

impl Pending {
    pub(super) fn new(plan: &Plan) -> Self {
        let mut by_answer: HashMap<u32, Vec<usize>> = HashMap::new();
        for (at, judgement) in plan.judgements.iter().enumerate() {
            let (first, second) = judgement.task.answers();
            by_answer.entry(first).or_default().push(at);
            if let Some(second) = second {
                by_answer.entry(second).or_default().push(at);
            }
        }
        let by_block = plan.judgements_by_block();
        Self { by_block, by_answer, state: Mutex::default(), short: AtomicBool::new(false) }
    }

    /// Keeps what is held for judgements until their answers are there.
    pub(super) fn reserve(&self, holds: impl Iterator<Item = (usize, (Hold, Outstanding))>) {
        self.lock().reserved.extend(holds);
    }

    /// True when some judgement was not made because it could not be paid for.
    pub(super) fn fell_short(&self) -> bool {
        self.short.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change is a single insertion or removal.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Judgements that belong to a block and are not made yet.
pub(super) fn due_with(shared: &Shared, block: &[u32]) -> Vec<usize> {
    let Some(call) = block.first().map(|&index| &shared.plan.calls[index as usize]) else { return Vec::new() };
    let Some(positions) = shared.judging.by_block.get(&(call.run_index, call.prompt)) else { return Vec::new() };
    let index = |at: usize| (shared.plan.calls.len() + at) as u32;
    positions.iter().copied().filter(|&at| super::is_due(shared, index(at))).collect()
}

/// What a block is held for at least: its answers in full, and its judgements without the answers in them.
pub(super) fn least(shared: &Shared, answers: &[Usd], judgements: &[usize]) -> Vec<Usd> {
    let judged = |at: &usize| {
        let held = shared.plan.worst_cases[shared.plan.calls.len() + at].unwrap_or_default();
        shared.plan.judge_floor(*at, now()).unwrap_or(held).min(held)
    };
    answers.iter().copied().chain(judgements.iter().map(judged)).collect()
}

/// Asks the judges about an answer that has just come in, and about the pairs that it completes.
pub(super) fn ask_about(shared: &Arc<Shared>, lanes: &Arc<Lanes>, answer: u32) {
    for &at in shared.judging.by_answer.get(&answer).into_iter().flatten() {
        ask(shared, lanes, at);
    }
}

/// Makes a judgement if it is paid for and its answers are there. Whoever comes first makes it.
pub(super) fn ask(shared: &Arc<Shared>, lanes: &Arc<Lanes>, at: usize) {
    let request = {
        let progress = shared.progress();
        let (first, second) = shared.plan.judgements[at].task.answers();
        let is_final = |index: &u32| {
            progress.records.get(index).is_some_and(|record| {
                record.outcome != Outcome::Cancelled
                    && !(shared.reopened.contains_key(index) && is_stale(shared, record))
            })
        };
        if !is_final(&first) || second.is_some_and(|second| !is_final(&second)) {
            return;
        }
        shared.plan.judge_request(at, &|index| progress.records.get(&index))
    };
    let Some((hold, outstanding)) = shared.judging.lock().reserved.remove(&at) else { return };
    let call = shared.plan.judge_call(at);
    let request = match request {
        Ok(request) => request,
        Err(reason) => {
            shared.budget.release(hold);
            shared.judging.lock().not_asked.insert(at);
            if let NotAsked::Unaskable(reason) = reason {
                shared.note("unaskable", format!("A judge could not be asked about one answer: {reason}."));
            }
            shared.observer.not_asked(call.index);
            return;
        }
    };
    let paid = Paid { at, question: Box::new(request), hold, outstanding };
    let bound = shared.plan.judge_bound(at, &paid.question, now()).ok();
    match bound.filter(|_| shared.plan.header.max_cost.is_some() && !shared.outside_the_cap(&call)) {
        None => paid.send(shared, lanes, bound),
        Some(bound) => match shared.budget.exchange(paid.hold, bound) {
            Ok(hold) => Paid { hold, ..paid }.send(shared, lanes, Some(bound)),
            Err(hold) => {
                let (shared, lanes) = (Arc::clone(shared), Arc::clone(lanes));
                tokio::spawn(send_when_affordable(shared, lanes, Paid { hold, ..paid }, bound));
            }
        },
    }
}

/// A judgement whose question is known, with what is held for it.
struct Paid {
    at: usize,
    question: Box<ChatRequest>,
    hold: Hold,
    outstanding: Outstanding,
}

impl Paid {
    fn send(self, shared: &Shared, lanes: &Arc<Lanes>, bound: Option<Usd>) {
        let Self { at, question, hold, outstanding } = self;
        let (call, since) = (shared.plan.judge_call(at), Instant::now());
        let (question, lanes_of_call) = (Some(question), Arc::clone(lanes));
        lanes.send(shared, Dispatch { call, question, bound, lanes: lanes_of_call, hold, since, outstanding });
    }
}

/// Less was held than the question can cost now that the answers are in it: waits for what other calls give back.
async fn send_when_affordable(shared: Arc<Shared>, lanes: Arc<Lanes>, mut paid: Paid, bound: Usd) {
    let at = paid.at;
    shared.budget.wait(at);
    let affordable = loop {
        let moved = shared.budget.moved();
        tokio::pin!(moved);
        // Listening before looking: money that comes back in between is not missed.
        moved.as_mut().enable();
        match shared.budget.try_again(at, paid.hold, bound) {
            Turn::Affordable(hold) => {
                paid.hold = hold;
                break true;
            }
            Turn::InVain(hold) => {
                paid.hold = hold;
                break false;
            }
            Turn::Wait(hold) => paid.hold = hold,
        }
        if !shared.may_begin() {
            break false;
        }
        tokio::select! {
            () = shared.may_not_begin() => {}
            () = moved => {}
        }
    };
    // First: one that is about to be sent, or to give money back, must not look like one that waits.
    shared.budget.stop_waiting(at);
    if affordable {
        paid.send(&shared, &lanes, Some(bound));
    } else {
        shared.judging.short.store(true, Ordering::Relaxed);
        shared.note(
            "judging_not_affordable",
            "Some answers were not judged: the cap could not hold the most that judging them can cost.".to_owned(),
        );
        shared.budget.release(paid.hold);
        drop(paid.outstanding);
    }
}

/// True for the record of an earlier part of the run that is to be replaced.
fn is_stale(shared: &Shared, record: &CallRecord) -> bool {
    shared.reopened.get(&record.call.index).is_some_and(|earlier| earlier.len() == record.attempts.len())
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Gives back what is still held when a run ends: for answers that were never made.
pub(super) fn release_all(shared: &Shared) {
    let reserved = std::mem::take(&mut shared.judging.lock().reserved);
    for (hold, _) in reserved.into_values() {
        shared.budget.release(hold);
    }
}

/// True when a judgement that has no record will not be made: there is nothing to ask.
pub(super) fn has_nothing_to_ask(shared: &Shared, progress: &Progress, at: usize) -> bool {
    let cannot_be_judged = |index: u32| progress.records.get(&index).is_some_and(|record| !judgeable(record));
    let (first, second) = shared.plan.judgements[at].task.answers();
    cannot_be_judged(first) || second.is_some_and(cannot_be_judged) || shared.judging.lock().not_asked.contains(&at)
}

/// True when every judgement was made or had nothing to ask.
pub(super) fn is_complete(shared: &Shared) -> bool {
    let progress = shared.progress();
    let answers = shared.plan.calls.len();
    (0..shared.plan.judgements.len())
        .all(|at| progress.records.contains_key(&((answers + at) as u32)) || has_nothing_to_ask(shared, &progress, at))
}
