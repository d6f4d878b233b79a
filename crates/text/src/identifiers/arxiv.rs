//! arXiv identifiers (arXiv help, "Understanding the arXiv identifier").

use std::sync::LazyLock;

use regex::Regex;

use super::{Fault, LATEST, Month, is_placeholder, token};
use crate::Span;

#[allow(clippy::unwrap_used, reason = "constant patterns, compiled by every test")]
static START: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)arxiv\.org/(?:abs|pdf|html|format)/|\barxiv(?:\s+(?:preprint|e-?print|id|identifier|paper|number|no\.|:))*\s?:?\s{0,2}(?:arxiv:)?").unwrap()
});

/// Archives of the scheme before April 2007, those subsumed since included.
const ARCHIVES: &[&str] = &[
    "acc-phys", "adap-org", "alg-geom", "ao-sci", "astro-ph", "atom-ph", "bayes-an", "chao-dyn", "chem-ph", "cmp-lg",
    "comp-gas", "cond-mat", "cs", "dg-ga", "funct-an", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math",
    "math-ph", "mtrl-th", "nlin", "nucl-ex", "nucl-th", "patt-sol", "physics", "plasm-ph", "q-alg", "q-bio",
    "quant-ph", "solv-int", "supr-con",
];

/// Whether `text` is an arXiv identifier that can exist by [`LATEST`].
pub fn check_arxiv(text: &str) -> Result<(), Fault> {
    check_at(text, LATEST)
}

/// Year and month that an identifier of either scheme carries, whether or not they are possible.
pub fn year_of_arxiv(text: &str) -> Option<Month> {
    let digits = text.rsplit('/').next()?;
    let year: i32 = digits.get(..2)?.parse().ok()?;
    let month: u32 = digits.get(2..4)?.parse().ok()?;
    Some(Month { year: if year > 90 { 1900 + year } else { 2000 + year }, month })
}

/// `YYMM.NNNN` from 0704 to 1412, `YYMM.NNNNN` from 1501, either with a version; `archive/YYMMNNN` from 9108
/// to 0703 with an archive that existed; a month of 01 to 12, not later than `today`; a running number
/// that a month can have reached.
pub(super) fn check_at(text: &str, today: Month) -> Result<(), Fault> {
    let (body, version) = match text.rsplit_once(['v', 'V']) {
        Some((body, version)) if body.ends_with(|c: char| c.is_ascii_digit()) => (body, Some(version)),
        _ => (text, None),
    };
    if let Some(version) = version
        && (version.is_empty()
            || version.len() > 3
            || version.starts_with('0')
            || !version.bytes().all(|b| b.is_ascii_digit()))
    {
        return Err(Fault::form(format!("`v{version}` is no version of an arXiv paper: versions count from v1.")));
    }
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if let Some((archive, number)) = body.split_once('/') {
        let name = archive.split('.').next().unwrap_or("").to_lowercase();
        if !ARCHIVES.contains(&name.as_str()) {
            return Err(Fault::form(format!("arXiv never had an archive called `{archive}`.")));
        }
        if number.len() != 7 || !digits(number) {
            return Err(Fault::form(
                "An arXiv identifier before April 2007 has seven digits after its archive: year, month, number.",
            ));
        }
        let at = dated(number)?;
        if at < (Month { year: 1991, month: 8 }) || at > (Month { year: 2007, month: 3 }) {
            return Err(Fault::form(format!(
                "Identifiers with an archive were given from August 1991 to March 2007, not in {}-{:02}.",
                at.year, at.month
            )));
        }
        if number.ends_with("000") {
            return Err(Fault::form("The numbers of arXiv papers count from 1."));
        }
        return Ok(());
    }
    let Some((yymm, number)) = body.split_once('.') else {
        return Err(Fault::form("An arXiv identifier has the form YYMM.NNNNN."));
    };
    if yymm.len() != 4 || !digits(yymm) || !digits(number) {
        return Err(Fault::form("An arXiv identifier has four digits for year and month, a point, and a number."));
    }
    let at = dated(yymm)?;
    if at < (Month { year: 2007, month: 4 }) || at.year < 2000 {
        return Err(Fault::form(format!("The form YYMM.NNNN began in April 2007 (0704), `{yymm}` is earlier.")));
    }
    if at > today {
        return Err(Fault::form(format!("`{yymm}` is {}-{:02}, which has not come yet.", at.year, at.month)));
    }
    let want = if at.year < 2015 { 4 } else { 5 };
    if number.len() != want {
        return Err(Fault::form(format!(
            "arXiv numbers have {want} digits {} January 2015, `{number}` has {}.",
            if want == 4 { "before" } else { "since" },
            number.len()
        )));
    }
    let number: u32 = number.parse().unwrap_or(0);
    // Well above the busiest month of each span in arXiv's own monthly submission statistics.
    let most = match at.year {
        ..2015 => 9_999,
        2015..=2019 => 20_000,
        2020..=2022 => 25_000,
        2023..=2025 => 40_000,
        _ => 60_000,
    };
    if number == 0 || number > most {
        return Err(Fault::form(format!(
            "No month of {} had a submission number {number}: numbers count from 1, and the busiest month stayed below {most}.",
            at.year
        )));
    }
    Ok(())
}

