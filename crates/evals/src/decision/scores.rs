//! Items by arms: the one form in which a run and a table of results are decided on.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::measure::Measure;

/// One item: a prompt of a suite, a row of a table. The unit of all inference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Unique among the items.
    pub id: String,
    /// Items of one number are not independent of each other.
    pub cluster: u32,
    /// How much it counts; finite and not negative.
    pub weight: f64,
}

/// One way to answer: a contestant under one system prompt at one temperature. Never pooled with another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Arm {
    /// Unique among the arms: the contestant's name, with what sets the arm apart where it has several.
    pub name: String,
    /// The contestant's own name.
    pub contestant: String,
    /// Index of the system prompt.
    pub system: u32,
    /// The temperature asked for.
    pub temperature: Option<f64>,
    /// Whether the temperature is sent to this model at all.
    pub sends_temperature: bool,
}

impl Arm {
    /// An arm that is nothing but a name: a column of a table.
    pub fn named(name: impl Into<String>) -> Self {
        let name = name.into();
        Self { contestant: name.clone(), name, system: 0, temperature: None, sends_temperature: true }
    }

    /// The temperature as something that can be compared; -0 is 0.
    pub(super) fn temperature_bits(&self) -> Option<u64> {
        self.temperature.map(|temperature| (temperature + 0.0).to_bits())
    }
}

/// The numbers of one answer. A measure without a value is missing.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    values: [f64; Measure::COUNT],
}

impl Default for Answer {
    fn default() -> Self {
        Self { values: [f64::NAN; Measure::COUNT] }
    }
}

impl PartialEq for Answer {
    /// Two missing values are the same.
    fn eq(&self, other: &Self) -> bool {
        Measure::ALL.iter().all(|measure| self.get(*measure) == other.get(*measure))
    }
}

impl Answer {
    /// Sets a value; what is no finite number is missing.
    pub fn set(&mut self, measure: Measure, value: Option<f64>) {
        self.values[measure as usize] = value.filter(|value| value.is_finite()).unwrap_or(f64::NAN);
    }

    /// The answer with one value more.
    pub fn with(mut self, measure: Measure, value: Option<f64>) -> Self {
        self.set(measure, value);
        self
    }

    /// A value.
    pub fn get(&self, measure: Measure) -> Option<f64> {
        let value = self.values[measure as usize];
        (!value.is_nan()).then_some(value)
    }
}

/// What is known of one item under one arm and one measure.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct CellSum {
    /// Answers asked for.
    pub(super) asked: u32,
    /// Answers with a value.
    pub(super) found: u32,
    /// Their sum.
    pub(super) sum: f64,
}

impl CellSum {
    /// The mean of the runs that have a value.
    pub(super) fn mean(&self) -> Option<f64> {
        (self.found > 0).then(|| self.sum / f64::from(self.found))
    }

    /// The mean if every missing run had this value.
    pub(super) fn filled(&self, missing: f64) -> f64 {
        (self.sum + f64::from(self.asked - self.found) * missing) / f64::from(self.asked.max(1))
    }
}

/// Answers of every arm to every item.
///
/// An item that an arm was never asked is absent from that arm; an answer that was asked for and has no
/// value is missing and counted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scores {
    items: Vec<Item>,
    arms: Vec<Arm>,
    /// By arm and item.
    cells: Vec<Vec<Vec<Answer>>>,
    ranges: HashMap<Measure, (f64, f64)>,
}

impl Scores {
    /// No answers yet.
    pub fn new(items: Vec<Item>, arms: Vec<Arm>) -> Self {
        let cells = arms.iter().map(|_| vec![Vec::new(); items.len()]).collect();
        Self { items, arms, cells, ranges: HashMap::new() }
    }

    /// Adds one answer of an arm to an item; indices out of range add nothing.
    pub fn push(&mut self, arm: usize, item: usize, answer: Answer) {
        if let Some(cell) = self.cells.get_mut(arm).and_then(|items| items.get_mut(item)) {
            cell.push(answer);
        }
    }

    /// Says between which values a measure lies, so that missing answers can be bounded.
    pub fn set_range(&mut self, measure: Measure, low: f64, high: f64) {
        if low.is_finite() && high.is_finite() && low < high {
            self.ranges.insert(measure, (low, high));
        }
    }

    /// The lowest and highest value that a measure can have, where it has any.
    pub fn range(&self, measure: Measure) -> Option<(f64, f64)> {
        measure.natural_range().or_else(|| self.ranges.get(&measure).copied())
    }

