//! A provider as data: where it is, how it is asked, and what its keys look like.

use serde::{Deserialize, Serialize};

use super::model::Capabilities;
use crate::cost::input_tokens_upper_bound;
use crate::dialect::{Dialect, Quirks};
use crate::request::{ChatRequest, Params};

/// Name of the provider of servers on the user's own machine.
pub const LOCAL: &str = "local";
/// Name of the provider of models in process.
pub const EMBEDDED: &str = "embedded";

/// A provider of models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provider {
    /// The name on the command line: `openai`.
    pub name: String,
    /// The name for people: `OpenAI`.
    pub display_name: String,
    /// Where requests go, version path included, without a slash at the end. Empty for models in process.
    pub base_url: String,
    /// How a key is sent.
    pub auth: Auth,
    /// Environment variables that may hold the key, first one first.
    pub key_env: Vec<String>,
    /// Environment variables that may hold another base URL, first one first.
    pub base_url_env: Vec<String>,
    /// What keys look like; any of them will do. Empty: nothing is known.
    pub key_patterns: Vec<KeyPattern>,
    /// The wire format.
    pub dialect: Dialect,
    /// What differs from the wire format's usual form.
    pub quirks: Quirks,
    /// Further headers, sent with every request.
    pub headers: Vec<(String, String)>,
    /// Calls made at the same time unless the user says otherwise.
    pub concurrency: u32,
    /// Most tokens that the provider adds to a prompt; see [`crate::cost::DEFAULT_PROMPT_OVERHEAD`].
    pub prompt_overhead: u64,
    /// What the provider's interface takes; a model may take less.
    pub capabilities: Capabilities,
    /// Parameters sent unless the run or the contestant says otherwise.
    pub defaults: Params,
    /// What the provider charges for cache writes, as multiples of the input rate.
    pub cache_writes: CacheWriteRule,
    /// What a user should know.
    pub note: Option<String>,
}

impl Provider {
    /// True for servers on the user's own machine and models in process: no account, no price.
    pub fn is_local(&self) -> bool {
        self.name == LOCAL || self.name == EMBEDDED
    }

    /// True when a key must be had before a call can be made.
    pub fn needs_key(&self) -> bool {
        self.auth != Auth::None && !self.is_local()
    }

    /// The base URL in force: an environment variable of the provider's own, else what the registry
    /// (and the user's file over it) says. Taken as given, but for slashes at the end.
    pub fn base_url_with(&self, environment: impl Fn(&str) -> Option<String>) -> String {
        let set = self.base_url_env.iter().filter_map(|name| environment(name));
        let given = set.map(|url| url.trim().to_owned()).find(|url| !url.is_empty());
        given.unwrap_or_else(|| self.base_url.clone()).trim_end_matches('/').to_owned()
    }

    /// An upper bound of what this provider counts as input tokens of a request.
    pub fn input_tokens_upper_bound(&self, request: &ChatRequest) -> u64 {
        input_tokens_upper_bound(request, self.prompt_overhead)
    }
}

/// How a key is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Auth {
    /// `authorization: Bearer KEY`.
    Bearer,
    /// The key alone in a header of this name.
    Header(String),
    /// No key is sent.
    None,
}

impl Auth {
    /// The header that carries a key: its name in lower case, and its value.
    pub fn header(&self, key: &str) -> Option<(String, String)> {
        match self {
            Self::Bearer => Some(("authorization".to_owned(), format!("Bearer {key}"))),
            Self::Header(name) => Some((name.to_ascii_lowercase(), key.to_owned())),
            Self::None => None,
        }
    }
}

/// What a key looks like: a prefix, then characters of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyPattern {
    /// What every key begins with; may be empty.
    #[serde(default)]
    pub prefix: String,
    /// Which characters follow.
    #[serde(default)]
    pub characters: KeyCharacters,
    /// Least number of characters after the prefix.
    pub least: usize,
}

/// A set of characters that keys are made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyCharacters {
    /// `A-Z a-z 0-9`.
    Alphanumeric,
    /// `A-Z a-z 0-9 _ -`.
    #[default]
    Word,
    /// `A-Z a-z 0-9 _ - .`.
    WordAndDot,
}

impl KeyCharacters {
    /// Whether the set holds this character.
    pub fn holds(self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric()
            || match self {
                Self::Alphanumeric => false,
                Self::Word => matches!(byte, b'_' | b'-'),
                Self::WordAndDot => matches!(byte, b'_' | b'-' | b'.'),
            }
    }

    fn describe(self) -> &'static str {
        match self {
            Self::Alphanumeric => "letters and digits",
            Self::Word => "letters, digits, - and _",
            Self::WordAndDot => "letters, digits, -, _ and dots",
        }
    }
}

impl KeyPattern {
    /// Whether the whole of `key` has this form.
    pub fn accepts(&self, key: &str) -> bool {
        key.strip_prefix(self.prefix.as_str())
            .is_some_and(|rest| rest.len() >= self.least && rest.bytes().all(|byte| self.characters.holds(byte)))
    }

    /// The form in words.
    pub fn describe(&self) -> String {
        let rest = format!("{} or more of {}", self.least, self.characters.describe());
        if self.prefix.is_empty() { rest } else { format!("`{}` and {rest}", self.prefix) }
    }
}

/// What a provider charges for cache writes, as multiples of the input rate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CacheWriteRule {
    /// Five-minute cache, or the provider's only one.
    pub five_minutes: Option<f64>,
    /// One-hour cache.
    pub one_hour: Option<f64>,
    /// True when the provider writes without being asked.
    pub implicit: bool,
}
