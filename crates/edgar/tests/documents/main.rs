//! Documents, forms and people of real filings.
#![allow(clippy::case_sensitive_file_extension_comparisons, reason = "the names of the data folder are ours")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod data;
mod hostile;
mod items;
mod people;
mod reading;
mod sections;
