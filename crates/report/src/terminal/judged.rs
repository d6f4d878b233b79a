//! The order of the contestants by the judges, how far the judges can be trusted, and the signs of fabrication.

use hallucination::Risk;

use crate::document::Document;
use crate::figures;
use crate::findings::Marked;
use crate::style;
use crate::table::{Column, Table};
use crate::terminal::prose::{self, bullet, heading};
use crate::text::truncate;
use crate::wording;

/// Most signs of fabrication that are quoted.
const QUOTED: usize = 10;
/// Most comparisons of high risk.
const TESTS: usize = 6;

/// The ranking; empty in a run that was not judged in pairs.
pub(super) fn ranking(document: &Document<'_>, columns: usize) -> String {
    let Some(ranking) = document.analysis.scores.judging.as_ref().and_then(|judging| judging.ranking.as_ref()) else {
        return String::new();
    };
    let mut out = heading(&truncate("Ranking by the judges", columns));
    let rated = ranking.reason.is_none();
    let mut table = Table::new(vec![
        Column::number("#"),
        Column::text("contestant"),
        Column::number("rating"),
        Column::number("won"),
        Column::number("lost"),
        Column::number("tied"),
    ]);
    for (at, entry) in ranking.entries.iter().enumerate() {
        table.push([
            if rated { (at + 1).to_string() } else { figures::NONE.to_owned() },
            entry.contestant.clone(),
            wording::rating(entry),
            entry.wins.to_string(),
            entry.losses.to_string(),
            (entry.ties + entry.inconsistent).to_string(),
        ]);
    }
    out.push_str(&table.render(columns));
    match wording::no_ranking(ranking) {
        Some(sentence) => out.push_str(&bullet(style::WARNING, &sentence, columns)),
        None => out.push_str(&prose::block(style::QUIET, wording::RATINGS, columns)),
    }
    out
}

/// How far the judges can be trusted; empty in a run without judges.
pub(super) fn trust(document: &Document<'_>, columns: usize) -> String {
    let sentences = wording::trust(document);
    if sentences.is_empty() {
        return String::new();
    }
    let mut out = heading(&truncate("Can the judges be trusted?", columns));
    for sentence in sentences {
        out.push_str(&bullet(anstyle::Style::new(), &sentence, columns));
    }
    out
}

/// What a person's labels say of the judges; empty without labels.
pub(super) fn calibration(document: &Document<'_>, columns: usize) -> String {
    let sentences = wording::calibration(document);
    if sentences.is_empty() {
        return String::new();
    }
    let mut out = heading(&truncate("By a person's labels", columns));
    for sentence in sentences {
        out.push_str(&bullet(anstyle::Style::new(), &sentence, columns));
    }
    out
}

/// Signs of fabrication, the worst first, each with its quotation.
pub(super) fn fabrication(document: &Document<'_>, marked: &[Marked<'_>], columns: usize) -> String {
    let Some(summary) = wording::fabrication(document) else { return String::new() };
    let mut out = heading(&truncate("Signs of fabrication", columns));
    out.push_str(&prose::block(anstyle::Style::new(), &summary, columns));
    let signs = || marked.iter().flat_map(|one| wording::signs(document, one).into_iter().map(move |sign| (one, sign)));
    for (one, sign) in signs().take(QUOTED) {
        let style = if one.risk == Some(Risk::High) { style::FAILURE } else { style::WARNING };
        out.push_str(&bullet(style, &sign, columns));
    }
    let left = signs().count().saturating_sub(QUOTED) as u64;
    if left > 0 {
        let sentence = format!("And {} more. JSON and Markdown have them.", figures::count(left));
        out.push_str(&bullet(anstyle::Style::new(), &sentence, columns));
    }
    let found = document.analysis.scores.hallucination.as_ref();
    for test in found.iter().flat_map(|found| &found.mcnemar).take(TESTS) {
        let style = if test.significant { style::FOUND } else { anstyle::Style::new() };
        out.push_str(&bullet(style, &wording::mcnemar(document, test), columns));
    }
    for sentence in wording::evidence(document) {
        out.push_str(&bullet(anstyle::Style::new(), &sentence, columns));
    }
    out
}
