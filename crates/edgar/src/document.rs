//! A filing's document as text: for reading, and for quoting with the place it came from.
//!
//! [`Document::read`] takes what EDGAR serves (HTML with or without inline XBRL, XHTML, plain text, XML, a full
//! submission with its documents inside) and gives text whose lines are paragraphs, headings and table rows.
//! White space is folded, so that a quote is what a reader sees; every position maps back to the source.
//! What cannot be read as text ends in a [`DocumentProblem`] that names what it is.

mod builder;
mod charset;
mod entities;
mod html;
mod plain;
mod section;
mod sentence;
pub mod sgml;

use std::ops::Range;
use std::sync::OnceLock;

pub use builder::Line;
pub use section::{AuditorReport, Section, SectionKind};
pub use sgml::{Embedded, Header, Submission};

use builder::{Anchor, Builder};

/// Longest document that is read, in bytes.
pub const LONGEST: usize = 256 * 1024 * 1024;

/// Words below which a text is no document of a filing.
const STUB_WORDS: usize = 25;

/// Why a document could not be read as text. Each is a sentence about this document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentProblem {
    /// Nothing came.
    #[error("`{0}` is empty")]
    Empty(String),
    /// It is longer than [`LONGEST`].
    #[error("`{name}` has {bytes} bytes; documents of more than {LONGEST} are not read")]
    TooLarge {
        /// Its name.
        name: String,
        /// Its length.
        bytes: usize,
    },
    /// A picture, a PDF, an archive, UTF-16.
    #[error("`{name}` is {kind}, not text")]
    Binary {
        /// Its name.
        name: String,
        /// What it is: `a PDF`.
        kind: &'static str,
    },
    /// JSON, or another format for machines, where a document was expected.
    #[error("`{name}` is {kind}, not a document")]
    NotADocument {
        /// Its name.
        name: String,
        /// What it is.
        kind: &'static str,
    },
    /// EDGAR's page about too many requests instead of the document.
    #[error("`{0}` is a notice of EDGAR about automated access, not the document")]
    BlockPage(String),
    /// Markup without any words.
    #[error("`{0}` has no text")]
    NoText(String),
}

/// A document within the text: the whole of it, or one of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// `8-K`, `EX-99.1`; empty where the source does not say.
    pub kind: String,
    /// Its number within the submission, from 1.
    pub sequence: Option<u32>,
    /// Its name; empty where the source does not say.
    pub filename: String,
    /// What the filer says it is.
    pub description: String,
    /// Where it lies in the text; empty when it was not read.
    pub text: Range<usize>,
    /// Where it lies in the source.
    pub source: Range<usize>,
    /// Why it was not read: `a picture`, `XBRL`.
    pub skipped: Option<&'static str>,
}

/// A document that was read.
#[derive(Debug)]
pub struct Document {
    name: String,
    text: String,
    lines: Vec<Line>,
    anchors: Vec<Anchor>,
    parts: Vec<Part>,
    header: Option<Header>,
    sentences: OnceLock<Vec<Range<usize>>>,
    sections: OnceLock<Vec<Section>>,
}

impl Clone for Document {
    fn clone(&self) -> Self {
        Self {
            name: self.name.clone(),
            text: self.text.clone(),
            lines: self.lines.clone(),
            anchors: self.anchors.clone(),
            parts: self.parts.clone(),
            header: self.header.clone(),
            sentences: OnceLock::new(),
            sections: OnceLock::new(),
        }
    }
}

