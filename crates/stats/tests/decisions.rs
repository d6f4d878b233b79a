//! What verdicts are made of: repeated pairs, clustered permutations, many differences at once,
//! rankings, missing outcomes, shifts and the bivariate-normal model.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests are tests too")]

mod support;

use proptest::prelude::*;
use stats::best::standings;
use stats::distribution::t_quantile;
use stats::hypothesis::{
    PValueSource, PermutationOptions, Status, hodges_lehmann_paired, hodges_lehmann_paired_interval,
    hodges_lehmann_shift_interval, sign_flip, sign_flip_clustered,
};
use stats::missing;
use stats::paired_rate::{ItemPasses, PairedCounts, difference_of_repeated};
use stats::rate::{self, RateMethod};
use stats::resample::Plan;
use stats::{Degenerate, bivariate, interval, simultaneous};
use support::{bounds, close, count, golden, interval_close, near, number, numbers, rows, sample};

fn passes(passes_a: u64, runs_a: u64, passes_b: u64, runs_b: u64) -> ItemPasses {
    ItemPasses { passes_a, runs_a, passes_b, runs_b }
}

/// Columns of the public tool-use results, if they are there.
fn tool_use(test: &str) -> Option<Vec<Vec<bool>>> {
    let root = std::env::var("MODELARIUM_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").to_owned());
    let Ok(text) = std::fs::read_to_string(format!("{root}/data/evals/langchain_data_tool_use_FULL.csv")) else {
        println!("skipped: {test}: shared material absent");
        return None;
    };
    let rows: Vec<Vec<bool>> =
        text.lines().skip(1).map(|line| line.split(',').map(|cell| cell.parse() == Ok(1.0)).collect()).collect();
    Some((0..rows[0].len()).map(|column| rows.iter().map(|row| row[column]).collect()).collect())
}

#[test]
fn repeated_pairs_of_one_run_are_tangos_interval() {
    for (both, only_a, only_b, neither) in [(60, 12, 3, 25), (0, 5, 0, 35), (0, 10, 0, 0), (0, 0, 7, 0), (9, 0, 0, 1)] {
        let counts = PairedCounts { both, only_a, only_b, neither };
        let mut items = vec![passes(1, 1, 1, 1); both as usize];
        items.extend(vec![passes(1, 1, 0, 1); only_a as usize]);
        items.extend(vec![passes(0, 1, 1, 1); only_b as usize]);
        items.extend(vec![passes(0, 1, 0, 1); neither as usize]);
        let (plain, repeated) = (counts.difference(0.95).unwrap(), difference_of_repeated(&items, 0.95).unwrap());
        near(repeated.difference, plain.difference, 1e-15);
        bounds(repeated.interval, plain.interval.low, plain.interval.high, 1e-12);
        near(repeated.effective_items, items.len() as f64, 1e-9);
    }
}

#[test]
fn repeated_pairs_as_computed_from_the_definition() {
    for row in rows(&golden("repeated_rates")) {
        let (runs_a, runs_b) = (count(&row["runs_a"]), count(&row["runs_b"]));
        let items: Vec<ItemPasses> = rows(&row["passes_a"])
            .iter()
            .zip(rows(&row["passes_b"]))
            .map(|(a, b)| passes(count(a), runs_a, count(b), runs_b))
            .collect();
        let found = difference_of_repeated(&items, 0.95).unwrap();
        close(found.difference, &row["difference"]);
        close(found.effective_items, &row["effective"]);
        interval_close(found.interval, &row["interval"]);
    }
}

