//! What the second round of documents brings: letters of the staff, narratives of late reports, the auditor's letter, last
//! year's auditor, live shelves and their limit, and what the full-text search points to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use std::path::{Path, PathBuf};

use edgar::facts::Facts;
use edgar::fulltext::{Hit, Hits};
use edgar::ids::Cik;
use edgar::index::{Company, Filing};
use forensics::case::{Case, Lists};
use forensics::documents::{Documents, Paper};
use forensics::examine;
use forensics::reading::{self, second};
use forensics::signal::{Severity, Signal, Status};
use forensics::wanted::{primary_name, whole_name};
use jiff::civil::{Date, date};

fn case(as_of: Date) -> Case {
    Case {
        company: Company {
            cik: Cik(999_999),
            name: "Invented Holdings, Inc.".to_owned(),
            tickers: vec!["INVN".to_owned()],
            exchanges: vec!["Nasdaq".to_owned()],
            sic: Some(2834),
            sic_description: String::new(),
            category: "Non-accelerated filer".to_owned(),
            fiscal_year_end: None,
            former_names: Vec::new(),
        },
        as_of,
        index: Default::default(),
        filings: Vec::new(),
        facts: None,
        why_no_facts: "EDGAR has no XBRL facts of this filer".to_owned(),
        documents: Documents::default(),
        lists: Lists::default(),
    }
}

/// Adds a filing; newest must be added first.
fn file(case: &mut Case, form: &str, filed: Date, items: &[&str], file_number: &str) -> Filing {
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
        file_number: file_number.to_owned(),
    };
    case.filings.push(filing.clone());
    filing
}

fn put(case: &mut Case, filing: &Filing, name: &str, text: impl Into<Vec<u8>>) {
    case.documents.put(filing.accession.clone(), name, Ok(Paper::new(name, None, text.into())));
}

fn told(case: &mut Case, form: &str, filed: Date, items: &[&str], text: &str) -> Filing {
    let filing = file(case, form, filed, items, "");
    put(case, &filing, &primary_name(&filing), text);
    filing
}

fn run(case: &Case, id: &str) -> Signal {
    reading::run(case).0.into_iter().find(|signal| signal.id == id).unwrap()
}

fn part<'a>(signal: &'a Signal, id: &str) -> &'a Signal {
    signal.parts.iter().find(|part| part.id == id).unwrap_or_else(|| panic!("no part {id}: {signal:#?}"))
}

