//! What is decided over the items, in sentences and in figures with their units. Raw text.
//!
//! Arms that are not told apart are "tied", never "equal"; "not shown" is said of evidence, not of the world.

mod units;

use evals::analysis::model::Analysis;
use evals::decision::migration::{Change, Migration};
use evals::decision::sequential::{StopReason, Stopping};
use evals::decision::{
    ArmAnswer, BarResult, BarStanding, ContestantDecision, Decision, Gate, GateAnswer, GateResult, Measure,
    PairDecision, PairStatus, Quantity, Requirement,
};
use stats::correction::Correction;

use super::shortened;
use crate::document::Document;
use crate::figures;

pub(crate) use units::{amount, axis, difference, estimate, p_corrected, percent_more, value, with_interval};

/// Most names in a sentence.
const NAMES: usize = 4;
/// Most sentences on missing answers.
const MISSING: usize = 5;

/// What a sentence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Best,
    Bar,
    Gate,
    Stopping,
    Migration,
    Missing,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Bar => "bar",
            Self::Gate => "gate",
            Self::Stopping => "stopping",
            Self::Migration => "migration",
            Self::Missing => "missing",
        }
    }
}

/// How a sentence is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something is shown, or passes.
    Shown,
    /// Something fails, or is refused.
    Fails,
    /// The data leave it open.
    Open,
    /// Neither.
    Plain,
}

/// A sentence on the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) kind: Kind,
    pub(crate) tone: Tone,
    pub(crate) sentence: String,
}

/// Everything that is decided, what matters most first: parameters that a new model refuses, then who is best, the
/// bar, the gates, the stop, and what missing answers could change.
pub(crate) fn sentences(document: &Document<'_>) -> Vec<Said> {
    let analysis = document.analysis;
    let mut said = Vec::new();
    if let Some(migration) = &analysis.migration {
        said.extend(of_migration(migration));
    }
    if let Some(decision) = &analysis.decision {
        said.extend(best(decision));
        said.extend(decision.bar.as_ref().and_then(|result| bar(decision, result)));
        said.extend(decision.gates.iter().map(gate));
    }
    said.extend(analysis.stopping.as_ref().map(|one| stopping(analysis, one)));
    said.extend(analysis.decision.iter().flat_map(missing));
    said
}

/// Who is best, or that nobody is.
pub(crate) fn best(decision: &Decision) -> Option<Said> {
    let said = |tone, sentence| Some(Said { kind: Kind::Best, tone, sentence });
    let measure = decision.primary?;
    let items = items(decision);
    if let [only] = decision.contestants.as_slice() {
        let sentence = format!(
            "{}: {} {}, over {items}.",
            shortened(&only.name),
            measure.noun(),
            with_interval(
                measure,
                only.primary.mean,
                only.primary.ci_low.zip(only.primary.ci_high),
                Some(decision.ci_level)
            )
        );
        return said(Tone::Plain, sentence);
    }
    let level = figures::percent(decision.ci_level);
    let all = decision.contestants.len();
    let Some((leader, tied)) = decision.tied_best.split_first() else {
        return said(Tone::Open, format!("Nobody can be called best on {}, over {items}.", measure.noun()));
    };
    let of = |name: &str| decision.contestants.iter().find(|arm| arm.name == name);
    let figure = |name: &str| of(name).map_or(figures::NONE.to_owned(), |arm| estimate(measure, arm));
    let lead = shortened(leader);
    if tied.is_empty() {
        let others = if all == 2 { "the other" } else { "every other" };
        let sentence = format!(
            "{lead} is best on {}: {}, over {items}; shown to be better than {others} ({level} confidence over all pairs).",
            measure.noun(),
            figure(leader),
        );
        return said(Tone::Shown, sentence);
    }
    let mut names = vec![leader.clone()];
    names.extend(tied.iter().cloned());
    let ahead = if measure.higher_is_better() { "highest" } else { "lowest" };
    let mut sentence = format!(
        "{} are tied for best on {}, over {items}: no better one is shown among them ({level} confidence over all pairs). {lead} has the {ahead} mean, {}",
        listed(&names),
        measure.noun(),
        figure(leader),
    );
    match of(leader).and_then(|arm| arm.p_best) {
        Some(first) => {
            sentence.push_str(&format!(", and comes first in {} of resamples of the items.", figures::rate(first)));
        }
        None => sentence.push('.'),
    }
    let worse: Vec<String> = decision
        .contestants
        .iter()
        .filter(|arm| arm.primary.mean.is_some() && !decision.tied_best.contains(&arm.name))
        .map(|arm| arm.name.clone())
        .collect();
    if !worse.is_empty() {
        sentence.push_str(&format!(" Shown to be worse: {}.", listed(&worse)));
    }
    said(Tone::Open, sentence)
}

