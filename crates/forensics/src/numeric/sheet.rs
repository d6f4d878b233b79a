//! Where a model's numbers are gathered: each with its input, what is missing by name.

use crate::figures::{Column, Figures, Item, inputs};
use crate::signal::{Input, Severity, Signal, Status};

/// The numbers of one model.
pub(super) struct Sheet<'a, 'f> {
    pub(super) figures: &'a Figures<'f>,
    pub(super) inputs: Vec<Input>,
    pub(super) missing: Vec<String>,
}

impl<'a, 'f> Sheet<'a, 'f> {
    pub(super) fn new(figures: &'a Figures<'f>) -> Self {
        Self { figures, inputs: Vec::new(), missing: Vec::new() }
    }

    /// A line in one column.
    pub(super) fn one(&mut self, item: Item, column: &Column) -> Option<f64> {
        let found = self.figures.get(item, column);
        self.take(item.name(), found)
    }

    /// A line this year and last.
    pub(super) fn two(&mut self, item: Item, now: &Column, before: &Column) -> Option<(f64, f64)> {
        match self.figures.pair(item, now, before) {
            Ok((one, other)) => {
                self.record(item.name(), &one);
                self.record(&format!("{} (prior year)", item.name()), &other);
                Some((one.value, other.value))
            }
            Err(missing) => {
                self.lack(missing);
                None
            }
        }
    }

    /// A line in both columns, for lines that a balance sheet leaves out when there is nothing to say: zero in both where
    /// neither reports it, and zero in one where the filing that reports the other has a balance sheet of both days. Where
    /// no filing shows both days, the one is unknown.
    pub(super) fn two_or_none(&mut self, item: Item, now: &Column, before: &Column) -> Option<(f64, f64)> {
        match (self.figures.get(item, now), self.figures.get(item, before)) {
            (Err(_), Err(_)) => {
                self.absent(item, now);
                Some((0.0, 0.0))
            }
            // A zero that the other report leaves out is none there too.
            (Ok(one), Err(_)) if one.value == 0.0 || self.figures.shown_beside(&one, before.end) => {
                self.record(item.name(), &one);
                self.absent(item, before);
                Some((one.value, 0.0))
            }
            (Err(_), Ok(other)) if other.value == 0.0 || self.figures.shown_beside(&other, now.end) => {
                self.absent(item, now);
                self.record(&format!("{} (prior year)", item.name()), &other);
                Some((0.0, other.value))
            }
            _ => self.two(item, now, before),
        }
    }

    /// A line in one column, or zero where it is not reported.
    pub(super) fn one_or_none(&mut self, item: Item, column: &Column) -> f64 {
        match self.figures.get(item, column) {
            Ok(figure) => {
                self.record(item.name(), &figure);
                figure.value
            }
            Err(_) => {
                self.absent(item, column);
                0.0
            }
        }
    }

    fn absent(&mut self, item: Item, column: &Column) {
        self.inputs.push(Input {
            name: format!("{} (not reported on the statement: taken as none)", item.name()),
            value: 0.0,
            unit: if item.is_shares() { "shares".to_owned() } else { column.currency.clone() },
            tag: "no tag of this line on the statement".to_owned(),
            start: None,
            end: Some(column.end),
            accession: None,
        });
    }

    pub(super) fn take(&mut self, name: &str, found: Result<edgar::facts::Figure, String>) -> Option<f64> {
        match found {
            Ok(figure) => {
                self.record(name, &figure);
                Some(figure.value)
            }
            Err(missing) => {
                self.lack(missing);
                None
            }
        }
    }

    pub(super) fn record(&mut self, name: &str, figure: &edgar::facts::Figure) {
        let mut found = Vec::new();
        inputs(name, figure, &mut found);
        for input in found {
            if !self.inputs.contains(&input) {
                self.inputs.push(input);
            }
        }
    }

    pub(super) fn lack(&mut self, missing: String) {
        if !self.missing.contains(&missing) {
            self.missing.push(missing);
        }
    }

    /// The sentence that says what is missing.
    pub(super) fn why_not(&self) -> String {
        format!("not reported: {}", self.missing.join("; "))
    }
}

/// A ratio; none for a denominator of zero or a result that is no number.
pub(super) fn ratio(over: f64, under: f64) -> Option<f64> {
    if under == 0.0 { None } else { Some(over / under).filter(|ratio| ratio.is_finite()) }
}

/// A part with its value, or one that says why it has none.
pub(super) fn part(id: &str, formula: &str, value: Option<f64>, why: impl Into<String>) -> Signal {
    let mut part = match value {
        Some(value) => Signal { value: Some(value), ..Signal::ran(id, Severity::None, why) },
        None => Signal::not_run(id, why),
    };
    formula.clone_into(&mut part.formula);
    part
}

/// A ratio as a part: what it is, and why it cannot be had.
pub(super) fn ratio_part(id: &str, formula: &str, value: Option<f64>, missing: &str) -> Signal {
    match value {
        Some(value) => part(id, formula, Some(value), format!("{value:.4}")),
        None if missing.is_empty() => part(id, formula, None, "its denominator is zero"),
        None => part(id, formula, None, missing.to_owned()),
    }
}

/// The whole of a model: what every signal has.
pub(super) struct Frame<'t> {
    pub(super) id: &'t str,
    pub(super) formula: &'t str,
    pub(super) source: &'t str,
}

impl Frame<'_> {
    /// It could not be computed.
    pub(super) fn not_run(&self, why: impl Into<String>) -> Signal {
        self.dress(Signal::not_run(self.id, why))
    }

    /// It does not apply.
    pub(super) fn not_applicable(&self, why: impl Into<String>) -> Signal {
        self.dress(Signal::not_applicable(self.id, why))
    }

    /// It was computed.
    pub(super) fn ran(&self, value: f64, zone: &str, severity: Severity, why: impl Into<String>) -> Signal {
        let mut signal = self.dress(Signal::ran(self.id, severity, why));
        signal.value = Some(value);
        signal.zone = Some(zone.to_owned());
        signal
    }

    fn dress(&self, mut signal: Signal) -> Signal {
        self.formula.clone_into(&mut signal.formula);
        self.source.clone_into(&mut signal.source);
        signal
    }
}

/// Names the parts that could not be had, for the whole that needs them.
pub(super) fn lacking(parts: &[Signal]) -> Vec<String> {
    parts
        .iter()
        .filter(|part| part.status == Status::NotRun)
        .map(|part| format!("{} ({})", part.id, part.why))
        .collect()
}
