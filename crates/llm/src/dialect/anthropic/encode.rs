//! A request as a Messages body.

use serde::Serialize;

use super::super::body::Body;
use super::super::quirks::{Quirks, ThinkingStyle};
use super::super::{HttpParts, json_headers};
use crate::request::{Advisor, ChatRequest, Effort, Params, Role, Thinking};

/// `max_tokens` is required; this is sent when the caller sets none.
const DEFAULT_MAX_TOKENS: u32 = 4096;
/// The least budget that the API takes.
const LEAST_BUDGET: u32 = 1024;
const VERSION: &str = "2023-06-01";
const ADVISOR_BETA: &str = "advisor-tool-2026-03-01";

#[derive(Serialize)]
struct WireMessage<'a> {
    role: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
struct WireThinking {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    budget_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display: Option<&'static str>,
}

#[derive(Serialize)]
struct AdvisorTool<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'static str,
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_uses: Option<u32>,
}

#[derive(Serialize)]
struct OutputConfig {
    effort: &'static str,
}

/// The HTTP parts of a request.
pub(in super::super) fn encode(request: &ChatRequest, quirks: &Quirks) -> HttpParts {
    let params = &request.params;
    let messages: Vec<WireMessage<'_>> = request
        .messages
        .iter()
        .map(|message| WireMessage {
            role: match message.role {
                Role::User => "user",
                Role::Assistant => "assistant",
            },
            content: &message.text,
        })
        .collect();
    let mut body = Body::default();
    body.set("model", &request.model);
    body.set("max_tokens", &max_tokens(params));
    body.set_some("system", request.system_text());
    body.set("messages", &messages);
    body.set("stream", &true);
    body.set_some("temperature", params.temperature);
    body.set_some("top_p", params.top_p);
    if !params.stop.is_empty() {
        body.set("stop_sequences", &params.stop);
    }
    body.set_some("thinking", params.thinking.map(|thinking| wire_thinking(thinking, params, quirks)));
    body.set_some("output_config", params.effort.map(Effort::as_str).map(|effort| OutputConfig { effort }));
    body.set_some("tools", params.advisor.as_ref().map(|advisor| [advisor_tool(advisor)]));
    body.add_missing(&quirks.extra_body);
    let mut headers = json_headers();
    headers.push(("anthropic-version", VERSION.to_owned()));
    if params.advisor.is_some() {
        headers.push(("anthropic-beta", ADVISOR_BETA.to_owned()));
    }
    HttpParts { method: "POST", path: "messages".to_owned(), headers, body: body.into_bytes() }
}

/// The parameters that have no field here.
pub(in super::super) fn unsupported(params: &Params) -> Vec<&'static str> {
    if params.seed.is_some() { vec!["seed"] } else { Vec::new() }
}

/// A budget must leave room for an answer, or the API refuses the request.
fn max_tokens(params: &Params) -> u32 {
    params.max_output_tokens.unwrap_or(match params.thinking {
        Some(Thinking::Budget(budget)) => budget.saturating_add(DEFAULT_MAX_TOKENS),
        _ => DEFAULT_MAX_TOKENS,
    })
}

/// "Off" is said aloud: recent models think when nothing is said. Thinking is always asked to show
/// its summary, which adaptive models otherwise withhold.
fn wire_thinking(thinking: Thinking, params: &Params, quirks: &Quirks) -> WireThinking {
    let budget = |tokens| WireThinking { kind: "enabled", budget_tokens: Some(tokens), display: None };
    match thinking {
        Thinking::Off => WireThinking { kind: "disabled", budget_tokens: None, display: None },
        Thinking::Budget(tokens) => budget(tokens),
        Thinking::On if quirks.thinking_style == ThinkingStyle::BudgetOnly => {
            budget((max_tokens(params) / 2).max(LEAST_BUDGET))
        }
        Thinking::On | Thinking::Adaptive => {
            WireThinking { kind: "adaptive", budget_tokens: None, display: Some("summarized") }
        }
    }
}

fn advisor_tool(advisor: &Advisor) -> AdvisorTool<'_> {
    AdvisorTool { kind: "advisor_20260301", name: "advisor", model: &advisor.model, max_uses: advisor.max_uses }
}
