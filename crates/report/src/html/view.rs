//! What the sections of the page share: the arms, the measure that is shown, and each item's value under each arm.

use std::collections::HashMap;

use evals::decision::{Decision, Measure, Scores};
use evals::record::CallRecord;

use crate::document::Document;
use crate::figures;
use crate::wording::decision as words;

/// The document as the page looks at it.
pub(super) struct View<'a> {
    pub(super) document: &'a Document<'a>,
    pub(super) scores: Scores,
    /// The measure by which items are shown; `None` where nothing has a value.
    pub(super) measure: Option<Measure>,
    /// Positions of the rows of each item, in row order.
    pub(super) rows: Vec<Vec<usize>>,
    /// The mean of each item under each arm.
    pub(super) values: Vec<Vec<Option<f64>>>,
    /// Items from the most to the least of the measure, over all arms.
    pub(super) ranked: Vec<usize>,
    arms: HashMap<ArmKey, usize>,
}

type ArmKey = (u32, u32, Option<u64>);

fn key(row: &CallRecord) -> ArmKey {
    (row.call.contestant, row.call.system, row.call.temperature.map(|temperature| (temperature + 0.0).to_bits()))
}

impl<'a> View<'a> {
    pub(super) fn of(document: &'a Document<'a>) -> Self {
        let analysis = document.analysis;
        let scores = Scores::of(analysis);
        let wanted = [Measure::Pass, Measure::Score, Measure::CheckShare, Measure::LatencyMs];
        let primary = analysis.decision.as_ref().and_then(|decision| decision.primary);
        let measure = primary.or_else(|| wanted.into_iter().find(|measure| scores.has(*measure)));
        // The arms of `Scores::of` stand in the order in which rows first show them.
        let mut arms = HashMap::new();
        let mut rows = vec![Vec::new(); analysis.header.prompts.len()];
        for (at, row) in analysis.rows.iter().enumerate() {
            let next = arms.len();
            arms.entry(key(row)).or_insert(next);
            if let Some(rows) = rows.get_mut(row.call.prompt as usize) {
                rows.push(at);
            }
        }
        let values: Vec<Vec<Option<f64>>> = (0..scores.items().len())
            .map(|item| {
                (0..scores.arms().len()).map(|arm| measure.and_then(|one| mean(&scores, arm, item, one))).collect()
            })
            .collect();
        let whole = |item: &usize| {
            let known: Vec<f64> = values[*item].iter().copied().flatten().collect();
            if known.is_empty() { f64::NEG_INFINITY } else { known.iter().sum::<f64>() / known.len() as f64 }
        };
        let mut ranked: Vec<usize> = (0..values.len()).collect();
        ranked.sort_by(|a, b| whole(b).total_cmp(&whole(a)));
        Self { document, scores, measure, rows, values, ranked, arms }
    }

    /// What is decided, where anything is.
    pub(super) fn decision(&self) -> Option<&'a Decision> {
        self.document.analysis.decision.as_ref()
    }

    /// The arm of a row.
    pub(super) fn arm_of(&self, row: &CallRecord) -> usize {
        self.arms.get(&key(row)).copied().unwrap_or(0)
    }

    /// How many arms there are.
    pub(super) fn arms(&self) -> usize {
        self.scores.arms().len()
    }

    /// An arm's name. Raw text.
    pub(super) fn arm_name(&self, arm: usize) -> &str {
        self.scores.arms().get(arm).map_or("", |arm| arm.name.as_str())
    }

    /// The ends between which values of the measure are shaded.
    pub(super) fn shading(&self) -> Option<(f64, f64)> {
        let measure = self.measure?;
        let known = || self.values.iter().flatten().copied().flatten();
        let range = self.scores.range(measure).or_else(|| {
            let low = known().reduce(f64::min)?;
            Some((low, known().reduce(f64::max)?))
        })?;
        (range.1 > range.0).then_some(range)
    }

    /// How far the arms are apart on an item; 0 where nothing can be compared.
    pub(super) fn spread(&self, item: usize) -> f64 {
        let known = || self.values[item].iter().copied().flatten();
        match (known().reduce(f64::min), known().reduce(f64::max)) {
            (Some(low), Some(high)) => high - low,
            _ => 0.0,
        }
    }
}

fn mean(scores: &Scores, arm: usize, item: usize, measure: Measure) -> Option<f64> {
    let (mut sum, mut n) = (0.0, 0_u32);
    for value in scores.answers(arm, item).iter().filter_map(|answer| answer.get(measure)) {
        sum += value;
        n += 1;
    }
    (n > 0).then(|| sum / f64::from(n))
}

/// A round value of an axis: without digits that say nothing.
pub(super) fn tick(measure: Measure, value: f64) -> String {
    let plain = |value: f64| {
        let text = format!("{value:.9}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        if text.is_empty() || text == "-0" { "0".to_owned() } else { text.replace('-', "−") }
    };
    match measure {
        Measure::CostUsd if value < 0.0 => format!("−${}", plain(-value)),
        Measure::CostUsd => format!("${}", plain(value)),
        Measure::LatencyMs | Measure::TtftMs if value.abs() >= 1_000.0 => format!("{} s", plain(value / 1_000.0)),
        Measure::LatencyMs | Measure::TtftMs => format!("{} ms", plain(value)),
        _ if is_share(measure) => format!("{} %", plain((value * 1e9).round() / 1e7)),
        _ => plain((value * 1e9).round() / 1e9),
    }
}

/// A round difference: shares in points, everything with its sign.
pub(super) fn tick_of_difference(measure: Measure, value: f64) -> String {
    let shown = if is_share(measure) {
        format!("{}", (value * 1e9).round() / 1e7).replace('-', "−")
    } else {
        tick(measure, value)
    };
    if value > 0.0 { format!("+{shown}") } else { shown }
}

pub(super) fn is_share(measure: Measure) -> bool {
    measure.is_rate() || measure == Measure::CheckShare
}

/// A measure with its unit, as an axis names it.
pub(super) fn axis_name(measure: Measure) -> &'static str {
    match measure {
        Measure::CostUsd => "mean cost of an answer",
        Measure::LatencyMs => "mean latency",
        other => other.noun(),
    }
}

/// A value as tables show it.
pub(super) fn shown(measure: Measure, value: Option<f64>) -> String {
    words::value(measure, value)
}

/// A p in words; a dash without one.
pub(super) fn p(value: Option<f64>) -> String {
    value.map_or_else(|| figures::NONE.to_owned(), |p| figures::p_value(p).replace('<', "< "))
}
