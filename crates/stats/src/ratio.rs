//! The ratio of two means over the same units, such as cost per passed item or how many times more
//! expensive one contestant is than another.

use serde::{Deserialize, Serialize};

use crate::degenerate::{Degenerate, Parameter, check_paired, check_probability, check_sample};
use crate::describe::mean_of;
use crate::distribution::t_quantile;
use crate::interval::{Interval, SmallSample};

/// A ratio of means with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RatioEstimate {
    /// mean of the numerators / mean of the denominators.
    pub ratio: f64,
    /// Fieller's interval.
    pub interval: Interval,
    /// Degrees of freedom, units - 1.
    pub df: f64,
    /// Set for few units.
    pub small_sample: Option<SmallSample>,
}

/// Fieller's interval (1954, JRSS B 16) of mean(a) / mean(b) over units that carry both: all ratios R
/// for which the paired t test does not tell a - R b from 0. It knows that the denominator is
/// uncertain too, and need not lie evenly about the ratio.
///
/// Needs three units. [`Degenerate::Unbounded`] where the denominator's own mean cannot be told from 0
/// at this level: then no finite interval covers. Units that all have one ratio give an interval of no
/// width, and units without any spread are [`Degenerate::Constant`].
pub fn paired(a: &[f64], b: &[f64], level: f64) -> Result<RatioEstimate, Degenerate> {
    check_probability(Parameter::Level, level)?;
    check_paired(a, b)?;
    check_sample(a, 3)?;
    check_sample(b, 3)?;
    let (mean_a, mean_b) = (mean_of(a), mean_of(b));
    let ratio = mean_a / mean_b;
    if !ratio.is_finite() {
        return Err(Degenerate::Unbounded);
    }
    if a.iter().all(|value| *value == a[0]) && b.iter().all(|value| *value == b[0]) {
        return Err(Degenerate::Constant { value: ratio });
    }
    let n = a.len() as f64;
    let covariance = |x: &[f64], mean_x: f64, y: &[f64], mean_y: f64| {
        x.iter().zip(y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum::<f64>() / (n - 1.0) / n
    };
    let squared = t_quantile(0.5 + level / 2.0, n - 1.0).powi(2);
    // R lies inside when quadratic R² - 2 linear R + constant <= 0.
    let quadratic = mean_b * mean_b - squared * covariance(b, mean_b, b, mean_b);
    let linear = mean_a * mean_b - squared * covariance(a, mean_a, b, mean_b);
    let constant = mean_a * mean_a - squared * covariance(a, mean_a, a, mean_a);
    if quadratic.is_nan() || quadratic <= 0.0 {
        return Err(Degenerate::Unbounded);
    }
    let root = (linear * linear - quadratic * constant).max(0.0).sqrt();
    let (low, high) = ((linear - root) / quadratic, (linear + root) / quadratic);
    if !low.is_finite() || !high.is_finite() {
        return Err(Degenerate::Unbounded);
    }
    Ok(RatioEstimate {
        ratio,
        interval: Interval { low: low.min(ratio), high: high.max(ratio), level },
        df: n - 1.0,
        small_sample: SmallSample::of(a.len()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hypothesis::paired_t;

    const A: [f64; 8] = [5.1, 4.8, 6.0, 5.5, 4.2, 5.9, 6.3, 5.0];
    const B: [f64; 8] = [2.4, 2.6, 2.9, 2.2, 2.0, 3.1, 2.8, 2.5];

    #[test]
    fn its_bounds_are_the_ratios_that_the_paired_t_test_just_does_not_tell_from_the_data() {
        for level in [0.9, 0.95, 0.99] {
            let found = paired(&A, &B, level).unwrap();
            for bound in [found.interval.low, found.interval.high] {
                let scaled: Vec<f64> = B.iter().map(|value| value * bound).collect();
                let p = paired_t(&A, &scaled).p_value.unwrap();
                assert!((p - (1.0 - level)).abs() < 1e-9, "{p} at {bound}");
            }
            assert!(found.interval.low < found.ratio && found.ratio < found.interval.high);
        }
    }

    #[test]
    fn it_scales_with_its_numerator_and_a_common_factor_leaves_no_width() {
        let once = paired(&A, &B, 0.95).unwrap();
        let tenfold: Vec<f64> = A.iter().map(|value| value * 10.0).collect();
        let found = paired(&tenfold, &B, 0.95).unwrap();
        assert!((found.interval.high - 10.0 * once.interval.high).abs() < 1e-11);
        let multiple: Vec<f64> = B.iter().map(|value| value * 3.0).collect();
        let exact = paired(&multiple, &B, 0.95).unwrap();
        assert!((exact.ratio - 3.0).abs() < 1e-12 && exact.interval.width() < 1e-6, "{exact:?}");
    }

    #[test]
    fn a_denominator_that_may_be_nothing_has_no_interval() {
        assert_eq!(paired(&A, &[1.0, -1.0, 1.0, -1.0, 0.5, -0.6, 0.1, 0.2], 0.95), Err(Degenerate::Unbounded));
        assert_eq!(paired(&[1.0; 4], &[0.0; 4], 0.95), Err(Degenerate::Unbounded));
        assert_eq!(paired(&[1.0; 4], &[2.0; 4], 0.95), Err(Degenerate::Constant { value: 0.5 }));
        assert!(paired(&[1.0, 2.0], &[1.0, 2.0], 0.95).is_err());
    }
}
