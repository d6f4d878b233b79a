//! Stored answers by other checks, for free: what a program or a judge said of an unchanged check is kept.

use std::collections::{BTreeMap, HashMap};

use checks::{Check, CheckSpec, External};
use evals::record::{Externals, JudgeTask, Note, Prompt};
use evals::store::StoredRun;
use suites::Item;

/// Puts the checks of a suite's items, and all else that scores an item, in place of the stored ones. Items are matched by id.
pub(crate) fn by_suite(run: &mut StoredRun, items: Vec<Item>) {
    let known = items.len();
    let mut items: HashMap<String, Item> = items.into_iter().map(|item| (item.id.clone(), item)).collect();
    let mut unmatched = Vec::new();
    change(run, |prompt| match items.remove(&prompt.id) {
        Some(item) => Prompt {
            checks: item.checks,
            tags: item.tags,
            weight: item.weight,
            cluster: item.cluster,
            reference: item.reference,
            expected_facts: item.expected_facts,
            vars: item.vars,
            ..prompt.clone()
        },
        None => {
            unmatched.push(prompt.id.clone());
            prompt.clone()
        }
    });
    let prompts = run.plan.header.prompts.len();
    let mut text = format!(
        "Answers were scored again by the suite as it is now: {} of {prompts} items have its checks",
        prompts - unmatched.len()
    );
    if let Some(first) = unmatched.first() {
        text.push_str(&format!("; {} not in it keep their own (first: {first})", unmatched.len()));
    }
    if known + unmatched.len() > prompts {
        text.push_str(&format!("; {} items of the suite are not in the run", known + unmatched.len() - prompts));
    }
    run.plan.header.notes.push(Note { code: "rescored".to_owned(), text: format!("{text}.") });
}

/// Adds checks to every item.
pub(crate) fn with_more(run: &mut StoredRun, more: &[CheckSpec]) {
    if more.is_empty() {
        return;
    }
    change(run, |prompt| {
        let checks = prompt.checks.iter().chain(more).cloned().collect();
        Prompt { checks, ..prompt.clone() }
    });
    let count = report::figures::plural(more.len() as u64, "check was", "checks were");
    let text = format!("{count} added to the stored answers by replay.");
    run.plan.header.notes.push(Note { code: "rescored".to_owned(), text });
}

/// Changes every prompt and moves what is known from outside to where the same question stands now.
fn change(run: &mut StoredRun, mut to: impl FnMut(&Prompt) -> Prompt) {
    let mut moves: Vec<BTreeMap<String, String>> = Vec::new();
    for prompt in &mut run.plan.header.prompts {
        let changed = to(prompt);
        moves.push(moved(&prompt.checks, &changed.checks));
        *prompt = changed;
    }
    let moved_path = |call: u32, path: &str| {
        let call = run.plan.calls.get(call as usize)?;
        moves.get(call.prompt as usize)?.get(path).cloned()
    };
    let externals = std::mem::take(&mut run.externals);
    let kept: Externals = externals
        .into_iter()
        .filter_map(|((call, path), result)| Some(((call, moved_path(call, &path)?), result)))
        .collect();
    for judgement in &mut run.plan.judgements {
        if let JudgeTask::Check { answer, path } = &mut judgement.task {
            // A question that is no longer put stays as a call that was made and paid for, at no check.
            *path = moves
                .get(run.plan.calls.get(*answer as usize).map_or(usize::MAX, |call| call.prompt as usize))
                .and_then(|moves| moves.get(path.as_str()).cloned())
                .unwrap_or_else(|| "removed".to_owned());
        }
    }
    run.externals = kept;
}

/// From the path of each question to the outside that is still put, to its path now.
fn moved(before: &[CheckSpec], after: &[CheckSpec]) -> BTreeMap<String, String> {
    let mut now = externals(after);
    let mut moves = BTreeMap::new();
    for old in externals(before) {
        // The one at the same place first: of two equal questions none is then swapped.
        let at = now.iter().position(|new| new.path == old.path && new.task == old.task);
        let at = at.or_else(|| now.iter().position(|new| new.task == old.task));
        if let Some(at) = at {
            moves.insert(old.path, now.remove(at).path);
        }
    }
    moves
}

fn externals(specs: &[CheckSpec]) -> Vec<External> {
    let checks = specs.iter().enumerate().filter_map(|(top, spec)| Some((top, Check::compile(spec).ok()?)));
    checks.flat_map(|(top, check)| check.externals(top)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specs(texts: &[&str]) -> Vec<CheckSpec> {
        texts.iter().map(|text| CheckSpec::from_flag(text).unwrap()).collect()
    }

    #[test]
    fn a_question_to_the_outside_is_found_again_where_it_stands_now() {
        let script = r#"{"type": "script", "command": ["check.py"]}"#;
        let other = r#"{"type": "script", "command": ["other.py"]}"#;
        let judge = r#"{"type": "judge", "criteria": "Is polite."}"#;
        let before = specs(&[script, "contains: x", judge, other]);
        let after = specs(&["contains: y", judge, script]);
        let moves = moved(&before, &after);
        let expected: BTreeMap<String, String> =
            [("0", "2"), ("2", "1")].map(|(from, to)| (from.to_owned(), to.to_owned())).into();
        assert_eq!(moves, expected, "an edited or removed one has no result any more");
    }

    #[test]
    fn equal_questions_keep_their_places() {
        let script = r#"{"type": "script", "command": ["check.py"]}"#;
        let moves = moved(&specs(&[script, script]), &specs(&["json_valid", script]));
        assert_eq!(moves.len(), 1, "one is left, so one result is kept: {moves:?}");
        assert!(moves.values().all(|path| path == "1"));
    }
}
