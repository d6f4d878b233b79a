//! Pairs of answers, each shown to a judge in both orders.

use std::collections::BTreeMap;

use judges::{PairOutcome, combine};

use super::Material;
use super::replies::{Replies, Reply, Said};
use crate::analysis::scored::{PairResult, PairSaid};
use crate::plan::judgeable;
use crate::record::{JudgeTask, Judgement};

/// The pairs of a run, in the order of the plan.
pub(super) fn results(material: &Material<'_>, replies: &Replies<'_>) -> Vec<PairResult> {
    let mut pairs: BTreeMap<(u32, u32, u32), (Option<usize>, Option<usize>)> = BTreeMap::new();
    for (at, Judgement { judge, task }) in material.plan.judgements.iter().enumerate() {
        if let JudgeTask::Pair { first, second } = *task {
            let orders = pairs.entry((*judge, first.min(second), first.max(second))).or_default();
            *(if first < second { &mut orders.0 } else { &mut orders.1 }) = Some(at);
        }
    }
    let answer = |index: u32| material.row(index).filter(|row| judgeable(row));
    pairs
        .into_iter()
        .map(|((judge, a, b), (forward, backward))| {
            let shown = answer(a).zip(answer(b));
            let identical = shown.is_some_and(|(a, b)| a.answer.text == b.answer.text);
            let said = |at: Option<usize>| shown.and(at).and_then(|at| replies.get(&at)).and_then(said);
            let (forward, backward) = (said(forward), said(backward));
            let choice = |said: &Option<PairSaid>| said.as_ref().and_then(|said| said.choice);
            let outcome = if identical { PairOutcome::Tie } else { combine(choice(&forward), choice(&backward)) };
            PairResult { judge, a, b, outcome, identical, forward, backward }
        })
        .collect()
}

fn said(reply: &Reply<'_>) -> Option<PairSaid> {
    let Said::Pair(said) = &reply.said else { return None };
    Some(PairSaid {
        call_index: reply.record.call.index,
        choice: said.as_ref().ok().map(|answer| answer.choice),
        reasoning: match said {
            Ok(answer) => answer.reasoning.clone(),
            Err(error) => error.reasoning.clone().unwrap_or_default(),
        },
        cost: reply.record.cost,
        parse_error: said.as_ref().err().map(|error| error.message.clone()),
    })
}
