//! Two claims of one answer that cannot both be true: same subject, same relation, another number, date
//! or polarity.

use std::collections::HashMap;

use super::Finding;
use super::claims::{self, Claim, Said};
use super::guard::Guard;
use crate::marker::MarkerKind::Contradiction;

/// Claims of one relation that are compared with each other; a table of thousands is not an argument.
const MOST: usize = 60;

pub(super) fn find(answer: &str, guard: &Guard, out: &mut Vec<Finding>) {
    let claims = claims::find(answer, guard);
    let mut groups: HashMap<String, Vec<usize>> = HashMap::new();
    for (i, claim) in claims.iter().enumerate() {
        groups.entry(key(claim)).or_default().push(i);
    }
    let mut found: Vec<(usize, usize)> = Vec::new();
    for members in groups.values() {
        for (n, &later) in members.iter().take(MOST).enumerate() {
            if let Some(&earlier) = members[..n].iter().find(|&&earlier| {
                comparable(&claims[earlier], &claims[later], guard) && contradict(&claims[earlier], &claims[later])
            }) {
                found.push((earlier, later));
            }
        }
    }
    found.sort_unstable_by_key(|(_, later)| *later);
    let mut told: Vec<usize> = Vec::new();
    for (earlier, later) in found {
        let (first, second) = (&claims[earlier], &claims[later]);
        // Said once more, it is the same contradiction.
        let again = |&t: &usize| {
            key(&claims[t]) == key(second) && same_subject(&claims[t], second) && !contradict(&claims[t], second)
        };
        if told.iter().rev().take(MOST).any(again) {
            continue;
        }
        told.push(later);
        let corrected = guard.sentences[first.sentence..=second.sentence]
            .iter()
            .skip(1)
            .any(|s| claims::corrects(s.span.of(answer)));
        if corrected {
            continue;
        }
        let why = format!("Earlier the answer says “{}”.", shorten(first.span.of(answer)));
        out.push(Finding { kind: Contradiction, span: second.span, why });
    }
}

/// Whether two claims may be about one thing: under different headings, or in different items of a list,
/// only a proper name is sure to mean the same.
fn comparable(a: &Claim, b: &Claim, guard: &Guard) -> bool {
    let section = |c: &Claim| guard.sentences.get(c.sentence).map(|s| s.section);
    let changing = |c: &Claim| {
        c.subject.last().is_some_and(|w| {
            matches!(
                w.as_str(),
                "version"
                    | "year"
                    | "quarter"
                    | "month"
                    | "week"
                    | "day"
                    | "period"
                    | "season"
                    | "round"
                    | "step"
                    | "line"
                    | "example"
                    | "value"
                    | "result"
                    | "answer"
                    | "total"
                    | "score"
            )
        })
    };
    (section(a) == section(b) || (a.named && b.named)) && !changing(a) && !changing(b)
}

/// Claims are compared within a relation; opposite adjectives meet under the one without its prefix.
fn key(claim: &Claim) -> String {
    claim.relation.strip_prefix("polar:").map_or_else(
        || claim.relation.clone(),
        |rest| {
            let (verb, predicate) = rest.split_once(':').unwrap_or((rest, ""));
            format!("polar:{verb}:{}", opposite(predicate).unwrap_or(predicate.to_owned()))
        },
    )
}

/// The predicate without the prefix that turns its first word round: `unsafe for dogs` is `safe for dogs`.
fn opposite(predicate: &str) -> Option<String> {
    const PAIRS: &[(&str, &str)] = &[
        ("unsafe", "safe"),
        ("illegal", "legal"),
        ("impossible", "possible"),
        ("inedible", "edible"),
        ("insoluble", "soluble"),
        ("irreversible", "reversible"),
        ("immutable", "mutable"),
        ("invalid", "valid"),
        ("unavailable", "available"),
        ("unlimited", "limited"),
        ("asynchronous", "synchronous"),
        ("inactive", "active"),
        ("incurable", "curable"),
        ("infertile", "fertile"),
        ("unstable", "stable"),
        ("nontoxic", "toxic"),
        ("unnecessary", "necessary"),
        ("unsuitable", "suitable"),
        ("incompatible", "compatible"),
        ("unconstitutional", "constitutional"),
        ("dead", "alive"),
        ("false", "true"),
        ("optional", "mandatory"),
        ("closed", "open"),
        ("odd", "even"),
        ("ineffective", "effective"),
        ("nonflammable", "flammable"),
        ("nonrenewable", "renewable"),
        ("unsupported", "supported"),
        ("unsolved", "solved"),
        ("extinct", "alive"),
        ("unprofitable", "profitable"),
        ("uninhabited", "inhabited"),
        ("unpaid", "paid"),
        ("incomplete", "complete"),
        ("indirect", "direct"),
    ];
    let (first, rest) = predicate.split_once(' ').unwrap_or((predicate, ""));
    let (_, base) = PAIRS.iter().find(|(negative, _)| *negative == first)?;
    Some(if rest.is_empty() { (*base).to_owned() } else { format!("{base} {rest}") })
}

fn contradict(a: &Claim, b: &Claim) -> bool {
    if !same_subject(a, b) {
        return false;
    }
    match (&a.said, &b.said) {
        (Said::Date(x), Said::Date(y)) => !x.agrees(y),
        (Said::Number { value: x, counts, hedged: h1 }, Said::Number { value: y, hedged: h2, .. }) => {
            let scale = x.abs().max(y.abs());
            let close = if *h1 || *h2 {
                0.1
            } else if *counts && scale < 10_000.0 {
                0.0
            } else {
                0.02
            };
            a.qualifier == b.qualifier && (a.qualifier.is_empty() || a.span == b.span) && (x - y).abs() > close * scale
        }
        (Said::Names(x), Said::Names(y)) => !x.is_empty() && !y.is_empty() && !x.iter().any(|w| y.contains(w)),
        (Said::Polarity(x), Said::Polarity(y)) => {
            let turned = |c: &Claim| c.relation.split(':').nth(2).is_some_and(|p| opposite(p).is_some());
            a.qualifier == b.qualifier && (x ^ turned(a)) != (y ^ turned(b))
        }
        _ => false,
    }
}

/// Whether two subjects are one: the same words, or a name and its last word.
fn same_subject(a: &Claim, b: &Claim) -> bool {
    let (short, long) = if a.subject.len() <= b.subject.len() { (a, b) } else { (b, a) };
    short.subject == long.subject
        || (short.named
            && long.named
            && !short.subject.is_empty()
            && long.subject.len() <= 4
            && long.subject.ends_with(&short.subject))
}

fn shorten(text: &str) -> String {
    const MOST: usize = 120;
    if text.chars().count() <= MOST {
        text.to_owned()
    } else {
        format!("{}…", text.chars().take(MOST).collect::<String>())
    }
}
