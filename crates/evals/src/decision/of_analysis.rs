//! The answers of an analysed run as items by arms.

use std::collections::HashMap;

use llm::outcome::Outcome;

use super::measure::Measure;
use super::scores::{Answer, Arm, Item, Scores};
use crate::analysis::model::Analysis;
use crate::analysis::scored::RowScores;
use crate::imported::IMPORTED;
use crate::record::{CallRecord, PlannedCall, Prompt, RunHeader};

/// Checks of an answer's form rather than its content; the ones a new model breaks without being worse.
const FORM: [&str; 9] = [
    "json_valid",
    "json_schema",
    "json_path",
    "regex",
    "min_length_chars",
    "max_length_chars",
    "word_count",
    "one_of",
    "tool_called",
];

impl Scores {
    /// Every answer of a run: items are its prompts, arms its contestants under each system prompt and
    /// temperature.
    ///
    /// - A pass needs every check evaluated on a complete answer; anything else is missing, a refusal,
    ///   a cut and a failed call among them.
    /// - Timings and cost are those of billed answers that were sent in this run (neither failed nor
    ///   from the cache); tokens and length those of complete answers.
    /// - The refusal rate counts every call that was answered in some way.
    pub fn of(analysis: &Analysis) -> Self {
        let (mut scores, places) = empty(&analysis.header, analysis.rows.iter().map(|row| &row.call));
        let is_imported = analysis.header.command == IMPORTED;
        let all_figures = || analysis.scores.rows.iter().flat_map(|row| &row.imported);
        let mut imported = all_figures().filter(|(measure, _)| *measure == Measure::Score).peekable();
        if imported.peek().is_some() && imported.all(|(_, score)| (0.0..=1.0).contains(score)) {
            // Nobody said what the scale of a table is; scores that are all shares are taken for shares.
            scores.set_range(Measure::Score, 0.0, 1.0);
        }
        let unscored = RowScores::default();
        for (at, row) in analysis.rows.iter().enumerate() {
            let scored = analysis.scores.rows.get(at).unwrap_or(&unscored);
            if let Some(arm) = places.of(&row.call) {
                let answer = if is_imported { figures(scored) } else { answer(row, scored) };
                scores.push(arm, row.call.prompt as usize, answer);
            }
        }
        scores
    }

    /// The items and arms of a plan, before there is an answer.
    pub(crate) fn without_answers(header: &RunHeader, calls: &[PlannedCall]) -> (Self, ArmPlaces) {
        empty(header, calls.iter())
    }

    /// The means of one item under each arm of a plan, as [`Scores::of`] would have them.
    pub(crate) fn item_means(
        &self,
        places: &ArmPlaces,
        rows: &[CallRecord],
        scored: &[RowScores],
        measure: Measure,
    ) -> Vec<Option<f64>> {
        let mut sums = vec![(0.0, 0_u32); self.arms().len()];
        for (row, scored) in rows.iter().zip(scored) {
            if let (Some(place), Some(value)) = (places.of(&row.call), answer(row, scored).get(measure)) {
                sums[place].0 += value;
                sums[place].1 += 1;
            }
        }
        sums.into_iter().map(|(sum, n)| (n > 0).then(|| sum / f64::from(n))).collect()
    }
}

type ArmKey = (u32, u32, Option<u64>);

/// Which arm a call belongs to.
pub(crate) struct ArmPlaces {
    /// False where every item is asked under one system prompt: its own then belongs to the item, as its text does,
    /// and tells no arms apart.
    by_system: bool,
    places: HashMap<ArmKey, usize>,
}

impl ArmPlaces {
    fn new(header: &RunHeader) -> Self {
        let systems = header.systems.len();
        let crossed = |prompt: &Prompt| prompt.systems.as_ref().map_or(systems, Vec::len) > 1;
        Self { by_system: header.prompts.iter().any(crossed), places: HashMap::new() }
    }

    fn system(&self, call: &PlannedCall) -> u32 {
        if self.by_system { call.system } else { 0 }
    }

    fn key(&self, call: &PlannedCall) -> ArmKey {
        let temperature = call.temperature.map(|temperature| (temperature + 0.0).to_bits());
        (call.contestant, self.system(call), temperature)
    }

    /// The arm of a call.
    pub(crate) fn of(&self, call: &PlannedCall) -> Option<usize> {
        self.places.get(&self.key(call)).copied()
    }
}

