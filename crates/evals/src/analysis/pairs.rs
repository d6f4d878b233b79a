//! Which cells may fairly be compared.
//!
//! With two contestants or more: every pair of contestants under the same prompt, system prompt and
//! temperature. With one contestant: its cells that differ in exactly one factor, the temperature or
//! the system prompt. Prompts are never compared with each other.

use super::cells::CellKey;
use crate::record::RunHeader;

/// Two cells by position, and whether they were asked for at different temperatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) a: usize,
    pub(super) b: usize,
    /// True only where a contestant's own temperature left no equal one to compare with.
    pub(super) temperatures_differ: bool,
}

/// All pairs of a run, ordered by the contestants' order, then prompt, system prompt and temperature.
pub(super) fn pairs(header: &RunHeader, keys: &[CellKey]) -> Vec<Pair> {
    if header.contestants.len() >= 2 { between_contestants(header, keys) } else { within_contestant(header, keys) }
}

fn between_contestants(header: &RunHeader, keys: &[CellKey]) -> Vec<Pair> {
    let contestants = header.contestants.len() as u32;
    let settings = settings(keys);
    let mut pairs = Vec::new();
    for first in 0..contestants {
        for second in first + 1..contestants {
            for &(prompt, system) in &settings {
                let of = |contestant: u32| -> Vec<usize> {
                    (0..keys.len())
                        .filter(|&at| {
                            (keys[at].prompt, keys[at].system, keys[at].contestant) == (prompt, system, contestant)
                        })
                        .collect()
                };
                pair_up(keys, &of(first), &of(second), &mut pairs);
            }
        }
    }
    pairs
}

fn pair_up(keys: &[CellKey], first: &[usize], second: &[usize], pairs: &mut Vec<Pair>) {
    let before = pairs.len();
    for &a in first {
        for &b in second {
            if keys[a].same_temperature(&keys[b]) {
                pairs.push(Pair { a, b, temperatures_differ: false });
            }
        }
    }
    if let (true, [a], [b]) = (pairs.len() == before, first, second) {
        pairs.push(Pair { a: *a, b: *b, temperatures_differ: true });
    }
}

fn within_contestant(header: &RunHeader, keys: &[CellKey]) -> Vec<Pair> {
    // A model that takes no temperature got equal requests: a difference between them is chance by construction.
    let sends_temperature = header.contestants.first().is_some_and(|contestant| contestant.sends_temperature);
    let mut pairs = Vec::new();
    for a in 0..keys.len() {
        for b in a + 1..keys.len() {
            let same_system = keys[a].system == keys[b].system;
            let same_temperature = keys[a].same_temperature(&keys[b]);
            let one_factor = same_system != same_temperature && (same_temperature || sends_temperature);
            if keys[a].prompt == keys[b].prompt && keys[a].contestant == keys[b].contestant && one_factor {
                pairs.push(Pair { a, b, temperatures_differ: false });
            }
        }
    }
    pairs
}

fn settings(keys: &[CellKey]) -> Vec<(u32, u32)> {
    let mut settings: Vec<(u32, u32)> = keys.iter().map(|key| (key.prompt, key.system)).collect();
    settings.sort_unstable();
    settings.dedup();
    settings
}
