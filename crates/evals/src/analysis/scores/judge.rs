//! What the judges said of each answer.

use judges::{Panel, Score};

use super::Material;
use super::replies::{Replies, Reply, Said};
use crate::analysis::scored::{JudgeScore, RowScores};
use crate::plan::judgeable;
use crate::record::{JudgeMode, JudgeTask};

/// Fills in the scores of each answer.
pub(super) fn fill(material: &Material<'_>, replies: &Replies<'_>, rows: &mut [RowScores]) {
    let Some(judging) = &material.header().scoring.judging else { return };
    if judging.mode == JudgeMode::Score && !judging.allow_relatives {
        for (row, record) in rows.iter_mut().zip(material.rows) {
            let contestant = &material.header().contestants[record.call.contestant as usize];
            let related = |judge: &usize| crate::plan::is_relative(&judging.judges[*judge], contestant);
            row.judges_skipped = (0..judging.judges.len()).filter(related).map(|judge| judge as u32).collect();
        }
    }
    let mut scores: Vec<Vec<Score>> = rows.iter().map(|_| Vec::new()).collect();
    for (at, judgement) in material.plan.judgements.iter().enumerate() {
        let JudgeTask::Score { answer } = judgement.task else { continue };
        let Some(Reply { record, said: Said::Score(said) }) = replies.get(&at) else { continue };
        let Some(place) = material.place(answer) else { continue };
        let (row, mine) = (&mut rows[place], &mut scores[place]);
        // A row that was made again and then failed has a judgement of what is no longer there.
        if !judgeable(&material.rows[place]) {
            continue;
        }
        let entry = JudgeScore {
            judge: judgement.judge,
            call_index: record.call.index,
            outcome: record.outcome,
            value: said.as_ref().ok().map(|score| score.value),
            normalised: said.as_ref().ok().map(|score| score.normalised),
            label: said.as_ref().ok().and_then(|score| score.label.clone()),
            reasoning: match said {
                Ok(score) => score.reasoning.clone(),
                Err(error) => error.reasoning.clone().unwrap_or_default(),
            },
            risk: said.as_ref().ok().and_then(|score| score.risk),
            cost: record.cost,
            latency_ms: record.timing.latency_ms,
            parse_error: said.as_ref().err().map(|error| error.message.clone()),
        };
        row.judges.push(entry);
        mine.extend(said.as_ref().ok().cloned());
    }
    for (row, scores) in rows.iter_mut().zip(scores) {
        row.judges.sort_by_key(|score| score.judge);
        if let Some(Panel { value, sd, .. }) = judges::panel(&judging.rubric.scale, &scores) {
            row.judge_score = Some(value);
            row.judge_sd = sd;
        }
    }
}
