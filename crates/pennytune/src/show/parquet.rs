//! Parquet: typed tables for whoever reads results with other tools.
//!
//! Of signals a row each, whose inputs, evidence and parts are lists of records within it, so that one file holds the
//! whole trail and `unnest` opens it; of a timeline a row an event. A column is null where there is no value. What the
//! tool is not, its version and what could not be read stand in the file's metadata, never in a row.

use std::sync::Arc;

use ::parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use ::parquet::column::writer::ColumnWriter;
use ::parquet::data_type::ByteArray;
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::types::{Type, TypePtr};
use forensics::event::Event;
use forensics::examine::Examination;
use forensics::signal::{Evidence, Input, Signal};
use jiff::civil::Date;

use super::json::Payload;
use super::words;
use crate::disclaimer;

/// How a column gets its values from a record.
enum Of<T> {
    Text(fn(&T) -> Option<String>),
    Number(fn(&T) -> Option<f64>),
    Count(fn(&T) -> Option<i64>),
    Day(fn(&T) -> Option<Date>),
}

use Of::{Count, Day, Number, Text};

/// A column.
type Leaf<T> = (&'static str, Of<T>);

/// A signal and whose it is.
struct Row<'a>(&'a Examination, &'a Signal);

const COMPANY: &[Leaf<Examination>] = &[
    ("cik", Count(|one| i64::try_from(one.company.cik).ok())),
    ("name", Text(|one| Some(one.company.name.clone()))),
    ("ticker", Text(|one| one.company.tickers.first().cloned())),
    ("as_of", Day(|one| Some(one.company.as_of))),
    ("score", Number(|one| one.score.value)),
    ("standing", Text(|one| Some(one.company.standing.mark.state.name().to_owned()))),
    ("standing_since", Day(|one| one.company.standing.mark.since)),
    ("standing_url", Text(|one| one.company.standing.mark.url.clone())),
];

const SIGNAL: &[Leaf<Signal>] = &[
    ("signal", Text(|one| Some(one.id.clone()))),
    ("status", Text(|one| Some(words::status(one.status).replace(' ', "_")))),
    ("severity", Text(|one| Some(words::severity(one.severity).to_owned()))),
    ("value", Number(|one| one.value)),
    ("zone", Text(|one| one.zone.clone())),
    ("why", Text(|one| Some(one.why.clone()))),
    ("formula", Text(|one| Some(one.formula.clone()))),
    ("source", Text(|one| Some(one.source.clone()))),
];

const INPUT: &[Leaf<Input>] = &[
    ("name", Text(|one| Some(one.name.clone()))),
    ("value", Number(|one| Some(one.value))),
    ("unit", Text(|one| Some(one.unit.clone()))),
    ("tag", Text(|one| Some(one.tag.clone()))),
    ("start", Day(|one| one.start)),
    ("end", Day(|one| one.end)),
    ("accession", Text(|one| one.accession.as_ref().map(ToString::to_string))),
];

const EVIDENCE: &[Leaf<Evidence>] = &[
    ("quote", Text(|one| Some(one.quote.clone()))),
    ("form", Text(|one| Some(one.form.clone()))),
    ("item", Text(|one| one.item.clone())),
    ("filed", Day(|one| Some(one.filed))),
    ("accession", Text(|one| Some(one.accession.to_string()))),
    ("url", Text(|one| Some(one.url.clone()))),
];

const EVENT: &[Leaf<Event>] = &[
    ("date", Day(|one| Some(one.date))),
    ("filed", Day(|one| Some(one.filed))),
    ("form", Text(|one| Some(one.form.clone()))),
    ("item", Text(|one| one.item.clone())),
    ("title", Text(|one| Some(one.title.clone()))),
    ("weight", Number(|one| Some(one.weight))),
    ("charged_to", Text(|one| one.charged_to.clone())),
    ("accession", Text(|one| Some(one.accession.to_string()))),
    ("url", Text(|one| Some(one.url.clone()))),
    ("quote", Text(|one| Some(one.quote.clone()))),
];

/// The signals of companies.
pub(crate) fn signals<'a>(payloads: impl IntoIterator<Item = &'a Payload>) -> Result<Vec<u8>, ParquetError> {
    let payloads: Vec<&Payload> = payloads.into_iter().collect();
    let rows: Vec<Row<'_>> = payloads
        .iter()
        .flat_map(|payload| payload.examination.signals.iter().map(|signal| Row(&payload.examination, signal)))
        .collect();
    let mut fields = plain(COMPANY)?;
    fields.extend(plain(SIGNAL)?);
    fields.push(list("inputs", INPUT)?);
    fields.push(list("evidence", EVIDENCE)?);
    fields.push(list("parts", SIGNAL)?);
    let mut columns = Columns::default();
    columns.plain(COMPANY, rows.iter().map(|row| row.0));
    columns.plain(SIGNAL, rows.iter().map(|row| row.1));
    columns.list(INPUT, rows.iter().map(|row| row.1.inputs.as_slice()));
    columns.list(EVIDENCE, rows.iter().map(|row| row.1.evidence.as_slice()));
    columns.list(SIGNAL, rows.iter().map(|row| row.1.parts.as_slice()));
    columns.write("pennytune_signals", fields, &payloads)
}

