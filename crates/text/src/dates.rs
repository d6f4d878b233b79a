//! Dates in prose, and whether the calendar has them.
//!
//! Read are `2020-02-29`, `29 February 2020`, `29th of Feb.`, `February 29, 2020`, `29.02.2020`, `2/29/2020`,
//! `February 2020`, each with a weekday before it; month names in English, German, French, Spanish, Italian
//! and Portuguese; and years alone where the words around them say that they are years.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::Span;

/// A date and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Date {
    /// All of it, the weekday included.
    pub span: Span,
    /// Year of the common era, where it is said.
    pub year: Option<i32>,
    /// Month from 1, where it is said and its place is not ambiguous (`03/04/2020`).
    pub month: Option<u32>,
    /// Day of the month, likewise.
    pub day: Option<u32>,
    /// Why the calendar does not have this date: a sentence.
    pub fault: Option<String>,
}

impl Date {
    /// Whether two mentions can mean the same day, month or year: no part that both name differs.
    pub fn agrees(&self, other: &Self) -> bool {
        fn same<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
            a.zip(b).is_none_or(|(a, b)| a == b)
        }
        same(self.year, other.year) && same(self.month, other.month) && same(self.day, other.day)
    }
}

/// Names of the twelve months; `~` marks those that are ordinary words in small letters, `_` those that are with a capital.
const MONTHS: [&str; 12] = [
    "january jan januar jänner janvier enero gennaio janeiro",
    "february feb februar février febrero febbraio fevereiro",
    "march~ mar~ märz mars_ marzo_ março",
    "april apr avril abril aprile",
    "may~ mai mayo_ maggio maio",
    "june jun juni juin junio giugno junho",
    "july jul juli juillet julio luglio julho",
    "august~ aug août agosto",
    "september sep~ sept~ septembre septiembre settembre setembro",
    "october oct oktober octobre octubre ottobre outubro",
    "november nov novembre noviembre novembro",
    "december dec~ dezember décembre diciembre dicembre dezembro",
];

const WEEKDAYS: [&str; 7] = [
    "monday montag lundi lunes",
    "tuesday dienstag mardi martes",
    "wednesday mittwoch mercredi miércoles",
    "thursday donnerstag jeudi jueves",
    "friday freitag vendredi viernes",
    "saturday samstag sonnabend samedi sábado",
    "sunday sonntag dimanche domingo",
];

const WEEKDAY_NAMES: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

fn alternatives(table: &[&str]) -> String {
    let mut all: Vec<&str> =
        table.iter().flat_map(|row| row.split(' ')).map(|word| word.trim_end_matches(['~', '_'])).collect();
    all.sort_by_key(|word| std::cmp::Reverse(word.len()));
    all.join("|")
}

struct Patterns {
    /// What must be there for the others to be worth trying.
    month: Regex,
    digits: Regex,
    four: Regex,
    day_month: Regex,
    month_day: Regex,
    month_year: Regex,
    numeric: Regex,
    year: Regex,
}

