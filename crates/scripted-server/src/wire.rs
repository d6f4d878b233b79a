//! Well-formed answers in the four wire dialects, for tests of whoever reads them. Written from
//! the providers' public descriptions, apart from the product's own encoders and decoders.

use std::time::Duration;

use serde_json::{Value, json};

use crate::response::{Piece, When};

/// A wire dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wire {
    /// `POST …/chat/completions`.
    OpenAiChat,
    /// `POST …/responses`.
    OpenAiResponses,
    /// `POST …/messages`.
    Anthropic,
    /// `POST …/models/MODEL:streamGenerateContent`.
    Gemini,
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The model that claims to answer.
    pub model: String,
    /// Pieces of visible reasoning, before the text.
    pub reasoning: Vec<String>,
    /// Pieces of text.
    pub text: Vec<String>,
    /// Why it ends, in the dialect's own word; `None` for its word for a normal end.
    pub stop: Option<String>,
    /// The usage it reports; `None` reports nothing.
    pub usage: Option<Tokens>,
}

/// Token counts as an answer reports them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tokens {
    /// All input tokens, cached ones included.
    pub input: u64,
    /// Input tokens read from a cache.
    pub cached: u64,
    /// All output tokens, reasoning included.
    pub output: u64,
    /// Output tokens spent on reasoning.
    pub reasoning: u64,
}

impl Script {
    /// An answer of these pieces with a normal end, ten input tokens and one output token a piece.
    pub fn text(model: &str, pieces: &[&str]) -> Self {
        Self {
            model: model.to_owned(),
            reasoning: Vec::new(),
            text: pieces.iter().map(|&piece| piece.to_owned()).collect(),
            stop: None,
            usage: Some(Tokens { input: 10, output: pieces.len() as u64, ..Tokens::default() }),
        }
    }

    /// With these pieces of reasoning before the text.
    pub fn reasoning(mut self, pieces: &[&str]) -> Self {
        self.reasoning = pieces.iter().map(|&piece| piece.to_owned()).collect();
        self
    }

    /// With this reported usage.
    pub fn usage(mut self, usage: Option<Tokens>) -> Self {
        self.usage = usage;
        self
    }

    /// With this stop reason in the dialect's word.
    pub fn stop(mut self, stop: &str) -> Self {
        self.stop = Some(stop.to_owned());
        self
    }
}

impl Wire {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::OpenAiChat, Self::OpenAiResponses, Self::Anthropic, Self::Gemini];

    /// The dialect that is spoken at this request path.
    pub fn of_path(path: &str) -> Option<Self> {
        let route = path.split('?').next()?;
        if route.ends_with("/chat/completions") {
            Some(Self::OpenAiChat)
        } else if route.ends_with("/responses") {
            Some(Self::OpenAiResponses)
        } else if route.ends_with("/messages") {
            Some(Self::Anthropic)
        } else if route.ends_with(":streamGenerateContent") {
            Some(Self::Gemini)
        } else {
            None
        }
    }

    /// A stream that says this, one piece an event; pieces that carry a token are marked.
    pub fn events(self, script: &Script) -> Vec<Piece> {
        match self {
            Self::OpenAiChat => chat(script),
            Self::OpenAiResponses => responses(script),
            Self::Anthropic => anthropic(script),
            Self::Gemini => gemini(script),
        }
    }

    /// What keeps the stream alive between events: Anthropic's ping, a comment elsewhere.
    pub fn keep_alive(self) -> Piece {
        match self {
            Self::Anthropic => named(&json!({"type": "ping"}), false),
            _ => piece(": keep-alive\n\n".to_owned(), false),
        }
    }

    /// An error event in the middle of a stream.
    pub fn error(self, kind: &str, message: &str) -> Piece {
        match self {
            Self::OpenAiChat => data(&json!({"error": {"message": message, "type": kind, "code": kind}}), false),
            Self::OpenAiResponses => {
                named(&json!({"type": "error", "code": kind, "message": message, "param": null}), false)
            }
            Self::Anthropic => named(&json!({"type": "error", "error": {"type": kind, "message": message}}), false),
            Self::Gemini => data(&json!({"error": {"code": 503, "message": message, "status": kind}}), false),
        }
    }

    /// The whole answer as one JSON body, as a server sends it that does not stream. Only for
    /// OpenAI chat completions, the dialect of local servers; the others give an empty object.
    pub fn whole(self, script: &Script) -> Value {
        if self != Self::OpenAiChat {
            return json!({});
        }
        let mut message = json!({"role": "assistant", "content": script.text.concat()});
        if !script.reasoning.is_empty() {
            message["reasoning_content"] = script.reasoning.concat().into();
        }
        let mut body = json!({
            "id": "chatcmpl-scripted", "object": "chat.completion", "created": 1_700_000_000, "model": script.model,
            "choices": [{"index": 0, "message": message, "finish_reason": script.stop.as_deref().unwrap_or("stop")}],
        });
        if let Some(usage) = script.usage {
            body["usage"] = chat_usage(usage);
        }
        body
    }
}

