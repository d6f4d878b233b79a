//! Altman's Z, Z' and Z'': three models for three kinds of company.

use edgar::facts::Figure;

use super::Industry;
use super::sheet::{Frame, Sheet, part, ratio, ratio_part};
use crate::figures::{Column, Figures, Item, days_between};
use crate::signal::{Severity, Signal, Status};
use crate::wording::large;

const Z: Frame<'static> = Frame {
    id: "altman_z",
    formula: "Z = 1.2 X1 + 1.4 X2 + 3.3 X3 + 0.6 X4 + 0.999 X5; X1 = (current assets - current liabilities)/total assets, \
              X2 = retained earnings/total assets, X3 = EBIT/total assets, X4 = market value of equity/total liabilities, \
              X5 = revenue/total assets; EBIT is operating income (as reported, or gross profit less operating expenses, or revenue less all \
              costs), or income before taxes plus interest expense; for the market value of equity, which no filing gives, stands the public float of the \
              annual report's cover (dei:EntityPublicFloat: the shares of non-affiliates at the last business day of \
              the second quarter), so that Z is a lower bound as of that day; the last financial year",
    source: "Altman, Financial ratios, discriminant analysis and the prediction of corporate bankruptcy, Journal of \
             Finance 23 (1968); zones 1.81 and 2.99. For public manufacturers (SIC 2000-3999).",
};

const Z1: Frame<'static> = Frame {
    id: "altman_z1",
    formula: "Z' = 0.717 X1 + 0.847 X2 + 3.107 X3 + 0.420 X4 + 0.998 X5; X1 to X3 and X5 as in Z, X4 = book equity of the \
              parent/total liabilities; EBIT is operating income (as reported, or gross profit less operating expenses, or revenue less all \
              costs), or income before taxes plus interest expense; the last financial year",
    source: "Altman, Corporate Financial Distress (1983), and Predicting financial distress of companies: revisiting the \
             Z-score and ZETA models (2000); zones 1.23 and 2.90. For private manufacturers; here the form without a \
             market price.",
};

const Z2: Frame<'static> = Frame {
    id: "altman_z2",
    formula: "Z'' = 6.56 X1 + 3.26 X2 + 6.72 X3 + 1.05 X4; X1 = (current assets - current liabilities)/total assets, \
              X2 = retained earnings/total assets, X3 = EBIT/total assets, X4 = book equity of the parent/total \
              liabilities; without the constant 3.25 of the emerging-market form; EBIT is operating income (as reported, or gross \
              profit less operating expenses, or revenue less all costs), or income before taxes plus interest expense; the last financial year",
    source: "Altman, Corporate Financial Distress (1983), and Altman, Hartzell and Peck (1995); zones 1.1 and 2.6. For \
             manufacturers and non-manufacturers; not for financial companies.",
};

/// Of healthy filers the published cut-off calls many distressed, so distress alone is worth a look; below this the
/// model has no doubt.
const DEEP_Z2: f64 = -3.0;

/// The four ratios that all three forms begin with.
struct Ratios {
    parts: Vec<Signal>,
    x: [Option<f64>; 5],
    equity_to_liabilities: Option<f64>,
    retained_negative: bool,
    ebit_negative: bool,
}

fn ratios(sheet: &mut Sheet<'_, '_>, id: &str, column: &Column, market: Option<f64>, turnover: bool) -> Ratios {
    let assets = sheet.one(Item::Assets, column);
    let current_assets = sheet.one(Item::CurrentAssets, column);
    let current_liabilities = sheet.one(Item::CurrentLiabilities, column);
    let retained = sheet.one(Item::RetainedEarnings, column);
    let ebit = sheet.one(Item::Ebit, column);
    let liabilities = sheet.one(Item::Liabilities, column);
    let equity = if market.is_some() { market } else { sheet.one(Item::Equity, column) };
    let revenue = if turnover { sheet.one(Item::Revenue, column) } else { None };
    let over = |value: Option<f64>, under: Option<f64>| value.zip(under).and_then(|(one, other)| ratio(one, other));
    let working = current_assets.zip(current_liabilities).map(|(assets, liabilities)| assets - liabilities);
    let x1 = over(working, assets);
    let x2 = over(retained, assets);
    let x3 = over(ebit, assets);
    let x4 = over(equity, liabilities);
    let x5 = over(revenue, assets);
    let missing = if sheet.missing.is_empty() { String::new() } else { sheet.why_not() };
    let name = |suffix: &str| format!("{id}.{suffix}");
    let mut parts = vec![
        ratio_part(&name("x1"), "(current assets - current liabilities)/total assets", x1, &missing),
        ratio_part(&name("x2"), "retained earnings/total assets", x2, &missing),
        ratio_part(&name("x3"), "EBIT/total assets", x3, &missing),
        ratio_part(
            &name("x4"),
            if market.is_some() { "public float/total liabilities" } else { "book equity/total liabilities" },
            x4,
            &missing,
        ),
    ];
    if turnover {
        parts.push(ratio_part(&name("x5"), "revenue/total assets", x5, &missing));
    }
    Ratios {
        parts,
        x: [x1, x2, x3, x4, x5],
        equity_to_liabilities: x4,
        retained_negative: retained.is_some_and(|retained| retained < 0.0),
        ebit_negative: ebit.is_some_and(|ebit| ebit <= 0.0),
    }
}

