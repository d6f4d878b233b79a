//! Gauss-Legendre quadrature.

/// Nodes and weights of a rule on [-1, 1].
pub(crate) struct GaussLegendre {
    nodes: Vec<(f64, f64)>,
}

impl GaussLegendre {
    /// The rule of `count` nodes, the roots of the Legendre polynomial by Newton's method from
    /// Tricomi's approximation.
    pub(crate) fn new(count: usize) -> Self {
        let n = count as f64;
        let nodes = (0..count)
            .map(|i| {
                let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (n + 0.5)).cos();
                let mut slope = 1.0;
                for _ in 0..100 {
                    let (mut below, mut value) = (1.0, x);
                    for k in 2..=count {
                        let k = k as f64;
                        (below, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * below) / k);
                    }
                    slope = n * (x * value - below) / (x * x - 1.0);
                    let step = value / slope;
                    x -= step;
                    if step.abs() < 1e-16 {
                        break;
                    }
                }
                (x, 2.0 / ((1.0 - x * x) * slope * slope))
            })
            .collect();
        Self { nodes }
    }

    /// The nodes and weights moved to [low, high].
    pub(crate) fn on(&self, low: f64, high: f64) -> impl Iterator<Item = (f64, f64)> + '_ {
        let half = (high - low) / 2.0;
        let middle = low + half;
        self.nodes.iter().map(move |(x, weight)| (middle + half * x, half * weight))
    }

    /// The integral of a function over [low, high].
    pub(crate) fn integrate(&self, low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
        self.on(low, high).map(|(x, weight)| weight * f(x)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_of_twice_the_degree_are_exact() {
        for count in [2, 5, 20, 41] {
            let rule = GaussLegendre::new(count);
            let degree = 2 * count as i32 - 1;
            let integral = rule.integrate(0.0, 2.0, |x| x.powi(degree));
            let exact = 2.0_f64.powi(degree + 1) / f64::from(degree + 1);
            assert!((integral / exact - 1.0).abs() < 1e-13, "{count}");
        }
        assert!((GaussLegendre::new(24).integrate(0.0, 1.0, f64::exp) - (1.0_f64.exp() - 1.0)).abs() < 1e-15);
    }
}
