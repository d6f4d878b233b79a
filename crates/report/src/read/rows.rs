//! Rows of the output back to records of calls.

use std::time::Duration;

use checks::ExternalResult;
use evals::decision::Measure;
use evals::imported::{IMPORTED, figure_path};
use evals::plan::Plan;
use evals::record::{AttemptRecord, CallCost, CallRecord, Externals, PlannedCall, RunEnd, Timing};
use llm::call::{Attempt, Billing, RawResponse};
use llm::error::{ApiError, ErrorKind};
use llm::event::{AdvisorUsage, Stop, Usage};
use llm::outcome::{AdvisorReply, Answer, Outcome};

use super::shape::{AdvisorShape, AssertionShape, AttemptShape, CostKind, JudgeResultShape, RowShape};
use super::{ReadError, dollars};

/// The most attempts that a judge's call can have had.
const MOST_RETRIES: u32 = 1_000;

/// Records of all calls, and what programs said of the answers.
pub(super) fn records(
    plan: &Plan,
    end: RunEnd,
    rows: Vec<RowShape>,
    judged: Vec<JudgeResultShape>,
) -> Result<(Vec<CallRecord>, Externals), ReadError> {
    let mut records = Vec::with_capacity(rows.len() + judged.len());
    let mut externals = Externals::new();
    let mut calls = plan.calls.iter();
    for row in rows {
        let is_place = |call: &&PlannedCall| {
            (row.prompt_index, row.system_index, row.contestant_index, row.run_index)
                == (call.prompt, call.system, call.contestant, call.run_index)
                && row.temperature == call.temperature
        };
        // Of a run that was decided early only the calls that were made are there, in the plan's order.
        let next = if end == RunEnd::Decided { calls.find(is_place) } else { calls.next() };
        let Some(call) = next else {
            return Err(ReadError::Damaged("its results are not in the order of the plan".to_owned()));
        };
        let place = (row.prompt_index, row.system_index, row.contestant_index, row.run_index);
        let planned = (call.prompt, call.system, call.contestant, call.run_index);
        if place != planned || row.temperature != call.temperature {
            let id = u64::from(call.index) + 1;
            return Err(ReadError::Damaged(format!("row p{id} is not the call that the plan has there")));
        }
        let checks = plan.header.prompts.get(call.prompt as usize).map_or(0, |prompt| prompt.checks.len());
        // Of any other answer the outcome decides, whatever a program may have said.
        let decided = if row.outcome == Outcome::Complete { checks } else { 0 };
        for (top, assertion) in row.assertions.iter().flatten().take(decided).enumerate() {
            if let Some(said) = script(assertion) {
                externals.insert((call.index, top.to_string()), said);
            }
        }
        if plan.header.command == IMPORTED {
            for (word, value) in &row.imported {
                let Some(figure) = Measure::parse(word) else {
                    return Err(ReadError::Damaged(format!(
                        "`{}` is nothing that is measured",
                        word.chars().take(40).collect::<String>()
                    )));
                };
                let said = ExternalResult { score: Some(*value), ..ExternalResult::default() };
                externals.insert((call.index, figure_path(figure)), said);
            }
        }
        let never_made = row.outcome == Outcome::Cancelled
            && row.attempts.is_empty()
            && !row.from_cache
            && row.queued_ms == 0.0
            && row.error_kind.is_none();
        if !never_made {
            records.push(record(*call, row)?);
        }
    }
    for result in judged {
        let answers = plan.calls.len();
        let position = (result.call_index as usize).checked_sub(answers).filter(|at| *at < plan.judgements.len());
        let Some(position) = position else {
            return Err(ReadError::Damaged(format!("no judge was to make the call {}", result.call_index)));
        };
        records.push(judge_record(plan.judge_call(position), result)?);
    }
    records.sort_by_key(|record| record.call.index);
    Ok((records, externals))
}

