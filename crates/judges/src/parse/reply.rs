//! The JSON object in a judge's reply.
//!
//! Judges think aloud, wrap their verdict in fences, write drafts, and quote the answer they judge,
//! which may itself look like a verdict. The rule: a reply that is one JSON object is that object;
//! otherwise the last object with a verdict in it counts, unless it is only a quotation or stands
//! before the end of the thinking. An object that looks like a verdict and cannot be read spoils the
//! reply: where its strings end is unknown, so that what follows may still be inside one.

use serde_json::{Map, Value};

use crate::fault::ParseError;

/// Longest reply that is searched, in bytes. A verdict is a few sentences.
const MAX_REPLY: usize = 1 << 20;
/// Most verdicts and most pairs of markers in a reply: an honest one has a draft or two, and each is
/// compared with texts of any length.
const MAX_VERDICTS: usize = 64;
/// Tags around a model's thinking in plain text.
const THINKING: [(&str, &str); 2] = [("<think>", "</think>"), ("<thinking>", "</thinking>")];

/// The object that holds the verdict: the one with `key`.
///
/// `judged` are the texts under judgement: outside of a reply that is JSON as a whole, objects that
/// stand in them word for word are quotations.
pub(crate) fn verdict(text: &str, cut: bool, key: &str, judged: &[&str]) -> Result<Map<String, Value>, ParseError> {
    if text.len() > MAX_REPLY {
        return Err(ParseError::new(format!(
            "the judge's reply has {} bytes, more than a verdict can have; lower its output limit",
            text.len()
        )));
    }
    let text = without_thinking(text)?;
    let text = unfenced(text.trim());
    if text.is_empty() {
        return Err(if cut {
            ParseError::new("the judge's reply was cut at its output limit before a verdict; raise the limit")
        } else {
            ParseError::new("the judge's reply is empty")
        });
    }
    match object(text) {
        Ok((map, end)) if text[end..].trim().is_empty() => return accepted(map, key),
        Err(Broken::Twice(name)) => return Err(ParseError::new(twice(&name))),
        _ => {}
    }
    if cut {
        return Err(ParseError::new("the judge's reply was cut at its output limit; raise the limit"));
    }
    search(text, key, judged)
}

/// Takes the thinking off the front of a reply. Tags further on are left to [`search`]: a verdict may
/// well speak of them.
fn without_thinking(text: &str) -> Result<&str, ParseError> {
    let mut text = text.trim_start_matches('\u{feff}').trim_start();
    while let Some((_, close)) = THINKING.iter().find(|(open, _)| text.starts_with(open)) {
        let Some(end) = text.find(close) else {
            return Err(ParseError::new(
                "the judge's reply ends in the middle of its thinking; raise its output limit",
            ));
        };
        text = text[end + close.len()..].trim_start();
    }
    Ok(text)
}

/// The text without one code fence around all of it.
fn unfenced(text: &str) -> &str {
    let Some(inner) = text.strip_prefix("```").and_then(|rest| rest.strip_suffix("```")) else { return text };
    // The rest of the first line is the language.
    let Some((language, inner)) = inner.split_once('\n') else {
        return inner.trim_start_matches("json").trim();
    };
    if language.trim().chars().all(char::is_alphanumeric) { inner.trim() } else { text }
}

