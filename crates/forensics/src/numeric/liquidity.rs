//! Current ratio and negative equity, on the newest balance sheet.

use super::sheet::{Frame, Sheet, ratio};
use crate::figures::{Figures, Item};
use crate::signal::{Severity, Signal};
use crate::wording::large;

const RATIO: Frame<'static> = Frame {
    id: "current_ratio",
    formula: "current assets/current liabilities, on the newest balance sheet (annual or quarterly)",
    source: "Textbook ratio; below 1 the year's obligations exceed the year's means. No published cut-off separates the \
             sound from the failing: retailers and utilities live below 1.",
};

const EQUITY: Frame<'static> = Frame {
    id: "negative_equity",
    formula: "equity of the parent's shareholders on the newest balance sheet, in its currency; negative where liabilities, \
              mezzanine equity and minorities exceed assets",
    source: "Balance-sheet insolvency; negative also after buy-backs financed with debt, which retained earnings tell.",
};

/// Current ratio.
pub(super) fn current_ratio(figures: &Figures<'_>) -> Signal {
    let column = match figures.latest() {
        Ok(column) => column,
        Err(why) => return RATIO.not_run(why),
    };
    let mut sheet = Sheet::new(figures);
    let assets = sheet.one(Item::CurrentAssets, &column);
    let liabilities = sheet.one(Item::CurrentLiabilities, &column);
    let mut signal = match (assets, liabilities) {
        (Some(assets), Some(liabilities)) => match ratio(assets, liabilities) {
            Some(value) => {
                let (zone, severity) = if value < 0.5 {
                    ("below_half", Severity::High)
                } else if value < 1.0 {
                    ("below_one", Severity::Caution)
                } else {
                    ("one_or_more", Severity::None)
                };
                RATIO.ran(value, zone, severity, format!("{value:.2} at {}", column.end))
            }
            None => RATIO.not_run(format!("current liabilities are zero at {}", column.end)),
        },
        _ => RATIO.not_run(format!(
            "{} (a balance sheet that is not split into current and other has no current ratio)",
            sheet.why_not()
        )),
    };
    signal.inputs = sheet.inputs;
    signal
}

/// Negative equity.
pub(super) fn negative_equity(figures: &Figures<'_>) -> Signal {
    let column = match figures.latest() {
        Ok(column) => column,
        Err(why) => return EQUITY.not_run(why),
    };
    let mut sheet = Sheet::new(figures);
    let equity = sheet.one(Item::Equity, &column);
    let retained = figures.get(Item::RetainedEarnings, &column).ok();
    if let Some(retained) = &retained {
        sheet.record(Item::RetainedEarnings.name(), retained);
    }
    let mut signal = match equity {
        Some(equity) if equity < 0.0 => {
            // A deficit says that losses ate the equity; without one it went to the shareholders.
            let by_losses = retained.as_ref().is_none_or(|retained| retained.value < 0.0);
            EQUITY.ran(
                equity,
                "negative",
                if by_losses { Severity::High } else { Severity::Info },
                format!(
                    "{} at {}{}",
                    large(equity, &column.currency),
                    column.end,
                    if by_losses { "" } else { ", with retained earnings: it was paid out, not lost" }
                ),
            )
        }
        Some(equity) => EQUITY.ran(
            equity,
            "positive",
            Severity::None,
            format!("{} at {}", large(equity, &column.currency), column.end),
        ),
        None => EQUITY.not_run(sheet.why_not()),
    };
    signal.inputs = sheet.inputs;
    signal
}
