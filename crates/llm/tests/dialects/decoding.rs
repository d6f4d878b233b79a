//! What bytes mean.

use llm::dialect::Dialect::{AnthropicMessages, GeminiGenerate, OpenAiChat, OpenAiResponses};
use llm::error::ErrorKind;
use llm::event::{AdvisorUsage, Event, StopReason, Usage};
use llm::outcome::{AdvisorReply, Outcome};

use super::{answer, decode, decode_pieces};

#[test]
fn chat_takes_every_providers_spelling() {
    let body = include_bytes!("../fixtures/chat_everything.sse");
    let answer = answer(OpenAiChat, body);
    assert_eq!(answer.outcome(), Outcome::Complete);
    assert_eq!((answer.response_id.as_deref(), answer.served_model.as_deref()), (Some("c1"), Some("own-model")));
    assert_eq!(answer.reasoning, "Hmm.");
    assert_eq!(answer.text, "Grüße 🦀");
    assert_eq!(answer.tool_calls.len(), 1);
    assert_eq!((answer.tool_calls[0].name.as_str(), answer.tool_calls[0].arguments.as_str()), ("f", r#"{"a":1}"#));
    let usage = Usage { input: Some(11), cached_read: Some(4), output: Some(0), ..Usage::default() };
    assert_eq!(answer.usage, usage, "zero is reported, reasoning is not");
    let events = decode(OpenAiChat, body);
    assert!(events.contains(&Event::Reasoning { text: String::new() }), "encrypted reasoning leaves a mark");
    assert_eq!(events.iter().filter(|event| matches!(event, Event::Started { .. })).count(), 1);
}

#[test]
fn a_chat_stream_is_complete_with_a_reason_or_with_done() {
    let text = r#"data: {"id":"x","choices":[{"delta":{"content":"Hi"}}]}"#;
    let reason = r#"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"#;
    assert_eq!(answer(OpenAiChat, format!("{text}\n\n{reason}\n\n")).outcome(), Outcome::Complete);
    let only_done = answer(OpenAiChat, format!("{text}\n\ndata: [DONE]\n\n"));
    assert_eq!(only_done.outcome(), Outcome::Complete);
    assert_eq!(only_done.stop.unwrap().raw, None, "no reason is made up");
    let cut = answer(OpenAiChat, format!("{text}\n\n"));
    assert_eq!(cut.error.as_ref().unwrap().kind, ErrorKind::MalformedStream);
    assert_eq!(cut.text, "Hi", "what came is kept");
}

#[test]
fn is_done_follows_the_terminal_event() {
    let cases = [
        (OpenAiChat, "data: [DONE]\n\n"),
        (AnthropicMessages, "data: {\"type\":\"message_stop\"}\n\n"),
        (OpenAiResponses, "data: {\"type\":\"response.incomplete\",\"response\":{}}\n\n"),
    ];
    for (dialect, body) in cases {
        let (mut decoder, mut events) = (dialect.decoder(), Vec::new());
        decoder.push(&body.as_bytes()[..body.len() - 1], 0, &mut events);
        assert!(!decoder.is_done(), "{dialect:?}");
        decoder.push(b"\n", 1, &mut events);
        assert!(decoder.is_done(), "{dialect:?}");
    }
}

#[test]
fn an_event_has_the_time_of_the_read_that_completed_it() {
    let pieces: [&[u8]; 3] = [b"data: {\"choices\":[{\"del", b"ta\":{\"content\":\"Hi\"}}]}\n", b"\ndata: [DONE]\n\n"];
    let events = decode_pieces(OpenAiChat, pieces);
    let text = events.iter().find(|timed| matches!(timed.event, Event::Text { .. })).unwrap();
    assert_eq!(text.at, 2);
}

#[test]
fn stop_words_of_the_chat_family() {
    for (raw, reason) in [
        ("stop", StopReason::End),
        ("length", StopReason::Length),
        ("model_length", StopReason::Length),
        ("content_filter", StopReason::Filtered),
        ("sensitive", StopReason::Filtered),
        ("function_call", StopReason::ToolUse),
        ("brand_new", StopReason::Other),
    ] {
        let body = format!(r#"data: {{"choices":[{{"delta":{{}},"finish_reason":"{raw}"}}]}}"#);
        let stop = answer(OpenAiChat, body).stop.unwrap();
        assert_eq!((stop.reason, stop.raw.as_deref()), (reason, Some(raw)));
    }
}

#[test]
fn reasoning_outside_completion_tokens_is_told_by_the_total() {
    let usage = |completion: u64, total: u64| {
        answer(
            OpenAiChat,
            format!(
                r#"{{"choices":[{{"message":{{"content":"x"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":10,
                "completion_tokens":{completion},"total_tokens":{total},"completion_tokens_details":{{"reasoning_tokens":20}}}}}}"#
            ),
        )
        .usage
    };
    assert_eq!(usage(5, 35).output, Some(25), "apart");
    assert_eq!(usage(25, 35).output, Some(25), "included");
    assert_eq!(usage(19, 29).reasoning, Some(19), "a part is never more than the whole");
}

