//! How many runs or items a difference takes, and which difference a design can show.

use serde::{Deserialize, Serialize};

use crate::degenerate::{Degenerate, Parameter, check_probability};
use crate::distribution::{noncentral_t_cdf, normal_quantile, t_quantile};
use crate::hypothesis::welch_df;

/// Sample sizes beyond this are reported as unattainable.
const LARGEST_SAMPLE: usize = 100_000_000;

/// The errors that a design accepts: two-sided level and power.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Errors {
    /// Two-sided significance level.
    pub alpha: f64,
    /// Probability of finding the difference if it is there.
    pub power: f64,
}

impl Default for Errors {
    /// 5 % and 80 %.
    fn default() -> Self {
        Self { alpha: 0.05, power: 0.8 }
    }
}

impl Errors {
    fn check(&self) -> Result<(), Degenerate> {
        check_probability(Parameter::Alpha, self.alpha)?;
        check_probability(Parameter::Power, self.power)?;
        if self.power <= self.alpha {
            return Err(Degenerate::OutOfRange { parameter: Parameter::Power, value: self.power });
        }
        Ok(())
    }

    /// z_{α/2} + z_β.
    fn z(&self) -> f64 {
        normal_quantile(1.0 - self.alpha / 2.0) + normal_quantile(self.power)
    }
}

/// Two contestants on the same items, K_A and K_B runs an item (Miller 2024, section 5).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairedDesign {
    /// ω² = Var(x_A) + Var(x_B) - 2 Cov(x_A, x_B), over the items' true means.
    pub item_variance: f64,
    /// Mean variance σ² of a run of the first contestant.
    pub run_variance_a: f64,
    /// Runs per item of the first contestant.
    pub runs_a: usize,
    /// Mean variance σ² of a run of the second contestant.
    pub run_variance_b: f64,
    /// Runs per item of the second contestant.
    pub runs_b: usize,
}

impl PairedDesign {
    /// Variance of one item's observed difference, ω² + σ_A²/K_A + σ_B²/K_B.
    pub fn difference_variance(&self) -> Result<f64, Degenerate> {
        for spread in [self.item_variance, self.run_variance_a, self.run_variance_b] {
            check_spread(spread)?;
        }
        if self.runs_a == 0 || self.runs_b == 0 {
            return Err(Degenerate::OutOfRange { parameter: Parameter::Runs, value: 0.0 });
        }
        Ok(self.item_variance + self.run_variance_a / self.runs_a as f64 + self.run_variance_b / self.runs_b as f64)
    }

    /// Items needed, before rounding up: (z_{α/2} + z_β)² (ω² + σ_A²/K_A + σ_B²/K_B) / δ².
    pub fn items_needed(&self, difference: f64, errors: &Errors) -> Result<f64, Degenerate> {
        errors.check()?;
        check_difference(difference)?;
        Ok((errors.z() / difference).powi(2) * self.difference_variance()?)
    }

    /// The difference that `items` items can show.
    pub fn minimum_detectable(&self, items: usize, errors: &Errors) -> Result<f64, Degenerate> {
        errors.check()?;
        if items == 0 {
            return Err(Degenerate::TooFew { n: 0, need: 1 });
        }
        Ok(errors.z() * (self.difference_variance()? / items as f64).sqrt())
    }
}

/// Two independent arms compared with Welch's t test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WelchDesign {
    /// Standard deviation of a run of the first arm.
    pub sd_a: f64,
    /// Standard deviation of a run of the second arm.
    pub sd_b: f64,
}

impl WelchDesign {
    /// Power of the two-sided test at a true difference: tails of the noncentral t with
    /// Satterthwaite's degrees of freedom.
    pub fn power(&self, difference: f64, n_a: usize, n_b: usize, alpha: f64) -> Result<f64, Degenerate> {
        self.check(n_a.min(n_b))?;
        check_probability(Parameter::Alpha, alpha)?;
        check_difference(difference)?;
        Ok(self.power_unchecked(difference, n_a, n_b, alpha))
    }

