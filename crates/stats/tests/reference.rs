//! The reference values that the methods are specified by: published examples, and values computed
//! with the implementation that each method comes from.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests are tests too")]

use stats::bootstrap::{self, BootstrapOptions, Method};
use stats::correction::Correction;
use stats::effect::{EffectSize, a12, cliffs_delta, cohens_dz};
use stats::hypothesis::{
    McNemarMethod, PermutationOptions, RankMethod, mcnemar, paired_t, sign_flip, wilcoxon_signed_rank,
};
use stats::nested::{self, ItemRuns, Levels};
use stats::paired_rate::PairedCounts;
use stats::power::{Errors, PairedDesign};
use stats::rate::{self, RateMethod};
use stats::resample::Plan;
use stats::sequential::{ConfidenceSequence, Mixture, e_value, straight_wins_needed};
use stats::{Interval, cluster, hierarchy};

const A: [f64; 10] = [0.9, 0.7, 0.8, 1.0, 0.4, 0.6, 0.75, 0.85, 0.5, 0.95];
const B: [f64; 10] = [0.8, 0.75, 0.6, 0.9, 0.5, 0.4, 0.7, 0.8, 0.45, 0.7];

/// Agreement to the digits that the reference prints.
#[track_caller]
fn near(actual: f64, expected: f64, tolerance: f64) {
    assert!((actual - expected).abs() <= tolerance, "{actual} is not {expected}");
}

#[track_caller]
fn bounds(actual: Interval, low: f64, high: f64, tolerance: f64) {
    near(actual.low, low, tolerance);
    near(actual.high, high, tolerance);
}

#[test]
fn clustered_error_of_four_clusters() {
    let values = [1., 1., 0., 1., 0., 0., 0., 1., 1., 1., 1., 0.];
    let clusters = [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4];
    let mean = cluster::mean(&values, &clusters, 0.95).unwrap();
    near(mean.mean.estimate, 0.583_333_3, 5e-8);
    near(mean.naive_error, 0.148_647_097_5, 5e-11);
    near(mean.uncorrected_error, 0.072_168_783_6, 5e-11);
    near(mean.mean.standard_error, 0.083_333_333_3, 5e-11);
    assert_eq!(mean.mean.df, 3.0);
}

#[test]
fn repeats_clustered_by_item_equal_the_error_of_item_means() {
    let runs = [[1., 0., 1.], [0., 0., 0.], [1., 1., 1.], [0., 1., 0.], [1., 1., 0.]];
    let items: Vec<&[f64]> = runs.iter().map(|runs| runs.as_slice()).collect();
    let clusters: Vec<usize> = (0..15).map(|i| i / 3).collect();
    let clustered = cluster::mean(&runs.concat(), &clusters, 0.95).unwrap();
    let of_means = hierarchy::mean_over_items(&items, 0.95).unwrap();
    near(clustered.mean.standard_error, of_means.standard_error, 1e-15);
    near(clustered.mean.interval.low, of_means.interval.low, 1e-14);
    // Var(mean) = (Var(x) + E[σ²]/K) / n.
    let split = hierarchy::variance_split(&items).unwrap();
    let variance = (split.item_variance + split.within_mean_square / 3.0) / 5.0;
    near(variance.sqrt(), of_means.standard_error, 1e-15);
    let (between, within) = (split.between_mean_square, split.within_mean_square);
    near(split.intraclass_correlation, (between - within) / (between + 2.0 * within), 1e-15);
}

