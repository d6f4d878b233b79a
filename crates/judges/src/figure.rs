//! A number with its interval, or the reason why there is none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use stats::cluster;
use stats::distribution::{beta_quantile, t_quantile};
use stats::resample::Plan;
use stats::{Degenerate, Interval};

/// Most observations that an interval reads over all its resamples, unless that leaves fewer than
/// [`FEWEST_RESAMPLES`].
const MOST_DRAWS: usize = 10_000_000;
/// Resamples below which the percentiles of an interval are noise.
const FEWEST_RESAMPLES: usize = 400;

/// A number of a report. Never a made-up one: without an estimate, or without an interval, there is
/// a reason.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The estimate.
    pub estimate: Option<f64>,
    /// Its interval.
    pub interval: Option<Interval>,
    /// Observations behind it.
    pub n: usize,
    /// Different items behind it: the units of the interval.
    pub items: usize,
    /// Why the estimate or the interval is missing.
    pub reason: Option<String>,
}

impl Figure {
    /// No number, and why.
    pub(crate) fn missing(reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::default() }
    }

    /// With its interval cut to what is possible at all.
    pub(crate) fn within(mut self, low: f64, high: f64) -> Self {
        if let Some(interval) = self.interval.as_mut() {
            (interval.low, interval.high) = (interval.low.clamp(low, high), interval.high.clamp(low, high));
        }
        self
    }

    pub(crate) fn bare(estimate: f64, n: usize, items: usize, reason: impl Into<String>) -> Self {
        Self { estimate: Some(estimate), interval: None, n, items, reason: Some(reason.into()) }
    }

    pub(crate) fn whole(estimate: f64, interval: Interval, n: usize, items: usize) -> Self {
        Self { estimate: Some(estimate), interval: Some(interval), n, items, reason: None }
    }
}

/// How intervals are formed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Uncertainty {
    /// Nominal level of every interval, in (0, 1).
    pub level: f64,
    /// Resamples of the bootstrap over items. Agreement takes fewer, but not below 400, where a run
    /// has more than ten million observations over all resamples.
    pub resamples: usize,
    /// Seed of the resampling.
    pub seed: u64,
}

impl Default for Uncertainty {
    /// 95 %, 2,000 resamples, seed 0.
    fn default() -> Self {
        Self { level: 0.95, resamples: 2_000, seed: 0 }
    }
}

/// One observation and the item it belongs to.
pub(crate) type Observation = (usize, f64);

pub(crate) fn items(data: &[Observation]) -> usize {
    data.iter().map(|(item, _)| item).collect::<std::collections::BTreeSet<_>>().len()
}

/// A mean with an interval that lets observations of one item depend on each other, t(G - 1).
pub(crate) fn mean(data: &[Observation], level: f64) -> Figure {
    let (groups, values): (Vec<usize>, Vec<f64>) = data.iter().copied().unzip();
    if values.is_empty() {
        return Figure::missing("no observations");
    }
    let estimate = values.iter().sum::<f64>() / values.len() as f64;
    let count = items(data);
    match cluster::mean(&values, &groups, level) {
        Ok(clustered) if clustered.mean.standard_error > 0.0 => {
            Figure::whole(estimate, clustered.mean.interval, values.len(), count)
        }
        Ok(_) => Figure::bare(estimate, values.len(), count, "all items have the same mean"),
        Err(reason) => Figure::bare(estimate, values.len(), count, why(&reason, count)),
    }
}

/// A share of observations of 0 and 1 with an interval that lets observations of one item depend on
/// each other: Clopper and Pearson's with the effective number of observations (Korn and Graubard
/// 1998, Survey Methodology 24). When all observations are alike nothing shows how much those of one
/// item depend on each other, and each item counts once.
pub(crate) fn rate(data: &[Observation], level: f64) -> Figure {
    let n = data.len();
    if n == 0 {
        return Figure::missing("no observations");
    }
    let groups = items(data);
    let share = data.iter().map(|(_, value)| value).sum::<f64>() / n as f64;
    if groups < 2 && n > 1 {
        return Figure::bare(share, n, groups, "one item only: nothing shows how items differ");
    }
    let mut effective = groups as f64;
    if groups == n {
        effective = n as f64;
    } else if share > 0.0 && share < 1.0 {
        let (ids, values): (Vec<usize>, Vec<f64>) = data.iter().copied().unzip();
        if let Ok(clustered) = cluster::mean(&values, &ids, level) {
            let tail = 0.5 + level / 2.0;
            let df_penalty = (t_quantile(tail, n as f64 - 1.0) / t_quantile(tail, groups as f64 - 1.0)).powi(2);
            let variance = clustered.mean.standard_error.powi(2);
            effective = if variance > 0.0 { share * (1.0 - share) / variance * df_penalty } else { n as f64 };
            effective = effective.clamp(1.0, n as f64);
        }
    }
    let (low, high) = clopper_pearson(share * effective, effective, level);
    Figure::whole(share, Interval { low, high, level }, n, groups)
}

/// Clopper and Pearson's bounds (1934) of `x` in `n`, which need not be whole here.
pub(crate) fn clopper_pearson(x: f64, n: f64, level: f64) -> (f64, f64) {
    let tail = (1.0 - level) / 2.0;
    let low = if x <= 0.0 { 0.0 } else { beta_quantile(tail, x, n - x + 1.0) };
    let high = if x >= n { 1.0 } else { beta_quantile(1.0 - tail, x + 1.0, n - x) };
    (low, high)
}

