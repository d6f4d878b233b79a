//! Refusals, broken connections and hostile bytes.

use llm::call::Billing;
use llm::error::ErrorKind;
use llm::outcome::Outcome;
use scripted_server::faults as scripted;
use scripted_server::{Ending, Framing, Pace, Server, Wire};

use super::*;

fn answering(response: impl Fn(Wire) -> Response + Send + Sync + 'static) -> Server {
    Server::start(move |request| response(Wire::of_path(&request.path).unwrap())).unwrap()
}

fn greeting_of(wire: Wire) -> Response {
    Response::paced(wire.events(&hello()), Pace::immediate())
}

#[tokio::test]
async fn refusals_are_sorted_and_not_billed() {
    for wire in Wire::ALL {
        let server = answering(|wire| scripted::rate_limited(wire, "7"));
        let attempt = attempt(&speaking(&server, wire)).await;
        let error = attempt.error.clone().unwrap();
        assert_eq!(
            (error.kind, error.status, error.retry_after_ms),
            (ErrorKind::RateLimit, Some(429), Some(7000)),
            "{wire:?}"
        );
        assert_eq!((attempt.billing, attempt.outcome()), (Billing::NotBilled, Outcome::Error));
        let header =
            |name: &str| attempt.raw.headers.iter().find(|header| header.0 == name).map(|header| header.1.as_str());
        assert_eq!((header("x-request-id"), header("retry-after")), (Some("req_scripted"), Some("7")));
    }
    for (response, kind, billing) in [
        (scripted::unauthorized as fn(Wire, &str) -> Response, ErrorKind::Authentication, Billing::NotBilled),
        (|wire, _| scripted::overloaded(wire), ErrorKind::Overloaded, Billing::Unknown),
        (|wire, _| scripted::broken(wire), ErrorKind::ProviderFault, Billing::Unknown),
    ] {
        for wire in Wire::ALL {
            let server = answering(move |wire| response(wire, "no"));
            let attempt = attempt(&speaking(&server, wire)).await;
            assert_eq!((attempt.error.clone().unwrap().kind, attempt.billing), (kind, billing), "{wire:?}");
        }
    }
}

#[tokio::test]
async fn retry_after_as_a_date_is_read() {
    let server = answering(|wire| scripted::rate_limited(wire, "Fri, 31 Dec 2100 23:59:59 GMT"));
    let error = attempt(&backend(&server, "openai")).await.error.unwrap();
    assert!(error.retry_after_ms.unwrap() > 1_000_000_000_000);
}

#[tokio::test]
async fn an_error_within_a_stream_keeps_the_text_before_it() {
    for wire in Wire::ALL {
        let server = answering(|wire| {
            let mut events = wire.events(&hello());
            let cut = events.iter().position(|piece| piece.token).unwrap() + 1;
            events.truncate(cut);
            events.push(wire.error("overloaded_error", "Overloaded"));
            Response::paced(events, Pace::immediate())
        });
        let attempt = attempt(&speaking(&server, wire)).await;
        let error = attempt.error.clone().unwrap();
        assert_eq!(error.message, "Overloaded", "{wire:?}");
        assert_eq!((attempt.answer.text.as_str(), attempt.outcome()), ("Hello", Outcome::Error), "{wire:?}");
        assert_eq!((attempt.raw.status, attempt.billing), (Some(200), Billing::Unknown));
    }
}

#[tokio::test]
async fn bytes_may_be_split_anywhere() {
    for wire in Wire::ALL {
        for length in [1, 2, 3, 7] {
            let server = answering(move |wire| {
                let script = Script::text("toy", &["Grüße, ", "世界", " 🦀"]);
                Response::paced(wire.events(&script), Pace::immediate()).split_into(length)
            });
            let attempt = attempt(&speaking(&server, wire)).await;
            assert_eq!(
                (attempt.answer.text.as_str(), attempt.error.clone()),
                ("Grüße, 世界 🦀", None),
                "{wire:?} {length}"
            );
        }
    }
}

#[tokio::test]
async fn carriage_returns_end_lines_too() {
    for ending in ["\r\n", "\r"] {
        let server = answering(move |wire| {
            let body: Vec<u8> = wire.events(&hello()).into_iter().flat_map(|piece| piece.bytes).collect();
            let body = String::from_utf8(body).unwrap().replace('\n', ending);
            Response::body(200, "text/event-stream", body).framing(Framing::Chunked).split_into(5)
        });
        let attempt = attempt(&backend(&server, "openai")).await;
        assert_eq!((attempt.answer.text.as_str(), attempt.error.clone()), ("Hello, world.", None), "{ending:?}");
    }
}

#[tokio::test]
async fn every_framing_is_read() {
    for framing in [Framing::Chunked, Framing::Length, Framing::UntilClose] {
        let server = answering(move |wire| Response::paced(wire.events(&hello()), Pace::immediate()).framing(framing));
        let attempt = attempt(&backend(&server, "openai")).await;
        assert_eq!((attempt.answer.text.as_str(), attempt.error.clone()), ("Hello, world.", None), "{framing:?}");
        assert_eq!(attempt.billing, Billing::Reported);
    }
}

