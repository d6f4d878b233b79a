//! The whole answer against whole texts.

use std::borrow::Cow;
use std::sync::Arc;

use crate::fault::Fault;
use crate::fold::{cased, plain, quote, quotes};
use crate::keys::Keys;
use crate::rule::{At, Finding, Rule, Wanted};
use crate::subject::Subject;

type Built = Result<Arc<dyn Rule>, Fault>;

pub(super) fn equals(keys: &mut Keys<'_>, _: usize) -> Built {
    Ok(Arc::new(Equals { wanted: Wanted::read(keys)?, form: Form::read(keys)? }))
}

pub(super) fn one_of(keys: &mut Keys<'_>, depth: usize) -> Built {
    match keys.list("value")? {
        Some(values) => Ok(Arc::new(OneOf { values, form: Form::read(keys)? })),
        None => equals(keys, depth),
    }
}

/// What is overlooked when two texts are compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    case_sensitive: bool,
    normalise: bool,
}

impl Form {
    /// The finding that the answer is too long for its normal form, if it is.
    fn refuse_long(self, output: &str) -> Option<Finding> {
        if self.normalise { crate::json::refuse_long(output) } else { None }
    }
}

impl Form {
    pub(super) fn read(keys: &Keys<'_>) -> Result<Self, Fault> {
        Ok(Self { case_sensitive: keys.flag("case_sensitive", true)?, normalise: keys.flag("normalise", false)? })
    }

    /// The text with line ends of Windows made plain and both ends trimmed; without case, or in its normal form, where
    /// that was asked for.
    pub(super) fn of(self, text: &str) -> Cow<'_, str> {
        if self.normalise {
            return Cow::Owned(text::normalise(text));
        }
        match plain(text) {
            Cow::Borrowed(text) => cased(text, self.case_sensitive),
            Cow::Owned(text) => Cow::Owned(cased(&text, self.case_sensitive).into_owned()),
        }
    }
}

#[derive(Debug)]
struct Equals {
    wanted: Wanted,
    form: Form,
}

impl Rule for Equals {
    fn expected(&self, subject: &Subject<'_>) -> String {
        self.wanted.show(subject)
    }

    fn needs_reference(&self) -> bool {
        self.wanted.is_reference()
    }

    fn look(&self, at: &At<'_>) -> Finding {
        let wanted = match self.wanted.of(at.subject) {
            Ok(wanted) => wanted,
            Err(finding) => return finding,
        };
        if let Some(finding) = self.form.refuse_long(at.subject.output) {
            return finding;
        }
        let passed = self.form.of(at.subject.output) == self.form.of(wanted);
        let verb = if passed { "equals" } else { "is not" };
        Finding::verdict(passed, at.subject.output.trim(), format!("the answer {verb} {}", quote(wanted)))
    }
}

#[derive(Debug)]
struct OneOf {
    values: Vec<String>,
    form: Form,
}

impl Rule for OneOf {
    fn expected(&self, _: &Subject<'_>) -> String {
        quotes(&self.values)
    }

    fn look(&self, at: &At<'_>) -> Finding {
        if let Some(finding) = self.form.refuse_long(at.subject.output) {
            return finding;
        }
        let output = self.form.of(at.subject.output);
        let hit = self.values.iter().find(|value| self.form.of(value) == output);
        let message = match hit {
            Some(value) => format!("the answer is {}", quote(value)),
            None => format!("the answer is none of {}", quotes(&self.values)),
        };
        Finding::verdict(hit.is_some(), at.subject.output.trim(), message)
    }
}
