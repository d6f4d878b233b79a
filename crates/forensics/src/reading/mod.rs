//! Signals that are read, not computed: what filings say about going concern, listing, auditors, restatements,
//! shelves and financings, and the timeline of what was filed.

use jiff::civil::Date;

use edgar::ids::Cik;
use edgar::index::Filing;

use crate::case::Case;
use crate::event::Event;
use crate::signal::Signal;
use crate::wanted::Wanted;

/// Which documents the reading wants, out of what was filed by that day; bounded.
pub fn wanted(_cik: Cik, _filings: &[Filing], _as_of: Date) -> Vec<Wanted> {
    Vec::new()
}

/// Every signal of the reading, and the timeline, newest first.
pub fn run(_case: &Case) -> (Vec<Signal>, Vec<Event>) {
    (Vec::new(), Vec::new())
}
