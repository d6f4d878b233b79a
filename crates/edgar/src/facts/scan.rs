//! The JSON of `companyfacts` as it is published: one shape, four megabytes of it, read in a few milliseconds.
//!
//! Whatever deviates (a fact with a nested value, an escape in a key, a list where a map should be, a text that stops)
//! makes [`read`] give up, and [`raw`](super::raw) reads the document from its beginning and says what is wrong. So
//! this reader needs no messages. It passes over labels and descriptions without checking every escape in them.

use super::build::{Builder, Written};

/// Reads the whole document into the builder. None where it is not of the published shape, and then the builder holds
/// a part of it; an error where it has more than any filer.
pub(super) fn read(text: &str, builder: &mut Builder) -> Option<Result<(), &'static str>> {
    let mut scan = Scan { text, at: 0, problem: None };
    match scan.document(builder).and_then(|()| scan.peek().is_none().then_some(())) {
        Some(()) => Some(Ok(())),
        None => scan.problem.map(Err),
    }
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    /// What the builder refused.
    problem: Option<&'static str>,
}

/// A value within a fact.
enum Value<'t> {
    Text(&'t str),
    Number(f64),
    Word,
}

impl<'t> Scan<'t> {
    fn document(&mut self, builder: &mut Builder) -> Option<()> {
        self.map(|scan, key| match key {
            "cik" => {
                let cik = match scan.value()? {
                    Value::Number(number) => Some(number),
                    Value::Text(text) => text.trim().parse().ok(),
                    Value::Word => None,
                };
                builder.cik(cik);
                Some(())
            }
            "entityName" => {
                let (written, escaped) = scan.string()?;
                if escaped {
                    let quoted = scan.text.get(scan.at - written.len() - 2..scan.at)?;
                    builder.name(serde_json::from_str::<String>(quoted).ok()?.trim());
                } else {
                    builder.name(written.trim());
                }
                Some(())
            }
            "facts" => {
                builder.saw_facts();
                scan.map(|scan, taxonomy| {
                    builder.taxonomy(taxonomy.trim());
                    scan.map(|scan, tag| {
                        let known = builder.concept(tag.trim());
                        scan.told(known)?;
                        scan.concept(builder)
                    })
                })
            }
            _ => scan.skip(),
        })
    }

    fn concept(&mut self, builder: &mut Builder) -> Option<()> {
        self.map(|scan, key| match key {
            "units" => scan.map(|scan, unit| {
                let known = builder.unit(unit.trim());
                scan.told(known)?;
                scan.facts(builder)
            }),
            _ => scan.skip(),
        })
    }

    fn facts(&mut self, builder: &mut Builder) -> Option<()> {
        self.expect(b'[')?;
        if self.peek()? == b']' {
            self.at += 1;
            return Some(());
        }
        loop {
            let fact = self.fact()?;
            let taken = builder.fact(&fact);
            self.told(taken)?;
            match self.next()? {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    fn fact(&mut self) -> Option<Written<'t>> {
        let mut fact = Written::default();
        self.map(|scan, key| {
            let value = scan.value()?;
            let text = |value: &Value<'t>| match value {
                Value::Text(text) => trimmed(text),
                _ => "",
            };
            let number = |value: &Value<'t>| match value {
                Value::Text(text) => text.trim().parse().ok(),
                Value::Number(number) => Some(*number),
                Value::Word => None,
            };
            match key {
                "start" => fact.start = Some(text(&value)).filter(|start| !start.is_empty()),
                "end" => fact.end = text(&value),
                "val" => fact.value = number(&value),
                "accn" => fact.accession = text(&value),
                "fy" => fact.fiscal_year = number(&value),
                "form" => fact.form = text(&value),
                "filed" => fact.filed = text(&value),
                _ => {}
            }
            Some(())
        })?;
        Some(fact)
    }

    /// The entries of a map: the work reads the value of each key. A key with an escape is none that is published.
    fn map(&mut self, mut work: impl FnMut(&mut Self, &'t str) -> Option<()>) -> Option<()> {
        self.expect(b'{')?;
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            let key = self.plain()?;
            self.expect(b':')?;
            work(self, key)?;
            match self.next()? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// Passes over a text, a number or a word.
    fn skip(&mut self) -> Option<()> {
        if self.peek()? == b'"' { self.string().map(drop) } else { self.value().map(drop) }
    }

    fn value(&mut self) -> Option<Value<'t>> {
        match self.peek()? {
            b'"' => self.plain().map(Value::Text),
            b'-' | b'0'..=b'9' => self.number().map(Value::Number),
            _ => {
                let rest = self.text.get(self.at..)?;
                let word = ["null", "true", "false"].into_iter().find(|word| rest.starts_with(word))?;
                self.at += word.len();
                Some(Value::Word)
            }
        }
    }

    /// A number as JSON writes them.
    fn number(&mut self) -> Option<f64> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let negative = rest.first() == Some(&b'-');
        let digits = rest.get(usize::from(negative)..)?;
        let mut whole = 0_u64;
        let mut count = 0;
        while let Some(digit @ b'0'..=b'9') = digits.get(count)
            && count < 16
        {
            whole = whole * 10 + u64::from(digit - b'0');
            count += 1;
        }
        let after = digits.get(count)?;
        if count == 0 || (count > 1 && digits.first() == Some(&b'0')) {
            return None;
        }
        // Whole numbers of up to fifteen digits are floats exactly.
        if count <= 15 && !matches!(after, b'.' | b'e' | b'E' | b'-' | b'+') {
            self.at += usize::from(negative) + count;
            return Some(if negative { -(whole as f64) } else { whole as f64 });
        }
        let length = rest.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'))?;
        let written = self.text.get(self.at..self.at + length)?;
        self.at += length;
        // `1.` and `1.e5` are numbers to Rust, not to JSON.
        let lacks = written.ends_with('.') || written.contains(".e") || written.contains(".E");
        if lacks { None } else { written.parse().ok() }
    }

