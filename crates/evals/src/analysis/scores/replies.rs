//! What the judges' replies say, read once.

use std::collections::HashMap;

use judges::{Entailment, PairAnswer, ParseError, Score};
use llm::outcome::Outcome;

use super::Material;
use crate::record::{CallRecord, JudgeTask};

/// One judge's reply, read.
pub(super) enum Said {
    /// To a score or a check.
    Score(Result<Score, ParseError>),
    /// To a pair, as shown.
    Pair(Result<PairAnswer, ParseError>),
    /// To whether two answers mean the same.
    Meaning(Result<Entailment, ParseError>),
}

impl Said {
    /// True when there is a verdict.
    pub(super) fn succeeded(&self) -> bool {
        match self {
            Self::Score(said) => said.is_ok(),
            Self::Pair(said) => said.is_ok(),
            Self::Meaning(said) => said.is_ok(),
        }
    }
}

/// One judge's call with what it said.
pub(super) struct Reply<'a> {
    pub(super) record: &'a CallRecord,
    pub(super) said: Said,
}

/// Replies by position of their judgement.
pub(super) type Replies<'a> = HashMap<usize, Reply<'a>>;

pub(super) fn read<'a>(material: &Material<'a>) -> Replies<'a> {
    let mut rubrics: HashMap<(u32, Option<&str>), judges::Rubric> = HashMap::new();
    let by_judgement = material.by_judgement();
    let mut replies = Replies::new();
    for (at, judgement) in material.plan.judgements.iter().enumerate() {
        let Some(record) = by_judgement.get(&at).copied().filter(|record| record.outcome != Outcome::Cancelled) else {
            continue;
        };
        let text = said_text(record);
        let cut = record.outcome == Outcome::Truncated;
        let (first, _) = judgement.task.answers();
        let prompt = material.plan.calls[first as usize].prompt;
        let said = match &judgement.task {
            JudgeTask::Score { answer } | JudgeTask::Check { answer, .. } => {
                let path = match &judgement.task {
                    JudgeTask::Check { path, .. } => Some(path.as_str()),
                    _ => None,
                };
                let rubric = rubrics
                    .entry((prompt, path))
                    .or_insert_with(|| material.plan.rubric(&judgement.task, prompt).unwrap_or_default());
                let judged = material.row(*answer).map_or("", |row| row.answer.text.as_str());
                Said::Score(text.and_then(|text| rubric.parse_quoting(text, cut, &[judged])))
            }
            JudgeTask::Pair { first, second } => {
                let shown = |index: u32| material.row(index).map_or("", |row| row.answer.text.as_str());
                let judged = [shown(*first), shown(*second)];
                Said::Pair(text.and_then(|text| judges::parse_pair_quoting(text, cut, &judged)))
            }
            JudgeTask::SameMeaning { .. } => Said::Meaning(text.and_then(|text| judges::parse_entailment(text, cut))),
        };
        replies.insert(at, Reply { record, said });
    }
    replies
}

/// The text of a reply, or why there is none. A failure never becomes a score.
fn said_text(record: &CallRecord) -> Result<&str, ParseError> {
    let failed = |message: String| Err(ParseError { message, reasoning: None });
    match record.outcome {
        Outcome::Complete | Outcome::Truncated => Ok(&record.answer.text),
        Outcome::Refused => failed("the judge declined".to_owned()),
        Outcome::Filtered => failed("the judge's reply was withheld by its provider's filter".to_owned()),
        Outcome::Empty => failed("the judge's reply is empty".to_owned()),
        Outcome::Error | Outcome::Cancelled => {
            let why = record.error.as_ref().map_or("it has no record of why", |error| error.message.as_str());
            failed(format!("the judge's call failed: {why}"))
        }
    }
}
