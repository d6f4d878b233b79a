//! What has a number: counts, measures, shares.

use text::numbers::{self, Number};
use text::{Span, normalise};

use super::{Claim, Clause, QUALIFIED, Said, Topic, same, subject, words_of};

pattern!(
    VERB,
    r"(?i)\b(boils\s+at|melts\s+at|freezes\s+at|runs\s+for|grossed|raised|earned|covers?|(?:is|was)\s+worth|(?:is|was)\s+home\s+to|(?:is|was)\s+inhabited\s+by|has|have|had|possess(?:es)?|boasts?|rises|holds|contains?|contained|includes?|included|employs?|employed|consists?\s+of|consisted\s+of|won|wins|scored|operates?|owns?|houses|seats|comprises|features|requires|needs|wrote|sold|spans?|spanned|received|takes|took|lasts|lasted|is|was|are|were|measures?|measured|stands?|stood|weighs?|weighed|costs?|reaches|reached|totals?|numbers?)\s+(?:only\s+|exactly\s+|precisely\s+|a\s+total\s+of\s+|just\s+|the\s+)?(about\s+|around\s+|approximately\s+|roughly\s+|some\s+|circa\s+|nearly\s+|almost\s+|an\s+estimated\s+)?$",
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
    r"(?i)^(.{2,80}?)\s+(?:has|have|had|covers?|covered|reach(?:es|ed))\s+an?\s+((?:[a-z]+\s+){0,2}[a-z]+)\s+of\s+(?:only\s+|exactly\s+)?(about\s+|around\s+|approximately\s+|roughly\s+|some\s+)?$"
);

pattern!(
    WITH_ATTRIBUTE,
    r"(?i)^(?:with|at|having)\s+an?\s+((?:[a-z]+\s+){0,2}[a-z]+)\s+of\s+(?:only\s+|exactly\s+)?(about\s+|around\s+|approximately\s+|roughly\s+|some\s+)?$"
);

pub(super) fn counted(clause: &Clause<'_>, topic: &Topic, out: &mut Vec<Claim>) {
    let mut found: Vec<Number> = numbers::find(clause.text);
    found.extend(numbers::find_spelled(clause.text));
    found.sort_by_key(|n| n.span.start);
    for number in found {
        let before = &clause.text[..number.span.start];
        let after = &clause.text[number.span.end..];
        if compound(clause, &number, topic, out) || repeated(clause, &number, topic, out) || first(clause, &number, out)
        {
            continue;
        }
        // Part of a range, a ratio, a time or a scale.
        if after.starts_with(['-', '–', '—', ':', '/', '×', '^', '+'])
            || after.strip_prefix(" to ").is_some_and(|t| t.starts_with(|c: char| !c.is_alphabetic()))
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
            pattern!(
                PREDICATE,
                r"\s(?:is|was|are|were|has|had|ranks?|makes?|became|becomes|remains?|stands?|lies|offers?|can|rivals?)\b"
            );
            let Some(main) = after.strip_prefix(", ") else { continue };
            let Some(verb) = PREDICATE.find(main).filter(|v| v.start() < 60) else { continue };
            let name = &main[..verb.start()];
            let attribute = with.get(1).map_or("", |m| m.as_str());
            let hedged = with.get(2).is_some();
            let said = Measured { number: &number, kind: "attribute", object: &object, rest: "", dropped: "", hedged };
            let before_number = with.get(0).map_or(0, |m| m.start());
            push(clause, (attributed(attribute, name), false), &said, before_number, out);
            continue;
        }
        if let Some(has) = ATTRIBUTE.captures(before) {
            let attribute = has.get(2).map_or("", |m| m.as_str());
            let Some((who, _, start, dropped)) = subject(has.get(1).map_or("", |m| m.as_str()), topic) else {
                continue;
            };
            let hedged = has.get(3).is_some();
            let said =
                Measured { number: &number, kind: "attribute", object: &object, rest, dropped: &dropped, hedged };
            push(clause, (attributed(attribute, &who.join(" ")), false), &said, start, out);
            continue;
        }
        if let Some((who, named, start)) = owner(before, rest, topic)
            && !object.is_empty()
            && number.unit.is_none()
        {
            let said = Measured { number: &number, kind: "has", object: &object, rest: "", dropped: "", hedged: false };
            push(clause, (who, named), &said, start, out);
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
            | "consists of" | "features" | "possesses" | "possess" | "boasts" | "boast" => "has",
            "is" | "was" | "are" | "were" | "measures" | "measured" | "stands" | "stood" | "reaches" | "totals" => "is",
            "delivers" | "generates" | "develops" => "produces",
            "draws" | "welcomes" => "attracts",
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
        let hedged = verb.get(2).is_some();
        let said = Measured { number: &number, kind, object: &object, rest, dropped: &dropped, hedged };
        push(clause, (subject, named), &said, start, out);
    }
}

