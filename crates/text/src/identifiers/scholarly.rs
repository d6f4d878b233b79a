//! PubMed and ORCID identifiers.

use std::sync::LazyLock;

use regex::Regex;

use super::{Fault, Kind, is_placeholder, token};
use crate::Span;

/// Above the highest PMID of [`LATEST`](super::LATEST): PubMed passed 41 million at the end of 2025 and grows by 1.7 million a year.
const HIGHEST_PMID: u32 = 48_000_000;

#[allow(clippy::unwrap_used, reason = "constant patterns, compiled by every test")]
static START: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bPMID\s?(?:is|number|no\.?)?\s?[:#=]?\s{0,2}|pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/|(\borcid\.org/|\bORCID(?:\s?iD)?\s?[:=]?\s{0,2})").unwrap()
});

/// Whether `text` is a PubMed identifier: 1 to 8 digits, not zero, no leading zero, not above the highest that was given out.
pub fn check_pmid(text: &str) -> Result<(), Fault> {
    if text.is_empty() || text.len() > 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Fault::form(format!(
            "A PMID has 1 to 8 digits, this one is {} characters long.",
            text.chars().count()
        )));
    }
    if text.starts_with('0') {
        return Err(Fault::form("A PMID is a positive number without leading zeros."));
    }
    if text.parse().is_ok_and(|n: u32| n > HIGHEST_PMID) {
        return Err(Fault::form(format!("PubMed has not given out numbers above {HIGHEST_PMID} yet.")));
    }
    Ok(())
}

/// Whether `text` is an ORCID iD: four groups of four digits, the last of which is a check digit by ISO 7064 MOD 11-2.
pub fn check_orcid(text: &str) -> Result<(), Fault> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|c| *c != '-')
        .enumerate()
        .map(|(i, c)| if i == 15 && matches!(c, 'X' | 'x') { 10 } else { c.to_digit(10).unwrap_or(99) })
        .collect();
    if digits.len() != 16 || digits.contains(&99) {
        return Err(Fault::form("An ORCID iD has sixteen digits, the last of which may be an X."));
    }
    let total = digits[..15].iter().fold(0, |total, d| (total + d) * 2 % 11);
    let want = (12 - total) % 11;
    if digits[15] == want { Ok(()) } else { Err(Fault::check_digit("The check digit of this ORCID iD is wrong.")) }
}

pub(super) fn find(text: &str) -> Vec<(Kind, Span, Result<(), Fault>)> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(found) = START.captures_at(text, at) {
        let Some(whole) = found.get(0) else { break };
        at = whole.end();
        let orcid = found.get(1).is_some();
        let allowed = |c: char| c.is_ascii_alphanumeric() || (orcid && c == '-');
        let value = token(&text[at..]);
        let value = &value[..value.find(|c| !allowed(c)).unwrap_or(value.len())];
        let plausible = value.starts_with(|c: char| c.is_ascii_digit()) && !is_placeholder(value) && value.len() <= 24;
        // "ORCID 2" or "PMID 3rd" is prose.
        let digits = value.bytes().filter(u8::is_ascii_digit).count();
        if !plausible || (orcid && digits < 12) || (!orcid && digits + 1 < value.len()) {
            continue;
        }
        let span = Span::new(at, at + value.len());
        out.push(if orcid { (Kind::Orcid, span, check_orcid(value)) } else { (Kind::Pmid, span, check_pmid(value)) });
        at = span.end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{check_orcid, check_pmid};

    #[test]
    fn published_forms() {
        for good in ["1", "29083409", "34567890"] {
            assert!(check_pmid(good).is_ok(), "{good}");
        }
        for bad in ["", "0", "012345", "123456789", "12a4", "99999999"] {
            assert!(check_pmid(bad).is_err(), "{bad}");
        }
        // The examples of ORCID's own documentation.
        assert!(check_orcid("0000-0002-1825-0097").is_ok());
        assert!(check_orcid("0000-0001-5109-3700").is_ok());
        assert!(check_orcid("0000-0002-1694-233X").is_ok());
        assert!(check_orcid("0000-0002-1825-0098").is_err());
    }
}
