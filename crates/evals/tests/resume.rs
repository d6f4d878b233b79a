//! Taking up a run that ended early: nothing that is stored is paid for again.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "support/http.rs"]
mod http;
mod support;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use evals::plan::{Plan, PlanRequest};
use evals::record::{CallCost, Prompt, RunEnd};
use evals::runner::{Job, NoObserver, RunOptions, RunResult, StopLevel, StopSignal, run};
use evals::store::Store;
use llm::error::ErrorKind;
use llm::money::Usd;
use llm::outcome::Outcome;
use scripted_server::{Response, Script, Server, Wire};
use support::*;

fn two(runs: u32) -> PlanRequest {
    plan_request(vec![contestant("a", "one", priced(3.0, 15.0)), contestant("b", "two", priced(1.0, 5.0))], runs)
}

/// Begins a run and stops it after so many calls.
async fn interrupted(store: &Arc<Store>, plan: &Plan, backend: &Arc<Scripted>, milliseconds: u64) -> RunResult {
    let mut job = job(plan.clone(), backend);
    job.store = Some((Arc::clone(store), store.begin(plan).expect("begin")));
    let stop = job.stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        stop.raise(StopLevel::Quit);
    });
    run(job).await
}

async fn resumed(store: &Arc<Store>, backend: &Arc<Scripted>, options: RunOptions) -> RunResult {
    let (writer, earlier) = store.resume("last", |_| Ok(())).expect("resume");
    let mut job = job(earlier.plan.clone(), backend);
    job.store = Some((Arc::clone(store), writer));
    job.earlier = Some(earlier);
    job.options = options;
    run(job).await
}

fn store(directory: &tempfile::TempDir) -> Arc<Store> {
    Arc::new(Store::open(&directory.path().join("runs.db")).expect("store"))
}

#[tokio::test]
async fn a_resumed_run_has_the_records_of_one_that_was_never_stopped() {
    let directory = tempfile::tempdir().expect("directory");
    let store = store(&directory);
    let mut request = two(10);
    request.concurrency = 1;
    let plan = Plan::new(request).expect("plan");
    let whole = make(plan.clone(), &Scripted::answering()).await;
    let first = Scripted::answering();
    // Stopped by a drain between calls, so that no answer is half there.
    let mut job = job(plan.clone(), &first);
    job.store = Some((Arc::clone(&store), store.begin(&plan).expect("begin")));
    let stop: StopSignal = job.stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(350)).await;
        stop.raise(StopLevel::Drain);
    });
    let part = run(job).await;
    assert_eq!(part.run.end, RunEnd::Interrupted);
    assert!((1..20).contains(&part.run.records.len()), "{}", part.run.records.len());
    let second = Scripted::answering();
    let result = resumed(&store, &second, RunOptions::default()).await;
    assert_eq!(result.run.end, RunEnd::Finished);
    let asked = |backend: &Arc<Scripted>| backend.asked.lock().expect("lock").len();
    assert_eq!(asked(&first) + asked(&second), 20, "nothing is paid for twice");
    assert_eq!(timeless(&result.run.records), timeless(&whole.run.records));
    assert_eq!(result.balance.settled, whole.balance.settled, "what was spent before counts");
    assert_eq!(store.load("last").expect("the run"), result.run);
}

#[tokio::test]
async fn the_cap_covers_what_was_spent_before() {
    let directory = tempfile::tempdir().expect("directory");
    let store = store(&directory);
    let mut request = two(10);
    request.max_cost = Some(usd(1.0));
    let plan = Plan::new(request).expect("plan");
    let hanging = Scripted::new(|_, number| if number < 4 { Act::Answer("Paris.") } else { Act::Hang });
    let first = interrupted(&store, &plan, &hanging, 600).await;
    let cancelled = first.run.records.iter().filter(|record| record.outcome == Outcome::Cancelled).count();
    assert!(cancelled > 0 && first.balance.unknown > Usd::ZERO);
    let result = resumed(&store, &Scripted::answering(), RunOptions::default()).await;
    assert!(result.balance.settled + result.balance.held <= usd(1.0));
    assert_eq!(result.balance.unknown, first.balance.unknown, "what may have been billed stays held");
    for record in result.run.records.iter().filter(|record| record.attempts.len() == 2) {
        assert!(record.attempts[0].attempt.cancelled && record.outcome == Outcome::Complete);
        assert!(matches!(record.cost, CallCost::Unknown(Some(_))), "its first attempt may have been billed");
    }
    // The bytes of both attempts are kept.
    let again = result.run.records.iter().find(|record| record.attempts.len() == 2).expect("a call made again");
    assert_eq!(store.raw("last", again.call.index, 1).expect("bytes").response, b"data: raw bytes");
}

#[tokio::test]
async fn errors_are_made_again_only_on_request_and_unsent_calls_always() {
    let directory = tempfile::tempdir().expect("directory");
    let store = store(&directory);
    let mut request = two(5);
    request.concurrency = 1;
    let plan = Plan::new(request).expect("plan");
    let failing = Scripted::new(|request, _| match request.model.as_str() {
        "a" => Act::Refuse(ErrorKind::Authentication),
        _ => Act::FailBilled(ErrorKind::ProviderFault),
    });
    let mut job = job(plan.clone(), &failing);
    job.store = Some((Arc::clone(&store), store.begin(&plan).expect("begin")));
    run(job).await;
    // One call of `a` was refused; four were never sent.
    let second = Scripted::answering();
    let result = resumed(&store, &second, RunOptions::default()).await;
    assert_eq!(second.models_asked(), ["a"; 4]);
    assert!(result.run.learned.iter().all(|note| note.code != "contestant_stopped"));
    let third = Scripted::answering();
    let options = RunOptions { retry_errors: true, ..RunOptions::default() };
    let result = resumed(&store, &third, options).await;
    assert_eq!(third.asked.lock().expect("lock").len(), 6);
    assert!(result.run.records.iter().all(|record| record.outcome == Outcome::Complete));
    assert_eq!(result.run.end, RunEnd::Finished);
}

