//! Data that cannot carry a result say which case they are; nothing is NaN, nothing is made up.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests are tests too")]

use proptest::prelude::*;
use stats::correction::Correction;
use stats::effect::EffectSize;
use stats::hypothesis::{self, McNemarMethod, PermutationOptions, RankMethod, Status, Test, TestResult};
use stats::paired_rate::PairedCounts;
use stats::rate::{self, RateMethod};
use stats::{BootstrapOptions, ComparisonOptions, Degenerate, Method, SmallSample, bootstrap, compare, quantile};

const TESTS: [Test; 7] =
    [Test::Welch, Test::Student, Test::MannWhitney, Test::Permutation, Test::PairedT, Test::Wilcoxon, Test::SignFlip];
const EFFECTS: [EffectSize; 5] =
    [EffectSize::CohensD, EffectSize::HedgesG, EffectSize::CohensDz, EffectSize::CliffsDelta, EffectSize::A12];
const METHODS: [Method; 4] = [Method::Bca, Method::Percentile, Method::Basic, Method::Studentised];

fn few_resamples() -> BootstrapOptions {
    BootstrapOptions { resamples: 200, ..Default::default() }
}

fn options(test: Test) -> ComparisonOptions {
    ComparisonOptions { test, bootstrap: few_resamples(), ..Default::default() }
}

#[test]
fn every_test_knows_the_same_four_cases() {
    for test in TESTS {
        let status = |a: &[f64], b: &[f64]| compare(a, b, &options(test)).status;
        assert_eq!(status(&[1.0, 2.0], &[3.0, 4.0]), Status::InsufficientSamples);
        assert_eq!(status(&[], &[]), Status::InsufficientSamples);
        assert_eq!(status(&[2.0; 4], &[2.0; 4]), Status::Trivial);
        assert_eq!(status(&[2.0; 4], &[3.0; 4]), Status::ZeroVariance);
        assert_eq!(status(&[1.0, f64::NAN, 2.0], &[1.0, 2.0, 3.0]), Status::NotFinite);
        assert_eq!(status(&[1.0, 2.0, 4.0], &[2.0, 2.0, 3.0]), Status::Tested);
    }
}

#[test]
fn a_trivial_pair_has_p_one_and_counts_and_an_untestable_one_has_none() {
    let trivial = compare(&[2.0; 4], &[2.0; 4], &options(Test::Welch));
    assert_eq!((trivial.p_value, trivial.effect), (Some(1.0), Some(0.0)));
    assert_eq!((trivial.difference, trivial.difference_interval), (Some(0.0), None));
    let constant = compare(&[2.0; 4], &[3.0; 4], &options(Test::Welch));
    assert_eq!((constant.p_value, constant.effect), (None, None));
    assert_eq!(constant.difference, Some(-1.0));
    let corrected = Correction::Holm.adjust(&[trivial.p_value, constant.p_value, Some(0.01)]);
    assert_eq!((corrected.tested, corrected.untestable), (2, 1));
    assert_eq!(corrected.p_values, [Some(1.0), None, Some(0.02)]);
}

#[test]
fn a_constant_shift_is_no_evidence_for_the_paired_t_test() {
    let b = [0.1, 0.2, 0.3, 0.7];
    let a: Vec<f64> = b.iter().map(|b| b + 0.1).collect();
    assert_eq!(hypothesis::paired_t(&a, &b).status, Status::ZeroVariance);
    assert_eq!(hypothesis::paired_t(&b, &b).status, Status::Trivial);
    assert_eq!(hypothesis::paired_t(&b, &b[..3]).status, Status::UnequalLengths);
}

#[test]
fn no_data_has_no_mean() {
    let nothing = compare(&[], &[1.0, 2.0, 3.0], &options(Test::Welch));
    assert_eq!((nothing.mean_a, nothing.mean_b), (None, Some(2.0)));
    assert_eq!(nothing.difference, None);
}

