//! The likelihood and its maximum.

use std::collections::BTreeMap;

use super::{Fault, Game, Terms, graph};
use crate::degenerate::Degenerate;
use crate::linear::{Matrix, cholesky, inverse, solve};

/// Log-odds of a strength difference beyond which the likelihood has no maximum that data could
/// show: it would take e^30 games.
const MOST_LOG_ODDS: f64 = 30.0;

const MOST_STEPS: usize = 200;

/// 1/(1 + e^-x).
pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Games that differ in weight and score alone, counted together.
struct Cell {
    first: usize,
    second: usize,
    covariate: f64,
}

/// The different games of a data set, with the cell of each game.
pub(super) struct Cells {
    players: usize,
    terms: Terms,
    cells: Vec<Cell>,
    of_game: Vec<usize>,
}

/// Points and games of a cell.
#[derive(Clone, Copy, Default)]
pub(super) struct Total {
    points: f64,
    games: f64,
}

/// The maximum of the likelihood with the pseudo-inverse of its information.
pub(super) struct Maximum {
    pub(super) parameters: Vec<f64>,
    pub(super) covariance: Matrix,
}

impl Cells {
    pub(super) fn new(players: usize, games: &[Game], terms: Terms) -> Result<Self, Fault> {
        if players < 2 {
            return Err(Degenerate::TooFew { n: players, need: 2 }.into());
        }
        if games.is_empty() {
            return Err(Degenerate::TooFew { n: 0, need: 1 }.into());
        }
        let mut known = BTreeMap::new();
        let mut cells = Vec::new();
        let mut of_game = Vec::with_capacity(games.len());
        for (index, game) in games.iter().enumerate() {
            let fits = game.first < players
                && game.second < players
                && game.first != game.second
                && (0.0..=1.0).contains(&game.score)
                && game.weight >= 0.0
                && game.weight.is_finite()
                && game.covariate.is_finite();
            if !fits {
                return Err(Fault::NotAGame { index });
            }
            let covariate = if terms.covariate { game.covariate } else { 0.0 };
            let cell = *known.entry((game.first, game.second, covariate.to_bits())).or_insert_with(|| {
                cells.push(Cell { first: game.first, second: game.second, covariate });
                cells.len() - 1
            });
            of_game.push(cell);
        }
        Ok(Self { players, terms, cells, of_game })
    }

    /// Where the order effect stands among the parameters.
    pub(super) fn order_place(&self) -> Option<usize> {
        self.terms.order_effect.then_some(self.players)
    }

    /// Where the coefficient of the covariate stands among the parameters.
    pub(super) fn covariate_place(&self) -> Option<usize> {
        self.terms.covariate.then_some(self.players + usize::from(self.terms.order_effect))
    }

    fn width(&self) -> usize {
        self.players + usize::from(self.terms.order_effect) + usize::from(self.terms.covariate)
    }

    /// The totals of a choice of games.
    pub(super) fn totals(&self, chosen: impl Iterator<Item = usize>, games: &[Game]) -> Vec<Total> {
        let mut totals = vec![Total::default(); self.cells.len()];
        for index in chosen {
            let total = &mut totals[self.of_game[index]];
            total.points += games[index].weight * games[index].score;
            total.games += games[index].weight;
        }
        totals
    }

    /// Whether everybody can be reached from everybody along the wins of these totals.
    pub(super) fn bounded(&self, totals: &[Total]) -> bool {
        let mut wins = vec![vec![false; self.players]; self.players];
        for (cell, total) in self.cells.iter().zip(totals) {
            wins[cell.first][cell.second] |= total.points > 0.0;
            wins[cell.second][cell.first] |= total.points < total.games;
        }
        graph::is_strong(&wins)
    }

    /// The entries of a cell's row of the design: at most four are not 0.
    fn row(&self, cell: &Cell) -> impl Iterator<Item = (usize, f64)> + Clone + use<> {
        let order = self.order_place().map(|place| (place, 1.0));
        let covariate = self.covariate_place().map(|place| (place, cell.covariate));
        [(cell.first, 1.0), (cell.second, -1.0)].into_iter().chain(order).chain(covariate)
    }

    fn log_odds(&self, cell: &Cell, parameters: &[f64]) -> f64 {
        self.row(cell).map(|(place, value)| value * parameters[place]).sum()
    }

    fn ln_likelihood(&self, totals: &[Total], parameters: &[f64]) -> f64 {
        self.cells
            .iter()
            .zip(totals)
            .map(|(cell, total)| {
                let x = self.log_odds(cell, parameters);
                // ln(1 + e^x) without overflow.
                let soft = x.max(0.0) + (-x.abs()).exp().ln_1p();
                total.points * x - total.games * soft
            })
            .sum()
    }

