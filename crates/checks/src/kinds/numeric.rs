//! `numeric`: a number in the answer, whatever is written around it.

use std::sync::Arc;

use text::numbers;

use crate::fault::Fault;
use crate::fold::quote;
use crate::json;
use crate::keys::Keys;
use crate::result::CheckErrorKind;
use crate::rule::{At, Finding, Rule, Wanted};
use crate::subject::Subject;

pub(super) fn numeric(keys: &mut Keys<'_>, _: usize) -> Result<Arc<dyn Rule>, Fault> {
    let wanted = Wanted::read(keys)?;
    if let Wanted::Given(text) = &wanted
        && number(text).is_none()
    {
        return Err(Fault::new(format!("`value` of `numeric` is {}, which is no number", quote(text)))
            .hint("write it as 1234.5; thousands separators, a currency, a unit or % are overlooked"));
    }
    let tolerance = match keys.text("tolerance")? {
        Some(text) if text.trim().ends_with('%') => {
            let share = text.trim().trim_end_matches('%').trim().parse::<f64>().ok();
            Tolerance::Relative(
                share.filter(|share| share.is_finite() && *share >= 0.0).map(|share| share / 100.0).ok_or_else(
                    || Fault::new(format!("`tolerance` of `numeric` is {}, which is no percentage", quote(&text))),
                )?,
            )
        }
        _ => Tolerance::Absolute(keys.positive("tolerance")?.map_or(0.0, |number| number.value)),
    };
    let words = [("last", Which::Last), ("first", Which::First), ("any", Which::Any), ("only", Which::Only)];
    Ok(Arc::new(Numeric { wanted, tolerance, which: keys.word("which", &words, Which::Last)? }))
}

/// A number as a user writes it.
fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().or_else(|| numbers::parse(text)).filter(|value| value.is_finite())
}

#[derive(Debug, Clone, Copy)]
enum Which {
    Last,
    First,
    Any,
    Only,
}

#[derive(Debug, Clone, Copy)]
enum Tolerance {
    Absolute(f64),
    Relative(f64),
}

#[derive(Debug)]
struct Numeric {
    wanted: Wanted,
    tolerance: Tolerance,
    which: Which,
}

impl Numeric {
    /// Whether a number is near enough; a few units in the last place are forgiven, so that 0.4 is within 0.1 of 0.3.
    fn near(&self, found: f64, wanted: f64) -> bool {
        let allowed = match self.tolerance {
            Tolerance::Absolute(allowed) => allowed,
            Tolerance::Relative(share) => share * wanted.abs(),
        };
        (found - wanted).abs() <= allowed + 4.0 * f64::EPSILON * wanted.abs().max(found.abs())
    }
}

impl Rule for Numeric {
    fn expected(&self, subject: &Subject<'_>) -> String {
        let wanted = self.wanted.show(subject);
        match self.tolerance {
            Tolerance::Absolute(0.0) => wanted,
            Tolerance::Absolute(allowed) => format!("{wanted} ± {allowed}"),
            Tolerance::Relative(share) => format!("{wanted} ± {} %", (share * 1e8).round() / 1e6),
        }
    }

    fn needs_reference(&self) -> bool {
        self.wanted.is_reference()
    }

    fn look(&self, at: &At<'_>) -> Finding {
        let output = at.subject.output;
        let text = match self.wanted.of(at.subject) {
            Ok(text) => text,
            Err(finding) => return finding,
        };
        let Some(wanted) = number(text) else {
            return Finding::unknown(CheckErrorKind::Reference, format!("the reference {} is no number", quote(text)));
        };
        if let Some(finding) = json::refuse_long(output) {
            return finding;
        }
        // Each with its spelling, as the answer has it.
        let mut found: Vec<(f64, String)> =
            numbers::find(output).into_iter().map(|number| (number.value, written(output, &number))).collect();
        if found.is_empty() {
            // An answer that is nothing but a number in words.
            found.extend(number(output).map(|value| (value, output.trim().to_owned())));
        }
        let chosen = match self.which {
            Which::Last => found.last(),
            Which::First => found.first(),
            Which::Any => found.iter().find(|(value, _)| self.near(*value, wanted)).or(found.last()),
            Which::Only => {
                if found.len() > 1 {
                    let all: Vec<&str> = found.iter().take(8).map(|(_, text)| text.as_str()).collect();
                    let more = if found.len() > 8 { ", …" } else { "" };
                    let message = format!(
                        "the answer has {} numbers and only one was asked for: {}{more}",
                        found.len(),
                        all.join(", ")
                    );
                    return Finding::verdict(false, &all.join(", "), message);
                }
                found.first()
            }
        };
        let Some((value, shown)) = chosen else {
            return Finding::verdict(false, output, "the answer has no number");
        };
        let passed = self.near(*value, wanted);
        let many = if found.len() > 1 { format!(" (of {} numbers)", found.len()) } else { String::new() };
        let verb = if passed { "is" } else { "is not" };
        Finding::verdict(passed, shown, format!("{shown}{many} {verb} {}", self.expected(at.subject)))
    }
}

fn written(output: &str, number: &numbers::Number) -> String {
    output.get(number.span.start..number.span.end).unwrap_or_default().trim().to_owned()
}
