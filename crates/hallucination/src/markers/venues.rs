//! Papers in periodicals that did not exist yet, and citations that the list of references dates otherwise.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;
use text::Span;

use super::Finding;
use super::guard::Guard;
use super::journals;
use super::references::surroundings;
use crate::marker::MarkerKind::CitationContradiction;

#[allow(clippy::unwrap_used, reason = "made of constants, compiled by every test")]
static VENUE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!(r"(?i)(?-u:\b)(?:{})(?-u:\b)", journals::names())).unwrap());

pattern!(YEAR, r"\b((?:19|20)\d\d)\b");
// A reference says more than a name: volume, pages, editors.
pattern!(
    REFERENCE,
    r"(?:\b\d{1,4}\s?\(\d{1,4}\)|\bvol(?:ume|\.)|\bpp?\.|\((?:19|20)\d\d[a-z]?\)|\bProceedings\b|\bProc\.|\bet\s+al\b|,\s\d{1,4},\s?e?\d|\bpresented\s+at\b|\bpublished\s+in\b|\bappeared\s+in\b)"
);

pub(super) fn find(answer: &str, guard: &Guard, out: &mut Vec<Finding>) {
    venues(answer, guard, out);
    listed(answer, guard, out);
}

fn venues(answer: &str, guard: &Guard, out: &mut Vec<Finding>) {
    for venue in VENUE.find_iter(answer) {
        let Some(first) = journals::first_year(venue.as_str()) else { continue };
        // In small letters the names are ordinary words.
        if !venue.as_str().starts_with(|c: char| c.is_uppercase() || c == 'e') || guard.is_about(venue.start()) {
            continue;
        }
        // "See also ICLR" cites no paper of it: a reference goes on with numbers, or says that it is in there.
        let before = &answer[..venue.start()];
        let inside = ["in ", "In ", "of ", "of the ", "at ", "*", "_"].iter().any(|w| before.ends_with(w));
        let after = answer[venue.end()..].trim_start_matches(['*', '_', ',', '.', ' ', '\'', '’']);
        if !inside && !after.starts_with(|c: char| c.is_ascii_digit() || c == '(') && !after.starts_with("vol") {
            continue;
        }
        let area = surroundings(answer, Span::new(venue.start(), venue.end()), 0, answer.len());
        let body = area.of(answer);
        if !REFERENCE.is_match(body) {
            continue;
        }
        // Every year in the reference must be too early: one that fits is the year of the paper.
        let years: Vec<(Span, i32)> = YEAR
            .find_iter(body)
            .filter_map(|y| Some((Span::new(area.start + y.start(), area.start + y.end()), y.as_str().parse().ok()?)))
            .collect();
        if years.is_empty() || years.iter().any(|(_, y)| *y >= first) {
            continue;
        }
        let nearest = years.iter().min_by_key(|(s, _)| s.start.abs_diff(venue.start()));
        if let Some((place, year)) = nearest.filter(|(_, y)| *y < first - 1) {
            let (start, end) = (place.start.min(venue.start()), place.end.max(venue.end()));
            let why = format!("{} began in {first}, the reference says {year}.", venue.as_str());
            out.push(Finding::new(CitationContradiction, start, end, why));
        }
    }
}

pattern!(
    HEADING,
    r"(?im)^[#*_\s]{0,8}(?:references|bibliography|works\s+cited|literature(?:\s+cited)?|sources|reference\s+list)[*_:\s]{0,6}$"
);
pattern!(
    ENTRY,
    r"(?m)^[\s\-*•\d.\[\])]{0,10}(\p{Lu}[\p{L}'’-]{1,30}),\s+\p{Lu}[^\n]{0,300}?[(,.\s]((?:19|20)\d\d)[a-z]?[).,;\s]"
);
pattern!(
    IN_TEXT,
    r"\b(\p{Lu}[\p{L}'’-]{1,30})(?:\s+(?:and|&)\s+\p{Lu}[\p{L}'’-]{1,30}|\s+et\s+al\.?|,\s+\p{Lu}[\p{L}'’-]{1,30},?\s+(?:and|&)\s+\p{Lu}[\p{L}'’-]{1,30})?,?\s+\(?((?:19|20)\d\d)[a-z]?\b"
);

/// `(Okafor and Reyes, 2016)` against a list of references that has them only with 2019.
fn listed(answer: &str, guard: &Guard, out: &mut Vec<Finding>) {
    let Some(heading) = HEADING.find_iter(answer).last() else { return };
    let mut years: HashMap<&str, Vec<&str>> = HashMap::new();
    for entry in ENTRY.captures_iter(&answer[heading.end()..]) {
        if let (Some(name), Some(year)) = (entry.get(1), entry.get(2)) {
            years.entry(name.as_str()).or_default().push(year.as_str());
        }
    }
    if years.is_empty() {
        return;
    }
    for cited in IN_TEXT.captures_iter(&answer[..heading.start()]) {
        let (Some(whole), Some(name), Some(year)) = (cited.get(0), cited.get(1), cited.get(2)) else { continue };
        let Some(known) = years.get(name.as_str()).filter(|known| !known.contains(&year.as_str())) else { continue };
        if !guard.is_about(whole.start()) {
            let why = format!("The list of references has {} with {}.", name.as_str(), known.join(" and "));
            out.push(Finding::new(CitationContradiction, whole.start(), whole.end(), why));
        }
    }
}
