//! What scripts rely on: names, statuses, the schema; and every signal of the contract on real companies.

use serde_json::Value;

use crate::support::{Home, shared, signal, toy};
use loopback_edgar::Site;

pub(crate) const IDS: [&str; 32] = [
    "altman_z",
    "altman_z1",
    "altman_z2",
    "ohlson_o",
    "zmijewski",
    "beneish_m",
    "piotroski_f",
    "dechow_f",
    "sloan_accruals",
    "montier_c",
    "benford",
    "going_concern",
    "cash_runway",
    "current_ratio",
    "negative_equity",
    "share_growth",
    "splits",
    "shelf",
    "atm",
    "toxic_financing",
    "authorised_headroom",
    "insiders",
    "form_144",
    "ownership_13",
    "delisting",
    "auditor_change",
    "non_reliance",
    "material_weakness",
    "events_8k",
    "comment_letters",
    "suspension",
    "fails_to_deliver",
];

fn holds_to_the_schema(payload: &Value, home: &Home) {
    let schema: Value = serde_json::from_slice(&home.command(&["schema"]).output().unwrap().stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(payload).map(|error| error.to_string()).take(3).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

fn every_signal_is_there(payload: &Value) {
    for id in IDS {
        let signal = signal(payload, id);
        let status = signal["status"].as_str().unwrap();
        assert!(["ran", "not_run", "not_applicable"].contains(&status), "{id}: {status}");
        assert!(!signal["why"].as_str().unwrap().is_empty(), "{id} says why");
        if status == "ran" {
            assert!(!signal["formula"].as_str().unwrap().is_empty(), "{id} has a formula");
            assert!(!signal["source"].as_str().unwrap().is_empty(), "{id} has a source");
        }
        for evidence in signal["evidence"].as_array().unwrap() {
            assert!(
                evidence["url"].as_str().unwrap().starts_with("https://www.sec.gov/Archives/edgar/data/"),
                "{evidence}"
            );
        }
        for input in signal["inputs"].as_array().unwrap() {
            assert!(input["value"].is_number() && !input["tag"].as_str().unwrap().is_empty(), "{id}: {input}");
        }
    }
    assert_eq!(payload["signals"].as_array().unwrap().len(), IDS.len());
    for factor in payload["factors"].as_array().unwrap() {
        assert!(factor["score"].is_null() || (0.0..=100.0).contains(&factor["score"].as_f64().unwrap()));
        assert!((0.0..=1.0).contains(&factor["completeness"].as_f64().unwrap()));
    }
}

#[test]
fn the_toy_company_is_read_to_the_letter() {
    let home = Home::new(toy());
    let (code, payload) = home.json(&["inspect", "toyl", "--as-of", "2024-06-01"]);
    assert_eq!(code, 0, "{:?}", payload["reading"]["missing"]);
    holds_to_the_schema(&payload, &home);
    every_signal_is_there(&payload);
    assert_eq!(
        (&payload["company"]["cik"], &payload["company"]["name"]),
        (&9_999_999.into(), &"TOY LIGHTS INC".into())
    );
    let delisting = signal(&payload, "delisting");
    assert_eq!(delisting["status"], "ran");
    assert!(delisting["evidence"][0]["quote"].as_str().unwrap().contains("5550(a)(2)"), "{delisting:#}");
    assert_eq!(delisting["evidence"][0]["accession"], "0000000099-24-000002");
    let concern = signal(&payload, "going_concern");
    assert!(concern["evidence"][0]["quote"].as_str().unwrap().contains("substantial doubt"), "{concern:#}");
    assert_eq!(signal(&payload, "altman_z2")["status"], "not_run", "no facts is not a zero");
    // What was filed later was not public on the day.
    let (_, before) = home.json(&["inspect", "TOYL", "--as-of", "2024-04-01"]);
    assert!(!signal(&before, "delisting").to_string().contains("0000000099-24-000002"));
}

#[test]
fn every_real_company_of_the_collection_is_read_without_a_fault() {
    let Some(folder) = shared("every_real_company_of_the_collection_is_read_without_a_fault") else { return };
    let home = Home::new(Site::new().shared(&folder));
    let mut ciks: Vec<String> = Vec::new();
    for kind in ["companyfacts", "submissions"] {
        for entry in std::fs::read_dir(folder.join(kind)).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            // A page of older filings alone is no index.
            if !name.contains("-submissions-") {
                ciks.push(name[3..13].to_owned());
            }
        }
    }
    ciks.sort();
    ciks.dedup();
    let words: Vec<&str> = ciks.iter().map(String::as_str).collect();
    let (code, scan) = home.json(&[&["scan"][..], &words].concat());
    assert!(code == 0 || code == 1);
    assert_eq!(scan["failed"], Value::Array(Vec::new()));
    assert_eq!(scan["results"].as_array().unwrap().len(), ciks.len());
    for payload in scan["results"].as_array().unwrap() {
        every_signal_is_there(payload);
    }
    holds_to_the_schema(&scan, &home);
}

/// The second round over the wire: the staff's letter to Apple of 16 May 2024 (0000000000-24-005673) is a picture whose text
/// stands in the whole submission; a company that is not large is asked for in the full-text search, and one without the
/// search is read all the same.
#[test]
fn what_the_first_documents_point_to_is_fetched_and_no_search_is_no_fault() {
    let Some(folder) = shared("what_the_first_documents_point_to_is_fetched_and_no_search_is_no_fault") else { return };
    let home = Home::new(Site::new().shared(&folder));
    let (_, apple) = home.json(&["inspect", "320193", "--as-of", "2024-09-01"]);
    let letters = signal(&apple, "comment_letters");
    assert!(letters["why"].as_str().unwrap().contains("says that the review is completed"), "{letters:#}");
    let missing = apple["reading"]["missing"].to_string();
    assert!(!missing.contains("0000000000-24-"), "absent letters make no reading partial: {missing}");
    let (_, celadon) = home.json(&["inspect", "865941", "--as-of", "2017-04-15"]);
    let search = signal(&celadon, "delisting")["parts"].to_string();
    assert!(search.contains("the full-text search pointed to 0 documents"), "{search}");
    let toy = Home::new(toy());
    let (code, payload) = toy.json(&["inspect", "TOYL", "--as-of", "2024-06-01"]);
    assert_eq!(code, 0, "{:?}", payload["reading"]["missing"]);
}

#[test]
fn formats_carry_the_same_and_no_data_row_holds_the_disclaimer() {
    let home = Home::new(toy());
    let base = ["inspect", "TOYL", "--as-of", "2024-06-01", "--rate", "0"];
    let csv = home.command(&base).args(["--format", "csv"]).output().unwrap().stdout;
    let csv = String::from_utf8(csv).unwrap();
    assert!(csv.starts_with("cik,name,ticker,as_of,signal,status"), "{csv}");
    assert_eq!(csv.lines().filter(|line| line.starts_with("9999999,")).count(), IDS.len());
    assert!(!csv.to_lowercase().contains("advice"));
    let page = String::from_utf8(home.command(&base).output().unwrap().stdout).unwrap();
    assert!(page.contains("TOY LIGHTS INC") && page.contains("not investment advice"), "{page}");
    assert!(page.contains("https://www.sec.gov/Archives/edgar/data/9999999/000000009924000002/toy8k.htm"), "{page}");
    assert!(!page.contains('\u{1b}'), "no codes into a pipe");
    let linked = home.command(&base).env("FORCE_HYPERLINK", "1").args(["--color", "always"]).output().unwrap().stdout;
    assert!(String::from_utf8_lossy(&linked).contains("\u{1b}]8;;https://www.sec.gov/"));
    let timeline = home.command(&base).arg("--timeline").output().unwrap().stdout;
    assert!(String::from_utf8_lossy(&timeline).contains("2024-05-20"));
    let file = home.path("toy.md");
    home.command(&base).args(["--output", file.to_str().unwrap()]).assert().success();
    assert!(std::fs::read_to_string(file).unwrap().starts_with("# TOY LIGHTS INC"));
    // Options before the command and after it are one.
    let before = home.command(&["--json", "--rate", "0", "--as-of", "2024-06-01", "inspect", "TOYL"]).output().unwrap();
    let after = home.command(&base).arg("--json").output().unwrap();
    let without = |bytes: &[u8]| {
        let mut value: Value = serde_json::from_slice(bytes).unwrap();
        value["reading"]["checked"] = Value::Null;
        value
    };
    assert_eq!(without(&before.stdout), without(&after.stdout));
}
