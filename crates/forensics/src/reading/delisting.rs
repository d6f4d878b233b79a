//! The signal `delisting`: notices of exchanges, removals, deregistrations and late reports.

use edgar::document::Document;
use edgar::index::Filing;

use crate::signal::{Evidence, Severity, Signal};

use super::listing::{self, Class, Notice};
use super::reader::{self, Reader, carries};

const ID: &str = "delisting";
/// Notices of this many days are read: the longest plan period of an exchange is 18 months, and appeals follow.
pub(super) const WINDOW: i32 = 1_100;
/// A deficiency that nothing was heard of for this long is no longer held open.
const STALE: i32 = 730;
/// Late reports and removals count for this long.
const RECENT: i32 = 540;

/// A notice with the filing that reports it.
struct Told<'a> {
    filing: &'a Filing,
    document: &'a Document,
    item: Option<&'static str>,
    notice: Notice,
}

/// Items under which listing matters are told when they carry no 3.01: about a fifth to a half of them.
pub(super) const UNTAGGED: &[&str] = &["8.01", "7.01", "1.01", "2.02"];

pub(super) fn signal(reader: Reader<'_>) -> Signal {
    if reader.filings().next().is_none() {
        return Signal::not_run(ID, "no filings were public on that day");
    }
    let reports = |filing: &Filing| {
        reader::is_current(filing)
            || reader::is_annual(filing)
            || reader::is_quarterly(filing)
            || removal(filing)
            || ends(filing)
    };
    if !reader.filings().any(reports) {
        return Signal::not_applicable(ID, "files no current, quarterly or annual reports: nothing of it is listed");
    }
    let mut told: Vec<Told<'_>> = Vec::new();
    let mut unread: Vec<(&Filing, String)> = Vec::new();
    let mut silent: Vec<&Filing> = Vec::new();
    for filing in reader.filings().filter(|filing| reader::is_current(filing) && reader.age(filing) <= WINDOW) {
        let tagged = carries(filing, "3.01");
        match reader.open(filing) {
            Ok(document) => match notice(filing, document, tagged) {
                Some((item, notice)) => told.push(Told { filing, document, item, notice }),
                None if tagged => silent.push(filing),
                None => {}
            },
            Err(why) if tagged => unread.push((filing, why)),
            Err(_) => {}
        }
    }
    let removals: Vec<(&Filing, Option<String>)> = reader
        .filings()
        .filter(|filing| removal(filing))
        .map(|filing| (filing, reader.open(filing).ok().and_then(class_removed)))
        .collect();
    let state = state(reader, &told, &unread, &removals);
    let mut signal = Signal::ran(ID, state.severity, state.why);
    signal.value = Some(state.open as f64);
    signal.zone = Some(state.zone.to_owned());
    signal.formula = format!(
        "number of listing notices of the last {WINDOW} days that stand: a deficiency stands until the same rule is said to be \
         met again, until the listing moves or ends, or for {STALE} days; classes are read from the body of Item 3.01, and of \
         items {} where there is no 3.01",
        UNTAGGED.join(", ")
    );
    signal.source =
        "Form 8-K Item 3.01; Nasdaq Listing Rules 5400, 5500, 5800; NYSE Listed Company Manual 802; NYSE American \
                     Company Guide part 10; Exchange Act Rules 12b-25, 12d2-2, 12g-4, 15d-6"
            .to_owned();
    for (index, told) in told.iter().enumerate() {
        signal.parts.push(part(reader, told, index + 1));
    }
    for filing in silent {
        let mut part = Signal::ran(
            "delisting.notice_unclear",
            Severity::Caution,
            format!("Item 3.01 filed {}: its body was not understood", filing.filed),
        );
        part.evidence.push(reader.filing(filing, Some("3.01")));
        signal.parts.push(part);
    }
    for (filing, why) in &unread {
        let mut part = Signal::not_run("delisting.notice", format!("Item 3.01 filed {}: {why}", filing.filed));
        part.evidence.push(reader.filing(filing, Some("3.01")));
        signal.parts.push(part);
    }
    for (filing, class) in removals.iter().take(6) {
        let what = class.as_ref().map_or_else(|| "class not read".to_owned(), Clone::clone);
        let mut part = Signal::ran(
            "delisting.removal",
            Severity::Info,
            format!("Form {} filed {}: {what}", filing.form, filing.filed),
        );
        part.evidence.push(Evidence { quote: class.clone().unwrap_or_default(), ..reader.filing(filing, None) });
        signal.parts.push(part);
    }
    for filing in reader.filings().filter(|filing| ends(filing)).take(4) {
        let mut part = Signal::ran(
            "delisting.deregistration",
            Severity::Info,
            format!("Form {} filed {}", filing.form, filing.filed),
        );
        part.evidence.push(reader.filing(filing, None));
        signal.parts.push(part);
    }
    let late: Vec<&Filing> =
        reader.filings().filter(|filing| is_late(filing) && reader.age(filing) <= RECENT).collect();
    if !late.is_empty() {
        let mut part = Signal::ran(
            "delisting.late_reports",
            if late.len() > 1 { Severity::Caution } else { Severity::Info },
            format!("{} notice(s) of late reports in {RECENT} days, newest filed {}", late.len(), late[0].filed),
        );
        part.value = Some(late.len() as f64);
        part.evidence = late.iter().take(8).map(|filing| reader.filing(filing, None)).collect();
        signal.parts.push(part);
    }
    signal.parts.extend(super::late::parts(reader));
    signal.evidence = signal.parts.iter().flat_map(|part| part.evidence.iter().take(4).cloned()).collect();
    signal.evidence.sort_by_key(|evidence| std::cmp::Reverse(evidence.filed));
    signal.evidence.truncate(30);
    signal
}

