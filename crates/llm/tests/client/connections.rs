//! One connection for each call under way, kept for the next, never used dead.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use llm::client::BaseUrl;
use llm::outcome::Outcome;
use scripted_server::{Ending, Framing, Pace, Server, faults as scripted};

use super::*;

#[tokio::test]
async fn calls_in_turn_share_one_connection() {
    let server = greeter();
    let backend = backend(&server, "openai");
    for turn in 0..5 {
        let attempt = attempt(&backend).await;
        assert_eq!(attempt.outcome(), Outcome::Complete);
        assert_eq!(attempt.connect == Duration::ZERO, turn > 0);
    }
    assert_eq!((server.requests(), server.connections()), (5, 1));
}

#[tokio::test]
async fn an_error_does_not_cost_the_connection() {
    let server = Server::start(|request| {
        if request.turn % 2 == 0 {
            scripted::rate_limited(scripted_server::Wire::OpenAiChat, "1")
        } else {
            greeting(request, Pace::immediate())
        }
    })
    .unwrap();
    let backend = backend(&server, "openai");
    for _ in 0..4 {
        attempt(&backend).await;
    }
    assert_eq!((server.requests(), server.connections()), (4, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_at_the_same_time_have_a_connection_each_and_two_rounds_share_them() {
    const CALLS: usize = 40;
    let arrived = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&arrived);
    let server = Server::start(move |request| {
        counter.fetch_add(1, Ordering::SeqCst);
        greeting(request, Pace::millis(300, 1))
    })
    .unwrap();
    let backend = backend(&server, "openai");
    for _ in 0..2 {
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..CALLS {
            let backend = backend.clone();
            calls.spawn(async move { attempt(&backend).await });
        }
        for attempt in calls.join_all().await {
            assert_eq!((attempt.answer.text.as_str(), attempt.error), ("Hello, world.", None));
        }
    }
    assert_eq!(arrived.load(Ordering::SeqCst), 2 * CALLS);
    // In each round all calls overlap for 300 ms unless the machine stands still; even then no
    // connection ever carried two calls at a time, and the second round needed none of its own
    // beyond as many as ran at once.
    assert!(server.connections() <= CALLS, "{}", server.connections());
    let mut records = server.records();
    records.sort_by_key(|record| (record.request.connection, record.request.turn));
    for pair in records.windows(2).filter(|pair| pair[0].request.connection == pair[1].request.connection) {
        assert!(pair[0].ended_at.unwrap() <= pair[1].received_at);
    }
}

#[tokio::test]
async fn a_connection_the_server_closed_while_idle_is_not_used() {
    let server =
        Server::start(|request| greeting(request, Pace::immediate()).ending(Ending::CompleteThenClose)).unwrap();
    let backend = backend(&server, "openai");
    for _ in 0..4 {
        assert_eq!(attempt(&backend).await.outcome(), Outcome::Complete);
        // Long enough for the close to arrive.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!((server.requests(), server.connections()), (4, 4));
}

#[tokio::test]
async fn connections_that_cannot_go_on_are_not_kept() {
    let server = Server::start(|request| greeting(request, Pace::immediate()).framing(Framing::UntilClose)).unwrap();
    let client = client();
    let backend = HttpBackend::new(client.clone(), config(&server, "openai")).unwrap();
    attempt(&backend).await;
    assert_eq!(client.idle_connections(), 0);

    let server =
        Server::start(|request| greeting(request, Pace::immediate()).header("keep-alive", "timeout=1")).unwrap();
    let backend = HttpBackend::new(client.clone(), config(&server, "openai")).unwrap();
    attempt(&backend).await;
    assert_eq!(client.idle_connections(), 0, "a server that keeps connections for a second is not to be raced");
}

#[tokio::test]
async fn a_stream_left_open_after_its_end_is_left_behind() {
    let server = Server::start(|request| greeting(request, Pace::immediate()).ending(Ending::Stall)).unwrap();
    let client = client();
    let backend = HttpBackend::new(client.clone(), config(&server, "openai")).unwrap();
    let attempt = attempt(&backend).await;
    assert_eq!((attempt.outcome(), client.idle_connections()), (Outcome::Complete, 0));
}

#[tokio::test]
async fn idle_connections_expire_and_are_capped() {
    let server = greeter();
    let settings = HttpClientConfig { idle_expiry: Duration::from_millis(20), ..HttpClientConfig::default() };
    let backend = HttpBackend::new(HttpClient::new(settings), config(&server, "openai")).unwrap();
    attempt(&backend).await;
    tokio::time::sleep(Duration::from_millis(40)).await;
    attempt(&backend).await;
    assert_eq!(server.connections(), 2);

    let settings = HttpClientConfig { most_idle: 3, ..HttpClientConfig::default() };
    let client = HttpClient::new(settings);
    let base_url = BaseUrl::parse(&server.url()).unwrap();
    assert_eq!(client.warm(&base_url, 6, Duration::from_mins(1)).await, 6);
    assert_eq!(client.idle_connections(), 3);
}

#[tokio::test]
async fn warmed_connections_are_used() {
    let server = greeter();
    let client = client();
    let backend = HttpBackend::new(client.clone(), config(&server, "openai")).unwrap();
    client.warm(backend.base_url(), 2, Duration::from_mins(1)).await;
    let attempt = attempt(&backend).await;
    assert_eq!((attempt.connect, server.connections()), (Duration::ZERO, 2));
}

#[tokio::test]
async fn names_are_resolved() {
    let server = greeter();
    let mut config = config(&server, "local");
    config.base_url = config.base_url.replace("127.0.0.1", "localhost");
    let attempt = attempt(&HttpBackend::new(client(), config).unwrap()).await;
    assert_eq!((attempt.outcome(), attempt.error), (Outcome::Complete, None));
    assert!(server.records()[0].request.header("host").unwrap().starts_with("localhost:"));
}
