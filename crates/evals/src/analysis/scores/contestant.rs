//! Each contestant over all its items.

use std::collections::BTreeMap;

use hallucination::Risk;
use stats::rate::{self, RateMethod};
use stats::{cluster, describe};

use super::{Material, check};
use crate::analysis::rows;
use crate::analysis::scored::{ContestantScores, RowScores};
use crate::record::{CallRecord, Prompt};

/// How each contestant was scored, in their order.
pub(super) fn all(material: &Material<'_>, scores: &[RowScores]) -> Vec<ContestantScores> {
    (0..material.header().contestants.len() as u32).map(|index| one(material, scores, index)).collect()
}

fn one(material: &Material<'_>, scores: &[RowScores], index: u32) -> ContestantScores {
    let mine = || material.rows.iter().zip(scores).filter(move |(row, _)| row.call.contestant == index);
    let header = material.header();
    let level = header.analysis.ci_level;
    let mut result = ContestantScores {
        checks: check::totals(material.rows, scores, |row| row.call.contestant == index),
        ..ContestantScores::default()
    };
    let mut latencies = Vec::new();
    for (row, score) in mine() {
        result.planned += 1;
        result.outcomes[rows::outcome_position(row.outcome)] += 1;
        result.cost += row.cost.known_usd().unwrap_or_default();
        result.judged += u32::from(score.judge_score.is_some());
        let risk = score.hallucination.as_ref().and_then(|found| found.risk);
        result.classified += u32::from(risk.is_some());
        result.high_risk += u32::from(risk == Some(Risk::High));
        latencies.extend(row.timing.latency_ms.filter(|_| rows::is_billed(row) && !row.from_cache));
    }
    result.latency_mean_ms = (!latencies.is_empty()).then(|| describe::mean(&latencies)).and_then(Result::ok);
    let share =
        |score: &RowScores| (score.definitive > 0).then(|| f64::from(score.passed) / f64::from(score.definitive));
    let items: std::collections::BTreeSet<u32> = mine().map(|(row, _)| row.call.prompt).collect();
    result.items = items.len() as u32;
    let checked = by_item(mine(), &header.prompts, share);
    let method;
    (result.pass_rate, result.pass_rate_ci, method) = checked.rate(level);
    result.pass_rate_method = method.map(str::to_owned);
    let judged = by_item(mine(), &header.prompts, |score| score.judge_score);
    (result.judge_mean, result.judge_ci) = judged.mean(level);
    if let (Some(judging), Some((low, high))) = (&header.scoring.judging, result.judge_ci.as_mut()) {
        // No mean leaves the scale, so no interval of one does.
        let (least, most) = judging.rubric.scale.range();
        (*low, *high) = (low.clamp(least, most), high.clamp(least, most));
    }
    result
}

/// One value for each item that has one: the mean over its answers.
struct Items<'a> {
    values: Vec<f64>,
    weights: Vec<f64>,
    clusters: Vec<&'a str>,
}

fn by_item<'a>(
    rows: impl Iterator<Item = (&'a CallRecord, &'a RowScores)>,
    prompts: &'a [Prompt],
    value: impl Fn(&RowScores) -> Option<f64>,
) -> Items<'a> {
    let mut sums: BTreeMap<u32, (f64, u32)> = BTreeMap::new();
    for (row, score) in rows {
        if let Some(value) = value(score).filter(|value| value.is_finite()) {
            let sum = sums.entry(row.call.prompt).or_default();
            sum.0 += value;
            sum.1 += 1;
        }
    }
    let mut items = Items { values: Vec::new(), weights: Vec::new(), clusters: Vec::new() };
    for (prompt, (sum, count)) in sums {
        let prompt = &prompts[prompt as usize];
        items.values.push(sum / f64::from(count));
        items.weights.push(prompt.weight);
        items.clusters.push(prompt.cluster.as_deref().unwrap_or(&prompt.id));
    }
    items
}

type Bounds = Option<(f64, f64)>;

impl Items<'_> {
    fn point(&self) -> Option<f64> {
        let total: f64 = self.weights.iter().sum();
        let sum: f64 = self.values.iter().zip(&self.weights).map(|(value, weight)| value * weight).sum();
        (total > 0.0).then(|| sum / total)
    }

    /// Mean with a clustered t interval.
    fn mean(&self, level: f64) -> (Option<f64>, Bounds) {
        let estimate = cluster::weighted_mean(&self.values, &self.weights, &self.clusters, level).ok();
        (self.point(), estimate.map(|estimate| (estimate.interval.low, estimate.interval.high)))
    }

    /// A rate: Wilson's interval where items are independent, equally weighted and each passes or fails as
    /// a whole; else the clustered t interval, cut to the range of a rate; where every item passed, or none
    /// did, Wilson's interval of that many clusters.
    fn rate(&self, level: f64) -> (Option<f64>, Bounds, Option<&'static str>) {
        let Some(point) = self.point() else { return (None, None, None) };
        let distinct: std::collections::HashSet<&&str> = self.clusters.iter().collect();
        let plain = distinct.len() == self.clusters.len()
            && self.weights.windows(2).all(|pair| pair[0] == pair[1])
            && self.values.iter().all(|value| *value == 0.0 || *value == 1.0);
        if plain {
            let passed = self.values.iter().filter(|value| **value == 1.0).count() as u64;
            let estimate = rate::estimate(passed, self.values.len() as u64, level, RateMethod::Wilson).ok();
            let bounds = estimate.map(|estimate| (estimate.interval.low, estimate.interval.high));
            return (Some(point), bounds, Some("wilson").filter(|_| bounds.is_some()));
        }
        if let Some(bounds) = self.mean(level).1.map(|(low, high)| (low.max(0.0), high.min(1.0))) {
            return (Some(point), Some(bounds), Some("clustered_t"));
        }
        // All alike: no spread to estimate from. What is known is that so many clusters passed, or failed.
        let clusters = distinct.len() as u64;
        let passed = if point == 1.0 { clusters } else { 0 };
        let whole = (point == 1.0 || point == 0.0).then(|| rate::estimate(passed, clusters, level, RateMethod::Wilson));
        let bounds = whole.and_then(Result::ok).map(|estimate| (estimate.interval.low, estimate.interval.high));
        (Some(point), bounds, Some("wilson_of_clusters").filter(|_| bounds.is_some()))
    }
}
