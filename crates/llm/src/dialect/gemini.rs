//! Gemini `streamGenerateContent`.

mod encode;
mod partial_args;
mod read;

pub(super) use self::encode::{encode, unsupported};
pub(super) use self::read::Reader;
