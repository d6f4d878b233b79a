//! How long the answer is.

use std::sync::Arc;

use crate::fault::Fault;
use crate::fold::counted;
use crate::json;
use crate::keys::Keys;
use crate::rule::{At, Finding, Rule};
use crate::subject::Subject;

type Built = Result<Arc<dyn Rule>, Fault>;

pub(super) fn min_chars(keys: &mut Keys<'_>, _: usize) -> Built {
    let least = keys.count("value")?.ok_or_else(|| keys.missing("value", "a number of characters"))?;
    Ok(Arc::new(Length { unit: Unit::Chars, least: Some(least), most: None }))
}

pub(super) fn max_chars(keys: &mut Keys<'_>, _: usize) -> Built {
    let most = keys.count("value")?.ok_or_else(|| keys.missing("value", "a number of characters"))?;
    Ok(Arc::new(Length { unit: Unit::Chars, least: None, most: Some(most) }))
}

pub(super) fn word_count(keys: &mut Keys<'_>, _: usize) -> Built {
    let (exact, least, most) = (keys.count("value")?, keys.count("min")?, keys.count("max")?);
    let (least, most) = match (exact, least, most) {
        (Some(exact), None, None) => (Some(exact), Some(exact)),
        (Some(_), ..) => {
            return Err(Fault::new("`word_count` has both `value`, an exact number, and `min` or `max`")
                .hint("keep one or the other"));
        }
        (None, None, None) => {
            return Err(Fault::new("`word_count` needs a number")
                .hint("add \"value\" for an exact number, or \"min\" and \"max\""));
        }
        (None, Some(least), Some(most)) if least > most => {
            return Err(Fault::new(format!("`min` of `word_count` is {least}, more than its `max`, {most}")));
        }
        (None, least, most) => (least, most),
    };
    Ok(Arc::new(Length { unit: Unit::Words, least, most }))
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Unit {
    Chars,
    Words,
}

#[derive(Debug)]
struct Length {
    unit: Unit,
    least: Option<u64>,
    most: Option<u64>,
}

impl Length {
    fn noun(&self) -> &'static str {
        match self.unit {
            Unit::Chars => "character",
            Unit::Words => "word",
        }
    }
}

impl Rule for Length {
    fn expected(&self, _: &Subject<'_>) -> String {
        match (self.least, self.most) {
            (Some(least), Some(most)) if least == most => format!("exactly {}", counted(least, self.noun())),
            (Some(least), Some(most)) => format!("{least} to {}", counted(most, self.noun())),
            (Some(least), None) => format!("at least {}", counted(least, self.noun())),
            (None, Some(most)) => format!("at most {}", counted(most, self.noun())),
            (None, None) => String::new(),
        }
    }

    fn look(&self, at: &At<'_>) -> Finding {
        if self.unit == Unit::Words
            && let Some(finding) = json::refuse_long(at.subject.output)
        {
            return finding;
        }
        let count = match self.unit {
            Unit::Chars => at.subject.output.chars().count(),
            Unit::Words => text::words(at.subject.output).len(),
        } as u64;
        let passed = self.least.is_none_or(|least| count >= least) && self.most.is_none_or(|most| count <= most);
        let actual = counted(count, self.noun());
        let message = format!("the answer has {actual}; asked for: {}", self.expected(at.subject));
        Finding::verdict(passed, &actual, message)
    }
}
