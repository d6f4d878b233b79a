//! Registrations and what became of them: effectiveness, expiry, withdrawal, the prospectuses under them.

use jiff::ToSpan;
use jiff::civil::Date;

use edgar::index::Filing;

use super::LARGEST;
use super::reader::days;

/// A shelf of Rule 415(a)(5) may be used for three years ...
pub(super) const LIFE_YEARS: i32 = 3;
/// ... and these days more while its successor, filed before they ended, is not effective.
pub(super) const GRACE_DAYS: i32 = 180;
/// Registrations filed longer ago cannot be live.
pub(super) const WINDOW: i32 = 4 * 366;
/// A registration that was not effective by then never will be, in days.
const PENDING: i32 = 366;
/// Registration statements that are fetched, newest first.
pub(super) const MOST_SHELVES: usize = 4;
/// Prospectuses under them that are fetched, newest first.
pub(super) const MOST_TAKEDOWNS: usize = 8;

/// A registration statement and what became of it.
pub(super) struct Shelf<'a> {
    pub(super) filing: &'a Filing,
    pub(super) effective: Option<&'a Filing>,
    pub(super) effective_on: Option<Date>,
    pub(super) withdrawn: Option<&'a Filing>,
    pub(super) amended_after: Option<&'a Filing>,
    /// A shelf filed before this one ends, and not yet effective.
    pub(super) successor: Option<&'a Filing>,
    pub(super) takedowns: Vec<&'a Filing>,
}

/// Where a registration stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Withdrawn,
    NeverEffective,
    NotEffective,
    Expired,
    /// Its three years are over, its successor is not effective.
    Grace,
    Live,
}

impl State {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::NeverEffective => "never_effective",
            Self::NotEffective => "not_effective",
            Self::Expired => "expired",
            Self::Grace => "grace",
            Self::Live => "live",
        }
    }

    /// Whether securities may be sold off it.
    pub(super) fn is_live(self) -> bool {
        matches!(self, Self::Live | Self::Grace)
    }
}

impl Shelf<'_> {
    /// The last day on which Rule 415(a)(5) lets it be used; none while it is not effective.
    pub(super) fn expires(&self) -> Option<Date> {
        self.effective_on.and_then(|day| day.checked_add(LIFE_YEARS.years()).ok())
    }

    pub(super) fn state(&self, as_of: Date) -> State {
        match (self.withdrawn, self.effective_on, self.expires()) {
            (Some(_), ..) => State::Withdrawn,
            (None, None, _) if days(self.filing.filed, as_of) > PENDING => State::NeverEffective,
            (None, None, _) => State::NotEffective,
            (None, Some(_), Some(expires)) if expires < as_of => {
                if self.successor.is_some() && days(expires, as_of) <= GRACE_DAYS {
                    State::Grace
                } else {
                    State::Expired
                }
            }
            (None, Some(_), _) => State::Live,
        }
    }
}

/// Forms that register securities off which a company sells over time.
pub(super) fn is_registration(filing: &Filing) -> bool {
    is_shelf(filing) || matches!(filing.form.as_str(), "S-1" | "F-1")
}

/// Those that are shelves.
pub(super) fn is_shelf(filing: &Filing) -> bool {
    matches!(filing.form.as_str(), "S-3" | "S-3ASR" | "F-3" | "F-3ASR" | "F-10")
}

/// A shelf of a well-known seasoned issuer: effective when filed, and of no stated amount.
pub(super) fn is_automatic(filing: &Filing) -> bool {
    filing.form.ends_with("ASR")
}

/// Prospectuses that sell.
pub(super) fn is_takedown(filing: &Filing) -> bool {
    matches!(filing.form.as_str(), "424B1" | "424B2" | "424B4" | "424B5" | "424B7" | "424B8" | "424B3")
}

/// Whether a prospectus takes something down: one that completes or sticks to an earlier one sells nothing new, and
/// resale ones are others' sales.
pub(super) fn takes_down(filing: &Filing) -> bool {
    is_takedown(filing) && !matches!(filing.form.as_str(), "424B3" | "424B7")
}

/// The registrations of four years, newest first. Without file numbers nothing ties an effectiveness to its registration.
pub(super) fn all<'a>(filings: &[&'a Filing], as_of: Date) -> Vec<Shelf<'a>> {
    let same = |one: &Filing, other: &Filing| !one.file_number.is_empty() && one.file_number == other.file_number;
    let effective_on = |filing: &Filing| {
        if is_automatic(filing) {
            return Some(filing.filed);
        }
        let effect = filings
            .iter()
            .rev()
            .find(|other| other.form == "EFFECT" && same(filing, other) && other.filed >= filing.filed);
        effect.map(|effect| effect.filed)
    };
    filings
        .iter()
        .copied()
        .filter(|filing| is_registration(filing) && days(filing.filed, as_of) <= WINDOW)
        .map(|filing| {
            let later = |form: &'static str| {
                filings
                    .iter()
                    .rev()
                    .find(move |other| other.form == form && same(filing, other) && other.filed >= filing.filed)
                    .copied()
            };
            let effective = effective_on(filing);
            let ends = effective.and_then(|day| day.checked_add(LIFE_YEARS.years()).ok());
            Shelf {
                filing,
                effective: later("EFFECT"),
                effective_on: effective,
                withdrawn: later("RW"),
                amended_after: filings
                    .iter()
                    .find(|other| {
                        matches!(other.form.as_str(), "POS AM" | "POSASR")
                            && same(filing, other)
                            && effective.is_some_and(|day| other.filed >= day)
                    })
                    .copied(),
                successor: filings
                    .iter()
                    .find(|other| {
                        is_shelf(filing)
                            && is_shelf(other)
                            && other.accession != filing.accession
                            && other.filed > filing.filed
                            && ends.is_some_and(|end| other.filed <= end)
                            && effective_on(other).is_none()
                    })
                    .copied(),
                takedowns: filings.iter().filter(|other| is_takedown(other) && same(filing, other)).copied().collect(),
            }
        })
        .collect()
}

/// What is fetched of the shelves that are live or may become so: the registrations, amendments after effectiveness, and
/// the prospectuses of those that state an amount. Each kind newest first and capped.
pub(super) fn to_read<'a>(filings: &[&'a Filing], as_of: Date) -> Vec<&'a Filing> {
    let bearable = |filing: &&Filing| filing.size <= LARGEST;
    let open: Vec<Shelf<'_>> = all(filings, as_of)
        .into_iter()
        .filter(|shelf| is_shelf(shelf.filing))
        .filter(|shelf| matches!(shelf.state(as_of), State::Live | State::Grace | State::NotEffective))
        .collect();
    let mut read: Vec<&Filing> = open.iter().map(|shelf| shelf.filing).filter(bearable).take(MOST_SHELVES).collect();
    read.extend(open.iter().filter_map(|shelf| shelf.amended_after).filter(bearable).take(2));
    let mut takedowns: Vec<&Filing> = open
        .iter()
        .filter(|shelf| !is_automatic(shelf.filing))
        .flat_map(|shelf| shelf.takedowns.iter().copied())
        .filter(|filing| takes_down(filing))
        .filter(bearable)
        .collect();
    takedowns.sort_by_key(|filing| std::cmp::Reverse(filing.filed));
    read.extend(takedowns.into_iter().take(MOST_TAKEDOWNS));
    read
}
