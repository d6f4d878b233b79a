//! What a request becomes, byte for byte.

use llm::dialect::Dialect::{self, AnthropicMessages, GeminiGenerate, OpenAiChat, OpenAiResponses};
use llm::dialect::{EffortStyle, MaxTokensField, Quirks, SeedField, StructuredOutput, ThinkingStyle};
use llm::request::{Advisor, ChatRequest, Effort, Message, Params, Role, Thinking};
use serde_json::json;

fn conversation() -> ChatRequest {
    let turn = |role, text: &str| Message { role, text: text.to_owned() };
    ChatRequest {
        model: "m".to_owned(),
        system: Some("Be brief.".to_owned()),
        messages: vec![turn(Role::User, "a"), turn(Role::Assistant, "b"), turn(Role::User, "c")],
        params: Params {
            temperature: Some(0.5),
            top_p: Some(0.9),
            seed: Some(7),
            max_output_tokens: Some(100),
            effort: Some(Effort::High),
            stop: vec!["X".to_owned()],
            ..Params::default()
        },
    }
}

fn check(dialect: Dialect, request: &ChatRequest, quirks: &Quirks, expected: &str) {
    let parts = dialect.encode(request, quirks);
    assert_eq!(String::from_utf8(parts.body).unwrap(), expected, "{dialect:?} {quirks:?}");
    assert_eq!(parts.method, "POST");
    assert!(parts.headers.contains(&("content-type", "application/json".to_owned())));
}

/// The fields that a parameter adds to a minimal body.
fn added(dialect: Dialect, params: Params, quirks: &Quirks) -> serde_json::Value {
    let mut request = ChatRequest::prompt("m", "p");
    let parse = |request: &ChatRequest, quirks: &Quirks| -> serde_json::Map<String, serde_json::Value> {
        serde_json::from_slice(&dialect.encode(request, quirks).body).unwrap()
    };
    let before = parse(&request, &Quirks::default());
    request.params = params;
    let mut after = parse(&request, quirks);
    after.retain(|key, value| before.get(key) != Some(value));
    after.into()
}

#[test]
fn whole_bodies() {
    let request = conversation();
    let none = Quirks::default();
    check(
        OpenAiChat,
        &request,
        &none,
        concat!(
            r#"{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"a"},"#,
            r#"{"role":"assistant","content":"b"},{"role":"user","content":"c"}],"stream":true,"#,
            r#""stream_options":{"include_usage":true},"max_tokens":100,"temperature":0.5,"top_p":0.9,"seed":7,"#,
            r#""stop":["X"],"reasoning_effort":"high"}"#
        ),
    );
    check(
        OpenAiResponses,
        &request,
        &none,
        concat!(
            r#"{"model":"m","instructions":"Be brief.","input":[{"role":"user","content":"a"},"#,
            r#"{"role":"assistant","content":"b"},{"role":"user","content":"c"}],"stream":true,"store":false,"#,
            r#""max_output_tokens":100,"temperature":0.5,"top_p":0.9,"reasoning":{"effort":"high","summary":"auto"}}"#
        ),
    );
    check(
        AnthropicMessages,
        &request,
        &none,
        concat!(
            r#"{"model":"m","max_tokens":100,"system":"Be brief.","messages":[{"role":"user","content":"a"},"#,
            r#"{"role":"assistant","content":"b"},{"role":"user","content":"c"}],"stream":true,"temperature":0.5,"#,
            r#""top_p":0.9,"stop_sequences":["X"],"output_config":{"effort":"high"}}"#
        ),
    );
    check(
        GeminiGenerate,
        &request,
        &none,
        concat!(
            r#"{"system_instruction":{"parts":[{"text":"Be brief."}]},"contents":[{"role":"user","parts":[{"text":"a"}]},"#,
            r#"{"role":"model","parts":[{"text":"b"}]},{"role":"user","parts":[{"text":"c"}]}],"generationConfig":"#,
            r#"{"maxOutputTokens":100,"temperature":0.5,"topP":0.9,"seed":7,"stopSequences":["X"],"#,
            r#""thinkingConfig":{"thinkingLevel":"high","includeThoughts":true}}}"#
        ),
    );
}

