//! Which lineage a model belongs to, told from its id.

/// Beginnings of ids and the family they tell. Longer ones first where one begins another.
const STEMS: &[(&str, &str)] = &[
    ("claude", "claude"),
    ("chatgpt", "gpt"),
    ("codex", "gpt"),
    ("gpt", "gpt"),
    ("o1", "gpt"),
    ("o3", "gpt"),
    ("o4", "gpt"),
    ("gemini", "gemini"),
    ("gemma", "gemma"),
    ("diffusiongemma", "gemma"),
    ("grok", "grok"),
    ("deepseek", "deepseek"),
    ("mistral", "mistral"),
    ("mixtral", "mistral"),
    ("ministral", "mistral"),
    ("magistral", "mistral"),
    ("codestral", "mistral"),
    ("devstral", "mistral"),
    ("qwen", "qwen"),
    ("qwq", "qwen"),
    ("glm", "glm"),
    ("kimi", "kimi"),
    ("llama-3.3-nemotron", "nemotron"),
    ("nemotron", "nemotron"),
    ("meta-llama", "llama"),
    ("codellama", "llama"),
    ("llama", "llama"),
    ("phi", "phi"),
    ("smollm", "smollm"),
    ("minimax", "minimax"),
    ("laguna", "laguna"),
];

/// The family of a model id, whatever route and owner stand before it. An id that tells none is a
/// family of its own.
pub fn family_of(id: &str) -> String {
    let name = id.rsplit(['/', '\\']).next().unwrap_or(id).to_ascii_lowercase();
    let known = STEMS.iter().find(|(stem, _)| name.starts_with(stem)).map(|(_, family)| (*family).to_owned());
    known.unwrap_or(name)
}
