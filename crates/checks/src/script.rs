//! The one runner of users' programs.

use crate::external::{ExternalResult, ScriptSpec};

/// Runs a program of the user on one row and reads its verdict.
pub fn run(spec: &ScriptSpec, stdin: &[u8]) -> ExternalResult {
    let _ = stdin;
    ExternalResult::failed(format!("{:?} was not run", spec.command))
}