fn bar(decision: &Decision, result: &BarResult) -> Option<Said> {
    let said = |tone, sentence| Some(Said { kind: Kind::Bar, tone, sentence });
    let measure = result.bar.parse::<evals::decision::Bar>().ok()?.condition().quantity.measure();
    let cleared: Vec<&BarStanding> = result.contestants.iter().filter(|arm| arm.clears).collect();
    let named: Vec<String> =
        cleared.iter().map(|arm| format!("{} ({})", shortened(&arm.name), value(measure, arm.estimate))).collect();
    let bar = &result.bar;
    if cleared.is_empty() {
        let how = if result.level.is_some() { "is shown to clear" } else { "clears" };
        return said(Tone::Fails, format!("Nobody {how} the bar “{bar}”."));
    }
    let mut sentence = match &result.cheapest {
        Some(cheapest) => {
            let arm = result.contestants.iter().find(|arm| &arm.name == cheapest)?;
            let cost = arm.cost_per_item.map_or_else(|| figures::NONE.to_owned(), figures::dollars_f64);
            format!(
                "{} is the cheapest that clears the bar “{bar}”: {} at {cost} an answer.",
                shortened(cheapest),
                value(measure, arm.estimate)
            )
        }
        None => format!(
            "{} the bar “{bar}”: {}. What an answer costs is not known, so the cheapest of them is not either.",
            if cleared.len() == 1 { "One contestant clears" } else { "These clear" },
            listed(&named)
        ),
    };
    if result.cheapest.is_some() && cleared.len() > 1 {
        sentence.push_str(&format!(" {} of {} clear it.", cleared.len(), decision.contestants.len()));
    }
    // By estimates alone half of those that just miss it would clear it.
    if result.level.is_none() {
        let shown = cleared.iter().filter(|arm| arm.answer == GateAnswer::Passes).count();
        sentence.push_str(&match (&result.cheapest_shown, shown) {
            (_, 0) => " By their estimates: none is shown to, at 95 % confidence.".to_owned(),
            (Some(name), shown) if result.cheapest.as_ref() == Some(name) && shown == cleared.len() => {
                " This is shown at 95 % confidence.".to_owned()
            }
            (Some(name), _) => {
                format!(" By estimates; {} is the cheapest that is shown to, at 95 % confidence.", shortened(name))
            }
            (None, shown) => format!(" By estimates; {shown} of them shown to, at 95 % confidence."),
        });
    }
    let tone = if result.cheapest.is_some() || result.level.is_some() { Tone::Shown } else { Tone::Plain };
    said(tone, sentence)
}

