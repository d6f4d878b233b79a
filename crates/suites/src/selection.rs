//! Which items of a suite run: by name, tag, sample and shard.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use regex::{Regex, RegexBuilder};
use sha2::{Digest, Sha256};

use crate::suite::Item;

/// Largest compiled regular expression of a filter, in bytes.
const REGEX_BYTES: usize = 1 << 20;

/// Which items run. The default takes all.
///
/// Order of the steps: filter, tags, shard, sample. The shard comes before the sample so that the
/// shards of one suite never overlap, whatever is sampled in each.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// By id or prompt.
    pub filter: Option<Filter>,
    /// Items with any of these tags; a tag written `!slow` excludes.
    pub tags: Vec<String>,
    /// This many items drawn without repeats.
    pub sample: Option<usize>,
    /// Seed of the draw.
    pub seed: u64,
    /// One part of several.
    pub shard: Option<Shard>,
}

/// Why nothing can be selected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// The regular expression is not one.
    #[error("the filter `{pattern}` is no regular expression: {reason}")]
    Regex {
        /// What was written.
        pattern: String,
        /// What the parser says.
        reason: String,
    },
    /// The shard is not one.
    #[error("`{text}` is no shard: write I/N with 1 <= I <= N, for example 1/4")]
    Shard {
        /// What was written.
        text: String,
    },
    /// A sample of none.
    #[error("a sample of 0 items leaves nothing to run")]
    NoSample,
    /// An option leaves no item.
    #[error("{by} leaves none of the {before} items")]
    Empty {
        /// The option that took the last ones away.
        by: String,
        /// How many there were before it.
        before: usize,
        /// What there is to choose from.
        hint: Option<String>,
    },
}

impl SelectionError {
    /// What to do about it, where that is more than the message says.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Regex { .. } => {
                Some("a filter without slashes is taken literally, with * and ? as wildcards".to_owned())
            }
            Self::Empty { hint, .. } => hint.clone(),
            _ => None,
        }
    }
}

/// `--filter`: what an item's id or prompt must look like.
#[derive(Debug, Clone)]
pub struct Filter {
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// Somewhere in the id or the prompt.
    Substring(String),
    /// The whole id, or the whole prompt.
    Glob(Regex),
    /// Anywhere in the id or the prompt.
    Regex(Regex),
}

impl Filter {
    /// Reads what a user writes: `/…/` is a regular expression (`/…/i` ignores case), a text with
    /// `*` or `?` a wildcard pattern for the whole id or prompt, anything else a substring.
    pub fn parse(text: &str) -> Result<Self, SelectionError> {
        let kind = if let Some((pattern, case_insensitive)) = slashes(text) {
            Kind::Regex(
                build(pattern, case_insensitive)
                    .map_err(|reason| SelectionError::Regex { pattern: text.to_owned(), reason })?,
            )
        } else if text.contains(['*', '?']) {
            Kind::Glob(
                build(&glob(text), false)
                    .map_err(|reason| SelectionError::Regex { pattern: text.to_owned(), reason })?,
            )
        } else {
            Kind::Substring(text.to_owned())
        };
        Ok(Self { text: text.to_owned(), kind })
    }

    /// Whether an item passes.
    pub fn matches(&self, item: &Item) -> bool {
        let wanted = |text: &str| match &self.kind {
            Kind::Substring(part) => text.contains(part.as_str()),
            Kind::Glob(regex) | Kind::Regex(regex) => regex.is_match(text),
        };
        wanted(&item.id) || wanted(item.prompt())
    }
}

fn slashes(text: &str) -> Option<(&str, bool)> {
    let inner = text.strip_prefix('/')?;
    if let Some(pattern) = inner.strip_suffix("/i") {
        return Some((pattern, true));
    }
    inner.strip_suffix('/').map(|pattern| (pattern, false))
}

