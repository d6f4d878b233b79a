//! Whether judges favour their own family.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::TrustInput;
use super::scores::Scored;
use crate::figure::{Figure, Observation, mean};
use crate::ranking::points;
use crate::relative::is_relative;

/// How much better one judge treats its own family than the other judges do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelfPreference {
    /// The judge.
    pub judge: String,
    /// The contestants of its own family that it judged.
    pub own: Vec<String>,
    /// Scores, in the unit of the scale: (its score of its own less the other judges') less the same
    /// for other contestants, item by item. A judge that is kind to all has 0.
    pub scores: Figure,
    /// Pairs of its own with others: the points it gives its own less those that the other judges
    /// give, between -1 and 1.
    pub pairs: Figure,
}

/// For every judge that judged its own family; the reason when there is none.
pub(super) fn all(input: &TrustInput, scored: &[Scored]) -> (Vec<SelfPreference>, Option<String>) {
    let related = |judge: usize, contestant: usize| {
        let (judge, contestant) = (&input.judges[judge], &input.contestants[contestant]);
        is_relative(&judge.family, &contestant.family, &judge.spec, &contestant.spec)
    };
    let mut found = Vec::new();
    for (judge, party) in input.judges.iter().enumerate() {
        let scores_own = scored.iter().any(|score| score.judge == judge && related(judge, score.contestant));
        let pairs_own = input.pairs.iter().any(|pair| {
            pair.judge == judge && points(pair).is_some() && (related(judge, pair.a) || related(judge, pair.b))
        });
        if !scores_own && !pairs_own {
            continue;
        }
        let own = (0..input.contestants.len()).filter(|&contestant| related(judge, contestant));
        found.push(SelfPreference {
            judge: party.name.clone(),
            own: own.map(|contestant| input.contestants[contestant].name.clone()).collect(),
            scores: of_scores(judge, input, scored, &related),
            pairs: of_pairs(judge, input, &related),
        });
    }
    let reason = found.is_empty().then(|| {
        if scored.is_empty() && input.pairs.iter().all(|pair| points(pair).is_none()) {
            "nothing was judged".to_owned()
        } else {
            "not measurable: no judge judged its own family, since relatives are skipped".to_owned()
        }
    });
    (found, reason)
}

fn of_scores(judge: usize, input: &TrustInput, scored: &[Scored], related: &impl Fn(usize, usize) -> bool) -> Figure {
    // The other judges of an answer: those that are not relatives of its author either.
    let mut panel = BTreeMap::<_, (f64, f64)>::new();
    for score in scored.iter().filter(|score| score.judge != judge && !related(score.judge, score.contestant)) {
        let (sum, n) = panel.entry(score.answer()).or_default();
        *sum += score.value;
        *n += 1.0;
    }
    // Item by item: the sums of differences on own and on other answers.
    let mut by_item = BTreeMap::<usize, [(f64, f64); 2]>::new();
    for score in scored.iter().filter(|score| score.judge == judge) {
        if let Some((sum, n)) = panel.get(&score.answer()) {
            let side = usize::from(related(judge, score.contestant));
            let (total, count) = &mut by_item.entry(score.item).or_default()[side];
            *total += score.value - sum / n;
            *count += 1.0;
        }
    }
    let data: Vec<Observation> = by_item
        .into_iter()
        .filter(|(_, [other, own])| other.1 > 0.0 && own.1 > 0.0)
        .map(|(item, [other, own])| (item, own.0 / own.1 - other.0 / other.1))
        .collect();
    if data.is_empty() {
        return Figure::missing("needs items on which another judge scored both its own and other contestants");
    }
    mean(&data, input.uncertainty.level)
}

fn of_pairs(judge: usize, input: &TrustInput, related: &impl Fn(usize, usize) -> bool) -> Figure {
    // Points of the judge's own in pairs of its own with another: (own first?, pair).
    let own_points = |pair: &crate::PairRecord| {
        let points = points(pair)?;
        match (related(judge, pair.a), related(judge, pair.b)) {
            (true, false) => Some((pair.a, pair.b, points)),
            (false, true) => Some((pair.b, pair.a, 1.0 - points)),
            _ => None,
        }
    };
    let mut panel = BTreeMap::<_, (f64, f64)>::new();
    for pair in input
        .pairs
        .iter()
        .filter(|pair| pair.judge != judge && !related(pair.judge, pair.a) && !related(pair.judge, pair.b))
    {
        if let Some((own, other, points)) = own_points(pair) {
            let (sum, n) = panel.entry((pair.item, pair.run, own, other)).or_default();
            *sum += points;
            *n += 1.0;
        }
    }
    let data: Vec<Observation> = input
        .pairs
        .iter()
        .filter(|pair| pair.judge == judge)
        .filter_map(|pair| {
            let (own, other, points) = own_points(pair)?;
            let (sum, n) = panel.get(&(pair.item, pair.run, own, other))?;
            Some((pair.item, points - sum / n))
        })
        .collect();
    if data.is_empty() {
        return Figure::missing("needs pairs of its own with others that another judge judged too");
    }
    mean(&data, input.uncertainty.level)
}
