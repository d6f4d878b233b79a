//! What a signal says, and what it rests on. These types are the published contract for scripts.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use edgar::ids::Accession;

/// Whether a signal was computed. "Ran and found nothing" is [`Status::Ran`] with severity none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Computed; `value`, `zone` and `evidence` say what came out.
    Ran,
    /// Something it needs is missing or could not be read; `why` names it.
    NotRun,
    /// It does not apply to this company, and `why` names the test that says so.
    NotApplicable,
}

/// How much a finding weighs by itself, before age and weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing found.
    None,
    /// Context.
    Info,
    /// Worth a look.
    Caution,
    /// A red flag.
    High,
    /// The gravest that filings disclose: bankruptcy, non-reliance, delisting, the auditor's doubt.
    Critical,
}

/// A signal, or a part of one (a ratio, a point, a transaction, a split).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Signal {
    /// Its id in the contract: `altman_z2`, `going_concern`.
    pub id: String,
    /// Whether it was computed.
    pub status: Status,
    /// One sentence: why it was not computed, or what it found, with the figure.
    pub why: String,
    /// The figure, in the unit that `formula` states.
    pub value: Option<f64>,
    /// The zone the figure falls in, by the published source: `distress`, `grey`, `safe`.
    pub zone: Option<String>,
    /// Weight of the finding.
    pub severity: Severity,
    /// The formula in full, with the definitions that were chosen (which EBIT, whose equity) and the unit.
    pub formula: String,
    /// The publication that the formula and the zones come from.
    pub source: String,
    /// Every number that went in.
    pub inputs: Vec<Input>,
    /// Every passage and filing it rests on, newest first.
    pub evidence: Vec<Evidence>,
    /// Its parts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Signal>,
}

/// A number that went into a signal, with its trail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Input {
    /// What it is: `total assets`, `revenue (prior year)`.
    pub name: String,
    /// The number.
    pub value: f64,
    /// `USD`, `shares`, `USD/shares`, `pure`, `months`.
    pub unit: String,
    /// XBRL tag with its taxonomy (`us-gaap:Assets`), or how it was derived (`us-gaap:A - us-gaap:B`).
    pub tag: String,
    /// First day of the period; none for an instant.
    #[schemars(with = "Option<String>")]
    pub start: Option<Date>,
    /// Last day of the period, or the instant.
    #[schemars(with = "Option<String>")]
    pub end: Option<Date>,
    /// Filing that reported it.
    #[schemars(with = "Option<String>")]
    pub accession: Option<Accession>,
}

/// A passage or filing that a signal rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Evidence {
    /// Words of the filing, exactly as its text reads (white space folded); empty where the filing itself
    /// is the evidence.
    pub quote: String,
    /// Form: `8-K`.
    pub form: String,
    /// Item within the form, or section: `3.01`.
    pub item: Option<String>,
    /// Day of filing.
    #[schemars(with = "String")]
    pub filed: Date,
    /// Accession number.
    #[schemars(with = "String")]
    pub accession: Accession,
    /// Link to the exact document.
    pub url: String,
}

impl Signal {
    /// A signal that could not be computed.
    pub fn not_run(id: &str, why: impl Into<String>) -> Self {
        Self::bare(id, Status::NotRun, why.into())
    }

    /// A signal that does not apply.
    pub fn not_applicable(id: &str, why: impl Into<String>) -> Self {
        Self::bare(id, Status::NotApplicable, why.into())
    }

    /// A computed signal without figure and findings yet.
    pub fn ran(id: &str, severity: Severity, why: impl Into<String>) -> Self {
        Self { severity, ..Self::bare(id, Status::Ran, why.into()) }
    }

    fn bare(id: &str, status: Status, why: String) -> Self {
        Self {
            id: id.to_owned(),
            status,
            why,
            value: None,
            zone: None,
            severity: Severity::None,
            formula: String::new(),
            source: String::new(),
            inputs: Vec::new(),
            evidence: Vec::new(),
            parts: Vec::new(),
        }
    }
}
