//! The labelled passages: what the readers of going concern and of listing notices get right and wrong.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "tests; the data folder's names are of one case"
)]

use std::collections::BTreeMap;

use edgar::document::Document;
use forensics::reading::going_concern::{self, Class};
use forensics::reading::{listing, toxic, weakness};

#[derive(serde::Deserialize)]
struct Passage {
    id: String,
    split: String,
    class: String,
    section: Option<String>,
    rule: Option<String>,
    deadline: Option<jiff::civil::Date>,
    source: String,
    text: String,
}

fn passages(file: &str) -> Vec<Passage> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(file);
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn open(text: &str) -> Document {
    Document::read("passage.txt", Some("text/plain"), text.as_bytes()).unwrap()
}

/// What a reader made of the passages of one split and class: rightly of it, wrongly of it, missed.
type Table = BTreeMap<(String, String), [usize; 3]>;

fn count(table: &mut Table, passage: &Passage, read: &str) {
    let mut add =
        |class: &str, slot: usize| table.entry((passage.split.clone(), class.to_owned())).or_default()[slot] += 1;
    if read == passage.class {
        add(&passage.class, 0);
    } else {
        add(read, 1);
        add(&passage.class, 2);
        println!("{} {} is {} and was read as {read}: {}", passage.split, passage.id, passage.class, passage.text);
    }
}

fn share(part: usize, rest: usize) -> String {
    if part + rest == 0 { "-".to_owned() } else { format!("{:.0} %", 100.0 * part as f64 / (part + rest) as f64) }
}

/// The rows of the table in the docs, over all splits and over those that no reader was tuned on at writing.
fn rows(table: &Table) -> Vec<String> {
    let mut classes: Vec<&str> = table.keys().map(|(_, class)| class.as_str()).collect();
    classes.sort_unstable();
    classes.dedup();
    classes
        .into_iter()
        .map(|class| {
            let sum = |splits: &[&str]| {
                let mut sum = [0; 3];
                for ((split, of), counts) in table {
                    if of == class && splits.contains(&split.as_str()) {
                        (0..3).for_each(|slot| sum[slot] += counts[slot]);
                    }
                }
                sum
            };
            let [right, over, missed] = sum(&["development", "held_out", "fresh", "unseen"]);
            format!("| {class} | {} | {} | {} |", right + missed, share(right, over), share(right, missed))
        })
        .collect()
}

/// The page shows the figures that were just measured.
fn docs_show(rows: &[String]) {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pennytune/reading.md");
    let page = std::fs::read_to_string(page).unwrap();
    let missing: Vec<&String> = rows.iter().filter(|row| !page.contains(row.as_str())).collect();
    assert!(missing.is_empty(), "docs/pennytune/reading.md lacks or differs:\n{}", rows.join("\n"));
}

#[test]
fn going_concern_by_class() {
    let mut table = Table::new();
    for passage in passages("going_concern.jsonl") {
        let document = open(&passage.text);
        let reports: Vec<_> = (passage.section.as_deref() == Some("auditor_report"))
            .then_some(0..document.text().len())
            .into_iter()
            .collect();
        let mentions = going_concern::read(&document, &reports);
        count(&mut table, &passage, going_concern::gravest(&mentions).map_or("none", Class::name));
    }
    // The gravest flag must be right when it is raised.
    let false_alarms: usize =
        table.iter().filter(|((_, class), _)| class == "auditor_doubt").map(|(_, counts)| counts[1]).sum();
    assert_eq!(false_alarms, 0);
    splits(&table);
    docs_show(&rows(&table));
}

#[test]
fn listing_by_class() {
    let mut table = Table::new();
    let (mut days, mut right_days) = (0, 0);
    for passage in passages("listing.jsonl") {
        let document = open(&passage.text);
        let notice = listing::read(&document, 0..document.text().len());
        count(&mut table, &passage, notice.as_ref().map_or("none", |notice| notice.class.name()));
        let Some(notice) = notice else { continue };
        if let Some(rule) = &passage.rule {
            assert_eq!(notice.rule().map(|rule| &rule.name), Some(rule), "{}", passage.id);
        }
        days += usize::from(passage.deadline.is_some());
        right_days += usize::from(passage.deadline.is_some() && notice.deadline == passage.deadline);
        if passage.deadline.is_some() && notice.deadline != passage.deadline {
            println!("{} deadline {:?} read as {:?}", passage.id, passage.deadline, notice.deadline);
        }
    }
    let mut rows = rows(&table);
    rows.push(format!("Days of compliance read rightly: {right_days} of {days}."));
    docs_show(&rows);
}

