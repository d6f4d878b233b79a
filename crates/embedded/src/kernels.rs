//! The inner loops: Q8_0 products, activation quantisation, attention of one head, gated units.
//!
//! This is the one module with `unsafe` code, all of it of one kind: calling a function compiled
//! for instructions that [`Level::detect`] has found on this machine. Every kernel has a portable
//! form; tests hold all forms against it.
#![expect(unsafe_code, reason = "functions compiled for detected CPU features, and unaligned vector loads in bounds")]

/// Rows that one kernel step computes together.
pub(crate) const GROUP: usize = 16;
/// Values that share a scale, as in GGML's Q8_0.
pub(crate) const BLOCK: usize = 32;

/// The quantised values of one block column for [`GROUP`] rows: `[k][4 * row + j]` is value
/// `4 * k + j` of that row's block, so that a vector register holds four values of every row.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Quants(pub(crate) [[i8; 4 * GROUP]; BLOCK / 4]);

/// Half-precision scales of one block column, one a row.
pub(crate) type Scales = [u16; GROUP];

/// Rows of activations quantised to blocks of eight-bit integers.
#[derive(Default)]
pub(crate) struct Activations {
    /// Blocks in a row.
    pub(crate) blocks: usize,
    quants: Vec<[i8; BLOCK]>,
    scales: Vec<f32>,
    /// Sum of a block's integers: what biasing the weights by 128 adds, over 128.
    sums: Vec<i32>,
}

/// The best instruction set that was found. Only [`Level::detect`] makes values of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Level(Instructions);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Instructions {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni,
}

impl Level {
    /// The best level of this machine.
    pub(crate) fn detect() -> Self {
        Self::available().pop().unwrap_or(Self(Instructions::Portable))
    }

    /// Every level this machine can run, the slowest first.
    pub(crate) fn available() -> Vec<Self> {
        #[cfg_attr(not(target_arch = "x86_64"), expect(unused_mut, reason = "only one level there"))]
        let mut levels = vec![Self(Instructions::Portable)];
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") && is_x86_feature_detected!("f16c") {
            levels.push(Self(Instructions::Avx2));
            if is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vnni")
            {
                levels.push(Self(Instructions::Avx512Vnni));
            }
        }
        levels
    }

    /// The level's name, for reports.
    pub(crate) fn name(self) -> &'static str {
        match self.0 {
            Instructions::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512Vnni => "avx512-vnni",
        }
    }
}

