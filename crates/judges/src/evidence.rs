//! What judges said in a run: the input of the trust report and of the ranking.

use serde::{Deserialize, Serialize};

use crate::pair::{Choice, PairOutcome, combine};

/// A judge or a contestant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// What it is called in every output.
    pub name: String,
    /// Its lineage, as in [`crate::is_relative`].
    pub family: String,
    /// Its canonical spelling.
    pub spec: String,
}

/// What became of one question to a judge.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply<T> {
    /// A verdict.
    Verdict(T),
    /// An answer in which no verdict could be read, a cut or an empty one among them.
    Unreadable,
    /// The judge, or a filter on the way, declined.
    Refused,
    /// The call failed.
    Failed,
    /// Not asked.
    Skipped,
}

impl<T: Copy> Reply<T> {
    /// The verdict, if there is one.
    pub fn verdict(&self) -> Option<T> {
        match self {
            Self::Verdict(verdict) => Some(*verdict),
            _ => None,
        }
    }
}

/// One judge's score of one answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreRecord {
    /// Index of the judge.
    pub judge: usize,
    /// Index of the contestant that answered.
    pub contestant: usize,
    /// The item answered. Answers to one item depend on each other.
    pub item: usize,
    /// Which of the contestant's answers to the item.
    pub run: u32,
    /// [`crate::Score::value`], or why there is none.
    pub reply: Reply<f64>,
    /// Length of the answer, in characters.
    pub length: u64,
}

/// One judge's verdicts on two answers, in both orders.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairRecord {
    /// Index of the judge.
    pub judge: usize,
    /// Index of the contestant shown first in the forward order.
    pub a: usize,
    /// Index of the one shown second.
    pub b: usize,
    /// The item answered.
    pub item: usize,
    /// Which answers of the two to the item.
    pub run: u32,
    /// The verdict on (a, b).
    pub forward: Reply<Choice>,
    /// The verdict on (b, a).
    pub backward: Reply<Choice>,
    /// Length of a's answer, in characters.
    pub length_a: u64,
    /// Length of b's answer, in characters.
    pub length_b: u64,
}

impl PairRecord {
    /// What both orders say together.
    pub fn outcome(&self) -> PairOutcome {
        combine(self.forward.verdict(), self.backward.verdict())
    }
}
