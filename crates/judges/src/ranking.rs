//! Who is best, from judged pairs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use stats::bootstrap::BootstrapOptions;
use stats::bradley_terry::{self, ELO_PER_STRENGTH, Fault, Fit, Game, Terms};
use stats::{Interval, Method};

use crate::evidence::PairRecord;
use crate::figure::Uncertainty;
use crate::pair::{PairOutcome, Side};

/// Items from which intervals come from resampled items; below, a bootstrap has too little to draw
/// from and the normal limit of the likelihood is used.
const ITEMS_TO_RESAMPLE: usize = 10;

/// Width of an interval of a log strength below which there is nothing but rounding.
const NO_SPREAD: f64 = 1e-6;

/// A ranking by the model of Bradley and Terry (1952).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// Contestants: strongest first where there are strengths, by their share of points otherwise.
    pub entries: Vec<Entry>,
    /// Judged pairs with a verdict in both orders.
    pub comparisons: usize,
    /// Different items among them.
    pub items: usize,
    /// How the intervals were formed, where there are any.
    pub intervals: Option<IntervalMethod>,
    /// When there are no strengths: the groups of contestants between which they are missing.
    pub groups: Vec<Vec<String>>,
    /// Why there are no strengths.
    pub reason: Option<String>,
}

/// How the intervals of a ranking were formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntervalMethod {
    /// Percentiles over resampled items.
    ItemBootstrap,
    /// Normal limit, with standard errors clustered by item.
    Normal,
}

/// One contestant of a [`Ranking`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name.
    pub contestant: String,
    /// Pairs won in both orders.
    pub wins: u64,
    /// Pairs lost in both orders.
    pub losses: u64,
    /// Pairs tied in both orders.
    pub ties: u64,
    /// Pairs on which the orders disagree; they count as ties.
    pub inconsistent: u64,
    /// (wins + ties/2 + inconsistent/2) / pairs. Compare it only among contestants that met the same
    /// others.
    pub share: Option<f64>,
    /// Log strength; the strengths of all contestants add up to 0.
    pub strength: Option<f64>,
    /// 1000 + 400 log10(exp strength): 1000 is the average contestant. None for a contestant without a
    /// judged pair.
    pub elo: Option<f64>,
    /// Interval of `elo`, against the average contestant.
    pub elo_interval: Option<Interval>,
    /// Share of the resamples in which it is the strongest.
    pub best: Option<f64>,
}

/// Ranks contestants by all judged pairs with a verdict in both orders; ties and pairs on which the
/// orders disagree count half for each. Strengths need a graph of comparisons in which every group
/// of contestants won and lost against the rest; otherwise the groups are named and no number is
/// invented.
pub fn ranking(contestants: &[String], pairs: &[PairRecord], uncertainty: &Uncertainty) -> Ranking {
    let games = games(pairs.iter());
    let mut entries: Vec<Entry> = contestants.iter().map(|name| Entry::new(name)).collect();
    for pair in pairs.iter().filter(|pair| pair.a.max(pair.b) < contestants.len()) {
        count(&mut entries, pair);
    }
    for entry in &mut entries {
        entry.set_share();
    }
    let items = games.iter().map(|game| game.item).collect::<BTreeSet<_>>().len();
    let mut ranking =
        Ranking { entries, comparisons: games.len(), items, intervals: None, groups: Vec::new(), reason: None };
    let field = Field::new(contestants.len(), &games);
    match field.fit() {
        Ok(fit) => ranking.rate(&fit, &field, uncertainty),
        Err(fault) => (ranking.groups, ranking.reason) = named(&fault, &field.names(contestants)),
    }
    let key = |entry: &Entry| entry.strength.or(entry.share).unwrap_or(f64::NEG_INFINITY);
    ranking.entries.sort_by(|x, y| key(y).total_cmp(&key(x)));
    ranking
}

impl Ranking {
    fn rate(&mut self, fit: &Fit, field: &Field, uncertainty: &Uncertainty) {
        let options = BootstrapOptions {
            method: Method::Percentile,
            level: uncertainty.level,
            resamples: uncertainty.resamples,
            seed: uncertainty.seed,
        };
        let resampled = (self.items >= ITEMS_TO_RESAMPLE)
            .then(|| bradley_terry::bootstrap(field.players.len(), &field.games, Terms::default(), &options).ok())
            .flatten();
        self.intervals = Some(if resampled.is_some() { IntervalMethod::ItemBootstrap } else { IntervalMethod::Normal });
        for (player, &contestant) in field.players.iter().enumerate() {
            let entry = &mut self.entries[contestant];
            entry.strength = Some(fit.strengths[player]);
            entry.elo = Some(fit.elo(player));
            let interval = match &resampled {
                Some(resampled) => resampled.strengths[player],
                None => fit.interval(player, uncertainty.level).ok(),
            };
            // Pairs that all came out alike have no spread to estimate from, which is not certainty.
            entry.elo_interval = interval.filter(|interval| interval.width() > NO_SPREAD).map(elo_interval);
            entry.best = resampled.as_ref().map(|resampled| resampled.best[player]);
        }
    }
}

