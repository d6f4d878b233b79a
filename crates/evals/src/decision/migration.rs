//! Whether one model may take the place of another, and what changes when it does.

use serde::{Deserialize, Serialize};
use stats::{interval, ratio};

use super::compare::Pair;
use super::expression::{Condition, Gate, Margin, Quantity, Requirement};
use super::gate::{self, ArmAnswer, GateAnswer};
use super::measure::Measure;
use super::model::Figure;
use super::options::DecisionOptions;
use super::scores::Scores;
use super::units::Sample;
use crate::analysis::model::Analysis;
use crate::record::{Note, Omission};

/// What is looked at beside quality, in the order of the report.
const CHANGES: [Measure; 8] = [
    Measure::CostUsd,
    Measure::InputTokens,
    Measure::OutputTokens,
    Measure::LatencyMs,
    Measure::TtftMs,
    Measure::LengthChars,
    Measure::Refused,
    Measure::FormatFailed,
];

/// One thing that a change of models changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// What.
    pub metric: Measure,
    /// Items that both have values for.
    pub n_items: u32,
    /// Mean of the model in use.
    pub mean_from: Option<f64>,
    /// Mean of the model to come.
    pub mean_to: Option<f64>,
    /// to - from, with its interval.
    pub difference: Figure,
    /// to / from, with Fieller's interval; for what is no rate.
    pub ratio: Option<Figure>,
    /// Two-sided p of the difference.
    pub p_value: Option<f64>,
    /// Corrected over all changes of the report.
    pub p_value_corrected: Option<f64>,
    /// Whether the change is beyond chance at the level, after correction.
    pub changed: bool,
}

/// What a migration check came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Migration {
    /// The model in use.
    pub from: String,
    /// The model to come.
    pub to: String,
    /// Parameters that the new model refuses and that were left out, those it shares with the old one last.
    pub refused_parameters: Vec<Omission>,
    /// The measure that quality is read from; `None` where nothing was checked or judged.
    pub quality_metric: Option<Measure>,
    /// How much worse the new model may be, in the unit of the measure.
    pub margin: f64,
    /// The confidence of the non-inferiority test, one-sided.
    pub level: f64,
    /// Mean quality of the model in use.
    pub quality_from: Option<f64>,
    /// Mean quality of the model to come.
    pub quality_to: Option<f64>,
    /// Not worse by more than the margin: passes, fails, or more items needed; the estimate is to - from.
    pub quality: Option<ArmAnswer>,
    /// What else changes.
    pub changes: Vec<Change>,
    /// What the reader must know.
    pub notes: Vec<Note>,
}

/// Why there is no migration check.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MigrationError {
    /// A name that is no arm of the run.
    #[error("the run has no contestant `{name}`. It has: {known}.")]
    Unknown {
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
    /// The same arm twice.
    #[error("`{name}` cannot take its own place. Name two different contestants.")]
    Same {
        /// The name.
        name: String,
    },
    /// A margin that is none.
    #[error("{margin} is no margin. It says how much worse the new model may be, such as 0.02, and is not negative.")]
    Margin {
        /// The margin, as text.
        margin: String,
    },
}

/// Checks whether `to` may take the place of `from` in an analysed run.
pub fn migration(
    analysis: &Analysis,
    from: &str,
    to: &str,
    margin: f64,
    options: &DecisionOptions,
) -> Result<Migration, MigrationError> {
    let header = &analysis.header;
    let options = DecisionOptions { seed: Some(options.seed.unwrap_or(header.seed)), ..options.clone() };
    let scores = Scores::of(analysis);
    let mut report = of_scores(&scores, from, to, margin, &options)?;
    let omitted = |arm: &str| -> &[Omission] {
        let name = scores.arm(arm).map(|arm| scores.arms()[arm].contestant.as_str());
        let found = header.contestants.iter().find(|contestant| Some(contestant.name.as_str()) == name);
        found.map_or(&[], |contestant| &contestant.omitted)
    };
    let shared = |omission: &&Omission| omitted(from).iter().any(|own| own.parameter == omission.parameter);
    let (old, new): (Vec<_>, Vec<_>) = omitted(to).iter().partition(shared);
    report.refused_parameters = new.into_iter().chain(old).cloned().collect();
    Ok(report)
}

