//! What became of the first report: figures that a later filing restates.

use edgar::facts::{Basis, Figure};

use super::{Column, Figures, Item};

/// A figure of a financial year that a later filing gives otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Restated {
    /// Which line.
    pub item: Item,
    /// As first reported.
    pub first: Figure,
    /// As the newest filing has it.
    pub newest: Figure,
}

/// A smaller change than one per cent is rounding or reclassification.
const MATERIAL: f64 = 0.01;

/// The lines whose restatement a reader must know, each with the tags that mean the whole of it.
const WATCHED: [(Item, &[&str]); 5] = [
    (
        Item::Revenue,
        &[
            "us-gaap:Revenues",
            "us-gaap:RevenueFromContractWithCustomerExcludingAssessedTax",
            "us-gaap:SalesRevenueNet",
            "ifrs-full:Revenue",
        ],
    ),
    (Item::NetIncome, &["us-gaap:NetIncomeLoss", "us-gaap:ProfitLoss", "ifrs-full:ProfitLoss"]),
    (
        Item::OperatingCashFlow,
        &["us-gaap:NetCashProvidedByUsedInOperatingActivities", "ifrs-full:CashFlowsFromUsedInOperatingActivities"],
    ),
    (Item::Assets, &["us-gaap:Assets", "ifrs-full:Assets"]),
    (Item::Equity, &["us-gaap:StockholdersEquity", "ifrs-full:EquityAttributableToOwnersOfParent"]),
];

impl Figures<'_> {
    /// The main lines of the last `years` financial years that a later filing gives by at least one per cent otherwise:
    /// a correction, a change of accounting, or discontinued operations taken out.
    pub fn restated(&self, years: usize) -> Vec<Restated> {
        let mut found = Vec::new();
        for year in self.years.iter().rev().take(years) {
            let column = Column::year(year);
            for (item, tags) in WATCHED {
                let change = tags.iter().find_map(|tag| {
                    let at = |basis| {
                        if item.is_flow() {
                            self.view.over(tag, &column.currency, column.end, 350..=380, basis)
                        } else {
                            self.view.instant(tag, &column.currency, column.end, basis)
                        }
                    };
                    Some((at(Basis::FirstReported)?, at(Basis::Restated)?))
                });
                if let Some((first, newest)) = change
                    && newest.value != first.value
                    && (newest.value - first.value).abs() >= MATERIAL * first.value.abs().max(newest.value.abs())
                {
                    found.push(Restated { item, first, newest });
                }
            }
        }
        found
    }
}
