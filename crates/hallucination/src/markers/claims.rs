//! Claims that a sentence makes in the few forms that can be compared: something has a number, happened on
//! a date, is or is not something.

use text::dates::{self, Date};
use text::numbers::{self, Number};
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
pattern!(
    HAPPENED,
    r"(?i)\b(?:(?:(?:was|were|is|been)\s+(?:first\s+|officially\s+|formally\s+|originally\s+|finally\s+)?(born|founded|established|formed|created|incorporated|published|released|built|completed|opened|invented|discovered|signed|launched|introduced|adopted|ratified|abolished|dissolved|enacted|assassinated|killed|executed|crowned|patented|unveiled|inaugurated|consecrated|commissioned|constructed|composed|written|painted))|(died|ended|began|started|opened|closed|sank|landed|born))\b",
);
pattern!(
    VERB,
    r"(?i)\b(has|have|had|contains?|contained|includes?|included|employs?|employed|consists?\s+of|consisted\s+of|won|wins|scored|operates?|owns?|houses|seats|comprises|features|requires|needs|wrote|sold|spans?|spanned|received|takes|took|lasts|lasted|is|was|are|were|measures?|measured|stands?|stood|weighs?|weighed|costs?|reaches|reached|totals?|numbers?)\s+(?:only\s+|exactly\s+|precisely\s+|a\s+total\s+of\s+|just\s+|the\s+)?(about\s+|around\s+|approximately\s+|roughly\s+|some\s+|circa\s+|nearly\s+|almost\s+|an\s+estimated\s+)?$",
);
pattern!(
    ATTRIBUTE,
    r"(?i)^(.{2,80}?)\s+(?:has|have|had)\s+an?\s+((?:[a-z]+\s+){0,2}[a-z]+)\s+of\s+(?:only\s+|exactly\s+)?(about\s+|around\s+|approximately\s+|roughly\s+|some\s+)?$"
);
pattern!(
    WITH_ATTRIBUTE,
    r"(?i)^(?:with|at)\s+an?\s+((?:[a-z]+\s+){0,2}[a-z]+)\s+of\s+(?:only\s+|exactly\s+)?(about\s+|around\s+|approximately\s+|roughly\s+|some\s+)?$"
);
pattern!(
    POLAR,
    r"(?i)^(.{2,80}?)\s+(is|are|was|were|can|will|should|must|has|does|do|did)(n['’]t|not|\s+not|\s+never)?\s+(.{2,120})$",
);

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
            happened(&clause, &topic, &mut out);
            counted(&clause, &topic, &mut out);
            named(&clause, &topic, &mut out);
            polar(&clause, &topic, &mut out);
            lifespan(&clause, &mut out);
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
    let mut dropped = before[..cut].to_owned();
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

fn happened(clause: &Clause<'_>, topic: &Option<(Vec<String>, bool)>, out: &mut Vec<Claim>) {
    if !HAPPENED.is_match(clause.text) {
        return;
    }
    let found_dates = dates::find(clause.text);
    for found in HAPPENED.captures_iter(clause.text) {
        let (Some(whole), Some(verb)) = (found.get(0), found.get(1).or_else(|| found.get(2))) else { continue };
        let Some(date) = found_dates.iter().find(|d| d.span.start >= whole.end()) else { continue };
        let between = &clause.text[whole.end()..date.span.start];
        let lower = between.to_lowercase();
        // "died 12 years after", "built for the 1900 fair", "opened its second shop in".
        let loose = between.len() > 50
            || [
                "after", "before", "until", "between", "since", "by ", " to ", "from", "its ", "his ", "her ",
                "their ", "first", "second", "again",
            ]
            .iter()
            .any(|w| lower.contains(w))
            || HAPPENED.is_match(between)
            || date.fault.is_some();
        let active = found.get(2).is_some();
        let object = active
            && words_of(between).iter().any(|w| {
                !matches!(w.as_str(), "in" | "on" | "at" | "of" | "around" | "about" | "circa")
                    && w.chars().all(char::is_alphabetic)
            })
            && !lower.trim_start().starts_with("in ")
            && !lower.trim_start().starts_with("at ")
            && !lower.trim_start().starts_with("on ");
        if loose || object {
            continue;
        }
        let Some((subject, named, start, _)) = subject(&clause.text[..whole.start()], topic) else { continue };
        let verb = verb.as_str().to_lowercase();
        let relation = match verb.as_str() {
            "founded" | "established" | "formed" | "created" | "incorporated" => "founded",
            "began" | "started" => "began",
            "built" | "constructed" => "built",
            other => other,
        };
        out.push(Claim {
            subject,
            named,
            relation: format!("event:{relation}"),
            said: Said::Date(date.clone()),
            span: Span::new(start.min(whole.start()), date.span.end).shifted(clause.start),
            sentence: clause.sentence,
            qualifier: String::new(),
        });
    }
}

