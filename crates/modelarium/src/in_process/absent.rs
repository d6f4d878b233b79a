//! This build has no models in process and says how to get one that does.

use std::sync::Arc;

use llm::call::Backend;
use llm::contestant::Contestant;

use crate::cli::ListFormat;
use crate::exit::{Failure, Outcome};
use crate::session::Session;

fn absent() -> Failure {
    Failure::usage("this build has no models in process")
        .hint("build with the feature `embedded` (it is on by default)")
}

/// Refuses.
pub(crate) fn backend(_: &Session, _: &Contestant) -> Result<Arc<dyn Backend>, Failure> {
    Err(absent())
}

/// Refuses.
pub(crate) fn list(_: &Session, _: Option<ListFormat>) -> Outcome {
    Err(absent())
}

/// Refuses.
pub(crate) fn pull(_: &Session, _: &str) -> Outcome {
    Err(absent())
}

/// Refuses.
pub(crate) fn remove(_: &Session, _: &str) -> Outcome {
    Err(absent())
}

/// Refuses.
pub(crate) fn path(_: &Session, _: &str) -> Outcome {
    Err(absent())
}
