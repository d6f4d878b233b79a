//! Every answer with its checks, judges and signs of fabrication, as blocks of data that the script opens one by one.

use std::io;

use evals::analysis::scored::RowScores;
use evals::record::{CallCost, CallRecord, Prompt};
use layout::html;
use serde::Serialize;

use crate::escape::hazard::disarm;
use crate::figures;

use super::RawResponses;
use super::view::View;

/// Bytes of answers' texts in a file, all together.
pub const MOST_TEXT: usize = 24 << 20;
/// Bytes of all data on answers in a file; items beyond it have no answers in the file.
pub const MOST_DATA: usize = 96 << 20;
/// Longest text of one answer in a file, whatever room there is.
const LONGEST_TEXT: usize = 20_000;
/// Longest prompt, reference or reasoning.
const LONGEST_SIDE: usize = 6_000;
/// Longest sentence of a judge, message of a check or error.
const LONGEST_SENTENCE: usize = 600;
/// Most checks, judges, markers, attempts or tool calls of one answer.
const MOST_ENTRIES: usize = 60;
/// Bytes from which a block is closed.
const BLOCK: usize = 256 << 10;

/// The place where the script puts an item's answers.
pub(super) fn section(view: &View<'_>) -> String {
    if view.document.analysis.rows.is_empty() {
        return String::new();
    }
    let limits = Limits::of(view);
    let cut = if limits.cut > 0 {
        format!(
            " Texts longer than {} are cut in this file ({} of them); the command beside each shows it whole.",
            bytes(limits.text),
            figures::count(limits.cut as u64)
        )
    } else {
        String::new()
    };
    format!(
        "<p class=\"lead\">Choose an item above, or a tile of the map, to read every answer with its checks, judges and signs of fabrication.{cut}</p>\n\
         <noscript><p>Reading answers needs the page's own script. Without it: <code>modelarium show {} --call p1</code>.</p></noscript>\n\
         <div id=\"reader\" tabindex=\"-1\" aria-live=\"polite\"></div>\n",
        crate::escape::html::text(&view.document.analysis.header.run_id)
    )
}

fn bytes(count: usize) -> String {
    if count >= 10_000 { format!("{} kB", count / 1_000) } else { format!("{} bytes", figures::count(count as u64)) }
}

/// How much of each text there is room for.
struct Limits {
    text: usize,
    side: usize,
    /// Answers that are cut.
    cut: usize,
}

impl Limits {
    /// Every text gets the same at most, as much as all together have room for.
    fn of(view: &View<'_>) -> Self {
        let analysis = view.document.analysis;
        let lengths: Vec<usize> = analysis.rows.iter().map(|row| row.answer.text.len()).collect();
        let text = fitting(&lengths, MOST_TEXT, LONGEST_TEXT);
        let sides: Vec<usize> = analysis
            .header
            .prompts
            .iter()
            .flat_map(|prompt| [prompt.text.len(), prompt.reference.as_ref().map_or(0, String::len)])
            .chain(analysis.rows.iter().map(|row| row.answer.reasoning.len()))
            .collect();
        let side = fitting(&sides, MOST_TEXT / 2, LONGEST_SIDE);
        Self { text, side, cut: lengths.iter().filter(|length| **length > text).count() }
    }
}

/// The largest limit up to `most` under which all texts together fit `room`.
fn fitting(lengths: &[usize], room: usize, most: usize) -> usize {
    let total = |limit: usize| lengths.iter().map(|length| (*length).min(limit)).sum::<usize>();
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = (low + high).div_ceil(2);
        if total(middle) <= room { low = middle } else { high = middle - 1 }
    }
    low
}

/// A text with nothing dangerous in it, cut at a limit.
#[derive(Serialize)]
struct Text {
    t: String,
    /// Bytes of the whole, where it is cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<usize>,
}

fn cut(full: &str, limit: usize) -> Text {
    let end = floor(full, limit);
    Text { t: disarm(&full[..end]).into_owned(), of: (end < full.len()).then_some(full.len()) }
}

fn sentence(full: &str) -> String {
    let end = floor(full, LONGEST_SENTENCE);
    let dots = if end < full.len() { "…" } else { "" };
    format!("{}{dots}", disarm(&full[..end]))
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[derive(Serialize)]
struct Item<'a> {
    p: Text,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    turns: Vec<(String, Text)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    facts: Vec<String>,
    a: Vec<Answer<'a>>,
}

/// One answer; what is not there is left out.
#[derive(Serialize)]
struct Answer<'a> {
    /// Call index.
    n: u32,
    arm: usize,
    run: u32,
    /// How it ended.
    o: &'a str,
    /// The text in pieces, each with the marker that it is under.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    t: Vec<(String, Option<usize>)>,
    /// Bytes of the whole, where it is cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Figures of an imported row, scores, timings, tokens, cost.
    facts: Vec<String>,
    /// (passed, name, message)
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<(Option<bool>, String, String)>,
    /// (judge, value, reasoning or why there is none)
    #[serde(skip_serializing_if = "Vec::is_empty")]
    judges: Vec<(u32, String, String)>,
    /// (kind, why)
    #[serde(skip_serializing_if = "Vec::is_empty")]
    marks: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attempts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<Text>,
}

