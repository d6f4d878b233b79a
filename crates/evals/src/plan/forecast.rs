//! What a plan would cost: the numbers of a dry run.

use llm::cost::{Cost, Terms};
use llm::event::Usage;
use llm::money::Usd;
use llm::request::ChatRequest;

use super::Plan;
use crate::record::RunHeader;

/// Output tokens expected of a call when no earlier run tells better: an assumption, a few paragraphs.
pub const EXPECTED_OUTPUT_TOKENS: f64 = 400.0;

/// Bytes of ordinary English text per token, roughly; for expectations only, never for a bound.
const BYTES_PER_TOKEN: f64 = 4.0;
/// Tokens a chat template typically adds.
const EXPECTED_OVERHEAD: f64 = 12.0;

/// Whether a contestant has a price. Three words that are never mixed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pricing {
    /// It has a price.
    Priced,
    /// It costs nothing, or runs on the user's machine.
    Free,
    /// No price is known.
    Unpriced,
}

/// What one contestant would cost.
#[derive(Debug, Clone, PartialEq)]
pub struct ContestantForecast {
    /// Its name.
    pub name: String,
    /// Calls planned.
    pub calls: u64,
    /// Whether it has a price.
    pub pricing: Pricing,
    /// Output tokens assumed for each call.
    pub expected_output_tokens: f64,
    /// True when the assumption comes from earlier runs.
    pub from_history: bool,
    /// Expected cost of all its calls; `None` without a price.
    pub expected: Option<Usd>,
    /// The most that all its calls can cost, retries apart; `None` where nothing bounds it.
    pub worst: Option<Usd>,
}

/// What a plan would cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// Calls planned.
    pub calls: u64,
    /// Expected cost of the priced contestants.
    pub expected: Usd,
    /// The most that the whole plan can cost, retries apart; `None` where nothing bounds a contestant.
    pub worst: Option<Usd>,
    /// One for each contestant, in their order.
    pub contestants: Vec<ContestantForecast>,
}

impl Plan {
    /// What the plan would cost. `history` gives the mean output tokens of a contestant (by index)
    /// in earlier runs, where there are any.
    pub fn forecast(&self, at_unix: i64, history: &dyn Fn(usize) -> Option<f64>) -> Forecast {
        let contestants: Vec<ContestantForecast> =
            (0..self.header.contestants.len()).map(|index| self.forecast_one(index, at_unix, history(index))).collect();
        Forecast {
            calls: self.calls.len() as u64,
            expected: contestants.iter().filter_map(|one| one.expected).sum(),
            worst: self.worst_case(),
            contestants,
        }
    }

    fn forecast_one(&self, index: usize, at_unix: i64, history: Option<f64>) -> ContestantForecast {
        let contestant = &self.header.contestants[index];
        let maximum = contestant.params.max_output_tokens.map_or(f64::INFINITY, f64::from);
        let output = history.unwrap_or(EXPECTED_OUTPUT_TOKENS).min(maximum);
        let mine = || self.calls.iter().filter(|call| call.contestant as usize == index);
        let expected = mine()
            .map(|call| {
                let usage = Usage {
                    input: Some(expected_input(&self.request(call))),
                    output: Some(output.round() as u64),
                    ..Usage::default()
                };
                match contestant.price.cost(&usage, at_unix) {
                    Cost::Known(bill) => Some(bill.total()),
                    Cost::Free => Some(Usd::ZERO),
                    Cost::Unpriced | Cost::Unknown { .. } => None,
                }
            })
            .sum::<Option<Usd>>();
        ContestantForecast {
            name: contestant.name.clone(),
            calls: mine().count() as u64,
            pricing: pricing(&self.header, index),
            expected_output_tokens: output,
            from_history: history.is_some(),
            expected,
            worst: mine().map(|call| self.worst_cases[call.index as usize]).sum::<Option<Usd>>(),
        }
    }
}

fn pricing(header: &RunHeader, index: usize) -> Pricing {
    match header.contestants[index].price.terms {
        Terms::Free | Terms::Local => Pricing::Free,
        Terms::Unpublished | Terms::Unpriced => Pricing::Unpriced,
        Terms::Priced(_) => Pricing::Priced,
    }
}

fn expected_input(request: &ChatRequest) -> u64 {
    let system = request.system_text().map_or(0, str::len);
    let bytes = system + request.messages.iter().map(|message| message.text.len()).sum::<usize>();
    (bytes as f64 / BYTES_PER_TOKEN + EXPECTED_OVERHEAD).round() as u64
}
