//! The signal `delisting`: notices of exchanges, removals, deregistrations and late reports.

use jiff::civil::Date;

use edgar::document::Document;
use edgar::index::Filing;

use crate::factors::{fade, of_severity};
use crate::signal::{Evidence, Severity, Signal};
use crate::wording::count;

use super::listing::{self, Class, Notice};
use super::reader::{self, Reader, carries};
use super::removals::{self, Fate, Removal};

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
    let files_reports = |filing: &Filing| {
        reader::is_current(filing)
            || reader::is_annual(filing)
            || reader::is_quarterly(filing)
            || removals::is_removal(filing)
            || removals::is_end(filing)
    };
    if !reader.filings().any(files_reports) {
        return Signal::not_applicable(ID, "files no current, quarterly or annual reports: nothing of it is listed");
    }
    let mut told: Vec<Told<'_>> = Vec::new();
    let mut unread: Vec<(&Filing, String)> = Vec::new();
    let mut silent: Vec<&Filing> = Vec::new();
    let (mut reports, mut opened) = (0, 0);
    for filing in reader.filings().filter(|filing| reader::is_current(filing) && reader.age(filing) <= WINDOW) {
        let tagged = carries(filing, "3.01");
        let document = reader.open(filing);
        reports += 1;
        opened += usize::from(document.is_ok());
        match document {
            Ok(document) => match notice(filing, document, tagged) {
                Some((item, notice)) => told.push(Told { filing, document, item, notice }),
                None if tagged => silent.push(filing),
                None => {}
            },
            Err(why) if tagged => unread.push((filing, why)),
            Err(_) => {}
        }
    }
    let classes: Vec<_> = told.iter().map(|told| (told.filing.filed, told.notice.class)).collect();
    let removals = removals::judge(reader, &classes);
    let mut state = state(reader, &told, &unread, &silent, &removals);
    if state.decided.is_none() {
        // The index tells the items of all; the words of those that were read.
        state.why = format!(
            "no listing notice stands: {reports} 8-Ks of {WINDOW} days looked through by their items, {opened} of them read"
        );
    }
    let decided = state.decided;
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
    for removal in removals.iter().take(6) {
        signal.parts.push(removed(reader, removal));
    }
    for filing in reader.filings().filter(|filing| removals::is_end(filing)).take(4) {
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
            format!(
                "{} of late reports in {RECENT} days, newest filed {}",
                count(late.len(), "notice", "notices"),
                late[0].filed
            ),
        );
        part.value = Some(late.len() as f64);
        part.evidence = late.iter().take(8).map(|filing| reader.filing(filing, None)).collect();
        signal.parts.push(part);
    }
    signal.parts.extend(super::late::parts(reader));
    // The notices up to the filing that decides, and its own part. What came after it is told by its part; here it
    // would make an old event look new.
    signal.evidence = signal
        .parts
        .iter()
        .filter(|part| {
            part.id.starts_with("delisting.notice")
                || part.evidence.iter().any(|evidence| Some(evidence.filed) == decided)
        })
        .flat_map(|part| part.evidence.iter().take(4))
        .filter(|evidence| decided.is_none_or(|day| evidence.filed <= day))
        .cloned()
        .collect();
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
    /// The day of the newest filing that it rests on; none where nothing was found.
    decided: Option<Date>,
}

/// The notices, oldest first, as what stands, what was cured, and how the listing was left.
#[derive(Default)]
struct Standing<'a> {
    open: Vec<&'a Told<'a>>,
    closed: Option<&'a Told<'a>>,
    left: Option<&'a Told<'a>>,
}

fn standing<'a>(reader: Reader<'_>, told: &'a [Told<'a>]) -> Standing<'a> {
    // A standard is met or not met.
    let mut now = Standing::default();
    for told in told.iter().rev() {
        let same = |other: &&Told<'_>| {
            other.notice.about == told.notice.about || other.notice.about.is_none() || told.notice.about.is_none()
        };
        match told.notice.class {
            Class::Deficiency | Class::Extension | Class::Determination => {
                now.open.retain(|other| !same(other));
                now.open.push(told);
                now.left = None;
            }
            Class::Regained => {
                let before = now.open.len();
                now.open.retain(|other| !same(other));
                if now.open.len() == before && before == 1 {
                    now.open.clear();
                }
                now.closed = Some(told);
            }
            // A move to another exchange ends what the old one wanted; a move between tiers of one does not.
            Class::Transfer | Class::Voluntary | Class::Merger => {
                now.left = Some(told);
            }
        }
    }
    now.open.retain(|told| reader.age(told.filing) <= STALE);
    now
}

