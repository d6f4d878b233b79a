//! Reading prose: sentences, words, numbers, dates, names and identifiers with their spans, normal forms and similarity.
//!
//! Everything here is a pure function over any UTF-8 text, in time linear in its length (edit
//! similarity has its own documented bound). Nothing is interpreted, fetched or looked up: an
//! identifier that is "valid" has the published form and the right check digit, which says nothing
//! about whether it was ever issued.

pub mod dates;
pub mod identifiers;
pub mod names;
mod normal;
pub mod numbers;
mod segment;
pub mod similarity;
mod span;

pub use normal::normalise;
pub use segment::{sentences, words};
pub use span::Span;
