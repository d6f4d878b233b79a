//! The F-score of Dechow, Ge, Larson and Sloan, model 1: the odds of a material misstatement against the average.

use super::Industry;
use super::sheet::{Frame, Sheet, lacking, part, ratio, ratio_part};
use crate::figures::{Column, Figures, Item};
use crate::signal::{Severity, Signal};

const FRAME: Frame<'static> = Frame {
    id: "dechow_f",
    formula: "F = p/0.0037, p = 1/(1 + exp(-y)), y = -7.893 + 0.790 rsst + 2.518 ch_rec + 1.191 ch_inv + 1.979 soft_assets + \
              0.171 ch_cs - 0.932 ch_roa + 1.029 issue; changes from the prior to the last financial year, over average \
              total assets: rsst = change of (WC + NCO + FIN), which by the definitions of the three is the change of (total \
              assets - cash and equivalents - total liabilities - preferred stock), since investments and debt are taken \
              out of the first two and put into the third; ch_rec, ch_inv = change of receivables, of inventory; \
              soft_assets = (total assets - net PPE - cash)/total assets; ch_cs = relative change of cash sales (revenue - \
              change of receivables); ch_roa = change of net income/average total assets; issue = 1 if shares or debt were \
              issued, or where the cash-flow statement tags no proceeds at all, if long-term debt is up by more than 1 %. Preferred stock, inventory and issues that the statements do not report count as none",
    source: "Dechow, Ge, Larson and Sloan, Predicting material accounting misstatements, Contemporary Accounting Research 28 \
             (2011), model 1; above 1 the risk is above average, from 1.85 substantial, from 2.45 high.",
};

const WEIGHTS: [(&str, f64, &str); 7] = [
    ("rsst", 0.790, "change of (total assets - cash - total liabilities - preferred stock)/average total assets"),
    ("ch_rec", 2.518, "change of receivables/average total assets"),
    ("ch_inv", 1.191, "change of inventory/average total assets"),
    ("soft_assets", 1.979, "(total assets - net PPE - cash)/total assets"),
    ("ch_cs", 0.171, "relative change of (revenue - change of receivables)"),
    ("ch_roa", -0.932, "change of net income/average total assets"),
    (
        "issue",
        1.029,
        "1 if shares or debt were issued in the year (no proceeds tagged: if long-term debt is up), else 0",
    ),
];

/// Share of firm-years with a misstatement in the study.
const BASE_RATE: f64 = 0.0037;

/// The model.
pub(super) fn run(figures: &Figures<'_>, industry: Industry) -> Signal {
    if industry == Industry::Financial {
        return FRAME
            .not_applicable("a financial company (SIC 6000-6999): accruals in the model's sense do not exist there");
    }
    let (now, before) = match figures.annual_pair() {
        Ok(pair) => pair,
        Err(why) => return FRAME.not_run(why),
    };
    let earlier = figures.before(&before);
    let mut sheet = Sheet::new(figures);
    let x = terms(&mut sheet, &now, &before, earlier.as_ref().ok());
    if let Err(why) = earlier {
        sheet.lack(why);
    }
    let missing = if sheet.missing.is_empty() { String::new() } else { sheet.why_not() };
    let mut parts: Vec<Signal> = WEIGHTS
        .iter()
        .zip(x)
        .map(|((name, _, formula), x)| ratio_part(&format!("dechow_f.{name}"), formula, x, &missing))
        .collect();
    let mut signal = match f_score(&x) {
        Some((f, probability)) => {
            parts.push(part(
                "dechow_f.probability",
                "1/(1 + exp(-y))",
                Some(probability),
                format!("{:.3} %", 100.0 * probability),
            ));
            let (zone, severity) = if f >= 2.45 {
                ("high", Severity::Caution)
            } else if f >= 1.85 {
                ("substantial", Severity::Info)
            } else if f > 1.0 {
                ("above_average", Severity::None)
            } else {
                ("normal", Severity::None)
            };
            FRAME.ran(f, zone, severity, format!("{f:.2} times the average risk of a misstatement, {}", now.words()))
        }
        None if sheet.missing.is_empty() => FRAME.not_run(format!("no value: {}", lacking(&parts).join("; "))),
        None => FRAME.not_run(missing),
    };
    signal.inputs = sheet.inputs;
    signal.parts = parts;
    signal
}

