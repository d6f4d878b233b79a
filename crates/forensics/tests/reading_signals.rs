//! The reading signals on real filings, by their figures, and on companies invented for one lesson each.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "tests; the data folder's names are of one case"
)]

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use edgar::fails::Period;
use edgar::ids::Cik;
use edgar::index::{Company, Filing};
use forensics::case::Case;
use forensics::documents::{Documents, Paper};
use forensics::event::Event;
use forensics::reading;
use forensics::signal::{Severity, Signal, Status};
use forensics::wanted::primary_name;
use jiff::civil::{Date, date};

fn company() -> Company {
    Company {
        cik: Cik(999_999),
        name: "Invented Holdings, Inc.".to_owned(),
        tickers: vec!["INVN".to_owned()],
        exchanges: vec!["Nasdaq".to_owned()],
        sic: Some(2834),
        sic_description: String::new(),
        category: String::new(),
        fiscal_year_end: None,
        former_names: Vec::new(),
    }
}

fn case(as_of: Date) -> Case {
    Case {
        company: company(),
        as_of,
        filings: Vec::new(),
        facts: None,
        why_no_facts: String::new(),
        documents: Documents::default(),
        lists: forensics::case::Lists::default(),
        index: Default::default(),
    }
}

/// Adds a filing; newest must be added first.
fn file(case: &mut Case, form: &str, filed: Date, items: &[&str]) -> Filing {
    let number = case.filings.len() + 1;
    let filing = Filing {
        accession: format!("0000999999-{:02}-{number:06}", filed.year() % 100).parse().unwrap(),
        form: form.to_owned(),
        filed,
        accepted: String::new(),
        report_date: None,
        items: items.iter().map(|item| (*item).to_owned()).collect(),
        primary_document: format!("doc{number}.htm"),
        description: String::new(),
        size: 10_000,
        file_number: String::new(),
    };
    case.filings.push(filing.clone());
    filing
}

fn put(case: &mut Case, filing: &Filing, text: impl Into<Vec<u8>>) {
    let name = primary_name(filing);
    case.documents.put(filing.accession.clone(), name.clone(), Ok(Paper::new(name, None, text.into())));
}

fn told(case: &mut Case, form: &str, filed: Date, items: &[&str], text: &str) {
    let filing = file(case, form, filed, items);
    put(case, &filing, text.as_bytes().to_vec());
}

fn run(case: &Case, id: &str) -> Signal {
    reading::run(case).0.into_iter().find(|signal| signal.id == id).unwrap()
}

fn events(case: &Case) -> Vec<Event> {
    reading::run(case).1
}

fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("MODELARIUM_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let path = root.join("data/edgar/filings").join(path);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

/// Bytes of a real filing; items already parted by a crawler are put together again, a heading before each.
fn real(path: &str) -> Option<Vec<u8>> {
    let path = shared(path)?;
    let name = path.to_str().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    if name.ends_with(".gz") {
        let mut out = Vec::new();
        flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut out).unwrap();
        bytes = out;
    }
    if name.contains(".items.json") {
        let items: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let text: Vec<&str> = items
            .as_object()
            .unwrap()
            .iter()
            .filter(|(key, _)| key.starts_with("item"))
            .filter_map(|(_, text)| text.as_str())
            .collect();
        bytes = text.join("\n\n").into_bytes();
    }
    Some(bytes)
}

/// A case of one real filing.
fn of_real(path: &str, form: &str, filed: Date, items: &[&str], as_of: Date) -> Option<Case> {
    let bytes = real(path)?;
    let mut case = case(as_of);
    let filing = file(&mut case, form, filed, items);
    put(&mut case, &filing, bytes);
    Some(case)
}

fn part<'a>(signal: &'a Signal, id: &str) -> &'a Signal {
    signal
        .parts
        .iter()
        .find(|part| part.id == id)
        .unwrap_or_else(|| panic!("no part {id}: {:?}", signal.parts.iter().map(|part| &part.id).collect::<Vec<_>>()))
}

// Going concern.

#[test]
fn first_american_scientific_2009_has_its_auditors_doubt_and_its_ventures_are_others() {
    let path = "0001002014-09-000815/1002822_10K_2009_0001002014-09-000815.items.json";
    let Some(case) = of_real(path, "10-K", date(2009, 10, 13), &[], date(2009, 12, 1)) else { return };
    let signal = run(&case, "going_concern");
    assert_eq!((signal.zone.as_deref(), signal.severity), (Some("auditor_doubt"), Severity::Critical));
    let auditor = part(&signal, "going_concern.auditor_doubt");
    assert!(
        auditor.evidence.iter().any(|evidence| evidence.quote.contains("auditors have issued a going concern report"))
    );
    assert!(
        auditor.evidence.iter().any(|evidence| evidence.item.as_deref() == Some("auditor's report")),
        "{auditor:#?}"
    );
    // Six sentences doubt the joint ventures in Malaysia and Korea.
    assert_eq!(part(&signal, "going_concern.other_entity").value, Some(6.0));
}