fn weigh(weights: &[f64], x: &[Option<f64>]) -> Option<f64> {
    weights.iter().zip(x).try_fold(0.0, |sum, (weight, x)| Some(sum + weight * (*x)?))
}

fn zone(z: f64, distress: f64, safe: f64) -> &'static str {
    if z < distress {
        "distress"
    } else if z <= safe {
        "grey"
    } else {
        "safe"
    }
}

fn severity(zone: &str, deep: bool) -> Severity {
    match zone {
        "distress" if deep => Severity::High,
        "distress" => Severity::Caution,
        "grey" => Severity::Info,
        _ => Severity::None,
    }
}

/// Whether the score lives on X4 alone: hardly any liabilities, losses, and a zone that the rest does not bear out.
fn is_cash_shell(ratios: &Ratios, z: f64, x4_weight: f64, distress: f64) -> bool {
    ratios.equity_to_liabilities.is_some_and(|x4| {
        x4 > 4.0 && ratios.retained_negative && ratios.ebit_negative && z >= distress && z - x4_weight * x4 < distress
    })
}

fn shell(frame: &Frame<'_>, ratios: Ratios, z: f64, sheet: Sheet<'_, '_>) -> Signal {
    let x4 = ratios.equity_to_liabilities.unwrap_or_default();
    let mut signal = frame.not_applicable(format!(
        "equity is {x4:.1} times liabilities while retained earnings and EBIT are negative: the score of {z:.2} would \
         rest on that ratio alone (a cash shell), so no zone is given; see cash_runway"
    ));
    signal.inputs = sheet.inputs;
    signal.parts = ratios.parts;
    signal
}

fn finish(
    frame: &Frame<'_>,
    ratios: Ratios,
    weights: &[f64],
    cuts: (f64, f64),
    deep: f64,
    sheet: Sheet<'_, '_>,
    column: &Column,
    note: &str,
) -> Signal {
    let Some(z) = weigh(weights, &ratios.x) else {
        let why = if sheet.missing.is_empty() {
            let lacking = super::sheet::lacking(&ratios.parts);
            format!("no value: {}", lacking.join("; "))
        } else {
            sheet.why_not()
        };
        let mut signal = frame.not_run(why);
        signal.inputs = sheet.inputs;
        signal.parts = ratios.parts;
        return signal;
    };
    let x4_weight = weights.get(3).copied().unwrap_or_default();
    if is_cash_shell(&ratios, z, x4_weight, cuts.0) {
        return shell(frame, ratios, z, sheet);
    }
    let zone = zone(z, cuts.0, cuts.1);
    let mut signal = frame.ran(
        z,
        zone,
        severity(zone, z < deep),
        format!("{z:.2} for {}: {zone} zone (distress below {}, safe above {}){note}", column.words(), cuts.0, cuts.1),
    );
    signal.inputs = sheet.inputs;
    signal.parts = ratios.parts;
    signal
}

/// Whether a kind of company is outside of all three models.
fn financial(frame: &Frame<'_>, industry: Industry) -> Option<Signal> {
    (industry == Industry::Financial).then(|| {
        frame.not_applicable(
            "a financial company (SIC 6000-6999): its balance sheet has no working capital in the model's sense",
        )
    })
}

/// Only the first form that could be computed may flag: Z for public manufacturers, Z' where their float is not known,
/// Z'' for everyone else. The others are shown as computed.
pub(super) fn one_flag(mut forms: [Signal; 3]) -> [Signal; 3] {
    let applies = forms.iter().position(|form| form.status == Status::Ran);
    let name = applies.and_then(|at| forms.get(at)).map(|form| form.id.clone()).unwrap_or_default();
    for (at, form) in forms.iter_mut().enumerate() {
        if form.status == Status::Ran && Some(at) != applies {
            form.severity = Severity::None;
            form.why.push_str(&format!("; shown beside {name}, the form that applies, and not flagged"));
        }
    }
    forms
}

