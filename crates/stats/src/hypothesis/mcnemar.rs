//! McNemar's test of paired pass and fail.

use serde::{Deserialize, Serialize};

use super::{PValueSource, TestResult};
use crate::distribution::{binomial_cdf, binomial_mass, chi_squared_1_sf};

/// Forms of McNemar's test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum McNemarMethod {
    /// Exact below 25 discordant pairs, otherwise chi-squared with continuity correction.
    #[default]
    Auto,
    /// Two-sided binomial test of the discordant pairs.
    Exact,
    /// The exact test with half the probability of what was observed taken off on each side
    /// (Fagerland, Lydersen and Laake 2013, doi 10.1186/1471-2288-13-91): closer to its level. An
    /// even split gives 1.
    MidP,
    /// Chi-squared with Edwards' continuity correction.
    Corrected,
    /// Chi-squared as McNemar (1947) gave it.
    Uncorrected,
}

/// McNemar's test from the discordant counts: `only_a` pairs that only the first arm passed,
/// `only_b` that only the second did. Without any discordant pair the result is trivial.
pub fn mcnemar(only_a: u64, only_b: u64, method: McNemarMethod) -> TestResult {
    let discordant = only_a + only_b;
    if discordant == 0 {
        return TestResult::trivial();
    }
    let smaller = only_a.min(only_b);
    let exact = || (2.0 * binomial_cdf(smaller, discordant, 0.5)).min(1.0);
    let chi_squared = |correction: f64| {
        let gap = (only_a.abs_diff(only_b) as f64 - correction).max(0.0);
        let statistic = gap * gap / discordant as f64;
        let p_value = chi_squared_1_sf(statistic);
        TestResult::tested(statistic, Some(1.0), p_value, PValueSource::Asymptotic)
    };
    match method {
        McNemarMethod::Auto if discordant >= 25 => chi_squared(1.0),
        McNemarMethod::Auto | McNemarMethod::Exact => {
            TestResult::tested(smaller as f64, None, exact(), PValueSource::Exact)
        }
        McNemarMethod::MidP => {
            let one_sided = binomial_cdf(smaller, discordant, 0.5) - binomial_mass(smaller, discordant, 0.5) / 2.0;
            let p_value = 2.0 * one_sided;
            TestResult::tested(smaller as f64, None, p_value, PValueSource::Exact)
        }
        McNemarMethod::Corrected => chi_squared(1.0),
        McNemarMethod::Uncorrected => chi_squared(0.0),
    }
}
