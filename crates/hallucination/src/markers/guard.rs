//! Where not to look: code, and sentences that talk about a mistake instead of making it.

use text::Span;

pattern!(
    ABOUT,
    r"(?i)\b(?:invalid|not\s+(?:a\s+)?(?:valid|real|possible|legitimate|correct)|(?:does|do|did|can|could)(?:\s+not|n['’]t)\s+exist|",
    r"cannot\s+exist|can['’]t\s+be|no\s+such|never\s+existed|doesn['’]t\s+exist|non-?existent|there\s+(?:is|was)\s+no|is(?:n['’]t|\s+not)\s+(?:a\s+)?(?:valid|real|possible)|",
    r"impossible|malformed|placeholder|fictional|fictitious|hypothetical|imaginary|made[- ]up|fabricated|typo|misprint|mistaken(?:ly)?|erroneous(?:ly)?|incorrect(?:ly)?|",
    r"wrong|reject(?:s|ed)?|fails?\s+(?:the\s+)?(?:check|validation)|check\s?digit|checksum|syntax|pattern|template|dummy|fake|hoax|bogus|",
    r"would\s+be|suppose|imagine|pretend|if\s+someone|for\s+instance\s+if|raises?\s+an?\s+error|throws?\s+an?\s+(?:error|exception)|nonsense|nonsensical|joke|ungültig|existiert\s+nicht|n['’]existe\s+pas|no\s+existe)\b",
);

/// What a sentence is, as far as guards care.
pub(crate) struct Sentence {
    pub(crate) span: Span,
    /// It talks about a mistake, an example or something imagined.
    pub(crate) about: bool,
    /// It asks.
    pub(crate) question: bool,
    /// The section or list item in which it stands: claims about `the plan` under two headings are about two plans.
    pub(crate) section: usize,
}

pub(crate) struct Guard {
    pub(crate) sentences: Vec<Sentence>,
    code: Vec<Span>,
}

impl Guard {
    pub(crate) fn of(answer: &str) -> Self {
        let code = code(answer);
        let mut section = 0;
        let mut listed = false;
        let mut sentences = Vec::new();
        for span in text::sentences(answer).into_iter().flat_map(|span| pieces(answer, span)) {
            let body = span.of(answer);
            let item = opens_item(body);
            // A sentence behind a list item on its own line belongs to the item; an empty line ends the list.
            let gap = sentences.last().map_or("", |last: &Sentence| &answer[last.span.end..span.start]);
            let left = listed && !item && gap.contains("\n\n");
            if item || left || is_heading(body) {
                section += 1;
            }
            listed = item || (listed && !left);
            let question = body.trim_end_matches(['"', '”', ')', '*']).ends_with('?');
            sentences.push(Sentence { span, about: ABOUT.is_match(body), question, section });
        }
        Self { sentences, code }
    }

    /// The sentence in which a place lies.
    pub(crate) fn sentence(&self, at: usize) -> Option<(usize, &Sentence)> {
        let next = self.sentences.partition_point(|s| s.span.start <= at);
        let index = next.checked_sub(1)?;
        self.sentences.get(index).map(|s| (index, s))
    }

    /// Whether a sentence is an item of a list.
    pub(crate) fn is_listed(&self, answer: &str, index: usize) -> bool {
        self.sentences.get(index).is_some_and(|s| opens_item(s.span.of(answer)))
    }

    /// Whether the sentence at a place talks about a mistake rather than making it.
    pub(crate) fn is_about(&self, at: usize) -> bool {
        self.sentence(at).is_some_and(|(_, s)| s.about)
    }

    pub(crate) fn is_code(&self, span: Span) -> bool {
        let next = self.code.partition_point(|c| c.start <= span.start);
        next.checked_sub(1).and_then(|i| self.code.get(i)).is_some_and(|c| c.overlaps(span))
    }
}

/// Longest sentence that is read as one, in bytes: each finding looks at its whole sentence, and a text
/// without full stops must not make that quadratic.
const LONGEST: usize = 1600;

/// A sentence, or the pieces of one that is too long to be prose.
fn pieces(answer: &str, span: Span) -> Vec<Span> {
    let mut out = Vec::new();
    let mut start = span.start;
    while span.end - start > LONGEST {
        let mut end = start + LONGEST;
        while !answer.is_char_boundary(end) {
            end -= 1;
        }
        let end = answer[start..end].rfind(' ').filter(|at| *at > 0).map_or(end, |at| start + at);
        out.push(Span::new(start, end));
        start = end;
    }
    out.push(Span::new(start, span.end));
    out
}

/// Whether a sentence opens a list item or a table row.
fn opens_item(body: &str) -> bool {
    let digits = body.bytes().take(3).take_while(u8::is_ascii_digit).count();
    let marked = ["- ", "* ", "• ", "+ ", "– ", "|"].iter().any(|mark| body.starts_with(mark));
    marked || (digits > 0 && (body[digits..].starts_with(". ") || body[digits..].starts_with(") ")))
}

/// Whether it is a heading: Markdown's, or a short line that is bold or ends in a colon.
fn is_heading(body: &str) -> bool {
    body.starts_with('#') || (body.len() < 80 && (body.starts_with("**") || body.trim_end_matches('*').ends_with(':')))
}

/// Fenced blocks, indented blocks apart, and inline code of Markdown.
fn code(answer: &str) -> Vec<Span> {
    let mut out = Vec::new();
    let mut fence: Option<(usize, &str)> = None;
    let mut at = 0;
    for line in answer.split_inclusive('\n') {
        let trimmed = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|m| trimmed.starts_with(m));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some((at, mark)),
            (Some((start, open)), Some(mark)) if open == mark => {
                out.push(Span::new(start, at + line.len()));
                fence = None;
            }
            (None, None) => {
                let mut open: Option<usize> = None;
                for (offset, _) in line.match_indices('`') {
                    match open.take() {
                        Some(start) => out.push(Span::new(at + start, at + offset + 1)),
                        None => open = Some(offset),
                    }
                }
            }
            _ => {}
        }
        at += line.len();
    }
    if let Some((start, _)) = fence {
        out.push(Span::new(start, answer.len()));
    }
    out
}
