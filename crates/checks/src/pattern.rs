//! Regular expressions of users: linear in time, bounded in memory.

use std::cell::RefCell;
use std::collections::HashMap;

use regex::{Regex, RegexBuilder};

use crate::fault::Fault;
use crate::fold::quote;
use crate::json::LONGEST_READ;
use crate::result::CheckErrorKind;
use crate::rule::Finding;

/// Longest pattern in bytes.
const LONGEST: usize = 16 * 1024;

/// Patterns that are kept compiled. A suite repeats the same few in a hundred thousand items, and compiling costs far more
/// than everything else that is done to read a check.
const KEPT: usize = 64;

thread_local! {
    static COMPILED: RefCell<HashMap<(String, bool), Pattern>> = RefCell::default();
}

/// Memory that a compiled pattern may take, and the longest answer it is then run on. At worst a match takes time in
/// proportion to the product of both: measured, up to 0.3 s for each KiB of pattern and MiB of answer where the pattern
/// was made to be slow (`(?:[01]{1,90}){1,90}[a-z]` on noughts and ones), which these pairs keep to about a minute. Ordinary
/// patterns take milliseconds.
const SIZES: [(usize, usize); 4] =
    [(16 << 10, LONGEST_READ), (64 << 10, 1 << 20), (256 << 10, 512 << 10), (2 << 20, 128 << 10)];

/// A compiled pattern with the semantics of the predecessor: it may match anywhere, `.` matches line ends,
/// `^` and `$` stand for the ends of the whole text, `$` also before a last line end.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    regex: Regex,
    ends_with_dollar: bool,
    longest: usize,
    pub(crate) written: String,
}

impl Pattern {
    /// Reads a pattern; one that was read before shares its compiled form.
    pub(crate) fn compile(written: &str, case_sensitive: bool) -> Result<Self, Fault> {
        let key = (written.to_owned(), case_sensitive);
        if let Some(known) = COMPILED.with_borrow(|compiled| compiled.get(&key).cloned()) {
            return Ok(known);
        }
        let pattern = Self::build(written, case_sensitive)?;
        COMPILED.with_borrow_mut(|compiled| {
            if compiled.len() >= KEPT {
                compiled.clear();
            }
            compiled.insert(key, pattern.clone());
        });
        Ok(pattern)
    }

    fn build(written: &str, case_sensitive: bool) -> Result<Self, Fault> {
        if written.len() > LONGEST {
            return Err(Fault::new(format!(
                "the pattern is {} bytes long; at most {LONGEST} are taken",
                written.len()
            )));
        }
        let (translated, ends_with_dollar) = translate(written);
        let mut refused = None;
        for (size, longest) in SIZES {
            let built = RegexBuilder::new(&translated)
                .dot_matches_new_line(true)
                .case_insensitive(!case_sensitive)
                .size_limit(size)
                .dfa_size_limit(2 << 20)
                .nest_limit(100)
                .build();
            match built {
                Ok(regex) => return Ok(Self { regex, ends_with_dollar, longest, written: written.to_owned() }),
                Err(error) => {
                    let too_big = matches!(error, regex::Error::CompiledTooBig(_));
                    refused = Some(error);
                    if !too_big {
                        break;
                    }
                }
            }
        }
        Err(refused.map_or_else(|| Fault::new("the pattern cannot be used"), |error| fault(written, &error)))
    }

    /// The finding that an answer is too long for this pattern, if it is.
    pub(crate) fn refuse_long(&self, output: &str) -> Option<Finding> {
        (output.len() > self.longest).then(|| {
            let (bytes, longest) = (output.len(), self.longest);
            let why = format!("the answer is {bytes} bytes long; this pattern is run on at most {longest}");
            Finding::unknown(CheckErrorKind::UnknownValue, why)
        })
    }

