//! Terminal: one table to decide from, bars, sentences, and the answers folded.
//!
//! Accents are ANSI codes in the text; the front end strips them where colours are not wanted.

mod answers;
mod decision;
mod judged;
pub(crate) mod prose;
mod suite;
mod summary;

use std::io;

use crate::document::Document;
use crate::escape::terminal::line;
use crate::figures;
use crate::findings;
use crate::format::Format;
use crate::markdown::{cost_sentence, ending};
use crate::style::{self, Charset, paint};
use crate::text::truncate;
use crate::wording;

/// How much of the answers is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Show {
    /// The beginning of each cell's most frequent answer.
    #[default]
    Folded,
    /// Every run in full.
    All,
    /// Each distinct text in full, once, with how often it came.
    Unique,
    /// No answers.
    None,
}

impl Show {
    /// The value of `--show`: `all`, `unique` or `none`; folded is what happens without it.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "all" => Some(Self::All),
            "unique" => Some(Self::Unique),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

/// The terminal format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// Columns; no line is wider.
    pub width: usize,
    /// What drawings are made of.
    pub charset: Charset,
    /// How much of the answers is shown.
    pub show: Show,
    /// Whether each run's visible reasoning is shown with it; takes effect with [`Show::All`].
    pub include_reasoning: bool,
}

impl Default for Terminal {
    fn default() -> Self {
        Self { width: 80, charset: Charset::Unicode, show: Show::Folded, include_reasoning: false }
    }
}

/// Most prompts and system prompts above the table.
const PROMPTS_AT_MOST: usize = 10;

/// Below this the layout has no room to say anything.
const NARROWEST: usize = 20;

impl Format for Terminal {
    fn name(&self) -> &'static str {
        "terminal"
    }

    fn render(&self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let this = Self { width: self.width.max(NARROWEST), ..*self };
        let findings = findings::collect(document);
        let marked = findings::marked(document);
        let (charts, plane) = decision::charts(document, this.width, this.charset);
        let (table, bars, scores) = if document.is_imported() {
            (String::new(), String::new(), String::new())
        } else if document.by_contestant() {
            // The plane above shows the same with cost beside it.
            let bars = if plane { String::new() } else { suite::bars(document, this.width, this.charset) };
            (suite::table(document, this.width), bars, String::new())
        } else if document.by_items() {
            (suite::cells_elsewhere(document, this.width), String::new(), String::new())
        } else {
            let bars = summary::bars(document, this.width, this.charset);
            (summary::table(document, this.width), bars, summary::scores(document, this.width))
        };
        let sections = [
            this.title(document),
            decision::verdict(document, this.width),
            decision::table(document, this.width),
            decision::changes(document, this.width),
            decision::pairs(document, this.width, this.charset),
            charts,
            table,
            bars,
            scores,
            suite::failures(document, &findings, this.width),
            judged::fabrication(document, &marked, this.width),
            judged::ranking(document, this.width),
            judged::trust(document, this.width),
            judged::calibration(document, this.width),
            if document.is_imported() { String::new() } else { prose::verdicts(document, this.width) },
            prose::notes(document, this.width),
            answers::section(document, &this),
            this.totals(document),
            decision::gates(document, this.width),
            this.gate(document),
        ];
        let sections: Vec<&str> = sections.iter().map(String::as_str).filter(|section| !section.is_empty()).collect();
        out.write_all(sections.join("\n").as_bytes())
    }
}

impl Terminal {
    fn title(&self, document: &Document<'_>) -> String {
        let header = &document.analysis.header;
        let mut out = String::new();
        if document.is_suite() {
            out.push_str(&paint(style::HEADING, truncate(&line(&wording::suite(document)), self.width)));
            out.push('\n');
        }
        let shown = if document.by_contestant() || document.by_items() { 0 } else { PROMPTS_AT_MOST };
        for prompt in header.prompts.iter().take(shown) {
            let text = line(&format!("Prompt: {}", prompt.text.trim()));
            out.push_str(&paint(style::HEADING, truncate(&text, self.width)));
            out.push('\n');
        }
        for at in 0..header.systems.len().min(PROMPTS_AT_MOST) {
            if header.systems.len() > 1 || document.system(at as u32).is_some() {
                let text = line(&format!(
                    "System prompt SP{}: {}",
                    at + 1,
                    document.system(at as u32).unwrap_or("none").trim()
                ));
                out.push_str(&paint(style::QUIET, truncate(&text, self.width)));
                out.push('\n');
            }
        }
        out
    }

    /// Last, where the eye is when a run ends.
    fn gate(&self, document: &Document<'_>) -> String {
        let Some((passed, sentence)) = wording::gate(document) else { return String::new() };
        prose::block(if passed { style::FOUND } else { style::FAILURE }, &sentence, self.width)
    }

    fn totals(&self, document: &Document<'_>) -> String {
        let analysis = document.analysis;
        let totals = &analysis.totals;
        let mut out = String::new();
        if let Some(ending) = ending(analysis.end) {
            out.push_str(&prose::block(style::WARNING, ending, self.width));
        }
        if document.is_imported() {
            let answers = figures::plural(analysis.rows.len() as u64, "answer", "answers");
            let sentence = format!("{answers} imported, none sent; run {}", analysis.header.run_id);
            return prose::block(style::QUIET, &sentence, self.width);
        }
        let calls = figures::plural(u64::from(totals.planned), "call", "calls");
        let mut sentence = format!("{calls}; {}", cost_sentence(document));
        if let Some(cap) = analysis.header.max_cost {
            sentence.push_str(&format!("; cap {}", figures::dollars(cap)));
        }
        if totals.retries > 0 {
            sentence.push_str(&format!("; {}", figures::plural(u64::from(totals.retries), "retry", "retries")));
        }
        if totals.from_cache > 0 {
            sentence.push_str(&format!(
                "; {} from the cache",
                figures::plural(u64::from(totals.from_cache), "answer", "answers")
            ));
        }
        sentence.push_str(&format!("; prices as of {}; run {}", analysis.header.pricing_as_of, analysis.header.run_id));
        out.push_str(&prose::block(style::QUIET, &sentence, self.width));
        out
    }
}
