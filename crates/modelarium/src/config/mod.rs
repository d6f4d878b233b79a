//! Settings in layers: defaults, configuration file, environment, flags. Every resolved value
//! knows which layer it comes from, so `modelarium config` can say so.

mod paths;

pub(crate) use paths::Paths;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::environment::{self, Environment};
use crate::exit::Failure;

/// Where a value comes from, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// Built in.
    Default,
    /// The configuration file.
    File,
    /// This environment variable.
    Environment(&'static str),
    /// A flag of this command.
    Flag,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File => f.write_str("configuration file"),
            Self::Environment(name) => write!(f, "${name}"),
            Self::Flag => f.write_str("flag"),
        }
    }
}

/// A value and its origin.
#[derive(Debug, Clone)]
pub(crate) struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub source: Source,
}

/// Our own part of the configuration file; providers, models and groups are the registry's.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FileSettings {
    /// Base URL of the local server.
    pub local_url: Option<String>,
    /// Let `local_url` name another machine.
    pub allow_remote_local: bool,
    /// Store file.
    pub store: Option<PathBuf>,
    /// Proxy for https URLs.
    pub proxy: Option<String>,
    // The registry's tables; it reads them itself.
    providers: Option<IgnoredAny>,
    models: Option<IgnoredAny>,
    groups: Option<IgnoredAny>,
    prices: Option<IgnoredAny>,
}

/// Names of our own settings in the file.
const OWN_SETTINGS: [&str; 4] = ["local_url", "allow_remote_local", "store", "proxy"];

/// Everything that is settled before a command looks at its own flags.
#[derive(Debug)]
pub(crate) struct Config {
    /// The environment.
    pub environment: Environment,
    /// Files and folders.
    pub paths: Paths,
    /// The configuration file that was read, if there is one.
    pub file: Option<PathBuf>,
    /// Its settings.
    pub settings: FileSettings,
    /// Its `[providers]`, `[models]` and `[groups]` tables, for the registry, as TOML.
    pub registry_overrides: Option<String>,
}

impl Config {
    /// Reads the configuration file. A file named by flag or environment must exist; the platform's may be absent.
    pub(crate) fn load(flag: Option<&Path>, environment: Environment) -> Result<Self, Failure> {
        let paths = Paths::of(&environment)?;
        let named = flag.map(Path::to_path_buf).or_else(|| environment.path(environment::CONFIG));
        let file = match named {
            Some(path) => Some(path),
            None => Some(paths.config_file()).filter(|path| path.exists()),
        };
        let mut config =
            Self { environment, paths, file: None, settings: FileSettings::default(), registry_overrides: None };
        if let Some(path) = file {
            let text = std::fs::read_to_string(&path).map_err(|error| {
                Failure::usage(format!("the configuration file {} cannot be read: {error}", path.display()))
                    .hint("nothing was run; name another file with --config, or remove it to use the defaults")
            })?;
            (config.settings, config.registry_overrides) = split(&text, &path)?;
            config.file = Some(path);
        }
        Ok(config)
    }

    /// Base URL of the local server and whether it may be another machine.
    pub(crate) fn local_url(&self, flag: Option<&str>) -> Option<Setting<String>> {
        if let Some(url) = flag {
            return Some(Setting { value: url.to_owned(), source: Source::Flag });
        }
        if let Some((name, url)) = self.environment.first([environment::LOCAL_URL, environment::LEGACY_LOCAL_URL]) {
            return Some(Setting { value: url.to_owned(), source: Source::Environment(name) });
        }
        self.settings.local_url.clone().map(|value| Setting { value, source: Source::File })
    }

    /// The store file.
    pub(crate) fn store(&self, flag: Option<&Path>) -> Setting<PathBuf> {
        if let Some(path) = flag {
            return Setting { value: path.to_path_buf(), source: Source::Flag };
        }
        if let Some(path) = &self.settings.store {
            return Setting { value: path.clone(), source: Source::File };
        }
        let source = if self.environment.get(environment::DATA_DIR).is_some() {
            Source::Environment(environment::DATA_DIR)
        } else {
            Source::Default
        };
        Setting { value: self.paths.store_file(), source }
    }
}

/// Parts the file into our settings and the registry's tables.
fn split(text: &str, path: &Path) -> Result<(FileSettings, Option<String>), Failure> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Failure::usage(format!("the configuration file {} has a mistake:\n{error}", path.display()))
            .hint("nothing was run; correct it, or name another file with --config")
    };
    let settings: FileSettings = toml::from_str(text).map_err(|error| unreadable(&error))?;
    let tables = [settings.providers, settings.models, settings.groups, settings.prices];
    // The registry gets the whole text with our own settings blanked out, so that its line numbers are the file's.
    let overrides = tables.iter().any(Option::is_some).then(|| without_own_settings(text));
    Ok((settings, overrides))
}

/// Replaces our own settings by empty lines. They stand before the first table header.
fn without_own_settings(text: &str) -> String {
    let mut in_tables = false;
    let mut rest = String::with_capacity(text.len());
    for line in text.lines() {
        in_tables |= line.trim_start().starts_with('[');
        let name = line.split('=').next().unwrap_or_default().trim().trim_matches(['"', '\'']);
        if in_tables || !OWN_SETTINGS.contains(&name) {
            rest.push_str(line);
        }
        rest.push('\n');
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_settings_and_the_registry_tables_are_parted_with_line_numbers_kept() {
        let text = "local_url = 'http://localhost:8080/v1'\n\n[providers.mine]\nbase_url = 'http://x/v1'\n";
        let (settings, overrides) = split(text, Path::new("c.toml")).unwrap();
        assert_eq!(settings.local_url.as_deref(), Some("http://localhost:8080/v1"));
        assert_eq!(overrides.unwrap(), "\n\n[providers.mine]\nbase_url = 'http://x/v1'\n");
    }

    #[test]
    fn a_table_of_the_registry_may_be_written_in_one_line() {
        let (_, overrides) = split("store = 'x'\ngroups.mine = ['gpt-4o']\n", Path::new("c.toml")).unwrap();
        assert_eq!(overrides.unwrap(), "\ngroups.mine = ['gpt-4o']\n");
    }

    #[test]
    fn an_unknown_setting_is_a_mistake_with_its_name() {
        let failure = split("locl_url = 'x'\n", Path::new("c.toml")).unwrap_err();
        assert!(failure.message.contains("locl_url"), "{}", failure.message);
    }
}
