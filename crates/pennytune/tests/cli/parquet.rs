//! Parquet, read back.

use std::fs::File;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};

use crate::support::{Home, shared, signal, toy};
use loopback_edgar::Site;

fn rows(home: &Home, name: &str) -> Vec<Row> {
    let file = SerializedFileReader::new(File::open(home.path(name)).unwrap()).unwrap();
    file.get_row_iter(None).unwrap().map(Result::unwrap).collect()
}

fn field<'r>(row: &'r Row, name: &str) -> &'r Field {
    row.get_column_iter().find(|(column, _)| *column == name).map(|(_, field)| field).unwrap()
}

fn text(row: &Row, name: &str) -> String {
    match field(row, name) {
        Field::Str(text) => text.clone(),
        Field::Null => String::new(),
        other => panic!("{name} is {other:?}"),
    }
}

/// The records of a list.
fn records(row: &Row, name: &str) -> Vec<Row> {
    let Field::ListInternal(list) = field(row, name) else { panic!("{name} is no list") };
    list.elements()
        .iter()
        .map(|element| match element {
            Field::Group(record) => record.clone(),
            other => panic!("{name} holds {other:?}"),
        })
        .collect()
}

#[test]
fn signals_come_back_with_their_quotes_and_the_disclaimer_is_in_no_row() {
    let home = Home::new(toy());
    home.command(&["inspect", "TOYL", "--as-of", "2024-06-01", "--rate", "0", "--output", "toy.parquet"])
        .assert()
        .success();
    let rows = rows(&home, "toy.parquet");
    assert_eq!(rows.len(), 32);
    let delisting = rows.iter().find(|row| text(row, "signal") == "delisting").unwrap();
    assert_eq!((text(delisting, "status"), text(delisting, "name")), ("ran".into(), "TOY LIGHTS INC".into()));
    assert_eq!(field(delisting, "cik"), &Field::Long(9_999_999));
    // 2024-06-01, in days since 1970.
    assert_eq!(field(delisting, "as_of"), &Field::Date(19_875));
    let evidence = records(delisting, "evidence");
    assert!(text(&evidence[0], "quote").contains("5550(a)(2)"), "{evidence:?}");
    assert_eq!(text(&evidence[0], "accession"), "0000000099-24-000002");
    assert_eq!(field(&evidence[0], "filed"), &Field::Date(19_863), "2024-05-20");
    let beneish = rows.iter().find(|row| text(row, "signal") == "beneish_m").unwrap();
    assert_eq!((field(beneish, "value"), text(beneish, "status")), (&Field::Null, "not_run".into()));
    assert!(records(beneish, "evidence").is_empty());
    assert!(rows.iter().all(|row| !row.to_string().contains("Not investment advice")));
    let file = SerializedFileReader::new(File::open(home.path("toy.parquet")).unwrap()).unwrap();
    let about = file.metadata().file_metadata().key_value_metadata().unwrap();
    let disclaimer = about.iter().find(|pair| pair.key == "disclaimer").unwrap();
    assert!(disclaimer.value.as_ref().unwrap().contains("Not investment advice"));
}

/// Walt Disney (CIK 1744489): every input of the current ratio in Parquet is the one of the JSON output.
#[test]
fn inputs_of_real_companies_are_those_of_the_json_output() {
    let Some(folder) = shared("inputs_of_real_companies_are_those_of_the_json_output") else { return };
    let home = Home::new(Site::new().shared(&folder));
    let asked = ["scan", "1744489", "97476", "--as-of", "2025-06-02"];
    home.command(&asked).args(["--rate", "0", "--format", "parquet", "--output", "scan.bin"]).output().unwrap();
    let (_, payload) = home.json(&asked);
    let rows = rows(&home, "scan.bin");
    assert_eq!(rows.len(), 64);
    for company in payload["results"].as_array().unwrap() {
        let cik = company["company"]["cik"].as_i64().unwrap();
        for row in rows.iter().filter(|row| field(row, "cik") == &Field::Long(cik)) {
            let json = signal(company, &text(row, "signal"));
            let inputs = records(row, "inputs");
            assert_eq!(inputs.len(), json["inputs"].as_array().unwrap().len());
            for (input, json) in inputs.iter().zip(json["inputs"].as_array().unwrap()) {
                assert_eq!(field(input, "value"), &Field::Double(json["value"].as_f64().unwrap()));
                assert_eq!(text(input, "tag"), json["tag"].as_str().unwrap());
                assert_eq!(text(input, "accession"), json["accession"].as_str().unwrap_or(""));
            }
            assert_eq!(records(row, "parts").len(), json["parts"].as_array().map_or(0, Vec::len));
        }
    }
}

#[test]
fn a_timeline_is_a_table_of_events_in_csv_and_in_parquet() {
    let home = Home::new(toy());
    let asked = ["inspect", "TOYL", "--as-of", "2024-06-01", "--rate", "0", "--timeline"];
    home.command(&asked).args(["--output", "events.parquet"]).assert().success();
    let rows = rows(&home, "events.parquet");
    let notice = rows.iter().find(|row| text(row, "item") == "3.01").unwrap();
    assert_eq!((text(notice, "form"), text(notice, "charged_to")), ("8-K".into(), "delisting".into()));
    home.command(&asked).args(["--output", "events.csv"]).assert().success();
    let csv = std::fs::read_to_string(home.path("events.csv")).unwrap();
    assert_eq!(csv.lines().count(), 1 + rows.len());
    assert!(csv.contains(",3.01,"), "{csv}");
    let markdown = home.command(&asked).args(["--format", "markdown"]).output().unwrap().stdout;
    assert!(String::from_utf8_lossy(&markdown).contains("| 2024-05-20 | 8-K | 3.01 |"));
}
