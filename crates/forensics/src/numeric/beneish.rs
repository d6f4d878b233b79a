//! Beneish's M: eight ratios of this year to last, and the form of five where the others cannot be had.

use super::Industry;
use super::sheet::{Frame, Sheet, lacking, part, ratio, ratio_part};
use crate::figures::{Column, Figures, Item};
use crate::signal::{Severity, Signal};

const EIGHT: Frame<'static> = Frame {
    id: "beneish_m",
    formula: "M = -4.84 + 0.920 DSRI + 0.528 GMI + 0.404 AQI + 0.892 SGI + 0.115 DEPI - 0.172 SGAI + 4.679 TATA - 0.327 LVGI; \
              t is the last financial year, t-1 the one before: DSRI = (receivables/revenue)t/(..)t-1, GMI = gross margin \
              t-1/t, AQI = (1 - (current assets + net PPE)/total assets)t/(..)t-1, SGI = revenue t/t-1, DEPI = \
              (D/(D + net PPE))t-1/(..)t with D = depreciation and amortisation of the cash-flow \
              statement (depreciation alone where no sum is tagged), SGAI = \
              (SG&A/revenue)t/(..)t-1, LVGI = ((current liabilities + long-term debt)/total assets)t/(..)t-1, TATA = (net \
              income - operating cash flow)/total assets at t",
    source: "Beneish, The detection of earnings manipulation, Financial Analysts Journal 55 (1999); TATA from the cash-flow \
             statement as in Beneish, Lee and Nichols (2013). Possible manipulator above -1.78 (errors weighted 20 to 1). \
             Estimated without financial companies.",
};

const FIVE: Frame<'static> = Frame {
    id: "beneish_m",
    formula: "five-ratio form, since the eight cannot all be had: M5 = -6.065 + 0.823 DSRI + 0.906 GMI + 0.593 AQI + 0.717 SGI \
              + 0.107 DEPI; ratios as in the form of eight: DSRI = (receivables/revenue)t/(..)t-1, GMI = gross margin t-1/t, \
              AQI = (1 - (current assets + net PPE)/total assets)t/(..)t-1, SGI = revenue t/t-1, DEPI = (D/(D + net \
              PPE))t-1/(..)t with D = depreciation and amortisation",
    source: "Beneish's five-variable model, as used after Beneish (1999); possible manipulator above -2.22, a bound that is handed \
             down in secondary sources. Estimated without financial companies.",
};

const WEIGHTS: [(&str, f64, &str); 8] = [
    ("dsri", 0.920, "(receivables/revenue)t/(receivables/revenue)t-1"),
    ("gmi", 0.528, "(gross profit/revenue)t-1/(gross profit/revenue)t"),
    ("aqi", 0.404, "(1 - (current assets + net PPE)/total assets)t/(..)t-1"),
    ("sgi", 0.892, "revenue t/revenue t-1"),
    ("depi", 0.115, "(D/(D + net PPE))t-1/(D/(D + net PPE))t"),
    ("sgai", -0.172, "(SG&A/revenue)t/(SG&A/revenue)t-1"),
    ("lvgi", -0.327, "((current liabilities + long-term debt)/total assets)t/(..)t-1"),
    ("tata", 4.679, "(net income - operating cash flow)/total assets"),
];

const FIVE_WEIGHTS: [f64; 5] = [0.823, 0.906, 0.593, 0.717, 0.107];

/// One of two figures that are set against each other is negative.
struct Negative;

/// What an index comes to.
type Index = Result<f64, Negative>;

/// A ratio, or why there is none.
struct Ratio {
    value: Option<f64>,
    missing: String,
}

/// Why a quotient of negative numbers is none.
const NEGATIVE: &str = "one of the two years' figures is negative, and an index of it has no meaning";

/// Computes one ratio on a sheet of its own, so that it names what it lacks itself.
fn ratio_of(whole: &mut Sheet<'_, '_>, compute: impl FnOnce(&mut Sheet<'_, '_>) -> Option<Index>) -> Ratio {
    let mut own = Sheet::new(whole.figures);
    let value = compute(&mut own);
    let missing = match value {
        _ if !own.missing.is_empty() => own.why_not(),
        Some(Err(Negative)) => NEGATIVE.to_owned(),
        _ => String::new(),
    };
    let value = value.and_then(Result::ok);
    for input in own.inputs {
        if !whole.inputs.contains(&input) {
            whole.inputs.push(input);
        }
    }
    for lack in own.missing {
        whole.lack(lack);
    }
    Ratio { value, missing }
}

fn quotients(over: (f64, f64), under: (f64, f64)) -> Option<(f64, f64)> {
    Some((ratio(over.0, under.0)?, ratio(over.1, under.1)?))
}

