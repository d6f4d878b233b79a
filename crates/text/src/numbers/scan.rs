//! One pass over a text that stops at every digit.

use super::{Number, units};
use crate::Span;

pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

/// A numeral that has been read: where it ends, its digits in ASCII with a point, digits after the point.
struct Numeral {
    end: usize,
    digits: String,
    decimals: usize,
}

/// Value of a decimal digit of any of the scripts that are read.
fn digit(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    let zero = match c {
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        '०'..='९' => '०',
        '০'..='৯' => '০',
        '０'..='９' => '０',
        _ => return None,
    };
    Some(c as u32 - zero as u32)
}

/// Length of the run of digits at the beginning, in bytes and in digits.
fn run(rest: &str) -> (usize, usize) {
    let mut bytes = 0;
    let mut count = 0;
    for c in rest.chars() {
        if digit(c).is_none() {
            break;
        }
        bytes += c.len_utf8();
        count += 1;
    }
    (bytes, count)
}

fn ascii(digits: &str, out: &mut String) {
    out.extend(digits.chars().filter_map(digit).filter_map(|d| char::from_digit(d, 10)));
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn all(mut self) -> Vec<Number> {
        let mut out: Vec<Number> = Vec::new();
        let mut from = 0;
        while let Some(start) = self.next_digit() {
            let before = &self.text[..start];
            let previous = before.chars().next_back();
            if previous.is_some_and(|c| c.is_alphabetic() || c == '_') && units::currency_before(before).is_none() {
                // Inside a word: skip the whole word.
                self.at = start + word_length(&self.text[start..]);
                continue;
            }
            let point = previous == Some('.') && !before[..start - 1].ends_with(char::is_alphanumeric);
            let begin = if point { start - 1 } else { start };
            let number = self.number(begin, from);
            self.at = number.span.end.max(start + 1);
            from = number.span.end;
            // 1e9999 is beyond what a value can hold.
            if number.value.is_finite() {
                out.push(number);
            }
        }
        out
    }

    fn next_digit(&mut self) -> Option<usize> {
        let found = self.text[self.at..].char_indices().find(|(_, c)| digit(*c).is_some());
        found.map(|(offset, _)| self.at + offset)
    }

    /// Reads the number whose numeral begins at `begin`; nothing before `from` belongs to it.
    fn number(&self, begin: usize, from: usize) -> Number {
        let numeral = self.numeral(begin);
        let mut value: f64 = numeral.digits.parse().unwrap_or(f64::INFINITY);
        let mut end = numeral.end;
        if let Some((length, exponent)) = exponent(&self.text[end..], &numeral.digits) {
            value = match exponent {
                Exponent::Times(power) => format!("{}e{power}", numeral.digits).parse().unwrap_or(f64::INFINITY),
                Exponent::Power(power) => 10_f64.powi(power),
            };
            end += length;
        }
        let numeral_end = end;

        let (start, mut currency, negative) = self.prefix(begin, from);
        let mut rest = &self.text[end..];
        let mut space = gap(rest);
        let scale = units::scale(&rest[space..], space == 0, currency.is_some());
        if let Some((length, factor)) = scale {
            value *= factor;
            end += space + length;
            rest = &self.text[end..];
            space = gap(rest);
        }
        let after = suffix(&rest[space..], space, &mut currency);
        Number {
            span: Span::new(start, end + after.length),
            numeral: Span::new(begin, numeral_end),
            value: if negative { -value } else { value },
            decimals: numeral.decimals.min(255) as u8,
            unit: after.unit.map(str::to_owned),
            percent: after.percent,
            currency: currency.map(str::to_owned),
            scaled: scale.is_some(),
        }
    }

    /// Sign and currency before a numeral: where the number begins, the currency, whether it is negative.
    fn prefix(&self, begin: usize, from: usize) -> (usize, Option<&'static str>, bool) {
        let mut start = begin;
        let mut negative = false;
        if let Some(at) = sign(&self.text[..start]).filter(|at| *at >= from) {
            negative = true;
            start = at;
        }
        let before = &self.text[from..start];
        let spaced = before.strip_suffix([' ', '\u{A0}', '\u{202F}']).unwrap_or(before);
        let mut currency = None;
        if let Some((length, code)) = units::currency_before(spaced) {
            start = from + spaced.len() - length;
            currency = Some(code);
            if let Some(at) = sign(&self.text[..start]).filter(|at| *at >= from) {
                negative = true;
                start = at;
            }
        }
        (start, currency, negative)
    }

    /// Reads digits with their separators.
    fn numeral(&self, begin: usize) -> Numeral {
        let text = self.text;
        let mut digits = String::new();
        if text[begin..].starts_with('.') {
            let (bytes, count) = run(&text[begin + 1..]);
            digits.push_str("0.");
            ascii(&text[begin + 1..begin + 1 + bytes], &mut digits);
            return Numeral { end: begin + 1 + bytes, digits, decimals: count };
        }
        let (bytes, count) = run(&text[begin..]);
        let first = &text[begin..begin + bytes];
        ascii(first, &mut digits);
        let mut end = begin + bytes;
        let mut grouped = None;
        if (1..=3).contains(&count) && !(count > 1 && digits.starts_with('0')) && digits != "0" {
            for separator in [',', '.', '\'', '’', '_', '\u{A0}', '\u{202F}', '\u{2009}', ' '] {
                if let Some((stop, groups)) = groups(&text[end..], separator)
                    // One point before three digits is a decimal point; two or more are separators.
                    && (separator != '.' || groups > 1 || decimal_comma_follows(&text[end + stop..]))
                {
                    ascii(&text[end..end + stop], &mut digits);
                    end += stop;
                    grouped = Some(separator);
                    break;
                }
            }
        }
        let mut decimals = 0;
        // In "1,2,3" no comma is a decimal comma.
        let listed = text[..begin].strip_suffix(',').is_some_and(|head| head.ends_with(|c| digit(c).is_some()));
        let marks: &[char] = match grouped {
            Some(',') => &['.'],
            Some('.') => &[','],
            Some('\'' | '’' | '_') => &['.'],
            _ => &['.', ','],
        };
        if let Some(mark) = text[end..].chars().next().filter(|c| marks.contains(c)) {
            let rest = &text[end + 1..];
            let (bytes, count) = run(rest);
            let list = mark == ','
                && (listed
                    || rest[bytes..].starts_with(',') && run(rest.get(bytes + 1..).unwrap_or("")).1 > 0
                    || (count == 3 && digits != "0" && grouped.is_none()));
            if count > 0 && !list {
                digits.push('.');
                ascii(&rest[..bytes], &mut digits);
                decimals = count;
                end += 1 + bytes;
            }
        }
        Numeral { end, digits, decimals }
    }
}