/// One gate: its answer, whose figures decide it, and how many more answers would.
pub(crate) fn gate(gate: &GateResult) -> Said {
    let said = |tone, sentence| Said { kind: Kind::Gate, tone, sentence };
    let text = &gate.gate;
    let level = figures::percent(gate.level);
    if !gate.reason.is_empty() {
        return said(Tone::Open, format!("Gate inconclusive: “{text}”: {}.", gate.reason));
    }
    let of = |wanted: GateAnswer| gate.contestants.iter().filter(move |arm| arm.answer == wanted);
    let named = |wanted: GateAnswer| {
        let names: Vec<String> = of(wanted).map(|arm| held(gate, arm)).collect();
        listed(&names)
    };
    match gate.answer {
        GateAnswer::Passes => said(
            Tone::Shown,
            format!("Gate passes: “{text}”: {}; shown at {level} confidence.", named(GateAnswer::Passes)),
        ),
        GateAnswer::Fails => said(
            Tone::Fails,
            format!("Gate fails: “{text}”: {}; refuted at {level} confidence.", named(GateAnswer::Fails)),
        ),
        GateAnswer::Inconclusive => {
            let why: Vec<&str> = of(GateAnswer::Inconclusive).map(|arm| arm.reason.as_str()).collect();
            let why = if why.windows(2).all(|pair| pair[0] == pair[1]) { why.first().copied() } else { None };
            let why = why.filter(|why| !why.is_empty()).map_or_else(String::new, |why| format!("; {why}"));
            said(
                Tone::Open,
                format!("Gate inconclusive: “{text}”: {}{why}. {}", named(GateAnswer::Inconclusive), needed(gate)),
            )
        }
    }
}

fn needed(gate: &GateResult) -> String {
    match gate.needed_runs {
        Some(runs) => format!(
            "If the data go on like this, about {} of each open contestant would decide it.",
            figures::plural(runs, "more answer", "more answers")
        ),
        None => "No number of further answers can be named that would decide it.".to_owned(),
    }
}

/// `name: 91.2 % [86.3–94.8]`: an arm with the figure that its gate is about.
pub(crate) fn held(gate: &GateResult, arm: &ArmAnswer) -> String {
    let name = shortened(&arm.name);
    let Ok(parsed) = gate.gate.parse::<Gate>() else { return name };
    let condition = parsed.condition();
    let measure = condition.quantity.measure();
    if arm.estimate.is_none() {
        return format!("{name}: {}", figures::NONE);
    }
    let against = matches!(condition.requirement, Requirement::NotWorse { .. });
    let ends = arm.low.zip(arm.high);
    let figure = if against {
        // The estimate is oriented so that positive is better; a reader wants the measure's own sign.
        let turn = |value: f64| measure.sign() * value;
        let ends = ends.map(|(low, high)| (turn(low).min(turn(high)), turn(low).max(turn(high))));
        difference(measure, arm.estimate.map(turn), ends)
    } else {
        with_interval(measure, arm.estimate, ends, None)
    };
    format!("{name} {figure}")
}

/// Planned calls that were not needed; `None` where nothing was decided, or where the money and not the evidence
/// ended the run.
pub(crate) fn saved(stopping: &Stopping) -> Option<u32> {
    match stopping.decision {
        None | Some(StopReason::Budget) => None,
        Some(_) => Some(stopping.calls_planned.saturating_sub(stopping.calls_made)),
    }
}

/// Why the run stopped, and what that saved.
pub(crate) fn stopping(analysis: &Analysis, stopping: &Stopping) -> Said {
    let said = |tone, sentence| Said { kind: Kind::Stopping, tone, sentence };
    let arms = analysis.decision.as_ref().map_or(&[][..], |decision| &decision.contestants);
    let leader = stopping.leader.and_then(|at| arms.get(at as usize)).map(|arm| shortened(&arm.name));
    let asked = analysis.header.analysis.decision.stop.as_ref();
    let alpha = asked.map_or_else(String::new, |asked| format!(" at alpha {}", figures::exact(asked.alpha)));
    let margin = asked.and_then(|asked| asked.margin).map_or_else(String::new, figures::exact);
    let used = figures::count(u64::from(stopping.items_used));
    let planned = figures::plural(u64::from(stopping.items_planned), "item", "items");
    let lead = leader.unwrap_or_else(|| "one contestant".to_owned());
    let (tone, mut sentence) = match stopping.decision {
        Some(StopReason::Superiority) => (
            Tone::Shown,
            format!(
                "Decided after {used} of {planned}: {lead} is shown to be better than every other (evidence that holds at every look{alpha})."
            ),
        ),
        Some(StopReason::Equivalence) => (
            Tone::Shown,
            format!(
                "Decided after {used} of {planned}: {lead} is shown to be better than, or within {margin} of, every other (evidence that holds at every look{alpha})."
            ),
        ),
        Some(StopReason::Futility) => (
            Tone::Open,
            format!(
                "Stopped as futile after {used} of {planned}: the items that were left would most likely not have decided it. Nothing is claimed."
            ),
        ),
        Some(StopReason::Budget) => (
            Tone::Open,
            format!("The money ended after {used} of {planned}, before it was decided. Nothing is claimed."),
        ),
        None => (Tone::Open, format!("Not decided over {used} of {planned}: the evidence reached no verdict{alpha}.")),
    };
    if let Some(saved) = saved(stopping) {
        sentence.push(' ');
        sentence.push_str(&savings(analysis, stopping, saved));
    }
    said(tone, sentence)
}

