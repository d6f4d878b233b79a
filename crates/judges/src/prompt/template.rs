//! A user's own judge prompt: text with named places for values, and nothing else.
//!
//! Templates are minijinja's, cut down to what a prompt needs: `{{ answer }}`, `{% if reference %}`
//! with `elif`, `else`, `not`, `and`, `or`, comments and `{% raw %}`. No loops, filters or
//! functions, so that a template's work and its output are bounded by what it names. The places of
//! the predecessor, `{criteria}`, `{prompt}` and `{response}`, mean the same. Values are put in once
//! and never looked at again.

use std::collections::BTreeSet;

use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use crate::fault::Fault;
use crate::scale::shorten;

/// Longest template, in bytes.
const MAX_TEMPLATE: usize = 1_000_000;
/// Most places in a template; each is filled with a text of any length.
const MAX_PLACES: usize = 100;

/// A template that compiles and names only known values.
#[derive(Debug)]
pub(crate) struct Template {
    source: String,
    names: BTreeSet<String>,
}

impl Template {
    /// Compiles `source`, which may name the values in `known` and no others.
    pub(crate) fn compile(source: &str, known: &[&str]) -> Result<Self, Fault> {
        if source.len() > MAX_TEMPLATE {
            return Err(Fault::new(
                format!("the judge template has {} bytes, at most {MAX_TEMPLATE} are allowed", source.len()),
                "a template is the text around the answer, not the answers themselves",
            ));
        }
        if source.trim().is_empty() {
            return Err(Fault::new("the judge template is empty", "write a prompt that names `{{ answer }}`"));
        }
        let mut scan = Scan { source, known, at: 0, out: String::new(), names: BTreeSet::new(), places: 0 };
        scan.run()?;
        let template = Self { source: scan.out, names: scan.names };
        environment().template_from_str(&template.source).map_err(|error| unusable(&error))?;
        Ok(template)
    }

    /// Whether the template names the value.
    pub(crate) fn names(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Fills the places. A value that is not there is the empty text, which `{% if %}` takes for no.
    pub(crate) fn render(&self, values: &[(&str, &str)]) -> Result<String, Fault> {
        environment()
            .template_from_str(&self.source)
            .and_then(|template| template.render(minijinja::Value::from_pairs(values.iter().copied())))
            .map_err(|error| unusable(&error))
    }
}

fn environment<'source>() -> Environment<'source> {
    let mut environment = Environment::empty();
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment
}

fn unusable(error: &minijinja::Error) -> Fault {
    let line = error.line().map_or_else(String::new, |line| format!(", line {line}"));
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    Fault::new(
        format!("the judge template does not compile{line}: {}", shorten(&detail)),
        "close every `{% if %}` with `{% endif %}`; put text that holds such signs between `{% raw %}` and `{% endraw %}`",
    )
}

/// One pass over a template's source: checks its tags, turns `{prompt}` into `{{ prompt }}`.
struct Scan<'a> {
    source: &'a str,
    known: &'a [&'a str],
    at: usize,
    out: String,
    names: BTreeSet<String>,
    places: usize,
}

impl<'a> Scan<'a> {
    fn run(&mut self) -> Result<(), Fault> {
        while let Some(open) = self.source[self.at..].find('{').map(|offset| self.at + offset) {
            self.out.push_str(&self.source[self.at..open]);
            self.at = open;
            let rest = &self.source[open..];
            if rest.starts_with("{{") {
                let inner = self.take("}}")?;
                self.place(open, inner)?;
            } else if rest.starts_with("{%") {
                let inner = self.take("%}")?;
                self.statement(open, inner)?;
            } else if rest.starts_with("{#") {
                self.take("#}")?;
            } else if let Some(name) = self.known.iter().find(|name| is_place(rest, name)) {
                self.name(name);
                self.out.push_str(&format!("{{{{ {name} }}}}"));
                self.at = open + name.len() + 2;
            } else {
                self.out.push('{');
                self.at += 1;
            }
            if self.places > MAX_PLACES {
                return Err(Fault::new(
                    format!("the judge template names values more than {MAX_PLACES} times"),
                    "name the question and the answer once",
                ));
            }
        }
        self.out.push_str(&self.source[self.at..]);
        Ok(())
    }

