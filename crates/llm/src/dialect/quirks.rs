//! Where providers of one dialect differ, as data for the provider table.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How a provider departs from its dialect. The default departs in nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// The field that limits output tokens (OpenAI chat).
    #[serde(skip_serializing_if = "is_default")]
    pub max_tokens_field: MaxTokensField,
    /// True when the server rejects `stream_options` (OpenAI chat); usage then comes unasked or not at all.
    #[serde(skip_serializing_if = "is_default")]
    pub no_stream_options: bool,
    /// How reasoning effort is said (OpenAI chat).
    #[serde(skip_serializing_if = "is_default")]
    pub effort_style: EffortStyle,
    /// How thinking is switched (OpenAI chat), or how Anthropic is asked to think "on".
    #[serde(skip_serializing_if = "is_default")]
    pub thinking_style: ThinkingStyle,
    /// The field of the sampling seed (OpenAI chat).
    #[serde(skip_serializing_if = "is_default")]
    pub seed_field: SeedField,
    /// What the provider takes to hold an answer to a JSON Schema.
    #[serde(skip_serializing_if = "is_default")]
    pub structured_output: StructuredOutput,
    /// Fields added to every body. A field that the request itself sets wins; where both are
    /// objects they are merged one level deep.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub extra_body: Map<String, Value>,
}

/// The field that limits output tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaxTokensField {
    /// `max_tokens`.
    #[default]
    MaxTokens,
    /// `max_completion_tokens` (OpenAI's reasoning models refuse the other).
    MaxCompletionTokens,
}

/// How reasoning effort is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffortStyle {
    /// `reasoning_effort: "high"`.
    #[default]
    ReasoningEffort,
    /// `reasoning: {effort | max_tokens | enabled}`; carries thinking as well.
    #[serde(rename = "openrouter")]
    OpenRouter,
    /// The server has no such field.
    None,
}

/// How thinking is switched on, off and limited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThinkingStyle {
    /// As the dialect has it: OpenAI chat has no word for it, Anthropic thinks adaptively.
    #[default]
    Dialect,
    /// `thinking: {type: "enabled" | "disabled"}` (DeepSeek, Z.AI, Moonshot).
    ThinkingType,
    /// `enable_thinking` and `thinking_budget` (DashScope).
    EnableThinking,
    /// `chat_template_kwargs: {enable_thinking}` (vLLM, llama.cpp server).
    ChatTemplateKwargs,
    /// Anthropic models that know budgets but not adaptive thinking: "on" becomes a budget.
    BudgetOnly,
}

/// The field of the sampling seed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeedField {
    /// `seed`.
    #[default]
    Seed,
    /// `random_seed` (Mistral).
    RandomSeed,
}

/// What a provider takes to hold an answer to a JSON Schema
/// ([`Params::response_schema`](crate::request::Params::response_schema)).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StructuredOutput {
    /// Nothing that can be relied on; the body says nothing.
    #[default]
    None,
    /// The answer is some JSON object, if the conversation asks for JSON in words.
    JsonObject,
    /// The answer follows the schema.
    JsonSchema,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quirks_are_written_as_the_words_of_the_provider_table() {
        let quirks: Quirks = serde_json::from_str(
            r#"{"max_tokens_field":"max_completion_tokens","effort_style":"openrouter","thinking_style":"enable_thinking",
                "seed_field":"random_seed","no_stream_options":true,"structured_output":"json_schema","extra_body":{"a":1}}"#,
        )
        .unwrap();
        assert_eq!(quirks.max_tokens_field, MaxTokensField::MaxCompletionTokens);
        assert_eq!(quirks.effort_style, EffortStyle::OpenRouter);
        assert_eq!(quirks.thinking_style, ThinkingStyle::EnableThinking);
        assert_eq!(quirks.seed_field, SeedField::RandomSeed);
        assert_eq!(quirks.structured_output, StructuredOutput::JsonSchema);
        let again: Quirks = serde_json::from_str(&serde_json::to_string(&quirks).unwrap()).unwrap();
        assert_eq!(again, quirks);
        assert_eq!(serde_json::to_string(&Quirks::default()).unwrap(), "{}");
        assert!(serde_json::from_str::<Quirks>(r#"{"max_token_field":"x"}"#).is_err(), "a typo is an error");
    }
}
