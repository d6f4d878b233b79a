//! What the signals read: one company's index, facts and documents as they stood on a day.

use std::sync::Arc;

use jiff::civil::Date;

use edgar::facts::Facts;
use edgar::fails::Period;
use edgar::index::{Company, Filing};

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
}

/// The SEC's lists that concern every company, as they were fetched; the signals `suspension` and `fails_to_deliver`
/// read them. Bytes are shared: a scan of many companies fetches each list once.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// The page of trading suspensions, HTML, or why it could not be had; none where nobody asked.
    pub suspensions: Option<Result<Arc<[u8]>, String>>,
    /// Fails to deliver by half month, zipped, newest first, each with the bytes or the reason why there are none.
    pub fails: Vec<(Period, Result<Arc<[u8]>, String>)>,
}
