//! Words for reasoning parameters, as the command line takes them for everybody.

use llm::request::{Effort, Thinking};

use crate::exit::Failure;

const EFFORTS: [Effort; 7] =
    [Effort::None, Effort::Minimal, Effort::Low, Effort::Medium, Effort::High, Effort::Xhigh, Effort::Max];

/// An effort level.
pub(crate) fn effort(word: &str) -> Result<Effort, Failure> {
    EFFORTS.into_iter().find(|effort| effort.as_str() == word).ok_or_else(|| {
        Failure::usage(format!("`{}` is no effort level", report::escape::terminal::line(word)))
            .hint("one of: none, minimal, low, medium, high, xhigh, max")
    })
}

/// A thinking mode.
pub(crate) fn thinking(word: &str) -> Result<Thinking, Failure> {
    match word {
        "off" => Ok(Thinking::Off),
        "on" => Ok(Thinking::On),
        "adaptive" => Ok(Thinking::Adaptive),
        _ => word.parse().map(Thinking::Budget).map_err(|_| {
            Failure::usage(format!("`{}` is no thinking mode", report::escape::terminal::line(word)))
                .hint("one of: off, on, adaptive, or a number of tokens")
        }),
    }
}
