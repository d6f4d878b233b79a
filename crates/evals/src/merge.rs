//! Several runs over parts of one suite become one run.
//!
//! Shards of a suite are made on several machines, each with its own store. [`merge`] joins them as
//! if one machine had made them all: items side by side, calls, judgements and everything that
//! refers to them renumbered. It refuses runs that are not parts of one experiment and names the
//! first difference, because figures over both would describe neither.

mod coherent;
mod join;
mod same;

use crate::record::{Gates, Note, RunEnd};
use crate::store::StoredRun;

pub use coherent::incoherence;
pub use join::plan_of;

/// One part: a run and what a person calls it.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The word that the user gave: a run id, or the name of a file.
    pub name: String,
    /// The run.
    pub run: StoredRun,
}

/// What the user decides about a merge.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MergeOptions {
    /// Version of the tool that merges.
    pub tool_version: String,
    /// UUID of the new run; a random one when `None`.
    pub run_id: Option<String>,
    /// Whether shards may be missing. A note then says which.
    pub partial: bool,
    /// What decides whether the merged run passes; the parts' own where `None`, which must then agree.
    pub gates: Option<Gates>,
}

/// A merged run, and where each of its calls came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The run; its command is `merge`.
    pub run: StoredRun,
    /// For each of [`StoredRun::records`]: the part (by its position) and the call's index in it.
    pub origins: Vec<(usize, u32)>,
}

/// Why runs cannot be merged; each a sentence for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// Nothing to merge.
    #[error("there is nothing to merge")]
    Nothing,
    /// The parts were not asked the same.
    #[error("{second} and {first} are not parts of one experiment: {difference}")]
    Different {
        /// A part.
        first: String,
        /// The part that differs from it.
        second: String,
        /// The first difference, a clause.
        difference: String,
    },
    /// An item is in two parts.
    #[error("{first} and {second} both hold the item {item}{}", match more { 0 => String::new(), 1 => " and one more".to_owned(), n => format!(" and {n} more") })]
    Overlap {
        /// A part.
        first: String,
        /// Another one.
        second: String,
        /// The first item in both.
        item: String,
        /// How many others are in both.
        more: usize,
    },
    /// The same run twice.
    #[error("{first} and {second} are the same run")]
    Twice {
        /// A part.
        first: String,
        /// The same part.
        second: String,
    },
    /// Shards are missing.
    #[error("shard {} of {of} {} missing", numbers(missing), if missing.len() == 1 { "is" } else { "are" })]
    Missing {
        /// Which, from 1.
        missing: Vec<u32>,
        /// Of how many.
        of: u32,
    },
    /// The parts make no plan together.
    #[error("the parts make no run together: {0}")]
    Plan(String),
    /// A part contradicts itself.
    #[error("{part} is damaged: {detail}")]
    Incoherent {
        /// The part.
        part: String,
        /// What is wrong.
        detail: String,
    },
}

impl MergeError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Nothing => "name the parts: run ids, JSON outputs, or stores of other machines",
            Self::Different { difference, .. } if difference.contains("max_output_tokens") => {
                "under a cap the output maximum depends on the number of items: give every shard the same --max-output-tokens"
            }
            Self::Different { .. } => "merge runs of the same suite, made with the same flags apart from --shard",
            Self::Overlap { .. } => {
                "merge runs over different items: the shards of one split, or selections that share no item"
            }
            Self::Twice { .. } => "name every part once",
            Self::Missing { .. } => "run the missing shard and name it too, or merge what there is with --partial",
            Self::Plan(_) => "check that all parts are runs of the same suite",
            Self::Incoherent { .. } => "export that run again on the machine that made it",
        }
    }
}

/// Joins parts of one experiment into one run.
///
/// Costs, labels and what may have been billed stay with their calls. Items keep the order of their
/// part; where every part's ids count upwards they are put in that order again, otherwise parts
/// follow each other by shard. The run ends as the worst of its parts did, starts when the first of
/// them started, and takes the worst lag of their machines. Where the parts were run under caps its
/// cap is their sum.
pub fn merge(parts: Vec<Part>, options: &MergeOptions) -> Result<Merged, MergeError> {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    let shard = |part: &Part| part.run.plan.header.scoring.suite.as_ref().and_then(|suite| suite.shard);
    order.sort_by_key(|&at| shard(&parts[at]).map_or(u32::MAX, |(index, _)| index));
    let sorted: Vec<&Part> = order.iter().map(|&at| &parts[at]).collect();
    let Some(first) = sorted.first() else { return Err(MergeError::Nothing) };
    for part in &sorted {
        if let Some(detail) = incoherence(&part.run) {
            return Err(MergeError::Incoherent { part: part.name.clone(), detail });
        }
    }
    for (position, part) in sorted.iter().enumerate() {
        if let Some(same) = sorted[..position].iter().find(|earlier| run_id(earlier) == run_id(part)) {
            return Err(MergeError::Twice { first: same.name.clone(), second: part.name.clone() });
        }
        if let Some(difference) = same::first_difference(&first.run.plan.header, &part.run.plan.header, options) {
            return Err(MergeError::Different { first: first.name.clone(), second: part.name.clone(), difference });
        }
    }
    same::refuse_overlap(&sorted)?;
    let missing = same::missing_shards(&sorted);
    if let (Some((missing, of)), false) = (&missing, options.partial) {
        return Err(MergeError::Missing { missing: missing.clone(), of: *of });
    }
    let mut merged = join::join(&sorted, options)?;
    if let Some((missing, of)) = missing {
        let text = format!(
            "Shard {} of {of} {} missing: every figure is about the items that are here.",
            numbers(&missing),
            if missing.len() == 1 { "is" } else { "are" }
        );
        merged.run.plan.header.notes.push(Note { code: "merge_partial".to_owned(), text });
    }
    for origin in &mut merged.origins {
        origin.0 = order[origin.0];
    }
    Ok(merged)
}

fn run_id(part: &Part) -> &str {
    &part.run.plan.header.run_id
}

/// `1`, `1 and 3`, `1, 3 and 4`.
fn numbers(numbers: &[u32]) -> String {
    let words: Vec<String> = numbers.iter().map(u32::to_string).collect();
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// How bad an end is.
fn severity(end: RunEnd) -> u8 {
    match end {
        RunEnd::Finished => 0,
        RunEnd::Decided => 1,
        RunEnd::BudgetReached => 2,
        RunEnd::Interrupted => 3,
        RunEnd::Open => 4,
    }
}