#[test]
fn constant_and_short_samples_have_no_bootstrap_interval() {
    for method in METHODS {
        let options = BootstrapOptions { method, ..few_resamples() };
        let of = |data: &[f64]| bootstrap::mean(data, &options).map(|found| found.interval);
        assert_eq!(of(&[3.0; 8]), Err(Degenerate::Constant { value: 3.0 }));
        assert!(matches!(of(&[1.0]), Err(Degenerate::TooFew { n: 1, .. })));
        assert_eq!(of(&[1.0, f64::INFINITY]), Err(Degenerate::NotFinite { index: 1 }));
    }
}

#[test]
fn two_observations_have_a_bootstrap_interval_with_a_caution() {
    let two = bootstrap::mean(&[1.0, 3.0], &few_resamples()).unwrap();
    assert_eq!((two.interval.low, two.interval.high), (1.0, 3.0));
    assert_eq!(two.small_sample, Some(SmallSample { n: 2, distinct_resamples: 3 }));
    assert_eq!(SmallSample::of(5).unwrap().distinct_resamples, 126);
    assert_eq!(SmallSample::of(9).unwrap().distinct_resamples, 24_310);
    assert_eq!(SmallSample::of(10), None);
}

#[test]
fn a_statistic_that_cannot_move_both_ways_is_unbounded() {
    let data = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    // The minimum of a resample is never below the minimum; without ties in the data BCa still
    // finds ties. A statistic that always differs from the estimate leaves nothing to correct by.
    let lowest =
        bootstrap::statistic(&data, &few_resamples(), |sample| if sample == data { 0.0 } else { 1.0 + sample[0] });
    assert_eq!(lowest.map(|found| found.interval), Err(Degenerate::Unbounded));
}

#[test]
fn quantiles_say_how_many_observations_they_need() {
    for (q, need) in [(0.5, 6), (0.9, 36), (0.95, 72), (0.99, 368)] {
        assert_eq!(quantile::observations_needed(q, 0.95), Ok(need));
        let data: Vec<f64> = (0..need).map(|i| i as f64).collect();
        let found = quantile::interval(&data, q, 0.95).unwrap();
        assert!(found.coverage >= 0.95, "{q}: {found:?}");
        let short = quantile::interval(&data[1..], q, 0.95);
        let expected = Degenerate::TooFewForQuantile { n: need - 1, need, quantile: q };
        assert_eq!(short, Err(expected));
    }
    // Ranks 40 and 61 of 100 bound the median (Conover's table).
    let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
    let median = quantile::interval(&hundred, 0.5, 0.95).unwrap();
    assert_eq!((median.lower_rank, median.upper_rank), (40, 61));
    assert!((median.coverage - 0.964_799_8).abs() < 1e-6);
}

#[test]
fn rates_without_trials_or_with_too_many_passes_are_refused() {
    let of = |k, n| rate::estimate(k, n, 0.95, RateMethod::Wilson).map(|found| found.rate);
    assert_eq!(of(0, 0), Err(Degenerate::TooFew { n: 0, need: 1 }));
    assert_eq!(of(3, 2), Err(Degenerate::ImpossibleCount { count: 3, total: 2 }));
    assert!(rate::estimate(1, 2, 1.0, RateMethod::Wilson).is_err());
    assert!(PairedCounts::of(&[true], &[]).is_err());
    assert!(PairedCounts::of(&[], &[]).unwrap().difference(0.95).is_err());
    let all = PairedCounts { both: 0, only_a: 9, only_b: 0, neither: 0 };
    assert_eq!(all.difference(0.95).unwrap().interval.high, 1.0);
}

#[test]
fn mcnemar_without_discordant_pairs_is_trivial() {
    let none = hypothesis::mcnemar(0, 0, McNemarMethod::Auto);
    assert_eq!((none.status, none.p_value), (Status::Trivial, Some(1.0)));
}

