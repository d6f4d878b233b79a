//! Suites of prompts: from a file of prompts with written criteria to items that can be run.
//!
//! [`load`](load()) reads YAML, TOML, JSON, JSONL, CSV and TXT, renders the templates, compiles every check
//! once and either returns a [`Suite`] or *every* mistake in it, each with its place and a hint.
//! [`select`] narrows a suite by name, tag, sample and shard.
//!
//! | question | module |
//! |---|---|
//! | What is a suite once it is read? | [`suite`] |
//! | What is wrong with it, and where? | [`problem`] |
//! | Which of its items run? | [`selection`] |

mod builder;
mod criteria;
mod diagnostics;
mod fields;
mod fill;
mod format;
mod guard;
mod literal;
mod load;
mod node;
mod own;
mod promptfoo;
mod shape;
mod template;
mod write;

pub mod problem;
pub mod selection;
pub mod suite;

pub use load::{load, looks_like_suite};
pub use problem::{Problem, Problems};
pub use selection::{Filter, Selection, SelectionError, Shard, select};
pub use suite::{Defaults, Item, LoadOptions, Suite};
pub use write::to_yaml;

/// A commented suite to begin with: its items suit the small model that runs in process.
pub fn starter() -> &'static str {
    include_str!("../data/starter.yaml")
}
