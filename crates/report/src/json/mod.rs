//! JSON: the predecessor's field names kept, ours added; its schema is published. Every field is
//! always there, `null` where there is no figure, and no figure is ever NaN or infinite.

mod build;
mod cells;
mod decision;
mod diff;
mod drift;
mod judging;
mod methods;
mod plan;
mod rows;
mod run;
mod scores;
mod words;

use std::io;

use schemars::generate::SchemaSettings;
use serde_json::Value;

#[cfg(feature = "parquet")]
pub(crate) use build::row;
pub(crate) use build::{cost_kind, cost_usd, finite, milliseconds, model_id, retries, risk_word, run_end, stop_reason};
pub use cells::{CellMetric, CellQuantile, CellStats};
pub use decision::{
    ArmRow, BarRow, BarStandingRow, BoundsRow, ChangeRow, CodedNote, ComparisonRow, DecisionFigures, DominatorRow,
    EstimateRow, EvidenceRow, FigureRow, GateArmRow, MigrationRow, ParetoRow, SaidRow, StatisticalGateRow, StoppingRow,
};
pub use diff::{DiffPayload, MovementRow, diff};
pub use drift::{DriftLineRow, DriftPayload, DriftPointRow, drift};
pub use judging::{
    AurocRow, CalibrationRow, ContestantScoresRow, GateRow, HallucinationSummary, JudgeCallsRow, JudgeResultRow,
    McNemarRow, PairRow, PairSaidRow, RankingRow, RankingSummary,
};
pub use methods::{Bootstrap, Methodology, Significance, SignificanceTest};
pub use plan::{NeededRow, PlanPayload, SplitRow, SpreadRow, plan};
pub use rows::{AdvisorFigures, AttemptRow, Row, ToolCallRow};
pub use run::{
    Budget, ContestantRow, Invocation, MachineRow, MessageRow, NoteRow, OmittedParameter, Outcomes, ParamsRow, Payload,
    PromptRow, TimeoutsRow, VerdictRow,
};
pub use scores::{AssertionRow, HallucinationRow, JudgeRow, MarkerRow};

use crate::document::Document;
use crate::escape;
use crate::format::Format;

/// The JSON format.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn render(&self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        escape::json::write_pretty(&payload(document), out)
    }
}

/// The typed output that [`Json`] writes.
pub fn payload(document: &Document<'_>) -> Payload {
    build::payload(document)
}

/// The published JSON Schema (draft 2020-12) of [`Payload`], generated from the types that are written.
pub fn schema() -> Value {
    schema_of::<Payload>("modelarium compare and batch")
}

/// That of [`DiffPayload`].
pub fn diff_schema() -> Value {
    schema_of::<DiffPayload>("modelarium diff")
}

/// That of [`DriftPayload`].
pub fn drift_schema() -> Value {
    schema_of::<DriftPayload>("modelarium history --drift")
}

/// That of [`PlanPayload`].
pub fn plan_schema() -> Value {
    schema_of::<PlanPayload>("modelarium plan")
}

fn schema_of<T: schemars::JsonSchema>(title: &str) -> Value {
    let mut schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

/// [`schema`] as the file in `docs/schema` holds it.
pub fn schema_text() -> io::Result<String> {
    text_of(schema())
}

fn text_of(schema: Value) -> io::Result<String> {
    let mut text = vec![];
    escape::json::write_pretty(&sorted(schema), &mut text)?;
    String::from_utf8(text).map_err(io::Error::other)
}

/// Every published schema by the name of its file in `docs/schema`, as that file holds it.
pub fn schema_texts() -> io::Result<Vec<(&'static str, String)>> {
    [("compare", schema()), ("diff", diff_schema()), ("drift", drift_schema()), ("plan", plan_schema())]
        .into_iter()
        .map(|(name, schema)| Ok((name, text_of(schema)?)))
        .collect()
}

/// Puts object keys in order: which order serde_json keeps depends on features of the whole build.
pub(crate) fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> =
                members.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
