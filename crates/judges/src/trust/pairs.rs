//! What pairs judged in both orders tell of a judge.

use serde::{Deserialize, Serialize};
use stats::Interval;
use stats::bradley_terry::{self, Coefficient, Game, Terms};
use stats::distribution::{normal_quantile, t_quantile};

use super::verdicts;
use crate::evidence::PairRecord;
use crate::figure::{Figure, Observation, Uncertainty, items, mean, rate};
use crate::pair::{Choice, PairOutcome};

/// What a judge's pairs tell of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairTrust {
    /// How its pairs came out.
    pub counts: PairCounts,
    /// As in [`super::TrustReport::consistency`].
    pub consistency: Figure,
    /// As in [`super::TrustReport::position_bias`].
    pub position_bias: Figure,
    /// As in [`super::TrustReport::position_log_odds`].
    pub position_log_odds: Figure,
    /// As in [`super::TrustReport::ties`].
    pub ties: Figure,
    /// As in [`super::TrustReport::verbosity_log_odds`].
    pub verbosity_log_odds: Figure,
}

/// How pairs came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairCounts {
    /// The same winner in both orders.
    pub decided: u64,
    /// A tie in both orders.
    pub tied: u64,
    /// The first place in both orders.
    pub first_both: u64,
    /// The second place in both orders.
    pub second_both: u64,
    /// A tie in one order and a winner in the other.
    pub half_tied: u64,
    /// A verdict missing.
    pub missing: u64,
}

impl PairCounts {
    fn of(pairs: &[&PairRecord]) -> Self {
        let mut counts = Self::default();
        for pair in pairs {
            let count = match (pair.outcome(), pair.forward.verdict(), pair.backward.verdict()) {
                (PairOutcome::Wins(_), ..) => &mut counts.decided,
                (PairOutcome::Tie, ..) => &mut counts.tied,
                (PairOutcome::Missing, ..) => &mut counts.missing,
                (_, Some(Choice::First), Some(Choice::First)) => &mut counts.first_both,
                (_, Some(Choice::Second), Some(Choice::Second)) => &mut counts.second_both,
                _ => &mut counts.half_tied,
            };
            *count += 1;
        }
        counts
    }
}

const NO_PAIRS: &str = "needs pairs judged in both orders";

impl PairTrust {
    pub(super) fn of(pairs: &[&PairRecord], contestants: usize, uncertainty: &Uncertainty) -> Self {
        let level = uncertainty.level;
        let whole: Vec<&PairRecord> =
            pairs.iter().copied().filter(|pair| pair.outcome() != PairOutcome::Missing).collect();
        let ties: Vec<Observation> =
            verdicts(pairs).map(|(pair, _, choice)| (pair.item, f64::from(u8::from(choice == Choice::Tie)))).collect();
        let (position_log_odds, verbosity_log_odds) = log_odds(&whole, contestants, level);
        Self {
            counts: PairCounts::of(pairs),
            consistency: consistency(&whole, level),
            position_bias: position_bias(&whole, level).within(-0.5, 0.5),
            position_log_odds,
            ties: if ties.is_empty() { Figure::missing(NO_PAIRS) } else { rate(&ties, level) },
            verbosity_log_odds,
        }
    }
}

fn consistency(whole: &[&PairRecord], level: f64) -> Figure {
    if whole.is_empty() {
        return Figure::missing(NO_PAIRS);
    }
    rate(&consistent(whole), level)
}

fn consistent(whole: &[&PairRecord]) -> Vec<Observation> {
    whole.iter().map(|pair| (pair.item, f64::from(u8::from(pair.outcome() != PairOutcome::Inconsistent)))).collect()
}

