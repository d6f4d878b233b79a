//! The signal `non_reliance`: statements that are no longer to be relied upon, and amended reports that restate.

use std::ops::Range;

use edgar::document::Document;
use edgar::index::Filing;

use crate::signal::{Severity, Signal};
use crate::wording::count;

use super::prose::{self, has, patterns};
use super::reader::{self, Reader, amends_annual, carries, is_annual, is_quarterly};

const ID: &str = "non_reliance";
/// Non-reliance of this many days counts; older ones are history (a 4.02 of 2007 is no flag of today).
pub(super) const WINDOW: i32 = 3 * 365;
/// An explanatory note stands at the front of an amendment.
const FRONT: usize = 30_000;

patterns! {
    NOT_RELY = r"\b(?:no longer be relied|not be relied|should not (?:rely|be relied)|no longer (?:rely|reliable)|cannot be relied|not (?:to )?be relied|non-?reliance)\b";
    RESTATE = r"\brestat(?:e|es|ed|ing|ement|ements)\b|\bcorrect(?:ion|ed|s)? (?:of )?(?:an |the |certain )?(?:material )?(?:errors?|misstatements?)\b|\bmaterial(?:ly)? misstate";
    NOT_RESTATE = r"\bamended and restated\b|\brestated (?:certificate|articles|bylaws|by-laws|agreement|charter|plan|credit|loan)|\b(?:does not|did not|do not|no) [^.;]{0,60}restat|\bwithout restat|\bnot (?:been )?restated";
    PURPOSE = r"\bpurposes? of this (?:amendment|form 10-[kq]/a|report|filing)|\bthis amendment (?:no\.? ?\d+ )?(?:to|is being|amends)|\bexplanatory note\b|\bsolely to\b|\bfor the sole purpose";
    OTHER_PURPOSE = r"\bpart iii\b|\bitems? 1[0-4]\b|\bexhibits?\b|\bxbrl\b|\bsigned\b|\bsignature|\bconsent\b|\btypographical\b|\bcheck ?box|\bcertification";
    BY_AUDITOR = r"\b(?:auditors?|accounting firm|accountants?)\b[^;]*\b(?:advised|notified|informed|withdr[ae]w)";
}

/// What an amended report says it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Restates,
    Other,
    Unclear,
}

/// Whether an amendment restates, with the sentences that say so.
fn purpose(document: &Document) -> (Purpose, Vec<Range<usize>>) {
    let text = document.text();
    let mut restating = Vec::new();
    let mut other = Vec::new();
    for sentence in document.sentences().iter().take_while(|sentence| sentence.start < FRONT) {
        let plain = prose::plain(&text[sentence.clone()]);
        let purpose = has(&PURPOSE, &plain);
        if has(&RESTATE, &plain) && !has(&NOT_RESTATE, &plain) && (purpose || plain.contains("financial statements")) {
            restating.push(sentence.clone());
        } else if purpose && has(&OTHER_PURPOSE, &plain) {
            other.push(sentence.clone());
        }
    }
    restating.truncate(3);
    other.truncate(2);
    match (restating.is_empty(), other.is_empty()) {
        (false, _) => (Purpose::Restates, restating),
        (true, false) => (Purpose::Other, other),
        (true, true) => (Purpose::Unclear, Vec::new()),
    }
}

/// The sentences of Item 4.02 that say which statements, and why.
fn sentences(document: &Document, within: Range<usize>) -> Vec<Range<usize>> {
    let text = document.text();
    let mut found: Vec<Range<usize>> = document
        .sentences()
        .iter()
        .filter(|sentence| sentence.start >= within.start && sentence.end <= within.end)
        .filter(|sentence| {
            let plain = prose::plain(&text[(*sentence).clone()]);
            has(&NOT_RELY, &plain) || has(&RESTATE, &plain) && !has(&NOT_RESTATE, &plain)
        })
        .cloned()
        .collect();
    found.sort_by_key(|sentence| !has(&NOT_RELY, &prose::plain(&text[sentence.clone()])));
    found.truncate(4);
    found
}

/// The amended reports of the window, newest first: the ones that may restate.
pub(super) fn amended(filing: &Filing) -> bool {
    amends_annual(filing) || is_quarterly(filing) && filing.form.ends_with("/A")
}

