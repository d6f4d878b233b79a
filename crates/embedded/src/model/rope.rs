//! Rotary position embeddings.

use crate::error::{Error, Result};

/// Frequencies of one kind of layer.
pub(crate) struct Rope {
    frequencies: Vec<f32>,
    neighbours: bool,
}

impl Rope {
    /// Frequencies base^(-2i / rotated) / divisor, each further divided by its factor where the file has factors.
    pub(crate) fn new(
        base: f32,
        rotated: usize,
        divisor: f32,
        factors: Option<&[f32]>,
        neighbours: bool,
    ) -> Result<Self> {
        let pairs = rotated / 2;
        if factors.is_some_and(|factors| factors.len() != pairs || factors.iter().any(|factor| *factor <= 0.0)) {
            return Err(Error::gguf("the rotary factors do not fit the heads"));
        }
        let frequencies = (0..pairs)
            .map(|pair| {
                let factor = factors.map_or(1.0, |factors| factors[pair]);
                base.powf(-2.0 * pair as f32 / rotated as f32) / (divisor * factor)
            })
            .collect();
        Ok(Self { frequencies, neighbours })
    }

    /// Sines and cosines of a position, one pair a frequency.
    pub(crate) fn angles(&self, position: usize, out: &mut Vec<(f32, f32)>) {
        out.clear();
        out.extend(self.frequencies.iter().map(|frequency| (position as f32 * frequency).sin_cos()));
    }

    /// Rotates the leading values of one head.
    pub(crate) fn rotate(&self, angles: &[(f32, f32)], head: &mut [f32]) {
        let pairs = angles.len();
        for (pair, (sine, cosine)) in angles.iter().enumerate() {
            let (first, second) = if self.neighbours { (2 * pair, 2 * pair + 1) } else { (pair, pair + pairs) };
            let (x, y) = (head[first], head[second]);
            head[first] = x * cosine - y * sine;
            head[second] = x * sine + y * cosine;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn position_zero_changes_nothing_and_length_is_kept() {
        for neighbours in [false, true] {
            let rope = Rope::new(10_000.0, 8, 1.0, None, neighbours).unwrap();
            let original: Vec<f32> = (1..=10).map(|value| value as f32).collect();
            let mut angles = Vec::new();
            let mut head = original.clone();
            rope.angles(0, &mut angles);
            rope.rotate(&angles, &mut head);
            assert_eq!(head, original);
            rope.angles(77, &mut angles);
            rope.rotate(&angles, &mut head);
            assert_eq!(head[8..], original[8..], "values beyond the rotated ones stay");
            let norm = |values: &[f32]| values.iter().map(|value| value * value).sum::<f32>();
            assert!((norm(&head) - norm(&original)).abs() < 1e-3);
            assert_ne!(head, original);
        }
    }

    #[test]
    fn factors_must_fit() {
        assert!(Rope::new(1e4, 8, 1.0, Some(&[1.0; 3]), true).is_err());
        assert!(Rope::new(1e4, 8, 1.0, Some(&[1.0, 1.0, 0.0, 1.0]), true).is_err());
    }
}
