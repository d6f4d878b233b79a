//! Anthropic's usage, put together from its reports and said in our terms.
//!
//! Three things make this more than a copy: input is reported without what came from or went to a
//! cache; a stream reports twice and may leave out the second time what it said the first; and with
//! an advisor the top-level input is that of the first round only, while `iterations` has all.

use serde::Deserialize;

use super::super::lenient::{Number, Text};
use crate::event::{AdvisorUsage, Usage};

/// One report.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WireUsage<'a> {
    input_tokens: Number,
    cache_read_input_tokens: Number,
    cache_creation_input_tokens: Number,
    cache_creation: Option<CacheCreation>,
    output_tokens: Number,
    output_tokens_details: Option<OutputDetails>,
    #[serde(borrow)]
    iterations: Option<Vec<Iteration<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CacheCreation {
    ephemeral_5m_input_tokens: Number,
    ephemeral_1h_input_tokens: Number,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct OutputDetails {
    thinking_tokens: Number,
}

/// One round of sampling within the call.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Iteration<'a> {
    #[serde(rename = "type", borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    model: Text<'a>,
    input_tokens: Number,
    cache_read_input_tokens: Number,
    cache_creation_input_tokens: Number,
    cache_creation: Option<CacheCreation>,
    output_tokens: Number,
}

/// What has been reported so far, in Anthropic's terms.
#[derive(Debug, Default)]
pub(super) struct Account {
    uncached_input: Option<u64>,
    cache_read: Option<u64>,
    cache_written: Option<u64>,
    written_5m: Option<u64>,
    written_1h: Option<u64>,
    output: Option<u64>,
    thinking: Option<u64>,
    advisor: Vec<AdvisorUsage>,
    /// What the executor's rounds sum to, where rounds are reported and no other model took over.
    executor: Option<Rounds>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Rounds {
    input: u64,
    cache_read: u64,
    written: u64,
    written_1h: u64,
    output: u64,
}

impl Account {
    /// Takes a report in and gives the whole in our terms.
    pub(super) fn add(&mut self, report: &WireUsage<'_>) -> Usage {
        fn take(into: &mut Option<u64>, from: Option<u64>) {
            *into = from.or(*into);
        }
        take(&mut self.uncached_input, report.input_tokens.count());
        take(&mut self.cache_read, report.cache_read_input_tokens.count());
        take(&mut self.cache_written, report.cache_creation_input_tokens.count());
        if let Some(split) = &report.cache_creation {
            take(&mut self.written_5m, split.ephemeral_5m_input_tokens.count());
            take(&mut self.written_1h, split.ephemeral_1h_input_tokens.count());
        }
        take(&mut self.output, report.output_tokens.count());
        take(&mut self.thinking, report.output_tokens_details.as_ref().and_then(|d| d.thinking_tokens.count()));
        if let Some(iterations) = &report.iterations {
            self.add_iterations(iterations);
        }
        self.usage()
    }

    fn add_iterations(&mut self, iterations: &[Iteration<'_>]) {
        self.advisor.clear();
        let mut executor = Rounds::default();
        let mut executor_rounds = 0;
        let mut handed_over = false;
        for iteration in iterations {
            let rounds = iteration.rounds();
            match iteration.kind.str() {
                "advisor_message" => self.advisor.push(AdvisorUsage {
                    model: iteration.model.str().to_owned(),
                    input: rounds.all_input(),
                    cached_read: rounds.cache_read,
                    cached_write_5m: rounds.written.saturating_sub(rounds.written_1h),
                    cached_write_1h: rounds.written_1h,
                    output: rounds.output,
                }),
                // Another model answered after a refusal: the top level is that model's, and only it is billed.
                "fallback_message" => handed_over = true,
                _ => {
                    executor_rounds += 1;
                    executor.add(rounds);
                }
            }
        }
        self.executor = (executor_rounds > 0 && !handed_over).then_some(executor);
    }

    fn usage(&self) -> Usage {
        let written = self.cache_written.or_else(|| match (self.written_5m, self.written_1h) {
            (None, None) => None,
            (short, long) => Some(short.unwrap_or(0).saturating_add(long.unwrap_or(0))),
        });
        let mut usage = Usage {
            input: self
                .uncached_input
                .map(|input| input.saturating_add(self.cache_read.unwrap_or(0)).saturating_add(written.unwrap_or(0))),
            cached_read: self.cache_read,
            cached_write_5m: written.map(|written| written.saturating_sub(self.written_1h.unwrap_or(0))),
            cached_write_1h: self.written_1h,
            output: self.output,
            reasoning: self.thinking,
            advisor: self.advisor.clone(),
            provider_cost_usd: None,
        };
        if let Some(rounds) = self.executor {
            usage.input = Some(rounds.all_input());
            usage.cached_read = usage.cached_read.map(|_| rounds.cache_read);
            usage.cached_write_5m = usage.cached_write_5m.map(|_| rounds.written.saturating_sub(rounds.written_1h));
            usage.cached_write_1h = usage.cached_write_1h.map(|_| rounds.written_1h);
            // The top level sums output over the rounds, compaction rounds excepted, which are billed too.
            usage.output = Some(usage.output.unwrap_or(0).max(rounds.output));
        }
        usage
    }
}

impl Iteration<'_> {
    fn rounds(&self) -> Rounds {
        let split = self.cache_creation.as_ref();
        let long = split.and_then(|split| split.ephemeral_1h_input_tokens.count()).unwrap_or(0);
        let short = split.and_then(|split| split.ephemeral_5m_input_tokens.count()).unwrap_or(0);
        Rounds {
            input: self.input_tokens.count().unwrap_or(0),
            cache_read: self.cache_read_input_tokens.count().unwrap_or(0),
            written: self.cache_creation_input_tokens.count().unwrap_or(short.saturating_add(long)),
            written_1h: long,
            output: self.output_tokens.count().unwrap_or(0),
        }
    }
}

impl Rounds {
    fn add(&mut self, other: Self) {
        self.input = self.input.saturating_add(other.input);
        self.cache_read = self.cache_read.saturating_add(other.cache_read);
        self.written = self.written.saturating_add(other.written);
        self.written_1h = self.written_1h.saturating_add(other.written_1h);
        self.output = self.output.saturating_add(other.output);
    }

    fn all_input(self) -> u64 {
        self.input.saturating_add(self.cache_read).saturating_add(self.written)
    }
}
