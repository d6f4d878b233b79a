//! Decisions across prompts: published results reproduce, methods are the right ones, error rates hold.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests are tests too"
)]

mod error_rates;
mod expressions;
mod fixtures;
mod gates;
mod migrating;
mod moving;
mod pairs;
mod planning;
mod published;
mod sets;
mod stopping;
mod tables;
