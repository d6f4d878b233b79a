//! Whether checks can be used: compiled once for each text, however many items share it.

use std::collections::HashMap;
use std::path::PathBuf;

use checks::{Check, CheckSpec, ExternalTask, Fault, ScriptCommand};

use crate::diagnostics::{Diagnostics, nearest, quote};
use crate::node::At;
use crate::shape::Criterion;

/// Most check texts whose verdict is kept; suites in which every check differs do not need it again.
const MAX_KEPT: usize = 20_000;

/// The check types of the predecessor and the keys its reader knew; it ignored every other key.
const OLD_TYPES: [&str; 10] = [
    "contains",
    "not_contains",
    "regex",
    "equals",
    "json_valid",
    "json_schema",
    "min_length_chars",
    "max_length_chars",
    "latency_under",
    "cost_under",
];
const OLD_KEYS: [&str; 3] = ["type", "value", "case_sensitive"];

/// What compiling a check gave.
#[derive(Debug, Clone)]
enum Verdict {
    Usable { needs_reference: bool },
    Faulty(Fault),
}

/// Compiles checks and remembers the verdicts.
#[derive(Debug)]
pub(crate) struct Criteria {
    /// The folder relative programs are looked up from.
    base: PathBuf,
    verdicts: HashMap<String, Verdict>,
    /// Whether unknown keys of the predecessor's checks are dropped with a remark.
    pub(crate) lenient: bool,
}

impl Criteria {
    pub(crate) fn new(base: PathBuf) -> Self {
        Self { base, verdicts: HashMap::new(), lenient: false }
    }

    /// The check when it can be used; a problem otherwise.
    pub(crate) fn compile(
        &mut self,
        criterion: Criterion,
        item: &str,
        has_reference: bool,
        diagnostics: &mut Diagnostics,
    ) -> Option<CheckSpec> {
        let Criterion { at, spec } = criterion;
        let spec = CheckSpec(spec);
        match self.verdict(&spec) {
            Verdict::Usable { needs_reference: true } if !has_reference => {
                let kind = spec.kind().unwrap_or_default();
                diagnostics.hinted(
                    at,
                    format!(
                        "this {} check has no `value`, and the item {} has no `reference` to take in its place",
                        quote(kind),
                        quote(item)
                    ),
                    "add one of them",
                );
                None
            }
            Verdict::Usable { .. } => Some(spec),
            Verdict::Faulty(fault) => {
                let slim = self.without_unknown_keys(at, &spec, diagnostics);
                if slim.is_none() {
                    diagnostics.push(at, fault.message, fault.hint);
                }
                slim
            }
        }
    }

    fn verdict(&mut self, spec: &CheckSpec) -> Verdict {
        let text = serde_json::to_string(spec).unwrap_or_default();
        if let Some(verdict) = self.verdicts.get(&text) {
            return verdict.clone();
        }
        let verdict = match Check::compile(spec) {
            Ok(check) => match self.missing_program(&check) {
                Some(fault) => Verdict::Faulty(fault),
                None => Verdict::Usable { needs_reference: check.needs_reference() },
            },
            Err(fault) => Verdict::Faulty(fault),
        };
        if self.verdicts.len() < MAX_KEPT {
            self.verdicts.insert(text, verdict.clone());
        }
        verdict
    }

    /// A program named by a path that is not there would fail every item after the money is spent.
    fn missing_program(&self, check: &Check) -> Option<Fault> {
        check.externals(0).into_iter().find_map(|external| {
            let ExternalTask::Script(script) = external.task else { return None };
            let ScriptCommand::Argv(argv) = script.command else { return None };
            let program = argv.first().filter(|program| program.contains(['/', '\\']))?;
            (!self.base.join(program).is_file()).then(|| {
                Fault::new(format!("there is no program {}", quote(program)))
                    .hint("a program with a path is looked up from the suite's folder")
            })
        })
    }

    /// The predecessor's checks with keys it never read: taken without them, and said so.
    fn without_unknown_keys(&mut self, at: At, spec: &CheckSpec, diagnostics: &mut Diagnostics) -> Option<CheckSpec> {
        let unknown = |key: &String| !OLD_KEYS.contains(&key.as_str());
        if !self.lenient || !spec.kind().is_some_and(|kind| OLD_TYPES.contains(&kind)) || !spec.0.keys().any(unknown) {
            return None;
        }
        let mut slim = spec.clone();
        slim.0.retain(|key, _| !unknown(key));
        if !matches!(self.verdict(&slim), Verdict::Usable { needs_reference: false }) {
            return None;
        }
        for key in spec.0.keys().filter(|key| unknown(key)) {
            let near =
                nearest(key, OLD_KEYS).map_or_else(String::new, |near| format!("; did you mean {}?", quote(near)));
            diagnostics
                .remark(at, format!("the key {} of a check means nothing here and is ignored{near}", quote(key)));
        }
        Some(slim)
    }
}
