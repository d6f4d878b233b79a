//! A request as a Responses body.

use serde::Serialize;

use super::super::body::Body;
use super::super::quirks::Quirks;
use super::super::{HttpParts, json_headers, structured};
use crate::request::{ChatRequest, Effort, Params, Role, Thinking};

#[derive(Serialize)]
struct InputItem<'a> {
    role: &'static str,
    content: &'a str,
}

/// The HTTP parts of a request. Nothing is stored at the provider.
pub(in super::super) fn encode(request: &ChatRequest, quirks: &Quirks) -> HttpParts {
    let params = &request.params;
    let input: Vec<InputItem<'_>> = request
        .messages
        .iter()
        .map(|message| InputItem {
            role: match message.role {
                Role::User => "user",
                Role::Assistant => "assistant",
            },
            content: &message.text,
        })
        .collect();
    let mut body = Body::default();
    body.set("model", &request.model);
    body.set_some("instructions", request.system_text());
    body.set("input", &input);
    body.set("stream", &true);
    body.set("store", &false);
    body.set_some("max_output_tokens", params.max_output_tokens);
    body.set_some("temperature", params.temperature);
    body.set_some("top_p", params.top_p);
    let mut reasoning = Body::default();
    reasoning.set_some("effort", params.effort.map(Effort::as_str));
    let wants_reasoning = params.effort.is_some_and(|effort| effort != Effort::None)
        || matches!(params.thinking, Some(Thinking::On | Thinking::Adaptive));
    if wants_reasoning {
        reasoning.set("summary", "auto");
    }
    if !reasoning.is_empty() {
        body.set("reasoning", &reasoning);
    }
    body.set_some("text", structured::text_format(request, quirks));
    body.add_missing(&quirks.extra_body);
    HttpParts { method: "POST", path: "responses".to_owned(), headers: json_headers(), body: body.into_bytes() }
}

/// The parameters that have no field here.
pub(in super::super) fn unsupported(params: &Params) -> Vec<&'static str> {
    let mut names = Vec::new();
    if params.seed.is_some() {
        names.push("seed");
    }
    if !params.stop.is_empty() {
        names.push("stop");
    }
    // "On" and "adaptive" ask for the summary; off and a budget can only be said as an effort.
    if matches!(params.thinking, Some(Thinking::Off | Thinking::Budget(_))) {
        names.push("thinking");
    }
    if params.advisor.is_some() {
        names.push("advisor");
    }
    names
}
