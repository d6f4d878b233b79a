//! Checks of each answer.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use checks::{Check, CheckErrorKind, CheckResult, ExternalResult, ExternalTask, Subject, SubjectCost};
use judges::Scale;
use llm::outcome::Outcome;

use super::Material;
use super::replies::{Replies, Reply, Said};
use crate::analysis::scored::{CheckTotals, RowScores};
use crate::record::{CallCost, CallRecord, JudgeTask, Judging};

/// The score from which an answer passes a `judge` check that sets no threshold, on the scale 1 to 10.
const PASSING_SCORE: f64 = 7.0;

/// Evaluates the checks of every answer.
pub(super) fn fill(material: &Material<'_>, replies: &Replies<'_>, rows: &mut [RowScores]) {
    let header = material.header();
    // Many items share their checks; each is compiled once.
    let mut compiled: HashMap<String, Result<Arc<Check>, String>> = HashMap::new();
    let checks: Vec<Vec<Result<Arc<Check>, String>>> = header
        .prompts
        .iter()
        .map(|prompt| {
            prompt
                .checks
                .iter()
                .map(|spec| {
                    let text = serde_json::to_string(spec).unwrap_or_default();
                    compiled
                        .entry(text)
                        .or_insert_with(|| Check::compile(spec).map(Arc::new).map_err(|fault| fault.message))
                        .clone()
                })
                .collect()
        })
        .collect();
    let said = judge_checks(material, replies);
    for (row, record) in rows.iter_mut().zip(material.rows) {
        let prompt = &header.prompts[record.call.prompt as usize];
        row.configured = prompt.checks.len() as u32;
        if matches!(record.outcome, Outcome::Error | Outcome::Cancelled) {
            continue;
        }
        let external = external(material, record, &checks[record.call.prompt as usize], &said);
        let subject = Subject {
            outcome: record.outcome,
            output: &record.answer.text,
            tool_calls: &record.answer.tool_calls,
            latency_ms: record.timing.latency_ms,
            ttft_ms: record.timing.ttft_ms,
            tokens_per_second: record.timing.output_tokens_per_second,
            cost: match record.cost {
                CallCost::Known(usd) => SubjectCost::Known(usd.as_f64()),
                CallCost::Free => SubjectCost::Free,
                // An answer from the cache cost nothing this time and says nothing about the model.
                CallCost::Unpriced | CallCost::Unknown(_) | CallCost::Nothing => SubjectCost::Unknown,
            },
            reference: prompt.reference.as_deref(),
            vars: &prompt.vars,
            external: &external,
        };
        let results: Vec<CheckResult> = checks[record.call.prompt as usize]
            .iter()
            .enumerate()
            .map(|(top, check)| match check {
                Ok(check) => check.evaluate(top, &subject),
                Err(fault) => unusable(fault),
            })
            .collect();
        row.passed = results.iter().filter(|result| result.passed == Some(true)).count() as u32;
        row.definitive = results.iter().filter(|result| result.passed.is_some()).count() as u32;
        row.check_score = weighted(&results);
        row.checks = Some(results);
    }
}

/// The weighted share of definite checks that passed.
fn weighted(results: &[CheckResult]) -> Option<f64> {
    let definite = || results.iter().filter(|result| result.passed.is_some());
    let all: f64 = definite().map(|result| result.weight).sum();
    // From 0, not from the empty sum, which is -0.
    let passed = definite().filter(|result| result.passed == Some(true)).fold(0.0, |sum, result| sum + result.weight);
    (all > 0.0).then(|| passed / all)
}

fn unusable(fault: &str) -> CheckResult {
    CheckResult {
        kind: "unknown".to_owned(),
        name: None,
        passed: None,
        score: None,
        weight: 1.0,
        expected: String::new(),
        actual: String::new(),
        message: fault.to_owned(),
        error: Some(fault.to_owned()),
        error_kind: Some(CheckErrorKind::Configuration),
    }
}

