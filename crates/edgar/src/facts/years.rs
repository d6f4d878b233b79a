//! Financial years: days that have both a balance sheet and a full-year duration in an annual report.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use super::span::{apart, days, is_annual_form, is_full_year};
use super::{Fact, View};
use crate::ids::Accession;

/// Concepts that stand for a balance sheet.
pub(super) const BALANCE: [&str; 4] = [
    "us-gaap:Assets",
    "us-gaap:LiabilitiesAndStockholdersEquity",
    "ifrs-full:Assets",
    "ifrs-full:EquityAndLiabilities",
];

/// Concepts that stand for an income or a cash-flow statement.
const FLOWS: [&str; 18] = [
    "us-gaap:NetIncomeLoss",
    "us-gaap:ProfitLoss",
    "us-gaap:NetIncomeLossAvailableToCommonStockholdersBasic",
    "us-gaap:IncomeLossFromContinuingOperations",
    "us-gaap:ComprehensiveIncomeNetOfTax",
    "us-gaap:Revenues",
    "us-gaap:SalesRevenueNet",
    "us-gaap:RevenueFromContractWithCustomerExcludingAssessedTax",
    "us-gaap:RevenueFromContractWithCustomerIncludingAssessedTax",
    "us-gaap:OperatingIncomeLoss",
    "us-gaap:NetCashProvidedByUsedInOperatingActivities",
    "us-gaap:NetCashProvidedByUsedInOperatingActivitiesContinuingOperations",
    "us-gaap:NetCashProvidedByUsedInFinancingActivities",
    "ifrs-full:ProfitLoss",
    "ifrs-full:ProfitLossAttributableToOwnersOfParent",
    "ifrs-full:Revenue",
    "ifrs-full:CashFlowsFromUsedInOperatingActivities",
    "ifrs-full:ComprehensiveIncome",
];

/// XBRL began in 2009; a document with more years than this is not of a filer, and the newest are read.
const MOST_YEARS: usize = 60;

/// A financial year that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiscalYear {
    /// First day.
    pub start: Date,
    /// Last day: there is a balance sheet of it.
    pub end: Date,
    /// The currency it is reported in: `USD`, `CNY`.
    pub currency: String,
    /// Taxonomy of its statements: `us-gaap` or `ifrs-full`.
    pub taxonomy: &'static str,
    /// The day it was first public.
    pub filed: Date,
    /// The form that first reported it.
    pub form: String,
    /// The filing that first reported it.
    pub accession: Accession,
}

impl FiscalYear {
    /// Whether `other` is the year right before this one: by its last day, a year and at most fifteen days earlier
    /// or later (52 and 53 weeks). After a change of the financial year there is none.
    pub fn follows(&self, other: &FiscalYear) -> bool {
        is_full_year(apart(other.end, self.end))
    }
}

/// A transition period between two financial years (10-KT, or the part of a year in the next 10-K).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitionPeriod {
    /// First day.
    pub start: Date,
    /// Last day.
    pub end: Date,
    /// The filing that reported it.
    pub accession: Accession,
}

#[derive(Default)]
struct Candidate {
    balance: bool,
    starts: HashMap<Date, usize>,
    weight: usize,
    first: Option<(Date, u32)>,
    us_gaap: usize,
    ifrs: usize,
    currencies: HashMap<u16, usize>,
}

