//! The two-level bootstrap: items, and runs within each drawn item.
//!
//! For a mean over items, resampling items alone is already right, because item means carry the
//! noise of their runs; the second level counts it once more. It is for statistics of runs, such
//! as a flip rate or pass^k. Its variance for a mean is
//! Var(item means)(n-1)/n² + mean(s²)(K-1)/(nK²).

use crate::bootstrap::{BootstrapInterval, Method, from_replicates};
use crate::degenerate::{Degenerate, check_sample};
use crate::describe::mean_of;
use crate::resample::{Draws, Plan};

/// The runs of two contestants on one item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ItemRuns<'a> {
    /// Scores of the first contestant.
    pub a: &'a [f64],
    /// Scores of the second contestant.
    pub b: &'a [f64],
}

/// Which levels are resampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Levels {
    /// Items only.
    Items,
    /// Items, and runs within each drawn item, independently for the two contestants.
    ItemsAndRuns,
}

/// Percentile bootstrap interval of the mean over items of a statistic of each item's runs.
///
/// The same plan draws the same items at either level.
pub fn mean_over_items(
    items: &[ItemRuns<'_>],
    statistic: impl Fn(&[f64], &[f64]) -> f64 + Sync,
    levels: Levels,
    plan: &Plan,
    level: f64,
) -> Result<BootstrapInterval, Degenerate> {
    for item in items {
        check_sample(item.a, 1)?;
        check_sample(item.b, 1)?;
    }
    let values: Vec<f64> = items.iter().map(|item| statistic(item.a, item.b)).collect();
    check_sample(&values, 2)?;
    let estimate = mean_of(&values);
    let replicates = plan.map(&[(0, items.len())], |resample, drawn, out: &mut Vec<f64>| {
        // Runs have streams of their own, so that they leave the draws of items alone.
        let mut run_draws = Draws::new(plan.seed, 1, resample as u32);
        let of_item = |&index: &u32| match levels {
            Levels::Items => values[index as usize],
            Levels::ItemsAndRuns => {
                let item = items[index as usize];
                statistic(&redraw(item.a, &mut run_draws), &redraw(item.b, &mut run_draws))
            }
        };
        out.push(mean_of(&drawn[0].iter().map(of_item).collect::<Vec<_>>()));
    })?;
    let spread = replicates.iter().any(|replicate| *replicate != replicates[0]);
    if !spread {
        return Err(Degenerate::Constant { value: estimate });
    }
    from_replicates(estimate, &replicates, &[], Method::Percentile, level, items.len())
}

/// [`mean_over_items`] of mean(a) - mean(b).
pub fn paired_difference(
    items: &[ItemRuns<'_>],
    levels: Levels,
    plan: &Plan,
    level: f64,
) -> Result<BootstrapInterval, Degenerate> {
    mean_over_items(items, |a, b| mean_of(a) - mean_of(b), levels, plan, level)
}

fn redraw(runs: &[f64], draws: &mut Draws) -> Vec<f64> {
    (0..runs.len()).map(|_| runs[draws.index(runs.len() as u32) as usize]).collect()
}
