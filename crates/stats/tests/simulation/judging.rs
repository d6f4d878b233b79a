//! Simulations of what judges and verdicts rest on.

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;
use stats::bradley_terry::{self, Game, Terms};
use stats::calibration::{ppi_plus_plus, rogan_gladen};
use stats::distribution::{normal_cdf, normal_quantile};
use stats::paired_rate::{ItemPasses, difference_of_repeated};
use stats::resample::Plan;
use stats::{BootstrapOptions, interval, simultaneous};

use super::{LEVEL, uniform};

fn normal(generator: &mut ChaCha12Rng) -> f64 {
    normal_quantile(uniform(generator))
}

fn passes(generator: &mut ChaCha12Rng, runs: u64, rate: f64) -> u64 {
    (0..runs).filter(|_| uniform(generator) < rate).count() as u64
}

/// Coverage of the difference of pass rates over `items` items of `runs` runs each, by Tango's
/// interval for repeats and by the t interval of the items' mean differences. Items differ in
/// difficulty (a probit with standard deviation 1) and in how the two contestants take them
/// (0.5); the second contestant passes less often.
pub(crate) fn repeated_coverage(items: usize, runs: u64, ease: f64, runs_simulated: usize) -> [f64; 2] {
    let mut generator = ChaCha12Rng::seed_from_u64(items as u64 * 100 + runs);
    let spread = (1.0_f64 + 1.0 + 0.25).sqrt();
    let truth = normal_cdf((ease + 0.2) / spread) - normal_cdf(ease / spread);
    let mut covered = [0usize; 2];
    for _ in 0..runs_simulated {
        let mut found = Vec::with_capacity(items);
        for _ in 0..items {
            let difficulty = normal(&mut generator);
            let mut rate = |lead: f64| normal_cdf(ease + lead + difficulty + 0.5 * normal(&mut generator));
            let (a, b) = (rate(0.2), rate(0.0));
            found.push(ItemPasses {
                passes_a: passes(&mut generator, runs, a),
                runs_a: runs,
                passes_b: passes(&mut generator, runs, b),
                runs_b: runs,
            });
        }
        let tango = difference_of_repeated(&found, LEVEL);
        covered[0] += usize::from(tango.is_ok_and(|estimate| estimate.interval.contains(truth)));
        let differences: Vec<f64> =
            found.iter().map(|item| (item.passes_a as f64 - item.passes_b as f64) / runs as f64).collect();
        let t = interval::mean(&differences, LEVEL);
        covered[1] += usize::from(t.is_ok_and(|mean| mean.interval.contains(truth)));
    }
    covered.map(|count| count as f64 / runs_simulated as f64)
}

/// Coverage of the true pass rate by the labels alone, by PPI++ (tuned) and by Rogan-Gladen, from
/// `labels` labelled and 400 judged answers of which people would pass `rate`; the judge passes
/// 90 % of the passes and fails 80 % of the fails. Labels without an interval count as not
/// covering.
pub(crate) fn calibration_coverage(labels: usize, rate: f64, runs: usize) -> [f64; 3] {
    const JUDGED: usize = 400;
    let mut generator = ChaCha12Rng::seed_from_u64(labels as u64);
    let mut covered = [0usize; 3];
    for _ in 0..runs {
        let mut draw = || {
            let passes = uniform(&mut generator) < rate;
            let judged = uniform(&mut generator) < if passes { 0.9 } else { 0.2 };
            (f64::from(passes), f64::from(judged))
        };
        let labelled: Vec<(f64, f64)> = (0..labels).map(|_| draw()).collect();
        let unlabelled: Vec<f64> = (0..JUDGED).map(|_| draw().1).collect();
        let count = |label: f64, judged: f64| labelled.iter().filter(|pair| **pair == (label, judged)).count() as u64;
        let (hits, misses, alarms, rejections) = (count(1.0, 1.0), count(1.0, 0.0), count(0.0, 1.0), count(0.0, 0.0));
        let judged = unlabelled.iter().filter(|judged| **judged == 1.0).count() as u64;
        let intervals = [
            ppi_plus_plus(&labelled, &unlabelled, LEVEL, Some(0.0)).ok().map(|found| found.interval),
            ppi_plus_plus(&labelled, &unlabelled, LEVEL, None).ok().map(|found| found.interval),
            rogan_gladen((judged, JUDGED as u64), (hits, hits + misses), (rejections, rejections + alarms), LEVEL)
                .ok()
                .map(|found| found.interval),
        ];
        for (count, interval) in covered.iter_mut().zip(intervals) {
            *count += usize::from(interval.is_some_and(|interval| interval.contains(rate)));
        }
    }
    covered.map(|count| count as f64 / runs as f64)
}

