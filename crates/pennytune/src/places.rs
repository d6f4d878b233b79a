//! Where things are kept on this machine.

use std::path::PathBuf;

use etcetera::BaseStrategy;

use crate::exit::Failure;

/// The folders of this user, each with the variable that names another one.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// `config.toml`.
    pub(crate) config: PathBuf,
    /// The watchlist and what was seen last.
    pub(crate) data: PathBuf,
    /// What was fetched.
    pub(crate) cache: PathBuf,
}

impl Places {
    /// From the environment: `PENNYTUNE_CONFIG_DIR`, `PENNYTUNE_DATA_DIR`, `PENNYTUNE_CACHE_DIR`, else the platform's.
    pub(crate) fn find() -> Result<Self, Failure> {
        let named = |variable: &str| std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
        let own = etcetera::choose_base_strategy().ok();
        let folder = |variable: &str, own: Option<PathBuf>| {
            named(variable).or_else(|| own.map(|base| base.join("pennytune"))).ok_or_else(|| {
                Failure::not_configured("this machine names no home folder")
                    .hint(format!("set {variable} to a folder that you may write to"))
            })
        };
        Ok(Self {
            config: folder("PENNYTUNE_CONFIG_DIR", own.as_ref().map(BaseStrategy::config_dir))?,
            data: folder("PENNYTUNE_DATA_DIR", own.as_ref().map(BaseStrategy::data_dir))?,
            cache: folder("PENNYTUNE_CACHE_DIR", own.as_ref().map(BaseStrategy::cache_dir))?,
        })
    }
}
