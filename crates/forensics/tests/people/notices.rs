//! `form_144`.

use forensics::case::Case;
use forensics::signal::{Severity, Status};
use jiff::civil::date;

use crate::support::{case, file, form4, input, put, real, row, signal};

const CIK: u64 = 7;

/// A notice of an invented seller, each line as (shares, value, outstanding).
fn notice(issuer: u64, form: &str, seller: &str, lines: &[(&str, &str, &str)]) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\"?><edgarSubmission xmlns=\"http://www.sec.gov/edgar/ownership\"><headerData><submissionType>{form}\
         </submissionType></headerData><formData><issuerInfo><issuerCik>{issuer:010}</issuerCik>\
         <nameOfPersonForWhoseAccountTheSecuritiesAreToBeSold>{seller}\
         </nameOfPersonForWhoseAccountTheSecuritiesAreToBeSold></issuerInfo>"
    );
    for (shares, value, outstanding) in lines {
        xml.push_str(&format!(
            "<securitiesInformation><securitiesClassTitle>Common</securitiesClassTitle><noOfUnitsSold>{shares}</noOfUnitsSold>\
             <aggregateMarketValue>{value}</aggregateMarketValue><noOfUnitsOutstanding>{outstanding}</noOfUnitsOutstanding>\
             <approxSaleDate>05/20/2025</approxSaleDate></securitiesInformation>"
        ));
    }
    xml.push_str("</formData></edgarSubmission>");
    xml
}

fn with(lines: &[(&str, &str, &str)]) -> Case {
    let mut case = case(CIK, "Sample Corp", date(2025, 6, 1));
    put(&mut case, 1, "144", date(2025, 5, 20), "xsl144X01/primary_doc.xml", notice(CIK, "144", "SELLER ONE", lines));
    case
}

#[test]
fn the_overhang_is_a_part_of_the_shares_outstanding() {
    let found = signal(&with(&[("20000", "30000", "1000000")]), "form_144");
    assert_eq!((found.status, found.value), (Status::Ran, Some(2.0)));
    assert_eq!((found.zone.as_deref(), found.severity), (Some("above_one_per_cent"), Severity::Caution));
    assert_eq!(input(&found, "shares outstanding", "shares"), 1_000_000.0);
    assert_eq!(found.parts[0].value, Some(30_000.0));
    assert_eq!(
        found.evidence[0].url,
        "https://www.sec.gov/Archives/edgar/data/7/000000000125000001/xsl144X01/primary_doc.xml"
    );
}

/// Lesson 33.
#[test]
fn implausible_lines_are_rejected_and_listed() {
    for (line, reason) in [
        (("20000", "0", "1000000"), "no market value"),
        (("see attached", "30000", "1000000"), "no number of shares"),
        (("2000000", "3000000", "1000000"), "more than the 1,000,000 outstanding"),
        (("20", "30000000", "1000000"), "implied price"),
    ] {
        let found = signal(&with(&[line]), "form_144");
        assert_eq!((found.status, found.zone.as_deref()), (Status::Ran, Some("none_accepted")), "{line:?}");
        assert_eq!(input(&found, "shares in accepted lines", "shares"), 0.0);
        assert_eq!(found.parts[0].zone.as_deref(), Some("rejected"));
        assert!(found.parts[0].why.contains(reason), "{}", found.parts[0].why);
    }
    // What insiders paid tells that a notice gave the value in thousands.
    let mut case = with(&[("20000", "30", "1000000"), ("20000", "30000", "1000000")]);
    let bought = form4(CIK, &[1], None, &[], &[row("P", "2025-05-01", 1_000.0, 1.6, 5.0)]);
    put(&mut case, 2, "4", date(2025, 5, 2), "a.xml", bought);
    let found = signal(&case, "form_144");
    let zones: Vec<&str> = found.parts.iter().map(|part| part.zone.as_deref().unwrap()).collect();
    assert_eq!(zones, ["rejected", "accepted"]);
    assert!(found.parts[0].why.contains("far from $1.6"), "{}", found.parts[0].why);
}

/// The SEC's own sample: its second line implies $7,028 a share.
#[test]
fn the_sample_of_the_sec_has_one_line_that_cannot_be() {
    let Some(xml) = real("noacc-Sample-144-xml/Sample_144.xml") else { return };
    let mut case = case(1_118_676, "RUFUS TEST CO", date(2022, 10, 1));
    put(&mut case, 1, "144", date(2022, 9, 8), "primary_doc.xml", xml);
    let found = signal(&case, "form_144");
    assert!((found.value.unwrap() - 100.0 * 17_087.0 / 161_514_066.0).abs() < 1e-12);
    assert_eq!(input(&found, "lines rejected", "lines"), 1.0);
    assert!(found.parts[0].why.contains("van der Velden Jan (Officer, Director, Stakeholder)"));
}

/// Lesson 34: a notice counts for three months, and not for ever.
#[test]
fn old_notices_do_not_count() {
    let mut old = with(&[("20000", "30000", "1000000")]);
    old.as_of = date(2025, 8, 18);
    assert_eq!(signal(&old, "form_144").zone.as_deref(), Some("above_one_per_cent"));
    old.as_of = date(2025, 8, 19);
    let found = signal(&old, "form_144");
    assert_eq!((found.status, found.severity, found.zone.as_deref()), (Status::Ran, Severity::None, Some("none")));
}

#[test]
fn paper_is_not_run_and_other_issuers_are_left_out() {
    let mut paper = case(CIK, "Sample Corp", date(2025, 6, 1));
    put(&mut paper, 1, "144", date(2025, 5, 20), "", "%PDF-1.4 scanned");
    let found = signal(&paper, "form_144");
    assert_eq!(found.status, Status::NotRun);
    assert!(found.why.contains("paper"), "{}", found.why);

    let mut foreign = case(CIK, "Sample Corp", date(2025, 6, 1));
    put(&mut foreign, 1, "144", date(2025, 5, 20), "a.xml", notice(99, "144", "SAMPLE CORP", &[("1", "1", "9")]));
    let found = signal(&foreign, "form_144");
    assert_eq!((found.status, found.parts.len()), (Status::Ran, 0));

    let mut missing = case(CIK, "Sample Corp", date(2025, 6, 1));
    file(&mut missing, 1, "144", date(2025, 5, 20), "a.xml");
    assert_eq!(signal(&missing, "form_144").status, Status::NotRun);
}

#[test]
fn an_amended_notice_replaces_the_first() {
    let mut case = with(&[("20000", "30000", "1000000")]);
    let amended = notice(CIK, "144/A", "Seller One", &[("10000", "15000", "1000000")]);
    put(&mut case, 2, "144/A", date(2025, 5, 22), "a.xml", amended);
    let found = signal(&case, "form_144");
    assert_eq!((found.value, found.parts.len()), (Some(1.0), 1));
}
