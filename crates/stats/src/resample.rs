//! Seeded resampling with replacement, shared by every bootstrap.
//!
//! Resamples come in blocks of 64; each block has its own ChaCha12 stream, so the work can
//! be split over threads and the numbers stay the same. Columns that share rows (latency, cost and
//! tokens of the same runs) are resampled together in one pass.

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::degenerate::{Degenerate, Parameter, check_sample};
use crate::describe::mean_of;

/// Resamples per random stream.
const BLOCK: usize = 64;

/// Below this many draws starting a thread costs more than it saves.
const DRAWS_WORTH_A_THREAD: usize = 500_000;

/// How many resamples to draw, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Number of resamples.
    pub resamples: usize,
    /// Seed of every stream.
    pub seed: u64,
}

/// The mean and the variance of each resample of one column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResampledMoments {
    /// Mean of each resample.
    pub means: Vec<f64>,
    /// Sample variance (n - 1) of each resample; 0 for a single observation.
    pub variances: Vec<f64>,
}

impl Plan {
    /// Resamples columns of equal length with the same draws for each, and gives the moments of
    /// every resample.
    ///
    /// Samples that are independent of one another (two contestants) need different `stream`s;
    /// the same stream repeats the same draws.
    pub fn moments(&self, stream: u32, columns: &[&[f64]]) -> Result<Vec<ResampledMoments>, Degenerate> {
        let n = columns.first().map_or(0, |column| column.len());
        for column in columns {
            check_sample(column, 1)?;
            if column.len() != n {
                return Err(Degenerate::UnequalLengths { a: n, b: column.len() });
            }
        }
        // Deviations from the mean keep the sum of squares from cancelling.
        let centred: Vec<(f64, Vec<f64>)> = columns
            .iter()
            .map(|column| {
                let mean = mean_of(column);
                (mean, column.iter().map(|value| value - mean).collect())
            })
            .collect();
        let rows = self.map(&[(stream, n)], |_, drawn, out: &mut Vec<(f64, f64)>| {
            let indices = &drawn[0];
            out.extend(centred.iter().map(|(mean, deviations)| {
                let (sum, squares) = sum_and_squares(deviations, indices);
                let count = indices.len() as f64;
                let variance = if n > 1 { (squares - sum * sum / count) / (count - 1.0) } else { 0.0 };
                // A resample without spread leaves only the rounding of its squares.
                let floor = squares * count * f64::EPSILON;
                (mean + sum / count, if variance <= floor { 0.0 } else { variance })
            }));
        })?;
        let mut moments = vec![ResampledMoments::default(); columns.len()];
        for row in rows.chunks_exact(columns.len().max(1)) {
            for (column, (mean, variance)) in moments.iter_mut().zip(row) {
                column.means.push(*mean);
                column.variances.push(*variance);
            }
        }
        Ok(moments)
    }

    /// The value of a statistic on each resample of one sample.
    pub fn statistic(
        &self,
        stream: u32,
        data: &[f64],
        statistic: &(impl Fn(&[f64]) -> f64 + Sync),
    ) -> Result<Vec<f64>, Degenerate> {
        check_sample(data, 1)?;
        self.map(&[(stream, data.len())], |_, drawn, out: &mut Vec<f64>| {
            let resample: Vec<f64> = drawn[0].iter().map(|&index| data[index as usize]).collect();
            out.push(statistic(&resample));
        })
    }

