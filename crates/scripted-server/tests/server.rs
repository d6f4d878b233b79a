//! The server seen from a plain socket.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use scripted_server::billing::Till;
use scripted_server::strict::{self, Rules};
use scripted_server::{Ending, Framing, Pace, Response, Script, Server, Wire, faults};

const CHAT: &str = r#"{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true,"max_tokens":5}"#;

fn post(stream: &mut TcpStream, path: &str, headers: &str, body: &str) {
    let length = body.len();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
    .unwrap();
}

fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut got = Vec::new();
    let mut bytes = [0; 4096];
    while !String::from_utf8_lossy(&got).contains(end) {
        match stream.read(&mut bytes) {
            Ok(0) => break,
            Ok(length) => got.extend_from_slice(&bytes[..length]),
            Err(error) => panic!("{error}, after {}", String::from_utf8_lossy(&got)),
        }
    }
    String::from_utf8(got).unwrap()
}

#[test]
fn streams_in_order_keeps_alive_and_records() {
    let server = Server::start(|request| {
        let wire = Wire::of_path(&request.path).unwrap();
        Response::paced(wire.events(&Script::text("m", &["one", "two"])), Pace::millis(5, 2))
    })
    .unwrap();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    for _ in 0..2 {
        post(&mut stream, "/v1/chat/completions", "", CHAT);
        let got = read_until(&mut stream, "\r\n0\r\n\r\n");
        assert!(got.starts_with("HTTP/1.1 200 "), "{got}");
        assert!(got.find("one").unwrap() < got.find("two").unwrap());
    }
    let records = server.records();
    assert_eq!((records.len(), server.connections()), (2, 1));
    for (index, record) in records.iter().enumerate() {
        assert_eq!((record.request.connection, record.request.turn, record.request.index), (0, index, index));
        assert_eq!(record.request.json()["model"], "m");
        assert_eq!(record.token_writes.len(), 2);
        let first = record.first_token_at().unwrap();
        assert!(first >= record.received_at + Duration::from_millis(5));
        assert!(record.token_writes[1] >= record.received_at + Duration::from_millis(7));
        assert!(record.head_at.unwrap() <= record.first_piece_at.unwrap() && record.first_piece_at.unwrap() <= first);
        assert!(!record.abandoned);
    }
    server.forget();
    assert_eq!(server.requests(), 0);
}

#[test]
fn ends_as_scripted() {
    let server = Server::start(|request| {
        let response = Response::stream([(Duration::ZERO, b"data: 1\n\n".to_vec())]);
        match request.path.as_str() {
            "/midway" => response.ending(Ending::CloseMidway),
            "/before" => response.ending(Ending::CloseBeforeHead),
            "/reset" => response.piece(Duration::from_millis(20), "more").ending(Ending::Reset),
            "/until-close" => response.framing(Framing::UntilClose),
            _ => response.ending(Ending::Stall),
        }
    })
    .unwrap();
    let ask = |path: &str| {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        post(&mut stream, path, "", "{}");
        let mut got = Vec::new();
        let end = stream.read_to_end(&mut got).map(|_| ()).map_err(|error| error.kind());
        (String::from_utf8(got).unwrap(), end)
    };
    let (got, end) = ask("/midway");
    assert!(got.ends_with("data: 1\n\n\r\n") && end == Ok(()), "{got}");
    assert_eq!(ask("/before"), (String::new(), Ok(())));
    assert_eq!(ask("/reset").1, Err(ErrorKind::ConnectionReset));
    let (got, end) = ask("/until-close");
    assert!(got.ends_with("\r\n\r\ndata: 1\n\n") && end == Ok(()), "{got}");
    let (got, end) = ask("/stall");
    assert!(got.contains("data: 1"));
    assert_eq!(end, Err(ErrorKind::WouldBlock));
}

