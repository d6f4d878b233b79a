//! The signal `auditor_change`: who audited, who left, how, and what was said about it.

use std::ops::Range;

use jiff::civil::Date;

use edgar::document::Document;
use edgar::index::Filing;

use crate::signal::{Evidence, Severity, Signal};

use super::prose::{self, Pattern, has, patterns};
use super::reader::{self, Reader, carries, days, is_annual};
use super::{second, succession};

const ID: &str = "auditor_change";
/// Changes of this many days count; older ones are history.
pub(super) const WINDOW: i32 = 3 * 365;
/// Reports of one change: the 8-K, its amendments with the auditor's letter, the engagement of the next.
const SAME_CHANGE: i32 = 75;

patterns! {
    FIRM = r"(?:[A-Z](?:[\w+'\-]|’)*|[A-Z](?:\.[A-Z])*\.?)(?:(?:,? (?:and|&|of|de|van) |,? )(?:[A-Z](?:[\w+'\-]|’)*|[A-Z](?:\.[A-Z])*\.?))*?(?:,? (?:and|&) (?:Co(?:mpany)?|Associates|Partners|Sons)\b\.?)?,? ?(?:L\.?L\.?P\b\.?|P\.?L\.?L\.?C\b\.?|P\.C\.|\bPC\b|CPA(?:s|’s|'s)?\b|CPAS\b|L\.L\.C\.|\bLLC\b|\bPLC\b|\bInc\b\.?|P\.A\.|\bPA\b|\bChartered\b|S\.p\.A\.|\bLtd\b\.?|\bLimited\b|\bGmbH\b|\bAG\b|& Co(?:mpany)?\b\.?|& Associates\b|\bKPMG\b|\bArthur Andersen\b)(?:,? (?:L\.?L\.?P\b\.?|P\.?L\.?L\.?C\b\.?|P\.C\.|PC\b|LLC\b))?";
    KNOWN = r"\b(?:Deloitte(?: & Touche)?|Ernst & Young|PricewaterhouseCoopers|KPMG(?: Peat Marwick)?|Arthur Andersen|Grant Thornton|BDO(?: USA| Seidman)?|RSM US|Marcum|Coopers & Lybrand|Price Waterhouse|McGladrey(?: & Pullen)?|CohnReznick|Crowe|Moss Adams|MaloneBailey|WithumSmith\+Brown|Friedman|Baker Tilly(?: US)?|Forvis(?: Mazars)?|Mazars(?: USA)?)\b";
    LEAVES = r"\b(?:dismiss(?:ed|es|al|ing)?|resign(?:ed|s|ation|ing)?|declin(?:ed|es) (?:to|re)|terminat(?:ed|es|ion|ing)|replac(?:ed|es|ing|ement)|cease[ds]? to|ceased|not be (?:re-?)?(?:appointed|engaged|retained|renewed)|not (?:to )?(?:stand|renew|re-?engage|retain)|remov(?:ed|al)|withdr[ae]wn?|chang(?:ed|e|ing) (?:its|our|the company's))\b";
    RESIGNED = r"\b(?:resign(?:ed|s|ation|ing)?|declin(?:ed|es) (?:to (?:stand|be|continue|accept)|re)|withdr[ae]wn?|not (?:to )?stand for)\b";
    DISMISSED = r"\b(?:dismiss(?:ed|es|al|ing)?|terminat(?:ed|es|ion|ing)|remov(?:ed|al)|replac(?:ed|es|ing|ement)|not (?:to )?(?:re-?engage|renew|retain))\b";
    MERGED = r"\b(?:combin(?:ed|ation)|merg(?:ed|er)|acqui(?:red|sition)|joined|succe(?:eded|ssor))\b[^;]*\b(?:practice|firm|llp|attest|business|partners)\b";
    COMES = r"\b(?:engag(?:ed|ement|es|ing)|appoint(?:ed|ment|s|ing)|retain(?:ed|s)|select(?:ed|ion|s)|hir(?:ed|ing)|approved the (?:engagement|appointment|selection))\b";
    CONSULTED = r"\bconsult(?:ed|ation|ing)?\b";
    DISAGREEMENT = r"\bdisagree(?:d|ments?)\b";
    NONE_OF = r"\b(?:no|not|nor|neither|never|none|without|any)\b[^;]*$";
    EXCEPT = r"\b(?:except(?:ing)?|other than|with the exception|apart from)\b";
    REPORTABLE = r"\breportable events?\b";
    WEAKNESS = r"\bmaterial weakness(?:es)?\b";
    MODIFIED = r"\b(?:except|other than)\b[^;]*\b(?:going concern|substantial doubt|explanatory paragraph|uncertaint)|\b(?:contained|included)\b[^;]*\bexplanatory paragraph|\bgoing concern\b";
    TENURE = r"(?i)\b(?:served|been serving|acted|been) as (?:the |our )?[^.]{0,60}auditors?\b[^.]{0,40}\bsince (?:\w+ )?(\d{4})";
}

