//! OpenAI chat completions and its many imitators.

mod encode;
mod read;
mod wire;

pub(super) use self::encode::{encode, unsupported};
pub(super) use self::read::Reader;
