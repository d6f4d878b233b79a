//! Numbers and names as they stand in sentences: units, digits, what "better" is called.

use super::model::Analysis;
use crate::record::{CorrectionKind, Metric, RunHeader, TestKind};

/// Writes values of one metric with one unit and one number of decimals.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    metric: Metric,
    divisor: f64,
    decimals: usize,
}

impl Scale {
    /// The unit from the largest value to be written, the decimals so that `resolution` (the width of
    /// an interval, a difference) shows two significant digits.
    pub(super) fn new(metric: Metric, largest: f64, resolution: f64) -> Self {
        let is_time = matches!(metric, Metric::LatencyMs | Metric::TtftMs | Metric::TtfoMs);
        let divisor = if is_time && largest.abs() >= 10_000.0 { 1000.0 } else { 1.0 };
        let (least, most) = if metric == Metric::CostUsd { (2.0, 12.0) } else { (0.0, 3.0) };
        let resolution = resolution.abs() / divisor;
        let wanted = if resolution.is_normal() { 1.0 - resolution.log10().floor() } else { least };
        Self { metric, divisor, decimals: wanted.clamp(least, most) as usize }
    }

    /// Three significant digits of one value.
    pub(super) fn of(metric: Metric, value: f64) -> Self {
        Self::new(metric, value, value / 10.0)
    }

    /// A value with its unit: `1,240 ms`, `$0.00012`.
    pub(super) fn with_unit(&self, value: f64) -> String {
        let number = self.number(value.abs());
        let minus = if value < 0.0 && !is_zero(&number) { "−" } else { "" };
        match self.unit() {
            "$" => format!("{minus}${number}"),
            "" => format!("{minus}{number}"),
            unit => format!("{minus}{number} {unit}"),
        }
    }

    /// A difference with its sign: `−428 ms`, `+0.012 s`.
    pub(super) fn signed_with_unit(&self, value: f64) -> String {
        match self.unit() {
            "$" | "" => self.signed(value),
            unit => format!("{} {unit}", self.signed(value)),
        }
    }

    /// A difference with its sign and, money apart, without its unit.
    pub(super) fn signed(&self, value: f64) -> String {
        let number = self.number(value.abs());
        let sign = match (is_zero(&number), value < 0.0) {
            (true, _) => "",
            (false, true) => "−",
            (false, false) => "+",
        };
        let dollar = if self.unit() == "$" { "$" } else { "" };
        format!("{sign}{dollar}{number}")
    }

    fn number(&self, size: f64) -> String {
        grouped(&format!("{:.*}", self.decimals, size / self.divisor))
    }

    fn unit(&self) -> &'static str {
        match self.metric {
            Metric::LatencyMs | Metric::TtftMs | Metric::TtfoMs if self.divisor > 1.0 => "s",
            Metric::LatencyMs | Metric::TtftMs | Metric::TtfoMs => "ms",
            Metric::OutputTokens => "tokens",
            Metric::TokensPerSecond => "tokens/s",
            Metric::CostUsd => "$",
            Metric::Score => "points",
            Metric::CheckScore => "",
        }
    }
}

/// The metric as a noun inside a sentence.
pub(super) fn noun(metric: Metric) -> &'static str {
    match metric {
        Metric::LatencyMs => "latency",
        Metric::TtftMs => "time to first token",
        Metric::TtfoMs => "time to first visible text",
        Metric::OutputTokens => "output length",
        Metric::TokensPerSecond => "output rate",
        Metric::CostUsd => "cost per call",
        Metric::Score => "judges' score",
        Metric::CheckScore => "share of passed checks",
    }
}

/// What the arm with the favoured value does, and whether that value is the lower one.
///
/// Fewer tokens are not better; they are named first so that every sentence reads the same way round.
pub(super) fn advantage(metric: Metric) -> (&'static str, bool) {
    match metric {
        Metric::LatencyMs => ("is faster than", true),
        Metric::TtftMs => ("starts sooner than", true),
        Metric::TtfoMs => ("shows its first text sooner than", true),
        Metric::OutputTokens => ("writes fewer tokens than", true),
        Metric::TokensPerSecond => ("writes faster than", false),
        Metric::CostUsd => ("is cheaper than", true),
        Metric::Score => ("is scored higher by the judges than", false),
        Metric::CheckScore => ("passes more checks than", false),
    }
}