#[test]
fn paired_difference_of_ten_items() {
    let difference = hierarchy::paired_difference(&A, &B, 0.95).unwrap();
    near(difference.estimate, 0.085, 1e-15);
    near(difference.standard_error, 0.035, 1e-15);
    let unpaired = hierarchy::independent_difference(&A, &B, 0.95).unwrap();
    near(unpaired.standard_error, 0.081_394_1, 5e-8);
    let t = paired_t(&A, &B);
    near(t.statistic.unwrap(), 2.428_571_4, 5e-8);
    // The reference prints .0380716501; scipy's ttest_rel gives .0380716550, as here.
    near(t.p_value.unwrap(), 0.038_071_655_0, 5e-11);
    // Differences are ranked as doubles, as scipy does: .9 - .8 and 1 - .9 are no tie. Ranked as
    // decimals W would be 8.5.
    let ranks = wilcoxon_signed_rank(&A, &B, RankMethod::Asymptotic);
    near(ranks.statistic.unwrap(), 9.5, 0.0);
    near(ranks.p_value.unwrap(), 0.065_663_191_9, 5e-11);
    let flips = sign_flip(&A, &B, &PermutationOptions::default());
    near(flips.p_value.unwrap(), 60.0 / 1024.0, 1e-15);
    near(cohens_dz(&A, &B).unwrap(), 0.767_981_7, 5e-8);
    near(cliffs_delta(&A, &B).unwrap(), 0.29, 1e-15);
    near(a12(&A, &B).unwrap(), 0.645, 1e-15);
}

#[test]
fn wilcoxon_documentation_example_is_exact() {
    let d = [6., 8., 14., 16., 23., 24., 28., 29., 41., -48., 49., 56., 60., -67., 75.];
    let ranks = wilcoxon_signed_rank(&d, &[0.0; 15], RankMethod::Auto);
    near(ranks.statistic.unwrap(), 24.0, 0.0);
    near(ranks.p_value.unwrap(), 0.041_259_765_625, 1e-15);
}

#[test]
fn items_needed_and_minimum_detectable_effect() {
    let design = |run_variance: f64, runs: usize| PairedDesign {
        item_variance: 1.0 / 9.0,
        run_variance_a: run_variance,
        runs_a: runs,
        run_variance_b: run_variance,
        runs_b: runs,
    };
    let errors = Errors::default();
    near(design(0.0, 1).items_needed(0.03, &errors).unwrap(), 968.997, 5e-4);
    let noisy = |runs| design(1.0 / 6.0, runs);
    near(noisy(1).items_needed(0.03, &errors).unwrap(), 3_875.99, 5e-3);
    near(noisy(10).items_needed(0.03, &errors).unwrap(), 1_259.70, 5e-3);
    for (items, runs, expected) in [
        (50, 1, 0.26414),
        (50, 5, 0.16705),
        (50, 20, 0.14163),
        (200, 1, 0.13207),
        (200, 5, 0.08353),
        (1_000, 1, 0.05906),
    ] {
        near(noisy(runs).minimum_detectable(items, &errors).unwrap(), expected, 5e-6);
    }
    near(cluster::design_effect(5.0, 0.25), 2.0, 0.0);
    near(cluster::effective_sample_size(100.0, 5.0, 0.25), 50.0, 0.0);
}

#[test]
fn bca_of_paired_differences() {
    let d: Vec<f64> = A.iter().zip(&B).map(|(a, b)| a - b).collect();
    let mean = d.iter().sum::<f64>() / 10.0;
    let influence = vec![d.iter().map(|d| d - mean).collect::<Vec<_>>()];
    near(bootstrap::acceleration(&influence), -0.006_282_897_0, 5e-11);
    for method in [Method::Bca, Method::Percentile] {
        let options = BootstrapOptions { method, resamples: 200_000, ..Default::default() };
        bounds(bootstrap::mean(&d, &options).unwrap().interval, 0.02, 0.15, 1e-3);
    }
}

