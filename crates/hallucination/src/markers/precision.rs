//! Unsupported precision: more digits than a hedge beside them allows.

use text::numbers;

use super::Finding;
use super::guard::Guard;
use crate::marker::MarkerKind::UnsupportedPrecision;

pattern!(
    HEDGE,
    r"(?i)(?:\b(?:approximately|approx\.|about|around|roughly|circa|nearly|almost|an?\s+estimated|estimated(?:\s+at)?|some|somewhere\s+around|something\s+like|in\s+the\s+neighbou?rhood\s+of|in\s+the\s+region\s+of|on\s+the\s+order\s+of|more\s+or\s+less|ungefähr|etwa|rund|circa|environ|aproximadamente|unos|cerca\s+de|presumably|perhaps|maybe|probably|I\s+(?:think|believe|guess))\s+(?:a\s+|of\s+|at\s+|the\s+|to\s+)?|[~≈]\s?)$"
);
pattern!(
    CONSTANT,
    r"(?i)\b(?:pi|π|euler|golden\s+ratio|constant|e\s+is|square\s+root|sqrt|√|logarithm|log|ln|equals?|computed|calculat\w*|converts?|conversion|formula|decimal|digits|rounded|measured|result|output|returns?|odds|probability|interest|radians?|sin|cos|tan)\b|[=≈√]"
);

/// Significant digits of a numeral as written: leading zeros and, in a whole number, trailing zeros do not count.
fn significant(numeral: &str) -> usize {
    let digits: String = numeral.chars().filter(char::is_ascii_digit).collect();
    let trimmed = digits.trim_start_matches('0');
    let trimmed = if numeral.contains('.') { trimmed } else { trimmed.trim_end_matches('0') };
    trimmed.len()
}

// What comes in wholes: half of one is a sign by itself.
pattern!(
    WHOLE,
    r"(?i)^\s(?:[a-z]+\s)?(?:people|persons|visitors|attendees|soldiers|troops|students|users|customers|employees|patients|birds|animals|species|inhabitants|residents|voters|participants|children|houses|homes|buildings|cars|books|copies|deaths|casualties|men|women|members|fans|spectators|protesters|refugees|workers)\b"
);
pattern!(
    AVERAGE,
    r"(?i)\b(?:average|averages|mean|median|per|rate|ratio|each|every|million|billion|thousand|expected)\b"
);

pub(super) fn find(answer: &str, guard: &Guard, out: &mut Vec<Finding>) {
    for number in numbers::find(answer) {
        let written = number.numeral.of(answer);
        let digits = significant(written);
        if digits < 5 && number.decimals == 0 {
            continue;
        }
        let Some((_, sentence)) = guard.sentence(number.span.start) else { continue };
        if guard.is_code(number.span) || sentence.about {
            continue;
        }
        let body = sentence.span.of(answer);
        let mut from = sentence.span.start.max(number.span.start.saturating_sub(40)).min(number.span.start);
        while !answer.is_char_boundary(from) {
            from += 1;
        }
        let hedge = HEDGE.find(&answer[from..number.span.start]);
        let fraction = number.decimals > 0;
        let counted = fraction
            && !number.scaled
            && number.unit.is_none()
            && number.currency.is_none()
            && !number.percent
            && WHOLE.is_match(&answer[number.span.end..]);
        // Dates, codes and years are not estimates.
        let after = &answer[number.span.end..];
        // A place on the globe is measured, however it is introduced.
        if number.unit.as_deref() == Some("°") || after.starts_with('°') {
            continue;
        }
        let code = after.starts_with(['/', ':', '-']) || answer[..number.span.start].ends_with(['/', '-', '#', '.']);
        if let Some(hedge) = hedge.filter(|_| digits >= 5 && !code && !CONSTANT.is_match(body)) {
            // "about 299,792" rounds a known figure; a hedge allows four digits, and six of a large whole number.
            let enough = if fraction {
                (number.percent && number.decimals >= 2) || number.decimals >= 3 || digits >= 7
            } else {
                digits >= 6 || (digits >= 5 && WHOLE.is_match(after))
            };
            let money = number.currency.is_some() && number.decimals <= 2 && digits < 8;
            if enough && !money && (!number.scaled || digits >= 6) {
                let start = from + hedge.start();
                let lead = answer[start..].len() - answer[start..].trim_start().len();
                let why = format!(
                    "“{}” promises an estimate, and {digits} significant digits follow.",
                    hedge.as_str().trim()
                );
                out.push(Finding::new(UnsupportedPrecision, start + lead, number.span.end, why));
                continue;
            }
        }
        if counted && !AVERAGE.is_match(body) {
            let why = "This is a count of whole things with a fraction.";
            out.push(Finding::new(UnsupportedPrecision, number.span.start, number.span.end, why));
        }
    }
}
