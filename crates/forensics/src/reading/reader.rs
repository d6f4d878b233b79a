//! What every reading signal needs of a case: the filings of the day, their documents, evidence out of them.

use std::ops::Range;

use jiff::civil::Date;

use edgar::document::{Document, SectionKind};
use edgar::eightk;
use edgar::index::Filing;

use crate::case::Case;
use crate::signal::{Evidence, Input};
use crate::wanted::{primary_name, whole_name};

use super::prose;

/// Longest quote, in characters.
pub(super) const QUOTE: usize = 700;

/// A case, seen as the reading signals see it.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) case: &'a Case,
}

impl<'a> Reader<'a> {
    pub(super) fn new(case: &'a Case) -> Self {
        Self { case }
    }

    /// The filings that were public, newest first.
    pub(super) fn filings(self) -> impl Iterator<Item = &'a Filing> {
        let as_of = self.case.as_of;
        self.case.filings.iter().filter(move |filing| filing.filed <= as_of)
    }

    /// Days from the filing to the day of the reading.
    pub(super) fn age(self, filing: &Filing) -> i32 {
        days(filing.filed, self.case.as_of)
    }

    /// The text of its primary document.
    ///
    /// # Errors
    /// Why there is none, as a sentence.
    pub(super) fn open(self, filing: &Filing) -> Result<&'a Document, String> {
        self.case.documents.document(&filing.accession, &primary_name(filing))
    }

    /// The text of its whole submission, exhibits and all.
    ///
    /// # Errors
    /// Why there is none, as a sentence.
    pub(super) fn whole(self, filing: &Filing) -> Result<&'a Document, String> {
        self.case.documents.document(&filing.accession, &whole_name(filing))
    }

    /// Where a person reads it.
    pub(super) fn url(self, filing: &Filing) -> String {
        let cik = self.case.company.cik;
        if filing.primary_document.is_empty() {
            filing.accession.index_url(cik)
        } else {
            filing.accession.document_url(cik, &filing.primary_document)
        }
    }

    /// The filing itself as evidence.
    pub(super) fn filing(self, filing: &Filing, item: Option<&str>) -> Evidence {
        Evidence {
            quote: String::new(),
            form: filing.form.clone(),
            item: item.map(str::to_owned),
            filed: filing.filed,
            accession: filing.accession.clone(),
            url: self.url(filing),
        }
    }

    /// Words of the filing as evidence.
    pub(super) fn quote(
        self,
        filing: &Filing,
        item: Option<&str>,
        document: &Document,
        range: Range<usize>,
    ) -> Evidence {
        let text = document.text().get(range).unwrap_or("");
        Evidence { quote: prose::quote(text, QUOTE), ..self.filing(filing, item) }
    }
}

/// A number with the filing it came from.
pub(super) fn input(name: &str, value: f64, unit: &str, tag: &str, filing: &Filing) -> Input {
    Input {
        name: name.to_owned(),
        value,
        unit: unit.to_owned(),
        tag: tag.to_owned(),
        start: None,
        end: Some(filing.filed),
        accession: Some(filing.accession.clone()),
    }
}

/// Days from one day to another.
pub(super) fn days(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

/// Whether it is a current report, amended or not.
pub(super) fn is_current(filing: &Filing) -> bool {
    matches!(filing.form.as_str(), "8-K" | "8-K/A" | "8-K12B" | "8-K12G3" | "8-K12B/A" | "8-K15D5")
}

/// Whether it is an annual report as first filed.
pub(super) fn is_annual(filing: &Filing) -> bool {
    matches!(
        filing.form.as_str(),
        "10-K"
            | "10-KT"
            | "20-F"
            | "40-F"
            | "10-K405"
            | "10-KSB"
            | "10-KSB40"
            | "10-KT405"
            | "10KSB"
            | "10KSB40"
            | "20-FR"
    )
}

/// Whether it amends an annual report.
pub(super) fn amends_annual(filing: &Filing) -> bool {
    matches!(filing.form.as_str(), "10-K/A" | "10-KT/A" | "20-F/A" | "40-F/A" | "10-K405/A" | "10-KSB/A" | "10KSB/A")
}

/// Whether it is a quarterly report, amended or not.
pub(super) fn is_quarterly(filing: &Filing) -> bool {
    matches!(filing.form.as_str(), "10-Q" | "10-QT" | "10-QSB" | "10QSB" | "10-Q/A" | "10-QT/A" | "10-QSB/A")
}

/// Whether it carries an item, under the numbers of today or those before 23 August 2004.
pub(super) fn carries(filing: &Filing, code: &str) -> bool {
    is_current(filing) && filing.items.iter().any(|item| canonical(item) == code)
}

/// An item under the numbers of today. The old ones stand where an old 8-K has them; `4` is today's 4.01.
pub(super) fn canonical(item: &str) -> &str {
    match item.trim().trim_end_matches('.') {
        "1" => "5.01",
        "2" => "2.01",
        "3" => "1.03",
        "4" => "4.01",
        "5" => "8.01",
        "6" => "5.02",
        "7" => "9.01",
        "8" => "5.03",
        "9" => "7.01",
        "10" => "5.05",
        "11" => "5.04",
        "12" => "2.02",
        modern => modern,
    }
}

/// The text of an item in the body of a current report, its heading left out; none where the body has no such
/// heading.
pub(super) fn item(filing: &Filing, document: &Document, code: &str) -> Option<Range<usize>> {
    let items = eightk::items(document, &filing.items);
    let found = items.found.iter().find(|item| canonical(&item.code) == code)?;
    Some(found.heading.end.min(found.text.end)..found.text.end)
}

/// What a section is called in evidence.
pub(super) fn section_name(document: &Document, position: usize) -> Option<&'static str> {
    Some(match document.section_at(position)?.kind {
        SectionKind::Business => "business",
        SectionKind::RiskFactors => "risk factors",
        SectionKind::LegalProceedings => "legal proceedings",
        SectionKind::Discussion => "management's discussion",
        SectionKind::MarketRisk => "market risk",
        SectionKind::FinancialStatements => "financial statements",
        SectionKind::Disagreements => "changes in accountants",
        SectionKind::Controls => "controls and procedures",
        SectionKind::AuditorReport => "auditor's report",
        SectionKind::Notes => "notes",
        SectionKind::Other => return None,
    })
}
