//! Stop when it is decided: evidence that may be looked at after every item, and the reasons to stop.
//!
//! A [`Monitor`] takes items one by one in the order in which they were dispatched, which was fixed at random before
//! the first call. Each pair of arms has an e-process and a confidence sequence (Ville's inequality; Waudby-Smith and
//! Ramdas 2024), each at the threshold divided by the number of pairs, so that over all pairs, all looks and all
//! reasons to stop the chance of a false verdict is at most α. Stopping for futility or for money claims nothing and
//! needs no share of α.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use stats::sequential::{ConfidenceSequence, Mixture, ln_e_value};
use stats::{Degenerate, describe};

use super::measure::Measure;
use super::scores::Scores;

/// Items before which a run is not called futile.
const LEAST_FOR_FUTILITY: u32 = 20;
/// Futility is looked for this often over the planned items.
const FUTILITY_LOOKS: u32 = 20;
/// Standard errors by which the future may be kinder than the past before it is called hopeless: about one run
/// in ten that could still have been decided is given up.
const KINDNESS: f64 = 1.28;

/// Why to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// One arm is shown to be better than every other.
    Superiority,
    /// One arm is shown to be better than, or within the margin of, every other.
    Equivalence,
    /// The items that remain would most likely not decide it.
    Futility,
    /// The items that were paid for are used up.
    Budget,
}

/// When to stop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoppingRule {
    /// Chance of any false verdict.
    pub alpha: f64,
    /// Differences up to this do not matter; `None`: never stop for equivalence. In the unit of the measure.
    pub margin: Option<f64>,
    /// Lowest and highest value of an item.
    pub range: (f64, f64),
    /// Whether more is better.
    pub higher_is_better: bool,
    /// True where each item is one run that passes or fails: wins and losses are then counted, which is quicker than
    /// betting on means. Fixed before the first item.
    pub single_passes: bool,
    /// Items planned.
    pub planned_items: u32,
    /// Items that can be paid for, where that is fewer.
    pub budget_items: Option<u32>,
    /// Whether to stop when the rest would most likely not decide.
    pub futility: bool,
}

impl StoppingRule {
    /// The rule for a measure; `None` where nothing bounds it, because then no sequence of bets is valid.
    pub fn of(scores: &Scores, measure: Measure, runs: u32, alpha: f64, margin: Option<f64>) -> Option<Self> {
        Some(Self {
            alpha,
            margin,
            range: scores.range(measure)?,
            higher_is_better: measure.higher_is_better(),
            single_passes: measure.is_rate() && runs == 1,
            planned_items: scores.items().len() as u32,
            budget_items: None,
            futility: true,
        })
    }
}

/// What the evidence says about a pair, once it says something; it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairVerdict {
    /// The first is better.
    ABetter,
    /// The second is better.
    BBetter,
    /// They differ by less than the margin.
    Equivalent,
}

/// The evidence on a pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairEvidence {
    /// Index of an arm.
    pub a: u32,
    /// Index of the other.
    pub b: u32,
    /// Items that both answered.
    pub n_items: u32,
    /// Items left out because one of them has no value.
    pub n_missing: u32,
    /// Mean difference a - b; `None` before the first item.
    pub difference: Option<f64>,
    /// Lower bound of the confidence sequence, at 1 - α over all pairs and all looks.
    pub low: f64,
    /// Its upper bound.
    pub high: f64,
    /// Natural logarithm of the e-value against equality; decided from ln(pairs / α) on.
    pub ln_e_value: f64,
    /// The verdict, and after how many items it came.
    pub verdict: Option<(PairVerdict, u32)>,
}

/// How a run was stopped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stopping {
    /// Why; `None` where the plan was carried out without a decision.
    pub decision: Option<StopReason>,
    /// The arm that is better than, or as good as, all others, where there is one.
    pub leader: Option<u32>,
    /// The evidence on every pair.
    pub evidence: Vec<PairEvidence>,
    /// Items looked at.
    pub items_used: u32,
    /// Items planned.
    pub items_planned: u32,
    /// Calls made.
    pub calls_made: u32,
    /// Calls planned.
    pub calls_planned: u32,
}

