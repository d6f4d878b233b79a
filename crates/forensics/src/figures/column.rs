//! A column of the statements.

use jiff::civil::Date;

use edgar::facts::FiscalYear;

/// What the flows of a column cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// A financial year as reported.
    Year,
    /// The twelve months to the column's date.
    Trailing,
}

/// A financial year, or the twelve months to a balance sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// First day; none for trailing months, where each flow says its own.
    pub start: Option<Date>,
    /// Date of the balance sheet and last day of the flows.
    pub end: Date,
    /// The one currency of the column.
    pub currency: String,
    /// What its flows cover.
    pub span: Span,
}

impl Column {
    /// The column of a financial year.
    pub fn year(year: &FiscalYear) -> Self {
        Self { start: Some(year.start), end: year.end, currency: year.currency.clone(), span: Span::Year }
    }

    /// `the year to 2024-12-31`.
    pub fn words(&self) -> String {
        match self.span {
            Span::Year => format!("the year to {}", self.end),
            Span::Trailing => format!("the twelve months to {}", self.end),
        }
    }
}
