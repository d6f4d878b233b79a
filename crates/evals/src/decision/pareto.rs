//! Quality, cost and latency at once: who is on the front, and whose place behind it is beyond doubt.
//!
//! Items (clusters, where they form any) are resampled once for all arms and all three objectives. The
//! largest studentised deviation over everything that is claimed gives one critical value (Efron and
//! Tibshirani 1993; max-t as in Westfall and Young 1993), so that all intervals hold together.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use stats::distribution::{normal_quantile, t_quantile};
use stats::{describe, quantile};

use super::measure::Measure;
use super::model::{Dominator, Figure, FigureStatus, ParetoPoint};
use super::options::DecisionOptions;
use super::scores::Scores;

const TAIL: f64 = 0.95;

/// Answers visited at most over all resamples.
const MOST_VISITS: usize = 100_000_000;
const LEAST_RESAMPLES: usize = 499;

/// The RNG stream of this module, apart from those of `stats`.
const STREAM: u64 = 0x7061_7265_746f;

/// What is drawn from of one arm.
struct Objectives {
    name: String,
    /// By cluster: sums of weight times value, and of weights.
    quality: Vec<(f64, f64)>,
    cost: Vec<(f64, f64)>,
    /// Ascending latencies with their clusters.
    latency: Vec<(f64, u32)>,
    /// The three estimates.
    estimates: [f64; 3],
    /// Whether latency has enough answers for an interval of its tail.
    tail: bool,
}

/// Every arm that has all three objectives.
pub(super) fn front(scores: &Scores, primary: Measure, options: &DecisionOptions) -> Vec<ParetoPoint> {
    if !primary.is_quality() {
        return Vec::new();
    }
    let clusters = scores.items().iter().map(|item| item.cluster as usize + 1).max().unwrap_or(0);
    let arms: Vec<Objectives> =
        (0..scores.arms().len()).filter_map(|arm| objectives(scores, arm, primary, clusters, options)).collect();
    let mut used: Vec<usize> = scores.items().iter().map(|item| item.cluster as usize).collect();
    used.sort_unstable();
    used.dedup();
    let visits: usize = arms.iter().map(|arm| arm.latency.len() + 2 * clusters).sum();
    let count = (MOST_VISITS / visits.max(1)).clamp(LEAST_RESAMPLES, options.resamples.max(LEAST_RESAMPLES));
    let replicates = if used.len() < 3 {
        Vec::new()
    } else {
        resample(&arms, &used, clusters, count, options.seed.unwrap_or_default())
    };
    let stretch = stretch(used.len(), options.level);
    let single: Vec<(usize, usize)> = (0..arms.len()).flat_map(|arm| (0..3).map(move |o| (arm, o))).collect();
    let own = Band::of(
        &replicates,
        single.iter().map(|&(arm, o)| Claim {
            estimate: arms[arm].estimates[o],
            a: (arm, o),
            b: None,
            tail: o != 2 || arms[arm].tail,
        }),
        options.level,
        stretch,
    );
    let pairs: Vec<(usize, usize)> =
        (0..arms.len()).flat_map(|a| (0..arms.len()).filter(move |b| a != *b).map(move |b| (a, b))).collect();
    // How much better b is than a, on each objective.
    let between = Band::of(
        &replicates,
        pairs.iter().flat_map(|&(a, b)| {
            let arms = &arms;
            (0..3).map(move |o| Claim {
                estimate: arms[b].estimates[o] - arms[a].estimates[o],
                a: (b, o),
                b: Some((a, o)),
                tail: o != 2 || (arms[a].tail && arms[b].tail),
            })
        }),
        options.level,
        stretch,
    );
    let sign = |o: usize| if o == 0 { primary.sign() } else { -1.0 };
    arms.iter()
        .enumerate()
        .map(|(at, arm)| {
            let dominated_by: Vec<Dominator> = pairs
                .iter()
                .enumerate()
                .filter(|(_, (a, _))| *a == at)
                .filter_map(|(pair, &(a, b))| {
                    let better: Vec<f64> =
                        (0..3).map(|o| sign(o) * (arms[b].estimates[o] - arms[a].estimates[o])).collect();
                    let dominates = better.iter().all(|by| *by >= 0.0) && better.iter().any(|by| *by > 0.0);
                    dominates.then(|| {
                        let least: Option<Vec<f64>> = (0..3)
                            .map(|o| {
                                let (low, high) = between.intervals[3 * pair + o]?;
                                Some(if sign(o) > 0.0 { low } else { -high })
                            })
                            .collect();
                        let certain =
                            least.is_some_and(|by| by.iter().all(|by| *by >= 0.0) && by.iter().any(|by| *by > 0.0));
                        Dominator { name: arms[b].name.clone(), certain }
                    })
                })
                .collect();
            let figure = |o: usize| match own.intervals[3 * at + o] {
                Some((low, high)) => Figure::with(arm.estimates[o], low, high),
                None => Figure::bare(Some(arm.estimates[o]), FigureStatus::TooFew),
            };
            ParetoPoint {
                name: arm.name.clone(),
                quality: figure(0),
                cost: figure(1),
                latency_p95_ms: figure(2),
                on_front: dominated_by.is_empty(),
                dominated_by,
            }
        })
        .collect()
}

