//! Identifiers of publications, pages and court decisions, with the published rule each must obey.
//!
//! A fault means that no such identifier can exist. No fault means only that the form and the check
//! digit are right: nothing is looked up, and an invented identifier may well be well-formed.

mod arxiv;
mod doi;
mod isbn;
mod legal;
mod scholarly;
mod url;

pub use arxiv::{check_arxiv, year_of_arxiv};
pub use doi::check_doi;
pub use isbn::{check_isbn, check_issn};
pub use legal::{Case, check_legal_case, parse_legal_case};
pub use scholarly::{check_orcid, check_pmid};
pub use url::check_url;

use crate::Span;

/// Year and month after which nothing can have been published yet, where the caller gives no date: this
/// table of facts was last gone through then.
pub const LATEST: Month = Month { year: 2026, month: 12 };

/// A month of a year, by which "not yet" is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    /// Year of the common era.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
}

/// What an identifier identifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Digital object identifier, ISO 26324.
    Doi,
    /// arXiv identifier, of the old or the new scheme.
    Arxiv,
    /// International standard book number, ISO 2108, of 10 or 13 digits.
    Isbn,
    /// International standard serial number, ISO 3297.
    Issn,
    /// ORCID researcher identifier (ISO 7064 MOD 11-2).
    Orcid,
    /// PubMed identifier.
    Pmid,
    /// A web address.
    Url,
    /// A court decision cited by volume, reporter and page.
    LegalCase,
}

impl Kind {
    /// The name people use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Doi => "DOI",
            Self::Arxiv => "arXiv",
            Self::Isbn => "ISBN",
            Self::Issn => "ISSN",
            Self::Orcid => "ORCID",
            Self::Pmid => "PMID",
            Self::Url => "URL",
            Self::LegalCase => "case citation",
        }
    }
}

/// In which way an identifier is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// It does not have the published form, or a part is outside the published range.
    Form,
    /// The form is right and the check digit is not.
    CheckDigit,
    /// Its parts contradict each other (a volume and a year, a court and a date).
    Contradiction,
}

/// Why an identifier cannot exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// In which way.
    pub kind: FaultKind,
    /// A sentence that a reader can check.
    pub why: String,
}

impl Fault {
    fn form(why: impl Into<String>) -> Self {
        Self { kind: FaultKind::Form, why: why.into() }
    }

    fn check_digit(why: impl Into<String>) -> Self {
        Self { kind: FaultKind::CheckDigit, why: why.into() }
    }

    fn contradiction(why: impl Into<String>) -> Self {
        Self { kind: FaultKind::Contradiction, why: why.into() }
    }
}

/// An identifier found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// What it identifies.
    pub kind: Kind,
    /// Where it stands, without the label before it (`DOI:`, `ISBN`).
    pub span: Span,
    /// The identifier as written.
    pub text: String,
    /// Why it cannot exist, or `None`.
    pub fault: Option<String>,
    /// In which way it is wrong, where it is.
    pub fault_kind: Option<FaultKind>,
}

/// Every identifier of a text in order, judged with [`LATEST`].
pub fn find(text: &str) -> Vec<Identifier> {
    find_at(text, LATEST)
}

/// Every identifier of a text in order; what carries a date must not be later than `today`. A web address
/// that is a DOI, arXiv or PubMed link is listed as that only.
pub fn find_at(text: &str, today: Month) -> Vec<Identifier> {
    let mut out: Vec<Identifier> = Vec::new();
    let mut add = |kind: Kind, span: Span, result: Result<(), Fault>| {
        let (fault, fault_kind) = match result {
            Ok(()) => (None, None),
            Err(fault) => (Some(fault.why), Some(fault.kind)),
        };
        out.push(Identifier { kind, span, text: span.of(text).to_owned(), fault, fault_kind });
    };
    for (span, result) in doi::find(text) {
        add(Kind::Doi, span, result);
    }
    for (span, result) in arxiv::find(text, today) {
        add(Kind::Arxiv, span, result);
    }
    for (kind, span, result) in isbn::find(text) {
        add(kind, span, result);
    }
    for (kind, span, result) in scholarly::find(text) {
        add(kind, span, result);
    }
    for (span, result) in legal::find(text, today) {
        add(Kind::LegalCase, span, result);
    }
    for (span, result) in url::find(text) {
        add(Kind::Url, span, result);
    }
    // The first kinds are the more specific; what overlaps an earlier find is dropped.
    out.sort_by_key(|i| (i.span.start, i.kind == Kind::Url, std::cmp::Reverse(i.span.end)));
    let specific: Vec<Span> = out.iter().filter(|i| i.kind != Kind::Url).map(|i| i.span).collect();
    let mut next = 0;
    let mut end = 0;
    out.retain(|i| {
        if i.kind == Kind::Url {
            while next < specific.len() && specific[next].end <= i.span.start {
                next += 1;
            }
            if specific.get(next).is_some_and(|s| s.overlaps(i.span)) {
                return false;
            }
        }
        let keep = i.span.start >= end;
        if keep {
            end = i.span.end;
        }
        keep
    });
    out
}

