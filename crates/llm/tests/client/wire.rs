//! What is sent, checked as strictly as the providers do; and where keys must not be.

use std::time::Duration;

use llm::client::{InvalidUrl, KeyCheck};
use llm::error::ErrorKind;
use scripted_server::strict::{self, Rules};
use scripted_server::{Pace, Server, Wire, faults as scripted};

use super::*;

/// A server that answers only what a provider would, to this key only.
fn strict_server(extra_fields: &'static [&'static str]) -> Server {
    Server::start(move |request| {
        let wire = Wire::of_path(&request.path).unwrap();
        let rules = Rules {
            key: Some(CANARY.into()),
            extra_fields: extra_fields.iter().map(ToString::to_string).collect(),
            ..Rules::default()
        };
        match strict::check(request, wire, &rules) {
            Ok(_) => greeting(request, Pace::immediate()),
            Err(refusal) => *refusal,
        }
    })
    .unwrap()
}

#[tokio::test]
async fn lesson_72_every_provider_is_sent_what_it_wants() {
    const CLOUD: [&str; 12] = [
        "openai",
        "anthropic",
        "google",
        "xai",
        "deepseek",
        "mistral",
        "groq",
        "openrouter",
        "dashscope",
        "zai",
        "nvidia",
        "moonshot",
    ];
    for name in CLOUD {
        // Fields that only these providers know.
        let server = strict_server(&["enable_thinking", "thinking", "usage", "reasoning"]);
        let backend = backend(&server, name);
        let attempt = attempt(&backend).await;
        assert_eq!((attempt.error.clone(), attempt.answer.text.as_str()), (None, "Hello, world."), "{name}");
        let request = server.records().remove(0).request;
        let carriers: Vec<_> = request.headers.iter().filter(|(_, value)| value.contains(CANARY)).collect();
        let (header, value) = match name {
            "anthropic" => ("x-api-key", CANARY.to_owned()),
            "google" => ("x-goog-api-key", CANARY.to_owned()),
            _ => ("authorization", format!("Bearer {CANARY}")),
        };
        assert_eq!(carriers, [&(header.to_owned(), value)], "{name}");
        assert!(!request.path.contains(CANARY) && !String::from_utf8_lossy(&request.body).contains(CANARY), "{name}");
        assert_eq!(request.header("user-agent"), Some(concat!("modelarium/", env!("CARGO_PKG_VERSION"))));
        assert_eq!(request.header("accept-encoding"), Some("identity"), "{name}");
        assert_eq!(request.header("content-length"), Some(request.body.len().to_string().as_str()));
        for (name, value) in &provider(name).headers {
            assert_eq!(request.header(&name.to_ascii_lowercase()), Some(value.as_str()));
        }
    }
}

#[tokio::test]
async fn a_local_server_is_sent_no_key() {
    let server = greeter();
    let mut config = HttpBackendConfig::new(&provider("local"), None);
    config.base_url = format!("{}/v1", server.url());
    attempt(&HttpBackend::new(client(), config).unwrap()).await;
    let request = server.records().remove(0).request;
    assert!(request.header("authorization").is_none());
    assert_eq!(request.path, "/v1/chat/completions");
}

#[tokio::test]
async fn a_key_echoed_anywhere_appears_nowhere() {
    let echoes: [fn(Wire) -> Response; 6] = [
        |wire| scripted::unauthorized(wire, &format!("Incorrect API key provided: {CANARY}.")),
        |wire| scripted::error(wire, 400, &format!("bad_{CANARY}"), "no").header("x-request-id", CANARY),
        |wire| Response::paced(wire.events(&Script::text(CANARY, &["Your key is ", CANARY, "."])), Pace::immediate()),
        // In halves, which only the whole text makes a key.
        |wire| {
            Response::paced(wire.events(&Script::text("m", &["So ", &CANARY[..9], &CANARY[9..]])), Pace::immediate())
        },
        |wire| {
            let events =
                vec![wire.events(&hello()).remove(0), wire.error(CANARY, &format!("key {CANARY} is over its limit"))];
            Response::paced(events, Pace::immediate())
        },
        |_| Response::new(302).header("location", format!("https://x.example/?key={CANARY}")),
    ];
    for wire in Wire::ALL {
        for (number, echo) in echoes.into_iter().enumerate() {
            let server = Server::start(move |request| echo(Wire::of_path(&request.path).unwrap())).unwrap();
            let backend = speaking(&server, wire);
            let attempt = attempt(&backend).await;
            let text = format!("{}\n{attempt:?}\n{backend:?}", serde_json::to_string(&attempt).unwrap());
            assert!(!text.contains(CANARY), "{wire:?}, echo {number}: {text}");
            for bytes in [&attempt.raw.body, &attempt.request_body] {
                assert!(!String::from_utf8_lossy(bytes).contains(CANARY), "{wire:?}, echo {number}");
            }
            let length = attempt.raw.body.len() as u64;
            assert!(attempt.raw.reads.iter().all(|read| read.1 <= length));
        }
    }
}

