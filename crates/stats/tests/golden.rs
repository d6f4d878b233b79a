//! Golden values from scipy and statsmodels, made by tools/stats-golden/golden.py.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests are tests too")]

use serde_json::Value;
use stats::bootstrap::{self, BootstrapOptions, Method};
use stats::correction::Correction;
use stats::effect::EffectSize;
use stats::hypothesis::{self, McNemarMethod, PValueSource, PermutationOptions, RankMethod, Status};
use stats::paired_rate::PairedCounts;
use stats::power::{self, Errors, WelchDesign};
use stats::rate::{self, RateMethod};
use stats::{cluster, describe, distribution, hierarchy, interval};

mod support;

use support::{close, close_within, count, golden, interval_close, number, numbers, rows, sample};

#[test]
fn descriptions() {
    for (name, expected) in golden("describe").as_object().unwrap() {
        let data = sample(&Value::from(name.as_str()));
        let summary = describe::summarize(&data).unwrap();
        assert_eq!(summary.n as u64, count(&expected["n"]));
        close(summary.mean, &expected["mean"]);
        close(summary.sd.unwrap(), &expected["sd"]);
        close(summary.cv.unwrap(), &expected["cv"]);
        for (actual, key) in [
            (summary.min, "min"),
            (summary.median, "median"),
            (summary.p90, "p90"),
            (summary.p95, "p95"),
            (summary.p99, "p99"),
            (summary.max, "max"),
        ] {
            close(actual, &expected[key]);
        }
        let mean = interval::mean(&data, 0.95).unwrap();
        interval_close(mean.interval, &expected["t_interval"]);
    }
}

#[test]
fn independent_tests_and_effects() {
    for row in rows(&golden("independent")) {
        let (a, b) = (sample(&row["a"]), sample(&row["b"]));
        let welch = hypothesis::welch(&a, &b);
        close(welch.statistic.unwrap(), &row["welch_t"]);
        close(welch.df.unwrap(), &row["welch_df"]);
        close(welch.p_value.unwrap(), &row["welch_p"]);
        let difference = hierarchy::independent_difference(&a, &b, 0.95).unwrap();
        interval_close(difference.interval, &row["welch_interval"]);
        let student = hypothesis::student_t(&a, &b);
        close(student.statistic.unwrap(), &row["student_t"]);
        close(student.p_value.unwrap(), &row["student_p"]);
        let ranks = hypothesis::mann_whitney(&a, &b, RankMethod::Auto);
        close(ranks.statistic.unwrap(), &row["u"]);
        close(ranks.p_value.unwrap(), &row["mann_whitney_p"]);
        let limit = hypothesis::mann_whitney(&a, &b, RankMethod::Asymptotic);
        close(limit.p_value.unwrap(), &row["mann_whitney_limit_p"]);
        close(hypothesis::hodges_lehmann_shift(&a, &b).unwrap(), &row["hodges_lehmann"]);
        for (effect, key) in [
            (EffectSize::CohensD, "cohens_d"),
            (EffectSize::HedgesG, "hedges_g"),
            (EffectSize::CliffsDelta, "cliffs_delta"),
            (EffectSize::A12, "a12"),
        ] {
            close(effect.of(&a, &b).unwrap(), &row[key]);
        }
        if let Some(expected) = row.get("permutation_p") {
            let exact = hypothesis::permutation(&a, &b, &PermutationOptions::default());
            assert_eq!(exact.p_value_source, Some(PValueSource::Exact));
            close(exact.p_value.unwrap(), expected);
        }
    }
}

#[test]
fn paired_tests_and_effects() {
    for row in rows(&golden("paired")) {
        let (a, b) = (numbers(&row["a"]), numbers(&row["b"]));
        let t = hypothesis::paired_t(&a, &b);
        close(t.statistic.unwrap(), &row["t"]);
        close(t.p_value.unwrap(), &row["p"]);
        let difference = hierarchy::paired_difference(&a, &b, 0.95).unwrap();
        interval_close(difference.interval, &row["interval"]);
        let ranks = hypothesis::wilcoxon_signed_rank(&a, &b, RankMethod::Auto);
        close(ranks.statistic.unwrap(), &row["w"]);
        close(ranks.p_value.unwrap(), &row["wilcoxon_p"]);
        let limit = hypothesis::wilcoxon_signed_rank(&a, &b, RankMethod::Asymptotic);
        close(limit.p_value.unwrap(), &row["wilcoxon_limit_p"]);
        close(hypothesis::hodges_lehmann_paired(&a, &b).unwrap(), &row["hodges_lehmann"]);
        close(EffectSize::CohensDz.of(&a, &b).unwrap(), &row["cohens_dz"]);
        if let Some(expected) = row.get("sign_flip_p") {
            let flips = hypothesis::sign_flip(&a, &b, &PermutationOptions::default());
            assert_eq!(flips.p_value_source, Some(PValueSource::Exact));
            close(flips.p_value.unwrap(), expected);
        }
    }
}

