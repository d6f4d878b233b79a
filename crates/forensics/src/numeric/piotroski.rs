//! Piotroski's F: nine points, each with its two years.

use super::Industry;
use super::sheet::{Frame, Sheet, part, ratio};
use crate::figures::{Column, Figures, Item};
use crate::signal::{Severity, Signal};

const FRAME: Frame<'static> = Frame {
    id: "piotroski_f",
    formula: "sum of nine points of one: ROA > 0; operating cash flow > 0; ROA up; operating cash flow > net income; long-term \
              debt/average total assets down or level; current ratio up; no more shares than a year before; gross margin \
              up; asset turnover up. ROA = net income of the parent/total assets and turnover = revenue/total assets, over \
              the assets at the year's beginning; where the assets of two years before are not reported, over those at \
              its end (the point says which), and then debt over the assets at the end too. Shares: those outstanding at \
              both year ends, or the weighted average where the balance sheet gives none, both as the newest filing has \
              them (so that a split does not count)",
    source: "Piotroski, Value investing: the use of historical financial statement information to separate winners from \
             losers, Journal of Accounting Research 38 Suppl. (2000); high 8 and 9, low 0 and 1 in the study, here strong \
             from 7 and weak to 2. Made for companies with a high ratio of book to market.",
};

/// A point: this year's figure and last year's, and whether it is won.
struct Point {
    name: &'static str,
    formula: String,
    won: Option<bool>,
    words: String,
    inputs: Vec<crate::signal::Input>,
}

/// The model.
pub(super) fn run(figures: &Figures<'_>, industry: Industry) -> Signal {
    if industry == Industry::Financial {
        return FRAME.not_applicable(
            "a financial company (SIC 6000-6999): gross margin, current ratio and leverage mean something else there",
        );
    }
    let (now, before) = match figures.annual_pair() {
        Ok(pair) => pair,
        Err(why) => return FRAME.not_run(why),
    };
    let earlier = figures.before(&before).ok();
    let points = points(figures, &now, &before, earlier.as_ref());
    let known = points.iter().filter(|point| point.won.is_some()).count();
    let won = points.iter().filter(|point| point.won == Some(true)).count();
    let unknown: Vec<String> = points
        .iter()
        .filter(|point| point.won.is_none())
        .map(|point| format!("piotroski_f.{} ({})", point.name, point.words))
        .collect();
    let mut whole_inputs = Vec::new();
    for input in points.iter().flat_map(|point| &point.inputs) {
        if !whole_inputs.contains(input) {
            whole_inputs.push(input.clone());
        }
    }
    let parts: Vec<Signal> = points
        .into_iter()
        .map(|point| {
            let value = point.won.map(|won| if won { 1.0 } else { 0.0 });
            let mut part = part(&format!("piotroski_f.{}", point.name), &point.formula, value, point.words);
            part.inputs = point.inputs;
            part
        })
        .collect();
    let mut signal = if unknown.is_empty() {
        let (zone, severity) = match won {
            0..=2 => ("weak", Severity::Caution),
            3..=6 => ("middle", Severity::None),
            _ => ("strong", Severity::None),
        };
        FRAME.ran(won as f64, zone, severity, format!("{won} of 9 points for {}", now.words()))
    } else {
        FRAME.not_run(format!(
            "{won} of {known} known points won, so between {won} and {}; not known: {}",
            won + 9 - known,
            unknown.join("; ")
        ))
    };
    signal.inputs = whole_inputs;
    signal.parts = parts;
    signal
}

