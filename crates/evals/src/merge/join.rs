//! The joining itself: one list of items, and everything that refers to them renumbered.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use super::{MergeError, MergeOptions, Merged, Part, same, severity};
use crate::analysis::model::Machine;
use crate::plan::{Plan, PlanError, PlanRequest};
use crate::record::{JudgeTask, Note, PlannedCall, Prompt, RECORD_VERSION, RunEnd, RunHeader, SuiteInfo};
use crate::store::{Label, StoredRun, Unsettled};

/// New index of a call by its old index, answers and judgements alike.
type Moved = Vec<u32>;

/// Joins parts that hold together and belong together.
pub(super) fn join(parts: &[&Part], options: &MergeOptions) -> Result<Merged, MergeError> {
    let (mut header, systems) = header(parts, options);
    let order = item_order(parts);
    header.prompts = order.iter().map(|&(part, item)| item_of(parts[part], item, &systems[part])).collect();
    let every: Vec<u32> = (0..header.systems.len() as u32).collect();
    if header.prompts.iter().all(|prompt| prompt.systems.as_ref() == Some(&every)) {
        header.prompts.iter_mut().for_each(|prompt| prompt.systems = None);
    }
    let mut plan = plan_of(header, overheads(parts)).map_err(|error| MergeError::Plan(error.to_string()))?;
    let mut places = vec![Vec::new(); parts.len()];
    for (place, &(part, item)) in order.iter().enumerate() {
        let items: &mut Vec<u32> = &mut places[part];
        if items.len() <= item {
            items.resize(item + 1, 0);
        }
        items[item] = place as u32;
    }
    let answers = answers_by_cell(&plan);
    let judgements = judgements_by_task(&plan);
    let moved: Vec<Moved> = parts
        .iter()
        .zip(places.iter().zip(&systems))
        .map(|(part, (items, systems))| {
            moved(part, items, systems, &answers, &judgements).ok_or_else(|| MergeError::Incoherent {
                part: part.name.clone(),
                detail: "its plan is not the one that its own header describes".to_owned(),
            })
        })
        .collect::<Result<_, _>>()?;
    crate::plan::MERGED.clone_into(&mut plan.header.command);
    Ok(gather(parts, &moved, plan))
}

/// The plan that a header describes, with the header left as it is: no limit is chosen anew and nothing is refused
/// for its cost. For runs that were made elsewhere and come without their plan.
pub fn plan_of(header: RunHeader, prompt_overheads: Vec<u64>) -> Result<Plan, PlanError> {
    let at: jiff::Timestamp = header.started_at.parse().map_err(|_| PlanError::Clock)?;
    let judges = prompt_overheads.get(header.contestants.len()..).unwrap_or_default().to_vec();
    let wanted = header.clone();
    let mut plan = Plan::new(PlanRequest {
        tool_version: header.tool_version,
        command: header.command,
        run_id: Some(header.run_id),
        at_unix: at.as_second(),
        seed: header.seed,
        prompts: header.prompts,
        systems: header.systems,
        temperatures: header.temperatures,
        runs: header.runs,
        contestants: header.contestants,
        prompt_overheads,
        max_cost: None,
        allow_unpriced: true,
        concurrency: header.concurrency,
        timeouts: header.timeouts,
        max_retries: header.max_retries,
        analysis: header.analysis,
        pricing_as_of: header.pricing_as_of,
        notes: header.notes,
        scoring: header.scoring,
        judge_overheads: judges,
    })?;
    let experiment_key = std::mem::take(&mut plan.header.experiment_key);
    plan.header = wanted;
    if plan.header.experiment_key.is_empty() {
        plan.header.experiment_key = experiment_key;
    }
    Ok(plan)
}

/// What tells one answer of a run from the others: prompt, system prompt, contestant, temperature, repetition.
type Cell = (u32, u32, u32, Option<u64>, u32);

fn cell(call: &PlannedCall) -> Cell {
    (call.prompt, call.system, call.contestant, call.temperature.map(f64::to_bits), call.run_index)
}

fn answers_by_cell(plan: &Plan) -> HashMap<Cell, u32> {
    plan.calls.iter().map(|call| (cell(call), call.index)).collect()
}

fn judgements_by_task(plan: &Plan) -> HashMap<(u32, String), u32> {
    let answers = plan.calls.len();
    let keyed = plan.judgements.iter().enumerate();
    keyed.map(|(at, judgement)| ((judgement.judge, task_key(&judgement.task)), (answers + at) as u32)).collect()
}

/// A judge's task as a key.
fn task_key(task: &JudgeTask) -> String {
    match task {
        JudgeTask::Score { answer } => format!("score {answer}"),
        JudgeTask::Pair { first, second } => format!("pair {first} {second}"),
        JudgeTask::Check { answer, path } => format!("check {answer} {path}"),
        JudgeTask::SameMeaning { a, b } => format!("same {a} {b}"),
    }
}