/// The notice that a current report tells, with the item it stands under.
fn notice(filing: &Filing, document: &Document, tagged: bool) -> Option<(Option<&'static str>, Notice)> {
    if !listing::concerns(document) {
        return None;
    }
    let whole = || document.primary().map_or(0..document.text().len(), |part| part.text.clone());
    if tagged || reader::item(filing, document, "3.01").is_some() {
        let within = reader::item(filing, document, "3.01").filter(|range| range.len() > 60);
        // "The information under Item 8.01 is incorporated by reference": then the rest of the body is read.
        return within
            .and_then(|range| listing::read(document, range))
            .or_else(|| listing::read(document, whole()))
            .map(|notice| (Some("3.01"), notice));
    }
    for code in UNTAGGED {
        let Some(within) = reader::item(filing, document, code) else { continue };
        let Some(notice) = listing::read(document, within) else { continue };
        let told =
            matches!(notice.class, Class::Deficiency | Class::Determination | Class::Extension | Class::Regained);
        if told && (notice.about.is_some() || !notice.rules.is_empty() || notice.class == Class::Determination) {
            return Some((Some(code), notice));
        }
    }
    if filing.items.iter().all(|item| !item.contains('.')) {
        // Before August 2004 listing matters had no item of their own.
        return listing::read(document, whole())
            .filter(|notice| notice.class != Class::Merger)
            .map(|notice| (None, notice));
    }
    None
}

/// What all notices come to.
struct State {
    zone: &'static str,
    severity: Severity,
    why: String,
    open: usize,
}

