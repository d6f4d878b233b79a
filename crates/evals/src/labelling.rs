//! Which answers a person is asked to label.
//!
//! Labels correct a judge only where the labelled answers stand for all of them, so every answer
//! must have the same chance to be drawn. Among such draws the best are spread evenly over what is
//! known already: [`draw`] takes a systematic sample from the answers ordered by contestant and by
//! the judges' score (Cochran, Sampling Techniques, 3rd edition, chapter 8), so that contestants and
//! scores are all there in their proportions, and takes as many different items as it can, because
//! answers to one item are no independent witnesses.

use std::collections::BTreeMap;

use llm::outcome::Outcome;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

use crate::analysis::model::Analysis;
use crate::record::CallRecord;

/// The stream of the draw, apart from those of the run's own order and seeds.
const STREAM: u64 = u64::MAX;

/// True for an answer that a person can judge: it said something and was not declined or withheld.
pub fn labelable(record: &CallRecord) -> bool {
    let spoke = !record.answer.text.trim().is_empty() || !record.answer.tool_calls.is_empty();
    matches!(record.outcome, Outcome::Complete | Outcome::Truncated) && spoke
}

/// Call indices of at most `n` answers, in the order in which to show them. The same analysis, number
/// and seed give the same draw, so that labelling can be taken up again.
///
/// Where all items have equally many answers, every answer is as likely to be drawn as any other. The
/// order is random: it gives neither contestant nor score away.
pub fn draw(analysis: &Analysis, n: usize, seed: u64) -> Vec<u32> {
    let mut random = ChaCha12Rng::seed_from_u64(seed);
    random.set_stream(STREAM);
    let mut by_item: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (position, row) in analysis.rows.iter().enumerate().filter(|(_, row)| labelable(row)) {
        by_item.entry(row.call.prompt).or_default().push(position);
    }
    for answers in by_item.values_mut() {
        answers.shuffle(&mut random);
    }
    let mut drawn = Vec::new();
    // One answer of every item, then a second one of those that have two, and so on.
    for round in 0.. {
        let mut candidates: Vec<usize> = by_item.values().filter_map(|answers| answers.get(round).copied()).collect();
        if candidates.is_empty() || drawn.len() >= n {
            break;
        }
        candidates.shuffle(&mut random);
        candidates.sort_by_key(|&position| (analysis.rows[position].call.contestant, score_rank(analysis, position)));
        drawn.extend(systematic(&candidates, n - drawn.len(), &mut random));
    }
    drawn.shuffle(&mut random);
    drawn.into_iter().map(|position| analysis.rows[position].call.index).collect()
}

/// The judges' score as something that sorts; answers without one come first.
fn score_rank(analysis: &Analysis, position: usize) -> i64 {
    let score = analysis.scores.rows.get(position).and_then(|scores| scores.judge_score);
    score.filter(|score| score.is_finite()).map_or(i64::MIN, |score| (score * 1_000.0) as i64)
}

/// `n` of the candidates at even distances from a random start, each equally likely; all where there are no more.
fn systematic(candidates: &[usize], n: usize, random: &mut ChaCha12Rng) -> Vec<usize> {
    if n >= candidates.len() {
        return candidates.to_vec();
    }
    let step = candidates.len() as f64 / n as f64;
    let start = random.random::<f64>() * step;
    let place = |at: usize| ((start + at as f64 * step) as usize).min(candidates.len() - 1);
    (0..n).map(|at| candidates[place(at)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_systematic_sample_takes_each_candidate_equally_often_and_none_twice() {
        let candidates: Vec<usize> = (0..10).collect();
        let mut counts = [0_u32; 10];
        for seed in 0..4_000 {
            let drawn = systematic(&candidates, 4, &mut ChaCha12Rng::seed_from_u64(seed));
            assert_eq!(drawn.len(), 4);
            assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]), "{drawn:?}");
            for at in drawn {
                counts[at] += 1;
            }
        }
        // 1,600 expected each, standard deviation about 31.
        assert!(counts.iter().all(|count| (1_440..=1_760).contains(count)), "{counts:?}");
    }
}
