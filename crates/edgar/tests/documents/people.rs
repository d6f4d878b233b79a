//! Ownership forms, notices and schedules: every one of the data, and the lessons that cost somebody dear.

use edgar::form144::{self, Form144Problem};
use edgar::ids::Cik;
use edgar::ownership::{self, OwnershipProblem, Table};
use edgar::schedule13::{self, Kind, Schedule13Problem};
use jiff::civil::date;

use crate::data;

#[test]
fn every_real_ownership_form_is_read_with_its_codes_and_its_box() {
    let Some(manifest) = data::manifest() else { return };
    let mut read = 0;
    for entry in manifest.iter().filter(|entry| entry.kind == "ownership") {
        let bytes = data::bytes(&entry.path);
        let form = match ownership::read(&bytes) {
            Ok(form) => form,
            Err(problem) => {
                // The one paper form of the data, of the year 2000.
                assert!(entry.path.contains("0001094891-00-000193"), "{}: {problem}", entry.path);
                assert_eq!(problem, OwnershipProblem::NotMachineReadable);
                continue;
            }
        };
        read += 1;
        assert_eq!(form.form, entry.form, "{}", entry.path);
        assert!(form.problems.is_empty(), "{}: {:?}", entry.path, form.problems);
        assert!(form.issuer.cik.is_some() && !form.owners.is_empty(), "{}", entry.path);
        assert!(form.owners.iter().all(|owner| owner.cik.is_some() && !owner.name.is_empty()), "{}", entry.path);
        if form.form == "3" {
            assert!(form.transactions.is_empty(), "{}", entry.path);
        }
        for row in &form.transactions {
            assert!(row.date.is_some() && row.shares.is_some() && row.acquired.is_some(), "{}: {row:?}", entry.path);
            assert!(row.footnotes.iter().all(|id| form.footnote(id).is_some()), "{}", entry.path);
        }
        let note =
            |name: &str| entry.note.split([' ', ';']).find_map(|word| word.strip_prefix(name)).map(str::to_owned);
        if let Some(codes) = note("codes=") {
            let mut found: Vec<char> = form.transactions.iter().flat_map(|row| row.code.chars()).collect();
            found.sort_unstable();
            found.dedup();
            assert_eq!(found.into_iter().collect::<String>(), codes, "{}", entry.path);
        }
        if let Some(ticked) = note("aff10b5One=") {
            assert_eq!(form.plan_box, Some(matches!(ticked.as_str(), "1" | "true")), "{}", entry.path);
        }
    }
    assert_eq!(read, 19);
}

/// Snowflake, Form 4 of Michael Scarpelli, 2022-12-13: exercise of 200,000 at $8.88, sold the same day in lots.
#[test]
fn an_exercise_and_its_sales_are_read_row_by_row() {
    let Some(bytes) = data::find("form4.snow.xml") else { return };
    let form = ownership::read(&bytes).unwrap();
    assert_eq!(form.issuer.cik, Some(Cik(1_640_147)));
    assert_eq!(form.plan_box, None, "the box came in April 2023");
    let owner = &form.owners[0];
    assert_eq!((owner.officer, owner.director, owner.title.as_str()), (true, false, "Chief Financial Officer"));
    let first = &form.transactions[0];
    assert_eq!((first.code.as_str(), first.shares, first.price), ("M", Some(200_000.0), Some(8.88)));
    assert!((first.amount().unwrap() - 1_776_000.0).abs() < 1e-6);
    assert_eq!(first.date, Some(date(2022, 12, 13)));
    let second = &form.transactions[1];
    assert_eq!((second.shares, second.price, second.owned_after), (Some(73_170.0), Some(150.841), Some(227_927.0)));
    let share = second.share_of_holding().unwrap();
    assert!((share - 73_170.0 / 301_097.0).abs() < 1e-12);
    assert_eq!(second.footnotes, ["F2", "F3"]);
    assert!(form.footnote("F2").unwrap().contains("tax planning purposes"));
    let derivative = form.transactions.iter().find(|row| row.table == Table::Derivative).unwrap();
    assert_eq!((derivative.code.as_str(), derivative.exercise_price), ("M", Some(8.88)));
}

