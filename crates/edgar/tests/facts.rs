//! XBRL facts: reading, views, years, quarters, errors of units; on made documents and on real filers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::PathBuf;

use edgar::facts::{Basis, Facts, FactsProblem, Figure};
use jiff::civil::{Date, date};
use proptest::prelude::*;

/// One fact of a made document: tag, unit, start (empty for an instant), end, value, form, day of filing, number of the
/// filing.
type Made<'t> = (&'t str, &'t str, &'t str, &'t str, f64, &'t str, &'t str, u32);

/// A document of an invented filer.
fn document(facts: &[Made<'_>]) -> String {
    let mut taxonomies: Vec<(&str, Vec<&Made<'_>>)> = Vec::new();
    for fact in facts {
        let (taxonomy, _) = fact.0.split_once(':').unwrap();
        match taxonomies.iter_mut().find(|(known, _)| *known == taxonomy) {
            Some((_, list)) => list.push(fact),
            None => taxonomies.push((taxonomy, vec![fact])),
        }
    }
    let mut text = String::from(r#"{"cik": 1, "entityName": "Invented Example Corp", "facts": {"#);
    for (at, (taxonomy, list)) in taxonomies.iter().enumerate() {
        write!(text, r#"{}"{taxonomy}": {{"#, if at > 0 { "," } else { "" }).unwrap();
        let mut tags: Vec<&str> = list.iter().map(|fact| fact.0.split_once(':').unwrap().1).collect();
        tags.sort_unstable();
        tags.dedup();
        for (at, tag) in tags.iter().enumerate() {
            write!(text, r#"{}"{tag}": {{"label": null, "units": {{"#, if at > 0 { "," } else { "" }).unwrap();
            let of_tag: Vec<&&Made<'_>> =
                list.iter().filter(|fact| fact.0.split_once(':').unwrap().1 == *tag).collect();
            let mut units: Vec<&str> = of_tag.iter().map(|fact| fact.1).collect();
            units.sort_unstable();
            units.dedup();
            for (at, unit) in units.iter().enumerate() {
                write!(text, r#"{}"{unit}": ["#, if at > 0 { "," } else { "" }).unwrap();
                let rows: Vec<String> = of_tag
                    .iter()
                    .filter(|fact| fact.1 == *unit)
                    .map(|(_, _, start, end, value, form, filed, number)| {
                        let start = if start.is_empty() { String::new() } else { format!(r#""start": "{start}", "#) };
                        format!(
                            r#"{{{start}"end": "{end}", "val": {value}, "accn": "0000000001-20-{number:06}", "fy": 2020, "fp": "FY", "form": "{form}", "filed": "{filed}"}}"#
                        )
                    })
                    .collect();
                write!(text, "{}]", rows.join(",")).unwrap();
            }
            text.push_str("}}");
        }
        text.push('}');
    }
    text.push_str("}}");
    text
}

fn made(facts: &[Made<'_>]) -> Facts {
    Facts::read(document(facts).as_bytes()).unwrap()
}

fn real(cik: u64) -> Option<Facts> {
    let shared = std::env::var_os("MODELARIUM_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let path = shared.join(format!("data/edgar/companyfacts/CIK{cik:010}.json.gz"));
    let Ok(file) = std::fs::File::open(&path) else {
        println!("skipped: no {}", path.display());
        return None;
    };
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    Some(Facts::read(&bytes).unwrap())
}

fn value(figure: Option<Figure>) -> f64 {
    figure.expect("no figure").value
}

const APPLE: u64 = 320_193;
const CELADON: u64 = 865_941;
const UNDER_ARMOUR: u64 = 1_336_917;
const LPA: u64 = 1_997_711;
const OPERATING: &str = "us-gaap:NetCashProvidedByUsedInOperatingActivities";
const SALES: &str = "us-gaap:RevenueFromContractWithCustomerExcludingAssessedTax";

#[test]
fn what_is_not_companyfacts_is_named() {
    let problem = |bytes: &[u8]| Facts::read(bytes).unwrap_err();
    assert!(matches!(
        problem(b"<!DOCTYPE html><title>Request Rate Threshold Exceeded</title>"),
        FactsProblem::NotJson(_)
    ));
    assert!(matches!(problem(b""), FactsProblem::NotJson(_)));
    assert!(matches!(problem(b"[]"), FactsProblem::NotJson(_)));
    assert!(matches!(
        problem(b"{\"facts\": {\"us-gaap\": {\"Assets\": {\"units\": {\"USD\": [{\"end\""),
        FactsProblem::Malformed(_)
    ));
    assert!(matches!(problem(b"{\"cik\": 1} trailing"), FactsProblem::Malformed(_)));
    assert_eq!(problem(b"{\"cik\": 1, \"name\": \"submissions of somebody\"}"), FactsProblem::NoFacts);
    let nested = [b"{\"facts\": ".as_slice(), &vec![b'['; 1_000_000]].concat();
    assert!(matches!(problem(&nested), FactsProblem::Malformed(_)));
    let nested = [b"{\"other\": ".as_slice(), &vec![b'['; 1_000_000]].concat();
    assert!(matches!(problem(&nested), FactsProblem::Malformed(_)));
    assert!(problem(b"<html>").to_string().contains("<html>"));
}

#[test]
fn one_odd_fact_costs_nothing_but_itself() {
    let text = r#"{"cik": "0000000001", "entityName": null, "facts": {"us-gaap": {"Assets": {"label": null, "units": {"USD": [
        {"end": "2020-12-31", "val": 5, "accn": "0000000001-21-000001", "form": "10-K", "filed": "2021-03-01"},
        {"end": "2020-02-31", "val": 5, "accn": "0000000001-21-000001", "form": "10-K", "filed": "2021-03-01"},
        {"end": "2020-12-31", "val": null, "accn": "0000000001-21-000001", "form": "10-K", "filed": "2021-03-01"},
        {"end": "2020-12-31", "val": 5, "accn": "none", "form": "10-K", "filed": "2021-03-01"},
        {"start": "2021-12-31", "end": "2020-12-31", "val": 5, "accn": "0000000001-21-000001", "filed": "2021-03-01"},
        {"end": {"a": [1]}, "val": 5, "accn": "0000000001-21-000001", "filed": "2021-03-01"},
        {"val": 5}
    ]}}}}}"#;
    let facts = Facts::read(text.as_bytes()).unwrap();
    assert_eq!((facts.len(), facts.unreadable, facts.cik.unwrap().0), (1, 6, 1));
    let empty = Facts::read(br#"{"cik": 5, "entityName": "", "facts": {}}"#).unwrap();
    assert!(empty.is_empty() && empty.as_of(date(2020, 1, 1)).fiscal_years().is_empty());
}

/// A dollar per share never answers for a dollar.
#[test]
fn units_are_exact() {
    let facts = made(&[
        ("us-gaap:Thing", "USD/shares", "", "2020-12-31", 1.25, "10-K", "2021-03-01", 1),
        ("us-gaap:Thing", "USDX", "", "2020-12-31", 2.0, "10-K", "2021-03-01", 1),
    ]);
    let view = facts.as_of(date(2022, 1, 1));
    assert_eq!(view.instant("us-gaap:Thing", "USD", date(2020, 12, 31), Basis::Restated), None);
    assert_eq!(value(view.instant("us-gaap:Thing", "USD/shares", date(2020, 12, 31), Basis::Restated)), 1.25);
}

/// Lessons 10 to 13: a forecast, a note dated within the year and a quarter labelled FY make no year.
#[test]
fn years_are_days_with_a_balance_sheet_and_a_full_year() {
    let facts = made(&[
        ("us-gaap:Assets", "USD", "", "2020-12-31", 100.0, "10-K", "2021-03-01", 1),
        ("us-gaap:Revenues", "USD", "2020-01-01", "2020-12-31", 50.0, "10-K", "2021-03-01", 1),
        ("us-gaap:Assets", "USD", "", "2019-12-31", 90.0, "10-K", "2021-03-01", 1),
        ("us-gaap:Revenues", "USD", "2019-01-01", "2019-12-31", 40.0, "10-K", "2021-03-01", 1),
        // A quarter, and the balance sheet of an acquisition with twelve months to it, both in the 10-K.
        ("us-gaap:Revenues", "USD", "2020-07-01", "2020-09-30", 12.0, "10-K", "2021-03-01", 1),
        ("us-gaap:Assets", "USD", "", "2020-09-30", 95.0, "10-K", "2021-03-01", 1),
        ("us-gaap:Revenues", "USD", "2019-10-01", "2020-09-30", 45.0, "10-K", "2021-03-01", 1),
        // Next year, in a note of this year's report.
        ("us-gaap:Assets", "USD", "", "2021-12-31", 1.0, "10-K", "2021-03-01", 1),
        ("us-gaap:Revenues", "USD", "2021-01-01", "2021-12-31", 1.0, "10-K", "2021-03-01", 1),
        // A balance sheet without a year's flow, and a flow without a balance sheet.
        ("us-gaap:Assets", "USD", "", "2018-12-31", 80.0, "10-K", "2021-03-01", 1),
        ("us-gaap:Revenues", "USD", "2017-01-01", "2017-12-31", 30.0, "10-K", "2021-03-01", 1),
        // A cover dated at the day of filing.
        ("dei:EntityCommonStockSharesOutstanding", "shares", "", "2021-02-20", 10.0, "10-K", "2021-03-01", 1),
    ]);
    let years = facts.as_of(date(2022, 6, 1)).fiscal_years();
    let ends: Vec<Date> = years.iter().map(|year| year.end).collect();
    assert_eq!(ends, [date(2019, 12, 31), date(2020, 12, 31)]);
    assert!(years[1].follows(&years[0]));
    assert_eq!((years[1].currency.as_str(), years[1].taxonomy, years[1].form.as_str()), ("USD", "us-gaap", "10-K"));
}

/// A convenience translation into dollars covers the last year alone; the filer reports in yuan.
#[test]
fn the_reporting_currency_is_the_one_of_every_year() {
    let mut rows: Vec<Made<'_>> = vec![
        ("ifrs-full:Assets", "USD", "", "2022-12-31", 14.0, "20-F", "2023-04-01", 2),
        ("ifrs-full:Revenue", "USD", "2022-01-01", "2022-12-31", 7.0, "20-F", "2023-04-01", 2),
        ("ifrs-full:ProfitLoss", "USD", "2022-01-01", "2022-12-31", 1.0, "20-F", "2023-04-01", 2),
    ];
    for (end, start, filed, number) in
        [("2021-12-31", "2021-01-01", "2022-04-01", 1), ("2022-12-31", "2022-01-01", "2023-04-01", 2)]
    {
        rows.push(("ifrs-full:Assets", "CNY", "", end, 100.0, "20-F", filed, number));
        rows.push(("ifrs-full:Revenue", "CNY", start, end, 50.0, "20-F", filed, number));
        rows.push(("ifrs-full:ProfitLoss", "CNY", start, end, 8.0, "20-F", filed, number));
    }
    let facts = made(&rows);
    let years = facts.as_of(date(2023, 6, 1)).fiscal_years();
    assert_eq!(years.iter().map(|year| year.currency.as_str()).collect::<Vec<_>>(), ["CNY", "CNY"]);
    assert!(years.iter().all(|year| year.taxonomy == "ifrs-full" && year.form == "20-F"));
}

#[test]
fn restated_and_first_reported_are_both_kept() {
    let facts = made(&[
        ("us-gaap:Assets", "USD", "", "2020-12-31", 100.0, "10-K", "2021-03-01", 1),
        ("us-gaap:Assets", "USD", "", "2020-12-31", 97.0, "10-K/A", "2021-08-01", 2),
        ("us-gaap:Assets", "USD", "", "2020-12-31", 96.0, "10-K", "2022-03-01", 3),
    ]);
    let at = |day: Date, basis| value(facts.as_of(day).instant("us-gaap:Assets", "USD", date(2020, 12, 31), basis));
    assert_eq!(at(date(2021, 3, 1), Basis::Restated), 100.0);
    assert_eq!(at(date(2021, 8, 1), Basis::Restated), 97.0);
    assert_eq!(at(date(2023, 1, 1), Basis::Restated), 96.0);
    assert_eq!(at(date(2023, 1, 1), Basis::FirstReported), 100.0);
    let view = facts.as_of(date(2021, 12, 31));
    let versions = view.versions("us-gaap:Assets", "USD", None, date(2020, 12, 31));
    assert_eq!(versions.iter().map(|figure| figure.value).collect::<Vec<_>>(), [100.0, 97.0]);
    assert_eq!(
        facts.as_of(date(2021, 2, 28)).instant("us-gaap:Assets", "USD", date(2020, 12, 31), Basis::Restated),
        None
    );
}

/// Apple's 10-Qs and 10-K of 2023 and 2024, worked out by hand: sales of the fourth quarter 383,285 - 293,787, of the
/// twelve months to 30 March 2024 381,623; operating cash flow of the second quarter of 2024 62,585 - 39,895 (millions).
#[test]
fn quarters_and_twelve_months_of_apple() {
    let Some(facts) = real(APPLE) else { return };
    let view = facts.as_of(date(2024, 5, 31));
    let fourth = view.quarter(SALES, "USD", date(2023, 9, 30), Basis::Restated).unwrap();
    assert_eq!((fourth.figure.value, fourth.start), (89_498e6, date(2023, 7, 2)));
    assert_eq!(fourth.figure.terms.len(), 2, "the year less nine months");
    assert!(fourth.figure.tag.contains(" - "));
    let second = view.quarter(OPERATING, "USD", date(2024, 3, 30), Basis::Restated).unwrap();
    assert_eq!(second.figure.value, 22_690e6);
    let twelve = view.trailing(SALES, "USD", date(2024, 3, 30), Basis::Restated).unwrap();
    assert_eq!(twelve.value, 381_623e6);
    assert_eq!(twelve.terms.iter().map(|term| term.sign).collect::<Vec<_>>(), [1.0, 1.0, -1.0]);
    assert!(twelve.terms.iter().all(|term| term.figure.accession.is_some()));
    assert_eq!(value(view.trailing(SALES, "USD", date(2023, 9, 30), Basis::Restated)), 383_285e6);
    let quarters = view.quarters(SALES, "USD", date(2023, 9, 30), 4, Basis::Restated);
    let sum: f64 = quarters.iter().map(|quarter| quarter.figure.value).sum();
    assert_eq!((quarters.len(), sum), (4, 383_285e6));
}

/// Fifty-two and fifty-three weeks, and every year from 2008 on.
#[test]
fn the_years_of_apple() {
    let Some(facts) = real(APPLE) else { return };
    let years = facts.as_of(date(2024, 12, 31)).fiscal_years();
    assert_eq!(years.len(), 17);
    assert_eq!((years[16].start, years[16].end), (date(2023, 10, 1), date(2024, 9, 28)));
    assert!(years.windows(2).all(|pair| pair[1].follows(&pair[0])));
}

/// Lesson 12: the quarter to 31 March 2016 stands in Celadon's 10-K of 13 September 2016 and is labelled FY.
#[test]
fn celadons_quarter_is_no_year() {
    let Some(facts) = real(CELADON) else { return };
    let view = facts.as_of(date(2017, 3, 1));
    let quarter = view
        .of("us-gaap:Revenues")
        .find(|fact| fact.end == date(2016, 3, 31) && fact.value == 259_574_000.0)
        .expect("the trap is in the data");
    assert!(!edgar::facts::is_full_year(quarter.days().unwrap()));
    let years = view.fiscal_years();
    assert!(years.iter().all(|year| year.end != date(2016, 3, 31)));
    let last_two: Vec<Date> = years.iter().rev().take(2).map(|year| year.end).collect();
    assert_eq!(last_two, [date(2016, 6, 30), date(2015, 6, 30)]);
    assert_eq!(
        value(view.over("us-gaap:Revenues", "USD", date(2016, 6, 30), 350..=380, Basis::Restated)),
        1_065_356_000.0
    );
}

/// Celadon tagged 40,000 thousand authorised shares as 40,000 and as 40,000,000,000 in 2012 and 2013.
#[test]
fn celadons_thousands_are_found() {
    let Some(facts) = real(CELADON) else { return };
    let view = facts.as_of(date(2017, 3, 1));
    let wrong: Vec<f64> = view
        .doubts()
        .iter()
        .filter(|doubt| doubt.tag == "us-gaap:CommonStockSharesAuthorized")
        .map(|doubt| doubt.value)
        .collect();
    assert!(wrong.contains(&40_000.0) && wrong.contains(&40_000_000_000.0), "{wrong:?}");
    let left: Vec<f64> = view.of("us-gaap:CommonStockSharesAuthorized").map(|fact| fact.value).collect();
    assert!(!left.is_empty() && left.iter().all(|value| *value == 40_000_000.0), "{left:?}");
}

/// Under Armour moved its year's end from December to March: January to March 2022 is a transition period.
#[test]
fn a_transition_period_is_no_year() {
    let Some(facts) = real(UNDER_ARMOUR) else { return };
    let view = facts.as_of(date(2024, 6, 30));
    let years = view.fiscal_years();
    let ends: Vec<Date> = years.iter().rev().take(3).map(|year| year.end).collect();
    assert_eq!(ends, [date(2024, 3, 31), date(2023, 3, 31), date(2021, 12, 31)]);
    assert!(!years[years.len() - 2].follows(&years[years.len() - 3]));
    let transitions = view.transition_periods(&years);
    assert_eq!(transitions.len(), 1);
    assert_eq!((transitions[0].start, transitions[0].end), (date(2022, 1, 1), date(2022, 3, 31)));
}

/// Logistic Properties of the Americas files 20-F under IFRS, in dollars, with exchange rates in three other currencies.
#[test]
fn a_foreign_filer_has_years() {
    let Some(facts) = real(LPA) else { return };
    let years = facts.as_of(date(2025, 6, 30)).fiscal_years();
    assert_eq!(
        years.iter().map(|year| year.end).collect::<Vec<_>>(),
        [date(2022, 12, 31), date(2023, 12, 31), date(2024, 12, 31)]
    );
    assert!(years.iter().all(|year| year.currency == "USD" && year.taxonomy == "ifrs-full"));
}

#[test]
fn assets_that_do_not_balance_by_a_thousand_are_left_out() {
    let mut rows: Vec<Made<'_>> = Vec::new();
    for (end, filed, number) in [("2018-12-31", "2019-03-01", 1), ("2019-12-31", "2020-03-01", 2)] {
        rows.push(("us-gaap:Assets", "USD", "", end, 5_000_000.0, "10-K", filed, number));
        rows.push(("us-gaap:LiabilitiesAndStockholdersEquity", "USD", "", end, 5_000_000.0, "10-K", filed, number));
    }
    rows.push(("us-gaap:Assets", "USD", "", "2020-12-31", 5_100.0, "10-K", "2021-03-01", 3));
    rows.push((
        "us-gaap:LiabilitiesAndStockholdersEquity",
        "USD",
        "",
        "2020-12-31",
        5_100_000.0,
        "10-K",
        "2021-03-01",
        3,
    ));
    let facts = made(&rows);
    let view = facts.as_of(date(2021, 6, 1));
    assert_eq!(view.doubts().len(), 1, "{:?}", view.doubts());
    assert_eq!((view.doubts()[0].tag.as_str(), view.doubts()[0].factor), ("us-gaap:Assets", 0.001));
    assert_eq!(view.instant("us-gaap:Assets", "USD", date(2020, 12, 31), Basis::Restated), None);
}

/// A filing whose comparatives are all a thousand times too small is wrong in its own year too.
#[test]
fn a_filing_in_the_wrong_thousands_is_left_out_whole() {
    let tags = ["us-gaap:Assets", "us-gaap:Liabilities", "us-gaap:StockholdersEquity", "us-gaap:InventoryNet"];
    let mut rows: Vec<Made<'_>> = Vec::new();
    for (at, tag) in tags.iter().enumerate() {
        let size = 1_234_000.0 * (at + 1) as f64;
        rows.push((tag, "USD", "", "2018-12-31", size, "10-K", "2019-03-01", 1));
        rows.push((tag, "USD", "", "2019-12-31", size * 1.1, "10-K", "2020-03-01", 2));
        rows.push((tag, "USD", "", "2018-12-31", size, "10-K", "2020-03-01", 2));
        // In thousands without the scale.
        rows.push((tag, "USD", "", "2019-12-31", size * 1.1 / 1000.0, "10-K", "2021-03-01", 3));
        rows.push((tag, "USD", "", "2020-12-31", size * 1.2 / 1000.0, "10-K", "2021-03-01", 3));
    }
    let facts = made(&rows);
    let view = facts.as_of(date(2021, 6, 1));
    for tag in tags {
        assert_eq!(view.instant(tag, "USD", date(2020, 12, 31), Basis::Restated), None, "{tag}");
        assert!(view.instant(tag, "USD", date(2019, 12, 31), Basis::Restated).is_some_and(|figure| figure.value > 1e6));
    }
    // Before that filing there was no doubt.
    assert!(facts.as_of(date(2020, 12, 31)).doubts().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Nothing that was filed later is ever seen, and a later view sees no less, but for errors found since.
    #[test]
    fn later_filings_are_invisible(
        rows in prop::collection::vec((0_u8..3, 0_i16..4, 0_u16..1500, 1_u32..2000), 1..60),
        first in 0_u16..1500,
        later in 0_u16..1500,
    ) {
        let tags = ["us-gaap:Assets", "us-gaap:Liabilities", "us-gaap:StockholdersEquity"];
        let origin = date(2018, 1, 1);
        let day = |offset: u16| origin.checked_add(jiff::Span::new().days(i64::from(offset))).unwrap();
        let texts: Vec<(String, String)> = rows
            .iter()
            .map(|(_, year, offset, _)| (date(2014 + year, 12, 31).to_string(), day(*offset).to_string()))
            .collect();
        let made_rows: Vec<Made<'_>> = rows
            .iter()
            .zip(&texts)
            .map(|((tag, _, offset, value), (end, filed))| {
                (tags[usize::from(*tag)], "USD", "", end.as_str(), f64::from(*value), "10-K", filed.as_str(), u32::from(*offset))
            })
            .collect();
        let facts = made(&made_rows);
        let (early, late) = (day(first.min(later)), day(first.max(later)));
        let (one, other) = (facts.as_of(early), facts.as_of(late));
        for tag in tags {
            let seen = |view: &edgar::facts::View<'_>| view.of(tag).map(|fact| (fact.end, fact.filed)).collect::<Vec<_>>();
            prop_assert!(seen(&one).iter().all(|(_, filed)| *filed <= early));
            prop_assert!(seen(&other).iter().all(|(_, filed)| *filed <= late));
            if other.doubts().is_empty() {
                prop_assert!(seen(&one).len() <= seen(&other).len());
            }
            for year in 0..4 {
                for basis in [Basis::Restated, Basis::FirstReported] {
                    let end = date(2014 + year, 12, 31);
                    prop_assert!(one.instant(tag, "USD", end, basis).is_none_or(|figure| figure.filed <= early));
                }
            }
        }
    }

    /// Cut and damaged documents end in a named problem or in facts, never in a panic.
    #[test]
    fn damage_never_panics(cut in 0_usize..1200, flips in prop::collection::vec((0_usize..1200, any::<u8>()), 0..6)) {
        let mut bytes = document(&[
            ("us-gaap:Assets", "USD", "", "2020-12-31", 100.0, "10-K", "2021-03-01", 1),
            ("us-gaap:Revenues", "USD", "2020-01-01", "2020-12-31", 50.0, "10-K", "2021-03-01", 1),
            ("ifrs-full:Revenue", "EUR", "2020-01-01", "2020-12-31", 50.0, "20-F", "2021-03-01", 2),
        ])
        .into_bytes();
        for (at, byte) in flips {
            let length = bytes.len();
            bytes[at % length] = byte;
        }
        let until = bytes.len().saturating_sub(cut);
        for given in [&bytes[..], &bytes[..until]] {
            if let Ok(facts) = Facts::read(given) {
                let view = facts.as_of(date(2022, 1, 1));
                let years = view.fiscal_years();
                let _ = (view.transition_periods(&years), view.latest_balance_sheet());
            }
        }
    }
}

/// Home Depot's proxy of 7 April 2026 repeats the net income of five years, rounded to ten millions: 14,160 million for the
/// year to 1 February 2026, where the 10-K of 18 March has 14,156. It is filed later and restates nothing.
#[test]
fn a_proxy_restates_nothing() {
    let Some(facts) = real(354_950) else { return };
    let view = facts.as_of(date(2026, 6, 30));
    let income = view.over("us-gaap:NetIncomeLoss", "USD", date(2026, 2, 1), 350..=380, Basis::Restated).unwrap();
    assert_eq!(income.value, 14_156e6, "{income:?}");
    let forms = |fact| facts.filing(fact).map(|filing| filing.form.to_string());
    assert!(facts.of("us-gaap:NetIncomeLoss").iter().any(|fact| forms(fact).as_deref() == Some("DEF 14A")));
    assert!(view.of("us-gaap:NetIncomeLoss").all(|fact| forms(fact).as_deref() != Some("DEF 14A")));
}
