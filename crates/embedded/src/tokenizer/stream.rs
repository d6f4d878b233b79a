//! Tokens to text as they come: only whole characters leave.

use crate::tokenizer::Tokenizer;

/// Holds back bytes until they are a whole character.
#[derive(Debug, Default)]
pub struct TextStream {
    bytes: Vec<u8>,
}

impl TextStream {
    /// The text that `token` completes; empty while a character is unfinished.
    pub fn push(&mut self, tokenizer: &Tokenizer, token: u32) -> String {
        tokenizer.bytes_of(token, &mut self.bytes);
        self.take()
    }

    /// What is left, with a replacement character for an unfinished one.
    pub fn finish(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.bytes)).into_owned()
    }

    fn take(&mut self) -> String {
        let mut out = String::new();
        loop {
            match std::str::from_utf8(&self.bytes) {
                Ok(text) => {
                    out.push_str(text);
                    self.bytes.clear();
                    return out;
                }
                Err(error) => {
                    let (whole, rest) = self.bytes.split_at(error.valid_up_to());
                    out.push_str(&String::from_utf8_lossy(whole));
                    let Some(invalid) = error.error_len() else {
                        self.bytes = rest.to_vec();
                        return out;
                    };
                    out.push(char::REPLACEMENT_CHARACTER);
                    self.bytes = rest[invalid..].to_vec();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_cutting_gives_the_same_text(bytes in proptest::collection::vec(any::<u8>(), 0..40), size in 1_usize..5) {
            let mut stream = TextStream::default();
            let mut text = String::new();
            for chunk in bytes.chunks(size) {
                stream.bytes.extend_from_slice(chunk);
                text.push_str(&stream.take());
            }
            text.push_str(&stream.finish());
            prop_assert_eq!(text, String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn half_a_character_waits() {
        let mut stream = TextStream { bytes: vec![0xf0, 0x9f] };
        assert_eq!(stream.take(), "");
        stream.bytes.extend_from_slice(&[0xa6, 0x80]);
        assert_eq!(stream.take(), "🦀");
        stream.bytes.push(0xe2);
        assert_eq!(stream.finish(), "\u{fffd}");
    }
}
