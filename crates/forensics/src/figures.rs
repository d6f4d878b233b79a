//! Statement figures: what a model asks for by the field's name, found among tags by the statement's own logic.
//!
//! A [`Column`] is one column of the statements: a financial year, or the twelve months to a quarter's end. An
//! [`Item`] is a line of them. Every [`Figure`] that comes out has its tag, period and filing; a derived one has its
//! terms. What is not reported is an error that names the line, never a zero.

mod column;
mod debt;
mod items;
mod restated;
mod special;

use jiff::civil::Date;

use edgar::facts::{Basis, Facts, Figure, FiscalYear, View, is_full_year};

use crate::signal::Input;

pub use column::{Column, Span};
pub use items::Item;
use items::Recipe;
pub use restated::Restated;

/// An annual figure is refused when its year ended longer ago than this: a filer that is on time has its next annual
/// report out sixteen months after the last year's end at the latest.
pub const ANNUAL_STALE_DAYS: i32 = 548;

/// A balance sheet of a filer of quarterly reports is refused when it is older than this: the one of the third
/// quarter is the newest until the annual report, which is due within three months of a year's end.
pub const BALANCE_STALE_DAYS: i32 = 305;

/// Total assets of two years in a row that differ by more than this are not of one company in one unit.
const INCOMPARABLE: f64 = 300.0;

/// What the facts say on a day, as statements.
pub struct Figures<'f> {
    view: View<'f>,
    years: Vec<FiscalYear>,
    latest_balance: Option<Date>,
    files_quarters: bool,
}

/// Days from one date to a later one.
pub fn days_between(from: Date, to: Date) -> i32 {
    (to.duration_since(from).as_hours() / 24) as i32
}

impl<'f> Figures<'f> {
    /// The statements as they were public on a day.
    pub fn new(facts: &'f Facts, as_of: Date) -> Self {
        let view = facts.as_of(as_of);
        let years = view.fiscal_years();
        let latest_balance = view.latest_balance_sheet();
        let files_quarters = ["us-gaap:Assets", "us-gaap:LiabilitiesAndStockholdersEquity"].iter().any(|tag| {
            view.of(tag).any(|fact| facts.filing(fact).is_some_and(|filing| filing.form.starts_with("10-Q")))
        });
        Self { view, years, latest_balance, files_quarters }
    }