/// How many passages of each split were read rightly.
fn splits(table: &Table) {
    let mut sums: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for ((split, _), [right, _, missed]) in table {
        let sum = sums.entry(split).or_default();
        sum[0] += right;
        sum[1] += right + missed;
    }
    println!("{sums:?}");
}

#[test]
fn toxic_terms_by_kind() {
    let mut table = Table::new();
    for passage in passages("toxic.jsonl") {
        let terms = toxic::terms(&open(&passage.text));
        let gravest = toxic::Term::ALL.into_iter().find(|kind| terms.iter().any(|(term, _)| term == kind));
        count(&mut table, &passage, gravest.map_or("none", toxic::Term::name));
    }
    splits(&table);
    docs_show(&rows(&table));
}

#[test]
fn material_weakness_by_class() {
    let mut table = Table::new();
    for passage in passages("weakness.jsonl") {
        let says = weakness::says(&open(&passage.text));
        count(&mut table, &passage, says.first().map_or("none", |says| says.name()));
    }
    splits(&table);
    docs_show(&rows(&table));
}

/// Of all filings of the collection, three have such terms: AEON's 10-Q of September 2023 (a Reset Price with a floor),
/// Ensysce's supplement of March 2025 (notes paid in shares below the market), Calidi's of March 2025 (an equity line).
/// Convertibles of SanDisk and Nuance, warrants of blank-check companies and pre-funded ones have none.
#[test]
fn three_filings_of_the_collection_have_terms_and_no_other() {
    let Some(root) = collection() else { return };
    let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut read = 0;
    for folder in std::fs::read_dir(root.join("filings")).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let Some(document) = (!name.contains("xml")).then(|| paper(&path)).flatten() else { continue };
            read += 1;
            for (term, _) in toxic::terms(&document) {
                found.entry(name.clone()).or_default().push(term.name());
            }
        }
    }
    assert!(read > 100, "{read}");
    let names: Vec<(&str, Vec<&str>)> = found
        .iter()
        .map(|(name, terms)| {
            let mut terms = terms.clone();
            terms.dedup();
            (name.as_str(), terms)
        })
        .collect();
    assert_eq!(
        names,
        [
            ("0001641172-25-001350.txt.gz", vec!["equity_line"]),
            ("0001641172-25-001566.txt.gz", vec!["variable_conversion", "full_ratchet"]),
            ("aeon-20230930x10q.htm.gz", vec!["price_reset"]),
        ]
    );
}

fn collection() -> Option<std::path::PathBuf> {
    let root = std::env::var_os("MODELARIUM_SHARED")
        .map_or_else(
            || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
            std::path::PathBuf::from,
        )
        .join("data/edgar");
    if root.exists() {
        return Some(root);
    }
    println!("skipped: {} is not there", root.display());
    None
}

/// Passages that are said to be of a filing stand in that filing.
#[test]
fn real_passages_stand_in_their_filings() {
    let Some(root) = collection() else { return };
    let mut filings: BTreeMap<String, String> = BTreeMap::new();
    for passage in
        ["going_concern.jsonl", "listing.jsonl", "toxic.jsonl", "weakness.jsonl"].into_iter().flat_map(passages)
    {
        if passage.source == "own" || passage.source.starts_with("quoted: ") {
            continue;
        }
        let text = filings.entry(passage.source.clone()).or_insert_with(|| words(&root.join(&passage.source)));
        let wanted: String = passage.text.split_whitespace().collect();
        assert!(text.contains(&wanted), "{} is not in {}", passage.id, passage.source);
    }
}

/// A filing's document; none where it has no text.
fn paper(path: &std::path::Path) -> Option<Document> {
    let name = path.file_name().unwrap().to_str().unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    if name.ends_with(".gz") {
        let mut out = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut out).unwrap();
        bytes = out;
    }
    if name.contains(".items.json") {
        let items: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let text: Vec<&str> = items.as_object().unwrap().values().filter_map(|text| text.as_str()).collect();
        return Document::read("items.txt", Some("text/plain"), text.join("\n\n").as_bytes()).ok();
    }
    Document::read(name.trim_end_matches(".gz"), None, &bytes).ok()
}

/// The text of a filing without any white space: page breaks and markup part words differently.
fn words(path: &std::path::Path) -> String {
    paper(path).unwrap().text().split_whitespace().collect()
}
