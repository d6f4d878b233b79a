//! The same decoders written as plainly as can be, in double precision and without a cache: what
//! the fast forward pass is held against. Weights are rounded to Q8_0 first, so that only the
//! rounding of activations is left to differ.

use std::f64::consts::PI;

use candle_core::quantized::GgmlDType;

use crate::gguf::Gguf;
use crate::model::config::{Architecture, Config};
use crate::model::synthetic::{Entry, Synthetic, WINDOW};
use crate::model::{Cache, Model};
use crate::quantise::{dequantise, quantise_q8_0};

type Rows = Vec<Vec<f64>>;

struct Reference<'a> {
    gguf: &'a Gguf,
    config: Config,
}

impl Reference<'_> {
    /// Logits after the last token.
    fn logits(&self, tokens: &[u32]) -> Vec<f64> {
        let config = &self.config;
        let embedding = self.matrix("token_embd.weight");
        let gemma = config.architecture == Architecture::Gemma3;
        let embedding_scale = if gemma { (config.width as f64).sqrt() } else { 1.0 };
        let mut stream: Rows = tokens
            .iter()
            .map(|token| embedding[*token as usize].iter().map(|value| value * embedding_scale).collect())
            .collect();
        for layer in 0..config.layers {
            let attended = self.attention(layer, &stream);
            self.add(&mut stream, attended, gemma.then(|| format!("blk.{layer}.post_attention_norm.weight")));
            let hidden = stream.iter().map(|row| self.hidden(layer, row)).collect();
            self.add(&mut stream, hidden, gemma.then(|| format!("blk.{layer}.post_ffw_norm.weight")));
        }
        let last = self.norm(stream.last().unwrap(), "output_norm.weight");
        let output =
            if self.gguf.tensors().contains_key("output.weight") { self.matrix("output.weight") } else { embedding };
        times(&output, &last)
    }

    fn attention(&self, layer: usize, stream: &Rows) -> Rows {
        let config = &self.config;
        let name = |part: &str| format!("blk.{layer}.{part}");
        let local = config.architecture == Architecture::Gemma3 && layer % 6 != 5;
        let base = if local { 10_000.0 } else { f64::from(config.rope_base) };
        let project = |part: &str, norm: Option<&str>, rotate: bool| -> Vec<Rows> {
            let weights = self.matrix(&name(&format!("{part}.weight")));
            stream
                .iter()
                .enumerate()
                .map(|(position, row)| {
                    let mut out = times(&weights, &self.norm(row, &name("attn_norm.weight")));
                    if self.gguf.tensors().contains_key(&name(&format!("{part}.bias"))) {
                        let bias = self.vector(&name(&format!("{part}.bias")));
                        out.iter_mut().zip(bias).for_each(|(out, bias)| *out += bias);
                    }
                    out.chunks(config.head_width)
                        .map(|head| {
                            let head = match norm {
                                Some(norm) if config.architecture.normalises_heads() => self.norm(head, &name(norm)),
                                _ => head.to_vec(),
                            };
                            if rotate { self.rotated(&head, position, base) } else { head }
                        })
                        .collect()
                })
                .collect()
        };
        let queries = project("attn_q", Some("attn_q_norm.weight"), true);
        let keys = project("attn_k", Some("attn_k_norm.weight"), true);
        let values = project("attn_v", None, false);
        let output = self.matrix(&name("attn_output.weight"));
        let shared = config.heads / config.key_heads;
        (0..stream.len())
            .map(|position| {
                let mut joined = Vec::new();
                for head in 0..config.heads {
                    let visible: Vec<usize> =
                        (0..=position).filter(|earlier| !local || position - earlier < WINDOW).collect();
                    let weights: Vec<f64> = visible
                        .iter()
                        .map(|at| {
                            let score = dot(&queries[position][head], &keys[*at][head / shared]);
                            (score / (config.head_width as f64).sqrt()).exp()
                        })
                        .collect();
                    let total: f64 = weights.iter().sum();
                    joined.extend((0..config.head_width).map(|column| {
                        let mixed: f64 =
                            visible.iter().zip(&weights).map(|(at, w)| w * values[*at][head / shared][column]).sum();
                        mixed / total
                    }));
                }
                times(&output, &joined)
            })
            .collect()
    }

    fn rotated(&self, head: &[f64], position: usize, base: f64) -> Vec<f64> {
        let half = head.len() / 2;
        let mut out = head.to_vec();
        for pair in 0..half {
            let angle = position as f64 * base.powf(-2.0 * pair as f64 / head.len() as f64);
            let (x, y) = if self.config.architecture == Architecture::Llama {
                (2 * pair, 2 * pair + 1)
            } else {
                (pair, pair + half)
            };
            out[x] = head[x] * angle.cos() - head[y] * angle.sin();
            out[y] = head[x] * angle.sin() + head[y] * angle.cos();
        }
        out
    }

    fn hidden(&self, layer: usize, row: &[f64]) -> Vec<f64> {
        let name = |part: &str| format!("blk.{layer}.{part}.weight");
        let input = self.norm(row, &name("ffn_norm"));
        let gate = times(&self.matrix(&name("ffn_gate")), &input);
        let up = times(&self.matrix(&name("ffn_up")), &input);
        let gated: Vec<f64> = gate
            .iter()
            .zip(up)
            .map(|(gate, up)| {
                if self.config.architecture == Architecture::Gemma3 {
                    0.5 * gate * (1.0 + ((2.0 / PI).sqrt() * (gate + 0.044_715 * gate.powi(3))).tanh()) * up
                } else {
                    gate / (1.0 + (-gate).exp()) * up
                }
            })
            .collect();
        times(&self.matrix(&name("ffn_down")), &gated)
    }

    fn add(&self, stream: &mut Rows, added: Rows, norm: Option<String>) {
        for (row, added) in stream.iter_mut().zip(added) {
            let added = norm.as_ref().map_or(added.clone(), |norm| self.norm(&added, norm));
            row.iter_mut().zip(added).for_each(|(value, added)| *value += added);
        }
    }

    fn norm(&self, row: &[f64], weight: &str) -> Vec<f64> {
        let mean = dot(row, row) / row.len() as f64;
        let scale = 1.0 / (mean + f64::from(self.config.epsilon)).sqrt();
        row.iter().zip(self.vector(weight)).map(|(value, weight)| value * scale * weight).collect()
    }

    fn vector(&self, name: &str) -> Vec<f64> {
        let values = dequantise(GgmlDType::F32, &self.gguf.tensor_bytes(name).unwrap()).unwrap();
        values.into_iter().map(f64::from).collect()
    }

    fn matrix(&self, name: &str) -> Rows {
        let info = &self.gguf.tensors()[name];
        let values = dequantise(info.kind, &self.gguf.tensor_bytes(name).unwrap()).unwrap();
        let mut rounded = Vec::new();
        quantise_q8_0(&values, &mut rounded);
        let values = dequantise(GgmlDType::Q8_0, &rounded).unwrap();
        values.chunks(info.columns).map(|row| row.iter().map(|value| f64::from(*value)).collect()).collect()
    }
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

