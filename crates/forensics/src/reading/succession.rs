//! Who audited this year and last: changes that no Item 4.01 tells of, and what the auditor who left writes about it.

use std::ops::Range;

use edgar::document::{AuditorReport, Document};
use edgar::index::Filing;

use crate::signal::{Severity, Signal};
use crate::wanted::primary_name;

use super::auditors::{self, same_firm};
use super::prose::{self, has, patterns};
use super::reader::{Reader, carries, days, is_annual};

/// The report of the year before was filed this long before the newest, in days: a late year included.
const YEAR_BEFORE: std::ops::RangeInclusive<i32> = 180..=800;
/// A change is reported up to this many days after the report that the old auditor signed, or before it.
const AROUND: i32 = 30;

patterns! {
    AGREES = r"\b(?:we )?(?:are in agreement|agree|concur)\b";
    AGREES_NOT = r"\b(?:do|does|are|can|could)(?: not|n't) (?:\w+ )?(?:agree|concur|in agreement)\b|\bcannot agree\b|\bdisagree (?:with|that)\b|\bin disagreement with\b";
    NO_BASIS = r"\bno basis\b|\bnot in a position to\b|\bno (?:opinion|comment)\b";
    BESIDES = r"\bexcept\b|\bother than\b|\bwith the exception\b";
}

/// Who signed the reports on statements in an annual report, each with where he signed.
pub(super) fn signers(document: &Document) -> Vec<(String, Range<usize>)> {
    let mut named: Vec<(String, Range<usize>)> = Vec::new();
    for report in document.auditor_reports() {
        let AuditorReport { firm: Some(firm), .. } = &report else { continue };
        if !named.iter().any(|(known, _)| same_firm(known, firm)) {
            let at = if report.signature.is_empty() { report.range.clone() } else { report.signature.clone() };
            named.push((prose::quote(firm, 90), at));
        }
    }
    named
}

/// The newest annual report, and that of the year before it.
fn years<'a>(reader: Reader<'a>) -> Option<(&'a Filing, &'a Filing)> {
    let newest = reader.filings().find(|filing| is_annual(filing))?;
    let before =
        reader.filings().find(|filing| is_annual(filing) && YEAR_BEFORE.contains(&days(filing.filed, newest.filed)))?;
    Some((newest, before))
}

/// The annual report before the newest, for the name of its auditor: only where the newest was read and names one, and
/// where nobody asked for the report yet (looking for reports in a long text is the dear part).
pub(super) fn before<'a>(reader: Reader<'a>) -> Option<&'a Filing> {
    let (newest, before) = years(reader)?;
    if reader.case.documents.get(&before.accession, &primary_name(before)).is_some() {
        return None;
    }
    (!signers(reader.open(newest).ok()?).is_empty()).then_some(before)
}

/// A change between the two newest annual reports that no Item 4.01 tells of.
pub(super) fn silent(reader: Reader<'_>) -> Option<Signal> {
    let (newest, before) = years(reader)?;
    let (now, then) = (reader.open(newest).ok()?, reader.open(before).ok()?);
    let (signs, signed) = (signers(now), signers(then));
    // The first signature is on the newest year; those that follow may be of earlier years and other entities.
    let (firm, at) = signs.first()?;
    let (former, place) = signed.first()?;
    if signed.iter().any(|(known, _)| same_firm(known, firm)) {
        return None;
    }
    let told = reader.filings().any(|filing| {
        carries(filing, "4.01")
            && days(before.filed, filing.filed) >= -AROUND
            && days(filing.filed, newest.filed) >= -AROUND
    });
    if told {
        return None;
    }
    let mut part = Signal::ran(
        "auditor_change.silent",
        Severity::Caution,
        format!(
            "{former} signed in the {} filed {}, {firm} in the {} filed {}, and no Item 4.01 of the time between is in the index",
            before.form, before.filed, newest.form, newest.filed
        ),
    );
    part.zone = Some("changed".to_owned());
    part.evidence = vec![
        reader.quote(newest, Some("auditor's report"), now, at.clone()),
        reader.quote(before, Some("auditor's report"), then, place.clone()),
    ];
    Some(part)
}

/// What an auditor who left writes to the SEC about what the company says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    Agrees,
    /// It agrees with a part, and has no basis for the rest.
    Partly,
    Disagrees,
}

fn answer(plain: &str) -> Option<Answer> {
    let plain = &plain.replace("agree or disagree", "agree");
    if has(&AGREES_NOT, plain) {
        Some(Answer::Disagrees)
    } else if has(&AGREES, plain) {
        Some(if has(&BESIDES, plain) || has(&NO_BASIS, plain) { Answer::Partly } else { Answer::Agrees })
    } else {
        has(&NO_BASIS, plain).then_some(Answer::Partly)
    }
}

/// The letters of Exhibit 16 in the submissions that were fetched whole.
pub(super) fn letters(reader: Reader<'_>) -> Vec<Signal> {
    let mut parts = Vec::new();
    let recent = |filing: &&Filing| carries(filing, "4.01") && reader.age(filing) <= auditors::WINDOW;
    for filing in reader.filings().filter(recent) {
        let Ok(document) = reader.whole(filing) else { continue };
        for exhibit in document.parts().iter().filter(|part| part.kind.starts_with("EX-16")) {
            let within =
                |sentence: &&Range<usize>| sentence.start >= exhibit.text.start && sentence.end <= exhibit.text.end;
            let mut found: Option<(Answer, Range<usize>)> = None;
            for sentence in document.sentences().iter().filter(within) {
                let Some(answer) = answer(&prose::plain(&document.text()[sentence.clone()])) else { continue };
                let graver = found.as_ref().is_none_or(|(known, _)| answer > *known);
                if graver {
                    found = Some((answer, sentence.clone()));
                }
            }
            let Some((answer, sentence)) = found else { continue };
            let (zone, severity, what) = match answer {
                Answer::Agrees => ("agrees", Severity::None, "agrees with what the company says of it"),
                Answer::Partly => ("partly", Severity::Info, "agrees in part, or has no basis for the rest"),
                Answer::Disagrees => ("disagrees", Severity::High, "does not agree with what the company says of it"),
            };
            let mut part = Signal::ran(
                "auditor_change.letter",
                severity,
                format!("the auditor's letter (Exhibit 16) in the {} filed {} {what}", filing.form, filing.filed),
            );
            part.zone = Some(zone.to_owned());
            part.evidence.push(reader.quote(filing, Some("EX-16"), document, sentence));
            parts.push(part);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_that_agrees_is_told_from_one_that_does_not() {
        let judged = |text: &str| answer(&prose::plain(text));
        // PricewaterhouseCoopers LLP to the SEC about Alteryx, Inc., 24 January 2019.
        assert_eq!(judged("We agree with the statements concerning our Firm contained therein."), Some(Answer::Agrees));
        assert_eq!(
            judged("We agree with the first two paragraphs and have no basis to agree or disagree with the others."),
            Some(Answer::Partly)
        );
        assert_eq!(
            judged("We do not agree with the statement that there were no disagreements."),
            Some(Answer::Disagrees)
        );
        assert_eq!(judged("We have read Item 4.01 of the Form 8-K dated May 3, 2021."), None);
    }
}