/// Declares a function with a portable body that is also compiled for AVX2.
macro_rules! vectorised {
    ($(#[$doc:meta])* fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block) => {
        $(#[$doc])*
        pub(crate) fn $name(level: Level, $($argument: $type),*) $(-> $result)? {
            #[inline(always)]
            fn body($($argument: $type),*) $(-> $result)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma,f16c")]
                fn wide($($argument: $type),*) $(-> $result)? {
                    body($($argument),*)
                }
                if level.0 != Instructions::Portable {
                    // SAFETY: every level above portable was made after AVX2, FMA and F16C were detected.
                    return unsafe { wide($($argument),*) };
                }
            }
            #[cfg(not(target_arch = "x86_64"))]
            let _ = level;
            body($($argument),*)
        }
    };
}

impl Activations {
    /// Quantises rows of `width` values; `width` must be a multiple of [`BLOCK`].
    pub(crate) fn quantise(&mut self, level: Level, values: &[f32], width: usize) {
        let blocks = values.len() / BLOCK;
        self.blocks = width / BLOCK;
        self.quants.resize(blocks, [0; BLOCK]);
        self.scales.resize(blocks, 0.0);
        self.sums.resize(blocks, 0);
        quantise_blocks(level, values, &mut self.quants, &mut self.scales, &mut self.sums);
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.quants.len().checked_div(self.blocks).unwrap_or(0)
    }
}

vectorised! {
    fn quantise_blocks(values: &[f32], quants: &mut [[i8; BLOCK]], scales: &mut [f32], sums: &mut [i32]) {
        let (blocks, _) = values.as_chunks::<BLOCK>();
        for (((block, quants), scale), sum) in blocks.iter().zip(quants).zip(scales).zip(sums) {
            let mut largest = [0.0_f32; 8];
            for eight in block.as_chunks::<8>().0 {
                for (largest, value) in largest.iter_mut().zip(eight) {
                    *largest = if value.abs() > *largest { value.abs() } else { *largest };
                }
            }
            let largest = largest.iter().fold(0.0_f32, |most, value| most.max(*value));
            let inverse = if largest > 0.0 { 127.0 / largest } else { 0.0 };
            *scale = largest / 127.0;
            let mut total = 0;
            for (quant, value) in quants.iter_mut().zip(block) {
                let rounded = (value * inverse).round_ties_even() as i32;
                *quant = rounded as i8;
                total += rounded;
            }
            *sum = total;
        }
    }
}

vectorised! {
    /// Attention of one query over `keys.len() / query.len()` cached positions; `out` takes the weighted values.
    fn attend(query: &[f32], keys: &[f32], values: &[f32], scale: f32, scores: &mut Vec<f32>, out: &mut [f32]) {
        let width = query.len();
        scores.clear();
        scores.extend(keys.chunks_exact(width).map(|key| dot_body(query, key) * scale));
        let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        for score in scores.iter_mut() {
            *score = exp(*score - most);
        }
        let total: f32 = scores.iter().sum();
        out.fill(0.0);
        for (value, weight) in values.chunks_exact(width).zip(scores.iter()) {
            for (out, value) in out.iter_mut().zip(value) {
                *out += weight * value;
            }
        }
        let inverse = 1.0 / total;
        for out in out.iter_mut() {
            *out *= inverse;
        }
    }
}

vectorised! {
    /// SwiGLU: `out = gate * sigmoid(gate) * up`.
    fn swiglu(gate: &[f32], up: &[f32], out: &mut [f32]) {
        for ((out, gate), up) in out.iter_mut().zip(gate).zip(up) {
            *out = gate / (1.0 + exp(-gate)) * up;
        }
    }
}

vectorised! {
    /// GeGLU with the tanh approximation of GELU: `out = gelu(gate) * up`.
    fn geglu(gate: &[f32], up: &[f32], out: &mut [f32]) {
        const SQRT_2_OVER_PI: f32 = 0.797_884_6;
        for ((out, gate), up) in out.iter_mut().zip(gate).zip(up) {
            let inner = SQRT_2_OVER_PI * gate * (1.0 + 0.044_715 * gate * gate);
            // gelu(x) = x / 2 * (1 + tanh(inner)) = x * sigmoid(2 * inner)
            *out = gate / (1.0 + exp(-2.0 * inner)) * up;
        }
    }
}

vectorised! {
    /// RMS normalisation of `values` into `out` with a weight a column.
    fn rms_norm(values: &[f32], weight: &[f32], epsilon: f32, out: &mut [f32]) {
        let scale = 1.0 / (dot_body(values, values) / values.len() as f32 + epsilon).sqrt();
        for ((out, value), weight) in out.iter_mut().zip(values).zip(weight) {
            *out = value * scale * weight;
        }
    }
}

#[inline(always)]
fn dot_body(left: &[f32], right: &[f32]) -> f32 {
    let (left_chunks, left_rest) = left.as_chunks::<32>();
    let (right_chunks, right_rest) = right.as_chunks::<32>();
    let mut lanes = [0.0_f32; 32];
    for (left, right) in left_chunks.iter().zip(right_chunks) {
        for ((lane, left), right) in lanes.iter_mut().zip(left).zip(right) {
            *lane += left * right;
        }
    }
    let mut total: f32 = left_rest.iter().zip(right_rest).map(|(left, right)| left * right).sum();
    for lane in lanes {
        total += lane;
    }
    total
}

/// e^x to within a few units of the last place for |x| < 87, clamped outside; vectorises, libm's does not.
///
/// Splits x = n ln 2 + r with |r| <= ln 2 / 2 (Cody-Waite, two-part ln 2) and takes the Taylor
/// polynomial of degree 6 in r, whose remainder is below 2e-7 there.
#[inline(always)]
fn exp(x: f32) -> f32 {
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = if x > 88.0 { 88.0 } else { x };
    let x = if x < -87.0 { -87.0 } else { x };
    let n = (x * std::f32::consts::LOG2_E).round_ties_even();
    let r = x - n * LN_2_HIGH - n * LN_2_LOW;
    let tail = 1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0));
    let polynomial = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * tail)));
    polynomial * f32::from_bits(((n as i32 + 127) << 23) as u32)
}

