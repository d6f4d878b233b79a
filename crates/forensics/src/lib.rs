//! Forensic signals computed from filings, each with its evidence: figure, formula, inputs with tag, period and
//! accession, quote and link. Never fetches, never advises: [`examine::wanted`] says which documents a reading
//! needs, somebody fetches them, and the signals read what came.

pub mod case;
pub mod contract;
pub mod documents;
pub mod event;
pub mod examine;
pub mod factors;
pub mod figures;
pub mod numeric;
pub mod people;
pub mod reading;
pub mod signal;
pub mod wanted;
pub mod wording;