#[test]
fn nested_bootstrap_with_one_run_is_the_item_bootstrap() {
    let runs: Vec<([f64; 1], [f64; 1])> = A.iter().zip(&B).map(|(a, b)| ([*a], [*b])).collect();
    let items: Vec<ItemRuns<'_>> = runs.iter().map(|(a, b)| ItemRuns { a, b }).collect();
    let plan = Plan { resamples: 500, seed: 4 };
    let of = |levels| nested::paired_difference(&items, levels, &plan, 0.95).unwrap();
    assert_eq!(of(Levels::Items), of(Levels::ItemsAndRuns));
    let d: Vec<f64> = A.iter().zip(&B).map(|(a, b)| a - b).collect();
    let options = BootstrapOptions { method: Method::Percentile, resamples: 500, seed: 4, level: 0.95 };
    let plain = bootstrap::mean(&d, &options).unwrap().interval;
    bounds(of(Levels::Items).interval, plain.low, plain.high, 1e-15);
}

#[test]
fn nested_bootstrap_without_noise_within_items_is_the_item_bootstrap() {
    let runs: Vec<([f64; 3], [f64; 2])> = A.iter().zip(&B).map(|(a, b)| ([*a; 3], [*b; 2])).collect();
    let items: Vec<ItemRuns<'_>> = runs.iter().map(|(a, b)| ItemRuns { a, b }).collect();
    let plan = Plan { resamples: 500, seed: 4 };
    let of = |levels| nested::paired_difference(&items, levels, &plan, 0.95).unwrap();
    let (one, two) = (of(Levels::Items).interval, of(Levels::ItemsAndRuns).interval);
    bounds(one, two.low, two.high, 1e-15);
}

#[test]
fn nested_bootstrap_has_the_variance_that_theory_gives_it() {
    let runs: Vec<([f64; 2], [f64; 2])> = (0..12)
        .map(|i| {
            let x = f64::from(i * 7 % 12);
            ([x, x + 3.0 + f64::from(i % 3)], [1.0, 1.0])
        })
        .collect();
    let items: Vec<ItemRuns<'_>> = runs.iter().map(|(a, b)| ItemRuns { a, b }).collect();
    let plan = Plan { resamples: 40_000, seed: 9 };
    let two = nested::paired_difference(&items, Levels::ItemsAndRuns, &plan, 0.95).unwrap();
    let scores: Vec<&[f64]> = runs.iter().map(|(a, _)| a.as_slice()).collect();
    let means = hierarchy::item_means(&scores).unwrap();
    let within = hierarchy::variance_split(&scores).unwrap().within_mean_square;
    let (n, k) = (12.0, 2.0);
    let expected = stats::describe::variance(&means).unwrap() * (n - 1.0) / (n * n) + within * (k - 1.0) / (n * k * k);
    near(two.standard_error.unwrap().powi(2) / expected, 1.0, 0.03);
}

#[test]
fn intervals_of_one_rate() {
    let of = |k, n, method| rate::estimate(k, n, 0.95, method).unwrap().interval;
    use RateMethod::{BetaBinomial, ClopperPearson, Jeffreys, Wilson};
    bounds(of(9, 10, Wilson), 0.59585, 0.982_124, 5e-6);
    bounds(of(9, 10, ClopperPearson), 0.554_984, 0.997_471, 1e-6);
    bounds(of(9, 10, Jeffreys), 0.618_685, 0.988_988, 1e-6);
    bounds(of(9, 10, BetaBinomial), 0.587_220, 0.977_169, 1e-6);
    bounds(of(10, 10, Wilson), 0.722_467, 1.0, 1e-6);
    bounds(of(10, 10, BetaBinomial), 0.715_086, 0.997_701, 1e-6);
    bounds(of(45, 50, Wilson), 0.786_398, 0.956_524, 1e-6);
    bounds(of(45, 50, BetaBinomial), 0.785_855, 0.955_580, 1e-6);
    // Tool use of three models on 20 tasks.
    bounds(of(20, 20, BetaBinomial), 0.838_902, 0.998_795, 1e-6);
    bounds(of(12, 20, BetaBinomial), 0.384_354, 0.781_803, 1e-6);
    bounds(of(0, 20, BetaBinomial), 0.001_205, 0.161_098, 1e-6);
}

