//! Time limits and cancellation: what arrived is kept, and the limit is named.

use std::future::pending;
use std::time::Duration;

use llm::call::{Billing, Timeouts};
use llm::error::ErrorKind;
use llm::outcome::Outcome;
use scripted_server::{Ending, Pace, Server, Wire};
use tokio::sync::Notify;

use super::*;

/// For limits that pass whatever the machine does.
const SHORT: Duration = Duration::from_millis(60);
/// For silences that come after something a busy machine may deliver late.
const SILENCE: Duration = Duration::from_millis(500);

fn stalling(ending: Ending, pieces: usize) -> Server {
    Server::start(move |request| greeting(request, Pace::immediate()).first_pieces(pieces).ending(ending)).unwrap()
}

#[tokio::test]
async fn first_byte() {
    let server = stalling(Ending::StallBeforeHead, 0);
    let timeouts = Timeouts { first_byte: SHORT, ..patient() };
    let attempt = attempt_with(&backend(&server, "openai"), &timeouts, Box::pin(pending()), |_| {}).await;
    let error = attempt.error.clone().unwrap();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (ErrorKind::Timeout, "no response within 60 ms (first-byte limit)")
    );
    assert_eq!((attempt.outcome(), attempt.billing), (Outcome::Error, Billing::Unknown));
    assert!(attempt.total >= SHORT);
    assert_eq!(attempt.raw.status, None);
}

#[tokio::test]
async fn idle_keeps_the_partial_text_and_says_so() {
    for wire in Wire::ALL {
        let server = Server::start(|request| {
            let wire = Wire::of_path(&request.path).unwrap();
            let events = wire.events(&hello());
            let second_token = events.iter().position(|piece| piece.token).unwrap() + 2;
            Response::paced(events, Pace::immediate()).first_pieces(second_token).ending(Ending::Stall)
        })
        .unwrap();
        let timeouts = Timeouts { idle: SILENCE, ..patient() };
        let attempt = attempt_with(&speaking(&server, wire), &timeouts, Box::pin(pending()), |_| {}).await;
        let error = attempt.error.clone().unwrap();
        assert_eq!(
            (error.kind, error.message.as_str()),
            (ErrorKind::Timeout, "the stream was silent for 500 ms (idle limit)")
        );
        assert_eq!(attempt.answer.text, "Hello, ", "{wire:?}");
        assert_eq!((attempt.outcome(), attempt.billing), (Outcome::Error, Billing::Unknown));
        assert!(attempt.total >= Duration::from_nanos(attempt.answer.last_token_at.unwrap()) + SILENCE);
    }
}

#[tokio::test]
async fn comments_and_pings_are_life() {
    // All pings together last longer than the limit, each gap is far shorter.
    let (idle, gap, pings) = (Duration::from_secs(2), Duration::from_millis(100), 25);
    for wire in [Wire::OpenAiChat, Wire::Anthropic] {
        let server = Server::start(move |request| {
            let wire = Wire::of_path(&request.path).unwrap();
            let mut pieces = wire.events(&hello());
            for _ in 0..pings {
                let mut ping = wire.keep_alive();
                ping.when = scripted_server::When::After(gap);
                pieces.insert(1, ping);
            }
            Response::new(200).header("content-type", "text/event-stream").pieces(pieces)
        })
        .unwrap();
        let timeouts = Timeouts { idle, ..patient() };
        let attempt = attempt_with(&speaking(&server, wire), &timeouts, Box::pin(pending()), |_| {}).await;
        assert_eq!(attempt.error, None, "{wire:?}");
        assert_eq!(attempt.answer.text, "Hello, world.");
        assert!(Duration::from_nanos(attempt.answer.first_token_at.unwrap()) >= gap * pings, "{wire:?}");
    }
}

