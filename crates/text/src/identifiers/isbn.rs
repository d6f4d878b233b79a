//! Book and serial numbers with their check digits (ISO 2108, ISO 3297).

use std::sync::LazyLock;

use regex::Regex;

use super::{Fault, Kind};
use crate::Span;

#[allow(clippy::unwrap_used, reason = "constant patterns, compiled by every test")]
static START: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bISBNs?(?:[-‐– ]?1[03])?\b(?:\s?\((?:print|online|e-?book|pbk|hbk|paperback|hardcover|1[03])\.?\))?\s?(?:(?:number|no\.?|is|of)\s)?[:#=]?\s{0,2}[*_`]{0,3}|\b(e?ISSN)(?:[- ]?L)?\s?(?:\((?:print|online)\))?\s?[:=]?\s{0,2}[*_`]{0,3}|\b97[89][-‐–]\d").unwrap()
});

fn is_joint(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '–' | ' ' | '\u{A0}')
}

/// Whether `text` is an ISBN of 10 or 13 digits with the right check digit; hyphens and spaces between digits are fine.
pub fn check_isbn(text: &str) -> Result<(), Fault> {
    let digits: Vec<char> = text.chars().filter(|c| !is_joint(*c)).collect();
    if !digits
        .iter()
        .enumerate()
        .all(|(i, c)| c.is_ascii_digit() || (matches!(c, 'X' | 'x') && i == 9 && digits.len() == 10))
    {
        return Err(Fault::form("An ISBN consists of digits, and an X only as the tenth of ten."));
    }
    let value = |c: char| c.to_digit(10).unwrap_or(10);
    match digits.len() {
        10 => {
            // ISO 2108 before 2007: the sum of digit times weight 10..1 is a multiple of 11.
            let sum: u32 = digits.iter().enumerate().map(|(i, c)| value(*c) * (10 - i as u32)).sum();
            if sum.is_multiple_of(11) {
                return Ok(());
            }
            let head: u32 = digits[..9].iter().enumerate().map(|(i, c)| value(*c) * (10 - i as u32)).sum();
            let want = (11 - head % 11) % 11;
            let want = if want == 10 { "X".to_owned() } else { want.to_string() };
            Err(Fault::check_digit(format!("The check digit of this ISBN-10 would be {want}, not {}.", digits[9])))
        }
        13 => {
            let prefix: String = digits[..3].iter().collect();
            if prefix != "978" && prefix != "979" {
                return Err(Fault::form(format!("An ISBN of 13 digits begins with 978 or 979, not with {prefix}.")));
            }
            let weighted = |d: &[char]| -> u32 {
                d.iter().enumerate().map(|(i, c)| value(*c) * if i % 2 == 0 { 1 } else { 3 }).sum()
            };
            let want = (10 - weighted(&digits[..12]) % 10) % 10;
            if value(digits[12]) == want {
                return Ok(());
            }
            Err(Fault::check_digit(format!("The check digit of this ISBN-13 would be {want}, not {}.", digits[12])))
        }
        n => Err(Fault::form(format!("An ISBN has 10 or 13 digits, this one has {n}."))),
    }
}

/// Whether `text` is an ISSN: four digits, a hyphen, three digits and a check digit (X is ten).
pub fn check_issn(text: &str) -> Result<(), Fault> {
    let digits: Vec<char> = text.chars().filter(|c| !is_joint(*c)).collect();
    if digits.len() != 8
        || !digits[..7].iter().all(char::is_ascii_digit)
        || !(digits[7].is_ascii_digit() || matches!(digits[7], 'X' | 'x'))
    {
        return Err(Fault::form("An ISSN has eight digits, the last of which may be an X."));
    }
    let sum: u32 = digits.iter().enumerate().map(|(i, c)| c.to_digit(10).unwrap_or(10) * (8 - i as u32)).sum();
    if sum.is_multiple_of(11) { Ok(()) } else { Err(Fault::check_digit("The check digit of this ISSN is wrong.")) }
}

/// The run of digits with single joints at the beginning of `rest`, cut where a whole number ends.
fn run(rest: &str, label: bool, lengths: &[usize]) -> Option<usize> {
    let mut count = 0;
    let mut end = 0;
    let mut cut = None;
    let mut joined = true;
    let mut chars = rest.char_indices().take(40).peekable();
    while let Some((at, c)) = chars.next() {
        let x = matches!(c, 'X' | 'x')
            && count + 1 == *lengths.first()?
            && !chars.peek().is_some_and(|(_, n)| n.is_alphanumeric());
        if c.is_ascii_digit() || x {
            count += 1;
            end = at + c.len_utf8();
            joined = false;
            // Behind a space another number may follow: "978 0 306 40615 7 2005".
            let next_breaks = chars.peek().is_none_or(|(_, n)| !n.is_ascii_digit() && !matches!(n, '-' | '‐' | '–'));
            if lengths.contains(&count) && next_breaks && (count == 13 || !rest.starts_with("97") || x) {
                cut = Some(end);
                if count == *lengths.last()? {
                    break;
                }
                // Ten digits are whole when no more digits follow behind one joint.
                let more = chars.clone().nth(1).is_some_and(|(_, n)| n.is_ascii_digit());
                if !more {
                    break;
                }
            }
        } else if is_joint(c) && !joined && count > 0 {
            joined = true;
        } else {
            break;
        }
    }
    if let Some(cut) = cut {
        return Some(cut);
    }
    // A number of another length is meant as an identifier only behind the label, and only when it is near.
    let least = lengths.first()? - 2;
    (label && count >= least && count <= 16).then_some(end)
}

