//! What missing outcomes could at most change: bounds without any assumption on why they are
//! missing (Manski 1989, Journal of Human Resources 24).
//!
//! An answer that was refused, cut off or never came has no score, and models may differ in how
//! often that happens. If the bounds agree on a verdict, it holds whatever the missing ones were.

use serde::{Deserialize, Serialize};

use crate::degenerate::{Degenerate, Parameter, check_sample};
use crate::describe::mean_of;
use crate::interval::{self, Interval};
use crate::rate::{self, RateMethod};

/// The range of an estimate over all values that missing outcomes could have had.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// The estimate if every missing outcome had been as low as can be.
    pub low: f64,
    /// The estimate if every missing outcome had been as high as can be.
    pub high: f64,
    /// The confidence interval's lower bound at `low` and upper bound at `high`: covers the whole
    /// range, so at least the level. None where either has none.
    pub interval: Option<Interval>,
}

/// Bounds of a pass rate with Wilson's intervals. Needs an outcome, missing ones included.
pub fn rate(passes: u64, fails: u64, missing: u64, level: f64) -> Result<Bounds, Degenerate> {
    let total = passes.saturating_add(fails).saturating_add(missing);
    let worst = rate::estimate(passes, total, level, RateMethod::Wilson)?;
    let best = rate::estimate(passes.saturating_add(missing), total, level, RateMethod::Wilson)?;
    let interval = Interval { low: worst.interval.low, high: best.interval.high, level };
    Ok(Bounds { low: worst.rate, high: best.rate, interval: Some(interval) })
}

/// Bounds of a mean of scores between `lowest` and `highest`, with t intervals. Missing scores are
/// `None`. Fails on a score outside the range.
pub fn mean(scores: &[Option<f64>], (lowest, highest): (f64, f64), level: f64) -> Result<Bounds, Degenerate> {
    let range = (lowest, highest);
    check_scores(scores, range)?;
    of_extremes(&filled(scores, lowest), &filled(scores, highest), level)
}

/// Bounds of the mean of paired differences a - b of scores within the range: low where a's missing
/// scores are lowest and b's highest, high the other way round.
pub fn paired_difference(
    a: &[Option<f64>],
    b: &[Option<f64>],
    (lowest, highest): (f64, f64),
    level: f64,
) -> Result<Bounds, Degenerate> {
    if a.len() != b.len() {
        return Err(Degenerate::UnequalLengths { a: a.len(), b: b.len() });
    }
    check_scores(a, (lowest, highest))?;
    check_scores(b, (lowest, highest))?;
    let differences = |a_missing: f64, b_missing: f64| -> Vec<f64> {
        filled(a, a_missing).iter().zip(filled(b, b_missing)).map(|(a, b)| a - b).collect()
    };
    of_extremes(&differences(lowest, highest), &differences(highest, lowest), level)
}

fn check_scores(scores: &[Option<f64>], (lowest, highest): (f64, f64)) -> Result<(), Degenerate> {
    check_sample(&[lowest, highest], 2)?;
    if lowest > highest {
        return Err(Degenerate::OutOfRange { parameter: Parameter::Observation, value: lowest });
    }
    if scores.is_empty() {
        return Err(Degenerate::TooFew { n: 0, need: 1 });
    }
    for (index, score) in scores.iter().enumerate() {
        let Some(value) = *score else { continue };
        if !value.is_finite() {
            return Err(Degenerate::NotFinite { index });
        }
        if value < lowest || value > highest {
            return Err(Degenerate::OutOfRange { parameter: Parameter::Observation, value });
        }
    }
    Ok(())
}

fn filled(scores: &[Option<f64>], missing: f64) -> Vec<f64> {
    scores.iter().map(|score| score.unwrap_or(missing)).collect()
}

fn of_extremes(worst: &[f64], best: &[f64], level: f64) -> Result<Bounds, Degenerate> {
    crate::degenerate::check_probability(Parameter::Level, level)?;
    let of = |values: &[f64]| interval::mean(values, level).ok().map(|mean| mean.interval);
    let interval = of(worst).zip(of(best)).map(|(worst, best)| Interval { low: worst.low, high: best.high, level });
    Ok(Bounds { low: mean_of(worst), high: mean_of(best), interval })
}
