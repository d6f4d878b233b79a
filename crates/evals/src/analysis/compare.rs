//! Tests of the difference between cells, corrected over all pairs of the run.

use llm::outcome::Outcome;
use stats::bootstrap::{BootstrapInterval, BootstrapOptions};
use stats::correction::Correction;
use stats::effect::{EffectSize, Magnitude};
use stats::hierarchy::independent_difference;
use stats::hypothesis::{self, PermutationOptions, RankMethod, Status, TestResult};
use stats::power::{Errors, WelchDesign};
use stats::resample::ResampledMoments;
use stats::{Degenerate, describe};

use super::cells::CellRows;
use super::model::{Comparison, IntervalResult, TestStatus};
use super::pairs::Pair;
use super::planning::{POWER, alpha_per_test};
use super::summary::{CellValues, finite, interval, intervals_asked, method, no_interval, varies};
use crate::record::{AnalysisOptions, CorrectionKind, IntervalMethod, Metric, RunHeader, TestKind};

/// Values that each arm needs before it is tested.
pub(super) const LEAST_TESTABLE: u32 = hypothesis::OBSERVATIONS_NEEDED as u32;

/// Why a paired test of repeats is no test.
pub(super) const NO_PAIRS: &str = "repeats of one prompt share nothing but an index, so run 3 of one contestant is no partner of run 3 of another; a paired test needs many prompts";

/// Past this many runs "more runs" is no advice.
const MOST_RUNS: u32 = 1_000_000;

/// Why the test that was asked for cannot be made on this run; `None` when it can. For a front end to refuse before any money is spent.
pub fn paired_test_refusal(header: &RunHeader) -> Option<&'static str> {
    let paired = matches!(header.analysis.test, TestKind::PairedT | TestKind::WilcoxonSigned);
    (paired && header.prompts.len() < 2).then_some(
        "A paired test needs many prompts: repeats of one prompt share nothing but an index, so run 3 of one contestant is no partner of run 3 of another. Use welch, mann-whitney or permutation.",
    )
}

/// Whether the run tests differences: as asked, and by itself where runs repeat.
pub(super) fn asked(header: &RunHeader) -> bool {
    // Repeats of one prompt say nothing about others, so many prompts are not tested one by one unasked.
    header.analysis.significance.unwrap_or(header.runs > 1 && header.prompts.len() == 1)
}

/// One comparison for each pair, in their order. `seed` is the seed of all resampling.
pub(super) fn comparisons(
    header: &RunHeader,
    groups: &[CellRows<'_>],
    values: &[CellValues],
    pairs: &[Pair],
    seed: u64,
) -> Vec<Comparison> {
    let options = &header.analysis;
    let intervals = intervals_asked(header);
    let arm = |at: usize| Arm::new(at, &groups[at], &values[at], options.metric);
    let mut comparisons: Vec<Comparison> = pairs
        .iter()
        .map(|pair| {
            let mut comparison = compare(&arm(pair.a), &arm(pair.b), options, seed);
            if !intervals {
                comparison.difference_ci = IntervalResult::NotAsked;
                comparison.effect_size_ci = IntervalResult::NotAsked;
            }
            comparison
        })
        .collect();
    correct(&mut comparisons, options);
    for comparison in &mut comparisons {
        plan_ahead(comparison, options);
    }
    comparisons
}

struct Arm<'a> {
    cell: u32,
    values: &'a [f64],
    resampled: Option<&'a ResampledMoments>,
    measured: bool,
    refused: u32,
}

impl<'a> Arm<'a> {
    fn new(at: usize, group: &CellRows<'_>, values: &'a CellValues, metric: Metric) -> Self {
        let refused = group.rows.iter().filter(|row| row.outcome == Outcome::Refused && !row.from_cache).count() as u32;
        Self {
            cell: at as u32,
            values: values.of(metric),
            resampled: values.resampled(metric),
            measured: metric != Metric::CostUsd || group.cost_is_measured(),
            refused: if metric == Metric::OutputTokens { 0 } else { refused },
        }
    }

    fn n(&self) -> u32 {
        self.values.len() as u32
    }
}