#[tokio::test]
async fn total() {
    let server = Server::start(|request| {
        let wire = Wire::of_path(&request.path).unwrap();
        let words = ["word "; 1000];
        Response::paced(wire.events(&Script::text("toy", &words)), Pace::millis(1, 5))
    })
    .unwrap();
    let timeouts = Timeouts { total: Duration::from_millis(120), ..patient() };
    let attempt = attempt_with(&backend(&server, "openai"), &timeouts, Box::pin(pending()), |_| {}).await;
    let error = attempt.error.clone().unwrap();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (ErrorKind::Timeout, "the call took longer than 120 ms (total limit)")
    );
    let words = attempt.answer.token_arrivals.len();
    assert_eq!(attempt.answer.text, "word ".repeat(words));
    assert!(words < 1000);
    assert!(attempt.total >= Duration::from_millis(120));
}

#[tokio::test]
async fn connect() {
    // A listener whose queue is full answers no further handshake.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut fill = Vec::new();
    while let Ok(Ok(stream)) = tokio::time::timeout(SILENCE, tokio::net::TcpStream::connect(address)).await {
        fill.push(stream);
    }
    let mut config = HttpBackendConfig::new(&provider("local"), None);
    config.base_url = format!("http://{address}/v1");
    let backend = HttpBackend::new(client(), config).unwrap();
    let timeouts = Timeouts { connect: SHORT, ..patient() };
    let attempt = attempt_with(&backend, &timeouts, Box::pin(pending()), |_| {}).await;
    let error = attempt.error.clone().unwrap();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (ErrorKind::Timeout, "no connection within 60 ms (connect limit)")
    );
    assert_eq!((attempt.billing, attempt.total), (Billing::NotBilled, Duration::ZERO));
}

#[tokio::test]
async fn cancelling_keeps_what_arrived_and_closes_the_connection() {
    let server = stalling(Ending::Stall, 3);
    let backend = backend(&server, "openai");
    let enough = Notify::new();
    let attempt = attempt_with(&backend, &patient(), Box::pin(enough.notified()), |timed| {
        if matches!(&timed.event, llm::event::Event::Text { text } if text == ", ") {
            enough.notify_one();
        }
    })
    .await;
    assert!(attempt.cancelled);
    assert_eq!((attempt.error.clone(), attempt.outcome()), (None, Outcome::Cancelled));
    assert_eq!(attempt.answer.text, "Hello, ");
    assert_eq!(attempt.billing, Billing::Unknown);
    while !server.records()[0].abandoned {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn cancelled_before_it_was_sent_is_not_billed() {
    let server = greeter();
    let attempt = attempt_with(&backend(&server, "openai"), &patient(), Box::pin(async {}), |_| {}).await;
    assert!(attempt.cancelled);
    assert_eq!((attempt.billing, server.requests()), (Billing::NotBilled, 0));
}

#[tokio::test]
async fn dropping_the_future_closes_the_connection() {
    let server = stalling(Ending::Stall, 3);
    let backend = backend(&server, "openai");
    let arrived = async {
        while server.requests() == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::select! {
        attempt = attempt(&backend) => panic!("a stalled call ended: {attempt:?}"),
        () = arrived => {}
    }
    while !server.records()[0].abandoned {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn a_silent_server_after_the_stop_reason_has_not_failed_the_call() {
    let server = Server::start(|request| {
        let events = Wire::of_path(&request.path).unwrap().events(&hello().usage(None));
        let all_but_done = events.len() - 1;
        Response::paced(events, Pace::immediate()).first_pieces(all_but_done).ending(Ending::Stall)
    })
    .unwrap();
    let timeouts = Timeouts { idle: SILENCE, ..patient() };
    let attempt = attempt_with(&backend(&server, "openai"), &timeouts, Box::pin(pending()), |_| {}).await;
    assert_eq!((attempt.error.clone(), attempt.outcome()), (None, Outcome::Complete));
    assert_eq!(attempt.billing, Billing::Unknown);
    assert_eq!(attempt.total, Duration::from_nanos(attempt.raw.reads.last().unwrap().0));
}