fn real(path: &str) -> Option<Vec<u8>> {
    let root = std::env::var_os("MODELARIUM_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let path = root.join("data/edgar/filings").join(path);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(std::fs::read(path).unwrap())
}

/// Apple Inc., letter of 16 May 2024 (0000000000-24-005673): the primary document is a picture, the text stands in the whole
/// submission, and says that the review is completed.
#[test]
fn apples_review_of_2024_is_said_to_be_completed() {
    let Some(bytes) = real("0000000000-24-005673/0000000000-24-005673.txt") else { return };
    let mut case = case(date(2024, 9, 1));
    file(&mut case, "UPLOAD", date(2024, 5, 16), &[], "001-36743");
    case.filings[0].primary_document = "filename1.pdf".to_owned();
    let letter = case.filings[0].clone();
    assert_eq!(second::pointed(&case)[0].name, whole_name(&letter));
    put(&mut case, &letter, &whole_name(&letter), bytes);
    let signal = run(&case, "comment_letters");
    assert!(signal.why.contains("the newest says that the review is completed"), "{}", signal.why);
    assert!(signal.evidence[0].quote.contains("We have completed our review of your filing"), "{:#?}", signal.evidence);
}

/// Apple Inc., reply of 29 April 2024 (0000320193-24-000061), which repeats what the staff asked about changes in Services
/// revenue; read where no letter of the staff is in the index.
#[test]
fn a_reply_repeats_what_the_staff_asked_of_apple() {
    let Some(bytes) = real("0000320193-24-000061/0000320193-24-000061.txt") else { return };
    let mut case = case(date(2024, 9, 1));
    let reply = file(&mut case, "CORRESP", date(2024, 4, 29), &[], "001-36743");
    put(&mut case, &reply, &primary_name(&reply), bytes);
    let signal = run(&case, "comment_letters");
    assert!(
        signal.evidence.iter().any(|one| one.quote.contains("Please describe further the qualitative factors")),
        "{:#?}",
        signal.evidence
    );
    assert_eq!(signal.severity, Severity::None, "a reply alone is no letter of the staff");
}

#[test]
fn comments_on_going_concern_weigh_more_than_on_revenue() {
    let letter = |text: &str| {
        let mut case = case(date(2025, 6, 1));
        let letter = file(&mut case, "UPLOAD", date(2025, 1, 20), &[], "");
        put(
            &mut case,
            &letter,
            &whole_name(&letter),
            format!(
                "<SEC-DOCUMENT>\n<DOCUMENT>\n<TYPE>LETTER\n<SEQUENCE>1\n<FILENAME>a.txt\n<TEXT>\n{text}\n</TEXT>\n</DOCUMENT>"
            ),
        );
        run(&case, "comment_letters")
    };
    let grave = letter(
        "We have reviewed your filing and have the following comments.\n\n1. Please tell us how you concluded that there is no \
         substantial doubt about your ability to continue as a going concern.\n\nPlease contact Jo Roe with any questions.",
    );
    assert_eq!(grave.severity, Severity::Caution);
    let read = part(&grave, "comment_letters.letter");
    assert!(read.why.contains("going concern"), "{}", read.why);
    assert_eq!(read.evidence.len(), 1, "courtesies are no comments: {:#?}", read.evidence);
    let routine = letter("1. Please revise your note on revenue recognition to disclose your performance obligations.");
    assert_eq!(routine.severity, Severity::Info);
}

#[test]
fn the_narrative_of_a_late_report_is_quoted_and_sorted() {
    let mut case = case(date(2025, 6, 1));
    file(&mut case, "8-K", date(2025, 5, 30), &["8.01"], "");
    told(
        &mut case,
        "NT 10-K",
        date(2025, 4, 1),
        &[],
        "<p>FORM 12b-25</p><p>PART III — NARRATIVE</p><p>State below in reasonable detail why Forms 10-K, 20-F, 11-K, 10-Q could not be \
         filed within the prescribed time period.</p><p>The Company needs more time because its audit committee is conducting an \
         internal investigation and the Company expects to restate its statements for 2023 and for the first three quarters of 2024.</p>\
         <p>PART IV — OTHER INFORMATION</p><p>(3) Is it anticipated that any significant change in results of operations from the \
         corresponding period for the last fiscal year will be reflected by the earnings statements? ☒ Yes ☐ No</p><p>If so, attach an \
         explanation of the anticipated change.</p><p>The Company expects a net loss of about $14.2 million, after a net income of \
         $1.1 million in 2023.</p>",
    );
    let signal = run(&case, "delisting");
    let reason = part(&signal, "delisting.late_reason");
    assert_eq!(reason.severity, Severity::High, "{}", reason.why);
    assert!(
        reason.why.contains(
            "errors or a restatement, an investigation or review; a significant change in results is anticipated"
        ),
        "{}",
        reason.why
    );
    assert!(reason.evidence.iter().any(|one| one.quote.contains("net loss of about $14.2 million")), "{reason:#?}");
    assert!(reason.evidence.iter().all(|one| !one.quote.contains("State below")), "{reason:#?}");
}

#[test]
fn a_late_report_without_reason_says_so() {
    let mut case = case(date(2025, 6, 1));
    file(&mut case, "8-K", date(2025, 5, 30), &["8.01"], "");
    told(
        &mut case,
        "NT 10-Q",
        date(2025, 5, 16),
        &[],
        "<p>PART III - NARRATIVE</p><p>The registrant could not complete its report in time without unreasonable effort and expense and \
         expects to file it within five days.</p><p>PART IV - OTHER INFORMATION</p><p>(3) Is it anticipated that any significant change in \
         results of operations will be reflected? [ ] Yes [X] No</p>",
    );
    let signal = run(&case, "delisting");
    let reason = part(&signal, "delisting.late_reason");
    assert_eq!(reason.severity, Severity::Info, "{}", reason.why);
    assert!(reason.why.contains("no particular reason is given; no significant change"), "{}", reason.why);
    for (boxes, says) in [
        ("Yes ☒ No ☐", "; a significant change"),
        ("Yes ☐ No ☒", "; no significant change"),
        ("( ) Yes (x) No", "; no significant change"),
        ("as the parties agree", "is given"),
    ] {
        let mut case = case.clone();
        let notice = case.filings[1].clone();
        let text = format!(
            "<p>PART III - NARRATIVE</p><p>More time is needed to complete the report.</p><p>PART IV - OTHER INFORMATION</p><p>(3) Is it \
             anticipated that any significant change in results of operations will be reflected? {boxes}</p>"
        );
        put(&mut case, &notice, &primary_name(&notice), text);
        let reason = run(&case, "delisting");
        let why = &part(&reason, "delisting.late_reason").why;
        assert!(why.contains(says), "{boxes}: {why}");
    }
}

const CHANGE: &str = "<p>Item 4.01 Changes in Registrant's Certifying Accountant</p><p>On May 3, 2024 the Company dismissed Alpha Beta LLP. \
                      There were no disagreements with Alpha Beta LLP. Its letter is filed as Exhibit 16.1.</p>";

fn submission(letter: &str) -> String {
    format!(
        "<SEC-DOCUMENT>\n<DOCUMENT>\n<TYPE>8-K\n<SEQUENCE>1\n<FILENAME>doc1.htm\n<TEXT>\n{CHANGE}\n</TEXT>\n</DOCUMENT>\n<DOCUMENT>\n\
         <TYPE>EX-16.1\n<SEQUENCE>2\n<FILENAME>ex16.htm\n<TEXT>\n<p>{letter}</p>\n</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>"
    )
}

/// A company says that there was no disagreement; its auditor may say otherwise.
#[test]
fn the_auditors_letter_is_fetched_and_may_contradict() {
    for (letter, zone) in [
        ("We agree with the statements concerning our Firm contained therein.", "changed"),
        ("We do not agree with the statement that there were no disagreements.", "disagreement"),
    ] {
        let mut case = case(date(2025, 1, 1));
        let filing = told(&mut case, "8-K", date(2024, 5, 6), &["4.01", "9.01"], CHANGE);
        let pointed = examine::pointed(&case);
        assert_eq!(pointed.iter().map(|one| one.name.clone()).collect::<Vec<_>>(), [whole_name(&filing)]);
        assert!(run(&case, "auditor_change").why.contains("1 document(s) that others point to were not fetched"));
        put(&mut case, &filing, &whole_name(&filing), submission(letter));
        assert!(examine::pointed(&case).is_empty());
        let signal = run(&case, "auditor_change");
        assert_eq!(signal.zone.as_deref(), Some(zone), "{}", signal.why);
        assert_eq!(part(&signal, "auditor_change.letter").evidence[0].item.as_deref(), Some("EX-16"));
    }
}

fn annual(firm: &str) -> String {
    format!(
        "<p>FORM 10-K</p><p>Item 8. Financial Statements and Supplementary Data</p><p>REPORT OF INDEPENDENT REGISTERED PUBLIC ACCOUNTING \
         FIRM</p><p>To the Shareholders and the Board of Directors of Invented Holdings, Inc.</p><p>We have audited the accompanying \
         consolidated balance sheets of Invented Holdings, Inc. In our opinion, the financial statements present fairly, in all material \
         respects, the financial position of the Company.</p><p>/s/ {firm}</p><p>Houston, Texas</p><p>March 28, 2025</p>"
    )
}

/// An auditor who is another one than last year's, without an Item 4.01.
#[test]
fn a_change_that_no_current_report_tells_of_shows_beside_last_years_report() {
    let mut silent = case(date(2025, 6, 1));
    told(&mut silent, "10-K", date(2025, 3, 28), &[], &annual("Gamma Delta LLP"));
    let before = file(&mut silent, "10-K", date(2024, 3, 29), &[], "");
    assert_eq!(examine::pointed(&silent)[0].name, primary_name(&before));
    put(&mut silent, &before, &primary_name(&before), annual("Alpha Beta LLP"));
    let signal = run(&silent, "auditor_change");
    assert_eq!(
        (signal.zone.as_deref(), signal.value, signal.severity),
        (Some("unreported"), Some(1.0), Severity::Caution)
    );
    let change = part(&signal, "auditor_change.silent");
    assert!(change.why.contains("Alpha Beta LLP signed") && change.why.contains("Gamma Delta LLP"), "{}", change.why);
    assert_eq!(change.evidence.len(), 2);
    // The same firm, or a reported change, is no silent one.
    let mut same = case(date(2025, 6, 1));
    told(&mut same, "10-K", date(2025, 3, 28), &[], &annual("Alpha Beta L.L.P."));
    told(&mut same, "10-K", date(2024, 3, 29), &[], &annual("Alpha Beta LLP"));
    assert_eq!(run(&same, "auditor_change").zone.as_deref(), Some("none"));
    let mut reported = case(date(2025, 6, 1));
    told(&mut reported, "10-K", date(2025, 3, 28), &[], &annual("Gamma Delta LLP"));
    told(&mut reported, "8-K", date(2024, 5, 6), &["4.01"], CHANGE);
    told(&mut reported, "10-K", date(2024, 3, 29), &[], &annual("Alpha Beta LLP"));
    let signal = run(&reported, "auditor_change");
    assert!(signal.parts.iter().all(|part| part.id != "auditor_change.silent"), "{signal:#?}");
}

fn float(value: f64, end: &str) -> Facts {
    let text = format!(
        r#"{{"cik":999999,"entityName":"Invented Holdings, Inc.","facts":{{"dei":{{"EntityPublicFloat":{{"label":"x","description":"x",
        "units":{{"USD":[{{"end":"{end}","val":{value},"accn":"0000999999-25-000009","fy":2024,"fp":"FY","form":"10-K","filed":"2025-03-10"}}]}}}}}}}}}}"#
    );
    Facts::read(text.as_bytes()).unwrap()
}