/// One figure against another; none for a denominator of zero.
fn index((now, before): (f64, f64)) -> Option<Index> {
    if now < 0.0 || before < 0.0 {
        return Some(Err(Negative));
    }
    ratio(now, before).map(Ok)
}

fn ratios(sheet: &mut Sheet<'_, '_>, now: &Column, before: &Column) -> [Ratio; 8] {
    let revenue = |sheet: &mut Sheet<'_, '_>| sheet.two(Item::Revenue, now, before);
    let dsri = ratio_of(sheet, |sheet| {
        let (receivables, revenue) = (sheet.two(Item::Receivables, now, before), revenue(sheet));
        index(quotients(receivables?, revenue?)?)
    });
    let gmi = ratio_of(sheet, |sheet| {
        let (gross, revenue) = (sheet.two(Item::GrossProfit, now, before), revenue(sheet));
        let (now, before) = quotients(gross?, revenue?)?;
        index((before, now))
    });
    let aqi = ratio_of(sheet, |sheet| {
        let current = sheet.two(Item::CurrentAssets, now, before);
        let plant = sheet.two(Item::PpeNet, now, before);
        let assets = sheet.two(Item::Assets, now, before);
        let (current, plant, assets) = (current?, plant?, assets?);
        let soft = |current: f64, plant: f64, assets: f64| Some(1.0 - ratio(current + plant, assets)?);
        index((soft(current.0, plant.0, assets.0)?, soft(current.1, plant.1, assets.1)?))
    });
    let sgi = ratio_of(sheet, |sheet| index(revenue(sheet)?));
    let depi = ratio_of(sheet, |sheet| {
        let (depreciation, plant) = (sheet.two(Item::Depreciation, now, before), sheet.two(Item::PpeNet, now, before));
        let (depreciation, plant) = (depreciation?, plant?);
        let rate = |depreciation: f64, plant: f64| ratio(depreciation, depreciation + plant);
        index((rate(depreciation.1, plant.1)?, rate(depreciation.0, plant.0)?))
    });
    let sgai = ratio_of(sheet, |sheet| {
        let (expense, revenue) = (sheet.two(Item::Sga, now, before), revenue(sheet));
        index(quotients(expense?, revenue?)?)
    });
    let lvgi = ratio_of(sheet, |sheet| {
        let current = sheet.two(Item::CurrentLiabilities, now, before);
        let debt = sheet.two_or_none(Item::LongTermDebt, now, before);
        let assets = sheet.two(Item::Assets, now, before);
        let (current, debt, assets) = (current?, debt?, assets?);
        index(quotients((current.0 + debt.0, current.1 + debt.1), assets)?)
    });
    let tata = ratio_of(sheet, |sheet| {
        let income = sheet.one(Item::NetIncome, now);
        let cash = sheet.one(Item::OperatingCashFlow, now);
        let assets = sheet.one(Item::Assets, now);
        ratio(income? - cash?, assets?).map(Ok)
    });
    [dsri, gmi, aqi, sgi, depi, sgai, lvgi, tata]
}

fn eight(x: &[Option<f64>]) -> Option<f64> {
    WEIGHTS.iter().zip(x).try_fold(-4.84, |sum, ((_, weight, _), x)| Some(sum + weight * (*x)?))
}

fn five(x: &[Option<f64>]) -> Option<f64> {
    FIVE_WEIGHTS.iter().zip(x).try_fold(-6.065, |sum, (weight, x)| Some(sum + weight * (*x)?))
}

/// The model.
pub(super) fn run(figures: &Figures<'_>, industry: Industry) -> Signal {
    if industry == Industry::Financial {
        return EIGHT.not_applicable("a financial company (SIC 6000-6999): the model was estimated without them");
    }
    let (now, before) = match figures.annual_pair() {
        Ok(pair) => pair,
        Err(why) => return EIGHT.not_run(why),
    };
    let mut sheet = Sheet::new(figures);
    let ratios = ratios(&mut sheet, &now, &before);
    let x: Vec<Option<f64>> = ratios.iter().map(|ratio| ratio.value).collect();
    let mut parts: Vec<Signal> = WEIGHTS
        .iter()
        .zip(&ratios)
        .map(|((name, _, formula), ratio)| {
            ratio_part(&format!("beneish_m.{name}"), formula, ratio.value, &ratio.missing)
        })
        .collect();
    let lacking = lacking(&parts);
    let (m8, m5) = (eight(&x), five(&x));
    if let Some(m5) = m5 {
        let mut variant = part("beneish_m.five", FIVE.formula, Some(m5), format!("{m5:.2} (threshold -2.22)"));
        variant.zone = Some(if m5 > -2.22 { "possible_manipulator" } else { "unlikely_manipulator" }.to_owned());
        FIVE.source.clone_into(&mut variant.source);
        parts.push(variant);
    }
    let growth = x.get(3).copied().flatten();
    let mut signal = match (m8, m5) {
        (Some(m), _) => judged(&EIGHT, m, -1.78, 0.892, growth, &now, ""),
        (None, Some(m)) => {
            judged(&FIVE, m, -2.22, 0.717, growth, &now, &format!("; the eight lack {}", lacking.join("; ")))
        }
        (None, None) => EIGHT.not_run(format!("neither form can be computed: {}", lacking.join("; "))),
    };
    signal.inputs = sheet.inputs;
    signal.parts = parts;
    signal
}