#[test]
fn repeats_narrow_the_interval_and_never_to_nothing() {
    let items: Vec<ItemPasses> = (0..20).map(|i| passes(i % 5, 4, i % 4, 3)).collect();
    let repeated = difference_of_repeated(&items, 0.95).unwrap();
    assert!(repeated.effective_items > 25.0, "{repeated:?}");
    // All shares alike: no spread between items, but runs that could have come out otherwise.
    let alike = difference_of_repeated(&[passes(2, 4, 2, 4); 10], 0.95).unwrap();
    assert!(alike.interval.width() > 0.2, "{alike:?}");
    let perfect = difference_of_repeated(&[passes(4, 4, 4, 4); 10], 0.95).unwrap();
    assert_eq!(perfect.effective_items, 10.0);
    assert!(perfect.interval.width() > 0.4, "{perfect:?}");
    assert_eq!(difference_of_repeated(&[], 0.95).map(drop), Err(Degenerate::TooFew { n: 0, need: 1 }));
    let impossible = Err(Degenerate::ImpossibleCount { count: 3, total: 2 });
    assert_eq!(difference_of_repeated(&[passes(3, 2, 0, 1)], 0.95).map(drop), impossible);
}

#[test]
fn clustered_sign_flips_turn_whole_clusters() {
    let a = [0.9, 0.7, 0.8, 1.0, 0.4, 0.6, 0.75, 0.85, 0.5, 0.95];
    let b = [0.8, 0.75, 0.6, 0.9, 0.5, 0.4, 0.7, 0.8, 0.45, 0.7];
    let options = PermutationOptions::default();
    let own: Vec<usize> = (0..10).collect();
    assert_eq!(sign_flip_clustered(&a, &b, &own, &options), sign_flip(&a, &b, &options));
    // Clusters of (0, 1), (2, 3, 4), (5, 6, 7), (8, 9): sums .05, .2, .3, .3.
    let clusters = ["w", "w", "x", "x", "x", "y", "y", "y", "z", "z"];
    let found = sign_flip_clustered(&a, &b, &clusters, &options);
    near(found.statistic.unwrap(), 0.085, 1e-15);
    assert_eq!(found.p_value_source, Some(PValueSource::Exact));
    near(found.p_value.unwrap(), 2.0 / 16.0, 0.0);
    let monte_carlo =
        sign_flip_clustered(&a, &b, &clusters, &PermutationOptions { exact_up_to: 1, ..PermutationOptions::default() });
    near(monte_carlo.p_value.unwrap(), 0.125, 0.015);
    let two = sign_flip_clustered(&a, &b, &[0, 0, 0, 0, 0, 1, 1, 1, 1, 1], &options);
    assert_eq!(two.status, Status::InsufficientSamples);
    assert_eq!(sign_flip_clustered(&a, &b, &own[1..], &options).status, Status::UnequalLengths);
}

#[test]
fn shifts_with_intervals() {
    let golden = golden("shifts");
    for (kind, paired) in [("paired", true), ("independent", false)] {
        for row in rows(&golden[kind]) {
            let (a, b, level) = (sample(&row["a"]), sample(&row["b"]), number(&row["level"]));
            let shift = if paired { hodges_lehmann_paired_interval } else { hodges_lehmann_shift_interval };
            let found = shift(&a, &b, level).unwrap();
            close(found.estimate, &row["estimate"]);
            interval_close(found.interval, &row["interval"]);
            close(found.coverage.unwrap(), &row["coverage"]);
            assert!(found.coverage.unwrap() >= level);
        }
    }
    // Five pairs cannot bound a shift at 95 %: the smallest p is 2/32.
    let (a, b) = ([1.0, 2.0, 4.0, 8.0, 16.0, 32.0], [0.0; 6]);
    let few = hodges_lehmann_paired_interval(&a[..5], &b[..5], 0.95);
    assert_eq!(few.map(drop), Err(Degenerate::TooFew { n: 5, need: 6 }));
    let six = hodges_lehmann_paired_interval(&a, &b, 0.95).unwrap();
    assert_eq!((six.interval.low, six.interval.high, six.coverage), (1.0, 32.0, Some(1.0 - 2.0 / 64.0)));
    assert!(matches!(hodges_lehmann_shift_interval(&a[..3], &b[..3], 0.95), Err(Degenerate::TooFew { .. })));
    // Beyond the exact sizes the normal limit takes over without a jump.
    let long: Vec<f64> = (0..51).map(|i| f64::from(i * i % 53) - 20.0).collect();
    let zeros = [0.0; 51];
    let exact = hodges_lehmann_paired_interval(&long[..50], &zeros[..50], 0.95).unwrap();
    let limit = hodges_lehmann_paired_interval(&long, &zeros, 0.95).unwrap();
    assert_eq!(limit.coverage, None);
    near(limit.interval.width() / exact.interval.width(), 1.0, 0.1);
    near(limit.estimate, hodges_lehmann_paired(&long, &zeros).unwrap(), 0.0);
}

