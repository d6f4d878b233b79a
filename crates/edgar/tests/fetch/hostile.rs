//! Whatever bytes come, reading them ends, and soon.

use edgar::fails::{self, Security};
use edgar::source::Base;
use edgar::submissions::Submissions;
use edgar::tickers::{Tickers, asked, quick};
use edgar::{fulltext, suspensions};
use proptest::prelude::*;

/// Pieces of which JSON and HTML are made, so that what comes is nearly right.
fn nearly() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "true",
        "-1",
        "1e999",
        "18446744073709551616",
        "\"",
        "\"cik\":7",
        "\"cik\"",
        "\"filings\":",
        "\"recent\":",
        "\"accessionNumber\":",
        "\"0009999001-24-000001\"",
        "\"filingDate\":",
        "\"2024-01-02\"",
        "\"form\":",
        "\"files\":",
        "\"name\":",
        "\"fields\":",
        "\"data\":",
        "\"ticker\"",
        "\"TOY\"",
        "\"hits\":",
        "\"_source\":",
        "<tr>",
        "</tr>",
        "<td>",
        "<a href=\"/x?page=1\">",
        "</a>",
        "<time datetime=2026-01-02>",
        "June 11, 2026",
        "<div class=respondents>",
        "</div>",
        "Toy, Inc.",
        "f/k/a",
        " and ",
        "(",
        ")",
        "<!--",
        "&amp;",
        "é",
        "\u{0}",
        "SETTLEMENT DATE|CUSIP|SYMBOL",
        "\n",
        "|",
        "20240102",
    ]);
    prop::collection::vec(pieces, 0..80).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nearly_right_texts_are_read_or_refused(text in nearly()) {
        let bytes = text.as_bytes();
        let _ = Submissions::read(bytes);
        let _ = Tickers::read(bytes);
        let _ = quick(bytes, "TOY");
        let _ = fulltext::read(bytes);
        let _ = fails::rows(bytes, Security::Symbol("TOY"));
        let _ = fails::unzip(bytes);
        if let Ok(list) = suspensions::read(bytes, 0) {
            for order in &list.orders {
                order.names("Toy Inc");
            }
        }
        let _ = suspensions::normal_name(&text);
        let _ = asked(&text);
    }

    /// Whatever an address looks like: one that may be asked has the SEC's host where every reader of addresses
    /// looks for it.
    #[test]
    fn only_the_secs_hosts_are_ever_allowed(url in "(https?|HTTPS|ftp)?(://|:/|//|:)[a-z.@:/\\\\?#%0-9]{0,12}(sec\\.gov|secxgov|sec\\.gov\\.evil)[a-z.@:/\\\\?#%0-9]{0,12}") {
        if Base::Sec.allows(&url).is_ok() {
            let rest = url.to_ascii_lowercase();
            let rest = rest.strip_prefix("https://").expect("encrypted");
            let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
            let host = authority.strip_suffix(":443").or(authority.strip_suffix(":0443")).unwrap_or(authority);
            prop_assert!(host == "sec.gov" || host.ends_with(".sec.gov"), "{}", url);
        }
    }

    /// The quick way to a ticker never says other than the reading of the whole list.
    #[test]
    fn quick_is_never_wrong(rows in prop::collection::vec(("[A-C]{1,2}(-A)?", 1u64..5, "[A-C\\[\\]{} ]{0,4}"), 1..12), wanted in "[A-C]{1,2}(-A)?") {
        let columns = serde_json::json!({"fields": ["cik", "name", "ticker"],
            "data": rows.iter().map(|(ticker, cik, name)| serde_json::json!([cik, name, ticker])).collect::<Vec<_>>()});
        let named: serde_json::Map<String, serde_json::Value> = rows.iter().enumerate().map(|(at, (ticker, cik, name))| {
            (format!("{at:02}"), serde_json::json!({"cik_str": cik, "ticker": ticker, "title": name}))
        }).collect();
        for list in [columns.to_string(), serde_json::Value::Object(named).to_string()] {
            let whole = Tickers::read(list.as_bytes()).unwrap();
            if let Some(found) = quick(list.as_bytes(), &wanted) {
                prop_assert_eq!(Some(&found), whole.find(&wanted));
            }
        }
    }
}

#[test]
fn huge_texts_are_read_to_their_end() {
    let long = format!("{{\"cik\":7,\"name\":\"{}\"}}", "x".repeat(50 << 20));
    assert!(Submissions::read(long.as_bytes()).is_ok());
    let deep = format!("{{\"cik\":7,\"x\":{}{}}}", "[".repeat(1 << 20), "]".repeat(1 << 20));
    assert!(Submissions::read(deep.as_bytes()).is_ok(), "what is passed over is not recursed into");
    let page = "<tr><td>June 11, 2026<td><a href=/x>Toy".repeat(200_000);
    assert!(suspensions::read(page.as_bytes(), 0).is_ok());
    let quotes = "\"TOY\"".repeat(2 << 20);
    assert!(quick(quotes.as_bytes(), "TOY").is_none());
}
