//! What a plan would do and cost, before anything is spent.

use std::io;

use evals::analysis::planning::DetectableEffect;
use evals::plan::{ContestantForecast, Forecast, Pricing};
use evals::record::RunHeader;
use llm::money::Usd;
use serde::Serialize;

use crate::document::metric_name;
use crate::escape;
use crate::figures;
use crate::style;
use crate::table::{Column, Table};
use crate::terminal::prose;

/// A plan with its forecast.
#[derive(Debug, Clone, Copy)]
pub struct DryRun<'a> {
    /// What would be run.
    pub header: &'a RunHeader,
    /// What it would cost.
    pub forecast: &'a Forecast,
    /// What it could find; `None` when nothing will be tested.
    pub detectable: Option<DetectableEffect>,
}

impl DryRun<'_> {
    /// The plan for a terminal, no line wider than `columns`.
    pub fn terminal(&self, columns: usize) -> String {
        let header = self.header;
        let mut table = Table::new(vec![
            Column::text("contestant"),
            Column::number("calls"),
            Column::number("tokens each"),
            Column::number("expected"),
            Column::number("worst"),
        ])
        .stacking();
        let judges = self.forecast.judges.iter().map(|each| (format!("judge {}", each.name), each));
        for (name, each) in self.forecast.contestants.iter().map(|each| (each.name.clone(), each)).chain(judges) {
            table.push([
                name,
                figures::count(each.calls),
                format!("~{}", figures::number(each.expected_output_tokens.round())),
                amount(each, each.expected),
                amount(each, each.worst),
            ]);
        }
        let mut out = table.render(columns);
        out.push('\n');
        for sentence in self.sentences() {
            out.push_str(&prose::bullet(anstyle::Style::new(), &sentence, columns));
        }
        for note in &header.notes {
            out.push_str(&prose::bullet(style::WARNING, &note.text, columns));
        }
        out
    }

    /// The plan as JSON.
    pub fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let header = self.header;
        let row = DryRunRow {
            dry_run: true,
            calls: self.forecast.calls,
            runs: header.runs,
            seed: header.seed,
            max_cost_usd: header.max_cost.map(Usd::as_f64),
            expected_cost_usd: self.forecast.expected.as_f64(),
            worst_cost_usd: self.forecast.worst.map(Usd::as_f64),
            detectable_effect_d: self.detectable.map(|effect| effect.cohens_d).filter(|d| d.is_finite()),
            pairs: self.detectable.map_or(0, |effect| effect.pairs),
            contestants: self.forecast.contestants.iter().map(ContestantRow::of).collect(),
            judges: self.forecast.judges.iter().map(ContestantRow::of).collect(),
            items: header.prompts.len(),
            checks: header.prompts.iter().map(|prompt| prompt.checks.len()).sum(),
            notes: header
                .notes
                .iter()
                .map(|note| NoteRow { code: note.code.clone(), text: note.text.clone() })
                .collect(),
        };
        escape::json::write_pretty(&row, out)
    }

    /// How many of the calls are the judges', and their part of the cost.
    fn judging(&self) -> Option<String> {
        let judges = &self.forecast.judges;
        let calls: u64 = judges.iter().map(|judge| judge.calls).sum();
        if judges.is_empty() {
            return None;
        }
        let expected: Usd = judges.iter().filter_map(|judge| judge.expected).sum();
        Some(format!(
            "Of these, {} to {}, expected cost {}; an answer that is refused or failed is not judged.",
            figures::plural(calls, "call", "calls"),
            figures::plural(judges.len() as u64, "judge", "judges"),
            figures::dollars(expected)
        ))
    }

    fn sentences(&self) -> Vec<String> {
        let header = self.header;
        let calls = figures::plural(self.forecast.calls, "call", "calls");
        let worst = self.forecast.worst.map_or_else(
            || "nothing bounds the worst case (no output maximum or no price)".to_owned(),
            |worst| format!("at most {} without retries", figures::dollars(worst)),
        );
        let mut sentences = vec![];
        let checks: u64 = header.prompts.iter().map(|prompt| prompt.checks.len() as u64).sum();
        if header.prompts.len() > 1 || checks > 0 {
            sentences.push(format!(
                "{} with {}.",
                figures::plural(header.prompts.len() as u64, "item", "items"),
                figures::plural(checks, "check", "checks")
            ));
        }
        sentences.push(format!(
            "{calls}, {} each; expected cost {}, {worst}.",
            figures::plural(u64::from(header.runs), "run", "runs"),
            figures::dollars(self.forecast.expected)
        ));
        sentences.extend(self.judging());
        if let Some(cap) = header.max_cost {
            sentences.push(format!("The run stops before it could spend more than {}.", figures::dollars(cap)));
        }
        match self.detectable {
            Some(effect) => sentences.push(format!(
                "With {} and {} this plan has an 80 % chance to find a difference in {} of {} standard deviations of one run (Cohen's d).",
                figures::plural(u64::from(effect.runs), "run of each", "runs of each"),
                figures::plural(u64::from(effect.pairs), "pair", "pairs"),
                metric_name(header.analysis.metric),
                figures::number(effect.cohens_d),
            )),
            None => sentences.push("No differences will be tested: that takes at least three runs each and something to compare.".to_owned()),
        }
        if self.forecast.contestants.iter().any(|each| !each.from_history && each.pricing == Pricing::Priced) {
            sentences.push("Expected costs assume an answer's length; the worst case does not.".to_owned());
        }
        sentences.push("Nothing was sent and nothing was spent.".to_owned());
        sentences
    }
}

#[derive(Serialize)]
struct DryRunRow {
    dry_run: bool,
    calls: u64,
    runs: u32,
    seed: u64,
    max_cost_usd: Option<f64>,
    expected_cost_usd: f64,
    worst_cost_usd: Option<f64>,
    detectable_effect_d: Option<f64>,
    pairs: u32,
    contestants: Vec<ContestantRow>,
    judges: Vec<ContestantRow>,
    items: usize,
    checks: usize,
    notes: Vec<NoteRow>,
}

#[derive(Serialize)]
struct ContestantRow {
    name: String,
    calls: u64,
    pricing: &'static str,
    expected_output_tokens: f64,
    expected_output_tokens_from_history: bool,
    expected_cost_usd: Option<f64>,
    worst_cost_usd: Option<f64>,
}

impl ContestantRow {
    fn of(each: &ContestantForecast) -> Self {
        Self {
            name: each.name.clone(),
            calls: each.calls,
            pricing: pricing_word(each.pricing),
            expected_output_tokens: each.expected_output_tokens,
            expected_output_tokens_from_history: each.from_history,
            expected_cost_usd: each.expected.map(Usd::as_f64),
            worst_cost_usd: each.worst.map(Usd::as_f64),
        }
    }
}

#[derive(Serialize)]
struct NoteRow {
    code: String,
    text: String,
}

fn amount(each: &ContestantForecast, amount: Option<Usd>) -> String {
    match (each.pricing, amount) {
        (Pricing::Free, _) => figures::FREE.to_owned(),
        (Pricing::Unpriced, _) => figures::UNPRICED.to_owned(),
        (Pricing::Priced, Some(amount)) => figures::dollars(amount),
        (Pricing::Priced, None) => figures::UNKNOWN.to_owned(),
    }
}

fn pricing_word(pricing: Pricing) -> &'static str {
    match pricing {
        Pricing::Priced => "priced",
        Pricing::Free => "free",
        Pricing::Unpriced => "unpriced",
    }
}
