//! Terminal: one table to decide from, bars, sentences, and the answers folded.
//!
//! Accents are ANSI codes in the text; the front end strips them where colours are not wanted.

mod answers;
pub(crate) mod prose;
mod summary;

use std::io;

use crate::document::Document;
use crate::escape::terminal::line;
use crate::figures;
use crate::format::Format;
use crate::markdown::{cost_sentence, ending};
use crate::style::{self, Charset, paint};
use crate::text::truncate;

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

/// Below this the layout has no room to say anything.
const NARROWEST: usize = 20;

impl Format for Terminal {
    fn name(&self) -> &'static str {
        "terminal"
    }

    fn render(&self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let this = Self { width: self.width.max(NARROWEST), ..*self };
        let sections = [
            this.title(document),
            summary::table(document, this.width),
            summary::bars(document, this.width, this.charset),
            prose::verdicts(document, this.width),
            prose::notes(document, this.width),
            answers::section(document, &this),
            this.totals(document),
        ];
        let sections: Vec<&str> = sections.iter().map(String::as_str).filter(|section| !section.is_empty()).collect();
        out.write_all(sections.join("\n").as_bytes())
    }
}

impl Terminal {
    fn title(&self, document: &Document<'_>) -> String {
        let header = &document.analysis.header;
        let mut out = String::new();
        for prompt in &header.prompts {
            let text = line(&format!("Prompt: {}", prompt.text.trim()));
            out.push_str(&paint(style::HEADING, truncate(&text, self.width)));
            out.push('\n');
        }
        for at in 0..header.systems.len() {
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

    fn totals(&self, document: &Document<'_>) -> String {
        let analysis = document.analysis;
        let totals = &analysis.totals;
        let mut out = String::new();
        if let Some(ending) = ending(analysis.end) {
            out.push_str(&prose::block(style::WARNING, ending, self.width));
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
