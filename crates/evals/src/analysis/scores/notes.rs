//! What a reader of scores must know before trusting one.

use super::Material;
use crate::analysis::scored::{JudgingResults, Scores};
use crate::analysis::wording::{count, listed};
use crate::record::Note;

/// What the scores of a run add to its notes.
pub(in crate::analysis) fn notes(material: &Material<'_>, scores: &Scores) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut say = |code: &str, text: String| notes.push(Note { code: code.to_owned(), text });
    if let Some(judging) = &scores.judging {
        for (code, text) in of_judges(material, judging) {
            say(code, text);
        }
    }
    if let Some(checks) = &scores.checks {
        let other = checks.errored - checks.refused - checks.withheld;
        if checks.refused + checks.withheld > 0 {
            say(
                "checks_without_answer",
                format!(
                    "{} could not be made because the model declined, or its answer was cut or withheld; they count neither as passed nor as failed.",
                    count(checks.refused + checks.withheld, "check", "checks")
                ),
            );
        }
        if other > 0 {
            say(
                "checks_unevaluated",
                format!("{} gave no verdict for another reason; see the checks.", count(other, "check", "checks")),
            );
        }
    }
    if scores.hallucination.is_some() {
        say(
            "fabrication_is_evidence",
            "Signs of fabrication are evidence for a reviewer and no proof; an answer without any may still be wrong."
                .to_owned(),
        );
    }
    notes
}

fn of_judges(material: &Material<'_>, judging: &JudgingResults) -> Vec<(&'static str, String)> {
    let header = material.header();
    let name = |index: u32| header.judges()[index as usize].name.clone();
    let mut notes = Vec::new();
    if judging.missing > 0 {
        let text = format!(
            "{} of {} were not made: the run ended before them.",
            judging.missing,
            count(judging.planned, "judgement", "judgements")
        );
        notes.push(("judging_incomplete", text));
    }
    if judging.all_failed {
        let text = format!(
            "No judge gave a verdict: all {} failed or could not be read.",
            count(judging.made, "call", "calls")
        );
        notes.push(("judges_failed", text));
    } else if judging.succeeded < judging.made {
        let text = format!(
            "{} of {} to judges gave no verdict that can be read and are left out.",
            judging.made - judging.succeeded,
            count(judging.made, "call", "calls")
        );
        notes.push(("judge_calls_failed", text));
    }
    for judge in 0..header.judges().len() as u32 {
        let relatives: Vec<String> = judging
            .skipped
            .iter()
            .filter(|(one, _)| *one == judge)
            .map(|(_, contestant)| header.contestants[*contestant as usize].name.clone())
            .collect();
        if !relatives.is_empty() {
            let text = format!(
                "{} did not judge {}: a model is a poor judge of its own family.",
                name(judge),
                listed(&relatives)
            );
            notes.push(("judge_relative_skipped", text));
        }
    }
    if !judging.degraded.is_empty() {
        let judges: Vec<String> = judging.degraded.iter().map(|judge| name(*judge)).collect();
        let text = format!("{} takes no temperature and judged at its default one.", listed(&judges));
        notes.push(("judge_without_temperature", text));
    }
    notes
}
