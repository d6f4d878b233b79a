//! API keys in a type that cannot be printed, compared with what a provider's keys look like, and
//! the order in which places are searched for one.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use crate::registry::{KeyPattern, Provider};

/// An API key. It has no `Display` and no `Serialize`, and its `Debug` shows nothing of it; the
/// memory is wiped when it is dropped.
#[derive(Clone)]
pub struct ApiKey(SecretString);

impl ApiKey {
    /// Takes a key as a person pastes it: surrounding white space and quotes go, whatever their kind.
    pub fn from_paste(text: &str) -> Result<Self, InvalidKey> {
        let cleaned = clean(text);
        if cleaned.is_empty() {
            return Err(InvalidKey::Empty);
        }
        if !cleaned.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidKey::Characters);
        }
        Ok(Self(SecretString::from(cleaned.to_owned())))
    }

    /// The key itself, for the header of a request and for nothing else.
    pub fn expose_for_header(&self) -> &str {
        self.0.expose_secret()
    }

    /// Compares the key with what this provider's keys look like. Called before a key is saved, not
    /// before it is used: a provider may change its format before we do.
    pub fn check_format(&self, provider: &Provider) -> Result<(), InvalidKey> {
        let key = self.expose_for_header();
        if provider.key_patterns.is_empty() || provider.key_patterns.iter().any(|pattern| pattern.accepts(key)) {
            return Ok(());
        }
        let expected: Vec<String> = provider.key_patterns.iter().map(KeyPattern::describe).collect();
        Err(InvalidKey::Format { provider: provider.display_name.clone(), expected: expected.join(", or ") })
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ApiKey([redacted])")
    }
}

/// Why a text is no usable key. No variant holds any part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// Nothing was left after cleaning.
    #[error("the key is empty")]
    Empty,
    /// A header cannot carry it.
    #[error("the key holds spaces, line breaks or characters outside ASCII; it was probably not copied whole")]
    Characters,
    /// It does not look like this provider's keys.
    #[error("this does not look like a key of {provider}, which is {expected}")]
    Format {
        /// The provider's display name.
        provider: String,
        /// What its keys look like.
        expected: String,
    },
}

fn clean(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '"' | '\'' | '`' | '\u{2018}'..='\u{201F}' | '\u{00AB}' | '\u{00BB}')
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
    })
}

/// Where a key was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// The environment variable of this name.
    Environment(String),
    /// The operating system's keychain.
    Keychain,
}

/// A key and where it was found.
#[derive(Debug, Clone)]
pub struct FoundKey {
    /// The key.
    pub key: ApiKey,
    /// Where it was found.
    pub source: KeySource,
}

/// Finds a provider's key: its own environment variables in their order, then the keychain.
///
/// Pure: the caller lends the two look-ups. A variable that is set but empty counts as unset. Only
/// the provider's own variables are asked for, so that one provider's key never reaches another.
/// `None` when there is none; an unusable one is an error that names the place.
pub fn find_key(
    provider: &Provider,
    environment: impl Fn(&str) -> Option<String>,
    keychain: impl FnOnce(&str) -> Option<String>,
) -> Result<Option<FoundKey>, (KeySource, InvalidKey)> {
    let variables = provider.key_env.iter().filter_map(|name| {
        let value = environment(name).filter(|value| !clean(value).is_empty())?;
        Some((KeySource::Environment(name.clone()), value))
    });
    let stored = || {
        let value = keychain(&provider.name).filter(|value| !clean(value).is_empty())?;
        Some((KeySource::Keychain, value))
    };
    let Some((source, text)) = variables.into_iter().next().or_else(stored) else {
        return Ok(None);
    };
    match ApiKey::from_paste(&text) {
        Ok(key) => Ok(Some(FoundKey { key, source })),
        Err(error) => Err((source, error)),
    }
}