fn points(figures: &Figures<'_>, now: &Column, before: &Column, earlier: Option<&Column>) -> Vec<Point> {
    // Assets at the beginning of each year, where those of two years ago can be had.
    let opening = earlier.and_then(|earlier| {
        let one = figures.get(Item::Assets, before).ok()?;
        let other = figures.get(Item::Assets, earlier).ok()?;
        (one.value != 0.0 && other.value != 0.0).then_some((one, other))
    });
    let at = if opening.is_some() { "the beginning" } else { "the end" };
    // Total assets to divide by, this year and last.
    let assets = |sheet: &mut Sheet<'_, '_>| match &opening {
        Some((one, other)) => {
            sheet.record("total assets at the beginning of the year", one);
            sheet.record("total assets at the beginning of the prior year", other);
            Some((one.value, other.value))
        }
        None => sheet.two(Item::Assets, now, before),
    };
    let roa = |sheet: &mut Sheet<'_, '_>| {
        let (income, assets) = (sheet.two(Item::NetIncome, now, before), assets(sheet));
        let (income, assets) = (income?, assets?);
        Some((ratio(income.0, assets.0)?, ratio(income.1, assets.1)?))
    };
    let up = |pair: Option<(f64, f64)>| pair.map(|(now, before)| (now > before, now, before));
    let mut points = Vec::new();
    let mut add = |name: &'static str,
                   formula: String,
                   compute: &dyn Fn(&mut Sheet<'_, '_>) -> Option<(bool, f64, f64)>,
                   comparison: &str| {
        let mut sheet = Sheet::new(figures);
        let found = compute(&mut sheet);
        let words = match found {
            Some((_, one, other)) => format!("{} {comparison} {}", short(one), short(other)),
            None if sheet.missing.is_empty() => "a denominator is zero".to_owned(),
            None => sheet.why_not(),
        };
        points.push(Point { name, formula, won: found.map(|(won, _, _)| won), words, inputs: sheet.inputs });
    };
    let last_year = "against the year before";
    add(
        "roa",
        format!("net income/total assets at {at} of the year > 0"),
        &|sheet| roa(sheet).map(|(now, _)| (now > 0.0, now, 0.0)).or_else(|| first_year_roa(sheet, now)),
        "against",
    );
    add(
        "cash_flow",
        "operating cash flow > 0".to_owned(),
        &|sheet| sheet.one(Item::OperatingCashFlow, now).map(|cash| (cash > 0.0, cash, 0.0)),
        "against",
    );
    add("roa_change", format!("net income/total assets at {at} of the year, up"), &|sheet| up(roa(sheet)), last_year);
    add(
        "accruals",
        "operating cash flow > net income".to_owned(),
        &|sheet| {
            let (cash, income) = (sheet.one(Item::OperatingCashFlow, now), sheet.one(Item::NetIncome, now));
            let (cash, income) = (cash?, income?);
            Some((cash > income, cash, income))
        },
        "of operating cash flow against net income of",
    );
    add(
        "leverage",
        if opening.is_some() {
            "long-term debt/average total assets, down or level".to_owned()
        } else {
            "long-term debt/total assets at the end of the year, down or level".to_owned()
        },
        &|sheet| {
            let debt = sheet.two_or_none(Item::LongTermDebt, now, before);
            let closing = sheet.two(Item::Assets, now, before);
            let (debt, closing) = (debt?, closing?);
            let by = match &opening {
                Some((one, other)) => {
                    sheet.record("total assets at the beginning of the prior year", other);
                    (f64::midpoint(closing.0, one.value), f64::midpoint(closing.1, other.value))
                }
                None => closing,
            };
            let (now, before) = (ratio(debt.0, by.0)?, ratio(debt.1, by.1)?);
            Some((now <= before, now, before))
        },
        last_year,
    );
    add(
        "liquidity",
        "current assets/current liabilities, up".to_owned(),
        &|sheet| {
            let assets = sheet.two(Item::CurrentAssets, now, before);
            let liabilities = sheet.two(Item::CurrentLiabilities, now, before);
            let (assets, liabilities) = (assets?, liabilities?);
            up(Some((ratio(assets.0, liabilities.0)?, ratio(assets.1, liabilities.1)?)))
        },
        last_year,
    );
    add(
        "shares",
        "shares outstanding (or their weighted average), not up".to_owned(),
        &|sheet| shares(sheet, now, before).map(|(now, before)| (now <= before, now, before)),
        last_year,
    );
    add(
        "margin",
        "gross profit/revenue, up".to_owned(),
        &|sheet| {
            let (gross, revenue) = (sheet.two(Item::GrossProfit, now, before), sheet.two(Item::Revenue, now, before));
            let (gross, revenue) = (gross?, revenue?);
            up(Some((ratio(gross.0, revenue.0)?, ratio(gross.1, revenue.1)?)))
        },
        last_year,
    );
    add(
        "turnover",
        format!("revenue/total assets at {at} of the year, up"),
        &|sheet| {
            let (revenue, assets) = (sheet.two(Item::Revenue, now, before), assets(sheet));
            let (revenue, assets) = (revenue?, assets?);
            up(Some((ratio(revenue.0, assets.0)?, ratio(revenue.1, assets.1)?)))
        },
        last_year,
    );
    points
}

/// The sign of the return alone, where last year's income is missing.
fn first_year_roa(sheet: &mut Sheet<'_, '_>, now: &Column) -> Option<(bool, f64, f64)> {
    let (income, assets) = (sheet.one(Item::NetIncome, now)?, sheet.one(Item::Assets, now)?);
    let roa = ratio(income, assets)?;
    sheet.missing.clear();
    Some((roa > 0.0, roa, 0.0))
}

/// Shares at both dates by one tag and from one filing, so that a split between two filings does not count.
fn shares(sheet: &mut Sheet<'_, '_>, now: &Column, before: &Column) -> Option<(f64, f64)> {
    for item in [Item::SharesOutstanding, Item::SharesAverage] {
        if let Some((one, other)) = sheet.figures.pair_of_one_filing(item, now, before)
            && one.value > 0.0
            && other.value > 0.0
        {
            sheet.record(item.name(), &one);
            sheet.record(&format!("{} (prior year)", item.name()), &other);
            return Some((one.value, other.value));
        }
    }
    sheet.lack(format!("shares outstanding at {} and {} in one filing", now.end, before.end));
    None
}

/// A number short enough for a sentence.
fn short(value: f64) -> String {
    if value.abs() >= 1e6 { crate::wording::large(value, "").trim_end().to_owned() } else { format!("{value:.4}") }
}
