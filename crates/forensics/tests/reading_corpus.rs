//! The labelled passages: what the readers of going concern and of listing notices get right and wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;

use edgar::document::Document;
use forensics::reading::going_concern::{self, Class};
use forensics::reading::listing;

#[derive(serde::Deserialize)]
struct Passage {
    id: String,
    split: String,
    class: String,
    section: Option<String>,
    rule: Option<String>,
    deadline: Option<jiff::civil::Date>,
    text: String,
}

fn passages(file: &str) -> Vec<Passage> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(file);
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn open(text: &str) -> Document {
    Document::read("passage.txt", Some("text/plain"), text.as_bytes()).unwrap()
}

#[test]
fn going_concern_by_class() {
    let mut table: BTreeMap<(String, String), [usize; 3]> = BTreeMap::new();
    for passage in passages("going_concern.jsonl") {
        let document = open(&passage.text);
        let reports: Vec<_> = (passage.section.as_deref() == Some("auditor_report"))
            .then_some(0..document.text().len())
            .into_iter()
            .collect();
        let mentions = going_concern::read(&document, &reports);
        let read = going_concern::gravest(&mentions).map_or("none", Class::name);
        let mut count = |class: &str, slot: usize| {
            table.entry((passage.split.clone(), class.to_owned())).or_default()[slot] += 1;
        };
        if read == passage.class {
            count(&passage.class, 0);
        } else {
            count(read, 1);
            count(&passage.class, 2);
            println!("{} {} is {} and was read as {read}: {}", passage.split, passage.id, passage.class, passage.text);
        }
    }
    for ((split, class), [right, over, missed]) in &table {
        println!("{split:12} {class:18} right {right:3} over {over:3} missed {missed:3}");
    }
}

#[test]
fn listing_by_class() {
    let mut table: BTreeMap<(String, String), [usize; 3]> = BTreeMap::new();
    for passage in passages("listing.jsonl") {
        let document = open(&passage.text);
        let notice = listing::read(&document, 0..document.text().len());
        let read = notice.as_ref().map_or("none", |notice| notice.class.name());
        let mut count = |class: &str, slot: usize| {
            table.entry((passage.split.clone(), class.to_owned())).or_default()[slot] += 1;
        };
        if read == passage.class {
            count(&passage.class, 0);
        } else {
            count(read, 1);
            count(&passage.class, 2);
            println!("{} {} is {} and was read as {read}: {}", passage.split, passage.id, passage.class, passage.text);
        }
        if let Some(notice) = notice {
            let rule = notice.rule().map(|rule| rule.name.as_str());
            if rule != passage.rule.as_deref() {
                println!("  {} rule {:?} read as {rule:?}", passage.id, passage.rule);
            }
            if notice.deadline != passage.deadline {
                println!("  {} deadline {:?} read as {:?}", passage.id, passage.deadline, notice.deadline);
            }
        }
    }
    for ((split, class), [right, over, missed]) in &table {
        println!("{split:12} {class:18} right {right:3} over {over:3} missed {missed:3}");
    }
}
