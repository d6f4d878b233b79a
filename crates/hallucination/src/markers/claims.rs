//! Claims that a sentence makes in the few forms that can be compared: something has a number, happened on
//! a date, is or is not something.

mod counts;
mod events;
mod life;
mod polar;
mod same;
mod subject;

use std::collections::HashMap;

use text::dates::Date;
use text::{Span, normalise};

use super::guard::Guard;
pub(super) use life::year as year_of;
use subject::{Topic, leading, subject};

/// What a claim says.
#[derive(Clone)]
pub(super) enum Said {
    /// A count or measure: value in the base unit, whether it counts whole things, and the unit it was said in.
    Number { value: f64, counts: bool, hedged: bool, unit: String },
    /// A date of something that happens once.
    Date(Date),
    /// Who or where, as the last words of the names: two claims differ when they share none.
    Names(Vec<String>),
    /// That it is so, or is not.
    Polarity(bool),
    /// How old somebody was, in a year or at death.
    Age { age: i32, year: Option<i32> },
}

#[derive(Clone)]
pub(super) struct Claim {
    /// Words of the subject in normal form.
    pub(super) subject: Vec<String>,
    /// Whether the subject is a proper name, which may be shortened to its last word.
    pub(super) named: bool,
    /// The name that a plain noun as subject stands for: `the company` is the one last named.
    pub(super) generic: Option<Vec<String>>,
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
    r"(?i)\b(?:some\s+(?:sources|scholars|historians|experts|accounts|records|say|claim|argue|believe|people\s+(?:say|claim|argue|believe|think))|others?|according\s+to|disput\w*|debat\w*|alternativ\w*|estimates?\s+vary|either|if|unless|would|could|might|(?-i:may)|suppose\w*|claim\w*|argu\w*|believ\w*|think\w*|thought|suggest\w*|contend\w*|maintain\w*|said|says?|told|tells|testif\w+|insist\w*|den(?:y|ied|ies)|swore|assured|predicted|feared|hoped|assumed|pretend\w*|myth|alleg\w*|rumou?r\w*|reported(?:ly)?|sorry|correction|correct(?:ed|ing)|misspoke|meant|rather\s+than|instead|uncertain|unclear|unknown|or|versus|vs|false|true|question|whether|except|unlike|contrary)\b",
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

/// Stands for the subject of a label, which no sentence has.
const LABEL: &str = "*";

const PRONOUNS: &[&str] = &[
    "he", "she", "it", "they", "this", "that", "these", "those", "there", "which", "who", "one", "you", "i", "we",
    "what", "all", "each", "both", "some", "many", "most", "none", "everyone", "people", "here", "how", "why",
];

/// Every claim of an answer that can be compared, in order.
pub(super) fn find(answer: &str, guard: &Guard) -> Vec<Claim> {
    let mut out = Vec::new();
    let mut topic = Topic::default();
    let mut unresolved = 0;
    let mut headed = false;
    for (index, sentence) in guard.sentences.iter().enumerate() {
        let body = sentence.span.of(answer);
        if sentence.about
            || sentence.question
            || body.len() > 1200
            || guard.is_code(sentence.span)
            || (body.starts_with('|') && {
                counts::labelled(&Clause { text: body, start: sentence.span.start, sentence: index }, &topic, &mut out);
                true
            })
            || segments(body).all(|(from, to)| UNSURE.is_match(&body[from..to]))
        {
            if sentence.question || body.len() > 1200 {
                topic.near = None;
            }
            continue;
        }
        // Under another heading a label may be about another thing.
        if body.starts_with('#') || (body.starts_with("**") && body.ends_with("**")) {
            headed = topic.main.is_some();
        }
        let listed = guard.is_listed(answer, index);
        let before = out.len();
        counts::labelled(&Clause { text: body, start: sentence.span.start, sentence: index }, &topic, &mut out);
        if out.len() > before {
            out.truncate(if headed { before } else { out.len() });
            continue;
        }
        let mut first = true;
        topic.carried = None;
        let unsure: Vec<(usize, usize)> =
            segments(body).filter(|(from, to)| UNSURE.is_match(&body[*from..*to])).collect();
        for clause in clauses(body, sentence.span.start, index) {
            let place = clause.start - sentence.span.start;
            if unsure.iter().any(|(from, to)| (*from..*to).contains(&place)) {
                continue;
            }
            let before = out.len();
            events::happened(&clause, &topic, &mut out);
            events::opening(&clause, listed, &topic, &mut out);
            events::nominal(&clause, &topic, &mut out);
            events::aside(&clause, &topic, &mut out);
            events::acted(&clause, &mut out);
            counts::counted(&clause, &topic, &mut out);
            counts::none(&clause, &topic, &mut out);
            events::named(&clause, &topic, &mut out);
            polar::polar(&clause, &topic, &mut out);
            events::lifespan(&clause, &mut out);
            life::deeds(&clause, &topic, &mut out);
            life::ages(&clause, &topic, &mut out);
            for claim in &mut out[before..] {
                claim.generic = topic.stands_for(&claim.subject);
            }
            // "was born in 1802 and died in 1861": what follows without a subject has the one before.
            topic.carried = out[before..].last().map(|c| (c.subject.clone(), c.named)).or(topic.carried);
            if first {
                let claim = out.get(before).filter(|c| c.generic.is_none());
                topic.near = leading(&clause, &topic, claim);
                match &topic.near {
                    Some((words, true)) => {
                        topic.main = Some((subject::name_in(words, clause.text), true));
                        headed = false;
                    }
                    _ if topic.main.is_none() => topic.main = subject::introduced(body),
                    _ => {}
                }
                if let Some((main, _)) = topic.main.as_ref().filter(|_| unresolved < out.len()) {
                    // A table at the top is about what the first sentence below it introduces.
                    let labels = out[unresolved..]
                        .iter_mut()
                        .filter(|c| c.generic.is_none() && c.subject.first().is_some_and(|w| w == LABEL));
                    labels.for_each(|label| label.generic = Some(main.clone()));
                    unresolved = out.len();
                }
                first = false;
            }
        }
    }
    // Labels that come again are about several things.
    let mut counts: HashMap<String, usize> = HashMap::new();
    for label in out.iter().filter(|c| c.subject.first().is_some_and(|w| w == LABEL)) {
        *counts.entry(label.relation.clone()).or_default() += 1;
    }
    out.retain(|c| c.subject.first().is_none_or(|w| w != LABEL) || counts.get(&c.relation) == Some(&1));
    out
}

/// Main clauses joined by `, and`: a doubt in one says nothing about the other.
fn segments(body: &str) -> impl Iterator<Item = (usize, usize)> {
    let cuts: Vec<usize> = body.match_indices(", and ").map(|(at, _)| at).collect();
    let from: Vec<usize> = std::iter::once(0).chain(cuts.iter().copied()).collect();
    let to: Vec<usize> = cuts.into_iter().chain([body.len()]).collect();
    from.into_iter().zip(to)
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

fn words_of(text: &str) -> Vec<String> {
    normalise(text)
        .split(' ')
        .filter(|w| !w.is_empty() && !matches!(*w, "a" | "an" | "the"))
        .map(str::to_owned)
        .collect()
}
