//! `ownership_13`.

use forensics::signal::{Severity, Status};
use jiff::civil::date;

use crate::support::{case, file, input, put, real, signal};

/// A schedule in XML of an invented holder.
fn schedule(form: &str, issuer: u64, holder: &str, percent: &str, shares: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><edgarSubmission><headerData><submissionType>{form}</submissionType></headerData><formData>\
         <coverPageHeader><dateOfEvent>05/01/2025</dateOfEvent><issuerInfo><issuerCIK>{issuer}</issuerCIK></issuerInfo>\
         </coverPageHeader><reportingPersons><reportingPersonInfo><reportingPersonName>{holder}</reportingPersonName>\
         <aggregateAmountOwned>{shares}</aggregateAmountOwned><percentOfClass>{percent}</percentOfClass>\
         </reportingPersonInfo></reportingPersons></formData></edgarSubmission>"
    )
}

/// Real schedules: Aadi Bioscience (13D, 9.9 %), Avis Budget (13G/A, 22.2 %), Livent (13G at 0 %), Trinity (13G/A, text).
#[test]
fn real_schedules_give_stake_holder_and_link() {
    for (path, form, cik, name, percent, zone) in [
        (
            "noacc-schedule13d-xml/schedule13d.xml",
            "SCHEDULE 13D",
            1_422_142,
            "Aadi Bioscience, Inc.",
            9.9,
            "active_holder",
        ),
        (
            "0000902664-25-002420/schedule13g_nested_cusip.xml",
            "SCHEDULE 13G/A",
            723_612,
            "AVIS BUDGET GROUP, INC.",
            22.2,
            "passive_holders",
        ),
        (
            "noacc-SC-13G-DOCUMENT-html/SC-13G-DOCUMENT.html",
            "SC 13G",
            1_742_924,
            "Livent Corp.",
            0.0,
            "below_threshold",
        ),
        (
            "noacc-SG-13G-DOCUMENT-WITH-TEXT-html/SG-13G-DOCUMENT-WITH-TEXT.html",
            "SC 13G/A",
            99_780,
            "TRINITY INDUSTRIES INC",
            17.1,
            "passive_holders",
        ),
    ] {
        let Some(bytes) = real(path) else { return };
        let mut case = case(cik, name, date(2026, 6, 1));
        let filed = date(2026, 4, 7);
        let document = path.rsplit('/').next().unwrap();
        put(&mut case, 1, form, filed, document, bytes);
        let found = signal(&case, "ownership_13");
        assert_eq!(
            (found.status, found.value, found.zone.as_deref()),
            (Status::Ran, Some(percent), Some(zone)),
            "{path}"
        );
        assert_eq!(found.parts.len(), 1);
        assert!(found.evidence[0].url.ends_with(document));
    }
}

#[test]
fn crossings_amendments_exits_and_the_change_to_13d_are_told_apart() {
    const CIK: u64 = 7;
    let mut case = case(CIK, "Sample Corp", date(2025, 6, 1));
    for (number, form, holder, percent, filed) in [
        (1, "SC 13G", "First Fund LP", "6.1", date(2024, 11, 1)),
        (2, "SCHEDULE 13G", "Second Fund LP", "7.5", date(2025, 2, 1)),
        (3, "SCHEDULE 13G/A", "First Fund LP", "4.2", date(2025, 2, 14)),
        (4, "SCHEDULE 13D", "Second Fund L.P.", "9.1", date(2025, 5, 1)),
        (5, "SCHEDULE 13D/A", "Second Fund LP", "9.4", date(2025, 5, 20)),
    ] {
        put(&mut case, number, form, filed, "a.xml", schedule(form, CIK, holder, percent, "1000"));
    }
    let found = signal(&case, "ownership_13");
    assert_eq!((found.value, found.severity), (Some(9.4), Severity::Caution));
    let zones: Vec<&str> = found.parts.iter().map(|part| part.zone.as_deref().unwrap()).collect();
    assert_eq!(zones, ["amended", "13g_to_13d", "crossed_down", "crossed_up", "crossed_up"]);
    assert_eq!(input(&found, "active holders (13D)", "filings"), 1.0);
    // As of a day before the change.
    case.as_of = date(2025, 3, 1);
    let found = signal(&case, "ownership_13");
    assert_eq!((found.value, found.zone.as_deref()), (Some(7.5), Some("passive_holders")));
}

#[test]
fn schedules_about_others_are_left_out_and_unread_ones_said() {
    const CIK: u64 = 7;
    let mut case = case(CIK, "Sample Corp", date(2025, 6, 1));
    file(&mut case, 3, "10-K", date(2025, 3, 1), "a.htm");
    assert_eq!(signal(&case, "ownership_13").zone.as_deref(), Some("none"));
    put(&mut case, 1, "SC 13D", date(2025, 5, 1), "a.xml", schedule("SC 13D", 99, "Sample Corp", "9.1", "1"));
    let found = signal(&case, "ownership_13");
    assert_eq!((found.status, found.value, found.parts.len()), (Status::Ran, None, 0));
    let mut unread = crate::support::case(CIK, "Sample Corp", date(2025, 6, 1));
    file(&mut unread, 2, "SC 13G", date(2025, 5, 1), "b.htm");
    let found = signal(&unread, "ownership_13");
    assert_eq!(found.status, Status::NotRun);
    assert!(found.why.contains("not fetched"), "{}", found.why);
}
