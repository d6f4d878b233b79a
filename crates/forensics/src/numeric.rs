//! Signals that are numbers: distress models, accounting quality, runway, share counts. One file a signal.
//!
//! Each says what it needs; what is not there is named in `why`, and never taken as zero unless its formula says so.

mod altman;
mod beneish;
mod benford;
mod dechow;
mod deflator;
mod growth;
mod headroom;
mod ledger;
mod liquidity;
mod montier;
mod ohlson;
mod piotroski;
mod runway;
mod sheet;
mod sloan;
mod splits;
mod zmijewski;

use crate::case::Case;
use crate::contract::{Reads, ids};
use crate::figures::Figures;
use crate::signal::Signal;

pub use ledger::{Ledger, LedgerPoint, LedgerSource};
pub use splits::{Split, SplitBasis, find as find_splits};

/// What the industry code says about which models apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Industry {
    /// Division D, 2000-3999.
    Manufacturing,
    /// Division H, 6000-6999: banks, insurers, funds, real estate.
    Financial,
    /// Everything else.
    Other,
    /// No code: what depends on it cannot be told.
    Unknown,
}

impl Industry {
    pub(crate) fn of(sic: Option<u16>) -> Self {
        match sic {
            Some(2000..=3999) => Industry::Manufacturing,
            // Owners of royalties and patents stand among the holding companies, and are no lenders.
            Some(6792 | 6794 | 6795) => Industry::Other,
            Some(6000..=6999) => Industry::Financial,
            Some(_) => Industry::Other,
            None => Industry::Unknown,
        }
    }
}

/// The code of shells that look for a business; many keep it after they found one.
const BLANK_CHECK: u16 = 6770;

/// Whether the last financial year has revenue: a blank-cheque company that has is one no more.
fn has_revenue(figures: &Figures<'_>) -> bool {
    figures
        .last_year()
        .and_then(|column| figures.get(crate::figures::Item::Revenue, &column).ok())
        .is_some_and(|revenue| revenue.value > 0.0)
}

/// Every signal of this room, also those that could not be computed, each with its reason.
pub fn run(case: &Case) -> Vec<Signal> {
    let figures = case.facts.as_ref().map(|facts| Figures::new(facts, case.as_of));
    compute(case, figures.as_ref())
}

/// The same on figures that are there already: those of the case's facts on its day.
pub(crate) fn compute(case: &Case, figures: Option<&Figures<'_>>) -> Vec<Signal> {
    let Some(figures) = figures else {
        let why = if case.why_no_facts.is_empty() { "no XBRL facts" } else { case.why_no_facts.as_str() };
        return ids(Reads::Figures).map(|id| Signal::not_run(id, why)).collect();
    };
    let industry = Industry::of(case.company.sic);
    let industry =
        if case.company.sic == Some(BLANK_CHECK) && has_revenue(figures) { Industry::Other } else { industry };
    let splits = splits::find(figures.view());
    let ledger = Ledger::read(figures.view(), &splits);
    let altman =
        altman::one_flag([altman::z(figures, industry), altman::z1(figures, industry), altman::z2(figures, industry)]);
    let mut signals = Vec::from(altman);
    signals.extend([
        ohlson::run(figures, industry),
        zmijewski::run(figures, industry),
        liquidity::current_ratio(figures),
        liquidity::negative_equity(figures),
        runway::run(case, figures),
        beneish::run(figures, industry),
        piotroski::run(figures, industry),
        dechow::run(figures, industry),
        sloan::run(figures, industry),
        montier::run(figures, industry),
        benford::run(figures),
        growth::run(figures, &ledger),
        splits::run(figures, &splits),
        headroom::run(figures, &splits),
    ]);
    signals
}