#[test]
fn errors_inside_a_stream() {
    let cases = [
        (OpenAiChat, r#"data: {"error":{"message":"full","code":502}}"#, ErrorKind::Overloaded),
        (
            OpenAiChat,
            r#"data: {"choices":[{"delta":{},"finish_reason":"error"}],"error":{"code":429,"message":"slow"}}"#,
            ErrorKind::RateLimit,
        ),
        (OpenAiChat, r#"data: {"choices":[{"delta":{},"finish_reason":"error"}]}"#, ErrorKind::ProviderFault),
        (
            OpenAiChat,
            r#"data: {"object":"error","message":"no","type":"BadRequestError","code":400}"#,
            ErrorKind::InvalidRequest,
        ),
        (OpenAiChat, r#"{"error":"plain words"}"#, ErrorKind::ProviderFault),
        (
            AnthropicMessages,
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
            ErrorKind::Overloaded,
        ),
        (
            GeminiGenerate,
            r#"data: {"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}"#,
            ErrorKind::Overloaded,
        ),
        (
            GeminiGenerate,
            r#"[{"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}}]"#,
            ErrorKind::InvalidRequest,
        ),
        (
            OpenAiResponses,
            r#"data: {"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"oops"}}}"#,
            ErrorKind::ProviderFault,
        ),
        (
            OpenAiResponses,
            r#"data: {"type":"error","code":"rate_limit_exceeded","message":"slow"}"#,
            ErrorKind::RateLimit,
        ),
        (
            OpenAiResponses,
            r#"data: {"type":"error","error":{"code":"context_length_exceeded","message":"long"}}"#,
            ErrorKind::ContextTooLong,
        ),
    ];
    for (dialect, body, kind) in cases {
        let answer = answer(dialect, body);
        assert_eq!(answer.error.as_ref().map(|error| error.kind), Some(kind), "{body}");
        assert_eq!(answer.outcome(), Outcome::Error, "{body}");
    }
}

#[test]
fn anthropic_advisor_is_counted_apart_and_its_rounds_are_summed() {
    let answer = answer(AnthropicMessages, include_bytes!("../fixtures/anthropic_advisor.sse"));
    assert_eq!(answer.outcome(), Outcome::Complete, "an advisor's error is not the call's");
    assert!(answer.tool_calls.is_empty());
    let reply = |text: Option<&str>, code: Option<&str>| AdvisorReply {
        text: text.map(str::to_owned),
        error_code: code.map(str::to_owned),
    };
    let replies = [reply(Some("Use a channel."), None), reply(None, None), reply(None, Some("max_uses_exceeded"))];
    assert_eq!(answer.advisor, replies);
    let usage = Usage {
        // 100 of the first round, and 250 + 30 read + 7 written of the second.
        input: Some(387),
        cached_read: Some(30),
        cached_write_5m: Some(7),
        output: Some(70),
        advisor: vec![AdvisorUsage {
            model: "claude-opus-4-6".to_owned(),
            input: 600,
            cached_read: 40,
            cached_write_5m: 50,
            cached_write_1h: 10,
            output: 900,
        }],
        ..Usage::default()
    };
    assert_eq!(answer.usage, usage);
}

#[test]
fn anthropic_stop_words_and_categories() {
    for (raw, reason, outcome) in [
        ("end_turn", StopReason::End, Outcome::Empty),
        ("stop_sequence", StopReason::StopSequence, Outcome::Empty),
        ("model_context_window_exceeded", StopReason::Length, Outcome::Truncated),
        ("pause_turn", StopReason::Paused, Outcome::Truncated),
        ("refusal", StopReason::Refusal, Outcome::Refused),
    ] {
        let body = format!(
            r#"data: {{"type":"message_delta","delta":{{"stop_reason":"{raw}","stop_details":{{"category":"cyber"}}}},"usage":{{}}}}"#
        );
        let answer = answer(AnthropicMessages, body);
        assert_eq!(answer.outcome(), outcome, "{raw}");
        let stop = answer.stop.unwrap();
        assert_eq!((stop.reason, stop.category.as_deref()), (reason, Some("cyber")));
    }
}

#[test]
fn anthropic_cache_lifetimes_and_a_hidden_thought() {
    let body = r#"{"type":"message","id":"m","model":"own","content":[{"type":"thinking","thinking":"","signature":"s"},
        {"type":"text","text":"Hi"},{"type":"tool_use","id":"t","name":"f","input":{"a":1}}],"stop_reason":"tool_use",
        "usage":{"input_tokens":1,"cache_read_input_tokens":20,"cache_creation_input_tokens":300,
        "cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":200},"output_tokens":5}}"#;
    assert!(decode(AnthropicMessages, body.as_bytes()).contains(&Event::Reasoning { text: String::new() }));
    let answer = answer(AnthropicMessages, body);
    assert_eq!(answer.tool_calls[0].arguments, r#"{"a":1}"#);
    let usage = Usage {
        input: Some(321),
        cached_read: Some(20),
        cached_write_5m: Some(100),
        cached_write_1h: Some(200),
        output: Some(5),
        ..Usage::default()
    };
    assert_eq!(answer.usage, usage);
}

#[test]
fn responses_streamed_and_whole() {
    let streamed = answer(OpenAiResponses, include_bytes!("../fixtures/responses_everything.sse"));
    assert_eq!(streamed.outcome(), Outcome::Refused, "a refusal channel refuses whatever the status says");
    assert_eq!((streamed.refusal.as_str(), streamed.reasoning.as_str()), ("I will not.", "Think."));
    assert_eq!(streamed.usage.reasoning, Some(3));

    let whole = answer(OpenAiResponses, include_bytes!("../fixtures/responses_whole.json"));
    assert_eq!(whole.outcome(), Outcome::Truncated);
    assert_eq!((whole.text.as_str(), whole.reasoning.as_str()), ("Half an ans", "Short."));
    assert_eq!(whole.tool_calls[0].name, "f");
    assert_eq!(whole.usage, Usage { input: Some(5), output: Some(4), ..Usage::default() });
}

#[test]
fn gemini_array_form_filter_and_unnamed_tokens() {
    let answer = answer(GeminiGenerate, include_bytes!("../fixtures/gemini_array.json"));
    assert_eq!(answer.outcome(), Outcome::Filtered);
    assert_eq!((answer.text.as_str(), answer.reasoning.as_str()), ("Answer.", "Think."));
    assert_eq!(answer.stop.unwrap().category.as_deref(), Some("SAFETY"));
    // Input 10 + 5; output 3 + 2 and the 7 tokens of the total that no part names.
    let usage =
        Usage { input: Some(15), cached_read: Some(4), output: Some(12), reasoning: Some(2), ..Usage::default() };
    assert_eq!(answer.usage, usage);
}

#[test]
fn gemini_blocks_a_prompt() {
    let answer = answer(GeminiGenerate, include_bytes!("../fixtures/gemini_blocked_prompt.sse"));
    assert_eq!(answer.outcome(), Outcome::Filtered);
    assert_eq!(answer.stop.unwrap().raw.as_deref(), Some("PROHIBITED_CONTENT"));
    assert_eq!(answer.usage.output, None, "nothing was reported of an output");
}

#[test]
fn bodies_that_are_no_answer_say_what_they_are() {
    let message = |body: &str| answer(OpenAiChat, body).error.unwrap().message;
    assert!(message("").contains("empty"));
    assert!(message("<html>Bad gateway</html>").contains("begins `<html>"));
    assert!(message("data: {\"choices\": nope}\n\n").contains("nope"));
    assert!(message(": alive\n\n").contains("ended before its end"));
}
