//! Special functions that the distributions stand on: the logarithm of the beta function and both
//! tails of the regularised incomplete beta function, accurate for the large arguments that
//! thousands of observations bring.

use statrs::function::gamma::ln_gamma;

const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_8;

/// ln B(a, b) for a, b > 0. Large arguments go through Stirling's series so that the leading terms
/// cancel on paper and not in floating point (Didonato and Morris 1992, ACM TOMS 708).
pub(crate) fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, large) = if a <= b { (a, b) } else { (b, a) };
    let ratio = small / large;
    if small >= 10.0 {
        let correction = stirling_remainder(small) + stirling_remainder(large) - stirling_remainder(a + b);
        HALF_LN_TWO_PI - 0.5 * large.ln() + correction + (small - 0.5) * (ratio / (1.0 + ratio)).ln()
            - large * ratio.ln_1p()
    } else if large >= 10.0 {
        let correction = stirling_remainder(large) - stirling_remainder(a + b);
        ln_gamma(small) + correction + small - small * (a + b).ln() - (large - 0.5) * ratio.ln_1p()
    } else {
        ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
    }
}

/// ln Γ(x) - [(x - 1/2) ln x - x + ln(2π)/2] for x >= 10 (Abramowitz and Stegun 6.1.41).
fn stirling_remainder(x: f64) -> f64 {
    let inverse_square = 1.0 / (x * x);
    const TERMS: [f64; 7] =
        [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0, 1.0 / 156.0];
    TERMS.iter().rev().fold(0.0, |sum, term| sum * inverse_square + term) / x
}

/// I_x(a, b) and its complement. `y` is 1 - x, given apart so that neither tail loses digits.
pub(crate) fn beta_tails(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    let front = (a * x.ln() + b * y.ln() - ln_beta(a, b)).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        let lower = front * continued_fraction(a, b, x) / a;
        (lower, 1.0 - lower)
    } else {
        let upper = front * continued_fraction(b, a, y) / b;
        (1.0 - upper, upper)
    }
}

/// The continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method.
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    // Convergence takes on the order of sqrt(max(a, b)) steps.
    let limit = 200 + 10 * a.max(b).sqrt() as u64;
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for step in 1..=limit {
        let m = step as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away_from_zero(1.0 + even * d);
        c = away_from_zero(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away_from_zero(1.0 + odd * d);
        c = away_from_zero(1.0 + odd / c);
        fraction *= d * c;
        if (d * c - 1.0).abs() < 1e-16 {
            break;
        }
    }
    fraction
}
