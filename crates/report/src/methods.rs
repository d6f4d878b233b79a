//! How the figures of a run were made, in sentences with their sources. No sentence holds anything
//! but fixed words and numbers of the header.

use evals::record::{CorrectionKind, IntervalMethod, RunHeader, TestKind};

use crate::figures;

/// Sentences on populations, intervals, tests and corrections, as they apply to this run.
pub(crate) fn sentences(header: &RunHeader, has_intervals: bool, has_tests: bool) -> Vec<String> {
    let options = &header.analysis;
    let level = figures::percent(options.ci_level);
    let mut sentences = vec![
        format!("{} of every cell; calls were made in a random order drawn with seed {}.", figures::plural(u64::from(header.runs), "run", "runs"), header.seed),
        "A latency runs from the first byte of the request on an open connection to the end of the answer; queueing, connecting, back-off and failed attempts are apart.".to_owned(),
        "Timings and costs cover runs that were answered in any way, refused ones included; failed, stopped and cached ones are left out. Output tokens cover complete answers only.".to_owned(),
    ];
    if header.prompts.len() == 1 {
        sentences.push("Repeats are a sample of this prompt only: they say nothing about other prompts.".to_owned());
    }
    if has_intervals {
        sentences.push(format!(
            "Intervals of means: {} at {level}, {} resamples, seed {}.",
            interval_source(options.ci_method),
            figures::count(u64::from(options.resamples)),
            options.bootstrap_seed.unwrap_or(header.seed),
        ));
        sentences.push("Quantiles: linear interpolation (type 7 of Hyndman and Fan 1996) with distribution-free intervals from order statistics (David and Nagaraja 2003).".to_owned());
    }
    if has_tests {
        sentences.push(format!(
            "Test: {}, two-sided, alpha {}.",
            test_source(options.test),
            figures::exact(options.threshold)
        ));
        sentences.push(format!("Correction over all tested pairs: {}.", correction_source(options.correction)));
        sentences.push(
            "Intervals of differences are Welch's; detectable differences and needed runs are for 80 % power."
                .to_owned(),
        );
    }
    sentences
}

fn interval_source(method: IntervalMethod) -> &'static str {
    match method {
        IntervalMethod::Bca => "bias-corrected and accelerated bootstrap (Efron 1987)",
        IntervalMethod::Percentile => "percentile bootstrap (Efron 1979)",
        IntervalMethod::Basic => "basic bootstrap (Davison and Hinkley 1997)",
        IntervalMethod::Studentised => "studentised bootstrap (Hall 1988)",
    }
}

fn test_source(test: TestKind) -> &'static str {
    match test {
        TestKind::Welch => "Welch's unequal-variances t-test (Welch 1947) with Cohen's d (Cohen 1988)",
        TestKind::MannWhitney => "Mann-Whitney U (Mann and Whitney 1947) with Cliff's delta (Cliff 1993)",
        TestKind::Permutation => {
            "permutation test of the difference of means (Fisher 1935) with Cohen's d (Cohen 1988)"
        }
        TestKind::PairedT => "paired t-test (Student 1908)",
        TestKind::WilcoxonSigned => "Wilcoxon signed-rank test (Wilcoxon 1945)",
    }
}

fn correction_source(correction: CorrectionKind) -> &'static str {
    match correction {
        CorrectionKind::None => "none",
        CorrectionKind::Bonferroni => "Bonferroni (Dunn 1961)",
        CorrectionKind::Holm => "Holm's step-down (Holm 1979)",
        CorrectionKind::BenjaminiHochberg => "Benjamini-Hochberg false discovery rate (Benjamini and Hochberg 1995)",
    }
}
