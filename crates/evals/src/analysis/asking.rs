//! What is asked of a run, held against what the run has: every mistake in it is found before anything is sent.

use crate::decision::{Arm, Bar, Condition, ExpressionError, Gate, Measure, Requirement, Scores};
use crate::plan::Plan;
use crate::record::{DecisionAsked, JudgeMode};

use super::deciding::measure_of_plan;

/// Why what is asked cannot be decided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskedError {
    /// An expression that cannot be read.
    #[error("{0}")]
    Expression(#[from] ExpressionError),
    /// A word that names no measure.
    #[error("there is no measure `{word}`")]
    Measure {
        /// The word.
        word: String,
    },
    /// A name that no contestant has.
    #[error("no contestant is called `{name}`")]
    Unknown {
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
    /// `baseline` in a run of one contestant.
    #[error("`{gate}` holds a contestant against a baseline, and there is one contestant alone")]
    Alone {
        /// The gate.
        gate: String,
    },
    /// An expression about what no answer will have.
    #[error("`{expression}` asks for the {noun}, and no answer will have one")]
    Unmeasured {
        /// The expression.
        expression: String,
        /// What it asks for.
        noun: &'static str,
        /// What would give one.
        hint: &'static str,
    },
    /// A run that is to stop when decided and has nothing to decide by.
    #[error("the run is to stop when it is decided, and nothing says which answers are good")]
    NothingToDecideBy,
    /// A run that is to stop when decided and has one arm.
    #[error("the run is to stop when it is decided, and it has a single contestant, so there is nothing to decide")]
    NothingToDecide,
    /// A threshold or a margin that is none.
    #[error("{value} is no {what}")]
    Number {
        /// The number, as text.
        value: String,
        /// What it should be.
        what: &'static str,
    },
    /// A migration check of more or fewer than two arms.
    #[error("a migration check holds one contestant against one other, and the run has {arms}: {known}")]
    NotTwo {
        /// How many there are.
        arms: usize,
        /// Their names.
        known: String,
    },
}

impl AskedError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            // The sentence ends with its own.
            Self::Expression(_) => "docs/deciding.md has every form of an expression".to_owned(),
            Self::Measure { .. } => {
                format!("one of: {}", Measure::ALL.iter().map(|measure| measure.as_str()).collect::<Vec<_>>().join(", "))
            }
            Self::Unknown { known, .. } => format!("the contestants are: {known}"),
            Self::Alone { .. } => {
                "name a second contestant, or hold the run against a stored one with modelarium baseline check".to_owned()
            }
            Self::Unmeasured { hint, .. } => (*hint).to_owned(),
            Self::NothingToDecideBy => {
                "write checks into the suite, give --check 'contains: …', or name a judge that scores with --judge MODEL".to_owned()
            }
            Self::NothingToDecide => "name a second contestant".to_owned(),
            Self::Number { .. } => {
                "alpha lies between 0 and 1, a margin is above 0 and in the unit of the measure".to_owned()
            }
            Self::NotTwo { .. } => "give one temperature and one system prompt".to_owned(),
        }
    }
}

/// Names of the arms of a plan, in order: the contestants, with what sets them apart where one has several arms.
pub fn arms(plan: &Plan) -> Vec<Arm> {
    Scores::without_answers(&plan.header, &plan.calls).0.arms().to_vec()
}

/// Checks what the header asks to decide, and says who `baseline` is where the user left it open: the first contestant.
///
/// `to_be_sent` is true before a run, when it is known which measures its answers will have; what a stored run lacks
/// its decision says itself.
pub fn settle(plan: &mut Plan, to_be_sent: bool) -> Result<(), AskedError> {
    let asked = plan.header.analysis.decision.clone();
    if asked == DecisionAsked::default() {
        return Ok(());
    }
    let arms = arms(plan);
    if let Some(word) = &asked.metric
        && Measure::parse(word).is_none()
    {
        return Err(AskedError::Measure { word: word.clone() });
    }
    let known = |name: &str| known_as(&arms, name);
    if let Some(name) = &asked.baseline {
        known(name)?;
    }
    let mut conditions: Vec<Condition> = Vec::new();
    if let Some(text) = &asked.bar {
        conditions.push(text.parse::<Bar>()?.condition().clone());
    }
    for text in &asked.gates {
        conditions.push(text.parse::<Gate>()?.condition().clone());
    }
    for condition in &conditions {
        if to_be_sent {
            measured(plan, condition.quantity.measure(), &condition.text)?;
        }
        let Requirement::NotWorse { than, .. } = &condition.requirement else { continue };
        if than != "baseline" || known_as(&arms, than).is_ok() {
            known(than)?;
        } else if asked.baseline.is_none() {
            let [first, _, ..] = arms.as_slice() else {
                return Err(AskedError::Alone { gate: condition.text.clone() });
            };
            plan.header.analysis.decision.baseline = Some(first.name.clone());
        }
    }
    if to_be_sent && let Some(measure) = asked.metric.as_deref().and_then(Measure::parse) {
        measured(plan, measure, measure.as_str())?;
    }
    if let Some(stop) = &asked.stop {
        let number = |what, value: f64| AskedError::Number { value: value.to_string(), what };
        if !(stop.alpha > 0.0 && stop.alpha < 1.0) {
            return Err(number("threshold", stop.alpha));
        }
        if let Some(margin) = stop.margin.filter(|margin| !margin.is_finite() || *margin <= 0.0) {
            return Err(number("margin of equivalence", margin));
        }
        if to_be_sent && arms.len() < 2 {
            return Err(AskedError::NothingToDecide);
        }
        if to_be_sent && measure_of_plan(plan).is_none() {
            return Err(AskedError::NothingToDecideBy);
        }
    }
    if let Some(migration) = &asked.migration {
        let names = || arms.iter().map(|arm| arm.name.as_str()).collect::<Vec<_>>().join(", ");
        if to_be_sent && arms.len() != 2 {
            return Err(AskedError::NotTwo { arms: arms.len(), known: names() });
        }
        if !migration.margin.is_finite() || migration.margin < 0.0 {
            return Err(AskedError::Number { value: migration.margin.to_string(), what: "margin" });
        }
    }
    Ok(())
}

/// The arm of that name, or the only arm of a contestant of that name, as decisions find it.
fn known_as(arms: &[Arm], name: &str) -> Result<(), AskedError> {
    let of = arms.iter().filter(|arm| arm.contestant == name).count();
    if of == 1 || arms.iter().any(|arm| arm.name == name) {
        return Ok(());
    }
    let names: Vec<&str> = arms.iter().map(|arm| arm.name.as_str()).collect();
    Err(AskedError::Unknown { name: name.to_owned(), known: names.join(", ") })
}

/// Refuses what no answer of the plan will have.
fn measured(plan: &Plan, measure: Measure, expression: &str) -> Result<(), AskedError> {
    let header = &plan.header;
    let judged = header.scoring.judging.as_ref().is_some_and(|judging| judging.mode == JudgeMode::Score);
    let hint = match measure {
        Measure::Pass | Measure::CheckShare | Measure::FormatFailed if !header.has_checks() => {
            "write checks into the suite, or give --check 'contains: …'"
        }
        Measure::Score if !judged => "name a judge that scores every answer: --judge MODEL",
        _ => return Ok(()),
    };
    Err(AskedError::Unmeasured { expression: expression.to_owned(), noun: measure.noun(), hint })
}
