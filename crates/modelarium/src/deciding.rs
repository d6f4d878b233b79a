//! From flags to what is decided over the items of a run. Everything here is checked before anything is sent.

use evals::analysis::asking::{self, AskedError};
use evals::decision::{DecisionOptions, Measure};
use evals::plan::Plan;
use evals::record::{AnalysisOptions, CorrectionKind, DecisionAsked, StopAsked};
use evals::store::StoredRun;
use report::escape;

use crate::cli::{DecisionArgs, MovementArgs, StatisticsArgs, StopArgs};
use crate::exit::Failure;
use crate::statistics;

/// What the flags ask for; what they leave open stays as it was. Gates that are given stand in place of all others.
pub(crate) fn asked(flags: &DecisionArgs, statistics: &StatisticsArgs, base: &DecisionAsked) -> DecisionAsked {
    let mut asked = base.clone();
    if flags.bar.is_some() {
        asked.bar.clone_from(&flags.bar);
    }
    if flags.gates() {
        asked.gates.clone_from(&flags.gate);
    }
    if flags.baseline.is_some() {
        asked.baseline.clone_from(&flags.baseline);
    }
    if flags.decide_on.is_some() {
        asked.metric.clone_from(&flags.decide_on);
    }
    // A word that is none was refused by `statistics::options`.
    if let Some(correction) = statistics.correction.as_deref().and_then(CorrectionKind::parse) {
        asked.correction = Some(correction);
    }
    asked
}

/// When the run is to stop by itself.
pub(crate) fn stop(flags: &StopArgs, margin: Option<f64>, analysis: &AnalysisOptions) -> Option<StopAsked> {
    flags.stop_when?;
    Some(StopAsked { alpha: flags.alpha.unwrap_or(analysis.threshold), margin, futility: !flags.no_futility })
}

/// Checks what a run that is not made yet is asked to decide, and names the baseline where the user left it open.
pub(crate) fn settle(plan: &mut Plan) -> Result<(), Failure> {
    asking::settle(plan, true).map_err(|error| Failure {
        message: format!("{}; nothing was sent", refuse(&error).message.trim_end_matches('.')),
        ..refuse(&error)
    })
}

/// Puts other questions to a stored run.
pub(crate) fn override_stored(run: &mut StoredRun, flags: &DecisionArgs) -> Result<(), Failure> {
    let analysis = &mut run.plan.header.analysis;
    analysis.decision = asked(flags, &StatisticsArgs::default(), &analysis.decision);
    settle_stored(run)
}

/// Checks what a stored run is asked to decide.
pub(crate) fn settle_stored(run: &mut StoredRun) -> Result<(), Failure> {
    asking::settle(&mut run.plan, false).map_err(|error| refuse(&error))
}

fn refuse(error: &AskedError) -> Failure {
    Failure::usage(escape::terminal::line(&error.to_string())).hint(escape::terminal::line(&error.hint()))
}

/// The measure that a word names.
pub(crate) fn measure(word: &str) -> Result<Measure, Failure> {
    Measure::parse(word).ok_or_else(|| refuse(&AskedError::Measure { word: word.to_owned() }))
}

/// How two runs are held against each other; `seed` is the later run's own.
pub(crate) fn movement(flags: &MovementArgs, seed: u64) -> Result<DecisionOptions, Failure> {
    let statistics = StatisticsArgs { correction: flags.correction.clone(), ..StatisticsArgs::default() };
    // Refuses a word that is no correction.
    let named = statistics::options(&statistics, &AnalysisOptions::default())?.correction;
    let defaults = DecisionOptions::default();
    Ok(DecisionOptions {
        metrics: flags.decide_on.as_deref().map(measure).transpose()?.into_iter().collect(),
        level: flags.ci_level.unwrap_or(defaults.level),
        correction: if flags.correction.is_some() { evals::analysis::correction(named) } else { defaults.correction },
        seed: Some(flags.seed.unwrap_or(seed)),
        ..defaults
    })
}