/// The timeline of a company.
pub(crate) fn events(payload: &Payload) -> Result<Vec<u8>, ParquetError> {
    let events = &payload.examination.events;
    let mut fields = plain(COMPANY)?;
    fields.extend(plain(EVENT)?);
    let mut columns = Columns::default();
    columns.plain(COMPANY, events.iter().map(|_| &payload.examination));
    columns.plain(EVENT, events.iter());
    columns.write("pennytune_events", fields, &[payload])
}

/// The values of a column that there are.
enum Values {
    Texts(Vec<ByteArray>),
    Numbers(Vec<f64>),
    Counts(Vec<i64>),
    /// Days since 1970.
    Days(Vec<i32>),
}

/// The values of each column with their levels: how deep each is defined, and, in a list, where a new row begins.
#[derive(Default)]
struct Columns(Vec<(Values, Vec<i16>, Option<Vec<i16>>)>);

impl Columns {
    fn plain<'a, T: 'a>(&mut self, leaves: &[Leaf<T>], records: impl Iterator<Item = &'a T> + Clone) {
        for (_, of) in leaves {
            let mut defined = Vec::new();
            let values = of.values(records.clone(), &mut |is_there| defined.push(i16::from(is_there)));
            self.0.push((values, defined, None));
        }
    }

    fn list<'a, T: 'a>(&mut self, leaves: &[Leaf<T>], rows: impl Iterator<Item = &'a [T]> + Clone) {
        // An empty list takes a place of its own, at which nothing is defined.
        let places: Vec<(bool, i16)> =
            rows.clone().flat_map(|row| (0..row.len().max(1)).map(|at| (!row.is_empty(), i16::from(at > 0)))).collect();
        let repeated: Vec<i16> = places.iter().map(|(_, repeated)| *repeated).collect();
        for (_, of) in leaves {
            let mut found = Vec::new();
            let values = of.values(rows.clone().flatten(), &mut |is_there| found.push(1 + i16::from(is_there)));
            let mut found = found.into_iter();
            let defined = places.iter().map(|(some, _)| if *some { found.next().unwrap_or(0) } else { 0 }).collect();
            self.0.push((values, defined, Some(repeated.clone())));
        }
    }

