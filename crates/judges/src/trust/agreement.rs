//! Whether judges agree with each other.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use stats::agreement::{Level, Weights, krippendorff_alpha, weighted_kappa};

use super::TrustInput;
use super::scores::Scored;
use crate::calibration::{category, names};
use crate::figure::{Figure, bootstrap, by_item};
use crate::ranking::points;
use crate::scale::Scale;

/// Krippendorff's alpha of all judges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// 1 is perfect agreement, 0 what chance gives; below 0 the judges contradict each other. The
    /// interval is from resampled items. `n` counts what two judges or more rated.
    pub alpha: Figure,
    /// Read as: names for pass and fail and for pairs, ranks for labels, differences for 1 to 10.
    pub level: Level,
    /// What was rated.
    pub unit: Unit,
    /// Judges with a verdict on something that another judge rated too.
    pub judges: usize,
}

/// What a unit of agreement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// One answer.
    Answer,
    /// Two answers, judged in both orders: first named wins, tie or inconsistent, second named wins.
    Pair,
}

/// Cohen's kappa of two judges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kappa {
    /// One judge.
    pub a: String,
    /// The other.
    pub b: String,
    /// Kappa, with quadratic weights on scales of more than two; interval from resampled items.
    pub kappa: Figure,
}

/// What was rated, by whom.
pub(super) struct Ratings {
    /// Item of each unit.
    items: Vec<usize>,
    /// The rating of each judge, in order of the judges.
    units: Vec<Vec<Option<f64>>>,
    unit: Unit,
    level: Level,
    scale: Scale,
}

pub(super) fn of_scores(input: &TrustInput, scored: &[Scored]) -> Ratings {
    let mut units = BTreeMap::new();
    for score in scored {
        let ratings = units.entry(score.answer()).or_insert_with(|| vec![None; input.judges.len()]);
        ratings[score.judge] = Some(score.value);
    }
    let level = match input.scale {
        Scale::OneToTen => Level::Interval,
        Scale::Binary => Level::Nominal,
        Scale::Ordinal(_) => Level::Ordinal,
    };
    let (items, units) = units.into_iter().map(|((item, ..), ratings)| (item, ratings)).unzip();
    Ratings { items, units, unit: Unit::Answer, level, scale: input.scale.clone() }
}

pub(super) fn of_pairs(input: &TrustInput) -> Ratings {
    let mut units = BTreeMap::new();
    for pair in &input.pairs {
        let Some(points) = points(pair) else { continue };
        // The order of the names must not split a unit in two.
        let (low, high, points) =
            if pair.a < pair.b { (pair.a, pair.b, points) } else { (pair.b, pair.a, 1.0 - points) };
        let ratings = units.entry((pair.item, low, high, pair.run)).or_insert_with(|| vec![None; input.judges.len()]);
        ratings[pair.judge] = Some(1.0 + 2.0 * points);
    }
    let (items, units) = units.into_iter().map(|((item, ..), ratings)| (item, ratings)).unzip();
    let scale = Scale::Ordinal(["second", "tie", "first"].map(str::to_owned).to_vec());
    Ratings { items, units, unit: Unit::Pair, level: Level::Nominal, scale }
}

impl Ratings {
    /// Krippendorff's alpha with an interval from resampled items: all units of a drawn item come
    /// with it. A resample that leaves alpha undefined counts as 0 below and as 1 above.
    pub(super) fn alpha(&self, input: &TrustInput) -> Agreement {
        let shared: Vec<usize> =
            (0..self.units.len()).filter(|&unit| self.units[unit].iter().flatten().count() > 1).collect();
        let judges = (0..input.judges.len())
            .filter(|&judge| shared.iter().any(|&unit| self.units[unit][judge].is_some()))
            .count();
        let groups: Vec<Vec<usize>> = by_item(shared.iter().map(|&unit| self.items[unit]))
            .into_iter()
            .map(|group| group.into_iter().map(|place| shared[place]).collect())
            .collect();
        let of = |units: &mut dyn Iterator<Item = usize>| {
            let drawn: Vec<Vec<Option<f64>>> = units.map(|unit| self.units[unit].clone()).collect();
            krippendorff_alpha(&drawn, self.level)
        };
        let (n, items) = (shared.len(), groups.len());
        let alpha = if shared.is_empty() {
            Figure::missing("needs two judges with verdicts on the same answers")
        } else {
            match of(&mut shared.iter().copied()) {
                Err(reason) => Figure { n, items, ..Figure::missing(reason.to_string()) },
                Ok(alpha) => {
                    match bootstrap(&groups, (0.0_f64.min(alpha), 1.0), &input.uncertainty, &|drawn| of(drawn).ok()) {
                        Ok(interval) => Figure::whole(alpha, interval, n, items),
                        Err(reason) => Figure::bare(alpha, n, items, crate::figure::why(&reason, items)),
                    }
                }
            }
        };
        Agreement { alpha, level: self.level, unit: self.unit, judges }
    }

    /// Cohen's kappa of every two judges.
    pub(super) fn kappas(&self, input: &TrustInput) -> Vec<Kappa> {
        let mut kappas = Vec::new();
        for a in 0..input.judges.len() {
            for b in a + 1..input.judges.len() {
                kappas.push(Kappa {
                    a: input.judges[a].name.clone(),
                    b: input.judges[b].name.clone(),
                    kappa: self.kappa(a, b, input),
                });
            }
        }
        kappas
    }

    fn kappa(&self, a: usize, b: usize, input: &TrustInput) -> Figure {
        let both: Vec<(usize, (usize, usize))> = self
            .units
            .iter()
            .zip(&self.items)
            .filter_map(|(ratings, &item)| {
                let of = |judge: usize| category(&self.scale, ratings[judge]?);
                Some((item, (of(a)?, of(b)?)))
            })
            .collect();
        if both.is_empty() {
            return Figure::missing("no answer that both judged");
        }
        let size = names(&self.scale).len();
        let weights = if size == 2 || self.unit == Unit::Pair { Weights::Unweighted } else { Weights::Quadratic };
        let of = |places: &mut dyn Iterator<Item = usize>| {
            let mut table = vec![vec![0; size]; size];
            for place in places {
                let (a, b) = both[place].1;
                table[a][b] += 1;
            }
            weighted_kappa(&table, weights)
        };
        let groups = by_item(both.iter().map(|(item, _)| *item));
        let (n, items) = (both.len(), groups.len());
        match of(&mut (0..n)) {
            Err(reason) => Figure { n, items, ..Figure::missing(reason.to_string()) },
            Ok(kappa) => {
                match bootstrap(&groups, (0.0_f64.min(kappa), 1.0), &input.uncertainty, &|drawn| of(drawn).ok()) {
                    Ok(interval) => Figure::whole(kappa, interval, n, items),
                    Err(reason) => Figure::bare(kappa, n, items, crate::figure::why(&reason, items)),
                }
            }
        }
    }
}
