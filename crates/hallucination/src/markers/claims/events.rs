//! What happened on a date, who did it, where: claims that have one answer.

use text::Span;
use text::dates::{self, Date};

use super::{Claim, Clause, QUALIFIED, Said, Topic, same, subject, words_of};

/// Participles of what is done to a thing once.
macro_rules! done {
    () => {
        r"born|founded|established|formed|created|set\s+up|published|released|issued|built|constructed|completed|finished|opened|inaugurated|invented|devised|discovered|signed|concluded|launched|introduced|added|adopted|ratified|abolished|dissolved|disbanded|enacted|assassinated|killed|executed|crowned|patented|unveiled|consecrated|commissioned|composed|written|painted|printed|erected|demolished"
    };
}

pattern!(
    HAPPENED,
    r"(?i)\b(?:(?:(?:was|were|is|been)\s+(?:first\s+|officially\s+|formally\s+|originally\s+|finally\s+)?(",
    done!(),
    r"))|(died|passed\s+away|ended|concluded|came\s+to\s+an\s+end|began|started|commenced|broke\s+out|opened\s+its\s+doors|opened\s+to\s+the\s+public|opened|closed|sank|landed|arrived|reached|came\s+out|(?:first\s+)?appeared|(?:came|entered)\s+into\s+force|(?:came|went)\s+into\s+effect|took\s+effect|took\s+place|occurred|happened|born))\b",
);

pub(super) fn happened(clause: &Clause<'_>, topic: &Topic, out: &mut Vec<Claim>) {
    if !HAPPENED.is_match(clause.text) {
        return;
    }
    let found_dates = dates::find(clause.text);
    for found in HAPPENED.captures_iter(clause.text) {
        let (Some(whole), Some(verb)) = (found.get(0), found.get(1).or_else(|| found.get(2))) else { continue };
        let Some(date) = found_dates.iter().find(|d| d.span.start >= whole.end()) else { continue };
        let between = &clause.text[whole.end()..date.span.start];
        let verb = verb.as_str().split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let active = found.get(2).is_some();
        let goes = matches!(verb.as_str(), "arrived" | "reached" | "landed");
        if loose(between) || date.fault.is_some() || (active && !goes && has_object(between)) {
            continue;
        }
        let head = &clause.text[..whole.start()];
        // One of many may have happened in one year and another in the next.
        if is_indefinite(head) {
            continue;
        }
        let head_of = |head: &str| match (&topic.carried, head.trim().is_empty()) {
            (Some((words, named)), true) => Some((words.clone(), *named, whole.start(), String::new())),
            _ => subject(head, topic),
        };
        // "When it was inaugurated in 1979": a time of itself.
        let plain = head.strip_prefix("When ").unwrap_or(head);
        let Some((subject, named, start, _)) = head_of(plain) else { continue };
        let mut relation = same::event(&verb, &subject);
        if goes {
            // Who comes may come to many places.
            let to = between.trim().trim_start_matches("on ").trim_start_matches("in ").trim_start_matches("at ");
            let place = to.split(" in ").next().unwrap_or(to).split(" on ").next().unwrap_or(to);
            relation = format!("reached {}", words_of(place.trim_end_matches(" in")).join(" "));
            if relation.len() < 10 {
                continue;
            }
        }
        out.push(dated(clause, (subject, named), &relation, date, start.min(whole.start())));
    }
}

/// Whether what stands between a verb and a date parts the two: "died 12 years after", "built for the 1900
/// fair", "opened its second shop in".
fn loose(between: &str) -> bool {
    let lower = between.to_lowercase();
    between.len() > 50
        || [
            "after", "before", "until", "between", "since", "by ", " to ", "from", "its ", "his ", "her ", "their ",
            "first", "second", "again",
        ]
        .iter()
        .any(|w| lower.contains(w))
        || HAPPENED.is_match(between)
}

fn has_object(between: &str) -> bool {
    let lower = between.to_lowercase();
    let lower = lower.trim_start();
    words_of(between).iter().any(|w| {
        !matches!(w.as_str(), "in" | "on" | "at" | "of" | "around" | "about" | "circa")
            && w.chars().all(char::is_alphabetic)
    }) && !["in ", "at ", "on "].iter().any(|w| lower.starts_with(w))
}

/// Whether a subject is one of many: `a bridge`, `another edition`.
fn is_indefinite(head: &str) -> bool {
    let mut words = head.split_whitespace().map(str::to_lowercase);
    words.next().is_some_and(|w| matches!(w.as_str(), "a" | "an" | "another" | "some" | "several" | "many"))
}

