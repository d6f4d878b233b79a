//! What a design could find and cost, in machine output.

use evals::decision::planning::{Split, SpreadSource};
use schemars::JsonSchema;
use serde::Serialize;

use super::build::finite;
use super::words;
use crate::planning::PlanAhead;

/// A plan for a suite that has not been run.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PlanPayload {
    /// Version of the tool.
    pub version: String,
    /// What is planned: the suite's name, or its file's.
    pub subject: String,
    /// The measure that the differences are in.
    #[schemars(extend("enum" = words::measures()))]
    pub metric: &'static str,
    /// Contestants.
    pub contestants: u32,
    /// Items at hand.
    pub items_at_hand: u32,
    /// Money for the whole run, dollars; null where only items limit it.
    pub budget_usd: Option<f64>,
    /// Two-sided threshold before correction.
    pub alpha: f64,
    /// The threshold of each pair: alpha over their number.
    pub alpha_per_pair: f64,
    /// Pairs of contestants.
    pub pairs: u32,
    /// Chance to find a difference as large as `detectable_difference`.
    pub power: f64,
    /// What the spread is taken from.
    pub spread: SpreadRow,
    /// The smallest difference that the recommended design finds with that chance.
    pub detectable_difference: Option<f64>,
    /// The recommended design.
    pub best: SplitRow,
    /// The best number of items for each number of runs that fits.
    pub alternatives: Vec<SplitRow>,
    /// The best number of runs if items were unlimited; below 1 more items are always better. Null where items do not
    /// differ at all, or runs cost nothing.
    pub optimal_runs: Option<f64>,
    /// What the asked difference takes; null where none was asked for.
    pub needed: Option<NeededRow>,
}

/// How much items and runs differ, of the difference of two contestants.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SpreadRow {
    /// Variance over items of the true difference.
    pub item_variance: f64,
    /// Mean variance of one run.
    pub run_variance: f64,
    /// Where they come from.
    #[schemars(extend("enum" = ["pilot", "assumed"]))]
    pub source: &'static str,
    /// Items behind them; 0 where they are assumed.
    pub items: u32,
}

/// One way to spend the budget.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SplitRow {
    /// Items.
    pub items: u32,
    /// Runs of each under each contestant.
    pub runs: u32,
    /// The smallest difference that it finds with the asked power.
    pub detectable_difference: Option<f64>,
    /// What it is expected to cost, dollars.
    pub expected_cost_usd: f64,
    /// What it can cost at most, dollars.
    pub worst_cost_usd: f64,
}

/// What it takes to find one difference.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NeededRow {
    /// The difference.
    pub difference: f64,
    /// The cheapest design that finds it.
    pub design: SplitRow,
    /// Whether the items at hand and the budget are enough for it.
    pub within_reach: bool,
}

/// The typed output of [`PlanAhead`].
pub fn plan(ahead: &PlanAhead<'_>) -> PlanPayload {
    let (question, plan) = (ahead.question, ahead.plan);
    PlanPayload {
        version: ahead.tool_version.to_owned(),
        subject: ahead.subject.to_owned(),
        metric: ahead.measure.as_str(),
        contestants: question.contestants,
        items_at_hand: question.items,
        budget_usd: question.budget.and_then(finite),
        alpha: question.alpha,
        alpha_per_pair: plan.alpha_per_pair,
        pairs: question.pairs(),
        power: question.power,
        spread: SpreadRow {
            item_variance: plan.spread.item_variance,
            run_variance: plan.spread.run_variance,
            source: match plan.spread.source {
                SpreadSource::Pilot => "pilot",
                SpreadSource::Assumed => "assumed",
            },
            items: plan.spread.items,
        },
        detectable_difference: finite(plan.best.detectable),
        best: split(&plan.best),
        alternatives: plan.splits.iter().map(split).collect(),
        optimal_runs: plan.optimal_runs.and_then(finite),
        needed: plan.needed.as_ref().map(|needed| NeededRow {
            difference: needed.difference,
            design: split(&needed.split),
            within_reach: needed.within_reach,
        }),
    }
}

fn split(split: &Split) -> SplitRow {
    SplitRow {
        items: split.items,
        runs: split.runs,
        detectable_difference: finite(split.detectable),
        expected_cost_usd: split.expected_cost,
        worst_cost_usd: split.worst_cost,
    }
}
