//! Sentences: verdicts and notes, wrapped under a hanging indent.

use anstyle::Style;
use evals::analysis::verdict::{Verdict, VerdictKind};

use crate::document::Document;
use crate::escape::terminal::line;
use crate::figures;
use crate::style::{self, paint};
use crate::text::wrap;

/// Up to so many pairs each get their sentence; beyond, differences only and counts of the rest.
const PAIRS_IN_FULL: usize = 6;
/// Most sentences of one kind.
const SENTENCES_AT_MOST: usize = 12;

/// What can be said about each pair and about the outcomes.
pub(super) fn verdicts(document: &Document<'_>, columns: usize) -> String {
    let (pairs, others): (Vec<&Verdict>, Vec<&Verdict>) =
        document.verdicts.iter().partition(|verdict| verdict.kind != VerdictKind::Outcomes);
    if pairs.is_empty() && others.is_empty() {
        return String::new();
    }
    let mut out = heading("What can be said");
    if pairs.len() <= PAIRS_IN_FULL {
        for verdict in pairs {
            out.push_str(&item(verdict, columns));
        }
    } else {
        many_pairs(&pairs, columns, &mut out);
    }
    for verdict in others.iter().take(SENTENCES_AT_MOST) {
        out.push_str(&item(verdict, columns));
    }
    if others.len() > SENTENCES_AT_MOST {
        out.push_str(&bullet(
            Style::new(),
            &format!("{} more contestants had other outcomes than complete answers.", others.len() - SENTENCES_AT_MOST),
            columns,
        ));
    }
    out
}

/// What the reader must know.
pub(super) fn notes(document: &Document<'_>, columns: usize) -> String {
    let notes = &document.analysis.notes;
    if notes.is_empty() {
        return String::new();
    }
    let mut out = heading("Notes");
    for note in notes {
        out.push_str(&bullet(Style::new(), &note.text, columns));
    }
    out
}

/// A paragraph in one style.
pub(crate) fn block(style: Style, text: &str, columns: usize) -> String {
    let mut out = String::new();
    for line in wrap(&line(text), columns) {
        out.push_str(&paint(style, line));
        out.push('\n');
    }
    out
}

/// A sentence behind a bullet; the style is the bullet's.
pub(crate) fn bullet(style: Style, sentence: &str, columns: usize) -> String {
    const INDENT: usize = 2;
    let lines = wrap(&line(sentence), columns.saturating_sub(INDENT));
    let mut out = String::new();
    for (at, text) in lines.iter().enumerate() {
        let lead = if at == 0 { paint(style, "•") } else { " ".to_owned() };
        out.push_str(&format!("{lead} {text}\n"));
    }
    out
}

/// A heading on its own line.
pub(crate) fn heading(text: &str) -> String {
    format!("{}\n", paint(style::HEADING, text))
}

fn item(verdict: &Verdict, columns: usize) -> String {
    let style = match verdict.kind {
        VerdictKind::Difference => style::FOUND,
        VerdictKind::NoDifference => Style::new(),
        VerdictKind::Untestable | VerdictKind::Outcomes => style::WARNING,
    };
    bullet(style, &verdict.sentence, columns)
}

fn many_pairs(pairs: &[&Verdict], columns: usize, out: &mut String) {
    let of = |kind: VerdictKind| pairs.iter().filter(move |verdict| verdict.kind == kind);
    for verdict in of(VerdictKind::Difference).take(SENTENCES_AT_MOST) {
        out.push_str(&item(verdict, columns));
    }
    let differences = of(VerdictKind::Difference).count();
    let mut rest = vec![];
    if differences > SENTENCES_AT_MOST {
        rest.push(format!("{} more differences", differences - SENTENCES_AT_MOST));
    }
    for (kind, words) in [
        (VerdictKind::NoDifference, "no difference can be claimed"),
        (VerdictKind::Untestable, "no test could be made"),
    ] {
        let count = of(kind).count();
        if count > 0 {
            rest.push(format!("{words} for {}", figures::count(count as u64)));
        }
    }
    if !rest.is_empty() {
        out.push_str(&bullet(
            Style::new(),
            &format!("Of {} pairs: {}. JSON and Markdown have them all.", pairs.len(), rest.join("; ")),
            columns,
        ));
    }
}
