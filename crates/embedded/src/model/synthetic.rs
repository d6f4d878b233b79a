//! Tiny GGUF files of every family with weights from a fixed stream of numbers, so that tests mean
//! something without a download.

use std::io::Cursor;

use crate::gguf::Gguf;
use crate::model::config::Architecture;

pub(crate) const WIDTH: usize = 64;
pub(crate) const HEADS: usize = 4;
pub(crate) const KEY_HEADS: usize = 2;
pub(crate) const HIDDEN: usize = 96;
pub(crate) const CONTEXT: usize = 96;
pub(crate) const WINDOW: usize = 5;

/// A metadata value to be written.
#[derive(Clone)]
pub(crate) enum Entry {
    Count(u32),
    Float(f32),
    Flag(bool),
    Text(String),
    Texts(Vec<String>),
    Counts(Vec<i32>),
    Floats(Vec<f32>),
}

/// A file to be written.
pub(crate) struct Synthetic {
    pub(crate) metadata: Vec<(String, Entry)>,
    /// Name, columns, rows (0 for a vector) and values.
    pub(crate) tensors: Vec<(String, usize, usize, Vec<f32>)>,
}

pub(crate) fn head_width(architecture: Architecture) -> usize {
    if architecture == Architecture::Gemma3 { 32 } else { 16 }
}

impl Synthetic {
    /// A model of the family. Its vocabulary is a token a byte, some merges and two control tokens.
    pub(crate) fn new(architecture: Architecture) -> Self {
        let mut file = Self { metadata: Vec::new(), tensors: Vec::new() };
        let gemma = architecture == Architecture::Gemma3;
        let layers = if gemma { 7 } else { 2 };
        let prefix = architecture.as_str();
        let keyed = |key: &str| format!("{prefix}.{key}");
        file.set("general.architecture", Entry::Text(prefix.to_owned()));
        file.set("general.name", Entry::Text(format!("tiny {prefix}")));
        file.set("general.file_type", Entry::Count(0));
        file.set(&keyed("block_count"), Entry::Count(layers));
        file.set(&keyed("context_length"), Entry::Count(CONTEXT as u32));
        file.set(&keyed("embedding_length"), Entry::Count(WIDTH as u32));
        file.set(&keyed("feed_forward_length"), Entry::Count(HIDDEN as u32));
        file.set(&keyed("attention.head_count"), Entry::Count(HEADS as u32));
        file.set(&keyed("attention.head_count_kv"), Entry::Count(KEY_HEADS as u32));
        file.set(&keyed("attention.key_length"), Entry::Count(head_width(architecture) as u32));
        file.set(&keyed("attention.layer_norm_rms_epsilon"), Entry::Float(1e-6));
        file.set(&keyed("rope.freq_base"), Entry::Float(10_000.0));
        if gemma {
            file.set(&keyed("attention.sliding_window"), Entry::Count(WINDOW as u32));
        }
        let vocabulary = if gemma { file.sentence_pieces() } else { file.byte_pairs() };
        file.set("tokenizer.ggml.bos_token_id", Entry::Count(vocabulary - 2));
        file.set("tokenizer.ggml.eos_token_id", Entry::Count(vocabulary - 1));
        file.set("tokenizer.ggml.add_bos_token", Entry::Flag(true));
        file.weights(architecture, layers as usize, vocabulary as usize);
        file
    }

    pub(crate) fn set(&mut self, key: &str, entry: Entry) {
        self.metadata.retain(|(known, _)| known != key);
        self.metadata.push((key.to_owned(), entry));
    }