#[tokio::test]
async fn errors_are_redacted_before_anybody_sees_them() {
    let server = Server::start(|request| {
        let wire = Wire::of_path(&request.path).unwrap();
        Response::paced(vec![wire.error("x", &format!("key {CANARY}"))], Pace::immediate())
    })
    .unwrap();
    let mut seen = String::new();
    attempt_with(&backend(&server, "openai"), &patient(), Box::pin(std::future::pending()), |timed| {
        seen.push_str(&format!("{timed:?}"));
    })
    .await;
    assert!(seen.contains("Error") && !seen.contains(CANARY), "{seen}");
}

#[tokio::test]
async fn plain_http_is_for_this_machine() {
    let mut config = HttpBackendConfig::new(&provider("openai"), Some(ApiKey::from_paste(CANARY).unwrap()));
    config.base_url = "http://gpu-box.example/v1".into();
    let refused = HttpBackend::new(client(), config.clone()).unwrap_err();
    assert_eq!(refused, InvalidUrl::PlainHttp { host: "gpu-box.example".into() });
    config.allow_plain_http = true;
    assert!(HttpBackend::new(client(), config).is_ok());
}

#[tokio::test]
async fn models_are_listed() {
    for wire in [Wire::OpenAiChat, Wire::Anthropic, Wire::Gemini] {
        let server = Server::start(move |request| {
            assert_eq!((request.method.as_str(), request.route()), ("GET", "/v1/models"));
            scripted::models(wire, &["a", "b/c:d"])
        })
        .unwrap();
        let models = speaking(&server, wire).list_models(Duration::from_mins(1)).await.unwrap();
        assert_eq!(models, ["a", "b/c:d"], "{wire:?}");
        assert!(server.records()[0].request.body.is_empty());
    }
}

#[tokio::test]
async fn lesson_74_discovery_is_bounded_and_clear() {
    let server = Server::start(|_| Response::new(200).ending(scripted_server::Ending::StallBeforeHead)).unwrap();
    let error = backend(&server, "local").list_models(Duration::from_millis(50)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout);
    assert!(error.message.contains("0.05 s"), "{}", error.message);
    let server = Server::start(|_| scripted::models(Wire::OpenAiChat, &[])).unwrap();
    let error = backend(&server, "local").list_models(Duration::from_mins(1)).await.unwrap_err();
    assert_eq!(error.message, "the server lists no models");
}

#[tokio::test]
async fn a_key_is_checked_only_where_the_server_asks_for_one() {
    let asking = Server::start(|request| match request.header("authorization") {
        Some(value) if value.ends_with(CANARY) => scripted::models(Wire::OpenAiChat, &["a"]),
        _ => scripted::unauthorized(Wire::OpenAiChat, "no key"),
    })
    .unwrap();
    let accepted = backend(&asking, "openai").check_key(Duration::from_mins(1)).await;
    assert_eq!(accepted, Ok(KeyCheck::Accepted { models: 1 }));
    let mut other = config(&asking, "openai");
    other.key = Some(ApiKey::from_paste("another-key-0123456789").unwrap());
    let refused = HttpBackend::new(client(), other).unwrap().check_key(Duration::from_mins(1)).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Authentication);
    let open = Server::start(|_| scripted::models(Wire::OpenAiChat, &["a"])).unwrap();
    assert_eq!(backend(&open, "nvidia").check_key(Duration::from_mins(1)).await, Ok(KeyCheck::ListsToAnybody));
}
