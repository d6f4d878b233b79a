//! The distributions that the methods refer to: tails and quantiles of the normal, Student's t
//! (central and noncentral), chi-squared with one degree of freedom, beta and binomial.
//!
//! Arguments are checked by the callers; outside the domain of a function the result is NaN.

use statrs::function::erf::{erfc, erfc_inv};

use crate::root::bisect;
use crate::special::{beta_tails, ln_beta};

/// P(Z <= x) for a standard normal Z.
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * erfc(-x / std::f64::consts::SQRT_2)
}

/// P(Z > x) for a standard normal Z, with full relative accuracy in the tail.
pub fn normal_sf(x: f64) -> f64 {
    normal_cdf(-x)
}

/// The z with P(Z <= z) = `probability`; infinite at 0 and 1.
pub fn normal_quantile(probability: f64) -> f64 {
    -std::f64::consts::SQRT_2 * erfc_inv(2.0 * probability)
}

/// P(T > t) for Student's t with `df` > 0 degrees of freedom.
pub fn t_sf(t: f64, df: f64) -> f64 {
    let square = t * t;
    let outside = beta_tails(df / 2.0, 0.5, df / (df + square), square / (df + square)).0;
    if t >= 0.0 { outside / 2.0 } else { 1.0 - outside / 2.0 }
}

/// P(|T| > |t|), the two-sided p-value of a t statistic.
pub fn t_two_sided(t: f64, df: f64) -> f64 {
    2.0 * t_sf(t.abs(), df)
}

/// The t with P(T <= t) = `probability`.
pub fn t_quantile(probability: f64, df: f64) -> f64 {
    let tail = probability.min(1.0 - probability);
    if tail == 0.5 {
        return 0.0;
    }
    // X = df / (df + T²) follows Beta(df/2, 1/2), 1 - X the mirrored one. Solving for whichever
    // is smaller keeps the digits of both far tails and the centre.
    let (a, both_tails) = (df / 2.0, 2.0 * tail);
    let t = if both_tails < beta_tails(a, 0.5, 0.5, 0.5).0 {
        let x = beta_quantile_from_tails(a, 0.5, both_tails, 1.0 - both_tails);
        (df * (1.0 - x) / x).sqrt()
    } else {
        let y = beta_quantile_from_tails(0.5, a, 1.0 - both_tails, both_tails);
        (df * y / (1.0 - y)).sqrt()
    };
    if probability < 0.5 { -t } else { t }
}

/// P(X > x) for chi-squared with one degree of freedom.
pub fn chi_squared_1_sf(x: f64) -> f64 {
    erfc((x / 2.0).sqrt())
}

/// P(X <= x) for Beta(a, b).
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    beta_tails(a, b, x, 1.0 - x).0
}

/// The density of Beta(a, b) at x in (0, 1).
pub fn beta_density(x: f64, a: f64, b: f64) -> f64 {
    ((a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p() - ln_beta(a, b)).exp()
}

/// The x with P(X <= x) = `probability` for Beta(a, b).
pub fn beta_quantile(probability: f64, a: f64, b: f64) -> f64 {
    beta_quantile_from_tails(a, b, probability, 1.0 - probability)
}

/// Newton's method within a shrinking bracket, on the smaller of the two tails.
fn beta_quantile_from_tails(a: f64, b: f64, lower: f64, upper: f64) -> f64 {
    if lower <= 0.0 {
        return 0.0;
    }
    if upper <= 0.0 {
        return 1.0;
    }
    let excess = |x: f64| {
        let tails = beta_tails(a, b, x, 1.0 - x);
        if lower <= upper { tails.0 - lower } else { upper - tails.1 }
    };
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    let mut x = a / (a + b);
    for _ in 0..400 {
        let error = excess(x);
        if error == 0.0 {
            return x;
        }
        if error > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let newton = x - error / beta_density(x, a, b);
        let next = if newton > low && newton < high { newton } else { low + (high - low) / 2.0 };
        if (next - x).abs() <= f64::EPSILON * x {
            return next;
        }
        x = next;
    }
    x
}

/// P(X <= k) for the number of successes in `n` trials that each succeed with probability `p`.
pub fn binomial_cdf(k: u64, n: u64, p: f64) -> f64 {
    if k >= n {
        return 1.0;
    }
    beta_tails((n - k) as f64, k as f64 + 1.0, 1.0 - p, p).0
}

/// P(X = k) for the binomial distribution.
pub fn binomial_mass(k: u64, n: u64, p: f64) -> f64 {
    if k > n {
        return 0.0;
    }
    let (k, n) = (k as f64, n as f64);
    let ln_choose = -(n + 1.0).ln() - ln_beta(k + 1.0, n - k + 1.0);
    let ln_power = |count: f64, ln: f64| if count == 0.0 { 0.0 } else { count * ln };
    (ln_choose + ln_power(k, p.ln()) + ln_power(n - k, (-p).ln_1p())).exp()
}

/// P(T' <= t) for the noncentral t with `df` degrees of freedom and noncentrality `delta`.
///
/// Integrates Φ(t s - delta) over the density of s = sqrt(χ²/df) with Simpson's rule; absolute
/// error about 1e-10 for df >= 2.
pub fn noncentral_t_cdf(t: f64, df: f64, delta: f64) -> f64 {
    const STEPS: u32 = 2_000;
    let spread = 1.0 / (2.0 * df).sqrt();
    let low = (1.0 - 12.0 * spread).max(0.0);
    let high = 1.0 + 12.0 * spread;
    let half = df / 2.0;
    let ln_constant = std::f64::consts::LN_2 + half * half.ln() - statrs::function::gamma::ln_gamma(half);
    let integrand = |s: f64| {
        let power = if df == 1.0 { 0.0 } else { (df - 1.0) * s.ln() };
        (ln_constant + power - half * s * s).exp() * normal_cdf(t * s - delta)
    };
    let width = (high - low) / f64::from(STEPS);
    let inner: f64 = (1..STEPS)
        .map(|i| {
            let weight = if i % 2 == 1 { 4.0 } else { 2.0 };
            weight * integrand(low + f64::from(i) * width)
        })
        .sum();
    ((integrand(low) + inner + integrand(high)) * width / 3.0).clamp(0.0, 1.0)
}

/// P(X > Y) for independent X ~ Beta(a1, b1) and Y ~ Beta(a2, b2), by Simpson's rule over the
/// bulk of X (all but 1e-15 of its mass on each side).
pub fn beta_exceeds(a1: f64, b1: f64, a2: f64, b2: f64) -> f64 {
    const STEPS: u32 = 4_000;
    let low = beta_quantile(1e-15, a1, b1);
    let high = bisect(low, 1.0, false, |x| beta_tails(a1, b1, x, 1.0 - x).1 - 1e-15);
    // The density may be infinite at 0 or 1 for shapes below 1; those points carry no mass.
    let integrand = |x: f64| {
        let value = beta_density(x, a1, b1) * beta_cdf(x, a2, b2);
        if value.is_finite() { value } else { 0.0 }
    };
    let width = (high - low) / f64::from(STEPS);
    let inner: f64 = (1..STEPS)
        .map(|i| {
            let weight = if i % 2 == 1 { 4.0 } else { 2.0 };
            weight * integrand(low + f64::from(i) * width)
        })
        .sum();
    ((integrand(low) + inner + integrand(high)) * width / 3.0).clamp(0.0, 1.0)
}