/// Takes off what prose puts behind an identifier: closing quotes, stops, brackets without a partner, Markdown marks.
fn trim_end(token: &str) -> &str {
    let mut token = token;
    loop {
        let Some(last) = token.chars().next_back() else { return token };
        let unbalanced =
            |open: char, close: char| last == close && token.matches(close).count() > token.matches(open).count();
        let trim = matches!(
            last,
            '.' | ',' | ';' | ':' | '!' | '?' | '"' | '\'' | '”' | '’' | '»' | '*' | '_' | '`' | '|' | '…' | '\\'
        ) || unbalanced('(', ')')
            || unbalanced('[', ']')
            || unbalanced('{', '}')
            || unbalanced('<', '>');
        if !trim {
            return token;
        }
        token = &token[..token.len() - last.len_utf8()];
    }
}

/// The run of characters up to white space, at most 2,048 bytes of it, without what prose puts behind it.
/// A Markdown link ends at `](`.
fn token(rest: &str) -> &str {
    const LONGEST: usize = 2048;
    let mut end = 0;
    for (at, c) in rest.char_indices() {
        if c.is_whitespace()
            || c.is_control()
            || at >= LONGEST
            || matches!(c, '“' | '”' | '"' | '，' | '。' | '、' | '）')
        {
            break;
        }
        if c == ']' && rest[at..].starts_with("](") || c == ')' && rest[at..].starts_with(")[") {
            break;
        }
        end = at + c.len_utf8();
    }
    trim_end(&rest[..end])
}

/// Whether a token stands for an identifier rather than being one: `10.xxxx/…`, `{id}`, `<doi>`, `YYMM.NNNNN`.
fn is_placeholder(token: &str) -> bool {
    let lower = token.to_lowercase();
    ["xxx", "…", "...", "{", "<your", "[your", "yymm", "nnnn", "$", "####", "***"]
        .iter()
        .any(|mark| lower.contains(mark))
        || lower.starts_with('<')
        || lower.starts_with('[')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{FaultKind, Kind, find};

    fn faults(text: &str) -> Vec<(Kind, String, Option<FaultKind>)> {
        find(text).into_iter().map(|i| (i.kind, i.text, i.fault_kind)).collect()
    }

    #[test]
    fn the_more_specific_kind_wins() {
        let text = "See https://doi.org/10.1038/nature12373, [the paper](https://arxiv.org/abs/1706.03762v5) and \
                    https://pubmed.ncbi.nlm.nih.gov/29083409/ or <https://www.rust-lang.org/learn>.";
        let found = faults(text);
        assert_eq!(
            found,
            [
                (Kind::Doi, "10.1038/nature12373".to_owned(), None),
                (Kind::Arxiv, "1706.03762v5".to_owned(), None),
                (Kind::Pmid, "29083409".to_owned(), None),
                (Kind::Url, "https://www.rust-lang.org/learn".to_owned(), None),
            ]
        );
    }

    #[test]
    fn placeholders_and_plain_prose_are_not_identifiers() {
        for text in [
            "Use the form doi:10.xxxx/yyyy or https://doi.org/{id}.",
            "arXiv is a server; in arXiv 2023 was a good year. The ISBN is on the cover.",
            "Version 10.15.7/arm64 and ratio 10.5/3; PMID: not available. http://... and https://<host>/x",
            "He scored 10 F. and 3 U.S. states; 5 A. M.",
        ] {
            assert_eq!(faults(text), [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_spans_that_are_its_own(
            text in "(doi:|10\\.|arXiv:|ISBN |PMID |https?://|U\\.S\\.|F\\.2d|[0-9 ./()X-]|[a-zé€ ]){0,40}|.{0,80}"
        ) {
            let mut from = 0;
            for i in find(&text) {
                prop_assert!(i.span.start >= from);
                prop_assert_eq!(i.span.of(&text), i.text.as_str());
                prop_assert!(!i.text.is_empty());
                from = i.span.end;
            }
        }
    }
}
