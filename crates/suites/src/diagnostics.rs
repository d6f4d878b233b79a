//! The one place where mistakes and remarks are gathered while a suite is read.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::node::At;
use crate::problem::{Problem, Problems};

/// Longest piece of the user's text quoted in a message, in characters.
const QUOTED: usize = 60;

/// Gathers problems up to a limit, and remarks without repeating them.
#[derive(Debug)]
pub(crate) struct Diagnostics {
    file: PathBuf,
    problems: Vec<Problem>,
    limit: usize,
    omitted: usize,
    remarks: Vec<Remark>,
    known: HashMap<String, usize>,
    /// Nearest known names of keys that many cases share.
    near: HashMap<String, Option<&'static str>>,
}

/// Something said once, however often it applies.
#[derive(Debug)]
struct Remark {
    text: String,
    times: usize,
    first: Option<u32>,
}

/// Most different remarks; a hostile suite could make one of every key.
const MOST_REMARKS: usize = 100;

impl Diagnostics {
    pub(crate) fn new(file: &Path, limit: usize) -> Self {
        Self {
            file: file.to_owned(),
            problems: Vec::new(),
            limit: limit.max(1),
            omitted: 0,
            remarks: Vec::new(),
            known: HashMap::new(),
            near: HashMap::new(),
        }
    }

    /// Does something with the mistakes of another file.
    pub(crate) fn within<T>(&mut self, file: Option<&Path>, work: impl FnOnce(&mut Self) -> T) -> T {
        let Some(file) = file else { return work(self) };
        let before = std::mem::replace(&mut self.file, file.to_owned());
        let result = work(self);
        self.file = before;
        result
    }

    /// A mistake without a hint.
    pub(crate) fn problem(&mut self, at: At, message: impl Into<String>) {
        self.push(at, message.into(), None);
    }

    /// A mistake with a hint.
    pub(crate) fn hinted(&mut self, at: At, message: impl Into<String>, hint: impl Into<String>) {
        self.push(at, message.into(), Some(hint.into()));
    }

    pub(crate) fn push(&mut self, at: At, message: String, hint: Option<String>) {
        if self.problems.len() >= self.limit {
            self.omitted += 1;
            return;
        }
        let problem = Problem { file: self.file.clone(), line: at.line(), column: at.column(), message, hint };
        // A mistake in a shared part (a default check, an aliased node) is found once for each use.
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// A remark: said once, with how often it applies and where first.
    pub(crate) fn remark(&mut self, at: At, text: impl Into<String>) {
        let text = text.into();
        if let Some(&index) = self.known.get(&text) {
            self.remarks[index].times += 1;
        } else if self.remarks.len() < MOST_REMARKS {
            self.known.insert(text.clone(), self.remarks.len());
            self.remarks.push(Remark { text, times: 1, first: at.line() });
        }
    }

    /// The known name nearest to a key, remembered for the next case with the same key. One file asks with one list of names.
    pub(crate) fn near(&mut self, key: &str, known: &[&'static str]) -> Option<&'static str> {
        if let Some(&near) = self.near.get(key) {
            return near;
        }
        let near = nearest(key, known.iter().copied());
        if self.near.len() < MOST_REMARKS {
            self.near.insert(key.to_owned(), near);
        }
        near
    }

    /// How many mistakes were found so far.
    pub(crate) fn count(&self) -> usize {
        self.problems.len() + self.omitted
    }

    /// The remarks as notes, or every problem.
    pub(crate) fn finish(mut self) -> Result<Vec<String>, Problems> {
        if self.problems.is_empty() {
            return Ok(self.remarks.into_iter().map(Remark::into_note).collect());
        }
        self.problems.sort_by(|left, right| {
            (left.file != self.file, &left.file, left.line).cmp(&(right.file != self.file, &right.file, right.line))
        });
        if self.omitted > 0 {
            self.problems.push(Problem {
                file: self.file,
                line: None,
                column: None,
                message: format!("{} more mistakes are not listed", self.omitted),
                hint: Some("mend those above and validate again".to_owned()),
            });
        }
        Err(Problems(self.problems))
    }
}

impl Remark {
    fn into_note(self) -> String {
        match (self.times, self.first) {
            (1, Some(line)) => format!("{} (line {line})", self.text),
            (1, None) => self.text,
            (times, Some(line)) => format!("{} ({times} times, first at line {line})", self.text),
            (times, None) => format!("{} ({times} times)", self.text),
        }
    }
}

/// A piece of the user's text for a message: one line, in backticks, cut where it is long.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::from("`");
    for (count, character) in text.chars().enumerate() {
        if count == QUOTED {
            quoted.push('…');
            break;
        }
        quoted.push(if character.is_control() { ' ' } else { character });
    }
    quoted.push('`');
    quoted
}

/// The known name nearest to what was written, when it is near enough to be meant.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // No real name is longer than this, and a hostile one may be megabytes.
    if written.len() > 64 {
        return None;
    }
    let plain = written.to_lowercase().replace(['-', ' '], "_");
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&plain, &name.to_lowercase()), name))
        .min()
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4 && *distance < name.len())
        .map(|(_, name)| name)
}

/// At most twelve names, for a hint.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.into_iter().take(13).collect();
    let more = if names.len() > 12 { ", …" } else { "" };
    names.truncate(12);
    format!("{}{more}", names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", "))
}
