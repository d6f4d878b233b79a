//! The full-text search as a pointer: which documents might hold words that no index tells of.
//!
//! A hit is no finding. It names a document that is then fetched and read like any other: words of a deficiency stand in
//! notices that compliance was regained (lesson 24), and "full ratchet" in lists of what a company has not.

use jiff::civil::Date;
use jiff::{ToSpan, civil};

use edgar::fulltext::{Hit, Query};
use edgar::index::Filing;

use crate::case::Case;
use crate::wanted::{Wanted, primary_name};
use crate::wording::count;

use super::reader::{self, Reader, carries};
use super::toxic;

/// The search covers what was filed since.
const SINCE: Date = civil::date(2001, 1, 1);
/// Notices of exchanges are looked for this far back, in days.
const NOTICES: i32 = 400;
/// Documents that one question may bring.
const MOST: usize = 3;
/// Current reports that were not read from which a question is worth its request.
const UNREAD: usize = 2;

/// Phrases of listing notices, each quoted: without quotation marks every large prospectus matches (lesson 22).
const NOTICE_WORDS: &str = "\"minimum bid price\" OR \"regain compliance\" OR \"continued listing standards\"";
/// Phrases of terms under which more shares come the lower the price falls.
const TERM_WORDS: &str = "\"lowest trading price\" OR \"lowest VWAP\" OR \"lowest daily VWAP\" OR \"alternate conversion price\" OR \
                          \"alternative cashless exercise\" OR \"full ratchet\" OR \"standby equity purchase agreement\"";

/// One request to the search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The id of the signal that asks.
    pub why: &'static str,
    /// What is asked.
    pub query: Query,
}

/// What is worth asking: at most two requests, and none for large filers, for companies whose reports were all read, and
/// for days before the search begins.
pub fn questions(case: &Case) -> Vec<Question> {
    if case.as_of < SINCE || !small(case) {
        return Vec::new();
    }
    let reader = Reader::new(case);
    let unread = |filing: &Filing| case.documents.get(&filing.accession, &primary_name(filing)).is_none();
    let current = |filing: &Filing| reader::is_current(filing) && !carries(filing, "3.01") && unread(filing);
    let mut questions = Vec::new();
    let mut ask = |why, words: &str, forms: &[&str], days: i32| {
        let first = case.as_of.checked_sub(days.days()).unwrap_or(SINCE).max(SINCE);
        questions.push(Question {
            why,
            query: Query {
                words: words.to_owned(),
                forms: forms.iter().map(|form| (*form).to_owned()).collect(),
                ciks: vec![case.company.cik],
                filed: Some((first, case.as_of)),
                from: 0,
            },
        });
    };
    if reader.filings().filter(|filing| current(filing) && reader.age(filing) <= NOTICES).count() >= UNREAD {
        ask("delisting", NOTICE_WORDS, &["8-K"], NOTICES);
    }
    let may_tell = |filing: &Filing| toxic::may_tell(filing) && unread(filing) && reader.age(filing) <= toxic::WINDOW;
    if reader.filings().filter(|filing| may_tell(filing)).count() >= UNREAD {
        ask("toxic_financing", TERM_WORDS, &["8-K", "424B3", "424B5", "S-1", "S-3", "10-Q", "10-K"], toxic::WINDOW);
    }
    questions
}

/// Whether the category of the filer leaves room for such notices and terms. Delisted filers have none, and are asked for.
fn small(case: &Case) -> bool {
    !case.company.category.to_ascii_lowercase().contains("large accelerated")
}

/// The hits of an answer that are this company's, were public, and are texts; newest first.
fn hits<'a>(case: &'a Case, why: &str) -> Vec<&'a Hit> {
    let Some(Ok(answer)) = case.documents.answered(why) else { return Vec::new() };
    let is_text = |hit: &Hit| {
        let name = hit.document.to_ascii_lowercase();
        [".htm", ".html", ".txt"].iter().any(|ending| name.ends_with(ending))
    };
    let mut hits: Vec<&Hit> = answer
        .hits
        .iter()
        .filter(|hit| hit.ciks.contains(&case.company.cik) && hit.filed <= case.as_of && is_text(hit))
        .collect();
    hits.sort_by_key(|hit| std::cmp::Reverse(hit.filed));
    hits
}

/// The documents to fetch for the hits, newest first.
pub(super) fn found(case: &Case) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for why in ["delisting", "toxic_financing"] {
        let fresh =
            hits(case, why).into_iter().filter(|hit| case.documents.get(&hit.accession, &hit.document).is_none());
        wanted.extend(fresh.take(MOST).map(|hit| Wanted {
            cik: case.company.cik,
            accession: hit.accession.clone(),
            name: hit.document.clone(),
            why,
        }));
    }
    wanted
}

/// What the search came to, as a clause for the reader: none where it was not asked and could not have been.
pub(super) fn said(reader: Reader<'_>, why: &str) -> Option<String> {
    let case = reader.case;
    match case.documents.answered(why) {
        Some(Err(problem)) => {
            Some(format!("the full-text search was not available ({problem}): only indexed documents were read"))
        }
        Some(Ok(_)) => {
            let all = hits(case, why);
            let read = all.iter().filter(|hit| case.documents.document(&hit.accession, &hit.document).is_ok()).count();
            Some(format!(
                "the full-text search pointed to {}, {read} of them read",
                count(all.len(), "document", "documents")
            ))
        }
        None if case.as_of < SINCE => Some("the full-text search covers filings since 2001 only".to_owned()),
        None => None,
    }
}

/// The documents of a filing that the search pointed to and that were read, exhibits included.
pub(super) fn read_of<'a>(reader: Reader<'a>, why: &str) -> Vec<(&'a Hit, &'a edgar::document::Document)> {
    hits(reader.case, why)
        .into_iter()
        .filter_map(|hit| Some((hit, reader.case.documents.document(&hit.accession, &hit.document).ok()?)))
        .collect()
}
