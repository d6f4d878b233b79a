//! What a marker is.

use serde::{Deserialize, Serialize};
use text::Span;
use text::identifiers::{LATEST, Month};

/// What an answer is read against.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The prompt it answers: what the user wrote himself is not held against the answer.
    pub prompt: &'a str,
    /// The other answers of the same contestant to the same prompt; two or more are needed to miss a name in.
    pub other_runs: &'a [&'a str],
    /// The month in which the answer was given: what it cites cannot be later.
    pub today: Month,
}

impl<'a> Context<'a> {
    /// A context whose month is the last that the tables of [`text::identifiers`] know.
    pub fn new(prompt: &'a str, other_runs: &'a [&'a str]) -> Self {
        Self { prompt, other_runs, today: LATEST }
    }
}

impl Default for Context<'_> {
    fn default() -> Self {
        Self { prompt: "", other_runs: &[], today: LATEST }
    }
}

/// A sign of fabrication, for a person to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// Which sign.
    pub kind: MarkerKind,
    /// Where, in bytes of the answer.
    pub span: Span,
    /// The text there, unchanged.
    pub quote: String,
    /// A sentence that says what is wrong and can be checked without the tool.
    pub why: String,
}

/// The signs that are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkerKind {
    /// An identifier that does not have the published form, or is outside the published range.
    CitationMalformed,
    /// An identifier of the right form with a wrong check digit.
    CitationChecksum,
    /// A reference whose parts contradict each other or the calendar.
    CitationContradiction,
    /// Two claims of one answer that cannot both be true.
    Contradiction,
    /// A name that stands in no other run of the same prompt, while the others share names.
    UnsharedName,
    /// A date that stands in no other run of the same prompt, while the others share dates.
    UnsharedDate,
    /// A date that the calendar does not have, or an end before its beginning.
    ImpossibleDate,
    /// A figure that nothing can have: a share above the whole, a negative count, a probability above 1.
    ImpossibleFigure,
    /// More digits than the words around them allow.
    UnsupportedPrecision,
}

impl MarkerKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 9] = [
        Self::CitationMalformed,
        Self::CitationChecksum,
        Self::CitationContradiction,
        Self::Contradiction,
        Self::UnsharedName,
        Self::UnsharedDate,
        Self::ImpossibleDate,
        Self::ImpossibleFigure,
        Self::UnsupportedPrecision,
    ];

    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CitationMalformed => "citation_malformed",
            Self::CitationChecksum => "citation_checksum",
            Self::CitationContradiction => "citation_contradiction",
            Self::Contradiction => "contradiction",
            Self::UnsharedName => "unshared_name",
            Self::UnsharedDate => "unshared_date",
            Self::ImpossibleDate => "impossible_date",
            Self::ImpossibleFigure => "impossible_figure",
            Self::UnsupportedPrecision => "unsupported_precision",
        }
    }

    /// Whether the text alone shows that something cannot be so. The other kinds say that it deserves a look.
    pub fn is_strong(self) -> bool {
        !matches!(self, Self::UnsharedName | Self::UnsharedDate | Self::UnsupportedPrecision)
    }
}

impl std::fmt::Display for MarkerKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
