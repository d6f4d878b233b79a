//! The bivariate-normal model of paired passes (Bowyer, Aitchison and Ivanova 2025, arXiv
//! 2503.01747): each item has two latent scores of correlation ρ, and a contestant passes when its
//! own is above a threshold. Priors: both pass rates uniform on [0, 1], ρ = 2 Beta(4, 2) - 1.
//!
//! The authors sample from the prior and weight the draws, which runs out of useful draws at a few
//! hundred items. Here the three integrals are computed by Gauss-Legendre quadrature over the
//! region where the likelihood is, so there is no noise and no such limit.

use serde::{Deserialize, Serialize};

use crate::degenerate::Degenerate;
use crate::distribution::{beta_quantile, normal_cdf, normal_quantile};
use crate::paired_rate::PairedCounts;
use crate::quadrature::GaussLegendre;

/// Nodes in each of the three directions, and in the correlation's own integral.
const RATE_NODES: usize = 32;
const CORRELATION_NODES: usize = 32;
const INNER_NODES: usize = 24;

/// Mass of each rate's own posterior that is left out on either side.
const LEFT_OUT: f64 = 1e-9;

/// What the model says about two contestants.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairedPosterior {
    /// P(rate a > rate b | data).
    pub probability_greater: f64,
    /// Posterior mean of rate a - rate b.
    pub mean_difference: f64,
    /// Posterior mean of the correlation of the latent scores.
    pub mean_correlation: f64,
}

/// The posterior of the model given paired passes and fails. Needs an item.
///
/// Costs some 65,000 evaluations of the bivariate normal distribution, whatever the number of
/// items.
pub fn posterior(counts: &PairedCounts) -> Result<PairedPosterior, Degenerate> {
    let n = counts.total();
    if n == 0 {
        return Err(Degenerate::TooFew { n: 0, need: 1 });
    }
    let range = |passes: u64| {
        let (above, below) = (passes as f64 + 1.0, (n - passes) as f64 + 1.0);
        // Twice as far out as the rate's own posterior reaches, since the pairing can move it.
        let middle = beta_quantile(0.5, above, below);
        let low = middle - 1.5 * (middle - beta_quantile(LEFT_OUT, above, below));
        let high = middle + 1.5 * (beta_quantile(1.0 - LEFT_OUT, above, below) - middle);
        (low.max(0.0), high.min(1.0))
    };
    let (a_low, a_high) = range(counts.both + counts.only_a);
    let (b_low, b_high) = range(counts.both + counts.only_b);
    let (rates, correlations) = (GaussLegendre::new(RATE_NODES), GaussLegendre::new(CORRELATION_NODES));
    let inner = GaussLegendre::new(INNER_NODES);
    // (ln weight, difference, correlation) of every node; a < b and a > b are separate regions, so
    // that no node straddles the line between them.
    let mut nodes = Vec::with_capacity(2 * RATE_NODES * RATE_NODES * CORRELATION_NODES);
    for (a, a_weight) in rates.on(a_low, a_high) {
        let split = a.clamp(b_low, b_high);
        for (low, high) in [(b_low, split), (split, b_high)] {
            if high <= low {
                continue;
            }
            for (b, b_weight) in rates.on(low, high) {
                let (h, k) = (normal_quantile(a), normal_quantile(b));
                for (x, x_weight) in correlations.on(0.0, 1.0) {
                    let correlation = 2.0 * x - 1.0;
                    let both = bivariate_normal_cdf(h, k, correlation, &inner).min(a).min(b);
                    // Beta(4, 2) has density 20 x³ (1 - x).
                    let prior = 20.0 * x.powi(3) * (1.0 - x) * x_weight * a_weight * b_weight;
                    let ln_weight = prior.ln() + ln_likelihood(counts, a, b, both);
                    nodes.push((ln_weight, a - b, correlation));
                }
            }
        }
    }
    let largest = nodes.iter().map(|node| node.0).fold(f64::NEG_INFINITY, f64::max);
    if !largest.is_finite() {
        return Err(Degenerate::Unbounded);
    }
    let (mut total, mut greater, mut difference, mut correlation) = (0.0, 0.0, 0.0, 0.0);
    for (ln_weight, d, rho) in nodes {
        let weight = (ln_weight - largest).exp();
        total += weight;
        greater += if d > 0.0 { weight } else { 0.0 };
        difference += weight * d;
        correlation += weight * rho;
    }
    Ok(PairedPosterior {
        probability_greater: greater / total,
        mean_difference: difference / total,
        mean_correlation: correlation / total,
    })
}

fn ln_likelihood(counts: &PairedCounts, a: f64, b: f64, both: f64) -> f64 {
    let cell = |count: u64, probability: f64| {
        if count == 0 { 0.0 } else { count as f64 * probability.max(1e-300).ln() }
    };
    cell(counts.both, both)
        + cell(counts.only_a, a - both)
        + cell(counts.only_b, b - both)
        + cell(counts.neither, 1.0 - a - b + both)
}

/// P(X <= h, Y <= k) for standard normals of this correlation: Φ(h)Φ(k) plus an integral over the
/// angle asin ρ (Drezner and Wesolowsky 1990; Genz 2004).
fn bivariate_normal_cdf(h: f64, k: f64, correlation: f64, rule: &GaussLegendre) -> f64 {
    let product = normal_cdf(h) * normal_cdf(k);
    let integral = rule.integrate(0.0, correlation.asin(), |angle| {
        let (sine, cosine) = angle.sin_cos();
        (-(h * h + k * k - 2.0 * h * k * sine) / (2.0 * cosine * cosine)).exp()
    });
    (product + integral / std::f64::consts::TAU).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bivariate_normal_has_its_known_values() {
        let rule = GaussLegendre::new(INNER_NODES);
        let cdf = |h, k, rho| bivariate_normal_cdf(h, k, rho, &rule);
        // P(X <= 0, Y <= 0) = 1/4 + asin ρ / 2π.
        for rho in [-0.99_f64, -0.5, 0.0, 0.3, 0.9, 0.999] {
            assert!((cdf(0.0, 0.0, rho) - (0.25 + rho.asin() / std::f64::consts::TAU)).abs() < 1e-14);
        }
        // With ρ near 1 the smaller of the two decides, with ρ near -1 only their overlap is left.
        assert!((cdf(0.5, 1.5, 0.9999) - normal_cdf(0.5)).abs() < 1e-6);
        assert!((cdf(0.5, 1.5, -0.9999) - (normal_cdf(0.5) + normal_cdf(1.5) - 1.0)).abs() < 1e-6);
        // X given Y integrates to the same.
        let outer = GaussLegendre::new(60);
        for (h, k, rho) in [(0.3_f64, -0.7_f64, 0.6_f64), (1.2, 0.4, -0.4), (-1.0, -1.5, 0.8)] {
            let conditional = outer.integrate(-9.0, k, |y| {
                let density = (-y * y / 2.0).exp() / std::f64::consts::TAU.sqrt();
                density * normal_cdf((h - rho * y) / (1.0 - rho * rho).sqrt())
            });
            assert!((cdf(h, k, rho) - conditional).abs() < 1e-9, "{h} {k} {rho}");
        }
    }
}
