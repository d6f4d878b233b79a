//! Montier's C: six marks of books being cooked.

use super::Industry;
use super::sheet::{Frame, Sheet, part, ratio};
use crate::figures::{Column, Figures, Item};
use crate::signal::{Input, Severity, Signal};

const FRAME: Frame<'static> = Frame {
    id: "montier_c",
    formula: "sum of six points of one, the last financial year against the one before: net income less operating cash flow up; days \
              of sales in receivables up; days of cost of revenue in inventory up (no point where no inventory is \
              reported); other current assets/revenue up (other: as reported, or current assets less cash, short-term \
              investments, receivables and inventory); depreciation and amortisation/gross PPE down; total assets up by \
              more than 10 %",
    source: "Montier, Cooking the books, or, more sailing under the black flag, Mind Matters, Société Générale (2008); five \
             and six points are the group that lagged.",
};

struct Point {
    name: &'static str,
    formula: &'static str,
    raised: Option<bool>,
    words: String,
    inputs: Vec<Input>,
}

/// The signal.
pub(super) fn run(figures: &Figures<'_>, industry: Industry) -> Signal {
    if industry == Industry::Financial {
        return FRAME.not_applicable(
            "a financial company (SIC 6000-6999): receivables and inventory mean something else there",
        );
    }
    let (now, before) = match figures.annual_pair() {
        Ok(pair) => pair,
        Err(why) => return FRAME.not_run(why),
    };
    let points = points(figures, &now, &before);
    let raised = points.iter().filter(|point| point.raised == Some(true)).count();
    let known = points.iter().filter(|point| point.raised.is_some()).count();
    let unknown: Vec<String> = points
        .iter()
        .filter(|point| point.raised.is_none())
        .map(|point| format!("montier_c.{} ({})", point.name, point.words))
        .collect();
    let mut inputs: Vec<Input> = Vec::new();
    for input in points.iter().flat_map(|point| &point.inputs) {
        if !inputs.contains(input) {
            inputs.push(input.clone());
        }
    }
    let parts: Vec<Signal> = points
        .into_iter()
        .map(|point| {
            let value = point.raised.map(|raised| if raised { 1.0 } else { 0.0 });
            let mut part = part(&format!("montier_c.{}", point.name), point.formula, value, point.words);
            part.inputs = point.inputs;
            part
        })
        .collect();
    let mut signal = if unknown.is_empty() {
        let (zone, severity) = match raised {
            0..=2 => ("low", Severity::None),
            3..=4 => ("middle", Severity::Info),
            _ => ("high", Severity::Caution),
        };
        FRAME.ran(raised as f64, zone, severity, format!("{raised} of 6 marks for {}", now.words()))
    } else {
        FRAME.not_run(format!(
            "{raised} of {known} known marks, so between {raised} and {}; not known: {}",
            raised + 6 - known,
            unknown.join("; ")
        ))
    };
    signal.inputs = inputs;
    signal.parts = parts;
    signal
}

fn points(figures: &Figures<'_>, now: &Column, before: &Column) -> Vec<Point> {
    let mut points = Vec::new();
    let mut add = |name: &'static str,
                   formula: &'static str,
                   compute: &dyn Fn(&mut Sheet<'_, '_>) -> Option<(bool, f64, f64)>| {
        let mut sheet = Sheet::new(figures);
        let found = compute(&mut sheet);
        let words = match found {
            Some((_, one, other)) if one.abs() >= 1e6 => {
                format!("{one:.0} against {other:.0} the year before")
            }
            Some((_, one, other)) => format!("{one:.4} against {other:.4} the year before"),
            None if sheet.missing.is_empty() => "a denominator is zero".to_owned(),
            None => sheet.why_not(),
        };
        points.push(Point { name, formula, raised: found.map(|(raised, _, _)| raised), words, inputs: sheet.inputs });
    };
    let up = |now: f64, before: f64| Some((now > before, now, before));
    add("accruals", "net income - operating cash flow, up", &|sheet| {
        let income = sheet.two(Item::NetIncome, now, before);
        let cash = sheet.two(Item::OperatingCashFlow, now, before);
        let (income, cash) = (income?, cash?);
        up(income.0 - cash.0, income.1 - cash.1)
    });
    add("receivables", "365 receivables/revenue, up", &|sheet| {
        let receivables = sheet.two(Item::Receivables, now, before);
        let revenue = sheet.two(Item::Revenue, now, before);
        let (receivables, revenue) = (receivables?, revenue?);
        up(365.0 * ratio(receivables.0, revenue.0)?, 365.0 * ratio(receivables.1, revenue.1)?)
    });
    add("inventory", "365 inventory/cost of revenue, up", &|sheet| {
        let inventory = sheet.two_or_none(Item::Inventory, now, before)?;
        if inventory == (0.0, 0.0) {
            return Some((false, 0.0, 0.0));
        }
        let cost = sheet.two(Item::CostOfRevenue, now, before)?;
        up(365.0 * ratio(inventory.0, cost.0)?, 365.0 * ratio(inventory.1, cost.1)?)
    });
    add("other_current_assets", "other current assets/revenue, up", &|sheet| {
        let other = sheet.two(Item::OtherCurrentAssets, now, before);
        let revenue = sheet.two(Item::Revenue, now, before);
        let (other, revenue) = (other?, revenue?);
        up(ratio(other.0, revenue.0)?, ratio(other.1, revenue.1)?)
    });
    add("depreciation", "depreciation and amortisation/gross PPE, down", &|sheet| {
        let depreciation = sheet.two(Item::Depreciation, now, before);
        let plant = sheet.two(Item::PpeGross, now, before);
        let (depreciation, plant) = (depreciation?, plant?);
        let (now, before) = (ratio(depreciation.0, plant.0)?, ratio(depreciation.1, plant.1)?);
        Some((now < before, now, before))
    });
    add("asset_growth", "total assets up by more than 10 %", &|sheet| {
        let assets = sheet.two(Item::Assets, now, before)?;
        Some((ratio(assets.0, assets.1)? > 1.10, assets.0, assets.1))
    });
    points
}