fn savings(analysis: &Analysis, stopping: &Stopping, saved: u32) -> String {
    if saved == 0 {
        return "All planned calls had been made by then.".to_owned();
    }
    let share = f64::from(saved) / f64::from(stopping.calls_planned.max(1));
    let mut sentence = format!(
        "{} of {} planned calls ({}) were not needed",
        figures::count(u64::from(saved)),
        figures::count(u64::from(stopping.calls_planned)),
        figures::rate(share)
    );
    let judges = analysis.scores.judging.as_ref().map(|judging| judging.cost).unwrap_or_default();
    let spent = (analysis.totals.cost + judges).as_f64();
    if spent > 0.0 && stopping.calls_made > 0 {
        let rest = spent / f64::from(stopping.calls_made) * f64::from(saved);
        sentence.push_str(&format!(": about {} at the cost so far", figures::dollars_f64(rest)));
    }
    sentence.push('.');
    sentence
}

/// Refused parameters, then the quality.
pub(crate) fn of_migration(migration: &Migration) -> Vec<Said> {
    let said = |tone, sentence| Said { kind: Kind::Migration, tone, sentence };
    let (from, to) = (shortened(&migration.from), shortened(&migration.to));
    let mut sentences: Vec<Said> = migration
        .refused_parameters
        .iter()
        .map(|one| {
            said(
                Tone::Fails,
                format!(
                    "{to} does not take {}: {} was asked for and left out ({}).",
                    shortened(&one.parameter),
                    shortened(&one.requested),
                    shortened(&one.reason).trim_end_matches('.')
                ),
            )
        })
        .collect();
    sentences.push(match (&migration.quality, migration.quality_metric) {
        (Some(quality), Some(measure)) => quality_sentence(migration, quality, measure, &from, &to),
        _ => said(
            Tone::Open,
            format!(
                "Whether {to} is as good as {from} is not known: nothing was checked or judged. Add checks to the suite, or a judge."
            ),
        ),
    });
    let changed: Vec<String> = migration.changes.iter().filter(|one| one.changed).map(change).collect();
    sentences.push(if changed.is_empty() {
        said(Tone::Plain, format!("Nothing else is shown to change from {from} to {to}."))
    } else {
        said(Tone::Plain, format!("What else changes from {from} to {to}: {}.", changed.join("; ")))
    });
    sentences
}

fn quality_sentence(migration: &Migration, quality: &ArmAnswer, measure: Measure, from: &str, to: &str) -> Said {
    let level = figures::percent(migration.level);
    let margin = amount(measure, migration.margin);
    let means = format!(
        "{} {} against {}, difference {}",
        measure.noun(),
        value(measure, migration.quality_to),
        value(measure, migration.quality_from),
        difference(measure, quality.estimate, quality.low.zip(quality.high))
    );
    let (tone, sentence) = match quality.answer {
        GateAnswer::Passes => (
            Tone::Shown,
            format!(
                "{to} may take the place of {from}: not worse by more than {margin}, at {level} confidence ({means})."
            ),
        ),
        GateAnswer::Fails => {
            (Tone::Fails, format!("{to} is worse than {from} by more than {margin}, at {level} confidence ({means})."))
        }
        GateAnswer::Inconclusive => {
            let more = quality.needed_runs.map_or_else(String::new, |runs| {
                format!(
                    " If the data go on like this, about {} of each would decide it.",
                    figures::plural(runs, "more answer", "more answers")
                )
            });
            let why = if quality.reason.is_empty() { String::new() } else { format!("; {}", quality.reason) };
            (
                Tone::Open,
                format!(
                    "Whether {to} is worse than {from} by more than {margin} is open at {level} confidence ({means}){why}.{more}"
                ),
            )
        }
    };
    Said { kind: Kind::Migration, tone, sentence }
}

