//! What a real provider would check before it answers. A double that accepts anything hides a
//! break of every call; this one refuses what the providers' public references refuse.

use serde_json::Value;

use crate::faults;
use crate::request::Request;
use crate::response::Response;
use crate::wire::Wire;

/// What a provider insists on.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// The key it accepts; `None` accepts any that is not empty.
    pub key: Option<String>,
    /// No key is needed (a local server).
    pub keyless: bool,
    /// Models that refuse sampling parameters other than the default.
    pub fixed_sampling: Vec<String>,
    /// OpenAI chat models that want `max_completion_tokens` and refuse `max_tokens`.
    pub completion_tokens: Vec<String>,
    /// Top-level fields accepted besides the dialect's own.
    pub extra_fields: Vec<String>,
}

/// The model a request asks for.
pub fn model(request: &Request) -> Option<String> {
    if Wire::of_path(&request.path) == Some(Wire::Gemini) {
        let name = request.route().rsplit('/').next()?;
        return Some(name.split(':').next()?.to_owned());
    }
    request.json()["model"].as_str().map(ToOwned::to_owned)
}

/// Checks a request as strictly as this dialect's provider does; the error is its answer.
pub fn check(request: &Request, wire: Wire, rules: &Rules) -> Result<Value, Box<Response>> {
    let refuse = |message: String| {
        let kind = if wire == Wire::Gemini { "INVALID_ARGUMENT" } else { "invalid_request_error" };
        Box::new(faults::error(wire, 400, kind, &message))
    };
    if request.method != "POST" {
        return Err(Box::new(faults::error(wire, 405, "method_not_allowed", "Use POST.")));
    }
    check_key(request, wire, rules).map_err(|message| Box::new(faults::unauthorized(wire, &message)))?;
    if !request.header("content-type").is_some_and(|value| value.starts_with("application/json")) {
        return Err(refuse("Content-Type must be application/json.".into()));
    }
    if wire == Wire::Anthropic && request.header("anthropic-version").is_none_or(str::is_empty) {
        return Err(refuse("anthropic-version: header is required".into()));
    }
    if request.header("host").is_none_or(str::is_empty) {
        return Err(refuse("Host is missing.".into()));
    }
    let body: Value = serde_json::from_slice(&request.body)
        .map_err(|error| refuse(format!("We could not parse the JSON body: {error}")))?;
    let fields = body.as_object().ok_or_else(|| refuse("The body must be an object.".into()))?;
    for name in fields.keys() {
        if !known_fields(wire).contains(&name.as_str()) && !rules.extra_fields.contains(name) {
            return Err(refuse(format!("Unrecognized request argument supplied: {name}")));
        }
    }
    let model = model(request)
        .filter(|model| !model.is_empty())
        .ok_or_else(|| refuse("you must provide a model parameter".into()))?;
    check_body(&body, &model, wire, rules).map_err(refuse)?;
    Ok(body)
}

fn check_key(request: &Request, wire: Wire, rules: &Rules) -> Result<(), String> {
    if request.path.contains("key=") {
        return Err("A key does not belong in a URL.".into());
    }
    if rules.keyless {
        return Ok(());
    }
    let key = match wire {
        Wire::OpenAiChat | Wire::OpenAiResponses => {
            request.header("authorization").and_then(|value| value.strip_prefix("Bearer "))
        }
        Wire::Anthropic => request.header("x-api-key"),
        Wire::Gemini => request.header("x-goog-api-key"),
    };
    match key {
        None | Some("") => Err("You didn't provide an API key.".into()),
        Some(key) if rules.key.as_deref().is_some_and(|expected| expected != key) => {
            Err("Incorrect API key provided.".into())
        }
        Some(_) => Ok(()),
    }
}