    /// Runs `visit` on every resample and collects what it pushes, in the order of the resamples,
    /// over as many threads as pay off. Each sample is a stream and a number of rows; `visit` gets
    /// the number of the resample and the drawn row indices of each sample.
    pub(crate) fn map<T: Send>(
        &self,
        samples: &[(u32, usize)],
        visit: impl Fn(usize, &[Vec<u32>], &mut Vec<T>) + Sync,
    ) -> Result<Vec<T>, Degenerate> {
        let rows: usize = samples.iter().map(|(_, n)| n).sum();
        if self.resamples == 0 || u32::try_from(rows.max(self.resamples)).is_err() {
            let value = self.resamples as f64;
            return Err(Degenerate::OutOfRange { parameter: Parameter::Resamples, value });
        }
        let blocks = self.resamples.div_ceil(BLOCK);
        let run = |from: usize, to: usize| {
            let mut out = Vec::new();
            let mut drawn: Vec<Vec<u32>> = samples.iter().map(|(_, n)| vec![0; *n]).collect();
            for block in from..to {
                let mut streams: Vec<Draws> =
                    samples.iter().map(|(stream, _)| Draws::new(self.seed, *stream, block as u32)).collect();
                for resample in block * BLOCK..((block + 1) * BLOCK).min(self.resamples) {
                    for (draws, indices) in streams.iter_mut().zip(&mut drawn) {
                        draws.fill(indices.len() as u32, indices);
                    }
                    visit(resample, &drawn, &mut out);
                }
            }
            out
        };
        let threads = std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(rows * self.resamples / DRAWS_WORTH_A_THREAD)
            .clamp(1, blocks);
        if threads == 1 {
            return Ok(run(0, blocks));
        }
        let parts = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|worker| {
                    let run = &run;
                    let (from, to) = (worker * blocks / threads, (worker + 1) * blocks / threads);
                    scope.spawn(move || run(from, to))
                })
                .collect();
            workers
                .into_iter()
                .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect::<Vec<_>>()
        });
        Ok(parts.into_iter().flatten().collect())
    }
}

/// The gather loop that the whole bootstrap spends its time in. Four accumulators of each kind
/// break the dependency of one addition on the one before.
fn sum_and_squares(deviations: &[f64], indices: &[u32]) -> (f64, f64) {
    let mut sums = [0.0; 4];
    let mut squares = [0.0; 4];
    let quads = indices.chunks_exact(4);
    for &index in quads.remainder() {
        let value = deviations[index as usize];
        sums[0] += value;
        squares[0] += value * value;
    }
    for quad in quads {
        for lane in 0..4 {
            let value = deviations[quad[lane] as usize];
            sums[lane] += value;
            squares[lane] += value * value;
        }
    }
    ((sums[0] + sums[1]) + (sums[2] + sums[3]), (squares[0] + squares[1]) + (squares[2] + squares[3]))
}

