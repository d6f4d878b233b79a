//! The predecessor's lessons 41 to 52, those that have no other test: see `configuration`, `faults`, `published` and
//! `watching` for the rest.

use serde_json::Value;

use crate::support::{Home, signal, toy};

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Lesson 41: what an alert tells is what a look records, and the thresholds can be reached.
#[test]
fn alerts_speak_of_what_looks_record_lesson_41() {
    let home = Home::new(toy());
    let (_, before) = home.json(&["inspect", "TOYL", "--as-of", "2024-04-01"]);
    let (_, after) = home.json(&["inspect", "TOYL", "--as-of", "2024-06-01"]);
    let (_, changes) = home.json(&["diff", "TOYL", "--since", "2024-04-01", "--as-of", "2024-06-01"]);
    let change = changes[0]["signals"].as_array().unwrap().iter().find(|one| one["id"] == "delisting").unwrap();
    assert_eq!(change["before"], signal(&before, "delisting")["severity"]);
    assert_eq!(change["after"], signal(&after, "delisting")["severity"]);
    assert_eq!(change["worse"], true);
    let factor = |payload: &Value| {
        payload["factors"].as_array().unwrap().iter().find(|one| one["name"] == "listing").unwrap()["score"].clone()
    };
    let moved = changes[0]["factors"].as_array().unwrap().iter().find(|one| one["name"] == "listing").unwrap();
    assert_eq!((&moved["before"], &moved["after"]), (&factor(&before), &factor(&after)));
}

/// Lesson 42: JSON mode still writes the file, and the failure still shows in the exit code.
#[test]
fn json_to_a_file_keeps_the_failure_code_lesson_42() {
    let home = Home::new(toy());
    let arguments = ["scan", "TOYL", "NOSUCH", "--as-of", "2024-06-01", "--rate", "0", "--json", "-o", "scan.out"];
    let output = home.command(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let payload: Value = serde_json::from_slice(&std::fs::read(home.path("scan.out")).unwrap()).unwrap();
    assert_eq!((payload["results"].as_array().unwrap().len(), &payload["failed"][0]["ticker"]), (1, &"NOSUCH".into()));
}

/// Lesson 43: what is cheap to refuse is refused before anything is fetched; formats and files too.
#[test]
fn formats_and_files_are_checked_before_anything_is_fetched_lesson_43() {
    let home = Home::new(toy());
    std::fs::create_dir(home.path("folder.json")).unwrap();
    for arguments in [
        &["inspect", "TOYL", "-o", "nowhere/x.json"][..],
        &["inspect", "TOYL", "-o", "folder.json"],
        &["inspect", "TOYL", "--json", "--format", "csv"],
        &["inspect", "TOYL", "--format", "docx"],
        &["diff", "TOYL", "--format", "csv"],
        &["watch", "list", "--format", "parquet"],
        &["scan", "TOYL", "--where", "going_concern and"],
    ] {
        home.command(arguments).assert().code(2);
    }
    assert!(home.server.records().is_empty());
}

/// Lesson 44: an empty watchlist is a usage error, an unreadable one a broken configuration.
#[test]
fn an_empty_watchlist_and_an_unreadable_one_are_different_errors_lesson_44() {
    let home = Home::new(toy());
    let empty = home.command(&["scan", "--watchlist"]).output().unwrap();
    assert_eq!(empty.status.code(), Some(2));
    assert!(said(&empty).contains("the watchlist is empty"), "{}", said(&empty));
    std::fs::write(home.path("data/pennytune.db"), "no database, but a text that is long enough to be one").unwrap();
    let broken = home.command(&["scan", "--watchlist"]).output().unwrap();
    assert_eq!(broken.status.code(), Some(3));
    assert!(said(&broken).contains("pennytune.db") && !said(&broken).contains("empty"), "{}", said(&broken));
}

/// Lesson 45: whatever is wrong with a file, its path is named, the code is right, and nobody sees a trace.
#[test]
fn files_that_cannot_be_used_are_named_lesson_45() {
    let check = |what: &str, home: &Home, arguments: &[&str], code: i32, path: &str| {
        let output = home.command(arguments).output().unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(code), "{what}: {said}");
        assert!(said.contains(path) && said.contains("hint:"), "{what}: {said}");
        assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{what}: {said}");
    };

    let home = Home::new(toy());
    let file = rusqlite::Connection::open({
        std::fs::create_dir_all(home.path("data")).unwrap();
        home.path("data/pennytune.db")
    })
    .unwrap();
    file.execute_batch("BEGIN EXCLUSIVE").unwrap();
    check("locked database", &home, &["watch", "list"], 3, "pennytune.db");
    drop(file);
    home.command(&["watch", "list"]).assert().success();

    let home = Home::new(toy());
    std::fs::create_dir_all(home.path("data/pennytune.db")).unwrap();
    check("a folder for the database", &home, &["watch", "list"], 3, "pennytune.db");

    let home = Home::bare(toy());
    std::fs::create_dir_all(home.path("config/config.toml")).unwrap();
    check("a folder for the configuration", &home, &["config", "get"], 3, "config.toml");

    let home = Home::bare(toy());
    std::fs::write(home.path("config"), "a file where the folder should be").unwrap();
    let arguments = ["init", "--identity", "Jane Doe jane@example.com", "--i-understand-the-risks"];
    check("a configuration that cannot be written", &home, &arguments, 3, "config.toml");

    let home = Home::new(toy());
    std::fs::write(home.path("config/config.toml"), [b'#', 0xff, 0xfe]).unwrap();
    check("a configuration that is not UTF-8", &home, &["inspect", "TOYL"], 3, "config.toml");

    let home = Home::new(toy());
    std::fs::write(home.path("plain"), "a file where the folder should be").unwrap();
    check("an export that cannot be written", &home, &["inspect", "TOYL", "-o", "plain/x.csv"], 2, "plain");
}

