//! Real answers of the SEC, out of the collection.

use std::io::Read;
use std::path::Path;

use edgar::client::{Client, NotFound};
use edgar::ids::Cik;
use edgar::source::Resource;
use edgar::submissions::Submissions;
use edgar::succession::{Sign, succession};
use edgar::tickers::Tickers;
use loopback_edgar::{Fault, Server, Site};

use super::{TOY, TOY_PATH, cached, client, document, shared, site};

fn unpacked(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    if path.extension().is_none_or(|ending| ending != "gz") {
        return bytes;
    }
    let mut plain = Vec::new();
    flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
    plain
}

/// Both forms of the list, of different years; the counts are those of the files' entries with distinct tickers.
#[test]
fn real_lists_of_tickers_are_read() {
    let Some(shared) = shared() else { return };
    for (file, least, exchange) in [
        ("company_tickers.json.gz", 9_600, None),
        ("company_tickers_newer.json.gz", 10_400, None),
        ("company_tickers_exchange.json.gz", 10_380, Some("Nasdaq")),
        ("company_tickers_exchange_older.json.gz", 10_150, Some("Nasdaq")),
    ] {
        let tickers = Tickers::read(&unpacked(&shared.join(file))).unwrap();
        assert!(tickers.len() >= least && tickers.len() < 11_000, "{file}: {}", tickers.len());
        let apple = tickers.find("aapl").unwrap();
        assert_eq!((apple.cik, apple.name.as_str(), apple.exchange.as_deref()), (Cik(320_193), "Apple Inc.", exchange));
        assert_eq!(tickers.find("BRK.B").unwrap().cik, Cik(1_067_983), "{file}");
        assert_eq!(tickers.near("APPL", 1)[0].ticker.len(), 4);
    }
}

/// Every index of the collection is read without a gap; the numbers are counted in the files by hand.
#[test]
fn real_indexes_are_read_without_a_gap() {
    let Some(shared) = shared() else { return };
    let mut read = 0;
    for entry in std::fs::read_dir(shared.join("submissions")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.contains("-submissions-") {
            continue;
        }
        let submissions = Submissions::read(&unpacked(&path)).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert!(name.starts_with(&submissions.company.cik.padded()), "{name}");
        assert_eq!(submissions.gaps, [], "{name}");
        assert!(submissions.filings.is_sorted_by(|a, b| a.filed >= b.filed), "{name}");
        let expected = match submissions.company.cik.0 {
            78_003 => Some(6_642),  // Pfizer
            865_941 => Some(881),   // Celadon: delisted, no ticker
            1_462_356 => Some(268), // a person
            350_001 => Some(0),     // nothing filed, nineteen former names
            1_800_903 => Some(1),
            1_318_605 => Some(1_001), // a key without leading zeros
            _ => None,
        };
        // A filing may stand in an index more than once, never fewer times than it is read.
        if let Some(expected) = expected {
            assert!(submissions.filings.len() <= expected && submissions.filings.len() + 60 >= expected, "{name}");
        }
        match submissions.company.cik.0 {
            865_941 => {
                assert!(submissions.company.tickers.is_empty());
                assert_eq!(
                    (submissions.company.sic, submissions.company.fiscal_year_end.as_deref()),
                    (Some(4213), Some("0630"))
                );
            }
            1_462_356 => assert_eq!((submissions.company.sic, submissions.company.fiscal_year_end), (None, None)),
            350_001 => assert_eq!(submissions.company.former_names.len(), 19),
            1_009_672 => {
                assert_eq!(submissions.company.category, "Non-accelerated filer; Smaller reporting company");
                assert_eq!(submissions.pages.len(), 1);
            }
            72_971 => assert_eq!((submissions.company.tickers.len(), submissions.pages.len()), (8, 8)),
            _ => {}
        }
        read += 1;
    }
    assert_eq!(read, 50);
}

