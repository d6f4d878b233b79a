//! Reading running text: a plain form to match on, quotes of bearable length, dates and amounts.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

fn floor(text: &str, mut at: usize) -> usize {
    while at > 0 && !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// At most `reach` bytes of text before `at`, to a character's edge.
pub(crate) fn before(text: &str, at: usize, reach: usize) -> &str {
    &text[floor(text, at.saturating_sub(reach))..floor(text, at)]
}

/// At most `reach` bytes of text from `at` on, to a character's edge.
pub(crate) fn after(text: &str, at: usize, reach: usize) -> &str {
    let at = floor(text, at);
    &text[at..floor(text, (at + reach).min(text.len())).max(at)]
}

/// A form to match on: lower case, white space folded, quotation marks and hyphens of one kind.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = true;
    for character in text.chars() {
        let character = match character {
            '\u{200b}' | '\u{ad}' | '\u{feff}' => continue,
            '“' | '”' | '„' => '"',
            '’' | '‘' | '`' => '\'',
            '–' | '—' | '‑' | '‐' | '−' => '-',
            character if character.is_whitespace() => {
                if !space {
                    out.push(' ');
                    space = true;
                }
                continue;
            }
            character => character,
        };
        space = false;
        out.extend(character.to_lowercase());
    }
    if out.ends_with(' ') {
        out.pop();
    }
    without_the_month(out)
}

/// "May 31" is no "may": the month becomes a word of its own.
fn without_the_month(plain: String) -> String {
    let is_month = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| plain.as_bytes().get(before));
        before.is_none_or(|byte| !byte.is_ascii_alphanumeric())
            && plain.as_bytes().get(at + 4).is_some_and(u8::is_ascii_digit)
    };
    let months: Vec<usize> = plain.match_indices("may ").map(|(at, _)| at).filter(|at| is_month(*at)).collect();
    let mut out = plain;
    for at in months.into_iter().rev() {
        out.insert(at + 3, '_');
    }
    out
}

/// A quote: the words as they stand, white space folded, at most `most` characters with an ellipsis where cut.
pub(crate) fn quote(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len().min(most + 4));
    let mut count = 0;
    let mut space = true;
    for character in text.chars() {
        if matches!(character, '\u{200b}' | '\u{ad}' | '\u{feff}') {
            continue;
        }
        if character.is_whitespace() {
            if !space {
                out.push(' ');
                count += 1;
                space = true;
            }
            continue;
        }
        if count >= most {
            let cut = out.rfind(' ').filter(|cut| *cut > out.len() / 2).unwrap_or(out.len());
            out.truncate(cut);
            out.push('…');
            return out;
        }
        space = false;
        out.push(character);
        count += 1;
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix-u)\b(?: (jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)
        \.?\s+(\d{1,2})(?:st|nd|rd|th)?\s*,?\s+(\d{4})
        | (\d{1,2})\s+(january|february|march|april|may|june|july|august|september|october|november|december)\s*,?\s+(\d{4}) )\b",
    )
    .ok()
});

/// The dates written in a text, each with where it stands: `March 3, 2025` and `14 May 2024`.
pub(crate) fn dates(text: &str) -> Vec<(Range<usize>, Date)> {
    let Some(pattern) = DATE.as_ref() else { return Vec::new() };
    pattern
        .captures_iter(text)
        .filter_map(|found| {
            let (month, day, year) = match (found.get(1), found.get(4)) {
                (Some(month), _) => (month, found.get(2)?, found.get(3)?),
                (None, Some(day)) => (found.get(5)?, day, found.get(6)?),
                (None, None) => return None,
            };
            let date =
                Date::new(year.as_str().parse().ok()?, month_number(month.as_str())?, day.as_str().parse().ok()?)
                    .ok()?;
            Some((found.get(0)?.range(), date))
        })
        .collect()
}

fn month_number(name: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let name = name.get(..3)?.to_ascii_lowercase();
    MONTHS.iter().position(|month| *month == name).map(|at| at as i8 + 1)
}

static AMOUNT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i-u)(?:US)?\$\s?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(thousand|million|billion)?\b").ok()
});

/// The sums of dollars written in a text, each with where it stands.
pub(crate) fn amounts(text: &str) -> Vec<(Range<usize>, f64)> {
    let Some(pattern) = AMOUNT.as_ref() else { return Vec::new() };
    pattern
        .captures_iter(text)
        .filter_map(|found| {
            let number: f64 = found.get(1)?.as_str().replace(',', "").parse().ok()?;
            let scale = match found.get(2).map(|scale| scale.as_str().to_ascii_lowercase()).as_deref() {
                Some("thousand") => 1e3,
                Some("million") => 1e6,
                Some("billion") => 1e9,
                _ => 1.0,
            };
            Some((found.get(0)?.range(), number * scale))
        })
        .collect()
}

