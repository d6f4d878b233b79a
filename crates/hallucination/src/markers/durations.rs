//! Lengths of time and centuries that do not fit the years beside them, and parts that are not their whole.

use super::Finding;
use super::guard::Guard;
use super::periods;
use crate::marker::MarkerKind::Contradiction;

/// Years in digits or in a word.
macro_rules! count {
    () => {
        r"(\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|hundred)"
    };
}

/// A period: from one year to another.
macro_rules! period {
    () => {
        r"(?:(?:from|between)\s+|\()(1\d{3}|20\d\d)\s*(?:to|until|till|through|and|[-–—])\s*(1\d{3}|20\d\d)\b"
    };
}

pattern!(
    LASTED,
    r"(?i)\b(?:served|reigned|ruled|governed|lasted|lived|worked|taught|held\s+(?:the\s+)?(?:office|post|position)|in\s+office|was\s+in\s+power|in\s+power|spent|ran|stood)(?:\s+[^.;:()\d]{1,40}?)?\s+(?:for\s+)?(?:exactly\s+|a\s+total\s+of\s+)?",
    count!(),
    r"\s+years\b[^.;()\d]{0,30}?",
    period!()
);
pattern!(
    LONG,
    r"(?i)\b",
    count!(),
    r"[-\s]year(?:[-\s]long)?\s+(?:civil\s+|long\s+)?(?:war|reign|period|term|tenure|rule|siege|conflict|project|career|study|campaign|marriage|occupation|drought|span|stretch|run|presidency|papacy|dictatorship|construction)\b[^.;\d]{0,50}?",
    period!()
);
pattern!(
    CENTURY,
    r"(?i)\b(\d{1,2})(?:st|nd|rd|th)[-\s]century,?\s+(?:\(|(?:in|around|specifically\s+in|more\s+precisely\s+in|namely\s+in|specifically|circa)\s+)(\d{3,4})\b\)?"
);
pattern!(
    DECADE,
    r"(?i)\b(?:in|during)\s+the\s+(?:early\s+|mid-|late\s+)?(1\d\d0|20\d0)s,?\s+(?:\(|(?:in|specifically\s+in|more\s+precisely\s+in|namely\s+in|specifically)\s+)(1\d{3}|20\d\d)\b\)?"
);
pattern!(
    PARTS,
    r"(?i)\b(\d{1,4})\s+((?:\p{Ll}+\s)?\p{Ll}+)(?:\s?[:(,–—-]|\s+(?:made\s+up|consisting|composed)\s+of)\s?(\d{1,4})\s+(women|men|girls|boys|females|males|adults|children)\s+and\s+(\d{1,4})\s+(men|women|boys|girls|males|females|children|adults)\b(,?\s+and\b|,)?"
);

fn years(written: &str) -> Option<i32> {
    written.parse().ok().or_else(|| match written.to_lowercase().as_str() {
        "hundred" => Some(100),
        word => text::numbers::spelled(word).map(|n| n as i32),
    })
}

pub(super) fn find(answer: &str, guard: &Guard, out: &mut Vec<Finding>) {
    for pattern in [&*LASTED, &*LONG] {
        for found in pattern.captures_iter(answer) {
            let (Some(n), Some(a), Some(b)) = (found.get(1), found.get(2), found.get(3)) else { continue };
            let (Some(said), Ok(from), Ok(to)) =
                (years(n.as_str()), a.as_str().parse::<i32>(), b.as_str().parse::<i32>())
            else {
                continue;
            };
            // "nearly ten years", "the first two of five years": only plain lengths.
            let lead = answer[..n.start()].trim_end().rsplit(' ').next().unwrap_or("").to_lowercase();
            let vague = matches!(
                lead.as_str(),
                "about"
                    | "around"
                    | "nearly"
                    | "almost"
                    | "over"
                    | "some"
                    | "roughly"
                    | "than"
                    | "least"
                    | "first"
                    | "last"
                    | "another"
            );
            let between = &answer[n.end()..a.start()];
            let part =
                ["of the", "within", "during", "after", "before", "then", "first"].iter().any(|w| between.contains(w));
            if to > from && (to - from - said).abs() > 1 && !vague && !part && !periods::skip(answer, guard, n.start())
            {
                let why = format!("From {from} to {to} are {} years, not {said}.", to - from);
                out.push(Finding::new(Contradiction, n.start(), b.end(), why));
            }
        }
    }
    for found in CENTURY.captures_iter(answer) {
        let (Some(whole), Some(c), Some(y)) = (found.get(0), found.get(1), found.get(2)) else { continue };
        let (Ok(century), Ok(year)) = (c.as_str().parse::<i32>(), y.as_str().parse::<i32>()) else { continue };
        // The year 1800 is taken for either century; years before our era count the other way.
        let fits = ((century - 1) * 100..=century * 100).contains(&year);
        let era = answer[whole.end()..].trim_start().starts_with(['B', 'b']);
        let unit = answer[y.end()..].starts_with(|c: char| c.is_ascii_digit() || c == '%' || c == 's');
        if !fits && !era && !unit && (1..=21).contains(&century) && !periods::skip(answer, guard, c.start()) {
            let why = format!("The year {year} is not in the {}th century.", c.as_str());
            out.push(Finding::new(Contradiction, whole.start(), whole.end(), why));
        }
    }
    for found in DECADE.captures_iter(answer) {
        let (Some(whole), Some(d), Some(y)) = (found.get(0), found.get(1), found.get(2)) else { continue };
        let (Ok(decade), Ok(year)) = (d.as_str().parse::<i32>(), y.as_str().parse::<i32>()) else { continue };
        let span = if decade % 100 == 0 { 100 } else { 10 };
        let more = answer[y.end()..].starts_with(|c: char| c.is_ascii_digit() || c == 's');
        if !(decade..decade + span).contains(&year) && !more && !periods::skip(answer, guard, d.start()) {
            let why = format!("The year {year} is not in the {decade}s.");
            out.push(Finding::new(Contradiction, d.start(), whole.end(), why));
        }
    }
    parts(answer, guard, out);
}

/// `15 members: 6 women and 7 men`.
fn parts(answer: &str, guard: &Guard, out: &mut Vec<Finding>) {
    const PAIRS: [[&str; 2]; 4] = [["women", "men"], ["girls", "boys"], ["females", "males"], ["adults", "children"]];
    for found in PARTS.captures_iter(answer) {
        let (Some(n), Some(a), Some(x), Some(b), Some(y)) =
            (found.get(1), found.get(3), found.get(4), found.get(5), found.get(6))
        else {
            continue;
        };
        let (x, y_word) = (x.as_str().to_lowercase(), y.as_str().to_lowercase());
        let whole = PAIRS.iter().any(|p| p.contains(&x.as_str()) && p.contains(&y_word.as_str()) && x != y_word);
        let number = |m: &regex::Match<'_>| m.as_str().parse::<u32>().ok();
        let (Some(total), Some(first), Some(second)) = (number(&n), number(&a), number(&b)) else { continue };
        let more = found.get(7).is_some() || found.get(2).is_some_and(|m| m.as_str().contains("include"));
        if whole && !more && first + second != total && !periods::skip(answer, guard, n.start()) {
            let why = format!("{first} and {second} are {}, not {total}.", first + second);
            out.push(Finding::new(Contradiction, n.start(), y.end(), why));
        }
    }
}
