//! The sweep on bad days: whatever fails is named, and what was not read is never "found nothing".

use jiff::civil::{Date, date};
use loopback_edgar::{Fault, Site};
use serde_json::Value;

use super::invariants::Faults;
use super::{holds, inspect};
use crate::support::{Home, shared, toy};

const TOY: u64 = 9_999_999;
const CELADON: u64 = 865_941;
const VINCERX: u64 = 1_796_129;

/// What goes wrong with an answer, by a name.
fn kinds() -> Vec<(&'static str, Fault)> {
    let answer = |kind: &'static str, body: &str| Fault::Answer(200, kind, body.as_bytes().to_vec());
    vec![
        ("404", Fault::Status(404)),
        ("403 of the storage", Fault::Missing403),
        ("HTML", Fault::Html),
        ("nothing at all", answer("application/json", "")),
        ("blanks", answer("text/html", "  \r\n \n")),
        ("truncated gzip", Fault::TruncatedGzip),
        (
            "truncated JSON",
            answer("application/json", r#"{"cik":865941,"entityName":"CELADON GROUP INC","facts":{"us-ga"#),
        ),
        ("an empty object", answer("application/json", "{}")),
        ("null", answer("application/json", "null")),
        ("a PDF", answer("application/pdf", "%PDF-1.4\n%\u{e2}\u{e3}\n1 0 obj")),
    ]
}

/// Reads a company with a fault, and gives what does not hold against the reading without it.
fn faulty(home: &Home, (cik, as_of): (u64, Date), path: &str, (name, fault): &(&str, Fault)) -> Faults {
    let (_, whole, _) = inspect(home, cik, as_of, &["--json", "--no-cache"]);
    let whole: Value = serde_json::from_slice(&whole).unwrap();
    home.server.fault(path, fault.clone(), None);
    let (code, stdout, stderr) = inspect(home, cik, as_of, &["--json", "--no-cache"]);
    home.server.mend();
    let mut faults = Faults::new();
    let mut say = |fault: String| faults.push(format!("{cik}, {name} at {path}: {fault}"));
    let (Ok(payload), 0 | 1) = (serde_json::from_slice::<Value>(&stdout), code) else {
        say(format!("exit {code}: {stderr}"));
        return faults;
    };
    if stderr.contains("panicked") {
        say(stderr);
    }
    // That a filer has no XBRL facts is no problem of the reading, and said in its notes.
    let none_there = path.starts_with("/api/") && ["404", "403 of the storage"].contains(name);
    let told = |payload: &Value| {
        let told = if none_there { &payload["notes"] } else { &payload["reading"]["missing"] };
        told.as_array().unwrap().clone()
    };
    let (before, now) = (told(&whole), told(&payload));
    if now.iter().all(|one| before.contains(one)) || (code == 0 && !none_there) {
        say(format!("exit {code} without a named problem: {now:?}"));
    }
    for (one, other) in whole["signals"].as_array().unwrap().iter().zip(payload["signals"].as_array().unwrap()) {
        let id = &one["id"];
        let nothing = other["status"] == "ran" && other["severity"] == "none";
        if one["status"] != "ran" && other["status"] == "ran" {
            say(format!("{id} runs now: {}", other["why"]));
        }
        if nothing && (one["severity"] != "none" || one["value"] != other["value"]) {
            say(format!("{id} was {} and has found nothing now: {}", one["why"], other["why"]));
        }
        // One that reads documents and had none of them says so.
        if nothing
            && path.starts_with("/Archives/")
            && ["going_concern", "material_weakness", "atm"].iter().any(|it| id == it)
        {
            say(format!("{id} found nothing without a document: {}", other["why"]));
        }
    }
    faults
}

/// Toy Lights has a notice of delisting and an auditor's doubt in its documents.
#[test]
fn a_document_that_is_not_one_is_not_read() {
    let home = Home::new(toy());
    let mut found = Faults::new();
    for kind in kinds() {
        found.extend(faulty(&home, (TOY, date(2024, 6, 1)), "/Archives/*", &kind));
    }
    holds(&found);
}

/// Celadon Group (CIK 865941) as of 2017-04-15 has an index and facts, Vincerx (1796129) as of 2025-04-26 an S-3.
#[test]
fn a_part_that_fails_is_named_and_never_becomes_nothing_found() {
    let Some(folder) = shared("a_part_that_fails_is_named_and_never_becomes_nothing_found") else { return };
    let home = Home::new(Site::new().shared(&folder));
    let (celadon, vincerx) = ((CELADON, date(2017, 4, 15)), (VINCERX, date(2025, 4, 26)));
    let mut found = Faults::new();
    for kind in kinds() {
        found.extend(faulty(&home, celadon, "/submissions/CIK0000865941.json", &kind));
        found.extend(faulty(&home, celadon, "/api/xbrl/companyfacts/CIK0000865941.json", &kind));
        found.extend(faulty(&home, vincerx, "/Archives/*", &kind));
    }
    holds(&found);
}
