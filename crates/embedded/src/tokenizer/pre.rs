//! The table of pre-tokenisers: how text is cut before byte pairs are merged.
//!
//! The name is `tokenizer.ggml.pre`. A name that is not here is refused.

use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::tokenizer::SplitDelimiterBehavior;

use crate::error::{Error, Result};

/// One way of cutting text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PreTokenizer {
    names: &'static [&'static str],
    cuts: Cuts,
    /// A piece that is in the vocabulary as a whole is not merged from bytes.
    pub(crate) whole_pieces: bool,
    /// The beginning token is added where the metadata do not say.
    pub(crate) adds_bos: bool,
}

#[derive(Debug, Clone, Copy)]
enum Cuts {
    /// GPT-2's words, with leading spaces.
    Words,
    /// Every digit alone, then GPT-2's words.
    DigitsThenWords,
    /// A pattern whose matches are the pieces.
    Pattern(&'static str),
}

/// Contractions in any case, letters with one leading mark, up to three digits, marks with trailing line ends, blanks.
const LLAMA3: &str = r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
/// The same with single digits.
const QWEN2: &str = r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

const TABLE: [PreTokenizer; 5] = [
    PreTokenizer { names: &["gpt-2", "phi-2"], cuts: Cuts::Words, whole_pieces: false, adds_bos: false },
    PreTokenizer {
        names: &["smollm", "starcoder", "refact", "command-r", "codeshell"],
        cuts: Cuts::DigitsThenWords,
        whole_pieces: false,
        adds_bos: false,
    },
    PreTokenizer {
        names: &["llama-bpe", "llama3", "llama-v3", "falcon3"],
        cuts: Cuts::Pattern(LLAMA3),
        whole_pieces: true,
        adds_bos: true,
    },
    PreTokenizer { names: &["smaug-bpe"], cuts: Cuts::Pattern(LLAMA3), whole_pieces: false, adds_bos: false },
    PreTokenizer {
        names: &["qwen2", "deepseek-r1-qwen"],
        cuts: Cuts::Pattern(QWEN2),
        whole_pieces: false,
        adds_bos: false,
    },
];

impl PreTokenizer {
    /// Looks a name up.
    pub(crate) fn by_name(name: Option<&str>) -> Result<Self> {
        let name = name.ok_or_else(|| Error::Tokenizer("the file names no pre-tokenizer".to_owned()))?;
        TABLE.into_iter().find(|known| known.names.contains(&name)).ok_or_else(|| {
            let known: Vec<&str> = TABLE.iter().flat_map(|known| known.names).copied().collect();
            Error::Tokenizer(format!("pre-tokenizer `{name}` is not one of {}", known.join(", ")))
        })
    }

    /// The cuts, followed by the mapping of bytes to letters.
    pub(crate) fn build(self) -> Result<Sequence> {
        let steps: Vec<PreTokenizerWrapper> = match self.cuts {
            Cuts::Words => vec![ByteLevel::new(false, false, true).into()],
            Cuts::DigitsThenWords => vec![Digits::new(true).into(), ByteLevel::new(false, false, true).into()],
            Cuts::Pattern(pattern) => {
                let pattern = SplitPattern::Regex(pattern.to_owned());
                let split = Split::new(pattern, SplitDelimiterBehavior::Isolated, false)
                    .map_err(|error| Error::Tokenizer(error.to_string()))?;
                vec![split.into(), ByteLevel::new(false, false, false).into()]
            }
        };
        Ok(Sequence::new(steps))
    }
}

#[cfg(test)]
mod tests {
    use tokenizers::tokenizer::{OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer as _};

    use super::*;

    fn pieces(name: &str, text: &str) -> Vec<String> {
        let pre = PreTokenizer::by_name(Some(name)).unwrap().build().unwrap();
        let mut pieces = PreTokenizedString::from(text);
        pre.pre_tokenize(&mut pieces).unwrap();
        pieces
            .get_splits(OffsetReferential::Original, OffsetType::Byte)
            .into_iter()
            .map(|(_, (start, end), _)| text[start..end].to_owned())
            .collect()
    }

    #[test]
    fn each_rule_cuts_its_way() {
        let text = "It'S 12345 ok!!\n\n  x";
        assert_eq!(pieces("gpt-2", text), ["It", "'", "S", " 12345", " ok", "!!", "\n\n ", " x"]);
        assert_eq!(pieces("smollm", text), ["It", "'", "S", " ", "1", "2", "3", "4", "5", " ok", "!!", "\n\n ", " x"]);
        assert_eq!(pieces("llama-bpe", text), ["It", "'S", " ", "123", "45", " ok", "!!\n\n", " ", " x"]);
        assert_eq!(pieces("qwen2", text), ["It", "'S", " ", "1", "2", "3", "4", "5", " ok", "!!\n\n", " ", " x"]);
    }

    #[test]
    fn unknown_names_are_refused_with_the_known_ones() {
        let error = PreTokenizer::by_name(Some("default")).unwrap_err().to_string();
        assert!(error.contains("`default`") && error.contains("smollm"), "{error}");
        assert!(PreTokenizer::by_name(None).is_err());
    }
}
