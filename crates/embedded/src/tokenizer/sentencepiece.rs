//! SentencePiece's byte-pair encoding: the adjacent pieces whose union has the best score merge
//! first, the leftmost of equals; what no token covers falls back to bytes.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};

use crate::tokenizer::{Token, TokenKind};

/// The letter that stands for a blank.
const BLANK: char = '\u{2581}';

/// Scores and byte tokens of a file.
pub(crate) struct SentencePieces {
    ids: HashMap<String, u32>,
    scores: Vec<f32>,
    bytes: [Option<u32>; 256],
    space_prefix: bool,
    unknown: Option<u32>,
}

impl SentencePieces {
    pub(crate) fn new(
        vocabulary: &[Token],
        ids: &HashMap<String, u32>,
        scores: Vec<f32>,
        space_prefix: bool,
        unknown: Option<u32>,
    ) -> Self {
        let mut bytes = [None; 256];
        for (byte, slot) in bytes.iter_mut().enumerate() {
            *slot =
                ids.get(&format!("<0x{byte:02X}>")).or_else(|| ids.get(&char::from(byte as u8).to_string())).copied();
        }
        debug_assert_eq!(vocabulary.len(), scores.len());
        Self { ids: ids.clone(), scores, bytes, space_prefix, unknown }
    }

    /// Appends the ids of `text`; `at_start` says that it begins the text or follows a special token.
    pub(crate) fn encode(&self, text: &str, at_start: bool, out: &mut Vec<u32>) {
        let mut escaped = String::with_capacity(text.len() + 3);
        if self.space_prefix && at_start {
            escaped.push(BLANK);
        }
        escaped.extend(text.chars().map(|letter| if letter == ' ' { BLANK } else { letter }));
        let mut merging = Merging::new(self, &escaped);
        merging.run();
        let mut next = (!merging.symbols.is_empty()).then_some(0);
        while let Some(index) = next {
            let symbol = &merging.symbols[index];
            self.emit(&escaped[symbol.start..symbol.end], out);
            next = symbol.next;
        }
    }

    fn emit(&self, piece: &str, out: &mut Vec<u32>) {
        if let Some(id) = self.ids.get(piece) {
            out.push(*id);
            return;
        }
        out.extend(piece.bytes().filter_map(|byte| self.bytes[usize::from(byte)].or(self.unknown)));
    }
}

/// A piece of the text, linked to its living neighbours.
struct Symbol {
    start: usize,
    end: usize,
    previous: Option<usize>,
    next: Option<usize>,
}

/// Two neighbours that a token covers. Dead once either has changed: `end` or `start` tell.
struct Pair {
    score: f32,
    left: usize,
    right: usize,
    start: usize,
    end: usize,
}

impl Ord for Pair {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then_with(|| other.left.cmp(&self.left))
    }
}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Pair {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Pair {}

struct Merging<'a> {
    rules: &'a SentencePieces,
    text: &'a str,
    symbols: Vec<Symbol>,
    queue: BinaryHeap<Pair>,
}

impl<'a> Merging<'a> {
    fn new(rules: &'a SentencePieces, text: &'a str) -> Self {
        let mut symbols: Vec<Symbol> = Vec::with_capacity(text.len());
        for (index, (start, letter)) in text.char_indices().enumerate() {
            let end = start + letter.len_utf8();
            let next = (end < text.len()).then_some(index + 1);
            symbols.push(Symbol { start, end, previous: index.checked_sub(1), next });
        }
        let mut merging = Self { rules, text, symbols, queue: BinaryHeap::new() };
        for right in 1..merging.symbols.len() {
            merging.offer(Some(right - 1), Some(right));
        }
        merging
    }

    fn run(&mut self) {
        while let Some(pair) = self.queue.pop() {
            let dead = |symbol: &Symbol| symbol.start == symbol.end;
            let (left, right) = (&self.symbols[pair.left], &self.symbols[pair.right]);
            if dead(left) || dead(right) || left.start != pair.start || right.end != pair.end || left.end != right.start
            {
                continue;
            }
            let next = right.next;
            let end = right.end;
            self.symbols[pair.right].start = end;
            self.symbols[pair.left].end = end;
            self.symbols[pair.left].next = next;
            if let Some(next) = next {
                self.symbols[next].previous = Some(pair.left);
            }
            self.offer(self.symbols[pair.left].previous, Some(pair.left));
            self.offer(Some(pair.left), next);
        }
    }

    fn offer(&mut self, left: Option<usize>, right: Option<usize>) {
        let (Some(left), Some(right)) = (left, right) else { return };
        let (start, end) = (self.symbols[left].start, self.symbols[right].end);
        if let Some(id) = self.rules.ids.get(&self.text[start..end]) {
            let score = self.rules.scores[*id as usize];
            self.queue.push(Pair { score, left, right, start, end });
        }
    }
}

/// Bytes of a token: one for a byte token, else its text with blanks restored.
pub(crate) fn decode(token: &Token, out: &mut Vec<u8>) {
    if token.kind == TokenKind::Byte {
        let byte = token.text.strip_prefix("<0x").and_then(|rest| rest.strip_suffix('>'));
        if let Some(byte) = byte.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            out.push(byte);
            return;
        }
    }
    out.extend_from_slice(token.text.replace(BLANK, " ").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(tokens: &[(&str, f32)], space_prefix: bool) -> SentencePieces {
        let vocabulary: Vec<Token> =
            tokens.iter().map(|(text, _)| Token { text: (*text).to_owned(), kind: TokenKind::Normal }).collect();
        let ids = tokens.iter().enumerate().map(|(id, (text, _))| ((*text).to_owned(), id as u32)).collect();
        let scores = tokens.iter().map(|(_, score)| *score).collect();
        SentencePieces::new(&vocabulary, &ids, scores, space_prefix, None)
    }

    fn encode(rules: &SentencePieces, text: &str) -> Vec<u32> {
        let mut out = Vec::new();
        rules.encode(text, true, &mut out);
        out
    }

    #[test]
    fn better_scores_merge_first_and_ties_from_the_left() {
        let rules = rules(&[("a", -9.0), ("b", -9.0), ("ab", -2.0), ("ba", -1.0), ("aa", -3.0)], false);
        assert_eq!(encode(&rules, "aba"), [0, 3], "`ba` scores better than `ab`");
        assert_eq!(encode(&rules, "aaa"), [4, 0], "of two equal pairs the left one merges");
        assert_eq!(encode(&rules, ""), Vec::<u32>::new());
    }

    #[test]
    fn blanks_and_bytes() {
        let rules =
            rules(&[("\u{2581}", -1.0), ("x", -1.0), ("\u{2581}x", -0.5), ("<0xC3>", 0.0), ("<0xA9>", 0.0)], true);
        assert_eq!(encode(&rules, "x"), [2]);
        assert_eq!(encode(&rules, " x"), [0, 2]);
        assert_eq!(encode(&rules, "é"), [0, 3, 4]);
    }
}
