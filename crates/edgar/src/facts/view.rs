//! The facts as they were public on a day.

use std::collections::HashSet;
use std::ops::{Range, RangeInclusive};

use jiff::civil::Date;

use super::doubt::{self, Doubt};
use super::{Fact, Facts, Figure};

/// Which of the versions of a value is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Basis {
    /// As the newest filing restates it.
    #[default]
    Restated,
    /// As the first filing reported it.
    FirstReported,
}

/// Facts that were public at the end of a day, without those that a thousand-fold unit error spoils.
#[derive(Clone, Debug)]
pub struct View<'f> {
    facts: &'f Facts,
    as_of: Date,
    doubts: Vec<Doubt>,
    /// Concept and position of the facts in doubt.
    excluded: HashSet<(u32, u32)>,
    /// Filings whose figures are no statements: proxies.
    proxies: Vec<u32>,
}

impl<'f> View<'f> {
    pub(super) fn new(facts: &'f Facts, as_of: Date) -> Self {
        let (doubts, excluded) = doubt::find(facts, as_of);
        // A handful at most, one a year since 2023.
        let proxies =
            facts.filings.iter().zip(0_u32..).filter(|(filing, _)| is_proxy(&filing.form)).map(|(_, at)| at).collect();
        Self { facts, as_of, doubts, excluded, proxies }
    }

