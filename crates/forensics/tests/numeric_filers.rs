//! The signals that are numbers, on real filers: each figure was worked out by hand from the filing it names.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod numeric_support;

use forensics::figures::{Column, Figures, Item};
use forensics::signal::{Severity, Status};
use jiff::civil::date;
use numeric_support::{case, close, facts, input, one, part, signals};

const APPLE: u64 = 320_193;
const CELADON: u64 = 865_941;
const DISNEY: u64 = 1_744_489;
const HERC: u64 = 1_364_479;
const HERTZ: u64 = 1_657_853;
const LPA: u64 = 1_997_711;
const MARVELL: u64 = 1_835_632;
const NIKE: u64 = 320_187;
const NVIDIA: u64 = 1_045_810;
const SNOWFLAKE: u64 = 1_640_147;
const TEXAS_INSTRUMENTS: u64 = 97_476;
const UNDER_ARMOUR: u64 = 1_336_917;
const WALMART: u64 = 104_169;

/// Apple's 10-K of 3 November 2023 (0000320193-23-000106), in millions: total assets 352,583 (352,755; 351,002), current
/// assets 143,566 (135,405), current liabilities 145,308 (153,982), liabilities 290,437, equity 62,146, accumulated
/// deficit 214, sales 383,285 (394,328), gross margin 169,148 (170,782), SG&A 24,932 (25,094), operating income 114,301,
/// pretax 113,736, net income 96,995 (99,803), operating cash flow 110,543, D&A 11,519 (11,104), receivables 29,508
/// (28,184), PP&E 43,715 (42,117), term debt 95,281 (98,959), shares 15,550,061 (15,943,425) thousand.
#[test]
fn apple_2023() {
    let Some(signals) = signals(APPLE, 3571, date(2023, 12, 31)) else { return };
    close(one(&signals, "altman_z2"), 2.368_785_157, 1e-8);
    close(one(&signals, "altman_z1"), 2.177_948_715, 1e-8);
    // With the float of 31 March 2023, 2,591,165.
    close(one(&signals, "altman_z"), 7.501_976_435, 1e-8);
    close(one(&signals, "zmijewski"), -0.895_542_824, 1e-8);
    close(one(&signals, "ohlson_o"), -5.891_043_861, 1e-4);
    let m = one(&signals, "beneish_m");
    close(m, -2.634_285_326, 1e-8);
    for (name, expected) in [
        ("dsri", 1.077_141_943),
        ("gmi", 0.981_385_044),
        ("aqi", 0.943_787_066),
        ("sgi", 0.971_995_395),
        ("depi", 1.000_433_302),
        ("sgai", 1.022_169_733),
        ("lvgi", 0.951_630_484),
        ("tata", -0.038_424_995),
        ("five", -2.925_744_539),
    ] {
        close(part(m, &format!("beneish_m.{name}")), expected, 1e-8);
    }
    let f = one(&signals, "piotroski_f");
    close(f, 7.0, 0.0);
    let lost: Vec<&str> =
        f.parts.iter().filter(|point| point.value == Some(0.0)).map(|point| point.id.as_str()).collect();
    assert_eq!(lost, ["piotroski_f.roa_change", "piotroski_f.turnover"]);
    close(one(&signals, "sloan_accruals"), -0.038_415_625, 1e-8);
    close(one(&signals, "current_ratio"), 143_566.0 / 145_308.0, 1e-9);
    assert_eq!(one(&signals, "cash_runway").status, Status::NotApplicable);
    let assets = input(one(&signals, "altman_z2"), "total assets");
    assert_eq!((assets.value, assets.tag.as_str(), assets.end), (352_583e6, "us-gaap:Assets", Some(date(2023, 9, 30))));
    assert_eq!(assets.accession.as_ref().unwrap().as_str(), "0000320193-23-000106");
}

/// Seven for one in June 2014, four for one in August 2020, and nothing else.
#[test]
fn apples_splits() {
    let Some(signals) = signals(APPLE, 3571, date(2024, 5, 31)) else { return };
    let splits = one(&signals, "splits");
    let found: Vec<(&str, f64)> = splits.parts.iter().map(|split| (split.id.as_str(), split.value.unwrap())).collect();
    assert_eq!(found, [("splits.2020-08-28", 4.0), ("splits.2014-06-06", 7.0)]);
    assert!(splits.parts.iter().all(|split| split.zone.as_deref() == Some("forward")));
    assert_eq!((splits.value, splits.severity), (Some(0.0), Severity::None));
    // Buy-backs on one basis: 15,334,082,000 on 19 April 2024 against 15,728,702,000 on 21 April 2023.
    close(one(&signals, "share_growth"), 15_334_082.0 / 15_728_702.0 - 1.0, 1e-9);
}

