//! The store as a file: what comes back, who may read it, and what happens to a bad one.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use std::path::Path;
use std::sync::Arc;

use evals::plan::{Plan, PlanRequest};
use evals::record::RunEnd;
use evals::runner::{RunResult, run};
use evals::store::{Store, StoreError};
use llm::error::ErrorKind;
use support::*;

fn plan(runs: u32) -> Plan {
    let contestants = vec![contestant("a", "one", priced(3.0, 15.0)), contestant("b", "two", priced(0.1, 0.4))];
    Plan::new(PlanRequest { temperatures: vec![Some(0.1), Some(0.7)], ..plan_request(contestants, runs) })
        .expect("plan")
}

async fn stored(store: &Arc<Store>, plan: &Plan, backend: Arc<Scripted>) -> RunResult {
    let mut job = job(plan.clone(), &backend);
    job.store = Some((Arc::clone(store), store.begin(plan).expect("begin")));
    run(job).await
}

fn open(path: &Path) -> Arc<Store> {
    Arc::new(Store::open(path).expect("store"))
}

#[tokio::test]
async fn what_is_loaded_equals_what_was_run_to_the_last_bit() {
    let directory = tempfile::tempdir().expect("directory");
    let path = directory.path().join("deep").join("down").join("runs.db");
    let backend = Scripted::new(|_, number| match number % 5 {
        0 => Act::FailBilled(ErrorKind::Timeout),
        1 => Act::AnswerWithoutUsage,
        2 => Act::Refuse(ErrorKind::InvalidRequest),
        _ => Act::Answer("Zürich \u{1F600} \"quoted\" \0"),
    });
    let plan = plan(5);
    let result = stored(&open(&path), &plan, backend).await;
    let reopened = Store::open_read_only(&path).expect("store");
    let loaded = reopened.load("last").expect("the run");
    assert_eq!(loaded, result.run);
    assert_eq!(loaded.header(), result.run.header());
    for record in &loaded.records {
        let raw = reopened.raw("last", record.call.index, 0).expect("bytes");
        assert_eq!(raw.response, b"data: raw bytes");
        assert!(String::from_utf8(raw.request).expect("text").contains("entanglement"));
    }
    let run_id = &loaded.header().run_id;
    assert_eq!(
        reopened.responses(run_id).expect("store").last(0).expect("store").as_deref(),
        Some(&b"data: raw bytes"[..])
    );
    assert_eq!(reopened.responses(run_id).expect("store").last(9_999).expect("store"), None);
    assert!(matches!(reopened.raw("last", 0, 9), Err(StoreError::NoSuchAttempt { call: 0, attempt: 9 })));
}

#[tokio::test]
async fn the_history_lists_runs_and_finds_them_by_prefix() {
    let directory = tempfile::tempdir().expect("directory");
    let store = open(&directory.path().join("runs.db"));
    let mut ids = Vec::new();
    for run_id in ["aaaa-1", "aaab-2", "bbbb-3"] {
        let mut plan = plan(1);
        plan.header.run_id = run_id.to_owned();
        stored(&store, &plan, Scripted::answering()).await;
        ids.push(run_id);
    }
    let history = store.list().expect("list");
    assert_eq!(history.iter().map(|line| line.run_id.as_str()).collect::<Vec<_>>(), ["bbbb-3", "aaab-2", "aaaa-1"]);
    let line = &history[0];
    assert_eq!((line.planned, line.recorded, line.without_cost, line.end), (4, 4, 0, RunEnd::Finished));
    assert_eq!(line.contestants, ["a", "b"]);
    assert_eq!(line.prompt, "Explain quantum entanglement.");
    assert!(line.cost > llm::money::Usd::ZERO);
    assert_eq!(store.load("b").expect("unique prefix").plan.header.run_id, "bbbb-3");
    assert_eq!(store.load("aaaa-1").expect("full id").plan.header.run_id, "aaaa-1");
    assert!(matches!(store.load("aaa"), Err(StoreError::Ambiguous { matches, .. }) if matches.len() == 2));
    for nothing in ["x", "", "%", "bbbb-33"] {
        assert!(matches!(store.load(nothing), Err(StoreError::NoSuchRun { .. })), "{nothing:?}");
    }
    store.delete("bbbb-3").expect("delete");
    assert_eq!(store.list().expect("list").len(), 2);
    assert!(store.raw("bbbb-3", 0, 0).is_err());
}

#[tokio::test]
async fn many_read_while_one_writes() {
    let directory = tempfile::tempdir().expect("directory");
    let path = directory.path().join("runs.db");
    let store = open(&path);
    let plan = plan(50);
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || {
                let store = Store::open_read_only(&path).expect("store");
                let mut most = 0;
                while most < 200 {
                    if let Ok(run) = store.load("last") {
                        assert!(run.records.len() >= most, "records do not vanish");
                        most = run.records.len();
                    }
                }
            })
        })
        .collect();
    stored(&store, &plan, Scripted::answering()).await;
    for reader in readers {
        reader.join().expect("reader");
    }
}

