//! Impossible figures: shares above the whole, parts that do not add up, negative counts, probabilities
//! above one, ages nobody reached, places off the globe.

use text::Span;

use super::Finding;
use super::guard::Guard;
use crate::marker::MarkerKind::ImpossibleFigure;

/// A number in a pattern: digits with separators.
macro_rules! number {
    () => {
        r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    };
}

/// Who or what can be counted one by one, so that no share of them exceeds the whole.
macro_rules! countable {
    () => {
        r"(?:patients|people|persons|respondents|participants|students|pupils|teachers|users|voters|households|families|adults|children|kids|infants|women|men|girls|boys|cases|samples|subjects|employees|workers|customers|consumers|companies|firms|businesses|countries|americans|europeans|citizens|residents|inhabitants|players|doctors|physicians|nurses|dentists|members|mice|rats|animals|species|attendees|viewers|readers|developers|programmers|schools|hospitals|homes|drivers|passengers|teenagers|seniors|parents|mothers|fathers|smokers|volunteers|survivors|victims|deaths|births|babies|votes|ballots|those|them|us)"
    };
}

pattern!(
    SHARE_OF,
    r"(?i)\b",
    number!(),
    r"\s?(?:%|percent|per\s+cent)\s+of\s+(?:(?:all|the|its|their|our|these|those|total|surveyed|eligible|adult|young|older|male|female|treated|infected|enrolled|registered|world['’]s|global|local|american|country['’]s|entire|whole)\s+){0,3}(?:",
    countable!(),
    r"\b|(?:world['’]s\s+)?population\b|electorate\b|(?:earth['’]s\s+)?(?:surface|land\s+area)\b|genome\b|the\s+vote\b)"
);
pattern!(
    PART_OF_WHOLE,
    r"(?i)\b(?:accounts?\s+for|accounted\s+for|makes?\s+up|made\s+up|constitutes?|constituted|comprises|covers?|covered)\s+(?:about\s+|around\s+|roughly\s+|nearly\s+|some\s+|over\s+)?",
    number!(),
    r"\s?(?:%|percent|per\s+cent)\s+of\b"
);
pattern!(
    RATE,
    r"(?i)\b(?:accuracy|sensitivity|specificity|recall|turnout|attendance\s+rate|survival\s+rate|mortality\s+rate|fatality\s+rate|success\s+rate|cure\s+rate|win\s+rate|pass\s+rate|literacy\s+rate|unemployment\s+rate|employment\s+rate|vaccination\s+rate|graduation\s+rate|retention\s+rate|error\s+rate|response\s+rate|remission\s+rate|market\s+share|vote\s+share|chance|probability|likelihood|purity|humidity|efficiency|saturation)\s+(?:[a-z]+\s+){0,4}?(?:of|is|was|were|at|reached|reaches|hit|stood\s+at|=|:)\s*(?:about\s+|around\s+|over\s+|nearly\s+|approximately\s+|as\s+high\s+as\s+)?",
    number!(),
    r"\s?(?:%|percent|per\s+cent)"
);
pattern!(
    RATE_AFTER,
    r"(?i)\b",
    number!(),
    r"\s?(?:%|percent|per\s+cent)\s+(?:chance|probability|likelihood|accuracy|accurate|sensitivity|specificity|turnout|survival\s+rate|success\s+rate|mortality|market\s+share|purity|pure|humidity|efficiency|efficient|discount|markdown|literacy|unemployment)\b"
);
pattern!(
    PROBABILITY,
    r"(?i)(?:\b(?:probability|likelihood)\b(?:\s+(?:of|that|for|mass|value)\b[^.!?;\n]{0,80}?)?\s*(?:is|was|equals|of|=|≈|:|to\s+be|at)\s*(?:about\s+|approximately\s+|roughly\s+|exactly\s+|only\s+)?|\bP\s?\([^()\n]{1,30}\)\s?(?:=|≈|is)\s?|\bp[-\s]?values?\s*(?:of|is|was|=|<|:)\s*|\bp\s?[=]\s?)",
    r"(-?\d+(?:\.\d+)?)"
);
pattern!(
    CORRELATION,
    r"(?i)(?:\b(?:correlation|pearson|spearman)\b[^.!?;\n]{0,60}?(?:of|is|was|=|:)\s*|\br\s?=\s?|\bR(?:²|\^2|-squared|2)\s*(?:=|of|is|was|value\s+of)\s*|\bAUC\s*(?:=|of|is|was)\s*|\bF1(?:[- ]score)?\s*(?:=|of|is|was)\s*)([-−]?\d+(?:\.\d+)?)"
);
pattern!(
    NEGATIVE,
    r"(?i)(?:^|[\s(])([-−]\d{1,3}(?:,\d{3})*|(?:minus|negative)\s+\d+)\s+(?:new\s+|more\s+|registered\s+|active\s+|young\s+)?",
    countable!(),
    r"\b"
);
pattern!(
    OUT_OF,
    r"(?i)\b(\d{1,4}(?:,\d{3})*)\s+(?:out\s+)?of\s+(?:the\s+|every\s+|all\s+)?(\d{1,4}(?:,\d{3})*)\s+(?:[a-z]+\s+)?",
    countable!(),
    r"\b|\b(\d{1,6})\s+out\s+of\s+(?:the\s+|every\s+)?(\d{1,6})\b"
);
pattern!(
    OF_WHOM,
    r"(?i)\bof\s+(?:the|these|those|all|our)\s+(\d{1,6})\s+(?:[a-z]+\s+)?",
    countable!(),
    r",?\s+(?:only\s+)?(\d{1,6})\s+(?:passed|failed|survived|died|recovered|responded|agreed|voted|completed|dropped|were|had|said|reported)\b"
);
pattern!(
    AGE,
    r"(?i)\b(?:at\s+the\s+(?:ripe\s+|advanced\s+|old\s+)*age\s+of|at\s+age|aged|lived\s+to\s+(?:be|the\s+age\s+of)|turned|reached\s+the\s+age\s+of|died\s+at)\s+(\d{3})\b(\s+years\b)?|\b(?:(?:he|she)\s+(?:is|was)|(?:man|woman|grandmother|grandfather|patient|person|resident)\s+(?:is|was))\s+(\d{3})\s+years\s+old\b|\b(\d{3})-year-old\s+(?:man|woman|patient|grandmother|grandfather|person|boy|girl|student|employee)\b"
);
pattern!(
    LATITUDE,
    r"(?i)\blatitude\s*(?:of|is|:|=)?\s*(?:about\s+|approximately\s+)?([-−]?\d{1,3}(?:\.\d+)?)\s?(?:°|degrees)?|\b(\d{1,3}(?:\.\d+)?)\s?(?:°|degrees)\s?(?:\d{1,2}['′]\s?(?:\d{1,2}(?:\.\d+)?[\x22″]\s?)?)?(?:N|S|north|south|northern\s+latitude|southern\s+latitude)\b"
);
pattern!(
    LONGITUDE,
    r"(?i)\blongitude\s*(?:of|is|:|=)?\s*(?:about\s+|approximately\s+)?([-−]?\d{1,3}(?:\.\d+)?)\s?(?:°|degrees)?|\b(\d{1,3}(?:\.\d+)?)\s?(?:°|degrees)\s?(?:\d{1,2}['′]\s?(?:\d{1,2}(?:\.\d+)?[\x22″]\s?)?)?(?:E|W|east|west)\b"
);
pattern!(
    A_DAY,
    r"(?i)\b(\d{1,3}(?:\.\d+)?)\s+hours\s+(?:a|per|each|every|of\s+(?:sleep|work)\s+(?:a|per|each))\s+day\b|\b(\d{1,3})\s+days\s+(?:a|per|in\s+a)\s+week\b|\b(\d{1,3})\s+months\s+(?:a|per|in\s+a)\s+year\b"
);
pattern!(
    COMPOSED,
    r"(?i)\b(?:consists?\s+of|consisting\s+of|composed\s+of|is\s+made\s+(?:up\s+)?of|made\s+up\s+of|comprises|breakdown|break\s+down|breaks\s+down|broken\s+down|split|divided|divides|distribution|distributed|composition|allocation|allocated|mix|pie|shares?\s+(?:of\s+the\s+)?(?:vote|market|total)|of\s+the\s+(?:budget|vote|total|electorate|whole)|goes\s+to|voted|remaining|the\s+rest|undecided|no\s+opinion|unsure)\b"
);
pattern!(
    MULTIPLE,
    r"(?i)\b(?:of\s+which|of\s+whom|of\s+these|including|overlap\w*|multiple|several\s+answers|all\s+that\s+apply|respectively|compared|versus|vs\.?|up\s+from|down\s+from|increase\w*|grew|rose|fell|decrease\w*|growth|more\s+than\s+one|year\s+over\s+year|in\s+(?:19|20)\d\d|former|latter|confidence|also)\b"
);
pattern!(
    FIGURATIVE,
    r"(?i)\b(?:give|gave|giving|gives|put(?:ting)?\s+in)\s+(?:it\s+)?(?:\d+|one\s+hundred)|\beffort\b|\bcommitted\b"
);

