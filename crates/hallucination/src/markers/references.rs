//! References whose parts contradict each other: an identifier's year and the year beside it, pages that
//! run backwards, a journal's volume and its year, years that have not come.

use text::Span;
use text::identifiers::{self, Identifier, Kind};

use super::Finding;
use super::guard::Guard;
use crate::marker::{Context, MarkerKind};

pattern!(CITED_YEAR, r"\((?:[^()\n]{0,80}?[\s,])?((?:19|20)\d{2})[a-z]?\)|[,.]\s((?:19|20)\d{2})[a-z]?\s?(?:[.;)]|$)");
pattern!(
    AUTHOR_YEAR,
    r"\b\p{Lu}[\p{L}'’-]+(?:,\s(?:\p{Lu}\.[\s-]?)+)?\s?(?:et\s+al\.?|and\s+(?:colleagues|coworkers|co-workers|others)),?\s*[(\[]?\s*(\d{4})[a-z]?\b[)\]]?",
    r"|\(\p{Lu}[\p{L}'’-]+(?:\s+(?:&|and)\s+\p{Lu}[\p{L}'’-]+)?,\s*(\d{4})[a-z]?\)",
    r"|\b\p{Lu}[\p{L}'’-]+,\s+(?:\p{Lu}\.[\s-]?)+[^()\n]{0,160}?\((\d{4})[a-z]?\)",
    r"|\b\p{Lu}[\p{L}'’-]+\s+(?:&|and)\s+\p{Lu}[\p{L}'’-]+\s\((\d{4})[a-z]?\)",
);
pattern!(
    APPEARED,
    r"(?i)\b(?:was|were|first)\s+(?:originally\s+)?(?:published|printed|issued|peer-reviewed)\s+(?:in|on)\s+(?:[^.\n]{0,60}?\bin\s+)?(\d{4})\b"
);
pattern!(
    PLANS,
    r"(?i)\b(?:will|plans?|planned|aims?|target|goal|forecast|projected|projections?|projects|expected|scenario|by\s+20\d\d|scheduled|upcoming|until|horizon)\b"
);
pattern!(
    PAGES,
    r"(?i)(?:\bpp?\.\s?|\bpages?\s+|\b\d{1,4}\s?\(\d{1,4}(?:[-–]\d{1,4})?\)\s?[:,]\s?(?:pp?\.?\s?)?|\b(?:19|20)\d\d;\s?\d{1,4}:\s?)(\d{1,5})\s?[-–—]{1,2}\s?(\d{1,5})\b",
);
pattern!(
    JOURNAL,
    r"\b(Nature|Science|Cell|(?:The\s+)?New\s+England\s+Journal\s+of\s+Medicine|N(?:ew)?\.?\s?Engl\.?\s?J\.?\s?Med\.?|NEJM|(?:The\s+)?Lancet|JAMA|PNAS|Proceedings\s+of\s+the\s+National\s+Academy\s+of\s+Sciences|Proc\.?\s?Natl\.?\s?Acad\.?\s?Sci\.?(?:\s?U\.?\s?S\.?\s?A\.?)?|Physical\s+Review\s+Letters|Phys\.?\s?Rev\.?\s?Lett\.?)[*_]{0,2},?\s*(?:(?:19|20)\d\d[^;:.\n]{0,12};\s?)?[*_]{0,2}(?:vol(?:ume|\.)?\s*)?(\d{1,3})[*_]{0,2}\s?(?:\(\d{1,4}(?:[-–]\d{1,4})?\)|[,:]\s?(?:no\.|pp?\.|e?\d))",
);
pattern!(DOI_YEAR, r"(?:^|[./])((?:19[5-9]|20\d)\d)\.(?:(\d{2})\.)?\w");
pattern!(DOI_SHORT_YEAR, r"(?:/s4\d{4}-0(\d\d)-\d|/v1/[A-Z](\d\d)-\d{4}$)");

pub(super) fn find(answer: &str, context: &Context<'_>, guard: &Guard, out: &mut Vec<Finding>) {
    let found = identifiers::find_at(answer, context.today);
    for (i, identifier) in found.iter().enumerate() {
        if context.prompt.contains(&identifier.text)
            || identifier.fault.is_some()
            || guard.is_about(identifier.span.start)
        {
            continue;
        }
        let before = i.checked_sub(1).and_then(|i| found.get(i)).map_or(0, |p| p.span.end);
        let after = found.get(i + 1).map_or(answer.len(), |n| n.span.start);
        match identifier.kind {
            Kind::Arxiv | Kind::Doi => dated(answer, identifier, before, after, context, out),
            Kind::Isbn => {
                if let Some(next) = found.get(i + 1).filter(|n| n.kind == Kind::Isbn && n.fault.is_none()) {
                    two_forms(answer, identifier, next, out);
                }
            }
            _ => {}
        }
    }
    future(answer, context, guard, out);
    pages(answer, guard, out);
    volumes(answer, guard, out);
    super::venues::find(answer, guard, out);
}

