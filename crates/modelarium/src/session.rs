//! What every command starts from: a printer, the configuration, the registry, the keys.

use std::collections::{BTreeMap, BTreeSet};

use llm::client::{HttpClient, HttpClientConfig, Proxy};
use llm::registry::{Provider, Registry};

use crate::cli::Global;
use crate::config::Config;
use crate::environment::{Environment, NO_PROXY, PROXIES};
use crate::exit::Failure;
use crate::keys::KeyStore;
use crate::printer::Printer;

/// What every command starts from.
#[derive(Debug)]
pub(crate) struct Session {
    /// Writes to the terminal.
    pub printer: Printer,
    /// Settings and the environment.
    pub config: Config,
    /// Models and providers, the user's own included.
    pub registry: Registry,
}

impl Session {
    /// Reads the configuration and the registry.
    pub(crate) fn open(global: &Global, environment: Environment) -> Result<Self, Failure> {
        let printer = Printer::new(global.color, global.quiet);
        let config = Config::load(global.config.as_deref(), environment)?;
        let mut registry = Registry::builtin();
        if let (Some(overrides), Some(file)) = (&config.registry_overrides, &config.file) {
            registry = registry.with_overrides(overrides, &file.display().to_string()).map_err(|error| {
                Failure::usage(error.to_string()).hint("nothing was run; correct the configuration file")
            })?;
        }
        Ok(Self { printer, config, registry })
    }

    /// Finds and keeps keys.
    pub(crate) fn keys(&self) -> KeyStore<'_> {
        KeyStore::new(&self.config.environment, self.config.paths.key_file())
    }

    /// The base URL of a provider in force. An override without any path gets the path of the provider's own URL.
    pub(crate) fn base_url(&self, provider: &Provider) -> String {
        let url = provider.base_url_with(|name| self.config.environment.get(name).map(str::to_owned));
        with_version_path(&url, &provider.base_url)
    }

    /// Date of the newest price in the registry; empty without any.
    pub(crate) fn pricing_as_of(&self) -> String {
        self.registry
            .models()
            .iter()
            .filter_map(|model| model.price.as_of)
            .max()
            .map(|date| date.to_string())
            .unwrap_or_default()
    }

    /// Providers that take fewer calls at once than `usual`, as the registry has them.
    pub(crate) fn small_lanes(&self, usual: u32) -> BTreeMap<String, u32> {
        let small = self.registry.providers().iter().filter(|provider| provider.concurrency < usual);
        small.map(|provider| (provider.name.clone(), provider.concurrency)).collect()
    }

    /// Environment variables that hold keys. The programs of a suite do not get them.
    pub(crate) fn secret_variables(&self) -> Vec<String> {
        let providers = self.registry.providers().iter().flat_map(|provider| provider.key_env.iter().cloned());
        // A key of somebody whom the registry does not know is none the less a key.
        let others = self.config.environment.names().filter(|name| name.ends_with("_API_KEY")).map(str::to_owned);
        providers.chain(others).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// A client without connections yet.
    pub(crate) fn http_client(&self) -> Result<HttpClient, Failure> {
        let environment = &self.config.environment;
        let configured = self.config.settings.proxy.as_deref().map(|url| ("the configuration file", url));
        let proxy = match environment.first(PROXIES).or(configured) {
            None => None,
            Some((origin, url)) => {
                let exceptions = environment.first(NO_PROXY).map_or("", |(_, list)| list);
                Some(
                    Proxy::parse(url, exceptions)
                        .map_err(|error| Failure::usage(format!("the proxy in {origin} cannot be used: {error}")))?,
                )
            }
        };
        Ok(HttpClient::new(HttpClientConfig { proxy, ..HttpClientConfig::default() }))
    }
}

/// One failure that names every provider whose key is missing.
pub(crate) fn missing_keys(providers: &[&Provider]) -> Failure {
    let names: Vec<&str> = providers.iter().map(|provider| provider.display_name.as_str()).collect();
    let ways: Vec<String> = providers
        .iter()
        .map(|provider| {
            let variable = provider.key_env.first().map_or(String::new(), |name| format!("set ${name}, or "));
            format!("{variable}modelarium keys set {}", provider.name)
        })
        .collect();
    Failure::usage(format!("no key for {}; nothing was sent", names.join(", "))).hint(format!(
        "{}. With no key at all, try a model in process: --models embedded/smollm2-135m",
        ways.join("; ")
    ))
}

fn with_version_path(url: &str, own: &str) -> String {
    let path_of = |url: &str| {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        rest.split_once('/').map(|(_, path)| path.trim_end_matches('/').to_owned()).unwrap_or_default()
    };
    let path = path_of(own);
    if path_of(url).is_empty() && !path.is_empty() {
        format!("{}/{path}", url.trim_end_matches('/'))
    } else {
        url.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_without_a_path_gets_the_providers_own() {
        let own = "https://api.anthropic.com/v1";
        assert_eq!(with_version_path("http://127.0.0.1:9", own), "http://127.0.0.1:9/v1");
        assert_eq!(with_version_path("http://127.0.0.1:9/", own), "http://127.0.0.1:9/v1");
        assert_eq!(with_version_path("http://127.0.0.1:9/v1", own), "http://127.0.0.1:9/v1");
        assert_eq!(with_version_path("http://127.0.0.1:9/proxy/v2", own), "http://127.0.0.1:9/proxy/v2");
        assert_eq!(with_version_path(own, own), own);
    }
}
