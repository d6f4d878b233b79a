//! `insiders`.

use forensics::case::Case;
use forensics::signal::{Severity, Status};
use jiff::civil::date;
use proptest::prelude::*;

use crate::support::{Row, case, file, form4, input, put, real, row, signal};

const CIK: u64 = 7;

/// Snowflake, Form 4 of its chief financial officer for 2022-12-13 (hand-checked): 200,000 shares from an exercise at
/// $8.88, all sold the same day in five lots for $30,351,309.77.
#[test]
fn an_exercise_sold_the_same_day_is_no_discretionary_sale() {
    let Some(xml) = real("noacc-form4-snow-xml/form4.snow.xml") else { return };
    let mut case = case(1_640_147, "Snowflake Inc.", date(2023, 1, 10));
    put(&mut case, 1, "4", date(2022, 12, 15), "xslF345X03/form4.xml", xml);
    let signal = signal(&case, "insiders");
    assert_eq!((signal.status, signal.severity), (Status::Ran, Severity::Info));
    assert!((signal.value.unwrap() + 30_351_309.77).abs() < 0.01);
    assert_eq!(signal.zone.as_deref(), Some("routine_selling"));
    assert!((input(&signal, "sales paired with exercises", "USD") - 30_351_309.77).abs() < 0.01);
    assert!(input(&signal, "discretionary sales", "USD").abs() < 1e-9);
    assert_eq!(input(&signal, "transactions of code M", "transactions"), 2.0);
    // Each transaction is a part with its own trail and link.
    assert_eq!(signal.parts.len(), 7);
    let part = signal.parts.iter().find(|part| part.id == "insiders.0000000001-25-000001.2").unwrap();
    assert_eq!(part.zone.as_deref(), Some("S"));
    assert!((part.value.unwrap() - 73_170.0 * 150.841).abs() < 1e-6);
    assert!(
        part.why.contains("Scarpelli Michael (Chief Financial Officer)") && part.why.contains("day of an exercise")
    );
    assert_eq!(part.inputs[0].accession.as_ref().unwrap().as_str(), "0000000001-25-000001");
    assert_eq!(
        part.evidence[0].url,
        "https://www.sec.gov/Archives/edgar/data/1640147/000000000125000001/xslF345X03/form4.xml"
    );
}

/// Turtle Beach, 0000929638-23-001482: a director buys 5,000 shares at $11.03. MicroVision: only A, M and F.
#[test]
fn purchases_count_and_grants_exercises_and_withholding_do_not() {
    let Some(xml) = real("0000929638-23-001482/000092963823001482_form4.xml") else { return };
    let mut turtle = case(1_493_761, "Turtle Beach Corp", date(2023, 6, 1));
    put(&mut turtle, 1, "4", date(2023, 5, 15), "xslF345X04/form4.xml", xml);
    let found = signal(&turtle, "insiders");
    assert!((found.value.unwrap() - 55_150.0).abs() < 1e-6);
    assert_eq!(found.zone.as_deref(), Some("buying"));

    // Lesson 28.
    let Some(xml) = real("noacc-candlechaser-form4.xml/form4.xml") else { return };
    let mut microvision = case(65_770, "MICROVISION, INC.", date(2026, 7, 1));
    put(&mut microvision, 1, "4", date(2026, 6, 10), "xslF345X05/form4.xml", xml);
    let found = signal(&microvision, "insiders");
    assert_eq!((found.value, found.zone.as_deref(), found.severity), (Some(0.0), Some("no_trades"), Severity::None));
    assert_eq!(found.parts.len(), 6);
}

