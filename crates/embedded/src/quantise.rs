//! Any GGUF storage type to Q8_0: blocks of 32 eight-bit integers under one half-precision scale.
//!
//! candle dequantises; the arithmetic of Q8_0 is GGML's: scale = max |x| / 127, integers rounded
//! half away from zero from the unrounded scale.

use candle_core::CpuStorage;
use candle_core::quantized::GgmlDType;

use crate::error::{Error, Result};
use crate::kernels::BLOCK;

/// Bytes of a Q8_0 block: the scale and 32 integers.
pub const Q8_0_BYTES: usize = 2 + BLOCK;

/// Values of whole rows stored as `kind`.
///
/// # Errors
/// When a value is not finite: such a file would answer with noise.
pub fn dequantise(kind: GgmlDType, bytes: &[u8]) -> Result<Vec<f32>> {
    let values = match kind {
        GgmlDType::F32 => bytes.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect(),
        GgmlDType::BF16 => bytes
            .as_chunks::<2>()
            .0
            .iter()
            .map(|two| f32::from_bits(u32::from(u16::from_le_bytes(*two)) << 16))
            .collect(),
        GgmlDType::F16 => bytes
            .as_chunks::<2>()
            .0
            .iter()
            .map(|two| crate::kernels::half_to_single(u16::from_le_bytes(*two)))
            .collect(),
        _ => {
            let count = bytes.len() / kind.type_size() * kind.block_size();
            let storage =
                kind.from_data(bytes.into()).dequantize(count).map_err(|error| Error::gguf(error.to_string()))?;
            match storage {
                CpuStorage::F32(values) => values,
                _ => return Err(Error::gguf(format!("{kind:?} did not dequantise to single precision"))),
            }
        }
    };
    if values.iter().all(|value| value.is_finite()) {
        Ok(values)
    } else {
        Err(Error::gguf("a weight is not a finite number"))
    }
}

/// Quantises values to Q8_0 bytes; the count must be a multiple of 32.
pub fn quantise_q8_0(values: &[f32], bytes: &mut Vec<u8>) {
    for block in values.as_chunks::<BLOCK>().0 {
        let largest = block.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
        let scale = largest / 127.0;
        let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
        bytes.extend_from_slice(&single_to_half(scale).to_le_bytes());
        bytes.extend(block.iter().map(|value| (value * inverse).round() as i8 as u8));
    }
}

/// Bits of the half nearest to a finite single that is not negative, ties to even.
pub(crate) fn single_to_half(value: f32) -> u16 {
    let bits = value.to_bits();
    if value >= 65520.0 {
        return 0x7c00;
    }
    if value < 6.103_515_6e-5 {
        // Subnormal halves count multiples of 2^-24.
        return (value * 16_777_216.0).round_ties_even() as u16;
    }
    let rebased = bits - (112 << 23);
    let rounded = rebased + 0xfff + ((rebased >> 13) & 1);
    (rounded >> 13) as u16
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kernels::half_to_single;

    proptest! {
        #[test]
        fn q8_0_keeps_every_value_within_its_bound(values in proptest::collection::vec(-8.0_f32..8.0, BLOCK)) {
            let mut bytes = Vec::new();
            quantise_q8_0(&values, &mut bytes);
            prop_assert_eq!(bytes.len(), Q8_0_BYTES);
            let largest = values.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
            let back = dequantise(GgmlDType::Q8_0, &bytes).unwrap();
            for (value, back) in values.iter().zip(back) {
                // Half a step of rounding, and the scale's own rounding to 11 bits times 127 steps.
                let bound = largest / 127.0 * (0.5 + 127.0 / 2048.0) + 1e-6;
                prop_assert!((value - back).abs() <= bound, "{value} {back} {bound}");
            }
        }

        #[test]
        fn halves_round_trip(bits in 0_u16..0x7c00) {
            prop_assert_eq!(single_to_half(half_to_single(bits)), bits);
        }
    }

    #[test]
    fn every_storage_type_dequantises_zero_to_finite_values() {
        use GgmlDType as G;
        for kind in [
            G::F32,
            G::F16,
            G::BF16,
            G::Q4_0,
            G::Q4_1,
            G::Q5_0,
            G::Q5_1,
            G::Q8_0,
            G::Q2K,
            G::Q3K,
            G::Q4K,
            G::Q5K,
            G::Q6K,
        ] {
            let values = dequantise(kind, &vec![0; kind.type_size() * 4]).unwrap();
            assert_eq!(values.len(), 4 * kind.block_size());
            assert!(values.iter().all(|value| *value == 0.0));
        }
    }

    #[test]
    fn infinite_weights_are_refused() {
        assert!(dequantise(GgmlDType::F16, &0x7c00_u16.to_le_bytes()).is_err());
        assert!(dequantise(GgmlDType::F32, &f32::NAN.to_le_bytes()).is_err());
    }
}
