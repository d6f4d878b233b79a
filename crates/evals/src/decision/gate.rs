//! Gates: conditions that the data show, refute or leave open.

use serde::{Deserialize, Serialize};
use stats::rate::{self, RateMethod};
use stats::{Degenerate, Interval, clustered_rate, describe, interval, pass_k};

use super::compare::Pair;
use super::contestants::{share, whole};
use super::expression::{Condition, Gate, Margin, Quantity, Requirement};
use super::measure::Measure;
use super::options::DecisionOptions;
use super::scores::Scores;
use super::units::Sample;

/// No answer to "how many more" goes beyond this many items.
pub const MOST_ITEMS: u64 = 1_000_000;

/// What the data say to a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateAnswer {
    /// Shown at the level.
    Passes,
    /// Refuted at the level.
    Fails,
    /// Neither.
    Inconclusive,
}

/// One arm under a gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmAnswer {
    /// The arm.
    pub name: String,
    /// What the data say.
    pub answer: GateAnswer,
    /// The quantity itself; of a comparison, the difference, positive where the arm is better.
    pub estimate: Option<f64>,
    /// One-sided lower bound of the level.
    pub low: Option<f64>,
    /// One-sided upper bound of the level.
    pub high: Option<f64>,
    /// How many more items like these would decide, by the estimate and spread seen; `None` where the gate is
    /// decided, where nothing below [`MOST_ITEMS`] would, or where more data are not what is missing.
    pub needed_items: Option<u64>,
    /// The same in answers: items times runs per item.
    pub needed_runs: Option<u64>,
    /// Why it is inconclusive; empty where it is not.
    pub reason: String,
}

/// What a gate came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GateResult {
    /// The gate as it was written.
    pub gate: String,
    /// Fails if any arm does, inconclusive if any is, else passes.
    pub answer: GateAnswer,
    /// The confidence.
    pub level: f64,
    /// More answers that each arm would need until all are decided; `None` where decided or out of reach.
    pub needed_runs: Option<u64>,
    /// Each arm; the one that others are held against is left out.
    pub contestants: Vec<ArmAnswer>,
    /// Why the gate could not be put to the data at all; empty where it was.
    pub reason: String,
}

/// Every gate.
pub(super) fn all(scores: &Scores, options: &DecisionOptions) -> Vec<GateResult> {
    options.gates.iter().map(|gate| one(scores, gate, options)).collect()
}

/// Puts one gate to the data.
pub fn one(scores: &Scores, gate: &Gate, options: &DecisionOptions) -> GateResult {
    let condition = gate.condition();
    let other = match &condition.requirement {
        Requirement::Limit { .. } => None,
        Requirement::NotWorse { than, .. } => {
            let name = options.baseline.as_deref().filter(|_| than == "baseline").unwrap_or(than);
            match scores.arm(name) {
                Some(arm) => Some(arm),
                None => {
                    let reason = format!("no contestant is called `{name}`; name one of the run, or set a baseline");
                    return GateResult { reason, ..summed_up(condition, Vec::new()) };
                }
            }
        }
    };
    let contestants = (0..scores.arms().len())
        .filter(|arm| Some(*arm) != other)
        .map(|arm| answer(scores, arm, other, condition, options))
        .collect();
    summed_up(condition, contestants)
}

/// What the answers of all arms come to.
pub(super) fn summed_up(condition: &Condition, contestants: Vec<ArmAnswer>) -> GateResult {
    let any = |wanted: GateAnswer| contestants.iter().any(|arm| arm.answer == wanted);
    let answer = if any(GateAnswer::Fails) {
        GateAnswer::Fails
    } else if any(GateAnswer::Inconclusive) || contestants.is_empty() {
        GateAnswer::Inconclusive
    } else {
        GateAnswer::Passes
    };
    // All of them must be in reach, or no number of runs decides the gate.
    let open = || contestants.iter().filter(|arm| arm.answer == GateAnswer::Inconclusive);
    let reach =
        || open().map(|arm| arm.needed_runs).collect::<Option<Vec<u64>>>().and_then(|all| all.into_iter().max());
    let reason = if contestants.is_empty() { "there is no contestant to hold to it" } else { "" };
    GateResult {
        gate: condition.text.clone(),
        answer,
        level: condition.level_or_default(),
        needed_runs: (answer == GateAnswer::Inconclusive).then(reach).flatten(),
        contestants,
        reason: reason.to_owned(),
    }
}