pattern!(
    ASIDE,
    r"^((?:The\s+)?[^,.;]{2,60}?),\s(?:which\s+was\s+)?(founded|established|built|opened|published|released|completed|launched|born|formed|signed|composed|written)\s(?:in|on)\s[^,.;]{4,20}?,\s"
);

/// `The company, founded in 1987, sells shoes.`
pub(super) fn aside(clause: &Clause<'_>, topic: &Topic, out: &mut Vec<Claim>) {
    let Some(found) = ASIDE.captures(clause.text) else { return };
    let (Some(whole), Some(who), Some(verb)) = (found.get(0), found.get(1), found.get(2)) else { return };
    // A participle of "born" is read with the other verbs.
    if verb.as_str() == "born" || is_indefinite(who.as_str()) {
        return;
    }
    let Some(date) = dates::find(whole.as_str()).into_iter().find(|d| d.span.start >= verb.end() && d.fault.is_none())
    else {
        return;
    };
    let Some((subject, named, start, _)) = subject(&format!("{} ", who.as_str()), topic) else { return };
    let relation = same::event(verb.as_str(), &subject);
    out.push(dated(clause, (subject, named), &relation, &date, start));
}

/// The claim that something has a date, with the place where one belongs to it.
fn dated(clause: &Clause<'_>, who: (Vec<String>, bool), relation: &str, date: &Date, start: usize) -> Claim {
    let after = &clause.text[date.span.end..];
    let place = [" in ", " for ", " on ", " at "]
        .iter()
        .find_map(|word| after.strip_prefix(word))
        .filter(|_| same::is_local(relation))
        .map(|rest| words_of(rest.split([',', ';', '.']).next().unwrap_or(rest)).join(" "));
    Claim {
        subject: who.0,
        named: who.1,
        generic: None,
        relation: format!("event:{relation}"),
        said: Said::Date(date.clone()),
        span: Span::new(start, date.span.end).shifted(clause.start),
        sentence: clause.sentence,
        qualifier: place.unwrap_or_default(),
    }
}

pattern!(
    OPENING,
    r"(?i)^\W{0,4}(?:first\s+|originally\s+)?(",
    done!(),
    r")\W{0,4}\s(?:by\s[^,.;\d]{2,40}?\s)?(?:in|on)\s"
);
pattern!(LABELLED, r"(?i)^\W{0,4}(", done!(), r"|first\s+light)\W{0,3}:\W{0,4}(?:in\s+|on\s+)?");

/// `Founded in 1904, De Nieuwe Tijd closed …`; in a list, `Founded in 1904` and `Founded: 1904`.
pub(super) fn opening(clause: &Clause<'_>, listed: bool, topic: &Topic, out: &mut Vec<Claim>) {
    let (found, label) = match (OPENING.captures(clause.text), LABELLED.captures(clause.text)) {
        (Some(found), _) => (found, false),
        (None, Some(found)) => (found, true),
        _ => return,
    };
    let (Some(whole), Some(verb)) = (found.get(0), found.get(1)) else { return };
    let found_dates = dates::find(clause.text);
    let year = |at: usize| dates::find(&format!("in {}", &clause.text[at..])).into_iter().next().map(|d| (d, at));
    let date = match found_dates.into_iter().find(|d| d.span.start >= whole.end().saturating_sub(3)) {
        Some(date) => date,
        // Behind a colon no word says that a year is one.
        None if label => match year(whole.end()) {
            Some((date, at)) if date.span.start == 3 => {
                let span = Span::new(at, at + date.span.len());
                Date { span, ..date }
            }
            _ => return,
        },
        None => return,
    };
    if date.fault.is_some() || loose(&clause.text[whole.end().min(date.span.start)..date.span.start]) {
        return;
    }
    let rest = &clause.text[date.span.end..];
    let who = match rest.find(", ") {
        Some(comma) if !label => {
            let main = &rest[comma + 2..];
            let first = main.split_whitespace().next().unwrap_or("").to_lowercase();
            let name = text::names::find(main).into_iter().next().filter(|n| n.span.start <= 4);
            match name {
                Some(name) if !matches!(first.as_str(), "he" | "she" | "it" | "the") || name.span.start > 0 => {
                    Some((words_of(name.span.of(main)), true))
                }
                _ if matches!(first.as_str(), "he" | "she" | "it") => topic.near.clone(),
                _ if first == "the" => {
                    let noun = words_of(main).into_iter().next();
                    noun.map(|noun| (vec![noun], false))
                }
                _ => None,
            }
        }
        _ if listed => topic.main.clone(),
        _ => None,
    };
    let Some((subject, named)) = who else { return };
    let relation = same::event(&verb.as_str().to_lowercase(), &subject);
    let start = verb.start();
    out.push(dated(clause, (subject, named), &relation, &date, start));
}

