//! Hyperparameters, read from GGUF metadata and checked for sense.

use crate::error::{Error, Result};
use crate::gguf::{Gguf, Value};

/// A supported family; decides which tensors there are and how rotary pairs lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// Llama, Mistral, SmolLM and others that share its shape.
    Llama,
    /// Qwen2 and Qwen2.5: biases on queries, keys and values.
    Qwen2,
    /// Qwen3, dense: queries and keys are normalised a head.
    Qwen3,
    /// Gemma 3, text: normalised before and after each part, sliding windows, GeGLU.
    Gemma3,
}

impl Architecture {
    /// All families, in display order.
    pub const ALL: [Self; 4] = [Self::Llama, Self::Qwen2, Self::Qwen3, Self::Gemma3];

    /// The name in `general.architecture`, which also prefixes the family's keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Llama => "llama",
            Self::Qwen2 => "qwen2",
            Self::Qwen3 => "qwen3",
            Self::Gemma3 => "gemma3",
        }
    }

    /// Whether queries and keys are normalised a head before rotation.
    pub(crate) fn normalises_heads(self) -> bool {
        matches!(self, Self::Qwen3 | Self::Gemma3)
    }

    /// Whether rotary pairs are neighbours (2i, 2i+1) and not half a head apart.
    pub(crate) fn rotates_neighbours(self) -> bool {
        self == Self::Llama
    }
}

/// Hyperparameters of a decoder.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The family.
    pub architecture: Architecture,
    /// Layers.
    pub layers: usize,
    /// Width of the residual stream.
    pub width: usize,
    /// Width of the gated unit.
    pub hidden: usize,
    /// Query heads.
    pub heads: usize,
    /// Key and value heads.
    pub key_heads: usize,
    /// Width of a head.
    pub head_width: usize,
    /// Leading values of a head that rotate.
    pub rotated: usize,
    /// Base of the rotary frequencies.
    pub rope_base: f32,
    /// What positions are divided by (linear context extension); 1 leaves them alone.
    pub rope_divisor: f32,
    /// Epsilon of every RMS norm.
    pub epsilon: f32,
    /// Tokens the model was made for.
    pub context: usize,
    /// Factor on queries before the softmax.
    pub attention_scale: f32,
    /// Factor on embeddings.
    pub embedding_scale: f32,
    /// Bound of logits through tanh, where there is one.
    pub logit_cap: Option<f32>,
    /// Sliding windows, where some layers have them.
    pub window: Option<Window>,
}

/// Sliding-window attention of some layers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Positions that a windowed layer sees, its own included.
    pub size: usize,
    /// Every `period`-th layer sees everything; the others are windowed.
    pub period: usize,
    /// Base of the rotary frequencies of windowed layers.
    pub rope_base: f32,
}

impl Config {
    /// Whether a layer sees only the last positions.
    pub fn is_windowed(&self, layer: usize) -> bool {
        self.window.is_some_and(|window| layer % window.period < window.period - 1)
    }

