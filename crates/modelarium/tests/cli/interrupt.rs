//! Ctrl-C: once lets the calls in flight end, twice ends them; everything is stored, exit 130.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command};
use std::time::Duration;

use scripted_server::{Pace, Response, Script};

use crate::support::*;

fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Reads messages until one says this; the rest is thrown away, so that the program never waits to be read.
fn wait_for_words(child: &mut Child, words: &'static str) {
    let mut messages = BufReader::new(child.stderr.take().unwrap()).lines();
    let found = messages.by_ref().map_while(Result::ok).any(|line| line.contains(words));
    assert!(found, "`{words}` was never said");
    std::thread::spawn(move || messages.for_each(drop));
}

/// Answers in so many milliseconds to the first and then each further word.
fn slow(first: u64, gap: u64) -> Workbench {
    Workbench::new(move |request| {
        checked(request, |wire, model| {
            let script = Script::text(model, &["one ", "two ", "three ", "four"]);
            Response::paced(wire.events(&script), Pace::millis(first, gap))
        })
    })
}

#[test]
fn once_finishes_the_calls_in_flight_and_stores_them_lesson_66() {
    let bench = slow(150, 50);
    let child =
        bench.start("compare Hello. --models gpt-4o-mini,gpt-4o --runs 10 --concurrency 2 --output-format json");
    bench.wait_for_requests(2);
    interrupt(&child);
    let done = ended(child).expect(130);
    let payload = done.json();
    assert_eq!(payload["run_end"], "interrupted");
    assert_eq!(payload["outcomes"]["complete"], bench.sent().len(), "{}", done.stderr);
    assert!(bench.sent().iter().all(|record| !record.abandoned), "a call in flight was cut");
    assert!(bench.sent().len() < 20);
    for row in rows(&payload).iter().filter(|row| row["outcome"] == "cancelled") {
        assert_eq!(row["cost_usd"], serde_json::Value::Null, "never started is not free (lesson 68)");
    }
    done.says(&["resume"]);
    let stored = bench.run("report last --output-format json").expect(0).json();
    assert_eq!(stored, payload);

    let resumed = bench.run("resume last --output-format json").expect(0).json();
    assert_eq!(resumed["outcomes"]["complete"], 20);
    assert_eq!(bench.sent().len(), 20, "no call was made twice");
}

#[test]
fn twice_quits_and_keeps_what_arrived() {
    let bench = slow(1, 20_000);
    let mut child = bench.start("compare Hello. --models gpt-4o-mini --runs 4 --concurrency 2 --output-format json");
    wait_until("first words", || bench.sent().iter().filter(|record| record.first_token_at().is_some()).count() == 2);
    // What was written must also have been read before the presses, and nothing shows when it was.
    std::thread::sleep(Duration::from_millis(500));
    interrupt(&child);
    wait_for_words(&mut child, "Ctrl-C again");
    interrupt(&child);
    let done = ended(child).expect(130);
    let payload = done.json();
    assert_eq!(payload["outcomes"]["cancelled"], 4);
    let partial: Vec<_> = rows(&payload).iter().filter(|row| row["output"] == "one ").collect();
    assert_eq!(partial.len(), 2, "{:#}", payload["results"]);
    for row in partial {
        assert_eq!(row["cost_usd"], serde_json::Value::Null, "what a cut answer cost is unknown");
        assert_eq!(row["cost_kind"], "unknown");
    }
    assert_eq!(bench.run("report last --output-format json").expect(0).json(), payload);
}

#[test]
fn in_the_middle_of_a_back_off_ends_the_wait_lesson_67() {
    let bench = Workbench::new(|request| checked(request, |wire, _| scripted_server::faults::rate_limited(wire, "50")));
    let mut child = bench.start("compare Hello. --models gpt-4o-mini --output-format json");
    wait_for_words(&mut child, "retrying after");
    interrupt(&child);
    let payload = ended(child).expect(130).json();
    assert_eq!(rows(&payload)[0]["outcome"], "cancelled");
    assert_eq!(rows(&payload)[0]["attempts"][0]["error_kind"], "rate_limit");
}
