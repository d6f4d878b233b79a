//! A request as a chat completions body.

use serde::Serialize;
use serde_json::json;

use super::super::body::Body;
use super::super::quirks::{EffortStyle, MaxTokensField, Quirks, SeedField, ThinkingStyle};
use super::super::{HttpParts, json_headers, structured};
use crate::request::{ChatRequest, Effort, Params, Role, Thinking};

#[derive(Serialize)]
struct WireMessage<'a> {
    role: &'static str,
    content: &'a str,
}

/// The HTTP parts of a request.
pub(in super::super) fn encode(request: &ChatRequest, quirks: &Quirks) -> HttpParts {
    let params = &request.params;
    let mut body = Body::default();
    body.set("model", &request.model);
    body.set("messages", &messages(request));
    body.set("stream", &true);
    if !quirks.no_stream_options {
        body.set("stream_options", &json!({ "include_usage": true }));
    }
    let limit = match quirks.max_tokens_field {
        MaxTokensField::MaxTokens => "max_tokens",
        MaxTokensField::MaxCompletionTokens => "max_completion_tokens",
    };
    body.set_some(limit, params.max_output_tokens);
    body.set_some("temperature", params.temperature);
    body.set_some("top_p", params.top_p);
    let seed = match quirks.seed_field {
        SeedField::Seed => "seed",
        SeedField::RandomSeed => "random_seed",
    };
    body.set_some(seed, params.seed);
    if !params.stop.is_empty() {
        body.set("stop", &params.stop);
    }
    match quirks.effort_style {
        EffortStyle::ReasoningEffort => body.set_some("reasoning_effort", params.effort.map(Effort::as_str)),
        EffortStyle::OpenRouter => set_openrouter_reasoning(&mut body, params),
        EffortStyle::None => {}
    }
    if let Some(thinking) = params.thinking {
        set_thinking(&mut body, thinking, quirks.thinking_style);
    }
    body.set_some("response_format", structured::response_format(request, quirks));
    body.add_missing(&quirks.extra_body);
    HttpParts { method: "POST", path: "chat/completions".to_owned(), headers: json_headers(), body: body.into_bytes() }
}

/// The parameters that have no field here.
pub(in super::super) fn unsupported(params: &Params, quirks: &Quirks) -> Vec<&'static str> {
    let mut names = Vec::new();
    if params.effort.is_some() && quirks.effort_style == EffortStyle::None {
        names.push("effort");
    }
    let thinking_has_a_field = quirks.effort_style == EffortStyle::OpenRouter
        || match quirks.thinking_style {
            ThinkingStyle::Dialect | ThinkingStyle::BudgetOnly => false,
            // These know on and off but no budget.
            ThinkingStyle::ThinkingType | ThinkingStyle::ChatTemplateKwargs => {
                !matches!(params.thinking, Some(Thinking::Budget(_)))
            }
            ThinkingStyle::EnableThinking => true,
        };
    if params.thinking.is_some() && !thinking_has_a_field {
        names.push("thinking");
    }
    if params.advisor.is_some() {
        names.push("advisor");
    }
    names
}

fn messages(request: &ChatRequest) -> Vec<WireMessage<'_>> {
    let system = request.system_text().map(|content| WireMessage { role: "system", content });
    let turns = request.messages.iter().map(|message| WireMessage {
        role: match message.role {
            Role::User => "user",
            Role::Assistant => "assistant",
        },
        content: &message.text,
    });
    system.into_iter().chain(turns).collect()
}

/// OpenRouter takes effort or a budget, not both; a budget is the more exact wish.
fn set_openrouter_reasoning(body: &mut Body, params: &Params) {
    let mut reasoning = Body::default();
    match params.thinking {
        Some(Thinking::Budget(tokens)) => reasoning.set("max_tokens", &tokens),
        Some(Thinking::Off) => reasoning.set("enabled", &false),
        Some(Thinking::On | Thinking::Adaptive) if params.effort.is_none() => reasoning.set("enabled", &true),
        _ => reasoning.set_some("effort", params.effort.map(Effort::as_str)),
    }
    if !reasoning.is_empty() {
        body.set("reasoning", &reasoning);
    }
}

fn set_thinking(body: &mut Body, thinking: Thinking, style: ThinkingStyle) {
    let on = thinking != Thinking::Off;
    match style {
        ThinkingStyle::Dialect | ThinkingStyle::BudgetOnly => {}
        ThinkingStyle::ThinkingType => {
            body.set("thinking", &json!({ "type": if on { "enabled" } else { "disabled" } }));
        }
        ThinkingStyle::EnableThinking => {
            body.set("enable_thinking", &on);
            if let Thinking::Budget(tokens) = thinking {
                body.set("thinking_budget", &tokens);
            }
        }
        ThinkingStyle::ChatTemplateKwargs => body.set("chat_template_kwargs", &json!({ "enable_thinking": on })),
    }
}
