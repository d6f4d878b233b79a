//! Bracketed root finding shared by the quantile functions and the inverted tests.

/// The root of a function that changes sign once on `[low, high]`, by bisection until the bracket
/// holds no double between its ends. `rising` says whether the function is negative at `low`.
pub(crate) fn bisect(mut low: f64, mut high: f64, rising: bool, f: impl Fn(f64) -> f64) -> f64 {
    // 2^-200 of any bracket that occurs here is below one unit in the last place.
    for _ in 0..200 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if (f(middle) < 0.0) == rising {
            low = middle;
        } else {
            high = middle;
        }
    }
    low + (high - low) / 2.0
}

/// The smallest double `v` in `[low, high]` for which the monotone predicate holds, given that it
/// holds at `high`. Walks the ordered bit patterns, so it is exact in at most 64 steps.
pub(crate) fn first_true(low: f64, high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let (mut below, mut above) = (ordinal(low), ordinal(high));
    if holds(low) {
        return low;
    }
    while i128::from(above) - i128::from(below) > 1 {
        let middle = i64::midpoint(below, above);
        if holds(from_ordinal(middle)) {
            above = middle;
        } else {
            below = middle;
        }
    }
    from_ordinal(above)
}

/// Maps doubles to integers of the same order.
fn ordinal(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    if bits < 0 { i64::MIN.wrapping_sub(bits) } else { bits }
}

fn from_ordinal(ordinal: i64) -> f64 {
    let bits = if ordinal < 0 { i64::MIN.wrapping_sub(ordinal) } else { ordinal };
    f64::from_bits(bits as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_keep_the_order_and_return() {
        let values = [-1e300, -2.5, -1e-310, 0.0, 1e-310, 0.5, 7.25, 1e300];
        for pair in values.windows(2) {
            assert!(ordinal(pair[0]) < ordinal(pair[1]));
        }
        for value in values {
            assert_eq!(from_ordinal(ordinal(value)), value);
        }
    }

    #[test]
    fn first_true_is_exact() {
        assert_eq!(first_true(-10.0, 10.0, |v| v >= 0.1), 0.1);
        assert_eq!(first_true(-10.0, 10.0, |v| v >= -3.7), -3.7);
        assert_eq!(first_true(2.0, 10.0, |v| v >= -3.7), 2.0);
    }

    #[test]
    fn bisection_finds_the_square_root() {
        assert!((bisect(0.0, 2.0, true, |x| x * x - 2.0) - 2.0_f64.sqrt()).abs() < 1e-15);
        assert!((bisect(0.0, 2.0, false, |x| 2.0 - x * x) - 2.0_f64.sqrt()).abs() < 1e-15);
    }
}
