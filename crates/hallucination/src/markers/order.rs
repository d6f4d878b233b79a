//! Events of one subject in an order that cannot be: deeds before a birth or after a death, completion before
//! the work began, ages that do not fit the years.

use std::collections::HashMap;

use super::Finding;
use super::claims::{Claim, Said, year_of};
use super::contradictions::same_subject;
use super::guard::Guard;
use crate::marker::MarkerKind::{Contradiction, ImpossibleDate};

/// Claims of one subject that are compared; nobody's life has thousands of events in one answer.
const MOST: usize = 60;

/// What comes before what: the second cannot be earlier than the first.
const ORDER: &[(&str, &str)] = &[
    ("event:born", "event:died"),
    ("event:began", "event:ended"),
    ("event:founded", "event:dissolved"),
    ("work:began", "event:completed"),
    ("work:began", "event:opened"),
];

/// Youngest graduates were about ten years old.
const YOUNGEST_GRADUATE: i32 = 9;

pub(super) fn find(answer: &str, claims: &[Claim], guard: &Guard, out: &mut Vec<Finding>) {
    let claims: Vec<Claim> = claims.iter().filter(|c| is_of_interest(c)).map(work).collect();
    // By the last word of the subject: a name and its last word are one.
    let mut groups: HashMap<&str, Vec<&Claim>> = HashMap::new();
    for claim in &claims {
        let name = claim.generic.as_ref().unwrap_or(&claim.subject);
        groups.entry(name.last().map_or("", String::as_str)).or_default().push(claim);
    }
    let mut found = Vec::new();
    for group in groups.values() {
        let group = &group[..group.len().min(MOST)];
        for a in group {
            for b in group {
                if std::ptr::eq(*a, *b) || !same_subject(a, b) {
                    continue;
                }
                if let Some(finding) = pair(answer, a, b, guard).or_else(|| age(a, b)) {
                    found.push(finding);
                }
            }
            if let Some(finding) = age_at_death(a, group) {
                found.push(finding);
            }
        }
    }
    found.sort_by_key(|f: &Finding| f.span);
    out.append(&mut found);
}

fn is_of_interest(claim: &Claim) -> bool {
    claim.relation.starts_with("event:") || claim.relation.starts_with("life:") || claim.relation.starts_with("age")
}

/// `Construction of the canal began` is about the canal.
fn work(claim: &Claim) -> Claim {
    let mut claim = claim.clone();
    let of = claim.subject.iter().position(|w| matches!(w.as_str(), "of" | "on"));
    if claim.relation == "event:began"
        && let Some(at) = of
        && matches!(
            claim.subject[..at].join(" ").as_str(),
            "construction" | "building" | "work" | "works" | "construction work"
        )
    {
        claim.relation = "work:began".to_owned();
        claim.subject.drain(..=at);
        claim.named = true;
    }
    claim
}

fn pair(answer: &str, a: &Claim, b: &Claim, guard: &Guard) -> Option<Finding> {
    let (first, second) = (year_of(a)?, year_of(b)?);
    let ordered = ORDER.contains(&(a.relation.as_str(), b.relation.as_str()));
    let wrong = if ordered {
        // A life and its dates far apart may be two people's.
        second < first && b.sentence.abs_diff(a.sentence) <= 12
    } else {
        match (a.relation.as_str(), b.relation.as_str()) {
            ("event:born", "life:studies") => second < first + YOUNGEST_GRADUATE,
            ("event:born", "life:active" | "life:other") => second < first,
            ("event:died", "life:active" | "life:studies") => second > first,
            _ => false,
        }
    };
    if !wrong || imagined(answer, guard, b.span.start) || first < 1000 || second < 1000 {
        return None;
    }
    let why = format!("This does not fit “{}”.", super::contradictions::shorten(a.span.of(answer).trim()));
    Some(Finding { kind: ImpossibleDate, span: b.span, why })
}

/// Whether a sentence tells of somebody who is not bound by the calendar.
fn imagined(answer: &str, guard: &Guard, at: usize) -> bool {
    pattern!(
        TALE,
        r"(?i)\b(?:fiction\w*|myth\w*|legend\w*|biblical|bible|vampire|immortal|ghost|time[-\s]travel\w*|alternate\s+history|BC|BCE)\b"
    );
    guard.sentence(at).is_none_or(|(_, s)| s.about || s.question || TALE.is_match(s.span.of(answer)))
}

fn age(born: &Claim, then: &Claim) -> Option<Finding> {
    let Said::Age { age, year: Some(year) } = &then.said else { return None };
    let birth = year_of(born).filter(|_| born.relation == "event:born")?;
    let lived = year - birth;
    ((lived - age).abs() > 1).then(|| {
        let why = format!("Who was born in {birth} was {lived} years old in {year}, not {age}.");
        Finding { kind: Contradiction, span: then.span, why }
    })
}

fn age_at_death(then: &Claim, group: &[&Claim]) -> Option<Finding> {
    let Said::Age { age, year: None } = &then.said else { return None };
    let told = |relation: &str| {
        group.iter().find(|c| c.relation == relation && same_subject(c, then)).and_then(|c| year_of(c))
    };
    let (birth, death) = (told("event:born")?, told("event:died")?);
    let lived = death - birth;
    ((lived - age).abs() > 1).then(|| {
        let why = format!("From {birth} to {death} are {lived} years, not {age}.");
        Finding { kind: Contradiction, span: then.span, why }
    })
}