#[test]
fn innovative_clinical_solutions_2000_speaks_of_a_qualified_opinion() {
    let path = "0000912057-00-027025/1002022_10K_2000_0000912057-00-027025.items.json";
    let Some(case) = of_real(path, "10-K", date(2000, 5, 30), &[], date(2000, 6, 30)) else { return };
    let signal = run(&case, "going_concern");
    assert_eq!(signal.zone.as_deref(), Some("auditor_doubt"));
    assert_eq!(part(&signal, "going_concern.management_doubt").value, Some(3.0));
}

#[test]
fn aeon_2023_management_doubts_in_a_quarterly_report() {
    let path = "noacc-aeon-20230930x10q-htm/aeon-20230930x10q.htm.gz";
    let Some(case) = of_real(path, "10-Q", date(2023, 11, 14), &[], date(2023, 12, 1)) else { return };
    let signal = run(&case, "going_concern");
    assert_eq!((signal.zone.as_deref(), signal.value), (Some("management_doubt"), Some(3.0)));
    assert_eq!(signal.severity, Severity::High);
}

#[test]
fn plymouth_rock_2021_has_an_international_material_uncertainty_and_an_auditor() {
    let path = "0001062993-21-003193/0001062993-21-003193.html.gz";
    let Some(case) = of_real(path, "20-F", date(2021, 3, 30), &[], date(2021, 6, 1)) else { return };
    let signal = run(&case, "going_concern");
    assert_eq!(signal.zone.as_deref(), Some("auditor_doubt"));
    let doubt = part(&signal, "going_concern.management_doubt");
    assert!(
        doubt
            .evidence
            .iter()
            .any(|evidence| evidence.quote.contains("material uncertainty exists that casts significant doubt"))
    );
}

/// Lesson 25: the words of a standard are no claim.
#[test]
fn nuance_2014_and_aei_2016_only_quote_the_standard() {
    for (path, filed) in [
        ("0001002517-14-000049/1002517_10K_2014_0001002517-14-000049.items.json.gz", date(2014, 11, 26)),
        ("0001376474-16-000635/0001376474-16-000635.html.gz", date(2016, 3, 29)),
    ] {
        let Some(case) = of_real(path, "10-K", filed, &[], date(2016, 6, 1)) else { return };
        let signal = run(&case, "going_concern");
        assert_eq!(
            (signal.status, signal.zone.as_deref(), signal.value),
            (Status::Ran, Some("boilerplate"), Some(0.0)),
            "{path}"
        );
        assert_eq!(signal.severity, Severity::None);
        assert!(part(&signal, "going_concern.boilerplate").value.unwrap() >= 2.0);
    }
}

#[test]
fn healthy_companies_have_none() {
    for (path, filed) in [
        ("noacc-tsla-10-k-2025-01-30-html/tsla-10-k-2025-01-30.html.gz", date(2025, 1, 30)),
        ("0001104659-13-065820/1001250_10K_2013_0001104659-13-065820.items.json.gz", date(2013, 8, 23)),
        ("0000100493-22-000097/100493_10K_2022_0000100493-22-000097.items.json.gz", date(2022, 11, 14)),
    ] {
        let Some(case) = of_real(path, "10-K", filed, &[], date(2025, 3, 1)) else { return };
        let signal = run(&case, "going_concern");
        assert_eq!((signal.zone.as_deref(), signal.severity), (Some("none"), Severity::None), "{path} {}", signal.why);
        let controls = run(&case, "material_weakness");
        assert_eq!(controls.severity, Severity::None, "{path} {:#?}", controls);
        assert_eq!(run(&case, "toxic_financing").severity, Severity::None, "{path}");
    }
}

#[test]
fn a_quarter_that_alleviates_takes_the_doubt_back_and_silence_does_not() {
    let annual = "Report of Independent Registered Public Accounting Firm. We have audited the statements. The recurring losses \
                  raise substantial doubt about its ability to continue as a going concern as our auditors stated.";
    let mut aside = case(date(2024, 12, 1));
    told(
        &mut aside,
        "10-Q",
        date(2024, 8, 10),
        &[],
        "With the loan, the substantial doubt about our ability to continue as a going concern has been alleviated.",
    );
    told(&mut aside, "10-K", date(2024, 3, 30), &[], annual);
    let signal = run(&aside, "going_concern");
    assert_eq!((signal.zone.as_deref(), signal.severity), (Some("alleviated"), Severity::Caution), "{}", signal.why);
    assert!(signal.why.contains("the earlier 10-K filed 2024-03-30 still stated doubt"));
    let mut silent = case(date(2024, 12, 1));
    told(&mut silent, "10-Q", date(2024, 8, 10), &[], "We sold more units than in the quarter before.");
    told(&mut silent, "10-K", date(2024, 3, 30), &[], annual);
    assert_eq!(run(&silent, "going_concern").zone.as_deref(), Some("auditor_doubt"));
}

// Lesson 40: not run, not applicable, and nothing found are three things.

