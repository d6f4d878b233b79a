//! What the signals read: one company's index, facts and documents as they stood on a day.

use jiff::civil::Date;

use edgar::index::{Company, Filing};

/// One company on the table.
#[derive(Clone, Debug)]
pub struct Case {
    /// Who it is.
    pub company: Company,
    /// The day of the reading: nothing filed later is in here.
    pub as_of: Date,
    /// Its filings, newest first.
    pub filings: Vec<Filing>,
}
