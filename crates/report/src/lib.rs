//! One [`document::Document`] to a terminal, JSON, CSV and Markdown, each through the one escaper
//! of its medium.
//!
//! A document is an analysed run with its sentences. Each [`format::Format`] is one module; none of
//! them computes a statistic: they find figures, name them and lay them out, so that a stored run
//! renders to the same bytes for ever. Untrusted text passes the escaper of its medium in
//! [`escape`] exactly once.

pub use escape;
pub use layout::{bars, style, table, text};

pub mod csv;
pub mod diff;
pub mod document;
pub mod drift;
pub mod dry_run;
pub mod figures;
pub mod file;
mod findings;
pub mod format;
pub mod history;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
mod methods;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod planning;
pub mod read;
pub mod sarif;
pub mod summary;
pub mod terminal;
mod wording;
