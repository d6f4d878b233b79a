//! JSON: every value and trail. The shape is a contract; `pennytune schema` prints it.

use forensics::examine::Examination;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::disclaimer;
use crate::gather::Gathered;

/// One company.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Payload {
    /// What this is not.
    pub(crate) disclaimer: String,
    /// Version of the tool.
    pub(crate) version: String,
    /// How the reading went.
    pub(crate) reading: Reading,
    /// What it found.
    #[serde(flatten)]
    pub(crate) examination: Examination,
}

/// How a reading went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Reading {
    /// When the index of filings was last known to be right, UTC.
    pub(crate) checked: String,
    /// Whether the cache alone answered.
    pub(crate) offline: bool,
    /// Filings in the index up to the day.
    pub(crate) filings: usize,
    /// Documents that were read, and that were wanted.
    pub(crate) documents_read: usize,
    /// Documents that were wanted.
    pub(crate) documents_wanted: usize,
    /// What could not be had or read, a sentence each.
    pub(crate) missing: Vec<String>,
}

/// Several companies.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct ScanPayload {
    /// What this is not.
    pub(crate) disclaimer: String,
    /// Version of the tool.
    pub(crate) version: String,
    /// The companies, the gravest first.
    pub(crate) results: Vec<Payload>,
    /// Those that could not be read.
    pub(crate) failed: Vec<FailedRow>,
    /// Those for which `--where` does not hold.
    pub(crate) left_out: usize,
    /// Those for which `--where` could not be decided, because something was not computed.
    pub(crate) undecided: Vec<String>,
    /// Those that were not reached before Ctrl-C; empty where nobody interrupted.
    pub(crate) not_read: Vec<String>,
}

/// A company that could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct FailedRow {
    /// What was asked for.
    pub(crate) ticker: String,
    /// Why.
    pub(crate) why: String,
}

/// What an examination and its reading come to.
pub(crate) fn payload(gathered: &Gathered, examination: Examination) -> Payload {
    let (wanted, read) = gathered.case.documents.counts();
    Payload {
        disclaimer: disclaimer::LINE.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        reading: Reading {
            checked: gathered.checked.to_string(),
            offline: gathered.offline,
            filings: gathered.case.filings.len(),
            documents_read: read,
            documents_wanted: wanted,
            missing: gathered.missing.clone(),
        },
        examination,
    }
}

/// Bytes of a value, with a line's end.
pub(crate) fn bytes(value: &impl Serialize) -> Vec<u8> {
    let mut text = Vec::new();
    // Writing to memory cannot fail, and every type here has a form.
    let _ = escape::json::write_pretty(value, &mut text);
    if text.last() != Some(&b'\n') {
        text.push(b'\n');
    }
    text
}
