//! A model as data: its id, its family, its price, and which parameters it refuses.

use serde::{Deserialize, Serialize};

use super::provider::CacheWriteRule;
use crate::cost::PriceSheet;
use crate::dialect::{Dialect, Quirks};
use crate::request::{Effort, Thinking};

/// A model of the registry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Name of the provider that serves it.
    pub provider: String,
    /// The id that users write.
    pub id: String,
    /// The id on the wire.
    pub wire_id: String,
    /// The lineage, whatever the version and route (`claude`, `gpt`): a judge does not judge its own.
    pub family: String,
    /// Whether it reasons before it answers, where that is known.
    pub reasoning: Option<bool>,
    /// Context length in tokens, where known.
    pub context: Option<u64>,
    /// What it takes, where that differs from what its provider takes.
    pub capabilities: Capabilities,
    /// The wire format, where it differs from the provider's.
    pub dialect: Option<Dialect>,
    /// What differs from the wire format's usual form, where that differs from the provider's.
    pub quirks: Option<Quirks>,
    /// The price, without its provider's rule for cache writes; see [`super::Registry::price_sheet`].
    pub price: PriceSheet,
    /// Cache writes, where the model differs from its provider.
    pub cache_writes: Option<CacheWriteRule>,
    /// The day on which the provider switches it off, where announced.
    pub shuts_down: Option<jiff::civil::Date>,
    /// What the provider names in its place.
    pub replacement: Option<String>,
    /// What a user should know.
    pub note: Option<String>,
}

/// A model that its provider has withdrawn. Never substituted: the successor may bill otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetiredModel {
    /// Name of the provider that withdrew it; the same id may live on elsewhere.
    pub provider: String,
    /// The id that users still write.
    pub id: String,
    /// When it was withdrawn.
    pub retired: jiff::civil::Date,
    /// What to write in its place.
    pub successor: String,
}

/// Which parameters are taken. Whatever is not said is sent: a new restriction then fails loudly
/// instead of being obeyed in silence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Capabilities {
    /// Whether a temperature is taken.
    pub temperature: Option<bool>,
    /// Whether a nucleus mass is taken.
    pub top_p: Option<bool>,
    /// Whether a seed is taken.
    pub seed: Option<bool>,
    /// Whether stop sequences are taken.
    pub stop: Option<bool>,
    /// The efforts that are taken; empty for none at all.
    pub effort: Option<Vec<Effort>>,
    /// The ways of thinking that can be asked for; empty for none at all.
    pub thinking: Option<Vec<ThinkingMode>>,
    /// Whether an advisor can be given.
    pub advisor: Option<bool>,
    /// What temperature and nucleus mass cannot be combined with.
    pub sampling_excludes: Option<SamplingExclusion>,
    /// True when temperature and nucleus mass cannot both be given.
    pub temperature_excludes_top_p: Option<bool>,
    /// Efforts at which thinking cannot be switched off.
    pub thinking_off_excludes: Option<Vec<Effort>>,
}

impl Capabilities {
    /// These, where they say something, else the wider ones.
    pub fn or(self, wider: &Self) -> Self {
        Self {
            temperature: self.temperature.or(wider.temperature),
            top_p: self.top_p.or(wider.top_p),
            seed: self.seed.or(wider.seed),
            stop: self.stop.or(wider.stop),
            effort: self.effort.or_else(|| wider.effort.clone()),
            thinking: self.thinking.or_else(|| wider.thinking.clone()),
            advisor: self.advisor.or(wider.advisor),
            sampling_excludes: self.sampling_excludes.or(wider.sampling_excludes),
            temperature_excludes_top_p: self.temperature_excludes_top_p.or(wider.temperature_excludes_top_p),
            thinking_off_excludes: self.thinking_off_excludes.or_else(|| wider.thinking_off_excludes.clone()),
        }
    }
}

/// What temperature and nucleus mass cannot be combined with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SamplingExclusion {
    /// Thinking that is switched on.
    Thinking,
    /// Any effort but `none`.
    Effort,
}

/// [`Thinking`] without the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThinkingMode {
    /// Switched off.
    Off,
    /// Switched on.
    On,
    /// As the model sees fit.
    Adaptive,
    /// Up to so many tokens.
    Budget,
}

impl ThinkingMode {
    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Adaptive => "adaptive",
            Self::Budget => "a number of tokens",
        }
    }
}

impl From<Thinking> for ThinkingMode {
    fn from(thinking: Thinking) -> Self {
        match thinking {
            Thinking::Off => Self::Off,
            Thinking::On => Self::On,
            Thinking::Adaptive => Self::Adaptive,
            Thinking::Budget(_) => Self::Budget,
        }
    }
}