struct PairState {
    a: usize,
    b: usize,
    sequence: ConfidenceSequence,
    /// Oriented so that positive means that a is better.
    differences: Vec<f64>,
    wins: u64,
    losses: u64,
    missing: u32,
    verdict: Option<(PairVerdict, u32)>,
}

/// Watches a run item by item.
pub struct Monitor {
    rule: StoppingRule,
    arms: usize,
    /// α over the number of pairs.
    alpha: f64,
    pairs: Vec<PairState>,
    seen: HashSet<u32>,
    stopped: Option<(StopReason, Option<usize>)>,
}

impl Monitor {
    /// A monitor of so many arms. Fails for a threshold or a range that are none, a margin that is not positive,
    /// and fewer than two arms.
    pub fn new(arms: usize, rule: StoppingRule) -> Result<Self, Degenerate> {
        if arms < 2 {
            return Err(Degenerate::TooFew { n: arms, need: 2 });
        }
        if let Some(margin) = rule.margin
            && (!margin.is_finite() || margin <= 0.0)
        {
            let parameter = stats::degenerate::Parameter::Difference;
            return Err(Degenerate::OutOfRange { parameter, value: margin });
        }
        let alpha = rule.alpha / (arms * (arms - 1) / 2) as f64;
        let width = rule.range.1 - rule.range.0;
        let mut pairs = Vec::new();
        for a in 0..arms {
            for b in a + 1..arms {
                pairs.push(PairState {
                    a,
                    b,
                    sequence: ConfidenceSequence::new(-width, width, alpha)?,
                    differences: Vec::new(),
                    wins: 0,
                    losses: 0,
                    missing: 0,
                    verdict: None,
                });
            }
        }
        Ok(Self { rule, arms, alpha, pairs, seen: HashSet::new(), stopped: None })
    }

    /// Takes one finished item: the mean of its runs under each arm, in the order of the arms. Returns why to stop,
    /// from the item on that decides it.
    ///
    /// An item counts once; pushed again it changes nothing. A value that is missing, or outside the range,
    /// takes the item out of that arm's pairs and is counted as missing. After the stop, items that were already on
    /// their way still add evidence, and the reason stays.
    pub fn push(&mut self, item: u32, values: &[Option<f64>]) -> Option<StopReason> {
        if !self.seen.insert(item) {
            return self.stopped();
        }
        let (low, high) = self.rule.range;
        let sign = if self.rule.higher_is_better { 1.0 } else { -1.0 };
        let value = |arm: usize| values.get(arm).copied().flatten().filter(|value| (low..=high).contains(value));
        for pair in &mut self.pairs {
            let Some((a, b)) = value(pair.a).zip(value(pair.b)) else {
                pair.missing += 1;
                continue;
            };
            pair.observe(sign * (a - b));
            if pair.verdict.is_none() {
                pair.verdict =
                    pair.judge(&self.rule, self.alpha).map(|verdict| (verdict, pair.differences.len() as u32));
            }
        }
        if self.stopped.is_none() {
            self.stopped = self.decide();
        }
        self.stopped()
    }

    /// Why the run should have stopped, if it should have.
    pub fn stopped(&self) -> Option<StopReason> {
        self.stopped.map(|(reason, _)| reason)
    }

    /// Items looked at.
    pub fn items(&self) -> u32 {
        self.seen.len() as u32
    }

    /// The evidence so far, signs as a - b in the measure's own direction. Costs time linear in the items.
    pub fn evidence(&self) -> Vec<PairEvidence> {
        self.pairs.iter().map(|pair| pair.evidence(&self.rule)).collect()
    }

