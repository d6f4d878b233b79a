//! The parts of chat completion chunks that are read, in every provider's spelling.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::lenient::{Content, Number, Text};
use crate::event::Usage;

/// A chunk of a stream or a whole completion.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Chunk<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow)]
    pub(super) model: Text<'a>,
    /// `error` marks an error without an envelope (older vLLM, Mistral).
    #[serde(borrow)]
    pub(super) object: Text<'a>,
    #[serde(borrow)]
    pub(super) choices: Option<Vec<Choice<'a>>>,
    #[serde(borrow)]
    pub(super) error: Option<&'a RawValue>,
    pub(super) usage: Option<WireUsage>,
    pub(super) x_groq: Option<GroqExtras>,
    /// Ollama's own chat stream: the piece of the answer.
    #[serde(borrow)]
    pub(super) message: Option<OllamaMessage<'a>>,
    /// Ollama: true in the last line.
    pub(super) done: Option<bool>,
    /// Ollama: why it ended.
    #[serde(borrow)]
    pub(super) done_reason: Text<'a>,
    /// Ollama: input tokens.
    pub(super) prompt_eval_count: Number,
    /// Ollama: output tokens.
    pub(super) eval_count: Number,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Choice<'a> {
    pub(super) index: Option<u64>,
    #[serde(borrow)]
    pub(super) delta: Option<Message<'a>>,
    #[serde(borrow)]
    pub(super) message: Option<Message<'a>>,
    #[serde(borrow)]
    pub(super) finish_reason: Text<'a>,
    /// Moonshot reports usage here.
    pub(super) usage: Option<WireUsage>,
    #[serde(borrow)]
    pub(super) error: Option<&'a RawValue>,
}

/// What is said: a piece of it in `delta`, all of it in `message`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Message<'a> {
    #[serde(borrow)]
    pub(super) content: Content<'a>,
    /// DeepSeek, xAI, Z.AI, DashScope, Moonshot, llama.cpp.
    #[serde(borrow)]
    pub(super) reasoning_content: Text<'a>,
    /// Groq, OpenRouter, newer vLLM.
    #[serde(borrow)]
    pub(super) reasoning: Text<'a>,
    /// OpenRouter: reasoning that may be encrypted.
    #[serde(borrow)]
    pub(super) reasoning_details: Option<Vec<ReasoningDetail<'a>>>,
    #[serde(borrow)]
    pub(super) refusal: Text<'a>,
    #[serde(borrow)]
    pub(super) tool_calls: Option<Vec<ToolCallPiece<'a>>>,
    /// The form before tools.
    #[serde(borrow)]
    pub(super) function_call: Option<Function<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReasoningDetail<'a> {
    #[serde(borrow)]
    pub(super) text: Text<'a>,
    #[serde(borrow)]
    pub(super) summary: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ToolCallPiece<'a> {
    /// Absent at Mistral.
    pub(super) index: Option<u64>,
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow)]
    pub(super) function: Option<Function<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Function<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    /// JSON in a string; an object at Ollama.
    #[serde(borrow)]
    pub(super) arguments: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OllamaMessage<'a> {
    #[serde(borrow)]
    pub(super) content: Text<'a>,
    #[serde(borrow)]
    pub(super) thinking: Text<'a>,
    #[serde(borrow)]
    pub(super) tool_calls: Option<Vec<ToolCallPiece<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GroqExtras {
    pub(super) usage: Option<WireUsage>,
}

/// Usage in every spelling; see [`WireUsage::normalised`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WireUsage {
    prompt_tokens: Number,
    completion_tokens: Number,
    total_tokens: Number,
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens_details: Option<CompletionDetails>,
    /// Moonshot.
    cached_tokens: Number,
    /// DeepSeek.
    prompt_cache_hit_tokens: Number,
    /// OpenRouter, in USD.
    cost: Number,
    /// xAI, in units of 1e-10 USD.
    cost_in_usd_ticks: Number,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PromptDetails {
    cached_tokens: Number,
    /// OpenRouter.
    cache_write_tokens: Number,
    /// DashScope.
    cache_creation_input_tokens: Number,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CompletionDetails {
    reasoning_tokens: Number,
}

impl WireUsage {
    /// In our terms. Prompt tokens include cached ones everywhere; completion tokens include
    /// reasoning except at xAI, which the total gives away.
    pub(super) fn normalised(&self) -> Usage {
        const USD_PER_XAI_TICK: f64 = 1e-10;
        let prompt = self.prompt_tokens.count();
        let prompt_details = self.prompt_tokens_details.as_ref();
        let cached = prompt_details.and_then(|details| details.cached_tokens.count());
        let written = prompt_details.and_then(|details| {
            details.cache_write_tokens.count().or_else(|| details.cache_creation_input_tokens.count())
        });
        let reasoning = self.completion_tokens_details.as_ref().and_then(|details| details.reasoning_tokens.count());
        let output = self.completion_tokens.count().map(|completion| {
            let apart = reasoning.unwrap_or(0);
            let without = prompt.unwrap_or(0).saturating_add(completion);
            let reasoning_is_apart = apart > 0 && self.total_tokens.count() == Some(without.saturating_add(apart));
            if reasoning_is_apart { completion.saturating_add(apart) } else { completion }
        });
        Usage {
            input: prompt,
            cached_read: cached.or(self.cached_tokens.count()).or(self.prompt_cache_hit_tokens.count()),
            cached_write_5m: written,
            cached_write_1h: None,
            output,
            reasoning,
            advisor: Vec::new(),
            provider_cost_usd: self.cost.0.or(self.cost_in_usd_ticks.0.map(|ticks| ticks * USD_PER_XAI_TICK)),
        }
    }
}
