//! The companies of the collection, with what the SEC's own files say of them: read here by other code than the tool's.
//!
//! Companies of which the collection has filings but no index get an index made of its list: the filings are real.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use loopback_edgar::Server;
use serde_json::{Value, json};

/// A day after everything in the collection.
const TODAY: Date = date(2026, 11, 22);
/// A day before there were many filings on EDGAR.
const EARLY: Date = date(1996, 1, 15);

/// A company, as the raw files have it.
pub(super) struct Company {
    pub(super) cik: u64,
    /// Accession number to day of filing and form; none where there is no index.
    pub(super) index: Option<BTreeMap<String, (Date, String)>>,
    pub(super) facts: Option<Facts>,
    /// Whether its index was made by this test.
    pub(super) made: bool,
}

/// The raw facts.
#[derive(Default)]
pub(super) struct Facts {
    /// Values by concept, start, end and accession number; an empty start is none.
    pub(super) values: HashMap<(String, String, String, String), Vec<f64>>,
    /// Values by concept, start and end, with the day of filing.
    pub(super) spans: HashMap<(String, String, String), Vec<(Date, f64)>>,
    /// The earliest day of filing of each accession number.
    pub(super) filed: BTreeMap<String, Date>,
    pub(super) concepts: BTreeSet<String>,
}

impl Company {
    /// The days on which it is looked at: today, very early, and a month after the newest annual report.
    pub(super) fn days(&self) -> Vec<Date> {
        let annual = |form: &str| ["10-K", "20-F", "40-F"].iter().any(|kind| form.starts_with(kind));
        let newest = match (&self.index, &self.facts) {
            (Some(index), _) => {
                let reports = index.values().filter(|(_, form)| annual(form)).map(|(filed, _)| *filed).max();
                // Where there is no annual report, a month after the newest filing.
                reports.or_else(|| index.values().map(|(filed, _)| *filed).max())
            }
            (None, Some(facts)) => facts.filed.values().copied().max(),
            (None, None) => None,
        };
        let mut days = vec![TODAY, EARLY];
        days.extend(newest.map(|day| day.checked_add(30.days()).unwrap()));
        days
    }
}

/// What a path of the server holds, uncompressed; none where it has nothing.
pub(super) fn get(server: &Server, path: &str) -> Option<Vec<u8>> {
    let address = server.url();
    let mut stream = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    answer.starts_with(b"HTTP/1.1 200").then(|| answer.split_off(end + 4))
}

/// Every company of the collection. Indexes that are made are put on the server.
pub(super) fn companies(folder: &Path, server: &Server) -> Vec<Company> {
    let mut ciks = BTreeSet::new();
    for kind in ["companyfacts", "submissions"] {
        for entry in std::fs::read_dir(folder.join(kind)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if !name.contains("-submissions-") {
                ciks.insert(name[3..13].parse::<u64>().unwrap());
            }
        }
    }
    let mut companies: Vec<Company> = ciks
        .into_iter()
        .map(|cik| Company { cik, index: index(server, cik), facts: facts(server, cik), made: false })
        .collect();
    for (cik, (name, filings)) in listed(folder) {
        if companies.iter().any(|company| company.cik == cik) {
            continue;
        }
        server.put(&format!("/submissions/CIK{cik:010}.json"), made(cik, &name, &filings).to_string().as_bytes());
        companies.push(Company { cik, index: index(server, cik), facts: None, made: true });
    }
    companies
}

/// One filing of the collection's list: accession number, form, day, items.
type Listed = (String, String, Date, String);

/// Companies by key with the filings that the collection's list names.
fn listed(folder: &Path) -> BTreeMap<u64, (String, Vec<Listed>)> {
    let mut companies: BTreeMap<u64, (String, Vec<Listed>)> = BTreeMap::new();
    for line in std::fs::read_to_string(folder.join("manifest.csv")).unwrap().lines() {
        let cells = cells(line);
        let [_, kind, name, cik, form, accession, _, _, _, note] = &cells[..] else { continue };
        let readable = ["filing", "filing-html", "filing-text", "filing-sgml", "ownership"].contains(&kind.as_str());
        let (Ok(cik), true) = (cik.parse(), readable && !form.is_empty() && accession.len() == 20) else { continue };
        // Where the list has no day, the middle of the year that the accession number has.
        let year: i16 = accession[11..13].parse().unwrap();
        let year = if year < 90 { 2000 + year } else { 1900 + year };
        let told = note.split_once("filed ").and_then(|(_, day)| day.get(..10)?.parse().ok());
        let items =
            note.strip_prefix("items ").and_then(|note| note.split_once(" filed")).map_or("", |(items, _)| items);
        let filings = &mut companies.entry(cik).or_insert_with(|| (name.clone(), Vec::new())).1;
        if filings.iter().all(|(known, ..)| known != accession) {
            let filed = told.unwrap_or(date(year, 6, 15));
            filings.push((accession.clone(), form.clone(), filed, items.replace(' ', ",")));
        }
    }
    companies
}