fn piece(text: String, token: bool) -> Piece {
    Piece { when: When::After(Duration::ZERO), bytes: text.into_bytes(), token }
}

fn data(value: &Value, token: bool) -> Piece {
    piece(format!("data: {value}\n\n"), token)
}

fn named(value: &Value, token: bool) -> Piece {
    piece(format!("event: {}\ndata: {value}\n\n", value["type"].as_str().unwrap_or_default()), token)
}

fn chat(script: &Script) -> Vec<Piece> {
    let chunk = |choices: Value| {
        json!({
            "id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": 1_700_000_000,
            "model": script.model, "choices": choices,
        })
    };
    let delta = |delta: Value, stop: Value| chunk(json!([{"index": 0, "delta": delta, "finish_reason": stop}]));
    let mut events = vec![data(&delta(json!({"role": "assistant", "content": ""}), Value::Null), false)];
    for text in &script.reasoning {
        events.push(data(&delta(json!({"reasoning_content": text}), Value::Null), true));
    }
    for text in &script.text {
        events.push(data(&delta(json!({"content": text}), Value::Null), true));
    }
    events.push(data(&delta(json!({}), script.stop.as_deref().unwrap_or("stop").into()), false));
    if let Some(usage) = script.usage {
        let mut last = chunk(json!([]));
        last["usage"] = chat_usage(usage);
        events.push(data(&last, false));
    }
    events.push(piece("data: [DONE]\n\n".to_owned(), false));
    events
}

fn chat_usage(usage: Tokens) -> Value {
    json!({
        "prompt_tokens": usage.input, "completion_tokens": usage.output, "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": {"cached_tokens": usage.cached},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
    })
}

