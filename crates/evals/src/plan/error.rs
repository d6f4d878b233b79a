//! Why a plan cannot be made. Found before anything is spent.

use llm::money::Usd;

use super::PlanRequest;
use super::bounds::exact;

/// The most calls one run may plan: row ids and the store count in 32 bits, and memory is finite.
const MOST_CALLS: u64 = 1_000_000;

/// Why a plan cannot be made. Nothing was sent and nothing was spent.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// A dimension of the grid is empty.
    #[error("nothing to run: the plan has no {0}")]
    Empty(&'static str),
    /// The same prompt id, system prompt, temperature or contestant name twice: cells would mix.
    #[error("the {dimension} {value} is given twice; each must be different")]
    Duplicate {
        /// Which dimension.
        dimension: &'static str,
        /// The value, for display.
        value: String,
    },
    /// A temperature is not a number.
    #[error("a temperature must be a finite number, 0 or more")]
    Temperature,
    /// Too many calls.
    #[error(
        "this plan has {calls} calls and the most in one run is {MOST_CALLS}; use fewer runs, temperatures or prompts"
    )]
    TooManyCalls {
        /// How many it would be.
        calls: u64,
    },
    /// A cap was set and nothing bounds what these contestants cost.
    #[error(
        "a cap on cost was set and the cost of {} cannot be bounded ({reason}); give a price, leave it out, or allow unpriced models, which the cap then does not cover",
        contestants.join(", ")
    )]
    Unbounded {
        /// Names of the contestants.
        contestants: Vec<String>,
        /// Why not, for the first of them.
        reason: String,
    },
    /// The cap cannot pay for the first call of each cell.
    #[error(
        "a cap of {} USD is too small: one call of each contestant can cost up to {} USD, so that is the least that would do",
        exact(*cap),
        exact(*least)
    )]
    CapTooSmall {
        /// The cap.
        cap: Usd,
        /// The least cap that the plan would be accepted with, rounded up to what is printed.
        least: Usd,
    },
    /// What judges are to be asked, or a check, cannot be used.
    #[error("{what} cannot be used: {reason}")]
    Scoring {
        /// What: `the rubric`, `check 2 of item capital`.
        what: String,
        /// Why not.
        reason: String,
    },
    /// Answers cannot be compared in pairs.
    #[error("pairwise judging compares contestants with each other, so it takes at least two")]
    NothingToPair,
    /// The computer's clock is out of the range of dates.
    #[error("the computer's clock is out of range")]
    Clock,
}

pub(super) fn check_shape(request: &PlanRequest) -> Result<(), PlanError> {
    let sizes = [
        ("prompts", request.prompts.len() as u64),
        ("system prompts", request.systems.len() as u64),
        ("contestants", request.contestants.len() as u64),
        ("temperatures", request.temperatures.len() as u64),
        ("runs", u64::from(request.runs)),
    ];
    if let Some((name, _)) = sizes.iter().find(|(_, size)| *size == 0) {
        return Err(PlanError::Empty(name));
    }
    // A prompt with system prompts of its own is not crossed with all of them.
    let every = request.systems.len();
    let asked: u64 = request.prompts.iter().map(|prompt| prompt.systems.as_ref().map_or(every, Vec::len) as u64).sum();
    let rest = sizes.iter().filter(|(name, _)| !matches!(*name, "prompts" | "system prompts"));
    let calls = rest.fold(asked, |product, (_, size)| product.saturating_mul(*size));
    if calls > MOST_CALLS {
        return Err(PlanError::TooManyCalls { calls });
    }
    if request.temperatures.iter().flatten().any(|temperature| !temperature.is_finite() || *temperature < 0.0) {
        return Err(PlanError::Temperature);
    }
    let known = request.systems.len() as u32;
    let unknown_system = |prompt: &crate::record::Prompt| {
        prompt.systems.as_ref().is_some_and(|own| own.is_empty() || own.iter().any(|system| *system >= known))
    };
    if request.prompts.iter().any(unknown_system) {
        return Err(PlanError::Empty("system prompt for one of its prompts"));
    }
    if let Some(judging) = &request.scoring.judging {
        distinct("judge", judging.judges.iter().map(|judge| judge.name.clone()))?;
    }
    distinct("prompt id", request.prompts.iter().map(|prompt| prompt.id.clone()))?;
    distinct("contestant", request.contestants.iter().map(|contestant| contestant.name.clone()))?;
    distinct("temperature", request.temperatures.iter().flatten().map(f64::to_string))?;
    distinct("system prompt", request.systems.iter().map(|system| system.clone().unwrap_or_default()))
}

fn distinct(dimension: &'static str, values: impl Iterator<Item = String>) -> Result<(), PlanError> {
    let mut seen = std::collections::HashSet::new();
    for value in values {
        if !seen.insert(value.clone()) {
            return Err(PlanError::Duplicate { dimension, value });
        }
    }
    Ok(())
}
