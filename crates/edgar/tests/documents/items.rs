//! The items of current reports against the tags that EDGAR gave them.

use edgar::document::Document;
use edgar::eightk;

use crate::data;

/// The tags in the manifest's note: `items 3.01 9.01 filed 2008-07-08`.
fn tags(note: &str) -> Vec<String> {
    let Some((_, rest)) = note.split_once("items ") else { return Vec::new() };
    rest.split_whitespace()
        .map(|word| word.trim_end_matches(';'))
        .take_while(|word| word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn tagged_items_are_found_in_the_bodies_of_real_reports() {
    let (mut tagged, mut missed, mut extra, mut reports) = (0, Vec::new(), Vec::new(), 0);
    for (entry, bytes) in data::documents() {
        let tags = tags(&entry.note);
        if entry.form != "8-K" || tags.is_empty() {
            continue;
        }
        let document = Document::read(&entry.path, None, &bytes).unwrap();
        let items = eightk::items(&document, &tags);
        reports += 1;
        tagged += tags.len();
        missed.extend(items.only_tagged.iter().map(|code| format!("{} {code}", entry.path)));
        extra.extend(items.only_found.iter().map(|code| format!("{} {code}", entry.path)));
        for item in &items.found {
            assert!(item.text.len() >= item.heading.len() && document.text().get(item.text.clone()).is_some());
        }
    }
    if reports == 0 {
        return;
    }
    assert!(reports > 100 && tagged > 250, "{reports} reports, {tagged} tags");
    assert!(missed.is_empty() && extra.is_empty(), "missed {missed:#?}, extra {extra:#?}");
}

/// Horizon Financial Corp, 0000939057-09-000303: a deficiency letter of Nasdaq about the audit committee.
#[test]
fn the_text_of_an_item_is_between_its_heading_and_the_next() {
    let Some(bytes) = data::find("0000939057-09-000303") else { return };
    let document = Document::read("a.htm", None, &bytes).unwrap();
    let items = eightk::items(&document, &["3.01".to_owned(), "9.01".to_owned()]);
    let text = document.quote(items.get("3.01").unwrap().text.clone());
    assert!(text.starts_with("Item 3.01 Notice of Delisting"), "{text}");
    assert!(text.contains("Nasdaq") && !text.contains("Item 9.01"), "{text}");
    assert!(items.only_tagged.is_empty() && items.only_found.is_empty());
}

/// Lesson 57. Stockwalk Group, 0000950124-01-503539 (2001), lists items 2, 3 and 5 at the top and again below.
#[test]
fn the_old_numbering_is_read_and_its_list_at_the_top_is_not_the_text() {
    let Some(bytes) = data::find("0000950124-01-503539") else { return };
    let document = Document::read("a.htm", None, &bytes).unwrap();
    let items = eightk::items(&document, &[]);
    let codes: Vec<&str> = items.found.iter().map(|item| item.code.as_str()).collect();
    assert_eq!(codes[..3], ["2", "3", "5"]);
    let bankruptcy = document.quote(items.get("3").unwrap().text.clone());
    assert!(bankruptcy.len() > 500 && bankruptcy.contains("trustee"), "{bankruptcy}");
}
