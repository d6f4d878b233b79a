//! What a design could find before it is paid for: the smallest detectable difference, and how a budget is best
//! split between more items and more runs of each.

use serde::{Deserialize, Serialize};
use stats::Degenerate;
use stats::hierarchy;
use stats::power::{Errors, PairedDesign};

use super::measure::Measure;
use super::scores::Scores;
use super::units::Sample;

/// Where the spread comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpreadSource {
    /// Estimated from an earlier run.
    Pilot,
    /// Assumed: shares between 0 and 1 as in Miller (2024), section 5.
    Assumed,
}

/// How much items and runs differ. Of the difference of two contestants, in squared units of the measure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// ω²: variance over items of the true difference.
    pub item_variance: f64,
    /// σ²: mean variance of one run, averaged over the contestants.
    pub run_variance: f64,
    /// Where they come from.
    pub source: SpreadSource,
    /// Items behind them; 0 where they are assumed.
    pub items: u32,
}

impl Default for Spread {
    /// ω² = 1/9 and σ² = 1/6: pass rates that vary over items as Miller (2024) takes them.
    fn default() -> Self {
        Self { item_variance: 1.0 / 9.0, run_variance: 1.0 / 6.0, source: SpreadSource::Assumed, items: 0 }
    }
}

impl Spread {
    /// The spread of an earlier run, of the pair of arms that is hardest to tell apart, so that the plan is
    /// enough for every pair. Without repeated runs σ² cannot be told from ω² and is counted as ω².
    pub fn of_pilot(scores: &Scores, measure: Measure) -> Result<Self, Degenerate> {
        let arms = scores.arms().len();
        let run_variance: Vec<Option<f64>> = (0..arms).map(|arm| within(scores, arm, measure)).collect();
        let columns: Vec<Vec<super::scores::CellSum>> = (0..arms).map(|arm| scores.column(arm, measure)).collect();
        let mut worst: Option<Self> = None;
        for a in 0..arms {
            for b in a + 1..arms {
                let both = |at: usize| Some((columns[a][at].mean()?, columns[b][at].mean()?));
                let differences = Sample::of(scores.items(), |at| both(at).map(|(a, b)| a - b));
                // The units' spread holds clusters and weights, per item.
                let units = differences.units();
                let Ok(observed) = stats::describe::variance(&units) else { continue };
                let observed = observed * differences.len() as f64 / units.len() as f64;
                let noise = |arm: usize| {
                    let counts = (0..columns[arm].len()).filter(|&at| both(at).is_some());
                    let inverse: Vec<f64> = counts.map(|at| 1.0 / f64::from(columns[arm][at].found)).collect();
                    let mean = stats::describe::mean(&inverse).unwrap_or(1.0);
                    run_variance[arm].map(|variance| (variance, variance * mean))
                };
                let (runs, removed) = match (noise(a), noise(b)) {
                    (Some(a), Some(b)) => (f64::midpoint(a.0, b.0), a.1 + b.1),
                    _ => (0.0, 0.0),
                };
                let spread = Self {
                    // Noise may exceed what was observed by chance; no variance is negative.
                    item_variance: (observed - removed).max(0.0),
                    run_variance: runs,
                    source: SpreadSource::Pilot,
                    items: differences.len() as u32,
                };
                let single = |spread: &Self| spread.item_variance + 2.0 * spread.run_variance;
                if worst.as_ref().is_none_or(|worst| single(&spread) > single(worst)) {
                    worst = Some(spread);
                }
            }
        }
        worst.ok_or(Degenerate::TooFew { n: arms, need: 2 })
    }
}