fn times(matrix: &Rows, vector: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| dot(row, vector)).collect()
}

/// Root mean square of the difference over that of the expected logits.
fn distance(expected: &[f64], found: &[f32]) -> f64 {
    let difference: f64 =
        expected.iter().zip(found).map(|(expected, found)| (expected - f64::from(*found)).powi(2)).sum();
    (difference / dot(expected, expected)).sqrt()
}

fn advance(model: &Model, tokens: &[u32], cache: &mut Cache) -> Vec<f32> {
    let mut logits = Vec::new();
    assert!(model.advance(tokens, cache, &mut logits, &|| false).unwrap());
    logits
}

#[test]
fn every_family_agrees_with_its_reference() {
    let tokens: Vec<u32> = (0..17).map(|index| index * 11 % 250).collect();
    for architecture in Architecture::ALL {
        let gguf = Synthetic::new(architecture).gguf();
        let reference = Reference { gguf: &gguf, config: Config::read(&gguf).unwrap() };
        let model = Model::read(&gguf, 2).unwrap();
        for length in [1, 2, 17] {
            let expected = reference.logits(&tokens[..length]);
            let at_once = advance(&model, &tokens[..length], &mut Cache::default());
            let mut cache = Cache::default();
            let mut one_by_one = Vec::new();
            for token in &tokens[..length] {
                one_by_one = advance(&model, &[*token], &mut cache);
            }
            for (how, found) in [("at once", at_once), ("one by one", one_by_one)] {
                let distance = distance(&expected, &found);
                // Activations are rounded to eight bits at every product; seven layers add up to 0.031 at most.
                assert!(distance < 0.04, "{} {length} tokens {how}: {distance}", architecture.as_str());
            }
        }
    }
}