fn responses(script: &Script) -> Vec<Piece> {
    let response =
        |status: &str| json!({"id": "resp_scripted", "object": "response", "model": script.model, "status": status});
    let mut sequence = 0;
    let mut event = |mut value: Value, token: bool| {
        value["sequence_number"] = sequence.into();
        sequence += 1;
        named(&value, token)
    };
    let mut events = vec![event(json!({"type": "response.created", "response": response("in_progress")}), false)];
    for text in &script.reasoning {
        let value = json!({"type": "response.reasoning_summary_text.delta", "item_id": "rs_1", "output_index": 0, "summary_index": 0, "delta": text});
        events.push(event(value, true));
    }
    for text in &script.text {
        let value = json!({"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 1, "content_index": 0, "delta": text});
        events.push(event(value, true));
    }
    let (kind, mut last) = match script.stop.as_deref() {
        None => ("response.completed", response("completed")),
        Some(reason) => {
            let mut last = response("incomplete");
            last["incomplete_details"] = json!({"reason": reason});
            ("response.incomplete", last)
        }
    };
    if let Some(usage) = script.usage {
        last["usage"] = json!({
            "input_tokens": usage.input, "input_tokens_details": {"cached_tokens": usage.cached},
            "output_tokens": usage.output, "output_tokens_details": {"reasoning_tokens": usage.reasoning},
            "total_tokens": usage.input + usage.output,
        });
    }
    events.push(event(json!({"type": kind, "response": last}), false));
    events
}

fn anthropic(script: &Script) -> Vec<Piece> {
    let usage = script.usage.unwrap_or_default();
    let mut message = json!({
        "id": "msg_scripted", "type": "message", "role": "assistant", "model": script.model, "content": [],
        "stop_reason": null, "stop_sequence": null,
    });
    if script.usage.is_some() {
        message["usage"] = json!({
            "input_tokens": usage.input.saturating_sub(usage.cached), "cache_read_input_tokens": usage.cached,
            "cache_creation_input_tokens": 0, "output_tokens": 1,
        });
    }
    let mut events = vec![named(&json!({"type": "message_start", "message": message}), false)];
    let mut index = 0;
    let mut block = |start: Value, kind: &str, field: &str, pieces: &[String]| {
        if pieces.is_empty() {
            return;
        }
        events.push(named(&json!({"type": "content_block_start", "index": index, "content_block": start}), false));
        for text in pieces {
            let value = json!({"type": "content_block_delta", "index": index, "delta": {"type": kind, field: text}});
            events.push(named(&value, true));
        }
        events.push(named(&json!({"type": "content_block_stop", "index": index}), false));
        index += 1;
    };
    block(
        json!({"type": "thinking", "thinking": "", "signature": ""}),
        "thinking_delta",
        "thinking",
        &script.reasoning,
    );
    block(json!({"type": "text", "text": ""}), "text_delta", "text", &script.text);
    let stop = script.stop.as_deref().unwrap_or("end_turn");
    let mut last = json!({"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": null}});
    if script.usage.is_some() {
        last["usage"] = json!({"output_tokens": usage.output});
    }
    events.push(named(&last, false));
    events.push(named(&json!({"type": "message_stop"}), false));
    events
}

fn gemini(script: &Script) -> Vec<Piece> {
    let chunk = |part: Value, stop: Option<&str>| {
        let mut candidate = json!({"content": {"parts": [part], "role": "model"}, "index": 0});
        if let Some(stop) = stop {
            candidate["finishReason"] = stop.into();
        }
        json!({"candidates": [candidate], "modelVersion": script.model, "responseId": "scripted"})
    };
    let mut events = Vec::new();
    for text in &script.reasoning {
        events.push(data(&chunk(json!({"text": text, "thought": true}), None), true));
    }
    for text in &script.text {
        events.push(data(&chunk(json!({"text": text}), None), true));
    }
    let mut last = chunk(json!({"text": ""}), Some(script.stop.as_deref().unwrap_or("STOP")));
    if let Some(usage) = script.usage {
        last["usageMetadata"] = json!({
            "promptTokenCount": usage.input, "cachedContentTokenCount": usage.cached,
            "candidatesTokenCount": usage.output - usage.reasoning.min(usage.output),
            "thoughtsTokenCount": usage.reasoning, "totalTokenCount": usage.input + usage.output,
        });
    }
    events.push(data(&last, false));
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_one_event_of_json() {
        let script = Script::text("m", &["a", "b\n\nc"]).reasoning(&["hm"]);
        for wire in Wire::ALL {
            let events = wire.events(&script);
            assert_eq!(events.iter().filter(|event| event.token).count(), 3, "{wire:?}");
            for event in &events {
                let text = std::str::from_utf8(&event.bytes).unwrap();
                let (_, payload) = text.trim_end().split_once("data: ").unwrap();
                assert!(text.ends_with("\n\n") && !payload.contains('\n'), "{text}");
                assert!(payload == "[DONE]" || serde_json::from_str::<Value>(payload).is_ok(), "{text}");
            }
        }
    }

    #[test]
    fn knows_its_paths() {
        assert_eq!(Wire::of_path("/v1/chat/completions"), Some(Wire::OpenAiChat));
        assert_eq!(Wire::of_path("/v1/responses"), Some(Wire::OpenAiResponses));
        assert_eq!(Wire::of_path("/v1/messages"), Some(Wire::Anthropic));
        assert_eq!(Wire::of_path("/v1beta/models/g:streamGenerateContent?alt=sse"), Some(Wire::Gemini));
        assert_eq!(Wire::of_path("/v1/models"), None);
    }
}
