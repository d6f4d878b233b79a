//! Identity, disclaimer, configuration: lessons 43 to 51.

use crate::support::{Home, toy};

#[test]
fn nothing_is_sent_before_it_is_known_who_asks() {
    let home = Home::bare(toy());
    let output = home.command(&["inspect", "TOYL"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("pennytune init"));
    let output = home.command(&["init", "--identity", "Jane Doe jane@example.com"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "the disclaimer has to be understood");
    assert!(!home.path("config/config.toml").exists(), "a refused init stores nothing");
    assert!(home.server.records().is_empty(), "nothing was sent");
}

#[test]
fn the_identity_goes_to_the_server_exactly_and_is_masked_everywhere_else() {
    let home = Home::new(toy());
    home.json(&["inspect", "TOYL"]);
    let records = home.server.records();
    assert!(!records.is_empty());
    for record in &records {
        assert_eq!(record.header("user-agent"), Some("Jane Doe jane@example.com"));
        assert!(record.header("accept-encoding").is_some_and(|value| value.contains("gzip")));
    }
    let output = home.command(&["config", "get"]).output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(shown.contains("@example.com") && !shown.contains("jane@"), "{shown}");
}

#[test]
fn settings_are_checked_and_a_second_init_keeps_what_was_tuned() {
    let home = Home::new(toy());
    home.command(&["config", "set", "weights.dilution", "3"]).assert().success();
    home.command(&["config", "set", "weights.dilution", "twelve"]).assert().code(2);
    home.command(&["config", "set", "nothing", "1"]).assert().code(2);
    home.command(&["init", "--identity", "John Doe john@example.org"]).assert().success();
    let shown = home.command(&["config", "get", "weights.dilution"]).output().unwrap();
    assert!(String::from_utf8_lossy(&shown.stdout).trim().ends_with('3'));
    std::fs::write(home.path("config/config.toml"), "identity = 7\n").unwrap();
    let output = home.command(&["inspect", "TOYL"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("config.toml"));
}

#[test]
fn what_is_cheap_to_refuse_is_refused_before_anything_is_fetched() {
    let home = Home::new(toy());
    for arguments in [
        &["inspect"][..],
        &["inspect", "TOYL", "--signal", "nonsense"],
        &["inspect", "TOYL", "--as-of", "2999-01-01"],
        &["inspect", "!!"],
        &["scan", "TOYL", "--where", "nonsense < 3"],
        &["scan", "TOYL", "--sort", "nonsense"],
        &["scan", "TOYL", "--top", "0"],
        &["scan"],
        &["inspect", "TOYL", "--edgar-url", "ftp://x"],
        &["explain", "nonsense"],
    ] {
        home.command(arguments).assert().code(2);
    }
    assert!(home.server.records().is_empty());
}

#[test]
fn the_disclaimer_sources_schema_and_help_need_no_configuration() {
    let home = Home::bare(toy());
    for arguments in [&["disclaimer"][..], &["sources"], &["schema"], &["--help"], &["--version"], &["explain"]] {
        home.command(arguments).assert().success();
    }
    let schema: serde_json::Value =
        serde_json::from_slice(&home.command(&["schema"]).output().unwrap().stdout).unwrap();
    assert!(jsonschema::validator_for(&schema).is_ok());
}