#[test]
fn what_was_not_read_is_not_clean() {
    let empty = case(date(2024, 1, 1));
    for signal in reading::run(&empty).0 {
        assert_eq!(signal.status, Status::NotRun, "{}: {}", signal.id, signal.why);
        assert!(!signal.why.is_empty());
    }
    let mut unread = case(date(2024, 6, 1));
    file(&mut unread, "10-K", date(2024, 3, 1), &[]);
    for id in ["going_concern", "material_weakness", "toxic_financing"] {
        let signal = run(&unread, id);
        assert_eq!(signal.status, Status::NotRun, "{id}");
        assert!(signal.why.contains("was not fetched"), "{id}: {}", signal.why);
    }
    let mut person = case(date(2024, 6, 1));
    file(&mut person, "4", date(2024, 3, 1), &[]);
    for id in [
        "going_concern",
        "delisting",
        "auditor_change",
        "non_reliance",
        "material_weakness",
        "events_8k",
        "comment_letters",
        "shelf",
        "atm",
        "toxic_financing",
    ] {
        assert_eq!(run(&person, id).status, Status::NotApplicable, "{id}");
    }
    let mut read = case(date(2024, 6, 1));
    told(
        &mut read,
        "10-K",
        date(2024, 3, 1),
        &[],
        "We sell soap. Management concluded that our internal control over financial reporting was effective.",
    );
    let signal = run(&read, "going_concern");
    assert_eq!((signal.status, signal.zone.as_deref()), (Status::Ran, Some("none")));
    assert_eq!(run(&read, "material_weakness").zone.as_deref(), Some("effective"));
}

#[test]
fn nothing_filed_later_is_used() {
    let mut case = case(date(2024, 1, 1));
    told(&mut case, "8-K", date(2024, 3, 1), &["1.03"], "Item 1.03 Bankruptcy or Receivership. We filed.");
    told(
        &mut case,
        "10-K",
        date(2023, 3, 1),
        &[],
        "There is no substantial doubt about our ability to continue as a going concern.",
    );
    assert_eq!(run(&case, "events_8k").zone.as_deref(), Some("none"));
    assert!(events(&case).iter().all(|event| event.filed <= date(2024, 1, 1)));
    let wanted = reading::wanted(case.company.cik, &case.filings, case.as_of);
    assert_eq!(wanted.len(), 1);
    assert_eq!(run(&case, "going_concern").zone.as_deref(), Some("denied"));
}

// Listing.

#[test]
fn horizon_financial_2009_price_deficiency() {
    let path = "0000939057-09-000303/1002682_8K_2009_0000939057-09-000303.htm";
    let Some(case) = of_real(path, "8-K", date(2009, 11, 10), &["3.01", "9.01"], date(2009, 12, 1)) else { return };
    let signal = run(&case, "delisting");
    assert_eq!(
        (signal.zone.as_deref(), signal.severity, signal.value),
        (Some("deficiency"), Severity::High, Some(1.0))
    );
    for fact in ["rule 5450(a)(1) (minimum bid price)", "dated 2009-11-06", "names 2010-05-05"] {
        assert!(signal.why.contains(fact), "{fact} in {}", signal.why);
    }
    let notice = part(&signal, "delisting.notice.1");
    assert!(notice.evidence[0].quote.contains("had closed below the $1.00 minimum bid price"), "{notice:#?}");
    assert!(
        notice.evidence.iter().any(|evidence| evidence.quote.contains("or until May 5, 2010, to regain compliance"))
    );
    assert!(!signal.why.contains("days left"));
}

#[test]
fn horizon_financial_2009_value_of_public_shares_beside_the_price() {
    let path = "0000939057-09-000381/1002682_8K_2009_0000939057-09-000381.htm";
    let Some(mut case) = of_real(path, "8-K", date(2009, 12, 28), &["3.01", "9.01"], date(2010, 1, 31)) else { return };
    let older = "0000939057-09-000303/1002682_8K_2009_0000939057-09-000303.htm";
    let filing = file(&mut case, "8-K", date(2009, 11, 10), &["3.01", "9.01"]);
    put(&mut case, &filing, real(older).unwrap());
    let signal = run(&case, "delisting");
    // Two standards are unmet at the same time.
    assert_eq!(signal.value, Some(2.0));
    assert!(signal.why.contains("5450(b)(1)(C)") && signal.why.contains("2010-03-22"), "{}", signal.why);
}

/// Lesson 24: the same item and the same words when compliance is regained.
#[test]
fn horizon_financial_2008_had_regained_compliance() {
    let path = "0000939057-08-000253/1002682_8K_2008_0000939057-08-000253.htm";
    let Some(case) = of_real(path, "8-K", date(2008, 7, 18), &["3.01", "9.01"], date(2008, 8, 1)) else { return };
    let signal = run(&case, "delisting");
    assert_eq!((signal.zone.as_deref(), signal.severity, signal.value), (Some("regained"), Severity::Info, Some(0.0)));
    assert!(signal.why.contains("rule 4350(d)(2)") && signal.why.contains("dated 2008-07-15"), "{}", signal.why);
}

/// Lesson 23: notices without the tag.
#[test]
fn a_deficiency_under_other_events_is_found_and_its_cure_closes_it() {
    let notice = "<p>Item 8.01 Other Events.</p><p>On May 2, 2025, Invented Holdings, Inc. received a letter from Nasdaq stating that it \
                  is not in compliance with Listing Rule 5550(a)(2) since its bid price closed below $1.00. It has until October 29, 2025 \
                  to regain compliance.</p>";
    let mut open = case(date(2025, 7, 1));
    told(&mut open, "8-K", date(2025, 5, 6), &["8.01"], notice);
    let signal = run(&open, "delisting");
    assert_eq!((signal.zone.as_deref(), signal.value), (Some("deficiency"), Some(1.0)), "{}", signal.why);
    assert_eq!(signal.evidence[0].item.as_deref(), Some("8.01"));
    let mut cured = case(date(2025, 12, 1));
    told(
        &mut cured,
        "8-K",
        date(2025, 9, 2),
        &["8.01"],
        "<p>Item 8.01 Other Events.</p><p>On September 1, 2025 Nasdaq notified the Company that it has regained compliance with the minimum bid price rule.</p>",
    );
    told(&mut cured, "8-K", date(2025, 5, 6), &["8.01"], notice);
    assert_eq!(run(&cured, "delisting").zone.as_deref(), Some("regained"));
}