fn compare(a: &Arm<'_>, b: &Arm<'_>, options: &AnalysisOptions, seed: u64) -> Comparison {
    let mean = |arm: &Arm<'_>| finite(describe::mean(arm.values));
    let stdev = |arm: &Arm<'_>| finite(describe::variance(arm.values).map(f64::sqrt));
    let (mean_a, mean_b) = (mean(a), mean(b));
    let effect_size = effect_size(options.test);
    let mut comparison = Comparison {
        a: a.cell,
        b: b.cell,
        metric: options.metric,
        n_a: a.n(),
        n_b: b.n(),
        mean_a,
        mean_b,
        stdev_a: stdev(a),
        stdev_b: stdev(b),
        difference: mean_a.zip(mean_b).map(|(a, b)| a - b),
        difference_ci: difference_interval(a, b, options.ci_level),
        test: options.test,
        status: TestStatus::NotMeasured,
        statistic: None,
        degrees_of_freedom: None,
        p_value: None,
        p_value_corrected: None,
        correction: options.correction,
        n_comparisons: 0,
        n_pairs_untestable: 0,
        significant: false,
        effect_size: None,
        effect_size_metric: effect_size_name(effect_size).to_owned(),
        effect_size_interpretation: String::new(),
        effect_size_ci: untested_interval(a, b),
        bootstrap_method: bootstrap_of_effects(options.ci_method),
        detectable_difference: None,
        runs_to_detect_observed: None,
        runs_to_detect_tenth: None,
        n_refused_a: a.refused,
        n_refused_b: b.refused,
    };
    if !a.measured || !b.measured {
        return comparison;
    }
    let Some(result) = test(a.values, b.values, options, seed) else {
        comparison.status = TestStatus::NotPaired;
        return comparison;
    };
    comparison.status = status(result.status);
    comparison.statistic = result.statistic;
    comparison.degrees_of_freedom = result.df;
    comparison.p_value = result.p_value;
    if matches!(comparison.status, TestStatus::Tested | TestStatus::Trivial) {
        comparison.effect_size = finite(effect_size.of(a.values, b.values));
        comparison.effect_size_interpretation =
            comparison.effect_size.map_or("", |size| magnitude_word(effect_size.magnitude(size))).to_owned();
    }
    if comparison.status == TestStatus::Tested {
        let plan = BootstrapOptions {
            method: method(options.ci_method),
            level: options.ci_level,
            resamples: options.resamples as usize,
            seed,
        };
        comparison.effect_size_ci = match effect_interval(effect_size, a, b, &plan) {
            Ok(found) => interval(found.interval, a.values.len().min(b.values.len())),
            Err(reason) => no_interval(reason),
        };
    }
    comparison
}

/// `None` for paired tests: the runs of one prompt are not pairs. A test that overflowed has found nothing.
fn test(a: &[f64], b: &[f64], options: &AnalysisOptions, seed: u64) -> Option<TestResult> {
    let mut result = match options.test {
        TestKind::Welch => hypothesis::welch(a, b),
        TestKind::MannWhitney => hypothesis::mann_whitney(a, b, RankMethod::Auto),
        TestKind::Permutation => {
            hypothesis::permutation(a, b, &PermutationOptions { seed, ..PermutationOptions::default() })
        }
        TestKind::PairedT | TestKind::WilcoxonSigned => return None,
    };
    let overflowed =
        [result.statistic, result.df, result.p_value].into_iter().flatten().any(|value| !value.is_finite());
    if overflowed {
        result =
            TestResult { status: Status::NotFinite, statistic: None, df: None, p_value: None, p_value_source: None };
    }
    Some(result)
}

fn status(status: Status) -> TestStatus {
    match status {
        Status::Tested => TestStatus::Tested,
        Status::Trivial => TestStatus::Trivial,
        Status::ZeroVariance => TestStatus::ZeroVariance,
        Status::InsufficientSamples | Status::NotFinite | Status::UnequalLengths => TestStatus::InsufficientSamples,
    }
}

/// Welch's interval of the difference of means, whatever the test.
fn difference_interval(a: &Arm<'_>, b: &Arm<'_>, level: f64) -> IntervalResult {
    match untested_interval(a, b) {
        IntervalResult::NotAsked => match independent_difference(a.values, b.values, level) {
            Ok(found) => interval(found.interval, a.values.len().min(b.values.len())),
            Err(reason) => no_interval(reason),
        },
        reason => reason,
    }
}

/// Why these arms can have no interval; `NotAsked` when they can.
fn untested_interval(a: &Arm<'_>, b: &Arm<'_>) -> IntervalResult {
    let fewest = a.n().min(b.n());
    if fewest == 0 {
        IntervalResult::NoData
    } else if fewest < LEAST_TESTABLE {
        IntervalResult::TooFew { need: LEAST_TESTABLE }
    } else if !a.measured || !b.measured || !(varies(a.values) || varies(b.values)) {
        IntervalResult::Constant
    } else {
        IntervalResult::NotAsked
    }
}

