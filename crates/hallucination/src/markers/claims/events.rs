//! What happened on a date, who did it, where: claims that have one answer.

use text::Span;
use text::dates::{self, Date};

use super::{Claim, Clause, QUALIFIED, Said, subject, words_of};

pattern!(
    HAPPENED,
    r"(?i)\b(?:(?:(?:was|were|is|been)\s+(?:first\s+|officially\s+|formally\s+|originally\s+|finally\s+)?(born|founded|established|formed|created|incorporated|published|released|built|completed|opened|invented|discovered|signed|launched|introduced|adopted|ratified|abolished|dissolved|enacted|assassinated|killed|executed|crowned|patented|unveiled|inaugurated|consecrated|commissioned|constructed|composed|written|painted))|(died|ended|began|started|opened|closed|sank|landed|born))\b",
);

pub(super) fn happened(clause: &Clause<'_>, topic: &Option<(Vec<String>, bool)>, out: &mut Vec<Claim>) {
    if !HAPPENED.is_match(clause.text) {
        return;
    }
    let found_dates = dates::find(clause.text);
    for found in HAPPENED.captures_iter(clause.text) {
        let (Some(whole), Some(verb)) = (found.get(0), found.get(1).or_else(|| found.get(2))) else { continue };
        let Some(date) = found_dates.iter().find(|d| d.span.start >= whole.end()) else { continue };
        let between = &clause.text[whole.end()..date.span.start];
        let lower = between.to_lowercase();
        // "died 12 years after", "built for the 1900 fair", "opened its second shop in".
        let loose = between.len() > 50
            || [
                "after", "before", "until", "between", "since", "by ", " to ", "from", "its ", "his ", "her ",
                "their ", "first", "second", "again",
            ]
            .iter()
            .any(|w| lower.contains(w))
            || HAPPENED.is_match(between)
            || date.fault.is_some();
        let active = found.get(2).is_some();
        let object = active
            && words_of(between).iter().any(|w| {
                !matches!(w.as_str(), "in" | "on" | "at" | "of" | "around" | "about" | "circa")
                    && w.chars().all(char::is_alphabetic)
            })
            && !lower.trim_start().starts_with("in ")
            && !lower.trim_start().starts_with("at ")
            && !lower.trim_start().starts_with("on ");
        if loose || object {
            continue;
        }
        let Some((subject, named, start, _)) = subject(&clause.text[..whole.start()], topic) else { continue };
        let verb = verb.as_str().to_lowercase();
        let relation = match verb.as_str() {
            "founded" | "established" | "formed" | "created" | "incorporated" => "founded",
            "began" | "started" => "began",
            "built" | "constructed" => "built",
            other => other,
        };
        out.push(Claim {
            subject,
            named,
            relation: format!("event:{relation}"),
            said: Said::Date(date.clone()),
            span: Span::new(start.min(whole.start()), date.span.end).shifted(clause.start),
            sentence: clause.sentence,
            qualifier: String::new(),
        });
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
    r"(?i)\b(?:was|is|were)\s+(?:originally\s+)?(written|directed|painted|composed|invented|discovered|designed|founded|built|developed|led|coined|proposed)\s+by\s+$"
);
pattern!(BORN_IN, r"\bwas\s+born\s+(?:on\s+[^,]{4,24},?\s+|in\s+\d{4}\s+)?in\s+$");
pattern!(
    OFFICE,
    r"(?i)^(?:the\s+)?(capital|author|director|ceo|inventor|founder|composer|architect|currency|largest\s+city)\s+of\s+(.{2,60}?)\s+(?:is|was)\s+$"
);

/// Relations that have one answer: who wrote it, where he was born, what the capital is.
pub(super) fn named(clause: &Clause<'_>, topic: &Option<(Vec<String>, bool)>, out: &mut Vec<Claim>) {
    // The "by" of an author is no "by" of a date.
    if QUALIFIED.is_match(&clause.text.replace(" by ", " ")) {
        return;
    }
    for name in text::names::find(clause.text) {
        let before = &clause.text[..name.span.start];
        let (relation, who) = if let Some(found) = BY.captures(before) {
            let Some(verb) = found.get(1) else { continue };
            (
                format!("by:{}", verb.as_str().to_lowercase()),
                subject(&before[..found.get(0).map_or(0, |m| m.start())], topic),
            )
        } else if let Some(found) = BORN_IN.find(before) {
            ("place:born".to_owned(), subject(&before[..found.start()], topic))
        } else if let Some(found) = OFFICE.captures(before) {
            let of = found.get(2).map_or("", |m| m.as_str());
            (
                format!("office:{}", found.get(1).map_or("", |m| m.as_str()).to_lowercase()),
                Some((words_of(of), false, 0, String::new())),
            )
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
            relation,
            said: Said::Names(all),
            span: Span::new(start.min(name.span.start), name.span.end).shifted(clause.start),
            sentence: clause.sentence,
            qualifier: String::new(),
        });
    }
}