/// Mean variance of a run within its item; none without repeats.
fn within(scores: &Scores, arm: usize, measure: Measure) -> Option<f64> {
    let items: Vec<Vec<f64>> = (0..scores.items().len())
        .map(|item| scores.answers(arm, item).iter().filter_map(|answer| answer.get(measure)).collect())
        .filter(|values: &Vec<f64>| !values.is_empty())
        .collect();
    let views: Vec<&[f64]> = items.iter().map(Vec::as_slice).collect();
    match hierarchy::variance_split(&views) {
        Ok(split) => Some(split.within_mean_square),
        // All answers alike, over repeated runs: runs add nothing.
        Err(Degenerate::Constant { .. }) => Some(0.0),
        Err(_) => None,
    }
}

/// What the plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PlanQuestion {
    /// The spread to expect.
    pub spread: Spread,
    /// Contestants.
    pub contestants: u32,
    /// Items at hand: a plan cannot use more.
    pub items: u32,
    /// The most runs of an item to consider.
    pub most_runs: u32,
    /// Money for the whole run, in dollars; `None` where only items limit it.
    pub budget: Option<f64>,
    /// What an item costs once, whatever is run on it: writing it, labelling it; dollars.
    pub cost_per_item: f64,
    /// Expected cost of one run of all contestants on an item, judges included; dollars.
    pub cost_per_run: f64,
    /// The same in the worst case.
    pub worst_cost_per_run: f64,
    /// Two-sided threshold, before the correction.
    pub alpha: f64,
    /// Chance to find the difference.
    pub power: f64,
    /// A difference that the user wants to be able to find, in the unit of the measure.
    pub effect: Option<f64>,
}

impl PlanQuestion {
    /// Pairs that the threshold is divided by.
    pub fn pairs(&self) -> u32 {
        (self.contestants * self.contestants.saturating_sub(1) / 2).max(1)
    }

    fn design(&self, runs: u32) -> PairedDesign {
        PairedDesign {
            item_variance: self.spread.item_variance,
            run_variance_a: self.spread.run_variance,
            runs_a: runs as usize,
            run_variance_b: self.spread.run_variance,
            runs_b: runs as usize,
        }
    }

    fn worst(&self, items: u32, runs: u32) -> f64 {
        f64::from(items) * (self.cost_per_item + f64::from(runs) * self.worst_cost_per_run.max(self.cost_per_run))
    }

    fn split(&self, items: u32, runs: u32, errors: &Errors) -> Result<Split, Degenerate> {
        Ok(Split {
            items,
            runs,
            detectable: self.design(runs).minimum_detectable(items as usize, errors)?,
            expected_cost: f64::from(items) * (self.cost_per_item + f64::from(runs) * self.cost_per_run),
            worst_cost: self.worst(items, runs),
        })
    }
}

/// One way to spend the budget.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Items.
    pub items: u32,
    /// Runs of each under each contestant.
    pub runs: u32,
    /// The smallest difference that has the asked power.
    pub detectable: f64,
    /// What it is expected to cost.
    pub expected_cost: f64,
    /// What it can cost at most.
    pub worst_cost: f64,
}

/// What it takes to find one difference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Needed {
    /// The difference, in the unit of the measure.
    pub difference: f64,
    /// The cheapest design that finds it with the asked power.
    pub split: Split,
    /// Whether the items at hand and the budget are enough for it.
    pub within_reach: bool,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The split that finds the smallest difference; of equal ones the cheapest.
    pub best: Split,
    /// The best number of items for each number of runs that fits.
    pub splits: Vec<Split>,
    /// K* = sqrt((2σ²/ω²)(cost per item / cost per run)), the optimum if items were unlimited; below 1 it says
    /// that one run of more items is always better. `None` where items do not differ at all (ω² = 0) and only
    /// runs matter.
    pub optimal_runs: Option<f64>,
    /// The threshold of each pair, divided by their number.
    pub alpha_per_pair: f64,
    /// The spread it rests on.
    pub spread: Spread,
    /// What the asked difference takes; `None` where none was asked for.
    pub needed: Option<Needed>,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlanningError {
    /// Nothing fits.
    #[error(
        "the budget of ${budget} does not pay for two items with one run each, which cost ${least} at worst. Raise it, or compare fewer contestants."
    )]
    Budget {
        /// The budget.
        budget: f64,
        /// The least that anything costs.
        least: f64,
    },
    /// Fewer than two items.
    #[error("{items} items cannot tell contestants apart. Add prompts to the suite.")]
    Items {
        /// Items at hand.
        items: u32,
    },
    /// A number that cannot be planned with.
    #[error("the plan cannot be made: {0}. Check the costs, the threshold and the power.")]
    Numbers(#[from] Degenerate),
}

