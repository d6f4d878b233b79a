//! The second round of documents: what the first ones point to.
//!
//! An 8-K says "attached as Exhibit 16.1", a review of the staff is told only in its letters, and a change of auditor
//! without a notice shows only beside last year's report. Newest first, few of each kind, and no more than [`MOST`].

use edgar::index::Filing;

use crate::case::Case;
use crate::wanted::{Wanted, primary_name, whole_name};
use crate::wording::count;

use super::prose::{has, patterns};
use super::reader::{Reader, carries};
use super::{LARGEST, auditors, late, letters, listing, search, succession};

/// Documents of the second round, all together.
pub const MOST: usize = 12;
/// Largest submission that is fetched whole, in bytes.
const WHOLE: u64 = 6_000_000;
/// Financings of this many days are read with their exhibits.
const FINANCINGS: i32 = 730;

patterns! {
    LETTER = r"(?i)\bexhibit\s+(?:no\.?\s*)?16\b";
    ATTACHED = r"(?i)\b(?:attached|filed|furnished|included)\b[^.;]{0,80}\bexhibits?\s+(?:no\.?\s*)?(?:4|10|99)\b";
    SECURITIES = r"(?i)\b(?:convertible|warrants?|notes?|debentures?|preferred stock|purchase agreement)\b";
}

/// A document with the day of its filing.
struct Wish {
    filed: jiff::civil::Date,
    wanted: Wanted,
}

/// Everything that is pointed to, for the signals that `asks` accepts, newest first.
fn wishes(case: &Case, asks: impl Fn(&str) -> bool) -> Vec<Wish> {
    let reader = Reader::new(case);
    let cik = case.company.cik;
    let mut wishes: Vec<Wish> = Vec::new();
    let mut wish = |filing: &Filing, wanted: Wanted| wishes.push(Wish { filed: filing.filed, wanted });
    if asks("comment_letters") {
        letters::to_read(reader).for_each(|filing| wish(filing, letters::wanted(cik, filing)));
    }
    if asks("delisting") {
        late::to_read(reader).for_each(|filing| wish(filing, Wanted::primary(cik, filing, "delisting")));
    }
    if asks("auditor_change")
        && let Some(filing) = succession::before(reader)
        && filing.size <= LARGEST
    {
        wish(filing, Wanted::primary(cik, filing, "auditor_change"));
    }
    let body = |filing: &Filing| reader.open(filing).ok().map(edgar::document::Document::text);
    let whole = |filing: &&Filing| filing.size <= WHOLE && primary_name(filing) != whole_name(filing);
    reader
        .filings()
        .filter(|filing| asks("auditor_change") && carries(filing, "4.01") && reader.age(filing) <= auditors::WINDOW)
        .filter(|filing| body(filing).is_some_and(|text| has(&LETTER, text)))
        .filter(whole)
        .take(2)
        .for_each(|filing| wish(filing, Wanted::whole(cik, filing, "auditor_change")));
    // A notice whose body says little more than that a release is attached.
    reader
        .filings()
        .filter(|filing| asks("delisting") && carries(filing, "3.01") && reader.age(filing) <= super::delisting::WINDOW)
        .filter(|filing| {
            reader.open(filing).is_ok_and(|document| {
                has(&ATTACHED, document.text()) && listing::read(document, 0..document.text().len()).is_none()
            })
        })
        .filter(whole)
        .take(2)
        .for_each(|filing| wish(filing, Wanted::whole(cik, filing, "delisting")));
    reader
        .filings()
        .filter(|filing| asks("toxic_financing") && (carries(filing, "3.02") || carries(filing, "2.03")))
        .filter(|filing| reader.age(filing) <= FINANCINGS)
        .filter(|filing| body(filing).is_some_and(|text| has(&ATTACHED, text) && has(&SECURITIES, text)))
        .filter(whole)
        .take(2)
        .for_each(|filing| wish(filing, Wanted::whole(cik, filing, "toxic_financing")));
    wishes.sort_by_key(|wish| std::cmp::Reverse(wish.filed));
    wishes
}

/// The second round of documents.
pub fn pointed(case: &Case) -> Vec<Wanted> {
    let known = |wanted: &Wanted| case.documents.get(&wanted.accession, &wanted.name).is_some();
    let mut pointed: Vec<Wanted> = Vec::new();
    for wanted in search::found(case).into_iter().chain(wishes(case, |_| true).into_iter().map(|wish| wish.wanted)) {
        let twice = pointed.iter().any(|one| one.accession == wanted.accession && one.name == wanted.name);
        if !twice && !known(&wanted) {
            pointed.push(wanted);
        }
    }
    pointed.truncate(MOST);
    pointed
}

/// How many documents a signal would have liked and nobody fetched, because there were more than [`MOST`].
pub(super) fn left_out(reader: Reader<'_>, why: &str) -> Option<String> {
    let case = reader.case;
    let left = wishes(case, |id| id == why)
        .iter()
        .filter(|wish| case.documents.get(&wish.wanted.accession, &wish.wanted.name).is_none())
        .count();
    (left > 0).then(|| {
        format!(
            "not fetched: {} that others point to (at most {MOST} are, newest first)",
            count(left, "document", "documents")
        )
    })
}