fn objectives(
    scores: &Scores,
    arm: usize,
    primary: Measure,
    clusters: usize,
    options: &DecisionOptions,
) -> Option<Objectives> {
    let sums = |measure: Measure| {
        let column = scores.column(arm, measure);
        let mut sums = vec![(0.0, 0.0); clusters];
        for (item, cell) in scores.items().iter().zip(&column) {
            if let Some(mean) = cell.mean() {
                let sum = &mut sums[item.cluster as usize];
                sum.0 += item.weight * mean;
                sum.1 += item.weight;
            }
        }
        sums
    };
    let mut latency: Vec<(f64, u32)> = scores
        .answers_of(arm)
        .filter_map(|(item, answer)| Some((answer.get(Measure::LatencyMs)?, scores.items()[item].cluster)))
        .collect();
    latency.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (quality, cost) = (sums(primary), sums(Measure::CostUsd));
    let ones = vec![1_u32; clusters];
    let values: Vec<f64> = latency.iter().map(|answer| answer.0).collect();
    Some(Objectives {
        name: scores.arms()[arm].name.clone(),
        estimates: [mean(&quality, &ones)?, mean(&cost, &ones)?, describe::quantile(&values, TAIL).ok()?],
        tail: quantile::observations_needed(TAIL, options.level).is_ok_and(|need| values.len() >= need),
        quality,
        cost,
        latency,
    })
}

/// Three estimates of every arm under each resample.
fn resample(arms: &[Objectives], used: &[usize], clusters: usize, count: usize, seed: u64) -> Vec<Vec<[f64; 3]>> {
    let mut source = ChaCha12Rng::seed_from_u64(seed);
    source.set_stream(STREAM);
    let mut times = vec![0_u32; clusters];
    (0..count)
        .map(|_| {
            times.fill(0);
            for _ in 0..used.len() {
                times[used[source.random_range(0..used.len())]] += 1;
            }
            arms.iter()
                .map(|arm| {
                    [
                        mean(&arm.quality, &times).unwrap_or(f64::NAN),
                        mean(&arm.cost, &times).unwrap_or(f64::NAN),
                        tail(&arm.latency, &times).unwrap_or(f64::NAN),
                    ]
                })
                .collect()
        })
        .collect()
}

fn mean(sums: &[(f64, f64)], times: &[u32]) -> Option<f64> {
    let (sum, weight) = sums.iter().zip(times).fold((0.0, 0.0), |total, (sum, times)| {
        (total.0 + f64::from(*times) * sum.0, total.1 + f64::from(*times) * sum.1)
    });
    (weight > 0.0).then(|| sum / weight)
}

/// The 95th percentile of ascending values counted `times` each.
fn tail(latency: &[(f64, u32)], times: &[u32]) -> Option<f64> {
    let count = |cluster: u32| u64::from(times[cluster as usize]);
    let total: u64 = latency.iter().map(|(_, cluster)| count(*cluster)).sum();
    let wanted = (total as f64 * TAIL).ceil() as u64;
    let mut seen = 0;
    for (value, cluster) in latency {
        seen += count(*cluster);
        if seen >= wanted && seen > 0 {
            return Some(*value);
        }
    }
    None
}

/// How far the bootstrap's critical value is stretched for few clusters: as t is beyond normal, and for the
/// factor G/(G - 1) of the variance.
fn stretch(clusters: usize, level: f64) -> f64 {
    if clusters < 2 {
        return 1.0;
    }
    let (p, g) = (0.5 + level / 2.0, clusters as f64);
    t_quantile(p, g - 1.0) / normal_quantile(p) * (g / (g - 1.0)).sqrt()
}

/// An estimate, or the difference of two, that an interval is wanted for.
struct Claim {
    estimate: f64,
    a: (usize, usize),
    b: Option<(usize, usize)>,
    /// Whether there are enough answers for an interval at all.
    tail: bool,
}

/// Intervals that all hold together.
struct Band {
    intervals: Vec<Option<(f64, f64)>>,
}

impl Band {
    fn of(replicates: &[Vec<[f64; 3]>], claims: impl Iterator<Item = Claim>, level: f64, stretch: f64) -> Self {
        let claims: Vec<Claim> = claims.collect();
        let mut largest = vec![0.0_f64; replicates.len()];
        let errors: Vec<Option<f64>> = claims
            .iter()
            .map(|claim| {
                let drawn: Vec<f64> = replicates
                    .iter()
                    .map(|arms| arms[claim.a.0][claim.a.1] - claim.b.map_or(0.0, |b| arms[b.0][b.1]))
                    .collect();
                let centre = describe::mean(&drawn).ok()?;
                let error = describe::variance(&drawn).ok()?.sqrt();
                if error > 1e-12 * centre.abs() && claim.tail {
                    for (most, value) in largest.iter_mut().zip(&drawn) {
                        *most = most.max((value - centre).abs() / error);
                    }
                }
                Some(error)
            })
            .collect();
        let critical = describe::quantile(&largest, level).unwrap_or(f64::INFINITY) * stretch;
        let intervals = claims
            .iter()
            .zip(errors)
            .map(|(claim, error)| {
                let half = critical * error.filter(|_| claim.tail)?;
                half.is_finite().then_some((claim.estimate - half, claim.estimate + half))
            })
            .collect();
        Self { intervals }
    }
}
