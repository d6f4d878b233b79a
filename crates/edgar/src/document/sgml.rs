//! Full submissions (`.txt`, `.nc`): the header that EDGAR writes, and the documents inside.

use std::ops::Range;

use jiff::civil::Date;
use memchr::{memchr2, memmem};

use crate::ids::{Accession, Cik};

/// Documents of one submission that are looked at.
const MOST_DOCUMENTS: usize = 4_000;
/// Bytes of a header that are looked at; a real one has a few kilobytes for each filer.
const LONGEST_HEADER: usize = 4 * 1024 * 1024;

/// A submission, split.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Submission {
    /// What its header says.
    pub header: Header,
    /// The documents in their order.
    pub documents: Vec<Embedded>,
}

/// The header of a submission. Texts are the filer's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Accession number.
    pub accession: Option<Accession>,
    /// Form, as in the index.
    pub form: String,
    /// Day of filing.
    pub filed: Option<Date>,
    /// Period or event day.
    pub period: Option<Date>,
    /// What EDGAR calls the items of an 8-K (`Other Events`), or their numbers in the short format.
    pub items: Vec<String>,
    /// Everyone named in it: issuer, subject company, filer, reporting owner.
    pub entities: Vec<Entity>,
}

/// A company or person of the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Its part: `FILER`, `ISSUER`, `SUBJECT COMPANY`, `REPORTING-OWNER`, `FILED BY`.
    pub role: String,
    /// Name.
    pub name: String,
    /// Central index key.
    pub cik: Option<Cik>,
}

/// A document within a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embedded {
    /// `8-K`, `EX-99.1`, `GRAPHIC`.
    pub kind: String,
    /// Its number within the submission, from 1.
    pub sequence: Option<u32>,
    /// Its name; empty before 2001.
    pub filename: String,
    /// What the filer says it is.
    pub description: String,
    /// Where its contents lie in the submission, wrappers such as `<XML>` taken off.
    pub body: Range<usize>,
}

/// Whether the bytes are a submission, or one document still in its wrapper.
pub fn is_submission(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(2_048)).unwrap_or_default();
    let start = head.trim_ascii_start();
    ["<SEC-DOCUMENT>", "<SUBMISSION>", "<DOCUMENT>", "<IMS-DOCUMENT>", "<SEC-HEADER>", "<IMS-HEADER>"]
        .iter()
        .any(|tag| start.starts_with(tag.as_bytes()))
        || start.starts_with(b"-----BEGIN PRIVACY-ENHANCED MESSAGE-----")
}

/// Splits a submission. Never fails: what is not there is empty.
pub fn split(bytes: &[u8]) -> Submission {
    let opening = memmem::Finder::new(b"<DOCUMENT>");
    let closing = memmem::Finder::new(b"</DOCUMENT>");
    let first = opening.find(bytes).unwrap_or(bytes.len());
    let header = read_header(&bytes[..first.min(LONGEST_HEADER)]);
    let mut documents = Vec::new();
    let mut at = first;
    while at < bytes.len() && documents.len() < MOST_DOCUMENTS {
        let start = at + b"<DOCUMENT>".len();
        let Some(rest) = bytes.get(start..) else { break };
        let next = opening.find(rest).map_or(bytes.len(), |found| start + found);
        let limit = bytes.get(start..next).unwrap_or_default();
        let end = closing.find(limit).map_or(next, |found| start + found);
        documents.push(embedded(bytes, start..end));
        at = next;
    }
    Submission { header, documents }
}

