//! One request type, one stream of events, every provider's wire dialect, the model registry and
//! its prices, usage and cost arithmetic, retries and redaction.
//!
//! Without the `client` feature everything here is a pure function: a request becomes HTTP parts,
//! response bytes become [`event::TimedEvent`]s. The same code runs natively, under a fuzzer and
//! in WebAssembly. With `client` the crate also opens connections and keeps time.
//!
//! This crate never prints, never reads the environment and does not know what an experiment is.

pub mod call;
#[cfg(feature = "client")]
pub mod client;
pub mod contestant;
pub mod cost;
pub mod dialect;
pub mod error;
pub mod event;
pub mod money;
pub mod outcome;
pub mod redact;
pub mod registry;
pub mod request;
pub mod secret;
pub mod sse;
