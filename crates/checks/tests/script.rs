//! Users' programs: what is a verdict, what is not, and that none of them can hold up or swamp a run.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use checks::{ExternalResult, ScriptCommand, ScriptSpec, script};

fn argv(parts: &[&str]) -> ScriptSpec {
    ScriptSpec {
        command: ScriptCommand::Argv(parts.iter().map(|&part| part.to_owned()).collect()),
        timeout: Duration::from_mins(1),
        threshold: 0.5,
        base: None,
        without_env: Vec::new(),
    }
}

fn sh(line: &str) -> ExternalResult {
    script::run(&argv(&["sh", "-c", line]), b"{\"output\": \"x\"}")
}

fn error(result: &ExternalResult) -> &str {
    assert_eq!((result.passed, result.score), (None, None), "{result:?}");
    result.error.as_deref().unwrap()
}

#[test]
fn verdicts_in_every_form() {
    let passed = |line: &str| sh(line).passed;
    assert_eq!(passed("exit 0"), Some(true));
    assert_eq!(passed("exit 1"), Some(false));
    assert_eq!(passed("echo pass"), Some(true));
    assert_eq!(passed("echo FAIL"), Some(false));
    assert_eq!(passed("echo fail; exit 1"), Some(false));
    assert_eq!(passed("echo '{\"pass\": true}'"), Some(true));
    assert_eq!(passed("echo '{\"pass\": false}'; exit 1"), Some(false));
    assert_eq!(passed("echo 0.5"), Some(true));
    assert_eq!(passed("echo 0.49"), Some(false));
    let graded = sh("echo '{\"score\": 0.25, \"message\": \"thin\"}'");
    assert_eq!((graded.passed, graded.score, graded.message.as_str()), (Some(false), Some(0.25), "thin"));
    let both = sh("echo '{\"pass\": true, \"score\": 0.25}'");
    assert_eq!((both.passed, both.score), (Some(true), Some(0.25)), "its own verdict comes before the threshold");
    let strict = ScriptSpec { threshold: 0.9, ..argv(&["echo", "0.8"]) };
    assert_eq!(script::run(&strict, b"").passed, Some(false));
    let reason = sh("echo 'too long' >&2; exit 1");
    assert_eq!((reason.passed, reason.message.as_str()), (Some(false), "too long"));
}

#[test]
fn the_row_is_on_standard_input() {
    let row = serde_json::json!({"output": "é\n".repeat(200_000)}).to_string();
    let counted = script::run(&argv(&["sh", "-c", "wc -c >&2; exit 1"]), row.as_bytes());
    assert_eq!(counted.message.trim(), row.len().to_string());
}

#[test]
fn what_is_no_verdict_is_an_error_and_never_a_pass() {
    assert!(error(&sh("exit 2")).contains("exit code 2"));
    assert!(error(&sh("echo pass; exit 3")).contains("exit code 3"));
    assert!(error(&sh("echo pass; exit 1")).contains("contradict"));
    assert!(error(&sh("echo 1.0; exit 1")).contains("contradict"));
    assert!(error(&sh("kill -9 $$")).contains("ended from outside"));
    assert!(error(&sh("echo yes")).contains("\"yes\", which is no verdict"));
    assert!(error(&sh("echo '{\"pass\": tru'")).contains("no verdict"));
    assert!(error(&sh("echo '{}'")).contains("no verdict"));
    assert!(error(&sh("echo '[true]'")).contains("no verdict"));
    assert!(error(&sh("echo '{\"pass\": \"yes\"}'")).contains("neither true nor false"));
    assert!(error(&sh("echo 1.5")).contains("not a number from 0 to 1"));
    assert!(error(&sh("echo '{\"pass\": true, \"score\": \"high\"}'")).contains("not a number"));
    assert!(error(&sh("echo '{\"score\": -0.1}'")).contains("not a number"));
    assert!(error(&sh("echo NaN")).contains("no verdict"));
    assert!(error(&sh("printf '\\377\\376'")).contains("UTF-8"));
    assert!(error(&sh("echo pass; echo pass")).contains("no verdict"));
    let crash = sh("echo 'Traceback (most recent call last):' >&2; echo 'KeyError: output' >&2; exit 1");
    assert!(error(&crash).contains("crashed") && error(&crash).contains("KeyError"));
    assert!(error(&sh(&format!("echo '{}1{}'", "[".repeat(20_000), "]".repeat(20_000)))).contains("no verdict"));
}

