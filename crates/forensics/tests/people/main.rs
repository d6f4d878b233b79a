//! The signals about people, on real forms and on forms written for a purpose.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod holdings;
mod insiders;
mod notices;
mod schedules;
mod support;
mod wanted;
