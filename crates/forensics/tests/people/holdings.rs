//! Every real ownership form in the data, by figures computed apart from this code (a script over the XML, in another
//! language), and what initial statements add.

use forensics::signal::{Severity, Status};
use jiff::civil::{Date, date};

use crate::support::{case, file, form4, input, put, real, row, signal};

/// File, issuer, day of the reading, USD bought, sold, sold under plans, with exercises and otherwise, transactions by
/// code, and shares held on all lines.
type Expected = (&'static str, u64, Date, [f64; 5], &'static str, f64);

const FORMS: &[Expected] = &[
    (
        "0000320121-23-000040/000032012123000040_form4.xml",
        320121,
        date(2023, 6, 11),
        [598984.52, 0.0, 0.0, 0.0, 0.0],
        "P3",
        1032051.0,
    ),
    (
        "0000921895-25-001190/0000921895-25-001190.txt",
        1084869,
        date(2025, 5, 24),
        [912658.8657, 0.0, 0.0, 0.0, 0.0],
        "P4",
        8687914.0,
    ),
    (
        "0000929638-23-001482/000092963823001482_form4.xml",
        1493761,
        date(2023, 6, 10),
        [55150.0, 0.0, 0.0, 0.0, 0.0],
        "P1",
        18453.0,
    ),
    (
        "0001062993-23-011116/000106299323011116_form4.xml",
        1205922,
        date(2023, 6, 10),
        [0.0, 0.0, 0.0, 0.0, 0.0],
        "A1",
        0.0,
    ),
    (
        "0001127602-25-001055/0001127602-25-001055.txt",
        1750,
        date(2025, 2, 9),
        [0.0, 100354.5, 0.0, 0.0, 100354.5],
        "S1",
        37565.0,
    ),
    (
        "0001562180-25-000280/0001562180-25-000280.nc",
        1860782,
        date(2025, 2, 5),
        [0.0, 0.0, 0.0, 0.0, 0.0],
        "A2",
        253329.0,
    ),
    (
        "0001610717-23-000035/0001610717-23-000035.txt",
        1770787,
        date(2023, 6, 10),
        [0.0, 1743086.4, 0.0, 1743086.4, 0.0],
        "M2 S1",
        169745.0,
    ),
    (
        "0001610717-23-000035/0001610717-23-000035.xml",
        1770787,
        date(2023, 6, 10),
        [0.0, 1743086.4, 0.0, 1743086.4, 0.0],
        "M2 S1",
        169745.0,
    ),
    ("noacc-374WaterForm4-xml/374WaterForm4.xml", 933972, date(2025, 5, 30), [0.0, 0.0, 0.0, 0.0, 0.0], "A2", 757756.0),
    (
        "noacc-candlechaser-form4.xml/form4.xml",
        65770,
        date(2026, 7, 8),
        [0.0, 0.0, 0.0, 0.0, 0.0],
        "A1 F1 M4",
        663203.0,
    ),
    (
        "noacc-form4-snow-xml/form4.snow.xml",
        1640147,
        date(2023, 1, 12),
        [0.0, 30351309.77, 0.0, 30351309.77, 0.0],
        "M2 S5",
        894585.0,
    ),
    ("noacc-form5-snow-xml/form5.snow.xml", 1640147, date(2022, 3, 2), [0.0, 0.0, 0.0, 0.0, 0.0], "G1", 331591.0),
    (
        "noacc-stock_profiler-aapl_form5_wagner.xml/aapl_form5_wagner.xml",
        320193,
        date(2024, 10, 28),
        [0.0, 0.0, 0.0, 0.0, 0.0],
        "W1",
        67017.0,
    ),
    (
        "noacc-stock_profiler-brka_form4_davita_joint.xml/brka_form4_davita_joint.xml",
        927066,
        date(2026, 5, 31),
        [0.0, 182864678.9304, 0.0, 0.0, 182864678.9304],
        "S1",
        28880209.0,
    ),
    (
        "0001493152-26-036442/0001493152-26-036442.excerpt.txt",
        1022899,
        date(2026, 9, 4),
        [1294.0, 0.0, 0.0, 0.0, 0.0],
        "P1",
        31294.0,
    ),
    (
        "0001225208-26-007021/0001225208-26-007021.excerpt.txt",
        1018840,
        date(2026, 9, 3),
        [0.0, 1100000.0, 1100000.0, 0.0, 0.0],
        "S1",
        162534.0,
    ),
    (
        "0001231919-26-000838/0001231919-26-000838.excerpt.txt",
        2058707,
        date(2026, 9, 3),
        [9999995.0, 0.0, 0.0, 0.0, 0.0],
        "C1 P1",
        0.0,
    ),
];

