//! What else speaks of delisting: the narrative of a notice of a late report (Form 12b-25), and exhibits of listing notices.
//!
//! The signal `delisting` counts the notices; here are the words. A notice ticks "significant change" more often than not,
//! so that the reason and the figures are quoted and the box only told.

use std::ops::Range;

use edgar::document::Document;
use edgar::index::Filing;

use crate::signal::{Severity, Signal};

use super::listing;
use super::prose::{self, has, patterns};
use super::reader::{Reader, carries};
use super::{search, second};

/// Notices of this many days are read.
const WINDOW: i32 = 540;
/// Notices that are read.
const MOST: usize = 3;
/// A narrative is a paragraph or two, in bytes.
const NARRATIVE: usize = 6_000;
/// Sentences that are quoted of each part of the form.
const SENTENCES: usize = 3;

patterns! {
    PART_THREE = r"(?i)\bpart\s+iii\b[^a-z]{0,12}narrative|\bnarrative\s*(?:\n|$)";
    PART_FOUR = r"(?i)\bpart\s+iv\b[^a-z]{0,12}other\s+information|\bother\s+information\s*(?:\n|$)";
    /// What the form itself says.
    OF_THE_FORM = r"(?i)state below in reasonable detail|(?:attach|use) (?:extra|additional) sheets|could not be filed within the prescribed time period\.?\W*$|persons? who (?:are to )?respond|^\W*\(?part\s+i|^\W*narrative\W*$|name and telephone number|have all other periodic reports|if so,? attach an explanation|if answer is no";
    CHANGE = r"(?i)significant change in results of operations";
    /// Boxes stand before their words or after them; the first decides which.
    BOX = r"(?i)\[\s*x?\s*\]|\(\s*x?\s*\)|☒|☑|þ|☐|¨|\b[xo]\b";
    YES = r"(?i)\byes\b";
    TICK_YES = r"(?i)(?:\[\s*x\s*\]|\(\s*x\s*\)|☒|☑|þ|\bx\b)[\s|]*yes\b";
    TICK_NO = r"(?i)(?:\[\s*x\s*\]|\(\s*x\s*\)|☒|☑|þ|\bx\b)[\s|]*no\b";
    YES_TICK = r"(?i)\byes[\s|:_]*(?:\[\s*x\s*\]|\(\s*x\s*\)|☒|☑|þ|x\b)";
    NO_TICK = r"(?i)\bno[\s|:_]*(?:\[\s*x\s*\]|\(\s*x\s*\)|☒|☑|þ|x\b)";
    CHANGE_ENDS = r"(?i)if so,? attach|if yes,? attach|the registrant expects|signature";
    FIGURE = r"(?i)\$|\bper ?cent\b|%|\b(?:net )?(?:loss|income|revenues?|sales|impairment|increase|decrease)\b";

    RESTATES = r"(?i)\brestat(?:e|ed|ing|ement|ements)\b|\b(?:errors?|misstatements?|irregularit\w+) (?:in|related|relating|identified|that)\b|\bidentified (?:an |certain |material )?(?:accounting )?errors?\b";
    INVESTIGATES = r"(?i)\b(?:investigat\w+|internal (?:inquiry|review)|independent (?:inquiry|review)|whistle-?blower|subpoena)\b";
    DOUBTS = r"(?i)\bgoing concern\b|\bsubstantial doubt\b|\b(?:lack of|insufficient|limited) (?:funds|liquidity|capital|cash|resources)\b|\bbankruptcy\b|\bchapter 11\b|\bforbearance\b|\bdefault\b";
    AUDITOR = r"(?i)\b(?:auditors?|accounting firm|accountants?)\b[^.;]*\b(?:resign\w*|dismiss\w*|engag\w*|replac\w*|change|declin\w*|barred|revok\w*|new)\b|\bnew(?:ly)? (?:engaged )?(?:independent )?(?:auditors?|accountants?)\b";
    WEAKNESS = r"(?i)\bmaterial weakness(?:es)?\b|\binternal controls?\b";
    IMPAIRS = r"(?i)\bimpairments?\b|\bvaluation allowance\b|\bwrite-?(?:down|off)s?\b";
    PURCHASE = r"(?i)\b(?:acquisition|merger|divestiture|disposition|business combination)\b";
}

