//! Pairs of arms over the items that both answered.

use stats::bootstrap::{self, BootstrapOptions, Method};
use stats::correction::Correction;
use stats::hypothesis::{McNemarMethod, PermutationOptions, Status, TestResult, mcnemar, sign_flip};
use stats::paired_rate::{ItemPasses, PairedCounts, difference_of_repeated};
use stats::{Degenerate, Interval, interval};

use super::contestants::whole;
use super::measure::Measure;
use super::model::{Bounds, PairDecision, PairStatus};
use super::options::{DecisionOptions, IntervalKind};
use super::scores::{Arm, CellSum, Scores};
use super::units::Sample;

/// Independent items without which nothing is tested.
const LEAST: usize = 3;

/// Signs flipped at most over all random rearrangements of one test; keeps 20,000 items within a moment.
/// From 1,000 items on there are fewer rearrangements, never fewer than [`LEAST_REARRANGEMENTS`].
const MOST_FLIPS: usize = 10_000_000;
const LEAST_REARRANGEMENTS: usize = 999;

/// All pairs of arms that may fairly be compared: different contestants under the same system prompt and
/// temperature (or at the only temperature that each has). Where there is one contestant alone: its arms
/// that differ in exactly one of the two, the temperature only if it is sent.
pub(super) fn pairs(arms: &[Arm]) -> Vec<(usize, usize)> {
    let alone = arms.windows(2).all(|pair| pair[0].contestant == pair[1].contestant);
    let all = || (0..arms.len()).flat_map(|a| (a + 1..arms.len()).map(move |b| (a, b)));
    let same_temperature = |a: usize, b: usize| arms[a].temperature_bits() == arms[b].temperature_bits();
    // Whether this is the contestant's only arm under the system prompt.
    let only = |at: usize| {
        arms.iter().filter(|arm| arm.contestant == arms[at].contestant && arm.system == arms[at].system).count() == 1
    };
    all()
        .filter(|&(a, b)| {
            let same_system = arms[a].system == arms[b].system;
            if alone {
                same_system != same_temperature(a, b) && (same_temperature(a, b) || arms[a].sends_temperature)
            } else {
                arms[a].contestant != arms[b].contestant
                    && same_system
                    && (same_temperature(a, b) || (only(a) && only(b)))
            }
        })
        .collect()
}

/// Every pair on one measure, p-values corrected over them.
pub(super) fn all(scores: &Scores, measure: Measure, options: &DecisionOptions) -> Vec<PairDecision> {
    let columns: Vec<Vec<CellSum>> = (0..scores.arms().len()).map(|arm| scores.column(arm, measure)).collect();
    let mut found: Vec<PairDecision> = pairs(scores.arms())
        .into_iter()
        .map(|(a, b)| {
            let pair = Pair { scores, measure, a: &columns[a], b: &columns[b] };
            let runs = scores.runs(a).max(scores.runs(b));
            pair.decide(&scores.arms()[a].name, &scores.arms()[b].name, runs, options)
        })
        .collect();
    correct(&mut found, options.correction, 1.0 - options.level);
    found
}

fn correct(pairs: &mut [PairDecision], correction: Correction, alpha: f64) {
    let p_values: Vec<Option<f64>> = pairs.iter().map(|pair| pair.p_value).collect();
    let corrected = correction.adjust(&p_values);
    for (pair, p) in pairs.iter_mut().zip(corrected.p_values) {
        pair.p_value_corrected = p;
        pair.significant = p.is_some_and(|p| p < alpha);
    }
}

/// Two arms on one measure.
pub(super) struct Pair<'a> {
    pub(super) scores: &'a Scores,
    pub(super) measure: Measure,
    pub(super) a: &'a [CellSum],
    pub(super) b: &'a [CellSum],
}