/// How an auditor left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Resigned,
    Dismissed,
    /// The auditor's firm was combined with another.
    Combined,
    /// Only an engagement was reported.
    Engaged,
    Unclear,
}

impl How {
    fn name(self) -> &'static str {
        match self {
            Self::Resigned => "resigned",
            Self::Dismissed => "dismissed",
            Self::Combined => "combined",
            Self::Engaged => "engaged",
            Self::Unclear => "changed",
        }
    }
}

/// A change of auditor as one current report tells it.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) how: How,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) date: Option<Date>,
    /// A disagreement is reported, not denied.
    pub(super) disagreement: bool,
    /// A reportable event is reported, not denied.
    pub(super) reportable: bool,
    /// The last reports of the auditor who left were modified (going concern).
    pub(super) modified: bool,
    pub(super) sentences: Vec<Range<usize>>,
}

/// Reads Item 4.01 (Item 4 before August 2004).
pub(super) fn read(document: &Document, within: Range<usize>) -> Change {
    let text = document.text();
    let all = document.sentences();
    let first = all.partition_point(|sentence| sentence.end <= within.start);
    let last = all.partition_point(|sentence| sentence.start < within.end);
    let mut change = Change {
        how: How::Unclear,
        from: None,
        to: None,
        date: None,
        disagreement: false,
        reportable: false,
        modified: false,
        sentences: Vec::new(),
    };
    for sentence in all.get(first..last).unwrap_or_default() {
        let words = &text[sentence.clone()];
        let plain = prose::plain(words);
        let mut keep = false;
        if has(&DISAGREEMENT, &plain) && !has(&CONSULTED, &plain) {
            change.disagreement |= disagreement(&plain);
            keep = true;
        }
        if has(&REPORTABLE, &plain) && !has(&CONSULTED, &plain) {
            change.reportable |= reportable(&plain);
            keep = true;
        }
        let about_report =
            plain.contains("report") && (plain.contains("adverse opinion") || plain.contains("qualified"));
        if about_report && has(&MODIFIED, &plain) {
            change.modified |= has(&EXCEPT, &plain)
                || plain.contains("contained an explanatory")
                || plain.contains("included an explanatory");
            keep = true;
        }
        if has(&LEAVES, &plain) && !has(&CONSULTED, &plain) && !has(&DISAGREEMENT, &plain) {
            let how = if has(&MERGED, &plain) {
                How::Combined
            } else if has(&RESIGNED, &plain) {
                How::Resigned
            } else if has(&DISMISSED, &plain) {
                How::Dismissed
            } else {
                How::Unclear
            };
            if change.from.is_none() {
                if let Some(firm) = firm_near(words, &LEAVES) {
                    change.from = Some(firm);
                    change.how = how;
                    keep = true;
                }
                change.date = change.date.or_else(|| prose::dates(words).first().map(|(_, date)| *date));
            } else if matches!(change.how, How::Unclear) {
                change.how = how;
            }
        }
        if has(&COMES, &plain) && !has(&CONSULTED, &plain) && change.to.is_none() {
            let to = firms(words)
                .into_iter()
                .map(|(_, firm)| firm)
                .find(|firm| change.from.as_ref().is_none_or(|from| !same_firm(from, firm)));
            if let Some(to) = to
                && firm_after(words, &COMES, &to)
            {
                change.to = Some(to);
                change.date = change.date.or_else(|| prose::dates(words).first().map(|(_, date)| *date));
                keep = true;
            }
        }
        if keep && change.sentences.len() < 6 {
            change.sentences.push(sentence.clone());
        }
    }
    if change.from.is_none() && change.to.is_some() && matches!(change.how, How::Unclear) {
        change.how = How::Engaged;
    }
    change
}