pattern!(
    NOMINAL,
    r"(?i)(?:\b(its|his|her)|(\p{Lu}[\p{L}'’ -]{1,40}?)['’]s?|\bthe)\s+(death|birth|founding|foundation|establishment|opening|inauguration|completion|publication|release|launch|discovery|invention|signing)(?:\s+of\s+(?:the\s+)?([^,.;]{2,50}?))?\s+(?:in|on)\s+"
);

/// `at his death in 1869`, `the founding of the club in 1899`.
pub(super) fn nominal(clause: &Clause<'_>, topic: &Topic, out: &mut Vec<Claim>) {
    if !NOMINAL.is_match(clause.text) {
        return;
    }
    let found_dates = dates::find(clause.text);
    for found in NOMINAL.captures_iter(clause.text) {
        let (Some(whole), Some(noun)) = (found.get(0), found.get(3)) else { continue };
        let Some(relation) = same::nominal(&noun.as_str().to_lowercase()) else { continue };
        let near = |d: &&Date| d.span.start + 4 >= whole.end() && d.span.start <= whole.end();
        let Some(date) = found_dates.iter().find(near).filter(|d| d.fault.is_none()) else { continue };
        let named = |text: &str| text::names::find(text).iter().any(|n| !n.initial || n.words > 1);
        let who = match (found.get(1), found.get(2), found.get(4)) {
            (_, _, Some(of)) => Some((words_of(of.as_str()), named(of.as_str()))),
            (Some(_), ..) => {
                // "At his death, Reuel left": whose it is may be told behind it.
                let rest = &clause.text[date.span.end..];
                let behind = rest
                    .strip_prefix(", ")
                    .and_then(|main| text::names::find(main).into_iter().next().map(|n| (main, n)))
                    .filter(|(_, n)| n.span.start == 0)
                    .map(|(main, n)| (words_of(n.span.of(main)), true));
                behind.or_else(|| topic.near.clone())
            }
            (None, Some(owner), None) => Some((words_of(owner.as_str()), true)),
            _ => None,
        };
        let Some(who) = who else { continue };
        out.push(dated(clause, who, relation, date, whole.start()));
    }
}

pattern!(
    ACTIVE,
    r"\b(discovered|invented|founded|wrote|published|built|composed|painted|patented)\s+(?:the\s+)?([\p{L}][\p{L}'’ -]{2,40}?)\s+in\s+$"
);

/// `Fleming discovered penicillin in 1931` dates the discovery of penicillin.
pub(super) fn acted(clause: &Clause<'_>, out: &mut Vec<Claim>) {
    for date in dates::find(clause.text).iter().filter(|d| d.fault.is_none()) {
        let Some(found) = ACTIVE.captures(&clause.text[..date.span.start]) else { continue };
        let (Some(verb), Some(object)) = (found.get(1), found.get(2)) else { continue };
        let first = object.as_str().split(' ').next().unwrap_or("");
        let bound = [" and ", " for ", " after ", " with ", " by ", " in ", " to "];
        if matches!(first, "a" | "an" | "his" | "her" | "its" | "their" | "several" | "many" | "two" | "three" | "it")
            || bound.iter().any(|w| object.as_str().contains(w))
        {
            continue;
        }
        let words = words_of(object.as_str());
        let named = object.as_str().starts_with(char::is_uppercase);
        let passive = if verb.as_str() == "wrote" { "written" } else { verb.as_str() };
        let relation = same::event(passive, &words);
        out.push(dated(clause, (words, named), &relation, date, verb.start()));
    }
}

pattern!(
    LIFE,
    r"\((?:(?:born|b\.)\s+(?:[^()\n]{0,24}?\s)?(1\d{3}|20\d\d)|(1\d{3}|20\d\d)\s?[-–—]\s?(1\d{3}|20\d\d))\)"
);