    /// A text without escapes, its opening quote next.
    fn plain(&mut self) -> Option<&'t str> {
        self.expect(b'"')?;
        let rest = self.text.as_bytes().get(self.at..)?;
        let length = ends(rest)?;
        if rest.get(length) != Some(&b'"') {
            return None;
        }
        let string = self.text.get(self.at..self.at + length)?;
        self.at += length + 1;
        Some(string)
    }

    /// A text as written between its quotes, and whether it has escapes.
    fn string(&mut self) -> Option<(&'t str, bool)> {
        self.expect(b'"')?;
        let from = self.at;
        let mut escaped = false;
        loop {
            let rest = self.text.as_bytes().get(self.at..)?;
            let length = memchr::memchr2(b'"', b'\\', rest)?;
            self.at += length;
            if rest.get(length) == Some(&b'"') {
                let string = self.text.get(from..self.at)?;
                self.at += 1;
                return Some((string, escaped));
            }
            escaped = true;
            self.at += 2;
        }
    }

    /// Keeps what the builder refused.
    fn told(&mut self, result: Result<(), &'static str>) -> Option<()> {
        result.map_err(|problem| self.problem = Some(problem)).ok()
    }

    /// The next byte that is not white space, without going past it.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at)? {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                byte => return Some(*byte),
            }
        }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        (self.next()? == wanted).then_some(())
    }
}

/// A text without white space around it, which next to none has.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

/// Where the first quote, escape or control character is. Names and days are short: eight bytes at a time are quicker
/// than a call that prepares for long ones.
fn ends(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    // The high bit of each byte that is smaller than `least`; above the first such byte it may be set wrongly.
    let below = |word: u64, least: u64| word.wrapping_sub(ONES * least) & !word & HIGH;
    let mut at = 0;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let found =
            below(word ^ (ONES * u64::from(b'"')), 1) | below(word ^ (ONES * u64::from(b'\\')), 1) | below(word, 0x20);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).map(|found| at + found)
}

#[cfg(test)]
mod tests {
    use super::super::raw;
    use super::*;

    fn both(text: &str) -> (Option<String>, Option<String>) {
        let shown = |builder: Builder| format!("{:?}", builder.finish());
        let (mut one, mut other) = (Builder::default(), Builder::default());
        let quick = read(text, &mut one).and_then(Result::ok).map(|()| shown(one));
        let slow = raw::read(text, &mut other).ok().map(|()| shown(other));
        (quick, slow)
    }

    fn fact(value: &str) -> String {
        format!(
            r#"{{"cik": 7, "entityName": "A \"B\" \u0026 é", "facts": {{"dei": {{}}, "us-gaap": {{"Assets": {{"label": "a\\",
            "description": null, "units": {{"USD": [{{"end": "2020-12-31", "val": {value}, "accn": "0000000007-21-000001",
            "fy": 2020, "fp": "FY", "form": "10-K", "filed": "2021-03-01", "frame": "CY2020Q4I"}}, {{}}], "EUR": []}}}}}}}}}}"#
        )
    }

    /// Both readers give the same of what both read; the quick one reads all that is published so.
    #[test]
    fn the_quick_way_reads_what_the_slow_one_does() {
        for value in [
            "0",
            "-0",
            "1",
            "-12",
            "0.5",
            "-1.25e-3",
            "1E5",
            "123456789012345",
            "1234567890123456789",
            "1234567890123456",
            "-1234567890.25",
            "null",
            "\"8\"",
        ] {
            let text = fact(value);
            let (quick, slow) = both(&text);
            assert!(quick.is_some() && quick == slow, "{value}\n{quick:?}\n{slow:?}");
        }
    }

    #[test]
    fn the_end_of_a_text_is_found_wherever_it_is() {
        for length in 0..40 {
            for end in ['"', '\\', '\n'] {
                let text = format!("{}{end}\"\"éé", "é!x".repeat(20).chars().take(length).collect::<String>());
                assert_eq!(ends(text.as_bytes()), text.find(end), "{text:?}");
            }
        }
        assert_eq!(ends("ééééééééé".as_bytes()), None);
    }

    #[test]
    fn what_is_no_json_is_left_to_the_slow_one() {
        let good = fact("1");
        for value in ["01", "1.", ".5", "+1", "-", "1.e5", "nan", "nul", "", "{}", "[1]", "1 2", "'1'"] {
            assert_eq!(both(&fact(value)).0, None, "{value}");
        }
        for cut in 0..good.len() {
            if let Some(text) = good.get(..cut) {
                assert_eq!(both(text), (None, None), "cut at {cut}");
            }
        }
        assert_eq!(both(&format!("{good} x")), (None, None));
    }
}