#[test]
fn an_empty_system_prompt_is_none() {
    for dialect in Dialect::ALL {
        let plain = ChatRequest::prompt("m", "p");
        let empty = ChatRequest { system: Some(String::new()), ..plain.clone() };
        assert_eq!(dialect.encode(&empty, &Quirks::default()), dialect.encode(&plain, &Quirks::default()));
    }
}

#[test]
fn paths_and_headers() {
    let path =
        |dialect: Dialect, model: &str| dialect.encode(&ChatRequest::prompt(model, "p"), &Quirks::default()).path;
    assert_eq!(path(OpenAiChat, "m"), "chat/completions");
    assert_eq!(path(OpenAiResponses, "m"), "responses");
    assert_eq!(path(AnthropicMessages, "m"), "messages");
    assert_eq!(path(GeminiGenerate, "gemini-2.5-flash"), "models/gemini-2.5-flash:streamGenerateContent?alt=sse");
    assert_eq!(path(GeminiGenerate, "tunedModels/a?b"), "tunedModels/a%3Fb:streamGenerateContent?alt=sse");
    let mut request = ChatRequest::prompt("m", "p");
    let headers = |request: &ChatRequest| AnthropicMessages.encode(request, &Quirks::default()).headers;
    assert!(headers(&request).contains(&("anthropic-version", "2023-06-01".to_owned())));
    assert!(!headers(&request).iter().any(|(name, _)| *name == "anthropic-beta"));
    request.params.advisor = Some(Advisor { model: "a".to_owned(), max_uses: Some(2) });
    assert!(headers(&request).contains(&("anthropic-beta", "advisor-tool-2026-03-01".to_owned())));
}

#[test]
fn chat_quirks() {
    let quirk = |change: fn(&mut Quirks)| {
        let mut quirks = Quirks::default();
        change(&mut quirks);
        quirks
    };
    let thinking = |thinking| Params { thinking: Some(thinking), ..Params::default() };
    let limit = Params { max_output_tokens: Some(5), seed: Some(1), ..Params::default() };
    let fields = quirk(|q| {
        q.max_tokens_field = MaxTokensField::MaxCompletionTokens;
        q.seed_field = SeedField::RandomSeed;
    });
    assert_eq!(added(OpenAiChat, limit, &fields), json!({"max_completion_tokens": 5, "random_seed": 1}));

    let router = quirk(|q| q.effort_style = EffortStyle::OpenRouter);
    let effort = Params { effort: Some(Effort::Xhigh), ..Params::default() };
    for (params, reasoning) in [
        (effort.clone(), json!({"effort": "xhigh"})),
        (thinking(Thinking::Budget(9)), json!({"max_tokens": 9})),
        (thinking(Thinking::On), json!({"enabled": true})),
        (thinking(Thinking::Off), json!({"enabled": false})),
    ] {
        assert_eq!(added(OpenAiChat, params, &router), json!({ "reasoning": reasoning }));
    }
    assert_eq!(added(OpenAiChat, effort, &quirk(|q| q.effort_style = EffortStyle::None)), json!({}));

    let switch = quirk(|q| q.thinking_style = ThinkingStyle::ThinkingType);
    assert_eq!(added(OpenAiChat, thinking(Thinking::Off), &switch), json!({"thinking": {"type": "disabled"}}));
    let dashscope = quirk(|q| q.thinking_style = ThinkingStyle::EnableThinking);
    let budget = json!({"enable_thinking": true, "thinking_budget": 9});
    assert_eq!(added(OpenAiChat, thinking(Thinking::Budget(9)), &dashscope), budget);
    let template = quirk(|q| q.thinking_style = ThinkingStyle::ChatTemplateKwargs);
    let off = json!({"chat_template_kwargs": {"enable_thinking": false}});
    assert_eq!(added(OpenAiChat, thinking(Thinking::Off), &template), off);

    let extra = quirk(|q| {
        q.thinking_style = ThinkingStyle::EnableThinking;
        q.no_stream_options = true;
        q.extra_body = json!({"enable_thinking": false, "z": 1}).as_object().unwrap().clone();
    });
    assert_eq!(added(OpenAiChat, Params::default(), &extra), json!({"enable_thinking": false, "z": 1}));
    assert_eq!(added(OpenAiChat, thinking(Thinking::On), &extra)["enable_thinking"], json!(true), "the request wins");
}