#[test]
fn there_may_be_no_store_yet() {
    let directory = tempfile::tempdir().expect("directory");
    let path = directory.path().join("runs.db");
    assert!(matches!(Store::open_read_only(&path), Err(StoreError::Missing { .. })));
    assert!(!path.exists(), "looking creates nothing");
    Store::open(&path).expect("store");
    assert!(Store::open_read_only(&path).expect("store").list().expect("list").is_empty());
}

#[test]
fn two_may_open_a_new_store_at_once() {
    let directory = tempfile::tempdir().expect("directory");
    let path = directory.path().join("runs.db");
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || Store::open(&path).map(|store| store.list().expect("list").len()))
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().expect("thread").expect("store"), 0);
    }
}

fn refusal(path: &Path) -> (StoreError, String) {
    let before = std::fs::read(path).expect("read");
    let error = Store::open(path).err().expect("refused");
    assert_eq!(std::fs::read(path).expect("read"), before, "a refused file is left as it was");
    let sentence = error.to_string();
    (error, sentence)
}

#[test]
fn a_file_that_is_no_store_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().expect("directory");
    let path = directory.path().join("runs.db");
    std::fs::write(&path, b"my thesis, chapter one, of which there is no copy").expect("write");
    let (error, sentence) = refusal(&path);
    assert!(matches!(error, StoreError::Corrupt { .. }) && sentence.contains("--store"), "{sentence}");
}

#[test]
fn the_database_of_another_program_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().expect("directory");
    let path = directory.path().join("runs.db");
    let other = rusqlite::Connection::open(&path).expect("open");
    other.execute_batch("CREATE TABLE bookmarks (url TEXT); INSERT INTO bookmarks VALUES ('x')").expect("write");
    drop(other);
    let (error, sentence) = refusal(&path);
    assert!(matches!(error, StoreError::Corrupt { .. }) && sentence.contains("another program"), "{sentence}");
}

#[test]
fn a_store_of_a_newer_version_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().expect("directory");
    let path = directory.path().join("runs.db");
    Store::open(&path).expect("store");
    let newer = rusqlite::Connection::open(&path).expect("open");
    newer.pragma_update(None, "user_version", 99).expect("write");
    newer.close().expect("close");
    let (error, sentence) = refusal(&path);
    assert!(matches!(error, StoreError::Newer { found: 99, .. }) && sentence.contains("newer"), "{sentence}");
}

#[tokio::test]
async fn a_damaged_record_is_an_error_and_no_panic() {
    let directory = tempfile::tempdir().expect("directory");
    let path = directory.path().join("runs.db");
    let store = open(&path);
    stored(&store, &plan(1), Scripted::answering()).await;
    let other = rusqlite::Connection::open(&path).expect("open");
    other.execute("UPDATE calls SET record = x'00FF00FF' WHERE call_index = 1", []).expect("write");
    assert!(matches!(store.load("last"), Err(StoreError::Corrupt { .. })));
}

#[test]
fn a_locked_store_is_said_to_be_locked() {
    let directory = tempfile::tempdir().expect("directory");
    let path = directory.path().join("runs.db");
    let store = Store::open(&path).expect("store");
    let other = rusqlite::Connection::open(&path).expect("open");
    other.execute_batch("BEGIN IMMEDIATE").expect("lock");
    let error = store.begin(&plan(1)).err().expect("locked");
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
}

#[test]
fn a_run_that_is_going_on_cannot_be_taken_up_or_deleted() {
    let directory = tempfile::tempdir().expect("directory");
    let path = directory.path().join("runs.db");
    let store = Store::open(&path).expect("store");
    let plan = plan(1);
    let writer = store.begin(&plan).expect("begin");
    let other = Store::open(&path).expect("store");
    assert!(matches!(other.resume("last", |_| Ok(())), Err(StoreError::RunBusy { .. })));
    assert!(matches!(other.delete("last"), Err(StoreError::RunBusy { .. })));
    drop(writer);
    other.resume("last", |_| Ok(())).expect("now it can");
}

#[cfg(unix)]
#[tokio::test]
async fn the_store_is_private_to_the_user() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().expect("directory");
    let path = directory.path().join("new").join("runs.db");
    let store = open(&path);
    stored(&store, &plan(1), Scripted::answering()).await;
    let mode = |path: &Path| std::fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
    assert_eq!(mode(&directory.path().join("new")), 0o700);
    for file in std::fs::read_dir(directory.path().join("new")).expect("list") {
        let file = file.expect("file").path();
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    drop(store);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("chmod");
    open(&path);
    assert_eq!(mode(&path), 0o600, "a store that others could read is closed to them");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).expect("chmod");
    let _ = Store::open(&path);
    assert_eq!(mode(&path), 0o400, "and never opened wider");
}

#[cfg(unix)]
#[test]
fn a_store_that_cannot_be_written_is_said_to_be_so() {
    let error = Store::open(Path::new("/dev/null/runs.db")).err().expect("no directory");
    assert!(matches!(error, StoreError::Unwritable { .. }) && error.to_string().contains("--no-store"), "{error}");
}