#[test]
fn a_prompt_over_several_batches_equals_its_tokens_one_by_one() {
    let mut file = Synthetic::new(Architecture::Llama);
    file.set("llama.context_length", Entry::Count(512));
    let model = Model::read(&file.gguf(), 2).unwrap();
    let tokens: Vec<u32> = (0..300).map(|index| index * 7 % 255).collect();
    let at_once = advance(&model, &tokens, &mut Cache::default());
    let mut cache = Cache::default();
    let mut last = Vec::new();
    for token in &tokens {
        last = advance(&model, &[*token], &mut cache);
    }
    let last: Vec<f64> = last.into_iter().map(f64::from).collect();
    assert!(distance(&last, &at_once) < 1e-3);
    assert_eq!(cache.tokens(), 300);
}

#[test]
fn what_a_family_does_not_have_is_refused() {
    let load = |change: &dyn Fn(&mut Synthetic)| {
        let mut file = Synthetic::new(Architecture::Llama);
        change(&mut file);
        Model::read(&file.gguf(), 1).err().map(|error| error.to_string()).unwrap_or_default()
    };
    let refused = load(&|file| file.set("general.architecture", Entry::Text("mamba".to_owned())));
    assert!(refused.contains("`mamba`") && refused.contains("qwen3"), "{refused}");
    assert!(load(&|file| file.set("llama.expert_count", Entry::Count(8))).contains("mixture of experts"));
    assert!(load(&|file| file.set("llama.rope.scaling.type", Entry::Text("yarn".to_owned()))).contains("yarn"));
    assert!(load(&|file| file.set("llama.block_count", Entry::Count(1))).contains("blk.1."));
    assert!(load(&|file| file.set("llama.block_count", Entry::Count(3))).contains("missing"));
    assert!(load(&|file| file.set("llama.embedding_length", Entry::Count(32))).contains("expected"));
    assert!(
        load(&|file| file.tensors.push(("blk.0.mystery.weight".to_owned(), 32, 0, vec![0.0; 32]))).contains("mystery")
    );
    assert!(load(&|file| file.tensors[0].3[0] = f32::NAN).contains("not a finite number"));
    assert_eq!(load(&|_| ()), "");
}

#[test]
fn bad_tokens_and_full_contexts_are_errors_and_a_stop_is_heard() {
    let model = Model::read(&Synthetic::new(Architecture::Qwen3).gguf(), 1).unwrap();
    let mut logits = Vec::new();
    assert!(model.advance(&[9999], &mut Cache::default(), &mut logits, &|| false).is_err());
    assert!(model.advance(&[1; 97], &mut Cache::default(), &mut logits, &|| false).is_err());
    assert!(!model.advance(&[1; 90], &mut Cache::default(), &mut logits, &|| true).unwrap());
}
