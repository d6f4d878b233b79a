//! The documented exit codes, in one place.

use std::process::ExitCode;

/// How the command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Nothing ran and nothing was spent: usage, configuration, a missing key, a refused plan.
    NothingRan = 2,
    /// The budget was reached; what ran is stored and reported.
    BudgetReached = 3,
    /// Some calls failed.
    CallsFailed = 6,
    /// Interrupted by the user; what ran is stored and reported.
    Interrupted = 130,
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
