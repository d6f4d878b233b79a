//! Which models there are, who serves them, what they cost and what they take: tables compiled in,
//! a user's own file over them, and the way from a written id to a contestant.

mod document;
mod family;
mod load;
mod model;
mod provider;
mod resolve;

use std::collections::BTreeMap;

pub use family::family_of;
pub use load::RegistryError;
pub use model::{Capabilities, Model, RetiredModel, SamplingExclusion, ThinkingMode};
pub use provider::{Auth, CacheWriteRule, EMBEDDED, KeyCharacters, KeyPattern, LOCAL, Provider};
pub use resolve::{ResolveError, Selection};

use crate::cost::{PriceSheet, Terms};

/// Models, providers and groups.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Registry {
    providers: Vec<Provider>,
    models: Vec<Model>,
    retired: Vec<RetiredModel>,
    groups: BTreeMap<String, Vec<String>>,
    /// Other names of groups. A second name is never a second list.
    aliases: BTreeMap<String, String>,
}

/// A group whose members are known only when a run starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DynamicGroup {
    /// `all`: every registered model whose provider has a key; see [`Registry::members_of_all`].
    All,
    /// `all-local`: every model that the local server lists.
    AllLocal,
}

impl DynamicGroup {
    /// Both, in display order.
    pub const BOTH: [Self; 2] = [Self::All, Self::AllLocal];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::AllLocal => "all-local",
        }
    }
}

impl Registry {
    /// All providers, in the order of the tables.
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// The provider of this name.
    pub fn provider(&self, name: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.name == name)
    }

    /// All models, in the order of the tables.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// The model of this provider with this id.
    pub fn model(&self, provider: &str, id: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.provider == provider && model.id == id)
    }

    /// Models that their providers have withdrawn.
    pub fn retired(&self) -> &[RetiredModel] {
        &self.retired
    }

    /// Names of all groups with a fixed list, other names included, in alphabetical order.
    pub fn groups(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.groups.keys().chain(self.aliases.keys()).map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// Members of a group with a fixed list, by any of its names.
    pub fn group(&self, name: &str) -> Option<&[String]> {
        let name = self.aliases.get(name).map_or(name, String::as_str);
        self.groups.get(name).map(Vec::as_slice)
    }

    /// Members of `all`: the registered models whose provider has a key, `has_key` says. Routes on
    /// which a model may be dead, or the same as another one, are left out: OpenRouter, NVIDIA, local.
    pub fn members_of_all(&self, has_key: impl Fn(&Provider) -> bool) -> Vec<&Model> {
        let left_out =
            |provider: &Provider| provider.is_local() || matches!(provider.name.as_str(), "openrouter" | "nvidia");
        let providers: Vec<&str> = self
            .providers
            .iter()
            .filter(|provider| !left_out(provider) && has_key(provider))
            .map(|provider| provider.name.as_str())
            .collect();
        self.models.iter().filter(|model| providers.contains(&model.provider.as_str())).collect()
    }

    /// A model's price with its provider's rule for cache writes filled in.
    pub fn price_sheet(&self, model: &Model) -> PriceSheet {
        let mut sheet = model.price.clone();
        let provider_rule = || self.provider(&model.provider).map(|provider| provider.cache_writes);
        let rule = model.cache_writes.or_else(provider_rule).unwrap_or_default();
        if let Terms::Priced(schedule) = &mut sheet.terms {
            schedule.implicit_cache_writes = rule.implicit;
            let tiers = schedule.periods.iter_mut().flat_map(|period| &mut period.tiers);
            for rates in tiers.filter_map(|tier| tier.rates.as_mut()) {
                let input = rates.input;
                let write = |factor: f64| input.scaled(factor);
                rates.cache_write_5m = rates.cache_write_5m.or_else(|| rule.five_minutes.map(write));
                rates.cache_write_1h = rates.cache_write_1h.or_else(|| rule.one_hour.map(write));
            }
        }
        sheet
    }
}