#[test]
fn an_unread_notice_matters_only_when_nothing_read_came_after_it() {
    let cure = "<p>Item 3.01 Notice of Delisting.</p><p>On May 20, 2025 Nasdaq notified the Company that it has regained compliance \
                with Listing Rule 5550(a)(2).</p>";
    let mut cured = case(date(2025, 7, 1));
    told(&mut cured, "8-K", date(2025, 5, 22), &["3.01"], cure);
    file(&mut cured, "8-K", date(2024, 11, 22), &["3.01"]);
    assert_eq!(run(&cured, "delisting").zone.as_deref(), Some("regained"));
    let mut open = case(date(2025, 7, 1));
    file(&mut open, "8-K", date(2025, 6, 22), &["3.01"]);
    told(&mut open, "8-K", date(2025, 5, 22), &["3.01"], cure);
    assert_eq!(run(&open, "delisting").zone.as_deref(), Some("notice_unread"));
}

#[test]
fn a_transfer_is_told_apart_and_a_removal_is_read_by_its_class() {
    let mut moves = case(date(2025, 3, 1));
    told(
        &mut moves,
        "8-K",
        date(2025, 2, 1),
        &["3.01"],
        "<p>Item 3.01 Notice of Delisting or Failure to Satisfy a Continued Listing Rule or Standard; Transfer of Listing.</p>\
         <p>On February 1, 2025 the Company notified the NYSE that it will voluntarily transfer the listing of its common stock to Nasdaq.</p>",
    );
    assert_eq!(run(&moves, "delisting").zone.as_deref(), Some("transfer"));
    let mut removed = case(date(2025, 3, 1));
    removed.company.tickers.clear();
    told(
        &mut removed,
        "25-NSE",
        date(2025, 2, 1),
        &[],
        "<p>Common Stock, par value $0.01</p><p>(Description of class of securities)</p>",
    );
    let signal = run(&removed, "delisting");
    assert_eq!((signal.zone.as_deref(), signal.severity), (Some("removed"), Severity::Critical), "{}", signal.why);
    let mut warrants = case(date(2025, 3, 1));
    told(
        &mut warrants,
        "25-NSE",
        date(2025, 2, 1),
        &[],
        "<p>Redeemable Warrants</p><p>(Description of class of securities)</p>",
    );
    assert_eq!(run(&warrants, "delisting").zone.as_deref(), Some("none"));
}

#[test]
fn late_reports_are_counted_within_a_window() {
    let mut late = case(date(2025, 6, 1));
    file(&mut late, "NT 10-Q", date(2025, 5, 15), &[]);
    file(&mut late, "NT 10-K", date(2025, 3, 31), &[]);
    file(&mut late, "10-K", date(2024, 3, 31), &[]);
    file(&mut late, "NT 10-K", date(2012, 3, 31), &[]);
    let signal = run(&late, "delisting");
    assert_eq!(
        (signal.zone.as_deref(), part(&signal, "delisting.late_reports").value),
        (Some("late_reports"), Some(2.0))
    );
}

// Auditors and restatements.

#[test]
fn astrotech_2010_changed_auditors_without_disagreement() {
    let path = "0000950123-10-107880/1001907_8K_2010_0000950123-10-107880.htm";
    let Some(case) = of_real(path, "8-K", date(2010, 11, 22), &["4.01", "9.01"], date(2011, 1, 1)) else { return };
    let signal = run(&case, "auditor_change");
    assert_eq!(
        (signal.zone.as_deref(), signal.value, signal.severity),
        (Some("changed"), Some(1.0), Severity::Caution),
        "{}",
        signal.why
    );
    assert!(signal.why.contains("PMB Helin Donovan, LLP, followed by Ernst & Young, LLP"), "{}", signal.why);
    let change = part(&signal, "auditor_change.change");
    assert_eq!(change.zone.as_deref(), Some("dismissed"));
    assert!(
        change.why.contains("no disagreement is reported; no reportable event is reported; dated 2010-11-18"),
        "{}",
        change.why
    );
    // Lesson 26: 4.01 and 4.02 are counted apart.
    assert_eq!(run(&case, "non_reliance").zone.as_deref(), Some("none"));
}

#[test]
fn pericom_2006_engaged_an_auditor_and_its_denial_is_no_disagreement() {
    let path = "0001275287-06-001989/1001426_8K_2006_0001275287-06-001989.htm";
    let Some(case) = of_real(path, "8-K", date(2006, 4, 19), &["4.01", "7.01", "9.01"], date(2006, 5, 1)) else {
        return;
    };
    let signal = run(&case, "auditor_change");
    assert_eq!(signal.zone.as_deref(), Some("changed"), "{}", signal.why);
    assert!(signal.why.contains("engaged: Burr, Pilger & Mayer LLP"), "{}", signal.why);
}

