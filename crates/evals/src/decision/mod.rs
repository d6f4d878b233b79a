//! From answers to items to a choice: which contestant is better on these prompts, how surely, and which is
//! the cheapest that clears the bar.
//!
//! The item is the unit: runs of an item are averaged, contestants are paired by item, items of a cluster count as
//! one observation, weights weigh. [`decide`] is a pure function of an analysed run, [`decide_scores`] of any
//! [`Scores`], which a run and a [table](table::ResultTable) of results both give.
//!
//! | Question | Where |
//! |---|---|
//! | How does each contestant do? | [`ContestantDecision`] |
//! | Which of two is better? | [`PairDecision`] |
//! | Who may be the best, who is worth its money? | [`Decision::tied_best`], [`Decision::pareto`] |
//! | Does it clear the bar, does it pass the gate? | [`Bar`], [`Gate`] |
//! | May I change the model? | [`migration`] |
//! | Did anything move since the last run? | [`movement`] |
//! | Did anything move over the runs of months? | [`drift`] |
//! | May I stop now? | [`sequential`] |
//! | How many items and runs will it take? | [`planning`] |

mod bar;
mod best;
mod compare;
mod contestants;
pub mod drift;
mod expression;
mod gate;
mod measure;
pub mod migration;
mod model;
pub mod movement;
mod of_analysis;
mod options;
mod pareto;
pub mod planning;
mod scores;
pub mod sequential;
pub mod table;
mod units;

pub use bar::{BarResult, BarStanding};
pub use contestants::estimate;
pub use expression::{Bar, Comparison, Condition, ExpressionError, Gate, Margin, Quantity, Requirement};
pub use gate::{ArmAnswer, GateAnswer, GateResult, MOST_ITEMS, one as put_gate};
pub use measure::Measure;
pub use model::{
    Bounds, ContestantDecision, Decision, Dominator, Estimate, Figure, FigureStatus, PairDecision, PairStatus,
    ParetoPoint,
};
pub(crate) use of_analysis::ArmPlaces;
pub use options::{DecisionOptions, IntervalKind};
pub use scores::{Answer, Arm, Item, Scores};

use crate::analysis::model::Analysis;
use crate::record::Note;

/// Decides on an analysed run; the run's own seed where the options name none.
pub fn decide(analysis: &Analysis, options: &DecisionOptions) -> Decision {
    let header = &analysis.header;
    let seed = options.seed.unwrap_or(header.analysis.bootstrap_seed.unwrap_or(header.seed));
    decide_scores(&Scores::of(analysis), &DecisionOptions { seed: Some(seed), ..options.clone() })
}

/// Decides on items by arms.
pub fn decide_scores(scores: &Scores, options: &DecisionOptions) -> Decision {
    let metrics = metrics(scores, options);
    let mut notes = Vec::new();
    let (n_items, n_clusters) = scores.asked();
    let Some(&primary) = metrics.first() else {
        notes.push(Note {
            code: "nothing_measured".to_owned(),
            text: "No answer has a value, so there is nothing to decide.".to_owned(),
        });
        return Decision {
            primary: None,
            ci_level: options.level,
            correction: options.correction,
            n_items,
            n_clusters,
            contestants: Vec::new(),
            comparisons: Vec::new(),
            tied_best: Vec::new(),
            pareto: Vec::new(),
            bar: None,
            cheapest_clearing_bar: None,
            gates: gate::all(scores, options),
            notes,
        };
    };
    let mut contestants = contestants::all(scores, primary, options.level);
    let comparisons = metrics.iter().flat_map(|measure| compare::all(scores, *measure, options)).collect();
    let best = best::find(scores, primary, &mut contestants, options);
    notes.extend(best.notes);
    notes.extend(missing_note(&contestants));
    let bar = options.bar.as_ref().map(|bar| bar::clear(scores, bar, options));
    Decision {
        primary: Some(primary),
        ci_level: options.level,
        correction: options.correction,
        n_items,
        n_clusters,
        contestants,
        comparisons,
        tied_best: best.tied.into_iter().map(|arm| scores.arms()[arm].name.clone()).collect(),
        pareto: pareto::front(scores, primary, options),
        cheapest_clearing_bar: bar.as_ref().and_then(|bar| bar.cheapest.clone()),
        bar,
        gates: gate::all(scores, options),
        notes,
    }
}

/// The measures to compare on: those asked for, else quality, latency and cost as far as measured.
fn metrics(scores: &Scores, options: &DecisionOptions) -> Vec<Measure> {
    let asked = [Measure::Pass, Measure::Score, Measure::LatencyMs, Measure::CostUsd];
    let wanted = if options.metrics.is_empty() { &asked[..] } else { &options.metrics };
    let mut metrics = Vec::new();
    for measure in wanted {
        if scores.has(*measure) && !metrics.contains(measure) {
            metrics.push(*measure);
        }
    }
    metrics
}

fn missing_note(contestants: &[ContestantDecision]) -> Option<Note> {
    let missing: u32 = contestants.iter().map(|arm| arm.primary.n_missing).sum();
    (missing > 0).then(|| Note {
        code: "missing_answers".to_owned(),
        text: format!(
            "{missing} {} no {}: refused, cut, failed, or not fully evaluated. Means leave them out; \
             the bounds say what they could change.",
            if missing == 1 { "answer has" } else { "answers have" },
            contestants.first().map_or("value", |arm| arm.primary.metric.noun())
        ),
    })
}