fn state(
    reader: Reader<'_>,
    told: &[Told<'_>],
    unread: &[(&Filing, String)],
    removals: &[(&Filing, Option<String>)],
) -> State {
    // Oldest first; a standard is met or not met.
    let mut open: Vec<&Told<'_>> = Vec::new();
    let mut closed: Option<&Told<'_>> = None;
    let mut left: Option<&Told<'_>> = None;
    for told in told.iter().rev() {
        let same = |other: &&Told<'_>| {
            other.notice.about == told.notice.about || other.notice.about.is_none() || told.notice.about.is_none()
        };
        match told.notice.class {
            Class::Deficiency | Class::Extension | Class::Determination => {
                open.retain(|other| !same(other));
                open.push(told);
                left = None;
            }
            Class::Regained => {
                let before = open.len();
                open.retain(|other| !same(other));
                if open.len() == before && before == 1 {
                    open.clear();
                }
                closed = Some(told);
            }
            // A move to another exchange ends what the old one wanted; a move between tiers of one does not.
            Class::Transfer | Class::Voluntary | Class::Merger => {
                left = Some(told);
            }
        }
    }
    open.retain(|told| reader.age(told.filing) <= STALE);
    let ended = reader.filings().find(|filing| ends(filing)).filter(|end| {
        // A company that goes on filing reports has ended the registration of one class only.
        !reader
            .filings()
            .any(|filing| (reader::is_annual(filing) || reader::is_quarterly(filing)) && filing.filed > end.filed)
    });
    let common = removals.iter().find(|(filing, class)| {
        let class = class.as_deref().unwrap_or("").to_ascii_lowercase();
        let of_shares = ["common", "ordinary", "class a", "american depositary", "shares of beneficial"]
            .iter()
            .any(|word| class.contains(word));
        let other = ["warrant", "unit", "right", "note", "preferred", "debenture", "bond"]
            .iter()
            .any(|word| class.contains(word));
        let goes_on = !reader.case.company.tickers.is_empty()
            && reader
                .filings()
                .any(|later| reader::is_quarterly(later) && reader::days(filing.filed, later.filed) > 90);
        ((of_shares && !other) || class.is_empty()) && !goes_on
    });
    if let Some(told) = left.filter(|told| {
        told.notice.class == Class::Merger && open.iter().all(|open| open.filing.filed <= told.filing.filed)
    }) {
        return State {
            zone: "merger",
            severity: Severity::Info,
            why: format!("the listing ends because the company was acquired (8-K filed {})", told.filing.filed),
            open: 0,
        };
    }
    if let Some((filing, class)) = common {
        let by_will = left.is_some_and(|told| matches!(told.notice.class, Class::Transfer | Class::Voluntary));
        let moved = left.is_some_and(|told| told.notice.class == Class::Transfer);
        let what = class.as_deref().map_or(String::new(), |class| format!(" ({class})"));
        return State {
            zone: if moved { "transfer" } else { "removed" },
            severity: match (moved, by_will) {
                (true, _) => Severity::Info,
                (false, true) => Severity::High,
                (false, false) => Severity::Critical,
            },
            why: format!("Form {} filed {} removes a class from listing{what}", filing.form, filing.filed),
            open: open.len().max(usize::from(!moved)),
        };
    }
    if let Some(gravest) = open.iter().max_by_key(|told| (told.notice.class == Class::Determination, told.filing.filed))
    {
        let (zone, severity) = match gravest.notice.class {
            Class::Determination => ("determination", Severity::Critical),
            Class::Extension => ("extension", Severity::High),
            _ if is_formal(gravest.notice.about) => ("deficiency", Severity::Caution),
            _ => ("deficiency", Severity::High),
        };
        return State { zone, severity, why: sentence(gravest), open: open.len() };
    }
    if let Some(filing) = ended {
        return State {
            zone: "deregistered",
            severity: Severity::High,
            why: format!(
                "Form {} filed {} ends registration or the duty to report, and no report followed",
                filing.form, filing.filed
            ),
            open: 0,
        };
    }
    // What was not read matters when nothing that was read came after it.
    let newest_told = told.first().map(|told| told.filing.filed);
    if let Some((filing, _)) = unread.first().filter(|(filing, _)| newest_told.is_none_or(|told| filing.filed > told)) {
        return State {
            zone: "notice_unread",
            severity: Severity::Caution,
            why: format!(
                "an 8-K filed {} carries Item 3.01 and was not read: a deficiency, its cure or a transfer",
                filing.filed
            ),
            open: 0,
        };
    }
    if let Some(told) = left {
        let (zone, severity) = match told.notice.class {
            Class::Transfer => ("transfer", Severity::Info),
            _ => ("voluntary", Severity::High),
        };
        return State { zone, severity, why: sentence(told), open: 0 };
    }
    if let Some(told) = closed {
        return State { zone: "regained", severity: Severity::Info, why: sentence(told), open: 0 };
    }
    let late = reader.filings().filter(|filing| is_late(filing) && reader.age(filing) <= RECENT).count();
    if late > 0 {
        return State {
            zone: "late_reports",
            severity: if late > 1 { Severity::Caution } else { Severity::Info },
            why: format!("no listing notice; {late} notice(s) of late reports in {RECENT} days"),
            open: 0,
        };
    }
    State {
        zone: "none",
        severity: Severity::None,
        why: format!("no listing notice in the 8-Ks of {WINDOW} days that were read"),
        open: 0,
    }
}