/// Abercrombie & Fitch, 0001225208-26-007021: a sale under a plan, said by the box and by the footnote.
#[test]
fn a_plan_is_quoted_from_its_footnote() {
    let Some(xml) = real("0001225208-26-007021/0001225208-26-007021.excerpt.txt") else { return };
    let mut case = case(1_018_840, "ABERCROMBIE & FITCH CO /DE/", date(2026, 8, 10));
    put(&mut case, 1, "4", date(2026, 8, 6), "", xml);
    let signal = signal(&case, "insiders");
    assert!((input(&signal, "sales under Rule 10b5-1 plans", "USD") - 1_100_000.0).abs() < 1e-6);
    assert!(
        signal.evidence[0].quote.starts_with("The reported sale of shares occurred automatically pursuant to a Rule")
    );
    assert_eq!(signal.zone.as_deref(), Some("routine_selling"));
}

/// Lesson 32. DaVita, Form 4 of Berkshire Hathaway: it stands in the index of Berkshire too, and is about DaVita.
#[test]
fn a_filing_about_another_issuer_is_left_out() {
    let Some(xml) = real("noacc-stock_profiler-brka_form4_davita_joint.xml/brka_form4_davita_joint.xml") else {
        return;
    };
    let mut berkshire = case(1_067_983, "BERKSHIRE HATHAWAY INC", date(2026, 6, 1));
    put(&mut berkshire, 1, "4", date(2026, 5, 5), "form4.xml", xml.clone());
    let found = signal(&berkshire, "insiders");
    assert_eq!((found.status, found.value, found.parts.len()), (Status::Ran, None, 0));
    assert!(found.why.contains("other issuers"), "{}", found.why);

    let mut davita = case(927_066, "DAVITA INC.", date(2026, 6, 1));
    put(&mut davita, 1, "4", date(2026, 5, 5), "form4.xml", xml);
    let found = signal(&davita, "insiders");
    assert!((found.value.unwrap() + 1_220_376.0 * 149.8429).abs() < 0.01);
    assert!(found.parts[0].why.contains("BERKSHIRE HATHAWAY INC (10 % owner) with BUFFETT WARREN E (10 % owner)"));
    assert!(found.parts[0].why.contains("held indirectly"));
}

/// Lessons 39 and 40: nothing filed, nothing readable and nothing found are three things.
#[test]
fn none_filed_none_read_and_none_found_differ() {
    let mut empty = case(CIK, "Sample Corp", date(2025, 6, 1));
    for id in ["insiders", "form_144", "ownership_13"] {
        let found = signal(&empty, id);
        assert_eq!(found.status, Status::NotRun, "{id}: of a company of which nothing was public nothing is known");
    }
    file(&mut empty, 2, "10-K", date(2025, 3, 1), "a.htm");
    let found = signal(&empty, "insiders");
    assert_eq!((found.status, found.severity, found.value), (Status::Ran, Severity::None, None));
    assert_eq!(found.zone.as_deref(), Some("no_filings"));

    let filing = file(&mut empty, 1, "4", date(2025, 5, 1), "form4.xml");
    let found = signal(&empty, "insiders");
    assert_eq!(found.status, Status::NotRun);
    assert!(found.why.contains("was not fetched"), "{}", found.why);
    empty.documents.put(filing.accession, "form4.xml", Err("EDGAR does not have it".to_owned()));
    assert!(signal(&empty, "insiders").why.contains("EDGAR does not have it"));

    // Lesson 30: a form without transactions is read and has none.
    let mut holdings = case(CIK, "Sample Corp", date(2025, 6, 1));
    put(&mut holdings, 1, "4", date(2025, 5, 1), "form4.xml", form4(CIK, &[1], None, &[], &[]));
    let found = signal(&holdings, "insiders");
    assert_eq!((found.status, found.zone.as_deref(), found.value), (Status::Ran, Some("no_trades"), Some(0.0)));

    // One that is no form at all does not stop the rest, and is said.
    put(&mut holdings, 2, "4", date(2025, 5, 2), "form4.xml", "<html>paper</html>");
    let found = signal(&holdings, "insiders");
    assert_eq!(found.status, Status::Ran);
    assert!(found.why.contains("1 filings could not be read"), "{}", found.why);
}