#[test]
fn real_forms_add_up_as_another_reading_of_them_does() {
    for (path, issuer, as_of, [bought, sold, planned, paired, rest], codes, held) in FORMS {
        let Some(xml) = real(path) else { return };
        let mut case = case(*issuer, "The issuer", *as_of);
        let form = if path.contains("form5") { "5" } else { "4" };
        put(&mut case, 1, form, as_of.checked_sub(jiff::Span::new().days(5)).unwrap(), "xslF345X05/form.xml", xml);
        let found = signal(&case, "insiders");
        assert_eq!(found.status, Status::Ran, "{path}: {}", found.why);
        for (name, expected) in [
            ("open-market purchases", bought),
            ("open-market sales", sold),
            ("sales under Rule 10b5-1 plans", planned),
            ("sales paired with exercises", paired),
            ("discretionary sales", rest),
        ] {
            let figure = input(&found, name, "USD");
            assert!((figure - expected).abs() <= 1e-6 * expected.max(1.0), "{path}: {name} {figure}, not {expected}");
        }
        assert!((found.value.unwrap() - (bought - sold)).abs() <= 1e-6 * (bought + sold).max(1.0), "{path}");
        let counted: Vec<String> = found
            .inputs
            .iter()
            .filter_map(|one| Some(format!("{}{}", one.name.strip_prefix("transactions of code ")?, one.value)))
            .collect();
        assert_eq!(counted.join(" "), *codes, "{path}");
        let holder = found.inputs.iter().find(|one| one.name.starts_with("held by "));
        assert_eq!(holder.map_or(0.0, |one| one.value), *held, "{path}: {:?}", holder.map(|one| &one.name));
    }
}

/// 1-800-Flowers, 0000921895-25-001190: three funds file together, each a ten per cent owner.
#[test]
fn a_part_says_who_reports_and_what_he_is() {
    let Some(xml) = real("0000921895-25-001190/0000921895-25-001190.txt") else { return };
    let mut case = case(1_084_869, "1 800 FLOWERS COM INC", date(2025, 5, 24));
    put(&mut case, 1, "4", date(2025, 4, 28), "xslF345X05/form4.xml", xml);
    let found = signal(&case, "insiders");
    assert_eq!(input(&found, "distinct buyers", "persons"), 1.0);
    assert_eq!(input(&found, "ten per cent owners among those who filed", "persons"), 1.0);
    let why = &found.parts[0].why;
    for owner in ["Fund 1 Investments, LLC", "PLP Funds Master Fund LP", "Pleasant Lake Partners LLC"] {
        assert!(why.contains(&format!("{owner} (10 % owner)")), "{why}");
    }
    assert_eq!(input(&found.parts[0], "reported by a ten per cent owner", "pure"), 1.0);
    assert!(found.parts[0].inputs.iter().all(|one| one.name != "reported by an officer"));
}

/// Snowflake and Apple, Forms 3: initial statements with derivatives only, hence no shares.
#[test]
fn an_initial_statement_is_no_deed() {
    for (path, issuer, as_of) in [
        ("noacc-form3-snow-xml/form3.snow.xml", 1_640_147, date(2020, 10, 1)),
        ("noacc-stock_profiler-aapl_form3_newstead.xml/aapl_form3_newstead.xml", 320_193, date(2026, 4, 1)),
    ] {
        let Some(xml) = real(path) else { return };
        let mut case = case(issuer, "The issuer", as_of);
        let filing = as_of.checked_sub(jiff::Span::new().days(10)).unwrap();
        put(&mut case, 1, "3", filing, "xslF345X02/form3.xml", xml);
        let found = signal(&case, "insiders");
        assert_eq!((found.status, found.severity, found.value), (Status::Ran, Severity::None, None));
        assert_eq!(found.zone.as_deref(), Some("no_filings"));
        assert!(found.why.contains("1 initial statements"), "{}", found.why);
        assert_eq!(input(&found, "initial statements read", "filings"), 1.0);
    }
}

/// A sale of everything that a trust had is no sale of everything: the initial statement names the other lines.
#[test]
fn a_sale_is_held_against_all_lines_of_the_holding() {
    const CIK: u64 = 7;
    let sale = form4(CIK, &[1], Some("0"), &[], &[row("S", "2025-05-01", 50_000.0, 4.0, 0.0)]);
    let mut case = case(CIK, "Sample Corp", date(2025, 6, 1));
    put(&mut case, 2, "4", date(2025, 5, 2), "a.xml", sale);
    let name = "largest part of a holding sold on one day outside plans and exercises";
    let found = signal(&case, "insiders");
    assert_eq!((input(&found, name, "pure"), found.severity), (1.0, Severity::Caution));
    let initial = form4(CIK, &[1], None, &[], &[]).replace(">4<", ">3<").replace(
        "<nonDerivativeTable>",
        "<nonDerivativeTable><nonDerivativeHolding><securityTitle><value>Common Stock</value></securityTitle>\
         <postTransactionAmounts><sharesOwnedFollowingTransaction><value>950000</value></sharesOwnedFollowingTransaction>\
         </postTransactionAmounts><ownershipNature><directOrIndirectOwnership><value>I</value></directOrIndirectOwnership>\
         <natureOfOwnership><value>By trust</value></natureOfOwnership></ownershipNature></nonDerivativeHolding>",
    );
    put(&mut case, 1, "3", date(2025, 1, 2), "b.xml", initial);
    let found = signal(&case, "insiders");
    assert_eq!((input(&found, name, "pure"), found.severity), (0.05, Severity::Info));
    assert_eq!(input(&found.parts[0], "owned on other lines", "shares"), 950_000.0);
    assert!(found.parts[0].why.contains("5.0 % of the holding"), "{}", found.parts[0].why);
    // Deeds go before initial statements when documents are chosen, and both stay within the cap.
    for number in 10..60 {
        file(&mut case, number, "4", date(2025, 5, 3), "a.xml");
        file(&mut case, 100 + number, "3", date(2025, 5, 4), "a.xml");
    }
    let chosen = forensics::people::insiders::chosen(&case.filings, case.as_of);
    assert_eq!((chosen.len(), chosen.iter().filter(|one| one.form == "3").count()), (24, 0));
}
