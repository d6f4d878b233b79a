//! Plan, run, score, analyse.
//!
//! A [`plan::Plan`] lists every call that will be made, priced and in seeded random order. The
//! [`runner`] makes calls while the [`ledger`] can hold their worst case. Each finished call goes
//! to the [`store`] before anyone sees it. [`analysis`] reads what is stored and asks `stats`.
//!
//! This crate renders nothing, never prints and never reads the environment.

pub mod analysis;
pub mod decision;
pub mod imported;
pub mod labelling;
pub mod ledger;
pub mod merge;
pub mod plan;
pub mod record;
pub mod runner;
pub mod store;
