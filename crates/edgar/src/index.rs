//! Who a company is and what it filed: the index that `submissions` gives.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{Accession, Cik};

/// A filer as its submissions describe it. Texts are the filer's own and untrusted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// Its central index key.
    pub cik: Cik,
    /// Its name today.
    pub name: String,
    /// Its ticker symbols today; none for persons and the delisted.
    pub tickers: Vec<String>,
    /// The exchanges of its tickers, in their order; an empty text where EDGAR gives none.
    pub exchanges: Vec<String>,
    /// Standard industrial classification; none where EDGAR gives none.
    pub sic: Option<u16>,
    /// What the classification is called.
    pub sic_description: String,
    /// Category such as "Non-accelerated filer, Smaller reporting company".
    pub category: String,
    /// Where its financial year ends, `MMDD`.
    pub fiscal_year_end: Option<String>,
    /// Earlier names, each with the days from and to which it was used where EDGAR says so.
    pub former_names: Vec<FormerName>,
}

/// A name that a company had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerName {
    /// The name.
    pub name: String,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
}

/// One filing in the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// Its accession number.
    pub accession: Accession,
    /// Form as EDGAR names it: `8-K`, `10-K/A`, `SCHEDULE 13D`.
    pub form: String,
    /// The day it was filed.
    pub filed: Date,
    /// The moment it was accepted, as EDGAR writes it; empty where there is none.
    pub accepted: String,
    /// Period or event day; none where the form has none.
    pub report_date: Option<Date>,
    /// Items of an 8-K as EDGAR tags them: `3.01`, `9.01`, or `3`, `12` before August 2004.
    pub items: Vec<String>,
    /// Name of the primary document within its folder, as EDGAR gives it (ownership forms: with the
    /// directory of the rendering); empty where EDGAR gives none.
    pub primary_document: String,
    /// What the filer says the primary document is.
    pub description: String,
    /// Bytes of the whole submission.
    pub size: u64,
    /// The Commission's file number, which ties a registration statement to its effectiveness, its
    /// prospectuses and its withdrawal: `333-284567`; empty where EDGAR gives none.
    #[serde(default)]
    pub file_number: String,
}