pub(super) fn find(text: &str) -> Vec<(Kind, Span, Result<(), Fault>)> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(found) = START.captures_at(text, at) {
        let Some(whole) = found.get(0) else { break };
        at = whole.end();
        let serial = found.get(1).is_some();
        let label = !whole.as_str().starts_with("97");
        let start = if label { whole.end() } else { whole.start() };
        let lengths: &[usize] = if serial { &[8] } else { &[10, 13] };
        let Some(length) = run(&text[start..], label, lengths) else { continue };
        let span = Span::new(start, start + length);
        let value = span.of(text);
        // 979-0 is a music number, not a book.
        if !label && (value.starts_with("979-0") || value.chars().filter(char::is_ascii_digit).count() != 13) {
            continue;
        }
        let (kind, result) = if serial { (Kind::Issn, check_issn(value)) } else { (Kind::Isbn, check_isbn(value)) };
        out.push((kind, span, result));
        at = span.end;
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{check_isbn, check_issn, find};
    use crate::identifiers::FaultKind;

    #[test]
    fn published_examples() {
        // ISBN Users' Manual, ISSN manual, and books on the shelf.
        for good in [
            "0-306-40615-2",
            "978-0-306-40615-7",
            "0-8044-2957-X",
            "9780131103627",
            "978 3 16 148410 0",
            "080442957x",
            "979-10-90636-07-1",
        ] {
            assert!(check_isbn(good).is_ok(), "{good}");
        }
        for bad in ["0-306-40615-3", "978-0-306-40615-8", "0-8044-2957-1"] {
            assert_eq!(check_isbn(bad).unwrap_err().kind, FaultKind::CheckDigit, "{bad}");
        }
        for bad in ["977-0-306-40615-7", "12345", "X306406152", "", "97803064061577"] {
            assert_eq!(check_isbn(bad).unwrap_err().kind, FaultKind::Form, "{bad}");
        }
        assert!(check_issn("0378-5955").is_ok() && check_issn("2434-561X").is_ok());
        assert!(check_issn("0378-5954").is_err());
        assert!(check_isbn("978-0-306-40615-8").unwrap_err().why.contains("would be 7"));
    }

    #[test]
    fn found_in_prose() {
        let ids = |text: &str| -> Vec<(String, bool)> {
            find(text).into_iter().map(|(_, s, r)| (s.of(text).to_owned(), r.is_ok())).collect()
        };
        assert_eq!(ids("ISBN 978 0 306 40615 7 2005"), [("978 0 306 40615 7".to_owned(), true)]);
        assert_eq!(
            ids("ISBN-13: 978-0-306-40615-8, ISBN-10: 0-306-40615-2."),
            [("978-0-306-40615-8".to_owned(), false), ("0-306-40615-2".to_owned(), true)]
        );
        assert_eq!(ids("(978-0-13-110362-7)"), [("978-0-13-110362-7".to_owned(), true)]);
        assert_eq!(ids("ISBN: 12345678"), [("12345678".to_owned(), false)]);
        assert_eq!(ids("the ISBN of 3 books; tel. 978-555-0100"), []);
        assert_eq!(ids("ISSN 0378-5955 vol. 3"), [("0378-5955".to_owned(), true)]);
    }

    proptest! {
        #[test]
        fn exactly_one_last_digit_is_right(head in "97[89][0-9]{9}", ten in "[0-9]{9}") {
            let right = |head: &str, last: &str| last.chars().filter(|c| check_isbn(&format!("{head}{c}")).is_ok()).count();
            prop_assert_eq!(right(&head, "0123456789"), 1);
            prop_assert_eq!(right(&ten, "0123456789X"), 1);
        }

        #[test]
        fn a_changed_digit_is_noticed(ten in "[0-9]{9}", at in 0_usize..9, by in 1_u32..10) {
            let last = "0123456789X".chars().find(|c| check_isbn(&format!("{ten}{c}")).is_ok()).unwrap();
            let changed: String = ten.chars().enumerate()
                .map(|(i, c)| if i == at { char::from_digit((c.to_digit(10).unwrap() + by) % 10, 10).unwrap() } else { c })
                .collect();
            let whole = format!("{changed}{last}");
            prop_assert!(check_isbn(&whole).is_err());
        }
    }
}