pattern!(
    MEASURE,
    r"(?i)\b(?:weigh(?:s|ed)?|lasted|lasts|took|takes|costs?)\s+(?:about\s+|around\s+)?([-−]\d[\d,.]*)\s?(?:kg|g|km|m|cm|years?|hours?|days?|minutes?|euros?|dollars?)\b|([-−]\d[\d,.]*)\s?(?:km|m|cm|metres|meters|feet|kg|years)[\s-](?:long|tall|wide|old|heavy)\b"
);
pattern!(ACID, r"\bpH\s*(?:value\s+)?(?:of|is|was|=|:)\s*(?:about\s+|around\s+)?([-−]?\d+(?:\.\d+)?)");
pattern!(SPEED, r"\b(\d{1,3}(?:,\d{3})+|\d+)\s?km/s\b");
// A loss can be larger than the profit before it; what has no sign cannot lose more than all.
pattern!(
    LOSS,
    r"(?i)\b(?:fell|fallen|falls|dropped|drops|declined|declines|decreased|decreases|shrank|shrunk|plunged|reduced|reduces|cut|lowered|down)\s+(?:[^.,;()\d]{1,40}\s)?by\s+(?:about\s+|around\s+|nearly\s+|almost\s+|over\s+|more\s+than\s+)?",
    number!(),
    r"\s?(?:%|percent|per\s+cent)|\b(?:a|an)\s+",
    number!(),
    r"\s?(?:%|percent|per\s+cent)\s+(?:decrease|reduction|decline|drop|cut|loss\s+of)\b"
);
pattern!(
    SIGNED,
    r"(?i)\b(?:profits?|earnings|income|losses|loss|margins?|net|balance|cash\s+flow|EBITDA?|returns?|temperatures?|growth|savings|surplus|deficit|equity|GDP\s+growth|rates?|position|yields?|momentum|score)\b"
);
pattern!(
    SCALE,
    r"(?i)\b(?:rated|rating(?:\s+of)?|scored?|scores|GPA(?:\s+of)?|grade(?:\s+of)?|marks?(?:\s+of)?|average(?:\s+of)?|gets|got|received|earned|has)\s+(?:it\s+|an?\s+)?(?:an?\s+average\s+(?:rating\s+|score\s+)?of\s+)?",
    number!(),
    r"(?:\s+stars)?\s*(?:out\s+of|/|on\s+an?)\s*(?:a\s+possible\s+|a\s+maximum\s+of\s+)?",
    number!(),
    r"(?:\s*-?\s*(?:stars?|points?|scale|marks?)\b)"
);
pattern!(
    HALVES,
    r"(?i)\b",
    number!(),
    r"\s?(?:%|percent|per\s+cent)\s+(?:(?:were|was|are|is|identified\s+as)\s+)?(?:men|male|males|boys|in\s+favou?r|yes|agreed)\b[^.!?\n]{0,40}?\b",
    number!(),
    r"\s?(?:%|percent|per\s+cent)\s+(?:(?:were|was|are|is|identified\s+as)\s+)?(?:women|female|females|girls|against|opposed|no|disagreed)\b"
);