/// The percentile interval of a statistic of items by resampling items. `groups` are the indices of
/// each item's observations; `of` gets those of the drawn items. Undefined resamples count as below
/// the lower bound `undefined.0` and above the upper one, `undefined.1`.
pub(crate) fn bootstrap(
    groups: &[Vec<usize>],
    undefined: (f64, f64),
    uncertainty: &Uncertainty,
    of: &(impl Fn(&mut dyn Iterator<Item = usize>) -> Option<f64> + Sync),
) -> Result<Interval, Degenerate> {
    if groups.len() < 2 {
        return Err(Degenerate::TooFew { n: groups.len(), need: 2 });
    }
    let numbered: Vec<f64> = (0..groups.len()).map(|index| index as f64).collect();
    let observations = groups.iter().map(Vec::len).sum::<usize>().max(1);
    let resamples = uncertainty.resamples.min((MOST_DRAWS / observations).max(FEWEST_RESAMPLES));
    let plan = Plan { resamples, seed: uncertainty.seed };
    let replicates = plan.statistic(0, &numbered, &|drawn: &[f64]| {
        let mut chosen = drawn.iter().flat_map(|&group| groups[group as usize].iter().copied());
        of(&mut chosen).unwrap_or(f64::NAN)
    })?;
    let bound = |missing: f64, probability: f64| {
        let values: Vec<f64> = replicates.iter().map(|&value| if value.is_nan() { missing } else { value }).collect();
        stats::describe::quantile(&values, probability)
    };
    let tail = (1.0 - uncertainty.level) / 2.0;
    let (low, high) = (bound(undefined.0, tail)?, bound(undefined.1, 1.0 - tail)?);
    Ok(Interval { low, high, level: uncertainty.level })
}

/// The indices of observations by item.
pub(crate) fn by_item(ids: impl Iterator<Item = usize>) -> Vec<Vec<usize>> {
    let mut groups = BTreeMap::<usize, Vec<usize>>::new();
    for (index, item) in ids.enumerate() {
        groups.entry(item).or_default().push(index);
    }
    groups.into_values().collect()
}

/// A reason of `stats` in the words of a report.
pub(crate) fn why(reason: &Degenerate, items: usize) -> String {
    match reason {
        Degenerate::TooFew { .. } if items < 2 => "one item only: nothing shows how items differ".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_repeats_it_is_clopper_and_pearson() {
        // 9 of 10: .554984 to .997471 (docs/statistics.md).
        let data: Vec<Observation> = (0..10).map(|item| (item, f64::from(u8::from(item != 3)))).collect();
        let interval = rate(&data, 0.95).interval.unwrap();
        assert!((interval.low - 0.554984).abs() < 1e-6 && (interval.high - 0.997471).abs() < 1e-6);
    }

    #[test]
    fn observations_that_repeat_their_item_add_nothing() {
        let once: Vec<Observation> = (0..40).map(|item| (item, f64::from(u8::from(item % 4 != 0)))).collect();
        let tenfold: Vec<Observation> = once.iter().flat_map(|&row| [row; 10]).collect();
        let (once, tenfold) = (rate(&once, 0.95), rate(&tenfold, 0.95));
        assert_eq!((tenfold.n, tenfold.items), (400, 40));
        let (a, b) = (once.interval.unwrap(), tenfold.interval.unwrap());
        assert!(b.width() >= a.width() * 0.98, "{a:?} {b:?}");
        // All alike: items count, not repeats.
        let alike: Vec<Observation> = (0..100).map(|index| (index % 10, 1.0)).collect();
        let interval = rate(&alike, 0.95).interval.unwrap();
        assert!((interval.low - 0.025_f64.powf(0.1)).abs() < 1e-9);
    }

    /// Observations of one item resemble each other: the interval keeps its promise where one that
    /// takes them for independent does not.
    #[test]
    fn a_rate_of_dependent_observations_is_covered() {
        let mut state = 1_u64;
        let mut uniform = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let (mut covered, mut naive) = (0, 0);
        for _ in 0..400 {
            let mut data: Vec<Observation> = Vec::new();
            for item in 0..30 {
                let p = if uniform() < 0.5 { 0.4 } else { 0.95 };
                data.extend((0..8).map(|_| (item, f64::from(u8::from(uniform() < p)))));
            }
            covered += usize::from(rate(&data, 0.95).interval.unwrap().contains(0.675));
            let passes = data.iter().map(|row| row.1).sum::<f64>();
            let (low, high) = clopper_pearson(passes, data.len() as f64, 0.95);
            naive += usize::from((low..=high).contains(&0.675));
        }
        assert!(covered >= 375 && naive <= 340, "{covered} {naive}");
    }

    #[test]
    fn a_single_item_has_no_interval() {
        let figure = rate(&[(7, 1.0), (7, 0.0)], 0.95);
        assert_eq!(figure.estimate, Some(0.5));
        assert!(figure.interval.is_none() && figure.reason.is_some());
        assert!(mean(&[(7, 1.0), (7, 0.0)], 0.95).reason.is_some());
        assert!(mean(&[], 0.95).estimate.is_none());
    }
}
