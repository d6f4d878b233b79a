//! What goes wrong between a server and us.

use std::time::Duration;

use edgar::client::{Client, Config, FetchError, Limits, Retry, Trouble};
use edgar::source::Resource;
use loopback_edgar::{Fault, Server, Site};

use super::{DOCUMENT_PATH, TOY, TOY_JSON, TOY_PATH, client, config, document, site};

const INDEX: Resource = Resource::Submissions(TOY);

/// Each of these is over after two answers; the third is right.
#[test]
fn passing_failures_are_asked_again() {
    for fault in [
        Fault::Blocked,
        Fault::Undeclared,
        Fault::UndeclaredWith200,
        Fault::TooMany(None),
        Fault::Status(500),
        Fault::Status(503),
        Fault::RetryAfter(503, "0".into()),
        Fault::Cut(10),
        Fault::Cut(0),
        Fault::Silence,
        Fault::TruncatedGzip,
    ] {
        let server = Server::start(site()).unwrap();
        server.fault(TOY_PATH, fault.clone(), Some(2));
        let client = client(&server);
        let fetched = client.get(&INDEX).unwrap_or_else(|problem| panic!("{fault:?}: {problem}"));
        assert_eq!(fetched.bytes, TOY_JSON.as_bytes(), "{fault:?}");
        assert_eq!(client.stats().repeated, 2, "{fault:?}");
    }
}

/// And each of these is named when it does not pass, after a bounded number of attempts.
#[test]
fn lasting_failures_are_named() {
    let cases: [(Fault, usize, Trouble, &str); 12] = [
        (Fault::Blocked, 5, Trouble::Network, "refuses requests; wait about ten minutes"),
        (Fault::Undeclared, 3, Trouble::Network, "does not accept the stored identity"),
        (Fault::TooMany(None), 5, Trouble::Network, "refuses requests"),
        (Fault::TooMany(Some("600".into())), 1, Trouble::Network, "asks to wait 600 s"),
        (Fault::Status(503), 5, Trouble::Network, "answered 503 in 5 attempts"),
        (Fault::Status(400), 1, Trouble::Network, "answered 400 in 1 attempts"),
        (Fault::Silence, 5, Trouble::Network, "could not be reached in 5 attempts"),
        (Fault::Cut(10), 5, Trouble::Network, "the connection broke"),
        (Fault::TruncatedGzip, 3, Trouble::Content, "does not decompress"),
        (Fault::Html, 1, Trouble::Content, "is not JSON: "),
        (Fault::Missing403, 1, Trouble::Missing, "is not available"),
        (Fault::Status(404), 1, Trouble::Missing, "is not available"),
    ];
    for (fault, requests, trouble, says) in cases {
        let server = Server::start(site()).unwrap();
        server.fault(TOY_PATH, fault.clone(), None);
        let problem = client(&server).get(&INDEX).unwrap_err();
        let said = problem.to_string();
        assert_eq!(problem.trouble(), trouble, "{fault:?}: {said}");
        assert!(said.contains(says) && said.contains("CIK0009999001"), "{fault:?}: {said}");
        let asked = server.records().len();
        // A pool may ask once more by itself over a connection that it finds closed.
        assert!(asked == requests || (fault == Fault::Silence && asked >= requests), "{fault:?}: {asked}");
    }
}

/// Lesson 55: a 403 that says neither "too many" nor "no such file" is not taken for an absence.
#[test]
fn an_unknown_403_is_no_absence() {
    let server = Server::start(site()).unwrap();
    server.fault(TOY_PATH, Fault::Answer(403, "text/html", b"<h1>Access Denied</h1>".to_vec()), None);
    let problem = client(&server).get(&INDEX).unwrap_err();
    assert!(matches!(problem, FetchError::Status { status: 403, attempts: 2, .. }), "{problem:?}");
}

#[test]
fn retry_after_is_waited_for() {
    let server = Server::start(site()).unwrap();
    server.fault(TOY_PATH, Fault::TooMany(Some("1".into())), Some(1));
    client(&server).get(&INDEX).unwrap();
    let records = server.records();
    // No speed is judged here: the wait is what the server asked for, and no machine is too slow to wait.
    assert!(records[1].at.duration_since(records[0].at) >= Duration::from_secs(1));
}

