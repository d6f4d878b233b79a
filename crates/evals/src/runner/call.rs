//! One call: its attempts, the money held for each of them, and its record.

use std::sync::Arc;
use std::time::Duration;

use llm::call::{Attempt, Billing};
use llm::client::{ConcurrencyLimit, Permit};
use llm::error::{ApiError, ErrorKind};
use llm::event::TimedEvent;
use llm::money::Usd;
use llm::outcome::{Answer, Outcome};
use llm::request::ChatRequest;
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use tokio::time::Instant;

use super::budget::Outstanding;
use super::judging::{self, Lanes};
use super::scripts;
use super::shared::{Halt, Shared};
use super::spending::{Spent, call_cost, spent};
use super::stop::StopLevel;
use crate::ledger::Hold;
use crate::record::{AttemptRecord, CallCost, CallRecord, PlannedCall, Timing};
use crate::store::StoredCall;

/// How long a backend may take to return what it has after it was told to stop.
const GRACE: Duration = Duration::from_secs(2);

/// A call on its way, paid for.
pub(super) struct Dispatch {
    pub(super) call: PlannedCall,
    /// What a judge is asked; what a contestant is asked stands in the plan.
    pub(super) question: Option<Box<ChatRequest>>,
    /// Worst case of one attempt, `None` where nothing bounds it.
    pub(super) bound: Option<Usd>,
    /// The ways to the providers, for the judges' calls that follow.
    pub(super) lanes: Arc<Lanes>,
    pub(super) hold: Hold,
    /// When it was ready to be made.
    pub(super) since: Instant,
    /// Dropped when the call can move no more money.
    pub(super) outstanding: Outstanding,
}

/// A call in the making.
struct Making<'a> {
    shared: &'a Arc<Shared>,
    limit: &'a ConcurrencyLimit,
    call: PlannedCall,
    request: ChatRequest,
    /// Worst case of one attempt, `None` where nothing bounds it.
    bound: Option<Usd>,
    /// Attempts that an earlier part of the run made come first.
    attempts: Vec<AttemptRecord>,
    /// Held for attempts of this part whose cost will stay unknown.
    kept: Usd,
    queued: Duration,
    stopped: bool,
}

/// Makes a call, hands in its record, and sees to what follows from it.
pub(super) async fn make_call(shared: Arc<Shared>, limit: ConcurrencyLimit, dispatch: Dispatch, permit: Permit) {
    let Dispatch { call, question, bound, lanes, hold, since, outstanding } = dispatch;
    let attempts = shared.earlier_attempts(&call);
    let made_before = attempts.len();
    let asked = question.is_some();
    let mut making = Making {
        shared: &shared,
        limit: &limit,
        call,
        request: question.map_or_else(|| shared.plan.request(&call), |question| *question),
        bound,
        attempts,
        kept: Usd::ZERO,
        queued: since.elapsed(),
        stopped: false,
    };
    making.attempts_until_done(hold, permit).await;
    if making.attempts.len() > made_before {
        let request = asked.then(|| making.request.clone());
        let record = making.record();
        shared.hand_in(record, None, request.as_ref()).await;
        follow_up(&shared, &lanes, &call).await;
    }
    drop(outstanding);
}

/// Hands in an answer of an earlier run instead of asking again.
pub(super) async fn reuse(shared: Arc<Shared>, dispatch: Dispatch, stored: StoredCall) {
    shared.budget.release(dispatch.hold);
    let origin = (stored.run_id, stored.record.call.index);
    let record = CallRecord {
        call: dispatch.call,
        queued: Duration::ZERO,
        attempts: Vec::new(),
        timing: Timing::default(),
        cost: CallCost::Nothing,
        from_cache: true,
        ..stored.record
    };
    shared.hand_in(record, Some(origin), dispatch.question.as_deref()).await;
    follow_up(&shared, &dispatch.lanes, &dispatch.call).await;
    drop(dispatch.outstanding);
}

/// Records a call that is not made because its contestant cannot answer any.
pub(super) async fn decline(shared: Arc<Shared>, dispatch: Dispatch, error: ApiError) {
    shared.budget.release(dispatch.hold);
    let attempts = shared.earlier_attempts(&dispatch.call);
    let contestant = shared.plan.contestant(&dispatch.call);
    let record = CallRecord {
        call: dispatch.call,
        outcome: Outcome::Error,
        error: Some(error),
        answer: Answer::default(),
        queued: dispatch.since.elapsed(),
        cost: call_cost(&contestant.price, &attempts, dispatch.bound),
        attempts,
        timing: Timing::default(),
        from_cache: false,
    };
    shared.hand_in(record, None, dispatch.question.as_deref()).await;
    follow_up(&shared, &dispatch.lanes, &dispatch.call).await;
    drop(dispatch.outstanding);
}

/// An answer is judged, and checked by the user's programs, as soon as it is there.
async fn follow_up(shared: &Arc<Shared>, lanes: &Arc<Lanes>, call: &PlannedCall) {
    if (call.index as usize) < shared.plan.calls.len() {
        judging::ask_about(shared, lanes, call.index);
        scripts::check_answer(shared, call.index).await;
    }
    shared.deciding.look(shared);
}

