//! The forward pass: tokens in, logits of the last one out, keys and values kept.

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::gguf::Gguf;
use crate::kernels::{self, Activations, Level};
use crate::matrix::Matrix;
use crate::model::config::{Architecture, Config};
use crate::model::rope::Rope;
use crate::model::weights::{Layer, Weights};

/// Prompt tokens computed together; between batches (and layers) a run can be stopped.
const BATCH: usize = 128;
/// Cached values that attention must visit before more than one thread is used for it.
const PARALLEL_ATTENTION: usize = 1 << 16;

/// A model ready to run.
pub struct Model {
    config: Config,
    weights: Weights,
    rope: Rope,
    windowed_rope: Option<Rope>,
    level: Level,
    threads: rayon::ThreadPool,
}

/// Keys and values of the tokens seen so far, and the working memory of a run.
#[derive(Default)]
pub struct Cache {
    /// Tokens seen.
    tokens: usize,
    /// For each layer and key head, `head_width` values a position.
    keys: Vec<Vec<f32>>,
    values: Vec<Vec<f32>>,
    working: Working,
}

#[derive(Default)]
struct Working {
    residual: Vec<f32>,
    normed: Vec<f32>,
    activations: Activations,
    heads: Vec<f32>,
    attended: Vec<f32>,
    gate_up: Vec<f32>,
    gated: Vec<f32>,
    added: Vec<f32>,
    scratch: Vec<f32>,
    angles: Vec<(f32, f32)>,
}

impl Cache {
    /// Tokens whose keys and values are held.
    pub fn tokens(&self) -> usize {
        self.tokens
    }
}

