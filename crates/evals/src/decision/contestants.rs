//! How each arm does by itself.

use stats::quantile;
use stats::rate::{self, RateMethod};
use stats::{Degenerate, Interval, clustered_rate, describe, interval, pass_k, ratio};

use super::measure::Measure;
use super::model::{Bounds, ContestantDecision, Estimate, Figure, FigureStatus};
use super::scores::{CellSum, Scores};
use super::units::Sample;

/// Every arm.
pub(super) fn all(scores: &Scores, primary: Measure, level: f64) -> Vec<ContestantDecision> {
    (0..scores.arms().len()).map(|arm| one(scores, arm, primary, level)).collect()
}

fn one(scores: &Scores, arm: usize, primary: Measure, level: f64) -> ContestantDecision {
    let metrics: Vec<Estimate> = Measure::ALL
        .iter()
        .map(|measure| estimate(scores, arm, *measure, level))
        .filter(|estimate| estimate.n_items > 0)
        .collect();
    let mean_of = |measure: Measure| {
        metrics.iter().find(|estimate| estimate.metric == measure).map_or(
            Figure::bare(None, FigureStatus::NoData),
            |found| Figure { value: found.mean, ci_low: found.ci_low, ci_high: found.ci_high, status: found.status },
        )
    };
    let own = &scores.arms()[arm];
    let (pass_at_k, pass_hat_k) = passes(scores, arm);
    ContestantDecision {
        name: own.name.clone(),
        contestant: own.contestant.clone(),
        primary: estimate(scores, arm, primary, level),
        n_runs: scores.runs(arm) as u32,
        pass_at_k,
        pass_hat_k,
        cost_per_item: mean_of(Measure::CostUsd),
        cost_per_passed_item: cost_per_pass(scores, arm, level),
        latency_mean_ms: mean_of(Measure::LatencyMs),
        latency_p50_ms: latency_quantile(scores, arm, 0.5, level),
        latency_p95_ms: latency_quantile(scores, arm, 0.95, level),
        metrics,
        p_best: None,
        rank_interval: None,
    }
}

/// The mean of a measure over an arm's items, with its interval and what missing answers could change.
pub fn estimate(scores: &Scores, arm: usize, measure: Measure, level: f64) -> Estimate {
    let column = scores.column(arm, measure);
    let sample = Sample::of(scores.items(), |at| column[at].mean());
    let answers = column.iter().map(|cell| cell.found as usize).sum();
    let (found, method) = mean_interval(&sample, measure.is_rate(), answers, level);
    let missing: u32 = column.iter().map(|cell| cell.asked - cell.found).sum();
    let (interval, status) = match &found {
        Ok(found) => (Some(*found), FigureStatus::Estimated),
        Err(reason) => (None, FigureStatus::of(*reason)),
    };
    Estimate {
        metric: measure,
        n_items: sample.len() as u32,
        n_missing: missing,
        mean: sample.mean(),
        standard_error: interval::mean(&sample.units(), level).ok().map(|found| found.standard_error),
        ci_low: interval.map(|found| found.low),
        ci_high: interval.map(|found| found.high),
        method: method.filter(|_| interval.is_some()).unwrap_or_default().to_owned(),
        status,
        bounds: scores.range(measure).filter(|_| missing > 0).and_then(|range| {
            let filled = |value: f64| {
                let sample = asked(scores, &column, |cell| cell.filled(value));
                let answers = column.iter().map(|cell| cell.asked as usize).sum();
                Some((sample.mean()?, mean_interval(&sample, measure.is_rate(), answers, level).0.ok()))
            };
            let ((low, low_interval), (high, high_interval)) = (filled(range.0)?, filled(range.1)?);
            let (ci_low, ci_high) = (low_interval.map(|found| found.low), high_interval.map(|found| found.high));
            Some(Bounds { low, high, ci_low, ci_high })
        }),
    }
}

/// A value for every item that was asked.
fn asked(scores: &Scores, column: &[CellSum], value: impl Fn(&CellSum) -> f64) -> Sample {
    Sample::of(scores.items(), |at| (column[at].asked > 0).then(|| value(&column[at])))
}

/// The two-sided interval of a sample's mean: Wilson's for rates (at the effective number of trials where
/// items were repeated, weighted or clustered), else t over independent units.
fn mean_interval(
    sample: &Sample,
    is_rate: bool,
    answers: usize,
    level: f64,
) -> (Result<Interval, Degenerate>, Option<&'static str>) {
    if !is_rate {
        let method = if sample.is_plain() { "t" } else { "clustered_t" };
        return (interval::mean(&sample.units(), level).map(|found| found.interval), Some(method));
    }
    let Some(mean) = sample.mean() else { return (Err(Degenerate::TooFew { n: 0, need: 1 }), None) };
    if let Some((passes, trials)) = whole(sample) {
        return (rate::estimate(passes, trials, level, RateMethod::Wilson).map(|found| found.interval), Some("wilson"));
    }
    let interval = clustered_rate::effective_trials(&sample.units(), answers, level)
        .and_then(|trials| clustered_rate::interval(mean.clamp(0.0, 1.0), trials, level, RateMethod::Wilson));
    (interval, Some("wilson_effective"))
}