fn glob(text: &str) -> String {
    let mut pattern = String::from(r"\A");
    for character in text.chars() {
        match character {
            '*' => pattern.push_str(".*"),
            '?' => pattern.push('.'),
            other => pattern.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    pattern.push_str(r"\z");
    pattern
}

fn build(pattern: &str, case_insensitive: bool) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .case_insensitive(case_insensitive)
        .dot_matches_new_line(true)
        .size_limit(REGEX_BYTES)
        .build()
        .map_err(|error| error.to_string().split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `--shard I/N`: one of N parts that together hold every item once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    of: u32,
}

impl Shard {
    /// Part `index` (from 1) of `of`; `None` unless `1 <= index <= of`.
    pub fn new(index: u32, of: u32) -> Option<Self> {
        (1..=of).contains(&index).then_some(Self { index, of })
    }

    /// Reads `I/N`.
    pub fn parse(text: &str) -> Result<Self, SelectionError> {
        text.split_once('/')
            .and_then(|(index, of)| Self::new(index.trim().parse().ok()?, of.trim().parse().ok()?))
            .ok_or_else(|| SelectionError::Shard { text: text.to_owned() })
    }

    /// This part, from 1.
    pub fn index(self) -> u32 {
        self.index
    }

    /// Number of parts.
    pub fn of(self) -> u32 {
        self.of
    }

    /// Whether an item belongs to this part. It depends on nothing but the id, so that shards agree
    /// across machines and stay put when other items come and go.
    pub fn holds(self, id: &str) -> bool {
        let digest = Sha256::digest(id.as_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        u64::from_be_bytes(first) % u64::from(self.of) == u64::from(self.index - 1)
    }
}

/// The items a selection takes, in their order; an error when that would be none.
pub fn select(items: Vec<Item>, selection: &Selection) -> Result<Vec<Item>, SelectionError> {
    let mut items = items;
    if let Some(filter) = &selection.filter {
        items = keep(
            items,
            |item| filter.matches(item),
            || format!("the filter `{}`", filter.text),
            |items| {
                let ids: Vec<_> = items.iter().take(3).map(|item| format!("`{}`", item.id)).collect();
                (!ids.is_empty()).then(|| format!("ids look like {}", ids.join(", ")))
            },
        )?;
    }
    if !selection.tags.is_empty() {
        let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
        for tag in selection.tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
            match tag.strip_prefix('!') {
                Some(tag) => unwanted.push(tag),
                None => wanted.push(tag),
            }
        }
        let passes = |item: &Item| {
            let has = |list: &[&str]| item.tags.iter().any(|tag| list.contains(&tag.as_str()));
            (wanted.is_empty() || has(&wanted)) && !has(&unwanted)
        };
        items = keep(items, passes, || format!("the tags `{}`", selection.tags.join(",")), known_tags)?;
    }
    if let Some(shard) = selection.shard {
        let by = || format!("shard {}/{}", shard.index, shard.of);
        items = keep(
            items,
            |item| shard.holds(&item.id),
            by,
            |_| Some("with so few items some shards are empty; use fewer shards".to_owned()),
        )?;
    }
    match selection.sample {
        Some(0) => Err(SelectionError::NoSample),
        Some(size) if size < items.len() => Ok(sample(items, size, selection.seed)),
        _ => Ok(items),
    }
}

fn keep(
    items: Vec<Item>,
    passes: impl Fn(&Item) -> bool,
    by: impl Fn() -> String,
    hint: impl Fn(&[Item]) -> Option<String>,
) -> Result<Vec<Item>, SelectionError> {
    let before = items.len();
    if !items.iter().any(&passes) {
        return Err(SelectionError::Empty { by: by(), before, hint: hint(&items) });
    }
    Ok(items.into_iter().filter(|item| passes(item)).collect())
}

fn known_tags(items: &[Item]) -> Option<String> {
    let mut tags: Vec<&str> = items.iter().flat_map(|item| item.tags.iter().map(String::as_str)).collect();
    tags.sort_unstable();
    tags.dedup();
    if tags.is_empty() {
        return Some("no item has a tag".to_owned());
    }
    let more = if tags.len() > 12 { ", …" } else { "" };
    tags.truncate(12);
    Some(format!("the tags here are {}{more}", tags.join(", ")))
}

/// Draws by Algorithm S (Knuth, The Art of Computer Programming 2, 3.4.2): every subset of the size
/// is equally likely and the order is kept.
fn sample(items: Vec<Item>, size: usize, seed: u64) -> Vec<Item> {
    let mut random = ChaCha12Rng::seed_from_u64(seed);
    let mut left = items.len() as u64;
    let mut wanted = size as u64;
    items
        .into_iter()
        .filter(|_| {
            // A draw below `left` by multiplication: the same on every platform and in every version of `rand`.
            let take = ((u128::from(random.next_u64()) * u128::from(left)) >> 64) < u128::from(wanted);
            left -= 1;
            wanted -= u64::from(take);
            take
        })
        .collect()
}
