//! Sections of annual and quarterly reports.
use super::builder::Line;
use std::ops::Range;
/// What a section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SectionKind {
    /// Business.
    Business,
    /// Risk factors.
    RiskFactors,
    /// Legal proceedings.
    LegalProceedings,
    /// Management's discussion and analysis; operating and financial review.
    Discussion,
    /// Market risk.
    MarketRisk,
    /// Financial statements.
    FinancialStatements,
    /// Changes in and disagreements with accountants.
    Disagreements,
    /// Controls and procedures.
    Controls,
    /// An auditor's report.
    AuditorReport,
    /// Notes to the financial statements.
    Notes,
    /// Any other item.
    Other,
}
/// A section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What it is.
    pub kind: SectionKind,
    /// Its heading as it stands.
    pub heading: Range<usize>,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}
/// An auditor's report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditorReport {
    /// Where it lies.
    pub range: Range<usize>,
    /// Who signed.
    pub firm: Option<String>,
}
pub(super) fn find(_text: &str, _lines: &[Line]) -> Vec<Section> {
    Vec::new()
}
pub(super) fn auditor_reports(_text: &str, _lines: &[Line], _sections: &[Section]) -> Vec<AuditorReport> {
    Vec::new()
}
