//! Impossible dates: days the calendar lacks, ends before beginnings, hours a day does not have.

use text::{Span, dates};

use super::Finding;
use super::guard::Guard;
use crate::marker::Context;
use crate::marker::MarkerKind::{self, ImpossibleDate};

pattern!(
    LIFESPAN,
    r"\((?:[^()\n;]{0,40}?[,;\s])?(?:born\s|b\.\s?|\*\s?|c\.\s?|ca\.\s?)?(1\d{3}|20\d{2})\s?[-–—]{1,2}\s?(?:died\s|d\.\s?|†\s?|c\.\s?|ca\.\s?)?(1\d{3}|20\d{2})\)"
);
pattern!(
    FROM_TO,
    r"(?i)\bfrom\s+(?:[a-z]+\s+(?:\d{1,2},?\s+)?)?(1\d{3}|20\d{2})\s+(?:to|until|till|through)\s+(?:[a-z]+\s+(?:\d{1,2},?\s+)?)?(1\d{3}|20\d{2})\b|\bbetween\s+(1\d{3}|20\d{2})\s+and\s+(1\d{3}|20\d{2})\b|\bvon\s+(1\d{3}|20\d{2})\s+bis\s+(1\d{3}|20\d{2})\b|\bde\s+(1\d{3}|20\d{2})\s+(?:à|a)\s+(1\d{3}|20\d{2})\b"
);
pattern!(
    BEGIN,
    r"(?i)\b(?:(born)|(founded|established|formed|created)|(began|begun|started|broke\s+out)|(opened)|(took\s+office|became\s+(?:president|king|queen|director|ceo|chairman)|was\s+crowned)|(married)|(launched)|(construction\s+(?:began|started)))\b([^.!?;()\n]{0,60}?)\b(1\d{3}|20\d{2})\b",
);
pattern!(
    END,
    r"(?i)\b(?:(died|dies|killed|passed\s+away)|(dissolved|disbanded|abolished|liquidated)|(ended|finished|was\s+over|came\s+to\s+an\s+end)|(closed)|(left\s+office|resigned|abdicated|stepped\s+down)|(divorced)|(retired|decommissioned)|(was\s+completed|completed))\b([^.!?;()\n]{0,60}?)\b(1\d{3}|20\d{2})\b",
);
pattern!(
    AHEAD,
    r"(?i)\b(?:will|shall|would|plan\w*|scheduled|expected|project\w*|forecast\w*|novel|film|movie|game|series|story|fiction\w*|set\s+in|future|scenario|by\s+20\d\d|until|expires?|matur\w*|bond|character|universe|Star\s+Trek|episode|timeline|to\s+be|is\s+due|are\s+due)\b"
);
pattern!(BACKWARDS, r"(?i)\b(?:back|backwards?|down|reverse|countdown|descending|BC|BCE|B\.C\.|v\.\s?Chr)\b");

pub(super) fn find(answer: &str, context: &Context<'_>, guard: &Guard, out: &mut Vec<Finding>) {
    for date in dates::find(answer) {
        if let Some(why) = date.fault
            && !guard.sentence(date.span.start).is_some_and(|(_, s)| s.about || s.question)
            && !guard.is_code(date.span)
        {
            out.push(Finding { kind: ImpossibleDate, span: date.span, why });
        }
    }
    spans(answer, guard, out);
    lives(answer, context, guard, out);
    quarters(answer, guard, out);
    super::durations::find(answer, guard, out);
    super::clock::find(answer, guard, out);
}

pub(super) fn skip(answer: &str, guard: &Guard, at: usize) -> bool {
    guard.is_code(Span::new(at, at + 1))
        || guard.sentence(at).is_some_and(|(_, s)| s.about || s.question || BACKWARDS.is_match(s.span.of(answer)))
}

