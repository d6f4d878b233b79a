//! The HTTP client against a scripted server on the loopback interface.
//!
//! No assertion here bounds a duration from above: a busy machine may be as late as it likes.
//! What is asserted is order: who wrote before whom read, on one monotonic clock.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod connections;
mod faults;
mod limits;
mod timing;
mod tls;
mod tunnel;
mod wire;

use std::future::{Future, pending};
use std::pin::Pin;
use std::time::Duration;

use llm::call::{Attempt, Backend, Timeouts};
use llm::client::{HttpBackend, HttpBackendConfig, HttpClient, HttpClientConfig};
use llm::event::TimedEvent;
use llm::registry::{Provider, Registry};
use llm::request::ChatRequest;
use llm::secret::ApiKey;
use scripted_server::{Pace, Request, Response, Script, Server, Wire};

/// No provider's key shape, so that only knowing it can redact it.
const CANARY: &str = "Zq7canary0mustAppearNowhere19";

type Cancel<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

fn provider(name: &str) -> Provider {
    Registry::builtin().provider(name).unwrap().clone()
}

fn config(server: &Server, name: &str) -> HttpBackendConfig {
    let mut config = HttpBackendConfig::new(&provider(name), Some(ApiKey::from_paste(CANARY).unwrap()));
    config.base_url = format!("{}/v1", server.url());
    config
}

fn client() -> HttpClient {
    HttpClient::new(HttpClientConfig::default())
}

fn backend(server: &Server, name: &str) -> HttpBackend {
    HttpBackend::new(client(), config(server, name)).unwrap()
}

/// The provider whose own dialect this is.
fn provider_of(wire: Wire) -> &'static str {
    match wire {
        Wire::OpenAiChat | Wire::OpenAiResponses => "openai",
        Wire::Anthropic => "anthropic",
        Wire::Gemini => "google",
    }
}

/// A backend that speaks this dialect.
fn speaking(server: &Server, wire: Wire) -> HttpBackend {
    let mut config = config(server, provider_of(wire));
    config.dialect = match wire {
        Wire::OpenAiChat => llm::dialect::Dialect::OpenAiChat,
        Wire::OpenAiResponses => llm::dialect::Dialect::OpenAiResponses,
        Wire::Anthropic => llm::dialect::Dialect::AnthropicMessages,
        Wire::Gemini => llm::dialect::Dialect::GeminiGenerate,
    };
    HttpBackend::new(client(), config).unwrap()
}

fn prompt() -> ChatRequest {
    let mut request = ChatRequest::prompt("toy", "Say hello.");
    request.params.max_output_tokens = Some(64);
    request
}

/// Limits that no test is to reach.
fn patient() -> Timeouts {
    let long = Duration::from_mins(2);
    Timeouts { connect: long, first_byte: long, idle: long, total: long }
}

async fn attempt(backend: &HttpBackend) -> Attempt {
    attempt_with(backend, &patient(), Box::pin(pending()), |_| {}).await
}

async fn attempt_with(
    backend: &HttpBackend,
    timeouts: &Timeouts,
    cancel: Cancel<'_>,
    mut observer: impl FnMut(&TimedEvent) + Send,
) -> Attempt {
    backend.attempt(&prompt(), timeouts, cancel, &mut observer).await
}

/// A server that says "Hello, world." in whatever dialect it is asked.
fn greeter() -> Server {
    Server::start(|request| greeting(request, Pace::immediate())).unwrap()
}

fn greeting(request: &Request, pace: Pace) -> Response {
    let wire = Wire::of_path(&request.path).unwrap();
    Response::paced(wire.events(&hello()), pace)
}

fn hello() -> Script {
    Script::text("toy-1", &["Hello", ", ", "world."])
}