/// The same on items by arms, which know nothing of parameters.
pub fn of_scores(
    scores: &Scores,
    from: &str,
    to: &str,
    margin: f64,
    options: &DecisionOptions,
) -> Result<Migration, MigrationError> {
    if !margin.is_finite() || margin < 0.0 {
        return Err(MigrationError::Margin { margin: margin.to_string() });
    }
    let find = |name: &str| {
        scores.arm(name).ok_or_else(|| MigrationError::Unknown {
            name: name.to_owned(),
            known: scores.arms().iter().map(|arm| arm.name.as_str()).collect::<Vec<_>>().join(", "),
        })
    };
    let (old, new) = (find(from)?, find(to)?);
    if old == new {
        return Err(MigrationError::Same { name: from.to_owned() });
    }
    let asked = options.metrics.iter().copied().filter(|measure| measure.is_quality());
    let quality_metric =
        asked.chain([Measure::Pass, Measure::Score, Measure::CheckShare]).find(|measure| scores.has(*measure));
    let mut notes = Vec::new();
    if quality_metric.is_none() {
        notes.push(Note {
            code: "no_quality".to_owned(),
            text: "Nothing was checked or judged, so the check says what changes and not whether answers got worse."
                .to_owned(),
        });
    }
    let quality = quality_metric.map(|measure| {
        let condition = Condition {
            text: format!("{} not worse than {from} by {margin}", measure.as_str()),
            quantity: Quantity::Mean { measure },
            requirement: Requirement::NotWorse { than: from.to_owned(), margin: Margin::Absolute(margin) },
            level: Some(options.level),
        };
        gate::answer(scores, new, Some(old), Gate(condition).condition(), options)
    });
    let means = quality_metric.map(|measure| both_means(scores, old, new, measure));
    let mut changes: Vec<Change> =
        CHANGES.iter().filter_map(|measure| change(scores, old, new, *measure, options)).collect();
    let p_values: Vec<Option<f64>> = changes.iter().map(|change| change.p_value).collect();
    for (change, p) in changes.iter_mut().zip(options.correction.adjust(&p_values).p_values) {
        change.p_value_corrected = p;
        change.changed = p.is_some_and(|p| p < 1.0 - options.level);
    }
    Ok(Migration {
        from: scores.arms()[old].name.clone(),
        to: scores.arms()[new].name.clone(),
        refused_parameters: Vec::new(),
        quality_metric,
        margin,
        level: options.level,
        quality_from: means.and_then(|means| means.0),
        quality_to: means.and_then(|means| means.1),
        quality,
        changes,
        notes,
    })
}

impl Migration {
    /// Whether the new model is shown to be good enough; inconclusive without a measure of quality.
    pub fn answer(&self) -> GateAnswer {
        self.quality.as_ref().map_or(GateAnswer::Inconclusive, |quality| quality.answer)
    }
}

fn both_means(scores: &Scores, old: usize, new: usize, measure: Measure) -> (Option<f64>, Option<f64>) {
    let (from, to) = (scores.column(old, measure), scores.column(new, measure));
    let common = |at: usize| Some((from[at].mean()?, to[at].mean()?));
    (
        Sample::of(scores.items(), |at| common(at).map(|pair| pair.0)).mean(),
        Sample::of(scores.items(), |at| common(at).map(|pair| pair.1)).mean(),
    )
}

fn change(scores: &Scores, old: usize, new: usize, measure: Measure, options: &DecisionOptions) -> Option<Change> {
    let (from, to) = (scores.column(old, measure), scores.column(new, measure));
    let pair = Pair { scores, measure, a: &to, b: &from };
    let differences = pair.differences();
    let value = differences.mean()?;
    let (mean_from, mean_to) = both_means(scores, old, new, measure);
    let units = |cells: &[super::scores::CellSum], other: &[super::scores::CellSum]| {
        Sample::of(scores.items(), |at| other[at].mean().and(cells[at].mean())).units()
    };
    let ratio = (!measure.is_rate()).then(|| {
        let (numerators, denominators) = (units(&to, &from), units(&from, &to));
        let value = mean_to.zip(mean_from).map(|(to, from)| to / from).filter(|ratio| ratio.is_finite());
        Figure::of(value, ratio::paired(&numerators, &denominators, options.level).map(|found| found.interval))
    });
    let interval = if measure.is_rate() {
        pair.interval(&differences, options.level, options).0
    } else {
        interval::mean(&differences.units(), options.level).map(|found| found.interval)
    };
    Some(Change {
        metric: measure,
        n_items: differences.len() as u32,
        mean_from,
        mean_to,
        difference: Figure::of(Some(value), interval),
        ratio,
        p_value: pair.p_value(&differences, options),
        p_value_corrected: None,
        changed: false,
    })
}