#[allow(clippy::unwrap_used, reason = "constant patterns, compiled by every test")]
static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let month = alternatives(&MONTHS);
    let weekday = format!(r"(?:\b(?P<w>{})\s?,?\s+(?:the\s+|den\s+|le\s+|dem\s+)?)?", alternatives(&WEEKDAYS));
    // Boundaries and digits of ASCII: the Unicode ones take the slow engine on any text beyond ASCII.
    let build = |pattern: String| Regex::new(&pattern.replace(r"\b", r"(?-u:\b)").replace(r"\d", "[0-9]")).unwrap();
    Patterns {
        month: build(format!("(?i){month}")),
        digits: build(r"\d[-/.]\d{1,2}[-/.]\d".to_owned()),
        four: build(r"(?:1\d|20)\d\d".to_owned()),
        day_month: build(format!(
            r"(?i){weekday}\b(?P<d>\d{{1,2}})(?P<o>st|nd|rd|th|\.|º|er)?(?:\s+of|\s+de|\s+d['’])?(?:\s{{1,2}}|-)(?P<m>{month})\b\.?(?:[\s,-]{{1,3}}(?:de[l]?\s+|in\s+|of\s+)?(?P<y>\d{{3,4}})\b)?"
        )),
        month_day: build(format!(
            r"(?i){weekday}\b(?P<m>{month})\b\.?\s+(?:the\s+)?(?P<d>\d{{1,2}})(?P<o>st|nd|rd|th)?\b(?:,?\s+(?:in\s+|of\s+)?(?P<y>\d{{4}})\b)?"
        )),
        month_year: build(format!(r"(?i)\b(?P<m>{month})\b\.?,?\s+(?:of\s+|de\s+)?(?P<y>\d{{4}})\b")),
        numeric: build(format!(
            r"(?i){weekday}\b(?P<a>\d{{1,4}})(?P<s>[-/.])(?P<b>\d{{1,2}})(?P<t>[-/.])(?P<c>\d{{1,4}})"
        )),
        year: build(
            r"(?i)(?:\b(?:in|since|from|until|till|by|of|during|around|circa|ca?\.|year|before|after|early|mid|late|between|and|to|b\.|d\.|born|died|founded|established|published|seit|im Jahr|jahr|en|depuis|desde)\s+(?:the\s+year\s+)?|[(–—-]\s?)(?P<y>1[0-9]{3}|20[0-9]{2})\b".to_owned(),
        ),
    }
});

fn place(table: &[&str], word: &str) -> Option<usize> {
    let lower = word.to_lowercase();
    let small = word.starts_with(char::is_lowercase);
    table.iter().position(|row| {
        row.split(' ').any(|name| match name.strip_suffix('~') {
            Some(common) => common == lower && !small,
            None => name.strip_suffix('_').map_or(name == lower, |other| other == lower && small),
        })
    })
}

/// The parts of a text around what a trigger finds, widened to white space and joined where they meet.
fn near(text: &str, trigger: &Regex, before: usize, after: usize) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    for found in trigger.find_iter(text) {
        let bytes = text.as_bytes();
        let mut start = found.start().saturating_sub(before);
        let least = start.saturating_sub(24);
        while start > least && !bytes[start].is_ascii_whitespace() {
            start -= 1;
        }
        let mut end = (found.end() + after).min(text.len());
        let most = (end + 24).min(text.len());
        while end < most && !bytes[end].is_ascii_whitespace() {
            end += 1;
        }
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        match out.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => out.push(Span::new(start, end)),
        }
    }
    out
}

/// Every date of a text in order, not overlapping.
pub fn find(text: &str) -> Vec<Date> {
    let patterns = &*PATTERNS;
    let mut all: Vec<Date> = Vec::new();
    for area in near(text, &patterns.month, 48, 24) {
        for (pattern, worded) in [(&patterns.day_month, true), (&patterns.month_day, false)] {
            let part = area.of(text);
            all.extend(pattern.captures_iter(part).filter_map(|found| with_month(text, area.start, &found, worded)));
        }
        all.extend(patterns.month_year.captures_iter(area.of(text)).filter_map(|found| {
            let month = place(&MONTHS, found.name("m")?.as_str())? as u32 + 1;
            let whole = found.get(0)?;
            Some(Date {
                span: Span::new(whole.start(), whole.end()).shifted(area.start),
                year: found.name("y")?.as_str().parse().ok(),
                month: Some(month),
                day: None,
                fault: None,
            })
        }));
    }
    for area in near(text, &patterns.digits, 40, 8) {
        all.extend(patterns.numeric.captures_iter(area.of(text)).filter_map(|found| numeric(text, area.start, &found)));
    }
    for area in near(text, &patterns.four, 40, 4) {
        all.extend(patterns.year.captures_iter(area.of(text)).filter_map(|found| {
            let year = found.name("y")?;
            let span = Span::new(year.start(), year.end()).shifted(area.start);
            is_year(text, span).then(|| Date {
                span,
                year: year.as_str().parse().ok(),
                month: None,
                day: None,
                fault: None,
            })
        }));
    }
    all.sort_by_key(|date| (date.span.start, std::cmp::Reverse(date.span.end)));
    let mut end = 0;
    all.retain(|date| {
        let keep = date.span.start >= end;
        if keep {
            end = date.span.end;
        }
        keep
    });
    all
}

