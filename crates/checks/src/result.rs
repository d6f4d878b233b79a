//! What came of a check.

use serde::{Deserialize, Serialize};

/// Longest `expected` and `actual` in code points; longer texts are cut and end in `…`.
pub const ACTUAL_CHARS: usize = 200;

/// Longest `message` in code points; longer texts are cut and end in `…`.
pub const MESSAGE_CHARS: usize = 500;

/// What came of one check on one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The type of the check, such as `contains`.
    pub kind: String,
    /// The name the user gave it.
    pub name: Option<String>,
    /// The verdict; `None` where the check could not be evaluated.
    pub passed: Option<bool>,
    /// How well it did, for the types that grade: 0 to 1, or the judges' scale for `judge`.
    pub score: Option<f64>,
    /// How much it counts. Default 1.
    pub weight: f64,
    /// What was asked for, at most [`ACTUAL_CHARS`] long.
    pub expected: String,
    /// What was found, at most [`ACTUAL_CHARS`] long.
    pub actual: String,
    /// The verdict in a sentence, at most [`MESSAGE_CHARS`] long.
    pub message: String,
    /// Why there is no verdict.
    pub error: Option<String>,
    /// What kind of reason that is. Gates read this, never the text.
    pub error_kind: Option<CheckErrorKind>,
}

/// Why a check could not be evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckErrorKind {
    /// The model declined.
    Refused,
    /// The output limit cut the answer.
    Truncated,
    /// The provider's filter withheld or cut the answer.
    Filtered,
    /// The call failed.
    Environment,
    /// The check is written in a way that cannot be evaluated on this answer.
    Configuration,
    /// What the check looks at is not known, too short or too long.
    UnknownValue,
    /// The user's program gave no verdict.
    Script,
    /// The judges gave no verdict.
    Judge,
    /// The check needs a reference and the item has none.
    Reference,
}

impl CheckErrorKind {
    /// The word used in machine output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Truncated => "truncated",
            Self::Filtered => "filtered",
            Self::Environment => "environment",
            Self::Configuration => "configuration",
            Self::UnknownValue => "unknown_value",
            Self::Script => "script",
            Self::Judge => "judge",
            Self::Reference => "reference",
        }
    }
}

/// `text` cut to `limit` code points, ending in `…` where it was cut.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => {
            let end = text.char_indices().nth(limit.saturating_sub(1)).map_or(0, |(at, _)| at);
            format!("{}…", &text[..end])
        }
    }
}