fn known_fields(wire: Wire) -> &'static [&'static str] {
    match wire {
        Wire::OpenAiChat => &[
            "model",
            "messages",
            "stream",
            "stream_options",
            "temperature",
            "top_p",
            "seed",
            "max_tokens",
            "max_completion_tokens",
            "stop",
            "reasoning_effort",
            "n",
            "tools",
            "tool_choice",
            "response_format",
            "store",
            "user",
            "metadata",
            "frequency_penalty",
            "presence_penalty",
            "logprobs",
            "top_logprobs",
            "parallel_tool_calls",
            "service_tier",
            "verbosity",
        ],
        Wire::OpenAiResponses => &[
            "model",
            "input",
            "instructions",
            "stream",
            "stream_options",
            "temperature",
            "top_p",
            "max_output_tokens",
            "reasoning",
            "store",
            "tools",
            "tool_choice",
            "text",
            "metadata",
            "include",
            "user",
            "truncation",
            "parallel_tool_calls",
            "previous_response_id",
            "service_tier",
        ],
        Wire::Anthropic => &[
            "model",
            "messages",
            "system",
            "max_tokens",
            "stream",
            "temperature",
            "top_p",
            "top_k",
            "stop_sequences",
            "thinking",
            "tools",
            "tool_choice",
            "metadata",
            "output_config",
            "service_tier",
        ],
        Wire::Gemini => &[
            "contents",
            "systemInstruction",
            "system_instruction",
            "generationConfig",
            "safetySettings",
            "tools",
            "toolConfig",
            "cachedContent",
        ],
    }
}

fn check_body(body: &Value, model: &str, wire: Wire, rules: &Rules) -> Result<(), String> {
    let turns = match wire {
        Wire::OpenAiChat | Wire::Anthropic => &body["messages"],
        Wire::OpenAiResponses => &body["input"],
        Wire::Gemini => &body["contents"],
    };
    if turns.as_array().is_none_or(Vec::is_empty) && turns.as_str().is_none_or(str::is_empty) {
        return Err("The conversation must not be empty.".into());
    }
    for turn in turns.as_array().into_iter().flatten() {
        let role = turn["role"].as_str().unwrap_or_default();
        let known: &[&str] = match wire {
            Wire::OpenAiChat => &["system", "developer", "user", "assistant", "tool"],
            Wire::OpenAiResponses => &["system", "developer", "user", "assistant"],
            Wire::Anthropic => &["user", "assistant"],
            Wire::Gemini => &["user", "model"],
        };
        if !known.contains(&role) {
            return Err(format!("Unexpected role: {role:?}"));
        }
        let content = if wire == Wire::Gemini { &turn["parts"] } else { &turn["content"] };
        if content.as_array().is_none_or(Vec::is_empty) && content.as_str().is_none_or(str::is_empty) {
            return Err("Text content must not be empty.".into());
        }
    }
    let sampling = if wire == Wire::Gemini { &body["generationConfig"] } else { body };
    if rules.fixed_sampling.iter().any(|fixed| fixed == model) {
        for name in ["temperature", "top_p", "topP"] {
            if !sampling[name].is_null() {
                return Err(format!("Unsupported parameter: '{name}' is not supported with this model."));
            }
        }
    }
    if sampling["temperature"].as_f64().is_some_and(|value| !(0.0..=2.0).contains(&value)) {
        return Err("temperature must be between 0 and 2.".into());
    }
    match wire {
        Wire::OpenAiChat => {
            if rules.completion_tokens.iter().any(|name| name == model) && !body["max_tokens"].is_null() {
                return Err("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.".into());
            }
            if !body["stream_options"].is_null() && body["stream"] != true {
                return Err("The 'stream_options' parameter is only allowed when 'stream' is enabled.".into());
            }
        }
        Wire::Anthropic => {
            let Some(maximum) = body["max_tokens"].as_u64().filter(|&maximum| maximum > 0) else {
                return Err("max_tokens: Field required".into());
            };
            if let Some(budget) = body["thinking"]["budget_tokens"].as_u64()
                && !(1024..maximum).contains(&budget)
            {
                return Err(
                    "max_tokens must be greater than thinking.budget_tokens, which must be at least 1024".into()
                );
            }
        }
        Wire::OpenAiResponses | Wire::Gemini => {}
    }
    Ok(())
}