fn record(call: PlannedCall, row: RowShape) -> Result<CallRecord, ReadError> {
    let error = row.error_kind.map(|kind| ApiError {
        kind,
        message: row.error.clone().unwrap_or_default(),
        status: None,
        code: row.error_code.clone(),
        retry_after_ms: None,
    });
    let usage = Usage {
        input: row.input_tokens,
        cached_read: row.cached_tokens,
        cached_write_5m: row.cached_write_5m_tokens,
        cached_write_1h: row.cached_write_1h_tokens,
        output: row.output_tokens,
        reasoning: row.reasoning_tokens,
        advisor: row.advisor.as_ref().map(consultations).unwrap_or_default(),
        provider_cost_usd: row.provider_cost_usd,
    };
    let answer = Answer {
        response_id: row.response_id,
        served_model: row.served_model,
        text: row.output,
        reasoning: row.reasoning,
        refusal: row.refusal,
        tool_calls: row.tool_calls,
        advisor: row.advisor.as_ref().map(replies).transpose()?.unwrap_or_default(),
        usage,
        stop: row.stop_kind.map(|reason| Stop {
            reason,
            // Our own word where the provider gave none; the same either way.
            raw: row.stop_reason,
            category: row.stop_category,
        }),
        ..Answer::default()
    };
    let last = row.attempts.len().saturating_sub(1);
    let attempts = row
        .attempts
        .iter()
        .enumerate()
        .map(|(at, shape)| attempt(shape, (at == last).then_some((&answer, error.as_ref()))))
        .collect::<Result<_, _>>()?;
    Ok(CallRecord {
        call,
        outcome: row.outcome,
        error,
        answer,
        queued: duration(row.queued_ms)?,
        attempts,
        timing: Timing {
            latency_ms: row.latency_ms,
            ttft_ms: row.ttft_ms,
            ttfo_ms: row.ttfo_ms,
            output_tokens_per_second: row.output_tokens_per_second,
            inter_token_mean_ms: row.inter_token_mean_ms,
            inter_token_p99_ms: row.inter_token_p99_ms,
        },
        cost: cost(row.cost_kind, row.cost_usd, row.cost_at_most_usd)?,
        from_cache: row.from_cache,
    })
}

/// An attempt; the last one is where the answer and the error of the call came from.
fn attempt(shape: &AttemptShape, last: Option<(&Answer, Option<&ApiError>)>) -> Result<AttemptRecord, ReadError> {
    let error = shape.error_kind.map(|kind| {
        let message = shape.error.clone().unwrap_or_default();
        let known = last.and_then(|(_, error)| error).filter(|error| error.kind == kind && error.message == message);
        known.cloned().unwrap_or(ApiError { kind, message, status: None, code: None, retry_after_ms: None })
    });
    let started = match &shape.started_at {
        // Out of the range of dates, and so not in the output.
        None => i64::MIN,
        Some(at) => at
            .parse::<jiff::Timestamp>()
            .map_err(|_| ReadError::Damaged("the start of an attempt is no time".to_owned()))?
            .as_millisecond(),
    };
    Ok(AttemptRecord {
        waited: duration(shape.waited_ms)?,
        attempt: Attempt {
            connect: duration(shape.connect_ms)?,
            total: duration(shape.latency_ms)?,
            answer: last.map(|(answer, _)| answer.clone()).unwrap_or_default(),
            error,
            billing: shape.billing,
            cancelled: shape.outcome == Outcome::Cancelled,
            raw: RawResponse { status: shape.status, ..RawResponse::default() },
            ..Attempt::begun(started)
        },
    })
}

/// The sums of an advisor's consultations, under the first model; the others keep their names.
fn consultations(shape: &AdvisorShape) -> Vec<AdvisorUsage> {
    let mut consultations: Vec<AdvisorUsage> =
        shape.models.iter().map(|model| AdvisorUsage { model: model.clone(), ..AdvisorUsage::default() }).collect();
    if let Some(first) = consultations.first_mut() {
        first.input = shape.input_tokens;
        first.output = shape.output_tokens;
    }
    consultations
}

fn replies(shape: &AdvisorShape) -> Result<Vec<AdvisorReply>, ReadError> {
    const MOST: u32 = 100_000;
    if shape.replies > MOST {
        return Err(ReadError::Damaged("an advisor replied more often than one can".to_owned()));
    }
    let answered = (0..shape.replies).map(|_| AdvisorReply { text: None, error_code: None });
    let failed = shape.errors.iter().map(|code| AdvisorReply { text: None, error_code: Some(code.clone()) });
    Ok(answered.chain(failed).collect())
}

