//! Parquet: the rows of a run in typed columns, for whoever reads results with other tools. Behind the feature
//! `parquet`.
//!
//! One row a planned call, as in the JSON output, whose names the columns have. A column is null where there is no
//! figure. Rows are in plan order; the file's metadata name the run.

use std::io;
use std::sync::Arc;

use ::parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use ::parquet::column::writer::ColumnWriter;
use ::parquet::data_type::ByteArray;
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::types::Type;

use crate::document::Document;
use crate::json::{Row, row};

/// Rows that are held as columns at a time.
const GROUP: usize = 10_000;

/// How a column gets its values from a row.
enum Column {
    Text(fn(&Row) -> Option<&str>),
    Number(fn(&Row) -> Option<f64>),
    Count(fn(&Row) -> Option<u64>),
    Truth(fn(&Row) -> Option<bool>),
}

use Column::{Count, Number, Text, Truth};

const COLUMNS: &[(&str, Column)] = &[
    ("prompt_id", Text(|row| Some(&row.prompt_id))),
    ("item_id", Text(|row| Some(&row.item_id))),
    ("prompt_index", Count(|row| Some(row.prompt_index.into()))),
    ("system_index", Count(|row| Some(row.system_index.into()))),
    ("contestant_index", Count(|row| Some(row.contestant_index.into()))),
    ("prompt", Text(|row| Some(&row.prompt))),
    ("system", Text(|row| row.system.as_deref())),
    ("name", Text(|row| Some(&row.name))),
    ("model", Text(|row| Some(&row.model))),
    ("provider", Text(|row| Some(&row.provider))),
    ("temperature", Number(|row| row.temperature)),
    ("run_index", Count(|row| Some(row.run_index.into()))),
    ("outcome", Text(|row| Some(row.outcome))),
    ("latency_ms", Number(|row| row.latency_ms)),
    ("ttft_ms", Number(|row| row.ttft_ms)),
    ("ttfo_ms", Number(|row| row.ttfo_ms)),
    ("output_tokens_per_second", Number(|row| row.output_tokens_per_second)),
    ("input_tokens", Count(|row| row.input_tokens)),
    ("output_tokens", Count(|row| row.output_tokens)),
    ("cached_tokens", Count(|row| row.cached_tokens)),
    ("reasoning_tokens", Count(|row| row.reasoning_tokens)),
    ("cost_usd", Number(|row| row.cost_usd)),
    ("cost_kind", Text(|row| Some(row.cost_kind))),
    ("output", Text(|row| Some(&row.output))),
    ("refusal", Text(|row| Some(&row.refusal))),
    ("error", Text(|row| row.error.as_deref())),
    ("error_kind", Text(|row| row.error_kind)),
    ("retries", Count(|row| Some(row.retries.into()))),
    ("stop_reason", Text(|row| row.stop_reason.as_deref())),
    ("served_model", Text(|row| row.served_model.as_deref())),
    ("from_cache", Truth(|row| Some(row.from_cache))),
    ("passed", Truth(passed)),
    ("assertions_passed", Count(|row| row.assertions_passed.map(u64::from))),
    ("assertions_total", Count(|row| row.assertions_total.map(u64::from))),
    ("assertions_configured", Count(|row| row.assertions_configured.map(u64::from))),
    ("check_score", Number(|row| row.check_score)),
    ("judge_score_avg", Number(|row| row.judge_score_avg)),
    ("judge_score_std", Number(|row| row.judge_score_std)),
    ("hallucination_risk", Text(|row| row.hallucination_risk)),
    ("imported_pass_rate", Number(|row| row.imported.get("pass_rate").copied())),
    ("imported_score", Number(|row| row.imported.get("score").copied())),
    ("imported_cost_usd", Number(|row| row.imported.get("cost_usd").copied())),
    ("imported_latency_ms", Number(|row| row.imported.get("latency_ms").copied())),
];