/// What follows a numeral: its length with the space before it, and what it says.
#[derive(Default)]
struct Suffix {
    length: usize,
    unit: Option<&'static str>,
    percent: bool,
}

/// Per cent, currency or unit at the beginning of `rest`, which `space` bytes separate from the numeral.
fn suffix(rest: &str, space: usize, currency: &mut Option<&'static str>) -> Suffix {
    if let Some((length, unit @ "pp")) = units::unit(rest) {
        return Suffix { length: space + length, unit: Some(unit), percent: false };
    }
    if let Some(length) = units::percent(rest) {
        let tail = &rest[length..];
        let points = ["-points", " points", " point", "-point"].iter().any(|p| tail.starts_with(p));
        return Suffix { length: space + length, unit: points.then_some("pp"), percent: !points };
    }
    if currency.is_none()
        && let Some((length, code)) = units::currency_after(rest)
    {
        *currency = Some(code);
        return Suffix { length: space + length, ..Suffix::default() };
    }
    // "5-year": the hyphen binds like a space, but only words: "2-m" may be a name.
    let hyphen = usize::from(space == 0 && rest.starts_with('-'));
    match units::unit(&rest[hyphen..]) {
        Some((length, unit)) if hyphen == 0 || length > 2 => {
            Suffix { length: space + hyphen + length, unit: Some(unit), percent: false }
        }
        _ => Suffix::default(),
    }
}

/// Bytes of the word at the beginning, points between its digits included (`v1.2.3`); at least one character.
fn word_length(rest: &str) -> usize {
    let mut length = rest.chars().next().map_or(1, char::len_utf8);
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        let inner = c == '.' && chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if !(c.is_alphanumeric() || c == '_' || inner) {
            break;
        }
        length = at + c.len_utf8();
    }
    length
}

