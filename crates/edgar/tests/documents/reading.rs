//! Every real document opens, its quotes can be found, and nothing of it is lost.

use edgar::document::{Document, DocumentProblem};
use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use crate::data;

#[test]
fn every_real_document_opens_and_its_sentences_can_be_found() {
    let documents = data::documents();
    let mut sentences = 0;
    for (entry, bytes) in &documents {
        let document = Document::read(&entry.path, None, bytes).unwrap_or_else(|problem| panic!("{problem}"));
        let text = document.text();
        assert!(text.len() > 150, "{}: {} bytes of text", entry.path, text.len());
        assert!(!text.contains("  ") && !text.contains('\r') && !text.contains('\u{a0}'), "{}", entry.path);
        assert!(document.lines().windows(2).all(|pair| pair[0].end < pair[1].start), "{}", entry.path);
        let step = (document.sentences().len() / 60).max(1);
        for sentence in document.sentences().iter().step_by(step) {
            let quote = document.quote(sentence.clone());
            assert!(!quote.is_empty(), "{}", entry.path);
            let found = document.find_quote(&quote).unwrap_or_else(|| panic!("{}: {quote}", entry.path));
            assert_eq!(document.quote(found), quote, "{}", entry.path);
            assert_eq!(document.sentence_at(sentence.start), Some(sentence.clone()), "{}", entry.path);
            // The first character stands at its place in the source, as itself or as a reference to it.
            let place = document.source_offset(sentence.start);
            let first = text.as_bytes()[sentence.start];
            let there = bytes[place];
            assert!(there == first || there == b'&' || first >= 0x80, "{}: {quote}", entry.path);
            sentences += 1;
        }
    }
    if !documents.is_empty() {
        assert!(documents.len() > 150 && sentences > 5_000, "{} documents, {sentences} sentences", documents.len());
    }
}

/// What an independent tokenizer of the HTML standard finds visible, white space apart.
fn independent(bytes: &[u8]) -> String {
    let mut text: Vec<u8> = Vec::new();
    let mut skipping: Vec<Vec<u8>> = Vec::new();
    let mut name: Vec<u8> = Vec::new();
    let mut hidden = false;
    let mut in_style = false;
    let emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<std::convert::Infallible> {
        match event {
            CallbackEvent::OpenStartTag { name: opened } => {
                name = opened.to_vec();
                hidden = matches!(opened, b"ix:header" | b"title" | b"script" | b"style");
            }
            CallbackEvent::AttributeName { name: attribute } => in_style = attribute == b"style",
            CallbackEvent::AttributeValue { value } if in_style => {
                let value: Vec<u8> = value.iter().filter(|byte| !byte.is_ascii_whitespace()).copied().collect();
                hidden |= memchr::memmem::find(&value.to_ascii_lowercase(), b"display:none").is_some();
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                let void = matches!(name.as_slice(), b"br" | b"hr" | b"img" | b"meta" | b"link" | b"col");
                if !self_closing && !void && (hidden || skipping.last().is_some_and(|open| *open == name)) {
                    skipping.push(name.clone());
                }
            }
            CallbackEvent::EndTag { name } if skipping.last().is_some_and(|open| open == name) => {
                skipping.pop();
            }
            CallbackEvent::String { value } if skipping.is_empty() => text.extend_from_slice(value),
            _ => {}
        }
        None
    });
    let mut tokenizer = Tokenizer::new_with_emitter(bytes, emitter);
    while tokenizer.next().is_some() {}
    drop(tokenizer);
    bare(&String::from_utf8_lossy(&text))
}

fn bare(text: &str) -> String {
    text.chars()
        .filter(|character| {
            !character.is_whitespace()
                && !character.is_control()
                && !matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}')
        })
        .collect()
}