#[test]
fn pericom_2005_and_abvc_2025_withdrew_reliance() {
    for (path, items, filed, words) in [
        (
            "0001275287-05-002977/1001426_8K_2005_0001275287-05-002977.txt",
            &["4.02", "9.01"][..],
            date(2005, 8, 3),
            "quarters ended September 30, 2004, December 31, 2004 and March 31, 2005, should no longer be relied upon",
        ),
        (
            "0001213900-25-032135/0001213900-25-032135.txt.gz",
            &["2.02", "4.02", "7.01", "9.01"][..],
            date(2025, 4, 15),
            "should no longer be relied upon due to errors in those financial statements",
        ),
    ] {
        let as_of = filed.checked_add(jiff::Span::new().days(30)).unwrap();
        let Some(case) = of_real(path, "8-K", filed, items, as_of) else { return };
        let signal = run(&case, "non_reliance");
        assert_eq!(
            (signal.zone.as_deref(), signal.severity, signal.value),
            (Some("non_reliance"), Severity::Critical, Some(1.0))
        );
        assert!(signal.evidence[0].quote.contains(words), "{}", signal.evidence[0].quote);
        assert_eq!(run(&case, "auditor_change").zone.as_deref(), Some("none"));
        // The timeline shows the words, and the event is charged to one signal.
        let timeline = events(&case);
        let event = timeline.iter().find(|event| event.item.as_deref() == Some("4.02")).unwrap();
        assert_eq!(event.charged_to.as_deref(), Some("non_reliance"));
        assert!(event.quote.contains("relied upon"));
        assert_eq!(run(&case, "events_8k").value, Some(0.0));
    }
}

/// Lesson 35: what was long ago is history.
#[test]
fn old_events_fade_and_then_leave() {
    let with = |filed: Date| {
        let mut case = case(date(2025, 1, 1));
        file(&mut case, "8-K", filed, &["4.02", "4.01", "2.06"]);
        (run(&case, "non_reliance"), run(&case, "auditor_change"), run(&case, "events_8k"))
    };
    let (fresh, ..) = with(date(2024, 12, 1));
    assert_eq!(fresh.severity, Severity::Critical);
    let (middling, ..) = with(date(2023, 1, 1));
    assert_eq!(middling.severity, Severity::High);
    let (old, changed, events) = with(date(2007, 6, 1));
    assert_eq!((old.severity, old.zone.as_deref(), old.value), (Severity::None, Some("past"), Some(0.0)));
    assert_eq!((changed.severity, changed.value), (Severity::None, Some(0.0)));
    assert_eq!(events.value, Some(0.0));
    // Half of the weight after 180 days.
    let (_, _, now) = with(date(2025, 1, 1));
    let (_, _, later) = with(date(2024, 7, 5));
    assert!((later.value.unwrap() / now.value.unwrap() - 0.5).abs() < 1e-12);
}

// Events.

/// Lessons 20 and 27.
#[test]
fn meetings_weigh_nothing_and_listing_notices_are_charged_once() {
    let mut case = case(date(2025, 1, 1));
    file(&mut case, "8-K", date(2024, 12, 20), &["5.07"]);
    file(&mut case, "8-K", date(2024, 12, 10), &["3.01", "9.01"]);
    file(&mut case, "8-K/A", date(2024, 12, 11), &["2.06"]);
    let signal = run(&case, "events_8k");
    assert_eq!((signal.value, signal.severity), (Some(0.0), Severity::None));
    let timeline = events(&case);
    assert_eq!(timeline.iter().find(|event| event.item.as_deref() == Some("5.07")).unwrap().weight, 0.0);
    let notice = timeline.iter().find(|event| event.item.as_deref() == Some("3.01")).unwrap();
    assert_eq!(notice.charged_to.as_deref(), Some("delisting"));
}

/// Lesson 57: before 23 August 2004 item 3 is bankruptcy, item 4 the auditor.
#[test]
fn the_old_numbers_are_read_in_old_reports_only() {
    let path = "0000914260-00-000052/1002022_8K_2000_0000914260-00-000052.txt";
    if let Some(case) = of_real(path, "8-K", date(2000, 7, 14), &["3", "7"], date(2000, 8, 1)) {
        let signal = run(&case, "events_8k");
        assert_eq!((signal.zone.as_deref(), signal.severity), (Some("bankruptcy"), Severity::Critical));
        assert_eq!(events(&case)[0].title, "Bankruptcy or receivership");
    }
    let mut old = case(date(2003, 1, 1));
    told(
        &mut old,
        "8-K",
        date(2002, 5, 1),
        &["4"],
        "Item 4. Changes in Registrant's Certifying Accountant.\n\nOn April 25, 2002 the Company dismissed Arthur Andersen LLP. There was a \
         disagreement with Arthur Andersen LLP about the timing of revenue.\n",
    );
    let signal = run(&old, "auditor_change");
    assert_eq!((signal.zone.as_deref(), signal.value), (Some("disagreement"), Some(1.0)), "{}", signal.why);
    let mut new = case(date(2025, 1, 1));
    file(&mut new, "8-K", date(2024, 6, 1), &["3"]);
    assert_eq!(run(&new, "events_8k").value, Some(0.0));
}

