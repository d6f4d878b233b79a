//! Signs of fabrication in answers: markers in the text, consistency across runs, and how evidence becomes a risk.
//!
//! Three independent kinds of evidence, none of which is proof:
//! 1. [`markers()`]: what can be seen in the text itself, offline. Each marker quotes its span and says why.
//! 2. [`consistency`]: how far several answers to one prompt agree.
//! 3. Judges, who report a [`Risk`] of their own (elsewhere); [`risk`](fn@risk) joins all three.
//!
//! Everything is a pure function of its arguments and linear in the length of the answer. What is not
//! found is not thereby true: an invented fact in a well-formed sentence leaves no trace in its text.

pub mod consistency;
mod marker;
mod markers;
mod risk;

pub use marker::{Context, Marker, MarkerKind};
pub use markers::markers;
pub use risk::{Evidence, Risk, risk};