/// A pattern over running text, matched byte by byte: ASCII classes keep it small and quick, and letters beyond ASCII
/// are in none of the words that are looked for. One that does not compile never matches; the tests of every module
/// that owns patterns show that its own do.
pub(crate) struct Pattern(Option<regex::bytes::Regex>);

impl Pattern {
    pub(crate) fn new(source: &str) -> Self {
        Self(Self::compile(source).ok())
    }

    fn compile(source: &str) -> Result<regex::bytes::Regex, regex::Error> {
        regex::bytes::RegexBuilder::new(source).unicode(false).build()
    }

    /// Whether it compiled.
    #[cfg(test)]
    pub(crate) fn problem(source: &str) -> Option<String> {
        Self::compile(source).err().map(|problem| problem.to_string())
    }

    /// Where it first stands, at edges of characters.
    pub(crate) fn find(&self, text: &str) -> Option<Range<usize>> {
        self.0.as_ref()?.find(text.as_bytes()).map(|found| whole(text, found.range()))
    }

    /// Every place where it stands.
    pub(crate) fn all<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.0
            .iter()
            .flat_map(move |pattern| pattern.find_iter(text.as_bytes()))
            .map(move |found| whole(text, found.range()))
    }

    /// Where it stands, with its first group.
    pub(crate) fn groups<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (Range<usize>, Range<usize>)> + 'a {
        self.0
            .iter()
            .flat_map(move |pattern| pattern.captures_iter(text.as_bytes()))
            .filter_map(move |found| Some((whole(text, found.get(0)?.range()), whole(text, found.get(1)?.range()))))
    }
}

/// A match of bytes, widened to whole characters.
fn whole(text: &str, range: Range<usize>) -> Range<usize> {
    let mut end = range.end;
    while !text.is_char_boundary(end) {
        end += 1;
    }
    floor(text, range.start)..end
}

/// Whether a pattern is in a text.
pub(crate) fn has(pattern: &Pattern, text: &str) -> bool {
    pattern.0.as_ref().is_some_and(|pattern| pattern.is_match(text.as_bytes()))
}

/// The declarations of a module's patterns: each compiled once, all tested to compile.
macro_rules! patterns {
    ($($(#[$about:meta])* $name:ident = $source:expr;)*) => {
        $($(#[$about])* static $name: std::sync::LazyLock<$crate::reading::prose::Pattern> =
            std::sync::LazyLock::new(|| $crate::reading::prose::Pattern::new($source));)*

        #[cfg(test)]
        #[test]
        fn every_pattern_compiles() {
            $(assert_eq!($crate::reading::prose::Pattern::problem($source), None, "{}", stringify!($name));)*
        }
    };
}
pub(crate) use patterns;

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_of_both_orders_are_read_and_impossible_ones_are_not() {
        let text = "On November 6, 2009 and by 14 May 2024, Sept. 1, 2025, but not February 30, 2021 or May 2020";
        let found: Vec<Date> = dates(text).into_iter().map(|(_, date)| date).collect();
        assert_eq!(found, [date(2009, 11, 6), date(2024, 5, 14), date(2025, 9, 1)]);
    }

    #[test]
    fn sums_are_read_with_their_scale() {
        let found: Vec<f64> = amounts("up to $300,000,000, US$ 1.5 billion, $2.033 million and $7")
            .into_iter()
            .map(|(_, sum)| sum)
            .collect();
        assert_eq!(found, [300_000_000.0, 1_500_000_000.0, 2_033_000.0, 7.0]);
    }

    #[test]
    fn a_quote_keeps_words_and_folds_white_space() {
        assert_eq!(quote("  We  have\n\u{200b}a “going concern”\tdoubt ", 80), "We have a “going concern” doubt");
        assert_eq!(quote("one two three four", 9), "one two…");
    }

    #[test]
    fn the_month_of_may_permits_nothing() {
        assert_eq!(
            plain("May 31, 2023 and we may, by May 5, not. Dismay 5"),
            "may_ 31, 2023 and we may, by may_ 5, not. dismay 5"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_cut_at_characters(text in "\\PC{0,120}", at in 0_usize..300, reach in 0_usize..80) {
            prop_assert!(before(&text, at.min(text.len()), reach).len() <= reach + 4);
            prop_assert!(after(&text, at.min(text.len()), reach).len() <= reach);
            prop_assert!(quote(&text, reach.max(1)).chars().count() <= reach.max(1) + 1);
        }
    }
}