#[test]
fn one_difference_alone_gets_about_a_t_interval() {
    let data: Vec<f64> = sample(&"normal_a".into());
    let items: Vec<usize> = (0..data.len()).collect();
    let plan = Plan { resamples: 20_000, seed: 1 };
    let found = simultaneous::intervals(&[&data], &items, 0.95, &plan).unwrap();
    near(found.critical / t_quantile(0.975, data.len() as f64 - 1.0), 1.0, 0.03);
    let t = interval::mean(&data, 0.95).unwrap();
    near(found.contrasts[0].standard_error.unwrap(), t.standard_error, 1e-12);
}

#[test]
fn many_differences_at_once() {
    let a = sample(&"latency_a".into());
    let b = sample(&"latency_b".into());
    let difference: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
    let doubled: Vec<f64> = difference.iter().map(|d| 2.0 * d).collect();
    let zero = vec![0.0; a.len()];
    let clusters: Vec<usize> = (0..a.len()).map(|i| i / 2).collect();
    let plan = Plan { resamples: 4_000, seed: 3 };
    let of = |columns: &[&[f64]]| simultaneous::intervals(columns, &clusters, 0.95, &plan).unwrap();
    let one = of(&[&difference]);
    // The same difference twice costs nothing; Bonferroni would charge for it.
    let twice = of(&[&difference, &doubled, &zero]);
    near(twice.critical, one.critical, 1e-12);
    assert_eq!(twice.contrasts[2].interval, None);
    assert_eq!(twice.contrasts[2].p_value, None);
    let clustered = stats::cluster::mean(&difference, &clusters, 0.95).unwrap();
    near(one.contrasts[0].standard_error.unwrap() / clustered.mean.standard_error, 1.0, 1e-12);
    // Independent differences cost about what Bonferroni charges.
    let two = of(&[&a, &b]);
    assert!(two.critical > one.critical, "{} {}", two.critical, one.critical);
    for contrast in &two.contrasts {
        assert!(!contrast.interval.unwrap().contains(0.0) && contrast.p_value.unwrap() <= 0.05);
    }
    assert_eq!(
        simultaneous::intervals(&[&zero], &clusters, 0.95, &plan).map(drop),
        Err(Degenerate::Constant { value: 0.0 })
    );
    assert!(simultaneous::intervals(&[&a[..4]], &clusters[..4], 0.95, &plan).is_err());
    assert!(simultaneous::intervals(&[&a[1..]], &clusters, 0.95, &plan).is_err());
}