/// The same claim for a test of stochastic order, which is not about means.
pub(super) fn tendency(metric: Metric) -> &'static str {
    match metric {
        Metric::LatencyMs => "tends to be faster than",
        Metric::TtftMs => "tends to start sooner than",
        Metric::TtfoMs => "tends to show its first text sooner than",
        Metric::OutputTokens => "tends to write fewer tokens than",
        Metric::TokensPerSecond => "tends to write faster than",
        Metric::CostUsd => "tends to be cheaper than",
        Metric::Score => "tends to be scored higher by the judges than",
        Metric::CheckScore => "tends to pass more checks than",
    }
}

/// `p = 0.0004 after Bonferroni over 3 pairs`.
pub(super) fn p_clause(test: TestKind, p: f64, correction: CorrectionKind, pairs: u32) -> String {
    let name = match test {
        TestKind::Welch => "",
        TestKind::MannWhitney => "Mann-Whitney ",
        TestKind::Permutation => "permutation ",
        TestKind::PairedT => "paired t ",
        TestKind::WilcoxonSigned => "Wilcoxon ",
    };
    let value = if p < 0.0001 { "p < 0.0001".to_owned() } else { format!("p = {}", significant(p, 2)) };
    let after = match correction {
        _ if pairs < 2 => String::new(),
        CorrectionKind::None => format!(", not corrected for {pairs} pairs"),
        CorrectionKind::Bonferroni => format!(" after Bonferroni over {pairs} pairs"),
        CorrectionKind::Holm => format!(" after Holm over {pairs} pairs"),
        CorrectionKind::BenjaminiHochberg => format!(" after Benjamini-Hochberg over {pairs} pairs"),
    };
    format!("{name}{value}{after}")
}

/// `95 %`, `99.9 %`.
pub(super) fn percent(share: f64) -> String {
    let text = format!("{:.3}", share * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A number with this many significant digits, written without an exponent down to 0.0001.
pub(super) fn significant(value: f64, digits: i32) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let decimals = (f64::from(digits) - 1.0 - value.abs().log10().floor()).clamp(0.0, 12.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// `1 run`, `3 runs`; numbers grouped by thousands.
pub(crate) fn count(number: u32, one: &str, many: &str) -> String {
    format!("{} {}", grouped(&number.to_string()), if number == 1 { one } else { many })
}

/// `a`, `a and b`, `a, b and c`; beyond eight the rest is only counted.
pub(super) fn listed(items: &[String]) -> String {
    const SHOWN: usize = 8;
    let (shown, rest) = items.split_at(items.len().min(SHOWN));
    match (shown, rest.len()) {
        ([], _) => String::new(),
        ([one], 0) => one.clone(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
        (_, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A contestant's name, with the temperature and the number of the system prompt where the run varies them.
pub fn cell_label(analysis: &Analysis, cell: u32) -> String {
    analysis.cells.get(cell as usize).map_or_else(String::new, |cell| {
        label(&analysis.header, cell.contestant, cell.prompt, cell.system, cell.temperature)
    })
}

pub(super) fn label(header: &RunHeader, contestant: u32, prompt: u32, system: u32, temperature: Option<f64>) -> String {
    let mut label = name(header, contestant).to_owned();
    if header.temperatures.len() > 1 {
        match temperature {
            Some(temperature) => label.push_str(&format!(" at temperature {temperature}")),
            None => label.push_str(" at its own temperature"),
        }
    }
    if header.systems.len() > 1 {
        label.push_str(&format!(" under system prompt {}", system + 1));
    }
    if header.prompts.len() > 1 {
        let id = header.prompts.get(prompt as usize).map_or("?", |prompt| prompt.id.as_str());
        label.push_str(&format!(" on prompt {id}"));
    }
    label
}

pub(super) fn name(header: &RunHeader, contestant: u32) -> &str {
    header.contestants.get(contestant as usize).map_or("?", |contestant| contestant.name.as_str())
}

fn grouped(number: &str) -> String {
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut text = String::with_capacity(number.len() + 4);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

fn is_zero(number: &str) -> bool {
    number.chars().all(|digit| matches!(digit, '0' | '.' | ','))
}
