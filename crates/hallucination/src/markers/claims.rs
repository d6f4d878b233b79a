//! Claims that a sentence makes in the few forms that can be compared: something has a number, happened on
//! a date, is or is not something.

mod counts;
mod events;
mod polar;

use text::dates::Date;
use text::{Span, normalise};

use super::guard::Guard;

/// What a claim says.
pub(super) enum Said {
    /// A count or measure: value, and whether it counts whole things.
    Number { value: f64, counts: bool, hedged: bool },
    /// A date of something that happens once.
    Date(Date),
    /// Who or where, as the last words of the names: two claims differ when they share none.
    Names(Vec<String>),
    /// That it is so, or is not.
    Polarity(bool),
}

pub(super) struct Claim {
    /// Words of the subject in normal form.
    pub(super) subject: Vec<String>,
    /// Whether the subject is a proper name, which may be shortened to its last word.
    pub(super) named: bool,
    /// What is said of it: two claims are compared only when this is equal.
    pub(super) relation: String,
    pub(super) said: Said,
    /// From the subject, where it is short, to the value.
    pub(super) span: Span,
    pub(super) sentence: usize,
    /// Words that bind the claim to a time, a place or a condition.
    pub(super) qualifier: String,
}

/// A part of a sentence that makes one claim.
struct Clause<'t> {
    text: &'t str,
    start: usize,
    sentence: usize,
}

// Sentences whose claims are somebody else's, imagined, or taken back.
pattern!(
    UNSURE,
    r"(?i)\b(?:some\s+(?:sources|scholars|historians|people|experts|accounts|records|say|claim|argue|believe)|others?|according\s+to|disput\w*|debat\w*|alternativ\w*|estimates?\s+vary|either|if|unless|would|could|might|may|suppose\w*|claim\w*|argu\w*|believ\w*|think\w*|thought|suggest\w*|contend\w*|maintain\w*|said|says?|myth|alleg\w*|rumou?r\w*|reported(?:ly)?|sorry|correction|correct(?:ed|ing)|misspoke|meant|rather\s+than|instead|uncertain|unclear|unknown|or|versus|vs|false|true|question|whether|except|unlike|contrary)\b",
);
pattern!(
    CORRECTING,
    r"(?i)^\W{0,3}(?:sorry|correction|actually|wait|apolog\w+|oops|on\s+second\s+thought|more\s+precisely|to\s+be\s+precise|let\s+me\s+correct|to\s+correct|i\s+(?:misspoke|meant|made|was\s+wrong)|scratch\s+that|no,|edit:|update:|erratum)"
);
// Words that bind a changing quantity to a time or a condition.
pattern!(
    QUALIFIED,
    r"(?i)\b(?:now|today|currently|originally|initially|formerly|previously|at\s+first|later|then|eventually|subsequently|meanwhile|after|before|until|by|once|when|while|during|as\s+of|each|every|per|average|respectively|up\s+to|at\s+least|at\s+most|more\s+than|less\s+than|fewer\s+than|over|under|almost|nearly|between|only\s+if|first|last|next|another|additional|more|extra|in\s+(?:1\d|20)\d\d|since|usually|sometimes|often|typically|depending|for\s+example|historically|nowadays|still|already|no\s+longer|any\s?more|anymore|yet|spring|summer|autumn|fall|winter|morning|evening|night|monday|tuesday|wednesday|thursday|friday|saturday|sunday|week|month)\b",
);
pattern!(SPLIT, r";\s|,?\s(?:but|while|whereas|although|though|because|since|so|and)\s|:\s");

const PRONOUNS: &[&str] = &[
    "he", "she", "it", "they", "this", "that", "these", "those", "there", "which", "who", "one", "you", "i", "we",
    "what", "all", "each", "both", "some", "many", "most", "none", "everyone", "people", "here", "how", "why",
];

/// Every claim of an answer that can be compared, in order.
pub(super) fn find(answer: &str, guard: &Guard) -> Vec<Claim> {
    let mut out = Vec::new();
    let mut topic: Option<(Vec<String>, bool)> = None;
    for (index, sentence) in guard.sentences.iter().enumerate() {
        let body = sentence.span.of(answer);
        if sentence.about
            || sentence.question
            || body.len() > 1200
            || guard.is_code(sentence.span)
            || body.starts_with('|')
            || UNSURE.is_match(body)
        {
            topic = topic.filter(|_| !sentence.question && body.len() <= 1200);
            continue;
        }
        let mut first = true;
        for clause in clauses(body, sentence.span.start, index) {
            let before = out.len();
            events::happened(&clause, &topic, &mut out);
            counts::counted(&clause, &topic, &mut out);
            events::named(&clause, &topic, &mut out);
            polar::polar(&clause, &topic, &mut out);
            events::lifespan(&clause, &mut out);
            if first {
                topic = leading(&clause, &topic, out.get(before));
                first = false;
            }
        }
    }
    out
}

/// Whether a sentence takes back what was said before it.
pub(super) fn corrects(body: &str) -> bool {
    CORRECTING.is_match(body)
}

