//! Turns runs of source bytes into folded text with lines, and remembers where each position came from.
//!
//! Three rules make the text good for reading and quoting. White space is folded and characters that only
//! steer a browser (soft hyphens, zero-width marks) are dropped. A line of the text is a paragraph, a heading
//! or a row of a table; hard wraps of old filings are undone. A sentence that a page break cut is put together
//! again, without the page number between its halves.

use super::charset;
use super::entities;

/// Longest page furniture (`Table of Contents`, `- 47 -`, `F-12`).
const FURNITURE: usize = 24;
/// Longest first cell that is a bullet or a number of a list, not a cell: `(iii)`.
const BULLET: usize = 6;
/// A physical line shorter than this ended because its author wanted it to.
const WRAPPED: usize = 55;
/// A physical line longer than this is a paragraph of its own, not a wrapped line.
const PARAGRAPH: usize = 160;

/// One line of the text: a paragraph, a heading, or a row of a table with its cells separated by tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// First byte in the text.
    pub start: usize,
    /// Byte after the last, without the line feed.
    pub end: usize,
    /// A row of a table: more than one cell, a bullet or the number of a list apart.
    pub row: bool,
    /// Begins with a link into the same document, as lines of a table of contents do.
    pub linked: bool,
}

/// What stands between the text so far and the text to come; the greater wins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    /// `<br>`, or the end of a line in a plain text.
    Soft,
    /// End of a block.
    Line,
    /// End of a cell.
    Cell,
    /// End of a row, a table or a plain-text paragraph: no rule joins over it.
    Hard,
}

/// A place where text and source run in step until the next anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) text: u32,
    pub(super) source: u32,
}

pub(super) struct Builder {
    text: String,
    anchors: Vec<Anchor>,
    lines: Vec<Line>,
    gap: Gap,
    line_start: usize,
    /// The line has cells, beyond a bullet or a number and its text.
    line_row: bool,
    line_linked: bool,
    /// Where the current physical line (up to a soft break) began in the text.
    physical_start: usize,
    /// Indentation of the physical line being read and of the one before.
    indent: usize,
    previous_indent: usize,
    cell_has_text: bool,
    in_cell: bool,
    in_link: bool,
    /// Lines at the end of `lines` that are page furniture.
    furniture: usize,
}

/// What the builder made.
pub(super) struct Built {
    pub(super) text: String,
    pub(super) anchors: Vec<Anchor>,
    pub(super) lines: Vec<Line>,
}

impl Builder {
    pub(super) fn new(expected: usize) -> Self {
        Self {
            text: String::with_capacity(expected),
            anchors: Vec::with_capacity(expected / 48),
            lines: Vec::with_capacity(expected / 120),
            gap: Gap::None,
            line_start: 0,
            line_row: false,
            line_linked: false,
            physical_start: 0,
            indent: 0,
            previous_indent: 0,
            cell_has_text: false,
            in_cell: false,
            in_link: false,
            furniture: 0,
        }
    }

    /// Bytes of text so far.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Lines so far, the open one apart.
    pub(super) fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// Back to an earlier state at the end of a line.
    pub(super) fn cut(&mut self, text: usize, lines: usize) {
        self.text.truncate(text);
        self.lines.truncate(lines);
        while self.anchors.last().is_some_and(|anchor| anchor.text as usize >= text) {
            self.anchors.pop();
        }
        self.line_start = text;
        self.physical_start = text;
        self.line_row = false;
        self.furniture = 0;
        self.gap = Gap::None;
        self.in_cell = false;
        self.in_link = false;
    }

    fn want(&mut self, gap: Gap) {
        if self.gap < gap {
            self.gap = gap;
        }
    }

    /// `<br>`, or the end of a line of plain text; two of them end the line.
    pub(super) fn soft_break(&mut self) {
        if self.gap == Gap::Soft {
            self.gap = Gap::Line;
        } else {
            self.want(Gap::Soft);
        }
    }

    /// A block begins or ends. At the edge of a cell that means nothing.
    pub(super) fn block(&mut self) {
        if !self.in_cell || self.cell_has_text {
            self.want(Gap::Line);
        }
    }

    /// A row or a table begins or ends; a part of a submission ends.
    pub(super) fn hard_break(&mut self) {
        self.in_cell = false;
        self.gap = Gap::Hard;
    }

    /// A cell begins or ends.
    pub(super) fn cell(&mut self, inside: bool) {
        if self.gap < Gap::Hard && self.text.len() > self.line_start {
            self.gap = Gap::Cell;
        }
        self.in_cell = inside;
        self.cell_has_text = false;
    }

