//! Names and dates that stand in no other run of the same prompt, where the others share theirs.

use std::collections::{HashMap, HashSet};

use text::{dates, names, normalise};

use super::Finding;
use super::guard::Guard;
use crate::marker::{Context, MarkerKind};

/// Fewest other runs in which something can be missed.
const LEAST_RUNS: usize = 2;

/// Share of the other runs that must agree on a name or date of their own, for one to be missed among them.
const SHARED: f64 = 0.6;

pub(super) fn find(answer: &str, context: &Context<'_>, guard: &Guard, out: &mut Vec<Finding>) {
    let runs: Vec<Run> = context.other_runs.iter().filter(|r| !r.trim().is_empty()).map(|r| Run::of(r)).collect();
    if runs.len() < LEAST_RUNS {
        return;
    }
    let prompt = format!(" {} ", normalise(context.prompt));
    missing_names(answer, &prompt, &runs, guard, out);
    missing_dates(answer, &prompt, &runs, guard, out);
}

struct Run {
    /// Normal form between spaces, so that whole words are found in it.
    normal: String,
    names: HashSet<String>,
    dates: Vec<dates::Date>,
}

impl Run {
    fn of(run: &str) -> Self {
        let names = names::find(run)
            .into_iter()
            .filter(|n| !n.initial || n.words > 1)
            .map(|n| normalise(n.span.of(run)))
            .collect();
        Self { normal: format!(" {} ", normalise(run)), names, dates: dates::find(run) }
    }

    fn says(&self, words: &str) -> bool {
        self.normal.contains(&format!(" {words} "))
    }
}

/// Whether most of the other runs share something that this answer does not have: without that the runs
/// simply differ, as poems do.
fn agreed<'r>(items: impl Iterator<Item = &'r str>, runs: usize, answer: &str) -> Option<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    let needed = ((runs as f64 * SHARED).ceil() as usize).max(2);
    let mut best: Vec<(&str, usize)> =
        counts.into_iter().filter(|(item, n)| *n >= needed && !answer.contains(&format!(" {item} "))).collect();
    best.sort_by_key(|(item, n)| (std::cmp::Reverse(*n), *item));
    best.first().map(|(item, _)| (*item).to_owned())
}

fn missing_names(answer: &str, prompt: &str, runs: &[Run], guard: &Guard, out: &mut Vec<Finding>) {
    let own = format!(" {} ", normalise(answer));
    // The other runs may shorten a name: count each by its last word.
    let last = |name: &str| name.rsplit(' ').next().unwrap_or(name).to_owned();
    let shared: Vec<Vec<String>> =
        runs.iter().map(|r| r.names.iter().map(|n| last(n)).collect::<HashSet<_>>().into_iter().collect()).collect();
    let Some(agreed) = agreed(
        shared.iter().flatten().map(String::as_str).filter(|n| !prompt.contains(&format!(" {n} "))),
        runs.len(),
        &own,
    ) else {
        return;
    };
    let mut seen = HashSet::new();
    for name in names::find(answer) {
        let words = normalise(name.span.of(answer));
        if (name.initial && name.words < 2)
            || words.chars().count() < 3
            || !seen.insert(words.clone())
            || guard.is_code(name.span)
        {
            continue;
        }
        let tail = last(&words);
        let known = |text: &dyn Fn(&str) -> bool| text(&words) || text(&tail);
        if known(&|w| prompt.contains(&format!(" {w} "))) || runs.iter().any(|r| known(&|w| r.says(w))) {
            continue;
        }
        let why = format!(
            "None of the {} other runs has this name; they share “{agreed}”, which is missing here.",
            runs.len()
        );
        out.push(Finding { kind: MarkerKind::UnsharedName, span: name.span, why });
    }
}

fn missing_dates(answer: &str, prompt: &str, runs: &[Run], guard: &Guard, out: &mut Vec<Finding>) {
    let own = dates::find(answer);
    let key = |d: &dates::Date| format!("{:?}-{:?}-{:?}", d.year, d.month, d.day);
    let said: Vec<HashSet<String>> =
        runs.iter().map(|r| r.dates.iter().filter(|d| !own.iter().any(|o| o.agrees(d))).map(&key).collect()).collect();
    if agreed(said.iter().flatten().map(String::as_str), runs.len(), "").is_none() {
        return;
    }
    for date in own {
        let year = date.year.map(|y| y.to_string());
        let known = runs.iter().any(|r| {
            r.dates.iter().any(|d| d.agrees(&date))
                // A year may stand there without a word that says that it is one.
                || (date.month.is_none() && year.as_deref().is_some_and(|y| r.says(y)))
        });
        let asked = year.as_deref().is_some_and(|y| prompt.contains(&format!(" {y} ")));
        if known || asked || date.fault.is_some() || guard.is_code(date.span) {
            continue;
        }
        let why = format!("None of the {} other runs has this date; most of them share another.", runs.len());
        out.push(Finding { kind: MarkerKind::UnsharedDate, span: date.span, why });
    }
}
