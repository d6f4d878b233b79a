//! The kappa statistics for raters without gaps.

use serde::{Deserialize, Serialize};

use super::alpha::interval_of_agreement;
use crate::bootstrap::{BootstrapInterval, BootstrapOptions};
use crate::degenerate::Degenerate;

/// How much a disagreement weighs, by how many categories apart it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weights {
    /// Any disagreement weighs the same.
    #[default]
    Unweighted,
    /// |i - j|.
    Linear,
    /// (i - j)².
    Quadratic,
}

impl Weights {
    fn of(self, i: usize, j: usize) -> f64 {
        let apart = i.abs_diff(j) as f64;
        match self {
            Self::Unweighted => f64::from(u8::from(i != j)),
            Self::Linear => apart,
            Self::Quadratic => apart * apart,
        }
    }
}

/// Cohen's kappa (1960) of two raters: `table[i][j]` counts the items that the first puts into
/// category i and the second into j. Fails on a table that is not square or is empty, and where
/// both raters only ever use one and the same category.
pub fn cohen_kappa(table: &[Vec<u64>]) -> Result<f64, Degenerate> {
    weighted_kappa(table, Weights::Unweighted)
}

/// Cohen's weighted kappa (1968), 1 - Σ w o / Σ w e with disagreement weights; categories in order.
pub fn weighted_kappa(table: &[Vec<u64>], weights: Weights) -> Result<f64, Degenerate> {
    let size = table.len();
    for row in table {
        if row.len() != size {
            return Err(Degenerate::UnequalLengths { a: size, b: row.len() });
        }
    }
    let rows: Vec<f64> = table.iter().map(|row| row.iter().map(|&count| count as f64).sum()).collect();
    let columns: Vec<f64> = (0..size).map(|j| table.iter().map(|row| row[j] as f64).sum()).collect();
    let total: f64 = rows.iter().sum();
    if total == 0.0 {
        return Err(Degenerate::TooFew { n: 0, need: 1 });
    }
    let (mut observed, mut expected) = (0.0, 0.0);
    for (i, row) in table.iter().enumerate() {
        for (j, &count) in row.iter().enumerate() {
            let weight = weights.of(i, j);
            observed += weight * count as f64;
            expected += weight * rows[i] * columns[j] / total;
        }
    }
    if expected == 0.0 { Err(Degenerate::OneCategory) } else { Ok(1.0 - observed / expected) }
}

/// [`weighted_kappa`] of pairs of categories below `categories`, one pair an item, with a
/// percentile interval from resampled items.
///
/// A resample that uses one category only leaves kappa undefined; it counts as 0 for the lower and
/// as 1 for the upper bound. Only level, resamples and seed of the options are read.
pub fn cohen_kappa_interval(
    pairs: &[(usize, usize)],
    categories: usize,
    weights: Weights,
    options: &BootstrapOptions,
) -> Result<BootstrapInterval, Degenerate> {
    for (a, b) in pairs {
        let largest = *a.max(b);
        if largest >= categories {
            return Err(Degenerate::ImpossibleCount {
                count: largest as u64,
                total: categories.saturating_sub(1) as u64,
            });
        }
    }
    let of = |items: &mut dyn Iterator<Item = (usize, usize)>| {
        let mut table = vec![vec![0; categories]; categories];
        for (a, b) in items {
            table[a][b] += 1;
        }
        weighted_kappa(&table, weights)
    };
    let estimate = of(&mut pairs.iter().copied())?;
    interval_of_agreement(estimate, pairs.len(), options, |drawn| {
        of(&mut drawn.iter().map(|&index| pairs[index as usize])).ok()
    })
}

/// Fleiss' kappa (1971) of raters who may differ from item to item: `counts[i][j]` raters put item
/// i into category j, the same number of raters (two or more) for every item.
pub fn fleiss_kappa(counts: &[Vec<u64>]) -> Result<f64, Degenerate> {
    let Some(first) = counts.first() else { return Err(Degenerate::TooFew { n: 0, need: 1 }) };
    let raters: u64 = first.iter().sum();
    if raters < 2 {
        return Err(Degenerate::TooFew { n: raters as usize, need: 2 });
    }
    let n = raters as f64;
    let mut totals = vec![0.0; first.len()];
    let mut agreement = 0.0;
    for row in counts {
        let of_row: u64 = row.iter().sum();
        if row.len() != first.len() || of_row != raters {
            return Err(Degenerate::UnequalLengths { a: raters as usize, b: of_row as usize });
        }
        for (total, &count) in totals.iter_mut().zip(row) {
            *total += count as f64;
            agreement += count as f64 * (count as f64 - 1.0) / (n * (n - 1.0));
        }
    }
    let items = counts.len() as f64;
    let observed = agreement / items;
    let expected: f64 = totals.iter().map(|total| (total / (items * n)).powi(2)).sum();
    if totals.iter().filter(|&&total| total > 0.0).count() < 2 {
        return Err(Degenerate::OneCategory);
    }
    Ok((observed - expected) / (1.0 - expected))
}
