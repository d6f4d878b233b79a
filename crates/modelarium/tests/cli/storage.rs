//! Runs are stored as they are made: resume, cache, history, one call in full, and who may read it.

use scripted_server::{Pace, Response, Script};
use serde_json::Value;

use crate::support::*;

#[cfg(unix)]
#[test]
fn a_run_that_was_killed_goes_on_without_paying_twice() {
    let bench = Workbench::new(|request| {
        checked(request, |wire, model| {
            let script = Script::text(model, &["one ", "two"]);
            Response::paced(wire.events(&script), Pace::millis(20, 5))
        })
    });
    let line = "compare Hello. --models gpt-4o-mini,claude-haiku-4-5 --runs 30 --concurrency 2 --max-cost 0.5";
    let mut child = bench.start(line);
    bench.wait_for_requests(20);
    child.kill().unwrap();
    ended(child);

    let before = bench.run("report last --output-format json").expect(0).json();
    assert_eq!(before["run_end"], "open");
    let stored = rows(&before).iter().filter(|row| row["outcome"] == "complete").count();
    let in_flight = bench.sent().len() - stored;
    assert!(stored > 0 && in_flight <= 4, "{stored} stored, {in_flight} lost");

    let after = bench.run("resume last --output-format json").expect(0).json();
    assert_eq!(after["run_end"], "finished");
    assert_eq!(after["outcomes"]["complete"], 60);
    assert_eq!(bench.sent().len(), 60 + in_flight, "only calls whose answer was lost are made again");
    // What was stored before is what is there now.
    for (old, new) in rows(&before).iter().zip(rows(&after)).filter(|(old, _)| old["outcome"] == "complete") {
        assert_eq!(old, new);
    }
    // The cap covers both parts, and what the killed calls may have cost stays held.
    assert_eq!(after["budget"]["max_cost_usd"], 0.5);
    if in_flight > 0 {
        assert!(after["budget"]["held_usd"].as_f64().unwrap() > 0.0, "{:#}", after["budget"]);
    }
    let again = bench.run("resume last").expect(0);
    assert!(again.stderr.contains("finished"), "{}", again.stderr);
    assert_eq!(bench.sent().len(), 60 + in_flight);
}

#[test]
fn failed_calls_are_made_again_only_when_asked_to() {
    let counter = Counter::default();
    let bench = Workbench::new(move |request| {
        let turn = counter.next();
        checked(request, |wire, model| match turn {
            0 => scripted_server::faults::broken(wire),
            _ => Response::paced(wire.events(&Script::text(model, &["fine"])), Pace::immediate()),
        })
    });
    let first = bench.compare_raw("--models gpt-4o-mini --runs 3 --concurrency 1").expect(6).json();
    assert_eq!(first["failed_results"], 1);
    bench.run("resume last").expect(0);
    assert_eq!(bench.sent().len(), 3);
    let healed = bench.run("resume last --retry-errors --output-format json").expect(0).json();
    assert_eq!(healed["outcomes"]["complete"], 3);
    assert_eq!(bench.sent().len(), 4);
}

#[test]
fn identical_calls_are_taken_from_the_store_and_counted_apart() {
    let bench = Workbench::polite();
    let first = bench.compare("--models gpt-4o-mini,claude-haiku-4-5 --runs 3");
    assert_eq!((first["total_from_cache"].as_u64(), bench.sent().len()), (Some(0), 6));
    let second = bench.compare("--models gpt-4o-mini,claude-haiku-4-5 --runs 3 --cache");
    assert_eq!(bench.sent().len(), 6, "nothing was sent");
    assert_eq!(second["total_from_cache"], 6);
    assert!(column(&second, "from_cache").iter().all(|value| **value == true));
    assert_eq!(second["budget"]["spent_usd"], 0.0, "what was paid before is not paid now");
    assert!(note_codes(&second).contains(&"from_cache"), "{:?}", note_codes(&second));
    // Another temperature is another call; without the flag everything is made anew.
    bench.compare("--models gpt-4o-mini --temperatures 0.5 --cache");
    assert_eq!(bench.sent().len(), 7);
    bench.compare("--models gpt-4o-mini");
    assert_eq!(bench.sent().len(), 8);
}

#[test]
fn history_lists_run_ids_newest_first_for_scripts() {
    let bench = Workbench::polite();
    let ids: Vec<Value> = (0..3).map(|_| bench.compare("--models gpt-4o-mini")["run_id"].clone()).collect();
    let listed = bench.run("history --output-format json").expect(0).json();
    let listed: Vec<Value> = listed.as_array().unwrap().iter().map(|run| run["run_id"].clone()).collect();
    assert_eq!(listed.iter().collect::<Vec<_>>(), ids.iter().rev().collect::<Vec<_>>());
    let table = bench.run("history --limit 2").expect(0).text();
    assert!(
        table.contains(&ids[2].as_str().unwrap()[..8]) && !table.contains(&ids[0].as_str().unwrap()[..8]),
        "{table}"
    );
    // A run can be named by the beginning of its id.
    let prefix = &ids[1].as_str().unwrap()[..10];
    assert_eq!(bench.run(&format!("show {prefix} --output-format json")).expect(0).json()["run_id"], ids[1]);
}

#[test]
fn one_call_is_shown_with_its_raw_request_and_response() {
    let bench = Workbench::polite();
    bench.compare("--models gpt-4o-mini,claude-haiku-4-5");
    let text = bench.run("show last --call p2").expect(0).text();
    for part in
        ["claude-haiku-4-5", r#""role":"user""#, "Name the capital of France.", "event: message_start", "text_delta"]
    {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    assert_eq!(bench.run("show last --call 2").expect(0).text(), text);
}

#[test]
fn nothing_is_kept_when_nothing_is_to_be_kept() {
    let bench = Workbench::polite();
    let payload = bench.compare("--models gpt-4o-mini --no-store");
    assert_eq!(payload["outcomes"]["complete"], 1);
    assert!(!bench.path("data").exists());
    assert_eq!(bench.run("history --output-format json").expect(0).json(), serde_json::json!([]));
}

#[test]
fn a_store_of_ones_own() {
    let bench = Workbench::polite();
    let id = bench.compare("--models gpt-4o-mini --store mine.sqlite3")["run_id"].clone();
    assert!(!bench.path("data").exists());
    assert_eq!(bench.run("show last --store mine.sqlite3 --output-format json").expect(0).json()["run_id"], id);
    bench.run("show last").expect(2);
}

#[test]
fn a_store_that_is_none_is_refused_before_anything_is_sent() {
    let bench = Workbench::polite();
    let path = bench.file("other.sqlite3", "This is a letter to my aunt, and no database at all.".repeat(20));
    bench.compare_raw(&format!("--models gpt-4o-mini --store {path}")).expect(2);
    assert_eq!(bench.server.requests(), 0);
    assert!(
        std::fs::read_to_string(path).unwrap().starts_with("This is a letter"),
        "a file of someone else was changed"
    );
}

#[cfg(unix)]
#[test]
fn store_and_folder_are_private_to_the_user() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Workbench::polite();
    bench.compare("--models gpt-4o-mini");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for entry in std::fs::read_dir(bench.path("data")).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    assert_eq!(mode(&bench.path("data")), 0o700);
    // The mode of an existing output file is not widened (lesson 13).
    let output = bench.file("private.json", "{}");
    std::fs::set_permissions(&output, std::fs::Permissions::from_mode(0o600)).unwrap();
    bench.run("report last -o private.json --force").expect(0);
    assert_eq!(mode(output.as_ref()), 0o600);
}