/// A shelf of $60 million, two takedowns, a float of $30 million: a third is $10 million, of which $4 million are used in
/// the last twelve months.
#[test]
fn shelves_are_read_with_their_prospectuses_and_the_limit_is_computed_from_the_cover() {
    let price =
        |sum: &str| format!("<table><tr><td>Public offering price</td><td>$ 1.00</td><td>$ {sum}</td></tr></table>");
    let mut shelf = case(date(2025, 6, 1));
    let second = file(&mut shelf, "424B5", date(2025, 3, 3), &[], "333-1");
    let first = file(&mut shelf, "424B5", date(2024, 4, 3), &[], "333-1");
    file(&mut shelf, "EFFECT", date(2024, 2, 1), &[], "333-1");
    let filing = file(&mut shelf, "S-3", date(2024, 1, 10), &[], "333-1");
    // A shelf that was withdrawn and one that ended are not fetched.
    file(&mut shelf, "RW", date(2023, 9, 1), &[], "333-2");
    let withdrawn = file(&mut shelf, "S-3", date(2023, 8, 1), &[], "333-2");
    let names: Vec<String> = examine::wanted(&shelf).into_iter().map(|one| one.name).collect();
    for wanted in [&second, &first, &filing] {
        assert!(names.contains(&primary_name(wanted)), "{names:?}");
    }
    assert!(!names.contains(&primary_name(&withdrawn)), "{names:?}");
    put(&mut shelf, &second, &primary_name(&second), price("4,000,000"));
    put(&mut shelf, &first, &primary_name(&first), price("6,000,000"));
    put(
        &mut shelf,
        &filing,
        &primary_name(&filing),
        "<p>We may offer and sell up to $60,000,000 of any combination of securities.</p>",
    );
    let signal = run(&shelf, "shelf");
    assert_eq!((signal.zone.as_deref(), signal.value), (Some("live"), Some(50_000_000.0)), "{}", signal.why);
    let limit = part(&signal, "shelf.baby_limit");
    assert_eq!(limit.status, Status::NotRun);
    assert!(limit.why.contains("EDGAR has no XBRL facts"), "{}", limit.why);

    shelf.facts = Some(float(30e6, "2024-06-30"));
    let signal = run(&shelf, "shelf");
    let limit = part(&signal, "shelf.baby_limit");
    assert_eq!((limit.value, limit.severity), (Some(6_000_000.0), Severity::Caution), "{}", limit.why);
    assert_eq!(limit.inputs[0].tag, "dei:EntityPublicFloat");
    assert!(signal.why.contains("leaves $6000000"), "{}", signal.why);

    shelf.facts = Some(float(300e6, "2024-06-30"));
    let signal = run(&shelf, "shelf");
    assert_eq!(part(&signal, "shelf.baby_limit").zone.as_deref(), Some("not_limited"));
    shelf.facts = Some(float(30e6, "2021-06-30"));
    let signal = run(&shelf, "shelf");
    assert!(part(&signal, "shelf.baby_limit").why.contains("the newest public float is of 2021-06-30"));
}

