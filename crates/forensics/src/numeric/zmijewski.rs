//! Zmijewski's probit model of distress.

use super::Industry;
use super::sheet::{Frame, Sheet, lacking, part, ratio, ratio_part};
use crate::figures::{Figures, Item};
use crate::signal::{Severity, Signal};

const FRAME: Frame<'static> = Frame {
    id: "zmijewski",
    formula: "X = -4.336 - 4.513 (net income/total assets) + 5.679 (total liabilities/total assets) + 0.004 (current \
              assets/current liabilities); probability = standard normal distribution at X; net income of the parent; \
              balance sheet and income of the last financial year",
    source: "Zmijewski, Methodological issues related to the estimation of financial distress prediction models, \
             Journal of Accounting Research 22 Suppl. (1984), the unweighted probit; distressed where the probability is \
             at least one half (X >= 0). Estimated without financial companies.",
};

/// The model.
pub(super) fn run(figures: &Figures<'_>, industry: Industry) -> Signal {
    if industry == Industry::Financial {
        return FRAME.not_applicable("a financial company (SIC 6000-6999): the model was estimated without them");
    }
    let column = match figures.annual() {
        Ok(column) => column,
        Err(why) => return FRAME.not_run(why),
    };
    let mut sheet = Sheet::new(figures);
    let assets = sheet.one(Item::Assets, &column);
    let income = sheet.one(Item::NetIncome, &column);
    let liabilities = sheet.one(Item::Liabilities, &column);
    let current_assets = sheet.one(Item::CurrentAssets, &column);
    let current_liabilities = sheet.one(Item::CurrentLiabilities, &column);
    let over = |one: Option<f64>, other: Option<f64>| one.zip(other).and_then(|(one, other)| ratio(one, other));
    let roa = over(income, assets);
    let leverage = over(liabilities, assets);
    let liquidity = over(current_assets, current_liabilities);
    let missing = if sheet.missing.is_empty() { String::new() } else { sheet.why_not() };
    let mut parts = vec![
        ratio_part("zmijewski.roa", "net income/total assets", roa, &missing),
        ratio_part("zmijewski.leverage", "total liabilities/total assets", leverage, &missing),
        ratio_part("zmijewski.liquidity", "current assets/current liabilities", liquidity, &missing),
    ];
    let score = score(roa, leverage, liquidity);
    let mut signal = match score {
        Some(x) => {
            let probability = stats::distribution::normal_cdf(x);
            parts.push(part(
                "zmijewski.probability",
                "standard normal distribution at X",
                Some(probability),
                format!("{:.1} %", 100.0 * probability),
            ));
            let distressed = x >= 0.0;
            let severity = if x >= 1.5 {
                Severity::High
            } else if distressed {
                Severity::Caution
            } else {
                Severity::None
            };
            FRAME.ran(
                x,
                if distressed { "distress" } else { "not_distressed" },
                severity,
                format!("{x:.2} for {}: probability {:.1} % (distress from 50 %)", column.words(), 100.0 * probability),
            )
        }
        None if sheet.missing.is_empty() => FRAME.not_run(format!("no value: {}", lacking(&parts).join("; "))),
        None => FRAME.not_run(sheet.why_not()),
    };
    signal.inputs = sheet.inputs;
    signal.parts = parts;
    signal
}

fn score(roa: Option<f64>, leverage: Option<f64>, liquidity: Option<f64>) -> Option<f64> {
    Some(-4.336 - 4.513 * roa? + 5.679 * leverage? + 0.004 * liquidity?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_coefficients_are_used() {
        assert_eq!(score(Some(0.0), Some(0.0), Some(0.0)), Some(-4.336));
        let x = score(Some(-0.05), Some(0.9), Some(1.1)).unwrap();
        assert!((x - (-4.336 + 0.22565 + 5.1111 + 0.0044)).abs() < 1e-12);
        assert_eq!(score(None, Some(0.9), Some(1.1)), None);
    }
}
