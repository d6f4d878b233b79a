//! HTML: the whole report in one file that a browser opens without a network, in light, dark and print.
//!
//! Verdicts, charts and tables are markup and need no script. What a reader opens one by one (the answers of an item
//! with their checks, judges and signs of fabrication) lies in the file as JSON and is shown on demand by a script of
//! ours, which puts it in as text and never as markup. The page's policy runs that script alone and loads nothing.
//!
//! A file is bounded: [`MOST_TEXT`] for what models wrote, of which every answer gets the same share at most, and
//! [`MOST_DATA`] for all answers together. What is cut says so, and names the command that shows it whole.

mod answers;
mod charts;
mod items;
mod methods;
mod tables;
mod verdict;
mod view;

use std::io;

use layout::html::Page;

use crate::document::Document;
use crate::escape::html::text;
use crate::figures;
use crate::format::Format;
use crate::markdown::{cost_sentence, ending};
use crate::wording;

pub use answers::{MOST_DATA, MOST_TEXT};

use view::View;

/// The raw bytes of calls, which lie in the store and not in a document.
pub trait RawResponses {
    /// The body that the last attempt of a call received; `None` where there is none.
    fn body(&self, call: u32) -> Option<Vec<u8>>;
}

/// The HTML format.
#[derive(Clone, Copy, Default)]
pub struct Html<'a> {
    /// Where raw responses are read from; without it the page names the command that shows them.
    pub raw: Option<&'a dyn RawResponses>,
}

impl std::fmt::Debug for Html<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Html").field("raw", &self.raw.is_some()).finish()
    }
}

impl Format for Html<'_> {
    fn name(&self) -> &'static str {
        "html"
    }

    fn render(&self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let view = View::of(document);
        let heading = heading(document);
        let window = format!("{heading} – Modelarium");
        let page = Page { title: &window, style: include_str!("page.css"), script: include_str!("page.js") };
        out.write_all(page.head().as_bytes())?;
        out.write_all(b"<a class=\"skip\" href=\"#main\">Skip to the verdict</a>\n")?;
        out.write_all(header(document, &heading).as_bytes())?;

        let sections = [
            Section { id: "verdict", name: "Verdict", class: "verdict", body: verdict::section(&view) },
            Section { id: "decision", name: "Decision", class: "", body: charts::decision(&view) },
            Section { id: "differences", name: "Differences", class: "", body: charts::differences(&view) },
            Section { id: "latency", name: "Latency", class: "", body: charts::latency(&view) },
            Section { id: "scores", name: "Scores", class: "", body: charts::scores(&view) },
            Section { id: "items", name: "Items", class: "", body: items::section(&view) },
            Section { id: "answers", name: "Answers", class: "", body: answers::section(&view) },
            Section { id: "judges", name: "Checks and judges", class: "", body: verdict::scoring(document) },
            Section { id: "notes", name: "Notes", class: "", body: verdict::notes(document) },
            Section { id: "methods", name: "Methods", class: "", body: methods::section(&view) },
            Section { id: "reproduce", name: "Reproduce", class: "", body: methods::reproduce(document) },
        ];
        let shown = || sections.iter().filter(|section| !section.body.is_empty());
        let links = shown()
            .map(|section| format!("<a href=\"#{}\">{}</a>", section.id, section.name))
            .collect::<Vec<_>>()
            .concat();
        write!(out, "<nav aria-label=\"Sections\">{links}</nav>\n</header>\n<main id=\"main\" tabindex=\"-1\">\n")?;
        for section in shown() {
            let class = if section.class.is_empty() { String::new() } else { format!(" class=\"{}\"", section.class) };
            let id = section.id;
            write!(
                out,
                "<section id=\"{id}\"{class} aria-labelledby=\"{id}-h\">\n<h2 id=\"{id}-h\">{}</h2>\n",
                section.name
            )?;
            out.write_all(section.body.as_bytes())?;
            out.write_all(b"</section>\n")?;
        }
        write!(
            out,
            "</main>\n<footer><p>Made by Modelarium {} from run {}. Evidence, not verdicts: every figure derives from the stored calls of this run.</p></footer>\n",
            text(&document.analysis.header.tool_version),
            text(&document.analysis.header.run_id)
        )?;
        items::data(&view, out)?;
        answers::data(&view, self.raw, out)?;
        out.write_all(page.foot().as_bytes())
    }
}

struct Section {
    id: &'static str,
    name: &'static str,
    class: &'static str,
    body: String,
}

/// What the report is about: the suite, or the prompt. Raw text.
fn heading(document: &Document<'_>) -> String {
    let header = &document.analysis.header;
    let suite = header.scoring.suite.as_ref().map(|suite| suite.name.trim()).filter(|name| !name.is_empty());
    if let Some(name) = suite {
        return wording::shortened(name);
    }
    match header.prompts.as_slice() {
        [only] if !only.text.trim().is_empty() => wording::shortened(&only.text.replace(['\n', '\r'], " ")),
        _ => format!(
            "{} on {}",
            figures::plural(header.contestants.len() as u64, "contestant", "contestants"),
            figures::plural(header.prompts.len() as u64, "item", "items")
        ),
    }
}

fn header(document: &Document<'_>, heading: &str) -> String {
    let analysis = document.analysis;
    let header = &analysis.header;
    let many = |count: usize, one: &str, more: &str| figures::plural(count as u64, one, more);
    let mut meta = vec![
        header.started_at.replace('T', " ").trim_end_matches('Z').to_owned() + " UTC",
        many(header.contestants.len(), "contestant", "contestants"),
        many(header.prompts.len(), "item", "items"),
        format!("{} each", figures::plural(u64::from(header.runs), "run", "runs")),
    ];
    if header.command == evals::imported::IMPORTED {
        meta.push("imported results".to_owned());
    } else {
        meta.push(cost_sentence(document));
    }
    let ending =
        ending(analysis.end).map_or_else(String::new, |ending| format!("<p class=\"ended warn\">{ending}</p>"));
    format!(
        "<header>\n<p class=\"over\">MODELARIUM REPORT</p>\n<h1>{}</h1>\n<p class=\"meta\">{}</p>\n{ending}",
        text(heading),
        meta.iter().map(|part| text(part)).collect::<Vec<_>>().join(" · ")
    )
}
