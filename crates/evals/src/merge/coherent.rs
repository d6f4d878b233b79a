//! Whether a run that came from elsewhere holds together: every index in it points at something.

use crate::record::JudgeTask;
use crate::store::StoredRun;

/// What is wrong with a run that this process did not make, a clause; `None` when it holds together.
///
/// Everything that reads a run trusts its indices, so whatever comes from a file is looked at first.
pub fn incoherence(run: &StoredRun) -> Option<String> {
    let plan = &run.plan;
    let header = &plan.header;
    let (calls, judgements) = (plan.calls.len(), plan.judgements.len());
    let total = calls + judgements;
    let within = |index: u32, length: usize| (index as usize) < length;
    for (position, call) in plan.calls.iter().enumerate() {
        let points = call.index as usize == position
            && within(call.prompt, header.prompts.len())
            && within(call.system, header.systems.len())
            && within(call.contestant, header.contestants.len())
            && call.run_index < header.runs;
        if !points {
            return Some(format!("call {} of its plan points at nothing", position + 1));
        }
    }
    for (position, judgement) in plan.judgements.iter().enumerate() {
        let (first, second) = judgement.task.answers();
        let points = within(judgement.judge, header.judges().len())
            && within(first, calls)
            && second.is_none_or(|second| within(second, calls));
        if !points {
            return Some(format!("judgement {} of its plan points at nothing", position + 1));
        }
        if let JudgeTask::Check { path, .. } = &judgement.task {
            let top = path.split('.').next().and_then(|top| top.parse::<usize>().ok());
            let checks = header.prompts[plan.calls[first as usize].prompt as usize].checks.len();
            if top.is_none_or(|top| top >= checks) {
                return Some(format!("judgement {} of its plan is about a check that is not there", position + 1));
            }
        }
    }
    let own_systems = header.prompts.iter().filter_map(|prompt| prompt.systems.as_ref()).flatten();
    if own_systems.into_iter().any(|&system| !within(system, header.systems.len())) {
        return Some("an item names a system prompt that is not there".to_owned());
    }
    let mut dispatched = vec![false; calls];
    for &index in &plan.dispatch_order {
        match dispatched.get_mut(index as usize) {
            Some(seen) if !*seen => *seen = true,
            _ => return Some("its order of calls names a call twice, or one that is not there".to_owned()),
        }
    }
    if dispatched.contains(&false) || plan.worst_cases.len() != total {
        return Some("its plan is not complete".to_owned());
    }
    if plan.prompt_overheads.len() < header.contestants.len() + header.judges().len() {
        return Some("its plan does not cover every contestant".to_owned());
    }
    let mut recorded = vec![false; total];
    for record in &run.records {
        match recorded.get_mut(record.call.index as usize) {
            Some(seen) if !*seen => *seen = true,
            _ => return Some("it has two records of one call, or one of a call that was not planned".to_owned()),
        }
    }
    let strays = run.externals.keys().map(|(call, _)| *call).chain(run.labels.iter().map(|label| label.call_index));
    if strays.into_iter().any(|call| !within(call, calls)) {
        return Some("it has a label, or a script's result, of an answer that was not planned".to_owned());
    }
    if run.unsettled.iter().any(|lost| !within(lost.call_index, total)) {
        return Some("a call that may have been billed was not planned".to_owned());
    }
    None
}
