//! Student's, Welch's and the paired t test.

use super::{PValueSource, Status, TestResult, constant_up_to_rounding, differences, refuse};
use crate::describe::moments;
use crate::distribution::t_two_sided;

/// Welch's t test: t = (mean a - mean b) / sqrt(s_a²/n_a + s_b²/n_b) with Satterthwaite's degrees
/// of freedom (Welch 1947, Biometrika 34).
pub fn welch(a: &[f64], b: &[f64]) -> TestResult {
    refuse(a, b).unwrap_or_else(|| {
        let ((mean_a, variance_a), (mean_b, variance_b)) = (moments(a), moments(b));
        let squared_error = variance_a / a.len() as f64 + variance_b / b.len() as f64;
        let df = welch_df(variance_a, a.len(), variance_b, b.len());
        t_result(mean_a - mean_b, squared_error, df)
    })
}

/// Student's t test with the pooled variance, n_a + n_b - 2 degrees of freedom.
pub fn student_t(a: &[f64], b: &[f64]) -> TestResult {
    refuse(a, b).unwrap_or_else(|| {
        let ((mean_a, variance_a), (mean_b, variance_b)) = (moments(a), moments(b));
        let (n_a, n_b) = (a.len() as f64, b.len() as f64);
        let df = n_a + n_b - 2.0;
        let pooled = ((n_a - 1.0) * variance_a + (n_b - 1.0) * variance_b) / df;
        t_result(mean_a - mean_b, pooled * (1.0 / n_a + 1.0 / n_b), df)
    })
}

/// The paired t test on a_i - b_i. A difference that is the same for every pair has no spread:
/// `zero_variance`, not p = 0.
pub fn paired_t(a: &[f64], b: &[f64]) -> TestResult {
    let differences = match differences(a, b) {
        Ok(differences) => differences,
        Err(refusal) => return refusal,
    };
    if constant_up_to_rounding(&differences, a, b) {
        return TestResult::untestable(Status::ZeroVariance);
    }
    let (mean, variance) = moments(&differences);
    let n = differences.len() as f64;
    t_result(mean, variance / n, n - 1.0)
}

/// Satterthwaite's degrees of freedom; `variance` with n - 1 in the denominator.
pub fn welch_df(variance_a: f64, n_a: usize, variance_b: f64, n_b: usize) -> f64 {
    // Scaled by the larger part, so that tiny variances do not vanish when squared.
    let (part_a, part_b) = (variance_a / n_a as f64, variance_b / n_b as f64);
    let largest = part_a.max(part_b);
    let (share_a, share_b) = (part_a / largest, part_b / largest);
    (share_a + share_b).powi(2) / (share_a.powi(2) / (n_a as f64 - 1.0) + share_b.powi(2) / (n_b as f64 - 1.0))
}

fn t_result(difference: f64, squared_error: f64, df: f64) -> TestResult {
    if !squared_error.is_finite() {
        return TestResult::untestable(Status::NotFinite);
    }
    let t = difference / squared_error.sqrt();
    if !t.is_finite() || !df.is_finite() {
        // Spread below what squares can hold.
        return TestResult::untestable(Status::ZeroVariance);
    }
    // Exact for normal data, a limit otherwise; called asymptotic because the data are not normal.
    TestResult::tested(t, Some(df), t_two_sided(t, df), PValueSource::Asymptotic)
}
