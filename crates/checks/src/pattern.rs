//! Regular expressions of users: linear in time, bounded in memory.

use regex::{Regex, RegexBuilder};

use crate::fault::Fault;
use crate::fold::quote;

/// Longest pattern in bytes.
const LONGEST: usize = 16 * 1024;

/// Most memory a compiled pattern may take.
const LARGEST: usize = 2 << 20;

/// A compiled pattern with the semantics of the predecessor: it may match anywhere, `.` matches line ends,
/// `^` and `$` stand for the ends of the whole text, `$` also before a last line end.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    regex: Regex,
    ends_with_dollar: bool,
    pub(crate) written: String,
}

impl Pattern {
    /// Reads a pattern.
    pub(crate) fn compile(written: &str, case_sensitive: bool) -> Result<Self, Fault> {
        if written.len() > LONGEST {
            return Err(Fault::new(format!(
                "the pattern is {} bytes long; at most {LONGEST} are taken",
                written.len()
            )));
        }
        let (translated, ends_with_dollar) = translate(written);
        let regex = RegexBuilder::new(&translated)
            .dot_matches_new_line(true)
            .case_insensitive(!case_sensitive)
            .size_limit(LARGEST)
            .dfa_size_limit(LARGEST)
            .nest_limit(100)
            .build()
            .map_err(|error| fault(written, &error))?;
        Ok(Self { regex, ends_with_dollar, written: written.to_owned() })
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
    }
}