/// `cost +31 % (p = 0.0003)`.
fn change(change: &Change) -> String {
    let p = change.p_value_corrected.map_or_else(String::new, |p| format!(" ({})", p_corrected(p)));
    let by = match change.ratio.as_ref().and_then(|ratio| ratio.value) {
        Some(ratio) => percent_more(ratio),
        None => difference(change.metric, change.difference.value, None),
    };
    format!("{} {by}{p}", change.metric.noun())
}

/// What missing answers could change, an arm each.
pub(crate) fn missing(decision: &Decision) -> Vec<Said> {
    let affected: Vec<&ContestantDecision> =
        decision.contestants.iter().filter(|arm| arm.primary.bounds.is_some()).collect();
    let mut said: Vec<Said> = affected
        .iter()
        .take(MISSING)
        .filter_map(|arm| {
            let bounds = arm.primary.bounds.as_ref()?;
            let measure = arm.primary.metric;
            let answers = figures::plural(u64::from(arm.primary.n_missing), "answer has", "answers have");
            let sentence = format!(
                "{}: {answers} no {}. With all of them as bad or as good as can be it would be {} or {}; without them it is {}.",
                shortened(&arm.name),
                measure.noun(),
                value(measure, Some(bounds.low)),
                value(measure, Some(bounds.high)),
                value(measure, arm.primary.mean),
            );
            Some(Said { kind: Kind::Missing, tone: Tone::Open, sentence })
        })
        .collect();
    if affected.len() > MISSING {
        said.push(Said {
            kind: Kind::Missing,
            tone: Tone::Open,
            sentence: format!("And {} more contestants lack answers.", affected.len() - MISSING),
        });
    }
    said
}

/// What being on the front means.
pub(crate) const FRONT: &str =
    "On the front: no other is at least as good in quality, cost and p95 latency and better in one of them.";

/// What the table of changes says.
pub(crate) const CHANGES: &str = "Ratios have Fieller's interval; p is corrected over all rows. Rows without a claim are not shown to change, which is not the same as staying.";

/// Where an arm stands among the others: `best`, `tied`, and whether it is on the front; nothing where it is alone.
pub(crate) fn place(decision: &Decision, name: &str) -> String {
    let mut words = Vec::new();
    if decision.contestants.len() < 2 {
        return String::new();
    }
    if decision.tied_best.iter().any(|tied| tied == name) {
        words.push(if decision.tied_best.len() == 1 { "best" } else { "tied" });
    }
    if decision.pareto.iter().any(|point| point.name == name && point.on_front) {
        words.push("front");
    }
    words.join(", ")
}

/// The pairs of a measure, those with the leader first.
pub(crate) fn pairs_of(decision: &Decision, measure: Measure) -> Vec<&PairDecision> {
    let mut pairs: Vec<&PairDecision> = decision.comparisons.iter().filter(|pair| pair.metric == measure).collect();
    if let Some(leader) = decision.tied_best.first() {
        pairs.sort_by_key(|pair| &pair.a != leader && &pair.b != leader);
    }
    pairs
}

/// A pair in a sentence: `a against b: pass rate +4.2 points [−0.3 to +8.7], corrected p = 0.0712: not shown to differ`.
pub(crate) fn pair(pair: &PairDecision) -> String {
    let (a, b) = (shortened(&pair.a), shortened(&pair.b));
    let by = difference(pair.metric, pair.difference, pair.ci_low.zip(pair.ci_high));
    match (pair.status, pair.p_value_corrected) {
        (PairStatus::NotMeasured | PairStatus::InsufficientSamples, _) | (_, None) => {
            format!("{a} against {b}: {} cannot be compared: {}.", pair.metric.noun(), status(pair.status))
        }
        (_, Some(p)) => {
            let verdict = if pair.significant { "shown to differ" } else { "not shown to differ" };
            format!("{a} against {b}: {} {by}, {}: {verdict}.", pair.metric.noun(), p_corrected(p))
        }
    }
}