/// Finds the best split of a budget between items and runs (Miller 2024, arXiv 2411.00640, section 5).
///
/// A plan must be payable in its worst case, because a run never starts a call that could exceed the cap.
pub fn plan_ahead(question: &PlanQuestion) -> Result<Plan, PlanningError> {
    if question.items < 2 {
        return Err(PlanningError::Items { items: question.items });
    }
    for cost in
        [question.cost_per_item, question.cost_per_run, question.worst_cost_per_run, question.budget.unwrap_or(0.0)]
    {
        if !cost.is_finite() || cost < 0.0 {
            let parameter = stats::degenerate::Parameter::Spread;
            return Err(PlanningError::Numbers(Degenerate::OutOfRange { parameter, value: cost }));
        }
    }
    let alpha_per_pair = question.alpha / f64::from(question.pairs());
    let errors = Errors { alpha: alpha_per_pair, power: question.power };
    let worst = |items: u32, runs: u32| question.worst(items, runs);
    let mut splits = Vec::new();
    for runs in 1..=question.most_runs.max(1) {
        let one = worst(1, runs);
        let affordable = match question.budget {
            Some(budget) if one > 0.0 => (budget / one * (1.0 + 1e-12)).floor().min(f64::from(question.items)) as u32,
            _ => question.items,
        };
        if affordable < 2 {
            break;
        }
        splits.push(question.split(affordable, runs, &errors)?);
    }
    let best = splits
        .iter()
        .copied()
        .min_by(|a, b| a.detectable.total_cmp(&b.detectable).then(a.expected_cost.total_cmp(&b.expected_cost)));
    let Some(best) = best else {
        return Err(PlanningError::Budget { budget: question.budget.unwrap_or_default(), least: worst(2, 1) });
    };
    let Spread { item_variance, run_variance, .. } = question.spread;
    let optimal_runs = (item_variance > 0.0 && question.cost_per_run > 0.0)
        .then(|| (2.0 * run_variance / item_variance * question.cost_per_item / question.cost_per_run).sqrt());
    let needed = question.effect.map(|difference| needed(question, difference, &errors)).transpose()?;
    Ok(Plan { best, splits, optimal_runs, alpha_per_pair, spread: question.spread, needed })
}

/// The cheapest design that finds a difference: one that the items at hand and the budget allow, or, where there is
/// none, the cheapest there is.
fn needed(question: &PlanQuestion, difference: f64, errors: &Errors) -> Result<Needed, PlanningError> {
    let mut all = Vec::new();
    for runs in 1..=question.most_runs.max(1) {
        // A count beyond what a number of items can be is out of anybody's reach.
        let items = question.design(runs).items_needed(difference, errors)?.ceil().clamp(2.0, f64::from(u32::MAX));
        let split = question.split(items as u32, runs, errors)?;
        let within_reach =
            split.items <= question.items && question.budget.is_none_or(|budget| split.worst_cost <= budget);
        all.push(Needed { difference, split, within_reach });
    }
    let cheaper = |a: &Needed, b: &Needed| {
        let answers = |one: &Needed| u64::from(one.split.items) * u64::from(one.split.runs);
        (b.within_reach.cmp(&a.within_reach))
            .then(a.split.expected_cost.total_cmp(&b.split.expected_cost))
            .then(answers(a).cmp(&answers(b)))
    };
    let best = all.into_iter().min_by(cheaper);
    best.ok_or(PlanningError::Items { items: question.items })
}
