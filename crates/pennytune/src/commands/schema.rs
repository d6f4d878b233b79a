//! `schema`: the shape of what `--json` prints.

use crate::cli::{Global, Published, Schema};
use crate::exit::{Exit, Outcome};
use crate::printer::Printer;
use crate::show::json::{Payload, ScanPayload};

use super::deliver;
use super::diff::Changes;
use super::watch::WatchedRow;

pub(super) fn run(global: &Global, printer: &Printer, asked: &Schema) -> Outcome {
    let mut text = serde_json::to_vec_pretty(&schema(asked.of)).unwrap_or_default();
    text.push(b'\n');
    deliver(global, printer, &text).map(|()| Exit::Produced)
}

/// The schema of an output, or of any of them.
fn schema(of: Option<Published>) -> serde_json::Value {
    #[derive(schemars::JsonSchema)]
    #[expect(dead_code, reason = "names the payloads for the schema")]
    #[serde(untagged)]
    enum Any {
        Inspect(Box<Payload>),
        Scan(ScanPayload),
        Diff(Vec<Changes>),
        Watch(Vec<WatchedRow>),
    }
    let (mut schema, title) = match of {
        None => (schemars::schema_for!(Any), "PennyTune: what --json prints"),
        Some(Published::Inspect) => (schemars::schema_for!(Payload), "PennyTune: inspect --json"),
        Some(Published::Scan) => (schemars::schema_for!(ScanPayload), "PennyTune: scan --json"),
        Some(Published::Diff) => (schemars::schema_for!(Vec<Changes>), "PennyTune: diff --json and watch check --json"),
        Some(Published::Watch) => (schemars::schema_for!(Vec<WatchedRow>), "PennyTune: watch list --json"),
    };
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}
