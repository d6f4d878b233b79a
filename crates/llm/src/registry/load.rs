//! From TOML to a [`Registry`], with messages that name file, line and what to do.

use toml::Spanned;

use super::document::{Document, GroupRow, ModelRow, OneOrMany, ProviderRow, TABLES};
use super::model::Model;
use super::provider::{Auth, CacheWriteRule, Provider};
use super::{DynamicGroup, Registry, family_of};
use crate::cost::{DEFAULT_PROMPT_OVERHEAD, PriceSheet, PriceSource, Terms};
use crate::dialect::{Dialect, Quirks};
use crate::request::Params;

const PROVIDERS: &str = include_str!("../../data/providers.toml");
const MODELS: &str = include_str!("../../data/models.toml");
const GROUPS: &str = include_str!("../../data/groups.toml");

/// How many calls a provider gets at the same time when nothing else is said.
const DEFAULT_CONCURRENCY: u32 = 5;

/// What is wrong with a registry file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{origin}:{line}: {message}")]
pub struct RegistryError {
    /// The file, as the caller named it.
    pub origin: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl Registry {
    /// The tables compiled in. A test proves that they load; were they broken, the registry would
    /// be empty and every id unknown.
    pub fn builtin() -> Self {
        Self::try_builtin().unwrap_or_default()
    }

    /// The tables compiled in, or what is wrong with them.
    pub fn try_builtin() -> Result<Self, RegistryError> {
        let mut registry = Self::default();
        for (text, origin) in [(PROVIDERS, "providers.toml"), (MODELS, "models.toml"), (GROUPS, "groups.toml")] {
            registry.read(text, origin)?;
        }
        Ok(registry)
    }

    /// This registry with a user's own file over it: rows add or replace providers, models, prices
    /// and groups; fields that a row does not name stay as they are. `origin` is the file's name in messages.
    pub fn with_overrides(mut self, text: &str, origin: &str) -> Result<Self, RegistryError> {
        refuse_near_misses(&File { text, origin })?;
        self.read(text, origin)?;
        Ok(self)
    }

    fn read(&mut self, text: &str, origin: &str) -> Result<(), RegistryError> {
        let file = File { text, origin };
        let document: Document = toml::from_str(text).map_err(|error| file.syntax(&error))?;
        for row in document.providers {
            let start = row.span().start;
            self.add_provider(row.into_inner()).map_err(|message| file.at(start, message))?;
        }
        for row in document.models {
            let start = row.span().start;
            self.add_model(row.into_inner()).map_err(|message| file.at(start, message))?;
        }
        for row in document.retired.into_iter().map(Spanned::into_inner) {
            self.retired.retain(|known| known.id != row.id);
            self.retired.push(row);
        }
        let places: Vec<(String, usize)> =
            document.groups.iter().map(|(name, row)| (name.clone(), row.span().start)).collect();
        for (name, row) in document.groups {
            let start = row.span().start;
            self.add_group(name, row.into_inner()).map_err(|message| file.at(start, message))?;
        }
        for (name, start) in places {
            self.check_group(&name).map_err(|message| file.at(start, message))?;
        }
        Ok(())
    }

    fn add_provider(&mut self, row: ProviderRow) -> Result<(), String> {
        let is_name = |name: &str| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        if !is_name(&row.name) {
            return Err(format!("`{}` is no provider name; use small letters, digits and -", row.name));
        }
        let index = self.providers.iter().position(|provider| provider.name == row.name);
        let base = match index.and_then(|index| self.providers.get(index)) {
            Some(known) => known.clone(),
            None if row.base_url.is_none() => {
                return Err(format!(
                    "the provider `{}` needs a `base_url`, for example \"https://api.example.com/v1\"",
                    row.name
                ));
            }
            None => blank_provider(&row.name),
        };
        let url = row.base_url.map_or(base.base_url, |url| url.trim_end_matches('/').to_owned());
        if !url.is_empty() && !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(format!("`{url}` is no base URL; it begins with https:// (or http:// on this machine)"));
        }
        if row.concurrency == Some(0) {
            return Err("`concurrency` must be at least 1".to_owned());
        }
        let provider = Provider {
            name: row.name,
            display_name: row.display_name.unwrap_or(base.display_name),
            base_url: url,
            auth: row.auth.unwrap_or(base.auth),
            key_env: row.key_env.map_or(base.key_env, OneOrMany::into_vec),
            base_url_env: row.base_url_env.map_or(base.base_url_env, OneOrMany::into_vec),
            key_patterns: row.key_patterns.unwrap_or(base.key_patterns),
            dialect: row.dialect.unwrap_or(base.dialect),
            quirks: row.quirks.unwrap_or(base.quirks),
            headers: row.headers.map_or(base.headers, |headers| headers.into_iter().collect()),
            concurrency: row.concurrency.unwrap_or(base.concurrency),
            prompt_overhead: row.prompt_overhead.unwrap_or(base.prompt_overhead),
            capabilities: row.capabilities.or(&base.capabilities),
            defaults: row.defaults.unwrap_or(base.defaults),
            cache_writes: row.cache_writes.unwrap_or(base.cache_writes),
            note: row.note.or(base.note),
        };
        match index.and_then(|index| self.providers.get_mut(index)) {
            Some(known) => *known = provider,
            None => self.providers.push(provider),
        }
        Ok(())
    }

