//! Examinations as people and programs read them.

pub(crate) mod csv;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod page;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
pub(crate) mod rest;
pub(crate) mod table;
pub(crate) mod timeline;
pub(crate) mod words;