fn judged(
    frame: &Frame<'_>,
    m: f64,
    threshold: f64,
    growth_weight: f64,
    growth: Option<f64>,
    now: &Column,
    note: &str,
) -> Signal {
    let flagged = m > threshold;
    // The score of the same company without growth: where that lies below the threshold, growth alone raised the flag.
    let by_growth = growth.is_some_and(|growth| growth > 1.0 && m - growth_weight * (growth - 1.0) <= threshold);
    let severity = match (flagged, by_growth) {
        (false, _) => Severity::None,
        (true, true) => Severity::Info,
        (true, false) => Severity::Caution,
    };
    let zone = if flagged { "possible_manipulator" } else { "unlikely_manipulator" };
    let growth_note = if flagged && by_growth {
        "; without the growth of revenue it would lie below: fast growers share this"
    } else {
        ""
    };
    frame.ran(
        m,
        zone,
        severity,
        format!("{m:.2} for {} (possible manipulator above {threshold}){growth_note}{note}", now.words()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Enron's year 2000 against 1999 (10-K of April 2001, in millions, as textbooks print it): sales 100,789 and 40,112, cost of
    /// sales 94,517 and 34,761, receivables 10,396 and 3,030, current assets 30,381 and 7,255, property 11,743 and 10,681,
    /// total assets 65,503 and 33,381, current liabilities 28,406 and 6,759, long-term debt 8,550 and 7,151, selling and
    /// administrative expense 3,184 and 3,045, depreciation 485 and 565, net income 979, operating cash flow 4,779.
    #[test]
    fn enron_in_2000_is_flagged() {
        let x = [
            (10_396.0 / 100_789.0) / (3_030.0 / 40_112.0),
            ((40_112.0 - 34_761.0) / 40_112.0) / ((100_789.0 - 94_517.0) / 100_789.0),
            (1.0 - (30_381.0 + 11_743.0) / 65_503.0) / (1.0 - (7_255.0 + 10_681.0) / 33_381.0),
            100_789.0 / 40_112.0,
            (565.0 / (565.0 + 10_681.0)) / (485.0 / (485.0 + 11_743.0)),
            (3_184.0 / 100_789.0) / (3_045.0 / 40_112.0),
            ((28_406.0 + 8_550.0) / 65_503.0) / ((6_759.0 + 7_151.0) / 33_381.0),
            (979.0 - 4_779.0) / 65_503.0,
        ];
        let m = eight(&x.map(Some)).unwrap();
        assert!((m - -0.539).abs() < 5e-4, "{m}");
        assert!(m > -1.78);
    }

    /// All ratios at one and no accruals: a company that does not change, -4.84 + 0.920 + 0.528 + 0.404 + 0.892 + 0.115
    /// - 0.172 - 0.327.
    #[test]
    fn a_company_that_does_not_change_is_not_flagged() {
        let m = eight(&[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0].map(Some)).unwrap();
        assert!((m - -2.48).abs() < 1e-12, "{m}");
    }

    #[test]
    fn an_index_of_what_is_negative_is_none() {
        assert!(matches!(index((-0.1, 0.2)), Some(Err(Negative))) && matches!(index((0.1, -0.2)), Some(Err(Negative))));
        assert!(matches!(index((0.0, 0.2)), Some(Ok(value)) if value == 0.0));
        assert!(index((0.1, 0.0)).is_none());
    }

    #[test]
    fn five_ratios_stand_in_for_eight() {
        let mut x = vec![Some(1.0); 8];
        assert!((five(&x).unwrap() - (-6.065 + 0.823 + 0.906 + 0.593 + 0.717 + 0.107)).abs() < 1e-12);
        x[5] = None;
        assert!(eight(&x).is_none() && five(&x).is_some());
        x[0] = None;
        assert!(five(&x).is_none());
    }
}