#[test]
fn stops_when_dropped() {
    let server = Server::start(|_| Response::new(200).ending(Ending::StallBeforeHead)).unwrap();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    post(&mut stream, "/", "", "{}");
    let address = server.address();
    drop(server);
    let mut rest = Vec::new();
    let end = stream.read_to_end(&mut rest);
    assert!(rest.is_empty() && end.map_or(true, |length| length == 0));
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn is_strict() {
    let rules = Rules {
        key: Some("k-1".into()),
        fixed_sampling: vec!["o3".into()],
        completion_tokens: vec!["o3".into()],
        ..Rules::default()
    };
    let server = Server::start(move |request| {
        let Some(wire) = Wire::of_path(&request.path) else {
            return faults::not_found();
        };
        match strict::check(request, wire, &rules) {
            Ok(_) => Response::json(200, &wire.whole(&Script::text("m", &["ok"]))),
            Err(refusal) => *refusal,
        }
    })
    .unwrap();
    let ask = |path: &str, headers: &str, body: &str| {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        post(&mut stream, path, headers, body);
        let got = read_until(&mut stream, "}");
        got.split(' ').nth(1).unwrap().parse::<u16>().unwrap()
    };
    let bearer = "Authorization: Bearer k-1\r\n";
    let chat = "/v1/chat/completions";
    let turn = r#"[{"role":"user","content":"hi"}]"#;
    assert_eq!(ask(chat, bearer, CHAT), 200);
    assert_eq!(ask(chat, "", CHAT), 401);
    assert_eq!(ask(chat, "Authorization: Bearer other\r\n", CHAT), 401);
    assert_eq!(ask("/v1/chat/completions?key=k-1", bearer, CHAT), 401);
    assert_eq!(ask(chat, bearer, "{"), 400);
    assert_eq!(ask(chat, bearer, r#"{"model":"m","messages":[]}"#), 400);
    assert_eq!(ask(chat, bearer, &format!(r#"{{"model":"m","messages":{turn},"temprature":1}}"#)), 400);
    assert_eq!(ask(chat, bearer, &format!(r#"{{"model":"o3","messages":{turn},"temperature":1}}"#)), 400);
    assert_eq!(ask(chat, bearer, &format!(r#"{{"model":"o3","messages":{turn},"max_tokens":9}}"#)), 400);
    assert_eq!(ask(chat, bearer, &format!(r#"{{"model":"o3","messages":{turn},"max_completion_tokens":9}}"#)), 200);
    let anthropic = format!(r#"{{"model":"m","messages":{turn},"max_tokens":9}}"#);
    assert_eq!(ask("/v1/messages", "x-api-key: k-1\r\nanthropic-version: 2023-06-01\r\n", &anthropic), 200);
    assert_eq!(ask("/v1/messages", "x-api-key: k-1\r\n", &anthropic), 400);
    assert_eq!(ask("/v1/messages", bearer, &anthropic), 401);
    let gemini = "/v1beta/models/g:streamGenerateContent?alt=sse";
    assert_eq!(
        ask(gemini, "x-goog-api-key: k-1\r\n", r#"{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}"#),
        200
    );
    assert_eq!(
        ask(gemini, "x-goog-api-key: k-1\r\n", r#"{"contents":[{"role":"assistant","parts":[{"text":"hi"}]}]}"#),
        400
    );
    assert_eq!(ask("/nowhere", bearer, "{}"), 404);
}

#[test]
fn bills_before_it_fails() {
    let till = std::sync::Arc::new(Till::new(1, 10));
    let server = {
        let till = std::sync::Arc::clone(&till);
        Server::start(move |request| {
            till.charge(request);
            Response::new(200).ending(Ending::CloseBeforeHead)
        })
        .unwrap()
    };
    let mut stream = TcpStream::connect(server.address()).unwrap();
    post(&mut stream, "/v1/chat/completions", "", CHAT);
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert_eq!(till.total_pico(), (2 + 10) + 5 * 10);
    assert_eq!(till.charges()[0].request, 0);
}