fn embedded(bytes: &[u8], range: Range<usize>) -> Embedded {
    let whole = bytes.get(range.clone()).unwrap_or_default();
    let text = memmem::find(&whole[..whole.len().min(64 * 1024)], b"<TEXT>");
    let labels = &whole[..text.unwrap_or(0)];
    let mut body = match text {
        Some(found) => range.start + found + b"<TEXT>".len()..range.end,
        None => range.clone(),
    };
    if let Some(found) = memmem::rfind(bytes.get(body.clone()).unwrap_or_default(), b"</TEXT>") {
        body.end = body.start + found;
    }
    for (open, close) in [("<XML>", "</XML>"), ("<XBRL>", "</XBRL>"), ("<PDF>", "</PDF>"), ("<JSON>", "</JSON>")] {
        let inside = bytes.get(body.clone()).unwrap_or_default();
        let blank = inside.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if inside.get(blank..).is_some_and(|rest| rest.starts_with(open.as_bytes())) {
            let end = memmem::rfind(inside, close.as_bytes()).map_or(body.end, |found| body.start + found);
            body = (body.start + blank + open.len()).min(end)..end;
        }
    }
    Embedded {
        kind: label(labels, b"<TYPE>"),
        sequence: label(labels, b"<SEQUENCE>").parse().ok(),
        filename: label(labels, b"<FILENAME>"),
        description: label(labels, b"<DESCRIPTION>"),
        body,
    }
}

/// The value after a label, up to the end of the line or the next tag.
fn label(bytes: &[u8], name: &[u8]) -> String {
    let Some(found) = memmem::find(bytes, name) else { return String::new() };
    let rest = &bytes[found + name.len()..];
    let end = memchr2(b'\n', b'<', rest).unwrap_or(rest.len()).min(500);
    words(&rest[..end])
}

fn words(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes.trim_ascii();
    while let Some(&byte) = rest.first() {
        let (character, used) = if byte.is_ascii() { (char::from(byte), 1) } else { super::charset::next(rest) };
        text.push(if character.is_control() { ' ' } else { character });
        rest = rest.get(used..).unwrap_or_default();
    }
    text
}

/// `20240131` as a day.
fn day(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok()
}

/// Reads either way of writing a header: `KEY:<tab>value` on lines, or `<KEY>value`.
fn read_header(bytes: &[u8]) -> Header {
    let mut header = Header::default();
    let mut role = String::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (key, value, used) = if rest[0] == b'<' {
            let Some(close) = rest.iter().take(64).position(|byte| *byte == b'>') else {
                at += 1;
                continue;
            };
            let after = &rest[close + 1..];
            let end = memchr2(b'\n', b'<', after).unwrap_or(after.len());
            (words(&rest[1..close]), words(&after[..end.min(500)]), close + 1 + end)
        } else {
            let end = memchr2(b'\n', b'<', rest).unwrap_or(rest.len());
            let line = &rest[..end];
            let used = end.max(1);
            match line.iter().take(80).position(|byte| *byte == b':') {
                Some(colon) => (words(&line[..colon]), words(&line[colon + 1..line.len().min(colon + 501)]), used),
                None => {
                    at += used;
                    continue;
                }
            }
        };
        at += used;
        field(&mut header, &mut role, &key, value);
    }
    header
}

fn field(header: &mut Header, role: &mut String, key: &str, value: String) {
    match key {
        "ACCESSION NUMBER" | "ACCESSION-NUMBER" => header.accession = value.parse().ok(),
        "CONFORMED SUBMISSION TYPE" => header.form = value,
        "TYPE" if header.form.is_empty() => header.form = value,
        "FILED AS OF DATE" | "FILING-DATE" => header.filed = day(&value),
        "CONFORMED PERIOD OF REPORT" | "PERIOD" => header.period = day(&value),
        "ITEM INFORMATION" | "ITEMS" if !value.is_empty() => header.items.push(value),
        "FILER" | "ISSUER" | "SUBJECT COMPANY" | "SUBJECT-COMPANY" | "REPORTING-OWNER" | "FILED BY" | "FILED-BY"
        | "FILED-FOR" | "SERIAL COMPANY"
            if value.is_empty() =>
        {
            *role = key.replace('-', " ");
        }
        "COMPANY CONFORMED NAME" | "CONFORMED-NAME" => {
            header.entities.push(Entity { role: role.clone(), name: value, cik: None });
        }
        "CENTRAL INDEX KEY" | "CIK" => {
            if let Some(entity) = header.entities.last_mut().filter(|entity| entity.cik.is_none()) {
                entity.cik = value.parse().ok().map(Cik);
            }
        }
        _ => {}
    }
}
