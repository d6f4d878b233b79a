//! The area under the ROC curve: the chance that a score ranks a random positive above a random
//! negative, ties counting half. 0.5 is a score that knows nothing, 1 one that never errs.

use serde::{Deserialize, Serialize};

use crate::bootstrap::{BootstrapInterval, BootstrapOptions, Method, from_replicates};
use crate::degenerate::{Degenerate, Parameter, check_probability, check_sample};
use crate::describe::{moments, sorted};
use crate::distribution::normal_quantile;
use crate::interval::{Interval, SmallSample};

/// An area under the ROC curve with DeLong's error.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Auroc {
    /// The area.
    pub area: f64,
    /// DeLong's standard error.
    pub standard_error: f64,
    /// area ± z · standard error, cut to [0, 1].
    pub interval: Interval,
    /// Number of positives.
    pub positives: usize,
    /// Number of negatives.
    pub negatives: usize,
    /// Set when the smaller class is small.
    pub small_sample: Option<SmallSample>,
}

/// The area under the ROC curve of at least one score of each class, in O(n log n).
pub fn auroc(positive: &[f64], negative: &[f64]) -> Result<f64, Degenerate> {
    check_sample(positive, 1)?;
    check_sample(negative, 1)?;
    let negative = sorted(negative);
    Ok(positive.iter().map(|&score| share_below(&negative, score)).sum::<f64>() / positive.len() as f64)
}

/// [`auroc`] with DeLong, DeLong and Clarke-Pearson's interval (1988, Biometrics 44), computed in
/// O(n log n) (Sun and Xu 2014). Needs two scores of each class.
///
/// Classes that do not overlap leave the error at 0, which is no evidence that it is: they fail
/// with [`Degenerate::Unbounded`].
pub fn delong(positive: &[f64], negative: &[f64], level: f64) -> Result<Auroc, Degenerate> {
    check_probability(Parameter::Level, level)?;
    check_sample(positive, 2)?;
    check_sample(negative, 2)?;
    let (positives, negatives) = (sorted(positive), sorted(negative));
    let of_positives: Vec<f64> = positive.iter().map(|&score| share_below(&negatives, score)).collect();
    let of_negatives: Vec<f64> = negative.iter().map(|&score| 1.0 - share_below(&positives, score)).collect();
    let (area, positive_variance) = moments(&of_positives);
    let (_, negative_variance) = moments(&of_negatives);
    let variance = positive_variance / positive.len() as f64 + negative_variance / negative.len() as f64;
    if variance <= 0.0 {
        return Err(Degenerate::Unbounded);
    }
    let standard_error = variance.sqrt();
    let half = normal_quantile(0.5 + level / 2.0) * standard_error;
    Ok(Auroc {
        area,
        standard_error,
        interval: Interval { low: (area - half).max(0.0), high: (area + half).min(1.0), level },
        positives: positive.len(),
        negatives: negative.len(),
        small_sample: SmallSample::of(positive.len().min(negative.len())),
    })
}

/// [`auroc`] with a percentile interval from resampling each class apart. Only level, resamples
/// and seed of the options are read. Fails where classes do not overlap, as [`delong`] does.
pub fn bootstrap(
    positive: &[f64],
    negative: &[f64],
    options: &BootstrapOptions,
) -> Result<BootstrapInterval, Degenerate> {
    check_sample(positive, 2)?;
    check_sample(negative, 2)?;
    let area = auroc(positive, negative)?;
    if area == 0.0 || area == 1.0 {
        return Err(Degenerate::Unbounded);
    }
    // Scores become ranks among the different scores, so that a resample is counted, not sorted.
    let mut values: Vec<f64> = positive.iter().chain(negative).map(|score| score + 0.0).collect();
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
    let codes = |scores: &[f64]| -> Vec<usize> {
        scores.iter().map(|score| values.partition_point(|known| known < score)).collect()
    };
    let (positive_codes, negative_codes) = (codes(positive), codes(negative));
    let samples = [(0, positive.len()), (1, negative.len())];
    let replicates = options.plan().map(&samples, |_, drawn, out: &mut Vec<f64>| {
        let mut counts = vec![(0_u32, 0_u32); values.len()];
        for &index in &drawn[0] {
            counts[positive_codes[index as usize]].0 += 1;
        }
        for &index in &drawn[1] {
            counts[negative_codes[index as usize]].1 += 1;
        }
        let (mut below, mut twice) = (0_u64, 0_u64);
        for (positives, negatives) in counts {
            let (positives, negatives) = (u64::from(positives), u64::from(negatives));
            twice += positives * (2 * below + negatives);
            below += negatives;
        }
        out.push(twice as f64 / (2.0 * positive.len() as f64 * negative.len() as f64));
    })?;
    let n = positive.len().min(negative.len());
    from_replicates(area, &replicates, &[], Method::Percentile, options.level, n)
}

/// The share of ascending scores below this one, equal ones counting half.
fn share_below(ascending: &[f64], score: f64) -> f64 {
    let below = ascending.partition_point(|&other| other < score);
    let up_to = ascending.partition_point(|&other| other <= score);
    (below + up_to) as f64 / (2 * ascending.len()) as f64
}