    /// What stands between the two opening signs here and the closing ones; moves behind them.
    fn take(&mut self, close: &str) -> Result<&'a str, Fault> {
        let source: &'a str = self.source;
        let inner = &source[self.at + 2..];
        let Some(end) = inner.find(close) else {
            let open = &source[self.at..self.at + 2];
            return Err(self.fault(
                self.at,
                &format!("`{open}` is not closed by `{close}`"),
                "put text that holds such signs between `{% raw %}` and `{% endraw %}`",
            ));
        };
        self.at += 2 + end + close.len();
        Ok(&inner[..end])
    }

    fn place(&mut self, open: usize, inner: &str) -> Result<(), Fault> {
        let name = bare(inner);
        if name.starts_with(['"', '\'', '{', '[']) || name.is_empty() {
            return Err(self.fault(
                open,
                "`{{` does not name a value",
                "braces of JSON are written once in a template; doubled ones would reach the judge doubled",
            ));
        }
        self.known_name(open, name)?;
        self.out.push_str(&self.source[open..self.at]);
        Ok(())
    }

    fn statement(&mut self, open: usize, inner: &str) -> Result<(), Fault> {
        let mut words = bare(inner).split_whitespace();
        match words.next() {
            Some("if" | "elif") => {
                for word in words {
                    if !matches!(word, "not" | "and" | "or") {
                        self.known_name(open, word)?;
                    }
                }
            }
            Some("else" | "endif") => {}
            Some("raw") => {
                let source: &'a str = self.source;
                let Some(end) = end_of_raw(&source[self.at..]) else {
                    return Err(self.fault(open, "`{% raw %}` is not closed", "close it with `{% endraw %}`"));
                };
                self.at += end;
            }
            word => {
                return Err(self.fault(
                    open,
                    &format!("`{{% {} %}}` is not allowed in a judge template", shorten(word.unwrap_or_default())),
                    "a template may name values and ask for them by `{% if reference %}`; loops, filters and functions \
                     are not there",
                ));
            }
        }
        self.out.push_str(&self.source[open..self.at]);
        Ok(())
    }

    fn known_name(&mut self, open: usize, name: &str) -> Result<(), Fault> {
        if !self.known.contains(&name) {
            let list = self.known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            return Err(self.fault(
                open,
                &format!("there is no value `{}` in a judge template", shorten(name)),
                &format!("the values are {list}; each stands alone, as in `{{{{ answer }}}}`"),
            ));
        }
        self.name(name);
        Ok(())
    }

    fn name(&mut self, name: &str) {
        self.names.insert(name.to_owned());
        self.places += 1;
    }

    fn fault(&self, at: usize, message: &str, hint: &str) -> Fault {
        let line = self.source[..at].matches('\n').count() + 1;
        Fault::new(format!("the judge template, line {line}: {message}"), hint)
    }
}

/// A tag's content without blanks and the signs of blank control.
fn bare(inner: &str) -> &str {
    inner.trim_start_matches(['-', '+']).trim_end_matches(['-', '+']).trim()
}

/// Whether the text begins with `{name}`.
fn is_place(text: &str, name: &str) -> bool {
    text[1..].strip_prefix(name).is_some_and(|rest| rest.starts_with('}'))
}

/// The end of the `{% endraw %}` that closes a raw block.
fn end_of_raw(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let open = at + text[at..].find("{%")?;
        let close = open + 2 + text[open + 2..].find("%}")? + 2;
        if bare(&text[open + 2..close - 2]) == "endraw" {
            return Some(close);
        }
        at = open + 2;
    }
}