/// Our tokenizer is our own; this holds it against one that follows the standard to the letter. What ours leaves
/// out are page numbers within a sentence.
#[test]
fn an_independent_tokenizer_finds_the_same_words() {
    let mut compared = 0;
    for (entry, bytes) in data::documents() {
        let name = entry.path.trim_end_matches(".gz");
        let wrapped = bytes.starts_with(b"<DOCUMENT>") || bytes.starts_with(b"<SEC");
        if !name.ends_with(".htm") && !name.ends_with(".html") || wrapped || std::str::from_utf8(&bytes).is_err() {
            continue;
        }
        let document = Document::read(name, None, &bytes).unwrap();
        let theirs = independent(&bytes);
        let mut rest = theirs.as_str();
        for line in document.text().split('\n') {
            for words in line.split(' ').filter(|words| !words.is_empty()) {
                let words = bare(words);
                let at = rest.find(&words).unwrap_or_else(|| panic!("{name}: `{words}` of `{line}`"));
                // Nothing but furniture may lie between.
                assert!(at <= 60, "{name}: {} bytes before `{words}`: {:?}", at, rest.get(..at.min(300)));
                rest = &rest[at + words.len()..];
            }
        }
        assert!(rest.len() <= 60, "{name}: {rest}");
        compared += 1;
    }
    if data::manifest().is_some() {
        assert!(compared > 10, "{compared}");
    }
}

fn read(html: &str) -> Document {
    Document::read("a.htm", Some("text/html"), html.as_bytes()).unwrap()
}

#[test]
fn tables_become_rows_and_layout_tables_stay_prose() {
    let document = read(
        "<html><table><tr><td><p>Revenue</p></td><td>&nbsp;</td><td>$</td><td>1,234</td></tr>\
         <tr><td>Net&nbsp;loss</td><td>(5</td><td>)</td></tr></table>\
         <table><tr><td>&bull;</td><td><p>First.</p><p>Second.</p></td></tr></table></html>",
    );
    assert_eq!(document.text(), "Revenue\t$\t1,234\nNet loss\t(5\t)\n•\tFirst.\nSecond.");
    let rows: Vec<bool> = document.lines().iter().map(|line| line.row).collect();
    assert_eq!(rows, [true, true, false, false]);
}

#[test]
fn inline_xbrl_is_transparent_and_its_header_is_not_read() {
    let document = read(
        "<?xml version='1.0'?><html xmlns:ix='x'><body><div style=\"display: none\"><ix:header><ix:hidden>\
         <ix:nonNumeric>secret</ix:nonNumeric></ix:hidden></ix:header></div><p>Net loss was \
         <ix:nonFraction>5</ix:nonFraction> mil<ix:continuation>lion</ix:continuation>.</p></body></html>",
    );
    assert_eq!(document.text(), "Net loss was 5 million.");
}

#[test]
fn a_hidden_element_that_never_ends_hides_nothing() {
    assert_eq!(read("<p>Before.<div style='display:none'><p>After.").text(), "Before.\nAfter.");
    assert_eq!(read("<p>A <span style=\"display:none\">b <span>c</span></span>d").text(), "A d");
}

#[test]
fn a_sentence_over_a_page_break_is_one_sentence() {
    let document = read(
        "<p>These conditions, taken together with our recurring losses, raise substantial</p><p>F-12</p><hr>\
         <p>Table of Contents</p><p>doubt about our ability to continue as a going concern.</p><p>Next.</p>",
    );
    assert_eq!(
        document.text(),
        "These conditions, taken together with our recurring losses, raise substantial doubt about our ability to \
         continue as a going concern.\nNext."
    );
    assert_eq!(document.sentences().len(), 2);
    // A short line before, a row, or a capital after is a new paragraph.
    assert_eq!(read("<p>Assets</p><p>cash</p>").text(), "Assets\ncash");
}

#[test]
fn characters_of_every_spelling_read_alike() {
    assert_eq!(
        read("<p>We\u{ad}re &#151; &quot;A&amp;B&quot; caf&eacute;&#8217;s&#160;\u{2009}x").text(),
        "Were — \"A&B\" café’s x"
    );
    let old = Document::read("a.htm", None, b"<p>The company\x92s \x93doubt\x94 \x97 caf\xe9").unwrap();
    assert_eq!(old.text(), "The company’s “doubt” — café");
}