/// The line around a place, no more than 400 bytes to either side, cut at other identifiers.
pub(super) fn surroundings(answer: &str, span: Span, from: usize, to: usize) -> Span {
    let mut start = span.start.saturating_sub(400).max(from);
    let mut end = (span.end + 80).min(to).min(answer.len());
    while !answer.is_char_boundary(start) {
        start += 1;
    }
    while !answer.is_char_boundary(end) {
        end -= 1;
    }
    let start = answer[start..span.start].rfind('\n').map_or(start, |at| start + at + 1);
    let end = answer[span.end..end.max(span.end)].find('\n').map_or(end.max(span.end), |at| span.end + at);
    Span::new(start, end)
}

/// An identifier that carries its year, against the years that the reference gives.
fn dated(answer: &str, identifier: &Identifier, from: usize, to: usize, context: &Context<'_>, out: &mut Vec<Finding>) {
    let (year, what, late) = if identifier.kind == Kind::Arxiv {
        let Some(at) = identifiers::year_of_arxiv(&identifier.text) else { return };
        (at.year, "arXiv number", 6)
    } else {
        let Some((year, month)) = year_of_doi(&identifier.text) else { return };
        if year > context.today.year + 1 {
            let why = format!("The DOI carries the year {year}, which has not come yet.");
            out.push(Finding::new(MarkerKind::CitationContradiction, identifier.span.start, identifier.span.end, why));
            return;
        }
        if month.is_some_and(|m| !(1..=12).contains(&m)) {
            let why = format!("The DOI carries the month {} of {year}.", month.unwrap_or(0));
            out.push(Finding::new(MarkerKind::CitationMalformed, identifier.span.start, identifier.span.end, why));
            return;
        }
        (year, "DOI", 5)
    };
    let area = surroundings(answer, identifier.span, from, to);
    let body = area.of(answer);
    // A preprint has the year of its number; a printed paper may come years later.
    let close = answer[area.start..identifier.span.start].to_lowercase().contains("arxiv preprint");
    let late = if close { 2 } else { late };
    let mut nearest: Option<(usize, Span, i32)> = None;
    for cited in CITED_YEAR.captures_iter(body) {
        let Some(group) = cited.get(1).or_else(|| cited.get(2)) else { continue };
        let place = Span::new(area.start + group.start(), area.start + group.end());
        if place.overlaps(identifier.span) {
            continue;
        }
        let Ok(said) = group.as_str().parse::<i32>() else { continue };
        if said > year - 2 && said < year + late {
            return;
        }
        let distance = if place.end <= identifier.span.start {
            identifier.span.start - place.end
        } else {
            place.start - identifier.span.end
        };
        if nearest.is_none_or(|(d, _, _)| distance < d) {
            nearest = Some((distance, place, said));
        }
    }
    if let Some((_, place, said)) = nearest {
        let why = format!("The {what} {} is from {year}, the reference says {said}.", identifier.text);
        let (start, end) = (place.start.min(identifier.span.start), place.end.max(identifier.span.end));
        out.push(Finding::new(MarkerKind::CitationContradiction, start, end, why));
    }
}

/// Year, and month where there is one, that publishers write into DOIs: `j.cell.2020.01.001`,
/// `2020.03.15.20036202`, `s41586-021-03819-2`, `v1/N19-1423`.
fn year_of_doi(doi: &str) -> Option<(i32, Option<u32>)> {
    let (_, suffix) = doi.split_once('/')?;
    if let Some(found) = DOI_YEAR.captures(suffix) {
        let year = found.get(1)?.as_str().parse().ok()?;
        // Only Elsevier and the preprint servers of Cold Spring Harbor write the month behind it.
        let has_month = suffix.starts_with("j.") || doi.starts_with("10.1101/");
        let month = found.get(2).filter(|_| has_month).and_then(|m| m.as_str().parse().ok());
        return Some((year, month));
    }
    let found = DOI_SHORT_YEAR.captures(doi)?;
    let short: i32 = found.get(1).or_else(|| found.get(2))?.as_str().parse().ok()?;
    Some((if short > 60 { 1900 + short } else { 2000 + short }, None))
}