fn counted(clause: &Clause<'_>, topic: &Option<(Vec<String>, bool)>, out: &mut Vec<Claim>) {
    let mut found: Vec<Number> = numbers::find(clause.text);
    found.extend(numbers::find_spelled(clause.text));
    found.sort_by_key(|n| n.span.start);
    for number in found {
        let before = &clause.text[..number.span.start];
        let after = &clause.text[number.span.end..];
        // Part of a range, a ratio, a time or a scale.
        if after.starts_with(['-', '–', '—', ':', '/', '×', '^', '+'])
            || after.starts_with(" to ")
            || after.starts_with(" or ")
            || after.starts_with(" of ")
            || after.starts_with(" out of")
            || after.starts_with(" and ")
        {
            continue;
        }
        let (object, rest) = object(after);
        if let Some(with) = WITH_ATTRIBUTE.captures(before) {
            let Some(who) = after.strip_prefix(", ").and_then(|rest| rest.split([' ', ',']).next()) else { continue };
            let name = text::names::find(after)
                .into_iter()
                .next()
                .filter(|n| n.span.start <= 4)
                .map_or(who, |n| n.span.of(after));
            let attribute = with.get(1).map_or("", |m| m.as_str());
            push(clause, &number, attributed(attribute, name), false, &object, "", "", with.get(2).is_some(), 0, out);
            continue;
        }
        if let Some(has) = ATTRIBUTE.captures(before) {
            let attribute = has.get(2).map_or("", |m| m.as_str());
            let Some((who, _, start, dropped)) = subject(has.get(1).map_or("", |m| m.as_str()), topic) else {
                continue;
            };
            push(
                clause,
                &number,
                attributed(attribute, &who.join(" ")),
                false,
                &object,
                rest,
                &dropped,
                has.get(3).is_some(),
                start,
                out,
            );
            continue;
        }
        if let Some((who, named, start)) = owner(before, rest, topic)
            && !object.is_empty()
            && number.unit.is_none()
        {
            push(clause, &number, who, named, &format!("has:{}", noun(&object)), "", "", false, start, out);
            continue;
        }
        let Some(verb) = VERB.captures(before) else { continue };
        let Some(word) = verb.get(1) else { continue };
        let Some((subject, named, start, dropped)) = subject(&before[..word.start()], topic) else { continue };
        let verb_word = word.as_str().to_lowercase();
        let kind = match verb_word.as_str() {
            "has" | "have" | "had" | "contains" | "contain" | "contained" | "includes" | "include" | "comprises"
            | "consists of" | "features" => "has",
            "is" | "was" | "are" | "were" | "measures" | "measured" | "stands" | "stood" | "reaches" | "totals" => "is",
            other => other,
        };
        // "is 12" alone may be an index, a score or an age: a measure needs its unit, a count its noun.
        if object.is_empty()
            && number.unit.is_none()
            && number.currency.is_none()
            && !number.percent
            && !(kind == "is" && subject.len() > 1 && rest.trim().is_empty())
        {
            continue;
        }
        let years = number.decimals == 0
            && (1000.0..2100.0).contains(&number.value)
            && object.is_empty()
            && number.unit.is_none()
            && number.currency.is_none();
        if years {
            continue;
        }
        let dimension = if kind == "is" { format!("is:{object}") } else { format!("{kind}:{}", noun(&object)) };
        push(clause, &number, subject, named, &dimension, rest, &dropped, verb.get(2).is_some(), start, out);
    }
}

pattern!(
    LIFE,
    r"\((?:(?:born|b\.)\s+(?:[^()\n]{0,24}?\s)?(1\d{3}|20\d\d)|(1\d{3}|20\d\d)\s?[-–—]\s?(1\d{3}|20\d\d))\)"
);

