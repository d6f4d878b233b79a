//! Digital object identifiers (ISO 26324; DOI Handbook, section 2.2).

use std::sync::LazyLock;

use regex::Regex;

use super::{Fault, is_placeholder, token};
use crate::Span;

#[allow(clippy::unwrap_used, reason = "constant patterns, compiled by every test")]
static START: LazyLock<Regex> = LazyLock::new(|| {
    // Either a label or resolver followed by anything, or a bare prefix with its slash.
    Regex::new(
        r"(?i)\b(?:dx\.)?doi\.org/|\bdoi(?:\s+is)?\s?[:=]?\s{0,2}(?:https?://(?:dx\.)?doi\.org/)?|\b10\.\d{4,9}/",
    )
    .unwrap()
});

/// Whether `text` is a DOI: `10.`, a registrant code of 4 to 9 digits that begins at 1000 (subdivisions
/// with further points), a slash and a suffix without white space. There is no check digit.
pub fn check_doi(text: &str) -> Result<(), Fault> {
    if text.chars().any(char::is_whitespace) {
        return Err(Fault::form("A DOI contains no white space."));
    }
    let Some(rest) = text.strip_prefix("10.") else {
        return Err(Fault::form("A DOI begins with the directory indicator `10.`."));
    };
    let Some((registrant, suffix)) = rest.split_once('/') else {
        return Err(Fault::form("A DOI has a slash between its prefix and its suffix."));
    };
    let mut parts = registrant.split('.');
    let code = parts.next().unwrap_or("");
    if !code.bytes().all(|b| b.is_ascii_digit())
        || !parts.all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
    {
        return Err(Fault::form(format!("The registrant code `{registrant}` of a DOI consists of digits.")));
    }
    if !(4..=9).contains(&code.len()) {
        return Err(Fault::form(format!(
            "The registrant code of a DOI has 4 to 9 digits, `{code}` has {}.",
            code.len()
        )));
    }
    if code.starts_with('0') {
        return Err(Fault::form(format!("Registrant codes of DOIs begin at 1000, `{code}` was never given out.")));
    }
    if suffix.is_empty() {
        return Err(Fault::form("A DOI has a suffix after its slash."));
    }
    Ok(())
}

/// Candidates: anything after a label or resolver that begins like a DOI, and bare prefixes.
pub(super) fn find(text: &str) -> Vec<(Span, Result<(), Fault>)> {
    let mut out: Vec<(Span, Result<(), Fault>)> = Vec::new();
    let mut at = 0;
    while let Some(found) = START.find_at(text, at) {
        at = found.end();
        let labelled = !found.as_str().starts_with("10.");
        let start = if labelled { found.end() } else { found.start() };
        if !text[start..].starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let candidate = token(&text[start..]);
        at = at.max(start + candidate.len());
        // After a label only what has a digit is meant as an identifier: "DOI: none", "DOI 2020".
        let meant = candidate.bytes().any(|b| b.is_ascii_digit())
            && (candidate.contains('/') || candidate.starts_with("10."))
            && candidate.starts_with(|c: char| c.is_ascii_digit());
        if candidate.is_empty() || !meant || is_placeholder(candidate) {
            continue;
        }
        let span = Span::new(start, start + candidate.len());
        // "10.1038/ nature12373": the space belongs to the mistake, not to the prose, when a label says DOI.
        let broken = labelled && (candidate.ends_with('/') || (candidate == "10" || !candidate.contains('/')));
        if broken && let Some(next) = text[span.end..].strip_prefix([' ', '.']) {
            let next = token(next.trim_start_matches(' '));
            if next.bytes().any(|b| b.is_ascii_digit()) && (candidate.ends_with('/') || next.contains('/')) {
                let end = next.as_ptr() as usize - text.as_ptr() as usize + next.len();
                out.push((Span::new(start, end), Err(Fault::form("A DOI contains no white space."))));
                at = end;
                continue;
            }
        }
        let result = check_doi(candidate);
        if !labelled && candidate.ends_with('/') {
            continue;
        }
        out.push((span, result));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{check_doi, find};

    #[test]
    fn published_forms() {
        for good in [
            "10.1000/182",
            "10.1038/nature12373",
            "10.1002/(SICI)1096-8644(199605)100:1<1::AID-AJPA1>3.0.CO;2-Z",
            "10.1000.10/123456",
            "10.13039/100000001",
            "10.1016/j.cell.2020.01.001",
        ] {
            assert!(check_doi(good).is_ok(), "{good}");
        }
        for bad in [
            "10.12/abc",
            "11.1000/abc",
            "10.1000",
            "10.1000/",
            "10.0042/x",
            "10.1234567890/x",
            "10.1000/a b",
            "10.abc/1",
            "",
        ] {
            assert!(check_doi(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn found_in_prose() {
        let spans = |text: &str| -> Vec<(String, bool)> {
            find(text).into_iter().map(|(s, r)| (s.of(text).to_owned(), r.is_ok())).collect()
        };
        assert_eq!(spans("(doi:10.1038/nature12373)."), [("10.1038/nature12373".to_owned(), true)]);
        assert_eq!(spans("DOI: 10.12/abc-77"), [("10.12/abc-77".to_owned(), false)]);
        assert_eq!(spans("doi: 10.1038/ nature12373 is"), [("10.1038/ nature12373".to_owned(), false)]);
        assert_eq!(spans("https://doi.org/10.1/x9"), [("10.1/x9".to_owned(), false)]);
        assert_eq!(spans("the 10.1038/ prefix, DOI: none, doi of 2020"), []);
    }
}
