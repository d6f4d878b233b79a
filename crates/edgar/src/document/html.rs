//! HTML and XHTML, inline XBRL included, to text.
//!
//! A tokenizer of our own: nine tenths of a modern filing are attributes that nobody reads, so tags are skipped
//! with `memchr` rather than decoded, and the source offset of every text run is at hand. What is a tag, a
//! comment and a text follows the HTML standard; the tests hold it against an independent tokenizer.

use memchr::{memchr, memmem};

use super::builder::Builder;

/// Nesting of tables that is followed.
const DEEPEST: usize = 64;

/// What a tag does to the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Transparent: formatting, links, inline XBRL wrappers.
    Inline,
    Block,
    Break,
    Table,
    Row,
    Cell,
    Anchor,
    Pre,
    /// Its contents are text for nobody.
    Dropped,
    /// Its contents are not even markup: up to the closing tag of the same name.
    Raw,
}

fn effect(name: &[u8]) -> Effect {
    match name {
        b"br" => Effect::Break,
        b"p" | b"div" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"hr" | b"ul" | b"ol" | b"li" | b"dl"
        | b"dt" | b"dd" | b"blockquote" | b"center" | b"section" | b"article" | b"aside" | b"header" | b"footer"
        | b"main" | b"nav" | b"form" | b"fieldset" | b"address" | b"figure" | b"caption" | b"body" | b"html"
        | b"page" | b"document" | b"text" | b"dir" | b"menu" => Effect::Block,
        b"table" => Effect::Table,
        b"tr" | b"thead" | b"tbody" | b"tfoot" => Effect::Row,
        b"td" | b"th" => Effect::Cell,
        b"a" => Effect::Anchor,
        b"pre" => Effect::Pre,
        b"script" | b"style" | b"title" | b"noscript" => Effect::Raw,
        b"ix:header" | b"ix:hidden" | b"ix:references" | b"ix:resources" => Effect::Dropped,
        _ => Effect::Inline,
    }
}

/// A tag's name in lower case, cut to what any known name needs.
struct Name {
    bytes: [u8; 16],
    length: usize,
}