fn dated(digits: &str) -> Result<Month, Fault> {
    let at = year_of_arxiv(digits).unwrap_or(Month { year: 0, month: 0 });
    if !(1..=12).contains(&at.month) {
        return Err(Fault::form(format!(
            "`{}` of an arXiv identifier is a month from 01 to 12.",
            digits.get(2..4).unwrap_or("")
        )));
    }
    Ok(at)
}

pub(super) fn find(text: &str, today: Month) -> Vec<(Span, Result<(), Fault>)> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(found) = START.find_at(text, at) {
        at = found.end();
        let whole = token(&text[at..]);
        let colon = found.as_str().ends_with([':', '/']) || found.as_str().trim_end().ends_with(':');
        // "1706.03762.pdf", "1706.03762/", "1706.03762[cs.CL]", "1706.03762),"
        let candidate = whole
            .split(['[', ']', ')', '(', ',', ';', '#', '?', '<', '>', '{', '}', '|', '"', '\''])
            .next()
            .unwrap_or("");
        let candidate =
            candidate.strip_suffix(".pdf").unwrap_or(candidate).trim_end_matches(['/', '.', '*', '_', '`', ':']);
        let has_digit = candidate.bytes().any(|b| b.is_ascii_digit());
        let old = candidate.split_once('/').is_some_and(|(name, rest)| {
            name.starts_with(|c: char| c.is_ascii_alphabetic()) && rest.starts_with(|c: char| c.is_ascii_digit())
        });
        let new = candidate.starts_with(|c: char| c.is_ascii_digit()) && candidate.contains('.');
        let bare = colon && candidate.len() > 4 && candidate.bytes().all(|b| b.is_ascii_digit());
        if !has_digit || is_placeholder(candidate) || !(new || old || bare) {
            continue;
        }
        let span = Span::new(at, at + candidate.len());
        out.push((span, check_at(candidate, today)));
        at = span.end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{check_arxiv, check_at, find};
    use crate::identifiers::{LATEST, Month};

    #[test]
    fn published_forms() {
        for good in [
            "1706.03762",
            "1706.03762v5",
            "0704.0001",
            "1412.6980",
            "2303.08896",
            "hep-th/9901001",
            "math.GT/0309136",
            "cond-mat/0703772",
            "astro-ph/9108001v2",
        ] {
            assert!(check_arxiv(good).is_ok(), "{good}: {:?}", check_arxiv(good));
        }
        for bad in [
            "1713.03762",
            "1700.00123",
            "0703.0001",
            "1412.12345",
            "1501.1234",
            "2301.98765",
            "2301.00000",
            "9901.00123",
            "2612345",
            "foo-th/9901001",
            "hep-th/9913001",
            "hep-th/0704001",
            "hep-th/990100",
            "1706.03762v0",
            "3501.00001",
        ] {
            assert!(check_arxiv(bad).is_err(), "{bad}");
        }
        assert!(check_at("2602.01234", Month { year: 2026, month: 1 }).is_err());
        assert!(check_at("2601.01234", Month { year: 2026, month: 1 }).is_ok());
    }

    #[test]
    fn found_in_prose() {
        let ids = |text: &str| -> Vec<(String, bool)> {
            find(text, LATEST).into_iter().map(|(s, r)| (s.of(text).to_owned(), r.is_ok())).collect()
        };
        assert_eq!(ids("arXiv:1706.03762 [cs.CL]."), [("1706.03762".to_owned(), true)]);
        assert_eq!(ids("arXiv preprint arXiv:2317.01234, 2023"), [("2317.01234".to_owned(), false)]);
        assert_eq!(ids("https://arxiv.org/pdf/1706.03762.pdf"), [("1706.03762".to_owned(), true)]);
        assert_eq!(ids("arXiv 2021, and on arXiv in 2.5 weeks"), []);
    }
}
