//! What a program's output and exit code say.

use serde_json::Value;

use super::{Ended, KEPT_STDOUT};
use crate::external::ExternalResult;
use crate::fold::quote;
use crate::result::{MESSAGE_CHARS, cut};

/// Reads the verdict. `threshold` decides where there is a score alone.
pub(super) fn read(ended: &Ended, threshold: f64) -> ExternalResult {
    let complaint = String::from_utf8_lossy(&ended.stderr).trim().to_owned();
    let failed = |why: String| {
        let tail = if complaint.is_empty() { String::new() } else { format!("; it said: {}", last_lines(&complaint)) };
        ExternalResult::failed(format!("the script {why}{tail}"))
    };
    let success = match ended.status.code() {
        Some(0) => true,
        Some(1) => false,
        Some(code) => return failed(format!("ended with exit code {code}; only 0 and 1 are verdicts")),
        None => return failed(format!("was ended from outside ({})", ended.status)),
    };
    if ended.stdout.len() > KEPT_STDOUT {
        return failed(format!("printed more than {} KiB where a verdict was expected", KEPT_STDOUT / 1024));
    }
    let Ok(text) = std::str::from_utf8(&ended.stdout) else {
        return failed("printed something that is not UTF-8 text".to_owned());
    };
    let text = text.trim();
    if text.is_empty() {
        if !success && is_crash(&complaint) {
            return failed("crashed, which is no verdict".to_owned());
        }
        // A program that says why on standard error and ends with 1 means a fail.
        let message = if success { String::new() } else { cut(&complaint, MESSAGE_CHARS) };
        return ExternalResult { passed: Some(success), message, ..ExternalResult::default() };
    }
    match said(text, threshold) {
        Ok(result) if result.passed == Some(true) && !success => {
            failed(format!("printed a pass ({}) and ended with exit code 1, which contradict each other", quote(text)))
        }
        Ok(result) => result,
        Err(why) => failed(why),
    }
}

/// The verdict in the output itself.
fn said(text: &str, threshold: f64) -> Result<ExternalResult, String> {
    if text.eq_ignore_ascii_case("pass") || text.eq_ignore_ascii_case("fail") {
        return Ok(ExternalResult { passed: Some(text.eq_ignore_ascii_case("pass")), ..ExternalResult::default() });
    }
    let unreadable = || {
        format!(
            "printed {}, which is no verdict; it must print {{\"pass\": true}}, a score from 0 to 1, `pass` or `fail`, and nothing else",
            quote(text)
        )
    };
    let (pass, score, message) = match serde_json::from_str::<Value>(text) {
        Ok(score @ Value::Number(_)) => (None, Some(score), String::new()),
        Ok(Value::Object(map)) => {
            let pass = match map.get("pass") {
                None | Some(Value::Null) => None,
                Some(Value::Bool(pass)) => Some(*pass),
                Some(other) => {
                    return Err(format!(
                        "printed `pass` as {}, which is neither true nor false",
                        quote(&other.to_string())
                    ));
                }
            };
            let message = match map.get("message") {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(message)) => cut(message, MESSAGE_CHARS),
                Some(other) => cut(&other.to_string(), MESSAGE_CHARS),
            };
            (pass, map.get("score").filter(|score| !score.is_null()).cloned(), message)
        }
        _ => return Err(unreadable()),
    };
    let score = match score {
        None => None,
        Some(written) => match written.as_f64() {
            Some(score) if (0.0..=1.0).contains(&score) => Some(score),
            _ => {
                return Err(format!(
                    "printed the score {}, which is not a number from 0 to 1",
                    quote(&written.to_string())
                ));
            }
        },
    };
    let Some(passed) = pass.or_else(|| score.map(|score| score >= threshold)) else { return Err(unreadable()) };
    Ok(ExternalResult { passed: Some(passed), score, message, error: None })
}

/// Whether standard error tells of a crash of the interpreter, which also ends with exit code 1.
fn is_crash(complaint: &str) -> bool {
    ["Traceback (most recent call last)", "node:internal", "Uncaught ", "SyntaxError", "Error: Cannot find module"]
        .iter()
        .any(|sign| complaint.contains(sign))
}

/// The end of a complaint: that is where interpreters say what went wrong.
fn last_lines(complaint: &str) -> String {
    let mut lines: Vec<&str> = complaint.lines().rev().take(3).collect();
    lines.reverse();
    cut(&lines.join(" | "), 300)
}