/// Lesson 40: where the index could not be had, nothing is known of what was filed.
#[test]
fn without_an_index_nothing_ran() {
    let mut case = case(CIK, "Sample Corp", date(2025, 6, 1));
    case.index.missing = Some("EDGAR answered 503".to_owned());
    for signal in forensics::people::run(&case) {
        assert_eq!(signal.status, Status::NotRun, "{}", signal.id);
        assert_eq!(signal.why, "the index of filings could not be had: EDGAR answered 503");
    }
    let whole = forensics::examine::examine(&case, &Default::default());
    for entry in forensics::contract::SIGNALS {
        let signal = whole.signals.iter().find(|signal| signal.id == entry.id).unwrap();
        assert_eq!(signal.status, Status::NotRun, "{}", signal.id);
    }
    assert_eq!((whole.score.value, whole.score.completeness), (None, 0.0));
}

/// A page of the index that is missing is told by what found nothing, as far as the page matters to it.
#[test]
fn what_found_nothing_tells_of_missing_pages() {
    let mut case = case(CIK, "Sample Corp", date(2025, 6, 1));
    file(&mut case, 1, "10-K", date(2025, 3, 1), "k.htm");
    let gap = |to| edgar::submissions::Gap { part: "older filings".to_owned(), why: "503".to_owned(), to };
    let why = |case: &forensics::case::Case| {
        let whole = forensics::examine::examine(case, &Default::default());
        ["insiders", "events_8k"].map(|id| whole.signals.iter().find(|one| one.id == id).unwrap().why.clone())
    };
    case.index.gaps = vec![gap(Some(date(2024, 1, 1)))];
    let [insiders, events] = why(&case);
    assert!(!insiders.contains("missing"), "{insiders}");
    assert!(
        events.contains("part of the index of filings is missing") && events.contains("older filings (503)"),
        "{events}"
    );
    case.index.gaps = vec![gap(None)];
    assert!(why(&case).iter().all(|why| why.contains("is missing")));
    case.index.gaps = vec![gap(Some(date(2001, 1, 1)))];
    assert!(why(&case).iter().all(|why| !why.contains("is missing")));
}

#[test]
fn a_cluster_counts_people_and_not_filings() {
    let mut case = case(CIK, "Sample Corp", date(2025, 6, 1));
    let buys = |day| [row("P", day, 1_000.0, 1.5, 1_000.0)];
    put(&mut case, 1, "4", date(2025, 5, 3), "a.xml", form4(CIK, &[1], None, &[], &buys("2025-05-01")));
    put(&mut case, 2, "4", date(2025, 5, 6), "a.xml", form4(CIK, &[1], None, &[], &buys("2025-05-05")));
    let found = signal(&case, "insiders");
    assert_eq!((input(&found, "distinct buyers", "persons"), found.zone.as_deref()), (1.0, Some("buying")));
    // A fund and its manager file together with the first: still one. Two more people: three.
    put(&mut case, 3, "4", date(2025, 5, 7), "a.xml", form4(CIK, &[8, 1], None, &[], &buys("2025-05-06")));
    put(&mut case, 4, "4", date(2025, 5, 8), "a.xml", form4(CIK, &[2], None, &[], &buys("2025-05-07")));
    put(&mut case, 5, "4", date(2025, 5, 30), "a.xml", form4(CIK, &[3], None, &[], &buys("2025-05-29")));
    let found = signal(&case, "insiders");
    assert_eq!(input(&found, "largest number of distinct buyers within 30 days", "persons"), 3.0);
    assert_eq!(found.zone.as_deref(), Some("cluster_buying"));
    assert!((found.value.unwrap() - 7_500.0).abs() < 1e-9);
    // Two directors whose first purchases are alike are two.
    assert_eq!(input(&found, "distinct buyers", "persons"), 3.0);
}

