//! Models in process: GGUF files of the llama, qwen2, qwen3 and gemma3 families, found in a
//! catalog or by path, fetched, verified, requantised to Q8_0 once, and run on the CPU.
//!
//! [`backend::EmbeddedBackend`] is what callers meet: it makes attempts like any provider does.
//! [`store::Store`] keeps the files. Nothing here prints, reads the environment or knows where a
//! home directory is.

pub mod backend;
pub mod catalog;
pub mod chat;
pub mod error;
pub mod fetch;
pub mod gguf;
pub mod model;
pub mod quantise;
pub mod requantise;
pub mod sampling;
pub mod store;
pub mod tokenizer;

mod generate;
mod kernels;
mod matrix;
mod wheel;

#[cfg(test)]
mod backend_tests;
#[cfg(test)]
mod gguf_tests;
#[cfg(test)]
mod store_tests;

pub use backend::{EmbeddedBackend, ModelInfo, Options};
pub use error::{Error, Result};
pub use store::Store;
