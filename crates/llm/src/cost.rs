//! What a call cost, and the most it can cost: prices as a snapshot that is stored with a run, and
//! the arithmetic over them.
//!
//! Four words that are never mixed up: *known* (a number), *free*, *unpriced* (nobody told us a
//! price) and *unknown* (there is a price, but this call's cost cannot be computed from what was
//! reported or recorded). None of the last three is ever the number zero.

mod bound;
mod price;

use serde::{Deserialize, Serialize};

pub use bound::{
    ADVISOR_OUTPUT_BOUND, DEFAULT_PROMPT_OVERHEAD, NoBound, WORST_CASE_HORIZON_SECONDS, WorstCaseCall,
    input_tokens_upper_bound,
};
pub use price::{
    DayWindow, InvalidSchedule, Period, PriceSheet, PriceSource, Rate, Rates, Schedule, Terms, Tier, TimeOfDay,
};

use crate::event::{AdvisorUsage, Usage};
use crate::money::Usd;

/// What a call cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Cost {
    /// Computed from reported usage and a recorded price.
    Known(Bill),
    /// The model is free, or runs on the user's own machine.
    Free,
    /// No price is recorded or published for this model.
    Unpriced,
    /// A price exists, but this call's cost cannot be computed.
    Unknown {
        /// Why not, in one clause for a person.
        reason: String,
    },
}

impl Cost {
    /// The amount, where there is one: a free call costs zero, an unpriced or unknown one has none.
    pub fn amount(&self) -> Option<Usd> {
        match self {
            Self::Known(bill) => Some(bill.total()),
            Self::Free => Some(Usd::ZERO),
            Self::Unpriced | Self::Unknown { .. } => None,
        }
    }

    /// The word used in machine output.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Known(_) => "known",
            Self::Free => "free",
            Self::Unpriced => "unpriced",
            Self::Unknown { .. } => "unknown",
        }
    }
}

/// The parts of a known cost. Their sum is the total; each token is in one part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bill {
    /// Input that was neither read from nor written to a cache.
    pub input: Usd,
    /// Input read from a cache.
    pub cached_read: Usd,
    /// Input written to a cache, all lifetimes.
    pub cache_write: Usd,
    /// Output, reasoning included.
    pub output: Usd,
    /// Everything the advisor used, at the advisor's own rate.
    pub advisor: Usd,
}

impl Bill {
    /// The whole cost.
    pub fn total(&self) -> Usd {
        self.own() + self.advisor
    }

    /// The cost without the advisor's part.
    pub fn own(&self) -> Usd {
        self.input + self.cached_read + self.cache_write + self.output
    }
}

impl PriceSheet {
    /// What a call cost, from what the provider reported.
    ///
    /// `at_unix` is when the call was sent, in seconds since the Unix epoch: promotional dates and
    /// peak hours are judged by it. Cached tokens without a recorded rate bill at the full input
    /// rate. Usage that was not reported is [`Cost::Unknown`], never zero.
    pub fn cost(&self, usage: &Usage, at_unix: i64) -> Cost {
        match &self.terms {
            Terms::Free | Terms::Local => Cost::Free,
            Terms::Unpublished | Terms::Unpriced => Cost::Unpriced,
            Terms::Priced(schedule) => match self.bill(schedule, usage, at_unix) {
                Ok(bill) => Cost::Known(bill),
                Err(reason) => Cost::Unknown { reason },
            },
        }
    }

    fn bill(&self, schedule: &Schedule, usage: &Usage, at_unix: i64) -> Result<Bill, String> {
        let input = usage.input.ok_or("the provider did not report input tokens")?;
        let output = usage.output.ok_or("the provider did not report output tokens")?;
        if self.non_thinking_rate_only && usage.reasoning.is_some_and(|tokens| tokens > 0) {
            return Err("the model reasoned, and the recorded price is the non-thinking rate".to_owned());
        }
        let rates = schedule.rates_at(input, at_unix)?;
        let tokens = InputParts::split(
            input,
            usage.cached_read.unwrap_or(0),
            usage.cached_write_5m.unwrap_or(0),
            usage.cached_write_1h.unwrap_or(0),
        );
        let mut bill = tokens.bill(&rates);
        bill.output = rates.output.cost(output);
        for consultation in &usage.advisor {
            bill.advisor += self.advisor_cost(consultation, at_unix)?;
        }
        Ok(bill)
    }

    fn advisor_cost(&self, consultation: &AdvisorUsage, at_unix: i64) -> Result<Usd, String> {
        let unpriced = || format!("no price is recorded for the advisor {}", consultation.model);
        let sheet = self.advisor.as_deref().ok_or_else(unpriced)?;
        let usage = Usage {
            input: Some(consultation.input),
            cached_read: Some(consultation.cached_read),
            cached_write_5m: Some(consultation.cached_write_5m),
            cached_write_1h: Some(consultation.cached_write_1h),
            output: Some(consultation.output),
            ..Usage::default()
        };
        match sheet.cost(&usage, at_unix) {
            Cost::Known(bill) => Ok(bill.total()),
            Cost::Free => Ok(Usd::ZERO),
            Cost::Unpriced => Err(unpriced()),
            Cost::Unknown { reason } => Err(format!("advisor: {reason}")),
        }
    }
}

/// Input tokens cut into disjoint parts.
struct InputParts {
    uncached: u64,
    read: u64,
    write_5m: u64,
    write_1h: u64,
}

impl InputParts {
    /// Parts that exceed the whole are cut to it: a provider that miscounts must not make us
    /// bill more input than it says there was.
    fn split(input: u64, read: u64, write_5m: u64, write_1h: u64) -> Self {
        let read = read.min(input);
        let write_1h = write_1h.min(input - read);
        let write_5m = write_5m.min(input - read - write_1h);
        Self { uncached: input - read - write_1h - write_5m, read, write_5m, write_1h }
    }

    fn bill(&self, rates: &Rates) -> Bill {
        Bill {
            input: rates.input.cost(self.uncached),
            cached_read: rates.cached_read.unwrap_or(rates.input).cost(self.read),
            cache_write: rates.cache_write_5m.unwrap_or(rates.input).cost(self.write_5m)
                + rates.cache_write_1h.or(rates.cache_write_5m).unwrap_or(rates.input).cost(self.write_1h),
            ..Bill::default()
        }
    }
}