impl Name {
    fn read(bytes: &[u8]) -> (Self, usize) {
        let mut name = Self { bytes: [0; 16], length: 0 };
        let mut used = 0;
        while let Some(&byte) = bytes.get(used) {
            if matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c | b'/' | b'>') {
                break;
            }
            if let Some(place) = name.bytes.get_mut(name.length) {
                *place = byte.to_ascii_lowercase();
                name.length += 1;
            }
            used += 1;
        }
        (name, used)
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Finds ends of tags. Remembers which searches are vain, so that no input is searched to its end twice.
#[derive(Default)]
struct Ends {
    no_double: bool,
    no_single: bool,
}

impl Ends {
    /// The place after the `>` of a tag whose attributes begin at `from`; none where the input ends inside it.
    fn of_tag(&mut self, source: &[u8], mut from: usize) -> Option<usize> {
        loop {
            let rest = source.get(from..)?;
            let found = memchr::memchr3(b'>', b'"', b'\'', rest)?;
            let place = from + found;
            let quote = source[place];
            if quote == b'>' {
                return Some(place + 1);
            }
            // A quote opens a value only after an equals sign.
            let opens = source[..place]
                .iter()
                .rev()
                .take(8)
                .find(|byte| !byte.is_ascii_whitespace())
                .is_some_and(|byte| *byte == b'=');
            let vain = if quote == b'"' { &mut self.no_double } else { &mut self.no_single };
            if !opens || *vain {
                from = place + 1;
                continue;
            }
            match memchr(quote, &source[place + 1..]) {
                Some(length) => from = place + 1 + length + 1,
                None => {
                    *vain = true;
                    from = place + 1;
                }
            }
        }
    }
}

/// Reads markup from `source`, of which offset 0 lies at `base`, into the builder.
pub(super) fn read(source: &[u8], base: usize, xml: bool, builder: &mut Builder) {
    let (text, lines) = (builder.len(), builder.line_count());
    if !pass(source, base, xml, true, builder) {
        // Something that was hidden never ended. Better to read too much than to lose a filing.
        builder.cut(text, lines);
        pass(source, base, xml, false, builder);
    }
}

/// One pass. False when hidden contents were still open at the end.
fn pass(source: &[u8], base: usize, xml: bool, hide: bool, builder: &mut Builder) -> bool {
    let mut at = 0;
    let mut ends = Ends::default();
    let style = memmem::Finder::new(b"display");
    // The name and depth of what is being dropped.
    let mut dropping: Option<(Name, usize)> = None;
    // For each open table, whether it lies in a cell.
    let mut tables: Vec<bool> = Vec::new();
    let mut in_cell = false;
    let mut preformatted = 0_usize;
    while at < source.len() {
        let rest = &source[at..];
        let text = memchr(b'<', rest).unwrap_or(rest.len());
        if text > 0 && dropping.is_none() {
            put(&rest[..text], base + at, preformatted > 0, builder);
        }
        at += text;
        let Some(rest) = source.get(at..) else { break };
        if rest.is_empty() {
            break;
        }
        match rest.get(1) {
            Some(b'!') => {
                if rest.starts_with(b"<!--") {
                    let Some(end) = memmem::find(&rest[4..], b"-->") else { break };
                    at += 4 + end + 3;
                } else if xml && rest.starts_with(b"<![CDATA[") {
                    let length = memmem::find(&rest[9..], b"]]>").unwrap_or(rest.len() - 9);
                    if dropping.is_none() {
                        builder.run(&rest[9..9 + length], base + at + 9, false);
                    }
                    at += 9 + length + 3;
                } else {
                    let Some(end) = memchr(b'>', rest) else { break };
                    at += end + 1;
                }
            }
            Some(b'?') => {
                let Some(end) = memchr(b'>', rest) else { break };
                at += end + 1;
            }
            Some(b'/') if rest.get(2).is_some_and(u8::is_ascii_alphabetic) => {
                let (name, used) = Name::read(&rest[2..]);
                let Some(end) = ends.of_tag(source, at + 2 + used) else { break };
                at = end;
                if let Some((dropped, depth)) = &mut dropping {
                    if dropped.as_bytes() == name.as_bytes() {
                        *depth -= 1;
                        if *depth == 0 {
                            dropping = None;
                        }
                    }
                    continue;
                }
                match effect(name.as_bytes()) {
                    Effect::Block => builder.block(),
                    Effect::Break => builder.soft_break(),
                    Effect::Table => {
                        builder.hard_break();
                        in_cell = tables.pop().unwrap_or(false);
                        if in_cell {
                            builder.back_in_cell();
                        }
                    }
                    Effect::Row => {
                        builder.hard_break();
                        in_cell = false;
                    }
                    Effect::Cell => {
                        builder.cell(false);
                        in_cell = false;
                    }
                    Effect::Anchor => builder.link(false),
                    Effect::Pre => {
                        builder.hard_break();
                        preformatted = preformatted.saturating_sub(1);
                    }
                    Effect::Inline if xml => builder.block(),
                    Effect::Inline | Effect::Dropped | Effect::Raw => {}
                }
            }
            Some(byte) if byte.is_ascii_alphabetic() => {
                let (name, used) = Name::read(&rest[1..]);
                let Some(end) = ends.of_tag(source, at + 1 + used) else { break };
                let attributes = &source[at + 1 + used..end - 1];
                at = end;
                let closed = attributes.last() == Some(&b'/');
                if let Some((dropped, depth)) = &mut dropping {
                    if !closed && dropped.as_bytes() == name.as_bytes() {
                        *depth += 1;
                    }
                    continue;
                }
                let effect = effect(name.as_bytes());
                if hide
                    && !closed
                    && (effect == Effect::Dropped || is_hidden(attributes, &style))
                    && !is_void(name.as_bytes())
                {
                    dropping = Some((name, 1));
                    builder.space();
                    continue;
                }
                match effect {
                    Effect::Block => builder.block(),
                    Effect::Break => builder.soft_break(),
                    Effect::Table => {
                        if tables.len() < DEEPEST {
                            tables.push(in_cell);
                        }
                        in_cell = false;
                        builder.hard_break();
                    }
                    Effect::Row => {
                        builder.hard_break();
                        in_cell = false;
                    }
                    Effect::Cell => {
                        builder.cell(!closed);
                        in_cell = !closed;
                    }
                    Effect::Anchor => builder.link(memmem::find(attributes, b"#").is_some()),
                    Effect::Pre => {
                        builder.hard_break();
                        preformatted += 1;
                    }
                    Effect::Raw if !closed && !xml => at = end_of_raw(source, at, name.as_bytes()),
                    Effect::Inline if xml => builder.block(),
                    Effect::Inline | Effect::Dropped | Effect::Raw => {}
                }
            }
            // A lone angle bracket is text.
            _ => {
                if dropping.is_none() {
                    builder.run(b"<", base + at, false);
                }
                at += 1;
            }
        }
    }
    dropping.is_none() || !hide
}

fn put(bytes: &[u8], at: usize, preformatted: bool, builder: &mut Builder) {
    if preformatted {
        super::plain::lines(bytes, at, true, builder);
    } else {
        builder.run(bytes, at, true);
    }
}

/// Elements without contents, which therefore hide nothing but themselves.
fn is_void(name: &[u8]) -> bool {
    matches!(name, b"br" | b"hr" | b"img" | b"input" | b"meta" | b"link" | b"col" | b"area" | b"base" | b"wbr")
}

/// Whether the attributes hide the element: `style="display: none"`.
fn is_hidden(attributes: &[u8], style: &memmem::Finder<'_>) -> bool {
    if attributes.len() < 12 {
        return false;
    }
    let mut from = 0;
    while let Some(found) = attributes.get(from..).and_then(|rest| style.find(rest)) {
        from += found + b"display".len();
        let value: Vec<u8> = attributes[from..]
            .iter()
            .filter(|byte| !byte.is_ascii_whitespace())
            .take(5)
            .map(u8::to_ascii_lowercase)
            .collect();
        if value == b":none" {
            return true;
        }
    }
    false
}

/// The place of the closing tag of a raw element; the end of the source where there is none.
fn end_of_raw(source: &[u8], from: usize, name: &[u8]) -> usize {
    let mut at = from;
    while let Some(found) = memchr(b'<', &source[at..]) {
        at += found;
        let rest = &source[at..];
        if rest.get(1) == Some(&b'/')
            && rest.get(2..2 + name.len()).is_some_and(|close| close.eq_ignore_ascii_case(name))
        {
            return at;
        }
        at += 1;
    }
    source.len()
}
