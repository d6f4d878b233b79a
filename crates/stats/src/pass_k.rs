//! pass@k and pass^k from n recorded attempts at an item, without bias.
//!
//! Both average over all ways to draw k of the n attempts without replacement. The plug-ins
//! 1 - (1 - c/n)^k and (c/n)^k are biased for every k above 1 and are not offered.

use crate::degenerate::{Degenerate, Parameter};
use crate::special::ln_beta;

/// Up to this many factors a product is formed term by term.
const MOST_FACTORS: u64 = 10_000;

/// The chance that at least one of `k` attempts passes, given that `passes` of `attempts` did:
/// 1 - C(n - c, k)/C(n, k) (Chen et al. 2021, arXiv 2107.03374). Fails for more passes than
/// attempts, for k = 0 and for k above the number of attempts.
pub fn pass_at_k(attempts: u64, passes: u64, k: u64) -> Result<f64, Degenerate> {
    check(attempts, passes, k)?;
    Ok(1.0 - ratio(attempts, attempts - passes, k))
}

/// The chance that all of `k` attempts pass, given that `passes` of `attempts` did: C(c, k)/C(n, k)
/// (Yao et al. 2024, arXiv 2406.12045). Fails as [`pass_at_k`] does.
pub fn pass_hat_k(attempts: u64, passes: u64, k: u64) -> Result<f64, Degenerate> {
    check(attempts, passes, k)?;
    Ok(ratio(attempts, passes, k))
}

fn check(attempts: u64, passes: u64, k: u64) -> Result<(), Degenerate> {
    crate::rate::check_count(passes, attempts)?;
    if k == 0 {
        return Err(Degenerate::OutOfRange { parameter: Parameter::Attempts, value: 0.0 });
    }
    if k > attempts {
        return Err(Degenerate::ImpossibleCount { count: k, total: attempts });
    }
    Ok(())
}

/// C(m, k)/C(n, k) for m <= n and k <= n.
fn ratio(n: u64, m: u64, k: u64) -> f64 {
    if k > m {
        return 0.0;
    }
    // Π_{i<k} (m - i)/(n - i) = Π_{i<n-m} (n - k - i)/(n - i); the shorter product is taken.
    let (from, factors) = if k <= n - m { (m, k) } else { (n - k, n - m) };
    if factors <= MOST_FACTORS {
        return (0..factors).map(|i| (from - i) as f64 / (n - i) as f64).product();
    }
    let ln_choose = |n: u64, k: u64| {
        let (n, k) = (n as f64, k as f64);
        -(n + 1.0).ln() - ln_beta(k + 1.0, n - k + 1.0)
    };
    (ln_choose(m, k) - ln_choose(n, k)).exp().min(1.0)
}
