//! OpenAI Responses, also spoken by xAI and others.

mod encode;
mod read;

pub(super) use self::encode::{encode, unsupported};
pub(super) use self::read::Reader;
