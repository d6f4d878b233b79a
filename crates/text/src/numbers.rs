//! Numbers in prose, with what belongs to them: sign, thousands separators, currency, scale words, units, per cent.
//!
//! What is read:
//! - `1,234.5`, `1.234,5`, `1'234`, `1 234 567` (ordinary, no-break and thin spaces); one comma or point before
//!   exactly three digits is ambiguous and is read the English way (`1,234` is 1234, `1.234` is a fraction);
//! - `0,5` and `1,50` as decimal commas; `1,2,3` as three numbers;
//! - `6.02e23`, `6.02 × 10^23`, `10⁻³`;
//! - `$5`, `5 €`, `USD 5`, `5 dollars`; `$3.5 million`, `2bn`, `7B`, `5k`, `3 Mio.`, `2 lakh`;
//! - digits of other scripts (Arabic, Devanagari, full width).
//!
//! What is not: digits inside a word (`H2O`, `v2`), and numbers spelled out, which [`spelled`] reads.

mod scan;
mod units;

use crate::Span;

/// A number and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// All of it: sign, currency, numeral, scale word, unit.
    pub span: Span,
    /// The numeral alone, with its separators.
    pub numeral: Span,
    /// Its value, scale words applied; a percentage is not divided by 100.
    pub value: f64,
    /// Digits after the decimal sign, as written.
    pub decimals: u8,
    /// The unit in its usual short form (`km`, `kg`, `°C`), where one of the known units follows. `pp` is percentage points.
    pub unit: Option<String>,
    /// Whether it is a percentage.
    pub percent: bool,
    /// ISO 4217 code; a bare `$` is read as USD.
    pub currency: Option<String>,
    /// Whether a scale word or letter was applied (`3 million`, `5k`).
    pub scaled: bool,
}

/// Every number of a text written in digits, in order, not overlapping.
pub fn find(text: &str) -> Vec<Number> {
    scan::Scanner::new(text).all()
}

/// The one number that a text consists of: `Some(1234.5)` for `1,234.5`, `≈ $1,234.50`, `1234.5 km.`,
/// `**1,234.5**`, `1,234.5 members`. A few words may follow (a unit nobody listed), nothing may precede
/// but signs such as `=` or `≈`. `None` when there is no number, more than one, or prose around it.
pub fn parse(text: &str) -> Option<f64> {
    const LONGEST: usize = 200;
    if text.len() > LONGEST + 2048 && text.trim().len() > LONGEST {
        return None;
    }
    let found = find(text);
    let [number] = found.as_slice() else {
        let whole = text.trim().trim_end_matches('.');
        return if found.is_empty() { spelled(whole) } else { None };
    };
    let before = &text[..number.span.start];
    let after = &text[number.span.end..];
    let letters = |s: &str| s.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).count();
    (letters(before) == 0 && letters(after) <= 3).then_some(number.value)
}

/// The value of a number spelled out in English: `seven`, `twenty-one`, `three hundred and five`, `two million`.
pub fn spelled(text: &str) -> Option<f64> {
    let lower = text.to_lowercase();
    let mut total = 0.0;
    let mut part = 0.0;
    let mut any = false;
    let mut last = f64::INFINITY;
    for word in lower.split([' ', '-']).filter(|word| !word.is_empty()) {
        match units::spelled(word) {
            Some(value) if value >= 1000.0 => {
                if !any || part == 0.0 {
                    return None;
                }
                total += part * value;
                part = 0.0;
                last = f64::INFINITY;
            }
            Some(100.0) => {
                if part == 0.0 || part >= 100.0 {
                    return None;
                }
                part *= 100.0;
                last = 100.0;
            }
            // A smaller place must follow a larger one: "twenty one", not "one two".
            Some(value) if value < last && (last >= 20.0 && (value < 10.0 || last >= 100.0)) => {
                part += value;
                last = if value >= 20.0 { value } else { 1.0 };
                any = true;
            }
            Some(_) => return None,
            None if word == "and" && any => {}
            None => return None,
        }
    }
    any.then_some(total + part)
}