/// Writes the blocks, and after them the list of the first item of each.
pub(super) fn data(view: &View<'_>, raw: Option<&dyn RawResponses>, out: &mut dyn io::Write) -> io::Result<()> {
    let limits = Limits::of(view);
    let raw_limit = (MOST_TEXT / view.document.analysis.rows.len().max(1)).min(LONGEST_TEXT);
    let mut starts: Vec<usize> = vec![];
    let mut block = String::new();
    let mut written = 0;
    let mut end = 0;
    for item in 0..view.rows.len() {
        if block.is_empty() {
            starts.push(item);
        }
        let Some(prompt) = view.document.item(item as u32) else { continue };
        block.push(if block.is_empty() { '[' } else { ',' });
        block.push_str(
            &serde_json::to_string(&self::item(view, prompt, item, &limits, raw, raw_limit))
                .map_err(io::Error::other)?,
        );
        end = item + 1;
        if block.len() >= BLOCK || end == view.rows.len() {
            block.push(']');
            let data = html::data(&format!("block-{}", starts.len() - 1), &block);
            written += data.len();
            out.write_all(data.as_bytes())?;
            block.clear();
            if written >= MOST_DATA {
                break;
            }
        }
    }
    let json = serde_json::to_string(&(starts, end)).map_err(io::Error::other)?;
    out.write_all(html::data("blocks", &json).as_bytes())
}

fn item<'a>(
    view: &View<'a>,
    prompt: &'a Prompt,
    at: usize,
    limits: &Limits,
    raw: Option<&dyn RawResponses>,
    raw_limit: usize,
) -> Item<'a> {
    let analysis = view.document.analysis;
    let answers = view.rows[at]
        .iter()
        .filter_map(|position| {
            let row = analysis.rows.get(*position)?;
            let scored = analysis.scores.rows.get(*position);
            let body = raw.and_then(|raw| raw.body(row.call.index));
            let body =
                body.map(|body| cut(&String::from_utf8_lossy(&body[..body.len().min(raw_limit * 2 + 4)]), raw_limit));
            Some(answer(view, row, scored, limits, body))
        })
        .collect();
    let turns = prompt.messages.iter().take(MOST_ENTRIES);
    Item {
        p: cut(&prompt.text, limits.side),
        turns: turns.map(|turn| (format!("{:?}", turn.role).to_lowercase(), cut(&turn.text, limits.side))).collect(),
        reference: prompt.reference.as_ref().map(|reference| cut(reference, limits.side)),
        facts: prompt.expected_facts.iter().take(MOST_ENTRIES).map(|fact| sentence(fact)).collect(),
        a: answers,
    }
}

fn answer<'a>(
    view: &View<'a>,
    row: &'a CallRecord,
    scored: Option<&'a RowScores>,
    limits: &Limits,
    raw: Option<Text>,
) -> Answer<'a> {
    let said = &row.answer;
    let unscored = RowScores::default();
    let scored = scored.unwrap_or(&unscored);
    let (pieces, marks, of) = pieces(row, scored, limits.text);
    let some = |text: &str| (!text.is_empty()).then(|| cut(text, limits.side));
    let checks = scored.checks.iter().flatten().take(MOST_ENTRIES);
    let judges = scored.judges.iter().take(MOST_ENTRIES);
    let risk = scored.hallucination.as_ref().and_then(|found| found.risk);
    Answer {
        n: row.call.index,
        arm: view.arm_of(row),
        run: row.call.run_index,
        o: row.outcome.as_str(),
        t: pieces,
        of,
        refusal: some(&said.refusal),
        reasoning: some(&said.reasoning),
        tools: said
            .tool_calls
            .iter()
            .take(MOST_ENTRIES)
            .map(|call| sentence(&format!("{}({})", call.name, call.arguments)))
            .collect(),
        error: row.error.as_ref().map(|error| sentence(&error.message)),
        facts: facts(row, scored),
        checks: checks
            .map(|check| {
                let name =
                    check.name.as_ref().map_or_else(|| check.kind.clone(), |name| format!("{name} ({})", check.kind));
                let why = check.error.as_deref().filter(|_| check.passed.is_none()).unwrap_or(&check.message);
                (check.passed, sentence(&name), sentence(why))
            })
            .collect(),
        judges: judges
            .map(|judge| {
                let value = match (&judge.label, judge.value) {
                    (Some(label), _) => sentence(label),
                    (None, Some(value)) => figures::score(value),
                    (None, None) => figures::NONE.to_owned(),
                };
                (judge.judge, value, sentence(judge.parse_error.as_deref().unwrap_or(&judge.reasoning)))
            })
            .collect(),
        marks,
        risk: risk.map(hallucination::Risk::as_str),
        attempts: attempts(row),
        raw,
    }
}

