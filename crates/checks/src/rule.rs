//! What every type of check can do, and what it finds.

use std::fmt::Debug;

use crate::external::External;
use crate::fault::Fault;
use crate::keys::Keys;
use crate::result::{ACTUAL_CHARS, CheckErrorKind, MESSAGE_CHARS, cut};
use crate::subject::Subject;

/// The part of a check that its type decides.
pub(crate) trait Rule: Debug + Send + Sync {
    /// What is asked for, in a few words.
    fn expected(&self, subject: &Subject<'_>) -> String;

    /// The verdict on a subject. Leaves are only asked about complete answers.
    fn look(&self, at: &At<'_>) -> Finding;

    /// Whether the rule deals with every outcome itself: combinators, and the check about refusals.
    fn takes_every_outcome(&self) -> bool {
        false
    }

    /// Whether nothing but the question "was it a refusal?" is asked.
    fn asks_only_of_refusal(&self) -> bool {
        false
    }

    /// Whether the item's reference is needed.
    fn needs_reference(&self) -> bool {
        false
    }

    /// Adds what is asked of the outside world.
    fn externals(&self, _path: &str, _into: &mut Vec<External>) {}
}

/// Where a rule looks.
pub(crate) struct At<'a> {
    /// The answer.
    pub(crate) subject: &'a Subject<'a>,
    /// The path of the check, as in [`External::path`].
    pub(crate) path: &'a str,
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Finding {
    pub(crate) passed: Option<bool>,
    pub(crate) score: Option<f64>,
    pub(crate) actual: String,
    pub(crate) message: String,
    pub(crate) error: Option<String>,
    pub(crate) error_kind: Option<CheckErrorKind>,
}

impl Finding {
    /// A verdict.
    pub(crate) fn verdict(passed: bool, actual: &str, message: impl AsRef<str>) -> Self {
        Self {
            passed: Some(passed),
            score: None,
            actual: cut(actual, ACTUAL_CHARS),
            message: cut(message.as_ref(), MESSAGE_CHARS),
            error: None,
            error_kind: None,
        }
    }

    /// No verdict, and why.
    pub(crate) fn unknown(kind: CheckErrorKind, error: impl AsRef<str>) -> Self {
        let error = cut(error.as_ref(), MESSAGE_CHARS);
        Self {
            passed: None,
            score: None,
            actual: String::new(),
            message: error.clone(),
            error: Some(error),
            error_kind: Some(kind),
        }
    }

    /// The same with a score; a score that is not a finite number is left out.
    pub(crate) fn scored(self, score: f64) -> Self {
        Self { score: score.is_finite().then_some(score), ..self }
    }

    /// The same with what was found.
    pub(crate) fn found(self, actual: &str) -> Self {
        Self { actual: cut(actual, ACTUAL_CHARS), ..self }
    }
}

/// A value that the user gave, or that the item's reference stands in for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wanted {
    Given(String),
    Reference,
}

impl Wanted {
    /// The `value` key, or the reference where it is left out.
    pub(crate) fn read(keys: &Keys<'_>) -> Result<Self, Fault> {
        Ok(keys.text("value")?.map_or(Self::Reference, Self::Given))
    }

    pub(crate) fn is_reference(&self) -> bool {
        *self == Self::Reference
    }

    /// The text to compare with, or the finding that there is none.
    pub(crate) fn of<'a>(&'a self, subject: &Subject<'a>) -> Result<&'a str, Finding> {
        match self {
            Self::Given(text) => Ok(text),
            Self::Reference => subject.reference.ok_or_else(|| {
                Finding::unknown(
                    CheckErrorKind::Reference,
                    "the check has no `value` and the item has no `reference` to stand in for it",
                )
            }),
        }
    }

    /// For [`Rule::expected`].
    pub(crate) fn show(&self, subject: &Subject<'_>) -> String {
        match (self, subject.reference) {
            (Self::Given(text), _) => text.clone(),
            (Self::Reference, Some(text)) => text.to_owned(),
            (Self::Reference, None) => "the item's reference".to_owned(),
        }
    }
}