#[test]
fn the_box_and_the_footnotes_decide_together_what_was_planned() {
    let noted = |footnote| Row { footnote, ..row("S", "2025-05-01", 1_000.0, 100.0, 9_000.0) };
    let plan = ("F1", "Sold pursuant to a Rule 10b5-1 trading plan adopted on January 2, 2025.");
    let denial = ("F2", "These shares were not sold pursuant to a Rule 10b5-1 plan.");
    for (ticked, rows, planned) in [
        // The box alone speaks for every sale of the form.
        (Some("1"), vec![noted(""), noted("")], 200_000.0),
        // Where a footnote says which, the box adds nothing.
        (Some("true"), vec![noted("F1"), noted("")], 100_000.0),
        // A footnote without a box, as before April 2023.
        (None, vec![noted("F1"), noted("")], 100_000.0),
        (Some("0"), vec![noted(""), noted("")], 0.0),
        (Some("0"), vec![noted("F2")], 0.0),
        (Some("1"), vec![noted("F2")], 0.0),
    ] {
        let mut case = case(CIK, "Sample Corp", date(2025, 6, 1));
        let count = rows.len() as f64;
        put(&mut case, 1, "4", date(2025, 5, 2), "a.xml", form4(CIK, &[1], ticked, &[plan, denial], &rows));
        let found = signal(&case, "insiders");
        assert_eq!(input(&found, "sales under Rule 10b5-1 plans", "USD"), planned, "{ticked:?}");
        assert_eq!(input(&found, "discretionary sales", "USD"), count * 100_000.0 - planned, "{ticked:?}");
    }
}

#[test]
fn a_large_discretionary_sale_is_worth_a_look_and_its_lots_count_together() {
    let mut case = case(CIK, "Sample Corp", date(2025, 6, 1));
    let rows = [row("S", "2025-05-01", 10_000.0, 5.0, 20_000.0), row("S", "2025-05-01", 10_000.0, 5.0, 10_000.0)];
    put(&mut case, 1, "4", date(2025, 5, 2), "a.xml", form4(CIK, &[1], Some("0"), &[], &rows));
    let found = signal(&case, "insiders");
    let share = input(&found, "largest part of a holding sold on one day outside plans and exercises", "pure");
    assert!((share - 2.0 / 3.0).abs() < 1e-12);
    assert_eq!((found.severity, found.zone.as_deref()), (Severity::Caution, Some("selling")));
}

#[test]
fn an_amendment_replaces_what_it_amends() {
    let mut case = case(CIK, "Sample Corp", date(2025, 6, 1));
    put(
        &mut case,
        1,
        "4",
        date(2025, 5, 2),
        "a.xml",
        form4(CIK, &[1], None, &[], &[row("P", "2025-05-01", 1_000.0, 2.0, 5.0)]),
    );
    let amended = form4(CIK, &[1], None, &[], &[row("P", "2025-05-01", 100.0, 2.0, 5.0)]);
    put(&mut case, 2, "4/A", date(2025, 5, 9), "a.xml", amended.replace(">4<", ">4/A<"));
    let found = signal(&case, "insiders");
    assert_eq!((found.value, found.parts.len()), (Some(200.0), 1));
    // On the day between, only the original was public.
    case.as_of = date(2025, 5, 5);
    assert_eq!(signal(&case, "insiders").value, Some(2_000.0));
}

/// Forms 4 are on EDGAR since 30 June 2003 (SEC Release 33-8230), Forms 144 since 13 April 2023 (Release 33-11070):
/// none of the days before does not mean that none were filed.
#[test]
fn the_time_of_paper_is_not_silence() {
    let mut old = case(CIK, "Sample Corp", date(2004, 6, 28));
    file(&mut old, 1, "10-K", date(2004, 3, 1), "a.htm");
    let status = |case: &Case, id: &str| signal(case, id).status;
    assert_eq!((status(&old, "insiders"), status(&old, "form_144")), (Status::NotRun, Status::NotRun));
    assert!(signal(&old, "insiders").why.contains("paper"));
    old.as_of = date(2004, 6, 29);
    assert_eq!((status(&old, "insiders"), status(&old, "form_144")), (Status::Ran, Status::NotRun));
    old.as_of = date(2023, 7, 11);
    assert_eq!(status(&old, "form_144"), Status::NotRun);
    old.as_of = date(2023, 7, 12);
    assert_eq!(status(&old, "form_144"), Status::Ran);
}