#[test]
fn exact_coverage_of_rate_intervals() {
    let coverage = |n: u64, p: f64, method| -> f64 {
        (0..=n)
            .filter(|k| rate::estimate(*k, n, 0.95, method).unwrap().interval.contains(p))
            .map(|k| stats::distribution::binomial_mass(k, n, p))
            .sum()
    };
    for method in [RateMethod::Wilson, RateMethod::BetaBinomial] {
        near(coverage(30, 0.9, method), 0.9742, 5e-5);
        near(coverage(20, 0.9, method), 0.9568, 5e-5);
        near(coverage(50, 0.95, method), 0.9622, 5e-5);
    }
    for (n, p) in [(10, 0.5), (30, 0.9), (50, 0.95), (7, 0.31)] {
        assert!(coverage(n, p, RateMethod::ClopperPearson) >= 0.95);
    }
}

#[test]
fn probability_that_one_rate_is_greater() {
    // For (20, 8) the reference prints .9879402279; the sum of binomials is .98794022761.
    for ((only_a, only_b), expected) in
        [((12, 3), 0.989_364_624_0), ((5, 0), 0.984_375), ((9, 1), 0.994_140_625), ((20, 8), 0.987_940_227_6)]
    {
        let counts = PairedCounts { both: 10, only_a, only_b, neither: 4 };
        near(counts.probability_greater(), expected, 5e-11);
    }
    near(rate::probability_greater((45, 50), (40, 50)).unwrap(), 0.913_912_137_6, 5e-11);
}

#[test]
fn mcnemar_tests() {
    let p = |b, c, method| mcnemar(b, c, method).p_value.unwrap();
    use McNemarMethod::{Auto, Corrected, Exact, MidP, Uncorrected};
    near(p(121, 59, Exact), 4.434_449_26e-6, 5e-15);
    near(p(121, 59, MidP), 3.266_646_80e-6, 5e-15);
    near(mcnemar(121, 59, Corrected).statistic.unwrap(), 20.672_222, 5e-7);
    near(p(121, 59, Corrected), 5.450_094_82e-6, 1e-14);
    near(mcnemar(121, 59, Uncorrected).statistic.unwrap(), 21.355_556, 5e-7);
    near(p(121, 59, Uncorrected), 3.815_135_87e-6, 5e-15);
    near(p(12, 3, Exact), 0.035_156_25, 1e-15);
    near(p(12, 3, Corrected), 0.038_867_1, 5e-8);
    near(p(12, 3, Uncorrected), 0.020_136_8, 5e-8);
    near(p(12, 3, MidP), 0.021_270_752_0, 5e-11);
    // The switch lies at 25 discordant pairs.
    assert_eq!(p(20, 4, Auto), p(20, 4, Exact));
    assert_eq!(p(20, 5, Auto), p(20, 5, Corrected));
}

#[test]
fn tango_interval() {
    let counts = PairedCounts { both: 50, only_a: 12, only_b: 3, neither: 35 };
    let estimate = counts.difference(0.95).unwrap();
    near(estimate.difference, 0.09, 1e-15);
    bounds(estimate.interval, 0.015_977_141_7, 0.173_742_844_7, 5e-11);
}

#[test]
fn corrections_of_five_tests() {
    let p: Vec<Option<f64>> = [0.001, 0.012, 0.014, 0.04, 0.2].into_iter().map(Some).collect();
    for (correction, expected) in [
        (Correction::Holm, [0.005, 0.048, 0.048, 0.08, 0.2]),
        (Correction::BenjaminiHochberg, [0.005, 0.023_333_3, 0.023_333_3, 0.05, 0.2]),
        (Correction::BenjaminiYekutieli, [0.011_416_7, 0.053_277_8, 0.053_277_8, 0.114_166_7, 0.456_666_7]),
    ] {
        for (actual, expected) in correction.adjust(&p).p_values.iter().zip(expected) {
            near(actual.unwrap(), expected, 5e-8);
        }
    }
}

