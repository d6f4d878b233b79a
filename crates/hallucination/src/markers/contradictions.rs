//! Two claims of one answer that cannot both be true: same subject, same relation, another number, date
//! or polarity.

use std::collections::HashMap;

use super::Finding;
use super::claims::{self, Claim, Said};
use super::guard::Guard;
use crate::marker::MarkerKind::Contradiction;

/// Claims of one relation that are compared with each other; a table of thousands is not an argument.
const MOST: usize = 60;

pub(super) fn find(answer: &str, claims: &[Claim], guard: &Guard, out: &mut Vec<Finding>) {
    let mut groups: HashMap<String, Vec<usize>> = HashMap::new();
    for (i, claim) in claims.iter().enumerate().filter(|(_, c)| !c.relation.starts_with("life:")) {
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
    // What a plain noun or a list stands under is the name spoken about.
    let known = |c: &Claim| c.named || c.generic.is_some();
    (section(a) == section(b) || (known(a) && known(b))) && !changing(a) && !changing(b)
}

/// Claims are compared within a relation; those of polarity within a verb and the first word of what it says.
fn key(claim: &Claim) -> String {
    if !claim.relation.starts_with("polar:") {
        return claim.relation.clone();
    }
    let verb = claim.relation.split(':').nth(1).unwrap_or("");
    format!("polar:{verb}:{}", predicate(claim).words.split(' ').next().unwrap_or(""))
}

struct Predicate {
    words: String,
    /// Whether its first word was turned into its opposite.
    turned: bool,
}

/// What a claim of polarity says of its subject; opposite adjectives meet under the one without its prefix.
fn predicate(claim: &Claim) -> Predicate {
    let words = claim.relation.splitn(3, ':').nth(2).unwrap_or("");
    match opposite(words) {
        Some(words) => Predicate { words, turned: true },
        None => Predicate { words: words.to_owned(), turned: false },
    }
}

/// Whether "is not `no`" denies "is `yes`": what is not available over the counter is not available over the
/// counter in most pharmacies. The other way round nothing follows: what is safe may not be safe for children.
fn denies(no: &str, yes: &str) -> bool {
    let Some(more) = yes.strip_prefix(no).and_then(|more| more.strip_prefix(' ')) else { return false };
    let first = more.split(' ').next().unwrap_or("");
    let long = no.split(' ').count();
    match first {
        "in" | "within" | "during" | "throughout" | "without" | "over" | "by" | "from" | "almost" => {
            long >= 2
                || ["in most", "in all", "in many", "within", "throughout", "without"]
                    .iter()
                    .any(|w| more.starts_with(w))
        }
        // A condition: only where the denial is about something particular.
        "when" | "if" | "as" | "for" => long >= 3,
        _ => false,
    }
}

/// Whether words bind a number to a time or a turn that comes again, so that equal words do not make it one claim.
fn is_volatile(qualifier: &str) -> bool {
    pattern!(
        AGAIN,
        r"\b(?:now|today|currently|originally|initially|formerly|previously|later|then|eventually|subsequently|meanwhile|after|before|until|by|once|when|while|during|each|every|per|respectively|first|last|next|another|additional|more|extra|still|already|no\s+longer|yet|one|half|spring|summer|autumn|fall|winter|morning|evening|night|\w+day|week|month|year|season|round|19\d\d|20\d\d|18\d\d)\b"
    );
    AGAIN.is_match(&qualifier.to_lowercase())
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
        (Said::Date(x), Said::Date(y)) => a.qualifier == b.qualifier && !x.agrees(y),
        (
            Said::Number { value: x, counts, hedged: h1, unit: u1 },
            Said::Number { value: y, hedged: h2, unit: u2, .. },
        ) => {
            let scale = x.abs().max(y.abs());
            let close = if *h1 || *h2 {
                0.1
            } else if u1 != u2 {
                // Converted figures are rounded on the way.
                0.05
            } else if *counts && scale < 10_000.0 {
                0.0
            } else {
                0.02
            };
            a.qualifier == b.qualifier && !is_volatile(&a.qualifier) && (x - y).abs() > close * scale
        }
        (Said::Names(x), Said::Names(y)) => !x.is_empty() && !y.is_empty() && !x.iter().any(|w| y.contains(w)),
        (Said::Polarity(x), Said::Polarity(y)) => {
            let (p, q) = (predicate(a), predicate(b));
            let (x, y) = (x ^ p.turned, y ^ q.turned);
            let (no, yes) = if x { (&q.words, &p.words) } else { (&p.words, &q.words) };
            a.qualifier == b.qualifier && x != y && (p.words == q.words || denies(no, yes))
        }
        _ => false,
    }
}

/// Whether two subjects are one: the same words, a name and its last word, or a name and the plain noun that
/// stands for it.
pub(super) fn same_subject(a: &Claim, b: &Claim) -> bool {
    let stands_for = |x: &Claim, y: &Claim| x.generic.as_ref().is_some_and(|name| *name == y.subject);
    if stands_for(a, b) || stands_for(b, a) {
        return true;
    }
    let (short, long) = if a.subject.len() <= b.subject.len() { (a, b) } else { (b, a) };
    short.subject == long.subject
        || (short.named
            && long.named
            && !short.subject.is_empty()
            && long.subject.len() <= 4
            && (continues(&long.subject, &short.subject) || without_form(&long.subject) == short.subject))
}

/// Whether a long form ends in the short one and only describes it: `gas giant Karsa`, not `king of Norway`.
fn continues(long: &[String], short: &[String]) -> bool {
    long.strip_suffix(short).is_some_and(|head| {
        !head.iter().any(|w| {
            matches!(
                w.as_str(),
                "of" | "in"
                    | "on"
                    | "for"
                    | "and"
                    | "greater"
                    | "great"
                    | "new"
                    | "old"
                    | "metropolitan"
                    | "north"
                    | "south"
                    | "east"
                    | "west"
                    | "northern"
                    | "southern"
                    | "eastern"
                    | "western"
                    | "upper"
                    | "lower"
                    | "inner"
                    | "outer"
                    | "central"
                    | "young"
                    | "junior"
                    | "senior"
                    | "first"
                    | "second"
                    | "former"
                    | "ancient"
                    | "modern"
                    | "little"
            )
        })
    })
}

/// A firm's name without the letters of its legal form.
fn without_form(name: &[String]) -> &[String] {
    match name {
        [rest @ .., form]
            if !rest.is_empty()
                && matches!(
                    form.as_str(),
                    "ab" | "ag"
                        | "as"
                        | "asa"
                        | "bv"
                        | "co"
                        | "corp"
                        | "gmbh"
                        | "inc"
                        | "llc"
                        | "ltd"
                        | "nv"
                        | "oy"
                        | "plc"
                        | "sa"
                        | "se"
                        | "spa"
                        | "corporation"
                        | "incorporated"
                        | "limited"
                        | "company"
                ) =>
        {
            rest
        }
        _ => name,
    }
}

pub(super) fn shorten(text: &str) -> String {
    const MOST: usize = 120;
    if text.chars().count() <= MOST {
        text.to_owned()
    } else {
        format!("{}…", text.chars().take(MOST).collect::<String>())
    }
}