pattern!(NONE_OF, r"(?i)^(.{2,60}?)\s+(?:has|have|had|contains?)\s+(no)\s+(\p{Ll}{3,20}s)\s*$");

/// `Mercury has no moons` counts them too.
pub(super) fn none(clause: &Clause<'_>, topic: &Topic, out: &mut Vec<Claim>) {
    let Some(found) = NONE_OF.captures(clause.text) else { return };
    let (Some(who), Some(no), Some(things)) = (found.get(1), found.get(2), found.get(3)) else { return };
    let Some((subject, named, start, dropped)) = subject(who.as_str(), topic) else { return };
    let span = Span::new(no.start(), no.end());
    let number = Number {
        span,
        numeral: span,
        value: 0.0,
        decimals: 0,
        unit: None,
        percent: false,
        currency: None,
        scaled: false,
    };
    let said =
        Measured { number: &number, kind: "has", object: things.as_str(), rest: "", dropped: &dropped, hedged: false };
    push(clause, (subject, named), &said, start, out);
}

pattern!(
    LABEL,
    r"(?i)^[\s\-*•+|\d.)]{0,8}\*{0,2}((?:total\s+)?(?:population|height|length|area|depth|width|weight|mass|elevation|employees|staff|workforce|capacity|members|tracks|inhabitants|top\s+speed|diameter|span|surface\s+area))\*{0,2}\s*(?::|\|)\*{0,2}\s*(?:about\s+|approx\.\s+|~\s?)?"
);

/// `Population: 412,000` in a list, `| Population | 412,000 |` in a table: of the name that the answer is about.
/// They are held against sentences only: lists of several things repeat their labels.
pub(super) fn labelled(clause: &Clause<'_>, topic: &Topic, out: &mut Vec<Claim>) {
    let Some(found) = LABEL.captures(clause.text) else { return };
    let (Some(whole), Some(label)) = (found.get(0), found.get(1)) else { return };
    let value = &clause.text[whole.end()..];
    let Some(number) = numbers::find(value).into_iter().next().filter(|n| n.span.start == 0) else { return };
    let rest = value[number.span.end..].trim_matches(['|', ' ', '.', '*', '\n']);
    if !(rest.is_empty() || rest.starts_with('(')) {
        return;
    }
    let attribute = same::attribute(&label.as_str().to_lowercase());
    let unit = number.unit.as_deref().unwrap_or("");
    let (dimension, factor) = same::unit(unit);
    let relation = match attribute.as_str() {
        "members" | "tracks" => format!("has:{attribute}"),
        _ => attribute,
    };
    out.push(Claim {
        subject: vec![super::LABEL.to_owned(), clause.start.to_string()],
        named: false,
        generic: topic.main.as_ref().map(|(words, _)| words.clone()),
        relation: format!("number:{relation}:{dimension}"),
        said: Said::Number {
            value: number.value * factor,
            counts: unit.is_empty() && number.decimals == 0 && !number.scaled,
            hedged: false,
            unit: unit.to_owned(),
        },
        span: Span::new(label.start(), whole.end() + number.span.end).shifted(clause.start),
        sentence: clause.sentence,
        qualifier: String::new(),
    });
}

