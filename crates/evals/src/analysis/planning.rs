//! What a plan could find, before any money is spent.

use stats::power::{Errors, WelchDesign};

use super::cells;
use super::pairs;
use crate::record::{CorrectionKind, PlannedCall, RunHeader};

/// The power that every planning figure stands for.
pub const POWER: f64 = 0.8;

/// The smallest difference that a plan has an 80 % chance to find.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DetectableEffect {
    /// Pairs that will be tested if every one of them can be.
    pub pairs: u32,
    /// Runs in each arm.
    pub runs: u32,
    /// Threshold of each test: the run's, divided by the pairs where a correction is made (exact for Bonferroni, the worst case of Holm and Benjamini-Hochberg).
    pub alpha: f64,
    /// The difference of means in standard deviations of one run (Cohen's d), for Welch's test with equal spreads.
    pub cohens_d: f64,
}

impl DetectableEffect {
    /// The same difference in the unit of a metric whose standard deviation is known from an earlier run.
    pub fn in_units(&self, standard_deviation: f64) -> f64 {
        self.cohens_d * standard_deviation
    }
}

/// The smallest difference that this plan can find; `None` when nothing will be tested (tests switched off, one run, nothing to compare).
pub fn smallest_detectable(header: &RunHeader, planned: &[PlannedCall]) -> Option<DetectableEffect> {
    if header.runs < super::compare::LEAST_TESTABLE || !super::compare::asked(header) {
        return None;
    }
    let pairs = pairs::pairs(header, &cells::keys(planned)).len() as u32;
    if pairs == 0 {
        return None;
    }
    let alpha = alpha_per_test(header.analysis.threshold, header.analysis.correction, pairs);
    let runs = header.runs as usize;
    // With both standard deviations 1 the difference is Cohen's d.
    let design = WelchDesign { sd_a: 1.0, sd_b: 1.0 };
    let cohens_d = design.minimum_detectable(runs, runs, &Errors { alpha, power: POWER }).ok()?;
    Some(DetectableEffect { pairs, runs: header.runs, alpha, cohens_d })
}

/// The threshold that each of `pairs` tests is held to.
pub(super) fn alpha_per_test(threshold: f64, correction: CorrectionKind, pairs: u32) -> f64 {
    match correction {
        CorrectionKind::None => threshold,
        CorrectionKind::Bonferroni | CorrectionKind::Holm | CorrectionKind::BenjaminiHochberg => {
            threshold / f64::from(pairs.max(1))
        }
    }
}
