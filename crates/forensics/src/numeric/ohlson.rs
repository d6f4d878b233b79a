//! Ohlson's logit model of bankruptcy within a year.

use super::Industry;
use super::deflator;
use super::sheet::{Frame, Sheet, lacking, part, ratio, ratio_part};
use crate::figures::{Figures, Item};
use crate::signal::{Input, Severity, Signal};

const FRAME: Frame<'static> = Frame {
    id: "ohlson_o",
    formula: "O = -1.32 - 0.407 SIZE + 6.03 TLTA - 1.43 WCTA + 0.0757 CLCA - 1.72 OENEG - 2.37 NITA - 1.83 FUTL + 0.285 INTWO \
              - 0.521 CHIN; SIZE = ln(total assets in dollars/price-level index of the year before, 1968 = 100; the index is \
              the implicit deflator of gross domestic product), TLTA = total liabilities/total assets, WCTA = working \
              capital/total assets, CLCA = current liabilities/current assets, OENEG = 1 if total liabilities exceed \
              total assets, NITA = net income/total assets, FUTL = (income before taxes + depreciation and \
              amortisation)/total liabilities, INTWO = 1 if net income was negative in both years, CHIN = (net income - \
              prior)/(|net income| + |prior|); probability = 1/(1 + exp(-O)); the last financial year",
    source: "Ohlson, Financial ratios and the probabilistic prediction of bankruptcy, Journal of Accounting Research 18 \
             (1980), model 1 (bankruptcy within one year); its cut-off with the fewest errors is a probability of 0.038. \
             Estimated on industrial companies.",
};

/// The probability with the fewest errors of both kinds in Ohlson's sample.
const CUT_OFF: f64 = 0.038;

/// The nine terms of the model, in its order.
const WEIGHTS: [(&str, f64, &str); 9] = [
    ("size", -0.407, "ln(total assets/price-level index)"),
    ("tlta", 6.03, "total liabilities/total assets"),
    ("wcta", -1.43, "(current assets - current liabilities)/total assets"),
    ("clca", 0.0757, "current liabilities/current assets"),
    ("oeneg", -1.72, "1 if total liabilities exceed total assets, else 0"),
    ("nita", -2.37, "net income/total assets"),
    ("futl", -1.83, "(income before taxes + depreciation and amortisation)/total liabilities"),
    ("intwo", 0.285, "1 if net income was negative in both years, else 0"),
    ("chin", -0.521, "(net income - prior)/(|net income| + |prior|)"),
];

