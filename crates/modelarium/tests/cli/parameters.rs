//! Parameters as they go over the wire, those that are left out, and those that are refused.

use scripted_server::{Pace, Response, Script};
use serde_json::{Value, json};

use crate::support::*;

#[test]
fn effort_and_thinking_go_where_each_provider_wants_them() {
    let bench = Workbench::polite();
    let body = |models: &str| {
        bench.server.forget();
        bench.compare(&format!("--models {models}"));
        bench.only_body()
    };
    let sent = body("claude-opus-4-8@effort=xhigh");
    assert_eq!(sent["output_config"]["effort"], "xhigh", "{sent}");
    let sent = body("gpt-5.5@effort=high");
    assert_eq!(sent["reasoning_effort"], "high", "{sent}");
    let sent = body("gpt-5.5@effort=high,dialect=responses");
    assert_eq!(sent["reasoning"]["effort"], "high", "{sent}");
    let sent = body("claude-sonnet-4-6@thinking=adaptive");
    assert_eq!(sent["thinking"]["type"], "adaptive", "{sent}");
    let sent = body("claude-haiku-4-5@thinking=2048");
    assert_eq!(sent["thinking"]["budget_tokens"], 2048, "{sent}");
    assert!(sent["max_tokens"].as_u64().unwrap() > 2048, "{sent}");
    let sent = body("gemini-2.5-flash@thinking=1024");
    assert_eq!(sent["generationConfig"]["thinkingConfig"]["thinkingBudget"], 1024, "{sent}");
    let sent = body("openrouter:qwen/qwen3.7-max@effort=low");
    assert_eq!(sent["reasoning"]["effort"], "low", "{sent}");
    let sent = body("local/qwen3@thinking=on,temperature=1.0");
    assert_eq!(sent["temperature"], 1.0, "{sent}");
    assert_eq!(sent["chat_template_kwargs"]["enable_thinking"], true, "{sent}");
}

