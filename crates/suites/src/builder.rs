//! From templates and cases to items: rendering, merging of shared settings, and what concerns
//! all items together.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use llm::request::Message;

use crate::criteria::Criteria;
use crate::diagnostics::{Diagnostics, quote};
use crate::fill::{Fill, Origin};
use crate::node::At;
use crate::problem::Problems;
use crate::shape::{Case, Shape, Shared, Single, Template, Text};
use crate::suite::{Defaults, Item, LoadOptions, Suite};
use crate::template::{Scope, Templates};

/// Makes items.
pub(crate) struct Builder<'o> {
    pub(crate) diagnostics: Diagnostics,
    pub(crate) criteria: Criteria,
    options: &'o LoadOptions,
    templates: Templates,
    ids: HashMap<String, Option<u32>>,
    items: Vec<Item>,
    bytes: u64,
    full: bool,
    /// Names that some case of the suite has.
    names: HashSet<String>,
}

/// What goes into one item.
struct Parts<'p> {
    template: &'p Template,
    case: &'p Case,
    case_file: Option<&'p Path>,
    /// `None` for literal texts.
    scope: Option<&'p Scope>,
    shared: &'p Shared,
    id: String,
    id_at: At,
}

impl<'o> Builder<'o> {
    pub(crate) fn new(diagnostics: Diagnostics, options: &'o LoadOptions, base: PathBuf) -> Self {
        Self {
            diagnostics,
            criteria: Criteria::new(base),
            options,
            templates: Templates::new(),
            ids: HashMap::new(),
            items: Vec::new(),
            bytes: 0,
            full: false,
            names: HashSet::new(),
        }
    }

    /// Whether no further item is taken; the problem says so.
    pub(crate) fn is_full(&self) -> bool {
        self.full
    }

    /// Items of a whole shape: every case with every template, then the single ones.
    pub(crate) fn add_shape(&mut self, shape: &Shape) {
        let shared = &shape.shared;
        self.names = shared.vars.keys().cloned().collect();
        match &shape.cases {
            Some(cases) => {
                self.names.extend(cases.iter().flat_map(|case| case.vars.keys().cloned()));
                for (row, case) in cases.iter().enumerate() {
                    let scope = scope(case, shared);
                    for (column, template) in shape.templates.iter().enumerate() {
                        if self.full {
                            return;
                        }
                        let case_id = named(case.id.as_ref(), "p", row);
                        let id = if shape.templates.len() > 1 {
                            format!("{}/{case_id}", named(template.id.as_ref(), "t", column))
                        } else {
                            case_id
                        };
                        let id_at = case.id.as_ref().map_or(case.at, |id| id.at);
                        let case_file = shape.cases_file.as_deref();
                        self.add(Parts { template, case, case_file, scope: Some(&scope), shared, id, id_at });
                    }
                }
            }
            None => {
                for template in &shape.templates {
                    let case = Case { at: template.at, ..Case::default() };
                    self.add_one(template, &case, true, shared);
                }
            }
        }
        for Single { template, case, templated } in &shape.singles {
            self.names = shared.vars.keys().chain(case.vars.keys()).cloned().collect();
            self.add_one(template, case, *templated, shared);
        }
    }

    /// One item that stands for itself.
    pub(crate) fn add_single(&mut self, single: &Single) {
        self.names.clear();
        if single.templated {
            self.names.extend(single.case.vars.keys().cloned());
        }
        self.add_one(&single.template, &single.case, single.templated, &Shared::default());
    }

    fn add_one(&mut self, template: &Template, case: &Case, templated: bool, shared: &Shared) {
        if self.full {
            return;
        }
        let own = template.id.as_ref().or(case.id.as_ref());
        let id = named(own, "p", self.items.len());
        let id_at = own.map_or(template.at, |id| id.at);
        let scope = templated.then(|| scope(case, shared));
        self.add(Parts { template, case, case_file: None, scope: scope.as_ref(), shared, id, id_at });
    }

