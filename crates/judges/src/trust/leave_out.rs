//! Whether the ranking hangs on one judge.

use serde::{Deserialize, Serialize};
use stats::bradley_terry::Fault;

use super::TrustInput;
use super::block::{self, Disconnected};
use super::scores::Scored;
use crate::ranking::{Field, games, named};

/// Levels closer than this are the same place: less than any scale can show.
const SAME: f64 = 1e-9;

/// The ranking by all judges, and without each of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LeaveOneOut {
    /// By all judges, best first.
    pub order: Vec<Place>,
    /// Without each judge in turn.
    pub without: Vec<Without>,
    /// How many of these have another winner.
    pub winner_changes: usize,
    /// How many have another order.
    pub order_changes: usize,
    /// Why there is nothing to compare.
    pub reason: Option<String>,
}

/// A place in a ranking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// From 1; equal contestants share a place.
    pub place: usize,
    /// The contestant.
    pub contestant: String,
    /// Scores: its level in the unit of the scale, adjusted for who judged it. Pairs: its log strength,
    /// or its share of points where strengths cannot be had.
    pub value: f64,
}

/// The ranking without one judge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Without {
    /// The judge left out.
    pub judge: String,
    /// Best first.
    pub order: Vec<Place>,
    /// Whether another contestant wins, or shares the first place.
    pub winner_changed: bool,
    /// Whether any place changed.
    pub order_changed: bool,
    /// Why there is no ranking without it.
    pub reason: Option<String>,
}

impl LeaveOneOut {
    pub(super) fn of(input: &TrustInput, scored: &[Scored]) -> Self {
        let values: Box<dyn Fn(Option<usize>) -> Result<Vec<Option<f64>>, String>> =
            if scored.is_empty() { of_pairs(input) } else { Box::new(|without| of_scores(input, scored, without)) };
        let order = match values(None) {
            Ok(values) => places(input, &values),
            Err(reason) => return Self { reason: Some(reason), ..Self::default() },
        };
        if order.len() < 2 {
            return Self { order, reason: Some("needs two contestants with verdicts".to_owned()), ..Self::default() };
        }
        let heard = |judge: usize| {
            scored.iter().any(|score| score.judge == judge)
                || input.pairs.iter().any(|pair| pair.judge == judge && crate::ranking::points(pair).is_some())
        };
        let judges: Vec<usize> = (0..input.judges.len()).filter(|&judge| heard(judge)).collect();
        if judges.len() < 2 {
            return Self { order, reason: Some("needs two judges with verdicts".to_owned()), ..Self::default() };
        }
        let without: Vec<Without> = judges
            .into_iter()
            .map(|judge| {
                let name = input.judges[judge].name.clone();
                match values(Some(judge)) {
                    Err(reason) => Without {
                        judge: name,
                        order: Vec::new(),
                        winner_changed: false,
                        order_changed: false,
                        reason: Some(reason),
                    },
                    Ok(values) => {
                        let left = places(input, &values);
                        Without {
                            judge: name,
                            winner_changed: winners(&left) != winners(&order),
                            order_changed: placed(&left) != placed(&order),
                            order: left,
                            reason: None,
                        }
                    }
                }
            })
            .collect();
        Self {
            order,
            winner_changes: without.iter().filter(|left| left.winner_changed).count(),
            order_changes: without.iter().filter(|left| left.order_changed).count(),
            without,
            reason: None,
        }
    }
}

fn winners(order: &[Place]) -> Vec<&str> {
    order.iter().filter(|place| place.place == 1).map(|place| place.contestant.as_str()).collect()
}

fn placed(order: &[Place]) -> Vec<(usize, &str)> {
    order.iter().map(|place| (place.place, place.contestant.as_str())).collect()
}

/// Best first; equal values share a place and stand in the order of the contestants.
fn places(input: &TrustInput, values: &[Option<f64>]) -> Vec<Place> {
    let mut known: Vec<(usize, f64)> =
        values.iter().enumerate().filter_map(|(index, value)| Some((index, (*value)?))).collect();
    known.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
    let mut order: Vec<(usize, usize, f64)> = Vec::new();
    for (position, (index, value)) in known.into_iter().enumerate() {
        let place = match order.last() {
            Some(&(place, _, above)) if (above - value).abs() <= SAME => place,
            _ => position + 1,
        };
        order.push((place, index, value));
    }
    order.sort_by_key(|&(place, index, _)| (place, index));
    order
        .into_iter()
        .map(|(place, index, value)| Place { place, contestant: input.contestants[index].name.clone(), value })
        .collect()
}

fn of_scores(input: &TrustInput, scored: &[Scored], without: Option<usize>) -> Result<Vec<Option<f64>>, String> {
    let left: Vec<Scored> = scored.iter().copied().filter(|score| Some(score.judge) != without).collect();
    block::levels(&left, input.contestants.len()).map_err(|Disconnected(groups)| {
        if groups.is_empty() {
            return "no scores".to_owned();
        }
        let groups: Vec<String> = groups
            .iter()
            .map(|group| {
                let names: Vec<&str> = group.iter().map(|&index| input.contestants[index].name.as_str()).collect();
                format!("({})", names.join(", "))
            })
            .collect();
        format!("no judge scored these groups on a common item, so there is no common order: {}", groups.join(", "))
    })
}

/// Strengths where all rankings have them, shares of points for all otherwise: orders by different
/// numbers cannot be compared.
fn of_pairs(input: &TrustInput) -> Box<dyn Fn(Option<usize>) -> Result<Vec<Option<f64>>, String> + '_> {
    let names: Vec<String> = input.contestants.iter().map(|party| party.name.clone()).collect();
    let strengths = move |without: Option<usize>| {
        let games = games(input.pairs.iter().filter(|pair| Some(pair.judge) != without));
        let field = Field::new(names.len(), &games);
        match field.fit() {
            Ok(fit) => {
                let mut values = vec![None; names.len()];
                for (&player, &strength) in field.players.iter().zip(&fit.strengths) {
                    values[player] = Some(strength);
                }
                Ok(values)
            }
            Err(fault) => Err((named(&fault, &field.names(&names)).1, fault)),
        }
    };
    let everywhere = (0..input.judges.len()).map(Some).chain([None]).all(|without| strengths(without).is_ok());
    Box::new(move |without| match strengths(without) {
        Ok(values) if everywhere => Ok(values),
        Ok(_) | Err((_, Fault::Unbeaten { .. })) => Ok(shares(input, without)),
        Err((reason, fault)) => Err(reason.unwrap_or_else(|| fault.to_string())),
    })
}

fn shares(input: &TrustInput, without: Option<usize>) -> Vec<Option<f64>> {
    let mut totals = vec![(0.0, 0.0); input.contestants.len()];
    for game in games(input.pairs.iter().filter(|pair| Some(pair.judge) != without)) {
        for (player, points) in [(game.first, game.score), (game.second, 1.0 - game.score)] {
            totals[player].0 += points;
            totals[player].1 += 1.0;
        }
    }
    totals.into_iter().map(|(points, games)| (games > 0.0).then(|| points / games)).collect()
}
