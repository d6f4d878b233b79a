//! Fifty megabytes of anything end in a reading or in a named problem, within bounded memory.
//!
//! One test in a process of its own: it looks at the memory of the whole process, as Linux tells it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use edgar::document::Document;
use edgar::facts::Facts;
use edgar::submissions::Submissions;
use edgar::{form144, ownership, schedule13};

const SIZE: usize = 50 << 20;

/// Kilobytes by name out of the process's status; none where there is no such file.
fn status(name: &str) -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// Runs a reader and gives its result with the megabytes that it took beyond what was there before.
fn peak<T>(read: impl FnOnce() -> T) -> (T, usize) {
    // Writing 5 sets the peak back to what is used now.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = status("VmRSS:").unwrap_or(0);
    let result = read();
    let after = status("VmHWM:").unwrap_or(0);
    (result, after.saturating_sub(before) / 1024)
}

/// Companyfacts of invented numbers around one text for the concepts.
fn facts(concepts: &str) -> String {
    format!("{{\"cik\": 1, \"entityName\": \"Invented\", \"facts\": {{\"us-gaap\": {{{concepts}}}}}}}")
}

/// One concept with a list of facts.
fn list(facts_of_it: &str) -> String {
    facts(&format!("\"Assets\": {{\"units\": {{\"USD\": [{facts_of_it}]}}}}"))
}

fn repeated(piece: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(SIZE + 1_000);
    let mut number = 0;
    while text.len() < SIZE {
        if number > 0 {
            text.push(',');
        }
        text.push_str(&piece(number));
        number += 1;
    }
    text
}

/// A fact of an invented filing.
fn fact(number: usize, filing: usize) -> String {
    let (year, month, day) = (2010 + number / 336 % 10, number / 28 % 12 + 1, number % 28 + 1);
    format!(
        "{{\"end\": \"{year}-{month:02}-{day:02}\", \"val\": {number}, \"accn\": \"0000000001-20-{filing:06}\", \
         \"fy\": 2020, \"fp\": \"FY\", \"form\": \"10-K\", \"filed\": \"2021-03-01\"}}"
    )
}

#[test]
fn fifty_megabytes_are_read_or_refused_within_bounded_memory() {
    if status("VmHWM:").is_none() {
        println!("skipped: this system does not say what memory a process has");
        return;
    }
    // What it says of the reading, `read` where it was read, and the megabytes that it may take.
    let cases: [(&str, String, &str, usize); 10] = [
        ("facts of 300 filings", list(&repeated(|number| fact(number, number % 300))), "read", 60),
        ("as many filings as facts", list(&repeated(|number| fact(number, number))), "more filings than any filer", 60),
        ("empty facts", list(&repeated(|_| "{}".to_owned())), "more facts than any filer", 20),
        (
            "concepts without facts",
            facts(&repeated(|number| format!("\"T{number}\": {{\"units\": {{}}}}"))),
            "more concepts than any filer",
            40,
        ),
        (
            "units",
            facts(&format!("\"Assets\": {{\"units\": {{{}}}}}", repeated(|number| format!("\"U{number}\": []")))),
            "too many units",
            20,
        ),
        ("a long name", facts(&format!("\"{}\": {{\"units\": {{}}}}", "x".repeat(SIZE))), "name is too long", 60),
        (
            "a long description",
            facts(&format!("\"A\": {{\"description\": \"{}\", \"units\": {{}}}}", "x".repeat(SIZE))),
            "read",
            60,
        ),
        ("nested lists", facts(&format!("\"A\": {}", "[".repeat(SIZE))), "cannot be read", 20),
        ("a text that stops", list(&repeated(|number| fact(number, 1)))[..SIZE - 77].to_owned(), "cannot be read", 60),
        ("a page", format!("<html>{}", "<p>Not here.</p>".repeat(SIZE / 16)), "is no JSON", 5),
    ];
    for (name, text, says, most) in cases {
        let (said, taken) = peak(|| match Facts::read(text.as_bytes()) {
            Ok(facts) => {
                let view = facts.as_of(jiff::civil::date(2025, 1, 1));
                let _ = (view.fiscal_years().len(), view.doubts().len());
                "read".to_owned()
            }
            Err(problem) => problem.to_string(),
        });
        println!("companyfacts, {name}: {taken} MB, {}", said.chars().take(150).collect::<String>());
        assert!(said.contains(says), "{name}: {said}");
        assert!(said.len() < 400, "{name}: a message of {} bytes", said.len());
        assert!(taken <= most, "{name}: {taken} MB");
    }

    let documents = [
        ("prose", "<p>The losses, as the <b>auditor</b> said, raise <i>doubt</i>. It may end.</p>\n", 200),
        ("a table", "<tr><td>Net loss</td><td>1,234</td></tr>", 200),
        ("paragraphs without words", "<p>", 200),
        ("text without an end of line", "a b ", 200),
        ("lines of one letter", "a\n", 200),
        ("entities", "&nbsp;&#8217;", 200),
        ("submissions in a submission", "<DOCUMENT>\n<TYPE>8-K\n<TEXT>\na\n</TEXT>\n</DOCUMENT>\n", 200),
    ];
    for (name, piece, most) in documents {
        for head in ["<html>", "", "<SEC-DOCUMENT>\n"] {
            let text = format!("{head}{}", piece.repeat(SIZE / piece.len()));
            let (said, taken) = peak(|| match Document::read("a.htm", None, text.as_bytes()) {
                Ok(document) => {
                    format!("{} sentences, {} sections", document.sentences().len(), document.sections().len())
                }
                Err(problem) => problem.to_string(),
            });
            println!("document, {name} after `{}`: {taken} MB, {said}", head.trim());
            assert!(said.len() < 300 && taken <= most, "{name}: {taken} MB, {said}");
        }
    }

    for (name, piece) in [
        (
            "transactions",
            "<nonDerivativeTransaction><securityTitle><value>A</value></securityTitle></nonDerivativeTransaction>",
        ),
        ("footnotes", "<footnote id=\"F1\">A</footnote>"),
        ("depth", "<a>"),
    ] {
        let text = format!("<?xml version=\"1.0\"?><ownershipDocument>{}", piece.repeat(SIZE / piece.len()));
        let (said, taken) = peak(|| {
            let (one, two) = (ownership::read(text.as_bytes()), form144::read(text.as_bytes()));
            (one.is_ok(), two.is_ok(), schedule13::read("a.xml", text.as_bytes()).is_ok())
        });
        println!("ownership, {name}: {taken} MB, {said:?}");
        assert!(!said.0 && taken <= 250, "{name}: {taken} MB");
    }

    let text = format!(
        "{{\"cik\": 7, \"filings\": {{\"recent\": {{\"accessionNumber\": [{}]}}}}}}",
        repeated(|_| "\"0000000007-24-000001\"".to_owned())
    );
    let (said, taken) = peak(|| Submissions::read(text.as_bytes()).map(|read| read.gaps.len()));
    println!("submissions, one column: {taken} MB, {said:?}");
    assert!(said.is_ok_and(|gaps| gaps == 1) && taken <= 150, "{taken} MB");
}