/// A broken configuration is told by its line; the line itself, which may hold the address, is not.
#[test]
fn a_broken_configuration_does_not_print_the_identity() {
    let home = Home::new(toy());
    for text in [
        "risks_understood = true\nidentity = \"Jane Doe jane@example.com\n",
        "risks_understood = \"Jane Doe jane@example.com\"\n",
        "identity = \"Jane Doe jane@example.com\"\nrequests_per_second = 99\n",
        "identity = [\"jane@example.com\"]\n",
    ] {
        std::fs::write(home.path("config/config.toml"), text).unwrap();
        let output = home.command(&["inspect", "TOYL"]).output().unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert!(!said(&output).contains("jane@") && said(&output).contains("config.toml"), "{}", said(&output));
    }
}

/// Nowhere that a result, a message or a kept look goes does the address go with it.
#[test]
fn the_identity_is_in_no_output_and_in_no_file_but_the_configuration() {
    let home = Home::new(toy());
    for arguments in [
        &["inspect", "TOYL", "--json"][..],
        &["inspect", "TOYL", "--verbose", "--all"],
        &["scan", "TOYL", "NOSUCH", "--verbose"],
        &["config", "get", "--json"],
        &["config", "get", "identity"],
        &["init", "--i-understand-the-risks"],
        &["config", "set", "identity", "jane@example.com secret"],
    ] {
        let output = home.command(arguments).args(["--rate", "0"]).output().unwrap();
        let all = format!("{}{}", String::from_utf8_lossy(&output.stdout), said(&output));
        assert!(!all.contains("jane@") && !all.contains("Jane Doe"), "{arguments:?}: {all}");
    }
    for file in ["data/pennytune.db", "cache/index.db"] {
        let bytes = std::fs::read(home.path(file)).unwrap_or_default();
        assert!(!bytes.windows(5).any(|window| window == b"jane@"), "{file}");
    }
}

