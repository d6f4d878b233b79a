//! The TOML form of the registry: the same for the tables compiled in and for a user's own file.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Deserializer, de};
use toml::Spanned;

use super::model::{Capabilities, RetiredModel};
use super::provider::{Auth, CacheWriteRule, KeyPattern};
use crate::cost::{Period, PriceSheet, PriceSource, Rate, Rates, Schedule, Terms, Tier, TimeOfDay};
use crate::dialect::{Dialect, Quirks};
use crate::request::Params;

/// Tables that a registry file may hold. Other top-level tables belong to somebody else.
pub(super) const TABLES: [&str; 4] = ["providers", "models", "retired", "groups"];

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Document {
    pub(super) providers: Vec<Spanned<ProviderRow>>,
    pub(super) models: Vec<Spanned<ModelRow>>,
    pub(super) retired: Vec<Spanned<RetiredModel>>,
    pub(super) groups: BTreeMap<String, Spanned<GroupRow>>,
}

/// A provider; what is absent is taken from the provider of that name, if there is one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderRow {
    pub(super) name: String,
    pub(super) display_name: Option<String>,
    pub(super) base_url: Option<String>,
    pub(super) auth: Option<Auth>,
    pub(super) key_env: Option<OneOrMany>,
    pub(super) base_url_env: Option<OneOrMany>,
    pub(super) key_patterns: Option<Vec<KeyPattern>>,
    pub(super) dialect: Option<Dialect>,
    pub(super) quirks: Option<Quirks>,
    pub(super) headers: Option<BTreeMap<String, String>>,
    pub(super) concurrency: Option<u32>,
    pub(super) prompt_overhead: Option<u64>,
    #[serde(default)]
    pub(super) capabilities: Capabilities,
    pub(super) defaults: Option<Params>,
    pub(super) cache_writes: Option<CacheWriteRule>,
    pub(super) note: Option<String>,
}

/// A model; what is absent is taken from the model of that provider and id, if there is one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelRow {
    pub(super) provider: String,
    pub(super) id: String,
    pub(super) wire_id: Option<String>,
    pub(super) family: Option<String>,
    pub(super) reasoning: Option<bool>,
    pub(super) context: Option<u64>,
    #[serde(default)]
    pub(super) capabilities: Capabilities,
    pub(super) dialect: Option<Dialect>,
    pub(super) quirks: Option<Quirks>,
    pub(super) price: Option<PriceRow>,
    pub(super) cache_writes: Option<CacheWriteRule>,
    pub(super) shuts_down: Option<Date>,
    pub(super) replacement: Option<String>,
    pub(super) note: Option<String>,
}

/// A group: its members, or the name of the group it is another name for.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a group is a list of models, or the name of another group")]
pub(super) enum GroupRow {
    Members(Vec<String>),
    Alias(String),
}

/// A string or several.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a string, or a list of strings")]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(super) fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

/// A price: a word, or a table of US dollars per million tokens.
pub(super) enum PriceRow {
    Word(PriceWord),
    Table(Box<PriceTable>),
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum PriceWord {
    Free,
    Local,
    Unpublished,
    Unpriced,
}

impl PriceWord {
    fn terms(self) -> Terms {
        match self {
            Self::Free => Terms::Free,
            Self::Local => Terms::Local,
            Self::Unpublished => Terms::Unpublished,
            Self::Unpriced => Terms::Unpriced,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PriceTable {
    /// A word in place of rates, when source and date are to be told too.
    status: Option<PriceWord>,
    input: Option<Rate>,
    cached_read: Option<Rate>,
    cache_write_5m: Option<Rate>,
    cache_write_1h: Option<Rate>,
    output: Option<Rate>,
    #[serde(default)]
    tiers: Vec<TierRow>,
    #[serde(default)]
    changes: Vec<ChangeRow>,
    time_of_day: Option<TimeOfDay>,
    source: Option<PriceSource>,
    as_of: Option<Date>,
    #[serde(default)]
    non_thinking_rate_only: bool,
    unbounded: Option<String>,
}

/// What holds above a number of input tokens; without rates: not recorded.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TierRow {
    above: u64,
    input: Option<Rate>,
    cached_read: Option<Rate>,
    output: Option<Rate>,
}

/// What holds from a day on; without rates: not recorded.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeRow {
    from: Date,
    input: Option<Rate>,
    cached_read: Option<Rate>,
    output: Option<Rate>,
    #[serde(default)]
    tiers: Vec<TierRow>,
}

impl<'de> Deserialize<'de> for PriceRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = PriceRow;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(
                    "a price: { input = DOLLARS, output = DOLLARS } per million tokens, or \"free\", \"unpublished\", \"unpriced\"",
                )
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<PriceRow, E> {
                PriceWord::deserialize(de::value::StrDeserializer::new(word)).map(PriceRow::Word)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<PriceRow, A::Error> {
                let table = PriceTable::deserialize(MapAccessDeserializer::new(map))?;
                Ok(PriceRow::Table(Box::new(table)))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl PriceRow {
    /// The price, or what is wrong with it.
    pub(super) fn into_sheet(self, default_source: PriceSource) -> Result<PriceSheet, String> {
        let table = match self {
            Self::Word(word) => return Ok(PriceSheet::new(word.terms(), default_source)),
            Self::Table(table) => *table,
        };
        let source = table.source.unwrap_or(default_source);
        let entry = rates(table.input, table.cached_read, table.output)?;
        let terms = match (table.status, entry) {
            (Some(word), None) => word.terms(),
            (Some(_), Some(_)) => return Err("a price has a `status` or rates, not both".to_owned()),
            (None, None) => {
                return Err("a price needs `input` and `output`, in US dollars per million tokens".to_owned());
            }
            (None, Some(entry)) => {
                let entry =
                    Rates { cache_write_5m: table.cache_write_5m, cache_write_1h: table.cache_write_1h, ..entry };
                let mut periods = vec![period(None, Some(entry), table.tiers)?];
                for change in table.changes {
                    let entry = rates(change.input, change.cached_read, change.output)?;
                    periods.push(period(Some(change.from), entry, change.tiers)?);
                }
                let schedule = Schedule { periods, time_of_day: table.time_of_day, implicit_cache_writes: false };
                schedule.validate().map_err(|error| error.to_string())?;
                Terms::Priced(schedule)
            }
        };
        Ok(PriceSheet {
            as_of: table.as_of,
            non_thinking_rate_only: table.non_thinking_rate_only,
            unbounded: table.unbounded,
            ..PriceSheet::new(terms, source)
        })
    }
}

fn rates(input: Option<Rate>, cached_read: Option<Rate>, output: Option<Rate>) -> Result<Option<Rates>, String> {
    match (input, output) {
        (Some(input), Some(output)) => {
            Ok(Some(Rates { input, cached_read, cache_write_5m: None, cache_write_1h: None, output }))
        }
        (None, None) if cached_read.is_none() => Ok(None),
        _ => Err("`input` and `output` are given together or not at all".to_owned()),
    }
}

fn period(from: Option<Date>, entry: Option<Rates>, tiers: Vec<TierRow>) -> Result<Period, String> {
    let mut all = vec![Tier { above_input_tokens: 0, rates: entry }];
    for tier in tiers {
        let rates = rates(tier.input, tier.cached_read, tier.output)?;
        all.push(Tier { above_input_tokens: tier.above, rates });
    }
    Ok(Period { from, tiers: all })
}
