//! What is so, or is not.

use text::{Span, normalise};

use super::{Claim, Clause, Said, Topic, subject, words_of};

pattern!(
    POLAR,
    r"(?i)^(.{2,80}?)\s+(is|are|was|were|can|will|should|must|has|does|do|did)(n['’]t|not|\s+not|\s+never)?\s+(.{2,120})$",
);

/// Past forms that no rule makes.
const IRREGULAR: &[(&str, &str)] = &[
    ("won", "win"),
    ("wrote", "write"),
    ("made", "make"),
    ("took", "take"),
    ("gave", "give"),
    ("found", "find"),
    ("led", "lead"),
    ("held", "hold"),
    ("became", "become"),
    ("began", "begin"),
    ("built", "build"),
    ("bought", "buy"),
    ("came", "come"),
    ("fought", "fight"),
    ("got", "get"),
    ("kept", "keep"),
    ("knew", "know"),
    ("left", "leave"),
    ("lost", "lose"),
    ("met", "meet"),
    ("paid", "pay"),
    ("sold", "sell"),
    ("sent", "send"),
    ("spoke", "speak"),
    ("stood", "stand"),
    ("taught", "teach"),
    ("went", "go"),
    ("saw", "see"),
    ("ran", "run"),
    ("broke", "break"),
];

/// One form for a verb's base and its past: `win` and `won`, `stop` and `stopped`, `love` and `loved`.
fn past_stem(word: &str) -> String {
    if let Some((_, base)) = IRREGULAR.iter().find(|(past, _)| *past == word) {
        return (*base).trim_end_matches('e').to_owned();
    }
    let stem = word
        .strip_suffix("ied")
        .map_or_else(|| word.strip_suffix("ed").unwrap_or(word).to_owned(), |s| format!("{s}y"));
    let stem = stem.strip_suffix('e').unwrap_or(&stem);
    let mut letters: Vec<char> = stem.chars().collect();
    if letters.len() > 2 && letters[letters.len() - 1] == letters[letters.len() - 2] {
        letters.pop();
    }
    letters.into_iter().collect()
}

pub(super) fn polar(clause: &Clause<'_>, topic: &Topic, out: &mut Vec<Claim>) {
    const FILLERS: &[&str] = &[
        "completely",
        "entirely",
        "generally",
        "very",
        "also",
        "indeed",
        "really",
        "quite",
        "fully",
        "absolutely",
        "totally",
        "perfectly",
        "definitely",
        "certainly",
        "however",
    ];
    let mut add = |subject: (Vec<String>, bool, usize, String), verb: &str, positive: bool, predicate: &str| {
        let end = clause.text.len().min(predicate.as_ptr() as usize - clause.text.as_ptr() as usize + predicate.len());
        let mut words = words_of(predicate);
        let narrowed = words.first().is_some_and(|w| {
            matches!(
                w.as_str(),
                "only"
                    | "just"
                    | "merely"
                    | "always"
                    | "all"
                    | "necessarily"
                    | "simply"
                    | "every"
                    | "the"
                    | "yet"
                    | "so"
                    | "as"
                    | "too"
                    | "more"
                    | "less"
                    | "enough"
                    | "limited"
                    | "one"
                    | "until"
            )
        });
        words.retain(|w| !FILLERS.contains(&w.as_str()));
        let mut positive = positive;
        if words.first().is_some_and(|w| w == "non") && words.len() > 1 {
            words.remove(0);
            positive = !positive;
        }
        let bound = words.get(1).is_some_and(|w| {
            matches!(
                w.as_str(),
                "longer" | "more" | "one" | "less" | "fewer" | "better" | "different" | "doubt" | "other" | "matter"
            )
        });
        if words.first().is_some_and(|w| w == "no") && words.len() > 1 && !bound {
            words.remove(0);
            positive = !positive;
        }
        if verb == "acted"
            && let Some(first) = words.first_mut()
        {
            *first = past_stem(first);
        }
        // Too little or too much to be the same thing said twice.
        if words.is_empty() || words.len() > 14 || (narrowed && !positive) || words.iter().all(|w| w.len() < 3) {
            return;
        }
        let (subject, named, start, dropped) = subject;
        let qualifier = normalise(&dropped);
        out.push(Claim {
            subject,
            named,
            generic: None,
            relation: format!("polar:{verb}:{}", words.join(" ")),
            said: Said::Polarity(positive),
            span: Span::new(start, end).shifted(clause.start),
            sentence: clause.sentence,
            qualifier: if qualifier.split(' ').count() > 2 { qualifier } else { String::new() },
        });
    };
    if let Some(found) = POLAR.captures(clause.text) {
        let (Some(who), Some(verb), Some(predicate)) = (found.get(1), found.get(2), found.get(4)) else { return };
        let negative = found.get(3).is_some();
        let predicate = predicate.as_str().split(", ").next().unwrap_or("");
        let verb_word = verb.as_str().to_lowercase();
        if let Some(subject) = subject(who.as_str(), topic) {
            match verb_word.as_str() {
                "does" | "do" if negative => add(subject, "act", false, predicate),
                "did" if negative => add(subject, "acted", false, predicate),
                "does" | "do" | "did" => {}
                other => add(subject, other, !negative, predicate),
            }
        }
        return;
    }
    // A plain verb in the third person: "returns a list", to be held against "does not return a list".
    let words: Vec<&str> = clause.text.split(' ').collect();
    for at in 1..words.len().min(7) {
        let word = words[at];
        let stem = word
            .strip_suffix('s')
            .filter(|stem| stem.len() > 2 && !stem.ends_with('s') && word.chars().all(|c| c.is_ascii_lowercase()));
        let past = word.len() > 2
            && word.chars().all(|c| c.is_ascii_lowercase())
            && (word.ends_with("ed") || IRREGULAR.iter().any(|(p, _)| *p == word));
        let (verb, stem) = match stem {
            // "applies" is "apply", "teaches" is "teach".
            Some(stem) => (
                "act",
                match stem.strip_suffix("ie") {
                    Some(root) if root.len() > 1 => format!("{root}y"),
                    _ => ["sh", "ch", "x", "ss", "zz", "o"]
                        .iter()
                        .find_map(|end| stem.strip_suffix('e').filter(|root| root.ends_with(end)))
                        .unwrap_or(stem)
                        .to_owned(),
                },
            ),
            None if past => ("acted", past_stem(word)),
            None => continue,
        };
        let head: usize = words[..at].iter().map(|w| w.len() + 1).sum();
        let tail = clause.text[head..].split(", ").next().unwrap_or("");
        let Some(subject) = subject(clause.text[..head].trim_end(), topic) else { continue };
        let object = &tail[word.len().min(tail.len())..];
        if object.trim().is_empty() {
            continue;
        }
        let predicate = format!("{stem}{object}");
        let (subject, named, start, dropped) = subject;
        let relation = words_of(&predicate);
        if relation.len() > 1 && relation.len() <= 14 && dropped.is_empty() {
            out.push(Claim {
                subject,
                named,
                generic: None,
                relation: format!("polar:{verb}:{}", relation.join(" ")),
                said: Said::Polarity(true),
                span: Span::new(start, head + tail.len()).shifted(clause.start),
                sentence: clause.sentence,
                qualifier: String::new(),
            });
        }
    }
}
