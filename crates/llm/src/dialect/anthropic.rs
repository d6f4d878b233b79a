//! Anthropic Messages, the advisor tool included.

mod encode;
mod read;
mod usage;

pub(super) use self::encode::{encode, unsupported};
pub(super) use self::read::Reader;
