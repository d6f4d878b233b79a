//! Text to token ids and back, by the rules that a GGUF file names and this crate knows.
//!
//! Ids must equal llama.cpp's, since that is what models are used with; golden files hold us to
//! it. A file that names rules unknown here is refused: a near miss still answers, only worse.

mod bpe;
mod pre;
mod sentencepiece;
mod special;
mod stream;

pub use stream::TextStream;

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::gguf::{Gguf, Value};
use bpe::BytePairs;
use sentencepiece::SentencePieces;
use special::{Piece, Specials};

/// What a token is, as `tokenizer.ggml.token_type` numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A piece of text.
    Normal,
    /// Stands for what cannot be encoded.
    Unknown,
    /// Steers the model and has no text.
    Control,
    /// Text that was made a token of its own.
    UserDefined,
    /// Reserved.
    Unused,
    /// One byte.
    Byte,
}

/// A file's tokenizer.
pub struct Tokenizer {
    vocabulary: Vec<Token>,
    ids: HashMap<String, u32>,
    specials: Specials,
    rules: Rules,
    bos: Option<u32>,
    eos: Option<u32>,
    add_bos: bool,
    add_eos: bool,
    ends: Vec<u32>,
}

/// One entry of the vocabulary.
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) kind: TokenKind,
}

enum Rules {
    BytePairs(BytePairs),
    SentencePieces(SentencePieces),
}

/// Names of tokens that end a turn even where the metadata do not say so.
const TURN_ENDS: [&str; 7] =
    ["<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<end_of_turn>", "<|end|>", "<|endoftext|>", "<|end_of_text|>"];

impl Tokenizer {
    /// Builds the tokenizer a file describes.
    ///
    /// # Errors
    /// [`Error::Tokenizer`] when the file names a tokenizer or pre-tokenizer that is not known.
    pub fn read(gguf: &Gguf) -> Result<Self> {
        let model =
            gguf.text("tokenizer.ggml.model").ok_or_else(|| Error::Tokenizer("the file has none".to_owned()))?;
        let vocabulary = read_vocabulary(gguf)?;
        let mut ids = HashMap::with_capacity(vocabulary.len());
        for (id, token) in vocabulary.iter().enumerate() {
            ids.insert(token.text.clone(), id as u32);
        }
        let (rules, default_bos) = match model {
            "gpt2" => {
                let name = gguf.text("tokenizer.ggml.pre");
                let pre = pre::PreTokenizer::by_name(name)?;
                let merges = match gguf.get("tokenizer.ggml.merges") {
                    Some(Value::Texts(merges)) => merges,
                    _ => return Err(Error::Tokenizer("the file has no merges".to_owned())),
                };
                (Rules::BytePairs(BytePairs::new(&vocabulary, merges, pre)?), pre.adds_bos)
            }
            "llama" => {
                let scores = match gguf.get("tokenizer.ggml.scores") {
                    Some(Value::Floats(scores)) if scores.len() == vocabulary.len() => scores.clone(),
                    _ => return Err(Error::Tokenizer("scores are missing or not one a token".to_owned())),
                };
                let prefix = gguf.flag("tokenizer.ggml.add_space_prefix").unwrap_or(true);
                let unknown = gguf.count("tokenizer.ggml.unknown_token_id")?.map(|id| id as u32);
                (Rules::SentencePieces(SentencePieces::new(&vocabulary, &ids, scores, prefix, unknown)), true)
            }
            other => return Err(Error::Tokenizer(format!("`{other}` is not one of gpt2, llama"))),
        };
        let id = |key: &str| -> Result<Option<u32>> {
            let id = gguf.count(&format!("tokenizer.ggml.{key}"))?;
            match id {
                Some(id) if id >= vocabulary.len() => {
                    Err(Error::gguf(format!("`{key}` {id} is not in the vocabulary")))
                }
                id => Ok(id.map(|id| id as u32)),
            }
        };
        let bos = id("bos_token_id")?;
        let eos = id("eos_token_id")?;
        let mut ends: Vec<u32> = [eos, id("eot_token_id")?, id("eom_token_id")?].into_iter().flatten().collect();
        ends.extend(
            TURN_ENDS
                .iter()
                .filter_map(|name| ids.get(*name))
                .filter(|id| matches!(vocabulary[**id as usize].kind, TokenKind::Control | TokenKind::UserDefined)),
        );
        ends.sort_unstable();
        ends.dedup();
        Ok(Self {
            specials: Specials::new(&vocabulary),
            vocabulary,
            ids,
            rules,
            bos,
            eos,
            add_bos: gguf.flag("tokenizer.ggml.add_bos_token").unwrap_or(default_bos),
            add_eos: gguf.flag("tokenizer.ggml.add_eos_token").unwrap_or(false),
            ends,
        })
    }

