//! A request as a `generateContent` body.

use serde::Serialize;

use super::super::body::Body;
use super::super::quirks::Quirks;
use super::super::{HttpParts, json_headers, structured};
use crate::request::{ChatRequest, Effort, Params, Role, Thinking};

/// The budget that means "as much as you see fit".
const DYNAMIC_BUDGET: i64 = -1;

#[derive(Serialize)]
struct WireContent<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    parts: [WirePart<'a>; 1],
}

#[derive(Serialize)]
struct WirePart<'a> {
    text: &'a str,
}

/// The HTTP parts of a request.
pub(in super::super) fn encode(request: &ChatRequest, quirks: &Quirks) -> HttpParts {
    let contents: Vec<WireContent<'_>> = request
        .messages
        .iter()
        .map(|message| WireContent {
            role: Some(match message.role {
                Role::User => "user",
                Role::Assistant => "model",
            }),
            parts: [WirePart { text: &message.text }],
        })
        .collect();
    let mut body = Body::default();
    let system = request.system_text().map(|text| WireContent { role: None, parts: [WirePart { text }] });
    body.set_some("system_instruction", system);
    body.set("contents", &contents);
    let mut config = generation_config(&request.params);
    structured::add_to_generation_config(request, quirks, &mut config);
    if !config.is_empty() {
        body.set("generationConfig", &config);
    }
    body.add_missing(&quirks.extra_body);
    HttpParts { method: "POST", path: path(&request.model), headers: json_headers(), body: body.into_bytes() }
}

/// The parameters that have no field here.
pub(in super::super) fn unsupported(params: &Params) -> Vec<&'static str> {
    if params.advisor.is_some() { vec!["advisor"] } else { Vec::new() }
}

fn generation_config(params: &Params) -> Body {
    let mut config = Body::default();
    config.set_some("maxOutputTokens", params.max_output_tokens);
    config.set_some("temperature", params.temperature);
    config.set_some("topP", params.top_p);
    config.set_some("seed", params.seed);
    if !params.stop.is_empty() {
        config.set("stopSequences", &params.stop);
    }
    let thinking = thinking_config(params);
    if !thinking.is_empty() {
        config.set("thinkingConfig", &thinking);
    }
    config
}

/// A level or a budget: the API takes only one, so a stated effort leaves the budget to the model.
fn thinking_config(params: &Params) -> Body {
    let mut thinking = Body::default();
    match params.thinking {
        Some(Thinking::Off) => thinking.set("thinkingBudget", &0),
        Some(Thinking::Budget(tokens)) => thinking.set("thinkingBudget", &tokens),
        Some(Thinking::Adaptive) if params.effort.is_none() => thinking.set("thinkingBudget", &DYNAMIC_BUDGET),
        _ => {}
    }
    match params.effort {
        None => {}
        Some(Effort::None) => thinking.set("thinkingBudget", &0),
        Some(effort) => thinking.set("thinkingLevel", effort.as_str()),
    }
    let is_off = params.thinking == Some(Thinking::Off) || params.effort == Some(Effort::None);
    let thinks = !is_off && (params.thinking.is_some() || params.effort.is_some());
    if thinks {
        thinking.set("includeThoughts", &true);
    }
    thinking
}

/// The model's path; ids with a collection of their own (`tunedModels/x`) keep it.
fn path(model: &str) -> String {
    let mut path = String::from(if model.contains('/') { "" } else { "models/" });
    for byte in model.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/@".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path.push_str(":streamGenerateContent?alt=sse");
    path
}
