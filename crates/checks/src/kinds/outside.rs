//! Checks whose verdict comes from outside: a program of the user, or the judges.

use std::sync::Arc;
use std::time::Duration;

use crate::external::{External, ExternalResult, ExternalTask, JudgeSpec, ScriptCommand, ScriptSpec};
use crate::fault::Fault;
use crate::keys::{Keys, text_of};
use crate::result::CheckErrorKind;
use crate::rule::{At, Finding, Rule};
use crate::subject::Subject;

type Built = Result<Arc<dyn Rule>, Fault>;

/// Time limit of a script when none is given.
const DEFAULT_TIMEOUT: f64 = 10.0;

/// Longest time limit of a script: an hour.
const LONGEST_TIMEOUT: f64 = 3600.0;

pub(super) fn script(keys: &mut Keys<'_>, _: usize) -> Built {
    if keys.text("command")?.is_some() && keys.text("value")?.is_some() {
        return Err(Fault::new("`script` has both `command` and `value`")
            .hint("`value` is the short form of `command`; keep one"));
    }
    let key = if keys.text("value")?.is_some() { "value" } else { "command" };
    let shell = keys.flag("shell", false)?;
    let arguments = keys.list("args")?.unwrap_or_default();
    let command = match keys.raw(key) {
        Some(serde_json::Value::Array(parts)) => {
            if shell {
                return Err(Fault::new("`shell` of `script` needs `command` as one text, not a list"));
            }
            ScriptCommand::Argv(parts.iter().map(text_of).chain(arguments).collect())
        }
        Some(serde_json::Value::String(line)) if shell => {
            if !arguments.is_empty() {
                return Err(
                    Fault::new("`script` has both `shell` and `args`").hint("write the arguments into `command`")
                );
            }
            ScriptCommand::Shell(line.clone())
        }
        Some(serde_json::Value::String(program)) => {
            ScriptCommand::Argv(std::iter::once(program.trim().to_owned()).chain(arguments).collect())
        }
        None | Some(serde_json::Value::Null) => {
            return Err(keys.missing("command", "[\"python3\", \"check.py\"]"));
        }
        Some(other) => return Err(keys.wrong(key, "a program or a list of a program and its arguments", other)),
    };
    match &command {
        ScriptCommand::Argv(argv) if argv.first().is_none_or(|program| program.trim().is_empty()) => {
            return Err(Fault::new("`command` of `script` names no program"));
        }
        ScriptCommand::Argv(argv) if argv.iter().any(|part| part.contains('\0')) => {
            return Err(Fault::new("`command` of `script` holds a NUL character, which no program can be given"));
        }
        ScriptCommand::Shell(line) if line.trim().is_empty() || line.contains('\0') => {
            return Err(Fault::new("`command` of `script` is empty or holds a NUL character"));
        }
        _ => {}
    }
    let seconds = keys.number("timeout")?.map_or(DEFAULT_TIMEOUT, |number| number.value);
    if !(seconds > 0.0 && seconds <= LONGEST_TIMEOUT) {
        return Err(Fault::new(format!(
            "`timeout` of `script` is {seconds} s; it must be above 0 and at most {LONGEST_TIMEOUT}"
        )));
    }
    let threshold = keys.share("threshold")?.map_or(0.5, |number| number.value);
    let timeout = Duration::from_secs_f64(seconds);
    let spec = ScriptSpec { command, timeout, threshold, base: None, without_env: Vec::new() };
    Ok(Arc::new(Outside { task: ExternalTask::Script(spec) }))
}

pub(super) fn judge(keys: &mut Keys<'_>, _: usize) -> Built {
    if keys.text("criteria")?.is_some() && keys.text("value")?.is_some() {
        return Err(Fault::new("`judge` has both `criteria` and `value`")
            .hint("`value` is the short form of `criteria`; keep one"));
    }
    let criteria = keys.list("criteria")?.or(keys.list("value")?).unwrap_or_default();
    if criteria.iter().any(|criterion| criterion.trim().is_empty()) {
        return Err(Fault::new("a criterion of `judge` is empty"));
    }
    let threshold = keys.number("threshold")?.map(|number| number.value);
    Ok(Arc::new(Outside { task: ExternalTask::Judge(JudgeSpec { criteria, threshold }) }))
}

#[derive(Debug)]
struct Outside {
    task: ExternalTask,
}

impl Outside {
    fn who(&self) -> (&'static str, CheckErrorKind) {
        match self.task {
            ExternalTask::Script(_) => ("the script", CheckErrorKind::Script),
            ExternalTask::Judge(_) => ("the judge", CheckErrorKind::Judge),
        }
    }
}

impl Rule for Outside {
    fn expected(&self, _: &Subject<'_>) -> String {
        match &self.task {
            ExternalTask::Script(ScriptSpec { command: ScriptCommand::Argv(argv), .. }) => argv.join(" "),
            ExternalTask::Script(ScriptSpec { command: ScriptCommand::Shell(line), .. }) => line.clone(),
            ExternalTask::Judge(JudgeSpec { criteria, threshold }) => {
                let mut text = criteria.join("; ");
                if let Some(threshold) = threshold {
                    let gap = if text.is_empty() { "" } else { " " };
                    text.push_str(&format!("{gap}(at least {threshold})"));
                }
                text
            }
        }
    }

    fn externals(&self, path: &str, into: &mut Vec<External>) {
        into.push(External { path: path.to_owned(), task: self.task.clone() });
    }

    fn look(&self, at: &At<'_>) -> Finding {
        let (who, kind) = self.who();
        let Some(ExternalResult { passed, score, message, error }) = at.subject.external.get(at.path) else {
            return Finding::unknown(kind, format!("{who} was not run"));
        };
        if let Some(error) = error {
            return Finding::unknown(kind, error).found(message);
        }
        let score = score.filter(|score| score.is_finite());
        let threshold = match &self.task {
            ExternalTask::Script(spec) => Some(spec.threshold),
            ExternalTask::Judge(spec) => spec.threshold,
        };
        let by_score = || score.zip(threshold).map(|(score, threshold)| score >= threshold);
        let Some(passed) = passed.or_else(by_score) else {
            return Finding::unknown(
                kind,
                format!("{who} gave neither a verdict nor a score that a threshold decides"),
            );
        };
        let said = if message.is_empty() {
            format!("{who} says {}", if passed { "pass" } else { "fail" })
        } else {
            message.clone()
        };
        let actual =
            score.map_or_else(|| if passed { "pass".to_owned() } else { "fail".to_owned() }, |score| score.to_string());
        let finding = Finding::verdict(passed, &actual, said);
        score.map_or(finding.clone(), |score| finding.scored(score))
    }
}
