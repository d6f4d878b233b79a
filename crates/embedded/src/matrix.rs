//! Weight matrices as the kernels want them: Q8_0 blocks of sixteen rows interleaved.

use candle_core::quantized::GgmlDType;
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::kernels::{self, Activations, BLOCK, GROUP, Level, Quants, Scales};
use crate::quantise::{self, Q8_0_BYTES};

/// Products below this many multiplications are not worth waking a second thread.
const PARALLEL_WORK: usize = 1 << 16;
/// Pieces that a product is cut into for each thread, so that a disturbed thread can be helped.
const PIECES_PER_THREAD: usize = 4;

/// Rows of one tensor that become rows of a [`Matrix`].
pub(crate) struct Part<'a> {
    pub(crate) kind: GgmlDType,
    pub(crate) rows: usize,
    pub(crate) bytes: &'a [u8],
}

/// A matrix of Q8_0 weights.
pub(crate) struct Matrix {
    rows: usize,
    columns: usize,
    quants: Vec<Quants>,
    scales: Vec<Scales>,
}

impl Matrix {
    /// Stacks the rows of several tensors of the same width, requantising what is not Q8_0.
    pub(crate) fn stack(parts: &[Part<'_>], columns: usize) -> Result<Self> {
        if columns == 0 || !columns.is_multiple_of(BLOCK) {
            return Err(Error::Unsupported(format!("rows of {columns} values, not a multiple of {BLOCK}")));
        }
        let sources: Vec<Row<'_>> = parts
            .iter()
            .flat_map(|part| {
                let row_bytes = part.bytes.len() / part.rows.max(1);
                part.bytes.chunks_exact(row_bytes).map(|bytes| Row { kind: part.kind, bytes })
            })
            .collect();
        let blocks = columns / BLOCK;
        let groups = sources.len().div_ceil(GROUP);
        let mut quants = vec![Quants([[0; 4 * GROUP]; BLOCK / 4]); groups * blocks];
        let mut scales = vec![[0; GROUP]; groups * blocks];
        quants
            .par_chunks_exact_mut(blocks)
            .zip(scales.par_chunks_exact_mut(blocks))
            .zip(sources.par_chunks(GROUP))
            .try_for_each(|((quants, scales), rows)| {
                for (lane, row) in rows.iter().enumerate() {
                    let bytes = row.as_q8_0()?;
                    for ((block, quants), scales) in
                        bytes.as_chunks::<Q8_0_BYTES>().0.iter().zip(&mut *quants).zip(&mut *scales)
                    {
                        interleave(block, lane, quants, scales);
                    }
                }
                Ok(())
            })?;
        Ok(Self { rows: sources.len(), columns, quants, scales })
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes of weights.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.quants.as_slice()) + size_of_val(self.scales.as_slice())
    }

    /// One row as single precision, for embedding lookups.
    pub(crate) fn row(&self, row: usize, out: &mut [f32]) {
        let blocks = self.columns / BLOCK;
        let (group, lane) = (row / GROUP, row % GROUP);
        let columns = group * blocks..(group + 1) * blocks;
        for ((quants, scales), out) in
            self.quants[columns.clone()].iter().zip(&self.scales[columns]).zip(out.as_chunks_mut::<BLOCK>().0)
        {
            let scale = kernels::half_to_single(scales[lane]);
            for (line, out) in quants.0.iter().zip(out.as_chunks_mut::<4>().0) {
                for (out, quant) in out.iter_mut().zip(&line[4 * lane..]) {
                    *out = f32::from(*quant) * scale;
                }
            }
        }
    }

    /// `out[token * rows + row]` = row · activations of the token, for all of them.
    ///
    /// Runs on the rayon pool of the calling thread. `scratch` is reused between calls.
    pub(crate) fn product(&self, level: Level, x: &Activations, scratch: &mut Vec<f32>, out: &mut Vec<f32>) {
        let tokens = x.rows();
        if tokens == 1 {
            self.product_by_group(level, x, out);
            out.truncate(self.rows);
            return;
        }
        self.product_by_group(level, x, scratch);
        let by_group = &*scratch;
        out.resize(tokens * self.rows, 0.0);
        out.par_chunks_exact_mut(self.rows).enumerate().for_each(|(token, out)| {
            for (group, out) in out.chunks_mut(GROUP).enumerate() {
                let start = (group * tokens + token) * GROUP;
                out.copy_from_slice(&by_group[start..start + out.len()]);
            }
        });
    }