#[tokio::test]
async fn an_early_close_is_no_whole_answer() {
    for framing in [Framing::Chunked, Framing::Length, Framing::UntilClose] {
        for wire in Wire::ALL {
            let server = answering(move |wire| {
                let events = wire.events(&hello());
                let cut = events.iter().position(|piece| piece.token).unwrap() + 1;
                Response::paced(events, Pace::immediate())
                    .first_pieces(cut)
                    .framing(framing)
                    .ending(Ending::CloseMidway)
            });
            let attempt = attempt(&speaking(&server, wire)).await;
            assert_eq!(attempt.error.clone().unwrap().kind, ErrorKind::MalformedStream, "{framing:?} {wire:?}");
            assert_eq!((attempt.answer.text.as_str(), attempt.billing), ("Hello", Billing::Unknown));
        }
    }
}

#[tokio::test]
async fn resets_and_silence_are_network_errors_that_may_have_been_billed() {
    for ending in [Ending::Reset, Ending::CloseBeforeHead] {
        let server = answering(move |wire| {
            let pieces = wire.events(&hello());
            Response::paced(pieces, Pace::immediate())
                .first_pieces(2)
                .piece(std::time::Duration::from_millis(30), "")
                .ending(ending)
        });
        let attempt = attempt(&backend(&server, "openai")).await;
        assert_eq!(attempt.error.clone().unwrap().kind, ErrorKind::Network, "{ending:?}");
        assert_eq!(attempt.billing, Billing::Unknown, "{ending:?}");
        assert_eq!(server.requests(), 1, "a request that may have been billed was sent twice");
    }
}

#[tokio::test]
async fn nobody_listening_is_not_billed() {
    let address = {
        let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        gone.local_addr().unwrap()
    };
    let mut config = HttpBackendConfig::new(&provider("local"), None);
    config.base_url = format!("http://{address}/v1");
    let attempt = attempt(&HttpBackend::new(client(), config).unwrap()).await;
    let error = attempt.error.unwrap();
    assert_eq!((error.kind, attempt.billing), (ErrorKind::Network, Billing::NotBilled));
    assert!(error.message.contains("could not be reached"), "{}", error.message);
}

#[tokio::test]
async fn redirects_are_errors() {
    let server = answering(|_| Response::new(307).header("location", "https://elsewhere.example/v1/chat/completions"));
    let error = attempt(&backend(&server, "openai")).await.error.unwrap();
    assert_eq!((error.kind, error.status), (ErrorKind::InvalidRequest, Some(307)));
    assert!(error.message.contains("elsewhere.example") && error.message.contains("base URL"), "{}", error.message);
}

#[tokio::test]
async fn what_is_not_http_or_not_a_stream_is_malformed() {
    let server = answering(|_| Response::body(200, "text/html", "<html>Log in to the Wi-Fi</html>"));
    let attempt_of = attempt(&backend(&server, "openai")).await;
    assert_eq!(attempt_of.error.unwrap().kind, ErrorKind::MalformedStream);

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"SSH-2.0-OpenSSH_9.6\r\n\r\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    let mut config = HttpBackendConfig::new(&provider("local"), None);
    config.base_url = format!("http://{address}/v1");
    let attempt = attempt(&HttpBackend::new(client(), config).unwrap()).await;
    assert_eq!(attempt.error.unwrap().kind, ErrorKind::MalformedStream);
}

#[tokio::test]
async fn compression_nobody_asked_for_is_named() {
    let server = answering(|wire| greeting_of(wire).header("content-encoding", "gzip"));
    let error = attempt(&backend(&server, "openai")).await.error.unwrap();
    assert_eq!(error.kind, ErrorKind::MalformedStream);
    assert!(error.message.contains("compressed"), "{}", error.message);
    let server = answering(|wire| greeting_of(wire).header("content-encoding", "identity"));
    assert_eq!(attempt(&backend(&server, "openai")).await.outcome(), Outcome::Complete);
}

#[tokio::test]
async fn an_endless_error_body_is_cut() {
    let server = answering(|_| Response::body(400, "text/plain", vec![b'x'; 3 << 20]));
    let attempt = attempt(&backend(&server, "openai")).await;
    assert_eq!(attempt.raw.body.len(), 1 << 20);
    assert_eq!(attempt.error.unwrap().kind, ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn an_endless_answer_is_cut() {
    let server = answering(|_| {
        // A comment of a mebibyte, over and over.
        let comment: Vec<u8> = [b": ".as_slice(), &vec![b'x'; (1 << 20) - 4], b"\n\n"].concat();
        let pieces = vec![(std::time::Duration::ZERO, comment); 66];
        Response::stream(pieces)
    });
    let attempt = attempt(&backend(&server, "openai")).await;
    assert!(attempt.raw.body.len() <= 64 << 20);
    let error = attempt.error.unwrap();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (ErrorKind::MalformedStream, "the response is longer than 64 MiB")
    );
}
