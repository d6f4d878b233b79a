//! What a check asks of the outside world, and what comes back.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A part of a check that needs the outside world: it is run by the caller and its result handed to
/// [`Check::evaluate`](crate::Check::evaluate) under the same path.
#[derive(Debug, Clone, PartialEq)]
pub struct External {
    /// Where it stands: `"2"` for the third check itself, `"2.check"` under a `not`, `"2.checks.0"` under `any` or `all`.
    pub path: String,
    /// What to do.
    pub task: ExternalTask,
}

/// What to do for an [`External`].
#[derive(Debug, Clone, PartialEq)]
pub enum ExternalTask {
    /// Run a program of the user: [`script::run`](crate::script::run).
    Script(ScriptSpec),
    /// Ask the judges.
    Judge(JudgeSpec),
}

/// A program of the user that checks an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptSpec {
    /// What to start.
    pub command: ScriptCommand,
    /// How long it may take. Default 10 s.
    pub timeout: Duration,
    /// The least score that passes when the program answers with a score alone. Default 0.5.
    pub threshold: f64,
    /// The suite's folder: relative programs are looked up there and the program starts there. Set by the caller.
    pub base: Option<PathBuf>,
    /// Environment variables the program does not get, such as those that hold keys. Set by the caller.
    pub without_env: Vec<String>,
}

/// What a script check starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptCommand {
    /// A program and its arguments, started without a shell. A program with a path separator is relative to the
    /// suite's folder; a bare name is a file of that folder if there is one, else found on the search path.
    Argv(Vec<String>),
    /// A line for the platform's shell; only where the user wrote `shell: true`.
    Shell(String),
}

/// A question to the judges.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JudgeSpec {
    /// What to judge by; empty for the criteria of the run.
    pub criteria: Vec<String>,
    /// The least score that passes, on the judges' scale.
    pub threshold: Option<f64>,
}

/// What came of an [`External`]: stored with the run, so that the verdict can be derived again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExternalResult {
    /// The verdict, if there was one.
    pub passed: Option<bool>,
    /// The score, if there was one: 0 to 1 for a script, the judges' scale for a judge.
    pub score: Option<f64>,
    /// What it said.
    pub message: String,
    /// Why there is no verdict.
    pub error: Option<String>,
}

impl ExternalResult {
    /// A result without a verdict.
    pub fn failed(error: impl Into<String>) -> Self {
        Self { error: Some(error.into()), ..Self::default() }
    }
}