/// The sum of terms whose sign is turned where the flip is 1, flip i being bit i % 64 of word i / 64. The
/// inner loop of every sign-flip test: no branch on a coin that nobody can predict, and four accumulators.
pub(crate) fn signed_sum(terms: &[f64], flips: &[u64]) -> f64 {
    let turned = |term: f64, word: u64, place: usize| f64::from_bits(term.to_bits() ^ (word >> place & 1) << 63);
    let mut sums = [0.0; 4];
    for (terms, &word) in terms.chunks(64).zip(flips) {
        let quads = terms.chunks_exact(4);
        let rest = terms.len() - quads.remainder().len();
        for (place, &term) in quads.remainder().iter().enumerate() {
            sums[0] += turned(term, word, rest + place);
        }
        for (at, quad) in quads.enumerate() {
            for lane in 0..4 {
                sums[lane] += turned(quad[lane], word, 4 * at + lane);
            }
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// A stream of uniform indices and coin flips.
pub(crate) struct Draws {
    generator: ChaCha12Rng,
    bytes: Vec<u8>,
}

impl Draws {
    /// The stream of one block; equal arguments give equal draws.
    pub(crate) fn new(seed: u64, stream: u32, block: u32) -> Self {
        let mut generator = ChaCha12Rng::seed_from_u64(seed);
        generator.set_stream(u64::from(stream) << 32 | u64::from(block));
        Self { generator, bytes: Vec::new() }
    }

    /// Fills `out` with independent indices, each exactly uniform on 0..bound: Lemire's
    /// multiply-and-reject (2019, doi 10.1145/3230636) on 16 bits a draw where they suffice.
    pub(crate) fn fill(&mut self, bound: u32, out: &mut [u32]) {
        const HALF_WORD: u32 = 1 << 16;
        if bound <= HALF_WORD {
            self.bytes.resize(2 * out.len(), 0);
            self.generator.fill_bytes(&mut self.bytes);
            let reject_below = HALF_WORD % bound;
            for (index, pair) in out.iter_mut().zip(self.bytes.chunks_exact(2)) {
                let mut product = u32::from(u16::from_le_bytes([pair[0], pair[1]])) * bound;
                while (product & 0xffff) < reject_below {
                    product = (self.generator.next_u32() & 0xffff) * bound;
                }
                *index = product >> 16;
            }
        } else {
            for index in out {
                *index = self.index(bound);
            }
        }
    }

    /// One index, exactly uniform on 0..bound.
    pub(crate) fn index(&mut self, bound: u32) -> u32 {
        let reject_below = bound.wrapping_neg() % bound;
        loop {
            let product = u64::from(self.generator.next_u32()) * u64::from(bound);
            if product as u32 >= reject_below {
                return (product >> 32) as u32;
            }
        }
    }

    /// Sixty-four fair coin flips.
    pub(crate) fn flips(&mut self) -> u64 {
        self.generator.next_u64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_do_not_depend_on_how_the_blocks_are_split() {
        // 1,000 x 1,200 draws are enough for two threads, 1,000 x 400 are not.
        let data: Vec<f64> = (0..1_000).map(|i| f64::from(i * i % 97)).collect();
        let long = Plan { resamples: 1_200, seed: 7 }.moments(3, &[&data]).unwrap();
        let short = Plan { resamples: 400, seed: 7 }.moments(3, &[&data]).unwrap();
        assert_eq!(long[0].means[..400], short[0].means[..]);
        assert_eq!(long[0].variances[..400], short[0].variances[..]);
    }

    #[test]
    fn columns_share_their_draws_and_streams_do_not() {
        let data: Vec<f64> = (0..30).map(f64::from).collect();
        let doubled: Vec<f64> = data.iter().map(|value| 2.0 * value).collect();
        let plan = Plan { resamples: 100, seed: 1 };
        let both = plan.moments(0, &[&data, &doubled]).unwrap();
        for (one, two) in both[0].means.iter().zip(&both[1].means) {
            assert!((2.0 * one - two).abs() < 1e-12);
        }
        assert_ne!(both[0], plan.moments(1, &[&data]).unwrap()[0]);
    }

    #[test]
    fn signed_sums_turn_the_terms_whose_bit_is_set() {
        let mut draws = Draws::new(3, 0, 0);
        for n in [0_usize, 1, 3, 4, 63, 64, 65, 130, 201] {
            let terms: Vec<f64> = (0..n).map(|i| (i * i % 37) as f64 - 11.5).collect();
            let words: Vec<u64> = (0..n.div_ceil(64)).map(|_| draws.flips()).collect();
            let plain: f64 =
                (0..n).map(|i| if words[i / 64] >> (i % 64) & 1 == 1 { -terms[i] } else { terms[i] }).sum();
            // Halves of whole numbers: every order of addition is exact.
            assert_eq!(signed_sum(&terms, &words), plain, "{n}");
        }
    }

    #[test]
    fn indices_are_uniform_for_small_and_large_bounds() {
        for bound in [1, 3, 1_000, 65_536, 65_537, 100_000] {
            let mut draws = Draws::new(11, 0, 0);
            let mut out = vec![0; 60_000];
            draws.fill(bound, &mut out);
            assert!(out.iter().all(|&index| index < bound));
            let mean = out.iter().map(|&index| f64::from(index)).sum::<f64>() / 60_000.0;
            let expected = f64::from(bound - 1) / 2.0;
            let error = f64::from(bound) / (12.0_f64 * 60_000.0).sqrt();
            assert!((mean - expected).abs() <= 4.0 * error, "bound {bound}: {mean}");
        }
    }

    #[test]
    fn moments_agree_with_the_plain_formula() {
        let data = [1e9 + 1.0, 1e9 + 2.0, 1e9 + 4.0, 1e9 + 8.0, 1e9 + 16.0];
        let plan = Plan { resamples: 300, seed: 5 };
        let fast = plan.moments(0, &[&data]).unwrap();
        let variance = |resample: &[f64]| crate::describe::moments(resample).1;
        let slow = plan.statistic(0, &data, &variance).unwrap();
        for (fast, slow) in fast[0].variances.iter().zip(&slow) {
            assert!((fast - slow).abs() < 1e-9, "{fast} {slow}");
            assert_eq!(*fast == 0.0, *slow == 0.0);
        }
    }
}
