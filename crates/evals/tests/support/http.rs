//! A real client against a scripted server on the loopback.

#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part of this")]

use std::sync::Arc;

use llm::call::Backend;
use llm::client::{HttpBackend, HttpBackendConfig, HttpClient, HttpClientConfig};
use llm::registry::Registry;
use llm::secret::ApiKey;
use scripted_server::Server;

/// A key of the right shape that must appear nowhere.
pub const CANARY: &str = "sk-proj-CANARYcanaryCANARYcanaryCANARYcanaryCANARYcanary12345678";

pub fn backend(server: &Server) -> Arc<dyn Backend> {
    backend_at(&server.url())
}

/// A client of a server that may belong to another process.
pub fn backend_at(url: &str) -> Arc<dyn Backend> {
    let registry = Registry::builtin();
    let provider = registry.provider("openai").expect("openai");
    let mut config = HttpBackendConfig::new(provider, Some(ApiKey::from_paste(CANARY).expect("a key")));
    config.base_url = format!("{url}/v1");
    let client = HttpClient::new(HttpClientConfig::default());
    Arc::new(HttpBackend::new(client, config).expect("loopback"))
}
