//! What is kept, and when the server is asked.

use std::fs;
use std::path::Path;
use std::time::Duration;

use edgar::client::{Client, Config, FetchError, Freshness, Origin, Trouble};
use edgar::source::Resource;
use jiff::Timestamp;
use loopback_edgar::{Fault, Server, Site};

use super::{DOCUMENT_PATH, TOY, TOY_JSON, TOY_PATH, cached, client, document, site};

#[test]
fn a_document_is_fetched_once_for_ever_and_an_index_is_revalidated() {
    let server = Server::start(site()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for run in 0..3 {
        // A new client each time, as a new process would be.
        let client = Client::new(cached(&server, folder.path())).unwrap();
        let index = client.get(&Resource::Submissions(TOY)).unwrap();
        let toy = client.get(&document("toy.htm")).unwrap();
        assert_eq!((index.bytes.as_slice(), toy.bytes.as_slice()), (TOY_JSON.as_bytes(), &b"<html>toy</html>"[..]));
        let origins = (index.origin, toy.origin);
        let stats = client.stats();
        if run == 0 {
            assert_eq!(origins, (Origin::Network, Origin::Network));
        } else {
            assert_eq!(origins, (Origin::Revalidated, Origin::Cache));
            assert_eq!((stats.requests, stats.from_cache, stats.revalidated, stats.bytes), (1, 1, 1, 0));
            assert!(index.checked >= index.fetched);
        }
    }
    assert_eq!(server.count(DOCUMENT_PATH), 1);
    let asked: Vec<_> = server.records().into_iter().filter(|record| record.path == TOY_PATH).collect();
    assert_eq!(asked.iter().map(|record| record.status).collect::<Vec<_>>(), [200, 304, 304]);
    assert!(asked[0].header("if-none-match").is_none());
    assert!(asked[1].header("if-none-match").is_some() && asked[1].header("if-modified-since").is_some());
}

#[test]
fn a_changed_index_is_seen_at_once() {
    let server = Server::start(site()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let client = Client::new(cached(&server, folder.path())).unwrap();
    client.get(&Resource::Submissions(TOY)).unwrap();
    server.put(TOY_PATH, br#"{"cik":9999001,"name":"New Toy Co"}"#);
    let second = client.get(&Resource::Submissions(TOY)).unwrap();
    assert_eq!(second.origin, Origin::Network);
    assert!(second.bytes.starts_with(br#"{"cik":9999001"#));
    assert_eq!(client.get(&Resource::Submissions(TOY)).unwrap().origin, Origin::Revalidated);
    assert_eq!(client.kept().unwrap().entries, 1);
}

#[test]
fn a_list_is_used_for_its_time_and_then_asked_about() {
    static NOW: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(1_700_000_000);
    fn now() -> Timestamp {
        Timestamp::from_second(NOW.load(std::sync::atomic::Ordering::SeqCst)).unwrap()
    }
    let tickers = br#"{"0":{"cik_str":9999001,"ticker":"TOY","title":"Toy Co"}}"#;
    let server = Server::start(site().file("/files/company_tickers.json", tickers)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let freshness = Freshness { lists: Duration::from_hours(6), ..Freshness::default() };
    let config = Config { now, freshness, ..cached(&server, folder.path()) };
    let client = Client::new(config).unwrap();
    let origin = |moment: i64| {
        NOW.store(1_700_000_000 + moment, std::sync::atomic::Ordering::SeqCst);
        client.get(&Resource::Tickers).unwrap().origin
    };
    assert_eq!(origin(0), Origin::Network);
    assert_eq!(origin(6 * 3600 - 1), Origin::Cache);
    assert_eq!(origin(6 * 3600), Origin::Revalidated);
    assert_eq!(origin(12 * 3600 - 1), Origin::Cache, "counted from the last asking");
    assert_eq!(origin(0), Origin::Revalidated, "what was checked in the future is not believed");
    let soon = client.get_fresh(&Resource::Tickers, Duration::ZERO).unwrap();
    assert_eq!(soon.origin, Origin::Revalidated);
}

#[test]
fn a_missing_document_is_remembered_and_a_missing_index_is_not() {
    let server = Server::start(site()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let client = Client::new(cached(&server, folder.path())).unwrap();
    for _ in 0..3 {
        assert!(client.get(&document("none.htm")).unwrap_err().is_missing());
        assert!(client.get(&Resource::CompanyFacts(TOY)).unwrap_err().is_missing());
    }
    assert_eq!(server.count(&DOCUMENT_PATH.replace("toy.htm", "none.htm")), 1);
    assert_eq!(server.count("/api/xbrl/"), 3);
    let said = client.get(&Resource::CompanyFacts(TOY)).unwrap_err().to_string();
    assert!(said.contains("XBRL facts of CIK0009999001 is not available") && said.contains("/api/xbrl/"), "{said}");
}

#[test]
fn offline_answers_from_what_is_kept_and_asks_nobody() {
    let server = Server::start(site()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let online = Client::new(cached(&server, folder.path())).unwrap();
    let before = online.get(&Resource::Submissions(TOY)).unwrap();
    online.get(&document("none.htm")).unwrap_err();
    server.forget();
    let offline = Client::new(Config { offline: true, ..cached(&server, folder.path()) }).unwrap();
    let kept = offline.get(&Resource::Submissions(TOY)).unwrap();
    assert_eq!(kept.origin, Origin::Cache);
    assert_eq!(kept.fetched.as_millisecond(), before.fetched.as_millisecond(), "it says how old it is");
    assert!(offline.get(&document("none.htm")).unwrap_err().is_missing());
    let never = offline.get(&document("toy.htm")).unwrap_err();
    assert_eq!(never.trouble(), Trouble::Network);
    assert!(never.to_string().contains("the document toy.htm of 0009999001-24-000001 was never fetched"), "{never}");
    assert!(server.records().is_empty());
}

fn damage(folder: &Path) {
    for entry in walk(&folder.join("cache/objects")) {
        fs::write(entry, b"damaged").unwrap();
    }
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}

#[test]
fn a_damaged_object_is_fetched_again_and_offline_it_is_named() {
    let server = Server::start(site()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let client = Client::new(cached(&server, folder.path())).unwrap();
    let wanted = [Resource::Submissions(TOY), document("toy.htm")];
    for resource in &wanted {
        client.get(resource).unwrap();
    }
    damage(folder.path());
    for resource in &wanted {
        assert_eq!(client.get(resource).unwrap().origin, Origin::Network, "{resource}");
    }
    damage(folder.path());
    let offline = Client::new(Config { offline: true, ..cached(&server, folder.path()) }).unwrap();
    let problem = offline.get(&wanted[1]).unwrap_err();
    assert!(
        matches!(problem, FetchError::Damaged { .. }) && problem.to_string().contains("without --offline"),
        "{problem}"
    );
}

/// Lesson 45: what cannot be written is named once, and the work is done.
#[test]
fn without_a_usable_folder_it_works_and_says_so_once() {
    let server = Server::start(site()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cache"), b"a file in the way").unwrap();
    let client = Client::new(cached(&server, folder.path())).unwrap();
    for _ in 0..2 {
        assert_eq!(client.get(&document("toy.htm")).unwrap().origin, Origin::Network);
    }
    assert_eq!(client.warnings().len(), 1, "{:?}", client.warnings());
    assert!(client.warnings()[0].contains("cache"), "{:?}", client.warnings());
    let offline = Client::new(Config { offline: true, ..cached(&server, folder.path()) });
    assert!(offline.unwrap_err().to_string().contains("--offline"));
}

#[test]
fn what_is_wrong_is_never_kept() {
    let server = Server::start(site()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let client = Client::new(cached(&server, folder.path())).unwrap();
    for fault in [
        Fault::Html,
        Fault::UndeclaredWith200,
        Fault::Endless(4096),
        Fault::Cut(5),
        Fault::Answer(200, "text/plain", Vec::new()),
    ] {
        server.mend();
        server.fault(TOY_PATH, fault.clone(), None);
        assert!(client.get(&Resource::Submissions(TOY)).is_err(), "{fault:?}");
        server.mend();
        assert_eq!(client.get(&Resource::Submissions(TOY)).unwrap().bytes, TOY_JSON.as_bytes());
    }
}

/// What its reader refuses is fetched anew rather than found good again by a server that says "unchanged".
#[test]
fn what_cannot_be_read_is_not_kept() {
    let server = Server::start(site().file(TOY_PATH, b"{\"cik\":\"who\"}")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let client = Client::new(cached(&server, folder.path())).unwrap();
    client.history(TOY).unwrap_err();
    assert_eq!(client.kept().unwrap().entries, 0);
    client.history(TOY).unwrap_err();
    assert!(server.records().iter().all(|record| record.status == 200));
}

#[test]
fn who_wants_the_same_at_once_waits_for_one_request() {
    let server = Server::start(site()).unwrap();
    server.fault(DOCUMENT_PATH, Fault::Slow(Duration::from_millis(100)), None);
    let folder = tempfile::tempdir().unwrap();
    let client = Client::new(cached(&server, folder.path())).unwrap();
    let answers = client.get_all(&vec![document("toy.htm"); 8], 8);
    assert!(answers.iter().all(|answer| answer.as_ref().unwrap().bytes == b"<html>toy</html>"));
    assert_eq!(server.records().len(), 1);
}

#[test]
fn a_body_without_gzip_is_kept_as_well() {
    let server = Server::start(Site::new()).unwrap();
    let body = format!("{{\"x\":\"{}\"}}", "y".repeat(100_000)).into_bytes();
    server.fault(TOY_PATH, Fault::Answer(200, "text/plain", body.clone()), None);
    let folder = tempfile::tempdir().unwrap();
    let client = Client::new(cached(&server, folder.path())).unwrap();
    assert_eq!(client.get(&Resource::Submissions(TOY)).unwrap().bytes, body);
    assert!(client.kept().unwrap().bytes < 5_000);
    let offline = Client::new(Config { offline: true, ..cached(&server, folder.path()) }).unwrap();
    assert_eq!(offline.get(&Resource::Submissions(TOY)).unwrap().bytes, body);
    // It came without a tag: nothing to ask about, so it is fetched whole again.
    assert_eq!(client.get(&Resource::Submissions(TOY)).unwrap().origin, Origin::Network);
    assert!(self::client(&server).kept().is_none());
}