impl Document {
    /// Reads a document. The bytes decide what it is; the name and the content type only where they are silent.
    /// Time and memory are linear in the length.
    ///
    /// # Errors
    /// A problem that names what the bytes are instead.
    pub fn read(name: &str, content_type: Option<&str>, bytes: &[u8]) -> Result<Self, DocumentProblem> {
        let title = || name.chars().take(120).collect::<String>();
        if bytes.len() > LONGEST {
            return Err(DocumentProblem::TooLarge { name: title(), bytes: bytes.len() });
        }
        if bytes.trim_ascii().is_empty() {
            return Err(DocumentProblem::Empty(title()));
        }
        if is_block_page(bytes) {
            return Err(DocumentProblem::BlockPage(title()));
        }
        let mut builder = Builder::new(bytes.len() / 4);
        let mut header = None;
        let mut parts = Vec::new();
        if sgml::is_submission(bytes) {
            let submission = sgml::split(bytes);
            for embedded in submission.documents {
                parts.push(read_part(embedded, bytes, &mut builder));
            }
            header = Some(submission.header);
        } else {
            let source = 0..bytes.len();
            match sniff(bytes, name, content_type) {
                Shape::Binary(kind) => return Err(DocumentProblem::Binary { name: title(), kind }),
                Shape::Other(kind) => return Err(DocumentProblem::NotADocument { name: title(), kind }),
                shape => put(shape, bytes, 0, &mut builder),
            }
            builder.close();
            parts.push(Part {
                kind: String::new(),
                sequence: None,
                filename: title(),
                description: String::new(),
                text: 0..builder.len(),
                source,
                skipped: None,
            });
        }
        let built = builder.finish();
        if built.text.is_empty() {
            let skipped = parts.iter().find_map(|part| part.skipped);
            return Err(match skipped {
                Some(kind) => DocumentProblem::Binary { name: title(), kind },
                None => DocumentProblem::NoText(title()),
            });
        }
        for part in &mut parts {
            part.text.start = part.text.start.min(built.text.len());
            part.text.end = part.text.end.min(built.text.len());
        }
        Ok(Self {
            name: title(),
            text: built.text,
            lines: built.lines,
            anchors: built.anchors,
            parts,
            header,
            sentences: OnceLock::new(),
            sections: OnceLock::new(),
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text: lines parted by a line feed, cells of a table row by a tab, words by one space. Positions
    /// everywhere are byte offsets into it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its lines in order.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The line that a position lies in.
    pub fn line_at(&self, position: usize) -> Option<Line> {
        let index = self.lines.partition_point(|line| line.end < position);
        self.lines.get(index).copied().filter(|line| line.start <= position)
    }

    /// The paragraph that a position lies in: the line, without its line feed.
    pub fn paragraph_at(&self, position: usize) -> Range<usize> {
        self.line_at(position).map_or(position..position, |line| line.start..line.end)
    }

    /// The sentences in order. No sentence goes over the end of a line.
    pub fn sentences(&self) -> &[Range<usize>] {
        self.sentences.get_or_init(|| sentence::split(&self.text, &self.lines))
    }

    /// The sentence that a position lies in.
    pub fn sentence_at(&self, position: usize) -> Option<Range<usize>> {
        let sentences = self.sentences();
        let index = sentences.partition_point(|sentence| sentence.end <= position);
        sentences.get(index).cloned().filter(|sentence| sentence.start <= position)
    }

    /// The words of a range with all white space folded into single spaces: fit for a quote. Positions that cut
    /// a character give its nearest whole range.
    pub fn quote(&self, range: Range<usize>) -> String {
        let mut start = range.start.min(self.text.len());
        let mut end = range.end.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        fold(self.text.get(start..end.max(start)).unwrap_or(""))
    }

    /// Where a quote, white space folded, first stands in the text.
    pub fn find_quote(&self, quote: &str) -> Option<Range<usize>> {
        let quote = fold(quote);
        let first = quote.split(' ').next().filter(|word| !word.is_empty())?;
        memchr::memmem::find_iter(self.text.as_bytes(), first.as_bytes())
            .find_map(|start| Some(start..start + spans(self.text.get(start..)?, &quote)?))
    }

    /// The byte offset in the source that a position of the text came from.
    pub fn source_offset(&self, position: usize) -> usize {
        let index = self.anchors.partition_point(|anchor| anchor.text as usize <= position);
        match index.checked_sub(1).and_then(|index| self.anchors.get(index)) {
            Some(anchor) => anchor.source as usize + (position - anchor.text as usize),
            None => 0,
        }
    }

    /// The documents in the text: one, or those of a submission.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The primary document: the first that was read.
    pub fn primary(&self) -> Option<&Part> {
        self.parts.iter().find(|part| part.skipped.is_none())
    }

    /// The header, where the source is a full submission.
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// The sections of the primary document, an annual or quarterly report, in order; they may lie within each
    /// other (an auditor's report within Item 8). Empty for other documents.
    pub fn sections(&self) -> &[Section] {
        self.sections.get_or_init(|| {
            let within = self.primary().map_or(0..self.text.len(), |part| part.text.clone());
            section::find(&self.text, &self.lines, within)
        })
    }

    /// The innermost section that a position lies in.
    pub fn section_at(&self, position: usize) -> Option<&Section> {
        self.sections()
            .iter()
            .filter(|section| section.start <= position && position < section.end)
            .min_by_key(|section| section.end - section.start)
    }

    /// Every auditor's report in the text, exhibits included, with the firm that signed.
    pub fn auditor_reports(&self) -> Vec<AuditorReport> {
        section::auditor_reports(&self.text, &self.lines)
    }
}

impl Document {
    /// Whether there is so little text that it is no document of a filing: the page of a proxy or of a login, an error.
    /// The shortest that filers send, the cover of a withdrawal, have some fifty words.
    pub fn has_too_few_words(&self) -> bool {
        self.text.split_whitespace().nth(STUB_WORDS - 1).is_none()
    }
}

/// White space folded into single spaces, none at the ends.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// How many bytes of the text the folded words take, when it begins with them.
fn spans(text: &str, words: &str) -> Option<usize> {
    let mut rest = text;
    for (index, word) in words.split(' ').enumerate() {
        if index > 0 {
            let trimmed = rest.trim_start_matches([' ', '\t', '\n']);
            if trimmed.len() == rest.len() {
                return None;
            }
            rest = trimmed;
        }
        rest = rest.strip_prefix(word)?;
    }
    Some(text.len() - rest.len())
}

/// What bytes are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Html,
    Xml,
    Plain,
    Binary(&'static str),
    Other(&'static str),
}

fn put(shape: Shape, bytes: &[u8], base: usize, builder: &mut Builder) {
    match shape {
        Shape::Html => html::read(bytes, base, false, builder),
        Shape::Xml => html::read(bytes, base, true, builder),
        Shape::Plain => plain::lines(bytes, base, false, builder),
        Shape::Binary(_) | Shape::Other(_) => {}
    }
}

fn read_part(embedded: Embedded, bytes: &[u8], builder: &mut Builder) -> Part {
    let Embedded { kind, sequence, filename, description, body: source } = embedded;
    let inside = bytes.get(source.clone()).unwrap_or_default();
    let start = builder.len();
    let machine = match kind.as_str() {
        "GRAPHIC" => Some("a picture"),
        "ZIP" => Some("an archive"),
        "EXCEL" => Some("a spreadsheet"),
        "JSON" => Some("JSON"),
        // Rendered XBRL pages repeat the report.
        "XML" => Some("XBRL"),
        kind if kind.starts_with("EX-101") || kind.starts_with("EX-100") => Some("XBRL"),
        _ => None,
    };
    let skipped = machine.or_else(|| match sniff(inside, &filename, None) {
        Shape::Binary(kind) | Shape::Other(kind) => Some(kind),
        _ if inside.trim_ascii().is_empty() => Some("empty"),
        shape => {
            put(shape, inside, source.start, builder);
            None
        }
    });
    builder.close();
    Part { kind, sequence, filename, description, text: start..builder.len(), source, skipped }
}

/// The first bytes that are looked at.
const HEAD: usize = 16 * 1024;

fn sniff(bytes: &[u8], name: &str, content_type: Option<&str>) -> Shape {
    let head = bytes.get(..bytes.len().min(HEAD)).unwrap_or_default();
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    for (magic, kind) in MAGIC {
        if start.starts_with(magic) {
            return Shape::Binary(kind);
        }
    }
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Shape::Binary("UTF-16");
    }
    if start.starts_with(b"begin ") && start.get(6..9).is_some_and(|mode| mode.iter().all(u8::is_ascii_digit)) {
        return Shape::Binary("an uuencoded file");
    }
    let nulls = memchr::memchr_iter(0, head).count();
    if nulls * 100 > head.len() {
        return Shape::Binary("a binary file");
    }
    if let Some(root) = xml_root(start) {
        return match root {
            b"html" => Shape::Html,
            b"xbrl" | b"xbrli:xbrl" | b"xsd:schema" | b"schema" | b"linkbase" | b"link:linkbase" => {
                Shape::Other("XBRL")
            }
            _ => Shape::Xml,
        };
    }
    if looks_like_html(head) || has_extension(name, &["htm", "html"]) && start.first() == Some(&b'<') {
        return Shape::Html;
    }
    let json = content_type.is_some_and(|kind| kind.contains("json"));
    // A filing in plain text may begin with a bracket, none begins as an object does.
    if matches!(start.first(), Some(b'{' | b'[')) && (json || has_extension(name, &["json"]) || is_object(start)) {
        return Shape::Other("JSON");
    }
    Shape::Plain
}

/// Whether it begins as an object of JSON does, whatever it is called: an error of a proxy, for one. Letters begin with a
/// brace never, and with a bracket often (`[Letterhead]`).
fn is_object(start: &[u8]) -> bool {
    let inner = start.strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    inner.is_some_and(|inner| matches!(inner.first(), Some(b'"' | b'}')))
}

const MAGIC: &[(&[u8], &str)] = &[
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "an archive"),
    (b"\x1f\x8b", "a compressed file"),
    (b"GIF8", "a picture"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an Office file"),
    (b"{\\rtf", "an RTF file"),
];

fn has_extension(name: &str, known: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, last)| known.iter().any(|known| last.eq_ignore_ascii_case(known)))
}

/// The root element of what begins as XML does.
fn xml_root(start: &[u8]) -> Option<&[u8]> {
    let mut rest = start;
    let declared = rest.starts_with(b"<?xml");
    // Declarations, comments and doctypes before the root; a handful at most.
    for _ in 0..32 {
        rest = rest.trim_ascii_start();
        if rest.starts_with(b"<!--") {
            rest = rest.get(memchr::memmem::find(rest, b"-->")? + 3..)?;
        } else if rest.starts_with(b"<?") || rest.starts_with(b"<!") {
            rest = rest.get(memchr::memchr(b'>', rest)? + 1..)?;
        } else {
            break;
        }
    }
    let name = rest.strip_prefix(b"<")?;
    let length = name.iter().take_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'>' | b'/')).count();
    let name = name.get(..length)?;
    let known =
        matches!(name, b"ownershipDocument" | b"edgarSubmission" | b"xbrl" | b"html" | b"notificationOfRemoval");
    (declared || known).then_some(name)
}