    fn add_model(&mut self, row: ModelRow) -> Result<(), String> {
        if self.provider(&row.provider).is_none() {
            return Err(format!(
                "there is no provider `{}`; declare it in a [[providers]] table, or use one of: {}",
                row.provider,
                self.provider_names()
            ));
        }
        if row.id.is_empty() || row.id.contains(|c: char| c.is_whitespace() || c.is_control() || c == ',') {
            return Err(format!(
                "`{}` is no model id: it is empty or holds white space or a comma",
                row.id.escape_debug()
            ));
        }
        let index = self.models.iter().position(|model| model.provider == row.provider && model.id == row.id);
        let base = match index.and_then(|index| self.models.get(index)) {
            Some(known) => known.clone(),
            None => blank_model(&row.provider, &row.id),
        };
        let price = row.price.map(|price| price.into_sheet(PriceSource::User)).transpose()?;
        let model = Model {
            wire_id: row.wire_id.unwrap_or(base.wire_id),
            family: row.family.unwrap_or(base.family),
            reasoning: row.reasoning.or(base.reasoning),
            context: row.context.or(base.context),
            capabilities: row.capabilities.or(&base.capabilities),
            dialect: row.dialect.or(base.dialect),
            quirks: row.quirks.or(base.quirks),
            price: price.unwrap_or(base.price),
            cache_writes: row.cache_writes.or(base.cache_writes),
            shuts_down: row.shuts_down.or(base.shuts_down),
            replacement: row.replacement.or(base.replacement),
            note: row.note.or(base.note),
            provider: row.provider,
            id: row.id,
        };
        self.retired.retain(|retired| retired.id != model.id);
        match index.and_then(|index| self.models.get_mut(index)) {
            Some(known) => *known = model,
            None => self.models.push(model),
        }
        Ok(())
    }

    fn add_group(&mut self, name: String, row: GroupRow) -> Result<(), String> {
        if DynamicGroup::BOTH.iter().any(|group| group.name() == name) {
            return Err(format!(
                "`{name}` is put together when a run starts and cannot be a list; choose another name"
            ));
        }
        if self.models.iter().any(|model| model.id == name) {
            return Err(format!("`{name}` is a model; choose another name for the group"));
        }
        self.groups.remove(&name);
        self.aliases.remove(&name);
        match row {
            GroupRow::Members(members) if members.is_empty() => return Err(format!("the group `{name}` is empty")),
            GroupRow::Members(members) => {
                self.groups.insert(name, members);
            }
            GroupRow::Alias(target) => {
                self.aliases.insert(name, target);
            }
        }
        Ok(())
    }

    fn check_group(&self, name: &str) -> Result<(), String> {
        if let Some(target) = self.aliases.get(name)
            && !self.groups.contains_key(target)
        {
            return Err(format!("`{name}` is another name for the group `{target}`, which has no list"));
        }
        for member in self.group(name).unwrap_or_default() {
            self.resolve(member).map_err(|error| match error.hint() {
                Some(hint) => format!("in the group `{name}`: {error}; {hint}"),
                None => format!("in the group `{name}`: {error}"),
            })?;
        }
        Ok(())
    }

    pub(super) fn provider_names(&self) -> String {
        let names: Vec<&str> = self.providers.iter().map(|provider| provider.name.as_str()).collect();
        names.join(", ")
    }
}

/// A file in messages.
struct File<'a> {
    text: &'a str,
    origin: &'a str,
}

impl File<'_> {
    fn at_line(&self, line: usize, message: String) -> RegistryError {
        RegistryError { origin: self.origin.to_owned(), line, message }
    }

    fn at(&self, offset: usize, message: String) -> RegistryError {
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        self.at_line(memchr::memchr_iter(b'\n', before).count() + 1, message)
    }

    fn syntax(&self, error: &toml::de::Error) -> RegistryError {
        let message = error.message().lines().collect::<Vec<_>>().join(" ");
        self.at(error.span().map_or(0, |span| span.start), message)
    }
}

/// A table that is nearly called like one of ours is a slip; other tables are somebody else's.
fn refuse_near_misses(file: &File<'_>) -> Result<(), RegistryError> {
    let tables: toml::Table = toml::from_str(file.text).map_err(|error| file.syntax(&error))?;
    for key in tables.keys().filter(|key| !TABLES.contains(&key.as_str())) {
        if let Some(near) = TABLES.iter().find(|table| strsim::damerau_levenshtein(key, table) <= 2) {
            let heads = |line: &str| line.trim_start_matches(['[', ' ']).starts_with(key.as_str());
            let line = file.text.lines().position(heads).map_or(1, |index| index + 1);
            return Err(file.at_line(line, format!("`{key}` is not read; write `{near}`")));
        }
    }
    Ok(())
}

/// What a provider is when only its name and URL are given: an OpenAI-compatible endpoint.
fn blank_provider(name: &str) -> Provider {
    let variable = name.to_ascii_uppercase().replace('-', "_");
    Provider {
        name: name.to_owned(),
        display_name: name.to_owned(),
        base_url: String::new(),
        auth: Auth::Bearer,
        key_env: vec![format!("{variable}_API_KEY")],
        base_url_env: vec![format!("{variable}_BASE_URL")],
        key_patterns: Vec::new(),
        dialect: Dialect::OpenAiChat,
        quirks: Quirks::default(),
        headers: Vec::new(),
        concurrency: DEFAULT_CONCURRENCY,
        prompt_overhead: DEFAULT_PROMPT_OVERHEAD,
        capabilities: super::Capabilities::default(),
        defaults: Params::default(),
        cache_writes: CacheWriteRule::default(),
        note: None,
    }
}

fn blank_model(provider: &str, id: &str) -> Model {
    Model {
        provider: provider.to_owned(),
        id: id.to_owned(),
        wire_id: id.to_owned(),
        family: family_of(id),
        reasoning: None,
        context: None,
        capabilities: super::Capabilities::default(),
        dialect: None,
        quirks: None,
        price: PriceSheet::new(Terms::Unpriced, PriceSource::User),
        cache_writes: None,
        shuts_down: None,
        replacement: None,
        note: None,
    }
}
