//! The risk words of the facts preset.

use serde::{Deserialize, Serialize};

/// How likely an answer is made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Risk {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
}

impl Risk {
    /// 1-3 High, 4-6 Medium, 7-10 Low.
    pub fn of_score(score: u8) -> Self {
        match score {
            0..=3 => Self::High,
            4..=6 => Self::Medium,
            _ => Self::Low,
        }
    }
}