/// What one notice says, in a sentence, its days as the filing gives them.
fn sentence(told: &Told<'_>) -> String {
    let notice = &told.notice;
    let mut text = match notice.class {
        Class::Determination => "the exchange decided to delist or suspend",
        Class::Deficiency => "notice of non-compliance with a listing rule",
        Class::Extension => "more time was granted to meet a listing rule",
        Class::Regained => "compliance with the listing rule was regained",
        Class::Transfer => "the company transfers its listing",
        Class::Voluntary => "the company withdraws its listing by its own decision",
        Class::Merger => "the listing ends with an acquisition",
    }
    .to_owned();
    if let Some(rule) = notice.rule() {
        text.push_str(&format!(", rule {}", rule.name));
    }
    if let Some(about) = notice.about {
        text.push_str(&format!(" ({about})"));
    }
    text.push_str(&format!(", {} filed {}", told.filing.form, told.filing.filed));
    if let Some(received) = notice.received.filter(|day| *day <= told.filing.filed) {
        text.push_str(&format!("; dated {received} in the filing"));
    }
    if let Some(deadline) = notice.deadline {
        text.push_str(&format!("; the filing names {deadline} as the day for compliance"));
    }
    if let Some(plan) = notice.plan_due {
        text.push_str(&format!("; a plan or request is due {plan}"));
    }
    text
}

fn part(reader: Reader<'_>, told: &Told<'_>, number: usize) -> Signal {
    let severity = match told.notice.class {
        Class::Determination => Severity::Critical,
        Class::Deficiency if is_formal(told.notice.about) => Severity::Caution,
        Class::Deficiency | Class::Extension | Class::Voluntary => Severity::High,
        Class::Regained | Class::Transfer | Class::Merger => Severity::Info,
    };
    let mut part = Signal::ran(&format!("{ID}.notice.{number}"), severity, sentence(told));
    part.zone = Some(told.notice.class.name().to_owned());
    part.formula = told.notice.rules.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>().join(", ");
    part.source = told.notice.about.unwrap_or("").to_owned();
    part.evidence = told
        .notice
        .sentences
        .iter()
        .map(|sentence| reader.quote(told.filing, told.item, told.document, sentence.clone()))
        .collect();
    part
}

/// Standards of form and governance, which are cured by filing or by appointing somebody.
fn is_formal(about: Option<&str>) -> bool {
    matches!(
        about,
        Some(
            "independence of board and committees"
                | "annual meeting"
                | "fees"
                | "corporate governance"
                | "quorum"
                | "recovery of compensation"
                | "shareholder approval of issuances"
        )
    )
}

pub(super) fn removal(filing: &Filing) -> bool {
    matches!(filing.form.as_str(), "25" | "25-NSE" | "25/A" | "25-NSE/A")
}

fn ends(filing: &Filing) -> bool {
    filing.form.starts_with("15-12") || filing.form.starts_with("15-15") || filing.form.starts_with("15F-")
}

fn is_late(filing: &Filing) -> bool {
    matches!(filing.form.as_str(), "NT 10-K" | "NT 10-Q" | "NT 20-F" | "NT 10-KT" | "NT 10-QT")
}

/// The class of securities that a Form 25 removes, as it describes it.
fn class_removed(document: &Document) -> Option<String> {
    let text = document.text();
    // The form asks for a "Description of class of securities" under the line with the class.
    let lower = text.to_ascii_lowercase();
    let at = lower.find("description of class of securities").or_else(|| lower.find("class of securities"))?;
    let before = text[..at].lines().rev().map(str::trim).find(|line| line.len() > 3 && !line.starts_with('('))?;
    Some(super::prose::quote(before, 200))
}
