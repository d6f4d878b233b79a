//! Fills the texts of one item with its variables, and says what is wrong with them.

use std::collections::HashSet;
use std::path::Path;

use serde_json::{Map, Value};

use crate::diagnostics::{Diagnostics, listed, nearest, quote};
use crate::node::At;
use crate::shape::{Case, Criterion, Shared, Text};
use crate::template::{Scope, TemplateFault, Templates, has_markup};

/// Where a text was written: cases may come from a file of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Suite,
    Case,
}

/// One item on its way.
pub(crate) struct Fill<'b> {
    pub(crate) templates: &'b mut Templates,
    pub(crate) diagnostics: &'b mut Diagnostics,
    /// Names that some case of the suite has, to tell a wrong template from a wrong case.
    pub(crate) names: &'b HashSet<String>,
    pub(crate) case: &'b Case,
    pub(crate) case_file: Option<&'b Path>,
    /// `None` for literal texts.
    pub(crate) scope: Option<&'b Scope>,
}

impl Fill<'_> {
    /// A text with its variables; `None` after a mistake.
    pub(crate) fn text(&mut self, text: &Text, origin: Origin) -> Option<String> {
        let Some(scope) = self.scope else { return Some(text.text.clone()) };
        match self.templates.render(&text.text, scope) {
            Ok(rendered) => Some(rendered),
            Err(fault) => {
                self.report(&fault, text.at, origin);
                None
            }
        }
    }

    /// Checks with their variables, without those that cannot be filled in.
    pub(crate) fn checks(&mut self, criteria: &[Criterion], origin: Origin) -> Vec<Criterion> {
        let Some(scope) = self.scope else { return criteria.to_vec() };
        criteria
            .iter()
            .filter_map(|criterion| {
                if !map_has_markup(&criterion.spec) {
                    return Some(criterion.clone());
                }
                match self.templates.render_map(&criterion.spec, scope) {
                    Ok(spec) => Some(Criterion { at: criterion.at, spec }),
                    Err(fault) => {
                        self.report(&fault, criterion.at, origin);
                        None
                    }
                }
            })
            .collect()
    }

    /// The item's cluster: its own, else the value of the variable that the suite names as its cluster key.
    pub(crate) fn cluster(&mut self, shared: &Shared) -> Option<String> {
        if let Some(text) = &self.case.cluster {
            return self.text(text, Origin::Case);
        }
        let key = shared.cluster.as_ref()?;
        match self.case.vars.get(&key.text).or_else(|| shared.vars.get(&key.text)) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => Some(value.to_string()),
            _ => {
                self.push(
                    self.case.at,
                    Origin::Case,
                    format!("the cluster key {} is no variable of this case", quote(&key.text)),
                    Some("give the case that variable, or a `cluster` of its own".to_owned()),
                );
                None
            }
        }
    }

    fn report(&mut self, fault: &TemplateFault, at: At, origin: Origin) {
        let place = |line: &Option<usize>| match line {
            Some(line) if *line > 1 => format!(" (line {line} of this text)"),
            _ => String::new(),
        };
        match fault {
            TemplateFault::Source { line, message, hint } => {
                self.push(at, origin, format!("{message}{}", place(line)), hint.clone());
            }
            TemplateFault::Rendering { line, message, hint } => {
                let case = match (&self.case.id, self.case.at.line()) {
                    (Some(id), _) => format!(" with the case {}", quote(&id.text)),
                    (None, Some(line)) => format!(" with the case of line {line}"),
                    (None, None) => String::new(),
                };
                self.push(at, origin, format!("{message}{case}{}", place(line)), hint.clone());
            }
            TemplateFault::Missing(missing) => {
                for name in missing {
                    self.missing(name, at, origin);
                }
            }
        }
    }

    /// A variable that no case has is the template's mistake; one that only this case lacks is the case's.
    fn missing(&mut self, name: &str, at: At, origin: Origin) {
        let first = name.split('.').next().unwrap_or(name);
        let here = self.names.contains(first);
        let known: Vec<&str> = if here {
            self.case.vars.keys().map(String::as_str).collect()
        } else {
            self.names.iter().map(String::as_str).collect()
        };
        let mut known = known;
        known.sort_unstable();
        let hint = match nearest(first, known.iter().copied().filter(|near| *near != first)) {
            Some(near) => format!("did you mean {}?", quote(near)),
            None if known.is_empty() && here => "it has no variables at all".to_owned(),
            None if known.is_empty() => {
                "there are no variables here; prompts that are sent as written belong under `items`".to_owned()
            }
            None => format!("the variables are {}", listed(known)),
        };
        if here {
            let message = format!("the case{} has no variable {}", self.called(), quote(name));
            self.push(self.case.at, Origin::Case, message, Some(hint));
        } else {
            self.push(at, origin, format!("there is no variable {}", quote(name)), Some(hint));
        }
    }

    fn called(&self) -> String {
        self.case.id.as_ref().map(|id| format!(" {}", quote(&id.text))).unwrap_or_default()
    }

    fn push(&mut self, at: At, origin: Origin, message: String, hint: Option<String>) {
        let file = self.case_file.filter(|_| origin == Origin::Case);
        self.diagnostics.within(file, |diagnostics| diagnostics.push(at, message, hint));
    }
}

fn map_has_markup(map: &Map<String, Value>) -> bool {
    map.values().any(value_has_markup)
}

fn value_has_markup(value: &Value) -> bool {
    match value {
        Value::String(text) => has_markup(text),
        Value::Array(values) => values.iter().any(value_has_markup),
        Value::Object(map) => map_has_markup(map),
        _ => false,
    }
}
