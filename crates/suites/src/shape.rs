//! A suite between its file and its items: templates, cases and shared settings, each with its place.

use llm::request::Role;
use serde_json::{Map, Value};

use crate::node::At;
use crate::suite::Defaults;

/// A text with its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text {
    pub(crate) at: At,
    pub(crate) text: String,
}

/// A check with its place, as written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Criterion {
    pub(crate) at: At,
    pub(crate) spec: Map<String, Value>,
}

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Turn {
    pub(crate) role: Role,
    pub(crate) text: Text,
}

/// What is sent: a conversation, with variables or without.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Template {
    pub(crate) at: At,
    pub(crate) id: Option<Text>,
    pub(crate) turns: Vec<Turn>,
    pub(crate) system: Option<Text>,
    pub(crate) checks: Vec<Criterion>,
}

/// What varies: variables, and what answers are held against.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Case {
    pub(crate) at: At,
    pub(crate) id: Option<Text>,
    pub(crate) vars: Map<String, Value>,
    pub(crate) reference: Option<Text>,
    pub(crate) expected_facts: Vec<Text>,
    pub(crate) tags: Vec<String>,
    pub(crate) weight: Option<f64>,
    pub(crate) cluster: Option<Text>,
    pub(crate) system: Option<Text>,
    pub(crate) checks: Vec<Criterion>,
}

/// A template with its only case, or a literal prompt.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Single {
    pub(crate) template: Template,
    pub(crate) case: Case,
    /// Whether its texts are templates.
    pub(crate) templated: bool,
}

/// What every item of a suite shares.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Shared {
    pub(crate) checks: Vec<Criterion>,
    pub(crate) tags: Vec<String>,
    pub(crate) weight: Option<f64>,
    /// Name of the variable whose value is the cluster.
    pub(crate) cluster: Option<Text>,
    pub(crate) vars: Map<String, Value>,
}

/// A whole suite.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) defaults: Defaults,
    pub(crate) shared: Shared,
    pub(crate) templates: Vec<Template>,
    /// `None` when the suite has no cases at all, which is not the same as an empty list.
    pub(crate) cases: Option<Vec<Case>>,
    /// The file the cases were read from, when it is another one.
    pub(crate) cases_file: Option<std::path::PathBuf>,
    pub(crate) singles: Vec<Single>,
}