#[test]
fn nothing_outside_the_window_counts() {
    let mut case = case(CIK, "Sample Corp", date(2025, 6, 1));
    let old = form4(CIK, &[1], None, &[], &[row("P", "2024-01-01", 1_000.0, 2.0, 5.0)]);
    put(&mut case, 1, "4", date(2024, 1, 3), "a.xml", old.clone());
    assert_eq!(signal(&case, "insiders").zone.as_deref(), Some("no_filings"));
    // An old trade reported late in a new form is old all the same.
    put(&mut case, 2, "5", date(2025, 2, 10), "a.xml", old);
    assert_eq!(signal(&case, "insiders").zone.as_deref(), Some("no_trades"));
    // Filed after the day of the reading.
    let later = form4(CIK, &[2], None, &[], &[row("P", "2025-06-01", 1_000.0, 2.0, 5.0)]);
    put(&mut case, 3, "4", date(2025, 6, 3), "a.xml", later);
    assert_eq!(signal(&case, "insiders").parts.len(), 0);
}

#[test]
fn purchases_without_a_price_are_not_purchases_for_nothing() {
    let mut case = case(CIK, "Sample Corp", date(2025, 6, 1));
    let xml = form4(CIK, &[1], None, &[], &[row("P", "2025-05-01", 1_000.0, 2.0, 5.0)]);
    let xml =
        xml.replace("<transactionPricePerShare><value>2</value>", "<transactionPricePerShare><footnoteId id=\"F1\"/>");
    put(&mut case, 1, "4", date(2025, 5, 2), "a.xml", xml);
    let found = signal(&case, "insiders");
    assert_eq!(input(&found, "P and S without a stated price, not in the sums", "transactions"), 1.0);
    assert_eq!(found.parts[0].value, None);
    assert_eq!(input(&found, "open-market purchases", "shares"), 1_000.0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the rows: planned, paired and discretionary sales are all sales, and the net is P less S.
    #[test]
    fn sums_agree(rows in prop::collection::vec((0usize..6, 1u32..28, 1.0f64..1e6, 0.01f64..500.0, 0.0f64..1e6), 0..20), ticked in 0usize..3) {
        let days: Vec<String> = (1..=28).map(|day| format!("2025-05-{day:02}")).collect();
        let days: &'static [String] = days.leak();
        let rows: Vec<Row> = rows
            .into_iter()
            .map(|(code, day, shares, price, after)| {
                row(["P", "S", "M", "A", "F", "G"][code], &days[day as usize - 1], shares.round(), price, after.round())
            })
            .collect();
        let mut case = case(CIK, "Sample Corp", date(2025, 6, 1));
        put(&mut case, 1, "4", date(2025, 5, 31), "a.xml", form4(CIK, &[1], [None, Some("0"), Some("1")][ticked], &[], &rows));
        let found = signal(&case, "insiders");
        let sold = input(&found, "open-market sales", "USD");
        let parts = input(&found, "sales under Rule 10b5-1 plans", "USD")
            + input(&found, "sales paired with exercises", "USD")
            + input(&found, "discretionary sales", "USD");
        prop_assert!((sold - parts).abs() <= 1e-6 * sold.max(1.0));
        let net = input(&found, "open-market purchases", "USD") - sold;
        prop_assert!((found.value.unwrap() - net).abs() <= 1e-6 * sold.max(1.0));
        prop_assert_eq!(found.parts.len(), rows.len());
    }
}
