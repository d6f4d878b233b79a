//! Rendering of templates: strict about variables, without access to files, and bounded in work and size.

use std::collections::HashMap;

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value as Rendered};
use serde_json::{Map, Value};

use crate::diagnostics::{nearest, quote};
use crate::guard;

/// Work of one rendering: instructions, and one for each 64 bytes moved.
const FUEL: u64 = 1_000_000;
/// Work of all renderings of a suite together, in the same unit.
const TOTAL_FUEL: u64 = 200_000_000;
/// Longest template.
const MAX_SOURCE: usize = 16 << 20;
/// Most templates kept compiled; suites in which every row is a template of its own do not need them again.
const MAX_KEPT: usize = 10_000;

/// Whether a text holds anything that rendering would change.
pub(crate) fn has_markup(text: &str) -> bool {
    memchr::memchr_iter(b'{', text.as_bytes())
        .any(|brace| matches!(text.as_bytes().get(brace + 1), Some(b'{' | b'%' | b'#')))
}

/// The variables of one case.
#[derive(Debug)]
pub(crate) struct Scope {
    vars: Map<String, Value>,
    rendered: Rendered,
}

impl Scope {
    pub(crate) fn new(vars: Map<String, Value>) -> Self {
        let rendered = Rendered::from(minijinja::value::Serde(&vars));
        Self { vars, rendered }
    }

    fn has(&self, path: &str) -> bool {
        self.look_up(path).is_some()
    }

    fn look_up(&self, path: &str) -> Option<&Value> {
        let mut parts = path.split('.');
        let mut value = self.vars.get(parts.next()?)?;
        for part in parts {
            value = match value {
                Value::Object(map) => map.get(part)?,
                _ => return None,
            };
        }
        Some(value)
    }
}

/// Why a template cannot be rendered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TemplateFault {
    /// The template itself is wrong, whatever the variables.
    Source {
        /// Line within the template, from 1.
        line: Option<usize>,
        message: String,
        hint: Option<String>,
    },
    /// Variables that are used and not there.
    Missing(Vec<String>),
    /// It fails with these variables.
    Rendering { line: Option<usize>, message: String, hint: Option<String> },
}

enum Known {
    Broken(TemplateFault),
    Usable { name: String, variables: Vec<String> },
}

/// Compiled templates by their text.
pub(crate) struct Templates {
    environment: Environment<'static>,
    known: HashMap<String, Known>,
    spent: u64,
}

impl Templates {
    pub(crate) fn new() -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(50);
        for name in guard::WITHHELD_FILTERS {
            environment.remove_filter(name);
        }
        for name in guard::WITHHELD_FUNCTIONS {
            environment.remove_global(name);
        }
        Self { environment, known: HashMap::new(), spent: 0 }
    }

    /// A text with its variables filled in.
    pub(crate) fn render(&mut self, source: &str, scope: &Scope) -> Result<String, TemplateFault> {
        if !has_markup(source) {
            return Ok(source.to_owned());
        }
        if self.spent > TOTAL_FUEL {
            return Err(TemplateFault::Rendering {
                line: None,
                message: "the templates of this suite ask for too much work".to_owned(),
                hint: Some("use fewer loops, or split the suite".to_owned()),
            });
        }
        self.compile(source);
        let (name, variables) = match self.known.get(source) {
            Some(Known::Usable { name, variables }) => (name, variables),
            Some(Known::Broken(fault)) => return Err(fault.clone()),
            None => return Ok(source.to_owned()),
        };
        let rendered =
            self.environment.get_template(name).and_then(|template| template.render_captured(scope.rendered.clone()));
        match rendered {
            Ok(captured) => {
                self.spent += captured.state().fuel_levels().map_or(0, |(spent, _)| spent);
                Ok(captured.into_output())
            }
            Err(error) => {
                let missing: Vec<String> = variables.iter().filter(|variable| !scope.has(variable)).cloned().collect();
                // What a failed rendering took is not known; a failure for want of fuel took all of it.
                self.spent += if error.kind() == ErrorKind::OutOfFuel { FUEL } else { 1000 };
                if root(&error).kind() == ErrorKind::UndefinedError && !missing.is_empty() {
                    return Err(TemplateFault::Missing(missing));
                }
                Err(explain(&error, false))
            }
        }
    }

    /// The strings of a value with their variables filled in. A string that is one variable and
    /// nothing else takes the variable's own type, so that lists and numbers stay what they are.
    pub(crate) fn render_value(&mut self, value: &Value, scope: &Scope) -> Result<Value, TemplateFault> {
        Ok(match value {
            Value::String(text) if has_markup(text) => match only_variable(text) {
                Some(path) => match scope.look_up(path) {
                    Some(value) => value.clone(),
                    None => Value::String(self.render(text, scope)?),
                },
                None => Value::String(self.render(text, scope)?),
            },
            Value::Array(values) => {
                Value::Array(values.iter().map(|value| self.render_value(value, scope)).collect::<Result<_, _>>()?)
            }
            Value::Object(map) => Value::Object(self.render_map(map, scope)?),
            other => other.clone(),
        })
    }

    pub(crate) fn render_map(
        &mut self,
        map: &Map<String, Value>,
        scope: &Scope,
    ) -> Result<Map<String, Value>, TemplateFault> {
        map.iter().map(|(key, value)| Ok((key.clone(), self.render_value(value, scope)?))).collect()
    }

    /// Sees to it that a template is among the known ones.
    fn compile(&mut self, source: &str) {
        if self.known.contains_key(source) {
            return;
        }
        if self.known.len() >= MAX_KEPT {
            self.known.clear();
            self.environment.clear_templates();
        }
        let known = self.add(format!("t{}", self.known.len()), source);
        self.known.insert(source.to_owned(), known);
    }

    fn add(&mut self, name: String, source: &str) -> Known {
        if source.len() > MAX_SOURCE {
            return Known::Broken(TemplateFault::Source {
                line: None,
                message: format!("the template is longer than {} MiB", MAX_SOURCE >> 20),
                hint: Some("put long texts into variables".to_owned()),
            });
        }
        if let Err(refused) = guard::check(source) {
            return Known::Broken(TemplateFault::Source {
                line: Some(refused.line),
                message: refused.message,
                hint: Some(refused.hint),
            });
        }
        if let Err(error) = self.environment.add_template_owned(name.clone(), source.to_owned()) {
            return Known::Broken(explain(&error, true));
        }
        let globals: Vec<String> = self.environment.globals().map(|(name, _)| name.to_owned()).collect();
        let mut variables: Vec<String> = self
            .environment
            .get_template(&name)
            .map(|template| template.undeclared_variables(true).into_iter().collect())
            .unwrap_or_default();
        variables.retain(|variable| !globals.contains(variable));
        variables.sort_unstable();
        Known::Usable { name, variables }
    }
}

