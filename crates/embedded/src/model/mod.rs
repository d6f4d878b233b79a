//! A loaded model: hyperparameters, weights and the forward pass.
//!
//! The four families share one decoder: RMS norm, rotary positions, grouped-query attention and a
//! gated unit. [`config::Config`] says what each of them adds or changes.

pub mod config;

mod forward;
mod rope;
mod weights;

pub use forward::{Cache, Model};

#[cfg(test)]
mod reference;
#[cfg(test)]
pub(crate) mod synthetic;
