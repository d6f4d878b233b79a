//! What has a number: counts, measures, shares.

use text::numbers::{self, Number};
use text::{Span, normalise};

use super::{Claim, Clause, QUALIFIED, Said, subject, words_of};

pattern!(
    VERB,
    r"(?i)\b(has|have|had|contains?|contained|includes?|included|employs?|employed|consists?\s+of|consisted\s+of|won|wins|scored|operates?|owns?|houses|seats|comprises|features|requires|needs|wrote|sold|spans?|spanned|received|takes|took|lasts|lasted|is|was|are|were|measures?|measured|stands?|stood|weighs?|weighed|costs?|reaches|reached|totals?|numbers?)\s+(?:only\s+|exactly\s+|precisely\s+|a\s+total\s+of\s+|just\s+|the\s+)?(about\s+|around\s+|approximately\s+|roughly\s+|some\s+|circa\s+|nearly\s+|almost\s+|an\s+estimated\s+)?$",
);

// Any other verb in the third person says how things are; those of a course of events are left out.
pattern!(
    PRESENT,
    r"\b((?:[a-z]{2,}(?:[bcdefghijklmnopqrtvwxyz]s)))\s+(?:only\s+|exactly\s+|a\s+total\s+of\s+)?(about\s+|around\s+|approximately\s+|roughly\s+|some\s+)?$",
);

pattern!(
    EVENTS,
    r"^(?:scores|gets|adds|moves|goes|rises|falls|drops|grows|climbs|plays|runs|returns|becomes|gives|sees|finds|loses|gains|equals|shows|lists|says|steps|starts|turns|times|plus|minus|ages|pages|lines|items|points|cases|members|years|others|versus|lets|yields|makes|means|prints|outputs)$"
);

pattern!(
    ATTRIBUTE,
    r"(?i)^(.{2,80}?)\s+(?:has|have|had)\s+an?\s+((?:[a-z]+\s+){0,2}[a-z]+)\s+of\s+(?:only\s+|exactly\s+)?(about\s+|around\s+|approximately\s+|roughly\s+|some\s+)?$"
);

pattern!(
    WITH_ATTRIBUTE,
    r"(?i)^(?:with|at)\s+an?\s+((?:[a-z]+\s+){0,2}[a-z]+)\s+of\s+(?:only\s+|exactly\s+)?(about\s+|around\s+|approximately\s+|roughly\s+|some\s+)?$"
);

pub(super) fn counted(clause: &Clause<'_>, topic: &Option<(Vec<String>, bool)>, out: &mut Vec<Claim>) {
    let mut found: Vec<Number> = numbers::find(clause.text);
    found.extend(numbers::find_spelled(clause.text));
    found.sort_by_key(|n| n.span.start);
    for number in found {
        let before = &clause.text[..number.span.start];
        let after = &clause.text[number.span.end..];
        // Part of a range, a ratio, a time or a scale.
        if after.starts_with(['-', '–', '—', ':', '/', '×', '^', '+'])
            || after.starts_with(" to ")
            || after.starts_with(" or ")
            || (after.starts_with(" of ") && !number.percent)
            || after.starts_with(" out of")
            || after.starts_with(" and ")
        {
            continue;
        }
        let of = after.strip_prefix(" of").filter(|_| number.percent);
        let (object, rest) = object(of.unwrap_or(after));
        if let Some(with) = WITH_ATTRIBUTE.captures(before) {
            let Some(who) = after.strip_prefix(", ").and_then(|rest| rest.split([' ', ',']).next()) else { continue };
            let name = text::names::find(after)
                .into_iter()
                .next()
                .filter(|n| n.span.start <= 4)
                .map_or(who, |n| n.span.of(after));
            let attribute = with.get(1).map_or("", |m| m.as_str());
            push(clause, &number, attributed(attribute, name), false, &object, "", "", with.get(2).is_some(), 0, out);
            continue;
        }
        if let Some(has) = ATTRIBUTE.captures(before) {
            let attribute = has.get(2).map_or("", |m| m.as_str());
            let Some((who, _, start, dropped)) = subject(has.get(1).map_or("", |m| m.as_str()), topic) else {
                continue;
            };
            push(
                clause,
                &number,
                attributed(attribute, &who.join(" ")),
                false,
                &object,
                rest,
                &dropped,
                has.get(3).is_some(),
                start,
                out,
            );
            continue;
        }
        if let Some((who, named, start)) = owner(before, rest, topic)
            && !object.is_empty()
            && number.unit.is_none()
        {
            push(clause, &number, who, named, &format!("has:{}", noun(&object)), "", "", false, start, out);
            continue;
        }
        let Some(verb) = VERB.captures(before).or_else(|| PRESENT.captures(before)) else { continue };
        let Some(word) = verb.get(1) else { continue };
        let Some((subject, named, start, dropped)) = subject(&before[..word.start()], topic) else { continue };
        let verb_word = word.as_str().to_lowercase();
        if EVENTS.is_match(&verb_word) {
            continue;
        }
        let kind = match verb_word.as_str() {
            "has" | "have" | "had" | "contains" | "contain" | "contained" | "includes" | "include" | "comprises"
            | "consists of" | "features" => "has",
            "is" | "was" | "are" | "were" | "measures" | "measured" | "stands" | "stood" | "reaches" | "totals" => "is",
            other => other,
        };
        // "is 12" alone may be an index, a score or an age: a measure needs its unit, a count its noun.
        if object.is_empty()
            && number.unit.is_none()
            && number.currency.is_none()
            && !number.percent
            && !(kind == "is" && subject.len() > 1 && rest.trim().is_empty())
        {
            continue;
        }
        let years = number.decimals == 0
            && (1000.0..2100.0).contains(&number.value)
            && object.is_empty()
            && number.unit.is_none()
            && number.currency.is_none();
        if years {
            continue;
        }
        let dimension = if kind == "is" { format!("is:{object}") } else { format!("{kind}:{}", noun(&object)) };
        push(clause, &number, subject, named, &dimension, rest, &dropped, verb.get(2).is_some(), start, out);
    }
}