/// Whether four digits behind a word such as `in` are a year and not a count: nothing countable follows.
fn is_year(text: &str, span: Span) -> bool {
    let after = &text[span.end..];
    if after.starts_with(['%', '°', '.', ',', '/', ':', '-', '\''])
        && after[1..].starts_with(|c: char| c.is_alphanumeric())
    {
        // "1990s" has no joint and is no single year; "2019-20" is a season.
        return after.starts_with('-') && !after[1..].starts_with(|c: char| c.is_ascii_digit());
    }
    if after.starts_with(['%', '°', '€', '£', '$']) || after.starts_with(char::is_alphanumeric) {
        return false;
    }
    let next = after.trim_start_matches([' ', '\u{A0}']);
    let word: String = next.chars().take(24).take_while(|c| c.is_alphabetic()).collect();
    // A count is followed by what it counts: a small-letter word that no sentence about a year goes on with.
    next.len() == after.len()
        || word.is_empty()
        || word.chars().next().is_some_and(char::is_uppercase)
        || crate::names::opens_sentence(&word)
        || word.ends_with("ed")
}

/// `found` is in the part of the text that begins at `offset`.
fn with_month(text: &str, offset: usize, found: &Captures<'_>, day_first: bool) -> Option<Date> {
    let whole = found.get(0)?;
    let month_text = found.name("m")?;
    let month = place(&MONTHS, month_text.as_str())? as u32 + 1;
    let day: u32 = found.name("d")?.as_str().parse().ok()?;
    let year: Option<i32> = found.name("y").and_then(|y| y.as_str().parse().ok());
    let ordinal = found.name("o").is_some_and(|o| o.as_str() != ".");
    let mut span = Span::new(whole.start(), whole.end()).shifted(offset);
    let before = &text[..offset + found.name("d").filter(|_| day_first).unwrap_or(month_text).start()];
    if before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | '/' | '_' | '$' | '€' | '£'))
        || (day_first
            && before.ends_with('-')
            && before[..before.len() - 1].ends_with(|c: char| c.is_ascii_digit())
            && year.is_none())
    {
        return None;
    }
    if year.is_none() {
        let after = &text[span.end..];
        if after.starts_with(['.', ',', ':', '/', '-', '–', '%'])
            && after[1..].starts_with(|c: char| c.is_ascii_digit())
            && !(after.starts_with(['-', '–']))
        {
            return None;
        }
        if !day_first && !ordinal {
            // "In February 30 people came": a number followed by what it counts.
            let word: String = after.trim_start().chars().take(24).take_while(|c| c.is_alphabetic()).collect();
            let small = word.starts_with(char::is_lowercase);
            if after.starts_with('%') || day > 31 || (small && !crate::names::opens_sentence(&word)) {
                return None;
            }
        }
        if day_first && !ordinal && day > 31 {
            return None;
        }
    } else if let Some(y) = found.name("y")
        && text[offset + y.end()..].starts_with(['%', '°'])
    {
        return None;
    }
    if day_first && found.name("y").is_none() {
        // The pattern took a stop after the month that may be the sentence's.
        span.end = offset + month_text.end();
    }
    let weekday = found.name("w").and_then(|w| place(&WEEKDAYS, w.as_str()));
    let fault = fault(year, month, day, weekday, &text[span.end..]);
    Some(Date { span, year, month: Some(month), day: Some(day), fault })
}

