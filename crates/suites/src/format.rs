//! The formats a suite can be written in: bytes in, one tree of [`Node`](crate::node::Node)s out.

pub(crate) mod csv;
pub(crate) mod json;
pub(crate) mod toml;
pub(crate) mod yaml;

use crate::node::At;

/// Why a text is not what its extension says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Malformed {
    pub(crate) at: At,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Malformed {
    pub(crate) fn new(at: At, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), hint: None }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    pub(crate) fn too_deep(at: At) -> Self {
        Self::new(at, format!("values are nested more than {} deep", crate::node::MAX_DEPTH))
            .hint("no suite needs that; look for a missing bracket")
    }

    pub(crate) fn too_many(at: At) -> Self {
        Self::new(at, format!("the file holds more than {} values", crate::node::MAX_NODES))
            .hint("split it into several suites, or use JSONL, which is read item by item")
    }
}

/// A key written twice: both places in one message.
pub(crate) fn duplicate_key(key: &str, at: At, first: At) -> Malformed {
    let before = first.line().map(|line| format!(" (first at line {line})")).unwrap_or_default();
    Malformed::new(at, format!("the key {} stands twice in one object{before}", crate::diagnostics::quote(key)))
        .hint("keep one of them")
}

/// Finds a key that stands twice. Small maps are compared directly, large ones by hash.
pub(crate) fn first_duplicate(entries: &[crate::node::Entry]) -> Option<Malformed> {
    if entries.len() <= 16 {
        return entries.iter().enumerate().find_map(|(index, entry)| {
            entries[..index]
                .iter()
                .find(|earlier| earlier.key == entry.key)
                .map(|earlier| duplicate_key(&entry.key, entry.at, earlier.at))
        });
    }
    let mut seen = std::collections::HashMap::with_capacity(entries.len());
    entries.iter().find_map(|entry| {
        seen.insert(entry.key.as_str(), entry.at).map(|first| duplicate_key(&entry.key, entry.at, first))
    })
}