    /// The first match.
    pub(crate) fn find<'a>(&self, text: &'a str) -> Option<&'a str> {
        let found = self.regex.find(text).or_else(|| {
            // In the predecessor's dialect `$` also matches before a line end that closes the text.
            text.strip_suffix('\n').filter(|_| self.ends_with_dollar).and_then(|text| self.regex.find(text))
        });
        found.map(|found| found.as_str())
    }
}

fn fault(written: &str, error: &regex::Error) -> Fault {
    if let regex::Error::CompiledTooBig(_) = error {
        return Fault::new(format!("the pattern {} needs too much memory when it is compiled", quote(written)))
            .hint("use smaller repetition counts, or [a-z] in place of \\w");
    }
    let text = error.to_string();
    // The library's message draws the pattern over several lines; its last line says what is wrong.
    let reason = text.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned();
    let fault = Fault::new(format!("{} is not a usable regular expression: {reason}", quote(written)));
    if reason.contains("look-around") || reason.contains("backreferences") {
        return fault.hint(
            "patterns are matched in linear time, which rules out look-ahead, look-behind and backreferences; \
             combine several checks with `all` and `not`",
        );
    }
    fault.hint("a literal character such as ( or * needs a backslash before it")
}

/// `\Z` of other dialects as `\z`, and whether there is a `$` outside a character class.
fn translate(written: &str) -> (String, bool) {
    let mut translated = String::with_capacity(written.len());
    let (mut in_class, mut dollar) = (false, false);
    let mut chars = written.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => {
                translated.push('\\');
                match chars.next() {
                    Some('Z') if !in_class => translated.push('z'),
                    Some(next) => translated.push(next),
                    None => {}
                }
                continue;
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '$' if !in_class => dollar = true,
            _ => {}
        }
        translated.push(char);
    }
    (translated, dollar)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_compiled_once_and_known_by_its_case() {
        let sensitive = Pattern::compile("^a{2}b", true).unwrap();
        assert_eq!(Pattern::compile("^a{2}b", false).unwrap().find("AAB"), Some("AAB"));
        assert_eq!(Pattern::compile("^a{2}b", true).unwrap().find("AAB"), sensitive.find("AAB"));
        for number in 0..2 * KEPT {
            assert!(Pattern::compile(&format!("{number}"), true).unwrap().find(&number.to_string()).is_some());
        }
        assert!(COMPILED.with_borrow(HashMap::len) <= KEPT);
    }

    #[test]
    fn the_predecessors_dialect() {
        let found = |pattern: &str, text: &str| Pattern::compile(pattern, true).unwrap().find(text).map(str::to_owned);
        assert_eq!(found("a.b", "x a\nb").as_deref(), Some("a\nb"), "dot matches a line end");
        assert_eq!(found("^b", "a\nb"), None, "not multiline");
        assert_eq!(found("b$", "a\nb\n").as_deref(), Some("b"), "dollar before a last line end");
        assert_eq!(found("b$", "b\n\n"), None, "only before the last one");
        assert_eq!(found(r"b\Z", "b\n"), None, "the very end");
        assert_eq!(found(r"b\Z", "b").as_deref(), Some("b"));
        assert_eq!(found("[$]", "b\n"), None);
        assert_eq!(found(r"\d+", "in 1969").as_deref(), Some("1969"));
    }

    #[test]
    fn unusable_patterns_say_why() {
        let hint = |pattern: &str| Pattern::compile(pattern, true).unwrap_err();
        assert!(hint("(").message.contains("unclosed group"), "{:?}", hint("("));
        assert!(hint("(?=a)").hint.unwrap().contains("linear time"));
        assert!(hint(r"(a)\1").hint.unwrap().contains("linear time"));
        assert!(hint("((a{1000}){1000}){1000}").message.contains("too much memory"));
        assert!(hint(&"a".repeat(20_000)).message.contains("20000 bytes"));
        assert!(Pattern::compile(&"(".repeat(5000), true).is_err());
        let costly = Pattern::compile(r"\w{1,40}", true).unwrap();
        assert!(costly.refuse_long(&"a".repeat(2 << 20)).is_some());
        assert!(costly.refuse_long("a").is_none());
    }
}