/// What came from outside for one answer, by path of the check.
fn external(
    material: &Material<'_>,
    record: &CallRecord,
    checks: &[Result<Arc<Check>, String>],
    judged: &HashMap<(u32, &str), Vec<&Reply<'_>>>,
) -> BTreeMap<String, ExternalResult> {
    let mut found = BTreeMap::new();
    for (top, check) in checks.iter().enumerate() {
        let Ok(check) = check else { continue };
        for one in check.externals(top) {
            let index = record.call.index;
            let result = match one.task {
                ExternalTask::Script(_) => material.externals.get(&(index, one.path.clone())).cloned(),
                ExternalTask::Judge(spec) => material.header().scoring.judging.as_ref().and_then(|judging| {
                    let replies = judged.get(&(index, one.path.as_str()))?;
                    Some(panel_verdict(judging, replies, spec.threshold))
                }),
            };
            if let Some(result) = result {
                found.insert(one.path, result);
            }
        }
    }
    found
}

/// The replies to each `judge` check.
fn judge_checks<'r, 'a>(
    material: &Material<'a>,
    replies: &'r Replies<'a>,
) -> HashMap<(u32, &'a str), Vec<&'r Reply<'a>>> {
    let mut found: HashMap<(u32, &str), Vec<&Reply<'_>>> = HashMap::new();
    for (at, judgement) in material.plan.judgements.iter().enumerate() {
        if let (JudgeTask::Check { answer, path }, Some(reply)) = (&judgement.task, replies.get(&at)) {
            found.entry((*answer, path.as_str())).or_default().push(reply);
        }
    }
    found
}

fn panel_verdict(judging: &Judging, replies: &[&Reply<'_>], threshold: Option<f64>) -> ExternalResult {
    let said =
        || replies.iter().filter_map(|reply| if let Said::Score(said) = &reply.said { Some(said) } else { None });
    let scores: Vec<judges::Score> = said().filter_map(|said| said.as_ref().ok()).cloned().collect();
    let Some(panel) = judges::panel(&judging.rubric.scale, &scores) else {
        let why = said().find_map(|said| said.as_ref().err()).map_or("no judge was asked", |error| &error.message);
        return ExternalResult::failed(format!("no judge gave a verdict: {why}"));
    };
    let threshold = threshold.unwrap_or(match &judging.rubric.scale {
        Scale::OneToTen => PASSING_SCORE,
        // More than half of the votes.
        Scale::Binary => 0.75,
        Scale::Ordinal(labels) => labels.len() as f64,
    });
    let reasoning = scores.first().map_or("", |score| score.reasoning.as_str());
    ExternalResult {
        passed: Some(panel.value >= threshold),
        score: Some(panel.value),
        message: reasoning.to_owned(),
        error: None,
    }
}

/// Sums over the answers that `counts` lets through.
pub(super) fn totals(records: &[CallRecord], rows: &[RowScores], counts: impl Fn(&CallRecord) -> bool) -> CheckTotals {
    let mut totals = CheckTotals::default();
    for (row, _) in rows.iter().zip(records).filter(|(_, record)| counts(record)) {
        totals.configured += row.configured;
        totals.definitive += row.definitive;
        totals.passed += row.passed;
        totals.answers += u32::from(row.configured > 0);
        totals.answers_passed += u32::from(row.configured > 0 && row.passed == row.configured);
        for result in row.checks.iter().flatten().filter(|result| result.passed.is_none()) {
            totals.errored += 1;
            match result.error_kind {
                Some(CheckErrorKind::Refused) => totals.refused += 1,
                Some(CheckErrorKind::Truncated | CheckErrorKind::Filtered) => totals.withheld += 1,
                _ => {}
            }
        }
    }
    totals.pass_rate = (totals.definitive > 0).then(|| f64::from(totals.passed) / f64::from(totals.definitive));
    totals
}
