//! Whether runs are parts of one experiment.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Debug;

use llm::request::Params;

use super::{MergeError, MergeOptions, Part, run_id};
use crate::record::{Contestant, RunHeader};

/// The first difference that makes two runs no parts of one experiment, a clause; `None` when they
/// may differ in their items alone. Machine, seed, cap, concurrency and time limits may differ.
pub(super) fn first_difference(first: &RunHeader, second: &RunHeader, options: &MergeOptions) -> Option<String> {
    suites(first, second)
        .or_else(|| entrants("contestant", &first.contestants, &second.contestants))
        .or_else(|| {
            let numbers = |header: &RunHeader| header.temperatures.clone();
            unequal("temperatures", &numbers(first), &numbers(second))
        })
        .or_else(|| unequal("repetitions", &first.runs, &second.runs))
        .or_else(|| systems(first, second))
        .or_else(|| judging(first, second))
        .or_else(|| {
            let searched = |header: &RunHeader| if header.scoring.hallucination { "on" } else { "off" };
            let (a, b) = (searched(first), searched(second));
            (a != b).then(|| format!("the search for fabrication is {a} in one and {b} in the other"))
        })
        .or_else(|| {
            let differ = options.gates.is_none() && first.scoring.gates != second.scoring.gates;
            differ.then(|| "they have different gates; say on the command line which gate holds".to_owned())
        })
}

fn suites(first: &RunHeader, second: &RunHeader) -> Option<String> {
    let (a, b) = match (&first.scoring.suite, &second.scoring.suite) {
        (None, None) => return None,
        (Some(a), Some(b)) => (a, b),
        _ => return Some("one ran a suite and the other did not".to_owned()),
    };
    if a.name != b.name {
        return Some(format!("one ran the suite {} and the other {}", a.name, b.name));
    }
    if a.items != b.items {
        return Some(format!("the suite {} had {} items for one and {} for the other", a.name, a.items, b.items));
    }
    let (a, b) = (a.shard.map(|(_, of)| of), b.shard.map(|(_, of)| of));
    match (a, b) {
        (Some(a), Some(b)) if a != b => Some(format!("one is a shard of {a} and the other a shard of {b}")),
        _ => None,
    }
}

fn entrants(what: &str, first: &[Contestant], second: &[Contestant]) -> Option<String> {
    if first.len() != second.len() {
        return Some(format!("one has {} {what}s and the other {}", first.len(), second.len()));
    }
    first.iter().zip(second).enumerate().find_map(|(position, (a, b))| {
        if (&a.name, &a.provider, &a.model) != (&b.name, &b.provider, &b.model) {
            let shown = |one: &Contestant| {
                if one.name == one.model {
                    format!("{} by {}", one.name, one.provider)
                } else {
                    format!("{} ({} by {})", one.name, one.model, one.provider)
                }
            };
            return Some(format!("{what} {} is {} in one and {} in the other", position + 1, shown(a), shown(b)));
        }
        if a.params != b.params || a.sends_temperature != b.sends_temperature {
            let shown = |params: &Params| serde_json::to_string(params).unwrap_or_default();
            return Some(format!("the parameters of {} are {} and {}", a.name, shown(&a.params), shown(&b.params)));
        }
        None
    })
}

/// Items with system prompts of their own bring their part of the list along; where no item has one, the lists
/// are what the user crossed with everything.
fn systems(first: &RunHeader, second: &RunHeader) -> Option<String> {
    let own = |header: &RunHeader| header.prompts.iter().any(|prompt| prompt.systems.is_some());
    let differ = !own(first) && !own(second) && first.systems != second.systems;
    differ.then(|| "they were given different system prompts".to_owned())
}

fn judging(first: &RunHeader, second: &RunHeader) -> Option<String> {
    let (a, b) = match (&first.scoring.judging, &second.scoring.judging) {
        (None, None) => return None,
        (Some(a), Some(b)) => (a, b),
        _ => return Some("one was judged and the other was not".to_owned()),
    };
    let rest = || {
        let rubric = a.rubric != b.rubric;
        let mode = a.mode != b.mode;
        let relatives = a.allow_relatives != b.allow_relatives;
        let meaning = a.entailment != b.entailment;
        if rubric {
            Some("the judges were asked by different rubrics".to_owned())
        } else if mode {
            Some("one was judged in pairs and the other answer by answer".to_owned())
        } else if relatives {
            Some("judges scored models of their own family in one and not in the other".to_owned())
        } else {
            meaning.then(|| "a judge compared meanings in one and not in the other".to_owned())
        }
    };
    entrants("judge", &a.judges, &b.judges).or_else(rest)
}

fn unequal<T: PartialEq + Debug>(what: &str, a: &T, b: &T) -> Option<String> {
    (a != b).then(|| format!("the {what} differ ({a:?} and {b:?})"))
}

/// Every item may be in one part only.
pub(super) fn refuse_overlap(parts: &[&Part]) -> Result<(), MergeError> {
    let mut owner: HashMap<&str, usize> = HashMap::new();
    for (position, part) in parts.iter().enumerate() {
        let mut shared: Option<(usize, &str, usize)> = None;
        for prompt in &part.run.plan.header.prompts {
            if let Some(&earlier) = owner.get(prompt.id.as_str()) {
                let (_, _, more) = shared.get_or_insert((earlier, &prompt.id, 0));
                *more += 1;
            }
            owner.insert(&prompt.id, position);
        }
        if let Some((earlier, item, count)) = shared {
            return Err(MergeError::Overlap {
                first: parts[earlier].name.clone(),
                second: part.name.clone(),
                item: item.to_owned(),
                more: count - 1,
            });
        }
    }
    Ok(())
}

/// The shards that no part is, and of how many; `None` when nothing is missing or nothing is known.
///
/// A shard of a small suite can be empty, and then nobody can run it: nothing is missing once all items
/// of the file are here.
pub(super) fn missing_shards(parts: &[&Part]) -> Option<(Vec<u32>, u32)> {
    let suites = || parts.iter().filter_map(|part| part.run.plan.header.scoring.suite.as_ref());
    let of = suites().find_map(|suite| suite.shard).map(|(_, of)| of)?;
    let items: usize = parts.iter().map(|part| part.run.plan.header.prompts.len()).sum();
    if suites().next().is_some_and(|suite| items >= suite.items as usize) {
        return None;
    }
    let here: BTreeSet<u32> = suites().filter_map(|suite| suite.shard).map(|(index, _)| index).collect();
    // A hostile file may claim to be one of four billion.
    let missing: Vec<u32> = (1..=of).filter(|index| !here.contains(index)).take(20).collect();
    (!missing.is_empty()).then_some((missing, of))
}

/// Words for every part: its name, and its run where the name does not say it.
pub(super) fn described(parts: &[&Part]) -> String {
    let words: Vec<String> = parts
        .iter()
        .map(|part| {
            let id = run_id(part);
            let short: String = id.chars().take(8).collect();
            let run = if part.name.contains(&short) { part.name.clone() } else { format!("{} ({short})", part.name) };
            match part.run.plan.header.scoring.suite.as_ref().and_then(|suite| suite.shard) {
                Some((index, of)) => format!("{run}, shard {index} of {of}"),
                None => run,
            }
        })
        .collect();
    words.join("; ")
}