/// Lesson 53, judged by hand for every index of the collection that is here whole. Walt Disney (CIK 1744489) began with
/// the S-4 of its holding company and succeeded the Disney of CIK 1001039 with the 8-K12B of 2019-03-20; Oracle (CIK
/// 1341439, then Ozark Holding) succeeded the Oracle of CIK 777676 with the 8-K12G3 of 2006-02-06; Cisco filed an 8-K12B
/// on 2021-01-25 when it moved to Delaware, and kept its CIK with all that it filed since 1995.
#[test]
fn successors_are_told_from_those_that_kept_their_history() {
    let Some(shared) = shared() else { return };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(shared.join("submissions")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.contains("-submissions-") {
            continue;
        }
        let submissions = Submissions::read(&unpacked(&path)).unwrap();
        if let Some(known) = succession(&submissions.filings).filter(|_| submissions.pages.is_empty()) {
            found.push((
                submissions.company.cik.0,
                known.sign,
                known.filing.form.clone(),
                known.filing.filed.to_string(),
                known.since.to_string(),
            ));
        }
    }
    found.sort_by_key(|one| one.0);
    let expected = |cik, sign, form: &str, filed: &str, since: &str| {
        (cik, sign, form.to_owned(), filed.to_owned(), since.to_owned())
    };
    assert_eq!(
        found,
        [
            expected(1_341_439, Sign::Declared, "8-K12G3", "2006-02-06", "2005-10-19"),
            expected(1_744_489, Sign::Declared, "8-K12B", "2019-03-20", "2018-06-25"),
        ]
    );
}

/// CARBO Ceramics: 1,000 filings in the index and 205 on its one page. Wells Fargo: eight pages, none of them here.
#[test]
fn all_pages_are_read_and_missing_ones_are_gaps() {
    let Some(shared) = shared() else { return };
    let server = Server::start(Site::new().shared(&shared)).unwrap();
    let client = client(&server);
    let carbo = client.history(Cik(1_009_672)).unwrap();
    assert_eq!(carbo.gaps, []);
    assert_eq!(carbo.filings.len(), 1_205);
    assert!(carbo.filings.is_sorted_by(|a, b| a.filed >= b.filed));
    let oldest = carbo.filings.last().unwrap();
    assert!(oldest.filed.year() < 2004, "{oldest:?}");
    let wells = client.history(Cik(72_971)).unwrap();
    assert_eq!(wells.gaps.len(), 8);
    assert!(
        wells.gaps[0].part.starts_with("filings from ") && wells.gaps[0].why.contains("not available"),
        "{:?}",
        wells.gaps[0]
    );
    assert!(wells.filings.len() > 990);
    assert!(client.history(Cik(4)).unwrap_err().to_string().contains("is not available"));
}

/// Real answers of the full-text search: 100 prospectuses of one day, and one annual report.
#[test]
fn real_hits_are_read() {
    let Some(shared) = shared() else { return };
    let many = edgar::fulltext::read(&unpacked(&shared.join("efts/100_hits.json"))).unwrap();
    assert_eq!((many.hits.len(), many.total, many.more, many.unreadable), (100, 100, false, 0));
    let one = edgar::fulltext::read(&unpacked(&shared.join("efts/1_hit.json"))).unwrap();
    let hit = &one.hits[0];
    assert_eq!((hit.accession.as_str(), hit.document.as_str()), ("0000950170-25-055890", "btsg-2025_ars.pdf"));
    assert_eq!(
        (hit.form.as_str(), hit.filed.to_string().as_str(), hit.ciks.as_slice()),
        ("ARS", "2025-04-18", &[Cik(1_865_782)][..])
    );
}

