//! What a score may be.

use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// Most labels of an ordinal scale: beyond this nobody can tell neighbours apart.
const MAX_LABELS: usize = 20;
/// Longest label, in characters.
const MAX_LABEL: usize = 60;

/// What a judge may give.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Whole numbers from 1 (worst) to 10 (best).
    #[default]
    OneToTen,
    /// `pass` (1) or `fail` (0).
    Binary,
    /// These words, worst first; valued 1, 2, 3 and so on.
    Ordinal(Vec<String>),
}

impl Scale {
    /// Reads `1-10`, `binary` or `ordinal:bad,ok,good` (worst first).
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        let scale = match text.to_ascii_lowercase().as_str() {
            "1-10" => Self::OneToTen,
            "binary" => Self::Binary,
            lower if lower.starts_with("ordinal:") => {
                Self::Ordinal(text["ordinal:".len()..].split(',').map(|label| label.trim().to_owned()).collect())
            }
            _ => {
                return Err(Fault::new(
                    format!("there is no scale `{}`", shorten(text)),
                    "write `1-10`, `binary` or `ordinal:` with the labels from worst to best, as in `ordinal:bad,ok,good`",
                ));
            }
        };
        scale.check()?;
        Ok(scale)
    }

    /// Fails when the labels of an ordinal scale cannot be told apart or named.
    pub fn check(&self) -> Result<(), Fault> {
        let Self::Ordinal(labels) = self else { return Ok(()) };
        let hint = "write the labels from worst to best, as in `ordinal:bad,ok,good`";
        if !(2..=MAX_LABELS).contains(&labels.len()) {
            return Err(Fault::new(
                format!("an ordinal scale has 2 to {MAX_LABELS} labels, this one has {}", labels.len()),
                hint,
            ));
        }
        for (index, label) in labels.iter().enumerate() {
            if label.trim().is_empty() || label.trim() != label {
                return Err(Fault::new(format!("label {} of the ordinal scale is empty or padded", index + 1), hint));
            }
            if label.chars().count() > MAX_LABEL || label.chars().any(char::is_control) {
                return Err(Fault::new(
                    format!(
                        "label {} of the ordinal scale is longer than {MAX_LABEL} characters or not one line",
                        index + 1
                    ),
                    hint,
                ));
            }
            if labels[..index].iter().any(|earlier| earlier.to_lowercase() == label.to_lowercase()) {
                return Err(Fault::new(format!("the label `{label}` stands twice in the ordinal scale"), hint));
            }
        }
        Ok(())
    }

    /// The lowest and the highest value.
    pub fn range(&self) -> (f64, f64) {
        match self {
            Self::OneToTen => (1.0, 10.0),
            Self::Binary => (0.0, 1.0),
            Self::Ordinal(labels) => (1.0, labels.len() as f64),
        }
    }

    /// A value's place between the lowest (0) and the highest (1).
    pub fn normalise(&self, value: f64) -> f64 {
        let (low, high) = self.range();
        if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The word for a value, where the scale has words.
    pub fn label(&self, value: f64) -> Option<&str> {
        match self {
            Self::OneToTen => None,
            Self::Binary => Some(if value >= 0.5 { "pass" } else { "fail" }),
            Self::Ordinal(labels) => labels.get((value as usize).checked_sub(1)?).map(String::as_str),
        }
    }
}

impl std::fmt::Display for Scale {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OneToTen => formatter.write_str("1-10"),
            Self::Binary => formatter.write_str("binary"),
            Self::Ordinal(labels) => write!(formatter, "ordinal:{}", labels.join(",")),
        }
    }
}

/// The beginning of a text that came from outside, for a message.
pub(crate) fn shorten(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut short: String = text.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(SHOWN).is_some() {
        short.push('…');
    }
    short
}
