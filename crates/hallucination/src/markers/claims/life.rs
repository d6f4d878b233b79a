//! What people do while they live, and how old they are at it: claims that their birth and death bound.

use text::Span;
use text::dates::{self, Date};

use super::{Claim, Clause, Said, Topic, subject};

pattern!(
    DEED,
    r"\b(?:(graduated|(?:earned|received|obtained|took|completed)\s+(?:his|her|a)\s+(?:doctorate|degree|PhD|Ph\.D\.|master|bachelor))|(married|gave|delivered|lectured|taught|emigrated|immigrated|enrolled|resigned|retired|travell?ed|moved\s+to|settled|wrote|painted|composed|(?:was|were)\s+(?:appointed|elected|promoted|hired|ordained)|took\s+office|took\s+over)|(won|joined|became|founded|published|began|started|made|served|studied|entered|directed))\b"
);
// After death a name goes on being honoured, and books by it appear.
pattern!(
    HONOURED,
    r"(?i)\b(?:posthum\w+|hall\s+of\s+fame|in\s+(?:his|her)\s+(?:honou?r|memory)|stamp|canoni[sz]ed|beatified|pardon\w*|memorial|legacy|re-?issued|after\s+(?:his|her)\s+death)\b"
);
pattern!(LEADING, r"(?i)^(?:in|on|by)\s+(?:[^,.;]{3,24}?\s)?\d{4},?\s+");
pattern!(
    KIN,
    r"(?i)\b(?:sister|brother|father|mother|parents|wife|husband|son|sons|daughter|daughters|children|friend|teacher|student|pupil|uncle|aunt|cousin|grand\w+|ancestor\w*|family)\b"
);

/// What somebody did in a year: `life:studies`, `life:active` (nobody does it after death) and `life:other`.
pub(super) fn deeds(clause: &Clause<'_>, topic: &Topic, out: &mut Vec<Claim>) {
    if HONOURED.is_match(clause.text) || KIN.is_match(clause.text) {
        return;
    }
    let Some(found) = DEED.captures(clause.text) else { return };
    let (Some(whole), Some(class)) = (found.get(0), (1..=3).find(|i| found.get(*i).is_some())) else { return };
    let found_dates = dates::find(clause.text);
    let lead = LEADING.find(clause.text).filter(|lead| lead.end() <= whole.start());
    let date = match lead {
        Some(lead) => found_dates.iter().find(|d| d.span.end <= lead.end()),
        None => found_dates.iter().find(|d| d.span.start >= whole.end()),
    };
    let Some(date) = date.filter(|d| d.fault.is_none() && d.year.is_some()) else { return };
    let from = lead.map_or(0, |lead| lead.end());
    let between = clause.text.get(whole.end()..date.span.start).unwrap_or("");
    if between.len() > 60
        || [" who ", " which ", " of the 1", "after", "before", "since"].iter().any(|w| between.contains(w))
    {
        return;
    }
    let head = &clause.text[from..whole.start()];
    let head = head.strip_suffix("had ").or_else(|| head.strip_suffix("had been ")).unwrap_or(head);
    let who = match &topic.carried {
        Some((words, named)) if head.trim().is_empty() => Some((words.clone(), *named)),
        _ => subject(head, topic).map(|(words, named, ..)| (words, named)),
    };
    let Some((subject, named)) = who else { return };
    let relation = ["life:studies", "life:active", "life:other"][class - 1];
    let (start, end) = (date.span.start.min(whole.start()), date.span.end.max(whole.end()));
    out.push(claim(clause, (subject, named), relation, Said::Date(date.clone()), Span::new(start, end)));
}

pattern!(
    AT_AGE,
    r"\b[Ii]n\s+(1\d{3}|20\d\d),?\s+(?:at\s+the\s+age\s+of|at\s+age|aged|when\s+s?he\s+was)\s+(\d{1,3})\b|\b(?:at\s+the\s+age\s+of|at\s+age|aged)\s+(\d{1,3}),?\s+in\s+(1\d{3}|20\d\d)\b"
);
pattern!(DIED_AT, r"(?i)\bdied\b[^.;]{0,40}?\b(?:at\s+the\s+age\s+of|at\s+age|aged)\s+(\d{1,3})\b");

/// How old somebody was, in a year or at death.
pub(super) fn ages(clause: &Clause<'_>, topic: &Topic, out: &mut Vec<Claim>) {
    if KIN.is_match(clause.text) {
        return;
    }
    let opening = clause.text.split_whitespace().next().unwrap_or("");
    let name = text::names::find(clause.text).into_iter().next().filter(|n| n.span.start == 0);
    let who = match (&topic.carried, name) {
        (Some(who), _) => Some(who.clone()),
        (None, Some(name)) => Some((super::words_of(name.span.of(clause.text)), true)),
        (None, None) if matches!(opening, "He" | "She" | "In" | "At" | "Born" | "Aged") => topic.near.clone(),
        _ => None,
    };
    let Some(who) = who else { return };
    for found in AT_AGE.captures_iter(clause.text) {
        let (year, age) = (found.get(1).or_else(|| found.get(4)), found.get(2).or_else(|| found.get(3)));
        let (Some(whole), Some(year), Some(age)) = (found.get(0), year, age) else { continue };
        if let (Ok(year), Ok(age)) = (year.as_str().parse(), age.as_str().parse()) {
            let said = Said::Age { age, year: Some(year) };
            out.push(claim(clause, who.clone(), "age", said, Span::new(whole.start(), whole.end())));
        }
    }
    if let Some(found) = DIED_AT.captures(clause.text)
        && let (Some(whole), Some(age)) = (found.get(0), found.get(1))
        && let Ok(age) = age.as_str().parse()
    {
        let said = Said::Age { age, year: None };
        out.push(claim(clause, who, "age at death", said, Span::new(whole.start(), whole.end())));
    }
}

fn claim(clause: &Clause<'_>, who: (Vec<String>, bool), relation: &str, said: Said, span: Span) -> Claim {
    Claim {
        subject: who.0,
        named: who.1,
        generic: None,
        relation: relation.to_owned(),
        said,
        span: span.shifted(clause.start),
        sentence: clause.sentence,
        qualifier: String::new(),
    }
}

/// The year of a claim that has one.
pub(in super::super) fn year(claim: &Claim) -> Option<i32> {
    match &claim.said {
        Said::Date(Date { year, .. }) => *year,
        _ => None,
    }
}