/// What came of a pair, in words.
pub(crate) fn status(status: PairStatus) -> &'static str {
    match status {
        PairStatus::Tested => "tested",
        PairStatus::Trivial => "the same on every item",
        PairStatus::InsufficientSamples => "too few items",
        PairStatus::ZeroVariance => "the same difference on every item",
        PairStatus::NotMeasured => "not measured",
    }
}

/// A correction by its name.
pub(crate) fn correction(correction: Correction) -> &'static str {
    match correction {
        Correction::None => "none",
        Correction::Bonferroni => "Bonferroni",
        Correction::Holm => "Holm",
        Correction::BenjaminiHochberg => "Benjamini-Hochberg",
        Correction::BenjaminiYekutieli => "Benjamini-Yekutieli",
    }
}

/// The limit of a bar, where it is one on the mean of this measure and can be drawn in its plane.
pub(crate) fn bar_level(bar: &BarResult, measure: Measure) -> Option<f64> {
    let parsed = bar.bar.parse::<evals::decision::Bar>().ok()?;
    match (&parsed.condition().quantity, &parsed.condition().requirement) {
        (Quantity::Mean { measure: own }, Requirement::Limit { value, .. }) if *own == measure => Some(*value),
        _ => None,
    }
}

/// A change as a ratio where it has one, else as a difference.
pub(crate) fn changed_by(change: &Change) -> String {
    match &change.ratio {
        Some(ratio) if ratio.value.is_some() => {
            let ends = ratio.ci_low.zip(ratio.ci_high);
            let ends = ends.map_or_else(String::new, |(low, high)| {
                format!(" [{} to {}]", percent_more(low), percent_more(high)).replace(" %", "")
            });
            format!("{}{ends}", percent_more(ratio.value.unwrap_or(f64::NAN)))
        }
        _ => {
            difference(change.metric, change.difference.value, change.difference.ci_low.zip(change.difference.ci_high))
        }
    }
}

/// `Gates: 1 failed, 2 passed.`; `None` where none was asked for.
pub(crate) fn gates_in_short(document: &Document<'_>) -> Option<String> {
    let gates = &document.analysis.decision.as_ref()?.gates;
    if gates.is_empty() {
        return None;
    }
    let count = |wanted: GateAnswer| gates.iter().filter(|gate| gate.answer == wanted).count();
    let mut parts = Vec::new();
    for (answer, word) in
        [(GateAnswer::Fails, "failed"), (GateAnswer::Inconclusive, "inconclusive"), (GateAnswer::Passes, "passed")]
    {
        if count(answer) > 0 {
            parts.push(format!("{} {word}", count(answer)));
        }
    }
    Some(format!("Gates: {}.", parts.join(", ")))
}

/// The notes of a decision and of a migration, less those that a sentence says better.
pub(crate) fn notes<'a>(document: &Document<'a>) -> Vec<&'a str> {
    let analysis = document.analysis;
    let bounded = analysis.decision.iter().any(|decision| !missing(decision).is_empty());
    let notes = analysis.decision.iter().flat_map(|decision| &decision.notes);
    let notes = notes.filter(|note| !(bounded && note.code == "missing_answers"));
    let notes = notes.chain(analysis.migration.iter().flat_map(|migration| &migration.notes));
    notes.map(|note| note.text.as_str()).collect()
}

/// `805 items`, `50 items in 30 clusters`.
pub(crate) fn items(decision: &Decision) -> String {
    let items = figures::plural(u64::from(decision.n_items), "item", "items");
    if decision.n_clusters < decision.n_items {
        return format!("{items} in {}", figures::plural(u64::from(decision.n_clusters), "cluster", "clusters"));
    }
    items
}

/// `a, b and c`, at most [`NAMES`] and how many more.
pub(crate) fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(NAMES).map(|name| shortened(name)).collect();
    if names.len() > NAMES {
        return format!("{} and {} more", shown.join(", "), names.len() - NAMES);
    }
    match shown.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