impl Model {
    /// Reads a model's weights, requantising to Q8_0 whatever is stored otherwise.
    ///
    /// `threads` of zero means one a core.
    pub fn read(gguf: &Gguf, threads: usize) -> Result<Self> {
        let config = Config::read(gguf)?;
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("embedded-{index}"))
            .build()
            .map_err(|error| Error::Request(format!("worker threads: {error}")))?;
        let weights = threads.install(|| Weights::read(gguf, &config))?;
        let neighbours = config.architecture.rotates_neighbours();
        let factors = weights.rope_factors.as_deref();
        let rope = Rope::new(config.rope_base, config.rotated, config.rope_divisor, factors, neighbours)?;
        let windowed_rope = match config.window {
            Some(window) => Some(Rope::new(window.rope_base, config.rotated, 1.0, None, neighbours)?),
            None => None,
        };
        Ok(Self { config, weights, rope, windowed_rope, level: Level::detect(), threads })
    }

    /// The hyperparameters.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// How many tokens there are logits for.
    pub fn vocabulary(&self) -> usize {
        self.weights.embedding.rows()
    }

    /// Bytes of weights in memory.
    pub fn weight_bytes(&self) -> usize {
        self.weights.bytes()
    }

    /// Threads that compute.
    pub fn threads(&self) -> usize {
        self.threads.current_num_threads()
    }

    /// The instruction set in use: `avx512-vnni`, `avx2` or `portable`.
    pub fn instructions(&self) -> &'static str {
        self.level.name()
    }

    /// Runs `tokens` after those in the cache and leaves the logits of the last one in `logits`.
    ///
    /// Returns false, with a cache that must not be used again, when `stopped` said so in between.
    ///
    /// # Errors
    /// When a token is not in the vocabulary or the context would overflow.
    pub fn advance(
        &self,
        tokens: &[u32],
        cache: &mut Cache,
        logits: &mut Vec<f32>,
        stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<bool> {
        let total = cache.tokens + tokens.len();
        if total > self.config.context {
            return Err(Error::ContextTooLong { tokens: total, context: self.config.context });
        }
        if let Some(token) = tokens.iter().find(|token| **token as usize >= self.vocabulary()) {
            return Err(Error::Request(format!("token {token} is not in the vocabulary")));
        }
        cache.keys.resize_with(self.config.layers * self.config.key_heads, Vec::new);
        cache.values.resize_with(self.config.layers * self.config.key_heads, Vec::new);
        self.threads.install(|| {
            let mut batches = tokens.chunks(BATCH).peekable();
            while let Some(batch) = batches.next() {
                let wanted = batches.peek().is_none();
                if !self.batch(batch, cache, wanted.then_some(&mut *logits), stopped) {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    fn batch(
        &self,
        tokens: &[u32],
        cache: &mut Cache,
        logits: Option<&mut Vec<f32>>,
        stopped: &(dyn Fn() -> bool + Sync),
    ) -> bool {
        let config = &self.config;
        let width = config.width;
        let mut working = std::mem::take(&mut cache.working);
        working.residual.resize(tokens.len() * width, 0.0);
        for (token, row) in tokens.iter().zip(working.residual.chunks_exact_mut(width)) {
            self.weights.embedding.row(*token as usize, row);
            if config.embedding_scale != 1.0 {
                for value in row {
                    *value *= config.embedding_scale;
                }
            }
        }
        for (index, layer) in self.weights.layers.iter().enumerate() {
            if stopped() {
                return false;
            }
            self.attention(index, layer, cache, &mut working);
            self.hidden(layer, &mut working);
        }
        cache.tokens += tokens.len();
        if let Some(logits) = logits {
            let last = working.residual.len() - width;
            self.normalise(&working.residual[last..], &self.weights.output_norm, &mut working.normed);
            working.activations.quantise(self.level, &working.normed, width);
            let output = self.weights.output.as_ref().unwrap_or(&self.weights.embedding);
            output.product(self.level, &working.activations, &mut working.scratch, logits);
            if let Some(cap) = config.logit_cap {
                for logit in logits {
                    *logit = cap * (*logit / cap).tanh();
                }
            }
        }
        cache.working = working;
        true
    }

    /// Attention of one layer, added to the residual stream.
    fn attention(&self, index: usize, layer: &Layer, cache: &mut Cache, working: &mut Working) {
        let config = &self.config;
        let (head_width, key_heads) = (config.head_width, config.key_heads);
        let query_width = config.heads * head_width;
        let row_width = query_width + 2 * key_heads * head_width;

        self.normalise(&working.residual, &layer.attention_norm, &mut working.normed);
        self.product(
            &layer.query_key_value,
            &working.normed,
            config.width,
            &mut working.activations,
            &mut working.scratch,
            &mut working.heads,
        );
        let rope = match &self.windowed_rope {
            Some(rope) if config.is_windowed(index) => rope,
            _ => &self.rope,
        };
        let mut normed_head = vec![0.0; head_width];
        for (offset, row) in working.heads.chunks_exact_mut(row_width).enumerate() {
            if let Some(bias) = &layer.query_key_value_bias {
                row.iter_mut().zip(bias).for_each(|(value, bias)| *value += bias);
            }
            rope.angles(cache.tokens + offset, &mut working.angles);
            let (queries, keys_values) = row.split_at_mut(query_width);
            let (keys, values) = keys_values.split_at_mut(key_heads * head_width);
            if let Some((query_norm, key_norm)) = &layer.head_norms {
                for (heads, norm) in [(&mut *queries, query_norm), (&mut *keys, key_norm)] {
                    for head in heads.chunks_exact_mut(head_width) {
                        kernels::rms_norm(self.level, head, norm, config.epsilon, &mut normed_head);
                        head.copy_from_slice(&normed_head);
                    }
                }
            }
            queries.chunks_exact_mut(head_width).for_each(|head| rope.rotate(&working.angles, head));
            keys.chunks_exact_mut(head_width).for_each(|head| rope.rotate(&working.angles, head));
            for (head, (key, value)) in keys.chunks_exact(head_width).zip(values.chunks_exact(head_width)).enumerate() {
                cache.keys[index * key_heads + head].extend_from_slice(key);
                cache.values[index * key_heads + head].extend_from_slice(value);
            }
        }
        self.attend(index, cache, working, row_width);
        self.product(
            &layer.attention_output,
            &working.attended,
            query_width,
            &mut working.activations,
            &mut working.scratch,
            &mut working.added,
        );
        self.add(working, layer.attention_output_bias.as_deref(), layer.attention_post_norm.as_deref());
    }

    /// Softmax attention of every query of the batch over the cached positions it may see.
    fn attend(&self, index: usize, cache: &Cache, working: &mut Working, row_width: usize) {
        let config = &self.config;
        let head_width = config.head_width;
        let (heads, shared) = (config.heads, config.heads / config.key_heads);
        let seen_before = cache.tokens;
        let window = config.window.filter(|_| config.is_windowed(index)).map_or(usize::MAX, |window| window.size);
        let rows = working.heads.len() / row_width;
        working.attended.resize(rows * heads * head_width, 0.0);
        let inputs = &working.heads;
        let one = |unit: usize, out: &mut [f32], scores: &mut Vec<f32>| {
            let (offset, head) = (unit / heads, unit % heads);
            let query = &inputs[offset * row_width + head * head_width..][..head_width];
            let end = seen_before + offset + 1;
            let visible = end.saturating_sub(window) * head_width..end * head_width;
            let slot = index * config.key_heads + head / shared;
            kernels::attend(
                self.level,
                query,
                &cache.keys[slot][visible.clone()],
                &cache.values[slot][visible],
                config.attention_scale,
                scores,
                out,
            );
        };
        let work = rows * heads * head_width * (seen_before + rows);
        if work < PARALLEL_ATTENTION {
            let mut scores = Vec::new();
            for (unit, out) in working.attended.chunks_exact_mut(head_width).enumerate() {
                one(unit, out, &mut scores);
            }
        } else {
            let outputs = working.attended.par_chunks_exact_mut(head_width).enumerate();
            outputs.for_each_init(Vec::new, |scores, (unit, out)| one(unit, out, scores));
        }
    }

    /// The gated unit of one layer, added to the residual stream.
    fn hidden(&self, layer: &Layer, working: &mut Working) {
        let config = &self.config;
        let hidden = config.hidden;
        self.normalise(&working.residual, &layer.hidden_norm, &mut working.normed);
        self.product(
            &layer.gate_up,
            &working.normed,
            config.width,
            &mut working.activations,
            &mut working.scratch,
            &mut working.gate_up,
        );
        let rows = working.gate_up.len() / (2 * hidden);
        working.gated.resize(rows * hidden, 0.0);
        let gate = |(row, out): (&[f32], &mut [f32])| {
            let (gate, up) = row.split_at(hidden);
            if config.architecture == Architecture::Gemma3 {
                kernels::geglu(self.level, gate, up, out);
            } else {
                kernels::swiglu(self.level, gate, up, out);
            }
        };
        if rows == 1 {
            gate((&working.gate_up, &mut working.gated));
        } else {
            working.gate_up.par_chunks_exact(2 * hidden).zip(working.gated.par_chunks_exact_mut(hidden)).for_each(gate);
        }
        self.product(
            &layer.down,
            &working.gated,
            hidden,
            &mut working.activations,
            &mut working.scratch,
            &mut working.added,
        );
        self.add(working, None, layer.hidden_post_norm.as_deref());
    }

    fn product(
        &self,
        matrix: &Matrix,
        input: &[f32],
        width: usize,
        activations: &mut Activations,
        scratch: &mut Vec<f32>,
        out: &mut Vec<f32>,
    ) {
        activations.quantise(self.level, input, width);
        matrix.product(self.level, activations, scratch, out);
    }

    fn normalise(&self, values: &[f32], weight: &[f32], out: &mut Vec<f32>) {
        let width = weight.len();
        out.resize(values.len(), 0.0);
        for (values, out) in values.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
            kernels::rms_norm(self.level, values, weight, self.config.epsilon, out);
        }
    }

    /// Adds `working.added`, after its bias and norm, to the residual stream.
    fn add(&self, working: &mut Working, bias: Option<&[f32]>, norm: Option<&[f32]>) {
        if let Some(bias) = bias {
            for row in working.added.chunks_exact_mut(bias.len()) {
                row.iter_mut().zip(bias).for_each(|(value, bias)| *value += bias);
            }
        }
        let added = if let Some(norm) = norm {
            self.normalise(&working.added, norm, &mut working.normed);
            &working.normed
        } else {
            &working.added
        };
        working.residual.iter_mut().zip(added).for_each(|(residual, added)| *residual += added);
    }
}
