//! What the judges of a run came to: their calls, their money, and how far they can be trusted.

use std::collections::HashMap;

use judges::trust::{self, TrustInput};
use judges::{Choice, Labelled, PairRecord, Party, Reply, Scale, ScoreRecord, Uncertainty};
use llm::outcome::Outcome;

use super::Material;
use super::pairwise;
use super::replies::Replies;
use crate::analysis::scored::{JudgeCalibration, JudgingResults, PairResult, PairSaid, RowScores};
use crate::record::{CallCost, CallRecord, Contestant, JudgeMode, Judging};

/// Everything about the judges.
pub(super) fn results(
    material: &Material<'_>,
    judging: &Judging,
    replies: &Replies<'_>,
    rows: &[RowScores],
) -> JudgingResults {
    let mut results = JudgingResults {
        planned: material.plan.judgements.len() as u32,
        missing: missing(material, replies),
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
    let uncertainty = uncertainty(material);
    let mut pairs = pair_records(material, &results.pairs, replies);
    if !pairs.is_empty() {
        let names: Vec<String> = material.header().contestants.iter().map(|one| one.name.clone()).collect();
        results.ranking = Some(judges::ranking(&names, &pairs, &uncertainty));
    }
    // Nobody was asked about equal answers, so they say nothing about a judge.
    let mut asked = results.pairs.iter().map(|pair| !pair.identical);
    pairs.retain(|_| asked.next().unwrap_or(true));
    let scores = score_records(material, rows);
    if !pairs.is_empty() || !scores.is_empty() {
        let input = TrustInput {
            scale: judging.rubric.scale.clone(),
            judges: judging.judges.iter().map(party).collect(),
            contestants: material.header().contestants.iter().map(party).collect(),
            scores,
            pairs,
            uncertainty,
        };
        // It fails only on records that name nobody, and these are named by their plan.
        results.trust = trust::report(&input).ok();
    }
    results.calibrations = calibrations(material, judging, rows);
    results
}

/// Judgements that could have been asked for and were not.
fn missing(material: &Material<'_>, replies: &Replies<'_>) -> u32 {
    let answer = |index: u32| material.row(index);
    let open = (0..material.plan.judgements.len()).filter(|at| !replies.contains_key(at));
    open.filter(|at| material.plan.judge_request(*at, &answer).is_ok()).count() as u32
}

fn uncertainty(material: &Material<'_>) -> Uncertainty {
    let options = &material.header().analysis;
    let seed = options.bootstrap_seed.unwrap_or(material.header().seed);
    Uncertainty { level: options.ci_level, seed, ..Uncertainty::default() }
}

fn party(entrant: &Contestant) -> Party {
    let family = entrant.family.clone().unwrap_or_else(|| llm::registry::family_of(&entrant.model));
    Party { name: entrant.name.clone(), family, spec: entrant.spec.clone() }
}

/// Items that depend on each other count as one.
fn items(material: &Material<'_>) -> Vec<usize> {
    let mut known: HashMap<&str, usize> = HashMap::new();
    let prompts = &material.header().prompts;
    prompts
        .iter()
        .map(|prompt| {
            let next = known.len();
            *known.entry(prompt.cluster.as_deref().unwrap_or(&prompt.id)).or_insert(next)
        })
        .collect()
}

fn length(row: &CallRecord) -> u64 {
    row.answer.text.chars().count() as u64
}

fn reply<T>(outcome: Outcome, verdict: Option<T>) -> Reply<T> {
    match (verdict, outcome) {
        (Some(verdict), _) => Reply::Verdict(verdict),
        (None, Outcome::Refused | Outcome::Filtered) => Reply::Refused,
        (None, Outcome::Error | Outcome::Cancelled) => Reply::Failed,
        (None, Outcome::Complete | Outcome::Truncated | Outcome::Empty) => Reply::Unreadable,
    }
}

fn score_records(material: &Material<'_>, rows: &[RowScores]) -> Vec<ScoreRecord> {
    let items = items(material);
    let mut records = Vec::new();
    for (row, scores) in material.rows.iter().zip(rows) {
        let record = |judge: u32, reply| ScoreRecord {
            judge: judge as usize,
            contestant: row.call.contestant as usize,
            item: items[row.call.prompt as usize],
            run: row.call.index,
            reply,
            length: length(row),
        };
        records.extend(scores.judges.iter().map(|score| record(score.judge, reply(score.outcome, score.value))));
        records.extend(scores.judges_skipped.iter().map(|judge| record(*judge, Reply::Skipped)));
    }
    // Without a single question asked there is nothing to trust or distrust.
    if rows.iter().all(|row| row.judges.is_empty()) { Vec::new() } else { records }
}

fn pair_records(material: &Material<'_>, pairs: &[PairResult], replies: &Replies<'_>) -> Vec<PairRecord> {
    let items = items(material);
    let answers = material.plan.calls.len();
    let said = |said: &Option<PairSaid>| match said {
        None => Reply::Skipped,
        Some(said) => {
            let position = said.call_index as usize - answers;
            let outcome = replies.get(&position).map_or(Outcome::Error, |reply| reply.record.outcome);
            reply(outcome, said.choice)
        }
    };
    pairs
        .iter()
        .filter_map(|pair| {
            let (a, b) = (material.row(pair.a)?, material.row(pair.b)?);
            // Equal answers are a tie in either order.
            let (forward, backward) = if pair.identical {
                (Reply::Verdict(Choice::Tie), Reply::Verdict(Choice::Tie))
            } else {
                (said(&pair.forward), said(&pair.backward))
            };
            Some(PairRecord {
                judge: pair.judge as usize,
                a: a.call.contestant as usize,
                b: b.call.contestant as usize,
                item: items[a.call.prompt as usize],
                run: a.call.run_index,
                forward,
                backward,
                length_a: length(a),
                length_b: length(b),
            })
        })
        .collect()
}

/// Each judge held against the labels of a person. Labels of one kind are used: values on the judges' scale
/// if there are any, else good and bad.
fn calibrations(material: &Material<'_>, judging: &Judging, rows: &[RowScores]) -> Vec<JudgeCalibration> {
    if material.labels.is_empty() || judging.mode != JudgeMode::Score {
        return Vec::new();
    }
    let scale = &judging.rubric.scale;
    let graded = material.labels.iter().any(|label| !label.binary);
    let human = if graded { scale.clone() } else { Scale::Binary };
    let labels: HashMap<u32, f64> = material
        .labels
        .iter()
        .filter(|label| label.binary != graded)
        .map(|label| (label.call_index, label.value))
        .collect();
    (0..judging.judges.len() as u32)
        .map(|judge| {
            let (mut labelled, mut unlabelled) = (Vec::new(), Vec::new());
            for (record, row) in material.rows.iter().zip(rows) {
                let value = row.judges.iter().find(|score| score.judge == judge).and_then(|score| score.value);
                match (value, labels.get(&record.call.index)) {
                    (Some(judge), Some(&human)) => labelled.push(Labelled { human, judge }),
                    (Some(judge), None) => unlabelled.push(judge),
                    (None, _) => {}
                }
            }
            let result = judges::calibrate(&labelled, &unlabelled, &human, scale, &uncertainty(material));
            JudgeCalibration { judge, result: result.map_err(|fault| fault.message) }
        })
        .collect()
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