    /// Runs needed in each arm.
    pub fn runs_needed(&self, difference: f64, errors: &Errors) -> Result<usize, Degenerate> {
        self.check(2)?;
        errors.check()?;
        check_difference(difference)?;
        let variance = self.sd_a.powi(2) + self.sd_b.powi(2);
        smallest_sample(errors, variance / difference.powi(2), |n| self.power_unchecked(difference, n, n, errors.alpha))
    }

    /// The difference that `n_a` and `n_b` runs can show.
    pub fn minimum_detectable(&self, n_a: usize, n_b: usize, errors: &Errors) -> Result<f64, Degenerate> {
        self.check(n_a.min(n_b))?;
        errors.check()?;
        let error = self.error(n_a, n_b);
        Ok(error * detectable_shift(errors, |shift| self.power_unchecked(shift * error, n_a, n_b, errors.alpha)))
    }

    fn check(&self, n: usize) -> Result<(), Degenerate> {
        check_spread(self.sd_a)?;
        check_spread(self.sd_b)?;
        if n < 2 {
            return Err(Degenerate::TooFew { n, need: 2 });
        }
        if self.sd_a == 0.0 && self.sd_b == 0.0 {
            return Err(Degenerate::OutOfRange { parameter: Parameter::Spread, value: 0.0 });
        }
        Ok(())
    }

    fn error(&self, n_a: usize, n_b: usize) -> f64 {
        (self.sd_a.powi(2) / n_a as f64 + self.sd_b.powi(2) / n_b as f64).sqrt()
    }

    fn power_unchecked(&self, difference: f64, n_a: usize, n_b: usize, alpha: f64) -> f64 {
        let df = welch_df(self.sd_a.powi(2), n_a, self.sd_b.powi(2), n_b);
        t_power(difference.abs() / self.error(n_a, n_b), df, alpha)
    }
}

/// Power of the paired (or one-sample) t test with `n` pairs whose differences have standard
/// deviation `sd`.
pub fn paired_t_power(difference: f64, sd: f64, n: usize, alpha: f64) -> Result<f64, Degenerate> {
    check_probability(Parameter::Alpha, alpha)?;
    check_difference(difference)?;
    check_positive_spread(sd)?;
    if n < 2 {
        return Err(Degenerate::TooFew { n, need: 2 });
    }
    Ok(t_power(difference.abs() * (n as f64).sqrt() / sd, n as f64 - 1.0, alpha))
}

/// Pairs needed by the paired t test.
pub fn paired_t_pairs_needed(difference: f64, sd: f64, errors: &Errors) -> Result<usize, Degenerate> {
    errors.check()?;
    check_difference(difference)?;
    check_positive_spread(sd)?;
    smallest_sample(errors, (sd / difference).powi(2), |n| {
        t_power(difference.abs() * (n as f64).sqrt() / sd, n as f64 - 1.0, errors.alpha)
    })
}

/// The difference that `n` pairs can show.
pub fn paired_t_minimum_detectable(sd: f64, n: usize, errors: &Errors) -> Result<f64, Degenerate> {
    errors.check()?;
    check_positive_spread(sd)?;
    if n < 2 {
        return Err(Degenerate::TooFew { n, need: 2 });
    }
    let df = n as f64 - 1.0;
    let shift = detectable_shift(errors, |shift| t_power(shift, df, errors.alpha));
    Ok(shift * sd / (n as f64).sqrt())
}

/// Pairs needed by McNemar's test, before rounding up, when the first contestant alone passes a
/// share `only_a` of the items and the second alone `only_b` (Connor 1987, Biometrics 43):
/// (z_{α/2} √ψ + z_β √(ψ - δ²))² / δ², ψ = only_a + only_b, δ = only_a - only_b.
pub fn mcnemar_pairs_needed(only_a: f64, only_b: f64, errors: &Errors) -> Result<f64, Degenerate> {
    errors.check()?;
    let (discordant, difference) = (only_a + only_b, only_a - only_b);
    if !(only_a >= 0.0 && only_b >= 0.0 && discordant <= 1.0) {
        return Err(Degenerate::OutOfRange { parameter: Parameter::Spread, value: discordant });
    }
    check_difference(difference)?;
    let z_alpha = normal_quantile(1.0 - errors.alpha / 2.0);
    let z_beta = normal_quantile(errors.power);
    let spread = (discordant - difference * difference).max(0.0).sqrt();
    Ok(((z_alpha * discordant.sqrt() + z_beta * spread) / difference).powi(2))
}