/// `Ilse Marten (1891–1950)` says when she was born and when she died.
fn lifespan(clause: &Clause<'_>, out: &mut Vec<Claim>) {
    for found in LIFE.captures_iter(clause.text) {
        let Some(whole) = found.get(0) else { continue };
        let before = &clause.text[..whole.start()];
        let Some(name) =
            text::names::find(before).into_iter().rfind(|n| n.words >= 2 && before[n.span.end..].trim().is_empty())
        else {
            continue;
        };
        let parts = [("event:born", found.get(1).or_else(|| found.get(2))), ("event:died", found.get(3))];
        for (relation, year) in parts {
            let Some(year) = year else { continue };
            let span = Span::new(year.start(), year.end());
            let date = Date { span, year: year.as_str().parse().ok(), month: None, day: None, fault: None };
            out.push(Claim {
                subject: words_of(name.span.of(before)),
                named: true,
                relation: relation.to_owned(),
                said: Said::Date(date),
                span: span.shifted(clause.start),
                sentence: clause.sentence,
                qualifier: String::new(),
            });
        }
    }
}

pattern!(
    BY,
    r"(?i)\b(?:was|is|were)\s+(?:originally\s+)?(written|directed|painted|composed|invented|discovered|designed|founded|built|developed|led|coined|proposed)\s+by\s+$"
);
pattern!(BORN_IN, r"\bwas\s+born\s+(?:on\s+[^,]{4,24},?\s+|in\s+\d{4}\s+)?in\s+$");
pattern!(
    OFFICE,
    r"(?i)^(?:the\s+)?(capital|author|director|ceo|inventor|founder|composer|architect|currency|largest\s+city)\s+of\s+(.{2,60}?)\s+(?:is|was)\s+$"
);

/// Relations that have one answer: who wrote it, where he was born, what the capital is.
fn named(clause: &Clause<'_>, topic: &Option<(Vec<String>, bool)>, out: &mut Vec<Claim>) {
    // The "by" of an author is no "by" of a date.
    if QUALIFIED.is_match(&clause.text.replace(" by ", " ")) {
        return;
    }
    for name in text::names::find(clause.text) {
        let before = &clause.text[..name.span.start];
        let (relation, who) = if let Some(found) = BY.captures(before) {
            let Some(verb) = found.get(1) else { continue };
            (
                format!("by:{}", verb.as_str().to_lowercase()),
                subject(&before[..found.get(0).map_or(0, |m| m.start())], topic),
            )
        } else if let Some(found) = BORN_IN.find(before) {
            ("place:born".to_owned(), subject(&before[..found.start()], topic))
        } else if let Some(found) = OFFICE.captures(before) {
            let of = found.get(2).map_or("", |m| m.as_str());
            (
                format!("office:{}", found.get(1).map_or("", |m| m.as_str()).to_lowercase()),
                Some((words_of(of), false, 0, String::new())),
            )
        } else {
            continue;
        };
        let Some((subject, named, start, _)) = who else { continue };
        // "by Adams and Baker": all who follow.
        let rest = &clause.text[name.span.start..];
        let all: Vec<String> = text::names::find(rest).iter().flat_map(|n| words_of(n.span.of(rest))).collect();
        out.push(Claim {
            subject,
            named,
            relation,
            said: Said::Names(all),
            span: Span::new(start.min(name.span.start), name.span.end).shifted(clause.start),
            sentence: clause.sentence,
            qualifier: String::new(),
        });
    }
}

/// Who has what is counted in `the council's 25 members`, `its 25 members`, `all 25 members of the council`.
fn owner(before: &str, rest: &str, topic: &Option<(Vec<String>, bool)>) -> Option<(Vec<String>, bool, usize)> {
    let head = before.trim_end();
    if let Some(holder) = head.strip_suffix("'s").or_else(|| head.strip_suffix("’s")) {
        let (words, named, start, _) = subject(holder, topic)?;
        return (words.len() <= 4).then_some((words, named, start));
    }
    let last = head.rsplit(' ').next().unwrap_or("").to_lowercase();
    if matches!(last.as_str(), "its" | "his" | "her") && rest.is_empty() {
        return topic.clone().map(|(words, named)| (words, named, before.len()));
    }
    if matches!(head.to_lowercase().as_str(), "all" | "all of the" | "all the" | "each of the")
        && let Some(of) = rest.strip_prefix("of ")
    {
        let end = [" is ", " are ", " was ", " were ", " has ", " have ", " meet", " voted", " work", " live", ","]
            .iter()
            .filter_map(|v| of.find(v))
            .min()?;
        let words = words_of(&of[..end]);
        return (!words.is_empty() && words.len() <= 4).then_some((words, false, before.len()));
    }
    None
}

fn attributed(attribute: &str, of: &str) -> Vec<String> {
    let mut words = words_of(attribute);
    words.push("of".to_owned());
    words.extend(words_of(of));
    words
}