/// `name` or `a.b` when the text is that variable in double braces and nothing else.
fn only_variable(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    let is_name = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && part.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
    };
    inner.split('.').all(is_name).then_some(inner)
}

/// The innermost error: filters wrap what went wrong inside them.
fn root(error: &Error) -> &Error {
    let mut root = error;
    while let Some(source) = std::error::Error::source(root).and_then(|source| source.downcast_ref::<Error>()) {
        root = source;
    }
    root
}

fn explain(error: &Error, compiling: bool) -> TemplateFault {
    let inner = root(error);
    let detail = inner.detail().map(str::to_owned).unwrap_or_else(|| inner.kind().to_string());
    let detail: String = detail.chars().take(200).collect();
    let (message, hint, source) = match inner.kind() {
        ErrorKind::OutOfFuel => (
            "the template asks for too much work".to_owned(),
            Some("use fewer or shorter loops".to_owned()),
            false,
        ),
        ErrorKind::SyntaxError => (
            format!("the template is wrong: {detail}"),
            Some(
                "braces that are meant literally are written {{ '{{' }} or stand between {% raw %} and {% endraw %}; prompts under `items` without `vars` are sent as written"
                    .to_owned(),
            ),
            true,
        ),
        ErrorKind::UnknownFilter | ErrorKind::UnknownTest | ErrorKind::UnknownFunction => {
            let name = detail.split_whitespace().nth(1).unwrap_or("").to_owned();
            let near = nearest(&name, guard::FILTERS);
            (
                format!("the template is wrong: {detail}"),
                Some(near.map_or_else(
                    || format!("the filters are {}", guard::FILTERS.join(", ")),
                    |near| format!("did you mean {}?", quote(near)),
                )),
                true,
            )
        }
        ErrorKind::UndefinedError => (
            "the template uses a part of a variable that is not there".to_owned(),
            Some("say what stands in its place with `|default(…)`".to_owned()),
            false,
        ),
        _ => (format!("the template cannot be rendered: {detail}"), None, false),
    };
    let line = error.line();
    if compiling || source {
        TemplateFault::Source { line, message, hint }
    } else {
        TemplateFault::Rendering { line, message, hint }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn scope(value: Value) -> Scope {
        let Value::Object(map) = value else { panic!("an object") };
        Scope::new(map)
    }

    fn render(source: &str, vars: Value) -> Result<String, TemplateFault> {
        Templates::new().render(source, &scope(vars))
    }

    #[test]
    fn variables_are_filled_in_and_nothing_is_escaped() {
        assert_eq!(render("{{ a }} & {{ b|upper }}\n", json!({"a": "<x>", "b": "y"})).unwrap(), "<x> & Y");
        assert_eq!(render("{a} {b}", json!({})).unwrap(), "{a} {b}");
        assert_eq!(render("{% for x in xs %}{{ x }};{% endfor %}", json!({"xs": [1, 2]})).unwrap(), "1;2;");
        assert_eq!(render("{{ '{{' }}{% raw %}{{ x }}{% endraw %}", json!({})).unwrap(), "{{{{ x }}");
    }

    #[test]
    fn missing_variables_are_named() {
        assert_eq!(render("{{ a }}{{ b }}", json!({"a": 1})), Err(TemplateFault::Missing(vec!["b".into()])));
        assert_eq!(render("{{ a.x }}", json!({"a": {"y": 1}})), Err(TemplateFault::Missing(vec!["a.x".into()])));
        assert_eq!(render("{{ a|upper }}", json!({})), Err(TemplateFault::Missing(vec!["a".into()])));
        assert_eq!(render("{{ a|default('z') }}", json!({})).unwrap(), "z");
        assert_eq!(render("{% if a is defined %}x{% endif %}y", json!({})).unwrap(), "y");
    }

    #[test]
    fn values_keep_their_type_where_they_stand_alone() {
        let scope = scope(json!({"n": 1.5, "xs": ["a", "b"], "s": "x", "o": {"k": true}}));
        let mut templates = Templates::new();
        let value = templates
            .render_value(&json!({"a": "{{ n }}", "b": " {{xs}} ", "c": "{{ s }}!", "d": ["{{ o.k }}", 1], "e": "{{ n|round|int }}"}), &scope)
            .unwrap();
        assert_eq!(value, json!({"a": 1.5, "b": ["a", "b"], "c": "x!", "d": [true, 1], "e": "2"}));
        assert_eq!(templates.render_value(&json!("{{ zz }}"), &scope), Err(TemplateFault::Missing(vec!["zz".into()])));
    }

    #[test]
    fn mistakes_have_a_line_and_a_hint() {
        let TemplateFault::Source { line, hint, .. } = render("a\n{{ b|uper }}", json!({"b": 1})).unwrap_err() else {
            panic!("a fault of the source")
        };
        assert_eq!((line, hint.unwrap().as_str()), (Some(2), "did you mean `upper`?"));
        assert!(matches!(render("{{ a", json!({})), Err(TemplateFault::Source { line: Some(1), .. })));
        assert!(matches!(render("{% include 'x' %}", json!({})), Err(TemplateFault::Source { .. })));
        assert!(matches!(render("{{ 1 / 'x' }}", json!({})), Err(TemplateFault::Rendering { .. })));
    }

    #[test]
    fn bombs_end_in_errors() {
        for bomb in [
            "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
            "{% set ns = namespace(a='x') %}{% for i in range(60) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}{{ ns.a }}",
            "{% set a = [1, 1] %}{% set b = [a, a] %}{{ b }}",
            "{{ range(99999)|join(range(99999)|join('aaaa')) }}",
            "{{ ('x' * 99999999)|replace('x', 'y' * 99999999) }}",
            "{{ ([range(99999)|list] * 99999) ~ '' }}",
            "{{ range(99999)|map(attribute='z', default=range(99999)|list) }}",
            "{{ [1]|batch(99999, [1]|batch(99999, 1)) }}",
            "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
            "{% for x in [1] recursive %}{{ loop([1]) }}{{ loop([1]) }}{% endfor %}",
            "{{ 'x'|indent(999999999) }}",
            "{{ '%999999999d'|format(1) }}",
        ] {
            assert!(render(bomb, json!({})).is_err(), "{bomb}");
        }
        for (start, part, end) in [
            ("{{ ", "(", ""),
            ("{{ ", "[", ""),
            ("", "{% if 1 %}", ""),
            ("", "{% for x in [1] %}", ""),
            ("{{ ", "not ", "1 }}"),
            ("{{ ", "-", "1 }}"),
            ("{{ 1", "|abs", " }}"),
            ("{{ 1", "~1", " }}"),
            ("{{ a", ".a", " }}"),
            ("{{ 1", " if 1 else 1", " }}"),
            ("{{ '}}' ~ 1", "+1", " }}"),
            ("{# {% raw %} #}{{ 1", "+1", " }}"),
        ] {
            let deep = format!("{start}{}{end}", part.repeat(100_000));
            assert!(matches!(render(&deep, json!({"a": {}})), Err(TemplateFault::Source { .. })), "{start}{part}");
        }
        let many = format!("{{% if 0 %}}{}x{{% endif %}}", "{% elif 0 %}".repeat(100_000));
        assert!(matches!(render(&many, json!({})), Err(TemplateFault::Source { .. })));
    }
}