/// What the data say about one arm; `other` is the arm it is held against.
pub(super) fn answer(
    scores: &Scores,
    arm: usize,
    other: Option<usize>,
    condition: &Condition,
    options: &DecisionOptions,
) -> ArmAnswer {
    let level = condition.level_or_default();
    let asked = Question::of(scores, arm, other, condition, options, level);
    let observed = asked.evidence(Missing::LeftOut);
    let verdict = |evidence: &Evidence| asked.verdict(evidence.bounds(1.0));
    let mut result = ArmAnswer {
        name: scores.arms()[arm].name.clone(),
        answer: GateAnswer::Inconclusive,
        estimate: asked.shown(),
        low: None,
        high: None,
        needed_items: None,
        needed_runs: None,
        reason: String::new(),
    };
    let observed = match observed {
        Ok(observed) => observed,
        Err(reason) => {
            result.reason = no_evidence(reason);
            return result;
        }
    };
    if let Some(bounds) = observed.bounds(1.0).filter(|_| asked.bounds_are_shown()) {
        (result.low, result.high) = (Some(bounds.low), Some(bounds.high));
    }
    result.answer = verdict(&observed);
    if result.answer == GateAnswer::Inconclusive {
        let items = needed(&observed, &asked);
        result.needed_items = items;
        result.needed_runs = items.map(|items| items.saturating_mul(scores.runs(arm).max(1) as u64));
        result.reason = "the interval holds the limit".to_owned();
    } else if let Some(missing) = asked.missing() {
        // An answer that never came must not decide a gate by its absence.
        let held = [Missing::Worst, Missing::Best].into_iter().all(|fill| match asked.evidence(fill) {
            Ok(evidence) => verdict(&evidence) == result.answer,
            Err(_) => false,
        });
        if !held {
            result.answer = GateAnswer::Inconclusive;
            result.reason = format!(
                "{missing} {} no value, and what {} would have been can change the answer",
                if missing == 1 { "answer has" } else { "answers have" },
                if missing == 1 { "it" } else { "they" },
            );
        }
    }
    result
}

fn no_evidence(reason: Degenerate) -> String {
    match reason {
        Degenerate::TooFew { n: 0, .. } => "no answer has a value".to_owned(),
        Degenerate::Constant { .. } => "all items have the same value, so there is no spread to judge by".to_owned(),
        reason => reason.to_string(),
    }
}

/// What stands for missing answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    LeftOut,
    /// As bad for the arm as can be.
    Worst,
    Best,
}

/// What is known, in a form that can be imagined for more items of the same kind.
enum Evidence {
    /// A rate of so many effective trials.
    Rate { rate: f64, trials: f64, items: usize, level: f64 },
    /// A mean with its standard error over independent units.
    Mean { mean: f64, error: f64, units: usize, items: usize, level: f64 },
    /// An estimate with bounds from elsewhere.
    Bounded { estimate: f64, bounds: Interval, items: usize },
    /// A value that is known without any uncertainty.
    Certain { value: f64 },
}

impl Evidence {
    /// One-sided bounds of the level, with `factor` times as many items.
    fn bounds(&self, factor: f64) -> Option<Interval> {
        match *self {
            Self::Rate { rate, trials, level, .. } => {
                clustered_rate::interval(rate, trials * factor, level, RateMethod::ClopperPearson).ok()
            }
            Self::Mean { mean, error, units, level, .. } => {
                let df = (units as f64 * factor - 1.0).max(1.0);
                let half = stats::distribution::t_quantile(0.5 + level / 2.0, df) * error / factor.sqrt();
                Some(Interval { low: mean - half, high: mean + half, level })
            }
            Self::Bounded { estimate, bounds, .. } => {
                let shrink = factor.sqrt();
                let low = estimate - (estimate - bounds.low) / shrink;
                let high = estimate + (bounds.high - estimate) / shrink;
                Some(Interval { low, high, ..bounds })
            }
            Self::Certain { value } => Some(Interval { low: value, high: value, level: 1.0 }),
        }
    }

