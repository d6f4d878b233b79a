//! What can be said: the decision in sentences, gates, stopping, migration, and what the scoring came to.

use evals::decision::GateAnswer;
use evals::decision::migration::Migration;
use layout::html::table;

use crate::document::Document;
use crate::escape::html::text;
use crate::figures;
use crate::wording::decision::{self as words, Kind, Tone};
use crate::{findings, wording};

use super::view::{View, p, shown};

/// Most sentences on pairs.
const SENTENCES: usize = 20;
/// Most sentences of a list.
const LISTED: usize = 100;

pub(super) fn section(view: &View<'_>) -> String {
    let document = view.document;
    let mut out = String::new();
    let said = words::sentences(document);
    let main =
        said.iter().position(|one| one.kind == Kind::Migration && one.tone != Tone::Plain || one.kind == Kind::Best);
    if let Some(main) = main.map(|at| &said[at]) {
        // The first sentence is the verdict; what follows it explains.
        let (first, more) = main.sentence.split_once(". ").unwrap_or((main.sentence.as_str(), ""));
        let stop = if more.is_empty() { "" } else { "." };
        out.push_str(&format!("<p class=\"main\">{}{stop}</p>\n", text(first)));
        if !more.is_empty() {
            out.push_str(&format!("<p>{}</p>\n", text(more)));
        }
    }
    let rest: Vec<String> = said
        .iter()
        .enumerate()
        .filter(|(at, _)| Some(*at) != main)
        .map(|(_, one)| format!("<li>{}{}</li>", label(one), text(&one.sentence)))
        .collect();
    let gate = wording::gate(document).map(|(passes, sentence)| {
        let tag = if passes { tag("good", "✓ checks") } else { tag("bad", "✗ checks") };
        format!("<li>{tag}{}</li>", text(&sentence))
    });
    let of_pairs = &document.verdicts[..document.verdicts.len().min(SENTENCES)];
    let mut sentences: Vec<String> = of_pairs.iter().map(|verdict| text(&verdict.sentence)).collect();
    if main.is_none() && !sentences.is_empty() {
        out.push_str(&format!("<p class=\"main\">{}</p>\n", sentences.remove(0)));
    }
    let items: Vec<String> = rest.into_iter().chain(gate).collect();
    if !items.is_empty() {
        out.push_str(&format!("<ul>{}</ul>\n", items.concat()));
    }
    if !sentences.is_empty() {
        let list = sentences.iter().map(|sentence| format!("<li>{sentence}</li>")).collect::<Vec<_>>().concat();
        let left = document.verdicts.len() - of_pairs.len();
        let more = if left > 0 {
            format!("<p class=\"note\">And {left} more, in the JSON output.</p>")
        } else {
            String::new()
        };
        // Of a suite these are single prompts; the decision over all of them stands above.
        let list = format!("<ul>{list}</ul>{more}");
        if main.is_some() {
            out.push_str(&format!("<details><summary>Single prompts and outcomes</summary>{list}</details>\n"));
        } else {
            out.push_str(&list);
        }
    }
    if out.is_empty() {
        out.push_str(
            "<p class=\"main\">Nothing was compared: this run has one contestant and nothing that scores it.</p>\n",
        );
    }
    out.push_str(&gates(view));
    if let Some(migration) = &document.analysis.migration {
        out.push_str(&migrated(migration));
    }
    out
}

/// What a sentence is about and how it came out: a word and a sign, not a colour alone.
fn label(said: &words::Said) -> String {
    match (said.kind, said.tone) {
        (Kind::Missing, _) => tag("warn", "! missing"),
        (Kind::Bar, Tone::Fails) => tag("bad", "✗ bar"),
        (Kind::Bar, _) => tag("info", "bar"),
        (Kind::Gate, Tone::Shown) => tag("good", "✓ passes"),
        (Kind::Stopping, Tone::Shown) => tag("good", "✓ decided"),
        (_, Tone::Shown) => tag("good", "✓ shown"),
        (Kind::Gate, Tone::Fails) => tag("bad", "✗ fails"),
        (_, Tone::Fails) => tag("bad", "✗"),
        (_, Tone::Open) => tag("warn", "? open"),
        (_, Tone::Plain) => String::new(),
    }
}

fn tag(class: &str, word: &str) -> String {
    format!("<span class=\"tag {class}\">{word}</span> ")
}

/// The word for an answer, with a sign of its own beside the colour.
pub(super) fn answer(answer: GateAnswer) -> &'static str {
    match answer {
        GateAnswer::Passes => "<span class=\"tag good\">✓ passes</span>",
        GateAnswer::Fails => "<span class=\"tag bad\">✗ fails</span>",
        GateAnswer::Inconclusive => "<span class=\"tag warn\">? inconclusive</span>",
    }
}

