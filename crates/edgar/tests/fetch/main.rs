//! Fetching, against an EDGAR on loopback: what is sent, what is kept, and what happens when it goes wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod cache;
mod faults;
mod hostile;
mod pace;
mod real;

use std::path::{Path, PathBuf};
use std::time::Duration;

use edgar::client::{Client, Config, Rate, Retry};
use edgar::ids::Cik;
use edgar::source::{Base, Resource};
use loopback_edgar::{Server, Site};

/// An invented company, its numbers invented.
const TOY: Cik = Cik(9_999_001);
const TOY_JSON: &str = r#"{"cik":"0009999001","name":"Toy Co","tickers":["TOY"],"exchanges":["Nasdaq"],"filings":{
    "recent":{"accessionNumber":["0009999001-24-000001"],"filingDate":["2024-01-02"],"form":["10-K"]},"files":[]}}"#;
const TOY_PATH: &str = "/submissions/CIK0009999001.json";
const DOCUMENT_PATH: &str = "/Archives/edgar/data/9999001/000999900124000001/toy.htm";

fn site() -> Site {
    Site::new().file(TOY_PATH, TOY_JSON.as_bytes()).file(DOCUMENT_PATH, b"<html>toy</html>")
}

fn document(name: &str) -> Resource {
    Resource::Document { cik: TOY, accession: "0009999001-24-000001".parse().unwrap(), name: name.into() }
}

/// A client of a server, its waits a thousand times shorter than real ones.
fn config(server: &Server) -> Config {
    let mut config = Config::new("Jane Doe jane@example.com".parse().unwrap());
    config.base = Base::Mirror(server.url().parse().unwrap());
    config.rate = Rate::Lifted;
    config.retry = Retry { first: Duration::from_millis(1), patience: Duration::from_secs(3), ..Retry::default() };
    config
}

fn client(server: &Server) -> Client {
    Client::new(config(server)).unwrap()
}

fn cached(server: &Server, folder: &Path) -> Config {
    Config { cache: Some(folder.join("cache")), ..config(server) }
}

/// The collection of real filings; none, and a word about it, where it is not there.
fn shared() -> Option<PathBuf> {
    let shared = std::env::var_os("MODELARIUM_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let edgar = shared.join("data/edgar");
    if edgar.join("manifest.csv").exists() {
        return Some(edgar);
    }
    println!("skipped: there is no collection of filings at {}", edgar.display());
    None
}

/// Lesson 54: each host has its own name in its requests, nothing is pinned. The SEC wants the identity as it is.
#[test]
fn a_request_says_who_asks_and_takes_gzip() {
    let server = Server::start(site()).unwrap();
    let fetched = client(&server).get(&Resource::Submissions(TOY)).unwrap();
    assert_eq!(fetched.bytes, TOY_JSON.as_bytes());
    assert_eq!(fetched.url, "https://data.sec.gov/submissions/CIK0009999001.json", "the address at the SEC");
    let records = server.records();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].method, "GET");
    assert_eq!(records[0].header("user-agent"), Some("Jane Doe jane@example.com"));
    assert_eq!(records[0].header("accept-encoding"), Some("gzip"));
    assert_eq!(records[0].header("host"), server.url().strip_prefix("http://"));
    let agents = records[0].headers.iter().filter(|(name, _)| name == "user-agent").count();
    assert_eq!(agents, 1);
}

#[test]
fn many_are_fetched_in_order_over_few_connections() {
    let mut site = site();
    for number in 0..40 {
        let path = DOCUMENT_PATH.replace("toy", &format!("d{number}"));
        site = site.file(&path, format!("body {number}").as_bytes());
    }
    let server = Server::start(site).unwrap();
    let mut wanted: Vec<Resource> = (0..40).map(|number| document(&format!("d{number}.htm"))).collect();
    wanted.push(document("none.htm"));
    wanted.push(document("../up.htm"));
    let client = client(&server);
    let answers = client.get_all(&wanted, 8);
    for (number, answer) in answers.iter().take(40).enumerate() {
        assert_eq!(answer.as_ref().unwrap().bytes, format!("body {number}").into_bytes());
    }
    assert!(answers[40].as_ref().unwrap_err().is_missing());
    assert!(answers[41].as_ref().unwrap_err().to_string().contains("`../up.htm`"));
    assert!(server.connections() <= 8, "{}", server.connections());
    assert_eq!(client.stats().requests, 41);
    assert!(client.get_all(&[], 8).is_empty());
}

#[test]
fn the_limit_is_lifted_for_mirrors_only() {
    let identity = || "Jane Doe jane@example.com".parse().unwrap();
    let problem = Client::new(Config { rate: Rate::Lifted, ..Config::new(identity()) }).unwrap_err();
    assert!(problem.to_string().contains("for a mirror only"), "{problem}");
    assert!(Client::new(Config { rate: Rate::PerSecond(0), ..Config::new(identity()) }).is_err());
    assert!(Client::new(Config { offline: true, ..Config::new(identity()) }).is_err());
    let proxy = Some("not a proxy".to_owned());
    assert!(Client::new(Config { proxy, ..Config::new(identity()) }).is_err());
    assert!(Client::new(Config::new(identity())).is_ok());
}