/// Where each call of a part stands in the merged plan; `None` when one has no place there.
fn moved(
    part: &Part,
    items: &[u32],
    systems: &[u32],
    answers: &HashMap<Cell, u32>,
    judgements: &HashMap<(u32, String), u32>,
) -> Option<Moved> {
    let plan = &part.run.plan;
    let mut moved = Moved::with_capacity(plan.total_calls());
    for call in &plan.calls {
        let prompt = *items.get(call.prompt as usize)?;
        let system = *systems.get(call.system as usize)?;
        moved.push(*answers.get(&cell(&PlannedCall { prompt, system, ..*call }))?);
    }
    for judgement in &plan.judgements {
        let task = judgement.task.renumbered(&|old| moved.get(old as usize).copied())?;
        moved.push(*judgements.get(&(judgement.judge, task_key(&task)))?);
    }
    Some(moved)
}

/// Everything that was recorded, under its new indices.
fn gather(parts: &[&Part], moved: &[Moved], plan: Plan) -> Merged {
    let mut records = BTreeMap::new();
    let mut externals = BTreeMap::new();
    let mut labels: Vec<Label> = Vec::new();
    let mut unsettled: Vec<Unsettled> = Vec::new();
    for (position, (part, moved)) in parts.iter().zip(moved).enumerate() {
        let new = |old: u32| moved[old as usize];
        for record in &part.run.records {
            let mut record = record.clone();
            let old = record.call.index;
            let index = new(old);
            let judge = (index as usize).checked_sub(plan.calls.len());
            record.call = judge.map_or_else(|| plan.calls[index as usize], |position| plan.judge_call(position));
            records.insert(index, (record, (position, old)));
        }
        let results = part.run.externals.iter();
        externals.extend(results.map(|((call, path), result)| ((new(*call), path.clone()), result.clone())));
        labels.extend(part.run.labels.iter().map(|label| Label { call_index: new(label.call_index), ..label.clone() }));
        unsettled.extend(
            part.run.unsettled.iter().map(|lost| Unsettled { call_index: new(lost.call_index), held: lost.held }),
        );
    }
    labels.sort_by_key(|label| label.call_index);
    unsettled.sort_by_key(|lost| lost.call_index);
    let (records, origins) = records.into_values().unzip();
    let end = parts.iter().map(|part| part.run.end).max_by_key(|end| severity(*end)).unwrap_or(RunEnd::Open);
    let learned = notes(parts, |part| &part.run.learned);
    let machine = machine(parts);
    Merged { run: StoredRun { plan, learned, records, externals, labels, end, machine, unsettled }, origins }
}

/// The header without its items, and the new index of each system prompt of each part.
fn header(parts: &[&Part], options: &MergeOptions) -> (RunHeader, Vec<Vec<u32>>) {
    let headers = || parts.iter().map(|part| &part.run.plan.header);
    let mut header = parts[0].run.plan.header.clone();
    let mut systems: Vec<Option<String>> = Vec::new();
    let indices = headers()
        .map(|header| {
            let place = |system: &Option<String>| {
                let known = systems.iter().position(|known| known == system);
                known.unwrap_or_else(|| {
                    systems.push(system.clone());
                    systems.len() - 1
                }) as u32
            };
            header.systems.iter().map(place).collect()
        })
        .collect();
    header.systems = systems;
    header.record_version = RECORD_VERSION;
    // Made anew, by the command of the parts: a suite run in shards is the experiment that the whole suite is.
    header.experiment_key.clear();
    header.tool_version.clone_from(&options.tool_version);
    header.run_id = options.run_id.clone().unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    header.started_at = headers().map(|header| header.started_at.clone()).min().unwrap_or_default();
    header.max_cost = headers().map(|header| header.max_cost).sum();
    header.pricing_as_of = headers().map(|header| header.pricing_as_of.clone()).max().unwrap_or_default();
    header.notes = notes(parts, |part| &part.run.plan.header.notes);
    header.notes.extend(own_notes(parts));
    if let Some(gates) = options.gates {
        header.scoring.gates = gates;
    }
    if let Some(suite) = &mut header.scoring.suite {
        // The parts' folders may be those of other machines.
        let folder = |suite: &SuiteInfo| suite.folder.clone();
        let agreed = headers().all(|header| header.scoring.suite.as_ref().and_then(folder) == suite.folder);
        if !agreed {
            suite.folder = None;
        }
        suite.shard = None;
    }
    (header, indices)
}