/// Groups of three digits, each behind the separator: bytes and number of groups. The Indian form
/// (`12,34,567`) is read for commas. `None` where the groups do not end cleanly.
fn groups(rest: &str, separator: char) -> Option<(usize, usize)> {
    let mut at = 0;
    let mut count = 0;
    let mut indian = 0;
    while let Some(after) = rest[at..].strip_prefix(separator) {
        let (bytes, digits) = run(after);
        match digits {
            3 => {}
            2 if separator == ',' && run(after[bytes..].strip_prefix(',').unwrap_or("")).1 > 1 => indian += 1,
            0 if separator != ' ' || !after.starts_with(|c| digit(c).is_some()) => break,
            _ => return None,
        }
        at += separator.len_utf8() + bytes;
        count += 1;
    }
    // "1,234,56" is a list, "12,34" a decimal comma.
    (count > indian).then_some((at, count))
}

fn decimal_comma_follows(rest: &str) -> bool {
    rest.strip_prefix(',').is_some_and(|after| matches!(run(after).1, 1 | 2))
}

/// One space or no-break space that may stand between a numeral and what belongs to it.
fn gap(rest: &str) -> usize {
    rest.chars().next().filter(|c| matches!(c, ' ' | '\u{A0}' | '\u{202F}' | '\u{2009}')).map_or(0, char::len_utf8)
}

/// A minus at the end of `before` that is a sign and not a hyphen: it follows nothing, white space or a bracket.
fn sign(before: &str) -> Option<usize> {
    let (at, c) = before.char_indices().next_back()?;
    let previous = before[..at].chars().next_back();
    let free =
        previous.is_none_or(|p| p.is_whitespace() || matches!(p, '(' | '[' | '=' | ':' | '"' | '|' | '*' | '<' | '>'));
    (matches!(c, '-' | '−') && free).then_some(at)
}

enum Exponent {
    /// The numeral times ten to this power.
    Times(i32),
    /// The numeral is the ten itself: `10^5`.
    Power(i32),
}

/// An exponent at the beginning of `rest`: its length and value.
fn exponent(rest: &str, digits: &str) -> Option<(usize, Exponent)> {
    if let Some(after) = rest.strip_prefix(['e', 'E']) {
        let (length, power) = power(after, false)?;
        let stop = after[length..].starts_with(|c: char| c.is_alphanumeric());
        return (!stop).then_some((1 + length, Exponent::Times(power)));
    }
    if digits == "10"
        && let Some((length, power)) = raised(rest)
    {
        return Some((length, Exponent::Power(power)));
    }
    let trimmed = &rest[gap(rest)..];
    let after = trimmed.strip_prefix(['×', 'x', '*', '·', '⋅'])?;
    let after = after.strip_prefix('*').unwrap_or(after);
    let after = &after[gap(after)..];
    let after = after.strip_prefix("10")?;
    let (length, power) = raised(after)?;
    Some((rest.len() - after.len() + length, Exponent::Times(power)))
}

/// `^5`, `^-5`, `^{5}`, `**5`, `⁻⁵` after a ten.
fn raised(rest: &str) -> Option<(usize, i32)> {
    if let Some(after) = rest.strip_prefix('^').or_else(|| rest.strip_prefix("**")) {
        let mark = rest.len() - after.len();
        let brace = usize::from(after.starts_with('{'));
        let (length, power) = power(&after[brace..], true)?;
        let closing = usize::from(brace == 1 && after[1 + length..].starts_with('}'));
        return Some((mark + brace + length + closing, power));
    }
    const SUPERSCRIPT: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    let mut value = 0_i32;
    let mut length = 0;
    let mut negative = false;
    let mut count = 0;
    for c in rest.chars() {
        if length == 0 && c == '⁻' {
            negative = true;
        } else if let Some(d) = SUPERSCRIPT.chars().position(|s| s == c) {
            value = value.saturating_mul(10).saturating_add(d as i32);
            count += 1;
        } else {
            break;
        }
        length += c.len_utf8();
        if count > 4 {
            return None;
        }
    }
    (count > 0).then_some((length, if negative { -value } else { value }))
}

/// Up to four ASCII digits with a sign.
fn power(rest: &str, unicode_minus: bool) -> Option<(usize, i32)> {
    let signed = rest.strip_prefix(['+', '-']).or_else(|| rest.strip_prefix('−').filter(|_| unicode_minus));
    let after = signed.unwrap_or(rest);
    let count = after.bytes().take_while(u8::is_ascii_digit).count();
    if count == 0 || count > 4 {
        return None;
    }
    let value: i32 = after[..count].parse().ok()?;
    let negative = signed.is_some() && !rest.starts_with('+');
    Some((rest.len() - after.len() + count, if negative { -value } else { value }))
}