#[test]
fn nan_never_enters_a_correction() {
    for correction in [
        Correction::None,
        Correction::Bonferroni,
        Correction::Holm,
        Correction::BenjaminiHochberg,
        Correction::BenjaminiYekutieli,
    ] {
        let adjusted = correction.adjust(&[Some(f64::NAN), Some(0.02), None, Some(f64::INFINITY)]);
        assert_eq!(adjusted.p_values, [None, Some(0.02), None, None]);
        assert_eq!((adjusted.tested, adjusted.untestable), (1, 3));
        assert_eq!(correction.adjust(&[]).tested, 0);
    }
}

#[test]
fn degenerate_reasons_serialise_as_words() {
    let json = serde_json::to_value(Degenerate::TooFew { n: 1, need: 2 }).unwrap();
    assert_eq!(json, serde_json::json!({"reason": "too_few", "n": 1, "need": 2}));
    assert_eq!(Degenerate::Constant { value: 2.0 }.to_string(), "all observations equal 2");
}

fn assert_sane(result: &TestResult) {
    let counted = matches!(result.status, Status::Tested | Status::Trivial);
    assert_eq!(result.p_value.is_some(), counted);
    assert!(result.p_value.is_none_or(|p| (0.0..=1.0).contains(&p)), "{result:?}");
    assert!(result.statistic.is_none_or(f64::is_finite), "{result:?}");
}

/// Observations of every kind, including few distinct, huge, tiny and bad ones.
fn hostile() -> impl Strategy<Value = Vec<f64>> {
    let value = prop_oneof![
        8 => -5.0..5.0_f64,
        8 => (0..4i32).prop_map(f64::from),
        1 => Just(1e300),
        1 => Just(-1e-300),
        1 => Just(f64::NAN),
        1 => Just(f64::NEG_INFINITY),
    ];
    prop::collection::vec(value, 0..14)
}