#[test]
fn standings_over_resampled_items() {
    let low: Vec<f64> = (0..40).map(|i| f64::from(i % 2)).collect();
    let high: Vec<f64> = low.iter().map(|score| score + 0.1).collect();
    let plan = Plan { resamples: 2_000, seed: 5 };
    // A constant lead on the same items is a certain one; equals share.
    let found = standings(&[&low, &high, &high], &plan, 0.95).unwrap();
    let best: Vec<f64> = found.contestants.iter().map(|standing| standing.best).collect();
    assert_eq!(best, [0.0, 0.5, 0.5]);
    assert_eq!(found.contestants[0].rank_interval, (3.0, 3.0));
    assert_eq!(found.contestants[1].expected_rank, 1.5);
    // One item decides between these: ahead unless it is drawn fewer times than its rival.
    let mut first = vec![0.0; 30];
    let mut second = first.clone();
    (first[0], second[1]) = (1.0, 1.0);
    let close = standings(&[&first, &second], &plan, 0.9).unwrap();
    near(close.contestants[0].best, 0.5, 0.05);
    assert_eq!(close.contestants[0].rank_interval, (1.0, 2.0));
    assert!(standings(&[], &plan, 0.9).is_err() && standings(&[&low[..1]], &plan, 0.9).is_err());
    assert!(standings(&[&low, &low[1..]], &plan, 0.9).is_err());
}

#[test]
fn what_missing_outcomes_could_change() {
    let found = missing::rate(60, 20, 20, 0.95).unwrap();
    assert_eq!((found.low, found.high), (0.6, 0.8));
    let interval = found.interval.unwrap();
    let of = |passes| rate::estimate(passes, 100, 0.95, RateMethod::Wilson).unwrap().interval;
    assert_eq!((interval.low, interval.high), (of(60).low, of(80).high));
    assert!(missing::rate(0, 0, 0, 0.95).is_err());
    let scores = [Some(0.5), None, Some(1.0), Some(0.25)];
    let mean = missing::mean(&scores, (0.0, 1.0), 0.95).unwrap();
    assert_eq!((mean.low, mean.high), (1.75 / 4.0, 2.75 / 4.0));
    let other = [Some(0.5), Some(0.5), None, None];
    let paired = missing::paired_difference(&scores, &other, (0.0, 1.0), 0.95).unwrap();
    assert_eq!((paired.low, paired.high), ((0.0 - 0.5 + 0.0 - 0.75) / 4.0, (0.0 + 0.5 + 1.0 + 0.25) / 4.0));
    let complete = missing::mean(&scores[2..], (0.0, 1.0), 0.95).unwrap();
    assert_eq!(complete.low, complete.high);
    assert_eq!(complete.interval, Some(interval::mean(&[1.0, 0.25], 0.95).unwrap().interval));
    let all = missing::mean(&[None, None], (0.0, 1.0), 0.95).unwrap();
    assert_eq!((all.low, all.high, all.interval), (0.0, 1.0, None));
    assert!(missing::mean(&[Some(1.5)], (0.0, 1.0), 0.95).is_err());
    assert!(missing::mean(&[Some(f64::NAN)], (0.0, 1.0), 0.95).is_err());
    assert!(missing::mean(&[], (0.0, 1.0), 0.95).is_err());
    assert!(missing::mean(&scores, (1.0, 0.0), 0.95).is_err());
}

#[test]
fn the_bivariate_normal_model() {
    for row in rows(&golden("paired_posteriors")) {
        let cells: Vec<u64> = rows(&row["counts"]).iter().map(count).collect();
        let counts = PairedCounts { both: cells[0], only_a: cells[1], only_b: cells[2], neither: cells[3] };
        let found = bivariate::posterior(&counts).unwrap();
        for (actual, key) in [
            (found.probability_greater, "greater"),
            (found.mean_difference, "difference"),
            (found.mean_correlation, "correlation"),
        ] {
            // Four standard errors of the simulation that the value comes from.
            let expected = numbers(&row[key]);
            near(actual, expected[0], 4.0 * expected[1] + 1e-6);
        }
        let mirrored = PairedCounts { only_a: counts.only_b, only_b: counts.only_a, ..counts };
        let other = bivariate::posterior(&mirrored).unwrap();
        near(other.probability_greater, 1.0 - found.probability_greater, 1e-5);
        near(other.mean_difference, -found.mean_difference, 1e-5);
    }
    let none = PairedCounts { both: 0, only_a: 0, only_b: 0, neither: 0 };
    assert_eq!(bivariate::posterior(&none), Err(Degenerate::TooFew { n: 0, need: 1 }));
    // Thousands of items, where sampling from the prior finds nothing: the data outweigh the priors
    // and both Bayesian models agree.
    let many = PairedCounts { both: 6_000, only_a: 430, only_b: 400, neither: 1_500 };
    let found = bivariate::posterior(&many).unwrap();
    near(found.probability_greater, many.probability_greater(), 0.01);
    near(found.mean_difference, 30.0 / 8_330.0, 2e-4);
}