/// The replicates of a statistic on resamples whose indices are given.
fn replicates(data: &[f64], indices: &Value, statistic: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    rows(indices)
        .iter()
        .map(|drawn| {
            let resample: Vec<f64> = rows(drawn).iter().map(|index| data[count(index) as usize]).collect();
            statistic(&resample)
        })
        .collect()
}

fn leave_one_out(data: &[f64], statistic: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let values: Vec<f64> = (0..data.len()).map(|i| statistic(&[&data[..i], &data[i + 1..]].concat())).collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    values.iter().map(|value| (n - 1.0) * (mean - value)).collect()
}

#[test]
fn bootstrap_arithmetic_on_the_draws_of_scipy() {
    for row in rows(&golden("bootstrap")["one_sample"]) {
        let data = sample(&row["sample"]);
        let statistic = |sample: &[f64]| match row["statistic"].as_str() {
            Some("mean") => describe::mean(sample).unwrap(),
            _ => describe::median(sample).unwrap(),
        };
        let drawn = replicates(&data, &row["indices"], statistic);
        let influence = [leave_one_out(&data, statistic)];
        for (method, key) in [(Method::Bca, "bca"), (Method::Percentile, "percentile"), (Method::Basic, "basic")] {
            let ours = bootstrap::from_replicates(
                statistic(&data),
                &drawn,
                &influence,
                method,
                number(&row["level"]),
                data.len(),
            )
            .unwrap();
            interval_close(ours.interval, &row[key]);
            close(ours.standard_error.unwrap(), &row["standard_error"]);
        }
    }
}

#[test]
fn two_sample_bca_on_the_draws_of_scipy() {
    let golden = golden("bootstrap");
    let row = &golden["cohens_d"];
    let (a, b) = (sample(&row["a"]), sample(&row["b"]));
    let moments = |data: &[f64], indices: &Value| stats::resample::ResampledMoments {
        means: replicates(data, indices, |sample| describe::mean(sample).unwrap()),
        variances: replicates(data, indices, |sample| describe::variance(sample).unwrap()),
    };
    let ours = EffectSize::CohensD
        .standardised_interval(
            (&a, &moments(&a, &row["indices_a"])),
            (&b, &moments(&b, &row["indices_b"])),
            Method::Bca,
            0.95,
        )
        .unwrap();
    interval_close(ours.interval, &row["bca"]);
}

#[test]
fn bootstrap_of_our_own_draws_approaches_scipy() {
    for row in rows(&golden("bootstrap")["many_resamples"]) {
        let data = sample(&row["sample"]);
        for (method, key) in [(Method::Bca, "bca"), (Method::Percentile, "percentile"), (Method::Basic, "basic")] {
            let options = BootstrapOptions { method, resamples: 400_000, ..Default::default() };
            let ours = bootstrap::mean(&data, &options).unwrap();
            let error = number(&row["standard_error"]);
            assert!((ours.standard_error.unwrap() / error - 1.0).abs() < 0.01);
            for (bound, expected) in [ours.interval.low, ours.interval.high].iter().zip(numbers(&row[key])) {
                assert!((bound - expected).abs() < 0.03 * error, "{key}: {bound} {expected}");
            }
        }
    }
}

#[test]
fn mcnemar() {
    for row in rows(&golden("mcnemar")) {
        let run = |method| hypothesis::mcnemar(count(&row["only_a"]), count(&row["only_b"]), method);
        close(run(McNemarMethod::Exact).p_value.unwrap(), &row["exact"]);
        close(run(McNemarMethod::MidP).p_value.unwrap(), &row["mid_p"]);
        let plain = run(McNemarMethod::Uncorrected);
        close(plain.statistic.unwrap(), &row["uncorrected_statistic"]);
        close(plain.p_value.unwrap(), &row["uncorrected"]);
        // statsmodels lets the correction overshoot an even split: (0 - 1)² / n.
        if row["only_a"] != row["only_b"] {
            let corrected = run(McNemarMethod::Corrected);
            close(corrected.statistic.unwrap(), &row["corrected_statistic"]);
            close(corrected.p_value.unwrap(), &row["corrected"]);
        }
    }
}

#[test]
fn corrections() {
    for row in rows(&golden("corrections")) {
        let p_values: Vec<Option<f64>> = numbers(&row["p"]).into_iter().map(Some).collect();
        for (correction, key) in [
            (Correction::Bonferroni, "bonferroni"),
            (Correction::Holm, "holm"),
            (Correction::BenjaminiHochberg, "benjamini_hochberg"),
            (Correction::BenjaminiYekutieli, "benjamini_yekutieli"),
        ] {
            let ours = correction.adjust(&p_values);
            for (ours, expected) in ours.p_values.iter().zip(rows(&row[key])) {
                close(ours.unwrap(), expected);
            }
        }
    }
}

