//! The documented exit codes, in one place.

use std::process::ExitCode;

use evals::analysis::model::Analysis;
use evals::analysis::scored::GateVerdict;
use evals::decision::GateAnswer;
use evals::decision::migration::Migration;
use evals::record::RunEnd;
use llm::outcome::Outcome as CallOutcome;

/// How the command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// It ran, and a gate failed: a check, the pass rate, or nothing that could be verified.
    GateFailed = 1,
    /// Nothing ran and nothing was spent: usage, configuration, a missing key, a refused plan.
    NothingRan = 2,
    /// The budget was reached; what ran is stored and reported.
    BudgetReached = 3,
    /// `diff`: something moved beyond chance.
    Moved = 4,
    /// A gate, a migration check or a baseline that the data are too few to decide.
    Inconclusive = 5,
    /// Some calls failed: answers that ended in an error. Calls of judges do not count.
    CallsFailed = 6,
    /// Judges were asked, and not one of their calls gave a verdict.
    JudgesFailed = 7,
    /// Interrupted by the user; what ran is stored and reported.
    Interrupted = 130,
}

impl Exit {
    /// How a run ended. When several apply, what makes the rest doubtful comes first: an interruption, the budget,
    /// failed calls, failed judges, then the gates.
    pub(crate) fn of_run(analysis: &Analysis) -> Self {
        let failed = analysis.rows.iter().any(|row| row.outcome == CallOutcome::Error);
        let unjudged = analysis.scores.judging.as_ref().is_some_and(|judging| judging.all_failed);
        match analysis.end {
            RunEnd::Interrupted => Self::Interrupted,
            RunEnd::BudgetReached => Self::BudgetReached,
            RunEnd::Finished | RunEnd::Decided | RunEnd::Open if failed => Self::CallsFailed,
            RunEnd::Finished | RunEnd::Decided | RunEnd::Open if unjudged => Self::JudgesFailed,
            RunEnd::Finished | RunEnd::Decided | RunEnd::Open => Self::of_gate(analysis),
        }
    }

    /// What the gates alone say, for an analysis of stored answers: the one on checks, those over items and the
    /// migration check. A failed one comes before one that is open.
    pub(crate) fn of_gate(analysis: &Analysis) -> Self {
        if matches!(analysis.scores.gate, GateVerdict::Failed { .. }) {
            return Self::GateFailed;
        }
        let gates = analysis.decision.iter().flat_map(|decision| &decision.gates).map(|gate| gate.answer);
        let migration = asks_migration(analysis).then(|| {
            // A check that could not be made at all shows nothing.
            analysis.migration.as_ref().map_or(GateAnswer::Inconclusive, Migration::answer)
        });
        Self::of_answers(gates.chain(migration))
    }

    /// What several answers come to.
    pub(crate) fn of_answers(answers: impl IntoIterator<Item = GateAnswer>) -> Self {
        let mut exit = Self::Done;
        for answer in answers {
            match answer {
                GateAnswer::Fails => return Self::GateFailed,
                GateAnswer::Inconclusive => exit = Self::Inconclusive,
                GateAnswer::Passes => {}
            }
        }
        exit
    }
}

fn asks_migration(analysis: &Analysis) -> bool {
    analysis.header.analysis.decision.migration.is_some()
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error with a hint: what happened, what is safe, what to do next.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code it ends the command with.
    pub exit: Exit,
    /// What happened; one sentence, already free of secrets.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl Failure {
    /// Nothing ran, nothing was spent.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::NothingRan, message: message.into(), hint: None }
    }

    /// With what to do next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// What a command gives back.
pub(crate) type Outcome = Result<Exit, Failure>;
