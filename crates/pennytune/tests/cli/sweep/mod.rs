//! The sweep: every company of the collection on several days, held against what its raw files say.

mod collection;
mod faults;
mod invariants;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::civil::Date;
use loopback_edgar::Site;
use serde_json::Value;

use crate::support::{Home, shared};
use collection::Company;
use invariants::Faults;

/// Processes at a time.
const AT_A_TIME: usize = 3;

/// Runs `look` on every company, several at a time, and gives what does not hold.
fn each(companies: &[Company], look: impl Fn(&Company) -> Faults + Sync) -> Faults {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Faults::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some(company) = companies.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let faults = look(company);
                    found.lock().unwrap().extend(faults);
                }
            });
        }
    });
    found.into_inner().unwrap()
}

fn holds(faults: &Faults) {
    let shown: Vec<&str> = faults.iter().take(40).map(String::as_str).collect();
    assert!(faults.is_empty(), "{} do not hold:\n{}", faults.len(), shown.join("\n"));
}

/// `inspect` of a company, as text of JSON with its code.
fn inspect(home: &Home, cik: u64, as_of: Date, more: &[&str]) -> (i32, Vec<u8>, String) {
    let (cik, as_of) = (cik.to_string(), as_of.to_string());
    let arguments = [&["inspect", &cik, "--as-of", &as_of, "--rate", "0"][..], more].concat();
    let output = home.command(&arguments).output().unwrap();
    (output.status.code().unwrap_or(-1), output.stdout, String::from_utf8_lossy(&output.stderr).into_owned())
}

/// All companies of the collection on three days each: exit code, schema, and [`invariants::payload`].
#[test]
fn every_output_keeps_its_word_and_agrees_with_the_raw_files() {
    let Some(folder) = shared("every_output_keeps_its_word_and_agrees_with_the_raw_files") else { return };
    let home = Home::new(Site::new().shared(&folder));
    let companies = collection::companies(&folder, &home.server);
    assert!(companies.iter().filter(|company| company.facts.is_some()).count() > 10);
    assert!(companies.iter().filter(|company| company.made).count() > 20);
    let schema: Value = serde_json::from_slice(&home.command(&["schema"]).output().unwrap().stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults = each(&companies, |company| {
        let mut faults = Faults::new();
        for as_of in company.days() {
            let (code, stdout, stderr) = inspect(&home, company.cik, as_of, &["--json"]);
            // NaN and infinity are no JSON.
            let payload: Result<Value, _> = serde_json::from_slice(&stdout);
            let (Ok(payload), 0 | 1) = (payload, code) else {
                faults.push(format!("{} as of {as_of}: exit {code}: {stderr}", company.cik));
                continue;
            };
            if (code == 1) == payload["reading"]["missing"].as_array().unwrap().is_empty() {
                faults.push(format!("{} as of {as_of}: exit {code}: {}", company.cik, payload["reading"]["missing"]));
            }
            for error in validator.iter_errors(&payload).take(3) {
                faults.push(format!("{} as of {as_of}: schema: {error}", company.cik));
            }
            faults.extend(invariants::payload(&payload, company, as_of, &home.server));
        }
        faults
    });
    holds(&faults);
}

/// The pages of all companies a month after their annual report, at three widths, in colours and without.
#[test]
fn every_page_fits_its_width() {
    let Some(folder) = shared("every_page_fits_its_width") else { return };
    let home = Home::new(Site::new().shared(&folder));
    let companies = collection::companies(&folder, &home.server);
    let views: [(usize, &[&str]); 5] = [
        (60, &[]),
        (80, &["--all", "--color", "always"]),
        (120, &["--evidence"]),
        (60, &["--evidence"]),
        (80, &["--timeline"]),
    ];
    let faults = each(&companies, |company| {
        let mut faults = Faults::new();
        let as_of = *company.days().last().unwrap();
        for (columns, more) in views {
            let columns_shown = columns.to_string();
            let arguments = ["inspect", &company.cik.to_string(), "--as-of", &as_of.to_string(), "--rate", "0"];
            let output = home.command(&arguments).args(more).env("COLUMNS", columns_shown).output().unwrap();
            let page = String::from_utf8(output.stdout).unwrap();
            let told = invariants::page(&page, columns).into_iter();
            faults.extend(told.map(|fault| format!("{} as of {as_of} {more:?}: {fault}", company.cik)));
        }
        faults
    });
    holds(&faults);
}

/// A payload without the moments of its reading.
fn timeless(payload: &Value) -> Value {
    let mut payload = payload.clone();
    payload["reading"]["checked"] = Value::Null;
    payload
}

/// Celadon Group (865941), Vincerx (1796129), Alzamend Neuro (1677077), Apple (320193), Walt Disney before its
/// reorganisation (1001039), Acurx (1736243): read twice, the bytes are the same apart from the moment; from the cache
/// alone, the signals.
#[test]
fn what_is_read_again_says_the_same() {
    let Some(folder) = shared("what_is_read_again_says_the_same") else { return };
    let home = Home::new(Site::new().shared(&folder));
    let mut companies = collection::companies(&folder, &home.server);
    companies.retain(|company| [865_941, 1_796_129, 1_677_077, 320_193, 1_001_039, 1_736_243].contains(&company.cik));
    assert_eq!(companies.len(), 6);
    let faults = each(&companies, |company| {
        let as_of = *company.days().last().unwrap();
        let read = |more: &[&str]| inspect(&home, company.cik, as_of, &[&["--json"], more].concat());
        let (first, second, offline) = (read(&[]), read(&[]), read(&["--offline"]));
        let mut faults = Faults::new();
        let lines = |bytes: &[u8]| -> Vec<String> {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            text.lines().filter(|line| !line.trim_start().starts_with("\"checked\":")).map(str::to_owned).collect()
        };
        if first.0 != second.0 || lines(&first.1) != lines(&second.1) {
            faults.push(format!("{}: read twice, it differs", company.cik));
        }
        let parsed = |bytes: &[u8]| timeless(&serde_json::from_slice(bytes).unwrap());
        let (online, offline) = (parsed(&second.1), parsed(&offline.1));
        for key in ["signals", "events", "factors", "score", "company"] {
            if online[key] != offline[key] {
                let differ =
                    online[key].as_array().into_iter().flatten().zip(offline[key].as_array().into_iter().flatten());
                let differ: Vec<String> = differ
                    .filter(|(one, other)| one != other)
                    .map(|(one, other)| format!("{one}\n  {other}"))
                    .collect();
                faults.push(format!("{}: from the cache {key} differ: {}", company.cik, differ.join("\n")));
            }
        }
        faults
    });
    holds(&faults);
}