#[test]
fn a_program_that_hangs_is_ended() {
    let spec = ScriptSpec { timeout: Duration::from_millis(200), ..argv(&["sleep", "1000"]) };
    assert!(error(&script::run(&spec, b"")).contains("did not end within 0.2 s"));
    // With its pipes closed, and with the polite signal ignored.
    let deaf = "trap '' TERM INT HUP; exec >&- 2>&- <&-; while :; do sleep 1; done";
    let spec = ScriptSpec { timeout: Duration::from_millis(200), ..argv(&["sh", "-c", deaf]) };
    assert!(error(&script::run(&spec, b"")).contains("did not end"));
}

#[test]
fn a_flood_is_ended_on_either_stream() {
    assert!(error(&sh("yes")).contains("more than 1024 KiB"));
    assert!(error(&sh("yes >&2")).contains("more than 1024 KiB"));
    assert!(error(&sh("head -c 100000 /dev/zero")).contains("more than 64 KiB"));
}

#[test]
fn a_child_that_holds_the_pipe_does_not_hold_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let note = folder.path().join("pid");
    let line = format!("sleep 1000 & echo $! > {}; echo pass", note.display());
    assert_eq!(sh(&line).passed, Some(true));
    let pid: i32 = std::fs::read_to_string(&note).unwrap().trim().parse().unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    // It was ended with its group; only its entry may wait for the system to clear it away.
    let gone = (0..2000).any(|_| {
        let dead = rustix::process::test_kill_process(pid).is_err() || is_zombie(pid);
        if !dead {
            std::thread::sleep(Duration::from_millis(5));
        }
        dead
    });
    assert!(gone, "the grandchild outlived the check");
    // One that left the group keeps the pipe and is not waited for.
    if Path::new("/usr/bin/setsid").exists() {
        assert_eq!(sh("setsid sleep 3 & echo pass").passed, Some(true));
    }
}

fn is_zombie(pid: rustix::process::Pid) -> bool {
    std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()))
        .is_ok_and(|stat| stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')))
}

#[test]
fn input_that_is_not_read_does_no_harm() {
    let row = vec![b'x'; 4 << 20];
    assert_eq!(script::run(&argv(&["true"]), &row).passed, Some(true));
    assert_eq!(script::run(&argv(&["sh", "-c", "exec <&-; echo fail"]), &row).passed, Some(false));
}

#[test]
fn a_program_that_cannot_start_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let base = Some(folder.path().to_path_buf());
    assert!(error(&script::run(&argv(&["no-such-program-anywhere"]), b"")).contains("was not found"));
    assert!(
        error(&script::run(&ScriptSpec { base: base.clone(), ..argv(&["./missing.sh"]) }, b""))
            .contains("was not found")
    );
    std::fs::write(folder.path().join("plain.sh"), "#!/bin/sh\necho pass\n").unwrap();
    let plain = ScriptSpec { base: base.clone(), ..argv(&["plain.sh"]) };
    assert!(error(&script::run(&plain, b"")).contains("make it executable"));
    let gone = ScriptSpec { base: Some(folder.path().join("gone")), ..argv(&["true"]) };
    assert!(error(&script::run(&gone, b"")).contains("does not exist"));
    assert!(error(&script::run(&argv(&[]), b"")).contains("was not found"));

    std::fs::set_permissions(folder.path().join("plain.sh"), std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(script::run(&plain, b"").passed, Some(true), "a bare name is a file of the suite's folder");
    let dotted = ScriptSpec { base, ..argv(&["./plain.sh"]) };
    assert_eq!(script::run(&dotted, b"").passed, Some(true));
}

#[test]
fn no_shell_reads_an_argument_list() {
    let result = script::run(&argv(&["printf", "%s", "$(echo pass)"]), b"");
    assert!(error(&result).contains("$(echo pass)"));
    let shell = ScriptSpec { command: ScriptCommand::Shell("echo pa'ss' | cat".to_owned()), ..argv(&[]) };
    assert_eq!(script::run(&shell, b"").passed, Some(true));
}

#[test]
fn keys_can_be_kept_from_programs() {
    let line = "test -z \"$PATH_OF_KEYS$HOME\"";
    let spec = ScriptSpec { without_env: vec!["HOME".to_owned()], ..argv(&["sh", "-c", line]) };
    assert_eq!(script::run(&spec, b"").passed, Some(true));
}