#[test]
fn a_schema_is_asked_for_where_the_provider_takes_one() {
    let schema = json!({"type": "object", "required": ["score", "reason"], "additionalProperties": false,
        "properties": {"score": {"type": "integer"}, "reason": {"type": "string"}}});
    let params = Params { response_schema: Some(schema.clone()), ..Params::default() };
    let quirks = |structured_output| Quirks { structured_output, ..Quirks::default() };
    for dialect in Dialect::ALL {
        assert_eq!(added(dialect, params.clone(), &Quirks::default()), json!({}), "{dialect:?}");
    }
    let follows = quirks(StructuredOutput::JsonSchema);
    assert_eq!(added(AnthropicMessages, params.clone(), &follows), json!({}));
    let format = json!({"type": "json_schema", "json_schema": {"name": "answer", "strict": true, "schema": schema}});
    assert_eq!(added(OpenAiChat, params.clone(), &follows), json!({"response_format": format}));
    let text = json!({"format": {"type": "json_schema", "name": "answer", "strict": true, "schema": schema}});
    assert_eq!(added(OpenAiResponses, params.clone(), &follows), json!({"text": text}));
    let config = json!({"responseMimeType": "application/json", "responseJsonSchema": schema});
    assert_eq!(added(GeminiGenerate, params.clone(), &follows), json!({"generationConfig": config}));
    let open = Params { response_schema: Some(json!({"type": "object"})), ..Params::default() };
    assert_eq!(added(OpenAiChat, open, &follows)["response_format"]["json_schema"]["strict"], json!(false));

    // The order of keys is part of the body, and models fill an object in that order.
    let mut request = ChatRequest::prompt("m", "p");
    request.params = params.clone();
    let body = String::from_utf8(OpenAiChat.encode(&request, &follows).body).unwrap();
    let schema_text = concat!(
        r#""response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"additionalProperties":false,"#,
        r#""properties":{"reason":{"type":"string"},"score":{"type":"integer"}},"required":["score","reason"],"#,
        r#""type":"object"},"strict":true}}}"#
    );
    assert!(body.ends_with(schema_text), "{body}");

    // JSON mode is refused in a conversation that does not speak of JSON.
    let some_json = quirks(StructuredOutput::JsonObject);
    assert_eq!(added(OpenAiChat, params.clone(), &some_json), json!({}));
    let format_of = |request: &ChatRequest, dialect: Dialect, quirks: &Quirks| -> serde_json::Value {
        let body: serde_json::Value = serde_json::from_slice(&dialect.encode(request, quirks).body).unwrap();
        let text = body.get("text").map(|text| text["format"].clone());
        let config = body.get("generationConfig").cloned();
        body.get("response_format").cloned().or(text).or(config).unwrap_or_default()
    };
    let asks = Message { role: Role::User, text: "Score it, as JSON".to_owned() };
    for request in [
        ChatRequest { system: Some("Answer in Json.".to_owned()), ..request.clone() },
        ChatRequest { messages: vec![asks], ..request.clone() },
    ] {
        assert_eq!(format_of(&request, OpenAiChat, &some_json), json!({"type": "json_object"}));
        assert_eq!(format_of(&request, OpenAiResponses, &some_json), json!({"type": "json_object"}));
        let mime = json!({"responseMimeType": "application/json"});
        assert_eq!(format_of(&request, GeminiGenerate, &some_json), mime);
        // DashScope has JSON mode only while the model does not think.
        let dashscope = Quirks { thinking_style: ThinkingStyle::EnableThinking, ..some_json.clone() };
        let thinking = |thinking| {
            let mut request = request.clone();
            request.params.thinking = Some(thinking);
            format_of(&request, OpenAiChat, &dashscope)
        };
        assert_eq!(thinking(Thinking::Off), json!({"type": "json_object"}));
        assert_eq!(thinking(Thinking::On), json!(null));
    }
}