/// Chance that all of `columns` correlated differences over `items` items are covered at once: by
/// the largest statistic, and by t intervals at Bonferroni's level. Differences to one and the
/// same rival correlate by one half; `skewed` draws them from a log-normal.
pub(crate) fn simultaneous_coverage(columns: usize, items: usize, skewed: bool, runs: usize) -> [f64; 2] {
    let mut generator = ChaCha12Rng::seed_from_u64((columns * 1_000 + items) as u64);
    let names: Vec<usize> = (0..items).collect();
    let mut covered = [0usize; 2];
    for run in 0..runs {
        let mut score = || if skewed { normal(&mut generator).exp() } else { normal(&mut generator) };
        let rival: Vec<f64> = (0..items).map(|_| score()).collect();
        let data: Vec<Vec<f64>> = (0..columns).map(|_| rival.iter().map(|rival| score() - rival).collect()).collect();
        let views: Vec<&[f64]> = data.iter().map(Vec::as_slice).collect();
        let plan = Plan { resamples: 500, seed: run as u64 };
        let all = simultaneous::intervals(&views, &names, LEVEL, &plan);
        covered[0] += usize::from(all.is_ok_and(|all| {
            all.contrasts.iter().all(|contrast| contrast.interval.is_some_and(|interval| interval.contains(0.0)))
        }));
        let level = 1.0 - (1.0 - LEVEL) / columns as f64;
        let one = |data: &[f64]| interval::mean(data, level).is_ok_and(|mean| mean.interval.contains(0.0));
        covered[1] += usize::from(views.iter().all(|data| one(data)));
    }
    covered.map(|count| count as f64 / runs as f64)
}

/// Coverage of a difference of two strengths among four players who meet on every one of `items`
/// items in both orders: normal from the likelihood, normal clustered by item, bootstrap over
/// items. On an item a player is off its strength by a normal of this spread, in all its games.
pub(crate) fn ranking_coverage(items: usize, spread: f64, runs: usize) -> [f64; 3] {
    const STRENGTHS: [f64; 4] = [0.6, 0.2, -0.2, -0.6];
    let mut generator = ChaCha12Rng::seed_from_u64(items as u64 + 7);
    // Players off form win less surely than their strengths say; the truth of the model is its fit
    // to the expected wins.
    let truth = marginal_strengths(spread, &STRENGTHS);
    let marginal = truth[0] - truth[3];
    let mut covered = [0usize; 3];
    for run in 0..runs {
        let mut games = Vec::new();
        for item in 0..items {
            let form = STRENGTHS.map(|strength| strength + spread * normal(&mut generator));
            for first in 0..4 {
                for second in (0..4).filter(|&second| second != first) {
                    let wins = uniform(&mut generator) < 1.0 / (1.0 + (form[second] - form[first]).exp());
                    games.push(Game { first, second, score: f64::from(wins), weight: 1.0, covariate: 0.0, item });
                }
            }
        }
        let Ok(fit) = bradley_terry::fit(4, &games, Terms::default()) else { continue };
        let estimate = fit.strengths[0] - fit.strengths[3];
        let z = normal_quantile(0.5 + LEVEL / 2.0);
        covered[0] += usize::from((estimate - marginal).abs() <= z * fit.difference_error(0, 3));
        covered[1] += usize::from(fit.difference(0, 3, LEVEL).is_ok_and(|found| found.interval.contains(marginal)));
        // The bootstrap gives strengths, not differences: that of the first against the average.
        let options = BootstrapOptions { resamples: 400, seed: run as u64, ..BootstrapOptions::default() };
        let strength = bradley_terry::bootstrap(4, &games, Terms::default(), &options);
        let interval = strength.ok().and_then(|found| found.strengths[0]);
        covered[2] += usize::from(interval.is_some_and(|interval| interval.contains(truth[0])));
    }
    covered.map(|count| count as f64 / runs as f64)
}

/// Log-odds of winning when the form of both players is unknown: E over a normal of the difference
/// of forms.
fn marginal_difference(difference: f64, spread: f64) -> f64 {
    let steps = 2_000;
    let mean: f64 = (0..steps)
        .map(|i| {
            let form = normal_quantile((f64::from(i) + 0.5) / f64::from(steps));
            1.0 / (1.0 + (-(difference + spread * std::f64::consts::SQRT_2 * form)).exp())
        })
        .sum::<f64>()
        / f64::from(steps);
    (mean / (1.0 - mean)).ln()
}

/// The strengths of the fit to the expected wins.
fn marginal_strengths(spread: f64, strengths: &[f64; 4]) -> Vec<f64> {
    let mut games = Vec::new();
    for first in 0..4 {
        for second in (0..4).filter(|&second| second != first) {
            let odds = marginal_difference(strengths[first] - strengths[second], spread);
            let score = 1.0 / (1.0 + (-odds).exp());
            games.push(Game { first, second, score, weight: 1.0, covariate: 0.0, item: 0 });
        }
    }
    bradley_terry::fit(4, &games, Terms::default()).map_or(vec![f64::NAN; 4], |fit| fit.strengths)
}
