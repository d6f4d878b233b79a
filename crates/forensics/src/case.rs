//! What the signals read: one company's index, facts and documents as they stood on a day.

use std::sync::Arc;

use jiff::civil::Date;

use edgar::client::{FailsFile, Suspensions};
use edgar::facts::Facts;
use edgar::index::{Company, Filing};
use edgar::submissions::Gap;

use crate::documents::Documents;

/// One company on the table.
#[derive(Clone, Debug)]
pub struct Case {
    /// Who it is.
    pub company: Company,
    /// The day of the reading: nothing filed later is in here.
    pub as_of: Date,
    /// Its filings, newest first.
    pub filings: Vec<Filing>,
    /// Its XBRL facts; none where it has none or they could not be had.
    pub facts: Option<Facts>,
    /// Why there are no facts, in words for the reader: empty where there are some.
    pub why_no_facts: String,
    /// The documents that the reading wanted: fetched, or with the reason why not.
    pub documents: Documents,
    /// The SEC's lists that concern every company.
    pub lists: Lists,
    /// What of the index of filings is not here.
    pub index: Index,
}

/// What of a company's index of filings is not here; by default nothing is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// Why there is no index at all: then no filings does not mean that none were filed.
    pub missing: Option<String>,
    /// Parts that are not here.
    pub gaps: Vec<Gap>,
    /// The day up to which it is known, where that may be before the day of the reading: an old copy says nothing about
    /// what was not filed since.
    pub known_to: Option<Date>,
}

impl Index {
    /// What a signal that reads filings says when there is no index; none where there is one.
    pub fn why_missing(&self) -> Option<String> {
        self.missing.as_ref().map(|why| format!("the index of filings could not be had: {why}"))
    }

    /// The parts that a look at the last `days` days misses, in words; none where it misses nothing.
    pub fn gap_within(&self, as_of: Date, days: i32) -> Option<String> {
        let parts: Vec<String> = self
            .gaps
            .iter()
            .filter(|gap| gap.to.is_none_or(|to| (as_of - to).get_days() <= days))
            .map(|gap| format!("{} ({})", gap.part, gap.why))
            .collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// The SEC's lists that concern every company, as [`edgar::client::Client`] gives them; the signals `suspension` and
/// `fails_to_deliver` read them. They are shared: a scan of many companies has each list once.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// The orders of suspension, or why they could not be had; none where nobody asked.
    pub suspensions: Option<Result<Arc<Suspensions>, String>>,
    /// Files of fails to deliver, newest first; [`edgar::fails::rows`] reads a security's rows.
    pub fails: Arc<[FailsFile]>,
    /// Why files of fails to deliver are missing.
    pub fails_missing: Vec<String>,
}
