//! What a plan would cost: the numbers of a dry run.

use llm::cost::{Cost, Terms};
use llm::event::Usage;
use llm::money::Usd;
use llm::request::ChatRequest;

use super::Plan;
use crate::record::Contestant;

/// Output tokens expected of a call when no earlier run tells better: an assumption, a few paragraphs.
pub const EXPECTED_OUTPUT_TOKENS: f64 = 400.0;

/// Output tokens expected of a judge: a sentence and a score.
const EXPECTED_VERDICT_TOKENS: f64 = 120.0;

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
    /// Calls planned, the judges' among them.
    pub calls: u64,
    /// Expected cost of the priced contestants and judges.
    pub expected: Usd,
    /// The most that the whole plan can cost, retries apart; `None` where nothing bounds a contestant.
    pub worst: Option<Usd>,
    /// One for each contestant, in their order.
    pub contestants: Vec<ContestantForecast>,
    /// One for each judge, in their order; their part of `expected` and `worst`.
    pub judges: Vec<ContestantForecast>,
}

impl Plan {
    /// What the plan would cost. `history` gives the mean output tokens of a contestant (by index)
    /// in earlier runs, where there are any.
    pub fn forecast(&self, at_unix: i64, history: &dyn Fn(usize) -> Option<f64>) -> Forecast {
        let contestants: Vec<ContestantForecast> =
            (0..self.header.contestants.len()).map(|index| self.forecast_one(index, at_unix, history(index))).collect();
        let judges = self.forecast_judges(at_unix, &contestants);
        Forecast {
            calls: self.total_calls() as u64,
            expected: contestants.iter().chain(&judges).filter_map(|one| one.expected).sum(),
            worst: self.worst_case(),
            contestants,
            judges,
        }
    }

    /// What the judges would cost: their question, the answers in it as long as expected, and a short verdict.
    fn forecast_judges(&self, at_unix: i64, answers: &[ContestantForecast]) -> Vec<ContestantForecast> {
        let frames = self.judge_frames();
        let answer_tokens = |index: u32| {
            let contestant = self.calls[index as usize].contestant as usize;
            answers.get(contestant).map_or(EXPECTED_OUTPUT_TOKENS, |one| one.expected_output_tokens)
        };
        let judges = self.header.judges().iter().enumerate();
        judges
            .map(|(index, judge)| {
                let mine = || {
                    let all = self.judgements.iter().enumerate();
                    all.filter(move |(_, judgement)| judgement.judge as usize == index)
                };
                let maximum = judge.params.max_output_tokens.map_or(f64::INFINITY, f64::from);
                let output = EXPECTED_VERDICT_TOKENS.min(maximum);
                let expected = mine()
                    .map(|(at, judgement)| {
                        let (first, second) = judgement.task.answers();
                        // The frame is a bound in bytes; ordinary text has several to a token.
                        let frame = frames[at].as_ref().map_or(0.0, |tokens| *tokens as f64 / BYTES_PER_TOKEN);
                        let shown = answer_tokens(first) + second.map_or(0.0, answer_tokens);
                        let usage = Usage {
                            input: Some((frame + shown).round() as u64),
                            output: Some(output.round() as u64),
                            ..Usage::default()
                        };
                        known_cost(judge, &usage, at_unix)
                    })
                    .sum::<Option<Usd>>();
                ContestantForecast {
                    name: judge.name.clone(),
                    calls: mine().count() as u64,
                    pricing: pricing(judge),
                    expected_output_tokens: output,
                    from_history: false,
                    expected,
                    worst: mine().map(|(at, _)| self.worst_cases[self.calls.len() + at]).sum::<Option<Usd>>(),
                }
            })
            .collect()
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
                known_cost(contestant, &usage, at_unix)
            })
            .sum::<Option<Usd>>();
        ContestantForecast {
            name: contestant.name.clone(),
            calls: mine().count() as u64,
            pricing: pricing(contestant),
            expected_output_tokens: output,
            from_history: history.is_some(),
            expected,
            worst: mine().map(|call| self.worst_cases[call.index as usize]).sum::<Option<Usd>>(),
        }
    }
}

fn known_cost(entrant: &Contestant, usage: &Usage, at_unix: i64) -> Option<Usd> {
    match entrant.price.cost(usage, at_unix) {
        Cost::Known(bill) => Some(bill.total()),
        Cost::Free => Some(Usd::ZERO),
        Cost::Unpriced | Cost::Unknown { .. } => None,
    }
}

fn pricing(entrant: &Contestant) -> Pricing {
    match entrant.price.terms {
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