/// Lesson 12. Celadon's 10-K of 13 September 2016 (0001008886-16-000363): revenue 1,065,356 and 900,756 thousand, and a
/// quarter of 259,574 labelled FY.
#[test]
fn celadon_compares_years() {
    let Some(signals) = signals(CELADON, 4213, date(2017, 3, 30)) else { return };
    let m = one(&signals, "beneish_m");
    close(part(m, "beneish_m.sgi"), 1_065_356.0 / 900_756.0, 1e-9);
    assert_eq!(input(m, "revenue (prior year)").end, Some(date(2015, 6, 30)));
    // A trucker reports neither gross profit nor SG&A: both forms lack a ratio, and are not run.
    assert_eq!(m.status, Status::NotRun);
    assert!(m.why.contains("gross profit"), "{}", m.why);
    assert_eq!(part(m, "beneish_m.gmi").status, Status::NotRun);
    // 28,715,000 of 40,000,000 authorised, though the filer wrote 40,000 and 40,000,000,000 before.
    let headroom = one(&signals, "authorised_headroom");
    assert!((0.27..0.30).contains(&headroom.value.unwrap()), "{headroom:#?}");
}

/// A report of ten years ago is not a reading of today.
#[test]
fn celadon_is_stale_in_2026() {
    let Some(signals) = signals(CELADON, 4213, date(2026, 6, 30)) else { return };
    for signal in signals.iter().filter(|signal| signal.id != "splits") {
        assert_ne!(signal.status, Status::Ran, "{}", signal.id);
    }
    assert!(one(&signals, "altman_z2").why.contains("2016-06-30"));
    assert!(one(&signals, "current_ratio").why.contains("2016-12-31"));
}

/// Lesson 14. Herc's 10-K of 17 February 2026 (0001364479-26-000050): total revenues 4,376 million, of which 862 from
/// contracts with customers.
#[test]
fn hercs_revenue_is_the_total() {
    let Some(signals) = signals(HERC, 7359, date(2026, 6, 30)) else { return };
    let revenue = input(one(&signals, "beneish_m"), "revenue");
    assert_eq!((revenue.value, revenue.tag.as_str()), (4_376e6, "us-gaap:Revenues"));
    // One for fifteen on 30 June 2016, tagged as 0.0667 and 0.066667.
    let split = part(one(&signals, "splits"), "splits.2016-06-30");
    assert!((split.value.unwrap() - 1.0 / 15.0).abs() < 1e-12 && split.zone.as_deref() == Some("reverse"));
    // 33.3 million shares after H&E against 28.5: growth of a sixth.
    assert!((0.15..0.20).contains(&one(&signals, "share_growth").value.unwrap()));
}

/// Lesson 7. Walmart at 31 January 2026 (0000104169-26-000055), in millions: 284,668 less equity with minorities 105,887 less
/// redeemable 293. Disney at 30 September 2023 (0001744489-23-000216): 205,579 less 103,957 less redeemable 9,055.
#[test]
fn liabilities_that_are_not_tagged() {
    for (cik, year_end, expected) in [(WALMART, date(2026, 1, 31), 178_488e6), (DISNEY, date(2023, 9, 30), 92_567e6)] {
        let Some(facts) = facts(cik) else { return };
        let figures = Figures::new(&facts, date(2026, 6, 30));
        let year = figures.years().iter().find(|year| year.end == year_end).unwrap();
        let liabilities = figures.get(Item::Liabilities, &Column::year(year)).unwrap();
        assert_eq!(liabilities.value, expected, "{liabilities:#?}");
        assert_eq!(liabilities.terms.len(), 3);
        assert!(
            liabilities.tag.starts_with("us-gaap:LiabilitiesAndStockholdersEquity - us-gaap:StockholdersEquityIncl")
        );
        assert!(liabilities.terms.iter().all(|term| term.figure.end == year_end && term.figure.accession.is_some()));
    }
}

