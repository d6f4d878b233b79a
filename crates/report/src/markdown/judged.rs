//! The judges' ranking, how far they can be trusted, and the signs of fabrication.

use std::io;

use crate::document::Document;
use crate::escape::markdown::{cell, inline};
use crate::figures;
use crate::findings::Marked;
use crate::markdown::suite::left_out;
use crate::wording;

/// The order of the contestants by the judges; nothing in a run that was not judged in pairs.
pub(crate) fn ranking(document: &Document<'_>, at_most: usize, out: &mut dyn io::Write) -> io::Result<()> {
    let Some(ranking) = document.analysis.scores.judging.as_ref().and_then(|judging| judging.ranking.as_ref()) else {
        return Ok(());
    };
    writeln!(out, "## Ranking by the judges\n")?;
    writeln!(out, "| # | Contestant | Rating | Won | Lost | Tied | Orders disagree |")?;
    writeln!(out, "|--:|---|--:|--:|--:|--:|--:|")?;
    let rated = ranking.reason.is_none();
    for (at, entry) in ranking.entries.iter().enumerate().take(at_most) {
        let rank = if rated { (at + 1).to_string() } else { figures::NONE.to_owned() };
        writeln!(
            out,
            "| {rank} | {} | {} | {} | {} | {} | {} |",
            cell(&wording::shortened(&entry.contestant)),
            cell(&wording::rating(entry)),
            entry.wins,
            entry.losses,
            entry.ties,
            entry.inconsistent
        )?;
    }
    writeln!(out)?;
    left_out(ranking.entries.len(), at_most, "contestants", out)?;
    let sentence = wording::no_ranking(ranking).unwrap_or_else(|| wording::RATINGS.to_owned());
    writeln!(out, "{}\n", inline(&sentence))
}

/// How far the judges can be trusted, and what a person's labels say of them.
pub(crate) fn trust(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for (title, sentences) in [
        ("Can the judges be trusted?", wording::trust(document)),
        ("By a person's labels", wording::calibration(document)),
    ] {
        if sentences.is_empty() {
            continue;
        }
        writeln!(out, "## {title}\n")?;
        for sentence in sentences {
            writeln!(out, "- {}", inline(&sentence))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Signs of fabrication with their quotations, the highest risk first.
pub(crate) fn fabrication(
    document: &Document<'_>,
    marked: &[Marked<'_>],
    at_most: usize,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let Some(summary) = wording::fabrication(document) else { return Ok(()) };
    writeln!(out, "## Signs of fabrication\n\n{}\n", inline(&summary))?;
    let signs: Vec<String> = marked.iter().flat_map(|one| wording::signs(document, one)).collect();
    for sign in signs.iter().take(at_most) {
        writeln!(out, "- {}", inline(sign))?;
    }
    if !signs.is_empty() && at_most > 0 {
        writeln!(out)?;
    }
    left_out(signs.len(), at_most, "signs", out)?;
    let tests = document.analysis.scores.hallucination.iter().flat_map(|found| &found.mcnemar);
    let sentences: Vec<String> =
        tests.map(|test| wording::mcnemar(document, test)).chain(wording::evidence(document)).collect();
    for sentence in sentences.iter().take(at_most) {
        writeln!(out, "- {}", inline(sentence))?;
    }
    if !sentences.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}
