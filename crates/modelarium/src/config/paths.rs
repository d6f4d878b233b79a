//! Where things live on this platform.

use std::path::PathBuf;

use etcetera::BaseStrategy;

use crate::environment::{self, Environment};
use crate::exit::Failure;

/// Files and folders of the tool.
#[derive(Debug, Clone)]
pub(crate) struct Paths {
    config: PathBuf,
    data: PathBuf,
    cache: PathBuf,
}

impl Paths {
    /// The platform's folders, or those the environment names.
    pub(crate) fn of(environment: &Environment) -> Result<Self, Failure> {
        let named = (environment.path(environment::DATA_DIR), environment.path(environment::CACHE_DIR));
        let platform =
            etcetera::choose_base_strategy().map_err(|_| {
                Failure::usage("this account has no home folder, so there is no place for runs and models")
                    .hint(format!("set HOME, or {} and {}", environment::DATA_DIR, environment::CACHE_DIR))
            });
        match (named, platform) {
            ((data, cache), Ok(platform)) => Ok(Self {
                config: platform.config_dir().join("modelarium"),
                data: data.unwrap_or_else(|| platform.data_dir().join("modelarium")),
                cache: cache.unwrap_or_else(|| platform.cache_dir().join("modelarium")),
            }),
            ((Some(data), Some(cache)), Err(_)) => Ok(Self { config: data.clone(), data, cache }),
            (_, Err(failure)) => Err(failure),
        }
    }

    /// The configuration file.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The key file of machines without a keychain.
    pub(crate) fn key_file(&self) -> PathBuf {
        self.data.join("keys.toml")
    }

    /// The run store.
    pub(crate) fn store_file(&self) -> PathBuf {
        self.data.join("runs.sqlite3")
    }

    /// The folder of reports that were opened.
    pub(crate) fn reports_dir(&self) -> PathBuf {
        self.cache.join("reports")
    }

    /// The folder of model weights.
    pub(crate) fn models_dir(&self) -> PathBuf {
        self.cache.join("models")
    }
}