/// A reason that a notice gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Restatement,
    Investigation,
    Distress,
    Auditor,
    Controls,
    Impairment,
    Transaction,
}

impl Reason {
    fn name(self) -> &'static str {
        match self {
            Self::Restatement => "errors or a restatement",
            Self::Investigation => "an investigation or review",
            Self::Distress => "going concern, default or want of funds",
            Self::Auditor => "a change of auditor",
            Self::Controls => "controls",
            Self::Impairment => "an impairment or valuation",
            Self::Transaction => "an acquisition or disposal",
        }
    }

    fn severity(self) -> Severity {
        match self {
            Self::Restatement | Self::Investigation | Self::Distress => Severity::High,
            Self::Auditor | Self::Controls | Self::Impairment => Severity::Caution,
            Self::Transaction => Severity::Info,
        }
    }
}

/// What a notice of a late report says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Notice {
    reasons: Vec<Reason>,
    /// Whether a significant change in results is anticipated; none where the boxes were not understood.
    change: Option<bool>,
    quotes: Vec<Range<usize>>,
}

fn read(document: &Document) -> Notice {
    let text = document.text();
    let start = PART_THREE.find(text).map_or(0, |found| found.end);
    let rest = prose::after(text, start, text.len());
    let end = PART_FOUR.find(rest).map_or(rest.len().min(NARRATIVE), |found| found.start.min(NARRATIVE));
    let narrative = start..start + end;
    let other = narrative.end..text.len();
    let own = |within: &Range<usize>| {
        let within = within.clone();
        document
            .sentences()
            .iter()
            .filter(move |sentence| sentence.start >= within.start && sentence.end <= within.end)
            .filter(move |sentence| {
                let words = &text[(*sentence).clone()];
                words.len() > 40 && !has(&OF_THE_FORM, words)
            })
            .cloned()
    };
    let mut quotes: Vec<Range<usize>> = own(&narrative).take(SENTENCES).collect();
    // The form asks for the change in words and figures; that is the last of it.
    let explained = CHANGE.find(prose::after(text, other.start, text.len())).map(|found| other.start + found.end);
    let change = explained.and_then(|at| {
        let boxes = prose::after(text, at, 500);
        let boxes = CHANGE_ENDS.find(boxes).map_or(boxes, |found| &boxes[..found.start]);
        let first = BOX.find(boxes)?.start;
        let (yes, no) = if first < YES.find(boxes)?.start { (&TICK_YES, &TICK_NO) } else { (&YES_TICK, &NO_TICK) };
        match (has(yes, boxes), has(no, boxes)) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    });
    if change != Some(false)
        && let Some(at) = explained
    {
        quotes.extend(own(&(at..text.len())).filter(|range| has(&FIGURE, &text[range.clone()])).take(SENTENCES));
    }
    let said: String = quotes.iter().map(|range| &text[range.clone()]).collect::<Vec<_>>().join(" ");
    let whole = format!("{} {said}", &text[narrative]);
    let reasons = [
        (&*RESTATES, Reason::Restatement),
        (&*INVESTIGATES, Reason::Investigation),
        (&*DOUBTS, Reason::Distress),
        (&*AUDITOR, Reason::Auditor),
        (&*WEAKNESS, Reason::Controls),
        (&*IMPAIRS, Reason::Impairment),
        (&*PURCHASE, Reason::Transaction),
    ]
    .into_iter()
    .filter(|(pattern, _)| has(pattern, &whole))
    .map(|(_, reason)| reason)
    .collect();
    Notice { reasons, change, quotes }
}