    fn byte_pairs(&mut self) -> u32 {
        let mut next = 0x100;
        let mut tokens: Vec<String> = (0..=u8::MAX)
            .map(|byte| {
                if matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff) {
                    char::from(byte).to_string()
                } else {
                    next += 1;
                    char::from_u32(next - 1).unwrap().to_string()
                }
            })
            .collect();
        let merges = ["t h", "th e", "\u{120} a"];
        tokens.extend(merges.iter().map(|merge| merge.replace(' ', "")));
        let kinds = self.finish_vocabulary(tokens, 1);
        self.set("tokenizer.ggml.model", Entry::Text("gpt2".to_owned()));
        self.set("tokenizer.ggml.pre", Entry::Text("smollm".to_owned()));
        self.set("tokenizer.ggml.merges", Entry::Texts(merges.iter().map(|merge| (*merge).to_owned()).collect()));
        kinds
    }

    fn sentence_pieces(&mut self) -> u32 {
        let mut tokens: Vec<String> = (0..=u8::MAX).map(|byte| format!("<0x{byte:02X}>")).collect();
        tokens.extend(["t", "h", "e", "th", "the", "\u{2581}", "\u{2581}the"].map(str::to_owned));
        let count = self.finish_vocabulary(tokens, 6);
        self.set("tokenizer.ggml.model", Entry::Text("llama".to_owned()));
        self.set("tokenizer.ggml.scores", Entry::Floats((0..count).map(|id| -(id as f32)).collect()));
        self.set("tokenizer.ggml.add_space_prefix", Entry::Flag(false));
        count
    }

    /// Adds the control tokens and types; the first 256 tokens are of type `bytes`.
    fn finish_vocabulary(&mut self, mut tokens: Vec<String>, bytes: i32) -> u32 {
        let mut kinds = vec![bytes; 256];
        kinds.resize(tokens.len(), 1);
        tokens.extend(["<s>", "</s>"].map(str::to_owned));
        kinds.extend([3, 3]);
        let count = tokens.len() as u32;
        self.set("tokenizer.ggml.tokens", Entry::Texts(tokens));
        self.set("tokenizer.ggml.token_type", Entry::Counts(kinds));
        count
    }

    fn weights(&mut self, architecture: Architecture, layers: usize, vocabulary: usize) {
        let mut numbers = Numbers(0x9e37_79b9);
        let head = head_width(architecture);
        let (queries, keys) = (HEADS * head, KEY_HEADS * head);
        let gemma = architecture == Architecture::Gemma3;
        self.matrix(&mut numbers, "token_embd.weight", WIDTH, vocabulary);
        self.norm(&mut numbers, "output_norm.weight", WIDTH);
        if architecture == Architecture::Llama {
            self.matrix(&mut numbers, "output.weight", WIDTH, vocabulary);
        }
        for layer in 0..layers {
            let name = |part: &str| format!("blk.{layer}.{part}");
            self.norm(&mut numbers, &name("attn_norm.weight"), WIDTH);
            for (part, rows) in [("attn_q", queries), ("attn_k", keys), ("attn_v", keys)] {
                self.matrix(&mut numbers, &name(&format!("{part}.weight")), WIDTH, rows);
                if architecture == Architecture::Qwen2 {
                    let bias = (0..rows).map(|_| numbers.next()).collect();
                    self.tensors.push((name(&format!("{part}.bias")), rows, 0, bias));
                }
            }
            if architecture.normalises_heads() {
                self.norm(&mut numbers, &name("attn_q_norm.weight"), head);
                self.norm(&mut numbers, &name("attn_k_norm.weight"), head);
            }
            self.matrix(&mut numbers, &name("attn_output.weight"), queries, WIDTH);
            self.norm(&mut numbers, &name("ffn_norm.weight"), WIDTH);
            self.matrix(&mut numbers, &name("ffn_gate.weight"), WIDTH, HIDDEN);
            self.matrix(&mut numbers, &name("ffn_up.weight"), WIDTH, HIDDEN);
            self.matrix(&mut numbers, &name("ffn_down.weight"), HIDDEN, WIDTH);
            if gemma {
                self.norm(&mut numbers, &name("post_attention_norm.weight"), WIDTH);
                self.norm(&mut numbers, &name("post_ffw_norm.weight"), WIDTH);
            }
        }
    }

    fn matrix(&mut self, numbers: &mut Numbers, name: &str, columns: usize, rows: usize) {
        let scale = 2.0 / (columns as f32).sqrt();
        let values = (0..columns * rows).map(|_| numbers.next() * scale).collect();
        self.tensors.push((name.to_owned(), columns, rows, values));
    }

    fn norm(&mut self, numbers: &mut Numbers, name: &str, width: usize) {
        let values = (0..width).map(|_| 1.0 + 0.3 * numbers.next()).collect();
        self.tensors.push((name.to_owned(), width, 0, values));
    }

    /// The file's bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = b"GGUF\x03\0\0\0".to_vec();
        out.extend((self.tensors.len() as u64).to_le_bytes());
        out.extend((self.metadata.len() as u64).to_le_bytes());
        for (key, entry) in &self.metadata {
            text(&mut out, key);
            entry.write(&mut out);
        }
        let mut offset = 0_u64;
        for (name, columns, rows, values) in &self.tensors {
            text(&mut out, name);
            out.extend((if *rows == 0 { 1_u32 } else { 2 }).to_le_bytes());
            out.extend((*columns as u64).to_le_bytes());
            if *rows > 0 {
                out.extend((*rows as u64).to_le_bytes());
            }
            out.extend(0_u32.to_le_bytes());
            out.extend(offset.to_le_bytes());
            offset = (offset + 4 * values.len() as u64).next_multiple_of(32);
        }
        for (_, _, _, values) in &self.tensors {
            out.resize(out.len().next_multiple_of(32), 0);
            out.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        }
        out
    }

    /// The file, read.
    pub(crate) fn gguf(&self) -> Gguf {
        Gguf::read(Box::new(Cursor::new(self.bytes()))).unwrap()
    }
}

impl Entry {
    fn write(&self, out: &mut Vec<u8>) {
        let number = |out: &mut Vec<u8>, kind: u32| out.extend(kind.to_le_bytes());
        let array = |out: &mut Vec<u8>, kind: u32, length: usize| {
            out.extend(9_u32.to_le_bytes());
            out.extend(kind.to_le_bytes());
            out.extend((length as u64).to_le_bytes());
        };
        match self {
            Self::Count(value) => {
                number(out, 4);
                out.extend(value.to_le_bytes());
            }
            Self::Float(value) => {
                number(out, 6);
                out.extend(value.to_le_bytes());
            }
            Self::Flag(value) => {
                number(out, 7);
                out.push(u8::from(*value));
            }
            Self::Text(value) => {
                number(out, 8);
                text(out, value);
            }
            Self::Texts(values) => {
                array(out, 8, values.len());
                for value in values {
                    text(out, value);
                }
            }
            Self::Counts(values) => {
                array(out, 5, values.len());
                out.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            }
            Self::Floats(values) => {
                array(out, 6, values.len());
                out.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            }
        }
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

/// Numbers between -1 and 1, the same on every machine.
struct Numbers(u32);

impl Numbers {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as f32 / u32::MAX as f32 * 2.0 - 1.0
    }
}
