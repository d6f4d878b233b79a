//! The ledger of share counts: one source, on one basis of splits.

use jiff::civil::Date;

use edgar::facts::{Figure, View, is_full_year, is_quarter};

use super::splits::{Split, adjust, cover, newest, without_unit_errors};

/// Where the counts come from; never two at once, since an average and a count differ by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerSource {
    /// The covers of periodic reports (`dei:EntityCommonStockSharesOutstanding`).
    Cover,
    /// The balance sheet (`us-gaap:CommonStockSharesOutstanding`).
    BalanceSheet,
    /// The weighted average of the quarter or year: for filers with several classes of shares, whose counts carry
    /// dimensions that the API leaves out.
    Average,
}

impl LedgerSource {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            LedgerSource::Cover => "counts on the covers",
            LedgerSource::BalanceSheet => "counts on the balance sheets",
            LedgerSource::Average => "weighted average numbers of shares",
        }
    }
}

/// A count.
#[derive(Clone, Debug)]
pub struct LedgerPoint {
    /// The day, or the last day of the average.
    pub date: Date,
    /// As first stated.
    pub stated: Figure,
    /// On the newest basis of splits.
    pub adjusted: f64,
}

/// The counts of a filer, oldest first.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// Where they come from.
    pub source: LedgerSource,
    /// The counts.
    pub points: Vec<LedgerPoint>,
}

impl Ledger {
    /// Reads the counts from one source: of those that are up to date and reach a year back, the covers, else the balance
    /// sheets, else the averages; none where there is no count at all.
    pub fn read(view: &View<'_>, splits: &[Split]) -> Option<Self> {
        let sources = [
            (LedgerSource::Cover, cover(view)),
            (LedgerSource::BalanceSheet, counts(view)),
            (LedgerSource::Average, averages(view)),
        ];
        let newest = sources.iter().filter_map(|(_, points)| points.last()).map(|point| point.end).max()?;
        // A filer that went over to several classes leaves old counts behind; and a source that does not reach a year back
        // shows no growth, where another does (the first covers in XBRL beside averages of two years).
        let reaches_back = |points: &[Figure]| {
            points.last().is_some_and(|last| {
                points.iter().any(|point| is_year_before(crate::figures::days_between(point.end, last.end)))
            })
        };
        let (source, points) = sources
            .into_iter()
            .filter(|(_, points)| {
                points.last().is_some_and(|last| crate::figures::days_between(last.end, newest) <= 200)
            })
            .max_by_key(|(source, points)| {
                (reaches_back(points), points.len() >= 2, std::cmp::Reverse(*source as u8))
            })?;
        let mut adjusted: Vec<LedgerPoint> = Vec::new();
        // A cover counts on its own day; a statement is on the basis of the day it was filed.
        let basis = |stated: &Figure| if source == LedgerSource::Cover { stated.end } else { stated.filed };
        let stated_on: Vec<(Date, f64)> = points.iter().map(|stated| (basis(stated), stated.value)).collect();
        for (at, stated) in points.into_iter().enumerate().rev() {
            let later = adjusted.last().map(|point| point.adjusted);
            let factor = adjust(splits, basis(&stated), stated.value, later, &stated_on[..at]);
            adjusted.push(LedgerPoint { date: stated.end, adjusted: stated.value * factor, stated });
        }
        adjusted.reverse();
        Some(Self { source, points: adjusted })
    }

    /// The newest count.
    pub fn last(&self) -> Option<&LedgerPoint> {
        self.points.last()
    }

    /// The count nearest to a year before a day, ten to fourteen months away.
    pub fn year_before(&self, day: Date) -> Option<&LedgerPoint> {
        self.points
            .iter()
            .filter(|point| is_year_before(crate::figures::days_between(point.date, day)))
            .min_by_key(|point| (crate::figures::days_between(point.date, day) - 365).abs())
    }
}

/// Ten to fourteen months.
fn is_year_before(days: i32) -> bool {
    (300..=430).contains(&days)
}

/// The first statement of each day.
fn first_of_each(mut figures: Vec<Figure>) -> Vec<Figure> {
    figures.sort_by_key(|figure| (figure.end, figure.filed));
    figures.dedup_by_key(|figure| figure.end);
    without_unit_errors(newest(figures))
}

fn counts(view: &View<'_>) -> Vec<Figure> {
    let tag = "us-gaap:CommonStockSharesOutstanding";
    first_of_each(
        view.of(tag)
            .filter(|fact| fact.start.is_none() && fact.value > 0.0 && view.facts().unit(fact) == "shares")
            .map(|fact| view.figure(tag, fact))
            .collect(),
    )
}

fn averages(view: &View<'_>) -> Vec<Figure> {
    let tags = [
        "us-gaap:WeightedAverageNumberOfSharesOutstandingBasic",
        "us-gaap:WeightedAverageNumberOfShareOutstandingBasicAndDiluted",
        "us-gaap:WeightedAverageNumberOfDilutedSharesOutstanding",
        "ifrs-full:WeightedAverageShares",
    ];
    for tag in tags {
        let lasting = |wanted: fn(i32) -> bool| -> Vec<Figure> {
            first_of_each(
                view.of(tag)
                    .filter(|fact| {
                        fact.days().is_some_and(wanted) && fact.value > 0.0 && view.facts().unit(fact) == "shares"
                    })
                    .map(|fact| view.figure(tag, fact))
                    .collect(),
            )
        };
        let years = lasting(is_full_year);
        let quarters = lasting(is_quarter);
        let newer = quarters.last().map(|last| last.end) >= years.last().map(|last| last.end);
        // Annual reports give no fourth quarter, so a year's end can be newer than the last quarter by three months.
        let close = quarters
            .last()
            .zip(years.last())
            .is_some_and(|(quarter, year)| crate::figures::days_between(quarter.end, year.end) <= 100);
        if quarters.len() >= 5 && (newer || close) {
            return quarters;
        }
        if !years.is_empty() {
            return years;
        }
    }
    Vec::new()
}
