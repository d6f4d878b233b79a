//! Times, compared with what the server knows.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use llm::call::Billing;
use llm::event::Event;
use llm::outcome::Outcome;
use scripted_server::{Pace, Server, Wire};

use super::*;

#[tokio::test]
async fn every_dialect_is_read_and_never_earlier_than_it_was_written() {
    for wire in Wire::ALL {
        let server = Server::start(|request| {
            let wire = Wire::of_path(&request.path).unwrap();
            let script = hello().reasoning(&["Hm", "m."]);
            Response::paced(wire.events(&script), Pace::millis(8, 3)).head_after(Duration::from_millis(2))
        })
        .unwrap();
        let backend = speaking(&server, wire);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        let attempt = attempt_with(&backend, &patient(), Box::pin(pending()), move |timed| {
            if matches!(timed.event, Event::Text { .. } | Event::Reasoning { .. }) {
                noted.lock().unwrap().push((Instant::now(), timed.at));
            }
        })
        .await;
        assert_eq!(attempt.error, None, "{wire:?}");
        assert_eq!(attempt.outcome(), Outcome::Complete, "{wire:?}");
        assert_eq!((attempt.answer.text.as_str(), attempt.answer.reasoning.as_str()), ("Hello, world.", "Hmm."));
        assert_eq!(attempt.answer.served_model.as_deref(), Some("toy-1"), "{wire:?}");
        assert_eq!((attempt.answer.usage.input, attempt.answer.usage.output), (Some(10), Some(3)), "{wire:?}");
        assert_eq!(attempt.billing, Billing::Reported, "{wire:?}");

        let record = server.records().remove(0);
        let writes: Vec<_> = record.token_writes.iter().map(|&write| write - record.received_at).collect();
        let arrivals: Vec<_> = attempt.answer.token_arrivals.iter().map(|&at| Duration::from_nanos(at)).collect();
        assert_eq!((writes.len(), arrivals.len()), (5, 5), "{wire:?}");
        for (write, arrival) in writes.iter().zip(&arrivals) {
            // The client's clock started before the server had the request.
            assert!(arrival >= write, "{wire:?}: arrived after {arrival:?}, written after {write:?}");
        }
        for ((observed, _), write) in seen.lock().unwrap().iter().zip(&record.token_writes) {
            assert!(observed >= write);
        }
        assert_eq!(attempt.answer.first_token_at, Some(attempt.answer.token_arrivals[0]));
        assert_eq!(attempt.answer.first_text_at, Some(attempt.answer.token_arrivals[2]));
        assert!(attempt.total >= arrivals[4], "{wire:?}");
        assert!(attempt.connect > Duration::ZERO);
    }
}

#[tokio::test]
async fn the_record_accounts_for_every_byte() {
    let server = Server::start(|request| greeting(request, Pace::millis(4, 2))).unwrap();
    let attempt = attempt(&backend(&server, "openai")).await;
    let sent: Vec<u8> = Wire::OpenAiChat.events(&hello()).into_iter().flat_map(|piece| piece.bytes).collect();
    assert_eq!(attempt.raw.body, sent);
    assert_eq!(attempt.raw.status, Some(200));
    assert!(attempt.raw.reads.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1));
    assert_eq!(attempt.raw.reads.last().unwrap().1, sent.len() as u64);
    let reads: Vec<_> = attempt.raw.reads.iter().map(|read| read.0).collect();
    assert!(attempt.answer.token_arrivals.iter().all(|at| reads.contains(at)));
    assert_eq!(attempt.request_body, server.records()[0].request.body);
}

#[tokio::test]
async fn a_replay_of_the_record_gives_the_same_answer_and_times() {
    for wire in Wire::ALL {
        let server = Server::start(|request| greeting(request, Pace::millis(4, 2))).unwrap();
        let backend = speaking(&server, wire);
        let attempt = attempt(&backend).await;
        let dialect = match wire {
            Wire::OpenAiChat => llm::dialect::Dialect::OpenAiChat,
            Wire::OpenAiResponses => llm::dialect::Dialect::OpenAiResponses,
            Wire::Anthropic => llm::dialect::Dialect::AnthropicMessages,
            Wire::Gemini => llm::dialect::Dialect::GeminiGenerate,
        };
        let (mut decoder, mut events) = (dialect.decoder(), Vec::new());
        let mut start = 0;
        for &(at, end) in &attempt.raw.reads {
            decoder.push(&attempt.raw.body[start..end as usize], at, &mut events);
            start = end as usize;
        }
        decoder.finish(attempt.raw.reads.last().unwrap().0, &mut events);
        let mut replayed = llm::outcome::Answer::default();
        for event in &events {
            replayed.push(event);
        }
        assert_eq!(replayed, attempt.answer, "{wire:?}");
    }
}

#[tokio::test]
async fn the_end_is_the_stop_event_not_the_end_of_the_body() {
    let server = Server::start(|request| {
        let mut events = Wire::of_path(&request.path).unwrap().events(&hello());
        let done = events.pop().unwrap();
        Response::paced(events, Pace::immediate()).piece(Duration::from_millis(300), done.bytes)
    })
    .unwrap();
    let attempt = attempt(&backend(&server, "openai")).await;
    let last_read = Duration::from_nanos(attempt.raw.reads.last().unwrap().0);
    assert!(last_read >= Duration::from_millis(300));
    assert!(attempt.total < last_read, "{:?} and {last_read:?}", attempt.total);
}

#[tokio::test]
async fn a_whole_json_body_is_one_arrival() {
    let server = Server::start(|_| Response::json(200, &Wire::OpenAiChat.whole(&hello().reasoning(&["Hm."])))).unwrap();
    let attempt = attempt(&backend(&server, "openai")).await;
    assert_eq!(attempt.outcome(), Outcome::Complete);
    assert_eq!((attempt.answer.text.as_str(), attempt.answer.reasoning.as_str()), ("Hello, world.", "Hm."));
    assert_eq!(attempt.billing, Billing::Reported);
    assert_eq!(attempt.answer.first_token_at, attempt.answer.last_token_at);
}
