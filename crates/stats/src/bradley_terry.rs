//! Ranking from comparisons in pairs: the model of Bradley and Terry (1952), in which the log-odds
//! that one player beats another are the difference of their strengths.
//!
//! Ties count half a win for each. The place in which a player was shown (order effect) and one
//! covariate, such as how much longer its answer was, can be part of the model. The maximum is
//! that of Zermelo's and Hunter's MM iteration (2004, Annals of Statistics 32); Newton's method
//! reaches it in a few steps, and in the extended models too.
//!
//! A maximum exists only if every group of players both won and lost against the rest (Ford
//! 1957). Otherwise there is a [`Fault`] that names the groups.

mod graph;
mod model;

use serde::{Deserialize, Serialize};

use crate::bootstrap::BootstrapOptions;
use crate::degenerate::{Degenerate, Parameter, check_probability};
use crate::describe::{quantile_of_sorted, sorted};
use crate::distribution::{normal_quantile, t_quantile};
use crate::interval::{Interval, SmallSample};
use crate::linear::Matrix;
use model::{Cells, Maximum};

/// The Elo points of a player of average strength.
const ELO_CENTRE: f64 = 1_000.0;

/// Elo points per unit of strength, 400/ln 10.
pub const ELO_PER_STRENGTH: f64 = 400.0 / std::f64::consts::LN_10;

/// One comparison of two players.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Game {
    /// Index of the player in the first place.
    pub first: usize,
    /// Index of the player in the second place.
    pub second: usize,
    /// What the first player got: 1 for a win, 0.5 for a tie, 0 for a loss.
    pub score: f64,
    /// How many such games this one stands for; 1 for one.
    pub weight: f64,
    /// Covariate of the first player less that of the second, such as a standardised log ratio of
    /// lengths; 0 without.
    pub covariate: f64,
    /// The item that was answered. Games over one item belong together when uncertainty is
    /// estimated.
    pub item: usize,
}

/// What the log-odds consist of besides the difference of strengths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// A constant in favour of the first place.
    pub order_effect: bool,
    /// A multiple of the covariate.
    pub covariate: bool,
}

/// Why there is no ranking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// Groups of players that never met: their strengths cannot be compared at all.
    #[error("{} groups of players were never compared with each other", groups.len())]
    Disconnected {
        /// The groups, players ascending.
        groups: Vec<Vec<usize>>,
    },
    /// Groups of which a higher one never lost to a lower one: the difference of their strengths is
    /// beyond every number.
    #[error("{} groups of players, of which a higher one never lost a point to a lower one", groups.len())]
    Unbeaten {
        /// The groups, strongest first (where they met), players ascending.
        groups: Vec<Vec<usize>>,
    },
    /// The order effect or the covariate explains every outcome, or cannot be told apart from the
    /// strengths.
    #[error("the order effect or the covariate cannot be estimated from these comparisons")]
    Inestimable,
    /// A game of a player that does not exist, against itself, or with numbers out of range.
    #[error("game {index} is not a comparison of two of the players with a score from 0 to 1")]
    NotAGame {
        /// Position of the game.
        index: usize,
    },
    /// Anything else about the data or the options.
    #[error(transparent)]
    Data {
        /// The reason.
        #[from]
        reason: Degenerate,
    },
}

/// A term of the model beside the strengths.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// Log-odds: for the order effect those that the first of two equal players wins.
    pub estimate: f64,
    /// Standard error from the information of the likelihood.
    pub standard_error: f64,
    /// Standard error that lets games over one item depend on each other; none with one item.
    pub clustered_error: Option<f64>,
}

/// A fitted model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// Log strength of each player; they add up to 0.
    pub strengths: Vec<f64>,
    /// The order effect, if the model has one.
    pub order_effect: Option<Coefficient>,
    /// The coefficient of the covariate, if the model has one.
    pub covariate: Option<Coefficient>,
    /// Covariance of the strengths: the pseudo-inverse of the Fisher information.
    covariance: Matrix,
    /// The same with games over one item allowed to depend on each other (the sandwich of Liang
    /// and Zeger, with G/(G-1) for G items); none with one item.
    clustered: Option<Matrix>,
    /// Items with games.
    pub items: usize,
}

