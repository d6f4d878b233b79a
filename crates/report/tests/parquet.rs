//! Parquet read back: `cargo test -p report --features parquet --test parquet`.

#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use common::{Fixture, HOSTILE};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use report::document::Document;
use report::format::Format;
use report::json::Json;
use serde_json::Value;

fn read(fixture: &Fixture) -> (SerializedFileReader<bytes::Bytes>, Vec<Row>) {
    let mut out = vec![];
    report::parquet::write(&Document::new(&fixture.analysis, &fixture.verdicts), &mut out).unwrap();
    let reader = SerializedFileReader::new(bytes::Bytes::from(out)).unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    (reader, rows)
}

/// A field as the JSON output would have it.
fn as_json(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(value) => (*value).into(),
        Field::Long(value) => (*value).into(),
        Field::Double(value) => (*value).into(),
        Field::Str(value) => value.clone().into(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_column_holds_what_the_json_output_says() {
    for fixture in [
        Fixture::suite(),
        Fixture::hostile(),
        Fixture::decided(Fixture::imported()),
        Fixture::decided(Fixture::stopped_suite()),
    ] {
        let (_, rows) = read(&fixture);
        let json: Value =
            serde_json::from_str(&Json.to_text(&Document::new(&fixture.analysis, &fixture.verdicts)).unwrap()).unwrap();
        let results = json["results"].as_array().unwrap();
        assert_eq!(rows.len(), results.len());
        for (row, result) in rows.iter().zip(results) {
            let mut names = report::parquet::column_names();
            for (name, field) in row.get_column_iter() {
                assert_eq!(names.next(), Some(name.as_str()));
                let expected = match name.strip_prefix("imported_") {
                    Some(measure) => result["imported"].get(measure).cloned().unwrap_or(Value::Null),
                    None if name == "passed" => continue,
                    None => result[name.as_str()].clone(),
                };
                let found = as_json(field);
                let same = match (found.as_f64(), expected.as_f64()) {
                    (Some(found), Some(expected)) => found.to_bits() == expected.to_bits(),
                    _ => found == expected,
                };
                assert!(same, "{name}: {found} is not {expected}");
            }
            assert_eq!(names.next(), None);
        }
    }
}

#[test]
fn a_pass_needs_every_check_and_the_file_says_which_run_it_is() {
    let fixture = Fixture::suite();
    let (reader, rows) = read(&fixture);
    let at = report::parquet::column_names().position(|name| name == "passed").unwrap();
    let passed: Vec<Value> = rows.iter().map(|row| as_json(row.get_column_iter().nth(at).unwrap().1)).collect();
    assert_eq!(passed[0], true);
    assert!(passed.contains(&false.into()) && passed.contains(&Value::Null));
    let about = reader.metadata().file_metadata().key_value_metadata().unwrap();
    let run = about.iter().find(|one| one.key == "run_id").unwrap();
    assert_eq!(run.value.as_deref(), Some(fixture.analysis.header.run_id.as_str()));
    let (_, rows) = read(&Fixture::hostile());
    assert!(rows.iter().any(|row| row.get_column_iter().any(|(_, field)| as_json(field) == HOSTILE)));
}