    /// Reads the hyperparameters of a file.
    ///
    /// # Errors
    /// [`Error::Architecture`] for other families, [`Error::Unsupported`] for variants of the
    /// known ones that would be computed wrongly, [`Error::Gguf`] for values without sense.
    pub fn read(gguf: &Gguf) -> Result<Self> {
        let found = gguf.text("general.architecture").unwrap_or("(none)");
        let architecture =
            Architecture::ALL.into_iter().find(|known| known.as_str() == found).ok_or_else(|| Error::Architecture {
                found: found.to_owned(),
                supported: Architecture::ALL.map(Architecture::as_str).join(", "),
            })?;
        let keys = Keys { gguf, prefix: architecture.as_str() };
        keys.refuse_variants()?;

        let width = keys.size("embedding_length", 1 << 16)?;
        let heads = keys.size("attention.head_count", 1 << 12)?;
        let key_heads = keys.optional("attention.head_count_kv")?.unwrap_or(heads);
        let head_width = match keys.optional("attention.key_length")? {
            Some(head_width) => head_width,
            None if width.is_multiple_of(heads) => width / heads,
            None => return Err(Error::gguf("the width is not a multiple of the heads")),
        };
        if keys.optional("attention.value_length")?.is_some_and(|length| length != head_width) {
            return Err(Error::Unsupported("values of another width than keys".to_owned()));
        }
        let rotated = keys.optional("rope.dimension_count")?.unwrap_or(head_width);
        let layers = keys.size("block_count", 1 << 10)?;
        let gemma = architecture == Architecture::Gemma3;
        // The largest Gemma 3 scales by width over heads, all others by the head's width.
        let attention_width = if gemma && layers == 62 { width / heads } else { head_width };

        let config = Self {
            architecture,
            layers,
            width,
            hidden: keys.size("feed_forward_length", 1 << 18)?,
            heads,
            key_heads,
            head_width,
            rotated,
            rope_base: gguf.float(&keys.name("rope.freq_base"))?.unwrap_or(10_000.0),
            rope_divisor: keys.rope_divisor()?,
            epsilon: gguf
                .float(&keys.name("attention.layer_norm_rms_epsilon"))?
                .ok_or_else(|| Error::gguf("the norm's epsilon is missing"))?,
            context: keys.size("context_length", 1 << 28)?,
            attention_scale: 1.0 / (attention_width as f32).sqrt(),
            embedding_scale: if gemma { (width as f32).sqrt() } else { 1.0 },
            logit_cap: gguf.float(&keys.name("final_logit_softcapping"))?.filter(|cap| *cap > 0.0),
            window: if gemma { keys.window()? } else { None },
        };
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        let sane = (1..=1 << 12).contains(&self.key_heads)
            && self.heads.is_multiple_of(self.key_heads)
            && (2..=1 << 12).contains(&self.head_width)
            && (2..=self.head_width).contains(&self.rotated)
            && self.rotated.is_multiple_of(2)
            && self.rope_base > 0.0
            && self.rope_divisor > 0.0
            && self.epsilon > 0.0;
        if sane { Ok(()) } else { Err(Error::gguf("the hyperparameters contradict each other")) }
    }
}

/// The keys of one family.
struct Keys<'a> {
    gguf: &'a Gguf,
    prefix: &'static str,
}

impl Keys<'_> {
    fn name(&self, key: &str) -> String {
        format!("{}.{key}", self.prefix)
    }

    fn optional(&self, key: &str) -> Result<Option<usize>> {
        self.gguf.count(&self.name(key))
    }

    fn size(&self, key: &str, most: usize) -> Result<usize> {
        let name = self.name(key);
        match self.gguf.count(&name)? {
            Some(value) if (1..=most).contains(&value) => Ok(value),
            Some(value) => Err(Error::gguf(format!("`{name}` is {value}, out of range"))),
            None => Err(Error::gguf(format!("`{name}` is missing"))),
        }
    }

    /// Refuses what would load and then compute something else than the model.
    fn refuse_variants(&self) -> Result<()> {
        if self.optional("expert_count")?.is_some_and(|experts| experts > 0) {
            return Err(Error::Unsupported("a mixture of experts".to_owned()));
        }
        for key in ["attention.scale", "residual_scale", "embedding_scale", "logit_scale", "attn_logit_softcapping"] {
            let name = self.name(key);
            if self.gguf.float(&name)?.is_some_and(|value| value != 0.0) {
                return Err(Error::Unsupported(format!("`{name}`")));
            }
        }
        if self.gguf.flag(&self.name("attention.causal")) == Some(false) {
            return Err(Error::Unsupported("attention that is not causal".to_owned()));
        }
        Ok(())
    }

    fn rope_divisor(&self) -> Result<f32> {
        let factor = self.gguf.float(&self.name("rope.scaling.factor"))?;
        match self.gguf.text(&self.name("rope.scaling.type")) {
            None | Some("none") => Ok(self.gguf.float(&self.name("rope.scale_linear"))?.unwrap_or(1.0)),
            Some("linear") => Ok(factor.unwrap_or(1.0)),
            Some(kind) => Err(Error::Unsupported(format!("`{kind}` scaling of rotary positions"))),
        }
    }

    fn window(&self) -> Result<Option<Window>> {
        let Some(size) = self.optional("attention.sliding_window")?.filter(|size| *size > 0) else {
            return Ok(None);
        };
        let name = self.name("attention.sliding_window_pattern");
        let period = match self.gguf.get(&name) {
            None => 6,
            Some(Value::Integer(period)) if (1..=64).contains(period) => *period as usize,
            Some(_) => return Err(Error::Unsupported(format!("this form of `{name}`"))),
        };
        let rope_base = self.gguf.float(&self.name("rope.freq_base_swa"))?.unwrap_or(10_000.0);
        Ok(Some(Window { size, period, rope_base }))
    }
}