fn numeric(text: &str, offset: usize, found: &Captures<'_>) -> Option<Date> {
    let whole = found.get(0)?;
    let span = Span::new(whole.start(), whole.end()).shifted(offset);
    let first = found.name("a")?;
    let (a, b, c) = (first.as_str(), found.name("b")?.as_str(), found.name("c")?.as_str());
    let separator = found.name("s")?.as_str();
    if separator != found.name("t")?.as_str() {
        return None;
    }
    // Part of something longer: an address, a version, a telephone number, a path.
    let joined = |c: char| c.is_alphanumeric() || matches!(c, '-' | '/' | '_' | '=' | '@');
    let before = &text[..offset + first.start()];
    let after = &text[span.end..];
    let runs_on = after.starts_with(|c: char| joined(c) && c != 'T')
        || (after.starts_with(['.', ',', ':']) && after[1..].starts_with(|c: char| c.is_ascii_digit()));
    if before.ends_with(joined) || before.ends_with('.') || runs_on {
        return None;
    }
    let number = |s: &str| s.parse::<u32>().ok();
    let weekday = found.name("w").and_then(|w| place(&WEEKDAYS, w.as_str()));
    if a.len() == 4 && c.len() <= 2 {
        let year = number(a)? as i32;
        if !(1000..=2999).contains(&year) || (separator == "." && (b.len() != 2 || c.len() != 2)) {
            return None;
        }
        let (month, day) = (number(b)?, number(c)?);
        let fault = fault(Some(year), month, day, weekday, after);
        return Some(Date { span, year: Some(year), month: Some(month), day: Some(day), fault });
    }
    if c.len() != 4 || a.len() > 2 {
        return None;
    }
    let year = number(c)? as i32;
    if !(1000..=2999).contains(&year) {
        return None;
    }
    let (x, y) = (number(a)?, number(b)?);
    let (day, month) = match (x > 12, y > 12) {
        // Either order may be meant, and both may be right.
        (false, false) => {
            let fault = (x == 0 || y == 0).then(|| "Days and months count from 1.".to_owned());
            return Some(Date { span, year: Some(year), month: None, day: None, fault });
        }
        (_, true) if x <= 12 => (y, x),
        _ => (x, y),
    };
    let fault = fault(Some(year), month, day, weekday, after);
    Some(Date { span, year: Some(year), month: Some(month), day: Some(day), fault })
}

/// Days of a month; February has 29 where no year says otherwise.
fn days_in(year: Option<i32>, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 => {
            let leap = year.is_none_or(|y| {
                let gregorian = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
                // The Julian calendar was in use until 1582 everywhere and until 1752 in Britain.
                gregorian || (y <= 1752 && y % 4 == 0)
            });
            if leap { 29 } else { 28 }
        }
        _ => 31,
    }
}

fn fault(year: Option<i32>, month: u32, day: u32, weekday: Option<usize>, after: &str) -> Option<String> {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let Some(name) = NAMES.get((month as usize).wrapping_sub(1)) else {
        return Some(format!("A year has twelve months; there is no month {month}."));
    };
    if day == 0 {
        return Some("Days of a month count from 1.".to_owned());
    }
    // Sweden went back to the Julian calendar by a 30 February in 1712, the only one there ever was.
    if (year, month, day) == (Some(1712), 2, 30) {
        return None;
    }
    let days = days_in(year, month);
    if day > days {
        return Some(match year.filter(|_| month == 2 && day == 29) {
            Some(year) => format!("{year} was no leap year: its February had 28 days."),
            None => format!("{name} has {days} days; there is no day {day}."),
        });
    }
    let (year, said) = (year?, weekday?);
    let era = after.trim_start();
    let old = ["O.S.", "(O.S", "OS)", "(Old Style", "Old Style", "(Julian", "BC", "AD"]
        .iter()
        .any(|mark| era.starts_with(mark));
    // Between 1582 and 1923 one country after the other changed calendars; only where no doubt is left.
    if year < 1753 || old {
        return None;
    }
    let date =
        jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let is = usize::try_from(date.weekday().to_monday_zero_offset()).ok()?;
    (is != said).then(|| format!("{day} {name} {year} was a {}, not a {}.", WEEKDAY_NAMES[is], WEEKDAY_NAMES[said]))
}