    /// The gradient, and the information with the direction that shifts all strengths filled in.
    fn derivatives(&self, totals: &[Total], parameters: &[f64]) -> (Vec<f64>, Matrix) {
        let width = self.width();
        let mut gradient = vec![0.0; width];
        let mut information = vec![vec![0.0; width]; width];
        for (cell, total) in self.cells.iter().zip(totals).filter(|(_, total)| total.games > 0.0) {
            let p = logistic(self.log_odds(cell, parameters));
            let rest = total.points - total.games * p;
            let weight = total.games * p * (1.0 - p);
            for (i, x) in self.row(cell) {
                gradient[i] += x * rest;
                for (j, y) in self.row(cell) {
                    information[i][j] += x * y * weight;
                }
            }
        }
        let share = 1.0 / self.players as f64;
        for row in &mut information[..self.players] {
            for entry in &mut row[..self.players] {
                *entry += share;
            }
        }
        (gradient, information)
    }

    /// The maximum of the likelihood by Newton's method, halving steps that would go down. None
    /// when there is no finite one.
    pub(super) fn maximum(&self, totals: &[Total], start: Option<&[f64]>) -> Option<Maximum> {
        let mut parameters = start.map_or_else(|| vec![0.0; self.width()], <[f64]>::to_vec);
        let mut value = self.ln_likelihood(totals, &parameters);
        let size = 1.0 + totals.iter().map(|total| total.games).sum::<f64>();
        for _ in 0..MOST_STEPS {
            let (gradient, information) = self.derivatives(totals, &parameters);
            let lower = cholesky(&information)?;
            let step = solve(&lower, &gradient);
            // Twice the gain that a quadratic likelihood would still have to give.
            let gain: f64 = step.iter().zip(&gradient).map(|(step, slope)| step * slope).sum();
            let next = |share: f64| -> Vec<f64> {
                parameters.iter().zip(&step).map(|(parameter, step)| parameter + share * step).collect()
            };
            if gain <= 1e-20 * size {
                return self.finish(next(1.0), totals);
            }
            let mut share = 1.0;
            let (candidate, reached) = loop {
                let candidate = next(share);
                let reached = self.ln_likelihood(totals, &candidate);
                // Near the maximum the gain drowns in rounding, and the full step is right.
                if reached >= value || gain < 1e-10 * size {
                    break (candidate, reached);
                }
                share /= 2.0;
                if share < 1e-10 {
                    return None;
                }
            };
            (parameters, value) = (candidate, reached);
            if self.cells.iter().any(|cell| self.log_odds(cell, &parameters).abs() > MOST_LOG_ODDS) {
                return None;
            }
        }
        None
    }

    fn finish(&self, mut parameters: Vec<f64>, totals: &[Total]) -> Option<Maximum> {
        let centre = parameters[..self.players].iter().sum::<f64>() / self.players as f64;
        parameters[..self.players].iter_mut().for_each(|strength| *strength -= centre);
        let (_, information) = self.derivatives(totals, &parameters);
        let mut covariance = inverse(&cholesky(&information)?);
        let share = 1.0 / self.players as f64;
        for row in &mut covariance[..self.players] {
            for entry in &mut row[..self.players] {
                *entry -= share;
            }
        }
        Some(Maximum { parameters, covariance })
    }

    /// The sandwich V (Σ_items g gᵀ) V · G/(G-1), with the number of items G.
    pub(super) fn clustered_covariance(
        &self,
        games: &[Game],
        parameters: &[f64],
        covariance: &Matrix,
    ) -> (Option<Matrix>, usize) {
        let by_item = by_item(games);
        let items = by_item.len();
        if items < 2 {
            return (None, items);
        }
        let width = self.width();
        let factor = items as f64 / (items as f64 - 1.0);
        let mut clustered = vec![vec![0.0; width]; width];
        for games_of_item in &by_item {
            let mut gradient = vec![0.0; width];
            for &index in games_of_item {
                let (game, cell) = (&games[index], &self.cells[self.of_game[index]]);
                let rest = game.weight * (game.score - logistic(self.log_odds(cell, parameters)));
                for (place, value) in self.row(cell) {
                    gradient[place] += value * rest;
                }
            }
            let pull: Vec<f64> =
                covariance.iter().map(|row| row.iter().zip(&gradient).map(|(a, b)| a * b).sum()).collect();
            for (row, a) in clustered.iter_mut().zip(&pull) {
                for (entry, b) in row.iter_mut().zip(&pull) {
                    *entry += factor * a * b;
                }
            }
        }
        (Some(clustered), items)
    }
}

/// The games of each item, items in order.
pub(super) fn by_item(games: &[Game]) -> Vec<Vec<usize>> {
    let mut items = BTreeMap::<usize, Vec<usize>>::new();
    for (index, game) in games.iter().enumerate().filter(|(_, game)| game.weight > 0.0) {
        items.entry(game.item).or_default().push(index);
    }
    items.into_values().collect()
}
