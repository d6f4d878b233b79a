//! Where real registrants stand: states that last until a filing ends them, each with the filing that shows it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::io::Read as _;
use std::path::{Path, PathBuf};

use edgar::index::Filing;
use edgar::submissions::{Gap, Submissions};
use forensics::case::{Case, Index, Lists};
use forensics::documents::{Documents, Paper};
use forensics::examine::{Examination, Settings, examine};
use forensics::reading::standing::State;
use jiff::civil::{Date, date};

const CELADON: &str = "CIK0000865941";

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
    Some(of(&bytes, as_of))
}

fn of(index: &[u8], as_of: Date) -> Case {
    let submissions = Submissions::read(index).unwrap();
    Case {
        company: submissions.company,
        as_of,
        filings: submissions.filings.into_iter().filter(|filing| filing.filed <= as_of).collect(),
        facts: None,
        why_no_facts: String::new(),
        documents: Documents::default(),
        lists: Lists::default(),
        index: Index::default(),
    }
}

fn read(case: &Case) -> Examination {
    examine(case, &Settings::default())
}

/// State, day and form of the filing that shows it.
fn told(case: &Case) -> (State, Option<Date>, Option<String>) {
    let mark = read(case).company.standing.mark;
    assert!(mark.url.is_none() || mark.url.as_ref().unwrap().contains("/Archives/edgar/data/"), "{mark:?}");
    assert_eq!(mark.accession.is_some(), mark.since.is_some(), "{mark:?}");
    (mark.state, mark.since, mark.form)
}

/// Company, day, state, and the filing that shows it, as judged by hand from its index.
const JUDGED: &[(&str, &str, Date, State, Date, &str)] = &[
    ("Celadon", CELADON, date(2017, 4, 15), State::Reporting, date(2017, 2, 10), "10-Q"),
    // Its next 10-Q never came.
    ("Celadon", CELADON, date(2017, 6, 1), State::Late, date(2017, 5, 11), "NT 10-Q"),
    // The Form 15-12G of 2018-08-10 stands beside a Form 8-A12G of the same day.
    ("Celadon", CELADON, date(2018, 9, 1), State::Late, date(2017, 5, 11), "NT 10-Q"),
    // Two years without a report, though it went on filing 8-Ks.
    ("Celadon", CELADON, date(2019, 3, 1), State::Stopped, date(2017, 2, 10), "10-Q"),
    // Item 1.03 on the day before.
    ("Celadon", CELADON, date(2019, 12, 20), State::Bankruptcy, date(2019, 12, 19), "8-K"),
    ("Celadon", CELADON, date(2020, 2, 20), State::Stopped, date(2019, 12, 23), "15-12G"),
    ("Celadon", CELADON, date(2026, 11, 1), State::Stopped, date(2019, 12, 23), "15-12G"),
    // Petition of 2020-03-30, order of 2020-04-03; the 10-K of 2020-05-15 does not end it, Form 15-12B of 2020-12-30 does
    // end the reports. The Form 15-15D of 2020-06-22 is a plan's.
    ("CARBO Ceramics", "CIK0001009672", date(2020, 5, 1), State::Bankruptcy, date(2020, 3, 30), "8-K"),
    ("CARBO Ceramics", "CIK0001009672", date(2020, 7, 1), State::Bankruptcy, date(2020, 3, 30), "8-K"),
    ("CARBO Ceramics", "CIK0001009672", date(2021, 2, 1), State::Stopped, date(2020, 12, 30), "15-12B"),
    // Acquired: Form 25-NSE of 2018-12-21.
    ("Cigna Holding", "CIK0000701221", date(2019, 1, 15), State::Stopped, date(2018, 12, 31), "15-12B"),
    // Form 25-NSE of 2024-10-03.
    ("Learn CW", "CIK0001847577", date(2024, 12, 1), State::Stopped, date(2024, 11, 8), "15-12G"),
    // Forms 15 of savings plans and of notes end nothing.
    ("Procter & Gamble", "CIK0000080424", date(2025, 3, 10), State::Reporting, date(2025, 1, 22), "10-Q"),
    ("Caterpillar", "CIK0000018230", date(2016, 12, 1), State::Reporting, date(2016, 11, 2), "10-Q"),
    ("Amazon", "CIK0001018724", date(2025, 11, 21), State::Reporting, date(2025, 10, 31), "10-Q"),
];