/// A difference of two strengths.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// strength of the one - strength of the other.
    pub estimate: f64,
    /// Standard error: clustered by item where there are two items or more.
    pub standard_error: f64,
    /// estimate ± t(items - 1) · standard error, or ± z without clusters.
    pub interval: Interval,
}

impl Fit {
    /// exp(strength), with geometric mean 1: the π of the model.
    pub fn ability(&self, player: usize) -> f64 {
        self.strengths[player].exp()
    }

    /// 1000 + 400 log10(ability).
    pub fn elo(&self, player: usize) -> f64 {
        ELO_CENTRE + ELO_PER_STRENGTH * self.strengths[player]
    }

    /// Standard error of a strength against the average player, from the information of the likelihood.
    pub fn standard_error(&self, player: usize) -> f64 {
        self.covariance[player][player].max(0.0).sqrt()
    }

    /// [`Self::standard_error`] that lets games over one item depend on each other.
    pub fn clustered_error(&self, player: usize) -> Option<f64> {
        self.clustered.as_ref().map(|covariance| covariance[player][player].max(0.0).sqrt())
    }

    /// Standard error of a difference of strengths from the information of the likelihood.
    pub fn difference_error(&self, a: usize, b: usize) -> f64 {
        difference_error(&self.covariance, a, b)
    }

    /// The difference of two strengths with its interval.
    pub fn difference(&self, a: usize, b: usize, level: f64) -> Result<Difference, Degenerate> {
        check_probability(Parameter::Level, level)?;
        let estimate = self.strengths[a] - self.strengths[b];
        let standard_error = difference_error(self.clustered.as_ref().unwrap_or(&self.covariance), a, b);
        let half = self.quantile(level) * standard_error;
        Ok(Difference {
            estimate,
            standard_error,
            interval: Interval { low: estimate - half, high: estimate + half, level },
        })
    }

    /// The interval of a strength against the average player: t(items - 1) and clustered by item where
    /// there are two items or more, otherwise normal.
    pub fn interval(&self, player: usize, level: f64) -> Result<Interval, Degenerate> {
        check_probability(Parameter::Level, level)?;
        let error = self.clustered_error(player).unwrap_or_else(|| self.standard_error(player));
        let half = self.quantile(level) * error;
        Ok(Interval { low: self.strengths[player] - half, high: self.strengths[player] + half, level })
    }

    fn quantile(&self, level: f64) -> f64 {
        match self.clustered {
            Some(_) => t_quantile(0.5 + level / 2.0, self.items as f64 - 1.0),
            None => normal_quantile(0.5 + level / 2.0),
        }
    }

    /// The probability that `a` beats `b`, all else equal.
    pub fn win_probability(&self, a: usize, b: usize) -> f64 {
        model::logistic(self.strengths[a] - self.strengths[b])
    }
}

fn difference_error(covariance: &Matrix, a: usize, b: usize) -> f64 {
    (covariance[a][a] + covariance[b][b] - 2.0 * covariance[a][b]).max(0.0).sqrt()
}

/// The games that a matrix of wins stands for: `wins[i][j]` is how often i beat j, a tie counting
/// half for each. Every game is an item of its own kind, so errors are not clustered by item.
pub fn games_of_wins(wins: &[Vec<f64>]) -> Result<Vec<Game>, Degenerate> {
    let mut games = Vec::new();
    for (first, row) in wins.iter().enumerate() {
        if row.len() != wins.len() {
            return Err(Degenerate::UnequalLengths { a: wins.len(), b: row.len() });
        }
        for (second, &weight) in row.iter().enumerate() {
            if weight != 0.0 {
                games.push(Game { first, second, score: 1.0, weight, covariate: 0.0, item: 0 });
            }
        }
    }
    Ok(games)
}