/// Lesson 17. Under Armour has three classes of shares and so no cover count without dimensions; its three forward splits come
/// out forward, and growth is told from the averages.
#[test]
fn several_classes_of_shares() {
    let Some(signals) = signals(UNDER_ARMOUR, 2300, date(2024, 6, 30)) else { return };
    let splits = one(&signals, "splits");
    assert_eq!(splits.value, Some(0.0));
    assert!(splits.parts.iter().all(|split| split.value == Some(2.0)), "{splits:#?}");
    let growth = one(&signals, "share_growth");
    assert!(growth.why.contains("weighted average"), "{}", growth.why);
    assert!(growth.value.unwrap().abs() < 0.10);
    assert_eq!(one(&signals, "authorised_headroom").status, Status::NotRun);
    // The year before March 2023 ended in December 2021: a transition period lies between.
    let Some(earlier) = numeric_support::signals(UNDER_ARMOUR, 2300, date(2023, 6, 30)) else { return };
    let f = one(&earlier, "piotroski_f");
    assert_eq!(f.status, Status::NotRun);
    assert!(f.why.contains("2021-12-31") && f.why.contains("change of the financial year"), "{}", f.why);
}

/// Nike's two two-for-ones are three years apart and not one repeated.
#[test]
fn nikes_splits_are_two() {
    let Some(signals) = signals(NIKE, 3021, date(2019, 6, 30)) else { return };
    let found: Vec<f64> = one(&signals, "splits").parts.iter().map(|split| split.value.unwrap()).collect();
    assert_eq!(found, [2.0, 2.0]);
}

/// Logistic Properties of the Americas, 20-F of 7 April 2025 under IFRS, in dollars: total assets 607,019,578, current 40,001,754
/// and 26,524,836, retained earnings 38,593,217, operating profit 36,606,814, equity of the parent 228,964,876,
/// liabilities 336,218,160. By an industry code of builders, since its own is real estate.
#[test]
fn an_ifrs_filer_of_forms_20_f() {
    let Some(signals) = signals(LPA, 1500, date(2025, 6, 30)) else { return };
    let z = one(&signals, "altman_z2");
    close(z, 1.473_214_748, 1e-8);
    assert_eq!(input(z, "EBIT").tag, "ifrs-full:ProfitLossFromOperatingActivities");
    assert_eq!(input(z, "total assets").unit, "USD");
    close(one(&signals, "current_ratio"), 40_001_754.0 / 26_524_836.0, 1e-9);
    close(one(&signals, "negative_equity"), 228_964_876.0, 0.0);
    let Some(own) = numeric_support::signals(LPA, 6512, date(2025, 6, 30)) else { return };
    assert_eq!(one(&own, "altman_z2").status, Status::NotApplicable);
}

/// Hertz does not split its balance sheet into current and other: what needs that is not run, and says what it lacks. Equity
/// was -459 million at 31 December 2025 and -786 at 31 March 2026.
#[test]
fn an_unclassified_balance_sheet() {
    let Some(signals) = signals(HERTZ, 7510, date(2026, 6, 30)) else { return };
    for id in ["altman_z2", "ohlson_o", "zmijewski", "current_ratio"] {
        let signal = one(&signals, id);
        assert_eq!(signal.status, Status::NotRun, "{id}");
        assert!(signal.why.contains("current assets") && signal.why.contains("current liabilities"), "{}", signal.why);
    }
    let equity = one(&signals, "negative_equity");
    close(equity, -786e6, 0.0);
    assert_eq!((equity.zone.as_deref(), equity.severity), (Some("negative"), Severity::High));
    let f = one(&signals, "piotroski_f");
    assert!(f.parts.len() == 9 && f.why.contains("piotroski_f.liquidity"));
}

/// What the predecessor measured on the same facts (its reference names both): NVIDIA -1.15, Marvell -1.60, both growth.
#[test]
fn growth_raises_the_m_score() {
    let Some(nvidia) = signals(NVIDIA, 3674, date(2026, 6, 30)) else { return };
    close(one(&nvidia, "beneish_m"), -1.15, 0.005);
    let Some(marvell) = signals(MARVELL, 3674, date(2026, 6, 30)) else { return };
    let m = one(&marvell, "beneish_m");
    close(m, -1.60, 0.005);
    assert_eq!(m.severity, Severity::Info);
    assert!(m.why.contains("without the growth of revenue"), "{}", m.why);
}