#[test]
fn e_values() {
    for ((wins, losses), uniform, kt) in [
        ((5, 0), 5.33333, 7.875),
        ((8, 0), 28.44444, 50.273_437),
        ((12, 3), 4.501_099, 3.627_441),
        ((9, 1), 9.309_091, 9.496_094),
        ((20, 8), 2.978_147, 2.126_370),
    ] {
        near(e_value(wins, losses, Mixture::Uniform), uniform, 5e-6);
        near(e_value(wins, losses, Mixture::KrichevskyTrofimov), kt, 1e-6);
    }
    assert_eq!(straight_wins_needed(Mixture::Uniform, 0.05), Ok(8));
    assert_eq!(straight_wins_needed(Mixture::KrichevskyTrofimov, 0.05), Ok(7));
}

#[test]
fn confidence_sequences() {
    let mut sequence = ConfidenceSequence::new(0.0, 1.0, 0.05).unwrap();
    for t in 1..=100 {
        sequence.observe([1., 1., 0., 1., 1., 1., 0., 1., 1., 1.][(t - 1) % 10]).unwrap();
        if t == 20 {
            bounds(sequence.current(), 0.496, 0.985, 1.1e-3);
            near(sequence.ln_capital(0.5).exp(), 18.669_773, 5e-7);
        }
    }
    bounds(sequence.current(), 0.667, 0.908, 1.1e-3);
    near(sequence.ln_capital(0.5).exp(), 159_333.2, 0.05);
    near(sequence.ln_capital(0.7).exp(), 3.790_558, 5e-7);

    let mut differences = ConfidenceSequence::new(-1.0, 1.0, 0.05).unwrap();
    for t in 1..=200 {
        differences.observe([1., 0., 0., 1., 0., -1., 0., 1., 0., 0.][(t - 1) % 10]).unwrap();
        if t == 50 {
            bounds(differences.current(), -0.050, 0.456, 2.1e-3);
        }
    }
    bounds(differences.current(), 0.072, 0.342, 2.1e-3);
    let (now, look) = (differences.current(), differences.look().unwrap());
    assert_eq!(now, look);
    assert!(differences.excludes(now.low - 1e-9) && !differences.excludes(now.low + 1e-9));
    assert!(differences.excludes(now.high + 1e-9) && !differences.excludes(now.high - 1e-9));
    assert!(differences.observe(1.5).is_err() && differences.observe(f64::NAN).is_err());
}

#[test]
fn magnitudes_follow_the_conventional_bounds() {
    use stats::effect::Magnitude::{Large, Medium, Negligible, Small};
    for (value, word) in [(0.19, Negligible), (-0.2, Small), (0.5, Medium), (-0.8, Large)] {
        assert_eq!(EffectSize::CohensD.magnitude(value), word);
    }
    assert_eq!(EffectSize::A12.magnitude(0.645), Small);
}

/// Published results of a public benchmark, read from the shared material when it is there.
#[test]
fn tau_bench_error_clustered_by_task() {
    let root = std::env::var("MODELARIUM_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").to_owned());
    let path = format!("{root}/data/evals/tau_bench_gpt-4o-airline.csv");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: tau_bench_error_clustered_by_task: shared material absent");
        return;
    };
    let (mut tasks, mut rewards) = (Vec::new(), Vec::new());
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        tasks.push(fields[0].to_owned());
        rewards.push(fields[2].parse::<f64>().unwrap());
    }
    let mean = cluster::mean(&rewards, &tasks, 0.95).unwrap();
    assert_eq!((mean.observations, mean.clusters), (200, 50));
    near(mean.mean.estimate, 0.42, 1e-15);
    // The published naive error divides by n, the one here by n - 1.
    near(mean.naive_error * (199.0_f64 / 200.0).sqrt(), 0.03490, 5e-6);
    near(mean.mean.standard_error, 0.05222, 5e-6);
}
