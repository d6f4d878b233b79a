//! Assertions on one answer: compiled before a run, evaluated without I/O, and the one script runner.
//!
//! A [`CheckSpec`] is the JSON object as the user wrote it. [`Check::compile`] reads it once, before any
//! money is spent, and says what is wrong with it in a [`Fault`]. [`Check::evaluate`] is pure: what a check
//! needs from outside (a script's or a judge's answer) is asked for by [`Check::externals`] and handed back in
//! [`Subject::external`].
//!
//! Verdicts are three-valued. `passed: None` means that the check could not be evaluated: neither a pass nor
//! a failure, and [`CheckResult::error_kind`] says why. `docs/checks.md` describes every type with an
//! example that the tests run.

mod check;
mod external;
mod fault;
mod fold;
mod json;
mod keys;
mod kinds;
mod path;
mod pattern;
mod result;
mod rule;
mod schema;
mod spec;
mod subject;

pub mod script;

pub use check::Check;
pub use external::{External, ExternalResult, ExternalTask, JudgeSpec, ScriptCommand, ScriptSpec};
pub use fault::Fault;
pub use kinds::{type_keys, type_names};
pub use result::{ACTUAL_CHARS, CheckErrorKind, CheckResult, MESSAGE_CHARS};
pub use spec::CheckSpec;
pub use subject::{Subject, SubjectCost};