    /// The evidence with what was spent for it.
    pub fn report(&self, calls_made: u32, calls_planned: u32) -> Stopping {
        Stopping {
            decision: self.stopped(),
            leader: self.stopped.and_then(|(_, leader)| leader).map(|leader| leader as u32),
            evidence: self.evidence(),
            items_used: self.items(),
            items_planned: self.rule.planned_items,
            calls_made,
            calls_planned,
        }
    }

    fn decide(&self) -> Option<(StopReason, Option<usize>)> {
        for leader in 0..self.arms {
            let verdicts: Option<Vec<bool>> = self.of(leader).map(|(pair, is_a)| pair.favours(is_a)).collect();
            if let Some(better) = verdicts {
                let all = better.iter().all(|better| *better);
                let reason = if all { StopReason::Superiority } else { StopReason::Equivalence };
                return Some((reason, Some(leader)));
            }
        }
        let items = self.items();
        if self.rule.budget_items.is_some_and(|budget| items >= budget) && items < self.rule.planned_items {
            return Some((StopReason::Budget, None));
        }
        let every = (self.rule.planned_items / FUTILITY_LOOKS).max(1);
        let looks = self.rule.futility && items >= LEAST_FOR_FUTILITY && items < self.rule.planned_items;
        if looks && items.is_multiple_of(every) {
            let open = (0..self.arms).any(|leader| {
                self.of(leader).all(|(pair, is_a)| {
                    pair.favours(is_a).is_some()
                        || (pair.verdict.is_none() && pair.may_be_decided(is_a, items, &self.rule, self.alpha))
                })
            });
            if !open {
                return Some((StopReason::Futility, None));
            }
        }
        None
    }

    /// The pairs of an arm, with whether it is their first.
    fn of(&self, arm: usize) -> impl Iterator<Item = (&PairState, bool)> {
        self.pairs.iter().filter(move |pair| pair.a == arm || pair.b == arm).map(move |pair| (pair, pair.a == arm))
    }
}

impl PairState {
    fn observe(&mut self, difference: f64) {
        // The range was checked; what rounding adds at its ends is taken back.
        if self.sequence.observe(difference).is_ok() {
            self.differences.push(difference);
            self.wins += u64::from(difference > 0.0);
            self.losses += u64::from(difference < 0.0);
        }
    }

    fn judge(&self, rule: &StoppingRule, alpha: f64) -> Option<PairVerdict> {
        let threshold = -alpha.ln();
        let reached = if rule.single_passes {
            ln_e_value(self.wins, self.losses, Mixture::Uniform) >= threshold
        } else {
            self.sequence.ln_capital(0.0) >= threshold
        };
        if reached {
            let sum: f64 = self.differences.iter().sum();
            return Some(if sum > 0.0 { PairVerdict::ABetter } else { PairVerdict::BBetter });
        }
        let margin = rule.margin?;
        // Everything from the margin on is excluded when the margin is: the capital grows away from the data.
        (self.sequence.excludes(margin) && self.sequence.excludes(-margin) && self.mean()?.abs() < margin)
            .then_some(PairVerdict::Equivalent)
    }

    /// Whether the verdict lets the arm lead: `Some(true)` where it is better, `Some(false)` where both are equal.
    fn favours(&self, is_a: bool) -> Option<bool> {
        match self.verdict?.0 {
            PairVerdict::ABetter => is_a.then_some(true),
            PairVerdict::BBetter => (!is_a).then_some(true),
            PairVerdict::Equivalent => Some(false),
        }
    }

    fn mean(&self) -> Option<f64> {
        describe::mean(&self.differences).ok()
    }