impl Making<'_> {
    async fn attempts_until_done(&mut self, hold: Hold, permit: Permit) {
        let stream = u64::from(self.call.index) + 1;
        let mut jitter = ChaCha12Rng::seed_from_u64(self.shared.plan.header.seed);
        jitter.set_stream(stream);
        let (mut hold, mut permit, mut waited, mut retries) = (hold, permit, Duration::ZERO, 0);
        loop {
            if let Err(error) = self.shared.dispatching(&self.call, self.bound.map(|bound| self.kept + bound)).await {
                self.shared.budget.release(hold);
                self.shared.halt(Halt::StoreFailed(error));
                return;
            }
            let attempt = self.attempt().await;
            report(permit, &attempt);
            let retry =
                attempt.error.as_ref().filter(|_| !attempt.cancelled && self.shared.may_begin()).and_then(|error| {
                    let delay = self.shared.retry.next_delay(retries, error, attempt.billing, &mut jitter)?;
                    Some((delay, error.clone()))
                });
            let unused = self.settle(hold, &attempt);
            self.attempts.push(AttemptRecord { waited, attempt });
            let Some((delay, error)) = retry else {
                if let Some(hold) = unused {
                    self.shared.budget.release(hold);
                }
                return;
            };
            let Some(next) = unused.or_else(|| self.shared.budget.try_hold(self.bound.unwrap_or_default())) else {
                self.shared.note("retry_not_affordable", format!(
                    "A failed call of {} was not tried again: it may have been billed, and the cap cannot hold both.",
                    self.shared.plan.contestant(&self.call).name
                ));
                return;
            };
            self.shared.observer.retrying(&self.call, delay, &error);
            // Only what is to follow is waited for: on a stop the call ends with the attempts it has.
            let (limit, stop) = (self.limit.clone(), self.shared.stop.clone());
            let turn = async {
                tokio::time::sleep(delay).await;
                let since = Instant::now();
                (limit.acquire().await, since.elapsed())
            };
            tokio::select! {
                biased;
                () = stop.reached(StopLevel::Drain) => {
                    self.stopped = true;
                    self.shared.budget.release(next);
                    return;
                }
                (turn, queued) = turn => {
                    self.queued += queued;
                    permit = turn;
                }
            }
            hold = next;
            waited = delay;
            retries += 1;
        }
    }

    async fn attempt(&self) -> Attempt {
        let shared = self.shared;
        let number = self.attempts.len() as u32;
        shared.observer.started(&self.call, number);
        let backend = &shared.backends[self.call.contestant as usize];
        let timeouts = shared.plan.header.timeouts;
        let mut observer = |event: &TimedEvent| shared.observer.event(&self.call, event);
        let cancel = Box::pin(shared.stop.reached(StopLevel::Quit));
        let attempt = backend.attempt(&self.request, &timeouts, cancel, &mut observer);
        let overdue = async {
            shared.stop.reached(StopLevel::Quit).await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            biased;
            attempt = attempt => attempt,
            () = overdue => abandoned(),
        }
    }

    /// Books an attempt. Returns the hold again if nothing was billed.
    fn settle(&mut self, hold: Hold, attempt: &Attempt) -> Option<Hold> {
        let contestant = self.shared.plan.contestant(&self.call);
        let budget = &self.shared.budget;
        if self.shared.outside_the_cap(&self.call) {
            return Some(hold);
        }
        let unused = match spent(&contestant.price, attempt) {
            Spent::Nothing => Some(hold),
            Spent::Unknown => {
                self.kept += hold.amount();
                budget.keep(hold);
                None
            }
            Spent::Used(used) => {
                let past = budget.settle(hold, used);
                if past > Usd::ZERO && self.shared.plan.header.max_cost.is_some() {
                    self.shared.overrun(&contestant.name, past);
                }
                None
            }
        };
        self.shared.observer.budget(&budget.balance());
        unused
    }

    fn record(self) -> CallRecord {
        let contestant = self.shared.plan.contestant(&self.call);
        let cost = call_cost(&contestant.price, &self.attempts, self.bound);
        let last = self.attempts.last().map(|last| &last.attempt);
        let outcome = match last {
            Some(_) if self.stopped => Outcome::Cancelled,
            Some(attempt) => attempt.outcome(),
            None => Outcome::Cancelled,
        };
        let error = last.and_then(|attempt| attempt.error.clone().or_else(|| attempt.answer.error.clone()));
        let cut_short = || ApiError::local(ErrorKind::MalformedStream, "the answer ended without saying that it ended");
        CallRecord {
            call: self.call,
            outcome,
            error: error.or_else(|| (outcome == Outcome::Error).then(cut_short)),
            answer: last.map(|attempt| attempt.answer.clone()).unwrap_or_default(),
            queued: self.queued,
            timing: last.map(Timing::of).unwrap_or_default(),
            attempts: self.attempts,
            cost,
            from_cache: false,
        }
    }
}

fn report(permit: Permit, attempt: &Attempt) {
    match attempt.error.as_ref().map(|error| error.kind) {
        None if !attempt.cancelled => permit.succeeded(),
        Some(ErrorKind::RateLimit) => permit.rate_limited(),
        _ => drop(permit),
    }
}

/// What is known of an attempt whose backend did not return in time after it was told to.
fn abandoned() -> Attempt {
    let begun = Attempt::begun(jiff::Timestamp::now().as_millisecond());
    Attempt { billing: Billing::Unknown, cancelled: true, ..begun }
}
