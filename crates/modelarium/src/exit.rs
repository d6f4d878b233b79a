//! The documented exit codes, in one place.

use std::process::ExitCode;

use evals::analysis::model::Analysis;
use evals::analysis::scored::GateVerdict;
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
    /// Some calls failed: answers that ended in an error. Calls of judges do not count.
    CallsFailed = 6,
    /// Judges were asked, and not one of their calls gave a verdict.
    JudgesFailed = 7,
    /// Interrupted by the user; what ran is stored and reported.
    Interrupted = 130,
}

impl Exit {
    /// How a run ended. When several apply, what makes the rest doubtful comes first: an interruption, the budget,
    /// failed calls, failed judges, then the gate.
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

    /// What the gate alone says, for an analysis of stored answers.
    pub(crate) fn of_gate(analysis: &Analysis) -> Self {
        match analysis.scores.gate {
            GateVerdict::Failed { .. } => Self::GateFailed,
            GateVerdict::NotAsked | GateVerdict::Passed => Self::Done,
        }
    }
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
