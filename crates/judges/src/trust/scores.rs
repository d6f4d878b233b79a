//! What scores tell of a judge.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use stats::Interval;
use stats::distribution::t_quantile;

use super::TrustInput;
use crate::figure::{Figure, Observation, items, mean};

/// A score that was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scored {
    pub(super) judge: usize,
    pub(super) contestant: usize,
    pub(super) item: usize,
    pub(super) run: u32,
    pub(super) value: f64,
    /// ln(1 + characters).
    pub(super) log_length: f64,
}

impl Scored {
    /// The answer that was scored.
    pub(super) fn answer(&self) -> (usize, usize, u32) {
        (self.item, self.contestant, self.run)
    }
}

/// The scores that were read.
pub(super) fn scored(input: &TrustInput) -> Vec<Scored> {
    input
        .scores
        .iter()
        .filter_map(|record| {
            Some(Scored {
                judge: record.judge,
                contestant: record.contestant,
                item: record.item,
                run: record.run,
                value: record.reply.verdict()?,
                log_length: (record.length as f64).ln_1p(),
            })
        })
        .collect()
}

/// What a judge's scores tell of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreTrust {
    /// Its mean score, in the unit of the scale.
    pub mean: Figure,
    /// Its score less the mean of the other judges' on the same answers: above 0 for a kind judge,
    /// below 0 for a severe one.
    pub leniency: Figure,
    /// As in [`super::TrustReport::verbosity`].
    pub verbosity: Figure,
    /// As in [`super::TrustReport::verbosity_within_contestant`].
    pub verbosity_within_contestant: Figure,
}

impl ScoreTrust {
    pub(super) fn of(judge: usize, scored: &[Scored], level: f64) -> Self {
        let own: Vec<Scored> = scored.iter().copied().filter(|score| score.judge == judge).collect();
        if own.is_empty() {
            let none = || Figure::missing("no scores");
            return Self { mean: none(), leniency: none(), verbosity: none(), verbosity_within_contestant: none() };
        }
        let values: Vec<Observation> = own.iter().map(|score| (score.item, score.value)).collect();
        let mut others = BTreeMap::<_, (f64, f64)>::new();
        for score in scored.iter().filter(|score| score.judge != judge) {
            let (sum, n) = others.entry(score.answer()).or_default();
            *sum += score.value;
            *n += 1.0;
        }
        let differences: Vec<Observation> = own
            .iter()
            .filter_map(|score| {
                let (sum, n) = others.get(&score.answer())?;
                Some((score.item, score.value - sum / n))
            })
            .collect();
        Self {
            mean: mean(&values, level),
            leniency: if differences.is_empty() {
                Figure::missing("no other judge scored the same answers")
            } else {
                mean(&differences, level)
            },
            verbosity: verbosity(&own, false, level),
            verbosity_within_contestant: verbosity(&own, true, level),
        }
    }
}

/// Sweeps after which the means of two crossed groupings are gone for every purpose of a report.
const SWEEPS: usize = 500;

/// The slope of scores on standardised log length among a judge's scores of one item, and within a
/// contestant when asked for. The standard error is the sandwich clustered by item, with t(G - 1).
pub(super) fn verbosity(scored: &[Scored], within_contestant: bool, level: f64) -> Figure {
    if scored.is_empty() {
        return Figure::missing("needs scores");
    }
    let blocks: Vec<(usize, usize)> = scored.iter().map(|score| (score.item, score.judge)).collect();
    let contestants: Vec<(usize, usize)> = scored.iter().map(|score| (score.contestant, score.judge)).collect();
    let residual = |values: Vec<f64>| {
        let mut values = values;
        remove_means(&mut values, &blocks);
        if within_contestant {
            // Alternating projections: the limit is free of both kinds of means.
            for _ in 0..SWEEPS {
                let moved = remove_means(&mut values, &contestants).max(remove_means(&mut values, &blocks));
                if moved < 1e-12 {
                    break;
                }
            }
        }
        values
    };
    let lengths = residual(scored.iter().map(|score| score.log_length).collect());
    let values = residual(scored.iter().map(|score| score.value).collect());
    let squares: f64 = lengths.iter().map(|length| length * length).sum();
    let n = scored.len();
    let data: Vec<Observation> = scored.iter().map(|score| (score.item, score.value)).collect();
    let units = items(&data);
    if squares < 1e-9 * n as f64 {
        let reason = if within_contestant {
            "no contestant varies its length from item to item beyond what the item explains"
        } else {
            "the answers to each item are of the same length, or there is one an item"
        };
        return Figure { n, items: units, ..Figure::missing(reason) };
    }
    // A standard deviation of what is compared: log length among answers to one item.
    let spread = (squares / n as f64).sqrt();
    let slope = lengths.iter().zip(&values).map(|(x, y)| x * y).sum::<f64>() / squares;
    let mut sums = BTreeMap::<usize, f64>::new();
    for ((score, x), y) in scored.iter().zip(&lengths).zip(&values) {
        *sums.entry(score.item).or_default() += x * (y - slope * x);
    }
    let estimate = slope * spread;
    if units < 2 {
        return Figure::bare(estimate, n, units, "one item only: nothing shows how items differ");
    }
    let g = units as f64;
    let error = (sums.values().map(|sum| sum * sum).sum::<f64>() * g / (g - 1.0)).sqrt() / squares * spread;
    if error <= 1e-12 {
        return Figure::bare(estimate, n, units, "the scores leave no spread to judge by");
    }
    let half = t_quantile(0.5 + level / 2.0, g - 1.0) * error;
    Figure::whole(estimate, Interval { low: estimate - half, high: estimate + half, level }, n, units)
}

/// Takes each group's mean away; gives the largest mean that was there.
fn remove_means(values: &mut [f64], groups: &[(usize, usize)]) -> f64 {
    let mut sums = BTreeMap::<(usize, usize), (f64, f64)>::new();
    for (value, group) in values.iter().zip(groups) {
        let (sum, n) = sums.entry(*group).or_default();
        *sum += value;
        *n += 1.0;
    }
    for (value, group) in values.iter_mut().zip(groups) {
        let (sum, n) = sums.get(group).copied().unwrap_or((0.0, 1.0));
        *value -= sum / n;
    }
    sums.values().map(|(sum, n)| (sum / n).abs()).fold(0.0, f64::max)
}