/// Seven real companies on fifteen days.
#[test]
fn registrants_stand_where_their_filings_say() {
    let mut wrong = Vec::new();
    for (name, file, as_of, state, since, form) in JUDGED {
        let Some(case) = case(file, *as_of) else { return };
        let found = told(&case);
        if found != (*state, Some(*since), Some((*form).to_owned())) {
            wrong.push(format!("{name} {as_of}: {state:?} {since} {form}, but {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Celadon Group (CIK 865941): the day after its petition it is ranked, its bankruptcy (8-K of 2019-12-19) and removal (25-NSE
/// of 2018-04-18) not faded; since its Form 15-12G of 2019-12-23 there is no score.
#[test]
fn who_stopped_reporting_has_no_score_and_bankruptcy_does_not_fade() {
    let days = [date(2019, 12, 20), date(2020, 2, 20), date(2026, 11, 1)];
    let Some(cases) = days.into_iter().map(|day| case(CELADON, day)).collect::<Option<Vec<_>>>() else { return };
    let read: Vec<Examination> = cases.iter().map(read).collect();
    let factor = |of: &Examination, name: &str| of.factors.iter().find(|one| one.name == name).unwrap().score.unwrap();
    for examination in &read {
        assert!(examination.company.standing.is(State::Bankruptcy));
        assert!((factor(examination, "events") - 75.0).abs() < 1e-9, "{:?}", examination.factors);
    }
    assert!((factor(&read[0], "listing") - 75.0).abs() < 1e-9);
    assert!((factor(&read[1], "listing") - factor(&read[2], "listing")).abs() < 1e-9, "six years change nothing");
    assert!(read[0].company.standing.is(State::Late) && !read[0].company.standing.stopped());
    for (at, examination) in read.iter().enumerate() {
        assert_eq!(examination.company.standing.stopped(), at > 0);
        let score = examination.score;
        assert!(at == 0 || (score.value, score.low, score.high) == (None, 0.0, 100.0), "{score:?}");
    }
}

/// What is not in the index says nothing: no index, a part of it that is missing, a copy that is old.
#[test]
fn without_the_index_nothing_is_claimed() {
    let Some(mut none) = case(CELADON, date(2020, 2, 20)) else { return };
    none.filings.clear();
    none.index.missing = Some("the server has nothing at that address".to_owned());
    let standing = read(&none).company.standing;
    assert_eq!(standing.mark.state, State::Unknown);
    assert!(standing.mark.why.contains("not known") && standing.mark.why.contains("has nothing"), "{standing:?}");

    let Some(mut cut) = case(CELADON, date(2020, 2, 20)) else { return };
    let gap = |to: Date| Gap { part: "page 1".to_owned(), why: "not available".to_owned(), to: Some(to) };
    cut.index.gaps = vec![gap(date(2009, 1, 1))];
    assert_eq!(told(&cut).0, State::Stopped, "what is older than the Form 15 cannot end it");
    cut.index.gaps = vec![gap(date(2020, 1, 15))];
    assert_eq!(told(&cut).0, State::Unknown);

    // Amazon's index of 2025-11-21, looked at in the spring from the cache: nobody knows what it filed since.
    let Some(mut old) = case("CIK0001018724", date(2026, 8, 1)) else { return };
    assert_eq!(told(&old).0, State::Late);
    old.index.known_to = Some(date(2025, 11, 21));
    assert_eq!(told(&old).0, State::Reporting);
}

/// An index of our own making with rows of (form, day, items), newest first.
fn made(rows: &[(&str, &str, &str)], as_of: Date) -> Case {
    let column = |of: fn(&(&str, &str, &str)) -> String| rows.iter().map(of).collect::<Vec<_>>().join(",");
    let numbers: Vec<String> = (1..=rows.len()).map(|at| format!("\"0000999999-21-{at:06}\"")).collect();
    let index = format!(
        r#"{{"cik":"999999","name":"Invented Holdings, Inc.","filings":{{"recent":{{"accessionNumber":[{}],"filingDate":[{}],"form":[{}],"items":[{}],"primaryDocument":[{}]}},"files":[]}}}}"#,
        numbers.join(","),
        column(|row| format!("\"{}\"", row.1)),
        column(|row| format!("\"{}\"", row.0)),
        column(|row| format!("\"{}\"", row.2)),
        column(|_| "\"d.htm\"".to_owned()),
    );
    of(index.as_bytes(), as_of)
}

/// Plymouth Rock Technologies reports on Form 20-F (accession 0001062993-21-003193, for the year to 2020-11-30; its
/// index is not in the collection, the day here is the last of the form's four months): a year without a report is no delay.
#[test]
fn a_filer_of_annual_reports_is_late_after_its_year() {
    let rows = [("6-K", "2021-06-01", ""), ("20-F", "2021-03-31", ""), ("20-F", "2020-03-30", "")];
    let stands = |day: Date| told(&made(&rows, day)).0;
    assert_eq!(stands(date(2022, 3, 15)), State::Reporting);
    assert_eq!(stands(date(2022, 9, 15)), State::Late);
    assert_eq!(stands(date(2023, 6, 1)), State::Stopped);
    assert_eq!(told(&made(&rows[..1], date(2021, 7, 1))).0, State::NoReports);
}

#[test]
fn a_later_filing_ends_a_state() {
    let day = date(2021, 8, 1);
    let petition = ("8-K", "2020-02-01", "1.03,9.01");
    let old = ("10-K", "2020-01-10", "");
    let after = |rows: &[(&str, &str, &str)]| {
        let rows = [rows, &[petition, old]].concat();
        let standing = read(&made(&rows, day)).company.standing;
        (standing.mark.state, standing.is(State::Bankruptcy))
    };
    assert_eq!(after(&[]), (State::Bankruptcy, true));
    assert_eq!(after(&[("10-Q", "2021-07-10", "")]), (State::Bankruptcy, true), "a company in bankruptcy reports on");
    assert_eq!(after(&[("10-Q", "2021-07-10", ""), ("8-A12G", "2020-11-01", "")]), (State::Reporting, false));
    assert_eq!(after(&[("10-K", "2022-01-10", "")]), (State::Bankruptcy, true), "filed after the day");
    assert_eq!(after(&[("15-12G", "2021-03-01", "")]), (State::Stopped, true));
    assert_eq!(after(&[("10-Q", "2021-07-01", ""), ("15-12G", "2021-03-01", "")]), (State::Bankruptcy, true));
    assert_eq!(after(&[("REVOKED", "2021-03-01", "")]), (State::Stopped, true));
    // A number of the time before 2004 in a new 8-K is a slip of the tag.
    let slip = made(&[("10-Q", "2021-07-10", ""), ("8-K", "2021-07-01", "3")], day);
    assert_eq!(told(&slip).0, State::Reporting);

    // The words of the item end it too.
    let text = "<p>Item 1.03 Bankruptcy or Receivership.</p><p>On June 1, 2021 the Plan became effective in accordance \
        with its terms, and the Company emerged from Chapter 11.</p>";
    let mut emerged = made(&[("10-Q", "2021-07-10", ""), ("8-K", "2021-06-01", "1.03"), petition, old], day);
    let put = |case: &mut Case, at: usize| {
        let Filing { accession, primary_document, .. } = case.filings[at].clone();
        let paper = Paper::new(primary_document.clone(), None, text.as_bytes().to_vec());
        case.documents.put(accession, primary_document, Ok(paper));
    };
    assert!(read(&emerged).company.standing.is(State::Bankruptcy));
    put(&mut emerged, 1);
    assert_eq!(told(&emerged).0, State::Reporting);
}
