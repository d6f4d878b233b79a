//! How calls are made: order, slots, retries, stopping, reuse.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use evals::plan::{Plan, PlanRequest};
use evals::record::{CallCost, CallRecord, PlannedCall, RunEnd};
use evals::runner::{RunObserver, StopLevel, run};
use evals::store::{Store, StoreError};
use llm::error::{ApiError, ErrorKind};
use llm::event::TimedEvent;
use llm::outcome::Outcome;
use support::*;

fn two(runs: u32) -> PlanRequest {
    plan_request(vec![contestant("a", "one", priced(3.0, 15.0)), contestant("b", "two", priced(1.0, 5.0))], runs)
}

fn plan(request: PlanRequest) -> Plan {
    Plan::new(request).expect("plan")
}

#[tokio::test(start_paused = true)]
async fn a_run_makes_every_call_and_records_it() {
    let backend = Scripted::answering();
    let result = make(plan(two(3)), &backend).await;
    assert_eq!(result.run.end, RunEnd::Finished);
    assert_eq!(result.run.records.len(), 6);
    for (index, record) in result.run.records.iter().enumerate() {
        assert_eq!(record.call.index as usize, index);
        assert_eq!((record.outcome, record.answer.text.as_str()), (Outcome::Complete, "Paris."));
        assert_eq!((record.timing.latency_ms, record.timing.ttft_ms), (Some(100.0), Some(20.0)));
        assert!(matches!(record.cost, CallCost::Known(_)));
        assert_eq!(record.attempts.len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn calls_of_one_provider_are_made_in_the_order_of_the_plan() {
    let mut request = two(10);
    request.contestants[1].provider = "one".to_owned();
    request.concurrency = 1;
    let plan = plan(request);
    let planned: Vec<String> =
        plan.dispatch_order.iter().map(|&index| plan.contestant(&plan.calls[index as usize]).name.clone()).collect();
    let backend = Scripted::answering();
    make(plan, &backend).await;
    assert_eq!(backend.models_asked(), planned);
    assert_eq!(backend.most_in_flight.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_slot_is_queueing_and_not_latency() {
    let mut request = two(1);
    request.contestants.truncate(1);
    request.runs = 3;
    request.concurrency = 1;
    let result = make(plan(request), &Scripted::answering()).await;
    let mut queued: Vec<_> = result.run.records.iter().map(|record| record.queued).collect();
    queued.sort();
    assert_eq!(queued, [0, 100, 200].map(Duration::from_millis));
    assert!(result.run.records.iter().all(|record| record.timing.latency_ms == Some(100.0)));
}

#[tokio::test(start_paused = true)]
async fn a_model_in_this_process_runs_alone() {
    let mut request = two(5);
    for entrant in &mut request.contestants {
        entrant.provider = "embedded".to_owned();
    }
    let backend = Scripted::answering();
    make(plan(request), &backend).await;
    assert_eq!(backend.most_in_flight.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn failed_attempts_and_pauses_are_recorded_and_outside_the_latency() {
    let mut request = two(1);
    request.contestants.truncate(1);
    let backend = Scripted::new(|_, number| match number {
        0 => Act::Refuse(ErrorKind::RateLimit),
        1 => Act::Refuse(ErrorKind::Overloaded),
        _ => Act::Answer("Paris."),
    });
    let result = make(plan(request), &backend).await;
    let record = &result.run.records[0];
    assert_eq!(record.outcome, Outcome::Complete);
    assert_eq!(record.error, None);
    let kinds: Vec<_> = record.attempts.iter().map(|a| a.attempt.error.as_ref().map(|error| error.kind)).collect();
    assert_eq!(kinds, [Some(ErrorKind::RateLimit), Some(ErrorKind::Overloaded), None]);
    assert_eq!(record.attempts[0].waited, Duration::ZERO);
    assert!(record.attempts[1].waited >= Duration::from_millis(750));
    assert!(record.attempts[2].waited > record.attempts[1].waited);
    assert_eq!(record.timing.latency_ms, Some(100.0));
    assert!(matches!(record.cost, CallCost::Known(_)), "refused attempts cost nothing");
}

#[tokio::test(start_paused = true)]
async fn back_off_repeats_with_the_seed() {
    let waits = |seed| async move {
        let mut request = two(4);
        request.seed = seed;
        let backend = Scripted::new(|_, _| Act::Refuse(ErrorKind::RateLimit));
        let result = make(plan(request), &backend).await;
        let waited = |record: &CallRecord| record.attempts.iter().map(|attempt| attempt.waited).collect::<Vec<_>>();
        result.run.records.iter().map(waited).collect::<Vec<_>>()
    };
    assert_eq!(waits(1).await, waits(1).await);
    assert_ne!(waits(1).await, waits(2).await);
}

#[tokio::test(start_paused = true)]
async fn lesson_61_a_500_is_not_tried_again() {
    let backend = Scripted::new(|_, _| Act::FailBilled(ErrorKind::ProviderFault));
    let result = make(plan(two(1)), &backend).await;
    assert!(result.run.records.iter().all(|record| record.attempts.len() == 1 && record.outcome == Outcome::Error));
    assert!(result.run.records.iter().all(|record| record.cost == CallCost::Unknown(None)));
    assert_eq!(result.run.end, RunEnd::Finished);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_key_stops_its_contestant_and_no_other() {
    let mut request = two(10);
    request.concurrency = 1;
    let backend = Scripted::new(|request, _| match request.model.as_str() {
        "a" => Act::Refuse(ErrorKind::Authentication),
        _ => Act::Answer("Paris."),
    });
    let result = make(plan(request), &backend).await;
    let asked = backend.models_asked();
    assert_eq!(asked.iter().filter(|model| *model == "a").count(), 1);
    assert_eq!(asked.iter().filter(|model| *model == "b").count(), 10);
    let unsent: Vec<_> =
        result.run.records.iter().filter(|record| record.call.contestant == 0 && record.attempts.is_empty()).collect();
    assert_eq!(unsent.len(), 9);
    for record in unsent {
        let error = record.error.as_ref().expect("an error");
        assert_eq!(
            (error.kind, record.outcome, record.cost),
            (ErrorKind::Authentication, Outcome::Error, CallCost::Nothing)
        );
        assert!(error.message.starts_with("not sent"), "{error}");
    }
    assert_eq!(result.run.learned.iter().filter(|note| note.code == "contestant_stopped").count(), 1);
    assert_eq!(result.run.end, RunEnd::Finished);
}

/// Raises a level once this many calls have begun.
struct StopAfter {
    begun: AtomicUsize,
    after: usize,
    level: StopLevel,
    stop: evals::runner::StopSignal,
    finished: Mutex<Vec<u32>>,
}

impl RunObserver for StopAfter {
    fn started(&self, _: &PlannedCall, _: u32) {
        if self.begun.fetch_add(1, Ordering::SeqCst) + 1 == self.after {
            let (stop, level) = (self.stop.clone(), self.level);
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(10)).await;
                stop.raise(level);
            });
        }
    }

    fn finished(&self, record: &CallRecord) {
        self.finished.lock().expect("lock").push(record.call.index);
    }
}

async fn stopped(level: StopLevel, backend: Arc<Scripted>) -> (evals::runner::RunResult, usize) {
    let mut request = two(10);
    request.contestants.truncate(1);
    request.concurrency = 2;
    let mut job = job(plan(request), &backend);
    let observer = Arc::new(StopAfter {
        begun: AtomicUsize::new(0),
        after: 4,
        level,
        stop: job.stop.clone(),
        finished: Mutex::default(),
    });
    job.observer = Arc::clone(&observer) as Arc<dyn RunObserver>;
    let result = run(job).await;
    assert_eq!(observer.finished.lock().expect("lock").len(), result.run.records.len());
    (result, backend.asked.lock().expect("lock").len())
}

#[tokio::test(start_paused = true)]
async fn ctrl_c_once_lets_calls_in_flight_end_and_begins_nothing() {
    let (result, asked) = stopped(StopLevel::Drain, Scripted::answering()).await;
    assert_eq!((asked, result.run.records.len()), (4, 4));
    assert!(result.run.records.iter().all(|record| record.outcome == Outcome::Complete));
    assert_eq!(result.run.end, RunEnd::Interrupted);
    assert_eq!(result.balance.held, llm::money::Usd::ZERO, "what was not made is not held");
}

#[tokio::test(start_paused = true)]
async fn ctrl_c_twice_ends_calls_in_flight_and_keeps_what_arrived() {
    let backend = Scripted::new(|_, number| if number < 2 { Act::Answer("Paris.") } else { Act::Hang });
    let (result, asked) = stopped(StopLevel::Quit, backend).await;
    assert_eq!((asked, result.run.records.len()), (4, 4));
    let cancelled: Vec<_> = result.run.records.iter().filter(|record| record.outcome == Outcome::Cancelled).collect();
    assert_eq!(cancelled.len(), 2);
    assert!(cancelled.iter().all(|record| record.answer.text == "Par" && record.timing.latency_ms.is_none()));
    assert!(cancelled.iter().all(|record| record.cost == CallCost::Unknown(None)));
    assert_eq!(result.run.end, RunEnd::Interrupted);
}

#[tokio::test(start_paused = true)]
async fn quitting_does_not_wait_for_a_backend_that_does_not_listen() {
    let (result, _) =
        stopped(StopLevel::Quit, Scripted::new(|_, number| if number < 2 { Act::Answer("Paris.") } else { Act::Deaf }))
            .await;
    let cancelled = result.run.records.iter().filter(|record| record.outcome == Outcome::Cancelled);
    assert_eq!(cancelled.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_drain_does_not_wait_for_a_pause_before_a_retry() {
    let (result, asked) = stopped(StopLevel::Drain, Scripted::new(|_, _| Act::Refuse(ErrorKind::Overloaded))).await;
    assert!(result.run.records.iter().all(|record| record.outcome != Outcome::Complete));
    assert!(asked <= 5, "{asked}");
    assert_eq!(result.run.end, RunEnd::Interrupted);
    assert_eq!(result.balance.held, llm::money::Usd::ZERO);
}

#[test]
fn presses_raise_the_level_step_by_step() {
    let stop = evals::runner::StopSignal::new();
    assert_eq!(stop.press(), StopLevel::Drain);
    assert_eq!(stop.press(), StopLevel::Quit);
    stop.raise(StopLevel::Run);
    assert_eq!(stop.level(), StopLevel::Quit, "a level is never taken back");
}

/// Checks that whatever is shown is in the store by then.
struct Stored {
    store: Arc<Store>,
    run_id: String,
    events: AtomicUsize,
    retries: AtomicUsize,
}

impl RunObserver for Stored {
    fn event(&self, _: &PlannedCall, _: &TimedEvent) {
        self.events.fetch_add(1, Ordering::SeqCst);
    }

    fn retrying(&self, _: &PlannedCall, _: Duration, _: &ApiError) {
        self.retries.fetch_add(1, Ordering::SeqCst);
    }

    fn finished(&self, record: &CallRecord) {
        let stored = self.store.load(&self.run_id).expect("the run");
        assert!(stored.records.iter().any(|one| one == record), "shown before it was stored");
    }
}

#[tokio::test]
async fn every_call_is_stored_before_it_is_shown() {
    let directory = tempfile::tempdir().expect("directory");
    let store = Arc::new(Store::open(&directory.path().join("runs.db")).expect("store"));
    let plan = plan(two(3));
    let backend = Scripted::answering();
    let writer = store.begin(&plan).expect("begin");
    let run_id = plan.header.run_id.clone();
    let observer = Arc::new(Stored {
        store: Arc::clone(&store),
        run_id: run_id.clone(),
        events: AtomicUsize::new(0),
        retries: AtomicUsize::new(0),
    });
    let mut job = job(plan, &backend);
    job.store = Some((Arc::clone(&store), writer));
    job.observer = Arc::clone(&observer) as Arc<dyn RunObserver>;
    let result = run(job).await;
    assert_eq!(observer.events.load(Ordering::SeqCst), 6 * 3);
    assert_eq!(observer.retries.load(Ordering::SeqCst), 0);
    assert_eq!(store.load(&run_id).expect("the run"), result.run, "what is stored is what is returned");
}

#[tokio::test]
async fn identical_earlier_calls_are_reused_on_request_and_counted_apart() {
    let directory = tempfile::tempdir().expect("directory");
    let store = Arc::new(Store::open(&directory.path().join("runs.db")).expect("store"));
    let made = |runs: u32, use_cache: bool, backend: Arc<Scripted>| {
        let store = Arc::clone(&store);
        async move {
            let plan = plan(two(runs));
            let mut job = job(plan.clone(), &backend);
            job.store = Some((Arc::clone(&store), store.begin(&plan).expect("begin")));
            job.options.use_cache = use_cache;
            let result = run(job).await;
            (result, backend.asked.lock().expect("lock").len())
        }
    };
    let (first, asked) = made(3, true, Scripted::answering()).await;
    assert_eq!(asked, 6, "there is nothing to reuse yet, and never from the same run");
    let (second, asked) = made(4, true, Scripted::answering()).await;
    assert_eq!(asked, 2, "only the repetitions that were not made before");
    let reused: Vec<_> = second.run.records.iter().filter(|record| record.from_cache).collect();
    assert_eq!(reused.len(), 6);
    for record in reused {
        assert_eq!((record.cost, record.timing, record.attempts.len()), (CallCost::Nothing, Default::default(), 0));
        assert_eq!(record.answer.text, "Paris.");
        let run_id = &second.run.plan.header.run_id;
        let raw = store.raw(run_id, record.call.index, 0).expect("bytes of the original");
        assert_eq!(raw.response, b"data: raw bytes");
        let last = store.responses(run_id).expect("store").last(record.call.index).expect("store");
        assert_eq!(last, Some(raw.response), "led to the original too");
    }
    assert!(first.run.records.iter().all(|record| !record.from_cache));
    let (_, asked) = made(3, false, Scripted::answering()).await;
    assert_eq!(asked, 6, "not without the user's word");
}

#[tokio::test]
async fn errors_are_never_reused() {
    let directory = tempfile::tempdir().expect("directory");
    let store = Arc::new(Store::open(&directory.path().join("runs.db")).expect("store"));
    let made = |backend: Arc<Scripted>| {
        let store = Arc::clone(&store);
        async move {
            let plan = plan(two(1));
            let mut job = job(plan.clone(), &backend);
            job.store = Some((Arc::clone(&store), store.begin(&plan).expect("begin")));
            job.options.use_cache = true;
            run(job).await;
            backend.asked.lock().expect("lock").len()
        }
    };
    assert_eq!(made(Scripted::new(|_, _| Act::FailBilled(ErrorKind::ProviderFault))).await, 2);
    assert_eq!(made(Scripted::answering()).await, 2);
}

#[tokio::test]
async fn a_store_that_fails_stops_the_run_and_loses_nothing() {
    let directory = tempfile::tempdir().expect("directory");
    let path = directory.path().join("runs.db");
    let store = Arc::new(Store::open(&path).expect("store"));
    let mut request = two(20);
    request.contestants.truncate(1);
    request.concurrency = 1;
    let plan = plan(request);
    let writer = store.begin(&plan).expect("begin");
    let saboteur = path.clone();
    let backend = Scripted::new(move |_, number| {
        if number == 3 {
            // The disk goes away while an answer is on its way.
            let connection = rusqlite::Connection::open(&saboteur).expect("open");
            connection.execute_batch("DROP TABLE calls").expect("drop");
        }
        Act::Answer("Paris.")
    });
    let mut job = job(plan, &backend);
    job.store = Some((Arc::clone(&store), writer));
    let result = run(job).await;
    assert!(matches!(result.store_error, Some(StoreError::Database { .. })), "{:?}", result.store_error);
    // The slot is free before its call is stored: one more may be on its way when the store fails.
    let asked = backend.asked.lock().expect("lock").len();
    assert!((4..=5).contains(&asked), "nothing more is bought: {asked}");
    assert_eq!(result.run.records.len(), asked, "what was bought is handed back");
    let unstored = result.run.records.iter().filter(|record| !record.attempts[0].attempt.raw.body.is_empty());
    assert_eq!(unstored.count(), asked - 3, "with its bytes");
    assert_eq!(result.run.end, RunEnd::Interrupted);
    assert!(result.run.learned.iter().any(|note| note.code == "store_failed"));
}