#[test]
fn rates() {
    let golden = golden("rates");
    for row in rows(&golden["single"]) {
        for (method, key) in [
            (RateMethod::Wilson, "wilson"),
            (RateMethod::ClopperPearson, "clopper_pearson"),
            (RateMethod::Jeffreys, "jeffreys"),
            (RateMethod::BetaBinomial, "beta_binomial"),
        ] {
            let (k, n) = (count(&row["successes"]), count(&row["trials"]));
            let ours = rate::estimate(k, n, number(&row["level"]), method).unwrap();
            interval_close(ours.interval, &row[key]);
        }
    }
    for row in rows(&golden["newcombe"]) {
        let pair = |value: &Value| (count(&value[0]), count(&value[1]));
        let ours = rate::difference(pair(&row["a"]), pair(&row["b"]), 0.95).unwrap();
        interval_close(ours, &row["interval"]);
    }
    for row in rows(&golden["tango"]) {
        let (only_a, only_b) = (count(&row["only_a"]), count(&row["only_b"]));
        let both = count(&row["n"]) - only_a - only_b;
        let counts = PairedCounts { both, only_a, only_b, neither: 0 };
        interval_close(counts.difference(0.95).unwrap().interval, &row["interval"]);
    }
}

#[test]
fn distributions() {
    let golden = golden("distributions");
    for row in rows(&golden["t"]) {
        close(distribution::t_sf(number(&row["t"]), number(&row["df"])), &row["sf"]);
    }
    for row in rows(&golden["t_quantile"]) {
        close(distribution::t_quantile(number(&row["p"]), number(&row["df"])), &row["t"]);
    }
    for row in rows(&golden["normal"]) {
        let z = distribution::normal_quantile(number(&row["p"]));
        close(z, &row["z"]);
        close(distribution::normal_cdf(z), &row["p"]);
    }
    for row in rows(&golden["beta"]) {
        let (p, a, b) = (number(&row["p"]), number(&row["a"]), number(&row["b"]));
        close(distribution::beta_quantile(p, a, b), &row["x"]);
    }
    for row in rows(&golden["binomial"]) {
        let (k, n, p) = (count(&row["k"]), count(&row["n"]), number(&row["p"]));
        close(distribution::binomial_cdf(k, n, p), &row["cdf"]);
        close(distribution::binomial_mass(k, n, p), &row["mass"]);
    }
    for row in rows(&golden["noncentral_t"]) {
        let (t, df, delta) = (number(&row["t"]), number(&row["df"]), number(&row["delta"]));
        close_within(distribution::noncentral_t_cdf(t, df, delta), &row["cdf"], 1e-7);
    }
}

#[test]
fn power_and_sample_sizes() {
    let golden = golden("power");
    let unit = WelchDesign { sd_a: 1.0, sd_b: 1.0 };
    for row in rows(&golden["two_sample"]) {
        let n = count(&row["n"]) as usize;
        close_within(unit.power(number(&row["d"]), n, n, 0.05).unwrap(), &row["power"], 1e-6);
    }
    for row in rows(&golden["solve"]) {
        let errors = Errors { alpha: number(&row["alpha"]), power: number(&row["power"]) };
        let d = number(&row["d"]);
        assert_eq!(unit.runs_needed(d, &errors).unwrap() as f64, number(&row["n_two"]).ceil());
        let pairs = power::paired_t_pairs_needed(d, 1.0, &errors).unwrap();
        assert_eq!(pairs as f64, number(&row["n_paired"]).ceil());
    }
    for row in rows(&golden["detect"]) {
        let n = count(&row["n"]) as usize;
        let errors = Errors::default();
        close_within(unit.minimum_detectable(n, n, &errors).unwrap(), &row["d_two"], 1e-6);
        let paired = power::paired_t_minimum_detectable(1.0, n, &errors).unwrap();
        close_within(paired, &row["d_paired"], 1e-6);
    }
}

#[test]
fn clustered_errors() {
    for row in rows(&golden("clusters")) {
        let clusters: Vec<u64> = rows(&row["clusters"]).iter().map(count).collect();
        let ours = cluster::mean(&numbers(&row["values"]), &clusters, 0.95).unwrap();
        close(ours.mean.standard_error, &row["corrected"]);
        close(ours.uncorrected_error, &row["uncorrected"]);
        close(ours.mean.df, &row["df"]);
    }
}

#[test]
fn status_words_are_stable() {
    let words: Vec<String> = [
        Status::Tested,
        Status::Trivial,
        Status::InsufficientSamples,
        Status::ZeroVariance,
        Status::NotFinite,
        Status::UnequalLengths,
    ]
    .iter()
    .map(|status| serde_json::to_string(status).unwrap())
    .collect();
    assert_eq!(
        words.join(" "),
        r#""tested" "trivial" "insufficient_samples" "zero_variance" "not_finite" "unequal_lengths""#
    );
}
