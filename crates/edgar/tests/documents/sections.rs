//! Sections and auditors' reports of real annual reports.

use edgar::document::{Document, SectionKind};

use crate::data;

fn read(words: &str) -> Option<Document> {
    Some(Document::read("a.htm", None, &data::find(words)?).unwrap())
}

fn length(document: &Document, kind: SectionKind) -> usize {
    document
        .sections()
        .iter()
        .filter(|section| section.kind == kind)
        .map(|section| section.end - section.start)
        .max()
        .unwrap_or(0)
}

/// Tesla, 10-K for 2024, 0001628280-25-003063.
#[test]
fn sections_are_their_bodies_and_not_the_contents_page() {
    let Some(document) = read("tsla-10-k-2025-01-30") else { return };
    for (kind, least) in [
        (SectionKind::Business, 40_000),
        (SectionKind::RiskFactors, 70_000),
        (SectionKind::Discussion, 40_000),
        (SectionKind::FinancialStatements, 140_000),
        (SectionKind::Notes, 120_000),
        (SectionKind::Controls, 4_000),
    ] {
        assert!(length(&document, kind) > least, "{kind:?}: {}", length(&document, kind));
    }
    let risk = document.sections().iter().find(|section| section.kind == SectionKind::RiskFactors).unwrap();
    let text = &document.text()[risk.start..risk.end];
    assert!(text.starts_with("ITEM 1A. RISK FACTORS\n"));
    assert!(!text.contains("ITEM 1B.") && !text.contains("ITEM 7."));
    let inside = document.text().find("Critical Audit Matters\n").unwrap();
    assert_eq!(document.section_at(inside).unwrap().kind, SectionKind::AuditorReport);
}

#[test]
fn the_firm_that_signed_is_named() {
    for (words, firms) in [
        // Tesla 10-K 2024; CARBO Ceramics 10-K 2017 (the statements and the controls apart); a 10-K of 2016; a 20-F
        // of 2021.
        ("tsla-10-k-2025-01-30", &["PricewaterhouseCoopers LLP"][..]),
        ("crr-10k_20171231", &["Ernst & Young LLP", "Ernst & Young LLP"]),
        ("0001376474-16-000635", &["BDO USA, LLP"]),
        ("0001062993-21-003193", &["Manning Elliott LLP"]),
    ] {
        let Some(document) = read(words) else { return };
        let reports = document.auditor_reports();
        let names: Vec<&str> = reports.iter().map(|report| report.firm.as_deref().unwrap_or("?")).collect();
        assert_eq!(names, firms, "{words}");
        for report in &reports {
            assert!((1_500..30_000).contains(&report.range.len()), "{words}: {:?}", report.range);
            assert_eq!(document.quote(report.signature.clone()), report.firm.clone().unwrap());
            assert!(document.text()[report.range.clone()].contains("audited"));
        }
        assert!(reports.iter().any(|report| !report.only_internal_control), "{words}");
    }
}

/// AEON Biopharma, 10-Q of September 2023: Item 1 of Part I and of Part II are different sections.
#[test]
fn quarterly_reports_have_their_own_numbers() {
    let Some(document) = read("aeon-20230930x10q.htm") else { return };
    assert!(length(&document, SectionKind::FinancialStatements) > 100_000);
    assert!(length(&document, SectionKind::Discussion) > 50_000);
    assert!((300..3_000).contains(&length(&document, SectionKind::LegalProceedings)));
    assert!(document.auditor_reports().is_empty());
    let doubt = document.text().find("substantial doubt").unwrap();
    assert!(matches!(
        document.section_at(doubt).unwrap().kind,
        SectionKind::Notes | SectionKind::FinancialStatements | SectionKind::Discussion
    ));
}

#[test]
fn a_cross_reference_is_no_heading() {
    let html = "<p>Item 1. Business<p>We sell. See Item 1A. Risk Factors for more.<p>Item 1A of this report is long.\
        <p>Item 1A. Risk Factors<p>Much may go wrong with what we sell and with whom we sell it to.\
        <p>Item 7. Management’s Discussion<p>We sold less than in the year before this one.<p>SIGNATURES<p>x";
    let document = Document::read("a.htm", None, html.as_bytes()).unwrap();
    let kinds: Vec<SectionKind> = document.sections().iter().map(|section| section.kind).collect();
    assert_eq!(kinds, [SectionKind::Business, SectionKind::RiskFactors, SectionKind::Discussion]);
    let last = document.sections().last().unwrap();
    assert!(document.text()[last.start..last.end].ends_with("this one.\n"));
}