#[test]
fn whom_a_user_means_is_found() {
    let Some(shared) = shared() else { return };
    let server = Server::start(Site::new().shared(&shared)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let client = Client::new(cached(&server, folder.path())).unwrap();
    let found = client.find(" uaa ").unwrap();
    assert_eq!((found.cik, found.listed.unwrap().exchange.as_deref()), (Cik(1_336_917), Some("NYSE")));
    assert_eq!(client.find("CIK0000865941").unwrap().cik, Cik(865_941));
    assert_eq!(client.find("brk.b").unwrap().cik, Cik(1_067_983));
    assert_eq!(server.records().len(), 1, "the list is fetched and read once");
    // Lesson 49: what cannot be resolved is an error, with what may have been meant.
    let problem = client.find("APPL").unwrap_err();
    assert!(matches!(&problem, NotFound::Unknown { near, .. } if !near.is_empty()), "{problem}");
    assert!(problem.to_string().contains("did you mean"), "{problem}");
    assert!(matches!(client.find("no/../such"), Err(NotFound::NotAsked(_))));
}

/// A ticker that is new today is found although yesterday's list is kept; either list will do.
#[test]
fn a_new_ticker_is_found_and_one_list_is_enough() {
    let list = |ticker: &str| format!(r#"{{"0":{{"cik_str":9999001,"ticker":"{ticker}","title":"Toy Co"}}}}"#);
    let path = "/files/company_tickers.json";
    let server = Server::start(site().file(path, list("OLD").as_bytes())).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = cached(&server, folder.path());
    assert_eq!(Client::new(config.clone()).unwrap().find("old").unwrap().cik, TOY);
    server.put(path, list("NEW").as_bytes());
    assert!(Client::new(config.clone()).unwrap().find("OLD").is_ok(), "kept for hours");
    let client = Client::new(edgar::client::Config {
        now: || jiff::Timestamp::now() + jiff::SignedDuration::from_mins(10),
        ..config
    })
    .unwrap();
    assert_eq!(client.find("NEW").unwrap().cik, TOY);
    server.fault("/files/*", Fault::Status(500), None);
    assert!(matches!(self::client(&server).find("NEW"), Err(NotFound::Fetch(_))));
}

#[test]
fn an_index_that_is_no_index_is_named() {
    let server = Server::start(site().file(TOY_PATH, b"{\"cik\":\"who\"}")).unwrap();
    let problem = client(&server).history(TOY).unwrap_err();
    assert!(problem.to_string().starts_with("the filings of CIK0009999001: "), "{problem}");
}

/// The collection under its real paths: facts, primary documents under names of their own, and out of submissions.
#[test]
fn real_documents_lie_at_their_addresses() {
    let Some(shared) = shared() else { return };
    let server = Server::start(Site::new().shared(&shared)).unwrap();
    let client = client(&server);
    let facts = client.get(&Resource::CompanyFacts(Cik(865_941))).unwrap();
    assert_eq!(facts.bytes.len(), 1_307_773);
    let get = |cik: u64, accession: &str, name: &str| {
        let accession = accession.parse().unwrap();
        client.get(&Resource::Document { cik: Cik(cik), accession, name: name.into() })
    };
    let nvidia = get(1_045_810, "0001045810-26-000024", "nvda-20260302.htm").unwrap();
    assert!(
        nvidia.bytes.starts_with(b"<?xml") || nvidia.bytes.starts_with(b"<html") || nvidia.bytes.starts_with(b"<!")
    );
    assert!(get(1_001_039, "0001001039-13-000003", "d123.htm").is_ok(), "the only document of the folder");
    assert!(get(1_001_039, "0001001039-13-000003", "form4.xml").unwrap_err().is_missing());
    let index = Resource::FilingIndex { cik: Cik(1_045_810), accession: "0001045810-26-000024".parse().unwrap() };
    assert!(client.get(&index).is_ok());
    assert!(client.get(&document("toy.htm")).unwrap_err().is_missing());
}

/// Suspensions over two pages, and fails of the newest half month that is there; their companies are invented.
#[test]
fn lists_are_read_as_far_as_needed() {
    let row = |day: &str, name: &str| {
        format!(
            "<tr><td><time>{day}</time></td><td><div class='release-view__respondents'><a href='/l/34-1.pdf'>{name}</a></div></td></tr>"
        )
    };
    let page = |rows: &str| format!("<html><table>{rows}</table><a href='?page=0'>1</a><a href='?page=1'>2</a></html>");
    let first = page(&(row("June 11, 2026", "Toy Co") + &row("May 1, 2026", "Bead Corp")));
    let site = Site::new()
        .file("/litigation/suspensions", first.as_bytes())
        .file("/litigation/suspensions?page=1", row("January 2, 2026", "Cube Inc").as_bytes());
    let server = Server::start(site).unwrap();
    let client = client(&server);
    let recent = client.suspensions("2026-05-15".parse().unwrap()).unwrap();
    assert_eq!((recent.orders.len(), recent.gap.as_deref()), (1, None));
    assert!(recent.orders[0].names("TOY CO"));
    assert_eq!(server.records().len(), 1, "the second page is older than was asked for");
    let all = client.suspensions("2025-01-01".parse().unwrap()).unwrap();
    assert!(all.orders.len() >= 3, "{all:?}");

    let (files, problems) = client.fails("2026-06-20".parse().unwrap(), 1);
    assert!(files.is_empty() && problems.is_empty(), "not there is no problem: {problems:?}");
    let asked: Vec<String> =
        server.records().into_iter().map(|record| record.path).filter(|p| p.contains("cnsfails")).collect();
    assert_eq!(asked.len(), 8);
    assert!(asked[0].ends_with("/cnsfails202606a.zip") && asked[1].ends_with("/cnsfails202605b.zip"), "{asked:?}");
}
