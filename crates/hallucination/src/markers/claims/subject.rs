//! What a claim is about: the words before its verb, what a pronoun stands for, whose it is.

use text::normalise;

use super::{Claim, Clause, PRONOUNS, words_of};

/// Words of a subject, and whether they are a proper name.
pub(super) type Who = (Vec<String>, bool);

/// What pronouns and plain nouns can stand for.
#[derive(Default)]
pub(super) struct Topic {
    /// The subject of the sentence before, for `he`, `she` and `it`; nothing where that is in doubt.
    pub(super) near: Option<Who>,
    /// The proper name last spoken about, for `the company` and for what a list says without a subject.
    pub(super) main: Option<Who>,
    /// The subject of the clause before in one sentence, for a verb that has none of its own.
    pub(super) carried: Option<Who>,
}

/// Kinds of things by which an answer goes on about the name it has introduced.
const GENERIC: &[&str] = &[
    "company",
    "firm",
    "group",
    "organisation",
    "organization",
    "institution",
    "agency",
    "museum",
    "album",
    "book",
    "novel",
    "film",
    "movie",
    "game",
    "song",
    "paper",
    "newspaper",
    "magazine",
    "city",
    "town",
    "village",
    "country",
    "state",
    "island",
    "river",
    "lake",
    "mountain",
    "volcano",
    "bridge",
    "tower",
    "castle",
    "church",
    "cathedral",
    "building",
    "stadium",
    "school",
    "university",
    "college",
    "club",
    "team",
    "band",
    "orchestra",
    "party",
    "ship",
    "drug",
    "medicine",
    "tablet",
    "device",
    "phone",
    "model",
    "car",
    "framework",
    "library",
    "language",
    "software",
    "project",
    "council",
    "parliament",
    "treaty",
    "act",
    "law",
    "war",
    "battle",
    "planet",
    "species",
    "bird",
    "telescope",
    "dam",
    "park",
    "canal",
    "festival",
    "airport",
    "station",
    "institute",
    "hospital",
    "bank",
    "foundation",
    "ferry",
    "stadium",
    "factory",
    "plant",
    "port",
    "theatre",
    "theater",
    "hotel",
    "journal",
    "vaccine",
    "app",
    "engine",
    "train",
    "line",
    "road",
    "tunnel",
    "palace",
    "temple",
    "mosque",
    "monument",
    "statue",
    "painting",
    "opera",
    "symphony",
    "play",
    "poem",
    "series",
    "show",
    "star",
    "moon",
    "comet",
    "asteroid",
    "galaxy",
    "league",
    "union",
    "ministry",
    "court",
    "bill",
    "programme",
    "program",
    "mission",
    "satellite",
    "probe",
    "aircraft",
    "plane",
    "submarine",
    "regiment",
];

impl Topic {
    /// The name that a plain noun stands for: `the company`, and `the bridge` where no tower was introduced.
    pub(super) fn stands_for(&self, subject: &[String]) -> Option<Vec<String>> {
        let [noun] = subject else { return None };
        let (name, _) = self.main.as_ref().filter(|_| GENERIC.contains(&noun.as_str()))?;
        let kind = name.last().filter(|last| GENERIC.contains(&last.as_str()));
        kind.is_none_or(|kind| kind == noun).then(|| name.clone())
    }
}

/// The name with which a subject ends: `construction of the Elver Canal` introduces the canal.
pub(super) fn name_in(subject: &[String], clause: &str) -> Vec<String> {
    if let [head, of, name @ ..] = subject
        && matches!(head.as_str(), "construction" | "building" | "work")
        && matches!(of.as_str(), "of" | "on")
    {
        return name.to_vec();
    }
    let names = text::names::find(clause).into_iter().map(|n| words_of(n.span.of(clause)));
    names.into_iter().find(|name| subject.ends_with(name)).unwrap_or_else(|| subject.to_vec())
}

/// The name of several words that a first sentence introduces, wherever it stands: `Standing 94 metres tall, the Vasari Tower …`.
pub(super) fn introduced(body: &str) -> Option<Who> {
    let name = text::names::find(body).into_iter().find(|n| n.words > 1)?;
    Some((words_of(name.span.of(body)), true))
}

/// `Its capital`, `Velkan's capital`, `the tower's height` as `capital of …`.
fn possessed(part: &str, topic: &Topic) -> Option<Who> {
    pattern!(OWN, r"(?i)^(?:(its|his|her)|(?:the\s+)?([\p{L}\d][^,;.]{1,50}?)['’]s)\s+(\p{Ll}[\p{L} -]{2,40})$");
    // "Halley's comet" is a name: only measures and offices are taken apart.
    pattern!(
        MEASURE,
        r"(?i)^(?:(?:total|average|maximum|top|last|first|annual|official|main)\s+)?(?:population|height|length|depth|width|weight|mass|area|elevation|diameter|radius|capacity|revenue|budget|workforce|staff|price|cost|speed|range|display|screen|battery|atomic\s+number|melting\s+point|boiling\s+point|density|half-life|orbital\s+period|life\s+expectancy|gdp|warranty|eruption|capital|currency|construction)$"
    );
    let found = OWN.captures(part)?;
    let of = match found.get(2) {
        Some(owner) if MEASURE.is_match(found.get(3)?.as_str()) && !owner.as_str().contains(" of ") => {
            words_of(owner.as_str())
        }
        Some(_) => return None,
        None => topic.near.clone()?.0,
    };
    let mut words = words_of(found.get(3)?.as_str());
    words.push("of".to_owned());
    words.extend(of);
    Some((words, false))
}

/// What the next sentence's pronoun stands for: the subject with which this one begins.
pub(super) fn leading(clause: &Clause<'_>, topic: &Topic, claim: Option<&Claim>) -> Option<Who> {
    let named = text::names::find(clause.text);
    let opening = clause.text.split_whitespace().next().unwrap_or("").to_lowercase();
    let opening = opening.trim_matches(|c: char| !c.is_alphanumeric());
    if PRONOUNS.contains(&opening) || matches!(opening, "his" | "her" | "its" | "their") {
        // Another name in between makes the next pronoun ambiguous.
        return topic.near.clone().filter(|(subject, _)| {
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

/// The subject that stands before a verb: what is left of the last comma, `that` or opening adverb; or what
/// the pronoun stands for. With it come the words that were taken off.
pub(super) fn subject(before: &str, topic: &Topic) -> Option<(Vec<String>, bool, usize, String)> {
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
    // "Eva Lund (1901–1970)" is Eva Lund.
    let part = part.split(" (").next().unwrap_or(part).trim();
    let words = words_of(part);
    let (start, named) =
        (before.find(part).unwrap_or(0), part.trim_start_matches("The ").starts_with(char::is_uppercase));
    if words.len() == 1 && matches!(words[0].as_str(), "he" | "she" | "it") {
        return topic.near.clone().map(|(subject, named)| (subject, named, start, dropped));
    }
    if let Some((whole, named)) = possessed(part, topic) {
        return (whole.len() <= 8).then_some((whole, named, start, dropped));
    }
    let first = words.first()?.as_str();
    // A name keeps its capital: "The gas giant Karsa" ends in one, "Standing stones" does not begin with one.
    let named = text::names::find(before).iter().any(|n| {
        let name = n.span.of(before);
        part.ends_with(name) && (!n.initial || n.words > 1 || named)
    });
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