/// Rule 415(a)(5): three years, and 180 days more while a successor filed in time is not effective. Rule 415(a)(6) and item
/// 512(a)(3): what is deregistered is gone.
#[test]
fn a_shelf_lives_on_while_its_successor_waits_and_ends_when_it_is_deregistered() {
    let mut shelf = case(date(2027, 3, 1));
    file(&mut shelf, "S-3", date(2027, 1, 15), &[], "333-2");
    file(&mut shelf, "EFFECT", date(2024, 2, 1), &[], "333-1");
    file(&mut shelf, "S-3", date(2024, 1, 10), &[], "333-1");
    let signal = run(&shelf, "shelf");
    assert_eq!(signal.parts[1].zone.as_deref(), Some("grace"), "{signal:#?}");
    shelf.as_of = date(2027, 9, 1);
    assert_eq!(run(&shelf, "shelf").parts[1].zone.as_deref(), Some("expired"));

    let mut ended = case(date(2025, 6, 1));
    let amendment = file(&mut ended, "POS AM", date(2025, 5, 1), &[], "333-1");
    file(&mut ended, "EFFECT", date(2024, 2, 1), &[], "333-1");
    file(&mut ended, "S-3", date(2024, 1, 10), &[], "333-1");
    assert!(run(&ended, "shelf").parts[0].why.contains("which may deregister"));
    put(
        &mut ended,
        &amendment,
        &primary_name(&amendment),
        "<p>The Company hereby removes from registration all securities that remain unsold under the registration statement.</p>",
    );
    let signal = run(&ended, "shelf");
    assert_eq!(
        (signal.parts[0].zone.as_deref(), signal.zone.as_deref()),
        (Some("deregistered"), Some("none")),
        "{signal:#?}"
    );
    assert!(signal.parts[0].evidence.iter().any(|one| one.quote.contains("removes from registration")));
}