/// Who has what is counted in `the council's 25 members`, `its 25 members`, `all 25 members of the council`.
fn owner(before: &str, rest: &str, topic: &Topic) -> Option<(Vec<String>, bool, usize)> {
    let head = before.trim_end();
    if let Some(holder) = head.strip_suffix("'s").or_else(|| head.strip_suffix("’s")) {
        let (words, named, start, _) = subject(holder, topic)?;
        return (words.len() <= 4).then_some((words, named, start));
    }
    let last = head.rsplit(' ').next().unwrap_or("").to_lowercase();
    if matches!(last.as_str(), "its" | "his" | "her") && rest.is_empty() {
        return topic.near.clone().map(|(words, named)| (words, named, before.len()));
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

/// A number as the claims of an answer have it.
struct Measured<'n> {
    number: &'n Number,
    /// The verb's class, or nothing.
    kind: &'n str,
    /// What stands behind the number: `metres high`, `members`.
    object: &'n str,
    /// What follows that, and what was cut off before the subject.
    rest: &'n str,
    dropped: &'n str,
    hedged: bool,
}

/// Makes the claim `attribute of owner is number`, whatever form it was said in.
fn push(clause: &Clause<'_>, who: (Vec<String>, bool), said: &Measured<'_>, start: usize, out: &mut Vec<Claim>) {
    let (mut subject, mut named) = who;
    let number = said.number;
    let unit = number.unit.as_deref().or(number.currency.as_deref()).unwrap_or(if number.percent { "%" } else { "" });
    let (dimension, factor) = same::unit(unit);
    let thing = noun(said.object);
    let mut rest = said.rest;
    let of = subject.iter().position(|w| w == "of");
    let relation = match (said.kind, of) {
        // "The population of X is" and "X has a population of" are one relation.
        ("is" | "attribute", Some(at)) => {
            let owner = subject.split_off(at + 1);
            subject.pop();
            let attribute = subject.join(" ");
            subject = owner;
            named = true;
            let object = if unit.is_empty() && said.kind == "is" { thing.as_str() } else { "" };
            format!("{}{}", same::attribute(&attribute), if object.is_empty() { "" } else { " " }) + object
        }
        (_, Some(at)) if matches!(subject[..at].join(" ").as_str(), "construction" | "building") => {
            subject.drain(..=at);
            format!("{}:{thing}", said.kind)
        }
        _ => match (said.kind, said.object) {
            ("weighs" | "weighed", _) => "weight".to_owned(),
            ("rises" | "is", _) if rest.starts_with("above sea level") || rest.starts_with("above the sea") => {
                rest = "";
                "height".to_owned()
            }
            ("is", "high" | "tall" | "long" | "wide" | "deep" | "heavy" | "thick") => same::attribute(said.object),
            ("spans" | "spanned", "") => "span".to_owned(),
            ("boils at", _) => "boiling point".to_owned(),
            ("melts at", _) => "melting point".to_owned(),
            ("freezes at", _) => "freezing point".to_owned(),
            ("runs for", _) => "running time".to_owned(),
            ("has" | "is", "inhabitants" | "residents") => "population".to_owned(),
            ("is home to" | "was home to" | "is inhabited by", _)
                if matches!(thing.as_str(), "people" | "inhabitants" | "residents") =>
            {
                "population".to_owned()
            }
            ("has" | "employs" | "employed" | "employ", _)
                if matches!(thing.as_str(), "employees" | "workers" | "staff")
                    || (thing == "people" && said.kind != "has") =>
            {
                "workforce".to_owned()
            }
            ("is", object) => format!("is:{object}"),
            (kind, _) => format!("{kind}:{}", same::counted(&thing)),
        },
    };
    let qualifier =
        [said.dropped, rest].iter().filter(|q| !is_neutral(q)).map(|q| normalise(q)).collect::<Vec<_>>().join(" ");
    // An aside behind a comma binds nothing: "has 21 members, elected every four years".
    let words = clause.text.get(start..number.span.end).unwrap_or(clause.text);
    let parts = if qualifier.is_empty() { [words, ""] } else { [words, rest] };
    let temporal = parts.iter().find_map(|part| QUALIFIED.find(part)).map_or("", |m| m.as_str());
    out.push(Claim {
        subject,
        named,
        generic: None,
        relation: format!("number:{relation}:{dimension}"),
        said: Said::Number {
            value: number.value * factor,
            counts: unit.is_empty() && number.decimals == 0 && !number.scaled,
            hedged: said.hedged,
            unit: unit.to_owned(),
        },
        span: Span::new(start.min(number.span.start), number.span.end).shifted(clause.start),
        sentence: clause.sentence,
        qualifier: format!("{qualifier} {temporal}").trim().to_owned(),
    });
}

/// Whether words beside a claim bind it to nothing: `in total`, `with two towers`, `lined with suckers`.
fn is_neutral(words: &str) -> bool {
    pattern!(
        NEUTRAL,
        r"(?i)^\W*(?:$|all\s+in\s+all|in\s+(?:total|all|fact|short|sum|length|height|width|depth|area)\b|overall|altogether|on\s+average|worldwide|with\b|and\b|to\s+(?:build|construct|make)\b|at\s+its\s+(?:deepest|highest|longest|widest|tallest)\s+point\b|at\s+(?:\w+\s+)?(?:yards|sites|locations|plants|offices)\b|lined\b|spread\b|made\b|located\b|known\b|called\b)"
    );
    NEUTRAL.is_match(words)
}

pattern!(
    TIMES,
    r"(?i)^(.{2,60}?)\s+(?:has\s+|have\s+|had\s+)?(?:been\s+)?((?:won|was\s+elected|were\s+elected|elected|was\s+re-?elected|was\s+married|married|was\s+nominated\s+for|nominated\s+for|hosted|was\s+awarded|visited|climbed|was\s+destroyed|was\s+rebuilt)\b.{0,60}?)\s*$"
);

/// `have won the cup seven times`.
fn repeated(clause: &Clause<'_>, number: &Number, topic: &Topic, out: &mut Vec<Claim>) -> bool {
    let (before, after) = (&clause.text[..number.span.start], &clause.text[number.span.end..]);
    if !after.starts_with(" times") {
        return false;
    }
    let (Some(found), rest) = (TIMES.captures(before), &after[6..]) else { return true };
    let (Some(who), Some(deed)) = (found.get(1), found.get(2)) else { return true };
    let narrow =
        ["in ", "with ", "between ", "from ", "as ", "under "].iter().any(|w| rest.trim_start().starts_with(w));
    if let (Some((subject, named, start, dropped)), false) = (subject(who.as_str(), topic), narrow) {
        let rest = if rest.starts_with(',') { "" } else { rest };
        let kind = words_of(deed.as_str()).join(" ");
        let said = Measured { number, kind: &kind, object: "times", rest, dropped: &dropped, hedged: false };
        push(clause, (subject, named), &said, start, out);
    }
    true
}

pattern!(
    COUNTED_FIRST,
    r"(?i)^(?:(?:in\s+(?:all|total)|overall|altogether),?\s+)?(?:a\s+total\s+of\s+)?(about\s+|around\s+|approximately\s+|roughly\s+|some\s+)?$"
);
pattern!(
    DID,
    r"(?i)^\s((?:people|persons|participants|passengers|soldiers|students|patients|volunteers|delegates|athletes|workers|voters|men|women|spectators|respondents)\s+(?:took\s+part|participated|died|were\s+killed|were\s+injured|were\s+arrested|attended|lost\s+their\s+lives|perished|survived|voted|completed|enrolled|competed|worked|were\s+enrolled|were\s+interviewed|were\s+surveyed)\b[^,.;:()]{3,60})"
);

/// `1,204 people took part in the survey`: what is counted is the subject.
fn first(clause: &Clause<'_>, number: &Number, out: &mut Vec<Claim>) -> bool {
    let (before, after) = (&clause.text[..number.span.start], &clause.text[number.span.end..]);
    let (Some(lead), Some(found)) = (COUNTED_FIRST.captures(before), DID.captures(after)) else { return false };
    let Some(deed) = found.get(1).map(|m| words_of(m.as_str())) else { return false };
    // What they did must be told, not only that they died.
    if deed.len() >= 4 {
        let kind = deed.join(" ");
        let said = Measured { number, kind: &kind, object: "", rest: "", dropped: "", hedged: lead.get(1).is_some() };
        push(clause, (vec!["people".to_owned()], false), &said, number.span.start, out);
    }
    true
}

pattern!(COMPOUND, r"(?i)\b(has|have|had|comes?\s+with|came\s+with|carries|offers?|features?|includes?)\s+an?\s+$");

/// `comes with a 24-month warranty`: the number is a part of what it describes.
fn compound(clause: &Clause<'_>, number: &Number, topic: &Topic, out: &mut Vec<Claim>) -> bool {
    pattern!(JOINED, r"^[-\u{2011}\s]?((?:\p{Ll}+[-\s])?)((?:OLED\s+|LCD\s+)?\p{Ll}{4,20})\b");
    let (before, after) = (&clause.text[..number.span.start], &clause.text[number.span.end..]);
    let Some(verb) = COMPOUND.find(before) else { return false };
    let Some(found) = JOINED.captures(after) else { return false };
    let (Some(unit), Some(noun)) = (found.get(1), found.get(2)) else { return false };
    if unit.is_empty() && number.unit.is_none() {
        return false;
    }
    let Some((subject, named, start, dropped)) = subject(&before[..verb.start()], topic) else { return true };
    let attribute = same::attribute(&noun.as_str().to_lowercase());
    let kind = format!("a {} {attribute}", unit.as_str().trim_matches(['-', ' ']));
    let rest = &after[noun.end()..];
    let rest = if rest.starts_with(',') { "" } else { rest };
    let said = Measured { number, kind: &kind, object: "", rest, dropped: &dropped, hedged: false };
    push(clause, (subject, named), &said, start, out);
    true
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