/// "There were no disagreements … which, if not resolved, would have caused" denies; an exception to that affirms.
fn disagreement(plain: &str) -> bool {
    let Some(found) = DISAGREEMENT.find(plain) else { return false };
    let left = &plain[..found.start];
    if has(&NONE_OF, left) {
        // "No disagreements … other than the following" comes after the word.
        let right = &plain[found.end..];
        return EXCEPT.find(right).is_some_and(|except| !right[..except.start].contains("if not resolved"));
    }
    !plain.contains("whether")
        && !plain.contains("as defined")
        && !plain.contains("as that term")
        && !plain.contains("item 304")
        || plain.contains("had a disagreement")
        || plain.contains("was a disagreement")
        || plain.contains("were disagreements")
}

fn reportable(plain: &str) -> bool {
    let Some(found) = REPORTABLE.find(plain) else { return false };
    if has(&EXCEPT, plain) {
        return true;
    }
    let denied = has(&NONE_OF, &plain[..found.start])
        || plain.contains("none of the")
        || plain.contains("did not occur")
        || plain.contains("no reportable");
    !denied && (has(&WEAKNESS, plain) || plain.contains("following"))
}

/// The firms named in a sentence, with where they stand.
fn firms(words: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    for pattern in [&*FIRM, &*KNOWN] {
        for hit in pattern.all(words) {
            if !found.iter().any(|(range, _)| hit.start < range.end && range.start < hit.end) {
                let name = tidy(&words[hit.clone()]);
                if !name.is_empty() {
                    found.push((hit, name));
                }
            }
        }
    }
    found.sort_by_key(|(range, _)| range.start);
    found.into_iter().map(|(range, name)| (range.start, name)).collect()
}

/// A firm's name without what a capital letter began before it.
fn tidy(name: &str) -> String {
    const LEADING: &[&str] = &[
        "The ",
        "On ",
        "Our ",
        "Audit Committee ",
        "Company ",
        "As ",
        "Effective ",
        "Board ",
        "Directors ",
        "Registrant ",
        "In ",
        "Messrs. ",
    ];
    let mut name = name.trim().trim_end_matches(',');
    while let Some(rest) = LEADING.iter().find_map(|lead| name.strip_prefix(lead)) {
        name = rest.trim_start();
    }
    prose::quote(name, 90)
}

/// The firm nearest to what a pattern finds.
fn firm_near(words: &str, pattern: &Pattern) -> Option<String> {
    let lower = words.to_ascii_lowercase();
    let at = pattern.find(&lower)?.start;
    firms(words).into_iter().min_by_key(|(start, _)| start.abs_diff(at)).map(|(_, firm)| firm)
}