/// The cells of a line of CSV.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells
}

fn made(cik: u64, name: &str, filings: &[Listed]) -> Value {
    let mut filings = filings.to_vec();
    filings.sort_by_key(|(.., filed, _)| std::cmp::Reverse(*filed));
    let all = |of: &dyn Fn(&Listed) -> Value| -> Vec<Value> { filings.iter().map(of).collect() };
    let document = |(accession, form, ..): &Listed| match form.as_str() {
        "3" | "4" | "5" | "144" | "144/A" | "SCHEDULE 13G" | "SCHEDULE 13D" => "primary_doc.xml".into(),
        _ => format!("d{}.htm", &accession[14..]).into(),
    };
    json!({"cik": cik.to_string(), "name": name, "tickers": [], "exchanges": [], "sic": "3674",
        "sicDescription": "", "category": "", "fiscalYearEnd": "1231", "formerNames": [],
        "filings": {"recent": {
            "accessionNumber": all(&|one| one.0.clone().into()),
            "filingDate": all(&|one| one.2.to_string().into()),
            "reportDate": all(&|one| one.2.to_string().into()),
            "acceptanceDateTime": all(&|one| format!("{}T16:00:00.000Z", one.2).into()),
            "form": all(&|one| one.1.clone().into()),
            "fileNumber": all(&|_| "001-1".into()),
            "items": all(&|one| one.3.clone().into()),
            "size": all(&|_| 1000.into()),
            "primaryDocument": all(&document),
            "primaryDocDescription": all(&|one| one.1.clone().into())}, "files": []}})
}

/// A company's index with those pages of older filings that the server has.
fn index(server: &Server, cik: u64) -> Option<BTreeMap<String, (Date, String)>> {
    let whole: Value = serde_json::from_slice(&get(server, &format!("/submissions/CIK{cik:010}.json"))?).unwrap();
    let mut index = BTreeMap::new();
    let mut take = |columns: &Value| {
        for (at, accession) in columns["accessionNumber"].as_array().unwrap().iter().enumerate() {
            let (filed, form) = (columns["filingDate"][at].as_str().unwrap(), columns["form"][at].as_str().unwrap());
            index.insert(accession.as_str().unwrap().to_owned(), (filed.parse().unwrap(), form.to_owned()));
        }
    };
    let recent = [&whole["filings"]["recent"], &whole["recent"], &whole["filings"]];
    take(recent.into_iter().find(|columns| columns["accessionNumber"].is_array()).unwrap());
    for page in whole["filings"]["files"].as_array().into_iter().flatten() {
        let path = format!("/submissions/{}", page["name"].as_str().unwrap());
        if let Some(bytes) = get(server, &path) {
            take(&serde_json::from_slice(&bytes).unwrap());
        }
    }
    Some(index)
}

fn facts(server: &Server, cik: u64) -> Option<Facts> {
    let path = format!("/api/xbrl/companyfacts/CIK{cik:010}.json");
    let whole: Value = serde_json::from_slice(&get(server, &path)?).unwrap();
    let mut facts = Facts::default();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    for (taxonomy, concepts) in whole["facts"].as_object().unwrap() {
        for (concept, units) in concepts.as_object().unwrap() {
            let tag = format!("{taxonomy}:{concept}");
            facts.concepts.insert(tag.clone());
            for row in units["units"].as_object().unwrap().values().flat_map(|rows| rows.as_array().unwrap()) {
                let (Some(value), Ok(filed)) = (row["val"].as_f64(), text(row, "filed").parse::<Date>()) else {
                    continue;
                };
                let (start, end, accession) = (text(row, "start"), text(row, "end"), text(row, "accn"));
                let first = facts.filed.entry(accession.clone()).or_insert(filed);
                *first = filed.min(*first);
                facts.spans.entry((tag.clone(), start.clone(), end.clone())).or_default().push((filed, value));
                facts.values.entry((tag.clone(), start, end, accession)).or_default().push(value);
            }
        }
    }
    Some(facts)
}