impl Entry {
    fn new(name: &str) -> Self {
        Self {
            contestant: name.to_owned(),
            wins: 0,
            losses: 0,
            ties: 0,
            inconsistent: 0,
            share: None,
            strength: None,
            elo: None,
            elo_interval: None,
            best: None,
        }
    }

    fn set_share(&mut self) {
        let pairs = self.wins + self.losses + self.ties + self.inconsistent;
        let points = self.wins as f64 + 0.5 * (self.ties + self.inconsistent) as f64;
        self.share = (pairs > 0).then(|| points / pairs as f64);
    }
}

fn count(entries: &mut [Entry], pair: &PairRecord) {
    let (winner, loser) = match pair.outcome() {
        PairOutcome::Wins(Side::A) => (pair.a, pair.b),
        PairOutcome::Wins(Side::B) => (pair.b, pair.a),
        PairOutcome::Tie => {
            entries[pair.a].ties += 1;
            entries[pair.b].ties += 1;
            return;
        }
        PairOutcome::Inconsistent => {
            entries[pair.a].inconsistent += 1;
            entries[pair.b].inconsistent += 1;
            return;
        }
        PairOutcome::Missing => return,
    };
    entries[winner].wins += 1;
    entries[loser].losses += 1;
}

/// What `a` gets from a pair: 1, ½ or 0; nothing when an order has no verdict.
pub(crate) fn points(pair: &PairRecord) -> Option<f64> {
    match pair.outcome() {
        PairOutcome::Wins(Side::A) => Some(1.0),
        PairOutcome::Wins(Side::B) => Some(0.0),
        PairOutcome::Tie | PairOutcome::Inconsistent => Some(0.5),
        PairOutcome::Missing => None,
    }
}

/// Judged pairs as games.
pub(crate) fn games<'a>(pairs: impl Iterator<Item = &'a PairRecord>) -> Vec<Game> {
    pairs
        .filter_map(|pair| {
            let score = points(pair)?;
            Some(Game { first: pair.a, second: pair.b, score, weight: 1.0, covariate: 0.0, item: pair.item })
        })
        .collect()
}

/// The contestants that were compared at all, numbered anew: one that never was has no place in the
/// ranking, and takes nobody else's away.
pub(crate) struct Field {
    /// Index of each player among the contestants.
    pub(crate) players: Vec<usize>,
    games: Vec<Game>,
}

impl Field {
    /// The contestants of these games, of `contestants` in all.
    pub(crate) fn new(contestants: usize, games: &[Game]) -> Self {
        let compared: BTreeSet<usize> = games.iter().flat_map(|game| [game.first, game.second]).collect();
        let players: Vec<usize> = compared.into_iter().filter(|&player| player < contestants).collect();
        let place = |player: usize| players.binary_search(&player).unwrap_or(usize::MAX);
        let games =
            games.iter().map(|game| Game { first: place(game.first), second: place(game.second), ..*game }).collect();
        Self { players, games }
    }

    /// The strengths of the players.
    pub(crate) fn fit(&self) -> Result<Fit, Fault> {
        if self.games.is_empty() {
            return Err(stats::Degenerate::TooFew { n: 0, need: 1 }.into());
        }
        bradley_terry::fit(self.players.len(), &self.games, Terms::default())
    }

    /// The players' names.
    pub(crate) fn names(&self, contestants: &[String]) -> Vec<String> {
        self.players.iter().map(|&player| contestants[player].clone()).collect()
    }
}

/// The groups between which nothing can be said, by name, and the reason as a sentence.
pub(crate) fn named(fault: &Fault, contestants: &[String]) -> (Vec<Vec<String>>, Option<String>) {
    let names = |groups: &[Vec<usize>]| -> Vec<Vec<String>> {
        groups
            .iter()
            .map(|group| group.iter().filter_map(|&player| contestants.get(player).cloned()).collect())
            .collect()
    };
    let listed = |groups: &[Vec<String>], between: &str| {
        groups.iter().map(|group| format!("({})", group.join(", "))).collect::<Vec<_>>().join(between)
    };
    match fault {
        Fault::Disconnected { groups } => {
            let groups = names(groups);
            let reason = format!(
                "these groups were never compared with each other, so there is no common ranking: {}",
                listed(&groups, ", ")
            );
            (groups, Some(reason))
        }
        Fault::Unbeaten { groups } => {
            let groups = names(groups);
            let reason = format!(
                "no contestant of a later group took a point from one of an earlier group, so the strengths between them \
                 are beyond every number: {}",
                listed(&groups, " > ")
            );
            (groups, Some(reason))
        }
        Fault::Data { reason: stats::Degenerate::TooFew { n: 0, .. } } => {
            (Vec::new(), Some("no pair has a verdict in both orders".to_owned()))
        }
        other => (Vec::new(), Some(other.to_string())),
    }
}

fn elo_interval(strength: Interval) -> Interval {
    let elo = |strength: f64| 1_000.0 + ELO_PER_STRENGTH * strength;
    Interval { low: elo(strength.low), high: elo(strength.high), level: strength.level }
}
