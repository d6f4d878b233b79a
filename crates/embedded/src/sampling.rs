//! Choosing the next token from logits.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// How tokens are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// Divides the logits; 0 always takes the likeliest token.
    pub temperature: f64,
    /// Only the likeliest tokens that together have this mass are drawn from; 1 keeps all.
    pub top_p: f64,
    /// Makes a run repeatable.
    pub seed: u64,
}

/// A stream of draws.
pub struct Sampler {
    sampling: Sampling,
    random: ChaCha12Rng,
    candidates: Vec<(f32, u32)>,
}

impl Sampler {
    /// A sampler at the start of its random stream.
    pub fn new(sampling: Sampling) -> Self {
        Self { sampling, random: ChaCha12Rng::seed_from_u64(sampling.seed), candidates: Vec::new() }
    }

    /// The next token. Ties go to the lower id, so that greedy decoding is one function of the logits.
    pub fn next(&mut self, logits: &[f32]) -> u32 {
        if self.sampling.temperature <= 0.0 {
            return likeliest(logits);
        }
        let most = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
        let temperature = self.sampling.temperature;
        let weight = |logit: f32| ((f64::from(logit) - most) / temperature).exp();
        let draw: f64 = self.random.random();
        if self.sampling.top_p >= 1.0 {
            let total: f64 = logits.iter().map(|logit| weight(*logit)).sum();
            return pick(logits.iter().enumerate().map(|(id, logit)| (id as u32, weight(*logit))), draw * total)
                .unwrap_or_else(|| likeliest(logits));
        }
        self.candidates.clear();
        self.candidates.extend(logits.iter().enumerate().map(|(id, logit)| (*logit, id as u32)));
        self.candidates.sort_unstable_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
        let total: f64 = logits.iter().map(|logit| weight(*logit)).sum();
        let mut mass = 0.0;
        let mut kept = 0;
        for (logit, _) in &self.candidates {
            mass += weight(*logit);
            kept += 1;
            if mass >= self.sampling.top_p * total {
                break;
            }
        }
        let nucleus = self.candidates[..kept].iter().map(|(logit, id)| (*id, weight(*logit)));
        pick(nucleus, draw * mass).unwrap_or_else(|| likeliest(logits))
    }
}

fn likeliest(logits: &[f32]) -> u32 {
    let mut best = 0;
    for (id, logit) in logits.iter().enumerate() {
        if *logit > logits[best] {
            best = id;
        }
    }
    best as u32
}

/// The item at which the running sum of weights passes `target`; the last one against rounding.
fn pick(items: impl Iterator<Item = (u32, f64)>, target: f64) -> Option<u32> {
    let mut sum = 0.0;
    let mut last = None;
    for (id, weight) in items {
        if weight > 0.0 {
            last = Some(id);
            sum += weight;
            if sum > target {
                break;
            }
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn draws(sampling: Sampling, logits: &[f32], count: usize) -> Vec<u32> {
        let mut sampler = Sampler::new(sampling);
        (0..count).map(|_| sampler.next(logits)).collect()
    }

    proptest! {
        #[test]
        fn a_seed_repeats_its_draws(seed in any::<u64>(), logits in proptest::collection::vec(-5.0_f32..5.0, 1..50), top_p in 0.01..1.0) {
            let sampling = Sampling { temperature: 0.8, top_p, seed };
            prop_assert_eq!(draws(sampling, &logits, 20), draws(sampling, &logits, 20));
        }

        #[test]
        fn zero_temperature_and_a_tiny_nucleus_take_the_likeliest(logits in proptest::collection::vec(-5.0_f32..5.0, 1..50)) {
            let best = likeliest(&logits);
            for (temperature, top_p) in [(0.0, 1.0), (1.0, 1e-9)] {
                let found = draws(Sampling { temperature, top_p, seed: 1 }, &logits, 5);
                prop_assert_eq!(found, vec![best; 5]);
            }
        }
    }

    #[test]
    fn frequencies_follow_the_softmax() {
        let logits = [0.0_f32, 1.0, 2.0];
        let weights: Vec<f64> = logits.iter().map(|logit| (f64::from(*logit) / 1.5).exp()).collect();
        let total: f64 = weights.iter().sum();
        let found = draws(Sampling { temperature: 1.5, top_p: 1.0, seed: 9 }, &logits, 40_000);
        for (id, weight) in weights.iter().enumerate() {
            let share = found.iter().filter(|found| **found as usize == id).count() as f64 / 40_000.0;
            // Four standard errors of a share near 1/2.
            assert!((share - weight / total).abs() < 0.01, "{id}: {share} {}", weight / total);
        }
    }
}