impl View<'_> {
    /// The financial years, oldest first.
    ///
    /// A day is the end of one when an annual report (10-K, 20-F, 40-F and their kin) has a balance sheet of it and
    /// a duration of 350 to 380 days to it, and when it is that report's own year or lies whole years before it.
    /// So neither a note dated within the year nor a forecast nor a twelve-month figure of a quarter makes a year,
    /// and a period of transition is not read as one.
    pub fn fiscal_years(&self) -> Vec<FiscalYear> {
        // By filing, then by day.
        let mut filings: BTreeMap<u32, BTreeMap<Date, Candidate>> = BTreeMap::new();
        let mut currencies: HashMap<u16, usize> = HashMap::new();
        for (tag, balance) in BALANCE.iter().map(|tag| (*tag, true)).chain(FLOWS.iter().map(|tag| (*tag, false))) {
            for fact in self.of(tag) {
                let Some(filing) = self.facts().filing(fact) else { continue };
                if !is_annual_form(&filing.form) || !is_currency(self.facts().unit(fact)) {
                    continue;
                }
                let fits = if balance { fact.start.is_none() } else { fact.days().is_some_and(is_full_year) };
                if !fits {
                    continue;
                }
                *currencies.entry(fact.unit).or_default() += 1;
                let candidate = filings.entry(fact.filing).or_default().entry(fact.end).or_default();
                candidate.add(tag, fact, balance);
            }
        }
        let mut years: BTreeMap<Date, Candidate> = BTreeMap::new();
        for days in filings.into_values() {
            let complete: Vec<(Date, Candidate)> =
                days.into_iter().filter(|(_, candidate)| candidate.balance && !candidate.starts.is_empty()).collect();
            let Some(own) = complete.last().map(|(day, _)| *day) else { continue };
            for (day, candidate) in complete {
                if whole_years(apart(day, own)) {
                    years.entry(day).or_default().merge(candidate);
                }
            }
        }
        let mut found: Vec<(FiscalYear, usize)> = Vec::new();
        for (end, candidate) in years {
            let weight = candidate.weight;
            let Some(year) = self.year(end, &candidate, &currencies) else { continue };
            match found.last_mut() {
                // One year written with two last days: the better supported is kept.
                Some((last, support)) if apart(last.end, end) <= 20 => {
                    if weight >= *support {
                        (*last, *support) = (year, weight);
                    }
                }
                _ => found.push((year, weight)),
            }
        }
        let skip = found.len().saturating_sub(MOST_YEARS);
        found.into_iter().skip(skip).map(|(year, _)| year).collect()
    }

    fn year(&self, end: Date, candidate: &Candidate, overall: &HashMap<u16, usize>) -> Option<FiscalYear> {
        let start = candidate.starts.iter().max_by_key(|(start, count)| (**count, **start)).map(|(start, _)| *start)?;
        // A convenience translation covers the last year alone, so the reporting currency is the one used most.
        let unit = candidate
            .currencies
            .iter()
            .max_by_key(|(unit, count)| (overall.get(unit).copied().unwrap_or(0), **count, std::cmp::Reverse(**unit)))
            .map(|(unit, _)| *unit)?;
        let currency = self.facts().units.get(usize::from(unit))?.to_string();
        let (filed, filing) = candidate.first?;
        let filing = self.facts().filings.get(filing as usize)?;
        Some(FiscalYear {
            start,
            end,
            currency,
            taxonomy: if candidate.us_gaap >= candidate.ifrs { "us-gaap" } else { "ifrs-full" },
            filed,
            form: filing.form.to_string(),
            accession: filing.accession.clone(),
        })
    }

    /// Transition periods: durations of an annual report, shorter than a year, that lie between the last day of one
    /// financial year and the first of the next.
    pub fn transition_periods(&self, years: &[FiscalYear]) -> Vec<TransitionPeriod> {
        let mut found: Vec<TransitionPeriod> = Vec::new();
        for tag in FLOWS {
            for fact in self.of(tag) {
                let (Some(start), Some(filing)) = (fact.start, self.facts().filing(fact)) else { continue };
                let length = days(start, fact.end);
                if !(20..350).contains(&length) || found.iter().any(|known| known.end == fact.end) {
                    continue;
                }
                let after = years.iter().any(|year| (0..=7).contains(&(apart(year.end, start) - 1).abs()));
                let before = years.iter().any(|year| (0..=7).contains(&(apart(fact.end, year.start) - 1).abs()))
                    || filing.form.starts_with("10-KT");
                let within = years.iter().any(|year| year.start <= fact.end && fact.end <= year.end);
                if after && before && !within && (is_annual_form(&filing.form) || filing.form.starts_with("10-QT")) {
                    found.push(TransitionPeriod { start, end: fact.end, accession: filing.accession.clone() });
                }
            }
        }
        found.sort_by_key(|period| period.end);
        found
    }
}

impl Candidate {
    fn add(&mut self, tag: &str, fact: &Fact, balance: bool) {
        self.weight += 1;
        self.balance |= balance;
        if let Some(start) = fact.start {
            *self.starts.entry(start).or_default() += 1;
        }
        if tag.starts_with("us-gaap:") {
            self.us_gaap += 1;
        } else {
            self.ifrs += 1;
        }
        *self.currencies.entry(fact.unit).or_default() += 1;
        let seen = (fact.filed, fact.filing);
        self.first = Some(self.first.map_or(seen, |first| first.min(seen)));
    }

    fn merge(&mut self, other: Candidate) {
        self.weight += other.weight;
        self.balance |= other.balance;
        for (start, count) in other.starts {
            *self.starts.entry(start).or_default() += count;
        }
        for (unit, count) in other.currencies {
            *self.currencies.entry(unit).or_default() += count;
        }
        self.us_gaap += other.us_gaap;
        self.ifrs += other.ifrs;
        self.first = match (self.first, other.first) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
    }
}

/// Whether a distance in days is a whole number of years, with the drift of 52 and 53 weeks.
fn whole_years(distance: i32) -> bool {
    let year = 365.25;
    let years = (f64::from(distance) / year).round();
    (f64::from(distance) - years * year).abs() <= 8.0 + years
}

/// Whether a unit is a currency: three capital letters, as ISO 4217 has them.
pub(super) fn is_currency(unit: &str) -> bool {
    unit.len() == 3 && unit.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_drift_but_a_quarter_is_no_year() {
        assert!(whole_years(0) && whole_years(364) && whole_years(371) && whole_years(728) && whole_years(1827));
        assert!(!whole_years(91) && !whole_years(275) && !whole_years(456));
        assert!(is_currency("USD") && !is_currency("USD/shares") && !is_currency("pure") && !is_currency("Usd"));
    }
}