/// Lesson 31. Frazier and Atlas, 0001231919-26-000838: `true` and `1` in one filing, two owners, no holdings after.
#[test]
fn booleans_owners_and_absent_elements() {
    let Some(bytes) = data::find("0001231919-26-000838") else { return };
    let form = ownership::read(&bytes).unwrap();
    assert_eq!(form.owners.len(), 2);
    assert!(form.owners.iter().all(|owner| owner.ten_percent && !owner.director && !owner.officer));
    let purchase = &form.transactions[0];
    assert_eq!((purchase.code.as_str(), purchase.amount()), ("P", Some(588_235.0 * 17.0)));
    assert_eq!((purchase.owned_after, purchase.direct), (None, None));
    let conversion = &form.transactions[1];
    assert_eq!((conversion.code.as_str(), conversion.table), ("C", Table::Derivative));
}

/// Lesson 31, dates with a zone; lesson 30, holdings only and malformed.
#[test]
fn zones_holdings_only_and_breaks() {
    let xml = "<?xml version=\"1.0\"?><ownershipDocument><documentType>4/A</documentType>\
        <periodOfReport>2025-04-24-05:00</periodOfReport>\
        <dateOfOriginalSubmission>2025-04-25-05:00</dateOfOriginalSubmission>\
        <issuer><issuerCik>0000000007</issuerCik></issuer>\
        <nonDerivativeTable><nonDerivativeHolding><securityTitle><value>Common</value></securityTitle>\
        <postTransactionAmounts><sharesOwnedFollowingTransaction><value>100</value></sharesOwnedFollowingTransaction>\
        </postTransactionAmounts></nonDerivativeHolding></nonDerivativeTable></ownershipDocument>";
    let form = ownership::read(xml.as_bytes()).unwrap();
    assert_eq!((form.period, form.original_filed), (Some(date(2025, 4, 24)), Some(date(2025, 4, 25))));
    assert!(form.transactions.is_empty() && form.problems.is_empty());
    assert_eq!(form.holdings[0].shares, Some(100.0));
    assert_eq!(form.plan_box, None, "an absent box is not an empty one");
    // Broken off within a holding.
    let form = ownership::read(&xml.as_bytes()[..xml.len() - 100]).unwrap();
    assert!(form.holdings.is_empty() && !form.problems.is_empty());
    for (bytes, named) in [
        (&b"<html><body>4</body></html>"[..], false),
        (b"", false),
        (b"<?xml version=\"1.0\"?><ownershipDocument", true),
    ] {
        let problem = ownership::read(bytes).unwrap_err();
        assert_eq!(matches!(problem, OwnershipProblem::Malformed(_)), named, "{problem}");
    }
}

#[test]
fn a_price_that_is_only_a_footnote_is_unknown_and_not_zero() {
    let xml = "<ownershipDocument><nonDerivativeTable><nonDerivativeTransaction><transactionCoding>\
        <transactionCode>S</transactionCode></transactionCoding><transactionAmounts><transactionShares><value>5</value>\
        </transactionShares><transactionPricePerShare><footnoteId id=\"F1\"/></transactionPricePerShare>\
        </transactionAmounts></nonDerivativeTransaction><nonDerivativeTransaction><transactionAmounts>\
        <transactionShares><value>about 5</value></transactionShares></transactionAmounts></nonDerivativeTransaction>\
        </nonDerivativeTable></ownershipDocument>";
    let form = ownership::read(xml.as_bytes()).unwrap();
    assert_eq!((form.transactions[0].price, form.transactions[0].amount()), (None, None));
    assert_eq!(form.transactions[1].shares, None);
    assert!(form.problems[0].contains("`about 5`"), "{:?}", form.problems);
}

