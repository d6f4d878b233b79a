//! Who is best on the primary measure: the tied set and how stable first place is.

use stats::resample::Plan;
use stats::{best, simultaneous};

use super::measure::Measure;
use super::model::ContestantDecision;
use super::options::DecisionOptions;
use super::scores::Scores;
use super::units::Sample;
use crate::record::Note;

/// Terms summed at most over all resamples; keeps 20,000 items within a moment.
const MOST_TERMS: usize = 100_000_000;
const LEAST_RESAMPLES: usize = 999;

/// Who is tied for best, the best first, and what stands in the way of saying so.
pub(super) struct Best {
    pub(super) tied: Vec<usize>,
    pub(super) notes: Vec<Note>,
}

/// Fills each arm's P(best) and rank interval, and finds the arms not shown to be worse than the best.
///
/// Over the items that all arms with any value have one for: all pairwise differences get simultaneous
/// intervals by the largest t statistic, so it does not matter that the best was picked by looking. An arm
/// is out when its difference to the best excludes 0.
pub(super) fn find(
    scores: &Scores,
    measure: Measure,
    contestants: &mut [ContestantDecision],
    options: &DecisionOptions,
) -> Best {
    let columns: Vec<Vec<Option<f64>>> = (0..scores.arms().len())
        .map(|arm| scores.column(arm, measure).iter().map(super::scores::CellSum::mean).collect())
        .collect();
    let arms: Vec<usize> = (0..columns.len()).filter(|&arm| columns[arm].iter().any(Option::is_some)).collect();
    let mut notes = Vec::new();
    let unmeasured = columns.len() - arms.len();
    if unmeasured > 0 {
        notes.push(Note {
            code: "not_measured".to_owned(),
            text: format!("{unmeasured} of {} contestants have no {}.", columns.len(), measure.noun()),
        });
    }
    let common = |at: usize| arms.iter().all(|&arm| columns[arm][at].is_some());
    let sample =
        |value: &dyn Fn(usize) -> Option<f64>| Sample::of(scores.items(), |at| common(at).then(|| value(at)).flatten());
    let sign = measure.sign();
    let units: Vec<Vec<f64>> =
        arms.iter().map(|&arm| sample(&|at| columns[arm][at].map(|value| sign * value)).units()).collect();
    let Some(groups) = units.first().map(Vec::len).filter(|groups| *groups > 0) else {
        if !arms.is_empty() {
            notes.push(Note {
                code: "no_common_items".to_owned(),
                text: "No item has an answer of every contestant, so nobody can be called best.".to_owned(),
            });
        }
        return Best { tied: Vec::new(), notes };
    };
    let items = (0..scores.items().len()).filter(|&at| common(at)).count();
    let some = (0..scores.items().len()).filter(|&at| arms.iter().any(|&arm| columns[arm][at].is_some())).count();
    if items < some {
        notes.push(Note {
            code: "common_items".to_owned(),
            text: format!(
                "Who is best is decided over the {items} of {some} items that every contestant has an answer to; each \
                 contestant's bounds say what its missing answers could change."
            ),
        });
    }
    let views: Vec<&[f64]> = units.iter().map(Vec::as_slice).collect();
    let seed = options.seed.unwrap_or_default();
    let resamples = |columns: usize| {
        (MOST_TERMS / (groups * columns).max(1)).clamp(LEAST_RESAMPLES, options.resamples.max(LEAST_RESAMPLES))
    };
    let plan = Plan { resamples: resamples(views.len()), seed };
    if let Ok(standings) = best::standings(&views, &plan, options.level) {
        for (&arm, standing) in arms.iter().zip(&standings.contestants) {
            contestants[arm].p_best = Some(standing.best);
            contestants[arm].rank_interval = Some(standing.rank_interval);
        }
    }
    let means: Vec<f64> = arms
        .iter()
        .map(|&arm| sample(&|at| columns[arm][at].map(|value| sign * value)).mean().unwrap_or(f64::NAN))
        .collect();
    let mut order: Vec<usize> = (0..arms.len()).collect();
    order.sort_by(|&a, &b| means[b].total_cmp(&means[a]));
    let Some(&leader) = order.first() else { return Best { tied: Vec::new(), notes } };
    let mut pairs = Vec::new();
    let mut contrasts = Vec::new();
    for a in 0..arms.len() {
        for b in a + 1..arms.len() {
            let difference = sample(&|at| Some(sign * (columns[arms[a]][at]? - columns[arms[b]][at]?)));
            pairs.push((a, b));
            contrasts.push(difference.units());
        }
    }
    let clusters: Vec<usize> = (0..groups).collect();
    let views: Vec<&[f64]> = contrasts.iter().map(Vec::as_slice).collect();
    let plan = Plan { resamples: resamples(views.len().max(1)), seed };
    let simultaneous = simultaneous::intervals(&views, &clusters, options.level, &plan);
    let worse = |arm: usize| {
        let Some(at) = pairs.iter().position(|pair| *pair == (arm.min(leader), arm.max(leader))) else { return false };
        let lead = means[leader] - means[arm];
        match &simultaneous {
            Ok(found) => match found.contrasts[at].interval {
                Some(interval) => !interval.contains(0.0),
                // The same difference on every item; three and more agree only if it is real.
                None => lead.abs() > 0.0,
            },
            // All differences are constant: the means order the arms. Too few items order nothing.
            Err(stats::Degenerate::Constant { .. }) => lead > 0.0 && groups >= 6,
            Err(_) => false,
        }
    };
    if groups < 3 {
        notes.push(Note {
            code: "too_few_items".to_owned(),
            text: "Fewer than three independent items: nobody can be told from the best.".to_owned(),
        });
    }
    let tied = order.into_iter().filter(|&arm| arm == leader || !worse(arm)).map(|arm| arms[arm]).collect();
    Best { tied, notes }
}