    fn write(self, name: &str, fields: Vec<TypePtr>, payloads: &[&Payload]) -> Result<Vec<u8>, ParquetError> {
        let missing: Vec<&str> =
            payloads.iter().flat_map(|payload| payload.reading.missing.iter().map(String::as_str)).collect();
        let about = [
            ("disclaimer", disclaimer::LINE.to_owned()),
            ("pennytune_version", env!("CARGO_PKG_VERSION").to_owned()),
            ("missing", missing.join("\n")),
        ];
        let about = about.into_iter().map(|(key, value)| KeyValue::new(key.to_owned(), value)).collect();
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by("pennytune".to_owned())
            .set_key_value_metadata(Some(about))
            .build();
        let schema = Type::group_type_builder(name).with_fields(fields).build()?;
        let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
        let mut group = writer.next_row_group()?;
        for (values, defined, repeated) in &self.0 {
            let Some(mut into) = group.next_column()? else { break };
            let repeated = repeated.as_deref();
            match (values, into.untyped()) {
                (Values::Texts(values), ColumnWriter::ByteArrayColumnWriter(into)) => {
                    into.write_batch(values, Some(defined), repeated)?;
                }
                (Values::Numbers(values), ColumnWriter::DoubleColumnWriter(into)) => {
                    into.write_batch(values, Some(defined), repeated)?;
                }
                (Values::Counts(values), ColumnWriter::Int64ColumnWriter(into)) => {
                    into.write_batch(values, Some(defined), repeated)?;
                }
                (Values::Days(values), ColumnWriter::Int32ColumnWriter(into)) => {
                    into.write_batch(values, Some(defined), repeated)?;
                }
                _ => return Err(ParquetError::General("a column is not of the type that its schema says".to_owned())),
            }
            into.close()?;
        }
        group.close()?;
        writer.into_inner()
    }
}

impl<T> Of<T> {
    /// The values of records that have one; `told` hears of each record whether it has.
    fn values<'a>(&self, records: impl Iterator<Item = &'a T>, told: &mut dyn FnMut(bool)) -> Values
    where
        T: 'a,
    {
        fn kept<V>(values: impl Iterator<Item = Option<V>>, told: &mut dyn FnMut(bool)) -> Vec<V> {
            values.inspect(|value| told(value.is_some())).flatten().collect()
        }
        match self {
            Text(of) => {
                Values::Texts(kept(records.map(|one| of(one).map(|text| ByteArray::from(text.into_bytes()))), told))
            }
            Number(of) => Values::Numbers(kept(records.map(of), told)),
            Count(of) => Values::Counts(kept(records.map(of), told)),
            Day(of) => Values::Days(kept(records.map(|one| of(one).map(since_1970)), told)),
        }
    }

    fn field(&self, name: &str) -> Result<TypePtr, ParquetError> {
        let (physical, logical) = match self {
            Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Number(_) => (Physical::DOUBLE, None),
            Count(_) => (Physical::INT64, None),
            Day(_) => (Physical::INT32, Some(LogicalType::Date)),
        };
        let field = Type::primitive_type_builder(name, physical)
            .with_logical_type(logical)
            .with_repetition(Repetition::OPTIONAL)
            .build()?;
        Ok(Arc::new(field))
    }
}

fn since_1970(day: Date) -> i32 {
    (day - jiff::civil::date(1970, 1, 1)).get_days()
}

fn plain<T>(leaves: &[Leaf<T>]) -> Result<Vec<TypePtr>, ParquetError> {
    leaves.iter().map(|(name, of)| of.field(name)).collect()
}

/// A list of records, in the three levels that the format wants.
fn list<T>(name: &str, leaves: &[Leaf<T>]) -> Result<TypePtr, ParquetError> {
    let group = |name: &str, fields, repetition, logical| {
        Type::group_type_builder(name)
            .with_fields(fields)
            .with_repetition(repetition)
            .with_logical_type(logical)
            .build()
            .map(Arc::new)
    };
    let record = group("element", plain(leaves)?, Repetition::REQUIRED, None)?;
    let each = group("list", vec![record], Repetition::REPEATED, None)?;
    group(name, vec![each], Repetition::REQUIRED, Some(LogicalType::List))
}