#[test]
fn the_bivariate_normal_model_on_public_results() {
    let Some(columns) = tool_use("the_bivariate_normal_model_on_public_results") else { return };
    // claude-2.1, gpt-4-1106, mixtral, gpt-4-0613; the authors' own sampler gives these to .003.
    for (a, b, expected) in [(0, 6, 0.910), (6, 1, 0.996), (1, 5, 0.888)] {
        let counts = PairedCounts::of(&columns[a], &columns[b]).unwrap();
        near(bivariate::posterior(&counts).unwrap().probability_greater, expected, 3.5e-3);
    }
}

proptest! {
    #[test]
    fn repeated_pairs_always_have_an_interval_around_the_difference(
        data in prop::collection::vec((1_u64..6, 1_u64..6, 0_u64..6, 0_u64..6), 1..20),
    ) {
        let items: Vec<ItemPasses> =
            data.iter().map(|&(m, k, a, b)| passes(a.min(m), m, b.min(k), k)).collect();
        let found = difference_of_repeated(&items, 0.95).unwrap();
        prop_assert!(found.interval.low >= -1.0 && found.interval.high <= 1.0);
        prop_assert!(found.interval.low <= found.difference + 1e-9 && found.difference <= found.interval.high + 1e-9);
        prop_assert!(found.effective_items >= items.len() as f64 * (1.0 - 1e-12));
        let mirrored: Vec<ItemPasses> =
            items.iter().map(|item| passes(item.passes_b, item.runs_b, item.passes_a, item.runs_a)).collect();
        let other = difference_of_repeated(&mirrored, 0.95).unwrap();
        prop_assert!((other.interval.low + found.interval.high).abs() < 1e-9);
    }

    #[test]
    fn bounds_hold_whatever_was_missing(
        data in prop::collection::vec((prop::option::of(0.0..1.0_f64), 0.0..1.0_f64), 2..20),
    ) {
        let known: Vec<Option<f64>> = data.iter().map(|(score, _)| *score).collect();
        let found = missing::mean(&known, (0.0, 1.0), 0.95).unwrap();
        let truth: f64 = data.iter().map(|(score, hidden)| score.unwrap_or(*hidden)).sum::<f64>() / data.len() as f64;
        prop_assert!(found.low - 1e-12 <= truth && truth <= found.high + 1e-12);
    }

    #[test]
    fn simultaneous_intervals_and_p_values_agree(
        data in prop::collection::vec((-3_i8..4, -3_i8..4, -3_i8..4), 6..25),
    ) {
        let column = |of: fn(&(i8, i8, i8)) -> i8| -> Vec<f64> { data.iter().map(|row| f64::from(of(row))).collect() };
        let columns = [column(|row| row.0), column(|row| row.1), column(|row| row.2)];
        let items: Vec<usize> = (0..data.len()).collect();
        let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let Ok(found) = simultaneous::intervals(&views, &items, 0.9, &Plan { resamples: 499, seed: 2 }) else {
            return Ok(());
        };
        for contrast in found.contrasts {
            let (Some(interval), Some(p)) = (contrast.interval, contrast.p_value) else { continue };
            prop_assert!(interval.contains(contrast.estimate) && p > 0.0 && p <= 1.0);
            if p < 0.09 {
                prop_assert!(!interval.contains(0.0));
            } else if p > 0.11 {
                prop_assert!(interval.contains(0.0));
            }
        }
    }
}
