//! Krippendorff's alpha with gaps, and its interval.

use serde::{Deserialize, Serialize};

use crate::bootstrap::{BootstrapInterval, BootstrapOptions, Method};
use crate::degenerate::{Degenerate, Parameter, check_probability};
use crate::describe::{moments, quantile_of_sorted, sorted};
use crate::interval::{Interval, SmallSample};

/// What the ratings are: the level of measurement, which says how far apart two ratings lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Names: any two different ratings are equally far apart.
    Nominal,
    /// Ranks: as far apart as the number of ratings between them, squared.
    Ordinal,
    /// Differences count, squared: a scale of 1 to 10 read as numbers.
    Interval,
    /// Relative differences count, ((a - b)/(a + b))²; ratings of 0 and above.
    Ratio,
}

/// Krippendorff's alpha, 1 - observed/expected disagreement (2011, Computing Krippendorff's
/// Alpha-Reliability). `units[u]` holds the ratings of one item by as many raters as rated it;
/// units with fewer than two ratings say nothing and are left out.
///
/// 1 is perfect agreement, 0 what chance gives. Costs O(n log n) for n ratings; for ratio data
/// also O(d²) for d different ratings. Fails without a unit of two ratings, on a rating that is
/// not finite (or negative for ratio data; `index` counts ratings in order), and where all ratings
/// are the same.
pub fn krippendorff_alpha(units: &[Vec<Option<f64>>], level: Level) -> Result<f64, Degenerate> {
    let coded = Coded::new(units, level)?;
    coded.alpha(0..coded.units.len()).ok_or(Degenerate::OneCategory)
}

/// [`krippendorff_alpha`] with a percentile interval from resampled units, which covers better
/// than resampling pairs of ratings (Zapf et al. 2016, BMC Medical Research Methodology 16:93).
///
/// A resample whose ratings are all the same leaves alpha undefined; it counts as 0 for the lower
/// and as 1 for the upper bound. Only level, resamples and seed of the options are read. The
/// caution counts units with two ratings or more.
pub fn krippendorff_interval(
    units: &[Vec<Option<f64>>],
    level: Level,
    options: &BootstrapOptions,
) -> Result<BootstrapInterval, Degenerate> {
    let coded = Coded::new(units, level)?;
    let estimate = coded.alpha(0..coded.units.len()).ok_or(Degenerate::OneCategory)?;
    interval_of_agreement(estimate, coded.units.len(), options, |drawn| {
        coded.alpha(drawn.iter().map(|&index| index as usize))
    })
}

/// The percentile interval of an agreement that some resamples leave undefined.
pub(super) fn interval_of_agreement(
    estimate: f64,
    units: usize,
    options: &BootstrapOptions,
    of: impl Fn(&[u32]) -> Option<f64> + Sync,
) -> Result<BootstrapInterval, Degenerate> {
    check_probability(Parameter::Level, options.level)?;
    if units < 2 {
        return Err(Degenerate::TooFew { n: units, need: 2 });
    }
    let replicates: Vec<Option<f64>> =
        options.plan().map(&[(0, units)], |_, drawn, out: &mut Vec<Option<f64>>| out.push(of(&drawn[0])))?;
    let tail = (1.0 - options.level) / 2.0;
    let bound = |undefined: f64, probability: f64| {
        let values: Vec<f64> = replicates.iter().map(|value| value.unwrap_or(undefined)).collect();
        quantile_of_sorted(&sorted(&values), probability)
    };
    let (low, high) = (bound(0.0, tail), bound(1.0, 1.0 - tail));
    let defined: Option<Vec<f64>> = replicates.iter().copied().collect();
    Ok(BootstrapInterval {
        estimate,
        standard_error: defined.filter(|values| values.len() > 1).map(|values| moments(&values).1.sqrt()),
        interval: Interval { low, high, level: options.level },
        method: Method::Percentile,
        resamples: replicates.len(),
        small_sample: SmallSample::of(units),
    })
}

/// One unit: how often each of its different ratings was given.
struct Unit {
    /// (index of the rating in `Coded::values`, times), ascending.
    counts: Vec<(usize, f64)>,
    /// Number of ratings m.
    ratings: f64,
    /// Disagreement within the unit over m - 1, where it does not depend on the other units.
    disagreement: f64,
}

struct Coded {
    units: Vec<Unit>,
    /// The different ratings, ascending. For interval data less their mean, so that squares keep
    /// their digits.
    values: Vec<f64>,
    level: Level,
}