fn gates(view: &View<'_>) -> String {
    let gates = view.decision().map_or(&[][..], |decision| &decision.gates);
    if gates.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = gates
        .iter()
        .take(200)
        .map(|gate| {
            let held = gate
                .contestants
                .iter()
                .take(LISTED)
                .map(|arm| {
                    let why = if arm.reason.is_empty() { String::new() } else { format!(" ({})", arm.reason) };
                    format!("<li>{} {}</li>", answer(arm.answer), text(&format!("{}{why}", words::held(gate, arm))))
                })
                .collect::<Vec<_>>()
                .concat();
            let held = if held.is_empty() { text(&gate.reason) } else { format!("<ul class=\"plain\">{held}</ul>") };
            let needed = gate.needed_runs.map_or_else(|| figures::NONE.to_owned(), figures::count);
            vec![format!("<code>{}</code>", text(&gate.gate)), answer(gate.answer).to_owned(), held, needed]
        })
        .collect();
    format!(
        "<h3>Gates</h3>\n{}",
        table(
            "Each gate held to each contestant; a gate fails if any contestant does",
            &["Gate", "Answer", "Contestants", "More answers to decide"],
            &[3],
            &rows
        )
    )
}

fn migrated(migration: &Migration) -> String {
    let rows: Vec<Vec<String>> = migration
        .changes
        .iter()
        .map(|change| {
            let ratio = change.ratio.as_ref().and_then(|ratio| ratio.value);
            vec![
                text(change.metric.noun()),
                shown(change.metric, change.mean_from),
                shown(change.metric, change.mean_to),
                text(&words::difference(
                    change.metric,
                    change.difference.value,
                    change.difference.ci_low.zip(change.difference.ci_high),
                )),
                ratio.map_or_else(|| figures::NONE.to_owned(), words::percent_more),
                text(&p(change.p_value_corrected)),
                if change.changed {
                    "<span class=\"tag info\">changes</span>".to_owned()
                } else {
                    "not shown".to_owned()
                },
            ]
        })
        .collect();
    let caption = format!("From {} to {}: the same items, answered by both", migration.from, migration.to);
    format!(
        "<h3>What changes with the model</h3>\n{}",
        table(
            &caption,
            &["Measure", "From", "To", "Difference", "More", "p, corrected", "Found"],
            &[1, 2, 3, 4, 5],
            &rows
        )
    )
}

/// Judges, ranking, signs of fabrication and failed checks.
pub(super) fn scoring(document: &Document<'_>) -> String {
    let mut out = String::new();
    let sentences = [wording::checks(document), wording::judges(document), wording::fabrication(document)];
    for sentence in sentences.into_iter().flatten().chain(wording::judges_set_aside(document)).take(LISTED) {
        out.push_str(&format!("<p>{}</p>\n", text(&sentence)));
    }
    let ranking = document.analysis.scores.judging.as_ref().and_then(|judging| judging.ranking.as_ref());
    if let Some(ranking) = ranking {
        if let Some(reason) = wording::no_ranking(ranking) {
            out.push_str(&format!("<p>{}</p>\n", text(&reason)));
        }
        let rows: Vec<Vec<String>> = ranking
            .entries
            .iter()
            .take(LISTED)
            .map(|entry| vec![text(&entry.contestant), wording::rating(entry)])
            .collect();
        out.push_str(&table("Ranking by pairs", &["Contestant", "Rating [interval]"], &[1], &rows));
        out.push_str(&format!("<p class=\"note\">{}</p>\n", wording::RATINGS));
    }
    let trust: Vec<String> = wording::trust(document).into_iter().chain(wording::evidence(document)).collect();
    out.push_str(&folded("How far the judges can be trusted", &trust));
    let found = findings::collect(document);
    let failed: Vec<String> = found
        .failed
        .iter()
        .map(|finding| {
            format!(
                "{}, {}: {} failed{}: {}",
                wording::item_name(document, finding.cell.prompt),
                wording::cell_place(document, finding.cell),
                finding.check_name(),
                finding.in_runs(),
                finding.why()
            )
        })
        .collect();
    out.push_str(&folded("Failed checks", &failed));
    let signs: Vec<String> =
        findings::marked(document).iter().take(LISTED).flat_map(|marked| wording::signs(document, marked)).collect();
    out.push_str(&folded("Signs of fabrication", &signs));
    out
}

/// A list, folded away; empty without an entry. Raw text.
fn folded(title: &str, entries: &[String]) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let list =
        entries.iter().take(LISTED).map(|entry| format!("<li>{}</li>", text(entry))).collect::<Vec<_>>().concat();
    let left = entries.len().saturating_sub(LISTED);
    let more = if left > 0 {
        format!("<p class=\"note\">And {} more, in the JSON output.</p>", figures::count(left as u64))
    } else {
        String::new()
    };
    format!(
        "<details><summary>{title} ({})</summary><ul>{list}</ul>{more}</details>\n",
        figures::count(entries.len() as u64)
    )
}

/// What the reader must know before reading the numbers.
pub(super) fn notes(document: &Document<'_>) -> String {
    let analysis = document.analysis;
    let notes: Vec<&str> = analysis
        .notes
        .iter()
        .chain(analysis.decision.iter().flat_map(|decision| &decision.notes))
        .chain(analysis.migration.iter().flat_map(|migration| &migration.notes))
        .map(|note| note.text.as_str())
        .take(LISTED)
        .collect();
    if notes.is_empty() {
        return String::new();
    }
    format!("<ul>{}</ul>\n", notes.iter().map(|note| format!("<li>{}</li>", text(note))).collect::<Vec<_>>().concat())
}