/// Snowflake tagged a two-for-one of 2018, before it was public: there are no counts to bear it out, and it is said.
#[test]
fn a_split_before_the_first_count() {
    let Some(signals) = signals(SNOWFLAKE, 7372, date(2025, 6, 30)) else { return };
    let splits = one(&signals, "splits");
    assert_eq!(splits.parts[0].zone.as_deref(), Some("forward_unconfirmed"));
}

/// Texas Instruments' 10-Q of October 2010 has its averages in millions and the rest in units: the cover count stays.
#[test]
fn a_filing_with_two_scales_keeps_what_is_right() {
    let Some(facts) = facts(TEXAS_INSTRUMENTS) else { return };
    let view = facts.as_of(date(2026, 6, 30));
    assert!(view.doubts().iter().any(|doubt| doubt.value == 1_266.0 && doubt.factor == 1e-6));
    assert!(view.of("dei:EntityCommonStockSharesOutstanding").any(|fact| fact.end == date(2010, 9, 30)));
    assert!(view.of("us-gaap:WeightedAverageNumberOfSharesOutstandingBasic").all(|fact| fact.value > 1e8));
}

/// Every figure of every signal was public on the day, on days spread over the years.
#[test]
fn no_figure_is_from_the_future() {
    for (cik, sic) in [(APPLE, 3571), (CELADON, 4213), (HERC, 7359), (UNDER_ARMOUR, 2300)] {
        let Some(facts) = facts(cik) else { return };
        for day in [date(2011, 5, 20), date(2014, 1, 31), date(2016, 10, 1), date(2020, 9, 1), date(2023, 4, 30)] {
            let signals = forensics::numeric::run(&case(facts.clone(), Some(sic), day));
            let visible: std::collections::HashSet<String> = facts
                .concepts()
                .flat_map(|(_, list)| list)
                .filter(|fact| fact.filed <= day)
                .filter_map(|fact| facts.filing(fact))
                .map(|filing| filing.accession.to_string())
                .collect();
            for signal in signals.iter().flat_map(|signal| std::iter::once(signal).chain(&signal.parts)) {
                for input in &signal.inputs {
                    assert!(input.end.is_none_or(|end| end <= day), "{}: {input:?} on {day}", signal.id);
                    let known = input.accession.as_ref().is_none_or(|accession| visible.contains(accession.as_str()));
                    assert!(known, "{}: {input:?} on {day}", signal.id);
                }
            }
        }
    }
}

/// Walmart split 3-for-1 on 23 February 2024. Its 10-K of 15 March 2024 states the new count on its cover (8,058,048,674 on
/// 13 March) and is the first filing to show the split: its own cover must not be taken for one of before.
#[test]
fn the_first_cover_after_a_forward_split_is_not_growth() {
    let Some(signals) = signals(WALMART, 5331, date(2024, 6, 1)) else { return };
    let growth = one(&signals, "share_growth");
    close(growth, 8_058_048_674.0 / (3.0 * 2_695_655_933.0) - 1.0, 1e-9);
    assert_eq!(growth.severity, Severity::None, "{}", growth.why);
}

/// Lesson 9. Home Depot tags its property with the assets of finance leases in it since ASC 842: at 1 February 2026 and the year
/// before both under that tag, so that the ratio of the two is one of the same thing.
#[test]
fn property_with_finance_leases() {
    let Some(signals) = signals(354_950, 5211, date(2026, 6, 30)) else { return };
    let m = one(&signals, "beneish_m");
    assert_eq!(m.status, Status::Ran);
    for name in ["property, plant and equipment, net", "property, plant and equipment, net (prior year)"] {
        assert!(input(m, name).tag.contains("FinanceLeaseRightOfUseAsset"), "{:?}", input(m, name));
    }
}

/// Texas Instruments' 10-K of 24 February 2012 has 4,211 million under `LongTermDebt` and 382 under `LongTermDebtCurrent`: two
/// lines of the balance sheet, of which the first is due later (its 8-K of 3 May 2013 retags the same 4,211 as
/// `LongTermDebtNoncurrent`). NVIDIA's of 17 March 2016 has 1,413 under `LongTermDebt`, all of it convertible and current:
/// nothing is due later, where 1,384 was a year before.
#[test]
fn long_term_debt_is_what_is_due_later() {
    let Some(texas) = signals(TEXAS_INSTRUMENTS, 3674, date(2012, 3, 25)) else { return };
    let debt = input(one(&texas, "beneish_m"), "long-term debt");
    assert_eq!((debt.value, debt.tag.as_str()), (4_211e6, "us-gaap:LongTermDebt"));
    let Some(nvidia) = signals(NVIDIA, 3674, date(2016, 4, 16)) else { return };
    let m = one(&nvidia, "beneish_m");
    assert_eq!(input(m, "long-term debt").value, 0.0);
    assert_eq!(input(m, "long-term debt (prior year)").value, 1_384e6);
}