fn push(
    clause: &Clause<'_>,
    number: &Number,
    subject: Vec<String>,
    named: bool,
    relation: &str,
    rest: &str,
    dropped: &str,
    hedged: bool,
    start: usize,
    out: &mut Vec<Claim>,
) {
    // "The population of X is" and "X has a population of" are one relation.
    let relation = if subject.iter().any(|w| w == "of") {
        relation.trim_start_matches("is:").trim_start_matches("has:")
    } else {
        relation
    };
    let unit = number.unit.as_deref().or(number.currency.as_deref()).unwrap_or(if number.percent { "%" } else { "" });
    let qualifier =
        [dropped, rest].iter().filter(|q| !q.trim().is_empty()).map(|q| normalise(q)).collect::<Vec<_>>().join(" ");
    // An aside behind a comma binds nothing: "has 21 members, elected every four years".
    let said = clause.text.get(start..number.span.end).unwrap_or(clause.text);
    let temporal = [said, rest].iter().find_map(|part| QUALIFIED.find(part)).map_or("", |m| m.as_str());
    out.push(Claim {
        subject,
        named,
        relation: format!("number:{relation}:{unit}"),
        said: Said::Number {
            value: number.value,
            counts: unit.is_empty() && number.decimals == 0 && !number.scaled,
            hedged,
        },
        span: Span::new(start.min(number.span.start), number.span.end).shifted(clause.start),
        sentence: clause.sentence,
        qualifier: format!("{qualifier} {temporal}").trim().to_owned(),
    });
}

/// The noun phrase of what is counted, up to its first plural: `members meet weekly` is `members`.
fn noun(object: &str) -> String {
    let plural = |w: &str| {
        (w.ends_with('s') && !w.ends_with("ss") && w.len() > 3)
            || matches!(w, "people" | "children" | "men" | "women" | "feet" | "mice")
    };
    let words: Vec<&str> = object.split(' ').collect();
    let end = words.iter().position(|w| plural(w)).map_or(words.len(), |at| at + 1);
    words[..end].join(" ")
}

/// What is counted behind a number (`Olympic medals`, `tall`), and what follows it.
fn object(after: &str) -> (String, &str) {
    const STOPS: &[&str] = &[
        "in",
        "on",
        "at",
        "of",
        "for",
        "with",
        "from",
        "by",
        "to",
        "and",
        "or",
        "that",
        "which",
        "who",
        "is",
        "are",
        "was",
        "were",
        "as",
        "when",
        "if",
        "per",
        "a",
        "each",
        "than",
        "under",
        "over",
        "between",
        "across",
        "through",
        "spread",
        "including",
        "after",
        "before",
        "during",
        "while",
        "where",
        "about",
    ];
    let mut words = Vec::new();
    let mut at = 0;
    let mut rest = after;
    while let Some(trimmed) = rest.strip_prefix([' ', '-']) {
        let length: usize =
            trimmed.chars().take_while(|c| c.is_alphabetic() || *c == '\'' || *c == '’').map(char::len_utf8).sum();
        let word = trimmed[..length].to_lowercase();
        if length == 0 || STOPS.contains(&word.as_str()) || words.len() == 4 {
            break;
        }
        words.push(word);
        at = after.len() - trimmed.len() + length;
        rest = &after[at..];
    }
    let rest = if after[at..].starts_with(',') { "" } else { after[at..].trim_start_matches([' ', '.']) };
    let neutral =
        ["in total", "in all", "overall", "altogether", "in length", "in height"].iter().any(|n| rest.starts_with(n));
    (words.join(" "), if neutral { "" } else { rest })
}

fn polar(clause: &Clause<'_>, topic: &Option<(Vec<String>, bool)>, out: &mut Vec<Claim>) {
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
        // Too little or too much to be the same thing said twice.
        if words.is_empty() || words.len() > 14 || (narrowed && !positive) || words.iter().all(|w| w.len() < 3) {
            return;
        }
        let (subject, named, start, dropped) = subject;
        let qualifier = normalise(&dropped);
        out.push(Claim {
            subject,
            named,
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
                "does" | "do" | "did" if negative => add(subject, "act", false, predicate),
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
        let Some(stem) = stem else { continue };
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
                relation: format!("polar:act:{}", relation.join(" ")),
                said: Said::Polarity(true),
                span: Span::new(start, head + tail.len()).shifted(clause.start),
                sentence: clause.sentence,
                qualifier: String::new(),
            });
        }
    }
}