    /// All facts, whenever filed.
    pub fn facts(&self) -> &'f Facts {
        self.facts
    }

    /// The day.
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// Values left out because they are a thousand or a million times too large or too small.
    pub fn doubts(&self) -> &[Doubt] {
        &self.doubts
    }

    /// The visible facts of a concept (`us-gaap:Assets`), by end, start, unit and day of filing.
    ///
    /// A fact that ends after its own filing is a forecast or an error of tagging, and is none of these. Nor is one of a
    /// proxy: its table of pay against performance repeats five years of net income, rounded for the reader and filed
    /// after the annual report, and would count as its restatement.
    pub fn of<'v>(&'v self, tag: &str) -> impl Iterator<Item = &'f Fact> + use<'v, 'f> {
        self.slice(tag, &|facts| 0..facts.len())
    }

    /// The visible facts of a concept that end on a day.
    pub fn ending<'v>(&'v self, tag: &str, end: Date) -> impl Iterator<Item = &'f Fact> + use<'v, 'f> {
        self.slice(tag, &|facts| {
            facts.partition_point(|fact| fact.end < end)..facts.partition_point(|fact| fact.end <= end)
        })
    }

    fn slice<'v>(
        &'v self,
        tag: &str,
        cut: &dyn Fn(&[Fact]) -> Range<usize>,
    ) -> impl Iterator<Item = &'f Fact> + use<'v, 'f> {
        let concept = self.facts.index.get(tag).copied().unwrap_or(u32::MAX);
        let facts = self.facts.of(tag);
        let range = cut(facts);
        let first = range.start as u32;
        facts.get(range).unwrap_or_default().iter().zip(first..).filter_map(move |(fact, at)| {
            let seen = fact.filed <= self.as_of && fact.end <= fact.filed && !self.proxies.contains(&fact.filing);
            (seen && (self.excluded.is_empty() || !self.excluded.contains(&(concept, at)))).then_some(fact)
        })
    }

    /// The number of a unit: exact, so that `USD/shares` never answers for `USD`.
    pub(super) fn unit_id(&self, unit: &str) -> Option<u16> {
        self.facts.units.iter().position(|known| &**known == unit).map(|at| at as u16)
    }

    /// A fact as a figure with its trail.
    pub fn figure(&self, tag: &str, fact: &Fact) -> Figure {
        Figure {
            value: fact.value,
            unit: self.facts.unit(fact).to_owned(),
            tag: tag.to_owned(),
            start: fact.start,
            end: fact.end,
            filed: fact.filed,
            accession: self.facts.filing(fact).map(|filing| filing.accession.clone()),
            terms: Vec::new(),
        }
    }

    /// The value of an instant.
    pub fn instant(&self, tag: &str, unit: &str, day: Date, basis: Basis) -> Option<Figure> {
        let unit = self.unit_id(unit)?;
        let found = self.ending(tag, day).filter(|fact| fact.unit == unit && fact.start.is_none());
        pick(found, basis).map(|fact| self.figure(tag, fact))
    }

    /// The value of the period that ends on a day and lasts so many days; where several do, the one restated last.
    pub fn over(&self, tag: &str, unit: &str, end: Date, lasting: RangeInclusive<i32>, basis: Basis) -> Option<Figure> {
        let unit = self.unit_id(unit)?;
        let found = self
            .ending(tag, end)
            .filter(|fact| fact.unit == unit && fact.days().is_some_and(|days| lasting.contains(&days)));
        pick(found, basis).map(|fact| self.figure(tag, fact))
    }

    /// Every version of a value, first filed first: what was reported, and what became of it.
    pub fn versions(&self, tag: &str, unit: &str, start: Option<Date>, end: Date) -> Vec<Figure> {
        let Some(unit) = self.unit_id(unit) else { return Vec::new() };
        let mut found: Vec<&Fact> =
            self.ending(tag, end).filter(|fact| fact.unit == unit && fact.start == start).collect();
        found.sort_by_key(|fact| fact.filed);
        found.into_iter().map(|fact| self.figure(tag, fact)).collect()
    }

    /// The last day with a balance sheet in any periodic report: total assets, or total liabilities and equity, and one more of
    /// its lines. Assets alone may be those of a business bought after the day of the balance sheet; only where no day
    /// has more do they stand for one.
    pub fn latest_balance_sheet(&self) -> Option<Date> {
        const BESIDE: [&str; 11] = [
            "us-gaap:CashAndCashEquivalentsAtCarryingValue",
            "us-gaap:AssetsCurrent",
            "ifrs-full:CashAndCashEquivalents",
            "us-gaap:StockholdersEquity",
            "us-gaap:StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest",
            "us-gaap:PartnersCapital",
            "us-gaap:MembersEquity",
            "us-gaap:Liabilities",
            "us-gaap:LiabilitiesCurrent",
            "ifrs-full:Equity",
            "ifrs-full:Liabilities",
        ];
        let totals = super::years::BALANCE;
        let days = |tag: &str| -> HashSet<(Date, u32)> {
            self.of(tag)
                .filter(|fact| {
                    fact.start.is_none()
                        && self.facts.filing(fact).is_some_and(|filing| {
                            super::is_annual_form(&filing.form) || super::is_interim_form(&filing.form)
                        })
                })
                .map(|fact| (fact.end, fact.filing))
                .collect()
        };
        let all: Vec<HashSet<(Date, u32)>> = totals.iter().map(|tag| days(tag)).collect();
        let mut ordered: Vec<(Date, u32)> = all.iter().flatten().copied().collect();
        ordered.sort_unstable();
        ordered.dedup();
        let newest = ordered.last().map(|(day, _)| *day)?;
        let whole = ordered.iter().rev().find(|at| {
            all.iter().filter(|days| days.contains(at)).count() > 1
                || BESIDE
                    .iter()
                    .any(|tag| self.ending(tag, at.0).any(|fact| fact.filing == at.1 && fact.start.is_none()))
        });
        Some(whole.map_or(newest, |(day, _)| *day))
    }
}

/// Whether a form is a proxy or information statement: `DEF 14A`, `PRE 14A`, `DEFA14A`, `DEF 14C`.
fn is_proxy(form: &str) -> bool {
    form.contains("14A") || form.contains("14C")
}

/// The newest or the oldest filing's version; facts come in the order of filing within a period, but may be of
/// several periods here.
pub(super) fn pick<'f>(found: impl Iterator<Item = &'f Fact>, basis: Basis) -> Option<&'f Fact> {
    match basis {
        // `max_by_key` keeps the last of equals, `min_by_key` the first: both by accession number then.
        Basis::Restated => found.max_by_key(|fact| fact.filed),
        Basis::FirstReported => found.min_by_key(|fact| fact.filed),
    }
}
