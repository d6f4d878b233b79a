//! The only place that reads the process environment.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Configuration file to use instead of the platform's.
pub(crate) const CONFIG: &str = "MODELARIUM_CONFIG";
/// Folder for the run store and the key file, instead of the platform's data folder.
pub(crate) const DATA_DIR: &str = "MODELARIUM_DATA_DIR";
/// Folder for model weights, instead of the platform's cache folder.
pub(crate) const CACHE_DIR: &str = "MODELARIUM_CACHE_DIR";
/// Base URL of the local server.
pub(crate) const LOCAL_URL: &str = "MODELARIUM_LOCAL_URL";
/// The predecessor's name for [`LOCAL_URL`]; read after it.
pub(crate) const LEGACY_LOCAL_URL: &str = "CLI_MODELARIUM_LOCAL_URL";
/// Set to anything to keep the operating system's keychain out of it.
pub(crate) const NO_KEYCHAIN: &str = "MODELARIUM_NO_KEYCHAIN";
/// Proxies for https URLs, first one set wins.
pub(crate) const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// Hosts that bypass the proxy, comma-separated.
pub(crate) const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// What opens a web page, in place of the platform's own.
pub(crate) const BROWSER: &str = "BROWSER";
/// Displays of a Unix desktop: without one nothing can be opened.
pub(crate) const DISPLAYS: [&str; 2] = ["WAYLAND_DISPLAY", "DISPLAY"];

/// File that GitHub Actions shows as the summary of a step.
pub(crate) const STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// Every variable of our own, with a line for the documentation. Provider keys and base URLs are named in the provider table.
pub(crate) const DOCUMENTED: &[(&str, &str)] = &[
    (CONFIG, "configuration file instead of the platform's"),
    (DATA_DIR, "folder of the run store and the key file"),
    (CACHE_DIR, "folder of model weights"),
    (LOCAL_URL, "base URL of the local server, with its /v1"),
    (NO_KEYCHAIN, "set to keep the operating system's keychain out of it"),
    ("HTTPS_PROXY", "proxy for https URLs; NO_PROXY lists exceptions"),
    (BROWSER, "program that opens a report (modelarium view), instead of the platform's"),
    ("NO_COLOR", "set to print without colour"),
    (STEP_SUMMARY, "file that a scored run's summary is appended to (set by GitHub Actions)"),
];

/// A snapshot of the environment, taken once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process environment; variables that are not UTF-8 are left out.
    pub(crate) fn of_process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
        )
    }

    /// A variable's value, trimmed; `None` when unset or blank.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// A variable that names a file or folder.
    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        self.get(name).map(PathBuf::from)
    }

    /// Names of all variables.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The first of several variables that is set, with its name.
    pub(crate) fn first<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Option<(&'a str, &str)> {
        names.into_iter().find_map(|name| self.get(name).map(|value| (name, value)))
    }
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}