fn looks_like_html(head: &[u8]) -> bool {
    const TAGS: &[&[u8]] = &[
        b"html",
        b"!doctype html",
        b"body",
        b"head",
        b"p",
        b"div",
        b"font",
        b"br",
        b"center",
        b"b",
        b"table",
        b"title",
        b"h1",
        b"h2",
        b"h3",
        b"hr",
        b"span",
        b"a",
    ];
    memchr::memchr_iter(b'<', head).any(|at| {
        TAGS.iter().any(|tag| {
            let Some(rest) = head.get(at + 1..) else { return false };
            rest.get(..tag.len()).is_some_and(|name| name.eq_ignore_ascii_case(tag))
                && rest.get(tag.len()).is_some_and(|next| matches!(next, b' ' | b'>' | b'\n' | b'\r' | b'\t'))
                // `<PAGE>`, `<TABLE>` and `<CAPTION>` also stand in plain text.
                && !tag.eq_ignore_ascii_case(b"table")
        })
    })
}

fn is_block_page(bytes: &[u8]) -> bool {
    bytes.len() < 64 * 1024
        && [&b"Undeclared Automated Tool"[..], b"Request Rate Threshold Exceeded"]
            .iter()
            .any(|words| memchr::memmem::find(bytes, words).is_some())
}

/// Bytes as text: UTF-8 where they are, otherwise Windows-1252 byte by byte.
pub(crate) fn decode(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.into();
    }
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(&byte) = rest.first() {
        let (character, used) = if byte.is_ascii() { (char::from(byte), 1) } else { charset::next(rest) };
        text.push(character);
        rest = rest.get(used..).unwrap_or_default();
    }
    text.into()
}