/// Z, for public manufacturers.
pub(super) fn z(figures: &Figures<'_>, industry: Industry) -> Signal {
    match industry {
        Industry::Financial => {
            return Z.not_applicable("a financial company (SIC 6000-6999): the model was made for manufacturers");
        }
        Industry::Other => {
            return Z.not_applicable(
                "not a manufacturer (SIC outside 2000-3999): sales over assets differs by industry; altman_z2 applies",
            );
        }
        Industry::Unknown => {
            return Z.not_run("EDGAR gives no industry code, so whether the model for manufacturers applies cannot be told; see altman_z2");
        }
        Industry::Manufacturing => {}
    }
    let column = match figures.annual() {
        Ok(column) => column,
        Err(why) => return Z.not_run(why),
    };
    let float = match public_float(figures, &column) {
        Ok(float) => float,
        Err(why) => return Z.not_run(why),
    };
    let mut sheet = Sheet::new(figures);
    sheet.record("public float, in place of the market value of equity", &float);
    let ratios = ratios(&mut sheet, Z.id, &column, Some(float.value), true);
    let note = format!(
        "; X4 with the public float of {} as of {}, without the shares of affiliates: a lower bound",
        large(float.value, &float.unit),
        float.end
    );
    finish(&Z, ratios, &[1.2, 1.4, 3.3, 0.6, 0.999], (1.81, 2.99), 0.0, sheet, &column, &note)
}

/// The float that the year's annual report gives on its cover: dated within the year, or by filers who date it like the cover,
/// a few months after. One that is hundreds of times smaller or larger than all others is an error of units.
fn public_float(figures: &Figures<'_>, column: &Column) -> Result<Figure, String> {
    const NONE: &str = "the market value of equity is in no filing, and the annual report gives no public float \
         (dei:EntityPublicFloat) for its year; altman_z1 uses book equity";
    let view = figures.view();
    let Some(start) = column.start else { return Err(NONE.to_owned()) };
    let stated = || {
        view.of("dei:EntityPublicFloat").filter(|fact| view.facts().unit(fact) == column.currency && fact.value > 0.0)
    };
    let newest = stated()
        .filter(|fact| {
            fact.end >= start
                && days_between(column.end, fact.end) <= 120
                && view.facts().filing(fact).is_some_and(|filing| edgar::facts::is_annual_form(&filing.form))
        })
        .max_by_key(|fact| (fact.filed, fact.end));
    let Some(fact) = newest else { return Err(NONE.to_owned()) };
    // As the annual report has it: quarterly reports repeat it rounded.
    let float = view.figure("dei:EntityPublicFloat", fact);
    let mut others = stated().filter(|other| other.end != float.end).map(|other| other.value / float.value).peekable();
    if others.peek().is_some() && others.all(|times| !(1.0 / 300.0..=300.0).contains(&times)) {
        return Err(format!(
            "the public float of {} on the cover is hundreds of times off those of all other years: an error of units; \
             altman_z1 uses book equity",
            large(float.value, &float.unit)
        ));
    }
    Ok(float)
}

/// Z', for manufacturers, on book equity.
pub(super) fn z1(figures: &Figures<'_>, industry: Industry) -> Signal {
    match industry {
        Industry::Financial => {
            return Z1.not_applicable("a financial company (SIC 6000-6999): the model was made for manufacturers");
        }
        Industry::Other => {
            return Z1.not_applicable(
                "not a manufacturer (SIC outside 2000-3999): sales over assets differs by industry; altman_z2 applies",
            );
        }
        Industry::Unknown => {
            return Z1.not_run("EDGAR gives no industry code, so whether the model for manufacturers applies cannot be told; see altman_z2");
        }
        Industry::Manufacturing => {}
    }
    let column = match figures.annual() {
        Ok(column) => column,
        Err(why) => return Z1.not_run(why),
    };
    let mut sheet = Sheet::new(figures);
    let ratios = ratios(&mut sheet, Z1.id, &column, None, true);
    finish(&Z1, ratios, &[0.717, 0.847, 3.107, 0.420, 0.998], (1.23, 2.90), 0.0, sheet, &column, "")
}