    /// Token ids of `text`. With `parse_special`, the names of control tokens in the text become
    /// those tokens; without, they are text like any other.
    pub fn encode(&self, text: &str, parse_special: bool) -> Result<Vec<u32>> {
        let mut out = Vec::new();
        let mut after_special = true;
        for piece in self.specials.split(text, parse_special) {
            match piece {
                Piece::Special(id) => {
                    out.push(id);
                    after_special = true;
                }
                Piece::Text(text) => {
                    match &self.rules {
                        Rules::BytePairs(rules) => rules.encode(text, &mut out)?,
                        Rules::SentencePieces(rules) => rules.encode(text, after_special, &mut out),
                    }
                    after_special = false;
                }
            }
        }
        Ok(out)
    }

    /// Ids of a whole prompt: special tokens are parsed, and the beginning and end tokens that the
    /// file asks for are added, the beginning only where the text does not start with it already.
    pub fn encode_prompt(&self, text: &str) -> Result<Vec<u32>> {
        let mut ids = self.encode(text, true)?;
        if let Some(bos) = self.bos.filter(|bos| self.add_bos && ids.first() != Some(bos)) {
            ids.insert(0, bos);
        }
        if let Some(eos) = self.eos.filter(|_| self.add_eos) {
            ids.push(eos);
        }
        Ok(ids)
    }

    /// Appends the bytes that a token adds to the text. Control tokens add none.
    pub fn bytes_of(&self, id: u32, out: &mut Vec<u8>) {
        let Some(token) = self.vocabulary.get(id as usize) else { return };
        match token.kind {
            TokenKind::Control | TokenKind::Unused | TokenKind::Unknown => {}
            TokenKind::UserDefined => out.extend_from_slice(token.text.as_bytes()),
            TokenKind::Normal | TokenKind::Byte => match &self.rules {
                Rules::BytePairs(_) => bpe::decode(&token.text, out),
                Rules::SentencePieces(_) => sentencepiece::decode(token, out),
            },
        }
    }

    /// The text of ids, invalid UTF-8 replaced.
    pub fn decode(&self, ids: &[u32]) -> String {
        let mut bytes = Vec::new();
        for id in ids {
            self.bytes_of(*id, &mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Whether a token ends an answer.
    pub fn is_end(&self, id: u32) -> bool {
        self.ends.contains(&id)
    }

    /// The id of a token by its exact name.
    pub fn id(&self, name: &str) -> Option<u32> {
        self.ids.get(name).copied()
    }

    /// The name of a token.
    pub fn name(&self, id: u32) -> Option<&str> {
        self.vocabulary.get(id as usize).map(|token| token.text.as_str())
    }

    /// The name of the token that begins a text, where the file has one.
    pub fn bos_text(&self) -> &str {
        self.bos.and_then(|id| self.name(id)).unwrap_or_default()
    }

    /// The name of the token that ends a text, where the file has one.
    pub fn eos_text(&self) -> &str {
        self.eos.and_then(|id| self.name(id)).unwrap_or_default()
    }

    /// Tokens in the vocabulary.
    pub fn len(&self) -> usize {
        self.vocabulary.len()
    }

    /// Whether there are no tokens at all.
    pub fn is_empty(&self) -> bool {
        self.vocabulary.is_empty()
    }
}

fn read_vocabulary(gguf: &Gguf) -> Result<Vec<Token>> {
    let Some(Value::Texts(texts)) = gguf.get("tokenizer.ggml.tokens") else {
        return Err(Error::Tokenizer("the file has no vocabulary".to_owned()));
    };
    let kinds = match gguf.get("tokenizer.ggml.token_type") {
        Some(Value::Integers(kinds)) if kinds.len() == texts.len() => kinds,
        _ => return Err(Error::Tokenizer("token types are missing or not one a token".to_owned())),
    };
    texts
        .iter()
        .zip(kinds)
        .map(|(text, kind)| {
            let kind = match kind {
                1 => TokenKind::Normal,
                2 => TokenKind::Unknown,
                3 => TokenKind::Control,
                4 => TokenKind::UserDefined,
                5 => TokenKind::Unused,
                6 => TokenKind::Byte,
                other => return Err(Error::Tokenizer(format!("token type {other}"))),
            };
            Ok(Token { text: text.clone(), kind })
        })
        .collect()
}