fn judge_record(call: PlannedCall, result: JudgeResultShape) -> Result<CallRecord, ReadError> {
    if result.retries > MOST_RETRIES {
        return Err(ReadError::Damaged("a judge's call was retried more often than one can be".to_owned()));
    }
    let error = result.error_kind.map(|kind| judge_error(kind, result.error.as_deref()));
    let cost = cost(result.cost_kind, result.cost_usd, result.cost_at_most_usd)?;
    let answer = Answer {
        text: result.output,
        usage: Usage {
            input: result.input_tokens,
            output: result.output_tokens,
            reasoning: result.reasoning_tokens,
            cached_read: result.cached_tokens,
            ..Usage::default()
        },
        ..Answer::default()
    };
    // How many attempts there were is all that is known of them.
    let never_sent = result.outcome == Outcome::Cancelled && cost == CallCost::Nothing;
    let made = !(result.from_cache || never_sent);
    let count = if made { result.retries + 1 } else { result.retries };
    let attempts = (0..count)
        .map(|at| AttemptRecord {
            waited: Duration::ZERO,
            attempt: Attempt {
                answer: if at + 1 == count { answer.clone() } else { Answer::default() },
                error: error.clone().filter(|_| at + 1 == count),
                billing: match cost {
                    CallCost::Unknown(_) => Billing::Unknown,
                    CallCost::Nothing => Billing::NotBilled,
                    CallCost::Known(_) | CallCost::Free | CallCost::Unpriced => Billing::Reported,
                },
                cancelled: result.outcome == Outcome::Cancelled,
                ..Attempt::begun(0)
            },
        })
        .collect();
    Ok(CallRecord {
        call,
        outcome: result.outcome,
        error,
        answer,
        queued: Duration::ZERO,
        attempts,
        timing: Timing { latency_ms: result.latency_ms, ..Timing::default() },
        cost,
        from_cache: result.from_cache,
    })
}

fn judge_error(kind: ErrorKind, message: Option<&str>) -> ApiError {
    ApiError::local(kind, message.unwrap_or_default())
}

/// What a program said, from the check that it decided. Only for a check that is the program alone: what others make
/// of it cannot be undone.
fn script(assertion: &AssertionShape) -> Option<ExternalResult> {
    if assertion.kind != "script" {
        return None;
    }
    match (assertion.passed, &assertion.error, assertion.error_kind.as_deref()) {
        (Some(passed), ..) => {
            let silent = format!("the script says {}", if passed { "pass" } else { "fail" });
            let message = if assertion.message == silent { String::new() } else { assertion.message.clone() };
            Some(ExternalResult { passed: Some(passed), score: assertion.score, message, error: None })
        }
        (None, Some(error), Some("script")) if error != "the script was not run" => Some(ExternalResult {
            passed: None,
            score: None,
            message: assertion.actual.clone(),
            error: Some(error.clone()),
        }),
        _ => None,
    }
}

fn cost(kind: CostKind, known: Option<f64>, at_most: Option<f64>) -> Result<CallCost, ReadError> {
    let what = "the cost of a call";
    Ok(match kind {
        CostKind::Known => match known {
            Some(amount) => CallCost::Known(dollars(what, amount)?),
            None => return Err(ReadError::Damaged("a known cost is missing".to_owned())),
        },
        CostKind::Free => CallCost::Free,
        CostKind::Unpriced => CallCost::Unpriced,
        CostKind::Unknown => CallCost::Unknown(at_most.map(|amount| dollars(what, amount)).transpose()?),
        CostKind::Nothing => CallCost::Nothing,
    })
}

/// Milliseconds to the nearest nanosecond, which is what they were made from.
pub(super) fn duration(milliseconds: f64) -> Result<Duration, ReadError> {
    Duration::try_from_secs_f64(milliseconds / 1e3)
        .map_err(|_| ReadError::Damaged(format!("{milliseconds} ms is no length of time")))
}