#[test]
fn nobody_there_is_said_soon() {
    let server = Server::start(site()).unwrap();
    let config = config(&server);
    drop(server);
    let problem = Client::new(config).unwrap().get(&INDEX).unwrap_err();
    assert!(matches!(problem, FetchError::Network { attempts: 2, .. }), "{problem:?}");
    assert!(problem.to_string().contains("--offline"), "{problem}");
}

#[test]
fn bodies_without_end_are_cut_off() {
    let server = Server::start(site()).unwrap();
    let limits = Limits { sent: 1 << 20, plain: 2 << 20 };
    let client = Client::new(Config { limits, ..config(&server) }).unwrap();
    server.fault(TOY_PATH, Fault::Endless(1 << 40), None);
    let problem = client.get(&INDEX).unwrap_err();
    assert!(matches!(problem, FetchError::TooLarge { limit: 1_048_576, .. }), "{problem:?}");
    server.mend();
    server.fault(TOY_PATH, Fault::Bomb(64 << 20), None);
    let problem = client.get(&INDEX).unwrap_err();
    assert!(matches!(problem, FetchError::TooLarge { limit: 2_097_152, unit: "decompressed", .. }), "{problem:?}");
}

#[test]
fn redirects_lead_nowhere_else() {
    let server = Server::start(site().file("/elsewhere", TOY_JSON.as_bytes())).unwrap();
    let other = Server::start(Site::new().file("/x", b"{}")).unwrap();
    for (to, says) in [
        (format!("{}/x", other.url()), "is not the mirror"),
        ("https://www.sec.gov/x".into(), "is not the mirror"),
        ("https://evil.example/".into(), "is not the mirror"),
        ("file:///etc/passwd".into(), "neither https nor http"),
        (TOY_PATH.into(), "more than 5 times"),
        (String::new(), "more than 5 times"),
    ] {
        server.mend();
        server.fault(TOY_PATH, Fault::Redirect(to.clone()), None);
        server.fault("/submissions/", Fault::Redirect(TOY_PATH.into()), None);
        let problem = client(&server).get(&INDEX).unwrap_err();
        assert!(matches!(problem, FetchError::Refused { .. }), "{to}: {problem:?}");
        assert!(problem.to_string().contains(says), "{to}: {problem}");
    }
    assert!(other.records().is_empty(), "nobody else was asked");
    server.mend();
    server.fault(TOY_PATH, Fault::Redirect("/elsewhere".into()), None);
    assert_eq!(client(&server).get(&INDEX).unwrap().bytes, TOY_JSON.as_bytes());
    server.mend();
    server.fault(TOY_PATH, Fault::Redirect(format!("{}/elsewhere#part", server.url())), None);
    assert!(client(&server).get(&INDEX).is_ok());
}

#[test]
fn one_failure_does_not_stop_the_rest() {
    let server = Server::start(site()).unwrap();
    server.fault(TOY_PATH, Fault::Status(500), None);
    let retry = Retry { attempts: 2, ..config(&server).retry };
    let client = Client::new(Config { retry, ..config(&server) }).unwrap();
    let answers = client.get_all(&[INDEX, document("toy.htm"), document("none.htm")], 3);
    assert!(answers[0].is_err() && answers[1].is_ok() && answers[2].is_err());
    assert_eq!(server.count(DOCUMENT_PATH), 1);
}

/// Who is refused everything asks no more: each further request would prolong the block.
#[test]
fn a_standing_block_is_not_hammered() {
    let server = Server::start(site()).unwrap();
    server.fault("*", Fault::Blocked, None);
    let retry = Retry { attempts: 2, ..config(&server).retry };
    let client = Client::new(Config { retry, ..config(&server) }).unwrap();
    for _ in 0..10 {
        assert!(matches!(client.get(&INDEX), Err(FetchError::Blocked { .. })));
    }
    assert_eq!(server.records().len(), 6, "three resources, two attempts each");
    // One that is not there is an answer: the server speaks to us.
    server.mend();
    server.fault(TOY_PATH, Fault::Blocked, None);
    let client = Client::new(Config { retry, ..config(&server) }).unwrap();
    for _ in 0..5 {
        client.get(&INDEX).unwrap_err();
        assert!(client.get(&document("none.htm")).unwrap_err().is_missing());
    }
}