    fn items(&self) -> usize {
        match self {
            Self::Rate { items, .. } | Self::Mean { items, .. } | Self::Bounded { items, .. } => *items,
            Self::Certain { .. } => 0,
        }
    }
}

/// A condition on one arm as a statistical question.
struct Question<'a> {
    scores: &'a Scores,
    arm: usize,
    other: Option<usize>,
    condition: &'a Condition,
    options: &'a DecisionOptions,
    /// Two-sided level whose bounds are one-sided ones of the gate's.
    two_sided: f64,
}

impl<'a> Question<'a> {
    fn of(
        scores: &'a Scores,
        arm: usize,
        other: Option<usize>,
        condition: &'a Condition,
        options: &'a DecisionOptions,
        level: f64,
    ) -> Self {
        Self { scores, arm, other, condition, options, two_sided: 2.0 * level - 1.0 }
    }

    fn measure(&self) -> Measure {
        self.condition.quantity.measure()
    }

    /// The quantity as a report shows it.
    fn shown(&self) -> Option<f64> {
        match self.other {
            None => value(self.scores, self.arm, &self.condition.quantity),
            Some(other) => {
                let (a, b) = (self.scores.column(self.arm, self.measure()), self.scores.column(other, self.measure()));
                let pair = Pair { scores: self.scores, measure: self.measure(), a: &a, b: &b };
                pair.differences().mean().map(|difference| self.measure().sign() * difference)
            }
        }
    }

    /// Whether the evidence's bounds are in the unit of what is shown.
    fn bounds_are_shown(&self) -> bool {
        let relative = matches!(self.condition.requirement, Requirement::NotWorse { margin: Margin::Relative(_), .. });
        !relative && !matches!(self.condition.quantity, Quantity::Quantile { .. })
    }

    fn verdict(&self, bounds: Option<Interval>) -> GateAnswer {
        let Some(bounds) = bounds else { return GateAnswer::Inconclusive };
        let (passes, fails) = match (&self.condition.requirement, &self.condition.quantity) {
            // The share of answers on the right side of the limit must reach this.
            (Requirement::Limit { comparison, .. }, Quantity::Quantile { probability, .. }) => {
                let target = if comparison.wants_more() { 1.0 - probability } else { *probability };
                (bounds.low >= target, bounds.high < target)
            }
            (Requirement::Limit { comparison, value }, _) => {
                let (worst, best) =
                    if comparison.wants_more() { (bounds.low, bounds.high) } else { (bounds.high, bounds.low) };
                (comparison.holds(worst, *value), !comparison.holds(best, *value))
            }
            (Requirement::NotWorse { margin: Margin::Absolute(margin), .. }, _) => {
                (bounds.low > -margin, bounds.high < -margin)
            }
            (Requirement::NotWorse { margin: Margin::Relative(_), .. }, _) => (bounds.low > 0.0, bounds.high < 0.0),
        };
        match (passes, fails) {
            (true, _) => GateAnswer::Passes,
            (_, true) => GateAnswer::Fails,
            _ => GateAnswer::Inconclusive,
        }
    }

    /// How many answers have no value, where something bounds what they could have been.
    fn missing(&self) -> Option<u32> {
        let bounded =
            matches!(self.condition.quantity, Quantity::Quantile { .. }) || self.scores.range(self.measure()).is_some();
        let of = |arm: usize| -> u32 {
            self.scores.column(arm, self.measure()).iter().map(|cell| cell.asked - cell.found).sum()
        };
        let missing = of(self.arm) + self.other.map_or(0, of);
        (bounded && missing > 0).then_some(missing)
    }

