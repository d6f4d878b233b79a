//! Prices as data: rates, input-size tiers, promotional periods and times of day.

use std::fmt;

use jiff::civil::{Date, Time, Weekday};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::money::Usd;

/// A picodollar per token is a dollar per million million tokens.
const PICO_PER_TOKEN_OF_USD_PER_MTOK: f64 = 1e6;

/// A price per token, in whole picodollars (1e-12 USD). Written and read as US dollars per million tokens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u64);

impl Rate {
    /// From US dollars per million tokens, rounded to the nearest picodollar per token. `None` for
    /// NaN, infinities, negatives and anything above a million dollars.
    pub fn from_usd_per_mtok(dollars: f64) -> Option<Self> {
        (dollars.is_finite() && (0.0..=1e6).contains(&dollars))
            .then(|| Self((dollars * PICO_PER_TOKEN_OF_USD_PER_MTOK).round() as u64))
    }

    /// As US dollars per million tokens.
    pub fn usd_per_mtok(self) -> f64 {
        self.0 as f64 / PICO_PER_TOKEN_OF_USD_PER_MTOK
    }

    /// The price of so many tokens. Exact, saturating.
    pub const fn cost(self, tokens: u64) -> Usd {
        Usd::from_pico(self.0.saturating_mul(tokens))
    }

    /// This rate times `factor`, rounded up: a multiplied rate never undercharges.
    pub fn scaled(self, factor: f64) -> Self {
        // A factor such as 1.1 is not exact in binary; without the slack 1.1 x 10 would round up to 12 picodollars.
        Self((self.0 as f64 * factor - 1e-6).ceil().max(0.0) as u64)
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} USD/Mtok", self.usd_per_mtok())
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.usd_per_mtok())
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let dollars = f64::deserialize(deserializer)?;
        Self::from_usd_per_mtok(dollars).ok_or_else(|| {
            de::Error::custom(format!("{dollars} is not a price; write US dollars per million tokens, 0 or more"))
        })
    }
}

/// What each kind of token costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    /// Input tokens.
    pub input: Rate,
    /// Input tokens read from a cache; the input rate where absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cached_read: Option<Rate>,
    /// Input tokens written to a five-minute cache, or to a provider's only cache; the input rate where absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cache_write_5m: Option<Rate>,
    /// Input tokens written to a one-hour cache; the other write rate where absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cache_write_1h: Option<Rate>,
    /// Output tokens, reasoning included.
    pub output: Rate,
}

impl Rates {
    fn scaled(&self, factor: f64) -> Self {
        Self {
            input: self.input.scaled(factor),
            cached_read: self.cached_read.map(|rate| rate.scaled(factor)),
            cache_write_5m: self.cache_write_5m.map(|rate| rate.scaled(factor)),
            cache_write_1h: self.cache_write_1h.map(|rate| rate.scaled(factor)),
            output: self.output.scaled(factor),
        }
    }
}

/// Rates that hold when a request has more input tokens than a threshold. Every token of the request bills at them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// The threshold: the tier holds for strictly more input tokens than this.
    pub above_input_tokens: u64,
    /// The rates; `None` where the provider charges differently and the figure is not recorded.
    pub rates: Option<Rates>,
}

/// A stretch of time with its own rates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// First day (UTC) of the period; `None` for the first period.
    pub from: Option<Date>,
    /// Tiers, smallest threshold first; the first one starts at 0.
    pub tiers: Vec<Tier>,
}

/// Peak hours in UTC; outside of them rates are multiplied by a factor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeOfDay {
    /// What rates are multiplied by outside the peak, between 0 and 1.
    pub off_peak_factor: f64,
    /// The peak windows.
    pub peak: Vec<DayWindow>,
}

/// A daily window in UTC, its end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayWindow {
    /// When it starts.
    pub from: Time,
    /// When it ends (excluded).
    pub to: Time,
    /// True when it holds from Monday to Friday only.
    #[serde(default)]
    pub weekdays_only: bool,
}

impl DayWindow {
    fn holds(&self, weekday: Weekday, time: Time) -> bool {
        let weekend = matches!(weekday, Weekday::Saturday | Weekday::Sunday);
        !(self.weekdays_only && weekend) && self.from <= time && time < self.to
    }
}

/// When what is charged: periods of tiers, and peak hours over all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// Periods, oldest first; at least one.
    pub periods: Vec<Period>,
    /// Peak and off-peak, where the provider has them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub time_of_day: Option<TimeOfDay>,
    /// True when the provider writes to its cache, and bills the write, without being asked.
    #[serde(default)]
    pub implicit_cache_writes: bool,
}

/// Why a schedule makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSchedule {
    /// There is no period or a period has no tier that starts at 0.
    #[error("every period needs rates from the first token on")]
    NoRates,
    /// Periods or tiers are not in ascending order.
    #[error("tiers must be in ascending order of `above`, changes in ascending order of `from`")]
    Unordered,
    /// The off-peak factor is not between 0 and 1.
    #[error("the off-peak factor must be between 0 and 1: the rates are those of the peak")]
    OffPeakFactor,
}

impl Schedule {
    /// One set of rates, for ever.
    pub fn flat(rates: Rates) -> Self {
        let tiers = vec![Tier { above_input_tokens: 0, rates: Some(rates) }];
        Self { periods: vec![Period { from: None, tiers }], time_of_day: None, implicit_cache_writes: false }
    }