/// The SEC's own samples of Form 144.
#[test]
fn notices_are_read_with_the_price_they_imply() {
    let Some(bytes) = data::find("noacc-Sample-144-xml") else { return };
    let form = form144::read(&bytes).unwrap();
    assert_eq!((form.form.as_str(), form.issuer), ("144", Some(Cik(1_118_676))));
    assert_eq!(form.relationships, ["Officer", "Director", "Stakeholder"]);
    assert_eq!(form.lines.len(), 2);
    let (first, second) = (&form.lines[0], &form.lines[1]);
    assert_eq!(
        (first.shares, first.value, first.outstanding),
        (Some(17_087.0), Some(1_282_000.0), Some(161_514_066.0))
    );
    assert_eq!(first.sale_date, Some(date(2022, 8, 27)));
    assert!((first.implied_price().unwrap() - 75.03).abs() < 0.01);
    // Lesson 33: the second line implies $7,028.
    assert!((second.implied_price().unwrap() - 7_027.78).abs() < 0.01);
    assert_eq!((form.noticed, form.plans.len(), form.sold.len()), (Some(date(2022, 9, 8)), 3, 1));
    let amended = form144::read(&data::find("Sample_144dashA").unwrap()).unwrap();
    assert_eq!(amended.form, "144/A");
    assert_eq!(form144::read(b"<html>paper</html>").unwrap_err(), Form144Problem::NotMachineReadable);
}

#[test]
fn schedules_are_read_in_both_of_their_forms() {
    for (words, kind, amendment, issuer, holder, percent, shares, event) in [
        (
            "noacc-schedule13g-xml",
            Kind::G,
            false,
            "Jushi Holdings Inc.",
            "Marex Securities Products Inc.",
            5.1,
            10_000_000.0,
            date(2025, 11, 19),
        ),
        (
            "noacc-schedule13d-xml",
            Kind::D,
            false,
            "Aadi Bioscience, Inc.",
            "BML Investment Partners, L.P.",
            9.9,
            2_435_000.0,
            date(2024, 12, 31),
        ),
        (
            "0000902664-25-002420",
            Kind::G,
            true,
            "AVIS BUDGET GROUP, INC.",
            "Pentwater Capital Management LP",
            22.2,
            7_824_100.0,
            date(2026, 3, 31),
        ),
        (
            "schedule13d_nested_cusip",
            Kind::D,
            false,
            "Seaport Therapeutics, Inc.",
            "ARCH Venture Fund XII, L.P.",
            11.9,
            6_294_951.0,
            date(2026, 5, 4),
        ),
        (
            "0001076809-24-000144",
            Kind::G,
            false,
            "AVID BIOSERVICES, INC.",
            "Glazer Capital, LLC",
            5.31,
            3_394_114.0,
            date(2024, 12, 9),
        ),
        (
            "SC-13G-DOCUMENT.html",
            Kind::G,
            false,
            "LIVENT CORPORATION",
            "ICS Opportunities, Ltd.",
            0.0,
            0.0,
            date(2023, 12, 29),
        ),
        (
            "SG-13G-DOCUMENT-WITH-TEXT.html",
            Kind::G,
            true,
            "TRINITY INDUSTRIES INC",
            "BlackRock, Inc.",
            17.1,
            13_967_335.0,
            date(2023, 12, 31),
        ),
    ] {
        let Some(bytes) = data::find(words) else { return };
        let schedule = schedule13::read("a.htm", &bytes).unwrap_or_else(|problem| panic!("{words}: {problem}"));
        assert_eq!((schedule.kind, schedule.amendment), (Some(kind), amendment), "{words}");
        assert_eq!((schedule.issuer_name.as_str(), schedule.persons[0].name.as_str()), (issuer, holder), "{words}");
        assert_eq!((schedule.percent(), schedule.shares()), (Some(percent), Some(shares)), "{words}");
        assert_eq!(schedule.event, Some(event), "{words}");
        assert!(schedule.problems.is_empty(), "{words}");
    }
    assert_eq!(schedule13::read("a.htm", b"<p>Nothing here.").unwrap_err(), Schedule13Problem::NoCoverPage);
}