/// Goes through the objects of a reply in prose.
fn search(text: &str, key: &str, judged: &[&str]) -> Result<Map<String, Value>, ParseError> {
    // JSON wants line breaks in strings escaped, and many judges do not escape them. As a blank they
    // mean the same everywhere.
    let text: String = text.chars().map(|c| if c.is_ascii_control() { ' ' } else { c }).collect();
    let judged: Vec<String> =
        judged.iter().map(|text| text.chars().map(|c| if c.is_ascii_control() { ' ' } else { c }).collect()).collect();
    let closing = closing_braces(&text);
    let quoted = marked(&text);
    let named = format!("\"{key}\"");

    let mut found: Option<Map<String, Value>> = None;
    let mut unreadable: Option<String> = None;
    let mut without: Option<Map<String, Value>> = None;
    let mut only_quoted = false;
    let mut verdicts = 0;
    let mut at = 0;
    while let Some(open) = text[at..].find('{').map(|offset| at + offset) {
        // The end of thinking that began without a tag: what came before was no verdict.
        if THINKING.iter().any(|(_, close)| text[at..open].contains(close)) {
            (found, unreadable) = (None, None);
        }
        let rest = &text[open..];
        let opens_object = rest[1..].trim_start().starts_with(['"', '\'', '}']);
        match object(rest) {
            Ok((map, end)) => {
                at = open + end;
                verdicts += usize::from(map.contains_key(key));
                if verdicts > MAX_VERDICTS {
                    return Err(ParseError::new(format!("the judge's reply gives more than {MAX_VERDICTS} verdicts")));
                }
                if !map.contains_key(key) {
                    without = Some(map);
                } else if quoted.iter().any(|&(from, to)| (from..to).contains(&open))
                    || judged.iter().any(|text| text.contains(&rest[..end]))
                {
                    only_quoted = true;
                } else {
                    found = Some(map);
                }
            }
            Err(broken) if opens_object => {
                // Never look inside: what reads as an object there may be a quotation in a string.
                let end = closing.get(&open).map_or(text.len(), |close| close + 1);
                at = end;
                let inside = quoted.iter().any(|&(from, to)| (from..to).contains(&open));
                let begins = rest[1..].trim_start().starts_with("\"reasoning\"");
                if !inside && (begins || end == text.len() || text[open..end].contains(&named)) {
                    unreadable = Some(match broken {
                        Broken::Twice(name) => twice(&name),
                        Broken::Json(reason) => format!("the JSON in the judge's reply cannot be read: {reason}"),
                    });
                }
            }
            // A brace of prose or of set notation.
            Err(_) => at = open + 1,
        }
    }
    if THINKING.iter().any(|(_, close)| text[at..].contains(close)) {
        (found, unreadable) = (None, None);
    }
    if let Some(reason) = unreadable {
        return Err(ParseError::new(reason));
    }
    match (found, without) {
        (Some(map), _) => accepted(map, key),
        _ if only_quoted => Err(ParseError::new(format!(
            "the only `{key}` in the judge's reply is quoted from the text under judgement"
        ))),
        (None, Some(map)) => accepted(map, key),
        (None, None) => Err(ParseError::new("there is no JSON object in the judge's reply")),
    }
}

fn accepted(map: Map<String, Value>, key: &str) -> Result<Map<String, Value>, ParseError> {
    if map.contains_key(key) {
        return Ok(map);
    }
    Err(ParseError::with_reasoning(format!("the judge's reply has no `{key}`"), reasoning(&map)))
}

/// The reasoning of a reply, where it is a text that says something.
pub(crate) fn reasoning(map: &Map<String, Value>) -> Option<String> {
    let text = map.get("reasoning")?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn twice(name: &str) -> String {
    format!("the judge's reply gives `{name}` twice in one object")
}

enum Broken {
    Json(String),
    Twice(String),
}

/// The object at the start of the text, and where it ends.
fn object(text: &str) -> Result<(Map<String, Value>, usize), Broken> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Object>();
    match stream.next() {
        Some(Ok(Object(map, None))) => Ok((map, stream.byte_offset())),
        Some(Ok(Object(_, Some(name)))) => Err(Broken::Twice(name)),
        Some(Err(error)) => Err(Broken::Json(error.to_string())),
        None => Err(Broken::Json("it is empty".to_owned())),
    }
}

/// A map, and the first name that it has twice: the last would win in silence.
struct Object(Map<String, Value>, Option<String>);

impl<'de> serde::Deserialize<'de> for Object {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Object;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut access: A) -> Result<Object, A::Error> {
                let (mut map, mut twice) = (Map::new(), None);
                while let Some((name, value)) = access.next_entry::<String, Value>()? {
                    if map.contains_key(&name) && twice.is_none() {
                        twice = Some(name.clone());
                    }
                    map.insert(name, value);
                }
                Ok(Object(map, twice))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// The closing brace of every opening one, counted without regard to strings: within JSON that
/// cannot be read, nobody knows what is a string.
fn closing_braces(text: &str) -> std::collections::HashMap<usize, usize> {
    let mut open = Vec::new();
    let mut pairs = std::collections::HashMap::new();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open.push(at),
            b'}' => {
                if let Some(start) = open.pop() {
                    pairs.insert(start, at);
                }
            }
            _ => {}
        }
    }
    pairs
}

/// Spans between a pair of markers that a judge repeats from its prompt.
fn marked(text: &str) -> Vec<(usize, usize)> {
    let mut spans = Vec::new();
    let mut at = 0;
    for _ in 0..MAX_VERDICTS {
        let Some(from) = text[at..].find("[BEGIN ").map(|offset| at + offset) else { break };
        at = from + "[BEGIN ".len();
        let Some(name) = text[at..].find(']').map(|end| &text[at..at + end]) else { break };
        if name.len() > 80 || name.rsplit(' ').next().is_none_or(|code| code.len() != 32) {
            continue;
        }
        if let Some(to) = text[at..].find(&format!("[END {name}]")).map(|offset| at + offset) {
            spans.push((from, to));
            at = to;
        }
    }
    spans
}