    fn evidence(&self, missing: Missing) -> Result<Evidence, Degenerate> {
        match (&self.condition.requirement, &self.condition.quantity) {
            (Requirement::NotWorse { margin, .. }, _) => self.difference(*margin, missing),
            (Requirement::Limit { comparison, value }, Quantity::Quantile { measure, .. }) => {
                let stands = match missing {
                    Missing::LeftOut => None,
                    Missing::Worst => Some(false),
                    Missing::Best => Some(true),
                };
                let mut shares = share(self.scores, self.arm, *measure, |found| comparison.holds(found, *value));
                if let Some(holds) = stands {
                    let column = self.scores.column(self.arm, *measure);
                    let held = &shares.held;
                    let filler = if holds { 1.0 } else { 0.0 };
                    shares.sample = Sample::of(self.scores.items(), |at| {
                        let cell = column[at];
                        let lost = f64::from(cell.asked - cell.found) * filler;
                        (cell.asked > 0).then(|| (f64::from(held[at]) + lost) / f64::from(cell.asked))
                    });
                    shares.answers = column.iter().map(|cell| cell.asked as usize).sum();
                }
                self.rate(&shares.sample, shares.answers)
            }
            (Requirement::Limit { comparison, .. }, quantity) => {
                let column = self.scores.column(self.arm, self.measure());
                // For a rate of something bad, and for every limit from above, the worst is the top of the range.
                let worst_is_low = comparison.wants_more();
                let sample = match (missing, self.scores.range(self.measure())) {
                    (Missing::LeftOut, _) | (_, None) => {
                        Sample::of(self.scores.items(), |at| item_value(quantity, column[at].found, column[at].sum))
                    }
                    (fill, Some((low, high))) => {
                        let worst = if worst_is_low { low } else { high };
                        let best = if worst_is_low { high } else { low };
                        let filler = if fill == Missing::Worst { worst } else { best };
                        Sample::of(self.scores.items(), |at| {
                            let cell = column[at];
                            let lost = f64::from(cell.asked - cell.found) * filler;
                            item_value(quantity, cell.asked, cell.sum + lost)
                        })
                    }
                };
                let answers = match (quantity, missing) {
                    (Quantity::PassAt { .. } | Quantity::PassHat { .. }, _) => sample.len(),
                    (_, Missing::LeftOut) => column.iter().map(|cell| cell.found as usize).sum(),
                    _ => column.iter().map(|cell| cell.asked as usize).sum(),
                };
                if self.measure().is_rate() { self.rate(&sample, answers) } else { self.mean(&sample) }
            }
        }
    }

    fn rate(&self, sample: &Sample, answers: usize) -> Result<Evidence, Degenerate> {
        let items = sample.len();
        if let Some((passes, trials)) = whole(sample) {
            let rate = rate::estimate(passes, trials, self.two_sided, RateMethod::ClopperPearson)?.rate;
            return Ok(Evidence::Rate { rate, trials: trials as f64, items, level: self.two_sided });
        }
        let rate = sample.mean().ok_or(Degenerate::TooFew { n: 0, need: 1 })?.clamp(0.0, 1.0);
        let trials = clustered_rate::effective_trials(&sample.units(), answers, self.two_sided)?;
        Ok(Evidence::Rate { rate, trials, items, level: self.two_sided })
    }

    fn mean(&self, sample: &Sample) -> Result<Evidence, Degenerate> {
        // A price is a fact: a model that costs the same for every item has no spread and needs none.
        if let (Measure::CostUsd, Some(value)) = (self.measure(), sample.constant()) {
            return Ok(Evidence::Certain { value });
        }
        let units = sample.units();
        let found = interval::mean(&units, self.two_sided)?;
        Ok(Evidence::Mean {
            mean: found.estimate,
            error: found.standard_error,
            units: units.len(),
            items: sample.len(),
            level: self.two_sided,
        })
    }