#[test]
fn anthropic_thinking_and_limits() {
    let params = |thinking| Params { thinking: Some(thinking), ..Params::default() };
    let none = Quirks::default();
    let adaptive = json!({"thinking": {"type": "adaptive", "display": "summarized"}});
    assert_eq!(added(AnthropicMessages, params(Thinking::Adaptive), &none), adaptive);
    assert_eq!(added(AnthropicMessages, params(Thinking::On), &none), adaptive);
    assert_eq!(added(AnthropicMessages, params(Thinking::Off), &none), json!({"thinking": {"type": "disabled"}}));
    let budget = json!({"max_tokens": 12096, "thinking": {"type": "enabled", "budget_tokens": 8000}});
    assert_eq!(added(AnthropicMessages, params(Thinking::Budget(8000)), &none), budget);
    let older = Quirks { thinking_style: ThinkingStyle::BudgetOnly, ..none };
    let half = json!({"thinking": {"type": "enabled", "budget_tokens": 2048}});
    assert_eq!(added(AnthropicMessages, params(Thinking::On), &older), half);
    let advisor = Params { advisor: Some(Advisor { model: "big".to_owned(), max_uses: None }), ..Params::default() };
    let tool = json!({"tools": [{"type": "advisor_20260301", "name": "advisor", "model": "big"}]});
    assert_eq!(added(AnthropicMessages, advisor, &Quirks::default()), tool);
}

#[test]
fn gemini_thinking_is_a_level_or_a_budget() {
    let config = |thinking, effort| {
        let params = Params { thinking, effort, ..Params::default() };
        added(GeminiGenerate, params, &Quirks::default())["generationConfig"]["thinkingConfig"].clone()
    };
    assert_eq!(config(Some(Thinking::Off), None), json!({"thinkingBudget": 0}));
    assert_eq!(config(Some(Thinking::Budget(9)), None), json!({"thinkingBudget": 9, "includeThoughts": true}));
    assert_eq!(config(Some(Thinking::Adaptive), None), json!({"thinkingBudget": -1, "includeThoughts": true}));
    let low = json!({"thinkingLevel": "low", "includeThoughts": true});
    assert_eq!(config(Some(Thinking::Adaptive), Some(Effort::Low)), low);
    assert_eq!(config(None, None), json!(null));
}

#[test]
fn what_a_grammar_has_no_word_for_is_named() {
    let all = Params {
        seed: Some(1),
        effort: Some(Effort::Low),
        thinking: Some(Thinking::Budget(1)),
        stop: vec!["x".to_owned()],
        advisor: Some(Advisor { model: "a".to_owned(), max_uses: None }),
        ..Params::default()
    };
    let none = Quirks::default();
    assert_eq!(OpenAiChat.unsupported(&all, &none), ["thinking", "advisor"]);
    assert_eq!(OpenAiResponses.unsupported(&all, &none), ["seed", "stop", "thinking", "advisor"]);
    assert_eq!(AnthropicMessages.unsupported(&all, &none), ["seed"]);
    assert_eq!(GeminiGenerate.unsupported(&all, &none), ["advisor"]);
    for dialect in Dialect::ALL {
        assert!(dialect.unsupported(&Params::default(), &none).is_empty());
        assert_eq!(serde_json::to_value(dialect).unwrap(), dialect.as_str());
    }
}
