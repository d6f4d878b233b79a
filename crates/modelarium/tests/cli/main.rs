//! The `modelarium` command as a person and as a script see it, against a real server on loopback.
//!
//! Every test starts the program itself in an environment of its own and looks at what it printed,
//! wrote, stored, returned, and sent.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests fail as tests do")]

mod batch;
mod budget;
mod compare;
mod contract;
mod deciding;
mod gates;
mod guide;
mod imported;
mod interrupt;
mod judged;
mod keys;
mod label;
mod local;
mod merge;
mod migrate;
mod moving;
mod outcomes;
mod parameters;
mod planning;
mod posts;
mod reference;
mod retries;
mod scripts;
mod security;
mod settings;
mod storage;
mod suites;
mod support;
mod terminal;
mod timing;
mod usage_errors;
mod view;
