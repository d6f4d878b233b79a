//! What the judges of a run came to: their calls, their money, and how far they can be trusted.

use llm::outcome::Outcome;

use super::Material;
use super::pairwise;
use super::replies::Replies;
use crate::analysis::scored::{JudgingResults, RowScores};
use crate::record::{CallCost, Judging};

/// Everything about the judges.
pub(super) fn results(
    material: &Material<'_>,
    judging: &Judging,
    replies: &Replies<'_>,
    rows: &[RowScores],
) -> JudgingResults {
    let mut results = JudgingResults {
        planned: material.plan.judgements.len() as u32,
        made: replies.len() as u32,
        succeeded: replies.values().filter(|reply| reply.said.succeeded()).count() as u32,
        degraded: degraded(judging),
        skipped: skipped(material, judging),
        pairs: pairwise::results(material, replies),
        ..JudgingResults::default()
    };
    results.all_failed = results.made > 0 && results.succeeded == 0;
    for call in
        material.judge_calls.iter().filter(|call| call.outcome != Outcome::Cancelled || !call.attempts.is_empty())
    {
        match call.cost {
            CallCost::Known(usd) => results.cost += usd,
            CallCost::Free | CallCost::Nothing => {}
            CallCost::Unpriced => results.cost_unknown += 1,
            CallCost::Unknown(held) => {
                results.cost_unknown += 1;
                results.cost_held += held.unwrap_or_default();
            }
        }
    }
    let _ = rows;
    results
}

/// Judges that take no temperature and so ran at their default one.
fn degraded(judging: &Judging) -> Vec<u32> {
    let judges = judging.judges.iter().enumerate();
    judges.filter(|(_, judge)| !judge.sends_temperature).map(|(index, _)| index as u32).collect()
}

/// Judges left out for contestants of their own family.
fn skipped(material: &Material<'_>, judging: &Judging) -> Vec<(u32, u32)> {
    if judging.allow_relatives {
        return Vec::new();
    }
    let contestants = &material.header().contestants;
    let mut skipped = Vec::new();
    for (judge, one) in judging.judges.iter().enumerate() {
        let related =
            contestants.iter().enumerate().filter(|(_, contestant)| crate::plan::is_relative(one, contestant));
        skipped.extend(related.map(|(contestant, _)| (judge as u32, contestant as u32)));
    }
    skipped
}
