//! The compact report for a pull request and for the summary page of a CI job: what decides, what
//! failed, what it cost. Never longer than [`LONGEST`], whatever anybody wrote.

use std::io;

use crate::document::Document;
use crate::escape::markdown::inline;
use crate::findings;
use crate::format::Format;
use crate::markdown::{cost_sentence, decision, ending, judged, suite};
use crate::wording;

/// Most bytes: a comment on GitHub holds 65,536 characters.
pub const LONGEST: usize = 60_000;

/// Most rows, bullets and signs of each section.
const LISTED: usize = 20;
/// Room kept for saying that something was left out.
const TAIL: usize = 200;

/// The compact Markdown format.
#[derive(Debug, Clone, Copy, Default)]
pub struct Summary;

impl Format for Summary {
    fn name(&self) -> &'static str {
        "summary"
    }

    fn render(&self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let mut written = 0;
        let mut left_out = false;
        for section in sections(document)? {
            // A section that does not fit is left out whole, so that no table or escape is cut in the middle.
            if written + section.len() + TAIL > LONGEST {
                left_out = true;
                continue;
            }
            written += section.len();
            out.write_all(section.as_bytes())?;
        }
        if left_out {
            writeln!(out, "Some sections were too long to be shown here; the full report has them.\n")?;
        }
        writeln!(out, "Run {}", inline(&wording::shortened(&document.analysis.header.run_id)))
    }
}

/// Writes the compact report.
pub fn write(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    Summary.render(document, out)
}

fn sections(document: &Document<'_>) -> io::Result<Vec<String>> {
    let found = findings::collect(document);
    let marked = findings::marked(document);
    let title = if document.is_suite() { wording::suite(document) } else { "Model comparison".to_owned() };
    let mut sections = vec![format!("### {}\n\n", inline(&wording::shortened(&title)))];
    let mut section = |write: &dyn Fn(&mut dyn io::Write) -> io::Result<()>| -> io::Result<()> {
        let mut bytes = vec![];
        write(&mut bytes)?;
        let text = String::from_utf8(bytes).map_err(io::Error::other)?;
        // Headings one step below the title's.
        sections.push(
            text.strip_prefix("## ").map(|rest| format!("#### {rest}")).unwrap_or(text).replace("\n## ", "\n#### "),
        );
        Ok(())
    };
    section(&|out| suite::gate(document, out))?;
    section(&|out| match ending(document.analysis.end) {
        Some(ending) => writeln!(out, "**{ending}**\n"),
        None => Ok(()),
    })?;
    section(&|out| decision::verdict(document, out))?;
    section(&|out| decision::arms(document, LISTED, out))?;
    section(&|out| decision::gates(document, LISTED, out))?;
    section(&|out| decision::changes(document, out))?;
    if document.is_imported() {
        return Ok(sections);
    }
    section(&|out| suite::contestants(document, LISTED, out))?;
    section(&|out| suite::failures(document, &found, LISTED, out))?;
    section(&|out| judged::fabrication(document, &marked, LISTED / 2, out))?;
    section(&|out| judged::ranking(document, LISTED, out))?;
    section(&|out| judged::trust(document, out))?;
    section(&|out| verdicts(document, out))?;
    section(&|out| writeln!(out, "Cost: {}.\n", inline(&cost_sentence(document))))?;
    Ok(sections)
}

fn verdicts(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    if document.verdicts.is_empty() {
        return Ok(());
    }
    writeln!(out, "#### What can be said\n")?;
    for verdict in document.verdicts.iter().take(LISTED / 2) {
        writeln!(out, "- {}", inline(&verdict.sentence))?;
    }
    writeln!(out)?;
    suite::left_out(document.verdicts.len(), LISTED / 2, "sentences", out)
}
