//! Markers around untrusted text that its author could not have known.

use sha2::{Digest, Sha256};

/// Hex digits of a code: 128 bits.
const DIGITS: usize = 32;

/// Draws markers around untrusted text. The code in them is a hash over everything in the prompt,
/// the fenced text included: to write a marker into an answer, its author would have to find a
/// fixed point of SHA-256. The same material gives the same code, so that a cached call is found
/// again.
pub(crate) struct Fence {
    code: String,
}

impl Fence {
    /// A fence for a prompt of the kind `domain` that is made of `parts`.
    pub(crate) fn new(domain: &str, parts: &[&[u8]]) -> Self {
        let mut round = 0_u64;
        loop {
            let code = digest(domain, parts, round);
            // Cannot happen, and costs one pass to know rather than to believe.
            if !parts.iter().any(|part| holds(part, code.as_bytes())) {
                return Self { code };
            }
            round += 1;
        }
    }

    /// The code in every marker of this prompt.
    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// The text as it is, between its two markers.
    pub(crate) fn wrap(&self, label: &str, text: &str) -> String {
        let code = &self.code;
        format!("[BEGIN {label} {code}]\n{text}\n[END {label} {code}]")
    }
}

fn digest(domain: &str, parts: &[&[u8]], round: u64) -> String {
    let mut hash = Sha256::new();
    // Lengths first, so that moving text from one part to the next changes the code.
    for part in std::iter::once(domain.as_bytes()).chain(parts.iter().copied()) {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.update(round.to_le_bytes());
    let nibbles = hash.finalize().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.take(DIGITS).filter_map(|nibble| char::from_digit(u32::from(nibble), 16)).collect()
}

fn holds(text: &[u8], needle: &[u8]) -> bool {
    // Text is UTF-8 wherever it comes from here; anything else cannot hold a marker.
    std::str::from_utf8(text).is_ok_and(|text| std::str::from_utf8(needle).is_ok_and(|needle| text.contains(needle)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_depends_on_every_part_and_its_place() {
        let code = |parts: &[&[u8]]| Fence::new("score", parts).code().to_owned();
        assert_eq!(code(&[b"ab", b"c"]).len(), 32);
        assert_eq!(code(&[b"ab", b"c"]), code(&[b"ab", b"c"]));
        assert_ne!(code(&[b"ab", b"c"]), code(&[b"a", b"bc"]));
        assert_ne!(code(&[b"ab"]), code(&[b"ab", b""]));
        assert_ne!(Fence::new("pair", &[b"ab"]).code(), code(&[b"ab"]));
    }
}