    /// `out[(group * tokens + token) * GROUP + lane]`, which threads can share by groups.
    fn product_by_group(&self, level: Level, x: &Activations, out: &mut Vec<f32>) {
        let tokens = x.rows();
        let blocks = self.columns / BLOCK;
        let groups = self.quants.len() / blocks;
        let outputs = GROUP * tokens;
        out.resize(groups * outputs, 0.0);
        let run = |first: usize, out: &mut [f32]| {
            for (group, out) in (first..).zip(out.chunks_exact_mut(outputs)) {
                let columns = group * blocks..(group + 1) * blocks;
                kernels::group_product(level, &self.quants[columns.clone()], &self.scales[columns], x, out);
            }
        };
        if self.rows * self.columns * tokens < PARALLEL_WORK {
            run(0, out);
            return;
        }
        let piece = groups.div_ceil(rayon::current_num_threads() * PIECES_PER_THREAD);
        out.par_chunks_mut(piece * outputs).enumerate().for_each(|(index, out)| run(index * piece, out));
    }
}

struct Row<'a> {
    kind: GgmlDType,
    bytes: &'a [u8],
}

impl Row<'_> {
    fn as_q8_0(&self) -> Result<std::borrow::Cow<'_, [u8]>> {
        if self.kind == GgmlDType::Q8_0 {
            return Ok(self.bytes.into());
        }
        let values = quantise::dequantise(self.kind, self.bytes)?;
        let mut bytes = Vec::with_capacity(values.len() / BLOCK * Q8_0_BYTES);
        quantise::quantise_q8_0(&values, &mut bytes);
        Ok(bytes.into())
    }
}

fn interleave(block: &[u8; Q8_0_BYTES], lane: usize, quants: &mut Quants, scales: &mut Scales) {
    scales[lane] = u16::from_le_bytes([block[0], block[1]]);
    for (line, four) in quants.0.iter_mut().zip(block[2..].as_chunks::<4>().0) {
        line[4 * lane..4 * lane + 4].copy_from_slice(&four.map(|byte| byte as i8));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn products_match_the_dequantised_matrix(
            rows in 1_usize..40,
            blocks in 1_usize..4,
            tokens in 1_usize..12,
            seed in any::<u32>(),
        ) {
            let columns = blocks * BLOCK;
            let mut state = seed;
            let mut next = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 8_388_608.0 - 1.0
            };
            let weights: Vec<f32> = (0..rows * columns).map(|_| next()).collect();
            let x: Vec<f32> = (0..tokens * columns).map(|_| next()).collect();
            let bytes: Vec<u8> = weights.iter().flat_map(|value| value.to_le_bytes()).collect();
            let matrix = Matrix::stack(&[Part { kind: GgmlDType::F32, rows, bytes: &bytes }], columns).unwrap();
            let mut row = vec![0.0; columns];
            for level in Level::available() {
                let mut activations = Activations::default();
                activations.quantise(level, &x, columns);
                let mut out = Vec::new();
                matrix.product(level, &activations, &mut Vec::new(), &mut out);
                prop_assert_eq!(out.len(), tokens * rows);
                for token in 0..tokens {
                    for index in 0..rows {
                        matrix.row(index, &mut row);
                        let expected: f32 = row.iter().zip(&x[token * columns..]).map(|(w, x)| w * x).sum();
                        let found = out[token * rows + index];
                        // Activations are rounded to 1/127 of their block's largest, here at most 1.
                        prop_assert!((expected - found).abs() < 0.005 * (columns as f32).sqrt() + 0.02, "{expected} {found}");
                    }
                }
            }
        }
    }
}
