//! Through a proxy; and that the way to the server is not in the call's time.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use llm::call::Billing;
use llm::client::Proxy;
use llm::error::ErrorKind;
use llm::outcome::Outcome;
use scripted_server::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What a proxy was asked, and when it last let a tunnel through.
#[derive(Default)]
struct Seen {
    requests: Vec<String>,
    opened_at: Option<Instant>,
}

/// A proxy that thinks for a while and then joins every tunnel to the same server, or refuses.
async fn proxy(server: &Server, delay: Duration, answer: &'static str) -> (String, Arc<Mutex<Seen>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::new(Mutex::new(Seen::default()));
    let (target, noted) = (server.address(), Arc::clone(&seen));
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let noted = Arc::clone(&noted);
            tokio::spawn(async move {
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    request.push(stream.read_u8().await.unwrap());
                }
                tokio::time::sleep(delay).await;
                {
                    let mut seen = noted.lock().unwrap();
                    seen.requests.push(String::from_utf8(request).unwrap());
                    seen.opened_at = Some(Instant::now());
                }
                stream.write_all(answer.as_bytes()).await.unwrap();
                let mut onward = TcpStream::connect(target).await.unwrap();
                // Ends when either side does.
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut onward).await;
            });
        }
    });
    (format!("http://me:secret@{address}"), seen)
}

fn through(proxy: &str, server: &Server) -> HttpBackend {
    let settings = HttpClientConfig { proxy: Some(Proxy::parse(proxy, "").unwrap()), ..HttpClientConfig::default() };
    let mut config = config(server, "openai");
    config.base_url = "http://models.test:8080/v1".into();
    config.allow_plain_http = true;
    HttpBackend::new(HttpClient::new(settings), config).unwrap()
}

#[tokio::test]
async fn opening_a_connection_is_outside_the_clock() {
    let server = greeter();
    let delay = Duration::from_millis(150);
    let (url, seen) = proxy(&server, delay, "HTTP/1.1 200 Connection established\r\n\r\n").await;
    let backend = through(&url, &server);
    let attempt = attempt(&backend).await;
    let ended_at = Instant::now();
    assert_eq!((attempt.error.clone(), attempt.outcome()), (None, Outcome::Complete));
    let seen = seen.lock().unwrap();
    assert!(attempt.connect >= delay);
    // Were the tunnel's opening in the total, the total would be longer than the time since.
    assert!(attempt.total <= ended_at - seen.opened_at.unwrap());
    let request = &seen.requests[0];
    assert!(request.starts_with("CONNECT models.test:8080 HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("proxy-authorization: Basic bWU6c2VjcmV0\r\n"), "{request}");
    assert!(!request.contains(CANARY));
    assert_eq!(server.records()[0].request.header("host"), Some("models.test:8080"));
    assert!(server.records()[0].request.header("proxy-authorization").is_none());
}

#[tokio::test]
async fn a_refused_tunnel_is_said_and_not_billed() {
    let server = greeter();
    for (answer, words) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "user name and password"),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", "status 502"),
    ] {
        let (url, _) = proxy(&server, Duration::ZERO, answer).await;
        let attempt = attempt(&through(&url, &server)).await;
        let error = attempt.error.unwrap();
        assert_eq!((error.kind, attempt.billing), (ErrorKind::Network, Billing::NotBilled));
        assert!(error.message.contains(words) && !error.message.contains("secret"), "{}", error.message);
    }
}

#[tokio::test]
async fn this_machine_is_reached_without_the_proxy() {
    let server = greeter();
    let (url, seen) = proxy(&server, Duration::ZERO, "HTTP/1.1 200 OK\r\n\r\n").await;
    let settings = HttpClientConfig { proxy: Some(Proxy::parse(&url, "").unwrap()), ..HttpClientConfig::default() };
    let attempt = attempt(&HttpBackend::new(HttpClient::new(settings), config(&server, "openai")).unwrap()).await;
    assert_eq!(attempt.outcome(), Outcome::Complete);
    assert!(seen.lock().unwrap().requests.is_empty());
}