fn hits(filing: &Filing, document: &str) -> Hits {
    Hits {
        total: 1,
        more: false,
        unreadable: 0,
        hits: vec![Hit {
            accession: filing.accession.clone(),
            document: document.to_owned(),
            form: filing.form.clone(),
            kind: "EX-10.1".to_owned(),
            filed: filing.filed,
            items: filing.items.clone(),
            ciks: vec![Cik(999_999)],
            names: Vec::new(),
        }],
    }
}

/// Lessons 22 to 24: phrases quoted, untagged notices looked for, and no hit taken for a finding.
#[test]
fn the_full_text_search_points_and_the_reading_decides() {
    let mut small = case(date(2025, 6, 1));
    for day in 1..9 {
        file(&mut small, "8-K", date(2025, 5, 20 - day), &["1.01", "9.01"], "");
    }
    let questions = examine::questions(&small);
    assert_eq!(questions.iter().map(|one| one.why).collect::<Vec<_>>(), ["delisting", "toxic_financing"]);
    for question in &questions {
        assert!(question.query.words.split(" OR ").all(|phrase| phrase.starts_with('"') && phrase.ends_with('"')));
        assert_eq!(
            (question.query.ciks.as_slice(), question.query.filed.map(|(_, last)| last)),
            (&[Cik(999_999)][..], Some(small.as_of))
        );
    }
    let mut early = small.clone();
    early.as_of = date(2000, 6, 1);
    assert!(examine::questions(&early).is_empty());
    let mut large = small.clone();
    large.company.category = "Large accelerated filer".to_owned();
    assert!(examine::questions(&large).is_empty());

    let filing = small.filings[3].clone();
    small.documents.answer("toxic_financing", Ok(hits(&filing, "ex10-1.htm")));
    assert!(examine::pointed(&small).iter().any(|one| one.name == "ex10-1.htm" && one.accession == filing.accession));
    put(&mut small, &filing, "ex10-1.htm", "<p>The note does not have full ratchet protection.</p>");
    let signal = run(&small, "toxic_financing");
    assert_eq!((signal.zone.as_deref(), signal.status), (Some("none"), Status::Ran), "{}", signal.why);
    assert!(signal.why.contains("pointed to 1 document(s), 1 of them read"), "{}", signal.why);
    put(
        &mut small,
        &filing,
        "ex10-1.htm",
        "<p>The note converts at 65% of the lowest trading price of the twenty days before.</p>",
    );
    let signal = run(&small, "toxic_financing");
    assert_eq!(signal.zone.as_deref(), Some("toxic_terms"), "{}", signal.why);
    assert!(signal.evidence[0].url.ends_with("/ex10-1.htm"), "{}", signal.evidence[0].url);

    small.documents.answer("toxic_financing", Err("EDGAR does not have it".to_owned()));
    small.documents.answer("delisting", Err("EDGAR does not have it".to_owned()));
    put(&mut small, &filing, &primary_name(&filing), "<p>Item 1.01 We signed a lease.</p>");
    assert!(run(&small, "toxic_financing").why.contains("the full-text search was not available"));
    assert_eq!(part(&run(&small, "delisting"), "delisting.search").status, Status::NotRun);
}

