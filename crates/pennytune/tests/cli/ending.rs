//! How commands end: the exit codes, Ctrl-C, a reader that had enough, a full disk.

use loopback_edgar::Fault;

use crate::support::{Home, toy};

/// One command for each code that is no interruption.
#[test]
fn every_exit_code_has_its_case() {
    let home = Home::new(toy());
    let code = |arguments: &[&str]| home.command(arguments).args(["--rate", "0"]).output().unwrap().status.code();
    assert_eq!(code(&["inspect", "TOYL", "--as-of", "2024-06-01"]), Some(0));
    assert_eq!(code(&["scan", "TOYL", "NOSUCH", "--as-of", "2024-06-01"]), Some(1));
    assert_eq!(code(&["inspect", "TOYL", "--signal", "nonsense"]), Some(2));
    assert_eq!(code(&["scan", "NOSUCH", "NEITHER"]), Some(2), "nothing that was asked for exists");
    let bare = Home::bare(toy());
    assert_eq!(bare.command(&["scan", "TOYL"]).output().unwrap().status.code(), Some(3));
    let nobody = |arguments: &[&str]| {
        home.command(arguments)
            .args(["--rate", "0", "--no-cache"])
            .env("PENNYTUNE_EDGAR_URL", "http://127.0.0.1:9")
            .output()
            .unwrap()
            .status
            .code()
    };
    home.command(&["watch", "add", "TOYL", "--rate", "0"]).assert().success();
    for arguments in
        [&["inspect", "TOYL"][..], &["scan", "TOYL"], &["diff", "TOYL"], &["watch", "add", "TOYL"], &["watch", "check"]]
    {
        assert_eq!(nobody(arguments), Some(4), "{arguments:?}");
    }
}

#[test]
fn a_document_that_cannot_be_read_makes_a_scan_partial() {
    let home = Home::new(toy());
    home.server.fault("/Archives/edgar/data/9999999/000000009924000001/toy10k.htm", Fault::Missing403, None);
    let output = home.command(&["scan", "TOYL", "--as-of", "2024-06-01", "--rate", "0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("Parts that could not be had or read: TOYL (1)"));
}

#[cfg(unix)]
mod interrupted {
    use std::io::{BufRead, BufReader, Read};
    use std::net::TcpListener;
    use std::process::{Child, Command};
    use std::time::Duration;

    use loopback_edgar::Fault;
    use serde_json::Value;

    use crate::support::{Home, toy, two_toys};

    fn interrupt(child: &Child) {
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    }

    fn rest(reader: Option<impl Read>) -> String {
        let mut text = String::new();
        reader.unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// Starts a scan of two companies of which one is never answered, waits until the other is read, presses Ctrl-C.
    fn scan(home: &Home, more: &[&str]) -> (Option<i32>, String, String) {
        home.server.fault("/submissions/CIK0008888888.json", Fault::Slow(Duration::from_mins(1)), None);
        let arguments = ["scan", "TOYL", "TOYS", "--as-of", "2024-06-01", "--rate", "0", "--verbose"];
        let mut child = home.start(&[&arguments, more].concat(), &home.server.url());
        let mut messages = BufReader::new(child.stderr.take().unwrap()).lines();
        assert!(messages.by_ref().map_while(Result::ok).any(|line| line == "1 of 2: TOYL"));
        interrupt(&child);
        let said: Vec<String> = messages.map_while(Result::ok).collect();
        let shown = rest(child.stdout.take());
        (child.wait().unwrap().code(), shown, said.join("\n"))
    }

    #[test]
    fn a_scan_shows_what_is_finished_and_says_what_is_safe() {
        let home = Home::new(two_toys());
        let (code, shown, said) = scan(&home, &[]);
        assert_eq!(code, Some(130), "{said}");
        assert!(shown.contains("TOYL") && shown.contains("Not read, because of Ctrl-C: TOYS"), "{shown}");
        assert!(said.contains("1 company was read and shown, 1 not read"), "{said}");
        assert!(said.contains("what was fetched is kept"), "{said}");
        // What was fetched is there, and nothing is broken.
        home.server.mend();
        let output = home.command(&["inspect", "TOYL", "--as-of", "2024-06-01", "--offline"]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }

    #[test]
    fn a_file_that_was_asked_for_is_written_whole_and_names_who_was_not_read() {
        let home = Home::new(two_toys());
        let (code, shown, said) = scan(&home, &["--output", "scan.json"]);
        assert_eq!((code, shown.as_str()), (Some(130), ""), "{said}");
        let payload: Value = serde_json::from_slice(&std::fs::read(home.path("scan.json")).unwrap()).unwrap();
        assert_eq!(payload["results"].as_array().unwrap().len(), 1);
        assert_eq!(payload["not_read"], serde_json::json!(["TOYS"]));
    }

    #[test]
    fn one_company_ends_at_once_though_its_request_is_never_answered() {
        let home = Home::new(toy());
        let nobody_answers = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", nobody_answers.local_addr().unwrap());
        for arguments in [&["inspect", "TOYL"][..], &["diff", "TOYL"], &["watch", "add", "TOYL"]] {
            let mut child = home.start(&[arguments, &["--rate", "0"]].concat(), &url);
            let connection = nobody_answers.accept().unwrap();
            interrupt(&child);
            let said = rest(child.stderr.take());
            assert_eq!(child.wait().unwrap().code(), Some(130), "{arguments:?}: {said}");
            assert!(said.contains("interrupted") && said.contains("what was fetched is kept"), "{said}");
            assert_eq!(rest(child.stdout.take()), "");
            drop(connection);
        }
    }

    #[test]
    fn a_reader_that_had_enough_is_no_error() {
        let home = Home::new(toy());
        for arguments in [&["schema"][..], &["explain", "delisting"], &["inspect", "TOYL", "--json", "--rate", "0"]] {
            let mut child = home.start(arguments, &home.server.url());
            drop(child.stdout.take());
            assert_eq!(rest(child.stderr.take()), "", "{arguments:?}");
            assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error() {
        let home = Home::new(toy());
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = std::process::Command::new(assert_cmd::cargo::cargo_bin("pennytune"))
            .arg("disclaimer")
            .env_clear()
            .stdout(full)
            .stderr(std::process::Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains("disk full"));
        drop(home);
    }
}
