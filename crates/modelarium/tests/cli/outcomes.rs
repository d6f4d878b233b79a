//! Every way a call can end, made by a scripted provider of each dialect that has it, and seen in
//! what the command prints, writes and returns.

use std::time::Duration;

use scripted_server::{Ending, Pace, Piece, Request, Response, Script, When, Wire, billing, faults};
use serde_json::{Value, json};

use crate::contract::holds_to_the_schema;
use crate::support::*;

/// A stream whose events are these and nothing else.
fn events(values: &[Value]) -> Response {
    let pieces = values.iter().map(|value| {
        let name = value["type"].as_str().map(|name| format!("event: {name}\n")).unwrap_or_default();
        (Duration::ZERO, format!("{name}data: {value}\n\n").into_bytes())
    });
    Response::stream(pieces)
}

/// An answer with this outcome in this dialect; `None` where the dialect has no such thing.
fn ending_in(outcome: &str, wire: Wire, model: &str) -> Option<Response> {
    let some = Script::text(model, &["The capital"]);
    let script = match (outcome, wire) {
        ("complete", _) => some,
        ("truncated", wire) => some.stop(billing::length_stop(wire)),
        ("refused", Wire::OpenAiChat) => {
            let chunk = |delta: Value, stop: Value| json!({"id": "c", "model": model, "choices": [{"index": 0, "delta": delta, "finish_reason": stop}]});
            return Some(events(&[
                chunk(json!({"role": "assistant", "refusal": "I cannot "}), Value::Null),
                chunk(json!({"refusal": "help with that."}), Value::Null),
                chunk(json!({}), json!("stop")),
                json!({"id": "c", "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}}),
            ]));
        }
        ("refused", Wire::OpenAiResponses) => {
            return Some(events(&[
                json!({"type": "response.created", "response": {"id": "r", "model": model, "status": "in_progress"}}),
                json!({"type": "response.refusal.delta", "item_id": "m", "output_index": 0, "content_index": 0, "delta": "I cannot help with that."}),
                json!({"type": "response.completed", "response": {"id": "r", "model": model, "status": "completed",
                    "usage": {"input_tokens": 9, "output_tokens": 4, "total_tokens": 13}}}),
            ]));
        }
        ("refused", Wire::Anthropic) => Script::text(model, &[]).stop("refusal"),
        ("filtered", Wire::OpenAiChat) => some.stop("content_filter"),
        ("filtered", Wire::OpenAiResponses) => some.stop("content_filter"),
        ("filtered", Wire::Gemini) => some.stop("SAFETY"),
        ("empty", _) => Script::text(model, &[]),
        ("error", wire) => return Some(faults::error(wire, 400, "invalid_request_error", "That cannot be.")),
        _ => return None,
    };
    Some(Response::paced(wire.events(&script), Pace::immediate()))
}

fn of_each_dialect(outcome: &'static str) -> (Value, Workbench) {
    let bench = Workbench::new(move |request| {
        checked(request, |wire, model| ending_in(outcome, wire, model).unwrap_or_else(faults::not_found))
    });
    let models: Vec<&str> = ONE_MODEL_A_WIRE
        .iter()
        .filter(|(wire, model)| ending_in(outcome, *wire, model).is_some())
        .map(|(_, model)| *model)
        .collect();
    let done = bench.compare_raw(&format!("--models {} --runs 2", models.join(",")));
    let done = done.expect(if outcome == "error" { 6 } else { 0 });
    let payload = done.json();
    assert!(models.len() >= 3);
    assert_eq!(payload["outcomes"][outcome], 2 * models.len(), "{:#}", payload["results"]);
    for row in rows(&payload) {
        assert_eq!(row["outcome"], outcome, "{row:#}");
        assert_eq!(row["refused"], outcome == "refused");
        assert_eq!(row["attempts"][0]["outcome"], outcome, "{row:#}");
        assert_eq!(row["error"].is_null(), outcome != "error");
        assert_eq!(row["error_kind"].is_null(), row["error"].is_null());
    }
    holds_to_the_schema(&payload);
    (payload, bench)
}

#[test]
fn complete() {
    let (payload, _) = of_each_dialect("complete");
    assert!(column(&payload, "output").iter().all(|output| *output == "The capital"));
}

#[test]
fn truncated_answers_are_no_complete_ones() {
    let (payload, _) = of_each_dialect("truncated");
    let cell = &payload["stats_by_cell"][0];
    assert_eq!((&cell["n_truncated"], &cell["n_succeeded"]), (&json!(2), &json!(0)));
    assert!(note_codes(&payload).contains(&"truncated"));
}

#[test]
fn refusals_are_no_error_no_success_and_cost_money_lesson_30() {
    let (payload, bench) = of_each_dialect("refused");
    assert_eq!(payload["refused_results"], 6);
    for row in rows(&payload) {
        assert!(row["cost_usd"].is_number() && row["latency_ms"].is_number(), "{row:#}");
    }
    for cell in payload["stats_by_cell"].as_array().unwrap() {
        assert_eq!(cell["agreement"], Value::Null, "a refusal must not read as perfect consistency (lesson 32)");
        assert_eq!(cell["unique_outputs"], 0);
    }
    let text = unwrapped(&bench.run("show last").expect(0).text());
    assert!(text.contains("refused"), "{text}");
    let csv = bench.run("report last --output-format csv").expect(0).text();
    assert_eq!(csv.lines().filter(|line| line.contains(",refused,")).count(), 6, "{csv}");
}

#[test]
fn filtered() {
    let (payload, _) = of_each_dialect("filtered");
    assert!(note_codes(&payload).contains(&"filtered"));
}

#[test]
fn empty() {
    let (payload, _) = of_each_dialect("empty");
    assert!(note_codes(&payload).contains(&"empty"));
    assert_eq!(payload["stats_by_cell"][0]["agreement"], Value::Null);
}

#[test]
fn errors_have_no_timing_in_the_means_and_exit_with_6() {
    let (payload, bench) = of_each_dialect("error");
    assert_eq!(payload["failed_results"], 8);
    for row in rows(&payload) {
        assert_eq!(row["error_kind"], "invalid_request");
        assert!(row["error"].as_str().unwrap().contains("That cannot be."), "{row:#}");
    }
    for cell in payload["stats_by_cell"].as_array().unwrap() {
        assert_eq!(cell["latency_mean_ms"], Value::Null, "no data is null, never a mean of 0 (lesson 41)");
    }
    let shown = bench.run("show last").expect(0).text();
    assert!(shown.contains("That cannot be."), "{shown}");
}

/// A failure of each kind, asked for by the model's name.
fn failing(request: &Request) -> Response {
    let Some(wire) = Wire::of_path(&request.path) else { return faults::not_found() };
    let model = scripted_server::strict::model(request).unwrap_or_default();
    let stream = Response::paced(wire.events(&Script::text(&model, &["Half of ", "an answer"])), Pace::immediate());
    let error = |status: u16, code: &str, message: &str| faults::error(wire, status, code, message);
    match model.as_str() {
        "authentication" => faults::unauthorized(wire, "Incorrect API key provided."),
        "rate_limit" => faults::rate_limited(wire, "1"),
        "quota_exhausted" => error(429, "insufficient_quota", "You exceeded your current quota."),
        "overloaded" => faults::overloaded(wire),
        "invalid_request" => error(400, "invalid_request_error", "Unsupported value."),
        "context_too_long" => error(400, "context_length_exceeded", "This model's maximum context length is 8 tokens."),
        "content_blocked" => error(400, "content_policy_violation", "Your request was rejected."),
        "provider_fault" => faults::broken(wire),
        "network" => stream.ending(Ending::CloseBeforeHead),
        "timeout" => stream.ending(Ending::StallBeforeHead),
        "malformed_stream" => {
            let garbage = Piece {
                when: When::After(Duration::ZERO),
                bytes: b"data: {\"choices\": [ oops\n\n".to_vec(),
                token: false,
            };
            Response::paced(vec![garbage], Pace::immediate())
        }
        _ => stream,
    }
}

#[test]
fn every_kind_of_error_is_told_apart() {
    const KINDS: [&str; 11] = [
        "authentication",
        "rate_limit",
        "quota_exhausted",
        "overloaded",
        "invalid_request",
        "context_too_long",
        "content_blocked",
        "provider_fault",
        "network",
        "timeout",
        "malformed_stream",
    ];
    let bench = Workbench::new(failing);
    let models: Vec<String> = KINDS.iter().map(|kind| format!("openai:{kind}")).collect();
    let flags = format!(
        "--models {} --allow-unpriced --max-retries 0 --first-byte-timeout 2.5 --concurrency 11",
        models.join(",")
    );
    let done = bench.compare_raw(&flags).expect(6);
    let payload = done.json();
    for row in rows(&payload) {
        assert_eq!(row["error_kind"], row["model"], "{row:#}");
        assert_eq!(row["attempts"][0]["error_kind"], row["model"]);
        assert_eq!(row["outcome"], "error");
        assert_eq!(row["retries"], 0);
    }
    // The schema's words are exactly those that can be produced.
    let schema = bench.run("schema").expect(0).json();
    let words = &schema["$defs"]["Row"]["properties"]["error_kind"]["enum"];
    let mut expected: Vec<Value> = KINDS.iter().map(|kind| json!(kind)).collect();
    expected.push(Value::Null);
    assert_eq!(words, &json!(expected));
    holds_to_the_schema(&payload);
}

#[test]
fn an_error_in_the_middle_of_a_stream_is_an_error_that_keeps_its_text() {
    let bench = Workbench::new(|request| {
        checked(request, |wire, model| {
            let mut pieces = wire.events(&Script::text(model, &["Half of ", "an answer"]));
            let first = pieces.iter().position(|piece| piece.token).unwrap();
            pieces.truncate(first + 1);
            pieces.push(wire.error("overloaded_error", "Overloaded"));
            Response::paced(pieces, Pace::immediate())
        })
    });
    for (_, model) in ONE_MODEL_A_WIRE {
        let payload = bench.compare_raw(&format!("--models {model} --max-retries 0")).expect(6).json();
        let row = &rows(&payload)[0];
        assert_eq!(row["outcome"], "error", "{row:#}");
        assert!(row["output"].as_str().unwrap().starts_with("Half of"), "{row:#}");
        assert_eq!(row["cost_usd"], Value::Null, "what an unfinished answer cost is unknown, not zero");
    }
}

#[test]
fn chunks_without_choices_and_usage_of_nothing_do_no_harm_lesson_64() {
    let bench = Workbench::new(|request| {
        checked(request, |_, model| {
            let mut response = events(&[
                json!({"id": "c", "model": model, "choices": []}),
                json!({"id": "c", "model": model, "choices": [{"index": 0, "delta": null}]}),
                json!({"id": "c", "model": model, "choices": [{"index": 0, "delta": {"content": null}}], "usage": null}),
                json!({"id": "c", "model": model, "choices": [{"index": 0, "delta": {"content": "Paris."}, "finish_reason": "stop"}]}),
                json!({"id": "c", "model": model, "usage": {"prompt_tokens": 3, "completion_tokens": 1}}),
            ]);
            response = response.piece(Duration::ZERO, "data: [DONE]\n\n");
            response
        })
    });
    let payload = bench.compare("--models gpt-4o-mini");
    let row = &rows(&payload)[0];
    assert_eq!(
        (&row["outcome"], &row["output"], &row["input_tokens"]),
        (&json!("complete"), &json!("Paris."), &json!(3))
    );
}
