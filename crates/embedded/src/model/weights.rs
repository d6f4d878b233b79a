//! Tensors by name, into matrices and vectors of the right shape. What a file has and the family
//! does not is refused: it would mean another model than the one computed.

use std::collections::BTreeSet;

use crate::error::{Error, Result};
use crate::gguf::Gguf;
use crate::matrix::{Matrix, Part};
use crate::model::config::Config;
use crate::quantise::dequantise;

/// Weights of the whole decoder.
pub(crate) struct Weights {
    pub(crate) embedding: Matrix,
    /// The output matrix; `None` when the embedding serves as such.
    pub(crate) output: Option<Matrix>,
    pub(crate) output_norm: Vec<f32>,
    pub(crate) layers: Vec<Layer>,
    /// What rotary frequencies are divided by, where the file says so.
    pub(crate) rope_factors: Option<Vec<f32>>,
}

/// Weights of one layer.
pub(crate) struct Layer {
    pub(crate) attention_norm: Vec<f32>,
    /// Queries, keys and values stacked.
    pub(crate) query_key_value: Matrix,
    /// Bias of the same rows, where the family has it.
    pub(crate) query_key_value_bias: Option<Vec<f32>>,
    /// Norms of a query's and a key's head.
    pub(crate) head_norms: Option<(Vec<f32>, Vec<f32>)>,
    pub(crate) attention_output: Matrix,
    pub(crate) attention_output_bias: Option<Vec<f32>>,
    pub(crate) attention_post_norm: Option<Vec<f32>>,
    pub(crate) hidden_norm: Vec<f32>,
    /// Gate and up stacked.
    pub(crate) gate_up: Matrix,
    pub(crate) down: Matrix,
    pub(crate) hidden_post_norm: Option<Vec<f32>>,
}

impl Weights {
    /// Reads and packs all tensors. Runs on the rayon pool of the calling thread.
    pub(crate) fn read(gguf: &Gguf, config: &Config) -> Result<Self> {
        let mut reader = Reader { gguf, left: gguf.tensors().keys().map(String::as_str).collect() };
        let gemma = config.window.is_some() || config.architecture == super::config::Architecture::Gemma3;
        let query_rows = config.heads * config.head_width;
        let key_rows = config.key_heads * config.head_width;

        let vocabulary = gguf
            .tensors()
            .get("token_embd.weight")
            .ok_or_else(|| Error::gguf("tensor `token_embd.weight` is missing"))?
            .rows;
        let embedding = reader.matrix(&[("token_embd.weight", vocabulary)], config.width)?;
        let output = if reader.has("output.weight") {
            Some(reader.matrix(&[("output.weight", vocabulary)], config.width)?)
        } else {
            None
        };
        let output_norm = reader.vector("output_norm.weight", config.width)?;
        let rope_factors = reader.optional_vector("rope_freqs.weight", config.rotated / 2)?;

        let mut layers = Vec::with_capacity(config.layers);
        for index in 0..config.layers {
            let name = |part: &str| format!("blk.{index}.{part}");
            let (query, key, value) = (name("attn_q"), name("attn_k"), name("attn_v"));
            layers.push(Layer {
                attention_norm: reader.vector(&name("attn_norm.weight"), config.width)?,
                query_key_value: reader.matrix(
                    &[
                        (&format!("{query}.weight"), query_rows),
                        (&format!("{key}.weight"), key_rows),
                        (&format!("{value}.weight"), key_rows),
                    ],
                    config.width,
                )?,
                query_key_value_bias: if reader.has(&format!("{query}.bias")) {
                    let mut bias = reader.vector(&format!("{query}.bias"), query_rows)?;
                    bias.extend(reader.vector(&format!("{key}.bias"), key_rows)?);
                    bias.extend(reader.vector(&format!("{value}.bias"), key_rows)?);
                    Some(bias)
                } else {
                    None
                },
                head_norms: if config.architecture.normalises_heads() {
                    Some((
                        reader.vector(&name("attn_q_norm.weight"), config.head_width)?,
                        reader.vector(&name("attn_k_norm.weight"), config.head_width)?,
                    ))
                } else {
                    None
                },
                attention_output: reader.matrix(&[(&name("attn_output.weight"), config.width)], query_rows)?,
                attention_output_bias: reader.optional_vector(&name("attn_output.bias"), config.width)?,
                attention_post_norm: if gemma {
                    Some(reader.vector(&name("post_attention_norm.weight"), config.width)?)
                } else {
                    None
                },
                hidden_norm: reader.vector(&name("ffn_norm.weight"), config.width)?,
                gate_up: reader.matrix(
                    &[(&name("ffn_gate.weight"), config.hidden), (&name("ffn_up.weight"), config.hidden)],
                    config.width,
                )?,
                down: reader.matrix(&[(&name("ffn_down.weight"), config.width)], config.hidden)?,
                hidden_post_norm: if gemma {
                    Some(reader.vector(&name("post_ffw_norm.weight"), config.width)?)
                } else {
                    None
                },
            });
        }
        if let Some(name) = reader.left.first() {
            return Err(Error::Unsupported(format!(
                "tensor `{name}`, which the {} architecture does not have here",
                config.architecture.as_str()
            )));
        }
        Ok(Self { embedding, output, output_norm, layers, rope_factors })
    }

    /// Bytes of all matrices.
    pub(crate) fn bytes(&self) -> usize {
        let layers: usize = self
            .layers
            .iter()
            .map(|layer| {
                [&layer.query_key_value, &layer.attention_output, &layer.gate_up, &layer.down]
                    .map(Matrix::bytes)
                    .iter()
                    .sum::<usize>()
            })
            .sum();
        layers + self.embedding.bytes() + self.output.as_ref().map_or(0, Matrix::bytes)
    }
}

/// Takes tensors from a file and keeps count of those not taken.
struct Reader<'a> {
    gguf: &'a Gguf,
    left: BTreeSet<&'a str>,
}

impl Reader<'_> {
    fn has(&self, name: &str) -> bool {
        self.left.contains(name)
    }

    fn matrix(&mut self, parts: &[(&str, usize)], columns: usize) -> Result<Matrix> {
        let mut loaded = Vec::with_capacity(parts.len());
        for (name, rows) in parts {
            let info = self.take(name, *rows, columns)?;
            loaded.push((info.kind, *rows, self.gguf.tensor_bytes(name)?));
        }
        let parts: Vec<Part<'_>> =
            loaded.iter().map(|(kind, rows, bytes)| Part { kind: *kind, rows: *rows, bytes }).collect();
        Matrix::stack(&parts, columns)
    }

    fn vector(&mut self, name: &str, length: usize) -> Result<Vec<f32>> {
        let info = self.take(name, 1, length)?;
        dequantise(info.kind, &self.gguf.tensor_bytes(name)?)
    }

    fn optional_vector(&mut self, name: &str, length: usize) -> Result<Option<Vec<f32>>> {
        if self.has(name) { self.vector(name, length).map(Some) } else { Ok(None) }
    }

    fn take(&mut self, name: &str, rows: usize, columns: usize) -> Result<&crate::gguf::TensorInfo> {
        let info = self.gguf.tensors().get(name).ok_or_else(|| Error::gguf(format!("tensor `{name}` is missing")))?;
        if info.rows != rows || info.columns != columns {
            return Err(Error::gguf(format!(
                "tensor `{name}` is {}x{}, expected {columns}x{rows}",
                info.columns, info.rows
            )));
        }
        self.left.remove(name);
        Ok(info)
    }
}