#[test]
fn sampling_parameters_of_everybody_and_of_one() {
    let bench = Workbench::polite();
    let flags = "--models gpt-4o-mini@seed=11,gpt-4o@temperature=0.2,max-output-tokens=50 --temperatures 1 --top-p 0.9 --max-output-tokens 100 --stop END";
    let payload = bench.compare(flags);
    for record in bench.sent() {
        let body = record.request.json();
        let mini = body["model"] == "gpt-4o-mini";
        assert_eq!(body["temperature"], if mini { 1.0 } else { 0.2 }, "{body}");
        assert_eq!(scripted_server::billing::output_maximum(&body), Some(if mini { 100 } else { 50 }));
        assert_eq!(
            (&body["top_p"], &body["seed"]),
            (&json!(0.9), &json!(if mini { Some(11) } else { None })),
            "{body}"
        );
        assert!(body["stop"] == "END" || body["stop"] == json!(["END"]), "{body}");
    }
    assert_eq!(
        column(&payload, "name"),
        ["gpt-4o-mini@seed=11", "gpt-4o@temperature=0.2,max-output-tokens=50"]
            .map(|name| json!(name))
            .iter()
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_parameter_that_a_model_refuses_is_left_out_and_said_so_in_every_output_lesson_69() {
    let bench = Workbench::polite();
    let done = bench.run("compare Hello. --models claude-opus-4-8,gpt-4o-mini --temperatures 0.7 --runs 2").expect(0);
    for record in bench.sent() {
        let body = record.request.json();
        let expected = if body["model"] == "claude-opus-4-8" { Value::Null } else { json!(0.7) };
        assert_eq!(body["temperature"], expected, "{body}");
    }
    let said = |text: &str| {
        let text = unwrapped(text);
        text.contains("temperature")
            && text.contains("claude-opus-4-8")
            && (text.contains("not sent") || text.contains("left out"))
    };
    assert!(said(&done.text()), "{}", done.text());
    let payload = bench.run("report last --output-format json").expect(0).json();
    assert_eq!(payload["models_without_temperature"], json!(["claude-opus-4-8"]));
    assert_eq!(payload["contestants"][0]["omitted_parameters"][0]["parameter"], "temperature");
    let row = rows(&payload).iter().find(|row| row["model"] == "claude-opus-4-8").unwrap();
    assert_eq!(row["omitted_parameters"][0]["requested"], "0.7");
    assert_eq!(row["params"]["temperature"], Value::Null);
    assert_eq!(payload["significance_temperature_mixed"], true, "lesson 44");
    assert!(note_codes(&payload).contains(&"mixed_temperature"));
    let markdown = bench.run("report last --output-format markdown").expect(0).text();
    assert!(said(&markdown), "{markdown}");
    let csv = bench.run("report last --output-format csv").expect(0).text();
    let column = csv.lines().next().unwrap().split(',').position(|name| name.contains("omitted"));
    assert!(column.is_some(), "no column says what was left out: {}", csv.lines().next().unwrap());
    assert!(csv.lines().nth(1).unwrap().contains("temperature"), "{csv}");
}

#[test]
fn a_sweep_over_a_model_without_temperature_is_equal_requests_and_said_so_lesson_71() {
    let bench = Workbench::polite();
    let payload = bench.compare("--models claude-opus-4-8 --temperatures 0,0.5,1 --runs 2");
    assert!(note_codes(&payload).contains(&"equal_requests"), "{:?}", note_codes(&payload));
    assert_eq!(bench.sent().len(), 6);
}

#[test]
fn a_local_model_of_a_famous_name_keeps_its_temperature_lesson_70() {
    let bench = Workbench::polite();
    bench.compare("--models local/gpt-5 --temperatures 0.7");
    assert_eq!(bench.only_body()["temperature"], 0.7);
}

/// An answer of an executor that asked its advisor once.
fn advised(model: &str) -> Response {
    let mut response = Response::stream([]);
    let mut add = |value: Value| {
        let bytes = format!("event: {}\ndata: {value}\n\n", value["type"].as_str().unwrap());
        response = response.clone().piece(std::time::Duration::from_millis(1), bytes);
    };
    add(
        json!({"type": "message_start", "message": {"id": "msg_a", "type": "message", "role": "assistant", "model": model,
        "content": [], "usage": {"input_tokens": 100, "output_tokens": 1}}}),
    );
    add(
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "server_tool_use", "id": "s1", "name": "advisor", "input": {}}}),
    );
    add(json!({"type": "content_block_stop", "index": 0}));
    add(json!({"type": "ping"}));
    add(
        json!({"type": "content_block_start", "index": 1, "content_block": {"type": "advisor_tool_result", "tool_use_id": "s1",
        "content": {"type": "advisor_result", "text": "Say Paris."}}}),
    );
    add(json!({"type": "content_block_stop", "index": 1}));
    add(
        json!({"type": "content_block_start", "index": 2, "content_block": {"type": "advisor_tool_result", "tool_use_id": "s2",
        "content": {"type": "advisor_tool_result_error", "error_code": "max_uses_exceeded"}}}),
    );
    add(json!({"type": "content_block_stop", "index": 2}));
    add(json!({"type": "content_block_start", "index": 3, "content_block": {"type": "text", "text": ""}}));
    add(json!({"type": "content_block_delta", "index": 3, "delta": {"type": "text_delta", "text": "Paris."}}));
    add(json!({"type": "content_block_stop", "index": 3}));
    add(
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"input_tokens": 100, "output_tokens": 30, "iterations": [
        {"type": "message", "input_tokens": 100, "output_tokens": 10},
        {"type": "advisor_message", "model": "claude-opus-4-6", "input_tokens": 1000, "output_tokens": 400},
        {"type": "message", "input_tokens": 200, "output_tokens": 20}]}}),
    );
    add(json!({"type": "message_stop"}));
    response
}

