//! Sloan's accruals: earnings that were not cash.

use super::Industry;
use super::sheet::{Frame, Sheet, ratio, ratio_part};
use crate::figures::{Figures, Item};
use crate::signal::{Severity, Signal};

const FRAME: Frame<'static> = Frame {
    id: "sloan_accruals",
    formula: "(net income - operating cash flow)/average total assets, the cash-flow form; parts: the balance-sheet form ((change \
              of current assets - of cash) - (change of current liabilities - of current debt - of income taxes payable) - \
              depreciation and amortisation)/average total assets, and the wide form (net income - operating - investing \
              cash flow)/average total assets; the last financial year, averages with the prior year's end",
    source: "Sloan, Do stock prices fully reflect information in accruals and cash flows about future earnings?, The \
             Accounting Review 71 (1996); cash-flow form after Hribar and Collins (2002). No cut-off was published: the top \
             decile of US companies begins near 0.10, which is used here.",
};

/// Where the highest tenth of companies begins, about.
const HIGH: f64 = 0.10;

/// The signal.
pub(super) fn run(figures: &Figures<'_>, industry: Industry) -> Signal {
    if industry == Industry::Financial {
        return FRAME.not_applicable(
            "a financial company (SIC 6000-6999): its operating cash flow moves with loans and deposits",
        );
    }
    let (now, before) = match figures.annual_pair() {
        Ok(pair) => pair,
        Err(why) => return FRAME.not_run(why),
    };
    let mut sheet = Sheet::new(figures);
    let average = sheet.two(Item::Assets, &now, &before).map(|(now, before)| f64::midpoint(now, before));
    let income = sheet.one(Item::NetIncome, &now);
    let operating = sheet.one(Item::OperatingCashFlow, &now);
    let over = |value: Option<f64>| value.zip(average).and_then(|(value, average)| ratio(value, average));
    let cash_form = over(income.zip(operating).map(|(income, cash)| income - cash));
    let needed = if sheet.missing.is_empty() { String::new() } else { sheet.why_not() };

    let mut wide = Sheet::new(figures);
    let investing = wide.one(Item::InvestingCashFlow, &now);
    let wide_form = over(income.zip(operating).zip(investing).map(|((income, cash), other)| income - cash - other));

    let mut balance = Sheet::new(figures);
    let current_assets = balance.two(Item::CurrentAssets, &now, &before);
    let cash = balance.two(Item::Cash, &now, &before);
    let current_liabilities = balance.two(Item::CurrentLiabilities, &now, &before);
    let debt = balance.two_or_none(Item::CurrentDebt, &now, &before);
    let taxes = balance.two_or_none(Item::TaxesPayable, &now, &before);
    let depreciation = balance.one(Item::Depreciation, &now);
    let change = |pair: Option<(f64, f64)>| pair.map(|(now, before)| now - before);
    let balance_form = (|| {
        let assets = change(current_assets)? - change(cash)?;
        let liabilities = change(current_liabilities)? - change(debt)? - change(taxes)?;
        Some(assets - liabilities - depreciation?)
    })();
    let reason = |own: &Sheet<'_, '_>| {
        if own.missing.is_empty() { needed.clone() } else { own.why_not() }
    };
    let mut parts = vec![
        ratio_part(
            "sloan_accruals.cash_flow",
            "(net income - operating cash flow)/average total assets",
            cash_form,
            &needed,
        ),
        ratio_part(
            "sloan_accruals.balance_sheet",
            "((change of current assets - of cash) - (change of current liabilities - of current debt - of taxes payable) - \
             depreciation and amortisation)/average total assets",
            over(balance_form),
            &reason(&balance),
        ),
        ratio_part(
            "sloan_accruals.wide",
            "(net income - operating cash flow - investing cash flow)/average total assets",
            wide_form,
            &reason(&wide),
        ),
    ];
    for (at, sheet) in [(1, &balance), (2, &wide)] {
        if let Some(part) = parts.get_mut(at) {
            part.inputs.clone_from(&sheet.inputs);
        }
    }
    let mut signal = match cash_form {
        Some(value) => {
            let (zone, severity) = if value > HIGH {
                ("high_accruals", Severity::Caution)
            } else if value < -HIGH {
                ("cash_above_earnings", Severity::None)
            } else {
                ("ordinary", Severity::None)
            };
            FRAME.ran(
                value,
                zone,
                severity,
                format!("{:.1} % of average assets were earned but not received, {}", 100.0 * value, now.words()),
            )
        }
        None if needed.is_empty() => FRAME.not_run("average total assets are zero"),
        None => FRAME.not_run(needed),
    };
    signal.inputs = sheet.inputs;
    signal.parts = parts;
    signal
}
