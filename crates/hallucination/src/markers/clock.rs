//! Times of day that no day has.

use super::Finding;
use super::guard::Guard;
use super::periods;
use crate::marker::MarkerKind::ImpossibleDate;

pattern!(
    CLOCK,
    r"(?i)(\bat\s+|\bum\s+|\buntil\s+|\bby\s+|\bfrom\s+)?\b(\d{1,2})[:.](\d{2})\s?(a\.?m\b|p\.?m\b|uhr\b|utc\b|gmt\b|cet\b|est\b|pst\b|o['’]clock\b|hours\b|local\s+time\b)?"
);

/// Whether the sentence tells when something is open, leaves or begins, with at least one time that a day has,
/// and is not about scores, verses, ratios or lengths of films.
fn in_timetable(answer: &str, guard: &Guard, at: usize) -> bool {
    pattern!(
        CUE,
        r"(?i)\b(?:open(?:s|ing)?|close[sd]?|closing|leaves?|departs?|departures?|arrives?|arrivals?|trains?|bus(?:es)?|ferr(?:y|ies)|flights?|timetable|schedule[sd]?|hours|check-?in|check-?out|weekdays|daily|begins?|starts?|shift|lunch|breakfast|meeting|geöffnet|ouvert|abierto)\b"
    );
    pattern!(
        OTHER,
        r"(?i)\b(?:scores?|scored|set|sets|match|film|video|clip|scene|record|lap|marathon|finish\w*|pace|verses?|psalms?|john|luke|mark|matthew|ratio|mix|minutes|seconds|runtime|length|duration|timestamp|scale)\b"
    );
    pattern!(REAL, r"\b(?:[01]?\d|2[0-3]):[0-5]\d\b");
    guard.sentence(at).is_some_and(|(_, s)| {
        let body = s.span.of(answer);
        CUE.is_match(body) && !OTHER.is_match(body) && REAL.is_match(body)
    })
}

pub(super) fn find(answer: &str, guard: &Guard, out: &mut Vec<Finding>) {
    for found in CLOCK.captures_iter(answer) {
        let (Some(hour), Some(minute)) = (found.get(2), found.get(3)) else { continue };
        let (Ok(h), Ok(m)) = (hour.as_str().parse::<u32>(), minute.as_str().parse::<u32>()) else { continue };
        let unit = found.get(4).map(|u| u.as_str().to_lowercase());
        let twelve = unit.as_deref().is_some_and(|u| u.starts_with(['a', 'p']) && !u.starts_with("pst"));
        let lead = found.get(1).is_some();
        let colon = answer[hour.end()..].starts_with(':');
        let after = &answer[found.get(0).map_or(minute.end(), |w| w.end())..];
        // A longer number, a score, a verse, a place in a film.
        let longer = after.starts_with(|c: char| c.is_ascii_digit() || c == ':')
            || after.starts_with('.') && after[1..].starts_with(|c: char| c.is_ascii_digit())
            || answer[..hour.start()].ends_with([':', '.', ',', '/', '-', '–', '$', '€']);
        let elsewhere = [" of the ", " into ", " mark", " minute", " in the ", " per", " pace", " remaining", " to "]
            .iter()
            .any(|w| after.starts_with(w));
        // Beside a real time of day, in a sentence about opening or leaving, a colon makes one too.
        let listed = colon && !elsewhere && hour.len() <= 2 && h < 60 && in_timetable(answer, guard, hour.start());
        let clock = (unit.is_some() && (colon || twelve)) || (lead && colon && !elsewhere) || listed;
        let hour_fault = h > 24;
        let impossible = hour_fault || m > 59 || (h == 24 && m > 0);
        if clock && impossible && !longer && !periods::skip(answer, guard, hour.start()) && (unit.is_some() || h < 60) {
            let why = if hour_fault {
                format!("A day has 24 hours; there is no hour {h}.")
            } else {
                format!("There is no time {h}:{m:02}.")
            };
            out.push(Finding::new(ImpossibleDate, hour.start(), minute.end(), why));
        }
    }
}
