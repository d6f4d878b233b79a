//! Evidence that may be looked at after every item: e-processes for paired pass and fail, and a
//! confidence sequence for a bounded mean.
//!
//! One update is one item, never one run, in an order fixed before the first call. Ville's
//! inequality then bounds the chance that the evidence ever exceeds 1/α under the null by α,
//! whatever the reason to stop.

use serde::{Deserialize, Serialize};

use crate::degenerate::{Degenerate, Parameter, check_probability};
use crate::interval::Interval;
use crate::root::bisect;
use crate::special::ln_beta;

/// The mixture over the rate of wins among discordant items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mixture {
    /// Uniform on (0, 1).
    #[default]
    Uniform,
    /// Krichevsky and Trofimov (1981): Beta(1/2, 1/2), quicker on lopsided data.
    KrichevskyTrofimov,
}

impl Mixture {
    fn shape(self) -> f64 {
        match self {
            Self::Uniform => 1.0,
            Self::KrichevskyTrofimov => 0.5,
        }
    }
}

/// Natural logarithm of the e-value after `wins` and `losses` among discordant items, against the
/// null that both are equally likely: 2^(W+L) B(W + s, L + s) / B(s, s).
pub fn ln_e_value(wins: u64, losses: u64, mixture: Mixture) -> f64 {
    let shape = mixture.shape();
    (wins + losses) as f64 * std::f64::consts::LN_2 + ln_beta(wins as f64 + shape, losses as f64 + shape)
        - ln_beta(shape, shape)
}

/// The e-value; infinite where it exceeds the range of doubles. See [`ln_e_value`].
pub fn e_value(wins: u64, losses: u64, mixture: Mixture) -> f64 {
    ln_e_value(wins, losses, mixture).exp()
}

/// Whether the evidence rejects equality at level `alpha`: e-value at least 1/α.
pub fn rejects(wins: u64, losses: u64, mixture: Mixture, alpha: f64) -> Result<bool, Degenerate> {
    check_probability(Parameter::Alpha, alpha)?;
    Ok(ln_e_value(wins, losses, mixture) >= -alpha.ln())
}

/// Wins in a row, without a loss, that reject equality.
pub fn straight_wins_needed(mixture: Mixture, alpha: f64) -> Result<u64, Degenerate> {
    check_probability(Parameter::Alpha, alpha)?;
    let mut wins = 1;
    while ln_e_value(wins, 0, mixture) < -alpha.ln() {
        wins += 1;
    }
    Ok(wins)
}

/// Confidence sequence of the mean of observations in [low, high]: the hedged capital process of
/// Waudby-Smith and Ramdas (2024, JRSS B 86, arXiv 2010.09686) with predictable plug-in bets.
///
/// The sequence of intervals covers the mean at all times together with probability 1 - α.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfidenceSequence {
    range: (f64, f64),
    alpha: f64,
    /// Observations on [0, 1] with the bets made before each was seen.
    rounds: Vec<(f64, f64)>,
    sum: f64,
    squares: f64,
    /// Intersection of the intervals of all looks so far, on [0, 1].
    running: (f64, f64),
}

impl ConfidenceSequence {
    /// A sequence for observations within `low..=high`, for paired differences -1 to 1.
    pub fn new(low: f64, high: f64, alpha: f64) -> Result<Self, Degenerate> {
        check_probability(Parameter::Alpha, alpha)?;
        if !(low < high && (high - low).is_finite()) {
            return Err(Degenerate::OutOfRange { parameter: Parameter::Spread, value: high - low });
        }
        Ok(Self { range: (low, high), alpha, rounds: Vec::new(), sum: 0.0, squares: 0.0, running: (0.0, 1.0) })
    }

    /// Observes one item.
    pub fn observe(&mut self, value: f64) -> Result<(), Degenerate> {
        let (low, high) = self.range;
        if !(low..=high).contains(&value) {
            return Err(Degenerate::OutOfRange { parameter: Parameter::Observation, value });
        }
        let x = (value - low) / (high - low);
        let t = self.rounds.len() as f64 + 1.0;
        // The variance estimate of the round before, which had t - 1 observations.
        let variance = (0.25 + self.squares) / t;
        let bet = (2.0 * (2.0 / self.alpha).ln() / (variance * t * t.ln_1p())).sqrt();
        self.rounds.push((x, bet));
        self.sum += x;
        let mean = (0.5 + self.sum) / (t + 1.0);
        self.squares += (x - mean).powi(2);
        Ok(())
    }

    /// Items observed.
    pub fn len(&self) -> usize {
        self.rounds.len()
    }

    /// Whether nothing was observed yet.
    pub fn is_empty(&self) -> bool {
        self.rounds.is_empty()
    }

    /// The interval at this time alone, in the unit of the data. Costs time linear in the number
    /// of items.
    pub fn current(&self) -> Interval {
        self.to_interval(self.bounds())
    }

    /// Looks at the interval now and cuts it with those of all looks before, which is valid too and
    /// never grows. None if they exclude one another, which happens with probability at most α, or
    /// when the mean drifts.
    pub fn look(&mut self) -> Option<Interval> {
        let now = self.bounds();
        self.running = (self.running.0.max(now.0), self.running.1.min(now.1));
        (self.running.0 <= self.running.1).then(|| self.to_interval(self.running))
    }

    /// Whether the interval at this time excludes a mean.
    pub fn excludes(&self, mean: f64) -> bool {
        self.ln_capital(mean) >= -self.alpha.ln()
    }

    /// Natural logarithm of the capital against a mean; evidence against it from -ln α on.
    pub fn ln_capital(&self, mean: f64) -> f64 {
        let (low, high) = self.range;
        let m = ((mean - low) / (high - low)).clamp(0.0, 1.0);
        self.ln_capital_above(m).max(self.ln_capital_below(m)) - std::f64::consts::LN_2
    }

    /// Bets that the mean is above m; falls as m rises.
    fn ln_capital_above(&self, m: f64) -> f64 {
        let largest = 0.5 / m;
        self.rounds.iter().map(|(x, bet)| (bet.min(largest) * (x - m)).ln_1p()).sum()
    }

    /// Bets that the mean is below m; rises with m.
    fn ln_capital_below(&self, m: f64) -> f64 {
        let largest = 0.5 / (1.0 - m);
        self.rounds.iter().map(|(x, bet)| (-bet.min(largest) * (x - m)).ln_1p()).sum()
    }

    fn bounds(&self) -> (f64, f64) {
        let threshold = (2.0 / self.alpha).ln();
        let above = |m: f64| self.ln_capital_above(m) - threshold;
        let below = |m: f64| self.ln_capital_below(m) - threshold;
        let low = if above(0.0) < 0.0 { 0.0 } else { bisect(0.0, 1.0, false, above) };
        let high = if below(1.0) < 0.0 { 1.0 } else { bisect(0.0, 1.0, true, below) };
        (low, high)
    }

    fn to_interval(&self, (from, to): (f64, f64)) -> Interval {
        let (low, high) = self.range;
        Interval { low: low + from * (high - low), high: low + to * (high - low), level: 1.0 - self.alpha }
    }
}
