//! Corrections for testing many pairs at once.
//!
//! Only comparisons that were tested spend the budget: an absent p-value stays absent and is not
//! counted, and a p-value that is not a number in [0, 1] counts as absent, so that it can neither
//! enter a sort nor be published as significant.

use serde::{Deserialize, Serialize};

/// Which correction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// No correction.
    None,
    /// Bonferroni: min(1, m p). Family-wise error.
    Bonferroni,
    /// Holm's step-down (1979). Family-wise error, never weaker than Bonferroni.
    #[default]
    Holm,
    /// Benjamini and Hochberg (1995). False discovery rate under positive dependence.
    BenjaminiHochberg,
    /// Benjamini and Yekutieli (2001). False discovery rate under any dependence.
    BenjaminiYekutieli,
}

/// Corrected p-values with what they were corrected for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Corrected {
    /// Corrected p-values in the order given.
    pub p_values: Vec<Option<f64>>,
    /// Comparisons that spent the budget.
    pub tested: usize,
    /// Comparisons without a p-value.
    pub untestable: usize,
}

impl Correction {
    /// Corrects p-values over all comparisons that have one.
    pub fn adjust(self, p_values: &[Option<f64>]) -> Corrected {
        let mut order: Vec<(usize, f64)> = p_values
            .iter()
            .enumerate()
            .filter_map(|(index, p)| Some((index, (*p)?)))
            .filter(|(_, p)| (0.0..=1.0).contains(p))
            .collect();
        order.sort_by(|a, b| a.1.total_cmp(&b.1));
        let m = order.len();
        let mut adjusted = vec![None; p_values.len()];
        match self {
            Self::None | Self::Bonferroni => {
                let factor = if self == Self::None { 1.0 } else { m as f64 };
                for (index, p) in &order {
                    adjusted[*index] = Some((p * factor).min(1.0));
                }
            }
            Self::Holm => {
                let mut largest = 0.0_f64;
                for (rank, (index, p)) in order.iter().enumerate() {
                    largest = largest.max(p * (m - rank) as f64).min(1.0);
                    adjusted[*index] = Some(largest);
                }
            }
            Self::BenjaminiHochberg | Self::BenjaminiYekutieli => {
                let penalty: f64 =
                    if self == Self::BenjaminiYekutieli { (1..=m).map(|i| 1.0 / i as f64).sum() } else { 1.0 };
                let mut smallest = 1.0_f64;
                for (rank, (index, p)) in order.iter().enumerate().rev() {
                    smallest = smallest.min(p * penalty * m as f64 / (rank + 1) as f64);
                    adjusted[*index] = Some(smallest);
                }
            }
        }
        Corrected { p_values: adjusted, tested: m, untestable: p_values.len() - m }
    }
}