    /// Checks what [`Schedule::rates_at`] relies on.
    pub fn validate(&self) -> Result<(), InvalidSchedule> {
        let starts = |period: &Period| period.tiers.first().is_some_and(|tier| tier.above_input_tokens == 0);
        let first_is_open = self.periods.first().is_some_and(|period| period.from.is_none());
        if !first_is_open || !self.periods.iter().all(starts) {
            return Err(InvalidSchedule::NoRates);
        }
        let tiers_ascend = self
            .periods
            .iter()
            .all(|period| period.tiers.is_sorted_by(|left, right| left.above_input_tokens < right.above_input_tokens));
        if !tiers_ascend || !self.periods.is_sorted_by(|left, right| left.from < right.from) {
            return Err(InvalidSchedule::Unordered);
        }
        match &self.time_of_day {
            Some(hours) if !(0.0..=1.0).contains(&hours.off_peak_factor) => Err(InvalidSchedule::OffPeakFactor),
            _ => Ok(()),
        }
    }

    /// The rates for a request of so many input tokens sent at `at_unix` seconds, or why there are none.
    pub fn rates_at(&self, input_tokens: u64, at_unix: i64) -> Result<Rates, String> {
        let at = Timestamp::from_second(at_unix).map_err(|_| "the time of the call is out of range")?;
        let at = at.to_zoned(TimeZone::UTC).datetime();
        let period = self
            .periods
            .iter()
            .rev()
            .find(|period| period.from.is_none_or(|from| from <= at.date()))
            .ok_or("no price is recorded for that day")?;
        let tier = period
            .tiers
            .iter()
            .rev()
            .find(|tier| tier.above_input_tokens == 0 || tier.above_input_tokens < input_tokens)
            .ok_or("no price is recorded for that size")?;
        let rates = tier.rates.ok_or_else(|| unknown_rates(period, tier))?;
        Ok(match &self.time_of_day {
            Some(hours) if !hours.peak.iter().any(|window| window.holds(at.weekday(), at.time())) => {
                rates.scaled(hours.off_peak_factor)
            }
            _ => rates,
        })
    }
}

/// Why a tier has no rates, as a clause.
pub(super) fn unknown_rates(period: &Period, tier: &Tier) -> String {
    match period.from {
        _ if tier.above_input_tokens > 0 => {
            format!("the price above {} input tokens is higher and not recorded", tier.above_input_tokens)
        }
        Some(from) => format!("the recorded price held until {from} and what follows it is not recorded"),
        None => "the price is not recorded".to_owned(),
    }
}

/// On what terms a model is used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Terms {
    /// There is a price.
    Priced(Schedule),
    /// The provider charges nothing.
    Free,
    /// It runs on the user's own machine.
    Local,
    /// The provider charges, and publishes no rate (credits). Not zero.
    Unpublished,
    /// We know of no price.
    Unpriced,
}

impl Terms {
    /// The word used in machine output and tables.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Priced(_) => "priced",
            Self::Free => "free",
            Self::Local => "local",
            Self::Unpublished => "unpublished",
            Self::Unpriced => "unpriced",
        }
    }
}

/// Who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PriceSource {
    /// The provider's own price page.
    FirstParty,
    /// Somebody else's table.
    ThirdParty,
    /// A reseller of the provider.
    Reseller,
    /// The provider publishes none.
    Unpublished,
    /// Taken over, not checked.
    Unchecked,
    /// The user's own file.
    User,
    /// `@price=` on the command line.
    CommandLine,
}

impl PriceSource {
    /// The word used in machine output and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstParty => "first-party",
            Self::ThirdParty => "third-party",
            Self::Reseller => "reseller",
            Self::Unpublished => "unpublished",
            Self::Unchecked => "unchecked",
            Self::User => "user",
            Self::CommandLine => "command-line",
        }
    }
}

/// Everything needed to price a call of one contestant. A snapshot of it is stored with each run,
/// so that a replay gives the same figures after the registry has moved on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriceSheet {
    /// The price, or the word for its absence.
    pub terms: Terms,
    /// Who says so.
    pub source: PriceSource,
    /// When the figure was taken.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub as_of: Option<Date>,
    /// True when the figure does not hold for calls in which the model reasons.
    #[serde(default)]
    pub non_thinking_rate_only: bool,
    /// Why no upper bound can be put on a call, where that is so (a route that runs several models for one call).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unbounded: Option<String>,
    /// The advisor's own prices, for a contestant with an advisor.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub advisor: Option<Box<PriceSheet>>,
}

impl PriceSheet {
    /// A sheet without a date, a caveat or an advisor.
    pub fn new(terms: Terms, source: PriceSource) -> Self {
        Self { terms, source, as_of: None, non_thinking_rate_only: false, unbounded: None, advisor: None }
    }

    /// The rates in force at `at_unix` for a request below every size tier, for display.
    pub fn entry_rates(&self, at_unix: i64) -> Option<Rates> {
        match &self.terms {
            Terms::Priced(schedule) => schedule.rates_at(0, at_unix).ok(),
            _ => None,
        }
    }

    /// True when nothing can be owed: free or local.
    pub fn is_free(&self) -> bool {
        matches!(self.terms, Terms::Free | Terms::Local)
    }
}