/// The model.
pub(super) fn run(figures: &Figures<'_>, industry: Industry) -> Signal {
    if industry == Industry::Financial {
        return FRAME.not_applicable("a financial company (SIC 6000-6999): the model was estimated without them");
    }
    let (now, before) = match figures.annual_pair() {
        Ok(pair) => pair,
        Err(why) => return FRAME.not_run(why),
    };
    if now.currency != "USD" {
        return FRAME.not_run(format!(
            "the statements are in {}: the size term wants dollars, and no exchange rate is in the filings",
            now.currency
        ));
    }
    let mut sheet = Sheet::new(figures);
    let assets = sheet.one(Item::Assets, &now);
    let liabilities = sheet.one(Item::Liabilities, &now);
    let current_assets = sheet.one(Item::CurrentAssets, &now);
    let current_liabilities = sheet.one(Item::CurrentLiabilities, &now);
    let income = sheet.two(Item::NetIncome, &now, &before);
    let pretax = sheet.one(Item::PretaxIncome, &now);
    // A company without plant has nothing to depreciate, and no such line.
    let depreciation = if figures.get(Item::PpeNet, &now).is_err() {
        Some(sheet.one_or_none(Item::Depreciation, &now))
    } else {
        sheet.one(Item::Depreciation, &now)
    };
    let (level, of_year) = deflator::index(now.end.year() - 1);
    sheet.inputs.push(Input {
        name: format!("price-level index of {of_year}, 1968 = 100"),
        value: level,
        unit: "pure".to_owned(),
        tag: "implicit price deflator of US gross domestic product (BEA)".to_owned(),
        start: None,
        end: None,
        accession: None,
    });
    let over = |one: Option<f64>, other: Option<f64>| one.zip(other).and_then(|(one, other)| ratio(one, other));
    let less = |one: Option<f64>, other: Option<f64>| one.zip(other).map(|(one, other)| one - other);
    let funds = pretax.zip(depreciation).map(|(one, other)| one + other);
    let flag = |yes: bool| if yes { 1.0 } else { 0.0 };
    let x: [Option<f64>; 9] = [
        assets.filter(|assets| *assets > 0.0).map(|assets| (assets / level).ln()),
        over(liabilities, assets),
        over(less(current_assets, current_liabilities), assets),
        over(current_liabilities, current_assets),
        liabilities.zip(assets).map(|(liabilities, assets)| flag(liabilities > assets)),
        over(income.map(|(now, _)| now), assets),
        over(funds, liabilities),
        income.map(|(now, before)| flag(now < 0.0 && before < 0.0)),
        income.and_then(|(now, before)| ratio(now - before, now.abs() + before.abs())),
    ];
    let missing = if sheet.missing.is_empty() { String::new() } else { sheet.why_not() };
    let mut parts: Vec<Signal> = WEIGHTS
        .iter()
        .zip(x)
        .map(|((name, _, formula), x)| ratio_part(&format!("ohlson_o.{name}"), formula, x, &missing))
        .collect();
    let mut signal = match score(&x) {
        Some(o) if rests_on_funds(&x, o) => FRAME.not_applicable(format!(
            "liabilities are {:.1} % of assets: the score of {o:.2} would rest on funds from operations over them alone (a \
             cash shell); see cash_runway",
            100.0 * x[1].unwrap_or_default()
        )),
        Some(o) => {
            let probability = 1.0 / (1.0 + (-o).exp());
            parts.push(part(
                "ohlson_o.probability",
                "1/(1 + exp(-O))",
                Some(probability),
                format!("{:.2} %", 100.0 * probability),
            ));
            let (zone, severity) = if probability >= 0.5 {
                ("distress", Severity::High)
            } else if probability >= CUT_OFF {
                ("above_cut_off", Severity::Caution)
            } else {
                ("below_cut_off", Severity::None)
            };
            FRAME.ran(
                o,
                zone,
                severity,
                format!(
                    "{o:.2} for {}: probability {:.2} % (cut-off of the study 3.8 %)",
                    now.words(),
                    100.0 * probability
                ),
            )
        }
        None if sheet.missing.is_empty() => FRAME.not_run(format!("no value: {}", lacking(&parts).join("; "))),
        None => FRAME.not_run(sheet.why_not()),
    };
    signal.inputs = sheet.inputs;
    signal.parts = parts;
    signal
}

/// Whether hardly any liabilities blow one ratio up, and the rest of the score has no worry.
fn rests_on_funds(x: &[Option<f64>; 9], o: f64) -> bool {
    let cut_off = (CUT_OFF / (1.0 - CUT_OFF)).ln();
    let (owed, funds) = (x[1].unwrap_or_default(), x[6].unwrap_or_default());
    owed < 0.2 && funds < -1.0 && o >= cut_off && o + 1.83 * funds < cut_off
}

fn score(x: &[Option<f64>; 9]) -> Option<f64> {
    WEIGHTS.iter().zip(x).try_fold(-1.32, |sum, ((_, weight, _), x)| Some(sum + weight * (*x)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published weights on round numbers, by hand: -1.32 - 4.07 + 3.015 - 0.286 + 0.03785 - 0.1185 - 0.549 - 0.0521, and
    /// -1.32 - 3.256 + 7.236 + 0.286 + 0.1514 - 1.72 + 0.711 + 0.549 + 0.285 + 0.3126.
    #[test]
    fn the_published_weights_are_used() {
        let sound = [10.0, 0.5, 0.2, 0.5, 0.0, 0.05, 0.3, 0.0, 0.1].map(Some);
        let failing = [8.0, 1.2, -0.2, 2.0, 1.0, -0.3, -0.3, 1.0, -0.6].map(Some);
        let (sound, failing) = (score(&sound).unwrap(), score(&failing).unwrap());
        assert!((sound - -3.342_75).abs() < 1e-9, "{sound}");
        assert!((failing - 3.235).abs() < 1e-9, "{failing}");
        let probability = |o: f64| 1.0 / (1.0 + (-o).exp());
        assert!(probability(sound) < CUT_OFF && probability(failing) > CUT_OFF);
    }

    #[test]
    fn a_missing_term_leaves_no_score() {
        let mut x = [Some(0.0); 9];
        assert_eq!(score(&x), Some(-1.32));
        x[6] = None;
        assert_eq!(score(&x), None);
    }
}