#[test]
fn auditor_restatement_and_departures_make_a_pattern_within_a_year_only() {
    let mut story = case(date(2025, 1, 1));
    file(&mut story, "8-K", date(2024, 11, 20), &["4.01"]);
    file(&mut story, "8-K", date(2024, 9, 20), &["5.02"]);
    file(&mut story, "8-K", date(2024, 6, 20), &["4.02"]);
    let signal = run(&story, "events_8k");
    assert_eq!((signal.zone.as_deref(), signal.severity), (Some("pattern"), Severity::High));
    assert_eq!(part(&signal, "events_8k.auditor_restatement_departures").evidence.len(), 3);
    let mut apart = case(date(2025, 1, 1));
    file(&mut apart, "8-K", date(2024, 11, 20), &["4.01"]);
    file(&mut apart, "8-K", date(2024, 11, 19), &["5.02"]);
    file(&mut apart, "8-K", date(2023, 10, 20), &["4.02"]);
    assert!(run(&apart, "events_8k").parts.is_empty());
}

// Letters, shelves, terms, lists.

/// Lesson 36.
#[test]
fn letters_have_a_window_and_are_not_seen_before_their_release() {
    let mut case = case(date(2025, 6, 1));
    file(&mut case, "UPLOAD", date(2025, 5, 20), &[]);
    file(&mut case, "CORRESP", date(2025, 2, 10), &[]);
    file(&mut case, "UPLOAD", date(2025, 1, 20), &[]);
    file(&mut case, "LETTER", date(2025, 1, 20), &[]);
    file(&mut case, "UPLOAD", date(2019, 1, 20), &[]);
    let signal = run(&case, "comment_letters");
    assert_eq!((signal.value, signal.severity), (Some(1.0), Severity::Info), "{}", signal.why);
    assert_eq!(signal.parts.len(), 1);
    assert_eq!(signal.parts[0].evidence.len(), 2);
}

#[test]
fn a_shelf_is_effective_taken_down_withdrawn_or_expired() {
    let mut live = case(date(2025, 6, 1));
    let number = |case: &mut Case, form: &str, filed: Date, text: &str| {
        let filing = file(case, form, filed, &[]);
        case.filings.last_mut().unwrap().file_number = "333-000001".to_owned();
        put(case, &filing, text.as_bytes().to_vec());
    };
    number(
        &mut live,
        "424B5",
        date(2025, 3, 3),
        "<p>Prospectus supplement</p><table><tr><td>Public offering price</td><td>$ 2.00</td><td>$ 10,000,000</td></tr></table>\
         <p>The aggregate market value of our common stock held by non-affiliates was $30.0 million. Pursuant to General Instruction I.B.6 of \
         Form S-3 we will not sell more than one-third of our public float while it is below $75,000,000. We have sold $4,000,000 of \
         securities pursuant to General Instruction I.B.6 in twelve months.</p>",
    );
    number(&mut live, "EFFECT", date(2024, 2, 1), "effective");
    number(
        &mut live,
        "S-3",
        date(2024, 1, 10),
        "<p>We may offer and sell up to $100,000,000 of any combination of securities.</p>",
    );
    let signal = run(&live, "shelf");
    assert_eq!((signal.zone.as_deref(), signal.value), (Some("live"), Some(90_000_000.0)), "{}", signal.why);
    assert_eq!(part(&signal, "shelf.baby_shelf").value, Some(6_000_000.0));
    assert!(
        signal.parts[0].why.contains("effective 2024-02-01, three years end 2027-02-01"),
        "{}",
        signal.parts[0].why
    );
    live.as_of = date(2027, 6, 1);
    assert_eq!(run(&live, "shelf").parts[0].zone.as_deref(), Some("expired"));
    live.as_of = date(2024, 1, 20);
    assert_eq!(run(&live, "shelf").zone.as_deref(), Some("not_effective"));
}

#[test]
fn vincerx_2025_shelf_is_a_baby_shelf_of_100_million() {
    let path = "0001193125-25-012209/0001193125-25-012209.txt.gz";
    let Some(mut case) = of_real(path, "S-3", date(2025, 1, 24), &[], date(2025, 5, 1)) else { return };
    case.filings[0].file_number = "333-284478".to_owned();
    let mut effect = case.filings[0].clone();
    effect.form = "EFFECT".to_owned();
    effect.filed = date(2025, 4, 2);
    effect.accession = "9999999995-25-000123".parse().unwrap();
    case.filings.insert(0, effect);
    let signal = run(&case, "shelf");
    assert_eq!((signal.zone.as_deref(), signal.value), (Some("live"), Some(100_000_000.0)), "{signal:#?}");
    let baby = part(&signal, "shelf.baby_shelf");
    assert!(
        baby.evidence.iter().any(|evidence| evidence.quote.contains("public float is below $75.0 million")),
        "{baby:#?}"
    );
}

#[test]
fn ensysce_2025_supplement_states_float_and_use_of_the_baby_shelf() {
    let path = "0001641172-25-001566/0001641172-25-001566.txt.gz";
    let Some(case) = of_real(path, "424B5", date(2025, 3, 31), &[], date(2025, 5, 1)) else { return };
    let baby = run(&case, "shelf");
    let baby = part(&baby, "shelf.baby_shelf");
    let inputs: Vec<f64> = baby.inputs.iter().map(|input| input.value).collect();
    assert_eq!(inputs, [4_500_000.0, 3_215_333.0], "{baby:#?}");
    assert_eq!(baby.value, Some(0.0));
}

