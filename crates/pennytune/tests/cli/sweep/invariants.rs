//! What holds of every output, whatever the company.

use edgar::document::{Document, fold};
use jiff::civil::Date;
use loopback_edgar::Server;
use serde_json::Value;

use super::collection::{Company, Facts, get};
use crate::contract::IDS;

/// Everything that does not hold, a line each.
pub(super) type Faults = Vec<String>;

/// A day of a payload; a day that is none fails the test that asks.
fn day(value: &Value) -> Date {
    value.as_str().unwrap().parse().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A payload of `inspect --json`, held against the raw files.
pub(super) fn payload(payload: &Value, company: &Company, as_of: Date, server: &Server) -> Faults {
    let mut faults = Faults::new();
    let mut say = |fault: String| faults.push(format!("{} as of {as_of}: {fault}", company.cik));
    let signals = payload["signals"].as_array().unwrap();
    for id in IDS {
        if signals.iter().filter(|signal| signal["id"] == id).count() != 1 {
            say(format!("{id} is not there once"));
        }
    }
    if signals.len() != IDS.len() {
        say(format!("{} signals", signals.len()));
    }
    for top in signals {
        one(top, true, company, as_of, server, &mut |fault| say(format!("{}: {fault}", text(&top["id"]))));
    }
    for factor in payload["factors"].as_array().unwrap() {
        let completeness = factor["completeness"].as_f64().unwrap();
        let bounded = factor["score"].as_f64().is_none_or(|score| (0.0..=100.0).contains(&score));
        if !bounded || !(0.0..=1.0).contains(&completeness) || factor["score"].is_null() != (completeness == 0.0) {
            say(format!("{factor}"));
        }
    }
    for event in payload["events"].as_array().unwrap() {
        place(event, company, as_of, &mut |fault| say(format!("event: {fault}")));
        if day(&event["date"]) > day(&event["filed"]) {
            say(format!("reported before it happened: {event}"));
        }
    }
    let nothing = payload["company"]["latest_filing"].is_null() && payload["company"]["latest_period"].is_null();
    if nothing {
        let ran = signals.iter().filter(|signal| signal["status"] == "ran").map(|signal| text(&signal["id"]));
        // The SEC's lists of all companies are read whatever a company filed.
        let ran: Vec<&str> = ran.filter(|id| !["suspension", "fails_to_deliver"].contains(id)).collect();
        if !ran.is_empty() || !payload["score"]["value"].is_null() {
            say(format!("nothing was public, and yet there are {ran:?} and a score of {}", payload["score"]["value"]));
        }
    }
    for key in ["latest_filing", "latest_period"] {
        if !payload["company"][key].is_null() && day(&payload["company"][key]) > as_of {
            say(format!("{key} {}", payload["company"][key]));
        }
    }
    faults
}

/// A signal or a part of one.
fn one(signal: &Value, top: bool, company: &Company, as_of: Date, server: &Server, say: &mut dyn FnMut(String)) {
    let status = text(&signal["status"]);
    if !["ran", "not_run", "not_applicable"].contains(&status) {
        say(format!("status {status}"));
    }
    if text(&signal["why"]).is_empty() {
        say("no why".to_owned());
    }
    if !["none", "info", "caution", "high", "critical"].contains(&text(&signal["severity"])) {
        say(format!("severity {}", signal["severity"]));
    }
    if status == "ran" {
        if top && (text(&signal["formula"]).is_empty() || text(&signal["source"]).is_empty()) {
            say("no formula or source".to_owned());
        }
    } else if !signal["value"].is_null() || signal["severity"] != "none" || !signal["zone"].is_null() {
        say(format!("{status}, and yet {} {} {}", signal["value"], signal["zone"], signal["severity"]));
    }
    for evidence in signal["evidence"].as_array().unwrap() {
        place(evidence, company, as_of, say);
        quote(evidence, company, server, say);
    }
    for input in signal["inputs"].as_array().unwrap() {
        figure(input, company, as_of, say);
    }
    for part in signal["parts"].as_array().into_iter().flatten() {
        one(part, false, company, as_of, server, &mut |fault| say(format!("{}: {fault}", text(&part["id"]))));
    }
}

/// Where evidence or an event points to.
fn place(one: &Value, company: &Company, as_of: Date, say: &mut dyn FnMut(String)) {
    let (url, accession) = (text(&one["url"]), text(&one["accession"]));
    let base = format!("https://www.sec.gov/Archives/edgar/data/{}/", company.cik);
    let folder = format!("{base}{}/", accession.replace('-', ""));
    if !url.starts_with(&folder) && url != format!("{base}{accession}-index.htm") {
        say(format!("{accession} links to {url}"));
    }
    if day(&one["filed"]) > as_of {
        say(format!("{accession} was filed on {}", one["filed"]));
    }
    let Some(index) = &company.index else { return };
    match index.get(accession) {
        None => say(format!("{accession} is not in the index")),
        Some((filed, form)) if *filed != day(&one["filed"]) || form != text(&one["form"]) => {
            say(format!("{accession} is {form} of {filed}, not {} of {}", one["form"], one["filed"]));
        }
        Some(_) => {}
    }
}

/// The words of evidence stand in the document, where the server has it.
fn quote(evidence: &Value, company: &Company, server: &Server, say: &mut dyn FnMut(String)) {
    let words = text(&evidence["quote"]);
    if words != fold(words) || words.contains(char::is_control) {
        say(format!("white space in a quote: {words:?}"));
    }
    if words.is_empty() {
        return;
    }
    let plain = |text: &str| fold(&text.replace(['\u{200b}', '\u{ad}', '\u{feff}'], ""));
    let accession = text(&evidence["accession"]);
    let folder = format!("/Archives/edgar/data/{}/{}", company.cik, accession.replace('-', ""));
    let named = text(&evidence["url"]).rsplit('/').next().unwrap_or_default();
    let mut texts = Vec::new();
    for name in [named, &format!("{accession}.txt")] {
        let Some(bytes) = get(server, &format!("{folder}/{name}")) else { continue };
        if let Ok(document) = Document::read(name, None, &bytes) {
            texts.push(plain(document.text()));
        }
        texts.push(plain(&String::from_utf8_lossy(&bytes)));
    }
    let whole = words.trim_end_matches('…');
    if !texts.is_empty() && !texts.iter().any(|text| text.contains(whole)) {
        say(format!("{accession} does not say {words:?}"));
    }
}

/// A number that went in is the one that the raw facts have.
fn figure(input: &Value, company: &Company, as_of: Date, say: &mut dyn FnMut(String)) {
    if !input["value"].is_number() || text(&input["tag"]).is_empty() {
        say(format!("no number or no tag: {input}"));
    }
    let (start, end) = (text(&input["start"]), text(&input["end"]));
    // A notice of a sale tells the day on which it is to be.
    let planned = ["form144:", "aggregateMarketValue"].iter().any(|word| text(&input["tag"]).starts_with(word));
    if (!start.is_empty() && start > end) || (!end.is_empty() && !planned && day(&input["end"]) > as_of) {
        say(format!("the period of {input}"));
    }
    let accession = text(&input["accession"]);
    if accession.is_empty() {
        return;
    }
    let concepts = concepts(text(&input["tag"]));
    let known = company.index.as_ref().and_then(|index| index.get(accession)).map(|(filed, _)| *filed);
    let reported = company.facts.as_ref().and_then(|facts| facts.filed.get(accession)).copied();
    match known.or(reported) {
        None => say(format!("{accession} is nowhere: {input}")),
        Some(filed) if filed > as_of => say(format!("{accession} was filed on {filed}: {input}")),
        Some(_) => {}
    }
    let Some(facts) = company.facts.as_ref().filter(|_| !concepts.is_empty()) else { return };
    if let Some((_, unknown)) = concepts.iter().find(|(_, concept)| !facts.concepts.contains(*concept)) {
        say(format!("{unknown} is not in the facts: {input}"));
        return;
    }
    let value = input["value"].as_f64().unwrap();
    let near = |other: f64| (other - value).abs() <= 1e-9 * value.abs().max(1.0);
    if let [(_, concept)] = concepts[..] {
        let key = (concept.to_owned(), start.to_owned(), end.to_owned(), accession.to_owned());
        if !facts.values.get(&key).is_some_and(|values| values.iter().any(|one| near(*one))) {
            say(format!("the facts do not have {input}"));
        }
    } else if !sums(&concepts, facts, (start, end), as_of).is_none_or(|sums| sums.iter().any(|sum| near(*sum))) {
        say(format!("no sum of what was reported comes to {input}"));
    }
}

/// The concepts of a tag or a formula of tags, each with its sign.
fn concepts(tag: &str) -> Vec<(f64, &str)> {
    let mut sign = 1.0;
    let mut found = Vec::new();
    for word in tag.split([' ', '(', ')']) {
        match word {
            "-" => sign = -1.0,
            "+" => sign = 1.0,
            _ if word.contains(':') => found.push((sign, word.trim_start_matches('-'))),
            _ => {}
        }
    }
    found
}

/// Every sum of the concepts that was public over a period; none where that says nothing: one of them was not reported
/// for that very period, or stands in brackets or more than once.
fn sums(concepts: &[(f64, &str)], facts: &Facts, (start, end): (&str, &str), as_of: Date) -> Option<Vec<f64>> {
    let mut sums = vec![0.0];
    for (at, (sign, concept)) in concepts.iter().enumerate() {
        if concepts[..at].iter().any(|(_, other)| other == concept) {
            return None;
        }
        let reported = facts.spans.get(&((*concept).to_owned(), start.to_owned(), end.to_owned()))?;
        let mut values: Vec<f64> = reported.iter().filter(|(filed, _)| *filed <= as_of).map(|(_, one)| *one).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        sums = sums.iter().flat_map(|sum| values.iter().map(move |value| sum + sign * value)).collect();
        if sums.len() > 10_000 {
            return None;
        }
    }
    Some(sums)
}

/// A page at a width.
pub(super) fn page(page: &str, columns: usize) -> Faults {
    let mut faults = Faults::new();
    for line in page.lines() {
        let plain = without_colours(line);
        if plain.contains(|character: char| character.is_control()) {
            faults.push(format!("control characters: {plain:?}"));
        }
        let address = plain.trim().starts_with("https://") && !plain.trim().contains(' ');
        if layout::text::width(&plain) > columns && !address {
            faults.push(format!("wider than {columns}: {plain}"));
        }
    }
    faults
}

/// A line without the codes that colour it: `ESC [ … m`.
fn without_colours(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('m') {
            Some((code, rest)) if code.chars().all(|c| c.is_ascii_digit() || c == ';') => plain.push_str(rest),
            _ => plain.push_str(&format!("\u{1b}[{part}")),
        }
    }
    plain
}
