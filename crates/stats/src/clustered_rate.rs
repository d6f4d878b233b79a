//! A pass rate over items that ran several times, weigh differently or come in clusters: intervals of
//! single trials at the number of trials that the data are worth.
//!
//! Korn and Graubard (1998, Survey Methodology 24) put the effective number of trials into Clopper and
//! Pearson's interval; Wilson's takes it as well (Dean and Pagano 2015, Survey Practice 8). The
//! effective number is estimated from the spread of the units, which few failures do not show; one
//! imagined unit of the other extreme keeps "every run passed" from being read as "all runs are
//! independent", and so one more failure never makes a bound better.

use crate::degenerate::{Degenerate, Parameter, check_probability, check_sample};
use crate::describe::mean_of;
use crate::distribution::{beta_quantile, normal_quantile, t_quantile};
use crate::interval::Interval;
use crate::rate::RateMethod;

/// How many independent trials `units` are worth. A unit is an item or a cluster; its value is its
/// share of passes, or the linearised one where units differ in size, so that the rate is the mean of
/// the units. `answers` are all single trials and the most that can come out.
///
/// Units that pass or fail as a whole are worth their number. Fewer than two units are
/// [`Degenerate::TooFew`].
pub fn effective_trials(units: &[f64], answers: usize, level: f64) -> Result<f64, Degenerate> {
    check_probability(Parameter::Level, level)?;
    check_sample(units, 2)?;
    let count = units.len() as f64;
    if units.iter().all(|unit| *unit == 0.0 || *unit == 1.0) {
        return Ok(count);
    }
    let rate = mean_of(units);
    let extreme = if rate >= 0.5 { 0.0 } else { 1.0 };
    let padded = (count * rate + extreme) / (count + 1.0);
    let squares = units.iter().map(|unit| (unit - padded).powi(2)).sum::<f64>() + (extreme - padded).powi(2);
    let binomial = padded * (1.0 - padded);
    if binomial <= 0.0 {
        return Ok(count);
    }
    // The variance of a unit relative to that of a single trial.
    let ratio = squares / (count + 1.0) / binomial;
    // As far as it is estimated from few units, it is uncertain as in a t interval.
    let few = (t_quantile(0.5 + level / 2.0, count - 1.0) / normal_quantile(0.5 + level / 2.0)).powi(2);
    let ratio = if ratio < 1.0 { (ratio * (1.0 + (1.0 - ratio) * (few - 1.0))).min(1.0) } else { ratio * few };
    Ok((count / ratio).clamp(1.0, (answers as f64).max(1.0)))
}

/// The interval of `rate` from `trials` trials, which need not be whole. For whole numbers it is that of
/// [`rate::estimate`](crate::rate::estimate). [`RateMethod::Wilson`] and [`RateMethod::ClopperPearson`] alone;
/// the others are taken for Clopper and Pearson's.
pub fn interval(rate: f64, trials: f64, level: f64, method: RateMethod) -> Result<Interval, Degenerate> {
    check_probability(Parameter::Level, level)?;
    check_sample(&[rate, trials], 2)?;
    if !(0.0..=1.0).contains(&rate) {
        return Err(Degenerate::OutOfRange { parameter: Parameter::Observation, value: rate });
    }
    if trials <= 0.0 {
        return Err(Degenerate::TooFew { n: 0, need: 1 });
    }
    let tail = (1.0 - level) / 2.0;
    let (low, high) = if method == RateMethod::Wilson {
        let square = normal_quantile(1.0 - tail).powi(2);
        let centre = (rate + square / (2.0 * trials)) / (1.0 + square / trials);
        let spread = (rate * (1.0 - rate) / trials + square / (4.0 * trials * trials)).sqrt();
        let half = square.sqrt() * spread / (1.0 + square / trials);
        (centre - half, centre + half)
    } else {
        let passes = rate * trials;
        (
            if rate == 0.0 { 0.0 } else { beta_quantile(tail, passes, trials - passes + 1.0) },
            if rate == 1.0 { 1.0 } else { beta_quantile(1.0 - tail, passes + 1.0, trials - passes) },
        )
    };
    let low = if rate == 0.0 { 0.0 } else { low.max(0.0) };
    let high = if rate == 1.0 { 1.0 } else { high.min(1.0) };
    Ok(Interval { low, high, level })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate;

    #[test]
    fn whole_trials_are_the_intervals_of_single_trials() {
        for method in [RateMethod::Wilson, RateMethod::ClopperPearson] {
            for (passes, trials) in [(0, 20), (9, 10), (10, 10), (45, 50), (1, 3)] {
                let expected = rate::estimate(passes, trials, 0.95, method).unwrap().interval;
                let found = interval(passes as f64 / trials as f64, trials as f64, 0.95, method).unwrap();
                assert!((found.low - expected.low).abs() < 1e-12 && (found.high - expected.high).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn units_without_repeats_are_worth_their_number_and_repeats_at_most_their_answers() {
        let single = [1.0, 0.0, 1.0, 1.0, 1.0];
        assert_eq!(effective_trials(&single, 5, 0.95).unwrap(), 5.0);
        // Every item at the same share: the runs are as good as independent.
        let alike = [0.5; 40];
        let found = effective_trials(&alike, 160, 0.95).unwrap();
        assert!(found > 120.0 && found <= 160.0, "{found}");
        // Runs that agree within their item add nothing.
        let mut agreeing = vec![1.0; 30];
        agreeing.extend([0.0; 10]);
        assert_eq!(effective_trials(&agreeing, 160, 0.95).unwrap(), 40.0);
    }

    #[test]
    fn a_failure_more_never_raises_the_lower_bound() {
        let low = |failures: usize| {
            let mut units = vec![1.0; 50];
            for failure in 0..failures {
                units[failure % 50] -= 0.25;
            }
            let trials = effective_trials(&units, 200, 0.9).unwrap();
            let rate = units.iter().sum::<f64>() / 50.0;
            interval(rate, trials, 0.9, RateMethod::ClopperPearson).unwrap().low
        };
        assert!((low(0) - 0.05_f64.powf(1.0 / 50.0)).abs() < 1e-12);
        for failures in 0..40 {
            assert!(low(failures + 1) <= low(failures) + 1e-9, "{failures}: {} {}", low(failures), low(failures + 1));
        }
    }
}
