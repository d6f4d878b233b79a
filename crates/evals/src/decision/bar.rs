//! Who clears a bar, and who of them costs least.

use serde::{Deserialize, Serialize};

use super::expression::{Bar, Requirement};
use super::gate::{self, GateAnswer};
use super::measure::Measure;
use super::options::DecisionOptions;
use super::scores::Scores;

/// One arm under a bar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BarStanding {
    /// The arm.
    pub name: String,
    /// The quantity; `None` without data.
    pub estimate: Option<f64>,
    /// Whether it clears the bar: by its estimate, or, where the bar names a confidence, shown at it.
    pub clears: bool,
    /// What the data show at the bar's confidence (95 % where it names none).
    pub answer: GateAnswer,
    /// Mean cost of an answer in dollars.
    pub cost_per_item: Option<f64>,
}

/// What came of a bar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BarResult {
    /// The bar as it was written.
    pub bar: String,
    /// The confidence asked for; `None` where estimates decide.
    pub level: Option<f64>,
    /// Each arm.
    pub contestants: Vec<BarStanding>,
    /// The cheapest arm that clears it; `None` where none does or no cost is known.
    pub cheapest: Option<String>,
    /// The cheapest arm that is shown to clear it.
    pub cheapest_shown: Option<String>,
}

/// Holds every arm to the bar. An arm of unknown cost can clear it and never is the cheapest.
pub(super) fn clear(scores: &Scores, bar: &Bar, options: &DecisionOptions) -> BarResult {
    let condition = bar.condition();
    let contestants: Vec<BarStanding> = (0..scores.arms().len())
        .map(|arm| {
            let answer = gate::answer(scores, arm, None, condition, options).answer;
            let estimate = gate::value(scores, arm, &condition.quantity);
            let by_estimate = match &condition.requirement {
                Requirement::Limit { comparison, value } => {
                    estimate.is_some_and(|estimate| comparison.holds(estimate, *value))
                }
                Requirement::NotWorse { .. } => false,
            };
            let clears = if condition.level.is_some() { answer == GateAnswer::Passes } else { by_estimate };
            let cost = gate::value(scores, arm, &super::expression::Quantity::Mean { measure: Measure::CostUsd });
            BarStanding { name: scores.arms()[arm].name.clone(), estimate, clears, answer, cost_per_item: cost }
        })
        .collect();
    let cheapest = |clears: &dyn Fn(&BarStanding) -> bool| {
        let known = contestants.iter().filter(|arm| clears(arm)).filter_map(|arm| Some((arm, arm.cost_per_item?)));
        // Of equal costs the better one, then the first.
        let sign = condition.quantity.measure().sign();
        known
            .min_by(|(a, a_cost), (b, b_cost)| {
                let quality = |arm: &BarStanding| arm.estimate.map_or(f64::NEG_INFINITY, |value| sign * value);
                a_cost.total_cmp(b_cost).then(quality(b).total_cmp(&quality(a)))
            })
            .map(|(arm, _)| arm.name.clone())
    };
    BarResult {
        bar: condition.text.clone(),
        level: condition.level,
        cheapest: cheapest(&|arm| arm.clears),
        cheapest_shown: cheapest(&|arm| arm.answer == GateAnswer::Passes),
        contestants,
    }
}