/// What a number in a pattern says.
fn value(written: &str) -> f64 {
    written.replace(',', "").replace('−', "-").parse().unwrap_or(0.0)
}

pub(super) fn find(answer: &str, guard: &Guard, out: &mut Vec<Finding>) {
    let mut add = |start: usize, end: usize, why: String| {
        let span = Span::new(start, end);
        let sentence = guard.sentence(start).map(|(_, s)| s);
        if !guard.is_code(span) && !sentence.is_some_and(|s| s.about || s.question) && !imagined(answer, guard, start) {
            out.push(Finding { kind: ImpossibleFigure, span, why });
        }
    };
    shares(answer, guard, &mut add);
    for found in PROBABILITY.captures_iter(answer) {
        let Some(figure) = found.get(1) else { continue };
        let p = value(figure.as_str());
        let after = answer[figure.end()..].trim_start();
        let ratio = after.starts_with(['/', '%', '^', '×', '*', ':', '(', '+', '-'])
            || ["in ", "out ", "to ", "percent", "per cent", "e-", "x ", "over 1", "over 2", "times ", "minus "]
                .iter()
                .any(|w| after.starts_with(w))
            || answer[figure.end()..].starts_with(|c: char| c.is_alphanumeric())
            || answer[figure.end()..].strip_prefix(',').is_some_and(|t| t.starts_with(|c: char| c.is_ascii_digit()));
        // "p = 3" is a prime in number theory: only what is not a whole number, or is called a probability.
        let letter = found[0].trim_start().starts_with(['p', 'P'])
            && found[0].len() < figure.len() + 6
            && !found[0].contains('(');
        if !ratio && !(0.0..=1.0).contains(&p) && !(letter && (figure.as_str().find('.').is_none() || p > 3.0)) {
            add(
                figure.start(),
                figure.end(),
                format!("A probability lies between 0 and 1, not at {}.", figure.as_str()),
            );
        }
    }
    for found in CORRELATION.captures_iter(answer) {
        let Some(figure) = found.get(1) else { continue };
        let r = value(figure.as_str()).abs();
        let radius = found[0].to_lowercase().starts_with('r') && !found[0].contains(['²', '^', '-']);
        let tail = &answer[figure.end()..];
        let unit = tail.starts_with(|c: char| c.is_alphanumeric() || c == '%')
            || tail.trim_start().starts_with('%')
            || tail.starts_with(" percent");
        let talk =
            guard.sentence(figure.start()).is_some_and(|(_, s)| s.span.of(answer).to_lowercase().contains("correl"));
        if r > 1.0 && !unit && (!radius || talk) && figure.as_str().contains('.') {
            add(figure.start(), figure.end(), format!("Such a coefficient is at most 1, not {}.", figure.as_str()));
        }
    }
    for found in NEGATIVE.captures_iter(answer) {
        if let (Some(figure), Some(whole)) = (found.get(1), found.get(0)) {
            let list = answer[..figure.start()].trim_end_matches(' ').ends_with('\n') || figure.start() == 0;
            let range = answer[..figure.start()].trim_end().ends_with(|c: char| c.is_ascii_digit());
            let net = guard.sentence(figure.start()).is_some_and(|(_, s)| {
                let b = s.span.of(answer).to_lowercase();
                ["net ", "change", "difference", "balance", "migration", "growth", "loss", "from ", "compared"]
                    .iter()
                    .any(|w| b.contains(w))
            });
            let flag = answer[..figure.start()].trim_end().ends_with("kill");
            if !list && !range && !net && !flag {
                add(figure.start(), whole.end(), "A count cannot be negative.".to_owned());
            }
        }
    }
    for found in OUT_OF.captures_iter(answer) {
        let (a, b) = (found.get(1).or_else(|| found.get(3)), found.get(2).or_else(|| found.get(4)));
        let (Some(a), Some(b)) = (a, b) else { continue };
        let (part, whole) = (value(a.as_str()), value(b.as_str()));
        let year = (1000.0..2100.0).contains(&part) && a.len() == 4 && !found[0].contains("out");
        // "11 out of 10" is a manner of speaking.
        if part > whole && whole > 0.0 && !(whole == 10.0 && part <= 12.0) && !year {
            add(a.start(), b.end(), format!("{} of {} is more than the whole.", a.as_str(), b.as_str()));
        }
    }
    for found in OF_WHOM.captures_iter(answer) {
        let (Some(a), Some(b)) = (found.get(1), found.get(2)) else { continue };
        if value(b.as_str()) > value(a.as_str()) {
            add(a.start(), b.end(), format!("{} of {} is more than the whole.", b.as_str(), a.as_str()));
        }
    }
    for found in AGE.captures_iter(answer) {
        let Some(figure) = found.get(1).or_else(|| found.get(3)).or_else(|| found.get(4)) else { continue };
        let Some(whole) = found.get(0) else { continue };
        let age = value(figure.as_str());
        let rest = answer[whole.end()..].trim_start();
        let other = [
            "million", "billion", "thousand", "days", "weeks", "months", "hours", "minutes", "°", "degrees", "km",
            "m ", "%", ".",
        ]
        .iter()
        .any(|w| rest.starts_with(w) && (*w != "." || rest[1..].starts_with(|c: char| c.is_ascii_digit())))
            || answer[figure.end()..].starts_with([',', '.', ':'])
                && answer[figure.end() + 1..].starts_with(|c: char| c.is_ascii_digit());
        if age > 130.0 && !other && !super::periods::legend(answer, guard, figure.start()) {
            add(
                whole.start(),
                whole.end(),
                format!("Nobody is known to have reached {} years; the record is 122.", figure.as_str()),
            );
        }
    }
    for (pattern, most, what) in
        [(&*LATITUDE, 90.0, "Latitudes end at 90 degrees"), (&*LONGITUDE, 180.0, "Longitudes end at 180 degrees")]
    {
        for found in pattern.captures_iter(answer) {
            let Some(figure) = found.get(1).or_else(|| found.get(2)) else { continue };
            let bearing = guard.sentence(figure.start()).is_some_and(|(_, s)| {
                let b = s.span.of(answer).to_lowercase();
                ["bearing", "heading", "azimuth", "compass", "rotate", "turn", "temperature", "angle"]
                    .iter()
                    .any(|w| b.contains(w))
            });
            if value(figure.as_str()).abs() > most && !bearing {
                add(figure.start(), figure.end(), format!("{what}."));
            }
        }
    }
    for found in A_DAY.captures_iter(answer) {
        for (group, most, what) in
            [(1, 24.0, "A day has 24 hours."), (2, 7.0, "A week has 7 days."), (3, 12.0, "A year has 12 months.")]
        {
            if let (Some(figure), Some(whole)) = (found.get(group), found.get(0))
                && value(figure.as_str()) > most
                && !(group == 2 && figure.as_str() == "8")
            {
                add(whole.start(), whole.end(), what.to_owned());
            }
        }
    }
    for number in text::numbers::find(answer) {
        let least = match number.unit.as_deref() {
            Some("°C") => -273.15,
            Some("°F") => -459.67,
            Some("K") if number.numeral.start > number.span.start => 0.0,
            _ => continue,
        };
        let scaled = number.scaled || number.value < -1e5;
        if number.value < least && !scaled {
            add(
                number.span.start,
                number.span.end,
                format!("Nothing is colder than absolute zero ({least} degrees on this scale)."),
            );
        }
    }
    for found in MEASURE.captures_iter(answer) {
        if let (Some(figure), Some(whole)) = (found.get(1).or_else(|| found.get(2)), found.get(0)) {
            add(figure.start(), whole.end(), "A weight, length, price or duration is not negative.".to_owned());
        }
    }
    for found in ACID.captures_iter(answer) {
        if let Some(figure) = found.get(1).filter(|f| !(-2.0..=15.5).contains(&value(f.as_str()))) {
            add(figure.start(), figure.end(), "The pH of a solution lies between about -1 and 15.".to_owned());
        }
    }
    for found in SPEED.captures_iter(answer) {
        let apparent = |at: usize| {
            guard.sentence(at).is_some_and(|(_, s)| {
                let body = s.span.of(answer).to_lowercase();
                [
                    "reced",
                    "recession",
                    "expan",
                    "apparent",
                    "light travels",
                    "speed of light",
                    "faster than light",
                    "about 300,000",
                    "superluminal",
                ]
                .iter()
                .any(|w| body.contains(w))
            })
        };
        if let Some(figure) = found.get(1).filter(|f| value(f.as_str()) > 300_000.0 && !apparent(f.start())) {
            add(figure.start(), figure.end(), "Nothing moves faster than light, 299,792 km/s.".to_owned());
        }
    }
    for found in LOSS.captures_iter(answer) {
        let (Some(whole), Some(figure)) = (found.get(0), found.get(1).or_else(|| found.get(2))) else { continue };
        let signed = guard.sentence(figure.start()).is_some_and(|(_, s)| SIGNED.is_match(s.span.of(answer)));
        if value(figure.as_str()) > 100.0 && !signed {
            let why = format!("Nothing can lose {} % of itself: all of it is 100 %.", figure.as_str());
            add(whole.start(), whole.end(), why);
        }
    }
    for found in SCALE.captures_iter(answer) {
        let (Some(a), Some(b)) = (found.get(1), found.get(2)) else { continue };
        let (got, most) = (value(a.as_str()), value(b.as_str()));
        // "11 out of 10" is a manner of speaking; honours courses carry a GPA a little above the scale.
        let speech = most == 10.0 && got <= 12.0 || most == 4.0 && got <= 5.0;
        if got > most && most > 0.0 && !speech {
            add(a.start(), b.end(), format!("{} is more than the scale's {}.", a.as_str(), b.as_str()));
        }
    }
    for found in HALVES.captures_iter(answer) {
        let (Some(a), Some(b)) = (found.get(1), found.get(2)) else { continue };
        let total = value(a.as_str()) + value(b.as_str());
        if total > 102.0 {
            add(a.start(), b.end(), format!("The two parts add up to {total}%, more than the whole."));
        }
    }
    sums(answer, guard, &mut add);
}