/// Numbers spelled out as one or two words (`twelve`, `twenty-one`, `forty two`, `three hundred`), each with its
/// span. `one` is left out: it is a pronoun more often than a count.
pub fn find_spelled(text: &str) -> Vec<Number> {
    let words: Vec<Span> = crate::words(text);
    let mut out = Vec::new();
    let mut i = 0;
    while i < words.len() {
        // Number words are short and of ASCII letters; most words are told apart without copying them.
        let first = words[i].of(text);
        let joined = first.contains('-');
        if !joined && (first.len() > 9 || units::spelled(&first.to_ascii_lowercase()).is_none()) {
            i += 1;
            continue;
        }
        let mut best = None;
        for length in (1..=3).rev() {
            let Some(last) = words.get(i + length - 1) else { continue };
            let span = Span::new(words[i].start, last.end);
            let phrase = span.of(text);
            if phrase.len() < 60
                && units::spelled(&words[i].of(text).to_lowercase()).is_some()
                && let Some(value) = spelled(phrase)
                && !phrase.eq_ignore_ascii_case("one")
            {
                best = Some((length, span, value));
                break;
            }
        }
        match best {
            Some((length, span, value)) => {
                out.push(Number {
                    span,
                    numeral: span,
                    value,
                    decimals: 0,
                    unit: None,
                    percent: false,
                    currency: None,
                    scaled: false,
                });
                i += length;
            }
            None => i += 1,
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{find, find_spelled, parse, spelled};

    fn values(text: &str) -> Vec<f64> {
        find(text).into_iter().map(|n| n.value).collect()
    }

    #[test]
    fn separators() {
        for (text, want) in [
            ("1,234.5", 1234.5),
            ("1.234,5", 1234.5),
            ("1'234'567", 1234567.0),
            ("1 234 567", 1234567.0),
            ("67\u{202F}391\u{202F}582", 67391582.0),
            ("12,345", 12345.0),
            ("1.234", 1.234),
            ("1.234.567", 1234567.0),
            ("0,123", 0.123),
            ("3,75", 3.75),
            (".5", 0.5),
            ("-7", -7.0),
            ("−7.25", -7.25),
            ("1_000_000", 1000000.0),
            ("12,34,567", 1234567.0),
            ("٤٢", 42.0),
            ("１２", 12.0),
        ] {
            assert_eq!(values(text), [want], "{text}");
        }
    }

    #[test]
    fn exponents_scales_units() {
        for (text, want) in [
            ("6.02e23", 6.02e23),
            ("6.02 × 10^23", 6.02e23),
            ("1.6 x 10^-19", 1.6e-19),
            ("10⁻³", 1e-3),
            ("2.5×10⁶", 2.5e6),
            ("$3.5 million", 3.5e6),
            ("€2bn", 2e9),
            ("$5m", 5e6),
            ("7B", 7e9),
            ("5k", 5e3),
            ("3 Mio.", 3e6),
            ("2 lakh", 2e5),
        ] {
            assert_eq!(values(text).len(), 1, "{text}");
            assert!((values(text)[0] / want - 1.0).abs() < 1e-12, "{text}: {:?}", values(text));
        }
        let one = |text: &str| find(text).remove(0);
        assert_eq!(one("5m").value, 5.0);
        assert_eq!(one("5m").unit.as_deref(), Some("m"));
        assert_eq!(one("20 °C").unit.as_deref(), Some("°C"));
        assert_eq!(one("90 km/h").unit.as_deref(), Some("km/h"));
        assert!(one("45 %").percent && one("45 percent").percent && one("45 per cent").percent);
        assert_eq!(one("3 percentage points").unit.as_deref(), Some("pp"));
        assert_eq!(one("US$ 12").currency.as_deref(), Some("USD"));
        assert_eq!(one("12 euros").currency.as_deref(), Some("EUR"));
        assert_eq!(one("GBP 12").currency.as_deref(), Some("GBP"));
        assert_eq!(one("about -$1,200.50 left").value, -1200.5);
        assert_eq!(one("12.340 kg").decimals, 3);
    }

    #[test]
    fn spans_cover_what_belongs_and_no_more() {
        let text = "It cost about $3.5 million, i.e. 12 % of 1,200 km² (H2O, v2, GPT-4).";
        let found: Vec<&str> = find(text).iter().map(|n| n.span.of(text)).collect();
        assert_eq!(found, ["$3.5 million", "12 %", "1,200 km²", "4"]);
        assert_eq!(values("1,2,3 and 4. Then 5,"), [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(values("on 2026-03-04 at 10:30"), [2026.0, 3.0, 4.0, 10.0, 30.0]);
        assert_eq!(values("10-20"), [10.0, 20.0]);
        assert_eq!(values("call 555 123 4567"), [555.0, 123.0, 4567.0]);
        assert_eq!(values("in 2019 300 people"), [2019.0, 300.0]);
        assert_eq!(values("v1.2.3 is out; 1.2.3 too"), [1.2, 3.0]);
    }

    #[test]
    fn parse_strips_what_is_around() {
        for (text, want) in [
            ("42", Some(42.0)),
            ("**42**", Some(42.0)),
            ("≈ $1,234.50", Some(1234.5)),
            ("42 members.", Some(42.0)),
            ("forty-two", Some(42.0)),
            ("the answer is 42", None),
            ("4 or 5", None),
            ("", None),
            ("none", None),
        ] {
            assert_eq!(parse(text), want, "{text}");
        }
    }

    #[test]
    fn spelled_out() {
        for (text, want) in [
            ("seven", Some(7.0)),
            ("Twenty-one", Some(21.0)),
            ("three hundred and five", Some(305.0)),
            ("two million", Some(2e6)),
            ("one hundred twenty three thousand four hundred", Some(123400.0)),
            ("one two", None),
            ("hundred", None),
            ("and", None),
            ("twenty twelve", None),
        ] {
            assert_eq!(spelled(text), want, "{text}");
        }
        let text = "No one saw the twelve men and forty-two boats.";
        let found: Vec<(&str, f64)> = find_spelled(text).iter().map(|n| (n.span.of(text), n.value)).collect();
        assert_eq!(found, [("twelve", 12.0), ("forty-two", 42.0)]);
    }

    proptest! {
        #[test]
        fn any_text_gives_ordered_spans_on_boundaries(text in "[0-9 .,'$€%a-e×⁻³^+-]{0,80}|.{0,80}") {
            let mut from = 0;
            for n in find(&text) {
                prop_assert!(n.span.start >= from && n.span.end > n.span.start);
                prop_assert!(text.get(n.span.start..n.span.end).is_some());
                prop_assert!(n.span.contains(n.numeral));
                prop_assert!(!n.value.is_nan());
                from = n.span.end;
            }
        }

        #[test]
        fn grouping_does_not_change_a_value(n in 0_u64..10_000_000_000) {
            let digits = n.to_string();
            let grouped = |separator: &str| {
                let bytes = digits.as_bytes();
                bytes.rchunks(3).rev().map(|c| std::str::from_utf8(c).unwrap()).collect::<Vec<_>>().join(separator)
            };
            prop_assert_eq!(values(&grouped(",")), vec![n as f64]);
            prop_assert_eq!(values(&grouped("\u{202F}")), vec![n as f64]);
            prop_assert_eq!(values(&grouped("'")), vec![n as f64]);
        }
    }
}
