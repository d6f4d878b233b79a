//! Checks by the user's own programs: what they get, what they must not get, and how they end.
#![cfg(unix)]

use serde_json::Value;

use crate::support::*;

/// A suite whose one check runs this shell program.
fn bench(program: &str, more: &str) -> Workbench {
    let bench = Workbench::polite();
    std::fs::create_dir(bench.path("suite")).unwrap();
    bench.file("suite/check.sh", program);
    let check = format!(r#"{{"type": "script", "command": ["sh", "check.sh"]{more}}}"#);
    bench.file(
        "suite/suite.json",
        format!(r#"[{{"id": "one", "prompt": "Name the capital.", "assertions": [{check}]}}]"#),
    );
    bench
}

fn batch(bench: &Workbench) -> Finished {
    bench.run("batch suite/suite.json -m gpt-4o-mini --output-format json")
}

fn check(payload: &Value) -> &Value {
    &rows(payload)[0]["assertions"][0]
}

#[test]
fn a_program_gets_the_row_and_never_a_key() {
    let bench =
        bench("cat > row.json\nenv > env.txt\necho '{\"pass\": true, \"score\": 0.9, \"message\": \"seen\"}'\n", "");
    let payload = batch(&bench).expect(0).json();
    assert_eq!(
        (&check(&payload)["passed"], &check(&payload)["score"]),
        (&true.into(), &0.9.into()),
        "{:#}",
        check(&payload)
    );
    let row: Value = serde_json::from_slice(&std::fs::read(bench.path("suite/row.json")).unwrap()).unwrap();
    assert_eq!(row["output"], "The capital of France is Paris.");
    assert!(row["prompt"].to_string().contains("Name the capital."), "{row:#}");
    let environment = std::fs::read_to_string(bench.path("suite/env.txt")).unwrap();
    assert!(environment.contains("HOME="), "it gets what programs need");
    for (_, variable, key) in KEYS {
        assert!(!environment.contains(variable) && !environment.contains(key), "{variable} was handed to a program");
        assert!(!payload.to_string().contains(key) && !row.to_string().contains(key));
    }
    // What a program said is stored: a replay does not run it again.
    std::fs::remove_file(bench.path("suite/row.json")).unwrap();
    let again = bench.run("replay last --suite suite/suite.json --output-format json").expect(0).json();
    assert_eq!(check(&again)["passed"], true);
    assert!(!bench.path("suite/row.json").exists());
}

#[test]
fn the_answer_and_the_exit_code_decide_and_nothing_else_passes() {
    for (program, passed, code) in [
        ("echo pass", Value::Bool(true), 0),
        ("echo fail", Value::Bool(false), 1),
        ("exit 0", Value::Bool(true), 0),
        ("exit 1", Value::Bool(false), 1),
        ("exit 3", Value::Null, 1),
        ("echo pass; exit 1", Value::Null, 1),
        ("echo hello", Value::Null, 1),
        ("kill -9 $$", Value::Null, 1),
    ] {
        let payload = batch(&bench(program, "")).expect(code).json();
        assert_eq!(check(&payload)["passed"], passed, "{program}: {:#}", check(&payload));
    }
}

#[test]
fn a_program_that_hangs_or_floods_is_ended_with_all_that_it_started() {
    let hanging = bench("sleep 600 & echo $! > child.pid; sleep 600", r#", "timeout": 1"#);
    let payload = batch(&hanging).expect(1).json();
    assert_eq!((&check(&payload)["passed"], &check(&payload)["error_kind"]), (&Value::Null, &"script".into()));
    let pid = std::fs::read_to_string(hanging.path("suite/child.pid")).unwrap().trim().to_owned();
    wait_until("the child to be gone", || {
        // A zombie is gone as well; only its entry waits to be read.
        let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        state.is_empty() || state.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
    });
    let flooding = bench("yes pass", "");
    let payload = batch(&flooding).expect(1).json();
    assert_eq!(check(&payload)["passed"], Value::Null, "{:#}", check(&payload));
}

#[test]
fn a_program_that_is_not_there_is_found_before_anything_is_sent() {
    let bench = Workbench::polite();
    bench.file(
        "suite.json",
        r#"[{"prompt": "x", "assertions": [{"type": "script", "command": ["./missing-program"]}]}]"#,
    );
    bench.run("batch suite.json -m gpt-4o-mini").expect(2).says(&[
        "missing-program",
        "suite.json:1",
        "nothing was sent",
    ]);
    assert_eq!(bench.server.requests(), 0);
}

#[test]
fn a_program_that_went_away_is_no_pass() {
    let bench = bench("rm check.sh; sleep 0.2; echo pass", "");
    let check_of = |done: Finished| check(&done.json())["passed"].clone();
    assert_eq!(check_of(batch(&bench).expect(0)), true);
    std::fs::write(bench.path("suite/check.sh"), "echo pass; exec ./gone").unwrap();
    assert_eq!(check_of(batch(&bench).expect(1)), Value::Null);
}
