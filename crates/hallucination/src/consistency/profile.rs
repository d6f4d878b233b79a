//! What an answer consists of, for comparing it with others.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;
use text::{names, normalise, numbers};

/// Words that carry no content of their own.
const FUNCTION_WORDS: &str = "a an the of in on at to for by with from as and or but is are was were be been being has have had do does did it its \
this that these those he she they his her their which who whom whose there here so then than also just very would will can could may might shall \
should must i you we my your our about into over under between";

static FUNCTION: LazyLock<HashSet<&'static str>> = LazyLock::new(|| FUNCTION_WORDS.split_whitespace().collect());

const NEGATIONS: &[&str] = &[
    "not", "no", "never", "none", "neither", "nor", "cannot", "cant", "isnt", "arent", "wasnt", "werent", "dont",
    "doesnt", "didnt", "wont", "wouldnt", "shouldnt", "couldnt", "hasnt", "havent", "without", "nicht", "kein",
    "keine", "jamais", "nunca",
];

/// Pairs of words one of which denies the other.
const OPPOSITES: &[(&str, &str)] = &[
    ("yes", "no"),
    ("true", "false"),
    ("safe", "unsafe"),
    ("possible", "impossible"),
    ("legal", "illegal"),
    ("increases", "decreases"),
    ("increase", "decrease"),
    ("increased", "decreased"),
    ("higher", "lower"),
    ("more", "less"),
    ("rises", "falls"),
    ("rose", "fell"),
    ("before", "after"),
    ("correct", "incorrect"),
    ("guilty", "innocent"),
    ("left", "right"),
    ("north", "south"),
    ("east", "west"),
    ("positive", "negative"),
    ("win", "lose"),
    ("won", "lost"),
    ("even", "odd"),
    ("always", "never"),
    ("allowed", "forbidden"),
];

#[allow(clippy::unwrap_used, reason = "constant patterns, compiled by every test")]
static CONCLUSION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:####\s*|\\boxed\{|\b(?:final\s+)?answer\s*(?:is|:|=)\s*:?\s*|\btherefore,?\s+the\s+(?:result|answer)\s+is\s+)([^\n}]{1,120})").unwrap()
});

pub(super) struct Profile {
    pub(super) normal: String,
    /// Words of the normal form.
    pub(super) tokens: Vec<String>,
    words: HashMap<String, u32>,
    /// Values of all numbers, in digits or spelled out, in a form that compares equal when they are.
    pub(super) numbers: BTreeSet<String>,
    /// Last words of the names: a surname stands for the whole.
    names: HashSet<String>,
    pub(super) negated: bool,
    /// What it gives as its final answer, in normal form.
    pub(super) conclusion: Option<String>,
    pub(super) offers_choice: bool,
}

/// A number without the noise of binary fractions.
fn canonical(value: f64) -> String {
    format!("{value:.9e}")
}

/// A word without a plural or possessive s, so that `prizes` supports `prize`.
fn stem(token: &str) -> &str {
    if token.len() > 4 && !token.ends_with("ss") { token.strip_suffix('s').unwrap_or(token) } else { token }
}

impl Profile {
    pub(super) fn of(answer: &str) -> Self {
        let normal = normalise(answer);
        let tokens: Vec<String> = normal.split(' ').filter(|t| !t.is_empty()).map(str::to_owned).collect();
        let mut words: HashMap<String, u32> = HashMap::new();
        for token in &tokens {
            let digits = token.starts_with(|c: char| c.is_ascii_digit());
            if !FUNCTION.contains(token.as_str()) && !NEGATIONS.contains(&token.as_str()) && !digits {
                *words.entry(stem(token).to_owned()).or_default() += 1;
            }
        }
        let found = numbers::find(answer).into_iter().chain(numbers::find_spelled(answer));
        let values: BTreeSet<String> = found.map(|n| canonical(n.value)).collect();
        let called: HashSet<String> = names::find(answer)
            .into_iter()
            .filter(|name| !name.initial)
            .filter_map(|name| normalise(name.span.of(answer)).split(' ').next_back().map(|w| stem(w).to_owned()))
            .filter(|word| word.chars().count() > 1 && !FUNCTION.contains(word.as_str()))
            .collect();
        let conclusion = CONCLUSION.captures_iter(answer).last().and_then(|c| c.get(1)).map(|c| {
            let text = c.as_str();
            let end = text::sentences(text).first().map_or(text.len(), |s| s.end);
            let first = text[..end].trim();
            numbers::parse(first).map_or_else(|| normalise(first), canonical)
        });
        let conclusion = conclusion.filter(|c| !c.is_empty()).or_else(|| {
            // A bare number is its own conclusion.
            numbers::parse(answer.trim()).filter(|_| answer.len() < 60).map(canonical)
        });
        Self {
            negated: tokens.iter().any(|t| NEGATIONS.contains(&t.as_str())),
            offers_choice: tokens.iter().any(|t| t == "or"),
            normal,
            words,
            numbers: values,
            names: called,
            conclusion,
            tokens,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Content words and numbers.
    pub(super) fn content(&self) -> usize {
        self.words.len() + self.numbers.len()
    }

    /// An answer of a few words rather than a text.
    pub(super) fn is_short(&self) -> bool {
        self.tokens.len() <= 5
    }

    /// Whether this answer's last words, or the words behind its verb, are the other's.
    pub(super) fn ends_on(&self, short: &Self) -> bool {
        let n = short.tokens.len();
        n > 0 && (self.tokens.ends_with(&short.tokens) || self.tokens.starts_with(&short.tokens))
    }

    pub(super) fn names_stand_in(&self, other: &Self) -> bool {
        self.names.iter().all(|name| other.words.contains_key(name) || other.names.contains(name))
    }

    /// Whether one says a word and the other its opposite, and neither says both.
    pub(super) fn opposes(&self, other: &Self) -> bool {
        let has = |p: &Self, w: &str| p.tokens.iter().any(|t| t == w);
        OPPOSITES.iter().any(|(x, y)| {
            let (ax, ay, bx, by) = (has(self, x), has(self, y), has(other, x), has(other, y));
            (ax && !ay && by && !bx) || (ay && !ax && bx && !by)
        })
    }

    /// Whether a sample denies a sentence in the sample's own short form.
    pub(super) fn contradicted_by(&self, sample: &Self) -> bool {
        sample.tokens.len() <= 2 * self.tokens.len() + 10
            && (self.negated != sample.negated || self.opposes(sample))
            && self.share_in(sample) > 0.5
    }

    /// Share of the content words that stand in the other, too; 1 where there are none.
    pub(super) fn share_in(&self, other: &Self) -> f64 {
        if self.words.is_empty() {
            return 1.0;
        }
        self.words.keys().filter(|w| other.words.contains_key(*w)).count() as f64 / self.words.len() as f64
    }

    pub(super) fn word_f1(&self, other: &Self) -> f64 {
        let total: u32 = self.words.values().sum::<u32>() + other.words.values().sum::<u32>();
        if total == 0 {
            return 1.0;
        }
        let shared: u32 = self.words.iter().map(|(w, n)| other.words.get(w).map_or(0, |m| *n.min(m))).sum();
        2.0 * f64::from(shared) / f64::from(total)
    }
}