#[test]
fn an_advisor_is_asked_for_on_the_wire_priced_at_its_own_rate_and_shown_apart() {
    let bench = Workbench::new(|request| checked(request, |_, model| advised(model)));
    let payload = bench.compare("--models claude-sonnet-4-6@advisor=claude-opus-4-6,advisor-max-uses=2");
    let sent = &bench.sent()[0].request;
    assert!(sent.header("anthropic-beta").unwrap().contains("advisor-tool-2026-03-01"));
    let tool = &sent.json()["tools"][0];
    assert_eq!(
        (&tool["type"], &tool["name"], &tool["model"], &tool["max_uses"]),
        (&json!("advisor_20260301"), &json!("advisor"), &json!("claude-opus-4-6"), &json!(2))
    );
    let row = &rows(&payload)[0];
    assert_eq!(
        (&row["outcome"], &row["output"]),
        (&json!("complete"), &json!("Paris.")),
        "an advisor's error is not the call's"
    );
    let advisor = &row["advisor"];
    assert_eq!((&advisor["models"], &advisor["replies"]), (&json!(["claude-opus-4-6"]), &json!(1)), "{advisor:#}");
    assert_eq!((&advisor["input_tokens"], &advisor["output_tokens"]), (&json!(1000), &json!(400)));
    assert_eq!(advisor["errors"], json!(["max_uses_exceeded"]));
    // Opus 4.6 costs 5 and 25 dollars a million tokens, Sonnet 4.6 3 and 15.
    let of_advisor = (1000.0 * 5.0 + 400.0 * 25.0) / 1e6;
    let of_executor = (300.0 * 3.0 + 30.0 * 15.0) / 1e6;
    assert!((advisor["cost_usd"].as_f64().unwrap() - of_advisor).abs() < 1e-12, "{advisor:#}");
    assert!((row["cost_usd"].as_f64().unwrap() - of_advisor - of_executor).abs() < 1e-12, "{row:#}");
    assert_eq!((&row["input_tokens"], &row["output_tokens"]), (&json!(300), &json!(30)));
    // Under a cap it needs a limit, gets one, and that is said.
    let capped = bench.compare("--models claude-sonnet-4-6@advisor=claude-opus-4-6 --max-cost 20");
    assert!(bench.sent()[1].request.json()["tools"][0]["max_uses"].is_u64());
    assert!(note_codes(&capped).iter().any(|code| code.starts_with("advisor")), "{:?}", note_codes(&capped));
}

#[test]
fn cached_and_reasoning_tokens_are_told_apart_lesson_50() {
    let bench = Workbench::new(|request| {
        checked(request, |wire, model| {
            let tokens = scripted_server::Tokens { input: 1000, cached: 400, output: 100, reasoning: 60 };
            let script = Script::text(model, &["Paris."]).usage(Some(tokens));
            Response::paced(wire.events(&script), Pace::immediate())
        })
    });
    let payload = bench.compare("--models gpt-5.5,gemini-2.5-flash,claude-haiku-4-5");
    for row in rows(&payload) {
        assert_eq!(
            (&row["input_tokens"], &row["cached_tokens"], &row["output_tokens"]),
            (&json!(1000), &json!(400), &json!(100)),
            "{row:#}"
        );
        if row["provider"] != "anthropic" {
            assert_eq!(row["reasoning_tokens"], 60, "{row:#}");
        }
        let price = &bench.run(&format!("pricing {} --output-format json", row["model"].as_str().unwrap())).json()[0];
        let rate = |field: &str| price[field].as_f64().unwrap();
        let cost =
            (600.0 * rate("input_per_mtok") + 400.0 * rate("cached_input_per_mtok") + 100.0 * rate("output_per_mtok"))
                / 1e6;
        assert!((row["cost_usd"].as_f64().unwrap() - cost).abs() < 1e-12, "{row:#} against {cost}");
    }
}

#[test]
fn a_temperature_of_ones_own_is_sent_and_not_called_left_out() {
    let bench = Workbench::polite();
    let payload = bench.compare("--models gpt-4o@temperature=0.2");
    assert_eq!(bench.only_body()["temperature"], 0.2);
    assert_eq!(payload["models_without_temperature"], json!([]));
    assert_eq!(payload["results"][0]["params"]["temperature"], 0.2);
    let omitted = payload["notes"].as_array().unwrap().iter().any(|note| note["code"] == "temperature_omitted");
    assert!(!omitted, "{}", payload["notes"]);
}

#[test]
fn a_model_past_its_announced_end_is_named_with_its_successor() {
    let payload = Workbench::polite().compare("--models o4-mini,gpt-4o");
    let notes = payload["notes"].as_array().unwrap();
    let said: Vec<&Value> = notes.iter().filter(|note| note["code"] == "shut_down").collect();
    assert_eq!(said.len(), 1, "{notes:?}");
    let text = said[0]["text"].as_str().unwrap();
    assert!(text.contains("o4-mini") && text.contains("gpt-5.6-terra"), "{text}");
}