/// Whether a sentence supposes rather than says.
fn imagined(answer: &str, guard: &Guard, at: usize) -> bool {
    pattern!(
        IF,
        r"(?i)^\W{0,3}(?:if|suppose|imagine|assume|assuming|unless)\b|\bwould\s+(?:be|have|mean|need)\b|\bcannot\b|\bcan['’]t\b|\bmore\s+than\s+100\s?%\s+is\b"
    );
    guard.sentence(at).is_some_and(|(_, s)| IF.is_match(s.span.of(answer)))
}

fn shares(answer: &str, guard: &Guard, add: &mut impl FnMut(usize, usize, String)) {
    pattern!(
        RELATIVE,
        r"(?i)\b(?:increase\w*|grew|growth|rose|rise\w*|more|higher|larger|faster|above|exceed\w*|up|than|gain\w*|jump\w*|surge\w*|compared|relative\s+to|baseline|target|capacity|oversubscribed|heat\s+pump|GDP|poverty|recommended|expected|daily|needs?|requirements?|allowance|RDA|intake|quota|normal|usual|original|previous|earlier|last\s+year|income|salary|price|cost|nameplate|rated|size)\b"
    );
    for pattern in [&*SHARE_OF, &*PART_OF_WHOLE, &*RATE, &*RATE_AFTER] {
        for found in pattern.captures_iter(answer) {
            let (Some(whole), Some(figure)) = (found.get(0), found.get(1)) else { continue };
            if value(figure.as_str()) <= 100.0 || answer[..figure.start()].ends_with(['.', ',', '-', '–']) {
                continue;
            }
            let sentence = guard.sentence(figure.start()).map_or("", |(_, s)| s.span.of(answer));
            let from = guard.sentence(figure.start()).map_or(0, |(_, s)| s.span.start);
            let mut near = from.max(figure.start().saturating_sub(60));
            while !answer.is_char_boundary(near) {
                near += 1;
            }
            let mut until = (whole.end() + 40).min(from + sentence.len()).max(whole.end());
            while !answer.is_char_boundary(until) {
                until -= 1;
            }
            // What a comma parts from the figure says nothing about it: "of 104%, ten points above the baseline".
            let until = answer[whole.end()..until].find([',', ';']).map_or(until, |at| whole.end() + at);
            let around = &answer[near.min(figure.start())..until];
            if !RELATIVE.is_match(around) && !FIGURATIVE.is_match(sentence) {
                let why = format!("{} % is more than the whole that it is a share of.", figure.as_str());
                add(figure.start(), whole.end().max(figure.end()), why);
            }
        }
    }
}

