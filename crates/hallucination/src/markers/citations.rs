//! Invented citations: identifiers that cannot exist, and references whose parts contradict each other.

use text::identifiers::{self, FaultKind, Kind};

use super::Finding;
use super::guard::Guard;
use crate::marker::{Context, MarkerKind};

pub(super) fn find(answer: &str, context: &Context<'_>, guard: &Guard, out: &mut Vec<Finding>) {
    for found in identifiers::find_at(answer, context.today) {
        let (Some(why), Some(kind)) = (found.fault, found.fault_kind) else { continue };
        // What the user wrote was not invented by the answer.
        if context.prompt.contains(&found.text) || guard.is_about(found.span.start) {
            continue;
        }
        if found.kind == Kind::Url && guard.is_code(found.span) {
            continue;
        }
        let kind = match kind {
            FaultKind::Form => MarkerKind::CitationMalformed,
            FaultKind::CheckDigit => MarkerKind::CitationChecksum,
            FaultKind::Contradiction => MarkerKind::CitationContradiction,
        };
        out.push(Finding { kind, span: found.span, why });
    }
}