/// Where the parts differ in what makes them no other experiment.
fn own_notes(parts: &[&Part]) -> Vec<Note> {
    let headers = || parts.iter().map(|part| &part.run.plan.header);
    let differs =
        |same: &dyn Fn(&RunHeader, &RunHeader) -> bool| headers().any(|one| !same(&parts[0].run.plan.header, one));
    let seeds: Vec<String> = headers().map(|header| header.seed.to_string()).collect();
    let seeds = if differs(&|a, b| a.seed == b.seed) {
        format!("Their seeds are {}; what is resampled here uses the first.", seeds.join(", "))
    } else {
        format!("Each has the seed {}.", seeds[0])
    };
    let count = parts.len();
    let runs = if count == 1 { "run" } else { "runs" };
    let mut found = vec![("merged", format!("Merged from {count} {runs}: {}. {seeds}", same::described(parts)))];
    if differs(&|a, b| (a.concurrency, a.max_retries, a.timeouts) == (b.concurrency, b.max_retries, b.timeouts)) {
        let text = "The parts ran with different concurrency, retries or time limits: their timings are not alike.";
        found.push(("merge_settings", text.to_owned()));
    }
    let prices =
        |a: &RunHeader, b: &RunHeader| a.contestants.iter().zip(&b.contestants).all(|(a, b)| a.price == b.price);
    if differs(&prices) {
        found.push((
            "merge_prices",
            "The parts were made at different prices; each cost is what its own part recorded.".to_owned(),
        ));
    }
    if differs(&|a, b| a.tool_version == b.tool_version) {
        found.push(("merge_versions", "The parts were made by different versions of the tool.".to_owned()));
    }
    if count > 1 {
        let text = "The parts ran apart from each other, perhaps on different machines and days: compare contestants, which every part asked alike, rather than items.";
        found.push(("merge_machines", text.to_owned()));
    }
    found.into_iter().map(|(code, text)| Note { code: code.to_owned(), text }).collect()
}

/// Notes of all parts: once where all have the same one, else with the name of the part.
fn notes<'a>(parts: &[&'a Part], of: impl Fn(&'a Part) -> &'a Vec<Note>) -> Vec<Note> {
    let mut joined: Vec<Note> = Vec::new();
    for part in parts {
        for note in of(part) {
            let everywhere = parts.iter().all(|other| of(other).contains(note));
            let text = if everywhere { note.text.clone() } else { format!("{}: {}", part.name, note.text) };
            let note = Note { code: note.code.clone(), text };
            if !joined.contains(&note) {
                joined.push(note);
            }
        }
    }
    joined
}

/// Items as (part, position in it).
fn item_order(parts: &[&Part]) -> Vec<(usize, usize)> {
    let ids = |part: usize| &parts[part].run.plan.header.prompts;
    let mut order: Vec<(usize, usize)> =
        (0..parts.len()).flat_map(|part| (0..ids(part).len()).map(move |item| (part, item))).collect();
    let counts_upwards = |part: usize| ids(part).windows(2).all(|pair| natural(&pair[0].id, &pair[1].id).is_lt());
    if (0..parts.len()).all(counts_upwards) {
        order.sort_by(|a, b| natural(&ids(a.0)[a.1].id, &ids(b.0)[b.1].id));
    }
    order
}

/// The order of ids as a person counts them: `item-9` before `item-10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.as_bytes(), b.as_bytes());
    while let (Some(&x), Some(&y)) = (left.first(), right.first()) {
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (number, rest) = digits(left);
            let (other, other_rest) = digits(right);
            // As texts: an id may hold more digits than a number does.
            let by_value = number.len().cmp(&other.len()).then_with(|| number.cmp(other));
            if by_value.is_ne() {
                return by_value;
            }
            (left, right) = (rest, other_rest);
        } else if x == y {
            (left, right) = (&left[1..], &right[1..]);
        } else {
            return x.cmp(&y);
        }
    }
    left.len().cmp(&right.len()).then_with(|| a.cmp(b))
}

/// The number that a text begins with, without leading zeros, and what follows it.
fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let zeros = number.iter().take_while(|byte| **byte == b'0').count();
    (&number[zeros..], rest)
}

fn item_of(part: &Part, item: usize, systems: &[u32]) -> Prompt {
    let mut prompt = part.run.plan.header.prompts[item].clone();
    let own: Vec<u32> = match &prompt.systems {
        None => systems.to_vec(),
        Some(own) => own.iter().map(|&system| systems[system as usize]).collect(),
    };
    prompt.systems = Some(own);
    prompt
}

fn overheads(parts: &[&Part]) -> Vec<u64> {
    let length = parts.iter().map(|part| part.run.plan.prompt_overheads.len()).max().unwrap_or(0);
    let of = |at: usize| parts.iter().filter_map(move |part| part.run.plan.prompt_overheads.get(at).copied());
    (0..length).map(|at| of(at).max().unwrap_or(0)).collect()
}

/// The worst that any of the machines saw: a floor under all timings of the merged run.
fn machine(parts: &[&Part]) -> Machine {
    let machines = || parts.iter().map(|part| &part.run.machine);
    let worst = |lag: fn(&Machine) -> f64| machines().map(lag).fold(0.0, f64::max);
    Machine {
        samples: machines().map(|machine| machine.samples).fold(0, u64::saturating_add),
        lag_p50_ms: worst(|machine| machine.lag_p50_ms),
        lag_p99_ms: worst(|machine| machine.lag_p99_ms),
        lag_max_ms: worst(|machine| machine.lag_max_ms),
    }
}