fn empty<'a>(header: &RunHeader, calls: impl Iterator<Item = &'a PlannedCall>) -> (Scores, ArmPlaces) {
    let mut arms: Vec<Arm> = Vec::new();
    let mut places = ArmPlaces::new(header);
    for call in calls {
        let (key, system) = (places.key(call), places.system(call));
        places.places.entry(key).or_insert_with(|| {
            arms.push(Arm { system, ..arm(header, call) });
            arms.len() - 1
        });
    }
    name(header, &mut arms);
    let mut scores = Scores::new(items(header), arms);
    if let Some(judging) = &header.scoring.judging {
        let (low, high) = judging.rubric.scale.range();
        scores.set_range(Measure::Score, low, high);
    }
    (scores, places)
}

fn items(header: &RunHeader) -> Vec<Item> {
    // Numbers, not names: an item's id and a cluster's key may be the same word.
    let mut clusters: HashMap<&str, u32> = HashMap::new();
    let mut next = 0;
    header
        .prompts
        .iter()
        .map(|prompt| {
            let mut fresh = || {
                next += 1;
                next - 1
            };
            let cluster = match prompt.cluster.as_deref() {
                Some(key) => *clusters.entry(key).or_insert_with(&mut fresh),
                None => fresh(),
            };
            let weight = if prompt.weight.is_finite() { prompt.weight.max(0.0) } else { 0.0 };
            Item { id: prompt.id.clone(), cluster, weight }
        })
        .collect()
}

fn arm(header: &RunHeader, call: &PlannedCall) -> Arm {
    let contestant = header.contestants.get(call.contestant as usize);
    let name = contestant.map_or_else(String::new, |contestant| contestant.name.clone());
    Arm {
        contestant: name.clone(),
        name,
        system: call.system,
        temperature: call.temperature,
        sends_temperature: contestant.is_none_or(|contestant| contestant.sends_temperature),
    }
}

/// Adds to the names what tells the arms of a contestant apart.
fn name(header: &RunHeader, arms: &mut [Arm]) {
    let all = arms.to_vec();
    for arm in arms {
        let of = || all.iter().filter(|other| other.contestant == arm.contestant);
        if of().any(|other| other.system != arm.system) {
            let none = header.systems.get(arm.system as usize).is_some_and(Option::is_none);
            let which = if none { "no system prompt".to_owned() } else { format!("system prompt {}", arm.system + 1) };
            arm.name.push_str(&format!(" · {which}"));
        }
        if of().any(|other| other.temperature_bits() != arm.temperature_bits()) {
            match arm.temperature {
                Some(temperature) => arm.name.push_str(&format!(" · temperature {temperature}")),
                None => arm.name.push_str(" · own temperature"),
            }
        }
    }
}

fn answer(row: &CallRecord, scored: &RowScores) -> Answer {
    let complete = row.outcome == Outcome::Complete;
    let billed = !matches!(row.outcome, Outcome::Error | Outcome::Cancelled);
    let sent = billed && !row.from_cache;
    let usage = &row.answer.usage;
    let tokens = |count: Option<u64>| count.map(|count| count as f64);
    let truth = |holds: bool| Some(if holds { 1.0 } else { 0.0 });
    let evaluated = complete && scored.configured > 0 && scored.definitive == scored.configured;
    Answer::default()
        .with(Measure::Pass, truth(scored.passed == scored.configured).filter(|_| evaluated))
        .with(Measure::CheckShare, scored.check_score.filter(|_| complete))
        .with(Measure::Score, scored.judge_score)
        .with(Measure::LatencyMs, row.timing.latency_ms.filter(|_| sent))
        .with(Measure::TtftMs, row.timing.ttft_ms.filter(|_| sent))
        .with(Measure::CostUsd, row.cost.known_usd().filter(|_| sent).map(|cost| cost.as_f64()))
        .with(Measure::InputTokens, tokens(usage.input).filter(|_| billed))
        .with(Measure::OutputTokens, tokens(usage.output).filter(|_| complete))
        .with(Measure::LengthChars, Some(row.answer.text.chars().count() as f64).filter(|_| complete))
        .with(Measure::Refused, truth(row.outcome == Outcome::Refused).filter(|_| billed))
        .with(Measure::FormatFailed, format_failed(scored).filter(|_| complete))
}

/// The figures of an imported row: nothing else about it was measured.
fn figures(scored: &RowScores) -> Answer {
    scored.imported.iter().fold(Answer::default(), |answer, (measure, value)| answer.with(*measure, Some(*value)))
}

/// 1 where a definite check of the form failed; `None` without a definite one.
fn format_failed(scored: &RowScores) -> Option<f64> {
    let mut verdicts =
        scored.checks.iter().flatten().filter(|check| FORM.contains(&check.kind.as_str())).filter_map(|c| c.passed);
    let first = verdicts.next()?;
    let all = verdicts.fold(first, |all, passed| all && passed);
    Some(if all { 0.0 } else { 1.0 })
}
