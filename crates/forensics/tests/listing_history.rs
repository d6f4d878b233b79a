//! Forms 25 and 15 of real companies, as far as their indexes tell: none of the forms themselves is in the data, so
//! that each is judged by what was filed around it. Every row was judged by hand from the company's filings.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::io::Read as _;
use std::path::{Path, PathBuf};

use edgar::ids::Accession;
use edgar::index::Filing;
use edgar::submissions::Submissions;
use forensics::case::{Case, Lists};
use forensics::documents::{Documents, Paper};
use forensics::reading;
use forensics::signal::{Severity, Signal, Status};
use jiff::civil::{Date, date};

/// The case of a real index on a day, without any document; none where the data are absent.
fn case(file: &str, as_of: Date) -> Option<Case> {
    let shared = std::env::var_os("MODELARIUM_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let path = shared.join("data/edgar/submissions").join(format!("{file}.json.gz"));
    let Ok(stored) = std::fs::File::open(&path) else {
        eprintln!("skipped: no {}", path.display());
        return None;
    };
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(stored).read_to_end(&mut bytes).unwrap();
    let submissions = Submissions::read(&bytes).unwrap();
    Some(Case {
        company: submissions.company,
        as_of,
        filings: submissions.filings.into_iter().filter(|filing| filing.filed <= as_of).collect(),
        facts: None,
        why_no_facts: String::new(),
        documents: Documents::default(),
        lists: Lists::default(),
        index: Default::default(),
    })
}

fn delisting(case: &Case) -> Signal {
    let signal = reading::run(case).0.into_iter().find(|signal| signal.id == "delisting").unwrap();
    assert_eq!(signal.status, Status::Ran, "{}", signal.why);
    signal
}

/// Company, day, zone and severity as judged by hand.
const JUDGED: &[(&str, &str, Date, &str, Severity)] = &[
    // Form 25 of 2009-11-09 on the day of a Form 8-A12B: from Nasdaq to the NYSE.
    ("Celadon", "CIK0000865941", date(2009, 11, 20), "transfer", Severity::Info),
    ("Celadon", "CIK0000865941", date(2010, 6, 1), "transfer", Severity::Info),
    ("Celadon", "CIK0000865941", date(2016, 6, 1), "none", Severity::None),
    // A late 10-Q in February 2017 says nothing about the Form 25 of 2009.
    ("Celadon", "CIK0000865941", date(2017, 4, 15), "late_reports", Severity::Info),
    // 8-K of 2018-04-09 with Item 3.01, then the NYSE's Form 25-NSE of 2018-04-18.
    ("Celadon", "CIK0000865941", date(2018, 4, 10), "notice_unread", Severity::Caution),
    ("Celadon", "CIK0000865941", date(2018, 5, 1), "removed", Severity::Critical),
    // The Form 15-12G of 2018-08-10 stands beside a Form 8-A12G.
    ("Celadon", "CIK0000865941", date(2018, 9, 1), "removed", Severity::Critical),
    // No report ever followed: the removal lasts, and the Form 15 of December 2019 takes nothing from it.
    ("Celadon", "CIK0000865941", date(2020, 2, 1), "removed", Severity::Critical),
    // 25-NSE of 2012-02-17 without an Item 3.01: the rights that had run out.
    ("CARBO Ceramics", "CIK0001009672", date(2012, 3, 1), "none", Severity::None),
    ("CARBO Ceramics", "CIK0001009672", date(2019, 12, 31), "notice_unread", Severity::Caution),
    ("CARBO Ceramics", "CIK0001009672", date(2020, 2, 1), "removed", Severity::Critical),
    ("CARBO Ceramics", "CIK0001009672", date(2020, 7, 1), "removed", Severity::Critical),
    // Units and warrants of the shell that became Vincerx; the shares went by its own Form 25 of 2025-04-28.
    ("Vincerx", "CIK0001796129", date(2021, 6, 1), "none", Severity::None),
    ("Vincerx", "CIK0001796129", date(2025, 5, 10), "removed", Severity::High),
    // From the NYSE to Nasdaq with a Form 8-A12B of the same day; seven notices of late reports weigh more.
    ("Learn CW", "CIK0001847577", date(2024, 8, 30), "late_reports", Severity::Caution),
    ("Learn CW", "CIK0001847577", date(2024, 10, 10), "removed", Severity::Critical),
    // Units and rights of the shell; the shares are on Nasdaq.
    ("Solidion", "CIK0001881551", date(2024, 4, 1), "notice_unread", Severity::Caution),
    // Acquired: the 8-K of 2018-12-20 has Items 3.01 and 5.01, Forms 25-NSE and 15-12B follow.
    ("Cigna Holding", "CIK0000701221", date(2018, 12, 22), "merger", Severity::Info),
    ("Cigna Holding", "CIK0000701221", date(2019, 1, 15), "merger", Severity::Info),
    // Moves: from Nasdaq to the NYSE, and from the NYSE to Nasdaq.
    ("Under Armour", "CIK0001336917", date(2006, 12, 20), "transfer", Severity::Info),
    ("Oracle", "CIK0001341439", date(2013, 8, 1), "transfer", Severity::Info),
    ("Texas Instruments", "CIK0000097476", date(2012, 1, 15), "transfer", Severity::Info),
    ("PepsiCo", "CIK0000077476", date(2018, 1, 15), "transfer", Severity::Info),
    // Notes that matured or moved, second exchanges that were left.
    ("PepsiCo", "CIK0000077476", date(2026, 5, 1), "none", Severity::None),
    ("Oracle", "CIK0001341439", date(2021, 2, 1), "none", Severity::None),
    ("Microsoft", "CIK0000789019", date(2021, 9, 10), "none", Severity::None),
    ("Caterpillar", "CIK0000018230", date(2007, 2, 1), "none", Severity::None),
    ("Caterpillar", "CIK0000018230", date(2010, 12, 1), "none", Severity::None),
    ("Caterpillar", "CIK0000018230", date(2023, 3, 1), "none", Severity::None),
    ("General Electric", "CIK0000040545", date(2025, 6, 1), "none", Severity::None),
    ("Exxon Mobil", "CIK0000034088", date(2024, 7, 1), "none", Severity::None),
    // Item 3.01 of 2021-04-07, which cannot be read here; the Form 25-NSE of 2022-03-03 is of notes.
    ("Expedia", "CIK0001324424", date(2022, 4, 1), "notice_unread", Severity::Caution),
    ("AT&T", "CIK0000732717", date(2025, 11, 20), "none", Severity::None),
    ("Berkshire Hathaway", "CIK0001067983", date(2025, 4, 1), "none", Severity::None),
    ("Merck", "CIK0000310158", date(2010, 9, 1), "none", Severity::None),
    ("Pfizer", "CIK0000078003", date(2022, 4, 1), "none", Severity::None),
    ("McKesson", "CIK0000927653", date(2025, 11, 18), "none", Severity::None),
    ("UPS", "CIK0001090727", date(2025, 11, 18), "none", Severity::None),
    ("Verizon", "CIK0000732712", date(2025, 9, 10), "none", Severity::None),
    ("Wells Fargo", "CIK0000072971", date(2024, 4, 1), "none", Severity::None),
    ("Archer-Daniels-Midland", "CIK0000007084", date(2019, 7, 1), "none", Severity::None),
    // Forms 15 of savings plans.
    ("Caterpillar", "CIK0000018230", date(2016, 10, 30), "none", Severity::None),
    ("Procter & Gamble", "CIK0000080424", date(2025, 3, 10), "none", Severity::None),
    ("Procter & Gamble", "CIK0000080424", date(2015, 11, 20), "none", Severity::None),
    ("Home Depot", "CIK0000354950", date(1999, 11, 10), "none", Severity::None),
    ("Costco", "CIK0000909832", date(2003, 8, 1), "none", Severity::None),
];

/// Forms 25 and 15 of twenty-six real companies on forty-six days.
#[test]
fn moves_notes_plans_and_mergers_are_no_removals() {
    let mut wrong = Vec::new();
    for (name, file, as_of, zone, severity) in JUDGED {
        let Some(case) = case(file, *as_of) else { return };
        let signal = delisting(&case);
        if (signal.zone.as_deref(), signal.severity) != (Some(*zone), *severity) {
            wrong.push(format!(
                "{name} {as_of}: {zone} {severity:?}, but {:?} {:?}: {}",
                signal.zone, signal.severity, signal.why
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), JUDGED.len(), wrong.join("\n"));
}

/// Celadon's move of 2009 stays a move however long ago it was, and what it filed since does not come with it.
#[test]
fn a_move_is_told_as_one_years_later() {
    let Some(later) = case("CIK0000865941", date(2017, 4, 15)) else { return };
    let signal = delisting(&later);
    let part = signal.parts.iter().find(|part| part.id == "delisting.removal").unwrap();
    assert_eq!((part.zone.as_deref(), part.severity), (Some("transfer"), Severity::Info), "{}", part.why);
    assert!(signal.evidence.iter().all(|evidence| evidence.form == "NT 10-Q"), "{:?}", signal.evidence);
}

/// Celadon's removal of 2018-04-18 fades although it went on filing notices of late reports.
#[test]
fn an_old_removal_fades_whatever_is_filed_later() {
    let Some(fresh) = case("CIK0000865941", date(2018, 5, 20)) else { return };
    let Some(old) = case("CIK0000865941", date(2019, 11, 1)) else { return };
    let weight = |case: &Case| forensics::factors::finding(&delisting(case), case.as_of, &Default::default());
    assert!((weight(&fresh) - 0.75).abs() < 1e-9, "{}", weight(&fresh));
    assert!(weight(&old) < 0.36 && weight(&old) > 0.2, "{}", weight(&old));
    let late = delisting(&fresh).parts.into_iter().find(|part| part.id == "delisting.late_reports").unwrap();
    assert_eq!(late.evidence[0].filed, date(2018, 5, 11), "newer than the removal, and told by its own part");
}

/// An invented company without filings.
fn invented(as_of: Date) -> Case {
    let index =
        br#"{"cik":"999999","name":"Invented Holdings, Inc.","filings":{"recent":{"accessionNumber":[]},"files":[]}}"#;
    Case {
        company: Submissions::read(index).unwrap().company,
        as_of,
        filings: Vec::new(),
        facts: None,
        why_no_facts: String::new(),
        documents: Documents::default(),
        lists: Lists::default(),
        index: Default::default(),
    }
}

/// Adds a filing with its document; newest must be added first.
fn put(case: &mut Case, form: &str, filed: Date, name: &str, bytes: &[u8]) {
    let accession: Accession = format!("0000999999-25-{:06}", case.filings.len() + 1).parse().unwrap();
    case.filings.push(Filing {
        accession: accession.clone(),
        form: form.to_owned(),
        filed,
        accepted: String::new(),
        report_date: None,
        items: Vec::new(),
        primary_document: name.to_owned(),
        description: String::new(),
        size: 0,
        file_number: String::new(),
    });
    case.documents.put(accession, name, Ok(Paper::new(name, None, bytes.to_vec())));
}

/// What the notice itself says decides first: the class, and the paragraph of Rule 12d2-2.
#[test]
fn a_removal_is_judged_by_its_class_its_paragraph_and_what_followed() {
    let notice = |class: &str, paragraph: &str| {
        format!(
            "<?xml version=\"1.0\"?><notificationOfRemoval><issuer><cik>999999</cik></issuer><descriptionClassSecurity>{class}\
             </descriptionClassSecurity><ruleProvision>17 CFR 240.12d2-2{paragraph}</ruleProvision></notificationOfRemoval>"
        )
    };
    let cover = |table: &str| {
        format!(
            "<p>FORM 10-K</p><p>Securities registered pursuant to Section 12(b) of the Act:</p><p>{table}</p><p>Section 12(g): None</p>"
        )
    };
    let listed = cover("Common Stock</p><p>The Nasdaq Stock Market LLC");
    let unlisted = cover("None");
    for (class, paragraph, later, zone, severity) in [
        ("Common Stock", "(b)", None, "removed", Severity::Critical),
        ("Common Stock", "(c)", None, "removed", Severity::High),
        ("Common Stock", "(a)(3)", None, "merger", Severity::Info),
        ("Common Stock", "(a)(4)", None, "removed", Severity::Critical),
        ("Redeemable Warrants", "(b)", None, "none", Severity::None),
        ("Common Stock Purchase Rights", "(a)(4)", None, "none", Severity::None),
        ("Preferred Stock Purchase Rights", "(a)(4)", None, "none", Severity::None),
        ("3.5% Senior Notes due 2025", "(a)(2)", None, "none", Severity::None),
        // What the cover of a later report says is stronger than what could be guessed.
        ("Common Stock", "(b)", Some(&listed), "none", Severity::None),
        ("Common Stock", "(b)", Some(&unlisted), "removed", Severity::Critical),
    ] {
        let mut case = invented(date(2025, 6, 1));
        if let Some(report) = later {
            put(&mut case, "10-K", date(2025, 5, 20), "k.htm", report.as_bytes());
        }
        put(&mut case, "25-NSE", date(2025, 5, 1), "primary_doc.xml", notice(class, paragraph).as_bytes());
        let signal = delisting(&case);
        assert_eq!(
            (signal.zone.as_deref(), signal.severity),
            (Some(zone), severity),
            "{class} {paragraph}: {}",
            signal.why
        );
    }
}
