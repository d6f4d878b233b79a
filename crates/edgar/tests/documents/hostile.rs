//! Hostile input: cut, flipped, endless. Nothing panics, and everything ends.

use std::sync::LazyLock;

use edgar::document::Document;
use edgar::{eightk, form144, ownership, schedule13};
use proptest::prelude::*;

use crate::data;

/// A few small real files of each sort.
static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    [
        "0000939057-09-000303",
        "0001045810-26-000024/nvda",
        "0000914260-00-000052",
        "form4.snow.xml",
        "noacc-Sample-144-xml",
        "noacc-schedule13d-xml",
        "SG-13G-DOCUMENT-WITH-TEXT",
        "0000943374-24-000509",
    ]
    .iter()
    .filter_map(|words| data::find(words))
    .map(|mut bytes| {
        bytes.truncate(60_000);
        bytes
    })
    .collect()
});

fn everything(bytes: &[u8]) {
    if let Ok(document) = Document::read("a.htm", None, bytes) {
        let text = document.text();
        for sentence in document.sentences() {
            assert!(text.get(sentence.clone()).is_some());
        }
        for section in document.sections() {
            assert!(text.get(section.start..section.end).is_some());
        }
        for report in document.auditor_reports() {
            assert!(text.get(report.range).is_some());
        }
        for item in eightk::items(&document, &[]).found {
            assert!(text.get(item.text).is_some());
        }
        for part in document.parts() {
            assert!(text.get(part.text.clone()).is_some());
        }
        for position in (0..=text.len()).step_by(97) {
            assert!(document.source_offset(position) <= bytes.len() + text.len());
            let _ = document.sentence_at(position);
            let _ = document.paragraph_at(position);
            let _ = document.quote(position..position + 50);
        }
    }
    let _ = ownership::read(bytes);
    let _ = form144::read(bytes);
    let _ = schedule13::read("a.htm", bytes);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn real_files_cut_and_flipped_never_panic(
        seed in any::<prop::sample::Index>(),
        from in 0.0_f64..1.0,
        to in 0.0_f64..1.0,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..40),
    ) {
        if !SEEDS.is_empty() {
            let mut bytes = seed.get(&SEEDS).clone();
            for (place, value) in flips {
                let place = place.index(bytes.len());
                bytes[place] = value;
            }
            let (from, to) = if from < to { (from, to) } else { (to, from) };
            let length = bytes.len() as f64;
            everything(&bytes[(from * length) as usize..(to * length) as usize]);
            everything(&bytes);
        }
    }

    #[test]
    fn soup_of_markup_never_panics(pieces in prop::collection::vec(prop::sample::select(vec![
        "<", ">", "</", "<p>", "<td>", "</td>", "<tr>", "</tr>", "<table>", "</table>", "<br>", "&", "&nbsp;", "&#", "&#x",
        "\"", "'", "=", "<!--", "-->", "<![CDATA[", "]]>", "<?xml?>", "<pre>", "\n", "    ", "Item 1. Business", "Item 7",
        "SIGNATURES", "/s/ A LLP", "<DOCUMENT>", "</DOCUMENT>", "<TEXT>", "<TYPE>8-K\n", "é", "\u{ad}", "12", ". ", "a b",
        "<div style=\"display:none\">", "</div>", "<ix:header>", "<script>", "Name of reporting person", "5.1%",
        "Percent of class represented", "Report of Independent Auditors", "audited the ", "12 Table of Contents", "\t",
    ]), 0..200)) {
        let soup = pieces.concat();
        everything(soup.as_bytes());
        everything(format!("<html>{soup}").as_bytes());
        everything(format!("<SEC-DOCUMENT>{soup}").as_bytes());
    }
}

/// Each would take hours if any scan were quadratic.
#[test]
fn fifty_megabytes_end() {
    let pieces: &[&str] = &[
        "<",
        "<a ",
        "<a b=\"",
        "<a b='",
        "&",
        "&#",
        "<!-",
        "<!--x-->",
        "<p>",
        "<table><tr><td>",
        "<div style='display:none'>",
        "<title>",
        "<title></x",
        "</p ",
        "a. ",
        "Item 1. Business\n",
        "x ",
        "<DOCUMENT>",
        "<br>a",
        "    1",
        "/s/ ",
        "<ix:header>",
        "<p>Report of Independent Auditors<p>we have audited the x",
        "<p>Name of reporting person<p>Abc<p>Aggregate amount \
        beneficially owned<p>1",
        "<p>Item 3.01 Notice",
        "raise substantial\n\n12\n\n",
    ];
    for piece in pieces {
        let soup = piece.repeat(4 * 1024 * 1024 / piece.len());
        for head in ["<html>", "", "<SEC-DOCUMENT>\n<DOCUMENT>\n<TEXT>\n"] {
            let bytes = format!("{head}{soup}");
            if let Ok(document) = Document::read("a.htm", None, bytes.as_bytes()) {
                let _ = (document.sentences().len(), document.sections().len(), document.auditor_reports().len());
                let _ = eightk::items(&document, &[]).found.len();
            }
            let _ = schedule13::read("a.htm", bytes.as_bytes());
            let _ = ownership::read(bytes.as_bytes());
        }
    }
    let paragraph =
        "<p>The Company&#8217;s losses, as the <b>auditor</b> said, raise <i>doubt</i> about it. It may end.</p>\n";
    let large = format!("<html>{}", paragraph.repeat(50 * 1024 * 1024 / paragraph.len()));
    let document = Document::read("large.htm", None, large.as_bytes()).unwrap();
    assert_eq!(document.sentences().len(), 2 * (50 * 1024 * 1024 / paragraph.len()));
}

/// What is sent instead of a form, whatever its name says, ends in a problem that says what it is or what is lacking.
#[test]
fn wrong_types_end_in_a_named_problem() {
    let sent: [(&[u8], &str); 14] = [
        (b"%PDF-1.7\n1 0 obj", "is a PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is a picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "is a picture"),
        (b"PK\x03\x04\x14\0", "is an archive"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "is a compressed file"),
        (b"\xff\xfe<\0h\0t\0m\0l\0>\0", "not text"),
        (b"{\"cik\": 7, \"filings\": {}}", "is JSON"),
        (b"", "is empty"),
        (b" \r\n\t ", "is empty"),
        (b"<html><body></body></html>", "has no text"),
        (b"<html><script>let a = 1;</script></html>", "has no text"),
        (b"\0\0\0\0\0\0\0\0\0\0\0\0", ""),
        (b"<?xml version=\"1.0\"?><ownershipDocument><reportingOwner>", ""),
        (b"<?xml version=\"1.0\"?><ownershipDocument></wrong></ownershipDocument>", ""),
    ];
    for (bytes, says) in sent {
        for (name, content_type) in [("a.htm", Some("text/html")), ("a.txt", Some("text/plain")), ("a.xml", None)] {
            if let Err(problem) = Document::read(name, content_type, bytes) {
                let said = problem.to_string();
                assert!(said.contains(name) && said.contains(says), "{said}");
            } else {
                assert!(says.is_empty(), "{name}: read, but {says}");
            }
            assert!(schedule13::read(name, bytes).is_err());
        }
        // What stops in the middle keeps what was read, and says so.
        match ownership::read(bytes) {
            Ok(form) => assert!(!form.problems.is_empty(), "{form:?}"),
            Err(problem) => assert!(problem.to_string().contains("ownership XML"), "{problem}"),
        }
        let said = form144::read(bytes).unwrap_err().to_string();
        assert!(said.contains("Form 144 XML"), "{said}");
    }
}