    /// Difference to the other arm, positive where this one is better.
    fn difference(&self, margin: Margin, missing: Missing) -> Result<Evidence, Degenerate> {
        let measure = self.measure();
        let other = self.other.ok_or(Degenerate::TooFew { n: 0, need: 1 })?;
        let (a, b) = (self.scores.column(self.arm, measure), self.scores.column(other, measure));
        let pair = Pair { scores: self.scores, measure, a: &a, b: &b };
        let sign = measure.sign();
        if let (fill @ (Missing::Worst | Missing::Best), Some((low, high))) = (missing, self.scores.range(measure)) {
            let (good, bad) = if sign > 0.0 { (high, low) } else { (low, high) };
            let (own, others) = if fill == Missing::Worst { (bad, good) } else { (good, bad) };
            let sample = Sample::of(self.scores.items(), |at| {
                let both = a[at].asked > 0 && b[at].asked > 0;
                both.then(|| sign * (a[at].filled(own) - b[at].filled(others)))
            });
            return self.mean(&sample);
        }
        if let Margin::Relative(share) = margin {
            // Better by more than -share of the other's mean: a - (1 ∓ share) b on the right side of 0.
            let sample = Sample::of(self.scores.items(), |at| {
                let (own, others) = (a[at].mean()?, b[at].mean()?);
                Some(sign * (own - (1.0 - sign * share) * others))
            });
            return self.mean(&sample);
        }
        let difference = pair.differences();
        let estimate = difference.mean().ok_or(Degenerate::TooFew { n: 0, need: 1 })?;
        let bounds = match pair.interval(&difference, self.two_sided, self.options).0 {
            Ok(bounds) => bounds,
            Err(Degenerate::Constant { value }) if measure == Measure::CostUsd => {
                return Ok(Evidence::Certain { value: sign * value });
            }
            Err(reason) => return Err(reason),
        };
        let turned = if sign > 0.0 { bounds } else { Interval { low: -bounds.high, high: -bounds.low, ..bounds } };
        Ok(Evidence::Bounded { estimate: sign * estimate, bounds: turned, items: difference.len() })
    }
}

/// The value of an item from its answers.
fn item_value(quantity: &Quantity, found: u32, sum: f64) -> Option<f64> {
    if found == 0 {
        return None;
    }
    let (attempts, passes) = (u64::from(found), sum.round() as u64);
    match quantity {
        Quantity::PassAt { k } => pass_k::pass_at_k(attempts, passes, u64::from(*k)).ok(),
        Quantity::PassHat { k } => pass_k::pass_hat_k(attempts, passes, u64::from(*k)).ok(),
        Quantity::Mean { .. } | Quantity::Quantile { .. } => Some(sum / f64::from(found)),
    }
}

/// The quantity of an arm; `None` without data.
pub(super) fn value(scores: &Scores, arm: usize, quantity: &Quantity) -> Option<f64> {
    if let Quantity::Quantile { measure, probability } = quantity {
        let values: Vec<f64> = scores.answers_of(arm).filter_map(|(_, answer)| answer.get(*measure)).collect();
        return describe::quantile(&values, *probability).ok();
    }
    let column = scores.column(arm, quantity.measure());
    Sample::of(scores.items(), |at| item_value(quantity, column[at].found, column[at].sum)).mean()
}

/// The smallest number of further items with which the same estimate and spread would decide.
fn needed(evidence: &Evidence, question: &Question<'_>) -> Option<u64> {
    let have = evidence.items() as u64;
    if have == 0 {
        return None;
    }
    let decides = |items: u64| {
        let factor = items as f64 / have as f64;
        question.verdict(evidence.bounds(factor)) != GateAnswer::Inconclusive
    };
    if !decides(MOST_ITEMS.max(have)) {
        return None;
    }
    let (mut low, mut high) = (have, have.max(1));
    while !decides(high) {
        low = high;
        high = (high * 2).min(MOST_ITEMS.max(have));
    }
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if decides(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high - have)
}