/// Only pairs with both orders count: there each answer stood first once, so that quality cancels.
fn position_bias(whole: &[&PairRecord], level: f64) -> Figure {
    if whole.is_empty() {
        return Figure::missing(NO_PAIRS);
    }
    let first = |choice: Option<Choice>| match choice {
        Some(Choice::First) => 1.0,
        Some(Choice::Second) => 0.0,
        Some(Choice::Tie) | None => 0.5,
    };
    let data: Vec<Observation> = whole
        .iter()
        .map(|pair| (pair.item, f64::midpoint(first(pair.forward.verdict()), first(pair.backward.verdict())) - 0.5))
        .collect();
    let figure = mean(&data, level);
    if figure.interval.is_some() {
        return figure;
    }
    // Without any spread: a bias of the population is at most half its inconsistent pairs, of which
    // the sample bounds the share.
    let bounds = rate(&consistent(whole), level);
    match (figure.estimate, bounds.interval) {
        (Some(0.0), Some(consistency)) => {
            let most = (1.0 - consistency.low) / 2.0;
            Figure::whole(0.0, Interval { low: -most, high: most, level }, figure.n, figure.items)
        }
        _ => figure,
    }
}

/// The order effect, and the covariate of length with the order effect beside it.
fn log_odds(whole: &[&PairRecord], contestants: usize, level: f64) -> (Figure, Figure) {
    if whole.is_empty() {
        return (Figure::missing(NO_PAIRS), Figure::missing(NO_PAIRS));
    }
    let ratios: Vec<f64> =
        whole.iter().map(|pair| (pair.length_a as f64).ln_1p() - (pair.length_b as f64).ln_1p()).collect();
    // Ratios are of either sign with the order of the names, so their spread is about 0.
    let spread = (ratios.iter().map(|ratio| ratio * ratio).sum::<f64>() / ratios.len() as f64).sqrt();
    let scale = if spread > 0.0 { spread } else { 1.0 };
    // Players that nobody compared would disconnect the graph for no fault of the judge.
    let mut place = vec![None; contestants];
    let mut players = 0;
    for player in whole.iter().flat_map(|pair| [pair.a, pair.b]) {
        if place[player].is_none() {
            place[player] = Some(players);
            players += 1;
        }
    }
    let index = |player: usize| place[player].unwrap_or_default();
    let games: Vec<Game> = whole
        .iter()
        .zip(&ratios)
        .flat_map(|(pair, ratio)| {
            let covariate = ratio / scale;
            verdicts(std::slice::from_ref(pair))
                .map(|(pair, forward, choice)| {
                    let (first, second) = if forward { (pair.a, pair.b) } else { (pair.b, pair.a) };
                    let score = match choice {
                        Choice::First => 1.0,
                        Choice::Second => 0.0,
                        Choice::Tie => 0.5,
                    };
                    Game {
                        first: index(first),
                        second: index(second),
                        score,
                        weight: 1.0,
                        covariate: if forward { covariate } else { -covariate },
                        item: pair.item,
                    }
                })
                .collect::<Vec<Game>>()
        })
        .collect();
    let data: Vec<Observation> = games.iter().map(|game| (game.item, 0.0)).collect();
    let (n, units) = (games.len(), items(&data));
    let figure = |terms: Terms, of: fn(&bradley_terry::Fit) -> Option<Coefficient>| match bradley_terry::fit(
        players, &games, terms,
    ) {
        Err(fault) => Figure { n, items: units, ..Figure::missing(fault.to_string()) },
        Ok(fit) => match of(&fit) {
            None => Figure::missing("not part of the model"),
            Some(coefficient) => with_error(&coefficient, n, units, level),
        },
    };
    let position = figure(Terms { order_effect: true, covariate: false }, |fit| fit.order_effect);
    let verbosity = if spread > 0.0 {
        figure(Terms { order_effect: true, covariate: true }, |fit| fit.covariate)
    } else {
        Figure::missing("all answers are of the same length")
    };
    (position, verbosity)
}

fn with_error(coefficient: &Coefficient, n: usize, units: usize, level: f64) -> Figure {
    let Some(error) = coefficient.clustered_error else {
        return Figure::bare(coefficient.estimate, n, units, "one item only: nothing shows how items differ");
    };
    // Few items make the clustered error too small; t(G - 1) is the usual remedy.
    let tail = 0.5 + level / 2.0;
    let quantile = if units > 1 { t_quantile(tail, units as f64 - 1.0) } else { normal_quantile(tail) };
    let half = quantile * error;
    if error <= 0.0 {
        return Figure::bare(coefficient.estimate, n, units, "all items say the same");
    }
    let interval = Interval { low: coefficient.estimate - half, high: coefficient.estimate + half, level };
    Figure::whole(coefficient.estimate, interval, n, units)
}
