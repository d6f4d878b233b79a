//! How alike two texts are, from 0 (nothing shared) to 1 (the same).

use std::collections::HashMap;

use crate::normalise;

/// Most units of work (64 rows of one column of the distance matrix each) that an exact edit distance may
/// cost: two texts of 100,000 characters fit, and it takes about a second.
const MOST_WORK: usize = 160_000_000;

/// Length in characters of the pieces that are compared when the whole is too long.
const PIECE: usize = 4096;

/// Normalised Levenshtein similarity over characters: `1 - distance / length of the longer`. Two empty texts are alike (1).
///
/// Exact as long as [`edit_exact`] is. Beyond that both texts are cut into the same number of pieces and
/// the distances of the pieces are added, which can only overstate the distance: the result is then a
/// **lower bound** of the similarity, in time linear in the length.
pub fn edit(a: &str, b: &str) -> f64 {
    if let Some(exact) = edit_exact(a, b) {
        return exact;
    }
    let (a, b) = intern(a, b);
    let longest = a.len().max(b.len());
    let pieces = longest.div_ceil(PIECE).max(1);
    let distance: usize = (0..pieces)
        .map(|i| {
            let part = |s: &[u32]| (s.len() * i / pieces, s.len() * (i + 1) / pieces);
            let ((a0, a1), (b0, b1)) = (part(&a), part(&b));
            distance(&a[a0..a1], &b[b0..b1])
        })
        .sum();
    1.0 - distance as f64 / longest as f64
}

/// As [`edit`], or `None` where the exact distance would cost too much: after the common beginning and
/// end are taken away, the product of the lengths is above about 10 thousand million.
pub fn edit_exact(a: &str, b: &str) -> Option<f64> {
    if a == b {
        return Some(1.0);
    }
    let (a, b) = intern(a, b);
    let longest = a.len().max(b.len());
    let shared = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[shared..], &b[shared..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    let work = a.len().min(b.len()).div_ceil(64).saturating_mul(a.len().max(b.len()));
    (work <= MOST_WORK).then(|| 1.0 - distance(a, b) as f64 / longest as f64)
}

/// Characters as small numbers, so that a table can be indexed by them.
fn intern(a: &str, b: &str) -> (Vec<u32>, Vec<u32>) {
    let mut known: HashMap<char, u32> = HashMap::new();
    let mut of = |text: &str| -> Vec<u32> {
        text.chars()
            .map(|c| {
                let next = known.len() as u32;
                *known.entry(c).or_insert(next)
            })
            .collect()
    };
    let first = of(a);
    let second = of(b);
    (first, second)
}

/// Levenshtein distance by bit-parallel columns (Myers 1999, in the block form of Hyyrö 2003): 64 rows at
/// a time over the whole of the longer text, carrying the horizontal differences from block to block.
fn distance(a: &[u32], b: &[u32]) -> usize {
    let (pattern, text) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if pattern.is_empty() {
        return text.len();
    }
    let size = pattern.iter().chain(text).max().map_or(0, |&most| most as usize + 1);
    let mut masks = vec![0_u64; size];
    // Difference to the cell on the left, one for each column; the top row counts up by one.
    let mut across: Vec<i8> = vec![1; text.len()];
    for block in pattern.chunks(64) {
        for (row, &c) in block.iter().enumerate() {
            masks[c as usize] |= 1 << row;
        }
        let last = 1_u64 << (block.len() - 1);
        let (mut up, mut down) = (u64::MAX, 0_u64);
        for (carry, &c) in across.iter_mut().zip(text) {
            let (plus, minus) = (u64::from(*carry > 0), u64::from(*carry < 0));
            let equal = masks[c as usize];
            let vertical = equal | down;
            let equal = equal | minus;
            let horizontal = ((equal & up).wrapping_add(up) ^ up) | equal;
            let mut grow = down | !(horizontal | up);
            let mut shrink = up & horizontal;
            *carry = i8::from(grow & last != 0) - i8::from(shrink & last != 0);
            grow = (grow << 1) | plus;
            shrink = (shrink << 1) | minus;
            up = shrink | !(vertical | grow);
            down = grow & vertical;
        }
        for &c in block {
            masks[c as usize] = 0;
        }
    }
    let sum: i64 = across.iter().map(|&d| i64::from(d)).sum();
    usize::try_from(pattern.len() as i64 + sum).unwrap_or(0)
}

/// Harmonic mean of token precision and recall over the [normal forms](normalise), tokens counted with
/// their multiplicity (the F1 of SQuAD, Rajpurkar et al. 2016). Two texts without tokens are alike (1), one
/// without is not (0).
pub fn token_f1(a: &str, b: &str) -> f64 {
    let (a, b) = (normalise(a), normalise(b));
    let mut counts: HashMap<&str, i64> = HashMap::new();
    let mut left = 0_usize;
    for token in a.split_whitespace() {
        *counts.entry(token).or_default() += 1;
        left += 1;
    }
    let (mut right, mut shared) = (0_usize, 0_usize);
    for token in b.split_whitespace() {
        right += 1;
        if let Some(count) = counts.get_mut(token).filter(|count| **count > 0) {
            *count -= 1;
            shared += 1;
        }
    }
    if left + right == 0 { 1.0 } else { 2.0 * shared as f64 / (left + right) as f64 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{edit, edit_exact, token_f1};

    #[test]
    fn edit_known_values() {
        // kitten/sitting is 3 of 7; the distances are those of the Levenshtein literature.
        assert!((edit("kitten", "sitting") - (1.0 - 3.0 / 7.0)).abs() < 1e-12);
        assert!((edit("saturday", "sunday") - (1.0 - 3.0 / 8.0)).abs() < 1e-12);
        assert_eq!(edit("", ""), 1.0);
        assert_eq!(edit("", "abc"), 0.0);
        assert_eq!(edit("😀a", "😀b"), 0.5);
    }

    #[test]
    fn edit_of_long_texts_is_bounded() {
        let a = "ab".repeat(200_000);
        let b = "ba".repeat(190_000);
        let bound = edit(&a, &b);
        assert!(edit_exact(&a, &b).is_none());
        assert!((0.5..=1.0).contains(&bound), "{bound}");
        // A changed letter in the middle of a long text stays exact, since the ends are shared.
        let long = "x".repeat(3_000_000);
        let changed = format!("{}y{}", &long[..1_000_000], &long[1_000_001..]);
        assert_eq!(edit_exact(&long, &changed), Some(1.0 - 1.0 / 3_000_000.0));
    }

    #[test]
    fn token_f1_known_values() {
        assert_eq!(token_f1("the cat sat", "a cat sat down"), 0.8);
        assert_eq!(token_f1("", "!"), 1.0);
        assert_eq!(token_f1("x", ""), 0.0);
        assert_eq!(token_f1("b b b", "b"), 0.5);
    }

    proptest! {
        #[test]
        fn edit_agrees_with_the_quadratic_algorithm(a in "[ab😀]{0,200}", b in "[ab😀]{0,200}") {
            let longest = a.chars().count().max(b.chars().count());
            let want = if longest == 0 { 1.0 } else { 1.0 - strsim::levenshtein(&a, &b) as f64 / longest as f64 };
            prop_assert!((edit(&a, &b) - want).abs() < 1e-12);
            prop_assert_eq!(edit(&a, &b), edit(&b, &a));
        }

        #[test]
        fn token_f1_is_symmetric_and_bounded(a in ".{0,60}", b in ".{0,60}") {
            let f = token_f1(&a, &b);
            prop_assert!((0.0..=1.0).contains(&f));
            prop_assert_eq!(f, token_f1(&b, &a));
        }
    }
}
