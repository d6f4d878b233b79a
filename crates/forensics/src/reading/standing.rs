//! The standing of the registrant on the day: whether it reports, is late, is in bankruptcy, or has stopped.
//!
//! An event fades; a standing does not. It lasts until a later filing ends it: a report or a new registration ends a
//! Form 15, a new registration or a year of reports a bankruptcy, a report a delay. Each says which filing shows it.
//! That nothing was filed since is only said of the days up to which the index is known.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use edgar::ids::Accession;
use edgar::index::Filing;

use crate::case::Case;
use crate::signal::Signal;

use super::prose::{has, patterns};
use super::reader::{self, Reader, carries, days, is_annual, is_quarterly};
use super::removals;

/// A filer of quarterly reports is late after so many days without one: from the report on the third quarter to the
/// annual report lie 140 at most, with the time that a notice of a late report gives.
const QUARTERLY_DAYS: i32 = 200;
/// The same for filers of annual reports alone (Forms 20-F and 40-F, trusts): a year, four months, and some.
const ANNUAL_DAYS: i32 = 500;
/// After so many days without a report a company is said to have stopped.
const SILENT_DAYS: i32 = 730;
/// Reports that go on for this long after the last word of a bankruptcy show that it is over.
const GOES_ON_DAYS: i32 = 548;
/// A registration so soon after a petition belongs to what came before it.
const PETITION_DAYS: i32 = 30;
/// The items of Form 8-K have their numbers of today since then.
const RENUMBERED: Date = date(2004, 8, 23);

/// Where a registrant stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It files its annual and quarterly reports.
    Reporting,
    /// Its newest report is older than its form allows, or it gave notice of a late one and none followed.
    Late,
    /// In bankruptcy or receivership (Item 1.03 of Form 8-K), and nothing filed since ends it.
    Bankruptcy,
    /// Form 15 or a revocation in force, or no annual or quarterly report for more than two years.
    Stopped,
    /// It took the place of another registrant, whose filings are under another key.
    Successor,
    /// No annual or quarterly report is among its filings: a person, a fund, or a company that has just registered.
    NoReports,
    /// The index of filings, or the part of it that would tell, is missing.
    #[default]
    Unknown,
}

impl State {
    /// Its name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reporting => "reporting",
            Self::Late => "late",
            Self::Bankruptcy => "bankruptcy",
            Self::Stopped => "stopped",
            Self::Successor => "successor",
            Self::NoReports => "no_reports",
            Self::Unknown => "unknown",
        }
    }
}

/// A state with the filing that shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Mark {
    /// The state.
    pub state: State,
    /// The day of the filing that shows it: of a company that reports, is late or fell silent, of its newest report.
    #[schemars(with = "Option<String>")]
    pub since: Option<Date>,
    /// Form of that filing; none where no filing shows it.
    pub form: Option<String>,
    /// Its accession number.
    #[schemars(with = "Option<String>")]
    pub accession: Option<Accession>,
    /// Link to it.
    pub url: Option<String>,
    /// One sentence.
    pub why: String,
}

/// Where a registrant stands on the day: what weighs most, and what holds beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Standing {
    /// The state that weighs most.
    #[serde(flatten)]
    pub mark: Mark,
    /// Other states that hold: a company that stopped reporting while in bankruptcy.
    #[serde(default)]
    pub also: Vec<Mark>,
}

impl Standing {
    /// Every state that holds, the weightiest first.
    pub fn marks(&self) -> impl Iterator<Item = &Mark> {
        std::iter::once(&self.mark).chain(&self.also)
    }

    /// Whether a state holds.
    pub fn is(&self, state: State) -> bool {
        self.marks().any(|mark| mark.state == state)
    }

    /// Whether the company stopped reporting, so that its filings say nothing about it today and no score is made of them.
    pub fn stopped(&self) -> bool {
        self.mark.state == State::Stopped
    }

    /// Whether what a signal found is a state that still lasts, so that its weight does not fade: the bankruptcy, and of
    /// a company in bankruptcy or without reports the end of its listing or registration.
    pub fn holds(&self, signal: &Signal) -> bool {
        match (signal.id.as_str(), signal.zone.as_deref()) {
            ("events_8k", Some("bankruptcy")) => self.is(State::Bankruptcy),
            ("delisting", Some("removed" | "deregistered" | "determination")) => {
                self.is(State::Bankruptcy) || self.is(State::Stopped)
            }
            _ => false,
        }
    }
}

patterns! {
    /// A plan that took effect, or a case that was dismissed.
    OVER = r"\bemerged from (?:its |their |the )?(?:chapter 11|bankruptcy|reorganization)|\bplan(?: of reorganization)? (?:became|was declared|has become|is now) effective\b|\beffective date (?:of the plan )?(?:has )?occurred\b|\bplan was substantially consummated\b|\b(?:chapter (?:11|7) )?cases? (?:was|were|has been|have been) (?:dismissed|closed)\b|\border dismissing (?:the|its) (?:chapter|bankruptcy)";
}

