//! What answers are scored by: checks, judges, the search for fabrication, and the gates of CI.

use std::collections::BTreeMap;

use checks::ExternalResult;
use judges::Rubric;
use serde::{Deserialize, Serialize};

use super::Contestant;

/// What answers are scored by, beside their timings. Stored with the run; the default scores nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scoring {
    /// The suite that the prompts came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suite: Option<SuiteInfo>,
    /// What decides whether the run passes in CI.
    pub gates: Gates,
    /// The judges and what they are asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judging: Option<Judging>,
    /// Whether answers are searched for signs of fabrication.
    pub hallucination: bool,
}

/// The suite that the prompts of a run came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuiteInfo {
    /// Its name: the one it gives itself, else its file's name without the folder.
    pub name: String,
    /// The folder that relative paths of `script` checks start from. For `resume`; never in an output.
    pub folder: Option<String>,
    /// Items in the file, before any selection.
    pub items: u32,
    /// The part of the suite that this run is, where it was split over machines: shard i of n, i from 1.
    #[serde(default)]
    pub shard: Option<(u32, u32)>,
}

/// What decides whether a run passes in CI.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Gates {
    /// The rule.
    pub rule: GateRule,
    /// True when the user asked for it by name: a run without any check then fails.
    #[serde(default)]
    pub asked: bool,
}

/// How checks decide.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "at", rename_all = "snake_case")]
pub enum GateRule {
    /// Any check that definitely failed fails the run (`--strict-assertions`, the default).
    #[default]
    Strict,
    /// The share of passed among definite checks must reach this (`--min-pass-rate`).
    MinPassRate(f64),
    /// Checks are reported and decide nothing (`--no-assertions`).
    Off,
}

/// The judges of a run and what they are asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judging {
    /// Who judges. Their parameters are applied like a contestant's; the temperature is 0 where a model takes one.
    pub judges: Vec<Contestant>,
    /// What they are asked. Expected facts of single items stand in [`super::Prompt::expected_facts`].
    pub rubric: Rubric,
    /// Whether answers are scored one by one or compared in pairs.
    pub mode: JudgeMode,
    /// Whether judges also say which answers of a cell mean the same (for semantic entropy).
    #[serde(default)]
    pub entailment: bool,
    /// Whether a judge may score models of its own family. Off: such answers are skipped and listed.
    #[serde(default)]
    pub allow_relatives: bool,
}

/// How answers are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgeMode {
    /// Each answer by itself, on the rubric's scale.
    Score,
    /// Answers of two contestants to the same prompt in the same repetition, in both orders.
    Pairwise,
    /// Only where a check of type `judge` asks for it.
    ChecksOnly,
}

/// One call of a judge, planned with the run. Its call index is the number of answers plus its position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Index into [`Judging::judges`].
    pub judge: u32,
    /// What is asked.
    pub task: JudgeTask,
}

/// What a judge is asked. Answers are named by their call index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JudgeTask {
    /// A score of one answer.
    Score {
        /// The answer.
        answer: u32,
    },
    /// Which of two answers is better; shown in this order.
    Pair {
        /// Shown first.
        first: u32,
        /// Shown second.
        second: u32,
    },
    /// A check of type `judge` on one answer.
    Check {
        /// The answer.
        answer: u32,
        /// Where the check stands in the prompt's checks.
        path: String,
    },
    /// Whether two answers of a cell mean the same.
    SameMeaning {
        /// The earlier answer.
        a: u32,
        /// The later answer.
        b: u32,
    },
}

impl JudgeTask {
    /// The answers that are shown, in the order shown.
    pub fn answers(&self) -> (u32, Option<u32>) {
        match self {
            Self::Score { answer } | Self::Check { answer, .. } => (*answer, None),
            Self::Pair { first, second } => (*first, Some(*second)),
            Self::SameMeaning { a, b } => (*a, Some(*b)),
        }
    }

    /// The same question of answers whose call indices changed; `None` where one has no new index.
    pub fn renumbered(&self, new: &dyn Fn(u32) -> Option<u32>) -> Option<Self> {
        Some(match self {
            Self::Score { answer } => Self::Score { answer: new(*answer)? },
            Self::Check { answer, path } => Self::Check { answer: new(*answer)?, path: path.clone() },
            Self::Pair { first, second } => Self::Pair { first: new(*first)?, second: new(*second)? },
            Self::SameMeaning { a, b } => Self::SameMeaning { a: new(*a)?, b: new(*b)? },
        })
    }

    /// True when the answer is one of those shown.
    pub fn shows(&self, index: u32) -> bool {
        let (first, second) = self.answers();
        first == index || second == Some(index)
    }
}

/// Results that come from outside: what programs of `script` checks said, by call index and path of the check.
pub type Externals = BTreeMap<(u32, String), ExternalResult>;