fn spans(answer: &str, guard: &Guard, out: &mut Vec<Finding>) {
    for pattern in [&*LIFESPAN, &*FROM_TO] {
        for found in pattern.captures_iter(answer) {
            let mut years = found.iter().skip(1).flatten();
            let (Some(a), Some(b)) = (years.next(), years.next()) else { continue };
            let (Ok(from), Ok(to)) = (a.as_str().parse::<i32>(), b.as_str().parse::<i32>()) else { continue };
            // Counts in thousands read like years: "from 2000 to 1500 workers".
            let counted =
                answer[b.end()..].trim_start_matches(' ').chars().next().is_some_and(|c| c.is_lowercase() || c == '%')
                    && !text::names::opens_sentence(answer[b.end()..].split_whitespace().next().unwrap_or(""));
            let falling = falls(answer, guard, a.start());
            if to < from && !counted && !falling && !skip(answer, guard, a.start()) {
                let start =
                    if found[0].starts_with('(') { a.start() } else { found.get(0).map_or(a.start(), |m| m.start()) };
                out.push(Finding::new(
                    ImpossibleDate,
                    start,
                    b.end(),
                    format!("The period ends ({to}) before it begins ({from})."),
                ));
            }
        }
    }
}

/// "The price fell from 2000 to 1500" is about amounts.
fn falls(answer: &str, guard: &Guard, at: usize) -> bool {
    pattern!(
        FALL,
        r"(?i)\b(?:fell|fall|falls|drop\w*|declin\w*|decreas\w*|reduc\w*|lower\w*|cut|went|sank|shrank|shrunk|rose|grew|increas\w*|chang\w*|scor\w*|rating|price|page|pages|temperature|calories|altitude|elevation|number|numbered)\b"
    );
    guard.sentence(at).is_some_and(|(_, s)| {
        let body = &answer[s.span.start..at.max(s.span.start)];
        FALL.is_match(body)
    })
}

struct Event {
    class: usize,
    year: i32,
    span: Span,
    sentence: usize,
}

fn events(pattern: &regex::Regex, classes: usize, answer: &str, guard: &Guard) -> Vec<Event> {
    pattern
        .captures_iter(answer)
        .filter_map(|found| {
            let whole = found.get(0)?;
            let class = (1..=classes).find(|i| found.get(*i).is_some())?;
            let between = found.get(classes + 1)?.as_str();
            // "died 12 years before the 1906 earthquake", "born to the founder of the 1920 club".
            let loose =
                ["before", "after", "until", "since", "years", "the 1", "the 2", " and ", " who ", " whose ", "age "]
                    .iter()
                    .any(|w| between.contains(w));
            let year = found.get(classes + 2)?;
            let late = answer[year.end()..].starts_with(|c: char| c == 's' || c.is_ascii_digit() || c == '%');
            let at = guard.sentence(whole.start())?.0;
            (!loose && !late && !skip(answer, guard, whole.start())).then(|| Event {
                class,
                year: year.as_str().parse().unwrap_or(0),
                span: Span::new(whole.start(), whole.end()),
                sentence: at,
            })
        })
        .collect()
}

/// Ends that lie before the beginning last told of, in the same sentence or the three that follow it.
fn lives(answer: &str, context: &Context<'_>, guard: &Guard, out: &mut Vec<Finding>) {
    let begins = events(&BEGIN, 8, answer, guard);
    let ends = events(&END, 8, answer, guard);
    for event in begins.iter().chain(&ends) {
        // What is told as past cannot lie ahead; a plan or a story is told with other words.
        let told = guard.sentences.get(event.sentence).map_or("", |s| s.span.of(answer));
        if (context.today.year + 2..2200).contains(&event.year) && !AHEAD.is_match(told) {
            let why = format!("This is told as past, and {} has not come yet.", event.year);
            out.push(Finding::new(ImpossibleDate, event.span.start, event.span.end, why));
        }
    }
    for end in &ends {
        let next = begins.partition_point(|b| b.span.end <= end.span.start);
        // "It opened in 1950 ... built from 1940": only a beginning that is told first.
        let Some(begin) = begins[..next].iter().rev().find(|b| b.class == end.class) else { continue };
        let same = begin.sentence == end.sentence;
        let near =
            end.sentence - begin.sentence <= 3 && (same || continues(answer, guard, begin.sentence, end.sentence));
        if begin.class == 1 && end.class == 1 && near && end.year >= begin.year {
            age_at_death(answer, guard, begin, end, out);
        }
        if end.year < begin.year && near && end.year > 999 {
            let start = if same { begin.span.start } else { end.span.start };
            let why = format!("“{}” comes before “{}”.", end.span.of(answer).trim(), begin.span.of(answer).trim());
            out.push(Finding::new(ImpossibleDate, start, end.span.end, why));
        } else if begin.class == 1
            && end.class == 1
            && near
            && end.year - begin.year > 130
            && !legend(answer, guard, end.span.start)
        {
            let start = if same { begin.span.start } else { end.span.start };
            let why = format!(
                "A life from {} to {} would have lasted {} years.",
                begin.year,
                end.year,
                end.year - begin.year
            );
            out.push(Finding::new(MarkerKind::ImpossibleFigure, start, end.span.end, why));
        }
    }
}