/// How many calls the run that is killed has; each with a prompt of its own, so that the server
/// can tell them apart.
const CALLS: u32 = 60;
const STORE: &str = "EVALS_TEST_STORE";
const SERVER: &str = "EVALS_TEST_SERVER";

fn killed_plan() -> Plan {
    Plan::new(PlanRequest {
        prompts: (0..CALLS)
            .map(|number| Prompt::new(format!("p{number}"), format!("What is number {number}?")))
            .collect(),
        concurrency: 4,
        max_cost: Some(usd(5.0)),
        ..plan_request(vec![contestant("gpt-4o-mini", "openai", priced(3.0, 15.0))], 1)
    })
    .expect("plan")
}

fn http_job(plan: Plan, url: &str) -> Job {
    let backends = vec![http::backend_at(url)];
    Job {
        plan,
        backends,
        store: None,
        earlier: None,
        observer: Arc::new(NoObserver),
        stop: StopSignal::new(),
        options: RunOptions::default(),
    }
}

/// Not a test of its own: the process that is killed.
#[tokio::test]
async fn child_that_is_killed() {
    let (Ok(path), Ok(url)) = (std::env::var(STORE), std::env::var(SERVER)) else { return };
    let store = Arc::new(Store::open(Path::new(&path)).expect("store"));
    let plan = killed_plan();
    let writer = store.begin(&plan).expect("begin");
    let mut job = http_job(plan, &url);
    job.store = Some((store, writer));
    run(job).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_kill_9_nothing_that_is_stored_is_paid_for_again() {
    let directory = tempfile::tempdir().expect("directory");
    let path: PathBuf = directory.path().join("runs.db");
    let server = Server::start(|_| {
        let events = Wire::OpenAiChat.events(&Script::text("gpt-4o-mini", &["Pa", "ris."]));
        Response::stream(events.into_iter().map(|piece| (Duration::from_millis(5), piece.bytes)))
    })
    .expect("server");
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "child_that_is_killed"])
        .env(STORE, &path)
        .env(SERVER, server.url())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("child");
    while server.requests() < 20 {
        assert!(child.try_wait().expect("child").is_none(), "the child ended by itself");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    child.kill().expect("kill -9");
    child.wait().expect("child");

    let store = Arc::new(Store::open(&path).expect("store"));
    let before = store.load("last").expect("the run");
    assert_eq!(before.end, RunEnd::Open);
    assert!((1..CALLS as usize).contains(&before.records.len()), "{} records", before.records.len());
    let sent_before = requests_by_prompt(&server);
    let (writer, earlier) = store.resume("last", |plan| plan.reprice(AT_UNIX, Some(usd(5.0)))).expect("resume");
    let lost = earlier.unsettled.clone();
    let mut job = http_job(earlier.plan.clone(), &server.url());
    job.store = Some((Arc::clone(&store), writer));
    job.earlier = Some(earlier);
    let result = run(job).await;

    assert_eq!(result.run.end, RunEnd::Finished);
    assert_eq!(result.run.records.len(), CALLS as usize);
    let sent = requests_by_prompt(&server);
    for record in &before.records {
        assert_eq!(sent[&record.call.prompt], 1, "a stored call was paid for again");
    }
    let known: Vec<u32> = before.records.iter().map(|record| record.call.prompt).collect();
    for prompt in sent_before.keys().filter(|prompt| !known.contains(prompt)) {
        let call = result.run.records.iter().find(|record| record.call.prompt == *prompt).expect("a record").call.index;
        assert!(lost.iter().any(|unsettled| unsettled.call_index == call), "a request without a trace in the store");
    }
    let held: Usd = lost.iter().map(|unsettled| unsettled.held.expect("bounded")).sum();
    assert_eq!(result.balance.unknown, held, "what may have been billed stays held");
    let loaded = store.load("last").expect("the run");
    assert_eq!(loaded, result.run);
    assert_eq!(loaded.unsettled, lost, "and is never forgotten");
    assert_eq!(lost.is_empty(), !loaded.header().notes.iter().any(|note| note.code == "lost_calls"));

    drop(store);
    for file in std::fs::read_dir(directory.path()).expect("list") {
        let bytes = std::fs::read(file.expect("file").path()).expect("read");
        assert!(!bytes.windows(20).any(|window| window == &http::CANARY.as_bytes()[..20]), "the key is in the store");
    }
}

fn requests_by_prompt(server: &Server) -> HashMap<u32, usize> {
    let mut counts = HashMap::new();
    for record in server.records() {
        let body = record.request.json();
        let text = body["messages"][0]["content"].as_str().expect("a prompt").to_owned();
        let number: u32 = text.trim_start_matches("What is number ").trim_end_matches('?').parse().expect("a number");
        *counts.entry(number).or_default() += 1;
    }
    counts
}