impl Coded {
    fn new(units: &[Vec<Option<f64>>], level: Level) -> Result<Self, Degenerate> {
        let mut values = Vec::new();
        let mut index = 0;
        for unit in units {
            let pairable = unit.iter().flatten().count() >= 2;
            for value in unit.iter().flatten() {
                if !value.is_finite() {
                    return Err(Degenerate::NotFinite { index });
                }
                if level == Level::Ratio && *value < 0.0 {
                    return Err(Degenerate::OutOfRange { parameter: Parameter::Observation, value: *value });
                }
                if pairable {
                    // -0 and 0 are one rating.
                    values.push(value + 0.0);
                }
                index += 1;
            }
        }
        if values.is_empty() {
            return Err(Degenerate::TooFew { n: 0, need: 1 });
        }
        values.sort_unstable_by(f64::total_cmp);
        values.dedup();
        let coded = units
            .iter()
            .filter_map(|unit| {
                let mut codes: Vec<usize> =
                    unit.iter().flatten().map(|value| values.partition_point(|known| known < value)).collect();
                if codes.len() < 2 {
                    return None;
                }
                codes.sort_unstable();
                let ratings = codes.len() as f64;
                let counts = codes.chunk_by(|a, b| a == b).map(|chunk| (chunk[0], chunk.len() as f64)).collect();
                Some(Unit { counts, ratings, disagreement: 0.0 })
            })
            .collect();
        let mut coded = Self { units: coded, values, level };
        if level == Level::Interval {
            let centre = crate::describe::mean_of(&coded.values);
            coded.values.iter_mut().for_each(|value| *value -= centre);
        }
        if level != Level::Ordinal {
            for unit in 0..coded.units.len() {
                let unit_counts = &coded.units[unit].counts;
                let disagreement = coded.disagreement(unit_counts, &coded.values);
                let unit = &mut coded.units[unit];
                unit.disagreement = disagreement / (unit.ratings - 1.0);
            }
        }
        Ok(coded)
    }

    /// Alpha of a choice of units, none when all their ratings are the same.
    fn alpha(&self, chosen: impl Iterator<Item = usize> + Clone) -> Option<f64> {
        let mut totals = vec![0.0; self.values.len()];
        let mut n = 0.0;
        for unit in chosen.clone().map(|index| &self.units[index]) {
            n += unit.ratings;
            for &(code, count) in &unit.counts {
                totals[code] += count;
            }
        }
        let all: Vec<(usize, f64)> = totals.iter().copied().enumerate().filter(|(_, count)| *count > 0.0).collect();
        if all.len() < 2 {
            return None;
        }
        // The distance of two ranks is the number of ratings from the middle of the one to the
        // middle of the other, so ordinal data are interval data on mid-ranks.
        let ranks = (self.level == Level::Ordinal).then(|| mid_ranks(&totals, n));
        let positions = ranks.as_ref().unwrap_or(&self.values);
        let observed: f64 = chosen
            .map(|index| &self.units[index])
            .map(|unit| match self.level {
                Level::Ordinal => self.disagreement(&unit.counts, positions) / (unit.ratings - 1.0),
                _ => unit.disagreement,
            })
            .sum();
        let expected = self.disagreement(&all, positions);
        Some(1.0 - (n - 1.0) * observed / expected)
    }

    /// The sum of distances over all ordered pairs of these ratings.
    fn disagreement(&self, counts: &[(usize, f64)], positions: &[f64]) -> f64 {
        let total: f64 = counts.iter().map(|(_, count)| count).sum();
        match self.level {
            Level::Nominal => total * total - counts.iter().map(|(_, count)| count * count).sum::<f64>(),
            Level::Ordinal | Level::Interval => {
                let mean = counts.iter().map(|&(code, count)| count * positions[code]).sum::<f64>() / total;
                let squares: f64 = counts.iter().map(|&(code, count)| count * (positions[code] - mean).powi(2)).sum();
                2.0 * total * squares
            }
            Level::Ratio => {
                let mut sum = 0.0;
                for (place, &(a, count_a)) in counts.iter().enumerate() {
                    for &(b, count_b) in &counts[place + 1..] {
                        let (a, b) = (positions[a], positions[b]);
                        // Different ratings of 0 and above: their sum is above 0.
                        let relative = (a - b) / (a + b);
                        sum += 2.0 * count_a * count_b * relative * relative;
                    }
                }
                sum
            }
        }
    }
}

/// The middle rank of each rating, less n/2 to keep squares small.
fn mid_ranks(totals: &[f64], n: f64) -> Vec<f64> {
    let mut below = 0.0;
    totals
        .iter()
        .map(|count| {
            let rank = below + count / 2.0 - n / 2.0;
            below += count;
            rank
        })
        .collect()
}