/// Both tails of the noncentral t beyond the critical value.
fn t_power(noncentrality: f64, df: f64, alpha: f64) -> f64 {
    let critical = t_quantile(1.0 - alpha / 2.0, df);
    1.0 - noncentral_t_cdf(critical, df, noncentrality) + noncentral_t_cdf(-critical, df, noncentrality)
}

/// The noncentrality at which the power is reached; power rises with it.
///
/// Illinois' variant of false position (Dowell and Jarratt 1971) instead of bisection: each power is
/// an integral, and a report asks for one of these for every pair.
fn detectable_shift(errors: &Errors, power: impl Fn(f64) -> f64) -> f64 {
    let excess = |shift: f64| power(shift) - errors.power;
    let (mut low, mut below) = (0.0, errors.alpha - errors.power);
    let mut high = errors.z().max(1.0);
    let mut above = excess(high);
    // Few degrees of freedom need far more than the normal shift, 1e6 being out of all reach.
    while above < 0.0 && high < 1e6 {
        (low, below) = (high, above);
        high *= 1.5;
        above = excess(high);
    }
    let mut last_side = 0;
    for _ in 0..100 {
        if above <= 0.0 || high - low <= 1e-12 * high {
            break;
        }
        let shift = (low * above - high * below) / (above - below);
        let found = excess(shift);
        if found.abs() < 1e-12 {
            return shift;
        }
        let side = if found < 0.0 { -1 } else { 1 };
        if side < 0 {
            (low, below) = (shift, found);
        } else {
            (high, above) = (shift, found);
        }
        // The end that stays twice is halved, or the other would crawl.
        if side == last_side {
            *(if side < 0 { &mut above } else { &mut below }) /= 2.0;
        }
        last_side = side;
    }
    high
}

/// The smallest n from 2 on that reaches the power. `unit` is the variance of one observation's
/// contrast in squared differences, from which the normal approximation starts the search.
fn smallest_sample(errors: &Errors, unit: f64, power: impl Fn(usize) -> f64) -> Result<usize, Degenerate> {
    let start = errors.z().powi(2) * unit;
    if !start.is_finite() || start > LARGEST_SAMPLE as f64 {
        return Err(Degenerate::Unattainable);
    }
    let mut high = (start.ceil() as usize).max(2);
    while power(high) < errors.power {
        // The t test needs a few more than the normal one.
        high += 2 + high / 16;
        if high > 2 * LARGEST_SAMPLE {
            return Err(Degenerate::Unattainable);
        }
    }
    // The normal test never needs more than the t test, so the search seldom has to go below its n.
    let below = (start.ceil() as usize).saturating_sub(1);
    let mut low = if (2..high).contains(&below) && power(below) < errors.power { below } else { 1 };
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        if power(middle) < errors.power {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

fn check_difference(difference: f64) -> Result<(), Degenerate> {
    if difference.is_finite() && difference != 0.0 {
        Ok(())
    } else {
        Err(Degenerate::OutOfRange { parameter: Parameter::Difference, value: difference })
    }
}

fn check_spread(spread: f64) -> Result<(), Degenerate> {
    if spread.is_finite() && spread >= 0.0 {
        Ok(())
    } else {
        Err(Degenerate::OutOfRange { parameter: Parameter::Spread, value: spread })
    }
}

fn check_positive_spread(spread: f64) -> Result<(), Degenerate> {
    if spread == 0.0 {
        return Err(Degenerate::OutOfRange { parameter: Parameter::Spread, value: spread });
    }
    check_spread(spread)
}
