//! Real companyfacts from the shared folder, and cases made of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]
#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod made;

use std::io::Read as _;
use std::path::PathBuf;

use edgar::facts::Facts;
use edgar::ids::Cik;
use edgar::index::Company;
use forensics::case::Case;
use forensics::signal::{Input, Signal, Status};
use jiff::civil::Date;

/// The shared folder: `MODELARIUM_SHARED`, or `shared` beside the workspace.
pub(crate) fn shared() -> PathBuf {
    std::env::var_os("MODELARIUM_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from)
}

/// The companyfacts of a filer, or none where the data are absent.
pub(crate) fn bytes(cik: u64) -> Option<Vec<u8>> {
    let path = shared().join(format!("data/edgar/companyfacts/CIK{cik:010}.json.gz"));
    let Ok(file) = std::fs::File::open(&path) else {
        println!("skipped: no {}", path.display());
        return None;
    };
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    Some(bytes)
}

/// The facts of a filer, or none where the data are absent.
pub(crate) fn facts(cik: u64) -> Option<Facts> {
    bytes(cik).map(|bytes| Facts::read(&bytes).unwrap())
}

/// A company with nothing but facts.
pub(crate) fn case(facts: Facts, sic: Option<u16>, as_of: Date) -> Case {
    Case {
        company: Company {
            cik: facts.cik.unwrap_or(Cik(0)),
            name: facts.name.clone(),
            tickers: Vec::new(),
            exchanges: Vec::new(),
            sic,
            sic_description: String::new(),
            category: String::new(),
            fiscal_year_end: None,
            former_names: Vec::new(),
        },
        as_of,
        filings: Vec::new(),
        facts: Some(facts),
        why_no_facts: String::new(),
        documents: Default::default(),
        lists: Default::default(),
        index: Default::default(),
    }
}

/// The signals of a filer on a day.
pub(crate) fn signals(cik: u64, sic: u16, as_of: Date) -> Option<Vec<Signal>> {
    facts(cik).map(|facts| forensics::numeric::run(&case(facts, Some(sic), as_of)))
}

/// One of them.
pub(crate) fn one<'s>(signals: &'s [Signal], id: &str) -> &'s Signal {
    signals.iter().find(|signal| signal.id == id).unwrap_or_else(|| panic!("no {id}"))
}

/// A part of a signal.
pub(crate) fn part<'s>(signal: &'s Signal, id: &str) -> &'s Signal {
    signal.parts.iter().find(|part| part.id == id).unwrap_or_else(|| panic!("no {id} in {signal:#?}"))
}

/// The input of that name.
pub(crate) fn input<'s>(signal: &'s Signal, name: &str) -> &'s Input {
    signal.inputs.iter().find(|input| input.name == name).unwrap_or_else(|| panic!("no {name} in {signal:#?}"))
}

/// That a value is what was worked out by hand, to so many digits after the point.
pub(crate) fn close(signal: &Signal, expected: f64, within: f64) {
    assert_eq!(signal.status, Status::Ran, "{signal:#?}");
    let value = signal.value.unwrap();
    assert!((value - expected).abs() <= within, "{}: {value} is not {expected}; {signal:#?}", signal.id);
}