fn plain(n: std::ops::Range<usize>) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((-1000..1000i32).prop_map(|x| f64::from(x) / 8.0), n)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn hostile_data_never_give_nan(a in hostile(), b in hostile()) {
        for test in TESTS {
            let comparison = compare(&a, &b, &options(test));
            // serde_json writes numbers that are not finite as null, which reads back as none.
            let json = serde_json::to_string(&comparison).unwrap();
            let back: stats::Comparison = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(back.p_value.is_some(), comparison.p_value.is_some());
            prop_assert_eq!(back.effect.is_some(), comparison.effect.is_some());
            for interval in [
                comparison.difference_interval,
                comparison.effect_interval.map(|effect| effect.interval),
            ].into_iter().flatten() {
                prop_assert!(interval.low <= interval.high, "{:?}", comparison);
            }
        }
        for method in METHODS {
            let options = BootstrapOptions { method, ..few_resamples() };
            if let Ok(found) = bootstrap::mean(&a, &options) {
                prop_assert!(found.interval.low.is_finite() && found.interval.high.is_finite());
                prop_assert!(found.interval.low <= found.interval.high);
            }
        }
        for effect in EFFECTS {
            if let Ok(value) = effect.of(&a, &b) {
                prop_assert!(value.is_finite());
            }
        }
    }

    #[test]
    fn swapping_the_arms_mirrors_the_result(a in plain(3..12), b in plain(3..12)) {
        for (forward, backward) in [
            (hypothesis::welch(&a, &b), hypothesis::welch(&b, &a)),
            (
                hypothesis::mann_whitney(&a, &b, RankMethod::Auto),
                hypothesis::mann_whitney(&b, &a, RankMethod::Auto),
            ),
        ] {
            assert_sane(&forward);
            let difference = forward.p_value.unwrap_or(0.0) - backward.p_value.unwrap_or(0.0);
            prop_assert!(difference.abs() < 1e-12);
        }
        let delta = |a: &[f64], b: &[f64]| EffectSize::CliffsDelta.of(a, b).unwrap();
        prop_assert!((delta(&a, &b) + delta(&b, &a)).abs() < 1e-12);
    }

    #[test]
    fn scale_and_place_do_not_matter(a in plain(4..12), b in plain(4..12)) {
        let moved = |x: &[f64]| -> Vec<f64> { x.iter().map(|x| 4.0 * x + 64.0).collect() };
        let before = hypothesis::welch(&a, &b).p_value;
        let after = hypothesis::welch(&moved(&a), &moved(&b)).p_value;
        prop_assert!((before.unwrap_or(2.0) - after.unwrap_or(2.0)).abs() < 1e-9);
        let before = bootstrap::mean(&a, &few_resamples());
        let after = bootstrap::mean(&moved(&a), &few_resamples());
        if let (Ok(before), Ok(after)) = (before, after) {
            prop_assert!((4.0 * before.interval.low + 64.0 - after.interval.low).abs() < 1e-6);
        }
    }

    #[test]
    fn exact_and_random_permutations_agree(a in plain(4..7), b in plain(4..7)) {
        let exact = hypothesis::permutation(&a, &b, &PermutationOptions::default());
        let random = hypothesis::permutation(
            &a,
            &b,
            &PermutationOptions { exact_up_to: 0, rearrangements: 4_000, seed: 2 },
        );
        assert_sane(&exact);
        assert_sane(&random);
        if let (Some(exact), Some(random)) = (exact.p_value, random.p_value) {
            prop_assert!((exact - random).abs() < 0.05, "{exact} {random}");
        }
    }

    #[test]
    fn corrections_never_lower_a_p_value_and_keep_its_order(
        p in prop::collection::vec(prop::option::of(0.0..=1.0_f64), 0..12),
    ) {
        for correction in [
            Correction::Bonferroni,
            Correction::Holm,
            Correction::BenjaminiHochberg,
            Correction::BenjaminiYekutieli,
        ] {
            let adjusted = correction.adjust(&p).p_values;
            for (raw, adjusted) in p.iter().zip(&adjusted) {
                prop_assert_eq!(raw.is_some(), adjusted.is_some());
                prop_assert!(adjusted.unwrap_or(0.0) >= raw.unwrap_or(0.0) - 1e-15);
                prop_assert!(adjusted.unwrap_or(0.0) <= 1.0);
            }
            for i in 0..p.len() {
                for j in 0..p.len() {
                    if p[i].is_some() && p[j].is_some() && p[i] <= p[j] {
                        prop_assert!(adjusted[i] <= adjusted[j]);
                    }
                }
            }
        }
    }

    #[test]
    fn rate_intervals_hold_the_rate_and_mirror(k in 0..60u64, more in 0..60u64) {
        prop_assume!(k + more > 0);
        for method in [
            RateMethod::Wilson,
            RateMethod::ClopperPearson,
            RateMethod::Jeffreys,
            RateMethod::BetaBinomial,
        ] {
            let passes = rate::estimate(k, k + more, 0.95, method).unwrap();
            let fails = rate::estimate(more, k + more, 0.95, method).unwrap();
            prop_assert!((passes.interval.low + fails.interval.high - 1.0).abs() < 1e-9);
            prop_assert!(passes.interval.low >= 0.0 && passes.interval.high <= 1.0);
            if method != RateMethod::BetaBinomial {
                prop_assert!(passes.interval.contains(passes.rate));
            }
        }
    }

    #[test]
    fn tango_holds_the_difference_and_mirrors(
        both in 0..20u64, only_a in 0..20u64, only_b in 0..20u64, neither in 0..20u64,
    ) {
        let counts = PairedCounts { both, only_a, only_b, neither };
        prop_assume!(counts.total() > 0);
        let forward = counts.difference(0.95).unwrap();
        let swapped = PairedCounts { only_a: only_b, only_b: only_a, ..counts };
        let backward = swapped.difference(0.95).unwrap();
        prop_assert!(forward.interval.contains(forward.difference));
        prop_assert!((forward.interval.low + backward.interval.high).abs() < 1e-9);
        prop_assert!(forward.interval.low >= -1.0 && forward.interval.high <= 1.0);
    }
}