/// Parts of one whole that add up to much more than it.
fn sums(answer: &str, guard: &Guard, add: &mut impl FnMut(usize, usize, String)) {
    // Blocks: one sentence, or a list or table under a heading that speaks of a breakdown.
    let sentences = &guard.sentences;
    let mut i = 0;
    while i < sentences.len() {
        let body = sentences[i].span.of(answer);
        let mut end = i + 1;
        let heads_list = body.trim_end().ends_with(':') || body.starts_with('#') || body.starts_with('|');
        if heads_list {
            while end < sentences.len() && is_item(sentences[end].span.of(answer)) {
                end += 1;
            }
        }
        let block = Span::new(sentences[i].span.start, sentences[end - 1].span.end);
        let text = block.of(answer);
        if COMPOSED.is_match(text) && !MULTIPLE.is_match(text) && text.len() < 4000 {
            let parts: Vec<text::numbers::Number> =
                text::numbers::find(text).into_iter().filter(|n| n.percent).collect();
            let rows = end - i;
            // In a list each row gives one share; a table with several columns of them is something else.
            let single = rows == 1 || parts.len() < rows + 1;
            let total: f64 = parts.iter().map(|n| n.value).sum();
            let whole = parts.iter().any(|n| n.value >= 99.5);
            let range = parts.windows(2).any(|w| {
                text[w[0].span.end..w[1].span.start].trim().chars().all(|c| matches!(c, '-' | '–' | '—'))
                    || text[w[0].span.end..w[1].span.start].trim() == "to"
            });
            if parts.len() >= 3
                && single
                && !whole
                && !range
                && total > 104.0
                && let (Some(first), Some(last)) = (parts.first(), parts.last())
            {
                let why = format!("The parts add up to {}%, more than the whole.", (total * 100.0).round() / 100.0);
                add(block.start + first.span.start, block.start + last.span.end, why);
            }
        }
        i = end;
    }
}

fn is_item(body: &str) -> bool {
    let digits = body.bytes().take(3).take_while(u8::is_ascii_digit).count();
    body.starts_with(['-', '*', '•', '|', '+', '–']) || (digits > 0 && body[digits..].starts_with(['.', ')']))
}
