//! The server does what it says, seen by a client that knows nothing but bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use loopback_edgar::{Fault, Server, Site};

struct Reply {
    status: u16,
    headers: String,
    body: Vec<u8>,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))
    }
}

struct Connection(BufReader<TcpStream>);

impl Connection {
    fn open(server: &Server) -> Self {
        Self(BufReader::new(TcpStream::connect(server.url().strip_prefix("http://").unwrap()).unwrap()))
    }

    fn get(&mut self, path: &str, headers: &str) -> Reply {
        write!(self.0.get_mut(), "GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n").unwrap();
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(self.0.read_line(&mut head).unwrap() > 0, "{head}");
        }
        let head = head.replace("\r\n", "\n");
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut reply = Reply { status, headers: head, body: Vec::new() };
        let length = reply.header("Content-Length").map_or(0, |length| length.parse().unwrap());
        reply.body.resize(length, 0);
        self.0.read_exact(&mut reply.body).unwrap();
        reply
    }
}

fn toy() -> Site {
    Site::new().file("/a.json", b"{}").file("/b.htm?page=1", b"<p>one</p>").file("/b.htm", b"<p>zero</p>")
}

#[test]
fn one_connection_brings_many_answers() {
    let server = Server::start(toy()).unwrap();
    let mut connection = Connection::open(&server);
    for (path, status, body) in [
        ("/a.json", 200, &b"{}"[..]),
        ("/b.htm", 200, b"<p>zero</p>"),
        ("/b.htm?page=1", 200, b"<p>one</p>"),
        ("/b.htm?page=2", 200, b"<p>zero</p>"),
    ] {
        let reply = connection.get(path, "");
        assert_eq!((reply.status, reply.body.as_slice()), (status, body), "{path}");
    }
    let missing = connection.get("/none", "");
    assert_eq!(missing.status, 404);
    assert!(String::from_utf8_lossy(&missing.body).contains("<Code>NoSuchKey</Code>"));
    assert_eq!(connection.get("/a.json", "").header("Content-Type"), Some("application/json"));
    assert_eq!(server.connections(), 1);
    let records = server.records();
    assert_eq!(records.len(), 6);
    assert_eq!((records[2].path.as_str(), records[2].query.as_str(), records[4].status), ("/b.htm", "page=1", 404));
}

#[test]
fn who_has_it_already_is_told_so() {
    let server = Server::start(toy()).unwrap();
    let mut connection = Connection::open(&server);
    let first = connection.get("/a.json", "");
    let (etag, changed) = (first.header("ETag").unwrap(), first.header("Last-Modified").unwrap());
    for condition in [
        format!("If-None-Match: {etag}\r\n"),
        format!("If-None-Match: \"other\", W/{etag}\r\n"),
        format!("If-Modified-Since: {changed}\r\n"),
    ] {
        let reply = connection.get("/a.json", &condition);
        assert_eq!((reply.status, reply.body.len()), (304, 0), "{condition}");
    }
    server.put("/a.json", b"{\"new\":1}");
    let reply = connection.get("/a.json", &format!("If-None-Match: {etag}\r\nIf-Modified-Since: {changed}\r\n"));
    assert_eq!((reply.status, reply.body.as_slice()), (200, &b"{\"new\":1}"[..]));
    server.remove("/a.json");
    assert_eq!(connection.get("/a.json", "").status, 404);
}

#[test]
fn who_takes_gzip_gets_it() {
    let server = Server::start(toy()).unwrap();
    let mut connection = Connection::open(&server);
    let reply = connection.get("/b.htm", "Accept-Encoding: deflate, gzip\r\n");
    assert_eq!(reply.header("Content-Encoding"), Some("gzip"));
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(&reply.body[..]).read_to_end(&mut plain).unwrap();
    assert_eq!(plain, b"<p>zero</p>");
}

