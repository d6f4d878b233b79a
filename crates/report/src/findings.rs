//! What a reader of a scored run looks at first: the checks that did not pass, grouped by cell and
//! check, and the signs of fabrication. Found and counted here once for all formats.

use checks::{CheckErrorKind, CheckResult};
use evals::analysis::model::Cell;
use evals::record::CallRecord;
use hallucination::{Marker, Risk};

use crate::document::Document;

/// One check of one cell that did not pass in some run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finding<'a> {
    /// Its cell.
    pub(crate) cell: &'a Cell,
    /// Position among the item's checks.
    pub(crate) check: usize,
    /// The result in the first run that this is about.
    pub(crate) result: &'a CheckResult,
    /// Runs that this is about.
    pub(crate) count: u32,
    /// Runs in which the check was looked at.
    pub(crate) runs: u32,
}

impl Finding<'_> {
    /// What the check is called: the name the user gave it, else its type. Raw text.
    pub(crate) fn check_name(&self) -> String {
        match &self.result.name {
            Some(name) => format!("{} ({})", crate::wording::shortened(name), self.result.kind),
            None => self.result.kind.clone(),
        }
    }

    /// ` in 2 of 3 runs`, or nothing where there is one run.
    pub(crate) fn in_runs(&self) -> String {
        if self.runs > 1 { format!(" in {} of {} runs", self.count, self.runs) } else { String::new() }
    }

    /// Why, in a sentence. Raw text.
    pub(crate) fn why(&self) -> &str {
        match &self.result.error {
            // The sentence around it says so already.
            Some(error) if self.result.passed.is_none() => error.strip_prefix("not evaluated: ").unwrap_or(error),
            _ => &self.result.message,
        }
    }
}

/// Checks that failed and checks without a verdict, each in plan order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Findings<'a> {
    /// Checks that failed in some run.
    pub(crate) failed: Vec<Finding<'a>>,
    /// Checks that could not be evaluated in some run; one for each kind of reason.
    pub(crate) open: Vec<Finding<'a>>,
}

/// Finds what did not pass.
pub(crate) fn collect<'a>(document: &Document<'a>) -> Findings<'a> {
    let mut findings = Findings::default();
    for cell in &document.analysis.cells {
        let rows: Vec<&[CheckResult]> =
            document.row_positions(cell).iter().filter_map(|at| document.scores(*at)?.checks.as_deref()).collect();
        let checks = rows.iter().map(|results| results.len()).max().unwrap_or(0);
        for check in 0..checks {
            let of = |wanted: &dyn Fn(&CheckResult) -> bool| {
                let mut found = rows.iter().filter_map(|results| results.get(check)).filter(|result| wanted(result));
                let result = found.next()?;
                let count = 1 + found.count() as u32;
                Some(Finding { cell, check, result, count, runs: rows.len() as u32 })
            };
            findings.failed.extend(of(&|result| result.passed == Some(false)));
            let mut kinds: Vec<Option<CheckErrorKind>> = vec![];
            for result in rows.iter().filter_map(|results| results.get(check)) {
                if result.passed.is_none() && !kinds.contains(&result.error_kind) {
                    kinds.push(result.error_kind);
                    findings.open.extend(of(&|other| other.passed.is_none() && other.error_kind == result.error_kind));
                }
            }
        }
    }
    findings
}

/// An answer with signs of fabrication.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marked<'a> {
    /// The answer.
    pub(crate) record: &'a CallRecord,
    /// The signs in its text.
    pub(crate) markers: &'a [Marker],
    /// All evidence together.
    pub(crate) risk: Option<Risk>,
}

/// Answers with a marker or of high risk, highest risk first and in plan order within a risk.
pub(crate) fn marked<'a>(document: &Document<'a>) -> Vec<Marked<'a>> {
    let mut found: Vec<Marked<'a>> = document
        .analysis
        .rows
        .iter()
        .enumerate()
        .filter_map(|(at, record)| {
            let scored = document.scores(at)?.hallucination.as_ref()?;
            let worth = !scored.markers.is_empty() || scored.risk == Some(Risk::High);
            worth.then_some(Marked { record, markers: &scored.markers, risk: scored.risk })
        })
        .collect();
    found.sort_by_key(|one| match one.risk {
        Some(Risk::High) => 0,
        Some(Risk::Medium) => 1,
        Some(Risk::Low) => 2,
        None => 3,
    });
    found
}
