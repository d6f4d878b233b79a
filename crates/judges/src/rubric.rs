//! By what an answer is judged.

use serde::{Deserialize, Serialize};

use crate::scale::Scale;

/// By what answers are judged. Stored with a run; the same rubric gives the same prompts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rubric {
    /// What a score may be.
    pub scale: Scale,
    /// The user's written criteria, one a line. Empty: [`Rubric::DEFAULT_CRITERIA`], unless `facts`
    /// is there, which is then judged alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<String>,
    /// The user's own prompt instead of the built-in one; see `docs/judges.md` for its variables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Ask for signs of fabrication too, and for a risk level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<FactsRubric>,
}

/// The search for fabrication by a judge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FactsRubric {
    /// What a right answer must agree with. Empty: the judge goes by what it knows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expected: Vec<String>,
    /// The user's own text in place of the built-in checks, taken literally. Excludes `expected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

impl Rubric {
    /// What answers are judged by when the user writes nothing.
    pub const DEFAULT_CRITERIA: [&str; 3] = [
        "Accuracy: what the answer states is true and follows from the question.",
        "Helpfulness: the answer does what was asked, completely and without detours.",
        "Clarity: the answer is well ordered and easy to follow for the one who asked.",
    ];

    /// The criteria in force: the user's, or the default ones, or none when only facts are judged.
    pub fn criteria_in_force(&self) -> Vec<&str> {
        if !self.criteria.is_empty() {
            self.criteria.iter().map(String::as_str).collect()
        } else if self.facts.is_some() && self.template.is_none() {
            Vec::new()
        } else {
            Self::DEFAULT_CRITERIA.to_vec()
        }
    }

    /// True when the score itself is about fabrication: facts without criteria.
    pub fn facts_alone(&self) -> bool {
        self.facts.is_some() && self.criteria.is_empty() && self.template.is_none()
    }
}
