//! Which calls there are, and in which order they are made.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;

use crate::record::{PlannedCall, RunHeader};

/// Every call in the order of the output. A contestant that fixes its own temperature has one cell
/// where the others have one for each temperature of the sweep.
pub(super) fn calls(header: &RunHeader) -> Vec<PlannedCall> {
    let mut calls = Vec::new();
    let every: Vec<u32> = (0..header.systems.len() as u32).collect();
    for (prompt, item) in header.prompts.iter().enumerate() {
        let prompt = prompt as u32;
        for &system in item.systems.as_ref().unwrap_or(&every) {
            for (contestant, entrant) in header.contestants.iter().enumerate() {
                let fixed = [entrant.params.temperature];
                let temperatures = if fixed[0].is_some() { &fixed[..] } else { &header.temperatures };
                for &temperature in temperatures {
                    for run_index in 0..header.runs {
                        let (index, contestant) = (calls.len() as u32, contestant as u32);
                        calls.push(PlannedCall { index, prompt, system, contestant, temperature, run_index });
                    }
                }
            }
        }
    }
    calls
}

/// Repetitions outermost, prompts in random order within a repetition, all cells of a prompt in
/// random order within it. Whatever drifts while the run goes on (load of a provider, of this
/// machine, of the network) then falls on all contestants alike.
///
/// With `items_first`, all repetitions of a prompt come one after the other, prompts in random order: a run that stops
/// when it is decided looks at whole items.
pub(super) fn dispatch_order(calls: &[PlannedCall], seed: u64, items_first: bool) -> Vec<u32> {
    let mut generator = ChaCha12Rng::seed_from_u64(seed);
    let mut blocks: Vec<Vec<u32>> = Vec::new();
    let mut grouped: Vec<&PlannedCall> = calls.iter().collect();
    grouped.sort_by_key(|call| (call.run_index, call.prompt, call.index));
    for block in grouped.chunk_by(|left, right| (left.run_index, left.prompt) == (right.run_index, right.prompt)) {
        let mut block: Vec<u32> = block.iter().map(|call| call.index).collect();
        block.shuffle(&mut generator);
        blocks.push(block);
    }
    let run_of = |block: &Vec<u32>| block.first().map(|&index| calls[index as usize].run_index);
    if items_first {
        let prompt_of = |block: &Vec<u32>| block.first().map(|&index| calls[index as usize].prompt);
        blocks.sort_by_key(|block| prompt_of(block));
        let mut items: Vec<Vec<Vec<u32>>> =
            blocks.chunk_by(|left, right| prompt_of(left) == prompt_of(right)).map(<[Vec<u32>]>::to_vec).collect();
        items.shuffle(&mut generator);
        return items.concat().concat();
    }
    for repetition in blocks.chunk_by_mut(|left, right| run_of(left) == run_of(right)) {
        repetition.shuffle(&mut generator);
    }
    blocks.concat()
}

/// The sampling seed of a call of a model in process: one ChaCha stream a call, apart from the stream of the order.
/// Below 2^53, so that it survives a reader of JSON that knows only doubles.
pub(super) fn seed_of_call(seed: u64, index: u32) -> i64 {
    let mut generator = ChaCha12Rng::seed_from_u64(seed);
    generator.set_stream(u64::from(index) + 1);
    (generator.next_u64() >> 11) as i64
}
