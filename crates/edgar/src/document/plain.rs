//! Plain text with hard wraps and tables drawn with spaces, as filings were before 2001 and some are still.

use memchr::memchr;

use super::builder::Builder;

/// Spaces that part columns.
const COLUMN: usize = 4;
/// Spaces that part columns before a figure.
const COLUMN_BEFORE_FIGURE: usize = 3;

/// Longest bullet or number of a list.
const BULLET: usize = 6;
/// A cell longer than this is prose.
const PROSE: usize = 40;

/// Reads lines of plain text into the builder. With `markup`, character references are decoded: the text comes
/// from within `<pre>`.
pub(super) fn lines(source: &[u8], base: usize, markup: bool, builder: &mut Builder) {
    let mut at = 0;
    while at < source.len() {
        let rest = &source[at..];
        let length = memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or(rest);
        let ends = length < rest.len();
        one(line, base + at, markup, builder);
        at += length + 1;
        if ends {
            builder.soft_break();
        }
    }
}

fn one(line: &[u8], at: usize, markup: bool, builder: &mut Builder) {
    let indent = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let body = line.get(indent..).unwrap_or_default().trim_ascii_end();
    let at = at + indent;
    // What was trimmed may have stood between two words: within `<pre>` a line comes in pieces.
    builder.space();
    if body.is_empty() {
        return;
    }
    // Markers of the old submission format, and rules drawn with dashes.
    if !markup && is_marker(body) || body.iter().all(|byte| matches!(byte, b'-' | b'=' | b'_' | b' ' | b'*')) {
        builder.hard_break();
        return;
    }
    builder.indent(indent);
    let mut cells = Cells { body, from: 0 };
    let Some((_, first)) = cells.next() else { return };
    if first.len() == body.len() {
        builder.run(body, at, markup);
        builder.space();
        return;
    }
    builder.hard_break();
    builder.run(first, at, markup);
    let mut count = 1;
    let mut last = first;
    for (offset, cell) in cells {
        builder.cell(true);
        builder.run(cell, at + offset, markup);
        count += 1;
        last = cell;
    }
    // A bullet and a wrapped line of prose: the next line may go on with it.
    if count == 2 && first.len() <= BULLET && last.len() > PROSE {
        builder.cell_ends();
    } else {
        builder.hard_break();
    }
}

/// `<PAGE>`, `<TABLE>`, `<CAPTION>`, `<S> <C>`, `</TABLE>`.
fn is_marker(body: &[u8]) -> bool {
    body.first() == Some(&b'<')
        && body.last() == Some(&b'>')
        && body.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'<' | b'>' | b'/' | b' ' | b'\t'))
}

/// The cells of a line, each with its offset.
struct Cells<'a> {
    body: &'a [u8],
    from: usize,
}

impl<'a> Iterator for Cells<'a> {
    type Item = (usize, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.from;
        let rest = self.body.get(start..)?;
        if rest.is_empty() {
            return None;
        }
        let mut at = 0;
        while at < rest.len() {
            if rest[at] != b' ' && rest[at] != b'\t' {
                at += 1;
                continue;
            }
            let tab = rest[at] == b'\t';
            let gap = rest[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            let next = rest.get(at + gap);
            let figure = next.is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'$' | b'('));
            if gap >= COLUMN || tab && gap > 1 || gap >= COLUMN_BEFORE_FIGURE && figure {
                self.from += at + gap;
                return Some((start, &rest[..at]));
            }
            at += gap;
        }
        self.from = self.body.len();
        Some((start, rest))
    }
}
