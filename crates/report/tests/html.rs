//! The HTML report as bytes: one file, one script, nothing of anybody else's as markup, and a bound on its size.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use common::Fixture;
use common::scored::analysed;
use report::document::Document;
use report::format::Format as _;
use report::html::{Html, MOST_TEXT, RawResponses};

fn html(fixture: &Fixture) -> String {
    Html::default().to_text(&Document::new(&fixture.analysis, &fixture.verdicts)).unwrap()
}

/// The content of a data block.
fn data(page: &str, id: &str) -> serde_json::Value {
    let from = page.find(&format!("id=\"{id}\">")).unwrap() + id.len() + 6;
    let to = page[from..].find("</script>").unwrap();
    serde_json::from_str(&page[from..from + to]).unwrap()
}

fn fixtures() -> Vec<Fixture> {
    vec![
        Fixture::plain(),
        Fixture::hostile(),
        Fixture::many(),
        Fixture::suite(),
        Fixture::pairwise(),
        Fixture::checked_comparison(),
        Fixture::hostile_suite(),
        analysed(Fixture::decided_suite()),
        analysed(Fixture::stopped_suite()),
        analysed(Fixture::migration()),
        analysed(Fixture::imported()),
    ]
}

#[test]
fn a_page_is_one_file_with_one_script_and_the_same_bytes_every_time() {
    for fixture in fixtures() {
        let page = html(&fixture);
        assert_eq!(page, html(&fixture));
        assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
        assert_eq!(page.matches("<script>").count(), 1, "ours");
        let scripts = page.matches("<script").count();
        assert_eq!(scripts, 1 + page.matches("<script type=\"application/json\"").count());
        assert_eq!(scripts, page.matches("</script>").count());
        for loads in ["<link", "<img", "<iframe", "<object", "<form", "@import", "url(http", " src="] {
            assert!(!page.contains(loads), "{loads}");
        }
        assert!(page.contains("default-src 'none'"));
        assert!(!page.contains(['\u{202e}', '\u{0}', '\u{1b}']));
        // Links stay within the page.
        for link in page.split(" href=\"").skip(1) {
            assert!(link.starts_with('#'), "{}", &link[..40]);
        }
        assert!(!page.contains("NaN") || page.contains("isNaN"));
    }
}

#[test]
fn identifiers_are_unique_and_every_label_points_at_one() {
    for fixture in fixtures() {
        let page = html(&fixture);
        // What the script holds is no markup.
        let page = &page[..page.find("<script").unwrap()];
        let mut ids: Vec<&str> = page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
        for label in
            page.split("aria-labelledby=\"").skip(1).flat_map(|rest| rest.split('"').next().unwrap().split(' '))
        {
            assert!(ids.binary_search(&label).is_ok(), "{label}");
        }
    }
}

#[test]
fn the_verdict_the_charts_and_the_command_are_there() {
    let page = html(&analysed(Fixture::decided_suite()));
    for part in [
        "tied for best on pass rate",
        "Pass rate against mean cost of an answer",
        "Differences in pass rate of all pairs",
        "Distribution of latency",
        "Pass rate of every contestant on every item",
        "--gate &#39;pass_rate not worse than claude-sonnet-4-6 by 0.02&#39;",
        "Holm, S. (1979)",
        "(Holm 1979)",
        "cheapest over the bar",
        "? inconclusive",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let migration = html(&analysed(Fixture::migration()));
    assert!(migration.contains("What changes with the model"));
    assert!(
        migration.contains("modelarium migrate SUITE.yaml --from gpt-4o-mini --to claude-sonnet-4-6 --margin 0.02")
            || migration.contains("--from gpt-4o-mini \\\n  --to claude-sonnet-4-6 \\\n  --margin 0.02")
    );
    let stopped = html(&analysed(Fixture::stopped_suite()));
    assert!(stopped.contains("--stop-when decided") && stopped.contains("✓ decided"));
}

#[test]
fn every_answer_is_in_the_file_with_what_was_said_of_it() {
    let fixture = Fixture::suite();
    let page = html(&fixture);
    let block = data(&page, "block-0");
    let answers: Vec<&serde_json::Value> =
        block.as_array().unwrap().iter().flat_map(|item| item["a"].as_array().unwrap()).collect();
    assert_eq!(answers.len(), fixture.analysis.rows.len());
    for (answer, row) in answers.iter().zip(&fixture.analysis.rows) {
        assert_eq!(answer["n"], row.call.index);
        let text: String =
            answer["t"].as_array().into_iter().flatten().map(|piece| piece[0].as_str().unwrap()).collect();
        assert_eq!(text, row.answer.text);
    }
    // A marker is a piece of its own.
    let marked = answers.iter().find(|answer| answer["marks"].is_array()).unwrap();
    let piece = marked["t"].as_array().unwrap().iter().find(|piece| piece[1] == 0).unwrap();
    assert!(piece[0].as_str().unwrap().contains("978-0-306-40615-3"), "{piece}");
    assert!(answers.iter().any(|answer| answer["judges"].is_array() && answer["checks"].is_array()));
}

struct Raw;

impl RawResponses for Raw {
    fn body(&self, call: u32) -> Option<Vec<u8>> {
        (call == 1).then(|| b"data: {\"text\": \"</script>\"}\xff".to_vec())
    }
}

#[test]
fn raw_bytes_are_shown_where_there_are_any() {
    let fixture = Fixture::plain();
    let document = Document::new(&fixture.analysis, &fixture.verdicts);
    let page = Html { raw: Some(&Raw) }.to_text(&document).unwrap();
    let block = data(&page, "block-0");
    assert_eq!(block[0]["a"][1]["raw"]["t"], "data: {\"text\": \"</script>\"}\u{fffd}");
    assert!(block[0]["a"][0]["raw"].is_null());
}

#[test]
fn a_file_is_bounded_whatever_models_write() {
    let mut fixture = Fixture::large_suite(3_000);
    let long = "<&>\u{202e}word ".repeat(4_000);
    for row in &mut fixture.analysis.rows {
        row.answer.text = long.clone();
    }
    let page = html(&fixture);
    // Six thousand answers of 44 kB are 264 MB; escapes make the worst text some six times as long.
    assert!(page.len() < 6 * MOST_TEXT, "{}", page.len());
    assert!(page.contains("are cut in this file (6,000 of them)"));
    let first = data(&page, "block-0");
    assert_eq!(first[0]["a"][0]["of"], long.len());
    // The map joins neighbours, the table holds one page.
    assert!(page.matches("<rect").count() < 2 * 1_100 + 200);
    assert!(page.matches("<tr>").count() < 200);
    assert_eq!(data(&page, "index")["ids"].as_array().unwrap().len(), 3_000);
}