impl Pair<'_> {
    /// The whole comparison, p not yet corrected.
    pub(super) fn decide(&self, a: &str, b: &str, runs: usize, options: &DecisionOptions) -> PairDecision {
        let difference = self.differences();
        let mean = |of: &dyn Fn(usize) -> Option<f64>| {
            Sample::of(self.scores.items(), |at| self.both(at).and_then(|_| of(at))).mean()
        };
        let mut decision = PairDecision {
            a: a.to_owned(),
            b: b.to_owned(),
            metric: self.measure,
            n_items: difference.len() as u32,
            n_runs: runs as u32,
            mean_a: mean(&|at| self.a[at].mean()),
            mean_b: mean(&|at| self.b[at].mean()),
            difference: difference.mean(),
            ci_low: None,
            ci_high: None,
            ci_level: options.level,
            method: String::new(),
            test: String::new(),
            p_value: None,
            p_value_corrected: None,
            correction: options.correction,
            effect_size: effect(&difference),
            effect_size_metric: "cohen_dz".to_owned(),
            status: PairStatus::Tested,
            bounds: self.bounds(options),
            significant: false,
        };
        let measured = |cells: &[CellSum]| cells.iter().any(|cell| cell.found > 0);
        if !measured(self.a) || !measured(self.b) {
            decision.status = PairStatus::NotMeasured;
            return decision;
        }
        let units = difference.cluster_count();
        if units < LEAST {
            decision.status = PairStatus::InsufficientSamples;
            return decision;
        }
        let (interval, method) = self.interval(&difference, options.level, options);
        if let Ok(interval) = interval {
            (decision.ci_low, decision.ci_high) = (Some(interval.low), Some(interval.high));
            decision.method = method.to_owned();
        }
        let (p, test) = self.test(&difference, options);
        (decision.p_value, decision.test) = (p, test.to_owned());
        decision.status = match difference.constant() {
            Some(0.0) => PairStatus::Trivial,
            Some(_) if decision.ci_low.is_none() => PairStatus::ZeroVariance,
            _ => PairStatus::Tested,
        };
        decision
    }

    /// The means of both arms where both have one.
    fn both(&self, at: usize) -> Option<(f64, f64)> {
        Some((self.a[at].mean()?, self.b[at].mean()?))
    }

    /// Differences of item means, a - b.
    pub(super) fn differences(&self) -> Sample {
        Sample::of(self.scores.items(), |at| self.both(at).map(|(a, b)| a - b))
    }

    /// The interval of the mean difference by the method that the data call for.
    pub(super) fn interval(
        &self,
        difference: &Sample,
        level: f64,
        options: &DecisionOptions,
    ) -> (Result<Interval, Degenerate>, &'static str) {
        if options.interval == IntervalKind::ItemBootstrap {
            let settings = BootstrapOptions {
                method: Method::Studentised,
                level,
                resamples: options.resamples,
                seed: options.seed.unwrap_or_default(),
            };
            let found = bootstrap::mean(&difference.units(), &settings);
            return (found.map(|found| found.interval), "item_bootstrap");
        }
        if self.measure.is_rate() && difference.is_plain() {
            if let Some(counts) = self.counts() {
                return (counts.difference(level).map(|found| found.interval), "tango");
            }
            let items: Vec<ItemPasses> = (0..self.a.len())
                .filter(|&at| self.both(at).is_some() && self.scores.items()[at].weight > 0.0)
                .map(|at| ItemPasses {
                    passes_a: self.a[at].sum.round() as u64,
                    runs_a: u64::from(self.a[at].found),
                    passes_b: self.b[at].sum.round() as u64,
                    runs_b: u64::from(self.b[at].found),
                })
                .collect();
            return (difference_of_repeated(&items, level).map(|found| found.interval), "tango_repeated");
        }
        let method = if difference.is_plain() { "t" } else { "clustered_t" };
        let mut found = interval::mean(&difference.units(), level).map(|found| found.interval);
        if let (Ok(bounds), true) = (&mut found, self.measure.is_rate()) {
            *bounds = Interval { low: bounds.low.max(-1.0), high: bounds.high.min(1.0), ..*bounds };
        }
        (found, method)
    }

    /// Paired passes, where independent items of equal weight each pass or fail as a whole under both arms.
    fn counts(&self) -> Option<PairedCounts> {
        let side = |cells: &[CellSum]| {
            let sample = Sample::of(self.scores.items(), |at| self.both(at).and_then(|_| cells[at].mean()));
            let single = (0..cells.len()).all(|at| self.both(at).is_none() || cells[at].found == 1);
            whole(&sample).filter(|_| single)?;
            Some(sample.values().iter().map(|value| *value == 1.0).collect::<Vec<bool>>())
        };
        PairedCounts::of(&side(self.a)?, &side(self.b)?).ok()
    }

    /// Two-sided p of the difference; none below three independent items.
    pub(super) fn p_value(&self, difference: &Sample, options: &DecisionOptions) -> Option<f64> {
        if difference.cluster_count() < LEAST { None } else { self.test(difference, options).0 }
    }

    fn test(&self, difference: &Sample, options: &DecisionOptions) -> (Option<f64>, &'static str) {
        if let Some(counts) = self.counts().filter(|_| self.measure.is_rate()) {
            return (mcnemar(counts.only_a, counts.only_b, McNemarMethod::Exact).p_value, "mcnemar_exact");
        }
        let terms = difference.terms();
        let exact = (terms.len() < 63).then(|| 1_u64 << terms.len()).is_some_and(|all| all <= options.exact_up_to);
        let word = if exact { "sign_flip_exact" } else { "sign_flip_monte_carlo" };
        (flip(&terms, options).p_value, word)
    }

    /// What missing answers could change about the difference: low where a's are worst and b's best.
    fn bounds(&self, options: &DecisionOptions) -> Option<Bounds> {
        let missing = |cells: &[CellSum]| cells.iter().any(|cell| cell.found < cell.asked);
        if !missing(self.a) && !missing(self.b) {
            return None;
        }
        let (low, high) = self.scores.range(self.measure)?;
        let filled = |a: f64, b: f64| {
            let sample = Sample::of(self.scores.items(), |at| {
                let asked = self.a[at].asked > 0 && self.b[at].asked > 0;
                asked.then(|| self.a[at].filled(a) - self.b[at].filled(b))
            });
            Some((sample.mean()?, interval::mean(&sample.units(), options.level).ok()))
        };
        let ((least, least_interval), (most, most_interval)) = (filled(low, high)?, filled(high, low)?);
        Some(Bounds {
            low: least,
            high: most,
            ci_low: least_interval.map(|found| found.interval.low),
            ci_high: most_interval.map(|found| found.interval.high),
        })
    }
}

/// The sign-flip test of terms about 0: exact where there are few, seeded random flips otherwise.
pub(super) fn flip(terms: &[f64], options: &DecisionOptions) -> TestResult {
    let zeros = vec![0.0; terms.len()];
    let settings = PermutationOptions {
        exact_up_to: options.exact_up_to,
        rearrangements: (MOST_FLIPS / terms.len().max(1)).clamp(LEAST_REARRANGEMENTS, options.rearrangements.max(999)),
        seed: options.seed.unwrap_or_default(),
    };
    let found = sign_flip(terms, &zeros, &settings);
    if found.status != Status::ZeroVariance {
        return found;
    }
    // Every term is the same: only the two arrangements of one sign reach the sum.
    let p_value = 0.5_f64.powi(terms.len() as i32 - 1);
    TestResult { status: Status::Tested, p_value: Some(p_value), ..found }
}

/// Cohen's d_z: mean difference over the standard deviation of the items' differences.
fn effect(difference: &Sample) -> Option<f64> {
    if difference.constant().is_some() {
        return None;
    }
    let spread = stats::describe::variance(difference.values()).ok()?.sqrt();
    Some(difference.mean()? / spread).filter(|effect| effect.is_finite())
}