/// An annual or quarterly report as first filed: an amendment of an old one does not make a company current.
fn is_report(filing: &Filing) -> bool {
    (is_annual(filing) || is_quarterly(filing)) && !filing.form.ends_with("/A")
}

fn is_notice(filing: &Filing) -> bool {
    matches!(filing.form.as_str(), "NT 10-K" | "NT 10-Q" | "NT 20-F" | "NT 10-KT" | "NT 10-QT")
}

/// A class that is registered anew; amendments of a registration are none.
fn registers(filing: &Filing) -> bool {
    matches!(
        filing.form.as_str(),
        "8-A12B" | "8-A12G" | "10-12B" | "10-12G" | "20FR12B" | "20FR12G" | "40FR12B" | "40FR12G"
    )
}

/// A bankruptcy that nothing filed since ended: the first and the newest report of it.
pub(super) fn bankruptcy<'a>(reader: Reader<'a>) -> Option<(&'a Filing, &'a Filing)> {
    let told = |filing: &Filing| {
        let canonical =
            |item: &String| (item.contains('.') || filing.filed < RENUMBERED) && reader::canonical(item) == "1.03";
        carries(filing, "1.03") && !filing.form.ends_with("/A") && filing.items.iter().any(canonical)
    };
    let newest = reader.filings().find(|filing| told(filing))?;
    let over = |of: &Filing| {
        reader.open(of).ok().and_then(|document| Some((document, reader::item(of, document, "1.03")?))).is_some_and(
            |(document, within)| document.text().get(within).is_some_and(|text| has(&OVER, &super::prose::plain(text))),
        )
    };
    let ends = |of: &Filing, other: &Filing| {
        let after = days(of.filed, other.filed);
        after > PETITION_DAYS && (registers(other) || matches!(other.form.as_str(), "8-K12B" | "8-K12G3" | "8-K15D5"))
            || after > GOES_ON_DAYS && is_annual(other)
    };
    if over(newest) || reader.filings().any(|other| ends(newest, other)) {
        return None;
    }
    // The petition, where the conversion or the plan has an item of its own.
    let first = reader
        .filings()
        .filter(|filing| told(filing) && days(filing.filed, newest.filed) <= 3 * 365)
        .take_while(|filing| !reader.filings().any(|other| other.filed <= newest.filed && ends(filing, other)))
        .last()?;
    Some((first, newest))
}

/// The Form 15 or the revocation that is in force for the shares.
fn ended<'a>(reader: Reader<'a>, signals: &[Signal], until: Date) -> Option<&'a Filing> {
    let after = |end: &Filing, wanted: fn(&Filing) -> bool| {
        reader.filings().any(|other| wanted(other) && other.filed > end.filed)
    };
    let revoked = reader
        .filings()
        .find(|filing| filing.form == "REVOKED")
        .filter(|end| !after(end, is_report) && !after(end, registers));
    if revoked.is_some() {
        return revoked;
    }
    // The end of the listing shows what a Form 15 beside it ends even where it was not read.
    let left = |end: &Filing| {
        signals.iter().filter(|signal| signal.id == "delisting").flat_map(|signal| &signal.parts).any(|part| {
            part.id == "delisting.removal"
                && matches!(part.zone.as_deref(), Some("removed" | "merger"))
                && part.evidence.iter().any(|form| (0..=SILENT_DAYS).contains(&days(form.filed, end.filed)))
        })
    };
    let silent = |end: &Filing| days(end.filed, until) > QUARTERLY_DAYS;
    removals::ends(reader)
        .into_iter()
        .find(|(end, _, of_shares)| of_shares.unwrap_or_else(|| left(end) || silent(end)))
        .map(|(end, ..)| end)
}