    /// The facts behind.
    pub fn view(&self) -> &View<'f> {
        &self.view
    }

    /// The day of the reading.
    pub fn as_of(&self) -> Date {
        self.view.as_of()
    }

    /// The financial years, oldest first.
    pub fn years(&self) -> &[FiscalYear] {
        &self.years
    }

    /// The last day with a balance sheet, annual or interim.
    pub fn latest_balance(&self) -> Option<Date> {
        self.latest_balance
    }

    /// The last financial year, however old.
    pub fn last_year(&self) -> Option<Column> {
        self.years.last().map(Column::year)
    }

    /// The last financial year, if it is fresh.
    ///
    /// # Errors
    ///
    /// A sentence that says why there is none: no year in XBRL, or one that is too old, with its date.
    pub fn annual(&self) -> Result<Column, String> {
        let Some(year) = self.years.last() else {
            return Err(
                "no financial year can be read: no annual report (10-K, 20-F, 40-F) with a balance sheet and a \
                        full-year statement is in the XBRL facts"
                    .to_owned(),
            );
        };
        let age = days_between(year.end, self.as_of());
        if age > ANNUAL_STALE_DAYS {
            return Err(format!(
                "stale: the last financial year in the facts ended {}, {} months before {}; annual figures are refused after 18 months",
                year.end,
                age * 12 / 365,
                self.as_of()
            ));
        }
        Ok(Column::year(year))
    }

    /// The last financial year and the year right before it.
    ///
    /// # Errors
    ///
    /// As [`Figures::annual`], when the year before is missing or not adjacent (a change of the financial year), and
    /// when total assets differ so much that a wrong unit or another business is behind it.
    pub fn annual_pair(&self) -> Result<(Column, Column), String> {
        let now = self.annual()?;
        let before = self.before(&now)?;
        if let (Ok(one), Ok(other)) = (self.get(Item::Assets, &now), self.get(Item::Assets, &before))
            && one.value > 0.0
            && other.value > 0.0
            && !(1.0 / INCOMPARABLE..=INCOMPARABLE).contains(&(one.value / other.value))
        {
            return Err(format!(
                "total assets of {:.0} {} at {} and of {:.0} at {}: an error of units, or another business; the years are not compared",
                one.value, one.unit, now.end, other.value, before.end
            ));
        }
        Ok((now, before))
    }

    /// The year right before a column.
    ///
    /// # Errors
    ///
    /// A sentence that says why there is none.
    pub fn before(&self, now: &Column) -> Result<Column, String> {
        let adjacent = |end: Date| (350..=380).contains(&days_between(end, now.end));
        if let Some(year) = self.years.iter().rev().find(|year| adjacent(year.end)) {
            if year.currency != now.currency {
                return Err(format!(
                    "the year to {} is in {} and the year to {} in {}: they are not compared",
                    now.end, now.currency, year.end, year.currency
                ));
            }
            return Ok(Column::year(year));
        }
        Err(match self.years.iter().rev().find(|year| year.end < now.end) {
            Some(year) => format!(
                "no year right before the one to {}: the last one before ended {} (a change of the financial year)",
                now.end, year.end
            ),
            None => format!("no year before the one to {} is in the facts", now.end),
        })
    }

    /// The newest balance sheet, if it is fresh: as a column of twelve months to its date.
    ///
    /// # Errors
    ///
    /// A sentence that says why there is none, with the date of the last.
    pub fn latest(&self) -> Result<Column, String> {
        let Some(end) = self.latest_balance else {
            return Err("no balance sheet is in the XBRL facts".to_owned());
        };
        let age = days_between(end, self.as_of());
        let limit = if self.files_quarters { BALANCE_STALE_DAYS } else { ANNUAL_STALE_DAYS };
        if age > limit {
            return Err(format!(
                "stale: the last balance sheet in the facts is of {end}, {age} days before {}; refused after {limit} days",
                self.as_of()
            ));
        }
        let Some(year) = self.years.iter().rev().find(|year| year.end <= end).or(self.years.last()) else {
            return Ok(Column { start: None, end, currency: self.currency_at(end)?, span: Span::Trailing });
        };
        if year.end == end {
            return Ok(Column::year(year));
        }
        Ok(Column { start: None, end, currency: year.currency.clone(), span: Span::Trailing })
    }

    /// The currency of total assets on a day, for filers without any year yet.
    fn currency_at(&self, end: Date) -> Result<String, String> {
        [
            "us-gaap:Assets",
            "us-gaap:LiabilitiesAndStockholdersEquity",
            "ifrs-full:Assets",
            "ifrs-full:EquityAndLiabilities",
        ]
        .iter()
        .flat_map(|tag| self.view.ending(tag, end))
        .map(|fact| self.view.facts().unit(fact).to_owned())
        .next()
        .ok_or_else(|| format!("the balance sheet of {end} is in no currency"))
    }

    /// A line of the statements.
    ///
    /// # Errors
    ///
    /// A phrase that names the line and the period: `long-term debt at 2024-12-31`.
    pub fn get(&self, item: Item, column: &Column) -> Result<Figure, String> {
        special::get(self, item, column).unwrap_or_else(|| {
            item.recipes()
                .iter()
                .find_map(|recipe| self.cook(item, recipe, column))
                .ok_or_else(|| missing(item, column))
        })
    }

    /// A line in two columns by one recipe, so that a change of tags does not read as a change of the business.
    ///
    /// # Errors
    ///
    /// A phrase that names what is missing.
    pub fn pair(&self, item: Item, now: &Column, before: &Column) -> Result<(Figure, Figure), String> {
        if let Some(both) = special::pair(self, item, now, before) {
            return both;
        }
        if item.is_special() {
            return Ok((self.get(item, now)?, self.get(item, before)?));
        }
        if item.mixes()
            && let (Ok(one), Ok(other)) = (self.get(item, now), self.get(item, before))
        {
            return Ok((one, other));
        }
        item.recipes()
            .iter()
            .find_map(|recipe| Some((self.cook(item, recipe, now)?, self.cook(item, recipe, before)?)))
            .ok_or_else(|| match (self.get(item, now), self.get(item, before)) {
                (Err(missing), _) | (_, Err(missing)) => missing,
                (Ok(one), Ok(other)) => format!(
                    "{} under one tag in both years (`{}` at {}, `{}` at {})",
                    item.name(),
                    one.tag,
                    one.end,
                    other.tag,
                    other.end
                ),
            })
    }

    /// Whether a filing that reported a figure, the first or one that repeats it, has a balance sheet of that day too: then a
    /// line that it leaves out there is none, and not unknown.
    pub fn shown_beside(&self, figure: &Figure, day: Date) -> bool {
        let reported = figure.terms.first().map_or(figure, |term| &term.figure);
        let filings = self.view.versions(&reported.tag, &reported.unit, reported.start, reported.end);
        [
            "us-gaap:Assets",
            "us-gaap:LiabilitiesAndStockholdersEquity",
            "ifrs-full:Assets",
            "ifrs-full:EquityAndLiabilities",
        ]
        .iter()
        .flat_map(|tag| self.view.ending(tag, day))
        .filter_map(|fact| self.view.facts().filing(fact))
        .any(|filing| filings.iter().any(|version| version.accession.as_ref() == Some(&filing.accession)))
    }

    /// A line in two financial years as one filing has it, the newest that has both; only for lines that one tag gives.
    pub fn pair_of_one_filing(&self, item: Item, now: &Column, before: &Column) -> Option<(Figure, Figure)> {
        let unit = if item.is_shares() { "shares" } else { now.currency.as_str() };
        let fits = |fact: &edgar::facts::Fact| {
            self.view.facts().unit(fact) == unit
                && if item.is_flow() { fact.days().is_some_and(is_full_year) } else { fact.start.is_none() }
        };
        item.recipes().iter().find_map(|recipe| {
            let Recipe::Tag(tag) = recipe else { return None };
            let mut found: Option<(&edgar::facts::Fact, &edgar::facts::Fact)> = None;
            for one in self.view.ending(tag, now.end).filter(|fact| fits(fact)) {
                let accession = self.view.facts().filing(one).map(|filing| &filing.accession);
                let other = self
                    .view
                    .ending(tag, before.end)
                    .filter(|fact| fits(fact))
                    .find(|other| self.view.facts().filing(other).map(|filing| &filing.accession) == accession);
                if let Some(other) = other
                    && found.is_none_or(|(known, _)| known.filed <= one.filed)
                {
                    found = Some((one, other));
                }
            }
            found.map(|(one, other)| (self.view.figure(tag, one), self.view.figure(tag, other)))
        })
    }

    /// A reported value in a column.
    pub(crate) fn tagged(&self, tag: &str, is_flow: bool, unit: &str, column: &Column) -> Option<Figure> {
        match (is_flow, column.span) {
            (false, _) => self.view.instant(tag, unit, column.end, Basis::Restated),
            (true, Span::Year) => self.view.over(tag, unit, column.end, 350..=380, Basis::Restated),
            (true, Span::Trailing) => self.view.trailing(tag, unit, column.end, Basis::Restated),
        }
    }

    fn cook(&self, item: Item, recipe: &Recipe, column: &Column) -> Option<Figure> {
        let unit = if item.is_shares() { "shares" } else { column.currency.as_str() };
        let read = |tag: &str| self.tagged(tag, item.is_flow(), unit, column);
        match recipe {
            Recipe::Tag(tag) => read(tag),
            Recipe::All(tags) => {
                let terms: Option<Vec<_>> = tags.iter().map(|tag| Some((1.0, read(tag)?))).collect();
                let terms = terms?;
                Figure::sum(terms.clone(), terms.first()?.1.start, column.end)
            }
            Recipe::Any(tags) => {
                let terms: Vec<_> = tags.iter().filter_map(|tag| Some((1.0, read(tag)?))).collect();
                match terms.as_slice() {
                    [] => None,
                    [(_, only)] => Some(only.clone()),
                    _ => Figure::sum(terms.clone(), terms.first()?.1.start, column.end),
                }
            }
            Recipe::DebtLine => debt::line(&read, column),
            Recipe::Less(whole, part) => {
                let (whole, part) = (read(whole)?, read(part)?);
                let start = whole.start;
                Figure::sum(vec![(1.0, whole), (-1.0, part)], start, column.end)
            }
        }
    }
}

/// The phrase for a line that is not there.
pub(crate) fn missing(item: Item, column: &Column) -> String {
    if item.is_flow() {
        format!("{} for {}", item.name(), column.words())
    } else {
        format!("{} at {}", item.name(), column.end)
    }
}

/// A figure as inputs of a signal: itself, and below it the terms of a derived one.
pub fn inputs(name: &str, figure: &Figure, into: &mut Vec<Input>) {
    into.push(Input {
        name: name.to_owned(),
        value: figure.value,
        unit: figure.unit.clone(),
        tag: figure.tag.clone(),
        start: figure.start,
        end: Some(figure.end),
        accession: figure.accession.clone(),
    });
    for term in &figure.terms {
        inputs(&format!("{name}, of which"), &term.figure, into);
    }
}
