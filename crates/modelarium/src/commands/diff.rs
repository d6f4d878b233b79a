//! `diff`: what moved between two runs beyond chance, and what did not.

use evals::analysis::analyse_run;
use evals::decision::movement::compare;
use evals::decision::{DecisionOptions, Scores};
use evals::store::StoredRun;
use report::diff::Diff;

use crate::cli::{DiffArgs, MovementArgs};
use crate::deciding;
use crate::exit::{Exit, Failure, Outcome};
use crate::looks::Moved;
use crate::session::Session;
use crate::source;
use crate::texts::TextDestination;

/// Exit 4 when anything moved, 5 when nothing could be compared, else 0.
pub(crate) fn run(session: &mut Session, arguments: DiffArgs) -> Outcome {
    let words = [arguments.before.as_str(), arguments.after.as_str()];
    let destination = TextDestination::of(session, &arguments.output)?.sparing(words)?;
    let store = session.config.store(arguments.store.store.as_deref()).value;
    let before = source::run(session, &store, &arguments.before)?;
    let after = source::run(session, &store, &arguments.after)?;
    let found = Held::of(before, after, &arguments.statistics)?;
    let comparison = compare(&found.before, &found.after, &found.options);
    let diff = Diff {
        tool_version: env!("CARGO_PKG_VERSION"),
        before: &arguments.before,
        after: &arguments.after,
        comparison: &comparison,
    };
    let exit = if comparison.moved() {
        Exit::Moved
    } else if diff.comparable() {
        Exit::Done
    } else {
        Exit::Inconclusive
    };
    destination.emit(session, &Moved { diff, held: None })?;
    Ok(exit)
}

/// Two runs as they are held against each other.
pub(crate) struct Held {
    /// The earlier one.
    pub before: Scores,
    /// The later one.
    pub after: Scores,
    /// How.
    pub options: DecisionOptions,
}

impl Held {
    /// Analyses both.
    pub(crate) fn of(before: StoredRun, after: StoredRun, flags: &MovementArgs) -> Result<Self, Failure> {
        let options = deciding::movement(flags, after.plan.header.seed)?;
        Ok(Self { before: Scores::of(&analyse_run(before)), after: Scores::of(&analyse_run(after)), options })
    }
}