/// The notices whose narrative is read, newest first.
pub(super) fn to_read<'a>(reader: Reader<'a>) -> impl Iterator<Item = &'a Filing> {
    reader
        .filings()
        .filter(move |filing| {
            matches!(filing.form.as_str(), "NT 10-K" | "NT 10-Q" | "NT 20-F" | "NT 10-KT" | "NT 10-QT")
                && reader.age(filing) <= WINDOW
        })
        .take(MOST)
}

/// Parts of the signal `delisting`: the narratives of late reports, and listing notices that stand in exhibits and in
/// documents that the full-text search pointed to.
pub(super) fn parts(reader: Reader<'_>) -> Vec<Signal> {
    let mut parts: Vec<Signal> = to_read(reader).filter_map(|filing| narrative(reader, filing)).collect();
    parts.extend(exhibits(reader));
    let asked = reader.case.documents.answered("delisting");
    if let Some(said) = search::said(reader, "delisting") {
        parts.push(match asked {
            Some(Ok(_)) => Signal::ran("delisting.search", Severity::None, said),
            _ => Signal::not_run("delisting.search", said),
        });
    }
    if let Some(left) = second::left_out(reader, "delisting") {
        parts.push(Signal::not_run("delisting.left_out", left));
    }
    parts
}

fn narrative(reader: Reader<'_>, filing: &Filing) -> Option<Signal> {
    let document = reader.open(filing).ok()?;
    let notice = read(document);
    let reasons = if notice.reasons.is_empty() {
        "no particular reason is given".to_owned()
    } else {
        format!("speaks of {}", notice.reasons.iter().map(|reason| reason.name()).collect::<Vec<_>>().join(", "))
    };
    let change = match notice.change {
        Some(true) => "; a significant change in results is anticipated",
        Some(false) => "; no significant change in results is anticipated",
        None => "",
    };
    let severity = notice.reasons.iter().map(|reason| reason.severity()).max().unwrap_or(Severity::Info);
    let mut part = Signal::ran(
        "delisting.late_reason",
        severity,
        format!("{} filed {} {reasons}{change}", filing.form, filing.filed),
    );
    part.evidence = notice
        .quotes
        .into_iter()
        .map(|range| reader.quote(filing, Some("Form 12b-25 parts III and IV"), document, range))
        .collect();
    if part.evidence.is_empty() {
        part.evidence.push(reader.filing(filing, None));
    }
    Some(part)
}

fn exhibits(reader: Reader<'_>) -> Vec<Signal> {
    let mut parts = Vec::new();
    let mut tell = |filing: &Filing, document: &Document, within: Range<usize>, url: String| {
        let Some(notice) = listing::read(document, within) else { return };
        let mut part = Signal::ran(
            "delisting.exhibit",
            Severity::Info,
            format!("{} in an exhibit or an untagged part of the 8-K filed {}", notice.class.name(), filing.filed),
        );
        part.zone = Some(notice.class.name().to_owned());
        for sentence in notice.sentences.iter().take(3) {
            let mut quote = reader.quote(filing, None, document, sentence.clone());
            quote.url.clone_from(&url);
            part.evidence.push(quote);
        }
        parts.push(part);
    };
    for filing in reader.filings().filter(|filing| carries(filing, "3.01")) {
        let Ok(document) = reader.whole(filing) else { continue };
        for exhibit in document.parts().iter().filter(|part| part.kind.starts_with("EX-99")) {
            tell(filing, document, exhibit.text.clone(), reader.url(filing));
        }
    }
    for (hit, document) in search::read_of(reader, "delisting") {
        let Some(filing) = reader.filings().find(|filing| filing.accession == hit.accession) else { continue };
        // What the body of the report says the signal itself has read.
        if hit.document != filing.primary_document {
            let url = filing.accession.document_url(reader.case.company.cik, &hit.document);
            tell(filing, document, 0..document.text().len(), url);
        }
    }
    parts
}
