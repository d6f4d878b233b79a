//! How fast the call was and what it cost. A bound itself does not pass.

use std::sync::Arc;

use crate::fault::Fault;
use crate::keys::{Keys, Num};
use crate::result::CheckErrorKind;
use crate::rule::{At, Finding, Rule};
use crate::subject::{Subject, SubjectCost};

type Built = Result<Arc<dyn Rule>, Fault>;

pub(super) fn latency_under(keys: &mut Keys<'_>, _: usize) -> Built {
    build(keys, What::Latency)
}

pub(super) fn ttft_under(keys: &mut Keys<'_>, _: usize) -> Built {
    build(keys, What::Ttft)
}

pub(super) fn tokens_per_second_over(keys: &mut Keys<'_>, _: usize) -> Built {
    build(keys, What::Speed)
}

pub(super) fn cost_under(keys: &mut Keys<'_>, _: usize) -> Built {
    build(keys, What::Cost)
}

fn build(keys: &Keys<'_>, what: What) -> Built {
    Ok(Arc::new(Measure { what, bound: keys.needed_number("value")? }))
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum What {
    Latency,
    Ttft,
    Speed,
    Cost,
}

#[derive(Debug)]
struct Measure {
    what: What,
    bound: Num,
}

impl Measure {
    fn name(&self) -> &'static str {
        match self.what {
            What::Latency => "latency",
            What::Ttft => "time to the first token",
            What::Speed => "speed",
            What::Cost => "cost",
        }
    }

    fn with_unit(&self, number: &str) -> String {
        match self.what {
            What::Latency | What::Ttft => format!("{number} ms"),
            What::Speed => format!("{number} tokens/s"),
            What::Cost => format!("${number}"),
        }
    }

    /// The measured value, or `None` where it is not known.
    fn measured(&self, subject: &Subject<'_>) -> Option<f64> {
        match self.what {
            What::Latency => subject.latency_ms,
            What::Ttft => subject.ttft_ms,
            What::Speed => subject.tokens_per_second,
            What::Cost => match subject.cost {
                SubjectCost::Known(cost) => Some(cost),
                SubjectCost::Free | SubjectCost::Unknown => None,
            },
        }
        .filter(|value| value.is_finite())
    }
}

impl Rule for Measure {
    fn expected(&self, _: &Subject<'_>) -> String {
        let word = if self.what == What::Speed { "over" } else { "under" };
        format!("{word} {}", self.with_unit(&self.bound.written))
    }

    fn look(&self, at: &At<'_>) -> Finding {
        if self.what == What::Cost && at.subject.cost == SubjectCost::Free {
            return Finding::verdict(true, "free", "the model costs nothing");
        }
        let Some(value) = self.measured(at.subject) else {
            return Finding::unknown(
                CheckErrorKind::UnknownValue,
                format!("the {} of this call is not known", self.name()),
            );
        };
        let passed = if self.what == What::Speed { value > self.bound.value } else { value < self.bound.value };
        let actual = self.with_unit(&shortest(value));
        let word = if passed { "is" } else { "is not" };
        Finding::verdict(
            passed,
            &actual,
            format!("{} is {actual}, which {word} {}", self.name(), self.expected(at.subject)),
        )
    }
}

/// A measured number with at most three decimals, or as many as a small one needs.
fn shortest(value: f64) -> String {
    let rounded = (value * 1000.0).round() / 1000.0;
    if value.abs() >= 1.0 && rounded.is_finite() { format!("{rounded}") } else { format!("{value}") }
}
