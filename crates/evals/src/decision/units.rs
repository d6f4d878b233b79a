//! From values of items, with weights and clusters, to independent units whose plain mean and plain
//! standard error are the weighted, clustered ones. Everything downstream treats units as an ordinary
//! sample: t intervals, bootstraps, permutations and simultaneous intervals.

use super::scores::Item;

/// One value for each item that counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sample {
    values: Vec<f64>,
    weights: Vec<f64>,
    clusters: Vec<u32>,
}

impl Sample {
    /// The values of those items that have one and weigh something.
    pub(super) fn of(items: &[Item], value: impl Fn(usize) -> Option<f64>) -> Self {
        let mut sample = Self::default();
        for (at, item) in items.iter().enumerate() {
            if let Some(value) = value(at).filter(|value| value.is_finite() && item.weight > 0.0) {
                sample.values.push(value);
                sample.weights.push(item.weight);
                sample.clusters.push(item.cluster);
            }
        }
        sample
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn values(&self) -> &[f64] {
        &self.values
    }

    /// The weighted mean; `None` without a value.
    pub(super) fn mean(&self) -> Option<f64> {
        if self.equal_weights() {
            return stats::describe::mean(&self.values).ok();
        }
        let sum: f64 = self.values.iter().zip(&self.weights).map(|(value, weight)| value * weight).sum();
        let total: f64 = self.weights.iter().sum();
        Some(sum / total).filter(|mean| mean.is_finite())
    }

    /// Whether items are independent and count alike, so that exact methods for single trials apply.
    pub(super) fn is_plain(&self) -> bool {
        self.equal_weights() && self.cluster_count() == self.values.len()
    }

    pub(super) fn cluster_count(&self) -> usize {
        self.clusters.iter().collect::<std::collections::HashSet<_>>().len()
    }

    /// The common value of a sample without spread.
    pub(super) fn constant(&self) -> Option<f64> {
        let (first, rest) = self.values.split_first()?;
        let scale = rest.iter().fold(first.abs(), |largest, value| largest.max(value.abs()));
        rest.iter().all(|value| (value - first).abs() <= 4.0 * f64::EPSILON * scale).then_some(*first)
    }

    /// One value for each cluster, of mean m = Σwx/Σw, whose ordinary standard error is the clustered one
    /// of the weighted mean: m + (G/Σw) Σ_{i in c} w_i (x_i - m) (Taylor linearisation of the ratio, Cochran
    /// 1977, section 6.4, with the factor G/(G - 1) of few clusters). Of independent items that count alike
    /// these are the values themselves.
    pub(super) fn units(&self) -> Vec<f64> {
        let Some(mean) = self.mean() else { return Vec::new() };
        // First, so that the rounding of differences never passes for spread.
        if let Some(value) = self.constant() {
            return vec![value; self.cluster_count()];
        }
        if self.is_plain() {
            return self.values.clone();
        }
        let sums = self.sums(|value| value - mean);
        let scale = sums.len() as f64 / self.weights.iter().sum::<f64>();
        sums.into_iter().map(|sum| mean + scale * sum).collect()
    }

    /// One term for each cluster, of mean m, whose sign turns with that of its values: what a sign-flip
    /// test permutes.
    pub(super) fn terms(&self) -> Vec<f64> {
        if self.is_plain() {
            return self.values.clone();
        }
        let sums = self.sums(|value| value);
        let scale = sums.len() as f64 / self.weights.iter().sum::<f64>();
        sums.into_iter().map(|sum| scale * sum).collect()
    }

    fn equal_weights(&self) -> bool {
        self.weights.windows(2).all(|pair| pair[0] == pair[1])
    }

    /// Weighted sums over clusters, in the order of the clusters' numbers.
    fn sums(&self, term: impl Fn(f64) -> f64) -> Vec<f64> {
        let mut sums = std::collections::BTreeMap::<u32, f64>::new();
        for ((value, weight), cluster) in self.values.iter().zip(&self.weights).zip(&self.clusters) {
            *sums.entry(*cluster).or_default() += weight * term(*value);
        }
        sums.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn items(rows: &[(f64, f64, u32)]) -> Vec<Item> {
        rows.iter().map(|row| Item { id: String::new(), cluster: row.2, weight: row.1 }).collect()
    }

    proptest! {
        #[test]
        fn units_have_the_weighted_mean_and_its_clustered_error(
            rows in prop::collection::vec((-5.0..5.0_f64, 0.1..4.0_f64, 0..6_u32), 8..40)
        ) {
            let sample = Sample::of(&items(&rows), |at| Some(rows[at].0));
            let (values, weights): (Vec<f64>, Vec<f64>) = rows.iter().map(|row| (row.0, row.1)).unzip();
            let clusters: Vec<u32> = rows.iter().map(|row| row.2).collect();
            let expected = stats::cluster::weighted_mean(&values, &weights, &clusters, 0.95);
            let found = stats::interval::mean(&sample.units(), 0.95);
            if let (Ok(expected), Ok(found)) = (expected, found) {
                prop_assert!((expected.estimate - found.estimate).abs() < 1e-9);
                prop_assert!((expected.standard_error - found.standard_error).abs() < 1e-9);
                prop_assert!((expected.interval.high - found.interval.high).abs() < 1e-8);
            }
            let terms = sample.terms();
            let mean = terms.iter().sum::<f64>() / terms.len() as f64;
            prop_assert!((mean - sample.mean().unwrap()).abs() < 1e-9);
        }
    }

    #[test]
    fn items_without_weight_or_value_do_not_count() {
        let rows = [(1.0, 1.0, 0), (9.0, 0.0, 1), (3.0, 1.0, 2)];
        let sample = Sample::of(&items(&rows), |at| (at != 3).then_some(rows[at].0));
        assert_eq!(sample.units(), [1.0, 3.0]);
        assert!(sample.is_plain());
    }
}