/// Whether every check of a complete answer passed; null where one has no verdict or there is none, as a pass rate
/// counts it.
fn passed(row: &Row) -> Option<bool> {
    let (configured, total, passed) = (row.assertions_configured?, row.assertions_total?, row.assertions_passed?);
    (row.outcome == "complete" && configured > 0 && total == configured).then_some(passed == configured)
}

/// Names of all columns, in order.
pub fn column_names() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|(name, _)| *name)
}

/// Writes the rows of a run.
pub fn write(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(&bytes(document).map_err(io::Error::other)?)
}

fn bytes(document: &Document<'_>) -> Result<Vec<u8>, ParquetError> {
    let header = &document.analysis.header;
    let about = [
        ("modelarium_version", &header.tool_version),
        ("run_id", &header.run_id),
        ("experiment_key", &header.experiment_key),
        ("started_at", &header.started_at),
    ];
    let about = about.into_iter().map(|(key, value)| KeyValue::new(key.to_owned(), value.clone())).collect();
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by("modelarium".to_owned())
        .set_key_value_metadata(Some(about))
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema()?), Arc::new(properties))?;
    let positions: Vec<usize> = (0..document.analysis.rows.len()).collect();
    for positions in positions.chunks(GROUP) {
        let rows: Vec<Row> = positions.iter().map(|at| row(document, *at, &document.analysis.rows[*at])).collect();
        let mut group = writer.next_row_group()?;
        for (_, column) in COLUMNS {
            let Some(mut into) = group.next_column()? else { break };
            column.write(&rows, into.untyped())?;
            into.close()?;
        }
        group.close()?;
    }
    writer.into_inner()
}

fn schema() -> Result<Type, ParquetError> {
    let fields = COLUMNS
        .iter()
        .map(|(name, column)| {
            let (physical, logical) = match column {
                Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
                Number(_) => (Physical::DOUBLE, None),
                Count(_) => (Physical::INT64, None),
                Truth(_) => (Physical::BOOLEAN, None),
            };
            let field = Type::primitive_type_builder(name, physical)
                .with_logical_type(logical)
                .with_repetition(Repetition::OPTIONAL)
                .build()?;
            Ok(Arc::new(field))
        })
        .collect::<Result<_, ParquetError>>()?;
    Type::group_type_builder("modelarium_run").with_fields(fields).build()
}

impl Column {
    fn write(&self, rows: &[Row], into: &mut ColumnWriter<'_>) -> Result<(), ParquetError> {
        match (self, into) {
            (Text(of), ColumnWriter::ByteArrayColumnWriter(into)) => {
                let (values, levels) = split(rows, |row| of(row).map(ByteArray::from));
                into.write_batch(&values, Some(&levels), None)?;
            }
            (Number(of), ColumnWriter::DoubleColumnWriter(into)) => {
                let (values, levels) = split(rows, of);
                into.write_batch(&values, Some(&levels), None)?;
            }
            (Count(of), ColumnWriter::Int64ColumnWriter(into)) => {
                let (values, levels) = split(rows, |row| of(row).and_then(|count| i64::try_from(count).ok()));
                into.write_batch(&values, Some(&levels), None)?;
            }
            (Truth(of), ColumnWriter::BoolColumnWriter(into)) => {
                let (values, levels) = split(rows, of);
                into.write_batch(&values, Some(&levels), None)?;
            }
            _ => return Err(ParquetError::General("a column is not of the type that its schema says".to_owned())),
        }
        Ok(())
    }
}

/// The values that there are, and for each row whether it has one.
fn split<'r, T>(rows: &'r [Row], of: impl Fn(&'r Row) -> Option<T>) -> (Vec<T>, Vec<i16>) {
    let mut values = Vec::with_capacity(rows.len());
    let levels = rows
        .iter()
        .map(|row| match of(row) {
            Some(value) => {
                values.push(value);
                1
            }
            None => 0,
        })
        .collect();
    (values, levels)
}