/// Cohen's d takes the resamples that the cells' own intervals are made of; contestants have a stream each, so the arms are independent.
fn effect_interval(
    effect_size: EffectSize,
    a: &Arm<'_>,
    b: &Arm<'_>,
    options: &BootstrapOptions,
) -> Result<BootstrapInterval, Degenerate> {
    match (effect_size, a.resampled, b.resampled) {
        (EffectSize::CohensD, Some(of_a), Some(of_b)) => {
            effect_size.standardised_interval((a.values, of_a), (b.values, of_b), options.method, options.level)
        }
        _ => effect_size.interval(a.values, b.values, options),
    }
}

fn effect_size(test: TestKind) -> EffectSize {
    match test {
        TestKind::MannWhitney => EffectSize::CliffsDelta,
        TestKind::Welch | TestKind::Permutation | TestKind::PairedT | TestKind::WilcoxonSigned => EffectSize::CohensD,
    }
}

fn effect_size_name(effect_size: EffectSize) -> &'static str {
    match effect_size {
        EffectSize::CohensD => "cohen_d",
        EffectSize::HedgesG => "hedges_g",
        EffectSize::CohensDz => "cohen_d_z",
        EffectSize::CliffsDelta => "cliffs_delta",
        EffectSize::A12 => "a12",
    }
}

fn magnitude_word(magnitude: Magnitude) -> &'static str {
    match magnitude {
        Magnitude::Negligible => "negligible",
        Magnitude::Small => "small",
        Magnitude::Medium => "medium",
        Magnitude::Large => "large",
    }
}

/// The studentised bootstrap does not exist for effect sizes; `stats` makes a BCa interval instead.
fn bootstrap_of_effects(asked: IntervalMethod) -> IntervalMethod {
    match asked {
        IntervalMethod::Studentised => IntervalMethod::Bca,
        other => other,
    }
}

/// The correction by its name in `stats`.
pub fn correction(kind: CorrectionKind) -> Correction {
    match kind {
        CorrectionKind::None => Correction::None,
        CorrectionKind::Bonferroni => Correction::Bonferroni,
        CorrectionKind::Holm => Correction::Holm,
        CorrectionKind::BenjaminiHochberg => Correction::BenjaminiHochberg,
    }
}

/// Only pairs with a p enter the correction; those without neither spend its budget nor become significant.
fn correct(comparisons: &mut [Comparison], options: &AnalysisOptions) {
    let raw: Vec<Option<f64>> = comparisons.iter().map(|comparison| comparison.p_value).collect();
    let corrected = correction(options.correction).adjust(&raw);
    for (comparison, p) in comparisons.iter_mut().zip(corrected.p_values) {
        comparison.p_value_corrected = p;
        comparison.significant = p.is_some_and(|p| p < options.threshold);
        comparison.n_comparisons = corrected.tested as u32;
        comparison.n_pairs_untestable = corrected.untestable as u32;
    }
}

/// What these runs could have found and what more would find, from the spread they showed. For Welch's test; the others are close to it.
fn plan_ahead(comparison: &mut Comparison, options: &AnalysisOptions) {
    let (TestStatus::Tested, Some(sd_a), Some(sd_b)) = (comparison.status, comparison.stdev_a, comparison.stdev_b)
    else {
        return;
    };
    let design = WelchDesign { sd_a, sd_b };
    let alpha = alpha_per_test(options.threshold, options.correction, comparison.n_comparisons);
    let errors = Errors { alpha, power: POWER };
    let runs = |difference: f64| {
        let runs = u32::try_from(design.runs_needed(difference, &errors).ok()?).ok()?;
        (runs <= MOST_RUNS).then_some(runs.max(LEAST_TESTABLE))
    };
    comparison.detectable_difference =
        finite(design.minimum_detectable(comparison.n_a as usize, comparison.n_b as usize, &errors));
    comparison.runs_to_detect_observed = comparison.difference.and_then(runs);
    let tenth = comparison.mean_a.zip(comparison.mean_b).map(|(a, b)| a.min(b) / 10.0).filter(|tenth| *tenth > 0.0);
    comparison.runs_to_detect_tenth = tenth.and_then(|tenth| Some((runs(tenth)?, tenth)));
}