/// Whether a firm stands after what a pattern finds, or is what was engaged ("X was engaged as").
fn firm_after(words: &str, pattern: &Pattern, firm: &str) -> bool {
    let lower = words.to_ascii_lowercase();
    let Some(found) = pattern.find(&lower) else { return false };
    let Some(at) = words.find(firm.split(',').next().unwrap_or(firm)) else { return true };
    at > found.start
        || lower[..found.start.min(lower.len())].ends_with("was ")
        || lower[..found.start.min(lower.len())].ends_with("been ")
}

/// Whether two names are of one firm: the first word and the initials decide, not "LLP" or commas.
pub(super) fn same_firm(one: &str, other: &str) -> bool {
    let key = |name: &str| -> String {
        name.to_lowercase()
            .split(|character: char| !character.is_alphanumeric() && character != '+')
            .filter(|word| {
                !word.is_empty()
                    && !matches!(
                        *word,
                        "llp"
                            | "llc"
                            | "pllc"
                            | "pc"
                            | "p"
                            | "c"
                            | "l"
                            | "cpa"
                            | "cpas"
                            | "inc"
                            | "ltd"
                            | "limited"
                            | "and"
                            | "co"
                            | "company"
                            | "the"
                            | "us"
                            | "usa"
                    )
            })
            .collect::<Vec<_>>()
            .join(" ")
    };
    let (one, other) = (key(one), key(other));
    !one.is_empty()
        && !other.is_empty()
        && (one == other || one.starts_with(&format!("{other} ")) || other.starts_with(&format!("{one} ")))
}

pub(super) fn signal(reader: Reader<'_>) -> Signal {
    if reader.filings().next().is_none() {
        return Signal::not_run(ID, "no filings were public on that day");
    }
    if !reader.filings().any(|filing| reader::is_current(filing) || is_annual(filing)) {
        return Signal::not_applicable(ID, "files no current or annual reports");
    }
    let filings: Vec<&Filing> = reader.filings().filter(|filing| carries(filing, "4.01")).collect();
    let recent: Vec<&Filing> = filings.iter().copied().filter(|filing| reader.age(filing) <= WINDOW).collect();
    let mut parts: Vec<Signal> = Vec::new();
    let mut changes: Vec<(&Filing, Change)> = Vec::new();
    let mut unread: Vec<&Filing> = Vec::new();
    for filing in &filings {
        // Old ones are read when somebody fetched them, and shown as history.
        match reader.open(filing) {
            Ok(document) => {
                let within = reader::item(filing, document, "4.01").unwrap_or(0..document.text().len());
                let change = read(document, within);
                parts.push(part(reader, filing, document, &change));
                changes.push((filing, change));
            }
            Err(_) if reader.age(filing) <= WINDOW => unread.push(filing),
            Err(_) => {}
        }
    }
    for filing in &unread {
        let mut part =
            Signal::not_run("auditor_change.change", format!("Item 4.01 filed {} was not read", filing.filed));
        part.evidence.push(reader.filing(filing, Some("4.01")));
        parts.push(part);
    }
    let distinct = distinct(&recent);
    let fresh: Vec<&(&Filing, Change)> = changes.iter().filter(|(filing, _)| reader.age(filing) <= WINDOW).collect();
    let disagreed = fresh.iter().find(|(_, change)| change.disagreement);
    let reported = fresh.iter().find(|(_, change)| change.reportable);
    let resigned = fresh.iter().find(|(_, change)| change.how == How::Resigned);
    let told = |(filing, change): &&(&Filing, Change)| {
        let names = match (&change.from, &change.to) {
            (Some(from), Some(to)) => format!(": {from}, followed by {to}"),
            (Some(from), None) => format!(": {from}"),
            (None, Some(to)) => format!(": {to}"),
            (None, None) => String::new(),
        };
        format!("auditor {}{names} ({} filed {})", change.how.name(), filing.form, filing.filed)
    };
    let silent = succession::silent(reader);
    let letters = succession::letters(reader);
    let contradicted = letters.iter().find(|letter| letter.zone.as_deref() == Some("disagrees"));
    let (zone, severity, why) = if let Some(letter) = contradicted {
        ("disagreement", Severity::High, letter.why.clone())
    } else if let Some(found) = disagreed {
        ("disagreement", Severity::High, format!("{}; a disagreement is reported", told(found)))
    } else if let Some(found) = reported {
        ("reportable_event", Severity::High, format!("{}; a reportable event is reported", told(found)))
    } else if distinct > 1 {
        ("repeated", Severity::High, format!("{distinct} changes of auditor in three years"))
    } else if let Some(found) = resigned {
        ("resigned", Severity::High, told(found))
    } else if let Some(found) = fresh.iter().find(|(_, change)| change.how == How::Combined) {
        ("combined", Severity::Info, told(found))
    } else if let Some(found) = fresh.first() {
        ("changed", Severity::Caution, told(found))
    } else if let Some(filing) = recent.first() {
        ("unread", Severity::Caution, format!("Item 4.01 filed {} was not read", filing.filed))
    } else if let Some(change) = &silent {
        ("unreported", Severity::Caution, change.why.clone())
    } else if let Some(filing) = filings.first() {
        ("past", Severity::None, format!("no change in three years; the last Item 4.01 was filed {}", filing.filed))
    } else {
        ("none", Severity::None, "no Item 4.01 among the current reports".to_owned())
    };
    let mut signal = Signal::ran(ID, severity, why);
    if let Some(left) = second::left_out(reader, ID) {
        signal.why.push_str("; ");
        signal.why.push_str(&left);
    }
    signal.value = Some((distinct + usize::from(silent.is_some())) as f64);
    signal.zone = Some(zone.to_owned());
    signal.formula = format!(
        "changes of auditor reported under Item 4.01 (Item 4 before 23 August 2004) in {WINDOW} days, reports within {SAME_CHANGE} \
         days of each other being one change; and one more where the two newest annual reports are signed by different firms and \
         no Item 4.01 of the time between is in the index"
    );
    signal.source = "Form 8-K Item 4.01; Regulation S-K Item 304; auditors' reports".to_owned();
    parts.extend(letters);
    parts.extend(silent);
    parts.extend(names(reader));
    signal.evidence = parts.iter().flat_map(|part| part.evidence.iter().take(3).cloned()).collect::<Vec<Evidence>>();
    for filing in recent {
        if !signal.evidence.iter().any(|evidence| evidence.accession == filing.accession) {
            signal.evidence.push(reader.filing(filing, Some("4.01")));
        }
    }
    signal.parts = parts;
    signal
}