fn clauses(body: &str, start: usize, sentence: usize) -> Vec<Clause<'_>> {
    let marker = body.len()
        - body
            .trim_start_matches(|c: char| matches!(c, '-' | '*' | '•' | '+' | '>' | ' ' | '_') || c.is_ascii_digit())
            .len();
    // A list marker is not part of a claim, a number that opens a sentence is.
    let list = body[..marker].contains(['-', '*', '•', '>', '+']);
    let mut at = if list { marker } else { 0 };
    let mut out = Vec::new();
    for cut in SPLIT.find_iter(body) {
        if cut.start() > at {
            out.push(Clause { text: &body[at..cut.start()], start: start + at, sentence });
        }
        at = cut.end().max(at);
    }
    if at < body.len() {
        let text = body[at..].trim_end_matches(['.', '!', '"', '”', ')', '*', '_', ' ']);
        out.push(Clause { text, start: start + at, sentence });
    }
    out
}

/// What the next sentence's pronoun stands for: the subject with which this one begins.
fn leading(
    clause: &Clause<'_>,
    topic: &Option<(Vec<String>, bool)>,
    claim: Option<&Claim>,
) -> Option<(Vec<String>, bool)> {
    let named = text::names::find(clause.text);
    let opening = clause.text.split_whitespace().next().unwrap_or("").to_lowercase();
    let opening = opening.trim_matches(|c: char| !c.is_alphanumeric());
    if PRONOUNS.contains(&opening) || matches!(opening, "his" | "her" | "its" | "their") {
        // Another name in between makes the next pronoun ambiguous.
        return topic.clone().filter(|(subject, _)| {
            named
                .iter()
                .filter(|n| n.words > 1)
                .all(|n| normalise(n.span.of(clause.text)).split(' ').any(|w| subject.iter().any(|s| s == w)))
        });
    }
    if let Some(claim) = claim {
        return Some((claim.subject.clone(), claim.named));
    }
    // The name with which it begins.
    let name = named.first().filter(|n| n.span.start <= 4)?;
    Some((words_of(name.span.of(clause.text)), true))
}

fn words_of(text: &str) -> Vec<String> {
    normalise(text)
        .split(' ')
        .filter(|w| !w.is_empty() && !matches!(*w, "a" | "an" | "the"))
        .map(str::to_owned)
        .collect()
}

/// The subject that stands before a verb: what is left of the last comma, `that` or opening adverb; or what
/// the pronoun stands for. With it come the words that were taken off.
fn subject(before: &str, topic: &Option<(Vec<String>, bool)>) -> Option<(Vec<String>, bool, usize, String)> {
    let cut = [", ", " that ", ") "]
        .iter()
        .filter_map(|mark| before.rfind(mark).map(|at| at + mark.len()))
        .max()
        .unwrap_or(0);
    let mut from = cut;
    // "We noted that X": what was noted binds the claim to nothing.
    let mut dropped = if before[..cut].ends_with(" that ") { String::new() } else { before[..cut].to_owned() };
    // An apposition: "Velka, a composer, was born": the subject is before the first comma.
    if before[..cut].matches(", ").count() >= 1 && before[cut..].trim().is_empty() {
        from = 0;
        dropped.clear();
    }
    let mut part = &before[from..];
    if from == 0 && cut > 0 {
        part = before.split(", ").next().unwrap_or(before);
    }
    loop {
        let trimmed = part.trim_start();
        let word = trimmed.split_whitespace().next().unwrap_or("");
        let lower = word.to_lowercase();
        let lower = lower.trim_matches(|c: char| !c.is_alphanumeric());
        let conjunction = matches!(
            lower,
            "and"
                | "but"
                | "so"
                | "since"
                | "because"
                | "as"
                | "that"
                | "however"
                | "also"
                | "indeed"
                | "thus"
                | "therefore"
                | "note"
                | "moreover"
                | "overall"
                | "furthermore"
                | "finally"
                | "officially"
                | "though"
                | "although"
                | "yet"
                | "still"
        );
        if !conjunction || trimmed.len() == word.len() {
            break;
        }
        part = trimmed[word.len()..].trim_start();
    }
    for neutral in ["Over his career ", "Over her career ", "In total ", "In all ", "Overall "] {
        part = part.strip_prefix(neutral).unwrap_or(part);
    }
    let part = part.trim();
    let words = words_of(part);
    let (start, named) =
        (before.find(part).unwrap_or(0), part.trim_start_matches("The ").starts_with(char::is_uppercase));
    if words.len() == 1 && matches!(words[0].as_str(), "he" | "she" | "it") {
        return topic.clone().map(|(subject, named)| (subject, named, start, dropped));
    }
    let first = words.first()?.as_str();
    // A name within the sentence keeps its capital; an ordinary word has one only where the sentence begins.
    let named = named
        && (text::names::find(before)
            .iter()
            .any(|n| before.get(n.span.start..n.span.end).is_some_and(|name| part.ends_with(name))));
    let preposition = matches!(
        first,
        "in" | "on"
            | "at"
            | "by"
            | "during"
            | "after"
            | "before"
            | "from"
            | "for"
            | "with"
            | "when"
            | "until"
            | "under"
            | "among"
            | "of"
            | "to"
    );
    let pronoun = PRONOUNS.contains(&first)
        || words
            .iter()
            .any(|w| matches!(w.as_str(), "he" | "she" | "they" | "which" | "who" | "his" | "her" | "their"));
    (words.len() <= 8 && !preposition && !pronoun).then_some((words, named, start, dropped))
}