/// Passes and trials where independent items of equal weight each pass or fail as a whole.
pub(super) fn whole(sample: &Sample) -> Option<(u64, u64)> {
    let all = sample.is_plain() && sample.len() > 0 && sample.values().iter().all(|v| *v == 0.0 || *v == 1.0);
    let passes = sample.values().iter().filter(|value| **value == 1.0).count();
    all.then_some((passes as u64, sample.len() as u64))
}

/// pass@k and pass^k for k from 1 to the most runs.
fn passes(scores: &Scores, arm: usize) -> (Vec<Option<f64>>, Vec<Option<f64>>) {
    let column = scores.column(arm, Measure::Pass);
    let most = column.iter().map(|cell| cell.found).max().unwrap_or(0);
    let over_items = |k: u32, of: fn(u64, u64, u64) -> Result<f64, Degenerate>| {
        let value = |at: usize| of(u64::from(column[at].found), column[at].sum.round() as u64, u64::from(k)).ok();
        Sample::of(scores.items(), value).mean()
    };
    (
        (1..=most).map(|k| over_items(k, pass_k::pass_at_k)).collect(),
        (1..=most).map(|k| over_items(k, pass_k::pass_hat_k)).collect(),
    )
}

/// Mean cost over pass rate, over the items that have both.
fn cost_per_pass(scores: &Scores, arm: usize, level: f64) -> Figure {
    let (cost, pass) = (scores.column(arm, Measure::CostUsd), scores.column(arm, Measure::Pass));
    let both = |at: usize| Some((cost[at].mean()?, pass[at].mean()?));
    let costs = Sample::of(scores.items(), |at| both(at).map(|pair| pair.0));
    let passes = Sample::of(scores.items(), |at| both(at).map(|pair| pair.1));
    match (costs.mean(), passes.mean()) {
        (Some(cost), Some(rate)) if rate > 0.0 => {
            let interval = ratio::paired(&costs.units(), &passes.units(), level).map(|found| found.interval);
            Figure::of(Some(cost / rate), interval)
        }
        (Some(_), Some(_)) => Figure::bare(None, FigureStatus::Unbounded),
        _ => Figure::bare(None, FigureStatus::NoData),
    }
}

/// A quantile of latency over all answers, items unweighted.
///
/// Of independent answers the interval is that of order statistics. Answers to one item, or to items of a
/// cluster, are worth fewer: the share of answers below the quantile is then bounded by Clopper and
/// Pearson at its effective number of trials, and the bounds are read off the sample (Woodruff 1952, JASA 47;
/// Korn and Graubard 1998).
fn latency_quantile(scores: &Scores, arm: usize, probability: f64, level: f64) -> Figure {
    let values: Vec<f64> = scores.answers_of(arm).filter_map(|(_, answer)| answer.get(Measure::LatencyMs)).collect();
    let Ok(value) = describe::quantile(&values, probability) else {
        return Figure::bare(None, FigureStatus::NoData);
    };
    let below = share(scores, arm, Measure::LatencyMs, |latency| latency <= value);
    if below.sample.is_plain() && below.sample.len() == values.len() {
        return Figure::of(Some(value), quantile::interval(&values, probability, level).map(|found| found.interval));
    }
    let need = match quantile::observations_needed(probability, level) {
        Ok(need) => need,
        Err(reason) => return Figure::bare(Some(value), FigureStatus::of(reason)),
    };
    let bounds = clustered_rate::effective_trials(&below.sample.units(), values.len(), level).and_then(|trials| {
        if trials < need as f64 {
            return Err(Degenerate::TooFewForQuantile { n: trials as usize, need, quantile: probability });
        }
        let shares = clustered_rate::interval(probability, trials, level, RateMethod::ClopperPearson)?;
        let at = |share: f64| describe::quantile(&values, share);
        Ok(Interval { low: at(shares.low)?, high: at(shares.high)?, level })
    });
    Figure::of(Some(value), bounds)
}

/// Of each item, the share of its answers that fulfil a condition; answers weigh alike whatever the item.
pub(super) struct Shares {
    /// Item means.
    pub(super) sample: Sample,
    /// Of each item, answers for which the condition holds.
    pub(super) held: Vec<u32>,
    /// Answers with a value.
    pub(super) answers: usize,
}

/// The share of answers for which `holds`, among those that have a value.
pub(super) fn share(scores: &Scores, arm: usize, measure: Measure, holds: impl Fn(f64) -> bool) -> Shares {
    let mut counts = vec![(0_u32, 0_u32); scores.items().len()];
    for (item, answer) in scores.answers_of(arm) {
        if let Some(value) = answer.get(measure) {
            counts[item].0 += 1;
            counts[item].1 += u32::from(holds(value));
        }
    }
    let sample = Sample::of(scores.items(), |at| {
        let (found, held) = counts[at];
        (found > 0).then(|| f64::from(held) / f64::from(found))
    });
    let held = counts.iter().map(|count| count.1).collect();
    Shares { sample, held, answers: counts.iter().map(|count| count.0 as usize).sum() }
}