    fn add(&mut self, parts: Parts<'_>) {
        let Parts { template, case, case_file, scope, shared, id, id_at } = parts;
        if self.items.len() >= self.options.max_items || self.bytes > self.options.max_rendered_bytes {
            self.full = true;
            let LoadOptions { max_items, max_rendered_bytes, .. } = self.options;
            self.diagnostics.hinted(
                case.at,
                format!("the suite has more than {max_items} items or {} MiB of text", max_rendered_bytes >> 20),
                "split it, or use fewer cases",
            );
            return;
        }
        let before = self.diagnostics.count();
        let mut fill = Fill {
            templates: &mut self.templates,
            diagnostics: &mut self.diagnostics,
            names: &self.names,
            case,
            case_file,
            scope,
        };
        let mut messages = Vec::with_capacity(template.turns.len());
        for turn in &template.turns {
            messages.extend(fill.text(&turn.text, Origin::Suite).map(|text| Message { role: turn.role, text }));
        }
        let system = match (&case.system, &template.system) {
            (Some(text), _) => fill.text(text, Origin::Case),
            (None, Some(text)) => fill.text(text, Origin::Suite),
            (None, None) => None,
        };
        let reference = case.reference.as_ref().and_then(|text| fill.text(text, Origin::Case));
        let expected_facts: Vec<String> =
            case.expected_facts.iter().filter_map(|text| fill.text(text, Origin::Case)).collect();
        let cluster = fill.cluster(shared);
        let shared_checks = fill.checks(&shared.checks, Origin::Suite);
        let template_checks = fill.checks(&template.checks, Origin::Suite);
        let case_checks = fill.checks(&case.checks, Origin::Case);

        if self.diagnostics.count() == before
            && let Some((turn, _)) =
                template.turns.iter().zip(&messages).find(|(_, message)| message.text.trim().is_empty())
        {
            let message = if template.turns.len() == 1 { "the prompt is empty" } else { "a message is empty" };
            self.diagnostics.hinted(turn.text.at, message, "write what the model is asked, or remove it");
        }
        let mut specs = Vec::with_capacity(shared_checks.len() + template_checks.len() + case_checks.len());
        let has_reference = reference.is_some();
        for criterion in shared_checks.into_iter().chain(template_checks) {
            specs.extend(self.criteria.compile(criterion, &id, has_reference, &mut self.diagnostics));
        }
        for criterion in case_checks {
            let criteria = &mut self.criteria;
            specs.extend(
                self.diagnostics
                    .within(case_file, |diagnostics| criteria.compile(criterion, &id, has_reference, diagnostics)),
            );
        }
        if let Some(first) = self.ids.get(&id) {
            let first = first.map(|line| format!(" (first at line {line})")).unwrap_or_default();
            let message = format!("the id {} stands twice{first}", quote(&id));
            let hint = "ids name results across runs, so each must be unique";
            self.diagnostics.within(case_file, |diagnostics| diagnostics.hinted(id_at, message, hint));
        } else {
            self.ids.insert(id.clone(), id_at.line());
        }
        let mut tags = shared.tags.clone();
        tags.extend(case.tags.iter().filter(|tag| !shared.tags.contains(tag)).cloned());
        self.bytes += messages.iter().map(|message| message.text.len() as u64).sum::<u64>();
        self.bytes += system.as_ref().map_or(0, String::len) as u64;
        self.items.push(Item {
            id,
            messages,
            system,
            checks: specs,
            tags,
            weight: case.weight.or(shared.weight).unwrap_or(1.0),
            cluster,
            reference,
            expected_facts,
            vars: case.vars.clone(),
            line: case.at.line().or(template.at.line()),
        });
    }

    /// The suite, or every problem.
    pub(crate) fn finish(
        self,
        name: String,
        description: Option<String>,
        defaults: Defaults,
    ) -> Result<Suite, Problems> {
        let Self { mut diagnostics, items, .. } = self;
        if items.is_empty() && diagnostics.count() == 0 {
            diagnostics.hinted(At::NOWHERE, "the suite is empty: there is nothing to run", "add at least one prompt");
        }
        let notes = diagnostics.finish()?;
        Ok(Suite { name, description, defaults, items, notes })
    }
}

fn named(id: Option<&Text>, letter: &str, index: usize) -> String {
    id.map_or_else(|| format!("{letter}{}", index + 1), |id| id.text.clone())
}

/// The variables of a case over those of the suite; `id` and `reference` too, unless a variable has that name.
fn scope(case: &Case, shared: &Shared) -> Scope {
    let mut vars = shared.vars.clone();
    vars.extend(case.vars.iter().map(|(key, value)| (key.clone(), value.clone())));
    if let Some(id) = &case.id {
        vars.entry("id").or_insert_with(|| id.text.clone().into());
    }
    if let Some(reference) = &case.reference {
        vars.entry("reference").or_insert_with(|| reference.text.clone().into());
    }
    Scope::new(vars)
}