/// Who has what is counted in `the council's 25 members`, `its 25 members`, `all 25 members of the council`.
fn owner(before: &str, rest: &str, topic: &Option<(Vec<String>, bool)>) -> Option<(Vec<String>, bool, usize)> {
    let head = before.trim_end();
    if let Some(holder) = head.strip_suffix("'s").or_else(|| head.strip_suffix("’s")) {
        let (words, named, start, _) = subject(holder, topic)?;
        return (words.len() <= 4).then_some((words, named, start));
    }
    let last = head.rsplit(' ').next().unwrap_or("").to_lowercase();
    if matches!(last.as_str(), "its" | "his" | "her") && rest.is_empty() {
        return topic.clone().map(|(words, named)| (words, named, before.len()));
    }
    if matches!(head.to_lowercase().as_str(), "all" | "all of the" | "all the" | "each of the")
        && let Some(of) = rest.strip_prefix("of ")
    {
        let end = [" is ", " are ", " was ", " were ", " has ", " have ", " meet", " voted", " work", " live", ","]
            .iter()
            .filter_map(|v| of.find(v))
            .min()?;
        let words = words_of(&of[..end]);
        return (!words.is_empty() && words.len() <= 4).then_some((words, false, before.len()));
    }
    None
}

fn attributed(attribute: &str, of: &str) -> Vec<String> {
    let mut words = words_of(attribute);
    words.push("of".to_owned());
    words.extend(words_of(of));
    words
}

fn push(
    clause: &Clause<'_>,
    number: &Number,
    subject: Vec<String>,
    named: bool,
    relation: &str,
    rest: &str,
    dropped: &str,
    hedged: bool,
    start: usize,
    out: &mut Vec<Claim>,
) {
    // "The population of X is" and "X has a population of" are one relation.
    let relation = if subject.iter().any(|w| w == "of") {
        relation.trim_start_matches("is:").trim_start_matches("has:")
    } else {
        relation
    };
    let unit = number.unit.as_deref().or(number.currency.as_deref()).unwrap_or(if number.percent { "%" } else { "" });
    let qualifier =
        [dropped, rest].iter().filter(|q| !q.trim().is_empty()).map(|q| normalise(q)).collect::<Vec<_>>().join(" ");
    // An aside behind a comma binds nothing: "has 21 members, elected every four years".
    let said = clause.text.get(start..number.span.end).unwrap_or(clause.text);
    let temporal = [said, rest].iter().find_map(|part| QUALIFIED.find(part)).map_or("", |m| m.as_str());
    out.push(Claim {
        subject,
        named,
        relation: format!("number:{relation}:{unit}"),
        said: Said::Number {
            value: number.value,
            counts: unit.is_empty() && number.decimals == 0 && !number.scaled,
            hedged,
        },
        span: Span::new(start.min(number.span.start), number.span.end).shifted(clause.start),
        sentence: clause.sentence,
        qualifier: format!("{qualifier} {temporal}").trim().to_owned(),
    });
}

/// The noun phrase of what is counted, up to its first plural: `members meet weekly` is `members`.
fn noun(object: &str) -> String {
    let plural = |w: &str| {
        (w.ends_with('s') && !w.ends_with("ss") && w.len() > 3)
            || matches!(w, "people" | "children" | "men" | "women" | "feet" | "mice")
    };
    let words: Vec<&str> = object.split(' ').collect();
    let end = words.iter().position(|w| plural(w)).map_or(words.len(), |at| at + 1);
    words[..end].join(" ")
}

/// What is counted behind a number (`Olympic medals`, `tall`), and what follows it.
fn object(after: &str) -> (String, &str) {
    const STOPS: &[&str] = &[
        "in",
        "on",
        "at",
        "of",
        "for",
        "with",
        "from",
        "by",
        "to",
        "and",
        "or",
        "that",
        "which",
        "who",
        "is",
        "are",
        "was",
        "were",
        "as",
        "when",
        "if",
        "per",
        "a",
        "each",
        "than",
        "under",
        "over",
        "between",
        "across",
        "through",
        "spread",
        "including",
        "after",
        "before",
        "during",
        "while",
        "where",
        "about",
    ];
    let mut words = Vec::new();
    let mut at = 0;
    let mut rest = after;
    while let Some(trimmed) = rest.strip_prefix([' ', '-']) {
        let length: usize =
            trimmed.chars().take_while(|c| c.is_alphabetic() || *c == '\'' || *c == '’').map(char::len_utf8).sum();
        let word = trimmed[..length].to_lowercase();
        if length == 0 || STOPS.contains(&word.as_str()) || words.len() == 4 {
            break;
        }
        words.push(word);
        at = after.len() - trimmed.len() + length;
        rest = &after[at..];
    }
    let rest = if after[at..].starts_with(',') { "" } else { after[at..].trim_start_matches([' ', '.']) };
    let neutral =
        ["in total", "in all", "overall", "altogether", "in length", "in height"].iter().any(|n| rest.starts_with(n));
    (words.join(" "), if neutral { "" } else { rest })
}