/// Z'', for every company that is not financial.
pub(super) fn z2(figures: &Figures<'_>, industry: Industry) -> Signal {
    if let Some(signal) = financial(&Z2, industry) {
        return signal;
    }
    let column = match figures.annual() {
        Ok(column) => column,
        Err(why) => return Z2.not_run(why),
    };
    let weights = [6.56, 3.26, 6.72, 1.05];
    let mut sheet = Sheet::new(figures);
    let ratios = ratios(&mut sheet, Z2.id, &column, None, false);
    let note = match industry {
        Industry::Unknown => "; EDGAR gives no industry code: not for financial companies",
        Industry::Manufacturing => "; a manufacturer: see also altman_z and altman_z1",
        _ => "; not a manufacturer: this is the form that applies",
    };
    let mut signal = finish(&Z2, ratios, &weights, (1.1, 2.6), DEEP_Z2, sheet, &column, note);
    if let Some(latest) = latest_twelve_months(figures, &column, &weights) {
        signal.parts.push(latest);
    }
    signal
}

/// The same score on the newest balance sheet and the twelve months to it, where that is newer than the year.
fn latest_twelve_months(figures: &Figures<'_>, annual: &Column, weights: &[f64]) -> Option<Signal> {
    let column = figures.latest().ok().filter(|column| column.end > annual.end)?;
    let mut sheet = Sheet::new(figures);
    let ratios = ratios(&mut sheet, "altman_z2", &column, None, false);
    let formula = "the same on the newest balance sheet and the twelve months to it";
    let mut signal = match weigh(weights, &ratios.x) {
        Some(z) => {
            let mut signal = part("altman_z2.trailing", formula, Some(z), format!("{z:.2} for {}", column.words()));
            signal.zone = Some(zone(z, 1.1, 2.6).to_owned());
            signal
        }
        None => part("altman_z2.trailing", formula, None, sheet.why_not()),
    };
    debug_assert!(signal.status != Status::NotApplicable);
    signal.inputs = sheet.inputs;
    Some(signal)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published weights on round numbers, by hand: 0.12 + 0.28 + 0.33 + 0.6 + 0.999 and -0.24 - 0.7 - 0.66 + 0.06 + 0.4995.
    #[test]
    fn the_published_weights_are_used() {
        let weights = [1.2, 1.4, 3.3, 0.6, 0.999];
        let (one, other) = (
            weigh(&weights, &[0.1, 0.2, 0.1, 1.0, 1.0].map(Some)).unwrap(),
            weigh(&weights, &[-0.2, -0.5, -0.2, 0.1, 0.5].map(Some)).unwrap(),
        );
        assert!((one - 2.329).abs() < 1e-12, "{one}");
        assert!((other - -1.0405).abs() < 1e-12, "{other}");
        assert_eq!((zone(one, 1.81, 2.99), zone(other, 1.81, 2.99)), ("grey", "distress"));
        assert_eq!(weigh(&weights, &[Some(0.1), None]), None);
    }

    /// Lesson 5: grey is not distress.
    #[test]
    fn grey_weighs_less_than_distress() {
        assert_eq!(zone(1.1, 1.1, 2.6), "grey");
        assert_eq!(zone(1.0999, 1.1, 2.6), "distress");
        assert!(severity("grey", false) < severity("distress", false));
        assert!(severity("distress", false) < severity("distress", true));
        assert_eq!(severity("safe", true), Severity::None);
    }

    /// Only the form that applies flags; what did not run is not the one that applies.
    #[test]
    fn one_form_flags_and_the_others_are_shown() {
        let ran = |frame: &Frame<'_>, zone: &str| frame.ran(2.0, zone, severity(zone, false), String::new());
        let forms = one_flag([ran(&Z, "safe"), ran(&Z1, "grey"), ran(&Z2, "distress")]);
        assert!(forms.iter().all(|form| form.severity == Severity::None && form.value.is_some()));
        assert_eq!(forms[2].zone.as_deref(), Some("distress"));
        assert!(forms[1].why.contains("altman_z, the form that applies"), "{}", forms[1].why);
        let forms = one_flag([Z.not_run("no float"), ran(&Z1, "distress"), ran(&Z2, "distress")]);
        assert_eq!(forms.map(|form| form.severity), [Severity::None, Severity::Caution, Severity::None]);
        let forms = one_flag([Z.not_applicable("services"), Z1.not_applicable("services"), ran(&Z2, "grey")]);
        assert_eq!(forms[2].severity, Severity::Info);
    }
}
