//! Our request bodies against recorded ones: real clients' field names and places are the truth.

use std::collections::BTreeSet;

use llm::dialect::{Dialect, MaxTokensField, Quirks, ThinkingStyle};
use llm::request::{ChatRequest, Params, Thinking};
use serde_json::Value;

use super::cassettes;

/// The recorded request of a cassette whose request body is one JSON line.
fn recorded(folder: &std::path::Path, file: &str) -> Value {
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    let line = text.lines().find_map(|line| line.trim().strip_prefix("body: '{")).unwrap();
    let body = format!("{{{}", line.strip_suffix('\'').unwrap()).replace("''", "'");
    serde_json::from_str(&body).unwrap()
}

/// Encodes what the recording asked, from the recording's own prompt.
fn encoded(dialect: Dialect, recorded: &Value, params: Params, quirks: &Quirks) -> Value {
    let prompt = ["/messages/0/content", "/messages/0/content/0/text", "/input/0/content", "/contents/0/parts/0/text"]
        .iter()
        .find_map(|pointer| recorded.pointer(pointer).and_then(Value::as_str))
        .unwrap();
    let model = recorded["model"].as_str().unwrap_or("m");
    let mut request = ChatRequest::prompt(model, prompt);
    request.params = params;
    serde_json::from_slice(&dialect.encode(&request, quirks).body).unwrap()
}

fn paths(value: &Value, prefix: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object.iter().filter(|(_, value)| !value.is_null()) {
                paths(value, &format!("{prefix}/{key}"), found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| paths(item, prefix, found)),
        leaf => {
            found.insert(format!("{prefix}={leaf}"));
        }
    }
}

/// Every field of the recording must be in ours, with the same value, but for those named.
fn check(dialect: Dialect, file: &str, params: Params, quirks: &Quirks, not_ours: &[&str]) {
    let Some(folder) = cassettes(&format!("recorded request of {file}")) else { return };
    let recorded = recorded(&folder, file);
    let ours = encoded(dialect, &recorded, params, quirks);
    let (mut theirs_paths, mut our_paths) = (BTreeSet::new(), BTreeSet::new());
    paths(&recorded, "", &mut theirs_paths);
    paths(&ours, "", &mut our_paths);
    let missing: Vec<_> = theirs_paths
        .difference(&our_paths)
        .filter(|path| !not_ours.iter().any(|start| path.starts_with(start)))
        .collect();
    assert!(missing.is_empty(), "{file}: we lack {missing:?}; we say {our_paths:?}");
}

fn limited(max_output_tokens: u32) -> Params {
    Params { max_output_tokens: Some(max_output_tokens), ..Params::default() }
}

#[test]
fn deepseek_stop_and_thinking_switch() {
    let params = Params { stop: vec!["ZEBRA".to_owned()], thinking: Some(Thinking::Off), ..limited(24) };
    let quirks = Quirks { thinking_style: ThinkingStyle::ThinkingType, ..Quirks::default() };
    let file = "deepseek/rig__deepseek__followup_hunt_matrix__streaming_stop_sequence_reaches_the_wire_and_stops_generation.yaml";
    check(Dialect::OpenAiChat, file, params, &quirks, &[]);
}

#[test]
fn groq_mistral_and_llama_cpp() {
    let quirks = Quirks::default();
    let groq = "groq/rig__groq__raw_stream_capture_matrix__stream_raw_exposes_terminal_queue_time.yaml";
    check(Dialect::OpenAiChat, groq, limited(16), &quirks, &[]);
    let mistral = "mistral/rig__mistral__terminal_metadata_matrix__streaming_mistral_small_tiny_plain_one.yaml";
    check(Dialect::OpenAiChat, mistral, limited(1), &Quirks { no_stream_options: true, ..quirks.clone() }, &[]);
    let llama = "llama.cpp/rig__llamacpp__response_shape_matrix__two_candidates_streaming.yaml";
    let params = Params { temperature: Some(1.4), seed: Some(11), ..limited(64) };
    check(Dialect::OpenAiChat, llama, params, &quirks, &["/n="]);
}

#[test]
fn gemini_budgets_and_limits() {
    let session = "google-gemini/rig__gemini__generate_sessions__thinking_session_reports_thought_tokens_in_usage.yaml";
    let params = Params { temperature: Some(0.0), thinking: Some(Thinking::Budget(1024)), ..Params::default() };
    check(Dialect::GeminiGenerate, session, params, &Quirks::default(), &["/contents/parts/thought="]);
    let limits =
        "google-gemini/rig__gemini__stream_terminal_matrix__max_tokens_truncated_stream_still_reports_length.yaml";
    let params = Params { temperature: Some(0.0), thinking: Some(Thinking::Off), ..limited(32) };
    check(Dialect::GeminiGenerate, limits, params, &Quirks::default(), &["/contents/parts/thought="]);
}

#[test]
fn anthropic_and_responses() {
    let anthropic =
        "anthropic/rig__anthropic__error_envelope__nonexistent_model_streaming_error_preserves_status_and_body.yaml";
    // They send content as parts, we as a string; the API takes both.
    check(Dialect::AnthropicMessages, anthropic, limited(16), &Quirks::default(), &["/messages/content/"]);
    let xai = "xai/rig__xai__raw_stream_capture_matrix__stream_raw_exposes_terminal_status.yaml";
    check(Dialect::OpenAiResponses, xai, Params::default(), &Quirks::default(), &["/input/type="]);
}

#[test]
fn openrouter_limit_field() {
    let Some(folder) = cassettes("openrouter_limit_field") else { return };
    let text =
        std::fs::read_to_string(folder.join("openrouter/pyd__test_openrouter__test_openrouter_stream_error.yaml"))
            .unwrap();
    let quirks = Quirks { max_tokens_field: MaxTokensField::MaxCompletionTokens, ..Quirks::default() };
    let mut request = ChatRequest::prompt("minimax/minimax-m2:free", "Hello there");
    request.params = limited(10);
    let ours: Value = serde_json::from_slice(&Dialect::OpenAiChat.encode(&request, &quirks).body).unwrap();
    for key in ours.as_object().unwrap().keys() {
        assert!(text.contains(&format!("      {key}:")), "{key} is in the recorded body");
    }
}