fn terms(sheet: &mut Sheet<'_, '_>, now: &Column, before: &Column, earlier: Option<&Column>) -> [Option<f64>; 7] {
    let assets = sheet.two(Item::Assets, now, before);
    let liabilities = sheet.two(Item::Liabilities, now, before);
    let cash = sheet.two(Item::Cash, now, before);
    let preferred = sheet.two_or_none(Item::PreferredStock, now, before);
    let receivables = sheet.two(Item::Receivables, now, before);
    let inventory = sheet.two_or_none(Item::Inventory, now, before);
    let plant = sheet.one(Item::PpeNet, now);
    let income = sheet.two(Item::NetIncome, now, before);
    let revenue = sheet.two(Item::Revenue, now, before);
    let stock = sheet.one_or_none(Item::StockIssued, now);
    let debt = sheet.one_or_none(Item::DebtIssued, now);
    let oldest_assets = earlier.and_then(|earlier| {
        let assets = sheet.figures.get(Item::Assets, earlier);
        sheet.take("total assets (two years before)", assets)
    });
    let oldest_receivables = earlier.and_then(|earlier| match sheet.figures.pair(Item::Receivables, before, earlier) {
        Ok((one, other)) => {
            // Where this year's tag does not reach back so far, the change before is one of another tag.
            if receivables.is_none_or(|(_, known)| known != one.value) {
                sheet.record("receivables (prior year, beside two years before)", &one);
            }
            sheet.record("receivables (two years before)", &other);
            // Both by one tag: where it is another than this year's, the change would be one of tags.
            Some((one.value, other.value))
        }
        Err(missing) => {
            sheet.lack(missing);
            None
        }
    });

    let change = |pair: Option<(f64, f64)>| pair.map(|(now, before)| now - before);
    let average = assets.map(|(now, before)| f64::midpoint(now, before));
    let over_average = |value: Option<f64>| value.zip(average).and_then(|(value, average)| ratio(value, average));
    let net = |of: fn((f64, f64)) -> f64| -> Option<f64> {
        Some(of(assets?) - of(cash?) - of(liabilities?) - of(preferred?))
    };
    let rsst = net(|(now, _)| now).zip(net(|(_, before)| before)).map(|(now, before)| now - before);
    let soft =
        assets.zip(plant).zip(cash).and_then(|(((assets, _), plant), (cash, _))| ratio(assets - plant - cash, assets));
    let cash_sales = revenue.zip(receivables).zip(oldest_receivables).and_then(|((revenue, receivables), older)| {
        let now = revenue.0 - (receivables.0 - receivables.1);
        let before = revenue.1 - (older.0 - older.1);
        ratio(now - before, before)
    });
    let roa = income.zip(assets).zip(oldest_assets).and_then(|((income, assets), oldest)| {
        let now = ratio(income.0, f64::midpoint(assets.0, assets.1))?;
        let before = ratio(income.1, f64::midpoint(assets.1, oldest))?;
        Some(now - before)
    });
    // Proceeds under tags of the filer's own are not in the API: then the balance sheet tells.
    let untagged = [Item::StockIssued, Item::DebtIssued].iter().all(|item| sheet.figures.get(*item, now).is_err());
    let borrowed = untagged && {
        let (now, before) = sheet.two_or_none(Item::LongTermDebt, now, before).unwrap_or_default();
        now > 1.01 * before
    };
    let issue = if stock > 0.0 || debt > 0.0 || borrowed { 1.0 } else { 0.0 };
    [
        over_average(rsst),
        over_average(change(receivables)),
        over_average(change(inventory)),
        soft,
        cash_sales,
        roa,
        Some(issue),
    ]
}

fn f_score(x: &[Option<f64>; 7]) -> Option<(f64, f64)> {
    let y = WEIGHTS.iter().zip(x).try_fold(-7.893, |sum, ((_, weight, _), x)| Some(sum + weight * (*x)?))?;
    let probability = 1.0 / (1.0 + (-y).exp());
    Some((probability / BASE_RATE, probability))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_term_leaves_no_score() {
        let mut x = [Some(0.1); 7];
        assert!(f_score(&x).is_some());
        x[4] = None;
        assert_eq!(f_score(&x), None);
    }

    /// By hand: all zero but an issue gives y = -6.864, p = 0.001044, F = 0.2821.
    #[test]
    fn the_published_coefficients_are_used() {
        let (f, p) = f_score(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0].map(Some)).unwrap();
        assert!((p - 0.001_043_7).abs() < 1e-6, "{p}");
        assert!((f - 0.2821).abs() < 1e-3, "{f}");
    }
}