#[test]
fn calidi_2025_has_a_sales_agreement_and_a_gas_company_has_none() {
    let path = "0001641172-25-001350/0001641172-25-001350.txt.gz";
    let Some(case) = of_real(path, "424B5", date(2025, 3, 20), &[], date(2025, 5, 1)) else { return };
    let signal = run(&case, "atm");
    assert_eq!(signal.zone.as_deref(), Some("agreement"), "{}", signal.why);
    assert!(signal.evidence[0].quote.contains("Ladenburg"), "{:#?}", signal.evidence);
    let path = "0001193125-25-068732/0001193125-25-068732.txt.gz";
    let Some(case) = of_real(path, "424B5", date(2025, 3, 31), &[], date(2025, 5, 1)) else { return };
    assert_eq!(run(&case, "atm").zone.as_deref(), Some("none"));
}

#[test]
fn convertibles_of_sound_companies_are_no_toxic_terms_and_a_price_under_the_lowest_is_one() {
    for path in [
        "0000950123-10-080629/1000180_8K_2010_0000950123-10-080629.htm",
        "0000950123-11-091518/1002517_8K_2011_0000950123-11-091518.htm",
        "0000950135-07-005171/1002517_8K_2007_0000950135-07-005171.htm",
    ] {
        let Some(case) = of_real(path, "8-K", date(2011, 10, 30), &["1.01", "3.02"], date(2011, 12, 1)) else { return };
        let signal = run(&case, "toxic_financing");
        assert_eq!(
            (signal.severity, signal.zone.as_deref()),
            (Severity::None, Some("none")),
            "{path}: {:#?}",
            signal.evidence
        );
    }
    let path = "0001641172-25-001566/0001641172-25-001566.txt.gz";
    let Some(case) = of_real(path, "424B5", date(2025, 3, 31), &[], date(2025, 5, 1)) else { return };
    let signal = run(&case, "toxic_financing");
    assert_eq!(signal.zone.as_deref(), Some("toxic_terms"));
    assert!(
        signal.evidence.iter().any(|evidence| evidence.quote.contains("92% of the average of the three lowest VWAPs"))
    );
}

#[test]
fn controls_of_five_real_reports() {
    for (path, form, filed, zone) in [
        (
            "0001002014-09-000815/1002822_10K_2009_0001002014-09-000815.items.json",
            "10-K",
            date(2009, 10, 13),
            "ineffective",
        ),
        (
            "0001193125-07-204517/1001426_10K_2007_0001193125-07-204517.items.json.gz",
            "10-K",
            date(2007, 9, 20),
            "ineffective",
        ),
        ("0001062993-21-003193/0001062993-21-003193.html.gz", "20-F", date(2021, 3, 30), "ineffective"),
        (
            "0000950170-23-033201/1048911_10K_2023_0000950170-23-033201.items.json.gz",
            "10-K",
            date(2023, 7, 17),
            "effective",
        ),
        (
            "0001002517-14-000049/1002517_10K_2014_0001002517-14-000049.items.json.gz",
            "10-K",
            date(2014, 11, 26),
            "effective",
        ),
    ] {
        let as_of = filed.checked_add(jiff::Span::new().days(30)).unwrap();
        let Some(case) = of_real(path, form, filed, &[], as_of) else { return };
        let signal = run(&case, "material_weakness");
        assert_eq!(signal.zone.as_deref(), Some(zone), "{path}: {}", signal.why);
        assert_eq!(signal.severity, if zone == "effective" { Severity::None } else { Severity::High });
    }
}

