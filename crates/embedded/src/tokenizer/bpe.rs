//! Byte-level byte-pair encoding.

use std::collections::HashMap;
use std::sync::LazyLock;

use tokenizers::Model;
use tokenizers::models::bpe::BPE;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::tokenizer::{OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer as _};

use crate::error::{Error, Result};
use crate::tokenizer::Token;
use crate::tokenizer::pre::PreTokenizer;

/// Merges and cuts of a file.
pub(crate) struct BytePairs {
    model: BPE,
    cuts: Sequence,
}

impl BytePairs {
    pub(crate) fn new(vocabulary: &[Token], merges: &[String], pre: PreTokenizer) -> Result<Self> {
        // A vocabulary may hold a text twice (padding entries); the first is the one merges make.
        let mut ids: HashMap<String, u32> = HashMap::with_capacity(vocabulary.len());
        for (id, token) in vocabulary.iter().enumerate() {
            ids.entry(token.text.clone()).or_insert(id as u32);
        }
        let merges = merges
            .iter()
            .map(|merge| {
                // The blank that separates the two is never part of byte-level text.
                let (left, right) =
                    merge.split_once(' ').ok_or_else(|| Error::Tokenizer(format!("merge `{merge}` is not a pair")))?;
                Ok((left.to_owned(), right.to_owned()))
            })
            .collect::<Result<Vec<_>>>()?;
        let model = BPE::builder()
            .vocab_and_merges(
                ids.into_iter().collect::<Vec<_>>().into_iter().collect::<tokenizers::models::bpe::Vocab>(),
                merges,
            )
            .ignore_merges(pre.whole_pieces)
            .build()
            .map_err(|error| Error::Tokenizer(error.to_string()))?;
        Ok(Self { model, cuts: pre.build()? })
    }

    pub(crate) fn encode(&self, text: &str, out: &mut Vec<u32>) -> Result<()> {
        let failed = |error: tokenizers::Error| Error::Tokenizer(error.to_string());
        let mut pieces = PreTokenizedString::from(text);
        self.cuts.pre_tokenize(&mut pieces).map_err(failed)?;
        for (piece, _, _) in pieces.get_splits(OffsetReferential::Normalized, OffsetType::Byte) {
            out.extend(self.model.tokenize(piece).map_err(failed)?.iter().map(|token| token.id));
        }
        Ok(())
    }
}

/// Bytes of a token's text: each letter stands for one byte; what is no such letter stands for itself.
pub(crate) fn decode(text: &str, out: &mut Vec<u8>) {
    for letter in text.chars() {
        if let Some(byte) = BYTES.get(&letter) {
            out.push(*byte);
        } else {
            out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

/// GPT-2's letters for bytes: printable Latin-1 stands for itself, the rest follows from U+0100 on.
static BYTES: LazyLock<HashMap<char, u8>> = LazyLock::new(|| {
    let mut next = 0x100;
    (0..=u8::MAX)
        .filter_map(|byte| {
            let letter = if matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff) {
                char::from(byte)
            } else {
                next += 1;
                char::from_u32(next - 1)?
            };
            Some((letter, byte))
        })
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_its_letter() {
        assert_eq!(BYTES.len(), 256);
        let mut out = Vec::new();
        decode("ĠHelloĊé", &mut out);
        assert_eq!(out, b" Hello\n\xe9");
    }
}