/// Lesson 46: a value that could not be loaded again is refused, and the file stays as it is.
#[test]
fn config_set_never_writes_what_it_cannot_load_lesson_46() {
    let home = Home::new(toy());
    home.command(&["config", "set", "weights.dilution", "2"]).assert().success();
    let before = std::fs::read(home.path("config/config.toml")).unwrap();
    for (key, value) in [
        ("weights", "3"),
        ("weights.dilution", "NaN"),
        ("weights.dilution", "inf"),
        ("weights.dilution", "-1"),
        ("weights.nothing", "1"),
        ("identity", "nobody"),
        ("identity.name", "x"),
        ("requests_per_second", "11"),
        ("requests_per_second", "1.5"),
        ("risks_understood", "perhaps"),
        ("edgar_url", "ftp://example.com"),
    ] {
        let output = home.command(&["config", "set", key, value]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{key} {value}: {}", said(&output));
        assert_eq!(std::fs::read(home.path("config/config.toml")).unwrap(), before, "{key} {value}");
    }
    home.command(&["config", "get"]).assert().success();
}

/// Lesson 48: tickers come with what a paste brings along.
#[test]
fn pasted_tickers_are_trimmed_lesson_48() {
    let home = Home::new(toy());
    for pasted in [" toyl ", "TOYL\n", "\tToyl", "TOYL,", "\u{a0}TOYL\u{200b}", "$TOYL"] {
        let (code, payload) = home.json(&["inspect", pasted, "--as-of", "2024-06-01"]);
        assert_eq!((code, &payload["company"]["cik"]), (0, &9_999_999.into()), "{pasted:?}");
    }
    let (code, scan) = home.json(&["scan", "TOYL, toyl ,", "TOYL\r\n", "--as-of", "2024-06-01"]);
    assert_eq!((code, scan["results"].as_array().unwrap().len()), (0, 1));
}

/// Lesson 51: `--verbose` says something, and every setting does something.
#[test]
fn verbose_and_every_setting_do_something_lesson_51() {
    let home = Home::new(toy());
    let asked = ["inspect", "TOYL", "--as-of", "2024-06-01", "--rate", "0"];
    let plain = home.command(&asked).output().unwrap();
    assert_eq!(said(&plain), "");
    let verbose = home.command(&asked).arg("--verbose").output().unwrap();
    assert!(said(&verbose).contains("requests,"), "{}", said(&verbose));
    assert_eq!(plain.stdout.len(), verbose.stdout.len());

    let score = || home.json(&asked[..4]).1["score"]["value"].as_f64().unwrap();
    let before = score();
    home.command(&["config", "set", "weights.listing", "9"]).assert().success();
    assert!((score() - before).abs() > 1.0, "weights weigh");
    home.command(&["config", "set", "edgar_url", &home.server.url()]).assert().success();
    home.command(&asked).env_remove("PENNYTUNE_EDGAR_URL").assert().success();
    home.command(&["config", "set", "requests_per_second", "0"]).assert().success();
    home.command(&asked[..4]).env_remove("PENNYTUNE_EDGAR_URL").assert().success();
    home.command(&["config", "set", "risks_understood", "false"]).assert().success();
    home.command(&asked).assert().code(3);
}

/// `NO_COLOR` is for terminals; where `script` makes one, codes come without it and not with it.
#[cfg(target_os = "linux")]
#[test]
fn no_color_is_honoured_on_a_terminal() {
    let home = Home::new(toy());
    let binary = assert_cmd::cargo::cargo_bin("pennytune");
    let shown = |variable: Option<&str>| {
        let mut command = std::process::Command::new("script");
        command
            .args(["-qec", &format!("{} explain", binary.display()), "/dev/null"])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TERM", "xterm-kitty");
        if let Some(variable) = variable {
            command.env(variable, "1");
        }
        command.output().ok().map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (Some(coloured), Some(plain)) = (shown(None), shown(Some("NO_COLOR"))) else {
        println!("skipped: there is no `script` to make a terminal");
        return;
    };
    assert!(coloured.contains("\u{1b}[1m"), "{coloured:?}");
    assert!(plain.contains("listing") && !plain.contains('\u{1b}'), "{plain:?}");
    let forced = home.command(&["explain", "--color", "always"]).env("NO_COLOR", "1").output().unwrap();
    assert!(String::from_utf8_lossy(&forced.stdout).contains('\u{1b}'), "asked for by name, colours come");
    drop(home);
}
