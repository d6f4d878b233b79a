//! What a suite is once it is read: items that can be run, and the settings it asks for.

use checks::CheckSpec;
use llm::request::{Effort, Message, Role};
use serde_json::{Map, Value};

/// A suite: prompts with the criteria by which their answers are judged.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Suite {
    /// Its name: the key `name`, else the file's name without extension.
    pub name: String,
    /// What it is for, in its author's words.
    pub description: Option<String>,
    /// Settings the suite asks for; the command line wins over them.
    pub defaults: Defaults,
    /// The items, in the order of the file. Never empty.
    pub items: Vec<Item>,
    /// What the reader should know and what is no mistake: ignored keys, parts of a foreign format that were not taken over.
    pub notes: Vec<String>,
}

/// Settings of a whole suite. `None` and empty mean "not said".
///
/// Default checks, tags, weight and cluster are not here: they are merged into the items.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Defaults {
    /// System prompt of every item that has none of its own.
    pub system: Option<String>,
    /// Contestants, comma-separated, as on the command line.
    pub models: Option<String>,
    /// Repetitions of every cell.
    pub runs: Option<u32>,
    /// Temperatures to try, each a cell of its own.
    pub temperatures: Option<Vec<f64>>,
    /// Most output tokens of a call.
    pub max_output_tokens: Option<u32>,
    /// Nucleus sampling mass.
    pub top_p: Option<f64>,
    /// Strings that end an answer.
    pub stop: Vec<String>,
    /// How hard reasoning models should work.
    pub effort: Option<Effort>,
    /// Seed of the call order, the resampling and the sample of items.
    pub seed: Option<u64>,
    /// Judges, comma-separated, as on the command line.
    pub judges: Option<String>,
    /// What the judges look at, one criterion each.
    pub judge_criteria: Vec<String>,
    /// A cap in US dollars.
    pub max_cost: Option<f64>,
}

/// One prompt with its criteria.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Unique in the suite.
    pub id: String,
    /// The conversation to send, oldest first; ends with a user message.
    pub messages: Vec<Message>,
    /// System prompt of this item, in place of the suite's and the command line's.
    pub system: Option<String>,
    /// What its answers are checked by, in the order of the file, the suite's default checks first. Every one compiles.
    pub checks: Vec<CheckSpec>,
    /// Tags, without repeats, the suite's default tags first.
    pub tags: Vec<String>,
    /// Weight in weighted means; positive.
    pub weight: f64,
    /// Items with the same cluster are not independent of each other (variants of one document, turns of one case).
    pub cluster: Option<String>,
    /// The answer a person would give.
    pub reference: Option<String>,
    /// Facts a right answer is consistent with.
    pub expected_facts: Vec<String>,
    /// The variables its texts were rendered with, for scripts and reports.
    pub vars: Map<String, Value>,
    /// Line of the file where it is written, from 1.
    pub line: Option<u32>,
}

impl Item {
    /// An item that sends one prompt, with weight 1 and nothing else.
    pub fn new(id: impl Into<String>, prompt: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            messages: vec![Message { role: Role::User, text: prompt.into() }],
            system: None,
            checks: Vec::new(),
            tags: Vec::new(),
            weight: 1.0,
            cluster: None,
            reference: None,
            expected_facts: Vec::new(),
            vars: Map::new(),
            line: None,
        }
    }

    /// The last user message: what tables and reports show as the prompt.
    pub fn prompt(&self) -> &str {
        self.messages.last().map_or("", |message| message.text.as_str())
    }
}

/// Limits of [`load`](crate::load()). A file beyond them ends in a problem, not in a long wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadOptions {
    /// Largest file read, in bytes; files it refers to count on their own.
    pub max_bytes: u64,
    /// Most items, after templates were multiplied with cases.
    pub max_items: usize,
    /// Most problems reported one by one; one more says how many were left out.
    pub max_problems: usize,
    /// Most bytes of all texts of all items together, which bounds the memory of a suite of templates.
    pub max_rendered_bytes: u64,
}

impl Default for LoadOptions {
    /// 64 MiB of file, 1,000,000 items, 200 problems, 512 MiB of rendered text.
    fn default() -> Self {
        Self { max_bytes: 64 << 20, max_items: 1_000_000, max_problems: 200, max_rendered_bytes: 512 << 20 }
    }
}