    /// Whether the remaining items could still let the arm lead, if they were kinder than those seen by
    /// [`KINDNESS`] standard errors.
    fn may_be_decided(&self, is_a: bool, items: u32, rule: &StoppingRule, alpha: f64) -> bool {
        let Some(mean) = self.mean() else { return true };
        let n = self.differences.len();
        let Ok(variance) = describe::variance(&self.differences) else { return true };
        let ease = KINDNESS * (variance / n as f64).sqrt();
        // As many of the remaining items will have a value of both as so far.
        let remaining = f64::from(rule.planned_items - items) * n as f64 / f64::from(items.max(1));
        let remaining = remaining.round() as usize;
        let towards = if is_a { 1.0 } else { -1.0 };
        let kind = towards * mean + ease;
        if kind > 0.0
            && self.imagine(remaining, towards * kind, rule, alpha).is_some_and(|v| v != PairVerdict::Equivalent)
        {
            return true;
        }
        let Some(margin) = rule.margin else { return false };
        let equal = if mean.abs() <= ease { 0.0 } else { mean - ease.copysign(mean) };
        equal.abs() < margin && self.imagine(remaining, equal, rule, alpha) == Some(PairVerdict::Equivalent)
    }

    /// The verdict at the end, if the rest looked like what was seen, moved to another mean.
    fn imagine(&self, remaining: usize, mean: f64, rule: &StoppingRule, alpha: f64) -> Option<PairVerdict> {
        let width = rule.range.1 - rule.range.0;
        let shift = mean - self.mean()?;
        let mut imagined = Self {
            a: self.a,
            b: self.b,
            sequence: self.sequence.clone(),
            differences: self.differences.clone(),
            wins: self.wins,
            losses: self.losses,
            missing: 0,
            verdict: None,
        };
        let seen = self.differences.len();
        if rule.single_passes {
            // Wins and losses stay whole: their shares move, their number stays.
            let discordant = (self.wins + self.losses) as f64 / seen as f64;
            let wins = (f64::midpoint(discordant, mean)).clamp(0.0, 1.0) * remaining as f64;
            let losses = (f64::midpoint(discordant, -mean)).clamp(0.0, 1.0) * remaining as f64;
            imagined.wins += wins.round() as u64;
            imagined.losses += losses.round() as u64;
        }
        for at in 0..remaining {
            let moved = (self.differences[at % seen] + shift).clamp(-width, width);
            imagined.sequence.observe(moved).ok()?;
            imagined.differences.push(moved);
        }
        imagined.judge(rule, alpha)
    }

    fn evidence(&self, rule: &StoppingRule) -> PairEvidence {
        let now = self.sequence.current();
        let turn = |(low, high): (f64, f64)| if rule.higher_is_better { (low, high) } else { (-high, -low) };
        let (low, high) = turn((now.low, now.high));
        PairEvidence {
            a: self.a as u32,
            b: self.b as u32,
            n_items: self.differences.len() as u32,
            n_missing: self.missing,
            difference: self.mean().map(|mean| if rule.higher_is_better { mean } else { -mean }),
            low,
            high,
            ln_e_value: if rule.single_passes {
                ln_e_value(self.wins, self.losses, Mixture::Uniform)
            } else {
                self.sequence.ln_capital(0.0)
            },
            verdict: self.verdict,
        }
    }
}

/// Replays items by arms in an order of dispatch and says where the run would have stopped: the monitor after
/// that item, with all later items left out. Items that no arm was asked are passed over.
pub fn replay(scores: &Scores, measure: Measure, order: &[usize], rule: StoppingRule) -> Result<Monitor, Degenerate> {
    let columns: Vec<_> = (0..scores.arms().len()).map(|arm| scores.column(arm, measure)).collect();
    let mut monitor = Monitor::new(columns.len(), rule)?;
    for &item in order {
        if columns.iter().all(|column| column.get(item).is_none_or(|cell| cell.asked == 0)) {
            continue;
        }
        let values: Vec<Option<f64>> = columns.iter().map(|column| column[item].mean()).collect();
        if monitor.push(item as u32, &values).is_some() {
            break;
        }
    }
    Ok(monitor)
}
