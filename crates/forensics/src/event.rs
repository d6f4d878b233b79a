//! What happened, on the record: the lines of the timeline.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use edgar::ids::Accession;

/// One thing that a filing reports. An 8-K with three items gives three.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Event {
    /// The day it happened, as the filing's index says; the day of filing where it says none.
    #[schemars(with = "String")]
    pub date: Date,
    /// The day it was filed.
    #[schemars(with = "String")]
    pub filed: Date,
    /// Form: `8-K`, `NT 10-K`, `25-NSE`.
    pub form: String,
    /// Item as EDGAR tags it: `4.02`, or `4` before 23 August 2004; none for forms without items.
    pub item: Option<String>,
    /// What the item or the form is called.
    pub title: String,
    /// Weight on the day of filing, 0 (routine) to 5 (bankruptcy, non-reliance), before any decay.
    pub weight: f64,
    /// The one signal that counts it; none where nothing does. No event is charged twice.
    pub charged_to: Option<String>,
    /// Accession number.
    #[schemars(with = "String")]
    pub accession: Accession,
    /// Link to the document.
    pub url: String,
    /// Words of the filing about it; empty where it was not read.
    pub quote: String,
}