/// `Ilse Marten (1891–1950)` says when she was born and when she died.
pub(super) fn lifespan(clause: &Clause<'_>, out: &mut Vec<Claim>) {
    for found in LIFE.captures_iter(clause.text) {
        let Some(whole) = found.get(0) else { continue };
        let before = &clause.text[..whole.start()];
        let Some(name) =
            text::names::find(before).into_iter().rfind(|n| n.words >= 2 && before[n.span.end..].trim().is_empty())
        else {
            continue;
        };
        let parts = [("event:born", found.get(1).or_else(|| found.get(2))), ("event:died", found.get(3))];
        for (relation, year) in parts {
            let Some(year) = year else { continue };
            let span = Span::new(year.start(), year.end());
            let date = Date { span, year: year.as_str().parse().ok(), month: None, day: None, fault: None };
            out.push(Claim {
                subject: words_of(name.span.of(before)),
                named: true,
                generic: None,
                relation: relation.to_owned(),
                said: Said::Date(date),
                span: span.shifted(clause.start),
                sentence: clause.sentence,
                qualifier: String::new(),
            });
        }
    }
}

pattern!(
    BY,
    r"(?i)\b(?:was|is|were)\s+(?:originally\s+)?(written|authored|penned|directed|painted|composed|invented|devised|discovered|designed|founded|established|built|developed|led|coined|proposed)\s+by\s+$"
);
pattern!(BORN_IN, r"\bwas\s+born\s+(?:on\s+[^,]{4,24},?\s+|in\s+\d{4}\s+)?in\s+$");
pattern!(
    OFFICE,
    r"(?i)^(?:the\s+)?(capital(?:\s+city)?|author|director|ceo|chief\s+executive(?:\s+officer)?|inventor|founder|composer|architect|currency|largest\s+city|president|chairman)\s+of\s+(.{2,60}?)\s+(?:is|was)\s+$"
);
pattern!(
    HOLDS,
    r"(?i)^(?:(its)|(?:the\s+)?(.{2,60}?)['’]s?)\s+(capital(?:\s+city)?|author|director|ceo|chief\s+executive(?:\s+officer)?|inventor|founder|composer|architect|currency|largest\s+city|president|chairman)\s+(?:is|was)\s+$"
);

/// One word for an office or a deed that goes by several.
fn deed(word: &str) -> String {
    let lower = word.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    match lower.as_str() {
        "chief executive" | "chief executive officer" => "ceo",
        "capital city" => "capital",
        "authored" | "penned" => "written",
        "devised" => "invented",
        "established" => "founded",
        // Who holds the office did the deed.
        "author" => "written",
        "director" => "directed",
        "composer" => "composed",
        "inventor" => "invented",
        "founder" => "founded",
        "architect" => "designed",
        other => other,
    }
    .to_owned()
}

/// Relations that have one answer: who wrote it, where he was born, what the capital is.
pub(super) fn named(clause: &Clause<'_>, topic: &Topic, out: &mut Vec<Claim>) {
    // The "by" of an author is no "by" of a date.
    let bound = QUALIFIED.is_match(&clause.text.replace(" by ", " "));
    for name in text::names::find(clause.text) {
        let before = &clause.text[..name.span.start];
        let by = BY.captures(before);
        // What is made is made once, whatever is told behind its maker.
        if bound && (by.is_none() || QUALIFIED.is_match(&before.replace(" by ", " "))) {
            continue;
        }
        let (relation, who) = if let Some(found) = by {
            let Some(verb) = found.get(1) else { continue };
            (format!("by:{}", deed(verb.as_str())), subject(&before[..found.get(0).map_or(0, |m| m.start())], topic))
        } else if let Some(found) = BORN_IN.find(before) {
            ("place:born".to_owned(), subject(&before[..found.start()], topic))
        } else if let Some(found) = OFFICE.captures(before) {
            let of = found.get(2).map_or("", |m| m.as_str());
            (
                format!("by:{}", deed(found.get(1).map_or("", |m| m.as_str()))),
                Some((words_of(of), false, 0, String::new())),
            )
        } else if let Some(found) = HOLDS.captures(before) {
            let who = match found.get(2) {
                Some(of) => Some((words_of(of.as_str()), false, 0, String::new())),
                None => topic.near.clone().map(|(words, named)| (words, named, 0, String::new())),
            };
            (format!("by:{}", deed(found.get(3).map_or("", |m| m.as_str()))), who)
        } else {
            continue;
        };
        let Some((subject, named, start, _)) = who else { continue };
        // "by Adams and Baker": all who follow.
        let rest = &clause.text[name.span.start..];
        let all: Vec<String> = text::names::find(rest).iter().flat_map(|n| words_of(n.span.of(rest))).collect();
        out.push(Claim {
            subject,
            named,
            generic: None,
            relation,
            said: Said::Names(all),
            span: Span::new(start.min(name.span.start), name.span.end).shifted(clause.start),
            sentence: clause.sentence,
            qualifier: String::new(),
        });
    }
}