#[test]
fn folders_are_served_by_their_paths_and_nothing_above_them() {
    let folder = tempfile::tempdir().unwrap();
    let below = folder.path().join("site/Archives/edgar");
    std::fs::create_dir_all(&below).unwrap();
    std::fs::write(below.join("x.txt"), b"plain").unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(b"{\"packed\":1}").unwrap();
    std::fs::write(below.join("y.json.gz"), gzip.finish().unwrap()).unwrap();
    std::fs::write(folder.path().join("secret"), b"secret").unwrap();
    let server = Server::start(Site::new().root(folder.path().join("site"))).unwrap();
    let mut connection = Connection::open(&server);
    assert_eq!(connection.get("/Archives/edgar/x.txt", "").body, b"plain");
    assert_eq!(connection.get("/Archives/edgar/y.json", "").body, b"{\"packed\":1}");
    for path in ["/../secret", "/Archives/../../secret", "/%2e%2e/secret", "//secret", "/"] {
        assert_eq!(connection.get(path, "").status, 404, "{path}");
    }
}

#[test]
fn faults_come_as_often_as_they_are_ordered() {
    let server = Server::start(toy()).unwrap();
    server.fault("/a*", Fault::Blocked, Some(1));
    server.fault("/a.json", Fault::TooMany(Some("7".into())), Some(1));
    let mut connection = Connection::open(&server);
    let blocked = connection.get("/a.json", "");
    assert_eq!(blocked.status, 403);
    assert!(String::from_utf8_lossy(&blocked.body).contains("Request Rate Threshold Exceeded"));
    let many = connection.get("/a.json", "");
    assert_eq!((many.status, many.header("Retry-After")), (429, Some("7")));
    assert_eq!(connection.get("/a.json", "").status, 200);
    assert_eq!(connection.get("/b.htm", "").status, 200);
    server.fault("*", Fault::Status(503), None);
    assert_eq!(connection.get("/b.htm", "").status, 503);
    server.mend();
    assert_eq!(connection.get("/b.htm", "").status, 200);
}

#[test]
fn the_police_blocks_the_eleventh_in_a_second() {
    let server = Server::start(toy()).unwrap();
    server.police(Some(10));
    let mut connection = Connection::open(&server);
    let statuses: Vec<u16> = (0..11).map(|_| connection.get("/a.json", "").status).collect();
    // Only if the eleven took less than a second, which a machine under load may not grant.
    if server.peak(Duration::from_secs(1)) == 11 {
        assert_eq!(statuses[9..], [200, 403]);
    }
    server.police(None);
    assert_eq!(connection.get("/a.json", "").status, 200);
    server.forget();
    assert_eq!(server.count("/"), 0);
}

#[test]
fn the_collection_is_served_under_the_paths_of_the_sec() {
    let shared = std::env::var_os("MODELARIUM_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from)
        .join("data/edgar");
    if !shared.join("manifest.csv").exists() {
        println!("skipped: there is no collection of filings at {}", shared.display());
        return;
    }
    let server = Server::start(Site::new().shared(&shared)).unwrap();
    let mut connection = Connection::open(&server);
    for (path, least) in [
        ("/files/company_tickers.json", 800_000),
        ("/files/company_tickers_exchange.json", 500_000),
        ("/submissions/CIK0000865941.json", 100_000),
        ("/submissions/CIK0001009672-submissions-001.json", 10_000),
        ("/api/xbrl/companyfacts/CIK0001364479.json", 4_000_000),
        ("/Archives/edgar/data/1045810/000104581026000024/nvda-20260302.htm", 10_000),
        ("/Archives/edgar/data/1045810/000104581026000024/0001045810-26-000024.txt", 10_000),
        ("/Archives/edgar/data/1045810/000104581026000024/0001045810-26-000024-index.htm", 1_000),
        ("/Archives/edgar/data/1045810/0001045810-26-000024-index.htm", 1_000),
        ("/LATEST/search-index?q=%22x%22", 100_000),
    ] {
        let reply = connection.get(path, "");
        assert_eq!(reply.status, 200, "{path}");
        assert!(reply.body.len() >= least, "{path}: {}", reply.body.len());
    }
    let one = connection.get("/LATEST/search-index?q=%22x%22&ciks=0000312070", "").body;
    let one: serde_json::Value = serde_json::from_slice(&one).unwrap();
    let hits = one["hits"]["hits"].as_array().unwrap();
    assert!(!hits.is_empty() && hits.len() < 100);
    assert!(hits.iter().all(|hit| hit["_source"]["ciks"].to_string().contains("\"0000312070\"")));
    assert_eq!(one["hits"]["total"]["value"], hits.len());
    assert_eq!(connection.get("/submissions/CIK0000000001.json", "").status, 404);
}