/// Lesson 37, and that "not on the list" needs a list.
#[test]
fn a_suspension_is_found_by_name_and_runs_out() {
    let list = |date: Date, name: &str| edgar::client::Suspensions {
        orders: vec![edgar::suspensions::Suspension {
            respondents: name.to_owned(),
            date,
            release: Some("34-000001".to_owned()),
            url: None,
        }],
        gap: None,
        checked: None,
    };
    let with = |date: Date, name: &str| {
        let mut case = case(jiff::civil::date(2025, 6, 1));
        file(&mut case, "10-K", jiff::civil::date(2025, 3, 1), &[]);
        case.lists.suspensions = Some(Ok(Arc::new(list(date, name))));
        run(&case, "suspension")
    };
    assert_eq!(with(date(2025, 5, 25), "Invented Holdings Inc").zone.as_deref(), Some("suspended"));
    assert_eq!(with(date(2025, 3, 1), "INVENTED HOLDINGS, INC.").zone.as_deref(), Some("was_suspended"));
    assert_eq!(with(date(2024, 3, 1), "Invented Holdings, Inc.").zone.as_deref(), Some("none"));
    assert_eq!(with(date(2025, 5, 25), "Another Holdings, Inc.").severity, Severity::None);
    let mut failed = case(date(2025, 6, 1));
    file(&mut failed, "10-K", date(2025, 3, 1), &[]);
    failed.lists.suspensions = Some(Err("EDGAR did not answer".to_owned()));
    assert_eq!(run(&failed, "suspension").status, Status::NotRun);
    // The fails were asked for with it, and are not there: that is not the same as not listed.
    let fails = run(&failed, "fails_to_deliver");
    assert_eq!((fails.status, fails.why.contains("not available")), (Status::NotRun, true), "{}", fails.why);
    // A list that begins after the day says nothing about it.
    failed.lists.suspensions = Some(Ok(Arc::new(list(date(2025, 7, 1), "Another Holdings, Inc."))));
    assert_eq!(run(&failed, "suspension").status, Status::NotRun);
    // A former name counts while the order may still have it, not for ever.
    let mut renamed = case(date(2025, 6, 1));
    file(&mut renamed, "10-K", date(2025, 3, 1), &[]);
    renamed.lists.suspensions = Some(Ok(Arc::new(list(date(2025, 5, 25), "Bygone Mines Ltd."))));
    let mut called = |to: Date| {
        let name = "BYGONE MINES LTD".to_owned();
        renamed.company.former_names =
            vec![edgar::index::FormerName { name, from: Some(date(1999, 1, 1)), to: Some(to) }];
        run(&renamed, "suspension").zone
    };
    assert_eq!(called(date(2023, 1, 1)).as_deref(), Some("suspended"));
    assert_eq!(called(date(2004, 1, 1)).as_deref(), Some("none"));
    // Nor does the name of today count before the company had it.
    renamed.company.former_names[0].to = Some(date(2025, 1, 1));
    renamed.as_of = date(2015, 6, 1);
    renamed.filings[0].filed = date(2015, 3, 1);
    renamed.lists.suspensions = Some(Ok(Arc::new(list(date(2015, 5, 25), "Invented Holdings, Inc."))));
    assert_eq!(run(&renamed, "suspension").zone.as_deref(), Some("none"));
}

/// Lesson 38.
#[test]
fn fails_are_read_by_symbol_and_clean_is_not_degraded() {
    let text = "SETTLEMENT DATE|CUSIP|SYMBOL|QUANTITY (FAILS)|DESCRIPTION|PRICE\n\
                20250502|999999109|INVN|12500|INVENTED HOLDINGS|0.52\n\
                20250505|999999109|INVN|40|INVENTED HOLDINGS|0.50\n\
                20250505|888888108|OTHR|9000|OTHER|1.00\n";
    let period: Period = "202505a".parse().unwrap();
    let mut case = case(date(2025, 6, 10));
    file(&mut case, "10-K", date(2025, 3, 1), &[]);
    let files = vec![edgar::client::FailsFile {
        period,
        text: text.as_bytes().to_vec(),
        url: String::new(),
        checked: jiff::Timestamp::UNIX_EPOCH,
    }];
    case.lists.fails = files.into();
    let signal = run(&case, "fails_to_deliver");
    assert_eq!((signal.zone.as_deref(), signal.value), (Some("some"), Some(2.0)), "{}", signal.why);
    assert_eq!(signal.inputs[1].value, 12_500.0);
    case.company.tickers = vec!["NONE".to_owned()];
    let clean = run(&case, "fails_to_deliver");
    assert_eq!((clean.status, clean.zone.as_deref()), (Status::Ran, Some("none")));
    case.as_of = date(2025, 4, 1);
    assert_eq!(run(&case, "fails_to_deliver").status, Status::NotRun);
}

#[test]
fn the_wish_list_is_bounded() {
    let mut case = case(date(2025, 6, 1));
    for index in 0..2_000_i32 {
        let filed = date(2025, 5, 31).checked_sub(jiff::Span::new().days(index / 2)).unwrap();
        let (form, items): (&str, &[&str]) = match index % 8 {
            0 => ("8-K", &["3.01"]),
            1 => ("8-K", &["4.01", "4.02"]),
            2 => ("424B5", &[]),
            3 => ("10-Q", &[]),
            4 => ("10-K/A", &[]),
            5 => ("8-K", &["8.01"]),
            6 => ("8-K", &["3.02", "2.03"]),
            _ => ("25-NSE", &[]),
        };
        file(&mut case, form, filed, items);
    }
    let wanted = reading::wanted(case.company.cik, &case.filings, case.as_of);
    assert!(wanted.len() <= 26, "{}", wanted.len());
}

/// Untrusted text ends in signals, never in a panic, and in bounded time.
#[test]
fn hostile_documents_are_survived() {
    let storms = [
        "substantial doubt going concern ".repeat(60_000),
        "“’—\u{200b}é going—concern ".repeat(40_000),
        "Item 3.01 Nasdaq not in compliance ".repeat(30_000),
        "<p>".repeat(200_000),
        format!("<p>{}going concern", "(".repeat(500_000)),
        "General Instruction I.B.6 $75.0 million non-affiliates. ".repeat(20_000),
    ];
    for storm in storms {
        let mut case = case(date(2025, 6, 1));
        for (form, items) in [
            ("8-K", &["3.01", "4.01", "4.02", "8.01"][..]),
            ("424B5", &[]),
            ("S-3", &[]),
            ("25-NSE", &[]),
            ("10-K", &[]),
        ] {
            told(&mut case, form, date(2025, 5, 1), items, &storm);
        }
        assert_eq!(reading::run(&case).0.len(), 12);
    }
}
