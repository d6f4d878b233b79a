//! Who is best, and who could be: contestants scored on the same items.

use serde::{Deserialize, Serialize};

use crate::degenerate::{Degenerate, Parameter, check_probability};
use crate::describe::mean_of;
use crate::interval::SmallSample;
use crate::resample::Plan;

/// Where one contestant stands over resampled items.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Mean score over the items.
    pub mean: f64,
    /// Share of resamples in which it has the highest mean; contestants that tie share theirs.
    pub best: f64,
    /// Mean rank over resamples, 1 for the highest mean, ties sharing.
    pub expected_rank: f64,
    /// Lower and upper rank between which it lies in `level` of the resamples.
    pub rank_interval: (f64, f64),
}

/// Standings of contestants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standings {
    /// One for each contestant, in the order given.
    pub contestants: Vec<Standing>,
    /// Resamples drawn.
    pub resamples: usize,
    /// Set for few items.
    pub small_sample: Option<SmallSample>,
}

/// Resamples items, the same for all contestants, and counts who comes first. `scores[c]` holds the
/// scores of contestant c, item by item (the mean of its runs where there are several). Needs two
/// items and a contestant; higher is better.
///
/// This is how stable the ranking is over prompts like these, not a test: with few items "best in
/// 95 % of resamples" is reached more easily than significance.
pub fn standings(scores: &[&[f64]], plan: &Plan, level: f64) -> Result<Standings, Degenerate> {
    check_probability(Parameter::Level, level)?;
    let items = scores.first().map_or(0, |column| column.len());
    if scores.is_empty() || items < 2 {
        return Err(Degenerate::TooFew { n: items, need: 2 });
    }
    let moments = plan.moments(0, scores)?;
    let scale = scores.iter().copied().flatten().fold(0.0_f64, |largest, score| largest.max(score.abs()));
    // Means within rounding of each other are ties.
    let rounding = 1e-12 * scale;
    let count = scores.len();
    let mut best = vec![0.0; count];
    let mut ranks = vec![Vec::with_capacity(plan.resamples); count];
    for resample in 0..plan.resamples {
        let means: Vec<f64> = moments.iter().map(|column| column.means[resample]).collect();
        let mut leaders = Vec::new();
        for (contestant, mean) in means.iter().enumerate() {
            let above = means.iter().filter(|other| **other > mean + rounding).count();
            let level_with = means.iter().filter(|other| (**other - mean).abs() <= rounding).count();
            ranks[contestant].push(above as f64 + f64::midpoint(level_with as f64, 1.0));
            if above == 0 {
                leaders.push(contestant);
            }
        }
        for contestant in &leaders {
            best[*contestant] += 1.0 / leaders.len() as f64;
        }
    }
    let tail = (1.0 - level) / 2.0;
    let contestants = scores
        .iter()
        .zip(best)
        .zip(ranks)
        .map(|((scores, best), ranks)| {
            let sorted = crate::describe::sorted(&ranks);
            // Ranks are steps, and bounds are ranks that occurred.
            let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize];
            Standing {
                mean: mean_of(scores),
                best: best / plan.resamples as f64,
                expected_rank: mean_of(&ranks),
                rank_interval: (at(tail), sorted[sorted.len() - 1 - ((sorted.len() - 1) as f64 * tail) as usize]),
            }
        })
        .collect();
    Ok(Standings { contestants, resamples: plan.resamples, small_sample: SmallSample::of(items) })
}