/// Products of one group of rows with every activation row: `out[GROUP * token + row]`.
///
/// `quants` and `scales` hold the group's block columns in order, as many as an activation row has.
pub(crate) fn group_product(level: Level, quants: &[Quants], scales: &[Scales], x: &Activations, out: &mut [f32]) {
    assert!(quants.len() == x.blocks && scales.len() == x.blocks, "weights and activations have different widths");
    match level.0 {
        Instructions::Portable => portable::group_product(quants, scales, x, out),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: this level was made after AVX2, FMA and F16C were detected.
        Instructions::Avx2 => unsafe { x86::group_product_avx2(quants, scales, x, out) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: this level was made after AVX-512 F, BW and VNNI were detected as well.
        Instructions::Avx512Vnni => unsafe { x86::group_product_avx512(quants, scales, x, out) },
    }
}

/// Single precision from the bits of a half.
#[inline(always)]
pub(crate) fn half_to_single(bits: u16) -> f32 {
    let sign = u32::from(bits >> 15) << 31;
    let magnitude = u32::from(bits & 0x7fff);
    if magnitude >= 0x7c00 {
        return f32::from_bits(sign | 0x7f80_0000 | (magnitude & 0x3ff) << 13);
    }
    // Multiplying by 2^112 moves the exponent's bias and makes subnormal halves right without a branch.
    f32::from_bits(sign | magnitude << 13) * f32::from_bits(0x7780_0000)
}

mod portable {
    use super::{Activations, BLOCK, GROUP, Quants, Scales, half_to_single};

    pub(super) fn group_product(quants: &[Quants], scales: &[Scales], x: &Activations, out: &mut [f32]) {
        for (token, out) in out.chunks_exact_mut(GROUP).enumerate() {
            let row = token * x.blocks..(token + 1) * x.blocks;
            let mut totals = [0.0_f32; GROUP];
            for (((quants, scales), values), value_scale) in
                quants.iter().zip(scales).zip(&x.quants[row.clone()]).zip(&x.scales[row])
            {
                let products = block_products(quants, values);
                for ((total, product), scale) in totals.iter_mut().zip(products).zip(scales) {
                    *total += product as f32 * (half_to_single(*scale) * value_scale);
                }
            }
            out.copy_from_slice(&totals);
        }
    }

    #[inline(always)]
    fn block_products(quants: &Quants, values: &[i8; BLOCK]) -> [i32; GROUP] {
        let mut products = [0_i32; GROUP];
        for (weights, four) in quants.0.iter().zip(values.as_chunks::<4>().0) {
            for (product, weights) in products.iter_mut().zip(weights.as_chunks::<4>().0) {
                for (weight, value) in weights.iter().zip(four) {
                    *product += i32::from(*weight) * i32::from(*value);
                }
            }
        }
        products
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{Activations, BLOCK, GROUP, Quants, Scales};

    /// Four consecutive activation values as one integer, to be repeated over a register.
    #[inline(always)]
    fn four(values: &[i8; BLOCK], k: usize) -> i32 {
        let four = values.as_chunks::<4>().0[k];
        i32::from_le_bytes(four.map(|value| value as u8))
    }

    #[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vnni")]
    pub(super) fn group_product_avx512(quants: &[Quants], scales: &[Scales], x: &Activations, out: &mut [f32]) {
        let tokens = out.len() / GROUP;
        let mut token = 0;
        while token + 8 <= tokens {
            tile_avx512::<8>(quants, scales, x, token, &mut out[token * GROUP..]);
            token += 8;
        }
        while token < tokens {
            tile_avx512::<1>(quants, scales, x, token, &mut out[token * GROUP..]);
            token += 1;
        }
    }

    /// A tile of `T` activation rows starting at row `first`.
    #[inline]
    #[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vnni")]
    fn tile_avx512<const T: usize>(
        quants: &[Quants],
        scales: &[Scales],
        x: &Activations,
        first: usize,
        out: &mut [f32],
    ) {
        let rows: [_; T] = std::array::from_fn(|t| {
            let row = (first + t) * x.blocks..(first + t + 1) * x.blocks;
            (&x.quants[row.clone()], &x.scales[row.clone()], &x.sums[row])
        });
        let bias = _mm512_set1_epi8(-128);
        let mut totals = [_mm512_setzero_ps(); T];
        for (block, (quants, scales)) in quants.iter().zip(scales).enumerate() {
            // The instruction multiplies unsigned by signed bytes: weights are moved up by 128 and
            // 128 times the activations' sum is taken off again.
            let weights: [__m512i; BLOCK / 4] = std::array::from_fn(|k| {
                // SAFETY: each line of `Quants` is 64 readable bytes.
                let line = unsafe { _mm512_loadu_si512(quants.0[k].as_ptr().cast()) };
                _mm512_xor_si512(line, bias)
            });
            // SAFETY: `Scales` is 32 readable bytes.
            let scales = _mm512_cvtph_ps(unsafe { _mm256_loadu_si256(scales.as_ptr().cast()) });
            for (total, (values, value_scales, sums)) in totals.iter_mut().zip(rows) {
                let values = &values[block];
                let mut even = _mm512_set1_epi32(-128 * sums[block]);
                let mut odd = _mm512_setzero_si512();
                for k in 0..BLOCK / 8 {
                    even = _mm512_dpbusd_epi32(even, weights[2 * k], _mm512_set1_epi32(four(values, 2 * k)));
                    odd = _mm512_dpbusd_epi32(odd, weights[2 * k + 1], _mm512_set1_epi32(four(values, 2 * k + 1)));
                }
                let product = _mm512_cvtepi32_ps(_mm512_add_epi32(even, odd));
                let scale = _mm512_mul_ps(scales, _mm512_set1_ps(value_scales[block]));
                *total = _mm512_fmadd_ps(product, scale, *total);
            }
        }
        for (total, out) in totals.iter().zip(out.chunks_exact_mut(GROUP)) {
            // SAFETY: the chunk is 16 writable floats.
            unsafe { _mm512_storeu_ps(out.as_mut_ptr(), *total) };
        }
    }

    #[target_feature(enable = "avx2,fma,f16c")]
    pub(super) fn group_product_avx2(quants: &[Quants], scales: &[Scales], x: &Activations, out: &mut [f32]) {
        let ones = _mm256_set1_epi16(1);
        for (token, out) in out.chunks_exact_mut(GROUP).enumerate() {
            let row = token * x.blocks..(token + 1) * x.blocks;
            let mut totals = [_mm256_setzero_ps(); 2];
            for (((quants, scales), values), value_scale) in
                quants.iter().zip(scales).zip(&x.quants[row.clone()]).zip(&x.scales[row])
            {
                let mut sums = [_mm256_setzero_si256(); 2];
                for (k, line) in quants.0.iter().enumerate() {
                    let values = _mm256_set1_epi32(four(values, k));
                    for (half, sum) in sums.iter_mut().enumerate() {
                        // SAFETY: `half` is 0 or 1 and the line has two halves of 32 bytes.
                        let weights = unsafe { _mm256_loadu_si256(line.as_ptr().add(32 * half).cast()) };
                        // |w| * (x with w's sign): the pairs' sums stay below 2 * 128 * 127 and fit 16 bits.
                        let pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(weights), _mm256_sign_epi8(values, weights));
                        *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(pairs, ones));
                    }
                }
                let value_scale = _mm256_set1_ps(*value_scale);
                for (half, (total, sum)) in totals.iter_mut().zip(sums).enumerate() {
                    // SAFETY: `half` is 0 or 1 and the scales have two halves of 16 bytes.
                    let scales = unsafe { _mm_loadu_si128(scales.as_ptr().add(8 * half).cast()) };
                    let scale = _mm256_mul_ps(_mm256_cvtph_ps(scales), value_scale);
                    *total = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum), scale, *total);
                }
            }
            for (half, total) in totals.iter().enumerate() {
                // SAFETY: the chunk is 16 writable floats, eight a half.
                unsafe { _mm256_storeu_ps(out.as_mut_ptr().add(8 * half), *total) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn activations(level: Level, values: &[f32], width: usize) -> Activations {
        let mut activations = Activations::default();
        activations.quantise(level, values, width);
        activations
    }

    proptest! {
        #[test]
        fn every_level_computes_the_same_product(
            weights in proptest::collection::vec(any::<i8>(), GROUP * BLOCK * 3),
            scales in proptest::collection::vec(0_u16..0x3c00, GROUP * 3),
            values in proptest::collection::vec(-4.0_f32..4.0, BLOCK * 3 * 11),
        ) {
            let quants: Vec<Quants> = weights
                .chunks_exact(GROUP * BLOCK)
                .map(|block| {
                    let mut quants = Quants([[0; 4 * GROUP]; BLOCK / 4]);
                    quants.0.as_flattened_mut().copy_from_slice(block);
                    quants
                })
                .collect();
            let scales: Vec<Scales> = scales.as_chunks::<GROUP>().0.to_vec();
            let portable = Level(Instructions::Portable);
            let x = activations(portable, &values, BLOCK * 3);
            prop_assert_eq!(x.rows(), 11);
            let mut expected = vec![0.0; 11 * GROUP];
            group_product(portable, &quants, &scales, &x, &mut expected);
            for level in Level::available() {
                let mut found = vec![0.0; 11 * GROUP];
                group_product(level, &quants, &scales, &activations(level, &values, BLOCK * 3), &mut found);
                for (expected, found) in expected.iter().zip(&found) {
                    prop_assert!((expected - found).abs() <= 2e-3 * expected.abs().max(10.0), "{} {expected} {found}", level.name());
                }
            }
        }

        #[test]
        fn exp_is_close(x in -86.0_f32..86.0) {
            let expected = f64::from(x).exp();
            prop_assert!(((f64::from(exp(x)) - expected) / expected).abs() < 1e-6);
        }

        #[test]
        fn attention_is_a_weighted_mean(
            query in proptest::collection::vec(-2.0_f32..2.0, 8),
            keys in proptest::collection::vec(-2.0_f32..2.0, 8 * 5),
            values in proptest::collection::vec(-2.0_f32..2.0, 8 * 5),
        ) {
            let scores: Vec<f64> = keys.chunks(8)
                .map(|key| key.iter().zip(&query).map(|(k, q)| f64::from(k * q)).sum::<f64>().exp())
                .collect();
            let total: f64 = scores.iter().sum();
            for level in Level::available() {
                let mut out = vec![0.0; 8];
                attend(level, &query, &keys, &values, 1.0, &mut Vec::new(), &mut out);
                for (column, out) in out.iter().enumerate() {
                    let expected: f64 =
                        (0..5).map(|row| scores[row] / total * f64::from(values[8 * row + column])).sum();
                    prop_assert!((f64::from(*out) - expected).abs() < 1e-4);
                }
            }
        }
    }

    #[test]
    fn halves_become_singles() {
        for (bits, value) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_5e-8),
            (0x3555, 0.333_251_95),
        ] {
            assert_eq!(half_to_single(bits), value);
        }
        assert!(half_to_single(0x7c00).is_infinite());
        assert!(half_to_single(0x7e00).is_nan());
    }

    #[test]
    fn gated_units_follow_their_formulas() {
        let gate = [-3.0_f32, -0.5, 0.0, 0.7, 4.0];
        let up = [1.0_f32, 2.0, 3.0, -1.0, 0.5];
        for level in Level::available() {
            let mut out = [0.0; 5];
            swiglu(level, &gate, &up, &mut out);
            for ((out, gate), up) in out.iter().zip(gate).zip(up) {
                assert!((out - gate / (1.0 + (-gate).exp()) * up).abs() < 1e-5);
            }
            geglu(level, &gate, &up, &mut out);
            for ((out, gate), up) in out.iter().zip(gate).zip(up) {
                let tanh = (0.797_884_6 * (gate + 0.044_715 * gate.powi(3))).tanh();
                assert!((out - 0.5 * gate * (1.0 + tanh) * up).abs() < 1e-5);
            }
        }
    }
}