    /// A cell ends, and its line may go on.
    pub(super) fn cell_ends(&mut self) {
        self.in_cell = false;
    }

    /// After a nested table the outer cell goes on.
    pub(super) fn back_in_cell(&mut self) {
        self.in_cell = true;
        self.cell_has_text = true;
    }

    /// A link into the same document begins or ends.
    pub(super) fn link(&mut self, inside: bool) {
        self.in_link = inside;
    }

    /// The indentation of the physical line that follows.
    pub(super) fn indent(&mut self, columns: usize) {
        self.previous_indent = self.indent;
        self.indent = columns;
    }

    /// White space between words.
    pub(super) fn space(&mut self) {
        self.want(Gap::Space);
    }

    /// Text of the source at `at`, with white space folded; entities are decoded where `markup` says so.
    pub(super) fn run(&mut self, bytes: &[u8], at: usize, markup: bool) {
        let mut from = 0;
        while let Some(&byte) = bytes.get(from) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => {
                    self.want(Gap::Space);
                    from += 1;
                }
                b'&' if markup => {
                    let (decoded, used) = entities::decode(&bytes[from..]);
                    match decoded {
                        Some(entities::Decoded::One(character)) => {
                            self.character(character, at + from);
                        }
                        Some(entities::Decoded::Nothing) => {}
                        None => self.character('&', at + from),
                    }
                    from += used;
                }
                0x21..=0x7e => {
                    let rest = &bytes[from..];
                    let length = plain_length(rest, markup);
                    self.ascii(&rest[..length], at + from);
                    from += length;
                }
                0x80.. => {
                    let (character, used) = charset::next(&bytes[from..]);
                    self.character(character, at + from);
                    from += used;
                }
                // Control characters are nobody's text.
                _ => from += 1,
            }
        }
    }

    /// A stretch of visible ASCII.
    fn ascii(&mut self, bytes: &[u8], at: usize) {
        // Checked to be 0x21..=0x7e by the caller.
        if let Ok(text) = std::str::from_utf8(bytes) {
            self.settle(text.as_bytes());
            self.anchor(at);
            self.text.push_str(text);
        }
    }

    fn character(&mut self, character: char, at: usize) {
        match character {
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' | '\u{202a}'..='\u{202e}' => {}
            character if character.is_whitespace() => self.want(Gap::Space),
            character if character.is_control() => {}
            character => {
                let mut encoded = [0; 4];
                let encoded = character.encode_utf8(&mut encoded);
                self.settle(encoded.as_bytes());
                self.anchor(at);
                self.text.push_str(encoded);
            }
        }
    }

    /// An anchor at the end of the text, where the last one does not say the same.
    fn anchor(&mut self, at: usize) {
        let text = self.text.len() as u32;
        let source = at as u32;
        if let Some(last) = self.anchors.last()
            && u64::from(source) == u64::from(last.source) + u64::from(text - last.text)
        {
            return;
        }
        self.anchors.push(Anchor { text, source });
    }

    /// Writes the gap, now that it is known what follows.
    fn settle(&mut self, next: &[u8]) {
        let gap = std::mem::replace(&mut self.gap, Gap::None);
        if self.in_cell {
            self.cell_has_text = true;
        }
        if self.text.len() == self.line_start {
            // First text of a line: is it the other half of a sentence that a page break cut?
            if gap <= Gap::Line {
                self.rejoin(next);
            }
            if self.text.len() == self.line_start {
                self.line_linked = self.in_link;
            }
            return;
        }
        match gap {
            Gap::None => {}
            Gap::Space => self.text.push(' '),
            Gap::Soft => {
                let joined = self.wraps_into(next);
                if joined {
                    self.text.push(' ');
                    self.physical_start = self.text.len();
                } else {
                    self.end_line();
                    self.line_linked = self.in_link;
                }
            }
            Gap::Line => {
                self.end_line();
                self.rejoin(next);
                if self.text.len() == self.line_start {
                    self.line_linked = self.in_link;
                }
            }
            Gap::Cell => {
                let bullet = self.text.len() - self.line_start <= BULLET
                    && next.first().is_some_and(|first| first.is_ascii_alphabetic() || *first >= 0x80);
                self.line_row |= !bullet;
                self.text.push('\t');
                self.physical_start = self.text.len();
            }
            Gap::Hard => {
                self.end_line();
                self.furniture = 0;
                self.line_linked = self.in_link;
            }
        }
    }

    /// Whether the physical line that just ended goes on with `next`.
    fn wraps_into(&self, next: &[u8]) -> bool {
        if self.line_row {
            return false;
        }
        let physical = self.text.get(self.physical_start..).unwrap_or("");
        let Some(last) = physical.as_bytes().last() else { return false };
        if next.first().is_some_and(u8::is_ascii_lowercase) {
            return true;
        }
        let long = (WRAPPED..PARAGRAPH).contains(&physical.len());
        let begins_something = next.len() >= 4
            && (next[..4].eq_ignore_ascii_case(b"item") || next[..4].eq_ignore_ascii_case(b"part"))
            || next.starts_with("•".as_bytes())
            || next.starts_with(b"--");
        let deeper = self.indent >= self.previous_indent + 2;
        let ended = matches!(last, b'.' | b':' | b';' | b'?' | b'!');
        // A heading in capitals goes on only in capitals.
        let shouts = |words: &[u8]| words.iter().all(|byte| !byte.is_ascii_lowercase());
        let shouted = shouts(physical.as_bytes()) && !shouts(next);
        long && !begins_something && !shouted && !(ended && (deeper || self.text.len() - self.line_start > 2_000))
    }

    /// Closes the open line.
    fn end_line(&mut self) {
        let (start, end) = (self.line_start, self.text.len());
        if end > start {
            self.lines.push(Line { start, end, row: self.line_row, linked: self.line_linked });
            self.furniture = if is_furniture(&self.text[start..end]) { self.furniture + 1 } else { 0 };
            self.text.push('\n');
        }
        self.line_start = self.text.len();
        self.physical_start = self.line_start;
        self.line_row = false;
        self.line_linked = false;
    }

    /// At the start of a line: takes the line before up again when it broke off in the middle of a sentence.
    fn rejoin(&mut self, next: &[u8]) {
        if self.in_cell || self.in_link || self.furniture > 3 || !next.first().is_some_and(u8::is_ascii_lowercase) {
            return;
        }
        let Some(index) = self.lines.len().checked_sub(self.furniture + 1) else { return };
        let Some(line) = self.lines.get(index).copied() else { return };
        let body = &self.text[line.start..line.end];
        let open = body.bytes().last().is_some_and(|last| last.is_ascii_lowercase() || last == b',');
        if line.row || line.linked || body.len() < WRAPPED || !open {
            return;
        }
        self.cut_lines_to(line, index);
    }

    fn cut_lines_to(&mut self, line: Line, index: usize) {
        let (in_cell, in_link) = (self.in_cell, self.in_link);
        self.cut(line.end, index);
        self.in_cell = in_cell;
        self.in_link = in_link;
        self.line_start = line.start;
        self.line_linked = line.linked;
        self.text.push(' ');
        self.physical_start = self.text.len();
    }

    /// Ends the text.
    pub(super) fn finish(mut self) -> Built {
        self.end_line();
        if self.text.ends_with('\n') {
            self.text.pop();
        }
        self.text.shrink_to_fit();
        Built { text: self.text, anchors: self.anchors, lines: self.lines }
    }

    /// Ends the current line for good: what comes belongs to another part.
    pub(super) fn close(&mut self) {
        self.end_line();
        self.furniture = 0;
        self.gap = Gap::None;
        self.in_cell = false;
        self.in_link = false;
    }
}

/// How many of the first bytes are visible ASCII, single spaces between words included; at least one. In markup a
/// reference ends the stretch. Never looks further than it takes, so that the whole stays linear.
fn plain_length(bytes: &[u8], markup: bool) -> usize {
    let visible = |byte: &u8| matches!(byte, 0x21..=0x7e) && !(markup && *byte == b'&');
    let mut length = 1;
    while let Some(byte) = bytes.get(length) {
        let inside = visible(byte) || *byte == b' ' && bytes.get(length + 1).is_some_and(visible);
        if !inside {
            break;
        }
        length += 1;
    }
    length
}

/// A page number, or the link back to the contents that some filers put on every page.
fn is_furniture(line: &str) -> bool {
    if line.len() > FURNITURE {
        return false;
    }
    let bare = line.trim_matches(|character: char| matches!(character, '-' | '–' | '—' | ' ' | '\t'));
    if bare.eq_ignore_ascii_case("table of contents") || bare.eq_ignore_ascii_case("index") {
        return true;
    }
    let digits = bare.strip_prefix("F-").or_else(|| bare.strip_prefix("Page ")).unwrap_or(bare);
    (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        || (1..=6).contains(&bare.len()) && bare.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x'))
}
