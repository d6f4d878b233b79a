//! A text inside the answer, or at one of its ends.

use std::sync::Arc;

use crate::fault::Fault;
use crate::fold::{cased, quote, quotes};
use crate::keys::Keys;
use crate::rule::{At, Finding, Rule, Wanted};
use crate::subject::Subject;

type Built = Result<Arc<dyn Rule>, Fault>;

pub(super) fn contains(keys: &mut Keys<'_>, _: usize) -> Built {
    one(keys, Place::Within)
}

pub(super) fn not_contains(keys: &mut Keys<'_>, _: usize) -> Built {
    one(keys, Place::Nowhere)
}

pub(super) fn icontains(keys: &mut Keys<'_>, _: usize) -> Built {
    Ok(Arc::new(One { wanted: Wanted::read(keys)?, case_sensitive: false, place: Place::Within }))
}

pub(super) fn starts_with(keys: &mut Keys<'_>, _: usize) -> Built {
    one(keys, Place::Start)
}

pub(super) fn ends_with(keys: &mut Keys<'_>, _: usize) -> Built {
    one(keys, Place::End)
}

pub(super) fn contains_any(keys: &mut Keys<'_>, _: usize) -> Built {
    several(keys, false)
}

pub(super) fn contains_all(keys: &mut Keys<'_>, _: usize) -> Built {
    several(keys, true)
}

fn one(keys: &Keys<'_>, place: Place) -> Built {
    Ok(Arc::new(One { wanted: Wanted::read(keys)?, case_sensitive: keys.flag("case_sensitive", true)?, place }))
}

fn several(keys: &Keys<'_>, all: bool) -> Built {
    let values = keys.list("value")?.ok_or_else(|| keys.missing("value", "a list of texts"))?;
    Ok(Arc::new(Several { values, case_sensitive: keys.flag("case_sensitive", true)?, all }))
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Within,
    Nowhere,
    Start,
    End,
}

#[derive(Debug)]
struct One {
    wanted: Wanted,
    case_sensitive: bool,
    place: Place,
}

impl Rule for One {
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
        let output = at.subject.output;
        let text = cased(output, self.case_sensitive);
        let part = cased(wanted, self.case_sensitive);
        let shown = quote(wanted);
        let case = if self.case_sensitive { "" } else { ", whatever the case" };
        match self.place {
            Place::Within | Place::Nowhere => {
                let found = text.contains(part.as_ref());
                let message = if found {
                    format!("the answer contains {shown}{case}")
                } else {
                    format!("the answer does not contain {shown}{case}")
                };
                Finding::verdict(found == (self.place == Place::Within), output, message)
            }
            Place::Start => {
                let found = text.trim_start().starts_with(part.trim_start());
                let verb = if found { "starts" } else { "does not start" };
                Finding::verdict(found, output.trim_start(), format!("the answer {verb} with {shown}{case}"))
            }
            Place::End => {
                let found = text.trim_end().ends_with(part.trim_end());
                let verb = if found { "ends" } else { "does not end" };
                Finding::verdict(found, tail(output), format!("the answer {verb} with {shown}{case}"))
            }
        }
    }
}

/// The last few code points of an answer.
fn tail(text: &str) -> &str {
    let text = text.trim_end();
    let start = text.char_indices().rev().nth(crate::result::ACTUAL_CHARS - 1).map_or(0, |(at, _)| at);
    &text[start..]
}

#[derive(Debug)]
struct Several {
    values: Vec<String>,
    case_sensitive: bool,
    all: bool,
}

impl Rule for Several {
    fn expected(&self, _: &Subject<'_>) -> String {
        quotes(&self.values)
    }

    fn look(&self, at: &At<'_>) -> Finding {
        let output = at.subject.output;
        let text = cased(output, self.case_sensitive);
        let (found, missing): (Vec<String>, Vec<String>) =
            self.values.iter().cloned().partition(|value| text.contains(cased(value, self.case_sensitive).as_ref()));
        let passed = if self.all { missing.is_empty() } else { !found.is_empty() };
        let message = match (self.all, passed) {
            (true, true) => format!("the answer contains all of {}", quotes(&found)),
            (true, false) => format!("the answer does not contain {}", quotes(&missing)),
            (false, true) => format!("the answer contains {}", quotes(&found)),
            (false, false) => format!("the answer contains none of {}", quotes(&missing)),
        };
        Finding::verdict(passed, output, message)
    }
}