/// How many changes these reports tell of.
fn distinct(filings: &[&Filing]) -> usize {
    let mut count = 0;
    let mut last: Option<Date> = None;
    for filing in filings.iter().rev() {
        if last.is_none_or(|last| days(last, filing.filed) > SAME_CHANGE) && !filing.form.ends_with("/A") {
            count += 1;
        }
        last = Some(filing.filed);
    }
    count.max(usize::from(!filings.is_empty()))
}

fn part(reader: Reader<'_>, filing: &Filing, document: &Document, change: &Change) -> Signal {
    let old = reader.age(filing) > WINDOW;
    let severity = match change {
        _ if old => Severity::None,
        Change { disagreement: true, .. } | Change { reportable: true, .. } | Change { how: How::Resigned, .. } => {
            Severity::High
        }
        Change { how: How::Combined, .. } => Severity::Info,
        _ => Severity::Caution,
    };
    let mut why = format!(
        "{}; from {}; to {}; {}; {}",
        change.how.name(),
        change.from.as_deref().unwrap_or("not named"),
        change.to.as_deref().unwrap_or("not named"),
        if change.disagreement { "a disagreement is reported" } else { "no disagreement is reported" },
        if change.reportable { "a reportable event is reported" } else { "no reportable event is reported" },
    );
    if change.modified {
        why.push_str("; the reports of the auditor who left were modified");
    }
    if let Some(date) = change.date.filter(|date| *date <= filing.filed) {
        why.push_str(&format!("; dated {date}"));
    }
    let mut part = Signal::ran("auditor_change.change", severity, why);
    part.zone = Some(change.how.name().to_owned());
    part.evidence = change
        .sentences
        .iter()
        .map(|sentence| reader.quote(filing, Some("4.01"), document, sentence.clone()))
        .collect();
    if part.evidence.is_empty() {
        part.evidence.push(reader.filing(filing, Some("4.01")));
    }
    part
}

