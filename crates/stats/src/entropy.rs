//! Semantic entropy: how far several answers to one prompt spread over meanings.
//!
//! Answers that mean the same share a cluster id; who decides that is not this crate's business.
//! The discrete (plug-in) form of Farquhar, Kossen, Kuhn and Gal (2024, Nature 630), which needs
//! no probabilities from the model.

use std::collections::BTreeMap;

/// Entropy of the cluster ids in nats, -Σ (c/M) ln(c/M): 0 when all M answers mean the same, ln M
/// when no two do. None without answers.
///
/// The plug-in estimate is biased low, by about (clusters - 1)/(2M) nats (Miller 1955): with few
/// answers it can find agreement that more answers would not bear out.
pub fn discrete(cluster_ids: &[usize]) -> Option<f64> {
    if cluster_ids.is_empty() {
        return None;
    }
    let mut counts = BTreeMap::<usize, u64>::new();
    for id in cluster_ids {
        *counts.entry(*id).or_default() += 1;
    }
    // Sorted, so that the sum does not depend on how the clusters are numbered.
    let mut sizes: Vec<u64> = counts.into_values().collect();
    sizes.sort_unstable();
    let total = cluster_ids.len() as f64;
    let entropy: f64 = sizes
        .iter()
        .map(|&size| {
            let share = size as f64 / total;
            share * (total / size as f64).ln()
        })
        .sum();
    Some(entropy)
}

/// [`discrete`] over its largest possible value ln M: 0 when all answers mean the same, 1 when no
/// two do. None below two answers.
pub fn normalised(cluster_ids: &[usize]) -> Option<f64> {
    if cluster_ids.len() < 2 {
        return None;
    }
    let share = discrete(cluster_ids)? / (cluster_ids.len() as f64).ln();
    Some(share.min(1.0))
}