/// Costco tagged a gross profit of 16,465 million in its 10-K of 11 October 2019 alone, without the membership fees that its
/// revenue of 152,703 has. By revenue and merchandise costs of all years (141,576 and 123,152; 152,703 and 132,886;
/// 166,761 and 144,939) the margins are level.
#[test]
fn gross_profit_is_of_one_kind_in_both_years() {
    let margin = |revenue: f64, cost: f64| (revenue - cost) / revenue;
    let years = [margin(141_576.0, 123_152.0), margin(152_703.0, 132_886.0), margin(166_761.0, 144_939.0)];
    for (day, at) in [(date(2019, 11, 10), 1), (date(2020, 11, 6), 2)] {
        let Some(signals) = signals(909_832, 5331, day) else { return };
        close(part(one(&signals, "beneish_m"), "beneish_m.gmi"), years[at - 1] / years[at], 1e-9);
    }
}

/// Hertz Global Holdings' 10-K of 27 February 2012 (under Herc's number) tags net income with the minority's part alone: 195,730
/// thousand, of which 19,560 are the minority's; the year before -31,298 and 17,383.
#[test]
fn net_income_is_the_parents() {
    let Some(signals) = signals(HERC, 7510, date(2012, 3, 28)) else { return };
    let sloan = one(&signals, "sloan_accruals");
    assert_eq!(input(sloan, "net income").value, 176_170e3);
    assert_eq!(input(one(&signals, "ohlson_o"), "net income (prior year)").value, -48_681e3);
}

/// Home Depot's proxy of 7 April 2026 rounds the net income of the year to 1 February 2026 to 14,160 million; the 10-K has 14,156.
#[test]
fn a_proxy_is_no_statement() {
    let Some(signals) = signals(354_950, 5211, date(2026, 6, 30)) else { return };
    let income = input(one(&signals, "zmijewski"), "net income");
    assert_eq!(income.value, 14_156e6);
    assert_eq!(income.accession.as_ref().unwrap().as_str(), "0001628280-26-019436");
}

/// Walmart tagged preferred stock as zero until January 2010 and not at all from 2011: none in both years. Hertz tags no proceeds
/// of its vehicle debt of 2018 (they stand under tags of its own), but its debt rose.
#[test]
fn what_is_left_out_of_the_f_score() {
    let Some(walmart) = signals(WALMART, 5331, date(2011, 4, 29)) else { return };
    assert_eq!(one(&walmart, "dechow_f").status, Status::Ran, "{}", one(&walmart, "dechow_f").why);
    let Some(hertz) = signals(HERTZ, 7510, date(2019, 3, 27)) else { return };
    let f = one(&hertz, "dechow_f");
    close(part(f, "dechow_f.issue"), 1.0, 0.0);
    assert!(input(f, "long-term debt").value > input(f, "long-term debt (prior year)").value);
}

/// Celadon's 10-K of 13 September 2013 shows long-term debt of 78,137 thousand at 30 June 2013 and none a year before. The 10-Qs
/// after repeat the one day without the other, and change nothing about it.
#[test]
fn a_quarterly_report_takes_no_comparison_away() {
    for day in [date(2013, 10, 13), date(2013, 11, 15), date(2014, 5, 15)] {
        let Some(signals) = signals(CELADON, 4213, day) else { return };
        close(part(one(&signals, "piotroski_f"), "piotroski_f.leverage"), 0.0, 0.0);
        assert_eq!(input(one(&signals, "beneish_m"), "long-term debt").value, 78_137e3);
    }
}

/// Texas Instruments' cover of 25 February 2011 gives a public float of 27,239,003,249; a 10-Q after repeats it otherwise.
#[test]
fn the_float_is_the_annual_reports() {
    let Some(signals) = signals(TEXAS_INSTRUMENTS, 3674, date(2011, 5, 8)) else { return };
    let float = input(one(&signals, "altman_z"), "public float, in place of the market value of equity");
    assert_eq!((float.value, float.accession.as_ref().unwrap().as_str()), (27_239_003_249.0, "0001140361-11-012312"));
}
