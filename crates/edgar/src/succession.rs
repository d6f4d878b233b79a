//! Whether a registrant took another's place, so that what that one filed is under another key.
//!
//! A reorganisation moves a ticker to a new CIK and leaves the history behind: the Walt Disney Company of CIK 1744489
//! begins in 2018, the one before it is CIK 1001039. An issuer that succeeds another tells the SEC on a form 8-K12B,
//! 8-K12G3 or 8-K15D5 (Exchange Act rules 12g-3 and 15d-5). The form alone is not enough: Cisco filed one in 2021, when
//! it moved from California to Delaware, and kept its CIK with all that it had filed since 1995. So what counts is
//! that no periodic report of this key is older.

use jiff::civil::{Date, date};

use crate::facts::{is_annual_form, is_interim_form};
use crate::index::Filing;

/// EDGAR took filings on paper beside until May 1996; an index that begins before says nothing by its beginning.
const EVERYBODY_FILES_SINCE: Date = date(1996, 6, 1);

/// Periodic reports that follow a registration later than this do not show that it began with that registration.
const SOON_DAYS: i64 = 400;

/// How it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It said so, on the form for successor issuers.
    Declared,
    /// Its index begins with the registration of a merger or an exchange (S-4, F-4), as that of a new holding company
    /// does. That of a private company that exchanges its notes does, too, so this is a likelihood.
    BeganWithMerger,
}

/// A registrant took another's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Succession<'f> {
    /// How it is known.
    pub sign: Sign,
    /// The filing that shows it.
    pub filing: &'f Filing,
    /// The day of the oldest filing under this key.
    pub since: Date,
}

impl Succession<'_> {
    /// A sentence for the reader. It holds no text of the filer.
    pub fn sentence(&self) -> String {
        let Self { sign, filing, since } = self;
        let (filed, form) = (filing.filed, &filing.form);
        match sign {
            Sign::Declared => format!("Succeeded another registrant (other CIK, not read) on {filed}: form {form}."),
            Sign::BeganWithMerger => format!(
                "Begins on {since} with the registration of a merger or an exchange ({form}): a company that it continues \
                 may have filed before under another CIK, which was not read."
            ),
        }
    }
}

/// Whether a registrant took another's place, from all that it filed. The order of the filings does not matter; where a
/// part of the index is missing the answer may be wrong, so it should not be asked then.
pub fn succession(filings: &[Filing]) -> Option<Succession<'_>> {
    let oldest = |wanted: fn(&str) -> bool| {
        filings
            .iter()
            .filter(|filing| wanted(&filing.form))
            .min_by(|one, other| (one.filed, &one.accession).cmp(&(other.filed, &other.accession)))
    };
    let since = filings.iter().map(|filing| filing.filed).min()?;
    let report = oldest(|form| is_annual_form(form) || (is_interim_form(form) && !form.starts_with("6-K")));
    if let Some(filing) = oldest(|form| matches!(form, "8-K12B" | "8-K12G3" | "8-K15D5")) {
        let elsewhere = report.is_none_or(|report| report.filed >= filing.filed);
        return elsewhere.then_some(Succession { sign: Sign::Declared, filing, since });
    }
    // Without the form: a registration of a merger, before anything periodic, that the reports then follow.
    let filing = oldest(|form| matches!(form, "S-4" | "S-4EF" | "F-4"))?;
    let report = report?;
    let apart =
        (filing.filed.duration_since(since).as_hours() / 24, report.filed.duration_since(filing.filed).as_hours() / 24);
    let first = since >= EVERYBODY_FILES_SINCE && (0..=31).contains(&apart.0) && (0..=SOON_DAYS).contains(&apart.1);
    first.then_some(Succession { sign: Sign::BeganWithMerger, filing, since })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filing(form: &str, filed: &str, number: u32) -> Filing {
        Filing {
            accession: format!("0000000007-18-{number:06}").parse().unwrap(),
            form: form.to_owned(),
            filed: filed.parse().unwrap(),
            accepted: String::new(),
            report_date: None,
            items: Vec::new(),
            primary_document: String::new(),
            description: String::new(),
            size: 0,
            file_number: String::new(),
        }
    }

    fn sign(filings: &[(&str, &str)]) -> Option<Sign> {
        let filings: Vec<Filing> =
            filings.iter().zip(1..).map(|((form, filed), number)| filing(form, filed, number)).collect();
        succession(&filings).map(|succession| succession.sign)
    }

    #[test]
    fn a_successor_says_so_and_one_that_kept_its_key_does_not_count() {
        assert_eq!(sign(&[]), None);
        assert_eq!(sign(&[("8-K12G3", "2020-01-02")]), Some(Sign::Declared));
        assert_eq!(
            sign(&[("10-Q", "2020-05-01"), ("8-K12B", "2020-01-02"), ("S-4", "2019-09-01")]),
            Some(Sign::Declared)
        );
        assert_eq!(sign(&[("8-K12B", "2020-01-02"), ("10-K", "2019-03-01")]), None);
        // An amendment of a form that is not there says nothing.
        assert_eq!(sign(&[("8-K12B/A", "2020-01-02")]), None);
    }

    #[test]
    fn a_beginning_with_a_merger_is_a_likelihood() {
        assert_eq!(sign(&[("S-4", "2019-09-01"), ("10-K", "2020-03-01")]), Some(Sign::BeganWithMerger));
        // An offering of shares; a merger later in life; an index from before all filed; reports that never came.
        assert_eq!(sign(&[("S-1", "2019-09-01"), ("10-K", "2020-03-01")]), None);
        assert_eq!(sign(&[("S-1", "2017-09-01"), ("10-K", "2018-03-01"), ("S-4", "2019-01-01")]), None);
        assert_eq!(sign(&[("S-4", "1995-09-01"), ("10-K", "1996-03-01")]), None);
        assert_eq!(sign(&[("F-4", "2019-09-01")]), None);
    }

    #[test]
    fn the_sentence_has_the_day_and_the_form() {
        let filings = [filing("8-K12B", "2019-03-20", 301)];
        let said = succession(&filings).unwrap().sentence();
        assert!(said.contains("on 2019-03-20: form 8-K12B"), "{said}");
    }
}
