//! The search for markers: each file looks for one family of signs.

/// A regular expression made once; every pattern is compiled by the tests. Word boundaries and digits are
/// those of ASCII: the Unicode ones would take the slow engine on any text with a curly quote in it.
macro_rules! pattern {
    ($name:ident, $($part:expr),+ $(,)?) => {
        #[allow(clippy::unwrap_used, reason = "constant patterns, compiled by every test")]
        static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| {
                let source = concat!($($part),+).replace(r"\b", r"(?-u:\b)").replace(r"\d", "[0-9]");
                regex::Regex::new(&source).unwrap()
            });
    };
}

mod citations;
mod claims;
mod clock;
mod contradictions;
mod durations;
mod figures;
mod guard;
mod journals;
mod order;
mod periods;
mod precision;
mod references;
mod unshared;
mod venues;

use text::Span;

use crate::marker::{Context, Marker, MarkerKind};
use guard::Guard;

/// A sign as its finder sees it, before it becomes a [`Marker`].
struct Finding {
    kind: MarkerKind,
    span: Span,
    why: String,
}

impl Finding {
    fn new(kind: MarkerKind, start: usize, end: usize, why: impl Into<String>) -> Self {
        Self { kind, span: Span::new(start, end), why: why.into() }
    }
}

/// Longest answer that is searched, in bytes; what lies beyond is not read.
const LONGEST: usize = 8 << 20;

/// Most markers that one answer gets; a text made to trip every rule is a list nobody reads.
const MOST: usize = 200;

/// Every marker of an answer, by place. Pure and offline; an empty list says that none of the documented
/// rules fired, not that the answer is true.
pub fn markers(answer: &str, context: &Context<'_>) -> Vec<Marker> {
    let mut end = answer.len().min(LONGEST);
    while !answer.is_char_boundary(end) {
        end -= 1;
    }
    let answer = &answer[..end];
    let guard = Guard::of(answer);
    let mut found = Vec::new();
    citations::find(answer, context, &guard, &mut found);
    references::find(answer, context, &guard, &mut found);
    periods::find(answer, context, &guard, &mut found);
    figures::find(answer, &guard, &mut found);
    precision::find(answer, &guard, &mut found);
    let claims = claims::find(answer, &guard);
    contradictions::find(answer, &claims, &guard, &mut found);
    order::find(answer, &claims, &guard, &mut found);
    unshared::find(answer, context, &guard, &mut found);
    found.retain(|f| !f.span.is_empty() && f.span.of(answer).len() == f.span.len());
    found.sort_by_key(|f| (f.span, f.kind));
    let mut out: Vec<Marker> = Vec::new();
    for finding in found {
        // One place, one sign of a kind.
        if out.iter().rev().take(8).any(|m| m.kind == finding.kind && m.span.overlaps(finding.span)) {
            continue;
        }
        let quote = finding.span.of(answer).to_owned();
        out.push(Marker { kind: finding.kind, span: finding.span, quote, why: finding.why });
        if out.len() == MOST {
            break;
        }
    }
    out
}
