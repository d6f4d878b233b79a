//! One escaper for each medium, applied exactly once to each untrusted value where it enters that
//! medium: [`terminal`], [`csv`], [`markdown`], [`html`], [`json`] and [`xml`].
//!
//! Untrusted is everything that a model, a provider or a user wrote: answers, errors, model names,
//! prompts. What all media have in common, taking the teeth out of characters that steer a terminal
//! or hide from the eye, is in [`hazard`].

pub mod csv;
pub mod hazard;
pub mod html;
pub mod json;
pub mod markdown;
pub mod terminal;
pub mod xml;
