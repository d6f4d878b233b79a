//! The command line end to end: the real binary against a real server of real filings on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod configuration;
mod contract;
mod ending;
mod faults;
mod guide;
mod lessons;
mod offline;
#[cfg(feature = "parquet")]
mod parquet;
mod published;
mod screen;
mod succession;
mod support;
mod sweep;
mod watching;
