//! Who met whom and who won: whether strengths can be compared at all.

use super::{Fault, Game};

/// Fails unless every player can be reached from every other along wins (Ford 1957).
pub(super) fn check(players: usize, games: &[Game]) -> Result<(), Fault> {
    let mut wins = vec![vec![false; players]; players];
    for game in games.iter().filter(|game| game.weight > 0.0) {
        wins[game.first][game.second] |= game.score > 0.0;
        wins[game.second][game.first] |= game.score < 1.0;
    }
    let met: Vec<Vec<bool>> = (0..players).map(|i| (0..players).map(|j| wins[i][j] || wins[j][i]).collect()).collect();
    let groups = strong_components(&met);
    if groups.len() > 1 {
        return Err(Fault::Disconnected { groups: ascending(groups) });
    }
    let groups = strong_components(&wins);
    if groups.len() > 1 { Err(Fault::Unbeaten { groups }) } else { Ok(()) }
}

/// Whether all players are one group of [`strong_components`].
pub(super) fn is_strong(edges: &[Vec<bool>]) -> bool {
    let reaches_all = |forward: bool| {
        let mut seen = vec![false; edges.len()];
        let mut open = vec![0];
        while let Some(player) = open.pop() {
            if std::mem::replace(&mut seen[player], true) {
                continue;
            }
            open.extend(
                (0..edges.len())
                    .filter(|&other| !seen[other] && if forward { edges[player][other] } else { edges[other][player] }),
            );
        }
        seen.iter().all(|&seen| seen)
    };
    edges.is_empty() || (reaches_all(true) && reaches_all(false))
}

/// Groups within which everybody reaches everybody, in an order in which edges lead from earlier
/// groups to later ones (Kosaraju's two passes), players ascending within a group.
fn strong_components(edges: &[Vec<bool>]) -> Vec<Vec<usize>> {
    let size = edges.len();
    let mut finished = Vec::with_capacity(size);
    let mut seen = vec![false; size];
    for start in 0..size {
        // (player, next other to look at); a stack of our own, since the depth is the caller's.
        let mut path = vec![(start, 0)];
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        while let Some((player, next)) = path.last_mut() {
            let player = *player;
            if let Some(other) = (*next..size).find(|&other| edges[player][other] && !seen[other]) {
                *next = other + 1;
                seen[other] = true;
                path.push((other, 0));
            } else {
                finished.push(player);
                path.pop();
            }
        }
    }
    let mut grouped = vec![false; size];
    let mut groups = Vec::new();
    for &start in finished.iter().rev() {
        if grouped[start] {
            continue;
        }
        let mut group = Vec::new();
        let mut open = vec![start];
        while let Some(player) = open.pop() {
            if std::mem::replace(&mut grouped[player], true) {
                continue;
            }
            group.push(player);
            open.extend((0..size).filter(|&other| edges[other][player] && !grouped[other]));
        }
        group.sort_unstable();
        groups.push(group);
    }
    groups
}

fn ascending(mut groups: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    groups.sort_unstable();
    groups
}