#[test]
fn plain_text_is_unwrapped_and_its_tables_kept() {
    let text = "\
ITEM 3.   BANKRUPTCY OR RECEIVERSHIP

     On July 14, 2000, Sample Corp. (the \"Company\") announced that it and its
wholly owned subsidiaries filed voluntary petitions for protection under
Chapter 11 of the United States Bankruptcy Code.

                          2000            1999
     Cash           $    1,234       $    5,678

<PAGE>
";
    let document = Document::read("0000000000-00-000000.txt", None, text.as_bytes()).unwrap();
    assert_eq!(
        document.text(),
        "ITEM 3. BANKRUPTCY OR RECEIVERSHIP\nOn July 14, 2000, Sample Corp. (the \"Company\") announced that it and \
         its wholly owned subsidiaries filed voluntary petitions for protection under Chapter 11 of the United States \
         Bankruptcy Code.\n2000\t1999\nCash\t$\t1,234\t$\t5,678"
    );
    assert_eq!(document.sentences().len(), 4);
}

#[test]
fn a_submission_is_split_and_its_pictures_are_named() {
    let text = "<SEC-DOCUMENT>0001094891-00-000193.txt : 20000316\n<SEC-HEADER>x\nACCESSION NUMBER:\t\t0001094891-00-000193\n\
        CONFORMED SUBMISSION TYPE:\t8-K\nFILED AS OF DATE:\t\t20000314\nFILER:\n\tCOMPANY DATA:\n\
        \t\tCOMPANY CONFORMED NAME:\tSAMPLE CORP\n\t\tCENTRAL INDEX KEY:\t0000911787\n</SEC-HEADER>\n\
        <DOCUMENT>\n<TYPE>8-K\n<SEQUENCE>1\n<FILENAME>a.htm\n<TEXT>\n<html><p>Body.</html>\n</TEXT>\n</DOCUMENT>\n\
        <DOCUMENT>\n<TYPE>GRAPHIC\n<FILENAME>b.jpg\n<TEXT>\nbegin 644 b.jpg\nM_]C_X``0\n</TEXT>\n</DOCUMENT>\n\
        <DOCUMENT>\n<TYPE>EX-99.1\n<FILENAME>c.txt\n<TEXT>\nPress release.\n</TEXT>\n</DOCUMENT>\n";
    let document = Document::read("0001094891-00-000193.txt", None, text.as_bytes()).unwrap();
    assert_eq!(document.text(), "Body.\nPress release.");
    let header = document.header().unwrap();
    assert_eq!((header.form.as_str(), header.entities[0].role.as_str()), ("8-K", "FILER"));
    assert_eq!(header.filed, Some(jiff::civil::date(2000, 3, 14)));
    let parts: Vec<(&str, Option<&str>, &str)> = document
        .parts()
        .iter()
        .map(|part| (part.kind.as_str(), part.skipped, document.text().get(part.text.clone()).unwrap().trim()))
        .collect();
    assert_eq!(
        parts,
        [("8-K", None, "Body."), ("GRAPHIC", Some("a picture"), ""), ("EX-99.1", None, "Press release.")]
    );
    assert_eq!(document.primary().unwrap().filename, "a.htm");
}

#[test]
fn what_is_no_document_is_named() {
    let problem = |bytes: &[u8], kind: Option<&str>| Document::read("x.htm", kind, bytes).unwrap_err().to_string();
    assert_eq!(problem(b"  \n", None), "`x.htm` is empty");
    assert_eq!(problem(b"%PDF-1.7 ...", Some("text/html")), "`x.htm` is a PDF, not text");
    assert_eq!(problem(b"begin 644 a.pdf\nM...", None), "`x.htm` is an uuencoded file, not text");
    assert_eq!(problem(b"{\"a\": 1}", Some("application/json")), "`x.htm` is JSON, not a document");
    assert_eq!(problem(b"\xff\xfe<\0p\0>\0", None), "`x.htm` is UTF-16, not text");
    assert_eq!(problem(b"<html><body><p></p></body></html>", None), "`x.htm` has no text");
    let block = b"<html><title>SEC.gov | Request Rate Threshold Exceeded</title><p>Your Request Originates from an \
        Undeclared Automated Tool</html>";
    assert!(matches!(Document::read("x.htm", None, block), Err(DocumentProblem::BlockPage(_))));
}

/// Golden text: cover of the 8-K of NVIDIA, 0001045810-26-000024, and the same within its full submission.
#[test]
fn a_document_alone_and_in_its_submission_read_alike() {
    let (Some(alone), Some(submission)) =
        (data::find("nvda-20260302.htm"), data::find("0001045810-26-000024/0001045810-26-000024.txt"))
    else {
        return;
    };
    let alone = Document::read("nvda-20260302.htm", None, &alone).unwrap();
    let whole = Document::read("0001045810-26-000024.txt", None, &submission).unwrap();
    let primary = whole.primary().unwrap();
    assert_eq!(primary.filename, "nvda-20260302.htm");
    assert_eq!(whole.text()[primary.text.clone()].trim_end(), alone.text());
    assert_eq!(whole.header().unwrap().accession.as_ref().unwrap().as_str(), "0001045810-26-000024");
}