/// Who signed the reports in the newest annual report, and since when he audits.
fn names(reader: Reader<'_>) -> Option<Signal> {
    let filing = reader.filings().find(|filing| is_annual(filing))?;
    let document = reader.open(filing).ok()?;
    let signers = succession::signers(document);
    if signers.is_empty() {
        return None;
    }
    let mut evidence: Vec<Evidence> =
        signers.iter().map(|(_, at)| reader.quote(filing, Some("auditor's report"), document, at.clone())).collect();
    let named: Vec<String> = signers.into_iter().map(|(firm, _)| firm).collect();
    let since = TENURE.groups(document.text()).next().map(|(range, year)| (range, &document.text()[year]));
    let mut why = format!("{} signed in the {} filed {}", named.join(" and "), filing.form, filing.filed);
    if let Some((range, year)) = since {
        why.push_str(&format!("; auditor since {year}"));
        evidence.push(reader.quote(filing, Some("auditor's report"), document, range));
    }
    let mut part =
        Signal::ran("auditor_change.auditor", if named.len() > 1 { Severity::Info } else { Severity::None }, why);
    part.zone = named.into_iter().next();
    part.evidence = evidence;
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(text: &str) -> Change {
        let document = Document::read("x.txt", Some("text/plain"), text.as_bytes()).unwrap();
        read(&document, 0..document.text().len())
    }

    #[test]
    fn a_disagreement_is_told_from_its_denial() {
        for denied in [
            "There were no disagreements with Alpha Beta LLP on any matter of accounting principles which, if not resolved, would have caused it to refer to it.",
            "There have not been any disagreements between the Company and Alpha Beta LLP.",
            "Neither the Company nor anyone on its behalf consulted Gamma LLP regarding any matter that was the subject of a disagreement.",
        ] {
            assert!(!change(denied).disagreement, "{denied}");
        }
        for told in [
            "There were no disagreements with Alpha Beta LLP, except that the parties disagreed on the timing of revenue.",
            "In March there was a disagreement with Alpha Beta LLP about the valuation of inventory.",
        ] {
            assert!(change(told).disagreement, "{told}");
        }
    }

    #[test]
    fn who_left_and_who_came() {
        let read = change(
            "On May 3, 2021, the Audit Committee dismissed Alpha, Beta & Gamma LLP as the Company's auditor. There were no reportable \
             events, except for the material weakness described below. On May 5, 2021, the Company engaged Delta Epsilon, P.C. as its auditor.",
        );
        assert_eq!(
            (read.how, read.from.as_deref(), read.to.as_deref()),
            (How::Dismissed, Some("Alpha, Beta & Gamma LLP"), Some("Delta Epsilon, P.C."))
        );
        assert!(read.reportable && !read.disagreement);
        let read = change("On June 1, 2020 Zeta CPAs, PLLC notified the Company that it resigned as auditor.");
        assert_eq!((read.how, read.from.as_deref()), (How::Resigned, Some("Zeta CPAs, PLLC")));
    }

    #[test]
    fn one_firm_under_two_spellings_is_one() {
        assert!(same_firm("Ernst & Young LLP", "Ernst & Young, L.L.P."));
        assert!(same_firm("BDO USA, P.C.", "BDO USA LLP"));
        assert!(!same_firm("Marcum LLP", "Moss Adams LLP"));
    }
}
