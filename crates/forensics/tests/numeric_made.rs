//! The signals that are numbers, on invented filers: what is missing is named, nothing filed later counts, scale does not
//! matter, and splits, shells and errors of units are what they are.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod numeric_support;

use edgar::facts::Facts;
use forensics::numeric::{Split, SplitBasis, find_splits, run};
use forensics::signal::{Severity, Signal, Status};
use jiff::civil::{Date, date};
use numeric_support::made::{Made, maker};
use numeric_support::{case, close, input, one, part};
use proptest::prelude::*;

const DAY: Date = date(2021, 6, 30);

fn of(made: &Made, sic: Option<u16>) -> Vec<Signal> {
    run(&case(made.facts(), sic, DAY))
}

/// Worked out by hand from the numbers in `maker`.
#[test]
fn every_model_on_the_invented_maker() {
    let signals = of(&maker(1e6), Some(3500));
    // 6.56 x 0.23 + 3.26 x 0.19 + 6.72 x 0.15 + 1.05 x 420/580
    close(one(&signals, "altman_z2"), 1.5088 + 0.6194 + 1.008 + 0.760_344_8, 1e-6);
    // 0.717 x 0.23 + 0.847 x 0.19 + 3.107 x 0.15 + 0.42 x 420/580 + 0.998 x 1.2
    close(one(&signals, "altman_z1"), 0.16491 + 0.16093 + 0.46605 + 0.304_137_9 + 1.1976, 1e-6);
    // -4.336 - 4.513 x 0.1 + 5.679 x 0.58 + 0.004 x 450/220
    close(one(&signals, "zmijewski"), -4.336 - 0.4513 + 3.29382 + 0.008_181_8, 1e-6);
    let m = one(&signals, "beneish_m");
    close(part(m, "beneish_m.dsri"), (150.0 / 1200.0) / (120.0 / 1000.0), 1e-9);
    close(part(m, "beneish_m.gmi"), (400.0 / 1000.0) / (460.0 / 1200.0), 1e-9);
    close(part(m, "beneish_m.aqi"), (1.0 - 810.0 / 1000.0) / (1.0 - 730.0 / 900.0), 1e-9);
    close(part(m, "beneish_m.sgi"), 1.2, 1e-9);
    close(part(m, "beneish_m.depi"), (45.0 / 375.0) / (50.0 / 410.0), 1e-9);
    close(part(m, "beneish_m.sgai"), (230.0 / 1200.0) / (210.0 / 1000.0), 1e-9);
    close(part(m, "beneish_m.lvgi"), (420.0 / 1000.0) / (410.0 / 900.0), 1e-9);
    close(part(m, "beneish_m.tata"), 0.02, 1e-9);
    let parts = [
        ("dsri", 0.920),
        ("gmi", 0.528),
        ("aqi", 0.404),
        ("sgi", 0.892),
        ("depi", 0.115),
        ("sgai", -0.172),
        ("lvgi", -0.327),
        ("tata", 4.679),
    ];
    let sum: f64 =
        parts.iter().map(|(name, weight)| weight * part(m, &format!("beneish_m.{name}")).value.unwrap()).sum();
    close(m, sum - 4.84, 1e-9);
    // ROA 100/900 up from 75/800; cash 80 below income; debt down; current ratio up; shares up; margin down; turnover up.
    let f = one(&signals, "piotroski_f");
    let won: Vec<f64> = f.parts.iter().map(|point| point.value.unwrap()).collect();
    assert_eq!(won, [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0]);
    close(f, 6.0, 0.0);
    // 20 of average assets 950; ((50 - 20) - (20 - 5 - 2) - 50)/950; (100 - 80 + 90)/950
    let sloan = one(&signals, "sloan_accruals");
    close(sloan, 20.0 / 950.0, 1e-9);
    close(part(sloan, "sloan_accruals.balance_sheet"), (30.0 - 13.0 - 50.0) / 950.0, 1e-9);
    close(part(sloan, "sloan_accruals.wide"), 110.0 / 950.0, 1e-9);
    // Accruals up from -25 to 20; receivables 45.6 days up from 43.8; inventory 69.1 down from 79.1; other current assets
    // 70/1200 down from 80/1000; depreciation 0.0806 up from 0.0804; assets up 11.1 %.
    let c = one(&signals, "montier_c");
    let marks: Vec<f64> = c.parts.iter().map(|point| point.value.unwrap()).collect();
    assert_eq!(marks, [1.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    // (1000 - 90 - 580) - (900 - 70 - 540) = 40 of 950; 30; 10; (1000 - 360 - 90)/1000; cash sales 1170 and 980
    let d = one(&signals, "dechow_f");
    close(part(d, "dechow_f.rsst"), 40.0 / 950.0, 1e-9);
    close(part(d, "dechow_f.soft_assets"), 0.55, 1e-9);
    close(part(d, "dechow_f.ch_cs"), 1170.0 / 980.0 - 1.0, 1e-9);
    close(part(d, "dechow_f.ch_roa"), 100.0 / 950.0 - 75.0 / 850.0, 1e-9);
    close(part(d, "dechow_f.issue"), 0.0, 0.0);
    let o = one(&signals, "ohlson_o");
    close(part(o, "ohlson_o.futl"), 180.0 / 580.0, 1e-9);
    close(part(o, "ohlson_o.chin"), 25.0 / 175.0, 1e-9);
    // Index of 2019: 100 x 103.9745/18.27725; ln(1e9/568.87)
    close(part(o, "ohlson_o.size"), (1e9_f64 / (100.0 * 103.974_5 / 18.277)).ln(), 1e-4);
    close(one(&signals, "current_ratio"), 450.0 / 220.0, 1e-9);
}

/// Lesson 40, and the trail: whatever ran has formula, source and inputs, and each reported input has tag, day and filing.
#[test]
fn whatever_ran_has_its_trail() {
    for signal in of(&maker(1e6), Some(3500)) {
        assert!(!signal.formula.is_empty() && !signal.source.is_empty(), "{}", signal.id);
        assert!(!signal.why.is_empty(), "{}", signal.id);
        if signal.status == Status::Ran && signal.id != "splits" {
            assert!(signal.value.is_some() && signal.zone.is_some(), "{}", signal.id);
            assert!(!signal.inputs.is_empty(), "{}", signal.id);
        }
        for input in &signal.inputs {
            if input.tag.contains(':') {
                assert!(input.accession.is_some() && input.end.is_some(), "{}: {input:?}", signal.id);
            }
        }
    }
}

#[test]
fn without_facts_nothing_ran_and_the_reason_is_told() {
    let mut case = case(maker(1.0).facts(), Some(3500), DAY);
    case.facts = None;
    "EDGAR has no XBRL facts of this filer".clone_into(&mut case.why_no_facts);
    let signals = run(&case);
    let ids: Vec<&str> = forensics::contract::ids(forensics::contract::Reads::Figures).collect();
    assert_eq!(signals.len(), ids.len());
    assert!(signals.iter().all(|signal| signal.status == Status::NotRun && signal.why == case.why_no_facts));
    assert!(signals.iter().zip(ids).all(|(signal, id)| signal.id == id));
}

#[test]
fn models_apply_by_industry() {
    let status = |sic: Option<u16>, id: &str| one(&of(&maker(1e6), sic), id).status;
    assert_eq!(status(Some(3500), "altman_z1"), Status::Ran);
    assert_eq!(status(Some(7372), "altman_z1"), Status::NotApplicable);
    assert_eq!(status(Some(7372), "altman_z2"), Status::Ran);
    assert_eq!(status(None, "altman_z1"), Status::NotRun);
    assert_eq!(status(None, "altman_z2"), Status::Ran);
    for id in ["altman_z", "altman_z1", "altman_z2", "ohlson_o", "zmijewski", "beneish_m", "piotroski_f", "dechow_f"] {
        assert_eq!(status(Some(6022), id), Status::NotApplicable, "{id}");
    }
    // No market value in any filing, no float on the cover.
    assert_eq!(status(Some(3500), "altman_z"), Status::NotRun);
}

#[test]
fn the_float_stands_for_the_market_value_and_says_so() {
    let mut made = maker(1e6);
    made.add("dei:EntityPublicFloat", "USD", "", "2020-06-30", 580e6, ("10-K", "2021-03-01", 3));
    let signals = of(&made, Some(3500));
    let z = one(&signals, "altman_z");
    // 1.2 x 0.23 + 1.4 x 0.19 + 3.3 x 0.15 + 0.6 x 1 + 0.999 x 1.2
    close(z, 0.276 + 0.266 + 0.495 + 0.6 + 1.1988, 1e-9);
    assert!(z.why.contains("2020-06-30") && z.why.contains("lower bound"), "{}", z.why);
    assert!(z.formula.contains("EntityPublicFloat"));
}

/// Lesson 6: a shell full of cash with hardly any debts is not safe by its equity alone.
#[test]
fn a_cash_shell_gets_no_zone() {
    let mut made = maker(1e6);
    for (tag, values) in [
        ("Liabilities", [20.0, 20.0]),
        ("LiabilitiesCurrent", [20.0, 20.0]),
        ("StockholdersEquity", [880.0, 980.0]),
        ("RetainedEarningsAccumulatedDeficit", [-700.0, -900.0]),
        ("AssetsCurrent", [100.0, 100.0]),
    ] {
        made.without(&format!("us-gaap:{tag}"));
        for (at, value) in values.iter().enumerate() {
            let end = format!("{}-12-31", 2019 + at);
            made.add(&format!("us-gaap:{tag}"), "USD", "", &end, value * 1e6, ("10-K", "2021-03-01", 3));
        }
    }
    made.without("us-gaap:OperatingIncomeLoss");
    made.add("us-gaap:OperatingIncomeLoss", "USD", "2020-01-01", "2020-12-31", -90e6, ("10-K", "2021-03-01", 3));
    let signals = of(&made, Some(7372));
    let z = one(&signals, "altman_z2");
    assert_eq!(z.status, Status::NotApplicable, "{z:#?}");
    assert!(z.why.contains("cash shell") && z.value.is_none() && z.parts.len() >= 4);
}

#[test]
fn five_ratios_where_eight_lack_their_inputs() {
    let mut made = maker(1e6);
    made.without("us-gaap:SellingGeneralAndAdministrativeExpense");
    let signals = of(&made, Some(3500));
    let m = one(&signals, "beneish_m");
    assert_eq!(m.status, Status::Ran);
    assert!(m.formula.contains("five-ratio form") && m.why.contains("beneish_m.sgai"), "{m:#?}");
    assert_eq!(part(m, "beneish_m.sgai").status, Status::NotRun);
    assert_eq!(m.value, part(m, "beneish_m.five").value);
}

/// No revenue, no ratio: named, not zero.
#[test]
fn a_denominator_of_zero_is_named() {
    let mut made = maker(1e6);
    for tag in ["Revenues", "CostOfRevenue", "GrossProfit"] {
        made.without(&format!("us-gaap:{tag}"));
    }
    for year in [2019, 2020] {
        made.add(
            "us-gaap:Revenues",
            "USD",
            &format!("{year}-01-01"),
            &format!("{year}-12-31"),
            0.0,
            ("10-K", "2021-03-01", 3),
        );
    }
    let signals = of(&made, Some(3500));
    let m = one(&signals, "beneish_m");
    assert_eq!(m.status, Status::NotRun);
    assert_eq!(m.value, None);
    assert!(part(m, "beneish_m.dsri").why.contains("denominator"), "{:#?}", part(m, "beneish_m.dsri"));
    assert!(m.why.contains("beneish_m.sgi"));
    let f = one(&signals, "piotroski_f");
    assert!(f.why.contains("known points") && f.parts.len() == 9);
}

/// Lesson 14: the first tag is a part of revenue; the statement's arithmetic and size tell the whole.
#[test]
fn a_part_of_revenue_is_not_revenue() {
    let mut made = maker(1e6);
    for (year, value) in [(2019, 200.0), (2020, 240.0)] {
        made.add(
            "us-gaap:RevenueFromContractWithCustomerExcludingAssessedTax",
            "USD",
            &format!("{year}-01-01"),
            &format!("{year}-12-31"),
            value * 1e6,
            ("10-K", "2021-03-01", 3),
        );
    }
    let signals = of(&made, Some(3500));
    let revenue = input(one(&signals, "beneish_m"), "revenue").clone();
    assert_eq!((revenue.value, revenue.tag.as_str()), (1200e6, "us-gaap:Revenues"));
}

/// Lesson 7: assets less all equity, the minority's and the mezzanine's too.
#[test]
fn untagged_liabilities_come_from_the_identity() {
    let mut made = maker(1e6);
    made.without("us-gaap:Liabilities");
    for (end, minority, mezzanine) in [("2019-12-31", 30.0, 20.0), ("2020-12-31", 40.0, 25.0)] {
        made.add("us-gaap:MinorityInterest", "USD", "", end, minority * 1e6, ("10-K", "2021-03-01", 3));
        made.add(
            "us-gaap:RedeemableNoncontrollingInterestEquityCarryingAmount",
            "USD",
            "",
            end,
            mezzanine * 1e6,
            ("10-K", "2021-03-01", 3),
        );
    }
    let signals = of(&made, Some(3500));
    let liabilities = input(one(&signals, "altman_z2"), "total liabilities").clone();
    assert_eq!(liabilities.value, (1000.0 - 420.0 - 40.0 - 25.0) * 1e6);
    assert!(liabilities.tag.contains("us-gaap:MinorityInterest"), "{}", liabilities.tag);
    assert!(liabilities.accession.is_some());
}

/// Lesson 12 and staleness: an old year is refused, and the reason has its date.
#[test]
fn old_figures_are_refused_with_their_date() {
    let signals = run(&case(maker(1e6).facts(), Some(3500), date(2022, 9, 1)));
    for id in ["altman_z2", "beneish_m", "piotroski_f", "current_ratio", "benford", "share_growth"] {
        let signal = one(&signals, id);
        assert_eq!((signal.status, signal.value), (Status::NotRun, None), "{id}");
        assert!(signal.why.contains("stale") && signal.why.contains("2020-12-31"), "{id}: {}", signal.why);
    }
}

fn quarters(made: &mut Made, flows: [f64; 2], cash: f64) {
    let filing = ("10-Q", "2021-05-10", 9);
    let tag = "us-gaap:NetCashProvidedByUsedInOperatingActivities";
    made.add(tag, "USD", "2021-01-01", "2021-03-31", flows[1] * 1e6, filing);
    made.add(tag, "USD", "2020-01-01", "2020-03-31", flows[0] * 1e6, filing);
    made.add("us-gaap:Assets", "USD", "", "2021-03-31", 700e6, filing);
    made.add("us-gaap:CashAndCashEquivalentsAtCarryingValue", "USD", "", "2021-03-31", cash * 1e6, filing);
}

fn burning() -> Made {
    let mut made = maker(1e6);
    made.without("us-gaap:NetCashProvidedByUsedInOperatingActivities");
    let tag = "us-gaap:NetCashProvidedByUsedInOperatingActivities";
    for (year, value) in [(2019, -60.0), (2020, -80.0)] {
        let (start, end) = (format!("{year}-01-01"), format!("{year}-12-31"));
        made.add(tag, "USD", &start, &end, value * 1e6, ("10-K", "2021-03-01", 3));
    }
    made
}

/// 60 at 30 a quarter is six months; the twelve months burn 80 + 30 - 20 = 90.
#[test]
fn runway_by_the_newest_quarter_and_by_twelve_months() {
    let mut made = burning();
    quarters(&mut made, [-20.0, -30.0], 60.0);
    let signals = of(&made, Some(2834));
    let runway = one(&signals, "cash_runway");
    close(runway, 6.0, 1e-9);
    close(part(runway, "cash_runway.twelve_months"), 8.0, 1e-9);
    // The balance sheet of 31 March is 91 days old.
    close(part(runway, "cash_runway.left"), 6.0 - 91.0 / 30.4375, 1e-9);
    assert_eq!(runway.zone.as_deref(), Some("under_12_months"));
    assert!(
        runway.inputs.iter().any(|input| input.tag.contains(" + ") && input.value == -90e6),
        "{:#?}",
        runway.inputs
    );
}

#[test]
fn money_raised_since_lengthens_the_runway() {
    let mut made = burning();
    quarters(&mut made, [-20.0, -30.0], 60.0);
    let filing = ("10-Q", "2021-05-10", 9);
    made.add("us-gaap:ProceedsFromIssuanceOfPrivatePlacement", "USD", "2021-04-10", "2021-04-20", 40e6, filing);
    made.add("us-gaap:ProceedsFromIssuanceOfCommonStock", "USD", "2021-04-10", "2021-04-20", 40e6, filing);
    close(one(&of(&made, Some(2834)), "cash_runway"), 10.0, 1e-9);
}

#[test]
fn without_burn_there_is_no_runway() {
    let mut made = maker(1e6);
    quarters(&mut made, [20.0, 30.0], 60.0);
    let signals = of(&made, Some(2834));
    assert_eq!(one(&signals, "cash_runway").status, Status::NotApplicable);
    // A seasonal quarter of a business that earns its cash over the year.
    let mut made = maker(1e6);
    quarters(&mut made, [-20.0, -30.0], 60.0);
    assert_eq!(one(&of(&made, Some(2834)), "cash_runway").status, Status::NotApplicable);
}

/// Covers of an invented filer: day and count.
fn covers(points: &[(&str, f64)]) -> Made {
    let mut made = Made::default();
    for (at, (day, count)) in points.iter().enumerate() {
        made.add("dei:EntityCommonStockSharesOutstanding", "shares", "", day, *count, ("10-Q", day, at as u32 + 1));
    }
    made
}

fn splits_of(facts: &Facts, day: Date) -> Vec<Split> {
    find_splits(&facts.as_of(day))
}

const RATIO: &str = "us-gaap:StockholdersEquityNoteStockSplitConversionRatio1";

/// Lesson 19: shares issued between two covers make 1-for-50 look like 1-for-5 and 1-for-200 like 1-for-198; the tag is exact.
#[test]
fn the_tag_gives_the_ratio_that_counts_blur() {
    let mut made = covers(&[
        ("2024-05-10", 10_000_000.0),
        ("2024-08-10", 15_000_000.0),
        ("2024-11-10", 3_100_000.0),
        ("2025-03-10", 450_000_000.0),
        ("2025-05-10", 2_280_000.0),
        ("2025-08-10", 3_400_000.0),
    ]);
    made.add(RATIO, "pure", "", "2024-10-17", 0.02, ("10-Q", "2024-11-10", 3));
    made.add(RATIO, "pure", "2024-10-17", "2024-10-17", 0.02, ("10-K", "2025-03-10", 4));
    made.add(RATIO, "pure", "", "2025-04-21", 0.005, ("10-Q", "2025-05-10", 5));
    // The later report tells of both under the dates of its own period.
    made.add(RATIO, "pure", "2025-04-01", "2025-06-30", 0.005, ("10-Q", "2025-08-10", 6));
    let splits = splits_of(&made.facts(), date(2025, 9, 1));
    let found: Vec<(Date, f64)> = splits.iter().map(|split| (split.date, split.ratio)).collect();
    assert_eq!(found, [(date(2024, 10, 17), 0.02), (date(2025, 4, 21), 0.005)], "{splits:#?}");
    assert!(splits.iter().all(|split| split.basis == SplitBasis::Tagged && split.is_reverse()));
    let signals = run(&case(made.facts(), Some(1700), date(2025, 9, 1)));
    let signal = one(&signals, "splits");
    assert_eq!(
        (signal.value, signal.zone.as_deref(), signal.severity),
        (Some(2.0), Some("serial_reverse"), Severity::High)
    );
    assert!(
        signal.why.contains("1-for-200 reverse on 2025-04-21") && signal.why.contains("10000-to-1"),
        "{}",
        signal.why
    );
}

/// Filers write 50 for a 1-for-50 reverse split too: the counts tell the direction.
#[test]
fn a_ratio_written_the_other_way_round_is_turned() {
    let mut made = covers(&[("2024-05-10", 50_000_000.0), ("2024-08-10", 52_000_000.0), ("2024-11-10", 1_100_000.0)]);
    made.add(RATIO, "pure", "", "2024-10-01", 50.0, ("10-Q", "2024-11-10", 3));
    let splits = splits_of(&made.facts(), date(2025, 1, 1));
    assert_eq!(splits.len(), 1, "{splits:#?}");
    assert_eq!((splits[0].ratio, splits[0].words().as_str()), (0.02, "1-for-50 reverse"));
}

/// Lesson 17: a forward split of a filer without cover counts shows in restated averages, and is never reverse.
#[test]
fn a_forward_split_without_covers_is_forward() {
    let mut made = Made::default();
    let tags = ["WeightedAverageNumberOfSharesOutstandingBasic", "WeightedAverageNumberOfDilutedSharesOutstanding"];
    for tag in tags {
        let tag = format!("us-gaap:{tag}");
        for (year, first) in [(2020, 680e6), (2021, 668e6)] {
            let (start, end) = (format!("{year}-01-01"), format!("{year}-12-31"));
            let filed = format!("{}-02-02", year + 1);
            made.add(&tag, "shares", &start, &end, first, ("10-K", &filed, (year - 2019) as u32));
            made.add(&tag, "shares", &start, &end, first * 20.0, ("10-K", "2023-02-03", 5));
        }
    }
    let splits = splits_of(&made.facts(), date(2023, 3, 1));
    assert_eq!(splits.len(), 1, "{splits:#?}");
    assert_eq!((splits[0].ratio, splits[0].basis), (20.0, SplitBasis::Restated));
    assert!(splits[0].confidence >= 0.85 && splits[0].date == date(2023, 2, 3));
    // With the tag, the day is the tag's.
    made.add(RATIO, "pure", "", "2022-07-15", 20.0, ("10-Q", "2022-10-25", 4));
    let splits = splits_of(&made.facts(), date(2023, 3, 1));
    assert_eq!(splits.iter().map(|split| (split.date, split.ratio)).collect::<Vec<_>>(), [(date(2022, 7, 15), 20.0)]);
}

/// Lesson 18: a thousand times fewer is an error of units, not a split, and does not spoil the growth.
#[test]
fn a_thousand_fold_fall_is_no_split() {
    let points = [
        ("2023-05-10", 20_000_000.0),
        ("2023-08-10", 20_500_000.0),
        ("2023-11-10", 21_000.0),
        ("2024-03-10", 22_000_000.0),
        ("2024-05-10", 24_000_000.0),
    ];
    let made = covers(&points);
    assert!(splits_of(&made.facts(), date(2024, 6, 1)).is_empty());
    let signals = run(&case(made.facts(), None, date(2024, 6, 1)));
    close(one(&signals, "share_growth"), 0.2, 1e-9);
    // Also as the newest count of all.
    let made = covers(&points[..3]);
    assert!(splits_of(&made.facts(), date(2024, 1, 1)).is_empty());
}

/// Lesson 16: counts that were restated after a split and counts that were not are never compared as they stand.
#[test]
fn growth_is_on_one_basis_of_splits() {
    let mut made = covers(&[
        ("2023-05-10", 40_000_000.0),
        ("2023-08-10", 44_000_000.0),
        ("2023-11-10", 48_000_000.0),
        ("2024-03-10", 2_600_000.0),
        ("2024-05-10", 3_000_000.0),
    ]);
    made.add(RATIO, "pure", "", "2024-01-15", 0.05, ("10-K", "2024-03-10", 4));
    let signals = run(&case(made.facts(), None, date(2024, 6, 1)));
    let growth = one(&signals, "share_growth");
    // 3.0 m against 40 m / 20.
    close(growth, 0.5, 1e-9);
    let old = part(growth, "share_growth.count.2023-05-10");
    assert_eq!(old.value, Some(2_000_000.0));
    assert!(old.why.contains("40000000"), "{}", old.why);
}

/// A plan, or the ratio of another security: told, but nothing is adjusted by it.
#[test]
fn a_ratio_that_the_counts_do_not_follow_is_unconfirmed() {
    let mut made = covers(&[("2024-05-10", 50_000_000.0), ("2024-08-10", 51_000_000.0), ("2024-11-10", 52_000_000.0)]);
    made.add(RATIO, "pure", "", "2024-09-01", 0.1, ("10-Q", "2024-11-10", 3));
    let splits = splits_of(&made.facts(), date(2025, 1, 1));
    assert!(splits.len() == 1 && !splits[0].confirmed && splits[0].confidence < 0.35, "{splits:#?}");
    let signals = run(&case(made.facts(), None, date(2025, 1, 1)));
    assert_eq!(one(&signals, "splits").value, Some(0.0));
}

/// A step alone is told with less confidence; growing by issues is no split.
#[test]
fn a_step_in_the_covers_is_inferred_with_its_confidence() {
    let made = covers(&[
        ("2024-02-10", 30_000_000.0),
        ("2024-05-10", 3_300_000.0),
        ("2024-08-10", 3_400_000.0),
        ("2024-11-10", 9_000_000.0),
    ]);
    let splits = splits_of(&made.facts(), date(2025, 1, 1));
    assert_eq!(splits.len(), 1, "{splits:#?}");
    assert!(splits[0].is_reverse() && splits[0].basis == SplitBasis::Step && splits[0].confidence <= 0.5);
}

/// Lesson 21.
#[test]
fn more_outstanding_than_authorised_is_not_told_as_headroom() {
    let mut made = maker(1e6);
    made.add("us-gaap:CommonStockSharesAuthorized", "shares", "", "2020-12-31", 50e6, ("10-K", "2021-03-01", 3));
    let signals = of(&made, Some(3500));
    let headroom = one(&signals, "authorised_headroom");
    assert_eq!(headroom.status, Status::NotRun);
    assert!(headroom.why.contains("exceed"), "{}", headroom.why);
    let mut made = maker(1e6);
    made.add("us-gaap:CommonStockSharesAuthorized", "shares", "", "2020-12-31", 110e6, ("10-K", "2021-03-01", 3));
    let signals = of(&made, Some(3500));
    close(one(&signals, "authorised_headroom"), 5.0 / 110.0, 1e-9);
}

/// Lesson 15: a cover is dated at its filing and makes no year.
#[test]
fn a_cover_makes_no_year() {
    let mut made = maker(1e6);
    made.add("dei:EntityCommonStockSharesOutstanding", "shares", "", "2021-02-20", 105e6, ("10-K", "2021-03-01", 3));
    let facts = made.facts();
    let figures = forensics::figures::Figures::new(&facts, DAY);
    assert_eq!(figures.years().last().unwrap().end, date(2020, 12, 31));
}

/// A figure that a later filing restates is told with both values.
#[test]
fn restatements_are_kept_side_by_side() {
    let mut made = maker(1e6);
    made.add("us-gaap:NetIncomeLoss", "USD", "2020-01-01", "2020-12-31", 60e6, ("10-K/A", "2021-06-01", 7));
    let facts = made.facts();
    let figures = forensics::figures::Figures::new(&facts, DAY);
    let restated = figures.restated(3);
    assert_eq!(restated.len(), 1, "{restated:#?}");
    assert_eq!((restated[0].first.value, restated[0].newest.value), (100e6, 60e6));
    // The models use the newest: 6 % instead of 10 %.
    let signals = run(&case(facts, Some(3500), DAY));
    close(part(one(&signals, "zmijewski"), "zmijewski.roa"), 0.06, 1e-9);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Ratios do not know the currency's size; only Ohlson's size term does.
    #[test]
    fn ratios_do_not_depend_on_scale(exponent in 3.0_f64..11.0) {
        let (one_scale, other) = (of(&maker(1e6), Some(3500)), of(&maker(10_f64.powf(exponent)), Some(3500)));
        for (a, b) in one_scale.iter().zip(&other) {
            if ["ohlson_o", "negative_equity", "benford"].contains(&a.id.as_str()) {
                continue;
            }
            prop_assert_eq!(a.status, b.status);
            match (a.value, b.value) {
                (Some(x), Some(y)) => prop_assert!((x - y).abs() <= 1e-6 * x.abs().max(1.0), "{}: {x} {y}", a.id),
                (x, y) => prop_assert_eq!(x, y),
            }
        }
    }

    /// What is filed after the day changes nothing, whatever it says.
    #[test]
    fn later_filings_change_nothing(value in 1.0_f64..1e12, which in 0_usize..6) {
        let tags = [
            "us-gaap:Assets",
            "us-gaap:Revenues",
            "us-gaap:NetIncomeLoss",
            "us-gaap:CommonStockSharesOutstanding",
            "us-gaap:Liabilities",
            "us-gaap:StockholdersEquityNoteStockSplitConversionRatio1",
        ];
        let mut made = maker(1e6);
        let before = of(&made, Some(3500));
        let filing = ("10-K/A", "2021-07-01", 8);
        let unit = ["USD", "USD", "USD", "shares", "USD", "pure"][which];
        let start = if which == 1 || which == 2 { "2020-01-01" } else { "" };
        made.add(tags[which], unit, start, "2020-12-31", value, filing);
        prop_assert_eq!(before, of(&made, Some(3500)));
    }
}

/// Every signal of this room has its page, with all that a page must say.
#[test]
fn every_signal_has_its_page() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pennytune/signals");
    for id in forensics::contract::ids(forensics::contract::Reads::Figures) {
        let page =
            std::fs::read_to_string(folder.join(format!("{id}.md"))).unwrap_or_else(|_| panic!("no page of {id}"));
        assert!(page.starts_with(&format!("# `{id}`")), "{id}");
        for part in ["**Question.**", "**Source.**", "**Example.**", "**Failure modes.**"] {
            assert!(page.contains(part), "{id} lacks {part}");
        }
        // Every zone that the signal gave here is on it.
        for signal in of(&maker(1e6), Some(3500)).iter().filter(|signal| signal.id == id) {
            assert!(signal.zone.as_ref().is_none_or(|zone| page.contains(zone.as_str())), "{id}: {:?}", signal.zone);
        }
    }
}

/// The whole examination of a company with nothing but facts: the contract's keys, the factors, and the same twice.
#[test]
fn an_examination_is_whole_and_repeatable() {
    let case = case(maker(1e6).facts(), Some(3500), DAY);
    let settings = forensics::examine::Settings::default();
    let examination = forensics::examine::examine(&case, &settings);
    assert_eq!(examination, forensics::examine::examine(&case, &settings));
    assert_eq!(examination.company.latest_period, Some(date(2020, 12, 31)));
    let ids: std::collections::HashSet<&str> = examination.signals.iter().map(|signal| signal.id.as_str()).collect();
    assert_eq!(ids.len(), examination.signals.len(), "no id twice");
    assert!(forensics::examine::IDS.iter().all(|id| ids.contains(id)));
    assert!(examination.factors.iter().any(|factor| factor.name == "distress" && factor.score.is_some()));
    let mut blank = case.clone();
    blank.facts = None;
    let nothing = forensics::examine::examine(&blank, &settings);
    assert!(nothing.score.low <= examination.score.low);
    assert!(!nothing.notes.is_empty());
}

/// Averages last stated before two tagged splits and next after both are restated by their product, which is no third split.
#[test]
fn the_product_of_two_splits_is_no_third() {
    let mut made = covers(&[
        ("2023-11-10", 150_000_000.0),
        ("2024-03-10", 10_100_000.0),
        ("2024-11-10", 210_000.0),
        ("2025-03-10", 220_000.0),
    ]);
    made.add(RATIO, "pure", "", "2024-02-01", 0.0667, ("10-K", "2024-03-10", 2));
    made.add(RATIO, "pure", "", "2024-10-17", 0.02, ("10-Q", "2024-11-10", 3));
    for tag in ["Basic", "DilutedX"] {
        let tag = match tag {
            "Basic" => "us-gaap:WeightedAverageNumberOfSharesOutstandingBasic",
            _ => "us-gaap:WeightedAverageNumberOfDilutedSharesOutstanding",
        };
        made.add(tag, "shares", "2023-07-01", "2023-09-30", 149e6, ("10-Q", "2023-11-10", 1));
        made.add(tag, "shares", "2023-07-01", "2023-09-30", 149e6 / 750.0, ("10-Q", "2024-11-10", 3));
    }
    let splits = splits_of(&made.facts(), date(2025, 6, 1));
    let words: Vec<String> = splits.iter().map(Split::words).collect();
    assert_eq!(words, ["1-for-15 reverse", "1-for-50 reverse"], "{splits:#?}");
}

/// Lesson 8: debt tagged in its parts is the sum of those that are there.
#[test]
fn debt_in_parts_is_summed() {
    let mut made = maker(1e6);
    made.without("us-gaap:LongTermDebtNoncurrent");
    made.without("us-gaap:LongTermDebtCurrent");
    for end in ["2019-12-31", "2020-12-31"] {
        let filing = ("10-K", "2021-03-01", 3);
        made.add("us-gaap:ConvertibleLongTermNotesPayable", "USD", "", end, 30e6, filing);
        made.add("us-gaap:LongTermLineOfCredit", "USD", "", end, 50e6, filing);
    }
    let signals = of(&made, Some(3500));
    let debt = input(one(&signals, "beneish_m"), "long-term debt").clone();
    assert_eq!(debt.value, 80e6);
    assert!(
        debt.tag.contains("ConvertibleLongTermNotesPayable + ") || debt.tag.contains(" + us-gaap:Convertible"),
        "{}",
        debt.tag
    );
}

/// Lesson 56: amounts per share and in pence are units of their own, and no figure here is per share.
#[test]
fn pence_and_amounts_per_share_answer_for_nothing() {
    let mut made = maker(1e6);
    for unit in ["GBX", "USD/shares", "GBp"] {
        made.add("us-gaap:Assets", unit, "", "2020-12-31", 7.0, ("10-K", "2021-03-01", 3));
    }
    let signals = of(&made, Some(3500));
    assert_eq!(input(one(&signals, "altman_z2"), "total assets").value, 1000e6);
    assert!(signals.iter().flat_map(|signal| &signal.inputs).all(|input| !input.unit.contains('/')));
}

/// A hundred thousand facts that all contradict each other, on tags that everything reads, end in signals and in time.
#[test]
fn a_hostile_document_ends() {
    let mut made = maker(1e6);
    let tags = [
        ("us-gaap:Assets", "USD", false),
        ("us-gaap:WeightedAverageNumberOfSharesOutstandingBasic", "shares", true),
        ("dei:EntityCommonStockSharesOutstanding", "shares", false),
        (RATIO, "pure", false),
        ("us-gaap:NetIncomeLoss", "USD", true),
    ];
    for step in 0..20_000_u32 {
        let year = 1000 + step % 1000;
        let month = 1 + step / 1000 % 12;
        let (start, end) = (format!("{:04}-{month:02}-02", year - 1), format!("{year:04}-{month:02}-01"));
        let value = f64::from(1 + step % 7) * 10_f64.powi((step % 3) as i32 * 3);
        for (tag, unit, flow) in tags {
            let start = if flow { start.as_str() } else { "" };
            made.add(tag, unit, start, &end, value, ("10-K", "2021-03-02", 10 + step % 50));
        }
    }
    let signals = of(&made, Some(3500));
    assert_eq!(signals.len(), forensics::contract::ids(forensics::contract::Reads::Figures).count());
}

/// The assets of a business that was bought after the day of the balance sheet are no later balance sheet.
#[test]
fn assets_bought_later_are_no_balance_sheet() {
    let mut made = maker(1e6);
    let report = ("10-Q", "2021-05-10", 8);
    for (tag, value) in
        [("Assets", 1010e6), ("StockholdersEquity", 425e6), ("AssetsCurrent", 455e6), ("LiabilitiesCurrent", 225e6)]
    {
        made.add(&format!("us-gaap:{tag}"), "USD", "", "2021-03-31", value, report);
    }
    made.add("us-gaap:Assets", "USD", "", "2021-04-15", 50e6, report);
    let signals = forensics::numeric::run(&case(made.facts(), Some(3500), date(2021, 6, 1)));
    close(one(&signals, "negative_equity"), 425e6, 0.0);
    close(one(&signals, "current_ratio"), 455.0 / 225.0, 1e-12);
}

/// A last year all in thousands of thousands agrees with itself and with nothing before: the years are not compared.
#[test]
fn years_in_two_units_are_not_compared() {
    let mut made = maker(1e6);
    for tag in ["us-gaap:Assets", "us-gaap:LiabilitiesAndStockholdersEquity"] {
        made.without(tag);
        for (end, filed, number, value) in [
            ("2018-12-31", "2019-03-01", 1, 800e6),
            ("2019-12-31", "2020-03-01", 2, 900e6),
            ("2020-12-31", "2021-03-01", 3, 1e6),
        ] {
            made.add(tag, "USD", "", end, value, ("10-K", filed, number));
        }
    }
    let signals = of(&made, Some(3500));
    for id in ["ohlson_o", "beneish_m", "piotroski_f", "dechow_f", "sloan_accruals", "montier_c"] {
        let signal = one(&signals, id);
        assert_eq!(signal.status, Status::NotRun, "{id}");
        assert!(signal.why.contains("error of units"), "{}", signal.why);
    }
}

/// Operating expenses that hold the cost of revenue are taken from revenue, not from gross profit: income before taxes tells.
#[test]
fn operating_expenses_with_the_cost_of_revenue() {
    let mut made = maker(1e6);
    made.without("us-gaap:OperatingIncomeLoss");
    for (year, value, filed) in [("2019", 880e6, "2020-03-01"), ("2020", 1050e6, "2021-03-01")] {
        let (start, end) = (format!("{year}-01-01"), format!("{year}-12-31"));
        let number = if year == "2019" { 2 } else { 3 };
        made.add("us-gaap:OperatingExpenses", "USD", &start, &end, value, ("10-K", filed, number));
    }
    let signals = of(&made, Some(3500));
    let ebit = input(one(&signals, "altman_z2"), "EBIT");
    assert_eq!((ebit.value, ebit.tag.as_str()), (150e6, "us-gaap:Revenues - us-gaap:OperatingExpenses"));
}

/// A public float of 500 after one of 450 million is one in millions.
#[test]
fn a_float_in_millions_is_none() {
    let mut made = maker(1e6);
    made.add("dei:EntityPublicFloat", "USD", "", "2019-06-30", 450e6, ("10-K", "2020-03-01", 2));
    made.add("dei:EntityPublicFloat", "USD", "", "2020-06-30", 500.0, ("10-K", "2021-03-01", 3));
    let signals = of(&made, Some(3500));
    let z = one(&signals, "altman_z");
    assert_eq!(z.status, Status::NotRun);
    assert!(z.why.contains("error of units"), "{}", z.why);
}

/// An index of a negative gross margin means nothing, so neither form of M is computed.
#[test]
fn a_negative_margin_has_no_index() {
    let mut made = maker(1e6);
    made.without("us-gaap:GrossProfit");
    made.without("us-gaap:CostOfRevenue");
    for (year, value, filed, number) in [("2019", -20e6, "2020-03-01", 2), ("2020", -60e6, "2021-03-01", 3)] {
        let (start, end) = (format!("{year}-01-01"), format!("{year}-12-31"));
        made.add("us-gaap:GrossProfit", "USD", &start, &end, value, ("10-K", filed, number));
    }
    let signals = of(&made, Some(3500));
    let m = one(&signals, "beneish_m");
    assert_eq!(m.status, Status::NotRun);
    assert!(part(m, "beneish_m.gmi").why.contains("negative") && part(m, "beneish_m.sgi").value.is_some());
}

/// A shell without plant has nothing to depreciate; one with hardly any liabilities gets no score that rests on them.
#[test]
fn shells_and_ohlson() {
    let mut made = maker(1e6);
    for tag in
        ["PropertyPlantAndEquipmentNet", "PropertyPlantAndEquipmentGross", "DepreciationDepletionAndAmortization"]
    {
        made.without(&format!("us-gaap:{tag}"));
    }
    let signals = of(&made, Some(7372));
    // Funds are the income before taxes of 130 alone, over liabilities of 580.
    close(part(one(&signals, "ohlson_o"), "ohlson_o.futl"), 130.0 / 580.0, 1e-12);

    let pretax = "us-gaap:IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest";
    for tag in ["us-gaap:Liabilities", "us-gaap:LiabilitiesCurrent", pretax] {
        made.without(tag);
    }
    let report = ("10-K", "2021-03-01", 3);
    made.add("us-gaap:Liabilities", "USD", "", "2020-12-31", 5e6, report);
    made.add("us-gaap:LiabilitiesCurrent", "USD", "", "2020-12-31", 5e6, report);
    made.add(pretax, "USD", "2020-01-01", "2020-12-31", -70e6, report);
    let signals = of(&made, Some(7372));
    let o = one(&signals, "ohlson_o");
    assert_eq!(o.status, Status::NotApplicable, "{}", o.why);
    assert!(o.why.contains("cash shell"), "{}", o.why);
}

/// A blank-cheque company (SIC 6770) is outside of the models until it has revenue; many keep the code.
#[test]
fn a_blank_cheque_company_with_revenue_is_one_no_more() {
    let mut made = maker(1e6);
    assert_eq!(one(&of(&made, Some(6770)), "altman_z2").status, Status::Ran);
    for tag in ["Revenues", "CostOfRevenue", "GrossProfit"] {
        made.without(&format!("us-gaap:{tag}"));
    }
    assert_eq!(one(&of(&made, Some(6770)), "altman_z2").status, Status::NotApplicable);
}

/// Treasury shares are not outstanding: 741 issued less 34 held, of 2,000 authorised.
#[test]
fn headroom_without_treasury_shares() {
    let mut made = maker(1e6);
    made.without("us-gaap:CommonStockSharesOutstanding");
    let report = ("10-K", "2021-03-01", 3);
    for (tag, value) in [
        ("CommonStockSharesAuthorized", 2000e6),
        ("CommonStockSharesIssued", 741e6),
        ("TreasuryStockCommonShares", 34e6),
    ] {
        made.add(&format!("us-gaap:{tag}"), "shares", "", "2020-12-31", value, report);
    }
    close(one(&of(&made, Some(3500)), "authorised_headroom"), 1.0 - 707.0 / 2000.0, 1e-12);
}

/// Covers that do not reach a year back yield to averages that do.
#[test]
fn the_first_cover_leaves_growth_to_the_averages() {
    let mut made = maker(1e6);
    made.without("us-gaap:CommonStockSharesOutstanding");
    made.add("dei:EntityCommonStockSharesOutstanding", "shares", "", "2021-02-20", 130e6, ("10-K", "2021-03-01", 3));
    for (year, value) in [("2019", 100e6), ("2020", 120e6)] {
        let (start, end) = (format!("{year}-01-01"), format!("{year}-12-31"));
        let tag = "us-gaap:WeightedAverageNumberOfSharesOutstandingBasic";
        made.add(tag, "shares", &start, &end, value, ("10-K", "2021-03-01", 3));
    }
    let growth = of(&made, Some(3500));
    close(one(&growth, "share_growth"), 0.2, 1e-12);
    assert!(one(&growth, "share_growth").why.contains("weighted average"));
}

/// Three times the shares from one cover to the next, with no tag and no restated count: growth, and said to look like a split.
#[test]
fn a_split_of_which_nothing_is_told_is_named() {
    let mut made = Made::default();
    for (number, (day, count)) in
        [("2020-03-01", 100e6), ("2020-08-10", 100e6), ("2020-11-10", 301e6), ("2021-03-01", 302e6)].iter().enumerate()
    {
        let filing = ("10-Q", *day, number as u32 + 1);
        made.add("dei:EntityCommonStockSharesOutstanding", "shares", "", day, *count, filing);
    }
    let signals = of(&made, Some(3500));
    let growth = one(&signals, "share_growth");
    close(growth, 2.02, 1e-9);
    assert!(growth.why.contains("3 times as many between 2020-08-10 and 2020-11-10"), "{}", growth.why);
}