/// Where the registrant of a case stands; `signals` are those of the reading, whose `delisting` tells what became of the
/// listing.
pub fn of(case: &Case, signals: &[Signal]) -> Standing {
    if let Some(why) = case.index.why_missing() {
        return plain(State::Unknown, format!("Whether it still reports is not known: {why}."));
    }
    let reader = Reader::new(case);
    let until = case.index.known_to.map_or(case.as_of, |known| known.min(case.as_of));
    let age = |day: Date| days(day, until);
    let mark = |state: State, filing: &Filing, why: String| Mark {
        state,
        since: Some(filing.filed),
        form: Some(filing.form.clone()),
        accession: Some(filing.accession.clone()),
        url: Some(reader.url(filing)),
        why,
    };
    let newest = reader.filings().find(|filing| is_report(filing));
    let end = ended(reader, signals, until).map(|end| {
        let what = if end.form == "REVOKED" {
            "an order of the SEC revokes its registration"
        } else {
            "ends its registration or its duty to report"
        };
        let why = if end.form == "REVOKED" {
            format!("Stopped reporting: {what} (filed {}), and no report or new registration followed.", end.filed)
        } else {
            format!(
                "Stopped reporting: Form {} filed {} {what}, and no report or new registration followed.",
                end.form, end.filed
            )
        };
        mark(State::Stopped, end, why)
    });
    let bankrupt = bankruptcy(reader);
    let in_bankruptcy = bankrupt.map(|(first, last)| {
        let again = if first.filed == last.filed { String::new() } else { format!(", again {}", last.filed) };
        mark(
            State::Bankruptcy,
            first,
            format!(
                "In bankruptcy or receivership: Item 1.03 of the {} filed {}{again}; nothing filed since ends it.",
                first.form, first.filed
            ),
        )
    });
    let silence = newest.filter(|newest| age(newest.filed) > SILENT_DAYS).map(|newest| {
        let why = format!(
            "Stopped reporting: no annual or quarterly report for more than two years; the newest is the {} filed {}.",
            newest.form, newest.filed
        );
        mark(State::Stopped, newest, why)
    });
    let late = || late(reader, newest, until).map(|(filing, why)| mark(State::Late, filing, why));
    let successor = Some(()).filter(|()| case.index.gaps.is_empty()).and_then(|()| {
        let succession = edgar::succession::succession(&case.filings)?;
        let declared = succession.sign == edgar::succession::Sign::Declared;
        declared.then(|| {
            let filing = succession.filing;
            let why = format!(
                "Succeeded another registrant on {} ({}); earlier filings not read.",
                filing.filed, filing.form
            );
            mark(State::Successor, filing, why)
        })
    });
    // That nothing followed cannot be said of a part that is missing.
    let overdue = newest.map(|newest| newest.filed).filter(|day| age(*day) > QUARTERLY_DAYS);
    let rests_on = end.as_ref().or(silence.as_ref()).and_then(|mark| mark.since).or(overdue);
    if let Some(parts) = rests_on.and_then(|day| case.index.gap_within(case.as_of, days(day, case.as_of))) {
        return plain(
            State::Unknown,
            format!(
                "Whether it still reports is not known: part of the index of filings is missing, and there may be reports \
                 in it: {parts}."
            ),
        );
    }
    // A petition of the last two years is news of a company that files current reports, whatever else it owes.
    let fresh = bankrupt.is_some_and(|(_, last)| age(last.filed) <= SILENT_DAYS);
    let mut marks: Vec<Mark> = Vec::new();
    marks.extend(end);
    if fresh {
        marks.extend(in_bankruptcy.clone());
    }
    if marks.is_empty() {
        marks.extend(silence);
    }
    if !fresh {
        marks.extend(in_bankruptcy);
    }
    if !marks.iter().any(|mark| mark.state == State::Stopped) {
        marks.extend(late());
    }
    if marks.is_empty() {
        marks.push(match newest {
            Some(newest) => mark(
                State::Reporting,
                newest,
                format!(
                    "Reporting: its newest annual or quarterly report is the {} filed {}.",
                    newest.form, newest.filed
                ),
            ),
            None => Mark {
                state: State::NoReports,
                why: "No annual or quarterly report is among its filings.".to_owned(),
                ..Mark::default()
            },
        });
    }
    marks.extend(successor);
    let mut marks = marks.into_iter();
    Standing { mark: marks.next().unwrap_or_default(), also: marks.collect() }
}

fn plain(state: State, why: String) -> Standing {
    Standing { mark: Mark { state, why, ..Mark::default() }, also: Vec::new() }
}

/// Whether a report is overdue: the filing that shows it, and a sentence.
fn late<'a>(reader: Reader<'a>, newest: Option<&'a Filing>, until: Date) -> Option<(&'a Filing, String)> {
    let reported =
        newest.map_or(String::new(), |newest| format!("; the newest is the {} filed {}", newest.form, newest.filed));
    let notice = reader
        .filings()
        .filter(|filing| is_notice(filing) && newest.is_none_or(|newest| filing.filed > newest.filed))
        .last();
    if let Some(notice) = notice {
        let why = format!(
            "Late: the {} filed {} gives notice of a late report, and none followed{reported}.",
            notice.form, notice.filed
        );
        return Some((notice, why));
    }
    let newest = newest?;
    let quarterly = |other: &Filing| is_quarterly(other) && (0..=800).contains(&days(other.filed, newest.filed));
    let allowed = if reader.filings().any(quarterly) { QUARTERLY_DAYS } else { ANNUAL_DAYS };
    let age = days(newest.filed, until);
    (age > allowed).then(|| (newest, format!("Late: no annual or quarterly report for {age} days{reported}.")))
}