/// The ten- and the thirteen-digit number of one book share nine digits.
fn two_forms(answer: &str, a: &Identifier, b: &Identifier, out: &mut Vec<Finding>) {
    let between = &answer[a.span.end..b.span.start];
    let label = between.contains("ISBN-13")
        || between.contains("ISBN-10")
        || between.contains("ISBN 13")
        || between.contains("ISBN 10");
    let digits = |i: &Identifier| -> String { i.text.chars().filter(|c| c.is_ascii_alphanumeric()).collect() };
    let (first, second) = (digits(a), digits(b));
    let core = |d: &str| if d.len() == 13 { d[3..12].to_owned() } else { d[..9.min(d.len())].to_owned() };
    if label && between.len() <= 40 && first.len() != second.len() && core(&first) != core(&second) {
        let why = "The ISBN-10 and the ISBN-13 of one book share nine digits; these are numbers of two books.";
        out.push(Finding::new(MarkerKind::CitationContradiction, a.span.start, b.span.end, why));
    }
}

fn future(answer: &str, context: &Context<'_>, guard: &Guard, out: &mut Vec<Finding>) {
    for (pattern, named) in [(&*AUTHOR_YEAR, true), (&*APPEARED, false)] {
        for found in pattern.captures_iter(answer) {
            let Some(whole) = found.get(0) else { continue };
            let Some(group) = (1..=4).find_map(|i| found.get(i)) else { continue };
            let Ok(year) = group.as_str().parse::<i32>() else { continue };
            // A volume may carry the date of next year.
            if year <= context.today.year + 1
                || year > 2199
                || guard.is_about(group.start())
                || guard.is_code(Span::new(whole.start(), whole.end()))
            {
                continue;
            }
            let sentence = guard.sentence(group.start()).map_or("", |(_, s)| s.span.of(answer));
            let plain = named && (whole.as_str().contains("et al") || whole.as_str().contains(','));
            if PLANS.is_match(sentence) && !(plain && whole.as_str().contains("et al")) {
                continue;
            }
            let why = format!("The publication is dated {year}, which has not come yet.");
            out.push(Finding::new(MarkerKind::CitationContradiction, whole.start(), whole.end(), why));
        }
    }
}

fn pages(answer: &str, guard: &Guard, out: &mut Vec<Finding>) {
    for found in PAGES.captures_iter(answer) {
        let (Some(first), Some(last)) = (found.get(1), found.get(2)) else { continue };
        let (a, b) = (first.as_str(), last.as_str());
        // "1021–32" is 1021 to 1032.
        let whole = if b.len() < a.len() { format!("{}{b}", &a[..a.len() - b.len()]) } else { b.to_owned() };
        let (Ok(start), Ok(end)) = (a.parse::<u32>(), whole.parse::<u32>()) else { continue };
        let after = &answer[last.end()..];
        if end < start && !guard.is_about(first.start()) && !after.starts_with([':', '-', '–']) {
            let why = format!("The pages end ({end}) before they begin ({start}).");
            out.push(Finding::new(MarkerKind::CitationContradiction, first.start(), last.end(), why));
        }
    }
}

fn volumes(answer: &str, guard: &Guard, out: &mut Vec<Finding>) {
    for found in JOURNAL.captures_iter(answer) {
        let (Some(whole), Some(journal), Some(volume)) = (found.get(0), found.get(1), found.get(2)) else { continue };
        let Ok(number) = volume.as_str().parse::<f64>() else { continue };
        let area = surroundings(answer, Span::new(whole.start(), whole.end()), 0, answer.len());
        let body = area.of(answer);
        let semicolon = whole.as_str().split(';').next().filter(|_| whole.as_str().contains(';')).unwrap_or("");
        let inner =
            semicolon.split(|c: char| !c.is_ascii_digit()).filter_map(|w| w.parse::<f64>().ok()).find(|y| *y > 1900.0);
        // The last reference year before the journal, or the first behind it.
        let beside = inner.or_else(|| {
            let at = journal.start() - area.start;
            let years: Vec<(usize, f64)> = CITED_YEAR
                .captures_iter(body)
                .filter_map(|c| c.get(1).or_else(|| c.get(2)))
                .filter_map(|m| Some((m.start(), m.as_str().parse().ok()?)))
                .collect();
            years.iter().rev().find(|(place, _)| *place < at).or_else(|| years.first()).map(|(_, y)| *y)
        });
        let key = if matches!(journal.as_str(), "Nature" | "Cell") {
            journal.as_str().to_owned()
        } else {
            journal.as_str().split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let (Some(said), Some((year, name))) = (beside, super::journals::year_of(&key, number)) else { continue };
        if (said - year).abs() > 1.5 && !guard.is_about(volume.start()) {
            let why = format!("Volume {number} of {name} is of about {year}, the reference says {said}.");
            out.push(Finding::new(MarkerKind::CitationContradiction, journal.start(), volume.end(), why));
        }
    }
}