/// An age given beside a death, against the years of birth and death.
fn age_at_death(answer: &str, guard: &Guard, begin: &Event, end: &Event, out: &mut Vec<Finding>) {
    pattern!(AGED, r"(?i)\b(?:at\s+the\s+age\s+of|at\s+age|aged)\s+(\d{1,3})\b");
    let Some(sentence) = guard.sentences.get(end.sentence) else { return };
    let Some(found) = AGED.captures(sentence.span.of(answer)) else { return };
    let (Some(whole), Some(figure)) = (found.get(0), found.get(1)) else { return };
    let (Ok(age), lived) = (figure.as_str().parse::<i32>(), end.year - begin.year) else { return };
    // One death and one age in the sentence, nothing else that could have an age.
    if (age - lived).abs() > 1 && AGED.find_iter(sentence.span.of(answer)).count() == 1 {
        let start = sentence.span.start + whole.start();
        let why = format!("From {} to {} are {lived} years, not {age}.", begin.year, end.year);
        out.push(Finding::new(MarkerKind::Contradiction, start, sentence.span.start + whole.end(), why));
    }
}

/// Quarters of a year beyond the fourth, weeks beyond the fifty-third.
fn quarters(answer: &str, guard: &Guard, out: &mut Vec<Finding>) {
    pattern!(
        QUARTER,
        r"\bQ([05-9])\s?(?:of\s|['’]|FY)?\s?(?:19|20)\d\d\b|\b(?:fifth|sixth|seventh)\s+quarter\s+of\s+(?:19|20)\d\d\b"
    );
    pattern!(WEEK, r"\b(?:[Ww]eek|KW|[Cc]alendar\s+week)\s(\d{2})\s(?:of\s+|in\s+|,\s*)?(?:19|20)\d\d\b");
    for found in WEEK.captures_iter(answer) {
        let (Some(whole), Some(week)) = (found.get(0), found.get(1)) else { continue };
        if week.as_str().parse::<u32>().is_ok_and(|w| w > 53) && !skip(answer, guard, whole.start()) {
            out.push(Finding::new(ImpossibleDate, whole.start(), whole.end(), "A year has at most 53 weeks."));
        }
    }
    for found in QUARTER.find_iter(answer) {
        if !skip(answer, guard, found.start()) {
            out.push(Finding::new(ImpossibleDate, found.start(), found.end(), "A year has four quarters."));
        }
    }
}

/// Whether a later sentence goes on about the same subject: it begins with a pronoun or with a name of the first.
fn continues(answer: &str, guard: &Guard, first: usize, second: usize) -> bool {
    let body = |i: usize| guard.sentences.get(i).map_or("", |s| s.span.of(answer));
    let opening = body(second).split_whitespace().next().unwrap_or("").trim_matches(|c: char| !c.is_alphanumeric());
    if matches!(opening, "He" | "She" | "It" | "They" | "The") {
        return (first + 1..second).all(|i| text::names::find(body(i)).iter().all(|n| n.words < 2));
    }
    let before = body(first);
    opening.chars().count() > 2 && opening.starts_with(char::is_uppercase) && before.contains(opening)
}

/// Whether a sentence is about someone who did not live as people do.
pub(super) fn legend(answer: &str, guard: &Guard, at: usize) -> bool {
    pattern!(
        LEGEND,
        r"(?i)\b(?:methuselah|noah|adam|abraham|moses|bible|biblical|genesis|myth\w*|legend\w*|vampire|elf|elves|elven|dwarf|wizard|hobbit|fiction\w*|novel|character|turtle|tortoise|tree|oak|pine|yew|shark|whale|clam|parrot|building|church|company|brand|tradition|wine|whisky|house|city|town|institution|university|ship|bridge|supposedly|allegedly|reportedly|claimed|claims)\b"
    );
    let Some((index, _)) = guard.sentence(at) else { return false };
    let from = index.saturating_sub(1);
    guard.sentences[from..=index].iter().any(|s| LEGEND.is_match(s.span.of(answer)))
}
