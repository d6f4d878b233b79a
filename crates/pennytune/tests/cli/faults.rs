//! Bad days: what is missing is named, and the rest is read.

use loopback_edgar::Fault;

use crate::support::{Home, signal, toy};

#[test]
fn an_unknown_ticker_is_a_usage_error_with_a_suggestion() {
    let home = Home::new(toy());
    let output = home.command(&["inspect", "TOYX", "--rate", "0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("TOYX") && said.contains("TOYL"), "{said}");
    home.command(&["inspect", "1234567", "--rate", "0"]).assert().code(2);
}

#[test]
fn a_missing_document_is_named_and_the_rest_is_read() {
    let home = Home::new(toy());
    home.server.fault("/Archives/edgar/data/9999999/000000009924000001/toy10k.htm", Fault::Missing403, None);
    let (code, payload) = home.json(&["inspect", "TOYL", "--as-of", "2024-06-01"]);
    assert_eq!(code, 1, "a part is missing");
    assert!(payload["reading"]["missing"].to_string().contains("toy10k.htm"));
    assert_eq!(signal(&payload, "going_concern")["status"], "not_run");
    assert!(signal(&payload, "delisting")["evidence"][0]["quote"].as_str().unwrap().contains("5550(a)(2)"));
}

#[test]
fn no_network_is_exit_four_and_says_what_to_do() {
    let home = Home::new(toy());
    let output = home
        .command(&["inspect", "TOYL", "--rate", "0"])
        .env("PENNYTUNE_EDGAR_URL", "http://127.0.0.1:9")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.is_empty());
}

#[test]
fn one_company_that_fails_stops_nobody() {
    let home = Home::new(toy());
    let (code, scan) = home.json(&["scan", "TOYL", "NOSUCH", "--as-of", "2024-06-01"]);
    assert_eq!(code, 1);
    assert_eq!(scan["results"].as_array().unwrap().len(), 1);
    assert_eq!(scan["failed"][0]["ticker"], "NOSUCH");
}

#[test]
fn filters_keep_what_holds_and_name_what_cannot_be_decided() {
    let home = Home::new(toy());
    let scan = |filter: &str| home.json(&["scan", "TOYL", "--as-of", "2024-06-01", "--where", filter]).1;
    assert_eq!(scan("going_concern and delisting.severity >= caution")["results"].as_array().unwrap().len(), 1);
    assert_eq!(scan("not going_concern")["left_out"], 1);
    assert_eq!(scan("going_concern and runway_months < 6")["undecided"][0], "TOYL", "no facts: the runway is unknown");
}