type Pieces = (Vec<(String, Option<usize>)>, Vec<(String, String)>, Option<usize>);

/// The text cut where its markers begin and end. Each piece is disarmed by itself, so that no position moves.
fn pieces(row: &CallRecord, scored: &RowScores, limit: usize) -> Pieces {
    let text = row.answer.text.as_str();
    let end = floor(text, limit);
    let mut markers: Vec<&hallucination::Marker> =
        scored.hallucination.iter().flat_map(|found| &found.markers).take(MOST_ENTRIES).collect();
    markers.sort_by_key(|marker| (marker.span.start, marker.span.end));
    let marks = markers.iter().map(|marker| (marker.kind.as_str().replace('_', " "), sentence(&marker.why))).collect();
    let mut pieces = vec![];
    let mut at = 0;
    let mut add = |from: usize, to: usize, mark| {
        if from < to {
            pieces.push((disarm(&text[from..to]).into_owned(), mark));
        }
    };
    for (number, marker) in markers.iter().enumerate() {
        let from = floor(text, marker.span.start.clamp(at, end));
        let to = floor(text, marker.span.end.clamp(from, end));
        if from >= to {
            continue;
        }
        add(at, from, None);
        add(from, to, Some(number));
        at = to;
    }
    add(at, end, None);
    (pieces, marks, (end < text.len()).then_some(text.len()))
}

/// What was measured, a phrase each.
fn facts(row: &CallRecord, scored: &RowScores) -> Vec<String> {
    let mut facts: Vec<String> = scored
        .imported
        .iter()
        .map(|(measure, value)| {
            format!("{} {}", measure.noun(), crate::wording::decision::value(*measure, Some(*value)))
        })
        .collect();
    if let Some(score) = scored.judge_score {
        facts.push(format!("judges' score {}", figures::score(score)));
    }
    let timing = &row.timing;
    facts.extend(timing.latency_ms.map(|ms| format!("latency {}", figures::milliseconds(ms))));
    facts.extend(timing.ttft_ms.map(|ms| format!("first token {}", figures::milliseconds(ms))));
    let usage = &row.answer.usage;
    facts.extend(usage.input.map(|tokens| format!("{} tokens in", figures::count(tokens))));
    facts.extend(usage.output.map(|tokens| format!("{} out", figures::count(tokens))));
    match row.cost {
        CallCost::Known(usd) => facts.push(figures::dollars(usd)),
        CallCost::Free => facts.push("free".to_owned()),
        CallCost::Unpriced => facts.push("no published price".to_owned()),
        CallCost::Unknown(_) => facts.push("cost unknown".to_owned()),
        CallCost::Nothing => {}
    }
    if row.from_cache && scored.imported.is_empty() {
        facts.push("from the cache".to_owned());
    }
    if let Some(stop) = row.answer.stop.as_ref().and_then(|stop| stop.raw.as_ref()) {
        facts.push(format!("stopped: {}", sentence(stop)));
    }
    facts.extend(row.answer.served_model.iter().map(|model| format!("served by {}", sentence(model))));
    facts.extend(row.answer.response_id.iter().map(|id| format!("response {}", sentence(id))));
    facts
}

/// One phrase an attempt, where there was more than one or one failed.
fn attempts(row: &CallRecord) -> Vec<String> {
    if row.attempts.len() < 2 && row.error.is_none() {
        return vec![];
    }
    row.attempts
        .iter()
        .take(MOST_ENTRIES)
        .map(|record| {
            let attempt = &record.attempt;
            let mut words = match attempt.raw.status {
                Some(status) => format!("HTTP {status}"),
                None => "no response".to_owned(),
            };
            words.push_str(&format!(", {}", figures::milliseconds(attempt.total.as_secs_f64() * 1e3)));
            if !record.waited.is_zero() {
                words
                    .push_str(&format!(", after waiting {}", figures::milliseconds(record.waited.as_secs_f64() * 1e3)));
            }
            if let Some(error) = &attempt.error {
                words.push_str(&format!(": {}", sentence(&error.message)));
            }
            words
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_shared_evenly() {
        assert_eq!(fitting(&[10, 10, 10], 100, 50), 50);
        assert_eq!(fitting(&[10, 100, 100], 110, 1_000), 50);
        assert_eq!(fitting(&[], 10, 7), 7);
        assert_eq!(fitting(&[5; 100], 50, 1_000), 0);
    }

    #[test]
    fn a_cut_says_how_much_there_was() {
        let long = "日本語日本語";
        let text = cut(long, 7);
        assert_eq!((text.t.as_str(), text.of), ("日本", Some(18)));
        assert_eq!(cut("a\u{202e}b", 100).t, "a\\u{202e}b");
        assert_eq!(cut("short", 100).of, None);
    }
}
