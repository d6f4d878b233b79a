//! What a judge said.

mod reply;

use hallucination::Risk;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(crate) use reply::{reasoning, verdict};

use crate::fault::ParseError;

use crate::rubric::Rubric;
use crate::scale::{Scale, shorten};

/// One judge's verdict on one answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// In the unit of the scale: 1 to 10; 0 or 1; the place of the label, from 1.
    pub value: f64,
    /// From 0 (worst) to 1 (best), whatever the scale.
    pub normalised: f64,
    /// The word of the scale, where it has words.
    pub label: Option<String>,
    /// The risk of fabrication, when the rubric asked for it and the reply gave it.
    pub risk: Option<Risk>,
    /// Why, in the judge's words. Untrusted text.
    pub reasoning: String,
}

impl Rubric {
    /// Reads a judge's reply. `cut` says that the reply ended at its output limit.
    ///
    /// Thinking (`<think>…</think>`) and one outer code fence are taken off. A reply that is a JSON
    /// object is read as it is; in prose the last object with a `score` counts. Numbers and numbers in
    /// strings are rounded half to even; what lies outside of the scale then is an error, never moved
    /// into it, and so are booleans (apart from the binary scale, where they mean pass and fail), a
    /// missing score, a score given twice, a risk level that is none of the three words, and a reply
    /// that was cut. A risk level that is missing follows from the score when only facts are judged (1
    /// to 3 High, 4 to 6 Medium, 7 to 10 Low), and is otherwise not there.
    pub fn parse(&self, text: &str, cut: bool) -> Result<Score, ParseError> {
        self.parse_quoting(text, cut, &[])
    }

    /// [`Rubric::parse`], passing over verdicts that the judge only quotes from `judged` (the answer,
    /// the question): an answer may contain what looks like a verdict.
    pub fn parse_quoting(&self, text: &str, cut: bool, judged: &[&str]) -> Result<Score, ParseError> {
        let map = verdict(text, cut, "score", judged)?;
        let reasoning = reasoning(&map);
        let failed = |message: String| ParseError::with_reasoning(message, reasoning.clone());
        let value = self.scale.read(map.get("score").unwrap_or(&Value::Null)).map_err(failed)?;
        let risk = self.risk(&map, value).map_err(failed)?;
        Ok(Score {
            value,
            normalised: self.scale.normalise(value),
            label: self.scale.label(value).map(str::to_owned),
            risk,
            reasoning: reasoning.unwrap_or_default(),
        })
    }

    fn risk(&self, map: &Map<String, Value>, value: f64) -> Result<Option<Risk>, String> {
        if self.facts.is_none() {
            return Ok(None);
        }
        match map.get("risk_level") {
            None if self.facts_alone() => Ok(Risk::of_score(value as i64)),
            None => Ok(None),
            Some(Value::String(word)) => match word.trim().to_ascii_lowercase().as_str() {
                "low" => Ok(Some(Risk::Low)),
                "medium" => Ok(Some(Risk::Medium)),
                "high" => Ok(Some(Risk::High)),
                _ => Err(format!("the judge's risk level `{}` is not Low, Medium or High", shorten(word))),
            },
            Some(other) => Err(format!(
                "the judge's risk level {} is not one of the words Low, Medium, High",
                shorten(&other.to_string())
            )),
        }
    }
}

impl Scale {
    /// The value that a reply gives, or why it gives none.
    fn read(&self, given: &Value) -> Result<f64, String> {
        let shown = || shorten(&given.to_string());
        match self {
            Self::OneToTen => {
                let Some(number) = number(given) else {
                    return Err(format!("the judge's score {} is not a number", shown()));
                };
                let rounded = number.round_ties_even();
                if (1.0..=10.0).contains(&rounded) {
                    Ok(rounded)
                } else {
                    Err(format!("the judge's score {} is not within 1 to 10", shown()))
                }
            }
            Self::Binary => {
                let word = match given {
                    Value::Bool(passed) => return Ok(f64::from(u8::from(*passed))),
                    Value::String(word) => word.trim().to_ascii_lowercase(),
                    _ => String::new(),
                };
                match (word.as_str(), number(given)) {
                    ("pass", _) => Ok(1.0),
                    ("fail", _) => Ok(0.0),
                    // A share between the two is no vote, so nothing is rounded.
                    (_, Some(number)) if number == 0.0 || number == 1.0 => Ok(number),
                    _ => Err(format!("the judge's score {} is neither pass nor fail", shown())),
                }
            }
            Self::Ordinal(labels) => {
                let word = match given {
                    Value::String(word) => word.trim().to_lowercase(),
                    // Labels may be digits, and a judge may leave their quotes out.
                    Value::Number(number) => number.to_string(),
                    _ => return Err(format!("the judge's score {} is not a label of the scale", shown())),
                };
                let place = labels.iter().position(|label| label.to_lowercase() == word);
                let Some(place) = place else {
                    return Err(format!("the judge's score {} is not one of: {}", shown(), labels.join(", ")));
                };
                Ok(place as f64 + 1.0)
            }
        }
    }
}

/// A finite number, also when it is written as a string.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => {
            let text = text.trim();
            // `f64` also reads words such as `infinity` and `nan`.
            if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
                return None;
            }
            text.parse().ok()?
        }
        _ => return None,
    };
    number.is_finite().then_some(number)
}
