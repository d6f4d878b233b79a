//! First digits of the reported figures against Benford's law.

use std::collections::HashSet;

use super::sheet::{Frame, part};
use crate::figures::Figures;
use crate::signal::{Input, Severity, Signal};

const FRAME: Frame<'static> = Frame {
    id: "benford",
    formula: "mean absolute deviation of the shares of the first digits 1 to 9 from log10(1 + 1/d), among the amounts of money that \
              the last annual report gives in XBRL without dimensions, each absolute value once, zeros left out; \
              chi-squared with 8 degrees of freedom beside it",
    source: "Nigrini, Benford's Law (2012): MAD up to 0.006 close, to 0.012 acceptable, to 0.015 marginal conformity, above \
             nonconformity; for the figures of one filing Amiram, Bozanic and Rouen, Review of Accounting Studies 20 (2015). \
             Nigrini's bounds were found on thousands of numbers; a filing has hundreds, and chance alone gives a MAD of about \
             0.24/sqrt(n).",
};

/// With fewer figures the first digits say nothing.
const LEAST: usize = 100;

/// With fewer, the zones do not hold and the warning is given.
const ENOUGH: usize = 300;

/// The signal.
pub(super) fn run(figures: &Figures<'_>) -> Signal {
    if let Err(why) = figures.annual() {
        return FRAME.not_run(why);
    }
    let view = figures.view();
    // The newest annual report of the last year that has its statements: an amendment may carry a cover alone.
    let Some(end) = figures.last_year().map(|column| column.end) else { return FRAME.not_run("no financial year") };
    let report = ["us-gaap:Assets", "us-gaap:LiabilitiesAndStockholdersEquity", "ifrs-full:Assets"]
        .iter()
        .flat_map(|tag| view.ending(tag, end))
        .filter_map(|fact| view.facts().filing(fact))
        .filter(|filing| edgar::facts::is_annual_form(&filing.form))
        .max_by_key(|filing| filing.filed);
    let Some(report) = report else {
        return FRAME.not_run(format!("no annual report gives the balance sheet of {end}"));
    };
    let mut seen: HashSet<u64> = HashSet::new();
    let mut counts = [0_usize; 9];
    for (tag, facts) in view.facts().concepts() {
        if tag.starts_with("dei:") {
            continue;
        }
        for fact in facts {
            let unit = view.facts().unit(fact);
            let money = unit.len() == 3 && unit.bytes().all(|byte| byte.is_ascii_uppercase());
            let value = fact.value.abs();
            if !money || value < 1.0 || fact.filed != report.filed {
                continue;
            }
            if view.facts().filing(fact).is_none_or(|filing| filing.accession != report.accession) {
                continue;
            }
            if seen.insert(value.to_bits())
                && let Some(count) = first_digit(value).and_then(|digit| counts.get_mut(digit - 1))
            {
                *count += 1;
            }
        }
    }
    let n: usize = counts.iter().sum();
    if n < LEAST {
        return FRAME.not_run(format!(
            "{n} different amounts in the report {}: fewer than {LEAST}, first digits say nothing",
            report.accession
        ));
    }
    let (mad, chi) = deviation(&counts);
    let chance = 0.24 / (n as f64).sqrt();
    let p = chi_squared_8(chi);
    let zone = if mad <= 0.006 {
        "close"
    } else if mad <= 0.012 {
        "acceptable"
    } else if mad <= 0.015 {
        "marginal"
    } else {
        "nonconforming"
    };
    // A zone beyond what chance gives this few numbers, and only then worth a line.
    let severity = if zone == "nonconforming" && p < 0.01 { Severity::Info } else { Severity::None };
    let warning = if n < ENOUGH {
        format!("; warning: {n} figures are too few for the zones, chance alone gives {chance:.3}")
    } else {
        format!("; chance alone gives about {chance:.3} with so many")
    };
    let mut signal = FRAME.ran(mad, zone, severity, format!("deviation {mad:.4} over {n} figures (p {p:.3}){warning}"));
    signal.inputs.push(Input {
        name: "different amounts of money in the report".to_owned(),
        value: n as f64,
        unit: "pure".to_owned(),
        tag: "every concept without dimensions but dei".to_owned(),
        start: None,
        end: Some(end),
        accession: Some(report.accession.clone()),
    });
    signal.parts = counts
        .iter()
        .zip(1_u32..)
        .map(|(count, digit)| {
            let share = *count as f64 / n as f64;
            part(
                &format!("benford.digit_{digit}"),
                &format!("share of first digit {digit}; expected {:.4}", expected(digit)),
                Some(share),
                format!("{count} of {n}"),
            )
        })
        .collect();
    signal.parts.push(part(
        "benford.chi_squared",
        "sum of (observed - expected)^2/expected",
        Some(chi),
        format!("{chi:.2}"),
    ));
    signal.parts.push(part(
        "benford.p",
        "upper tail of chi-squared with 8 degrees of freedom",
        Some(p),
        format!("{p:.4}"),
    ));
    signal
}

fn expected(digit: u32) -> f64 {
    (1.0 + 1.0 / f64::from(digit)).log10()
}

/// The first digit of a number of at least one.
fn first_digit(value: f64) -> Option<usize> {
    let text = format!("{value:e}");
    text.chars().next()?.to_digit(10).filter(|digit| *digit > 0).map(|digit| digit as usize)
}

fn deviation(counts: &[usize; 9]) -> (f64, f64) {
    let n = counts.iter().sum::<usize>() as f64;
    counts.iter().zip(1_u32..).fold((0.0, 0.0), |(mad, chi), (count, digit)| {
        let (share, expected) = (*count as f64 / n, expected(digit));
        (mad + (share - expected).abs() / 9.0, chi + n * (share - expected).powi(2) / expected)
    })
}

/// Upper tail of chi-squared with 8 degrees of freedom, in closed form: exp(-x/2) times the first four terms of
/// the exponential series of x/2.
fn chi_squared_8(x: f64) -> f64 {
    let half = x / 2.0;
    (-half).exp() * (1.0 + half + half.powi(2) / 2.0 + half.powi(3) / 6.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_two_conform_and_equal_digits_do_not() {
        let mut counts = [0; 9];
        for power in 0..1000 {
            counts[first_digit(2_f64.powi(power)).unwrap() - 1] += 1;
        }
        // The first digits of 2^0 to 2^999, known since long.
        assert_eq!(counts, [301, 176, 125, 97, 79, 69, 56, 52, 45]);
        assert!(deviation(&counts).0 < 0.001);
        assert!(deviation(&[100; 9]).0 > 0.05);
    }

    /// Table values: 15.507 is the 5 % point and 20.090 the 1 % point.
    #[test]
    fn the_tail_of_chi_squared_is_that_of_the_tables() {
        assert!((chi_squared_8(15.507) - 0.05).abs() < 1e-4);
        assert!((chi_squared_8(20.090) - 0.01).abs() < 1e-4);
        assert_eq!(first_digit(0.0), None);
        assert_eq!(first_digit(9_999_999.0), Some(9));
    }
}
