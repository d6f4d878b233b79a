//! Stops a run when it is decided.
//!
//! Items are watched in the order in which they are asked, which was fixed at random before the first call, and
//! never in the order in which they finish: answers that come quickly may differ from those that come late.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use llm::outcome::Outcome;

use super::judging;
use super::scripts;
use super::shared::{Halt, Shared};
use crate::analysis::deciding::{item_order, measure_of_plan, rule};
use crate::analysis::{score_item, wording::count};
use crate::decision::sequential::{Monitor, StopReason};
use crate::decision::{ArmPlaces, Measure, Scores};
use crate::plan::Plan;
use crate::record::{CallRecord, RunHeader};

/// What watches a run; nothing where it was not asked to stop when decided, or where there is nothing to decide by.
pub(super) struct Deciding {
    watch: Option<Watch>,
}

struct Watch {
    measure: Measure,
    /// The plan's header without its prompts.
    header: RunHeader,
    /// The arms without answers, and which call belongs to which.
    arms: Scores,
    places: ArmPlaces,
    items: Vec<usize>,
    calls: HashMap<u32, Vec<u32>>,
    judgements: HashMap<u32, Vec<usize>>,
    state: Mutex<(usize, Monitor)>,
}

impl Deciding {
    pub(super) fn new(plan: &Plan) -> Self {
        Self { watch: Watch::new(plan) }
    }

    /// Looks whether the items that are complete decide it, and stops the run if they do.
    pub(super) fn look(&self, shared: &Shared) {
        let Some(watch) = &self.watch else { return };
        let mut state = watch.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (next, monitor) = &mut *state;
        while let Some(&item) = watch.items.get(*next) {
            let Some(values) = watch.values(shared, item as u32) else { return };
            *next += 1;
            if let Some(reason) = monitor.push(item as u32, &values) {
                watch.stop(shared, reason, monitor.items());
                // Later items may still come in; the stop stands.
                *next = watch.items.len();
            }
        }
    }
}

impl Watch {
    fn new(plan: &Plan) -> Option<Self> {
        plan.header.analysis.decision.stop.as_ref()?;
        let measure = measure_of_plan(plan)?;
        let (arms, places) = Scores::without_answers(&plan.header, &plan.calls);
        let (measure, rule) = rule(&arms, &plan.header, Some(measure))?;
        let monitor = Monitor::new(arms.arms().len(), rule).ok()?;
        let (mut calls, mut judgements): (HashMap<u32, Vec<u32>>, HashMap<u32, Vec<usize>>) = Default::default();
        for call in &plan.calls {
            calls.entry(call.prompt).or_default().push(call.index);
        }
        for (at, judgement) in plan.judgements.iter().enumerate() {
            let prompt = plan.calls[judgement.task.answers().0 as usize].prompt;
            judgements.entry(prompt).or_default().push(at);
        }
        let header = RunHeader { prompts: Vec::new(), ..plan.header.clone() };
        let items = item_order(&plan.dispatch_order, &plan.calls);
        Some(Self { measure, header, arms, places, items, calls, judgements, state: Mutex::new((0, monitor)) })
    }

    /// The item's mean under each arm, once all its answers and judgements are in.
    fn values(&self, shared: &Shared, prompt: u32) -> Option<Vec<Option<f64>>> {
        let plan = &shared.plan;
        let (rows, judged, externals) = {
            let progress = shared.progress();
            let found = |index: u32| {
                progress.records.get(&index).filter(|record| record.outcome != Outcome::Cancelled).cloned()
            };
            let rows: Vec<CallRecord> =
                self.calls.get(&prompt)?.iter().map(|&index| found(index)).collect::<Option<_>>()?;
            let mut judged = Vec::new();
            for &at in self.judgements.get(&prompt).into_iter().flatten() {
                match found((plan.calls.len() + at) as u32) {
                    Some(record) => judged.push(record),
                    None if judging::has_nothing_to_ask(shared, &progress, at) => {}
                    None => return None,
                }
            }
            if rows.iter().any(|row| scripts::waits_for(shared, &progress, row)) {
                return None;
            }
            let externals = scripts::results_of(shared, &progress, &rows);
            (rows, judged, externals)
        };
        let scored = score_item(plan, &self.header, prompt, &rows, &judged, &externals);
        Some(self.arms.item_means(&self.places, &rows, &scored, self.measure))
    }

    fn stop(&self, shared: &Shared, reason: StopReason, items: u32) {
        let why = match reason {
            StopReason::Superiority => "one contestant is shown to be better than every other",
            StopReason::Equivalence => "one contestant is shown to be better than, or as good as, every other",
            StopReason::Futility => "the items that are left would most likely not decide it",
            StopReason::Budget => "the items that were paid for are used up",
        };
        let text = format!(
            "Decided after {} of {}: {why}. Nothing more is begun.",
            count(items, "item", "items"),
            self.items.len()
        );
        shared.note("decided", text);
        shared.halt(Halt::Decided);
    }
}