pub(super) fn signal(reader: Reader<'_>) -> Signal {
    if reader.filings().next().is_none() {
        return Signal::not_run(ID, "no filings were public on that day");
    }
    if !reader.filings().any(|filing| reader::is_current(filing) || is_annual(filing) || is_quarterly(filing)) {
        return Signal::not_applicable(ID, "files no current, annual or quarterly reports");
    }
    let all: Vec<&Filing> = reader.filings().filter(|filing| carries(filing, "4.02")).collect();
    let recent: Vec<&Filing> = all.iter().copied().filter(|filing| reader.age(filing) <= WINDOW).collect();
    let mut parts = Vec::new();
    for filing in &all {
        let old = reader.age(filing) > WINDOW;
        let severity = match reader.age(filing) {
            age if age <= 365 => Severity::Critical,
            age if age <= WINDOW => Severity::High,
            _ => Severity::None,
        };
        let mut part = Signal::ran("non_reliance.statement", severity, format!("Item 4.02 filed {}", filing.filed));
        match reader.open(filing) {
            Ok(document) => {
                let within = reader::item(filing, document, "4.02").unwrap_or(0..document.text().len());
                let told = sentences(document, within.clone());
                if has(&BY_AUDITOR, &prose::plain(document.text().get(within).unwrap_or(""))) {
                    part.why.push_str("; the auditor is said to have advised or been heard");
                }
                part.evidence =
                    told.into_iter().map(|range| reader.quote(filing, Some("4.02"), document, range)).collect();
            }
            Err(why) if !old => part.why.push_str(&format!("; its body was not read: {why}")),
            Err(_) => {}
        }
        if part.evidence.is_empty() {
            part.evidence.push(reader.filing(filing, Some("4.02")));
        }
        parts.push(part);
    }
    let mut restated = 0;
    let amendments: Vec<&Filing> =
        reader.filings().filter(|filing| amended(filing) && reader.age(filing) <= WINDOW).collect();
    for filing in &amendments {
        let mut part = match reader.open(filing).map(|document| (document, purpose(document))) {
            Ok((document, (purpose, told))) => {
                let (severity, what) = match purpose {
                    Purpose::Restates => (Severity::High, "restates financial statements"),
                    Purpose::Other => (Severity::None, "amends other parts"),
                    Purpose::Unclear => (Severity::Info, "does not say that it restates"),
                };
                restated += usize::from(purpose == Purpose::Restates);
                let mut part = Signal::ran(
                    "non_reliance.amended",
                    severity,
                    format!("{} filed {} {what}", filing.form, filing.filed),
                );
                part.evidence = told.into_iter().map(|range| reader.quote(filing, None, document, range)).collect();
                part
            }
            Err(why) => {
                Signal::not_run("non_reliance.amended", format!("{} filed {}: {why}", filing.form, filing.filed))
            }
        };
        if part.evidence.is_empty() {
            part.evidence.push(reader.filing(filing, None));
        }
        parts.push(part);
    }
    let (zone, severity, why) = if let Some(newest) = recent.first() {
        let severity = if reader.age(newest) <= 365 { Severity::Critical } else { Severity::High };
        (
            "non_reliance",
            severity,
            format!(
                "{} of non-reliance in three years, the newest filed {}",
                count(recent.len(), "statement", "statements"),
                newest.filed
            ),
        )
    } else if restated > 0 {
        (
            "amended_restated",
            Severity::High,
            format!(
                "{} in three years",
                count(restated, "amended report that restates", "amended reports that restate")
            ),
        )
    } else if let Some(filing) = all.first() {
        ("past", Severity::None, format!("none in three years; the last Item 4.02 was filed {}", filing.filed))
    } else {
        (
            "none",
            Severity::None,
            format!(
                "no Item 4.02; {} in three years, none of those read restates",
                count(amendments.len(), "amended report", "amended reports")
            ),
        )
    };
    let mut signal = Signal::ran(ID, severity, why);
    signal.value = Some(recent.len() as f64);
    signal.zone = Some(zone.to_owned());
    signal.formula = format!(
        "Items 4.02 of 8-Ks in {WINDOW} days; amended reports (10-K/A, 10-Q/A) of the window are read for restatement and listed as parts"
    );
    signal.source = "Form 8-K Item 4.02; ASC 250".to_owned();
    let counts = |part: &&Signal| part.id == "non_reliance.statement" || part.severity >= Severity::Caution;
    signal.evidence = parts.iter().filter(counts).flat_map(|part| part.evidence.iter().take(4).cloned()).collect();
    signal.parts = parts;
    signal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Purpose {
        purpose(&Document::read("x.txt", Some("text/plain"), text.as_bytes()).unwrap()).0
    }

    #[test]
    fn an_amendment_for_part_three_is_no_restatement() {
        assert_eq!(
            of("Explanatory Note. The purpose of this Amendment is to include the information required by Part III."),
            Purpose::Other
        );
        assert_eq!(
            of("This Amendment No. 1 to Form 10-K is being filed solely to furnish Exhibit 101 (XBRL)."),
            Purpose::Other
        );
        assert_eq!(
            of("Incorporated by reference: Amended and Restated Certificate of Incorporation."),
            Purpose::Unclear
        );
        assert_eq!(
            of("The purpose of this Amendment is to restate the Company's consolidated financial statements for 2023."),
            Purpose::Restates
        );
    }
}