fn state(
    reader: Reader<'_>,
    told: &[Told<'_>],
    unread: &[(&Filing, String)],
    silent: &[&Filing],
    removals: &[Removal<'_>],
) -> State {
    let now = standing(reader, told);
    if let Some(merger) = merged(reader, &now, removals) {
        return merger;
    }
    let mut states: Vec<State> = Vec::new();
    let mut say = |zone, severity, why, open, filing: &Filing| {
        states.push(State { zone, severity, why, open, decided: Some(filing.filed) });
    };
    if let Some(removal) = removals.iter().find(|removal| removal.fate == Fate::Removed) {
        let decided = now.open.iter().any(|told| told.notice.class == Class::Determination);
        let severity = if removal.by_will && !decided { Severity::High } else { Severity::Critical };
        say("removed", severity, removal_sentence(removal), now.open.len().max(1), removal.filing);
    }
    let gravest = now.open.iter().max_by_key(|told| (told.notice.class == Class::Determination, told.filing.filed));
    if let Some(gravest) = gravest {
        let (zone, severity) = match gravest.notice.class {
            Class::Determination => ("determination", Severity::Critical),
            Class::Extension => ("extension", Severity::High),
            _ if is_formal(gravest.notice.about) => ("deficiency", Severity::Caution),
            _ => ("deficiency", Severity::High),
        };
        say(zone, severity, sentence(gravest), now.open.len(), gravest.filing);
    }
    if let Some((filing, class, of_shares)) = removals::ended(reader)
        && of_shares != Some(false)
    {
        // A removal of the shares shows what the form ends even where it was not read.
        let sure = of_shares == Some(true) || removals.iter().any(|removal| removal.fate == Fate::Removed);
        let mut why = format!(
            "Form {} filed {} ends registration or the duty to report, and no report followed",
            filing.form, filing.filed
        );
        match class {
            Some(class) => why.push_str(&format!(" ({class})")),
            None if !sure => {
                why.push_str("; its class was not read, and it may be a plan's or another's than the shares")
            }
            None => {}
        }
        say("deregistered", if sure { Severity::High } else { Severity::Caution }, why, 0, filing);
    }
    // What was not read matters when nothing that was read came after it.
    let newest_told = told.first().map(|told| told.filing.filed);
    if let Some((filing, _)) = unread
        .iter()
        .find(|(filing, _)| reader.age(filing) <= STALE && !removals::explains(removals, filing.filed))
        .filter(|(filing, _)| newest_told.is_none_or(|told| filing.filed > told))
    {
        let why = format!(
            "an 8-K filed {} carries Item 3.01 and was not read: a deficiency, its cure or a transfer",
            filing.filed
        );
        say("notice_unread", Severity::Caution, why, 0, filing);
    }
    if let Some(filing) = silent
        .iter()
        .find(|filing| reader.age(filing) <= STALE && !removals::explains(removals, filing.filed))
        .filter(|filing| newest_told.is_none_or(|told| filing.filed > told))
    {
        let why = format!("an 8-K filed {} carries Item 3.01, and its body was not understood", filing.filed);
        say("notice_unclear", Severity::Caution, why, 0, filing);
    }
    if let Some(removal) = removals.iter().find(|removal| removal.fate == Fate::Unread) {
        say("removal_unread", Severity::Caution, removal_sentence(removal), 0, removal.filing);
    }
    if let Some(told) = now.left {
        let (zone, severity) = match told.notice.class {
            Class::Transfer => ("transfer", Severity::Info),
            _ => ("voluntary", Severity::High),
        };
        say(zone, severity, sentence(told), 0, told.filing);
    }
    let moved = removals
        .iter()
        .find(|removal| removal.fate == Fate::Moved && reader.age(removal.filing) <= WINDOW)
        .filter(|_| now.left.is_none());
    if let Some(removal) = moved {
        say("transfer", Severity::Info, removal_sentence(removal), 0, removal.filing);
    }
    if let Some(told) = now.closed {
        say("regained", Severity::Info, sentence(told), 0, told.filing);
    }
    let late: Vec<&Filing> =
        reader.filings().filter(|filing| is_late(filing) && reader.age(filing) <= RECENT).collect();
    if let Some(newest) = late.first() {
        let why = format!(
            "{} of late reports in {RECENT} days, and no listing notice that weighs more",
            count(late.len(), "notice", "notices")
        );
        say("late_reports", if late.len() > 1 { Severity::Caution } else { Severity::Info }, why, 0, newest);
    }
    heaviest(reader, states).unwrap_or_else(|| State {
        zone: "none",
        severity: Severity::None,
        why: String::new(),
        open: 0,
        decided: None,
    })
}

/// Of what is more than context, what weighs most today, age taken off; else the first of the context. The end of a
/// listing or registration after which no report came is a state that lasts: it does not age.
fn heaviest(reader: Reader<'_>, states: Vec<State>) -> Option<State> {
    let goes_on = |since: Date| reader.filings().any(|filing| removals::is_report(filing) && filing.filed > since);
    let lasts = |state: &State, since: Date| {
        matches!(state.zone, "removed" | "deregistered" | "determination") && !goes_on(since)
    };
    let weight = |state: &State| {
        let age = state.decided.filter(|day| !lasts(state, *day)).map_or(0, |day| reader::days(day, reader.case.as_of));
        if state.severity > Severity::Info { of_severity(state.severity) * fade(f64::from(age)) } else { 0.0 }
    };
    // Of equals the first: the order above is the order of what they mean.
    states.into_iter().reduce(|best, other| if weight(&other) > weight(&best) { other } else { best })
}

/// The end of a listing with an acquisition, where nothing stands against it and no report followed.
fn merged(reader: Reader<'_>, now: &Standing<'_>, removals: &[Removal<'_>]) -> Option<State> {
    let told = now.left.filter(|told| told.notice.class == Class::Merger).map(|told| {
        (told.filing, format!("the listing ends because the company was acquired (8-K filed {})", told.filing.filed))
    });
    let form = removals
        .first()
        .filter(|removal| removal.fate == Fate::Merged)
        .map(|removal| (removal.filing, removal_sentence(removal)));
    let (filing, why) = told.or(form)?;
    let after = |other: &Filing| reader::days(filing.filed, other.filed);
    // A company that reports on was not the one that went.
    let goes_on = reader.filings().any(|other| removals::is_report(other) && after(other) > 60);
    let clear = now.open.iter().all(|open| open.filing.filed <= filing.filed);
    (clear && !goes_on).then_some(State {
        zone: "merger",
        severity: Severity::Info,
        why,
        open: 0,
        decided: Some(filing.filed),
    })
}

fn removal_sentence(removal: &Removal<'_>) -> String {
    let filing = removal.filing;
    let what = match removal.fate {
        Fate::Removed if removal.by_will => "takes the shares off the exchange, by the company's own decision",
        Fate::Removed => "takes the shares off the exchange",
        Fate::Moved => "goes with a move to another exchange",
        Fate::Merged => "ends the listing with an acquisition or exchange",
        Fate::Other => "does not take the shares off their exchange",
        Fate::Listed => "did not end the listing of the shares",
        Fate::Unread => "removes a class from listing",
    };
    let class = removal.class.as_ref().map_or_else(|| "class not read".to_owned(), Clone::clone);
    format!("Form {} filed {} {what} ({class}): {}", filing.form, filing.filed, removal.because)
}

fn removed(reader: Reader<'_>, removal: &Removal<'_>) -> Signal {
    let severity = match removal.fate {
        Fate::Removed if removal.by_will => Severity::High,
        Fate::Removed => Severity::Critical,
        Fate::Unread => Severity::Caution,
        Fate::Moved | Fate::Merged | Fate::Other | Fate::Listed => Severity::Info,
    };
    let mut part = Signal::ran("delisting.removal", severity, removal_sentence(removal));
    let zone = match removal.fate {
        Fate::Removed => "removed",
        Fate::Moved => "transfer",
        Fate::Merged => "merger",
        Fate::Other => "other_class",
        Fate::Listed => "listed",
        Fate::Unread => "removal_unread",
    };
    part.zone = Some(zone.to_owned());
    let quote = removal.class.clone().unwrap_or_default();
    part.evidence.push(Evidence { quote, ..reader.filing(removal.filing, None) });
    part
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

fn is_late(filing: &Filing) -> bool {
    matches!(filing.form.as_str(), "NT 10-K" | "NT 10-Q" | "NT 20-F" | "NT 10-KT" | "NT 10-QT" | "NTN 10K" | "NTN 10Q")
}
