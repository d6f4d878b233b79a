//! Levels of contestants that not every judge scored.
//!
//! Judges skip their relatives, and judges differ in severity: a mean over whoever judged would
//! reward the contestant whose relative is the severe one. So a contestant is only ever compared
//! within what one judge gave for one item (the intrablock analysis of an incomplete block design;
//! Yates 1936). With all judges on all answers this is the plain mean.

use std::collections::BTreeMap;

use super::scores::Scored;

/// Why there are no levels: groups of contestants that no judge scored on a common item.
pub(super) struct Disconnected(pub(super) Vec<Vec<usize>>);

/// The level of each contestant with a score: least squares of score = (item, judge) + contestant,
/// set so that the levels, weighed by their scores, average to the mean of all scores.
pub(super) fn levels(scored: &[Scored], contestants: usize) -> Result<Vec<Option<f64>>, Disconnected> {
    let mut blocks = BTreeMap::<(usize, usize), BTreeMap<usize, (f64, f64)>>::new();
    for score in scored {
        let (sum, n) = blocks.entry((score.item, score.judge)).or_default().entry(score.contestant).or_default();
        *sum += score.value;
        *n += 1.0;
    }
    let groups = components(&blocks, contestants);
    if groups.len() != 1 {
        return Err(Disconnected(groups));
    }
    let present = &groups[0];
    let place: BTreeMap<usize, usize> = present.iter().enumerate().map(|(place, &player)| (player, place)).collect();
    let size = present.len();
    let mut matrix = vec![vec![0.0; size + 1]; size];
    let mut weights = vec![0.0; size];
    let (mut total, mut count) = (0.0, 0.0);
    for block in blocks.values() {
        let n: f64 = block.values().map(|(_, n)| n).sum();
        let sum: f64 = block.values().map(|(sum, _)| sum).sum();
        total += sum;
        count += n;
        for (player, (own, times)) in block {
            let row = place[player];
            weights[row] += times;
            matrix[row][row] += times;
            matrix[row][size] += own - times * sum / n;
            for (other, (_, others)) in block {
                matrix[row][place[other]] -= times * others / n;
            }
        }
    }
    // The normal equations leave the mean open; this closes it at 0.
    for (row, entry) in matrix[0].iter_mut().enumerate() {
        *entry = if row < size { weights[row] } else { 0.0 };
    }
    let effects = solve(matrix);
    let mut levels = vec![None; contestants];
    for (player, effect) in present.iter().zip(effects) {
        levels[*player] = Some(total / count + effect);
    }
    Ok(levels)
}

/// Groups of contestants with scores that share blocks, directly or through others.
fn components(blocks: &BTreeMap<(usize, usize), BTreeMap<usize, (f64, f64)>>, contestants: usize) -> Vec<Vec<usize>> {
    let mut parent: Vec<usize> = (0..contestants).collect();
    fn root(parent: &mut [usize], mut player: usize) -> usize {
        while parent[player] != player {
            parent[player] = parent[parent[player]];
            player = parent[player];
        }
        player
    }
    let mut seen = vec![false; contestants];
    for block in blocks.values() {
        let mut players = block.keys().copied();
        let Some(first) = players.next() else { continue };
        seen[first] = true;
        for player in players {
            seen[player] = true;
            let (a, b) = (root(&mut parent, first), root(&mut parent, player));
            parent[a.max(b)] = a.min(b);
        }
    }
    let mut groups = BTreeMap::<usize, Vec<usize>>::new();
    for player in (0..contestants).filter(|&player| seen[player]) {
        groups.entry(root(&mut parent, player)).or_default().push(player);
    }
    groups.into_values().collect()
}

/// Gauss's elimination with row exchange on an augmented matrix that is known to be regular.
fn solve(mut matrix: Vec<Vec<f64>>) -> Vec<f64> {
    let size = matrix.len();
    for column in 0..size {
        let pivot = (column..size).max_by(|&i, &j| matrix[i][column].abs().total_cmp(&matrix[j][column].abs()));
        matrix.swap(column, pivot.unwrap_or(column));
        let lead = matrix[column].clone();
        for row in matrix.iter_mut().skip(column + 1) {
            let factor = row[column] / lead[column];
            for (entry, above) in row.iter_mut().zip(&lead).skip(column) {
                *entry -= factor * above;
            }
        }
    }
    let mut solution = vec![0.0; size];
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|column| matrix[row][column] * solution[column]).sum();
        solution[row] = (matrix[row][size] - known) / matrix[row][row];
    }
    solution
}