/// A notice that stands in a press release only.
#[test]
fn a_notice_in_an_exhibit_is_quoted() {
    let mut case = case(date(2025, 6, 1));
    let filing =
        told(&mut case, "8-K", date(2025, 5, 12), &["7.01", "9.01"], "<p>Item 7.01 A release is furnished.</p>");
    case.documents.answer("delisting", Ok(hits(&filing, "ex99-1.htm")));
    put(
        &mut case,
        &filing,
        "ex99-1.htm",
        "<p>On May 9, 2025 Invented Holdings, Inc. received a letter from The Nasdaq Stock Market stating that it is not in compliance with \
         the minimum bid price requirement of Nasdaq Listing Rule 5550(a)(2), because its shares closed below $1.00 for 30 consecutive \
         business days. It has 180 calendar days, until November 5, 2025, to regain compliance.</p>",
    );
    let signal = run(&case, "delisting");
    let exhibit = part(&signal, "delisting.exhibit");
    assert_eq!(exhibit.zone.as_deref(), Some("deficiency"), "{exhibit:#?}");
    assert!(exhibit.evidence[0].url.ends_with("/ex99-1.htm"), "{exhibit:#?}");
}

/// The second round is bounded, newest first, and says what it left.
#[test]
fn no_more_than_a_dozen_documents_are_pointed_to() {
    let mut case = case(date(2025, 6, 1));
    let (mut answer, mut terms) = (Hits::default(), Hits::default());
    for number in 0..40_i16 {
        let day = date(2025, 5, 1).checked_sub(jiff::Span::new().days(number)).unwrap();
        let form = ["UPLOAD", "NT 10-K", "8-K"][usize::try_from(number % 3).unwrap()];
        let filing = file(&mut case, form, day, &["4.01", "3.02"], "");
        if form == "8-K" {
            let text = "<p>Convertible notes, attached as Exhibit 10. See Exhibit 16.</p>";
            put(&mut case, &filing, &primary_name(&filing), text);
        }
        answer.hits.extend(hits(&filing, "other.htm").hits);
        terms.hits.extend(hits(&filing, "third.htm").hits);
    }
    case.documents.answer("delisting", Ok(answer));
    case.documents.answer("toxic_financing", Ok(terms));
    // Three letters, three notices, two reports with their exhibits, three hits of either question: fourteen.
    let pointed = examine::pointed(&case);
    assert_eq!(pointed.len(), second::MOST, "{pointed:#?}");
    for one in pointed {
        case.documents.put(one.accession, one.name, Err("EDGAR does not have it".to_owned()));
    }
    let told: Vec<String> = reading::run(&case)
        .0
        .into_iter()
        .flat_map(|signal| signal.parts.into_iter().map(|part| part.why).chain([signal.why]).collect::<Vec<_>>())
        .filter(|why| why.contains("were not fetched (at most 12 are, newest first)"))
        .collect();
    assert!(!told.is_empty());
}
