//! Models in process, where this build has them.

#[cfg(not(feature = "embedded"))]
mod absent;
#[cfg(feature = "embedded")]
mod present;

#[cfg(not(feature = "embedded"))]
pub(crate) use absent::{backend, list, path, pull, remove};
#[cfg(feature = "embedded")]
pub(crate) use present::{backend, list, path, pull, remove};
