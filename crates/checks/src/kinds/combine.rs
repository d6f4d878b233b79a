//! `not`, `any` and `all`, in Kleene's three-valued logic: an unknown part decides nothing that the known parts
//! have not decided.

use std::sync::Arc;

use llm::outcome::Outcome;
use serde_json::Value;

use crate::check::{Check, without_answer};
use crate::external::External;
use crate::fault::Fault;
use crate::keys::{Keys, Num};
use crate::result::CheckErrorKind;
use crate::rule::{At, Finding, Rule};
use crate::subject::Subject;

type Built = Result<Arc<dyn Rule>, Fault>;

/// Most checks in one `any` or `all`.
const MOST: usize = 1000;

pub(super) fn not(keys: &mut Keys<'_>, depth: usize) -> Built {
    match keys.raw("check") {
        Some(Value::Object(map)) => {
            let inner = Check::compile_at(map, depth + 1).map_err(|fault| fault.within("check"))?;
            Ok(Arc::new(Not { inner }))
        }
        None | Some(Value::Null) => Err(keys.missing("check", "{\"type\": …}")),
        Some(other) => Err(keys.wrong("check", "a check", other)),
    }
}

pub(super) fn any(keys: &mut Keys<'_>, depth: usize) -> Built {
    Ok(Arc::new(Group { checks: checks(keys, depth)?, mode: Mode::Any }))
}

pub(super) fn all(keys: &mut Keys<'_>, depth: usize) -> Built {
    let checks = checks(keys, depth)?;
    let Some(threshold) = keys.share("threshold")? else {
        return Ok(Arc::new(Group { checks, mode: Mode::All }));
    };
    if threshold.value == 0.0 {
        return Err(Fault::new("`threshold` of `all` is 0, which every answer reaches")
            .hint("give a share of the weight above 0"));
    }
    if !checks.iter().any(|check| check.weight() > 0.0) {
        return Err(Fault::new("`all` has a `threshold` and none of its checks has a weight"));
    }
    Ok(Arc::new(Group { checks, mode: Mode::Share(threshold) }))
}

fn checks(keys: &Keys<'_>, depth: usize) -> Result<Vec<Check>, Fault> {
    let list = match keys.raw("checks") {
        Some(Value::Array(list)) => list,
        None | Some(Value::Null) => return Err(keys.missing("checks", "[{\"type\": …}, …]")),
        Some(other) => return Err(keys.wrong("checks", "a list of checks", other)),
    };
    if list.is_empty() {
        return Err(Fault::new("`checks` is an empty list").hint("give at least one check"));
    }
    if list.len() > MOST {
        return Err(Fault::new(format!("`checks` holds {} checks; at most {MOST} are taken", list.len())));
    }
    list.iter()
        .enumerate()
        .map(|(index, value)| {
            let place = format!("checks.{index}");
            match value {
                Value::Object(map) => Check::compile_at(map, depth + 1).map_err(|fault| fault.within(&place)),
                other => Err(keys.wrong(&place, "a check", other)),
            }
        })
        .collect()
}

#[derive(Debug)]
struct Not {
    inner: Check,
}

impl Rule for Not {
    fn expected(&self, subject: &Subject<'_>) -> String {
        format!("not: {} {}", self.inner.label(), self.inner.rule().expected(subject)).trim_end().to_owned()
    }

    fn takes_every_outcome(&self) -> bool {
        true
    }

    fn asks_only_of_refusal(&self) -> bool {
        self.inner.rule().asks_only_of_refusal()
    }

    fn needs_reference(&self) -> bool {
        self.inner.needs_reference()
    }

    fn externals(&self, path: &str, into: &mut Vec<External>) {
        self.inner.rule().externals(&format!("{path}.check"), into);
    }

    fn look(&self, at: &At<'_>) -> Finding {
        // An empty answer contains no wrong word either; that must not earn it a pass.
        if at.subject.outcome == Outcome::Empty && !self.asks_only_of_refusal() {
            return without_answer(Outcome::Empty);
        }
        let inner = self.inner.look(&format!("{}.check", at.path), at.subject);
        let Some(passed) = inner.passed else { return inner };
        let found = if passed { "passed" } else { "failed" };
        let message = format!("not: {} {found}: {}", self.inner.label(), inner.message);
        Finding::verdict(!passed, &inner.actual, message)
    }
}

#[derive(Debug)]
enum Mode {
    Any,
    All,
    /// The least share of the weight that must have passed.
    Share(Num),
}

#[derive(Debug)]
struct Group {
    checks: Vec<Check>,
    mode: Mode,
}

impl Rule for Group {
    fn expected(&self, _: &Subject<'_>) -> String {
        let names = self.checks.iter().map(Check::label).take(8).collect::<Vec<_>>().join(", ");
        let more = if self.checks.len() > 8 { ", …" } else { "" };
        match &self.mode {
            Mode::Any => format!("any of: {names}{more}"),
            Mode::All => format!("all of: {names}{more}"),
            Mode::Share(share) => format!("at least {} of the weight of: {names}{more}", share.written),
        }
    }

    fn takes_every_outcome(&self) -> bool {
        true
    }

    fn asks_only_of_refusal(&self) -> bool {
        self.checks.iter().all(|check| check.rule().asks_only_of_refusal())
    }

    fn needs_reference(&self) -> bool {
        self.checks.iter().any(Check::needs_reference)
    }

    fn externals(&self, path: &str, into: &mut Vec<External>) {
        for (index, check) in self.checks.iter().enumerate() {
            check.rule().externals(&format!("{path}.checks.{index}"), into);
        }
    }

    fn look(&self, at: &At<'_>) -> Finding {
        let findings: Vec<(&Check, Finding)> = self
            .checks
            .iter()
            .enumerate()
            .map(|(index, check)| (check, check.look(&format!("{}.checks.{index}", at.path), at.subject)))
            .collect();
        let of = |verdict: Option<bool>| findings.iter().filter(move |(_, finding)| finding.passed == verdict);
        let weight = |verdict| of(verdict).map(|(check, _)| check.weight()).sum::<f64>();
        let (passed, failed, unknown) = (of(Some(true)).count(), of(Some(false)).count(), of(None).count());
        let total = weight(Some(true)) + weight(Some(false)) + weight(None);
        let verdict = match &self.mode {
            Mode::Any if passed > 0 => Some(true),
            Mode::Any if unknown == 0 => Some(false),
            Mode::All if failed > 0 => Some(false),
            Mode::All if unknown == 0 => Some(true),
            // Sums of weights differ in their last bits with the order of adding; a share that is exactly reached
            // must count as reached.
            Mode::Share(share) if weight(Some(true)) >= share.value * total - 1e-9 * total => Some(true),
            Mode::Share(share) if total - weight(Some(false)) < share.value * total - 1e-9 * total => Some(false),
            _ => None,
        };
        let mut message = format!("{passed} of {} passed", findings.len());
        for (check, finding) in of(Some(false)).chain(of(None)) {
            // Long lists are cut with the message; no need to write megabytes first.
            if message.len() > 4 * crate::result::MESSAGE_CHARS {
                break;
            }
            message.push_str(&format!("; {}: {}", check.label(), finding.message));
        }
        let Some(verdict) = verdict else {
            let kind = of(None).find_map(|(_, finding)| finding.error_kind).unwrap_or(CheckErrorKind::Configuration);
            return Finding::unknown(kind, message);
        };
        let finding =
            Finding::verdict(verdict, &format!("{passed} passed, {failed} failed, {unknown} unknown"), message);
        if total > 0.0 && unknown == 0 { finding.scored(weight(Some(true)) / total) } else { finding }
    }
}