/// Names of months and weekdays, in small letters and without their marks.
static CALENDAR: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let rows = MONTHS.iter().chain(&WEEKDAYS);
    rows.flat_map(|row| row.split(' ')).map(|word| word.trim_end_matches(['~', '_'])).collect()
});

/// Whether a word is the name of a month or a weekday.
pub fn is_calendar_word(word: &str) -> bool {
    word.len() < 24
        && CALENDAR.contains(word.to_lowercase().as_str())
        && (place(&MONTHS, word).is_some() || place(&WEEKDAYS, word).is_some())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::find;

    fn one(text: &str) -> (Option<i32>, Option<u32>, Option<u32>, bool) {
        let found = find(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        (found[0].year, found[0].month, found[0].day, found[0].fault.is_some())
    }

    #[test]
    fn formats() {
        for text in [
            "2020-02-29",
            "29 February 2020",
            "29th of February, 2020",
            "February 29, 2020",
            "Feb. 29th, 2020",
            "29.02.2020",
            "2/29/2020",
            "29/02/2020",
            "29. Februar 2020",
            "29 février 2020",
            "29 de febrero de 2020",
            "Saturday, 29 February 2020",
            "Samstag, den 29. Februar 2020",
            "29-Feb-2020",
            "2020/02/29",
        ] {
            assert_eq!(one(text), (Some(2020), Some(2), Some(29), false), "{text}");
        }
        assert_eq!(one("in February 2020"), (Some(2020), Some(2), None, false));
        assert_eq!(one("03/04/2020"), (Some(2020), None, None, false));
        assert_eq!(one("since 1912 it"), (Some(1912), None, None, false));
        assert_eq!(one("on 3 March."), (None, Some(3), Some(3), false));
    }

    #[test]
    fn what_the_calendar_does_not_have() {
        for text in [
            "31 February 2020",
            "February 30",
            "April 31st",
            "31 June 1999",
            "2023-13-05",
            "2023-02-29",
            "29 February 1900",
            "31/11/2021",
            "45/45/2020",
            "0 March 2020",
            "2020-04-31T10:00",
            "31. September 2001",
            "Monday, 4 July 1776",
            "Friday, July 20, 1969",
        ] {
            assert!(one(text).3, "{text}");
        }
        for text in [
            "Thursday, 4 July 1776",
            "Sunday, July 20, 1969",
            "29 February 2000",
            "29 February 1500",
            "December 31, 1999",
        ] {
            assert!(!one(text).3, "{text}");
        }
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "In February 30 people came",
            "you may 31 times",
            "version 2024.13.1",
            "call 020-13-4567",
            "in 1200 cases",
            "of 1500 patients",
            "the 1990s",
            "H2O 10-20",
            "from 1,500 to",
            "30 Mars rovers",
            "1/2/3",
            "in May 40 cows",
        ] {
            assert_eq!(find(text), [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_real_day_is_possible_with_its_own_weekday(offset in 0_i32..90_000) {
            let day = jiff::civil::date(1800, 1, 1).checked_add(jiff::Span::new().days(offset)).unwrap();
            let text = day.strftime("%A, %-d %B %Y").to_string();
            let found = find(&text);
            prop_assert_eq!(found.len(), 1);
            prop_assert_eq!(&found[0].fault, &None);
            let next = day.tomorrow().unwrap();
            let wrong = format!("{}, {}", next.strftime("%A"), day.strftime("%B %-d, %Y"));
            prop_assert!(find(&wrong)[0].fault.is_some());
        }

        #[test]
        fn any_text_gives_ordered_spans(text in "([0-9]{1,4}|[-/., ]|May|Feb|in |of ){0,20}|.{0,60}") {
            let mut from = 0;
            for date in find(&text) {
                prop_assert!(date.span.start >= from);
                prop_assert!(text.get(date.span.start..date.span.end).is_some());
                from = date.span.end;
            }
        }
    }
}