/// Fits the model to games of `players` players, numbered from 0.
///
/// Each Newton step costs O(d + k³) for k players and d different games (players and covariate).
pub fn fit(players: usize, games: &[Game], terms: Terms) -> Result<Fit, Fault> {
    let cells = Cells::new(players, games, terms)?;
    graph::check(players, games)?;
    let totals = cells.totals(0..games.len(), games);
    let Maximum { parameters, covariance } = cells.maximum(&totals, None).ok_or(Fault::Inestimable)?;
    let (clustered, items) = cells.clustered_covariance(games, &parameters, &covariance);
    let coefficient = |place: usize| Coefficient {
        estimate: parameters[place],
        standard_error: covariance[place][place].max(0.0).sqrt(),
        clustered_error: clustered.as_ref().map(|matrix| matrix[place][place].max(0.0).sqrt()),
    };
    let of_strengths = |matrix: &Matrix| matrix[..players].iter().map(|row| row[..players].to_vec()).collect();
    Ok(Fit {
        strengths: parameters[..players].to_vec(),
        order_effect: cells.order_place().map(coefficient),
        covariate: cells.covariate_place().map(coefficient),
        covariance: of_strengths(&covariance),
        clustered: clustered.as_ref().map(of_strengths),
        items,
    })
}

/// Percentile intervals from resampled items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bootstrapped {
    /// One for each player: its strength against the average; none where resamples that beat every
    /// number reach the bound.
    pub strengths: Vec<Option<Interval>>,
    /// The share of resamples in which each player has the largest strength (ties share), among
    /// those with a finite fit.
    pub best: Vec<f64>,
    /// The order effect.
    pub order_effect: Option<Interval>,
    /// The coefficient of the covariate.
    pub covariate: Option<Interval>,
    /// Resamples drawn.
    pub resamples: usize,
    /// Resamples without a finite maximum. They count as below every lower and above every upper
    /// bound.
    pub unbounded: usize,
    /// Set for few items.
    pub small_sample: Option<SmallSample>,
}

/// Bootstrap of [`fit`] over items: all games of a drawn item come with it. Needs two items. Only
/// level, resamples and seed of the options are read.
pub fn bootstrap(
    players: usize,
    games: &[Game],
    terms: Terms,
    options: &BootstrapOptions,
) -> Result<Bootstrapped, Fault> {
    check_probability(Parameter::Level, options.level)?;
    let cells = Cells::new(players, games, terms)?;
    graph::check(players, games)?;
    let start = cells.maximum(&cells.totals(0..games.len(), games), None).ok_or(Fault::Inestimable)?.parameters;
    let by_item = model::by_item(games);
    if by_item.len() < 2 {
        return Err(Degenerate::TooFew { n: by_item.len(), need: 2 }.into());
    }
    let fits: Vec<Option<Vec<f64>>> =
        options.plan().map(&[(0, by_item.len())], |_, drawn, out: &mut Vec<Option<Vec<f64>>>| {
            let chosen = drawn[0].iter().flat_map(|&item| by_item[item as usize].iter().copied());
            let totals = cells.totals(chosen, games);
            let finite = cells.bounded(&totals);
            out.push(if finite {
                cells.maximum(&totals, Some(&start)).map(|maximum| maximum.parameters)
            } else {
                None
            });
        })?;
    let unbounded = fits.iter().filter(|fit| fit.is_none()).count();
    let tail = (1.0 - options.level) / 2.0;
    let bound = |place: usize, missing: f64, probability: f64| {
        let values: Vec<f64> = fits.iter().map(|fit| fit.as_ref().map_or(missing, |fit| fit[place])).collect();
        quantile_of_sorted(&sorted(&values), probability)
    };
    let interval = |place: usize| {
        let low = bound(place, f64::NEG_INFINITY, tail);
        let high = bound(place, f64::INFINITY, 1.0 - tail);
        (low.is_finite() && high.is_finite()).then_some(Interval { low, high, level: options.level })
    };
    let mut best = vec![0.0; players];
    let bounded = fits.len() - unbounded;
    for fit in fits.iter().flatten() {
        let strengths = &fit[..players];
        let largest = strengths.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let leaders = strengths.iter().filter(|&&strength| strength == largest).count();
        for (share, &strength) in best.iter_mut().zip(strengths) {
            if strength == largest {
                *share += 1.0 / (leaders * bounded) as f64;
            }
        }
    }
    Ok(Bootstrapped {
        strengths: (0..players).map(interval).collect(),
        best,
        order_effect: cells.order_place().and_then(interval),
        covariate: cells.covariate_place().and_then(interval),
        resamples: fits.len(),
        unbounded,
        small_sample: SmallSample::of(by_item.len()),
    })
}