    /// The items.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The arms.
    pub fn arms(&self) -> &[Arm] {
        &self.arms
    }

    /// The answers of an arm to an item; none where it was not asked.
    pub fn answers(&self, arm: usize, item: usize) -> &[Answer] {
        self.cells.get(arm).and_then(|items| items.get(item)).map_or(&[], Vec::as_slice)
    }

    /// All answers of an arm, with the item of each.
    pub fn answers_of(&self, arm: usize) -> impl Iterator<Item = (usize, &Answer)> {
        self.cells
            .get(arm)
            .into_iter()
            .flatten()
            .enumerate()
            .flat_map(|(item, answers)| answers.iter().map(move |answer| (item, answer)))
    }

    /// Whether any answer has a value of this measure.
    pub fn has(&self, measure: Measure) -> bool {
        (0..self.arms.len()).any(|arm| self.answers_of(arm).any(|(_, answer)| answer.get(measure).is_some()))
    }

    /// The arm of that name, or the only arm of a contestant of that name.
    pub fn arm(&self, name: &str) -> Option<usize> {
        self.arms.iter().position(|arm| arm.name == name).or_else(|| {
            let mut of = (0..self.arms.len()).filter(|&at| self.arms[at].contestant == name);
            of.next().filter(|_| of.next().is_none())
        })
    }

    /// The most runs of an item in the arm.
    pub fn runs(&self, arm: usize) -> usize {
        self.cells.get(arm).into_iter().flatten().map(Vec::len).max().unwrap_or(0)
    }

    /// How many clusters the items form.
    pub fn clusters(&self) -> usize {
        let distinct: std::collections::HashSet<u32> = self.items.iter().map(|item| item.cluster).collect();
        distinct.len()
    }

    /// Items that any arm was asked, and the independent groups they form: all of them, unless a run stopped early.
    pub(super) fn asked(&self) -> (u32, u32) {
        let asked = |item: usize| self.cells.iter().any(|items| items.get(item).is_some_and(|cell| !cell.is_empty()));
        let found: Vec<u32> = (0..self.items.len()).filter(|&at| asked(at)).map(|at| self.items[at].cluster).collect();
        let distinct: std::collections::HashSet<u32> = found.iter().copied().collect();
        (found.len() as u32, distinct.len() as u32)
    }

    /// One sum for each item of an arm.
    pub(super) fn column(&self, arm: usize, measure: Measure) -> Vec<CellSum> {
        let Some(items) = self.cells.get(arm) else { return vec![CellSum::default(); self.items.len()] };
        items
            .iter()
            .map(|answers| {
                answers.iter().fold(CellSum { asked: answers.len() as u32, ..CellSum::default() }, |cell, answer| {
                    match answer.get(measure) {
                        Some(value) => CellSum { found: cell.found + 1, sum: cell.sum + value, ..cell },
                        None => cell,
                    }
                })
            })
            .collect()
    }

    /// Puts the arms of another set of results beside these, for the items that both have; the arms get
    /// `label` in front of their names where a name is taken already. Items keep this side's weights
    /// and clusters; items that only the other side has are left out, and their number is returned.
    pub fn join(&mut self, other: &Self, label: &str) -> usize {
        let places: HashMap<&str, usize> =
            self.items.iter().enumerate().map(|(at, item)| (item.id.as_str(), at)).collect();
        let target: Vec<Option<usize>> = other.items.iter().map(|item| places.get(item.id.as_str()).copied()).collect();
        let left_out = target.iter().filter(|place| place.is_none()).count();
        for (arm, cells) in other.arms.iter().zip(&other.cells) {
            let mut joined = vec![Vec::new(); self.items.len()];
            for (answers, place) in cells.iter().zip(&target) {
                if let Some(place) = place {
                    joined[*place].clone_from(answers);
                }
            }
            let taken = self.arms.iter().any(|own| own.name == arm.name || own.contestant == arm.contestant);
            let named = |name: &str| if taken { format!("{label} {name}") } else { name.to_owned() };
            self.arms.push(Arm { name: named(&arm.name), contestant: named(&arm.contestant), ..arm.clone() });
            self.cells.push(joined);
        }
        for (measure, (low, high)) in &other.ranges {
            let range = self.ranges.entry(*measure).or_insert((*low, *high));
            *range = (range.0.min(*low), range.1.max(*high));
        }
        left_out
    }
}
